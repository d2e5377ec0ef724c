// The list beside the map: the same places as in the view, for those who read rather than look.
import { $, h } from './dom.js';
import { number, t } from './language.js';
import { getJSON, itemsURL, nextURL } from './server.js';
import { lookName, symbol } from './symbols.js';
import { stateWord, subtitle, title } from './words.js';

const PAGE = 50;

export function makeList({ onChoose, onHover, onHome }) {
  const list = $('#list');
  const count = $('#count');
  const more = $('#more');
  const empty = $('#empty');
  let request = null;
  let next = null;
  let shown = 0;
  let selected = null;
  let asked = null;
  let given = null; // a list that is not of the view

  function item(collection, feature) {
    const p = feature.properties;
    const below = subtitle(collection, p);
    const state = stateWord(collection, p);
    return h(
      'li',
      {},
      h(
        'button',
        {
          type: 'button',
          class: 'item',
          'data-id': feature.id,
          'aria-current': feature.id === selected ? 'true' : null,
          onclick: () => onChoose(feature),
          onpointerenter: () => onHover(feature),
          onpointerleave: () => onHover(null),
          onfocus: () => onHover(feature),
          onblur: () => onHover(null),
        },
        symbol(lookName(collection, p)),
        h('span', { class: 'item-title' }, title(collection, p)),
        below && h('span', { class: 'item-sub' }, below),
        h('span', { class: 'item-sub' }, [state, !feature.geometry && t('no_position')].filter(Boolean).join(' · ')),
      ),
    );
  }

  function say(total) {
    count.textContent = t(given ? 'in_all' : 'in_view', { n: number(total) }) + (total > shown ? `, ${t('shown', { n: number(shown) })}` : '');
  }

  function fail(error) {
    list.replaceChildren();
    count.textContent = '';
    empty.replaceChildren(
      h('p', {}, t('list_failed', { why: error.message })),
      h('button', { type: 'button', class: 'button', onclick: () => asked && load(...asked) }, t('retry')),
    );
    empty.hidden = false;
    more.hidden = true;
  }

  // On a phone the page scrolls, not the list: there nothing may jump away under the reader.
  const scrollsItself = () => getComputedStyle($('#results')).overflowY === 'auto';

  const focus = (id, how) => [...list.querySelectorAll('.item')].find((button) => button.dataset.id === id)?.focus(how);

  function put(collection, page, append) {
    const items = page.features.map((feature) => item(feature.collection ?? collection, feature));
    const held = list.contains(document.activeElement) ? document.activeElement.dataset.id : null;
    shown = append ? shown + items.length : items.length;
    if (append) list.append(...items);
    else list.replaceChildren(...items);
    if (held && !append) focus(held, { preventScroll: true }); // a list that comes anew takes nobody's place on the keyboard
    next = nextURL(page);
    more.hidden = !next;
    say(page.numberMatched ?? shown);
    if (!append && scrollsItself()) list.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });
    empty.hidden = shown > 0;
    if (shown) return;
    empty.replaceChildren(
      h('p', {}, t('nothing_here'), h('br'), t('nothing_hint')),
      h('button', { type: 'button', class: 'button', onclick: onHome }, t('whole_ward')),
    );
  }

  async function fetchPage(url, collection, append) {
    request?.abort();
    request = new AbortController();
    const mine = request;
    list.setAttribute('aria-busy', 'true');
    try {
      put(collection, await getJSON(url, mine.signal), append);
    } catch (error) {
      // Without a connection the old list stays: it is still the best there is.
      if (error.name !== 'AbortError' && error.status) fail(error);
    } finally {
      if (mine === request) list.removeAttribute('aria-busy');
    }
  }

  function load(collection, filters, bbox) {
    asked = [collection, filters, bbox];
    if (given) return put(collection, given, false);
    return fetchPage(itemsURL(collection, filters, bbox, PAGE), collection, false);
  }

  more.addEventListener('click', async () => {
    const before = list.children.length;
    await fetchPage(next, asked[0], true);
    list.children[before]?.firstElementChild.focus({ preventScroll: true });
  });

  return {
    load,
    give(page) {
      given = page;
      if (asked) load(...asked);
    },
    reload: () => asked && load(...asked),
    select(id) {
      selected = id;
      for (const button of list.querySelectorAll('.item')) {
        if (button.dataset.id === id) button.setAttribute('aria-current', 'true');
        else button.removeAttribute('aria-current');
      }
    },
    focus,
  };
}
