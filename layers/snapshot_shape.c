/* snapshot_shape: what is worked out once per line or ring when the read copy is made, so that no tile has
 * to: which vertices matter at which scale, and where a label stands. Pure arithmetic. */
#include "layers/snapshot_private.h"

#include <math.h>
#include <stdlib.h>

enum { LABEL_CELLS = 300 };

double ring_area(const struct lonlat *p, size_t n)
{
    double sum = 0; /* relative to the first vertex: small numbers keep their digits */
    for (size_t i = 1; i + 1 < n; i++)
        sum += (p[i].lon - p[0].lon) * (p[i + 1].lat - p[0].lat) -
               (p[i + 1].lon - p[0].lon) * (p[i].lat - p[0].lat);
    return sum;
}

static double distance_to_segment(struct world p, struct world a, struct world b)
{
    double dx = (double)b.x - a.x, dy = (double)b.y - a.y;
    double px = (double)p.x - a.x, py = (double)p.y - a.y;
    double length2 = dx * dx + dy * dy;
    double t = length2 > 0 ? fmax(0, fmin(1, (px * dx + py * dy) / length2)) : 0;
    return hypot(px - t * dx, py - t * dy);
}

/* The vertex between `from` and `to` that lies farthest from their segment. */
static uint32_t farthest(const struct world *p, uint32_t from, uint32_t to, double *distance)
{
    uint32_t best = from;
    *distance = -1;
    for (uint32_t i = from + 1; i < to; i++) {
        double d = distance_to_segment(p[i], p[from], p[to]);
        if (d > *distance) {
            *distance = d;
            best = i;
        }
    }
    return best;
}

struct span {
    uint32_t from, to;
    float limit; /* the rank of the vertex that opened it: nothing inside ranks higher */
};

/* The open list is short: the bigger half waits, the smaller is taken first. */
static void rank_between(const struct world *p, float *rank, uint32_t from, uint32_t to)
{
    struct span waiting[40];
    int n = 0;
    struct span now = {from, to, INFINITY};
    for (;;) {
        if (now.to - now.from < 2) {
            if (n == 0)
                return;
            now = waiting[--n];
            continue;
        }
        double d;
        uint32_t middle = farthest(p, now.from, now.to, &d);
        rank[middle] = fminf((float)d, now.limit);
        struct span left = {now.from, middle, rank[middle]}, right = {middle, now.to, rank[middle]};
        bool left_is_bigger = middle - now.from > now.to - middle;
        waiting[n++] = left_is_bigger ? left : right;
        now = left_is_bigger ? right : left;
    }
}

void shape_rank(const struct world *p, float *rank, uint32_t n)
{
    rank[0] = rank[n - 1] = INFINITY;
    bool is_ring = n > 3 && p[0].x == p[n - 1].x && p[0].y == p[n - 1].y;
    if (!is_ring) {
        rank_between(p, rank, 0, n - 1);
        return;
    }
    double d;
    uint32_t far = farthest(p, 0, n - 1, &d);
    rank[far] = INFINITY;
    rank_between(p, rank, 0, far);
    rank_between(p, rank, far, n - 1);
}

/* --- a place for the label --- */

struct cell {
    double x, y, half, inside,
        most; /* inside: distance to the edge, negative outside; most: best within the cell */
};

/* The rings of one polygon: an exterior and the holes behind it. */
struct polygon {
    const struct geometry *g;
    uint32_t first_part, part_count;
};

