#!/usr/bin/python3
"""What residents can do from the page behind a code: hear it, and tell the office. From outside, on loopback.

usage: notice.py MAPD      prints one line per failure, ends with "N passed, N failed"
"""
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import serve
import staff
import ward

RESULTS = serve.RESULTS
check = serve.check
PLACE = ward.code(ward.FOOD)
SECRET = "Bán sai tên, tôi là Trần Thị Kín"
CONTACT = "0912333444"


def form_of(s, code, about="wrong"):
    page = serve.ask(s, f"/notice/{code}?about={about}")
    found = re.search(r'name="token" value="([0-9a-f]{64})"', page.text())
    return page, found.group(1) if found else ""


def send(s, code, fields, about="wrong", sender="203.0.113.1", **headers):
    fields = {"token": form_of(s, code, about)[1], "about": "name", "text": "x"} | fields
    return serve.ask(s, f"/notice/{code}?about={about}", "POST", urllib.parse.urlencode(fields), X_Forwarded_For=sender,
                     Content_Type="application/x-www-form-urlencoded", **headers)


def read_aloud(s):
    page = serve.ask(s, f"/c/{PLACE}").text()
    if not (shutil.which("espeak-ng") and shutil.which("opusenc")):
        check("no audio where nothing can speak", "<audio" not in page)
        print("skipped: espeak-ng or opusenc is not installed, so no recording is made")
        return
    url = re.search(r'<audio[^>]* src="([^"]+)"', page).group(1).replace("&amp;", "&")
    answer = serve.ask(s, url)
    size = len(answer.body)
    check("Opus of at most 40 KB", answer.body[:4] == b"OggS" and b"OpusHead" in answer.body[:80] and 5000 < size <= 40 * 1024, size)
    check("kept by the browser for long", "max-age=604800" in answer.headers.get("cache-control", ""))
    began = time.monotonic()
    again = serve.ask(s, url)
    check("spoken once for each text", again.body == answer.body and time.monotonic() - began < 0.1)
    english = serve.ask(s, f"/speech/{PLACE}.opus?lang=en")
    check("English has its own voice", english.status == 200 and english.body != answer.body)
    other = re.search(r'src="([^"]+)"', serve.ask(s, f"/c/{ward.code(ward.EXPIRED)}").text()).group(1)
    check("another text, another address", other.split("v=")[1] != url.split("v=")[1])
    check("nobody's code is not spoken", serve.ask(s, "/speech/00000000000.opus").status == 404)
    print(f"read aloud: {size} bytes of Opus")


def without_programs(program, path):
    kept = os.environ["PATH"]
    os.environ["PATH"] = "/nonexistent"
    s = serve.Server(program, path)
    os.environ["PATH"] = kept
    page = serve.ask(s, f"/c/{PLACE}")
    check("without the programs the page is whole, without audio", page.status == 200 and b"<audio" not in page.body)
    check("and says so to who asks", serve.ask(s, f"/speech/{PLACE}.opus").status == 404)
    s.stop()


def a_wrong_entry(s, path):
    page, token = form_of(s, PLACE)
    check("the form stands alone", page.status == 200 and token and page.headers["cache-control"] == "no-store", page.status)
    check("no script", "<script" not in page.text())
    answer = send(s, PLACE, {"about": "address", "text": SECRET, "contact": CONTACT})
    check("taken, with a day", answer.status == 200 and "Phiếu số 1" in answer.text() and re.search(r"\d\d/\d\d/20\d\d", answer.text()), answer.status)
    with sqlite3.connect(path) as db:
        row = db.execute("SELECT code, kind, about, text, contact, state, received_on, due_on FROM notice").fetchone()
        check("kept", row[:3] == (PLACE, "wrong", "address") and row[5] == "open", row)
        check("ten working days", db.execute("SELECT julianday(?) - julianday(?)", (row[7], row[6])).fetchone()[0] in (12, 13, 14), row[6:])
        check("sealed", SECRET.encode() not in row[3] and CONTACT.encode() not in row[4])
        revision = db.execute("SELECT value FROM revision").fetchone()[0]
    with sqlite3.connect(path) as db:
        db.execute("INSERT OR REPLACE INTO holiday (day, name) SELECT date(?), 'nghỉ bù'", (row[7],))
    check("a day off moves the deadline", send(s, PLACE, {"about": "name"}).status == 200)
    with sqlite3.connect(path) as db:
        moved = db.execute("SELECT julianday(due_on) - julianday(?), strftime('%w', due_on) FROM notice ORDER BY id DESC LIMIT 1", (row[7],)).fetchone()
        check("to the next working day", moved[0] in (1, 2, 3) and moved[1] not in "06", moved)
        db.execute("DELETE FROM holiday")
        db.execute("DELETE FROM notice WHERE id = (SELECT max(id) FROM notice)")
    check("an unknown word is 'other'", send(s, PLACE, {"about": "<b>"}).status == 200)
    with sqlite3.connect(path) as db:
        check("and published nothing", db.execute("SELECT value FROM revision").fetchone()[0] == revision)
        check("other", db.execute("SELECT about FROM notice WHERE id = 2").fetchone()[0] == "other")


