#!/usr/bin/env python3
"""The workbook of `mapd indicators --xlsx` against its JSON: same figures, and every sheet has the rows its figure counts.

    workbook.py MAPD WARD.db          Reads the file with nothing but a ZIP and an XML reader.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile
import xml.etree.ElementTree as xml

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def sheets(path):
    """{name: rows of {column letter: value}} of a workbook."""
    with zipfile.ZipFile(path) as z:
        shared = [t.text or "" for t in xml.fromstring(z.read("xl/sharedStrings.xml")).iter(MAIN + "t")]
        out = {}
        for number, sheet in enumerate(xml.fromstring(z.read("xl/workbook.xml")).iter(MAIN + "sheet"), 1):
            rows = []
            for row in xml.fromstring(z.read(f"xl/worksheets/sheet{number}.xml")).iter(MAIN + "row"):
                cells = {}
                for cell in row.iter(MAIN + "c"):
                    value = cell.find(MAIN + "v").text
                    cells[re.match("[A-Z]+", cell.get("r"))[0]] = shared[int(value)] if cell.get("t") == "s" else float(value)
                rows.append(cells)
            out[sheet.get("name")] = rows
        return out


def main():
    program, ward = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as at:
        path = os.path.join(at, "o.xlsx")
        text = subprocess.run([program, "indicators", ward, "--as-of", "2026-10-31", "--json", "--xlsx", path], check=True, capture_output=True).stdout
        report, book = json.loads(text), sheets(path)
    wrong = []

    def same(what, one, other):
        if one != other:
            wrong.append(f"{what}: {one} in the workbook, {other} in the report")

    same("sheets", list(book), ["Chỉ tiêu", "Căn cứ"] + [i["code"] for i in report["indicators"]])
    whole = {row["A"]: row for row in book["Chỉ tiêu"][1:] if row["C"] == "toàn phường"}
    parts = {(row["A"], row["C"]): row for row in book["Chỉ tiêu"][1:]}
    for one in report["indicators"]:
        code, row = one["code"], whole[one["code"]]
        same(code, (row.get("D"), row.get("E"), row.get("F"), row.get("H")), (one["numerator"], one["denominator"], one["percent"], one["target"]))
        for share in one["by_model"] + one["variants"]:
            row = parts[code, share.get("code") or share["name"]]
            same(f"{code} {share['name']}", (row["D"], row["E"]), (share["numerator"], share["denominator"]))
        rows = book[code][1:]
        counted = sum(r["E"] == "Có" for r in rows), sum(r["D"] == "Có" for r in rows)
        same(f"rows of {code}", counted, (one["numerator"] or 0, one["denominator"] or 0))
        same(f"rows without a reason of {code}", sum(not r.get("F") for r in rows), 0)
    print("\n".join(wrong), end="\n" if wrong else "")
    sys.exit(bool(wrong))


main()
