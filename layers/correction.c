/* correction: the statements that a decision with a lesson is made of. Law: as in the header. */
#include "layers/decision.h"
#include "layers/text.h"

#include <stdlib.h>

struct correction {
    struct decision decision;
};

bool correction_begin(struct correction **out, struct store *s, struct fault *f)
{
    struct correction *c = memory_zeroed(1, sizeof *c);
    if (!decision_begin(&c->decision, s, f)) {
        free(c);
        return false;
    }
    *out = c;
    return true;
}

bool correction_commit(struct correction *c, const struct correction_note *note, int64_t *id, struct fault *f)
{
    struct buf subject = {0}, detail = {0};
    struct store *s = c->decision.store;
    buf_format(&subject, "place %.*s", (int)note->code.n, note->code.p);
    buf_format(&detail, "{\"review\":%lld,\"placed\":%llu}", (long long)note->review_id,
               (unsigned long long)note->placed);
    struct decision_note written = {.review_id = note->review_id,
                                    .who = note->who,
                                    .action = note->action,
                                    .subject = buf_to_slice(&subject),
                                    .detail = buf_to_slice(&detail)};
    bool good = decision_end(&c->decision, true, &written, f);
    if (good)
        *id = store_int(s, "SELECT max(id) FROM decision", NULL, 0);
    buf_release(&subject);
    buf_release(&detail);
    free(c);
    return good;
}

void correction_cancel(struct correction *c)
{
    if (!c)
        return;
    bool good = decision_end(&c->decision, false, &(struct decision_note){0}, NULL);
    (void)good;
    free(c);
}

/* --- what it may write --- */

/* votes > 0 marks a learnt name: the public view leaves it out, a list of streets never deletes it. */
bool alias_vote(struct store *s, const struct alias_vote *v, struct fault *f)
{
    struct buf fold = {0};
    sqlite3_stmt *st = store_statement(
        s,
        "INSERT INTO street_alias (street_id, name, fold, kind, votes)"
        " VALUES (?1, ?2, ?3, CASE WHEN ?4 THEN 'strong' ELSE 'proposed' END, 1)"
        " ON CONFLICT (street_id, fold, name) DO UPDATE SET votes = votes + 1,"
        " kind = CASE WHEN kind = 'proposed' AND (?4 OR votes >= 1) THEN 'strong' ELSE kind END",
        f);
    if (!st)
        return false;
    text_fold(v->name, &fold);
    bind_int(st, 1, v->street_id);
    bind_slice(st, 2, v->name);
    bind_slice(st, 3, buf_to_slice(&fold));
    bind_int(st, 4, v->is_sure);
    buf_release(&fold);
    return statement_run(st, f);
}

bool address_remember(struct store *s, const struct address_memory *m, struct fault *f)
{
    char now[21];
    sqlite3_stmt *st =
        store_statement(s,
                        "INSERT INTO address_memory (key, lon, lat, confirmed_by,"
                        " confirmed_at, place_id, position, accuracy_m)"
                        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (key) DO UPDATE"
                        " SET lon = excluded.lon, lat = excluded.lat, confirmed_by ="
                        " excluded.confirmed_by, confirmed_at = excluded.confirmed_at, place_id"
                        " = excluded.place_id, position = excluded.position, accuracy_m ="
                        " excluded.accuracy_m",
                        f);
    if (!st)
        return false;
    clock_utc_iso(now);
    bind_slice(st, 1, m->key);
    bind_real(st, 2, m->position.at.lon);
    bind_real(st, 3, m->position.at.lat);
    bind_text(st, 4, m->who);
    bind_text(st, 5, now);
    bind_id(st, 6, m->place_id);
    bind_text(st, 7, m->position.position);
    bind_real(st, 8, m->position.accuracy_m);
    return statement_run(st, f);
}

/* --- rows that could stand better --- */

#define UNPLACED_COLUMNS                                                                                     \
    "coalesce(r.fault_group, ''), e.address, coalesce(g.name, ''), coalesce(w.name, ''), p.position,"        \
    " coalesce(p.accuracy_m, 0), p.geom"                                                                     \
    " FROM place p JOIN establishment e ON e.place_id = p.id"                                                \
    " LEFT JOIN residential_group g ON g.id = p.residential_group_id LEFT JOIN ward w ON w.id = p.ward_id"

static void take_unplaced(struct arena *a, sqlite3_stmt *st, struct unplaced *u)
{
    u->place_id = sqlite3_column_int64(st, 0);
    u->review_id = sqlite3_column_int64(st, 1);
    struct slice *const texts[] = {&u->fault_group, &u->address, &u->group, &u->ward};
    for (int i = 0; i < (int)COUNT_OF(texts); i++)
        *texts[i] = arena_slice(a, column_slice(st, 2 + i));
    u->position.position = arena_text(a, column_slice(st, 6));
    u->position.accuracy_m = sqlite3_column_double(st, 7);
    if (!column_point(st, 8, &u->position.at))
        u->position.at = (struct lonlat){0, 0};
}

