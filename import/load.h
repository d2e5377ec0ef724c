/* load: from rows of a table to rows of the ward file. Private to import/load*.c and report.c.
 *
 *   load.c runs the table of kinds: read (cells → values, nothing written) → is it known already? → apply
 * (values → file) load_cells.c takes single cells; load_business.c and load_place.c are shared by the lists
 * of businesses.
 *
 * Law: `read` and `apply` answer about the row through struct outcome; a fault they return is the file's and
 * ends the import. */
#ifndef IMPORT_LOAD_H
#define IMPORT_LOAD_H

#include "import/clean.h"

#include <pthread.h>

/* --- what became of a row --- */

enum { PROBLEMS_MAX = 10 };

struct problem {
    int column; /* enum column_id, or -1 for the row */
    enum fault_code code;
    struct slice value;
    const char *text, *advice; /* Vietnamese; advice may be NULL */
    const char *detail;        /* what was found, in few words; NULL: the text says it all */
};

/* A place that the row may be, as its clerk knows it. */
struct twin {
    struct slice code, ref, name, address;
};

struct outcome {
    enum verdict verdict;
    struct slice key; /* what the row is about, for "the same row again"; empty: the row is not remembered */
    const char *entity;
    int64_t entity_id;
    const char *position; /* of kinds with places */
    uint32_t twin_of;     /* row of this file with the same key and other content; 0 none */
    struct slice reason, fault_group, candidates; /* of a review */
    int64_t review_place;
    struct twin *twins; /* in the row's arena */
    int twin_count;
    struct problem problems[PROBLEMS_MAX];
    int problem_count;
    struct arena *memory; /* of the row, for the words of its problems */
};

/* --- one import under way --- */

struct load {
    struct store *store;
    struct batch *batch;
    struct table *table;
    struct geocoder *geocoder;
    struct projection *projection; /* of typed metres */
    const struct import_options *options;
    struct arena row, whole; /* memory of one row, of the import */
    struct date today, listed_on;
    void *record;      /* what `read` made for `apply`; in the row's arena */
    void *state;       /* of the kind; in the import's arena */
    int64_t source_id; /* of reference data; 0 for other lists */
    struct market *markets;
    int market_count;
    bool prepares;        /* `read` may do in advance what only a new place needs */
    int64_t known_entity; /* what the last import of this list made of the row, when the row has changed; 0
                             none */
};

struct load_kind {
    bool has_places; /* counts positions */
    bool needs_geocoder;
    bool guards_itself; /* `apply` asks for the row's guard when it changes what is there (batch_row_guard) */
    bool only_places;   /* no geometry but that of places is written */
    bool reads_alone;   /* `read` asks neither the store nor the batch: it may run ahead (load_read.c) */
    bool takes_twins;   /* a second row of one key goes on to `apply`; else it waits for a person */
    bool feeds_gazetteer; /* waiting rows are placed again behind the last row */
    const char *entity;
    /* Rows that speak of other rows of the same file are read in a second pass; NULL: one pass does. */
    bool (*is_later)(struct load *l, const struct row *row);
    bool (*begin)(struct load *l, struct fault *f); /* may be NULL */
    void (*read)(struct load *l, const struct row *row, struct outcome *out);
    bool (*apply)(struct load *l, const struct row *row, struct outcome *out, struct fault *f);
    bool (*finish)(struct load *l, struct fault *f); /* may be NULL */
};

extern const struct load_kind LOAD_ESTABLISHMENTS, LOAD_STALLS, LOAD_FOOD_SAFETY, LOAD_MARKETS, LOAD_PILOTS,
    LOAD_PAYMENTS, LOAD_STREETS, LOAD_ADDRESSES, LOAD_WARDS, LOAD_RESIDENTIAL_GROUPS, LOAD_INDUSTRIES,
    LOAD_STALL_PLANS, LOAD_BASE, LOAD_OSM;

/* --- rows, read and cleaned (load_read.c) --- */

struct reading {
    struct row row;
    struct outcome outcome;   /* what `read` found */
    struct source_row source; /* hashes of a row that is not rejected */
    void *record;
    struct date listed_on; /* as far as the list has told */
    uint64_t row_estimate;
};

/* Signals go to the thread that asks whether to go on, never to the new one. */
bool thread_start(pthread_t *thread, void *(*work)(void *), void *context);

struct reader;

