// One look for each state, in shape as well as in colour, so that nobody needs to tell colours apart.
// Colours come from style.css (--s-…), shapes are paths in a 24 by 24 box: the canvas of the map and the SVG of the list share them.
import { svg } from './dom.js';

const CIRCLE = 'M12 3.5a8.5 8.5 0 1 0 0 17a8.5 8.5 0 0 0 0-17z';
const DIAMOND = 'M12 1.5 22.5 12 12 22.5 1.5 12z';
const TRIANGLE = 'M12 2.5 22.5 21h-21z';
const SQUARE = 'M4 4h16v16H4z';
const CROSS = 'M6.2 2.5 12 8.3l5.8-5.8 3.7 3.7L15.7 12l5.8 5.8-3.7 3.7L12 15.7l-5.8 5.8-3.7-3.7L8.3 12 2.5 6.2z';
const MARKET = 'M3 3h18l2 7a4 4 0 0 1-2 2.6V22H3v-9.4A4 4 0 0 1 1 10zM9 15v7h6v-7z';

export const looks = {
  active: { path: CIRCLE, colour: '--s-blue' },
  suspended: { path: DIAMOND, colour: '--s-orange' },
  ceased: { path: CROSS, colour: '--s-grey' },
  vacant: { path: CIRCLE, colour: '--s-grey', hollow: true },
  valid: { path: CIRCLE, colour: '--s-green' },
  expiring: { path: TRIANGLE, colour: '--s-orange' },
  expired: { path: DIAMOND, colour: '--s-red' },
  commitment: { path: SQUARE, colour: '--s-blue' },
  // No colour for "exempt" or "not known": they are not verdicts.
  exempt: { path: SQUARE, colour: '--s-grey', hollow: true },
  none: { path: CIRCLE, colour: '--s-grey' },
  unknown: { path: CIRCLE, colour: '--s-grey', hollow: true },
  market: { path: MARKET, colour: '--s-blue' },
};

export const lookOf = (name) => looks[name] ?? looks.active;

// Which word of a feature decides its look.
export function lookName(collection, properties) {
  if (collection === 'markets') return 'market';
  if (collection === 'food-safety') return properties.state ?? properties.food_safety ?? 'unknown';
  return properties.status ?? 'active';
}

export function symbol(name) {
  const look = lookOf(name);
  return svg(
    'svg',
    { class: 'symbol' + (look.hollow ? ' hollow' : ''), viewBox: '0 0 24 24', 'aria-hidden': 'true' },
    svg('path', { d: look.path, class: look.colour.slice(2) }),
  );
}
