/* audit: the record of what was done and who read what is restricted. Append-only (the schema forbids more)
 * and chained: each entry's hash covers the entry and the hash before it, so that nothing in the middle can
 * be changed or left out unseen.
 *
 * Law: no restricted value stands in an entry; it says which field of which record. */
#include "layers/store_private.h"

#include <string.h>

enum { FIELDS = 5 };

/* Each part with its length in front: no two entries share their bytes. */
static void hash_entry(struct slice before, const struct slice parts[FIELDS], uint8_t out[HASH_BYTES])
{
    struct buf all = {0};
    buf_slice(&all, before);
    for (int i = 0; i < FIELDS; i++) {
        buf_format(&all, "%zu:", parts[i].n);
        buf_slice(&all, parts[i]);
    }
    sha256_of(buf_to_slice(&all), out);
    buf_release(&all);
}

static bool read_last(struct store *s, uint8_t hash[HASH_BYTES], struct fault *f)
{
    sqlite3_stmt *st = store_statement(s, "SELECT hash FROM audit ORDER BY id DESC LIMIT 1", f);
    memset(hash, 0, HASH_BYTES);
    if (!st)
        return false;
    struct fault here = {0};
    if (statement_next(st, &here)) {
        struct slice last = column_bytes(st, 0);
        memcpy(hash, last.p, last.n < HASH_BYTES ? last.n : HASH_BYTES);
        sqlite3_reset(st);
    }
    return here.code == FAULT_NONE || fault_set(f, here.code, here.place, "%s", here.text);
}

bool audit_append(struct store *s, const struct audit_entry *entry, struct fault *f)
{
    uint8_t before[HASH_BYTES], hash[HASH_BYTES];
    char now[21];
    clock_utc_iso(now);
    if (!read_last(s, before, f))
        return false;
    const struct slice parts[FIELDS] = {slice_of(now), slice_of(entry->who), slice_of(entry->action),
                                        entry->subject, entry->detail};
    hash_entry((struct slice){(const char *)before, HASH_BYTES}, parts, hash);
    sqlite3_stmt *st = store_statement(
        s, "INSERT INTO audit (at, who, action, subject, detail, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6)", f);
    if (!st)
        return false;
    for (int i = 0; i < FIELDS; i++)
        bind_slice(st, i + 1, parts[i]);
    bind_bytes(st, FIELDS + 1, (struct slice){(const char *)hash, HASH_BYTES});
    return statement_run(st, f);
}

bool audit_verify(struct store *s, struct buf *out, uint64_t *findings, struct fault *f)
{
    struct fault here = {0};
    uint8_t before[HASH_BYTES] = {0}, hash[HASH_BYTES];
    int64_t expected = 1;
    sqlite3_stmt *st =
        store_statement(s, "SELECT id, at, who, action, subject, detail, hash FROM audit ORDER BY id", f);
    if (!st)
        return false;
    while (statement_next(st, &here)) {
        int64_t id = sqlite3_column_int64(st, 0);
        struct slice parts[FIELDS], stored = column_bytes(st, FIELDS + 1);
        for (int i = 0; i < FIELDS; i++)
            parts[i] = column_slice(st, i + 1);
        hash_entry((struct slice){(const char *)before, HASH_BYTES}, parts, hash);
        if (id != expected || stored.n != HASH_BYTES || memcmp(stored.p, hash, HASH_BYTES) != 0) {
            buf_format(out, "audit: nhật ký bị sửa hoặc bị xoá ở mục %lld\n", (long long)id);
            *findings += 1;
        }
        memcpy(before, stored.p, stored.n < HASH_BYTES ? stored.n : HASH_BYTES);
        expected = id + 1;
    }
    return here.code == FAULT_NONE || fault_set(f, here.code, here.place, "%s", here.text);
}

/* Where a local day begins, in the words of the column `at`; an open side is `otherwise`. */
static void bind_day(sqlite3_stmt *st, int index, struct date day, int later, const char *otherwise)
{
    static const char BEGINS[] = "T17:00:00Z"; /* of the eve: local time is seven hours ahead */
    char text[11 + sizeof BEGINS];
    if (!date_is_valid(day)) {
        bind_text(st, index, otherwise);
        return;
    }
    date_format_iso(date_of_days(date_to_days(day) - 1 + later), text);
    memcpy(text + 10, BEGINS, sizeof BEGINS);
    bind_text(st, index, text);
}

int audit_list(struct store *s, const struct audit_query *q, struct arena *a, struct audit_line **lines)
{
    sqlite3_stmt *st =
        store_statement(s,
                        "SELECT id, at, who, action, subject, detail FROM audit"
                        " WHERE (?1 = 0 OR id < ?1) AND (?2 = '' OR who = ?2)"
                        " AND substr(action, 1, length(?3)) = ?3 AND (?4 = '' OR instr(subject, ?4) > 0)"
                        " AND at >= ?6 AND at < ?7 ORDER BY id DESC LIMIT ?5",
                        NULL);
    int count = 0;
    *lines = ARENA_ARRAY(a, struct audit_line, (size_t)q->limit + 1);
    if (!st)
        return 0;
    bind_int(st, 1, q->before);
    bind_slice(st, 2, q->who);
    bind_slice(st, 3, q->action);
    bind_slice(st, 4, q->subject);
    bind_int(st, 5, q->limit);
    bind_day(st, 6, q->from, 0, "");
    bind_day(st, 7, q->to, 1, "~");
    while (count < q->limit && statement_next(st, NULL)) {
        struct audit_line *line = &(*lines)[count++];
        line->id = sqlite3_column_int64(st, 0);
        line->at = arena_slice(a, column_slice(st, 1));
        line->who = arena_slice(a, column_slice(st, 2));
        line->action = arena_slice(a, column_slice(st, 3));
        line->subject = arena_slice(a, column_slice(st, 4));
        line->detail = arena_slice(a, column_slice(st, 5));
    }
    sqlite3_reset(st);
    return count;
}
