/* batch_audit: an import in the audit. One entry for the whole list: its counts, the hash of its file, and
 * one hash over its rows, which hold what came and what stood there before. `check` takes that hash again.
 *
 * Law: nothing of a row stands in the entry. */
#include "layers/store_private.h"

#include <string.h>

enum { HEX = 2 * HASH_BYTES };

static void hex_of(const uint8_t hash[HASH_BYTES], char out[HEX + 1])
{
    static const char DIGITS[] = "0123456789abcdef";
    for (int i = 0; i < HASH_BYTES; i++) {
        out[2 * i] = DIGITS[hash[i] >> 4];
        out[2 * i + 1] = DIGITS[hash[i] & 15];
    }
    out[HEX] = '\0';
}

static void add_part(struct buf *out, struct slice part)
{
    buf_format(out, "%zu:", part.n);
    buf_slice(out, part);
}

/* Each row's hash covers the one before. */
static bool hash_rows(struct store *s, int64_t batch, char hex[HEX + 1], struct fault *f)
{
    enum { COLUMNS = 7 };
    struct fault here = {0};
    uint8_t hash[HASH_BYTES] = {0};
    struct buf row = {0};
    sqlite3_stmt *st =
        store_statement(s,
                        "SELECT row, verdict, entity, entity_id, faults, raw, before FROM import_row"
                        " WHERE batch_id = ?1 ORDER BY row",
                        f);
    if (!st)
        return false;
    bind_int(st, 1, batch);
    while (statement_next(st, &here)) {
        buf_reset(&row);
        buf_add(&row, hash, HASH_BYTES);
        for (int i = 0; i < COLUMNS; i++)
            add_part(&row, column_bytes(st, i));
        sha256_of(buf_to_slice(&row), hash);
    }
    buf_release(&row);
    hex_of(hash, hex);
    return here.code == FAULT_NONE || fault_set(f, here.code, here.place, "%s", here.text);
}

/* Detail and author are read from the batch itself, so that every way of importing says the same. */
static bool append(struct store *s, int64_t batch, const char *action, const char *detail, struct fault *f)
{
    struct arena a = {0};
    sqlite3_stmt *st =
        store_statement(s, "SELECT coalesce(undone_by, imported_by) FROM import_batch WHERE id = ?1", f);
    bool good = st != NULL;
    const char *who = "?";
    if (good) {
        bind_int(st, 1, batch);
        if (statement_next(st, f)) {
            who = arena_text(&a, column_slice(st, 0));
            sqlite3_reset(st);
        }
        struct audit_entry entry = {.who = who,
                                    .action = action,
                                    .subject = slice_of(arena_format(&a, "batch %lld", (long long)batch)),
                                    .detail = slice_of(detail)};
        good = audit_append(s, &entry, f);
    }
    arena_release(&a);
    return good;
}

bool batch_audit_done(struct store *s, int64_t batch, struct fault *f)
{
    char rows[HEX + 1];
    struct arena a = {0};
    const char *detail = "{}";
    if (!hash_rows(s, batch, rows, f))
        return false;
    sqlite3_stmt *st = store_statement(
        s,
        "SELECT json_object('kind', kind, 'rows', row_count, 'added', added, 'updated', updated, "
        "'unchanged', unchanged,"
        " 'rejected', rejected, 'review', review, 'file_sha256', lower(hex(file_hash)), 'rows_sha256', ?2)"
        " FROM import_batch WHERE id = ?1",
        f);
    if (!st)
        return false;
    bind_int(st, 1, batch);
    bind_text(st, 2, rows);
    if (statement_next(st, f)) {
        detail = arena_text(&a, column_slice(st, 0));
        sqlite3_reset(st);
    }
    bool good = append(s, batch, "import", detail, f);
    arena_release(&a);
    return good;
}

bool batch_audit_undone(struct store *s, int64_t batch, struct fault *f)
{
    return append(s, batch, "import.undo", "{}", f);
}

static bool is_written_down(struct store *s, const char *action, int64_t batch)
{
    sqlite3_stmt *st =
        store_statement(s, "SELECT 1 FROM audit WHERE action = ?1 AND subject = 'batch ' || ?2", NULL);
    if (!st)
        return false;
    bind_text(st, 1, action);
    bind_int(st, 2, batch);
    bool is = statement_next(st, NULL);
    sqlite3_reset(st);
    return is;
}

bool batch_is_sealed_again(struct store *s, int64_t batch)
{
    return is_written_down(s, "import.sealed", batch);
}

static bool note_sealed(struct store *s, int64_t batch, struct fault *f)
{
    char rows[HEX + 1];
    struct arena a = {0};
    bool good = hash_rows(s, batch, rows, f);
    struct audit_entry entry = {.who = "cli",
                                .action = "import.sealed",
                                .subject = slice_of(arena_format(&a, "batch %lld", (long long)batch)),
                                .detail =
                                    slice_of(good ? arena_format(&a, "{\"rows_sha256\":\"%s\"}", rows) : "")};
    good = good && audit_append(s, &entry, f);
    arena_release(&a);
    return good;
}

bool batch_audit_sealed(struct store *s, struct fault *f)
{
    int64_t last = store_int(s, "SELECT max(id) FROM import_batch", NULL, 0);
    bool good = true;
    for (int64_t batch = 1; good && batch <= last; batch++)
        if (is_written_down(s, "import", batch))
            good = note_sealed(s, batch, f);
    return good;
}

bool batch_audit_verify(struct store *s, struct buf *out, uint64_t *findings, struct fault *f)
{
    struct fault here = {0};
    sqlite3_stmt *st =
        store_statement(s,
                        "SELECT CAST(substr(subject, 7) AS INTEGER), json_extract(detail, '$.rows_sha256')"
                        " FROM audit WHERE id IN (SELECT max(id) FROM audit"
                        " WHERE action = 'import' OR action = 'import.sealed' GROUP BY subject)",
                        f);
    if (!st)
        return false;
    while (statement_next(st, &here)) {
        char rows[HEX + 1];
        if (!hash_rows(s, sqlite3_column_int64(st, 0), rows, f))
            return false;
        if (slice_equal(column_slice(st, 1), slice_of(rows)))
            continue;
        buf_format(out, "audit: các dòng của lần nhập %lld không còn như đã ghi\n",
                   (long long)sqlite3_column_int64(st, 0));
        *findings += 1;
    }
    return here.code == FAULT_NONE || fault_set(f, here.code, here.place, "%s", here.text);
}
