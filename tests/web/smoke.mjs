// Drives the office's map in a real browser, as a clerk would.
//   node tests/web/smoke.mjs http://127.0.0.1:8080/ ARTEFACT_DIR
// Every state leaves a picture in ARTEFACT_DIR. It fails on a request to another host, an error in the console, and on any
// WCAG 2.2 AA violation axe-core finds. The last line is "N passed, N failed".
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BROWSER, chromium, settled, still, text, until, wall, watch } from './browser.mjs';

const [base, artefacts] = process.argv.slice(2);
if (!base || !artefacts) {
  console.error('usage: node smoke.mjs BASE_URL ARTEFACT_DIR');
  process.exit(2);
}
const { check, picture, axe, end } = wall(artefacts);
const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 360, height: 740 };

const count = (page, selector) => page.evaluate((s) => document.querySelectorAll(s).length, selector);
const listed = (page) => until(page, () => !document.querySelector('#list[aria-busy]') && document.querySelectorAll('#list .item').length);

async function open(browser, viewport, path = '', options = {}) {
  const context = await browser.newContext({ viewport, locale: 'vi-VN', ...options });
  const page = await context.newPage();
  const wrong = [];
  watch(page, base, wrong);
  const tiles = {};
  page.on('response', (response) => {
    const layer = /\/tiles\/([\w-]+)\//.exec(response.url())?.[1];
    if (layer && response.status() === 200) tiles[layer] = (tiles[layer] ?? 0) + 1;
  });
  const start = Date.now();
  await page.goto(new URL(path, base).href);
  const points = await settled(page);
  return { context, page, wrong, tiles, points: Number(points ?? -1), took: Date.now() - start };
}

async function close({ context, wrong }, name) {
  check(`${name}: no foreign host, no error in the console`, wrong.length === 0, wrong.slice(0, 3).join(' | '));
  await context.close();
}

// --- journeys ---------------------------------------------------------------------------------------------------------

async function firstView(browser) {
  const seen = await open(browser, DESKTOP);
  const { page } = seen;
  check('points are drawn', seen.points > 0, `${seen.points} in ${seen.took} ms`);
  check('the base map is drawn', seen.tiles.wards > 0 && seen.tiles.streets > 0 && seen.tiles.water > 0, JSON.stringify(seen.tiles));
  check('the list has rows', (await listed(page)) > 0);
  check('the ward is named', (await text(page, '#ward')) !== '', await text(page, '#ward'));
  check('the legend explains the symbols', (await count(page, '#legend li')) >= 3);
  check('nothing is global but the page itself', await page.evaluate(() => !('ol' in globalThis) && !('map' in globalThis && globalThis.map.getView)));
  await picture(page, '01-first-view');
  await axe(page, 'first view');
  return seen;
}

async function search({ page }) {
  await page.focus('#q');
  const start = Date.now();
  await page.keyboard.type('banh mi', { delay: 15 });
  const found = await until(page, () => { // answers to the letters before the last stand there for a moment
    const words = [...document.querySelectorAll('#found .item-title')].map((e) => e.textContent);
    return /bánh mì/i.test(words[0] ?? '') && words;
  });
  check('"banh mi" finds without accents', /bánh mì/i.test(found?.[0] ?? ''), `${found?.length ?? 0} answers, ${found?.[0] ?? ''}, ${Date.now() - start} ms from the first key`);
  await picture(page, '02-search');
  await axe(page, 'search open');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await until(page, () => !document.querySelector('#record').hidden);
  check('Enter opens the record', /bánh mì/i.test(await text(page, '#record-title')), await text(page, '#record-title'));
}

async function record({ page }) {
  await settled(page);
  check('the record says how the place is known', (await count(page, '#record dl > div')) >= 5);
  const qr = await until(page, () => document.querySelector('#record img')?.naturalWidth > 0);
  check('the record has its QR code', Boolean(qr));
  check('the address has the record', /[?&]id=\w+/.test(page.url()), page.url());
  await picture(page, '03-record');
  await axe(page, 'record open');
}

