#!/usr/bin/python3
"""A canary in every private column: none may ever be seen in a public byte. Every column of a table that is no part of the public
allow-list and holds text gets a word of its own, the sealed ones through the importer; then everything public is fetched, unzipped
and searched, and every export of the command line too.

usage: canary.py MAPD      ends with "N passed, N failed"
"""
import csv
import gzip
import io
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
import zipfile

results = []
BIRD = "CANARYBIRD"
NUMBERS = ("048199001234", "0905123987", "0400987123")  # identity, telephone, tax number
# text columns of the register that the public views show (layers/schema.sql), or that are words of an enumeration
SHOWN = {
    ("place", c) for c in ("code", "type", "public_name", "status", "valid_from", "valid_to", "industry_version", "industry_code", "industry_group", "position", "verified_on", "recorded_at", "updated_at", "source_date")
} | {("establishment", c) for c in ("kind", "public_address", "licensed_on")} | {
    ("market", c) for c in ("code", "name", "position", "updated_at", "source_date")} | {
    ("stall", c) for c in ("kind", "number_norm", "goods")} | {("zone", "name")} | {
    ("fs_place", c) for c in ("business_kind", "regime", "health_checked_on", "trained_on", "updated_at")} | {
    ("fs_document", c) for c in ("type", "number", "issuer", "issued_on", "expires_on", "expires_source", "revoked_on")} | {
    ("fs_inspection", c) for c in ("inspected_on", "result", "vocabulary", "publish_state", "entered_by", "recheck_of")} | {
    ("fs_alert", c) for c in ("scope", "publish_state", "issued_on", "withdrawn_on")} | {
    ("evidence", c) for c in ("class", "method", "happened_on", "state", "created_at", "verified_at")} | {
    ("occupancy", c) for c in ("valid_from", "valid_to")} | {
    ("import_batch", c) for c in ("imported_at", "undone_at", "source_date")}
TABLES = ("place", "establishment", "market", "stall", "zone", "fs_place", "fs_document", "fs_inspection", "fs_finding", "fs_test", "fs_alert", "authority", "evidence", "occupancy",
          "import_batch", "import_row", "review", "platform_use", "pilot")


def check(name, ok, detail=""):
    results.append(bool(ok))
    print(f"{'ok  ' if ok else 'FAIL'} {name} {detail if not ok else ''}")


