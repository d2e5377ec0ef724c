/* nearest: what stands round a point, in the read copy. A box about the point is doubled until enough lies
 * within its half width, so the work follows the answer and not the register. */
#include "layers/layers.h"

#include <math.h>
#include <stdlib.h>

static const enum layer_id LAYERS[] = {LAYER_ESTABLISHMENTS, LAYER_STALLS, LAYER_MARKETS, LAYER_STREETS};
static const double FIRST_REACH_M = 50, LAST_REACH_M = 3200; /* beyond it nothing is near */
static const double METRES_A_DEGREE = 111195;

struct here {
    struct lonlat at;
    double metres_east, metres_north; /* of one degree */
};

struct offset {
    double x, y; /* metres east and north */
};

static struct offset metres_from(const struct here *h, struct lonlat p)
{
    return (struct offset){(p.lon - h->at.lon) * h->metres_east, (p.lat - h->at.lat) * h->metres_north};
}

/* From the origin to the stretch between a and b. */
static double metres_to_stretch(struct offset a, struct offset b)
{
    double dx = b.x - a.x, dy = b.y - a.y, length2 = dx * dx + dy * dy;
    double t = length2 > 0 ? fmax(0, fmin(1, -(a.x * dx + a.y * dy) / length2)) : 0;
    return hypot(a.x + t * dx, a.y + t * dy);
}

static double metres_to_row(const struct here *h, const struct snapshot_layer *l, uint32_t row)
{
    if (l->layer->geometry == GEOMETRY_POINT) {
        struct offset p = metres_from(h, l->point[row]);
        return hypot(p.x, p.y);
    }
    double nearest = INFINITY;
    for (uint32_t i = 0; i < snapshot_part_count(l, row); i++) {
        struct part part = snapshot_part(l, row, i);
        for (uint32_t k = 0; k + 1 < part.count; k++)
            nearest = fmin(nearest, metres_to_stretch(metres_from(h, part.points[k]),
                                                      metres_from(h, part.points[k + 1])));
    }
    return nearest;
}

/* Nearest first; at one spot in the order of the layers and their rows. */
static int by_distance(const void *a, const void *b)
{
    const struct nearest_hit *x = a, *y = b;
    if (x->metres != y->metres)
        return x->metres < y->metres ? -1 : 1;
    if (x->layer != y->layer)
        return x->layer < y->layer ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

static uint32_t within(const struct snapshot *s, const struct here *h, double reach, struct arena *a,
                       struct nearest_hit **hits)
{
    double east = reach / h->metres_east, north = reach / h->metres_north;
    struct box b = {h->at.lon - east, h->at.lat - north, h->at.lon + east, h->at.lat + north};
    const uint32_t *rows[COUNT_OF(LAYERS)];
    uint32_t count[COUNT_OF(LAYERS)], most = 0, n = 0;
    for (size_t i = 0; i < COUNT_OF(LAYERS); i++) {
        count[i] = snapshot_within(snapshot_get(s, LAYERS[i]), b, a, &rows[i]);
        most += count[i];
    }
    *hits = ARENA_ARRAY(a, struct nearest_hit, most + 1);
    for (size_t i = 0; i < COUNT_OF(LAYERS); i++) {
        for (uint32_t k = 0; k < count[i]; k++) {
            double metres = metres_to_row(h, snapshot_get(s, LAYERS[i]), rows[i][k]);
            if (metres <= reach)
                (*hits)[n++] = (struct nearest_hit){LAYERS[i], rows[i][k], metres};
        }
    }
    return n;
}

uint32_t snapshot_nearest(const struct snapshot *s, struct lonlat at, uint32_t limit, struct arena *a,
                          struct nearest_hit **hits)
{
    struct here h = {.at = at, .metres_north = METRES_A_DEGREE};
    h.metres_east = METRES_A_DEGREE * fmax(0.01, cos(at.lat * 3.14159265358979323846 / 180));
    uint32_t n = 0;
    for (double reach = FIRST_REACH_M; reach <= LAST_REACH_M && n < limit; reach *= 2)
        n = within(s, &h, reach, a, hits);
    qsort(*hits, n, sizeof **hits, by_distance);
    return n < limit ? n : limit;
}
