// The choice of data set, and the filters of the one chosen, each choice with its count over the whole ward.
import { $, h } from './dom.js';
import { collections } from './collections.js';
import { number, t } from './language.js';
import { getJSON, itemsURL } from './server.js';
import { symbol } from './symbols.js';

// filters of the wire → what the select shows, and back
const chosen = (filter, filters) =>
  filter.flags ? (filter.flags.find((flag) => filters[flag]) ?? '') : (filters[filter.key] ?? '');
const choices = (filter) => filter.flags ?? filter.values;

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
      choices(filter).map((choice) => h('option', { value: choice }, t(choice))),
    );
    control.value = value;
    return h('label', { class: 'filter' }, h('span', {}, t(filter.key)), control);
  }

  // One small request a choice, one after the other, only when a filter opens the question anew.
  async function countChoices(state) {
    counting?.abort();
    counting = new AbortController();
    const { signal } = counting;
    for (const filter of collections[state.collection].filters) {
      for (const choice of choices(filter)) {
        const url = itemsURL(state.collection, withChoice(filter, state.filters, choice), null, 1);
        const { numberMatched } = await getJSON(url, signal);
        const option = $(`#filters select[name="${filter.key}"] option[value="${choice}"]`);
        if (signal.aborted || !option) return;
        if (Number.isInteger(numberMatched)) option.textContent = `${t(choice)} (${number(numberMatched)})`;
      }
    }
  }

  function legend(state) {
    const entry = (name, words) => h('li', {}, symbol(name), words);
    const entries = collections[state.collection].looks.map((name) => entry(name, t(name)));
    if (state.collection === 'markets') entries.push(entry('market', t('legend_market')));
    else entries.push(h('li', {}, h('span', { class: 'ring', 'aria-hidden': 'true' }, '12'), t('legend_cluster')));
    entries.push(h('li', {}, h('span', { class: 'dash', 'aria-hidden': 'true' }), t('legend_group')));
    $('#legend ul').replaceChildren(...entries);
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

