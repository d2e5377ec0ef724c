/* account: members of staff, their sessions, second factor, tokens of programs (account.c, sign_in.c,
 * second_factor.c), and the record of
 * what was done (audit.c). Part of the door layers/layers.h; include that.
 *
 * Law: passwords and tokens are stored hashed. Every change of an account is an entry of the audit in the
 * same transaction. `now` is seconds since 1970. Functions with a `who` open their own transaction and commit
 * it quietly: nothing here can show in public. */
#ifndef LAYERS_ACCOUNT_H
#define LAYERS_ACCOUNT_H

#include "layers/kit.h"

struct store;

enum role {
#define ROLE(id, name, vi, en) ROLE_##id,
#include "layers/roles.def"
#undef ROLE
    ROLE_COUNT
};

const char *role_name(enum role role);
const char *role_title(enum role role, bool english);
bool role_find(struct slice name, enum role *role);

/* --- accounts (account.c) --- */

struct user {
    int64_t id;
    struct slice name;
    enum role role;
    bool must_change, is_disabled;
    bool has_factor;                  /* an authenticator app is paired */
    int64_t created_at, last_seen_at; /* 0: never */
    /* of a session alone: */
    bool is_proven;     /* signed in with the second factor too */
    int64_t factor_due; /* from when on the policy wants one of this role; 0: it does not */
};

enum { PASSWORD_LEAST = 14, PASSWORD_MOST = 200, SIGN_IN_FAILURES = 5, LOCK_S = 15 * 60, UNUSED_DAYS = 45 };

/* A password somebody else has chosen must be changed at the first sign-in. BAD_VALUE says what is wrong. */
bool user_add(struct store *s, const struct user *user, struct slice password, const char *who,
              struct fault *f) RESULT_MUST_BE_USED;
/* Ends all sessions of the user; unlocks and enables the account when somebody else sets it (must_change). */
bool user_set_password(struct store *s, const struct user *user, struct slice password, const char *who,
                       struct fault *f) RESULT_MUST_BE_USED;
/* Role and disabled or not; ends all sessions of the user. */
bool user_change(struct store *s, const struct user *user, const char *who,
                 struct fault *f) RESULT_MUST_BE_USED;
/* NOT_FOUND names the user. Text in the arena. */
bool user_find(struct store *s, struct arena *a, struct slice name, struct user *user,
               struct fault *f) RESULT_MUST_BE_USED;
int user_list(struct store *s, struct arena *a, struct user **users);
/* Accounts that nobody has used for UNUSED_DAYS are put to rest, as at their next sign-in; their number in
 * *rested. */
bool user_rest_unused(struct store *s, int64_t now, int *rested, struct fault *f) RESULT_MUST_BE_USED;

/* --- signing in (sign_in.c) --- */

enum sign_in { SIGN_IN_GOOD, SIGN_IN_WRONG, SIGN_IN_LOCKED };

struct sign_in_request {
    struct slice name, password;
    int64_t now;
};

/* Unknown name, wrong password and disabled account look the same and take the same time. GOOD starts a
 * session. */
bool session_sign_in(struct store *s, const struct sign_in_request *r, enum sign_in *result, char token[65],
                     struct fault *f) RESULT_MUST_BE_USED;
/* Whose session it is; false when there is none or it has been idle for too long. */
bool session_find(struct store *s, struct arena *a, struct slice token, int64_t now, struct user *user);
bool session_end(struct store *s, struct slice token, struct fault *f) RESULT_MUST_BE_USED;
/* Another token for the same session: after a change of what it may do. */
bool session_renew(struct store *s, int64_t user_id, int64_t now, char token[65],
                   struct fault *f) RESULT_MUST_BE_USED;
int session_idle_s(enum role role);

/* --- the second factor (second_factor.c): RFC 6238 with 6 digits, 30 s and SHA-1, as authenticator apps have
 * it --- */

enum { RECOVERY_CODES = 10 };
typedef char recovery_codes[RECOVERY_CODES][FIRST_PASSWORD_LENGTH + 1];

/* What somebody who is signed in types: six digits of his app, or a recovery code in any case, with or
 * without its hyphen. A code is taken once; wrong ones count as failed sign-ins. */
struct factor_request {
    const struct user *user;
    struct slice typed;
    int64_t now;
};

/* A new secret for an app that is not paired yet. KEY_MISSING without the key; BAD_STATE when one is paired.
 */
bool factor_begin(struct store *s, const struct user *user, struct fault *f) RESULT_MUST_BE_USED;
/* That secret in base 32; empty when there is none. In the arena. */
bool factor_secret(struct store *s, struct arena *a, const struct user *user, struct slice *secret,
                   struct fault *f) RESULT_MUST_BE_USED;
/* GOOD: the app shows the right code and is paired, the codes are new, all sessions of the user end and
 * `token` is of another one. */
bool factor_confirm(struct store *s, const struct factor_request *r, enum sign_in *result,
                    recovery_codes codes, char token[65], struct fault *f) RESULT_MUST_BE_USED;
/* GOOD: `token` is of another session, one that is proven, in the place of `old`. */
bool factor_prove(struct store *s, const struct factor_request *r, struct slice old, enum sign_in *result,
                  char token[65], struct fault *f) RESULT_MUST_BE_USED;
/* GOOD: other recovery codes instead of those before. */
bool factor_renew_codes(struct store *s, const struct factor_request *r, enum sign_in *result,
                        recovery_codes codes, struct fault *f) RESULT_MUST_BE_USED;
/* GOOD: no app is paired any more: for another telephone. */
bool factor_leave(struct store *s, const struct factor_request *r, enum sign_in *result,
                  struct fault *f) RESULT_MUST_BE_USED;
/* The same by an administrator, without a code; ends all sessions of the user and forgets his failures. */
bool factor_drop(struct store *s, const struct user *user, const char *who,
                 struct fault *f) RESULT_MUST_BE_USED;
int factor_codes_left(struct store *s, const struct user *user);

/* --- tokens of programs (sign_in.c) --- */

struct api_token {
    struct slice name;
    enum role role;
    int64_t created_at, expires_at, revoked_at;
};

bool token_add(struct store *s, const struct api_token *t, const char *who, char token[65],
               struct fault *f) RESULT_MUST_BE_USED;
bool token_revoke(struct store *s, struct slice name, int64_t now, const char *who,
                  struct fault *f) RESULT_MUST_BE_USED;
int token_list(struct store *s, struct arena *a, struct api_token **tokens);
/* The token as a user with id 0. */
bool token_find(struct store *s, struct arena *a, struct slice token, int64_t now, struct user *user);

/* --- what was done (audit.c) --- */

struct audit_entry {
    const char *who, *action;     /* "private.read" */
    struct slice subject, detail; /* "place 0MASW…"; never a restricted value */
};

struct audit_line {
    int64_t id;
    struct slice at, who, action, subject, detail;
};

/* Inside a transaction. */
bool audit_append(struct store *s, const struct audit_entry *entry, struct fault *f) RESULT_MUST_BE_USED;
/* One line a break of the chain. */
bool audit_verify(struct store *s, struct buf *out, uint64_t *findings, struct fault *f) RESULT_MUST_BE_USED;

struct audit_query {
    struct slice who;     /* empty: anybody */
    struct slice action;  /* how it begins; empty: any */
    struct slice subject; /* what stands in it; empty: any */
    struct date from, to; /* local days, both included; no date: open */
    int64_t before;       /* id; 0: from the newest */
    int limit;
};

int audit_list(struct store *s, const struct audit_query *q, struct arena *a, struct audit_line **lines);

#endif
