/* label: the steps of printed codes. */
#include "layers/label.h"

#include "layers/store_private.h"

#include <string.h>

static const char *const NAMES[LABEL_STATE_COUNT] = {"none", "issued", "printed", "posted", "retired"};

const char *label_state_name(enum label_state state)
{
    return NAMES[state];
}

bool label_state_find(struct slice name, enum label_state *state)
{
    for (int i = 0; i < LABEL_STATE_COUNT; i++) {
        *state = (enum label_state)i;
        if (slice_equal(name, slice_of(NAMES[i])))
            return true;
    }
    return false;
}

/* --- writing --- */

static bool insert_step(struct store *s, const char *code, const struct label_step *step, struct fault *f)
{
    char now[21];
    sqlite3_stmt *st =
        store_statement(s, "INSERT INTO label (code, state, at, by, image) VALUES (?1, ?2, ?3, ?4, ?5)", f);
    if (!st)
        return false;
    clock_utc_iso(now);
    bind_text(st, 1, code);
    bind_text(st, 2, NAMES[step->state]);
    bind_text(st, 3, now);
    bind_text(st, 4, step->who);
    if (step->image)
        bind_bytes(st, 5, (struct slice){(const char *)step->image->hash, HASH_BYTES});
    return statement_run(st, f);
}

static bool note(struct store *s, const char *who, const char *action, struct slice subject,
                 struct slice detail, struct fault *f)
{
    struct audit_entry entry = {.who = who, .action = action, .subject = subject, .detail = detail};
    return audit_append(s, &entry, f);
}

static bool note_step(struct store *s, const struct label_step *step, struct fault *f)
{
    struct buf action = {0}, subject = {0}, detail = {0};
    buf_format(&action, "label.%s%c", NAMES[step->state], 0);
    buf_format(&subject, step->count == 1 ? "place %s" : "places", step->codes[0]);
    buf_format(&detail, "{\"count\":%u}", step->count);
    bool good = note(s, step->who, action.p, buf_to_slice(&subject), buf_to_slice(&detail), f);
    buf_release(&action);
    buf_release(&subject);
    buf_release(&detail);
    return good;
}

bool label_note(struct store *s, const struct label_step *step, struct fault *f)
{
    if (!step->count)
        return true;
    if (!store_begin(s, f))
        return false;
    bool good = !step->image || image_keep(s, step->jpeg, step->who, step->image, f);
    for (uint32_t i = 0; good && i < step->count; i++)
        good = insert_step(s, step->codes[i], step, f);
    good = good && note_step(s, step, f) && store_commit_quietly(s, f);
    if (!good)
        store_rollback(s);
    return good;
}

/* --- reading --- */

static enum label_state column_state(sqlite3_stmt *st, int index)
{
    enum label_state state = LABEL_NONE;
    return label_state_find(column_slice(st, index), &state) ? state : LABEL_NONE;
}

int label_list(struct store *s, struct arena *a, struct slice code, struct label_line **lines)
{
    enum { MOST = 50 };
    int count = 0;
    sqlite3_stmt *st = store_statement(
        s, "SELECT id, state, at, by, image IS NOT NULL FROM label WHERE code = ?1 ORDER BY id DESC LIMIT ?2",
        NULL);
    *lines = ARENA_ARRAY(a, struct label_line, MOST);
    if (!st)
        return 0;
    bind_slice(st, 1, code);
    bind_int(st, 2, MOST);
    while (count < MOST && statement_next(st, NULL))
        (*lines)[count++] = (struct label_line){.id = sqlite3_column_int64(st, 0),
                                                .state = column_state(st, 1),
                                                .at = arena_slice(a, column_slice(st, 2)),
                                                .by = arena_slice(a, column_slice(st, 3)),
                                                .has_photo = sqlite3_column_int(st, 4) != 0};
    sqlite3_reset(st);
    return count;
}

static bool read_photo(struct store *s, int64_t id, struct buf *subject, struct buf *out, struct fault *f)
{
    uint8_t hash[HASH_BYTES];
    sqlite3_stmt *st =
        store_statement(s, "SELECT code, image FROM label WHERE id = ?1 AND image IS NOT NULL", f);
    if (!st)
        return false;
    bind_int(st, 1, id);
    bool there = statement_next(st, f) && column_bytes(st, 1).n == HASH_BYTES;
    if (there) {
        struct slice code = column_slice(st, 0);
        buf_format(subject, "place %.*s", (int)code.n, code.p);
        memcpy(hash, column_bytes(st, 1).p, HASH_BYTES);
    }
    sqlite3_reset(st);
    return there ? image_read(s, (struct slice){(const char *)hash, HASH_BYTES}, out, f)
                 : fault_set(f, FAULT_NOT_FOUND, NULL, "%s", "không có ảnh này");
}

bool label_photo(struct store *s, int64_t id, const char *who, struct buf *out, struct fault *f)
{
    struct buf subject = {0};
    bool good =
        store_begin(s, f) && read_photo(s, id, &subject, out, f) &&
        note(s, who, "private.read", buf_to_slice(&subject), SLICE("{\"fields\":[\"label.photo\"]}"), f) &&
        store_commit_quietly(s, f);
    if (!good)
        store_rollback(s);
    buf_release(&subject);
    return good;
}

/* the latest step of a code */
#define STATE_OF                                                                                             \
    "coalesce((SELECT l.state FROM label l WHERE l.code = p.code ORDER BY l.id DESC LIMIT 1), 'none')"

int label_markets(struct store *s, struct arena *a, struct label_market **markets)
{
    sqlite3_stmt *st =
        store_statement(s,
                        "SELECT m.code, m.name, " STATE_OF
                        " AS state, count(*) FROM market m JOIN stall t ON t.market_id = m.id"
                        " JOIN place p ON p.id = t.place_id GROUP BY m.code, m.name, state ORDER BY m.code",
                        NULL);
    int most = (int)store_int(s, "SELECT count(*) FROM market", NULL, 0), count = 0;
    *markets = ARENA_ARRAY(a, struct label_market, (size_t)most + 1);
    while (st && statement_next(st, NULL)) {
        struct slice code = column_slice(st, 0);
        if (!count || !slice_equal((*markets)[count - 1].code, code)) {
            if (count == most)
                break;
            (*markets)[count++] = (struct label_market){.code = arena_slice(a, code),
                                                        .name = arena_slice(a, column_slice(st, 1))};
        }
        (*markets)[count - 1].stalls[column_state(st, 2)] += sqlite3_column_int64(st, 3);
    }
    if (st)
        sqlite3_reset(st);
    return count;
}

int label_codes(struct store *s, struct arena *a, struct slice market, enum label_state state,
                const char ***codes)
{
    int count = 0, most = (int)store_int(s, "SELECT count(*) FROM stall", NULL, 0);
    sqlite3_stmt *st = store_statement(
        s,
        "SELECT p.code FROM market m JOIN stall t ON t.market_id = m.id JOIN place p ON p.id = t.place_id"
        " WHERE m.code = ?1 AND " STATE_OF " = ?2",
        NULL);
    *codes = ARENA_ARRAY(a, const char *, (size_t)most + 1);
    if (!st)
        return 0;
    bind_slice(st, 1, market);
    bind_text(st, 2, NAMES[state]);
    while (count < most && statement_next(st, NULL))
        (*codes)[count++] = arena_text(a, column_slice(st, 0));
    sqlite3_reset(st);
    return count;
}
