// A map of another's making: OpenLayers' own clients of OGC API - Tiles and of GeoJSON items, nothing of ours.
import Map from 'ol/Map.js';
import View from 'ol/View.js';
import GeoJSON from 'ol/format/GeoJSON.js';
import MVT from 'ol/format/MVT.js';
import VectorLayer from 'ol/layer/Vector.js';
import VectorTileLayer from 'ol/layer/VectorTile.js';
import { bbox } from 'ol/loadingstrategy.js';
import { fromLonLat, transformExtent } from 'ol/proj.js';
import OGCVectorTile from 'ol/source/OGCVectorTile.js';
import VectorSource from 'ol/source/Vector.js';

// The tile set's own description is read first: OpenLayers calls a map complete while it still waits for that.
const described = (source) =>
  new Promise((ready) => {
    const look = () => source.getState() === 'ready' && ready();
    source.on('change', look);
    look();
  });

const drawn = (map) => new Promise((done) => map.once('rendercomplete', done));

function painted() {
  return [...document.querySelectorAll('canvas')].reduce((sum, canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return sum + data.filter((v, i) => i % 4 === 3 && v > 0).length;
  }, 0);
}

// Resolves when everything in view is drawn: what was drawn, seen on the canvas and in the sources.
window.draw = async ({ base, centre, zoom }) => {
  const tiles = new OGCVectorTile({ url: `${base}/ogc/collections/streets/tiles/WebMercatorQuad`, format: new MVT() });
  const items = new VectorSource({
    format: new GeoJSON(),
    strategy: bbox,
    url: (extent) => `${base}/ogc/collections/establishments/items?f=json&limit=10000&bbox=${transformExtent(extent, 'EPSG:3857', 'EPSG:4326')}`,
  });
  await described(tiles);
  const streets = new VectorTileLayer({ source: tiles });
  const map = new Map({
    target: 'map', pixelRatio: 1,
    layers: [streets, new VectorLayer({ source: items })],
    view: new View({ center: fromLonLat(centre), zoom }),
  });
  await drawn(map);
  const extent = map.getView().calculateExtent(map.getSize());
  const inView = items.getFeatures().filter((f) => f.getGeometry());
  return {
    box: transformExtent(extent, 'EPSG:3857', 'EPSG:4326'), painted: painted(), items: inView.map((f) => f.getId()),
    names: inView.map((f) => f.get('name')), streets: streets.getFeaturesInExtent(extent).map((f) => f.get('code')),
  };
};
