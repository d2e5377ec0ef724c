/* evidence: bringing, verifying, disputing, deciding. */
#include "layers/evidence.h"

#include "layers/store_private.h"

#include <string.h>

/* --- reading --- */

/* The day after the tenth working day: the first on which a dispute is overdue. */
#define DISPUTE_DAYS "coalesce((SELECT value + 0 FROM policy_today WHERE key = 'dispute.days'), 10)"
static const char LIST[] =
    "WITH RECURSIVE picked AS ("
    " SELECT v.*, p.code, p.public_name, x.at AS moved_at, x.by AS moved_by, coalesce(x.reason, '') AS why"
    " FROM evidence v JOIN place p ON p.id = v.place_id LEFT JOIN evidence_event x ON x.id ="
    "  (SELECT max(y.id) FROM evidence_event y WHERE y.evidence_id = v.id)"
    " WHERE (?1 = '' OR p.code = ?1) AND (?2 = '' OR v.state = ?2)"
    " ORDER BY v.state = 'disputed' DESC, v.happened_on DESC, v.id DESC LIMIT ?3),"
    "due (id, day, n) AS ("
    " SELECT id, date(moved_at, '+7 hours'), 0 FROM picked WHERE state = 'disputed' AND moved_at IS NOT NULL"
    " UNION ALL SELECT id, date(day, '+1 day'),"
    "  n + (strftime('%w', day, '+1 day') NOT IN ('0', '6') AND date(day, '+1 day') NOT IN (SELECT day FROM "
    "holiday))"
    "  FROM due WHERE n < " DISPUTE_DAYS ")"
    "SELECT p.id, p.code, p.public_name, p.class, p.method, p.happened_on, p.minutes_number, p.state, "
    "p.created_by,"
    " p.verified_by, p.moved_at, p.moved_by, p.why, d.day, coalesce(x.taken_on, ''), p.passed,"
    " d.day < (SELECT day FROM day_today), x.id IS NOT NULL, coalesce(CAST(round(x.distance_m) AS INTEGER), "
    "-1),"
    " EXISTS (SELECT 1 FROM evidence_file y JOIN evidence v ON v.id = y.evidence_id"
    "  WHERE y.source_hash = x.source_hash AND v.place_id <> p.place_id AND v.state NOT IN ('rejected', "
    "'withdrawn'))"
    " FROM picked p LEFT JOIN evidence_file x ON x.id ="
    "  (SELECT max(id) FROM evidence_file WHERE evidence_id = p.id)"
    " LEFT JOIN (SELECT id, max(day) AS day FROM due GROUP BY id) d ON d.id = p.id"
    " ORDER BY p.state = 'disputed' DESC, p.happened_on DESC, p.id DESC";

static void read_line(sqlite3_stmt *st, struct arena *a, struct evidence_line *line)
{
    struct slice *texts[] = {&line->code,        &line->name,     &line->class,    &line->method,
                             &line->happened_on, &line->minutes,  &line->state,    &line->created_by,
                             &line->verified_by, &line->moved_at, &line->moved_by, &line->reason,
                             &line->decide_by,   &line->taken_on};
    *line = (struct evidence_line){.id = sqlite3_column_int64(st, 0)};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        *texts[i] = slice_of(arena_text(a, column_slice(st, (int)i + 1)));
    line->passed = sqlite3_column_int(st, COUNT_OF(texts) + 1) != 0;
    line->is_overdue = sqlite3_column_int(st, COUNT_OF(texts) + 2) != 0;
    line->has_picture = sqlite3_column_int(st, COUNT_OF(texts) + 3) != 0;
    line->distance_m = sqlite3_column_int64(st, COUNT_OF(texts) + 4);
    line->shares_picture = sqlite3_column_int(st, COUNT_OF(texts) + 5) != 0;
}

int evidence_list(struct store *s, struct arena *a, const struct evidence_query *q,
                  struct evidence_line **lines, struct fault *f)
{
    int count = 0;
    sqlite3_stmt *st = store_statement(s, LIST, f);
    *lines = ARENA_ARRAY(a, struct evidence_line, (size_t)q->limit);
    if (!st)
        return 0;
    bind_slice(st, 1, q->code);
    bind_slice(st, 2, q->state);
    bind_int(st, 3, q->limit);
    while (count < q->limit && statement_next(st, f))
        read_line(st, a, &(*lines)[count++]);
    sqlite3_reset(st);
    return count;
}

/* --- bringing one --- */

static bool is_one_of(struct slice text, const char *const *words, size_t count, const char **word)
{
    for (size_t i = 0; i < count; i++)
        if (slice_equal(text, slice_of(words[i]))) {
            *word = words[i];
            return true;
        }
    return false;
}

