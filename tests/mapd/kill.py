#!/usr/bin/python3
"""kill -9 at random moments: of the server under load, and of the commands beside it. After each restart the file is whole, every
write that was acknowledged is there, and nothing half is.

usage: kill.py MAPD [ROUNDS] [SEED]      30 rounds unless told; ./dev soak: 500
"""
import contextlib
import glob
import hashlib
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import edit
import serve
import staff
import ward

check = serve.check
LISTED = 60


class Tally:
    """How often a thing was begun, and how often it was told to be done."""

    def __init__(self):
        self.lock, self.begun, self.done, self.last_name = threading.Lock(), {}, {}, 0

    def begin(self, what):
        with self.lock:
            self.begun[what] = self.begun.get(what, 0) + 1

    def end(self, what):
        with self.lock:
            self.done[what] = self.done.get(what, 0) + 1


def count(path, sql, *values):
    with contextlib.closing(sqlite3.connect(path)) as db:
        return db.execute(sql, values).fetchone()[0]


def until_dead(work, stop):
    """Repeats work; a connection that breaks ends it: the server was killed."""
    def loop():
        while not stop.is_set():
            try:
                work()
            except Exception:  # whatever a dying server does to a client
                if stop.wait(0.02):
                    return
    thread = threading.Thread(target=loop)
    thread.start()
    return thread


def notices(s, tally, n=[0]):
    n[0] += 1
    code, sender = ward.code(20 + n[0] % 50), f"198.51.{n[0] // 250 % 250}.{n[0] % 250}"
    page = serve.ask(s, f"/notice/{code}", X_Forwarded_For=sender).text()

    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)) | {"about": "name", "text": f"sai tên {n[0]}"}
    tally.begin("notice")
    answer = serve.ask(s, f"/notice/{code}", "POST", urllib.parse.urlencode(fields), X_Forwarded_For=sender, Content_Type="application/x-www-form-urlencoded")
    if answer.status == 200:
        tally.end("notice")


def private_reads(s, cookie, tally):
    b = staff.Browser(s)
    b.cookie = cookie
    place = f"/staff/c/{ward.code(20)}"
    token = b.token(place)
    tally.begin("private.read")
    if b.post(place + "/private", {"csrf": token}).status == 200:
        tally.end("private.read")


def uploads(s, cookie, tally, n=[0]):
    n[0] += 1
    b = staff.Browser(s)
    b.cookie = cookie
    rows = "".join(f"W{n[0]}x{i},Quán {n[0]}-{i},Lê Văn {i},108.21,16.05\n" for i in range(LISTED))
    job = b.upload("establishments", f"lan{n[0]}.csv", ("Mã điểm,Tên cơ sở,Chủ hộ,Kinh độ,Vĩ độ\n" + rows).encode()).headers["location"]
    tally.begin("import")
    b.post(job + "/run", {}, job)
    if "Đã nhập xong" in staff.wait_done(b, job).text():
        tally.end("import")


def evidence(s, cookie, tally, n=[0]):
    n[0] += 1
    b = staff.Browser(s)
    b.cookie = cookie
    item = {"class": "E1", "method": "QR", "day": "2026-11-01", "minutes": f"BB-{n[0]}", "passed": "1", "masked": "1"}
    page = f"/staff/evidence/{ward.code(1001 + n[0] % 30)}"
    item["csrf"] = b.token(page)
    tally.begin("evidence")
    if b.post(page, item).status == 303:
        tally.end("evidence")


EDITED = ward.code(40)


def edits(s, cookie, tally, n=[0]):
    n[0] += 1
    b = staff.Browser(s)
    b.cookie = cookie
    fields = edit.fields_of(b, EDITED) | {"csrf": b.token(f"/staff/c/{EDITED}/edit"), "name": f"Quán sửa lần {n[0]}"}
    tally.begin("edit")
    if edit.save(b, EDITED, fields).status == 303:
        tally.end("edit")
        tally.last_name = n[0]


