/* A business of the ward and what the lists know of it. */
#ifndef SAMPLE_PLACE_H
#define SAMPLE_PLACE_H

#include "plan.h"

/* The best position an honest geocoder may claim; names as in the glossary. */
enum position {
    AT_GPS,
    AT_STALL_PLAN,
    AT_HOUSE,
    AT_INTERPOLATED,
    AT_STREET,
    AT_GROUP,
    AT_AREA,
    AT_NONE,
    POSITIONS /* also: of a kind of row that has no place */
};

enum place_flag {
    HAS_QR = 1,
    HAS_POS = 2,
    HAS_TRANSFER = 4,
    HAS_PLATFORM = 8,
    HAS_ACCOUNT = 16,
    AT_HOME = 32,
    NAMED_AFTER_OWNER = 64
};
enum status { ACTIVE, SUSPENDED, CEASED, VACANT };
/* Which of the office's lists a business comes from. */
enum list {
    LIST_STALLS,
    LIST_HOUSEHOLDS,
    LIST_ENTERPRISES,
    LIST_SURVEY,
    LIST_TCVN3,
    LIST_CP1258,
    LIST_UTF16,
    LIST_FOOD,
    LISTS
};
enum kind { ENTERPRISE, BRANCH, HOUSEHOLD, COOPERATIVE };

struct place {
    int house, stall;  /* one of them is -1 */
    int trade, issued; /* issued: days since 1970-01-01 */
    enum list list;
    enum kind kind;
    enum status status;
    unsigned flags;
    char ref[16], name[128], owner[64], id[16], phone[16];
    bool elsewhere; /* its row gives an address in another ward */
    bool spoiled;   /* a planted defect makes it unfit as a target of later lists */
    bool stored;    /* at least one of its rows must end in the file */
    bool pristine;  /* its row carries no defect at all */
    enum position best;
};

#endif
