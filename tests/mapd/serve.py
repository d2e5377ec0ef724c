#!/usr/bin/python3
"""The server from outside: a real process on loopback, a small ward, sockets.

usage: serve.py MAPD      prints one line per failure, ends with "N passed, N failed"
"""
import concurrent.futures
import gzip
import http.client
import json
import math
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unicodedata
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import ward

TODAY = "2026-11-22"
RESULTS = []


def check(name, ok, detail=""):
    RESULTS.append(bool(ok))
    if not ok:
        print(f"FAIL {name} {str(detail)[:300]}", flush=True)


class Server:
    def __init__(self, program, path, *options):
        self.program, self.path, env = program, path, dict(os.environ, MAPD_TODAY=TODAY)
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen([program, "serve", path, "--listen", "127.0.0.1:0", *options],
                                        stdout=subprocess.PIPE, stderr=self.log, text=True, env=env)
        self.first_line = self.process.stdout.readline()
        self.port = int(re.search(r":(\d+)/$", self.first_line.strip()).group(1))
        self.base = f"http://127.0.0.1:{self.port}"

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(10)

    def log_text(self):
        self.log.seek(0)
        return self.log.read().decode()


class Answer:
    def __init__(self, response, body):
        self.status, self.body = response.status, body
        self.headers = {name.lower(): value for name, value in response.getheaders()}

    def json(self):
        return json.loads(self.body)

    def text(self):
        return self.body.decode()


