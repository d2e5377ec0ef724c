/* batch: one import into the file. Writes what became of every row, remembers each list's latest rows, opens
 * and settles the questions for people, and takes a whole batch back.
 *
 * Law: the row as typed and what it replaced stand sealed; a fault is stored by its name and column, never
 * with the value. */
#include "layers/batch_pack.h"
#include "layers/change.h"
#include "layers/lookup.h"
#include "layers/spatial_index.h"
#include "layers/touched.h"

#include <stdlib.h>
#include <string.h>

enum { LONG_LIST = 2000 }; /* rows from which on those that only add are packed */

struct batch {
    struct store *store;
    struct journal *journal;
    struct pack *pack;
    struct buf sealed, sealed_before;
    int64_t id;
    const char *kind;
    struct source_row pending; /* of the row under way */
    bool has_pending;
    bool has_source_rows; /* there are rows of this kind in source_row */
    bool packs;           /* rows that only add go into packs */
    bool is_guarded;      /* the row has a savepoint */
    bool makes_index;     /* the spatial index of places rests until the end */
};

const char *verdict_name(enum verdict v)
{
    static const char *const NAMES[VERDICT_COUNT] = {"added", "updated", "unchanged", "rejected", "review"};
    return NAMES[v];
}

int64_t batch_id(const struct batch *b)
{
    return b->id;
}

bool batch_is_first(const struct batch *b)
{
    return !b->has_source_rows && !pack_has_earlier(b->pack);
}

