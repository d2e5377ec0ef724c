// How the map is drawn. Colours and text follow the page: they are read from the same CSS variables.
import { Circle, Fill, Icon, Stroke, Style, Text } from 'ol/style.js';
import { short } from './language.js';
import { lookName, lookOf, looks } from './symbols.js';

const FONT = '"Be Vietnam Pro", system-ui, sans-serif';
const LABELS_FROM = 17; // zoom at which single points carry their name
const STALLS_FROM = 19; // and stalls their number
const MAIN_ROAD = /motorway|trunk|primary|secondary|main|chính/i;

let colours = {};
let scale = 1;
let homeWard = '';
let shares = null; // residential group → { step, words }, while one indicator colours them
const cache = new Map();

// Called whenever theme, text size or contrast changes.
export function readPage() {
  const css = getComputedStyle(document.documentElement);
  colours = new Proxy({}, { get: (seen, name) => (seen[name] ??= css.getPropertyValue(name).trim()) });
  scale = parseFloat(css.fontSize) / 16;
  cache.clear();
}

export function setShade(now) {
  shares = now;
  cache.clear();
}

export function setHomeWard(name) {
  homeWard = name;
}

function remembered(key, make) {
  if (cache.size > 2000) cache.clear();
  if (!cache.has(key)) cache.set(key, make());
  return cache.get(key);
}

const font = (pixels, weight = 400) => `${weight} ${pixels * scale}px ${FONT}`;
const fill = (name) => new Fill({ color: colours[name] });
const stroke = (name, width, more = {}) => new Stroke({ color: colours[name], width, lineCap: 'round', lineJoin: 'round', ...more });

function label(text, pixels, options = {}) {
  return new Text({
    text,
    font: font(pixels, options.weight),
    fill: fill(options.colour ?? '--m-text'),
    stroke: stroke('--m-halo', 3 * scale),
    overflow: Boolean(options.overflow),
    placement: options.placement,
    offsetY: options.offsetY,
    repeat: options.repeat,
    maxAngle: 0.6,
    padding: [0, 3, 0, 3],
  });
}

// --- the base -------------------------------------------------------------------------------------------------------

function road(width, casing, inner, order) {
  return remembered(`road ${inner} ${width.toFixed(1)} ${order}`, () => [
    new Style({ stroke: stroke(casing, width + 1.6), zIndex: order }),
    new Style({ stroke: stroke(inner, width), zIndex: order + 1 }),
  ]);
}

// Metres on the ground grow with the zoom; lines keep a legible width on the way.
const roadWidth = (zoom, factor) => Math.max(0.8, Math.min(26, factor * 2 ** ((zoom - 15) * 0.75)));

const streetLabel = (name, zoom) =>
  remembered(`street ${name} ${zoom >= 17}`, () =>
    new Style({ text: label(name, zoom >= 17 ? 12.5 : 11.5, { placement: 'line', repeat: 420, colour: '--m-road-text' }), zIndex: 20 }),
  );

const base = {
  // Our own ward stands out; its neighbours are only outlined.
  wards(feature) {
    const ours = !homeWard || feature.get('name') === homeWard;
    return remembered('ward ' + ours, () => [
      new Style({ fill: fill(ours ? '--m-land' : '--m-beyond'), zIndex: 0 }),
      new Style({ stroke: ours ? stroke('--m-ward', 2.5, { lineDash: [10, 5, 2, 5] }) : stroke('--m-group', 1), zIndex: ours ? 12 : 4 }),
    ]);
  },
  water: () => remembered('water', () => new Style({ fill: fill('--m-water'), stroke: stroke('--m-water', 1.5), zIndex: 2 })),
  green: () => remembered('green', () => new Style({ fill: fill('--m-green'), zIndex: 1 })),
  'residential-groups'(feature, zoom) {
    const step = shares ? (shares.get(feature.get('code'))?.step ?? 0) : null;
    if (step === null && zoom < 14) return null;
    return remembered('group ' + step, () =>
      new Style({ stroke: stroke('--m-group', 1, { lineDash: [4, 4] }), fill: step === null ? undefined : fill('--c-' + step), zIndex: 3 }),
    );
  },
  roads(feature, zoom) {
    const main = MAIN_ROAD.test(feature.get('class') ?? '');
    return road(roadWidth(zoom, main ? 5.5 : 3.4), '--m-casing', main ? '--m-main' : '--m-road', main ? 7 : 5);
  },
  streets(feature, zoom) {
    const lines = road(roadWidth(zoom, 3.4), '--m-casing', '--m-road', 5);
    const name = feature.get('name');
    return name && zoom >= 15 ? [...lines, streetLabel(name, zoom)] : lines;
  },
  wards_label: (feature, zoom) =>
    zoom < 14.5 &&
    remembered('w ' + feature.get('name'), () =>
      new Style({ text: label((feature.get('name') ?? '').toLocaleUpperCase('vi'), 13, { weight: 600, colour: '--m-area-text' }), zIndex: 30 }),
    ),
  'residential-groups_label': (feature, zoom) =>
    zoom >= (shares ? 14.5 : 15.5) &&
    remembered('g ' + feature.get('code'), () =>
      new Style({ text: label([feature.get('name') ?? '', shares?.get(feature.get('code'))?.words].filter(Boolean).join('\n'), 11.5, { colour: '--m-area-text' }), zIndex: 15 }),
    ),
  water_label: (feature) =>
    feature.get('name') &&
    remembered('a ' + feature.get('name'), () =>
      new Style({ text: label(feature.get('name'), 12, { colour: '--m-water-text' }), zIndex: 16 }),
    ),
};

