/* table: one sheet of a file as rows under known columns.
 *
 * The seam between reading and loading: below it files and their oddities, above it only `struct row`. The
 * first rows are kept while the headings are looked for; from then on rows stream. Law: memory does not grow
 * with the file, and every row is either handed out as data or of a sort that judge.c can name. */
#include "import/table.h"

#include "import/sheet.h"

#include <stdlib.h>
#include <string.h>

/* The value of a cell merged downwards, while its merge lasts. */
struct fall {
    uint32_t bottom;
    struct cell cell;
};

struct pair {
    uint32_t sheet_column;
    enum column_id id;
};

struct table {
    struct sheet *sheet;
    const char *path;
    enum import_kind kind;
    uint32_t sheet_index;
    struct arena memory;     /* headings, mapping, first rows */
    struct arena row_memory; /* of the row handed out last */
    struct rows first;       /* rows read ahead */
    uint32_t next_first;
    struct header header;
    struct mapping_override *override;
    struct mapping mapping;
    struct pair *pairs;
    uint32_t pair_count;
    struct judge judge, first_judge; /* as it is now, and as it began */
    struct cell *cells;              /* the current row, where merges had to be filled */
    uint32_t cell_capacity;
    struct fall *falls; /* by column, header.count of them; NULL without merges */
    uint32_t next_merge;
    struct buf group, raw, signature;
    struct date source_date;
    int source_weight;
};

/* --- reading ahead --- */

static void tidy_row(const struct sheet *s, struct sheet_row *row, struct arena *a)
{
    for (uint32_t i = 0; i < row->count; i++) {
        cell_tidy(&row->cells[i], a, s->fallback);
    }
}

static void keep_row(struct arena *a, struct sheet_row *to, const struct sheet_row *from)
{
    *to = *from;
    to->cells = ARENA_ARRAY(a, struct cell, from->count + 1);
    for (uint32_t i = 0; i < from->count; i++) {
        to->cells[i] = from->cells[i];
        to->cells[i].text = arena_slice(a, from->cells[i].text);
    }
    to->wkb = arena_slice(a, from->wkb);
}

static bool is_blank(const struct sheet_row *row)
{
    for (uint32_t i = 0; i < row->count; i++) {
        if (row->cells[i].kind != CELL_EMPTY) {
            return false;
        }
    }
    return row->wkb.n == 0;
}

static bool read_first(struct table *t, struct fault *f)
{
    struct sheet_row row;
    struct fault local = {0};
    t->first = (struct rows){ARENA_ARRAY(&t->memory, struct sheet_row, SHEET_HEADING_ROWS), 0};
    while (t->first.count < SHEET_HEADING_ROWS && t->sheet->reader->next(t->sheet, &row, &local)) {
        tidy_row(t->sheet, &row, &t->row_memory);
        if (!is_blank(&row)) {
            keep_row(&t->memory, &t->first.rows[t->first.count++], &row);
        }
        arena_reset(&t->row_memory);
    }
    return local.code == FAULT_NONE || fault_set(f, local.code, local.place, "%s", local.text);
}

static bool try_sheet(struct table *t, uint32_t index, bool *found, struct fault *f)
{
    arena_reset(&t->memory);
    t->sheet_index = index;
    if (!t->sheet->reader->select(t->sheet, index, f) || !read_first(t, f)) {
        return false;
    }
    struct header_request request = {t->sheet, t->first, t->kind, t->override};
    *found = header_find(&request, &t->memory, &t->header);
    return true;
}

/* --- which sheet --- */

static bool is_named(const char *name, const char *wanted, struct arena *a)
{
    return strcmp(name, wanted) == 0 ||
           slice_equal(text_fold_in(a, slice_of(name)), text_fold_in(a, slice_of(wanted)));
}

