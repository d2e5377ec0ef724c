/* saving: one change by hand. Private to layers/.
 *
 *   saving_begin → changes of register tables (the journal listens), a line of saving_note for each →
 * saving_end: one row of `place_edit`, one entry of the audit, the commit
 *
 * Law: `changes` holds nothing restricted. What a saving wrote is taken back by place_edit_undo, exactly or
 * not at all. Needs the key. */
#ifndef LAYERS_SAVING_H
#define LAYERS_SAVING_H

#include "layers/journal.h"

struct saving {
    struct store *store;
    struct journal *journal;
    struct buf changes; /* for place_edit.changes */
    const char *who;
    int64_t place_id;
};

bool saving_begin(struct saving *g, struct fault *f) RESULT_MUST_BE_USED;
/* A field and what stood and stands there: said on the record, so nothing restricted. */
void saving_note(struct saving *g, const char *field, struct slice before, struct slice after);
/* Commits when `good` and something was noted; takes all back otherwise. */
bool saving_end(struct saving *g, struct arena *a, bool good, struct fault *f);
/* An entry about the place of this code, inside the open transaction. */
bool saving_audit(struct store *s, const char *who, const char *action, const char *code, const char *detail,
                  struct fault *f);

/* Nine digits and more with nothing but blanks, points and hyphens between them: somebody's number. */
bool text_holds_phone(struct slice text);
/* Whether the text holds the name of the owner of this place, spelling aside (domain.md C.7). */
bool text_names_owner(struct store *s, int64_t place_id, struct slice text);

#endif
