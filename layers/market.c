/* market: markets, zones, stalls with their floor plan, and who runs them. A stall is a place for ever;
 * traders come and go, and who they are stands sealed. */
#include "layers/store_private.h"
#include "layers/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double METRES_PER_DEGREE = 111320.0; /* of latitude, near enough for a radius */
static const double MARKET_RADIUS_M = 150.0;      /* of a market of which only a point is known */
static const double PLAN_LEAST_M = 1.5;           /* nobody draws a stall better than this */

/* --- markets --- */

static const char *constant_position(struct slice position)
{
    static const char *const KNOWN[] = {"gps",    "stall_plan",        "house_number", "interpolated",
                                        "street", "residential_group", "area"};
    for (size_t i = 0; i < COUNT_OF(KNOWN); i++)
        if (slice_equal(position, slice_of(KNOWN[i])))
            return KNOWN[i];
    return "none";
}

int market_list(struct store *s, struct arena *a, struct market **out)
{
    sqlite3_stmt *st = store_statement(
        s, "SELECT id, code, name, fold, position, accuracy_m, geom, address FROM market ORDER BY id", NULL);
    int64_t count = store_int(s, "SELECT count(*) FROM market", NULL, 0);
    struct market *list = ARENA_ARRAY(a, struct market, (size_t)count + 1);
    int n = 0;
    while (st && n < count && statement_next(st, NULL)) {
        struct market *m = &list[n++];
        m->id = sqlite3_column_int64(st, 0);
        m->code = arena_slice(a, column_slice(st, 1));
        m->name = arena_slice(a, column_slice(st, 2));
        m->fold = arena_slice(a, column_slice(st, 3));
        m->position = constant_position(column_slice(st, 4));
        m->accuracy_m = sqlite3_column_double(st, 5);
        m->address = arena_slice(a, column_slice(st, 7));
        if (!column_point(st, 6, &m->at))
            m->position = "none";
    }
    if (st)
        sqlite3_reset(st);
    *out = list;
    return n;
}

static void bind_known(sqlite3_stmt *st, int index, int v)
{
    if (v >= 0)
        bind_int(st, index, v);
}

static void bind_market(sqlite3_stmt *st, const struct market *m, struct slice fold)
{
    char now[21];
    clock_utc_iso(now);
    bind_slice(st, 1, m->code);
    bind_slice(st, 2, m->name);
    bind_slice(st, 3, fold);
    bind_known(st, 4, m->market_class);
    bind_slice(st, 5, m->address);
    bind_known(st, 6, m->ward_managed);
    bind_known(st, 7, m->cashless_deployed);
    bind_known(st, 8, m->market_40);
    bind_slice_or_null(st, 9, m->evidence_note);
    bind_date(st, 10, m->source_date);
    bind_text(st, 11, now);
    bind_id(st, 12, m->batch_id);
}

static bool market_locate(struct store *s, const struct market *m, struct fault *f)
{
    sqlite3_stmt *st =
        store_statement(s, "UPDATE market SET position = ?2, accuracy_m = ?3, geom = ?4 WHERE id = ?1", f);
    if (!st || strcmp(m->position, "none") == 0)
        return st != NULL; /* what was known stays */
    bind_int(st, 1, m->id);
    bind_text(st, 2, m->position);
    bind_real(st, 3, m->accuracy_m);
    bind_point(st, 4, &m->at);
    return statement_run(st, f);
}

bool market_put(struct store *s, struct market *m, struct fault *f)
{
    struct buf fold = {0};
    sqlite3_stmt *st = store_statement(
        s,
        "INSERT INTO market (code, name, fold, class, address, ward_managed, cashless_deployed, market_40, "
        "evidence_note,"
        " source_date, updated_at, batch_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
        " ON CONFLICT (code) DO UPDATE SET name = ?2, fold = ?3, class = coalesce(?4, class), address = ?5,"
        " ward_managed = coalesce(?6, ward_managed), cashless_deployed = coalesce(?7, cashless_deployed),"
        " market_40 = coalesce(?8, market_40), evidence_note = coalesce(?9, evidence_note),"
        " source_date = coalesce(?10, source_date), updated_at = ?11, batch_id = ?12",
        f);
    if (!st)
        return false;
    text_fold(m->name, &fold);
    bind_market(st, m, buf_to_slice(&fold));
    buf_release(&fold);
    if (!statement_run(st, f))
        return false;
    if (!m->id)
        m->id = sqlite3_last_insert_rowid(store_handle(s));
    return market_locate(s, m, f);
}

