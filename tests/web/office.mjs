// The office's working day at the map, signed in: record, edit, drag, undo, waiting places, measuring, colouring, printing; and the
// resident's page with its forms, with and without script. At 360, 768 and 1440 px.
//   node tests/web/office.mjs http://127.0.0.1:8080/ ARTEFACT_DIR
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BROWSER, chromium, settled, still, text, until, wall, watch } from './browser.mjs';

const [base, artefacts] = process.argv.slice(2);
if (!base || !artefacts) {
  console.error('usage: node office.mjs BASE_URL ARTEFACT_DIR');
  process.exit(2);
}
const { check, picture, axe, end } = wall(artefacts);
const SIZES = { 360: { width: 360, height: 740 }, 768: { width: 768, height: 1024 }, 1440: { width: 1440, height: 900 } };
const FIRST = 'mua thu ha noi 54';
const LATER = 'gio len roi cang buom';

async function json(path) {
  return (await fetch(new URL(path, base))).json();
}

const submit = (page, name) => Promise.all([page.waitForNavigation(), page.getByRole('button', { name, exact: true }).first().click()]);

async function signIn(page) {
  await page.goto(base + 'staff/sign-in');
  await page.getByLabel('Tên đăng nhập').fill('thu.nhap');
  await page.getByLabel('Mật khẩu').fill(FIRST);
  await submit(page, 'Đăng nhập');
  await page.getByLabel('Mật khẩu hiện tại').fill(FIRST);
  await page.getByLabel(/^Mật khẩu mới/).fill(LATER);
  await page.getByLabel('Gõ lại mật khẩu mới').fill(LATER);
  await submit(page, 'Đổi mật khẩu');
}

// The canvas tells nothing: the pin stands where the record's coordinates are, which the view's address places.
async function pixelOf(page, [lon, lat]) {
  return page.evaluate(
    ([x, y]) => {
      const [zoom, cy, cx] = location.hash.slice(1).split('/').map(Number);
      const box = document.querySelector('#map').getBoundingClientRect();
      const world = 256 * 2 ** zoom;
      const my = (v) => Math.log(Math.tan(Math.PI / 4 + (v * Math.PI) / 360)) / (2 * Math.PI);
      return [box.left + box.width / 2 + ((x - cx) / 360) * world, box.top + box.height / 2 - (my(y) - my(cy)) * world];
    },
    [lon, lat],
  );
}

const place = async (code) => (await json(`ogc/collections/establishments/items/${code}`)).geometry.coordinates;

// A change is public within half a second, on a machine with other work later: ask again.
async function placeWhen(code, good) {
  for (let i = 0; ; i += 1) {
    const now = await place(code);
    if (i === 40 || good(now)) return now;
    await new Promise((done) => setTimeout(done, 250));
  }
}

async function atTheMap(page) {
  const { features } = await json('ogc/collections/establishments/items?limit=20&position=house_number&status=active');
  const { id } = features[3];
  await page.goto(`${base}?staff=1&id=${id}`);
  await settled(page);
  check('the map says who is signed in', Boolean(await until(page, () => document.querySelector('#staff').textContent === 'thu.nhap')));
  check('the office’s record stands below the public one', Boolean(await until(page, () => document.querySelector('.office dl'))));
  check('why it stands there is said', /Vì sao|Biết nhờ/.test(await text(page, '.office')));
  await picture(page, 'office-record');
  await axe(page, 'record of the office on the map');
  return id;
}

async function photo(page, id) {
  await page.goto(`${base}staff/c/${id}`);
  await page.locator('summary', { hasText: 'Thêm ảnh' }).click();
  await page.getByLabel(/^Ảnh của nơi này/).setInputFiles(join(artefacts, 'office-record.png'));
  await page.getByLabel(/^Chú thích/).fill('Mặt tiền, nhìn từ bên kia đường');
  await axe(page, 'photo form');
  await submit(page, 'Lưu ảnh');
  const shown = () => page.evaluate(async () => {
    const image = document.querySelector('.photos img');
    image.scrollIntoView();
    await image.decode();
    return image.naturalWidth;
  });
  check('a photo stands in the record', (await shown()) === 1440, `${await shown()} px`);
  await picture(page, 'office-photo', { fullPage: true });
  await axe(page, 'record with a photo');
  await submit(page, 'Gỡ ảnh');
  check('taken away, it can be put back', (await page.locator('.photos').count()) === 0 && /1 ảnh đã gỡ/.test(await text(page, 'main')));
  await page.locator('summary', { hasText: '1 ảnh đã gỡ' }).click();
  await submit(page, 'Đặt lại ảnh');
  check('and is there again', (await page.locator('.photos img').count()) === 1);
}

