/* xls: rows of one sheet of a binary Excel file (Excel 5 to 2003), as a clerk still has them from 2009.
 *
 * FreeXL, which GDAL uses, knows no results of formulas, formats, merged cells, hidden rows or fonts
 * (docs/decisions); so we read the records ourselves. A sheet is gone through once: which record holds which
 * cell, merges, what is hidden; then rows are made one by one. Law: a cell's text is what a person sees. */
#include "import/xls.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_MAX = 65536, COLUMNS_MAX = 256, CELL_HEAD = 6, MANY_HEAD = 4, RK_BYTES = 6 };

/* The record of a cell, or of several beside each other. */
struct found {
    uint32_t place; /* row << 16 | first column */
    uint32_t at;    /* in the stream */
};

struct xls {
    struct sheet sheet; /* first, so that the two pointers are one */
    const char *path;
    struct buf stream;
    struct xls_book book;
    struct found *found;
    uint32_t found_count, found_capacity, next;
    uint32_t result_count; /* formulas that were ever computed */
    bool is_row_hidden[ROWS_MAX], is_column_hidden[COLUMNS_MAX];
    struct cell cells[COLUMNS_MAX];
    struct arena row_memory;
};

/* --- going through a sheet --- */

/* What stands in a formula's record where its number would be. */
enum { RESULT_TEXT, RESULT_BOOL, RESULT_ERROR, RESULT_EMPTY };

static bool holds_cells(unsigned id)
{
    return id == XLS_FORMULA || id == XLS_MANY_RK || id == XLS_RICH_LABEL || id == XLS_SHARED_LABEL ||
           id == XLS_NUMBER || id == XLS_LABEL || id == XLS_BOOL_OR_ERROR || id == XLS_RK;
}

static bool note_cell(struct xls *x, const struct xls_record *r, size_t at)
{
    if (r->n < CELL_HEAD || xls_u16(r->p + 2) >= COLUMNS_MAX) {
        return true;
    }
    if (x->found_count == x->found_capacity) {
        uint32_t capacity = x->found_capacity ? x->found_capacity * 2 : 4096;
        struct found *grown = realloc(x->found, capacity * sizeof *grown);
        if (!grown) {
            return false;
        }
        x->found = grown;
        x->found_capacity = capacity;
    }
    x->found[x->found_count++] =
        (struct found){(uint32_t)xls_u16(r->p) << 16 | xls_u16(r->p + 2), (uint32_t)at};
    return true;
}

static void note_merges(struct xls *x, const struct xls_record *r)
{
    unsigned count = r->n >= 2 ? xls_u16(r->p) : 0;
    for (unsigned i = 0; i < count && 2 + (i + 1) * 8 <= r->n; i++) {
        const uint8_t *p = r->p + 2 + i * 8;
        struct merge m = {xls_u16(p) + 1, xls_u16(p + 4), xls_u16(p + 2) + 1, xls_u16(p + 6)};
        sheet_note_merge(&x->sheet, m);
    }
}

static void note_row(struct xls *x, const struct xls_record *r)
{
    enum { HIDDEN = 0x20 };
    if (r->n >= 16 && xls_u16(r->p) < ROWS_MAX) {
        x->is_row_hidden[xls_u16(r->p)] = (r->p[12] & HIDDEN) != 0;
    }
}

static void note_columns(struct xls *x, const struct xls_record *r)
{
    if (r->n < 10 || !(r->p[8] & 1)) {
        return;
    }
    for (unsigned c = xls_u16(r->p); c <= xls_u16(r->p + 2) && c < COLUMNS_MAX; c++) {
        x->is_column_hidden[c] = true;
        x->sheet.hidden_column_count = COLUMNS_MAX;
    }
}

static int by_place(const void *a, const void *b)
{
    const struct found *m = a, *n = b;
    return m->place != n->place ? (m->place < n->place ? -1 : 1) : (m->at > n->at) - (m->at < n->at);
}