static int unplaced_rows(struct arena *a, sqlite3_stmt *st, struct unplaced **out)
{
    int count = 0, room = 64;
    *out = ARENA_ARRAY(a, struct unplaced, (size_t)room);
    while (statement_next(st, NULL)) {
        if (count == room) {
            struct unplaced *more = ARENA_ARRAY(a, struct unplaced, (size_t)room * 2);
            for (int i = 0; i < count; i++)
                more[i] = (*out)[i];
            *out = more;
            room *= 2;
        }
        take_unplaced(a, st, &(*out)[count++]);
    }
    sqlite3_reset(st);
    return count;
}

int unplaced_waiting(struct store *s, struct arena *a, struct unplaced **out)
{
    sqlite3_stmt *st = store_statement(s,
                                       "SELECT p.id, r.id, " UNPLACED_COLUMNS
                                       " JOIN review r ON r.place_id = p.id WHERE r.closed_at IS NULL AND"
                                       " r.fault_group LIKE '%:%' AND e.address <> '' ORDER BY r.id",
                                       NULL);
    return st ? unplaced_rows(a, st, out) : 0;
}

int unplaced_reckoned(struct store *s, struct arena *a, int64_t street_id, struct slice chain,
                      struct unplaced **out)
{
    sqlite3_stmt *st =
        store_statement(s,
                        "SELECT p.id, 0, " UNPLACED_COLUMNS " LEFT JOIN review r ON 0"
                        " WHERE e.street_id = ?1 AND coalesce(e.chain, '') = ?2 AND e.address <> ''"
                        " AND p.position IN ('interpolated', 'street')"
                        " AND json_extract(p.geocode, '$.status') = 'auto' ORDER BY p.id",
                        NULL);
    if (!st)
        return 0;
    bind_int(st, 1, street_id);
    bind_slice(st, 2, chain);
    return unplaced_rows(a, st, out);
}

bool unplaced_read(struct store *s, struct arena *a, int64_t place_id, struct unplaced *out)
{
    struct unplaced *rows = NULL;
    sqlite3_stmt *st = store_statement(
        s, "SELECT p.id, 0, " UNPLACED_COLUMNS " LEFT JOIN review r ON 0 WHERE p.id = ?1 AND e.address <> ''",
        NULL);
    if (!st)
        return false;
    bind_int(st, 1, place_id);
    if (unplaced_rows(a, st, &rows) != 1)
        return false;
    *out = rows[0];
    return true;
}

static bool close_question(struct store *s, const struct replaced *r, struct fault *f)
{
    char now[21];
    sqlite3_stmt *st =
        store_statement(s,
                        "UPDATE review SET closed_at = ?2, closed_by = 'gazetteer', decision = 'placed'"
                        " WHERE id = ?1 AND closed_at IS NULL",
                        f);
    if (!st)
        return false;
    clock_utc_iso(now);
    bind_int(st, 1, r->row.review_id);
    bind_text(st, 2, now);
    return statement_run(st, f);
}

static bool move_place(struct store *s, const struct replaced *r, struct fault *f)
{
    char now[21];
    sqlite3_stmt *st = store_statement(
        s,
        "UPDATE place SET residential_group_id = coalesce(residential_group_id, ?2), ward_id = coalesce(?3,"
        " ward_id), updated_at = ?4, needs_review = EXISTS (SELECT 1 FROM review WHERE place_id = ?1 AND"
        " closed_at IS NULL) WHERE id = ?1",
        f);
    if (!st)
        return false;
    clock_utc_iso(now);
    bind_int(st, 1, r->row.place_id);
    bind_id(st, 2, r->group_id);
    bind_id(st, 3, r->ward_id);
    bind_text(st, 4, now);
    return statement_run(st, f) && place_set_position(s, r->row.place_id, &r->position, f);
}

bool place_again(struct store *s, const struct replaced *r, struct fault *f)
{
    sqlite3_stmt *st = store_statement(
        s, "UPDATE establishment SET street_id = ?2, number = ?3, chain = ?4 WHERE place_id = ?1", f);
    if (!st)
        return false;
    bind_int(st, 1, r->row.place_id);
    bind_id(st, 2, r->street_id);
    bind_slice_or_null(st, 3, r->number);
    bind_slice_or_null(st, 4, r->chain);
    return statement_run(st, f) && (!r->row.review_id || close_question(s, r, f)) && move_place(s, r, f);
}

bool review_ask_again(struct store *s, int64_t review_id, const struct review *r, struct fault *f)
{
    sqlite3_stmt *st = store_statement(
        s, "UPDATE review SET reason = ?2, fault_group = ?3, candidates = ?4 WHERE id = ?1", f);
    if (!st)
        return false;
    bind_int(st, 1, review_id);
    bind_slice(st, 2, r->reason);
    bind_slice_or_null(st, 3, r->fault_group);
    bind_slice_or_null(st, 4, r->candidates);
    return statement_run(st, f);
}
