/* sheet: raw rows of one sheet, whatever the file format. Private to the readers (csv.c, html.c, ods.c,
 * xlsx_*.c, xls*.c, sheet.c), to the heading finder (header.c, columns.c) and to table.c.
 *
 * A reader fills `struct sheet` and gives rows one at a time; all slices of a row live until the next row is
 * asked for. Rows without any value need not be delivered. */
#ifndef IMPORT_SHEET_H
#define IMPORT_SHEET_H

#include "import/table.h"
#include "layers/text.h"

enum {
    SHEET_COLUMNS_MAX = 16384,     /* the widest sheet a spreadsheet program can make */
    SHEET_ROW_BYTES_MAX = 8 << 20, /* a longer row is damage, not data */
    SHEET_HEADING_ROWS = 100,      /* letterhead and headings stand within so many rows */
};

/* Beside enum cell_flag, for judge.c alone: the corner of a cell merged over several columns. */
enum { CELL_WIDE = 256 };

struct sheet_row {
    uint32_t number; /* from 1 */
    bool is_hidden;
    struct cell *cells; /* by column of the sheet */
    uint32_t count;
    struct slice wkb;
};

struct merge {
    uint32_t top, left, bottom, right; /* rows from 1, columns from 0, both ends included */
};

struct sheet_name {
    const char *name;
    bool is_hidden;
};

struct sheet {
    const struct sheet_reader *reader;
    struct arena memory; /* of the names and merges */
    struct sheet_name *names;
    uint32_t name_count;
    /* Of the sheet that was selected: */
    struct merge *merges; /* by top row, ascending */
    uint32_t merge_count, merge_capacity;
    const bool *hidden_columns; /* hidden_column_count of them, or NULL */
    uint32_t hidden_column_count;
    bool has_field_names;        /* the first row delivered is the field names of a database format */
    enum text_encoding fallback; /* what bytes that are no UTF-8 are taken for */
    uint64_t row_estimate;
    const char *format; /* "XLSX", for the explanation */
};

struct sheet_reader {
    bool (*select)(struct sheet *s, uint32_t index, struct fault *f);
    /* False at the end or on a fault; then f->code is set. */
    bool (*next)(struct sheet *s, struct sheet_row *row, struct fault *f);
    void (*close)(struct sheet *s); /* frees `s` too */
};

/* Opens by content, not by suffix (open.c). */
bool sheet_open(struct sheet **out, const struct table_request *request, struct fault *f) RESULT_MUST_BE_USED;

/* The readers behind it. */
bool csv_open(struct sheet **out, const char *path, struct fault *f) RESULT_MUST_BE_USED;
bool html_open(struct sheet **out, const char *path, struct fault *f) RESULT_MUST_BE_USED;
bool xlsx_open(struct sheet **out, const char *path, struct fault *f) RESULT_MUST_BE_USED;
bool ods_open(struct sheet **out, const char *path, struct fault *f) RESULT_MUST_BE_USED;
bool xls_open(struct sheet **out, const char *path, struct fault *f) RESULT_MUST_BE_USED;
bool ogr_open(struct sheet **out, const struct table_request *request, struct fault *f) RESULT_MUST_BE_USED;

/* --- merges.c: the merged cells a reader meets --- */

/* Keeps a merge of the selected sheet; one that is no merge, is inside out or stands past a million others
 * is left. */
void sheet_note_merge(struct sheet *s, struct merge m);
/* By top row, as struct sheet says. */
void sheet_sort_merges(struct sheet *s);

/* --- cell.c: one cell's text, made readable --- */

/* Trims, decodes legacy encodings, makes NFC, knows the error words of spreadsheets. Text that needs no
 * change is not copied. Empty text makes the cell CELL_EMPTY. */
void cell_tidy(struct cell *c, struct arena *a, enum text_encoding fallback);
/* "#N/A", "#REF!" and their like, also as typed text. */
bool text_is_cell_error(struct slice text);
/* A number as a spreadsheet shows it under the format General: no exponent, 15 digits. */
void number_text(double v, struct buf *out);

