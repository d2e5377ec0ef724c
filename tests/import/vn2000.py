#!/usr/bin/env python3
"""The city's files: shapefiles written by ogr2ogr in VN-2000 (zone 107-45 of Đà Nẵng, a neighbour's meridian, a 6-degree zone) come in
where they stand, and one without its .prj is asked about, never guessed.

    vn2000.py MAPD WORKDIR
"""
import json, os, shutil, sqlite3, struct, subprocess, sys

MAPD, WORK = sys.argv[1:3]
NAME, LINE = "Đường Mẫu", [[108.22, 16.05], [108.225, 16.051]]


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def streets(db):
    """Name and the corners of the first line, out of the geometry as SpatiaLite stores it."""
    rows = sqlite3.connect(db).execute("SELECT name, geom FROM street").fetchall()
    return {name: [round(v, 6) for v in struct.unpack("<4d", geom[6:38])] for name, geom in rows}


def fresh():
    db = os.path.join(WORK, "ward.db")
    for end in ("", ".key", "-wal", "-shm"):
        if os.path.exists(db + end):
            os.remove(db + end)
    done = run(MAPD, "init", db, "--ward", "99001", "--name", "Phường Mẫu")
    assert done.returncode == 0, done.stderr
    return db


def check(crs, has_prj, flag, status):
    db, path = fresh(), os.path.join(WORK, "duong.shp")
    done = run("ogr2ogr", "-overwrite", "-t_srs", crs, "-lco", "ENCODING=UTF-8", path, os.path.join(WORK, "duong.geojson"))
    assert done.returncode == 0, done.stderr
    if not has_prj:
        os.remove(os.path.join(WORK, "duong.prj"))
    done = run(MAPD, "import", db, path, "--as", "streets", *(["--crs", crs] if flag else []))
    assert done.returncode == status, (crs, has_prj, flag, done.returncode, done.stderr)
    if status:
        assert "--crs" in done.stderr and not streets(db), done.stderr
    else:
        bounds = [108.22, 16.05, 108.225, 16.051]
        assert streets(db) == {"Mẫu": bounds} or streets(db) == {NAME: bounds}, (crs, streets(db))
    print(f"ok {crs} {'with' if has_prj else 'without'} .prj{', --crs' if flag else ''}: {'asked for' if status else 'where it stands'}")


shutil.rmtree(WORK, ignore_errors=True)
os.makedirs(WORK)
with open(os.path.join(WORK, "duong.geojson"), "w", encoding="utf-8") as f:
    json.dump({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"TEN": NAME}, "geometry": {"type": "LineString", "coordinates": LINE}}]}, f)
for crs in ("EPSG:5899", "EPSG:9217", "EPSG:3405"):
    check(crs, True, False, 0)
    check(crs, False, True, 0)
    check(crs, False, False, 1)
