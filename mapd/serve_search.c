/* serve_search: what was typed into the search box, answered as a FeatureCollection, best hits first. Each
 * feature says which collection it is of. */
#include "mapd/json_write.h"
#include "mapd/serve.h"

enum { LIMIT_DEFAULT = 10, LIMIT_MOST = 50 };

/* {"type":"Feature",…,"properties":{"collection":"stalls",…}} */
static void hit_json(struct buf *out, const struct snapshot_layer *l, uint32_t row)
{
    struct slice properties = snapshot_properties(l, row);
    buf_text(out, "{\"type\":\"Feature\",\"id\":");
    buf_json(out, snapshot_text(&l->columns[0], row));
    buf_text(out, ",\"geometry\":");
    geojson_geometry(out, l, row);
    buf_text(out, ",\"properties\":{");
    buf_json_field(out, "collection", slice_of(l->layer->name));
    if (properties.n > 2)
        buf_char(out, ',');
    buf_slice(out, (struct slice){properties.p + 1, properties.n - 1});
    buf_char(out, '}');
}

static void read_query(const struct call *c, struct search_query *q)
{
    const struct value *limit = &c->value[PARAMETER_LIMIT], *lon = &c->value[PARAMETER_LON],
                       *lat = &c->value[PARAMETER_LAT];
    int64_t n = limit->given ? limit->integer : LIMIT_DEFAULT;
    q->text = c->value[PARAMETER_Q].text;
    q->limit = (uint32_t)(n > LIMIT_MOST ? LIMIT_MOST : n);
    q->has_centre = lon->given && lat->given;
    q->centre = (struct lonlat){lon->real, lat->real};
}

bool serve_search(const struct call *c, struct reply *r, struct fault *f)
{
    if (!c->value[PARAMETER_Q].given)
        return fault_set(f, FAULT_BAD_PARAMETER, "q", "thiếu chữ cần tìm");
    if (c->value[PARAMETER_LON].given != c->value[PARAMETER_LAT].given)
        return fault_set(f, FAULT_BAD_PARAMETER, "lon", "lon và lat phải đi cùng nhau");
    struct search_query q = {0};
    struct search_hit *hits = NULL;
    read_query(c, &q);
    content_crs(c, r);
    uint32_t count = snapshot_search(c->snapshot, &q, c->arena, &hits);
    struct json j = {.out = &r->body};
    json_open(&j, '{');
    json_field(&j, "type", "FeatureCollection");
    json_field_int(&j, "numberReturned", count);
    json_key(&j, "features");
    buf_text(&r->body, "[\n");
    for (uint32_t i = 0; i < count; i++) {
        if (i)
            buf_text(&r->body, ",\n");
        hit_json(&r->body, snapshot_get(c->snapshot, hits[i].layer), hits[i].row);
    }
    buf_text(&r->body, "\n]}\n");
    return true;
}
