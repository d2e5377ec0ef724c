#!/usr/bin/python3
"""A disk that fills, fails, is read-only; a page that rots; no memory: a clear sentence each time, nothing lost, the service lives on.

usage: fault.py MAPD FAULT_LIBRARY [POINTS]     POINTS: at how many writes of an import the disk fails (default 6 of each kind)
"""
import contextlib
import os
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import serve
import staff
import ward

check = serve.check
ROWS = 400
LIST = ("Mã điểm,Tên cơ sở,Chủ hộ,Kinh độ,Vĩ độ\n" + "".join(f"F{i},Quán {i},Nguyễn Văn {i},108.2{i:03d},16.05\n" for i in range(ROWS)))


def run(program, *words, **env):
    return subprocess.run([program, *words], capture_output=True, text=True, env=dict(os.environ, **env), timeout=120)


def number(path, sql):
    with contextlib.closing(sqlite3.connect(path)) as db:
        return db.execute(sql).fetchone()[0]


def is_whole(program, path):
    done = run(program, "check", path)
    findings = [line for line in done.stdout.splitlines()[:-1] if not line.startswith("accuracy")]  # the small ward's stalls have none
    return not findings and not done.stderr


def imports(program, library, folder, points):
    """The disk fails at every so many-th write of an import: all of it is in the file, or nothing."""
    empty, source = os.path.join(folder, "empty.db"), os.path.join(folder, "list.csv")
    run(program, "init", empty, "--ward", "99001", "--name", "Phường Mẫu")
    with open(source, "w", encoding="utf-8") as out:
        out.write(LIST)

    def fresh():
        path = os.path.join(folder, "fault.db")
        for end in ("", "-wal", "-shm", ".key"):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path + end)
        for end in ("", ".key"):
            shutil.copy(empty + end, path + end)
        return path

    path, counter = fresh(), os.path.join(folder, "count")
    run(program, "import", path, source, "--as", "establishments", LD_PRELOAD=library, MAPD_FAULT_COUNT=counter)
    writes = int(open(counter).read())
    check("the shim sees the writes", writes > 50 and number(path, "SELECT count(*) FROM place") == ROWS, writes)
    silent, odd = [], []
    for kind in ("enospc", "eio"):
        for i in range(points):
            at = 1 + writes * i // points
            path = fresh()
            done = run(program, "import", path, source, "--as", "establishments", LD_PRELOAD=library, MAPD_FAULT=f"{kind}:{at}")
            places = number(path, "SELECT count(*) FROM place")
            if places not in (0, ROWS) or not is_whole(program, path) or (done.returncode in (0, 3)) != (places == ROWS):
                odd.append((kind, at, done.returncode, places))
            if done.returncode not in (0, 3) and (done.returncode != 1 or "mapd:" not in done.stderr):
                silent.append((kind, at, done.returncode, done.stderr[-200:]))
    check(f"{2 * points} imports on a failing disk: all or nothing, as said", not odd, odd[:3])
    check("each with a sentence and status 1", not silent, silent[:3])
    path = fresh()
    done = run(program, "backup", path, os.path.join(folder, "out.db"), LD_PRELOAD=library, MAPD_FAULT="enospc:2")
    check("a backup on a full disk", done.returncode == 1 and "Không ghi được tệp" in done.stderr and not os.path.exists(os.path.join(folder, "out.db")), done.stderr)


def serving(program, library, folder):
    """The disk fails under a server, then gets well."""
    path, sick = os.path.join(folder, "ward.db"), os.path.join(folder, "sick")
    ward.make(program, path)
    staff.user(program, path, "add", path, "entry", "--role", "entry", password=staff.FIRST)
    env = {"LD_PRELOAD": library, "MAPD_FAULT_FILE": sick}
    for kind in ("enospc", "eio"):
        os.environ.update(env, MAPD_FAULT=kind + ":1")
        s = serve.Server(program, path)
        for name in [*env, "MAPD_FAULT"]:
            del os.environ[name]
        b = staff.Browser(s)
        if kind == "enospc":
            b.sign_in("entry", staff.FIRST)
            b.change_password(staff.FIRST, staff.LATER)
        else:
            b.sign_in("entry", staff.LATER)
        check(f"{kind}: well at first", b.ask("/staff").status == 200)
        place = f"/staff/c/{ward.code(20)}"
        token = b.token(place)
        open(sick, "w").close()
        answer = b.post(place + "/private", {"csrf": token})
        check(f"{kind}: what must be written down is not shown", answer.status in (500, 503) and "Ổ đĩa" in answer.text(), (answer.status, answer.text()[-300:]))
        check(f"{kind}: residents see their pages", all(serve.ask(s, t).status == 200 for t in
              (f"/c/{ward.code(20)}", "/ogc/collections/establishments/items", "/search?q=pho", "/health", "/indicators.json")))
        check(f"{kind}: staff may read", b.ask("/staff").status == 200)
        os.unlink(sick)
        for _ in range(20):
            answer = b.post(place + "/private", {}, place)
            if answer.status == 200:
                break
            time.sleep(0.2)
        check(f"{kind}: well again without a restart", answer.status == 200, answer.status)
        check(f"{kind}: ends well", s.stop() == 0)
        check(f"{kind}: the file is whole", is_whole(program, path), run(program, "check", path).stdout)
    return path


