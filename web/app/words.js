// Sentences about a feature's properties, shared by the list, the search and the record.
import { date, known, number, t } from './language.js';
import { lookName } from './symbols.js';
import { flags } from './collections.js';

const word = (value, prefix = '') => (known(prefix + value) ? t(prefix + value) : value);
const joined = (parts, between = ' · ') => parts.filter(Boolean).join(between);

export function title(collection, p) {
  if (collection !== 'stalls') return p.name || p.code;
  return t(p.status === 'vacant' ? 'vacant_title' : 'stall_title', { kind: word(p.kind), number: p.number ?? '' });
}

export function subtitle(collection, p) {
  switch (collection) {
    case 'establishments':
      return joined([p.address || p.residential_group, p.group]);
    case 'stalls':
      return joined([p.market_name, p.zone, p.goods]);
    case 'food-safety':
      return joined([p.business_kind, p.expires_on && `${t('expires_on').toLowerCase()} ${date(p.expires_on)}`]);
    case 'markets':
      return joined([p.stalls && `${t('stall_count')}: ${number(p.stalls)}`, p.traders && `${t('traders')}: ${number(p.traders)}`]);
    default:
      return joined([p.aliases, p.ward]);
  }
}

// The word that belongs to the symbol of the feature.
export function stateWord(collection, p) {
  const name = lookName(collection, p);
  return name === 'market' ? (p.class ? `${t('class')} ${p.class}` : '') : t(name);
}

function position(p) {
  if (!p.position) return null;
  const accuracy = p.accuracy_m > 0 && p.position !== 'none' ? t('accuracy', { m: number(Math.round(p.accuracy_m)) }) : '';
  return joined([word(p.position, 'position_'), accuracy], ', ');
}

function cashless(p) {
  const accepted = flags.filter((flag) => p[flag] === true).map((flag) => t(flag));
  if (accepted.length) return accepted.join(', ');
  return t(flags.some((flag) => p[flag] === false) ? 'cashless_no' : 'cashless_unknown');
}

// Nothing published is not the same as not inspected: then the line is left out.
function inspection(p) {
  const result = p.last_result ? t(p.last_result) : '';
  return joined([p.last_inspected_on && date(p.last_inspected_on), result], ': ');
}

// [key of the term, words] in the order they are read; empty ones are left out by the caller.
const rows = {
  establishments: (p) => [
    ['kind', word(p.kind)],
    ['address', p.address],
    ['residential_group', joined([p.residential_group, p.ward], ', ')],
    ['industry', p.industry || p.group],
    ['cashless_methods', cashless(p)],
    ['food_safety', p.food_safety ? t(p.food_safety) : t('not_food')],
    ['position', position(p)],
    ['verified_on', p.verified_on ? date(p.verified_on) : t('not_verified')],
    ['updated_at', date(p.updated_at)],
  ],
  stalls: (p) => [
    ['market_name', p.market_name],
    ['zone', p.zone],
    ['goods', p.goods],
    ['cashless_methods', p.status === 'vacant' ? null : cashless(p)],
    ['food_safety', p.food_safety ? t(p.food_safety) : null],
    ['position', position(p)],
    ['updated_at', date(p.updated_at)],
  ],
  'food-safety': (p) => [
    ['business_kind', p.business_kind],
    ['regime', p.regime && word(p.regime, 'regime_')],
    ['document', p.document && joined([word(p.document, 'doc_'), p.document_number])],
    ['issuer', p.issuer],
    ['issued_on', date(p.issued_on)],
    ['expires_on', date(p.expires_on)],
    ['last_inspection', inspection(p)],
  ],
  markets: (p) => [
    ['stall_count', p.stalls && number(p.stalls)],
    ['traders', p.traders && number(p.traders)],
    ['accepts_share', p.accepts_share === null || p.accepts_share === undefined ? t('share_small') : number(p.accepts_share) + ' %'],
    ['updated_at', date(p.updated_at)],
  ],
  pilots: (p) => [['members', p.members && number(p.members)]],
};

export const facts = (collection, p) =>
  (rows[collection]?.(p) ?? [['aliases', p.aliases], ['ward', p.ward]]).filter(([, words]) => words);

// Only a place that trades has a look-up page and a QR code.
export const hasPage = (collection) => ['establishments', 'stalls', 'food-safety'].includes(collection);
