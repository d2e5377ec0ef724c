/* spatial_index: makes the R*Tree of `place` in one go. SpatiaLite's triggers cost a long import more than
 * all its checks together; so a long batch (batch.c) pauses them and has the tree packed here before it
 * commits.
 *
 * Law: the tree is exactly what the triggers would have left to be found: one entry for each place with a
 * point, its box rounded outwards; and it is written in the transaction that wrote the places, so that no
 * reader and no crash sees one without the other. Node format: SQLite's ext/rtree, big-endian, a two-byte
 * depth (root only), a two-byte count, then cells of an 8-byte id and xmin, xmax, ymin, ymax as floats. */
#include "layers/spatial_index.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD_BYTES = 4, CELL_BYTES = 24, NODE_BYTES_MAX = 4096, ROOT = 1 };
enum { WORTH_ROWS = 2000, WORTH_SHARE = 8 }; /* packing one place costs about an eighth of a trigger's run */

struct cell {
    int64_t id; /* of a place; above the leaves of a node */
    float xmin, xmax, ymin, ymax;
    uint32_t order; /* along the Hilbert curve; once written, the node it stands in */
};

struct packing {
    struct store *store;
    struct buf cells, parents; /* struct cell of the level under way, of the one above it */
    size_t node_bytes, node_cells;
    int64_t next_node;
    int depth;
};

bool spatial_index_is_worth(struct store *s, uint64_t rows)
{
    int64_t places = store_int(s, "SELECT max(id) FROM place", NULL, 0);
    return rows >= WORTH_ROWS && rows >= (uint64_t)places / WORTH_SHARE;
}

