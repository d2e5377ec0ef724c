/* reference: fills what the geocoder asks (streets, alleys, house numbers, wards, residential groups), the
 * industries and the base layer. Published codes of streets and residential groups are ours, made once; the
 * list's own code is kept as `ref`. */
#include "layers/store_private.h"
#include "layers/text.h"

#include <string.h>

/* --- lists of what is there --- */

static int list_named(struct store *s, struct arena *a, const char *sql, struct named **out)
{
    struct buf list = {0};
    sqlite3_stmt *st = store_statement(s, sql, NULL);
    while (st && statement_next(st, NULL)) {
        struct named n = {.id = sqlite3_column_int64(st, 0),
                          .name = arena_slice(a, column_slice(st, 1)),
                          .fold = arena_slice(a, column_slice(st, 2)),
                          .ref = arena_slice(a, column_slice(st, 3))};
        buf_add(&list, &n, sizeof n);
    }
    int count = (int)(list.n / sizeof **out);
    *out = arena_copy(a, list.p ? list.p : "", list.n);
    buf_release(&list);
    return count;
}

int street_list(struct store *s, struct arena *a, struct named **out)
{
    return list_named(s, a, "SELECT id, name, fold, ref FROM street ORDER BY id", out);
}

int street_alias_list(struct store *s, struct arena *a, struct named **out)
{
    return list_named(
        s, a, "SELECT street_id, name, fold, '' FROM street_alias WHERE kind <> 'proposed' ORDER BY id", out);
}

int ward_list(struct store *s, struct arena *a, struct named **out)
{
    return list_named(s, a, "SELECT id, name, fold, code FROM ward ORDER BY id", out);
}

int residential_group_list(struct store *s, struct arena *a, struct named **out)
{
    return list_named(s, a, "SELECT id, name, fold, ref FROM residential_group ORDER BY id", out);
}

int64_t ward_find(struct store *s, struct slice code)
{
    sqlite3_stmt *st = store_statement(s, "SELECT id FROM ward WHERE code = ?1", NULL);
    if (!st)
        return 0;
    bind_slice(st, 1, code);
    int64_t id = statement_next(st, NULL) ? sqlite3_column_int64(st, 0) : 0;
    sqlite3_reset(st);
    return id;
}

int64_t ward_home(struct store *s)
{
    return store_int(s, "SELECT id FROM ward WHERE is_home", NULL, 0);
}

int industry_list(struct store *s, struct arena *a, struct industry **out)
{
    struct buf list = {0};
    sqlite3_stmt *st = store_statement(
        s, "SELECT version, code, name, group_name, level FROM industry ORDER BY code, version DESC", NULL);
    while (st && statement_next(st, NULL)) {
        struct industry i = {.version = arena_slice(a, column_slice(st, 0)),
                             .code = arena_slice(a, column_slice(st, 1)),
                             .name = arena_slice(a, column_slice(st, 2)),
                             .group = arena_slice(a, column_slice(st, 3)),
                             .level = sqlite3_column_int(st, 4)};
        buf_add(&list, &i, sizeof i);
    }
    int count = (int)(list.n / sizeof **out);
    *out = arena_copy(a, list.p ? list.p : "", list.n);
    buf_release(&list);
    return count;
}

/* --- helpers of the puts --- */

static void bind_fold(sqlite3_stmt *st, int index, struct slice name)
{
    struct buf fold = {0};
    text_fold(name, &fold);
    bind_slice(st, index, buf_to_slice(&fold));
    buf_release(&fold);
}

static void bind_now(sqlite3_stmt *st, int index)
{
    char now[21];
    clock_utc_iso(now);
    bind_text(st, index, now);
}

static void bind_new_code(sqlite3_stmt *st, int index)
{
    char code[CODE_LENGTH + 1];
    code_random(code);
    bind_text(st, index, code);
}

static bool run_for_id(struct store *s, sqlite3_stmt *st, int64_t *id, struct fault *f)
{
    if (!statement_run(st, f))
        return false;
    if (!*id)
        *id = sqlite3_last_insert_rowid(store_handle(s));
    return true;
}

