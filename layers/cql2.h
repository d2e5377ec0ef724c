/* cql2: filters as people and programs write them (OGC CQL2 1.0, text and JSON). Private to layers/: the
 * other rooms see struct filter.
 *
 *     text ──▶ cql2_text ─┐                    names, types            columns
 *     JSON ──▶ cql2_json ─┴▶ tree ─▶ cql2_check ─▶ cql2_bind ─▶ cql2_test, row by row
 *
 * Law: nothing of a filter ever becomes SQL. A tree lives in one arena and serves one thread; depth and
 * length are bounded, so every walk over it may recurse. Whatever can be wrong with a filter is said by the
 * reader or by cql2_check, with its place; binding and testing cannot fail. */
#ifndef LAYERS_CQL2_H
#define LAYERS_CQL2_H

#include "layers/layers.h"

enum { CQL2_DEPTH_MAX = 64, CQL2_MANY = 1 << 30 };

enum cql2_op {
#define OP(id, text, json, least, most, arguments) CQL2_##id,
#include "layers/cql2.def"
#undef OP
    CQL2_OPERATOR_COUNT,
    CQL2_NUMBER = CQL2_OPERATOR_COUNT, /* from here on: leaves, and what is built of them */
    CQL2_TEXT,
    CQL2_TRUTH,
    CQL2_DATE,
    CQL2_TIMESTAMP,
    CQL2_OPEN,    /* ".." of an interval */
    CQL2_NOTHING, /* a constant that came out as null, such as 1 / 0 */
    CQL2_SHAPE,
    CQL2_INTERVAL, /* 2 arguments */
    CQL2_LIST,
    CQL2_PROPERTY,
    CQL2_FUNCTION
};

/* What the arguments of an operator have to be. */
enum cql2_arguments {
    CQL2_TRUTHS,
    CQL2_ALIKE, /* all of one ordered type */
    CQL2_PATTERN,
    CQL2_ANYTHING,
    CQL2_NUMBERS,
    CQL2_TEXTS,
    CQL2_SHAPES,
    CQL2_TIMES,   /* instants or intervals */
    CQL2_PERIODS, /* intervals only */
    CQL2_LISTS
};

enum cql2_type {
    CQL2_IS_UNKNOWN, /* not checked yet */
    CQL2_IS_TRUTH,
    CQL2_IS_NUMBER,
    CQL2_IS_TEXT,
    CQL2_IS_DATE,
    CQL2_IS_TIME,
    CQL2_IS_INTERVAL,
    CQL2_IS_SHAPE,
    CQL2_IS_LIST
};

/* Three-valued logic; AND is the smallest, OR the greatest of its arguments. */
enum cql2_truth { CQL2_NO, CQL2_UNKNOWN, CQL2_YES };

/* --- geometry literals (cql2_figure.c) --- */

enum figure_kind {
    FIGURE_POINT,
    FIGURE_LINE,
    FIGURE_POLYGON, /* parts: its rings, each a line */
    FIGURE_POINTS,
    FIGURE_LINES,
    FIGURE_POLYGONS,
    FIGURE_COLLECTION,
    FIGURE_BBOX /* points: south-west and north-east; west > east crosses the antimeridian */
};

struct vertex {
    double x, y, z;
};

struct figure {
    enum figure_kind kind;
    bool has_z; /* read and written, never compared */
    struct vertex *points;
    int point_count;
    struct figure **parts;
    int part_count;
};

void figure_add_vertex(struct arena *a, struct figure *s, const struct vertex *p);
void figure_add_part(struct arena *a, struct figure *s, struct figure *part);

/* --- time (cql2_time.c) --- */

enum moment_sort { MOMENT_PAST, MOMENT_DAY, MOMENT_TIME, MOMENT_FUTURE }; /* PAST, FUTURE: open ends */

struct moment {
    enum moment_sort sort;
    int64_t value; /* DAY: since 1970-01-01; TIME: microseconds UTC since then */
};

struct period {
    struct moment start, end;
};

