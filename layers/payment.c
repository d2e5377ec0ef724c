/* payment: what lists say about cashless methods, and the evidence that proves it. A list never becomes
 * evidence; evidence moves from state to state only along domain.md B.3, and each move is written down. */
#include "layers/fresh.h"

#include <string.h>

bool acceptance_put(struct store *s, const struct acceptance *a, struct fault *f)
{
    sqlite3_stmt *st = store_statement(
        s,
        "INSERT INTO acceptance_listed (place_id, method, accepts, listed_on) VALUES (?1, ?2, ?3, ?4)"
        " ON CONFLICT (place_id, method) DO UPDATE SET accepts = excluded.accepts, listed_on = "
        "excluded.listed_on",
        f);
    if (!st)
        return false;
    bind_int(st, 1, a->place_id);
    bind_text(st, 2, a->method);
    bind_int(st, 3, a->accepts);
    bind_date(st, 4, a->listed_on);
    return statement_run(st, f);
}

bool acceptance_put_new(struct store *s, const struct acceptance *a, int count, struct fault *f)
{
    static const char *const ADD[] = {
        "INSERT INTO acceptance_listed VALUES (?, ?, ?, ?)",
        "INSERT INTO acceptance_listed VALUES (?, ?, ?, ?), (?, ?, ?, ?)",
        "INSERT INTO acceptance_listed VALUES (?, ?, ?, ?), (?, ?, ?, ?), (?, ?, ?, ?)"};
    struct fresh r;
    if (count == 0)
        return true;
    if (!fresh_begin(&r, s, a[0].place_id, ADD[count - 1], f))
        return false;
    for (int i = 0; i < count; i++) {
        fresh_int(&r, a[i].place_id);
        fresh_text(&r, slice_of(a[i].method));
        fresh_int(&r, a[i].accepts);
        fresh_date(&r, a[i].listed_on);
        fresh_end_record(&r);
    }
    return fresh_run(&r, f);
}

bool platform_put(struct store *s, int64_t place_id, struct slice category, struct date source_date,
                  struct fault *f)
{
    sqlite3_stmt *st =
        store_statement(s,
                        "INSERT INTO platform_use (place_id, category, source_date) VALUES (?1, ?2, ?3)"
                        " ON CONFLICT (place_id, category) DO UPDATE SET source_date = excluded.source_date",
                        f);
    if (!st)
        return false;
    bind_int(st, 1, place_id);
    bind_slice(st, 2, category);
    bind_date(st, 3, source_date);
    return statement_run(st, f);
}

bool platform_clear(struct store *s, int64_t place_id, struct fault *f)
{
    sqlite3_stmt *st = store_statement(s, "DELETE FROM platform_use WHERE place_id = ?1", f);
    if (!st)
        return false;
    bind_int(st, 1, place_id);
    return statement_run(st, f);
}

/* --- evidence --- */

bool evidence_may_move(const char *from, const char *to)
{
    static const char *const MOVES[][2] = {
        {"draft", "submitted"},    {"submitted", "verified"}, {"submitted", "rejected"},
        {"verified", "disputed"},  {"disputed", "verified"},  {"disputed", "rejected"},
        {"verified", "withdrawn"},
    };
    for (size_t i = 0; i < COUNT_OF(MOVES); i++)
        if (strcmp(MOVES[i][0], from) == 0 && strcmp(MOVES[i][1], to) == 0)
            return true;
    return strcmp(from, to) == 0;
}

bool evidence_find(struct store *s, struct arena *a, const struct evidence *e, struct evidence *there)
{
    sqlite3_stmt *st = store_statement(
        s,
        "SELECT id, state, passed FROM evidence WHERE place_id = ?1 AND class = ?2 AND happened_on = ?3"
        " AND method = ?4 AND minutes_number = ?5",
        NULL);
    if (!st)
        return false;
    bind_int(st, 1, e->place_id);
    bind_text(st, 2, e->class);
    bind_date(st, 3, e->happened_on);
    bind_text(st, 4, e->method);
    bind_slice(st, 5, e->minutes_number);
    if (!statement_next(st, NULL))
        return false;
    *there = *e;
    there->id = sqlite3_column_int64(st, 0);
    there->state = arena_text(a, column_slice(st, 1));
    there->passed = sqlite3_column_int(st, 2) != 0;
    sqlite3_reset(st);
    return true;
}

static bool write_event(struct store *s, const struct evidence *e, const char *before, struct fault *f)
{
    char now[21];
    sqlite3_stmt *st = store_statement(
        s,
        "INSERT INTO evidence_event (evidence_id, from_state, to_state, at, by) VALUES (?1, ?2, ?3, ?4, ?5)",
        f);
    if (!st)
        return false;
    clock_utc_iso(now);
    bind_int(st, 1, e->id);
    bind_text(st, 2, before);
    bind_text(st, 3, e->state);
    bind_text(st, 4, now);
    bind_text(st, 5, e->created_by);
    return statement_run(st, f);
}

static void bind_evidence(sqlite3_stmt *st, const struct evidence *e)
{
    char now[21];
    bool is_verified = strcmp(e->state, "verified") == 0;
    clock_utc_iso(now);
    bind_int(st, 1, e->passed);
    bind_text(st, 2, e->state);
    if (is_verified) {
        bind_slice(st, 3, e->officer);
        bind_text(st, 4, now);
    }
    bind_id(st, 5, e->batch_id);
}

bool evidence_put(struct store *s, struct evidence *e, const char *state_before, struct fault *f)
{
    sqlite3_stmt *st;
    if (e->id) {
        st = store_statement(
            s,
            "UPDATE evidence SET passed = ?1, state = ?2, verified_by = coalesce(?3, verified_by),"
            " verified_at = coalesce(?4, verified_at), batch_id = ?5 WHERE id = ?6",
            f);
        if (!st)
            return false;
        bind_evidence(st, e);
        bind_int(st, 6, e->id);
        if (!statement_run(st, f))
            return false;
        return strcmp(state_before, e->state) == 0 || write_event(s, e, state_before, f);
    }
    st = store_statement(
        s,
        "INSERT INTO evidence (passed, state, verified_by, verified_at, batch_id, place_id, class, method, "
        "happened_on,"
        " minutes_number, created_by, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        f);
    if (!st)
        return false;
    char now[21];
    clock_utc_iso(now);
    bind_evidence(st, e);
    bind_int(st, 6, e->place_id);
    bind_text(st, 7, e->class);
    bind_text(st, 8, e->method);
    bind_date(st, 9, e->happened_on);
    bind_slice(st, 10, e->minutes_number);
    bind_text(st, 11, e->created_by);
    bind_text(st, 12, now);
    if (!statement_run(st, f))
        return false;
    e->id = sqlite3_last_insert_rowid(store_handle(s));
    return write_event(s, e, NULL, f);
}
