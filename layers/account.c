/* account: members of staff. Who they are, what role they have, when their account rests.
 *
 * Law: a password is never stored, only its Argon2id hash; every change is an entry of the audit in the same
 * transaction; changing an account ends its sessions. */
#include "layers/account_private.h"
#include "layers/text.h"

#include <string.h>

static const struct {
    const char *name, *vi, *en;
} ROLES[ROLE_COUNT] = {
#define ROLE(id, name, vi, en) {name, vi, en},
#include "layers/roles.def"
#undef ROLE
};

const char *role_name(enum role role)
{
    return ROLES[role].name;
}

const char *role_title(enum role role, bool english)
{
    return english ? ROLES[role].en : ROLES[role].vi;
}

bool role_find(struct slice name, enum role *role)
{
    for (int i = 0; i < ROLE_COUNT; i++)
        if (slice_equal(name, slice_of(ROLES[i].name))) {
            *role = (enum role)i;
            return true;
        }
    return false;
}

/* --- what is allowed --- */

/* Letters, digits and . _ - @: a name stands in the audit and in a form, never in markup or a path. */
static bool check_name(struct slice name, struct fault *f)
{
    static const char LETTERS[] = "abcdefghijklmnopqrstuvwxyz0123456789._-@";
    bool good = name.n >= 2 && name.n <= 40;
    for (size_t i = 0; good && i < name.n; i++)
        good = memchr(LETTERS, name.p[i], sizeof LETTERS - 1) != NULL;
    return good || fault_set(f, FAULT_BAD_VALUE, "tên đăng nhập",
                             "dùng 2–40 chữ thường không dấu, chữ số, dấu chấm, gạch nối");
}

static size_t count_characters(struct slice text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++)
        n += ((unsigned char)text.p[i] & 0xC0) != 0x80;
    return n;
}

static size_t count_different(struct slice text)
{
    bool seen[256] = {false};
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        n += !seen[(unsigned char)text.p[i]];
        seen[(unsigned char)text.p[i]] = true;
    }
    return n;
}

static bool holds_name(struct slice password, struct slice name)
{
    struct buf low = {0};
    for (size_t i = 0; i < password.n; i++) {
        char c = password.p[i];
        buf_char(&low, c >= 'A' && c <= 'Z' ? (char)(c + 32) : c);
    }
    bool holds = slice_find(buf_to_slice(&low), name) >= 0;
    buf_release(&low);
    return holds;
}

static bool check_password(struct slice password, struct slice name, struct fault *f)
{
    enum { DIFFERENT_LEAST = 6 };
    if (count_characters(password) < PASSWORD_LEAST)
        return fault_set(f, FAULT_BAD_VALUE, "mật khẩu", "cần ít nhất %d ký tự", (int)PASSWORD_LEAST);
    if (password.n > PASSWORD_MOST)
        return fault_set(f, FAULT_BAD_VALUE, "mật khẩu", "dài hơn %d byte", (int)PASSWORD_MOST);
    if (count_different(password) < DIFFERENT_LEAST)
        return fault_set(f, FAULT_BAD_VALUE, "mật khẩu", "lặp lại quá ít ký tự");
    if (holds_name(password, name))
        return fault_set(f, FAULT_BAD_VALUE, "mật khẩu", "không được chứa tên đăng nhập");
    return true;
}

/* --- changes --- */

static bool note(struct store *s, const struct user *user, const char *action, const char *who,
                 struct fault *f)
{
    struct buf subject = {0}, detail = {0};
    buf_text(&subject, "user ");
    buf_slice(&subject, user->name);
    buf_format(&detail, "{\"role\":\"%s\",\"disabled\":%s}", role_name(user->role),
               user->is_disabled ? "true" : "false");
    struct audit_entry entry = {
        .who = who, .action = action, .subject = buf_to_slice(&subject), .detail = buf_to_slice(&detail)};
    bool good = audit_append(s, &entry, f);
    buf_release(&subject);
    buf_release(&detail);
    return good;
}

static bool insert_user(struct store *s, const struct user *user, const char *hash, struct fault *f)
{
    sqlite3_stmt *st = store_statement(s,
                                       "INSERT INTO user (name, role, password, must_change, disabled, "
                                       "created_at) VALUES (?1, ?2, ?3, ?4, 0, ?5)",
                                       f);
    if (!st)
        return false;
    bind_slice(st, 1, user->name);
    bind_text(st, 2, role_name(user->role));
    bind_text(st, 3, hash);
    bind_int(st, 4, user->must_change);
    bind_int(st, 5, user->created_at);
    return statement_run(st, f);
}

