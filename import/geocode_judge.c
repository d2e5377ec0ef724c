/* Judgement of one street for one address: number read, place found, faults counted, class given. The faults
 * and what they cost stand in geocode_faults.def. Law: the class never says more than the place was found to
 * be. */
#include "import/geocode_private.h"
#include "import/path.h"

#include <math.h>
#include <string.h>

static const struct geofault_row ROWS[GEO_COUNT] = {
#define GEOFAULT(id, code, points, is_blocking, sentence) {code, points, is_blocking, sentence},
#include "import/geocode_faults.def"
#undef GEOFAULT
};

enum { AMBIGUOUS_MARGIN = 3, UNUSED_MOST = 4, BORDER_M = 60, RELATION_M = 30 };

const struct geofault_row *geofault_get(enum geofault id)
{
    return &ROWS[id];
}

double judged_score(const uint8_t faults[GEO_COUNT])
{
    double score = 100;
    for (int i = 0; i < GEO_COUNT; i++)
        score -= faults[i] * ROWS[i].points;
    return fmax(0, score);
}

bool is_blocked(const uint8_t faults[GEO_COUNT])
{
    return worst_fault(faults) != GEO_COUNT;
}

enum geofault worst_fault(const uint8_t faults[GEO_COUNT])
{
    enum geofault worst = GEO_COUNT;
    for (int i = 0; i < GEO_COUNT; i++)
        if (faults[i] && ROWS[i].is_blocking && (worst == GEO_COUNT || ROWS[i].points > ROWS[worst].points))
            worst = (enum geofault)i;
    return worst;
}

int64_t home_ward(const struct geocoder *g)
{
    for (uint32_t i = 0; i < g->gazetteer->ward_count; i++)
        if (g->gazetteer->wards[i].is_home)
            return g->gazetteer->wards[i].id;
    return 0;
}

/* --- faults of the name --- */

static void judge_name(const struct geocoder *g, const struct reading *r, int i, struct judged *j)
{
    const struct street_match *m = &j->match;
    const struct street_alias *alias = &g->streets->aliases[m->alias];
    j->faults[GEO_TYPO] = (uint8_t)m->half_edits;
    j->faults[GEO_TONE] = (uint8_t)m->tone_differs;
    j->faults[GEO_MARK] = (uint8_t)m->mark_differs;
    j->faults[GEO_WEAK_ALIAS] = alias->kind == ALIAS_WEAK && m->way == WAY_EXACT;
    j->faults[GEO_ABBREVIATED] = m->way == WAY_ABBREVIATED;
    j->faults[GEO_INITIALS] = m->way == WAY_INITIALS;
    j->faults[GEO_DOUBTFUL] = m->is_doubtful;
    j->faults[GEO_EXTENDED] = m->is_extended;
    bool is_placed = m->has_number || m->has_street_word || (m->way == WAY_EXACT && m->starts_part);
    j->faults[GEO_LOOSE] = !is_placed;
    for (int k = 0; k < r->matches.count; k++)
        if (k != i && r->matches.m[k].place > m->place - AMBIGUOUS_MARGIN)
            j->faults[GEO_AMBIGUOUS] = 1;
    /* another street with a number of its own in front, and no "gần" between */
    const struct street_match *next = r->matches.count > 1 ? &r->matches.m[i == 0 ? 1 : 0] : NULL;
    bool is_apart = next && (next->from >= m->to || next->to <= m->from);
    if (is_apart && next->way == WAY_EXACT && next->has_number && m->has_number &&
        r->address.relation_at < 0 && address_number_before(&r->tokens, next->from) < next->from)
        j->faults[GEO_SEVERAL] = 1;
}

/* --- faults of the number --- */

