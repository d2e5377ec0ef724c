/* indicators: the numbers the ward reports. Each is one query that returns one row per thing counted; the
 * figure is the count of those rows, so figure, list and map cannot disagree (design.md section 7). Door of
 * layers/indicators. Texts handed out live in the arena of the call; figures are whole numbers, compared
 * exactly. */
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
    const char *known_at; /* "YYYY-MM-DDTHH:MM:SSZ", or a day (its end): what was known then; NULL is now */
};

enum indicator_state { INDICATOR_OK, INDICATOR_NA, INDICATOR_ESTIMATE };

struct indicator_share {
    const char *code, *name, *type; /* by_model: pilot; variants: only `name` */
    int64_t numerator, denominator;
    bool is_hidden; /* too few for the public (small_cell.c) */
};

struct indicator {
    enum indicator_id id;
    const char *code, *title, *source, *op; /* "ge" or "le" */
    enum indicator_state state;
    const char *why;  /* for na: what to record; else NULL */
    bool is_measured; /* there is a query for it: numerator and denominator mean something, 0 of 0 included */
    int64_t numerator, denominator;
    bool has_target;
    int target;     /* percent */
    bool met;       /* exact: 100 * numerator against target * denominator; false for na */
    bool is_hidden; /* of too few places for the public (small_cell.c) */
    const struct indicator_share *models, *variants;
    int model_count, variant_count;
};

struct indicator_row {
    const char *code, *name,
        *model; /* public code and name of the thing counted; code of its pilot or NULL */
    bool in_denominator, in_numerator;
    const char *reason; /* Vietnamese sentence */
    bool is_hidden;     /* of a model too small for the public */
};

struct indicator_stage {
    int number;
    bool complete, accepted; /* accepted: a signed record stands in the policy "stage1.accepted" */
    const char *blocking[INDICATOR_COUNT]; /* codes that are not met */
    int blocking_count;
};

struct indicator_score {
    int index;                                    /* of its row in scoring.def */
    const char *sheet, *row, *title, *rule, *why; /* why: what the score does not say, or NULL */
    int max;                                      /* hundredths of a point */
    bool is_measured, has_value, is_excluded;     /* excluded: out of the sheet's scale by policy */
    int64_t numerator, denominator;
    int64_t score, score_relative; /* ten-thousandths of a point: literal and relative reading */
    const char *appraised, *granted; /* thẩm định, đạt: as the appraising body wrote them; NULL: not yet */
};

/* The rows of one sheet that have a score, added up: not the sheet, of which this service knows a few rows.
 */
struct indicator_sheet {
    const char *sheet;
    int max, excluded;             /* hundredths of a point: of the rows with a score; of those excluded */
    int64_t score, score_relative; /* ten-thousandths */
    int64_t rescaled;              /* score * 100 / (100 - excluded) (domain.md B.4) */
};

enum { INDICATOR_SCORES_MAX = 32, INDICATOR_STAGES = 2 };

struct indicator_report {
    struct date as_of;
    const char *known_at, *policy; /* policy: STRICT, STANDARD or LENIENT */
    int64_t revision;
    struct indicator indicators[INDICATOR_COUNT];
    struct indicator_stage stages[INDICATOR_STAGES];
    struct indicator_score scores[INDICATOR_SCORES_MAX];
    int score_count;
};

const char *indicator_code(enum indicator_id id);
bool indicator_find(struct slice code, enum indicator_id *id);
struct indicator_sheet score_sheet(const struct indicator_report *report, const char *sheet);
/* One indicator with its shares. */
bool indicator_compute(struct store *s, enum indicator_id id, const struct indicator_request *r,
                       struct arena *a, struct indicator *out, struct fault *f) RESULT_MUST_BE_USED;
/* The rows behind it; none for an indicator nobody has recorded anything for. */
bool indicator_rows(struct store *s, enum indicator_id id, const struct indicator_request *r, struct arena *a,
                    struct indicator_row **rows, uint32_t *count, struct fault *f) RESULT_MUST_BE_USED;
/* Exact share in hundredths of a percent, rounded half away from zero: for display only. Denominator over 0.
 */
int64_t indicator_percent_hundredths(int64_t numerator, int64_t denominator);

/* --- the whole report of design.md section 7 (report.c; report_json.c, report_text.c write it) --- */

bool indicators_report(struct store *s, const struct indicator_request *r, struct arena *a,
                       struct indicator_report *out, struct fault *f) RESULT_MUST_BE_USED;
void indicators_report_json(const struct indicator_report *report, struct buf *out);
void indicators_report_csv(const struct indicator_report *report, struct buf *out);
void indicators_report_html(const struct indicator_report *report, struct buf *out);
void indicators_report_table(const struct indicator_report *report, struct buf *out); /* for a terminal */
/* Report and JSON, or CSV, or HTML in one call. */
bool indicators_json(struct store *s, const struct indicator_request *r, struct buf *out,
                     struct fault *f) RESULT_MUST_BE_USED;
