/* fresh: records of a place that is new, written with the journal's mark taken while their values are bound.
 * SQLite's hook would have every value handed over once more, for every record of a long list. Private to
 * layers/.
 *
 *   fresh_begin → one call for each column, in the order of the table → fresh_end_record (again, when the
 *   statement has more records) → fresh_run */
#ifndef LAYERS_FRESH_H
#define LAYERS_FRESH_H

#include "layers/store_private.h"

enum { FRESH_DATES = 8 };

/* What is bound is borrowed: it must live until fresh_run. */
struct fresh {
    struct store *store;
    sqlite3_stmt *st;
    int64_t place; /* they belong to; 0 when its id is not known before it is stored */
    bool is_place;
    uint64_t mark, marks;
    uint32_t records;
    int index, dates;
    char date[FRESH_DATES][11];
    unsigned char point[POINT_BLOB_BYTES];
};

/* `sql` inserts whole records, one "?" for each column of the table and no other word. */
bool fresh_begin(struct fresh *r, struct store *s, int64_t place, const char *sql,
                 struct fault *f) RESULT_MUST_BE_USED;
/* Of the place itself; its first column is r->place. */
bool fresh_begin_place(struct fresh *r, struct store *s, const char *sql,
                       struct fault *f) RESULT_MUST_BE_USED;
void fresh_text(struct fresh *r, struct slice text);         /* "" stays "" */
void fresh_text_or_null(struct fresh *r, struct slice text); /* "" becomes NULL */
void fresh_bytes(struct fresh *r, struct slice bytes);
void fresh_int(struct fresh *r, int64_t v);
void fresh_id(struct fresh *r, int64_t id);                 /* 0 becomes NULL */
void fresh_known(struct fresh *r, int v);                   /* -1 becomes NULL */
void fresh_real(struct fresh *r, double v);                 /* NaN becomes NULL */
void fresh_date(struct fresh *r, struct date d);            /* all zero becomes NULL */
void fresh_point(struct fresh *r, const struct lonlat *at); /* NULL becomes NULL */
void fresh_end_record(struct fresh *r);
bool fresh_run(struct fresh *r, struct fault *f) RESULT_MUST_BE_USED;

#endif