async function drag(page, id) {
  const before = await place(id);
  await page.getByRole('button', { name: 'Kéo ghim' }).click();
  await until(page, () => !document.querySelector('#mode').hidden);
  await still(page);
  const [x, y] = await pixelOf(page, before);
  await page.mouse.move(x, y - 10);
  await page.mouse.down();
  for (let step = 1; step <= 8; step += 1) await page.mouse.move(x - step * 10, y - 10 + step * 6);
  await picture(page, 'office-drag');
  await page.mouse.up();
  await axe(page, 'moving the pin');
  await page.getByRole('button', { name: 'Lưu', exact: true }).click();
  check('the new position is said to be saved', Boolean(await until(page, () => /Đã lưu vị trí/.test(document.querySelector('#banner').textContent))));
  const after = await placeWhen(id, (now) => String(now) !== String(before));
  check('the pin went where it was dragged', after[0] < before[0] && after[1] < before[1], `${before} → ${after}`);
  await until(page, () => /đo tại chỗ|cán bộ đặt ghim/.test(document.querySelector('.office')?.textContent ?? ''));
  check('the record on the map knows', /cán bộ đặt ghim/.test(await text(page, '.office')));
  return before;
}

async function edit(page, id) {
  await page.goto(`${base}staff/c/${id}`);
  await page.getByRole('link', { name: /^Sửa hồ sơ/ }).click();
  await picture(page, 'office-edit', { fullPage: true });
  await axe(page, 'edit');
  const name = await page.getByLabel('Tên công khai (biển hiệu)').inputValue();
  await page.getByLabel('Tên công khai (biển hiệu)').fill(name + ' Mới');
  await page.getByLabel('Tình trạng').selectOption('suspended');
  await submit(page, 'Lưu');
  check('saved', /Mới/.test(await text(page, 'h1')), await text(page, 'h1'));
  check('with what was before', (await page.locator('del').count()) >= 2);
  await picture(page, 'office-history', { fullPage: true });
  await axe(page, 'record with history');
  return name;
}

async function conflict(page, id) {
  const other = await page.context().newPage();
  await page.goto(`${base}staff/c/${id}/edit`);
  await other.goto(`${base}staff/c/${id}/edit`);
  await other.getByLabel('Tên công khai (biển hiệu)').fill('Tên người kia lưu');
  await submit(other, 'Lưu');
  await page.getByLabel('Tên công khai (biển hiệu)').fill('Tên tôi định lưu');
  await submit(page, 'Lưu');
  const words = await text(page, 'main');
  check('somebody was first: both are shown', /Tên người kia lưu/.test(words) && /Tên tôi định lưu/.test(words));
  await picture(page, 'office-conflict', { fullPage: true });
  await axe(page, 'conflict');
  await other.goto(`${base}staff/c/${id}`);
  await submit(other, 'Rút lại lần sửa cuối');
  await other.close();
}

async function undo(page, id, name, before) {
  await page.goto(`${base}staff/c/${id}`);
  await submit(page, 'Rút lại lần sửa cuối');
  check('the words are back', (await text(page, 'h1')) === name, await text(page, 'h1'));
  await submit(page, 'Rút lại lần sửa cuối');
  const now = await placeWhen(id, (spot) => String(spot) === String(before));
  check('and the pin is where it was', String(now) === String(before), String(now));
}

