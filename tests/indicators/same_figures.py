#!/usr/bin/env python3
"""Figures are the same in JSON, in the report's page and its PDF, in the workbook and on the dashboard's page.

    same_figures.py MAPD WARD.db         skipped (77) without pdftotext
"""
import html
import json
import os
import re
import shutil
import sys
import subprocess
import tempfile
import urllib.request

QUARTER, DAY = "2026-Q3", "2026-09-30"


def percent(one):
    return ("%.2f %%" % one["percent"]).replace(".", ",")


def cells(page):
    """Rows of all tables of a page as lists of text."""
    return [[html.unescape(re.sub(r"<[^>]*>", "", cell)) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)]
            for row in re.findall(r"<tr>(.*?)</tr>", page, re.S)]


def dashboard(program, ward):
    server = subprocess.Popen([program, "serve", ward, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        base = server.stdout.readline().split()[-1]
        with urllib.request.urlopen(f"{base}indicators?as_of={DAY}") as page:
            tiles = page.read().decode()
        with urllib.request.urlopen(f"{base}indicators/KPI-GD?as_of={DAY}") as page:
            one = page.read().decode()
        with urllib.request.urlopen(f"{base}indicators/KPI-GD.svg?as_of={DAY}") as page:
            picture = page.read().decode()
    finally:
        server.terminate()
        server.wait(timeout=20)
    return tiles, one, picture


def main(program, given):
    if not shutil.which("pdftotext"):
        print("skipped: pdftotext (poppler-utils) is missing")
        return 77
    wrong = []
    with tempfile.TemporaryDirectory() as at:
        ward = os.path.join(at, "ward.db")
        for end in ("", ".key"):
            shutil.copy(given + end, ward + end)
        # counted before the quarter's first closing, so that all five look at the same day
        report = json.loads(subprocess.run([program, "indicators", ward, "--as-of", DAY, "--json"], check=True, capture_output=True).stdout)
        subprocess.run([program, "close", ward, QUARTER], check=True, capture_output=True)
        page, pdf = os.path.join(at, "r.html"), os.path.join(at, "r.pdf")
        subprocess.run([program, "report", ward, QUARTER, "--html", page, "--pdf", pdf, "--causes", "nguyên nhân thử"], check=True, capture_output=True)
        text = re.sub(r"\s+", " ", subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True, text=True).stdout)
        with open(page, encoding="utf-8") as f:
            written = f.read()
        tiles, one_page, picture = dashboard(program, ward)
    rows = {row[0]: row for row in reversed(cells(written)) if len(row) == 7}
    for one in report["indicators"]:
        if one["state"] == "na":
            if rows[one["code"]][2:5] != ["–", "–", "–"]:
                wrong.append(f"{one['code']} is na, the page says {rows[one['code']]}")
            continue
        told = [str(one["numerator"]), str(one["denominator"]), percent(one)]
        if rows[one["code"]][2:5] != told:
            wrong.append(f"{one['code']}: {told} in JSON, {rows[one['code']][2:5]} in the report")
        if " ".join(told) not in text:
            wrong.append(f"{one['code']}: {told} is not in the PDF")
        if f"{told[2]}</span> <span>{told[0]} / {told[1]}" not in tiles:
            wrong.append(f"{one['code']}: {told} is not on the dashboard")
    gd = next(i for i in report["indicators"] if i["code"] == "KPI-GD")
    if f"({gd['numerator']} / {gd['denominator']})" not in one_page or f"({gd['numerator']}/{gd['denominator']})" not in picture:
        wrong.append("KPI-GD: page or picture says another figure")
    closed = [row for row in cells(one_page) if row and row[0] == QUARTER]
    if not closed or closed[0][1:] != [str(gd["numerator"]), str(gd["denominator"]), percent(gd)]:
        wrong.append(f"KPI-GD: the trend says {closed}")
    if "nguyên nhân thử" not in text or "nguyên nhân thử" not in written:
        wrong.append("what staff typed is missing")
    sources = [row for row in cells(written) if len(row) == 8]
    if not any(row[0] == "Quầy, sạp trong chợ" and row[2] == "31/10/2026" for row in sources):
        wrong.append(f"the table of sources does not speak as an office does: {sources[:3]}")
    if any(re.fullmatch(r"[a-z-]+", row[0]) or re.match(r"\d{4}-", row[2] + row[3]) for row in sources):
        wrong.append(f"English or ISO days in the table of sources: {sources}")
    print("\n".join(wrong) or f"{sum(i['state'] != 'na' for i in report['indicators'])} figures the same in JSON, page, PDF, dashboard; picture and trend of KPI-GD too")
    return bool(wrong)


sys.exit(main(*sys.argv[1:]))
