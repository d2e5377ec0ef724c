/* The office's files and the truth beside them.
 *
 * A list is a `layout` (columns in the office's own order and spelling); a row is one cell for each field,
 * whatever the layout shows of it, plus a note of what must become of it. `sheet_row` writes both, so a row
 * without truth cannot be written. Ownership: sheets are opened and closed by the list that writes them; the
 * truth by main.
 */
#ifndef SAMPLE_BOOK_H
#define SAMPLE_BOOK_H

#include "text.h"
#include "ward.h"

#include <stdio.h>

enum field {
    F_COUNT, /* STT */
    F_REF,
    F_NAME,
    F_OWNER,
    F_KIND,
    F_ID,
    F_ADDRESS,
    F_NUMBER,
    F_STREET,
    F_GROUP,
    F_WARD,
    F_TRADE,
    F_CODE,
    F_STATUS,
    F_PHONE,
    F_ISSUED,
    F_LON,
    F_LAT,
    F_X,
    F_Y,
    F_QR,
    F_POS,
    F_TRANSFER,
    F_PLATFORM,
    F_ACCOUNT,
    F_HOME,
    F_MARKET,
    F_ZONE,
    F_STALL_KIND,
    F_STALL_NO,
    F_AREA,
    F_CERTIFICATE,
    F_EXPIRES,
    F_COMMITTED,
    F_HEALTH,
    F_TRAINED,
    F_INSPECTED,
    F_RESULT,
    F_FINDING,
    F_PENALTY,
    F_PILOT,
    F_PILOT_NAME,
    F_PILOT_TYPE,
    F_DECISION,
    F_JOINED,
    F_LEFT,
    F_CLASS,
    F_METHOD,
    F_DATE,
    F_MINUTES,
    F_OFFICER,
    F_STATE,
    F_NOTE, /* an office column nobody asked for */
    FIELDS
};

enum cell_kind { EMPTY, WORDS, NUMBER, DATE, FAILED, FORMULA, RICH, MERGED, IN_TCVN3, IN_VNI };
struct cell {
    enum cell_kind kind; /* MERGED: one merged cell with the row above; FORMULA: without a cached value */
    double number;       /* of NUMBER; days since 1970 of DATE */
    char text[TEXT];
};

enum verdict { ADDED, REVIEW, REJECTED, UNCHANGED, UPDATED, VERDICTS };
struct note {
    enum verdict verdict;
    const char *also; /* another verdict the contract leaves open, or "" */
    bool has_place;
    struct lonlat at;
    enum position best;
    char name[128];
    char defects[160]; /* comma separated */
};
struct row {
    struct cell cell[FIELDS];
    struct note note;
    bool hidden;
};

struct truth;
struct truth *truth_open(const char *folder);
void truth_private(struct truth *t, const char *kind, const char *value);
void truth_public_name(struct truth *t, const char *name);
bool truth_close(struct truth *t, const struct ward *w);
int truth_defects(const struct truth *t, FILE *summary);
struct row_place {
    const char *file, *sheet, *kind;
    int row;
};
void truth_row(struct truth *t, const struct row_place *at, const struct row *r);
void truth_count(struct truth *t, const char *what, int number); /* one line of counts.tsv */

struct column {
    enum field field;
    const char *heading, *over; /* over: the first of two heading rows, or NULL */
};
enum encoding { UTF8, UTF8_BOM, CP1258, UTF16 };
struct layout {
    const char *path, *sheet, *kind, *title;
    const struct column *columns;
    int width;
    char separator;         /* 0: XLSX */
    enum encoding encoding; /* of a CSV */
    bool letterhead;        /* titles above, column numbers below the heading, signatures at the end */
    bool sep_line;          /* CSV begins with sep=; */
    const char *font;       /* of all body cells, or NULL */
    int hidden_column;      /* 1-based, 0: none */
};
struct sheet;
struct sheet *sheet_open(const struct layout *layout, const char *folder, struct truth *truth);
void sheet_group(struct sheet *s, const char *text); /* a row that is a heading inside the body */
void sheet_row(struct sheet *s, struct row *row);
bool sheet_close(struct sheet *s);
struct truth *sheet_truth(struct sheet *s);

void cell_text(struct row *r, enum field f, const char *text);
void cell_number(struct row *r, enum field f, double number);
void cell_date(struct row *r, enum field f, int day);
void note_defect(struct row *r, const char *name);
bool note_has(const struct row *r, const char *name);

#endif