static bool name_is_free(struct store *s, struct slice name, struct fault *f)
{
    struct arena a = {0};
    struct user there;
    struct fault none = {0};
    bool taken = user_find(s, &a, name, &there, &none);
    arena_release(&a);
    return !taken || fault_set(f, FAULT_DUPLICATE, "tên đăng nhập", "\"%.*s\" đã có", (int)name.n, name.p);
}

bool user_add(struct store *s, const struct user *user, struct slice password, const char *who,
              struct fault *f)
{
    char hash[PASSWORD_BYTES];
    if (!check_name(user->name, f) || !check_password(password, user->name, f) ||
        !name_is_free(s, user->name, f) || !password_hash(password, hash, f) || !store_begin(s, f))
        return false;
    return store_finish(s, insert_user(s, user, hash, f) && note(s, user, "user.add", who, f), f);
}

static bool update_password(struct store *s, const struct user *user, const char *hash, struct fault *f)
{
    sqlite3_stmt *st = store_statement(
        s, "UPDATE user SET password = ?2, must_change = ?3, disabled = disabled AND NOT ?3 WHERE id = ?1",
        f);
    if (!st)
        return false;
    bind_int(st, 1, user->id);
    bind_text(st, 2, hash);
    bind_int(st, 3, user->must_change);
    return statement_run(st, f);
}

bool user_set_password(struct store *s, const struct user *user, struct slice password, const char *who,
                       struct fault *f)
{
    char hash[PASSWORD_BYTES];
    if (!check_password(password, user->name, f) || !password_hash(password, hash, f) || !store_begin(s, f))
        return false;
    return store_finish(s,
                        update_password(s, user, hash, f) && end_sessions(s, user->id, f) &&
                            forget_failures(s, user->name, f) && note(s, user, "user.password", who, f),
                        f);
}

static bool update_user(struct store *s, const struct user *user, struct fault *f)
{
    sqlite3_stmt *st = store_statement(s, "UPDATE user SET role = ?2, disabled = ?3 WHERE id = ?1", f);
    if (!st)
        return false;
    bind_int(st, 1, user->id);
    bind_text(st, 2, role_name(user->role));
    bind_int(st, 3, user->is_disabled);
    return statement_run(st, f);
}

bool user_change(struct store *s, const struct user *user, const char *who, struct fault *f)
{
    if (!store_begin(s, f))
        return false;
    return store_finish(
        s, update_user(s, user, f) && end_sessions(s, user->id, f) && note(s, user, "user.change", who, f),
        f);
}

bool factor_drop(struct store *s, const struct user *user, const char *who, struct fault *f)
{
    if (!store_begin(s, f))
        return false;
    return store_finish(s,
                        factor_forget(s, user->id, f) && end_sessions(s, user->id, f) &&
                            forget_failures(s, user->name, f) && note(s, user, "user.factor_drop", who, f),
                        f);
}

/* --- reading --- */

#define USER_COLUMNS                                                                                         \
    "id, name, role, must_change, disabled, created_at, coalesce(last_seen_at, 0), "                         \
    "id IN (SELECT user_id FROM second_factor WHERE confirmed_at > 0)"

static bool take_user(sqlite3_stmt *st, struct arena *a, struct user *user)
{
    *user = (struct user){.id = sqlite3_column_int64(st, 0),
                          .name = arena_slice(a, column_slice(st, 1)),
                          .must_change = sqlite3_column_int(st, 3) != 0,
                          .is_disabled = sqlite3_column_int(st, 4) != 0,
                          .created_at = sqlite3_column_int64(st, 5),
                          .last_seen_at = sqlite3_column_int64(st, 6),
                          .has_factor = sqlite3_column_int(st, 7) != 0};
    return role_find(column_slice(st, 2), &user->role);
}

bool user_find(struct store *s, struct arena *a, struct slice name, struct user *user, struct fault *f)
{
    sqlite3_stmt *st = store_statement(s, "SELECT " USER_COLUMNS " FROM user WHERE name = ?1", f);
    if (!st)
        return false;
    bind_slice(st, 1, name);
    bool found = statement_next(st, f) && take_user(st, a, user);
    sqlite3_reset(st);
    return found || fault_set(f, FAULT_NOT_FOUND, "tên đăng nhập", "\"%.*s\"", (int)name.n, name.p);
}

int user_list(struct store *s, struct arena *a, struct user **users)
{
    int64_t most = store_int(s, "SELECT count(*) FROM user", NULL, 0);
    sqlite3_stmt *st = store_statement(s, "SELECT " USER_COLUMNS " FROM user ORDER BY name", NULL);
    int count = 0;
    *users = ARENA_ARRAY(a, struct user, (size_t)most + 1);
    while (st && count < most && statement_next(st, NULL))
        count += take_user(st, a, &(*users)[count]);
    if (st)
        sqlite3_reset(st);
    return count;
}
