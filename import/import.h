/* import: from a spreadsheet to rows of the ward file.
 *
 *   sheet, xlsx → columns → table (rows under known columns) → clean (values) → address, geocode (place) →
 * load → report
 *
 * Law of ownership: as in layers/layers.h. One import is one transaction; a bad row never stops the good
 * ones. */
#ifndef IMPORT_IMPORT_H
#define IMPORT_IMPORT_H

#include "layers/layers.h"

enum import_kind {
#define KIND(id, name, title_vi) IMPORT_##id,
#include "import/kinds.def"
#undef KIND
    IMPORT_KIND_COUNT
};

const char *import_kind_name(enum import_kind kind); /* "food-safety" */
bool import_kind_find(struct slice name, enum import_kind *kind);

/* --- one import (load.c, report.c) --- */

enum position_kind {
#define POSITION(id, name, title_vi, title_en) POSITION_##id,
#include "import/positions.def"
#undef POSITION
    POSITION_COUNT
};

const char *position_name(enum position_kind p); /* "house_number" */

/* What became of one row, as it is told to a person; lives for the call. */
struct import_row {
    uint32_t number; /* in the sheet */
    enum verdict verdict;
    const char *verdict_title, *position; /* position NULL: of a kind without places, or rejected */
    struct slice raw;                     /* as typed, cells separated by tabs */
    struct slice column, value;           /* of the first problem; may be empty */
    struct slice sentence, advice;        /* empty when there is nothing to say */
};

struct import_options {
    const char *path;
    enum import_kind kind;
    const char *sheet, *crs, *mapping_path;       /* each may be NULL */
    const char *report_path, *second_report_path; /* NULL, or CSV, or by the ending .xlsx a workbook */
    bool dry_run, explain;
    /* Of reference data: whose it is, its date (YYYY-MM-DD) and the text of its licence; NULL: the name of
     * the file, nothing. */
    const char *source_name, *source_date, *licence;
    const char *who; /* for provenance: "cli" or a user's name */
    /* Called every 256 rows with rows so far and the estimate; false stops the import and rolls back. May be
     * NULL. */
    bool (*progress)(void *context, uint64_t rows, uint64_t estimate);
    void *progress_context;
    /* Called for each row when not NULL. */
    void (*on_row)(void *context, const struct import_row *row);
    void *on_row_context;
    uint64_t row_limit; /* of a dry run: so many rows and no more; 0: all */
};

struct import_summary {
    int64_t batch; /* 0 after a dry run */
    uint64_t rows, added, updated, unchanged, rejected, review;
    uint64_t placed;    /* rows of other lists that waited and found their place by this one */
    bool has_positions; /* false for kinds without places */
    uint64_t position[POSITION_COUNT];
};

bool import_file(struct store *s, const struct import_options *o, struct import_summary *sum,
                 struct buf *explanation, struct fault *f) RESULT_MUST_BE_USED;
void import_summary_json(const struct import_summary *sum, struct buf *out);
void import_summary_text(const struct import_summary *sum, struct buf *out); /* Vietnamese, for people */
/* Takes back one batch exactly; refused with the list when later batches built upon it. */
bool import_undo(struct store *s, int64_t batch, const char *who, struct import_summary *sum,
                 struct fault *f) RESULT_MUST_BE_USED;

/* --- before an import: what the file seems to hold (explain.c) --- */

struct import_column {
    const char *letters; /* "AB" */
    struct slice heading;
    const char *name; /* "residential_group"; NULL: not used */
    const char *how;  /* why it was taken for that, for people */
    struct slice samples[3];
    int sample_count;
};

struct import_view {
    struct slice sheet, signature; /* the same layout of headings has the same signature */
    struct import_column *columns; /* those with a heading */
    uint32_t column_count;
    struct slice *sheets; /* all of the file, hidden ones too */
    uint32_t sheet_count;
};

/* Everything in the arena. Reads the head of the file only. */
bool import_look(const struct import_options *o, struct arena *a, struct import_view *out,
                 struct fault *f) RESULT_MUST_BE_USED;

struct import_choice {
    struct slice name;
    const char *title; /* Vietnamese */
};

/* What a column of such a list may be taken for. */
uint32_t import_choices(enum import_kind kind, struct arena *a, struct import_choice **out);
const char *import_kind_title(enum import_kind kind);

/* Whether a child of this program, with little memory, time and rights, could read the file through
 * (sandbox.c). FILE_FORMAT when it could not: such a file is not to be opened here. */
bool import_vet(const char *path, struct fault *f) RESULT_MUST_BE_USED;
/* What that child does: gives its rights away for good, then reads every sheet. */
bool import_read_in_sandbox(const char *path, struct fault *f) RESULT_MUST_BE_USED;

