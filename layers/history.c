/* history: the register as it was. What was true on a day is asked of the same public views, with that day
 * for "today"; what was known on a day, of a copy of the file in which every later import and edit has been
 * taken back, from the last to the first (journal.c).
 *
 * Law: the ward file itself is only read; the copy stands in a folder nobody else can open and is gone before
 * the answer. What changed in the file behind the program's back (an edit in QGIS) cannot be taken back: then
 * the answer is a fault, never a wrong figure. */
#include "layers/journal.h"
#include "layers/snapshot_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FOLDER_MAX = 400 };

struct past {
    struct store *store;
    const struct vantage *vantage;
    char folder[FOLDER_MAX], path[FOLDER_MAX + 16];
    const char *known_at; /* UTC time; NULL: now */
};

/* --- taking back --- */

/* The newest change that is not taken back yet. */
struct step {
    int64_t id, ref;
    char at[24], kind;
};

static bool newest(struct store *s, int64_t below, struct step *out)
{
    sqlite3_stmt *st = store_statement(
        s, "SELECT id, at, kind, ref FROM change WHERE id < ?1 ORDER BY id DESC LIMIT 1", NULL);
    if (!st)
        return false;
    bind_int(st, 1, below);
    if (!statement_next(st, NULL))
        return false;
    struct slice at = column_slice(st, 1);
    *out = (struct step){.id = sqlite3_column_int64(st, 0),
                         .ref = sqlite3_column_int64(st, 3),
                         .kind = column_slice(st, 2).p[0]};
    snprintf(out->at, sizeof out->at, "%.*s", (int)at.n, at.p);
    sqlite3_reset(st);
    return true;
}

static bool beyond(const struct step *step, struct fault *f)
{
    return fault_set(
        f, FAULT_BUILT_UPON, "known_at",
        "dữ liệu đã được sửa ngoài chương trình sau %s nên không dựng lại được những gì biết trước đó",
        step->at);
}

/* Where a kind of change keeps what stood there before; a batch knows that itself. A row that was undone by a
 * program that did not yet write undos down is gone already: nothing to take back. */
static sqlite3_stmt *entries_of(struct store *s, const struct step *step, struct fault *f)
{
    switch (step->kind) {
    case 'd':
        return store_statement(
            s,
            "SELECT d.before, d.undone_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM change u WHERE"
            " u.undone = 'decision' AND u.ref = d.id) FROM change c JOIN decision d ON d.id = c.ref"
            " WHERE c.id = ?1",
            f);
    case 's':
        return store_statement(
            s,
            "SELECT p.before, p.undone_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM change u WHERE"
            " u.undone = 'saving' AND u.ref = p.id) FROM change c JOIN place_edit p ON p.id = c.ref"
            " WHERE c.id = ?1",
            f);
    case 'b':
        return store_statement(
            s,
            "SELECT NULL, b.undone_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM change u WHERE"
            " u.undone = 'batch' AND u.ref = b.id) FROM change c JOIN import_batch b ON b.id = c.ref"
            " WHERE c.id = ?1",
            f);
    default: return store_statement(s, "SELECT before, 0 FROM change WHERE id = ?1", f);
    }
}

static bool take_back_step(struct store *s, const struct step *step, struct fault *f)
{
    struct buf entries = {0};
    bool conflict = false, is_batch = step->kind == 'b';
    sqlite3_stmt *st = entries_of(s, step, f);
    if (!st)
        return false;
    bind_int(st, 1, step->id);
    if (!statement_next(st, f))
        return beyond(step, f);
    bool is_gone = sqlite3_column_int(st, 1) != 0;
    bool opens = is_gone || is_batch || key_unseal(store_key(s), column_bytes(st, 0), &entries);
    sqlite3_reset(st);
    bool ok = opens || fault_set(f, FAULT_KEY_MISSING, "known_at", "%s", "không đọc được nhật ký sửa đổi");
    if (ok && !is_gone)
        ok = is_batch ? batch_take_back(s, step->ref, &conflict, f)
                      : journal_take_back(s, buf_to_slice(&entries), &conflict, f);
    buf_release(&entries);
    return conflict ? beyond(step, f) : ok;
}

