#!/usr/bin/python3
"""Requests made from the server's own API document and from what the pages of staff take, bent at random: no crash, no answer of 5xx
but the deliberate ones (503 of a full line), no private canary in any answer.

usage: http_fuzz.py MAPD [REQUESTS] [SEED]      best against a build with the sanitizers; 5,000 requests unless told, ./dev soak: 100,000
"""
import collections
import contextlib
import http.client
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import serve
import ward

check = serve.check
CONNECTIONS = 6
CANARIES = [b"Canary", b"0905987", b"SECRET 2"]
ODD = ["", " ", "%00", "%", "%zz", "%ff", "%c3%28", "..", "../../etc/passwd", "'", "\"", "<script>", "' OR 1=1--", "1e999", "-1", "0", "9" * 40, "NaN", "null", "%E2%80%AE",
       "a" * 300, "108.2,16.05,108.21,16.06", "2026-11-22", "../..", "2026-01-01T00:00:00Z", "EPSG:5899", "http://www.opengis.net/def/crs/EPSG/0/4326", "name LIKE 'a%'",
       "S_INTERSECTS(geom,POINT(108 16))", "((((((((((", "name='x' AND " * 30 + "1=1", "{\"op\":\"=\"}", "*", "+", "%2B07:00", "vi", "json", "html", "true", "10"]
HEADERS = [("Accept", ["*/*", "text/html", "application/geo+json", "x/y;q=9", "," * 500]), ("Accept-Encoding", ["gzip", "br;q=1,gzip;q=0", "gzip;q=" + "9" * 100]),
           ("If-None-Match", ["*", "\"x\"", "W/\"" + "a" * 900]), ("Cookie", ["mapd=" + "0" * 64, "mapd=" + "a" * 9000, ";;;=;"]), ("Host", ["a", "a b", "[::1]", "x" * 300, "é"]),
           ("Authorization", ["Bearer " + "0" * 64, "Basic xxx", "Bearer"]), ("X-Forwarded-For", ["1.2.3.4", "::", "x,y,z", ","]), ("X-Forwarded-Proto", ["https", "javascript"]),
           ("Origin", ["null", "https://evil.example", "http://"]), ("Range", ["bytes=0-1", "bytes=9-1"]), ("Content-Type", ["text/plain", "multipart/form-data; boundary=", "multipart/form-data; boundary=x"])]


def templates(s):
    """Paths and parameters as the document says, and those of the other routes."""
    document = serve.ask(s, "/ogc/api?f=json").json()
    found = []
    for path, item in document["paths"].items():
        names = [p.get("name") or p["$ref"].rsplit("/", 1)[1] for p in item.get("get", {}).get("parameters", []) + item.get("parameters", [])]
        found.append((path, [n for n in names if "{" + n + "}" not in path]))
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    for table in ("routes.def", "staff.def"):
        for line in open(os.path.join(root, "mapd", table), encoding="utf-8"):
            if line.startswith(("ROUTE(", "STAFF(")):
                method, path = line.split('"')[1].split(" ")
                found.append((path, line.split('"')[3].replace("*", "filter name").split(), method))
    return [one if len(one) == 3 else (*one, "GET") for one in found], len(document["paths"])


def value(rng, name):
    good = {"collection": "establishments", "collectionId": "stalls", "code": ward.code(rng.randrange(150)), "featureId": ward.code(20), "z": "16", "x": "52469", "y": "29854",
            "tileset": "stalls", "indicator": "S1.1b", "f": "json", "limit": "5"}
    text = good.get(name, rng.choice(ODD)) if rng.random() < 0.6 else rng.choice(ODD)
    if rng.random() < 0.15:
        text = "".join(chr(rng.randrange(33, 127)) if rng.random() < 0.2 else c for c in text)
    return text if rng.random() < 0.5 and not set(text) & set(" \r\n\"<>") else urllib.parse.quote(text, safe="%/")


def target(rng, template):
    path, names, _ = template
    path = re.sub(r"\{(\w+)\}", lambda found: value(rng, found.group(1)).replace("?", "") or "x", path)
    query = [f"{rng.choice(names) if names and rng.random() < 0.9 else rng.choice(ODD) or 'q'}={value(rng, rng.choice(names) if names else 'q')}" for _ in range(rng.choice([0, 0, 1, 1, 2, 5]))]
    text = path + ("?" + "&".join(query) if query else "")
    return "".join(c for c in text if 32 < ord(c) < 127)