def photographs(s, cookie, tally, n=[0]):
    """A photo of a place: painted anew by a child, sealed in a file of its own beside the ward file, written down in it."""
    n[0] += 1
    b = staff.Browser(s)
    b.cookie = cookie
    picture = edit.png(16 + n[0] % 80, 16 + n[0] // 80)  # never the same twice
    place = f"/staff/c/{ward.code(20 + n[0] % 50)}"
    tally.begin("photo")
    if b.bring(f"{place}/photos", picture, place).status == 303:
        tally.end("photo")


def readers(s):
    for target in (f"/c/{ward.code(20)}", "/ogc/collections/establishments/items?limit=50", "/search?q=pho"):
        serve.ask(s, target)


def command(program, words, seconds):
    """Runs a command and kills it after a while; whether it had said that it was done."""
    p = subprocess.Popen([program, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        return p.wait(seconds) in (0, 3)
    except subprocess.TimeoutExpired:
        p.kill()
        p.wait()
        return False


def commands(program, path, folder, rng, tally, number):
    """One command beside the server, killed too."""
    kind = rng.choice(["import", "close", "backup", "seal"])
    seconds = rng.uniform(0.02, 0.6)
    out = os.path.join(folder, f"copy{number}.db")
    if kind == "import":
        source = os.path.join(folder, "cli.csv")
        with open(source, "w", encoding="utf-8") as file:
            file.write("Mã điểm,Tên cơ sở,Kinh độ,Vĩ độ\n" + "".join(f"C{number}x{i},Tiệm {i},108.2,16.06\n" for i in range(LISTED)))
        tally.begin("cli.import")
        if command(program, ["import", path, source, "--as", "establishments"], seconds):
            tally.end("cli.import")
    elif kind == "close":
        tally.begin("close")
        if command(program, ["close", path, "2026-Q3", "--reason", f"lần {number}"], seconds):
            tally.end("close")
    else:
        told = command(program, ["backup", path, out] + (["--seal"] if kind == "seal" else []), seconds)
        if told and not os.path.exists(out):
            return "a backup that was told to be done is not there"
        if os.path.exists(out) and kind == "backup" and subprocess.run([program, "check", out], capture_output=True).returncode not in (0, 1):
            return "half a backup stands under its name"
        for one in glob.glob(out + "*"):
            os.unlink(one)
    return None


def what_is_there(path):
    return {"notice": count(path, "SELECT count(*) FROM notice"),
            "private.read": count(path, "SELECT count(*) FROM audit WHERE action = 'private.read'"),
            "import": count(path, "SELECT count(*) FROM import_batch WHERE imported_by = 'entry'"),
            "cli.import": count(path, "SELECT count(*) FROM import_batch WHERE imported_by <> 'entry'"),
            "evidence": count(path, "SELECT count(*) FROM evidence"),
            "edit": count(path, "SELECT count(*) FROM place_edit"),
            "photo": count(path, "SELECT count(*) FROM place_photo"),
            "close": count(path, "SELECT count(*) FROM closing")}


HALVES = {"evidence without its first event": "SELECT count(*) FROM evidence WHERE id NOT IN (SELECT evidence_id FROM evidence_event)",
          "edits and their entries": "SELECT (SELECT count(*) FROM place_edit) <> (SELECT count(*) FROM audit WHERE action = 'place.edit')",
          "photos and their entries": "SELECT (SELECT count(*) FROM place_photo) <> (SELECT count(*) FROM audit WHERE action = 'photo.add')"}


def photos_cut_short(path):
    """Every picture the ward file names lies beside it, byte by byte what it was sealed as."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        names = [bytes(row[0]) for row in db.execute("SELECT i.file FROM image i JOIN place_photo p ON p.image = i.hash")]
    folder, bad = os.path.join(os.path.dirname(path), "mapd-files"), []
    for name in names:
        try:
            with open(os.path.join(folder, name.hex()), "rb") as file:
                if hashlib.sha256(file.read()).digest() != name:
                    bad.append(f"photo {name.hex()[:8]} is not what was sealed")
        except FileNotFoundError:
            bad.append(f"photo {name.hex()[:8]} is gone")
    return bad


def wrong_with(program, path, tally):
    done = subprocess.run([program, "check", path], capture_output=True, text=True)
    found = [line for line in done.stdout.splitlines()[:-1] if not line.startswith("accuracy")]
    there = what_is_there(path)
    for what, n in there.items():
        if not tally.done.get(what, 0) <= n <= tally.begun.get(what, 0):
            found.append(f"{what}: begun {tally.begun.get(what, 0)}, told {tally.done.get(what, 0)}, there {n}")
    half = count(path, "SELECT count(*) FROM (SELECT b.id FROM import_batch b LEFT JOIN import_row r ON r.batch_id = b.id GROUP BY b.id HAVING count(r.row) <> ?)", LISTED)
    if half:
        found.append(f"{half} imports with some of their rows")
    found += [f"{what}: {n}" for what, sql in HALVES.items() if (n := count(path, sql))] + photos_cut_short(path)[:3]
    name = count(path, "SELECT public_name FROM place WHERE code = ?", EDITED)
    if tally.last_name and int(re.search(r"\d+$", name).group()) < tally.last_name:
        found.append(f"the name is {name}, told {tally.last_name}")
    return found + ([done.stderr] if done.stderr else [])


def one_round(program, path, folder, rng, tally, cookie, number):
    s, stop = serve.Server(program, path), threading.Event()
    works = [lambda: notices(s, tally), lambda: private_reads(s, cookie, tally), lambda: uploads(s, cookie, tally),
             lambda: evidence(s, cookie, tally), lambda: edits(s, cookie, tally), lambda: photographs(s, cookie, tally), lambda: readers(s)]
    threads = [until_dead(work, stop) for work in works]
    time.sleep(rng.uniform(0, 0.3))
    odd = commands(program, path, folder, rng, tally, number)
    time.sleep(rng.uniform(0, 0.5))
    s.process.send_signal(signal.SIGKILL)
    stop.set()
    for thread in threads:
        thread.join()
    s.process.wait()
    s.process.stdout.close()
    s.log.close()
    return ([odd] if odd else []) + wrong_with(program, path, tally)


def main(program, rounds="30", seed="11"):
    folder = tempfile.mkdtemp()
    uploads_folder = os.path.join(folder, "uploads")
    os.mkdir(uploads_folder)
    os.environ["TMPDIR"] = uploads_folder
    path, rng, tally = os.path.join(folder, "ward.db"), random.Random(int(seed)), Tally()
    ward.make(program, path)
    staff.user(program, path, "add", path, "entry", "--role", "entry", password=staff.FIRST)
    s = serve.Server(program, path)
    b = staff.Browser(s)
    b.sign_in("entry", staff.FIRST)
    b.change_password(staff.FIRST, staff.LATER)
    s.stop()
    began = time.time()
    for number in range(int(rounds)):
        found = one_round(program, path, folder, rng, tally, b.cookie, number)
        check(f"kill {number}", not found, found[:4])
        if found:
            break
        with contextlib.closing(sqlite3.connect(path)) as db:  # one long session instead of a sign-in a round: it is not what is tried
            db.execute("UPDATE session SET seen_at = unixepoch(), started_at = unixepoch()")
            db.commit()
    left = serve.Server(program, path)
    check("what killed servers left of uploads is gone", not glob.glob(uploads_folder + "/mapd-desk-*"), os.listdir(uploads_folder))
    left.stop()
    print(f"{rounds} kills in {time.time() - began:.0f} s; begun {tally.begun}; told to be done {tally.done}; there {what_is_there(path)}")
    check("there was something to lose", all(tally.done.get(what, 0) for what in ("notice", "private.read", "import", "evidence", "edit", "photo")), tally.done)
    shutil.rmtree(folder)
    print(f"{sum(serve.RESULTS)} passed, {len(serve.RESULTS) - sum(serve.RESULTS)} failed")
    return 0 if all(serve.RESULTS) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
