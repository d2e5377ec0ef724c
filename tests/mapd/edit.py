#!/usr/bin/python3
"""A record changed by hand: fields, pin, two people at once, and the way back. From outside, on loopback.

usage: edit.py MAPD      prints one line per failure, ends with "N passed, N failed"
"""
import html
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import serve
import staff
import ward

RESULTS = serve.RESULTS
check = serve.check
SHOP, STALL = ward.code(21), ward.code(1003)


def fields_of(b, code):
    """What the form carries, as a browser would send it."""
    page = b.ask(f"/staff/c/{code}/edit").text()
    form = re.search(r'<form method="post" action="/staff/c/\w+/edit">(.*?)</form>', page, re.S).group(1)
    fields = {n: html.unescape(v) for n, v in re.findall(r'<input[^>]* name="([\w-]+)"[^>]* value="([^"]*)"', form)}
    for name, options in re.findall(r'<select[^>]* name="(\w+)">(.*?)</select>', form, re.S):
        chosen = re.search(r'value="(\w*)" selected', options) or re.search(r'value="(\w*)"', options)
        fields[name] = chosen.group(1)
    return fields


def save(b, code, fields=None, **changes):
    return b.post(f"/staff/c/{code}/edit", (fields or fields_of(b, code)) | changes, f"/staff/c/{code}/edit")


def public(s, code, kind="establishments"):
    return json.loads(serve.ask(s, f"/ogc/collections/{kind}/items/{code}").body)


def settles(what):
    end = time.monotonic() + 3
    while not what():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def edit_of(b, code):
    found = re.search(r'name="edit" value="(\d+)"', b.ask(f"/staff/c/{code}").text())
    return found.group(1) if found else "0"


def audit(path, action):
    with sqlite3.connect(path) as db:
        return db.execute("SELECT who, subject, detail FROM audit WHERE action = ? ORDER BY id", (action,)).fetchall()


def one_editor(s, path):
    b = staff.signed_in(s, "entry")
    before = public(s, SHOP)["properties"]
    check("nothing changed, nothing saved", save(b, SHOP).status == 303 and not audit(path, "place.edit"))
    answer = save(b, SHOP, name="Bún chả cá Mới", status="suspended", accepts_card="1")
    check("saved", answer.status == 303 and answer.headers["location"] == f"/staff/c/{SHOP}", answer.status)
    check("published at once", settles(lambda: public(s, SHOP)["properties"]["name"] == "Bún chả cá Mới"))
    now = public(s, SHOP)["properties"]
    check("all of it", now["status"] == "suspended" and now["accepts_card"] is True and now["address"] == before["address"], now)
    check("found under its new name", SHOP in serve.ask(s, "/search?q=bun+cha+ca+moi").text())
    check("an entry of the audit without values", audit(path, "place.edit") == [("entry", f"place {SHOP}", '{"fields":["name","status","accepts_card"]}')], audit(path, "place.edit"))
    page = b.ask(f"/staff/c/{SHOP}").text()
    check("the record shows before and after", "Bún chả cá Mới</b>" in page and before["name"] in page)
    number = edit_of(b, SHOP)
    check("taken back", b.post(f"/staff/c/{SHOP}/undo", {"edit": number}, f"/staff/c/{SHOP}").status == 303, b.last.status)
    check("and it is as it was", settles(lambda: {k: v for k, v in public(s, SHOP)["properties"].items()} == before), public(s, SHOP)["properties"])
    check("once", b.post(f"/staff/c/{SHOP}/undo", {"edit": number}, f"/staff/c/{SHOP}/edit").status == 404)
    check("that too is an entry", audit(path, "place.edit.undo")[0][:2] == ("entry", f"place {SHOP}"))