async function waiting(page) {
  await page.goto(`${base}?staff=1`);
  await settled(page);
  await until(page, () => document.querySelector('#office').options.length > 2);
  await page.selectOption('#office', 'review');
  const count = await until(page, () => /danh sách của cán bộ/.test(document.querySelector('#count').textContent) && document.querySelectorAll('#list .item').length);
  check('places that wait are listed', count > 0, await text(page, '#count'));
  await picture(page, 'office-waiting');
  await axe(page, 'places that wait');
  check('pilots too', (await page.locator('#office option').count()) > 3);
}

async function measure(page) {
  await page.goto(base);
  await settled(page);
  await page.click('#measure');
  await page.waitForTimeout(350); // two quick clicks would be a double click
  const box = await page.locator('#map').boundingBox();
  for (const [x, y] of [[0.5, 0.3], [0.7, 0.3], [0.7, 0.5]]) {
    await page.mouse.click(box.x + box.width * x, box.y + box.height * y);
    await page.waitForTimeout(400);
  }
  const words = await text(page, '#mode p');
  check('length and area', /Dài [\d.,]+ k?m · diện tích [\d.,]+ k?m²/.test(words), words);
  await picture(page, 'map-measure');
  await axe(page, 'measuring');
  await page.keyboard.press('Escape');
  check('Escape ends it', (await page.locator('#mode').isHidden()));
  await page.click('#measure');
  for (let i = 0; i < 2; i += 1) {
    await page.getByRole('button', { name: 'Thêm điểm ở giữa bản đồ' }).press('Enter');
    await page.focus('#map');
    await page.keyboard.press('ArrowRight');
    await page.waitForTimeout(400);
  }
  check('by keyboard too', /Dài/.test(await text(page, '#mode p')), await text(page, '#mode p'));
  await page.getByRole('button', { name: 'Xong' }).click();
}

async function shade(page) {
  await page.focus('#shade');
  await until(page, () => document.querySelector('#shade').options.length > 1);
  await page.selectOption('#shade', 'KPI-NTS');
  await until(page, () => document.querySelectorAll('#shade-key li').length === 7);
  await settled(page);
  check('the address has the colouring', page.url().includes('shade=KPI-NTS'));
  await picture(page, 'map-shade');
  await axe(page, 'groups coloured');
  const [table] = await Promise.all([page.context().waitForEvent('page').catch(() => null), page.evaluate(() => open(document.querySelector('#shade-key a').href))]);
  await table?.waitForLoadState();
  check('the same numbers as a table', (await table?.locator('tr').count()) > 20);
  await table?.close();
}

async function print(page) {
  await page.click('#home');
  await still(page);
  await page.click('#open-print');
  await axe(page, 'print dialog');
  await page.fill('#print-form input[name="title"]', 'Nền tảng số theo tổ dân phố');
  await page.selectOption('#print-form select[name="paper"]', 'a3');
  await page.evaluate(() => { globalThis.print = () => { document.documentElement.dataset.printed = '1'; }; });
  await page.locator('#print-form button').click();
  check('the print comes when the map is drawn', Boolean(await until(page, () => document.documentElement.dataset.printed)));
  await still(page);
  const file = await page.pdf({ preferCSSPageSize: true, printBackground: true });
  writeFileSync(join(artefacts, 'map-a3.pdf'), file);
  const size = /MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)/.exec(file.toString('latin1'));
  const pages = (file.toString('latin1').match(/\/Type \/Page\b/g) ?? []).length;
  check('one A3 sheet, landscape', pages === 1 && Math.round(Number(size?.[1])) >= 1189 && Math.round(Number(size?.[2])) >= 841, `${pages} page, ${size?.slice(1)}`);
  const words = await text(page, 'body');
  check('with title, date and source', /Nền tảng số theo tổ dân phố/.test(await text(page, '#sheet-title')) && /In ngày \d\d\/\d\d\/\d{4}/.test(words));
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  check('and the screen is as before', !(await page.evaluate(() => document.documentElement.classList.contains('printing'))));
}

async function fullScreen(page) {
  await page.click('#full');
  check('full screen', Boolean(await until(page, () => document.fullscreenElement?.classList.contains('stage'))));
  await page.keyboard.press('Escape');
  await page.evaluate(() => document.fullscreenElement && document.exitFullscreen());
}