def body(rng):
    kind = rng.randrange(4)
    if kind == 0:
        return urllib.parse.urlencode({rng.choice(["name", "password", "csrf", "text", "do", "what"]): rng.choice(ODD) for _ in range(4)}).encode()
    if kind == 1:
        return b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n" + rng.randbytes(200) + b"\r\n--x--"
    return rng.randbytes(rng.choice([0, 10, 4000])) if kind == 2 else b"--x" * 300


# What runs two programs of its own for each new text would take most of the time: one in twenty of its turns.
SELDOM = {"/speech/{code}.opus": 0.05}


def choose(rng, found):
    while True:
        template = rng.choice(found)
        if rng.random() < SELDOM.get(template[0], 1):
            return template


def one(rng, connection, found):
    template = choose(rng, found)
    method = template[2] if rng.random() < 0.9 else rng.choice(["GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "X"])
    headers = {name: rng.choice(values) for name, values in rng.sample(HEADERS, rng.choice([0, 0, 1, 2, 4]))}
    headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
    url = target(rng, template)
    connection.request(method, url, body(rng) if method in ("POST", "PUT") else None, {n: v.encode("latin-1", "ignore").decode("latin-1") for n, v in headers.items()})
    answer = connection.getresponse()
    return method, url, answer.status, answer.read()


class Run:
    """Several connections at once, each with its own chance: requests meet inside the server as a crowd's do."""

    def __init__(self, server, found, requests, seed):
        self.server, self.found, self.left = server, found, requests
        self.lock, self.seen, self.bad = threading.Lock(), collections.Counter(), []
        threads = [threading.Thread(target=self.work, args=(random.Random(f"{seed}/{n}"),)) for n in range(CONNECTIONS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def take(self):
        with self.lock:
            self.left -= 1
            return self.left >= 0 and not (self.bad and self.bad[-1][0] == "died")

    def work(self, rng):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=120)
        while self.take():
            try:
                method, url, status, data = one(rng, connection, self.found)
            except (http.client.HTTPException, OSError):
                connection.close()
                with self.lock:
                    self.seen["closed"] += 1
                    if self.server.process.poll() is not None:
                        self.bad.append(("died", self.left, self.server.process.returncode, self.server.log_text()[-1500:]))
                continue
            with self.lock:
                self.seen[status] += 1
                if status >= 500 and status != 503 or any(canary in data for canary in CANARIES):
                    self.bad.append((method, url[:200], status, data[:120]))
        connection.close()


def main(program, requests="5000", seed="7"):
    folder = tempfile.mkdtemp()
    path = os.path.join(folder, "ward.db")
    ward.make(program, path)
    source = os.path.join(folder, "list.csv")
    with open(source, "w", encoding="utf-8") as out:
        out.write("Mã điểm,Tên cơ sở,Chủ hộ,Điện thoại,Kinh độ,Vĩ độ\nZ1,Quán Kín,Canary Lê Văn,0905987111,108.2,16.05\n")
    subprocess.run([program, "import", path, source, "--as", "establishments"], capture_output=True)
    s = serve.Server(program, path)
    found, documented = templates(s)
    check("paths of the document", documented >= 10, documented)
    began = time.time()
    run = Run(s, found, int(requests), seed)
    seen, bad = run.seen, run.bad
    check("no crash, no 5xx, no canary", not bad, bad[:3])
    check("most requests are answered", sum(n for k, n in seen.items() if k != "closed") > int(requests) * 0.9, seen)
    check("ends well", s.process.poll() is None and s.stop() == 0, s.log_text()[-800:])
    print(f"{requests} requests in {time.time() - began:.0f} s from {documented} documented paths and {len(found) - documented} routes:", dict(sorted(seen.items(), key=str)))
    with contextlib.suppress(OSError):
        shutil.rmtree(folder)
    print(f"{sum(serve.RESULTS)} passed, {len(serve.RESULTS) - sum(serve.RESULTS)} failed")
    return 0 if all(serve.RESULTS) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
