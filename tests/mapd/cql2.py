#!/usr/bin/python3
"""Filters from outside: the tests of CQL2's abstract test suite that go by a collection's own queryables, over HTTP,
text and JSON; queryables and what is said of them; filters on tiles.

usage: cql2.py MAPD      prints one line per failure, ends with "N passed, N failed"
"""
import csv
import json
import math
import os
import subprocess
import sys
import tempfile
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import serve
import ward
from serve import ask, check

COLLECTIONS = ["establishments", "stalls", "food-safety", "markets", "streets", "residential-groups", "wards", "pilots"]
VALUES = {"string": ("'foo'", "foo"), "boolean": ("true", True), "number": ("3.14", 3.14), "integer": ("1", 1),
          "date": ("DATE('2022-04-14')", {"date": "2022-04-14"}),
          "date-time": ("TIMESTAMP('2022-04-14T14:48:46Z')", {"timestamp": "2022-04-14T14:48:46Z"})}
CLASSES = ["cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators", "case-insensitive-comparison",
           "accent-insensitive-comparison", "basic-spatial-functions", "basic-spatial-functions-plus", "spatial-functions",
           "temporal-functions", "property-property", "arithmetic"]


def items(s, collection, **query):
    query.setdefault("limit", "10000")
    return ask(s, f"/ogc/collections/{collection}/items?" + urllib.parse.urlencode(query, quote_via=urllib.parse.quote))


def ids(s, collection, text):
    """The ids a filter lets pass, or None when it is refused."""
    lang = {"filter-lang": "cql2-json"} if isinstance(text, dict) else {}
    answer = items(s, collection, filter=json.dumps(text) if lang else text, **lang)
    if answer.status != 200:
        return None
    document = answer.json()
    found = {feature["id"] for feature in document["features"]}
    check(f"count {text}", document["numberMatched"] == len(found))
    return found


def queryables(s, collection):
    answer = ask(s, f"/ogc/collections/{collection}/queryables")
    schema = answer.json()
    check(f"queryables {collection}", answer.headers["content-type"] == "application/schema+json"
          and schema["$schema"] == "https://json-schema.org/draft/2020-12/schema" and schema["type"] == "object"
          and schema["$id"].endswith(f"/ogc/collections/{collection}/queryables") and schema["additionalProperties"] is False)
    geometry = schema["properties"].get("geometry", {})
    check(f"geometry {collection}", "type" not in geometry and geometry.get("format", "").startswith("geometry-"), geometry)
    links = ask(s, f"/ogc/collections/{collection}").json()["links"]
    mine = [link for link in links if link["rel"] == "http://www.opengis.net/def/rel/ogc/1.0/queryables"]
    check(f"link {collection}", len(mine) == 1 and mine[0]["href"] == schema["$id"] and mine[0]["type"] == "application/schema+json", mine)
    page = ask(s, f"/ogc/collections/{collection}/queryables?f=html")
    check(f"page {collection}", page.status == 200 and all(name in page.text() for name in schema["properties"]))
    return {name: p.get("format") or p["type"] for name, p in schema["properties"].items() if name != "geometry"}


def pair(s, collection, one, other):
    """Two filters that exclude each other."""
    a, b = ids(s, collection, one), ids(s, collection, other)
    check(f"{one} | {other}", a is not None and b is not None and not a & b, (a, b))


def comparisons(s, collection, name, kind):
    text, value = VALUES[kind]
    for sign, opposite in (("=", "<>"), (">", "<="), ("<", ">=")):
        pair(s, collection, f"{name} {sign} {text}", f"{name} {opposite} {text}")
        pair(s, collection, f"{text} {sign} {name}", f"{text} {opposite} {name}")
        as_json = {"op": sign, "args": [{"property": name}, value]}
        check(f"json {as_json}", ids(s, collection, as_json) == ids(s, collection, f"{name} {sign} {text}"))
    known = ids(s, collection, f"{name} IS NOT NULL")
    pair(s, collection, f"{name} IS NULL", f"{name} is not null")
    for sign, expected in (("=", known), (">=", known), ("<=", known), ("<>", set()), ("<", set()), (">", set())):
        check(f"{name} {sign} itself", ids(s, collection, f"{name} {sign} {name}") == expected)


