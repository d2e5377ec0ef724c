/* filter: which rows of a collection are wanted: a conjunction of `field = value` and of CQL2 expressions.
 * Law: names and values are checked when they are added, texts become ids when the filter is bound, so that
 * testing a row is one comparison of numbers per condition; expressions come after those, and their time is
 * metered: what a stranger may make us compute has an end. */
#include "layers/cql2.h"
#include "layers/geos.h"

#include <math.h>

enum { CONDITIONS_MAX = 48, EXPRESSIONS_MAX = 8, CQL2_BYTES_MAX = 16 * 1024, SAMPLE_TESTS = 64 };
#define TESTING_MAX_NS ((int64_t)5 * 1000 * 1000 * 1000)

struct condition {
    int field;
    struct slice text;
    int64_t integer;
    double real;
    uint32_t id; /* of `text` in the bound layer; TEXT_NULL: no row has it */
};

/* Time spent on expressions, by one test in SAMPLE_TESTS; each one where a single test may be long. */
struct meter {
    uint32_t tests, stride;
    int64_t spent_ns;
};

struct filter {
    struct arena *arena;
    const struct layer *layer;
    const struct snapshot_layer *bound;
    struct condition *conditions;
    int count;
    struct cql2 *expressions[EXPRESSIONS_MAX];
    int expression_count;
    struct meter *meter;
};

struct filter *filter_new(struct arena *a, const struct layer *layer)
{
    struct filter *filter = ARENA_NEW(a, struct filter);
    filter->arena = a;
    filter->layer = layer;
    filter->conditions = ARENA_ARRAY(a, struct condition, CONDITIONS_MAX);
    filter->meter = ARENA_NEW(a, struct meter);
    filter->meter->stride = SAMPLE_TESTS;
    return filter;
}

static bool value_read(struct condition *c, enum field_type type, struct slice value)
{
    struct slice lower = value;
    struct date day;
    switch (type) {
    case FIELD_TEXT:
    case FIELD_TIME: return true;
    case FIELD_DATE: return date_parse_iso(value, &day);
    case FIELD_INT: return slice_to_int(value, &c->integer);
    case FIELD_REAL: return slice_to_real(value, &c->real);
    case FIELD_BOOL:
        c->integer = slice_equal_ignoring_case(lower, SLICE("true"));
        return c->integer || slice_equal_ignoring_case(lower, SLICE("false"));
    }
    return false;
}

bool filter_add_equal(struct filter *filter, struct slice name, struct slice value, struct fault *f)
{
    const char *place = arena_text(filter->arena, name);
    struct condition c = {.field = layer_field(filter->layer, name)};
    if (c.field < 0)
        return fault_set(f, FAULT_BAD_PARAMETER, place, "no such field in %s", filter->layer->name);
    if (!value_read(&c, filter->layer->fields[c.field].type, value))
        return fault_set(f, FAULT_BAD_PARAMETER, place, "\"%s\"", arena_text(filter->arena, value));
    if (filter->count == CONDITIONS_MAX)
        return fault_set(f, FAULT_BAD_PARAMETER, place, "more than %d conditions", CONDITIONS_MAX);
    c.text = arena_slice(filter->arena, value);
    filter->conditions[filter->count++] = c;
    return true;
}

static bool has_shapes(const struct cql2 *n)
{
    if (n->relation)
        return true;
    for (int i = 0; i < n->kid_count; i++)
        if (has_shapes(n->kids[i]))
            return true;
    return false;
}

/* The text is the filter's own already. */
static bool add_expression(struct filter *filter, const struct cql2_text *cql2, struct fault *f)
{
    if (filter->expression_count == EXPRESSIONS_MAX)
        return fault_set(f, FAULT_BAD_PARAMETER, "filter", "nhiều hơn %d biểu thức", EXPRESSIONS_MAX);
    struct cql2_source source = {filter->arena, cql2->text, f};
    bool is_json = cql2->lang == CQL2_LANG_JSON;
    struct cql2 *root = is_json ? cql2_read_json(&source) : cql2_read_text(&source);
    struct cql2_context context = {filter->layer, cql2->crs};
    if (!root || !cql2_check(&source, &context, root))
        return false;
    filter->expressions[filter->expression_count++] = root;
    if (filter->layer->geometry != GEOMETRY_POINT && has_shapes(root))
        filter->meter->stride = 1;
    return true;
}

bool filter_add_cql2(struct filter *filter, const struct cql2_text *cql2, struct fault *f)
{
    if (cql2->text.n > CQL2_BYTES_MAX)
        return fault_set(f, FAULT_BAD_PARAMETER, "filter", "dài hơn %d byte", CQL2_BYTES_MAX);
    struct cql2_text own = *cql2;
    own.text = arena_slice(filter->arena, cql2->text);
    return add_expression(filter, &own, f);
}

/* Its code, or its name as people write it. */
static int64_t area_named(const struct snapshot_layer *areas, struct slice wanted)
{
    int name = layer_field(areas->layer, SLICE("name"));
    int64_t row = snapshot_find(areas, wanted);
    for (uint32_t i = 0; row < 0 && name >= 0 && i < areas->count; i++)
        if (slice_equal(snapshot_text(&areas->columns[name], i), wanted))
            row = i;
    return row;
}

