/* second_factor: what an authenticator app shows (RFC 6238), and recovery codes for who has lost it. The one
 * includer of liboath.
 *
 * Law: the secret is sealed; recovery codes (100 random bits) stand in the file as SHA-256. No code is taken
 * twice: neither a recovery code nor any step of the app up to the last one taken. Each attempt is an entry
 * of the audit, and five wrong ones lock the name as wrong passwords do. */
#include "layers/account_private.h"

#include <liboath/oath.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STEP_S = 30, STEPS_ASIDE = 1, DIGITS = 6, SECRET_BYTES = 20 };

int64_t factor_due(struct store *s, const struct user *user)
{
    static const char SQL[] =
        "SELECT ?2 + 86400 * coalesce((SELECT value + 0 FROM policy_today WHERE key = "
        "'staff.second_factor_days'), 0) FROM policy_today WHERE key = 'staff.second_factor' AND"
        " instr(' ' || value || ' ', ' ' || ?1 || ' ') > 0";
    sqlite3_stmt *st = store_statement(s, SQL, NULL);
    if (!st)
        return 0;
    bind_text(st, 1, role_name(user->role));
    bind_int(st, 2, user->created_at);
    int64_t due = statement_next(st, NULL) ? sqlite3_column_int64(st, 0) : 0;
    sqlite3_reset(st);
    return due;
}

static bool note(struct store *s, const struct user *user, const char *action, struct fault *f)
{
    char who[64];
    struct buf subject = {0};
    snprintf(who, sizeof who, "%.*s", (int)(user->name.n < 60 ? user->name.n : 60), user->name.p);
    buf_text(&subject, "user ");
    buf_slice(&subject, user->name);
    struct audit_entry entry = {
        .who = who, .action = action, .subject = buf_to_slice(&subject), .detail = SLICE("")};
    bool good = audit_append(s, &entry, f);
    buf_release(&subject);
    return good;
}

static bool run_for_user(struct store *s, const char *sql, int64_t user_id, struct fault *f)
{
    sqlite3_stmt *st = store_statement(s, sql, f);
    if (!st)
        return false;
    bind_int(st, 1, user_id);
    return statement_run(st, f);
}

bool factor_forget(struct store *s, int64_t user_id, struct fault *f)
{
    return run_for_user(s, "DELETE FROM second_factor WHERE user_id = ?1", user_id, f) &&
           run_for_user(s, "DELETE FROM recovery_code WHERE user_id = ?1", user_id, f);
}

/* --- the secret --- */

struct paired {
    bool is_there, is_confirmed;
    int64_t last_step;
    struct buf secret; /* opened */
};

static void forget(struct paired *p)
{
    if (p->secret.p)
        explicit_bzero(p->secret.p, p->secret.n);
    buf_release(&p->secret);
}

static bool read_paired(struct store *s, const struct user *user, struct paired *p, struct fault *f)
{
    sqlite3_stmt *st = store_statement(
        s, "SELECT secret, coalesce(confirmed_at, 0), last_step FROM second_factor WHERE user_id = ?1", f);
    *p = (struct paired){0};
    if (!st)
        return false;
    bind_int(st, 1, user->id);
    bool good = true;
    if (statement_next(st, f)) {
        p->is_there = true;
        p->is_confirmed = sqlite3_column_int64(st, 1) > 0;
        p->last_step = sqlite3_column_int64(st, 2);
        good = store_key(s) && key_unseal(store_key(s), column_bytes(st, 0), &p->secret);
        sqlite3_reset(st);
    }
    return good || fault_set(f, FAULT_KEY_MISSING, NULL, "%s", "");
}

static bool put_secret(struct store *s, const struct user *user, struct slice secret, struct fault *f)
{
    struct buf sealed = {0};
    sqlite3_stmt *st =
        store_statement(s, "INSERT OR REPLACE INTO second_factor (user_id, secret) VALUES (?1, ?2)", f);
    key_seal(store_key(s), secret, &sealed);
    if (st) {
        bind_int(st, 1, user->id);
        bind_bytes(st, 2, buf_to_slice(&sealed));
    }
    buf_release(&sealed);
    return st && statement_run(st, f);
}

