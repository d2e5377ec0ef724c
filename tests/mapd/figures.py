#!/usr/bin/python3
"""The figures over HTTP: for a program with its token, for the public without small cells, and S2.5 from the real form.

usage: figures.py MAPD      prints one line per failure, ends with "N passed, N failed"
"""
import datetime
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import serve
import staff
import ward

check = serve.check
RESULTS = serve.RESULTS
MEMBERS = 3  # fewer than five: a cell the public is not told


def one_small_model(path):
    with ward.connect(path) as db:
        db.execute("UPDATE ward SET is_home = 1")
        db.execute("INSERT INTO pilot (id, code, name, type, updated_at) VALUES (1, 'MH1', 'Phố mẫu', 'street', ?)", (ward.STAMP,))
        for place in range(20, 20 + MEMBERS):
            db.execute("INSERT INTO pilot_member (pilot_id, place_id, joined_on) VALUES (1, ?, '2026-01-01')", (place,))


def figure(report, code):
    return next(i for i in report["indicators"] if i["code"] == code)


def ask_with(s, token, target="/staff/indicators.json", method="GET"):
    return serve.ask(s, target, method, Authorization=f"Bearer {token}") if token else serve.ask(s, target, method)


def new_token(program, path, name, days="90"):
    done = subprocess.run([program, "token", "add", path, name, "--role", "observer", "--days", days], capture_output=True, text=True, check=True)
    return re.search(r"[0-9a-f]{64}", done.stdout).group(0)


def by_token(s, program, path):
    token = new_token(program, path, "dashboard")
    answer = ask_with(s, token)
    check("taken, and kept by nobody", answer.status == 200 and answer.headers["cache-control"] == "no-store", (answer.status, answer.headers))
    told = subprocess.run([program, "indicators", path, "--as-of", serve.TODAY, "--json"], capture_output=True, text=True, check=True)
    mine, theirs = json.loads(told.stdout), answer.json()
    for code in ("KPI-GD", "KPI-NTS", "S1.1b", "S1.1d", "S2.1"):
        check(f"{code} is that of the command line", figure(theirs, code) == figure(mine, code), figure(theirs, code))
    for name, wrong in (("no token", None), ("another token", "0" * 64), ("half a token", token[:32]), ("one letter off", "0123456789abcdef"[int(token[0], 16) - 1] + token[1:])):
        check(f"{name}: refused", ask_with(s, wrong).status in (401, 403))
    for target in ("/staff/notices", "/staff/import", "/staff/users"):
        check(f"{target} is not for its role", ask_with(s, token, target).status in (401, 403, 404), target)
    check("it writes nothing", ask_with(s, token, "/staff/import", "POST").status in (400, 401, 403, 405))
    ended, revoked = new_token(program, path, "ended"), new_token(program, path, "revoked")
    check("both were good", [ask_with(s, t).status for t in (ended, revoked)] == [200, 200])
    with sqlite3.connect(path) as db:
        db.execute("UPDATE api_token SET expires_at = 1 WHERE name = 'ended'")
    subprocess.run([program, "token", "revoke", path, "revoked"], check=True, capture_output=True)
    check("past its last day: refused", ask_with(s, ended).status in (401, 403))
    check("revoked: refused", ask_with(s, revoked).status in (401, 403))
    return 3  # fetches by a program


def small_cells(s, program, path):
    mine = figure(ask_with(s, new_token(program, path, "office")).json(), "KPI-GD")
    check("the office is told", (mine["denominator"], mine["by_model"][0]["denominator"]) == (MEMBERS, MEMBERS), mine)
    public = figure(serve.ask(s, "/indicators.json").json(), "KPI-GD")
    check("the public is not, of the ward as a whole", public["denominator"] is None and public["numerator"] is None and public["percent"] is None, public)
    check("nor of the model or a variant", not public["variants"] and all(m["denominator"] is None for m in public["by_model"]), public)
    check("a large figure is told", figure(serve.ask(s, "/indicators.json").json(), "S2.1")["denominator"] > 100)
    with sqlite3.connect(path) as db:
        codes = [ward.code(place) for place in range(20, 20 + MEMBERS)]
        check("they are in the register", db.execute("SELECT count(*) FROM place WHERE code IN (?, ?, ?)", codes).fetchone()[0] == MEMBERS)
    page = serve.ask(s, "/indicators/KPI-GD").text()
    check("nor by the page of the figure", not re.search(rf"\b\d / {MEMBERS}\b|\(\d/{MEMBERS}\)", page), page[:200])
    return 1


def notice(s, sender):
    form = serve.ask(s, f"/notice/{ward.code(30)}?about=wrong").text()
    fields = {"token": re.search(r'name="token" value="([0-9a-f]{64})"', form).group(1), "about": "name", "text": "tên đã đổi"}
    return serve.ask(s, f"/notice/{ward.code(30)}?about=wrong", "POST", urllib.parse.urlencode(fields), X_Forwarded_For=sender,
                     Content_Type="application/x-www-form-urlencoded").status


def deadlines(s, program, path):
    """Two notices through the form, one answered at the desk: S2.5 on the day of the deadline, and the day before."""
    check("both taken", [notice(s, "203.0.113.1"), notice(s, "203.0.113.2")] == [200, 200])
    clerk = staff.Browser(s)
    clerk.sign_in("entry", staff.FIRST)
    clerk.change_password(staff.FIRST, staff.LATER)
    with sqlite3.connect(path) as db:
        first, due = db.execute("SELECT min(id), min(due_on) FROM notice").fetchone()
    check("answered", clerk.post(f"/staff/notices/{first}", {"state": "done", "answer": "đã sửa"}).status == 303, clerk.last.status)
    before = (datetime.date.fromisoformat(due) - datetime.timedelta(days=1)).isoformat()
    token = new_token(program, path, "deadline")

    def s2_5(as_of):
        return figure(ask_with(s, token, f"/staff/indicators.json?as_of={as_of}").json(), "S2.5")

    on_the_day, early = s2_5(due), s2_5(before)
    check("one of two in time", (on_the_day["numerator"], on_the_day["denominator"], on_the_day["state"]) == (1, 2, "ok"), on_the_day)
    check("nothing due the day before: na", early["state"] == "na" and early["met"] is None, early)
    return 2


def uses(path, fetched):
    """What a program fetched is a use of the figures (S2.4), what a person looked at is none."""
    with sqlite3.connect(path) as db:
        counted = db.execute("SELECT coalesce(sum(count), 0) FROM service_use WHERE kind = 'dashboard'").fetchone()[0]
    check("every fetch is in the log of uses", counted == fetched, (counted, fetched))


def main(program):
    folder = tempfile.mkdtemp()
    path = os.path.join(folder, "ward.db")
    ward.make(program, path)
    one_small_model(path)
    staff.user(program, path, "add", path, "entry", "--role", "entry", password=staff.FIRST)
    s = serve.Server(program, path)
    try:
        fetched = sum(part(s, program, path) for part in (by_token, small_cells, deadlines))
        check("stops cleanly", s.stop() == 0)
        uses(path, fetched)
    finally:
        s.process.kill()
        shutil.rmtree(folder)
    print(f"{sum(RESULTS)} passed, {len(RESULTS) - sum(RESULTS)} failed")
    return 0 if all(RESULTS) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
