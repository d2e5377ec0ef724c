// The map on paper: A4 or A3 with title, legend, scale and date. The page is laid out first, then the map is drawn for its size.
import { $ } from './dom.js';
import { date, t } from './language.js';

const MILLIMETRE = 96 / 25.4;
const MARGIN = 10;
const PAPER = { a4: [297, 210], a3: [420, 297] };
const HEAD = 34; // title above, legend and source below

export function makePrint({ map, ward }) {
  const dialog = $('#print');
  const root = document.documentElement;
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];

  function layOut() {
    const form = new FormData($('#print-form'));
    let [width, height] = PAPER[form.get('paper')];
    if (form.get('turn') === 'portrait') [width, height] = [height, width];
    const box = [width - 2 * MARGIN, height - 2 * MARGIN - HEAD].map((side) => Math.floor(side * MILLIMETRE));
    sheet.replaceSync(
      `@page{size:${width}mm ${height}mm;margin:${MARGIN}mm}html.printing .stage{width:${box[0]}px;height:${box[1]}px}`,
    );
    $('#sheet-title').textContent = form.get('title');
    $('#sheet-foot').textContent = t('print_foot', { ward: ward(), date: date(new Date(Date.now() + 7 * 3600e3).toISOString()) });
    root.classList.add('printing');
    $('#legend').open = true;
  }

  let seen = null; // the ground on the screen before

  function restore() {
    root.classList.remove('printing');
    if (seen) map.drawn(seen);
    seen = null;
  }

  addEventListener('afterprint', restore);
  $('#open-print').addEventListener('click', () => {
    $('#print-form').elements.title.value = document.title;
    dialog.showModal();
  });
  $('#print-close').addEventListener('click', () => dialog.close());
  $('#print-form').addEventListener('submit', async () => {
    seen = map.bbox();
    layOut();
    await map.drawn(seen);
    print();
  });
}