/* Programs write cells by row; nothing says that they must. */
static void put_in_order(struct xls *x)
{
    struct sheet *s = &x->sheet;
    uint32_t i = 1;
    while (i < x->found_count && x->found[i - 1].place <= x->found[i].place) {
        i++;
    }
    if (i < x->found_count) {
        qsort(x->found, x->found_count, sizeof *x->found, by_place);
    }
    sheet_sort_merges(s);
    for (uint32_t k = 0; k < x->found_count; k++) {
        s->row_estimate += k == 0 || x->found[k].place >> 16 != x->found[k - 1].place >> 16;
    }
}

/* Excel keeps every result, be it the empty text. Programs that leave the computing to Excel write the empty
 * text everywhere: then no formula of the sheet has a result. */
static void note_result(struct xls *x, const struct xls_record *r)
{
    bool is_empty =
        r->n < CELL_HEAD + 8 || (xls_u16(r->p + CELL_HEAD + 6) == 0xFFFF && r->p[CELL_HEAD] == RESULT_EMPTY);
    x->result_count += !is_empty;
}

/* A chart inside the sheet begins and ends like a sheet of its own. */
static bool read_sheet(struct xls *x, size_t at, struct fault *f)
{
    struct slice stream = x->book.stream;
    struct xls_record r;
    int depth = 0;
    for (; xls_record_at(stream, at, &r); at = r.next) {
        depth += r.id == XLS_BEGIN ? 1 : r.id == XLS_END ? -1 : 0;
        if (depth <= 0) {
            break;
        }
        if (depth > 1) {
            continue;
        }
        if (holds_cells(r.id) && !note_cell(x, &r, at)) {
            return fault_set(f, FAULT_INTERNAL, x->path, "hết bộ nhớ");
        }
        if (r.id == XLS_FORMULA) {
            note_result(x, &r);
        } else if (r.id == XLS_ROW) {
            note_row(x, &r);
        } else if (r.id == XLS_COLUMNS) {
            note_columns(x, &r);
        } else if (r.id == XLS_MERGES) {
            note_merges(x, &r);
        }
    }
    if (depth > 0 && r.id != XLS_END) {
        return fault_set(f, FAULT_FILE_FORMAT, x->path, "tệp .xls bị cắt giữa chừng hoặc chưa tải hết");
    }
    put_in_order(x);
    return true;
}

/* --- one cell --- */

static const struct style *style_at(const struct xls *x, unsigned index)
{
    return index < x->book.style_count ? &x->book.styles[index] : NULL;
}

static enum font font_at(const struct xls *x, unsigned index)
{
    const struct style *style = style_at(x, index);
    return style ? style->font : FONT_UNICODE;
}

static void set_number(struct xls *x, struct cell *c, unsigned style, double v)
{
    if (isfinite(v)) {
        cell_set_number(c, v, style_at(x, style), x->book.is_1904, &x->row_memory);
    } else {
        *c = (struct cell){.kind = CELL_ERROR, .text = SLICE("#NUM!")};
    }
}

static double rk_value(uint32_t rk)
{
    double v;
    if (rk & 2) {
        v = (int32_t)rk >> 2;
    } else {
        uint64_t bits = (uint64_t)(rk & ~(uint32_t)3) << 32;
        memcpy(&v, &bits, sizeof v);
    }
    return rk & 1 ? v / 100 : v;
}

static void set_bool_or_error(struct cell *c, unsigned value, bool is_error)
{
    static const struct {
        unsigned code;
        const char *text;
    } ERRORS[] = {{0x00, "#NULL!"}, {0x07, "#DIV/0!"}, {0x0F, "#VALUE!"}, {0x17, "#REF!"},
                  {0x1D, "#NAME?"}, {0x24, "#NUM!"},   {0x2A, "#N/A"}};
    if (!is_error) {
        *c = (struct cell){.kind = CELL_BOOL, .number = value != 0};
        c->text = value ? SLICE("TRUE") : SLICE("FALSE");
        return;
    }
    *c = (struct cell){.kind = CELL_ERROR, .text = SLICE("#VALUE!")};
    for (size_t i = 0; i < COUNT_OF(ERRORS); i++) {
        c->text = ERRORS[i].code == value ? slice_of(ERRORS[i].text) : c->text;
    }
}