/* A picture as somebody brought it (JPEG, PNG or WebP), read by such a child: what the camera wrote about day
 * and place goes into `image`, and the picture itself, upright, at most PICTURE_SIDE pixels wide or high, is
 * painted anew: nothing of the old file but its pixels is in *jpeg. That goes to image_keep (layers/image.h).
 * BAD_VALUE when it is too large or no picture (picture.c). */
enum { PICTURE_SIDE = 1600 };
bool import_picture(struct slice bytes, struct buf *jpeg, struct image *image,
                    struct fault *f) RESULT_MUST_BE_USED;
/* What that child does, from its standard input to its standard output. */
bool import_picture_in_sandbox(struct fault *f) RESULT_MUST_BE_USED;

/* The outline of the ward from a polygon file, as WKB in EPSG:4326 (boundary.c). */
bool import_boundary(const char *path, const char *code, struct buf *wkb,
                     struct fault *f) RESULT_MUST_BE_USED;

/* --- the geocoder (address.c, geocode.c over layers/gazetteer.c) --- */

struct geocoder; /* an in-memory gazetteer of one ward file; read-only after it is made */

enum geocode_status { GEOCODE_AUTO, GEOCODE_REVIEW, GEOCODE_NONE };

/* What a row says about its place; every part may be empty. */
struct geocode_query {
    struct slice address;               /* one text, or */
    struct slice number, street, alley; /* in parts */
    struct slice residential_group, ward, old_ward;
};

enum { GEOCODE_CANDIDATES = 9 };

struct geocode_candidate {
    struct slice street;
    struct lonlat at;
    enum position_kind position;
    double accuracy_m, score;
    int64_t street_id;
    struct slice faults; /* "typo:1 old_ward:0" */
    struct slice why;    /* how it was placed and what speaks against it; no word of the address */
    struct slice typed;  /* what of the address was read as this street's name, as text_fold_marks */
};

struct geocode_span {
    const char *kind;    /* number alley street group ward note ignored */
    uint32_t start, end; /* bytes of the cleaned address text */
};

struct geocode_result {
    enum geocode_status status;
    char class;                  /* 'A'..'E' when AUTO, else 0 */
    enum position_kind position; /* NONE unless AUTO */
    struct lonlat at;
    double accuracy_m, score;
    double chance; /* percent of such answers that were right where the truth is known; 0: not known */
    int64_t street_id, group_id, ward_id; /* 0: unknown */
    int parcel, sheet;                    /* "thửa 306, tờ bản đồ 47"; 0: not said */
    struct slice street, number, chain, ward, normalised;
    struct slice key;         /* same place by its words, same key; empty when nothing was understood */
    struct slice why;         /* one Vietnamese sentence */
    struct slice basis;       /* the same without a word of the address: what is stored with the place */
    struct slice fault_group; /* the same for rows that one decision would mend; may be empty */
    struct geocode_span spans[16];
    int span_count;
    struct geocode_candidate candidates[GEOCODE_CANDIDATES];
    int candidate_count;
    const struct gazetteer_source *source; /* of the house or street it rests on; NULL: nobody said */
};

bool geocoder_open(struct geocoder **out, struct store *s, struct fault *f) RESULT_MUST_BE_USED;
void geocoder_close(struct geocoder *g);
/* Never fails: what cannot be placed has status REVIEW or NONE and says why. Everything in *r lives in the
 * arena. */
void geocode(const struct geocoder *g, const struct geocode_query *q, struct arena *a,
             struct geocode_result *r);
/* The same for a row whose list has a position of its own (accuracy in metres): the position stands, and *r
 * holds the street and number its address says. True when it lies outside our ward, or more than 300 m from a
 * house that the gazetteer knows by that address: r->why says so. */
bool geocode_given(const struct geocoder *g, const struct geocode_query *q, const struct lonlat *at,
                   double accuracy_m, struct arena *a, struct geocode_result *r);
void geocode_json(const struct geocode_result *r, struct buf *out); /* design.md section 8 */
/* The candidates as a question for a person keeps them: a JSON array without a word of the address. */
void geocode_candidates_json(const struct geocode_result *r, struct buf *out);
/* The stored explanation: without the text of the address itself, which may be private. */
void geocode_explanation_json(const struct geocode_result *r, struct buf *out);
/* Group and ward whose area holds the point; 0 where none does. */
void geocode_areas(const struct geocoder *g, struct lonlat at, int64_t *group_id, int64_t *ward_id);
/* Nearest known address and street: members of a JSON object, without its braces. */
void geocode_reverse_json(const struct geocoder *g, struct lonlat at, struct buf *out);
/* CSV in, the same CSV with the result columns behind (design.md section 4). Rows done in *rows. */
bool geocode_csv(const struct geocoder *g, const char *in_path, const char *out_path, uint64_t *rows,
                 struct fault *f) RESULT_MUST_BE_USED;

#endif
