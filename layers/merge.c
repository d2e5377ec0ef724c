/* merge: two records that a person found to be one place. One goes, the other keeps its code and takes over
 * what only the first knew; the code that goes leads to the other for ever (`retired_place`), because it may
 * be printed on a wall.
 *
 * Law: nothing is merged but by a person; the whole is one decision (decision.c) and can be taken back. Where
 * both records say something, the one the person chose wins, with one exception: names and addresses come
 * from the record that knows more about what must stay private (its owner's name, that it is a home). */
#include "layers/decision.h"

#include <stdio.h>

/* The record that stays, the one that goes, and which of them wins. */
struct merge {
    struct store *store;
    int64_t kept, gone, winner, loser;
    int64_t names_of, address_of;
    char now[21];
};

/* Parameters of every step: 1 kept, 2 gone, 3 winner, 4 loser, 5 now, 6 whose names, 7 whose address. */
static bool run_step(const struct merge *m, const char *sql, struct fault *f)
{
    sqlite3_stmt *st = store_statement(m->store, sql, f);
    const int64_t ids[] = {m->kept, m->gone, m->winner, m->loser, 0, m->names_of, m->address_of};
    if (!st)
        return false;
    int most = sqlite3_bind_parameter_count(st);
    for (int i = 0; i < most && i < (int)COUNT_OF(ids); i++)
        if (i != 4)
            bind_int(st, i + 1, ids[i]);
    if (most >= 5)
        bind_text(st, 5, m->now);
    return statement_run(st, f);
}

/* What stands in the place and the establishment themselves. A pin by an officer stays whoever wins. */
static const char *const OWN_FIELDS[] = {
    "INSERT INTO retired_place (code, place_id, ref, match_key, retired_at)"
    " SELECT p.code, ?1, p.ref, e.match_key, ?5 FROM place p LEFT JOIN establishment e ON e.place_id = p.id"
    " WHERE p.id = ?2",
    "UPDATE retired_place SET place_id = ?1 WHERE place_id = ?2",
    "UPDATE place SET (name, public_name, name_fold) ="
    " (SELECT n.name, n.public_name, n.name_fold FROM place n WHERE n.id = ?6),"
    " (status, status_raw, valid_from, valid_to, industry_version, industry_code, industry_group,"
    " residential_group_id, ward_id, source_date, verified_on) ="
    " (SELECT w.status, coalesce(w.status_raw, l.status_raw), coalesce(w.valid_from, l.valid_from),"
    " coalesce(w.valid_to, l.valid_to), iif(w.industry_code IS NULL, l.industry_version, w.industry_version),"
    " coalesce(w.industry_code, l.industry_code), coalesce(w.industry_group, l.industry_group),"
    " coalesce(w.residential_group_id, l.residential_group_id), coalesce(w.ward_id, l.ward_id),"
    " max(coalesce(w.source_date, l.source_date), coalesce(l.source_date, w.source_date)),"
    " max(coalesce(w.verified_on, l.verified_on), coalesce(l.verified_on, w.verified_on))"
    " FROM place w, place l WHERE w.id = ?3 AND l.id = ?4), needs_review = 0, updated_at = ?5 WHERE id = ?1",
    "UPDATE place SET (position, accuracy_m, geocode, geom) ="
    " (SELECT position, accuracy_m, geocode, geom FROM place WHERE id IN (?1, ?2)"
    " ORDER BY position = 'none', position <> 'gps', id <> ?3, id = ?4 LIMIT 1) WHERE id = ?1",
    "UPDATE establishment SET (address, public_address, address_key, match_key, street_id, number, chain) ="
    " (SELECT address, public_address, address_key, match_key, street_id, number, chain FROM establishment"
    " WHERE place_id = ?7),"
    " (kind, kind_raw, at_home, has_account, einvoice_in_scope, einvoice_connected, licensed_on,"
    " stall_place_id) = (SELECT w.kind, coalesce(w.kind_raw, l.kind_raw), max(w.at_home, l.at_home),"
    " coalesce(w.has_account, l.has_account), coalesce(w.einvoice_in_scope, l.einvoice_in_scope),"
    " coalesce(w.einvoice_connected, l.einvoice_connected), coalesce(w.licensed_on, l.licensed_on),"
    " coalesce(w.stall_place_id, l.stall_place_id) FROM establishment w, establishment l"
    " WHERE w.place_id = ?3 AND l.place_id = ?4) WHERE place_id = ?1",
};

