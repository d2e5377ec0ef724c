#!/usr/bin/python3
"""Every format of every public layer, over the command line and over HTTP, read back by somebody else's reader and compared with the
rows of the database: GDAL's Python for GeoJSON, GPKG, FGB, KML; pyshp for Shapefiles; openpyxl for XLSX; Python's csv; QGIS for the
colours a GeoPackage brings along. VN-2000 is compared with GDAL's own transformation.

usage: exports.py MAPD WARD.db      ends with "N passed, N failed"
"""
import csv
import datetime
import io
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import zipfile

import openpyxl
import shapefile
from osgeo import gdal, ogr, osr

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
gdal.UseExceptions()
LAYERS = {"establishments": "pub_establishments", "stalls": "pub_stalls", "food-safety": "pub_food_safety", "markets": "pub_markets"}
ENDINGS = ("geojson", "csv", "gpkg", "fgb", "shp.zip", "xlsx", "kml")
SHORT = re.compile(r'FIELD\((\w+), "(\w+)", (\w+), "([^"]*)", "[^"]*", "(\w+)"\)')
results = []


def check(name, ok, detail=""):
    results.append(bool(ok))
    print(f"{'ok  ' if ok else 'FAIL'} {name} {detail if not ok else ''}")


def catalogue():
    """layer → [(name, type, Vietnamese title, short name)], as layers.def says."""
    found = {}
    path = os.path.join(os.path.dirname(__file__), "../../layers/layers.def")
    for line in open(path, encoding="utf-8"):
        match = SHORT.match(line)
        if match:
            layer, name, kind, title, short = match.groups()
            found.setdefault(layer.lower().replace("_", "-"), []).append((name, kind, title, short))
    return found


FIELDS = catalogue()


def truth(ward, layer):
    """code → (values in the order of the fields, longitude, latitude), read from the file's own view by SpatiaLite."""
    db = sqlite3.connect(ward)
    db.enable_load_extension(True)
    db.load_extension("mod_spatialite")
    names = [f[0] for f in FIELDS[layer]]
    columns = ", ".join(f'"{n}"' for n in names)
    rows = db.execute(f"SELECT {columns}, ST_X(geom), ST_Y(geom) FROM {LAYERS[layer]}").fetchall()
    db.close()
    wanted = {}
    for row in rows:
        values = [plain(v, f[1]) for v, f in zip(row, FIELDS[layer])]
        wanted[row[0]] = (values, row[-2], row[-1])
    return wanted


def plain(value, kind):
    """One value as text, the same for every format; nothing and the empty text are one."""
    if value is None or value == "":
        return ""
    if kind == "BOOL":
        return "1" if value in (1, True, "true", "True", "Có", "T", "1") else "0"
    if kind == "REAL":
        return f"{float(value):.2f}"
    if kind == "INT":
        return str(int(value))
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.strftime("%Y-%m-%d")
    if kind == "TIME":  # GDAL reads a time as such: "2026/11/22 18:17:57+00"
        return str(value).replace("/", "-").replace(" ", "T").replace("+00", "Z")
    return str(value).replace("/", "-").removesuffix(" 00:00:00") if kind == "DATE" else str(value)  # FlatGeobuf knows times only


# --- readers: each gives code → (values, x, y) ---

def by_gdal(path, layer, kind):
    data = gdal.OpenEx(path, gdal.OF_VECTOR)
    source = data.GetLayer(0)
    found = {}
    for feature in source:
        values = []
        for name, kind_of, _, _ in FIELDS[layer]:
            index = feature.GetFieldIndex(name)
            if index < 0 and kind == "kml" and name == "name":
                index = feature.GetFieldIndex("Name")
            value = feature.GetFieldAsString(index) if index >= 0 and feature.IsFieldSetAndNotNull(index) else None
            values.append(plain(value, kind_of))
        g = feature.GetGeometryRef()
        found[values[0]] = (values, g.GetX() if g else None, g.GetY() if g else None)
    return found


def by_csv(path, layer, kind):
    text = open(path, encoding="utf-8", newline="").read()
    rows = list(csv.reader(io.StringIO(text)))
    names = [f[0] for f in FIELDS[layer]]
    assert rows[0][:-2] == names, rows[0]
    found = {}
    for row in rows[1:]:
        x, y = row[-2:]
        values = [plain(v, f[1]) for v, f in zip(row, FIELDS[layer])]
        found[values[0]] = (values, float(x) if x else None, float(y) if y else None)
    return found


