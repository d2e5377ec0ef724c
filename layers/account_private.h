/* account_private: what account.c, sign_in.c and second_factor.c share. All inside a transaction but
 * sign_in_is_locked. */
#ifndef LAYERS_ACCOUNT_PRIVATE_H
#define LAYERS_ACCOUNT_PRIVATE_H

#include "layers/store_private.h"

void bind_hash(sqlite3_stmt *st, int index, struct slice text); /* its SHA-256 */

/* --- failures: five lock a name, whatever was wrong, the password or the code (sign_in.c) --- */

bool sign_in_is_locked(struct store *s, struct slice name, int64_t now);
bool count_failure(struct store *s, struct slice name, int64_t now, struct fault *f);
bool forget_failures(struct store *s, struct slice name, struct fault *f);

/* --- sessions (sign_in.c) --- */

struct fresh_session {
    int64_t user_id, now;
    bool is_proven;
};
bool session_start(struct store *s, const struct fresh_session *fresh, char token[TOKEN_LENGTH + 1],
                   struct fault *f);
bool session_delete(struct store *s, struct slice token, struct fault *f);
bool end_sessions(struct store *s, int64_t user_id, struct fault *f);

/* --- the second factor (second_factor.c) --- */

bool factor_forget(struct store *s, int64_t user_id, struct fault *f);
/* From when on the policy wants a second factor of this user; 0: it does not. */
int64_t factor_due(struct store *s, const struct user *user);

#endif
