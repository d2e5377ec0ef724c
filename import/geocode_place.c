/* From street, alleys and number to a point: address point, else between known numbers of the same side, else
 * the mouth of the alley, else the street. Numbers are sorted once for each street and alley; known points
 * that break the order by more than 30 m take no part in interpolation. Law: an unknown number stays on its
 * street, and what is claimed is what the neighbours allow: near ones within 12 numbers of the same side,
 * approximate up to 50, and beyond that only the street. */
#include "import/geocode_private.h"
#include "import/path.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    GAP_NEAR = 12,
    GAP_NEAR_ALLEY = 6,
    GAP_FAR = 50,
    OUT_OF_ORDER_M = 30,
    OFF_STREET_M = 60,
    LOOK_BACK = 300,
    MOUTH_ACCURACY_M = 100,
    OPPOSITE_ACCURACY_M = 100,
    LEAST_ACCURACY_M = 8,
    METRES_PER_NUMBER =
        15,               /* beyond the last known house; most plots take 3 m a number, a school takes 100 */
    LONE_M = 200,         /* without a line: one address pinned twice lies 146 m apart in one case of ten */
    SCATTERED_M = 800,    /* farther than this from every known house "on this street" says nothing */
    LEAST_BETWEEN_M = 15, /* real pins between neighbours stray 10 m in the median: plots differ */
};

struct known {
    double value; /* number, and a fraction for the suffix */
    int number;
    struct metres at;
    struct foot foot;
    bool is_ordered; /* fits the order of its neighbours */
    const struct gazetteer_point *point;
};

struct node {
    uint32_t street;
    struct slice chain; /* "" is the street itself */
    struct path path;
    struct known *known; /* by value */
    uint32_t known_count;
};

struct place_index {
    const struct gazetteer *g;
    struct plane plane;
    struct node *nodes; /* by street and chain */
    uint32_t count;
};

/* --- building --- */

static int compare_node(uint32_t street, struct slice chain, const struct node *n)
{
    if (street != n->street)
        return street < n->street ? -1 : 1;
    int order = memcmp(chain.p ? chain.p : "", n->chain.p ? n->chain.p : "",
                       chain.n < n->chain.n ? chain.n : n->chain.n);
    return order ? order : (chain.n > n->chain.n) - (chain.n < n->chain.n);
}

static int compare_nodes(const void *a, const void *b)
{
    const struct node *x = a;
    return compare_node(x->street, x->chain, b);
}

static struct node *node_find(const struct place_index *p, uint32_t street, struct slice chain)
{
    uint32_t low = 0, high = p->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (compare_node(street, chain, &p->nodes[middle]) > 0)
            low = middle + 1;
        else
            high = middle;
    }
    bool is_found = low < p->count && compare_node(street, chain, &p->nodes[low]) == 0;
    return is_found ? &p->nodes[low] : NULL;
}

/* 45 < 45bis < 45A < 45B < 46 */
static double value_of(int number, const char *suffix, size_t n)
{
    if (n == 0)
        return number;
    if (n >= 3 && memcmp(suffix, "BIS", 3) == 0)
        return number + 0.02;
    double fraction = suffix[0] >= 'A' && suffix[0] <= 'Z' ? 0.05 + 0.03 * (suffix[0] - 'A') : 0.03;
    return number + fraction + (n > 1 ? 0.01 : 0);
}

static int compare_known(const void *a, const void *b)
{
    const struct known *x = a, *y = b;
    if (x->value != y->value)
        return x->value < y->value ? -1 : 1;
    return (x->point > y->point) - (x->point < y->point);
}

/* The longest row of points of one side along which numbers only rise (direction 1) or fall (-1), with room
 * for 30 m. `picked` are indexes into known; marks the row and gives its length. */