/* What hangs on the place. Evidence that both have is one piece of evidence noted twice: the person must say
 * which, so the constraint of its table ends the merge. */
static const char *const HANGING[] = {
    "DELETE FROM restricted WHERE owner = 'place' AND owner_id = ?1 AND ?3 = ?2 AND (field = 'name' OR field "
    "IN"
    " (SELECT field FROM restricted WHERE owner = 'place' AND owner_id = ?2))",
    "DELETE FROM restricted WHERE owner = 'place' AND owner_id = ?2 AND ?3 = ?1 AND (field = 'name' OR field "
    "IN"
    " (SELECT field FROM restricted WHERE owner = 'place' AND owner_id = ?1))",
    "INSERT INTO restricted (owner, owner_id, field, sealed, hash)" /* no key is changed: the journal knows
                                                                       rows by it */
    " SELECT owner, ?1, field, sealed, hash FROM restricted WHERE owner = 'place' AND owner_id = ?2",
    "DELETE FROM restricted WHERE owner = 'place' AND owner_id = ?2",
    "INSERT INTO acceptance_listed (place_id, method, accepts, listed_on)"
    " SELECT ?1, method, accepts, listed_on FROM acceptance_listed WHERE place_id = ?2"
    " ON CONFLICT (place_id, method) DO UPDATE SET accepts = excluded.accepts, listed_on = excluded.listed_on"
    " WHERE excluded.listed_on > listed_on OR (excluded.listed_on = listed_on AND ?3 = ?2)",
    "INSERT OR IGNORE INTO platform_use (place_id, category, source_date)"
    " SELECT ?1, category, source_date FROM platform_use WHERE place_id = ?2",
    "INSERT OR IGNORE INTO code_exemption (place_id, decision_ref, valid_from, valid_to)"
    " SELECT ?1, decision_ref, valid_from, valid_to FROM code_exemption WHERE place_id = ?2",
    "INSERT OR IGNORE INTO fs_place (place_id, business_kind, regime, regime_reason, authority,"
    " health_checked_on, trained_on, status_raw, updated_at, batch_id) SELECT ?1, business_kind, regime,"
    " regime_reason, authority, health_checked_on, trained_on, status_raw, updated_at, batch_id FROM fs_place"
    " WHERE place_id = ?2",
    "UPDATE fs_place SET (business_kind, regime, regime_reason, authority, health_checked_on, trained_on) ="
    " (SELECT coalesce(nullif(w.business_kind, ''), l.business_kind),"
    " iif(w.regime = 'unknown', l.regime, w.regime), iif(w.regime = 'unknown', l.regime_reason, "
    "w.regime_reason),"
    " coalesce(w.authority, l.authority),"
    " max(coalesce(w.health_checked_on, l.health_checked_on), coalesce(l.health_checked_on, "
    "w.health_checked_on)),"
    " max(coalesce(w.trained_on, l.trained_on), coalesce(l.trained_on, w.trained_on))"
    " FROM fs_place w, fs_place l WHERE w.place_id = ?3 AND l.place_id = ?4) WHERE place_id = ?1"
    " AND EXISTS (SELECT 1 FROM fs_place WHERE place_id = ?2)",
    "UPDATE OR IGNORE fs_document SET place_id = ?1 WHERE place_id = ?2",
    "UPDATE OR IGNORE fs_inspection SET place_id = ?1 WHERE place_id = ?2",
    "UPDATE OR IGNORE fs_test SET place_id = ?1 WHERE place_id = ?2",
    "UPDATE fs_alert SET place_id = ?1 WHERE place_id = ?2",
    "UPDATE pilot_member SET place_id = ?1 WHERE place_id = ?2 AND NOT EXISTS (SELECT 1 FROM pilot_member k"
    " WHERE k.place_id = ?1 AND k.pilot_id = pilot_member.pilot_id"
    " AND (k.joined_on = pilot_member.joined_on OR k.left_on IS NULL))",
    "DELETE FROM pilot_member WHERE place_id = ?2",
    "UPDATE evidence SET place_id = ?1 WHERE place_id = ?2",
    /* a packed row of the list (batch_pack.c) gets one of its own first: what is packed never changes */
    "INSERT OR IGNORE INTO source_row (kind, key, hash, entity_id, batch_id, row)"
    " SELECT b.kind, substr(k.keys, 64 * (?2 - k.first_id) + 1, 32), substr(k.keys, 64 * (?2 - k.first_id) + "
    "33, "
    "32), ?2, k.batch_id, k.first_row + ?2 - k.first_id FROM import_pack k JOIN import_batch b ON b.id = "
    "k.batch_id"
    " WHERE k.first_id > ?2 - 512 AND k.first_id <= ?2 AND k.first_id + k.row_count > ?2 AND b.undone_at IS "
    "NULL",
    "UPDATE source_row SET entity_id = ?1, waiting = 0 WHERE entity_id = ?2"
    " AND kind IN ('establishments', 'food-safety')",
    "UPDATE address_memory SET place_id = ?1 WHERE place_id = ?2",
    "UPDATE review SET place_id = ?1 WHERE place_id = ?2",
    "DELETE FROM restricted WHERE owner = 'inspection' AND owner_id IN"
    " (SELECT id FROM fs_inspection WHERE place_id = ?2)",
};

