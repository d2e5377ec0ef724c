/* inside: the SQL function point_in_area(area, point) over SpatiaLite's blobs, for queries that ask it of
 * every place against one outline: ST_Intersects takes both apart anew each time. 1 inside or on the border,
 * 0 outside, NULL when a blob has another form than ours (then ask ST_Intersects).
 *
 * The outline asked last is kept, its segments sorted into horizontal bands: a point looks only at those its
 * own band touches. */
#include "layers/store_private.h"

#include <stdlib.h>
#include <string.h>

/* 00, 01 little-endian, SRID, bounds, 7C, type, then the parts (gaia-gis "BLOB-Geometry") */
enum { HEAD_BYTES = 43, TYPE_POINT = 1, TYPE_POLYGON = 3, TYPE_MULTIPOLYGON = 6, ENTITY = 0x69, BANDS = 64 };

struct segment {
    double a[2], b[2];
};

struct outline {
    struct buf blob, segments; /* segments: as read, then by band */
    size_t first[BANDS + 1];   /* of a band, among those by band */
    double low, high;          /* of the bands: degrees north */
    bool is_known;
};

struct reader {
    const unsigned char *at, *end;
    bool failed;
};

static uint32_t read_u32(struct reader *r)
{
    uint32_t v = 0;
    if (r->failed || r->end - r->at < 4) {
        r->failed = true;
        return 0;
    }
    memcpy(&v, r->at, 4);
    r->at += 4;
    return v;
}

static void read_ring(struct reader *r, struct buf *segments)
{
    uint32_t count = read_u32(r);
    if (r->failed || (size_t)(r->end - r->at) / 16 < count) {
        r->failed = true;
        return;
    }
    for (uint32_t i = 1; i < count; i++)
        buf_add(segments, r->at + (size_t)(i - 1) * 16, sizeof(struct segment));
    r->at += (size_t)count * 16;
}

static void read_polygon(struct reader *r, struct buf *segments)
{
    uint32_t rings = read_u32(r);
    for (uint32_t i = 0; i < rings && !r->failed; i++)
        read_ring(r, segments);
}

static void read_area(struct reader *r, uint32_t type, struct buf *segments)
{
    if (type == TYPE_POLYGON) {
        read_polygon(r, segments);
        return;
    }
    uint32_t count = read_u32(r);
    for (uint32_t i = 0; i < count && !r->failed; i++) {
        r->failed = r->at == r->end || *r->at++ != ENTITY || read_u32(r) != TYPE_POLYGON;
        read_polygon(r, segments);
    }
}

static bool open_blob(struct slice blob, struct reader *r, uint32_t *type)
{
    *r = (struct reader){.at = (const unsigned char *)blob.p};
    if (!blob.p || blob.n < HEAD_BYTES + 4 || r->at[0] != 0 || r->at[1] != 1 || r->at[38] != 0x7C)
        return false;
    r->end = r->at + blob.n;
    memcpy(type, r->at + 39, 4);
    r->at += HEAD_BYTES;
    return true;
}

/* --- the outline in bands --- */

static int band_of(const struct outline *o, double y)
{
    double at = o->high > o->low ? (y - o->low) / (o->high - o->low) * BANDS : 0;
    return at < 0 ? 0 : at >= BANDS ? BANDS - 1 : (int)at;
}

static void bands_of(const struct outline *o, const struct segment *s, int *from, int *to)
{
    int a = band_of(o, s->a[1]), b = band_of(o, s->b[1]);
    *from = a < b ? a : b;
    *to = a < b ? b : a;
}

