// The choice of data set, and the filters of the one chosen, each choice with its count over the whole ward.
import { $, h } from './dom.js';
import { collections } from './collections.js';
import { number, t } from './language.js';
import { getJSON, valuesURL } from './server.js';
import { symbol } from './symbols.js';

// filters of the wire → what the select shows, and back
const chosen = (filter, filters) =>
  filter.flags ? (filter.flags.find((flag) => filters[flag]) ?? '') : (filters[filter.key] ?? '');
const choices = (filter) => filter.flags ?? filter.values ?? [];
const wordOf = (filter, value) => (filter.open && !filter.prefix ? value : t((filter.prefix ?? '') + value));
const collator = new Intl.Collator('vi', { numeric: true });

export function without(filter, filters) {
  const rest = { ...filters };
  for (const key of filter.flags ?? [filter.key]) delete rest[key];
  return rest;
}

export function withChoice(filter, filters, value) {
  const rest = without(filter, filters);
  if (value) rest[filter.flags ? value : filter.key] = filter.flags ? 'true' : value;
  return rest;
}

export function makeFilters({ onCollection, onFilters }) {
  let counting = null;

  function tabs(state) {
    $('#collections').replaceChildren(
      ...Object.keys(collections).map((id) =>
        h(
          'button',
          { type: 'button', 'data-collection': id, 'aria-pressed': String(id === state.collection), onclick: () => onCollection(id) },
          t(id),
        ),
      ),
    );
  }

  function select(filter, state) {
    const value = chosen(filter, state.filters);
    const control = h(
      'select',
      {
        name: filter.key,
        class: value ? 'chosen' : null,
        onchange: (event) => onFilters(withChoice(filter, state.filters, event.target.value)),
      },
      h('option', { value: '' }, t('all')),
      (filter.open && value ? [value] : choices(filter)).map((choice) => h('option', { value: choice }, wordOf(filter, choice))),
    );
    control.value = value;
    return h('label', { class: 'filter' }, h('span', {}, t(filter.key)), control);
  }

  function offer(filter, counts) {
    const select = $(`#filters select[name="${filter.key}"]`);
    if (!select) return;
    const now = select.value;
    if (filter.open) {
      const values = [...new Set([...counts.keys(), now].filter(Boolean))].sort(collator.compare);
      select.replaceChildren(select.options[0], ...values.map((value) => h('option', { value })));
      select.value = now;
    }
    for (const option of [...select.options].slice(1))
      option.textContent = `${wordOf(filter, option.value)} (${number(counts.get(option.value) ?? 0)})`;
  }

  // One small request a filter, one after the other: how many each choice would leave, the other filters standing.
  async function countChoices(state) {
    counting?.abort();
    counting = new AbortController();
    const { signal } = counting;
    for (const filter of collections[state.collection].filters) {
      const counts = new Map();
      for (const field of filter.flags ?? [filter.key]) {
        const { values } = await getJSON(valuesURL(state.collection, field, without(filter, state.filters)), signal);
        for (const { value, count } of values) {
          if (!filter.flags) counts.set(value, count);
          else if (value === 'true') counts.set(field, count);
        }
      }
      if (signal.aborted) return;
      offer(filter, counts);
    }
  }

  function legend(state) {
    const entry = (name, words) => h('li', {}, symbol(name), words);
    const entries = collections[state.collection].looks.map((name) => entry(name, t(name)));
    if (state.collection === 'markets') entries.push(entry('market', t('legend_market')));
    else entries.push(h('li', {}, h('span', { class: 'ring', 'aria-hidden': 'true' }, '12'), t('legend_cluster')));
    entries.push(h('li', {}, h('span', { class: 'dash', 'aria-hidden': 'true' }), t('legend_group')));
    $('#looks').replaceChildren(...entries);
  }

  function draw(state) {
    tabs(state);
    const focused = document.activeElement?.name;
    $('#filters').replaceChildren(...collections[state.collection].filters.map((filter) => select(filter, state)));
    if (focused) $(`#filters select[name="${CSS.escape(focused)}"]`)?.focus();
    const active = Object.keys(state.filters).length;
    $('#filter-title').textContent = t('filters') + (active ? ` (${active})` : '');
    $('#filter-box').hidden = !collections[state.collection].filters.length;
    $('#clear').hidden = !active;
    legend(state);
    // A count that fails leaves the choice without one; the banner speaks for a lost connection.
    countChoices(state).catch(() => {});
  }

  $('#clear').addEventListener('click', () => onFilters({}));
  return { draw };
}

