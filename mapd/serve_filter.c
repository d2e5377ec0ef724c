/* serve_filter: OGC API - Features, Part 3: what may be asked of a collection (queryables), and the asking
 * itself for items and tiles: fields as parameters, and `filter` in CQL2. Between route.c and the handlers of
 * items and tiles; the meaning of a filter is layers/. */
#include "mapd/html.h"
#include "mapd/json_write.h"
#include "mapd/say.h"
#include "mapd/serve.h"

#define SCHEMA_2020 "https://json-schema.org/draft/2020-12/schema"

/* --- asking --- */

static bool add_cql2(const struct call *c, struct filter *filter, struct fault *f)
{
    enum crs_id id = (enum crs_id)c->value[PARAMETER_FILTER_CRS].integer;
    const struct filter_crs *crs;
    if (!crs_lend(c->serve->systems, id, c->arena, &crs, f))
        return false;
    struct cql2_text what = {c->value[PARAMETER_FILTER].text,
                             c->value[PARAMETER_FILTER_LANG].integer == 1 ? CQL2_LANG_JSON : CQL2_LANG_TEXT,
                             crs};
    return filter_add_cql2(filter, &what, f);
}

bool make_filter(const struct call *c, const struct snapshot_layer *l, struct filter **out, struct fault *f)
{
    bool has_cql2 = c->value[PARAMETER_FILTER].given;
    *out = NULL;
    if (!c->field_count && !has_cql2)
        return true;
    struct filter *filter = filter_new(c->arena, l->layer);
    for (int i = 0; i < c->field_count; i++)
        if (!filter_add_equal(filter, c->fields[i].name, c->fields[i].value, f))
            return false;
    if (has_cql2 && !add_cql2(c, filter, f))
        return false;
    filter_bind(filter, l);
    *out = filter;
    return true;
}

/* --- queryables --- */

static void geometry_json(struct json *j, const struct layer *layer)
{
    static const char *const FORMATS[] = {[GEOMETRY_POINT] = "geometry-point",
                                          [GEOMETRY_LINE] = "geometry-linestring-or-multilinestring",
                                          [GEOMETRY_AREA] = "geometry-polygon-or-multipolygon"};
    json_key(j, "geometry");
    json_open(j, '{');
    json_field(j, "title", say(SAY_POSITION, false));
    json_field(j, "format", FORMATS[layer->geometry]);
    json_field(j, "x-ogc-role", "primary-geometry");
    json_close(j, '}');
}

static void field_json(struct json *j, const struct field *field, bool is_id)
{
    static const struct {
        const char *type, *format;
    } TYPES[] = {[FIELD_TEXT] = {"string", NULL},   [FIELD_INT] = {"integer", NULL},
                 [FIELD_REAL] = {"number", NULL},   [FIELD_BOOL] = {"boolean", NULL},
                 [FIELD_DATE] = {"string", "date"}, [FIELD_TIME] = {"string", "date-time"}};
    json_key(j, field->name);
    json_open(j, '{');
    json_field(j, "title", field->title_vi);
    json_field(j, "description", field->title_en);
    json_field(j, "type", TYPES[field->type].type);
    if (TYPES[field->type].format)
        json_field(j, "format", TYPES[field->type].format);
    if (is_id)
        json_field(j, "x-ogc-role", "id");
    json_close(j, '}');
}

static void queryables_json(const struct call *c, struct buf *out, const struct layer *layer)
{
    struct json j = {.out = out};
    json_open(&j, '{');
    json_field(&j, "$schema", SCHEMA_2020);
    json_field(&j, "$id", collection_url(c, layer, "/queryables"));
    json_field(&j, "type", "object");
    json_field(&j, "title", layer->title_vi);
    json_field(&j, "description", layer->title_en);
    json_key(&j, "properties");
    json_open(&j, '{');
    geometry_json(&j, layer);
    for (int i = 0; i < layer->field_count; i++)
        field_json(&j, &layer->fields[i], i == 0);
    json_close(&j, '}');
    json_field_bool(&j, "additionalProperties", false);
    json_close(&j, '}');
}

static void queryable_html(struct buf *out, const char *name, const char *title, const char *type)
{
    buf_format(out, "<tr><td><code>%s</code></td><td>%s</td><td>%s</td></tr>", name, title, type);
}

static void queryables_html(const struct call *c, struct reply *r, const struct layer *layer)
{
    static const char *const TYPES[] = {"text", "integer", "number", "true/false", "date", "time"};
    static const char *const SHAPES[] = {"point", "line", "area"};
    const char *title = arena_format(c->arena, "%s: %s", layer->title_vi, say(SAY_QUERYABLES, false));
    page_begin(c, r, title);
    html_table_open(&r->body, title);
    buf_format(&r->body,
               "<thead><tr><th scope=\"col\">%s</th><th scope=\"col\">%s</th><th "
               "scope=\"col\">%s</th></tr></thead><tbody>",
               say(SAY_FIELD_NAME, false), say(SAY_FIELD_TITLE, false), say(SAY_FIELD_TYPE, false));
    queryable_html(&r->body, "geometry", say(SAY_POSITION, false), SHAPES[layer->geometry]);
    for (int i = 0; i < layer->field_count; i++)
        queryable_html(&r->body, layer->fields[i].name, layer->fields[i].title_vi,
                       TYPES[layer->fields[i].type]);
    buf_text(&r->body, "</tbody>");
    html_table_close(&r->body);
    buf_text(&r->body, "<p>");
    html_link(&r->body, slice_of(collection_url(c, layer, "/queryables?f=json")), SLICE("JSON Schema"));
    buf_text(&r->body, "</p>");
    page_end(c, r);
}

bool serve_queryables(const struct call *c, struct reply *r, struct fault *f)
{
    (void)f;
    const struct layer *layer = c->value[PARAMETER_COLLECTION].layer;
    if (c->format == FORMAT_HTML)
        queryables_html(c, r, layer);
    else
        queryables_json(c, &r->body, layer);
    return true;
}
