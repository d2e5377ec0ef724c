// Residential groups coloured by the share of one indicator: the same rows as the figure, counted group by group.
import { $, h } from './dom.js';
import { number, t } from './language.js';
import { getJSON } from './server.js';

const STEPS = 5;
const path = (code, rest) => `/indicators/${encodeURIComponent(code)}/${rest}`;

export function makeShade({ map, onChoose }) {
  const select = $('#shade');
  let asked = null;

  // The list of indicators is read when somebody reaches for it, or a link names one.
  async function fill(code) {
    asked ??= getJSON('/indicators.json').catch((error) => {
      asked = null;
      throw error;
    });
    const { indicators } = await asked;
    const usable = indicators.filter(({ state, denominator }) => state !== 'na' && denominator > 1);
    select.replaceChildren(
      h('option', { value: '' }, t('shade_none')),
      ...usable.map((one) => h('option', { value: one.code }, `${one.code} ${one.title}`)),
    );
    select.value = code ?? '';
  }

  function key(code) {
    const entry = (step, words) => h('li', {}, h('span', { class: 'swatch c' + step, 'aria-hidden': 'true' }), words);
    const ranges = [...Array(STEPS).keys()].map((i) => entry(i + 1, `${i * 20} – ${i * 20 + 20} %`));
    const table = h('li', {}, h('a', { href: path(code, 'groups?f=html') }, t('shade_table')));
    $('#shade-key').replaceChildren(...(code ? [...ranges, entry(0, t('shade_few')), table] : []));
  }

  select.addEventListener('focus', () => asked || fill(select.value).catch(() => {}));
  select.addEventListener('change', () => onChoose(select.value || null));

  return async (code) => {
    key(code);
    if (!code) {
      select.value = '';
      return map.shade(null);
    }
    try {
      const [{ groups }] = await Promise.all([getJSON(path(code, 'groups')), fill(code)]);
      const shares = new Map();
      for (const { code: group, numerator: n, denominator: d } of groups) {
        const percent = d ? (100 * n) / d : null;
        shares.set(group, { step: percent === null ? 0 : Math.min(STEPS, Math.floor(percent / 20) + 1), words: percent === null ? '' : number(Math.round(percent)) + ' %' });
      }
      map.shade(shares);
    } catch {
      map.shade(null); // the banner speaks for a lost connection
    }
  };
}
