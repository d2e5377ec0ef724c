/* inside: the SQL function point_in_area(area, point) over SpatiaLite's blobs, for queries that ask it of
 * every place against one outline: ST_Intersects takes both apart anew each time. 1 inside or on the border,
 * 0 outside, NULL when a blob has another form than ours (then ask ST_Intersects). */
#include "layers/store_private.h"

#include <string.h>

/* 00, 01 little-endian, SRID, bounds, 7C, type, then the parts (gaia-gis "BLOB-Geometry") */
enum { HEAD_BYTES = 43, TYPE_POINT = 1, TYPE_POLYGON = 3, TYPE_MULTIPOLYGON = 6, ENTITY = 0x69 };

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

/* Even-odd; *border when the point lies on the segment itself. Nearly all segments pass above or below. */
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

static void read_ring(struct reader *r, const double p[2], bool *inside, bool *border)
{
    uint32_t count = read_u32(r);
    double a[2], b[2];
    if (r->failed || (size_t)(r->end - r->at) / 16 < count) {
        r->failed = true;
        return;
    }
    const unsigned char *at = r->at;
    r->at += (size_t)count * 16;
    for (uint32_t i = 0; i < count; i++, at += 16) {
        memcpy(b, at, 16);
        if (i && crosses(a, b, p, border))
            *inside = !*inside;
        memcpy(a, b, 16);
    }
}

static void read_polygon(struct reader *r, const double p[2], bool *inside, bool *border)
{
    uint32_t rings = read_u32(r);
    for (uint32_t i = 0; i < rings && !r->failed; i++)
        read_ring(r, p, inside, border);
}

static void read_area(struct reader *r, uint32_t type, const double p[2], bool *inside, bool *border)
{
    if (type == TYPE_POLYGON) {
        read_polygon(r, p, inside, border);
        return;
    }
    uint32_t count = read_u32(r);
    for (uint32_t i = 0; i < count && !r->failed; i++) {
        r->failed = r->at == r->end || *r->at++ != ENTITY || read_u32(r) != TYPE_POLYGON;
        read_polygon(r, p, inside, border);
    }
}

static bool open_blob(sqlite3_value *value, struct reader *r, uint32_t *type)
{
    r->at = sqlite3_value_blob(value);
    int n = sqlite3_value_bytes(value);
    if (!r->at || n < HEAD_BYTES + 4 || r->at[0] != 0 || r->at[1] != 1 || r->at[38] != 0x7C)
        return false;
    r->end = r->at + n;
    memcpy(type, r->at + 39, 4);
    r->at += HEAD_BYTES;
    return true;
}

static void point_in_area(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct reader area = {0}, point = {0};
    uint32_t area_type, point_type;
    double p[2], bounds[4];
    bool inside = false, border = false;
    (void)count;
    if (!open_blob(values[0], &area, &area_type) || !open_blob(values[1], &point, &point_type) ||
        point_type != TYPE_POINT || point.end - point.at < 16 ||
        (area_type != TYPE_POLYGON && area_type != TYPE_MULTIPOLYGON))
        return;
    memcpy(p, point.at, 16);
    memcpy(bounds, area.at - HEAD_BYTES + 6, 32);
    if (p[0] >= bounds[0] && p[0] <= bounds[2] && p[1] >= bounds[1] && p[1] <= bounds[3])
        read_area(&area, area_type, p, &inside, &border);
    if (!area.failed)
        sqlite3_result_int(context, inside || border);
}

bool store_add_functions(struct store *s, struct fault *f)
{
    int code = sqlite3_create_function_v2(store_handle(s), "point_in_area", 2,
                                          SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, NULL,
                                          point_in_area, NULL, NULL, NULL);
    return code == SQLITE_OK || fault_set(f, FAULT_DATABASE, NULL, "%s", sqlite3_errmsg(store_handle(s)));
}
