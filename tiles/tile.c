/* tile: a request becomes a tile. Points are a run of rows of the read copy, single or in clusters; lines and
 * areas are thinned, cut and cleaned (clip.c, ring.c); the names of areas are a layer of points of their own.
 * Law: below the zoom of single points a clustered tile, and any tile of lines, areas or labels, has at most
 * FEATURES_MAX features and TILE_PACKED_MAX bytes when packed: the smallest are left out, the others drawn
 * more coarsely. */
#include "tiles/tiles_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FEATURES_MAX = 500, TOLERANCE_LOW = 4, TOLERANCE_HIGH = 1, TILE_PACKED_MAX = 50 * 1000 };
enum { PACKING_LEVEL = 1, COARSEST = 9 };

static const struct attribute_row {
    enum layer_id layer;
    const char *key, *field;
} ATTRIBUTES[] = {
#define ATTRIBUTE(layer, key, field) {LAYER_##layer, key, field},
#include "tiles/attributes.def"
#undef ATTRIBUTE
};

int tile_attributes(const struct layer *layer, struct tile_attribute out[ATTRIBUTES_MAX])
{
    int n = 0;
    for (size_t i = 0; i < COUNT_OF(ATTRIBUTES) && n < ATTRIBUTES_MAX; i++)
        if (ATTRIBUTES[i].layer == layer->id)
            out[n++] =
                (struct tile_attribute){ATTRIBUTES[i].key, layer_field(layer, slice_of(ATTRIBUTES[i].field))};
    return n;
}

/* One layer being filled. */
struct work {
    const struct tile_request *request;
    const struct snapshot_layer *l;
    struct frame frame;
    struct mvt_layer mvt;
    struct arena *arena;
    struct arena scratch; /* of one shape; lines and areas only */
    int coarser;          /* how often the tile was too heavy */
};

static bool is_bounded(const struct tile_request *request)
{
    return request->tile.z < TILE_SINGLE_POINTS_FROM;
}

static void work_start(struct work *w, const struct tile_request *request, struct arena *a, uint32_t features)
{
    w->request = request;
    w->l = request->layer;
    w->frame = frame_of(request->tile);
    w->arena = a;
    w->scratch = (struct arena){0};
    w->coarser = 0;
    mvt_start(&w->mvt, a, request->layer->layer, features);
}

static bool is_wanted(const struct work *w, uint32_t row)
{
    return !w->request->filter || filter_test(w->request->filter, row);
}

static void feature_of_row(struct work *w, uint32_t row, struct mvt_feature *feature)
{
    feature->id = w->l->number[row];
    mvt_attributes(&w->mvt, w->l, row, feature);
}

static void single_point(struct work *w, uint32_t row)
{
    struct mvt_feature feature;
    feature_of_row(w, row, &feature);
    mvt_point(&w->mvt, &feature, frame_place(&w->frame, w->l->world[row]));
}

/* --- points --- */

static void one_cluster(struct work *w, const struct cluster *c, const char *const *state_keys)
{
    struct mvt_feature feature = {0};
    uint32_t n = 0;
    feature.tags[n++] = mvt_key(&w->mvt, "count");
    feature.tags[n++] = mvt_value_integer(&w->mvt, c->count);
    for (uint32_t i = 0; i < CLUSTER_STATES && state_keys[i]; i++) {
        feature.tags[n++] = mvt_key(&w->mvt, state_keys[i]);
        feature.tags[n++] = mvt_value_integer(&w->mvt, c->by_state[i]);
    }
    feature.tag_count = n;
    struct world mean = {(uint32_t)(w->frame.x + (int64_t)(c->x / c->count)),
                         (uint32_t)(w->frame.y + (int64_t)(c->y / c->count))};
    mvt_point(&w->mvt, &feature, frame_place(&w->frame, mean));
}

static void clusters(struct work *w, uint32_t first, uint32_t count)
{
    const char *state_keys[CLUSTER_STATES + 1] = {0};
    int field = cluster_state_field(w->l->layer);
    for (uint32_t i = 0; i < cluster_state_count(w->l); i++) {
        const struct column *c = &w->l->columns[field];
        int length = (int)(c->text_at[i + 2] - c->text_at[i + 1]);
        state_keys[i] = arena_format(w->arena, "count_%.*s", length, c->text_bytes + c->text_at[i + 1]);
    }
    struct cluster *cells = ARENA_ARRAY(w->arena, struct cluster, CLUSTER_CELLS);
    cluster_rows(w->request, first, count, cells);
    for (int i = 0; i < CLUSTER_CELLS; i++)
        if (cells[i].count == 1)
            single_point(w, cells[i].row);
        else if (cells[i].count > 1)
            one_cluster(w, &cells[i], state_keys);
}

