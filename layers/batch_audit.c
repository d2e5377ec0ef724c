/* batch_audit: an import in the audit. One entry for the whole list: its counts, the hash of its file, and
 * one hash over its rows, which hold what came and what stood there before. `check` takes that hash again.
 *
 * Law: nothing of a row stands in the entry. */
#include "layers/batch_pack.h"

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

static const char ROWS[] = "SELECT row, verdict, entity, entity_id, faults, raw, before FROM import_row"
                           " WHERE batch_id = ?1 ORDER BY row";

enum { COLUMNS = 7 }; /* of ROWS */

/* The rows that stand by themselves, then what was found over the packs. */
static bool digest_rows(struct store *s, int64_t batch, const uint8_t packs[HASH_BYTES], char hex[HEX + 1],
                        struct fault *f)
{
    struct fault here = {0};
    uint8_t hash[HASH_BYTES];
    sqlite3_stmt *st = store_statement(s, ROWS, f);
    if (!st)
        return false;
    struct digest *d = digest_new();
    bind_int(st, 1, batch);
    while (statement_next(st, &here))
        for (int i = 0; i < COLUMNS; i++)
            digest_add(d, column_bytes(st, i));
    digest_add(d, (struct slice){(const char *)packs, HASH_BYTES});
    digest_end(d, hash);
    hex_of(hash, hex);
    return here.code == FAULT_NONE || fault_set(f, here.code, here.place, "%s", here.text);
}

/* Over the packs as they stand in the file, in the order they were written. */
static bool digest_packs(struct store *s, int64_t batch, uint8_t packs[HASH_BYTES], struct fault *f)
{
    struct fault here = {0};
    sqlite3_stmt *st = store_statement(
        s, "SELECT first_row, first_id, keys, sealed FROM import_pack WHERE batch_id = ?1 ORDER BY id", f);
    if (!st)
        return false;
    struct digest *d = digest_new();
    bind_int(st, 1, batch);
    while (statement_next(st, &here))
        pack_digest_add(d, sqlite3_column_int64(st, 0), sqlite3_column_int64(st, 1), column_bytes(st, 2),
                        column_bytes(st, 3));
    digest_end(d, packs);
    return here.code == FAULT_NONE || fault_set(f, here.code, here.place, "%s", here.text);
}

/* As the first version of the program wrote it; each row's hash covers the one before. */
static bool hash_rows(struct store *s, int64_t batch, char hex[HEX + 1], struct fault *f)
{
    struct fault here = {0};
    uint8_t hash[HASH_BYTES] = {0};
    struct buf row = {0};
    sqlite3_stmt *st = store_statement(s, ROWS, f);
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

bool batch_audit_done(struct store *s, int64_t batch, const uint8_t packs[HASH_BYTES], struct fault *f)
{
    char rows[HEX + 1];
    struct arena a = {0};
    const char *detail = "{}";
    if (!digest_rows(s, batch, packs, rows, f))
        return false;
    sqlite3_stmt *st = store_statement(
        s,
        "SELECT json_object('kind', kind, 'rows', row_count, 'added', added, 'updated', updated, "
        "'unchanged', unchanged,"
        " 'rejected', rejected, 'review', review, 'file_sha256', lower(hex(file_hash)), 'rows_blake2b', ?2)"
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

static bool hash_again(struct store *s, int64_t batch, bool is_sha256, char hex[HEX + 1], struct fault *f)
{
    uint8_t packs[HASH_BYTES];
    return is_sha256 ? hash_rows(s, batch, hex, f)
                     : digest_packs(s, batch, packs, f) && digest_rows(s, batch, packs, hex, f);
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
    bool good = hash_again(s, batch, false, rows, f);
    struct audit_entry entry = {
        .who = "cli",
        .action = "import.sealed",
        .subject = slice_of(arena_format(&a, "batch %lld", (long long)batch)),
        .detail = slice_of(good ? arena_format(&a, "{\"rows_blake2b\":\"%s\"}", rows) : "")};
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
                        "SELECT CAST(substr(subject, 7) AS INTEGER), json_extract(detail, '$.rows_sha256'),"
                        " json_extract(detail, '$.rows_blake2b')"
                        " FROM audit WHERE id IN (SELECT max(id) FROM audit"
                        " WHERE action = 'import' OR action = 'import.sealed' GROUP BY subject)",
                        f);
    if (!st)
        return false;
    while (statement_next(st, &here)) {
        char rows[HEX + 1];
        int64_t batch = sqlite3_column_int64(st, 0);
        bool is_sha256 = !column_is_null(st, 1);
        if (!hash_again(s, batch, is_sha256, rows, f))
            return false;
        if (slice_equal(column_slice(st, is_sha256 ? 1 : 2), slice_of(rows)))
            continue;
        buf_format(out, "audit: các dòng của lần nhập %lld không còn như đã ghi\n", (long long)batch);
        *findings += 1;
    }
    return here.code == FAULT_NONE || fault_set(f, here.code, here.place, "%s", here.text);
}
