/* serve_select: the items asked for. A page is chosen by counting through the snapshot: bbox narrows by its
 * tree, then filter and datetime are tested row by row, so numberMatched is exact. Features without a
 * geometry match every bbox, features without dates every datetime.
 *
 * Pages follow each other by the feature they end with (`after`), so that nothing is seen twice or missed
 * when others come or go between two pages; `offset` counts instead. */
#include "layers/text.h"
#include "mapd/select.h"

#include <stdlib.h>
#include <string.h>

/* What was asked for, against one layer. */
struct selection {
    const struct snapshot_layer *l;
    struct filter *filter;    /* NULL: all */
    bool has_box, has_shapes; /* has_shapes: bounds are not enough, the geometry itself must meet the box */
    struct box box;
    bool is_reached;        /* `within` holds all there is: a condition of the filter names a place */
    const uint32_t *within; /* rows the box meets, ascending */
    uint32_t within_count;
    char from[11], to[11]; /* ISO days, "" when open */
    int64_t after;         /* the row the page before ended with, or -1 */
};

/* In metres of another system the geometries are tested there; in degrees the tree's answer is refined later.
 */
static bool select_box(const struct call *c, struct selection *s, struct fault *f)
{
    enum crs_id id = (enum crs_id)c->value[PARAMETER_BBOX_CRS].integer;
    const struct filter_crs *crs;
    if (!parameter_box(&c->value[PARAMETER_BBOX], id, &s->box, f) ||
        !crs_lend(c->serve->systems, id, c->arena, &crs, f))
        return false;
    s->has_box = true;
    if (crs && crs->projection) {
        struct projected_box box = {crs->projection, s->box};
        s->within_count = snapshot_within_projected(s->l, &box, c->arena, &s->within);
        return true;
    }
    s->has_shapes = s->l->layer->geometry != GEOMETRY_POINT;
    s->within_count = snapshot_within(s->l, s->box, c->arena, &s->within);
    return true;
}

static bool read_selection(const struct call *c, struct selection *s, struct fault *f)
{
    *s = (struct selection){.l = snapshot_get(c->snapshot, c->value[PARAMETER_COLLECTION].layer->id)};
    const struct value *box = &c->value[PARAMETER_BBOX], *when = &c->value[PARAMETER_DATETIME];
    if (box->given && !select_box(c, s, f))
        return false;
    if (when->from.year)
        date_format_iso(when->from, s->from);
    if (when->to.year)
        date_format_iso(when->to, s->to);
    if (!make_filter(c, s->l, &s->filter, f))
        return false;
    struct box reach;
    if (!s->has_box && s->filter && filter_reach(s->filter, &reach)) {
        s->is_reached = true;
        s->within_count = snapshot_within(s->l, reach, c->arena, &s->within);
    }
    return true;
}

/* An ISO day of a hidden column against the other end; an unknown bound is open. */
static bool ends_before(const struct column *column, uint32_t row, const char *day)
{
    struct slice value = snapshot_text(column, row), other = slice_of(day);
    return value.n == 10 && other.n == 10 && memcmp(value.p, other.p, 10) < 0;
}

static bool begins_after(const struct column *column, uint32_t row, const char *day)
{
    struct slice value = snapshot_text(column, row), other = slice_of(day);
    return value.n == 10 && other.n == 10 && memcmp(value.p, other.p, 10) > 0;
}

static bool is_selected(const struct selection *s, uint32_t row)
{
    if (s->has_box && s->has_shapes && row < s->l->located && !snapshot_meets(s->l, row, s->box))
        return false;
    if (s->filter && !filter_test(s->filter, row))
        return false;
    if (s->from[0] && s->l->valid_to && ends_before(s->l->valid_to, row, s->from))
        return false;
    return !(s->to[0] && s->l->valid_from && begins_after(s->l->valid_from, row, s->to));
}

static bool selects_all(const struct selection *s)
{
    return !s->filter && !s->from[0] && !s->to[0] && !(s->has_box && s->has_shapes);
}

static uint32_t candidate_count(const struct selection *s)
{
    if (s->is_reached) /* what has no geometry meets no condition about it */
        return s->within_count;
    return s->has_box ? s->within_count + (s->l->count - s->l->located) : s->l->count;
}

static uint32_t candidate(const struct selection *s, uint32_t i)
{
    if (s->is_reached)
        return s->within[i];
    if (!s->has_box)
        return i;
    return i < s->within_count ? s->within[i] : s->l->located + (i - s->within_count);
}