async function openFilters(page) {
  await page.goto(base);
  await settled(page);
  await until(page, () => document.querySelectorAll('select[name="group"] option').length > 3);
  const before = await text(page, '#count');
  await page.selectOption('select[name="residential_group"]', { index: 2 });
  await page.selectOption('select[name="position"]', 'house_number');
  const now = await until(page, (then) => document.querySelector('#count').textContent !== then && document.querySelector('#count').textContent, before);
  check('group and position narrow the list', Boolean(now), `${before} → ${now}`);
  check('values are counted', /\(\d/.test(await page.locator('select[name="group"] option').nth(1).textContent()));
}

async function resident(browser, code) {
  const plain = await browser.newContext({ viewport: SIZES[360], locale: 'vi-VN', javaScriptEnabled: false });
  const page = await plain.newPage();
  const requests = [];
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(`${base}c/${code}`);
  check('without script: one request', requests.length === 1, requests.join(' '));
  await picture(page, 'resident', { fullPage: true });
  await page.getByRole('link', { name: 'Chữ to hơn' }).click();
  check('larger text without script', page.url().includes('size=l'));
  await picture(page, 'resident-large', { fullPage: true });
  await page.getByRole('link', { name: 'Báo sai thông tin' }).click();
  await page.getByLabel('Điều gì sai?').selectOption('payment');
  await page.getByLabel(/^Đúng ra là gì/).fill('Quầy này nay nhận thẻ.');
  await picture(page, 'resident-notice', { fullPage: true });
  await submit(page, 'Gửi cho phường');
  check('a wrong entry is told without script', /Phiếu số \d+/.test(await page.locator('main').textContent()));
  await picture(page, 'resident-thanks', { fullPage: true });
  await page.goto(`${base}ogc/collections`);
  check('HTML pages of the API need no script', (await page.locator('h1').count()) === 1);
  await plain.close();
  for (const [width, viewport] of Object.entries(SIZES)) {
    const context = await browser.newContext({ viewport, locale: 'vi-VN' });
    const read = await context.newPage();
    const wrong = [];
    watch(read, base, wrong);
    for (const [name, path] of [['page', `c/${code}`], ['page in English, largest', `c/${code}?lang=en&size=xl`], ['notice', `notice/${code}?about=wrong`], ['neutral page', 'c/00000000000']]) {
      wrong.expected = name === 'neutral page'; // the browser itself reports its 404
      await read.goto(base + path);
      const sideways = await read.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      check(`resident’s ${name} at ${width}: no sideways scrolling`, sideways <= 0, sideways > 0 ? `${sideways} px` : '');
      await axe(read, `resident’s ${name} at ${width}`);
    }
    check(`resident’s pages at ${width}: no foreign host, no error`, wrong.length === 0, wrong.join(' | '));
    await context.close();
  }
}

async function voice(browser, code) {
  const context = await browser.newContext({ viewport: SIZES[360], locale: 'vi-VN' });
  const page = await context.newPage();
  await context.addInitScript(() => {
    const said = [];
    const voices = [{ lang: 'vi-VN', localService: true, name: 'thử' }];
    Object.defineProperty(globalThis, 'speechSynthesis', { value: { getVoices: () => voices, speak: (u) => said.push(u.text), cancel() {}, speaking: false } });
    globalThis.SpeechSynthesisUtterance = class { constructor(words) { this.text = words; } };
    globalThis.said = said;
  });
  await page.goto(`${base}c/${code}`);
  await page.getByRole('button', { name: 'Đọc to' }).click();
  const said = await page.evaluate(() => globalThis.said[0]);
  check('a phone with a Vietnamese voice reads the page itself', /không bao giờ yêu cầu thanh toán/.test(said ?? ''), `${said?.length ?? 0} characters`);
  check('and the recording steps back', (await page.locator('audio').count()) === 0 || (await page.locator('audio').isHidden()));
  await context.close();
  const silent = await browser.newContext({ viewport: SIZES[360] });
  const other = await silent.newPage();
  await other.goto(`${base}c/${code}`);
  if (await other.locator('audio').count()) {
    check('without a voice the recording stands there', await other.locator('audio').isVisible());
    const seconds = await other.evaluate(async () => {
      const audio = document.querySelector('audio');
      audio.preload = 'metadata';
      audio.load();
      await new Promise((done) => { audio.onloadedmetadata = audio.onerror = done; });
      return audio.duration;
    });
    check('and the browser can play it', seconds > 3, `${seconds} s`);
  }
  await silent.close();
}

async function notices(page) {
  await page.goto(`${base}staff/notices`);
  await picture(page, 'office-notices', { fullPage: true });
  await axe(page, 'notices');
  await page.locator('td a').first().click();
  check('what the resident wrote', /nay nhận thẻ/.test(await text(page, 'main')));
  await picture(page, 'office-notice', { fullPage: true });
  await axe(page, 'one notice');
  await page.getByLabel(/^Đã thấy gì/).fill('Đã sửa hồ sơ.');
  await submit(page, 'Đã xử lý');
  check('dealt with', /đã xử lý/.test(await text(page, 'main')));
}

async function labels(page) {
  await page.goto(base + 'staff/labels');
  await picture(page, 'office-labels', { fullPage: true });
  await axe(page, 'labels');
  const [sheet] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Làm tờ nhãn (PDF)' }).first().click()]);
  const kept = join(artefacts, 'labels.pdf');
  await sheet.saveAs(kept);
  check('a sheet of labels comes as a file', readFileSync(kept).subarray(0, 5).toString() === '%PDF-', sheet.suggestedFilename());
  await page.goto(base + 'staff/labels');
  await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: /^Đã in \d+ nhãn/ }).first().click()]);
  check('printed', /[1-9]/.test(await page.locator('tr').nth(1).locator('td').nth(3).textContent()));
}