def two_editors(s):
    a, b = staff.signed_in(s, "entry"), staff.signed_in(s, "verifier")
    seen = fields_of(b, SHOP)
    check("the first saves", save(a, SHOP, name="Tên của A", accepts_qr="1").status == 303)
    answer = b.post(f"/staff/c/{SHOP}/edit", seen | {"name": "Tên của B", "accepts_card": "1"}, f"/staff/c/{SHOP}/edit")
    page = answer.text()
    check("the second is told", answer.status == 409 and "Tên của A" in page and 'value="Tên của B"' in page, answer.status)
    check("nothing was saved", public(s, SHOP)["properties"]["name"] != "Tên của B")
    check("what nobody else touched is no conflict", page.count("Người khác vừa lưu") == 1, page.count("Người khác vừa lưu"))
    check("with both before the eyes it may be saved", save(b, SHOP, name="Tên của B").status == 303)
    seen = fields_of(a, SHOP)
    check("different fields do not collide", save(b, SHOP, accepts_card="1").status == 303 and
          a.post(f"/staff/c/{SHOP}/edit", seen | {"name": "Tên sau cùng"}, f"/staff/c/{SHOP}/edit").status == 303, a.last.status)
    check("and both stand", settles(lambda: public(s, SHOP)["properties"]["name"] == "Tên sau cùng") and public(s, SHOP)["properties"]["accepts_card"] is True)


def what_is_refused(s, path):
    b = staff.signed_in(s, "entry")
    places = staff.import_csv(s, path)
    canary = places[0] if isinstance(places, (list, tuple)) else None
    for change, word in (({"name": ""}, "để trống"), ({"name": "Quán 0905 123 456"}, "điện thoại"), ({"status": "closed"}, "giá trị có sẵn"),
                         ({"valid_from": "2026-02-30"}, "Ngày"), ({"verified_on": "2199-01-01"}, "Ngày"), ({"name": "x" * 400}, "dài quá"),
                         ({"valid_from": "2026-05-01", "valid_to": "2026-04-01"}, "trước ngày")):
        answer = save(b, SHOP, **change)
        check(f"refused {change}", answer.status == 400 and word in answer.text(), answer.status)
    with sqlite3.connect(path) as db:
        code = db.execute("SELECT p.code FROM place p JOIN restricted r ON r.owner = 'place' AND r.owner_id = p.id AND r.field = 'owner_name'"
                          " JOIN establishment e ON e.place_id = p.id AND e.kind = 'household' LIMIT 1").fetchone()
    check("a household with a sealed owner came in", bool(code), canary)
    if code:
        answer = save(b, code[0], name=f"Tạp hoá {staff.CANARY}")
        check("a household's public name does not hold its owner's", answer.status == 400 and "chủ hộ" in answer.text(), answer.status)
    check("a leader does not edit", staff.signed_in(s, "leader").ask(f"/staff/c/{SHOP}/edit").status == 403)


def the_pin(s, path):
    b = staff.signed_in(s, "entry")
    before = public(s, SHOP)
    lon, lat = before["geometry"]["coordinates"]
    spot = {"lat": lat + 0.0004, "lon": lon + 0.0003, "was_lat": lat, "was_lon": lon, "script": "1"}
    answer = b.post(f"/staff/c/{SHOP}/position", spot, f"/staff/c/{SHOP}")
    check("moved", answer.status == 200 and json.loads(answer.body)["result"] == "saved", answer.status)
    check("published as an officer's pin", settles(lambda: public(s, SHOP)["properties"]["position"] == "gps"))
    now = public(s, SHOP)["geometry"]["coordinates"]
    check("where it was put", abs(now[1] - lat - 0.0004) < 1e-6 and abs(now[0] - lon - 0.0003) < 1e-6, now)
    answer = b.post(f"/staff/c/{SHOP}/position", spot, f"/staff/c/{SHOP}")
    check("who saw it elsewhere is told", answer.status == 409 and json.loads(answer.body)["result"] == "conflict", answer.status)
    record = b.ask(f"/staff/c/{SHOP}").text()
    check("the record says why it stands there", "cán bộ đặt ghim" in record and "đo tại chỗ" in record)
    check("axes swapped are refused", b.post(f"/staff/c/{SHOP}/position", {"lat": lon, "lon": lat}, f"/staff/c/{SHOP}").status == 400)
    check("taken back", b.post(f"/staff/c/{SHOP}/undo", {"edit": edit_of(b, SHOP)}, f"/staff/c/{SHOP}").status == 303)
    check("the pin is where it was", settles(lambda: public(s, SHOP)["geometry"] == before["geometry"]), public(s, SHOP)["geometry"])
    check("and known as before", public(s, SHOP)["properties"]["position"] == before["properties"]["position"])
    with sqlite3.connect(path) as db:
        db.execute("UPDATE place SET status_raw = 'QGIS' WHERE code = ?", (STALL,))
    save(b, STALL, goods="Cá khô")
    with sqlite3.connect(path) as db:
        db.execute("UPDATE stall SET goods = 'Mực' WHERE place_id = 1003")
    check("built upon: nothing is taken back", b.post(f"/staff/c/{STALL}/undo", {"edit": edit_of(b, STALL)}, f"/staff/c/{STALL}").status == 409, b.last.status)


