/* geos: see geos.h. Literals are prepared (indexed) once; a row is asked by its bounds first, and only what
 * they leave open is built as a geometry and given to GEOS.
 * Law: GEOS reports trouble with 2 or NULL, never with a message here; for a row that means UNKNOWN. */
#include "layers/geos.h"

#include <geos_c.h>
#include <math.h>
#include <stdlib.h>

struct geos_relation {
    GEOSContextHandle_t c;
    enum cql2_op op; /* literal OP row, where there is one literal */
    GEOSGeometry *literal[2];
    const GEOSPreparedGeometry *prepared; /* of the only literal */
    struct box bounds;                    /* of it, west <= east */
    bool is_box;                          /* the literal is its bounds, nothing less */
    bool is_fixed;                        /* two literals */
    enum cql2_truth fixed;
};

/* --- literals --- */

static GEOSCoordSequence *sequence_of(GEOSContextHandle_t c, const struct figure *s)
{
    GEOSCoordSequence *q = GEOSCoordSeq_create_r(c, (unsigned)s->point_count, 2);
    for (int i = 0; q && i < s->point_count; i++)
        GEOSCoordSeq_setXY_r(c, q, (unsigned)i, s->points[i].x, s->points[i].y);
    return q;
}

static bool is_ring(const struct figure *s)
{
    const struct vertex *first = s->points, *last = s->points + s->point_count - 1;
    return s->point_count >= 4 && first->x == last->x && first->y == last->y;
}

static GEOSGeometry *rectangle(GEOSContextHandle_t c, struct box b)
{
    if (b.west < b.east && b.south < b.north)
        return GEOSGeom_createRectangle_r(c, b.west, b.south, b.east, b.north);
    struct vertex ends[2] = {{b.west, b.south, 0}, {b.east, b.north, 0}};
    if (b.west == b.east && b.south == b.north)
        return GEOSGeom_createPointFromXY_r(c, b.west, b.south);
    return GEOSGeom_createLineString_r(c, sequence_of(c, &(struct figure){.points = ends, .point_count = 2}));
}

/* West > east: two boxes that touch the antimeridian. */
static GEOSGeometry *from_bbox(GEOSContextHandle_t c, const struct figure *s)
{
    struct box b = {s->points[0].x, s->points[0].y, s->points[1].x, s->points[1].y};
    if (b.west <= b.east)
        return rectangle(c, b);
    GEOSGeometry *half[2] = {rectangle(c, (struct box){b.west, b.south, 180, b.north}),
                             rectangle(c, (struct box){-180, b.south, b.east, b.north})};
    bool are_areas =
        GEOSGeomTypeId_r(c, half[0]) == GEOS_POLYGON && GEOSGeomTypeId_r(c, half[1]) == GEOS_POLYGON;
    return GEOSGeom_createCollection_r(c, are_areas ? GEOS_MULTIPOLYGON : GEOS_GEOMETRYCOLLECTION, half, 2);
}

static GEOSGeometry *from_figure(GEOSContextHandle_t c, const struct figure *s, const char **why);

static void destroy_all(GEOSContextHandle_t c, GEOSGeometry **parts, int count)
{
    for (int i = 0; i < count; i++)
        GEOSGeom_destroy_r(c, parts[i]);
    free(parts);
}

static GEOSGeometry *from_polygon(GEOSContextHandle_t c, const struct figure *s, const char **why)
{
    GEOSGeometry **rings = calloc((size_t)s->part_count, sizeof *rings);
    int made = 0;
    for (; rings && made < s->part_count; made++) {
        if (!is_ring(s->parts[made])) {
            *why = "một vòng của đa giác có ít hơn 4 điểm hoặc không khép kín";
            destroy_all(c, rings, made);
            return NULL;
        }
        rings[made] = GEOSGeom_createLinearRing_r(c, sequence_of(c, s->parts[made]));
    }
    GEOSGeometry *g =
        rings ? GEOSGeom_createPolygon_r(c, rings[0], rings + 1, (unsigned)s->part_count - 1) : NULL;
    free(rings);
    return g;
}

static GEOSGeometry *from_parts(GEOSContextHandle_t c, const struct figure *s, const char **why)
{
    static const int TYPES[] = {[FIGURE_POINTS] = GEOS_MULTIPOINT,
                                [FIGURE_LINES] = GEOS_MULTILINESTRING,
                                [FIGURE_POLYGONS] = GEOS_MULTIPOLYGON,
                                [FIGURE_COLLECTION] = GEOS_GEOMETRYCOLLECTION};
    GEOSGeometry **parts = calloc((size_t)s->part_count, sizeof *parts);
    int made = 0;
    for (; parts && made < s->part_count; made++) {
        parts[made] = from_figure(c, s->parts[made], why);
        if (!parts[made]) {
            destroy_all(c, parts, made);
            return NULL;
        }
    }
    GEOSGeometry *g = parts ? GEOSGeom_createCollection_r(c, TYPES[s->kind], parts, (unsigned)made) : NULL;
    free(parts);
    return g;
}

