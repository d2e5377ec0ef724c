/* Planted defects. A scene is one row in the making; each defect is a function that damages it, says so in
 * the note and, where the contract demands it, changes what must become of the row. Tables of defects stand
 * at the end of each file.
 */
#ifndef SAMPLE_MESS_H
#define SAMPLE_MESS_H

#include "book.h"

/* An address still in parts. `whole` replaces all other parts when it is set. */
struct address {
    char prefix[64], number[64], street[128], ward[96], suffix[160], whole[TEXT];
};
struct scene {
    struct rng *rng;
    struct ward *ward;
    struct place *place;
    const struct layout *layout;
    struct row *row;
    struct address address;
};
struct defect {
    const char *name;
    int permille;
    unsigned lists; /* bit (1 << enum list) for each list that can have it; 0: all */
    bool (*apply)(struct scene *s);
};

void scene_verdict(struct scene *s, enum verdict verdict, const char *also);
void scene_place(struct scene *s, enum position best);
bool scene_in_parts(const struct scene *s); /* number and street in columns of their own */
void mess_one_of(struct scene *s, const struct defect *table, int n);  /* at most one of the table */
void mess_each_of(struct scene *s, const struct defect *table, int n); /* each for itself */

void address_describe(struct scene *s); /* fills the parts from the house */
void address_damage(struct scene *s);
void address_write(struct scene *s); /* parts into cells */
void letters_damage(struct scene *s);
void fields_damage(struct scene *s);
void words_fill(struct scene *s); /* kinds, statuses, yes and no in the clean or a free spelling */
const char *words_yes_no(struct rng *r, bool yes, bool freely);

#endif
