#!/usr/bin/env python3
"""The independent recomputation can fail: with one comparison changed in one query it turns red, with none it is green.

    can_fail.py ALTERED SAMPLE_DIR WARD.db
"""
import os
import re
import subprocess
import sys
import tempfile

# query, what it says, what it is made to say, the figure that must be found wrong
CHANGES = [
    ("kpi_gd", "coalesce(e3 >= a.joined_on, 0) AS paid,", "coalesce(e3 < a.joined_on, 0) AS paid,", "KPI-GD"),
    ("kpi_k100", "why_not IS NULL AND accepts AS in_numerator", "why_not IS NULL AND NOT accepts AS in_numerator", "KPI-K100"),
    ("kpi_nts", "u.last_on >= :platform_from", "u.last_on > :as_of", "KPI-NTS"),
    ("kpi_tk", "p.business_kind <> 'household'", "p.business_kind = 'enterprise'", "KPI-TK"),
    ("s1_1d", "e.place_id > s.first_id", "e.place_id >= s.first_id", "S1.1d"),
    ("score_market40", "k.market_40 = 1", "k.market_40 = 0", "VIII.3.6"),
]
DAY = "2026-10-31"


def red_lines(altered, sample, ward, query, before, after, folder):
    report = os.path.join(folder, "report.json")
    with open(report, "wb") as out:
        subprocess.run([altered, ward, DAY, query, before, after], check=True, stdout=out)
    recompute = os.path.join(os.path.dirname(os.path.abspath(__file__)), "recompute.py")
    done = subprocess.run([sys.executable, recompute, sample, report], capture_output=True, text=True)
    return done.returncode, done.stdout.splitlines()


def main(altered, sample, ward):
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        status, lines = red_lines(altered, sample, ward, "-", "", "", folder)
        print(f"unchanged: {'green' if status == 0 else 'RED'}")
        wrong += status != 0
        for query, before, after, code in CHANGES:
            status, lines = red_lines(altered, sample, ward, query, before, after, folder)
            good = status == 1 and any(code in line for line in lines)
            print(f"{query}: \"{before}\" made \"{after}\": {'red, as it must be' if good else 'NOT FOUND OUT'} ({len(lines)} differences)")
            wrong += not good
        refused = subprocess.run([altered, ward, DAY, "s1_1b", "why_not IS NULL AS in_denominator", "0 AS in_denominator"], capture_output=True, text=True)
        good = refused.returncode == 1 and re.search(r"s*\d+: \w{11} \w{11}", refused.stderr)
        print(f"rows above the line that are not below it: {'refused and named' if good else 'NOT FOUND OUT'} ({refused.stderr.strip()[:60]})")
        wrong += not good
    return 1 if wrong else 0


sys.exit(main(*sys.argv[1:]))
