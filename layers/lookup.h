/* lookup: which places have this personal number, this name at this address, while a long list comes in.
 * Private to layers/.
 *
 * A B-tree index over keyed hashes is filled at random places: of a long list nearly every record would touch
 * a page of its own. So the two indexes rest until the end and are then made sorted, in the same transaction;
 * meanwhile the answers come from memory. A crash or a rollback leaves the indexes as they were. */
#ifndef LAYERS_LOOKUP_H
#define LAYERS_LOOKUP_H

#include "layers/store_private.h"

struct lookup;

enum lookup_kind { LOOKUP_IDENTITY, LOOKUP_MATCH };

/* Inside a transaction; the store answers from it from now on. */
bool lookup_open(struct store *s, struct fault *f) RESULT_MUST_BE_USED;
/* The indexes stand again. */
bool lookup_done(struct store *s, struct fault *f) RESULT_MUST_BE_USED;
/* Frees it; without lookup_done the transaction must be rolled back. Fine when none is open. */
void lookup_close(struct store *s);

/* The rest does nothing where `l` is NULL. */
void lookup_add(struct lookup *l, enum lookup_kind kind, const uint8_t hash[HASH_BYTES], int64_t place);

enum { LOOKUP_MAX = 32 };

/* Places that may have it, lowest first: all that have it (or so many), and some that have not. */
int lookup_find(const struct lookup *l, enum lookup_kind kind, const uint8_t hash[HASH_BYTES],
                int64_t places[LOOKUP_MAX]);

#endif