static bool make_item(struct store *s, const struct evidence_new *e, struct evidence *item, struct fault *f)
{
    static const char *const CLASSES[] = {"E1", "E2", "E3"}, *const METHODS[] = {"", "QR", "POS", "CK"};
    *item = (struct evidence){.happened_on = e->happened_on,
                              .passed = e->passed,
                              .minutes_number = slice_trim(e->minutes),
                              .state = "submitted",
                              .created_by = e->who};
    if (!is_one_of(e->class, CLASSES, COUNT_OF(CLASSES), &item->class))
        return fault_set(f, FAULT_BAD_VALUE, "class", "%.*s", (int)e->class.n, e->class.p);
    if (!is_one_of(e->method, METHODS, COUNT_OF(METHODS), &item->method))
        return fault_set(f, FAULT_BAD_VALUE, "method", "%.*s", (int)e->method.n, e->method.p);
    if (!date_is_valid(e->happened_on))
        return fault_set(f, FAULT_BAD_DATE, "happened_on", "%s", "");
    if (date_to_days(e->happened_on) > date_to_days(date_today()))
        return fault_set(f, FAULT_FUTURE_DATE, "happened_on", "%s", "");
    item->place_id = place_by_code(s, e->code);
    return item->place_id || fault_set(f, FAULT_NOT_FOUND, "code", "%.*s", (int)e->code.n, e->code.p);
}

static bool note(struct store *s, const char *who, const char *action, int64_t id, struct slice detail,
                 struct fault *f)
{
    struct arena a = {0};
    struct audit_entry entry = {.who = who,
                                .action = action,
                                .subject = slice_of(arena_format(&a, "evidence %lld", (long long)id)),
                                .detail = detail};
    bool ok = audit_append(s, &entry, f);
    arena_release(&a);
    return ok;
}

static bool keep_picture(struct store *s, const struct evidence_new *e, int64_t id, struct fault *f)
{
    char now[21];
    if (!e->image)
        return true;
    sqlite3_stmt *st =
        image_keep(s, e->jpeg, e->who, e->image, f)
            ? store_statement(
                  s,
                  "INSERT INTO evidence_file (evidence_id, hash, source_hash, media, bytes, taken_on, "
                  "distance_m, masked_by, added_at)"
                  " SELECT ?1, i.hash, ?2, 'image/jpeg', i.bytes, i.taken_on,"
                  " ST_Distance(p.geom, MakePoint(i.lon, i.lat, 4326), 1), ?3, ?4"
                  " FROM image i JOIN evidence v ON v.id = ?1 JOIN place p ON p.id = v.place_id WHERE "
                  "i.hash = ?5",
                  f)
            : NULL;
    if (!st)
        return false;
    clock_utc_iso(now);
    bind_int(st, 1, id);
    bind_bytes(st, 2, (struct slice){(const char *)e->image->source_hash, HASH_BYTES});
    bind_text(st, 3, e->who);
    bind_text(st, 4, now);
    bind_bytes(st, 5, (struct slice){(const char *)e->image->hash, HASH_BYTES});
    return statement_run(st, f);
}

static bool read_picture(struct store *s, int64_t id, struct slice code, struct buf *jpeg, struct fault *f)
{
    uint8_t hash[HASH_BYTES];
    sqlite3_stmt *st = store_statement(s,
                                       "SELECT x.hash FROM evidence_file x JOIN evidence v ON v.id = "
                                       "x.evidence_id JOIN place p ON p.id = v.place_id"
                                       " WHERE v.id = ?1 AND p.code = ?2 ORDER BY x.id DESC LIMIT 1",
                                       f);
    if (!st)
        return false;
    bind_int(st, 1, id);
    bind_slice(st, 2, code);
    bool there = statement_next(st, f) && column_bytes(st, 0).n == HASH_BYTES;
    if (there)
        memcpy(hash, column_bytes(st, 0).p, HASH_BYTES);
    sqlite3_reset(st);
    return there ? image_read(s, (struct slice){(const char *)hash, HASH_BYTES}, jpeg, f)
                 : fault_set(f, FAULT_NOT_FOUND, NULL, "%s", "không có ảnh này");
}

bool evidence_picture(struct store *s, int64_t id, struct slice code, const char *who, struct buf *jpeg,
                      struct fault *f)
{
    bool ok = store_begin(s, f) && read_picture(s, id, code, jpeg, f) &&
              note(s, who, "evidence.read", id, code, f) && store_commit_quietly(s, f);
    if (!ok)
        store_rollback(s);
    return ok;
}

bool evidence_bring(struct store *s, const struct evidence_new *e, int64_t *id, struct fault *f)
{
    struct arena a = {0};
    struct evidence item, there;
    bool ok = make_item(s, e, &item, f);
    if (ok && evidence_find(s, &a, &item, &there))
        ok = fault_set(f, FAULT_DUPLICATE, "minutes", "minh chứng số %lld", (long long)there.id);
    arena_release(&a);
    if (!ok || !store_begin(s, f))
        return false;
    ok = evidence_put(s, &item, NULL, f) && keep_picture(s, e, item.id, f) &&
         note(s, e->who, "evidence.bring", item.id, e->class, f) && store_commit(s, f);
    if (!ok)
        store_rollback(s);
    *id = item.id;
    return ok;
}

/* --- deciding --- */

