// Others' decoders on our output: thousands of random tiles through the rules of validity.mjs and through @mapbox/vector-tile, the
// archive of `mapd tiles` through the pmtiles package, the style through MapLibre's validator, the API document through spectral.
// usage: node decoders.mjs BASE PMTILES TILES      prints "ok …" and "FAIL …"
import { open } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { VectorTile } from '@mapbox/vector-tile';
import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec';
import spectralCore from '@stoplight/spectral-core';
import rulesets from '@stoplight/spectral-rulesets';
import { PbfReader } from 'pbf';
import { PMTiles } from 'pmtiles';
import { encoderFaults, fixturesFaults, readTile } from './validity.mjs';

const [base, archive, wanted] = process.argv.slice(2);
const SINGLE_POINTS_FROM = 16;
let failed = 0;

function check(name, ok, detail = '') {
  if (!ok) failed++;
  console.log(ok ? 'ok  ' : 'FAIL', name, typeof detail === 'string' ? detail : JSON.stringify(detail).slice(0, 400));
}

const json = async (path) => (await fetch(base + path)).json();

// The same numbers in every run.
let seed = 4711;
const random = () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;

function tileAt(lon, lat, z) {
  const n = 2 ** z, y = (1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2;
  return [z, Math.floor(((lon + 180) / 360) * n), Math.floor(y * n)];
}

// --- tiles ---

async function tilesets() {
  const { collections } = await json('/ogc/collections');
  const names = [...collections.map((c) => c.id), 'water', 'green', 'roads'];
  const out = [];
  for (const name of [...names, 'residential-groups_label', 'wards_label', 'water_label', 'green_label']) {
    const about = await json(`/tiles/${name}.json`);
    if (about.bounds) out.push({ name, bounds: about.bounds, fields: about.vector_layers[0].fields });
  }
  return out;
}

// The decoder of another house reads the same points, and names only fields that TileJSON announced.
function decoderFaults(bytes, read, fields) {
  const tile = new VectorTile(new PbfReader(bytes)), faults = [];
  for (const layer of read.layers) {
    const theirs = tile.layers[layer.name];
    if (theirs?.length !== layer.features.length) faults.push('another number of features');
    for (let i = 0; i < (theirs?.length ?? 0); i++) {
      const feature = theirs.feature(i), paths = layer.features[i].paths;
      const points = feature.loadGeometry().map((ring) => (feature.type === 3 ? ring.slice(0, -1) : ring).map((p) => [p.x, p.y]));
      const same = feature.type === 1 ? points.flat() : points;
      const mine = feature.type === 1 ? paths[0].points : paths.map((p) => p.points);
      if (JSON.stringify(same) !== JSON.stringify(mine)) faults.push('another geometry');
      faults.push(...Object.keys(feature.properties).filter((key) => !(key in fields)).map((key) => 'unannounced field ' + key));
    }
  }
  return faults;
}

async function randomTiles(sets, count) {
  const seen = { tiles: 0, empty: 0, features: 0, types: [0, 0, 0, 0] };
  const faults = [];
  for (let i = 0; i < count; i++) {
    const set = sets[i % sets.length], [west, south, east, north] = set.bounds;
    const pad = random() < 0.1 ? 0.02 : 0;
    const [z, x, y] = tileAt(west - pad + random() * (east - west + 2 * pad), south - pad + random() * (north - south + 2 * pad), Math.floor(random() * 23));
    const raw = random() < 0.3;
    const url = `/tiles/${set.name}/${z}/${x}/${y}.mvt${raw ? '?cluster=false' : ''}`;
    const answer = await fetch(base + url);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    seen.tiles++;
    if (answer.status === 204 && !bytes.length) { seen.empty++; continue; }
    const read = readTile(bytes), features = read.layers.flatMap((l) => l.features);
    const found = [...read.faults, ...encoderFaults(read), ...decoderFaults(bytes, read, set.fields)];
    if (answer.status !== 200) found.push(`status ${answer.status}`);
    if (read.layers.length !== 1 || read.layers[0].name !== set.name) found.push('not the layer asked for');
    if (z < SINGLE_POINTS_FROM && !raw && features.length > 500) found.push(`${features.length} features`);
    seen.features += features.length;
    for (const f of features) seen.types[f.type]++;
    if (found.length) faults.push([url, found]);
  }
  check(`${seen.tiles} random tiles keep the rules`, !faults.length, faults.length ? faults : JSON.stringify(seen));
  check('points, lines and areas were among them', seen.types.slice(1).every((n) => n > 100), seen.types);
}

// Raw points at zoom 18 lie where GeoJSON says, to a step of the tile and the seventh decimal.
async function positions() {
  const { features } = await json('/ogc/collections/establishments/items?limit=200&filter=' + encodeURIComponent("position <> 'none'"));
  let compared = 0, worst = 0;
  for (const feature of features.filter((f) => f.geometry)) {
    const [lon, lat] = feature.geometry.coordinates, [z, x, y] = tileAt(lon, lat, 18);
    const bytes = new Uint8Array(await (await fetch(`${base}/tiles/establishments/${z}/${x}/${y}.mvt`)).arrayBuffer());
    const layer = new VectorTile(new PbfReader(bytes)).layers.establishments;
    for (let i = 0; i < layer.length; i++) {
      const theirs = layer.feature(i).toGeoJSON(x, y, z);
      if (theirs.properties.code !== feature.id) continue;
      compared++;
      worst = Math.max(worst, Math.abs(theirs.geometry.coordinates[0] - lon), Math.abs(theirs.geometry.coordinates[1] - lat));
    }
  }
  const step = 360 / 2 ** 18 / 4096;
  check('points of tiles lie where GeoJSON says', compared > 50 && worst <= 1.2 * step, `${compared} compared, worst ${(worst / step).toFixed(2)} steps`);
}

// A list in Vietnamese order is the one a browser would make.
async function orderOfNames() {
  const collator = new Intl.Collator('vi');
  for (const collection of ['streets', 'establishments', 'residential-groups']) {
    const { features } = await json(`/ogc/collections/${collection}/items?limit=10000&sortby=name`);
    const names = features.map((f) => f.properties.name).filter((name) => name !== null);
    const wrong = names.filter((name, i) => i && collator.compare(names[i - 1], name) > 0);
    check(`${names.length} names of ${collection} in the order of Intl.Collator("vi")`, names.length > 2 && !wrong.length, wrong);
  }
}

// --- the archive ---

class FileSource {
  constructor(file) { this.file = file; }
  getKey() { return archive; }
  async getBytes(offset, length) {
    const { buffer, bytesRead } = await this.file.read(Buffer.alloc(length), 0, length, offset);
    return { data: buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + bytesRead) };
  }
}