static void encode_points(const struct tile_request *request, struct arena *a, struct buf *out)
{
    struct tile_id t = request->tile;
    uint32_t first, count = snapshot_block(request->layer, t.z, t.x, t.y, &first);
    if (count == 0)
        return;
    bool clustered = request->clustered && t.z < TILE_SINGLE_POINTS_FROM;
    struct work w;
    work_start(&w, request, a, clustered && count > CLUSTER_CELLS ? CLUSTER_CELLS : count);
    if (clustered)
        clusters(&w, first, count);
    else
        for (uint32_t row = first; row < first + count; row++)
            if (is_wanted(&w, row))
                single_point(&w, row);
    mvt_finish(&w.mvt, slice_of(request->layer->layer->name), out);
}

/* --- lines and areas --- */

static void command(struct buf *b, uint32_t id, uint32_t count)
{
    pbf_add_varint(b, id | count << 3);
}

/* One line or ring; the pen moves from where it stands. */
static void draw(struct buf *b, const struct tilepx *p, uint32_t n, struct tilepx *pen, bool is_ring)
{
    enum { MOVE_TO = 1, LINE_TO = 2, CLOSE_PATH = 7 };
    for (uint32_t i = 0; i < n; i++) {
        if (i == 0)
            command(b, MOVE_TO, 1);
        else if (i == 1)
            command(b, LINE_TO, n - 1);
        pbf_add_varint(b, pbf_zigzag(p[i].x - pen->x));
        pbf_add_varint(b, pbf_zigzag(p[i].y - pen->y));
        *pen = p[i];
    }
    if (is_ring)
        command(b, CLOSE_PATH, 1);
}

/* The part in tile units without what the zoom cannot show; rings turned around, since y points down, and not
 * closed. */
static uint32_t thin(const struct work *w, const struct part *part, bool is_ring, struct tilepx *to)
{
    int units = is_bounded(w->request) ? TOLERANCE_LOW : TOLERANCE_HIGH;
    float tolerance = (float)ldexp(units, w->frame.down + w->coarser);
    uint32_t n = 0, last = part->count - (is_ring ? 1 : 0);
    for (uint32_t i = 0; i < last; i++) {
        uint32_t at = is_ring ? part->count - 1 - i : i;
        if (part->rank[at] <= tolerance)
            continue;
        struct tilepx p = frame_place_far(&w->frame, part->world[at]);
        if (n == 0 || to[n - 1].x != p.x || to[n - 1].y != p.y)
            to[n++] = p;
    }
    return n;
}

static bool misses(const struct tilepx *p, uint32_t n)
{
    int32_t west = INT32_MAX, east = INT32_MIN, north = INT32_MAX, south = INT32_MIN;
    for (uint32_t i = 0; i < n; i++) {
        west = p[i].x < west ? p[i].x : west;
        east = p[i].x > east ? p[i].x : east;
        north = p[i].y < north ? p[i].y : north;
        south = p[i].y > south ? p[i].y : south;
    }
    return west > CLIP_HIGH || east < CLIP_LOW || north > CLIP_HIGH || south < CLIP_LOW;
}

static void line_geometry(struct work *w, uint32_t row, struct buf *geometry)
{
    struct tilepx pen = {0, 0};
    for (uint32_t i = 0; i < snapshot_part_count(w->l, row); i++) {
        struct part part = snapshot_part(w->l, row, i);
        struct tilepx *p = ARENA_ARRAY(&w->scratch, struct tilepx, part.count);
        uint32_t n = thin(w, &part, false, p);
        if (n < 2 || misses(p, n))
            continue;
        struct paths pieces = {.arena = &w->scratch};
        clip_line(p, n, &pieces);
        for (uint32_t k = 0; k < pieces.count; k++) {
            uint32_t start = path_start(&pieces, k);
            draw(geometry, pieces.points + start, pieces.ends[k] - start, &pen, false);
        }
    }
}

/* The simple rings of one polygon in this tile: outer[] positive, inner[] negative. */
struct polygon {
    struct paths rings;
    struct buf *geometry;
    struct tilepx pen;
};

static void add_ring(struct work *w, const struct part *part, struct paths *rings)
{
    struct tilepx *p = ARENA_ARRAY(&w->scratch, struct tilepx, part->count);
    uint32_t n = thin(w, part, true, p);
    if (n < 3 || misses(p, n))
        return;
    struct paths cut = {.arena = &w->scratch}, whole = {.arena = &w->scratch};
    clip_ring(p, n, &cut);
    if (cut.count == 0)
        return;
    ring_split(cut.points, cut.point_count, &whole);
    for (uint32_t i = 0; i < whole.count; i++) {
        uint32_t start = path_start(&whole, i), length = whole.ends[i] - start;
        if (part->is_hole && ring_area2(whole.points + start, length) > 0)
            continue; /* a hole that turned over is no ground */
        for (uint32_t k = 0; k < length; k++)
            path_point(rings, whole.points[start + k]);
        path_end(rings, 3);
    }
}

