/* cluster: points below the zoom of single points, counted in the cells of a grid of 8 by 8 to a tile.
 * The grid hangs on the world, not on the tile: a cell is a block of zoom z + 3 and belongs to one tile, so
 * counts over neighbouring tiles add up exactly, and the mean of a cell's points lies in its cell. */
#include "tiles/tiles_private.h"

#include <string.h>

int cluster_state_field(const struct layer *layer)
{
    int field = layer_field(layer, SLICE("status"));
    return field >= 0 ? field : layer_field(layer, SLICE("state"));
}

uint32_t cluster_state_count(const struct snapshot_layer *l)
{
    int field = cluster_state_field(l->layer);
    uint32_t known = field < 0 ? 0 : l->columns[field].text_count;
    return known < CLUSTER_STATES ? known : CLUSTER_STATES;
}

void cluster_rows(const struct tile_request *request, uint32_t first, uint32_t count,
                  struct cluster cells[CLUSTER_CELLS])
{
    const struct snapshot_layer *l = request->layer;
    struct frame frame = frame_of(request->tile);
    int field = cluster_state_field(l->layer);
    const uint32_t *state = field < 0 ? NULL : l->columns[field].text;
    uint32_t states = cluster_state_count(l);
    uint32_t shift = 32 - request->tile.z - CLUSTER_CELL_BITS, mask = (1 << CLUSTER_CELL_BITS) - 1;
    memset(cells, 0, CLUSTER_CELLS * sizeof *cells);
    for (uint32_t row = first; row < first + count; row++) {
        if (request->filter && !filter_test(request->filter, row))
            continue;
        struct world w = l->world[row];
        struct cluster *c = &cells[(w.y >> shift & mask) << CLUSTER_CELL_BITS | (w.x >> shift & mask)];
        if (c->count++ == 0)
            c->row = row;
        c->x += (uint64_t)((int64_t)w.x - frame.x);
        c->y += (uint64_t)((int64_t)w.y - frame.y);
        if (state && state[row] != TEXT_NULL && state[row] <= states)
            c->by_state[state[row] - 1]++;
    }
}
