// The rules of Mapbox Vector Tile 2.1, read from the bytes: every fault of a tile as a sentence. Wire types are looked at too, so
// what a lenient decoder would skip is seen. fixturesFaults() holds the rules against the fixtures of @mapbox/mvt-fixtures.
import * as fixtures from '@mapbox/mvt-fixtures';
import { PbfReader } from 'pbf';

const VARINT = 0, FIXED64 = 1, BYTES = 2, FIXED32 = 5;
const MOVE_TO = 1, LINE_TO = 2, CLOSE_PATH = 7;
const POINT = 1, LINE = 2, AREA = 3;

// Calls take[field](reader) for the fields with a wire type that the message allows.
function read(bytes, message, faults, take) {
  const reader = new PbfReader(bytes);
  reader.readFields((field) => {
    const rule = message.fields[field];
    if (rule === undefined) faults.push(`${message.name}: no field ${field}`);
    else if (rule !== reader.type) faults.push(`${message.name}: field ${field} of wire type ${reader.type}`);
    else take[field](reader);
  }, {});
}

const VALUE = { name: 'value', fields: { 1: BYTES, 2: FIXED32, 3: FIXED64, 4: VARINT, 5: VARINT, 6: VARINT, 7: VARINT } };
const FEATURE = { name: 'feature', fields: { 1: VARINT, 2: BYTES, 3: VARINT, 4: BYTES } };
const LAYER = { name: 'layer', fields: { 1: BYTES, 2: BYTES, 3: BYTES, 4: BYTES, 5: VARINT, 15: VARINT } };
const TILE = { name: 'tile', fields: { 3: BYTES } };

function valueOf(bytes, faults) {
  let count = 0;
  const one = (name) => (reader) => { count++; reader[name](); };
  read(bytes, VALUE, faults, { 1: one('readString'), 2: one('readFloat'), 3: one('readDouble'), 4: one('readVarint'), 5: one('readVarint'),
    6: one('readSVarint'), 7: one('readBoolean') });
  if (count !== 1) faults.push('value: not one value');
}

function featureOf(bytes, faults) {
  const feature = { tags: [], geometries: 0, geometry: [] };
  const numbers = (reader) => reader.readPackedVarint([]);
  read(bytes, FEATURE, faults, {
    1: (reader) => { feature.id = reader.readVarint(); },
    2: (reader) => { feature.tags = numbers(reader); },
    3: (reader) => { feature.type = reader.readVarint(); },
    4: (reader) => { feature.geometries++; feature.geometry = numbers(reader); },
  });
  return feature;
}

const zigzag = (n) => (n >> 1) ^ -(n & 1);

// The commands as paths of points; a path says whether it was closed.
function pathsOf(feature, faults) {
  const g = feature.geometry, paths = [];
  let x = 0, y = 0, at = 0;
  while (at < g.length) {
    const id = g[at] & 7, count = g[at] >>> 3;
    at++;
    if (id === CLOSE_PATH) {
      if (count !== 1 || !paths.length) return faults.push(`ClosePath with count ${count}`), paths;
      paths.at(-1).closed = true;
      continue;
    }
    if (id !== MOVE_TO && id !== LINE_TO) return faults.push(`no command ${id}`), paths;
    if (at + 2 * count > g.length) return faults.push('fewer parameters than the count says'), paths;
    if (id === LINE_TO && (!paths.length || paths.at(-1).closed)) return faults.push('LineTo without MoveTo'), paths;
    if (id === MOVE_TO) paths.push({ points: [], moves: count, lines: 0, closed: false });
    else paths.at(-1).lines++;
    for (let i = 0; i < count; i++, at += 2) {
      const dx = zigzag(g[at]), dy = zigzag(g[at + 1]);
      if (id === LINE_TO && dx === 0 && dy === 0) faults.push('LineTo (0,0)');
      x += dx;
      y += dy;
      paths.at(-1).points.push([x, y]);
    }
  }
  return paths;
}

const area2 = (p) => p.reduce((sum, [x, y], i) => { const [u, v] = p[(i + 1) % p.length]; return sum + x * v - u * y; }, 0);
const turn = (a, b, c) => Math.sign((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]));

function crosses(a, b, c, d) {
  return turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0;
}

