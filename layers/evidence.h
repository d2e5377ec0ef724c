/* evidence: the workflow around items of evidence (domain.md B.3): who brings one, who verifies it, who
 * disputes it and who decides. Part of the door layers/layers.h; include that. Importing stands in payment.c.
 *
 * Law: a state moves only along domain.md B.3, each move is an event with who and when and an entry of the
 * audit. Four eyes: nobody verifies what he brought, nobody decides a dispute about what he verified. */
#ifndef LAYERS_EVIDENCE_H
#define LAYERS_EVIDENCE_H

#include "layers/kit.h"

struct image;
struct store;

struct evidence_line {
    int64_t id;
    struct slice code, name; /* of the place */
    struct slice class, method, happened_on, minutes, state, created_by, verified_by;
    struct slice moved_at, moved_by, reason; /* the last move */
    struct slice decide_by; /* of a dispute: ten working days (policy dispute.days); else empty */
    bool passed, is_overdue;
    bool has_picture, shares_picture; /* shares: another place shows the same one */
    struct slice taken_on;            /* what the camera said, or empty */
    int64_t distance_m;               /* from the place to where it was taken; -1: not known */
};

struct evidence_query {
    struct slice code, state; /* empty: any */
    int limit;
};

/* Disputed ones first, then by day, the latest first. */
int evidence_list(struct store *s, struct arena *a, const struct evidence_query *q,
                  struct evidence_line **lines, struct fault *f);

struct evidence_new {
    struct slice code;          /* of the place */
    struct slice class, method; /* "E1" "E2" "E3"; "QR" "POS" "CK" or empty */
    struct slice minutes;       /* number of the minutes, or what makes it another item than its neighbour */
    struct date happened_on;
    bool passed;
    const char *who;
    struct image
        *image; /* of import_picture, with its `jpeg`; NULL: none. What is on it was masked by `who` */
    struct slice jpeg;
};

/* Its own transaction; the item, with its picture, waits as `submitted`. BAD_VALUE, FUTURE_DATE, NOT_FOUND
 * (no such place), DUPLICATE. */
bool evidence_bring(struct store *s, const struct evidence_new *e, int64_t *id,
                    struct fault *f) RESULT_MUST_BE_USED;

struct evidence_decision {
    int64_t id;
    const char *who;
    struct slice to;     /* the state it is to have */
    struct slice reason; /* needed for a dispute, its decision, a rejection, a withdrawal */
};

/* Its own transaction. NOT_FOUND; BAD_STATE along B.3; FORBIDDEN with the sentence when the same person may
 * not. */
bool evidence_decide(struct store *s, const struct evidence_decision *d, struct fault *f) RESULT_MUST_BE_USED;

/* The picture of an item of this code, as JPEG; an entry of the audit says who saw it. NOT_FOUND. */
bool evidence_picture(struct store *s, int64_t id, struct slice code, const char *who, struct buf *jpeg,
                      struct fault *f) RESULT_MUST_BE_USED;

#endif
