/* Pilot models in memory: who joined when, and which evidence stands in what state. The lists are written
 * from it and the indicators are counted from it, by the standard policy of domain.md B.3, never from the
 * lists. */
#ifndef SAMPLE_PILOT_H
#define SAMPLE_PILOT_H

#include "ward.h"

enum { PILOTS = 3, MAX_MEMBERS = 260, MAX_EVIDENCE = 1400 };
enum evidence_state { DRAFT, SUBMITTED, VERIFIED, DISPUTED, OVERTURNED, WITHDRAWN, STATES };

struct member {
    int pilot, place;
    int joined, left; /* left 0: still a member */
};
struct evidence {
    int member, class; /* class 1..3: E1, E2, E3 */
    int day, method;   /* method 0 QR, 1 POS, 2 CK */
    enum evidence_state state;
    bool passed;
    char minutes[24];
};
struct pilot_book {
    struct member member[MAX_MEMBERS];
    struct evidence evidence[MAX_EVIDENCE];
    int members, evidences;
};
struct ratio {
    int numerator, denominator;
};
enum policy { STRICT, STANDARD, LENIENT };

void pilot_plan(struct pilot_book *b, struct ward *w, uint64_t seed);
const char *pilot_code(int pilot);
struct ratio pilot_ratio(const struct pilot_book *b, const struct ward *w, int pilot, int as_of,
                         enum policy policy);

/* truth_plain.c: the plan as tables, for whoever counts independently */
struct office;
bool truth_plain(const struct office *o, const struct pilot_book *b);

#endif