def forms_that_do_not_count(s, path):
    def count():
        with sqlite3.connect(path) as db:
            return db.execute("SELECT count(*) FROM notice").fetchone()[0]
    before = count()
    check("no token", send(s, PLACE, {"token": ""}, sender="203.0.113.7").status == 400)
    check("another place's token", send(s, PLACE, {"token": form_of(s, ward.code(2))[1]}, sender="203.0.113.7").status == 400)
    check("another site", send(s, PLACE, {}, sender="203.0.113.7", Origin="https://evil.example").status == 400)
    stale = send(s, PLACE, {"token": "", "text": 'mất "chữ" <ở đây>'}, sender="203.0.113.7")
    check("what was typed is still there", "mất &quot;chữ&quot; &lt;ở đây&gt;" in stale.text())
    check("nothing written", send(s, PLACE, {"text": "  "}, sender="203.0.113.7").status == 400)
    check("a machine is thanked and forgotten", send(s, PLACE, {"website": "http://x"}, sender="203.0.113.8").status == 200)
    check("none of them was kept", count() == before, count())
    seen = [send(s, ward.code(3), {}, sender="203.0.113.9").status for _ in range(6)]
    check("five an hour from one address", seen == [200] * 5 + [429], seen)
    check("another address is free", send(s, ward.code(3), {}, sender="203.0.113.10").status == 200)
    more = [send(s, ward.code(3), {}, sender=f"203.0.113.{100 + i}").status for i in range(15)]
    check("a place holds twenty at most", more == [200] * 14 + [503], more)


def evidence_of(path):
    with sqlite3.connect(path) as db:
        return db.execute("SELECT state FROM evidence WHERE place_id = ?", (ward.FOOD,)).fetchone()[0]


def codes_pasted_over(s, path):
    with sqlite3.connect(path) as db:
        db.execute("INSERT INTO evidence (place_id, class, method, happened_on, passed, state, created_by, created_at, verified_by)"
                   " VALUES (?, 'E1', 'QR', date('now', '-5 days'), 1, 'verified', 'entry', '2026-11-01T00:00:00Z', 'verifier')", (ward.FOOD,))
    answer = send(s, PLACE, {"text": ""}, "tamper", sender="198.51.100.1")
    check("flagged at once", answer.status == 200 and "đánh dấu" in answer.text(), answer.status)
    with sqlite3.connect(path) as db:
        row = db.execute("SELECT id, julianday(due_on) - julianday(received_on) FROM notice WHERE kind = 'tamper'").fetchone()
    check("for the next day", row and row[1] == 1.0, row)
    send(s, PLACE, {"text": ""}, "tamper", sender="198.51.100.2")
    check("two senders of one day suspend nothing", evidence_of(path) == "verified")
    unknown = send(s, "none", {"text": "ở cổng chợ"}, "tamper", sender="198.51.100.3")
    check("a code that is nobody's can be told too", unknown.status == 200, unknown.status)
    return row[0]


