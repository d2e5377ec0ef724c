#!/usr/bin/python3
"""OGC API - Features Part 1 and Part 2: the requirements that can be checked over HTTP, by id.

usage: features.py MAPD      one line per requirement, ends with "N passed, N failed"
"""
import datetime
import math
import os
import random
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from run import GEOJSON, HTML, JSON, links_of, media, numbers_in, run
import ward

PART1, PART2 = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/", "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/"
CLASSES = {PART1 + "core": ["core"], PART1 + "geojson": ["geojson"], PART1 + "html": ["html"], PART1 + "oas30": ["oas30"], PART2 + "crs": ["crs"]}
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
DEF = "http://www.opengis.net/def/crs/"
CRS84, LATLON, MERCATOR, VN2000 = DEF + "OGC/1.3/CRS84", DEF + "EPSG/0/4326", DEF + "EPSG/0/3857", DEF + "EPSG/0/5899"


def quoted(uri):
    return uri.replace(":", "%3A").replace("/", "%2F")


def walk(r, target):
    """All features behind the next links, and the last page."""
    features = []
    while target:
        page = r.json(target)
        features += page["features"]
        target = next((link["href"] for link in links_of(page, "next")), None)
    return features, page


def shapes(features):
    return [f["geometry"] for f in features if f["geometry"]]


# --- Part 1: landing, api, conformance ---

def landing(r):
    answer = r.get("/ogc/")
    r.expect("core/root-op", answer.status == 200)
    document = answer.json()
    r.expect("core/root-success", media(answer) == JSON, media(answer))
    for rel in ("service-desc", "conformance", "data"):
        r.expect("core/root-success", links_of(document, rel), rel)
    for link in document["links"]:
        r.expect("core/root-success", link.get("rel") and link.get("type"), link)
    description = links_of(document, "service-desc")[0]
    answer = r.get(description["href"])
    r.expect("core/api-definition-op", answer.status == 200)
    r.expect("core/api-definition-success", description["type"].replace(" ", "") == OPENAPI and answer.headers["content-type"].replace(" ", "") == OPENAPI)
    answer = r.get("/ogc/conformance")
    r.expect("core/conformance-op", answer.status == 200)
    classes = answer.json()["conformsTo"]
    r.expect("core/conformance-success", PART1 + "core" in classes and len(classes) == len(set(classes)), classes)


def http(r):
    items = "/ogc/collections/establishments/items"
    for target in ("/ogc/", items, f"{items}/{ward.code(20)}"):
        r.expect("core/http", r.get(target).status == 200)
        r.expect("core/http", r.get(target, Accept="application/xml").status == 406, target)
    r.expect("core/query-param-unknown", r.get("/ogc/collections?unknownQueryParameter=1").status == 400)
    r.expect("core/query-param-unknown", r.get(f"{items}/{ward.code(20)}?unknownQueryParameter=1").status == 400)
    r.expect("core/cross-origin", r.get(items).headers.get("access-control-allow-origin") == "*")


# --- Part 1: collections ---

def collections(r):
    answer = r.get("/ogc/collections")
    r.expect("core/fc-md-op", answer.status == 200)
    document = answer.json()
    r.expect("core/fc-md-success", media(answer) == JSON and isinstance(document["links"], list) and document["collections"])
    for rel, kind in (("self", JSON), ("alternate", HTML)):
        r.expect("core/fc-md-links", [link["type"] for link in links_of(document, rel)] == [kind], rel)
    for collection in document["collections"]:
        items = links_of(collection, "items")
        r.expect("core/fc-md-items", collection["id"] and {link["type"] for link in items} == {GEOJSON, HTML}, items)
        r.expect("core/fc-md-items-links", all(link.get("rel") and link.get("type") for link in collection["links"]))
        box = collection["extent"].get("spatial", {}).get("bbox", [[0, 0, 0, 0]])[0]
        r.expect("core/fc-md-extent", len(box) in (4, 6) and collection["extent"]["temporal"]["interval"], box)
        one_collection(r, collection)
    r.expect("core/sfc-md-op", r.get("/ogc/collections/nosuch").status == 404)
    return document["collections"]


def one_collection(r, collection):
    answer = r.get(f"/ogc/collections/{collection['id']}")
    r.expect("core/sfc-md-op", answer.status == 200)
    alone = answer.json()
    for key in ("id", "title", "description", "extent", "itemType"):
        r.expect("core/sfc-md-success", alone.get(key) == collection.get(key), key)
    r.expect("core/sfc-md-success", all(link in alone["links"] for link in collection["links"]))


