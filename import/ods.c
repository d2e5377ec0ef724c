/* ods: rows of one sheet of an OpenDocument spreadsheet, streamed.
 *
 * OGR, which reads ODS too, knows no merged cells, no hidden rows, columns or sheets and no fonts, and gives
 * a comment's words for those of its cell. As in XLSX each sheet is read twice: for merges, hidden columns
 * and the count of rows, then row by row. Law: a cell's text is what a person sees; cells and rows that stand
 * for many ("repeated") are made one by one and never more than a real sheet holds. */
#include "import/xlsx.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROWS_MAX = 1 << 20,
    CELL_BYTES_MAX = 1 << 20,
    SHEETS_MAX = 1024,
    STYLES_MAX = 256,        /* those that matter: hidden sheets, old fonts */
    REPEATED_MAX = 1 << 24,  /* cells made by repetition, of a whole sheet */
    TEXT_DEPTH_MAX = 64 + 1, /* xlsx.c goes no deeper */
};

enum value_type { VALUE_NONE, VALUE_NUMBER, VALUE_DATE, VALUE_BOOL, VALUE_TEXT };

/* A style that says something about text or sheets. */
struct ods_style {
    const char *name;
    enum font font;
    bool hides;
};

/* The cell being read. */
struct ods_cell {
    enum value_type type;
    double number;
    struct date date;
    enum font font;
    uint32_t repeat, wide, high;
    bool has_formula;
};

struct ods {
    struct sheet sheet; /* first, so that the two pointers are one */
    struct archive *archive;
    struct xml_stream *stream;
    struct ods_style *styles;
    uint32_t style_count;
    const char *style_name; /* of the style whose properties are being read */
    /* where in the document */
    uint32_t wanted, table_index; /* tables met so far */
    bool is_in_sheet, is_in_cell, is_first_reading, is_row_ready, is_over;
    uint32_t skip;       /* open elements of a part that is passed over */
    uint32_t text_depth; /* open elements of a paragraph, itself included */
    enum font fonts[TEXT_DEPTH_MAX];
    /* by column */
    bool *hidden;
    uint8_t *column_font;
    uint32_t next_column; /* of <table-column> */
    /* the row and the cell */
    struct arena row_memory;
    struct sheet_row row;
    struct cell *given; /* the row as it is handed out: whoever takes it may change it */
    uint32_t cell_capacity, column, row_repeat, rows_left;
    uint64_t repeated;
    struct ods_cell cell;
    struct buf text, run;
    bool was_decoded;
};

static uint32_t count_of(const char *text, uint32_t most)
{
    int64_t v;
    if (!text || !slice_to_int(slice_of(text), &v) || v < 1) {
        return 1;
    }
    return v < most ? (uint32_t)v : most;
}

static bool is_word(const char *value, const char *word)
{
    return value && strcmp(value, word) == 0;
}

/* --- styles and the names of the sheets --- */

static const struct ods_style *find_style(const struct ods *o, const char *name)
{
    for (uint32_t i = 0; name && i < o->style_count; i++) {
        if (strcmp(o->styles[i].name, name) == 0) {
            return &o->styles[i];
        }
    }
    return NULL;
}

static enum font font_of_style(const struct ods *o, const char *name)
{
    const struct ods_style *style = find_style(o, name);
    return style ? style->font : FONT_UNICODE;
}

static void add_style(struct ods *o, enum font font, bool hides)
{
    bool says_something = font != FONT_UNICODE || hides;
    if (o->style_name && says_something && o->style_count < STYLES_MAX) {
        o->styles[o->style_count++] = (struct ods_style){o->style_name, font, hides};
    }
}

static void add_sheet(struct ods *o, const char **atts)
{
    struct sheet *s = &o->sheet;
    const char *name = xml_get(atts, "name");
    const struct ods_style *style = find_style(o, xml_get(atts, "style-name"));
    if (s->name_count < SHEETS_MAX) {
        s->names[s->name_count++] =
            (struct sheet_name){arena_text(&s->memory, slice_of(name ? name : "")), style && style->hides};
    }
}

static void on_look(void *context, const char *name, const char **atts)
{
    struct ods *o = context;
    if (strcmp(name, "style") == 0) {
        const char *own = xml_get(atts, "name");
        o->style_name = own ? arena_text(&o->sheet.memory, slice_of(own)) : NULL;
        add_style(o, font_of_style(o, xml_get(atts, "parent-style-name")), false);
    } else if (strcmp(name, "text-properties") == 0) {
        const char *font = xml_get(atts, "font-name");
        add_style(o, font_of(font ? font : xml_get(atts, "font-family")), false);
    } else if (strcmp(name, "table-properties") == 0) {
        add_style(o, FONT_UNICODE, is_word(xml_get(atts, "display"), "false"));
    } else if (strcmp(name, "table") == 0) {
        add_sheet(o, atts);
    }
}

