/* cql2_figure: geometry literals: how the readers build them, and their way from the system they were written
 * in to degrees of WGS84. Stands between the readers and geos.c.
 * Law: after figure_to_wgs84 every vertex is a place on earth, longitude first. */
#include "layers/cql2.h"

#include <math.h>
#include <string.h>

enum { EDGE_STEPS = 16 }; /* a side of a box in metres is no straight line in degrees */

void figure_add_vertex(struct arena *a, struct figure *s, const struct vertex *p)
{
    int n = s->point_count;
    if ((n & (n - 1)) == 0) {
        struct vertex *points = ARENA_ARRAY(a, struct vertex, n ? 2 * (size_t)n : 1);
        if (n)
            memcpy(points, s->points, (size_t)n * sizeof *points);
        s->points = points;
    }
    s->points[s->point_count++] = *p;
}

void figure_add_part(struct arena *a, struct figure *s, struct figure *part)
{
    int n = s->part_count;
    if ((n & (n - 1)) == 0) {
        struct figure **parts = ARENA_ARRAY(a, struct figure *, n ? 2 * (size_t)n : 1);
        if (n)
            memcpy(parts, s->parts, (size_t)n * sizeof *parts);
        s->parts = parts;
    }
    s->parts[s->part_count++] = part;
    s->has_z |= part->has_z;
}

/* The sides of the box, each in steps, as the ring of a polygon. */
static void bbox_to_polygon(struct arena *a, struct figure *s)
{
    struct vertex low = s->points[0], high = s->points[1];
    struct vertex corner[5] = {low, {high.x, low.y, 0}, high, {low.x, high.y, 0}, low};
    struct figure *ring = ARENA_NEW(a, struct figure);
    ring->kind = FIGURE_LINE;
    for (int side = 0; side < 4; side++)
        for (int i = 0; i < EDGE_STEPS; i++) {
            double t = (double)i / EDGE_STEPS;
            struct vertex from = corner[side], to = corner[side + 1];
            figure_add_vertex(
                a, ring, &(struct vertex){from.x + t * (to.x - from.x), from.y + t * (to.y - from.y), 0});
        }
    figure_add_vertex(a, ring, &low);
    *s = (struct figure){.kind = FIGURE_POLYGON};
    figure_add_part(a, s, ring);
}

static bool vertex_to_wgs84(struct vertex *p, const struct filter_crs *crs)
{
    if (crs && crs->north_first)
        *p = (struct vertex){p->y, p->x, p->z};
    if (crs && crs->projection) {
        struct lonlat at;
        if (!projection_to_lonlat(crs->projection, p->x, p->y, &at))
            return false;
        *p = (struct vertex){at.lon, at.lat, p->z};
    }
    return fabs(p->x) <= 180 && fabs(p->y) <= 90; /* false for NaN, too */
}

bool figure_to_wgs84(struct arena *a, struct figure *s, const struct filter_crs *crs)
{
    if (s->kind == FIGURE_BBOX) {
        int north = crs && crs->north_first ? 0 : 1;
        const struct vertex *p = s->points;
        if (north ? p[0].y > p[1].y : p[0].x > p[1].x)
            return false;
        if (crs && crs->projection && !projection_is_degrees(crs->projection))
            bbox_to_polygon(a, s);
    }
    for (int i = 0; i < s->point_count; i++)
        if (!vertex_to_wgs84(&s->points[i], crs))
            return false;
    for (int i = 0; i < s->part_count; i++)
        if (!figure_to_wgs84(a, s->parts[i], crs))
            return false;
    return true;
}