def labels(s, path):
    b = staff.signed_in(s, "entry")
    market = sqlite3.connect(path).execute("SELECT m.code FROM market m JOIN stall t ON t.market_id = m.id WHERE t.place_id = 1003").fetchone()[0]
    answer = b.post("/staff/labels/sheet", {"market": market, "size": "small"}, "/staff/labels")
    check("a sheet", answer.status == 200 and answer.body.startswith(b"%PDF-") and answer.headers["content-type"] == "application/pdf", answer.status)
    check("no such size", b.post("/staff/labels/sheet", {"market": market, "size": "huge"}, "/staff/labels").status == 400)
    count = lambda state: sqlite3.connect(path).execute("SELECT count(*) FROM label WHERE state = ?", (state,)).fetchone()[0]
    check("every stall of it is issued", count("issued") == ward.STALLS, count("issued"))
    check("printed", b.post("/staff/labels/printed", {"market": market}, "/staff/labels").status == 303 and count("printed") == ward.STALLS)
    png = bytes.fromhex("89504e470d0a1a0a") + os.urandom(200000)
    post = lambda photo: b.ask(f"/staff/c/{STALL}/label", "POST", b"".join([
        b'--X\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n' + b.token(f"/staff/c/{STALL}").encode(),
        b'\r\n--X\r\nContent-Disposition: form-data; name="state"\r\n\r\nposted',
        b'\r\n--X\r\nContent-Disposition: form-data; name="photo"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n' + photo, b"\r\n--X--\r\n"]),
        Content_Type="multipart/form-data; boundary=X")
    check("posted with a photo", post(png).status == 303 and count("posted") == 1, b.last.status)
    check("what is no picture is refused", post(b"<script>").status == 400)
    check("the photo is sealed", png[:64] not in open(path, "rb").read() + open(path + "-wal", "rb").read())
    link = re.search(r'href="(/staff/labels/\d+/photo)"', b.ask(f"/staff/c/{STALL}").text()).group(1)
    check("and comes back, written down", b.ask(link).body == png and b.last.headers["content-type"] == "image/png" and audit(path, "private.read")[-1][2] == '{"fields":["label.photo"]}')
    check("the page counts", re.search(r'<td class="n">1</td>', b.ask("/staff/labels").text()))
    check("retired", b.post(f"/staff/c/{STALL}/label", {"state": "retired"}, f"/staff/c/{STALL}").status == 303 and "đã gỡ" in b.ask(f"/staff/c/{STALL}").text())


def at_the_map(s):
    me = json.loads(staff.signed_in(s, "entry").ask("/staff/me").body)
    check("the map knows who is there", me["name"] == "entry" and me["edits"] is True and len(me["csrf"]) == 64, me)
    me = json.loads(staff.signed_in(s, "leader").ask("/staff/me").body)
    check("and what they may", me["edits"] is False and me["reads"] is True, me)
    check("nobody is nobody", serve.ask(s, "/staff/me").status == 401)


def main(program):
    folder = tempfile.mkdtemp()
    path = os.path.join(folder, "ward.db")
    ward.make(program, path)
    staff.make_users(program, path)
    s = serve.Server(program, path)
    for role in ("entry", "food_safety", "verifier", "leader"):
        b = staff.Browser(s)
        b.sign_in(role.replace("_", "."), staff.FIRST)
        b.change_password(staff.FIRST, staff.LATER)
    one_editor(s, path)
    two_editors(s)
    the_pin(s, path)
    what_is_refused(s, path)
    labels(s, path)
    at_the_map(s)
    check("stops cleanly", s.stop() == 0)
    checked = subprocess.run([program, "check", path], capture_output=True, text=True)
    check("the chain is whole", "audit" not in checked.stdout.lower() and not checked.stderr, checked.stdout[-300:])
    shutil.rmtree(folder)
    print(f"{sum(RESULTS)} passed, {len(RESULTS) - sum(RESULTS)} failed")
    return 0 if all(RESULTS) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