/* Whether most of a hole's vertices lie in the ring (some may stand on its edge). */
static bool ring_holds_ring(const struct tilepx *outer, uint32_t n, const struct tilepx *hole,
                            uint32_t hole_n)
{
    uint32_t in = 0;
    for (uint32_t i = 0; i < hole_n; i++) {
        struct tilepx next = hole[i + 1 < hole_n ? i + 1 : 0];
        struct tilepx middle = {(hole[i].x + next.x) / 2, (hole[i].y + next.y) / 2};
        in += ring_holds(outer, n, hole[i]) + ring_holds(outer, n, middle);
    }
    return in > hole_n;
}

/* Each outer ring with the holes it holds, but for those the holes eat up. */
static void polygon_draw(struct polygon *polygon)
{
    const struct paths *r = &polygon->rings;
    for (uint32_t i = 0; i < r->count; i++) {
        const struct tilepx *outer = r->points + path_start(r, i);
        uint32_t n = r->ends[i] - path_start(r, i);
        int64_t area = ring_area2(outer, n);
        if (area <= 0)
            continue;
        size_t before = polygon->geometry->n;
        struct tilepx pen_before = polygon->pen;
        draw(polygon->geometry, outer, n, &polygon->pen, true);
        for (uint32_t k = 0; k < r->count; k++) {
            const struct tilepx *hole = r->points + path_start(r, k);
            uint32_t hole_n = r->ends[k] - path_start(r, k);
            int64_t hole_area = k == i ? 0 : ring_area2(hole, hole_n);
            if (hole_area >= 0 || -hole_area > ring_area2(outer, n))
                continue;
            bool is_same = -hole_area == ring_area2(outer, n);
            if (!is_same && !ring_holds_ring(outer, n, hole, hole_n))
                continue;
            area += hole_area;
            draw(polygon->geometry, hole, hole_n, &polygon->pen, true);
        }
        if (area <= 0) { /* nothing of the polygon is here: the tile lies in its hole */
            polygon->geometry->n = before;
            polygon->pen = pen_before;
        }
    }
}

static void area_geometry(struct work *w, uint32_t row, struct buf *geometry)
{
    struct polygon polygon = {.geometry = geometry};
    uint32_t parts = snapshot_part_count(w->l, row);
    for (uint32_t i = 0; i < parts; i++) {
        struct part part = snapshot_part(w->l, row, i);
        if (!part.is_hole) {
            polygon_draw(&polygon);
            polygon.rings = (struct paths){.arena = &w->scratch};
        }
        add_ring(w, &part, &polygon.rings);
    }
    polygon_draw(&polygon);
}

/* --- keeping the biggest --- */

static double size_of(const struct snapshot_layer *l, uint32_t row)
{
    return fmax(l->bounds[row].east - l->bounds[row].west, l->bounds[row].north - l->bounds[row].south);
}

static int descending(const void *a, const void *b)
{
    double l = *(const double *)a, r = *(const double *)b;
    return (l < r) - (l > r);
}

/* Of a heavy tile the first step only coarsens, each further one also halves what is kept. */
static uint32_t most_features(const struct work *w)
{
    return w->coarser < 2 ? FEATURES_MAX : FEATURES_MAX >> (w->coarser - 1);
}

/* Rows that match the filter, and of them the biggest below the zoom of single points; gives how many. */
static uint32_t choose(struct work *w, const uint32_t *rows, uint32_t count, uint32_t *chosen)
{
    uint32_t n = 0, kept = 0, most = most_features(w);
    for (uint32_t i = 0; i < count; i++)
        if (is_wanted(w, rows[i]))
            chosen[n++] = rows[i];
    if (n <= most || !is_bounded(w->request))
        return n;
    double *sizes = ARENA_ARRAY(w->arena, double, n);
    for (uint32_t i = 0; i < n; i++)
        sizes[i] = size_of(w->l, chosen[i]);
    qsort(sizes, n, sizeof *sizes, descending);
    double least = sizes[most - 1];
    for (uint32_t i = 0; i < n && kept < most; i++)
        if (size_of(w->l, chosen[i]) >= least)
            chosen[kept++] = chosen[i];
    return kept;
}

