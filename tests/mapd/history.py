#!/usr/bin/python3
"""What was true on a day, and what was known on a day: a ward whose lists came in, were corrected, and were taken back, asked
afterwards about every moment in between. Dates of certificates, commitments and results at each of their boundaries.

usage: history.py MAPD      ends with "N passed, N failed"
"""
import csv
import io
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

results = []


def check(name, ok, detail=""):
    results.append(bool(ok))
    print(f"{'ok  ' if ok else 'FAIL'} {name} {detail if not ok else ''}")


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


class Ward:
    def __init__(self, program, folder, name="ward.db"):
        self.program, self.folder, self.path = program, folder, os.path.join(folder, name)
        assert run(program, "init", self.path, "--ward", "99001", "--name", "Phường Mẫu", "--sample").returncode == 0
        assert run(program, "policy", self.path, "fs.publish_results", "1", "--decision", "QĐ mẫu 01 (dữ liệu mẫu)").returncode == 0

    def bring(self, headings, rows, kind="food-safety"):
        path = os.path.join(self.folder, "list.csv")
        with open(path, "w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([headings] + rows)
        done = run(self.program, "import", self.path, path, "--as", kind, "--json")
        assert done.returncode in (0, 3), done.stderr
        return json.loads(done.stdout)

    def export(self, *options, layer="food-safety"):
        path = os.path.join(self.folder, "out.csv")
        done = run(self.program, "export", self.path, layer, path, *options)
        if done.returncode:
            return done.stderr
        with open(path, encoding="utf-8", newline="") as f:
            return f.read()

    def rows(self, *options, layer="food-safety"):
        return {row["name"]: row for row in csv.DictReader(io.StringIO(self.export(*options, layer=layer)))}


FOOD = ["Tên cơ sở", "Địa chỉ", "Trạng thái", "Số giấy chứng nhận", "Ngày cấp", "Ngày hết hạn", "Ngày kí cam kết", "Ngày kiểm tra", "Kết quả kiểm tra"]
PLACES = [
    ["Quán Tính Hạn", "1 Đường Mẫu", "", "01/MAU", "21/11/2023", "", "", "", ""],
    ["Quán Năm Nhuận", "2 Đường Mẫu", "", "02/MAU", "29/02/2024", "", "", "", ""],
    ["Quán Hạn In", "3 Đường Mẫu", "", "03/MAU", "01/01/2023", "30/06/2025", "", "", ""],
    ["Quán Cam Kết", "4 Đường Mẫu", "", "", "", "", "20/12/2023", "", ""],
    ["Quán Miễn", "5 Đường Mẫu", "Thuộc diện miễn", "", "", "", "", "", ""],
    ["Quán Không Rõ", "6 Đường Mẫu", "", "", "", "", "", "", ""],
    ["Quán Xếp Loại Cũ", "7 Đường Mẫu", "", "", "", "", "", "14/01/2025", "B"],
    ["Quán Xếp Loại Muộn", "8 Đường Mẫu", "", "", "", "", "", "15/01/2025", "B"],
    ["Quán Kết Quả", "9 Đường Mẫu", "", "", "", "", "", "10/05/2024", "Không đạt"],
]
# name, field, day, what it is on that day
BOUNDARIES = [
    ("Quán Tính Hạn", "state", "2023-11-20", "none"),  # nothing had been issued
    ("Quán Tính Hạn", "state", "2023-11-21", "valid"),
    ("Quán Tính Hạn", "state", "2026-05-24", "valid"),
    ("Quán Tính Hạn", "state", "2026-05-25", "expiring"),  # 180 days
    ("Quán Tính Hạn", "state", "2026-11-21", "expiring"),  # its last day
    ("Quán Tính Hạn", "state", "2026-11-22", "expired"),
    ("Quán Tính Hạn", "expires_on", "2026-11-22", "2026-11-21"),
    ("Quán Năm Nhuận", "expires_on", "2026-01-01", "2027-02-28"),
    ("Quán Năm Nhuận", "state", "2027-02-28", "expiring"),
    ("Quán Năm Nhuận", "state", "2027-03-01", "expired"),
    ("Quán Hạn In", "state", "2025-06-30", "expiring"),  # the printed end wins over three years
    ("Quán Hạn In", "state", "2025-07-01", "expired"),
    ("Quán Cam Kết", "state", "2026-12-20", "commitment"),
    ("Quán Cam Kết", "state", "2026-12-21", "expired"),
    ("Quán Miễn", "state", "2030-01-01", "exempt"),
    ("Quán Không Rõ", "state", "2026-01-01", "unknown"),  # no document, no regime: never a violation
    ("Quán Xếp Loại Cũ", "last_result", "2025-02-01", "pass"),
    ("Quán Xếp Loại Muộn", "last_result", "2025-02-01", "not_inspected"),
    ("Quán Kết Quả", "last_result", "2024-05-09", "not_inspected"),
    ("Quán Kết Quả", "last_result", "2024-05-10", "fail"),
    ("Quán Kết Quả", "last_result", "2026-05-10", "fail"),  # 24 months
    ("Quán Kết Quả", "last_result", "2026-05-11", ""),
]


def days(program, folder):
    ward = Ward(program, folder, "days.db")
    done = ward.bring(FOOD, PLACES)
    check("every row of the list came in", done["rejected"] == 0, done)
    by_day = {}
    for name, field, day, wanted in BOUNDARIES:
        if day not in by_day:
            by_day[day] = ward.rows("--as-of", day)
        found = by_day[day][name][field]
        check(f"{name} {field} on {day} is {wanted or 'nothing'}", found == wanted, found)
    differing(ward)
    refused = run(program, "export", ward.path, "food-safety", os.path.join(folder, "no.csv"), "--as-of", "2026-02-29")
    check("29 February 2026 is no day", refused.returncode != 0 and "2026-02-29" in refused.stderr, refused.stderr)
    check("the copy of the file is gone", not [n for n in os.listdir(tempfile.gettempdir()) if n.startswith("mapd-past-")])


def changes(ward, *options, layer="food-safety"):
    done = run(ward.program, "changes", ward.path, layer, "-", *options)
    assert done.returncode == 0, done.stderr
    return [tuple(line.values()) for line in csv.DictReader(io.StringIO(done.stdout))]


def differing(ward):
    """What differs between two days is what the two days' lists say, field by field."""
    first, last = "2026-05-24", "2026-11-22"
    before, after = ward.rows("--as-of", first), ward.rows("--as-of", last)
    wanted = {("changed", after[n]["code"], n, k, before[n][k], after[n][k]) for n in after for k in after[n] if before[n][k] != after[n][k]}
    found = changes(ward, "--from", first, "--to", last)
    check("changes between two days", set(found) == wanted and len(found) == len(wanted), found)
    check("one of them is the end of a certificate", any(line[2:] == ("Quán Tính Hạn", "state", "valid", "expired") for line in found), found)
    check("between a day and itself nothing differs", changes(ward, "--from", last, "--to", last) == [])
    refused = run(ward.program, "changes", ward.path, "food-safety", "-", "--from", last, "--to", first)
    check("days in the wrong order are refused", refused.returncode != 0 and "--from" in refused.stderr, refused.stderr)


PLACED = ["Mã điểm", "Tên cơ sở", "Địa chỉ", "Kinh độ", "Vĩ độ"]
TILE = "tiles/establishments/16/52469/29805.mvt"  # 108.2252 E, 16.0610 N


def on_the_map(get, remembered):
    """A place with a position came in last: tiles, search and counts of values of the moment before do not know it."""
    for target, is_there in ((TILE, lambda body: len(body) > 0), ("search?q=Qu%C3%A1n%20C%C3%B3%20V%E1%BB%8B%20Tr%C3%AD", lambda body: "Có Vị Trí" in body),
                             ("values/establishments?of=status&name=Qu%C3%A1n%20C%C3%B3%20V%E1%BB%8B%20Tr%C3%AD", lambda body: json.loads(body)["count"] == 1)):
        joint = "&" if "?" in target else "?"
        check(f"{target.split('?')[0]} now and before", is_there(get(target)) and not is_there(get(f"{target}{joint}known_at={remembered}")))


def changed_over_http(get):
    """Everything came in today: by knowledge all of it is new since yesterday, and CSV and JSON say the same."""
    today = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 7 * 3600))
    query = f"from=2026-01-01&to={today}&by=knowledge"
    told = json.loads(get(f"ogc/collections/establishments/changes?{query}"))
    lines = list(csv.DictReader(io.StringIO(get(f"ogc/collections/establishments/changes.csv?{query}"))))
    all_of = json.loads(get("ogc/collections/establishments/items?limit=1"))["numberMatched"]
    check("changes by knowledge: all of it is new", told["added"] == all_of == len(lines) and not told["removed"] and not told["changed"], told["added"])
    check("the page offers the two days", 'type="date"' in get("ogc/collections/establishments/changes?f=html"))
    check("the page shows the lines", get(f"ogc/collections/establishments/changes?f=html&{query}").count("<tr>") == all_of + 1)


