// Vietnamese first, English by choice; numbers and dates the way each language writes them.
import { table } from '../strings.js';

const languages = ['vi', 'en'];
let current = 0;
let numbers = new Intl.NumberFormat('vi-VN');

export const language = () => languages[current];

export function setLanguage(name) {
  current = Math.max(0, languages.indexOf(name));
  numbers = new Intl.NumberFormat(current ? 'en-GB' : 'vi-VN', { maximumFractionDigits: 2 });
  document.documentElement.lang = languages[current];
}

export const known = (key) => Object.hasOwn(table, key);

export function t(key, values = {}) {
  const words = known(key) ? table[key][current] : key;
  return words.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export const number = (value) => (Number.isFinite(Number(value)) ? numbers.format(value) : String(value));

// Dates stay what the register says: no time zone can move a day.
export function date(iso) {
  const parts = /^(\d{4})-(\d\d)-(\d\d)/.exec(iso ?? '');
  return parts ? `${parts[3]}/${parts[2]}/${parts[1]}` : String(iso ?? '');
}

// A cluster has room for four signs.
export function short(count) {
  if (count < 1000) return String(count);
  const thousands = count < 9950 ? (count / 1000).toFixed(1).replace(/\.0$/, '') : Math.round(count / 1000);
  return String(thousands).replace('.', current ? '.' : ',') + 'k';
}
