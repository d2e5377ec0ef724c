/* pmtiles: all tiles in one file, PMTiles version 3, for any object store or a USB stick.
 * Zoom after zoom, and in each along the Hilbert curve, which is the order of PMTiles' tile ids: so the data
 * is written straight through ("clustered") and only the directory waits in memory. A tile has children only
 * where rows are, so an outlier on the other side of the world costs a path, not a world. The file appears
 * under its name when it is whole. */
#include "tiles/tiles_private.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HEADER_BYTES = 127, FRONT_BYTES = 16384, LEAF_ENTRIES = 4096, GZIP_LEVEL = 6 };
enum { COMPRESSION_GZIP = 2, TYPE_MVT = 1 };

struct entry {
    uint64_t id, offset;
    uint32_t length, run;
};

struct spot {
    uint32_t x, y;
};

struct spots {
    struct spot *items;
    size_t count, room;
};

struct writer {
    const struct snapshot *snapshot;
    enum layer_id layers[LAYER_COUNT];
    int layer_count;
    FILE *file;
    struct entry *entries;
    size_t entry_count, entry_room;
    uint64_t data_length, addressed, contents;
    struct buf mvt, packed, last; /* last: the bytes of the entry before */
    struct arena arena;
};

static void *grown(void *items, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return items;
    *room = *room * 2 + 256;
    void *bigger = memory_resize(items, *room * size);
    return bigger;
}

/* --- which tiles --- */

static bool layer_is_there(const struct snapshot_layer *l, struct tile_id t, struct arena *a)
{
    uint32_t first;
    const uint32_t *rows;
    if (l->layer->geometry == GEOMETRY_POINT)
        return snapshot_block(l, t.z, t.x, t.y, &first) > 0;
    return snapshot_within(l, tile_bounds_buffered(t), a, &rows) > 0;
}

static bool anything_there(struct writer *w, struct tile_id t)
{
    for (int i = 0; i < w->layer_count; i++)
        if (layer_is_there(snapshot_get(w->snapshot, w->layers[i]), t, &w->arena))
            return true;
    return false;
}

/* The four children of every place that have something, along the curve as their parents are. */
static struct spots spots_below(struct writer *w, const struct spots *above, uint32_t z)
{
    struct spots below = {0};
    for (size_t i = 0; i < above->count; i++) {
        struct spot at_step[4];
        for (uint32_t k = 0; k < 4; k++) {
            struct spot child = {above->items[i].x * 2 + (k & 1), above->items[i].y * 2 + (k >> 1)};
            at_step[hilbert_of_tile(z, child.x, child.y) & 3] = child;
        }
        for (int k = 0; k < 4; k++) {
            if (!anything_there(w, (struct tile_id){z, at_step[k].x, at_step[k].y}))
                continue;
            below.items = grown(below.items, below.count, &below.room, sizeof *below.items);
            below.items[below.count++] = at_step[k];
        }
        arena_reset(&w->arena);
    }
    return below;
}

/* --- tiles --- */

static void encode(struct writer *w, struct tile_id t)
{
    buf_reset(&w->mvt);
    for (int i = 0; i < w->layer_count; i++) {
        struct tile_request request = {
            .layer = snapshot_get(w->snapshot, w->layers[i]), .tile = t, .clustered = true};
        tile_encode(&request, &w->arena, &w->mvt);
        request.labels = true;
        if (request.layer->layer->geometry == GEOMETRY_AREA)
            tile_encode(&request, &w->arena, &w->mvt);
    }
    arena_reset(&w->arena);
}

/* One more tile; the same bytes as those of the tile before (the middle of a lake) are not written again. */
static bool add_tile(struct writer *w, uint64_t id, struct fault *f)
{
    buf_reset(&w->packed);
    gzip_add(&w->packed, buf_to_slice(&w->mvt), GZIP_LEVEL);
    bool again = w->entry_count > 0 && slice_equal(buf_to_slice(&w->packed), buf_to_slice(&w->last));
    struct entry *before = again ? &w->entries[w->entry_count - 1] : NULL;
    w->addressed++;
    if (again && before->id + before->run == id) {
        before->run++;
        return true;
    }
    w->entries = grown(w->entries, w->entry_count, &w->entry_room, sizeof *w->entries);
    uint64_t offset = again ? w->entries[w->entry_count - 1].offset : w->data_length;
    w->entries[w->entry_count++] = (struct entry){id, offset, (uint32_t)w->packed.n, 1};
    if (again)
        return true;
    w->contents++;
    w->data_length += w->packed.n;
    struct buf swap = w->last;
    w->last = w->packed;
    w->packed = swap;
    return fwrite(w->last.p, 1, w->last.n, w->file) == w->last.n ||
           fault_set(f, FAULT_FILE_WRITE, NULL, "%s", strerror(errno));
}