function selfCrossing(p) {
  const n = p.length;
  for (let i = 0; i < n; i++)
    for (let k = i + 1; k < n; k++)
      if (crosses(p[i], p[(i + 1) % n], p[k], p[(k + 1) % n])) return true;
  return false;
}

function checkShape(feature, faults) {
  const paths = pathsOf(feature, faults);
  if (!paths.length) faults.push('no geometry');
  if (feature.type === POINT && (paths.length !== 1 || paths[0].lines || paths[0].closed)) faults.push('a point is one MoveTo');
  if (feature.type === LINE && paths.some((p) => p.moves !== 1 || p.lines !== 1 || p.closed)) faults.push('a line is MoveTo(1) LineTo(n)');
  if (feature.type !== AREA) return paths;
  if (paths.some((p) => p.moves !== 1 || p.lines !== 1 || !p.closed || p.points.length < 3)) faults.push('a ring is MoveTo(1) LineTo(≥2) ClosePath');
  else if (area2(paths[0].points) <= 0) faults.push('the first ring is no exterior one');
  else if (paths.some((p) => area2(p.points) === 0)) faults.push('a ring without area');
  else if (paths.some((p) => selfCrossing(p.points))) faults.push('a ring crosses itself');
  return paths;
}

function layerOf(bytes, faults) {
  const layer = { features: [], keys: [], values: 0, extent: 4096 };
  read(bytes, LAYER, faults, {
    1: (reader) => { layer.name = reader.readString(); },
    2: (reader) => { layer.features.push(featureOf(reader.readBytes(), faults)); },
    3: (reader) => { layer.keys.push(reader.readString()); },
    4: (reader) => { layer.values++; valueOf(reader.readBytes(), faults); },
    5: (reader) => { layer.extent = reader.readVarint(); },
    15: (reader) => { layer.version = reader.readVarint(); },
  });
  if (!layer.name) faults.push('a layer without a name');
  if (layer.version !== 2) faults.push(`version ${layer.version}`);
  for (const feature of layer.features) {
    if (feature.geometries !== 1) faults.push(`${feature.geometries} geometry fields`);
    if (feature.type === undefined || feature.type > AREA) faults.push(`type ${feature.type}`);
    if (feature.tags.length % 2) faults.push('an odd number of tags');
    if (feature.tags.some((tag, i) => tag >= (i % 2 ? layer.values : layer.keys.length))) faults.push('a tag points nowhere');
    if (feature.geometries === 1) feature.paths = checkShape(feature, faults);
  }
  return layer;
}

// { layers, faults }
export function readTile(bytes) {
  const layers = [], faults = [];
  try {
    read(bytes, TILE, faults, { 3: (reader) => layers.push(layerOf(reader.readBytes(), faults)) });
  } catch (error) {
    faults.push(String(error));
  }
  if (new Set(layers.map((l) => l.name)).size !== layers.length) faults.push('two layers of one name');
  return { layers, faults };
}

// Stricter than validity: what an encoder should not do either.
export function encoderFaults({ layers }) {
  const faults = [];
  for (const layer of layers) {
    const ids = layer.features.map((f) => f.id).filter((id) => id !== undefined);
    if (!layer.features.length) faults.push(`${layer.name}: no feature`);
    if (new Set(ids).size !== ids.length) faults.push(`${layer.name}: an id twice`);
    if (new Set(layer.keys).size !== layer.keys.length) faults.push(`${layer.name}: a key twice`);
    if (layer.extent !== 4096) faults.push(`${layer.name}: extent ${layer.extent}`);
    for (const feature of layer.features)
      for (const path of feature.paths ?? []) {
        const margin = feature.type === POINT ? 0 : 64;
        if (path.points.some(([x, y]) => Math.min(x, y) < -margin || Math.max(x, y) > 4096 + margin)) faults.push(`${layer.name}: outside of its tile`);
      }
  }
  return faults;
}

// Fixtures whose verdict differs from ours: [[id, description, what we say]].
export function fixturesFaults() {
  const wrong = [];
  let count = 0;
  fixtures.each((fixture) => {
    const { faults } = readTile(fixture.buffer);
    count++;
    if ((faults.length === 0) !== fixture.validity.v2) wrong.push([fixture.id, fixture.description, faults]);
  });
  return { count, wrong };
}
