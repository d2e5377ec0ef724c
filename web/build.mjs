// Bundles the face into DIR: content-hashed files in three encodings, and the two files that put them into the C program.
//   node build.mjs --out DIR
//   DIR/bytes/<n>.id .gz .br   what is served as it is, gzip and brotli; .gz or .br is empty where it would save nothing
//   DIR/assets.S               the same bytes as symbols asset_<n>_id … asset_<n>_id_end, _gz, _br
//   DIR/assets.inc             ASSET(path, content_type, symbol_prefix, is_immutable), one line a file
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff': 'font/woff',
  '.webp': 'image/webp',
};
const ENCODINGS = { id: (bytes) => bytes, gz: gzip, br: brotli };
const WORTH = 0.95; // an encoding that saves less than 5 % is not kept

function gzip(bytes) {
  const packed = gzipSync(bytes, { level: 9 });
  packed[9] = 255; // the "made on" byte of the header: the same bytes on every machine
  return packed;
}

function brotli(bytes) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return brotliCompressSync(bytes, { params });
}

// Parts of OpenLayers that it imports whether used or not and this map never reaches: a sixth of the bundle.
// Each row: the module, and what stands in its place. Pins are exact and the smoke test runs every path, so an upgrade that needs one shows.
const LEFT_OUT = {
  'ol/render/canvas/style.js': 'export const flatStyleLikeToStyleFunction = () => null;', // styles here are functions
  'ol/reproj/Tile.js': 'export default class {}', // one projection only
  'ol/proj/utm.js': 'export const makeProjection = () => null, makeTransforms = () => null;',
  // another way of asking what lies under the pointer, with a renderer of its own
  'ol/render/canvas/hitdetect.js': 'export const HIT_DETECT_RESOLUTION = 0.5, createHitDetectionImageData = () => null, hitDetect = () => [];',
  'ol/control/defaults.js': 'export const defaults = () => [];', // the buttons are the page's own
};

const leaveOut = {
  name: 'leave-out',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]node_modules[\\/]ol[\\/]/ }, ({ path }) => {
      const name = path.replaceAll('\\', '/').split('/node_modules/').pop();
      return Object.hasOwn(LEFT_OUT, name) ? { contents: LEFT_OUT[name] } : undefined;
    });
  },
};

async function bundle() {
  const { outputFiles } = await build({
    absWorkingDir: here,
    entryPoints: { main: 'app/main.js', style: 'style.css', icon: 'icon.svg', review: 'app/review.js', 'review-style': 'review.css' },
    bundle: true,
    minify: true,
    format: 'esm',
    splitting: true, // what the map and the review queue share is kept and fetched once
    chunkNames: 'part-[hash]',
    target: ['chrome94', 'firefox93', 'safari15'],
    plugins: [leaveOut],
    loader: { '.woff': 'file', '.svg': 'copy' },
    entryNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    publicPath: '/a/',
    outdir: '/a',
    legalComments: 'none',
    write: false,
  });
  return outputFiles.map(({ path, contents }) => ({ path: '/a/' + basename(path), bytes: Buffer.from(contents), immutable: 1 }));
}

// index.html names its files without their hashes: {{main.js}}
function page(assets) {
  const text = readFileSync(join(here, 'index.html'), 'utf8').replace(/\{\{([\w.]+)\}\}/g, (whole, name) => {
    const [stem, end] = [basename(name, extname(name)), extname(name)];
    const found = assets.find(({ path }) => path.startsWith(`/a/${stem}-`) && path.endsWith(end));
    if (!found) throw new Error(`index.html names ${whole}, which the bundle has not`);
    return found.path;
  });
  return { path: '/', bytes: Buffer.from(text), immutable: 0, type: TYPES['.html'] };
}

// Pictures of the clerk's help page: beside the map's own files, and never asked for by the map.
const helpPictures = () =>
  readdirSync(join(here, 'help')).filter((name) => name.endsWith('.webp')).sort()
    .map((name) => ({ path: '/a/help-' + name, bytes: readFileSync(join(here, 'help', name)), immutable: 0 }));

function encode(asset) {
  const forms = {};
  for (const [name, work] of Object.entries(ENCODINGS)) {
    const bytes = work(asset.bytes);
    forms[name] = name === 'id' || bytes.length < WORTH * asset.bytes.length ? bytes : Buffer.alloc(0);
  }
  return { ...asset, forms };
}

const assembly = (assets) =>
  `/* made by web/build.mjs: do not edit */
        .section .rodata,"a",%progbits
${assets
  .flatMap((asset, n) =>
    Object.keys(ENCODINGS).map(
      (form) => `        .balign 8
        .globl asset_${n}_${form}
        .globl asset_${n}_${form}_end
asset_${n}_${form}:
        .incbin "bytes/${n}.${form}"
asset_${n}_${form}_end:
        .byte 0`,
    ),
  )
  .join('\n')}
        .section .note.GNU-stack,"",%progbits
`;

const table = (assets) =>
  `/* made by web/build.mjs: do not edit.  ASSET(path, content_type, symbol_prefix, is_immutable) */
${assets.map(({ path, type, immutable }, n) => `ASSET("${path}", "${type ?? TYPES[extname(path)]}", asset_${n}, ${immutable})`).join('\n')}
`;

function write(out, assets) {
  rmSync(join(out, 'bytes'), { recursive: true, force: true });
  mkdirSync(join(out, 'bytes'), { recursive: true });
  assets.forEach(({ forms }, n) => {
    for (const [form, bytes] of Object.entries(forms)) writeFileSync(join(out, 'bytes', `${n}.${form}`), bytes);
  });
  writeFileSync(join(out, 'assets.inc'), table(assets));
  writeFileSync(join(out, 'assets.S'), assembly(assets));
}

function report(assets) {
  const smallest = ({ forms }, form) => forms[form].length || forms.id.length;
  for (const asset of assets) console.log(`${String(smallest(asset, 'gz')).padStart(7)} gz ${String(smallest(asset, 'br')).padStart(7)} br  ${asset.path}`);
  const sum = (form) => (assets.reduce((total, asset) => total + smallest(asset, form), 0) / 1024).toFixed(1);
  const digest = createHash('sha256').update(table(assets)).digest('hex').slice(0, 12);
  console.log(`${assets.length} files, ${sum('id')} KB, gzip ${sum('gz')} KB, brotli ${sum('br')} KB, ${digest}`);
}

export async function make(out) {
  const files = (await bundle()).sort((a, b) => (a.path < b.path ? -1 : 1));
  const assets = [page(files), ...files].map(encode);
  write(out, [...assets, ...helpPictures().map(encode)]);
  report(assets);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const at = process.argv.indexOf('--out');
  if (at < 0 || !process.argv[at + 1]) {
    console.error('usage: node build.mjs --out DIR');
    process.exit(2);
  }
  await make(resolve(process.argv[at + 1]));
}