static void on_look_end(void *context, const char *name)
{
    struct ods *o = context;
    if (strcmp(name, "style") == 0) {
        o->style_name = NULL;
    }
}

struct lock_reader {
    struct xml_stream *stream;
};

static void on_manifest(void *context, const char *name, const char **atts)
{
    struct lock_reader *r = context;
    (void)atts;
    if (strcmp(name, "encryption-data") == 0) {
        xml_fail(r->stream, FAULT_FILE_FORMAT, "tệp có mật khẩu; hãy lưu lại bản không mật khẩu");
    }
}

static bool read_names(struct ods *o, struct fault *f)
{
    static const char manifest[] = "META-INF/manifest.xml", named_styles[] = "styles.xml";
    struct sheet *s = &o->sheet;
    struct lock_reader lock = {0};
    struct xml_handler locks = {&lock, on_manifest, NULL, NULL}, looks = {o, on_look, on_look_end, NULL};
    s->names = ARENA_ARRAY(&s->memory, struct sheet_name, SHEETS_MAX);
    o->styles = ARENA_ARRAY(&s->memory, struct ods_style, STYLES_MAX);
    if (archive_has(o->archive, manifest) && !xml_read_whole(o->archive, manifest, &locks, &lock.stream, f)) {
        return false;
    }
    if (archive_has(o->archive, named_styles)) {
        if (!xml_read_whole(o->archive, named_styles, &looks, NULL, f)) {
            return false;
        }
        s->name_count = 0; /* tables of headers and footers are no sheets */
    }
    return xml_read_whole(o->archive, "content.xml", &looks, NULL, f) &&
           (s->name_count > 0 ||
            fault_set(f, FAULT_FILE_FORMAT, "content.xml", "tệp không có trang tính nào"));
}

/* --- columns and rows --- */

static void read_column(struct ods *o, const char **atts)
{
    uint32_t repeat = count_of(xml_get(atts, "number-columns-repeated"), SHEET_COLUMNS_MAX);
    const char *visibility = xml_get(atts, "visibility");
    bool is_hidden = is_word(visibility, "collapse") || is_word(visibility, "filter");
    enum font font = font_of_style(o, xml_get(atts, "default-cell-style-name"));
    for (; repeat > 0 && o->next_column < SHEET_COLUMNS_MAX; repeat--, o->next_column++) {
        o->hidden[o->next_column] = is_hidden;
        o->column_font[o->next_column] = (uint8_t)font;
        o->sheet.hidden_column_count = is_hidden ? SHEET_COLUMNS_MAX : o->sheet.hidden_column_count;
    }
}

static void start_row(struct ods *o, const char **atts)
{
    const char *visibility = xml_get(atts, "visibility");
    arena_reset(&o->row_memory);
    o->row.number = o->row.number < ROWS_MAX ? o->row.number + o->row_repeat : ROWS_MAX + 1;
    o->row.is_hidden = is_word(visibility, "collapse") || is_word(visibility, "filter");
    o->row.count = 0;
    o->column = 0;
    o->row_repeat = count_of(xml_get(atts, "number-rows-repeated"), ROWS_MAX);
}

/* Room for `count` cells in both rows. */
static bool make_room(struct ods *o, uint32_t count)
{
    if (count <= o->cell_capacity) {
        return true;
    }
    struct cell *cells = realloc(o->row.cells, (size_t)count * 2 * sizeof *cells);
    o->row.cells = cells ? cells : o->row.cells;
    struct cell *given = cells ? realloc(o->given, (size_t)count * 2 * sizeof *given) : NULL;
    o->given = given ? given : o->given;
    o->cell_capacity = given ? count * 2 : o->cell_capacity;
    return given != NULL;
}

static void end_row(struct ods *o)
{
    if (o->row.count == 0) {
        return;
    }
    o->repeated += (uint64_t)(o->row_repeat - 1) * o->row.count;
    if (o->row.number > ROWS_MAX || o->row_repeat > ROWS_MAX + 1 - o->row.number ||
        o->repeated > REPEATED_MAX) {
        xml_fail(o->stream, FAULT_FILE_TOO_LARGE, "trang tính lặp lại quá nhiều dòng, ô");
    } else if (o->is_first_reading) {
        o->sheet.row_estimate += o->row_repeat;
    } else {
        o->rows_left = o->row_repeat;
        o->is_row_ready = true;
        xml_pause(o->stream);
    }
}