/* --- pages in the order of the snapshot --- */

static bool is_before_page(const struct selection *s, const struct result *out, uint32_t row)
{
    return s->after >= 0 ? row <= s->after : out->matched < out->offset;
}

/* How many candidates stand before the page, when all of them are selected. */
static uint32_t skip_count(const struct selection *s, const struct result *out, uint32_t candidates)
{
    if (s->after < 0)
        return out->offset < candidates ? (uint32_t)out->offset : candidates;
    uint32_t n = 0;
    while (n < candidates && candidate(s, n) <= s->after)
        n++;
    return n;
}

static void find_in_order(const struct selection *s, struct result *out, uint32_t *rows)
{
    uint32_t candidates = candidate_count(s), first = 0, before = 0;
    bool all = selects_all(s);
    if (all) /* no need to look at the others */
        out->matched = before = first = skip_count(s, out, candidates);
    for (uint32_t i = first; i < candidates; i++) {
        uint32_t row = candidate(s, i);
        if (!is_selected(s, row))
            continue;
        if (is_before_page(s, out, row))
            before++;
        else if (out->returned < out->limit)
            rows[out->returned++] = row;
        else if (all) {
            out->matched = candidates;
            break;
        }
        out->matched++;
    }
    if (s->after >= 0)
        out->offset = before;
}

/* --- pages in an order asked for --- */

/* Names are ordered as a Vietnamese list; days and times as they are written. */
static struct slice *text_order(const struct call *c, const struct column *column, const uint32_t *rows,
                                uint32_t count)
{
    struct slice *order = ARENA_ARRAY(c->arena, struct slice, (size_t)column->text_count + 1);
    struct buf key = {0};
    for (uint32_t i = 0; i < count; i++) {
        uint32_t id = column->text[rows[i]];
        if (id == TEXT_NULL || order[id].p)
            continue;
        struct slice text = snapshot_text(column, rows[i]);
        buf_reset(&key);
        if (column->type == FIELD_TEXT)
            text_order_key(text, &key);
        order[id] = column->type == FIELD_TEXT ? arena_slice(c->arena, buf_to_slice(&key)) : text;
    }
    buf_release(&key);
    return order;
}

static int compare_texts(struct slice x, struct slice y)
{
    int order = memcmp(x.p, y.p, x.n < y.n ? x.n : y.n);
    return order ? order : (x.n > y.n) - (x.n < y.n);
}

static bool is_null(const struct column *column, uint32_t row)
{
    if (column->text)
        return column->text[row] == TEXT_NULL;
    if (column->real)
        return column->real[row] != column->real[row];
    return column->integer[row] == INT_NULL;
}

static int compare_values(const struct sort_key *key, const struct column *column, uint32_t a, uint32_t b)
{
    if (column->text)
        return column->text[a] == column->text[b]
                   ? 0
                   : compare_texts(key->order[column->text[a]], key->order[column->text[b]]);
    if (column->real)
        return (column->real[a] > column->real[b]) - (column->real[a] < column->real[b]);
    return (column->integer[a] > column->integer[b]) - (column->integer[a] < column->integer[b]);
}

/* Nothing stands last, whichever way; equals stand as in the snapshot. */
static int compare_rows(const void *left, const void *right, void *context)
{
    const struct result *r = context;
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    for (int i = 0; i < r->key_count; i++) {
        const struct column *column = &r->l->columns[r->keys[i].field];
        bool no_a = is_null(column, a), no_b = is_null(column, b);
        if (no_a != no_b)
            return no_a ? 1 : -1;
        int order = no_a ? 0 : compare_values(&r->keys[i], column, a, b);
        if (order)
            return r->keys[i].descending ? -order : order;
    }
    return (a > b) - (a < b);
}

/* The row behind which the page begins is compared too, though it may not be selected any more. */
static void order_texts(const struct call *c, const struct selection *s, struct result *out, uint32_t *rows,
                        uint32_t count)
{
    uint32_t more = s->after >= 0;
    if (more)
        rows[count] = (uint32_t)s->after;
    for (int i = 0; i < out->key_count; i++) {
        const struct column *column = &out->l->columns[out->keys[i].field];
        if (column->text)
            out->keys[i].order = text_order(c, column, rows, count + more);
    }
}