static bool insert_batch(struct batch *b, const struct batch_start *start, struct fault *f)
{
    char now[21];
    sqlite3_stmt *st = store_statement(b->store,
                                       "INSERT INTO import_batch (kind, file_name, file_hash, sheet, "
                                       "heading_signature, imported_at, imported_by)"
                                       " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                                       f);
    if (!st)
        return false;
    clock_utc_iso(now);
    bind_text(st, 1, start->kind);
    bind_text(st, 2, start->file_name);
    sqlite3_bind_zeroblob(st, 3, HASH_BYTES); /* until batch_finish */
    bind_text(st, 4, start->sheet);
    bind_slice_or_null(st, 5, start->signature);
    bind_text(st, 6, now);
    bind_text(st, 7, start->who);
    if (!statement_run(st, f))
        return false;
    b->id = sqlite3_last_insert_rowid(store_handle(b->store));
    return true;
}

bool batch_open(struct batch **out, struct store *s, const struct batch_start *start, struct fault *f)
{
    if (!store_key(s))
        return fault_set(f, FAULT_KEY_MISSING, NULL, "%s", "");
    struct batch *b = memory_zeroed(1, sizeof *b);
    b->store = s;
    b->kind = start->kind;
    if (!insert_batch(b, start, f) || !(b->pack = pack_open(s, b->id, b->kind, f))) {
        batch_close(b);
        return false;
    }
    b->packs = start->places >= LONG_LIST;
    b->has_source_rows = store_int(s, "SELECT 1 FROM source_row WHERE kind = ?1 LIMIT 1", b->kind, 0) != 0;
    b->journal = journal_open(s);
    b->makes_index = spatial_index_is_worth(s, start->places);
    *out = b;
    if (!b->makes_index)
        return true;
    spatial_index_pause(s);
    return touched_everything(s, f) && lookup_open(s, f);
}

void batch_close(struct batch *b)
{
    if (!b)
        return;
    if (b->makes_index) {
        spatial_index_resume(b->store);
        lookup_close(b->store);
    }
    journal_close(b->journal);
    pack_close(b->pack);
    buf_release(&b->sealed);
    buf_release(&b->sealed_before);
    free(b);
}

/* --- rows --- */

void batch_row_begin(struct batch *b)
{
    journal_reset(b->journal);
    b->is_guarded = false;
    b->has_pending = false;
}

/* A savepoint makes SQLite copy every page the row touches; that is a third of an import's time, so a row
 * that only adds has none and is taken back by its journal. */
bool batch_row_guard(struct batch *b, struct fault *f)
{
    if (b->is_guarded)
        return true;
    b->is_guarded = true;
    return statement_run(store_statement(b->store, "SAVEPOINT import_row", f), f);
}

bool batch_row_cancel(struct batch *b, struct fault *f)
{
    b->has_pending = false;
    if (!b->is_guarded)
        return journal_take_out(b->journal, f);
    journal_forget(b->journal);
    return statement_run(store_statement(b->store, "ROLLBACK TO import_row", f), f);
}

/* Seals `text` into `into`; the empty text stays empty (NULL in the file). */
static struct slice seal(struct batch *b, struct slice text, struct buf *into)
{
    buf_reset(into);
    if (text.n)
        key_seal(store_key(b->store), text, into);
    return buf_to_slice(into);
}

static void bind_sealed(sqlite3_stmt *st, int index, struct slice sealed)
{
    if (sealed.n)
        bind_bytes(st, index, sealed);
}

/* It replaced nothing, nobody has to look at it, and what it made is a place. */
static bool is_packed(const struct batch *b, const struct batch_row *row)
{
    return b->packs && b->has_pending && !b->is_guarded && row->verdict == VERDICT_ADDED && !row->faults.n &&
           row->entity_id && strcmp(row->entity, "place") == 0;
}

static bool write_source_row(struct batch *b, struct fault *f)
{
    const struct source_row *row = &b->pending;
    if (!b->has_pending)
        return true;
    sqlite3_stmt *st = store_statement(
        b->store,
        "INSERT INTO source_row (kind, key, hash, entity_id, waiting, batch_id, row) VALUES (?1, ?2, ?3, ?4, "
        "?5, ?6, ?7)"
        " ON CONFLICT (kind, key) DO UPDATE SET hash = excluded.hash, entity_id = excluded.entity_id,"
        " waiting = excluded.waiting, batch_id = excluded.batch_id, row = excluded.row",
        f);
    if (!st)
        return false;
    b->has_source_rows = true;
    bind_text(st, 1, b->kind);
    bind_bytes(st, 2, (struct slice){(const char *)row->key, HASH_BYTES});
    bind_bytes(st, 3, (struct slice){(const char *)row->hash, HASH_BYTES});
    bind_id(st, 4, row->entity_id);
    bind_int(st, 5, row->waiting);
    bind_int(st, 6, b->id);
    bind_int(st, 7, row->row);
    return statement_run(st, f);
}

bool batch_row_end(struct batch *b, const struct batch_row *row, struct fault *f)
{
    if (is_packed(b, row)) {
        struct pack_row packed = {&b->pending, row->raw, journal_entries(b->journal)};
        return pack_add(b->pack, &packed, f);
    }
    if (!write_source_row(b, f))
        return false;
    sqlite3_stmt *st =
        store_statement(b->store,
                        "INSERT INTO import_row (batch_id, row, verdict, entity, entity_id, faults, raw,"
                        " before) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                        f);
    if (!st)
        return false;
    bind_int(st, 1, b->id);
    bind_int(st, 2, row->row);
    bind_text(st, 3, verdict_name(row->verdict));
    bind_text(st, 4, row->entity_id ? row->entity : NULL);
    bind_id(st, 5, row->entity_id);
    bind_slice_or_null(st, 6, row->faults);
    bind_sealed(st, 7, seal(b, row->raw, &b->sealed));
    bind_sealed(st, 8, seal(b, journal_entries(b->journal), &b->sealed_before));
    return statement_run(st, f) &&
           (!b->is_guarded || statement_run(store_statement(b->store, "RELEASE import_row", f), f));
}

/* --- the end --- */

bool batch_after_rows(struct batch *b, struct fault *f)
{
    journal_reset(b->journal);
    return pack_flush(b->pack, f);
}

struct dated {
    struct batch *batch;
    const struct batch_dating *dating;
    int64_t first, last; /* of the places a statement goes over */
};

static bool run_dated(const struct dated *d, const char *sql, struct fault *f)
{
    sqlite3_stmt *st = store_statement(d->batch->store, sql, f);
    if (!st)
        return false;
    bind_int(st, 1, d->batch->id);
    bind_date(st, 2, d->dating->listed_on);
    bind_date(st, 3, d->dating->today);
    if (sqlite3_bind_parameter_count(st) > 3) {
        bind_int(st, 4, d->first);
        bind_int(st, 5, d->last);
    }
    return statement_run(st, f);
}

#define OF_ROWS                                                                                              \
    "IN (SELECT entity_id FROM import_row WHERE batch_id = ?1 AND entity = 'place' AND verdict <> "          \
    "'rejected')"
#define OF_PACK "IN (SELECT id FROM place WHERE id BETWEEN ?4 AND ?5 AND batch_id = ?1)"

static bool date_rows(const struct dated *d, struct fault *f)
{
    return run_dated(
               d, "UPDATE place SET source_date = ?2 WHERE id " OF_ROWS " AND coalesce(source_date, '') < ?2",
               f) &&
           (!d->dating->acceptance ||
            run_dated(d,
                      "UPDATE acceptance_listed SET listed_on = ?2 WHERE place_id " OF_ROWS
                      " AND (listed_on < ?2 OR listed_on = ?3) AND listed_on <> ?2",
                      f)) &&
           (!d->dating->platform ||
            run_dated(d,
                      "UPDATE platform_use SET source_date = ?2 WHERE place_id " OF_ROWS
                      " AND (coalesce(source_date, '') < ?2 OR source_date = ?3) AND source_date IS NOT ?2",
                      f));
}

static bool date_pack(const struct dated *d, struct fault *f)
{
    return run_dated(
               d, "UPDATE place SET source_date = ?2 WHERE id " OF_PACK " AND coalesce(source_date, '') < ?2",
               f) &&
           (!d->dating->acceptance ||
            run_dated(d,
                      "UPDATE acceptance_listed SET listed_on = ?2 WHERE place_id " OF_PACK
                      " AND (listed_on < ?2 OR listed_on = ?3) AND listed_on <> ?2",
                      f)) &&
           (!d->dating->platform ||
            run_dated(d,
                      "UPDATE platform_use SET source_date = ?2 WHERE place_id " OF_PACK
                      " AND (coalesce(source_date, '') < ?2 OR source_date = ?3) AND source_date IS NOT ?2",
                      f));
}

/* Pack by pack, so that the journal of a long list never stands whole in memory. */
static bool date_packs(struct batch *b, const struct batch_dating *dating, struct fault *f)
{
    enum { PLACES = 1000, ENTRIES_MAX = 1 << 20 };
    int64_t last = store_int(b->store, "SELECT max(id) FROM place", NULL, 0);
    int64_t first = pack_first_place(b->pack);
    for (; first <= last; first += PLACES) {
        struct dated d = {b, dating, first, first + PLACES - 1};
        if (!date_pack(&d, f))
            return false;
        if (journal_entries(b->journal).n < ENTRIES_MAX)
            continue;
        if (!pack_add_after(b->pack, journal_entries(b->journal), f))
            return false;
        journal_reset(b->journal);
    }
    return true;
}

/* Rows that were stored now carry the day of import; rows that were there already are confirmed by a newer
 * list. */
bool batch_date(struct batch *b, const struct batch_dating *d, struct fault *f)
{
    if (!date_is_valid(d->listed_on))
        return true;
    return date_rows(&(struct dated){.batch = b, .dating = d}, f) &&
           (!pack_first_place(b->pack) || date_packs(b, d, f));
}

bool batch_index(struct batch *b, struct fault *f)
{
    return !b->makes_index || (lookup_done(b->store, f) && spatial_index_rebuild(b->store, f));
}

bool batch_finish(struct batch *b, const struct batch_end *end, struct fault *f)
{
    sqlite3_stmt *st = store_statement(
        b->store,
        "UPDATE import_batch SET row_count = ?2, added = ?3, updated = ?4, unchanged = ?5, rejected = ?6,"
        " review = ?7, source_date = ?8, after_rows = ?9, file_hash = ?10 WHERE id = ?1",
        f);
    if (!st)
        return false;
    bind_int(st, 1, b->id);
    bind_int(st, 2, (int64_t)end->counts.rows);
    for (int i = 0; i < VERDICT_COUNT; i++)
        bind_int(st, 3 + i, (int64_t)end->counts.of[i]);
    bind_date(st, 8, end->listed_on);
    bind_sealed(st, 9, seal(b, journal_entries(b->journal), &b->sealed_before));
    bind_bytes(st, 10, (struct slice){(const char *)end->file_hash, HASH_BYTES});
    uint8_t packs[HASH_BYTES];
    pack_digest(b->pack, packs);
    return statement_run(st, f) && batch_audit_done(b->store, b->id, packs, f);
}

/* --- the latest row under an identity --- */

bool source_row_is_known(struct batch *b, const struct source_row *asked, uint32_t twin_of,
                         int64_t *entity_id)
{
    sqlite3_stmt *st =
        b->has_source_rows
            ? store_statement(b->store, "SELECT hash, entity_id FROM source_row WHERE kind = ?1 AND key = ?2",
                              NULL)
            : NULL;
    if (st) {
        bind_text(st, 1, b->kind);
        bind_bytes(st, 2, (struct slice){(const char *)asked->key, HASH_BYTES});
    }
    if (!st || !statement_next(st, NULL))
        return pack_knows(b->pack, asked, twin_of, entity_id);
    bool same = slice_equal(column_bytes(st, 0), (struct slice){(const char *)asked->hash, HASH_BYTES});
    *entity_id = sqlite3_column_int64(st, 1);
    sqlite3_reset(st);
    return same;
}

void source_row_put(struct batch *b, const struct source_row *row)
{
    b->pending = *row;
    b->has_pending = true;
}

/* --- questions for people --- */

bool review_open(struct batch *b, const struct review *r, struct fault *f)
{
    char now[21];
    sqlite3_stmt *st = store_statement(
        b->store,
        "INSERT INTO review (batch_id, row, place_id, reason, fault_group, candidates, opened_at)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        f);
    if (!st)
        return false;
    clock_utc_iso(now);
    bind_int(st, 1, b->id);
    bind_int(st, 2, r->row);
    bind_id(st, 3, r->place_id);
    bind_slice(st, 4, r->reason);
    bind_slice_or_null(st, 5, r->fault_group);
    bind_slice_or_null(st, 6, r->candidates);
    bind_text(st, 7, now);
    return statement_run(st, f);
}

bool review_settle(struct batch *b, int64_t place_id, struct fault *f)
{
    char now[21];
    sqlite3_stmt *st =
        store_statement(b->store,
                        "UPDATE review SET closed_at = ?2, closed_by = 'import', decision = 'corrected'"
                        " WHERE place_id = ?1 AND closed_at IS NULL",
                        f);
    if (!st)
        return false;
    clock_utc_iso(now);
    bind_int(st, 1, place_id);
    bind_text(st, 2, now);
    return statement_run(st, f);
}

/* --- undo --- */

static bool read_batch(struct store *s, int64_t batch, struct batch_counts *counts, struct buf *after,
                       bool *is_undone, struct fault *f)
{
    sqlite3_stmt *st =
        store_statement(s,
                        "SELECT row_count, added, updated, unchanged, rejected, review, after_rows, undone_at"
                        " FROM import_batch WHERE id = ?1",
                        f);
    if (!st)
        return false;
    bind_int(st, 1, batch);
    if (!statement_next(st, f))
        return fault_set(f, FAULT_NOT_FOUND, NULL, "lần nhập %lld không có", (long long)batch);
    if (is_undone)
        *is_undone = !column_is_null(st, 7);
    counts->rows = (uint64_t)sqlite3_column_int64(st, 0);
    for (int i = 0; i < VERDICT_COUNT; i++)
        counts->of[i] = (uint64_t)sqlite3_column_int64(st, 1 + i);
    struct slice sealed = column_bytes(st, 6);
    bool ok = sealed.n == 0 || key_unseal(store_key(s), sealed, after);
    sqlite3_reset(st);
    return ok || fault_set(f, FAULT_KEY_MISSING, NULL, "%s", "khoá không mở được nhật ký của lần nhập");
}

/* A batch going back, from its last row to its first. */
struct going_back {
    struct store *store;
    int64_t batch;
    struct buf conflicts; /* the sentence of refusal */
    int named;
};

enum { NAMED_CONFLICTS = 8 };

struct made {
    int64_t row;
    struct slice entity;
    int64_t id;
};

/* Which later batches touched what this row made, for the sentence of refusal. */
static void name_builders(struct going_back *g, const struct made *made)
{
    struct buf *out = &g->conflicts;
    sqlite3_stmt *st =
        store_statement(g->store,
                        "SELECT DISTINCT batch_id, row FROM import_row WHERE entity = ?1 AND entity_id = ?2"
                        " AND batch_id > ?3 AND verdict NOT IN ('unchanged', 'rejected') LIMIT 3",
                        NULL);
    if (!st || g->named++ >= NAMED_CONFLICTS)
        return;
    if (made->row >= PACK_AFTER_ROWS) {
        buf_format(out, "%sngày của danh sách đã được đổi", out->n ? "; " : "");
        return;
    }
    bind_slice(st, 1, made->entity);
    bind_int(st, 2, made->id);
    bind_int(st, 3, g->batch);
    buf_format(out, "%sdòng %lld", out->n ? "; " : "", (long long)made->row);
    for (int n = 0; statement_next(st, NULL); n++)
        buf_format(out, "%slần nhập %lld dòng %lld", n ? ", " : " ← ", (long long)sqlite3_column_int64(st, 0),
                   (long long)sqlite3_column_int64(st, 1));
}

/* A person's decision about the row: it has to be taken back first. */
static void name_decision(struct going_back *g, int64_t row)
{
    sqlite3_stmt *st = store_statement(g->store,
                                       "SELECT max(d.id) FROM decision d JOIN review r ON r.id = d.review_id"
                                       " WHERE r.batch_id = ?1 AND r.row = ?2 AND d.undone_at IS NULL",
                                       NULL);
    if (!st)
        return;
    bind_int(st, 1, g->batch);
    bind_int(st, 2, row);
    if (statement_next(st, NULL) && !column_is_null(st, 0))
        buf_format(&g->conflicts, " ← quyết định %lld", (long long)sqlite3_column_int64(st, 0));
    sqlite3_reset(st);
}

static bool take_back(struct going_back *g, struct slice entries, const struct made *made, struct fault *f)
{
    bool conflict = false;
    bool ok = journal_take_back(g->store, entries, &conflict, f);
    if (conflict)
        name_builders(g, made);
    if (conflict && made->row < PACK_AFTER_ROWS)
        name_decision(g, made->row);
    return ok || conflict;
}

/* The rows that stand by themselves, down to the one behind `above`. */
static bool take_back_rows(struct going_back *g, int64_t above, int64_t below, struct fault *f)
{
    sqlite3_stmt *st = store_statement(
        g->store,
        "SELECT row, before, entity, entity_id FROM import_row WHERE batch_id = ?1 AND row > ?2 AND row < ?3"
        " AND before IS NOT NULL ORDER BY row DESC",
        f);
    if (!st)
        return false;
    struct buf entries = {0};
    bool ok = true;
    bind_int(st, 1, g->batch);
    bind_int(st, 2, above);
    bind_int(st, 3, below);
    while (ok && g->named < NAMED_CONFLICTS && statement_next(st, f)) {
        struct made made = {sqlite3_column_int64(st, 0), column_slice(st, 2), sqlite3_column_int64(st, 3)};
        buf_reset(&entries);
        ok = key_unseal(store_key(g->store), column_bytes(st, 1), &entries) ||
             fault_set(f, FAULT_KEY_MISSING, NULL, "%s", "khoá không mở được nhật ký của lần nhập");
        ok = ok && take_back(g, buf_to_slice(&entries), &made, f);
    }
    sqlite3_reset(st);
    buf_release(&entries);
    return ok;
}

/* Last row first. Goes on after a conflict (all is rolled back anyway) to name more than the first one.
 * Between two rows of a pack there is no other. */
static bool take_back_all(struct going_back *g, struct fault *f)
{
    struct unpacked *u = unpacked_new();
    struct fault here = {0};
    int64_t below = INT64_MAX;
    bool ok = true;
    while (ok && g->named < NAMED_CONFLICTS && pack_read_before(g->store, g->batch, below, u, &here)) {
        ok = take_back_rows(g, u->first_row, below, f);
        for (uint32_t i = u->count; ok && g->named < NAMED_CONFLICTS && i > 0; i--) {
            struct made made = {u->first_row + i - 1, SLICE("place"), u->first_id + i - 1};
            ok = take_back(g, u->entries[i - 1], &made, f);
        }
        below = u->first_row;
    }
    unpacked_free(u);
    ok = ok && (!here.code || fault_set(f, here.code, here.place, "%s", here.text));
    return ok && take_back_rows(g, -1, below, f);
}

/* Rows of later work that point at what would be gone. */
static void find_orphans(struct store *s, struct buf *conflicts)
{
    sqlite3_stmt *st = store_statement(
        s, "SELECT \"table\", parent, count(*) FROM pragma_foreign_key_check GROUP BY \"table\", parent",
        NULL);
    while (st && statement_next(st, NULL)) {
        struct slice table = column_slice(st, 0), parent = column_slice(st, 1);
        buf_format(conflicts, "%s%.*s: %lld bản ghi sau này dựa vào %.*s", conflicts->n ? "; " : "",
                   (int)table.n, table.p, (long long)sqlite3_column_int64(st, 2), (int)parent.n, parent.p);
    }
}

static bool mark_undone(struct store *s, int64_t batch, const char *who, struct fault *f)
{
    char now[21];
    sqlite3_stmt *st =
        store_statement(s, "UPDATE import_batch SET undone_at = ?2, undone_by = ?3 WHERE id = ?1", f);
    if (!st)
        return false;
    clock_utc_iso(now);
    bind_int(st, 1, batch);
    bind_text(st, 2, now);
    bind_text(st, 3, who);
    return statement_run(st, f) && batch_audit_undone(s, batch, f);
}

bool batch_take_back(struct store *s, int64_t batch, bool *conflict, struct fault *f)
{
    struct batch_counts counts;
    struct buf after = {0};
    struct going_back g = {.store = s, .batch = batch};
    bool ok = read_batch(s, batch, &counts, &after, NULL, f) &&
              journal_take_back(s, buf_to_slice(&after), conflict, f) && take_back_all(&g, f);
    *conflict = *conflict || g.conflicts.n;
    buf_release(&after);
    buf_release(&g.conflicts);
    return ok;
}

static bool undo_inside(struct store *s, int64_t batch, const char *who, struct batch_counts *counts,
                        struct fault *f)
{
    struct buf after = {0};
    struct going_back g = {.store = s, .batch = batch};
    struct made last = {.row = PACK_AFTER_ROWS};
    bool is_undone = false;
    if (batch_is_sealed_again(s, batch))
        return fault_set(f, FAULT_BUILT_UPON, NULL, "%s", "khoá đã được đổi sau lần nhập này");
    bool ok = read_batch(s, batch, counts, &after, &is_undone, f);
    if (ok && is_undone)
        ok = fault_set(f, FAULT_NOT_FOUND, NULL, "lần nhập %lld đã được rút lại trước đó", (long long)batch);
    ok = ok && take_back(&g, buf_to_slice(&after), &last, f) && take_back_all(&g, f);
    if (ok && !g.conflicts.n)
        find_orphans(s, &g.conflicts);
    if (ok && g.conflicts.n)
        ok = fault_set(f, FAULT_BUILT_UPON, NULL,
                       "không rút lại được lần nhập %lld vì đã có thay đổi dựa trên nó: %.*s",
                       (long long)batch, (int)g.conflicts.n, g.conflicts.p);
    ok = ok && mark_undone(s, batch, who, f);
    buf_release(&after);
    buf_release(&g.conflicts);
    return ok;
}

/* Foreign keys rest while rows go back one by one (a replaced parent would take its children along); before
 * the commit all of them are checked at once. */
bool batch_undo(struct store *s, int64_t batch, const char *who, struct batch_counts *taken_back,
                struct fault *f)
{
    if (!store_key(s))
        return fault_set(f, FAULT_KEY_MISSING, NULL, "%s", "");
    if (!store_run(s, "PRAGMA foreign_keys = OFF", f))
        return false;
    struct change *change = NULL;
    struct change_note note = {.undone = "batch", .ref = batch, .who = who};
    bool ok = change_begin(&change, s, f) && undo_inside(s, batch, who, taken_back, f);
    ok = change_end(change, ok, &note, f);
    return store_run(s, "PRAGMA foreign_keys = ON", ok ? f : NULL) && ok;
}
