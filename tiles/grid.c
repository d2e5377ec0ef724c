/* grid: where a tile lies. Tiles of zoom z are the blocks of 2^(32-z) world units a side (layers/world.c). */
#include "tiles/tiles_private.h"

#include <math.h>

bool tile_is_valid(struct tile_id t)
{
    return t.z <= TILE_MAX_ZOOM && t.x < 1u << t.z && t.y < 1u << t.z;
}

static double latitude_of(double share)
{
    static const double PI = 3.14159265358979323846;
    return atan(sinh(PI * (1 - 2 * share))) * 180 / PI;
}

struct box tile_bounds(struct tile_id t)
{
    double tiles = (double)(1u << t.z);
    return (struct box){t.x / tiles * 360 - 180, latitude_of((t.y + 1) / tiles),
                        (t.x + 1) / tiles * 360 - 180, latitude_of(t.y / tiles)};
}

struct box tile_bounds_buffered(struct tile_id t)
{
    struct box b = tile_bounds(t);
    double x = (b.east - b.west) * (TILE_BUFFER + 2) / TILE_EXTENT,
           y = (b.north - b.south) * (TILE_BUFFER + 2) / TILE_EXTENT;
    return (struct box){fmax(-180, b.west - x), b.south - y * 1.1, fmin(180, b.east + x), b.north + y * 1.1};
}

struct frame frame_of(struct tile_id t)
{
    int bits = 32 - (int)t.z;
    return (struct frame){(int64_t)t.x << bits, (int64_t)t.y << bits, bits - 12}; /* 12: 4096 to a side */
}

enum { FARTHEST = 1 << 30 };

static int32_t shifted(int64_t units, int down)
{
    int64_t v = down >= 0 ? units >> down : units * (1 << -down);
    return (int32_t)(v < -FARTHEST ? -FARTHEST : v > FARTHEST ? FARTHEST : v);
}

struct tilepx frame_place_far(const struct frame *f, struct world w)
{
    return (struct tilepx){shifted((int64_t)w.x - f->x, f->down), shifted((int64_t)w.y - f->y, f->down)};
}
