// The map itself: layers, what a click means, what is in view. It knows nothing of lists and panels.
import Feature from 'ol/Feature.js';
import OlMap from 'ol/Map.js';
import View from 'ol/View.js';
import { isEmpty } from 'ol/extent.js';
import LineString from 'ol/geom/LineString.js';
import MultiLineString from 'ol/geom/MultiLineString.js';
import MultiPolygon from 'ol/geom/MultiPolygon.js';
import Point from 'ol/geom/Point.js';
import Polygon, { circular } from 'ol/geom/Polygon.js';
import { defaults as interactions } from 'ol/interaction/defaults.js';
import VectorLayer from 'ol/layer/Vector.js';
import VectorTileLayer from 'ol/layer/VectorTile.js';
import { fromLonLat, toLonLat, transformExtent } from 'ol/proj.js';
import VectorSource from 'ol/source/Vector.js';
import { baseStyle, clusterOf, markStyle, pointsStyle, readPage, setHomeWard, setShade } from './paint.js';
import { lookName } from './symbols.js';
import { baseSource, pointSource } from './tiles.js';

const GEOMETRIES = { Point, LineString, Polygon, MultiLineString, MultiPolygon };
const CLOSE = 17.5; // where a chosen place is looked at
const CLOSE_STALL = 20;
const DEEPEST = 21;
const duration = () => (matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 260);

// GeoJSON to the map's own geometry; the full reader of OpenLayers would weigh more than the rest of this file.
function geometryOf(feature) {
  const Kind = GEOMETRIES[feature?.geometry?.type];
  return Kind ? new Kind(feature.geometry.coordinates, 'XY').transform('EPSG:4326', 'EPSG:3857') : null;
}
const toMap = (bbox) => transformExtent(bbox, 'EPSG:4326', 'EPSG:3857');

