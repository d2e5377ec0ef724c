/* Houses along streets and alleys: odd on the left, even on the right, numbers growing with the walk.
 * Afterwards about one house in seven is left out of the address file (its true place stays in the truth),
 * which is what interpolation is for. */
#include "ward.h"

#include <math.h>

struct walk {
    struct ward *ward;
    struct rng *rng;
    int street, alley; /* alley -1: along the street itself */
    int parity;        /* 1 odd, left; 0 even, right */
    double t_m;
    int number;
};

static void add_house(struct walk *k, struct point at, char suffix)
{
    struct ward *w = k->ward;
    if (w->houses == MAX_HOUSES)
        return;
    w->house[w->houses++] = (struct house){.street = k->street,
                                           .alley = k->alley,
                                           .number = k->number,
                                           .suffix = suffix,
                                           .at = at,
                                           .group = plan_group_of(at),
                                           .listed = true,
                                           .best = AT_HOUSE};
}

static void walk_hem(struct walk *outer, struct point mouth, struct point heading)
{
    struct ward *w = outer->ward;
    const struct alley *kiet = &w->alley[outer->alley];
    if (w->alleys == MAX_ALLEYS)
        return;
    w->alley[w->alleys] = (struct alley){outer->street,
                                         outer->alley,
                                         outer->number,
                                         mouth,
                                         heading,
                                         30,
                                         kiet->mapped && rng_chance(outer->rng, 900)};
    struct walk k = {w, outer->rng, outer->street, w->alleys++, 0, 0, 0};
    for (k.parity = 0; k.parity < 2; k.parity++) {
        double left = k.parity ? 4 : -4;
        k.number = k.parity ? 1 : 2;
        for (k.t_m = 8; k.t_m < 30; k.t_m += rng_real(k.rng, 5, 7), k.number += 2)
            add_house(&k, plan_along(mouth, heading, k.t_m, left), 0);
    }
}

/* One side of a kiệt; a hẻm may leave near its end on the left. */
static void walk_kiet_side(struct walk *k, bool with_hem)
{
    struct alley a = k->ward->alley[k->alley];
    double left = k->parity ? 4.5 : -4.5;
    k->number = k->parity ? 1 : 2;
    for (k->t_m = 19; k->t_m < a.length_m - 2; k->t_m += rng_real(k->rng, 5, 7), k->number += 2) {
        if (with_hem && k->parity && k->t_m > 33) {
            struct point turn = {-a.heading.v, a.heading.u};
            walk_hem(k, plan_along(a.mouth, a.heading, k->t_m, 0), turn);
            with_hem = false;
        } else {
            add_house(k, plan_along(a.mouth, a.heading, k->t_m, left), 0);
        }
    }
}

/* A kiệt leaves the street and bears the number of the house that would stand at its mouth. */
static void walk_kiet(struct walk *k)
{
    struct ward *w = k->ward;
    const struct street *s = &w->street[k->street];
    if (w->alleys == MAX_ALLEYS)
        return;
    double sign = k->parity ? 1 : -1;
    struct point inward = {-s->heading.v * sign, s->heading.u * sign};
    struct point mouth = plan_along(s->start, s->heading, k->t_m + 2, 0);
    w->alley[w->alleys] = (struct alley){
        k->street, -1, k->number, mouth, inward, rng_real(k->rng, 40, 52), rng_chance(k->rng, 900)};
    struct walk in = {w, k->rng, k->street, w->alleys++, 0, 0, 0};
    bool with_hem = rng_chance(k->rng, 450);
    for (in.parity = 0; in.parity < 2; in.parity++)
        walk_kiet_side(&in, with_hem);
}

static bool near_crossing(double x)
{
    double r = fmod(x - ORIGIN + PITCH, PITCH);
    return r < 12 || r > PITCH - 12;
}

/* Kiệt of streets that cross must not meet: north-south streets own the even blocks, the others the odd ones.
 */
static bool may_have_kiet(const struct street *s, struct point inside)
{
    int i = (int)floor((inside.u - ORIGIN) / PITCH), j = (int)floor((inside.v - ORIGIN) / PITCH);
    if (i < 0 || j < 0 || i >= LINES_V - 1 || j >= LINES_H - 1)
        return false;
    return ((i + j) % 2 == 0) == (s->axis == 'V');
}

/* Puts what stands on one frontage; returns its width in metres. */
static double build_frontage(struct walk *k, const struct street *s)
{
    double front = rng_real(k->rng, 8.5, 13.5), offset = rng_real(k->rng, 6, 12) * (k->parity ? 1 : -1);
    struct point at = plan_along(s->start, s->heading, k->t_m + front / 2, offset);
    struct point deep = plan_along(s->start, s->heading, k->t_m, offset * 3);
    if (near_crossing(s->axis == 'V' ? at.v : at.u) || plan_is_open(at))
        return 4;
    if (rng_chance(k->rng, 55) && may_have_kiet(s, deep)) {
        walk_kiet(k);
        front = 4;
    } else {
        add_house(k, at, 0);
        if (rng_chance(k->rng, 60)) {
            at = plan_along(at, s->heading, front * 0.6, 0);
            add_house(k, at, 'A');
            front *= 1.4;
        }
    }
    k->number += rng_chance(k->rng, 50) ? 4 : 2;
    return front;
}

static void walk_street(struct ward *w, struct rng *rng, int street)
{
    struct street *s = &w->street[street];
    struct walk k = {w, rng, street, -1, 0, 0, 0};
    for (k.parity = 0; k.parity < 2; k.parity++) {
        k.number = k.parity ? 1 : 2;
        for (k.t_m = 14; k.t_m < s->length_m - 26;)
            k.t_m += build_frontage(&k, s);
        if (k.number > s->largest)
            s->largest = k.number;
    }
}

static bool same_side(const struct house *a, const struct house *b)
{
    return a->street == b->street && a->alley == b->alley && a->number % 2 == b->number % 2;
}

static void hide_some(struct ward *w, struct rng *rng)
{
    int run = 0;
    for (int k = 0; k < w->houses; k++) {
        struct house *h = &w->house[k];
        if (run == 0 && rng_chance(rng, 8))
            run = 3 + rng_below(rng, 6);
        bool unmapped = h->alley >= 0 && !w->alley[h->alley].mapped;
        if (unmapped || run > 0 || rng_chance(rng, 100))
            h->listed = false;
        run -= run > 0;
    }
}

/* The nearest listed number on the same side, walking by `step`; 0 when there is none. Houses of one side are
 * consecutive in the array, except that alleys interrupt them. */
static int listed_neighbour(const struct ward *w, int k, int step)
{
    const struct house *h = &w->house[k];
    for (int n = k + step; n >= 0 && n < w->houses && w->house[n].street == h->street; n += step)
        if (same_side(h, &w->house[n]) && w->house[n].listed)
            return w->house[n].number;
    return 0;
}

static void judge_hidden(struct ward *w, int k)
{
    struct house *h = &w->house[k];
    int before = listed_neighbour(w, k, -1), after = listed_neighbour(w, k, 1);
    bool between = before > 0 && after > 0 && after - before <= 50;
    /* inside an alley the mouth is always a honest last resort before the street */
    h->best = between || h->alley >= 0 ? AT_INTERPOLATED : AT_STREET;
}

void ward_build_houses(struct ward *w, uint64_t seed)
{
    struct rng rng = rng_fork(seed, "houses");
    for (int k = 0; k < w->streets; k++)
        walk_street(w, &rng, k);
    hide_some(w, &rng);
    for (int k = 0; k < w->houses; k++)
        if (!w->house[k].listed)
            judge_hidden(w, k);
}
