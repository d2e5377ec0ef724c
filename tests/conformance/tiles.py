#!/usr/bin/python3
"""OGC API - Tiles Part 1: the requirements that can be checked over HTTP, by id.

usage: tiles.py MAPD      one line per requirement, ends with "N passed, N failed"
"""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from run import JSON, links_of, media, run
import serve

CONF = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/"
CLASSES = {CONF + name: [name] for name in ("core", "tileset", "tilesets-list", "geodata-tilesets", "oas30", "mvt")}
REL = "http://www.opengis.net/def/rel/ogc/1.0/"
QUAD = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
MERCATOR = "http://www.opengis.net/def/crs/EPSG/0/3857"
MVT = "application/vnd.mapbox-vector-tile"
WORLD = 20037508.342789244


def filled(template, z, row, col):
    return template.replace("{tileMatrix}", str(z)).replace("{tileRow}", str(row)).replace("{tileCol}", str(col))


def grid(r):
    listing = r.json("/ogc/tileMatrixSets")["tileMatrixSets"]
    r.expect("tileset/tileset-tms", [one["uri"] for one in listing] == [QUAD] and links_of(listing[0], "self"))
    matrices = r.json(links_of(listing[0], "self")[0]["href"])
    r.expect("tileset/tileset-tms", matrices["crs"] == MERCATOR and matrices["id"] == "WebMercatorQuad")
    for z, matrix in enumerate(matrices["tileMatrices"]):
        size = 2 * WORLD / (256 << z)
        good = (matrix["id"] == str(z) and abs(matrix["cellSize"] - size) < 1e-9 * size and matrix["matrixWidth"] == matrix["matrixHeight"] == 1 << z
                and abs(matrix["scaleDenominator"] - size / 0.00028) < 1e-6 * size / 0.00028 and matrix["tileWidth"] == matrix["tileHeight"] == 256
                and all(abs(abs(v) - WORLD) < 1e-6 for v in matrix["pointOfOrigin"]))
        r.expect("tileset/tileset-tms", good, matrix)
    landing = r.json("/ogc/")
    r.expect("tileset/tileset-tms", [link for link in links_of(landing, REL + "tiling-schemes") if link["type"] == JSON])


def lists(r, collection):
    link = links_of(collection, REL + "tilesets-vector")
    r.expect("geodata-tilesets/desc-links", len(link) == 1 and link[0]["type"] == JSON, collection["id"])
    answer = r.get(link[0]["href"])
    r.expect("tilesets-list/tileset-list-op", answer.status == 200)
    document = answer.json()
    r.expect("tilesets-list/tilesetlist-success", media(answer) == JSON and links_of(document, "self") and document["tilesets"])
    for one in document["tilesets"]:
        r.expect("tilesets-list/tilesetlist-success", one["dataType"] == "vector" and one["crs"] == MERCATOR and one["title"])
        r.expect("tilesets-list/tilesetlist-success", one["tileMatrixSetURI"] == QUAD)
        for rel in ("self", REL + "tiling-scheme"):
            found = links_of(one, rel)
            r.expect("tilesets-list/tilesetlist-success", found and r.get(found[0]["href"]).status == 200 and found[0]["type"] == JSON, rel)
    return links_of(document["tilesets"][0], "self")[0]["href"]


def tileset(r, collection, href):
    answer = r.get(href)
    r.expect("tileset/desc-op", answer.status == 200 and media(answer) == JSON)
    document = answer.json()
    items = links_of(document, "item")
    r.expect("tileset/tileset-links", len(items) == 1 and items[0].get("templated") is True and items[0]["type"] == MVT, items)
    r.expect("tileset/tileset-links", set(re.findall(r"{(\w+)}", items[0]["href"])) == {"tileMatrix", "tileRow", "tileCol"})
    r.expect("tileset/tileset-links", all(link.get("rel") and link.get("type") for link in document["links"]))
    r.expect("tileset/tileset-tms", document["tileMatrixSetURI"] == QUAD and document["crs"] == MERCATOR)
    data = links_of(document, REL + "geodata")
    r.expect("geodata-tilesets/desc-links", data and r.json(data[0]["href"])["id"] == collection["id"])
    limits = {one["tileMatrix"]: one for one in document.get("tileMatrixSetLimits", [])}
    if "spatial" in collection["extent"]:
        r.expect("tileset/tileset-limits", limits and all(one["minTileRow"] <= one["maxTileRow"] < 1 << int(z) and one["minTileCol"] <= one["maxTileCol"]
                                                         for z, one in limits.items()), limits)
    r.expect("tileset/tileset-layers", [layer["id"] for layer in document["layers"]] == [collection["id"]])
    return items[0]["href"], limits


