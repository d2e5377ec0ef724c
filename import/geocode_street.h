/* geocode_street: which streets a text may mean (geocode_street.c). Private to the geocoder. */
#ifndef IMPORT_GEOCODE_STREET_H
#define IMPORT_GEOCODE_STREET_H

#include "import/street_index.h"

enum street_way { WAY_EXACT, WAY_ABBREVIATED, WAY_INITIALS, WAY_FUZZY };

struct street_match {
    uint32_t street, alias;
    int from, to; /* tokens */
    enum street_way way;
    int half_edits;   /* of the key */
    int tone_differs; /* letters whose tone differs where the typist wrote marks */
    int mark_differs; /* letters that differ in more than the tone */
    bool is_doubtful; /* the typed word is itself a likely name: another street, not a slip */
    bool is_extended; /* a word that belongs to no other part stands right beside the window */
    bool has_number, has_street_word, starts_part;
    int place; /* how well it stands in the text: higher is better */
};

enum { STREET_MATCHES = 12 };

struct street_matches {
    struct street_match m[STREET_MATCHES]; /* best first */
    int count;
};

/* Whether the best one is written exactly and stands where a street stands. */
bool street_is_sure(const struct street_matches *m);

struct street_search {
    const struct street_index *index;
    const struct lexicon *lexicon;
    const struct tokens *tokens;
};

/* Marks the tokens of exactly written street names of two words or more, or six letters. */
void street_cover(const struct street_index *s, const struct tokens *t, enum cover covered[TOKEN_MAX]);
/* The window that stands best in the text, and every street it may mean: names exactly as written first, then
 * (if none stands well) typing errors, abbreviations and initials. */
void street_find(const struct street_search *search, bool is_fuzzy, struct street_matches *out);

#endif
