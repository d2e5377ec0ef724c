// Small pictures for the help page, out of what the browser's tests have left:
//   node tests/web/pictures.mjs ARTEFACT_DIR web/help
// Run it after ctest -L browser when a page has changed its face, look at the result, and commit it.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BROWSER, chromium } from './browser.mjs';

const [from, to] = process.argv.slice(2);
const PICTURES = {
  import: 'staff-mapping-desk', record: 'office-record', drag: 'office-drag', labels: 'office-labels', indicators: '07-indicators', notices: 'office-notices',
};
const WIDTH = 880;
const MOST_HIGH = 620;

const browser = await chromium.launch(BROWSER);
const page = await browser.newPage();
for (const [name, source] of Object.entries(PICTURES)) {
  const file = join(from, source + '.png');
  if (!existsSync(file)) {
    console.log(`left as it is: ${name} (no ${file})`);
    continue;
  }
  const data = await page.evaluate(
    async ([bytes, width, most]) => {
      const image = new Image();
      image.src = 'data:image/png;base64,' + bytes;
      await image.decode();
      const scale = width / image.width;
      const canvas = document.createElement('canvas');
      canvas.width = width;
      canvas.height = Math.min(most, image.height * scale);
      canvas.getContext('2d').drawImage(image, 0, 0, width, image.height * scale);
      return canvas.toDataURL('image/webp', 0.6);
    },
    [readFileSync(file).toString('base64'), WIDTH, MOST_HIGH],
  );
  const bytes = Buffer.from(data.split(',')[1], 'base64');
  writeFileSync(join(to, name + '.webp'), bytes);
  console.log(`${name}: ${bytes.length} bytes`);
}
await browser.close();
