// The whole state of the screen is its address, so Back works and a copied link restores the view:
//   ?c=stalls&status=active&id=CODE[&of=streets][&q=...][&panel=indicators][&shade=KPI-NTS][&staff=1][&lang=en]#zoom/lat/lon
import { allowed, collections, filterKeys, first } from './collections.js';

function readView(hash) {
  const parts = /^#(\d+(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)$/.exec(hash);
  if (!parts) return null;
  const [zoom, lat, lon] = parts.slice(1).map(Number);
  return Math.abs(lat) <= 85 && Math.abs(lon) <= 180 && zoom <= 22 ? { zoom, lat, lon } : null;
}

export function read(location) {
  const query = new URLSearchParams(location.search);
  const collection = Object.hasOwn(collections, query.get('c') ?? '') ? query.get('c') : first;
  const filters = {};
  for (const key of filterKeys(collection)) {
    const value = query.get(key);
    if (value && allowed(collection, key, value)) filters[key] = value;
  }
  return {
    collection,
    filters,
    id: query.get('id') || null,
    of: query.get('of') || null,
    q: query.get('q') || '',
    panel: query.get('panel') === 'indicators' ? 'indicators' : null,
    shade: query.get('shade') || null,
    staff: query.get('staff') || null,
    language: query.get('lang') === 'en' ? 'en' : 'vi',
    view: readView(location.hash),
  };
}

export function address(state) {
  const query = new URLSearchParams();
  if (state.collection !== first) query.set('c', state.collection);
  for (const [key, value] of Object.entries(state.filters)) query.set(key, value);
  if (state.id) query.set('id', state.id);
  if (state.id && state.of) query.set('of', state.of);
  if (state.q) query.set('q', state.q);
  if (state.panel) query.set('panel', state.panel);
  if (state.shade) query.set('shade', state.shade);
  if (state.staff) query.set('staff', state.staff);
  if (state.language !== 'vi') query.set('lang', state.language);
  const text = query.toString();
  const { view } = state;
  const hash = view ? `#${+view.zoom.toFixed(2)}/${view.lat.toFixed(5)}/${view.lon.toFixed(5)}` : '';
  return location.pathname + (text ? '?' + text : '') + hash;
}

export function makeState(apply) {
  let state = read(location);
  addEventListener('popstate', () => {
    const before = state;
    state = read(location);
    apply(state, before, true);
  });
  return {
    get: () => state,
    // A choice of the reader's: one step for Back.
    go(change) {
      const before = state;
      state = { ...state, ...change };
      if (address(state) !== address(before)) history.pushState(null, '', address(state));
      apply(state, before, false);
    },
    // Moving the map or typing refines the present step.
    note(change) {
      state = { ...state, ...change };
      history.replaceState(null, '', address(state));
    },
  };
}