static bool add_zoom(struct writer *w, const struct spots *spots, uint32_t z, struct fault *f)
{
    uint64_t first_id = ((1ull << (2 * z)) - 1) / 3;
    for (size_t i = 0; i < spots->count; i++) {
        struct spot p = spots->items[i];
        encode(w, (struct tile_id){z, p.x, p.y});
        if (w->mvt.n > 0 && !add_tile(w, first_id + hilbert_of_tile(z, p.x, p.y), f))
            return false;
    }
    return true;
}

static bool add_tiles(struct writer *w, struct fault *f)
{
    struct spots spots = {.items = calloc(1, sizeof(struct spot)), .count = 1, .room = 1};
    bool ok = true;
    for (uint32_t z = 1; z <= PMTILES_MAX_ZOOM && ok; z++) {
        struct spots below = spots_below(w, &spots, z);
        free(spots.items);
        spots = below;
        ok = z < PMTILES_MIN_ZOOM || add_zoom(w, &spots, z, f);
    }
    free(spots.items);
    return ok;
}

/* --- directories --- */

static void directory_add(struct buf *out, const struct entry *e, size_t n)
{
    struct buf plain = {0};
    pbf_add_varint(&plain, n);
    for (size_t i = 0; i < n; i++)
        pbf_add_varint(&plain, e[i].id - (i ? e[i - 1].id : 0));
    for (size_t i = 0; i < n; i++)
        pbf_add_varint(&plain, e[i].run);
    for (size_t i = 0; i < n; i++)
        pbf_add_varint(&plain, e[i].length);
    for (size_t i = 0; i < n; i++) {
        bool follows = i > 0 && e[i].offset == e[i - 1].offset + e[i - 1].length;
        pbf_add_varint(&plain, follows ? 0 : e[i].offset + 1);
    }
    gzip_add(out, buf_to_slice(&plain), 9);
    buf_release(&plain);
}

/* The root directory: the entries themselves, or entries of run 0 that point at leaves of `per_leaf`. */
static void directories(const struct writer *w, size_t per_leaf, struct buf *root, struct buf *leaves)
{
    if (per_leaf == 0) {
        directory_add(root, w->entries, w->entry_count);
        return;
    }
    struct entry *pointers = calloc(w->entry_count / per_leaf + 1, sizeof *pointers);
    size_t n = 0;
    for (size_t i = 0; i < w->entry_count; i += per_leaf, n++) {
        size_t start = leaves->n, left = w->entry_count - i;
        directory_add(leaves, w->entries + i, left < per_leaf ? left : per_leaf);
        pointers[n] = (struct entry){w->entries[i].id, start, (uint32_t)(leaves->n - start), 0};
    }
    directory_add(root, pointers, n);
    free(pointers);
}

static void make_directories(const struct writer *w, struct buf *root, struct buf *leaves)
{
    for (size_t per_leaf = 0;; per_leaf = per_leaf ? per_leaf * 2 : LEAF_ENTRIES) {
        buf_reset(root);
        buf_reset(leaves);
        directories(w, per_leaf, root, leaves);
        if (root->n <= FRONT_BYTES - HEADER_BYTES)
            return;
    }
}

/* --- metadata and header --- */

static void metadata(const struct writer *w, struct buf *out)
{
    struct buf json = {0};
    buf_text(&json, "{\"name\":\"mapd\",\"format\":\"pbf\",\"vector_layers\":[");
    for (int i = 0; i < w->layer_count; i++) {
        if (i > 0)
            buf_char(&json, ',');
        const struct snapshot_layer *l = snapshot_get(w->snapshot, w->layers[i]);
        tile_describe(&json, l, false);
        if (l->layer->geometry != GEOMETRY_AREA)
            continue;
        buf_char(&json, ',');
        tile_describe(&json, l, true);
    }
    buf_text(&json, "]}");
    gzip_add(out, buf_to_slice(&json), 9);
    buf_release(&json);
}

static void put_number(char *header, size_t at, size_t bytes, uint64_t v)
{
    for (size_t i = 0; i < bytes; i++)
        header[at + i] = (char)(v >> 8 * i);
}

