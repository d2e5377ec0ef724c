// What the walks through the pages behind the sign-in share: a browser that may speak to one host only, pictures at several widths,
// checks against WCAG, and the count of what passed.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { BROWSER, chromium, still, violations } from './browser.mjs';

const FIRST = 'mua thu ha noi 54';
const LATER = 'gio len roi cang buom';

export const title = (page) => page.locator('h1').textContent();
export const press = (page, name) => Promise.all([page.waitForNavigation(), page.getByRole('button', { name, exact: true }).first().click()]);

export async function signIn(page, base, name, password) {
  await page.goto(`${base}staff/sign-in`);
  await page.getByLabel('Tên đăng nhập').fill(name);
  await page.getByLabel('Mật khẩu').fill(password);
  await press(page, 'Đăng nhập');
}

export async function changePassword(page) {
  await page.getByLabel('Mật khẩu hiện tại').fill(FIRST);
  await page.getByLabel(/^Mật khẩu mới/).fill(LATER);
  await page.getByLabel('Gõ lại mật khẩu mới').fill(LATER);
  await press(page, 'Đổi mật khẩu');
}

export { FIRST, LATER };

// widths: { name: { width, height } }; the last one is what the walk goes on with.
export function makeWalk({ base, artefacts, widths, prefix }) {
  let passed = 0;
  const failures = [];
  const pictures = new Set();
  mkdirSync(artefacts, { recursive: true });

  function check(name, good, detail = '') {
    if (good) passed += 1;
    else failures.push(name);
    console.log(`${good ? 'ok  ' : 'FAIL'} ${name}${detail === '' ? '' : ': ' + detail}`);
    return Boolean(good);
  }

  async function look(page, name) {
    for (const [device, size] of Object.entries(widths)) {
      await page.setViewportSize(size);
      check(`${name} ${device}: comes to rest`, await still(page));
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      check(`${name} ${device}: does not scroll sideways`, wide <= 0, wide > 0 ? `${wide} px` : '');
      await page.screenshot({ path: join(artefacts, `${prefix}-${name}-${device}.png`), fullPage: !pictures.has(name) });
    }
    pictures.add(name);
    const found = await violations(page);
    check(`${name}: no WCAG 2.2 AA violation`, found.length === 0, found.join('; '));
  }

  async function walk(...steps) {
    const browser = await chromium.launch(BROWSER);
    const context = await browser.newContext({ locale: 'vi-VN', viewport: Object.values(widths).at(-1), acceptDownloads: true });
    const page = await context.newPage();
    const host = new URL(base).host;
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (url.protocol.startsWith('http') && url.host !== host) check(`request to ${url.host}`, false);
    });
    page.on('pageerror', (error) => check(`error on the page: ${error.message}`, false));
    page.on('console', (message) => message.type() === 'error' && !/^Failed to load resource/.test(message.text()) && check(`said on the console: ${message.text()}`, false));
    try {
      for (const step of steps) await step(page);
    } catch (error) {
      check(`the walk ended: ${error.message.split('\n')[0]}`, false);
      await page.screenshot({ path: join(artefacts, `${prefix}-where-it-ended.png`) });
    }
    await browser.close();
    console.log(`${passed} passed, ${failures.length} failed`);
    return failures.length;
  }

  return { check, look, walk };
}
