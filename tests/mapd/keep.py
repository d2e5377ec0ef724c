#!/usr/bin/python3
"""Backups, restoring them, trials of it, another key: the real program on a ward of its own.

usage: keep.py MAPD      ends with "N passed, N failed"
"""
import contextlib
import datetime
import glob
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import serve

check = serve.check
OWNER, PHONE = "Canary Trần Văn Kín", "0905123987"
LIST = ("Mã điểm,Tên cơ sở,Chủ hộ,Điện thoại,Địa chỉ,Kinh độ,Vĩ độ\n" +
        "".join(f"A{i},Quán {i},{OWNER} {i},{PHONE[:-2]}{i:02d},{i} Đường Mẫu,108.2{i:02d},16.05\n" for i in range(60)))


def run(program, *words, **more):
    done = subprocess.run([program, *words], capture_output=True, text=True, **more)
    return done.returncode, done.stdout + done.stderr


def rows(path, sql):
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        return db.execute(sql).fetchall()


def write(path, sql):
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute(sql)
        db.commit()


def make(program, path, source):
    run(program, "init", path, "--ward", "99001", "--name", "Phường Mẫu")
    with open(source, "w", encoding="utf-8") as out:
        out.write(LIST)
    status, said = run(program, "import", path, source, "--as", "establishments")
    check("a ward with private data", status in (0, 3), said)


def owner_of(program, path):
    """The owner of A1 through the program itself: importing the same list again changes nothing only if it opens and fits."""
    status, said = run(program, "import", path, os.path.join(os.path.dirname(path), "list.csv"), "--as", "establishments", "--dry-run", "--json")
    return status, said


def backups(program, path, folder):
    plain, sealed = os.path.join(folder, "copy.db"), os.path.join(folder, "copy.db.sealed")
    check("backup", run(program, "backup", path, plain)[0] == 0)
    check("not over a file", run(program, "backup", path, plain)[0] == 1)
    check("sealed", run(program, "backup", path, sealed, "--seal")[0] == 0)
    check("for its owner alone", all(os.stat(one).st_mode & 0o777 == 0o600 for one in (plain, sealed)))
    with open(sealed, "rb") as file:
        data = file.read()
    check("nothing to be read in it", b"SQLite" not in data and "Quán 1".encode() not in data and b"Phu" not in data[:200])
    check("no key in it", open(path + ".key").read().strip().encode() not in data + open(plain, "rb").read())
    check("nothing half is left", not glob.glob(folder + "/*.partial") + glob.glob(folder + "/*.sealing"))
    status, said = run(program, "restore", sealed, path, "--drill")
    check("a trial", status == 0 and "nguyên vẹn" in said and "60 điểm" in said, said)
    check("leaves nothing", not glob.glob(path + ".drill*"))
    check("is written down", rows(path, "SELECT kind, item, ok FROM service_check JOIN service_check_item ON check_id = id ORDER BY id DESC LIMIT 1") == [("restore", "copy.db.sealed", 1)])
    figures = {one["code"]: one for one in json.loads(run(program, "indicators", path, "--json")[1])["indicators"]}
    check("S2.6b and S2.6c count it", all(figures[code]["numerator"] == figures[code]["denominator"] == 1 for code in ("S2.6b", "S2.6c")), figures["S2.6b"])
    check("and in the audit", rows(path, "SELECT who, subject FROM audit WHERE action = 'drill'") == [("cli", "copy.db.sealed")])
    for name, change in (("cut", lambda d: d[:-1]), ("cut at a piece", lambda d: d[:16 + 11 + 24 + 3 * (65536 + 17)]), ("changed", lambda d: d[:5000] + bytes([d[5000] ^ 1]) + d[5001:]),
                         ("longer", lambda d: d + b"x"), ("empty behind the head", lambda d: d[:51])):
        broken = os.path.join(folder, "broken")
        with open(broken, "wb") as file:
            file.write(change(data))
        status, said = run(program, "restore", broken, path, "--drill")
        check(f"a sealed copy that was {name}", status == 1 and "cắt ngắn hoặc bị sửa" in said, said)
    run(program, "init", os.path.join(folder, "other.db"), "--ward", "99002", "--name", "Phường Khác")
    status, said = run(program, "restore", sealed, os.path.join(folder, "other.db"), "--drill")
    check("another ward's key", status == 1 and "khoá khác" in said, said)
    with open(plain, "rb") as file:
        data = bytearray(file.read())
    for i in range(40960, 40960 + 4096):
        data[i] ^= 0x5A
    with open(os.path.join(folder, "rotten.db"), "wb") as file:
        file.write(data)
    status, said = run(program, "restore", os.path.join(folder, "rotten.db"), path, "--drill")
    check("a rotten page is found", status == 1, said)
    return plain, sealed


