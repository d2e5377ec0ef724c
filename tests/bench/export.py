#!/usr/bin/python3
"""Exports against ogr2ogr from the same file in the same run: processor seconds, medians. PERF_EXPORT in docs/performance.md.

usage: export.py BUILD SAMPLE      EXPORT_ROWS (100000), EXPORT_RUNS (5), TILE_ROWS ("10000 100000")
"""
import os
import resource
import shutil
import statistics
import subprocess
import sys

import common

ROWS = int(os.environ.get("EXPORT_ROWS", "100000"))
RUNS = int(os.environ.get("EXPORT_RUNS", "5"))
TILE_ROWS = [int(n) for n in os.environ.get("TILE_ROWS", "10000 100000").split()]
TARGETS = {"geojson": 4, "csv": 4, "fgb": 0.9, "gpkg": 0.9}
DRIVERS = {"geojson": ["GeoJSON"], "csv": ["CSV", "-lco", "GEOMETRY=AS_XY"], "fgb": ["FlatGeobuf"], "gpkg": ["GPKG"]}


def cpu(command):
    """Processor seconds of one command, its children included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, (command, done.stderr[-400:])
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def remove(path):
    if os.path.isdir(path):
        shutil.rmtree(path)
    elif os.path.exists(path):
        os.remove(path)


def compare(name, ours, theirs, out, runs, target):
    mine, other = [], []
    for _ in range(runs):
        remove(out[0])
        mine.append(cpu(ours))
        remove(out[1])
        other.append(cpu(theirs))
    a, b = statistics.median(mine), statistics.median(other)
    print(f"  {name:22} mapd {a:7.2f} s   ogr2ogr {b:7.2f} s   {b / a:6.1f}x   target {target}x   {'met' if b / a >= target else 'MISSED'}", flush=True)


def ward_of(program, at, rows):
    ward, listed = os.path.join(at, f"ward{rows}.db"), os.path.join(at, f"list{rows}.csv")
    common.register(listed, rows)
    subprocess.run([program, "init", ward, "--ward", "99001", "--name", "Phường Mẫu"], check=True, stdout=subprocess.DEVNULL)
    done = subprocess.run([program, "import", ward, listed, "--as", "establishments"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert done.returncode in (0, 3)
    return ward


def main():
    program = os.path.join(sys.argv[1], "mapd")
    with common.folder() as at:
        ward = ward_of(program, at, ROWS)
        print(f"export of {ROWS} establishments, median of {RUNS}")
        for ending, driver in DRIVERS.items():
            mine, other = os.path.join(at, f"mine.{ending}"), os.path.join(at, f"other.{ending}")
            compare(ending, [program, "export", ward, "establishments", mine], ["ogr2ogr", "-f", *driver, other, ward, "pub_establishments"],
                    (mine, other), RUNS, TARGETS[ending])
        for rows in TILE_ROWS:
            source = ward if rows == ROWS else ward_of(program, at, rows)
            mine, other = os.path.join(at, "mine.pmtiles"), os.path.join(at, "other.mbtiles")
            flat = os.path.join(at, f"flat{rows}.gpkg")
            subprocess.run([program, "export", source, "establishments", flat], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            compare(f"tiles z8-16, {rows}", [program, "tiles", source, mine, "--layers", "establishments"],
                    ["ogr2ogr", "-f", "MBTILES", other, flat, "establishments", "-dsco", "MINZOOM=8", "-dsco", "MAXZOOM=16"], (mine, other), 1, 12)


main()
