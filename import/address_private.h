/* address_private: the state of masking one address. */
#ifndef IMPORT_ADDRESS_PRIVATE_H
#define IMPORT_ADDRESS_PRIVATE_H

#include "import/address.h"

enum mask_action {
    MASK_GROUP,
    MASK_WARD,
    MASK_WARD_SHORT,
    MASK_DISTRICT,
    MASK_DISTRICT_KNOWN,
    MASK_DISTRICT_NAME,
    MASK_CITY,
    MASK_CITY_NAME,
    MASK_FLOOR,
    MASK_UNIT,
    MASK_BUILDING,
    MASK_AREA,
    MASK_CADASTRAL,
    MASK_PHONE,
    MASK_MARKET,
    MASK_STALL,
    MASK_RELATION,
    MASK_CROSSING,
    MASK_MOBILE,
    MASK_NO_NUMBER,
    MASK_LABEL,
    MASK_NOTE,
};

enum { PHRASE_WORDS = 5 };

struct phrase {
    struct slice fold[PHRASE_WORDS], marks[PHRASE_WORDS];
    int words;
    enum mask_action action;
    bool is_shy, has_slash;
};

struct phrase_book {
    struct phrase *phrases;
    int count;
};

#endif
