/* service_log: probes, uses and runs of checks, written down. */
#include "layers/service_log.h"

#include "layers/store_private.h"

#include <string.h>

static const char *const USE_NAMES[SERVICE_USE_COUNT] = {
    [SERVICE_USE_LOOKUP] = "lookup",
    [SERVICE_USE_SEARCH] = "search",
    [SERVICE_USE_DASHBOARD] = "dashboard",
    [SERVICE_USE_REPORT] = "report",
    [SERVICE_USE_EXPORT_FOOD_SAFETY] = "export_food_safety",
    [SERVICE_USE_INSPECTION_PLAN] = "inspection_plan",
};

const char *service_use_name(enum service_use_kind kind)
{
    return USE_NAMES[kind];
}

bool service_use_add(struct store *s, enum service_use_kind kind, int64_t count, struct fault *f)
{
    sqlite3_stmt *st = store_statement(s,
                                       "INSERT INTO service_use (day, kind, count) VALUES (?1, ?2, ?3)"
                                       " ON CONFLICT DO UPDATE SET count = count + excluded.count",
                                       f);
    if (!st)
        return false;
    bind_date(st, 1, date_today());
    bind_text(st, 2, USE_NAMES[kind]);
    bind_int(st, 3, count);
    return statement_run(st, f);
}

bool service_probe_add(struct store *s, bool was_well, struct fault *f)
{
    sqlite3_stmt *st =
        store_statement(s,
                        "INSERT INTO service_probe (hour, ok, failed)"
                        " VALUES (strftime('%Y-%m-%dT%H', 'now', '+7 hours'), ?1, 1 - ?1)"
                        " ON CONFLICT DO UPDATE SET ok = ok + excluded.ok, failed = failed + excluded.failed",
                        f);
    if (!st)
        return false;
    bind_int(st, 1, was_well);
    return statement_run(st, f);
}

/* --- runs of checks --- */

static bool insert_items(struct store *s, const struct service_check *c, int64_t id, struct fault *f)
{
    bool ok = true;
    for (size_t i = 0; ok && i < c->item_count; i++) {
        sqlite3_stmt *st = store_statement(
            s, "INSERT OR REPLACE INTO service_check_item (check_id, item, ok, note) VALUES (?1, ?2, ?3, ?4)",
            f);
        if (!st)
            return false;
        bind_int(st, 1, id);
        bind_text(st, 2, c->items[i].name);
        bind_int(st, 3, c->items[i].is_good);
        bind_text(st, 4, c->items[i].note ? c->items[i].note : "");
        ok = statement_run(st, f);
    }
    return ok;
}

/* A sweep of the codes says as much as the register is long; its predecessor's items are dropped, not its
 * run. */
static bool drop_older_items(struct store *s, const char *kind, int64_t id, struct fault *f)
{
    sqlite3_stmt *st = store_statement(s,
                                       "DELETE FROM service_check_item WHERE check_id IN"
                                       " (SELECT id FROM service_check WHERE kind = ?1 AND id < ?2)",
                                       f);
    if (!st)
        return false;
    bind_text(st, 1, kind);
    bind_int(st, 2, id);
    return statement_run(st, f);
}

static bool insert_check(struct store *s, const struct service_check *c, struct fault *f)
{
    char now[21];
    sqlite3_stmt *st =
        store_statement(s, "INSERT INTO service_check (kind, at, who, note) VALUES (?1, ?2, ?3, ?4)", f);
    if (!st)
        return false;
    clock_utc_iso(now);
    bind_text(st, 1, c->kind);
    bind_text(st, 2, now);
    bind_text(st, 3, c->who);
    bind_text(st, 4, c->note ? c->note : "");
    if (!statement_run(st, f))
        return false;
    int64_t id = sqlite3_last_insert_rowid(store_handle(s));
    bool is_sweep = strncmp(c->kind, "codes", 5) == 0;
    return insert_items(s, c, id, f) && (!is_sweep || drop_older_items(s, c->kind, id, f));
}

bool service_check_add(struct store *s, const struct service_check *check, struct fault *f)
{
    bool ok = store_begin(s, f) && insert_check(s, check, f) && store_commit(s, f);
    if (!ok)
        store_rollback(s);
    return ok;
}

bool service_check_last(struct store *s, const char *kind, struct date *day)
{
    sqlite3_stmt *st =
        store_statement(s, "SELECT date(max(at), '+7 hours') FROM service_check WHERE kind = ?1", NULL);
    if (!st)
        return false;
    bind_text(st, 1, kind);
    bool found = statement_next(st, NULL) && date_parse_iso(column_slice(st, 0), day);
    sqlite3_reset(st);
    return found;
}

/* --- what a check looks at --- */

/* Shuffled by the seed: the middle bits of a product are as good as dice for a sample. */
static const char SAMPLE[] =
    "SELECT code, type, name, address, residential_group, industry, market, number, lon, lat, ceased FROM ("
    " SELECT e.code, 'establishment' AS type, e.name, e.address, e.residential_group, e.industry,"
    "  '' AS market, '' AS number, ST_X(e.geom) AS lon, ST_Y(e.geom) AS lat, e.status = 'ceased' AS ceased, "
    "e.id"
    " FROM pub_establishments e"
    " UNION ALL SELECT t.code, 'stall', '', '', '', t.goods, t.market_name, t.number, ST_X(t.geom), "
    "ST_Y(t.geom),"
    "  t.status = 'ceased', t.id FROM pub_stalls t)"
    " ORDER BY CASE WHEN ?1 = 0 THEN code ELSE ((id + ?1) * 2654435761) % 4294967296 END, code LIMIT ?2";

int service_sample_draw(struct store *s, struct arena *a, uint32_t seed, int most,
                        struct service_sample **out, struct fault *f)
{
    struct service_sample *list = NULL;
    int count = 0, room = 0;
    sqlite3_stmt *st = store_statement(s, SAMPLE, f);
    *out = NULL;
    if (!st)
        return 0;
    bind_int(st, 1, seed);
    bind_int(st, 2, most);
    while (statement_next(st, f)) {
        if (count == room) {
            struct service_sample *more = ARENA_ARRAY(a, struct service_sample, (size_t)(2 * room + 64));
            if (count)
                memcpy(more, list, sizeof *list * (size_t)count);
            list = more;
            room = 2 * room + 64;
        }
        struct service_sample *one = &list[count++];
        const char **texts[] = {
            &one->code,     &one->type,   &one->name,  &one->address, &one->residential_group,
            &one->industry, &one->market, &one->number};
        for (size_t i = 0; i < COUNT_OF(texts); i++)
            *texts[i] = arena_text(a, column_slice(st, (int)i));
        one->has_point = !column_is_null(st, 8);
        one->lon = sqlite3_column_double(st, 8);
        one->lat = sqlite3_column_double(st, 9);
        one->has_ceased = sqlite3_column_int(st, 10) != 0;
    }
    *out = list;
    return count;
}

int service_dashboard_codes(struct store *s, struct arena *a, const char ***codes, struct fault *f)
{
    enum { MOST = 100 };
    int count = 0;
    sqlite3_stmt *st = store_statement(s, "SELECT code FROM dashboard_request ORDER BY code", f);
    *codes = ARENA_ARRAY(a, const char *, MOST);
    while (st && statement_next(st, f))
        if (count < MOST)
            (*codes)[count++] = arena_text(a, column_slice(st, 0));
    return count;
}
