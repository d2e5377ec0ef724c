/* clip: what of a line or a ring lies in the tile and its buffer, in whole tile units. Pure; paths live in an
 * arena. Law: the cut depends on the geometry and the tile's edge alone, so two tiles cut a shared line at
 * the same places. */
#include "tiles/tiles_private.h"

#include <math.h>
#include <string.h>

void paths_reset(struct paths *paths)
{
    paths->point_count = paths->count = 0;
}

static void *grow(struct arena *a, const void *old, size_t used, size_t wanted)
{
    void *bigger = arena_alloc(a, wanted);
    if (used)
        memcpy(bigger, old, used);
    return bigger;
}

void path_point(struct paths *paths, struct tilepx p)
{
    uint32_t n = paths->point_count;
    if (n > path_start(paths, paths->count) && paths->points[n - 1].x == p.x && paths->points[n - 1].y == p.y)
        return;
    if (n == paths->point_room) {
        paths->point_room = n * 2 + 64;
        paths->points = grow(paths->arena, paths->points, n * sizeof p, paths->point_room * sizeof p);
    }
    paths->points[paths->point_count++] = p;
}

void path_end(struct paths *paths, uint32_t at_least)
{
    uint32_t start = path_start(paths, paths->count);
    if (paths->point_count - start < at_least || paths->point_count == start) {
        paths->point_count = start;
        return;
    }
    if (paths->count == paths->path_room) {
        paths->path_room = paths->count * 2 + 16;
        paths->ends = grow(paths->arena, paths->ends, paths->count * sizeof(uint32_t),
                           paths->path_room * sizeof(uint32_t));
    }
    paths->ends[paths->count++] = paths->point_count;
}

static bool is_in(struct tilepx p)
{
    return p.x >= CLIP_LOW && p.x <= CLIP_HIGH && p.y >= CLIP_LOW && p.y <= CLIP_HIGH;
}

/* Narrows the part [*from, *to] of a segment to where start + t * step stays between the edges. */
static bool narrow(double start, double step, double *from, double *to)
{
    if (step == 0)
        return start >= CLIP_LOW && start <= CLIP_HIGH;
    double a = (CLIP_LOW - start) / step, b = (CLIP_HIGH - start) / step;
    *from = fmax(*from, fmin(a, b));
    *to = fmin(*to, fmax(a, b));
    return *from <= *to;
}

static struct tilepx along(struct tilepx a, struct tilepx b, double t)
{
    return (struct tilepx){(int32_t)lround(a.x + t * ((double)b.x - a.x)),
                           (int32_t)lround(a.y + t * ((double)b.y - a.y))};
}

void clip_line(const struct tilepx *p, uint32_t n, struct paths *out)
{
    for (uint32_t i = 1; i < n; i++) {
        struct tilepx a = p[i - 1], b = p[i];
        double from = 0, to = 1;
        bool meets = narrow(a.x, (double)b.x - a.x, &from, &to) && narrow(a.y, (double)b.y - a.y, &from, &to);
        if (!meets) {
            path_end(out, 2);
            continue;
        }
        if (from > 0)
            path_end(out, 2); /* comes in from outside */
        path_point(out, from > 0 ? along(a, b, from) : a);
        path_point(out, to < 1 ? along(a, b, to) : b);
        if (to < 1)
            path_end(out, 2);
    }
    path_end(out, 2);
}

/* --- rings: Sutherland and Hodgman, one edge of the tile after the other --- */

struct edge {
    bool is_x, is_low;
};

static int32_t beyond(struct edge e, struct tilepx p) /* positive: outside */
{
    int32_t v = e.is_x ? p.x : p.y;
    return e.is_low ? CLIP_LOW - v : v - CLIP_HIGH;
}

static struct tilepx crossing(struct edge e, struct tilepx a, struct tilepx b)
{
    int32_t limit = e.is_low ? CLIP_LOW : CLIP_HIGH;
    double va = e.is_x ? a.x : a.y, vb = e.is_x ? b.x : b.y;
    struct tilepx p = along(a, b, (limit - va) / (vb - va));
    if (e.is_x)
        p.x = limit;
    else
        p.y = limit;
    return p;
}

static void cut(struct edge e, const struct tilepx *p, uint32_t n, struct paths *out)
{
    for (uint32_t i = 0; i < n; i++) {
        struct tilepx a = p[i ? i - 1 : n - 1], b = p[i];
        bool a_in = beyond(e, a) <= 0, b_in = beyond(e, b) <= 0;
        if (a_in != b_in) /* always from the inner end, so that both directions give the same point */
            path_point(out, a_in ? crossing(e, a, b) : crossing(e, b, a));
        if (b_in)
            path_point(out, b);
    }
}

void clip_ring(const struct tilepx *p, uint32_t n, struct paths *out)
{
    static const struct edge edges[4] = {{true, true}, {true, false}, {false, true}, {false, false}};
    bool all_in = true;
    for (uint32_t i = 0; i < n && all_in; i++)
        all_in = is_in(p[i]);
    if (all_in) {
        for (uint32_t i = 0; i < n; i++)
            path_point(out, p[i]);
        path_end(out, 3);
        return;
    }
    struct paths steps[4] = {{.arena = out->arena}, {.arena = out->arena}, {.arena = out->arena}};
    for (int i = 0; i < 4; i++) {
        struct paths *to = i < 3 ? &steps[i] : out;
        uint32_t start = path_start(to, to->count);
        cut(edges[i], p, n, to);
        p = to->points + start;
        n = to->point_count - start;
    }
    path_end(out, 3);
}
