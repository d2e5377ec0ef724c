/* notice: residents' notices in, and what the office decided. */
#include "layers/notice.h"

#include "layers/store_private.h"

#include <stdio.h>

/* --- taking one in --- */

static bool is_holiday(struct store *s, struct date day)
{
    char text[11];
    date_format_iso(day, text);
    return store_int(s, "SELECT count(*) FROM holiday WHERE day = ?1", text, 0) > 0;
}

/* Saturdays, Sundays and the days off that the office has written down (table holiday) do not count. */
static struct date after_working_days(struct store *s, struct date from, int64_t days)
{
    enum { WEEK = 7, THURSDAY = 4 }; /* 1970-01-01 was a Thursday */
    int32_t day = date_to_days(from);
    while (days > 0) {
        day++;
        int weekday = (day + THURSDAY) % WEEK; /* 0: Sunday */
        days -= weekday != 0 && weekday != WEEK - 1 && !is_holiday(s, date_of_days(day));
    }
    return date_of_days(day);
}

static bool is_tamper(const struct notice *n)
{
    return slice_equal(n->about, SLICE("tamper"));
}

static struct date due_day(struct store *s, const struct notice *n, struct date today)
{
    enum { DAYS = 10, TAMPER_DAYS = 1 };
    if (is_tamper(n))
        return date_of_days(date_to_days(today) +
                            (int32_t)policy_number(s, "notice.tamper_days", today, TAMPER_DAYS));
    return after_working_days(s, today, policy_number(s, "notice.days", today, DAYS));
}

static void bind_sealed(struct store *s, sqlite3_stmt *st, int index, struct slice text)
{
    struct buf sealed = {0};
    if (text.n) {
        key_seal(store_key(s), text, &sealed);
        bind_bytes(st, index, buf_to_slice(&sealed));
    }
    buf_release(&sealed);
}

static bool insert(struct store *s, struct notice *n, const uint8_t origin[HASH_BYTES], struct fault *f)
{
    char now[21];
    struct date today = date_today();
    sqlite3_stmt *st = store_statement(s,
                                       "INSERT INTO notice (code, kind, about, text, contact, origin, "
                                       "received_at, received_on, due_on) VALUES (?1, ?2, ?3, ?4, ?5, ?6, "
                                       "?7, ?8, ?9)",
                                       f);
    if (!st)
        return false;
    n->due_on = due_day(s, n, today);
    clock_utc_iso(now);
    bind_slice(st, 1, n->code);
    bind_text(st, 2, is_tamper(n) ? "tamper" : "wrong");
    bind_slice(st, 3, n->about);
    bind_sealed(s, st, 4, n->text);
    bind_sealed(s, st, 5, n->contact);
    bind_bytes(st, 6, (struct slice){(const char *)origin, HASH_BYTES});
    bind_text(st, 7, now);
    bind_date(st, 8, today);
    bind_date(st, 9, n->due_on);
    if (!statement_run(st, f))
        return false;
    n->id = sqlite3_last_insert_rowid(store_handle(s));
    return true;
}

static bool note(struct store *s, const char *who, const char *action, int64_t id, struct fault *f)
{
    struct buf subject = {0};
    buf_format(&subject, "notice %lld", (long long)id);
    struct audit_entry entry = {
        .who = who, .action = action, .subject = buf_to_slice(&subject), .detail = SLICE("{}")};
    bool good = audit_append(s, &entry, f);
    buf_release(&subject);
    return good;
}

/* --- evidence of a place whose code was pasted over --- */

/* The place itself and an establishment that became one business with it. */
#define PLACES_OF_CODE                                                                                       \
    "(SELECT id FROM place WHERE code = ?1 UNION SELECT e.place_id FROM establishment e JOIN place q"        \
    " ON q.id = e.stall_place_id WHERE q.code = ?1)"
#define IS_SUSPENDED                                                                                         \
    "state = 'disputed' AND (SELECT v.reason FROM evidence_event v WHERE v.evidence_id = evidence.id"        \
    " ORDER BY v.id DESC LIMIT 1) = 'qr_tamper'"

