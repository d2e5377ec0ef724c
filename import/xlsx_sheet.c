/* xlsx_sheet: rows of one sheet of an XLSX workbook, streamed.
 *
 * Each sheet is read twice: first for what stands behind the rows but is needed before them (merged cells,
 * hidden columns, how many rows), then row by row: the XML parser pauses at each </row>. Law: a cell's text
 * is what a person sees; what the file does not tell (a formula never computed) is said, not guessed. */
#include "import/xlsx.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CELL_BYTES_MAX = 1 << 20, ROWS_MAX = 1 << 20 };

enum cell_type { TYPE_NUMBER, TYPE_SHARED, TYPE_STRING, TYPE_BOOL, TYPE_ERROR, TYPE_DATE };

struct xlsx {
    struct sheet sheet; /* first, so that the two pointers are one */
    struct archive *archive;
    struct book book;
    struct xml_stream *stream;
    struct arena row_memory;
    /* the row being read */
    struct sheet_row row;
    uint32_t cell_capacity;
    bool is_row_ready;
    /* the cell being read */
    uint32_t column, style;
    enum cell_type type;
    struct buf text, run;
    enum font run_font;
    bool is_in_value, is_in_text, is_phonetic, has_formula, has_value, was_decoded;
    bool *hidden; /* by column */
};

/* --- references --- */

/* "BC23" → column 54 (from 0) and row 23; 0 for a row that is not told. */
static bool read_reference(const char *text, uint32_t *column, uint32_t *row)
{
    uint32_t c = 0, r = 0;
    while (*text >= 'A' && *text <= 'Z' && c <= SHEET_COLUMNS_MAX) {
        c = c * 26 + (uint32_t)(*text++ - 'A' + 1);
    }
    while (*text >= '0' && *text <= '9' && r <= ROWS_MAX) {
        r = r * 10 + (uint32_t)(*text++ - '0');
    }
    *column = c - 1;
    *row = r;
    return c > 0 && c <= SHEET_COLUMNS_MAX && r <= ROWS_MAX;
}

static uint32_t to_uint(const char *text, uint32_t otherwise)
{
    int64_t v;
    return text && slice_to_int(slice_of(text), &v) && v >= 0 && v <= UINT32_MAX ? (uint32_t)v : otherwise;
}

/* --- first reading --- */

static void note_hidden_columns(struct xlsx *x, const char **atts)
{
    uint32_t first = to_uint(xml_get(atts, "min"), 0), last = to_uint(xml_get(atts, "max"), 0);
    if (!xml_is_true(xml_get(atts, "hidden")) || first == 0) {
        return;
    }
    for (uint32_t c = first; c <= last && c <= SHEET_COLUMNS_MAX; c++) {
        x->hidden[c - 1] = true;
        x->sheet.hidden_column_count = SHEET_COLUMNS_MAX;
    }
}

static void note_merge(struct xlsx *x, const char *reference)
{
    const char *colon = reference ? strchr(reference, ':') : NULL;
    struct merge m;
    if (colon && read_reference(reference, &m.left, &m.top) &&
        read_reference(colon + 1, &m.right, &m.bottom)) {
        sheet_note_merge(&x->sheet, m);
    }
}

static void on_first(void *context, const char *name, const char **atts)
{
    struct xlsx *x = context;
    if (strcmp(name, "v") == 0 || strcmp(name, "is") == 0) {
        x->is_row_ready = true;
    } else if (strcmp(name, "row") == 0) {
        x->is_row_ready = false;
    } else if (strcmp(name, "col") == 0) {
        note_hidden_columns(x, atts);
    } else if (strcmp(name, "mergeCell") == 0) {
        note_merge(x, xml_get(atts, "ref"));
    }
}

static void on_first_end(void *context, const char *name)
{
    struct xlsx *x = context;
    if (strcmp(name, "row") == 0 && x->is_row_ready) {
        x->sheet.row_estimate++;
    }
}