bool factor_begin(struct store *s, const struct user *user, struct fault *f)
{
    unsigned char secret[SECRET_BYTES];
    if (!store_key(s))
        return fault_set(f, FAULT_KEY_MISSING, NULL, "%s", "");
    if (user->has_factor)
        return fault_set(f, FAULT_BAD_STATE, NULL, "%s", "đã ghép một ứng dụng");
    secret_random(secret, sizeof secret);
    bool good =
        store_begin(s, f) &&
        store_finish(s, put_secret(s, user, (struct slice){(const char *)secret, sizeof secret}, f), f);
    explicit_bzero(secret, sizeof secret);
    return good;
}

bool factor_secret(struct store *s, struct arena *a, const struct user *user, struct slice *secret,
                   struct fault *f)
{
    struct paired p;
    char *text = NULL;
    size_t n = 0;
    *secret = (struct slice){"", 0};
    bool good = read_paired(s, user, &p, f);
    if (good && p.is_there && !p.is_confirmed) {
        good = oath_base32_encode(p.secret.p, p.secret.n, &text, &n) == OATH_OK ||
               fault_set(f, FAULT_INTERNAL, "liboath", "%s", "");
        *secret = good ? arena_slice(a, (struct slice){text, n}) : *secret;
        free(text);
    }
    forget(&p);
    return good;
}

/* --- codes --- */

static bool is_digits(struct slice typed, char out[DIGITS + 1])
{
    size_t n = 0;
    for (size_t i = 0; i < typed.n; i++) {
        if (typed.p[i] == ' ')
            continue;
        if (typed.p[i] < '0' || typed.p[i] > '9' || n == DIGITS)
            return false;
        out[n++] = typed.p[i];
    }
    out[n] = '\0';
    return n == DIGITS;
}

/* The step of a right code that was not taken before; 0: none. A last step that lies ahead was taken when the
 * clock was wrong, and says nothing. */
static int64_t step_of(const struct paired *p, const char *code, int64_t now)
{
    uint64_t step = 0;
    int aside = 0;
    if (oath_init() != OATH_OK ||
        oath_totp_validate3(p->secret.p, p->secret.n, now, STEP_S, 0, STEPS_ASIDE, &aside, &step, code) < 0)
        return 0;
    bool is_ahead = p->last_step > now / STEP_S + STEPS_ASIDE;
    return (int64_t)step > p->last_step || is_ahead ? (int64_t)step : 0;
}

static bool take_step(struct store *s, const struct factor_request *r, int64_t step, struct fault *f)
{
    sqlite3_stmt *st = store_statement(s,
                                       "UPDATE second_factor SET last_step = ?2, confirmed_at = "
                                       "coalesce(confirmed_at, ?3) WHERE user_id = ?1",
                                       f);
    if (!st)
        return false;
    bind_int(st, 1, r->user->id);
    bind_int(st, 2, step);
    bind_int(st, 3, r->now);
    return statement_run(st, f);
}

/* Capitals without hyphen and blanks; O, I and L are read as in public codes. */
static struct slice canonical(struct slice typed, char out[FIRST_PASSWORD_LENGTH])
{
    size_t n = 0;
    for (size_t i = 0; i < typed.n && n < FIRST_PASSWORD_LENGTH; i++) {
        char c = typed.p[i];
        if (c == '-' || c == ' ')
            continue;
        c = c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
        out[n++] = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
    }
    return (struct slice){out, n};
}

static bool take_recovery(struct store *s, const struct factor_request *r, bool *taken, struct fault *f)
{
    char code[FIRST_PASSWORD_LENGTH];
    sqlite3_stmt *st = store_statement(s, "DELETE FROM recovery_code WHERE hash = ?1 AND user_id = ?2", f);
    if (!st)
        return false;
    bind_hash(st, 1, canonical(r->typed, code));
    bind_int(st, 2, r->user->id);
    bool good = statement_run(st, f);
    *taken = good && sqlite3_changes(store_handle(s)) > 0;
    return good;
}

/* Inside a transaction: whether what was typed is right, and then it is used up. */
static bool take(struct store *s, const struct factor_request *r, bool *taken, struct fault *f)
{
    char code[DIGITS + 1];
    struct paired p;
    *taken = false;
    if (!is_digits(r->typed, code))
        return !r->user->has_factor || take_recovery(s, r, taken, f);
    bool good = read_paired(s, r->user, &p, f);
    int64_t step = good && p.is_there ? step_of(&p, code, r->now) : 0;
    *taken = step > 0;
    good = good && (!step || take_step(s, r, step, f));
    forget(&p);
    return good;
}

/* What every attempt has: the lock, the count of failures, the entry. When the code was right, `then` goes on
 * in the same transaction. */
