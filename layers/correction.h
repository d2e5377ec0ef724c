/* correction: a decision of staff that teaches the geocoder, and what it may write. Part of the door
 * layers/layers.h; include that. import/learn.c decides what a correction teaches; here it is stored, as one
 * decision of the review queue (decision_list, decision_undo in review.h).
 *
 * Law: an automatic answer is never written as a house point, an alias or a remembered address. */
#ifndef LAYERS_CORRECTION_H
#define LAYERS_CORRECTION_H

/* --- one correction --- */

struct correction; /* under way; between begin and commit everything written is its own */

/* Begins a transaction. KEY_MISSING: what stood there before could not be kept. */
bool correction_begin(struct correction **out, struct store *s, struct fault *f) RESULT_MUST_BE_USED;

struct correction_note {
    int64_t review_id;
    const char *who, *action; /* "pin" "accept" "alias" */
    struct slice code;        /* of the place decided on */
    uint64_t placed;          /* other rows that found their place by it */
};

/* Commits, publishes and closes it; *id for decision_undo. */
bool correction_commit(struct correction *c, const struct correction_note *note, int64_t *id,
                       struct fault *f) RESULT_MUST_BE_USED;
void correction_cancel(struct correction *c); /* takes everything back and closes; NULL is fine */

/* --- what it may write; inside a transaction --- */

/* A typed form of a street's name, in the form of text_fold_marks. A proposal counts once a call and becomes
 * a name like any other (strong) when two agree; `is_sure`: at once. Such names are never public. */
struct alias_vote {
    int64_t street_id;
    struct slice name;
    bool is_sure;
};
bool alias_vote(struct store *s, const struct alias_vote *v, struct fault *f) RESULT_MUST_BE_USED;

/* An address stands where a person put it; a later word about it counts. */
struct address_memory {
    struct slice key; /* geocode_result.key */
    int64_t place_id; /* 0: none */
    const char *who;
    struct place_position position;
};
bool address_remember(struct store *s, const struct address_memory *m, struct fault *f) RESULT_MUST_BE_USED;

/* --- rows that could stand better --- */

struct unplaced {
    int64_t place_id, review_id; /* review_id 0: it stands somewhere, but not at a known house */
    struct slice fault_group, address, group, ward;
    struct place_position position;
};

/* Businesses with an open question whose fault group begins with a code and ":"; by review. */
int unplaced_waiting(struct store *s, struct arena *a, struct unplaced **out);
/* Businesses that stand in this street and alley by reckoning ("interpolated", "street"), not by a decision.
 */
int unplaced_reckoned(struct store *s, struct arena *a, int64_t street_id, struct slice chain,
                      struct unplaced **out);

/* The same of one place, whatever became of it; false when it is no establishment or has no address. */
bool unplaced_read(struct store *s, struct arena *a, int64_t place_id, struct unplaced *out);

struct replaced {
    struct unplaced row;
    struct place_position position;
    int64_t street_id, group_id, ward_id; /* group and ward 0: as they were */
    struct slice number, chain;
};

/* Moves the place and closes its question (decision "placed"). */
bool place_again(struct store *s, const struct replaced *r, struct fault *f) RESULT_MUST_BE_USED;
/* The question is another one now. */
bool review_ask_again(struct store *s, int64_t review_id, const struct review *r,
                      struct fault *f) RESULT_MUST_BE_USED;

#endif
