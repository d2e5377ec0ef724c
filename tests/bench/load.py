"""Sixteen clients while an import runs: no error, tiles not held up, every answer of exactly one revision.

usage: load.py BUILD_DIR [SAMPLE_DIR]      LOAD_ROWS=100000   LOAD_SECONDS=120 at most   LOAD_LEAST=60: the clients go on that long
(ctest: 20000 rows, at most 10 s)

A tile is looked at as a whole: all its points, unclustered, are those of one commit, so its feature count must be the count that
belongs to the revision in its ETag: two answers with one ETag are the same bytes, and numberMatched is the same for one revision
everywhere. Idle p99 is measured by the same clients in the same process just before.
"""
import http.client
import os
import re
import subprocess
import sys
import threading
import time

from common import folder, register

ROWS = int(os.environ.get("LOAD_ROWS", "100000"))
SECONDS = float(os.environ.get("LOAD_SECONDS", "120"))
LEAST = float(os.environ.get("LOAD_LEAST", "60"))
CLIENTS = 16
PAUSE = 0.01  # of a client between two requests: sixteen people with a map, not a flood
TILES = ["/tiles/establishments/12/3279/1863.mvt?cluster=false", "/tiles/establishments/14/13118/7455.mvt",
         "/tiles/establishments/16/52472/29821.mvt", "/tiles/establishments/12/3279/1863.mvt"]
ITEMS = "/ogc/collections/establishments/items?f=json&limit=20"


class Clients:
    """All requests of one phase: waits of tiles in ms, and what was answered under which ETag."""

    def __init__(self, port):
        self.port, self.lock, self.stopped = port, threading.Lock(), threading.Event()
        self.waits, self.errors, self.answers, self.matched, self.requests = [], [], {}, {}, 0

    def one(self, number):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        turn = number
        while not self.stopped.is_set():
            target = ITEMS if turn % 8 == 7 else TILES[turn % len(TILES)]
            turn += 1
            try:
                began = time.perf_counter()
                connection.request("GET", target)
                answer = connection.getresponse()
                body = answer.read()
                self.note(target, answer, body, (time.perf_counter() - began) * 1000)
            except OSError as e:
                self.errors.append(repr(e))
                return
            time.sleep(PAUSE)

    def note(self, target, answer, body, wait):
        etag = answer.getheader("ETag") or ""
        revision = etag.split("-")[1] if etag.count("-") > 1 else "?"
        with self.lock:
            self.requests += 1
            if answer.status not in (200, 204) or revision == "?":
                self.errors.append(f"{answer.status} {etag} {target}")
            elif target == ITEMS:
                count = re.search(rb'"numberMatched":\s*(\d+)', body).group(1)
                if self.matched.setdefault(revision, count) != count:
                    self.errors.append(f"numberMatched {count} and {self.matched[revision]} at revision {revision}")
            else:
                self.waits.append(wait)
                if self.answers.setdefault((target, etag), hash(body)) != hash(body):
                    self.errors.append(f"two answers with {etag} for {target}")

    def run(self, until):
        threads = [threading.Thread(target=self.one, args=(i,), daemon=True) for i in range(CLIENTS)]
        for t in threads:
            t.start()
        until(self)
        self.stopped.set()
        for t in threads:
            t.join(40)
        return self

    def p99(self):
        return sorted(self.waits)[len(self.waits) * 99 // 100]


def import_while(program, ward, source, result):
    def until(clients):
        process = subprocess.Popen([program, "import", ward, source, "--as", "establishments"], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE)
        began = time.monotonic()
        try:
            process.wait(SECONDS)
            result.append(process.returncode)
            # and until what came in is published, however busy the machine is
            while time.monotonic() - began < SECONDS + 30 and len(clients.matched) < 2:
                time.sleep(0.2)
            time.sleep(max(1, min(LEAST, SECONDS) - (time.monotonic() - began)))
        except subprocess.TimeoutExpired:  # the time is bounded, the import need not end in it
            process.terminate()
            process.wait(20)
            result.append("still running")
    return until


def main():
    program = os.path.join(sys.argv[1], "mapd")
    with folder() as at:
        ward, first, second = (os.path.join(at, n) for n in ("ward.db", "first.csv", "second.csv"))
        register(first, 5000)
        register(second, ROWS)
        for command in ([program, "init", ward, "--ward", "1", "--name", "Phường Đo"], [program, "import", ward, first, "--as", "establishments"]):
            assert subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0, command
        server = subprocess.Popen([program, "serve", ward, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            port = int(re.search(r":(\d+)/$", server.stdout.readline().strip()).group(1))
            idle = Clients(port).run(lambda _: time.sleep(min(5, SECONDS / 2)))
            result = []
            busy = Clients(port).run(import_while(program, ward, second, result))
        finally:
            server.terminate()
            server.wait(20)
    errors = idle.errors + busy.errors
    ratio = busy.p99() / idle.p99()
    print(f"{CLIENTS} clients, import of {ROWS} rows ({result[0]}): {busy.requests} requests, {len(busy.matched)} revisions seen, "
          f"{len(errors)} errors; tiles p99 {idle.p99():.1f} ms idle, {busy.p99():.1f} ms beside the import, {ratio:.1f} times (target < 3)")
    for e in errors[:10]:
        print("FAIL", e)
    bound = float(os.environ.get("LOAD_RATIO", "3"))
    if ratio >= bound:
        print(f"FAIL p99 grew {ratio:.1f} times, bound {bound:.0f}")
    finished = result[0] in (0, 3)
    if finished and len(busy.matched) < 2:
        errors.append("the import was never published")
        print("FAIL", errors[-1])
    return 1 if errors or ratio >= bound else 0


sys.exit(main())