struct attempt {
    const struct factor_request *r;
    const char *action; /* of the entry when it was right */
    bool (*then)(struct store *s, struct attempt *a, struct fault *f);
    struct slice old; /* session that ends */
    char *token;
    recovery_codes *codes;
};

static bool go_on(struct store *s, struct attempt *a, enum sign_in *result, struct fault *f)
{
    const struct user *user = a->r->user;
    bool taken = false;
    if (!take(s, a->r, &taken, f))
        return false;
    *result = taken ? SIGN_IN_GOOD : SIGN_IN_WRONG;
    if (!taken)
        return count_failure(s, user->name, a->r->now, f) && note(s, user, "factor.refused", f);
    return forget_failures(s, user->name, f) && a->then(s, a, f) && note(s, user, a->action, f);
}

static bool start_proven(struct store *s, struct attempt *a, struct fault *f)
{
    return session_start(s, &(struct fresh_session){a->r->user->id, a->r->now, true}, a->token, f);
}

static bool put_codes(struct store *s, struct attempt *a, struct fault *f)
{
    bool good = run_for_user(s, "DELETE FROM recovery_code WHERE user_id = ?1", a->r->user->id, f);
    for (int i = 0; good && i < RECOVERY_CODES; i++) {
        char code[FIRST_PASSWORD_LENGTH];
        sqlite3_stmt *st = store_statement(s, "INSERT INTO recovery_code (hash, user_id) VALUES (?1, ?2)", f);
        if (!st)
            return false;
        password_random((*a->codes)[i]);
        bind_hash(st, 1, canonical(slice_of((*a->codes)[i]), code));
        bind_int(st, 2, a->r->user->id);
        good = statement_run(st, f);
    }
    return good;
}

static bool pair(struct store *s, struct attempt *a, struct fault *f)
{
    return put_codes(s, a, f) && end_sessions(s, a->r->user->id, f) && start_proven(s, a, f);
}

static bool attempt(struct store *s, struct attempt *a, enum sign_in *result, struct fault *f)
{
    *result = SIGN_IN_LOCKED;
    if ((a->then != pair) != a->r->user->has_factor)
        return fault_set(f, FAULT_BAD_STATE, NULL, "%s",
                         a->then == pair ? "đã ghép một ứng dụng" : "chưa ghép ứng dụng nào");
    if (sign_in_is_locked(s, a->r->user->name, a->r->now))
        return true;
    return store_begin(s, f) && store_finish(s, go_on(s, a, result, f), f);
}

bool factor_confirm(struct store *s, const struct factor_request *r, enum sign_in *result,
                    recovery_codes codes, char token[TOKEN_LENGTH + 1], struct fault *f)
{
    struct attempt a = {
        .r = r, .action = "factor.pair", .then = pair, .token = token, .codes = (recovery_codes *)codes};
    return attempt(s, &a, result, f);
}

static bool change_session(struct store *s, struct attempt *a, struct fault *f)
{
    return session_delete(s, a->old, f) && start_proven(s, a, f);
}

bool factor_prove(struct store *s, const struct factor_request *r, struct slice old, enum sign_in *result,
                  char token[TOKEN_LENGTH + 1], struct fault *f)
{
    char digits[DIGITS + 1];
    struct attempt a = {.r = r,
                        .action = is_digits(r->typed, digits) ? "sign_in.code" : "sign_in.recovery",
                        .then = change_session,
                        .old = old,
                        .token = token};
    return attempt(s, &a, result, f);
}

bool factor_renew_codes(struct store *s, const struct factor_request *r, enum sign_in *result,
                        recovery_codes codes, struct fault *f)
{
    struct attempt a = {
        .r = r, .action = "factor.codes", .then = put_codes, .codes = (recovery_codes *)codes};
    return attempt(s, &a, result, f);
}

static bool leave(struct store *s, struct attempt *a, struct fault *f)
{
    return factor_forget(s, a->r->user->id, f);
}

bool factor_leave(struct store *s, const struct factor_request *r, enum sign_in *result, struct fault *f)
{
    struct attempt a = {.r = r, .action = "factor.leave", .then = leave};
    return attempt(s, &a, result, f);
}

int factor_codes_left(struct store *s, const struct user *user)
{
    sqlite3_stmt *st = store_statement(s, "SELECT count(*) FROM recovery_code WHERE user_id = ?1", NULL);
    if (!st)
        return 0;
    bind_int(st, 1, user->id);
    int left = statement_next(st, NULL) ? sqlite3_column_int(st, 0) : 0;
    sqlite3_reset(st);
    return left;
}
