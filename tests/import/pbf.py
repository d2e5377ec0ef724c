#!/usr/bin/env python3
"""An OpenStreetMap extract in PBF fills streets, alleys and house numbers: pbf.py MAPD

The extract is invented and written here byte by byte (Protocol Buffers as in the OSM wiki, "PBF Format"), because nothing that
reads PBF on this system also writes it. It shows: named ways become streets, "Kiệt 45 Lê Lợi" an alley of its street, addr:* on
nodes and on buildings address points; then addresses are found on them.
"""
import json, os, struct, subprocess, sys, tempfile


def varint(n):
    out = b""
    while n > 127:
        out, n = out + bytes([n & 127 | 128]), n >> 7
    return out + bytes([n])


def zigzag(n):
    return varint(n << 1 if n >= 0 else (-n << 1) - 1)


def field(number, value):
    """Bytes or text: length-delimited; a number: a varint."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


class Extract:
    def __init__(self):
        self.texts, self.nodes, self.ways, self.last = [""], b"", b"", 0

    def text(self, t):
        if t not in self.texts:
            self.texts.append(t)
        return self.texts.index(t)

    def tags(self, tags):
        pairs = [(self.text(k), self.text(v)) for k, v in tags.items()]
        packed = [b"".join(varint(p[i]) for p in pairs) for i in (0, 1)]
        return field(2, packed[0]) + field(3, packed[1]) if tags else b""

    def node(self, lon, lat, **tags):
        tags = {k.replace("__", ":"): v for k, v in tags.items()}
        self.last += 1
        position = varint(8 << 3) + zigzag(round(lat * 1e7)) + varint(9 << 3) + zigzag(round(lon * 1e7))
        self.nodes += field(1, varint(1 << 3) + zigzag(self.last) + self.tags(tags) + position)
        return self.last

    def way(self, points, **tags):
        tags = {k.replace("__", ":"): v for k, v in tags.items()}
        refs, before = b"", 0
        ids = [self.node(lon, lat) for lon, lat in points]
        for i in ids + (ids[:1] if "building" in tags else []):
            refs, before = refs + zigzag(i - before), i
        self.last += 1
        self.ways += field(3, field(1, self.last) + self.tags(tags) + field(8, refs))

    def write(self, path):
        block = field(1, b"".join(field(1, t) for t in self.texts)) + field(2, self.nodes) + field(2, self.ways)
        head = field(4, "OsmSchema-V0.6")
        with open(path, "wb") as f:
            for kind, data in (("OSMHeader", head), ("OSMData", block)):
                blob = field(1, data) + field(2, len(data))
                header = field(1, kind) + field(3, len(blob))
                f.write(struct.pack(">I", len(header)) + header + blob)


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode in (0, 3), f"{command}: {done.returncode} {done.stderr}"
    return done.stdout


def main():
    mapd = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        x = Extract()
        x.way([(108.22, 16.04), (108.224, 16.04)], highway="residential", name="Đường Lê Lợi")
        x.way([(108.2212, 16.04), (108.2212, 16.0408)], highway="service", name="Kiệt 45 Lê Lợi")
        for n in range(31, 60, 2):
            x.node(108.22 + n * 0.00003, 16.0401, addr__housenumber=str(n), addr__street="Lê Lợi")
        corner = [(108.2205, 16.0398), (108.2206, 16.0398), (108.2206, 16.0399), (108.2205, 16.0399)]
        x.way(corner, building="yes", addr__housenumber="12A", addr__street="Lê Lợi")
        db, pbf = f"{folder}/ward.db", f"{folder}/ward.osm.pbf"
        x.write(pbf)
        run(mapd, "init", db, "--ward", "99001", "--name", "Phường Mẫu")
        summary = json.loads(run(mapd, "import", db, pbf, "--as", "osm", "--json"))
        assert summary["rejected"] == 0 and summary["added"] >= 18, summary
        for address, wanted, lon, lat in (("45 Lê Lợi", "house_number", 108.22135, 16.0401),
                                          ("12A đường Lê Lợi, Phường Mẫu", "house_number", 108.22055, 16.03985),
                                          ("Kiệt 45 Lê Lợi", "interpolated", 108.2212, 16.04)):
            r = json.loads(run(mapd, "geocode", db, address))
            off = max(abs(r["lon"] - lon), abs(r["lat"] - lat)) if r["lon"] else 9
            assert r["position"] == wanted and off < 0.0001, r
            print(f"{address}: {r['position']}, {r['why']}")
    print(f"PBF extract: {summary['rows']} rows, {summary['added']} added")


if __name__ == "__main__":
    main()
