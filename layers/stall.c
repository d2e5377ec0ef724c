/* stall: numbered places in a market, and the drawn floor plan that says where they stand. A stall is a place
 * for ever, occupied or not; a drawing may be known before the list names its stall. */
#include "layers/store_private.h"

#include <math.h>
#include <string.h>

static const double METRES_PER_DEGREE = 111320.0; /* of latitude, near enough for a radius */
static const double MARKET_RADIUS_M = 150.0;      /* of a market of which only a point is known */
static const double PLAN_LEAST_M = 1.5;           /* nobody draws a stall better than this */

int stall_find(struct store *s, const struct stall_key *k, int64_t *place_ids, int limit)
{
    sqlite3_stmt *st = store_statement(
        s,
        "SELECT s.place_id FROM stall s LEFT JOIN zone z ON z.id = s.zone_id WHERE s.market_id = ?1 AND "
        "s.number_norm = ?2"
        " AND (?3 IS NULL OR z.fold = ?3) AND (?4 IS NULL OR s.kind = ?4) ORDER BY s.place_id LIMIT ?5",
        NULL);
    if (!st)
        return 0;
    bind_int(st, 1, k->market_id);
    bind_slice(st, 2, k->number_norm);
    bind_slice_or_null(st, 3, k->zone_fold);
    bind_text(st, 4, k->kind);
    bind_int(st, 5, limit);
    int n = 0;
    while (n < limit && statement_next(st, NULL))
        place_ids[n++] = sqlite3_column_int64(st, 0);
    sqlite3_reset(st);
    return n;
}

bool stall_put(struct store *s, const struct stall *stall, struct fault *f)
{
    sqlite3_stmt *st = store_statement(
        s,
        "INSERT INTO stall (place_id, market_id, zone_id, kind, number, number_norm, area_m2, goods)"
        " VALUES (?1, ?2, ?3, coalesce(?4, 'counter'), ?5, ?6, ?7, ?8) ON CONFLICT (place_id) DO UPDATE SET "
        "market_id = ?2,"
        " zone_id = coalesce(?3, zone_id), kind = coalesce(?4, kind), number = ?5, number_norm = ?6, area_m2 "
        "= coalesce(?7, "
        "area_m2),"
        " goods = ?8",
        f);
    if (!st)
        return false;
    bind_int(st, 1, stall->place_id);
    bind_int(st, 2, stall->market_id);
    bind_id(st, 3, stall->zone_id);
    bind_text(st, 4, stall->kind);
    bind_slice(st, 5, stall->number);
    bind_slice(st, 6, stall->number_norm);
    bind_real(st, 7, stall->area_m2);
    bind_slice(st, 8, stall->goods);
    return statement_run(st, f);
}

/* Half the diagonal of a box in degrees, in metres. */
static double half_diagonal_m(double west, double south, double east, double north)
{
    double x = (east - west) * METRES_PER_DEGREE * cos((south + north) / 2 * M_PI / 180.0);
    double y = (north - south) * METRES_PER_DEGREE;
    return hypot(x, y) / 2;
}

/* The drawn stall, when exactly one drawing fits best. */
static bool position_by_plan(struct store *s, const struct stall_key *k, struct place_position *out)
{
    sqlite3_stmt *st = store_statement(
        s,
        "SELECT ST_X(c), ST_Y(c), west, south, east, north, fit FROM (SELECT Centroid(geom) AS c, "
        "MbrMinX(geom) AS west,"
        " MbrMinY(geom) AS south, MbrMaxX(geom) AS east, MbrMaxY(geom) AS north, (zone_fold = ?2) + (kind = "
        "?3) AS fit"
        " FROM stall_plan WHERE market_id = ?1 AND number_norm = ?4 AND (zone_fold = ?2 OR zone_fold = '' OR "
        "?2 = '')"
        " AND (kind = ?3 OR kind = '' OR ?3 = '') AND geom IS NOT NULL ORDER BY fit DESC LIMIT 2)",
        NULL);
    if (!st)
        return false;
    bind_int(st, 1, k->market_id);
    bind_slice(st, 2, k->zone_fold);
    bind_text(st, 3, k->kind ? k->kind : "");
    bind_slice(st, 4, k->number_norm);
    if (!statement_next(st, NULL))
        return false;
    double radius = half_diagonal_m(sqlite3_column_double(st, 2), sqlite3_column_double(st, 3),
                                    sqlite3_column_double(st, 4), sqlite3_column_double(st, 5));
    int fit = sqlite3_column_int(st, 6);
    *out = (struct place_position){.position = "stall_plan",
                                   .at = {sqlite3_column_double(st, 0), sqlite3_column_double(st, 1)},
                                   .accuracy_m = fmax(radius, PLAN_LEAST_M)};
    bool is_ambiguous = statement_next(st, NULL) && sqlite3_column_int(st, 6) == fit;
    sqlite3_reset(st);
    return !is_ambiguous;
}

