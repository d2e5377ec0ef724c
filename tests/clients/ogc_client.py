#!/usr/bin/python3
"""@camptocamp/ogc-client reads our API as a browser's map would.

usage: ogc_client.py MAPD FOLDER      the folder is for its packages; ends with "N passed, N failed"
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "mapd"))
import serve
import ward
from serve import ask, check


def install(folder):
    """npm ci, unless these very packages are there."""
    os.makedirs(folder, exist_ok=True)
    lock, mine = os.path.join(HERE, "npm", "package-lock.json"), os.path.join(folder, "package-lock.json")
    fresh = os.path.exists(mine) and os.path.exists(os.path.join(folder, "node_modules")) and open(mine).read() == open(lock).read()
    for name in os.listdir(os.path.join(HERE, "npm")):
        if name != "node_modules":
            shutil.copy(os.path.join(HERE, "npm", name), folder)
    if not fresh:
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--silent"], cwd=folder, check=True, timeout=200)


def compare(s, seen):
    document = ask(s, "/ogc/collections").json()
    items = ask(s, "/ogc/collections/establishments/items?limit=10").json()["features"]
    check("title", "Phường Mẫu" in seen["info"]["title"] and seen["info"]["attribution"].endswith("UBND Phường Mẫu"), seen["info"])
    check("features and tiles", seen["features"] is True and seen["tiles"] is True, (seen["features"], seen["tiles"]))
    check("classes", seen["classes"] == ask(s, "/ogc/conformance").json()["conformsTo"])
    check("collections", seen["collections"] == [c["id"] for c in document["collections"]], seen["collections"])
    about = seen["about"]
    check("systems", about["crs"] == document["collections"][0]["crs"] and about["storageCrs"] in about["crs"], about["crs"])
    check("formats", about["itemFormats"] == ["application/geo+json", "text/html"], about["itemFormats"])
    check("queryables", {"geometry", "status", "accuracy_m"} <= {q["name"] for q in about["queryables"]}, about["queryables"])
    check("vector tiles", about["vectorTileFormats"] == ["application/vnd.mapbox-vector-tile"] and about["supportedTileMatrixSets"] == ["WebMercatorQuad"])
    check("items", seen["ids"] + seen["next"] == [f["id"] for f in items], seen["ids"])
    box = ask(s, "/ogc/collections/establishments/items?limit=1000&bbox=108.2,16.05,108.21,16.055").json()["features"]
    check("box", seen["box"] == [f["id"] for f in box], len(seen["box"]))
    check("one item", seen["one"]["id"] == items[0]["id"] and seen["one"]["properties"] == items[0]["properties"])
    check("tileset", ask(s, seen["tileset"][len(s.base):]).status == 200 if seen["tileset"].startswith(s.base) and "{" not in seen["tileset"]
          else "{tileMatrix}" in seen["tileset"], seen["tileset"])


def main(program, folder):
    install(folder)
    with tempfile.TemporaryDirectory() as home:
        path = os.path.join(home, "ward.db")
        ward.make(program, path)
        s = serve.Server(program, path)
        try:
            node = os.environ.get("NODE", "node")
            run = subprocess.run([node, "ogc_client.mjs", s.base], cwd=folder, capture_output=True, text=True, timeout=60)
            check("ogc-client runs", run.returncode == 0, run.stderr)
            if run.returncode == 0:
                compare(s, json.loads(run.stdout))
        finally:
            s.process.kill()
    print(f"{sum(serve.RESULTS)} passed, {len(serve.RESULTS) - sum(serve.RESULTS)} failed")
    return 0 if all(serve.RESULTS) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
