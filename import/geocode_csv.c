/* Addresses of a CSV file in, the same file with the answers behind. It has a reader of its own, because
 * every column of the input must come back as it was, in its place, and table.h keeps only the columns it
 * knows. Law: one output row for each input row, in order; a row that cannot be placed is written too, with
 * its reason. */
#include "import/geocode_private.h"
#include "import/table.h"

#include "layers/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIELD_MOST = 512, FILE_MOST = 1 << 30, OUT_CHUNK = 1 << 20 };

/* --- reading --- */

struct csv {
    struct slice rest;
    char separator;
    struct arena row; /* unquoted fields of the row under work */
    struct slice fields[FIELD_MOST];
    int count;
};

/* A quoted field: without its quotes, doubled ones made single. */
static struct slice quoted_field(struct csv *c)
{
    struct slice in = c->rest;
    char *out = arena_alloc(&c->row, in.n < 64 ? 64 : 64);
    size_t n = 0, at = 1, room = 64;
    while (at < in.n && !(in.p[at] == '"' && !(at + 1 < in.n && in.p[at + 1] == '"'))) {
        at += in.p[at] == '"';
        if (n == room) {
            char *more = arena_alloc(&c->row, room * 2);
            memcpy(more, out, n);
            out = more;
            room *= 2;
        }
        out[n++] = in.p[at++];
    }
    at += at < in.n;
    c->rest = (struct slice){in.p + at, in.n - at};
    return (struct slice){out, n};
}

static struct slice plain_field(struct csv *c)
{
    size_t n = 0;
    while (n < c->rest.n && c->rest.p[n] != c->separator && c->rest.p[n] != '\n' && c->rest.p[n] != '\r')
        n++;
    struct slice field = {c->rest.p, n};
    c->rest = (struct slice){c->rest.p + n, c->rest.n - n};
    return field;
}

static void skip(struct csv *c, size_t n)
{
    n = n < c->rest.n ? n : c->rest.n;
    c->rest = (struct slice){c->rest.p + n, c->rest.n - n};
}

/* Next row into fields; false at the end of the file. */
static bool csv_next(struct csv *c)
{
    arena_reset(&c->row);
    c->count = 0;
    if (c->rest.n == 0)
        return false;
    for (;;) {
        bool is_quoted = c->rest.n > 0 && c->rest.p[0] == '"';
        struct slice field = is_quoted ? quoted_field(c) : plain_field(c);
        if (is_quoted)
            (void)plain_field(
                c); /* what stands between the closing quote and the separator belongs to nobody */
        if (c->count < FIELD_MOST)
            c->fields[c->count++] = field;
        bool is_more = c->rest.n > 0 && c->rest.p[0] == c->separator;
        if (!is_more)
            break;
        skip(c, 1);
    }
    if (c->rest.n > 0 && c->rest.p[0] == '\r')
        skip(c, 1);
    if (c->rest.n > 0 && c->rest.p[0] == '\n')
        skip(c, 1);
    return true;
}

static size_t count_in_line(struct slice text, char c)
{
    size_t n = 0;
    bool is_quoted = false;
    for (size_t i = 0; i < text.n && text.p[i] != '\n'; i++) {
        is_quoted ^= text.p[i] == '"';
        n += !is_quoted && text.p[i] == c;
    }
    return n;
}

static void csv_open(struct csv *c, struct slice text)
{
    static const char SEPARATORS[] = ",;\t|";
    if (slice_starts(text, SLICE("\xEF\xBB\xBF")))
        text = (struct slice){text.p + 3, text.n - 3};
    *c = (struct csv){.rest = text, .separator = ','};
    if (slice_starts(text, SLICE("sep=")) && text.n > 5) {
        c->separator = text.p[4];
        skip(c, 5 + (text.p[5] == '\r') + 1);
        return;
    }
    for (size_t i = 1; i < sizeof SEPARATORS - 1; i++)
        if (count_in_line(text, SEPARATORS[i]) > count_in_line(text, c->separator))
            c->separator = SEPARATORS[i];
}

/* --- columns --- */

