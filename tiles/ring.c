/* ring: rings that are valid after snapping to whole numbers and cutting at the tile's edge.
 * Both can make edges cross, touch or run back over each other. First every crossing and every vertex that
 * lies on a foreign edge becomes a vertex of both edges; after that edges meet at vertices only, and wherever
 * the walk around the ring comes to a vertex for the second time, the loop between is taken out as a ring of
 * its own. What has no area (the way there and back along an edge) goes. */
#include "tiles/tiles_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS_MAX = 8 };

int64_t ring_area2(const struct tilepx *p, uint32_t n)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        struct tilepx a = p[i], b = p[i + 1 < n ? i + 1 : 0];
        sum += (int64_t)a.x * b.y - (int64_t)b.x * a.y;
    }
    return sum;
}

bool ring_holds(const struct tilepx *p, uint32_t n, struct tilepx at)
{
    bool in = false;
    for (uint32_t i = 0, k = n - 1; i < n; k = i++)
        if ((p[i].y > at.y) != (p[k].y > at.y) &&
            at.x < (double)(p[k].x - p[i].x) * (at.y - p[i].y) / (double)(p[k].y - p[i].y) + p[i].x)
            in = !in;
    return in;
}

/* --- crossings become vertices --- */

struct insertion {
    uint32_t edge;
    struct tilepx p;
    int64_t from_start; /* square of the distance along the edge */
};

struct span {
    int32_t low, high;
    uint32_t edge;
};

struct noding {
    const struct tilepx *p;
    uint32_t n;
    struct insertion *found;
    uint32_t count, room;
    struct arena *arena;
};

static bool is_same(struct tilepx a, struct tilepx b)
{
    return a.x == b.x && a.y == b.y;
}

static struct tilepx edge_end(const struct noding *w, uint32_t edge)
{
    return w->p[edge + 1 < w->n ? edge + 1 : 0];
}

static void insert(struct noding *w, uint32_t edge, struct tilepx p)
{
    struct tilepx a = w->p[edge];
    if (is_same(a, p) || is_same(edge_end(w, edge), p))
        return;
    if (w->count == w->room) {
        uint32_t room = w->room * 2 + 32;
        struct insertion *bigger = ARENA_ARRAY(w->arena, struct insertion, room);
        if (w->count)
            memcpy(bigger, w->found, w->count * sizeof *bigger);
        w->found = bigger;
        w->room = room;
    }
    int64_t dx = (int64_t)p.x - a.x, dy = (int64_t)p.y - a.y;
    w->found[w->count++] = (struct insertion){edge, p, dx * dx + dy * dy};
}

static int64_t side(struct tilepx a, struct tilepx b, struct tilepx p)
{
    return ((int64_t)b.x - a.x) * ((int64_t)p.y - a.y) - ((int64_t)b.y - a.y) * ((int64_t)p.x - a.x);
}

static bool between(int32_t a, int32_t b, int32_t v)
{
    return a < b ? v >= a && v <= b : v >= b && v <= a;
}

static void insert_if_on(struct noding *w, uint32_t edge, struct tilepx p, int64_t side_of_p)
{
    struct tilepx a = w->p[edge], b = edge_end(w, edge);
    if (side_of_p == 0 && between(a.x, b.x, p.x) && between(a.y, b.y, p.y))
        insert(w, edge, p);
}

static void meet(struct noding *w, uint32_t e, uint32_t g)
{
    struct tilepx a = w->p[e], b = edge_end(w, e), c = w->p[g], d = edge_end(w, g);
    int64_t sc = side(a, b, c), sd = side(a, b, d), sa = side(c, d, a), sb = side(c, d, b);
    insert_if_on(w, e, c, sc);
    insert_if_on(w, e, d, sd);
    insert_if_on(w, g, a, sa);
    insert_if_on(w, g, b, sb);
    bool crosses = ((sc > 0) != (sd > 0)) && ((sa > 0) != (sb > 0)) && sc && sd && sa && sb;
    if (!crosses)
        return;
    double t = (double)sa / ((double)sa - (double)sb);
    struct tilepx p = {(int32_t)lround(a.x + t * ((double)b.x - a.x)),
                       (int32_t)lround(a.y + t * ((double)b.y - a.y))};
    insert(w, e, p);
    insert(w, g, p);
}

static int span_order(const void *a, const void *b)
{
    const struct span *l = a, *r = b;
    return l->low != r->low ? (l->low < r->low ? -1 : 1) : (l->edge > r->edge) - (l->edge < r->edge);
}

static int insertion_order(const void *a, const void *b)
{
    const struct insertion *l = a, *r = b;
    if (l->edge != r->edge)
        return l->edge < r->edge ? -1 : 1;
    return (l->from_start > r->from_start) - (l->from_start < r->from_start);
}

