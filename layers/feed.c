/* feed: the record of what was told (table feed_item), brought up to date from the read copy, and a page of
 * it. */
#include "layers/store_private.h"

#include <stdlib.h>
#include <string.h>

enum { MARK_BYTES = 16, VERSION = 1 };

struct teller {
    struct store *store;
    const struct snapshot_layer *l;
    const char *collection;
    bool *is_told; /* per row: it stands in the record and has not changed */
    int64_t sequence;
    struct buf text;
};

/* The first half of the SHA-256 of the feature as it is told. */
static void mark_of(struct teller *t, uint32_t row, uint8_t mark[HASH_BYTES])
{
    buf_reset(&t->text);
    geojson_feature(&t->text, t->l, row);
    sha256_of(buf_to_slice(&t->text), mark);
}

static bool write_item(struct teller *t, struct slice code, const uint8_t *mark, bool is_gone,
                       struct fault *f)
{
    char now[21];
    sqlite3_stmt *st =
        store_statement(t->store,
                        "INSERT OR REPLACE INTO feed_item (collection, code, sequence, updated_at, mark,"
                        " is_gone) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                        f);
    if (!st)
        return false;
    clock_utc_iso(now);
    bind_text(st, 1, t->collection);
    bind_slice(st, 2, code);
    bind_int(st, 3, ++t->sequence);
    bind_text(st, 4, now);
    if (mark)
        bind_bytes(st, 5, (struct slice){(const char *)mark, MARK_BYTES});
    bind_int(st, 6, is_gone);
    return statement_run(st, f);
}

/* What was told and is gone; what was told and stands as it was. */
static bool compare_told(struct teller *t, struct arena *a, struct slice **gone, int *gone_count,
                         struct fault *f)
{
    struct fault here = {0};
    uint8_t mark[HASH_BYTES];
    sqlite3_stmt *st =
        store_statement(t->store, "SELECT code, mark, is_gone FROM feed_item WHERE collection = ?1", f);
    if (!st)
        return false;
    int64_t most =
        store_int(t->store, "SELECT count(*) FROM feed_item WHERE collection = ?1", t->collection, 0);
    *gone = ARENA_ARRAY(a, struct slice, (size_t)most + 1);
    bind_text(st, 1, t->collection);
    while (statement_next(st, &here)) {
        int64_t row = snapshot_find(t->l, column_slice(st, 0));
        bool was_gone = sqlite3_column_int(st, 2) != 0;
        if (row < 0 && !was_gone)
            (*gone)[(*gone_count)++] = arena_slice(a, column_slice(st, 0));
        if (row < 0 || was_gone)
            continue;
        mark_of(t, (uint32_t)row, mark);
        t->is_told[row] = slice_equal(column_bytes(st, 1), (struct slice){(const char *)mark, MARK_BYTES});
    }
    return here.code == FAULT_NONE || fault_set(f, here.code, here.place, "%s", here.text);
}

static bool tell(struct teller *t, struct fault *f)
{
    struct arena a = {0};
    struct slice *gone = NULL;
    int gone_count = 0;
    uint8_t mark[HASH_BYTES];
    bool ok = compare_told(t, &a, &gone, &gone_count, f);
    for (int i = 0; ok && i < gone_count; i++)
        ok = write_item(t, gone[i], NULL, true, f);
    for (uint32_t row = 0; ok && row < t->l->count; row++) {
        if (t->is_told[row])
            continue;
        mark_of(t, row, mark);
        ok = write_item(t, snapshot_text(&t->l->columns[0], row), mark, false, f);
    }
    arena_release(&a);
    return ok;
}

static bool bring_up_to_date(struct store *s, const struct feed_query *q, struct fault *f)
{
    const struct snapshot_layer *l = snapshot_get(q->snapshot, q->layer);
    struct teller t = {.store = s, .l = l, .collection = l->layer->name};
    struct arena a = {0};
    char day[11];
    date_format_iso(snapshot_date(q->snapshot), day);
    const char *name = arena_format(&a, "feed_%s", t.collection);
    const char *now = arena_format(&a, "%lld %s", (long long)snapshot_revision(q->snapshot), day);
    const char *told = store_meta(s, &a, name);
    bool ok = true;
    if (!told || strcmp(told, now) != 0) {
        t.is_told = calloc((size_t)l->count + 1, sizeof *t.is_told);
        t.sequence = store_int(s, "SELECT coalesce(max(sequence), 0) FROM feed_item", NULL, 0);
        ok = t.is_told && store_begin(s, f) && tell(&t, f) && store_set_meta(s, name, now, f) &&
             store_commit_quietly(s, f);
        if (!ok)
            store_rollback(s);
        free(t.is_told);
        buf_release(&t.text);
    }
    arena_release(&a);
    return ok;
}

static void item_json(struct buf *out, sqlite3_stmt *st, const struct snapshot_layer *l)
{
    struct slice code = column_slice(st, 0);
    int64_t row = snapshot_find(l, code);
    bool is_gone = sqlite3_column_int(st, 3) != 0 || row < 0;
    buf_char(out, '{');
    buf_json_field(out, "code", code);
    buf_format(out, ",\"sequence\":%lld,", (long long)sqlite3_column_int64(st, 1));
    buf_json_field(out, "updated_at", column_slice(st, 2));
    buf_format(out, ",\"deleted\":%s", is_gone ? "true" : "false");
    if (!is_gone) {
        buf_text(out, ",\"feature\":");
        geojson_feature(out, l, (uint32_t)row);
    }
    buf_char(out, '}');
}

bool feed_page(struct store *s, const struct feed_query *q, const char *agency, struct buf *out,
               struct fault *f)
{
    const struct snapshot_layer *l = snapshot_get(q->snapshot, q->layer);
    int64_t cursor = q->cursor;
    int count = 0;
    if (!bring_up_to_date(s, q, f))
        return false;
    sqlite3_stmt *st =
        store_statement(s,
                        "SELECT code, sequence, updated_at, is_gone FROM feed_item WHERE collection = ?1"
                        " AND sequence > ?2 ORDER BY sequence LIMIT ?3",
                        f);
    if (!st)
        return false;
    bind_text(st, 1, l->layer->name);
    bind_int(st, 2, q->cursor);
    bind_int(st, 3, q->limit + 1);
    buf_format(out, "{\"version\":%d,", VERSION);
    buf_json_field(out, "agency_code", slice_of(agency));
    buf_char(out, ',');
    buf_json_field(out, "collection", slice_of(l->layer->name));
    buf_text(out, ",\"items\":[");
    bool more = false;
    while (!more && statement_next(st, NULL)) {
        more = count == q->limit;
        if (more)
            break;
        buf_text(out, count++ ? ",\n" : "\n");
        cursor = sqlite3_column_int64(st, 1);
        item_json(out, st, l);
    }
    sqlite3_reset(st);
    buf_format(out, "],\"cursor\":\"%lld\",\"more\":%s}\n", (long long)cursor, more ? "true" : "false");
    return true;
}
