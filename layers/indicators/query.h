/* query: how the files of layers/indicators ask the ward file. Not part of the door. */
#ifndef LAYERS_INDICATORS_QUERY_H
#define LAYERS_INDICATORS_QUERY_H

#include "layers/indicators/indicators.h"
#include "layers/store_private.h"

/* What a query is bound to; made once for a whole report. All texts live in the arena it was made with. */
struct basis {
    struct {
        const char *parameter, *value; /* ":as_of", "2026-12-31"; value NULL binds null */
    } bound[24];
    int count;
    const char *reading; /* the evidence policy in force: STRICT, STANDARD or LENIENT */
    struct date as_of;
};

/* The fixed columns of a query's row; variants stand behind them. */
enum { ROW_ID, ROW_IN_DENOMINATOR, ROW_IN_NUMERATOR, ROW_REASON, ROW_NAME, ROW_MODEL, ROW_VARIANTS };

/* Also fills the connection's temporary tables, which are those of the last basis made. */
bool basis_make(struct store *s, const struct indicator_request *r, struct arena *a, struct basis *out,
                struct fault *f) RESULT_MUST_BE_USED;
/* A statement of common.sql and the named file, bound and ready to step, its rows by model and id; the caller
 * finalizes it. `group` is bound to :group where the file asks for it. NULL with the fault filled when there
 * is no such file. */
sqlite3_stmt *query_open(struct store *s, const char *file, const char *group, const struct basis *b,
                         struct fault *f);
/* The same for a file that is no indicator: its own columns in its own order. */
sqlite3_stmt *query_open_as_is(struct store *s, const char *file, const struct basis *b, struct fault *f);
/* The policy in force on the day, in the arena; NULL when there is none. `decision` may be NULL. */
const char *policy_text(struct store *s, struct date day, const char *key, struct arena *a,
                        const char **decision);

struct tally {
    int64_t numerator, denominator;
};

/* Everything a query counts; arrays in the arena. */
struct count {
    struct tally total;
    struct indicator_share *models, *variants;
    int model_count, variant_count;
    bool is_missing; /* nobody has written it down */
};

/* Counts the rows query_open() would hand out. INCONSISTENT, naming them, when rows stand above the line that
 * do not stand below it. */
bool query_count(struct store *s, const char *file, const char *group, const struct basis *b, struct arena *a,
                 struct count *out, struct fault *f) RESULT_MUST_BE_USED;

/* The query file of an indicator; "" when nothing of it is recorded yet (indicator.c). */
const char *indicator_query(enum indicator_id id);
const char *indicator_state_name(enum indicator_state state); /* "na" (report_json.c) */
/* Fills *out, whose id says which (indicator.c). */
bool indicator_on_basis(struct store *s, const struct basis *b, struct arena *a, struct indicator *out,
                        struct fault *f) RESULT_MUST_BE_USED;

/* The rows behind one indicator (indicator.c). */
bool indicator_rows_on_basis(struct store *s, const struct basis *b, enum indicator_id id, struct arena *a,
                             struct indicator_row **rows, uint32_t *count,
                             struct fault *f) RESULT_MUST_BE_USED;

/* --- score.c --- */

enum score_rule {
    SCORE_BINARY,
    SCORE_PROPORTIONAL,
    SCORE_THRESHOLD,
    SCORE_DEPLOY_PLUS_RATIO,
    SCORE_STEP,
    SCORE_COUNT_MIN,
    SCORE_BONUS_CAPPED,
    SCORE_PENALTY
};

struct score_case {
    enum score_rule rule;
    int max;       /* hundredths of a point */
    int threshold; /* percent; the least count of COUNT_MIN; hundredths a piece of BONUS_CAPPED and PENALTY */
    bool deployed; /* BINARY: in full and in time; DEPLOY_PLUS_RATIO: deployed; STEP: document issued in time
                    */
    struct tally ratio; /* counts of COUNT_MIN, BONUS_CAPPED and PENALTY stand in the numerator */
};

struct score_value {
    bool has_value;
    int64_t literal, relative; /* ten-thousandths of a point: readings R1 and R2 of domain.md B.6 */
};

struct score_value score_of(const struct score_case *c);
bool scores_compute(struct store *s, const struct basis *b, struct arena *a, struct indicator_report *out,
                    struct fault *f) RESULT_MUST_BE_USED;

#endif
