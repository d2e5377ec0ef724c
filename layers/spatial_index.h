/* spatial_index: the R*Tree of `place` in one go. Private to layers/. */
#ifndef LAYERS_SPATIAL_INDEX_H
#define LAYERS_SPATIAL_INDEX_H

#include "layers/store_private.h"

/* Whether a list of this many rows is long enough, beside the places already there, that the index is better
 * made anew than kept row by row. */
bool spatial_index_is_worth(struct store *s, uint64_t rows);
/* From here to spatial_index_resume no trigger runs on this connection. The schema is not touched: whoever
 * opens the file next, after a crash too, finds every trigger in its place. */
void spatial_index_pause(struct store *s);
void spatial_index_resume(struct store *s);
/* Makes the index of place.geom from the places themselves, inside the caller's transaction. */
bool spatial_index_rebuild(struct store *s, struct fault *f) RESULT_MUST_BE_USED;

#endif
