/* period_private: how a closing keeps the rows behind a figure. Shared by period.c and period_diff.c. */
#ifndef LAYERS_INDICATORS_PERIOD_PRIVATE_H
#define LAYERS_INDICATORS_PERIOD_PRIVATE_H

#include "layers/indicators/query.h"

/* A row as a closing keeps it. marks: '0' or '1' for in_denominator, in_numerator and each variant, '-' for
 * a variant it is not part of. */
struct kept_row {
    struct slice model, id, marks, reason;
};

struct kept_figure {
    const char *code;
    int64_t numerator, denominator;
    struct kept_row *rows; /* by model and id */
    uint32_t row_count;
};

/* The closing of a version of the period; 0: there is none. */
int64_t closing_find(struct store *s, const char *period, int version);
/* All its figures with their rows, in the order of their codes. */
bool closing_read(struct store *s, int64_t closing_id, struct arena *a,
                  struct kept_figure figures[INDICATOR_COUNT], int *count,
                  struct fault *f) RESULT_MUST_BE_USED;

#endif