def bring(program, ward, folder, kind, headings, rows):
    path = os.path.join(folder, f"{kind}.csv")
    with open(path, "w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([headings] + rows)
    done = subprocess.run([program, "import", ward, path, "--as", kind], capture_output=True, text=True)
    assert done.returncode in (0, 3), done.stderr


def fill(program, ward, folder):
    identity, phone, tax = NUMBERS
    bring(program, ward, folder, "markets", ["Mã chợ", "Tên chợ", "Hạng", "Kinh độ", "Vĩ độ", "Minh chứng"], [["CH1", "Chợ Mẫu", "2", "108.21", "16.05", f"{BIRD}note"]])
    bring(program, ward, folder, "establishments",
          ["Mã điểm", "Tên cơ sở", "Chủ hộ", "Loại hình", "Mã số", "Địa chỉ", "Điện thoại", "Kinh độ", "Vĩ độ", "QR"],
          [["B1", "Quán Một", f"Nguyễn {BIRD}owner", "Hộ kinh doanh", identity, "1 Đường Mẫu", phone, "108.2101", "16.0501", "Có"],
           ["B2", f"Quán Trần {BIRD}two", f"Trần {BIRD}two", "Hộ kinh doanh", tax, "2 Đường Mẫu", phone, "108.2102", "16.0502", "Có"]])
    bring(program, ward, folder, "stalls", ["Mã chợ", "Khu", "Số sạp", "Tiểu thương", "Điện thoại", "Ngành hàng", "Tình trạng"],
          [["CH1", "A", str(i), f"Lê {BIRD}trader{i}", phone, "Rau", "Đang kinh doanh"] for i in range(1, 4)])
    bring(program, ward, folder, "food-safety",
          ["Mã điểm", "Tên cơ sở", "Tên chủ cơ sở", "Số giấy chứng nhận", "Ngày cấp", "Ngày kiểm tra", "Kết quả kiểm tra", "Nội dung không đạt", "Xử phạt"],
          [["B1", "Quán Một", f"Nguyễn {BIRD}owner", "01/MAU", "01/02/2025", "01/03/2026", "Không đạt", f"{BIRD}finding", f"{BIRD}penalty"]])
    bring(program, ward, folder, "payments", ["Mã điểm", "Loại minh chứng", "Phương thức", "Ngày", "Kết quả", "Số biên bản", "Cán bộ", "Trạng thái"],
          [["B1", "E1", "QR", "01/10/2026", "Đạt", f"{BIRD}minutes", f"{BIRD}officer", "đã xác minh"]])
    assert subprocess.run([program, "policy", ward, "fs.publish_results", "1", "--decision", "QĐ mẫu"]).returncode == 0


def by_hand(db):
    """What only staff enter: a result on its way to the public with its reply, a finding, quick tests, a warning that is internal."""
    (place,) = db.execute("SELECT place_id FROM fs_place LIMIT 1").fetchone()
    db.execute("INSERT INTO fs_inspection (place_id, kind, inspected_on, result, publish_state, entered_by, notified_on, reply_due, reply, replied_on)"
               " VALUES (?, 'periodic', '2026-11-01', 'fail', 'notified', 'x', '2026-11-02', '2026-11-12', 'x', '2026-11-05')", (place,))
    db.execute("INSERT INTO fs_finding (inspection_id, severity, text) SELECT max(id), 'major', ? FROM fs_inspection", (f"{BIRD}found".encode(),))
    db.execute("INSERT INTO fs_test (place_id, tested_on, kind, sample, result, entered_by) VALUES (?, '2026-11-01', 'x', 'x', 'positive', 'x')", (place,))
    db.execute("INSERT INTO fs_alert (scope, place_id, subject, level, issuer, document, issued_on, public_text, entered_by)"
               " VALUES ('place', ?, 'x', 'danger', 'x', 'x', '2026-11-01', 'x', 'x')", (place,))
    db.execute("INSERT INTO authority (name, parent, basis, valid_from) VALUES ('x', 'x', 'x', '2026-01-01')")


def plant(ward):
    """A word in every other text column; how many."""
    db = sqlite3.connect(ward)
    db.enable_load_extension(True)
    db.load_extension("mod_spatialite")
    by_hand(db)
    planted = 0
    for table in TABLES:
        for _, column, kind, *_ in db.execute(f"PRAGMA table_info({table})").fetchall():
            if kind != "TEXT" or (table, column) in SHOWN or column in ("fold", "name_fold"):
                continue
            try:
                word = f"'{BIRD}{table}{column}' || rowid" if table not in ("import_row", "platform_use") else f"'{BIRD}{table}{column}' || random()"
                planted += db.execute(f'UPDATE {table} SET "{column}" = {word}').rowcount > 0
            except sqlite3.IntegrityError:
                pass  # a CHECK allows only words of an enumeration there: nothing private fits
    db.execute("UPDATE revision SET value = value + 1")
    db.commit()
    db.close()
    return planted


def unzipped(body):
    yield body
    if body[:2] == b"\x1f\x8b":
        yield gzip.decompress(body)
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as z:
            for name in z.namelist():
                yield z.read(name)


def sings(body):
    """What of the planted shows in these bytes."""
    for part in unzipped(body):
        for word in (BIRD.encode(), BIRD.encode("utf-16-le")) + tuple(n.encode() for n in NUMBERS):
            at = part.find(word)
            if at >= 0:
                return part[max(0, at - 40):at + 60]
    return None


def targets(base, codes):
    layers = ("establishments", "stalls", "food-safety", "markets", "streets", "residential-groups", "wards", "pilots")
    yield from ("", "ogc/", "ogc/api", "ogc/collections", "data/", "data/?f=json", "data/cashless-by-group.csv", "health", "metrics",
                "indicators", "indicators.json", "search?q=quan", f"search?q={BIRD}", "search?q=Nguyen", "search?q=0905123987", "data/food-safety?f=html", "data/food-safety/dictionary")
    for layer in layers:
        yield from (f"ogc/collections/{layer}", f"ogc/collections/{layer}/items?limit=100", f"ogc/collections/{layer}/items?limit=100&f=html", f"tiles/{layer}.json")
        for ending in ("csv", "geojson", "gpkg", "fgb", "shp.zip", "xlsx", "kml"):
            yield f"export/{layer}.{ending}"
        yield from (f"export/{layer}.csv?as_of=2026-11-22", f"tiles/{layer}/0/0/0.mvt", f"tiles/{layer}/16/52463/29850.mvt?cluster=false")
    for code in codes:
        yield from (f"c/{code}", f"c/{code}.svg", f"c/{code}?lang=en")
    with urllib.request.urlopen(f"{base}indicators.json") as answer:
        for one in json.load(answer)["indicators"]:
            yield f"indicators/{urllib.parse.quote(one['code'])}/rows"


def over_http(program, ward, codes):
    server = subprocess.Popen([program, "serve", ward, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    fetched, heard = 0, []
    try:
        base = re.search(rb"http://\S+", server.stdout.readline()).group(0).decode()
        for target in targets(base, codes):
            try:
                with urllib.request.urlopen(base + target, timeout=60) as answer:
                    body, headers = answer.read(), str(answer.headers).encode()
            except urllib.error.HTTPError as e:
                body, headers = e.read(), b""
                if e.code == 500:
                    heard.append((target, 500))
            fetched += 1
            found = sings(body) or sings(headers)
            if found and BIRD not in target and "0905" not in target:
                heard.append((target, found))
    finally:
        server.terminate()
        log = server.communicate(timeout=20)[1]
    check(f"no canary in {fetched} public answers", fetched > 150 and not heard, heard[:5])
    own = b"\n".join(line for line in log.splitlines())
    check("no canary in the log", sings(own) is None, sings(own))


def from_command_line(program, ward, folder):
    heard = []
    for layer in ("establishments", "stalls", "food-safety", "markets", "pilots"):
        for ending in ("csv", "geojson", "gpkg", "fgb", "shp.zip", "xlsx", "kml"):
            path = os.path.join(folder, f"{layer}.{ending}")
            done = subprocess.run([program, "export", ward, layer, path], capture_output=True)
            with open(path, "rb") as file:
                found = sings(file.read()) or sings(done.stdout + done.stderr)
            if found or done.returncode:
                heard.append((layer, ending, found, done.stderr))
    path = os.path.join(folder, "all.pmtiles")
    subprocess.run([program, "tiles", ward, path], capture_output=True, check=True)
    with open(path, "rb") as file:
        if sings(file.read()):
            heard.append("pmtiles")
    check("no canary in any public export", not heard, heard[:5])


def open_data(program, ward):
    """The checker says yes to this ward, and names the rule when one is broken."""
    done = subprocess.run([program, "check", ward, "--open-data"], capture_output=True, text=True)
    check("open data keeps its rules", done.returncode == 0 and "SAI" not in done.stdout and done.stdout.count("đạt") > 60, done.stdout[-300:])
    for column, table, value, rule in (("goods", "stall", NUMBERS[1], "điện thoại"), ("goods", "stall", "a@b.vn", "thư điện tử")):
        db = sqlite3.connect(ward)
        db.execute(f"UPDATE {table} SET {column} = ?", (value,))
        db.commit()
        db.close()
        done = subprocess.run([program, "check", ward, "--open-data"], capture_output=True, text=True)
        said = [line for line in done.stdout.splitlines() if line.startswith("SAI")]
        check(f"the checker finds {value}", done.returncode == 1 and said and all(rule in line for line in said), said)
    db = sqlite3.connect(ward)
    db.execute("UPDATE import_batch SET imported_at = '2020-01-01T00:00:00Z'")
    db.commit()
    db.close()
    done = subprocess.run([program, "check", ward, "--open-data"], capture_output=True, text=True)
    check("the checker finds old data", "SAI  catalogue: cập nhật trong vòng ba tháng" in done.stdout, done.stdout[-300:])


def main():
    program = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        ward = os.path.join(folder, "ward.db")
        assert subprocess.run([program, "init", ward, "--ward", "99001", "--name", "Phường Mẫu", "--sample"]).returncode == 0
        fill(program, ward, folder)
        planted = plant(ward)
        db = sqlite3.connect(ward)
        codes = [code for (code,) in db.execute("SELECT code FROM place")]
        sealed = db.execute("SELECT count(*), count(DISTINCT owner || field) FROM restricted").fetchone()
        db.close()
        check("canaries sit in many columns, and in sealed ones", planted >= 25 and sealed[1] >= 6, (planted, sealed))
        with open(ward, "rb") as file:
            check("the planted words are really in the file", BIRD.encode() in file.read())
        over_http(program, ward, codes)
        from_command_line(program, ward, folder)
        open_data(program, ward)
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    sys.exit(0 if all(results) else 1)


main()
