/* address: from a text to its parts, for geocode*.c. Private to the geocoder.
 *
 *   text → tokens (address_token.c) → masks of what is no street and no number (address_mask.c)
 *        → street window (geocode_street.c) → number and alleys (address_number.c) → struct address
 * (address.c)
 *
 * Everything lives in the caller's arena; nothing here fails: what is not understood stays LABEL_FREE. */
#ifndef IMPORT_ADDRESS_H
#define IMPORT_ADDRESS_H

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

/* --- names the mask may meet: wards old and new, districts, groups, markets (geocode_lexicon.c) --- */

enum name_kind { NAME_WARD, NAME_WARD_OLD, NAME_DISTRICT, NAME_GROUP, NAME_MARKET, NAME_KIND_COUNT };

struct lexicon;

struct name_hit {
    int64_t id;      /* ward, group or market; 0: a ward that became none of ours, a district */
    uint32_t kinds;  /* bit per name_kind of everything that has this name */
    int tokens;      /* how many it took */
    int edits;       /* 0: as written */
    bool is_several; /* more than one ward has it */
    bool is_home;    /* one of its meanings is our own ward, or a district of it */
};

/* Longest name of one of `kinds` that starts at token `from`; spelling mistakes only where `is_fuzzy`. */
bool lexicon_find(const struct lexicon *l, const struct tokens *t, int from, unsigned kinds, bool is_fuzzy,
                  struct name_hit *hit);
bool lexicon_has(const struct lexicon *l, enum name_kind kind);

/* --- masks --- */

enum address_flag {
    ADDRESS_MOBILE = 1,           /* "lưu động": there is no place */
    ADDRESS_NOTHING = 2,          /* "nt", "-", "#N/A": nothing was written */
    ADDRESS_NO_NUMBER = 4,        /* "chưa có số nhà" */
    ADDRESS_CADASTRAL = 8,        /* "thửa đất số 306" */
    ADDRESS_RELATION = 16,        /* "đối diện" before the number */
    ADDRESS_CROSSING = 32,        /* "ngã ba A – B" */
    ADDRESS_LOT = 64,             /* "Lô A7" */
    ADDRESS_STALL = 128,          /* a stall, kiosk or market hall */
    ADDRESS_NUMBER_UNCLEAR = 256, /* "45-12": no rule says which is which */
    ADDRESS_SEVERAL = 512,        /* two addresses in one cell */
    ADDRESS_WARD_UNKNOWN = 1024,  /* a ward is named that no list has */
    ADDRESS_WARD_OLD = 2048,
    ADDRESS_WARD_TYPO = 4096,
    ADDRESS_DISTRICT_OTHER = 8192,
};

struct level {
    int number;
    char suffix[SUFFIX_MAX]; /* upper case */
};

/* What the address says. `chain` is outermost first. */
struct address {
    unsigned flags;
    int64_t ward_id; /* 0: none named, or not one of ours */
    bool has_ward;   /* a ward is named */
    int64_t group_id;
    int group_number; /* 0: none named */
    int64_t market_id;
    struct slice stall; /* number of the stall, upper case */
    struct slice block; /* of the market: "Lô B", "dãy C", "khu A"; upper case */
    int parcel, sheet;  /* cadastral: "thửa 306", "tờ 47"; 0: not said */
    struct level chain[LEVEL_MAX];
    int chain_count;
    bool has_number;
    struct level number;
    int range_to;      /* 0, or the last number of "45-47" */
    char lot[LOT_MAX]; /* "A7", "A29-30" */
    int relation_at;   /* token of the relation word, -1 for none */
    int unused;        /* words that nobody understood */
};

/* --- a position typed into the text (address_position.c) --- */

struct typed_position {
    struct lonlat at;
    double accuracy_m;
    size_t start, end; /* bytes of the text */
    bool is_swapped;   /* longitude first */
    bool is_code;      /* a plus code */
};

/* The first one in the text; false when there is none in Viet Nam. `near` completes a short plus code. */
bool address_position(struct slice text, struct lonlat near, struct typed_position *out);

struct phrase_book; /* address_words.def, made ready */

struct phrase_book *phrase_book_new(struct arena *a);

/* Whether a token is part of an exactly written street name, and so no keyword. */
enum cover {
    COVER_NONE,
    COVER_LETTERS, /* the letters agree, marks do not: "Nghệ Tỉnh"; bold keywords still count */
    COVER_NAME,
};

struct mask {
    struct tokens *tokens;
    const struct lexicon *lexicon;
    const struct phrase_book *book;
    struct arena *arena;
    enum cover covered[TOKEN_MAX];
    struct address *out;
};

void address_mask(struct mask *m);
/* Labels names of wards and districts that stand bare behind token `from`, and what a relation behind it
 * speaks of. */
void address_mask_tail(struct mask *m, int from);
bool is_street_word(const struct token *t); /* đường, phố, đ. */

/* --- number and alleys around the street window [from, to) --- */

/* Tokens before `from` that read as number and alley; returns the index of the first, `from` when there is
 * none. */
int address_number_before(const struct tokens *t, int from);
int address_number_after(const struct tokens *t, int to); /* end of the same behind `to` */
void address_number(struct tokens *t, int from, int to, struct address *out);
/* "45/12" of the levels, in the arena. */
struct slice level_chain(const struct level *levels, int count, struct arena *a);

#endif