/* "Khu A - Thực phẩm tươi" is zone A: what follows the dash says what is sold there. */
static struct slice zone_head(struct slice name)
{
    static const char *const MARKS[] = {" - ", " – ", " — ", ":", "("};
    for (size_t i = 0; i < COUNT_OF(MARKS); i++) {
        ptrdiff_t at = slice_find(name, slice_of(MARKS[i]));
        if (at > 0)
            name.n = (size_t)at;
    }
    return name;
}

struct slice zone_fold_in(struct arena *a, struct slice name)
{
    static const char *const HEADS[] = {"khu vuc ", "khu "};
    struct slice fold = text_fold_in(a, name);
    for (size_t i = 0; i < COUNT_OF(HEADS); i++) {
        if (!slice_starts(fold, slice_of(HEADS[i])))
            continue;
        fold = text_fold_in(a, zone_head(name));
        return (struct slice){fold.p + strlen(HEADS[i]), fold.n - strlen(HEADS[i])};
    }
    return fold;
}

static bool zone_find(struct store *s, int64_t market_id, struct slice fold, int64_t *id, struct fault *f)
{
    sqlite3_stmt *st = store_statement(s, "SELECT id FROM zone WHERE market_id = ?1 AND fold = ?2", f);
    if (!st)
        return false;
    bind_int(st, 1, market_id);
    bind_slice(st, 2, fold);
    *id = statement_next(st, f) ? sqlite3_column_int64(st, 0) : 0;
    sqlite3_reset(st);
    return true;
}

bool zone_put(struct store *s, int64_t market_id, struct slice name, int64_t *id, struct fault *f)
{
    struct arena a = {0};
    struct slice fold = zone_fold_in(&a, name);
    bool ok = zone_find(s, market_id, fold, id, f);
    if (ok && !*id) {
        sqlite3_stmt *st =
            store_statement(s, "INSERT INTO zone (market_id, name, fold) VALUES (?1, ?2, ?3)", f);
        ok = st != NULL;
        if (ok) {
            bind_int(st, 1, market_id);
            bind_slice(st, 2, name);
            bind_slice(st, 3, fold);
            ok = statement_run(st, f);
            *id = sqlite3_last_insert_rowid(store_handle(s));
        }
    }
    arena_release(&a);
    return ok;
}

/* --- stalls --- */

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

/* --- who runs a stall --- */

/* Two rows are one trader when market, folded name and, where given, personal number or else phone agree. */
static void trader_identity(struct store *s, const struct occupant *o, uint8_t out[HASH_BYTES])
{
    struct buf text = {0};
    struct slice more = o->identity.n ? o->identity : o->phone;
    buf_int(&text, o->market_id);
    buf_char(&text, '|');
    buf_slice(&text, o->name_fold);
    buf_char(&text, '|');
    buf_slice(&text, more);
    key_hash(store_key(s), "trader", buf_to_slice(&text), out);
    buf_release(&text);
}

static bool trader_insert(struct store *s, const struct occupant *o, struct slice identity, int64_t *id,
                          struct fault *f)
{
    sqlite3_stmt *st = store_statement(s, "INSERT INTO trader (market_id, identity) VALUES (?1, ?2)", f);
    if (!st)
        return false;
    bind_int(st, 1, o->market_id);
    bind_bytes(st, 2, identity);
    if (!statement_run(st, f))
        return false;
    *id = sqlite3_last_insert_rowid(store_handle(s));
    return true;
}

static bool trader_put(struct store *s, const struct occupant *o, int64_t *id, struct fault *f)
{
    uint8_t hash[HASH_BYTES];
    struct slice identity = {(const char *)hash, HASH_BYTES};
    sqlite3_stmt *st = store_statement(s, "SELECT id FROM trader WHERE identity = ?1", f);
    if (!st)
        return false;
    trader_identity(s, o, hash);
    bind_bytes(st, 1, identity);
    bool found = statement_next(st, f);
    *id = found ? sqlite3_column_int64(st, 0) : 0;
    sqlite3_reset(st);
    if (!found && !trader_insert(s, o, identity, id, f))
        return false;
    const struct private_value values[] = {
        {.owner = "trader", .owner_id = *id, .field = "owner_name", .text = o->name, .key = o->name_fold},
        {.owner = "trader", .owner_id = *id, .field = "phone", .text = o->phone},
        {.owner = "trader", .owner_id = *id, .field = "identity", .text = o->identity},
    };
    for (size_t i = 0; i < COUNT_OF(values); i++)
        if (values[i].text.n && !private_put(s, &values[i], f))
            return false;
    return true;
}