export function makeMap(target, { onMove, onPick, onTilesFailed }) {
  const view = new View({ center: fromLonLat([108.22, 16.06]), zoom: 13, minZoom: 9, maxZoom: DEEPEST, enableRotation: false });
  const zoomOf = (resolution) => view.getZoomForResolution(resolution);
  const base = new VectorTileLayer({ source: baseSource(), declutter: true, style: baseStyle(zoomOf), zIndex: 0 });
  const points = new VectorTileLayer({ declutter: true, zIndex: 2, renderBuffer: 60 });
  const marks = new VectorLayer({ source: new VectorSource(), style: markStyle, zIndex: 3 });
  const map = new OlMap({
    target,
    view,
    layers: [base, points, marks],
    controls: [],
    interactions: interactions({ altShiftDragRotate: false, pinchRotate: false }),
  });
  let collection = null;
  let filters = {};
  let selected = null;
  let home = null;
  let chosen = null; // the selected point, when the filters let it be counted: where it is and what it looks like
  let together = () => false; // whether two spots are counted in one cluster
  let within = () => null; // the features of the points' tiles in an extent, once they are all there

  const chosenIn = (feature, resolution) => (chosen && together(feature.getFlatCoordinates(), chosen.at, resolution) ? chosen : null);

  // --- what tests and screen readers are told ------------------------------------------------------------------------
  function drawnPoints() {
    const seen = new Map();
    const extent = view.calculateExtent(map.getSize());
    const features = within(extent, view.getResolution());
    if (!features) return null;
    for (const feature of features) {
      const [x, y] = feature.getFlatCoordinates();
      if (x < extent[0] || x > extent[2] || y < extent[1] || y > extent[3]) continue;
      const count = feature.get('count') ?? 1;
      seen.set(feature.get('code') ?? `${x} ${y}`, count > 1 ? clusterOf({ count }, chosenIn(feature, view.getResolution())).count : 1);
    }
    return seen;
  }

  // What was drawn before a change must not be taken for its result: wait for one frame that knows of it.
  let stale = true;
  const moving = () => delete document.documentElement.dataset.ready;

  function unsettle() {
    moving();
    stale = true;
    map.once('postrender', () => (stale = false));
    map.render();
  }

  map.on('rendercomplete', () => {
    const drawn = stale || view.getAnimating() ? null : drawnPoints();
    if (drawn === null) return;
    document.documentElement.dataset.points = drawn.size;
    document.documentElement.dataset.places = [...drawn.values()].reduce((sum, count) => sum + count, 0);
    document.documentElement.dataset.ready = '1';
  });

  // --- marks ---------------------------------------------------------------------------------------------------------
  function mark(role, ...geometries) {
    const source = marks.getSource();
    source.getFeatures().forEach((feature) => feature.get('role') === role && source.removeFeature(feature));
    source.addFeatures(geometries.filter(Boolean).map((geometry) => new Feature({ geometry, role })));
  }

  const around = ([lon, lat], metres) => circular([lon, lat], metres, 48).transform('EPSG:4326', 'EPSG:3857');

  // --- moving --------------------------------------------------------------------------------------------------------
  function move(options) {
    unsettle();
    view.cancelAnimations();
    view.animate({ duration: duration(), ...options });
  }

  function fit(extent, atOnce = false) {
    if (!extent || isEmpty(extent)) return;
    map.updateSize();
    unsettle();
    view.cancelAnimations();
    view.fit(extent, { size: map.getSize(), padding: [24, 24, 24, 24], maxZoom: CLOSE, duration: atOnce ? 0 : duration() });
  }

  function bbox() {
    return transformExtent(view.calculateExtent(map.getSize()), 'EPSG:3857', 'EPSG:4326');
  }

  function viewNow() {
    const [lon, lat] = toLonLat(view.getCenter());
    return { zoom: view.getZoom(), lat, lon };
  }

  // A bar of a round length, 60 to 150 pixels wide.
  function drawScale() {
    const metre = Math.cos((toLonLat(view.getCenter())[1] * Math.PI) / 180);
    const widest = 150 * view.getResolution() * metre;
    const power = 10 ** Math.floor(Math.log10(widest));
    const metres = [5, 2, 1].find((step) => step * power <= widest) * power;
    const bar = document.querySelector('#scale');
    bar.style.width = metres / (view.getResolution() * metre) + 'px';
    bar.textContent = metres < 1000 ? metres + ' m' : metres / 1000 + ' km';
  }

  map.on('moveend', drawScale);
  map.on('moveend', () => map.getSize()?.every(Boolean) && onMove(viewNow(), bbox()));
  map.on('movestart', moving);

  // --- clicks --------------------------------------------------------------------------------------------------------
  function featuresAt(pixel, tolerance) {
    const found = new Map();
    map.forEachFeatureAtPixel(
      pixel,
      (feature) => {
        if (feature.getType() === 'Point') found.set(feature.get('code') ?? feature, feature);
      },
      { layerFilter: (layer) => layer === points, hitTolerance: tolerance },
    );
    return [...found.values()];
  }

  let taker = null; // who gets the clicks instead
  let held = null; // the pin that may be dragged: its point, and who is told

  map.on(['pointerdown', 'pointerdrag', 'pointerup'], ({ type, pixel, coordinate }) => {
    if (!held) return true;
    if (type === 'pointerdown') {
      const [x, y] = map.getPixelFromCoordinate(held.point.getCoordinates());
      held.grabbed = Math.hypot(pixel[0] - x, pixel[1] - y + 14) < 32;
    }
    if (!held.grabbed) return true;
    if (type === 'pointerdrag') held.point.setCoordinates(coordinate);
    if (type === 'pointerup') {
      held.grabbed = false;
      held.tell(toLonLat(held.point.getCoordinates()));
    }
    return false; // the map stays where it is
  });

  map.on('singleclick', ({ pixel, coordinate }) => {
    if (held) return undefined;
    if (taker) return taker(toLonLat(coordinate));
    const found = featuresAt(pixel, 8);
    const cluster = found.find((feature) => feature.get('count') > 1);
    if (cluster) return move({ center: cluster.getFlatCoordinates().slice(0, 2), zoom: Math.min(view.getZoom() + 2, DEEPEST) });
    // A finger covers several points; more than one means: ask.
    const exact = featuresAt(pixel, 0);
    const chosen = exact.length ? exact : found;
    return onPick(chosen.map((feature) => feature.getProperties()));
  });

  map.on('pointermove', ({ pixel, dragging }) => {
    if (!dragging) target.classList.toggle('pointing', featuresAt(pixel, 2).length > 0);
  });

  // --- the doors -----------------------------------------------------------------------------------------------------
  function show(newCollection, newFilters) {
    collection = newCollection;
    filters = newFilters;
    const tiles = pointSource(collection, filters);
    ({ within, together } = tiles);
    tiles.source.on('tileloaderror', onTilesFailed);
    points.setStyle(pointsStyle(collection, zoomOf, chosenIn));
    points.setSource(tiles.source);
    unsettle();
  }

  function repaint() {
    readPage();
    base.setStyle(baseStyle(zoomOf));
    if (collection) points.setStyle(pointsStyle(collection, zoomOf, chosenIn));
    marks.changed();
  }

  // A chosen place is drawn as a pin of its own, above and outside any cluster.
  function select(feature, go, cover = 0) {
    const geometry = geometryOf(feature);
    const isPoint = geometry instanceof Point;
    const metres = feature?.properties.accuracy_m;
    selected = feature?.id;
    const counted = isPoint && Object.entries(filters).every(([key, value]) => String(feature.properties[key]) === value);
    chosen = counted ? { at: geometry.getCoordinates(), name: lookName(collection, feature.properties) } : null;
    points.changed(); // its cluster counts one less
    unsettle();
    hover(null);
    mark('pin', isPoint ? geometry : null);
    mark('shape', isPoint ? null : geometry);
    mark('accuracy', isPoint && metres >= 15 ? around(feature.geometry.coordinates, metres) : null);
    if (!go || !geometry) return;
    if (!isPoint) return fit(geometry.getExtent());
    const zoom = Math.max(view.getZoom(), feature.properties.position === 'stall_plan' ? CLOSE_STALL : CLOSE);
    const [x, y] = geometry.getCoordinates();
    move({ center: [x + (cover / 2) * view.getResolutionForZoom(zoom), y], zoom });
  }

  function hover(feature) {
    const geometry = feature?.id === selected ? null : geometryOf(feature);
    mark('hover', geometry instanceof Point ? geometry : null);
  }

  const spot = (lonlat) => new Point(fromLonLat(lonlat));

  function sketch(points) {
    const path = points.map((point) => fromLonLat(point));
    mark('sketch', path.length > 2 ? new Polygon([path]) : null, path.length === 2 ? new LineString(path) : null, ...points.map(spot));
  }

  function hold(lonlat, tell) {
    held = lonlat && { point: spot(lonlat), tell };
    mark('pin', held?.point);
  }

  function me(lon, lat, metres) {
    mark('me', new Point(fromLonLat([lon, lat])));
    mark('around', around([lon, lat], metres));
    move({ center: fromLonLat([lon, lat]), zoom: Math.max(view.getZoom(), 16) });
  }

  return {
    show,
    repaint,
    select,
    hover,
    me,
    bbox,
    sketch,
    hold,
    take: (whom) => (taker = whom),
    ring: (features) => mark('ring', ...features.map(geometryOf)),
    shade(shares) {
      setShade(shares);
      base.setStyle(baseStyle(zoomOf));
    },
    // The same ground in a frame of another size, once all of it is on the canvas.
    drawn: (box) =>
      new Promise((done) => {
        map.updateSize();
        view.fit(toMap(box), { size: map.getSize() });
        map.once('rendercomplete', done);
        map.render();
      }),
    center: () => toLonLat(view.getCenter()),
    zoomBy: (step) => move({ zoom: view.getZoom() + step }),
    goTo({ zoom, lat, lon }) {
      view.cancelAnimations();
      view.setCenter(fromLonLat([lon, lat]));
      view.setZoom(zoom);
    },
    // The ward of the house: its name on the map, and the frame of the first view (its outline, or else a box in degrees).
    setHome(name, feature, box) {
      setHomeWard(name);
      home = geometryOf(feature)?.getExtent() ?? (box && toMap(box)) ?? home;
      base.changed();
    },
    goHome: (atOnce) => home && fit(home, atOnce === true),
    isInside: (lon, lat) => !home || new Point(fromLonLat([lon, lat])).intersectsExtent(home),
    refresh() {
      base.getSource().refresh();
      points.getSource()?.refresh();
      unsettle();
    },
    resize: () => map.updateSize(),
  };
}