static uint32_t longest_row(struct node *n, const uint32_t *picked, uint32_t count, int direction,
                            bool is_marking, uint32_t *scratch)
{
    uint32_t *length = scratch, *before = scratch + count, best = 0;
    for (uint32_t i = 0; i < count; i++) {
        length[i] = 1;
        before[i] = UINT32_MAX;
        for (uint32_t k = i; k-- > (i > LOOK_BACK ? i - LOOK_BACK : 0);) {
            double step = direction * (n->known[picked[i]].foot.at - n->known[picked[k]].foot.at);
            if (step >= -OUT_OF_ORDER_M && length[k] + 1 > length[i]) {
                length[i] = length[k] + 1;
                before[i] = k;
            }
        }
        best = length[i] > length[best] ? i : best;
    }
    uint32_t total = count ? length[best] : 0;
    for (uint32_t i = best; is_marking && count && i != UINT32_MAX; i = before[i])
        n->known[picked[i]].is_ordered = true;
    return total;
}

/* parity 0 and 1: a side of the street; -1: an alley, where sides say nothing */
static void order_side(struct node *n, int parity, uint32_t *scratch)
{
    uint32_t *picked = scratch, count = 0;
    for (uint32_t i = 0; i < n->known_count; i++) {
        struct known *k = &n->known[i];
        if (parity >= 0 && k->number % 2 != parity)
            continue;
        bool has_foot = n->path.count > 1 && fabs(k->foot.offset) <= OFF_STREET_M;
        k->is_ordered = n->path.count < 2;
        if (has_foot)
            picked[count++] = i;
    }
    uint32_t *rows = scratch + n->known_count;
    uint32_t up = longest_row(n, picked, count, 1, false, rows),
             down = longest_row(n, picked, count, -1, false, rows);
    longest_row(n, picked, count, up >= down ? 1 : -1, true, rows);
}

static void fill_known(struct place_index *p, struct node *n, uint32_t first, struct arena *a)
{
    n->known = ARENA_ARRAY(a, struct known, n->known_count + 1);
    for (uint32_t i = 0; i < n->known_count; i++) {
        const struct gazetteer_point *point = &p->g->points[first + i];
        struct known *k = &n->known[i];
        k->number = point->number;
        k->value = value_of(point->number, point->suffix.p, point->suffix.n);
        k->at = plane_to_metres(&p->plane, point->at);
        k->point = point;
        if (n->path.count > 1)
            k->foot = path_foot(&n->path, k->at);
    }
    qsort(n->known, n->known_count, sizeof *n->known, compare_known);
    uint32_t *scratch = calloc(3 * (size_t)n->known_count + 3, sizeof *scratch);
    if (scratch == NULL)
        return;
    if (n->chain.n == 0) {
        order_side(n, 0, scratch);
        order_side(n, 1, scratch);
    } else {
        order_side(n, -1, scratch);
    }
    free(scratch);
}

static bool same_node(const struct gazetteer_point *a, const struct gazetteer_point *b)
{
    return a->street == b->street && slice_equal(a->chain, b->chain);
}

static void add_nodes(struct place_index *p)
{
    const struct gazetteer *g = p->g;
    for (uint32_t i = 0; i < g->street_count; i++)
        p->nodes[p->count++] = (struct node){.street = i};
    for (uint32_t i = 0; i < g->alley_count; i++)
        if (g->alleys[i].chain.n > 0)
            p->nodes[p->count++] = (struct node){.street = g->alleys[i].street, .chain = g->alleys[i].chain};
    uint32_t known = p->count;
    qsort(p->nodes, p->count, sizeof *p->nodes, compare_nodes);
    for (uint32_t i = 0; i < g->point_count; i++) {
        bool is_first = i == 0 || !same_node(&g->points[i], &g->points[i - 1]);
        struct place_index sorted = {.nodes = p->nodes, .count = known};
        if (is_first && node_find(&sorted, g->points[i].street, g->points[i].chain) == NULL)
            p->nodes[p->count++] = (struct node){.street = g->points[i].street, .chain = g->points[i].chain};
    }
    qsort(p->nodes, p->count, sizeof *p->nodes, compare_nodes);
}

static struct lonlat any_point(const struct gazetteer *g)
{
    if (g->point_count > 0)
        return g->points[0].at;
    for (uint32_t i = 0; i < g->street_count; i++)
        if (g->streets[i].line.part_count > 0)
            return g->streets[i].line.points[0];
    for (uint32_t i = 0; i < g->ward_count; i++)
        if (g->wards[i].area.part_count > 0)
            return g->wards[i].area.points[0];
    return (struct lonlat){0, 0};
}