/* The office's own number is unique: it can only move when the record that had it is gone. */
static bool move_ref(const struct merge *m, struct slice ref, struct fault *f)
{
    sqlite3_stmt *st = store_statement(m->store, "UPDATE place SET ref = coalesce(ref, ?2) WHERE id = ?1", f);
    if (!st)
        return false;
    bind_int(st, 1, m->kept);
    bind_slice_or_null(st, 2, ref);
    return statement_run(st, f);
}

static bool run_steps(const struct merge *m, const char *const *steps, size_t count, struct fault *f)
{
    for (size_t i = 0; i < count; i++)
        if (!run_step(m, steps[i], f))
            return false;
    return true;
}

static bool take_over(const struct merge *m, struct slice ref, struct fault *f)
{
    struct fault here = {0};
    bool done = run_steps(m, OWN_FIELDS, COUNT_OF(OWN_FIELDS), &here) &&
                run_steps(m, HANGING, COUNT_OF(HANGING), &here) &&
                run_step(m, "DELETE FROM place WHERE id = ?2 AND id <> ?1", &here) && move_ref(m, ref, &here);
    if (!done && here.code == FAULT_DATABASE &&
        slice_find(slice_of(here.text), SLICE("constraint failed")) >= 0)
        return fault_set(
            f, FAULT_BAD_STATE, NULL, "%s",
            "hai hồ sơ cùng có một minh chứng hoặc ghi chép không gộp được; hãy rút bản thừa trước");
    return done || fault_set(f, here.code, here.place, "%s", here.text);
}

static bool has_private(struct store *s, int64_t id, const char *field)
{
    sqlite3_stmt *st = store_statement(
        s, "SELECT 1 FROM restricted WHERE owner = 'place' AND owner_id = ?1 AND field = ?2", NULL);
    if (!st)
        return false;
    bind_int(st, 1, id);
    bind_text(st, 2, field);
    bool has = statement_next(st, NULL);
    sqlite3_reset(st);
    return has;
}

static bool is_home(struct store *s, int64_t id)
{
    sqlite3_stmt *st = store_statement(s, "SELECT at_home FROM establishment WHERE place_id = ?1", NULL);
    if (!st)
        return false;
    bind_int(st, 1, id);
    bool home = statement_next(st, NULL) && sqlite3_column_int(st, 0) == 1;
    sqlite3_reset(st);
    return home;
}

