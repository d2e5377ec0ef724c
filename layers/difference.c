/* difference: two read copies of one layer beside each other: what came, what went, and which fields of the
 * rest are others. Both copies hold public fields only, so the difference does too. */
#include "layers/layers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool same_value(const struct column *a, uint32_t i, const struct column *b, uint32_t j)
{
    switch (a->type) {
    case FIELD_INT:
    case FIELD_BOOL: return a->integer[i] == b->integer[j];
    case FIELD_REAL: return a->real[i] == b->real[j] || (isnan(a->real[i]) && isnan(b->real[j]));
    default:
        return (a->text[i] == TEXT_NULL) == (b->text[j] == TEXT_NULL) &&
               slice_equal(snapshot_text(a, i), snapshot_text(b, j));
    }
}

static bool same_points(const struct lonlat *a, const struct lonlat *b, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (a[i].lon != b[i].lon || a[i].lat != b[i].lat)
            return false;
    return true;
}

static bool same_geometry(const struct snapshot_layer *a, uint32_t i, const struct snapshot_layer *b,
                          uint32_t j)
{
    if ((i < a->located) != (j < b->located))
        return false;
    if (i >= a->located)
        return true;
    if (a->layer->geometry == GEOMETRY_POINT)
        return same_points(&a->point[i], &b->point[j], 1);
    uint32_t parts = snapshot_part_count(a, i);
    if (parts != snapshot_part_count(b, j))
        return false;
    for (uint32_t p = 0; p < parts; p++) {
        struct part one = snapshot_part(a, i, p), other = snapshot_part(b, j, p);
        if (one.count != other.count || !same_points(one.points, other.points, one.count))
            return false;
    }
    return true;
}

static uint64_t other_fields(const struct snapshot_layer *a, uint32_t i, const struct snapshot_layer *b,
                             uint32_t j)
{
    int n = a->layer->field_count;
    uint64_t fields = 0;
    for (int k = 0; k < n; k++)
        if (!same_value(&a->columns[k], i, &b->columns[k], j))
            fields |= 1ull << k;
    return same_geometry(a, i, b, j) ? fields : fields | 1ull << n;
}

struct slice difference_id(const struct snapshot_layer *before, const struct snapshot_layer *after,
                           const struct difference *d)
{
    return d->kind == DIFFERENCE_REMOVED ? snapshot_text(&before->columns[0], d->before)
                                         : snapshot_text(&after->columns[0], d->after);
}

struct both {
    const struct snapshot_layer *before, *after;
};

static int by_id(const void *a, const void *b, void *context)
{
    const struct both *both = context;
    struct slice one = difference_id(both->before, both->after, a);
    struct slice other = difference_id(both->before, both->after, b);
    int order = memcmp(one.p, other.p, one.n < other.n ? one.n : other.n);
    return order ? order : (one.n > other.n) - (one.n < other.n);
}

uint32_t snapshot_difference(const struct snapshot_layer *before, const struct snapshot_layer *after,
                             struct arena *a, struct difference **out)
{
    size_t most = (size_t)before->count + after->count;
    struct difference *found = ARENA_ARRAY(a, struct difference, most ? most : 1);
    uint32_t n = 0;
    for (uint32_t row = 0; row < after->count; row++) {
        int64_t then = snapshot_find(before, snapshot_text(&after->columns[0], row));
        uint64_t fields = then < 0 ? 0 : other_fields(before, (uint32_t)then, after, row);
        if (then < 0)
            found[n++] = (struct difference){.kind = DIFFERENCE_ADDED, .after = row};
        else if (fields)
            found[n++] = (struct difference){DIFFERENCE_CHANGED, (uint32_t)then, row, fields};
    }
    for (uint32_t row = 0; row < before->count; row++)
        if (snapshot_find(after, snapshot_text(&before->columns[0], row)) < 0)
            found[n++] = (struct difference){.kind = DIFFERENCE_REMOVED, .before = row};
    struct both both = {before, after};
    qsort_r(found, n, sizeof *found, by_id, &both);
    *out = found;
    return n;
}

void difference_value(struct buf *out, const struct snapshot_layer *l, int field, uint32_t row)
{
    if (field == l->layer->field_count) {
        if (row < l->located && l->layer->geometry == GEOMETRY_POINT)
            geojson_position(out, l->point[row], NULL);
        return;
    }
    const struct column *c = &l->columns[field];
    switch (c->type) {
    case FIELD_INT:
        if (c->integer[row] != INT_NULL)
            buf_int(out, c->integer[row]);
        break;
    case FIELD_BOOL:
        if (c->integer[row] != INT_NULL)
            buf_text(out, c->integer[row] ? "true" : "false");
        break;
    case FIELD_REAL:
        if (!isnan(c->real[row]))
            buf_real(out, c->real[row], 2);
        break;
    default: buf_slice(out, snapshot_text(c, row));
    }
}

const char *difference_kind_name(enum difference_kind kind)
{
    static const char *const NAMES[] = {"added", "removed", "changed"};
    return NAMES[kind];
}

/* change,code,name,field,before,after: a line for each field of what changed, one for what came or went. */
static void csv_line(struct buf *out, const struct both *both, const struct difference *d, int field)
{
    const struct snapshot_layer *l = d->kind == DIFFERENCE_REMOVED ? both->before : both->after;
    uint32_t row = d->kind == DIFFERENCE_REMOVED ? d->before : d->after;
    int name = layer_field(l->layer, SLICE("name"));
    struct buf value = {0};
    buf_format(out, "%s,", difference_kind_name(d->kind));
    buf_csv(out, snapshot_text(&l->columns[0], row));
    buf_char(out, ',');
    if (name >= 0)
        buf_csv(out, snapshot_text(&l->columns[name], row));
    buf_char(out, ',');
    if (field >= 0) {
        buf_text(out, field < l->layer->field_count ? l->layer->fields[field].name : "geometry");
        buf_char(out, ',');
        difference_value(&value, both->before, field, d->before);
        buf_csv(out, buf_to_slice(&value));
        buf_char(out, ',');
        buf_reset(&value);
        difference_value(&value, both->after, field, d->after);
        buf_csv(out, buf_to_slice(&value));
    } else {
        buf_text(out, ",,");
    }
    buf_text(out, "\r\n");
    buf_release(&value);
}

void difference_csv(struct buf *out, const struct snapshot_layer *before, const struct snapshot_layer *after,
                    const struct difference *d, uint32_t count)
{
    struct both both = {before, after};
    buf_text(out, "change,code,name,field,before,after\r\n");
    for (uint32_t i = 0; i < count; i++)
        if (d[i].kind != DIFFERENCE_CHANGED)
            csv_line(out, &both, &d[i], -1);
        else
            for (int k = 0; k <= after->layer->field_count; k++)
                if (d[i].fields >> k & 1)
                    csv_line(out, &both, &d[i], k);
}
