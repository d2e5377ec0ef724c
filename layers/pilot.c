/* pilot: pilot models and the approved list of their members, with the days they joined and left. */
#include "layers/store_private.h"

static int64_t pilot_find(struct store *s, struct slice code)
{
    sqlite3_stmt *st = store_statement(s, "SELECT id FROM pilot WHERE code = ?1", NULL);
    if (!st)
        return 0;
    bind_slice(st, 1, code);
    int64_t id = statement_next(st, NULL) ? sqlite3_column_int64(st, 0) : 0;
    sqlite3_reset(st);
    return id;
}

/* A row of a member repeats the pilot's own columns: only what differs is written. */
bool pilot_put(struct store *s, struct pilot *p, bool *is_new, struct fault *f)
{
    char now[21];
    p->id = pilot_find(s, p->code);
    *is_new = p->id == 0;
    sqlite3_stmt *st = store_statement(
        s,
        *is_new ? "INSERT INTO pilot (code, name, type, decision, updated_at, batch_id)"
                  " VALUES (?1, coalesce(?2, ?1), coalesce(?3, 'market'), ?4, ?5, ?6)"
                : "UPDATE pilot SET name = coalesce(?2, name), type = coalesce(?3, type), decision = "
                  "coalesce(?4, decision),"
                  " updated_at = ?5, batch_id = ?6 WHERE code = ?1 AND (name IS NOT coalesce(?2, name)"
                  " OR type IS NOT coalesce(?3, type) OR decision IS NOT coalesce(?4, decision))",
        f);
    if (!st)
        return false;
    clock_utc_iso(now);
    bind_slice(st, 1, p->code);
    bind_slice_or_null(st, 2, p->name);
    bind_text(st, 3, p->type);
    bind_slice_or_null(st, 4, p->decision);
    bind_text(st, 5, now);
    bind_id(st, 6, p->batch_id);
    if (!statement_run(st, f))
        return false;
    if (*is_new)
        p->id = sqlite3_last_insert_rowid(store_handle(s));
    return true;
}

int64_t pilot_member_find(struct store *s, const struct pilot_member *m, int64_t *batch_of_it)
{
    sqlite3_stmt *st = store_statement(
        s,
        "SELECT id, batch_id FROM pilot_member WHERE pilot_id = ?1 AND place_id = ?2"
        " AND (joined_on = ?3 OR left_on IS NULL OR left_on > ?3) AND (?4 IS NULL OR joined_on < ?4)"
        " ORDER BY joined_on = ?3 DESC, joined_on DESC LIMIT 1",
        NULL);
    if (!st)
        return 0;
    bind_int(st, 1, m->pilot_id);
    bind_int(st, 2, m->place_id);
    bind_date(st, 3, m->joined_on);
    bind_date(st, 4, m->left_on);
    if (!statement_next(st, NULL))
        return 0;
    int64_t id = sqlite3_column_int64(st, 0);
    *batch_of_it = sqlite3_column_int64(st, 1);
    sqlite3_reset(st);
    return id;
}

bool pilot_member_put(struct store *s, struct pilot_member *m, struct fault *f)
{
    sqlite3_stmt *st = store_statement(
        s,
        m->id ? "UPDATE pilot_member SET joined_on = ?3, left_on = ?4, batch_id = ?5 WHERE id = ?6"
              : "INSERT INTO pilot_member (pilot_id, place_id, joined_on, left_on, batch_id) VALUES (?1, ?2, "
                "?3, ?4, ?5)",
        f);
    if (!st)
        return false;
    bind_int(st, 1, m->pilot_id);
    bind_int(st, 2, m->place_id);
    bind_date(st, 3, m->joined_on);
    bind_date(st, 4, m->left_on);
    bind_id(st, 5, m->batch_id);
    if (m->id)
        bind_int(st, 6, m->id);
    if (!statement_run(st, f))
        return false;
    if (!m->id)
        m->id = sqlite3_last_insert_rowid(store_handle(s));
    return true;
}
