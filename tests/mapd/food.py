#!/usr/bin/python3
"""Food safety by hand: every form of the desk, the way of a result to the public, and what of it anybody sees. From outside, on loopback.

usage: food.py MAPD      prints one line per failure, ends with "N passed, N failed"
"""
import csv
import json
import math
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import edit
import serve
import staff
import ward

RESULTS = serve.RESULTS
check = serve.check
SHOP, FRESH = ward.code(21), ward.code(24)  # not in the food-safety register yet
LISTED = ward.code(ward.FOOD)
SECRET = "Nền bếp ẩm, có chuột"


def desk(code, step=""):
    return f"/staff/food/{code}{step}"


def send(b, code, form, step="", **fields):
    """What a browser would send: a form of the desk, with its token."""
    return b.post(desk(code, step), {"form": form} | fields, desk(code))


def sentence(answer):
    found = re.search(r'<p class="note stop"[^>]*>(.*?)</p>', answer.text(), re.S)
    return found.group(1) if found else ""


def one(path, sql, *values):
    with sqlite3.connect(path) as db:
        return db.execute(sql, values).fetchone()


def refused(name, answer, word):
    check(f"refused: {name}", answer.status == 400 and word.lower() in sentence(answer).lower(), (answer.status, sentence(answer)))


def written(name, answer):
    check(f"written: {name}", answer.status == 303, (answer.status, sentence(answer)))


def inspection_id(path, code, day):
    return str(one(path, "SELECT i.id FROM fs_inspection i JOIN place p ON p.id = i.place_id WHERE p.code = ? AND i.inspected_on = ? ORDER BY i.id DESC", code, day)[0])


def food(s, code):
    answer = serve.ask(s, f"/ogc/collections/food-safety/items/{code}")
    return json.loads(answer.body)["properties"] if answer.status == 200 else {}


def soon(what):
    return edit.settles(what)


# --- the record ---

def documents(s, path, b):
    check("nothing known of it yet", serve.ask(s, f"/ogc/collections/food-safety/items/{SHOP}").status == 404)
    refused("no day", send(b, SHOP, "document", type="certificate"), "bắt buộc")
    refused("a day to come", send(b, SHOP, "document", type="certificate", issued_on="2199-01-01"), "tương lai")
    refused("ends before it begins", send(b, SHOP, "document", type="certificate", issued_on="2026-01-02", expires_on="2026-01-01"), "trước ngày cấp")
    refused("no such kind", send(b, SHOP, "document", type="licence", issued_on="2026-01-02"), "giá trị có sẵn")
    written("a certificate of 29 February", send(b, SHOP, "document", type="certificate", number="0007/2024/ATTP", issuer="Sở Mẫu", issued_on="2024-02-29"))
    row = one(path, "SELECT expires_on, expires_source FROM fs_document d JOIN place p ON p.id = d.place_id WHERE p.code = ?", SHOP)
    check("counted from its day, to the 28th", row == ("2027-02-28", "computed"), row)
    check("the regime follows from the first paper, and it is published", soon(lambda: food(s, SHOP).get("state") == "expiring" and food(s, SHOP)["regime"] == "certificate"), food(s, SHOP))
    refused("twice", send(b, SHOP, "document", type="certificate", number="0007/2024/ATTP", issued_on="2024-02-29"), "đã có")
    written("a printed end wins", send(b, SHOP, "document", type="certificate", number="0008", issued_on="2026-02-28", expires_on="2026-12-31"))
    page = b.ask(desk(SHOP)).text()
    check("both stand on the page, each with how its end is known", "tính từ ngày cấp" in page and "ghi trên giấy" in page and "0007/2024/ATTP" in page)
    paper = str(one(path, "SELECT id FROM fs_document WHERE number = '0007/2024/ATTP'")[0])
    refused("revoked before it was given", send(b, SHOP, "revoke", document=paper, revoked_on="2024-01-01"), "trước ngày cấp")
    written("revoked", send(b, SHOP, "revoke", document=paper, revoked_on="2026-11-01"))
    check("the other one decides now", soon(lambda: food(s, SHOP).get("expires_on") == "2026-12-31"), food(s, SHOP))