def restoring(program, path, folder, sealed):
    s = serve.Server(program, path)
    status, said = run(program, "restore", sealed, path)
    check("not under a running server", status == 1 and "dừng nó trước" in said, said)
    check("which serves on", serve.ask(s, "/health").status == 200)
    s.stop()
    write(path, "UPDATE meta SET value = 'Phường Bị Hỏng' WHERE key = 'ward_name'")
    status, said = run(program, "restore", sealed, path)
    check("restored", status == 0 and "60 điểm" in said, said)
    check("as it was", rows(path, "SELECT value FROM meta WHERE key = 'ward_name'") == [("Phường Mẫu",)])
    aside = [one for one in glob.glob(path + ".before-*") if "-wal" not in one and "-shm" not in one]
    check("what stood there is kept", len(aside) == 1 and rows(aside[0], "SELECT value FROM meta WHERE key = 'ward_name'") == [("Phường Bị Hỏng",)], aside)
    with open(path, "wb") as file:
        file.write(b"rubbish" * 1000)
    status, said = run(program, "restore", sealed, path)
    check("over a ruined file", status == 0, said)
    fresh = os.path.join(folder, "new", "ward.db")
    os.mkdir(os.path.dirname(fresh))
    status, said = run(program, "restore", sealed, fresh, "--key", path + ".key")
    check("on a new machine", status == 0 and run(program, "check", fresh)[0] == 0, said)
    status, said = run(program, "restore", sealed, os.path.join(folder, "new", "no.db"))
    check("without the key", status == 1 and "--key" in said, said)


def another_key(program, path, folder, sealed):
    key = path + ".key"
    before = dict(rows(path, "SELECT owner_id || field, sealed FROM restricted"))
    s = serve.Server(program, path)
    status, said = run(program, "key", "rotate", path)
    check("no new key under a running server", status == 1 and "dừng nó trước" in said, said)
    s.stop()
    old = open(key).read()
    status, said = run(program, "key", "rotate", path)
    check("another key", status == 0, said)
    after = dict(rows(path, "SELECT owner_id || field, sealed FROM restricted"))
    check("every value is sealed again", before.keys() == after.keys() and all(before[k] != after[k] for k in before))
    check("the old key is kept for old copies", sum(open(one).read() == old for one in glob.glob(key + ".until-*")) == 1)
    check("for its owner alone", os.stat(key).st_mode & 0o777 == 0o600)
    check("the file is whole", run(program, "check", path)[0] == 0, run(program, "check", path)[1])
    status, said = owner_of(program, path)
    check("values open, hashes fit", status == 0 and '"unchanged":60' in said.replace(" ", ""), said)
    status, said = run(program, "undo", path, "1")
    check("an older import is not taken back blindly", status == 1 and "khoá đã được đổi" in said, said)
    with open(folder + "/old.key", "w") as file:
        file.write(old)
    status, said = run(program, "import", path, folder + "/list.csv", "--as", "establishments", "--dry-run", "--key", folder + "/old.key")
    check("the old key no longer fits", status == 1 and "không phải" in said, said)
    status, said = run(program, "restore", sealed, folder + "/past.db", "--key", folder + "/old.key")
    check("but opens an old copy", status == 0, said)
    check("a second time", run(program, "key", "rotate", path)[0] == 0 and run(program, "check", path)[0] == 0)
    status, said = owner_of(program, path)
    check("still open", '"unchanged":60' in said.replace(" ", ""), said)
    write(path, "UPDATE import_row SET verdict = 'rejected' WHERE row = (SELECT max(row) FROM import_row)")
    status, said = run(program, "key", "rotate", path)
    check("what was tampered with is not sealed over", status == 1 and "không khớp" in said, said)
    check("and the key stays", not os.path.exists(key + ".new"))


