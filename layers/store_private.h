/* store_private: what the files of layers/ share about the open database. Not part of the door. */
#ifndef LAYERS_STORE_PRIVATE_H
#define LAYERS_STORE_PRIVATE_H

#include "layers/layers.h"

#include <sqlite3.h>

sqlite3 *store_handle(struct store *s);

/* Of a long import under way (lookup.c); NULL: none. */
struct lookup;
struct lookup *store_lookup(const struct store *s);
void store_set_lookup(struct store *s, struct lookup *l);

/* Whether the connection may read the public views alone; off only while it gets views of its own. */
void store_guard(struct store *s, bool is_public);

/* Who listens to the changes of this connection (journal.c); NULL: nobody. */
struct journal;
struct journal *store_journal(const struct store *s);
void store_set_journal(struct store *s, struct journal *j);

/* Text of an embedded SQL file: "schema", or the file name in layers/indicators ("kpi_gd"); NULL if there is
 * none. */
const char *sql_text(const char *name);

/* All of a layer's public view (snapshot_build.c): a constant, for store_statement. */
const char *layer_select(enum layer_id id);
enum { LAYER_FIELDS_MAX = 40 };

/* point_in_area(area, point) for queries of this connection (inside.c). */
bool store_add_functions(struct store *s, struct fault *f);
/* years_later(day, n) and workdays_later(day, n) for queries of this connection (calendar.c). */
bool store_add_calendar(struct store *s, struct fault *f);

/* A statement prepared once per store and kept: `sql` must be a constant (its address is the key). The
 * statement comes reset and without bindings; never finalize it. NULL with the fault filled when it does not
 * compile. */
sqlite3_stmt *store_statement(struct store *s, const char *sql, struct fault *f);
/* Runs the statement to its end and resets it. */
bool statement_run(sqlite3_stmt *st, struct fault *f);
/* One row: true when there is one (then reset it yourself after reading), false at the end or on a fault. */
bool statement_next(sqlite3_stmt *st, struct fault *f);
/* Ends the transaction: quietly written when all was good, else taken back. Whether it is written. */
bool store_finish(struct store *s, bool good, struct fault *f);
/* Runs constant SQL of any number of statements. */
bool store_run(struct store *s, const char *sql, struct fault *f);

/* Bind helpers: the value may not live longer than the statement's next reset unless it is copied (they
 * copy). */
void bind_slice(sqlite3_stmt *st, int index, struct slice text);         /* "" stays "" */
void bind_slice_or_null(sqlite3_stmt *st, int index, struct slice text); /* "" becomes NULL */
void bind_text(sqlite3_stmt *st, int index, const char *text);           /* NULL becomes NULL */
void bind_int(sqlite3_stmt *st, int index, int64_t v);
void bind_id(sqlite3_stmt *st, int index, int64_t id);      /* 0 becomes NULL */
void bind_real(sqlite3_stmt *st, int index, double v);      /* NaN becomes NULL */
void bind_date(sqlite3_stmt *st, int index, struct date d); /* all zero becomes NULL */
void bind_bytes(sqlite3_stmt *st, int index, struct slice bytes);
/* The same without a copy, for statements run by an import for every row: the value must live until
 * statement_run has ended, and the statement came fresh from store_statement (NULL where nothing is bound).
 */
void bind_borrowed(sqlite3_stmt *st, int index, struct slice text);
void bind_borrowed_or_null(sqlite3_stmt *st, int index, struct slice text);
void bind_borrowed_bytes(sqlite3_stmt *st, int index, struct slice bytes);
enum { POINT_BLOB_BYTES = 60 };
/* SpatiaLite blob of a point, EPSG:4326. */
void point_blob(const struct lonlat *at, unsigned char blob[POINT_BLOB_BYTES]);
/* The same; NULL when `at` is NULL. */
void bind_point(sqlite3_stmt *st, int index, const struct lonlat *at);

struct slice column_slice(sqlite3_stmt *st,
                          int index); /* empty for NULL; valid until the next step or reset */
struct slice column_bytes(sqlite3_stmt *st, int index);
bool column_is_null(sqlite3_stmt *st, int index);
/* X and Y of a SpatiaLite POINT blob; false when it is none. */
bool column_point(sqlite3_stmt *st, int index, struct lonlat *at);

/* What the batch changed is changed back, in the open transaction and without any record (batch.c); *conflict
 * when something stands otherwise than the batch left it. */
bool batch_take_back(struct store *s, int64_t batch, bool *conflict, struct fault *f);

/* The audit's entries about a batch (batch_audit.c). */
/* packs: the digest over the batch's packs (batch_pack.c). */
bool batch_audit_done(struct store *s, int64_t batch, const uint8_t packs[HASH_BYTES], struct fault *f);
bool batch_audit_undone(struct store *s, int64_t batch, struct fault *f);
/* A new key has changed the bytes of every row: one entry a batch with their hash now. */
bool batch_audit_sealed(struct store *s, struct fault *f);
/* Whether the key was changed after it: what it wrote down no longer is what stands there, byte by byte. */
bool batch_is_sealed_again(struct store *s, int64_t batch);
bool batch_audit_verify(struct store *s, struct buf *out, uint64_t *findings, struct fault *f);

/* Nobody else has the file open, and nobody can open it for writing until store_close. BUSY when somebody
 * has.
 */
bool store_alone(struct store *s, struct fault *f);
/* PATH.new becomes PATH (rotate.c). */
bool key_put_in_place(const char *path, struct fault *f);

/* One-value queries of constant SQL with one text parameter (NULL for none). */
int64_t store_int(struct store *s, const char *sql, const char *parameter, int64_t otherwise);

#endif