def regime_and_people(s, path, b):
    refused("exempt without a reason", send(b, SHOP, "regime", regime="exempt_other"), "lý do")
    written("exempt, and why", send(b, SHOP, "regime", regime="exempt_other", reason="điều 12 khoản 1 điểm đ NĐ 15/2018"))
    check("exempt is no violation and shows as that", soon(lambda: food(s, SHOP).get("state") == "exempt"), food(s, SHOP))
    check("the reason stands in the record, and nowhere else", "điểm đ NĐ 15/2018" in b.ask(desk(SHOP)).text() and "15/2018" not in serve.ask(s, f"/c/{SHOP}").text())
    written("back to a certificate", send(b, SHOP, "regime", regime="certificate"))
    written("health and training", send(b, SHOP, "people", health_checked_on="2024-02-29", trained_on="2024-02-29"))
    page = b.ask(desk(SHOP)).text()
    check("yearly and three-yearly, 29 February on the 28th", "28/02/2025" in page and "28/02/2027" in page)
    refused("a person's number is no reason", send(b, SHOP, "regime", regime="exempt_other", reason="hỏi 0905 123 456"), "điện thoại")


def inspections(s, path, b):
    refused("a letter after its time", send(b, SHOP, "inspection", kind="periodic", inspected_on="2025-01-15", verdict="B"), "không còn xếp loại")
    written("the letter on its last day", send(b, SHOP, "inspection", kind="periodic", inspected_on="2025-01-14", verdict="B"))
    row = one(path, "SELECT result, result_raw, vocabulary FROM fs_inspection i JOIN place p ON p.id = i.place_id WHERE p.code = ?", SHOP)
    check("B passed in the words of its day", row == ("pass", "B", "ABC_2018"), row)
    refused("a fail without a finding", send(b, SHOP, "inspection", kind="surprise", inspected_on="2026-10-01", verdict="fail"), "ít nhất một lỗi")
    refused("a re-inspection of nothing", send(b, SHOP, "inspection", kind="recheck", inspected_on="2026-10-01", verdict="pass"), "tái kiểm tra")
    written("a fail with findings, fine and team", send(b, SHOP, "inspection", kind="surprise", inspected_on="2026-10-01", verdict="fail", round="2",
            major=f"{SECRET}\nKhông có nước sạch\n", minor="Thiếu sổ ghi chép", penalty="QĐ 12/QĐ-XPHC mẫu", fine="3000000", team="Ông Mẫu Một, bà Mẫu Hai"))
    number = inspection_id(path, SHOP, "2026-10-01")
    row = one(path, "SELECT kind, round, result, remedy_due, entered_by FROM fs_inspection WHERE id = ?", number)
    check("with its round, its kind and the time to put it right", row == ("surprise", 2, "fail", "2026-10-31", "food.safety"), row)
    rows = one(path, "SELECT count(*), sum(severity = 'major'), sum(typeof(text) = 'blob') FROM fs_finding WHERE inspection_id = ?", number)
    check("a finding a line, sealed", rows == (3, 2, 3), rows)
    check("nothing of it is legible in the file", SECRET.encode() not in b"".join(open(path + end, "rb").read() for end in ("", "-wal") if os.path.exists(path + end)))
    page = b.ask(desk(SHOP)).text()
    check("the page counts findings and shows none", "3 lỗi, 0 đã khắc phục" in page and SECRET not in page and "3000000" not in page)
    opened = b.post(f"/staff/c/{SHOP}/private", {}, f"/staff/c/{SHOP}").text()
    check("on demand they are shown, fine and team too", all(word in opened for word in (SECRET, "Thiếu sổ ghi chép", "3000000", "Mẫu Hai", "QĐ 12/QĐ-XPHC mẫu")))
    finding = str(one(path, "SELECT min(id) FROM fs_finding WHERE inspection_id = ?", number)[0])
    refused("remedied before it was found", send(b, SHOP, "remedy", finding=finding, remedied_on="2026-09-30"), "trước ngày kiểm tra")
    written("remedied", send(b, SHOP, "remedy", finding=finding, remedied_on="2026-10-20"))
    written("the re-inspection", send(b, SHOP, "inspection", kind="recheck", inspected_on="2026-10-25", verdict="pass", recheck_of=number))
    page = b.ask(desk(SHOP)).text()
    check("linked to what it re-inspects", "1 đã khắc phục" in page and "tái kiểm tra" in page and one(path, "SELECT recheck_of FROM fs_inspection WHERE kind = 'recheck'")[0] == int(number))
    refused("of another place", send(b, FRESH, "inspection", kind="recheck", inspected_on="2026-10-26", verdict="pass", recheck_of=number), "giá trị có sẵn")


