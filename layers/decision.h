/* decision: what a person decided about places, written down so that it can be taken back. Private to
 * layers/; the door is review.h.
 *
 *   decision_begin → changes of register tables (the journal listens) → decision_end: one row of `decision`
 * with what stood there before, one entry of the audit, and the commit */
#ifndef LAYERS_DECISION_H
#define LAYERS_DECISION_H

#include "layers/journal.h"

struct decision {
    struct store *store;
    struct journal *journal;
};

struct decision_note {
    int64_t review_id;
    const char *who, *action;     /* "accept" "pin" "leave" "merge" "same" … */
    struct slice subject, detail; /* of the audit's entry; no restricted value in either */
};

/* Begins a transaction. KEY_MISSING: what stood there before could not be kept. */
bool decision_begin(struct decision *d, struct store *s, struct fault *f) RESULT_MUST_BE_USED;
/* Commits when `good`, else takes everything back. Gives `good` on, or false when writing failed. */
bool decision_end(struct decision *d, bool good, const struct decision_note *note, struct fault *f);

#endif
