#!/usr/bin/python3
"""Report out, corrected as a clerk would, imported again: what was corrected no longer waits, what was not is unchanged.

    round_trip.py MAPD MAPD_SAMPLE FOLDER
"""
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from xml.etree import ElementTree
from xml.sax.saxutils import escape

MAIN = '{http://schemas.openxmlformats.org/spreadsheetml/2006/main}'
LIST = 'office/ho_kinh_doanh.xlsx'


def read_book(path):
    """Rows of the first sheet as lists of text."""
    with zipfile.ZipFile(path) as z:
        shared = [''.join(t.text or '' for t in item.iter(MAIN + 't'))
                  for item in ElementTree.fromstring(z.read('xl/sharedStrings.xml'))]
        rows = []
        for row in ElementTree.fromstring(z.read('xl/worksheets/sheet1.xml')).iter(MAIN + 'row'):
            cells = {}
            for c in row:
                letters = re.match('[A-Z]+', c.get('r')).group()
                column = 0
                for letter in letters:
                    column = column * 26 + ord(letter) - 64
                v = c.find(MAIN + 'v')
                cells[column - 1] = shared[int(v.text)] if c.get('t') == 's' else (v.text if v is not None else '')
            rows.append([cells.get(i, '') for i in range(max(cells, default=-1) + 1)])
    width = len(rows[0])
    return [row + [''] * (width - len(row)) for row in rows]


def write_book(path, rows):
    lines = ['<row>' + ''.join(f'<c t="inlineStr"><is><t xml:space="preserve">{escape(c)}</t></is></c>' for c in row) + '</row>'
             for row in rows]
    with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED) as z:
        z.writestr('[Content_Types].xml', '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>')
        z.writestr('_rels/.rels', '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
                   'Id="a" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
                   'Target="xl/workbook.xml"/></Relationships>')
        z.writestr('xl/_rels/workbook.xml.rels', '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
                   '<Relationship Id="s" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
                   'Target="worksheets/sheet1.xml"/></Relationships>')
        z.writestr('xl/workbook.xml', f'<workbook xmlns="{MAIN[1:-1]}" '
                   'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
                   '<sheet name="Da sua" sheetId="1" r:id="s"/></sheets></workbook>')
        z.writestr('xl/worksheets/sheet1.xml', f'<worksheet xmlns="{MAIN[1:-1]}"><sheetData>{"".join(lines)}</sheetData></worksheet>')


def imported(mapd, ward, path, kind, *options):
    out = subprocess.run([mapd, 'import', ward, path, '--as', kind, '--json', *options], stdout=subprocess.PIPE, check=False).stdout
    s = json.loads(out)
    assert s['rows'] == sum(s[k] for k in ('added', 'updated', 'unchanged', 'rejected', 'review')), s
    return s


def make_ward(mapd, sample, folder):
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    ward = os.path.join(folder, 'ward.db')
    subprocess.run([sample, folder], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([mapd, 'init', ward, '--ward', '99001', '--name', 'Phường Mẫu', '--sample', '--boundary',
                    os.path.join(folder, 'base/boundary.geojson')], check=True, stdout=subprocess.DEVNULL)
    assert sqlite3.connect(ward).execute('SELECT length(geom) > 100 FROM ward WHERE is_home').fetchone() == (1,)
    for line in open(os.path.join(folder, 'manifest.tsv'), encoding='utf-8'):
        kind, name, *_ = line.rstrip('\n').split('\t')
        if name == LIST:
            break
        imported(mapd, ward, os.path.join(folder, name), kind)
    return ward


def main():
    mapd, sample, folder = sys.argv[1:4]
    ward = make_ward(mapd, sample, folder)
    report, corrected = os.path.join(folder, 'report.xlsx'), os.path.join(folder, 'corrected.xlsx')
    first = imported(mapd, ward, os.path.join(folder, LIST), 'establishments', '--report', report)
    rows = read_book(report)
    head = {name: i for i, name in enumerate(rows[0])}
    verdict, ref, name, address = (head[k] for k in ('Kết luận khi nhập', 'Mã cơ sở', 'Tên cơ sở', 'Địa chỉ'))
    waiting = [r for r in rows[1:] if r[verdict] in ('bị loại', 'chờ xem xét')]
    assert len(waiting) == first['rejected'] + first['review'], (len(waiting), first)
    assert all(r[head['Vấn đề khi nhập']] and r[head['Cần làm gì']] and int(r[head['Dòng trong tệp']]) for r in waiting)

    db = sqlite3.connect(ward)
    known = db.execute("SELECT a.number || a.suffix || ' ' || s.name FROM address_point a JOIN street s ON s.id = a.street_id"
                       " WHERE a.chain = '' AND a.number > 10 ORDER BY a.id").fetchall()
    mended, left = set(), set()
    for i, row in enumerate(waiting):
        if 'trùng' in row[head['Vấn đề khi nhập']]:
            left.add(row[ref])  # only a person can decide that one
            continue
        row[address] = known[i * 7][0] + ', Phường Mẫu'
        row[head['Tổ dân phố']] = ''
        row[name] = row[name] or f'Cơ sở đã sửa {i}'
        mended.add(row[ref])
    assert len(mended) >= 30, len(mended)
    write_book(corrected, rows)
    again = imported(mapd, ward, corrected, 'establishments')
    print(f"{first['rejected'] + first['review']} rows waited, {len(mended)} corrected, {len(left)} left; again: {again}")
    open_refs = {r[0] for r in db.execute('SELECT p.ref FROM review v JOIN place p ON p.id = v.place_id WHERE v.closed_at IS NULL')}
    assert not mended & open_refs, sorted(mended & open_refs)
    stored = {r[0] for r in db.execute("SELECT ref FROM place WHERE position <> 'none' AND needs_review = 0")}
    assert mended <= stored, sorted(mended - stored)
    assert again['rejected'] == 0 and again['review'] == 0, again  # what nobody corrected still waits, and is unchanged
    assert again['added'] + again['updated'] >= len(mended) and again['unchanged'] >= len(left), again


if __name__ == '__main__':
    main()
