#!/usr/bin/env python3
"""A year in the office, told: two closings, a late correction, a dispute overturned, a policy changed mid-year. Prints what the
program says of each and checks that the closed figures stay.

    narrated.py MAPD WARD.db        on a copy of the sample ward
"""
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "mapd"))
import serve
import staff

WRONG = []
ROLES = ("verifier", "leader")


def say(text):
    print(text, flush=True)


def run(program, *words):
    done = subprocess.run([program, *words], capture_output=True, text=True)
    if done.returncode not in (0, 3):
        raise SystemExit(f"{words}: {done.stderr}")
    return done.stdout


def check(what, good):
    say(f"  {'đúng' if good else 'SAI'}: {what}")
    if not good:
        WRONG.append(what)


def kept(ward, period, version):
    """Figures and rows of KPI-GD as the closing keeps them."""
    with sqlite3.connect(ward) as db:
        return db.execute("SELECT f.numerator, f.denominator, hex(c.evidence_hash) FROM closing_figure f JOIN closing c ON c.id = f.closing_id"
                          " WHERE c.period = ? AND c.version = ? AND f.code = 'KPI-GD'", (period, version)).fetchone()


def counted_place(program, ward, day):
    """A point counted in KPI-GD on the day by exactly one verified E1; and its item."""
    with sqlite3.connect(ward) as db:
        for code, item in db.execute(
                "SELECT p.code, min(v.id) FROM evidence v JOIN place p ON p.id = v.place_id JOIN pilot_member m ON m.place_id = p.id"
                " WHERE v.class = 'E1' AND v.state = 'verified' AND v.passed = 1 AND v.happened_on <= ? AND m.left_on IS NULL"
                " AND EXISTS (SELECT 1 FROM evidence x WHERE x.place_id = p.id AND x.class = 'E3' AND x.state = 'verified' AND x.passed = 1"
                "   AND x.happened_on BETWEEN date(?, '-80 days') AND ? AND x.happened_on >= m.joined_on)"
                " AND p.status = 'active' GROUP BY p.id HAVING count(*) = 1 ORDER BY p.code", (day, day, day)):
            return code, item
    raise SystemExit("no such point in the sample")


def sign_in(program, ward, s):
    browsers = {}
    for role in ROLES:
        run_in = subprocess.run([program, "user", "add", ward, role, "--role", role], input=staff.FIRST + "\n", text=True, capture_output=True)
        assert run_in.returncode == 0, run_in.stderr
        b = staff.Browser(s)
        b.sign_in(role, staff.FIRST)
        b.change_password(staff.FIRST, staff.LATER)
        browsers[role] = b
    return browsers


def dispute_overturned(program, ward):
    code, item = counted_place(program, ward, "2026-09-30")
    s = serve.Server(program, ward)
    who = sign_in(program, ward, s)
    page = f"/staff/evidence/{code}"
    decide = lambda b, to, reason: who[b].post(page + "/decide", {"id": item, "to": to, "reason": reason}, page=page).status
    check("khiếu nại được nhận", decide("leader", "disputed", "biên bản ghi nhầm sạp") == 303)
    check("khiếu nại đúng, minh chứng bị bác", decide("verifier", "rejected", "đã đối chiếu tại chợ") == 303)
    s.stop()
    return code


def late_correction(program, ward, folder):
    """Minutes of September come in November: by the list, as every late paper does."""
    with sqlite3.connect(ward) as db:
        code = db.execute(
            "SELECT p.code FROM pilot_member m JOIN place p ON p.id = m.place_id WHERE m.left_on IS NULL AND m.joined_on < '2026-07-01'"
            " AND p.status = 'active' AND NOT EXISTS (SELECT 1 FROM evidence v WHERE v.place_id = p.id AND v.class = 'E1')"
            " AND EXISTS (SELECT 1 FROM evidence v WHERE v.place_id = p.id AND v.class = 'E3' AND v.state = 'verified' AND v.passed = 1"
            "   AND v.happened_on BETWEEN '2026-07-10' AND '2026-09-30') ORDER BY p.code LIMIT 1").fetchone()[0]
    path = os.path.join(folder, "late.csv")
    with open(path, "w", encoding="utf-8") as f:
        f.write("Mã điểm,Loại minh chứng,Phương thức,Ngày,Kết quả,Số biên bản,Cán bộ,Trạng thái\n"
                f"{code},biên bản,QR,15/09/2026,Đạt,BB-MUON-1,Cán Bộ Mẫu,đã xác minh\n")
    run(program, "import", ward, path, "--as", "payments")
    return code


