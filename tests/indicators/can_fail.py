#!/usr/bin/env python3
"""The independent recomputation can fail: with one comparison changed in one query it turns red, with none it is green.

    can_fail.py ALTERED SAMPLE_DIR WARD.db
"""
import os
import re
import subprocess
import sys
import tempfile

import ledgers
import recompute

# query, what it says, what it is made to say, the figure that must be found wrong
CHANGES = [
    ("kpi_gd", "coalesce(e3 >= a.joined_on, 0) AS paid,", "coalesce(e3 < a.joined_on, 0) AS paid,", "KPI-GD"),
    ("kpi_k100", "why_not IS NULL AND accepts AS in_numerator", "why_not IS NULL AND NOT accepts AS in_numerator", "KPI-K100"),
    ("kpi_nts", "u.last_on >= :platform_from", "u.last_on > :as_of", "KPI-NTS"),
    ("kpi_tk", "p.business_kind <> 'household'", "p.business_kind = 'enterprise'", "KPI-TK"),
    ("s1_1d", "e.place_id > s.first_id", "e.place_id >= s.first_id", "S1.1d"),
    ("s1_1b", "trusted AND inside AS in_numerator", "NOT trusted AND inside AS in_numerator", "S1.1b"),
    ("s1_1c", "p.residential_group_id IS NULL AS no_group", "p.residential_group_id IS NOT NULL AS no_group", "S1.1c"),
    ("s1_3b", "verified_on >= :fresh_from", "verified_on < :fresh_from", "S1.3b"),
    ("s1_3c", "coalesce(done_on < late_from", "coalesce(done_on <= late_from", "S1.3c"),
    ("s1_5a", "100 * ok >= 95 * 144", "100 * ok > 99 * 144", "S1.5a"),
    ("s2_1", "p.industry_version IS NOT :vsic", "p.industry_version IS :vsic", "S2.1"),
    ("s2_3a", "c.posted_on >= :posted_from", "c.posted_on < :posted_from", "S2.3a"),
    ("s2_5", "done_on <= due_on", "done_on < due_on", "S2.5"),
    ("s2_6a", "p.failed = 0", "p.failed <= 1", "S2.6a"),
    ("kpi_hddt", "coalesce(einvoice_connected, 0) AS in_numerator", "coalesce(einvoice_connected, 0) = 0 AS in_numerator", "KPI-HDDT"),
    ("score_market40", "k.market_40 = 1", "k.market_40 = 0", "VIII.3.6"),
]
DAY = "2026-10-31"


def red_lines(altered, sample, ward, query, before, after, folder):
    report = os.path.join(folder, "report.json")
    with open(report, "wb") as out:
        subprocess.run([altered, ward, DAY, query, before, after], check=True, stdout=out)
    done = subprocess.run([sys.executable, recompute.__file__, sample, report], capture_output=True, text=True)
    return done.returncode, done.stdout.splitlines()


def main(altered, sample, ward):
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        ward = ledgers.copy_of(ward, folder, recompute.truth_of(sample).plan)
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