static void draw_shapes(struct work *w, const uint32_t *rows, uint32_t count, struct buf *out)
{
    uint32_t *chosen = ARENA_ARRAY(w->arena, uint32_t, count);
    count = choose(w, rows, count, chosen);
    bool is_area = w->l->layer->geometry == GEOMETRY_AREA;
    struct buf geometry = {0};
    for (uint32_t i = 0; i < count; i++) {
        buf_reset(&geometry);
        arena_reset(&w->scratch);
        (is_area ? area_geometry : line_geometry)(w, chosen[i], &geometry);
        if (geometry.n == 0)
            continue;
        struct mvt_feature feature;
        feature_of_row(w, chosen[i], &feature);
        mvt_feature(&w->mvt, &feature, is_area ? MVT_AREA : MVT_LINE, buf_to_slice(&geometry));
    }
    buf_release(&geometry);
    mvt_finish(&w->mvt, slice_of(w->l->layer->name), out);
}

static bool is_heavy(struct slice tile)
{
    if (tile.n <= TILE_PACKED_MAX)
        return false;
    struct buf packed = {0};
    gzip_add(&packed, tile, PACKING_LEVEL);
    bool heavy = packed.n > TILE_PACKED_MAX;
    buf_release(&packed);
    return heavy;
}

static void encode_shapes(const struct tile_request *request, struct arena *a, struct buf *out)
{
    const uint32_t *rows;
    uint32_t count = snapshot_within(request->layer, tile_bounds_buffered(request->tile), a, &rows);
    if (count == 0)
        return;
    size_t start = out->n;
    for (int coarser = 0; coarser <= COARSEST; coarser++) {
        struct work w;
        work_start(&w, request, a, count);
        w.coarser = coarser;
        out->n = start;
        draw_shapes(&w, rows, count, out);
        arena_release(&w.scratch);
        if (!is_bounded(request) || !is_heavy((struct slice){out->p + start, out->n - start}))
            break;
    }
}

static void encode_labels(const struct tile_request *request, struct arena *a, struct buf *out)
{
    struct tile_id t = request->tile;
    uint32_t first, count = snapshot_block(request->layer, t.z, t.x, t.y, &first);
    if (count == 0 || request->layer->layer->geometry != GEOMETRY_AREA)
        return;
    struct work w;
    work_start(&w, request, a, count);
    uint32_t *rows = ARENA_ARRAY(a, uint32_t, count), *chosen = ARENA_ARRAY(a, uint32_t, count);
    for (uint32_t i = 0; i < count; i++)
        rows[i] = first + i;
    count = choose(&w, rows, count, chosen);
    for (uint32_t i = 0; i < count; i++)
        single_point(&w, chosen[i]);
    mvt_finish(&w.mvt, slice_of(arena_format(a, "%s_label", request->layer->layer->name)), out);
}

void tile_encode(const struct tile_request *request, struct arena *a, struct buf *out)
{
    if (request->layer->located == 0 || !tile_is_valid(request->tile))
        return;
    enum geometry_kind kind = request->layer->layer->geometry;
    if (request->labels)
        encode_labels(request, a, out);
    else if (kind == GEOMETRY_POINT)
        encode_points(request, a, out);
    else
        encode_shapes(request, a, out);
}

/* --- what is in them --- */

static void describe_field(struct buf *out, const char *key, enum field_type type)
{
    bool is_number = type == FIELD_INT || type == FIELD_REAL;
    if (out->p[out->n - 1] != '{')
        buf_char(out, ',');
    buf_json_field(out, key,
                   is_number            ? SLICE("Number")
                   : type == FIELD_BOOL ? SLICE("Boolean")
                                        : SLICE("String"));
}

static void describe_counts(struct buf *out, const struct snapshot_layer *l)
{
    int state = cluster_state_field(l->layer);
    describe_field(out, "count", FIELD_INT);
    for (uint32_t i = 0; i < cluster_state_count(l); i++) {
        char key[80];
        const struct column *c = &l->columns[state];
        int length = (int)(c->text_at[i + 2] - c->text_at[i + 1]);
        snprintf(key, sizeof key, "count_%.*s", length, c->text_bytes + c->text_at[i + 1]);
        describe_field(out, key, FIELD_INT);
    }
}

void tile_describe(struct buf *out, const struct snapshot_layer *l, bool labels)
{
    struct tile_attribute attributes[ATTRIBUTES_MAX];
    int n = tile_attributes(l->layer, attributes);
    buf_text(out, "{\"id\":\"");
    buf_text(out, l->layer->name);
    buf_text(out, labels ? "_label\"," : "\",");
    buf_json_field(out, "description", slice_of(l->layer->title_vi));
    buf_text(out, ",\"fields\":{");
    for (int i = 0; i < n; i++)
        describe_field(out, attributes[i].key, l->layer->fields[attributes[i].field].type);
    if (l->layer->geometry == GEOMETRY_POINT)
        describe_counts(out, l);
    buf_text(out, "}}");
}
