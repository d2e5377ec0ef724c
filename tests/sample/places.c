/* Settles invented businesses in houses and stalls. Identity numbers begin with 000 and tax codes with 00,
 * prefixes no authority gives out; telephone numbers lie in 0900 00x xxx. */
#include "text.h"
#include "ward.h"

#include <stdio.h>
#include <string.h>

static const struct {
    enum list list;
    int number;
    const char *ref;
} PLAN[] = {
    {LIST_HOUSEHOLDS, 2600, "HKD-%04d"},
    {LIST_ENTERPRISES, 430, "DN-%04d"},
    {LIST_SURVEY, 620, "KS-%04d"},
    {LIST_TCVN3, 40, "TC-%04d"},
    {LIST_CP1258, 40, "W8-%04d"},
    {LIST_UTF16, 40, "U6-%04d"},
    {LIST_FOOD, 330, ""},
};

/* The tenth digit of a tax code is a check digit; ours are well formed and still nobody's. */
static void make_tax_code(struct rng *r, char out[16])
{
    static const int weight[9] = {31, 29, 23, 19, 17, 13, 7, 5, 3};
    int sum = 0;
    do {
        put(out, 16, "00%07d", rng_below(r, 10000000));
        sum = 0;
        for (int k = 0; k < 9; k++)
            sum += weight[k] * (out[k] - '0');
    } while (sum % 11 == 0);
    int check = 10 - sum % 11;
    out[9] = (char)('0' + check % 10);
    out[10] = 0;
}

static void choose_name(struct ward *w, struct rng *r, struct place *p)
{
    static const char *const firm[] = {"Công ty TNHH", "Công ty Cổ phần", "Công ty TNHH MTV"};
    char sign[128];
    name_person(r, p->owner);
    name_signboard(r, p->trade, sign);
    if (p->kind == ENTERPRISE)
        put(p->name, sizeof p->name, "%s %s %d", firm[rng_below(r, 3)], sign, w->places % 90 + 1);
    else if (p->kind == BRANCH)
        put(p->name, sizeof p->name, "Chi nhánh %s", sign);
    else if (p->kind == COOPERATIVE)
        put(p->name, sizeof p->name, "Hợp tác xã %s", sign);
    else if (p->flags & NAMED_AFTER_OWNER)
        put(p->name, sizeof p->name, "%s %s", TRADES[p->trade].word, p->owner);
    else
        put(p->name, sizeof p->name, "%s", sign);
}

static enum kind choose_kind(struct rng *r, enum list list)
{
    int k = rng_below(r, 100);
    if (list != LIST_ENTERPRISES)
        return HOUSEHOLD;
    return k < 78 ? ENTERPRISE : k < 93 ? BRANCH : COOPERATIVE;
}

static unsigned choose_flags(struct rng *r, enum list list)
{
    unsigned f = 0;
    f |= rng_chance(r, 620) ? HAS_QR : 0;
    f |= rng_chance(r, list == LIST_ENTERPRISES ? 500 : 90) ? HAS_POS : 0;
    f |= rng_chance(r, 700) ? HAS_TRANSFER : 0;
    f |= rng_chance(r, 410) ? HAS_PLATFORM : 0;
    f |= rng_chance(r, 640) ? HAS_ACCOUNT : 0;
    f |= list == LIST_HOUSEHOLDS && rng_chance(r, 60) ? AT_HOME : 0;
    f |= list == LIST_HOUSEHOLDS && rng_chance(r, 30) ? NAMED_AFTER_OWNER : 0;
    return f;
}

static struct place *add_place(struct ward *w, struct rng *r, enum list list)
{
    struct place *p = &w->place[w->places++];
    int k = rng_below(r, 100);
    *p = (struct place){.house = -1, .stall = -1, .list = list, .stored = true};
    p->trade = rng_below(r, trade_count());
    while (list == LIST_FOOD && TRADES[p->trade].regime == NO_FOOD)
        p->trade = rng_below(r, trade_count());
    p->kind = choose_kind(r, list);
    p->status = k < 90 ? ACTIVE : k < 95 ? SUSPENDED : CEASED;
    p->flags = choose_flags(r, list);
    p->issued = date_make(2012, 1, 1) + rng_below(r, date_make(2026, 5, 31) - date_make(2012, 1, 1));
    choose_name(w, r, p);
    put(p->phone, sizeof p->phone, "090000%04d", w->places);
    if (p->kind == HOUSEHOLD)
        put(p->id, sizeof p->id, "000%09d", rng_below(r, 1000000000));
    else
        make_tax_code(r, p->id);
    if (p->kind == BRANCH)
        put(p->id + 10, sizeof p->id - 10, "-%03d", 1 + rng_below(r, 9));
    return p;
}

static int free_house(struct ward *w, struct rng *r)
{
    int k;
    do
        k = rng_below(r, w->houses);
    while (w->house[k].used);
    w->house[k].used = true;
    return k;
}

static void settle_stalls(struct ward *w, struct rng *r)
{
    static const int zone_trades[MARKETS][4][3] = {{{0, 1, 2}, {4, 5, 7}, {9, 11, 15}, {18, 19, 18}},
                                                   {{0, 1, 2}, {18, 18, 18}, {10, 14, 13}, {0, 0, 0}}};
    for (int k = 0; k < w->stalls; k++) {
        struct stall *s = &w->stall[k];
        if (rng_chance(r, 130))
            continue;
        struct place *p = add_place(w, r, LIST_STALLS);
        p->trade = zone_trades[s->market][s->zone][rng_below(r, 3)];
        choose_name(w, r, p);
        p->status = p->status == CEASED ? ACTIVE : p->status;
        p->stall = k;
        put(p->ref, sizeof p->ref, "%s", s->market == 0 ? s->ref : "");
        s->place = (int)(p - w->place);
    }
}

/* Rows of the lists stand in the order of the groups and streets, as clerks keep them. */
static int by_ground(const struct ward *w, const struct place *a, const struct place *b)
{
    const struct house *x = &w->house[a->house], *y = &w->house[b->house];
    return x->group != y->group ? x->group - y->group : a->house - b->house;
}

static void sort_places(struct ward *w, int first)
{
    for (int k = first + 1; k < w->places; k++) {
        struct place p = w->place[k];
        int n = k;
        for (; n > first && by_ground(w, &w->place[n - 1], &p) > 0; n--)
            w->place[n] = w->place[n - 1];
        w->place[n] = p;
    }
}

void ward_settle_places(struct ward *w, uint64_t seed)
{
    struct rng r = rng_fork(seed, "places");
    settle_stalls(w, &r);
    for (size_t n = 0; n < sizeof PLAN / sizeof *PLAN; n++) {
        int first = w->places;
        for (int k = 0; k < PLAN[n].number; k++)
            add_place(w, &r, PLAN[n].list)->house = free_house(w, &r);
        sort_places(w, first);
        for (int k = first; k < w->places; k++)
            put(w->place[k].ref, sizeof w->place[k].ref, PLAN[n].ref, k - first + 1);
    }
}