static void judge_number(struct judged *j)
{
    const struct address *a = &j->address;
    bool is_exact = j->placed.grade == PLACE_EXACT;
    bool is_good = is_exact || j->placed.grade == PLACE_BETWEEN;
    j->faults[GEO_NUMBER_OUTSIDE] = j->placed.grade == PLACE_OUTSIDE;
    j->faults[GEO_SCATTERED] = j->placed.grade == PLACE_STREET && j->placed.is_scattered;
    j->faults[GEO_NO_GEOMETRY] = j->placed.grade == PLACE_NOWHERE;
    j->faults[GEO_NUMBER_UNCLEAR] = (a->flags & ADDRESS_NUMBER_UNCLEAR) != 0;
    j->faults[GEO_NUMBER_WEAK] = j->match.way == WAY_INITIALS && !is_good;
    j->faults[GEO_RELATION] = (a->flags & (ADDRESS_RELATION | ADDRESS_CROSSING)) &&
                              a->relation_at < j->match.from && a->relation_at >= 0;
    bool is_house = a->has_number && j->placed.grade <= PLACE_STREET;
    j->faults[GEO_LOT] = (a->flags & ADDRESS_LOT) && is_house;
    j->faults[GEO_LOT_UNKNOWN] = (a->flags & ADDRESS_LOT) && !is_house;
    j->faults[GEO_NO_STREET_NUMBERS] =
        j->placed.grade == PLACE_STREET && a->has_number && j->placed.known_max == 0;
}

/* --- faults of the territory --- */

static const struct shape *ward_area(const struct geocoder *g, int64_t ward_id)
{
    for (uint32_t i = 0; i < g->gazetteer->ward_count; i++)
        if (g->gazetteer->wards[i].id == ward_id)
            return &g->gazetteer->wards[i].area;
    return NULL;
}

static double segment_distance(struct metres p, struct metres a, struct metres b)
{
    double dx = b.x - a.x, dy = b.y - a.y, squared = dx * dx + dy * dy;
    double t = squared > 0 ? ((p.x - a.x) * dx + (p.y - a.y) * dy) / squared : 0;
    t = fmax(0, fmin(1, t));
    return metres_between(p, (struct metres){a.x + t * dx, a.y + t * dy});
}

/* In the area or close to its border: ward borders run along streets, and a house on the far side still
 * writes our ward. */
static bool is_in_or_near(const struct shape *area, struct lonlat at)
{
    if (shape_holds(area, at))
        return true;
    struct plane plane = plane_at(at);
    uint32_t start = 0;
    for (uint32_t part = 0; part < area->part_count; part++) {
        for (uint32_t i = start + 1; i < area->ends[part]; i++) {
            struct metres a = plane_to_metres(&plane, area->points[i - 1]),
                          b = plane_to_metres(&plane, area->points[i]);
            if (segment_distance((struct metres){0, 0}, a, b) <= BORDER_M)
                return true;
        }
        start = area->ends[part];
    }
    return false;
}

static void judge_territory(const struct geocoder *g, struct judged *j)
{
    const struct address *a = &j->address;
    int64_t home = home_ward(g);
    j->faults[GEO_WARD_MISSING] = !a->has_ward;
    j->faults[GEO_OLD_WARD] = (a->flags & ADDRESS_WARD_OLD) && a->ward_id;
    j->faults[GEO_WARD_TYPO] = (a->flags & ADDRESS_WARD_TYPO) != 0;
    j->faults[GEO_WARD_UNKNOWN] = (a->flags & ADDRESS_WARD_UNKNOWN) != 0;
    j->faults[GEO_DISTRICT_CONFLICT] =
        (a->flags & ADDRESS_DISTRICT_OTHER) && !(a->has_ward && a->ward_id == home);
    const struct shape *area = a->ward_id ? ward_area(g, a->ward_id) : NULL;
    bool has_area = area && area->part_count > 0, has_point = j->placed.grade != PLACE_NOWHERE;
    if (has_area && has_point)
        j->faults[GEO_WARD_CONFLICT] = !is_in_or_near(area, j->placed.at);
    else if (a->ward_id && home)
        j->faults[GEO_WARD_CONFLICT] = a->ward_id != home;
    int64_t named = a->group_id ? a->group_id
                                : lexicon_group(g->lexicon, a->group_number, a->ward_id ? a->ward_id : home);
    for (uint32_t i = 0; named && has_point && i < g->gazetteer->group_count; i++) {
        const struct gazetteer_group *group = &g->gazetteer->groups[i];
        if (group->id == named && group->area.part_count > 0)
            j->faults[GEO_GROUP_OTHER] = !is_in_or_near(&group->area, j->placed.at);
    }
}

