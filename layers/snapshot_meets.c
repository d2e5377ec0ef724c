/* snapshot_meets: does a geometry touch a box? snapshot_within answers for bounds; a street with a corner or
 * a hook of a residential group has bounds over much that it does not touch, and OGC API - Features wants the
 * geometry itself. Plane geometry in degrees, touching counts. Stands behind the tree search, before filters.
 */
#include "layers/layers.h"

#include <math.h>

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

/* A row as it lies in some system; `moved` lives in the arena. */
struct lie {
    const struct snapshot_layer *l;
    uint32_t row;
    const struct projection *projection; /* NULL: degrees */
    struct arena *arena;
};

/* Where the system ends a vertex becomes NaN, which meets nothing. */
static struct lonlat point_in(const struct projection *p, struct lonlat at)
{
    struct lonlat moved;
    if (!p)
        return at;
    return projection_from_lonlat(p, at, &moved.lon, &moved.lat) ? moved : (struct lonlat){NAN, NAN};
}

static struct part part_in(const struct lie *lie, uint32_t n)
{
    struct part part = snapshot_part(lie->l, lie->row, n);
    if (!lie->projection)
        return part;
    struct lonlat *moved = ARENA_ARRAY(lie->arena, struct lonlat, part.count);
    for (uint32_t i = 0; i < part.count; i++)
        moved[i] = point_in(lie->projection, part.points[i]);
    part.points = moved;
    return part;
}

static bool area_holds(const struct lie *lie, struct lonlat p)
{
    bool inside = false;
    for (uint32_t n = 0; n < snapshot_part_count(lie->l, lie->row); n++) {
        struct part part = part_in(lie, n);
        for (uint32_t i = 0; i + 1 < part.count; i++)
            inside ^= crosses_ray(part.points[i], part.points[i + 1], p);
    }
    return inside;
}

/* A box that does not cross the antimeridian. */
static bool meets(const struct lie *lie, const struct box *b)
{
    if (lie->l->layer->geometry == GEOMETRY_POINT)
        return holds(b, point_in(lie->projection, lie->l->point[lie->row]));
    for (uint32_t n = 0; n < snapshot_part_count(lie->l, lie->row); n++) {
        struct part part = part_in(lie, n);
        if (part_meets(b, &part))
            return true;
    }
    return lie->l->layer->geometry == GEOMETRY_AREA && area_holds(lie, (struct lonlat){b->west, b->south});
}

bool snapshot_meets(const struct snapshot_layer *l, uint32_t row, struct box b)
{
    const struct lie lie = {.l = l, .row = row};
    if (b.west <= b.east)
        return meets(&lie, &b);
    struct box west = {b.west, b.south, 180, b.north}, east = {-180, b.south, b.east, b.north};
    return meets(&lie, &west) || meets(&lie, &east);
}

/* --- a box of another system --- */

enum { EDGE_STEPS = 16 };
static const double NARROW_M = 1e6;  /* a bigger box is not worth a search, nor safe to search by its edges */
static const double NARROW_DEG = 20; /* what such a box may span, or the system has wrapped around */
static const double SLACK_DEG = 0.001; /* more than an edge of NARROW_M bends between two steps */

static bool box_grow(struct box *b, const struct projection *p, double east, double north)
{
    struct lonlat at;
    if (!projection_to_lonlat(p, east, north, &at))
        return false;
    *b = (struct box){fmin(b->west, at.lon), fmin(b->south, at.lat), fmax(b->east, at.lon),
                      fmax(b->north, at.lat)};
    return true;
}

/* Degrees that surely hold the box; false when that cannot be told from its edges. */
static bool box_to_degrees(const struct projected_box *b, struct box *out)
{
    double wide = b->box.east - b->box.west, high = b->box.north - b->box.south;
    if (!(wide <= NARROW_M && high <= NARROW_M))
        return false;
    *out = (struct box){INFINITY, INFINITY, -INFINITY, -INFINITY};
    for (int i = 0; i <= EDGE_STEPS; i++) {
        double east = b->box.west + wide * i / EDGE_STEPS, north = b->box.south + high * i / EDGE_STEPS;
        if (!box_grow(out, b->projection, east, b->box.south) ||
            !box_grow(out, b->projection, east, b->box.north) ||
            !box_grow(out, b->projection, b->box.west, north) ||
            !box_grow(out, b->projection, b->box.east, north))
            return false;
    }
    double slack = SLACK_DEG + fmax(wide, high) * fmax(wide, high) * 1e-12;
    *out = (struct box){out->west - slack, out->south - slack, out->east + slack, out->north + slack};
    return out->east - out->west < NARROW_DEG && fabs(out->south) < 80 && fabs(out->north) < 80 &&
           out->west > -179 && out->east < 179;
}

uint32_t snapshot_within_projected(const struct snapshot_layer *l, const struct projected_box *b,
                                   struct arena *a, const uint32_t **rows)
{
    struct box degrees = {-180, -90, 180, 90};
    struct arena scratch = {0};
    const uint32_t *near;
    if (!box_to_degrees(b, &degrees))
        degrees = (struct box){-180, -90, 180, 90};
    uint32_t candidates = snapshot_within(l, degrees, a, &near), count = 0;
    uint32_t *met = ARENA_ARRAY(a, uint32_t, candidates + 1);
    for (uint32_t i = 0; i < candidates; i++) {
        const struct lie lie = {l, near[i], b->projection, &scratch};
        if (meets(&lie, &b->box))
            met[count++] = near[i];
        arena_reset(&scratch);
    }
    arena_release(&scratch);
    *rows = met;
    return count;
}
