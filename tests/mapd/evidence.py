#!/usr/bin/python3
"""Evidence at the desk, the keepers' ledgers and the service's check of itself, from outside: a real process, forms as a browser
sends them, and the figures before and after.

usage: evidence.py MAPD      prints one line per failure, ends with "N passed, N failed"
"""
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import serve
import edit
import staff
import ward

RESULTS = serve.RESULTS
check = serve.check
PLACE = ward.code(1001)  # a stall


def today(path):
    with sqlite3.connect(path) as db:
        return db.execute("SELECT date('now', '+7 hours')").fetchone()[0]


def states(path):
    with sqlite3.connect(path) as db:
        return [row[0] for row in db.execute("SELECT state FROM evidence ORDER BY id")]


def figure(program, path, code, **more):
    words = [word for key, value in more.items() for word in (f"--{key.replace('_', '-')}", value)]
    report = json.loads(subprocess.run([program, "indicators", path, "--json", *words], check=True, capture_output=True).stdout)
    one = next(i for i in report["indicators"] if i["code"] == code)
    return (one["numerator"], one["denominator"], one["state"]), one


def workflow(s, program, path):
    entry, verifier, leader, observer = (staff.signed_in(s, role) for role in ("entry", "verifier", "leader", "observer"))
    page = f"/staff/evidence/{PLACE}"
    day = "2026-11-01"
    item = {"class": "E1", "method": "QR", "day": day, "minutes": "BB-1", "passed": "1", "masked": "1"}
    check("without the mark 'masked' nothing is taken", entry.post(page, item | {"masked": ""}).status == 400 and not states(path))
    check("nor from the future", entry.post(page, item | {"day": "2099-01-01"}).status == 400 and not states(path))
    check("an observer brings none", observer.post(page, item, page="/staff/password").status == 403)
    check("brought: it waits", entry.post(page, item).status == 303 and states(path) == ["submitted"], entry.last.text()[:300])
    check("the same again is refused", entry.post(page, item).status == 409 and states(path) == ["submitted"])
    decide = lambda who, number, to, reason="": who.post(page + "/decide", {"id": number, "to": to, "reason": reason}, page=page).status
    check("clerks do not verify", decide(entry, 1, "verified") == 403)
    check("verified by another", decide(verifier, 1, "verified") == 303 and states(path) == ["verified"], verifier.last.text()[-900:])
    mine = item | {"minutes": "BB-2"}
    check("four eyes: nobody verifies his own", verifier.post(page, mine).status == 303 and decide(verifier, 2, "verified") == 403)
    check("a jump of states is refused", decide(leader, 2, "withdrawn", "x") == 400 and states(path) == ["verified", "submitted"])
    check("a dispute needs its reason", decide(leader, 1, "disputed") == 400)
    check("disputed: it no longer counts", decide(leader, 1, "disputed", "ảnh không phải của sạp này") == 303 and states(path)[0] == "disputed")
    check("the deadline of the decision is shown", "hạn quyết định" in leader.ask(page).text())
    check("who verified does not decide", decide(verifier, 1, "verified", "vẫn đúng") == 403)
    check("another upholds", decide(leader, 1, "verified", "đã xem lại tại chỗ") == 303 and states(path)[0] == "verified")
    with sqlite3.connect(path) as db:
        events = db.execute("SELECT from_state, to_state, by FROM evidence_event WHERE evidence_id = 1 ORDER BY id").fetchall()
    check("each move with who", events == [(None, "submitted", "entry"), ("submitted", "verified", "verifier"),
                                           ("verified", "disputed", "leader"), ("disputed", "verified", "leader")], events)
    queue = leader.ask("/staff/evidence").text()
    check("the queue lists what waits", "Chờ xác minh: 1" in queue and "Đang khiếu nại: 0" in queue)


