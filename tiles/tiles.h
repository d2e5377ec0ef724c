/* tiles: from the snapshot to vector tiles (Mapbox Vector Tile 2.1). Pure: no file, no SQL, no socket.
 *
 *   grid (where a tile lies) → clip (what of a geometry is in it) → cluster (points below z16) → mvt over pbf
 * → cache, pmtiles */
#ifndef TILES_TILES_H
#define TILES_TILES_H

#include "layers/layers.h"

enum { TILE_EXTENT = 4096, TILE_MAX_ZOOM = 22, TILE_SINGLE_POINTS_FROM = 16 };

struct tile_id {
    uint32_t z, x, y; /* y from the north, as in XYZ */
};

bool tile_is_valid(struct tile_id t); /* z <= TILE_MAX_ZOOM and x, y inside */
struct box tile_bounds(struct tile_id t);

struct tile_request {
    const struct snapshot_layer *layer;
    struct tile_id tile;
    bool clustered;              /* ask for clusters below TILE_SINGLE_POINTS_FROM (points only) */
    bool labels;                 /* the `{id}_label` layer instead: one point per area */
    const struct filter *filter; /* bound to this layer, or NULL */
};

/* Appends one MVT to `out`; nothing at all when the tile is empty. Scratch memory from the arena. */
void tile_encode(const struct tile_request *request, struct arena *a, struct buf *out);

/* --- cache: encoded and compressed tiles of one snapshot revision, bounded in bytes; any thread --- */

struct tile_cache;
struct tile_bytes; /* reference counted */

struct tile_cache *tile_cache_new(size_t limit_bytes);
void tile_cache_free(struct tile_cache *c);
struct tile_key {
    enum layer_id layer;
    struct tile_id tile;
    bool clustered, labels, gzip; /* gzip: the compressed form, an entry of its own */
    int64_t revision;
};
/* A reference to the cached tile, or NULL. */
const struct tile_bytes *tile_cache_get(struct tile_cache *c, const struct tile_key *key);
/* Stores a copy of `mvt`, or its gzip form when the key says so, and returns a reference to it. */
const struct tile_bytes *tile_cache_put(struct tile_cache *c, const struct tile_key *key, struct slice mvt);
void tile_bytes_release(const struct tile_bytes *b);
struct slice tile_bytes_body(const struct tile_bytes *b);

/* What the tiles of a layer (or of its labels) hold, as one member of a TileJSON `vector_layers` array:
 * {"id":"establishments","description":…,"fields":{"code":"String",…}}. */
void tile_describe(struct buf *out, const struct snapshot_layer *l, bool labels);

/* --- one file with every tile of zoom 8 to 16 (pmtiles.c), PMTiles v3. A tile holds all the layers asked for
 * and the labels of areas; its layers are the same bytes as served. `layers` NULL means all. --- */
enum { PMTILES_MIN_ZOOM = 8, PMTILES_MAX_ZOOM = TILE_SINGLE_POINTS_FROM };

bool pmtiles_write(const struct snapshot *s, const enum layer_id *layers, int layer_count, const char *path,
                   struct fault *f) RESULT_MUST_BE_USED;

#endif
