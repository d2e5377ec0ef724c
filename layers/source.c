/* source: where reference data came from, when, and under which licence. One row for each name, date and
 * licence; what a list brought points to it, so that an answer can say whose street or house it rests on. */
#include "layers/store_private.h"

#include <string.h>

static int64_t find(struct store *s, const struct data_source *source)
{
    int64_t id = 0;
    sqlite3_stmt *st =
        store_statement(s, "SELECT id FROM source WHERE name = ?1 AND dated_on = ?2 AND licence = ?3", NULL);
    if (!st)
        return 0;
    bind_slice(st, 1, source->name);
    bind_slice(st, 2, source->dated_on);
    bind_slice(st, 3, source->licence);
    if (statement_next(st, NULL))
        id = sqlite3_column_int64(st, 0);
    sqlite3_reset(st);
    return id;
}

bool source_put(struct store *s, struct data_source *source, struct fault *f)
{
    source->id = find(s, source);
    if (source->id)
        return true;
    sqlite3_stmt *st =
        store_statement(s, "INSERT INTO source (name, dated_on, licence) VALUES (?1, ?2, ?3)", f);
    if (!st)
        return false;
    bind_slice(st, 1, source->name);
    bind_slice(st, 2, source->dated_on);
    bind_slice(st, 3, source->licence);
    if (!statement_run(st, f))
        return false;
    source->id = sqlite3_last_insert_rowid(store_handle(s));
    return true;
}

static const struct {
    const char *entity, *sql;
} MARKS[] = {
    {"ward", "UPDATE ward SET source_id = ?2 WHERE id = ?1"},
    {"residential_group", "UPDATE residential_group SET source_id = ?2 WHERE id = ?1"},
    {"street", "UPDATE street SET source_id = ?2 WHERE id = ?1"},
    {"address_point", "UPDATE address_point SET source_id = ?2 WHERE id = ?1"},
    {"base_feature", "UPDATE base_feature SET source_id = ?2 WHERE id = ?1"},
    {"stall_plan", "UPDATE stall_plan SET source_id = ?2 WHERE id = ?1"},
};

static const char *mark_of(const char *entity)
{
    for (size_t i = 0; i < COUNT_OF(MARKS); i++)
        if (strcmp(MARKS[i].entity, entity) == 0)
            return MARKS[i].sql;
    return NULL;
}

bool source_mark(struct store *s, const char *entity, int64_t entity_id, int64_t source_id, struct fault *f)
{
    const char *sql = mark_of(entity);
    sqlite3_stmt *st = sql ? store_statement(s, sql, f) : NULL;
    if (!st)
        return sql == NULL;
    bind_int(st, 1, entity_id);
    bind_int(st, 2, source_id);
    return statement_run(st, f);
}

int source_list(struct store *s, struct arena *a, struct data_source **out)
{
    int count = 0, most = (int)store_int(s, "SELECT count(*) FROM source", NULL, 0);
    sqlite3_stmt *st =
        store_statement(s,
                        "SELECT o.id, o.name, o.dated_on, o.licence,"
                        " (SELECT count(*) FROM street t WHERE t.source_id = o.id),"
                        " (SELECT count(*) FROM address_point t WHERE t.source_id = o.id),"
                        " (SELECT count(*) FROM ward t WHERE t.source_id = o.id)"
                        " + (SELECT count(*) FROM residential_group t WHERE t.source_id = o.id),"
                        " (SELECT count(*) FROM stall_plan t WHERE t.source_id = o.id),"
                        " (SELECT count(*) FROM base_feature t WHERE t.source_id = o.id)"
                        " FROM source o ORDER BY o.name, o.dated_on, o.id",
                        NULL);
    *out = ARENA_ARRAY(a, struct data_source, (size_t)most + 1);
    while (st && count < most && statement_next(st, NULL)) {
        struct data_source *source = &(*out)[count++];
        source->id = sqlite3_column_int64(st, 0);
        source->name = arena_slice(a, column_slice(st, 1));
        source->dated_on = arena_slice(a, column_slice(st, 2));
        source->licence = arena_slice(a, column_slice(st, 3));
        source->streets = sqlite3_column_int64(st, 4);
        source->houses = sqlite3_column_int64(st, 5);
        source->areas = sqlite3_column_int64(st, 6);
        source->stalls = sqlite3_column_int64(st, 7);
        source->base = sqlite3_column_int64(st, 8);
    }
    if (st)
        sqlite3_reset(st);
    return count;
}