def two_days(s, path):
    with sqlite3.connect(path) as db:
        db.execute("UPDATE notice SET received_on = date(received_on, '-1 day') WHERE kind = 'tamper'")
    send(s, PLACE, {"text": ""}, "tamper", sender="198.51.100.1")
    send(s, PLACE, {"text": ""}, "tamper", sender="198.51.100.9")
    check("two senders on two days suspend the evidence", evidence_of(path) == "disputed", evidence_of(path))
    with sqlite3.connect(path) as db:
        check("and say why", db.execute("SELECT reason FROM evidence_event ORDER BY id DESC LIMIT 1").fetchone()[0] == "qr_tamper")


def the_desk(s, path, tamper):
    entry, verifier = staff.signed_in(s, "entry"), staff.signed_in(s, "verifier")
    listed = entry.ask("/staff/notices")
    check("the list shows no text", listed.status == 200 and SECRET not in listed.text() and "Phiếu 1" in listed.text(), listed.status)
    opened = entry.ask("/staff/notices/1").text()
    check("opened, it is there", SECRET in opened and CONTACT in opened)
    with sqlite3.connect(path) as db:
        check("and reading it was written down",
              db.execute("SELECT count(*) FROM audit WHERE action = 'private.read' AND subject = 'notice 1' AND who = 'entry'").fetchone()[0] == 1)
    check("only for those who may", staff.signed_in(s, "observer").ask("/staff/notices").status == 403)
    decide = lambda who, number, state: who.post(f"/staff/notices/{number}", {"state": state, "answer": "đã xem"}).status
    check("a wrong entry cannot be 'confirmed'", decide(entry, 1, "confirmed") == 400, entry.last.status)
    check("done", decide(entry, 1, "done") == 303, entry.last.status)
    check("once", decide(entry, 1, "rejected") == 400)
    check("confirmed: the evidence rests", decide(verifier, tamper, "confirmed") == 303 and evidence_of(path) == "disputed", evidence_of(path))
    check("who verified it does not uphold it", decide(verifier, tamper, "done") == 400 and evidence_of(path) == "disputed", verifier.last.status)
    check("somebody else does", decide(entry, tamper, "done") == 303 and evidence_of(path) == "verified", evidence_of(path))
    with sqlite3.connect(path) as db:
        check("the sender is forgotten", db.execute("SELECT count(*) FROM notice WHERE state IN ('done', 'rejected') AND origin IS NOT NULL").fetchone()[0] == 0)
        db.execute("UPDATE notice SET due_on = '2020-01-01' WHERE id = 2")
    check("overdue is said", "quá hạn" in entry.ask("/staff/notices").text())


def without_key(program, path):
    os.rename(path + ".key", path + ".hidden")
    s = serve.Server(program, path)
    check("a server that could not keep it does not ask", "/notice/" not in serve.ask(s, f"/c/{PLACE}").text())
    check("nor takes it", serve.ask(s, f"/notice/{PLACE}").status >= 400)
    s.stop()
    os.rename(path + ".hidden", path + ".key")


def main(program):
    folder = tempfile.mkdtemp()
    path = os.path.join(folder, "ward.db")
    ward.make(program, path)
    staff.make_users(program, path)
    s = serve.Server(program, path)
    for role in ("entry", "verifier", "observer"):
        b = staff.Browser(s)
        b.sign_in(role, staff.FIRST)
        b.change_password(staff.FIRST, staff.LATER)
    read_aloud(s)
    a_wrong_entry(s, path)
    forms_that_do_not_count(s, path)
    tamper = codes_pasted_over(s, path)
    the_desk(s, path, tamper)
    two_days(s, path)
    neutral = serve.ask(s, "/c/00000000000").text()
    check("the neutral page knows where to tell", "/notice/none?about=tamper" in neutral)
    log = s.log_text()
    check("nothing of it in the log", SECRET not in log and CONTACT not in log and "203.0.113" not in log)
    check("stops cleanly", s.stop() == 0)
    without_programs(program, path)
    without_key(program, path)
    checked = subprocess.run([program, "check", path], capture_output=True, text=True)
    check("the chain is whole", "audit" not in checked.stdout.lower(), checked.stdout)
    shutil.rmtree(folder)
    print(f"{sum(RESULTS)} passed, {len(RESULTS) - sum(RESULTS)} failed")
    return 0 if all(RESULTS) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
