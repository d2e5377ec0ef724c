/* review: what the pages of the review queue share. Private to mapd/.
 *
 *   serve_queue.c (counters, kinds of question, what was decided, the list as a file) → serve_review.c (one
 *   question about where) or serve_duplicate.c (two records side by side) → layers/review.h */
#ifndef MAPD_REVIEW_H
#define MAPD_REVIEW_H

#include "layers/layers.h"
#include "mapd/staff.h"

enum { CANDIDATES_MOST = 20 };

/* A candidate as the question keeps it: a position, or another place by its code. */
struct candidate {
    bool is_place;
    struct slice code, street, position, why;
    struct lonlat at;
    double accuracy_m, score; /* accuracy always set: the usual one of such a position when none was kept */
};

int candidates_read(struct slice json, struct arena *a, struct candidate out[CANDIDATES_MOST]);

const char *review_url(const struct call *c, int64_t id);
/* Links to the next question of this kind and past this kind, with their keys; the last decision of this
 * person and the button that takes it back. */
void review_steps(const struct call *c, struct buf *out, const struct review_item *item);
void review_last(const struct call *c, struct buf *out);
/* Where to go when this question is decided: the next of its kind, else of any kind, else the queue. */
const char *review_after(const struct call *c, int64_t id);

/* The comparison with every candidate and its buttons. */
void duplicate_html(const struct call *c, struct buf *out, const struct review_item *item);
bool duplicate_decide(const struct call *c, struct reply *r, const struct review_item *item,
                      struct fault *f) RESULT_MUST_BE_USED;

#endif