def ask(server, target, method="GET", body=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        connection.request(method, target, body=body, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return Answer(response, response.read())
    finally:
        connection.close()


def raw(server, data, timeout=5.0):
    with socket.create_connection(("127.0.0.1", server.port), timeout=timeout) as s:
        s.sendall(data)
        out = b""
        try:
            while part := s.recv(65536):
                out += part
        except (socket.timeout, ConnectionResetError):
            pass
        return out


ITEMS = "/ogc/collections/establishments/items"


# --- answers in general ---

def statuses(s):
    good = ["/", "/health", "/metrics", "/ogc", "/ogc/", "/ogc/conformance", "/ogc/api", "/ogc/collections", "/ogc/collections/stalls",
            ITEMS, f"{ITEMS}/{ward.code(20)}", "/ogc/collections/stalls/tiles", "/ogc/collections/stalls/tiles/WebMercatorQuad",
            "/ogc/tileMatrixSets", "/ogc/tileMatrixSets/WebMercatorQuad", "/tiles/stalls.json", "/search?q=pho", "/indicators.json",
            "/indicators", "/indicators/KPI-GD/rows", "/export/stalls.csv", "/export/stalls.geojson", "/data/", "/data",
            "/?view=list&anything=goes", f"/c/{ward.code(20)}", f"/C/{ward.code(20)}"]
    for target in good:
        answer = ask(s, target)
        check(f"200 {target}", answer.status == 200, answer.body[:200])
        check(f"nosniff {target}", answer.headers.get("x-content-type-options") == "nosniff")
        check(f"policy {target}", "default-src 'none'" in answer.headers.get("content-security-policy", ""))
        head = ask(s, target, "HEAD")
        same = head.headers.get("content-type") == answer.headers.get("content-type")
        check(f"HEAD {target}", head.status == 200 and head.body == b"" and same, head.status)
    for target in ["/nothing", "/ogc/collections/nothing", "/ogc/collections/water/items", f"{ITEMS}/0000000000", "/a/none.js",
                   "/a/..%2f..%2fetc%2fpasswd", "/../../etc/passwd", "/tiles/none/1/1/1.mvt", "/indicators/none/rows", "/export/none.csv"]:
        answer = ask(s, target)
        problem = answer.json() if answer.body else {}
        check(f"404 {target}", answer.status == 404 and answer.headers["content-type"] == "application/problem+json", answer.status)
        check(f"404 {target} speaks", problem.get("status") == 404 and problem.get("title") and problem.get("title_en"), problem)


def bad_requests(s):
    bad = {"?limit=0": "limit", "?limit=-1": "limit", "?limit=1.5": "limit", "?limit=unlimited": "limit", "?limit=": "limit",
           "?offset=-1": "offset", "?bbox=1,2,3": "bbox", "?bbox=1,2,3,4,5": "bbox", "?bbox=108,17,109,16": "bbox", "?bbox=0,0,0,91": "bbox",
           "?bbox=a,b,c,d": "bbox", "?datetime=yesterday": "datetime", "?unknownQueryParameter=1": "unknownQueryParameter",
           "?crs=http://www.opengis.net/def/crs/0/unsupported": "crs", "?status=active&status=ceased": "status",
           "?accepts_qr=maybe": "accepts_qr", "?accuracy_m=wide": "accuracy_m", "?f=xml": "f", "?name=%zz": "query", "?name=%C3%28": "query",
           "?market=CHO1": "market", "?<script>=1": "<script>"}
    for query, parameter in bad.items():
        answer = ask(s, ITEMS + query)
        problem = answer.json()
        check(f"400 {query}", answer.status == 400 and problem.get("parameter") == parameter, (answer.status, problem))
        check(f"400 {query} type", answer.headers["content-type"] == "application/problem+json")
    for target in ["/health?a=1", "/ogc?a=1", "/search", "/search?q=a&lon=1", "/search?q=a&limit=0", "/c/x?a=1", "/indicators.json?as_of=2026-13-01",
                   "/tiles/water/1/1/1.mvt?name=x", "/tiles/stalls/1/1/1.mvt?kindd=x", "/tiles/stalls/1/1/1.mvt?cluster=maybe", "/%zz", "/c/%00"]:
        check(f"400 {target}", ask(s, target).status == 400, ask(s, target).status)
    check("400 for a host with a blank", raw(s, b"GET /ogc HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n").startswith(b"HTTP/1.1 400"))


def methods_and_formats(s):
    for method in ("POST", "PUT", "DELETE", "PATCH", "BREW"):
        answer = ask(s, ITEMS, method)
        check(f"405 {method}", answer.status == 405 and "GET" in answer.headers.get("allow", ""), answer.status)
    check("404 before 405", ask(s, "/nothing", "POST").status == 404)
    answer = ask(s, ITEMS, "OPTIONS", Origin="https://a.example", Access_Control_Request_Method="GET")
    check("preflight", answer.status == 204 and answer.headers["access-control-allow-origin"] == "*"
          and "GET" in answer.headers["access-control-allow-methods"], answer.headers)
    check("406", ask(s, ITEMS, Accept="application/xml").status == 406)
    check("Accept html", ask(s, ITEMS, Accept="text/html,*/*;q=0.8").headers["content-type"].startswith("text/html"))
    check("f wins over Accept", ask(s, ITEMS + "?f=json", Accept="text/html").headers["content-type"] == "application/geo+json")
    check("no type for an unknown f", ask(s, "/ogc/tileMatrixSets?f=html").status == 400)


def entity_tags(s):
    for target in ["/", "/indicators", "/indicators/KPI-GD", "/ogc", ITEMS, f"{ITEMS}?limit=3&f=html", f"/c/{ward.code(20)}", f"/c/{ward.code(20)}.svg", f"/c/{ward.code(20)}.png",
                   "/tiles/stalls/16/52469/29854.mvt", "/tiles/stalls/0/0/0.mvt", "/tiles/stalls.json", "/search?q=pho", "/indicators.json", "/export/stalls.csv"]:
        for coding in ("identity", "gzip"):
            first = ask(s, target, Accept_Encoding=coding)
            again = ask(s, target, Accept_Encoding=coding, If_None_Match=first.headers["etag"])
            check(f"304 {target} {coding}", again.status == 304 and again.body == b"" and again.headers["etag"] == first.headers["etag"], again.status)
            check(f"304 {target} leaves the policy of the page kept", "content-security-policy" not in again.headers, again.headers)
            check(f"other tag {target}", ask(s, target, If_None_Match='"other"').status == first.status)
        check(f"Vary {target}", "accept-encoding" in first.headers.get("vary", "").lower())
    check("no tag on /health", "etag" not in ask(s, "/health").headers and ask(s, "/health").headers["cache-control"] == "no-store")


def compression(s):
    for target in (ITEMS, "/ogc/collections", f"/c/{ward.code(20)}", "/export/establishments.csv", "/search?q=pho"):
        plain, packed = ask(s, target, Accept_Encoding="identity"), ask(s, target, Accept_Encoding="gzip")
        strip = lambda b: re.sub(rb'"timeStamp":"[^"]+"', b"", b)
        check(f"gzip {target}", packed.headers.get("content-encoding") == "gzip" and strip(gzip.decompress(packed.body)) == strip(plain.body))
        check(f"two tags {target}", plain.headers["etag"] != packed.headers["etag"])
    check("q=0 is no", "content-encoding" not in ask(s, ITEMS, Accept_Encoding="gzip;q=0").headers)
    check("png is not packed", "content-encoding" not in ask(s, f"/c/{ward.code(20)}.png", Accept_Encoding="gzip").headers)


# --- features ---

def rels(document):
    return {link["rel"]: link for link in document["links"]}


def landing(s):
    document = ask(s, "/ogc/").json()
    links = rels(document)
    for rel in ("self", "alternate", "service-desc", "service-doc", "conformance", "data"):
        check(f"landing has {rel}", rel in links and links[rel]["href"].startswith(s.base) and links[rel]["type"], links.get(rel))
    check("service-desc type", links["service-desc"]["type"] == "application/vnd.oai.openapi+json;version=3.0")
    for link in document["links"]:
        answer = ask(s, link["href"][len(s.base):])
        check(f"landing link works {link['href']}", answer.status == 200 and answer.headers["content-type"].split(";")[0] == link["type"].split(";")[0],
              answer.headers.get("content-type"))
    classes = ask(s, "/ogc/conformance").json()["conformsTo"]
    for name in ("core", "geojson", "html", "oas30"):
        check(f"conforms to {name}", f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}" in classes)


def collections(s):
    document = ask(s, "/ogc/collections").json()
    ids = [c["id"] for c in document["collections"]]
    check("collections in order", ids == ["establishments", "stalls", "food-safety", "markets", "streets", "residential-groups", "wards", "pilots"], ids)
    for collection in document["collections"]:
        alone = ask(s, f"/ogc/collections/{collection['id']}").json()
        check(f"{collection['id']} says the same alone", alone == collection)
        types = {link["type"] for link in collection["links"] if link["rel"] == "items"}
        check(f"{collection['id']} items link per type", types == {"application/geo+json", "text/html"}, types)
        for link in collection["links"]:
            answer = ask(s, link["href"][len(s.base):])
            same = answer.status == 200 and answer.headers["content-type"].split(";")[0] == link["type"].split(";")[0]
            check(f"link {link['href']}", same, (answer.status, answer.headers.get("content-type")))


def walk(s, target):
    ids, pages = [], 0
    while target:
        page = ask(s, target).json()
        links = rels(page)
        pages += 1
        check(f"returned {target}", page["numberReturned"] == len(page["features"]))
        check(f"links have types {target}", all(link.get("type") and link.get("href") for link in page["links"]))
        ids += [f["id"] for f in page["features"]]
        if pages == 2:
            check("prev leads back", ask(s, links["prev"]["href"][len(s.base):]).json()["features"][0]["id"] == ids[0])
        target = links["next"]["href"][len(s.base):] if "next" in links else None
    return ids, page["numberMatched"], pages


def paging(s):
    for query, expected in [("", ward.ESTABLISHMENTS), ("?limit=7", ward.ESTABLISHMENTS), ("?limit=137", ward.ESTABLISHMENTS),
                            ("?limit=20&group=B%C3%A1n+l%E1%BA%BB", 68), ("?limit=9&status=ceased", 1),
                            ("?limit=50&bbox=108.19,16.04,108.2101,16.07", None)]:
        ids, matched, _ = walk(s, ITEMS + query)
        check(f"walk {query}", len(ids) == len(set(ids)) == matched and (expected is None or matched == expected), (len(ids), matched))
    check("default limit", ask(s, ITEMS).json()["numberReturned"] == 10)
    check("limit is clamped", ask(s, ITEMS + "?limit=99999999999999999999").json()["numberReturned"] == ward.ESTABLISHMENTS)
    far = ask(s, ITEMS + "?offset=100000").json()
    check("offset past the end", far["numberMatched"] == ward.ESTABLISHMENTS and far["features"] == [] and "next" not in rels(far))
    before, page, after = time.time(), ask(s, ITEMS).json(), time.time()
    stamp = time.mktime(time.strptime(page["timeStamp"], "%Y-%m-%dT%H:%M:%SZ")) - time.timezone
    check("timeStamp is now", before - 2 < stamp < after + 2, page["timeStamp"])


LETTERS = " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
TONES = "\u0300\u0309\u0303\u0301\u0323"  # grave, hook, tilde, acute, dot


def vietnamese(text):
    """Letters of the alphabet first, then tones, then capitals."""
    parts = [unicodedata.normalize("NFD", character) for character in unicodedata.normalize("NFC", text)]
    letters = [unicodedata.normalize("NFC", "".join(c for c in part if c not in TONES)) for part in parts]
    tones = [max([TONES.index(c) + 1 for c in part if c in TONES], default=0) for part in parts]
    return tuple(LETTERS.index(letter.lower()) for letter in letters), tuple(tones), tuple(letter.isupper() for letter in letters)


def orders(s):
    """sortby and properties against a sort of our own; next links that live through changes are in changing()."""
    every = ask(s, ITEMS + "?limit=10000").json()["features"]
    ids = [f["id"] for f in every]

    def value(feature, name):
        text = feature["properties"][name]
        if isinstance(text, str):
            return text.encode() if name.endswith(("_on", "_at")) else vietnamese(text)
        return text

    for order in ("name", "-name", "accuracy_m", "status,-name", "-updated_at,kind", "-accepts_qr", "%2Bverified_on", "-verified_on,code"):
        wanted = list(every)
        for key in reversed(order.replace("%2B", "").split(",")):
            name = key.lstrip("-")
            known = [f for f in wanted if value(f, name) is not None]
            backwards = key.startswith("-")
            known = sorted(known, key=lambda f: value(f, name), reverse=backwards)
            wanted = known + [f for f in wanted if value(f, name) is None]
        walked, matched, _ = walk(s, f"{ITEMS}?limit=23&sortby={order}")
        check(f"sortby {order}", [i for i in walked] == stable(wanted, order, ids, value) and matched == len(every), walked[:5])
    page = ask(s, f"{ITEMS}?limit=5&properties=name,status").json()
    check("properties", all(list(f["properties"]) == ["name", "status"] and f["id"] and "geometry" in f for f in page["features"]), page["features"][0])
    check("properties keep their values", [f["properties"]["name"] for f in page["features"]] == [f["properties"]["name"] for f in every[:5]])
    whole = ",".join(every[0]["properties"])
    check("all properties", ask(s, f"{ITEMS}?limit=10000&properties={whole}").json()["features"] == every)
    hostile = ask(s, f"{ITEMS}?limit=1000&properties=code,name").json()["features"]
    check("quotes and commas", any(f["properties"]["name"] == ward.NAMES[5] for f in hostile))
    for query in ("sortby=nosuch", "sortby=-", "properties=nosuch", "after=nosuch", f"after={ids[0]}&offset=3", "sortby=" + ",".join(["name"] * 9)):
        check(f"400 {query}", ask(s, f"{ITEMS}?{query}").status == 400)
    box = "bbox=108.2,16.05,108.21,16.06&limit=10000"
    inside = [f["id"] for f in ask(s, f"{ITEMS}?{box}").json()["features"]]
    rest = ask(s, f"{ITEMS}?{box}&after={inside[4]}").json()
    check("after in a box", [f["id"] for f in rest["features"]] == inside[5:] and rest["numberMatched"] == len(inside), len(inside))
    outside = next(i for i in ids if i not in inside)
    rest = [f["id"] for f in ask(s, f"{ITEMS}?{box}&after={outside}").json()["features"]]
    check("after a feature that is not among them", rest == [i for i in inside if ids.index(i) > ids.index(outside)])


def stable(wanted, order, ids, value):
    """Equals stand as without an order."""
    names = [key.lstrip("-") for key in order.replace("%2B", "").split(",")]
    groups = {}
    for feature in wanted:
        groups.setdefault(tuple(value(feature, name) for name in names), []).append(feature["id"])
    return [i for group in groups.values() for i in sorted(group, key=ids.index)]


def changing(s, path):
    """Between two pages one feature comes in front of the page and one goes: nothing is seen twice, nothing missed."""
    before = {f["id"] for f in ask(s, ITEMS + "?limit=10000").json()["features"]}
    first = ask(s, ITEMS + "?limit=40").json()
    ids = [f["id"] for f in first["features"]]
    db = ward.connect(path)
    db.execute("UPDATE place SET geom = NULL, position = 'none', accuracy_m = NULL WHERE code = ?", (ids[3],))
    ward.add_establishment(db, 500)
    db.execute("UPDATE place SET geom = MakePoint(?,?,4326) WHERE id = 500", tuple(first["features"][0]["geometry"]["coordinates"]))
    db.execute("UPDATE revision SET value = value + 1")
    db.commit()
    db.close()
    deadline = time.time() + 3
    while time.time() < deadline and ask(s, f"{ITEMS}/{ward.code(500)}").status != 200:
        time.sleep(0.02)
    rest, matched, _ = walk(s, rels(first)["next"]["href"][len(s.base):])
    seen = ids + [i for i in rest if i not in (ids[3], ward.code(500))]
    check("next lives through changes", len(seen) == len(set(seen)) and set(seen) == before and matched == len(before) + 1, (len(seen), len(before), matched))


def moving(s, path):
    """A printed code of an establishment that turned out to be a stall leads to the stall, and lives nowhere else."""
    old, stall = ward.code(600), ward.code(1003)
    check("unknown before", ask(s, f"/c/{old}").status == 404)
    db = ward.connect(path)
    ward.add_establishment(db, 600)
    db.execute("UPDATE establishment SET stall_place_id = 1003 WHERE place_id = 600")
    db.execute("UPDATE revision SET value = value + 1")
    db.commit()
    db.close()
    deadline = time.time() + 3
    while time.time() < deadline and ask(s, f"/c/{old}").status == 404:
        time.sleep(0.02)
    for path, extension in ((f"/c/{old}", ""), (f"/C/{old}", ""), (f"/c/{old.lower()}", ""), (f"/c/{old}.svg", ".svg"), (f"/c/{old}.png", ".png")):
        answer = ask(s, path)
        check(f"301 {path}", answer.status == 301 and answer.headers["location"].endswith(f"/c/{stall}{extension}"), (answer.status, answer.headers))
    check("language goes along", ask(s, f"/c/{old}?lang=en").headers["location"].endswith(f"/c/{stall}?lang=en"))
    check("and is the stall", "Sạp A3" in ask(s, f"/c/{stall}").text())
    check("no item of its own", ask(s, f"{ITEMS}/{old}").status == 404 and old not in ask(s, ITEMS + "?limit=10000").text())
    check("others as before", ask(s, f"/c/{ward.code(21)}").status == 200 and ask(s, f"/c/{ward.code(9999)}").status == 404)


def boxes(s):
    def ids(collection, box):
        return {f["id"] for f in ask(s, f"/ogc/collections/{collection}/items?limit=1000&bbox={box}").json()["features"]}

    def inside(box):
        west, south, east, north = box
        every = ask(s, ITEMS + "?limit=1000").json()["features"]
        return {f["id"] for f in every if f["geometry"] is None
                or west <= f["geometry"]["coordinates"][0] <= east and south <= f["geometry"]["coordinates"][1] <= north}

    for box in [(108.2, 16.05, 108.21, 16.055), (108, 16, 109, 17), (108.2033, 16.0513, 108.2033, 16.0513), (-1.5, 50, 1.5, 53), (-180, -90, 180, 90),
                (-180, 85, 180, 90)]:
        text = ",".join(map(str, box))
        check(f"bbox {text}", ids("establishments", text) == inside(box), len(ids("establishments", text)))
    unplaced = ids("establishments", "177,65,-177,70")
    check("antimeridian box holds only what has no place", len(unplaced) == ward.UNPLACED, len(unplaced))
    check("box around the world from the east", len(ids("establishments", "108,-90,107,90")) == ward.ESTABLISHMENTS)
    check("6 numbers", ids("establishments", "108.2,16.05,-5,108.21,16.055,500") == inside((108.2, 16.05, 108.21, 16.055)))
    check("an area is met by itself, not by its bounds", ids("residential-groups", "108.21,16.05,108.22,16.06") == set())
    check("an area is met at its edge", ids("residential-groups", "108.2,16.0405,108.21,16.06") == {"TDP01"})
    check("an area holds the box", ids("wards", "108.21,16.05,108.2101,16.0501") == {"99001"})
    check("a street is met by itself", ids("streets", "108.2,16.05,108.22,16.06") == set() and ids("streets", "108.2,16.03,108.21,16.05") == {"D001"})


def datetimes(s):
    def count(datetime):
        return ask(s, f"{ITEMS}?limit=1&datetime={datetime}").json()["numberMatched"]

    every = ward.ESTABLISHMENTS
    for text, expected in [("2026-07-01T00:00:00%2B07:00", every - 1), ("2026-06-30T10:00:00Z", every), ("2024-12-31T00:00:00Z", 0),
                           ("../2024-12-31T00:00:00Z", 0), ("2026-07-01T00:00:00Z/..", every - 1), ("2024-01-01T00:00:00Z/2026-08-01T00:00:00Z", every)]:
        check(f"datetime {text}", count(text) == expected, count(text))
    check("features without dates match", ask(s, "/ogc/collections/streets/items?datetime=1999-01-01T00:00:00Z").json()["numberMatched"] == 1)


def one_item(s):
    code = ward.code(ward.HOSTILE)
    answer = ask(s, f"{ITEMS}/{code}")
    feature = answer.json()
    check("item", feature["id"] == code and feature["type"] == "Feature" and feature["properties"]["name"] == ward.NAMES[5], feature)
    check("item links", {"self", "alternate", "collection"} <= set(rels(feature)))
    check("nothing private", "SECRET" not in answer.text() and "REF11" not in answer.text())
    page = ask(s, f"{ITEMS}/{code}?f=html").text()
    check("item page escapes", "<ngon>" not in page and "&lt;ngon&gt;" in page)
    check("annotated", '"@context":"https://schema.org"' in page)
    listing = ask(s, f"{ITEMS}?f=html&limit=137").text()
    check("every item is linked", len(set(re.findall(r"/items/([0-9A-Z]{11})", listing))) == ward.ESTABLISHMENTS)
    second = ask(s, f"{ITEMS}?f=html&limit=100").text()
    check("html next", "after=" in second and "f=html" in second)
    for path in ("/export/establishments.csv", "/export/establishments.geojson", f"{ITEMS}?limit=1000"):
        text = ask(s, path).text()
        check(f"nothing private in {path}", "SECRET" not in text and not re.search(r"\bREF\d", text))


def api_document(s):
    document = ask(s, "/ogc/api").json()
    check("openapi", document["openapi"].startswith("3.0") and ask(s, "/ogc/api").headers["content-type"] == "application/vnd.oai.openapi+json;version=3.0")
    identifiers = [operation["get"]["operationId"] for operation in document["paths"].values()]
    check("operation ids are unique", len(set(identifiers)) == len(identifiers))
    items = document["paths"]["/collections/establishments/items"]["get"]
    by_name = {p["name"]: p for p in items["parameters"]}
    limit, box = by_name["limit"], by_name["bbox"]
    check("limit schema", (limit["schema"]["minimum"], limit["schema"]["maximum"], limit["schema"]["default"]) == (1, 10000, 10), limit)
    check("bbox schema", box["schema"]["type"] == "array" and box["schema"]["minItems"] == 4 and box["schema"]["maxItems"] == 6
          and box["style"] == "form" and box["explode"] is False)
    check("datetime, fields", "datetime" in by_name and "status" in by_name and by_name["accepts_qr"]["schema"]["type"] == "boolean")
    for path, operation in document["paths"].items():
        get = operation["get"]
        placeholders = set(re.findall(r"{(\w+)}", path))
        declared = {p["name"] for p in get["parameters"] if p["in"] == "path"}
        check(f"path parameters of {path}", placeholders == declared, (placeholders, declared))
        check(f"responses of {path}", "200" in get["responses"] and "400" in get["responses"])


# --- tiles ---

def decode_layers(data):
    """Names and feature counts of the layers of one MVT."""
    def fields(blob):
        at = 0
        def varint():
            nonlocal at
            value = shift = 0
            while True:
                byte = blob[at]
                at += 1
                value |= (byte & 127) << shift
                shift += 7
                if byte < 128:
                    return value
        while at < len(blob):
            key = varint()
            if key & 7 == 2:
                n = varint()
                yield key >> 3, blob[at:at + n]
                at += n
            elif key & 7 == 0:
                yield key >> 3, varint()
            else:
                n = 8 if key & 7 == 1 else 4
                yield key >> 3, blob[at:at + n]
                at += n
    layers = {}
    for number, layer in fields(data):
        name, count = "", 0
        for field, value in fields(layer):
            name = value.decode() if field == 1 else name
            count += field == 2
        layers[name] = count
    return layers


def tile_of(lon, lat, z):
    import math
    n = 1 << z
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return z, int((lon + 180) / 360 * n), int(y * n)


def tiles(s):
    z, x, y = tile_of(108.2154, 16.06, 16)
    path = f"/tiles/stalls/{z}/{x}/{y}.mvt"
    answer = ask(s, path)
    check("tile", answer.status == 200 and answer.headers["content-type"] == "application/vnd.mapbox-vector-tile", answer.status)
    check("tile layer is named as the collection", list(decode_layers(answer.body)) == ["stalls"], decode_layers(answer.body))
    packed = ask(s, path, Accept_Encoding="gzip")
    check("tile gzip", packed.headers.get("content-encoding") == "gzip" and gzip.decompress(packed.body) == answer.body)
    ogc = ask(s, f"/ogc/collections/stalls/tiles/WebMercatorQuad/{z}/{y}/{x}")
    check("OGC tile is the same", ogc.body == answer.body and ogc.headers.get("oatiles-hint") == "full")
    check("cached tile is the same", ask(s, path).body == answer.body)
    check("empty tile", ask(s, "/tiles/stalls/16/0/0.mvt").status == 204 and ask(s, "/tiles/stalls/16/0/0.mvt").body == b"")
    for target in ("/tiles/stalls/3/8/0.mvt", "/tiles/stalls/3/0/8.mvt", "/tiles/stalls/23/0/0.mvt", "/tiles/stalls/x/0/0.mvt", "/tiles/stalls/3/-1/0.mvt",
                   "/tiles/stalls/99999999999/0/0.mvt", "/tiles/streets_label/1/1/1.mvt", "/ogc/collections/stalls/tiles/WebMercatorQuad/3/8/0"):
        check(f"404 {target}", ask(s, target).status == 404, ask(s, target).status)
    z, x, y = tile_of(108.2154, 16.06, 10)
    clustered = decode_layers(ask(s, f"/tiles/establishments/{z}/{x}/{y}.mvt").body)
    single = decode_layers(ask(s, f"/tiles/establishments/{z}/{x}/{y}.mvt?cluster=false").body)
    check("clusters are fewer", 0 < clustered["establishments"] < single["establishments"] == ward.ESTABLISHMENTS - ward.UNPLACED, (clustered, single))
    ceased = decode_layers(ask(s, f"/tiles/establishments/{z}/{x}/{y}.mvt?cluster=false&status=suspended").body or b"")
    check("tile filter", ceased.get("establishments", 0) == 0, ceased)  # the suspended one has no position
    some = decode_layers(ask(s, f"/tiles/establishments/{z}/{x}/{y}.mvt?cluster=false&kind=enterprise").body)
    check("tile filter finds", some["establishments"] == 12, some)
    label = decode_layers(ask(s, f"/tiles/wards_label/{z}/{x}/{y}.mvt").body)
    check("label layer", label == {"wards_label": 1}, label)
    for base in ("water", "green", "roads"):
        check(f"base {base}", ask(s, f"/tiles/{base}/1/1/0.mvt").status in (200, 204))


def tile_descriptions(s):
    tilejson = ask(s, "/tiles/stalls.json").json()
    check("TileJSON", tilejson["tilejson"] == "3.0.0" and tilejson["tiles"] == [f"{s.base}/tiles/stalls/{{z}}/{{x}}/{{y}}.mvt"]
          and tilejson["vector_layers"][0]["id"] == "stalls" and tilejson["vector_layers"][0]["fields"]["status"], tilejson)
    west, south, east, north = tilejson["bounds"]
    lon, lat, _ = tilejson["center"]
    check("centre in bounds", west <= lon <= east and south <= lat <= north)
    check("label TileJSON", ask(s, "/tiles/wards_label.json").json()["vector_layers"][0]["id"] == "wards_label")
    tileset = ask(s, "/ogc/collections/stalls/tiles/WebMercatorQuad").json()
    item = [link for link in tileset["links"] if link["rel"] == "item"][0]
    check("templated link", item["templated"] is True and "{tileMatrix}/{tileRow}/{tileCol}" in item["href"])
    limit = [one for one in tileset["tileMatrixSetLimits"] if one["tileMatrix"] == "16"][0]
    _, x, y = tile_of(108.2154, 16.06, 16)
    check("limits", limit["minTileCol"] <= x <= limit["maxTileCol"] and limit["minTileRow"] <= y <= limit["maxTileRow"], limit)
    listing = ask(s, "/ogc/collections/stalls/tiles").json()["tilesets"][0]
    check("tilesets list", listing["tileMatrixSetURI"].endswith("WebMercatorQuad") and listing["dataType"] == "vector")
    grid = ask(s, "/ogc/tileMatrixSets/WebMercatorQuad").json()["tileMatrices"]
    check("grid", len(grid) == 23 and abs(grid[0]["scaleDenominator"] - 559082264.0287178) < 1e-6 and grid[22]["matrixWidth"] == 1 << 22)


# --- search, numbers, exports ---

def search(s):
    for query in ("banh mi", "bánh mì", "BANH  MI co ba"):
        found = ask(s, "/search?q=" + urllib.parse.quote_plus(query)).json()
        names = [f["properties"]["name"] for f in found["features"]]
        check(f"search {query}", len(names) == 10 and all(name.startswith("Bánh mì") for name in names), names)
        check("hits name their collection", all(f["properties"]["collection"] == "establishments" for f in found["features"]))
    check("search limit", len(ask(s, "/search?q=banh+mi&limit=999").json()["features"]) <= 50)
    check("no hit", ask(s, "/search?q=zzzzqqqq").json()["features"] == [])
    check("search near", ask(s, "/search?q=pho&lon=108.21&lat=16.05").status == 200)


def metres(a, b):
    """Between two positions in degrees, near enough within a ward."""
    return math.hypot((a[0] - b[0]) * math.cos(math.radians(a[1])), a[1] - b[1]) * 111195


def way_back(s):
    """/search with a point and no words: what stands nearest, told by looking through all places."""
    places = [f for f in ask(s, "/ogc/collections/establishments/items?limit=10000").json()["features"] if f["geometry"]]
    for at in (places[0]["geometry"]["coordinates"], [108.2105, 16.0455], places[-1]["geometry"]["coordinates"]):
        answer = ask(s, f"/search?lon={at[0]}&lat={at[1]}&limit=50").json()["features"]
        away = [f["properties"]["distance_m"] for f in answer]
        check("the nearest first", away == sorted(away) and (not away or away[-1] <= 3200), away)
        said = [f for f in answer if f["properties"]["collection"] == "establishments"]
        nearest = sorted(metres(at, f["geometry"]["coordinates"]) for f in places)[:len(said)]
        check(f"way back from {at}", len(said) > 0 and all(abs(f["properties"]["distance_m"] - m) < 0.2 for f, m in zip(said, nearest)),
              ([f["properties"]["distance_m"] for f in said][:5], nearest[:5]))
        check("with its address", all("address" in f["properties"] for f in said), said[0]["properties"])
    check("far away nothing is near", ask(s, "/search?lon=105.85&lat=21.03").json()["features"] == [])
    at = places[0]["geometry"]["coordinates"]
    said = subprocess.run([s.program, "geocode", s.path, "--lon", str(at[0]), "--lat", str(at[1])], capture_output=True, timeout=60, env=dict(os.environ, MAPD_TODAY=TODAY))
    told = json.loads(said.stdout)
    check("the command says the same", told["places"] == [f["properties"] for f in ask(s, f"/search?lon={at[0]}&lat={at[1]}").json()["features"]] and "address" in told, told)
    check("half a point is none", ask(s, "/search?lon=108.21").json().get("parameter") == "lon")


def numbers(s):
    report = ask(s, "/indicators.json").json()
    check("report", report["as_of"] == TODAY and report["indicators"], report.get("as_of"))
    check("as_of", ask(s, "/indicators.json?as_of=2026-06-30").json()["as_of"] == "2026-06-30")
    for one in report["indicators"]:
        rows = ask(s, f"/indicators/{one['code']}/rows").json()["rows"]
        if one["denominator"] is not None:
            counted = sum(r["in_denominator"] or 0 for r in rows), sum(r["in_numerator"] or 0 for r in rows)
            if any(r["in_denominator"] is None for r in rows):  # a model too small for the public
                check(f"hidden rows say why {one['code']}", all("không công bố" in r["reason"] for r in rows if r["in_denominator"] is None))
            else:
                check(f"figure is the count of its rows {one['code']}", counted == (one["denominator"], one["numerator"]), counted)
            for model in one["by_model"]:
                small = model["denominator"] is None
                check(f"small models are hidden {model['code']}", small or model["denominator"] == 0 or model["denominator"] >= 5)
                check(f"hidden models say why {model['code']}", small == ("why" in model) and small == (model["numerator"] is None))
        check(f"rows are public {one['code']}", all(set(r) == {"code", "in_denominator", "in_numerator", "reason"} for r in rows))


def exports(s):
    text = ask(s, "/export/establishments.csv").body.decode("utf-8")
    lines = text.split("\r\n")
    check("csv rows", len(lines) == ward.ESTABLISHMENTS + 2 and lines[0].startswith("code,name,kind,status") and lines[0].endswith("lon,lat"))
    check("csv is a download", "attachment" in ask(s, "/export/establishments.csv").headers["content-disposition"])
    check("geojson rows", len(ask(s, "/export/establishments.geojson").json()["features"]) == ward.ESTABLISHMENTS)
    catalogue = ask(s, "/data/").json()
    datasets = {d["dct:identifier"]: d for d in catalogue["dcat:dataset"]}
    check("catalogue", {"food-safety", "cashless-establishments", "cashless-stalls", "establishments"} <= set(datasets), list(datasets))
    for name, d in datasets.items():
        check(f"{name} is described", all(k in d for k in ("dct:title", "dct:description", "dct:license", "dct:publisher", "dct:accrualPeriodicity", "foaf:page")))
        landing = urllib.parse.urlsplit(d["@id"]).path
        check(f"{name} has a page, the same as JSON-LD, a dictionary", "Từ điển" in ask(s, landing + "?f=html").text()
              and ask(s, landing).json()["@graph"]["dct:identifier"] == name and ask(s, landing + "/dictionary").json()["fields"])
        url = urllib.parse.urlsplit(next(x["dcat:downloadURL"]["@id"] for x in d["dcat:distribution"] if x["dcat:mediaType"] == "text/csv"))
        got = ask(s, url.path + ("?" + url.query if url.query else "")).text().count("\r\n") - 1
        check(f"{name}'s file has as many rows as the catalogue says", got == d["void:entities"], (got, d["void:entities"]))
    groups = ask(s, "/data/cashless-by-group.csv").text().split("\r\n")
    check("counts by group", groups[0] == "residential_group,places,accepting" and len(groups) > 2, groups[:3])
    check("no small cell", all(not line or line.endswith(",,") or min(n for n in (int(line.split(",")[-1]), int(line.split(",")[-2]) - int(line.split(",")[-1])) if n) >= 5 for line in groups[1:]), groups)


# --- the resident's page ---

def resident_page(s):
    code = ward.code(ward.FOOD)
    answer = ask(s, f"/c/{code}", Accept_Encoding="gzip")
    page = gzip.decompress(answer.body).decode()
    check("page is small", len(answer.body) < 6 * 1024, len(answer.body))
    check("one request", not re.search(r"<(script[^>]*src|img|link rel=\"stylesheet|iframe|audio(?![^>]*preload=\"none\"))", page) and "http" not in page.replace("http-equiv", ""))
    check("max-age, stale-if-error", "max-age=" in answer.headers["cache-control"] and "stale-if-error" in answer.headers["cache-control"])
    for words in ("Trang này không bao giờ yêu cầu thanh toán", "Đang hoạt động", "Giấy chứng nhận còn hiệu lực", "Đạt, 28/08/2026", code, "01/12/2027",
                  "DỮ LIỆU MẪU", "Chưa có thông tin", "UBND Phường Mẫu"):
        check(f"page says {words}", words in page)
    check("same page under /C/", ask(s, f"/C/{code}").text() == page)
    english = ask(s, f"/c/{code}?lang=en&size=xl").text()
    check("English, larger", "This page never asks for payment" in english and 'class="xl"' in english and 'lang="en"' in english)
    check("expired, old result", all(w in ask(s, f"/c/{ward.code(ward.EXPIRED)}").text() for w in ("đã hết hạn", "Không đạt, 01/06/2025 (kết quả cũ)")))
    uninspected = ask(s, f"/c/{ward.code(ward.UNINSPECTED)}").text()
    check("commitment, not inspected", "Thuộc diện cam kết" in uninspected and "Chưa kiểm tra trong kỳ" in uninspected)
    ceased = ask(s, f"/c/{ward.code(ward.CEASED)}")
    check("ceased", ceased.status == 200 and "Đã ngừng" in ceased.text() and "Quét mã QR" not in ceased.text())
    stall = ask(s, f"/c/{ward.code(1003)}").text()
    check("stall", "Sạp A3, Khu A – Chợ Mẫu" in stall and "Rau củ quả" in stall)
    check("vacant stall", "Đang trống" in ask(s, f"/c/{ward.code(1004)}").text())
    hostile = ask(s, f"/c/{ward.code(ward.HOSTILE)}").text()
    check("page escapes", "<ngon>" not in hostile and "&lt;ngon&gt;" in hostile)
    policy = answer.headers["content-security-policy"]
    style = re.search(r"<style>(.*?)</style>", page, re.S).group(1)
    import base64, hashlib
    scripts = re.findall(r"<script>(.*?)</script>", page, re.S)
    check("one small script of our own, allowed by its hash", len(scripts) == 1 and len(scripts[0]) < 1024
          and base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode() in policy)
    check("style hash", f"sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}" in policy, policy)


def code_spellings(s):
    code = ward.code(ward.FOOD)
    for spelling in (code.lower(), f"{code[:5]}-{code[5:]}", code.replace("0", "O").replace("1", "L").lower()):
        answer = ask(s, f"/c/{spelling}?lang=en")
        check(f"301 {spelling}", answer.status == 301 and answer.headers["location"].endswith(f"/c/{code}?lang=en"), answer.status)
    wrong = code[:-1] + ward.ALPHABET[(ward.ALPHABET.index(code[-1]) + 1) % 32]
    pages = [ask(s, f"/c/{text}") for text in (ward.code(9999), wrong, "x", "0" * 300, "%3Cscript%3E")]
    check("unknown and malformed: 404", all(p.status == 404 for p in pages), [p.status for p in pages])
    check("unknown and malformed: the same bytes", len({p.body for p in pages}) == 1)
    check("neutral page", all(p.headers["content-type"].startswith("text/html") and "không bao giờ yêu cầu thanh toán" in p.text() for p in pages))
    known, unknown = (len(gzip.compress(ask(s, f"/c/{c}").body)) for c in (code, wrong))
    check("same size class", known < 6144 and unknown > known / 2, (known, unknown))
    check("no picture of an unknown code", ask(s, f"/c/{wrong}.svg").status == 404 and ask(s, f"/c/{wrong}.png").status == 404)
    check("picture of another spelling", ask(s, f"/c/{code.lower()}.png").headers.get("location", "").endswith(f"/c/{code}.png"))


def code_pictures(s, base, folder):
    code = ward.code(ward.FOOD)
    svg, png = ask(s, f"/c/{code}.svg"), ask(s, f"/c/{code}.png")
    check("types", svg.headers["content-type"] == "image/svg+xml" and png.headers["content-type"] == "image/png")
    check("png size", struct.unpack(">II", png.body[16:24])[0] >= 290)
    name = os.path.join(folder, "code.png")
    with open(name, "wb") as f:
        f.write(png.body)
    if not shutil.which("zbarimg"):
        check("zbarimg is installed", False)
        return
    read = subprocess.run(["zbarimg", "-q", "--raw", name], capture_output=True, text=True).stdout.strip()
    check("a camera reads the code", read == f"{base}/C/{code}", read)
    path = urllib.parse.urlparse(read).path
    check("and opens its page", code in ask(s, path).text())


# --- limits, many at once, changes ---

def limits(s):
    long = ask(s, "/search?q=" + "a" * 9000)
    check("long URL", long.status == 414, long.status)
    check("longer URL", raw(s, b"GET /" + b"a" * 60000 + b" HTTP/1.1\r\nHost: a\r\n\r\n")[9:12] in (b"414", b"431", b""))
    check("huge headers", raw(s, b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 60000 + b"\r\n\r\n")[9:12] in (b"431", b"413", b""))
    refused = raw(s, b"POST /health HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n")
    check("declared body", refused.startswith(b"HTTP/1.1 413") and b"problem+json" in refused, refused[:60])
    chunk = b"8000\r\n" + b"a" * 0x8000 + b"\r\n"
    sent = raw(s, b"GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk * 4 + b"0\r\n\r\n")
    check("chunked body", sent.startswith(b"HTTP/1.1 413"), sent[:60])
    check("alive", ask(s, "/health").status == 200)
    check("absolute form", raw(s, b"GET http://a/health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").startswith(b"HTTP/1.1 200"))
    check("many parameters", ask(s, ITEMS + "?" + "&".join(f"a{i}=1" for i in range(100))).status == 400)


def many_at_once(s):
    targets = [ITEMS, "/ogc/collections", "/tiles/stalls/16/52469/29854.mvt", f"/c/{ward.code(20)}", "/search?q=pho", f"/c/{ward.code(21)}.png", "/indicators.json"]

    def worker(n):
        connection = http.client.HTTPConnection("127.0.0.1", s.port, timeout=30)
        good = 0
        for i in range(40):
            connection.request("GET", targets[(n + i) % len(targets)])
            response = connection.getresponse()
            response.read()
            good += response.status in (200, 204)
        connection.close()
        return good

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        check("16 clients at once", sum(pool.map(worker, range(16))) == 16 * 40)


def slow_answers(s):
    """Many ask for the numbers at once: they wait in their line (or are told to come again), pages do not wait for them."""
    with concurrent.futures.ThreadPoolExecutor(64) as pool:
        asked = [pool.submit(ask, s, "/indicators.json") for _ in range(64)]
        pages = []
        while not all(one.done() for one in asked):
            began = time.time()
            good = ask(s, f"/c/{ward.code(20)}").status == 200
            pages.append(time.time() - began if good else 99)
    codes = [one.result().status for one in asked]
    check("slow answers come", codes.count(200) >= 33 and set(codes) <= {200, 503}, codes)
    check("too many are told so", all(one.result().headers.get("retry-after") for one in asked if one.result().status == 503))
    pages.sort()
    check("pages do not wait", not pages or pages[len(pages) // 2] < 0.1, pages[-3:])


def slow_clients(s, results):
    """Silent, dripping, and one that is between requests: all are gone in time."""
    def until_closed(first, drip):
        began = time.time()
        with socket.create_connection(("127.0.0.1", s.port)) as connection:
            connection.sendall(first)
            connection.settimeout(0.5)
            while time.time() - began < 30:
                try:
                    if not connection.recv(4096):
                        break
                except socket.timeout:
                    pass
                except OSError:
                    break
                try:
                    if drip:
                        connection.sendall(drip)
                except OSError:
                    break
        return time.time() - began

    cases = {"silent": (b"", b""), "half a line": (b"GET /hea", b""), "dripping header": (b"GET /health HTTP/1.1\r\nX: ", b"a"),
             "idle after an answer": (b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n", b"")}
    with concurrent.futures.ThreadPoolExecutor(len(cases)) as pool:
        for name, took in zip(cases, pool.map(lambda c: until_closed(*c), cases.values())):
            results[name] = took


def publishing(s, path):
    code = ward.code(30)
    old = ask(s, f"{ITEMS}/{code}")
    db = ward.connect(path)
    db.execute("UPDATE place SET public_name = 'Tên mới' WHERE code = ?", (code,))
    db.execute("UPDATE revision SET value = value + 1")
    db.commit()
    db.close()
    deadline = time.time() + 3
    while time.time() < deadline and ask(s, f"{ITEMS}/{code}").json()["properties"]["name"] != "Tên mới":
        time.sleep(0.02)
    took = time.time() - deadline + 3
    check("a change is published", took < 1.0, took)
    fresh = ask(s, f"{ITEMS}/{code}", If_None_Match=old.headers["etag"])
    check("the old tag is stale", fresh.status == 200 and fresh.headers["etag"] != old.headers["etag"])


def operator(s):
    text = ask(s, "/metrics").text()
    check("metrics", 'mapd_requests_total{route="/health",status="200"}' in text and "mapd_snapshot_revision" in text
          and 'mapd_features{collection="establishments"} 137' in text)
    check("histogram", 'mapd_request_seconds_bucket{route="/health",le="+Inf"}' in text)
    check("hits", re.search(r"^mapd_tile_cache_hits_total [1-9]", text, re.M))
    time.sleep(0.6)
    log = s.log_text()
    check("access lines", "GET /search 200" in log)
    check("no query, no code in the log", "banh" not in log and "q=" not in log and ward.code(20) not in log)
    check("health", ask(s, "/health").json()["ward"] == "Phường Mẫu" and ask(s, "/health").json()["sample"] is True)


def starting_and_stopping(program, path, s):
    check("first line", re.fullmatch(r"listening on http://127\.0\.0\.1:\d+/\n", s.first_line), s.first_line)
    taken = subprocess.run([program, "serve", path, "--listen", f"127.0.0.1:{s.port}"], capture_output=True, text=True, timeout=20)
    check("a taken port", taken.returncode == 1 and taken.stdout == "" and taken.stderr)
    for words in (["--listen", "nonsense"], ["--listen", "127.0.0.1:99999"], ["--base-url", "ftp://a"], ["--base-url", "https://"],
                  ["--base-url", "https://a/b"]):
        bad = subprocess.run([program, "serve", path, *words], capture_output=True, text=True, timeout=20)
        check(f"wrong use {words}", bad.returncode == 2, bad.returncode)
    check("no such file", subprocess.run([program, "serve", path + "x"], capture_output=True, timeout=20).returncode == 1)
    with socket.create_connection(("127.0.0.1", s.port)) as waiting:
        waiting.sendall(b"GET /he")
        busy = [socket.create_connection(("127.0.0.1", s.port)) for _ in range(20)]
        for one in busy:
            one.sendall(b"GET /indicators.json HTTP/1.1\r\nHost: a\r\n\r\n")
        began = time.time()
        check("SIGTERM: exit 0", s.stop() == 0)
        check("SIGTERM: soon", time.time() - began < 5, time.time() - began)


def with_base_url(program, path, folder):
    s = Server(program, path, "--base-url", "https://ban-do.example/")
    links = rels(ask(s, "/ogc").json())
    check("links have the base URL", links["conformance"]["href"] == "https://ban-do.example/ogc/conformance", links["conformance"])
    code_pictures(s, "HTTPS://BAN-DO.EXAMPLE", folder)
    check("base URL: exit", s.stop() == 0)


def main(program):
    folder = tempfile.mkdtemp()
    path = os.path.join(folder, "ward.db")
    ward.make(program, path)
    s = Server(program, path)
    slow = {}
    patience = threading.Thread(target=slow_clients, args=(s, slow))
    patience.start()
    try:
        for part in (statuses, bad_requests, methods_and_formats, entity_tags, compression, landing, collections, paging, orders, boxes, datetimes, one_item,
                     api_document, tiles, tile_descriptions, search, way_back, numbers, exports, resident_page, code_spellings, limits, many_at_once, slow_answers, operator):
            part(s)
        code_pictures(s, f"HTTP://127.0.0.1:{s.port}", folder)
        proxied = ask(s, "/ogc", X_Forwarded_Proto="https").json()
        check("behind a proxy with TLS", rels(proxied)["data"]["href"].startswith("https://127.0.0.1"))
        publishing(s, path)
        changing(s, path)
        moving(s, path)
        patience.join()
        for name, took in slow.items():
            check(f"slow client: {name}", took < 14, took)
        check("alive after slow clients", ask(s, "/health").status == 200)
        with_base_url(program, path, folder)
        starting_and_stopping(program, path, s)
    finally:
        s.process.kill()
        shutil.rmtree(folder)
    print(f"{sum(RESULTS)} passed, {len(RESULTS) - sum(RESULTS)} failed")
    return 0 if all(RESULTS) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
