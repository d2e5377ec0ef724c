/* walk: the nearest place not yet seen comes next. */
#include "mapd/walk.h"

#include <math.h>

double walk_metres(struct lonlat a, struct lonlat b)
{
    static const double DEGREE_M = 111195, RADIANS = 0.017453292519943295;
    double north = (b.lat - a.lat) * DEGREE_M;
    double east = (b.lon - a.lon) * DEGREE_M * cos((a.lat + b.lat) / 2 * RADIANS);
    return sqrt(north * north + east * east);
}

static void swap(uint32_t *a, uint32_t *b)
{
    uint32_t t = *a;
    *a = *b;
    *b = t;
}

void walk_order(const struct lonlat *points, uint32_t count, uint32_t *order)
{
    uint32_t first = 0;
    for (uint32_t i = 0; i < count; i++) {
        order[i] = i;
        first = points[i].lon < points[first].lon ? i : first;
    }
    if (count)
        swap(&order[0], &order[first]);
    for (uint32_t done = 1; done < count; done++) {
        uint32_t best = done;
        for (uint32_t i = done + 1; i < count; i++)
            if (walk_metres(points[order[done - 1]], points[order[i]]) <
                walk_metres(points[order[done - 1]], points[order[best]]))
                best = i;
        swap(&order[done], &order[best]);
    }
}
