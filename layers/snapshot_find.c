/* snapshot_find: finding rows in the read copy. Points stand in Hilbert order, so a box is a few runs of
 * them; lines and areas stand under a packed R-tree; ids under a hash table. Law: the work is logarithmic
 * plus the answer. */
#include "layers/snapshot_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct stored_layer *stored(const struct snapshot_layer *l)
{
    return (const struct stored_layer *)l;
}

/* --- ids --- */

static void ids_index(struct stored_layer *l)
{
    uint32_t slots = 16;
    while (slots < l->open.count + l->open.count / 2)
        slots *= 2;
    l->id_slot_count = slots;
    l->id_slots = calloc(slots, sizeof *l->id_slots);
    for (uint32_t row = 0; row < l->open.count; row++) {
        uint32_t at = (uint32_t)hash_of(snapshot_text(&l->open.columns[0], row)) & (slots - 1);
        while (l->id_slots[at])
            at = (at + 1) & (slots - 1);
        l->id_slots[at] = row + 1;
    }
}

int64_t snapshot_find(const struct snapshot_layer *open, struct slice id)
{
    const struct stored_layer *l = stored(open);
    if (!l->id_slots || id.n == 0)
        return -1;
    uint32_t mask = l->id_slot_count - 1;
    for (uint32_t at = (uint32_t)hash_of(id) & mask; l->id_slots[at]; at = (at + 1) & mask)
        if (slice_equal(snapshot_text(&open->columns[0], l->id_slots[at] - 1), id))
            return l->id_slots[at] - 1;
    return -1;
}

/* --- the packed R-tree: level 0 holds one box for each NODE_WIDTH rows, and so on up to a single box --- */

static struct box box_around(const struct box *b, size_t n)
{
    struct box all = b[0];
    for (size_t i = 1; i < n; i++)
        all = (struct box){fmin(all.west, b[i].west), fmin(all.south, b[i].south), fmax(all.east, b[i].east),
                           fmax(all.north, b[i].north)};
    return all;
}

static void tree_index(struct stored_layer *l)
{
    size_t total = 0, n = l->open.located;
    l->level_count = 0;
    do {
        n = (n + NODE_WIDTH - 1) / NODE_WIDTH;
        l->level_at[l->level_count++] = (uint32_t)total;
        total += n;
    } while (n > 1);
    l->level_at[l->level_count] = (uint32_t)total;
    l->nodes = malloc((total ? total : 1) * sizeof *l->nodes);
    const struct box *below = l->bounds;
    size_t below_count = l->open.located;
    for (int level = 0; level < l->level_count; level++) {
        struct box *nodes = l->nodes + l->level_at[level];
        size_t count = l->level_at[level + 1] - l->level_at[level];
        for (size_t i = 0; i < count; i++) {
            size_t left = below_count - i * NODE_WIDTH;
            nodes[i] = box_around(below + i * NODE_WIDTH, left < NODE_WIDTH ? left : NODE_WIDTH);
        }
        below = nodes;
        below_count = count;
    }
}

void layer_index(struct stored_layer *l)
{
    if (!l->open.layer->is_base)
        ids_index(l);
    if (l->bounds && l->open.located > 0)
        tree_index(l);
}

/* --- a box --- */

struct rows {
    struct arena *arena;
    uint32_t *row;
    uint32_t count, room;
};

static void rows_reserve(struct rows *rows, uint32_t extra)
{
    if (rows->count + extra <= rows->room)
        return;
    uint32_t room = (rows->count + extra) * 2 + 64;
    uint32_t *bigger = ARENA_ARRAY(rows->arena, uint32_t, room);
    if (rows->count)
        memcpy(bigger, rows->row, rows->count * sizeof *bigger);
    rows->row = bigger;
    rows->room = room;
}

static void rows_add(struct rows *rows, uint32_t first, uint32_t end)
{
    rows_reserve(rows, end - first);
    for (uint32_t row = first; row < end; row++)
        rows->row[rows->count++] = row;
}

static bool boxes_meet(const struct box *a, const struct box *b)
{
    return a->west <= b->east && b->west <= a->east && a->south <= b->north && b->south <= a->north;
}

static void tree_within(const struct stored_layer *l, const struct box *b, int level, uint32_t first,
                        uint32_t end, struct rows *rows)
{
    const struct box *boxes = level < 0 ? l->bounds : l->nodes + l->level_at[level];
    uint32_t below = level > 0 ? l->level_at[level] - l->level_at[level - 1] : l->open.located;
    for (uint32_t i = first; i < end; i++) {
        if (!boxes_meet(&boxes[i], b))
            continue;
        uint32_t last = (i + 1) * NODE_WIDTH < below ? (i + 1) * NODE_WIDTH : below;
        if (level < 0)
            rows_add(rows, i, i + 1);
        else
            tree_within(l, b, level - 1, i * NODE_WIDTH, last, rows);
    }
}

/* First row whose key is at least `key`, within [first, end). */
static uint32_t row_at_key(const uint64_t *keys, uint32_t first, uint32_t end, uint64_t key)
{
    while (first < end) {
        uint32_t middle = first + (end - first) / 2;
        if (keys[middle] < key)
            first = middle + 1;
        else
            end = middle;
    }
    return first;
}

