/* decision: people's decisions in the review queue and the way back from each. The same journal as an
 * import's (journal.c): exact, or refused because somebody has built on it since. */
#include "layers/decision.h"
#include "layers/change.h"

#include <stdio.h>

bool decision_begin(struct decision *d, struct store *s, struct fault *f)
{
    *d = (struct decision){.store = s};
    if (!store_key(s))
        return fault_set(f, FAULT_KEY_MISSING, NULL, "%s", "");
    if (!store_begin(s, f))
        return false;
    d->journal = journal_open(s);
    return true;
}

static bool write_down(const struct decision *d, const struct decision_note *note, struct fault *f)
{
    char now[21], action[40];
    struct buf sealed = {0};
    snprintf(action, sizeof action, "review.%s", note->action);
    struct audit_entry entry = {
        .who = note->who, .action = action, .subject = note->subject, .detail = note->detail};
    sqlite3_stmt *st = store_statement(d->store,
                                       "INSERT INTO decision (review_id, at, who, action, subject, before)"
                                       " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                                       f);
    if (!st)
        return false;
    clock_utc_iso(now);
    key_seal(store_key(d->store), journal_entries(d->journal), &sealed);
    bind_id(st, 1, note->review_id);
    bind_text(st, 2, now);
    bind_text(st, 3, note->who);
    bind_text(st, 4, note->action);
    bind_slice(st, 5, note->subject);
    bind_bytes(st, 6, buf_to_slice(&sealed));
    buf_release(&sealed);
    return statement_run(st, f) && audit_append(d->store, &entry, f);
}

bool decision_end(struct decision *d, bool good, const struct decision_note *note, struct fault *f)
{
    good = good && write_down(d, note, f);
    journal_close(d->journal);
    good = good && store_commit(d->store, f);
    if (!good)
        store_rollback(d->store);
    return good;
}

/* --- looking back --- */

int decision_list(struct store *s, struct arena *a, const struct decision_query *q,
                  struct decision_line **lines)
{
    int count = 0;
    sqlite3_stmt *st = store_statement(
        s,
        "SELECT d.id, coalesce(d.review_id, 0), d.at, d.who, d.action, d.subject, coalesce(d.undone_at, ''),"
        " coalesce(d.undone_by, '') FROM decision d WHERE ?1 = 0 OR d.review_id = ?1 ORDER BY d.id DESC "
        "LIMIT ?2",
        NULL);
    *lines = ARENA_ARRAY(a, struct decision_line, (size_t)q->limit + 1);
    if (!st)
        return 0;
    bind_int(st, 1, q->review_id);
    bind_int(st, 2, q->limit);
    while (count < q->limit && statement_next(st, NULL)) {
        struct decision_line *line = &(*lines)[count++];
        struct slice *const texts[] = {&line->at,      &line->who,       &line->action,
                                       &line->subject, &line->undone_at, &line->undone_by};
        line->id = sqlite3_column_int64(st, 0);
        line->review_id = sqlite3_column_int64(st, 1);
        for (int i = 0; i < (int)COUNT_OF(texts); i++)
            *texts[i] = arena_slice(a, column_slice(st, i + 2));
    }
    sqlite3_reset(st);
    return count;
}

/* --- taking back --- */

struct taken {
    struct buf before;
    struct buf action, subject;
};

static bool read_decision(struct store *s, int64_t id, struct taken *t, struct fault *f)
{
    sqlite3_stmt *st =
        store_statement(s, "SELECT before, action, subject, undone_at FROM decision WHERE id = ?1", f);
    if (!st)
        return false;
    bind_int(st, 1, id);
    if (!statement_next(st, f))
        return fault_set(f, FAULT_NOT_FOUND, NULL, "quyết định %lld không có", (long long)id);
    bool is_undone = !column_is_null(st, 3);
    bool opened = key_unseal(store_key(s), column_bytes(st, 0), &t->before);
    buf_slice(&t->action, column_slice(st, 1));
    buf_slice(&t->subject, column_slice(st, 2));
    sqlite3_reset(st);
    if (is_undone)
        return fault_set(f, FAULT_BAD_STATE, NULL, "%s", "quyết định này đã được rút lại trước đó");
    return opened || fault_set(f, FAULT_KEY_MISSING, NULL, "%s", "khoá không mở được nhật ký của quyết định");
}

static bool mark_undone(struct store *s, int64_t id, const char *who, struct fault *f)
{
    char now[21];
    sqlite3_stmt *st =
        store_statement(s, "UPDATE decision SET undone_at = ?2, undone_by = ?3 WHERE id = ?1", f);
    if (!st)
        return false;
    clock_utc_iso(now);
    bind_int(st, 1, id);
    bind_text(st, 2, now);
    bind_text(st, 3, who);
    return statement_run(st, f);
}

static bool undo_inside(struct store *s, int64_t id, const char *who, struct fault *f)
{
    struct taken t = {0};
    struct buf detail = {0};
    bool conflict = false;
    bool ok = read_decision(s, id, &t, f) &&
              (journal_take_back(s, buf_to_slice(&t.before), &conflict, f) || conflict);
    if (ok && !conflict)
        conflict = store_int(s, "SELECT count(*) FROM pragma_foreign_key_check", NULL, 0) > 0;
    if (ok && conflict)
        ok = fault_set(f, FAULT_BUILT_UPON, NULL, "%s",
                       "hồ sơ đã đổi sau quyết định này: một quyết định khác, hoặc một lần nhập (danh sách "
                       "đường hay số nhà mới cũng "
                       "đặt lại các dòng đang chờ); hãy rút lại việc sau trước");
    buf_format(&detail, "{\"decision\":%lld,\"action\":\"%.*s\"}", (long long)id, (int)t.action.n,
               t.action.p ? t.action.p : "");
    struct audit_entry entry = {.who = who,
                                .action = "review.undo",
                                .subject = buf_to_slice(&t.subject),
                                .detail = buf_to_slice(&detail)};
    ok = ok && mark_undone(s, id, who, f) && audit_append(s, &entry, f);
    buf_release(&t.before);
    buf_release(&t.action);
    buf_release(&t.subject);
    buf_release(&detail);
    return ok;
}

/* As batch_undo: foreign keys rest while rows go back one by one, and are checked at once before the commit.
 */
bool decision_undo(struct store *s, int64_t id, const char *who, struct fault *f)
{
    if (!store_key(s))
        return fault_set(f, FAULT_KEY_MISSING, NULL, "%s", "");
    if (!store_run(s, "PRAGMA foreign_keys = OFF", f))
        return false;
    struct change *change = NULL;
    struct change_note note = {.undone = "decision", .ref = id, .who = who};
    bool ok = change_begin(&change, s, f) && undo_inside(s, id, who, f);
    ok = change_end(change, ok, &note, f);
    return store_run(s, "PRAGMA foreign_keys = ON", ok ? f : NULL) && ok;
}
