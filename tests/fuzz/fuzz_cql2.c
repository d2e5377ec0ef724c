/* Any bytes as a filter: the first byte chooses text or JSON. No crash; what is read prints as CQL2 JSON that
 * reads back to the same print; what is accepted can be asked of every row. */
#include "layers/cql2.h"
#include "layers/snapshot_private.h"

#include <math.h>
#include <stdlib.h>

enum { ROWS = 3 };

static void require(bool what)
{
    if (!what)
        abort();
}

/* Three rows: all set, all null, odd values; the last has no geometry. */
struct rows {
    struct stored_layer l;
    struct layer layer;
    struct stored_column columns[6];
    struct column open[6];
};

static const struct field FIELDS[6] = {{"name", FIELD_TEXT, "", "", ""}, {"n", FIELD_INT, "", "", ""},
                                       {"r", FIELD_REAL, "", "", ""},    {"b", FIELD_BOOL, "", "", ""},
                                       {"day", FIELD_DATE, "", "", ""},  {"at", FIELD_TIME, "", "", ""}};

static void cells_of(struct stored_column *c)
{
    static const uint32_t SAME[ROWS] = {0, 1, 2};
    column_reserve(c, ROWS);
    for (uint32_t row = 0; row < ROWS; row++) {
        const char *text = c->open.type == FIELD_TEXT   ? "Đồng hồ 50%_a"
                           : c->open.type == FIELD_DATE ? "2026-11-22"
                                                        : "2026-11-22T01:02:03Z";
        if (c->text)
            c->text[row] = TEXT_NULL;
        if (c->text && row != 1)
            column_set_text(c, row, slice_of(row ? "x" : text));
        if (c->integer)
            c->integer[row] = row == 1 ? INT_NULL : c->open.type == FIELD_BOOL ? 1 : 7;
        if (c->real)
            c->real[row] = row == 1 ? NAN : -1e300;
    }
    column_finish(c, SAME, ROWS);
}

static struct rows *rows_of(enum geometry_kind kind)
{
    static struct lonlat square[5] = {{0, 0}, {1, 0}, {1, 1}, {0, 1}, {0, 0}};
    static struct world world[5];
    static float rank[5];
    static struct stored_part part = {0, 5, false};
    static struct box bounds[2] = {{0, 0, 1, 1}, {0, 0, 1, 1}};
    static uint32_t first[2], count[2] = {1, 1};
    struct rows *t = calloc(1, sizeof *t);
    require(t);
    t->layer = (struct layer){.name = "rows", .geometry = kind, .fields = FIELDS, .field_count = 6};
    for (int i = 0; i < 6; i++) {
        column_start(&t->columns[i], FIELDS[i].type);
        cells_of(&t->columns[i]);
        t->open[i] = t->columns[i].open;
    }
    t->l.geometry = (struct geometry){.points = square, .world = world, .rank = rank, .parts = &part};
    t->l.first_part = first;
    t->l.part_count = count;
    t->l.open = (struct snapshot_layer){
        .layer = &t->layer, .count = ROWS, .located = 2, .point = square, .columns = t->open};
    t->l.open.bounds = kind == GEOMETRY_POINT ? NULL : bounds;
    return t;
}

static void check_print(struct arena *a, const struct cql2 *tree)
{
    struct buf once = {0}, twice = {0};
    struct fault f = {0};
    cql2_print(tree, &once);
    struct cql2_source source = {a, buf_to_slice(&once), &f};
    struct cql2 *again = cql2_read_json(&source);
    if (again) { /* a text may nest one level deeper than JSON counts */
        cql2_print(again, &twice);
        require(slice_equal(buf_to_slice(&once), buf_to_slice(&twice)));
    } else {
        require(tree->depth > CQL2_DEPTH_MAX / 4 || slice_find(slice_of(f.text), SLICE("JSON")) >= 0);
    }
    buf_release(&once);
    buf_release(&twice);
}

static void ask(struct arena *a, const struct rows *t, const struct cql2_text *what)
{
    struct fault f = {0};
    struct filter *filter = filter_new(a, &t->layer);
    if (!filter_add_cql2(filter, what, &f)) {
        require(f.code == FAULT_BAD_PARAMETER && f.text[0]);
        return;
    }
    filter_bind(filter, &t->l.open);
    for (int round = 0; round < 2; round++) /* the second time from memory */
        for (uint32_t row = 0; row < ROWS; row++)
            filter_test(filter, row);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct rows *tables[2];
    if (size == 0 || size > 8192)
        return 0;
    for (int i = 0; i < 2; i++)
        if (!tables[i])
            tables[i] = rows_of(i ? GEOMETRY_AREA : GEOMETRY_POINT);
    struct arena a = {0};
    struct fault f = {0};
    enum cql2_lang lang = data[0] & 1 ? CQL2_LANG_JSON : CQL2_LANG_TEXT;
    struct filter_crs crs = {.north_first = data[0] & 2};
    struct cql2_text what = {{(const char *)data + 1, size - 1}, lang, &crs};
    struct cql2_source source = {&a, what.text, &f};
    const struct cql2 *tree = lang == CQL2_LANG_JSON ? cql2_read_json(&source) : cql2_read_text(&source);
    if (tree)
        check_print(&a, tree);
    for (int i = 0; i < 2; i++)
        ask(&a, tables[i], &what);
    arena_release(&a);
    return 0;
}
