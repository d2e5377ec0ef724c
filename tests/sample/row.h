/* One row of a list: a cell for each field, whatever the layout shows of it, and the note of what must become
 * of it. */
#ifndef SAMPLE_ROW_H
#define SAMPLE_ROW_H

#include "text.h"
#include "ward.h"

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
    char text[TEXT];     /* of a NUMBER: its number format, mostly empty */
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
/* What the file must hold of a cell, whatever was done to it; "" where nobody can know it any more. */
struct clean {
    bool told;
    char text[TEXT];
};
struct row {
    struct cell cell[FIELDS];
    struct clean clean[FIELDS];
    struct note note;
    bool hidden;
};

void cell_text(struct row *r, enum field f, const char *text);
void cell_number(struct row *r, enum field f, double number);
void cell_date(struct row *r, enum field f, int day);
void note_defect(struct row *r, const char *name);

/* truth_values.c */
void clean_text(struct row *r, enum field f, const char *text);
void clean_day(struct row *r, enum field f, int day); /* 0: none */
void clean_forget(struct row *r);                     /* nothing is told about this row's values */

#endif
