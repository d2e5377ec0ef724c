// Puts the parts together: one state, and everything on the screen follows it.
import { $, debounce, translatePage } from './dom.js';
import { language, setLanguage, t } from './language.js';
import { makeFilters } from './filters.js';
import { makeIndicators } from './indicators.js';
import { closeBar } from './bar.js';
import { makeList } from './list.js';
import { makeMap } from './map.js';
import { makeMeasure } from './measure.js';
import { makePanel } from './panel.js';
import { makePrint } from './print.js';
import { makeSearch } from './search.js';
import { collectionURL, getJSON, itemsURL, onConnection } from './server.js';
import { collections } from './collections.js';
import { makeDownload } from './download.js';
import { makeShade } from './shade.js';
import { makeStaff } from './staff.js';
import { makeState } from './state.js';
import { makeSwitches } from './switches.js';
import { title } from './words.js';

const REVISION_MS = 60000;
let opened = null; // the feature whose record is open
let returnTo = null; // what had the focus before it opened

const state = makeState(apply);
const panel = makePanel({
  onClose: () => state.go({ id: null, of: null }),
  onZoom: (feature) => map.select(feature, true, panel.cover()),
  onChoose: (code) => choose(state.get().collection, code),
  // Staff's part comes after the public one; without an answer the public one stands alone.
  onDrawn: (collection, feature, body) => staff.record(collection, feature, body).catch(() => {}),
});
const map = makeMap($('#map'), { onMove, onPick, onTilesFailed: () => tell(t('tiles_failed')) });
const list = makeList({
  onChoose: (feature) => choose(feature.collection ?? state.get().collection, feature.id, feature, true),
  onHover: map.hover,
  onHome: map.goHome,
});
const filters = makeFilters({
  onCollection: (collection) => state.go({ collection, filters: {}, id: null, of: null }),
  onFilters: (chosen) => state.go({ filters: chosen }),
});
const search = makeSearch({
  center: map.center,
  onText: (q) => state.note({ q }),
  onChoose: (collection, feature) => choose(collection, feature.id, feature, true),
});
const indicators = makeIndicators({ onClose: () => state.get().panel && state.go({ panel: null }) });

const download = makeDownload();
const shade = makeShade({ map, onChoose: (code) => state.go({ shade: code }) });
const staff = makeStaff({
  map,
  list,
  tell,
  onChoose: (of) => state.go({ staff: of, id: null }),
  onMoved: (feature) => {
    refresh();
    if (state.get().id === feature.id) showRecord(state.get(), false);
  },
});

// --- what the reader does -------------------------------------------------------------------------------------------

function choose(collection, id, feature = null, go = false) {
  const now = state.get();
  const change = { id, of: null };
  returnTo = document.activeElement;
  opened = feature && { collection, feature, go };
  if (!Object.hasOwn(collections, collection)) change.of = collection;
  else if (collection !== now.collection) Object.assign(change, { collection, filters: {} });
  state.go(change);
}

function onPick(places) {
  if (places.length === 1 && places[0].code) return choose(state.get().collection, places[0].code);
  if (places.length > 1) return panel.ask(state.get().collection, places);
  if (state.get().id) state.go({ id: null, of: null });
  else panel.hide();
}

const loadList = debounce(200, (bbox) => list.load(state.get().collection, state.get().filters, bbox));

// Until the first view is known the map stands somewhere, which is nobody's choice.
let started = false;

function onMove(view, bbox) {
  if (!started) return;
  state.note({ view });
  loadList(bbox);
}

// --- the screen follows the state -----------------------------------------------------------------------------------

async function showRecord(now, focus) {
  const collection = now.of ?? now.collection;
  const given = opened?.feature.id === now.id && opened.collection === collection ? opened : null;
  opened = null;
  list.select(now.id);
  let feature = given?.feature;
  // What search hands over may be a summary: the register's own answer is read once more.
  if (feature && !given.feature.properties.collection) panel.show(collection, feature, focus);
  else feature = await panel.fetch(collection, now.id, focus);
  if (!feature || state.get().id !== now.id) return;
  map.select(feature, Boolean(given?.go) || !now.view, panel.cover());
  document.title = `${title(collection, feature.properties)} · ${t('app_title')}`;
}

function hideRecord(before) {
  const wasOpen = panel.isOpen();
  panel.hide();
  map.select(null);
  list.select(null);
  document.title = [t('app_title'), ward].filter(Boolean).join(' · ');
  if (wasOpen && before?.id && returnTo?.isConnected) returnTo.focus();
  else if (wasOpen && before?.id) list.focus(before.id);
}

