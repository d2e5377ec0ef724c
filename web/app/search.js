// Search as you type: a combobox whose answers come from the server, which folds accents itself.
import { $, debounce, h } from './dom.js';
import { number, t } from './language.js';
import { getJSON } from './server.js';
import { lookName, symbol } from './symbols.js';
import { subtitle, title } from './words.js';

const LIMIT = 10;

export function makeSearch({ center, onText, onChoose }) {
  const input = $('#q');
  const box = $('#found');
  const status = $('#search-status');
  let request = null;
  let features = [];
  let active = -1;

  function open(is) {
    box.hidden = !is;
    input.setAttribute('aria-expanded', String(is));
    if (!is) activate(-1);
  }

  function activate(index) {
    active = index;
    [...box.children].forEach((option, i) => option.setAttribute('aria-selected', String(i === active)));
    const option = box.children[active];
    option?.scrollIntoView({ block: 'nearest' });
    if (option?.id) input.setAttribute('aria-activedescendant', option.id);
    else input.removeAttribute('aria-activedescendant');
  }

  function choose(index) {
    const feature = features[index];
    if (!feature) return;
    request?.abort();
    open(false);
    onChoose(feature.properties.collection, feature);
  }

  function option(feature, index) {
    const p = feature.properties;
    const below = subtitle(p.collection, p);
    return h(
      'li',
      { id: 'result-' + index, role: 'option', 'aria-selected': 'false', onclick: () => choose(index) },
      symbol(lookName(p.collection, p)),
      h('span', { class: 'item-title' }, title(p.collection, p)),
      h('span', { class: 'item-sub' }, [t(p.collection), below].filter(Boolean).join(' · ')),
    );
  }

  function show(q, found) {
    features = found;
    box.replaceChildren(...features.map(option));
    const words = features.length ? t('search_count', { n: number(features.length) }) : t('search_none', { q });
    status.textContent = words;
    if (!features.length) box.append(h('li', { class: 'nothing', role: 'option', 'aria-disabled': 'true' }, words));
    activate(-1);
    open(document.activeElement === input);
  }

  async function ask() {
    request?.abort();
    const q = input.value.trim();
    if (!q) {
      features = [];
      status.textContent = '';
      return open(false);
    }
    request = new AbortController();
    const [lon, lat] = center();
    const query = new URLSearchParams({ q, limit: LIMIT, lon: lon.toFixed(5), lat: lat.toFixed(5) });
    try {
      show(q, (await getJSON('/search?' + query, request.signal)).features);
    } catch (error) {
      if (error.name !== 'AbortError' && error.status) status.textContent = error.message;
    }
  }

  const askSoon = debounce(80, ask);

  input.addEventListener('input', () => {
    onText(input.value.trim());
    askSoon();
  });
  input.addEventListener('focus', () => (features.length ? open(true) : ask()));
  input.addEventListener('blur', () => setTimeout(() => open(false), 150)); // after a click on an answer
  box.addEventListener('pointerdown', (event) => event.preventDefault()); // the box keeps the caret
  input.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && features.length) {
      event.preventDefault();
      open(true);
      activate((active + step + features.length) % features.length);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      choose(Math.max(active, 0));
    } else if (event.key === 'Escape' && !box.hidden) {
      event.stopPropagation();
      open(false);
    }
  });

  return {
    setText(q) {
      if (input.value.trim() !== q) input.value = q;
      if (!q) features = [];
    },
  };
}
