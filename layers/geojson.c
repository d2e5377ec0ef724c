/* geojson: rows of the read copy as RFC 7946. Properties are a copy of text made when the snapshot was; only
 * the coordinates are written here, with 7 decimals (a centimetre), by whole-number arithmetic. */
#include "layers/layers.h"

#include <string.h>

enum { COORDINATE_MAX = 24, DECIMALS = 10000000 };

static char *write_whole(char *to, uint32_t v)
{
    char digits[10];
    int n = 0;
    do
        digits[n++] = (char)('0' + v % 10);
    while ((v /= 10) > 0);
    while (n > 0)
        *to++ = digits[--n];
    return to;
}

/* Degrees as "-108.1234567" without trailing zeros; gives the end. */
static char *write_degrees(char *to, double v)
{
    double scaled = v * DECIMALS;
    int64_t units = (int64_t)(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
    if (units < 0)
        *to++ = '-';
    uint64_t positive = units < 0 ? 0 - (uint64_t)units : (uint64_t)units;
    uint32_t part = (uint32_t)(positive % DECIMALS);
    to = write_whole(to, (uint32_t)(positive / DECIMALS));
    if (part == 0)
        return to;
    *to = '.';
    for (int i = 7; i > 0; i--, part /= 10)
        to[i] = (char)('0' + part % 10);
    to += 7;
    while (*to == '0')
        to--;
    return to + 1;
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

static char *put(char *to, struct slice text)
{
    memcpy(to, text.p, text.n);
    return to + text.n;
}

static char *put_point(char *to, struct lonlat p)
{
    to = put(to, SLICE("{\"type\":\"Point\",\"coordinates\":"));
    to = write_position(to, p);
    *to++ = '}';
    return to;
}

enum { POINT_MAX = 2 * COORDINATE_MAX + 48, FRAME_MAX = 96 };

void geojson_geometry(struct buf *out, const struct snapshot_layer *l, uint32_t row)
{
    uint32_t parts = snapshot_part_count(l, row);
    if (row >= l->located) {
        buf_text(out, "null");
    } else if (l->layer->geometry == GEOMETRY_POINT) {
        buf_reserve(out, POINT_MAX);
        out->n = (size_t)(put_point(out->p + out->n, l->point[row]) - out->p);
    } else if (l->layer->geometry == GEOMETRY_LINE) {
        add_lines(out, l, row, parts);
    } else {
        add_areas(out, l, row, parts);
    }
}

/* The id as it stands in the properties, quotes and escapes included: it is their first member. */
static struct slice encoded_id(const struct snapshot_layer *l, uint32_t row, struct slice properties)
{
    size_t key = strlen(l->layer->fields[0].name) + 4; /* {"code": */
    struct slice id = snapshot_text(&l->columns[0], row), rest = {properties.p + key, properties.n - key};
    struct slice plain = {rest.p, id.n + 2};
    if (rest.n > plain.n && rest.p[id.n + 1] == '"' && memcmp(rest.p + 1, id.p, id.n) == 0)
        return plain;
    return (struct slice){rest.p, 0};
}

void geojson_feature(struct buf *out, const struct snapshot_layer *l, uint32_t row)
{
    struct slice properties = snapshot_properties(l, row);
    struct slice id = l->layer->is_base ? (struct slice){0} : encoded_id(l, row, properties);
    buf_reserve(out, properties.n + id.n + POINT_MAX + FRAME_MAX);
    char *to = put(out->p + out->n, SLICE("{\"type\":\"Feature\",\"id\":"));
    to = put(to, id);
    out->n = (size_t)(to - out->p);
    if (l->layer->is_base)
        buf_int(out, (int64_t)l->number[row]);
    else if (id.n == 0)
        buf_json(out, snapshot_text(&l->columns[0], row)); /* an office's code with a quote in it */
    buf_slice(out, SLICE(",\"geometry\":"));
    geojson_geometry(out, l, row);
    buf_reserve(out, properties.n + FRAME_MAX);
    to = put(out->p + out->n, SLICE(",\"properties\":"));
    to = put(to, properties);
    *to++ = '}';
    out->n = (size_t)(to - out->p);
}