def quick_tests(s, path, b):
    refused("no sample", send(b, SHOP, "test", tested_on="2026-10-01", kind="borax", result="positive"), "bắt buộc")
    number = inspection_id(path, SHOP, "2026-10-01")
    for kind, sample, result in (("borax", "chả bò", "positive"), ("formol", "bún tươi", "negative"), ("other", "ô mai", "unclear")):
        written(f"test {kind}", send(b, SHOP, "test", tested_on="2026-10-01", kind=kind, sample=sample, result=result, inspection=number))
    refused("the same twice", send(b, SHOP, "test", tested_on="2026-10-01", kind="borax", sample="chả bò", result="negative"), "đã được ghi")
    page = b.ask(desk(SHOP)).text()
    check("they stand in the record in plain words", all(w in page for w in ("hàn the", "chả bò", "dương tính", "formol", "âm tính", "không rõ, thử lại")))
    check("and nowhere in public", "chả bò" not in serve.ask(s, f"/c/{SHOP}").text() and "chả bò" not in json.dumps(food(s, SHOP)))


def taken_back(s, path, b):
    page = b.ask(f"/staff/c/{SHOP}").text()
    check("the history says it in words", "xét nghiệm" in page.lower() and "niêm phong" in page and SECRET not in page)
    for _ in range(3):
        number = edit.edit_of(b, SHOP)
        check("taken back", b.post(f"/staff/c/{SHOP}/undo", {"edit": number}, f"/staff/c/{SHOP}").status == 303, b.last.status)
    check("exactly", one(path, "SELECT count(*) FROM fs_test")[0] == 0)
    details = [d for *_, d in edit.audit(path, "place.edit")]
    check("the audit names fields, never a value", details and not any(SECRET in d or "3000000" in d for d in details) and any("food.inspection.major" in d for d in details), details[-2:])


# --- the way to the public ---

