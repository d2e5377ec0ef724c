/* The lists of the office, one writer each; all return false when a file could not be written. */
#ifndef SAMPLE_LISTS_H
#define SAMPLE_LISTS_H

#include "book.h"

struct office {
    struct ward *ward;
    const char *folder;
    struct truth *truth;
    uint64_t seed;
};

bool list_markets(const struct office *o);
bool list_stalls(const struct office *o);
bool list_establishments(const struct office *o);
bool list_food(const struct office *o);
bool list_pilots(const struct office *o); /* members, payments and the indicators that follow from them */
bool list_manifest(const struct office *o);

/* the cells that every list of businesses shares */
void row_identity(struct row *r, const struct place *p);

#endif
