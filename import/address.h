/* address: from a text to its parts, for geocode*.c. Private to the geocoder.
 *
 *   text → tokens (address_token.c) → masks of what is no street and no number (address_mask.c)
 *        → street window (geocode_street.c) → number and alleys (address_number.c) → struct address
 * (address.c)
 *
 * Everything lives in the caller's arena; nothing here fails: what is not understood stays LABEL_FREE. */
#ifndef IMPORT_ADDRESS_H
#define IMPORT_ADDRESS_H

#include "import/address_name.h"
#include "import/address_position.h"

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
