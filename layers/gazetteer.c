/* The gazetteer: wards, groups, streets with their aliases, alleys, house points, markets and confirmed
 * addresses, read from the ward file into arrays that never change again. The geocoder asks these arrays and
 * never the database. Law: the order of every array is fixed by its ORDER BY, so that two readings of one
 * file answer alike. */
#include "layers/store_private.h"
#include "layers/text.h"

#include <stdlib.h>
#include <string.h>

struct reader {
    struct store *store;
    struct gazetteer *g;
    struct fault *fault;
};

/* --- shapes from well-known binary --- */

struct wkb {
    const unsigned char *p, *end;
    struct lonlat *points;
    uint32_t *ends;
    uint32_t point_count, part_count;
    bool is_counting, is_bad;
};

static uint32_t wkb_int(struct wkb *w)
{
    uint32_t v = 0;
    if (w->end - w->p < 4) {
        w->is_bad = true;
        return 0;
    }
    memcpy(&v, w->p, 4);
    w->p += 4;
    return v;
}

static void wkb_points(struct wkb *w, uint32_t n)
{
    if (w->is_bad || (uint64_t)(w->end - w->p) < (uint64_t)n * sizeof(struct lonlat)) {
        w->is_bad = true;
        return;
    }
    if (!w->is_counting) {
        memcpy(w->points + w->point_count, w->p, n * sizeof(struct lonlat));
        w->ends[w->part_count] = w->point_count + n;
    }
    w->p += n * sizeof(struct lonlat);
    w->point_count += n;
    w->part_count++;
}

/* Little-endian two-dimensional WKB, which is what AsBinary writes on the machines we run on. */
static void wkb_geometry(struct wkb *w, int depth)
{
    enum { WKB_POINT = 1, WKB_LINE = 2, WKB_POLYGON = 3, WKB_COLLECTION = 7 };
    if (w->p >= w->end || *w->p != 1 || depth > 4) {
        w->is_bad = true;
        return;
    }
    w->p++;
    uint32_t type = wkb_int(w), n = type == WKB_POINT ? 1 : wkb_int(w);
    if (type == WKB_POINT || type == WKB_LINE) {
        wkb_points(w, n);
        return;
    }
    if (type < WKB_POINT || type > WKB_COLLECTION)
        w->is_bad = true;
    for (uint32_t i = 0; i < n && !w->is_bad; i++) {
        if (type == WKB_POLYGON)
            wkb_points(w, wkb_int(w));
        else
            wkb_geometry(w, depth + 1);
    }
}

static struct box bounds_of(const struct lonlat *points, uint32_t n)
{
    struct box b = {points[0].lon, points[0].lat, points[0].lon, points[0].lat};
    for (uint32_t i = 1; i < n; i++) {
        b.west = points[i].lon < b.west ? points[i].lon : b.west;
        b.east = points[i].lon > b.east ? points[i].lon : b.east;
        b.south = points[i].lat < b.south ? points[i].lat : b.south;
        b.north = points[i].lat > b.north ? points[i].lat : b.north;
    }
    return b;
}

static struct shape shape_read(struct arena *a, struct slice bytes)
{
    const unsigned char *p = (const unsigned char *)bytes.p;
    struct wkb count = {.p = p, .end = p + bytes.n, .is_counting = true};
    struct shape shape = {0};
    if (bytes.n == 0)
        return shape;
    wkb_geometry(&count, 0);
    if (count.is_bad || count.point_count == 0)
        return shape;
    struct wkb w = {.p = p, .end = p + bytes.n};
    w.points = ARENA_ARRAY(a, struct lonlat, count.point_count);
    w.ends = ARENA_ARRAY(a, uint32_t, count.part_count);
    wkb_geometry(&w, 0);
    shape.points = w.points;
    shape.ends = w.ends;
    shape.part_count = w.part_count;
    shape.bounds = bounds_of(w.points, w.point_count);
    return shape;
}

