#!/usr/bin/env python3
"""Writes the binary Excel files of tests/data/import (docs/traps.md, trap 23) with the Debian package python3-xlwt, a writer
that knows nothing of our reader. Two things it cannot do are written here as records: results of formulas, and Excel 5.

    /usr/bin/python3 tests/import/make_xls.py        the same bytes come out every time
"""
import datetime
import os
from struct import pack

import xlwt
from xlwt import BIFFRecords, Cell, CompoundDoc

from make_fixtures import to_1258, to_tcvn3

OUT = os.path.join(os.path.dirname(__file__), "..", "data", "import")
HEAD = ["STT", "Tên cơ sở", "Địa chỉ", "Điện thoại", "Ngày cấp", "Mã số thuế", "Ghi chú"]
RESULTS = {}  # (row, column) → what Excel would have computed


def formula_data(cell):
    """A formula's record as Excel writes it: with its result, and the text of it in a record behind."""
    value, after = RESULTS.get((cell.rowx, cell.colx)), b""
    if value is None:
        result = pack("<Q", 0xFFFF000000000003)
    elif isinstance(value, str):
        result = pack("<Q", 0xFFFF000000000000)
        text = value.encode("utf-16-le")
        after = pack("<HHHB", 0x0207, 3 + len(text), len(value), 1) + text
    elif isinstance(value, tuple):  # an error
        result = bytes([2, 0, value[0], 0, 0, 0, 0xFF, 0xFF])
    else:
        result = pack("<d", value)
    rpn = cell.frmla.rpn()
    return pack("<HHHHH", 0x0006, 20 + len(rpn), cell.rowx, cell.colx, cell.xf_idx) + result + pack("<HL", 0, 0) + rpn + after


Cell.FormulaCell.get_biff_data = formula_data


def style(**kw):
    s = xlwt.XFStyle()
    s.num_format_str = kw.get("format", "General")
    if "font" in kw:
        s.font = font(kw["font"])
    return s


def font(name):
    f = xlwt.Font()
    f.name = name
    return f


def old_font(text):
    """As Excel 97 keeps text typed in .VnTime: each byte of TCVN3 as one character."""
    return to_tcvn3(text).decode("latin-1")


def clerk():
    RESULTS.clear()
    book = xlwt.Workbook(encoding="utf-8")
    draft = book.add_sheet("Nháp")
    draft.visibility = 1
    draft.write(0, 0, "Tên cơ sở")
    draft.write(1, 0, "Quán Ẩn")
    s = book.add_sheet("Danh sách 2009")
    s.write_merge(0, 0, 0, 6, "DANH SÁCH CƠ SỞ KINH DOANH")
    s.write_merge(1, 1, 0, 6, "(Tính đến ngày 31 tháng 10 năm 2009)")
    for i, text in enumerate(HEAD):
        s.write(3, i, text)
    day, zeros, serial = style(format="DD/MM/YYYY"), style(format="0000000000"), style(format="0")
    s.write(4, 0, 1, serial)
    s.write(4, 1, "Quán Bà Tư")
    s.write_merge(4, 6, 2, 2, "12 Lê Lợi")
    s.write(4, 3, 905000001)
    s.write(4, 4, datetime.date(2009, 6, 5), day)
    s.write(4, 5, 401234567, zeros)
    s.write(5, 0, xlwt.Formula("A5+1"))
    s.write(5, 1, xlwt.Formula('"Quán "&"Cô Ba"'))
    s.write(5, 3, xlwt.Formula("D5+1"))
    s.write(5, 4, xlwt.Formula("E5+1"), day)
    s.write(5, 5, xlwt.Formula("1/0"))
    s.write(5, 6, xlwt.Formula('""'))
    RESULTS.update({(5, 0): 2.0, (5, 1): "Quán Cô Ba", (5, 3): 905000002.0, (5, 4): 39970.0, (5, 5): (0x07,)})
    vntime = style(font=".VnTime")
    s.write(6, 0, 3)
    s.write(6, 1, old_font("Quán cơm Bà Tư"), vntime)
    s.write(6, 3, "0905 000 003")
    s.write(6, 4, "31/12/2009")
    s.write(7, 0, 4)
    s.write_rich_text(7, 1, [(old_font("Quán bánh "), font(".VnTime")), ("Huế", font("Arial"))])
    s.write(7, 2, old_font("14 Lê Lợi"), vntime)
    s.row(7).hidden = True
    s.write(8, 0, 5)
    s.write(8, 1, "Quán Hương", vntime)  # Unicode text in an old font: left as it is
    s.write(8, 2, "16/2 Lê Lợi")
    s.write(8, 3, True)
    s.col(6).hidden = True
    for i in range(60):  # the shared texts go on in several records
        s.write(9 + i, 0, 6 + i)
        s.write(9 + i, 1, "Quán số %d" % i)
        s.write(9 + i, 2, "%d Lê Lợi" % (20 + i))
        s.write(9 + i, 6, ("Ghi chú dài %d: " % i) + "đã kiểm tra, " * 40)
    s.write(69, 1, "Tổng cộng")
    s.write(69, 2, xlwt.Formula("COUNTA(B5:B69)"))
    RESULTS[(69, 2)] = 65.0
    book.save(os.path.join(OUT, "clerk_2009.xls"))