static bool no_such_sheet(const struct table *t, const char *wanted, struct fault *f)
{
    struct buf names = {0};
    for (uint32_t i = 0; i < t->sheet->name_count && names.n < 300; i++) {
        buf_format(&names, "%s\"%s\"", i ? ", " : "", t->sheet->names[i].name);
    }
    fault_set(f, FAULT_NO_SHEET, t->path, "\"%s\"; trong tệp có: %.*s", wanted, (int)names.n,
              names.p ? names.p : "");
    buf_release(&names);
    return false;
}

static bool no_header(const struct table *t, struct fault *f)
{
    return fault_set(
        f, FAULT_NO_HEADER, t->path,
        "cần một dòng có các tiêu đề của danh sách \"%s\". Báo cáo CSV chỉ để đọc: sửa và nhập lại bản "
        "XLSX. Ở dòng lệnh có thể chỉ ra bằng --mapping",
        import_kind_name(t->kind));
}

static bool choose_named(struct table *t, const char *wanted, struct fault *f)
{
    bool found = false;
    for (uint32_t i = 0; i < t->sheet->name_count; i++) {
        if (is_named(t->sheet->names[i].name, wanted, &t->row_memory)) {
            return try_sheet(t, i, &found, f) && (found || no_header(t, f));
        }
    }
    return no_such_sheet(t, wanted, f);
}

static bool choose_sheet(struct table *t, const char *wanted, struct fault *f)
{
    wanted = wanted ? wanted : mapping_override_sheet(t->override);
    if (wanted) {
        return choose_named(t, wanted, f);
    }
    for (uint32_t i = 0; i < t->sheet->name_count; i++) {
        bool found = false;
        if (t->sheet->names[i].is_hidden) {
            continue;
        }
        if (!try_sheet(t, i, &found, f)) {
            return false;
        }
        if (found) {
            return true;
        }
    }
    return no_header(t, f);
}

/* --- headings settled --- */

static void note_date(struct table *t, const struct sheet_row *row)
{
    for (uint32_t i = 0; i < row->count; i++) {
        struct date d;
        int weight;
        if (source_date_of(row->cells[i].text, &t->row_memory, &d, &weight) && weight > t->source_weight) {
            t->source_date = d;
            t->source_weight = weight;
        }
    }
}

static void sign(struct table *t)
{
    for (uint32_t i = 0; i < t->header.count; i++) {
        struct buf *b = &t->signature;
        size_t before = b->n;
        if (i > 0) {
            buf_char(b, '|');
            before++;
        }
        text_fold(t->header.headings[i].text, b);
        b->n = b->n < before ? before : b->n;
    }
}

static void settle(struct table *t)
{
    mapping_make(&t->header, t->kind, t->override, &t->memory, &t->mapping);
    t->pairs = ARENA_ARRAY(&t->memory, struct pair, COLUMN_COUNT);
    for (int id = 0; id < COLUMN_COUNT; id++) {
        if (t->mapping.sheet_column[id] >= 0) {
            t->pairs[t->pair_count++] =
                (struct pair){(uint32_t)t->mapping.sheet_column[id], (enum column_id)id};
        }
    }
    t->judge = (struct judge){.kind = t->kind,
                              .header = &t->header,
                              .mapping = &t->mapping,
                              .known_columns = t->pair_count,
                              .is_database = t->sheet->has_field_names,
                              .is_first = true};
    t->first_judge = t->judge;
    if (t->sheet->merge_count) {
        t->falls = ARENA_ARRAY(&t->memory, struct fall, t->header.count + 1);
    }
    for (uint32_t i = 0; i < t->header.first_row; i++) {
        note_date(t, &t->first.rows[i]);
    }
    t->next_first = t->header.last_row + 1;
    sign(t);
}

/* --- a mapping that was given --- */

static bool read_override(struct table *t, const struct table_request *q, struct arena *a, struct fault *f)
{
    struct buf text = {0};
    if (q->mapping_path && !file_read(q->mapping_path, 1 << 20, &text, f)) {
        buf_release(&text);
        return false;
    }
    struct slice json = q->mapping_path ? buf_to_slice(&text) : q->mapping_json;
    const char *place = q->mapping_path ? q->mapping_path : "mapping";
    bool done = json.n == 0 || mapping_override_read(&t->override, json, place, a, f);
    buf_release(&text);
    return done;
}

