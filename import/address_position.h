/* address_position: a position typed into the text (address_position.c). Private to the geocoder. */
#ifndef IMPORT_ADDRESS_POSITION_H
#define IMPORT_ADDRESS_POSITION_H

#include "import/import.h"

struct typed_position {
    struct lonlat at;
    double accuracy_m;
    size_t start, end; /* bytes of the text */
    bool is_swapped;   /* longitude first */
    bool is_code;      /* a plus code */
};

/* The first one in the text; false when there is none in Viet Nam. `near` completes a short plus code. */
bool address_position(struct slice text, struct lonlat near, struct typed_position *out);

#endif