bool moment_read_date(struct slice text, struct moment *m) RESULT_MUST_BE_USED;
/* RFC 3339 with any offset. */
bool moment_read_time(struct slice text, struct moment *m) RESULT_MUST_BE_USED;
/* "2026-11-22" or "2026-11-22T03:04:05Z", six decimals where there are any. */
void moment_print(struct moment m, struct buf *out);
/* A day against a time: as days of Asia/Ho_Chi_Minh, like every day in this program. */
int moment_compare(struct moment a, struct moment b);
enum cql2_truth period_test(enum cql2_op op, const struct period *a, const struct period *b);

/* --- the tree (cql2_tree.c) --- */

struct geos_relation;

struct cql2 {
    enum cql2_op op;
    int depth;          /* of the tree below, itself included */
    uint32_t at;        /* where it begins in CQL2 text, in bytes */
    const char *path;   /* where it stands in CQL2 JSON, as a JSON pointer; NULL: it came from text */
    struct slice text;  /* TEXT: the value; PROPERTY, FUNCTION: the name */
    double number;      /* NUMBER; TRUTH: 0 or 1 */
    struct moment when; /* DATE, TIMESTAMP */
    struct figure *figure;
    struct cql2 **kids;
    int kid_count;
    /* set by cql2_check */
    enum cql2_type type;
    bool is_constant;
    int field;                      /* PROPERTY: of the layer; -1 is the geometry */
    struct geos_relation *relation; /* S_… */
    struct buf *scratch;            /* CASEI, ACCENTI */
    /* set by cql2_bind */
    const struct column *column; /* PROPERTY; of a node with a memo: the one column it looks at */
    uint8_t *memo;               /* by text id: the answer + 1, 0 is not known yet; NULL: there is none */
};

/* What a reader works with. */
struct cql2_source {
    struct arena *arena;
    struct slice text;
    struct fault *f;
};

const char *cql2_word(enum cql2_op op, bool json);
bool cql2_find_op(struct slice word, bool json, enum cql2_op *op); /* text: any case */
bool cql2_count_fits(enum cql2_op op, int arguments);
enum cql2_arguments cql2_arguments_of(enum cql2_op op);
struct cql2 *cql2_leaf(struct arena *a, enum cql2_op op);
void cql2_add_kid(struct arena *a, struct cql2 *node, struct cql2 *kid);
void cql2_set_ends(struct cql2 *interval); /* ".." at the start is the past, at the end the future */
/* BAD_PARAMETER about this node, its place in front. Returns false. */
bool cql2_refuse(const struct cql2_source *s, const struct cql2 *node, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
bool cql2_refuse_at(const struct cql2_source *s, size_t at, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* The tree as CQL2 JSON in one normal form: trees that print alike are alike. */
void cql2_print(const struct cql2 *node, struct buf *out);

/* --- readers (cql2_text.c, cql2_json.c): NULL after a fault --- */

struct cql2 *cql2_read_text(const struct cql2_source *s);
struct cql2 *cql2_read_json(const struct cql2_source *s);

/* --- meaning (cql2_check.c, cql2_bind.c, cql2_eval.c) --- */

struct cql2_context {
    const struct layer *layer;
    const struct filter_crs *crs; /* of the coordinates; NULL: CRS84 */
};

/* Names and types; literals are made ready, constant parts computed. */
bool cql2_check(const struct cql2_source *s, const struct cql2_context *context,
                struct cql2 *root) RESULT_MUST_BE_USED;
/* Coordinates to WGS84 (cql2_figure.c); false when one of them is no place on earth. */
bool figure_to_wgs84(struct arena *a, struct figure *figure,
                     const struct filter_crs *crs) RESULT_MUST_BE_USED;
void cql2_bind(struct arena *a, struct cql2 *root, const struct snapshot_layer *l);

struct cql2_row {
    const struct snapshot_layer *l;
    uint32_t row;
};

enum cql2_truth cql2_test(const struct cql2 *node, const struct cql2_row *r);
bool cql2_number(const struct cql2 *node, const struct cql2_row *r, double *value);      /* false: null */
bool cql2_string(const struct cql2 *node, const struct cql2_row *r, struct slice *text); /* false: null */
/* LIKE with % and _, \ before either; both in UTF-8. */
bool cql2_is_like(struct slice text, struct slice pattern);

#endif
