"""Instructions of the server by callgrind: a feature of a page of items and of a lean tile, so that a later change can be compared on
any machine, quiet or not. Only what runs inside serve_items and tile_encode is counted: no socket, no head of the request.

usage: instructions.py BUILD_DIR SAMPLE_DIR      BENCH_ROWS=10000
"""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request

from common import folder, register
from tile_reader import busiest_tile, feature_count

ROWS = int(os.environ.get("BENCH_ROWS", "10000").split(",")[0])
REQUESTS = 20


def get(url):
    with urllib.request.urlopen(url, timeout=600) as answer:
        return answer.read()


class Counted:
    """The server under callgrind, counting inside one function."""

    def __init__(self, program, ward, function, at):
        self.out = os.path.join(at, f"callgrind.{function}")
        self.process = subprocess.Popen(
            ["valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={self.out}", "--collect-atstart=no", f"--toggle-collect={function}",
             program, "serve", ward, "--listen", "127.0.0.1:0"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=dict(os.environ, MAPD_TILE_CACHE_MB="0"))
        self.base = re.search(r"(http://\S+?)/$", self.process.stdout.readline().strip()).group(1)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(120)
        with open(self.out, encoding="utf-8") as f:
            return int(re.search(r"^(?:summary|totals): (\d+)", f.read(), re.M).group(1))


def count(program, ward, at, function, target, features):
    server = Counted(program, ward, function, at)
    try:
        for _ in range(REQUESTS):
            get(server.base + target)
    finally:
        total = server.stop()
    return total / REQUESTS / features


def tile_target(program, ward, z):
    """Where the most features are, asked of a server that nobody counts."""
    process = subprocess.Popen([program, "serve", ward, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        base = re.search(r"(http://\S+?)/$", process.stdout.readline().strip()).group(1)
        z, x, y = busiest_tile(base, z)
        target = f"/tiles/establishments/{z}/{x}/{y}.mvt?cluster=false"
        return target, feature_count(get(base + target))
    finally:
        process.terminate()
        process.wait(20)


def main():
    if not shutil.which("valgrind"):
        sys.exit("instructions: valgrind is missing")
    program = os.path.join(sys.argv[1], "mapd")
    with folder() as at:
        ward, source = os.path.join(at, "ward.db"), os.path.join(at, "register.csv")
        register(source, ROWS)
        subprocess.run([program, "init", ward, "--ward", "1", "--name", "Phường Đo"], check=True, stdout=subprocess.DEVNULL)
        subprocess.run([program, "import", ward, source, "--as", "establishments"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        print(f"{ROWS} places, instructions a feature")
        for features in (100, 1000):
            target = f"/ogc/collections/establishments/items?f=json&limit={features}"
            print(f"  items, {features} features{'':<24} {count(program, ward, at, 'serve_items', target, features):>8.0f}   (target ≤ 1000)", flush=True)
        for z in (12, 14, 16):
            target, features = tile_target(program, ward, z)
            print(f"  lean tile z{z}, {features} features{'':<16} {count(program, ward, at, 'tile_encode', target, features):>8.0f}   (target ≤ 700)", flush=True)


main()
