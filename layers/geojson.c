/* geojson: rows of the read copy as RFC 7946. Properties are a copy of text made when the snapshot was; only
 * the coordinates are written here, with 7 decimals (a centimetre), by whole-number arithmetic. */
#include "layers/layers.h"

#include <math.h>
#include <string.h>

enum { COORDINATE_MAX = 24, DECIMALS = 10000000 };

/* Degrees as "-108.1234567" without trailing zeros; gives the end. */
static char *write_degrees(char *to, double v)
{
    int64_t units = llround(v * DECIMALS);
    if (units < 0)
        *to++ = '-';
    uint64_t positive = units < 0 ? 0 - (uint64_t)units : (uint64_t)units;
    uint32_t whole = (uint32_t)(positive / DECIMALS), part = (uint32_t)(positive % DECIMALS);
    char digits[12];
    int n = 0;
    do
        digits[n++] = (char)('0' + whole % 10);
    while ((whole /= 10) > 0);
    while (n > 0)
        *to++ = digits[--n];
    if (part == 0)
        return to;
    *to++ = '.';
    for (uint32_t scale = DECIMALS / 10; part > 0; scale /= 10) {
        *to++ = (char)('0' + part / scale);
        part %= scale;
    }
    return to;
}

static char *write_position(char *to, struct lonlat p)
{
    *to++ = '[';
    to = write_degrees(to, p.lon);
    *to++ = ',';
    to = write_degrees(to, p.lat);
    *to++ = ']';
    return to;
}

static void add_positions(struct buf *out, const struct lonlat *points, uint32_t n)
{
    buf_reserve(out, (size_t)n * 2 * COORDINATE_MAX + 4);
    char *to = out->p + out->n;
    *to++ = '[';
    for (uint32_t i = 0; i < n; i++) {
        if (i > 0)
            *to++ = ',';
        to = write_position(to, points[i]);
    }
    *to++ = ']';
    out->n = (size_t)(to - out->p);
}

static void add_lines(struct buf *out, const struct snapshot_layer *l, uint32_t row, uint32_t parts)
{
    buf_text(out, parts == 1 ? "{\"type\":\"LineString\",\"coordinates\":"
                             : "{\"type\":\"MultiLineString\",\"coordinates\":[");
    for (uint32_t i = 0; i < parts; i++) {
        struct part part = snapshot_part(l, row, i);
        if (i > 0)
            buf_char(out, ',');
        add_positions(out, part.points, part.count);
    }
    buf_text(out, parts == 1 ? "}" : "]}");
}

static void add_areas(struct buf *out, const struct snapshot_layer *l, uint32_t row, uint32_t parts)
{
    uint32_t polygons = 0;
    for (uint32_t i = 0; i < parts; i++)
        polygons += !snapshot_part(l, row, i).is_hole;
    buf_text(out, polygons == 1 ? "{\"type\":\"Polygon\",\"coordinates\":["
                                : "{\"type\":\"MultiPolygon\",\"coordinates\":[[");
    for (uint32_t i = 0; i < parts; i++) {
        struct part part = snapshot_part(l, row, i);
        if (i > 0)
            buf_text(out, part.is_hole ? "," : "],[");
        add_positions(out, part.points, part.count);
    }
    buf_text(out, polygons == 1 ? "]}" : "]]}");
}

void geojson_geometry(struct buf *out, const struct snapshot_layer *l, uint32_t row)
{
    uint32_t parts = snapshot_part_count(l, row);
    if (row >= l->located) {
        buf_text(out, "null");
    } else if (l->layer->geometry == GEOMETRY_POINT) {
        static const char head[] = "{\"type\":\"Point\",\"coordinates\":";
        buf_reserve(out, sizeof head + 2 * COORDINATE_MAX + 4);
        char *to = out->p + out->n;
        memcpy(to, head, sizeof head - 1);
        to = write_position(to + sizeof head - 1, l->point[row]);
        *to++ = '}';
        out->n = (size_t)(to - out->p);
    } else if (l->layer->geometry == GEOMETRY_LINE) {
        add_lines(out, l, row, parts);
    } else {
        add_areas(out, l, row, parts);
    }
}

void geojson_feature(struct buf *out, const struct snapshot_layer *l, uint32_t row)
{
    buf_text(out, "{\"type\":\"Feature\",\"id\":");
    if (l->layer->is_base)
        buf_int(out, (int64_t)l->number[row]);
    else
        buf_json(out, snapshot_text(&l->columns[0], row));
    buf_text(out, ",\"geometry\":");
    geojson_geometry(out, l, row);
    buf_text(out, ",\"properties\":");
    buf_slice(out, snapshot_properties(l, row));
    buf_char(out, '}');
}