static bool ring_crosses(const struct lonlat *ring, uint32_t n, struct lonlat at)
{
    bool is_inside = false;
    for (uint32_t i = 0, j = n - 1; i < n; j = i++) {
        if ((ring[i].lat > at.lat) == (ring[j].lat > at.lat))
            continue;
        double t = (at.lat - ring[i].lat) / (ring[j].lat - ring[i].lat);
        if (at.lon < ring[i].lon + t * (ring[j].lon - ring[i].lon))
            is_inside = !is_inside;
    }
    return is_inside;
}

bool shape_holds(const struct shape *area, struct lonlat at)
{
    const struct box *b = &area->bounds;
    if (area->part_count == 0 || at.lon < b->west || at.lon > b->east || at.lat < b->south ||
        at.lat > b->north)
        return false;
    bool is_inside = false;
    uint32_t start = 0;
    for (uint32_t i = 0; i < area->part_count; i++) {
        uint32_t n = area->ends[i] - start;
        if (n > 2 && ring_crosses(area->points + start, n, at))
            is_inside = !is_inside;
        start = area->ends[i];
    }
    return is_inside;
}

/* --- rows --- */

static struct slice keep(struct reader *r, sqlite3_stmt *st, int column)
{
    return arena_slice(&r->g->arena, column_slice(st, column));
}

static struct shape keep_shape(struct reader *r, sqlite3_stmt *st, int column)
{
    return shape_read(&r->g->arena, column_bytes(st, column));
}