def right_of_reply(s, path, officer, leader):
    written("an inspection by hand", send(officer, FRESH, "inspection", kind="periodic", inspected_on="2026-11-01", verdict="fail", minor="Thiếu sổ"))
    number = inspection_id(path, FRESH, "2026-11-01")
    seen = lambda: (food(s, FRESH).get("last_result"), food(s, FRESH).get("last_inspected_on"))
    check("what waits is not public, and is not called uninspected either", soon(lambda: food(s, FRESH)) and seen() == (None, None), seen())
    refused("not without notice", send(leader, FRESH, "publish", "/publish", inspection=number, basis="QĐ 1"), "giá trị có sẵn")
    written("notified", send(officer, FRESH, "notify", "/publish", inspection=number, notified_on="2026-11-12"))
    row = one(path, "SELECT publish_state, reply_due, notified_by FROM fs_inspection WHERE id = ?", number)
    check("ten days to reply, by the policy table", row == ("notified", "2026-11-22", "food.safety"), row)
    refused("on the last day of the reply", send(leader, FRESH, "publish", "/publish", inspection=number, basis="QĐ 1"), "còn quyền trả lời")
    owner = one(path, "SELECT public_name FROM place WHERE code = ?", FRESH)[0]
    refused("nobody's number in a reply", send(officer, FRESH, "reply", "/publish", inspection=number, replied_on="2026-11-20", reply="gọi 0905.123.456"), "điện thoại")
    written("the reply", send(officer, FRESH, "reply", "/publish", inspection=number, replied_on="2026-11-20", reply=f"{owner} đã bổ sung <sổ> ngày 15/11."))
    check("replied, not yet public", seen() == (None, None) and "đã bổ sung" not in serve.ask(s, f"/c/{FRESH}").text())
    refused("four eyes", send(officer, FRESH, "publish", "/publish", inspection=number, basis="QĐ 1"), "bốn mắt")
    refused("a decision is named", send(leader, FRESH, "publish", "/publish", inspection=number), "bắt buộc")
    written("public", send(leader, FRESH, "publish", "/publish", inspection=number, basis="QĐ 77/QĐ-UBND mẫu"))
    check("now it is", soon(lambda: seen() == ("fail", "2026-11-01")), seen())
    page = serve.ask(s, f"/c/{FRESH}").text()
    check("with the place's own words beside it", "đã bổ sung &lt;sổ&gt;" in page and "20/11/2026" in page, page[-1500:])
    check("and nothing of the findings or of who decided", "Thiếu sổ" not in page and "food.safety" not in page and "QĐ 77" not in page)
    entry = staff.signed_in(s, "entry")
    check("who may not publish may not take it back", entry.post(f"/staff/c/{FRESH}/undo", {"edit": edit.edit_of(entry, FRESH)}, f"/staff/c/{FRESH}").status == 403)
    written("the next one", send(officer, FRESH, "inspection", kind="recheck", inspected_on="2026-11-15", verdict="pass", recheck_of=number))
    later = inspection_id(path, FRESH, "2026-11-15")
    written("notified too", send(officer, FRESH, "notify", "/publish", inspection=later, notified_on="2026-11-16"))
    check("the public still sees the first", seen() == ("fail", "2026-11-01"))
    written("agreed without a word", send(officer, FRESH, "reply", "/publish", inspection=later, replied_on="2026-11-17"))
    written("published", send(leader, FRESH, "publish", "/publish", inspection=later, basis="QĐ 78/QĐ-UBND mẫu"))
    check("the new result wins", soon(lambda: seen() == ("pass", "2026-11-15")) and "đã bổ sung" not in serve.ask(s, f"/c/{FRESH}").text(), seen())
    check("the old one is superseded, and kept", one(path, "SELECT publish_state FROM fs_inspection WHERE id = ?", number)[0] == "superseded")
    written("taken off again", send(leader, FRESH, "withdraw", "/publish", inspection=later, basis="khiếu nại đúng"))
    check("nothing is said any more", soon(lambda: seen() == (None, None)), seen())