bool table_open(struct table **out, const struct table_request *request, struct fault *f)
{
    struct table *t = calloc(1, sizeof *t);
    if (!t) {
        return fault_set(f, FAULT_INTERNAL, request->path, "hết bộ nhớ");
    }
    t->path = request->path;
    t->kind = request->kind;
    if (!sheet_open(&t->sheet, request, f) || !read_override(t, request, &t->sheet->memory, f) ||
        !choose_sheet(t, request->sheet, f)) {
        table_close(t);
        return false;
    }
    settle(t);
    *out = t;
    return true;
}

void table_close(struct table *t)
{
    if (!t) {
        return;
    }
    if (t->sheet) {
        t->sheet->reader->close(t->sheet);
    }
    arena_release(&t->memory);
    arena_release(&t->row_memory);
    buf_release(&t->group);
    buf_release(&t->raw);
    buf_release(&t->signature);
    free(t->cells);
    free(t);
}

/* --- merged cells of the body --- */

/* Room for the headings' width in our own array, so that cells can be filled in. */
static bool own_cells(struct table *t, struct sheet_row *row)
{
    uint32_t width = row->count > t->header.count ? row->count : t->header.count;
    if (width > t->cell_capacity) {
        struct cell *cells = realloc(t->cells, width * sizeof *cells);
        if (!cells) {
            return false;
        }
        t->cells = cells;
        t->cell_capacity = width;
    }
    memcpy(t->cells, row->cells, row->count * sizeof *t->cells);
    memset(t->cells + row->count, 0, (width - row->count) * sizeof *t->cells);
    row->cells = t->cells;
    row->count = width;
    return true;
}

static void start_merges(struct table *t, struct sheet_row *row)
{
    const struct sheet *s = t->sheet;
    for (; t->next_merge < s->merge_count && s->merges[t->next_merge].top <= row->number; t->next_merge++) {
        const struct merge *m = &s->merges[t->next_merge];
        if (m->top != row->number || m->left >= t->header.count) {
            continue;
        }
        struct cell *corner = &row->cells[m->left];
        corner->flags |= m->right > m->left ? CELL_WIDE : 0;
        if (m->bottom > m->top && corner->kind != CELL_EMPTY) {
            struct fall *fall = &t->falls[m->left];
            fall->bottom = m->bottom;
            fall->cell = *corner;
            fall->cell.text = arena_slice(&t->memory, corner->text);
        }
    }
}

static bool fill_merges(struct table *t, struct sheet_row *row)
{
    if (!own_cells(t, row)) {
        return false;
    }
    for (uint32_t i = 0; i < t->header.count; i++) {
        if (t->falls[i].bottom >= row->number && row->cells[i].kind == CELL_EMPTY) {
            row->cells[i] = t->falls[i].cell;
            row->cells[i].flags |= CELL_INHERITED;
        }
    }
    start_merges(t, row);
    return true;
}

/* --- rows --- */

static bool next_raw(struct table *t, struct sheet_row *row, struct fault *f)
{
    if (t->next_first < t->first.count) {
        *row = t->first.rows[t->next_first++];
    } else if (t->first.count < SHEET_HEADING_ROWS) {
        return false; /* reading ahead met the end */
    } else if (!t->sheet->reader->next(t->sheet, row, f)) {
        return false;
    } else {
        tidy_row(t->sheet, row, &t->row_memory);
    }
    return !t->falls || fill_merges(t, row) || fault_set(f, FAULT_INTERNAL, t->path, "hết bộ nhớ");
}

static void join_raw(struct table *t, const struct sheet_row *from)
{
    buf_reset(&t->raw);
    for (uint32_t i = 0; i < from->count; i++) {
        if (i > 0) {
            buf_char(&t->raw, '\t');
        }
        buf_slice(&t->raw, from->cells[i].text);
    }
    while (t->raw.n > 0 && t->raw.p[t->raw.n - 1] == '\t') {
        t->raw.n--;
    }
}