function apply(now, before, fromHistory) {
  const first = !before;
  const differs = (key) => first || JSON.stringify(now[key]) !== JSON.stringify(before[key]);
  if (differs('language')) {
    setLanguage(now.language);
    translatePage();
    if (!first) redraw(now);
  }
  if (differs('collection') || differs('filters')) {
    map.show(now.collection, now.filters);
    filters.draw(now);
    list.load(now.collection, now.filters, map.bbox());
    download(now.collection, now.filters);
  }
  if (differs('shade')) shade(now.shade);
  if (staff.known() && differs('staff') && now.staff) staff.show(now.staff).catch(() => {});
  if (fromHistory && now.view && differs('view')) map.goTo(now.view);
  if (differs('q')) search.setText(now.q);
  if (differs('id') || differs('of')) {
    if (now.id) showRecord(now, !first);
    else hideRecord(before);
  }
  if (differs('panel')) {
    if (now.panel) indicators.open();
    else indicators.close();
  }
}

function redraw(now) {
  showWard();
  filters.draw(now);
  list.reload();
  download(now.collection, now.filters);
  if (now.id) panel.fetch(now.of ?? now.collection, now.id, false);
  if (now.panel) indicators.open();
}

// --- connection, revision, name of the ward -------------------------------------------------------------------------

let ward = '';
let sample = false;
let revision = null;

function tell(words, lasting = false) {
  const banner = $('#banner');
  banner.textContent = words;
  banner.hidden = !words;
  clearTimeout(tell.timer);
  if (words && !lasting) tell.timer = setTimeout(() => tell(''), 6000);
}

function showWard() {
  $('#ward').textContent = ward;
  $('#sample').hidden = !sample;
  if (!state.get().id) document.title = [t('app_title'), ward].filter(Boolean).join(' · ');
}

function refresh() {
  map.refresh();
  list.reload();
}

async function readHealth() {
  try {
    const health = await getJSON('/health');
    ward = health.ward ?? ward;
    sample = health.sample === true || ward === 'Phường Mẫu';
    if (revision !== null && revision !== health.revision) refresh();
    revision = health.revision;
  } catch {
    // the banner speaks for a lost connection
  }
  showWard();
}

let framed = false;

async function ourWard() {
  const { features } = await getJSON(itemsURL('wards', { name: ward }, null, 1));
  return features[0];
}

// The first view is our ward, or all wards where ours has no outline; a link that says where to look wins.
async function frame() {
  try {
    const [{ extent }] = await Promise.all([getJSON(collectionURL('wards')), readHealth()]);
    const box = extent?.spatial?.bbox?.[0];
    const feature = ward ? await ourWard().catch(() => null) : null;
    map.setHome(feature ? ward : '', feature, box?.length === 6 ? [box[0], box[1], box[3], box[4]] : box);
    framed = true;
    if (!state.get().view) map.goHome(true);
  } catch {
    // tried again when the connection is back
  }
}

onConnection((connected) => {
  tell(t(connected ? 'back_online' : 'offline'), !connected);
  if (!connected) return;
  if (framed) readHealth();
  else frame();
  refresh();
});

// --- start ----------------------------------------------------------------------------------------------------------

async function start() {
  makeMeasure(map);
  makePrint({ map, ward: () => ward });
  makeSwitches({
    map,
    tell,
    onLanguage: () => state.go({ language: language() === 'vi' ? 'en' : 'vi' }),
    onIndicators: () => state.go({ panel: 'indicators' }),
    onEscape: () => closeBar() || (state.get().id ? state.go({ id: null, of: null }) : panel.hide()),
  });
  // Canvas text does not wait for fonts: ask for both subsets before the first drawing.
  const fonts = ['400', '600'].flatMap((weight) => ['Ưở', 'Aa'].map((text) => document.fonts.load(`${weight} 12px "Be Vietnam Pro"`, text)));
  await Promise.race([Promise.allSettled(fonts), new Promise((done) => setTimeout(done, 1500))]);
  map.repaint();
  const now = state.get();
  const framing = frame();
  if (now.view) map.goTo(now.view);
  else await framing;
  started = true;
  if (now.staff) await staff.begin();
  apply(now, null, false);
  setInterval(readHealth, REVISION_MS);
}

start();