def by_openpyxl(path, layer, kind):
    sheet = openpyxl.load_workbook(path).worksheets[0]
    rows = list(sheet.iter_rows())
    assert [c.value for c in rows[0]][:-2] == [f[2] for f in FIELDS[layer]], rows[0]
    found = {}
    for row in rows[1:]:
        for cell, (name, kind_of, _, _) in zip(row, FIELDS[layer]):
            if cell.value is not None and (kind_of == "DATE") != (cell.is_date and cell.data_type == "d"):
                raise AssertionError(f"{name}: {cell.value!r} is {cell.data_type}")
            if cell.value is not None and kind_of == "TEXT" and cell.data_type != "s":
                raise AssertionError(f"{name}: {cell.value!r} is no text")
        values = [plain(c.value, f[1]) for c, f in zip(row, FIELDS[layer])]
        found[values[0]] = (values, row[-2].value, row[-1].value)
    return found


def by_pyshp(path, layer, kind):
    with zipfile.ZipFile(path) as z:
        assert z.read(f"{layer}.cpg").strip() == b"UTF-8" and z.read(f"{layer}.prj")
        reader = shapefile.Reader(shp=io.BytesIO(z.read(f"{layer}.shp")), dbf=io.BytesIO(z.read(f"{layer}.dbf")),
                                  shx=io.BytesIO(z.read(f"{layer}.shx")), encoding="utf-8")
        assert [f[0] for f in reader.fields[1:]] == [f[3] for f in FIELDS[layer]], reader.fields
        found = {}
        for shape, record in zip(reader.shapes(), reader.records()):
            values = [plain(v, f[1]) for v, f in zip(record, FIELDS[layer])]
            at = shape.points[0] if shape.points else (None, None)
            found[values[0]] = (values, at[0], at[1])
    return found


READERS = {"geojson": by_gdal, "gpkg": by_gdal, "fgb": by_gdal, "kml": by_gdal, "csv": by_csv, "xlsx": by_openpyxl, "shp.zip": by_pyshp}


# --- comparing ---

def vn2000():
    a, b = osr.SpatialReference(), osr.SpatialReference()
    a.ImportFromEPSG(4326)
    b.ImportFromEPSG(5899)
    for s in (a, b):
        s.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return osr.CoordinateTransformation(a, b)


def differences(wanted, found, transform, northing_first):
    """At most three, in words."""
    if set(wanted) != set(found):
        return [f"{len(set(wanted) ^ set(found))} codes differ"]
    out = []
    for code, (values, lon, lat) in wanted.items():
        got, x, y = found[code]
        if got != values:
            out.append(f"{code}: {[(a, b) for a, b in zip(values, got) if a != b]}")
        if (lon is None) != (x is None):
            out.append(f"{code}: {lon} {x}")
        elif lon is not None:
            east, north, one_cm = lon, lat, 1e-7
            if transform:
                east, north, _ = transform.TransformPoint(lon, lat)
                one_cm = 0.01
            if northing_first:
                east, north = north, east
            if abs(x - east) > one_cm or abs(y - north) > one_cm:
                out.append(f"{code}: {east},{north} became {x},{y}")
        if len(out) == 3:
            break
    return out


def compare(name, wanted, path, layer, ending, transform=None):
    if ending == "fgb":  # holds nothing without a place; the command says how many it left out
        wanted = {code: row for code, row in wanted.items() if row[1] is not None}
    try:
        found = READERS[ending](path, layer, ending)
    except (AssertionError, RuntimeError) as e:
        check(name, False, repr(e))
        return
    wrong = differences(wanted, found, transform, transform and ending in ("csv", "xlsx"))
    check(f"{name}: {len(wanted)} rows equal the file's", not wrong, wrong)


def fetch(base, target, folder, name):
    path = os.path.join(folder, name)
    with urllib.request.urlopen(f"{base}{target}", timeout=60) as answer, open(path, "wb") as out:
        body = answer.read()
        out.write(body)
        assert int(answer.headers["Content-Length"]) == len(body) and "attachment" in answer.headers["Content-Disposition"]
    return path


def refuses(base, target, status):
    try:
        urllib.request.urlopen(f"{base}{target}", timeout=60)
        return False
    except urllib.error.HTTPError as e:
        return e.code == status


def command_line(program, ward, folder):
    transform = vn2000()
    for layer in LAYERS:
        wanted = truth(ward, layer)
        for ending in ENDINGS:
            for crs in (None, "EPSG:5899"):
                if crs and ending == "kml":
                    continue
                path = os.path.join(folder, f"{layer}{'-vn' if crs else ''}.{ending}")
                done = subprocess.run([program, "export", ward, layer, path] + (["--crs", crs] if crs else []), capture_output=True)
                if done.returncode:
                    check(f"export {layer} {ending} {crs}", False, done.stderr)
                    continue
                homeless = sum(row[1] is None for row in wanted.values()) if ending == "fgb" else 0
                check(f"{layer}.{ending} says how many rows it left out", (f"Bỏ lại {homeless} ".encode() in done.stdout) == bool(homeless))
                compare(f"{layer}.{ending} {crs or 'WGS84'}", wanted, path, layer, ending, transform if crs else None)


