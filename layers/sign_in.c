/* sign_in: from a name and a password to a session, and from a session's token back to who it is. Tokens of
 * programs stand here too.
 *
 * Law: the file holds only SHA-256 of tokens and of names that failed. A failed sign-in tells nobody whether
 * the name exists: the answer and the time it takes are the same. */
#include "layers/account_private.h"

#include <stdio.h>
#include <string.h>

enum { SEEN_EVERY_S = 30, IDLE_S = 15 * 60, IDLE_ADMIN_S = 5 * 60, LONGEST_S = 12 * 3600, DAY_S = 86400 };

int session_idle_s(enum role role)
{
    return role == ROLE_ADMIN ? IDLE_ADMIN_S : IDLE_S;
}

void bind_hash(sqlite3_stmt *st, int index, struct slice text)
{
    uint8_t hash[HASH_BYTES];
    sha256_of(text, hash);
    bind_bytes(st, index, (struct slice){(const char *)hash, HASH_BYTES});
}

static bool note(struct store *s, const char *who, const char *action, struct slice subject, struct fault *f)
{
    struct audit_entry entry = {.who = who, .action = action, .subject = subject, .detail = SLICE("")};
    return audit_append(s, &entry, f);
}

/* --- failures --- */

bool sign_in_is_locked(struct store *s, struct slice name, int64_t now)
{
    sqlite3_stmt *st = store_statement(s, "SELECT locked_until FROM sign_in_failure WHERE name = ?1", NULL);
    if (!st)
        return false;
    bind_hash(st, 1, name);
    int64_t until = statement_next(st, NULL) ? sqlite3_column_int64(st, 0) : 0;
    bool locked = until > now && until <= now + LOCK_S; /* beyond it: the clock was wrong then */
    sqlite3_reset(st);
    return locked;
}

bool forget_failures(struct store *s, struct slice name, struct fault *f)
{
    sqlite3_stmt *st = store_statement(s, "DELETE FROM sign_in_failure WHERE name = ?1", f);
    if (!st)
        return false;
    bind_hash(st, 1, name);
    return statement_run(st, f);
}

/* Old failures are forgotten after the length of a lock; five within it lock the name. */
bool count_failure(struct store *s, struct slice name, int64_t now, struct fault *f)
{
    sqlite3_stmt *old = store_statement(s, "DELETE FROM sign_in_failure WHERE last_at < ?1", f);
    sqlite3_stmt *st = store_statement(s,
                                       "INSERT INTO sign_in_failure (name, count, last_at) VALUES (?1, 1, ?2)"
                                       " ON CONFLICT (name) DO UPDATE SET count = count + 1, last_at = ?2,"
                                       " locked_until = CASE WHEN count + 1 >= ?3 THEN ?4 ELSE 0 END",
                                       f);
    if (!old || !st)
        return false;
    bind_int(old, 1, now - LOCK_S);
    bind_hash(st, 1, name);
    bind_int(st, 2, now);
    bind_int(st, 3, SIGN_IN_FAILURES);
    bind_int(st, 4, now + LOCK_S);
    return statement_run(old, f) && statement_run(st, f);
}

/* --- sessions --- */

bool session_start(struct store *s, const struct fresh_session *fresh, char token[TOKEN_LENGTH + 1],
                   struct fault *f)
{
    sqlite3_stmt *st = store_statement(
        s, "INSERT INTO session (token, user_id, started_at, seen_at, proven) VALUES (?1, ?2, ?3, ?3, ?4)",
        f);
    sqlite3_stmt *seen = store_statement(s, "UPDATE user SET last_seen_at = ?2 WHERE id = ?1", f);
    sqlite3_stmt *old = store_statement(s, "DELETE FROM session WHERE seen_at < ?1", f);
    if (!st || !seen || !old)
        return false;
    token_random(token);
    bind_hash(st, 1, (struct slice){token, TOKEN_LENGTH});
    bind_int(st, 2, fresh->user_id);
    bind_int(st, 3, fresh->now);
    bind_int(st, 4, fresh->is_proven);
    bind_int(seen, 1, fresh->user_id);
    bind_int(seen, 2, fresh->now);
    bind_int(old, 1, fresh->now - IDLE_S);
    return statement_run(old, f) && statement_run(st, f) && statement_run(seen, f);
}

