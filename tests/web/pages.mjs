// The desks that no other walk opens, each as the role that works there, and the dashboard as anybody sees it: pictures at three widths,
// WCAG, nothing that scrolls sideways; and that a page opened a second time looks as it did the first.
//   node tests/web/pages.mjs http://127.0.0.1:8080/ ARTEFACT_DIR
import { changePassword, FIRST, makeWalk, press, signIn } from './walk.mjs';

const [base, artefacts] = process.argv.slice(2);
if (!base || !artefacts) {
  console.error('usage: node pages.mjs BASE_URL ARTEFACT_DIR');
  process.exit(2);
}
const widths = { phone: { width: 360, height: 740 }, tablet: { width: 820, height: 1180 }, desk: { width: 1440, height: 900 } };
const { check, look, walk } = makeWalk({ base, artefacts, widths, prefix: 'pages' });

// The browser asks again with the tag it keeps; the answer 304 must leave the policy, and so the styles, of the page it kept.
async function openedTwice(page) {
  const style = () => page.evaluate(() => ['body', 'h1', 'table', 'meter'].map((name) => {
    const found = document.querySelector(name);
    const { fontFamily, fontSize, width, margin } = found ? getComputedStyle(found) : {};
    return [name, fontFamily, fontSize, width, margin].join(' ');
  }).join('; '));
  for (const path of ['indicators', 'indicators/KPI-GD']) {
    await page.goto(base + path);
    const first = await style();
    const [answer] = await Promise.all([page.waitForResponse((response) => response.url() === base + path), page.reload()]);
    const rules = await page.evaluate(() => [...document.styleSheets].reduce((sum, sheet) => sum + sheet.cssRules.length, 0));
    check(`${path} opened twice keeps its style`, rules > 10 && (await style()) === first, `${answer.status()}, ${rules} rules`);
  }
}

async function dashboard(page) {
  for (const [name, path] of [['indicators', 'indicators'], ['indicator', 'indicators/KPI-GD']]) {
    await page.goto(base + path);
    await look(page, name);
  }
}

async function desks(page, pages) {
  for (const [name, path] of pages) {
    const answer = await page.goto(base + path);
    if (check(`${name}: ${answer.status()}`, answer.status() === 200)) await look(page, name);
  }
}

const firstOf = async (page, path, start) => {
  await page.goto(base + path);
  const link = await page.locator(`main a[href^="${start}"]`).first().getAttribute('href');
  return link.slice(1);
};

async function verifier(page) {
  await signIn(page, base, 'xac.minh', FIRST);
  await changePassword(page);
  await desks(page, [['home-verifier', 'staff'], ['export', 'staff/export'], ['evidence', 'staff/evidence'], ['service', 'staff/service'], ['policy', 'staff/policy'],
    ['help', 'staff/help']]);
  await desks(page, [['evidence-place', await firstOf(page, 'staff/evidence', '/staff/evidence/')]]);
  await page.goto(`${base}staff`);
  await press(page, 'Đăng xuất');
}

async function foodSafety(page) {
  await signIn(page, base, 'an.toan', FIRST);
  await changePassword(page);
  await desks(page, [['food', 'staff/food']]);
  const counts = await page.locator('.counters li b').allTextContents();
  await page.locator('.counters a').nth(counts.findIndex((count) => Number(count) > 0)).click();
  await look(page, 'food-list');
  const [place] = await page.locator('main td a[href^="/staff/food/"]').evaluateAll((links) => links.map((link) => link.getAttribute('href').slice(1)));
  await page.getByRole('link', { name: 'Lập lượt kiểm tra' }).click();
  await look(page, 'food-plan');
  await desks(page, [['food-place', place]]);
}

process.exit((await walk(openedTwice, dashboard, verifier, foodSafety)) ? 1 : 0);