# --- Part 1: items ---

def items(r, collection):
    target = f"/ogc/collections/{collection['id']}/items"
    before = datetime.datetime.utcnow().replace(microsecond=0) - datetime.timedelta(seconds=1)
    answer = r.get(target)
    after = datetime.datetime.utcnow() + datetime.timedelta(seconds=1)
    r.expect("core/fc-op", answer.status == 200)
    page = answer.json()
    r.expect("core/fc-response", page["type"] == "FeatureCollection" and media(answer) == GEOJSON)
    for rel, kind in (("self", GEOJSON), ("alternate", HTML)):
        r.expect("core/fc-links", [link["type"] for link in links_of(page, rel)] == [kind], (target, rel))
    r.expect("core/fc-rel-type", all(link.get("rel") and link.get("type") for link in page["links"]))
    stamp = datetime.datetime.strptime(page["timeStamp"], "%Y-%m-%dT%H:%M:%SZ")
    r.expect("core/fc-timeStamp", before <= stamp <= after, (before, stamp, after))
    r.expect("core/fc-numberReturned", page["numberReturned"] == len(page["features"]))
    every, last = walk(r, target + "?limit=7")
    ids = [f["id"] for f in every]
    r.expect("core/fc-numberMatched", page["numberMatched"] == last["numberMatched"] == len(ids) == len(set(ids)), (target, len(ids)))
    limits(r, target, page["numberMatched"])
    for query in ("unknownQueryParameter=1", "bbox=1,2,3", "bbox=1,2,a,4", "datetime=nonsense"):
        name = "core/query-param-unknown" if query.startswith("unknown") else "core/query-param-invalid"
        r.expect(name, r.get(f"{target}?{query}").status == 400, query)
    extent = collection["extent"].get("spatial", {}).get("bbox")
    for shape in shapes(every):
        west, south, east, north = extent[0]
        inside = all(west <= p[0] <= east and south <= p[1] <= north for p in numbers_in(shape["coordinates"]))
        r.expect("core/fc-md-extent", inside, (target, extent))
    return every


def limits(r, target, matched):
    for limit in (1, 3, 50):
        r.expect("core/fc-limit-response-1", r.json(f"{target}?limit={limit}")["numberReturned"] == min(limit, matched), limit)
    r.expect("core/fc-limit-response-1", r.json(f"{target}?limit=99999999")["numberReturned"] == min(matched, 10000))
    for limit in ("0", "-1", "1.5", "unlimited", ""):
        r.expect("core/fc-limit-definition", r.get(f"{target}?limit={limit}").status == 400, limit)


def meets_box(shape, box):
    """Only for points: is it in the box, which may cross the antimeridian?"""
    west, south, east, north = box
    x, y = shape["coordinates"][:2]
    return south <= y <= north and (west <= x <= east if west <= east else x >= west or x <= east)


def boxes(r, collection, every):
    target = f"/ogc/collections/{collection['id']}/items"
    probes = [(-1.5, 50, 1.5, 53), (-80, -5, -70, 5), (177, 65, -177, 70), (-180, 85, 180, 90), (-180, -90, 180, -85), (108.2, 16.05, 108.21, 16.055)]
    if "spatial" in collection["extent"]:
        probes.append(tuple(collection["extent"]["spatial"]["bbox"][0]))
    for box in probes:
        answer = r.get(f"{target}?limit=10000&bbox={','.join(map(str, box))}")
        found = answer.json()["features"] if answer.status == 200 else []
        r.expect("core/fc-bbox-definition", answer.status == 200, box)
        r.expect("core/fc-bbox-response", {f["id"] for f in every if not f["geometry"]} <= {f["id"] for f in found}, "features without geometry")
        if any(s["type"] == "Point" for s in shapes(every)):
            wanted = {f["id"] for f in every if not f["geometry"] or meets_box(f["geometry"], box)}
            r.expect("core/fc-bbox-response", {f["id"] for f in found} == wanted, (target, box, len(found), len(wanted)))
    if "spatial" in collection["extent"]:
        r.expect("core/fc-bbox-response", len(found) == len(every), "the whole extent")
    r.expect("core/fc-bbox-definition", r.get(f"{target}?bbox=0,-91,1,1").status == 400)