def pictures(s, program, path):
    """A picture of a scene: its day and place are read, the file is painted anew, the same one at another place blocks both."""
    entry, verifier, observer = (staff.signed_in(s, role) for role in ("entry", "verifier", "observer"))
    other = ward.code(1002)
    item = {"class": "E2", "method": "QR", "day": "2026-11-01", "minutes": "ANH-1", "passed": "1"}
    page, elsewhere = f"/staff/evidence/{PLACE}", f"/staff/evidence/{other}"
    ids = lambda: [row[0] for row in sqlite3.connect(path).execute("SELECT id FROM evidence WHERE class = 'E2' ORDER BY id")]
    check("a picture nobody says is masked is not stored", entry.bring(page, edit.photo(80, 60), page, **item).status == 400 and not ids())
    with sqlite3.connect(path) as db:
        check("not even as a file", db.execute("SELECT count(*) FROM image").fetchone()[0] == 0)
    item["masked"] = "1"
    check("E2 needs its picture", entry.post(page, item).status == 400 and not ids())
    check("a scene with its picture", entry.bring(page, edit.photo(80, 60), page, **item).status == 303 and len(ids()) == 1, entry.last.text()[-400:])
    with sqlite3.connect(path) as db:
        taken, metres, masked, bytes_kept = db.execute("SELECT taken_on, distance_m, masked_by, bytes FROM evidence_file").fetchone()
    check("day and place were read from the camera's words", taken == "2026-11-01" and metres is not None and masked == "entry", (taken, metres, masked))
    shown = verifier.ask(f"{page}/photos/{ids()[0]}")
    check("what is kept is a JPEG without them", shown.status == 200 and shown.body[:2] == b"\xff\xd8" and b"SecretPhone" not in shown.body
          and b"Exif" not in shown.body and len(shown.body) == bytes_kept)
    listed = verifier.ask(page).text()
    check("the verifier sees day and distance", "chụp 01/11/2026" in listed and re.search(r"cách điểm \d+ m", listed), listed[-900:])
    check("an observer sees no picture", observer.ask(f"{page}/photos/{ids()[0]}").status == 403)
    check("nor anybody under another place's code", verifier.ask(f"{elsewhere}/photos/{ids()[0]}").status == 404)
    check("the same picture at another place is taken", entry.bring(elsewhere, edit.photo(80, 60), elsewhere, **item).status == 303 and len(ids()) == 2)
    decide = lambda at, number, to, reason="": verifier.post(at + "/decide", {"id": number, "to": to, "reason": reason}, page=at).status
    check("but proves neither place", decide(page, ids()[0], "verified") == 409 and decide(elsewhere, ids()[1], "verified") == 409)
    check("and both are told", all("Cùng ảnh với điểm khác" in verifier.ask(at).text() for at in (page, elsewhere)))
    check("one rejected frees the other", decide(elsewhere, ids()[1], "rejected", "ảnh của sạp khác") == 303 and decide(page, ids()[0], "verified") == 303)
    with sqlite3.connect(path) as db:
        check("who looked is written down", db.execute("SELECT count(*) FROM audit WHERE action = 'evidence.read'").fetchone()[0] == 1)