def as_nobody():
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)


def permissions(program, folder, path):
    """Files that may not be read or written, as a user who is not root."""
    bare = os.path.join(folder, "bare")
    os.mkdir(bare, 0o755)
    os.chmod(folder, 0o755)
    copy = os.path.join(bare, "ward.db")
    shutil.copy(path, copy)
    cases = [("unreadable", 0o600, 0o755), ("read-only file", 0o644, 0o755), ("read-only folder", 0o644, 0o555)]
    for name, file_mode, folder_mode in cases:
        os.chmod(copy, file_mode)
        os.chmod(bare, folder_mode)
        for words in (("import", copy, os.path.join(folder, "list.csv"), "--as", "establishments"), ("serve", copy, "--listen", "127.0.0.1:0")):
            done = subprocess.run([program, *words], capture_output=True, text=True, preexec_fn=as_nobody, timeout=60)
            check(f"{name}: {words[0]} says so", done.returncode == 1 and done.stderr.startswith("mapd:") and len(done.stderr) > 30, (done.returncode, done.stderr))


def rotten(program, folder, path):
    """Pages with noise in them: found by check, served or refused, never a crash."""
    random.seed(5)
    with open(path, "rb") as file:
        good = file.read()
    pages, crashed, found = len(good) // 4096, [], 0
    for _ in range(8):
        page, copy = random.randrange(1, pages), os.path.join(folder, "rotten.db")
        with open(copy, "wb") as file:
            file.write(good[:page * 4096] + random.randbytes(4096) + good[(page + 1) * 4096:])
        for end in ("-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(copy + end)
        done = run(program, "check", copy)
        found += done.returncode == 1
        if done.returncode not in (0, 1):
            crashed.append(("check", page, done.returncode, done.stderr[-100:]))
        p = subprocess.Popen([program, "serve", copy, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if not p.stdout.readline().startswith("listening"):
            said = p.stderr.read()
            p.wait(10)
            if p.returncode != 1 or not said:
                crashed.append(("serve", page, p.returncode, said[-100:]))
        else:
            p.terminate()
            p.communicate(timeout=20)
            if p.returncode != 0:
                crashed.append(("serve", page, p.returncode, "at its end"))
    check("rotten pages: no crash", not crashed, crashed[:3])
    check("and found", found >= 6, found)


def no_memory(program, folder):
    path = os.path.join(folder, "small.db")
    run(program, "init", path, "--ward", "99001", "--name", "Phường Mẫu")
    seen = []
    for megabytes in (60, 90, 120, 160, 220, 300):
        def bounded(limit=megabytes << 20):
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        done = subprocess.run([program, "import", path, os.path.join(folder, "list.csv"), "--as", "establishments"], capture_output=True, text=True,
                              preexec_fn=bounded, timeout=60)
        seen.append((megabytes, done.returncode))
        check(f"{megabytes} MB: works or says why", done.returncode in (0, 3) or done.stderr.strip(), (done.returncode, done.stderr[-200:]))
        check(f"{megabytes} MB: the file is whole", is_whole(program, path))
        check(f"{megabytes} MB: all or nothing", number(path, "SELECT count(*) FROM place") in (0, ROWS))
    print("memory and status:", seen)


def short_of_memory(program, path):
    """A server that may have no more memory than it has: pages of residents go on, heavy work is refused with a sentence, nothing
    dies, and when there is memory again everything works."""
    s = serve.Server(program, path)
    b = staff.Browser(s)
    b.sign_in("entry", staff.LATER)
    light = [f"/c/{ward.code(20)}", "/health", "/search?q=pho", "/ogc/collections/establishments/items?limit=5"]
    heavy = ["/export/establishments.geojson", "/export/establishments.xlsx", "/indicators.json", "/ogc/collections/establishments/items?filter=name%20LIKE%20%27%25a%25%27&limit=1000"]
    check("enough memory: all answer", {serve.ask(s, t).status for t in light + heavy} == {200})
    has = int(open(f"/proc/{s.process.pid}/statm").read().split()[0]) * resource.getpagesize()
    resource.prlimit(s.process.pid, resource.RLIMIT_AS, (has, resource.RLIM_INFINITY))
    seen, lock = {}, threading.Lock()

    def many(n):
        for i in range(60):
            target = (light + heavy)[(n + i) % 8]
            try:
                answer = serve.ask(s, target)
                told = answer.status == 200 or answer.status == 503 and ("bộ nhớ" in answer.text() or "chưa làm được" in answer.text())
                said = answer.status if told else (target, answer.status, answer.text()[:200])
            except OSError:
                said = "closed"
            with lock:
                seen[said] = seen.get(said, 0) + 1

    threads = [threading.Thread(target=many, args=(n,)) for n in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    first = [Argon.sign_in("entry", staff.LATER).status for Argon in (staff.Browser(s), staff.Browser(s))]
    alive = s.process.poll() is None
    check("out of memory: nothing dies", alive, s.log_text()[-400:])
    check("answers or a sentence", set(seen) <= {200, 503, "closed"} and seen.get(200, 0) > 200, seen)
    check("a sign-in without memory is no wrong password", set(first) <= {303, 503}, first)
    print("out of memory:", seen, "sign-ins:", first, [line for line in s.log_text().splitlines() if "memory" in line][:2])
    if alive:
        check("residents' pages go on", all(serve.ask(s, t).status == 200 for t in light))
        unlimited = resource.RLIM_INFINITY
        resource.prlimit(s.process.pid, resource.RLIMIT_AS, (unlimited, unlimited))
        end = time.monotonic() + 10
        while {serve.ask(s, t).status for t in heavy} != {200} and time.monotonic() < end:
            time.sleep(0.2)
        check("memory again: all answer", {serve.ask(s, t).status for t in light + heavy} == {200})
        check("and staff come in", staff.Browser(s).sign_in("entry", staff.LATER).status == 303)
    check("ends well after it", s.stop() == 0)
    check("the file is whole after it", is_whole(program, path))


def full_tmpfs(program, folder):
    """A small disk of its own that really fills."""
    disk = os.path.join(folder, "disk")
    os.mkdir(disk)
    if os.getuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=14m", "tmpfs", disk], capture_output=True).returncode != 0:
        print("a disk that fills: skipped, no small disk can be mounted here")
        return
    try:
        path = os.path.join(disk, "ward.db")
        run(program, "init", path, "--ward", "99001", "--name", "Phường Mẫu")
        with open(os.path.join(disk, "ballast"), "wb") as file:
            with contextlib.suppress(OSError):
                file.write(b"x" * (shutil.disk_usage(disk).free - 300000))
        done = run(program, "import", path, os.path.join(folder, "list.csv"), "--as", "establishments")
        check("a full disk: a sentence", done.returncode == 1 and "Ổ đĩa đã đầy" in done.stderr, (done.returncode, done.stderr))
        print("said:", done.stderr.strip().splitlines()[-1][:200])
        check("a full disk: nothing half", is_whole(program, path) and number(path, "SELECT count(*) FROM place") == 0)
        os.unlink(os.path.join(disk, "ballast"))
        done = run(program, "import", path, os.path.join(folder, "list.csv"), "--as", "establishments")
        check("room again: it works", number(path, "SELECT count(*) FROM place") == ROWS, done.stderr)
    finally:
        subprocess.run(["umount", disk], check=False)


def main(program, library, points="6"):
    folder = tempfile.mkdtemp()
    try:
        imports(program, library, folder, int(points))
        path = serving(program, library, folder)
        permissions(program, folder, path)
        rotten(program, folder, path)
        no_memory(program, folder)
        short_of_memory(program, path)
        full_tmpfs(program, folder)
    finally:
        subprocess.run(["chmod", "-R", "u+w", folder], check=False)
        shutil.rmtree(folder)
    print(f"{sum(serve.RESULTS)} passed, {len(serve.RESULTS) - sum(serve.RESULTS)} failed")
    return 0 if all(serve.RESULTS) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
