#!/usr/bin/python3
"""OpenLayers in headless Chromium reads our tiles and items: openlayers.py MAPD WARD.db PICTURE.png"""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from own_ward import Server

server = Server(sys.argv[1], sys.argv[2])
try:
    status = subprocess.run(["node", os.path.join(HERE, "openlayers", "run.mjs"), server.base, sys.argv[3]], timeout=120).returncode
finally:
    server.stop()
sys.exit(status)