static void put_degrees(char *header, size_t at, double degrees)
{
    put_number(header, at, 4, (uint64_t)llround(degrees * 1e7));
}

static struct box extent_of(const struct writer *w)
{
    struct box all = {180, 90, -180, -90};
    for (int i = 0; i < w->layer_count; i++) {
        const struct snapshot_layer *l = snapshot_get(w->snapshot, w->layers[i]);
        if (l->located > 0)
            all = (struct box){fmin(all.west, l->extent.west), fmin(all.south, l->extent.south),
                               fmax(all.east, l->extent.east), fmax(all.north, l->extent.north)};
    }
    return all.west > all.east ? (struct box){-180, -85, 180, 85} : all;
}

static void header_fill(const struct writer *w, char header[HEADER_BYTES], size_t root, size_t leaves,
                        size_t meta)
{
    struct box b = extent_of(w);
    uint64_t leaf_at = FRONT_BYTES + w->data_length;
    memcpy(header, "PMTiles\3", 8);
    const uint64_t numbers[] = {HEADER_BYTES, root,           leaf_at + leaves, meta,
                                leaf_at,      leaves,         FRONT_BYTES,      w->data_length,
                                w->addressed, w->entry_count, w->contents};
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        put_number(header, 8 + 8 * i, 8, numbers[i]);
    const uint8_t bytes[] = {1,        COMPRESSION_GZIP, COMPRESSION_GZIP,
                             TYPE_MVT, PMTILES_MIN_ZOOM, PMTILES_MAX_ZOOM};
    memcpy(header + 96, bytes, sizeof bytes);
    put_degrees(header, 102, b.west);
    put_degrees(header, 106, b.south);
    put_degrees(header, 110, b.east);
    put_degrees(header, 114, b.north);
    header[118] = 14;
    put_degrees(header, 119, (b.west + b.east) / 2);
    put_degrees(header, 123, (b.south + b.north) / 2);
}

/* Behind the data come the leaves and the metadata; header and root directory fill the room kept at the
 * front. */
static bool write_frame(struct writer *w, struct fault *f)
{
    struct buf root = {0}, leaves = {0}, meta = {0};
    char header[HEADER_BYTES] = {0};
    make_directories(w, &root, &leaves);
    metadata(w, &meta);
    header_fill(w, header, root.n, leaves.n, meta.n);
    bool ok = (leaves.n == 0 || fwrite(leaves.p, 1, leaves.n, w->file) == leaves.n) &&
              fwrite(meta.p, 1, meta.n, w->file) == meta.n && fseek(w->file, 0, SEEK_SET) == 0 &&
              fwrite(header, 1, sizeof header, w->file) == sizeof header &&
              fwrite(root.p, 1, root.n, w->file) == root.n;
    buf_release(&root);
    buf_release(&leaves);
    buf_release(&meta);
    return ok || fault_set(f, FAULT_FILE_WRITE, NULL, "%s", strerror(errno));
}

static bool write_file(struct writer *w, const char *path, struct fault *f)
{
    struct arena names = {0};
    char *partial = arena_format(&names, "%s.part", path);
    w->file = fopen(partial, "wb");
    bool ok = w->file || fault_set(f, FAULT_FILE_WRITE, path, "%s", strerror(errno));
    char front[FRONT_BYTES] = {0};
    ok =
        ok && fwrite(front, 1, sizeof front, w->file) == sizeof front && add_tiles(w, f) && write_frame(w, f);
    if (w->file && fclose(w->file) != 0)
        ok = fault_set(f, FAULT_FILE_WRITE, path, "%s", strerror(errno));
    if (ok && rename(partial, path) != 0)
        ok = fault_set(f, FAULT_FILE_WRITE, path, "%s", strerror(errno));
    if (!ok)
        unlink(partial);
    arena_release(&names);
    return ok || fault_set(f, FAULT_FILE_WRITE, path, "%s", strerror(errno));
}

bool pmtiles_write(const struct snapshot *s, const enum layer_id *layers, int layer_count, const char *path,
                   struct fault *f)
{
    struct writer w = {.snapshot = s, .layer_count = layers ? layer_count : LAYER_COUNT};
    for (int i = 0; i < w.layer_count; i++)
        w.layers[i] = layers ? layers[i] : (enum layer_id)i;
    bool ok = write_file(&w, path, f);
    free(w.entries);
    buf_release(&w.mvt);
    buf_release(&w.packed);
    buf_release(&w.last);
    arena_release(&w.arena);
    return ok;
}