/* A square of the curve: `key` is where the curve enters it, `turn` how it lies (see hilbert_of_tile). */
struct square {
    uint32_t x, y, size_bits;
    uint64_t key;
    bool swapped, mirrored;
};

struct window {
    struct box box;         /* degrees, exact */
    struct world low, high; /* the same in world units: x, y of the north-west and the south-east corner */
};

enum { FEW_ROWS = 24 };

static bool square_misses(const struct square *q, const struct window *w)
{
    uint64_t side = (1ull << q->size_bits) - 1;
    return q->x > w->high.x || q->y > w->high.y || q->x + side < w->low.x || q->y + side < w->low.y;
}

/* Strictly inside: then every point in it is inside in degrees too, because world_of keeps order. */
static bool square_fits(const struct square *q, const struct window *w)
{
    uint64_t side = (1ull << q->size_bits) - 1;
    return q->x > w->low.x && q->y > w->low.y && q->x + side < w->high.x && q->y + side < w->high.y;
}

static struct square square_child(const struct square *q, uint32_t step)
{
    static const uint8_t right_of[4] = {0, 0, 1, 1}, low_of[4] = {0, 1, 1, 0};
    struct square c = *q;
    c.size_bits--;
    c.key = q->key | (uint64_t)step << (2 * c.size_bits);
    uint32_t right = right_of[step], low = low_of[step];
    c.swapped ^= low == 0; /* the child's own frame, before this square's turn is undone */
    c.mirrored ^= low == 0 && right == 1;
    if (q->mirrored) {
        right ^= 1;
        low ^= 1;
    }
    if (q->swapped) {
        uint32_t swap = right;
        right = low;
        low = swap;
    }
    c.x |= right << c.size_bits;
    c.y |= low << c.size_bits;
    return c;
}

static bool point_in(const struct box *b, struct lonlat p)
{
    return p.lon >= b->west && p.lon <= b->east && p.lat >= b->south && p.lat <= b->north;
}

static void points_within(const struct stored_layer *l, const struct window *w, const struct square *q,
                          uint32_t first, uint32_t end, struct rows *rows)
{
    if (first == end || square_misses(q, w))
        return;
    if (square_fits(q, w)) {
        rows_add(rows, first, end);
        return;
    }
    if (end - first <= FEW_ROWS || q->size_bits == 0) {
        for (uint32_t row = first; row < end; row++)
            if (point_in(&w->box, l->point[row]))
                rows_add(rows, row, row + 1);
        return;
    }
    for (uint32_t step = 0; step < 4; step++) {
        struct square child = square_child(q, step);
        uint64_t after = child.key + (1ull << (2 * child.size_bits)); /* 0 at the end of the whole curve */
        uint32_t stop = step == 3 || after == 0 ? end : row_at_key(l->key, first, end, after);
        points_within(l, w, &child, first, stop, rows);
        first = stop;
    }
}

static void box_within(const struct stored_layer *l, struct box b, struct rows *rows)
{
    if (l->bounds) {
        if (l->level_count > 0) {
            int top = l->level_count - 1;
            tree_within(l, &b, top, 0, l->level_at[top + 1] - l->level_at[top], rows);
        }
        return;
    }
    struct world north_west = world_of((struct lonlat){b.west, b.north});
    struct world south_east = world_of((struct lonlat){b.east, b.south});
    struct window w = {b, north_west, south_east};
    points_within(l, &w, &(struct square){.size_bits = 32}, 0, l->open.located, rows);
}

/* Two ascending lists into one, each row once. */
static struct rows rows_merge(const struct rows *a, const struct rows *b)
{
    struct rows both = {.arena = a->arena};
    rows_reserve(&both, a->count + b->count);
    for (uint32_t i = 0, k = 0; i < a->count || k < b->count;) {
        uint32_t left = i < a->count ? a->row[i] : UINT32_MAX, right = k < b->count ? b->row[k] : UINT32_MAX;
        both.row[both.count++] = left < right ? left : right;
        i += left <= right;
        k += right <= left;
    }
    return both;
}

uint32_t snapshot_within(const struct snapshot_layer *open, struct box b, struct arena *a,
                         const uint32_t **found)
{
    const struct stored_layer *l = stored(open);
    struct rows rows = {.arena = a};
    if (b.west <= b.east) {
        box_within(l, b, &rows);
    } else {
        struct rows west = {.arena = a}, east = {.arena = a};
        box_within(l, (struct box){b.west, b.south, 180, b.north}, &east);
        box_within(l, (struct box){-180, b.south, b.east, b.north}, &west);
        rows = rows_merge(&west, &east);
    }
    *found = rows.row;
    return rows.count;
}

uint32_t snapshot_block(const struct snapshot_layer *open, uint32_t z, uint32_t x, uint32_t y,
                        uint32_t *first)
{
    const struct stored_layer *l = stored(open);
    if (z == 0) {
        *first = 0;
        return open->located;
    }
    uint32_t shift = 64 - 2 * z;
    uint64_t block = hilbert_of_tile(z, x, y);
    *first = row_at_key(l->key, 0, open->located, block << shift);
    if (block == (1ull << (2 * z)) - 1) /* the last block of the curve */
        return open->located - *first;
    return row_at_key(l->key, *first, open->located, (block + 1) << shift) - *first;
}
