/* snapshot_build: the public views, read once from end to end, become the packed read copy.
 * Generic over layers.def: the columns of a view are matched by name with the fields of its layer, so what is
 * no field (but for id, geom, valid_from and valid_to) is never copied. Law: one pass, every array grown once
 * and sorted one at a time; the property text stays in the order it was read, so the loader never holds two
 * copies of it. */
#include "layers/snapshot_private.h"
#include "layers/store_private.h"
#include "layers/touched.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const SELECT_ALL[LAYER_COUNT] = {
#define LAYER(id, name, view, geometry, vi, en) "SELECT * FROM main." view,
#define BASE(id, name, view, geometry, vi, en)  "SELECT * FROM main." view,
#define FIELD(id, name, type, vi, en, short_name)
#include "layers/layers.def"
#undef LAYER
#undef BASE
#undef FIELD
};

/* A reader that makes patches has views of the same names over few places (touched.c): hence "main". */
const char *layer_select(enum layer_id id)
{
    return SELECT_ALL[id];
}

/* Where the view keeps what; -1: nowhere. */
struct plan {
    int id, geom;
    int column[LAYER_FIELDS_MAX + 2];   /* of the fields, then valid_from and valid_to */
    struct slice key[LAYER_FIELDS_MAX]; /* `,"name":` */
};

static int column_named(sqlite3_stmt *st, const char *name)
{
    for (int i = 0; i < sqlite3_column_count(st); i++)
        if (strcmp(sqlite3_column_name(st, i), name) == 0)
            return i;
    return -1;
}

static bool plan_make(struct plan *plan, const struct layer *layer, sqlite3_stmt *st, struct arena *a)
{
    plan->id = column_named(st, "id");
    plan->geom = column_named(st, "geom");
    for (int i = 0; i < layer->field_count; i++) {
        plan->column[i] = column_named(st, layer->fields[i].name);
        plan->key[i] = slice_of(arena_format(a, ",\"%s\":", layer->fields[i].name));
        if (plan->column[i] < 0)
            return false;
    }
    plan->column[layer->field_count] = column_named(st, "valid_from");
    plan->column[layer->field_count + 1] = column_named(st, "valid_to");
    return plan->geom >= 0 && plan->id >= 0;
}

struct stored_layer *layer_new(const struct layer *layer)
{
    struct stored_layer *l = calloc(1, sizeof *l);
    atomic_init(&l->owners, 1);
    l->open.layer = layer;
    l->properties = texts_new();
    int n = layer->field_count + 2;
    l->columns = calloc((size_t)n, sizeof *l->columns);
    l->open_columns = calloc((size_t)n, sizeof *l->open_columns);
    for (int i = 0; i < n; i++)
        column_start(&l->columns[i], i < layer->field_count ? layer->fields[i].type : FIELD_DATE);
    l->columns[0].is_unique = !layer->is_base; /* the code, which the file keeps unique */
    return l;
}

static void layer_reserve(struct stored_layer *l)
{
    if (l->open.count < l->row_room)
        return;
    size_t room = l->row_room + l->row_room / 2 + 256;
    bool has_parts = l->open.layer->geometry != GEOMETRY_POINT;
    size_t same[8];
    for (int i = 0; i < 8; i++)
        same[i] = l->row_room;
    l->point = room_for(l->point, room, &same[0], sizeof *l->point);
    l->number = room_for(l->number, room, &same[1], sizeof *l->number);
    l->properties_at = room_for(l->properties_at, room, &same[2], sizeof *l->properties_at);
    l->properties_length = room_for(l->properties_length, room, &same[3], sizeof *l->properties_length);
    l->id = room_for(l->id, room, &same[7], sizeof *l->id);
    if (has_parts) {
        l->bounds = room_for(l->bounds, room, &same[4], sizeof *l->bounds);
        l->first_part = room_for(l->first_part, room, &same[5], sizeof *l->first_part);
        l->part_count = room_for(l->part_count, room, &same[6], sizeof *l->part_count);
    }
    for (int i = 0; i < l->open.layer->field_count + 2; i++)
        column_reserve(&l->columns[i], room);
    l->row_room = room;
}

/* --- one row --- */