static GEOSGeometry *from_figure(GEOSContextHandle_t c, const struct figure *s, const char **why)
{
    switch (s->kind) {
    case FIGURE_POINT: return GEOSGeom_createPointFromXY_r(c, s->points[0].x, s->points[0].y);
    case FIGURE_BBOX: return from_bbox(c, s);
    case FIGURE_POLYGON: return from_polygon(c, s, why);
    case FIGURE_LINE:
        if (s->point_count >= 2)
            return GEOSGeom_createLineString_r(c, sequence_of(c, s));
        *why = "một đường cần ít nhất 2 điểm";
        return NULL;
    default: return from_parts(c, s, why);
    }
}

static bool check_valid(struct arena *a, GEOSContextHandle_t c, const GEOSGeometry *g, const char **why)
{
    if (GEOSisValid_r(c, g) == 1)
        return true;
    char *reason = GEOSisValidReason_r(c, g);
    *why = arena_format(a, "hình không hợp lệ: %.100s", reason ? reason : "?");
    GEOSFree_r(c, reason);
    return false;
}

/* --- one relation --- */

static char ask(GEOSContextHandle_t c, enum cql2_op op, const GEOSGeometry *a, const GEOSGeometry *b)
{
    switch (op) {
    case CQL2_S_INTERSECTS: return GEOSIntersects_r(c, a, b);
    case CQL2_S_DISJOINT: return GEOSDisjoint_r(c, a, b);
    case CQL2_S_TOUCHES: return GEOSTouches_r(c, a, b);
    case CQL2_S_CROSSES: return GEOSCrosses_r(c, a, b);
    case CQL2_S_OVERLAPS: return GEOSOverlaps_r(c, a, b);
    case CQL2_S_WITHIN: return GEOSWithin_r(c, a, b);
    case CQL2_S_CONTAINS: return GEOSContains_r(c, a, b);
    default: return GEOSEquals_r(c, a, b);
    }
}

static char ask_prepared(const struct geos_relation *r, const GEOSGeometry *g)
{
    switch (r->op) {
    case CQL2_S_INTERSECTS: return GEOSPreparedIntersects_r(r->c, r->prepared, g);
    case CQL2_S_DISJOINT: return GEOSPreparedDisjoint_r(r->c, r->prepared, g);
    case CQL2_S_TOUCHES: return GEOSPreparedTouches_r(r->c, r->prepared, g);
    case CQL2_S_CROSSES: return GEOSPreparedCrosses_r(r->c, r->prepared, g);
    case CQL2_S_OVERLAPS: return GEOSPreparedOverlaps_r(r->c, r->prepared, g);
    case CQL2_S_WITHIN: return GEOSPreparedWithin_r(r->c, r->prepared, g);
    case CQL2_S_CONTAINS: return GEOSPreparedContains_r(r->c, r->prepared, g);
    default: return GEOSEquals_r(r->c, r->literal[0] ? r->literal[0] : r->literal[1], g);
    }
}

static enum cql2_truth truth_of(char answer)
{
    return answer == 1 ? CQL2_YES : answer == 0 ? CQL2_NO : CQL2_UNKNOWN;
}

static void give_back(void *what)
{
    struct geos_relation *r = what;
    if (r->prepared)
        GEOSPreparedGeom_destroy_r(r->c, r->prepared);
    for (int i = 0; i < 2; i++)
        GEOSGeom_destroy_r(r->c, r->literal[i]);
    GEOS_finish_r(r->c);
}

/* row WITHIN literal is literal CONTAINS row; the other relations look alike from both sides. */
static enum cql2_op exchanged(enum cql2_op op)
{
    if (op == CQL2_S_WITHIN)
        return CQL2_S_CONTAINS;
    return op == CQL2_S_CONTAINS ? CQL2_S_WITHIN : op;
}

static bool prepare(struct geos_relation *r, const struct figure *const figure[2])
{
    int side = r->literal[0] ? 0 : 1;
    const GEOSGeometry *g = r->literal[side];
    if (side == 1)
        r->op = exchanged(r->op);
    r->prepared = GEOSPrepare_r(r->c, g);
    const struct figure *s = figure[side];
    r->is_box = s->kind == FIGURE_BBOX && s->points[0].x <= s->points[1].x;
    return r->prepared && GEOSGeom_getXMin_r(r->c, g, &r->bounds.west) &&
           GEOSGeom_getXMax_r(r->c, g, &r->bounds.east) && GEOSGeom_getYMin_r(r->c, g, &r->bounds.south) &&
           GEOSGeom_getYMax_r(r->c, g, &r->bounds.north);
}

struct geos_relation *geos_relate(struct arena *a, enum cql2_op op, const struct figure *const figure[2],
                                  const char **why)
{
    struct geos_relation *r = ARENA_NEW(a, struct geos_relation);
    *why = "không dựng được hình";
    r->op = op;
    r->c = GEOS_init_r();
    arena_defer(a, give_back, r);
    for (int i = 0; i < 2; i++) {
        if (!figure[i])
            continue;
        r->literal[i] = from_figure(r->c, figure[i], why);
        if (!r->literal[i] || !check_valid(a, r->c, r->literal[i], why))
            return NULL;
    }
    r->is_fixed = figure[0] && figure[1];
    if (r->is_fixed)
        r->fixed = truth_of(ask(r->c, op, r->literal[0], r->literal[1]));
    else if ((figure[0] || figure[1]) && !prepare(r, figure))
        return NULL;
    return r;
}