struct place_index *place_index_new(const struct gazetteer *g, struct arena *a)
{
    struct place_index *p = ARENA_NEW(a, struct place_index);
    p->g = g;
    p->plane = plane_at(any_point(g));
    p->nodes = ARENA_ARRAY(a, struct node, (size_t)g->street_count + g->alley_count + g->point_count + 1);
    add_nodes(p);
    for (uint32_t i = 0; i < p->count; i++)
        if (p->nodes[i].chain.n == 0)
            p->nodes[i].path = path_join(&p->plane, &g->streets[p->nodes[i].street].line, a);
    for (uint32_t i = 0; i < g->alley_count; i++) {
        struct node *n = node_find(p, g->alleys[i].street, g->alleys[i].chain);
        if (n && n->chain.n > 0)
            n->path = path_join(&p->plane, &g->alleys[i].line, a);
    }
    for (uint32_t first = 0, i = 0; i < g->point_count; i++) {
        if (i + 1 < g->point_count && same_node(&g->points[i + 1], &g->points[i]))
            continue;
        struct node *n = node_find(p, g->points[first].street, g->points[first].chain);
        n->known_count = i + 1 - first;
        fill_known(p, n, first, a);
        first = i + 1;
    }
    return p;
}

/* --- one number in one street or alley --- */

static struct lonlat to_lonlat(const struct place_index *p, struct metres at)
{
    return plane_to_lonlat(&p->plane, at);
}

static const struct known *find_exact(const struct node *n, double value)
{
    uint32_t low = 0, high = n->known_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (n->known[middle].value < value)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n->known_count && n->known[low].value == value ? &n->known[low] : NULL;
}

struct bracket {
    const struct known *low, *high;
};

/* Nearest ordered neighbours below and above; parity as in order_side. */
static struct bracket find_bracket(const struct node *n, double value, int parity)
{
    struct bracket b = {NULL, NULL};
    for (uint32_t i = 0; i < n->known_count; i++) {
        const struct known *k = &n->known[i];
        if (!k->is_ordered || (parity >= 0 && k->number % 2 != parity))
            continue;
        if (k->value < value)
            b.low = k;
        if (k->value > value && b.high == NULL)
            b.high = k;
    }
    return b;
}

static struct metres between(const struct node *n, const struct bracket *b, double value)
{
    double t = (value - b->low->value) / (b->high->value - b->low->value);
    const struct foot *f = &b->low->foot, *g = &b->high->foot;
    if (n->path.count > 1 && fabs(f->offset) <= OFF_STREET_M && fabs(g->offset) <= OFF_STREET_M)
        return path_locate(&n->path, f->at + t * (g->at - f->at), f->offset + t * (g->offset - f->offset));
    return (struct metres){b->low->at.x + t * (b->high->at.x - b->low->at.x),
                           b->low->at.y + t * (b->high->at.y - b->low->at.y)};
}

/* Both neighbours known. */
static bool place_between(const struct place_index *p, const struct node *n, double value, int parity,
                          struct placed *out)
{
    struct bracket b = find_bracket(n, value, parity);
    if (b.low == NULL || b.high == NULL)
        return false;
    int gap = b.high->number - b.low->number;
    double length = metres_between(b.low->at, b.high->at), accuracy = fmax(LEAST_BETWEEN_M, length / 2);
    bool is_near = gap <= (n->chain.n ? GAP_NEAR_ALLEY : GAP_NEAR) && accuracy <= 25;
    if (gap > GAP_FAR || accuracy > 100)
        return false;
    out->at = to_lonlat(p, between(n, &b, value));
    out->accuracy_m = accuracy;
    out->grade = is_near ? PLACE_BETWEEN : PLACE_NEAR;
    return true;
}

static int known_max(const struct node *n)
{
    int most = 0;
    for (uint32_t i = 0; i < n->known_count; i++)
        most = n->known[i].number > most ? n->known[i].number : most;
    return most;
}

/* The largest number that may still be a house of this street. Of k houses known at random the largest is a
 * k-th part short of the street's last; a well-known street is given a tenth. */
static double number_limit(const struct node *n)
{
    int most = known_max(n);
    return fmax(most + GAP_NEAR, most * (1 + fmax(0.1, 1.0 / n->known_count)));
}

