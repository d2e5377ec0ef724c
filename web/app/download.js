// What the filters leave, as a file: links that any browser follows, written anew whenever the filters change.
import { $, h } from './dom.js';
import { number, t } from './language.js';
import { exportURL, getJSON, itemsURL } from './server.js';

const KINDS = { xlsx: 'Excel (XLSX)', csv: 'CSV', geojson: 'GeoJSON', gpkg: 'GeoPackage (QGIS)', kml: 'KML' };

export function makeDownload() {
  const box = $('#download');
  const what = $('#download-what');
  let asked = null;

  async function count() {
    const mine = asked;
    what.textContent = '';
    const { numberMatched } = await getJSON(itemsURL(mine.collection, mine.filters, null, 1));
    if (mine === asked) what.textContent = t('download_what', { n: number(numberMatched) });
  }

  box.addEventListener('toggle', () => box.open && asked && count().catch(() => {}));

  return function follow(collection, filters) {
    asked = { collection, filters };
    $('#download-as').replaceChildren(
      ...Object.entries(KINDS).map(([kind, words]) => h('a', { class: 'button', href: exportURL(collection, filters, kind), download: '' }, words)),
    );
    if (box.open) count().catch(() => {});
  };
}