void spatial_index_pause(struct store *s)
{
    sqlite3_db_config(store_handle(s), SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
}

void spatial_index_resume(struct store *s)
{
    sqlite3_db_config(store_handle(s), SQLITE_DBCONFIG_ENABLE_TRIGGER, 1, NULL);
}

/* --- the places, in order --- */

/* The distance along a Hilbert curve over a grid of 65,536 by 65,536. */
static uint32_t hilbert(uint32_t x, uint32_t y)
{
    uint32_t d = 0;
    for (uint32_t s = 1u << 15; s > 0; s /= 2) {
        uint32_t right = (x & s) > 0, up = (y & s) > 0;
        d += s * s * ((3 * right) ^ up);
        if (!up) {
            if (right) {
                x = ~x;
                y = ~y;
            }
            uint32_t swapped = x;
            x = y;
            y = swapped;
        }
    }
    return d;
}

static float round_down(double v)
{
    float f = (float)v;
    return f > v ? nextafterf(f, -INFINITY) : f;
}

static float round_up(double v)
{
    float f = (float)v;
    return f < v ? nextafterf(f, INFINITY) : f;
}

/* Whatever SpatiaLite itself reads as a point, for blobs of another program (big-endian, TinyPoint). */
static bool read_foreign_point(struct store *s, int64_t id, struct lonlat *at)
{
    sqlite3_stmt *st = store_statement(s, "SELECT ST_X(geom), ST_Y(geom) FROM place WHERE id = ?1", NULL);
    if (!st)
        return false;
    bind_int(st, 1, id);
    bool found = statement_next(st, NULL) && !column_is_null(st, 0);
    at->lon = found ? sqlite3_column_double(st, 0) : 0;
    at->lat = found ? sqlite3_column_double(st, 1) : 0;
    sqlite3_reset(st);
    return found;
}

static bool read_places(struct packing *p, struct fault *f)
{
    struct fault end = {0};
    sqlite3_stmt *st = store_statement(p->store, "SELECT id, geom FROM place WHERE geom IS NOT NULL", f);
    if (!st)
        return false;
    while (statement_next(st, &end)) {
        struct lonlat at;
        int64_t id = sqlite3_column_int64(st, 0);
        if ((!column_point(st, 1, &at) && !read_foreign_point(p->store, id, &at)) || !isfinite(at.lon) ||
            !isfinite(at.lat))
            continue;
        struct cell c = {.id = id,
                         .xmin = round_down(at.lon),
                         .xmax = round_up(at.lon),
                         .ymin = round_down(at.lat),
                         .ymax = round_up(at.lat)};
        buf_add(&p->cells, &c, sizeof c);
    }
    return !end.code || fault_set(f, end.code, end.place, "%s", end.text);
}

static int compare_order(const void *a, const void *b)
{
    const struct cell *x = a, *y = b;
    return x->order != y->order ? (x->order > y->order) - (x->order < y->order)
                                : (x->id > y->id) - (x->id < y->id);
}

static int compare_id(const void *a, const void *b)
{
    const struct cell *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

static struct cell cover(const struct cell *cells, size_t n)
{
    struct cell box = cells[0];
    for (size_t i = 1; i < n; i++) {
        box.xmin = fminf(box.xmin, cells[i].xmin);
        box.xmax = fmaxf(box.xmax, cells[i].xmax);
        box.ymin = fminf(box.ymin, cells[i].ymin);
        box.ymax = fmaxf(box.ymax, cells[i].ymax);
    }
    return box;
}

/* Over the box of the places: a ward is a small part of the world. */
static void sort_along_curve(struct cell *cells, size_t n)
{
    const double steps = 65535;
    struct cell box = n ? cover(cells, n) : (struct cell){0};
    double width = fmax((double)box.xmax - box.xmin, 1e-9), height = fmax((double)box.ymax - box.ymin, 1e-9);
    for (size_t i = 0; i < n; i++)
        cells[i].order = hilbert((uint32_t)(((double)cells[i].xmin - box.xmin) / width * steps),
                                 (uint32_t)(((double)cells[i].ymin - box.ymin) / height * steps));
    if (n)
        qsort(cells, n, sizeof *cells, compare_order);
}

/* --- nodes --- */

static unsigned char *put_big_endian(unsigned char *at, uint64_t v, int bytes)
{
    for (int i = bytes - 1; i >= 0; i--)
        *at++ = (unsigned char)(v >> (8 * i));
    return at;
}

static unsigned char *put_float(unsigned char *at, float v)
{
    uint32_t bits;
    memcpy(&bits, &v, sizeof bits);
    return put_big_endian(at, bits, 4);
}

static bool write_node(struct packing *p, int64_t node, const struct cell *cells, size_t n, struct fault *f)
{
    unsigned char data[NODE_BYTES_MAX] = {0};
    unsigned char *at = put_big_endian(data, node == ROOT ? (uint64_t)p->depth : 0, 2);
    at = put_big_endian(at, n, 2);
    for (size_t i = 0; i < n; i++) {
        at = put_big_endian(at, (uint64_t)cells[i].id, 8);
        at = put_float(put_float(at, cells[i].xmin), cells[i].xmax);
        at = put_float(put_float(at, cells[i].ymin), cells[i].ymax);
    }
    sqlite3_stmt *st = store_statement(
        p->store, "INSERT OR REPLACE INTO idx_place_geom_node (nodeno, data) VALUES (?1, ?2)", f);
    if (!st)
        return false;
    bind_int(st, 1, node);
    bind_bytes(st, 2, (struct slice){(const char *)data, p->node_bytes});
    return statement_run(st, f);
}

/* Where each cell stands: a place in its leaf, a node in its parent. */
static bool write_homes(struct packing *p, struct cell *cells, size_t n, struct fault *f)
{
    sqlite3_stmt *st = store_statement(
        p->store,
        p->depth == 0 ? "INSERT OR REPLACE INTO idx_place_geom_rowid (rowid, nodeno) VALUES (?1, ?2)"
                      : "INSERT OR REPLACE INTO idx_place_geom_parent (nodeno, parentnode) VALUES (?1, ?2)",
        f);
    bool ok = st;
    qsort(cells, n, sizeof *cells, compare_id); /* in the order of the table: no page is visited twice */
    for (size_t i = 0; ok && i < n; i++) {
        bind_int(st, 1, cells[i].id);
        bind_int(st, 2, cells[i].order);
        ok = statement_run(st, f);
    }
    return ok;
}

/* One level: nodes as full as they can be and all about as full; what covers them is the level above. */
static bool write_level(struct packing *p, struct fault *f)
{
    struct cell *cells = (struct cell *)(void *)p->cells.p;
    size_t n = p->cells.n / sizeof *cells, nodes = n ? (n + p->node_cells - 1) / p->node_cells : 1;
    buf_reset(&p->parents);
    for (size_t i = 0; i < nodes; i++) {
        size_t from = n * i / nodes, to = n * (i + 1) / nodes;
        int64_t node = nodes == 1 ? ROOT : p->next_node++;
        if (!write_node(p, node, cells + from, to - from, f))
            return false;
        for (size_t k = from; k < to; k++)
            cells[k].order = (uint32_t)node;
        struct cell parent = to > from ? cover(cells + from, to - from) : (struct cell){0};
        parent.id = node;
        buf_add(&p->parents, &parent, sizeof parent);
    }
    return n == 0 || write_homes(p, cells, n, f);
}

static bool write_tree(struct packing *p, struct fault *f)
{
    for (;;) {
        if (!write_level(p, f))
            return false;
        if (p->parents.n <= sizeof(struct cell))
            return true;
        struct buf done = p->cells;
        p->cells = p->parents;
        p->parents = done;
        p->depth++;
    }
}

bool spatial_index_rebuild(struct store *s, struct fault *f)
{
    struct packing p = {.store = s, .next_node = ROOT + 1};
    int64_t bytes = store_int(s, "SELECT length(data) FROM idx_place_geom_node WHERE nodeno = 1", NULL, 0);
    if (bytes < HEAD_BYTES + CELL_BYTES || bytes > NODE_BYTES_MAX)
        return fault_set(f, FAULT_DATABASE, "idx_place_geom", "%s", "chỉ mục không gian bị hỏng");
    p.node_bytes = (size_t)bytes;
    p.node_cells = (p.node_bytes - HEAD_BYTES) / CELL_BYTES;
    bool ok = store_run(s,
                        "DELETE FROM idx_place_geom_node WHERE nodeno <> 1; DELETE FROM idx_place_geom_rowid;"
                        " DELETE FROM idx_place_geom_parent",
                        f) &&
              read_places(&p, f);
    int64_t places = store_int(s, "SELECT count(*) FROM place", NULL, 0);
    buf_reserve(&p.cells,
                ((size_t)places + 1) * sizeof(struct cell)); /* once: doubling would take twice as much */
    if (ok) {
        sort_along_curve((struct cell *)(void *)p.cells.p, p.cells.n / sizeof(struct cell));
        ok = write_tree(&p, f) &&
             store_run(s,
                       "UPDATE geometry_columns_time SET last_insert = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'),"
                       " last_update = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"
                       " WHERE f_table_name = 'place' AND f_geometry_column = 'geom'",
                       f);
    }
    buf_release(&p.cells);
    buf_release(&p.parents);
    return ok;
}