static void set_text(struct stored_column *c, uint32_t row, sqlite3_stmt *st, int at, struct buf *json)
{
    struct slice text = column_slice(st, at);
    (c->is_unique ? column_add_text : column_set_text)(c, row, text);
    if (json)
        buf_json(json, text);
}

static void set_null(struct stored_column *c, uint32_t row)
{
    if (c->text)
        c->text[row] = TEXT_NULL;
    else if (c->real)
        c->real[row] = NAN;
    else
        c->integer[row] = INT_NULL;
}

static void set_value(struct stored_column *c, uint32_t row, sqlite3_stmt *st, int at, struct buf *json)
{
    if (at < 0 || sqlite3_column_type(st, at) == SQLITE_NULL) {
        set_null(c, row);
        if (json)
            buf_text(json, "null");
        return;
    }
    switch (c->open.type) {
    case FIELD_TEXT:
    case FIELD_DATE:
    case FIELD_TIME: set_text(c, row, st, at, json); break;
    case FIELD_INT: buf_int(json, c->integer[row] = sqlite3_column_int64(st, at)); break;
    case FIELD_BOOL:
        c->integer[row] = sqlite3_column_int(st, at) != 0;
        buf_text(json, c->integer[row] ? "true" : "false");
        break;
    case FIELD_REAL: buf_real(json, c->real[row] = sqlite3_column_double(st, at), 2); break;
    }
}

/* A public code is ten characters of five bits and one to check them: the number of its bits. 0 for anything
 * else. */
static uint64_t number_of_code(struct slice code)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    uint64_t bits = 0;
    if (code.n != CODE_LENGTH)
        return 0;
    for (size_t i = 0; i + 1 < code.n; i++) {
        const char *at = code.p[i] ? strchr(alphabet, code.p[i]) : NULL;
        if (!at)
            return 0;
        bits = bits << 5 | (uint64_t)(at - alphabet);
    }
    return bits;
}

static void row_geometry(struct stored_layer *l, uint32_t row, struct slice blob)
{
    struct outline shape = {.point = {NAN, NAN}};
    bool located = blob.n > 0 && geometry_read(blob, l->open.layer->geometry, &l->geometry, &shape);
    l->point[row] = located ? shape.point : (struct lonlat){NAN, NAN};
    l->open.located += located;
    if (l->open.layer->geometry == GEOMETRY_POINT)
        return;
    l->bounds[row] = shape.bounds;
    l->first_part[row] = shape.first_part;
    l->part_count[row] = shape.part_count;
}

static void row_add(struct stored_layer *l, const struct plan *plan, sqlite3_stmt *st)
{
    const struct layer *layer = l->open.layer;
    layer_reserve(l);
    uint32_t row = l->open.count++;
    struct buf *properties = &l->properties->bytes;
    size_t at = properties->n;
    for (int i = 0; i < layer->field_count; i++) {
        buf_slice(properties, plan->key[i]);
        set_value(&l->columns[i], row, st, plan->column[i], properties);
    }
    properties->p[at] = '{'; /* in place of the first comma */
    buf_char(properties, '}');
    l->properties_at[row] = at;
    l->properties_length[row] = (uint32_t)(properties->n - at);
    for (int i = layer->field_count; i < layer->field_count + 2; i++)
        set_value(&l->columns[i], row, st, plan->column[i], NULL);
    uint64_t number = layer->is_base ? 0 : number_of_code(column_slice(st, plan->column[0]));
    int64_t id = sqlite3_column_int64(st, plan->id);
    l->number[row] = number ? number : (uint64_t)id;
    l->id[row] = id >= 0 && id < UINT32_MAX ? (uint32_t)id : UINT32_MAX;
    row_geometry(l, row, column_bytes(st, plan->geom));
}

/* --- the order --- */

struct keyed {
    uint64_t key;
    uint32_t row;
};

/* Least significant byte first; equal keys keep the order they were in. A byte that all keys share is no
 * work.
 */
