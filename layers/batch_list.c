/* batch_list: imports as people look at them afterwards, and the column mappings that worked. */
#include "layers/store_private.h"

static void take_line(sqlite3_stmt *st, struct arena *a, struct batch_line *line)
{
    struct slice *const texts[] = {&line->kind,        &line->file_name,   &line->sheet,
                                   &line->imported_at, &line->imported_by, &line->source_date,
                                   &line->undone_at,   &line->undone_by};
    line->id = sqlite3_column_int64(st, 0);
    for (int i = 0; i < (int)COUNT_OF(texts); i++)
        *texts[i] = arena_slice(a, column_slice(st, i + 1));
    line->counts.rows = (uint64_t)sqlite3_column_int64(st, 9);
    for (int i = 0; i < VERDICT_COUNT; i++)
        line->counts.of[i] = (uint64_t)sqlite3_column_int64(st, 10 + i);
}

int batch_list(struct store *s, struct arena *a, int64_t only, int limit, struct batch_line **lines)
{
    int count = 0;
    sqlite3_stmt *st = store_statement(
        s,
        "SELECT id, kind, file_name, sheet, imported_at, imported_by, source_date, undone_at, undone_by,"
        " row_count, added, updated, unchanged, rejected, review FROM import_batch"
        " WHERE ?1 = 0 OR id = ?1 ORDER BY id DESC LIMIT ?2",
        NULL);
    *lines = ARENA_ARRAY(a, struct batch_line, (size_t)limit + 1);
    if (!st)
        return 0;
    bind_int(st, 1, only);
    bind_int(st, 2, limit);
    while (count < limit && statement_next(st, NULL))
        take_line(st, a, &(*lines)[count++]);
    sqlite3_reset(st);
    return count;
}

bool mapping_remember(struct store *s, const char *kind, struct slice signature, struct slice json,
                      struct fault *f)
{
    char now[21];
    if (!store_begin(s, f))
        return false;
    sqlite3_stmt *st =
        store_statement(s,
                        "INSERT OR REPLACE INTO import_mapping (kind, heading_signature, mapping,"
                        " saved_at) VALUES (?1, ?2, ?3, ?4)",
                        f);
    clock_utc_iso(now);
    if (st) {
        bind_text(st, 1, kind);
        bind_slice(st, 2, signature);
        bind_slice(st, 3, json);
        bind_text(st, 4, now);
    }
    if (st && statement_run(st, f) && store_commit_quietly(s, f))
        return true;
    store_rollback(s);
    return false;
}

int mapping_list(struct store *s, const char *kind, int most, struct arena *a, struct mapping_line **out)
{
    int count = 0;
    sqlite3_stmt *st = store_statement(s,
                                       "SELECT heading_signature, mapping FROM import_mapping WHERE kind = ?1"
                                       " ORDER BY saved_at DESC, heading_signature LIMIT ?2",
                                       NULL);
    *out = ARENA_ARRAY(a, struct mapping_line, (size_t)most + 1);
    if (!st)
        return 0;
    bind_text(st, 1, kind);
    bind_int(st, 2, most);
    while (count < most && statement_next(st, NULL))
        (*out)[count++] =
            (struct mapping_line){arena_slice(a, column_slice(st, 0)), arena_slice(a, column_slice(st, 1))};
    sqlite3_reset(st);
    return count;
}

struct slice mapping_recall(struct store *s, const char *kind, struct slice signature, struct arena *a)
{
    struct slice json = {"", 0};
    sqlite3_stmt *st = store_statement(
        s, "SELECT mapping FROM import_mapping WHERE kind = ?1 AND heading_signature = ?2", NULL);
    if (!st)
        return json;
    bind_text(st, 1, kind);
    bind_slice(st, 2, signature);
    if (statement_next(st, NULL))
        json = arena_slice(a, column_slice(st, 0));
    sqlite3_reset(st);
    return json;
}