/* --- header.c: where the headings stand --- */

struct heading {
    struct slice text; /* as read, the parts of a heading of several rows joined by " / " */
    struct slice parts[3];
    uint32_t part_count;
    bool is_from_above; /* nothing of it stands in the last heading row itself */
};

struct header {
    uint32_t first_row, last_row; /* indexes into the rows given */
    struct heading *headings;
    uint32_t count;
    uint32_t matched; /* columns whose heading is known */
};

struct rows {
    struct sheet_row *rows;
    uint32_t count;
};

struct mapping_override; /* a --mapping file, read */

struct header_request {
    const struct sheet *sheet;
    struct rows rows; /* the first rows of the sheet */
    enum import_kind kind;
    const struct mapping_override *mapping; /* or NULL */
};

/* Finds the heading rows; false when no row looks like headings. Everything in *h lives in the arena. */
bool header_find(const struct header_request *request, struct arena *a, struct header *h);

/* --- columns.c: what a heading means --- */

enum match { MATCH_NONE, MATCH_PREFIX, MATCH_EXACT, MATCH_MAPPED };

enum { COLUMN_NONE = -1, COLUMN_ORDER = -2 /* "STT" */, COLUMN_IGNORED = -3 };

struct heading_match {
    int column; /* enum column_id, or one of the above */
    enum match how;
};

struct heading_words; /* what headings of one kind of list may be called */

struct heading_words *heading_words_make(enum import_kind kind, struct arena *a);
/* Meaning of one heading text for this kind of import. */
struct heading_match heading_match(enum import_kind kind, struct slice heading);
/* Meaning of the last part of a heading that has parts. */
struct heading_match heading_match_last(const struct heading_words *words, const struct heading *h);
/* Meaning of a heading: what a mapping file says, else its parts joined, else its last part. */
struct heading_match heading_match_with(const struct mapping_override *o, const struct heading_words *words,
                                        const struct heading *h);

struct mapping {
    int *column; /* per column of the sheet */
    enum match *how;
    uint32_t count;
    int32_t sheet_column[COLUMN_COUNT]; /* the other way; -1: the file has none */
    int32_t order_column;               /* "STT", or -1 */
};

/* {"columns": {"Tên hộ": "name", "Ghi chú": null}, "header_row": 5, "sheet": "Chợ"}, or the object of columns
 * alone. */
bool mapping_override_read(struct mapping_override **out, struct slice text, const char *place,
                           struct arena *a, struct fault *f) RESULT_MUST_BE_USED;
const char *mapping_override_sheet(const struct mapping_override *o);   /* NULL when not said */
uint32_t mapping_override_header_row(const struct mapping_override *o); /* 0 when not said */
/* Settles every column; of two headings with one meaning the better match wins, then the first. */
void mapping_make(const struct header *h, enum import_kind kind, const struct mapping_override *o,
                  struct arena *a, struct mapping *m);

/* --- judge.c: which rows are data --- */

enum row_sort { ROW_DATA, ROW_BLANK, ROW_GROUP, ROW_TOTAL, ROW_NUMBERS, ROW_HEADING, ROW_SIGNATURE };

struct judge {
    enum import_kind kind;
    const struct header *header;
    const struct mapping *mapping;
    uint32_t known_columns; /* of the sheet, with a meaning of ours */
    bool is_database;       /* a database format: every row is data */
    bool is_first;          /* no row was judged yet */
    bool is_after_signature;
};

/* The sort of a row; for ROW_GROUP *group is its text. Cells must be tidy. */
enum row_sort judge_row(struct judge *j, const struct sheet_row *row, struct arena *a, struct slice *group);
/* A date written out in a line of a letterhead or signature; *weight tells how much it says about the list
 * itself (3: "tính đến ngày", 2: place and date, 1: that of a decision named in the title); 0 and false when
 * there is none. */
bool source_date_of(struct slice line, struct arena *a, struct date *out, int *weight);

#endif