def texts(s, collection, name):
    pair(s, collection, f"CASEI({name}) = casei('foo')", f"CASEI({name}) <> casei('FOO')")
    pair(s, collection, f"ACCENTI({name}) = accenti('äöüéáí')", f"ACCENTI({name}) <> accenti('aoueai')")
    for one, other in ((f"CASEI({name}) LIKE casei('c%')", f"CASEI({name}) LIKE casei('C%')"),
                       (f"ACCENTI({name}) LIKE accenti('Â%')", f"ACCENTI({name}) LIKE accenti('A%')"),
                       (f"ACCENTI(CASEI({name})) LIKE accenti(casei('Ð%'))", f"ACCENTI(CASEI({name})) LIKE accenti(casei('d%'))")):
        a = ids(s, collection, one)
        check(one, a is not None and a == ids(s, collection, other))
    for text in (f"{name} LIKE 'a_b\\%%'", f"{name} NOT LIKE '%'", f"{name} IN ('a', 'b')", f"{name} NOT IN ('a', 'b')"):
        check(text, ids(s, collection, text) is not None)


def times(s, collection, name, kind):
    instant, start, end = (("DATE('2022-04-24')", "2021-01-01", "2021-12-31") if kind == "date"
                           else ("TIMESTAMP('2022-04-24T07:59:57Z')", "2021-01-01T00:00:00Z", "2021-12-31T23:59:59Z"))
    for function in ("T_AFTER", "T_BEFORE", "T_DISJOINT", "T_EQUALS", "T_INTERSECTS"):
        for other in (instant, f"INTERVAL('{start}','{end}')", f"INTERVAL('..','{end}')"):
            check(f"{function} {name}", ids(s, collection, f"{function}({name},{other})") is not None)
    pair(s, collection, f"T_DISJOINT({name},{instant})", f"T_INTERSECTS({name},{instant})")
    for function in ("T_CONTAINS", "T_DURING", "T_FINISHEDBY", "T_FINISHES", "T_MEETS", "T_METBY", "T_OVERLAPPEDBY", "T_OVERLAPS",
                     "T_STARTEDBY", "T_STARTS"):
        text = f"{function}(INTERVAL({name},'..'),INTERVAL('{start}','{end}'))"
        check(text, ids(s, collection, text) is not None)
        check(f"{function} of an instant", ids(s, collection, f"{function}({name},INTERVAL('{start}','{end}'))") is None)


WORLD = "POLYGON((-180 -90,180 -90,180 90,-180 90,-180 -90))"


def shapes(s, collection):
    for function in ("S_INTERSECTS", "S_DISJOINT", "S_EQUALS", "S_TOUCHES", "S_CROSSES", "S_WITHIN", "S_CONTAINS", "S_OVERLAPS"):
        box, polygon = f"{function}(geometry,BBOX(-180,-90,180,90))", f"{function}(geometry,{WORLD})"
        check(f"{collection} {box}", ids(s, collection, box) is not None and ids(s, collection, box) == ids(s, collection, polygon))
        for literal in ("LINESTRING(7 50,10 51)", "POINT(108.2 16.05)", "MULTIPOINT(7 50,10 51)", "BBOX(150,-90,-150,90)"):
            check(f"{function} {literal}", ids(s, collection, f"{function}(geometry,{literal})") is not None)
        check(f"{function} off the earth", ids(s, collection, f"{function}(geometry,POINT(90 180))") is None)
    pair(s, collection, "S_INTERSECTS(geometry,BBOX(108,16,108.205,16.055))", "S_DISJOINT(geometry,BBOX(108,16,108.205,16.055))")
    everything, placed = ids(s, collection, "true"), ids(s, collection, f"S_WITHIN(geometry,{WORLD})")
    check(f"null geometry {collection}", placed == ids(s, collection, "geometry IS NOT NULL") and ids(s, collection, "false") == set()
          and placed | ids(s, collection, "geometry IS NULL") == everything)


