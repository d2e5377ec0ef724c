/* spell: how far two skeletons (a-z, 0-9 without blanks) are apart. Private to the geocoder. */
#ifndef IMPORT_SPELL_H
#define IMPORT_SPELL_H

#include "layers/kit.h"

enum { SPELL_MAX = 48, SPELL_FAR = 1000 };

/* Half edits between a typed and a known skeleton: insertion, deletion, change, and exchange of neighbours
 * cost 2; a pair that the ear confuses (s/x, ch/tr, d/gi, n/ng, t/c, i/y) costs 1; a '?' in `typed` stands
 * for one letter or none and is free. A digit never changes. SPELL_FAR when more than `limit` or too long. */
int spell_cost(struct slice typed, struct slice known, int limit);
/* Edits that a name of so many letters may bear: under 6 none, to 10 one, beyond two. */
int spell_budget(size_t letters);
/* Upper-case ASCII skeleton key: y becomes i, in place. */
void spell_unify(char *skeleton, size_t n);

#endif
