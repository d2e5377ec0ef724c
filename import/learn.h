/* learn: decisions of staff about where rows stand, and what the geocoder learns from them
 * (geocoding.md 3.5).
 *
 *   a point      the place stands there; the address is remembered; its number becomes a known house of the
 *                street when the point lies at that street; the name as typed is proposed as an alias
 *   a candidate  the place stands where the geocoder thought; the address is remembered for what it is; the
 * name as typed is proposed as an alias an alias     the name as typed is this street's: every waiting row
 * that it places is placed
 *
 * Afterwards the rows that the new knowledge touches are placed again, and only those. Every decision is one
 * transaction that learn_undo takes back exactly (layers/review.h). Law: an automatic answer never
 * becomes knowledge; a name that is another street's is never learnt. Coordinates are longitude, latitude in
 * degrees. */
#ifndef IMPORT_LEARN_H
#define IMPORT_LEARN_H

#include "import/import.h"

struct learn_question {
    int64_t review_id;
    const char *who;
};

struct lesson {
    int64_t id;      /* for learn_undo; a line of decision_list */
    uint64_t placed; /* rows beside the one decided on that found a place or a better one */
};

/* One row by a point on the map. The accuracy is an officer's pin: 15 m. Faults: NOT_FOUND, BAD_STATE when it
 * was decided or has no place. */
bool learn_point(struct store *s, const struct learn_question *q, struct lonlat at, struct lesson *out,
                 struct fault *f) RESULT_MUST_BE_USED;
/* One row by a candidate of its question, counted from 0 in the stored array. BAD_PARAMETER when there is no
 * such. */
bool learn_candidate(struct store *s, const struct learn_question *q, int candidate, struct lesson *out,
                     struct fault *f) RESULT_MUST_BE_USED;
/* What an officer's pin on the map teaches, as learn_point does, inside the transaction that moves the place
 * (place_pin.teach): undone with it. `context` is a struct pin_lesson; of a place without an address nothing
 * is learnt. */
struct pin_lesson {
    struct store *store;
    int64_t place_id;
    const char *who;
    struct lonlat at;
};
bool learn_pin(const void *pin_lesson, struct fault *f) RESULT_MUST_BE_USED;
/* All rows that write the name as this one does: it is the name of that street. BAD_STATE when the question
 * is not about a name, or the name belongs to another street. */
bool learn_alias(struct store *s, const struct learn_question *q, int64_t street_id, struct lesson *out,
                 struct fault *f) RESULT_MUST_BE_USED;
/* The name as typed that learn_alias would learn; empty when the question is not about a name,
 * or no name can be learnt from it. In the arena.
 */
struct slice learn_typed_name(struct store *s, struct arena *a, int64_t review_id);
bool learn_undo(struct store *s, int64_t lesson, const char *who, struct fault *f) RESULT_MUST_BE_USED;

/* After the gazetteer grew, inside a transaction: places the waiting rows that now have an automatic answer;
 * how many in *placed. */
bool learn_place_waiting(struct store *s, uint64_t *placed, struct fault *f) RESULT_MUST_BE_USED;

#endif
