/* @camptocamp/ogc-client over our API: what it understands is printed as one JSON object. usage: ogc_client.mjs BASE */
import { OgcApiEndpoint } from "@camptocamp/ogc-client";

const collection = "establishments";
const endpoint = new OgcApiEndpoint(process.argv[2] + "/ogc/");
const items = await endpoint.getCollectionItems(collection, 5);
const second = await endpoint.getCollectionItems(collection, 5, 5);
const box = await endpoint.getCollectionItems(collection, 1000, 0, null, null, [108.2, 16.05, 108.21, 16.055]);
console.log(JSON.stringify({
  info: await endpoint.info,
  features: await endpoint.hasFeatures,
  tiles: await endpoint.hasTiles,
  classes: await endpoint.conformanceClasses,
  collections: await endpoint.featureCollections,
  about: await endpoint.getCollectionInfo(collection),
  ids: items.map((item) => item.id),
  next: second.map((item) => item.id),
  box: box.map((item) => item.id),
  one: await endpoint.getCollectionItem(collection, items[0].id),
  tileset: await endpoint.getVectorTilesetUrl(collection),
}));