static void set_text(struct xls *x, struct cell *c, unsigned style, struct xls_cursor at)
{
    struct xls_text text = {0};
    if (x->book.is_old) {
        xls_take_bytes(&at, false, font_at(x, style), &text);
    } else {
        xls_take_text(&at, &x->book, false, font_at(x, style), &text);
    }
    c->kind = text.plain.n ? CELL_TEXT : CELL_EMPTY;
    c->text = arena_slice(&x->row_memory, buf_to_slice(&text.plain));
    c->flags |= text.was_decoded ? CELL_DECODED : 0;
    buf_release(&text.plain);
}

/* The text that a formula gave stands in the record behind it, or behind what describes a shared formula. */
static void set_formula_text(struct xls *x, struct cell *c, unsigned style, const struct xls_record *formula)
{
    enum { BETWEEN = 3 };
    struct xls_record r = *formula;
    for (int i = 0; i < BETWEEN && xls_record_at(x->book.stream, r.next, &r); i++) {
        if (r.id == XLS_STRING) {
            set_text(x, c, style, xls_cursor_of(x->book.stream, &r, 0));
            return;
        }
        if (holds_cells(r.id)) {
            break;
        }
    }
    *c = (struct cell){.kind = CELL_ERROR, .flags = CELL_NO_RESULT};
}

static void set_formula(struct xls *x, struct cell *c, const struct xls_record *r)
{
    unsigned style = xls_u16(r->p + 4);
    const uint8_t *result = r->p + CELL_HEAD;
    if (r->n < CELL_HEAD + 10) {
        return;
    }
    bool is_promise = x->result_count == 0;
    if (xls_u16(result + 6) != 0xFFFF) {
        set_number(x, c, style, xls_real(result));
    } else if (result[0] == RESULT_TEXT) {
        set_formula_text(x, c, style, r);
    } else if (result[0] == RESULT_EMPTY) {
        c->kind = is_promise ? CELL_ERROR : CELL_EMPTY;
        c->flags |= is_promise ? CELL_NO_RESULT : 0;
    } else {
        set_bool_or_error(c, result[2], result[0] == RESULT_ERROR);
    }
}

static void set_shared(struct xls *x, struct cell *c, const struct xls_record *r)
{
    uint32_t index = r->n >= CELL_HEAD + 4 ? xls_u32(r->p + CELL_HEAD) : UINT32_MAX;
    if (index < x->book.string_count) {
        set_text(x, c, xls_u16(r->p + 4), x->book.strings[index]);
    } else {
        *c = (struct cell){.kind = CELL_ERROR, .text = SLICE("#REF!")};
    }
}

static void set_cell(struct xls *x, struct cell *c, const struct xls_record *r)
{
    unsigned style = xls_u16(r->p + 4);
    *c = (struct cell){0};
    switch (r->id) {
    case XLS_NUMBER:
        if (r->n >= CELL_HEAD + 8) {
            set_number(x, c, style, xls_real(r->p + CELL_HEAD));
        }
        break;
    case XLS_RK:
        if (r->n >= CELL_HEAD + 4) {
            set_number(x, c, style, rk_value(xls_u32(r->p + CELL_HEAD)));
        }
        break;
    case XLS_BOOL_OR_ERROR:
        if (r->n >= CELL_HEAD + 2) {
            set_bool_or_error(c, r->p[CELL_HEAD], r->p[CELL_HEAD + 1] != 0);
        }
        break;
    case XLS_LABEL:
    case XLS_RICH_LABEL: set_text(x, c, style, xls_cursor_of(x->book.stream, r, CELL_HEAD)); break;
    case XLS_SHARED_LABEL: set_shared(x, c, r); break;
    default: set_formula(x, c, r); break;
    }
}