static bool street_index(const struct reader *r, int64_t id, uint32_t *index)
{
    uint32_t low = 0, high = r->g->street_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (r->g->streets[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    *index = low;
    return low < r->g->street_count && r->g->streets[low].id == id;
}

/* Each fill function turns the row the statement stands on into `row` of its array; false skips it. */
typedef bool fill_row(struct reader *r, sqlite3_stmt *st, void *row);

static bool fill_ward(struct reader *r, sqlite3_stmt *st, void *row)
{
    *(struct gazetteer_ward *)row = (struct gazetteer_ward){
        sqlite3_column_int64(st, 0),    keep(r, st, 1),      keep(r, st, 2), keep(r, st, 3),
        sqlite3_column_int(st, 4) != 0, keep_shape(r, st, 5)};
    return true;
}

static bool fill_ward_name(struct reader *r, sqlite3_stmt *st, void *row)
{
    *(struct gazetteer_ward_name *)row =
        (struct gazetteer_ward_name){sqlite3_column_int64(st, 0), keep(r, st, 1), keep(r, st, 2),
                                     text_fold_in(&r->g->arena, column_slice(st, 3))};
    return true;
}

static bool fill_group(struct reader *r, sqlite3_stmt *st, void *row)
{
    *(struct gazetteer_group *)row = (struct gazetteer_group){
        sqlite3_column_int64(st, 0), sqlite3_column_int64(st, 1), keep(r, st, 2), keep(r, st, 3),
        sqlite3_column_int(st, 4),   keep_shape(r, st, 5)};
    return true;
}

static bool fill_street(struct reader *r, sqlite3_stmt *st, void *row)
{
    *(struct gazetteer_street *)row = (struct gazetteer_street){
        sqlite3_column_int64(st, 0), keep(r, st, 1), keep(r, st, 2), keep(r, st, 3), keep_shape(r, st, 4),
        sqlite3_column_int64(st, 5)};
    return true;
}

static bool fill_alias(struct reader *r, sqlite3_stmt *st, void *row)
{
    struct gazetteer_alias *alias = row;
    struct slice kind = column_slice(st, 3);
    alias->name = keep(r, st, 1);
    alias->fold = keep(r, st, 2);
    alias->kind = slice_equal(kind, SLICE("weak"))       ? ALIAS_WEAK
                  : slice_equal(kind, SLICE("old_name")) ? ALIAS_OLD_NAME
                                                         : ALIAS_STRONG;
    return street_index(r, sqlite3_column_int64(st, 0), &alias->street);
}

static bool fill_alley(struct reader *r, sqlite3_stmt *st, void *row)
{
    struct gazetteer_alley *alley = row;
    alley->chain = keep(r, st, 1);
    alley->line = keep_shape(r, st, 2);
    return street_index(r, sqlite3_column_int64(st, 0), &alley->street);
}

static bool fill_point(struct reader *r, sqlite3_stmt *st, void *row)
{
    struct gazetteer_point *point = row;
    point->chain = keep(r, st, 1);
    point->number = sqlite3_column_int(st, 2);
    point->suffix = keep(r, st, 3);
    point->source_id = sqlite3_column_int64(st, 5);
    return column_point(st, 4, &point->at) && street_index(r, sqlite3_column_int64(st, 0), &point->street);
}

static bool fill_market(struct reader *r, sqlite3_stmt *st, void *row)
{
    struct gazetteer_market *market = row;
    market->id = sqlite3_column_int64(st, 0);
    market->code = keep(r, st, 1);
    market->name = keep(r, st, 2);
    market->fold = keep(r, st, 3);
    market->has_point = column_point(st, 4, &market->at);
    return true;
}

static bool fill_stall(struct reader *r, sqlite3_stmt *st, void *row)
{
    struct gazetteer_stall *stall = row;
    stall->market_id = sqlite3_column_int64(st, 0);
    stall->zone_fold = keep(r, st, 1);
    stall->number_norm = keep(r, st, 2);
    return column_point(st, 3, &stall->at);
}

static bool fill_memory(struct reader *r, sqlite3_stmt *st, void *row)
{
    struct gazetteer_memory *m = row;
    m->key = keep(r, st, 0);
    m->at = (struct lonlat){sqlite3_column_double(st, 1), sqlite3_column_double(st, 2)};
    m->position = keep(r, st, 3);
    m->accuracy_m = sqlite3_column_double(st, 4);
    return true;
}

static bool fill_source(struct reader *r, sqlite3_stmt *st, void *row)
{
    *(struct gazetteer_source *)row = (struct gazetteer_source){sqlite3_column_int64(st, 0), keep(r, st, 1),
                                                                keep(r, st, 2), keep(r, st, 3)};
    return true;
}

struct load {
    const char *count_sql, *sql;
    fill_row *fill;
    size_t row_bytes;
};

static const struct load WARDS = {
    "SELECT count(*) FROM ward", "SELECT id, code, name, fold, is_home, AsBinary(geom) FROM ward ORDER BY id",
    fill_ward, sizeof(struct gazetteer_ward)};
static const struct load WARD_NAMES = {
    "SELECT count(*) FROM ward_name",
    "SELECT ward_id, name, fold, coalesce(district, '') FROM ward_name ORDER BY fold, id", fill_ward_name,
    sizeof(struct gazetteer_ward_name)};
static const struct load GROUPS = {
    "SELECT count(*) FROM residential_group",
    "SELECT id, ward_id, name, fold, number, AsBinary(geom) FROM residential_group ORDER BY id", fill_group,
    sizeof(struct gazetteer_group)};
static const struct load STREETS = {
    "SELECT count(*) FROM street",
    "SELECT id, name, fold, coalesce(ward, ''), AsBinary(geom), source_id FROM street ORDER BY id",
    fill_street, sizeof(struct gazetteer_street)};
static const struct load ALIASES = {
    "SELECT count(*) FROM street_alias",
    "SELECT street_id, name, fold, kind FROM street_alias WHERE kind <> 'proposed' ORDER BY street_id, id",
    fill_alias, sizeof(struct gazetteer_alias)};
static const struct load ALLEYS = {
    "SELECT count(*) FROM alley",
    "SELECT street_id, chain, AsBinary(geom) FROM alley ORDER BY street_id, chain", fill_alley,
    sizeof(struct gazetteer_alley)};
static const struct load POINTS = {
    "SELECT count(*) FROM address_point",
    "SELECT street_id, chain, number, suffix, geom, source_id FROM address_point ORDER "
    "BY street_id, chain, number, suffix",
    fill_point, sizeof(struct gazetteer_point)};
static const struct load MARKETS = {"SELECT count(*) FROM market",
                                    "SELECT id, code, name, fold, geom FROM market ORDER BY id", fill_market,
                                    sizeof(struct gazetteer_market)};
static const struct load STALLS = {
    "SELECT count(*) FROM stall_plan",
    "SELECT market_id, zone_fold, number_norm, ST_Centroid(geom) FROM stall_plan"
    " ORDER BY market_id, number_norm, zone_fold, kind",
    fill_stall, sizeof(struct gazetteer_stall)};
static const struct load MEMORY = {
    "SELECT count(*) FROM address_memory",
    "SELECT key, lon, lat, position, accuracy_m FROM address_memory ORDER BY key", fill_memory,
    sizeof(struct gazetteer_memory)};

static const struct load SOURCES = {"SELECT count(*) FROM source",
                                    "SELECT id, name, dated_on, licence FROM source ORDER BY id", fill_source,
                                    sizeof(struct gazetteer_source)};

/* One table as one array in the arena; NULL with the fault filled when it cannot be read. */
static void *load_rows(struct reader *r, const struct load *load, uint32_t *count)
{
    int64_t total = store_int(r->store, load->count_sql, NULL, -1);
    if (total < 0 || total > INT32_MAX) {
        fault_set(r->fault, FAULT_DATABASE, "gazetteer", "\"%s\" gave no number", load->count_sql);
        return NULL;
    }
    char *rows = arena_alloc(&r->g->arena, load->row_bytes * ((size_t)total + 1));
    sqlite3_stmt *st = store_statement(r->store, load->sql, r->fault);
    if (st == NULL)
        return NULL;
    struct fault failed = {0};
    *count = 0;
    while (*count < (uint32_t)total && statement_next(st, &failed))
        *count += load->fill(r, st, rows + load->row_bytes * *count);
    sqlite3_reset(st);
    if (failed.code == FAULT_NONE)
        return rows;
    fault_set(r->fault, failed.code, failed.place, "%s", failed.text);
    return NULL;
}

static bool load_all(struct reader *r)
{
    struct gazetteer *g = r->g;
    return (g->wards = load_rows(r, &WARDS, &g->ward_count)) != NULL &&
           (g->ward_names = load_rows(r, &WARD_NAMES, &g->ward_name_count)) != NULL &&
           (g->groups = load_rows(r, &GROUPS, &g->group_count)) != NULL &&
           (g->streets = load_rows(r, &STREETS, &g->street_count)) != NULL &&
           (g->aliases = load_rows(r, &ALIASES, &g->alias_count)) != NULL &&
           (g->alleys = load_rows(r, &ALLEYS, &g->alley_count)) != NULL &&
           (g->points = load_rows(r, &POINTS, &g->point_count)) != NULL &&
           (g->markets = load_rows(r, &MARKETS, &g->market_count)) != NULL &&
           (g->stalls = load_rows(r, &STALLS, &g->stall_count)) != NULL &&
           (g->memory = load_rows(r, &MEMORY, &g->memory_count)) != NULL &&
           (g->sources = load_rows(r, &SOURCES, &g->source_count)) != NULL;
}

bool gazetteer_read(struct gazetteer **out, struct store *s, struct fault *f)
{
    struct gazetteer *g = calloc(1, sizeof *g);
    if (g == NULL)
        return fault_set(f, FAULT_INTERNAL, "gazetteer", "no memory");
    struct reader r = {s, g, f};
    if (!load_all(&r)) {
        gazetteer_free(g);
        return false;
    }
    *out = g;
    return true;
}

void gazetteer_free(struct gazetteer *g)
{
    if (g == NULL)
        return;
    arena_release(&g->arena);
    free(g);
}
