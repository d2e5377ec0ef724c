#!/usr/bin/python3
"""Others' decoders read our tiles, our archive, our style and our API document (npm/decoders.mjs says what is asked).

usage: decoders.py MAPD WARD.db FOLDER [TILES]      the folder is for the packages

To the ward come shapes that tiles get wrong: stars with holes, slivers, spirals, rings that touch themselves, roads that run back.
"""
import math
import os
import random
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "mapd")]
from ogc_client import install
from own_ward import Server, copy_of
import ward

R = random.Random(7)
WEST, SOUTH, SIDE = 108.20, 16.05, 0.03


def ring(points):
    return "(" + ", ".join(f"{x:.9f} {y:.9f}" for x, y in points + points[:1]) + ")"


def star(x, y, size, corners):
    return [(x + size * R.uniform(0.2, 1) * math.cos(k * 2 * math.pi / corners), y + size * R.uniform(0.2, 1) * math.sin(k * 2 * math.pi / corners))
            for k in range(corners)]


def area(x, y, size):
    kind = R.randrange(5)
    if kind == 0:
        hole = [(x + size / 20 * dx, y + size / 20 * dy) for dx, dy in ((0, 0), (1, 0), (1, 1), (0, 1))]
        return f"POLYGON({ring(star(x, y, size, R.randrange(12, 60)))}, {ring(hole)})"
    if kind == 1:  # a sliver
        return f"POLYGON({ring([(x, y), (x + size, y + size / 3), (x + size, y + size / 3 + size * 1e-3)])})"
    if kind == 2:  # two triangles that meet in a point
        return f"POLYGON({ring([(x, y), (x + size, y + size), (x + size, y), (x, y + size)])})"
    if kind == 3:  # a spiral wall
        out = [(x + size * k / 40 * math.cos(k / 2), y + size * k / 40 * math.sin(k / 2)) for k in range(2, 40)]
        back = [(x + size * (k - 0.8) / 40 * math.cos(k / 2), y + size * (k - 0.8) / 40 * math.sin(k / 2)) for k in range(39, 1, -1)]
        return f"POLYGON({ring(out + back)})"
    return f"MULTIPOLYGON(({ring(star(x, y, size, 9))}), ({ring(star(x + size / 2, y, size, 17))}))"


def line(x, y, size):
    there = [(x + size * R.uniform(-1, 1), y + size * R.uniform(-1, 1)) for _ in range(R.randrange(2, 40))]
    path = there + there[::-1] if R.random() < 0.2 else there
    return "LINESTRING(" + ", ".join(f"{px:.9f} {py:.9f}" for px, py in path) + ")"


def add_shapes(path, count):
    db = ward.connect(path)
    for i in range(count):
        x, y, size = WEST + R.random() * SIDE, SOUTH + R.random() * SIDE, 10 ** R.uniform(-5, -1.8)
        layer = ("water", "green", "roads")[i % 3]
        shape = line(x, y, size) if layer == "roads" else area(x, y, size)
        db.execute("INSERT INTO base_feature (layer, name, class, source_key, geom) VALUES (?, ?, 'thử', ?, GeomFromText(?, 4326))",
                   (layer, f"Hình {i}", f"random {i}", shape))
    db.commit()
    db.close()


def main(program, theirs, folder, tiles="3000"):
    install(folder)
    with tempfile.TemporaryDirectory() as home:
        path, archive = copy_of(theirs, home), os.path.join(home, "ward.pmtiles")
        add_shapes(path, 900)
        subprocess.run([program, "tiles", path, archive], check=True, timeout=120)
        server = Server(program, path)
        try:
            node = [os.environ.get("NODE", "node"), "decoders.mjs", server.base, archive, tiles]
            return subprocess.run(node, cwd=folder, timeout=240).returncode
        finally:
            server.stop()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