bool session_delete(struct store *s, struct slice token, struct fault *f)
{
    sqlite3_stmt *st = store_statement(s, "DELETE FROM session WHERE token = ?1", f);
    if (!st)
        return false;
    bind_hash(st, 1, token);
    return statement_run(st, f);
}

bool end_sessions(struct store *s, int64_t user_id, struct fault *f)
{
    sqlite3_stmt *st = store_statement(s, "DELETE FROM session WHERE user_id = ?1", f);
    if (!st)
        return false;
    bind_int(st, 1, user_id);
    return statement_run(st, f);
}

struct stored_user {
    int64_t id, seen_at;
    bool is_disabled, has_factor;
    char password[PASSWORD_BYTES];
};

static bool read_stored(struct store *s, struct slice name, struct stored_user *u, struct fault *f)
{
    sqlite3_stmt *st = store_statement(
        s,
        "SELECT id, coalesce(last_seen_at, created_at), disabled, password,"
        " id IN (SELECT user_id FROM second_factor WHERE confirmed_at > 0) FROM user WHERE name = ?1",
        f);
    struct fault here = {0};
    *u = (struct stored_user){0};
    if (!st)
        return false;
    bind_slice(st, 1, name);
    if (statement_next(st, &here)) {
        u->id = sqlite3_column_int64(st, 0);
        u->seen_at = sqlite3_column_int64(st, 1);
        u->is_disabled = sqlite3_column_int(st, 2) != 0;
        u->has_factor = sqlite3_column_int(st, 4) != 0;
        struct slice text = column_slice(st, 3);
        memcpy(u->password, text.p, text.n < PASSWORD_BYTES ? text.n : PASSWORD_BYTES - 1);
        sqlite3_reset(st);
    }
    return here.code == FAULT_NONE || fault_set(f, here.code, here.place, "%s", here.text);
}

/* An account that nobody has used for a month and a half rests until an administrator wakes it. */
static bool put_to_rest(struct store *s, const struct stored_user *u, struct slice subject, struct fault *f)
{
    sqlite3_stmt *st = store_statement(s, "UPDATE user SET disabled = 1 WHERE id = ?1", f);
    if (!st)
        return false;
    bind_int(st, 1, u->id);
    return statement_run(st, f) && note(s, "mapd", "user.unused", subject, f);
}

/* Nobody at all for so long: the office was closed or the clock has jumped; locking everybody out helps no
 * one. */
static bool somebody_came(const struct user *users, int count, int64_t now)
{
    for (int i = 0; i < count; i++)
        if (!users[i].is_disabled && now - users[i].last_seen_at <= (int64_t)UNUSED_DAYS * DAY_S)
            return true;
    return false;
}

bool user_rest_unused(struct store *s, int64_t now, int *rested, struct fault *f)
{
    struct arena a = {0};
    struct user *users;
    bool good = store_begin(s, f);
    int count = good ? user_list(s, &a, &users) : 0;
    *rested = 0;
    for (int i = 0; good && i < count; i++) {
        int64_t seen = users[i].last_seen_at ? users[i].last_seen_at : users[i].created_at;
        struct stored_user u = {.id = users[i].id};
        if (users[i].is_disabled || !somebody_came(users, count, now) ||
            now - seen <= (int64_t)UNUSED_DAYS * DAY_S)
            continue;
        struct slice name = users[i].name;
        good = put_to_rest(s, &u, slice_of(arena_format(&a, "user %.*s", (int)name.n, name.p)), f);
        *rested += good;
    }
    arena_release(&a);
    return store_finish(s, good, f);
}

