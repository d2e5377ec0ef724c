/* snapshot_meets: does a geometry touch a box? snapshot_within answers for bounds; a street with a corner or
 * a hook of a residential group has bounds over much that it does not touch, and OGC API - Features wants the
 * geometry itself. Plane geometry in degrees, touching counts. Stands behind the tree search, before filters.
 */
#include "layers/layers.h"

static bool holds(const struct box *b, struct lonlat p)
{
    return p.lon >= b->west && p.lon <= b->east && p.lat >= b->south && p.lat <= b->north;
}

/* Keeps of [*from, *to] what lies on the good side of one edge: at + t * by >= 0 (Liang and Barsky). */
static bool keep(double at, double by, double *from, double *to)
{
    if (by == 0)
        return at >= 0;
    double t = -at / by;
    if (by > 0 && t > *from)
        *from = t;
    if (by < 0 && t < *to)
        *to = t;
    return *from <= *to;
}

static bool segment_meets(const struct box *b, struct lonlat p, struct lonlat q)
{
    double from = 0, to = 1, dx = q.lon - p.lon, dy = q.lat - p.lat;
    return keep(p.lon - b->west, dx, &from, &to) && keep(b->east - p.lon, -dx, &from, &to) &&
           keep(p.lat - b->south, dy, &from, &to) && keep(b->north - p.lat, -dy, &from, &to);
}

static bool part_meets(const struct box *b, const struct part *part)
{
    for (uint32_t i = 0; i + 1 < part->count; i++)
        if (segment_meets(b, part->points[i], part->points[i + 1]))
            return true;
    return part->count == 1 && holds(b, part->points[0]);
}

/* Crossings of the ray from p to the east; odd over all rings means inside. */
static bool crosses_ray(struct lonlat a, struct lonlat b, struct lonlat p)
{
    if ((a.lat > p.lat) == (b.lat > p.lat))
        return false;
    return p.lon < a.lon + (p.lat - a.lat) / (b.lat - a.lat) * (b.lon - a.lon);
}

static bool area_holds(const struct snapshot_layer *l, uint32_t row, struct lonlat p)
{
    bool inside = false;
    for (uint32_t n = 0; n < snapshot_part_count(l, row); n++) {
        struct part part = snapshot_part(l, row, n);
        for (uint32_t i = 0; i + 1 < part.count; i++)
            inside ^= crosses_ray(part.points[i], part.points[i + 1], p);
    }
    return inside;
}

/* A box that does not cross the antimeridian. */
static bool meets(const struct snapshot_layer *l, uint32_t row, const struct box *b)
{
    if (l->layer->geometry == GEOMETRY_POINT)
        return holds(b, l->point[row]);
    for (uint32_t n = 0; n < snapshot_part_count(l, row); n++) {
        struct part part = snapshot_part(l, row, n);
        if (part_meets(b, &part))
            return true;
    }
    return l->layer->geometry == GEOMETRY_AREA && area_holds(l, row, (struct lonlat){b->west, b->south});
}

bool snapshot_meets(const struct snapshot_layer *l, uint32_t row, struct box b)
{
    if (b.west <= b.east)
        return meets(l, row, &b);
    struct box west = {b.west, b.south, 180, b.north}, east = {-180, b.south, b.east, b.north};
    return meets(l, row, &west) || meets(l, row, &east);
}
