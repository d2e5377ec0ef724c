// Vector tiles of our own server, and of nobody else.
import { buffer } from 'ol/extent.js';
import MVT from 'ol/format/MVT.js';
import VectorTileSource from 'ol/source/VectorTile.js';
import { createXYZ } from 'ol/tilegrid.js';
import { get } from './server.js';

const ERROR = 3; // ol/TileState
// Base layers: id and the first zoom at which it is worth asking for.
const BASE = [
  ['wards', 0],
  ['water', 10],
  ['green', 12],
  ['roads', 10],
  ['streets', 13],
  ['residential-groups', 12],
  ['wards_label', 10],
  ['residential-groups_label', 15],
  ['water_label', 13],
];
const BASE_DEEPEST = 16; // a tile of 4096 steps is exact to 15 cm there; deeper views stretch it
const POINTS_DEEPEST = 18;
// The server counts clusters in cells of an eighth of a tile: 48 pixels here, just wider than the circle drawn for one.
const POINTS_TILE = 384;
const CELLS = 8;

const format = new MVT();

async function readTile(url, options) {
  const answer = await get(url);
  if (answer.status === 204) return [];
  if (!answer.ok) throw new Error(url + ': ' + answer.status);
  return format.readFeatures(await answer.arrayBuffer(), options);
}

// `urls` names the tiles to be drawn as one; `key` is what OpenLayers tells them apart by.
function source(tileGrid, key, urls, onTile = () => {}) {
  return new VectorTileSource({
    format,
    tileGrid,
    url: key + '/{z}/{x}/{y}',
    tileLoadFunction(tile) {
      const [z, x, y] = tile.getTileCoord();
      tile.setLoader(async (extent, resolution, projection) => {
        const options = { extent, featureProjection: projection };
        try {
          const parts = await Promise.all(urls(z, x, y).map((url) => readTile(url, options)));
          tile.setFeatures(parts.flat());
          onTile(z, x, y, parts.flat());
        } catch {
          onTile(z, x, y, []);
          tile.setState(ERROR);
        }
      });
    },
  });
}

// All base layers of one square in one tile: one canvas to draw, one set of labels to keep apart.
// Squares of 512 pixels: a quarter of the requests.
export function baseSource() {
  return source(createXYZ({ tileSize: 512, maxZoom: BASE_DEEPEST }), 'base', (z, x, y) =>
    BASE.filter(([, from]) => z >= from - 1).map(([id]) => `/tiles/${id}/${z}/${x}/${y}.mvt`),
  );
}

export function pointSource(collection, filters) {
  const query = new URLSearchParams(filters).toString();
  const tileGrid = createXYZ({ tileSize: POINTS_TILE, maxZoom: POINTS_DEEPEST });
  const read = new Map();
  const result = source(
    tileGrid,
    `${collection}?${query}`,
    (z, x, y) => [`/tiles/${collection}/${z}/${x}/${y}.mvt${query && '?' + query}`],
    (z, x, y, features) => read.set(`${z}/${x}/${y}`, features),
  );
  // What the tiles of one view hold, or null while one is missing. (OpenLayers' own answer would mix in tiles of the source before,
  // and its "rendercomplete" also comes at the end of a zoom, just before the new tiles are asked for.)
  const within = (extent, resolution) => {
    const found = [];
    const z = tileGrid.getZForResolution(resolution, result.zDirection);
    tileGrid.forEachTileCoord(buffer(extent, -resolution), z, (tile) => found.push(read.get(tile.join('/'))));
    return found.includes(undefined) ? null : found.flat();
  };
  // Whether two spots are counted in the same cluster: the server's grid of cells over the world.
  const together = (a, b, resolution) => {
    const z = tileGrid.getZForResolution(resolution, result.zDirection);
    const side = (tileGrid.getResolution(z) * POINTS_TILE) / CELLS;
    return a.every((value, i) => Math.floor(value / side) === Math.floor(b[i] / side));
  };
  return { source: result, within, together };
}
