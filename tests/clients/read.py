#!/usr/bin/python3
"""Real clients read the ward: GDAL (file and OAPIF), QGIS's Python bindings (file and OAPIF), OWSLib.

usage: read.py MAPD WARD.db      ends with "N passed, N failed"
"""
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import urllib.request

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
PLACES = ("establishments", "stalls", "food-safety", "markets")
results = []


def check(name, ok, detail=""):
    results.append(bool(ok))
    print(f"{'ok  ' if ok else 'FAIL'} {name} {detail}")


def output(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    return done.returncode, done.stdout + done.stderr


def copy_of(ward, folder):
    """A ward of its own: other tests write into theirs, and QGIS does not wait for a writer."""
    own = os.path.join(folder, "ward.db")
    with sqlite3.connect(ward) as theirs, sqlite3.connect(own) as ours:
        theirs.backup(ours)
    shutil.copy(f"{ward}.key", f"{own}.key")
    return own


def feature_count(text):
    found = re.search(r"Feature Count: (\d+)", text)
    return int(found.group(1)) if found else -1


def matched(base, collection):
    with urllib.request.urlopen(f"{base}ogc/collections/{collection}/items?limit=1") as answer:
        return json.load(answer)["numberMatched"]


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
    server = subprocess.Popen([program, "serve", ward, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
    try:
        base = re.search(r"http://\S+", server.stdout.readline()).group(0)
        gdal_reads(ward, base)
        qgis_reads(ward, base)
        owslib_reads(base)
    finally:
        server.terminate()
        check("the server stops cleanly", server.wait(20) == 0)
    folder.cleanup()
    print(f"{results.count(True)} passed, {results.count(False)} failed", flush=True)
    os._exit(0 if all(results) else 1)  # QGIS 3.22 crashes when Python takes it apart


main()