def times(r, collection, every):
    target = f"/ogc/collections/{collection['id']}/items?limit=1&datetime="
    for text in ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z/2026-12-31T00:00:00Z", "../2026-12-31T00:00:00Z", "2020-01-01T00:00:00Z/..",
                 "/2026-12-31T00:00:00Z", "2020-01-01T00:00:00Z/", "2026-01-01T00:00:00.25Z"):
        answer = r.get(target + text)
        r.expect("core/fc-time-definition", answer.status == 200, text)
        if collection["id"] in ("streets", "wards"):  # they have no time
            r.expect("core/fc-time-response", answer.json()["numberMatched"] == len(every), text)
    if collection["id"] == "establishments":
        counts = [r.json(target + text)["numberMatched"] for text in ("2026-07-01T12:00:00Z", "2024-06-01T00:00:00Z", "../2024-06-01T00:00:00Z")]
        r.expect("core/fc-time-response", counts == [ward.ESTABLISHMENTS - 1, 0, 0], counts)


def fields(r):
    target = "/ogc/collections/establishments/items?limit=10000&"
    every = r.json(target)["features"]
    for name, value in (("status", "ceased"), ("kind", "enterprise"), ("accepts_qr", True)):
        found = r.json(f"{target}{name}={str(value).lower() if value is True else value}")["features"]
        r.expect("core/filter-param", {f["id"] for f in found} == {f["id"] for f in every if f["properties"][name] == value} and found, name)


def one_item(r, collection, every):
    for feature in every[:3]:
        target = f"/ogc/collections/{collection['id']}/items/{feature['id']}"
        answer = r.get(target)
        r.expect("core/f-op", answer.status == 200, target)
        alone = answer.json()
        r.expect("core/f-success", media(answer) == GEOJSON and alone["id"] == feature["id"] and alone["properties"] == feature["properties"])
        for rel, kind in (("self", GEOJSON), ("alternate", HTML), ("collection", JSON)):
            r.expect("core/f-links", [link["type"] for link in links_of(alone, rel)] == [kind], (target, rel))
    r.expect("core/f-op", r.get(f"/ogc/collections/{collection['id']}/items/nosuch").status == 404)


def geojson(r, collection, every):
    answer = r.get(f"/ogc/collections/{collection['id']}/items", Accept=GEOJSON)
    r.expect("geojson/definition", media(answer) == GEOJSON)
    for feature in every:
        r.expect("geojson/content", feature["type"] == "Feature" and isinstance(feature["properties"], dict) and "geometry" in feature)
    for shape in shapes(every):
        good = all(-180 <= p[0] <= 180 and -90 <= p[1] <= 90 for p in numbers_in(shape["coordinates"]))
        r.expect("geojson/content", good, shape["type"])


def html(r, collection, every):
    base = f"/ogc/collections/{collection['id']}"
    for target in ("/ogc/", "/ogc/conformance", "/ogc/collections", base, base + "/items", f"{base}/items/{every[0]['id']}" if every else base):
        page, document = r.get(target, Accept=HTML), r.json(target)
        r.expect("html/definition", page.status == 200 and media(page) == HTML, target)
        for link in document["links"]:
            path = re.sub(r"^https?://[^/]+", "", link["href"]).replace("&", "&amp;")
            path = path.replace("f=json", "f=html") if link["rel"] in ("next", "prev") else path
            if link["rel"] not in ("self", "alternate", "items", "collection", "canonical"):
                r.expect("html/content", path in page.text(), (target, link["rel"]))
    if every:
        page = r.get(f"{base}/items/{every[0]['id']}", Accept=HTML).text()
        r.expect("html/content", str(every[0]["id"]) in page and "application/ld+json" in page)


# --- Part 1: the API document ---

def resolved(document, thing):
    while "$ref" in thing:
        at = document
        for key in thing["$ref"][2:].split("/"):
            at = at[key]
        thing = at
    return thing


def oas30(r, collections):
    answer = r.get("/ogc/api", Accept=OPENAPI)
    document = answer.json()
    r.expect("oas30/oas-definition-1", answer.status == 200 and media(answer) == OPENAPI.split(";")[0])
    r.expect("oas30/oas-definition-2", document["openapi"].startswith("3.0.") and document["info"]["title"] and document["info"]["version"])
    r.expect("oas30/oas-impl", r.get("/ogc/collections").status == 200 and "/collections" in document["paths"])
    for path, operations in document["paths"].items():
        responses = operations["get"]["responses"]
        for status in ("200", "400", "500"):
            r.expect("oas30/completeness", status in responses and resolved(document, responses[status])["description"], (path, status))
        r.expect("oas30/exceptions-codes", all(int(status) for status in responses))
    for collection in collections:
        operation = document["paths"][f"/collections/{collection['id']}/items"]["get"]
        api_parameters(r, {p["name"]: resolved(document, p) for p in operation["parameters"]})
        r.expect("oas30/exceptions-codes", "application/problem+json" in resolved(document, operation["responses"]["400"])["content"])
        r.expect("crs/ogc-crs-header", "Content-Crs" in operation["responses"]["200"]["headers"])
    r.expect("oas30/security", "security" not in document)