static void sort_into_bands(struct outline *o, const struct buf *read)
{
    const struct segment *all = (const void *)read->p;
    size_t count = read->n / sizeof *all, next[BANDS + 1] = {0};
    int from, to;
    for (size_t i = 0; i < count; i++) {
        bands_of(o, &all[i], &from, &to);
        for (int band = from; band <= to; band++)
            next[band + 1]++;
    }
    for (int band = 0; band < BANDS; band++)
        next[band + 1] += next[band];
    memcpy(o->first, next, sizeof next);
    buf_reset(&o->segments);
    buf_reserve(&o->segments, next[BANDS] * sizeof *all);
    o->segments.n = next[BANDS] * sizeof *all;
    struct segment *sorted = (void *)o->segments.p;
    for (size_t i = 0; i < count; i++) {
        bands_of(o, &all[i], &from, &to);
        for (int band = from; band <= to; band++)
            sorted[next[band]++] = all[i];
    }
}

static bool outline_learn(struct outline *o, struct slice blob)
{
    struct reader r;
    struct buf read = {0};
    double bounds[4];
    uint32_t type;
    o->is_known = false;
    if (!open_blob(blob, &r, &type) || (type != TYPE_POLYGON && type != TYPE_MULTIPOLYGON))
        return false;
    memcpy(bounds, blob.p + 6, 32);
    o->low = bounds[1];
    o->high = bounds[3];
    read_area(&r, type, &read);
    if (!r.failed) {
        sort_into_bands(o, &read);
        buf_reset(&o->blob);
        buf_slice(&o->blob, blob);
        o->is_known = true;
    }
    buf_release(&read);
    return o->is_known;
}

/* --- the question --- */

/* Even-odd; *border when the point lies on the segment itself. */
static inline bool crosses(const double a[2], const double b[2], const double p[2], bool *border)
{
    if ((a[1] < p[1] && b[1] < p[1]) || (a[1] > p[1] && b[1] > p[1]))
        return false;
    double side = (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]);
    bool between = (a[0] <= p[0] || b[0] <= p[0]) && (a[0] >= p[0] || b[0] >= p[0]) &&
                   (a[1] <= p[1] || b[1] <= p[1]) && (a[1] >= p[1] || b[1] >= p[1]);
    *border = *border || (side == 0 && between);
    if ((a[1] > p[1]) == (b[1] > p[1]))
        return false;
    return b[1] > a[1] ? side > 0 : side < 0; /* the segment is to the right of the point */
}

static bool covers(const struct outline *o, const double p[2])
{
    const struct segment *sorted = (const void *)o->segments.p;
    bool inside = false, border = false;
    if (p[1] < o->low || p[1] > o->high)
        return false;
    int band = band_of(o, p[1]);
    for (size_t i = o->first[band]; i < o->first[band + 1]; i++)
        if (crosses(sorted[i].a, sorted[i].b, p, &border))
            inside = !inside;
    return inside || border;
}

static struct slice blob_of(sqlite3_value *value)
{
    const char *bytes = sqlite3_value_blob(value);
    return (struct slice){bytes, (size_t)sqlite3_value_bytes(value)};
}

static void point_in_area(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct outline *o = sqlite3_user_data(context);
    struct slice area = blob_of(values[0]), bytes = blob_of(values[1]);
    struct reader point;
    uint32_t type;
    double p[2];
    (void)count;
    if (!open_blob(bytes, &point, &type) || type != TYPE_POINT || point.end - point.at < 16)
        return;
    if (!(o->is_known && slice_equal(area, buf_to_slice(&o->blob))) && !outline_learn(o, area))
        return;
    memcpy(p, point.at, 16);
    sqlite3_result_int(context, covers(o, p));
}

static void outline_free(void *context)
{
    struct outline *o = context;
    buf_release(&o->blob);
    buf_release(&o->segments);
    free(o);
}

bool store_add_functions(struct store *s, struct fault *f)
{
    struct outline *o = calloc(1, sizeof *o);
    if (!o)
        return fault_set(f, FAULT_INTERNAL, NULL, "no memory");
    int code = sqlite3_create_function_v2(store_handle(s), "point_in_area", 2,
                                          SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, o,
                                          point_in_area, NULL, NULL, outline_free);
    return code == SQLITE_OK || fault_set(f, FAULT_DATABASE, NULL, "%s", sqlite3_errmsg(store_handle(s)));
}