struct occupancy {
    int64_t id, trader_id;
    int has_account;
    struct date valid_from;
};

static bool occupancy_now(struct store *s, int64_t place_id, struct occupancy *out)
{
    sqlite3_stmt *st =
        store_statement(s,
                        "SELECT id, trader_id, has_account, valid_from FROM occupancy WHERE place_id = ?1"
                        " AND valid_to IS NULL ORDER BY id DESC LIMIT 1",
                        NULL);
    if (!st)
        return false;
    bind_int(st, 1, place_id);
    if (!statement_next(st, NULL))
        return false;
    *out = (struct occupancy){.id = sqlite3_column_int64(st, 0), .trader_id = sqlite3_column_int64(st, 1)};
    out->has_account = column_is_null(st, 2) ? -1 : sqlite3_column_int(st, 2);
    if (!column_is_null(st, 3) && !date_parse_iso(column_slice(st, 3), &out->valid_from))
        out->valid_from = (struct date){0};
    sqlite3_reset(st);
    return true;
}

static bool occupancy_end(struct store *s, int64_t id, struct date last, struct fault *f)
{
    sqlite3_stmt *st = store_statement(s, "UPDATE occupancy SET valid_to = ?2 WHERE id = ?1", f);
    if (!st)
        return false;
    bind_int(st, 1, id);
    bind_date(st, 2, last);
    return statement_run(st, f);
}

/* Since when the first known occupant is there nobody told us: open. A later one came with the change. */
static bool occupancy_write(struct store *s, const struct occupant *o, int64_t id, int64_t trader_id,
                            struct fault *f)
{
    sqlite3_stmt *st =
        store_statement(s,
                        id ? "UPDATE occupancy SET trader_id = ?2, has_account = coalesce(?3, has_account), "
                             "batch_id = ?4 WHERE id = ?5"
                           : "INSERT INTO occupancy (place_id, trader_id, has_account, batch_id, valid_from) "
                             "SELECT ?1, ?2, ?3, ?4,"
                             " CASE WHEN EXISTS (SELECT 1 FROM occupancy WHERE place_id = ?1) THEN ?5 END",
                        f);
    if (!st)
        return false;
    bind_int(st, 1, o->place_id);
    bind_int(st, 2, trader_id);
    bind_known(st, 3, o->has_account);
    bind_id(st, 4, o->batch_id);
    if (id)
        bind_int(st, 5, id);
    else
        bind_date(st, 5, o->since);
    return statement_run(st, f);
}

bool occupancy_set(struct store *s, const struct occupant *o, struct fault *f)
{
    struct occupancy now = {0};
    bool is_occupied = occupancy_now(s, o->place_id, &now);
    struct date change = date_is_valid(o->since) ? o->since : o->today;
    struct date eve = date_of_days(date_to_days(change) - 1);
    if (!o->name.n)
        return !is_occupied || occupancy_end(s, now.id, eve, f);
    int64_t trader_id = 0;
    if (!trader_put(s, o, &trader_id, f))
        return false;
    if (is_occupied && now.trader_id == trader_id)
        return o->has_account < 0 || o->has_account == now.has_account ||
               occupancy_write(s, o, now.id, trader_id, f);
    /* a list of the same day or older corrects who it was; a newer one tells of a change */
    bool is_correction = is_occupied && date_is_valid(o->since) && date_is_valid(now.valid_from) &&
                         date_to_days(now.valid_from) >= date_to_days(o->since);
    if (is_occupied && !is_correction && !occupancy_end(s, now.id, eve, f))
        return false;
    return occupancy_write(s, o, is_correction ? now.id : 0, trader_id, f);
}

int occupancy_compare(struct store *s, int64_t place_id, struct slice name_fold)
{
    struct occupancy now = {0};
    if (!occupancy_now(s, place_id, &now))
        return -1;
    struct private_value v = {.owner = "trader",
                              .owner_id = now.trader_id,
                              .field = "owner_name",
                              .text = name_fold,
                              .key = name_fold};
    return private_compare(s, &v) == 1;
}