async function archiveTiles(sets) {
  const file = await open(archive), pm = new PMTiles(new FileSource(file));
  const header = await pm.getHeader(), metadata = await pm.getMetadata();
  check('pmtiles reads the header', header.specVersion === 3 && header.tileType === 1 && header.tileCompression === 2 && header.clustered, header);
  check('pmtiles reads the metadata', sets.every((s) => metadata.vector_layers.some((l) => l.id === s.name)), metadata.vector_layers.map((l) => l.id));
  let compared = 0;
  const differ = [];
  for (let z = header.minZoom; z <= header.maxZoom; z++) {
    const [, x0, y0] = tileAt(header.minLon, header.maxLat, z), [, x1, y1] = tileAt(header.maxLon, header.minLat, z);
    for (let i = 0; i < 40; i++) {
      const x = x0 + Math.floor(random() * (x1 - x0 + 1)), y = y0 + Math.floor(random() * (y1 - y0 + 1));
      const got = await pm.getZxy(z, x, y), served = [];
      for (const id of metadata.vector_layers.map((l) => l.id)) {
        const answer = await fetch(`${base}/tiles/${id}/${z}/${x}/${y}.mvt`, { headers: { 'Accept-Encoding': 'gzip' } });
        served.push(Buffer.from(await answer.arrayBuffer()));
      }
      compared++;
      if (!Buffer.concat(served).equals(Buffer.from(got?.data ?? new ArrayBuffer(0)))) differ.push([z, x, y]);
    }
  }
  await file.close();
  check(`${compared} tiles of the archive are the server's to the byte`, !differ.length, differ);
}

// --- documents ---

async function documents() {
  const style = await json('/styles/ward.json');
  const faults = validateStyleMin(style);
  check('MapLibre accepts the style', !faults.length && style.layers.length > 10, faults.map((f) => f.message));
  for (const layer of style.layers.filter((l) => l.source)) {
    const about = await json(new URL(style.sources[layer.source].url).pathname);
    check(`style layer ${layer.id} is in its tiles`, about.vector_layers.some((l) => l.id === layer['source-layer']));
  }
  const spectral = new spectralCore.Spectral();
  spectral.setRuleset({ extends: [[rulesets.oas, 'recommended']] });
  const found = await spectral.run(await (await fetch(base + '/ogc/api')).text());
  check('spectral finds nothing in the API document', !found.length, found.map((d) => `${d.code} ${d.path.join('/')}`));
}

const { count, wrong } = fixturesFaults();
// Valid for a reader, not to be written: a feature of unknown type, version 1, a count beyond the parameters.
check(`the rules agree with ${count} fixtures`, wrong.map(([id]) => id).join() === '016,039,057', wrong);
const sets = await tilesets();
await randomTiles(sets, Number(wanted));
await positions();
await orderOfNames();
await archiveTiles(sets);
await documents();
console.log(failed ? `${failed} failed` : 'all passed');
process.exit(failed ? 1 : 0);
