/* review: questions for people and their decisions (review.c); a place as its office sees it, section by
 * section, and what of it is restricted (place_view.c). Part of the door layers/layers.h; include that. */
#ifndef LAYERS_REVIEW_H
#define LAYERS_REVIEW_H

#include "layers/record.h"

/* --- questions --- */

struct review_group {
    struct slice fault_group, reason;
    struct slice example;    /* address of the first of them */
    int64_t count, first_id; /* first_id stands for the group */
};

struct review_item {
    int64_t id, batch_id, row, place_id; /* place_id 0: no place was made */
    struct slice reason, fault_group;
    struct slice candidates; /* JSON: positions, or codes of places */
    struct slice opened_at, closed_at;
    struct slice code, name, address, file_name, position; /* of the place, as it is now */
};

struct review_query {
    int64_t like; /* a review of the wanted group */
    int limit, offset;
};

int review_groups(struct store *s, struct arena *a, struct review_group **groups);
int review_list(struct store *s, struct arena *a, const struct review_query *q, struct review_item **items);
int64_t review_count(struct store *s);
bool review_read(struct store *s, struct arena *a, int64_t id, struct review_item *item,
                 struct fault *f) RESULT_MUST_BE_USED;
/* The row as typed: restricted. False without the key. */
bool review_row(struct store *s, const struct review_item *item, struct buf *raw);

struct review_decision {
    const char *who, *decision; /* "accept" "pin" "leave" */
    bool moves;                 /* to `position` */
    struct place_position position;
    int64_t group_id, ward_id; /* whose area holds it; 0: as it was */
    struct slice address_key;  /* remembered for the same text; empty: not */
};

/* Its own transaction, published. BAD_STATE when somebody was first. It teaches nothing but the address
 * itself: import/learn.h has the decisions that do. */
bool review_decide(struct store *s, int64_t id, const struct review_decision *d,
                   struct fault *f) RESULT_MUST_BE_USED;
/* The same inside a transaction of the caller, who writes the decision down. */
bool review_apply(struct store *s, int64_t id, const struct review_decision *d,
                  struct fault *f) RESULT_MUST_BE_USED;

/* --- how well places are known, and all that waits (queue.c) --- */

#define QUEUE_CLASS_LETTERS "ABCDE-" /* - : without a position */
enum { QUEUE_CLASSES = 6 };

/* Establishments by class, in the order of the letters. */
void queue_counts(struct store *s, int64_t counts[QUEUE_CLASSES]);

struct queue_query {
    char class;
    int64_t after; /* id of the last one seen */
    int limit;
};

struct queue_place {
    int64_t id;
    struct slice code, name, address, position;
    double accuracy_m;
};

int queue_places(struct store *s, struct arena *a, const struct queue_query *q, struct queue_place **places);

struct queue_question {
    int64_t place_id, row; /* place_id 0: no place was made */
    struct slice code, name, address, group, reason, file_name, candidates;
};

/* Every open question, those of one fault together. Names as typed: restricted, whoever asks writes the audit
 * first. */
int queue_questions(struct store *s, struct arena *a, struct queue_question **questions);

/* --- two records that may be one place (merge.c, compare.c) --- */

struct review_merge {
    const char *who;
    struct slice into; /* code of the record that stays; that of the question goes and leads there for ever */
    bool takes_new;    /* where both say something, the one that goes is right */
};

/* Its own transaction, published; one decision. An establishment and a stall become one business instead. */
bool review_merge(struct store *s, int64_t id, const struct review_merge *m,
                  struct fault *f) RESULT_MUST_BE_USED;

enum sameness { SAME_UNKNOWN, SAME_YES, SAME_NO };

struct place_pair {
    const char *title; /* "Tình trạng|status": behind the bar the set of words its values belong to */
    struct slice one, other; /* empty of what is restricted: there only `same` speaks */
    enum sameness same;
    bool is_restricted;
};

/* The two records line by line, in the arena; what is restricted is compared without being opened. */
int place_compare(struct store *s, struct arena *a, int64_t one, int64_t other, struct place_pair **out);

/* --- decisions and the way back (decision.c) --- */

struct decision_query {
    int64_t review_id; /* 0: all */
    int limit;
};

struct decision_line {
    int64_t id, review_id;
    struct slice at, who, action, subject, undone_at, undone_by;
};

/* Newest first. */
int decision_list(struct store *s, struct arena *a, const struct decision_query *q,
                  struct decision_line **lines);
/* Takes one decision back exactly: its own transaction, published. BUILT_UPON when somebody built on it
 * since. */
bool decision_undo(struct store *s, int64_t id, const char *who, struct fault *f) RESULT_MUST_BE_USED;

/* --- a place for staff --- */

struct place_section {
    const char *title;
    bool is_food; /* of food safety */
    int columns, rows;
    struct slice *heads; /* "Tình trạng|status": behind the bar the set of words its values belong to */
    struct slice *cells; /* rows × columns */
};

/* Sections that have rows; everything in the arena. */
/* place_id 0: what of food safety concerns no single place. */
int place_sections(struct store *s, struct arena *a, int64_t place_id, struct place_section **out);

struct private_item {
    struct slice owner, field;
    int64_t owner_id;
    struct slice text; /* when opened */
    bool is_open;
};

/* What is restricted about a place, its trader, its evidence and inspections. `opens`: the values too, which
 * needs the key; whoever asks for them writes the audit first. */
int place_private(struct store *s, struct arena *a, int64_t place_id, bool opens, struct private_item **out);

#include "layers/correction.h"

#endif