def reach(s):
    """A condition about a place narrows the search; where it need not hold, it must not."""
    for collection in ("establishments", "residential-groups", "streets"):
        every = ids(s, collection, "geometry IS NULL OR geometry IS NOT NULL")
        located = ids(s, collection, "geometry IS NOT NULL")
        for box in ("108.2,16.05,108.21,16.055", "108,16,109,17", "170,-10,-170,10", "108.205,16.052,108.205,16.052"):
            near = f"S_INTERSECTS(geometry,BBOX({box}))"
            inside, outside = ids(s, collection, near), ids(s, collection, f"S_DISJOINT(geometry,BBOX({box}))")
            check(f"{collection} in or out of {box}", inside | outside == located and not inside & outside, (len(inside), len(outside), len(located)))
            check(f"{collection} not near {box}", ids(s, collection, f"NOT {near}") == outside)
            check(f"{collection} near or anything {box}", ids(s, collection, f"{near} OR code IS NOT NULL") == every)
            check(f"{collection} near and more {box}", ids(s, collection, f"code IS NOT NULL AND ({near} AND S_WITHIN(geometry,BBOX(-180,-90,180,90)))") == inside)
            check(f"{collection} the other way round {box}", ids(s, collection, f"S_INTERSECTS(BBOX({box}),geometry)") == inside)
            if "-170" not in box:
                asked = {f["id"] for f in items(s, collection, bbox=box, limit=10000).json()["features"] if f["geometry"]}
                check(f"{collection} as bbox {box}", asked == inside, (len(asked), len(inside)))


def logic(s):
    """NOT {p1} AND {p2} OR …, by the sets of its parts: every part here is known for every row."""
    parts = ["status = 'active'", "accepts_qr = true", "S_INTERSECTS(geometry,BBOX(-180,-90,180,90)) OR geometry IS NULL", "name LIKE '%1%'"]
    p = [ids(s, "establishments", part) for part in parts]
    everything = ids(s, "establishments", "true")
    a, b, c, d = (f"({part})" for part in parts)
    found = ids(s, "establishments", f"((NOT {a} AND {b}) OR ({c} and NOT {d}) or not ({a} AND {d}))")
    expected = ((everything - p[0]) & p[1]) | (p[2] - p[3]) | (everything - (p[0] & p[3]))
    check("logic", found == expected and 0 < len(p[1]) < len(everything), (len(found), len(expected)))


def with_the_rest(s):
    box = "108.2,16.05,108.21,16.06"
    both = items(s, "establishments", bbox=box, filter="accepts_qr = true", status="active").json()
    every = [items(s, "establishments", **q).json() for q in ({"bbox": box}, {"accepts_qr": "true"}, {"status": "active"})]
    sets = [{f["id"] for f in document["features"]} for document in every]
    check("AND with bbox and fields", {f["id"] for f in both["features"]} == sets[0] & sets[1] & sets[2] and both["numberMatched"] > 0)
    page = items(s, "establishments", filter="accepts_qr = true AND name LIKE 'C%'", limit="3").json()
    total, seen = page["numberMatched"], [f["id"] for f in page["features"]]
    while nexts := [link["href"] for link in page["links"] if link["rel"] == "next"]:
        page = ask(s, nexts[0][len(s.base):]).json()
        seen += [f["id"] for f in page["features"]]
    check("paging keeps the filter", len(seen) == len(set(seen)) == total > 3, (len(seen), total))
    tile = "/tiles/establishments/14/13117/7460.mvt?cluster=false"
    sizes = [len(ask(s, tile + rest).body) for rest in ("", "&filter=true", "&filter=accepts_qr%3Dtrue", "&filter=false")]
    check("tiles", sizes[0] == sizes[1] >= sizes[2] >= sizes[3] == 0, sizes)
    for rest in ("&filter=nosuch%3D1", "&filter=1", "&filter="):
        check(f"tile {rest}", ask(s, tile + rest).status == 400)


def mercator(lon, lat):
    return math.radians(lon) * 6378137, math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)) * 6378137


def systems(s):
    crs = "http://www.opengis.net/def/crs/"
    plain = ids(s, "establishments", "S_INTERSECTS(geometry,BBOX(108.2,16.05,108.21,16.06))")
    for uri, literal in (("OGC/1.3/CRS84", "BBOX(108.2,16.05,108.21,16.06)"), ("EPSG/0/4326", "BBOX(16.05,108.2,16.06,108.21)"),
                         ("EPSG/0/3857", "BBOX(%.9f,%.9f,%.9f,%.9f)" % (*mercator(108.2, 16.05), *mercator(108.21, 16.06)))):
        answer = items(s, "establishments", **{"filter": f"S_INTERSECTS(geometry,{literal})", "filter-crs": crs + uri})
        found = {f["id"] for f in answer.json().get("features", [])}
        check(f"filter-crs {uri}", answer.status == 200 and found == plain and plain, (len(found), len(plain)))
    check("filter-crs unknown", items(s, "establishments", **{"filter": "true", "filter-crs": crs + "0/unsupported"}).status == 400)


