// The record: what the register says about one place, and how sure it is.
import { $, h, icon } from './dom.js';
import { t } from './language.js';
import { getJSON, itemURL } from './server.js';
import { lookName, symbol } from './symbols.js';
import { facts, hasPage, stateWord, subtitle, title } from './words.js';

export function makePanel({ onClose, onZoom, onChoose, onDrawn }) {
  const panel = $('#record');
  const body = $('#record-body');
  let request = null;

  function header(collection, p) {
    const state = stateWord(collection, p);
    return [
      h('p', { class: 'kicker' }, t(collection)),
      h('h2', { id: 'record-title', tabindex: '-1' }, title(collection, p)),
      state && h('p', { class: 'state' }, symbol(lookName(collection, p)), state),
    ];
  }

  async function copy(event) {
    const button = event.currentTarget;
    await navigator.clipboard.writeText(location.href);
    button.lastChild.textContent = t('copied');
  }

  function actions(feature) {
    return h(
      'div',
      { class: 'actions' },
      feature.geometry && h('button', { type: 'button', class: 'button', onclick: () => onZoom(feature) }, icon('pin'), t('show_on_map')),
      // There is no clipboard on plain http; the address bar has the same link.
      navigator.clipboard && h('button', { type: 'button', class: 'button', onclick: copy }, icon('link'), h('span', {}, t('copy_link'))),
    );
  }

  function lookup(code) {
    const page = '/c/' + encodeURIComponent(code);
    return h(
      'div',
      { class: 'lookup' },
      h('img', { src: page + '.svg', width: 116, height: 116, alt: t('qr_alt', { code }) }),
      h(
        'div',
        {},
        h('p', { class: 'code' }, h('span', { class: 'kicker' }, t('code')), h('b', { translate: 'no' }, code)),
        h('p', {}, h('a', { href: page }, t('lookup_page'))),
        h('p', { class: 'note' }, t('qr_note')),
      ),
    );
  }

  function draw(collection, feature) {
    const p = feature.properties;
    body.replaceChildren(
      ...header(collection, p).filter(Boolean),
      h('dl', {}, facts(collection, p).map(([key, words]) => h('div', {}, h('dt', {}, t(key)), h('dd', {}, String(words))))),
      actions(feature),
      hasPage(collection) ? lookup(p.code ?? feature.id) : '',
    );
    onDrawn(collection, feature, body);
  }

  // How many pixels of the map's right edge lie under the panel: none where it stands in the column.
  const cover = () => (panel.hidden || getComputedStyle(panel).justifySelf !== 'end' ? 0 : panel.offsetWidth + 64);

  function reveal(focus) {
    panel.hidden = false;
    panel.scrollTop = 0;
    if (!focus) return;
    $('#record-title')?.focus({ preventScroll: true });
    // Where all stands in one column, show the pin and the words below it together.
    if (!cover()) $('.stage').scrollIntoView({ block: 'start' });
  }

  function say(words) {
    body.replaceChildren(h('h2', { id: 'record-title', tabindex: '-1' }, t('record')), h('p', {}, words));
  }

  $('#record-close').addEventListener('click', onClose);

  return {
    show(collection, feature, focus) {
      request?.abort();
      draw(collection, feature);
      reveal(focus);
    },
    async fetch(collection, id, focus) {
      request?.abort();
      request = new AbortController();
      const { signal } = request;
      try {
        const feature = await getJSON(itemURL(collection, id), signal);
        draw(collection, feature);
        reveal(focus);
        return feature;
      } catch (error) {
        if (error.name === 'AbortError') return null;
        say(error.status === 404 ? t('record_missing') : error.status ? error.message : t('offline'));
        reveal(focus);
        return null;
      }
    },
    // Several places at one spot: the reader says which.
    ask(collection, places) {
      body.replaceChildren(
        h('h2', { id: 'record-title', tabindex: '-1' }, t('several', { n: places.length })),
        h(
          'ul',
          { class: 'choices' },
          places.map((p) =>
            h(
              'li',
              {},
              h(
                'button',
                { type: 'button', class: 'item', onclick: () => onChoose(p.code) },
                symbol(lookName(collection, p)),
                h('span', { class: 'item-title' }, title(collection, p)),
                h('span', { class: 'item-sub' }, subtitle(collection, p) || stateWord(collection, p)),
              ),
            ),
          ),
        ),
      );
      reveal(true);
    },
    hide() {
      request?.abort();
      panel.hidden = true;
      body.replaceChildren();
    },
    isOpen: () => !panel.hidden,
    cover,
  };
}