/* --- cells --- */

static enum value_type type_of(const char *t)
{
    bool is_number = is_word(t, "float") || is_word(t, "percentage") || is_word(t, "currency");
    return is_number               ? VALUE_NUMBER
           : is_word(t, "date")    ? VALUE_DATE
           : is_word(t, "boolean") ? VALUE_BOOL
           : t                     ? VALUE_TEXT
                                   : VALUE_NONE;
}

static void start_cell(struct ods *o, const char **atts)
{
    const char *date = xml_get(atts, "date-value"), *style = xml_get(atts, "style-name");
    struct ods_cell c = {.type = type_of(xml_get(atts, "value-type")),
                         .repeat = count_of(xml_get(atts, "number-columns-repeated"), SHEET_COLUMNS_MAX),
                         .wide = count_of(xml_get(atts, "number-columns-spanned"), SHEET_COLUMNS_MAX),
                         .high = count_of(xml_get(atts, "number-rows-spanned"), ROWS_MAX),
                         .has_formula = xml_get(atts, "formula") != NULL};
    const char *number = xml_get(atts, c.type == VALUE_BOOL ? "boolean-value" : "value");
    struct slice day = slice_of(date ? date : "");
    day.n = day.n < 10 ? day.n : 10;
    if (c.type == VALUE_BOOL) {
        c.number = xml_is_true(number);
    } else if (c.type == VALUE_NUMBER &&
               !(number && slice_to_real(slice_of(number), &c.number) && isfinite(c.number))) {
        c.type = VALUE_TEXT;
    }
    c.type = c.type == VALUE_DATE && !date_parse_iso(day, &c.date) ? VALUE_TEXT : c.type;
    c.font = style                           ? font_of_style(o, style)
             : o->column < SHEET_COLUMNS_MAX ? (enum font)o->column_font[o->column]
                                             : FONT_UNICODE;
    o->cell = c;
    o->is_in_cell = true;
    o->was_decoded = false;
    buf_reset(&o->text);
    buf_reset(&o->run);
}

/* Digits and what stands between them in "0401234567-001", and no other number than the cell's. */
static bool shows_digits(struct slice shown, double v)
{
    double read = 0;
    for (size_t i = 0; i < shown.n; i++) {
        bool is_digit = shown.p[i] >= '0' && shown.p[i] <= '9';
        if (!is_digit && shown.p[i] != ' ' && shown.p[i] != '-') {
            return false;
        }
        read = is_digit ? read * 10 + (shown.p[i] - '0') : read;
    }
    return shown.n > 0 && shown.p[0] != '-' && fabs(read - v) < 0.5 && v < 1e15;
}

static void finish_date(struct ods *o, struct cell *c, struct slice shown)
{
    const char *stroke = memchr(shown.p ? shown.p : "", '/', shown.n);
    bool has_no_year =
        stroke && shown.n <= 5 && !memchr(stroke + 1, '/', shown.n - (size_t)(stroke + 1 - shown.p));
    c->kind = CELL_DATE;
    c->date = o->cell.date;
    c->number = date_to_days(c->date) + 25569;
    c->text = has_no_year ? arena_slice(&o->row_memory, shown)
                          : slice_of(arena_format(&o->row_memory, "%02d/%02d/%04d", c->date.day,
                                                  c->date.month, c->date.year));
}

static void finish_text(struct ods *o, struct cell *c, struct slice shown)
{
    c->kind = shown.n ? CELL_TEXT : CELL_EMPTY;
    c->text = arena_slice(&o->row_memory, shown);
    c->flags |= o->was_decoded ? CELL_DECODED : 0;
    if (shown.n == 0 && o->cell.has_formula && o->cell.type == VALUE_NONE) {
        c->kind = CELL_ERROR;
        c->flags |= CELL_NO_RESULT;
    }
}

static void finish_cell(struct ods *o, struct cell *c)
{
    struct slice shown = slice_trim(buf_to_slice(&o->text));
    switch (o->cell.type) {
    case VALUE_NUMBER:
        cell_set_number(c, o->cell.number, NULL, false, &o->row_memory);
        c->text = shows_digits(shown, c->number) ? arena_slice(&o->row_memory, shown) : c->text;
        break;
    case VALUE_DATE: finish_date(o, c, shown); break;
    case VALUE_BOOL:
        c->kind = CELL_BOOL;
        c->number = o->cell.number;
        c->text = c->number != 0 ? SLICE("TRUE") : SLICE("FALSE");
        break;
    case VALUE_NONE:
    case VALUE_TEXT: finish_text(o, c, shown); break;
    }
}