def of_lists(s, path, program):
    """What lists brought is covered by the decision, unless the policy says that each goes its own way."""
    check("covered", soon(lambda: food(s, LISTED).get("last_result") == "pass"), food(s, LISTED))
    subprocess.run([program, "policy", path, "fs.publish_imported", "0", "--decision", "QĐ mẫu"], check=True, stdout=subprocess.DEVNULL)
    check("each its own way", soon(lambda: food(s, LISTED).get("last_result") is None), food(s, LISTED))
    subprocess.run([program, "policy", path, "fs.publish_imported", "1"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([program, "policy", path, "fs.publish_results", "0", "--decision", "QĐ mẫu dừng"], check=True, stdout=subprocess.DEVNULL)


# --- the office's desk ---

def warnings(s, path, officer, leader):
    office = lambda b, form, step="", **fields: b.post(f"/staff/food{step}", {"form": form} | fields, "/staff/food")
    written("an authority", office(officer, "authority", name="Sở Mẫu ATTP", basis="QĐ mẫu", valid_from="2025-03-01"))
    refused("twice", office(officer, "authority", name="Sở Mẫu ATTP", valid_from="2025-03-01"), "đang có")
    refused("a warning before it had the power", office(officer, "alert", scope="product", subject="Rượu Mẫu", level="danger", issuer="Sở Mẫu ATTP", document="1/CB",
            issued_on="2025-02-28", public_text="Có methanol"), "thẩm quyền")
    refused("an area that is none", office(officer, "alert", scope="area", subject="Tổ 99", level="info", issuer="Sở Mẫu ATTP", document="2/CB", issued_on="2026-11-01", public_text="x"), "không có tổ")
    written("of a product", office(officer, "alert", scope="product", subject="Rượu Mẫu", level="danger", issuer="Sở Mẫu ATTP", document="3/CB", issued_on="2026-11-01", public_text="Có methanol, không uống."))
    written("of an area", office(officer, "alert", scope="area", subject="Tổ 1", level="caution", issuer="Sở Mẫu ATTP", document="4/CB", issued_on="2026-11-02", public_text="Nước nhiễm bẩn."))
    written("of a place", send(officer, LISTED, "alert", level="info", issuer="Sở Mẫu ATTP", document="5/CB", issued_on="2026-11-03", public_text="Thu hồi lô chả 01."))
    page = lambda code: serve.ask(s, f"/c/{code}").text()
    check("internal is internal", not any(w in page(LISTED) for w in ("methanol", "nhiễm bẩn", "lô chả")))
    ids = {d: str(i) for i, d in sqlite3.connect(path).execute("SELECT id, document FROM fs_alert")}
    refused("four eyes on warnings", office(officer, "alert-publish", "/publish", alert=ids["3/CB"], published_on="2026-11-03"), "bốn mắt")
    for document in ("3/CB", "4/CB", "5/CB"):
        written(f"public: {document}", office(leader, "alert-publish", "/publish", alert=ids[document], published_on="2026-11-03"))
    check("on the page of the place, by scope", soon(lambda: all(w in page(LISTED) for w in ("methanol", "nhiễm bẩn", "lô chả", "Sở Mẫu ATTP, 5/CB"))))
    check("its own only there", "lô chả" not in page(ward.code(ward.EXPIRED)) and "methanol" in page(ward.code(ward.EXPIRED)) and "methanol" not in page(ward.code(30)))
    written("over", office(leader, "alert-end", "/publish", alert=ids["3/CB"], withdrawn_on="2026-11-20"))
    check("gone from the pages", soon(lambda: "methanol" not in page(LISTED)))
    authority = str(one(path, "SELECT id FROM authority")[0])
    written("the authority ends", office(officer, "authority-end", authority=authority, valid_to="2026-11-10"))
    refused("and warns no more", office(officer, "alert", scope="product", subject="Rượu", level="info", issuer="Sở Mẫu ATTP", document="6/CB", issued_on="2026-11-11", public_text="x"), "thẩm quyền")


def exported(program, path, *words):
    out = os.path.join(os.path.dirname(path), "out.csv")
    done = subprocess.run([program, "export", path, "food-safety", out, "--staff", "--purpose", "kiểm thử", *words], capture_output=True, text=True)
    if done.returncode:
        return {}
    with open(out, encoding="utf-8-sig", newline="") as file:
        return {row["code"]: row for row in csv.DictReader(file)}


def working_lists(s, path, program, b):
    page = b.ask("/staff/food").text()
    names = re.findall(r'href="/staff/food\?of=([\w-]+)"', page)
    check("seven lists, each with its count", len(names) == 7, names)
    for name in names:
        wanted = set(exported(program, path, "--list", name))
        count = int(re.search(rf'of={name}"[^>]*><b>(\d+)</b>', page).group(1))
        rows = set(re.findall(r'<tr><td><a href="/staff/food/(\w{11})"', b.ask(f"/staff/food?of={name}").text()))
        shown = {f["id"] for f in json.loads(b.ask(f"/staff/places?of=food:{name}").body)["features"]}
        check(f"{name}: count, rows, map and export are one", count == len(wanted) and rows == wanted and shown <= wanted and (not wanted or shown), (count, rows, wanted, shown))
    check("nothing sealed on the page", SECRET not in page and b.ask("/staff/food?of=nothing").status == 404)
    me = json.loads(b.ask("/staff/me").body)
    check("the map offers them", [x["of"] for x in me["lists"]] == [f"food:{n}" for n in names], me)


def walk(s, path, b):
    for n in (30, 33, 47, 61, 88, 120):
        written(f"place {n} comes under the commitment", send(b, ward.code(n), "document", type="commitment", issued_on="2026-01-05"))
    spots = {c: xy for c, *xy in ward.connect(path).execute("SELECT code, ST_X(geom), ST_Y(geom) FROM place WHERE geom IS NOT NULL")}
    stops = re.findall(r'<li class="sheet">.*?href="/staff/food/(\w{11})#inspection"', b.ask("/staff/food/plan?of=not-inspected").text(), re.S)
    left = [c for c in stops if c in spots]
    check("a stop for each place", len(stops) >= 2 and len(set(stops)) == len(stops), stops)
    here, order = min(left, key=lambda c: spots[c][0]), []
    while here:
        order.append(here)
        left.remove(here)
        far = lambda c: ((spots[c][0] - spots[here][0]) * math.cos(math.radians(16.05))) ** 2 + (spots[c][1] - spots[here][1]) ** 2
        here = min(left, key=far) if left else None
    check("always the nearest one next, those without a place last", stops[:len(order)] == order and not set(stops[len(order):]) & set(spots), (stops, order))
    written("a result entered from it", send(b, stops[0], "inspection", kind="periodic", inspected_on=serve.TODAY, verdict="pass"))
    check("takes the place off the walk", f"{stops[0]}#" not in b.ask("/staff/food/plan?of=not-inspected").text())


def boundaries(path, program, folder):
    """Every edge of domain.md E.x, by the day for which is asked."""
    rows = [["Mã điểm", "Số giấy chứng nhận", "Ngày cấp", "Ngày khám sức khỏe", "Ngày kiểm tra", "Kết quả kiểm tra"],
            ["REF40", "40/X", "21/11/2023", "29/02/2024", "14/01/2025", "B"], ["REF41", "41/X", "29/02/2024", "", "15/01/2025", "B"]]
    listed = os.path.join(folder, "ranh-gioi.csv")
    with open(listed, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    done = subprocess.run([program, "import", path, listed, "--as", "food-safety", "--json"], capture_output=True, text=True)
    check("both rows came in", done.returncode == 0 and '"added":2' in done.stdout, done.stdout + done.stderr)
    a, b = ward.code(40), ward.code(41)
    for day, code, field, wanted in (("2026-11-21", a, "state", "expiring"), ("2026-11-22", a, "state", "expired"),
                                     ("2027-02-28", b, "state", "expiring"), ("2027-03-01", b, "state", "expired"),
                                     ("2026-08-31", b, "state", "valid"), ("2026-09-01", b, "state", "expiring"),
                                     ("2027-01-28", b, "expiring_soon", "false"), ("2027-01-29", b, "expiring_soon", "true"),
                                     ("2025-02-28", a, "health_overdue", "false"), ("2025-03-01", a, "health_overdue", "true"),
                                     ("2026-11-21", a, "last_result", "pass"), ("2026-11-21", b, "last_result", ""),
                                     ("2026-11-21", a, "vocabulary", "ABC_2018"), ("2026-11-21", b, "vocabulary", "DAT_KHONGDAT")):
        got = exported(program, path, "--as-of", day).get(code, {}).get(field)
        check(f"{day} {field}", str(got).lower() == wanted.lower(), got)


def main(program):
    folder = tempfile.mkdtemp()
    path = os.path.join(folder, "ward.db")
    ward.make(program, path)
    with sqlite3.connect(path) as db:
        db.execute("INSERT INTO meta VALUES ('today', ?)", (serve.TODAY,))
    staff.make_users(program, path)
    s = serve.Server(program, path)
    for role in ("entry", "food_safety", "leader"):
        b = staff.Browser(s)
        b.sign_in(role.replace("_", "."), staff.FIRST)
        b.change_password(staff.FIRST, staff.LATER)
    officer, leader = staff.signed_in(s, "food_safety"), staff.signed_in(s, "leader")
    documents(s, path, officer)
    regime_and_people(s, path, officer)
    inspections(s, path, officer)
    quick_tests(s, path, officer)
    taken_back(s, path, officer)
    right_of_reply(s, path, officer, leader)
    of_lists(s, path, program)
    warnings(s, path, officer, leader)
    working_lists(s, path, program, officer)
    walk(s, path, officer)
    boundaries(path, program, folder)
    check("stops cleanly", s.stop() == 0)
    checked = subprocess.run([program, "check", path], capture_output=True, text=True)
    check("the chain is whole", "audit" not in checked.stdout.lower() and not checked.stderr, checked.stdout[-300:])
    shutil.rmtree(folder)
    print(f"{sum(RESULTS)} passed, {len(RESULTS) - sum(RESULTS)} failed")
    return 0 if all(RESULTS) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