async function back({ page, context }) {
  const link = page.url();
  const copy = await context.newPage();
  await copy.goto(link);
  await until(copy, () => document.querySelector('#record-title')?.textContent);
  check('a copied link opens the same record', (await text(copy, '#record-title')) === (await text(page, '#record-title')));
  await copy.close();
  await page.goBack();
  await until(page, () => document.querySelector('#record').hidden);
  check('Back closes the record', (await count(page, '#record[hidden]')) === 1);
  await page.goForward();
  await until(page, () => !document.querySelector('#record').hidden);
  check('Forward opens it again', (await count(page, '#record:not([hidden])')) === 1);
  await page.keyboard.press('Escape');
  check('Escape closes it', Boolean(await until(page, () => document.querySelector('#record').hidden)));
}

async function filters({ page }) {
  await page.fill('#q', '');
  await page.click('#home');
  await still(page);
  await listed(page);
  const all = await text(page, '#count');
  await page.selectOption('select[name="kind"]', 'enterprise');
  await page.selectOption('select[name="status"]', 'active');
  const less = await until(page, (before) => {
    const now = document.querySelector('#count').textContent;
    return now !== before && now;
  }, all);
  await settled(page);
  check('filters narrow list and map', Boolean(less), `${all} → ${less}`);
  check('the address has the filters', /kind=enterprise/.test(page.url()) && /status=active/.test(page.url()));
  const counted = await until(page, () => /\(\d/.test(document.querySelector('select[name="kind"]').textContent));
  check('each choice has its count', Boolean(counted));
  await picture(page, '04-filtered');
  await axe(page, 'filtered');
  await download(page);
  await page.click('#clear');
  await until(page, () => !location.search.includes('kind='));
  check('filters clear', !page.url().includes('kind='));
}

// What the filters leave, as the file that the browser saved.
async function download(page) {
  await page.click('#download summary');
  const said = await until(page, () => document.querySelector('#download-what').textContent);
  const total = Number(/([\d.]+)\.$/.exec(said ?? '')?.[1].replaceAll('.', ''));
  await picture(page, '04-download');
  await axe(page, 'download');
  const files = {};
  for (const kind of ['CSV', 'GeoJSON', 'Excel (XLSX)']) {
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: kind, exact: true }).click()]);
    files[kind] = readFileSync(await file.path());
  }
  const rows = files.CSV.toString().trim().split('\r\n');
  const kinds = new Set(rows.slice(1).map((row) => row.split(',')[rows[0].split(',').indexOf('kind')]));
  const { features } = JSON.parse(files.GeoJSON);
  check('the file holds what is filtered, beyond the frame too', total > 0 && rows.length - 1 === total && features.length === total, `${said} ${rows.length - 1} rows, ${features.length} features`);
  check('and nothing else', kinds.size === 1 && features.every(({ properties }) => properties.kind === 'enterprise' && properties.status === 'active'), [...kinds].join());
  check('a workbook too', files['Excel (XLSX)'].subarray(0, 2).toString() === 'PK', `${files['Excel (XLSX)'].length} bytes`);
  await page.click('#download summary');
}

// A chosen place stands beside its cluster, which then counts one less: no place is on the map twice.
async function leavesItsCluster(browser) {
  const { features } = await (await fetch(new URL('ogc/collections/establishments/items?limit=1&status=active', base))).json();
  const [{ id, geometry: { coordinates: [lon, lat] } }] = features;
  const sums = [];
  for (const path of [`#14/${lat}/${lon}`, `?id=${id}#14/${lat}/${lon}`, `?id=${id}&status=ceased#14/${lat}/${lon}`, `?status=ceased#14/${lat}/${lon}`]) {
    const seen = await open(browser, DESKTOP, path);
    if (path.includes('id=')) await until(seen.page, () => document.querySelector('#record-title')?.textContent);
    await still(seen.page);
    sums.push(Number(await seen.page.evaluate(() => document.documentElement.dataset.places)));
    if (path.startsWith('?id') && !path.includes('status')) await picture(seen.page, '05-leaves-cluster');
    await close(seen, 'cluster');
  }
  check('a chosen place leaves its cluster', sums[0] > 1 && sums[1] === sums[0] - 1, sums.slice(0, 2).join(' → '));
  check('but not one that the filters leave out', sums[2] === sums[3], sums.slice(2).join(' and '));
}