static double distance_inside(const struct polygon *polygon, double x, double y)
{
    bool in = false;
    double nearest2 = INFINITY;
    for (uint32_t i = 0; i < polygon->part_count; i++) {
        const struct stored_part *part = &polygon->g->parts[polygon->first_part + i];
        const struct world *p = polygon->g->world + part->first;
        for (uint32_t k = 0; k + 1 < part->count; k++) {
            double ax = p[k].x, ay = p[k].y, bx = p[k + 1].x, by = p[k + 1].y;
            if ((ay > y) != (by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax)
                in = !in;
            double dx = bx - ax, dy = by - ay, length2 = dx * dx + dy * dy;
            double t = length2 > 0 ? fmax(0, fmin(1, ((x - ax) * dx + (y - ay) * dy) / length2)) : 0;
            double ex = x - ax - t * dx, ey = y - ay - t * dy;
            nearest2 = fmin(nearest2, ex * ex + ey * ey);
        }
    }
    return in ? sqrt(nearest2) : -sqrt(nearest2);
}

static struct cell cell_at(const struct polygon *polygon, double x, double y, double half)
{
    struct cell c = {x, y, half, distance_inside(polygon, x, y), 0};
    c.most = c.inside + half * 1.4142135623730951;
    return c;
}

static int most_promising(const struct cell *cells, int n)
{
    int best = 0;
    for (int i = 1; i < n; i++)
        if (cells[i].most > cells[best].most)
            best = i;
    return best;
}

/* Quarters the most promising square until no other could be a tenth better. */
static struct world pole_of_inaccessibility(const struct polygon *polygon)
{
    const struct stored_part *ring = &polygon->g->parts[polygon->first_part];
    const struct world *p = polygon->g->world + ring->first;
    double west = p[0].x, east = west, north = p[0].y, south = north;
    for (uint32_t i = 1; i < ring->count; i++) {
        west = fmin(west, p[i].x), east = fmax(east, p[i].x);
        north = fmin(north, p[i].y), south = fmax(south, p[i].y);
    }
    double half = fmax(east - west, south - north) / 2;
    struct cell cells[LABEL_CELLS + 4];
    cells[0] = cell_at(polygon, (west + east) / 2, (north + south) / 2, half);
    struct cell best = cells[0];
    for (int n = 1, tried = 1; n > 0 && tried < LABEL_CELLS;) {
        int at = most_promising(cells, n);
        struct cell c = cells[at];
        if (c.most <= best.inside * 1.1 || (c.half < 1 && best.inside > 0))
            break;
        cells[at] = cells[--n];
        for (int k = 0; k < 4 && n < LABEL_CELLS; k++, tried++) {
            double h = c.half / 2;
            cells[n] = cell_at(polygon, c.x + (k & 1 ? h : -h), c.y + (k & 2 ? h : -h), h);
            if (cells[n].inside > best.inside)
                best = cells[n];
            n++;
        }
    }
    return (struct world){(uint32_t)best.x, (uint32_t)best.y};
}

static struct world label_of_area(const struct geometry *g, const struct outline *shape)
{
    struct polygon best = {g, shape->first_part, 1};
    double best_area = -1;
    for (uint32_t i = 0; i < shape->part_count; i++) {
        const struct stored_part *part = &g->parts[shape->first_part + i];
        double area = part->is_hole ? -1 : fabs(ring_area(g->points + part->first, part->count));
        if (area > best_area) {
            best_area = area;
            best.first_part = shape->first_part + i;
        }
    }
    uint32_t end = shape->first_part + shape->part_count;
    while (best.first_part + best.part_count < end && g->parts[best.first_part + best.part_count].is_hole)
        best.part_count++;
    return pole_of_inaccessibility(&best);
}

static double line_length(const struct world *p, uint32_t n)
{
    double length = 0;
    for (uint32_t i = 1; i < n; i++)
        length += hypot((double)p[i].x - p[i - 1].x, (double)p[i].y - p[i - 1].y);
    return length;
}

static struct world label_of_line(const struct geometry *g, const struct outline *shape)
{
    const struct stored_part *best = &g->parts[shape->first_part];
    double longest = -1;
    for (uint32_t i = 0; i < shape->part_count; i++) {
        const struct stored_part *part = &g->parts[shape->first_part + i];
        double length = line_length(g->world + part->first, part->count);
        if (length > longest) {
            longest = length;
            best = part;
        }
    }
    const struct world *p = g->world + best->first;
    double left = longest / 2;
    for (uint32_t i = 1; i < best->count; i++) {
        double dx = (double)p[i].x - p[i - 1].x, dy = (double)p[i].y - p[i - 1].y, step = hypot(dx, dy);
        if (step >= left && step > 0)
            return (struct world){(uint32_t)(p[i - 1].x + dx * left / step),
                                  (uint32_t)(p[i - 1].y + dy * left / step)};
        left -= step;
    }
    return p[best->count - 1];
}

struct world shape_label(const struct geometry *g, const struct outline *shape, enum geometry_kind kind)
{
    return kind == GEOMETRY_AREA ? label_of_area(g, shape) : label_of_line(g, shape);
}
