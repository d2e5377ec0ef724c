// A clerk's day in a real browser: a list from the upload to its undo, then the review queue: counters, the map, keys, the pin, two
// records that are one place, what is left as a file.
//   node tests/web/clerk.mjs http://127.0.0.1:8080/ ARTEFACT_DIR LIST.csv
// Each page leaves a picture at 360, 768 and 1440 px. The last line is "N passed, N failed".
import { readFileSync } from 'node:fs';
import { changePassword, FIRST, makeWalk, press, signIn, title } from './walk.mjs';

const [base, artefacts, list] = process.argv.slice(2);
if (!base || !artefacts || !list) {
  console.error('usage: node clerk.mjs BASE_URL ARTEFACT_DIR LIST');
  process.exit(2);
}
const widths = { phone: { width: 360, height: 740 }, tablet: { width: 768, height: 1024 }, desk: { width: 1440, height: 900 } };
const { check, look, walk } = makeWalk({ base, artefacts, widths, prefix: 'clerk' });
const root = base.replace(/\/$/, '');
const main = (page) => page.locator('main').textContent();

async function enter(page) {
  await signIn(page, base, 'thu.nhap', FIRST);
  await changePassword(page);
}

// --- a list, from the upload to its undo --------------------------------------------------------------------------------

async function bring(page) {
  await page.goto(`${base}staff/import`);
  await page.getByLabel('Đây là danh sách gì?').selectOption('establishments');
  await page.getByLabel(/^Tệp/).setInputFiles(list);
  await press(page, 'Tải lên và xem trước');
  const rows = page.locator('table').nth(1).locator('tr');
  check('20 rows are tried', (await rows.count()) === 21, `${(await rows.count()) - 1}`);
  const verdicts = await rows.locator('td:nth-child(2)').allTextContents();
  check('each with its verdict', verdicts.length === 20 && verdicts.every((text) => /đã nhận|bị loại|chờ xem xét/.test(text)), [...new Set(verdicts)].join(', '));
  await look(page, 'preview');
}

async function correct(page) {
  const choice = page.getByLabel('Cột F là gì');
  check('a heading nobody knows is not guessed', (await choice.inputValue()) === '');
  await choice.selectOption('industry');
  await press(page, 'Lưu cách hiểu này và xem lại');
  check('the correction is kept', (await page.getByLabel('Cột F là gì').inputValue()) === 'industry');
}

async function run(page) {
  await press(page, 'Nhập vào sổ');
  const seen = new Set();
  for (let i = 0; i < 300 && !(await page.locator('.note.good').count()); i += 1) {
    const said = await page.locator('[role="status"]').first().textContent({ timeout: 2000 }).catch(() => '');
    if (/Đã đọc/.test(said)) seen.add(said);
    await page.waitForTimeout(100);
  }
  check('progress was shown', seen.size > 0, [...seen].slice(0, 2).join(' / '));
  check('taken in', /Đã nhập xong/.test(await page.locator('.note.good').textContent()));
  await look(page, 'done');
}

async function report(page) {
  for (const [name, mark] of [['Tải báo cáo XLSX', 'PK'], ['Tải báo cáo CSV', 'D\u00f2ng']]) {
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name }).click()]);
    const bytes = readFileSync(await download.path());
    check(`${name}: ${bytes.length} bytes`, bytes.includes(Buffer.from(mark)));
  }
}

async function undo(page) {
  await page.locator('summary', { hasText: 'Rút lại lần nhập này' }).click();
  await press(page, 'Có, đưa mọi dòng về như trước');
  check('taken back', /Đã rút lại lần nhập/.test(await main(page)));
  await look(page, 'undone');
}

// --- the queue ------------------------------------------------------------------------------------------------------------

const waiting = async (page) => Number((await page.locator('.counters li').first().textContent()).match(/R\s*(\d+)/)[1]);

async function queue(page) {
  await page.goto(`${base}staff/review`);
  check('seven counters', (await page.locator('.counters li').count()) === 7, (await page.locator('.counters').textContent()).replace(/\s+/g, ' '));
  await look(page, 'queue');
  await page.locator('.counters a', { hasText: 'chỉ biết đường' }).click();
  check('a counter is a filter', (await page.locator('table tr').count()) > 1 && /class=D/.test(page.url()));
  await look(page, 'class');
  await page.goto(`${base}staff/review`);
}

async function open(page, kind) {
  await page.goto(`${base}staff/review`);
  await page.locator('tr', { hasText: kind }).first().getByRole('link', { name: 'Xem từng dòng' }).click();
}

const ready = (page) => page.waitForSelector('#map[data-ready]', { timeout: 20000 });