/* `sql` sets geom from ?2 (WKB) where id is ?1; an empty WKB keeps what is there. */
static bool set_geometry(struct store *s, const char *sql, int64_t id, struct slice wkb, struct fault *f)
{
    if (!wkb.n)
        return true;
    sqlite3_stmt *st = store_statement(s, sql, f);
    if (!st)
        return false;
    bind_int(st, 1, id);
    bind_bytes(st, 2, wkb);
    return statement_run(st, f);
}

/* --- streets and alleys --- */

bool street_put(struct store *s, struct street *street, struct fault *f)
{
    sqlite3_stmt *st = store_statement(
        s,
        street->id
            ? "UPDATE street SET name = ?1, fold = ?2, ref = coalesce(?3, ref), ward = coalesce(?4, ward),"
              " updated_at = ?5 WHERE id = ?6"
            : "INSERT INTO street (name, fold, ref, ward, updated_at, code) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        f);
    if (!st)
        return false;
    bind_slice(st, 1, street->name);
    bind_fold(st, 2, street->name);
    bind_slice_or_null(st, 3, street->ref);
    bind_slice_or_null(st, 4, street->ward);
    bind_now(st, 5);
    if (street->id)
        bind_int(st, 6, street->id);
    else
        bind_new_code(st, 6);
    return run_for_id(s, st, &street->id, f);
}

enum { WKB_HEAD = 5, WKB_LINE = 2, WKB_MULTILINE = 5 };

/* Adds the lines of one part to the body of a MULTILINESTRING; parts of another type are left out. */
static void join_lines(struct slice part, struct buf *body, uint32_t *lines)
{
    uint32_t type = 0, count = 0;
    if (part.n < WKB_HEAD + 4 || part.p[0] != 1)
        return;
    memcpy(&type, part.p + 1, 4);
    memcpy(&count, part.p + WKB_HEAD, 4);
    if (type == WKB_LINE) {
        buf_slice(body, part);
        *lines += 1;
    } else if (type == WKB_MULTILINE) {
        buf_add(body, part.p + WKB_HEAD + 4, part.n - WKB_HEAD - 4);
        *lines += count;
    }
}

bool street_set_lines(struct store *s, int64_t street_id, const struct slice *wkb, int count, struct fault *f)
{
    struct buf body = {0}, whole = {0};
    uint32_t lines = 0, type = WKB_MULTILINE;
    for (int i = 0; i < count; i++)
        join_lines(wkb[i], &body, &lines);
    buf_char(&whole, 1);
    buf_add(&whole, &type, 4);
    buf_add(&whole, &lines, 4);
    buf_slice(&whole, buf_to_slice(&body));
    bool ok = lines == 0 || set_geometry(s, "UPDATE street SET geom = GeomFromWKB(?2, 4326) WHERE id = ?1",
                                         street_id, buf_to_slice(&whole), f);
    buf_release(&body);
    buf_release(&whole);
    return ok;
}

static bool run_with_street(struct store *s, const char *sql, int64_t street_id, struct fault *f)
{
    sqlite3_stmt *st = store_statement(s, sql, f);
    if (!st)
        return false;
    bind_int(st, 1, street_id);
    return statement_run(st, f);
}

bool street_set_aliases(struct store *s, int64_t street_id, const struct slice *names, int count,
                        struct fault *f)
{
    if (!run_with_street(s, "DELETE FROM street_alias WHERE street_id = ?1 AND kind = 'strong' AND votes = 0",
                         street_id, f))
        return false;
    for (int i = 0; i < count; i++) {
        sqlite3_stmt *st = store_statement(
            s,
            "INSERT OR IGNORE INTO street_alias (street_id, name, fold, kind) VALUES (?1, ?2, ?3, 'strong')",
            f);
        if (!st)
            return false;
        bind_int(st, 1, street_id);
        bind_slice(st, 2, names[i]);
        bind_fold(st, 3, names[i]);
        if (!statement_run(st, f))
            return false;
    }
    return true;
}

static bool alley_add(struct store *s, int64_t street_id, struct slice chain, struct fault *f)
{
    sqlite3_stmt *st =
        store_statement(s, "INSERT OR IGNORE INTO alley (street_id, chain) VALUES (?1, ?2)", f);
    if (!st)
        return false;
    bind_int(st, 1, street_id);
    bind_slice(st, 2, chain);
    return statement_run(st, f);
}

bool alley_put(struct store *s, int64_t street_id, struct slice chain, struct slice wkb, struct fault *f)
{
    for (size_t n = 1; n <= chain.n; n++)
        if ((n == chain.n || chain.p[n] == '/') && !alley_add(s, street_id, (struct slice){chain.p, n}, f))
            return false;
    if (!wkb.n)
        return true;
    sqlite3_stmt *st =
        store_statement(s,
                        "UPDATE alley SET geom = CastToMultiLinestring(CastToXY(GeomFromWKB(?3, 4326))) "
                        "WHERE street_id = ?1 AND chain = ?2",
                        f);
    if (!st)
        return false;
    bind_int(st, 1, street_id);
    bind_slice(st, 2, chain);
    bind_bytes(st, 3, wkb);
    return statement_run(st, f);
}

bool address_point_put(struct store *s, const struct address_point *p, int64_t *id, bool *is_new,
                       struct fault *f)
{
    sqlite3_stmt *st = store_statement(
        s, "SELECT id FROM address_point WHERE street_id = ?1 AND chain = ?2 AND number = ?3 AND suffix = ?4",
        f);
    if (!st)
        return false;
    bind_int(st, 1, p->street_id);
    bind_slice(st, 2, p->chain);
    bind_int(st, 3, p->number);
    bind_slice(st, 4, p->suffix);
    *is_new = !statement_next(st, f);
    *id = *is_new ? 0 : sqlite3_column_int64(st, 0);
    sqlite3_reset(st);
    st = store_statement(
        s,
        *is_new ? "INSERT INTO address_point (source, updated_at, geom, street_id, chain, number, suffix)"
                  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
                : "UPDATE address_point SET source = ?1, updated_at = ?2, geom = ?3 WHERE id = ?4",
        f);
    if (!st)
        return false;
    bind_slice(st, 1, p->source);
    bind_now(st, 2);
    bind_point(st, 3, &p->at);
    bind_int(st, 4, *is_new ? p->street_id : *id);
    if (*is_new) {
        bind_slice(st, 5, p->chain);
        bind_int(st, 6, p->number);
        bind_slice(st, 7, p->suffix);
    }
    return run_for_id(s, st, id, f);
}

/* --- wards and residential groups --- */

bool ward_put(struct store *s, struct ward *w, struct fault *f)
{
    sqlite3_stmt *st = store_statement(
        s,
        w->id ? "UPDATE ward SET code = ?1, name = ?2, fold = ?3, valid_from = coalesce(?4, valid_from),"
                " valid_to = coalesce(?5, valid_to), updated_at = ?6 WHERE id = ?7"
              : "INSERT INTO ward (code, name, fold, valid_from, valid_to, updated_at) VALUES (?1, ?2, ?3, "
                "?4, ?5, ?6)",
        f);
    if (!st)
        return false;
    bind_slice(st, 1, w->code);
    bind_slice(st, 2, w->name);
    bind_fold(st, 3, w->name);
    bind_date(st, 4, w->valid_from);
    bind_date(st, 5, w->valid_to);
    bind_now(st, 6);
    if (w->id)
        bind_int(st, 7, w->id);
    return run_for_id(s, st, &w->id, f) &&
           set_geometry(
               s, "UPDATE ward SET geom = CastToMultiPolygon(CastToXY(GeomFromWKB(?2, 4326))) WHERE id = ?1",
               w->id, w->wkb, f);
}

bool ward_name_put(struct store *s, const struct ward_name *n, bool *is_new, struct fault *f)
{
    sqlite3_stmt *st = store_statement(
        s,
        "INSERT INTO ward_name (ward_id, name, fold, old_code, district, part) SELECT ?1, ?2, ?3, ?4, ?5, ?6"
        " WHERE NOT EXISTS (SELECT 1 FROM ward_name WHERE ward_id = ?1 AND fold = ?3"
        " AND coalesce(district, ?5, '') = coalesce(?5, district, '')) RETURNING id",
        f);
    if (!st)
        return false;
    bind_int(st, 1, n->ward_id);
    bind_slice(st, 2, n->name);
    bind_fold(st, 3, n->name);
    bind_slice_or_null(st, 4, n->old_code);
    bind_slice_or_null(st, 5, n->district);
    bind_slice(st, 6, n->is_part ? SLICE("part") : SLICE("full"));
    struct fault failed = {0};
    *is_new = statement_next(st, &failed);
    sqlite3_reset(st);
    return failed.code == FAULT_NONE || fault_set(f, failed.code, failed.place, "%s", failed.text);
}

bool residential_group_put(struct store *s, struct residential_group *g, struct fault *f)
{
    sqlite3_stmt *st = store_statement(
        s,
        g->id ? "UPDATE residential_group SET name = ?1, fold = ?2, ref = coalesce(?3, ref), ward_id = "
                "coalesce(?4, ward_id),"
                " number = ?5, updated_at = ?6 WHERE id = ?7"
              : "INSERT INTO residential_group (name, fold, ref, ward_id, number, updated_at, code)"
                " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        f);
    if (!st)
        return false;
    bind_slice(st, 1, g->name);
    bind_fold(st, 2, g->name);
    bind_slice_or_null(st, 3, g->ref);
    bind_id(st, 4, g->ward_id);
    bind_id(st, 5, g->number);
    bind_now(st, 6);
    if (g->id)
        bind_int(st, 7, g->id);
    else
        bind_new_code(st, 7);
    return run_for_id(s, st, &g->id, f) &&
           set_geometry(s,
                        "UPDATE residential_group SET geom = CastToMultiPolygon(CastToXY(GeomFromWKB(?2, "
                        "4326))) WHERE id = ?1",
                        g->id, g->wkb, f);
}

/* --- industries, base layer --- */

bool industry_put(struct store *s, const struct industry *i, bool *is_new, struct fault *f)
{
    sqlite3_stmt *st = store_statement(s, "SELECT 1 FROM industry WHERE version = ?1 AND code = ?2", f);
    if (!st)
        return false;
    bind_slice(st, 1, i->version);
    bind_slice(st, 2, i->code);
    *is_new = !statement_next(st, f);
    sqlite3_reset(st);
    st = store_statement(
        s,
        "INSERT INTO industry (version, code, level, name, group_name) VALUES (?1, ?2, ?3, ?4, ?5)"
        " ON CONFLICT (version, code) DO UPDATE SET level = ?3, name = ?4, group_name = ?5",
        f);
    if (!st)
        return false;
    bind_slice(st, 1, i->version);
    bind_slice(st, 2, i->code);
    bind_int(st, 3, i->level);
    bind_slice(st, 4, i->name);
    bind_slice_or_null(st, 5, i->group);
    return statement_run(st, f);
}

bool base_feature_put(struct store *s, const struct base_feature *b, int64_t *id, bool *is_new,
                      struct fault *f)
{
    sqlite3_stmt *st =
        store_statement(s, "SELECT id FROM base_feature WHERE layer = ?1 AND source_key = ?2", f);
    if (!st)
        return false;
    bind_text(st, 1, b->layer);
    bind_slice(st, 2, b->key);
    *is_new = !statement_next(st, f);
    *id = *is_new ? 0 : sqlite3_column_int64(st, 0);
    sqlite3_reset(st);
    st = store_statement(s,
                         *is_new ? "INSERT INTO base_feature (name, class, geom, layer, source_key)"
                                   " VALUES (?1, ?2, CastToXY(GeomFromWKB(?3, 4326)), ?4, ?5)"
                                 : "UPDATE base_feature SET name = ?1, class = ?2, geom = "
                                   "CastToXY(GeomFromWKB(?3, 4326)) WHERE layer = ?4"
                                   " AND source_key = ?5",
                         f);
    if (!st)
        return false;
    bind_slice(st, 1, b->name);
    bind_slice(st, 2, b->class);
    bind_bytes(st, 3, b->wkb);
    bind_text(st, 4, b->layer);
    bind_slice(st, 5, b->key);
    return run_for_id(s, st, id, f);
}