bool indicators_csv(struct store *s, const struct indicator_request *r, struct buf *out,
                    struct fault *f) RESULT_MUST_BE_USED;
bool indicators_html(struct store *s, const struct indicator_request *r, struct buf *out,
                     struct fault *f) RESULT_MUST_BE_USED;

/* A workbook: the figures, what they rest on, one sheet per indicator with its rows (report_xlsx.c). */
bool indicators_xlsx(struct store *s, const struct indicator_request *r, const char *path,
                     struct fault *f) RESULT_MUST_BE_USED;

/* --- what the public is not told (small_cell.c) --- */

/* Marks the shares of models with fewer points than the policy small_cell; the JSON then has null and why. */
void indicators_hide_small(struct store *s, struct arena *a, struct indicator_report *report);
/* The same for one; a figure about fewer places than that in all is hidden whole. */
void indicator_hide_small(struct store *s, struct arena *a, struct date as_of, struct indicator *one);
/* The same for the rows of one indicator. */
void indicator_rows_hide_small(struct store *s, struct arena *a, struct date as_of,
                               struct indicator_row *rows, uint32_t count);
const char *indicator_hidden_reason(void);

/* --- on the map (by_group.c) --- */

/* Rows of one indicator, already marked by indicator_rows_hide_small, counted for each residential group that
 * has a place; is_hidden where they are fewer than the policy small_cell. In the arena. */
bool indicator_by_group(struct store *s, struct arena *a, struct date as_of, const struct indicator_row *rows,
                        uint32_t count, struct indicator_share **groups, int *group_count,
                        struct fault *f) RESULT_MUST_BE_USED;

/* --- closed periods (period.c, period_diff.c) --- */

struct period {
    char name[8]; /* "2026-10", "2026-Q2", "2026-H1", "2026" */
    struct date first, last;
};

/* BAD_PARAMETER when it is none of the four forms. */
bool period_parse(struct slice text, struct period *out, struct fault *f) RESULT_MUST_BE_USED;

struct period_request {
    struct period period;
    const char *who, *reason; /* reason: why there is another version; NULL for the first */
};

struct period_closing {
    int64_t id;
    int version;
    bool is_provisional; /* its last day was not over yet */
    const char *known_at;
    int source_count;
    int64_t evidence_count;
    uint8_t evidence_hash[HASH_BYTES]; /* SHA-256 of the list of evidence items, known then */
};

/* Stores the figures of the period's last day as known now, with the rows, rules and sources behind them. A
 * version after the first needs a reason (USAGE). */
bool period_close(struct store *s, const struct period_request *r, struct arena *a,
                  struct indicator_report *report, struct period_closing *out,
                  struct fault *f) RESULT_MUST_BE_USED;

struct period_figure {
    const char *code;
    int64_t numerator, denominator;
};

/* The figures of a version, counted again from the rows it kept. NOT_FOUND, or INCONSISTENT when they are no
 * longer what was stored. */
bool period_recount(struct store *s, const struct period *p, int version, struct arena *a,
                    struct period_figure figures[INDICATOR_COUNT], int *count,
                    struct fault *f) RESULT_MUST_BE_USED;
/* What a version changed against the one before it, place by place, in Vietnamese. */
bool period_diff(struct store *s, const struct period *p, int version, struct buf *out,
                 struct fault *f) RESULT_MUST_BE_USED;

/* --- what a period's report stands on (period_read.c) --- */

struct period_list {
    const char **cells; /* row by row */
    int columns, rows;
};

struct period_document {
    struct period period;
    int version; /* 0: not closed, counted now */
    bool is_provisional;
    const char *known_at, *closed_by, *reason,
        *evidence_hash; /* closed_by, reason: of a closing, else NULL; hash: hex */
    struct indicator_report report;
    struct period_list sources;  /* kind, file, its date, day of import, rows, taken, waiting, rejected */
    struct period_list policies; /* key, value, from, decision */
    struct period_list evidence; /* "code|class|method|day|number|passed|state" */
};

/* The version asked for, 0: the last closing, or the period as it stands when there is none. A running period
 * is counted as of today. Texts in the arena. */
bool period_read(struct store *s, const struct period *p, int version, struct arena *a,
                 struct period_document *out, struct fault *f) RESULT_MUST_BE_USED;

/* Figures of one indicator in the last version of each closed period, oldest first; *periods holds their
 * names. */
int period_trend(struct store *s, enum indicator_id id, struct arena *a, const char ***periods,
                 struct period_figure **figures, struct fault *f);

/* --- before the report of the month (remind.c) --- */

struct date reminder_due(struct date today); /* the next 25th, today included (S0:414) */
/* What is to be done by then, as lines of text in Vietnamese. */
bool reminders_write(struct store *s, struct date today, struct buf *out,
                     struct fault *f) RESULT_MUST_BE_USED;

#endif