def api_parameters(r, by_name):
    plain = lambda p: p["in"] == "query" and p["required"] is False and p["style"] == "form" and p["explode"] is False
    box, limit, when = by_name["bbox"], by_name["limit"], by_name["datetime"]
    schema = box["schema"]
    r.expect("core/fc-bbox-definition", plain(box) and schema["type"] == "array" and (schema["minItems"], schema["maxItems"]) == (4, 6)
             and schema["items"]["type"] == "number")
    schema = limit["schema"]
    r.expect("core/fc-limit-definition", plain(limit) and schema["type"] == "integer" and 1 <= schema["minimum"] <= schema["default"] <= schema["maximum"])
    r.expect("core/fc-time-definition", plain(when) and when["schema"]["type"] == "string")
    for name in ("crs", "bbox-crs"):
        schema = by_name[name]["schema"]
        r.expect(f"crs/fc-{name}-definition", plain(by_name[name]) and schema["type"] == "string" and schema["format"] == "uri" and CRS84 in schema["enum"])


# --- Part 2 ---

def to_mercator(lon, lat):
    return math.radians(lon) * 6378137, math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)) * 6378137


def systems(r, collections):
    document = r.json("/ogc/collections")
    for collection in collections:
        known = [uri for entry in collection["crs"] for uri in (document["crs"] if entry == "#/crs" else [entry])]
        r.expect("crs/crs-uri", all(re.fullmatch(r"http://www\.opengis\.net/def/crs/\w+/[\d.]+/\w+", uri) for uri in known), known)
        r.expect("crs/fc-md-crs-list", CRS84 in known and {LATLON, MERCATOR, VN2000} <= set(known))
        r.expect("crs/fc-md-storageCrs-valid-value", collection["storageCrs"] in known)
        answers(r, collection, known)
    unsupported = quoted(DEF + "0/unsupported")
    for target in (f"items?crs={unsupported}", f"items/{ward.code(20)}?crs={unsupported}"):
        r.expect("crs/fc-crs-valid-value", r.get(f"/ogc/collections/establishments/{target}").status == 400, target)
    answer = r.get(f"/ogc/collections/establishments/items?bbox=1,2,3,4&bbox-crs={unsupported}")
    r.expect("crs/fc-bbox-crs-valid-value", answer.status == 400)


def answers(r, collection, known):
    base = f"/ogc/collections/{collection['id']}/items"
    plain = r.get(base)
    r.expect("crs/fc-crs-default-value", plain.headers.get("content-crs") == f"<{CRS84}>", plain.headers.get("content-crs"))
    features = plain.json()["features"]
    targets = [base] + [f"{base}/{feature['id']}" for feature in features[:1]]
    for uri in known:
        for target in targets:
            answer = r.get(f"{target}?crs={quoted(uri)}")
            r.expect("crs/fc-crs-action", answer.status == 200 and answer.headers.get("content-crs") == f"<{uri}>", (target, uri))
            r.expect("crs/ogc-crs-header", answer.headers.get("content-crs") == f"<{uri}>")
        positions(r, uri, features, r.json(f"{base}?crs={quoted(uri)}")["features"])
    page = r.json(f"{base}?limit=1&crs={quoted(VN2000)}")
    for link in links_of(page, "next"):
        r.expect("crs/fc-crs-action", r.get(link["href"]).headers["content-crs"] == f"<{VN2000}>", "the next page")


def positions(r, uri, plain, moved):
    """Coordinates against formulas of our own; 5899 against its vectors, below."""
    for a, b in zip(plain, moved):
        if not a["geometry"]:
            r.expect("crs/fc-crs-action", b["geometry"] is None)
            continue
        for p, q in zip(numbers_in(a["geometry"]["coordinates"]), numbers_in(b["geometry"]["coordinates"])):
            if uri == CRS84:
                r.expect("crs/fc-crs-action", p == q)
            elif uri == LATLON:
                r.expect("crs/fc-crs-action", q == [p[1], p[0]], (p, q))
            elif uri == MERCATOR:
                x, y = to_mercator(*p)
                r.expect("crs/fc-crs-action", abs(q[0] - x) < 0.02 and abs(q[1] - y) < 0.02, (q, x, y))
            else:
                r.expect("crs/fc-crs-action", 537000 < q[0] < 564100 and 1764000 < q[1] < 1791900, q)


