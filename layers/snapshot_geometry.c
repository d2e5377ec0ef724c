/* snapshot_geometry: SpatiaLite's blobs decoded by our own code, without a library call per feature.
 * Rings come out as the door promises (exterior counter-clockwise and closed, holes clockwise behind it);
 * what is too small to be a line or a ring, or not finite, is left out. Law: a damaged blob gives less, never
 * more. */
#include "layers/snapshot_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLOB_START = 0x00, BLOB_MARK = 0x7C, ENTITY_MARK = 0x69, HEADER_BYTES = 39, COMPRESSED = 1000000 };
enum { POINT_CLASS = 1, LINE_CLASS, AREA_CLASS, MULTI_FIRST, COLLECTION_CLASS = 7 };

struct reader {
    const uint8_t *p, *end;
    bool big_endian, failed;
};

static uint32_t read_u32(struct reader *r)
{
    if (r->end - r->p < 4) {
        r->failed = true;
        return 0;
    }
    const uint8_t *b = r->p;
    r->p += 4;
    if (r->big_endian)
        return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
    return (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0];
}

static double read_real(struct reader *r)
{
    uint64_t first = read_u32(r), second = read_u32(r);
    uint64_t bits = r->big_endian ? first << 32 | second : second << 32 | first;
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

static double read_float(struct reader *r)
{
    uint32_t bits = read_u32(r);
    float v;
    memcpy(&v, &bits, sizeof v);
    return (double)v;
}

static void read_skip(struct reader *r, size_t n)
{
    if ((size_t)(r->end - r->p) < n)
        r->failed = true;
    else
        r->p += n;
}

/* Class 1001 is a point with Z, 2001 with M, 3001 with both; compressed lines and areas are a million above.
 */
struct entity {
    uint32_t kind;  /* POINT_CLASS ... COLLECTION_CLASS */
    uint32_t extra; /* coordinates besides x and y */
    bool has_z, is_compressed;
};

static struct entity entity_of(uint32_t class)
{
    struct entity e = {.is_compressed = class >= COMPRESSED};
    if (e.is_compressed)
        class -= COMPRESSED;
    uint32_t dimensions = class / 1000;
    e.kind = class % 1000;
    e.has_z = dimensions == 1 || dimensions == 3;
    e.extra = dimensions == 3 ? 2 : dimensions != 0;
    return e;
}

static struct lonlat read_vertex(struct reader *r, uint32_t extra)
{
    struct lonlat v;
    v.lon = read_real(r);
    v.lat = read_real(r);
    read_skip(r, 8 * (size_t)extra);
    return v;
}

/* Between the two ends of a compressed line a vertex is the float difference to the one before (M stays a
 * double). */
static struct lonlat read_difference(struct reader *r, const struct entity *e, struct lonlat before)
{
    struct lonlat v;
    v.lon = before.lon + read_float(r);
    v.lat = before.lat + read_float(r);
    read_skip(r, (e->has_z ? 4u : 0u) + (e->extra > e->has_z ? 8u : 0u));
    return v;
}

static bool is_same(struct lonlat a, struct lonlat b)
{
    return a.lon == b.lon && a.lat == b.lat;
}

/* The three arrays grow in step. */
static void point_add(struct geometry *g, struct lonlat v)
{
    size_t wanted = g->point_count + 1, world_room = g->point_room, rank_room = g->point_room;
    g->points = room_for(g->points, wanted, &g->point_room, sizeof *g->points);
    g->world = room_for(g->world, wanted, &world_room, sizeof *g->world);
    g->rank = room_for(g->rank, wanted, &rank_room, sizeof *g->rank);
    g->points[g->point_count++] = v;
}

/* Appends the vertices of one line or ring, without repeated ones; gives how many. */
static uint32_t read_vertices(struct reader *r, const struct entity *e, struct geometry *g)
{
    uint32_t n = read_u32(r);
    size_t first = g->point_count;
    struct lonlat v = {0, 0};
    for (uint32_t i = 0; i < n && !r->failed; i++) {
        bool whole = !e->is_compressed || i == 0 || i == n - 1;
        v = whole ? read_vertex(r, e->extra) : read_difference(r, e, v);
        if (!isfinite(v.lon) || !isfinite(v.lat))
            r->failed = true;
        else if (!r->failed && (g->point_count == first || !is_same(g->points[g->point_count - 1], v)))
            point_add(g, v);
    }
    return (uint32_t)(g->point_count - first);
}

static void part_add(struct geometry *g, size_t first, bool is_hole)
{
    g->parts = room_for(g->parts, g->part_count + 1, &g->part_room, sizeof *g->parts);
    g->parts[g->part_count++] =
        (struct stored_part){(uint32_t)first, (uint32_t)(g->point_count - first), is_hole};
}

static void read_line(struct reader *r, const struct entity *e, struct geometry *g)
{
    size_t first = g->point_count;
    uint32_t n = read_vertices(r, e, g);
    if (n < 2 || r->failed)
        g->point_count = first;
    else
        part_add(g, first, false);
}

static void ring_turn(struct lonlat *p, size_t n)
{
    for (size_t i = 0; i < n / 2; i++) {
        struct lonlat swap = p[i];
        p[i] = p[n - 1 - i];
        p[n - 1 - i] = swap;
    }
}

/* False when the ring is nothing: then its vertices are gone again. */
static bool read_ring(struct reader *r, const struct entity *e, struct geometry *g, bool is_hole)
{
    size_t first = g->point_count;
    uint32_t n = read_vertices(r, e, g);
    if (n >= 3 && !is_same(g->points[first], g->points[g->point_count - 1])) {
        point_add(g, g->points[first]);
        n++;
    }
    double area = n >= 4 && !r->failed ? ring_area(g->points + first, n) : 0;
    if (area == 0) {
        g->point_count = first;
        return false;
    }
    if ((area > 0) == is_hole)
        ring_turn(g->points + first, n);
    part_add(g, first, is_hole);
    return true;
}

static void read_area(struct reader *r, const struct entity *e, struct geometry *g)
{
    uint32_t rings = read_u32(r);
    bool kept = false;
    for (uint32_t i = 0; i < rings && !r->failed; i++) {
        size_t points = g->point_count, parts = g->part_count;
        bool ok = read_ring(r, e, g, i > 0);
        if (i == 0)
            kept = ok;
        else if (!kept) { /* a hole in nothing */
            g->point_count = points;
            g->part_count = parts;
        }
    }
}

/* One simple entity; what is not of the wanted kind is read over. True when a wanted point was found. */
static bool read_simple(struct reader *r, const struct entity *e, enum geometry_kind kind, struct geometry *g,
                        struct outline *shape)
{
    struct geometry skipped = {0};
    bool found = false;
    if (e->kind == POINT_CLASS) {
        struct lonlat v = read_vertex(r, e->extra);
        found = kind == GEOMETRY_POINT && !r->failed && isfinite(v.lon) && isfinite(v.lat);
        if (found)
            shape->point = v;
    } else if (e->kind == LINE_CLASS) {
        read_line(r, e, kind == GEOMETRY_LINE ? g : &skipped);
    } else if (e->kind == AREA_CLASS) {
        read_area(r, e, kind == GEOMETRY_AREA ? g : &skipped);
    } else {
        r->failed = true;
    }
    geometry_release(&skipped);
    return found;
}

static bool read_any(struct reader *r, enum geometry_kind kind, struct geometry *g, struct outline *shape)
{
    struct entity e = entity_of(read_u32(r));
    if (e.kind < MULTI_FIRST)
        return read_simple(r, &e, kind, g, shape);
    uint32_t n = e.kind <= COLLECTION_CLASS ? read_u32(r) : 0;
    bool found = false;
    for (uint32_t i = 0; i < n && !r->failed && !found; i++) {
        if (r->p < r->end && *r->p == ENTITY_MARK)
            r->p++;
        else
            r->failed = true;
        struct entity member = entity_of(read_u32(r));
        if (!r->failed)
            found = read_simple(r, &member, kind, g, shape);
    }
    return found;
}

/* The short form of points: no box, one byte of class. */
static bool read_tiny(struct reader *r, enum geometry_kind kind, struct outline *shape)
{
    r->p += 7;
    shape->point = read_vertex(r, 0);
    return kind == GEOMETRY_POINT && !r->failed && isfinite(shape->point.lon) && isfinite(shape->point.lat);
}

/* World coordinates, ranks, bounds and label of the parts that were appended. */
static void shape_finish(struct geometry *g, size_t first_point, struct outline *shape,
                         enum geometry_kind kind)
{
    size_t n = g->point_count;
    struct box b = {INFINITY, INFINITY, -INFINITY, -INFINITY};
    for (size_t i = first_point; i < n; i++) {
        struct lonlat v = g->points[i];
        g->world[i] = world_of(v);
        b = (struct box){fmin(b.west, v.lon), fmin(b.south, v.lat), fmax(b.east, v.lon),
                         fmax(b.north, v.lat)};
    }
    shape->bounds = b;
    for (uint32_t i = 0; i < shape->part_count; i++) {
        const struct stored_part *part = &g->parts[shape->first_part + i];
        shape_rank(g->world + part->first, g->rank + part->first, part->count);
    }
    shape->point = lonlat_of(shape_label(g, shape, kind));
}

bool geometry_read(struct slice blob, enum geometry_kind kind, struct geometry *g, struct outline *shape)
{
    const uint8_t *b = (const uint8_t *)blob.p;
    if (blob.n < 24 || b[0] != BLOB_START)
        return false;
    struct reader r = {b, b + blob.n, (b[1] & 1) == 0, false};
    if (b[1] & 0x80)
        return read_tiny(&r, kind, shape);
    if (blob.n < HEADER_BYTES + 5 || b[HEADER_BYTES - 1] != BLOB_MARK)
        return false;
    r.p += HEADER_BYTES;
    size_t first_point = g->point_count;
    shape->first_part = (uint32_t)g->part_count;
    bool found = read_any(&r, kind, g, shape);
    if (kind == GEOMETRY_POINT)
        return found;
    shape->part_count = (uint32_t)(g->part_count - shape->first_part);
    if (shape->part_count == 0) {
        g->point_count = first_point;
        return false;
    }
    shape_finish(g, first_point, shape, kind);
    return true;
}

void geometry_trim(struct geometry *g)
{
    g->points = room_trim(g->points, g->point_count, sizeof *g->points);
    g->world = room_trim(g->world, g->point_count, sizeof *g->world);
    g->rank = room_trim(g->rank, g->point_count, sizeof *g->rank);
    g->parts = room_trim(g->parts, g->part_count, sizeof *g->parts);
}

void geometry_release(struct geometry *g)
{
    free(g->points);
    free(g->world);
    free(g->rank);
    free(g->parts);
}
