/* cql2_table: small tables for tests of filters. A table is a layer of the read copy built without a ward
 * file: fields are declared, rows are set cell by cell as text, geometries vertex by vertex. Rows with a
 * geometry come first, as in any snapshot. */
#ifndef TESTS_LAYERS_CQL2_TABLE_H
#define TESTS_LAYERS_CQL2_TABLE_H

#include "layers/snapshot_private.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TABLE_FIELDS_MAX = 40 };

struct table {
    struct arena arena;
    struct field fields[TABLE_FIELDS_MAX];
    struct layer layer;
    struct stored_layer l;
    struct stored_column columns[TABLE_FIELDS_MAX];
    struct column open[TABLE_FIELDS_MAX];
};

static inline void table_start(struct table *t, enum geometry_kind geometry)
{
    *t = (struct table){0};
    t->layer = (struct layer){.name = "table", .geometry = geometry, .fields = t->fields};
    t->l.open.layer = &t->layer;
}

static inline void table_field(struct table *t, struct slice name, enum field_type type)
{
    ck_assert_int_lt(t->layer.field_count, TABLE_FIELDS_MAX);
    int at = t->layer.field_count++;
    t->fields[at] = (struct field){arena_text(&t->arena, name), type, "", "", ""};
    column_start(&t->columns[at], type);
}

/* A new row, all cells null, without a geometry. */
static inline uint32_t table_row(struct table *t)
{
    struct stored_layer *l = &t->l;
    uint32_t row = l->open.count++;
    if (row >= l->row_room) {
        l->row_room = 2 * l->row_room + 64;
        l->point = realloc(l->point, l->row_room * sizeof *l->point);
        l->bounds = realloc(l->bounds, l->row_room * sizeof *l->bounds);
        l->first_part = realloc(l->first_part, l->row_room * sizeof *l->first_part);
        l->part_count = realloc(l->part_count, l->row_room * sizeof *l->part_count);
        for (int i = 0; i < t->layer.field_count; i++)
            column_reserve(&t->columns[i], l->row_room);
    }
    l->point[row] = (struct lonlat){NAN, NAN};
    l->first_part[row] = (uint32_t)l->geometry.part_count;
    l->part_count[row] = 0;
    l->bounds[row] = (struct box){INFINITY, INFINITY, -INFINITY, -INFINITY};
    for (int i = 0; i < t->layer.field_count; i++) {
        if (t->columns[i].text)
            t->columns[i].text[row] = TEXT_NULL;
        else if (t->columns[i].real)
            t->columns[i].real[row] = NAN;
        else
            t->columns[i].integer[row] = INT_NULL;
    }
    return row;
}

static inline void table_cell(struct table *t, uint32_t row, int field, struct slice value)
{
    struct stored_column *c = &t->columns[field];
    if (c->text)
        column_set_text(c, row, value);
    else if (c->real)
        ck_assert(slice_to_real(value, &c->real[row]));
    else if (c->open.type == FIELD_BOOL)
        c->integer[row] = slice_equal(value, SLICE("true"));
    else
        ck_assert(slice_to_int(value, &c->integer[row]));
}

/* One more vertex of the last row: of its last part, or the point. */
static inline void table_vertex(struct table *t, double lon, double lat)
{
    struct stored_layer *l = &t->l;
    struct geometry *g = &l->geometry;
    uint32_t row = l->open.count - 1;
    if (!isfinite(l->point[row].lon)) {
        ck_assert_uint_eq(l->open.located, row); /* located rows come first */
        l->open.located++;
        l->point[row] = (struct lonlat){lon, lat};
    }
    struct box *b = &l->bounds[row];
    *b = (struct box){fmin(b->west, lon), fmin(b->south, lat), fmax(b->east, lon), fmax(b->north, lat)};
    if (g->part_count == 0)
        return;
    g->points = room_for(g->points, g->point_count + 1, &g->point_room, sizeof *g->points);
    g->points[g->point_count++] = (struct lonlat){lon, lat};
    g->parts[g->part_count - 1].count++;
}

/* Begins a line or a ring of the last row. */
static inline void table_part(struct table *t, bool is_hole)
{
    struct geometry *g = &t->l.geometry;
    g->parts = room_for(g->parts, g->part_count + 1, &g->part_room, sizeof *g->parts);
    g->parts[g->part_count++] = (struct stored_part){(uint32_t)g->point_count, 0, is_hole};
    t->l.part_count[t->l.open.count - 1]++;
}

static inline void table_finish(struct table *t)
{
    struct stored_layer *l = &t->l;
    uint32_t *same = malloc((l->open.count + 1) * sizeof *same);
    for (uint32_t i = 0; i < l->open.count; i++)
        same[i] = i;
    for (int i = 0; i < t->layer.field_count; i++) {
        column_finish(&t->columns[i], same, l->open.count);
        t->open[i] = t->columns[i].open;
    }
    free(same);
    struct geometry *g = &l->geometry;
    g->world = calloc(g->point_count + 1, sizeof *g->world);
    g->rank = calloc(g->point_count + 1, sizeof *g->rank);
    l->open.point = l->point;
    l->open.bounds = t->layer.geometry == GEOMETRY_POINT ? NULL : l->bounds;
    l->open.columns = t->open;
}

static inline void table_release(struct table *t)
{
    for (int i = 0; i < t->layer.field_count; i++)
        column_release(&t->columns[i]);
    free(t->l.point);
    free(t->l.bounds);
    free(t->l.first_part);
    free(t->l.part_count);
    geometry_release(&t->l.geometry);
    arena_release(&t->arena);
}

/* Rows the filter lets pass, or -1 when it is refused; `passes` (may be NULL) gets a byte a row. */
static inline int64_t table_count(const struct table *t, const struct cql2_text *what, uint8_t *passes,
                                  struct fault *f)
{
    struct arena a = {0};
    struct filter *filter = filter_new(&a, &t->layer);
    int64_t count = 0;
    if (!filter_add_cql2(filter, what, f)) {
        arena_release(&a);
        return -1;
    }
    filter_bind(filter, &t->l.open);
    for (uint32_t row = 0; row < t->l.open.count; row++) {
        bool pass = filter_test(filter, row);
        count += pass;
        if (passes)
            passes[row] = pass;
    }
    ck_assert(filter_finish(filter, f));
    arena_release(&a);
    return count;
}

#endif