static void area_ring(struct buf *out, const struct part *ring)
{
    buf_char(out, '(');
    for (uint32_t i = 0; i < ring->count; i++) {
        buf_text(out, i ? "," : "");
        buf_real(out, ring->points[i].lon, 9);
        buf_char(out, ' ');
        buf_real(out, ring->points[i].lat, 9);
    }
    buf_char(out, ')');
}

bool filter_add_area(struct filter *filter, const struct snapshot_layer *areas, struct slice name,
                     struct fault *f)
{
    int64_t row = area_named(areas, name);
    struct buf out = {0};
    if (row < 0 || row >= areas->located)
        return fault_set(f, FAULT_BAD_PARAMETER, "area", "không có '%s' trong lớp %s",
                         arena_text(filter->arena, name), areas->layer->name);
    uint32_t parts = snapshot_part_count(areas, (uint32_t)row);
    buf_text(&out, "S_INTERSECTS(geometry,MULTIPOLYGON((");
    for (uint32_t i = 0; i < parts; i++) {
        struct part ring = snapshot_part(areas, (uint32_t)row, i);
        if (i)
            buf_text(&out, ring.is_hole ? "," : "),(");
        area_ring(&out, &ring);
    }
    buf_text(&out, ")))");
    struct cql2_text what = {.text = arena_slice(filter->arena, buf_to_slice(&out)), .lang = CQL2_LANG_TEXT};
    buf_release(&out);
    return add_expression(filter, &what, f);
}

bool filter_is_empty(const struct filter *filter)
{
    return !filter || (filter->count == 0 && filter->expression_count == 0);
}

static uint32_t id_of_text(const struct column *column, struct slice text)
{
    for (uint32_t id = 1; id <= column->text_count; id++) {
        struct slice known = {column->text_bytes + column->text_at[id],
                              column->text_at[id + 1] - column->text_at[id]};
        if (slice_equal(known, text))
            return id;
    }
    return TEXT_NULL;
}

void filter_bind(struct filter *filter, const struct snapshot_layer *l)
{
    filter->bound = l;
    for (int i = 0; i < filter->expression_count; i++)
        cql2_bind(filter->arena, filter->expressions[i], l);
    for (int i = 0; i < filter->count; i++) {
        struct condition *c = &filter->conditions[i];
        const struct column *column = &l->columns[c->field];
        if (!column->text)
            continue;
        int64_t row = c->field == 0 ? snapshot_find(l, c->text) : -1; /* ids are too many to look through */
        c->id = c->field == 0 ? (row < 0 ? TEXT_NULL : column->text[row]) : id_of_text(column, c->text);
    }
}

static bool condition_test(const struct condition *c, const struct column *column, uint32_t row)
{
    if (column->text)
        return c->id != TEXT_NULL && column->text[row] == c->id;
    if (column->integer)
        return column->integer[row] == c->integer;
    return fabs(column->real[row] - c->real) < 1e-9; /* false for NaN: null equals nothing */
}

static bool expressions_test(const struct filter *filter, uint32_t row)
{
    struct cql2_row here = {filter->bound, row};
    for (int i = 0; i < filter->expression_count; i++)
        if (cql2_test(filter->expressions[i], &here) != CQL2_YES)
            return false;
    return true;
}

static bool expressions_test_metered(const struct filter *filter, uint32_t row)
{
    struct meter *m = filter->meter;
    if (m->spent_ns > TESTING_MAX_NS)
        return false;
    if (m->tests++ % m->stride)
        return expressions_test(filter, row);
    int64_t before = clock_monotonic_ns();
    bool passes = expressions_test(filter, row);
    m->spent_ns += (clock_monotonic_ns() - before) * m->stride;
    return passes;
}

/* Of a condition that must hold for the whole to hold: the first box that is found. */
static bool reach_of(const struct cql2 *n, struct box *reach)
{
    if (n->relation)
        return geos_reach(n->relation, reach);
    for (int i = 0; n->op == CQL2_AND && i < n->kid_count; i++)
        if (reach_of(n->kids[i], reach))
            return true;
    return false;
}

bool filter_reach(const struct filter *filter, struct box *reach)
{
    for (int i = 0; i < filter->expression_count; i++)
        if (reach_of(filter->expressions[i], reach))
            return true;
    return false;
}

bool filter_test(const struct filter *filter, uint32_t row)
{
    for (int i = 0; i < filter->count; i++) {
        const struct condition *c = &filter->conditions[i];
        if (!condition_test(c, &filter->bound->columns[c->field], row))
            return false;
    }
    return filter->expression_count == 0 || expressions_test_metered(filter, row);
}

bool filter_finish(const struct filter *filter, struct fault *f)
{
    if (!filter || filter->meter->spent_ns <= TESTING_MAX_NS)
        return true;
    return fault_set(f, FAULT_TOO_LARGE, "filter", "bộ lọc cần quá nhiều thời gian; hãy viết gọn hơn");
}