static void choose(struct merge *m)
{
    bool wins = has_private(m->store, m->winner, "owner_name"),
         loses = has_private(m->store, m->loser, "owner_name");
    m->names_of = !wins && loses ? m->loser : m->winner;
    m->address_of = !is_home(m->store, m->winner) && is_home(m->store, m->loser) ? m->loser : m->winner;
}

/* An establishment and a stall are no two records of one thing: they become one business, as a list would
 * make them. */
static bool link_to_stall(struct store *s, const struct review_item *item, int64_t stall, struct fault *f)
{
    if (establishment_of_stall(s, stall))
        return fault_set(f, FAULT_BAD_STATE, NULL, "%s", "quầy này đã gắn với một cơ sở khác");
    sqlite3_stmt *st = store_statement(s, "UPDATE place SET needs_review = 0 WHERE id = ?1", f);
    if (!st)
        return false;
    bind_int(st, 1, item->place_id);
    return statement_run(st, f) && establishment_link(s, item->place_id, stall, f);
}

static bool unite(struct store *s, struct arena *a, const struct review_item *item,
                  const struct review_merge *q, struct fault *f)
{
    struct place_known gone, kept;
    int64_t into = place_by_code(s, q->into);
    if (!item->place_id || !into || into == item->place_id || !place_read(s, a, item->place_id, &gone) ||
        !place_read(s, a, into, &kept))
        return fault_set(f, FAULT_BAD_STATE, NULL, "%s", "không có đủ hai hồ sơ để gộp");
    if (gone.place.is_stall || !gone.has_establishment)
        return fault_set(f, FAULT_BAD_STATE, NULL, "%s", "chỉ gộp được cơ sở, không gộp được quầy sạp");
    if (kept.place.is_stall)
        return link_to_stall(s, item, into, f);
    struct merge m = {.store = s, .kept = into, .gone = item->place_id};
    m.winner = q->takes_new ? m.gone : m.kept;
    m.loser = q->takes_new ? m.kept : m.gone;
    clock_utc_iso(m.now);
    choose(&m);
    return take_over(&m, gone.place.ref, f);
}

static bool close_question(struct store *s, const struct review_item *item, const struct review_merge *q,
                           struct fault *f)
{
    char now[21];
    sqlite3_stmt *st = store_statement(
        s, "UPDATE review SET closed_at = ?2, closed_by = ?3, decision = 'merge' WHERE id = ?1", f);
    if (!st)
        return false;
    clock_utc_iso(now);
    bind_int(st, 1, item->id);
    bind_text(st, 2, now);
    bind_text(st, 3, q->who);
    return statement_run(st, f);
}

bool review_merge(struct store *s, int64_t id, const struct review_merge *q, struct fault *f)
{
    struct arena a = {0};
    struct review_item item = {0};
    struct decision d;
    char into[CODE_LENGTH + 1] = "";
    if (!code_canonical(q->into, into))
        return fault_set(f, FAULT_BAD_VALUE, NULL, "%s", "mã của hồ sơ giữ lại không đúng");
    if (!decision_begin(&d, s, f))
        return false;
    bool good = review_read(s, &a, id, &item, f);
    if (good && item.closed_at.n)
        good = fault_set(f, FAULT_BAD_STATE, NULL, "%s", "câu hỏi này đã có người quyết định");
    good = good && unite(s, &a, &item, q, f) && close_question(s, &item, q, f);
    struct decision_note note = {
        .review_id = id,
        .who = q->who,
        .action = "merge",
        .subject = slice_of(arena_format(&a, "place %.*s", (int)item.code.n, item.code.p ? item.code.p : "")),
        .detail = slice_of(arena_format(&a, "{\"review\":%lld,\"into\":\"%s\",\"takes_new\":%s}",
                                        (long long)id, into, q->takes_new ? "true" : "false"))};
    good = decision_end(&d, good, &note, f);
    arena_release(&a);
    return good;
}