struct standing {
    const char *state, *created_by, *verified_by;
};

static bool read_standing(struct store *s, int64_t id, struct arena *a, struct standing *out, struct fault *f)
{
    sqlite3_stmt *st =
        store_statement(s, "SELECT state, created_by, verified_by FROM evidence WHERE id = ?1", f);
    if (!st)
        return false;
    bind_int(st, 1, id);
    if (!statement_next(st, f))
        return f->code == FAULT_NONE && fault_set(f, FAULT_NOT_FOUND, "evidence", "%lld", (long long)id);
    const char **texts[] = {&out->state, &out->created_by, &out->verified_by};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        *texts[i] = arena_text(a, column_slice(st, (int)i));
    sqlite3_reset(st);
    return true;
}

/* A picture that stands at another place too proves neither, until one of the two is rejected (B.3). */
static bool shares_picture(struct store *s, int64_t id)
{
    struct arena a = {0};
    const char *text = arena_format(&a, "%lld", (long long)id);
    bool shared =
        store_int(s,
                  "SELECT count(*) FROM evidence_file x JOIN evidence_file y ON y.source_hash = x.source_hash"
                  " JOIN evidence v ON v.id = y.evidence_id JOIN evidence w ON w.id = x.evidence_id"
                  " WHERE x.evidence_id = ?1 AND v.place_id <> w.place_id AND v.state NOT IN ('rejected', "
                  "'withdrawn')",
                  text, 0) > 0;
    arena_release(&a);
    return shared;
}

static bool may_decide(struct store *s, const struct evidence_decision *d, const struct standing *now,
                       struct fault *f)
{
    bool verifies = slice_equal(d->to, SLICE("verified")), was_disputed = strcmp(now->state, "disputed") == 0;
    struct arena a = {0};
    const char *to = arena_text(&a, d->to);
    bool moves = evidence_may_move(now->state, to) && strcmp(now->state, to) != 0;
    arena_release(&a);
    if (!moves)
        return fault_set(f, FAULT_BAD_STATE, "state", "%s → %.*s", now->state, (int)d->to.n, d->to.p);
    if (verifies && !was_disputed && strcmp(now->created_by, d->who) == 0)
        return fault_set(f, FAULT_FORBIDDEN, "state", "%s",
                         "người đưa minh chứng không tự xác minh (bốn mắt)");
    if (was_disputed && strcmp(now->verified_by, d->who) == 0)
        return fault_set(f, FAULT_FORBIDDEN, "state", "%s",
                         "người đã xác minh không tự quyết khiếu nại (bốn mắt)");
    if (verifies && shares_picture(s, d->id))
        return fault_set(f, FAULT_DUPLICATE, "state", "%s", "cùng một ảnh đang là minh chứng của điểm khác");
    bool needs_reason = was_disputed || !verifies;
    if (needs_reason && !slice_equal(d->to, SLICE("submitted")) && !slice_trim(d->reason).n)
        return fault_set(f, FAULT_VALUE_MISSING, "reason", "%s", "cần ghi lý do");
    return true;
}

static bool write_event(struct store *s, const struct evidence_decision *d, const struct standing *was,
                        const char *now, struct fault *f)
{
    sqlite3_stmt *st =
        store_statement(s,
                        "INSERT INTO evidence_event (evidence_id, from_state, to_state, at, by, reason)"
                        " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                        f);
    if (!st)
        return false;
    bind_int(st, 1, d->id);
    bind_text(st, 2, was->state);
    bind_slice(st, 3, d->to);
    bind_text(st, 4, now);
    bind_text(st, 5, d->who);
    bind_slice_or_null(st, 6, slice_trim(d->reason));
    return statement_run(st, f);
}

/* Who upholds a dispute takes over the word of the verifier. */
static bool write_state(struct store *s, const struct evidence_decision *d, const char *now, struct fault *f)
{
    bool verifies = slice_equal(d->to, SLICE("verified"));
    sqlite3_stmt *st =
        store_statement(s,
                        "UPDATE evidence SET state = ?1, verified_by = coalesce(?2, verified_by),"
                        " verified_at = coalesce(?3, verified_at) WHERE id = ?4",
                        f);
    if (!st)
        return false;
    bind_slice(st, 1, d->to);
    bind_text(st, 2, verifies ? d->who : NULL);
    bind_text(st, 3, verifies ? now : NULL);
    bind_int(st, 4, d->id);
    return statement_run(st, f);
}

bool evidence_decide(struct store *s, const struct evidence_decision *d, struct fault *f)
{
    struct arena a = {0};
    struct standing was;
    char now[21];
    clock_utc_iso(now);
    if (!store_begin(s, f))
        return false;
    bool ok = read_standing(s, d->id, &a, &was, f) && may_decide(s, d, &was, f) &&
              write_event(s, d, &was, now, f) && write_state(s, d, now, f) &&
              note(s, d->who, "evidence.decide", d->id, d->to, f) && store_commit(s, f);
    if (!ok)
        store_rollback(s);
    arena_release(&a);
    return ok;
}
