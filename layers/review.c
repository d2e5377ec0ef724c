/* review: the questions that imports left for people, and what people decided. A decision moves the place, is
 * remembered for the same address text, closes the question, and says who and when.
 *
 * Law: a decision is one transaction and one entry of the audit; a question is decided once. */
#include "layers/decision.h"

int review_groups(struct store *s, struct arena *a, struct review_group **groups)
{
    enum { MOST = 200 };
    int count = 0;
    sqlite3_stmt *st = store_statement(
        s,
        "SELECT g, reason, n, first, (SELECT e.address FROM review r JOIN establishment e ON e.place_id = "
        "r.place_id"
        " WHERE r.id = first) FROM (SELECT coalesce(fault_group, '') AS g, min(reason) AS reason, count(*) "
        "AS n,"
        " min(id) AS first FROM review WHERE closed_at IS NULL"
        " GROUP BY coalesce(nullif(fault_group, ''), reason)) ORDER BY n DESC, first LIMIT ?1",
        NULL);
    *groups = ARENA_ARRAY(a, struct review_group, MOST + 1);
    if (!st)
        return 0;
    bind_int(st, 1, MOST);
    while (count < MOST && statement_next(st, NULL))
        (*groups)[count++] = (struct review_group){.fault_group = arena_slice(a, column_slice(st, 0)),
                                                   .reason = arena_slice(a, column_slice(st, 1)),
                                                   .count = sqlite3_column_int64(st, 2),
                                                   .first_id = sqlite3_column_int64(st, 3),
                                                   .example = arena_slice(a, column_slice(st, 4))};
    sqlite3_reset(st);
    return count;
}

#define ITEM_COLUMNS                                                                                         \
    "r.id, coalesce(r.batch_id, 0), coalesce(r.row, 0), coalesce(r.place_id, 0), r.reason,"                  \
    " coalesce(r.fault_group, ''), coalesce(r.candidates, ''), r.opened_at, coalesce(r.closed_at, ''),"      \
    " coalesce(p.code, ''), coalesce(p.name, ''), coalesce(e.address, ''), coalesce(b.file_name, ''),"       \
    " coalesce(p.position, 'none')"                                                                          \
    " FROM review r LEFT JOIN place p ON p.id = r.place_id LEFT JOIN establishment e ON e.place_id = p.id"   \
    " LEFT JOIN import_batch b ON b.id = r.batch_id"

static void take_item(sqlite3_stmt *st, struct arena *a, struct review_item *item)
{
    struct slice *const texts[] = {&item->reason,    &item->fault_group, &item->candidates, &item->opened_at,
                                   &item->closed_at, &item->code,        &item->name,       &item->address,
                                   &item->file_name, &item->position};
    item->id = sqlite3_column_int64(st, 0);
    item->batch_id = sqlite3_column_int64(st, 1);
    item->row = sqlite3_column_int64(st, 2);
    item->place_id = sqlite3_column_int64(st, 3);
    for (int i = 0; i < (int)COUNT_OF(texts); i++)
        *texts[i] = arena_slice(a, column_slice(st, 4 + i));
}

int review_list(struct store *s, struct arena *a, const struct review_query *q, struct review_item **items)
{
    int count = 0;
    sqlite3_stmt *st = store_statement(
        s,
        "SELECT " ITEM_COLUMNS ", review f WHERE f.id = ?1 AND r.closed_at IS NULL"
        " AND coalesce(nullif(r.fault_group, ''), r.reason) = coalesce(nullif(f.fault_group, ''), f.reason)"
        " ORDER BY r.id LIMIT ?2 OFFSET ?3",
        NULL);
    *items = ARENA_ARRAY(a, struct review_item, (size_t)q->limit + 1);
    if (!st)
        return 0;
    bind_int(st, 1, q->like);
    bind_int(st, 2, q->limit);
    bind_int(st, 3, q->offset);
    while (count < q->limit && statement_next(st, NULL))
        take_item(st, a, &(*items)[count++]);
    sqlite3_reset(st);
    return count;
}

int64_t review_count(struct store *s)
{
    return store_int(s, "SELECT count(*) FROM review WHERE closed_at IS NULL", NULL, 0);
}

bool review_read(struct store *s, struct arena *a, int64_t id, struct review_item *item, struct fault *f)
{
    sqlite3_stmt *st = store_statement(s, "SELECT " ITEM_COLUMNS " WHERE r.id = ?1", f);
    if (!st)
        return false;
    bind_int(st, 1, id);
    if (!statement_next(st, f))
        return fault_set(f, FAULT_NOT_FOUND, NULL, "%s",
                         "câu hỏi này không có, hoặc lần nhập của nó đã được rút lại");
    take_item(st, a, item);
    sqlite3_reset(st);
    return true;
}