struct heading {
    enum column_id id;
    const char *name, *folds; /* as in columns.def */
};

static const struct heading HEADINGS[] = {
#define COLUMN(id, name, headings) {COLUMN_##id, name, headings},
#include "import/columns.def"
#undef COLUMN
};

static bool is_listed(struct slice fold, const char *list)
{
    struct slice rest = slice_of(list), one;
    while (slice_next(&rest, '|', &one))
        if (slice_equal(one, fold))
            return true;
    return false;
}

static bool is_english(struct slice fold, const char *name)
{
    size_t n = strlen(name);
    if (n != fold.n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (fold.p[i] != (name[i] == '_' ? ' ' : name[i]))
            return false;
    return true;
}

/* Where each part of an address stands; -1: nowhere. */
struct columns {
    int at[COLUMN_COUNT];
};

static void find_columns(const struct csv *c, struct columns *columns)
{
    struct buf fold = {0};
    for (int i = 0; i < COLUMN_COUNT; i++)
        columns->at[i] = -1;
    for (int i = 0; i < c->count; i++) {
        buf_reset(&fold);
        struct buf decoded = {0};
        if (!text_decode(c->fields[i], text_detect(c->fields[i]), &decoded))
            buf_slice(&decoded, c->fields[i]);
        text_fold(buf_to_slice(&decoded), &fold);
        buf_release(&decoded);
        struct slice name = buf_to_slice(&fold);
        for (size_t k = 0; k < COUNT_OF(HEADINGS); k++)
            if ((is_listed(name, HEADINGS[k].folds) || is_english(name, HEADINGS[k].name)) &&
                columns->at[HEADINGS[k].id] < 0)
                columns->at[HEADINGS[k].id] = i;
        if (columns->at[COLUMN_ADDRESS] < 0 && slice_find(name, SLICE("dia chi")) >= 0)
            columns->at[COLUMN_ADDRESS] = i;
    }
    buf_release(&fold);
}

static struct slice field_of(const struct csv *c, const struct columns *columns, enum column_id id)
{
    int at = columns->at[id];
    return at >= 0 && at < c->count ? slice_trim(c->fields[at]) : (struct slice){0};
}

/* --- writing --- */

static void add_field(struct buf *out, struct slice s, char separator)
{
    bool is_quoted = false;
    for (size_t i = 0; i < s.n; i++)
        is_quoted |= s.p[i] == '"' || s.p[i] == '\n' || s.p[i] == '\r' || s.p[i] == separator;
    if (!is_quoted) {
        buf_slice(out, s);
        return;
    }
    buf_char(out, '"');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"')
            buf_char(out, '"');
        buf_char(out, s.p[i]);
    }
    buf_char(out, '"');
}

static void add_real(struct buf *out, char separator, bool has_value, double v, int decimals)
{
    buf_char(out, separator);
    if (has_value)
        buf_real(out, v, decimals);
}

static void add_answer(struct buf *out, const struct geocode_result *r, char separator)
{
    bool is_placed = r->status == GEOCODE_AUTO;
    buf_char(out, separator);
    buf_text(out, geocode_status_name(r->status));
    buf_char(out, separator);
    if (is_placed)
        buf_char(out, r->class);
    buf_char(out, separator);
    buf_text(out, position_name(r->position));
    add_real(out, separator, is_placed, r->at.lon, 7);
    add_real(out, separator, is_placed, r->at.lat, 7);
    add_real(out, separator, is_placed, r->accuracy_m, 1);
    add_real(out, separator, true, r->score, 1);
    buf_char(out, separator);
    add_field(out, r->street, separator);
    buf_char(out, separator);
    buf_slice(out, r->chain);
    if (r->chain.n && r->number.n)
        buf_char(out, '/');
    buf_slice(out, r->number);
    buf_char(out, separator);
    add_field(out, r->why, separator);
    buf_char(out, '\n');
}

static void add_row(struct buf *out, const struct csv *c)
{
    for (int i = 0; i < c->count; i++) {
        if (i)
            buf_char(out, c->separator);
        add_field(out, c->fields[i], c->separator);
    }
}