/* A street without a line is where its houses are: the number lies near the next known ones, and nobody knows
 * how the street runs. */
static bool place_scattered(const struct place_index *p, const struct node *n, double value,
                            struct placed *out)
{
    if (n->path.count > 1 || n->chain.n > 0)
        return false;
    struct bracket b = find_bracket(n, value, -1);
    if (b.low && b.high) {
        struct metres at = between(n, &b, value);
        out->at = to_lonlat(p, at);
        out->accuracy_m = LONE_M + fmax(metres_between(at, b.low->at), metres_between(at, b.high->at));
    } else {
        const struct known *end = b.low ? b.low : b.high;
        out->at = to_lonlat(p, end->at);
        out->accuracy_m = LONE_M + METRES_PER_NUMBER * fabs(end->value - value);
    }
    out->grade = PLACE_STREET;
    out->known_max = known_max(n);
    out->is_scattered = out->accuracy_m > SCATTERED_M;
    return true;
}

/* A little beyond the first or last known number: there is the street, but nobody knows how far the next
 * house is. */
static bool place_at_end(const struct place_index *p, const struct node *n, double value, int parity,
                         struct placed *out)
{
    struct bracket b = find_bracket(n, value, parity);
    const struct known *end = b.low ? b.low : b.high;
    if (end == NULL || n->path.count < 2 || (b.low && b.high) || fabs(end->value - value) > GAP_NEAR)
        return false;
    out->at = to_lonlat(p, end->at);
    out->accuracy_m = 20 + METRES_PER_NUMBER * fabs(end->value - value);
    out->grade = PLACE_STREET;
    out->known_max = known_max(n);
    return true;
}

/* The other side of the street knows where such numbers stand. Where its own side has no house on both sides
 * of it, that is only where to look: on real addresses a third then lies more than 100 m off. */
static bool place_opposite(const struct place_index *p, const struct node *n, double value, int parity,
                           struct placed *out)
{
    struct bracket own = find_bracket(n, value, parity);
    bool is_beyond = own.low == NULL || own.high == NULL;
    if (parity < 0 || !place_between(p, n, value, 1 - parity, out))
        return false;
    out->accuracy_m = is_beyond ? 2 * OPPOSITE_ACCURACY_M : OPPOSITE_ACCURACY_M;
    out->grade = is_beyond ? PLACE_STREET : PLACE_NEAR;
    out->is_other_side = true;
    return true;
}

/* False when only the street or alley as a whole is left. */
static bool place_number(const struct place_index *p, const struct node *n, const struct level *house,
                         struct placed *out)
{
    double value = value_of(house->number, house->suffix, strlen(house->suffix));
    int parity = n->chain.n ? -1 : house->number % 2;
    const struct known *exact = find_exact(n, value);
    if (exact) {
        *out = (struct placed){.grade = PLACE_EXACT,
                               .at = exact->point->at,
                               .accuracy_m = LEAST_ACCURACY_M,
                               .source_id = exact->point->source_id};
        return true;
    }
    if (n->known_count == 0)
        return false;
    if (place_between(p, n, value, parity, out) || place_at_end(p, n, value, parity, out) ||
        place_opposite(p, n, value, parity, out))
        return true;
    out->known_max = known_max(n);
    if (house->number > number_limit(n)) {
        out->grade = PLACE_OUTSIDE;
        out->at = to_lonlat(p, n->known[n->known_count - 1].at);
        return true;
    }
    return place_scattered(p, n, value, out);
}

/* --- streets and alleys as a whole --- */

struct stretch {
    const struct place_index *p;
    const struct shape *area; /* NULL: everywhere */
    double best_from, best_to, from, at;
    bool is_inside;
};

static void stretch_step(struct stretch *s, const struct path *path, double at, double step)
{
    struct lonlat here = to_lonlat(s->p, path_locate(path, at, 0));
    bool is_inside = s->area == NULL || shape_holds(s->area, here);
    if (is_inside && !s->is_inside)
        s->from = at;
    if (is_inside && at - s->from + step > s->best_to - s->best_from) {
        s->best_from = s->from;
        s->best_to = at + step;
    }
    s->is_inside = is_inside;
}

