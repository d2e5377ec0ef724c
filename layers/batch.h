/* batch: one import into the file, what became of every row of it, and the way back.
 * Part of the door layers/layers.h; include that.
 *
 * While a batch is open every change of a register table is written down with what stood there before
 * (journal.c), row by row of the list; that is what undo replays backwards, and how it knows that somebody
 * has built on the batch since. */
#ifndef LAYERS_BATCH_H
#define LAYERS_BATCH_H

struct batch;

struct batch_start {
    const char *kind, *file_name, *sheet, *who; /* file_name without its folder; sheet may be NULL */
    struct slice signature;                     /* of the headings */
    /* About how many places the list may make or move; a long list has their spatial index made at its end. 0
     * when rows have geometry other than places': then every geometry is indexed as it is written. */
    uint64_t places;
};

enum verdict {
    VERDICT_ADDED,
    VERDICT_UPDATED,
    VERDICT_UNCHANGED,
    VERDICT_REJECTED,
    VERDICT_REVIEW,
    VERDICT_COUNT
};

const char *verdict_name(enum verdict v); /* "added" */

struct batch_row {
    uint32_t row; /* of the sheet */
    enum verdict verdict;
    const char *entity; /* "place", "evidence" ...; NULL for nothing */
    int64_t entity_id;
    struct slice faults; /* JSON without values of the row; may be empty */
    struct slice raw;    /* the row as typed: stored sealed */
};

struct batch_counts {
    uint64_t rows, of[VERDICT_COUNT];
};

/* Inside a transaction. Without the key there is no import: KEY_MISSING. */
bool batch_open(struct batch **out, struct store *s, const struct batch_start *start,
                struct fault *f) RESULT_MUST_BE_USED;
void batch_close(struct batch *b); /* NULL is fine */
int64_t batch_id(const struct batch *b);
/* Whether no list of this kind came before (or all were taken back). */
bool batch_is_first(const struct batch *b);
/* Between begin and end stand the changes of one row; cancel takes them back. A row that does more than add
 * records must be guarded before its first change. */
void batch_row_begin(struct batch *b);
bool batch_row_guard(struct batch *b, struct fault *f) RESULT_MUST_BE_USED;
bool batch_row_cancel(struct batch *b, struct fault *f) RESULT_MUST_BE_USED;
bool batch_row_end(struct batch *b, const struct batch_row *row, struct fault *f) RESULT_MUST_BE_USED;
/* From here on changes belong to no row: they are kept for undo by batch_finish. */
bool batch_after_rows(struct batch *b, struct fault *f) RESULT_MUST_BE_USED;
/* What the list's own date touches, where the list has one (often only at its foot). */
struct batch_dating {
    struct date listed_on, today;
    bool acceptance, platform; /* whether the list has such columns */
};
bool batch_date(struct batch *b, const struct batch_dating *d, struct fault *f) RESULT_MUST_BE_USED;
/* Makes the indexes that rested. No row comes after it. */
bool batch_index(struct batch *b, struct fault *f) RESULT_MUST_BE_USED;
struct batch_end {
    struct batch_counts counts;
    struct date listed_on;
    uint8_t file_hash[HASH_BYTES]; /* SHA-256 */
};
/* Counts, date, the file, and the changes made after the last row. */
bool batch_finish(struct batch *b, const struct batch_end *end, struct fault *f) RESULT_MUST_BE_USED;

/* --- the latest row of a list under its identity --- */

struct source_row {
    uint8_t key[HASH_BYTES], hash[HASH_BYTES]; /* keyed hashes of the row's identity and of its content */
    int64_t entity_id;
    bool waiting; /* for a person's decision */
    uint32_t row;
};

/* Whether a row of this identity and this very content is known already. *entity_id: what the row of this
 * identity was about, whatever its content; 0 when there is none. `twin_of`: the row of this file that has
 * the same identity, or 0. */
bool source_row_is_known(struct batch *b, const struct source_row *asked, uint32_t twin_of,
                         int64_t *entity_id);
/* Remembers the row that is under way; it is written by batch_row_end. */
void source_row_put(struct batch *b, const struct source_row *row);

/* --- column mappings that worked, by the signature of the headings (batch_list.c) --- */

/* Its own transaction. */
bool mapping_remember(struct store *s, const char *kind, struct slice signature, struct slice json,
                      struct fault *f) RESULT_MUST_BE_USED;
/* JSON in the arena; empty when there is none. */
struct slice mapping_recall(struct store *s, const char *kind, struct slice signature, struct arena *a);

struct mapping_line {
    struct slice signature, json;
};

/* The newest of them for this kind of list, `most` at most, in the arena. */
int mapping_list(struct store *s, const char *kind, int most, struct arena *a, struct mapping_line **out);

/* --- batches as people see them (batch_list.c) --- */

struct batch_line {
    int64_t id;
    struct slice kind, file_name, sheet, imported_at, imported_by, source_date, undone_at, undone_by;
    struct batch_counts counts;
};

/* Newest first; `only` 0: all. */
int batch_list(struct store *s, struct arena *a, int64_t only, int limit, struct batch_line **lines);

/* --- what a person must decide --- */

struct review {
    uint32_t row;
    int64_t place_id;                             /* 0: no place was made */
    struct slice reason, fault_group, candidates; /* candidates: JSON array; no private text in any */
};

bool review_open(struct batch *b, const struct review *r, struct fault *f) RESULT_MUST_BE_USED;
/* Closes the open reviews of a place whose row is right now. */
bool review_settle(struct batch *b, int64_t place_id, struct fault *f) RESULT_MUST_BE_USED;

/* --- undo (journal.c) --- */

/* Its own transaction. NOT_FOUND, or BUILT_UPON with the list of what was built upon the batch. */
bool batch_undo(struct store *s, int64_t batch, const char *who, struct batch_counts *taken_back,
                struct fault *f) RESULT_MUST_BE_USED;

/* --- persons: sealed text and a keyed hash for exact look-up (private.c) --- */

struct private_value {
    const char *owner; /* "place", "trader", "evidence", "inspection" */
    int64_t owner_id;
    const char *field; /* "owner_name", "phone", "identity", "name", "findings", "penalty" */
    struct slice text; /* as a person reads it; empty removes the value */
    struct slice key;  /* what is looked up: folded name, bare digits; empty: the text itself */
    bool is_new;       /* the owner is new: nothing can be there yet */
    const struct private_ready *ready; /* what private_prepare made of it; NULL: made when it is asked for */
};

/* Hash and seal of a value, made in advance. */
struct private_ready {
    uint8_t hash[HASH_BYTES];
    struct slice sealed;
};

enum { PRIVATE_NEW_MAX = 4 };

/* Looks at nothing but the key: any thread may do it. The text in the arena is a seal. */
void private_prepare(const struct key *k, const struct private_value *v, struct arena *a,
                     struct private_ready *out);
/* All values of one place that is new (PRIVATE_NEW_MAX at most), by field from a to z; the empty ones are
 * left out. */
bool private_put_new(struct store *s, const struct private_value *values, int count,
                     struct fault *f) RESULT_MUST_BE_USED;

bool private_put(struct store *s, const struct private_value *v, struct fault *f) RESULT_MUST_BE_USED;
/* Owners of this kind whose field has this key; at most `limit` ids, lowest first. */
int private_find(struct store *s, const struct private_value *v, int64_t *ids, int limit);
/* Whether the owner's field has this key: 1 yes, 0 another, -1 the owner has no such field. */
int private_compare(struct store *s, const struct private_value *v);
bool private_get(struct store *s, const struct private_value *v, struct buf *out);

#endif
