// What the office can look at, and which properties filter it. Words are keys of strings.js.
const FOOD = ['valid', 'expiring', 'expired', 'commitment', 'exempt', 'none', 'unknown'];
// open: which values there are is the register's to say
const POSITION = { key: 'position', open: true, prefix: 'position_' };
const CASHLESS = { key: 'cashless', flags: ['accepts_qr', 'accepts_card', 'accepts_transfer'] };

export const collections = {
  establishments: {
    filters: [
      { key: 'kind', values: ['enterprise', 'branch', 'household', 'cooperative', 'other'] },
      { key: 'status', values: ['active', 'suspended', 'ceased'] },
      { key: 'food_safety', values: FOOD },
      CASHLESS,
      { key: 'group', open: true },
      { key: 'residential_group', open: true },
      POSITION,
    ],
    looks: ['active', 'suspended', 'ceased'],
  },
  stalls: {
    filters: [
      { key: 'kind', values: ['counter', 'stand', 'kiosk', 'shop', 'lot'] },
      { key: 'status', values: ['active', 'suspended', 'ceased', 'vacant'] },
      { key: 'food_safety', values: FOOD },
      CASHLESS,
      { key: 'market_name', open: true },
      POSITION,
    ],
    looks: ['active', 'suspended', 'ceased', 'vacant'],
  },
  'food-safety': {
    filters: [{ key: 'state', values: FOOD }],
    looks: ['valid', 'expiring', 'expired', 'commitment', 'exempt', 'none', 'unknown'],
  },
  markets: { filters: [], looks: [] },
};

export const first = 'establishments';

// The payment filter is one choice on the screen and a boolean property each on the wire.
export const flags = CASHLESS.flags;

export function filterKeys(collection) {
  return collections[collection].filters.flatMap((filter) => filter.flags ?? [filter.key]);
}

export function allowed(collection, key, value) {
  if (flags.includes(key)) return value === 'true' && filterKeys(collection).includes(key);
  return collections[collection].filters.some((filter) => filter.key === key && (filter.open ? value.length < 100 : filter.values?.includes(value)));
}