static bool read_first(struct xlsx *x, const char *member, struct fault *f)
{
    struct xml_handler handler = {x, on_first, on_first_end, NULL};
    struct xml_stream *stream;
    struct fault local = {0};
    if (!xml_open(&stream, x->archive, member, &handler, f)) {
        return false;
    }
    while (xml_run(stream, &local)) {
    }
    xml_close(stream);
    sheet_sort_merges(&x->sheet);
    x->is_row_ready = false;
    return local.code == FAULT_NONE || fault_set(f, local.code, local.place, "%s", local.text);
}

/* --- cells --- */

static struct slice keep(struct xlsx *x, struct slice text)
{
    return arena_slice(&x->row_memory, text);
}

static void finish_number(struct xlsx *x, struct cell *c, const struct style *style)
{
    struct slice typed = slice_trim(buf_to_slice(&x->text));
    char *end, *digits = arena_text(&x->row_memory, typed);
    double v = strtod(digits, &end);
    if (typed.n == 0 || *end != '\0' || !isfinite(v)) {
        c->kind = CELL_TEXT;
        c->text = slice_of(digits);
        return;
    }
    cell_set_number(c, v, style, x->book.is_1904, &x->row_memory);
}

static void finish_text(struct xlsx *x, struct cell *c, const struct style *style)
{
    struct buf plain = {0};
    c->kind = CELL_TEXT;
    if (!x->was_decoded && style && font_decode(style->font, c->text, &plain)) {
        c->text = keep(x, buf_to_slice(&plain));
        x->was_decoded = true;
    }
    c->flags |= x->was_decoded ? CELL_DECODED : 0;
    buf_release(&plain);
}

static void finish_iso_date(struct xlsx *x, struct cell *c)
{
    struct slice text = buf_to_slice(&x->text);
    struct slice day = {text.p, text.n < 10 ? text.n : 10};
    c->text = keep(x, text);
    c->kind = date_parse_iso(day, &c->date) ? CELL_DATE : CELL_TEXT;
    c->number = c->kind == CELL_DATE ? date_to_days(c->date) + 25569 : 0;
}

static void finish_shared(struct xlsx *x, struct cell *c, const struct style *style)
{
    int64_t index;
    if (!slice_to_int(slice_trim(buf_to_slice(&x->text)), &index) || index < 0 ||
        !book_string(&x->book, (uint64_t)index, &c->text, &x->was_decoded)) {
        c->kind = CELL_ERROR;
        c->text = SLICE("#REF!");
        return;
    }
    finish_text(x, c, style);
}

static void finish_cell(struct xlsx *x, struct cell *c)
{
    const struct style *style = x->style < x->book.style_count ? &x->book.styles[x->style] : NULL;
    if (!x->has_value) {
        c->kind = x->has_formula ? CELL_ERROR : CELL_EMPTY;
        c->flags |= x->has_formula ? CELL_NO_RESULT : 0;
        return;
    }
    switch (x->type) {
    case TYPE_NUMBER: finish_number(x, c, style); break;
    case TYPE_SHARED: finish_shared(x, c, style); break;
    case TYPE_STRING:
        c->text = keep(x, buf_to_slice(&x->text));
        finish_text(x, c, style);
        break;
    case TYPE_BOOL:
        c->kind = CELL_BOOL;
        c->number = x->text.n == 1 && x->text.p[0] == '1';
        c->text = c->number != 0 ? SLICE("TRUE") : SLICE("FALSE");
        break;
    case TYPE_ERROR:
        c->kind = CELL_ERROR;
        c->text = keep(x, buf_to_slice(&x->text));
        break;
    case TYPE_DATE: finish_iso_date(x, c); break;
    }
}

/* Makes room up to the current column, with empty cells between; NULL when memory is short. */
static struct cell *cell_at(struct xlsx *x)
{
    struct sheet_row *row = &x->row;
    if (x->column >= x->cell_capacity) {
        uint32_t capacity = (x->column + 1) * 2;
        struct cell *cells = realloc(row->cells, capacity * sizeof *cells);
        if (!cells) {
            return NULL;
        }
        row->cells = cells;
        x->cell_capacity = capacity;
    }
    while (row->count <= x->column) {
        row->cells[row->count++] = (struct cell){0};
    }
    return &row->cells[x->column];
}

