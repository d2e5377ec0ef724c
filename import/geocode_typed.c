/* Positions typed into an address. Law: a typed position is believed inside our ward and near what the
 * address says; outside the ward, or far from a house the gazetteer knows, a person decides between the two.
 */
#include "import/geocode_private.h"

#include <math.h>

static const double APART_M = 300, SHARP_M = 50;

/* What speaks against a position; `r` is what the address says without it. */
static void judge_position(const struct geocoder *g, const struct geocode_result *r, struct lonlat at,
                           uint8_t faults[GEO_COUNT])
{
    bool is_known = r->status == GEOCODE_AUTO && (r->class == 'A' || r->class == 'B');
    faults[GEO_POSITION_OUTSIDE] = !is_in_ward(g, home_ward(g), at);
    faults[GEO_POSITION_APART] = is_known && distance_m(r->at, at) > APART_M;
}

static struct geocode_candidate candidate_of(const struct typed_position *typed, double score,
                                             const uint8_t faults[GEO_COUNT], struct arena *a)
{
    return (struct geocode_candidate){.at = typed->at,
                                      .position = POSITION_GPS,
                                      .accuracy_m = typed->accuracy_m,
                                      .score = score,
                                      .faults = fault_codes(faults, a),
                                      .why = typed->is_code ? SLICE("Mã cộng (plus code) ghi trong địa chỉ")
                                                            : SLICE("Toạ độ ghi trong địa chỉ")};
}

/* In front of the others: it was typed. */
static void put_first(struct geocode_result *r, const struct geocode_candidate *c)
{
    if (r->candidate_count < GEOCODE_CANDIDATES)
        r->candidate_count++;
    for (int i = r->candidate_count - 1; i > 0; i--)
        r->candidates[i] = r->candidates[i - 1];
    r->candidates[0] = *c;
}

void decide_typed(const struct geocoder *g, const struct typed_position *typed, struct arena *a,
                  struct geocode_result *r)
{
    uint8_t faults[GEO_COUNT] = {0};
    faults[GEO_SWAPPED] = typed->is_swapped;
    judge_position(g, r, typed->at, faults);
    r->score = judged_score(faults);
    struct geocode_candidate c = candidate_of(typed, r->score, faults, a);
    put_first(r, &c);
    r->at = typed->at;
    r->accuracy_m = round(typed->accuracy_m);
    geocode_areas(g, typed->at, &r->group_id, &r->ward_id);
    r->ward = lexicon_ward_name(g->lexicon, r->ward_id);
    enum geofault worst = worst_fault(faults);
    if (worst != GEO_COUNT) {
        r->status = GEOCODE_REVIEW;
        r->class = 0;
        r->position = POSITION_NONE;
        r->chance = 0;
        r->fault_group = slice_of(arena_format(a, "%s:", geofault_get(worst)->code));
        r->why = r->basis = why_faults("Cần xem lại", faults, a);
        return;
    }
    r->status = GEOCODE_AUTO;
    r->class = typed->accuracy_m <= SHARP_M ? 'A' : 'C';
    r->position = POSITION_GPS;
    r->chance = geocode_chance(r->class, r->score);
    r->fault_group = (struct slice){0};
    r->why = r->basis = why_faults(typed->is_code ? "Theo mã cộng (plus code) ghi trong địa chỉ"
                                                  : "Theo toạ độ ghi trong địa chỉ",
                                   faults, a);
}

bool geocode_given(const struct geocoder *g, const struct geocode_query *q, const struct lonlat *at,
                   double accuracy_m, struct arena *a, struct geocode_result *r)
{
    uint8_t faults[GEO_COUNT] = {0};
    *r = (struct geocode_result){.status = GEOCODE_NONE};
    if (g->gazetteer->street_count > 0)
        geocode(g, q, a, r);
    judge_position(g, r, *at, faults);
    if (r->status != GEOCODE_AUTO) { /* a street in question is nobody's */
        r->street_id = 0;
        r->street = r->number = r->chain = (struct slice){0};
    }
    r->status = GEOCODE_AUTO;
    r->class = 'A';
    r->position = POSITION_GPS;
    r->at = *at;
    r->accuracy_m = accuracy_m;
    r->score = judged_score(faults);
    r->chance = 0;
    r->fault_group = (struct slice){0};
    r->candidate_count = 0;
    r->why = r->basis = why_faults("Theo toạ độ ghi trong danh sách", faults, a);
    return worst_fault(faults) != GEO_COUNT;
}
