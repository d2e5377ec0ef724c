/* saving: everything between begin and commit of a change by hand (saving.h), and what no text typed by hand
 * may hold. */
#include "layers/saving.h"
#include "layers/text.h"

#include <string.h>

/* --- what may not be typed --- */

/* Nine digits and more with nothing but blanks, points and hyphens between them: somebody's number. */
bool text_holds_phone(struct slice text)
{
    enum { PHONE_DIGITS = 9 };
    int digits = 0;
    for (size_t i = 0; i < text.n && digits < PHONE_DIGITS; i++) {
        if (text.p[i] >= '0' && text.p[i] <= '9')
            digits++;
        else if (!strchr(" .-", text.p[i]))
            digits = 0;
    }
    return digits >= PHONE_DIGITS;
}

/* A household's public name does not hold its owner's (domain.md C.7). */
bool text_names_owner(struct store *s, int64_t place_id, struct slice name)
{
    struct buf owner = {0}, name_fold = {0}, owner_fold = {0};
    struct private_value v = {.owner = "place", .owner_id = place_id, .field = "owner_name"};
    bool holds = false;
    if (private_get(s, &v, &owner) && owner.n) {
        buf_char(&name_fold, ' ');
        text_fold(name, &name_fold);
        buf_char(&name_fold, ' ');
        buf_char(&owner_fold, ' ');
        text_fold(buf_to_slice(&owner), &owner_fold);
        buf_char(&owner_fold, ' ');
        holds = slice_find(buf_to_slice(&name_fold), buf_to_slice(&owner_fold)) >= 0;
    }
    buf_release(&owner);
    buf_release(&name_fold);
    buf_release(&owner_fold);
    return holds;
}

/* --- the transaction --- */

void saving_note(struct saving *g, const char *field, struct slice before, struct slice after)
{
    buf_format(&g->changes, "%s\t%.*s\t%.*s\n", field, (int)before.n, before.p, (int)after.n, after.p);
}

static bool touch(struct saving *g, struct fault *f)
{
    char now[21];
    sqlite3_stmt *st = store_statement(g->store, "UPDATE place SET updated_at = ?2 WHERE id = ?1", f);
    if (!st)
        return false;
    clock_utc_iso(now);
    bind_int(st, 1, g->place_id);
    bind_text(st, 2, now);
    return statement_run(st, f);
}

static const char *code_of(struct saving *g, struct arena *a)
{
    struct place_known known;
    return place_read(g->store, a, g->place_id, &known) ? arena_text(a, slice_of(known.place.code)) : "";
}

bool saving_audit(struct store *s, const char *who, const char *action, const char *code, const char *detail,
                  struct fault *f)
{
    struct buf subject = {0};
    buf_format(&subject, "place %s", code);
    struct audit_entry entry = {
        .who = who, .action = action, .subject = buf_to_slice(&subject), .detail = slice_of(detail)};
    bool good = audit_append(s, &entry, f);
    buf_release(&subject);
    return good;
}

/* The names of the changed fields; values stand in place_edit. */
static const char *fields_json(struct saving *g, struct arena *a)
{
    struct buf json = {0};
    struct slice rest = buf_to_slice(&g->changes), line, field;
    buf_text(&json, "{\"fields\":[");
    for (bool first = true; slice_next(&rest, '\n', &line); first = false) {
        buf_text(&json, first ? "" : ",");
        slice_next(&line, '\t', &field);
        buf_json(&json, field);
    }
    buf_text(&json, "]}");
    const char *text = arena_text(a, buf_to_slice(&json));
    buf_release(&json);
    return text;
}

static bool write_edit(struct saving *g, const char *code, struct fault *f)
{
    char now[21];
    struct buf sealed = {0};
    sqlite3_stmt *st = store_statement(
        g->store, "INSERT INTO place_edit (code, at, by, changes, before) VALUES (?1, ?2, ?3, ?4, ?5)", f);
    if (!st)
        return false;
    key_seal(store_key(g->store), journal_entries(g->journal), &sealed);
    clock_utc_iso(now);
    bind_text(st, 1, code);
    bind_text(st, 2, now);
    bind_text(st, 3, g->who);
    bind_slice(st, 4, buf_to_slice(&g->changes));
    bind_bytes(st, 5, buf_to_slice(&sealed));
    bool good = statement_run(st, f);
    buf_release(&sealed);
    return good;
}

bool saving_begin(struct saving *g, struct fault *f)
{
    if (!store_key(g->store))
        return fault_set(f, FAULT_KEY_MISSING, NULL, "%s", "");
    if (!store_begin(g->store, f))
        return false;
    g->journal = journal_open(g->store);
    return true;
}

/* Commits when `good` and something changed; takes all back otherwise. */
bool saving_end(struct saving *g, struct arena *a, bool good, struct fault *f)
{
    bool changed = good && g->changes.n;
    if (changed) {
        const char *code = code_of(g, a);
        good = touch(g, f) && write_edit(g, code, f) &&
               saving_audit(g->store, g->who, "place.edit", code, fields_json(g, a), f);
    }
    journal_close(g->journal);
    good = good && (!changed || store_commit(g->store, f));
    if (!good || !changed)
        store_rollback(g->store);
    buf_release(&g->changes);
    return good;
}
