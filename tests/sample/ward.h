/* The invented ward: its plan, its houses, its markets, its businesses.
 *
 * Everything is laid out on a flat plan (u to the east, v to the north, metres) where streets are straight
 * and blocks are squares; `plan_to_lonlat` bends the plan once, so centrelines curve and nothing that did not
 * cross begins to. Ownership: one `struct ward` on the heap, owned by main; every pointer inside points at
 * constant text.
 */
#ifndef SAMPLE_WARD_H
#define SAMPLE_WARD_H

#include "names.h"
#include "place.h"

enum { MAX_STREETS = 64, MAX_ALLEYS = 900, MAX_HOUSES = 14000, MAX_STALLS = 520, MAX_PLACES = 6000 };

struct street {
    const char *name, *aliases;
    char axis;          /* 'V' runs north-south, 'H' east-west */
    int line, from, to; /* which grid line, and between which crossings */
    bool upward;        /* numbers grow against the custom (old quarters) */
    struct point start, heading;
    double length_m;
    int largest; /* the largest house number of the street */
};
struct alley {
    int street, parent, number; /* parent: index of the kiệt this hẻm leaves, or -1 */
    struct point mouth, heading;
    double length_m;
    bool mapped; /* false: neither its line nor its houses are in the base files */
};
struct house {
    int street, alley, number; /* alley: index, or -1 */
    char suffix;
    struct point at;
    int group;
    bool listed; /* stands in addresses.csv */
    bool used;
    enum position best;
};
struct stall {
    int market, zone, kind, number;
    struct box box;
    int place; /* index of the business in it, or -1 when vacant */
    char ref[16];
};

struct ward {
    struct street street[MAX_STREETS];
    int streets;
    struct alley alley[MAX_ALLEYS];
    int alleys;
    struct house house[MAX_HOUSES];
    int houses;
    struct stall stall[MAX_STALLS];
    int stalls, unplanned; /* unplanned: occupied stalls that no plan shows */
    struct place place[MAX_PLACES];
    int places;
};

/* streets.c, houses.c, market.c, places.c */
void ward_lay_streets(struct ward *w);
void ward_build_houses(struct ward *w, uint64_t seed);
void ward_build_markets(struct ward *w);
void ward_settle_places(struct ward *w, uint64_t seed);
const char *market_code(int market);
const char *market_name(int market);
const char *zone_name(int market, int zone);
const char *zone_goods(int market, int zone);
int zone_count(int market);
const char *stall_kind_name(int kind);

/* write_base.c */
bool base_write(const struct ward *w, const char *folder);

#endif