def main(program, given):
    with tempfile.TemporaryDirectory() as folder:
        ward = os.path.join(folder, "ward.db")
        for end in ("", ".key"):
            shutil.copy(given + end, ward + end)
        said = run(program, "remind", ward, "--as-of", "2026-11-22")
        check("nhắc việc trước ngày 25", "25/11/2026" in said and "sẽ hết hiệu lực" in said and "S1.3a: Cần ghi" in said)
        check("sau ngày 25 là tháng sau", "25/01/2027" in run(program, "remind", ward, "--as-of", "2026-12-26"))
        say("1. Chốt quý 2 và quý 3.")
        run(program, "close", ward, "2026-Q2")
        say(run(program, "close", ward, "2026-Q3"))
        first = kept(ward, "2026-Q3", 1)
        second_quarter = kept(ward, "2026-Q2", 1)
        say(f"2. Sau khi chốt: một khiếu nại đúng, minh chứng của điểm bị bác. KPI-GD quý 3 bản 1 là {first[0]}/{first[1]}.")
        disputed = dispute_overturned(program, ward)
        check("bản 1 không đổi", kept(ward, "2026-Q3", 1) == first)
        told = run(program, "close", ward, "2026-Q3", "--reason", "khiếu nại đúng")
        say(told)
        check("bản 2 ít hơn một điểm, cùng mẫu số", kept(ward, "2026-Q3", 2)[:2] == (first[0] - 1, first[1]))
        check("phần thay đổi nêu đúng điểm", disputed in told)
        say("3. Biên bản tháng 9 nộp muộn vào tháng 11.")
        late = late_correction(program, ward, folder)
        told = run(program, "close", ward, "2026-Q3", "--reason", "biên bản nộp muộn")
        say(told)
        check("bản 3 thêm một điểm", kept(ward, "2026-Q3", 3)[:2] == first[:2])
        check("phần thay đổi nêu đúng điểm", late in told)
        say("4. Từ 1/10/2026 giao dịch mẫu chỉ còn giá trị 30 ngày (QĐ 77).")
        run(program, "policy", ward, "evidence.e3_days", "30", "--from", "2026-10-01", "--decision", "QĐ 77")
        before = kept(ward, "2026-Q3", 3)
        told = run(program, "close", ward, "2026-Q3", "--reason", "soát lại sau QĐ 77")
        check("quý 3 không đổi vì quyết định có hiệu lực sau đó", kept(ward, "2026-Q3", 4)[:2] == before[:2] and "Không có số nào thay đổi" in told)
        report = json.loads(run(program, "indicators", ward, "--as-of", "2026-10-31", "--json"))
        october = next(i for i in report["indicators"] if i["code"] == "KPI-GD")
        whole = json.loads(run(program, "indicators", given, "--as-of", "2026-10-31", "--json"))
        as_before = next(i for i in whole["indicators"] if i["code"] == "KPI-GD")
        check(f"tháng 10 ít hơn: {october['numerator']} thay vì {as_before['numerator']}", october["numerator"] < as_before["numerator"])
        check("quý 2 và bản 1 của quý 3 vẫn như đã công bố", kept(ward, "2026-Q2", 1) == second_quarter and kept(ward, "2026-Q3", 1) == first)
        page = run(program, "report", ward, "2026-Q3")
        check("báo cáo in bản mới nhất, lý do và quyết định", "Bản chốt số 4" in page and "soát lại sau QĐ 77" in page)
    say(f"{len(WRONG)} chỗ sai")
    return bool(WRONG)


sys.exit(main(*sys.argv[1:]))
