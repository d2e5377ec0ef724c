/* limit: how often one sender may do something. Private to mapd/. Any thread. Addresses are not kept: only a
 * hash with a salt of this process. */
#ifndef MAPD_LIMIT_H
#define MAPD_LIMIT_H

#include "layers/kit.h"

struct limiter;

/* `most` times within `window_s` seconds. */
struct limiter *limiter_new(int most, int window_s);
void limiter_free(struct limiter *l); /* NULL is fine */
/* Counts one try of `who` at the time `now_s`; false when it is one too many. */
bool limiter_take(struct limiter *l, struct slice who, int64_t now_s);

#endif
