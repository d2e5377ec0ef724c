#!/usr/bin/env python3
"""Writes the OpenDocument files of tests/data/import, by hand as the other fixtures (make_fixtures.py): each holds what it is there
for. Run from the root of the project; the same bytes come out every time.
"""
import make_fixtures

NAMESPACES = " ".join('xmlns:%s="urn:oasis:names:tc:opendocument:xmlns:%s:1.0"' % (n, n) for n in ("office", "table", "text", "style", "fo"))
NAMESPACES = NAMESPACES.replace('xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:fo:1.0"', "") + ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'


class Raw(str):
    """XML of a whole cell."""


def cell(value, attributes=""):
    if isinstance(value, Raw):
        return value
    if isinstance(value, tuple):
        return cell(value[0], value[1])
    if value is None or value == "":
        return "<table:table-cell %s/>" % attributes
    if isinstance(value, (int, float)):
        return '<table:table-cell office:value-type="float" office:value="%r" %s><text:p>%r</text:p></table:table-cell>' % (value, attributes, value)
    return '<table:table-cell office:value-type="string" %s><text:p>%s</text:p></table:table-cell>' % (attributes, make_fixtures.escape(value))


def line(values, attributes=""):
    return "<table:table-row %s>%s</table:table-row>" % (attributes, "".join(cell(v) for v in values))


def sheet(name, body, attributes=""):
    return '<table:table table:name="%s" %s>%s</table:table>' % (name, attributes, body)


def content(sheets, styles="", before=""):
    return ('%s<office:document-content %s><office:automatic-styles>%s</office:automatic-styles><office:body><office:spreadsheet>%s'
            "</office:spreadsheet></office:body></office:document-content>" % (before, NAMESPACES, styles, sheets))


def book(name, xml, manifest=""):
    make_fixtures.archive(name, [("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", xml), (
        "META-INF/manifest.xml", '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">%s</manifest:manifest>' % manifest)])


def short_row():
    day = Raw('<table:table-cell office:value-type="date" office:date-value="2024-06-05"><text:p>05/06/2024</text:p></table:table-cell>')
    book("list.ods", content(sheet("Danh sách", line(["Tên cơ sở", "Địa chỉ", "Ngày cấp"]) + line(["Quán A", "1 Lê Lợi", ""]) +
                                   line(["Quán B", "3 Lê Lợi", day]))))


def office():
    """Merges, hidden things, formats, a comment, an old font, cells and rows that stand for many."""
    styles = ('<style:style style:name="ta9" style:family="table"><style:table-properties table:display="false"/></style:style>'
              '<style:style style:name="ce7" style:family="table-cell"><style:text-properties style:font-name=".VnTime"/></style:style>'
              '<style:style style:name="T1" style:family="text"><style:text-properties style:font-name=".VnTime"/></style:style>')
    columns = ('<table:table-column table:number-columns-repeated="3"/><table:table-column table:visibility="collapse"/>'
               '<table:table-column table:number-columns-repeated="16380"/>')
    covered = Raw("<table:covered-table-cell/>")
    phone = Raw('<table:table-cell office:value-type="float" office:value="905123456"><text:p>0905123456</text:p></table:table-cell>')
    long_number = Raw('<table:table-cell office:value-type="float" office:value="48082001234"><text:p>4.81E+10</text:p></table:table-cell>')
    comment = Raw('<table:table-cell office:value-type="string"><office:annotation><text:p>hỏi lại chủ quán</text:p></office:annotation>'
                  '<text:p>Quán <text:span>C</text:span><text:s/>Hai<text:ruby><text:ruby-base>!</text:ruby-base><text:ruby-text>hai</text:ruby-text>'
                  '</text:ruby></text:p></table:table-cell>')
    run = Raw('<table:table-cell office:value-type="string"><text:p><text:span text:style-name="T1">Qu¸n</text:span> Huế</text:p></table:table-cell>')
    day = Raw('<table:table-cell office:value-type="date" office:date-value="2023-02-03T00:00:00"><text:p>3/2</text:p></table:table-cell>')
    uncounted = Raw('<table:table-cell table:formula="of:=[.A1]"/>')
    broken = Raw('<table:table-cell office:value-type="string" office:string-value="" calcext:value-type="error"><text:p>Err:502</text:p></table:table-cell>')
    gap = '<table:table-row table:number-rows-repeated="40"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    tail = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    body = line([("DANH SÁCH CƠ SỞ", 'table:number-columns-spanned="6"')] + [covered] * 5)
    body += line(["Tên đường", "Số nhà", "Tên cơ sở", "Điện thoại", "Mã số thuế", "Địa chỉ"])
    body += line([("Lê Lợi", 'table:number-rows-spanned="3"'), "1", "Quán A", phone, long_number, "1 Lê Lợi"])
    body += line([covered, "3", "Quán B", "0905000002", "0400123456", ""], 'table:visibility="collapse"')
    body += line([covered, day, comment, "", uncounted, broken])
    body += line(["Trần Phú", "2", ("Qu¸n D", 'table:style-name="ce7"'), "", "", ""], 'table:visibility="filter"') + gap
    body += line(["Trần Phú", ("4", 'table:number-columns-repeated="2"'), "", "", run], 'table:number-rows-repeated="2"') + tail
    secret = line(["Tên cơ sở", "Địa chỉ"]) + line(["Quán Ẩn", "9 Lê Lợi"])
    book("office.ods", content(sheet("Nháp", secret, 'table:style-name="ta9"') + sheet("Danh sách", columns + body), styles))


def hostile():
    head = line(["Tên cơ sở", "Địa chỉ", "Điện thoại"])
    book("hostile_bomb.ods", content(sheet("Danh sách", head) + " " * (72 << 20)))
    book("hostile_entities.ods", content(sheet("Danh sách", line(["&b;"])).replace("&amp;", "&"), before='<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">'
                                                                                                    '<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;">]>'))
    book("hostile_repeated.ods", content(sheet("Danh sách", head + line([("x", 'table:number-columns-repeated="16384"')],
                                                                       'table:number-rows-repeated="1048570"'))))
    book("hostile_rows.ods", content(sheet("Danh sách", head + line(["x", "y", "z"], 'table:number-rows-repeated="1048570"') * 8)))
    book("hostile_columns.ods", content(sheet("Danh sách", "<table:table-row>%s</table:table-row>" % (cell(1) * 20000))))
    book("hostile_cut.ods", content(sheet("Danh sách", head))[:-60])
    book("hostile_password.ods", "\x01\x02", '<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>')


if __name__ == "__main__":
    short_row()
    office()
    hostile()