static void put_cell(struct ods *o, const struct cell *c)
{
    uint32_t end = o->column + o->cell.repeat;
    o->repeated += o->cell.repeat - 1;
    if (end > SHEET_COLUMNS_MAX) {
        xml_fail(o->stream, FAULT_TOO_LARGE, "một dòng có hơn 16384 cột");
        return;
    }
    if (o->repeated > REPEATED_MAX || !make_room(o, end)) {
        xml_fail(o->stream, FAULT_FILE_TOO_LARGE, "trang tính lặp lại quá nhiều dòng, ô");
        return;
    }
    while (o->row.count < o->column) {
        o->row.cells[o->row.count++] = (struct cell){0};
    }
    while (o->row.count < end) {
        bool is_hidden = o->row.is_hidden || o->hidden[o->row.count];
        o->row.cells[o->row.count] = *c;
        o->row.cells[o->row.count++].flags |= is_hidden ? CELL_HIDDEN : 0;
    }
}

static void end_cell(struct ods *o)
{
    struct cell c = {0};
    o->is_in_cell = false;
    finish_cell(o, &c);
    if (o->is_first_reading && o->column < SHEET_COLUMNS_MAX && o->row.number <= ROWS_MAX) {
        sheet_note_merge(&o->sheet, (struct merge){o->row.number, o->column, o->row.number + o->cell.high - 1,
                                                   o->column + o->cell.wide - 1});
    }
    if (c.kind != CELL_EMPTY) {
        put_cell(o, &c);
    }
    o->column = o->column < SHEET_COLUMNS_MAX ? o->column + o->cell.repeat : o->column;
}

/* --- the text of a cell: paragraphs of runs --- */

static void end_run(struct ods *o)
{
    enum font font = o->fonts[o->text_depth];
    if (o->run.n > 0 && font_decode(font, buf_to_slice(&o->run), &o->text)) {
        o->was_decoded = true;
    } else {
        buf_slice(&o->text, buf_to_slice(&o->run));
    }
    buf_reset(&o->run);
}

static void start_paragraph(struct ods *o)
{
    if (o->text.n > 0) {
        buf_char(&o->text, '\n');
    }
    o->text_depth = 1;
    o->fonts[1] = o->cell.font;
}

static void start_in_paragraph(struct ods *o, const char *name, const char **atts)
{
    if (strcmp(name, "ruby-text") == 0 || strcmp(name, "note") == 0 || strcmp(name, "annotation") == 0 ||
        o->text_depth + 1 >= TEXT_DEPTH_MAX) {
        o->skip = 1;
        return;
    }
    end_run(o);
    enum font font = o->fonts[o->text_depth++], own = font_of_style(o, xml_get(atts, "style-name"));
    o->fonts[o->text_depth] = own != FONT_UNICODE ? own : font;
    if (strcmp(name, "s") == 0 || strcmp(name, "tab") == 0 || strcmp(name, "line-break") == 0) {
        buf_char(&o->run, ' ');
    }
}

/* --- events --- */

static void start_in_sheet(struct ods *o, const char *name, const char **atts)
{
    if (strcmp(name, "table-row") == 0) {
        start_row(o, atts);
    } else if (strcmp(name, "table-cell") == 0 || strcmp(name, "covered-table-cell") == 0) {
        start_cell(o, atts);
    } else if (strcmp(name, "table-column") == 0) {
        read_column(o, atts);
    } else if (strcmp(name, "shapes") == 0) {
        o->skip = 1;
    }
}

static void on_start(void *context, const char *name, const char **atts)
{
    struct ods *o = context;
    if (o->skip) {
        o->skip++;
    } else if (o->text_depth) {
        start_in_paragraph(o, name, atts);
    } else if (o->is_in_cell && strcmp(name, "p") == 0) {
        start_paragraph(o);
    } else if (o->is_in_cell) {
        o->skip = 1; /* a comment, a drawing, a table in the cell */
    } else if (o->is_in_sheet) {
        start_in_sheet(o, name, atts);
    } else if (strcmp(name, "table") == 0) {
        o->is_in_sheet = o->table_index++ == o->wanted;
    }
}

