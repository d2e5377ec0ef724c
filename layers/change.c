/* change: what stood there before a change that has no row of its own in batch, decision or place_edit:
 * undoing one of those, and edits of other kinds. Together with the triggers of the schema it makes the table
 * `change` the one order of everything that happened to the register; history.c walks it backwards.
 *
 * Law: a change is one transaction. Without the key nothing can be sealed: the change is made all the same,
 * and what was known before it can then not be told. */
#include "layers/change.h"

#include <stdlib.h>

struct change {
    struct store *store;
    struct journal *journal;
};

bool change_begin(struct change **out, struct store *s, struct fault *f)
{
    struct change *c = memory_zeroed(1, sizeof *c);
    *out = NULL;
    if (!store_begin(s, f)) {
        free(c);
        return false;
    }
    c->store = s;
    c->journal = journal_open(s);
    *out = c;
    return true;
}

static bool write_down(struct change *c, const struct change_note *note, struct fault *f)
{
    char now[21];
    struct buf sealed = {0};
    sqlite3_stmt *st = store_statement(
        c->store,
        "INSERT INTO change (at, kind, ref, undone, who, what, before) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        f);
    if (!st)
        return false;
    clock_utc_iso(now);
    bind_text(st, 1, now);
    bind_text(st, 2, note->undone ? "undo" : "edit");
    bind_id(st, 3, note->ref);
    bind_text(st, 4, note->undone);
    bind_text(st, 5, note->who);
    bind_text(st, 6, note->what);
    if (store_key(c->store)) {
        key_seal(store_key(c->store), journal_entries(c->journal), &sealed);
        bind_bytes(st, 7, buf_to_slice(&sealed));
    }
    bool ok = statement_run(st, f);
    buf_release(&sealed);
    return ok;
}

bool change_end(struct change *c, bool good, const struct change_note *note, struct fault *f)
{
    if (!c)
        return false;
    if (good && journal_entries(c->journal).n)
        good = write_down(c, note, f);
    journal_close(c->journal);
    good = good && store_commit(c->store, f);
    if (!good)
        store_rollback(c->store);
    free(c);
    return good;
}