VECTORS = [(108.2205, 16.0421, 550149.4422, 1774294.5126), (108.2380, 16.0605, 552017.2215, 1776334.8271), (108.2022, 16.0544, 548188.2987, 1775651.1606)]


def place_vectors(path):
    db = ward.connect(path)
    for i, (lon, lat, _, _) in enumerate(VECTORS):
        db.execute("UPDATE place SET geom = MakePoint(?,?,4326) WHERE id = ?", (lon, lat, 40 + i))
    db.commit()
    db.close()


def vectors(r):
    for i, (_, _, east, north) in enumerate(VECTORS):
        point = r.json(f"/ogc/collections/establishments/items/{ward.code(40 + i)}?crs={quoted(VN2000)}")["geometry"]["coordinates"]
        r.expect("crs/fc-crs-action", abs(point[0] - east) < 0.0015 and abs(point[1] - north) < 0.0015, (point, east, north))


def box_systems(r):
    """The same box in several systems, and random boxes of each against the coordinates that the server itself gives there."""
    dice = random.Random(5899)
    base = "/ogc/collections/establishments/items?limit=10000"
    for uri in (CRS84, LATLON, MERCATOR, VN2000):
        every = r.json(f"{base}&crs={quoted(uri)}")["features"]
        placed = [f["geometry"]["coordinates"] for f in every if f["geometry"]]
        low, high = [min(p[i] for p in placed) for i in (0, 1)], [max(p[i] for p in placed) for i in (0, 1)]
        for _ in range(20):
            ends = [sorted(dice.uniform(low[i] - 1e-3, high[i] + 1e-3) for _ in range(2)) for i in (0, 1)]
            box = f"{ends[0][0]!r},{ends[1][0]!r},{ends[0][1]!r},{ends[1][1]!r}"
            found = {f["id"] for f in r.json(f"{base}&bbox={box}&bbox-crs={quoted(uri)}")["features"]}
            wanted = {f["id"] for f in every if not f["geometry"] or all(ends[i][0] <= f["geometry"]["coordinates"][i] <= ends[i][1] for i in (0, 1))}
            r.expect("crs/fc-bbox-crs-action", found == wanted, (uri, box, len(found), len(wanted)))
    west, south, east, north = 108.2, 16.05, 108.21, 16.055
    plain = {f["id"] for f in r.json(f"{base}&bbox={west},{south},{east},{north}")["features"]}
    r.expect("crs/fc-bbox-crs-default-value", plain == {f["id"] for f in r.json(f"{base}&bbox={west},{south},{east},{north}&bbox-crs={quoted(CRS84)}")["features"]})
    turned = r.json(f"{base}&bbox={south},{west},{north},{east}&bbox-crs={quoted(LATLON)}")["features"]
    r.expect("crs/fc-bbox-crs-action", plain == {f["id"] for f in turned})
    areas(r)


def areas(r):
    """Lines and areas: a hook whose bounds hold the box and which does not."""
    for collection, box, wanted in (("residential-groups", "549100,1775200,550100,1776200", []), ("residential-groups", "548000,1774100,549000,1776000", ["TDP01"]),
                                    ("wards", "549100,1775200,549110,1775210", ["99001"]), ("streets", "548000,1775200,550000,1776000", []),
                                    ("streets", "548000,1774000,549000,1775200", ["D001"]), ("wards", "0,0,10,10", [])):
        answer = r.get(f"/ogc/collections/{collection}/items?bbox={box}&bbox-crs={quoted(VN2000)}")
        found = [f["id"] for f in answer.json()["features"]]
        r.expect("crs/fc-bbox-crs-action", found == wanted, (collection, box, found))
    for box in ("-1e300,-1e300,1e300,1e300", "-30000000,-30000000,30000000,30000000"):
        found = r.json(f"/ogc/collections/wards/items?bbox={box}&bbox-crs={quoted(MERCATOR)}")["features"]
        r.expect("crs/fc-bbox-crs-action", [f["id"] for f in found] == ["99001"], (box, found))


def check(r):
    landing(r)
    http(r)
    listed = collections(r)
    for collection in listed:
        every = items(r, collection)
        for part in (boxes, times, one_item, geojson, html):
            part(r, collection, every)
    fields(r)
    oas30(r, listed)
    systems(r, listed)
    vectors(r)
    box_systems(r)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1], check, (PART1, PART2), CLASSES, place_vectors))
