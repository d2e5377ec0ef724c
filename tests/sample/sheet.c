/* One sheet of the office, CSV or XLSX, written row by row. XLSX documents carry a constant creation date, so
 * that two runs are the same to the byte. */
#include "book.h"

#include <stdlib.h>
#include <string.h>
#include <xlsxwriter.h>

struct sheet {
    const struct layout *layout;
    struct truth *truth;
    FILE *csv;
    lxw_workbook *book;
    lxw_worksheet *page;
    lxw_format *bold, *head, *date, *zeros, *body, *tcvn3, *vni;
    int row; /* rows written so far: the next one has this index */
    int data;
    int merge_from[FIELDS]; /* first row of a running merge of this column, or -1 */
    char merge_text[FIELDS][TEXT];
};

void cell_text(struct row *r, enum field f, const char *text)
{
    r->cell[f].kind = *text ? WORDS : EMPTY;
    put(r->cell[f].text, TEXT, "%s", text);
}

void cell_number(struct row *r, enum field f, double number)
{
    r->cell[f].kind = NUMBER;
    r->cell[f].number = number;
    r->cell[f].text[0] = 0;
}

void cell_date(struct row *r, enum field f, int day)
{
    r->cell[f].kind = DATE;
    r->cell[f].number = day;
}

/* ---- CSV ---- */

static void put_code(struct sheet *s, uint32_t code)
{
    char bytes[TEXT] = "";
    if (s->layout->encoding == UTF16) {
        fputc((int)(code & 0xFF), s->csv);
        fputc((int)(code >> 8), s->csv);
    } else if (s->layout->encoding == CP1258) {
        fputc(text_cp1258(code), s->csv);
    } else {
        text_add(bytes, code);
        fputs(bytes, s->csv);
    }
}

static void put_string(struct sheet *s, const char *text)
{
    char composed[TEXT];
    if (s->layout->encoding == CP1258) {
        text_w1258(composed, text);
        text = composed;
    }
    for (uint32_t c; (c = text_next(&text));)
        put_code(s, c);
}

static void csv_value(struct sheet *s, const char *text)
{
    const char special[] = {s->layout->separator, '"', '\n', 0};
    bool quoted = strpbrk(text, special) != NULL;
    if (quoted)
        put_code(s, '"');
    for (; *text; text++) {
        char one[8] = {*text, 0};
        int n = 1;
        while ((text[1] & 0xC0) == 0x80)
            one[n++] = *++text;
        put_string(s, one);
        if (one[0] == '"')
            put_code(s, '"');
    }
    if (quoted)
        put_code(s, '"');
}

static void csv_cell(struct sheet *s, const struct cell *c)
{
    char text[TEXT] = "";
    if (c->kind == NUMBER)
        put(text, sizeof text, "%.15g", c->number);
    else if (c->kind == DATE)
        date_text((int)c->number, "d/m/y", text);
    else if (c->kind != EMPTY && c->kind != FORMULA && c->kind != MERGED)
        put(text, sizeof text, "%s", c->text);
    csv_value(s, text);
}

static void csv_open(struct sheet *s, const char *path)
{
    s->csv = fopen(path, "wb");
    if (!s->csv)
        return;
    if (s->layout->encoding == UTF8_BOM || s->layout->encoding == UTF16)
        put_code(s, 0xFEFF);
    if (s->layout->sep_line) {
        char line[] = {'s', 'e', 'p', '=', s->layout->separator, '\n', 0};
        put_string(s, line);
        s->row++;
    }
    for (int k = 0; k < s->layout->width; k++) {
        if (k)
            put_code(s, (unsigned char)s->layout->separator);
        csv_value(s, s->layout->columns[k].heading);
    }
    put_string(s, "\r\n");
    s->row++;
}

static void csv_row(struct sheet *s, const struct row *row)
{
    for (int k = 0; k < s->layout->width; k++) {
        if (k)
            put_code(s, (unsigned char)s->layout->separator);
        csv_cell(s, &row->cell[s->layout->columns[k].field]);
    }
    put_string(s, "\r\n");
}

/* ---- XLSX ---- */

static void one_line(struct sheet *s, int column, const char *text, lxw_format *format)
{
    worksheet_write_string(s->page, (lxw_row_t)s->row, (lxw_col_t)column, text, format);
}

