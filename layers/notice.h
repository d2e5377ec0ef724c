/* notice: what residents tell the office without an account: a wrong entry, or a code pasted over (domain.md
 * B.3, D.5). Part of the door layers/layers.h; include that.
 *
 * Law: text and contact stand sealed; who reads them writes the audit first. A notice alone changes no public
 * byte: evidence is suspended only when staff confirm, or when two senders say the same on two days. */
#ifndef LAYERS_NOTICE_H
#define LAYERS_NOTICE_H

#include "layers/kit.h"

struct store;

enum { NOTICE_TEXT_MOST = 1000, NOTICE_CONTACT_MOST = 100, NOTICES_OPEN_MOST = 20 };

struct notice {
    int64_t id;
    struct slice code;  /* canonical; empty when the code read is nobody's */
    struct slice about; /* a word of the set "about": "name", "address" …; "tamper" makes the kind */
    struct slice text, contact;
    struct slice origin; /* address of the sender: only its keyed hash is kept */
    struct date due_on;  /* written by notice_put */
};

/* Its own transaction. KEY_MISSING without the key; BUSY when the place has NOTICES_OPEN_MOST open already.
 */
bool notice_put(struct store *s, struct notice *n, struct fault *f) RESULT_MUST_BE_USED;

struct notice_line {
    int64_t id;
    struct slice code, name; /* of the place; may be empty */
    struct slice kind, about, state, received_at, due_on, decided_by, decided_at, answer;
    struct slice text, contact; /* only by notice_read */
    bool is_overdue;
};

/* Open and confirmed ones by deadline, then the latest closed ones; `code` empty: of all places. */
int notice_list(struct store *s, struct arena *a, struct slice code, int limit, struct notice_line **lines);
int64_t notice_count(struct store *s); /* those not closed */
/* With text and contact opened; an entry of the audit says who read them. Its own transaction. */
bool notice_read(struct store *s, struct arena *a, int64_t id, const char *who, struct notice_line *line,
                 struct fault *f) RESULT_MUST_BE_USED;

struct notice_decision {
    const char *who;
    struct slice state;  /* "confirmed" (tamper only), "done", "rejected" */
    struct slice answer; /* what was found and done; no personal data */
};

/* Its own transaction and entry of the audit. Confirming a tampered code suspends the acceptance evidence of
 * the place (verified → disputed, cause qr_tamper); closing the last such notice upholds it again, except
 * what the same person had verified: then BAD_STATE, and somebody else closes it. */
bool notice_decide(struct store *s, int64_t id, const struct notice_decision *d,
                   struct fault *f) RESULT_MUST_BE_USED;

#endif