export const baseStyle = (zoomOf) => (feature, resolution) => base[feature.get('layer')]?.(feature, zoomOf(resolution)) || undefined;

// --- points and clusters --------------------------------------------------------------------------------------------

function canvas(side) {
  const ratio = Math.ceil(devicePixelRatio || 1);
  const element = document.createElement('canvas');
  element.width = element.height = Math.ceil(side) * ratio;
  const pen = element.getContext('2d');
  pen.scale(ratio, ratio);
  return { pen, icon: (declutterMode = 'none') => new Icon({ img: element, scale: 1 / ratio, declutterMode }) };
}

function drawSymbol(pen, look, side) {
  const path = new Path2D(look.path);
  pen.scale(side / 24, side / 24);
  pen.lineJoin = 'round';
  pen.lineWidth = (4 * 24) / side; // a rim of two pixels
  pen.strokeStyle = colours['--m-halo'];
  pen.stroke(path);
  pen.fillStyle = colours[look.hollow ? '--surface' : look.colour];
  pen.fill(path);
  if (!look.hollow) return;
  pen.lineWidth = 3.4;
  pen.strokeStyle = colours[look.colour];
  pen.stroke(path);
}

function symbolIcon(name, pixels) {
  return remembered(`symbol ${name} ${pixels}`, () => {
    const side = pixels * scale;
    const { pen, icon } = canvas(side + 4);
    pen.translate(2, 2);
    drawSymbol(pen, lookOf(name), side);
    return icon('obstacle');
  });
}

function drawRing(pen, middle, radius, shares) {
  let from = -Math.PI / 2;
  pen.lineWidth = 5 * scale;
  for (const [colour, share] of shares) {
    pen.beginPath();
    pen.arc(middle, middle, radius, from, from + share * 2 * Math.PI);
    pen.strokeStyle = colours[colour];
    pen.stroke();
    from += share * 2 * Math.PI;
  }
}

function clusterIcon(count, shares) {
  const text = short(count);
  const key = `cluster ${text} ${shares.map(([colour, share]) => colour + share.toFixed(2)).join()}`;
  return remembered(key, () => {
    const radius = (11 + 3.2 * Math.log10(count)) * scale;
    const middle = radius + 5 * scale;
    const { pen, icon } = canvas(middle * 2);
    pen.beginPath();
    pen.arc(middle, middle, radius + 4 * scale, 0, 2 * Math.PI);
    pen.fillStyle = colours['--m-halo'];
    pen.fill();
    pen.beginPath();
    pen.arc(middle, middle, radius, 0, 2 * Math.PI);
    pen.fillStyle = colours['--surface'];
    pen.fill();
    drawRing(pen, middle, radius, shares);
    pen.fillStyle = colours['--text'];
    pen.font = font(text.length > 3 ? 11 : 12.5, 600);
    pen.textAlign = 'center';
    pen.textBaseline = 'middle';
    pen.fillText(text, middle, middle + 0.5);
    return icon('obstacle');
  });
}

