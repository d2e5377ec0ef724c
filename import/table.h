/* table: one sheet of a spreadsheet (or one layer of a GIS file) as rows under known columns.
 *
 * Below it: sheet.c (any OGR format) and xlsx.c (our own reader) deliver raw cells; columns.c finds the
 * heading rows and says which column means what. Above it: load.c sees only `struct row`. Slices in a row
 * live until the next table_next. */
#ifndef IMPORT_TABLE_H
#define IMPORT_TABLE_H

#include "import/import.h"

enum column_id {
#define COLUMN(id, name, headings) COLUMN_##id,
#include "import/columns.def"
#undef COLUMN
    COLUMN_COUNT
};

const char *column_name(enum column_id id); /* "old_ward" */
/* Meaning of one heading in a list of this kind; false when it is not known. */
bool column_find(enum import_kind kind, struct slice heading, enum column_id *id);

enum cell_kind { CELL_EMPTY, CELL_TEXT, CELL_NUMBER, CELL_DATE, CELL_BOOL, CELL_ERROR };

enum cell_flag {
    CELL_INHERITED = 1,    /* filled down from a merged cell */
    CELL_HIDDEN = 2,       /* its row or column is hidden */
    CELL_NO_RESULT = 4,    /* CELL_ERROR: a formula that was never computed; no text */
    CELL_DECODED = 8,      /* came in a legacy encoding */
    CELL_LOST_DIGITS = 16, /* a number too long for a spreadsheet to hold exactly */
    CELL_TOO_LONG = 32,    /* CELL_ERROR: more text than a cell of a spreadsheet can hold; its beginning */
};

struct cell {
    enum cell_kind kind;
    struct slice text; /* as a person reads it in the sheet: NFC, number format applied ("0401234567") */
    double number;     /* NUMBER, and the serial of a DATE */
    struct date date;  /* DATE; of a NUMBER of a spreadsheet: the day it would be */
    unsigned flags;
};

struct row {
    uint32_t number; /* row of the sheet, from 1 */
    bool is_hidden;
    struct slice group;              /* text of the group row above ("Tổ dân phố 2"), or empty */
    struct cell cells[COLUMN_COUNT]; /* EMPTY where the file has no such column */
    struct slice wkb;                /* geometry of a GIS file in EPSG:4326, ISO WKB; or empty */
    struct slice raw;                /* the whole row as typed, cells separated by tabs */
};

struct table;

struct table_request {
    const char *path;
    enum import_kind kind;
    const char *sheet;         /* NULL: the first visible sheet with a heading row */
    const char *mapping_path;  /* NULL: by the headings alone */
    struct slice mapping_json; /* the same as text (one that is remembered); empty: none */
    const char *crs;           /* "EPSG:5899" of a GIS file without its own, or NULL */
};

bool table_open(struct table **out, const struct table_request *request, struct fault *f) RESULT_MUST_BE_USED;
void table_close(struct table *t);
/* Next data row; false at the end or on a fault (then f->code is set). Blank, group, total, column-number and
 * signature rows are not data. */
bool table_next(struct table *t, struct row *row, struct fault *f);
/* Moves everything the row points to into the arena: it then outlives the next table_next. */
void row_keep(struct arena *a, struct row *row);
bool table_has(const struct table *t, enum column_id id); /* whether the file has this column */
const char *table_sheet(const struct table *t);
/* Folded headings of the file, joined: the same layout has the same signature. */
struct slice table_signature(const struct table *t);
/* The list's own date, from its letterhead or signature ("ngày 31 tháng 10 năm 2026"); all zero when it has
 * none so far. */
struct date table_source_date(const struct table *t);
/* Name of the sheet with this index, NULL behind the last. */
const char *table_sheet_at(const struct table *t, uint32_t index);
/* One heading for each column of the sheet, in the arena: the column's own words, so chosen that they mean
 * the same again when they stand in a single row without a mapping file. */
uint32_t table_headings(const struct table *t, struct arena *a, struct slice **out);
/* The columns that have a heading, as they were understood; in the arena. */
uint32_t table_columns(const struct table *t, struct arena *a, struct import_column **out);
/* For --explain: which column was taken for what and why, with sample values; for people. */
void table_explain(const struct table *t, struct buf *out);
/* Rows the file has or is thought to have, for a progress bar; 0 when unknown. */
uint64_t table_row_estimate(const struct table *t);

#endif