/* Middle of the longest stretch inside the area; false when the path stays outside. */
static bool middle_inside(const struct place_index *p, const struct path *path, const struct shape *area,
                          struct placed *out)
{
    double length = path_length(path), step = fmax(5, length / 400);
    if (path->count == 0)
        return false;
    struct stretch s = {.p = p, .area = area && area->part_count ? area : NULL};
    for (double at = 0; at <= length; at += step)
        stretch_step(&s, path, at, step);
    if (s.best_to <= s.best_from)
        return false;
    double end = fmin(s.best_to, length);
    out->at = to_lonlat(p, path_locate(path, (s.best_from + end) / 2, 0));
    out->accuracy_m = fmax(20, (end - s.best_from) / 2);
    return true;
}

static bool middle_of_known(const struct place_index *p, const struct node *n, struct placed *out)
{
    if (n->known_count == 0)
        return false;
    struct metres middle = n->known[n->known_count / 2].at;
    out->accuracy_m = LONE_M;
    for (uint32_t i = 0; i < n->known_count; i++)
        out->accuracy_m = fmax(out->accuracy_m, LONE_M + metres_between(middle, n->known[i].at));
    out->at = to_lonlat(p, middle);
    out->is_scattered = n->chain.n == 0 && out->accuracy_m > SCATTERED_M;
    return true;
}

static const struct shape *area_of(const struct place_index *p, const struct place_query *q, bool is_group)
{
    for (uint32_t i = 0; is_group && i < p->g->group_count; i++)
        if (p->g->groups[i].id == q->group_id)
            return &p->g->groups[i].area;
    for (uint32_t i = 0; !is_group && i < p->g->ward_count; i++)
        if (p->g->wards[i].id == q->ward_id)
            return &p->g->wards[i].area;
    return NULL;
}

/* The street where it runs through the group, else through the ward, else whole. */
static void place_street(const struct place_index *p, const struct node *n, const struct place_query *q,
                         struct placed *out)
{
    const struct shape *group = q->group_id ? area_of(p, q, true) : NULL,
                       *ward = q->ward_id ? area_of(p, q, false) : NULL;
    out->grade = PLACE_STREET;
    if ((group && group->part_count && middle_inside(p, &n->path, group, out)) ||
        (ward && ward->part_count && middle_inside(p, &n->path, ward, out)) ||
        middle_inside(p, &n->path, NULL, out) || middle_of_known(p, n, out))
        return;
    out->grade = PLACE_NOWHERE;
}

/* An alley of which no number helps: its mouth, as far off as it is long. */
static void place_alley(const struct place_index *p, const struct node *n, const struct node *street,
                        struct placed *out)
{
    out->grade = PLACE_NEAR;
    if (n->path.count == 0) {
        middle_of_known(p, n, out);
        out->accuracy_m = fmax(30, out->accuracy_m);
    } else {
        struct metres a = n->path.points[0], b = n->path.points[n->path.count - 1];
        bool is_b = street->path.count > 1 &&
                    fabs(path_foot(&street->path, b).offset) < fabs(path_foot(&street->path, a).offset);
        out->at = to_lonlat(p, is_b ? b : a);
        out->accuracy_m = fmax(30, path_length(&n->path));
    }
    if (out->accuracy_m > 100)
        out->grade = PLACE_STREET;
}

struct way_in {
    const struct place_index *p;
    const struct place_query *q;
    const struct node *street;
    struct arena *arena;
};

/* House `house` (NULL: the alley itself) at the end of `depth` alleys. */
static void place_in(const struct way_in *w, int depth, const struct level *house, struct placed *out)
{
    struct slice chain = level_chain(w->q->address->chain, depth, w->arena);
    const struct node *n = depth ? node_find(w->p, w->street->street, chain) : w->street;
    *out = (struct placed){0};
    if (n && house && place_number(w->p, n, house, out))
        return;
    if (n) {
        if (depth == 0)
            place_street(w->p, n, w->q, out);
        else
            place_alley(w->p, n, w->street, out);
        return;
    }
    /* an unknown alley begins beside the house of its number, and runs away from the street */
    place_in(w, depth - 1, &w->q->address->chain[depth - 1], out);
    out->accuracy_m += out->grade == PLACE_STREET ? MOUTH_ACCURACY_M : 0;
    if (out->grade == PLACE_EXACT || out->grade == PLACE_BETWEEN || out->grade == PLACE_NEAR) {
        out->grade = PLACE_NEAR;
        out->accuracy_m = MOUTH_ACCURACY_M;
        out->is_alley_mouth = true;
    }
}

