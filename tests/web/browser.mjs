// What the browser's tests share: the browser, the ticks on the wall, axe, and the watch over what must never happen on a page.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(new URL('../../web/package.json', import.meta.url));
export const { chromium } = require('playwright-core');
const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

export const BROWSER = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  headless: true,
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-3d-apis', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync',
  ],
};
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const PATIENCE = 20000;

export async function violations(page) {
  await page.evaluate(axeSource);
  return page.evaluate(async (tags) => {
    const { violations: found } = await globalThis.axe.run(document, { runOnly: { type: 'tag', values: tags } });
    return found.map(({ id, nodes }) => `${id} (${nodes.length}: ${nodes[0].target.join(' ')} ${nodes[0].any[0]?.message ?? ''})`);
  }, WCAG);
}

export function wall(artefacts) {
  let passed = 0;
  const failures = [];
  mkdirSync(artefacts, { recursive: true });
  const check = (name, good, detail = '') => {
    if (good) passed += 1;
    else failures.push(name);
    console.log(`${good ? 'ok  ' : 'FAIL'} ${name}${detail === '' ? '' : ': ' + detail}`);
    return Boolean(good);
  };
  return {
    check,
    async picture(page, name, options = {}) {
      await still(page);
      await page.screenshot({ path: join(artefacts, name + '.png'), ...options });
    },
    // Only of a page at rest: a list being read anew or a fading colour is no state that anybody designed.
    async axe(page, name) {
      check(`at rest: ${name}`, await still(page));
      const found = await violations(page);
      check(`axe finds nothing: ${name}`, found.length === 0, found.join('; '));
    },
    end() {
      console.log(`${passed} passed, ${failures.length} failed`);
      for (const name of failures) console.log('  ' + name);
      process.exitCode = failures.length ? 1 : 0;
    },
  };
}

// page.waitForFunction needs eval, which the page's own policy forbids: so ask again and again.
export async function until(page, what, argument) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const answer = await page.evaluate(what, argument);
    if (answer) return answer;
    if (Date.now() > end) return null;
    await page.waitForTimeout(50);
  }
}

// Nothing is being read, drawn, faded or moved: the fonts are there, no list is busy, the map (where there is one) has drawn what it
// shows, and it stays so for two looks.
const isStill = () =>
  document.readyState === 'complete' &&
  document.fonts.status === 'loaded' &&
  !document.querySelector('[aria-busy]') &&
  (!document.querySelector('#map') || document.documentElement.dataset.ready === '1' || document.querySelector('#map[data-ready]')) &&
  !document.getAnimations().some((animation) => animation.playState === 'running' && animation.effect?.getComputedTiming().endTime !== Infinity);

export async function still(page) {
  const end = Date.now() + PATIENCE;
  for (let looks = 0; looks < 2; ) {
    looks = (await page.evaluate(isStill)) ? looks + 1 : 0;
    if (Date.now() > end) return false;
    await page.waitForTimeout(60);
  }
  return true;
}

export const settled = (page) => until(page, () => document.documentElement.dataset.ready === '1' && document.documentElement.dataset.points);
export const text = (page, selector) => page.evaluate((s) => document.querySelector(s)?.textContent.trim() ?? '', selector);

// A trace of everything that must never happen: another host, an error in the console, a script that throws.
export function watch(page, base, wrong) {
  const { host } = new URL(base);
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (/^(https?|wss?):$/.test(url.protocol) && url.host !== host) wrong.push('foreign host ' + url.host);
  });
  page.on('console', (message) => {
    if (message.type() === 'error' && !wrong.expected) wrong.push(`console: ${message.text()} ${message.location().url ?? ''}`);
  });
  page.on('pageerror', (error) => wrong.push('script: ' + error.message));
}
