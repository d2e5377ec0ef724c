/* serve_search: what was typed into the search box, answered as a FeatureCollection, best hits first; without
 * words but with a point the way back: what stands nearest, with its address and its distance. Each feature
 * says which collection it is of. */
#include "mapd/json_write.h"
#include "mapd/serve.h"

#include <math.h>

enum { LIMIT_DEFAULT = 10, LIMIT_MOST = 50 };

/* {"type":"Feature",…,"properties":{"collection":"stalls",…}}; metres: from the point asked about, NaN when
 * the question was words. */
static void hit_json(struct buf *out, const struct snapshot_layer *l, uint32_t row, double metres)
{
    struct slice properties = snapshot_properties(l, row);
    buf_text(out, "{\"type\":\"Feature\",\"id\":");
    buf_json(out, snapshot_text(&l->columns[0], row));
    buf_text(out, ",\"geometry\":");
    geojson_geometry(out, l, row);
    buf_text(out, ",\"properties\":{");
    buf_json_field(out, "collection", slice_of(l->layer->name));
    if (!isnan(metres))
        buf_format(out, ",\"distance_m\":%.1f", metres);
    if (properties.n > 2)
        buf_char(out, ',');
    buf_slice(out, (struct slice){properties.p + 1, properties.n - 1});
    buf_char(out, '}');
}

static uint32_t hits_most(const struct call *c)
{
    const struct value *limit = &c->value[PARAMETER_LIMIT];
    int64_t n = limit->given ? limit->integer : LIMIT_DEFAULT;
    return (uint32_t)(n > LIMIT_MOST ? LIMIT_MOST : n);
}

static struct lonlat point_of(const struct call *c)
{
    return (struct lonlat){c->value[PARAMETER_LON].real, c->value[PARAMETER_LAT].real};
}

static void collection_open(struct json *j, uint32_t count)
{
    json_open(j, '{');
    json_field(j, "type", "FeatureCollection");
    json_field_int(j, "numberReturned", count);
    json_key(j, "features");
    buf_text(j->out, "[\n");
}

static void answer_words(const struct call *c, struct json *j)
{
    struct search_query q = {.text = c->value[PARAMETER_Q].text,
                             .limit = hits_most(c),
                             .has_centre = c->value[PARAMETER_LON].given,
                             .centre = point_of(c)};
    struct search_hit *hits = NULL;
    uint32_t count = snapshot_search(c->snapshot, &q, c->arena, &hits);
    collection_open(j, count);
    for (uint32_t i = 0; i < count; i++) {
        if (i)
            buf_text(j->out, ",\n");
        hit_json(j->out, snapshot_get(c->snapshot, hits[i].layer), hits[i].row, NAN);
    }
}

static void answer_point(const struct call *c, struct json *j)
{
    struct nearest_hit *hits = NULL;
    uint32_t count = snapshot_nearest(c->snapshot, point_of(c), hits_most(c), c->arena, &hits);
    collection_open(j, count);
    for (uint32_t i = 0; i < count; i++) {
        if (i)
            buf_text(j->out, ",\n");
        hit_json(j->out, snapshot_get(c->snapshot, hits[i].layer), hits[i].row, hits[i].metres);
    }
}

bool serve_search(const struct call *c, struct reply *r, struct fault *f)
{
    bool has_words = c->value[PARAMETER_Q].given, has_point = c->value[PARAMETER_LON].given;
    if (has_point != c->value[PARAMETER_LAT].given)
        return fault_set(f, FAULT_BAD_PARAMETER, "lon", "lon và lat phải đi cùng nhau");
    if (!has_words && !has_point)
        return fault_set(f, FAULT_BAD_PARAMETER, "q", "thiếu chữ cần tìm, hoặc lon và lat");
    struct json j = {.out = &r->body};
    content_crs(c, r);
    if (has_words)
        answer_words(c, &j);
    else
        answer_point(c, &j);
    buf_text(&r->body, "\n]}\n");
    return true;
}
