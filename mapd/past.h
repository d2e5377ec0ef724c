/* past: read copies of other days, kept for the next question about the same day. Private to mapd/. */
#ifndef MAPD_PAST_H
#define MAPD_PAST_H

#include "layers/layers.h"

struct past;
/* `path` and `key_path` (NULL: beside the file) must outlive it. */
struct past *past_new(const char *path, const char *key_path);
void past_free(struct past *p);

struct past_query {
    int64_t revision;             /* of the file as it is now */
    const char *as_of, *known_at; /* as in struct vantage; at least one */
};

/* A reference, given back with snapshot_release; NULL with the fault filled. Any thread; one copy is made at
 * a time. */
const struct snapshot *past_get(struct past *p, const struct past_query *q, struct fault *f);

#endif
