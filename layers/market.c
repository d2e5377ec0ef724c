/* market: the markets of the ward and their zones, in and out. */
#include "layers/store_private.h"
#include "layers/text.h"

#include <string.h>

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
