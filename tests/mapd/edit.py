#!/usr/bin/python3
"""A record changed by hand: fields, pin, two people at once, and the way back. From outside, on loopback.

usage: edit.py MAPD      prints one line per failure, ends with "N passed, N failed"
"""
import hashlib
import html
import json
import os
import re
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
import zlib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import serve
import staff
import ward

RESULTS = serve.RESULTS
check = serve.check
SHOP, STALL = ward.code(21), ward.code(1003)
MAPD = None


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


# --- pictures: made here, with what a phone writes into them ---

def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width, height):
    rows = b"".join(b"\0" + bytes(c for x in range(width) for c in (255 * x // width, 255 * y // height, 90)) for y in range(height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def directory(entries, at):
    """One TIFF directory: tag, kind, count and the value's bytes, those longer than four behind it."""
    head, tail = struct.pack("<H", len(entries)), b""
    behind = at + 2 + 12 * len(entries) + 4
    for tag, kind, count, value in entries:
        place = value.ljust(4, b"\0") if len(value) <= 4 else struct.pack("<I", behind + len(tail))
        tail += b"" if len(value) <= 4 else value + b"\0" * (len(value) % 2)
        head += struct.pack("<HHI", tag, kind, count) + place
    return head + struct.pack("<I", 0) + tail


def exif():
    """Turned by 90 degrees, a phone's name, 1 November 2026, 16°03'36"N 108°13'12"E."""
    thirds = lambda *parts: b"".join(struct.pack("<II", p, 1) for p in parts)
    sizes = lambda inner, gps: [(0x0110, 2, 12, b"SecretPhone\0"), (0x0112, 3, 1, struct.pack("<H", 6)),
                                (0x8769, 4, 1, struct.pack("<I", inner)), (0x8825, 4, 1, struct.pack("<I", gps))]
    inner_at = 8 + len(directory(sizes(0, 0), 8))
    inner = directory([(0x9003, 2, 20, b"2026:11:01 08:00:00\0")], inner_at)
    gps_at = inner_at + len(inner)
    gps = directory([(1, 2, 2, b"N\0"), (2, 5, 3, thirds(16, 3, 36)), (3, 2, 2, b"E\0"), (4, 5, 3, thirds(108, 13, 12))], gps_at)
    body = b"Exif\0\0II*\0" + struct.pack("<I", 8) + directory(sizes(inner_at, gps_at), 8) + inner + gps
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def painted(picture):
    """What the sandboxed child makes of it: its line, and the JPEG."""
    run = subprocess.run([MAPD, "picture"], input=picture, capture_output=True, timeout=60)
    line, _, jpeg = run.stdout.partition(b"\n")
    return run.returncode, line.decode(), jpeg


def photo(width, height):
    jpeg = painted(png(width, height))[2]
    return jpeg[:2] + exif() + jpeg[2:] + b"behind the end"


def size_of(jpeg):
    at = 2
    while jpeg[at + 1] not in (0xC0, 0xC2):
        at += 2 + struct.unpack(">H", jpeg[at + 2:at + 4])[0]
    height, width = struct.unpack(">HH", jpeg[at + 5:at + 9])
    return width, height


def bring(b, what, picture, code=STALL, **fields):
    return b.bring(f"/staff/c/{code}/{what}", picture, f"/staff/c/{code}", **fields)


def pictures(path):
    """What a phone writes into a photo is read, then gone; the picture stands upright and no larger than a screen."""
    code, line, jpeg = painted(photo(64, 48))
    check("upright, day and place read", code == 0 and line == "mapd-picture 48 64 2026-11-01 1 108.2200000 16.0600000", line)
    check("and nothing of it is left", b"SecretPhone" not in jpeg and b"Exif" not in jpeg and b"behind" not in jpeg and size_of(jpeg) == (48, 64))
    code, line, jpeg = painted(png(2000, 500))
    check("made smaller", code == 0 and line.startswith("mapd-picture 1600 400 0000-00-00 0 ") and size_of(jpeg) == (1600, 400), line)
    for name, bad in (("text", b"<script>"), ("cut short", photo(64, 48)[:300]), ("nothing", b""), ("another format", b"II*\0" + bytes(200)),
                      ("a bomb", png(1, 1).replace(struct.pack(">II", 1, 1), struct.pack(">II", 19999, 19999)))):
        check(f"refused: {name}", painted(bad)[0] != 0)


def photos(s, path):
    b = staff.signed_in(s, "entry")
    folder = os.path.join(os.path.dirname(path), "mapd-files")
    files = lambda: {f: open(os.path.join(folder, f), "rb").read() for f in os.listdir(folder)} if os.path.isdir(folder) else {}
    before = set(files())
    page = lambda: b.ask(f"/staff/c/{SHOP}").text()
    check("no photo yet", "Chưa có ảnh" in page())
    check("a photo is brought", bring(b, "photos", photo(80, 60), SHOP, caption="Mặt tiền <b>").status == 303, b.last.text())
    check("the record shows it, with day and caption", "Mặt tiền &lt;b&gt;" in page() and "chụp ngày 01/11/2026" in page() and re.search(r"cách ghim \d+ m", page()))
    link = re.search(r'<img src="(/staff/c/\w+/photos/\d+)"', page()).group(1)
    shown = b.ask(link).body
    check("it comes back, written down", size_of(shown) == (60, 80) and audit(path, "photo.read"))
    made = {f: c for f, c in files().items() if f not in before}
    check("one sealed file by its hash", len(made) == 1 and all(hashlib.sha256(c).hexdigest() == f and shown[200:400] not in c for f, c in made.items()))
    check("the same again is told", bring(b, "photos", photo(80, 60), SHOP).status in (400, 409) and "đã có" in b.last.text(), b.last.status)
    check("a step has two words", b.post(link, {"step": "burn"}, f"/staff/c/{SHOP}").status == 400)
    check("taken away", b.post(link, {"step": "remove"}, f"/staff/c/{SHOP}").status == 303 and "1 ảnh đã gỡ" in page() and f'<img src="{link}"' not in page())
    check("not twice", b.post(link, {"step": "remove"}, f"/staff/c/{SHOP}").status == 404)
    check("put back", b.post(link, {"step": "restore"}, f"/staff/c/{SHOP}").status == 303 and f'<img src="{link}"' in page())
    check("not under another code", b.ask(link.replace(SHOP, STALL)).status == 404)
    check("the steps are written down", [len(audit(path, f"photo.{w}")) for w in ("add", "remove", "restore")] == [1, 1, 1])
    for who in ("admin", "observer"):
        other = staff.signed_in(s, who)
        check(f"not for {who}", other.ask(link).status == 403 and "/photos/" not in other.ask(f"/staff/c/{SHOP}").text())
    check("nobody outside sees it", serve.ask(s, link).status == 401 and "photo" not in serve.ask(s, f"/c/{SHOP}").body.decode())
    copy = os.path.join(os.path.dirname(path), "away", "copy.db")
    os.mkdir(os.path.dirname(copy))
    subprocess.run([MAPD, "backup", path, copy], check=True, capture_output=True, timeout=60)
    check("a backup takes the files along", set(os.listdir(os.path.join(os.path.dirname(copy), "mapd-files"))) == set(files()))
    back = os.path.join(os.path.dirname(path), "back", "ward.db")
    os.mkdir(os.path.dirname(back))
    run = subprocess.run([MAPD, "restore", copy, back, "--key", path + ".key"], capture_output=True, text=True, timeout=60)
    check("and they come back with it", set(os.listdir(os.path.join(os.path.dirname(back), "mapd-files"))) == set(files()), run.stdout + run.stderr)


def labels(s, path):
    b = staff.signed_in(s, "entry")
    market = sqlite3.connect(path).execute("SELECT m.code FROM market m JOIN stall t ON t.market_id = m.id WHERE t.place_id = 1003").fetchone()[0]
    answer = b.post("/staff/labels/sheet", {"market": market, "size": "small"}, "/staff/labels")
    check("a sheet", answer.status == 200 and answer.body.startswith(b"%PDF-") and answer.headers["content-type"] == "application/pdf", answer.status)
    check("no such size", b.post("/staff/labels/sheet", {"market": market, "size": "huge"}, "/staff/labels").status == 400)
    count = lambda state: sqlite3.connect(path).execute("SELECT count(*) FROM label WHERE state = ?", (state,)).fetchone()[0]
    check("every stall of it is issued", count("issued") == ward.STALLS, count("issued"))
    check("printed", b.post("/staff/labels/printed", {"market": market}, "/staff/labels").status == 303 and count("printed") == ward.STALLS)
    jpeg = photo(64, 48)
    check("posted with a photo", bring(b, "label", jpeg, state="posted").status == 303 and count("posted") == 1, b.last.status)
    check("what is no picture is refused", bring(b, "label", b"<script>", state="posted").status == 400)
    link = re.search(r'href="(/staff/labels/\d+/photo)"', b.ask(f"/staff/c/{STALL}").text()).group(1)
    check("and comes back, written down", size_of(b.ask(link).body) == (48, 64) and b.last.headers["content-type"] == "image/jpeg" and audit(path, "private.read")[-1][2] == '{"fields":["label.photo"]}')
    check("the page counts", re.search(r'<td class="n">1</td>', b.ask("/staff/labels").text()))
    check("retired", b.post(f"/staff/c/{STALL}/label", {"state": "retired"}, f"/staff/c/{STALL}").status == 303 and "đã gỡ" in b.ask(f"/staff/c/{STALL}").text())


def at_the_map(s):
    me = json.loads(staff.signed_in(s, "entry").ask("/staff/me").body)
    check("the map knows who is there", me["name"] == "entry" and me["edits"] is True and len(me["csrf"]) == 64, me)
    me = json.loads(staff.signed_in(s, "leader").ask("/staff/me").body)
    check("and what they may", me["edits"] is False and me["reads"] is True, me)
    check("nobody is nobody", serve.ask(s, "/staff/me").status == 401)


def main(program):
    global MAPD
    MAPD = program
    folder = tempfile.mkdtemp()
    path = os.path.join(folder, "ward.db")
    ward.make(program, path)
    staff.make_users(program, path)
    s = serve.Server(program, path)
    for role in ("entry", "food_safety", "verifier", "leader", "observer", "admin"):
        b = staff.Browser(s)
        b.sign_in(role.replace("_", "."), staff.FIRST)
        b.change_password(staff.FIRST, staff.LATER)
    one_editor(s, path)
    two_editors(s)
    the_pin(s, path)
    what_is_refused(s, path)
    pictures(path)
    labels(s, path)
    photos(s, path)
    at_the_map(s)
    check("stops cleanly", s.stop() == 0)
    checked = subprocess.run([program, "check", path], capture_output=True, text=True)
    check("no picture is missing", "image:" not in checked.stdout, checked.stdout[-300:])
    check("the chain is whole", "audit" not in checked.stdout.lower() and not checked.stderr, checked.stdout[-300:])
    shutil.rmtree(folder)
    print(f"{sum(RESULTS)} passed, {len(RESULTS) - sum(RESULTS)} failed")
    return 0 if all(RESULTS) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