async function pointOnMap({ page }) {
  for (let i = 0; i < 6; i += 1) {
    const zoom = Number(/#([\d.]+)/.exec(page.url())?.[1] ?? 0);
    if (zoom >= 17) break;
    await page.click('#zoom-in');
    await still(page);
  }
  check('zoomed to single points', Number(await settled(page)) > 0, page.url().split('#')[1]);
  const spot = await clickSomePoint(page);
  check('a click on a point opens it', Boolean(spot), spot ?? '');
  await picture(page, '05-point');
}

// The canvas tells nothing, so try spots on a grid until the pointer says "here is one".
async function clickSomePoint(page) {
  const box = await page.evaluate(() => document.querySelector('#map').getBoundingClientRect().toJSON());
  for (let y = box.top + 120; y < box.bottom - 200; y += 14) {
    for (let x = box.left + 60; x < box.right - 120; x += 14) {
      await page.mouse.move(x, y);
      if (!(await page.evaluate(() => document.querySelector('#map').classList.contains('pointing')))) continue;
      await page.mouse.click(x, y);
      return until(page, () => !document.querySelector('#record').hidden && document.querySelector('#record-title')?.textContent);
    }
  }
  return null;
}

async function otherCollections({ page }) {
  await page.keyboard.press('Escape');
  await page.click('#home');
  for (const id of ['stalls', 'food-safety', 'markets']) {
    await page.click(`[data-collection="${id}"]`);
    await still(page);
    const points = await settled(page);
    check(`${id}: points and list`, Number(points) > 0 && (await listed(page)) > 0, `${points} points`);
    await picture(page, '06-' + id);
    await axe(page, id);
    await page.click('#list .item');
    await until(page, () => !document.querySelector('#record').hidden);
    await picture(page, `06-${id}-record`);
    await page.keyboard.press('Escape');
    await page.click('#home');
  }
}

async function indicators({ page }) {
  await page.click('#open-indicators');
  const cards = await until(page, () => document.querySelectorAll('.indicator').length);
  check('indicators are listed', cards > 0, `${cards}`);
  check('the address has the panel', page.url().includes('panel=indicators'));
  await picture(page, '07-indicators');
  await axe(page, 'indicators');
  const behind = await page.request.get(new URL(await page.locator('.indicator a').first().getAttribute('href'), base).href);
  check('the rows behind a number are a page to read', /^text\/html/.test(behind.headers()['content-type']) && /Các dòng đứng sau con số/.test(await behind.text()), behind.url());
  await page.keyboard.press('Escape');
  check('Escape leaves the indicators', Boolean(await until(page, () => !location.search.includes('panel='))));
}

async function english({ page }) {
  await page.click('#language');
  check('English', (await text(page, '#list-title')) === 'List' && (await page.evaluate(() => document.documentElement.lang)) === 'en');
  await picture(page, '08-english');
  await page.click('#language');
}

async function darkAndLarge({ page }) {
  await page.click('#dark');
  await page.click('#large');
  await page.click('[data-collection="establishments"]');
  await still(page);
  await listed(page);
  await page.click('#list .item');
  await until(page, () => !document.querySelector('#record').hidden);
  await picture(page, '09-dark-large');
  await axe(page, 'dark, large text');
  await page.click('#open-indicators');
  await until(page, () => document.querySelectorAll('.indicator').length);
  await picture(page, '09-dark-large-indicators');
  await axe(page, 'indicators, dark, large text');
  await page.keyboard.press('Escape');
}

async function networkLoss(seen) {
  const { page, context, wrong } = seen;
  wrong.expected = true; // the browser itself reports requests that could not leave
  await context.setOffline(true);
  check('a lost connection is said', Boolean(await until(page, () => !document.querySelector('#banner').hidden)));
  await picture(page, '10-offline');
  await context.setOffline(false);
  const well = await until(page, () => /kết nối lại/.test(document.querySelector('#banner').textContent) || document.querySelector('#banner').hidden);
  check('the connection comes back by itself', Boolean(well));
  check('and the list with it', (await listed(page)) > 0);
  await still(page);
  wrong.expected = false;
}

async function keyboardOnly(browser) {
  const seen = await open(browser, DESKTOP);
  const { page } = seen;
  await listed(page);
  await still(page); // a list drawn anew takes the focus away
  await page.keyboard.press('Tab');
  check('Tab first offers the list', (await page.evaluate(() => document.activeElement.className)) === 'skip');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  check('then its first row', await page.evaluate(() => document.activeElement.classList.contains('item')));
  await page.keyboard.press('Enter');
  await until(page, () => document.activeElement?.id === 'record-title');
  check('Enter opens and announces the record', (await page.evaluate(() => document.activeElement.id)) === 'record-title');
  await page.keyboard.press('Escape');
  await until(page, () => document.activeElement?.classList.contains('item'));
  check('Escape returns to the row', await page.evaluate(() => document.activeElement.classList.contains('item')));
  await page.focus('#map');
  const before = page.url();
  await page.keyboard.press('ArrowRight');
  check('arrow keys move the map', Boolean(await until(page, (url) => location.href !== url, before)));
  await close(seen, 'keyboard');
}

async function phone(browser) {
  const seen = await open(browser, PHONE, '', { hasTouch: true, isMobile: true, deviceScaleFactor: 2 });
  const { page } = seen;
  await listed(page);
  check('phone: points are drawn', seen.points > 0, `${seen.points} in ${seen.took} ms`);
  await picture(page, '11-phone');
  await axe(page, 'phone');
  await page.tap('#filter-title');
  await picture(page, '11-phone-filters');
  await page.tap('#filter-title');
  await page.tap('#list .item');
  await until(page, () => !document.querySelector('#record').hidden);
  await still(page);
  const covers = await page.evaluate(() => {
    const [a, b] = ['#record', '#list'].map((s) => document.querySelector(s).getBoundingClientRect());
    return a.bottom > b.top + 1 && a.top < b.bottom - 1;
  });
  check('phone: the record does not cover the list', !covers);
  await picture(page, '12-phone-record');
  await page.screenshot({ path: join(artefacts, '12-phone-record-whole.png'), fullPage: true });
  await axe(page, 'phone, record');
  await close(seen, 'phone');
}

async function reflow(browser) {
  for (const [name, viewport, path] of [['320', { width: 320, height: 640 }, ''], ['768', { width: 768, height: 1024 }, '?c=stalls'], ['200-percent', { width: 640, height: 400 }, '']]) {
    const seen = await open(browser, viewport, path);
    await listed(seen.page);
    await seen.page.click('#large');
    await still(seen.page);
    const wide = await seen.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    check(`${name}: no sideways scrolling in large text`, wide <= 0, wide > 0 ? `${wide} px too wide` : '');
    const small = await seen.page.evaluate(() =>
      [...document.querySelectorAll('button, select, input, summary')]
        .filter((e) => e.checkVisibility?.() ?? e.offsetParent)
        .filter((e) => e.getBoundingClientRect().height < 43.5 || e.getBoundingClientRect().width < 43.5)
        .map((e) => e.id || e.className || e.textContent),
    );
    check(`${name}: targets are 44 px`, small.length === 0, small.join(', '));
    await picture(seen.page, '13-width-' + name);
    await axe(seen.page, 'width ' + name);
    await close(seen, 'width ' + name);
  }
}

// --- all of it --------------------------------------------------------------------------------------------------------

const browser = await chromium.launch(BROWSER);
try {
  const seen = await firstView(browser);
  for (const journey of [search, record, back, filters, pointOnMap, otherCollections, indicators, english, darkAndLarge, networkLoss]) {
    await journey(seen);
  }
  await close(seen, 'desktop');
  for (const journey of [leavesItsCluster, keyboardOnly, phone, reflow]) await journey(browser);
} catch (error) {
  check('the journeys end', false, error.message.split('\n')[0]);
  console.log(error.stack);
} finally {
  await browser.close();
}
end();