static void on_text(void *context, const char *p, int n)
{
    struct ods *o = context;
    if (!o->text_depth || o->skip) {
        return;
    }
    if (o->text.n + o->run.n + (size_t)n > CELL_BYTES_MAX) {
        xml_fail(o->stream, FAULT_FILE_TOO_LARGE, "một ô chứa quá nhiều chữ");
        return;
    }
    buf_add(&o->run, p, (size_t)n);
}

static void on_end(void *context, const char *name)
{
    struct ods *o = context;
    if (o->skip) {
        o->skip--;
    } else if (o->text_depth) {
        end_run(o);
        o->text_depth--;
    } else if (o->is_in_cell) {
        end_cell(o);
    } else if (o->is_in_sheet && strcmp(name, "table-row") == 0) {
        end_row(o);
    } else if (o->is_in_sheet && strcmp(name, "table") == 0) {
        o->is_in_sheet = false;
        o->is_over = true;
        xml_pause(o->stream);
    }
}

/* --- the sheet --- */

static void begin_reading(struct ods *o, bool is_first)
{
    xml_close(o->stream);
    o->stream = NULL;
    o->is_first_reading = is_first;
    o->is_in_sheet = o->is_in_cell = o->is_row_ready = o->is_over = false;
    o->skip = o->text_depth = o->table_index = o->next_column = o->rows_left = 0;
    o->row.number = 0;
    o->row_repeat = 1;
    o->repeated = 0;
}

static bool open_content(struct ods *o, struct fault *f)
{
    struct xml_handler handler = {o, on_start, on_end, on_text};
    return xml_open(&o->stream, o->archive, "content.xml", &handler, f);
}

static bool ods_next(struct sheet *s, struct sheet_row *row, struct fault *f)
{
    struct ods *o = (struct ods *)s;
    if (o->rows_left == 0) {
        o->is_row_ready = false;
        while (!o->is_row_ready) {
            if (o->is_over || !o->stream || !xml_run(o->stream, f)) {
                return false;
            }
        }
    }
    memcpy(o->given, o->row.cells, o->row.count * sizeof *o->given);
    *row = o->row;
    row->number += o->row_repeat - o->rows_left--;
    row->cells = o->given;
    return true;
}

static bool ods_select(struct sheet *s, uint32_t index, struct fault *f)
{
    struct ods *o = (struct ods *)s;
    struct fault local = {0};
    o->wanted = index;
    s->merge_count = s->hidden_column_count = 0;
    s->row_estimate = 0;
    memset(o->hidden, 0, SHEET_COLUMNS_MAX * sizeof *o->hidden);
    memset(o->column_font, FONT_UNICODE, SHEET_COLUMNS_MAX);
    s->hidden_columns = o->hidden;
    begin_reading(o, true);
    if (!open_content(o, f)) {
        return false;
    }
    while (!o->is_over && xml_run(o->stream, &local)) {
    }
    if (local.code != FAULT_NONE) {
        return fault_set(f, local.code, local.place, "%s", local.text);
    }
    sheet_sort_merges(s);
    begin_reading(o, false);
    return open_content(o, f);
}

static void ods_close(struct sheet *s)
{
    struct ods *o = (struct ods *)s;
    xml_close(o->stream);
    archive_close(o->archive);
    arena_release(&o->row_memory);
    arena_release(&s->memory);
    buf_release(&o->text);
    buf_release(&o->run);
    free(o->row.cells);
    free(o->given);
    free(o->hidden);
    free(o->column_font);
    free(s->merges);
    free(o);
}

bool ods_open(struct sheet **out, const char *path, struct fault *f)
{
    static const struct sheet_reader reader = {ods_select, ods_next, ods_close};
    struct ods *o = calloc(1, sizeof *o);
    if (!o) {
        return fault_set(f, FAULT_INTERNAL, path, "hết bộ nhớ");
    }
    o->sheet.reader = &reader;
    o->sheet.format = "ODS";
    o->sheet.fallback = TEXT_CP1258;
    o->hidden = calloc(SHEET_COLUMNS_MAX, sizeof *o->hidden);
    o->column_font = calloc(SHEET_COLUMNS_MAX, 1);
    bool has_memory = o->hidden && o->column_font;
    if ((!has_memory && !fault_set(f, FAULT_INTERNAL, path, "hết bộ nhớ")) ||
        !archive_open(&o->archive, path, f) || !read_names(o, f)) {
        ods_close(&o->sheet);
        return false;
    }
    *out = &o->sheet;
    return true;
}