def tiles(r, collection, template, limits):
    """Every tile within the limits of a zoom; those around them are empty."""
    for z in ("0", "10", "14"):
        limit = limits.get(z, {"minTileRow": 0, "maxTileRow": 0, "minTileCol": 0, "maxTileCol": 0})
        full = 0
        for row in range(limit["minTileRow"], limit["maxTileRow"] + 1):
            for col in range(limit["minTileCol"], limit["maxTileCol"] + 1):
                answer = r.get(filled(template, z, row, col))
                r.expect("core/tc-success", answer.status == (200 if answer.body else 204), (template, z, row, col))
                r.expect("core/tc-empty", answer.headers.get("oatiles-hint") == ("full" if answer.body else "empty"))
                full += one_tile(r, collection, answer)
        if z == "14":  # small areas vanish below it
            r.expect("core/tc-op", full > 0 or not limits, (collection["id"], z))
    top = 1 << 3
    for z, row, col in (("3", top, 0), ("3", 0, top), ("23", 0, 0), ("x", 0, 0), ("3", "-1", 0), ("3", "a", 0)):
        r.expect("core/tc-error", r.get(filled(template, z, row, col)).status in (400, 404), (z, row, col))
    r.expect("core/tc-empty", r.get(filled(template, "14", 0, 0)).status == 204 and not r.get(filled(template, "14", 0, 0)).body)
    r.expect("core/tc-error", r.get(filled(template, "0", 0, 0) + "?unknownQueryParameter=1").status == 400)


def one_tile(r, collection, answer):
    if answer.status != 200:
        return 0
    r.expect("mvt/content", media(answer) == MVT)
    layers = serve.decode_layers(answer.body)
    r.expect("mvt/content", list(layers) == [collection["id"]] and all(layers.values()), layers)
    return 1


def negotiation(r):
    template = "/ogc/collections/wards/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}"
    z, col, row = serve.tile_of(108.21, 16.05, 14)
    r.expect("mvt/content", media(r.get(filled(template, z, row, col), Accept=MVT)) == MVT)
    api = r.json("/ogc/api")
    path = "/collections/{collection}/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}"
    responses = api["paths"][path]["get"]["responses"]
    r.expect("mvt/content", MVT in responses["200"]["content"])
    r.expect("core/tc-success", {"200", "204", "400", "404"} <= set(responses))
    r.expect("core/conformance-success", set(CLASSES) <= set(r.json("/ogc/conformance")["conformsTo"]))


# table 11 of the standard: how the name of an operation ends
SUFFIXES = {"": "getTileMatrixSetsList getTileMatrixSet", ".collection.vector.": "getTileSetsList getTileSet getTile"}


def described(r):
    """The API document tells all of it."""
    answer = r.get("/ogc/api", Accept="application/vnd.oai.openapi+json;version=3.0")
    r.expect("oas30/oas-impl", answer.status == 200 and answer.headers["content-type"].replace(" ", "") == "application/vnd.oai.openapi+json;version=3.0")
    api = answer.json()
    r.expect("oas30/oas-definition-2", api["openapi"].startswith("3.0") and api["info"]["title"] and api["servers"][0]["url"].endswith("/ogc"))
    ids = [operation["get"]["operationId"] for operation in api["paths"].values()]
    r.expect("oas30/operation-id", len(ids) == len(set(ids)), ids)
    for prefix, names in SUFFIXES.items():
        for name in names.split():
            r.expect("oas30/operation-id", sum(one.endswith(prefix + name) for one in ids) == 1, prefix + name)
    for path, operation in api["paths"].items():
        holes = re.findall(r"{(\w+)}", path)
        declared = [p["name"] for p in operation["get"]["parameters"] if p["in"] == "path"]
        r.expect("oas30/completeness", holes == declared and all(p["required"] for p in operation["get"]["parameters"] if p["in"] == "path"), path)
        r.expect("oas30/completeness", "200" in operation["get"]["responses"] and ("404" in operation["get"]["responses"] or not holes), path)
        for status, one in operation["get"]["responses"].items():
            known = one["$ref"].split("/")[-1] in api["components"]["responses"] if "$ref" in one else one["description"]
            r.expect("oas30/exceptions-codes", known, (path, status))
    for path in (p for p in api["paths"] if "tileMatrix}" in p):
        r.expect("core/tc-op", re.findall(r"{(\w+)}", path)[-3:] == ["tileMatrix", "tileRow", "tileCol"], path)


def check(r):
    described(r)
    grid(r)
    for collection in r.json("/ogc/collections")["collections"]:
        template, limits = tileset(r, collection, lists(r, collection))
        tiles(r, collection, template, limits)
    r.expect("tilesets-list/tileset-list-op", r.get("/ogc/collections/nosuch/tiles").status == 404)
    r.expect("tileset/desc-op", r.get("/ogc/collections/wards/tiles/NoSuchGrid").status == 404)
    negotiation(r)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1], check, (CONF,), CLASSES))
