// Walks the pages behind the sign-in in a real browser, as a clerk would.
//   node tests/web/staff.mjs http://127.0.0.1:8080/ ARTEFACT_DIR LIST.csv
// Each page leaves a picture at 360 and at 1280 px. It fails on a request to another host, on any WCAG 2.2 AA violation that
// axe-core finds, and on a page that scrolls sideways. The last line is "N passed, N failed".
import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { changePassword, FIRST, LATER, makeWalk, press, signIn, title } from './walk.mjs';

const [base, artefacts, list] = process.argv.slice(2);
if (!base || !artefacts || !list) {
  console.error('usage: node staff.mjs BASE_URL ARTEFACT_DIR LIST');
  process.exit(2);
}
const widths = { phone: { width: 360, height: 740 }, desk: { width: 1280, height: 800 } };
const { check, look, walk } = makeWalk({ base, artefacts, widths, prefix: 'staff' });

async function firstDay(page) {
  await page.goto(`${base}staff`);
  check('not signed in', (await title(page)) === 'Cần đăng nhập');
  await look(page, 'refused');
  await signIn(page, base, 'thu.nhap', 'something else entirely');
  check('wrong password is said', (await page.locator('.note.stop').count()) === 1);
  await look(page, 'sign-in');
  await signIn(page, base, 'thu.nhap', FIRST);
  check('the first password must go', (await title(page)) === 'Đổi mật khẩu');
  await look(page, 'password');
  await changePassword(page);
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
    if (await page.getByRole('button', { name: /Chọn vị trí này/ }).count()) break;
    await page.goBack();
  }
  check('a question with candidates', (await page.getByRole('button', { name: /Chọn vị trí này/ }).count()) > 0);
  await look(page, 'review');
  const record = await page.locator('dd a[href^="/staff/c/"]').getAttribute('href');
  await press(page, '1 Chọn vị trí này');
  await page.goto(base.replace(/\/$/, '') + record);
  check('it stands now', /Cán bộ đặt/.test(await page.locator('main').textContent()));
  await look(page, 'record');
  if (await page.getByRole('button', { name: 'Xem dữ liệu riêng' }).count()) {
    await press(page, 'Xem dữ liệu riêng');
    await look(page, 'private');
  }
}

// What an authenticator app shows (RFC 6238), reckoned here and not by our program.
function shown(secret, seconds) {
  const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(seconds / 30)));
  const digest = createHmac('sha1', Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)))).update(counter).digest();
  return String((digest.readUInt32BE(digest.at(-1) & 15) & 0x7fffffff) % 1e6).padStart(6, '0');
}

async function secondFactor(page) {
  await press(page, 'Đăng xuất');
  await signIn(page, base, 'quan.tri', FIRST);
  await changePassword(page);
  check('an administrator is asked for a second factor', /lớp xác thực thứ hai trước ngày/.test(await page.locator('.note.warn').textContent()));
  await Promise.all([page.waitForNavigation(), page.getByRole('link', { name: 'Ghép điện thoại' }).click()]);
  await press(page, 'Bắt đầu ghép');
  await look(page, 'pairing');
  const picture = join(artefacts, 'staff-pairing-code.png');
  await page.locator('figure.pair svg').screenshot({ path: picture });
  const scanned = new URL(execFileSync('zbarimg', ['--quiet', '--raw', picture], { encoding: 'utf8' }).trim());
  const secret = (await page.locator('figure.pair code').textContent()).replaceAll(' ', '');
  check('the camera reads what stands beside it', scanned.searchParams.get('secret') === secret && scanned.href.startsWith('otpauth://totp/'), scanned.pathname);
  await page.getByLabel('6 chữ số trong ứng dụng').fill(shown(secret, Date.now() / 1000 - 30));
  await press(page, 'Ghép');
  check('ten codes for the drawer', (await page.locator('ol.codes li').count()) === 10);
  await look(page, 'recovery');
  await press(page, 'Đăng xuất');
  await signIn(page, base, 'quan.tri', LATER);
  check('the code is asked', (await title(page)) === 'Mã xác thực');
  await page.getByLabel(/^6 chữ số/).fill('000 000 000');
  await press(page, 'Tiếp tục');
  check('a wrong one is said', (await page.locator('.note.stop').count()) === 1);
  await look(page, 'code');
  await page.getByLabel(/^6 chữ số/).fill(shown(secret, Date.now() / 1000));
  await press(page, 'Tiếp tục');
  check('and then in', (await title(page)) === 'Việc của cán bộ');
  await page.goto(`${base}staff/factor`);
  await look(page, 'factor');
}

async function administer(page) {
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

process.exit((await walk(firstDay, importList, decide, secondFactor, administer)) ? 1 : 0);
