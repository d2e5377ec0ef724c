// OpenLayers in headless Chromium reads our vector tiles and items from another origin (so CORS is tried too).
// usage: node run.mjs BASE_URL PICTURE.png      ends with "N passed, N failed"
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(new URL('../../../web/package.json', import.meta.url));
const { chromium } = require('playwright-core');
const esbuild = require('esbuild');

const [base, picture] = process.argv.slice(2);
let passed = 0, failed = 0;

function check(name, good, detail = '') {
  good ? passed++ : failed++;
  console.log(`${good ? 'ok  ' : 'FAIL'} ${name} ${good ? '' : JSON.stringify(detail).slice(0, 300)}`);
}

const json = async (path) => (await fetch(base + path)).json();

async function page() {
  const built = await esbuild.build({
    entryPoints: [fileURLToPath(new URL('page.js', import.meta.url))], bundle: true, format: 'iife', write: false,
    nodePaths: [fileURLToPath(new URL('../../../web/node_modules', import.meta.url))],
  });
  const html = `<!doctype html><meta charset="utf-8"><div id="map" style="width:800px;height:600px"></div><script>${built.outputFiles[0].text}</script>`;
  const server = createServer((request, response) => response.end(html)).listen(0, '127.0.0.1');
  await new Promise((ready) => server.once('listening', ready));
  return server;
}

const { bbox } = (await json('/ogc/collections/establishments')).extent.spatial;
const centre = [(bbox[0][0] + bbox[0][2]) / 2, (bbox[0][1] + bbox[0][3]) / 2];
const server = await page();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--disable-3d-apis', '--no-first-run', '--disable-background-networking', '--disable-component-update'],
});
try {
  const tab = await browser.newPage({ viewport: { width: 820, height: 620 } });
  const complaints = [];
  tab.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  tab.on('pageerror', (error) => complaints.push(String(error)));
  await tab.goto(`http://127.0.0.1:${server.address().port}/`);
  const seen = await tab.evaluate((where) => window.draw(where), { base, centre, zoom: 15 });
  await tab.screenshot({ path: picture });
  const held = (await json(`/ogc/collections/establishments/items?f=json&limit=10000&bbox=${seen.box}`)).features.filter((f) => f.geometry);
  const streets = await json('/ogc/collections/streets/items?f=json&limit=10000');
  const known = new Set(streets.features.map((f) => f.id));
  check('the console is silent', complaints.length === 0, complaints);
  check('items of the view, all and no other', held.length > 0 && held.map((f) => f.id).sort().join() === seen.items.sort().join(), [held.length, seen.items.length]);
  check('their names are Vietnamese as stored', held.every((f) => seen.names.includes(f.properties.name)));
  check('streets came as vector tiles', seen.streets.length > 0 && seen.streets.every((code) => known.has(code)), seen.streets);
  check('something is painted', seen.painted > 2000, seen.painted);
} finally {
  await browser.close();
  server.close();
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
