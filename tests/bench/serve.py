"""The server beside MapServer 8, QGIS Server and PostGIS: server CPU per request in the same run, on the same places, asked by the same wrk.

usage: serve.py BUILD_DIR SAMPLE_DIR      BENCH_ROWS=10000,100000 (1000000 takes minutes)   BENCH_ROUNDS=5   BENCH_SECONDS=2

MapServer gets the best that it can use: one flat SpatiaLite table of what `mapd export` wrote, with its R*Tree, behind nginx and four
FastCGI processes. Tiles are asked with as many features in ours as in MapServer's (asserted). Cold tiles come from a second
server of ours without a tile cache, so that they are made each time. PostGIS is asked by pgbench for the SQL alone (peers.py). CPU is user and system time of all processes of a server, from /proc; that of nginx
is left out, in MapServer's favour.
"""
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

from common import cpu_seconds, folder, register
from peers import PostGis, QgisServer
from tile_reader import CENTRE, busiest_tile, feature_count

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
SECONDS = int(os.environ.get("BENCH_SECONDS", "2"))
SIZES = [int(n) for n in os.environ.get("BENCH_ROWS", "10000,100000").split(",")]
PROCESSES = 4


def median(values):
    return sorted(values)[len(values) // 2]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def get(url, **headers):
    request = urllib.request.Request(url, headers=headers)
    with urllib.request.urlopen(request, timeout=600) as answer:
        return answer.read()


# --- the servers: each has a base address and the processes whose CPU counts ---

class Ours:
    def __init__(self, program, ward, **environment):
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen([program, "serve", ward, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=self.log, text=True,
                                        env=dict(os.environ, **environment))
        self.base = re.search(r"(http://\S+?)/$", self.process.stdout.readline().strip()).group(1)
        self.pids = [self.process.pid]

    def stop(self):
        self.process.terminate()
        self.process.wait(20)
        self.log.seek(0)
        return self.log.read(4096)


class Bare:
    """libmicrohttpd with the same constant answer, headers and all: the floor under any answer of ours."""

    def __init__(self, program, body, headers, at):
        path = os.path.join(at, "constant")
        with open(path, "wb") as f:
            f.write(body)
        words = [w for pair in headers for w in pair if pair[0] not in ("Date", "Connection", "Content-Length")]
        self.process = subprocess.Popen([program, path, *words], stdout=subprocess.PIPE, text=True)
        self.base = f"http://127.0.0.1:{int(self.process.stdout.readline())}"
        self.pids = [self.process.pid]

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


MAPFILE = """MAP
  NAME "bench"
  EXTENT 108 15.8 108.6 16.3
  SIZE 256 256
  PROJECTION "init=epsg:4326" END
  OUTPUTFORMAT NAME "mvt" DRIVER MVT FORMATOPTION "EDGE_BUFFER=0" END
  OUTPUTFORMAT NAME "geojson" DRIVER "OGR/GEOJSON" MIMETYPE "application/json" FORMATOPTION "STORAGE=stream"
    FORMATOPTION "FORM=simple" END
  WEB METADATA "ows_title" "bench" "ows_enable_request" "*" "ows_onlineresource" "http://127.0.0.1/" "oga_onlineresource"
    "http://127.0.0.1/" "wfs_getfeature_formatlist" "geojson" END END
  LAYER
    NAME "establishments"
    TYPE POINT
    STATUS ON
    CONNECTIONTYPE OGR
    CONNECTION "{file}"
    DATA "establishments"
    EXTENT 108 15.8 108.6 16.3
    PROCESSING "CLOSE_CONNECTION=DEFER"
    PROJECTION "init=epsg:4326" END
    TEMPLATE "unused"
    METADATA "ows_title" "establishments" "ows_include_items" "all" "gml_include_items" "{items}" "gml_featureid" "code"
      "ows_geomtype" "Point" "wfs_use_default_extent_for_getfeature" "false" "oga_max_limit" "10000" "wfs_maxfeatures" "100000" "ows_srs" "EPSG:4326" END
    CLASS STYLE COLOR 0 0 0 END END
  END
END
"""

NGINX = """daemon off; worker_processes 1; pid {at}/nginx.pid; error_log {at}/nginx.log;
events {{ worker_connections 256; }}
http {{ access_log off; client_body_temp_path {at}/t1; proxy_temp_path {at}/t2; fastcgi_temp_path {at}/t3; uwsgi_temp_path {at}/t4;
  scgi_temp_path {at}/t5; fastcgi_buffers 64 64k;
  server {{ listen 127.0.0.1:{port}; location / {{ fastcgi_pass unix:{at}/ms.sock;
    fastcgi_param PATH_INFO $uri; fastcgi_param HTTP_HOST $http_host; fastcgi_param SERVER_NAME 127.0.0.1;
    fastcgi_param SERVER_PORT {port}; fastcgi_param QUERY_STRING $query_string; fastcgi_param REQUEST_METHOD GET; fastcgi_param SCRIPT_NAME /; }} }} }}
"""


class MapServer:
    def __init__(self, data, at):
        self.at, self.port = at, free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.maps = {}
        for name, items in (("full", "all"), ("lean", "code,name,status,kind")):
            self.maps[name] = os.path.join(at, f"{name}.map")
            with open(self.maps[name], "w", encoding="utf-8") as f:
                f.write(MAPFILE.format(file=data, items=items))
        with open(os.path.join(at, "nginx.conf"), "w", encoding="ascii") as f:
            f.write(NGINX.format(at=at, port=self.port))
        env = dict(os.environ, OGR_SQLITE_CACHE="64", MAPSERVER_CONFIG_FILE=self.config())
        subprocess.run(["spawn-fcgi", "-s", f"{at}/ms.sock", "-M", "0666", "-F", str(PROCESSES), "-P", f"{at}/ms.pid", "--",
                        shutil.which("mapserv") or "/usr/lib/cgi-bin/mapserv"], env=env, check=True, stdout=subprocess.DEVNULL)
        with open(f"{at}/ms.pid", encoding="ascii") as f:
            self.pids = [int(p) for p in f.read().split()]
        self.nginx = subprocess.Popen(["nginx", "-c", f"{at}/nginx.conf", "-e", f"{at}/nginx.log"])
        time.sleep(0.5)

    def config(self):
        path = os.path.join(self.at, "mapserver.conf")
        with open(path, "w", encoding="ascii") as f:
            f.write('CONFIG\n  ENV\n    MS_MAP_NO_PATH "1"\n  END\n  MAPS\n')
            f.writelines(f'    {name} "{path}"\n' for name, path in self.maps.items())
            f.write("  END\nEND\n")
        return path

    def items(self, count):
        return f"/full/ogcapi/collections/establishments/items?f=json&limit={count}"

    def wfs_items(self, count):
        return self.query("full", SERVICE="WFS", VERSION="2.0.0", REQUEST="GetFeature", TYPENAMES="establishments",
                          OUTPUTFORMAT="geojson", COUNT=str(count))

    def tile(self, kind, z, x, y):
        return self.query(kind, mode="tile", tilemode="gmap", tile=f"{x} {y} {z}", layers="establishments", **{"map.imagetype": "mvt"})

    def query(self, kind, **parameters):
        return "/?" + urllib.parse.urlencode(dict(parameters, map=kind))

    def stop(self):
        self.nginx.terminate()
        for pid in self.pids:
            os.kill(pid, signal.SIGKILL)  # between requests it does not listen to SIGTERM
        self.nginx.wait(20)


# --- measuring ---

def ask(server, target, *headers):
    """CPU microseconds and latency of one request, by wrk with 16 connections for a few seconds."""
    time.sleep(0.05)
    before, options = sum(map(cpu_seconds, server.pids)), [o for h in headers for o in ("-H", h)]
    said = subprocess.run(["wrk", "-t2", "-c16", f"-d{SECONDS}s", "--timeout", "120s", *options, server.base + target],
                          check=True, capture_output=True, text=True).stdout
    used = sum(map(cpu_seconds, server.pids)) - before
    assert "Non-2xx" not in said and "Socket errors" not in said, (target, said)
    requests = int(re.search(r"(\d+) requests in", said).group(1))
    return used / max(requests, 1) * 1e6


def rounds(*questions):
    """Medians, the servers taking turns so that other work on the machine meets them alike."""
    got = [[] for _ in questions]
    for _ in range(ROUNDS):
        for i, question in enumerate(questions):
            got[i].append(ask(*question))
    return [median(g) for g in got]


def line(name, ours, peer, target, peer_name="MapServer"):
    print(f"  {name:<44} {ours:>9.1f} µs   {peer_name} {peer:>10.1f} µs   ratio {peer / ours:>7.1f}   (target {target})", flush=True)


def items(ours, peer):
    """Its OGC API counts the whole table for numberMatched, so its WFS, which here counts nothing, is asked too."""
    for count, target in ((100, 150), (1000, 200)):
        mine = f"/ogc/collections/establishments/items?f=json&limit={count}"
        for theirs in (peer.items(count), peer.wfs_items(count)):
            for server, question in ((ours, mine), (peer, theirs)):
                there = len(json.loads(get(server.base + question))["features"])
                assert there == count, (question, there)
        a, b, c = rounds((ours, mine), (peer, peer.items(count)), (peer, peer.wfs_items(count)))
        line(f"items, {count} features", a, b, f"≥ {target}", "MapServer OGC API")
        line(f"items, {count} features", a, c, "none", "MapServer WFS")


def cold_tiles(ours, peer):
    for z in (12, 14, 16):
        z, x, y = busiest_tile(ours.base, z)
        mine = f"/tiles/establishments/{z}/{x}/{y}.mvt?cluster=false"
        theirs = peer.tile("lean", z, x, y)
        count, there = feature_count(get(ours.base + mine)), feature_count(get(peer.base + theirs))
        assert count > 0 and abs(count - there) <= max(2, count // 200), (count, there)  # a point on an edge may fall on either side
        a, b = rounds((ours, mine), (peer, theirs))
        line(f"tile z{z} made anew, {count} / {there} features", a, b, "≥ 150")


def beside_qgis(ours, data, at):
    if not QgisServer.is_there():
        print("  QGIS Server is not installed: left out")
        return
    peer = QgisServer(data, at, free_port())
    try:
        for count, target in ((100, 120), (1000, 120)):
            there = len(json.loads(get(peer.base + peer.items(count)))["features"])
            assert there == count, (count, there)
            a, b = rounds((ours, f"/ogc/collections/establishments/items?f=json&limit={count}"), (peer, peer.items(count)))
            line(f"items, {count} features", a, b, f"≥ {target}", "QGIS Server")
    finally:
        peer.stop()


def beside_postgis(ours, cold, source, at):
    if not PostGis.is_there():
        print("  PostGIS is not installed, or this is not root: left out")
        return
    peer = PostGis(source, at)
    try:
        for count in (100, 1000):
            theirs = median([peer.microseconds(peer.items(count), SECONDS) for _ in range(ROUNDS)])
            line(f"items, {count} features", rounds((ours, f"/ogc/collections/establishments/items?f=json&limit={count}"))[0], theirs, "≥ 40", "PostGIS")
        for z in (12, 14, 16):
            z, x, y = busiest_tile(ours.base, z)
            mine = f"/tiles/establishments/{z}/{x}/{y}.mvt?cluster=false"
            theirs = median([peer.microseconds(peer.tile("lean", z, x, y), SECONDS) for _ in range(ROUNDS)])
            line(f"tile z{z} made anew, {feature_count(get(ours.base + mine))} features", rounds((cold, mine))[0], theirs, "≥ 60", "PostGIS")
    finally:
        peer.stop()


def cached_tiles(ours, bare_program, at):
    for z in (12, 14, 16):
        z, x, y = busiest_tile(ours.base, z)
        target = f"/tiles/establishments/{z}/{x}/{y}.mvt"
        request = urllib.request.Request(ours.base + target, headers={"Accept-Encoding": "gzip"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            body, headers = answer.read(), answer.getheaders()
        bare = Bare(bare_program, body, headers, at)
        try:
            a, b = rounds((ours, target, "Accept-Encoding: gzip"), (bare, "/", "Accept-Encoding: gzip"))
        finally:
            bare.stop()
        print(f"  {f'tile z{z} from the cache, gzip, {len(body)} bytes':<44} {a:>9.1f} µs   bare libmicrohttpd {b:>6.1f} µs   "
              f"{a / b:.2f} times (target ≤ 1.5)", flush=True)


def page(ours):
    code = json.loads(get(ours.base + "/ogc/collections/establishments/items?f=json&limit=1"))["features"][0]["id"]
    print(f"  {'page of a place':<44} {rounds((ours, f'/c/{code}'))[0]:>9.1f} µs   (target ≤ 60)", flush=True)


PREFIXES = ["q", "qu", "quan", "quán", "quan s", "quan so 1", "quan so 12", "duong", "duong m", "duong mau 1", "đường mẫu 11", "ban", "1", "12",
            "4711", "quán số 999", "to 1", "phuong"]


def histogram(ours):
    """Of /search inside the server: (least bound in ms that holds 99 in 100, how many)."""
    found = re.findall(r'mapd_request_seconds_bucket{route="/search",le="([^"]+)"} (\d+)', get(ours.base + "/metrics").decode())
    total = int(found[-1][1])
    return next((bound for bound, n in found if int(n) >= total * 0.99), "+Inf"), total


def search(ours):
    """One client, one question after another: the latency it sees holds the server's and the way there. What the server itself took
    is read from its own histogram."""
    waits, r = [], random.Random(1)
    import http.client
    connection = http.client.HTTPConnection(ours.base[7:])
    for _ in range(2000):
        q = urllib.parse.quote(r.choice(PREFIXES))
        began = time.perf_counter()
        connection.request("GET", f"/search?q={q}&lon={CENTRE[0]}&lat={CENTRE[1]}")
        answer = connection.getresponse()
        answer.read()
        waits.append((time.perf_counter() - began) * 1000)
        assert answer.status == 200
    waits.sort()
    print(f"  {'search as typed, as a client sees it':<44} p50 {waits[1000]:.2f} ms   p99 {waits[1980]:.2f} ms", flush=True)
    bound, total = histogram(ours)
    print(f"  {'search in the server, its own histogram':<44} 99 of 100 in ≤ {bound} s of {total}   (target 0.001)", flush=True)


def build_data(program, rows, at):
    source, ward, flat = (os.path.join(at, n) for n in ("register.csv", "ward.db", "flat.db"))
    exported = os.path.join(at, "establishments.fgb")
    register(source, rows)
    for command in ([program, "init", ward, "--ward", "1", "--name", "Phường Đo"],
                    [program, "import", ward, source, "--as", "establishments"],
                    [program, "export", ward, "establishments", exported],
                    ["ogr2ogr", "-f", "SQLite", "-dsco", "SPATIALITE=YES", "-nln", "establishments", "-gt", "unlimited", flat, exported]):
        status = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        assert status.returncode == 0, (command, status.stderr.decode()[-400:])
    return ward, flat, exported


def one_size(program, bare_program, rows):
    with folder() as at:
        os.chmod(at, 0o755)
        ward, flat, exported = build_data(program, rows, at)
        ours, cold = Ours(program, ward), Ours(program, ward, MAPD_TILE_CACHE_MB="0")
        print(f"{rows} places", flush=True)
        peer = MapServer(flat, at)
        try:
            items(ours, peer)
            cold_tiles(cold, peer)
            cached_tiles(ours, bare_program, at)
            page(ours)
            search(ours)
            peer.stop()
            peer = None
            beside_qgis(ours, flat, at)
            beside_postgis(ours, cold, exported, at)
        finally:
            if peer:
                peer.stop()
            log = ours.stop()
            cold.stop()
        print(f"  published in {re.search(r'published revision .* in (.*)', log).group(1)} (target 50 ms at 10,000, 2 s at 1,000,000)")


def main():
    missing = [p for p in ("wrk", "spawn-fcgi", "nginx", "mapserv", "ogr2ogr") if not shutil.which(p)]
    if missing:
        sys.exit(f"serve: missing: {' '.join(missing)} (./dev bench installs them)")
    for rows in SIZES:
        one_size(os.path.join(sys.argv[1], "mapd"), os.path.join(sys.argv[1], "tests", "bin", "bare"), rows)


main()