static void keyed_sort(struct keyed *items, size_t n)
{
    struct keyed *other = malloc((n ? n : 1) * sizeof *other), *from = items, *to = other;
    for (int shift = 0; shift < 64 && n > 0; shift += 8) {
        size_t start[257] = {0};
        for (size_t i = 0; i < n; i++)
            start[(from[i].key >> shift & 255) + 1]++;
        if (start[(from[0].key >> shift & 255) + 1] == n)
            continue;
        for (int i = 0; i < 256; i++)
            start[i + 1] += start[i];
        for (size_t i = 0; i < n; i++)
            to[start[from[i].key >> shift & 255]++] = from[i];
        struct keyed *swap = from;
        from = to;
        to = swap;
    }
    if (from != items)
        memcpy(items, from, n * sizeof *items);
    free(other);
}

/* Rows with a geometry along the curve, then the others; what is equal in that by id. */
static uint32_t *layer_order(const struct stored_layer *l)
{
    uint32_t n = l->open.count, located = l->open.located, with = 0, without = located;
    struct keyed *items = malloc((n ? n : 1) * sizeof *items);
    uint32_t *order = malloc((n ? n : 1) * sizeof *order);
    for (uint32_t row = 0; row < n; row++)
        items[row] = (struct keyed){l->id[row], row};
    keyed_sort(items, n);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t row = items[i].row;
        if (isnan(l->point[row].lon))
            order[without++] = row;
        else
            items[with++] = (struct keyed){hilbert_of_world(world_of(l->point[row])), row};
    }
    keyed_sort(items, located);
    for (uint32_t i = 0; i < located; i++)
        order[i] = items[i].row;
    free(items);
    return order;
}

static void layer_world(struct stored_layer *l)
{
    uint32_t n = l->open.located;
    l->world = malloc((n ? n : 1) * sizeof *l->world);
    l->key = malloc((n ? n : 1) * sizeof *l->key);
    struct box extent = {INFINITY, INFINITY, -INFINITY, -INFINITY};
    for (uint32_t row = 0; row < n; row++) {
        struct lonlat p = l->point[row];
        l->world[row] = world_of(p);
        l->key[row] = hilbert_of_world(l->world[row]);
        struct box b = l->bounds ? l->bounds[row] : (struct box){p.lon, p.lat, p.lon, p.lat};
        extent = (struct box){fmin(extent.west, b.west), fmin(extent.south, b.south),
                              fmax(extent.east, b.east), fmax(extent.north, b.north)};
    }
    l->open.extent = n ? extent : (struct box){0, 0, 0, 0};
}

/* What the door shows: after the arrays have their place for good. */
void layer_show(struct stored_layer *l)
{
    for (int i = 0; i < l->open.layer->field_count + 2; i++) {
        column_show(&l->columns[i]);
        l->open_columns[i] = l->columns[i].open;
    }
    l->open.point = l->point;
    l->open.world = l->world;
    l->open.bounds = l->bounds;
    l->open.number = l->number;
    l->open.columns = l->open_columns;
}

/* Everything into its final order and size, one array at a time. */
void layer_finish(struct stored_layer *l)
{
    uint32_t n = l->open.count, located = l->open.located;
    uint32_t *order = layer_order(l);
    l->point = array_in_order(l->point, order, located, sizeof *l->point);
    l->bounds = array_in_order(l->bounds, order, located, sizeof *l->bounds);
    l->first_part = array_in_order(l->first_part, order, located, sizeof *l->first_part);
    l->part_count = array_in_order(l->part_count, order, located, sizeof *l->part_count);
    l->number = array_in_order(l->number, order, n, sizeof *l->number);
    l->id = array_in_order(l->id, order, n, sizeof *l->id);
    l->properties_at = array_in_order(l->properties_at, order, n, sizeof *l->properties_at);
    l->properties_length = array_in_order(l->properties_length, order, n, sizeof *l->properties_length);
    texts_trim(l->properties, true);
    for (int i = 0; i < l->open.layer->field_count + 2; i++)
        column_finish(&l->columns[i], order, n);
    free(order);
    geometry_trim(&l->geometry);
    layer_world(l);
    layer_show(l);
    layer_index(l);
}

/* A day of the row lies before (or behind) the other; an unknown one is open. */
static bool is_outside(sqlite3_stmt *st, const struct plan *plan, const struct layer *layer, const char *day)
{
    int from = plan->column[layer->field_count], to = plan->column[layer->field_count + 1];
    struct slice other = slice_of(day);
    struct slice first = from < 0 ? (struct slice){0} : column_slice(st, from);
    struct slice last = to < 0 ? (struct slice){0} : column_slice(st, to);
    return (first.n == other.n && memcmp(first.p, other.p, other.n) > 0) ||
           (last.n == other.n && memcmp(last.p, other.p, other.n) < 0);
}

