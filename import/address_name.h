/* address_name: names that are no streets: wards old and new, districts, groups, markets (geocode_lexicon.c).
 * Private to the geocoder. */
#ifndef IMPORT_ADDRESS_NAME_H
#define IMPORT_ADDRESS_NAME_H

#include "import/address_token.h"

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

#endif