static bool take_back(struct past *p, struct fault *f)
{
    struct step step = {.id = INT64_MAX};
    if (!store_key(p->store))
        return fault_set(f, FAULT_KEY_MISSING, "known_at", "%s", "");
    while (newest(p->store, step.id, &step) && strcmp(step.at, p->known_at) > 0)
        if (!take_back_step(p->store, &step, f))
            return false;
    return true;
}

/* --- the copy --- */

static bool copy_file(struct past *p, struct fault *f)
{
    struct store *source = NULL;
    const char *parent = getenv("TMPDIR");
    snprintf(p->folder, sizeof p->folder, "%.300s/mapd-past-XXXXXX", parent && parent[0] ? parent : "/tmp");
    if (!mkdtemp(p->folder)) {
        p->folder[0] = '\0';
        return fault_set(f, FAULT_FILE_WRITE, "as_of", "%s", "không tạo được thư mục tạm");
    }
    snprintf(p->path, sizeof p->path, "%s/ward.db", p->folder);
    bool ok = store_open(&source, p->vantage->path, STORE_READ, f) && store_backup(source, p->path, false, f);
    store_close(source);
    return ok;
}

/* A key beside the file, or where the vantage says. */
static bool lend_key(struct past *p, struct fault *f)
{
    char beside[1024];
    snprintf(beside, sizeof beside, "%.1000s.key", p->vantage->path);
    const char *path = p->vantage->key_path ? p->vantage->key_path : beside;
    return access(path, R_OK) != 0 || store_use_key(p->store, path, f);
}

/* A bare day means its end in Asia/Ho_Chi_Minh. */
static const char *known_until(const char *known_at, char text[24])
{
    struct date day;
    if (known_at && date_parse_iso(slice_of(known_at), &day)) {
        snprintf(text, 24, "%.10sT16:59:59Z", known_at);
        return text;
    }
    return known_at;
}

static bool go_back(struct past *p, struct fault *f)
{
    struct store *s = p->store;
    bool ok = store_run(s, "PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF", f) && lend_key(p, f) &&
              store_begin(s, f);
    ok = ok && (!p->known_at || take_back(p, f));
    ok = ok && (!p->vantage->as_of || store_set_meta(s, "today", p->vantage->as_of, f)) && store_commit(s, f);
    if (!ok)
        store_rollback(s);
    return ok;
}

static void past_remove(struct past *p)
{
    static const char *const ENDS[] = {"", "-wal", "-shm", "-journal"};
    char path[FOLDER_MAX + 32];
    store_close(p->store);
    for (size_t i = 0; p->folder[0] && i < COUNT_OF(ENDS); i++) {
        snprintf(path, sizeof path, "%s%s", p->path, ENDS[i]);
        unlink(path);
    }
    if (p->folder[0])
        rmdir(p->folder);
}

static bool is_past(const struct vantage *m)
{
    return m->as_of || m->known_at;
}

/* `staff` NULL: the public layers. */
static bool read_at(struct snapshot **out, const struct vantage *m, enum layer_id only,
                    const struct staff_layer *staff, struct fault *f)
{
    char until[24];
    struct past p = {.vantage = m, .known_at = known_until(m->known_at, until)};
    struct snapshot_scope scope = {.only = only};
    bool ok = true;
    if (m->as_of && !date_parse_iso(slice_of(m->as_of), &scope.as_of))
        return fault_set(f, FAULT_BAD_DATE, "as_of", "%s", m->as_of);
    if (is_past(m)) {
        ok = copy_file(&p, f) && store_open(&p.store, p.path, STORE_WRITE, f) && go_back(&p, f);
        store_close(p.store);
        p.store = NULL;
    }
    ok = ok && store_open(&p.store, is_past(m) ? p.path : m->path, staff ? STORE_READ : STORE_PUBLIC, f);
    if (staff)
        ok = ok && lend_key(&p, f) && staff_layer_read(out, p.store, staff, f);
    else
        ok = ok && snapshot_build(out, p.store, &scope, f);
    past_remove(&p);
    return ok;
}

bool snapshot_at(struct snapshot **out, const struct vantage *m, enum layer_id only, struct fault *f)
{
    return read_at(out, m, only, NULL, f);
}

bool staff_layer_at(struct snapshot **out, const struct vantage *v, const struct staff_layer *l,
                    struct fault *f)
{
    return read_at(out, v, l->layer.id, l, f);
}
