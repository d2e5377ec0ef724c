// A question of the staff on the map: the candidates by their numbers, a pin that can be dragged, and the keys. The page works by
// its forms without this file: everything here presses what is on the page.
import Feature from 'ol/Feature.js';
import OlMap from 'ol/Map.js';
import View from 'ol/View.js';
import { createEmpty, extend, isEmpty } from 'ol/extent.js';
import Point from 'ol/geom/Point.js';
import { circular } from 'ol/geom/Polygon.js';
import Translate from 'ol/interaction/Translate.js';
import { defaults as interactions } from 'ol/interaction/defaults.js';
import VectorLayer from 'ol/layer/Vector.js';
import VectorTileLayer from 'ol/layer/VectorTile.js';
import { fromLonLat, toLonLat, transformExtent } from 'ol/proj.js';
import VectorSource from 'ol/source/Vector.js';
import { Circle, Fill, Stroke, Style, Text } from 'ol/style.js';
import { baseStyle, readPage } from './paint.js';
import { getJSON } from './server.js';
import { baseSource } from './tiles.js';

const CLOSE = 18;
const dark = matchMedia('(prefers-color-scheme: dark)');
const box = document.querySelector('#map');
const candidates = [...document.querySelectorAll('li[data-lon]')];
const lonField = document.querySelector('#f-lon');
const latField = document.querySelector('#f-lat');

const at = (element) => [Number(element.dataset.lon), Number(element.dataset.lat)];
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// --- how it is drawn --------------------------------------------------------------------------------------------------

function markStyle(feature) {
  const { role, number, chosen } = feature.getProperties();
  if (role === 'accuracy') return new Style({ stroke: new Stroke({ color: css('--link'), width: 1.5, lineDash: [6, 4] }), fill: new Fill({ color: css('--m-tint') }) });
  const pin = role === 'pin';
  return new Style({
    image: new Circle({
      radius: pin ? 9 : chosen ? 15 : 12,
      fill: new Fill({ color: css(pin ? '--stop' : '--link') }),
      stroke: new Stroke({ color: css('--paper'), width: 3 }),
    }),
    text: pin ? undefined : new Text({ text: String(number), font: '700 14px system-ui', fill: new Fill({ color: css('--paper') }) }),
    zIndex: pin ? 9 : chosen ? 8 : 5,
  });
}

// --- the map ----------------------------------------------------------------------------------------------------------

function makeMap() {
  const view = new View({ center: fromLonLat([108.22, 16.06]), zoom: 13, minZoom: 9, maxZoom: 20, enableRotation: false });
  const zoomOf = (resolution) => view.getZoomForResolution(resolution);
  const base = new VectorTileLayer({ source: baseSource(), declutter: true, zIndex: 0 });
  const marks = new VectorLayer({ source: new VectorSource(), style: markStyle, zIndex: 3 });
  const map = new OlMap({ target: box, view, layers: [base, marks], controls: [], interactions: interactions({ altShiftDragRotate: false, pinchRotate: false }) });
  const repaint = () => {
    document.documentElement.dataset.theme = dark.matches ? 'dark' : '';
    readPage();
    base.setStyle(baseStyle(zoomOf));
    marks.changed();
  };
  dark.addEventListener('change', repaint);
  repaint();
  map.on('rendercomplete', () => (box.dataset.ready = '1'));
  return { map, view, source: marks.getSource(), marks };
}

function addCandidates(source) {
  return candidates.map((item, index) => {
    const feature = new Feature({ geometry: new Point(fromLonLat(at(item))), role: 'candidate', number: index + 1 });
    source.addFeature(feature);
    return feature;
  });
}

// The first view: all candidates; else where the place stands now; else the ward.
async function frame(view, features) {
  const extent = createEmpty();
  features.forEach((feature) => extend(extent, feature.getGeometry().getExtent()));
  if (isEmpty(extent) && box.dataset.lon) extend(extent, new Point(fromLonLat(at(box))).getExtent());
  if (isEmpty(extent)) {
    const { bounds } = await getJSON('/tiles/wards.json').catch(() => ({}));
    if (bounds) extend(extent, transformExtent(bounds, 'EPSG:4326', 'EPSG:3857'));
  }
  if (!isEmpty(extent)) view.fit(extent, { padding: [48, 48, 48, 48], maxZoom: CLOSE });
}

// --- the pin: on the map, in the two fields, both ways ------------------------------------------------------------------

function makePin({ map, source }) {
  const pin = new Feature({ role: 'pin' });
  const degrees = (text) => Number(String(text).replace(',', '.'));
  const say = ([lon, lat]) => {
    lonField.value = lon.toFixed(6);
    latField.value = lat.toFixed(6);
  };
  const put = (point) => {
    pin.setGeometry(new Point(fromLonLat(point)));
    if (!source.hasFeature(pin)) source.addFeature(pin);
  };
  const typed = () => {
    const point = [degrees(lonField.value), degrees(latField.value)];
    if (point.every((value) => value > 0)) put(point);
  };
  lonField.addEventListener('change', typed);
  latField.addEventListener('change', typed);
  const drag = new Translate({ filter: (feature) => feature === pin, hitTolerance: 12 });
  drag.on('translateend', () => say(toLonLat(pin.getGeometry().getCoordinates())));
  map.addInteraction(drag);
  map.on('singleclick', ({ coordinate }) => {
    put(toLonLat(coordinate));
    say(toLonLat(coordinate));
  });
  if (box.dataset.lon) put(at(box));
}

// --- a candidate looked at, in the list or on the map -------------------------------------------------------------------

function makeLook({ map, source }, features) {
  const circle = new Feature({ role: 'accuracy' });
  source.addFeature(circle);
  const look = (index) => {
    features.forEach((feature, k) => feature.set('chosen', k === index));
    candidates.forEach((item, k) => item.classList.toggle('seen', k === index));
    const metres = index < 0 ? 0 : Number(candidates[index].dataset.accuracy);
    circle.setGeometry(metres >= 5 ? circular(at(candidates[index]), metres, 48).transform('EPSG:4326', 'EPSG:3857') : undefined);
  };
  candidates.forEach((item, index) => {
    item.addEventListener('pointerenter', () => look(index));
    item.addEventListener('focusin', () => look(index));
  });
  map.on('pointermove', ({ pixel, dragging }) => {
    const feature = dragging ? null : map.forEachFeatureAtPixel(pixel, (found) => found, { layerFilter: (layer) => layer.getSource() === source });
    if (feature?.get('number')) look(feature.get('number') - 1);
  });
  if (candidates.length) look(0);
}

// --- keys: 1–9 choose, n the next one, s past this kind, u takes the last decision back ------------------------------------

function pressed({ key, target, ctrlKey, altKey, metaKey, repeat }) {
  if (repeat || ctrlKey || altKey || metaKey || target.closest('input, select, textarea')) return;
  const choice = /^[1-9]$/.test(key) && candidates[key - 1]?.querySelector('button');
  (choice || document.querySelector(`[data-key="${CSS.escape(key.toLowerCase())}"]`))?.click();
}

document.addEventListener('keydown', pressed);
if (box) {
  box.hidden = false;
  const made = makeMap();
  const features = addCandidates(made.source);
  if (lonField) makePin(made);
  makeLook(made, features);
  frame(made.view, features);
}