// Shares of a cluster in the fixed order of the legend; what no count names keeps the neutral colour of all.
export function sharesOf(properties) {
  const shares = [];
  let rest = 1;
  for (const name of Object.keys(looks)) {
    const share = (properties['count_' + name] ?? 0) / properties.count;
    if (share > 0) shares.push([lookOf(name).colour, share]);
    rest -= share;
  }
  if (rest > 0.001) shares.push(['--s-blue', rest]);
  return shares;
}

// A cluster as it is drawn. The chosen place (its look, or null) is drawn as a pin of its own and not counted again.
export function clusterOf(properties, chosen) {
  if (!chosen) return properties;
  const state = 'count_' + chosen.name;
  return { ...properties, count: properties.count - 1, [state]: Math.max(0, (properties[state] ?? 0) - 1) };
}

// A long name would push its neighbours off the map; the record has it whole.
const clip = (name) => (name?.length > 30 ? name.slice(0, 28).trimEnd() + '…' : name);

const iconStyle = (key, order, make) => remembered(key, () => new Style({ image: make(), zIndex: order }));

function pointStyle(collection, properties, zoom) {
  const name = lookName(collection, properties);
  const size = name === 'market' ? 26 : collection === 'stalls' && zoom < STALLS_FROM ? 9 : 15; // a stall is two metres wide
  const mark = iconStyle(`point ${name} ${size}`, name === 'market' ? 60 : 40, () => symbolIcon(name, size));
  const text = clip(properties.name || properties.number);
  if (!text || (zoom < LABELS_FROM && collection !== 'markets') || (collection === 'stalls' && zoom < STALLS_FROM)) return mark;
  const words = remembered('name ' + text, () =>
    new Style({ text: label(text, 12, { offsetY: (collection === 'markets' ? 28 : 21) * scale, overflow: true }), zIndex: 10 }),
  );
  return [mark, words];
}

// chosenIn(feature, resolution): the chosen place when it is counted in this cluster, else null.
export const pointsStyle = (collection, zoomOf, chosenIn) => (feature, resolution) => {
  const properties = feature.getProperties();
  if (properties.count > 1) {
    const cluster = clusterOf(properties, chosenIn(feature, resolution));
    const icon = clusterIcon(cluster.count, sharesOf(cluster));
    return remembered(icon, () => new Style({ image: icon, zIndex: 50 }));
  }
  return pointStyle(collection, properties, zoomOf(resolution));
};

// --- what the reader has chosen, pointed at, or stands on -----------------------------------------------------------

function pinIcon() {
  const { pen, icon } = canvas(72 * scale);
  pen.scale(1.385 * scale, 1.385 * scale);
  // The tip stands in the middle of the canvas, so the icon needs no anchor.
  const pin = new Path2D('M26 26c-2-6-9-8.5-9-15.5a9 9 0 0 1 18 0c0 7-7 9.5-9 15.5z');
  pen.lineWidth = 4;
  pen.lineJoin = 'round';
  pen.strokeStyle = colours['--surface'];
  pen.stroke(pin);
  pen.fillStyle = colours['--accent'];
  pen.fill(pin);
  pen.beginPath();
  pen.arc(26, 10.5, 3.6, 0, 7);
  pen.fillStyle = colours['--surface'];
  pen.fill();
  return icon();
}

export function markStyle(feature) {
  const role = feature.get('role');
  return remembered('mark ' + role, () => {
    switch (role) {
      case 'ring':
        return new Style({ image: new Circle({ radius: 9 * scale, stroke: stroke('--s-red', 3) }) });
      case 'pin':
        return new Style({ image: pinIcon() });
      case 'hover':
        return new Style({ image: new Circle({ radius: 13 * scale, stroke: stroke('--accent', 3) }) });
      case 'me':
        return new Style({ image: new Circle({ radius: 8, fill: fill('--accent'), stroke: stroke('--surface', 3) }) });
      case 'sketch':
        return new Style({
          image: new Circle({ radius: 5, fill: fill('--surface'), stroke: stroke('--accent', 3) }),
          stroke: stroke('--accent', 3),
          fill: fill('--m-tint'),
        });
      default:
        return new Style({ stroke: stroke('--accent', 3, role === 'accuracy' ? { lineDash: [6, 6], width: 1.5 } : {}), fill: fill('--m-tint') });
    }
  });
}
