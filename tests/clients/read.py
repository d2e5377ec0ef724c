#!/usr/bin/python3
"""Real clients read the ward: GDAL (file and OAPIF), QGIS's Python bindings (file and OAPIF), OWSLib.

usage: read.py MAPD WARD.db      ends with "N passed, N failed"
"""
import json
import math
import os
import re
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from own_ward import Server, copy_of

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
MERCATOR = "http://www.opengis.net/def/crs/EPSG/0/3857"
PLACES = ("establishments", "stalls", "food-safety", "markets")
results = []


def check(name, ok, detail=""):
    results.append(bool(ok))
    print(f"{'ok  ' if ok else 'FAIL'} {name} {detail}")


def output(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    return done.returncode, done.stdout + done.stderr


def feature_count(text):
    found = re.search(r"Feature Count: (\d+)", text)
    return int(found.group(1)) if found else -1


def page(base, collection, **query):
    with urllib.request.urlopen(f"{base}ogc/collections/{collection}/items?{urllib.parse.urlencode(query)}") as answer:
        return json.load(answer)


def matched(base, collection, **query):
    return page(base, collection, limit=1, **query)["numberMatched"]


def gdal_reads(ward, base):
    code, text = output("ogrinfo", "-ro", ward)
    for layer in ("place", "street", "pub_establishments", "pub_stalls"):
        check(f"ogrinfo lists {layer} of the file", code == 0 and layer in text)
    code, text = output("ogrinfo", "-ro", f"OAPIF:{base}ogc/")
    for collection in PLACES:
        check(f"ogrinfo OAPIF lists {collection}", code == 0 and collection in text, "" if code == 0 else text[:300])
        served = matched(base, collection)
        counted = feature_count(output("ogrinfo", "-ro", "-so", f"OAPIF:{base}ogc/", collection)[1])
        check(f"ogrinfo OAPIF counts {collection}", counted == served, f"{counted} of {served}")
    code, text = output("ogr2ogr", "-f", "CSV", "/vsistdout/", f"OAPIF:{base}ogc/", "stalls")
    rows = len(text.splitlines()) - 1
    check("ogr2ogr fetches every stall over all pages", rows == matched(base, "stalls"), f"{rows}")


def gdal_reads_tiles(base):
    """Its MVT driver reads single tiles, and the whole set through the template of the TileJSON."""
    from osgeo import gdal, ogr
    gdal.UseExceptions()
    west, south, east, north = page_extent(base, "establishments")
    z = 16
    n = 2 ** z
    x, y = int(((west + east) / 2 + 180) / 360 * n), int((1 - math.asinh(math.tan(math.radians((south + north) / 2))) / math.pi) / 2 * n)
    seen = compared = 0
    for dx in range(-1, 2):
        for dy in range(-1, 2):
            dataset = gdal.OpenEx(f"MVT:{base}tiles/establishments/{z}/{x + dx}/{y + dy}.mvt", gdal.OF_VECTOR)
            for feature in dataset.GetLayerByName("establishments") if dataset and dataset.GetLayerCount() else ():
                seen += 1
                point, code = feature.geometry(), feature["code"]
                if seen % 25 or point.GetGeometryType() != ogr.wkbPoint:
                    continue
                compared += tile_position_agrees(base, code, point)
    check("GDAL's MVT driver reads tiles", seen > 50, f"{seen} features")
    check("its points lie where the items are", compared >= seen // 25 > 0, f"{compared} compared")


def tile_position_agrees(base, code, point):
    """Web Mercator metres of the driver against the item asked for in that system."""
    with urllib.request.urlopen(f"{base}ogc/collections/establishments/items/{code}?crs=" + urllib.parse.quote(MERCATOR)) as answer:
        x, y = json.load(answer)["geometry"]["coordinates"]
    step = 2 * 20037508.342789244 / 2 ** 16 / 4096
    return abs(point.GetX() - x) <= 1.1 * step and abs(point.GetY() - y) <= 1.1 * step


def page_extent(base, collection):
    with urllib.request.urlopen(f"{base}ogc/collections/{collection}") as answer:
        return json.load(answer)["extent"]["spatial"]["bbox"][0]


def qgis_pages_and_filters(base):
    """Small pages, each behind the one before; an expression, of which the provider sends on what it can."""
    from qgis.core import QgsFeatureRequest, QgsVectorLayer
    served = matched(base, "establishments")
    layer = QgsVectorLayer(f"url='{base}ogc/' typename='establishments' pageSize='97'", "e", "OAPIF")
    codes = [f["code"] for f in layer.getFeatures()]
    check("QGIS turns pages of 97", len(codes) == len(set(codes)) == served > 97, f"{len(codes)} of {served}")
    check("QGIS counts as the server", layer.featureCount() == served, str(layer.featureCount()))
    for expression, query in (("status = 'ceased'", {"status": "ceased"}), ("kind = 'household' AND status = 'active'", {"kind": "household", "status": "active"})):
        found = sum(1 for _ in layer.getFeatures(QgsFeatureRequest().setFilterExpression(expression)))
        expected = matched(base, "establishments", **query)
        check(f"QGIS filters by {expression}", found == expected > 0, f"{found} of {expected}")


def qgis_reads(ward, base):
    from qgis.core import QgsApplication, QgsFeatureRequest, QgsRectangle, QgsVectorLayer
    app = QgsApplication([], False)
    app.initQgis()
    for table in ("place", "pub_establishments", "pub_stalls"):
        layer = QgsVectorLayer(f"dbname='{ward}' table=\"{table}\" (geom)", table, "spatialite")
        check(f"QGIS opens {table} of the file", layer.isValid() and layer.featureCount() > 0, str(layer.featureCount()))
    for collection in ("stalls", "markets"):
        layer = QgsVectorLayer(f"url='{base}ogc/' typename='{collection}'", collection, "OAPIF")
        count = sum(1 for _ in layer.getFeatures()) if layer.isValid() else -1
        served = matched(base, collection)
        check(f"QGIS reads {collection} over OAPIF", count == served, f"{count} of {served}")
    layer = QgsVectorLayer(f"url='{base}ogc/' typename='establishments'", "e", "OAPIF")
    box = QgsRectangle(108.219, 16.042, 108.223, 16.046)
    inside = sum(1 for _ in layer.getFeatures(QgsFeatureRequest().setFilterRect(box)))
    with urllib.request.urlopen(f"{base}ogc/collections/establishments/items?limit=10000&bbox=108.219,16.042,108.223,16.046") as a:
        located = sum(1 for f in json.load(a)["features"] if f["geometry"])
    check("QGIS asks by box and gets what the server holds there", inside == located, f"{inside} of {located}")
    qgis_pages_and_filters(base)


def owslib_reads(base):
    from owslib.ogcapi.features import Features
    service = Features(f"{base}ogc/")
    names = [c["id"] for c in service.collections()["collections"]]
    check("OWSLib lists the collections", all(p in names for p in PLACES), str(names))
    items = service.collection_items("markets", limit=10)
    check("OWSLib reads items", items["numberMatched"] == len(items["features"]))


def main():
    program = sys.argv[1]
    folder = tempfile.TemporaryDirectory()
    ward = copy_of(sys.argv[2], folder.name)
    server = Server(program, ward)
    base = server.base + "/"
    try:
        gdal_reads(ward, base)
        gdal_reads_tiles(base)
        qgis_reads(ward, base)
        owslib_reads(base)
    finally:
        check("the server stops cleanly", server.stop() == 0)
    folder.cleanup()
    print(f"{results.count(True)} passed, {results.count(False)} failed", flush=True)
    os._exit(0 if all(results) else 1)  # QGIS 3.22 crashes when Python takes it apart


main()