def ledgers(s, program, path):
    leader, admin = staff.signed_in(s, "leader"), staff.signed_in(s, "admin")
    write = lambda ledger, *values: leader.post("/staff/service", {"ledger": ledger} | {f"f{i}": v for i, v in enumerate(values)}).status
    day = today(path)
    check("nothing recorded is na", figure(program, path, "S2.3a")[0][2] == "na" and figure(program, path, "S2.7")[0][2] == "na")
    entry = staff.signed_in(s, "entry")
    record = f"/staff/c/{ward.code(20)}"
    check("a label posted without a picture counts nothing", entry.post(record + "/label", {"state": "posted"}, page=record).status == 303
          and figure(program, path, "S2.3a", as_of=day)[0][0] == 0)
    check("a label posted, with its picture", entry.bring(record + "/label", edit.photo(90, 60), record, state="posted").status == 303, entry.last.text()[-600:])
    numerator, denominator, state = figure(program, path, "S2.3a", as_of=day)[0]
    check("S2.3a counts it", numerator == 1 and denominator > 100 and state == "ok", (numerator, denominator, state))
    check("a code nobody has is refused", write("EXEMPTION", "00000000000", "QĐ 1", day) == 404)
    check("a day that is none is refused", write("HOLIDAY", "2026-02-30", "Tết") == 400)
    for group in ("food-safety", "business"):
        check(f"documents of {group}", write("GROUP", group, "DM-1", "QT-1", "PQ-1") == 303)
    check("S2.7 is 2 of 2", figure(program, path, "S2.7")[0] == (2, 2, "ok"), figure(program, path, "S2.7")[0])
    check("plan of inspection", write("PLAN", day, "KH-12") == 303 and figure(program, path, "S2.4", as_of=day)[0] == (1, 4, "ok"))
    check("assignment of a layer", write("LAYER", "stalls", "Phòng Kinh tế", "hằng tháng", "Ban quản lý chợ", "QT-3") == 303)
    check("S1.3a is 1 of 5", figure(program, path, "S1.3a")[0] == (1, 5, "ok"), figure(program, path, "S1.3a")[0])
    check("an item serves one row of a sheet", write("CONSUME", "1", "S0 VII.6") == 303 and write("CONSUME", "1", "S0 VII.7") == 404)
    check("a row of a sheet that people count", write("SCORE", "2026", "S1-huyen", "VII.1", "1", "130", "300", "CV 9") == 303, leader.last.text()[-500:])
    check("more than all is refused", write("SCORE", "2026", "S1-huyen", "VII.1", "1", "301", "300", "CV 9") == 404)
    check("what the appraising body gave", write("APPRAISAL", "2026", "S1-huyen", "VII.1", "0,40", "0,40") == 303)
    report = json.loads(subprocess.run([program, "indicators", path, "--json", "--as-of", day], check=True, capture_output=True).stdout)
    row = next(x for x in report["scores"] if (x["sheet"], x["row"]) == ("S1-huyen", "VII.1"))
    check("130 of 300 is 0.4333, read otherwise 0.8667 (domain.md B.6)",
          (row["score"], row["score_relative"], row["appraised"]) == (0.4333, 0.8667, "0,40"), row)
    check("the dashboard wants two", write("REQUEST", "KPI-GD", "CV-1", day) == 303 and write("REQUEST", "KPI-XX", "CV-1", day) == 303)
    done = leader.post("/staff/service/check", {}, page="/staff/service")
    check("the service checks itself", done.status == 200 and "Đã kiểm tra" in done.text(), done.text()[-500:])
    codes = figure(program, path, "S2.3b", as_of=day)[0]
    with sqlite3.connect(path) as db:
        living = db.execute("SELECT (SELECT count(*) FROM place WHERE status <> 'ceased')").fetchone()[0]
    check("every live code opens its page", codes == (living, living, "ok"), (codes, living))
    check("codes of ceased places say so", figure(program, path, "S2.3c", as_of=day)[0] == (1, 1, "ok"), figure(program, path, "S2.3c", as_of=day))
    functions, one = figure(program, path, "S1.4a", as_of=day)
    check("six functions of the search were tried", functions[1] == 6, functions)
    print("S1.4a", functions, "S1.4b", figure(program, path, "S1.4b", as_of=day)[0])
    check("of two wanted one is delivered", figure(program, path, "S2.8", as_of=day)[0] == (1, 2, "ok"), figure(program, path, "S2.8", as_of=day)[0])
    check("the administrator sets no threshold", admin.post("/staff/policy", {}, page="/staff/password").status == 403)
    rule = {"key": "target.KPI-GD", "value": "70", "from": day, "decision": "QĐ 5"}
    answer = leader.post("/staff/policy", rule | {"key": "evidence.e1_days", "value": "1"})
    check("a threshold with its decision", answer.status == 303, answer.text()[-400:])
    check("without one it is refused", leader.post("/staff/policy", rule | {"decision": ""}).status == 400)


def own_log(program, path):
    with sqlite3.connect(path) as db:
        probes = db.execute("SELECT sum(ok), sum(failed) FROM service_probe").fetchone()
        uses = dict(db.execute("SELECT kind, sum(count) FROM service_use GROUP BY kind"))
    check("a probe of the server's health was written", (probes[0] or 0) >= 1 and not probes[1], probes)
    check("look-ups are counted, the check's own are not", uses.get("lookup") == 3 and uses.get("search") == 1, uses)
    check("backup, then S2.6c", figure(program, path, "S2.6c")[0][2] == "na")
    subprocess.run([program, "backup", path, path + ".copy"], check=True, capture_output=True)
    check("a fresh backup counts", figure(program, path, "S2.6c")[0] == (1, 1, "ok"), figure(program, path, "S2.6c")[0])
    day = today(path)
    with sqlite3.connect(path) as db:
        db.execute("UPDATE service_check SET at = strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-25 hours') WHERE kind = 'backup'")
    check("after 25 hours it does not", figure(program, path, "S2.6c", as_of=day)[0][0] == 0)


def main(program):
    folder = tempfile.mkdtemp()
    path = os.path.join(folder, "ward.db")
    ward.make(program, path)
    with sqlite3.connect(path) as db:
        db.execute("UPDATE ward SET is_home = 1")
    staff.make_users(program, path)
    edit.MAPD = program
    s = serve.Server(program, path)
    for role in ("entry", "verifier", "leader", "observer", "admin"):
        b = staff.Browser(s)
        b.sign_in(role, staff.FIRST)
        b.change_password(staff.FIRST, staff.LATER)
    for _ in range(3):
        serve.ask(s, f"/c/{PLACE}")
    serve.ask(s, "/search?q=banh")
    workflow(s, program, path)
    pictures(s, program, path)
    ledgers(s, program, path)
    check("stops cleanly", s.stop() == 0)
    own_log(program, path)
    shutil.rmtree(folder)
    print(f"{sum(RESULTS)} passed, {len(RESULTS) - sum(RESULTS)} failed")
    return 0 if all(RESULTS) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
