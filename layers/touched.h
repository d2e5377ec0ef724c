/* touched: what the changes of the file touched since a read copy was made, and the public views over that
 * alone. Private to layers/.
 *
 * Triggers of the file write the notes (schema.sql), whoever changes it. A copy knows the number of the last
 * note it has seen; the next copy is made from it and from the places noted since. The views over those
 * places are the same texts as the views of the file, but with the tables of touched.def narrowed to them:
 * there is no second definition that could say something else. */
#ifndef LAYERS_TOUCHED_H
#define LAYERS_TOUCHED_H

#include "layers/store_private.h"

/* Number of the last note. */
int64_t touched_last(struct store *s);
/* Notes that everything may be another: for who changes much with triggers off. */
bool touched_everything(struct store *s, struct fault *f) RESULT_MUST_BE_USED;
/* Drops old notes; before every commit. */
bool touched_prune(struct store *s, struct fault *f) RESULT_MUST_BE_USED;

/* Once for a connection that is to make patches. */
bool touched_prepare(struct store *s, struct fault *f) RESULT_MUST_BE_USED;

struct touched {
    uint32_t *places; /* ascending, each once; malloc, with room for at least one */
    uint32_t count;
    bool has_face;       /* streets or base layers too */
    bool has_everything; /* or more than `most` places, or notes are missing: no patch can tell */
};

/* What was noted after `note`; the views of touched_sql then show it. Inside a transaction. */
bool touched_since(struct touched *t, struct store *s, int64_t note, uint32_t most,
                   struct fault *f) RESULT_MUST_BE_USED;
void touched_release(struct touched *t);
/* The query of a layer of places over what was touched; NULL for layers that are read whole. */
const char *touched_sql(enum layer_id id);

#endif