static bool run_for(sqlite3_stmt *st, struct slice code, const char *who, struct fault *f)
{
    char now[21];
    if (!st)
        return false;
    clock_utc_iso(now);
    bind_slice(st, 1, code);
    bind_text(st, 2, now);
    bind_text(st, 3, who);
    return statement_run(st, f);
}

static bool suspend(struct store *s, struct slice code, const char *who, struct fault *f)
{
    return run_for(store_statement(
                       s,
                       "INSERT INTO evidence_event (evidence_id, from_state, to_state, at, by, "
                       "reason) SELECT id, state, 'disputed', ?2, ?3, 'qr_tamper' FROM evidence"
                       " WHERE state = 'verified' AND class IN ('E1', 'E2') AND place_id IN " PLACES_OF_CODE,
                       f),
                   code, who, f) &&
           run_for(store_statement(s,
                                   "UPDATE evidence SET state = 'disputed' WHERE state = 'verified' AND "
                                   "class IN ('E1', 'E2') AND place_id IN " PLACES_OF_CODE,
                                   f),
                   code, who, f);
}

/* False with BAD_STATE when the same person verified what would be upheld. */
static bool uphold(struct store *s, struct slice code, const char *who, struct fault *f)
{
    sqlite3_stmt *st = store_statement(s,
                                       "SELECT count(*) FROM evidence WHERE " IS_SUSPENDED
                                       " AND verified_by = ?3 AND place_id IN " PLACES_OF_CODE,
                                       f);
    if (!st)
        return false;
    bind_slice(st, 1, code);
    bind_text(st, 3, who);
    bool own = statement_next(st, f) && sqlite3_column_int64(st, 0) > 0;
    sqlite3_reset(st);
    if (own)
        return fault_set(f, FAULT_BAD_STATE, NULL, "%s",
                         "minh chứng của nơi này do chính bạn xác minh; nhờ người khác kết luận");
    return run_for(store_statement(s,
                                   "INSERT INTO evidence_event (evidence_id, from_state, to_state, at, by, "
                                   "reason) SELECT id, 'disputed', 'verified', ?2, ?3, 'qr_checked' FROM "
                                   "evidence WHERE " IS_SUSPENDED " AND place_id IN " PLACES_OF_CODE,
                                   f),
                   code, who, f) &&
           run_for(
               store_statement(s,
                               "UPDATE evidence SET state = 'verified' WHERE state = 'disputed' AND "
                               "(SELECT v.reason FROM evidence_event v WHERE v.evidence_id = evidence.id "
                               "ORDER BY v.id DESC LIMIT 1) = 'qr_checked' AND place_id IN " PLACES_OF_CODE,
                               f),
               code, who, f);
}

/* Two senders on two days: nobody at the office need have looked yet (domain.md B.3). */
static bool confirm_by_agreement(struct store *s, const struct notice *n, bool *agreed, struct fault *f)
{
    *agreed = false;
    if (!is_tamper(n) || !n->code.n)
        return true;
    sqlite3_stmt *st = store_statement(
        s,
        "UPDATE notice SET state = 'confirmed', decided_by = 'two senders', decided_at = ?2 WHERE code = ?1 "
        "AND kind = 'tamper' AND state = 'open' AND EXISTS (SELECT 1 FROM notice a JOIN notice b ON b.code = "
        "a.code AND b.kind = a.kind AND b.state IN ('open', 'confirmed') AND b.origin <> a.origin AND "
        "b.received_on <> a.received_on WHERE a.code = ?1 AND a.kind = 'tamper' AND a.state IN ('open', "
        "'confirmed'))",
        f);
    if (!st || !run_for(st, n->code, NULL, f))
        return false;
    *agreed = sqlite3_changes(store_handle(s)) > 0;
    return !*agreed || suspend(s, n->code, "two senders", f);
}