/* Somewhere in the market: its point, with a radius that holds the whole plan when there is one. */
static bool position_by_market(struct store *s, int64_t market_id, struct place_position *out)
{
    sqlite3_stmt *st = store_statement(
        s,
        "SELECT m.geom, m.accuracy_m, min(MbrMinX(p.geom)), min(MbrMinY(p.geom)), max(MbrMaxX(p.geom)),"
        " max(MbrMaxY(p.geom)) FROM market m LEFT JOIN stall_plan p ON p.market_id = m.id WHERE m.id = ?1 "
        "GROUP BY m.id",
        NULL);
    if (!st)
        return false;
    bind_int(st, 1, market_id);
    bool found = statement_next(st, NULL) && column_point(st, 0, &out->at);
    if (found) {
        double extent = column_is_null(st, 2)
                            ? MARKET_RADIUS_M
                            : 2 * half_diagonal_m(sqlite3_column_double(st, 2), sqlite3_column_double(st, 3),
                                                  sqlite3_column_double(st, 4), sqlite3_column_double(st, 5));
        out->position = "area";
        out->accuracy_m = extent + sqlite3_column_double(st, 1);
    }
    sqlite3_reset(st);
    return found;
}

void stall_position(struct store *s, const struct stall_key *k, struct place_position *out)
{
    *out = (struct place_position){.position = "none"};
    struct place_position found = *out;
    if (position_by_plan(s, k, &found) || position_by_market(s, k->market_id, &found))
        *out = found;
}

/* --- the floor plan --- */

bool stall_plan_put(struct store *s, const struct stall_plan *p, int64_t *id, bool *is_new, struct fault *f)
{
    sqlite3_stmt *st = store_statement(s,
                                       "SELECT id FROM stall_plan WHERE market_id = ?1 AND zone_fold = ?2 "
                                       "AND kind = ?3 AND number_norm = ?4",
                                       f);
    if (!st)
        return false;
    for (int pass = 0; pass < 2; pass++) {
        bind_int(st, 1, p->key.market_id);
        bind_slice(st, 2, p->key.zone_fold);
        bind_text(st, 3, p->key.kind ? p->key.kind : "");
        bind_slice(st, 4, p->key.number_norm);
        if (pass == 1)
            break;
        *is_new = !statement_next(st, f);
        *id = *is_new ? 0 : sqlite3_column_int64(st, 0);
        sqlite3_reset(st);
        st = store_statement(
            s,
            *is_new ? "INSERT INTO stall_plan (market_id, zone_fold, kind, number_norm, geom)"
                      " VALUES (?1, ?2, ?3, ?4, CastToXY(GeomFromWKB(?5, 4326)))"
                    : "UPDATE stall_plan SET geom = CastToXY(GeomFromWKB(?5, 4326)) WHERE market_id = ?1"
                      " AND zone_fold = ?2 AND kind = ?3 AND number_norm = ?4",
            f);
        if (!st)
            return false;
    }
    bind_bytes(st, 5, p->wkb);
    if (!statement_run(st, f))
        return false;
    if (*is_new)
        *id = sqlite3_last_insert_rowid(store_handle(s));
    return true;
}

struct to_place {
    int64_t place_id;
    struct stall_key key;
};

static int list_stalls(struct store *s, int64_t market_id, struct arena *a, struct to_place **out)
{
    sqlite3_stmt *st = store_statement(
        s,
        "SELECT s.place_id, z.fold, s.kind, s.number_norm FROM stall s JOIN place p ON p.id = s.place_id "
        "LEFT JOIN zone z"
        " ON z.id = s.zone_id WHERE s.market_id = ?1 AND p.position IN ('stall_plan', 'area', 'none')",
        NULL);
    struct buf list = {0};
    if (!st)
        return 0;
    bind_int(st, 1, market_id);
    while (statement_next(st, NULL)) {
        struct to_place t = {.place_id = sqlite3_column_int64(st, 0)};
        t.key.market_id = market_id;
        t.key.zone_fold = arena_slice(a, column_slice(st, 1));
        t.key.kind = arena_text(a, column_slice(st, 2));
        t.key.number_norm = arena_slice(a, column_slice(st, 3));
        buf_add(&list, &t, sizeof t);
    }
    int n = (int)(list.n / sizeof **out);
    *out = arena_copy(a, list.p ? list.p : "", list.n);
    buf_release(&list);
    return n;
}

static bool is_placed_so(struct store *s, int64_t place_id, const struct place_position *p)
{
    sqlite3_stmt *st = store_statement(s, "SELECT position, accuracy_m, geom FROM place WHERE id = ?1", NULL);
    struct lonlat at = {0};
    if (!st)
        return false;
    bind_int(st, 1, place_id);
    bool same = statement_next(st, NULL) && slice_equal(column_slice(st, 0), slice_of(p->position)) &&
                (strcmp(p->position, "none") == 0 ||
                 (sqlite3_column_double(st, 1) == p->accuracy_m && column_point(st, 2, &at) &&
                  at.lon == p->at.lon && at.lat == p->at.lat));
    sqlite3_reset(st);
    return same;
}

bool stall_place_again(struct store *s, int64_t market_id, struct fault *f)
{
    struct arena a = {0};
    struct to_place *list;
    int n = list_stalls(s, market_id, &a, &list);
    bool ok = true;
    for (int i = 0; ok && i < n; i++) {
        struct place_position p;
        stall_position(s, &list[i].key, &p);
        if (!is_placed_so(s, list[i].place_id, &p))
            ok = place_set_position(s, list[i].place_id, &p, f);
    }
    arena_release(&a);
    return ok;
}