static bool write_result(struct store *s, const struct sign_in_request *r, const struct stored_user *u,
                         enum sign_in *result, char token[TOKEN_LENGTH + 1], struct fault *f)
{
    struct buf subject = {0};
    char who[64];
    bool unused = u->id && !u->is_disabled && r->now - u->seen_at > (int64_t)UNUSED_DAYS * DAY_S;
    buf_text(&subject, "user ");
    buf_slice(&subject, r->name); /* written down only when there is such a user */
    if (unused)
        *result = SIGN_IN_WRONG;
    bool good = !unused || put_to_rest(s, u, buf_to_slice(&subject), f);
    snprintf(who, sizeof who, "%.*s", (int)(r->name.n < 60 ? r->name.n : 60), r->name.p);
    if (good && *result == SIGN_IN_GOOD)
        /* with a second factor still to come the failures stay: who has the password may not try codes for
         * ever */
        good = (u->has_factor || forget_failures(s, r->name, f)) &&
               session_start(s, &(struct fresh_session){u->id, r->now, false}, token, f) &&
               note(s, who, "sign_in", buf_to_slice(&subject), f);
    else if (good)
        good = count_failure(s, r->name, r->now, f) &&
               (!u->id || note(s, "?", "sign_in.refused", buf_to_slice(&subject), f));
    buf_release(&subject);
    return good;
}

bool session_sign_in(struct store *s, const struct sign_in_request *r, enum sign_in *result,
                     char token[TOKEN_LENGTH + 1], struct fault *f)
{
    struct stored_user u;
    *result = SIGN_IN_LOCKED;
    if (sign_in_is_locked(s, r->name, r->now))
        return true;
    if (!read_stored(s, r->name, &u, f))
        return false;
    bool matches;
    if (!password_matches(u.id ? u.password : NULL, r->password, &matches, f))
        return false;
    *result = matches && !u.is_disabled ? SIGN_IN_GOOD : SIGN_IN_WRONG;
    return store_begin(s, f) && store_finish(s, write_result(s, r, &u, result, token, f), f);
}

static void touch(struct store *s, struct slice token, int64_t now)
{
    struct fault ignored = {
        0}; /* another writer is at work: the session lives on from its last sign of life */
    if (!store_begin(s, &ignored))
        return;
    sqlite3_stmt *st = store_statement(s, "UPDATE session SET seen_at = ?2 WHERE token = ?1", &ignored);
    if (st) {
        bind_hash(st, 1, token);
        bind_int(st, 2, now);
    }
    bool done = store_finish(s, st && statement_run(st, &ignored), &ignored);
    (void)done;
}

bool session_find(struct store *s, struct arena *a, struct slice token, int64_t now, struct user *user)
{
    sqlite3_stmt *st = store_statement(
        s,
        "SELECT u.id, u.name, u.role, u.must_change, u.created_at, u.last_seen_at, s.seen_at, s.started_at,"
        " s.proven, u.id IN (SELECT user_id FROM second_factor WHERE confirmed_at > 0)"
        " FROM session s JOIN user u ON u.id = s.user_id WHERE s.token = ?1 AND u.disabled = 0",
        NULL);
    if (!st || token.n != TOKEN_LENGTH)
        return false;
    bind_hash(st, 1, token);
    if (!statement_next(st, NULL))
        return false;
    *user = (struct user){.id = sqlite3_column_int64(st, 0),
                          .name = arena_slice(a, column_slice(st, 1)),
                          .must_change = sqlite3_column_int(st, 3) != 0,
                          .created_at = sqlite3_column_int64(st, 4),
                          .last_seen_at = sqlite3_column_int64(st, 5),
                          .is_proven = sqlite3_column_int(st, 8) != 0,
                          .has_factor = sqlite3_column_int(st, 9) != 0};
    bool known = role_find(column_slice(st, 2), &user->role);
    int64_t seen = sqlite3_column_int64(st, 6), started = sqlite3_column_int64(st, 7);
    sqlite3_reset(st);
    bool is_future =
        seen > now + SEEN_EVERY_S || started > now + SEEN_EVERY_S; /* the clock has jumped back */
    if (!known || is_future || now - seen > session_idle_s(user->role) || now - started > LONGEST_S)
        return false;
    if (now - seen >= SEEN_EVERY_S)
        touch(s, token, now);
    user->factor_due = factor_due(s, user);
    return true;
}

bool session_end(struct store *s, struct slice token, struct fault *f)
{
    return store_begin(s, f) && store_finish(s, session_delete(s, token, f), f);
}