static int64_t open_of_code(struct store *s, struct slice code)
{
    sqlite3_stmt *st = store_statement(
        s, "SELECT count(*) FROM notice WHERE code = ?1 AND state IN ('open', 'confirmed')", NULL);
    if (!st)
        return 0;
    bind_slice(st, 1, code);
    int64_t count = statement_next(st, NULL) ? sqlite3_column_int64(st, 0) : 0;
    sqlite3_reset(st);
    return count;
}

bool notice_put(struct store *s, struct notice *n, struct fault *f)
{
    uint8_t origin[HASH_BYTES];
    bool agreed = false;
    if (!store_key(s))
        return fault_set(f, FAULT_KEY_MISSING, NULL, "%s", "");
    if (open_of_code(s, n->code) >= NOTICES_OPEN_MOST)
        return fault_set(f, FAULT_BUSY, NULL, "%s", "nơi này đã có nhiều phản ánh đang được xem");
    key_hash(store_key(s), "notice.origin", n->origin, origin);
    bool good = store_begin(s, f) && insert(s, n, origin, f) && confirm_by_agreement(s, n, &agreed, f) &&
                note(s, "resident", "notice.received", n->id, f) &&
                (agreed ? store_commit(s, f) : store_commit_quietly(s, f));
    if (!good)
        store_rollback(s);
    return good;
}

/* --- reading --- */

#define LINE_COLUMNS                                                                                         \
    "n.id, n.code, coalesce(p.name, ''), n.kind, n.about, n.state, n.received_at, n.due_on,"                 \
    " coalesce(n.decided_by, ''), coalesce(n.decided_at, ''), n.answer, n.text, n.contact"                   \
    " FROM notice n LEFT JOIN place p ON p.code = n.code"

static void take_line(sqlite3_stmt *st, struct arena *a, struct notice_line *line)
{
    *line = (struct notice_line){.id = sqlite3_column_int64(st, 0)};
    struct slice *const texts[] = {&line->code,       &line->name,        &line->kind,   &line->about,
                                   &line->state,      &line->received_at, &line->due_on, &line->decided_by,
                                   &line->decided_at, &line->answer};
    for (int i = 0; i < (int)COUNT_OF(texts); i++)
        *texts[i] = arena_slice(a, column_slice(st, 1 + i));
    struct date due;
    bool waits = slice_equal(line->state, SLICE("open")) || slice_equal(line->state, SLICE("confirmed"));
    line->is_overdue =
        waits && date_parse_iso(line->due_on, &due) && date_to_days(due) < date_to_days(date_today());
}

int notice_list(struct store *s, struct arena *a, struct slice code, int limit, struct notice_line **lines)
{
    int count = 0;
    sqlite3_stmt *st = store_statement(s,
                                       "SELECT " LINE_COLUMNS " WHERE ?1 = '' OR n.code = ?1 ORDER BY "
                                       "n.state IN ('done', 'rejected'), CASE WHEN n.state IN ('done', "
                                       "'rejected') THEN '' ELSE n.due_on END, n.id DESC LIMIT ?2",
                                       NULL);
    *lines = ARENA_ARRAY(a, struct notice_line, (size_t)limit + 1);
    if (!st)
        return 0;
    bind_slice(st, 1, code);
    bind_int(st, 2, limit);
    while (count < limit && statement_next(st, NULL))
        take_line(st, a, &(*lines)[count++]);
    sqlite3_reset(st);
    return count;
}

int64_t notice_count(struct store *s)
{
    return store_int(s, "SELECT count(*) FROM notice WHERE state IN ('open', 'confirmed')", NULL, 0);
}