static void hand_out(struct table *t, const struct sheet_row *from, struct row *row)
{
    memset(row, 0, sizeof *row);
    row->number = from->number;
    row->is_hidden = from->is_hidden;
    row->group = buf_to_slice(&t->group);
    row->wkb = from->wkb;
    for (uint32_t i = 0; i < t->pair_count; i++) {
        uint32_t column = t->pairs[i].sheet_column;
        if (column < from->count) {
            row->cells[t->pairs[i].id] = from->cells[column];
        }
    }
    join_raw(t, from);
    row->raw = buf_to_slice(&t->raw);
}

void row_keep(struct arena *a, struct row *row)
{
    row->group = arena_slice(a, row->group);
    row->wkb = arena_slice(a, row->wkb);
    row->raw = arena_slice(a, row->raw);
    for (int i = 0; i < COLUMN_COUNT; i++) {
        if (row->cells[i].text.n > 0) {
            row->cells[i].text = arena_slice(a, row->cells[i].text);
        }
    }
}

bool table_next(struct table *t, struct row *row, struct fault *f)
{
    struct sheet_row raw;
    arena_reset(&t->row_memory);
    while (next_raw(t, &raw, f)) {
        struct slice group = {0};
        switch (judge_row(&t->judge, &raw, &t->row_memory, &group)) {
        case ROW_DATA: hand_out(t, &raw, row); return true;
        case ROW_GROUP:
            buf_reset(&t->group);
            buf_slice(&t->group, group);
            break;
        case ROW_SIGNATURE:
        case ROW_TOTAL: note_date(t, &raw); break;
        case ROW_BLANK:
        case ROW_NUMBERS:
        case ROW_HEADING: break;
        }
        arena_reset(&t->row_memory);
    }
    return false;
}

bool table_has(const struct table *t, enum column_id id)
{
    return t->mapping.sheet_column[id] >= 0;
}

const char *table_sheet(const struct table *t)
{
    return t->sheet->names[t->sheet_index].name;
}

const char *table_sheet_at(const struct table *t, uint32_t index)
{
    return index < t->sheet->name_count ? t->sheet->names[index].name : NULL;
}

struct slice table_signature(const struct table *t)
{
    return buf_to_slice(&t->signature);
}

struct date table_source_date(const struct table *t)
{
    return t->source_date;
}

uint64_t table_row_estimate(const struct table *t)
{
    uint64_t above = t->sheet->has_field_names ? 0 : t->header.last_row + 1;
    return t->sheet->row_estimate > above ? t->sheet->row_estimate - above : 0;
}

/* --- for people --- */

/* Values of the first data rows, whatever stands between them. */
static void take_samples(const struct table *t, uint32_t column, struct arena *a, struct import_column *out)
{
    struct judge judge = t->first_judge;
    struct arena scratch = {0};
    for (uint32_t i = t->header.last_row + 1;
         i < t->first.count && out->sample_count < (int)COUNT_OF(out->samples); i++) {
        const struct sheet_row *row = &t->first.rows[i];
        struct slice group;
        bool is_data = judge_row(&judge, row, &scratch, &group) == ROW_DATA;
        if (is_data && column < row->count && row->cells[column].text.n > 0) {
            out->samples[out->sample_count++] = arena_slice(a, row->cells[column].text);
        }
    }
    arena_release(&scratch);
}

static const char *column_letters(uint32_t column, struct arena *a)
{
    char reversed[8], letters[8];
    int n = 0, k = 0;
    for (uint32_t c = column + 1; c > 0; c = (c - 1) / 26) {
        reversed[n++] = (char)('A' + (c - 1) % 26);
    }
    while (n > 0) {
        letters[k++] = reversed[--n];
    }
    return arena_text(a, (struct slice){letters, (size_t)k});
}

