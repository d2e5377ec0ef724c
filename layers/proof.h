/* proof: what a place has to show: pilots it belongs to, food-safety documents and inspections, evidence of
 * cashless payment (pilot.c, food_safety.c, payment.c). Part of the door layers/layers.h; include that. The
 * laws are those of record.h. */
#ifndef LAYERS_PROOF_H
#define LAYERS_PROOF_H

/* --- pilot.c --- */

struct pilot {
    int64_t id, batch_id;
    struct slice code, name, decision;
    const char *type; /* "market" or "street"; NULL keeps what is there */
};

struct pilot_member {
    int64_t id, pilot_id, place_id, batch_id;
    struct date joined_on, left_on;
};

bool pilot_put(struct store *s, struct pilot *p, bool *is_new, struct fault *f) RESULT_MUST_BE_USED;
/* The membership of the place that holds the day, or the one that began on it; 0: none. */
int64_t pilot_member_find(struct store *s, const struct pilot_member *m, int64_t *batch_of_it);
bool pilot_member_put(struct store *s, struct pilot_member *m, struct fault *f) RESULT_MUST_BE_USED;

/* --- food_safety.c --- */

struct fs_place {
    int64_t place_id, batch_id;
    struct slice business_kind, authority, status_raw;
    const char *regime; /* NULL keeps what is there, "unknown" for a new one */
    struct date health_checked_on, trained_on;
};

struct fs_document {
    int64_t id, place_id, batch_id;
    const char *type; /* certificate commitment self_declaration international */
    struct slice number, issuer;
    struct date issued_on, expires_on;
    bool is_computed; /* expires_on was counted from issued_on */
};

struct fs_inspection {
    int64_t id, place_id, batch_id;
    int round; /* 0: the list does not say */
    struct date inspected_on;
    const char *result; /* "pass" "fail" NULL */
    struct slice result_raw, findings, penalty;
    bool is_abc; /* A, B, C of the rules before 2025-01-15 */
};

/* *is_new: nothing was known of it before this batch. */
bool fs_place_put(struct store *s, const struct fs_place *p, bool *is_new,
                  struct fault *f) RESULT_MUST_BE_USED;
bool fs_document_put(struct store *s, struct fs_document *d, struct fault *f) RESULT_MUST_BE_USED;
bool fs_inspection_put(struct store *s, struct fs_inspection *i, struct fault *f) RESULT_MUST_BE_USED;
/* The place of a certificate number; 0 when none or more than one has it. */
int64_t fs_place_of_number(struct store *s, struct slice number);

/* --- payment.c: what lists say, and evidence --- */

struct acceptance {
    int64_t place_id;
    const char *method; /* QR POS CK */
    bool accepts;
    struct date listed_on;
};

bool acceptance_put(struct store *s, const struct acceptance *a, struct fault *f) RESULT_MUST_BE_USED;
/* All methods of one place that is new (three at most), from a to z. */
bool acceptance_put_new(struct store *s, const struct acceptance *a, int count,
                        struct fault *f) RESULT_MUST_BE_USED;
bool platform_put(struct store *s, int64_t place_id, struct slice category, struct date source_date,
                  struct fault *f) RESULT_MUST_BE_USED;
bool platform_clear(struct store *s, int64_t place_id, struct fault *f) RESULT_MUST_BE_USED;

struct evidence {
    int64_t id, place_id, batch_id;
    const char *class, *method, *state; /* method "" when it has none */
    struct date happened_on;
    bool passed;
    struct slice minutes_number, officer;
    const char *created_by;
};

/* The item of the same identity (place, class, date, method, number of the minutes): its id and what stands
 * there; text in the arena. */
bool evidence_find(struct store *s, struct arena *a, const struct evidence *e, struct evidence *there);
bool evidence_put(struct store *s, struct evidence *e, const char *state_before,
                  struct fault *f) RESULT_MUST_BE_USED;
/* Whether a state may follow another (domain.md B.3). */
bool evidence_may_move(const char *from, const char *to);

#endif