def date_system():
    RESULTS.clear()
    book = xlwt.Workbook(encoding="utf-8")
    book.dates_1904 = True
    s = book.add_sheet("Danh sách")
    for i, text in enumerate(["Tên cơ sở", "Địa chỉ", "Ngày cấp"]):
        s.write(0, i, text)
    s.write(1, 0, "Ngày")
    s.write(1, 1, "1 Lê Lợi")
    s.write(1, 2, 43538, style(format="DD/MM/YYYY"))
    s.write(2, 0, xlwt.Formula('"chưa"'))  # a program left the computing to Excel
    s.write(2, 1, "3 Lê Lợi")
    book.save(os.path.join(OUT, "clerk_1904.xls"))


def record(number, data):
    return pack("<HH", number, len(data)) + data


def save_stream(name, stream):
    CompoundDoc.XlsDoc().save(os.path.join(OUT, name), stream)


def excel_5():
    """Byte texts: TCVN3 by the font of the cell, Windows-1258 without one."""
    def short(data):
        return bytes([len(data)]) + data

    def label(row, column, xf, data):
        return record(0x0204, pack("<HHHH", row, column, xf, len(data)) + data)

    def face(name):
        return record(0x0031, pack("<HHHHHBBBB", 200, 0, 0, 400, 0, 0, 0, 0, 0) + short(name.encode()))

    begin = record(0x0809, pack("<HHHH", 0x0500, 5, 0, 0))
    globals_ = record(0x0042, pack("<H", 1258)) + face("Arial") + face(".VnTime")
    globals_ += record(0x041E, pack("<H", 164) + short(b"0000000000"))
    globals_ += b"".join(record(0x00E0, pack("<HH", f, n) + bytes(12)) for f, n in ((0, 0), (1, 0), (0, 164)))
    name = to_1258("Danh sách")
    at = len(begin) + len(globals_) + 4 + 6 + 1 + len(name) + 4
    globals_ += record(0x0085, pack("<LH", at, 0) + short(name)) + record(0x000A, b"")
    sheet = record(0x0809, pack("<HHHH", 0x0500, 0x10, 0, 0))
    for i, text in enumerate(["Ten co so", "Dia chi", "MST"]):
        sheet += label(0, i, 0, text.encode())
    sheet += label(1, 0, 1, to_tcvn3("Quán cơm Bà Tư")) + label(1, 1, 1, to_tcvn3("12 Lê Lợi"))
    sheet += record(0x0203, pack("<HHHd", 1, 2, 2, 401234567.0))
    sheet += label(2, 0, 0, to_1258("Quán Trà")) + label(2, 1, 0, to_1258("14 Hoà Bình"))
    sheet += record(0x027E, pack("<HHHL", 2, 2, 0, 401234568 << 2 | 2)) + record(0x000A, b"")
    save_stream("excel_5.xls", begin + globals_ + sheet)


def password():
    begin = record(0x0809, pack("<HHHHLL", 0x0600, 5, 0, 0, 0, 0))
    save_stream("hostile_password.xls", begin + record(0x002F, bytes(54)) + record(0x000A, b""))


if __name__ == "__main__":
    for make in (clerk, date_system, excel_5, password):
        make()