static void describe(const struct table *t, uint32_t i, struct arena *a, struct import_column *out)
{
    static const char *const how[] = {"", "theo các từ đầu của tiêu đề", "đúng tiêu đề",
                                      "theo bảng ghép cột được cho"};
    int column = t->mapping.column[i];
    *out = (struct import_column){.letters = column_letters(i, a),
                                  .heading = arena_slice(a, t->header.headings[i].text)};
    if (column >= 0) {
        out->name = column_name((enum column_id)column);
        out->how = how[t->mapping.how[i]];
    } else if (column == COLUMN_ORDER) {
        out->how = "số thứ tự";
    } else if (t->mapping.how[i] != MATCH_NONE && column == COLUMN_NONE) {
        out->how = "không dùng: trùng ý với một cột khác";
    } else {
        out->how = column == COLUMN_IGNORED ? "không dùng" : "không dùng: chưa hiểu tiêu đề";
    }
    take_samples(t, i, a, out);
}

static struct slice heading_again(const struct table *t, uint32_t i)
{
    const struct heading *h = &t->header.headings[i];
    int column = t->mapping.column[i];
    if (column < 0) {
        return h->text;
    }
    if (heading_match(t->kind, h->text).column == column) {
        return h->text;
    }
    for (uint32_t k = h->part_count; k-- > 0;) {
        if (heading_match(t->kind, h->parts[k]).column == column) {
            return h->parts[k];
        }
    }
    return slice_of(column_name((enum column_id)column));
}

uint32_t table_headings(const struct table *t, struct arena *a, struct slice **out)
{
    *out = ARENA_ARRAY(a, struct slice, t->header.count + 1);
    for (uint32_t i = 0; i < t->header.count; i++) {
        (*out)[i] = arena_slice(a, heading_again(t, i));
    }
    return t->header.count;
}

uint32_t table_columns(const struct table *t, struct arena *a, struct import_column **out)
{
    uint32_t count = 0;
    *out = ARENA_ARRAY(a, struct import_column, t->header.count + 1);
    for (uint32_t i = 0; i < t->header.count; i++) {
        if (t->header.headings[i].text.n > 0) {
            describe(t, i, a, &(*out)[count++]);
        }
    }
    return count;
}

static void explain_column(const struct import_column *c, struct buf *out)
{
    buf_format(out, "  %-3s \"%.*s\" → ", c->letters, (int)c->heading.n, c->heading.p);
    if (c->name) {
        buf_format(out, "%s (%s)", c->name, c->how);
    } else {
        buf_text(out, c->how);
    }
    for (int i = 0; i < c->sample_count; i++) {
        buf_text(out, i ? " | " : "   ví dụ: ");
        buf_slice(out, c->samples[i]);
    }
    buf_char(out, '\n');
}

void table_explain(const struct table *t, struct buf *out)
{
    const struct rows *rows = &t->first;
    if (t->sheet->has_field_names) {
        buf_format(out, "Tệp %s, lớp \"%s\"", t->sheet->format, table_sheet(t));
    } else {
        buf_format(out, "Tệp %s, trang \"%s\", tiêu đề ở dòng %u", t->sheet->format, table_sheet(t),
                   rows->rows[t->header.first_row].number);
    }
    if (t->header.last_row > t->header.first_row) {
        buf_format(out, "–%u", rows->rows[t->header.last_row].number);
    }
    buf_text(out, "\n");
    struct arena a = {0};
    struct import_column *columns;
    uint32_t count = table_columns(t, &a, &columns);
    for (uint32_t i = 0; i < count; i++) {
        explain_column(&columns[i], out);
    }
    arena_release(&a);
    for (uint32_t i = 0; i < t->sheet->name_count; i++) {
        if (i != t->sheet_index) {
            buf_format(out, "Trang \"%s\"%s không được đọc; chọn bằng --sheet\n", t->sheet->names[i].name,
                       t->sheet->names[i].is_hidden ? " (bị ẩn)" : "");
        }
    }
}
