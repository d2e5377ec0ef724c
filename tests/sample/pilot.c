/* Plans the pilot models and counts KPI-GD from the plan. */
#include "pilot.h"
#include "text.h"

#include <string.h>

static const int STREET_OF_PILOT = 13; /* 2 Tháng 9 */

const char *pilot_code(int pilot)
{
    static const char *const codes[PILOTS] = {"MH01", "MH02", "MH03"};
    return codes[pilot];
}

/* Which pilot a business could belong to: a market, a street, one zone of the other market; -1 none. Members
 * are taken only where the row that made the business is beyond doubt. */
static int pilot_of(const struct ward *w, const struct place *p)
{
    if (p->spoiled || !p->stored || p->status == CEASED)
        return -1;
    if (p->list == LIST_STALLS) {
        const struct stall *t = &w->stall[p->stall];
        if (t->market == 0)
            return t->zone == 3 ? -1 : 0;
        return t->zone == 2 ? 2 : -1;
    }
    bool listed = p->list == LIST_HOUSEHOLDS || p->list == LIST_ENTERPRISES || p->list == LIST_SURVEY;
    return listed && w->house[p->house].street == STREET_OF_PILOT && w->house[p->house].alley < 0 ? 1 : -1;
}

static void add_evidence(struct pilot_book *b, struct rng *r, struct evidence e)
{
    static const char *const stem[] = {"", "BB", "ANH", "GD"};
    int k = rng_below(r, 100);
    if (b->evidences == MAX_EVIDENCE)
        return;
    e.state = k < 80   ? VERIFIED
              : k < 86 ? SUBMITTED
              : k < 89 ? DRAFT
              : k < 93 ? DISPUTED
              : k < 97 ? OVERTURNED
                       : WITHDRAWN;
    e.passed = !rng_chance(r, 50);
    e.method = rng_below(r, 3);
    put(e.minutes, sizeof e.minutes, "%s-%04d", stem[e.class], b->evidences + 1);
    b->evidence[b->evidences++] = e;
}

static void gather_evidence(struct pilot_book *b, struct rng *r, int member)
{
    int joined = b->member[member].joined, end = date_make(2026, 11, 20);
    if (rng_chance(r, 900))
        add_evidence(b, r,
                     (struct evidence){.member = member, .class = 1, .day = joined - 5 + rng_below(r, 60)});
    if (rng_chance(r, 60)) /* minutes so old that they no longer count */
        add_evidence(b, r, (struct evidence){.member = member, .class = 1, .day = date_make(2025, 3, 1)});
    if (rng_chance(r, 550))
        add_evidence(b, r, (struct evidence){.member = member, .class = 2, .day = joined + rng_below(r, 40)});
    for (int k = 0; k < 4; k++) {
        int day = joined - 10 + rng_below(r, end - joined + 10);
        if (rng_chance(r, 750))
            add_evidence(b, r, (struct evidence){.member = member, .class = 3, .day = day});
    }
}

/* The last days of each window decide: one member for either side of every border. */
static void border_cases(struct pilot_book *b)
{
    static const int shift[] = {90, 91, 0, 365, 366};
    int as_of = date_make(2026, 10, 31);
    for (int k = 0; k < 5 && k < b->members; k++) {
        struct member *m = &b->member[k];
        bool transaction = k < 3;
        m->joined = date_make(2026, 2, 1);
        m->left = 0;
        for (int n = 0; n < b->evidences; n++) {
            struct evidence *e = &b->evidence[n];
            if (e->member != k)
                continue;
            e->state = e->class == 2 ? VERIFIED : e->class == (transaction ? 3 : 1) ? WITHDRAWN : VERIFIED;
            e->passed = true;
            e->day = e->class == 1 ? date_make(2026, 2, 10 + n % 15) : as_of - 20 - n % 15;
        }
        if (b->evidences < MAX_EVIDENCE - 2) {
            struct evidence e = {k, transaction ? 3 : 1, as_of - shift[k], 0, VERIFIED, true, ""};
            put(e.minutes, sizeof e.minutes, "BIEN-%d", k + 1);
            b->evidence[b->evidences++] = e;
            e.class = transaction ? 1 : 3;
            e.day = as_of - 30;
            put(e.minutes, sizeof e.minutes, "NEN-%d", k + 1);
            b->evidence[b->evidences++] = e;
        }
    }
    for (int k = 5; k < 7 && k < b->members; k++) { /* the leave date itself no longer counts */
        b->member[k].joined = date_make(2026, 2, 1);
        b->member[k].left = as_of + (k - 5);
    }
}

void pilot_plan(struct pilot_book *b, struct ward *w, uint64_t seed)
{
    struct rng r = rng_fork(seed, "pilots");
    static const int share[PILOTS] = {800, 900, 850};
    for (int k = 0; k < w->places && b->members < MAX_MEMBERS; k++) {
        int pilot = pilot_of(w, &w->place[k]);
        if (pilot < 0 || !rng_chance(&r, share[pilot]))
            continue;
        struct member *m = &b->member[b->members];
        *m = (struct member){.pilot = pilot, .place = k};
        m->joined = date_make(2026, 1, 10) + rng_below(&r, 260);
        if (rng_chance(&r, 80))
            m->left = m->joined + 20 + rng_below(&r, date_make(2026, 11, 1) - m->joined);
        gather_evidence(b, &r, b->members++);
    }
    border_cases(b);
}

/* ---- KPI-GD ---- */

static bool counts(const struct evidence *e, const struct member *m, int as_of)
{
    int age = as_of - e->day, most = e->class == 3 ? 90 : 365;
    if (e->state != VERIFIED || !e->passed || age < 0 || age > most)
        return false;
    return e->class != 3 || e->day >= m->joined;
}

static bool proven(const struct pilot_book *b, int member, int as_of, enum policy policy)
{
    bool has[4] = {false};
    for (int k = 0; k < b->evidences; k++)
        if (b->evidence[k].member == member && counts(&b->evidence[k], &b->member[member], as_of))
            has[b->evidence[k].class] = true;
    bool accepts = policy == STRICT ? has[1] && has[2] : policy == STANDARD ? has[1] : has[1] || has[2];
    return accepts && has[3];
}

struct ratio pilot_ratio(const struct pilot_book *b, const struct ward *w, int pilot, int as_of,
                         enum policy policy)
{
    struct ratio r = {0, 0};
    for (int k = 0; k < b->members; k++) {
        const struct member *m = &b->member[k];
        bool inside = m->joined <= as_of && (m->left == 0 || m->left > as_of);
        if ((pilot >= 0 && m->pilot != pilot) || !inside || w->place[m->place].status != ACTIVE)
            continue;
        r.denominator++;
        r.numerator += proven(b, k, as_of, policy);
    }
    return r;
}
