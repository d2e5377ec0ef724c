// Walks the pages behind the sign-in in a real browser, as a clerk would, without the page's own scripts (there are none).
//   node tests/web/staff.mjs http://127.0.0.1:8080/ ARTEFACT_DIR LIST.csv
// Each page leaves a picture at 360 and at 1280 px. It fails on a request to another host, on any WCAG 2.2 AA violation that
// axe-core finds, and on a page that scrolls sideways. The last line is "N passed, N failed".
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(new URL('../../web/package.json', import.meta.url));
const { chromium } = require('playwright-core');
const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const [base, artefacts, list] = process.argv.slice(2);
if (!base || !artefacts || !list) {
  console.error('usage: node staff.mjs BASE_URL ARTEFACT_DIR LIST');
  process.exit(2);
}
mkdirSync(artefacts, { recursive: true });

const BROWSER = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--disable-3d-apis', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
};
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const WIDTHS = { phone: { width: 360, height: 740 }, desk: { width: 1280, height: 800 } };
const FIRST = 'mua thu ha noi 54';
const LATER = 'gio len roi cang buom';

let passed = 0;
const failures = [];
const pictures = new Set();

function check(name, good, detail = '') {
  if (good) passed += 1;
  else failures.push(name);
  console.log(`${good ? 'ok  ' : 'FAIL'} ${name}${detail === '' ? '' : ': ' + detail}`);
}

async function look(page, name) {
  for (const [device, size] of Object.entries(WIDTHS)) {
    await page.setViewportSize(size);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    check(`${name} ${device}: does not scroll sideways`, wide <= 0, wide > 0 ? `${wide} px` : '');
    await page.screenshot({ path: join(artefacts, `staff-${name}-${device}.png`), fullPage: !pictures.has(name) });
  }
  pictures.add(name);
  await page.evaluate(axeSource);
  const found = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags }), WCAG);
  const said = found.violations.map((v) => `${v.id} (${v.nodes.length}: ${v.nodes[0].target})`).join('; ');
  check(`${name}: no WCAG 2.2 AA violation`, found.violations.length === 0, said);
}

const title = (page) => page.locator('h1').textContent();
const press = (page, name) => Promise.all([page.waitForNavigation(), page.getByRole('button', { name, exact: true }).first().click()]);

async function signIn(page, name, password) {
  await page.goto(`${base}staff/sign-in`);
  await page.getByLabel('Tên đăng nhập').fill(name);
  await page.getByLabel('Mật khẩu').fill(password);
  await press(page, 'Đăng nhập');
}

async function firstDay(page) {
  await page.goto(`${base}staff`);
  check('not signed in', (await title(page)) === 'Cần đăng nhập');
  await look(page, 'refused');
  await signIn(page, 'thu.nhap', 'something else entirely');
  check('wrong password is said', (await page.locator('.note.stop').count()) === 1);
  await look(page, 'sign-in');
  await signIn(page, 'thu.nhap', FIRST);
  check('the first password must go', (await title(page)) === 'Đổi mật khẩu');
  await look(page, 'password');
  await page.getByLabel('Mật khẩu hiện tại').fill(FIRST);
  await page.getByLabel(/^Mật khẩu mới/).fill(LATER);
  await page.getByLabel('Gõ lại mật khẩu mới').fill(LATER);
  await press(page, 'Đổi mật khẩu');
  check('home', (await title(page)) === 'Việc của cán bộ');
  await look(page, 'home');
}

async function importList(page) {
  await page.getByRole('link', { name: 'Nhập danh sách' }).click();
  await look(page, 'upload');
  await page.getByLabel('Đây là danh sách gì?').selectOption('establishments');
  await page.getByLabel(/^Tệp/).setInputFiles(list);
  await press(page, 'Tải lên và xem trước');
  check('columns', (await page.locator('select[name^="c"]').count()) > 3);
  await look(page, 'mapping');
  await press(page, 'Lưu cách hiểu này và xem lại');
  await press(page, 'Nhập vào sổ');
  for (let i = 0; i < 40 && !(await page.locator('.note.good').count()); i += 1) await page.waitForTimeout(500);
  check('taken in', /Đã nhập xong/.test(await page.locator('.note.good').textContent()));
  await look(page, 'done');
  await page.getByRole('link', { name: 'Các lần nhập' }).click();
  await look(page, 'batches');
}

async function decide(page) {
  await page.getByRole('link', { name: 'Hàng chờ' }).first().click();
  await look(page, 'reviews');
  const links = page.getByRole('link', { name: 'Xem từng dòng' });
  for (let i = 0; i < await links.count(); i += 1) {
    await links.nth(i).click();
    if (await page.getByRole('button', { name: 'Chọn vị trí này' }).count()) break;
    await page.goBack();
  }
  check('a question with candidates', (await page.getByRole('button', { name: 'Chọn vị trí này' }).count()) > 0);
  await look(page, 'review');
  const record = await page.locator('dd a[href^="/staff/c/"]').getAttribute('href');
  await press(page, 'Chọn vị trí này');
  await page.goto(base.replace(/\/$/, '') + record);
  check('it stands now', /Cán bộ đặt/.test(await page.locator('main').textContent()));
  await look(page, 'record');
  if (await page.getByRole('button', { name: 'Xem dữ liệu riêng' }).count()) {
    await press(page, 'Xem dữ liệu riêng');
    await look(page, 'private');
  }
}

async function administer(page) {
  await press(page, 'Đăng xuất');
  await signIn(page, 'quan.tri', FIRST);
  await page.getByLabel('Mật khẩu hiện tại').fill(FIRST);
  await page.getByLabel(/^Mật khẩu mới/).fill(LATER);
  await page.getByLabel('Gõ lại mật khẩu mới').fill(LATER);
  await press(page, 'Đổi mật khẩu');
  await page.getByRole('link', { name: 'Tài khoản' }).click();
  await page.getByLabel(/^Tên đăng nhập/).fill('lan.moi');
  await press(page, 'Thêm');
  check('a first password is shown', /^[0-9A-Z-]{21}$/.test(await page.locator('code.once').textContent()));
  await look(page, 'users');
  await page.getByRole('link', { name: 'Nhật ký' }).click();
  await page.getByLabel('Việc (bắt đầu bằng)').fill('user.');
  await press(page, 'Tìm');
  check('the record shows it', /user\.add/.test(await page.locator('table').textContent()));
  await look(page, 'audit');
}

const browser = await chromium.launch(BROWSER);
const context = await browser.newContext({ locale: 'vi-VN', viewport: WIDTHS.desk });
const page = await context.newPage();
const host = new URL(base).host;
page.on('request', (request) => {
  const url = new URL(request.url());
  if (url.protocol.startsWith('http') && url.host !== host) check(`request to ${url.host}`, false);
});
page.on('pageerror', (error) => check(`error on the page: ${error.message}`, false));
try {
  await firstDay(page);
  await importList(page);
  await decide(page);
  await administer(page);
} catch (error) {
  check(`the walk ended: ${error.message.split('\n')[0]}`, false);
  await page.screenshot({ path: join(artefacts, 'staff-where-it-ended.png') });
}
await browser.close();
console.log(`${passed} passed, ${failures.length} failed`);
process.exit(failures.length ? 1 : 0);
