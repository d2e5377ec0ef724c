#!/usr/bin/env python3
"""Writes the small office files of tests/data/import, one for each trap of docs/traps.md.

Everything is written by hand as XML in a ZIP or as bytes, so that each file holds exactly the oddity it is there for, whatever
a spreadsheet program would have made of it. Run from the root of the project; the same bytes come out every time.
"""
import os
import struct
import zipfile

OUT = os.path.join(os.path.dirname(__file__), "..", "data", "import")
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def archive(name, members):
    with zipfile.ZipFile(os.path.join(OUT, name), "w") as z:
        for member, text in members:
            info = zipfile.ZipInfo(member, (2026, 11, 22, 0, 0, 0))
            info.compress_type = zipfile.ZIP_STORED if member == "mimetype" else zipfile.ZIP_DEFLATED
            z.writestr(info, text)


def book(name, sheets, styles="", strings=None, workbook="", states=()):
    """sheets: list of (name, xml of the worksheet); states: attribute text of each sheet."""
    entries = "".join('<sheet name="%s" sheetId="%d" r:id="rId%d" %s/>' % (n, i + 1, i + 1, states[i] if i < len(states) else "")
                      for i, (n, _) in enumerate(sheets))
    relations = "".join('<Relationship Id="rId%d" Target="worksheets/sheet%d.xml"/>' % (i + 1, i + 1) for i in range(len(sheets)))
    members = [("xl/workbook.xml", '<workbook xmlns="%s" xmlns:r="%s">%s<sheets>%s</sheets></workbook>' % (MAIN, REL, workbook, entries)),
               ("xl/_rels/workbook.xml.rels", '<Relationships xmlns="%s">%s</Relationships>' % (PACKAGE, relations))]
    members += [("xl/worksheets/sheet%d.xml" % (i + 1), xml if xml.startswith("<!") else '<worksheet xmlns="%s">%s</worksheet>' % (MAIN, xml))
                for i, (_, xml) in enumerate(sheets)]
    if styles:
        members.append(("xl/styles.xml", '<styleSheet xmlns="%s">%s</styleSheet>' % (MAIN, styles)))
    if strings is not None:
        members.append(("xl/sharedStrings.xml", '<sst xmlns="%s">%s</sst>' % (MAIN, "".join("<si>%s</si>" % s for s in strings))))
    archive(name, members)


def escape(text):
    return text.replace("&", "&amp;").replace("<", "&lt;")


class Raw(str):
    """XML of a whole cell, with %s for its reference."""


def cell(reference, value, style=None):
    s = "" if style is None else ' s="%d"' % style
    if value is None:
        return ""
    if isinstance(value, Raw):
        return value % reference
    if isinstance(value, tuple):
        return cell(reference, value[0], value[1])
    if isinstance(value, (int, float)):
        return '<c r="%s"%s><v>%r</v></c>' % (reference, s, value)
    return '<c r="%s" t="inlineStr"%s><is><t xml:space="preserve">%s</t></is></c>' % (reference, s, escape(value))


def row(number, values, attributes=""):
    cells = "".join(cell("%s%d" % (chr(65 + i), number), v) for i, v in enumerate(values))
    return '<row r="%d" %s>%s</row>' % (number, attributes, cells)


def rows(first, lines):
    return "".join(row(first + i, line) for i, line in enumerate(lines))


def merges(*references):
    return "<mergeCells>%s</mergeCells>" % "".join('<mergeCell ref="%s"/>' % r for r in references)


def data(text):
    return "<sheetData>%s</sheetData>" % text


