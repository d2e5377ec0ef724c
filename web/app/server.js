// The only door to the network: JSON in, a sentence out when it fails, and one view of "are we connected".
import { t } from './language.js';

const RETRY_MS = 3000;
const listeners = [];
let connected = true;
let timer = null;

export const onConnection = (listener) => listeners.push(listener);

export function reportConnection(now) {
  if (now === connected) return;
  connected = now;
  for (const listener of listeners) listener(connected);
  if (!connected) timer = setTimeout(probe, RETRY_MS);
}

async function probe() {
  clearTimeout(timer);
  try {
    const answer = await fetch('/health', { cache: 'no-store' });
    if (answer.ok) return reportConnection(true);
  } catch {
    // still away
  }
  timer = setTimeout(probe, RETRY_MS);
}

addEventListener('online', () => connected || probe());
addEventListener('offline', () => reportConnection(false));

// A proxy in front of a stopped server answers 502 to 504: for the reader that is the same as no answer.
const gone = (status) => status >= 502 && status <= 504;

export async function get(url, signal) {
  let answer;
  try {
    answer = await fetch(url, { signal });
  } catch (error) {
    if (error.name !== 'AbortError') reportConnection(false);
    throw error;
  }
  reportConnection(!gone(answer.status));
  return answer;
}

export async function getJSON(url, signal) {
  const answer = await get(url, signal);
  const body = await answer.json().catch(() => null);
  if (answer.ok && body) return body;
  const error = new Error(body?.detail || body?.title || t('error_generic'));
  error.status = answer.status;
  throw error;
}

export const collectionURL = (id) => '/ogc/collections/' + encodeURIComponent(id);

export function itemsURL(collection, filters, bbox, limit) {
  const query = new URLSearchParams(filters);
  if (bbox) query.set('bbox', bbox.map((degree) => degree.toFixed(6)).join(','));
  query.set('limit', limit);
  return collectionURL(collection) + '/items?' + query;
}

export const valuesURL = (collection, of, filters) => `/values/${collection}?` + new URLSearchParams({ ...filters, of });

export const exportURL = (collection, filters, kind) => `/export/${collection}.${kind}?` + new URLSearchParams(filters);

export const itemURL = (collection, code) => collectionURL(collection) + '/items/' + encodeURIComponent(code);

// A next link names the host by the server's own idea of it; only its path and query are ours to follow.
export function nextURL(page) {
  const link = page.links?.find(({ rel }) => rel === 'next');
  if (!link) return null;
  const url = new URL(link.href, location.href);
  return url.pathname + url.search;
}