/* _x000D_ and its like stand for characters XML cannot hold. */
static void unescape(struct buf *b)
{
    size_t out = 0;
    for (size_t i = 0; i < b->n; i++) {
        const char *p = b->p + i;
        if (b->n - i >= 7 && memcmp(p, "_x00", 4) == 0 && p[6] == '_' &&
            strspn(p + 4, "0123456789ABCDEFabcdef") >= 2) {
            char hex[3] = {p[4], p[5], 0};
            b->p[out++] = (char)(strtol(hex, NULL, 16) & 0x7F);
            i += 6;
        } else {
            b->p[out++] = *p;
        }
    }
    b->n = out;
}

static enum cell_type type_of(const char *t)
{
    static const struct {
        const char *name;
        enum cell_type type;
    } types[] = {{"s", TYPE_SHARED}, {"str", TYPE_STRING}, {"inlineStr", TYPE_STRING},
                 {"b", TYPE_BOOL},   {"e", TYPE_ERROR},    {"d", TYPE_DATE}};
    for (size_t i = 0; t && i < COUNT_OF(types); i++) {
        if (strcmp(t, types[i].name) == 0) {
            return types[i].type;
        }
    }
    return TYPE_NUMBER;
}

/* --- second reading --- */

static void start_row(struct xlsx *x, const char **atts)
{
    arena_reset(&x->row_memory);
    x->row.number = to_uint(xml_get(atts, "r"), x->row.number + 1);
    x->row.is_hidden = xml_is_true(xml_get(atts, "hidden"));
    x->row.count = 0;
    x->column = UINT32_MAX; /* the next column is 0 */
}

static void start_cell(struct xlsx *x, const char **atts)
{
    const char *reference = xml_get(atts, "r");
    uint32_t column = x->column + 1, row;
    if (reference && !read_reference(reference, &column, &row)) {
        xml_fail(x->stream, FAULT_FILE_FORMAT, "vị trí ô không đọc được");
        return;
    }
    if (column >= SHEET_COLUMNS_MAX) {
        xml_fail(x->stream, FAULT_TOO_LARGE, "một dòng có hơn 16384 cột");
        return;
    }
    x->column = column;
    x->style = to_uint(xml_get(atts, "s"), 0);
    x->type = type_of(xml_get(atts, "t"));
    x->has_formula = x->has_value = x->was_decoded = x->is_phonetic = false;
    x->run_font = FONT_UNICODE;
    buf_reset(&x->text);
}

static void on_start(void *context, const char *name, const char **atts)
{
    struct xlsx *x = context;
    if (strcmp(name, "row") == 0) {
        start_row(x, atts);
    } else if (strcmp(name, "c") == 0) {
        start_cell(x, atts);
    } else if (strcmp(name, "v") == 0) {
        x->is_in_value = true;
        buf_reset(&x->text);
    } else if (strcmp(name, "f") == 0) {
        x->has_formula = true;
    } else if (strcmp(name, "r") == 0) {
        x->run_font = FONT_UNICODE;
    } else if (strcmp(name, "rFont") == 0) {
        x->run_font = font_of(xml_get(atts, "val"));
    } else if (strcmp(name, "rPh") == 0) {
        x->is_phonetic = true;
    } else if (strcmp(name, "t") == 0) {
        x->is_in_text = !x->is_phonetic;
        buf_reset(&x->run);
    }
}

static void on_text(void *context, const char *p, int n)
{
    struct xlsx *x = context;
    struct buf *to = x->is_in_value ? &x->text : x->is_in_text ? &x->run : NULL;
    if (to && x->text.n + x->run.n + (size_t)n > CELL_BYTES_MAX) {
        xml_fail(x->stream, FAULT_FILE_TOO_LARGE, "một ô chứa quá nhiều chữ");
    } else if (to) {
        buf_add(to, p, (size_t)n);
    }
}