HEAD = ["Tên cơ sở", "Địa chỉ", "Điện thoại"]
LETTERHEAD = [["ỦY BAN NHÂN DÂN", None, None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
              ["PHƯỜNG HÒA CƯỜNG", None, None, None, "Độc lập - Tự do - Hạnh phúc"],
              [],
              ["DANH SÁCH CƠ SỞ KINH DOANH TRÊN ĐỊA BÀN"],
              ["(Tính đến ngày 31 tháng 10 năm 2026)"]]


def letterhead():
    heading = [["STT", "Tên cơ sở", "Chủ hộ", "Địa chỉ", "Liên hệ", None, "Giấy chứng nhận", None],
               [None, None, None, None, "Điện thoại", "Email", "Số", "Ngày cấp"], [1, 2, 3, 4, 5, 6, 7, 8]]
    body = [[1, "Quán Bà Tư", "Nguyễn Thị Tư", "12 Lê Lợi", "0905000001", None, "01/GCN", "05/06/2024"],
            [2, "Phở Hai", "Trần Văn Hai", "14 Lê Lợi", "0905000002", None, "02/GCN", "06/06/2024"]]
    book("letterhead.xlsx", [("Danh sách", data(rows(1, LETTERHEAD) + rows(7, heading + body)) +
                              merges("A1:C1", "E1:H1", "A4:H4", "A7:A8", "B7:B8", "C7:C8", "D7:D8", "E7:F7", "G7:H7"))])


def groups():
    lines = [["STT", "Tên cơ sở", "Địa chỉ", "Tình trạng"], ["I", "Tổ dân phố 1"], [1, "Quán A", "1 Lê Lợi", "Đang hoạt động"],
             [2, "Tổng Kho Miền Trung", "3 Lê Lợi", "Đang hoạt động"], ["II. Tổ dân phố 2 (1 cơ sở)"],
             [3, "Quán C", "5 Lê Lợi", "Đang hoạt động"], ["STT", "Tên cơ sở", "Địa chỉ", "Tình trạng"],
             [4, "Quán D", "7 Lê Lợi", "Tạm ngừng"], ["Tổng cộng", 4], [],
             [None, None, "Hòa Cường, ngày 5 tháng 11 năm 2026"], [None, "NGƯỜI LẬP BẢNG", "KT. CHỦ TỊCH"],
             [None, "(Ký, ghi rõ họ tên)", "PHÓ CHỦ TỊCH"], [None, "Lê Thị Lập", "Trần Văn Ký"]]
    book("groups.xlsx", [("Danh sách", data(rows(1, lines)) + merges("A5:D5"))])


def merged_body():
    lines = [["STT", "Tên đường", "Số nhà", "Tên cơ sở"], [1, "Lê Lợi", "1", "Quán A"], [2, None, "3", "Quán B"], [3, None, "5", "Quán C"],
             [4, "Trần Phú", "2", "Quán D"]]
    book("merged_body.xlsx", [("Danh sách", data(rows(1, lines)) + merges("B2:B4"))])


def hidden():
    shown = "<cols><col min=\"3\" max=\"3\" hidden=\"1\"/></cols>" + data(
        row(1, HEAD) + row(2, ["Quán A", "1 Lê Lợi", "0905000001"]) + row(3, ["Quán B", "3 Lê Lợi", "0905000002"], 'hidden="1"'))
    secret = data(rows(1, [HEAD, ["Quán Ẩn", "9 Lê Lợi", "0905000009"]]))
    book("hidden.xlsx", [("Nháp", secret), ("Danh sách", shown)], states=['state="hidden"'])


def empty_rows():
    body = rows(1, [HEAD, ["Quán A", "1 Lê Lợi", "0905000001"], [], ["Quán B", "3 Lê Lợi", "0905000002"]])
    blank = "".join('<row r="%d"><c r="A%d" s="0"/><c r="B%d" s="0"/></row>' % (r, r, r) for r in range(5, 3006))
    book("empty_rows.xlsx", [("Danh sách", data(body + blank))])


STYLES = ('<numFmts><numFmt numFmtId="164" formatCode="0000000000"/><numFmt numFmtId="165" formatCode="dd/mm/yyyy;@"/>'
          '<numFmt numFmtId="166" formatCode="&quot;0&quot;#"/><numFmt numFmtId="167" formatCode="d/m"/>'
          '<numFmt numFmtId="168" formatCode="#,##0"/><numFmt numFmtId="169" formatCode="0000000000\\-000"/></numFmts>'
          '<fonts><font><name val="Arial"/></font><font><name val=".VnTime"/></font><font><name val=".VnTimeH"/></font>'
          '<font><name val="VNI-Times"/></font></fonts>'
          '<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="167"/><xf numFmtId="168"/>'
          '<xf numFmtId="169"/><xf numFmtId="0" fontId="1"/><xf numFmtId="0" fontId="2"/><xf numFmtId="0" fontId="3"/></cellXfs>')
PADDED, DAY, ZERO_BEFORE, DAY_MONTH, GROUPED, BRANCH, VNTIME, VNTIMEH, VNI = range(1, 10)


def number_formats():
    lines = [["Tên cơ sở", "MST", "Điện thoại", "Địa chỉ"], ["Đủ số", (401234567, PADDED), (905123456, ZERO_BEFORE), "1 Lê Lợi"],
             ["Chi nhánh", (401234567001, BRANCH), (905123457, GROUPED), "3 Lê Lợi"]]
    book("number_formats.xlsx", [("Danh sách", data(rows(1, lines)))], STYLES)


def lost_zeros():
    lines = [["Tên cơ sở", "MST", "Điện thoại", "Địa chỉ"], ["Điện thoại số", 401234567, Raw('<c r="%s"><v>9.05123458E8</v></c>'), "1 Lê Lợi"],
             ["Định danh", Raw('<c r="%s"><v>4.8082001234E10</v></c>'), 905123456, "3 Lê Lợi"],
             ["Quá dài", Raw('<c r="%s"><v>1.23456789012345E17</v></c>'), "905.123.456", "5 Lê Lợi"],
             ["Cắt ngắn", "4.80820E+10", "+84 905 123 456", "7 Lê Lợi"]]
    book("lost_zeros.xlsx", [("Danh sách", data(rows(1, lines)))], STYLES)


def dates():
    lines = [["Tên cơ sở", "Số nhà", "Tên đường", "Ngày cấp"], ["Ngày", (44960, DAY_MONTH), "Lê Lợi", (45000, DAY)],
             ["Chữ", "5", "Lê Lợi", "31/12/2026"], ["Không hạn", "7", "Lê Lợi", "không thời hạn"], ["Số trần", "9", "Lê Lợi", 45000],
             ["Kiểu Mỹ", "11", "Lê Lợi", "12/31/2026"], ["Không có", "13", "Lê Lợi", "29/02/2023"]]
    book("dates.xlsx", [("Danh sách", data(rows(1, lines)))], STYLES)
    book("dates_1904.xlsx", [("Danh sách", data(rows(1, [lines[0], ["Ngày", "1", "Lê Lợi", (43538, DAY)], ["Số trần", "3", "Lê Lợi", 43538]])))],
         STYLES, workbook='<workbookPr date1904="1"/>')


def texts():
    rich = '<r><t xml:space="preserve">Quán </t></r><r><rPr><b/><rFont val="Arial"/></rPr><t>Cô Ba</t></r>'
    phonetic = '<t>東京 Sushi</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh><phoneticPr fontId="1"/>'
    mixed = '<r><rPr><rFont val=".VnTime"/></rPr><t>Qu¸n b¸nh </t></r><r><rPr><rFont val="Arial"/></rPr><t>Huế</t></r>'
    inline = Raw('<c r="%%s" t="inlineStr"><is>%s</is></c>' % rich)
    shared = [Raw('<c r="%%s" t="s"><v>%d</v></c>' % i) for i in range(3)]
    lines = [HEAD, [inline, "1 Lê Lợi", "0905000001"], [shared[0], "3 Lê Lợi", "0905000002"], [shared[1], "5 Lê Lợi", "0905000003"],
             [shared[2], "7 Lê Lợi", "0905000004"], ["Xuống_x000D_\ndòng", "9 Lê Lợi", "0905000005"]]
    book("texts.xlsx", [("Danh sách", data(rows(1, lines)))], STYLES, [rich, phonetic, mixed])


def fonts():
    lines = [HEAD, [("Qu¸n c¬m Bµ T­", VNTIME), ("12 Lª Lîi", VNTIME), "0905000001"], [("quÇy thuèc", VNTIMEH), "14 Lê Lợi", "0905000002"],
             [("Quaùn aên Höông", VNI), "16 Lê Lợi", "0905000003"], [("Quán Hương", VNTIME), "18 Lê Lợi", "0905000004"]]
    book("fonts.xlsx", [("Danh sách", data(rows(1, lines)))], STYLES)


def broken_cells():
    formula = Raw('<c r="%s"><f>VLOOKUP(A2,X!A:B,2,0)</f></c>')
    cached = Raw('<c r="%s" t="str"><f>A2</f><v>Quán B</v></c>')
    error = Raw('<c r="%s" t="e"><v>#REF!</v></c>')
    lines = [HEAD, ["Quán A", "1 Lê Lợi", formula], [cached, "3 Lê Lợi", error], ["Quán C", "#N/A", "0905000003"]]
    book("broken_cells.xlsx", [("Danh sách", data(rows(1, lines)))])


def headings():
    lines = [["Tên cơ sở", "Ghi chú", "Địa chỉ", "Ghi chú", "Điện thoại", "Điện thoại 2", None, "Tên cơ sở"],
             ["Quán A", "x", "1 Lê Lợi", "y", "0905000001", "0905000002", "z", "Tên cũ"]]
    book("duplicate_headings.xlsx", [("Danh sách", data(rows(1, lines)))])


def hostile():
    sheet = data(rows(1, [HEAD, ["Quán A", "1 Lê Lợi", "0905000001"]]))
    entity = ('<!DOCTYPE worksheet [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><worksheet xmlns="%s"><sheetData>'
              '<row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>' % MAIN)
    book("hostile_entities.xlsx", [("Danh sách", entity)])
    book("hostile_declared.xlsx", [("Danh sách", '<dimension ref="A1:XFD1048576"/>' + data(
        rows(1, [HEAD, ["Quán A", "1 Lê Lợi", "0905000001"]]) + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>') +
        merges("A3:XFD1048576"))])
    book("hostile_bomb.xlsx", [("Danh sách", sheet + " " * (72 << 20))])
    book("hostile_columns.xlsx", [("Danh sách", data('<row r="1">' + '<c t="n"><v>1</v></c>' * 20000 + "</row>"))])
    book("hostile_cut.xlsx", [("Danh sách", "<sheetData><row r=\"1\"><c r=\"A1\"><v>1</v>")])


def csv_file(name, data_bytes):
    with open(os.path.join(OUT, name), "wb") as f:
        f.write(data_bytes)


def csvs():
    csv_file("all_text.csv", "Tên cơ sở,Địa chỉ,Điện thoại\nQuán A,1 Lê Lợi,0905000001\nQuán B,3 Lê Lợi,0905000002\n".encode())
    csv_file("semicolon.csv", b"\xef\xbb\xbf" + 'Tên cơ sở;Địa chỉ;Điện thoại\r\n"Quán ""Ba"" A";"1 Lê Lợi\nHải Châu";0905000001\r\n'.encode())
    text = "Tên cơ sở\tĐịa chỉ\tĐiện thoại\r\nQuán A\t1 Lê Lợi, Hải Châu\t0905000001\r\n"
    csv_file("utf16.csv", b"\xff\xfe" + text.encode("utf-16-le"))
    csv_file("utf16_big_no_mark.csv", text.encode("utf-16-be"))
    csv_file("sep.csv", "sep=;\r\nTên cơ sở;Địa chỉ;Điện thoại\r\nQuán A;1, Lê Lợi;0905000001\r\n".encode())
    csv_file("unclosed_quote.csv", 'Tên cơ sở,Địa chỉ,Điện thoại\n"Quán A,1 Lê Lợi,0905000001\nQuán B,3 Lê Lợi,0905000002\nQuán C,5 Lê Lợi,0905000003\n'.encode())
    body = [["Tên cơ sở", "Chủ hộ", "Địa chỉ"], ["Quán cơm Bà Tư", "Nguyễn Thị Tư", "12 Lê Lợi"], ["Phở Hưng", "Trần Văn Hưng", "14 Lê Đình Lý"],
            ["Tiệm thuốc Đức", "Phạm Hữu Đức", "16 Núi Thành"], ["Cà phê Sữa", "Đỗ Thị Sữa", "18 Trưng Nữ Vương"]]
    lines = "\n".join(",".join(line) for line in body) + "\n"
    csv_file("cp1258.csv", to_1258(lines))
    csv_file("tcvn3.csv", to_tcvn3(lines))
    mojibake = [body[0], ["QuÃ¡n Äƒn BÃ  TÆ°", "Nguyễn Thị Tư", "12 LÃª Lá»£i, Háº£i ChÃ¢u"],
                ["Quán Huế", "Trần Huế", "14 Lê Lợi"]]
    csv_file("mojibake.csv", ("\n".join('"' + '","'.join(line) + '"' for line in mojibake) + "\n").encode())
    two_rows = "Danh sách hộ,,,\nSTT,Tên cơ sở,Liên hệ,\n,,Điện thoại,Email\n1,Quán A,0905000001,a@b\n2,Quán B,0905000002,\n"
    csv_file("two_rows.csv", two_rows.encode())


def to_1258(text):
    import unicodedata
    tones = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
    out = b""
    for c in text:
        try:
            out += c.encode("cp1258")
            continue
        except UnicodeEncodeError:
            pass
        parts = unicodedata.normalize("NFD", c)
        base = unicodedata.normalize("NFC", "".join(p for p in parts if p not in tones))
        out += base.encode("cp1258") + "".join(p for p in parts if p in tones).encode("cp1258")
    return out


TCVN3 = dict(zip("àảãáạăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵĂÂÊÔƠƯĐ",
                 bytes([0xB5, 0xB6, 0xB7, 0xB8, 0xB9, 0xA8, 0xBB, 0xBC, 0xBD, 0xBE, 0xC6, 0xA9, 0xC7, 0xC8, 0xC9, 0xCA, 0xCB, 0xAE, 0xCC, 0xCE,
                        0xCF, 0xD0, 0xD1, 0xAA, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8, 0xDC, 0xDD, 0xDE, 0xDF, 0xE1, 0xE2, 0xE3, 0xE4, 0xAB,
                        0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xAC, 0xEA, 0xEB, 0xEC, 0xED, 0xEE, 0xEF, 0xF1, 0xF2, 0xF3, 0xF4, 0xAD, 0xF5, 0xF6, 0xF7,
                        0xF8, 0xF9, 0xFA, 0xFB, 0xFC, 0xFD, 0xFE, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7])))


def to_tcvn3(text):
    return b"".join(bytes([TCVN3[c]]) if c in TCVN3 else c.encode("latin-1") for c in text)


def html():
    csv_file("page.xls", """<html><head><meta charset="utf-8"><style>td { color: red }</style></head><body><table border=1>
<tr><td colspan="4"><b>DANH S&Aacute;CH CƠ SỞ</b></td></tr>
<tr><th rowspan=2>STT</th><th rowspan="2">Tên cơ sở</th><th colspan="2">Thanh toán</th></tr><tr><th>QR</th><th>POS</th></tr>
<tr><td>1</td><td>Quán A &amp; B<br>Cô &#272;ào</td><td>Có</td><td>Không</td></tr><!-- <tr><td>9</td></tr> -->
<tr style="display:none"><td>2<td>Qu&aacute;n C &ndash; Tr&#7847;n Ph&uacute;<td>Không<td>Có
</table></body></html>""".encode())


def gis():
    def collection(crs, geometry, properties):
        head = '"crs":{"type":"name","properties":{"name":"%s"}},' % crs if crs else ""
        return '{"type":"FeatureCollection",%s"features":[{"type":"Feature","properties":%s,"geometry":%s}]}' % (head, properties, geometry)
    names = '{"ten":"Lê Lợi","ma":"D01","ten_khac":"Le Loi;Đường 1"}'
    line = '{"type":"LineString","coordinates":[[%s],[%s]]}'
    csv_file("street_5899.geojson", collection("urn:ogc:def:crs:EPSG::5899", line % ("550149.4422,1774294.5126", "552017.2215,1776334.8271"), names).encode())
    csv_file("street_metres.geojson", collection("", line % ("550149.4422,1774294.5126", "552017.2215,1776334.8271"), names).encode())
    csv_file("street_6959.geojson", collection("urn:ogc:def:crs:EPSG::6959", line % ("550149,1774294", "552017,1776334"), names).encode())
    csv_file("stall_plan.geojson", collection("", '{"type":"Polygon","coordinates":[[[108.22,16.04,5],[108.2201,16.04,5],[108.2201,16.0401,5],[108.22,16.04,5]]]}',
                                              '{"ma_cho":"CHO01","khu":"A","loai":"Ki-ốt","so_sap":"K-05"}').encode())
    osm = """<?xml version="1.0"?><osm version="0.6"><node id="1" lat="16.04" lon="108.22"/><node id="2" lat="16.041" lon="108.221"/>
<node id="3" lat="16.0405" lon="108.2205"><tag k="addr:housenumber" v="12"/><tag k="addr:street" v="Lê Lợi"/></node>
<node id="4" lat="16.042" lon="108.22"/><node id="5" lat="16.042" lon="108.221"/>
<way id="10"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/><tag k="name" v="Lê Lợi"/><tag k="alt_name" v="Le Loi"/></way>
<way id="11"><nd ref="1"/><nd ref="4"/><nd ref="5"/><nd ref="1"/><tag k="natural" v="water"/><tag k="name" v="Hồ Nhỏ"/></way>
<way id="12"><nd ref="1"/><nd ref="5"/><tag k="power" v="line"/></way></osm>"""
    csv_file("extract.osm", osm.encode())


def shapefile():
    """A Shapefile in a ZIP: one point, its .prj a VN-2000 / TM-3 107-45 that says nothing of the shift to WGS84."""
    def header(length, kind, box):
        return struct.pack(">7i", 9994, 0, 0, 0, 0, 0, length) + struct.pack("<2i", 1000, kind) + struct.pack("<8d", *box, 0, 0, 0, 0)
    x, y = 550149.4422, 1774294.5126
    record = struct.pack("<i2d", 1, x, y)
    shp = header(50 + 4 + 10, 1, (x, y, x, y)) + struct.pack(">2i", 1, 10) + record
    shx = header(50 + 4, 1, (x, y, x, y)) + struct.pack(">2i", 50, 10)
    fields = [(b"TEN_CHO", 20), (b"MA_CHO", 10)]
    values = ["Chợ Cồn".encode().ljust(20), b"CHO01".ljust(10)]
    dbf = struct.pack("<4BIHH20x", 3, 126, 11, 22, 1, 32 + 32 * len(fields) + 1, 1 + sum(n for _, n in fields))
    dbf += b"".join(name.ljust(11, b"\0") + b"C" + b"\0" * 4 + bytes([n, 0]) + b"\0" * 14 for name, n in fields) + b"\r"
    dbf += b" " + b"".join(values) + b"\x1a"
    prj = ('PROJCS["VN_2000_TM-3_107-45",GEOGCS["GCS_VN_2000",DATUM["D_Vietnam_2000",SPHEROID["WGS_1984",6378137.0,298.257223563]],'
           'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",500000.0],'
           'PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",107.75],PARAMETER["Scale_Factor",0.9999],'
           'PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]')
    archive("markets_shp.zip", [("cho.shp", shp), ("cho.shx", shx), ("cho.dbf", dbf), ("cho.prj", prj), ("cho.cpg", "UTF-8")])


def main():
    os.makedirs(OUT, exist_ok=True)
    for make in (letterhead, groups, merged_body, hidden, empty_rows, number_formats, lost_zeros, dates, texts, fonts, broken_cells, headings, hostile,
                 csvs, html, gis, shapefile):
        make()


if __name__ == "__main__":
    main()