/* From here to reader_close the table belongs to the reader. Without memory or a thread there is still one.
 */
struct reader *reader_open(struct load *l, const struct load_kind *kind);
void reader_close(struct reader *r); /* NULL is fine */
/* The next row, good until the one after it is asked for; NULL at the end or on a fault (then f->code is
 * set). `later`: which of the kind's two passes. */
struct reading *reader_next(struct reader *r, bool later, struct fault *f);

/* --- saying what is wrong (load_cells.c) --- */

/* A value that could not be taken: the row goes on without it. */
void complain(struct outcome *out, int column, const struct fault *f, struct slice value);
void complain_text(struct outcome *out, int column, enum fault_code code, struct slice value,
                   const char *text);
/* The row is not stored. `advice` says what to do. */
void reject(struct outcome *out, const struct problem *p);
bool is_rejected(const struct outcome *out);
/* The row waits for a person; place_id 0 when no place was made. */
void ask(struct outcome *out, const char *reason, const char *group, int64_t place_id);
void add_candidate(struct load *l, struct outcome *out, int64_t place_id);

/* --- taking cells (load_cells.c); text in the row's arena --- */

struct slice take_text(struct load *l, const struct row *row, enum column_id id, struct outcome *out);
struct slice take_code(struct load *l, const struct row *row, enum column_id id,
                       struct outcome *out); /* upper case */
struct date take_date(const struct row *row, enum column_id id,
                      struct outcome *out); /* zero: none; never in the future */
struct date take_any_date(const struct row *row, enum column_id id, struct outcome *out);
int take_yes_no(const struct row *row, enum column_id id, struct outcome *out);  /* -1 unknown */
double take_real(const struct row *row, enum column_id id, struct outcome *out); /* NaN unknown */
/* A constant by one of the clean_… functions; NULL unknown. */
const char *take_choice(const struct row *row, enum column_id id,
                        enum clean (*clean)(const struct cell *, const char **, struct fault *),
                        struct outcome *out);
/* Typed coordinates of any of the columns; false when none are typed. A wrong one rejects the row. */
bool take_position(struct load *l, const struct row *row, struct lonlat *at, struct outcome *out);
struct slice cell_fold(struct load *l, const struct row *row, enum column_id id);
/* What a group row above says about the row, and the column it would stand in ("II. Tổ dân phố 2": GROUP; of
 * a stall: ZONE); empty, and COLUMN_COUNT where rows are never grouped. */
struct slice row_context(enum import_kind kind, const struct row *row);
enum column_id row_context_column(enum import_kind kind);
/* The raw text of the cell, whatever it is. */
struct slice cell_text(const struct row *row, enum column_id id);

/* --- references (load_reference.c) --- */

struct place_query {
    struct slice ref, market, zone, stall_number; /* cells as cleaned */
    const char *stall_kind;                       /* NULL: any */
};

void take_place_query(struct load *l, const struct row *row, struct outcome *out, struct place_query *q);
bool place_query_is_empty(const struct place_query *q);
/* Folded text that tells two queries apart. */
void place_query_key(struct load *l, const struct place_query *q, struct buf *key);
/* The place a row of another list speaks of; 0 with the outcome rejected or asking. */
int64_t find_place(struct load *l, const struct place_query *q, struct outcome *out);
/* By code, then by folded name; NULL when there is none. */
const struct market *find_market(struct load *l, struct slice text);
bool load_markets(struct load *l);

/* --- report.c --- */

struct report;

struct report_request {
    const char
        *paths[2]; /* "….xlsx" is a workbook that can be corrected and imported again; else CSV; or NULL */
    const struct table *table;
    enum import_kind kind;
};

bool report_open(struct report **out, const struct report_request *q, struct fault *f) RESULT_MUST_BE_USED;
/* Rows with something to see; what cannot be written is told when the report is closed. */
void report_row(struct report *r, const struct row *row, const struct outcome *out);
/* The day of the list itself, so that a corrected workbook still has it. */
void report_date(struct report *r, struct date listed_on);
bool report_close(struct report *r, struct fault *f); /* NULL is fine */
/* Hands the row to whoever asked for it in the options. */
void tell_row(const struct import_options *o, const struct row *row, const struct outcome *out);
/* JSON of the problems for the provenance: names and columns, never values. */
void problems_json(const struct outcome *out, struct buf *json);
const char *column_title(int column); /* Vietnamese, for people */

#endif