async function byKeys(page) {
  await page.goto(`${base}staff/review`);
  const before = await waiting(page);
  await open(page, 'vượt quá số lớn nhất');
  await ready(page);
  check('the address by its parts', (await page.locator('.parts mark.p-number').count()) > 0 && (await page.locator('.parts mark.p-street').count()) > 0);
  check('candidates say what they cost', /bị trừ \d+ điểm/.test(await page.locator('.candidates').textContent()));
  await look(page, 'question');
  const first = page.url();
  await Promise.all([page.waitForNavigation(), page.keyboard.press('s')]);
  check('s goes past this kind', page.url() !== first);
  await page.goto(first);
  await Promise.all([page.waitForNavigation(), page.keyboard.press('1')]);
  check('1 decides and goes on', page.url() !== first && (await page.locator('.note.buttons').count()) === 1);
  await page.goto(`${base}staff/review`);
  check('one question less', (await waiting(page)) === before - 1, `${before} → ${await waiting(page)}`);
  await Promise.all([page.waitForNavigation(), page.keyboard.press('u')]);
  check('u takes it back', (await waiting(page)) === before);
}

async function byPin(page) {
  await open(page, 'vượt quá số lớn nhất');
  await ready(page);
  const record = await page.locator('dd a[href^="/staff/c/"]').getAttribute('href');
  const box = await page.locator('#map').boundingBox();
  const [x, y] = [box.x + box.width / 3, box.y + box.height / 3];
  await page.mouse.click(x, y);
  await page.waitForFunction(() => document.querySelector('#f-lat').value !== '');
  const put = await page.locator('#f-lat').inputValue();
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 40, y + 60, { steps: 6 });
  await page.mouse.up();
  await page.waitForFunction((then) => document.querySelector('#f-lat').value !== then, put);
  const dragged = await page.locator('#f-lat').inputValue();
  check('the pin is dragged', dragged !== put, `${put} → ${dragged}`);
  await look(page, 'pin');
  await press(page, 'Đặt ở đây');
  await page.goto(root + record);
  check('it stands there now', /Cán bộ đặt/.test(await main(page)));
}

// An unknown name is that of a street: every row that writes it so is placed by one decision, and by one press waits again.
async function byName(page) {
  await page.goto(`${base}staff/review`);
  const before = await waiting(page);
  await page.locator('tr', { hasText: 'Trần Vô Danh' }).getByRole('link', { name: /^Một quyết định cho cả/ }).first().click();
  await look(page, 'name');
  await page.locator('#f-street').selectOption({ label: 'Cách Mạng Tháng Tám' });
  await press(page, 'Đúng, xếp lại mọi dòng viết như vậy');
  const after = await waiting(page);
  check('one decision, many rows', after < before, `${before} → ${after}`);
  await Promise.all([page.waitForNavigation(), page.keyboard.press('u')]);
  check('taken back as one', (await waiting(page)) === before);
}

// A change is public within half a second, on a machine with other work later: ask again.
async function published(page, code, status) {
  for (let i = 0; ; i += 1) {
    const answer = await page.request.get(`${root}/c/${code}`, { maxRedirects: 0 });
    if (answer.status() === status || i === 60) return answer;
    await page.waitForTimeout(250);
  }
}

async function duplicate(page) {
  await open(page, 'có thể trùng với cơ sở đã có');
  check('side by side', (await page.getByRole('columnheader', { name: 'Đã có trong sổ' }).count()) === 1);
  const rows = await page.getByRole('region', { name: 'Hai hồ sơ cạnh nhau' }).first().locator('tr').allTextContents();
  check('what is private is compared and not shown', rows.some((row) => /^Chủ hộ(có ghi|–)/.test(row)), rows.filter((row) => /Chủ hộ|Điện thoại/.test(row)).join(' '));
  await look(page, 'duplicate');
  const gone = await page.locator('dd a[href^="/staff/c/"]').textContent();
  const kept = await page.locator('h2 a[href^="/staff/c/"]').first().textContent();
  await Promise.all([page.waitForNavigation(), page.keyboard.press('1')]);
  const answer = await published(page, gone, 301);
  check('the code that went leads to the other', answer.status() === 301 && answer.headers().location === `/c/${kept}`, `${answer.status()} ${answer.headers().location}`);
  await Promise.all([page.waitForNavigation(), page.keyboard.press('u')]);
  check('and after the undo it is itself again', (await published(page, gone, 200)).status() === 200);
}

async function takeAway(page) {
  await page.goto(`${base}staff/review`);
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Tải phần còn lại (XLSX)' }).click()]);
  const bytes = readFileSync(await download.path());
  check(`what is left as a file: ${bytes.length} bytes`, bytes.subarray(0, 2).toString() === 'PK');
  check('the title', (await title(page)) === 'Hàng chờ');
}

process.exit((await walk(enter, bring, correct, run, report, undo, queue, byKeys, byPin, byName, duplicate, takeAway)) ? 1 : 0);