bool geos_reach(const struct geos_relation *r, struct box *reach)
{
    *reach = r->bounds;
    return r->prepared && r->op != CQL2_S_DISJOINT && isfinite(r->bounds.west);
}

/* --- rows --- */

static GEOSCoordSequence *sequence_of_part(GEOSContextHandle_t c, const struct part *part)
{
    return GEOSCoordSeq_copyFromBuffer_r(c, &part->points[0].lon, part->count, 0, 0); /* lonlat is x, y */
}

/* The polygon of the exterior ring at `first` and the holes behind it; *next is the ring behind those. */
static GEOSGeometry *polygon_of(GEOSContextHandle_t c, const struct snapshot_layer *l, uint32_t row,
                                uint32_t *first)
{
    uint32_t count = snapshot_part_count(l, row), from = *first, holes = 0;
    while (from + 1 + holes < count && snapshot_part(l, row, from + 1 + holes).is_hole)
        holes++;
    GEOSGeometry **rings = calloc(1 + (size_t)holes, sizeof *rings);
    bool good = rings;
    for (uint32_t i = 0; good && i <= holes; i++) {
        struct part part = snapshot_part(l, row, from + i);
        rings[i] = GEOSGeom_createLinearRing_r(c, sequence_of_part(c, &part));
        good = rings[i];
    }
    *first = from + 1 + holes;
    if (!good) {
        if (rings)
            destroy_all(c, rings, (int)holes + 1);
        return NULL;
    }
    GEOSGeometry *g = GEOSGeom_createPolygon_r(c, rings[0], rings + 1, holes);
    free(rings);
    return g;
}

static GEOSGeometry *geometry_of(GEOSContextHandle_t c, const struct snapshot_layer *l, uint32_t row)
{
    if (l->layer->geometry == GEOMETRY_POINT)
        return GEOSGeom_createPointFromXY_r(c, l->point[row].lon, l->point[row].lat);
    bool is_line = l->layer->geometry == GEOMETRY_LINE;
    uint32_t count = snapshot_part_count(l, row);
    GEOSGeometry **parts = calloc(count ? count : 1, sizeof *parts);
    int made = 0;
    for (uint32_t i = 0; parts && i < count; made++) {
        if (is_line) {
            struct part part = snapshot_part(l, row, i++);
            parts[made] = GEOSGeom_createLineString_r(c, sequence_of_part(c, &part));
        } else {
            parts[made] = polygon_of(c, l, row, &i);
        }
        if (!parts[made]) {
            destroy_all(c, parts, made);
            return NULL;
        }
    }
    GEOSGeometry *g = made == 1 ? parts[0] : NULL;
    if (parts && made > 1)
        g = GEOSGeom_createCollection_r(c, is_line ? GEOS_MULTILINESTRING : GEOS_MULTIPOLYGON, parts,
                                        (unsigned)made);
    free(parts);
    return g;
}

static struct box bounds_of(const struct snapshot_layer *l, uint32_t row)
{
    if (l->bounds)
        return l->bounds[row];
    struct lonlat p = l->point[row];
    return (struct box){p.lon, p.lat, p.lon, p.lat};
}

/* What the bounds alone decide; UNKNOWN here means: look closer. */
static enum cql2_truth test_bounds(const struct geos_relation *r, struct box b)
{
    const struct box *k = &r->bounds;
    if (b.west > k->east || b.east < k->west || b.south > k->north || b.north < k->south)
        return r->op == CQL2_S_DISJOINT ? CQL2_YES : CQL2_NO;
    bool is_same = b.west == k->west && b.east == k->east && b.south == k->south && b.north == k->north;
    if (r->op == CQL2_S_EQUALS && !is_same)
        return CQL2_NO;
    bool is_inside = b.west >= k->west && b.east <= k->east && b.south >= k->south && b.north <= k->north;
    if (r->is_box && is_inside && r->op == CQL2_S_INTERSECTS)
        return CQL2_YES;
    if (r->is_box && is_inside && r->op == CQL2_S_DISJOINT)
        return CQL2_NO;
    return CQL2_UNKNOWN;
}

enum cql2_truth geos_test(const struct geos_relation *r, const struct snapshot_layer *l, uint32_t row)
{
    if (r->is_fixed)
        return r->fixed;
    if (row >= l->located)
        return CQL2_UNKNOWN;
    if (r->prepared) {
        enum cql2_truth quick = test_bounds(r, bounds_of(l, row));
        if (quick != CQL2_UNKNOWN)
            return quick;
    }
    GEOSGeometry *g = geometry_of(r->c, l, row);
    if (!g)
        return CQL2_UNKNOWN;
    char answer = r->prepared ? ask_prepared(r, g) : ask(r->c, r->op, g, g);
    GEOSGeom_destroy_r(r->c, g);
    return truth_of(answer);
}
