/* tiles_private: what the files of tiles/ share. Not part of the door.
 *
 * Inside a tile everything is whole numbers: struct tilepx, 4096 to a side, y down. A snapshot's world units
 * become tilepx by a shift, the same for every tile of a zoom, so neighbours agree to the last unit. */
#ifndef TILES_TILES_PRIVATE_H
#define TILES_TILES_PRIVATE_H

#include "tiles/tiles.h"

enum { TILE_BUFFER = 64, CLIP_LOW = -TILE_BUFFER, CLIP_HIGH = TILE_EXTENT + TILE_BUFFER };

struct tilepx {
    int32_t x, y;
};

/* --- grid.c --- */

struct frame {
    int64_t x, y; /* north-west corner in world units */
    int down;     /* bits a world unit is finer than a tilepx; negative: coarser */
};

struct frame frame_of(struct tile_id t);
/* The tile and its buffer, a little more on every side. */
struct box tile_bounds_buffered(struct tile_id t);

/* For a place in the tile itself. */
static inline struct tilepx frame_place(const struct frame *f, struct world w)
{
    int64_t x = (int64_t)w.x - f->x, y = (int64_t)w.y - f->y;
    if (f->down >= 0)
        return (struct tilepx){(int32_t)(x >> f->down), (int32_t)(y >> f->down)};
    return (struct tilepx){(int32_t)(x * (1 << -f->down)), (int32_t)(y * (1 << -f->down))};
}

/* For any place: what is more than a quarter of a million tiles away (2,500 km at the highest zoom) is moved
 * nearer, so that it fits the type. */
struct tilepx frame_place_far(const struct frame *f, struct world w);

/* --- clip.c, ring.c: paths are runs of points one behind the other --- */

struct paths {
    struct arena *arena;
    struct tilepx *points;
    uint32_t *ends; /* path i is [ends[i - 1], ends[i]) */
    uint32_t point_count, point_room, count, path_room;
};

void paths_reset(struct paths *paths);
void path_point(struct paths *paths, struct tilepx p); /* onto the open path; a repeated point is left out */
void path_end(struct paths *paths,
              uint32_t at_least); /* closes the path, or drops it when it has fewer points */

static inline uint32_t path_start(const struct paths *paths, uint32_t i)
{
    return i ? paths->ends[i - 1] : 0;
}

/* The pieces of a line within the tile and its buffer. */
void clip_line(const struct tilepx *p, uint32_t n, struct paths *out);
/* A ring (not closed) cut to the tile and its buffer; one path, which may run back and forth along the edge.
 */
void clip_ring(const struct tilepx *p, uint32_t n, struct paths *out);

/* Twice the area by the shoelace formula with y down: positive for an exterior ring of a tile. */
int64_t ring_area2(const struct tilepx *p, uint32_t n);
/* Appends the simple rings a ring consists of: no edge crosses or touches another, nothing without area. */
void ring_split(const struct tilepx *p, uint32_t n, struct paths *out);
bool ring_holds(const struct tilepx *p, uint32_t n, struct tilepx at); /* even-odd */

/* --- pbf.c: protocol buffers, written forward into room that is there --- */

enum { PBF_VARINT_MAX = 10 };

static inline char *pbf_varint(char *to, uint64_t v)
{
    while (v > 127) {
        *to++ = (char)(v | 128);
        v >>= 7;
    }
    *to++ = (char)v;
    return to;
}

/* The same for what mostly takes one or two bytes. */
static inline char *pbf_short(char *to, uint32_t v)
{
    if (v >= 1 << 14)
        return pbf_varint(to, v);
    if (v < 128) {
        *to = (char)v;
        return to + 1;
    }
    to[0] = (char)(v | 128);
    to[1] = (char)(v >> 7);
    return to + 2;
}

static inline uint32_t pbf_zigzag(int32_t v)
{
    return (uint32_t)v << 1 ^ (uint32_t)(v >> 31);
}

void pbf_add_varint(struct buf *b, uint64_t v);
void pbf_add_bytes(struct buf *b, uint8_t tag, struct slice bytes); /* tag, length, bytes */
size_t pbf_varint_length(uint64_t v);

/* --- attributes of single features: attributes.def --- */

struct tile_attribute {
    const char *key; /* in the tile */
    int field;       /* of the layer */
};

enum { ATTRIBUTES_MAX = 8 };

int tile_attributes(const struct layer *layer, struct tile_attribute out[ATTRIBUTES_MAX]);

/* --- mvt.c: one layer of a tile being written --- */

enum { LAYER_FIELDS_MAX = 40 };

struct mvt_attribute {
    struct tile_attribute of;
    uint32_t key; /* index + 1 of its key in the layer, 0 until it is used */
};

struct mvt_layer {
    struct arena *arena;
    struct buf features, values;
    uint64_t *slots; /* value key << 24 | index + 1, open addressing */
    uint32_t slot_count, slots_used, value_count, feature_count, features_expected;
    uint32_t *few[LAYER_FIELDS_MAX]; /* of columns with few texts: index + 1 by text id */
    const char *keys[ATTRIBUTES_MAX + 24];
    uint32_t key_count;
    struct mvt_attribute attributes[ATTRIBUTES_MAX];
    int attribute_count;
};

/* About so many features of the layer. */
void mvt_start(struct mvt_layer *m, struct arena *a, const struct layer *layer, uint32_t features);
uint32_t mvt_key(struct mvt_layer *m, const char *key); /* its index; `key` must outlive the layer */
uint32_t mvt_value_integer(struct mvt_layer *m, int64_t v);
struct mvt_feature {
    uint64_t id; /* 0: none */
    uint32_t tags[2 * (ATTRIBUTES_MAX + 24)];
    uint32_t tag_count;
};

/* The tags of a row: what attributes.def says of its layer and is not null. */
void mvt_attributes(struct mvt_layer *m, const struct snapshot_layer *l, uint32_t row,
                    struct mvt_feature *feature);
void mvt_point(struct mvt_layer *m, const struct mvt_feature *feature, struct tilepx p);
enum mvt_type { MVT_POINT = 1, MVT_LINE = 2, MVT_AREA = 3 };
void mvt_feature(struct mvt_layer *m, const struct mvt_feature *feature, enum mvt_type type,
                 struct slice geometry);
/* Appends the layer to the tile, if it has a feature, and lets its memory go. */
void mvt_finish(struct mvt_layer *m, struct slice name, struct buf *out);

/* --- cluster.c --- */

enum { CLUSTER_CELL_BITS = 3, CLUSTER_CELLS = 1 << (2 * CLUSTER_CELL_BITS), CLUSTER_STATES = 16 };

struct cluster {
    uint32_t count, row; /* row: the first of them */
    uint64_t x, y;       /* sums, in world units from the tile's corner */
    uint32_t by_state[CLUSTER_STATES];
};

/* The field whose values clusters count apart: `status`, else `state`, else none (-1). */
int cluster_state_field(const struct layer *layer);
/* How many of its values are counted apart; ids from 1. */
uint32_t cluster_state_count(const struct snapshot_layer *l);
void cluster_rows(const struct tile_request *request, uint32_t first, uint32_t count,
                  struct cluster cells[CLUSTER_CELLS]);

#endif