def moment():
    """Now; what comes next happens in a later second."""
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    time.sleep(1.1 - time.time() % 1)
    return now


REGISTER = ["Mã điểm", "Tên cơ sở", "Địa chỉ", "Tình trạng", "Ngành nghề"]


def shop(i, name=None, status="Đang hoạt động"):
    return [f"B{i:03d}", name or f"Quán số {i}", f"{i} Đường Mẫu", status, "Bán lẻ"]


def knowledge(program, folder):
    ward = Ward(program, folder, "known.db")
    then = []

    def remember(what):
        then.append((what, moment(), {l: ward.export(layer=l) for l in ("establishments", "food-safety")}))

    remember("an empty ward")
    ward.bring(REGISTER, [shop(i) for i in range(1, 21)], "establishments")
    remember("twenty places")
    second = ward.bring(REGISTER, [shop(i, f"Quán đổi tên {i}") for i in range(5, 15)] + [shop(30)], "establishments")
    remember("ten renamed, one more")
    ward.bring(FOOD, PLACES[:4] + [["Quán số 1", "1 Đường Mẫu", "", "77/MAU", "01/02/2025", "", "", "01/03/2026", "Đạt"]])
    remember("food safety")
    undone = run(program, "undo", ward.path, str(second["batch"]))
    check("the second list is taken back", undone.returncode == 0, undone.stderr)
    remember("taken back")
    ward.bring(REGISTER, [shop(i, None, "Đã ngừng") for i in range(1, 4)], "establishments")
    remember("three closed")
    ward.bring(PLACED, [["B099", "Quán Có Vị Trí", "99 Đường Mẫu", "108.2252", "16.0610"]], "establishments")
    for what, known_at, exports in then:
        for layer, text in exports.items():
            again = ward.export("--known-at", known_at, layer=layer)
            check(f"{layer} as known then: {what}", again == text, (again[:300], text[:300]))
    over_http(ward, then)
    midnight(ward)
    meddled(ward, then)