def part(wanted, test):
    return {code: row for code, row in wanted.items() if test(row[0])}


def over_http(program, ward, base, folder):
    names = [f[0] for f in FIELDS["food-safety"]]
    state, whole = names.index("state"), truth(ward, "food-safety")
    expired = part(whole, lambda v: v[state] == "expired")
    check("the ward has expired documents to ask for", 0 < len(expired) < len(whole), len(expired))
    transform = vn2000()
    for ending in ENDINGS:
        path = fetch(base, f"export/food-safety.{ending}", folder, f"http.{ending}")
        compare(f"/export/food-safety.{ending}", whole, path, "food-safety", ending)
        path = fetch(base, f"export/food-safety.{ending}?filter=state%20%3D%20%27expired%27", folder, f"filtered.{ending}")
        compare(f"/export/food-safety.{ending}?filter=", expired, path, "food-safety", ending)
        if ending != "kml":
            path = fetch(base, f"export/food-safety.{ending}?crs=EPSG:5899&state=expired", folder, f"vn.{ending}")
            compare(f"/export/food-safety.{ending}?crs=EPSG:5899", expired, path, "food-safety", ending, transform)
    marked = open(fetch(base, "export/markets.csv?bom=true", folder, "bom.csv"), "rb").read()
    plainly = open(fetch(base, "export/markets.csv", folder, "no-bom.csv"), "rb").read()
    check("bom=true puts the mark in front and changes nothing else", marked == b"\xef\xbb\xbf" + plainly)
    for asked, said in (("", "/OGC/1.3/CRS84"), ("?crs=http://www.opengis.net/def/crs/EPSG/0/4326", "/OGC/1.3/CRS84"), ("?crs=EPSG:5899", "/EPSG/0/5899")):
        with urllib.request.urlopen(f"{base}export/markets.csv{asked}") as answer:
            check(f"Content-Crs of /export{asked}", said in answer.headers["Content-Crs"], answer.headers["Content-Crs"])
    check("KML in VN-2000 is refused in words", refuses(base, "export/markets.kml?crs=EPSG:5899", 400))
    check("an unknown layer is 404, a bad filter 400",
          refuses(base, "export/nothing.csv", 404) and refuses(base, "export/markets.gpkg?filter=nosuch%3D1", 400))


def two_ways(program, ward, folder):
    """Straight from the view, and through the read copy that a filter needs: the same rows byte by byte, in another order."""
    for layer in LAYERS:
        for ending, more in (("csv", ()), ("csv", ("--bom",)), ("csv", ("--crs", "EPSG:5899")), ("geojson", ()), ("geojson", ("--crs", "EPSG:5899"))):
            found = []
            for way in ((), ("--filter", "code IS NOT NULL")):
                path = os.path.join(folder, f"way{len(way)}.{ending}")
                subprocess.run([program, "export", ward, layer, path, *more, *way], check=True, stdout=subprocess.DEVNULL)
                with open(path, "rb") as file:
                    found.append(sorted(line.rstrip(b",\n") for line in file))
            check(f"{layer}.{ending} {' '.join(more)}: one row, one text, by both ways", found[0] == found[1] and len(found[0]) > 1)


def qgis_colours(folder):
    from qgis.core import QgsApplication, QgsVectorLayer
    app = QgsApplication([], False)
    app.initQgis()
    for layer, field, classes in (("food-safety", "state", 7), ("establishments", "status", 3), ("stalls", "status", 4)):
        opened = QgsVectorLayer(os.path.join(folder, f"{layer}.gpkg") + f"|layername={layer}", layer, "ogr")
        renderer = opened.renderer()
        kind = renderer.type() if renderer else None
        check(f"QGIS opens {layer}.gpkg coloured", kind == "categorizedSymbol" and renderer.classAttribute() == field
              and len(renderer.categories()) == classes and all(c.symbol() for c in renderer.categories()), kind)


def main():
    program = sys.argv[1]
    folder = tempfile.TemporaryDirectory()
    ward = os.path.join(folder.name, "ward.db")
    with sqlite3.connect(sys.argv[2]) as theirs, sqlite3.connect(ward) as ours:
        theirs.backup(ours)
    shutil.copy(f"{sys.argv[2]}.key", f"{ward}.key")
    command_line(program, ward, folder.name)
    two_ways(program, ward, folder.name)
    server = subprocess.Popen([program, "serve", ward, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
    try:
        base = re.search(r"http://\S+", server.stdout.readline()).group(0)
        over_http(program, ward, base, folder.name)
    finally:
        server.terminate()
        check("the server stops cleanly", server.wait(20) == 0)
    qgis_colours(folder.name)
    folder.cleanup()
    print(f"{results.count(True)} passed, {results.count(False)} failed", flush=True)
    os._exit(0 if all(results) else 1)  # QGIS 3.22 crashes when Python takes it apart


main()