static void end_cell(struct xlsx *x)
{
    struct cell *c = cell_at(x);
    if (!c) {
        xml_fail(x->stream, FAULT_TOO_LARGE, "hết bộ nhớ");
        return;
    }
    unescape(&x->text);
    *c = (struct cell){0};
    finish_cell(x, c);
    bool is_hidden = x->row.is_hidden || (x->column < x->sheet.hidden_column_count && x->hidden[x->column]);
    c->flags |= is_hidden ? CELL_HIDDEN : 0;
}

static void end_run(struct xlsx *x)
{
    if (font_decode(x->run_font, buf_to_slice(&x->run), &x->text)) {
        x->was_decoded = true;
    } else {
        buf_slice(&x->text, buf_to_slice(&x->run));
    }
    buf_reset(&x->run);
    x->is_in_text = false;
    x->has_value = true;
}

static bool has_values(const struct sheet_row *row)
{
    for (uint32_t i = 0; i < row->count; i++) {
        if (row->cells[i].kind != CELL_EMPTY) {
            return true;
        }
    }
    return false;
}

static void on_end(void *context, const char *name)
{
    struct xlsx *x = context;
    if (strcmp(name, "v") == 0) {
        x->is_in_value = false;
        x->has_value = x->text.n > 0 || x->type != TYPE_NUMBER;
    } else if (strcmp(name, "t") == 0 && x->is_in_text) {
        end_run(x);
    } else if (strcmp(name, "rPh") == 0) {
        x->is_phonetic = false;
    } else if (strcmp(name, "c") == 0) {
        end_cell(x);
    } else if (strcmp(name, "row") == 0 && has_values(&x->row)) {
        x->is_row_ready = true;
        xml_pause(x->stream);
    }
}

/* --- the sheet --- */

static bool xlsx_next(struct sheet *s, struct sheet_row *row, struct fault *f)
{
    struct xlsx *x = (struct xlsx *)s;
    x->is_row_ready = false;
    while (!x->is_row_ready) {
        if (!x->stream || !xml_run(x->stream, f)) {
            return false;
        }
    }
    *row = x->row;
    return true;
}

static bool xlsx_select(struct sheet *s, uint32_t index, struct fault *f)
{
    struct xlsx *x = (struct xlsx *)s;
    const char *member = x->book.members[index];
    xml_close(x->stream);
    x->stream = NULL;
    s->merge_count = s->hidden_column_count = 0;
    s->row_estimate = 0;
    x->row.number = x->row.count = 0;
    memset(x->hidden, 0, SHEET_COLUMNS_MAX);
    s->hidden_columns = x->hidden;
    if (!member || !archive_has(x->archive, member)) {
        return fault_set(f, FAULT_FILE_FORMAT, s->names[index].name,
                         "trang tính này không có nội dung trong tệp");
    }
    struct xml_handler handler = {x, on_start, on_end, on_text};
    return read_first(x, member, f) && xml_open(&x->stream, x->archive, member, &handler, f);
}

static void xlsx_close(struct sheet *s)
{
    struct xlsx *x = (struct xlsx *)s;
    xml_close(x->stream);
    archive_close(x->archive);
    book_release(&x->book);
    arena_release(&x->row_memory);
    arena_release(&s->memory);
    buf_release(&x->text);
    buf_release(&x->run);
    free(x->row.cells);
    free(x->hidden);
    free(s->merges);
    free(x);
}

bool xlsx_open(struct sheet **out, const char *path, struct fault *f)
{
    static const struct sheet_reader reader = {xlsx_select, xlsx_next, xlsx_close};
    struct xlsx *x = calloc(1, sizeof *x);
    bool *hidden = calloc(SHEET_COLUMNS_MAX, 1);
    if (!x || !hidden) {
        free(x);
        free(hidden);
        return fault_set(f, FAULT_INTERNAL, path, "hết bộ nhớ");
    }
    x->hidden = hidden;
    x->sheet.reader = &reader;
    x->sheet.format = "XLSX";
    x->sheet.fallback = TEXT_CP1258;
    if (!archive_open(&x->archive, path, f) || !book_read(&x->book, x->archive, f)) {
        xlsx_close(&x->sheet);
        return false;
    }
    x->sheet.names = x->book.names;
    x->sheet.name_count = x->book.sheet_count;
    *out = &x->sheet;
    return true;
}
