/* feed: what changed in a public layer since a cursor, for the agency above: every feature once, at its
 * latest, and a tombstone for what is gone. Part of the door layers/layers.h; include that.
 *
 * Law: the feed tells public features only. What changed is found by comparing with what was told last, so
 * that nothing is missed however it came about: an import, an edit in QGIS, a certificate that ran out at
 * midnight. */
#ifndef LAYERS_FEED_H
#define LAYERS_FEED_H

#include "layers/read.h"

struct feed_query {
    const struct snapshot *snapshot;
    enum layer_id layer;
    int64_t cursor; /* 0: from the beginning */
    int limit;
};

/* One page as JSON, appended to `out`; brings the record of what was told up to date in a quiet transaction
 * of its own. `agency` is the code under which the receiver knows this office. */
bool feed_page(struct store *s, const struct feed_query *q, const char *agency, struct buf *out,
               struct fault *f) RESULT_MUST_BE_USED;

#endif