async function everyWidth(context, id) {
  for (const [width, viewport] of Object.entries(SIZES)) {
    const page = await context.newPage();
    await page.setViewportSize(viewport);
    for (const [name, path] of [['map', `?staff=1&id=${id}&shade=KPI-NTS`], ['edit', `staff/c/${id}/edit`], ['record', `staff/c/${id}`], ['notices', 'staff/notices'], ['labels', 'staff/labels'], ['help', 'staff/help']]) {
      await page.goto(base + path);
      if (name === 'help') check(`pictures of the help page at ${width}`, await page.evaluate(() => Promise.all([...document.querySelectorAll('img.help')].map((i) => { i.loading = 'eager'; return i.decode().then(() => true); })).then((all) => all.length > 4)));
      if (name === 'map') await until(page, () => document.querySelector('.office dl') && !document.querySelector('#list[aria-busy]'));
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      check(`${name} at ${width}: no sideways scrolling`, sideways <= 0, sideways > 0 ? `${sideways} px` : '');
      await picture(page, `office-${name}-${width}`);
      await axe(page, `${name} at ${width}`);
    }
    await page.close();
  }
}

const browser = await chromium.launch(BROWSER);
try {
  const context = await browser.newContext({ viewport: SIZES[1440], locale: 'vi-VN' });
  const page = await context.newPage();
  const wrong = [];
  watch(page, base, wrong);
  await signIn(page);
  const id = await atTheMap(page);
  await photo(page, id);
  await page.goto(`${base}?staff=1&id=${id}`);
  await until(page, () => document.querySelector('.office dl'));
  const before = await drag(page, id);
  const name = await edit(page, id);
  wrong.expected = true; // a conflict is a 409, which the browser reports
  await conflict(page, id);
  wrong.expected = false;
  await undo(page, id, name, before);
  await waiting(page);
  await measure(page);
  await shade(page);
  await print(page);
  await fullScreen(page);
  await openFilters(page);
  await resident(browser, id);
  await voice(browser, id);
  await notices(page);
  await labels(page);
  await everyWidth(context, id);
  check('no foreign host, no error in the console', wrong.length === 0, wrong.slice(0, 3).join(' | '));
} finally {
  await browser.close();
}
end();