bool session_renew(struct store *s, int64_t user_id, int64_t now, char token[TOKEN_LENGTH + 1],
                   struct fault *f)
{
    struct fresh_session fresh = {user_id, now, true}; /* only who has proven everything comes this far */
    return store_begin(s, f) && store_finish(s, session_start(s, &fresh, token, f), f);
}

/* --- tokens of programs --- */

static bool note_token(struct store *s, const char *who, const char *action, struct slice name,
                       struct fault *f)
{
    struct buf subject = {0};
    buf_text(&subject, "token ");
    buf_slice(&subject, name);
    bool good = note(s, who, action, buf_to_slice(&subject), f);
    buf_release(&subject);
    return good;
}

bool token_add(struct store *s, const struct api_token *t, const char *who, char token[TOKEN_LENGTH + 1],
               struct fault *f)
{
    if (t->role == ROLE_ADMIN)
        return fault_set(f, FAULT_BAD_VALUE, "--role", "thẻ của chương trình không có quyền quản trị");
    if (!t->name.n || t->name.n > 40)
        return fault_set(f, FAULT_BAD_VALUE, "tên thẻ", "dùng 1–40 ký tự");
    if (!store_begin(s, f))
        return false;
    sqlite3_stmt *st = store_statement(
        s, "INSERT INTO api_token (name, token, role, created_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        f);
    token_random(token);
    if (st) {
        bind_slice(st, 1, t->name);
        bind_hash(st, 2, (struct slice){token, TOKEN_LENGTH});
        bind_text(st, 3, role_name(t->role));
        bind_int(st, 4, t->created_at);
        bind_int(st, 5, t->expires_at);
    }
    return store_finish(s, st && statement_run(st, f) && note_token(s, who, "token.add", t->name, f), f);
}

bool token_revoke(struct store *s, struct slice name, int64_t now, const char *who, struct fault *f)
{
    if (!store_begin(s, f))
        return false;
    sqlite3_stmt *st =
        store_statement(s, "UPDATE api_token SET revoked_at = ?2 WHERE name = ?1 AND revoked_at IS NULL", f);
    if (st) {
        bind_slice(st, 1, name);
        bind_int(st, 2, now);
    }
    bool good = st && statement_run(st, f);
    if (good && sqlite3_changes(store_handle(s)) == 0)
        good = fault_set(f, FAULT_NOT_FOUND, "thẻ", "\"%.*s\"", (int)name.n, name.p);
    return store_finish(s, good && note_token(s, who, "token.revoke", name, f), f);
}

int token_list(struct store *s, struct arena *a, struct api_token **tokens)
{
    int64_t most = store_int(s, "SELECT count(*) FROM api_token", NULL, 0);
    sqlite3_stmt *st = store_statement(
        s, "SELECT name, role, created_at, expires_at, coalesce(revoked_at, 0) FROM api_token ORDER BY name",
        NULL);
    int count = 0;
    *tokens = ARENA_ARRAY(a, struct api_token, (size_t)most + 1);
    while (st && count < most && statement_next(st, NULL)) {
        struct api_token *t = &(*tokens)[count];
        t->name = arena_slice(a, column_slice(st, 0));
        t->created_at = sqlite3_column_int64(st, 2);
        t->expires_at = sqlite3_column_int64(st, 3);
        t->revoked_at = sqlite3_column_int64(st, 4);
        count += role_find(column_slice(st, 1), &t->role);
    }
    if (st)
        sqlite3_reset(st);
    return count;
}

bool token_find(struct store *s, struct arena *a, struct slice token, int64_t now, struct user *user)
{
    sqlite3_stmt *st = store_statement(
        s, "SELECT name, role FROM api_token WHERE token = ?1 AND revoked_at IS NULL AND expires_at > ?2",
        NULL);
    if (!st || token.n != TOKEN_LENGTH)
        return false;
    bind_hash(st, 1, token);
    bind_int(st, 2, now);
    if (!statement_next(st, NULL))
        return false;
    struct slice name = column_slice(st, 0);
    *user = (struct user){.name = slice_of(arena_format(a, "token:%.*s", (int)name.n, name.p))};
    bool known = role_find(column_slice(st, 1), &user->role);
    sqlite3_reset(st);
    return known;
}