bool layer_read(struct stored_layer *l, const char *sql, struct store *s, const char *day, struct fault *f)
{
    struct arena scratch = {0};
    struct plan plan;
    const struct layer *layer = l->open.layer;
    sqlite3_stmt *st = store_statement(s, sql, f);
    if (!st)
        return false;
    bool ok = layer->field_count <= LAYER_FIELDS_MAX && plan_make(&plan, layer, st, &scratch);
    if (!ok)
        fault_set(f, FAULT_DATABASE, layer->view, "the view lacks a column of layers.def");
    struct fault here = {0};
    while (ok && statement_next(st, &here))
        if (!day || !is_outside(st, &plan, layer, day))
            row_add(l, &plan, st);
    sqlite3_reset(st);
    arena_release(&scratch);
    if (here.code != FAULT_NONE)
        ok = fault_set(f, here.code, here.place, "%s", here.text);
    if (ok && plan.column[layer->field_count] >= 0)
        l->open.valid_from = &l->open_columns[layer->field_count];
    if (ok && plan.column[layer->field_count + 1] >= 0)
        l->open.valid_to = &l->open_columns[layer->field_count + 1];
    return ok;
}

void layer_release(struct stored_layer *l)
{
    if (!l || atomic_fetch_sub_explicit(&l->owners, 1, memory_order_acq_rel) != 1)
        return;
    for (int i = 0; i < l->open.layer->field_count + 2; i++)
        column_release(&l->columns[i]);
    void *arrays[] = {l->point,      l->world,      l->bounds,        l->number,
                      l->id,         l->key,        l->properties_at, l->properties_length,
                      l->first_part, l->part_count, l->columns,       l->open_columns,
                      l->id_slots,   l->nodes};
    for (size_t i = 0; i < COUNT_OF(arrays); i++)
        free(arrays[i]);
    texts_release(l->properties);
    geometry_release(&l->geometry);
    free(l);
}

void snapshot_free(struct snapshot *s)
{
    if (!s)
        return;
    for (int i = 0; i < LAYER_COUNT; i++)
        layer_release(s->layers[i]);
    search_free(s->search);
    free(s->moved.codes);
    notes_release(&s->notes);
    free(s);
}

/* All layers in one read transaction: one revision. */
bool snapshot_build(struct snapshot **out, struct store *s, const struct snapshot_scope *scope,
                    struct fault *f)
{
    char day[11];
    bool is_dated = date_is_valid(scope->as_of), is_whole = scope->only == LAYER_COUNT;
    struct snapshot *made = calloc(1, sizeof *made);
    bool ok = made && store_run(s, "BEGIN", f);
    if (!ok) {
        free(made);
        return fault_set(f, FAULT_NO_MEMORY, NULL, "%s", "");
    }
    atomic_init(&made->references, 1);
    made->revision = store_revision(s);
    made->data_version = store_data_version(s); /* inside the transaction: that of what is read */
    made->note = touched_last(s);
    made->date = is_dated ? scope->as_of : date_today();
    date_format_iso(made->date, day);
    for (int i = 0; i < LAYER_COUNT && ok; i++) {
        bool is_staff = scope->staff && i == (int)scope->only;
        made->layers[i] = layer_new(is_staff ? &scope->staff->layer : layer_get((enum layer_id)i));
        if (is_whole || i == (int)scope->only)
            ok = layer_read(made->layers[i], is_staff ? sql_text(scope->staff->sql) : SELECT_ALL[i], s,
                            is_dated ? day : NULL, f);
        if (ok)
            layer_finish(made->layers[i]);
    }
    ok = ok && moved_load(&made->moved, s, f) && (!is_whole || notes_load(&made->notes, s, f));
    struct fault ignored = {0};
    store_run(s, "COMMIT", ok ? f : &ignored);
    if (!ok) {
        snapshot_free(made);
        return false;
    }
    if (is_whole)
        made->search = search_build(made);
    *out = made;
    return true;
}
