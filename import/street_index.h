/* street_index: every spelling of every street name, by key (street_index.c). Private to the geocoder. */
#ifndef IMPORT_STREET_INDEX_H
#define IMPORT_STREET_INDEX_H

#include "import/address.h"

struct street_alias {
    uint32_t street;
    enum alias_kind kind;
    struct slice key;   /* letters and digits without blanks, y as i; "/" between two numbers */
    struct slice fold;  /* with blanks */
    struct slice marks; /* with blanks and marks; empty when the name has none */
    int words;
    bool is_initials, has_digit;
    bool is_bare; /* "Số 9", "D2", "601": a street only behind the word "đường" */
};

struct street_index {
    struct street_alias *aliases;
    uint32_t count;
    uint32_t *exact; /* open addressing by hash of the key: index + 1 */
    uint32_t exact_mask;
    uint32_t *next;    /* next alias with the same key: index + 1 */
    uint64_t *deletes; /* hash of a key without one or two letters << 32 | alias; ascending */
    uint32_t delete_count;
    uint32_t *delete_start; /* by the upper 16 bits of the hash */
    struct slice *words;    /* syllables of names, with marks and without; ascending */
    uint32_t word_count;
};

struct street_index *street_index_new(const struct gazetteer *g, struct arena *a);
/* First alias with this key, index + 1; then street_index.next. 0: none. */
uint32_t street_exact(const struct street_index *s, struct slice key);
/* Aliases at most spell_budget edits away, not the same; at most `most` of them. */
int street_near(const struct street_index *s, struct slice key, uint32_t *found, int most);
/* Whether this folded text is the name or an alias of a street other than `street`. */
bool street_is_taken(const struct street_index *s, struct slice fold, uint32_t street);
/* Whether names are made of this syllable. */
bool street_knows_word(const struct street_index *s, struct slice word);
/* Key of tokens [from, to), appended. */
void street_key(const struct tokens *t, int from, int to, struct buf *out);

#endif