void place_find(const struct place_index *p, const struct place_query *q, struct arena *a, struct placed *out)
{
    const struct node *street = node_find(p, q->street, (struct slice){0});
    struct way_in w = {p, q, street, a};
    place_in(&w, q->address->chain_count, q->address->has_number ? &q->address->number : NULL, out);
}

/* --- other questions --- */

double distance_m(struct lonlat a, struct lonlat b)
{
    struct plane p = plane_at(a);
    return metres_between((struct metres){0, 0}, plane_to_metres(&p, b));
}

bool place_crossing(const struct place_index *p, uint32_t a, uint32_t b, struct lonlat *at)
{
    const struct node *n = node_find(p, a, (struct slice){0}), *m = node_find(p, b, (struct slice){0});
    double best = 40, length = path_length(&n->path);
    bool is_found = false;
    for (double s = 0; n->path.count > 1 && m->path.count > 1 && s <= length; s += 5) {
        struct metres here = path_locate(&n->path, s, 0);
        double away = fabs(path_foot(&m->path, here).offset);
        if (away >= best)
            continue;
        best = away;
        *at = to_lonlat(p, here);
        is_found = true;
    }
    return is_found;
}

/* Middle of the widest stretch inside along the parallel through `lat`. */
static bool widest_at(const struct shape *area, double lat, struct lonlat *at)
{
    const struct box *b = &area->bounds;
    double step = (b->east - b->west) / 200, from = 0, best = 0;
    bool was_inside = false;
    for (int i = 0; i <= 200; i++) {
        double lon = b->west + i * step;
        bool is_inside = shape_holds(area, (struct lonlat){lon, lat});
        if (is_inside && !was_inside)
            from = lon;
        if (is_inside && lon - from + step > best) {
            best = lon - from + step;
            *at = (struct lonlat){(from + lon) / 2, lat};
        }
        was_inside = is_inside;
    }
    return best > 0;
}

struct lonlat place_area(const struct shape *area, double *radius_m)
{
    const struct box *b = &area->bounds;
    struct lonlat at = {(b->west + b->east) / 2, (b->south + b->north) / 2};
    for (int i = 0; i < 9; i++) { /* the middle, then up and down from it */
        int shift = (i + 1) / 2 * (i % 2 ? 1 : -1);
        if (widest_at(area, (b->south + b->north) / 2 + shift * (b->north - b->south) / 10, &at))
            break;
    }
    *radius_m = 0;
    for (uint32_t i = 0; i < area->ends[area->part_count - 1]; i++)
        *radius_m = fmax(*radius_m, distance_m(at, area->points[i]));
    return at;
}

double place_street_m(const struct place_index *p, uint32_t street, struct lonlat at)
{
    const struct node *n = node_find(p, street, (struct slice){0});
    if (n == NULL || n->path.count < 2)
        return INFINITY;
    return fabs(path_foot(&n->path, plane_to_metres(&p->plane, at)).offset);
}

bool place_nearest(const struct place_index *p, struct lonlat at, struct place_near *out)
{
    struct metres here = plane_to_metres(&p->plane, at);
    *out = (struct place_near){.point_m = INFINITY, .street_m = INFINITY};
    for (uint32_t i = 0; i < p->count; i++) {
        const struct node *n = &p->nodes[i];
        double away =
            n->chain.n == 0 && n->path.count > 1 ? fabs(path_foot(&n->path, here).offset) : INFINITY;
        if (away < out->street_m) {
            out->street_m = away;
            out->street = n->street;
        }
        for (uint32_t k = 0; k < n->known_count; k++) {
            double house = metres_between(here, n->known[k].at);
            if (house < out->point_m) {
                out->point_m = house;
                out->point = n->known[k].point;
            }
        }
    }
    return out->point != NULL || isfinite(out->street_m);
}
