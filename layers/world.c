/* world: Web Mercator in whole numbers and the Hilbert curve over it.
 * The snapshot sorts by the curve, the tiles count in these units, PMTiles numbers its tiles along the same
 * curve; all three agree because the curve is made here once, from the highest bit down: a block of any zoom
 * is one run of it. */
#include "layers/layers.h"

#include <math.h>

static const double PI = 3.14159265358979323846;
static const double WORLD_WIDTH = 4294967296.0;

static uint32_t unit_of(double share)
{
    double units = floor(share * WORLD_WIDTH);
    if (!(units > 0))
        return 0;
    return units >= WORLD_WIDTH ? UINT32_MAX : (uint32_t)units;
}

struct world world_of(struct lonlat p)
{
    double latitude = fmax(-89.9, fmin(89.9, p.lat)) * PI / 180;
    double north = asinh(tan(latitude)) / (2 * PI);
    return (struct world){unit_of(p.lon / 360 + 0.5), unit_of(0.5 - north)};
}

struct lonlat lonlat_of(struct world w)
{
    double north = 0.5 - w.y / WORLD_WIDTH;
    return (struct lonlat){(w.x / WORLD_WIDTH - 0.5) * 360, atan(sinh(2 * PI * north)) * 180 / PI};
}

uint64_t hilbert_of_tile(uint32_t z, uint32_t x, uint32_t y)
{
    uint64_t at = 0;
    for (uint32_t bit = z; bit-- > 0;) {
        uint32_t right = x >> bit & 1, low = y >> bit & 1;
        at = at << 2 | ((3 * right) ^ low);
        if (low == 0) { /* the curve enters this quarter turned: mirror the bits that are still to come */
            if (right == 1) {
                x = ~x;
                y = ~y;
            }
            uint32_t swap = x;
            x = y;
            y = swap;
        }
    }
    return at;
}

uint64_t hilbert_of_world(struct world w)
{
    return hilbert_of_tile(32, w.x, w.y);
}
