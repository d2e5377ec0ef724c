/* address_token: the words and numbers of an address with their bytes (address_token.c). Private to the
 * geocoder. */
#ifndef IMPORT_ADDRESS_TOKEN_H
#define IMPORT_ADDRESS_TOKEN_H

#include "import/import.h"

enum { TOKEN_MAX = 80, LEVEL_MAX = 12, SUFFIX_MAX = 8, LOT_MAX = 16 };

enum token_label {
    LABEL_FREE,    /* not understood (yet) */
    LABEL_IGNORED, /* "địa chỉ:", city, district, country, phone */
    LABEL_NOTE,    /* floor, room, building, residential area, cadastral number, stall without market */
    LABEL_GROUP,
    LABEL_WARD,
    LABEL_RELATION, /* "đối diện", "gần": the place is not the house itself */
    LABEL_MARKET,
    LABEL_STREET,
    LABEL_NUMBER,
    LABEL_ALLEY,
};

struct token {
    struct slice fold;   /* a-z, 0-9, and '?' for a letter that was lost; never empty */
    struct slice marks;  /* lower case with marks, new tone placement */
    uint32_t start, end; /* bytes of the cleaned text */
    bool is_number;      /* digits only */
    bool has_marks;
    bool has_blank; /* a blank stands before it */
    char sign;      /* strongest sign before it: / , ( - + : . or 0 */
    enum token_label label;
    int value; /* of a number; -1 when it is too large for a house */
};

struct tokens {
    struct slice text; /* cleaned */
    struct token t[TOKEN_MAX];
    int count;
    bool has_marks; /* somebody typed diacritics */
    bool has_lost;  /* letters were lost to '?' */
    bool is_cut;    /* more than TOKEN_MAX: the rest was not read */
};

/* Whether the token is this word; a letter lost to '?' may have been any. */
bool token_is(const struct token *t, const char *fold);
void tokens_read(struct slice cleaned, struct arena *a, struct tokens *out);
/* Fold of tokens [from, to) without blanks, appended. */
void tokens_join(const struct tokens *t, int from, int to, struct buf *out);

#endif