/* --- rows --- */

static struct cell *cell_at(struct xls *x, struct sheet_row *row, unsigned column)
{
    while (row->count <= column) {
        x->cells[row->count++] = (struct cell){0};
    }
    return &x->cells[column];
}

static void set_many(struct xls *x, struct sheet_row *row, const struct xls_record *r)
{
    unsigned column = xls_u16(r->p + 2);
    for (size_t at = MANY_HEAD; at + RK_BYTES + 2 <= r->n && column < COLUMNS_MAX; at += RK_BYTES, column++) {
        struct cell *c = cell_at(x, row, column);
        *c = (struct cell){0};
        set_number(x, c, xls_u16(r->p + at), rk_value(xls_u32(r->p + at + 2)));
    }
}

static void read_cells(struct xls *x, struct sheet_row *row, uint32_t number)
{
    while (x->next < x->found_count && x->found[x->next].place >> 16 == number) {
        struct xls_record r;
        const struct found *found = &x->found[x->next++];
        if (!xls_record_at(x->book.stream, found->at, &r)) {
            continue;
        }
        if (r.id == XLS_MANY_RK) {
            set_many(x, row, &r);
        } else {
            set_cell(x, cell_at(x, row, found->place & 0xFFFF), &r);
        }
    }
}

static bool xls_next(struct sheet *s, struct sheet_row *row, struct fault *f)
{
    struct xls *x = (struct xls *)s;
    (void)f;
    if (x->next >= x->found_count) {
        return false;
    }
    uint32_t number = x->found[x->next].place >> 16;
    arena_reset(&x->row_memory);
    *row = (struct sheet_row){.number = number + 1, .is_hidden = x->is_row_hidden[number], .cells = x->cells};
    read_cells(x, row, number);
    for (uint32_t i = 0; i < row->count; i++) {
        x->cells[i].flags |= row->is_hidden || x->is_column_hidden[i] ? CELL_HIDDEN : 0;
    }
    return true;
}

static bool xls_select(struct sheet *s, uint32_t index, struct fault *f)
{
    struct xls *x = (struct xls *)s;
    x->found_count = x->next = x->result_count = 0;
    s->merge_count = s->hidden_column_count = 0;
    s->row_estimate = 0;
    s->hidden_columns = x->is_column_hidden;
    memset(x->is_row_hidden, 0, sizeof x->is_row_hidden);
    memset(x->is_column_hidden, 0, sizeof x->is_column_hidden);
    return read_sheet(x, x->book.sheet_at[index], f);
}

static void xls_close(struct sheet *s)
{
    struct xls *x = (struct xls *)s;
    xls_book_release(&x->book);
    buf_release(&x->stream);
    arena_release(&x->row_memory);
    arena_release(&s->memory);
    free(s->merges);
    free(x->found);
    free(x);
}

bool xls_open(struct sheet **out, const char *path, struct fault *f)
{
    static const struct sheet_reader reader = {xls_select, xls_next, xls_close};
    struct xls *x = calloc(1, sizeof *x);
    if (!x) {
        return fault_set(f, FAULT_INTERNAL, path, "hết bộ nhớ");
    }
    x->path = path;
    x->sheet.reader = &reader;
    x->sheet.format = "XLS";
    x->sheet.fallback = TEXT_CP1258;
    if (!xls_file_read(path, &x->stream, f) || !xls_book_read(&x->book, buf_to_slice(&x->stream), path, f)) {
        xls_close(&x->sheet);
        return false;
    }
    x->sheet.names = x->book.names;
    x->sheet.name_count = x->book.sheet_count;
    *out = &x->sheet;
    return true;
}
