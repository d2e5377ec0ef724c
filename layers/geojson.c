/* geojson: rows of the read copy as RFC 7946. Properties are a copy of text made when the snapshot was; only
 * the coordinates are written here, with 7 decimals (a centimetre), by whole-number arithmetic; in metres of
 * another system with 3, in the order of its axes (OGC API - Features, Part 2). */
#include "layers/layers.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const double METRES_MOST = 4e9;

enum { COORDINATE_MAX = 24 };

/* Where coordinates go and in which system. */
struct pen {
    struct buf *out;
    const struct filter_crs *crs; /* NULL: WGS84 */
    bool is_metres;
    bool failed; /* a vertex lies where the system is not defined */
};

static struct pen pen_of(struct buf *out, const struct filter_crs *crs)
{
    bool is_metres = crs && crs->projection && !projection_is_degrees(crs->projection);
    return (struct pen){.out = out, .crs = crs, .is_metres = is_metres};
}

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

/* "-108.1234567" without trailing zeros; gives the end. Degrees have 7 decimals, metres 3. */
static inline char *write_decimal(char *to, double v, int decimals, int64_t unit)
{
    double scaled = v * (double)unit;
    int64_t units = (int64_t)(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
    if (units < 0)
        *to++ = '-';
    uint64_t positive = units < 0 ? 0 - (uint64_t)units : (uint64_t)units;
    uint32_t part = (uint32_t)(positive % (uint64_t)unit);
    to = write_whole(to, (uint32_t)(positive / (uint64_t)unit));
    if (part == 0)
        return to;
    *to = '.';
    for (int i = decimals; i > 0; i--, part /= 10)
        to[i] = (char)('0' + part % 10);
    to += decimals;
    while (*to == '0')
        to--;
    return to + 1;
}

static char *write_number(char *to, double v, bool is_metres)
{
    return is_metres ? write_decimal(to, v, 3, 1000) : write_decimal(to, v, 7, 10000000);
}

/* The two numbers in the order of the axes. */
static char *write_pair(struct pen *pen, char *to, struct lonlat p)
{
    const struct filter_crs *crs = pen->crs;
    if (crs && crs->projection) {
        struct lonlat at = p;
        bool good = projection_from_lonlat(crs->projection, at, &p.lon, &p.lat);
        if (!good || fabs(p.lon) > METRES_MOST || fabs(p.lat) > METRES_MOST) {
            pen->failed = true;
            p = (struct lonlat){0, 0};
        }
    }
    bool swap = crs && crs->north_first;
    to = write_number(to, swap ? p.lat : p.lon, pen->is_metres);
    *to++ = ',';
    return write_number(to, swap ? p.lon : p.lat, pen->is_metres);
}

static char *write_position(struct pen *pen, char *to, struct lonlat p)
{
    *to++ = '[';
    to = write_pair(pen, to, p);
    *to++ = ']';
    return to;
}

static void add_positions(struct pen *pen, const struct lonlat *points, uint32_t n)
{
    struct buf *out = pen->out;
    buf_reserve(out, (size_t)n * 2 * COORDINATE_MAX + 4);
    char *to = out->p + out->n;
    *to++ = '[';
    for (uint32_t i = 0; i < n; i++) {
        if (i > 0)
            *to++ = ',';
        to = write_position(pen, to, points[i]);
    }
    *to++ = ']';
    out->n = (size_t)(to - out->p);
}

static void add_lines(struct pen *pen, const struct snapshot_layer *l, uint32_t row, uint32_t parts)
{
    struct buf *out = pen->out;
    buf_text(out, parts == 1 ? "{\"type\":\"LineString\",\"coordinates\":"
                             : "{\"type\":\"MultiLineString\",\"coordinates\":[");
    for (uint32_t i = 0; i < parts; i++) {
        struct part part = snapshot_part(l, row, i);
        if (i > 0)
            buf_char(out, ',');
        add_positions(pen, part.points, part.count);
    }
    buf_text(out, parts == 1 ? "}" : "]}");
}

static void add_areas(struct pen *pen, const struct snapshot_layer *l, uint32_t row, uint32_t parts)
{
    struct buf *out = pen->out;
    uint32_t polygons = 0;
    for (uint32_t i = 0; i < parts; i++)
        polygons += !snapshot_part(l, row, i).is_hole;
    buf_text(out, polygons == 1 ? "{\"type\":\"Polygon\",\"coordinates\":["
                                : "{\"type\":\"MultiPolygon\",\"coordinates\":[[");
    for (uint32_t i = 0; i < parts; i++) {
        struct part part = snapshot_part(l, row, i);
        if (i > 0)
            buf_text(out, part.is_hole ? "," : "],[");
        add_positions(pen, part.points, part.count);
    }
    buf_text(out, polygons == 1 ? "]}" : "]]}");
}

static char *put(char *to, struct slice text)
{
    if (text.n)
        memcpy(to, text.p, text.n);
    return to + text.n;
}

enum { POINT_MAX = 2 * COORDINATE_MAX + 48, FRAME_MAX = 96 };

static void add_point(struct pen *pen, struct lonlat p)
{
    struct buf *out = pen->out;
    buf_reserve(out, POINT_MAX);
    char *to = put(out->p + out->n, SLICE("{\"type\":\"Point\",\"coordinates\":"));
    to = write_position(pen, to, p);
    *to++ = '}';
    out->n = (size_t)(to - out->p);
}

static void add_geometry(struct pen *pen, const struct snapshot_layer *l, uint32_t row)
{
    uint32_t parts = snapshot_part_count(l, row);
    size_t start = pen->out->n;
    if (row >= l->located)
        buf_text(pen->out, "null");
    else if (l->layer->geometry == GEOMETRY_POINT)
        add_point(pen, l->point[row]);
    else if (l->layer->geometry == GEOMETRY_LINE)
        add_lines(pen, l, row, parts);
    else
        add_areas(pen, l, row, parts);
    if (pen->failed) {
        pen->out->n = start;
        buf_text(pen->out, "null");
    }
}

void geojson_geometry(struct buf *out, const struct snapshot_layer *l, uint32_t row)
{
    struct pen pen = pen_of(out, NULL);
    add_geometry(&pen, l, row);
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

/* Of the encoded properties only those asked for. `,"` stands in front of a key and nowhere else: in a text
 * every quote has its backslash. */
static void add_shown(struct buf *out, const struct geojson_row *r, struct slice properties)
{
    const struct layer *layer = r->l->layer;
    struct slice rest = {properties.p + 1, properties.n - 2};
    char comma = '{';
    for (int i = 0; i < layer->field_count; i++) {
        ptrdiff_t end = (ptrdiff_t)rest.n;
        if (i + 1 < layer->field_count) {
            char next[80];
            snprintf(next, sizeof next, ",\"%s\":", layer->fields[i + 1].name);
            end = slice_find(rest, slice_of(next));
        }
        if (r->shown[i]) {
            buf_char(out, comma);
            buf_add(out, rest.p, (size_t)end);
            comma = ',';
        }
        size_t used = (size_t)end + (i + 1 < layer->field_count);
        rest = (struct slice){rest.p + used, rest.n - used};
    }
    buf_text(out, comma == '{' ? "{}" : "}");
}

void geojson_write(struct buf *out, const struct geojson_row *r)
{
    const struct snapshot_layer *l = r->l;
    struct slice properties = snapshot_properties(l, r->row);
    struct slice id = l->layer->is_base ? (struct slice){0} : encoded_id(l, r->row, properties);
    struct pen pen = pen_of(out, r->crs);
    buf_reserve(out, properties.n + id.n + POINT_MAX + FRAME_MAX);
    char *to = put(out->p + out->n, SLICE("{\"type\":\"Feature\",\"id\":"));
    to = put(to, id);
    out->n = (size_t)(to - out->p);
    if (l->layer->is_base)
        buf_int(out, (int64_t)l->number[r->row]);
    else if (id.n == 0)
        buf_json(out, snapshot_text(&l->columns[0], r->row)); /* an office's code with a quote in it */
    buf_slice(out, SLICE(",\"geometry\":"));
    add_geometry(&pen, l, r->row);
    buf_reserve(out, properties.n + FRAME_MAX);
    out->n = (size_t)(put(out->p + out->n, SLICE(",\"properties\":")) - out->p);
    if (r->shown)
        add_shown(out, r, properties);
    else
        out->n = (size_t)(put(out->p + out->n, properties) - out->p);
    buf_char(out, '}');
}

void geojson_feature(struct buf *out, const struct snapshot_layer *l, uint32_t row)
{
    geojson_write(out, &(struct geojson_row){.l = l, .row = row});
}

bool geojson_position(struct buf *out, struct lonlat at, const struct filter_crs *crs)
{
    char text[2 * COORDINATE_MAX + 4];
    struct pen pen = pen_of(out, crs);
    char *end = write_pair(&pen, text, at);
    if (!pen.failed)
        buf_add(out, text, (size_t)(end - text));
    return !pen.failed;
}
