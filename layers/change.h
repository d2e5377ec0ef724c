/* change: one transaction that is written down with what stood there before. Private to layers/.
 *
 *   change_begin → changes of register tables (the journal listens) → change_end: one row of `change`, and
 * the commit */
#ifndef LAYERS_CHANGE_H
#define LAYERS_CHANGE_H

#include "layers/journal.h"

struct change;

struct change_note {
    const char *undone; /* "batch", "decision", "saving": what `ref` was and is no more; NULL: an edit of
                           another kind */
    int64_t ref;
    const char *who, *what; /* what: a word or two, no restricted value */
};

/* *out is NULL after a failure, and change_end takes that. */
bool change_begin(struct change **out, struct store *s, struct fault *f) RESULT_MUST_BE_USED;
/* Commits when `good`, else takes everything back; frees the change. Gives `good` on, or false when writing
 * failed. */
bool change_end(struct change *c, bool good, const struct change_note *note, struct fault *f);

#endif