def died_between(program, path):
    """Killed after the ward file has the new key and before the key file has: the next start finds it."""
    key = path + ".key"
    old = open(key).read()
    status, said = run(program, "key", "rotate", path)
    check("a new key", status == 0, said)
    os.rename(key, key + ".new")
    with open(key, "w") as file:
        file.write(old)
    new = open(key + ".new").read()
    status, said = owner_of(program, path)
    check("the key that fits is found", '"unchanged":60' in said.replace(" ", ""), said)
    check("and put in its place", open(key).read() == new and not os.path.exists(key + ".new"))


def scheduled(program, path, folder):
    copies = os.path.join(folder, "copies")
    os.mkdir(copies)
    today = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=7)).date()
    made = [today - datetime.timedelta(days=n) for n in range(1, 420)]
    for day in made:
        open(f"{copies}/ward-{day}.db.sealed", "w").close()
    for other in ("ward-notes.txt", "other-2020-01-01.db", "ward-2020-01-01.db.sealed.txt"):
        open(f"{copies}/{other}", "w").close()
    for wrong in (("--backup-dir", folder + "/none"), ("--backup-dir", copies, "--backup-at", "25:00"), ("--backup-dir", copies, "--backup-keep", "0,1,1")):
        check("wrong: " + " ".join(wrong[-2:])[-30:], subprocess.run([program, "serve", path, "--listen", "127.0.0.1:0", *wrong], capture_output=True, timeout=20).returncode in (1, 2))
    s = serve.Server(program, path, "--backup-dir", copies, "--backup-at", "00:00", "--backup-keep", "7,5,12")
    name = f"{copies}/ward-{today}.db.sealed"
    for _ in range(100):
        if os.path.exists(name) and 'mapd_backup_age_seconds -1' not in serve.ask(s, "/metrics").text():
            break
        time.sleep(0.1)
    check("a copy by itself, sealed", serve.ask(s, "/health").status == 200 and os.path.exists(name) and os.path.getsize(name) > 10000)
    time.sleep(0.5)
    s.stop()
    kept = sorted(os.path.basename(one)[5:15] for one in glob.glob(copies + "/ward-*.db.sealed"))
    days = {str(today - datetime.timedelta(days=n)) for n in range(7)}
    weeks = {str(min(d for d in made + [today] if d.isocalendar()[:2] == (today - datetime.timedelta(weeks=n)).isocalendar()[:2])) for n in range(5)}
    months, day = set(), today
    for _ in range(12):
        months.add(str(min(d for d in made + [today] if (d.year, d.month) == (day.year, day.month))))
        day = day.replace(day=1) - datetime.timedelta(days=1)
    check("seven days, five weeks, twelve months", set(kept) == days | weeks | months, set(kept) ^ (days | weeks | months))
    check("nobody else's files", all(os.path.exists(f"{copies}/{other}") for other in ("ward-notes.txt", "other-2020-01-01.db", "ward-2020-01-01.db.sealed.txt")))
    check("it can be restored", run(program, "restore", name, path, "--drill")[0] == 0)
    check("written down", rows(path, "SELECT count(*) FROM audit WHERE action = 'backup' AND who = 'mapd'") == [(1,)])


def main(program):
    folder = tempfile.mkdtemp()
    try:
        path = os.path.join(folder, "ward.db")
        make(program, path, os.path.join(folder, "list.csv"))
        plain, sealed = backups(program, path, folder)
        restoring(program, path, folder, sealed)
        scheduled(program, path, folder)
        died_between(program, path)
        another_key(program, path, folder, made_now(program, path, folder))
    finally:
        shutil.rmtree(folder)
    print(f"{sum(serve.RESULTS)} passed, {len(serve.RESULTS) - sum(serve.RESULTS)} failed")
    return 0 if all(serve.RESULTS) else 1


def made_now(program, path, folder):
    name = os.path.join(folder, "now.db.sealed")
    run(program, "backup", path, name, "--seal")
    return name


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
