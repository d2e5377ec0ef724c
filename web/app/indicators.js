// The numbers the ward reports, each with its fraction, its target and, where it cannot be computed, the reason.
import { $, h, svg } from './dom.js';
import { date, number, t } from './language.js';
import { getJSON } from './server.js';

const percent = (value) => (value === null || value === undefined ? '–' : number(value) + ' %');
const rowsURL = (code) => `/indicators/${encodeURIComponent(code)}`;

function verdict({ state, met }) {
  if (state === 'na') return ['na', t('na')];
  if (met === true) return ['met', t('met')];
  if (met === false) return ['not-met', t('not_met')];
  return ['na', t(state === 'estimate' ? 'estimate' : 'no_target')];
}

// A bar with a tick at the target; the numbers beside it say the same in words.
function bar({ percent: value, target }) {
  const x = (share) => Math.max(0, Math.min(100, share));
  return svg(
    'svg',
    { class: 'bar', viewBox: '0 0 100 6', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    svg('rect', { class: 'bar-back', width: 100, height: 6 }),
    svg('rect', { class: 'bar-value', width: x(value ?? 0), height: 6 }),
    Number.isFinite(target) ? svg('rect', { class: 'bar-target', x: x(target) - 0.4, width: 0.8, height: 6 }) : '',
  );
}

function models(indicator) {
  if (!indicator.by_model?.length) return null;
  return h(
    'details',
    {},
    h('summary', {}, `${t('by_model')} (${number(indicator.by_model.length)})`),
    h(
      'ul',
      { class: 'models' },
      indicator.by_model.map((m) =>
        h('li', {}, h('span', {}, m.name), h('span', {}, m.denominator === null ? m.why : `${t('of', { n: number(m.numerator), d: number(m.denominator) })} · ${percent(m.percent)}`)),
      ),
    ),
  );
}

function card(indicator) {
  const [kind, words] = verdict(indicator);
  const sign = indicator.op === 'le' ? '≤' : '≥';
  const target = Number.isFinite(indicator.target) ? `${t('target')} ${sign} ${number(indicator.target)} %` : null;
  const fraction = Number.isInteger(indicator.denominator) && t('of', { n: number(indicator.numerator), d: number(indicator.denominator) });
  return h(
    'li',
    { class: 'indicator' },
    h('div', { class: 'indicator-head' }, h('h4', {}, h('span', { class: 'tag' }, indicator.code), ' ', indicator.title), h('span', { class: 'chip ' + kind }, words)),
    h(
      'p',
      { class: 'indicator-numbers' },
      h('b', {}, percent(indicator.percent)),
      [fraction, target].filter(Boolean).join(' · '),
      h('a', { href: rowsURL(indicator.code) }, t('rows_behind'), h('span', { class: 'sr' }, ' ' + indicator.code)),
    ),
    indicator.state === 'na' ? '' : bar(indicator),
    indicator.why && h('p', { class: 'note' }, indicator.why),
    models(indicator),
  );
}

function groups(indicators) {
  const found = new Map();
  for (const indicator of indicators) {
    const stage = /^S(\d)\./.exec(indicator.code)?.[1];
    const name = stage ? t('stage', { n: stage }) : t('other_indicators');
    if (!found.has(name)) found.set(name, []);
    found.get(name).push(indicator);
  }
  return [...found];
}

function summary(indicators) {
  const count = (kind) => number(indicators.filter((one) => verdict(one)[0] === kind).length);
  return t('summary', { met: count('met'), not_met: count('not-met'), na: count('na') });
}

function content({ as_of: asOf, indicators }) {
  return [
    h('p', {}, `${t('as_of', { date: date(asOf) })}. ${summary(indicators)}.`),
    ...groups(indicators).flatMap(([name, list]) => [h('h3', {}, name), h('ul', { class: 'indicators' }, list.map(card))]),
    h('p', {}, h('a', { href: '/indicators' }, t('dashboard'))),
  ];
}

export function makeIndicators({ onClose }) {
  const dialog = $('#indicators');
  const body = $('#indicators-body');

  async function load() {
    body.replaceChildren(h('p', {}, t('loading')));
    try {
      body.replaceChildren(...content(await getJSON('/indicators.json')));
    } catch (error) {
      body.replaceChildren(h('p', {}, t('indicators_failed', { why: error.status ? error.message : t('error_generic') })));
    }
  }

  $('#indicators-close').addEventListener('click', () => dialog.close());
  dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
  dialog.addEventListener('close', onClose);

  return {
    open() {
      if (!dialog.open) dialog.showModal();
      load();
    },
    close: () => dialog.open && dialog.close(),
  };
}