static void add_header(struct buf *out, const struct csv *c)
{
    static const char *const NAMES[] = {"status",     "class", "position", "lon",    "lat",
                                        "accuracy_m", "score", "street",   "number", "why"};
    add_row(out, c);
    for (size_t i = 0; i < COUNT_OF(NAMES); i++) {
        buf_char(out, c->separator);
        buf_text(out, NAMES[i]);
    }
    buf_char(out, '\n');
}

struct run {
    const struct geocoder *g;
    FILE *file;
    struct buf out;
    struct columns columns;
    int width; /* fields of the header: short rows are filled up */
};

static void geocode_row(struct run *run, struct csv *c, struct arena *a)
{
    const struct columns *k = &run->columns;
    struct geocode_query q = {.address = field_of(c, k, COLUMN_ADDRESS),
                              .number = field_of(c, k, COLUMN_NUMBER),
                              .street = field_of(c, k, COLUMN_STREET),
                              .alley = field_of(c, k, COLUMN_ALLEY),
                              .residential_group = field_of(c, k, COLUMN_GROUP),
                              .ward = field_of(c, k, COLUMN_WARD),
                              .old_ward = field_of(c, k, COLUMN_OLD_WARD)};
    struct geocode_result r;
    arena_reset(a);
    geocode(run->g, &q, a, &r);
    while (c->count < run->width && c->count < FIELD_MOST)
        c->fields[c->count++] = (struct slice){0};
    add_row(&run->out, c);
    add_answer(&run->out, &r, c->separator);
}

static bool flush(struct run *run)
{
    bool ok = fwrite(run->out.p, 1, run->out.n, run->file) == run->out.n;
    buf_reset(&run->out);
    return ok;
}

static bool geocode_all(struct run *run, struct csv *c, uint64_t *rows)
{
    struct arena a = {0};
    bool ok = true;
    while (ok && csv_next(c)) {
        bool is_blank = c->count == 1 && c->fields[0].n == 0;
        if (is_blank)
            continue;
        geocode_row(run, c, &a);
        ++*rows;
        if (run->out.n >= OUT_CHUNK)
            ok = flush(run);
    }
    arena_release(&a);
    return ok && flush(run);
}

static bool has_address(const struct columns *c)
{
    return c->at[COLUMN_ADDRESS] >= 0 || c->at[COLUMN_STREET] >= 0 || c->at[COLUMN_GROUP] >= 0;
}

static bool geocode_open_csv(struct run *run, struct csv *c, const char *out_path, uint64_t *rows,
                             struct fault *f)
{
    run->width = c->count;
    find_columns(c, &run->columns);
    if (!has_address(&run->columns))
        return fault_set(f, FAULT_COLUMN_MISSING, "",
                         "no address column (dia_chi, or so_nha and duong) among the headings");
    run->file = fopen(out_path, "wb");
    if (run->file == NULL)
        return fault_set(f, FAULT_FILE_WRITE, out_path, "cannot be created");
    add_header(&run->out, c);
    bool ok = geocode_all(run, c, rows);
    ok = fclose(run->file) == 0 && ok;
    return ok || fault_set(f, FAULT_FILE_WRITE, out_path, "cannot be written");
}

bool geocode_csv(const struct geocoder *g, const char *in_path, const char *out_path, uint64_t *rows,
                 struct fault *f)
{
    struct buf text = {0};
    struct run run = {.g = g};
    *rows = 0;
    if (!file_read(in_path, FILE_MOST, &text, f)) {
        buf_release(&text);
        return false;
    }
    struct csv *c = calloc(1, sizeof *c);
    bool ok = c != NULL;
    if (ok) {
        csv_open(c, buf_to_slice(&text));
        ok = csv_next(c) ? geocode_open_csv(&run, c, out_path, rows, f)
                         : fault_set(f, FAULT_NO_HEADER, in_path, "the file is empty");
        arena_release(&c->row);
    }
    free(c);
    buf_release(&run.out);
    buf_release(&text);
    return ok;
}