def over_http(ward, then):
    server = subprocess.Popen([ward.program, "serve", ward.path, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        base = re.search(r"http://\S+", server.stdout.readline()).group(0)
        get = lambda target: urllib.request.urlopen(base + target, timeout=60).read().decode("utf-8", "replace")
        for what, known_at, exports in then:
            check(f"/export known_at: {what}", get(f"export/establishments.csv?known_at={known_at}") == exports["establishments"])
            count = json.loads(get(f"ogc/collections/establishments/items?limit=1&known_at={known_at}"))["numberMatched"]
            check(f"items known_at: {what}", count == exports["establishments"].count("\r\n") - 1, count)
        day = json.loads(get("ogc/collections/food-safety/items?limit=100&as_of=2026-11-22"))["features"]
        states = {f["properties"]["name"]: f["properties"]["state"] for f in day}
        check("items as_of", states["Quán Tính Hạn"] == "expired", states)
        on_the_map(get, then[-1][1])
        changed_over_http(get)
        try:
            get("ogc/collections/food-safety/items?as_of=2026-13-01")
            check("a bad day is 400", False)
        except urllib.error.HTTPError as e:
            check("a bad day is 400", e.code == 400, e.code)
    finally:
        server.terminate()
        check("the server stops cleanly", server.wait(20) == 0)


def midnight(ward):
    """A bare day ends at midnight in Asia/Ho_Chi_Minh: 17:00 UTC."""
    db = sqlite3.connect(ward.path)
    db.execute("UPDATE change SET at = '2026-03-09T17:00:00Z'")
    db.execute("UPDATE change SET at = '2026-03-09T16:59:59Z' WHERE id = (SELECT min(id) FROM change)")
    db.commit()
    db.close()
    check("before midnight: the first list only", len(ward.rows("--known-at", "2026-03-09", layer="establishments")) == 20)
    check("the day before: nothing", len(ward.rows("--known-at", "2026-03-08", layer="establishments")) == 0)
    later = ward.rows("--known-at", "2026-03-10", layer="establishments")
    check("after midnight: all", later == ward.rows(layer="establishments"))


def meddled(ward, then):
    """An edit behind the program's back cannot be taken back: a fault in words, never a wrong list."""
    db = sqlite3.connect(ward.path)
    db.execute("UPDATE place SET verified_on = '2026-01-01' WHERE ref = 'B002'")
    db.commit()
    db.close()
    path = os.path.join(ward.folder, "meddled.csv")
    done = run(ward.program, "export", ward.path, "establishments", path, "--known-at", "2026-03-08")
    check("a change from outside is said", done.returncode == 1 and "ngoài chương trình" in done.stderr and not os.path.exists(path), done.stderr)
    os.rename(ward.path + ".key", ward.path + ".key.away")
    done = run(ward.program, "export", ward.path, "establishments", path, "--known-at", "2026-03-08")
    check("without the key it is said too", done.returncode == 1 and "khoá" in done.stderr.lower(), done.stderr)
    check("as_of needs no key", len(ward.rows("--as-of", "2026-11-22")) > 0)


def main():
    with tempfile.TemporaryDirectory() as folder:
        days(sys.argv[1], folder)
        knowledge(sys.argv[1], folder)
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    sys.exit(0 if all(results) else 1)


main()