bool is_in_ward(const struct geocoder *g, int64_t ward_id, struct lonlat at)
{
    const struct shape *area = ward_area(g, ward_id);
    return area == NULL || area->part_count == 0 || is_in_or_near(area, at);
}

/* --- class --- */

static void give_class(struct judged *j)
{
    static const struct {
        char class;
        enum position_kind position;
    } BY_GRADE[] = {
        [PLACE_EXACT] = {'A', POSITION_HOUSE_NUMBER}, [PLACE_BETWEEN] = {'B', POSITION_INTERPOLATED},
        [PLACE_NEAR] = {'C', POSITION_INTERPOLATED},  [PLACE_STREET] = {'D', POSITION_STREET},
        [PLACE_OUTSIDE] = {'D', POSITION_STREET},     [PLACE_NOWHERE] = {0, POSITION_NONE}};
    if (j->faults[GEO_RELATION] && j->placed.grade < PLACE_NEAR) {
        j->placed.grade = PLACE_NEAR;
        j->placed.accuracy_m = fmax(RELATION_M, j->placed.accuracy_m + 20);
    }
    j->class = BY_GRADE[j->placed.grade].class;
    j->position = BY_GRADE[j->placed.grade].position;
}

static void place_match(const struct geocoder *g, const struct reading *r, struct arena *a, struct judged *j)
{
    int64_t group = j->address.group_id;
    if (group == 0)
        group = lexicon_group(g->lexicon, j->address.group_number,
                              j->address.ward_id ? j->address.ward_id : home_ward(g));
    struct place_query q = {j->match.street, &j->address,
                            j->address.ward_id ? j->address.ward_id : home_ward(g), group};
    place_find(g->places, &q, a, &j->placed);
    if (!(j->address.flags & ADDRESS_CROSSING))
        return;
    for (int k = 0; k < r->matches.count; k++) {
        const struct street_match *other = &r->matches.m[k];
        bool is_other = other->way == WAY_EXACT && (other->from >= j->match.to || other->to <= j->match.from);
        struct lonlat at;
        if (is_other && place_crossing(g->places, j->match.street, other->street, &at)) {
            j->placed = (struct placed){.grade = PLACE_NEAR, .at = at, .accuracy_m = 50};
            return;
        }
    }
}

static int count_unused(const struct tokens *t)
{
    int n = 0;
    for (int i = 0; i < t->count; i++)
        n += t->t[i].label == LABEL_FREE && t->t[i].fold.n > 1 && !is_street_word(&t->t[i]);
    return n;
}

void judge_street(const struct geocoder *g, struct reading *r, int i, struct arena *a, struct judged *out)
{
    struct tokens tokens = r->tokens; /* each street labels its own copy */
    struct mask mask = r->mask;
    *out = (struct judged){.address = r->address, .match = r->matches.m[i]};
    mask.tokens = &tokens;
    mask.out = &out->address;
    address_number(&tokens, out->match.from, out->match.to, &out->address);
    for (int k = out->match.from; k < out->match.to; k++)
        tokens.t[k].label = LABEL_STREET;
    address_mask_tail(&mask, out->match.to);
    place_match(g, r, a, out);
    judge_name(g, r, i, out);
    judge_number(out);
    judge_territory(g, out);
    out->address.unused = count_unused(&tokens);
    out->faults[GEO_UNUSED] =
        (uint8_t)(out->address.unused < UNUSED_MOST ? out->address.unused : UNUSED_MOST);
    out->faults[GEO_CUT] = tokens.is_cut;
    give_class(out);
    out->score = judged_score(out->faults);
    if (i == 0)
        r->tokens = tokens;
}