static bool find(struct store *s, struct arena *a, int64_t id, struct notice_line *line, struct fault *f)
{
    sqlite3_stmt *st = store_statement(s, "SELECT " LINE_COLUMNS " WHERE n.id = ?1", f);
    if (!st)
        return false;
    bind_int(st, 1, id);
    if (!statement_next(st, f))
        return fault_set(f, FAULT_NOT_FOUND, NULL, "%s", "không có phản ánh này");
    take_line(st, a, line);
    struct slice *const sealed[] = {&line->text, &line->contact};
    for (int i = 0; i < (int)COUNT_OF(sealed); i++) {
        struct buf plain = {0};
        struct slice bytes = column_bytes(st, 11 + i);
        if (bytes.n && store_key(s) && key_unseal(store_key(s), bytes, &plain))
            *sealed[i] = arena_slice(a, buf_to_slice(&plain));
        buf_release(&plain);
    }
    sqlite3_reset(st);
    return true;
}

bool notice_read(struct store *s, struct arena *a, int64_t id, const char *who, struct notice_line *line,
                 struct fault *f)
{
    bool good = store_begin(s, f) && find(s, a, id, line, f) && note(s, who, "private.read", id, f) &&
                store_commit_quietly(s, f);
    if (!good)
        store_rollback(s);
    return good;
}

/* --- deciding --- */

static bool may_follow(const struct notice_line *line, struct slice state)
{
    bool confirms = slice_equal(state, SLICE("confirmed"));
    bool closes = slice_equal(state, SLICE("done")) || slice_equal(state, SLICE("rejected"));
    bool is_open = slice_equal(line->state, SLICE("open"));
    return confirms ? is_open && slice_equal(line->kind, SLICE("tamper")) && line->code.n > 0
                    : closes && (is_open || slice_equal(line->state, SLICE("confirmed")));
}

static bool write_decision(struct store *s, int64_t id, const struct notice_decision *d, struct fault *f)
{
    char now[21];
    sqlite3_stmt *st = store_statement(
        s,
        "UPDATE notice SET state = ?2, decided_at = ?3, decided_by = ?4, answer = CASE WHEN ?5 = '' THEN "
        "answer ELSE ?5 END, origin = CASE WHEN ?2 = 'confirmed' THEN origin END WHERE id = ?1",
        f);
    if (!st)
        return false;
    clock_utc_iso(now);
    bind_int(st, 1, id);
    bind_slice(st, 2, d->state);
    bind_text(st, 3, now);
    bind_text(st, 4, d->who);
    bind_slice(st, 5, d->answer);
    return statement_run(st, f);
}

static int64_t confirmed_of_code(struct store *s, struct slice code)
{
    sqlite3_stmt *st = store_statement(
        s, "SELECT count(*) FROM notice WHERE code = ?1 AND kind = 'tamper' AND state = 'confirmed'", NULL);
    if (!st)
        return 0;
    bind_slice(st, 1, code);
    int64_t count = statement_next(st, NULL) ? sqlite3_column_int64(st, 0) : 0;
    sqlite3_reset(st);
    return count;
}

static bool move_evidence(struct store *s, const struct notice_line *line, const struct notice_decision *d,
                          struct fault *f)
{
    if (slice_equal(d->state, SLICE("confirmed")))
        return suspend(s, line->code, d->who, f);
    bool was_confirmed = slice_equal(line->state, SLICE("confirmed"));
    return !was_confirmed || confirmed_of_code(s, line->code) > 0 || uphold(s, line->code, d->who, f);
}

bool notice_decide(struct store *s, int64_t id, const struct notice_decision *d, struct fault *f)
{
    struct arena a = {0};
    struct notice_line line;
    char action[24];
    if (!store_begin(s, f))
        return false;
    bool good = find(s, &a, id, &line, f);
    if (good && !may_follow(&line, d->state))
        good = fault_set(f, FAULT_BAD_STATE, NULL, "%s", "phản ánh này đã được kết luận");
    if (good)
        snprintf(action, sizeof action, "notice.%.*s", (int)d->state.n, d->state.p);
    good = good && write_decision(s, id, d, f) && move_evidence(s, &line, d, f) &&
           note(s, d->who, action, id, f) && store_commit(s, f);
    if (!good)
        store_rollback(s);
    arena_release(&a);
    return good;
}