BAD = ["nosuch = 1", "name = ", "name = 'x' OR 1=1; DROP TABLE place", "name = 3", "'; SELECT 1 --", "name LIKE name", "(" * 2000, "name",
       "TIMESTAMP('2022-01-01T00:00:00Z'' OR 1=1') = updated_at", "updated_at = DATE('2022-01-01') UNION SELECT 1", "avg(accuracy_m) > 1",
       "name = 'x\x00", "A_EQUALS(name, ('a'))", "T_DURING(updated_at, INTERVAL('..', '..'))", "\ufffe", "S_INTERSECTS(geometry, POLYGON((0 0,1 1)))"]


def refusals(s):
    for text in BAD:
        for lang in ("cql2-text", "cql2-json"):
            answer = items(s, "establishments", **{"filter": text, "filter-lang": lang})
            problem = answer.json()
            check(f"400 {text[:40]}", answer.status == 400 and problem.get("parameter") in ("filter", "query") and problem.get("detail"), answer.status)
    check("filter-lang unknown", items(s, "establishments", **{"filter": "true", "filter-lang": "ecql"}).status == 400)
    long = items(s, "establishments", filter="name='x' OR " * 1500 + "true")
    check("too long", long.status in (400, 413, 414, 431), long.status)


def exports(s, program, path, folder):
    """`mapd export --filter` writes the rows that the server finds."""
    for text in ("accepts_qr = true AND name LIKE 'C%'", '{"op":"isNull","args":[{"property":"geometry"}]}'):
        out = os.path.join(folder, "out.csv")
        done = subprocess.run([program, "export", path, "establishments", out, "--filter", text], capture_output=True)
        wanted = ids(s, "establishments", json.loads(text) if text.startswith("{") else text)
        with open(out, newline="", encoding="utf-8-sig") as f:
            found = {row["code"] for row in csv.DictReader(f)}
        check(f"export {text}", done.returncode == 0 and found == wanted and found, (done.stderr, len(found), len(wanted)))
        os.remove(out)
    done = subprocess.run([program, "export", path, "establishments", out, "--filter", "nosuch = 1"], capture_output=True)
    check("export of nonsense", done.returncode == 2 and not os.path.exists(out) and b"nosuch" in done.stderr, done)


def said(s):
    conformance = ask(s, "/ogc/conformance").json()["conformsTo"]
    for name in CLASSES:
        check(f"class {name}", f"http://www.opengis.net/spec/cql2/1.0/conf/{name}" in conformance)
    for name in ("queryables", "queryables-query-parameters", "filter", "features-filter"):
        check(f"class {name}", f"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/{name}" in conformance)
    for name in ("array-functions", "functions"):
        check(f"not class {name}", f"http://www.opengis.net/spec/cql2/1.0/conf/{name}" not in conformance)
    paths = ask(s, "/ogc/api?f=json").json()["paths"]
    names = {p["name"] for p in paths["/collections/establishments/items"]["get"]["parameters"]}
    check("parameters described", {"filter", "filter-lang", "filter-crs", "accepts_qr"} <= names, names)


def main(program):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "ward.db")
        ward.make(program, path)
        s = serve.Server(program, path)
        try:
            said(s)
            for collection in COLLECTIONS:
                fields = queryables(s, collection)
                check(f"fields {collection}", len(fields) >= 1)
                for name, kind in fields.items():
                    comparisons(s, collection, name, kind)
                    if kind == "string":
                        texts(s, collection, name)
                    if kind.startswith("date"):
                        times(s, collection, name, kind)
                    check(f"parameter {name}", items(s, collection, **{name: {"date": "2022-04-14"}.get(kind, "1" if kind != "boolean" else "true")}).status == 200)
                shapes(s, collection)
            for part in (logic, reach, with_the_rest, systems, refusals):
                part(s)
            exports(s, program, path, folder)
        finally:
            check("stops", s.stop() == 0)
    failed = serve.RESULTS.count(False)
    print(f"{len(serve.RESULTS) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