static void xlsx_formats(struct sheet *s)
{
    const char *font = s->layout->font;
    s->bold = workbook_add_format(s->book);
    format_set_bold(s->bold);
    s->head = workbook_add_format(s->book);
    format_set_bold(s->head);
    format_set_border(s->head, LXW_BORDER_THIN);
    s->date = workbook_add_format(s->book);
    format_set_num_format(s->date, "dd/mm/yyyy");
    s->zeros = workbook_add_format(s->book);
    format_set_num_format(s->zeros, "000000000000");
    s->body = workbook_add_format(s->book);
    if (font)
        format_set_font_name(s->body, font);
    s->tcvn3 = workbook_add_format(s->book);
    format_set_font_name(s->tcvn3, ".VnTime");
    s->vni = workbook_add_format(s->book);
    format_set_font_name(s->vni, "VNI-Times");
}

static void xlsx_letterhead(struct sheet *s)
{
    int right = s->layout->width > 6 ? s->layout->width - 4 : 3, last = s->layout->width - 1;
    one_line(s, 0, "UBND PHƯỜNG MẪU (dữ liệu mẫu)", s->bold);
    one_line(s, right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", s->bold);
    s->row++;
    one_line(s, 0, "PHÒNG KINH TẾ, HẠ TẦNG VÀ ĐÔ THỊ", NULL);
    one_line(s, right, "Độc lập - Tự do - Hạnh phúc", s->bold);
    s->row += 2;
    worksheet_merge_range(s->page, (lxw_row_t)s->row, 0, (lxw_row_t)s->row, (lxw_col_t)last, s->layout->title,
                          s->bold);
    s->row++;
    one_line(s, 0, "(Số liệu đến ngày 31/10/2026 - dữ liệu mẫu)", NULL);
    s->row += 2;
}

/* Columns under one common heading stand side by side; a column without one is merged over both rows. */
static void xlsx_two_rows(struct sheet *s)
{
    const struct column *c = s->layout->columns;
    lxw_row_t top = (lxw_row_t)s->row;
    for (int k = 0; k < s->layout->width; k++) {
        int n = k;
        if (!c[k].over) {
            worksheet_merge_range(s->page, top, (lxw_col_t)k, top + 1, (lxw_col_t)k, c[k].heading, s->head);
            continue;
        }
        while (n + 1 < s->layout->width && c[n + 1].over && strcmp(c[n + 1].over, c[k].over) == 0)
            n++;
        if (n > k)
            worksheet_merge_range(s->page, top, (lxw_col_t)k, top, (lxw_col_t)n, c[k].over, s->head);
        else
            worksheet_write_string(s->page, top, (lxw_col_t)k, c[k].over, s->head);
        for (; k <= n; k++)
            worksheet_write_string(s->page, top + 1, (lxw_col_t)k, c[k].heading, s->head);
        k = n;
    }
    s->row += 2;
}

static void xlsx_heading(struct sheet *s)
{
    bool two = false;
    for (int k = 0; k < s->layout->width; k++)
        two = two || s->layout->columns[k].over;
    if (two) {
        xlsx_two_rows(s);
    } else {
        for (int k = 0; k < s->layout->width; k++)
            one_line(s, k, s->layout->columns[k].heading, s->head);
        s->row++;
    }
    for (int k = 0; s->layout->letterhead && k < s->layout->width; k++)
        worksheet_write_number(s->page, (lxw_row_t)s->row, (lxw_col_t)k, k + 1, s->head);
    s->row += s->layout->letterhead;
}

/* A draft that was left in the workbook: hidden, so none of its rows is meant to be read. */
static void xlsx_draft(struct sheet *s)
{
    lxw_worksheet *page = workbook_add_worksheet(s->book, "Nháp");
    for (int k = 0; k < s->layout->width; k++)
        worksheet_write_string(page, 0, (lxw_col_t)k, s->layout->columns[k].heading, NULL);
    for (int k = 1; k <= 5; k++)
        for (int c = 0; c < s->layout->width; c++)
            worksheet_write_string(page, (lxw_row_t)k, (lxw_col_t)c, "NHÁP - KHÔNG DÙNG", NULL);
    worksheet_hide(page);
}

static void xlsx_open(struct sheet *s, const char *path)
{
    lxw_doc_properties about = {
        .title = (char *)"Dữ liệu mẫu", .author = (char *)"Phường Mẫu", .created = 1793404800};
    s->book = workbook_new(path);
    if (!s->book)
        return;
    workbook_set_properties(s->book, &about);
    s->page = workbook_add_worksheet(s->book, s->layout->sheet);
    xlsx_formats(s);
    for (int k = 0; k < FIELDS; k++)
        s->merge_from[k] = -1;
    if (s->layout->hidden_column) {
        lxw_row_col_options hide = {.hidden = LXW_TRUE};
        lxw_col_t c = (lxw_col_t)(s->layout->hidden_column - 1);
        worksheet_set_column_opt(s->page, c, c, 10, NULL, &hide);
        xlsx_draft(s);
    }
    if (s->layout->letterhead)
        xlsx_letterhead(s);
    xlsx_heading(s);
}

static void xlsx_rich(struct sheet *s, int column, const char *text)
{
    char first[TEXT] = "";
    const char *at = text;
    for (int k = text_length(text) / 2; k > 0; k--)
        text_add(first, text_next(&at));
    lxw_rich_string_tuple a = {.format = s->bold, .string = first};
    lxw_rich_string_tuple b = {.format = NULL, .string = (char *)at};
    lxw_rich_string_tuple *parts[] = {&a, &b, NULL};
    worksheet_write_rich_string(s->page, (lxw_row_t)s->row, (lxw_col_t)column, parts, NULL);
}

static void xlsx_cell(struct sheet *s, int column, const struct cell *c)
{
    lxw_row_t row = (lxw_row_t)s->row;
    lxw_col_t col = (lxw_col_t)column;
    if (c->kind == WORDS)
        worksheet_write_string(s->page, row, col, c->text, s->layout->font ? s->body : NULL);
    else if (c->kind == NUMBER)
        worksheet_write_number(s->page, row, col, c->number, c->text[0] ? s->zeros : NULL);
    else if (c->kind == DATE)
        worksheet_write_number(s->page, row, col, c->number + 25569, s->date);
    else if (c->kind == FAILED)
        worksheet_write_formula_str(s->page, row, col, "=NA()", NULL, c->text);
    else if (c->kind == FORMULA)
        worksheet_write_formula_str(s->page, row, col, c->text, NULL, "");
    else if (c->kind == RICH)
        xlsx_rich(s, column, c->text);
    else if (c->kind == IN_TCVN3 || c->kind == IN_VNI)
        worksheet_write_string(s->page, row, col, c->text, c->kind == IN_VNI ? s->vni : s->tcvn3);
}

/* Closes the running merge of a column when the new row no longer belongs to it. */
static void xlsx_merge(struct sheet *s, int column, const struct cell *c)
{
    int *from = &s->merge_from[column];
    bool goes_on = c && c->kind == MERGED;
    if (*from >= 0 && !goes_on) {
        if (s->row - 1 > *from)
            worksheet_merge_range(s->page, (lxw_row_t)*from, (lxw_col_t)column, (lxw_row_t)(s->row - 1),
                                  (lxw_col_t)column, s->merge_text[column], NULL);
        *from = -1;
    }
    if (c && !goes_on && c->kind == WORDS) {
        *from = s->row;
        put(s->merge_text[column], TEXT, "%s", c->text);
    }
}

static void xlsx_row(struct sheet *s, const struct row *row)
{
    lxw_row_col_options hide = {.hidden = LXW_TRUE};
    for (int k = 0; k < s->layout->width; k++) {
        const struct cell *c = &row->cell[s->layout->columns[k].field];
        xlsx_merge(s, k, c);
        xlsx_cell(s, k, c);
    }
    if (row->hidden)
        worksheet_set_row_opt(s->page, (lxw_row_t)s->row, LXW_DEF_ROW_HEIGHT, NULL, &hide);
}

static void xlsx_signature(struct sheet *s)
{
    char total[80];
    int right = s->layout->width > 6 ? s->layout->width - 4 : 3;
    put(total, sizeof total, "Tổng cộng: %d dòng", s->data);
    one_line(s, 1, total, s->bold);
    s->row += 2;
    one_line(s, right, "Phường Mẫu, ngày 31 tháng 10 năm 2026", NULL);
    s->row++;
    one_line(s, 1, "NGƯỜI LẬP BIỂU", s->bold);
    one_line(s, right, "TRƯỞNG PHÒNG", s->bold);
    s->row++;
    one_line(s, 1, "(Ký, ghi rõ họ tên)", NULL);
    one_line(s, right, "(Ký, đóng dấu)", NULL);
    s->row += 4;
    one_line(s, 1, "Người Lập Mẫu", NULL);
}

/* Rows that were only ever formatted: a reader that trusts the sheet's size sees thousands of rows more. */
static void xlsx_empty_rows(struct sheet *s)
{
    for (int k = 0; k < 3000; k++)
        worksheet_write_blank(s->page, (lxw_row_t)(s->row + k), 1, s->head);
}

/* ---- door ---- */

static bool has_two_rows(const struct layout *l)
{
    for (int k = 0; k < l->width; k++)
        if (l->columns[k].over)
            return true;
    return false;
}

static bool has_twins(const struct layout *l)
{
    for (int k = 0; k < l->width; k++)
        for (int n = 0; n < k; n++)
            if (strcmp(l->columns[k].heading, l->columns[n].heading) == 0)
                return true;
    return false;
}

/* Traps that belong to the whole file, not to one row of it. */
static void tell_traps(const struct layout *l, struct truth *t)
{
    const struct {
        bool set;
        const char *trap;
    } traps[] = {
        {l->letterhead, "letterhead"},
        {l->letterhead, "column_number_row"},
        {l->letterhead, "total_and_signature"},
        {has_two_rows(l), "two_row_heading"},
        {has_twins(l), "duplicate_heading"},
        {l->hidden_column > 0, "hidden_column"},
        {l->hidden_column > 0, "hidden_sheet"},
        {l->hidden_column > 0, "empty_formatted_rows"},
        {l->sep_line, "sep_line"},
        {l->separator == ';', "semicolons"},
        {l->encoding == UTF8_BOM, "utf8_bom"},
        {l->encoding == UTF16, "utf16"},
        {l->encoding == CP1258, "cp1258_bytes"},
        {l->font != NULL, "font_vntime"},
    };
    for (size_t k = 0; k < sizeof traps / sizeof *traps; k++)
        if (traps[k].set)
            truth_trap(t, l->path, traps[k].trap);
}

struct sheet *sheet_open(const struct layout *layout, const char *folder, struct truth *truth)
{
    char path[512];
    struct sheet *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->layout = layout;
    s->truth = truth;
    put(path, sizeof path, "%s/%s", folder, layout->path);
    if (layout->separator)
        csv_open(s, path);
    else
        xlsx_open(s, path);
    tell_traps(layout, truth);
    if (s->csv || s->book)
        return s;
    free(s);
    return NULL;
}

void sheet_group(struct sheet *s, const char *text)
{
    for (int k = 0; k < s->layout->width; k++)
        xlsx_merge(s, k, NULL);
    one_line(s, 0, text, s->bold);
    s->row++;
}

void sheet_blank(struct sheet *s)
{
    s->row++;
}

/* The zone of a stall may stand in a row of its own. */
static bool is_shown(const struct layout *layout, enum field f)
{
    for (int k = 0; k < layout->width; k++)
        if (layout->columns[k].field == f)
            return true;
    return f == F_ZONE;
}

void sheet_row(struct sheet *s, struct row *row)
{
    s->data++;
    if (row->cell[F_COUNT].kind == EMPTY)
        cell_number(row, F_COUNT, s->data);
    if (s->csv)
        csv_row(s, row);
    else
        xlsx_row(s, row);
    s->row++;
    for (int f = 0; f < FIELDS; f++)
        row->clean[f].told = row->clean[f].told && is_shown(s->layout, (enum field)f);
    struct row_place at = {s->layout->path, s->csv ? "" : s->layout->sheet, s->layout->kind, s->row};
    truth_row(s->truth, &at, row);
}

bool sheet_close(struct sheet *s)
{
    bool fine;
    if (s->csv) {
        fine = fclose(s->csv) == 0;
    } else {
        for (int k = 0; k < s->layout->width; k++)
            xlsx_merge(s, k, NULL);
        if (s->layout->letterhead)
            xlsx_signature(s);
        if (s->layout->hidden_column)
            xlsx_empty_rows(s);
        fine = workbook_close(s->book) == LXW_NO_ERROR;
    }
    free(s);
    return fine;
}

struct truth *sheet_truth(struct sheet *s)
{
    return s->truth;
}