/* Pairs of edges whose boxes overlap, by a sweep from west to east. */
static void find_meetings(struct noding *w)
{
    struct span *spans = ARENA_ARRAY(w->arena, struct span, w->n);
    for (uint32_t i = 0; i < w->n; i++) {
        int32_t a = w->p[i].x, b = edge_end(w, i).x;
        spans[i] = (struct span){a < b ? a : b, a < b ? b : a, i};
    }
    qsort(spans, w->n, sizeof *spans, span_order);
    for (uint32_t i = 0; i < w->n; i++) {
        int32_t a = w->p[spans[i].edge].y, b = edge_end(w, spans[i].edge).y;
        int32_t north = a < b ? a : b, south = a < b ? b : a;
        for (uint32_t k = i + 1; k < w->n && spans[k].low <= spans[i].high; k++) {
            int32_t c = w->p[spans[k].edge].y, d = edge_end(w, spans[k].edge).y;
            if ((c < d ? c : d) <= south && (c < d ? d : c) >= north)
                meet(w, spans[i].edge, spans[k].edge);
        }
    }
    if (w->count) /* qsort wants a pointer even for nothing */
        qsort(w->found, w->count, sizeof *w->found, insertion_order);
}

/* The ring with all meetings as vertices; rounding them may make new ones, hence rounds. */
static const struct tilepx *node_ring(const struct tilepx *p, uint32_t *n, struct arena *arena)
{
    for (int round = 0; round < ROUNDS_MAX; round++) {
        struct noding w = {.p = p, .n = *n, .arena = arena};
        find_meetings(&w);
        if (w.count == 0)
            return p;
        struct paths next = {.arena = arena};
        for (uint32_t i = 0, k = 0; i < *n; i++) {
            path_point(&next, p[i]);
            for (; k < w.count && w.found[k].edge == i; k++)
                path_point(&next, w.found[k].p);
        }
        p = next.points;
        *n = next.point_count;
    }
    return p;
}

/* --- loops --- */

struct walk {
    struct tilepx *stack;
    uint32_t depth;
    uint32_t *slots; /* stack position + 1 of a vertex, open addressing; taken-out vertices leave TOMBSTONE */
    uint32_t mask;
};

enum { TOMBSTONE = UINT32_MAX };

static uint32_t *slot_of(const struct walk *w, struct tilepx p)
{
    uint64_t h = ((uint64_t)(uint32_t)p.x << 32 | (uint32_t)p.y) * 0x9E3779B97F4A7C15u;
    uint32_t *hole = NULL;
    for (uint32_t at = (uint32_t)(h >> 32) & w->mask;; at = (at + 1) & w->mask) {
        uint32_t *slot = &w->slots[at];
        if (*slot == 0)
            return hole ? hole : slot;
        if (*slot == TOMBSTONE)
            hole = hole ? hole : slot;
        else if (is_same(w->stack[*slot - 1], p))
            return slot;
    }
}

static bool lies_between(struct tilepx a, struct tilepx p, struct tilepx b)
{
    return side(a, b, p) == 0 && between(a.x, b.x, p.x) && between(a.y, b.y, p.y);
}

/* A loop as a path, without vertices in the middle of a straight edge. */
static void loop_add(const struct tilepx *p, uint32_t n, struct paths *out)
{
    if (n < 3 || ring_area2(p, n) == 0)
        return;
    for (uint32_t i = 0; i < n; i++)
        if (!lies_between(p[i ? i - 1 : n - 1], p[i], p[i + 1 < n ? i + 1 : 0]))
            path_point(out, p[i]);
    path_end(out, 3);
}

static void walk_back(struct walk *w, uint32_t to)
{
    while (w->depth > to) {
        uint32_t *slot = slot_of(w, w->stack[w->depth - 1]);
        *slot = TOMBSTONE;
        w->depth--;
    }
}

void ring_split(const struct tilepx *p, uint32_t n, struct paths *out)
{
    if (n < 3)
        return;
    p = node_ring(p, &n, out->arena);
    uint32_t slots = 16;
    while (slots < n * 2)
        slots *= 2;
    struct walk w = {.stack = ARENA_ARRAY(out->arena, struct tilepx, n + 1), .mask = slots - 1};
    w.slots = ARENA_ARRAY(out->arena, uint32_t, slots);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t *slot = slot_of(&w, p[i]);
        if (*slot != 0 && *slot != TOMBSTONE) { /* been here: what lies between is a loop */
            uint32_t from = *slot - 1;
            loop_add(w.stack + from, w.depth - from, out);
            walk_back(&w, from + 1);
            continue;
        }
        w.stack[w.depth++] = p[i];
        *slot = w.depth;
    }
    loop_add(w.stack, w.depth, out);
}
