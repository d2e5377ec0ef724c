// Distances and areas on the ground, by clicks or, for the keyboard, from the middle of the map.
import { $ } from './dom.js';
import { closeBar, openBar } from './bar.js';
import { number, t } from './language.js';

const RADIUS = 6371008.8;
const radians = (degrees) => (degrees * Math.PI) / 180;

function distance([lon1, lat1], [lon2, lat2]) {
  const half = (a, b) => Math.sin(radians(b - a) / 2) ** 2;
  const h = half(lat1, lat2) + Math.cos(radians(lat1)) * Math.cos(radians(lat2)) * half(lon1, lon2);
  return 2 * RADIUS * Math.asin(Math.sqrt(h));
}

export const length = (points) => points.slice(1).reduce((sum, point, i) => sum + distance(points[i], point), 0);

export function area(points) {
  const twice = points.reduce((sum, [lon, lat], i) => {
    const [lon2, lat2] = points[(i + 1) % points.length];
    return sum + radians(lon2 - lon) * (2 + Math.sin(radians(lat)) + Math.sin(radians(lat2)));
  }, 0);
  return Math.abs((twice * RADIUS * RADIUS) / 2);
}

const metres = (m) => (m < 1000 ? `${number(Math.round(m))} m` : `${number(Math.round(m / 10) / 100)} km`);
const squares = (m) => (m < 1e5 ? `${number(Math.round(m))} m²` : `${number(Math.round(m / 1e4) / 100)} km²`);

export function makeMeasure(map) {
  let points = [];

  function words() {
    if (points.length < 2) return t('measure_hint');
    return t('length', { m: metres(length(points)) }) + (points.length > 2 ? ` · ${t('area', { m: squares(area(points)) })}` : '');
  }

  function change(now) {
    points = now;
    map.sketch(points);
    openBar(
      words(),
      [
        [t('add_middle'), () => add(map.center())],
        [t('step_back'), () => change(points.slice(0, -1))],
        [t('done'), closeBar],
      ],
      end,
    );
  }

  const add = (point) => change([...points, point]);

  function end() {
    map.take(null);
    map.sketch([]);
  }

  $('#measure').addEventListener('click', () => {
    change([]);
    map.take(add);
  });
}