static void find_sorted(const struct call *c, const struct selection *s, struct result *out)
{
    uint32_t candidates = candidate_count(s), count = 0;
    uint32_t *rows = ARENA_ARRAY(c->arena, uint32_t, candidates + 1);
    for (uint32_t i = 0; i < candidates; i++) {
        uint32_t row = candidate(s, i);
        if (is_selected(s, row))
            rows[count++] = row;
    }
    order_texts(c, s, out, rows, count);
    qsort_r(rows, count, sizeof *rows, compare_rows, out);
    uint64_t first = out->offset;
    if (s->after >= 0) {
        uint32_t after = (uint32_t)s->after;
        for (first = 0; first < count && compare_rows(&rows[first], &after, out) <= 0; first++)
            ;
        out->offset = first;
    }
    first = first < count ? first : count;
    out->matched = count;
    out->returned = (uint32_t)(count - first < out->limit ? count - first : out->limit);
    out->rows = rows + first;
}

/* --- what was asked for --- */

/* "name,-updated_at" */
static bool read_order(const struct call *c, struct result *out, struct fault *f)
{
    struct slice rest = c->value[PARAMETER_SORTBY].text, one;
    while (slice_next(&rest, ',', &one)) {
        bool descending = one.n && one.p[0] == '-', sign = descending || (one.n && one.p[0] == '+');
        struct slice name = slice_trim(sign ? (struct slice){one.p + 1, one.n - 1} : one);
        int field = layer_field(out->l->layer, name);
        if (field < 0 || out->key_count == SORT_KEYS)
            return fault_set(f, FAULT_BAD_PARAMETER, "sortby",
                             "\"%.*s\" không phải trường của lớp (tối đa %d)",
                             (int)(name.n > 60 ? 60 : name.n), name.p, SORT_KEYS);
        out->keys[out->key_count++] = (struct sort_key){field, descending, NULL};
    }
    return true;
}

static bool read_shown(const struct call *c, struct result *out, struct fault *f)
{
    const struct value *asked = &c->value[PARAMETER_PROPERTIES];
    if (!asked->given)
        return true;
    bool *shown = ARENA_ARRAY(c->arena, bool, (size_t)out->l->layer->field_count);
    struct slice rest = asked->text, one;
    while (slice_next(&rest, ',', &one)) {
        int field = layer_field(out->l->layer, slice_trim(one));
        if (field < 0)
            return fault_set(f, FAULT_BAD_PARAMETER, "properties", "\"%.*s\" không phải trường của lớp",
                             (int)(one.n > 60 ? 60 : one.n), one.p);
        shown[field] = true;
    }
    out->shown = shown;
    return true;
}

static bool read_place(const struct call *c, struct selection *s, struct result *out, struct fault *f)
{
    const struct value *limit = &c->value[PARAMETER_LIMIT], *after = &c->value[PARAMETER_AFTER];
    out->limit = limit->given ? (uint64_t)limit->integer : LIMIT_DEFAULT;
    if (out->limit > LIMIT_MOST)
        out->limit = LIMIT_MOST;
    out->offset = (uint64_t)c->value[PARAMETER_OFFSET].integer;
    s->after = -1;
    if (!after->given)
        return true;
    if (c->value[PARAMETER_OFFSET].given)
        return fault_set(f, FAULT_BAD_PARAMETER, "after", "không đi cùng offset");
    s->after = snapshot_find(s->l, after->text);
    return s->after >= 0 || fault_set(f, FAULT_BAD_PARAMETER, "after",
                                      "bản ghi này không còn trong lớp; hãy xem lại từ trang đầu");
}

bool select_page(const struct call *c, struct result *page, struct fault *f)
{
    struct selection s;
    enum crs_id crs = (enum crs_id)c->value[PARAMETER_CRS].integer;
    *page = (struct result){.l = snapshot_get(c->snapshot, c->value[PARAMETER_COLLECTION].layer->id)};
    if (!read_selection(c, &s, f) || !read_place(c, &s, page, f) || !read_order(c, page, f) ||
        !read_shown(c, page, f) || !crs_lend(c->serve->systems, crs, c->arena, &page->crs, f))
        return false;
    if (page->key_count) {
        find_sorted(c, &s, page);
    } else {
        uint32_t most = candidate_count(&s);
        uint32_t *rows = ARENA_ARRAY(c->arena, uint32_t, page->limit < most ? page->limit : most);
        page->rows = rows;
        find_in_order(&s, page, rows);
    }
    return filter_finish(s.filter, f);
}
