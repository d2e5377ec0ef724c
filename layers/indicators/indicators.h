/* indicators: the numbers the ward reports. Each is one query that returns one row per thing counted; the
 * figure is the count of those rows, so figure, list and map cannot disagree (design.md section 7). Door of
 * layers/indicators. */
#ifndef LAYERS_INDICATORS_INDICATORS_H
#define LAYERS_INDICATORS_INDICATORS_H

#include "layers/layers.h"

enum indicator_id {
#define INDICATOR(id, code, title_vi, source, op_and_target, query) INDICATOR_##id,
#include "layers/indicators/indicators.def"
#undef INDICATOR
    INDICATOR_COUNT
};

struct indicator_request {
    struct date as_of;    /* what was true on that day */
    const char *known_at; /* "YYYY-MM-DDTHH:MM:SSZ": what was known then; NULL is now */
};

enum indicator_state { INDICATOR_OK, INDICATOR_NA, INDICATOR_ESTIMATE };

struct indicator_share {
    const char *code, *name, *type; /* by_model: pilot; variants: only `name` */
    int64_t numerator, denominator;
};

struct indicator {
    enum indicator_id id;
    const char *code, *title, *source, *op; /* "ge" or "le" */
    enum indicator_state state;
    const char *why; /* for na: what to record; else NULL */
    int64_t numerator, denominator;
    bool has_target;
    int target; /* percent */
    bool met;   /* exact: 100 * numerator against target * denominator */
    const struct indicator_share *models, *variants;
    int model_count, variant_count;
};

struct indicator_row {
    const char *code, *name; /* public code and name of the thing counted */
    bool in_denominator, in_numerator;
    const char *reason; /* Vietnamese sentence */
};

const char *indicator_code(enum indicator_id id);
bool indicator_find(struct slice code, enum indicator_id *id);
/* One indicator with its shares; texts in the arena. */
bool indicator_compute(struct store *s, enum indicator_id id, const struct indicator_request *r,
                       struct arena *a, struct indicator *out, struct fault *f) RESULT_MUST_BE_USED;
/* The rows behind it. */
bool indicator_rows(struct store *s, enum indicator_id id, const struct indicator_request *r, struct arena *a,
                    struct indicator_row **rows, uint32_t *count, struct fault *f) RESULT_MUST_BE_USED;
/* The whole report of design.md section 7. */
bool indicators_json(struct store *s, const struct indicator_request *r, struct buf *out,
                     struct fault *f) RESULT_MUST_BE_USED;
bool indicators_csv(struct store *s, const struct indicator_request *r, struct buf *out,
                    struct fault *f) RESULT_MUST_BE_USED;
bool indicators_html(struct store *s, const struct indicator_request *r, struct buf *out,
                     struct fault *f) RESULT_MUST_BE_USED;

#endif