bool review_row(struct store *s, const struct review_item *item, struct buf *raw)
{
    sqlite3_stmt *st =
        store_statement(s, "SELECT raw FROM import_row WHERE batch_id = ?1 AND row = ?2", NULL);
    if (!st || !store_key(s))
        return false;
    bind_int(st, 1, item->batch_id);
    bind_int(st, 2, item->row);
    bool good = statement_next(st, NULL) && key_unseal(store_key(s), column_bytes(st, 0), raw);
    sqlite3_reset(st);
    return good;
}

/* --- deciding --- */

static bool settle_place(struct store *s, const struct review_item *item, const struct review_decision *d,
                         struct fault *f)
{
    char now[21];
    sqlite3_stmt *st = store_statement(
        s,
        "UPDATE place SET needs_review = 0, residential_group_id = coalesce(?2, residential_group_id),"
        " ward_id = coalesce(?3, ward_id), updated_at = CASE WHEN ?4 THEN ?5 ELSE updated_at END"
        " WHERE id = ?1",
        f);
    if (!st)
        return false;
    clock_utc_iso(now);
    bind_int(st, 4, d->moves);
    bind_text(st, 5, now);
    bind_int(st, 1, item->place_id);
    bind_id(st, 2, d->group_id);
    bind_id(st, 3, d->ward_id);
    return statement_run(st, f) && (!d->moves || place_set_position(s, item->place_id, &d->position, f));
}

static bool remember_address(struct store *s, const struct review_item *item, const struct review_decision *d,
                             struct fault *f)
{
    struct address_memory m = {d->address_key, item->place_id, d->who, d->position};
    return !d->moves || !d->address_key.n || address_remember(s, &m, f);
}

/* A place that now stands somewhere has no other open question about where. */
static bool close_review(struct store *s, const struct review_item *item, const struct review_decision *d,
                         struct fault *f)
{
    char now[21];
    sqlite3_stmt *st = store_statement(s,
                                       "UPDATE review SET closed_at = ?2, closed_by = ?3, decision = ?4"
                                       " WHERE closed_at IS NULL AND (id = ?1 OR (?5 AND place_id = ?6))",
                                       f);
    if (!st)
        return false;
    clock_utc_iso(now);
    bind_int(st, 1, item->id);
    bind_text(st, 2, now);
    bind_text(st, 3, d->who);
    bind_text(st, 4, d->decision);
    bind_int(st, 5, d->moves);
    bind_int(st, 6, item->place_id);
    return statement_run(st, f);
}

static void note_on(struct arena *a, const struct review_item *item, const struct review_decision *d,
                    struct decision_note *note)
{
    const char *to = d->moves
                         ? arena_format(a, ",\"to\":\"%s\",\"lon\":%.7f,\"lat\":%.7f,\"accuracy_m\":%.0f",
                                        d->position.position, d->position.at.lon, d->position.at.lat,
                                        d->position.accuracy_m)
                         : "";
    const char *subject = item->code.n ? arena_format(a, "place %.*s", (int)item->code.n, item->code.p)
                                       : arena_format(a, "batch %lld row %lld", (long long)item->batch_id,
                                                      (long long)item->row);
    const char *detail = arena_format(a, "{\"review\":%lld,\"from\":\"%.*s\"%s}", (long long)item->id,
                                      (int)item->position.n, item->position.p ? item->position.p : "", to);
    *note = (struct decision_note){.review_id = item->id,
                                   .who = d->who,
                                   .action = d->decision,
                                   .subject = slice_of(subject),
                                   .detail = slice_of(detail)};
}

bool review_apply(struct store *s, int64_t id, const struct review_decision *d, struct fault *f)
{
    struct arena a = {0};
    struct review_item item;
    bool good = review_read(s, &a, id, &item, f);
    if (good && item.closed_at.n)
        good = fault_set(f, FAULT_BAD_STATE, NULL, "%s", "câu hỏi này đã có người quyết định");
    if (good && d->moves && !item.place_id)
        good =
            fault_set(f, FAULT_BAD_STATE, NULL, "%s", "dòng này chưa có điểm kinh doanh nào để đặt vị trí");
    good = good && (!item.place_id || settle_place(s, &item, d, f)) && remember_address(s, &item, d, f) &&
           close_review(s, &item, d, f);
    arena_release(&a);
    return good;
}

bool review_decide(struct store *s, int64_t id, const struct review_decision *d, struct fault *f)
{
    struct arena a = {0};
    struct review_item item = {0};
    struct decision writing;
    struct decision_note note = {0};
    if (!decision_begin(&writing, s, f))
        return false;
    bool good = review_read(s, &a, id, &item, f) && review_apply(s, id, d, f);
    note_on(&a, &item, d, &note);
    good = decision_end(&writing, good, &note, f);
    arena_release(&a);
    return good;
}
