/* serve_schema: OGC API - Features, Part 5: what a record of a collection holds (schema), what a filter may
 * ask of it (queryables) and by what it can be sorted (sortables), as JSON Schema 2020-12 and as pages. All
 * three are written from layers.def; they differ in what is left out and in whether a value may be missing.
 */
#include "mapd/html.h"
#include "mapd/json_write.h"
#include "mapd/say.h"
#include "mapd/serve.h"

#define SCHEMA_2020 "https://json-schema.org/draft/2020-12/schema"

static const struct kind {
    const char *path;
    enum say_id title;
    bool has_geometry;
    bool has_nulls; /* values as they are returned: all but the id may be null, none can be written */
} RETURNABLES = {"/schema", SAY_SCHEMA, true, true},
  QUERYABLES = {"/queryables", SAY_QUERYABLES, true, false},
  SORTABLES = {"/sortables", SAY_SORTABLES, false, false};

static const struct type {
    const char *name, *format, *said;
} TYPES[] = {[FIELD_TEXT] = {"string", NULL, "text"},   [FIELD_INT] = {"integer", NULL, "integer"},
             [FIELD_REAL] = {"number", NULL, "number"}, [FIELD_BOOL] = {"boolean", NULL, "true/false"},
             [FIELD_DATE] = {"string", "date", "date"}, [FIELD_TIME] = {"string", "date-time", "time"}};

static void geometry_json(struct json *j, const struct kind *kind, const struct layer *layer)
{
    static const char *const FORMATS[] = {[GEOMETRY_POINT] = "geometry-point",
                                          [GEOMETRY_LINE] = "geometry-linestring-or-multilinestring",
                                          [GEOMETRY_AREA] = "geometry-polygon-or-multipolygon"};
    json_key(j, "geometry");
    json_open(j, '{');
    json_field(j, "title", say(SAY_POSITION, false));
    json_field(j, "format", FORMATS[layer->geometry]);
    json_field(j, "x-ogc-role", "primary-geometry");
    if (kind->has_nulls)
        json_field_bool(j, "readOnly", true);
    json_close(j, '}');
}

static void type_json(struct json *j, const struct type *type, bool has_nulls)
{
    if (!has_nulls) {
        json_field(j, "type", type->name);
        return;
    }
    json_key(j, "type");
    json_open(j, '[');
    json_text(j, slice_of(type->name));
    json_text(j, SLICE("null"));
    json_close(j, ']');
}

static void values_json(struct json *j, const char *set, bool has_nulls)
{
    struct slice value;
    json_key(j, "enum");
    json_open(j, '[');
    for (int i = 0; say_value(set, i, &value); i++)
        json_text(j, value);
    if (has_nulls)
        json_null(j);
    json_close(j, ']');
}

static void field_json(struct json *j, const struct kind *kind, const struct layer *layer, int i)
{
    const struct field *field = &layer->fields[i];
    const char *set = word_set(layer, field->name);
    bool has_nulls = kind->has_nulls && i > 0;
    json_key(j, field->name);
    json_open(j, '{');
    json_field(j, "title", field->title_vi);
    json_field(j, "description", field->title_en);
    type_json(j, &TYPES[field->type], has_nulls);
    if (TYPES[field->type].format)
        json_field(j, "format", TYPES[field->type].format);
    if (set)
        values_json(j, set, has_nulls);
    if (i == 0)
        json_field(j, "x-ogc-role", "id");
    json_field_int(j, "x-ogc-propertySeq", i + 1);
    if (kind->has_nulls)
        json_field_bool(j, "readOnly", true);
    json_close(j, '}');
}

static void schema_json(const struct call *c, struct buf *out, const struct kind *kind)
{
    const struct layer *layer = c->value[PARAMETER_COLLECTION].layer;
    struct json j = {.out = out};
    json_open(&j, '{');
    json_field(&j, "$schema", SCHEMA_2020);
    json_field(&j, "$id", collection_url(c, layer, kind->path));
    json_field(&j, "type", "object");
    json_field(&j, "title", layer->title_vi);
    json_field(&j, "description", layer->title_en);
    json_key(&j, "properties");
    json_open(&j, '{');
    if (kind->has_geometry)
        geometry_json(&j, kind, layer);
    for (int i = 0; i < layer->field_count; i++)
        field_json(&j, kind, layer, i);
    json_close(&j, '}');
    json_field_bool(&j, "additionalProperties", false);
    json_close(&j, '}');
}

static void row_html(struct buf *out, const char *name, const char *title, const char *type)
{
    buf_format(out, "<tr><td><code>%s</code></td><td>%s</td><td>%s</td></tr>", name, title, type);
}

static void schema_html(const struct call *c, struct reply *r, const struct kind *kind)
{
    static const char *const SHAPES[] = {"point", "line", "area"};
    const struct layer *layer = c->value[PARAMETER_COLLECTION].layer;
    const char *title = arena_format(c->arena, "%s: %s", layer->title_vi, say(kind->title, false));
    page_begin(c, r, title);
    html_table_open(&r->body, title);
    buf_format(&r->body,
               "<thead><tr><th scope=\"col\">%s</th><th scope=\"col\">%s</th><th "
               "scope=\"col\">%s</th></tr></thead><tbody>",
               say(SAY_FIELD_NAME, false), say(SAY_FIELD_TITLE, false), say(SAY_FIELD_TYPE, false));
    if (kind->has_geometry)
        row_html(&r->body, "geometry", say(SAY_POSITION, false), SHAPES[layer->geometry]);
    for (int i = 0; i < layer->field_count; i++)
        row_html(&r->body, layer->fields[i].name, layer->fields[i].title_vi,
                 TYPES[layer->fields[i].type].said);
    buf_text(&r->body, "</tbody>");
    html_table_close(&r->body);
    buf_text(&r->body, "<p>");
    html_link(&r->body, slice_of(arena_format(c->arena, "%s?f=json", collection_url(c, layer, kind->path))),
              SLICE("JSON Schema"));
    buf_text(&r->body, "</p>");
    page_end(c, r);
}

static bool answer(const struct call *c, struct reply *r, const struct kind *kind)
{
    if (c->format == FORMAT_HTML)
        schema_html(c, r, kind);
    else
        schema_json(c, &r->body, kind);
    return true;
}

bool serve_schema(const struct call *c, struct reply *r, struct fault *f)
{
    (void)f;
    return answer(c, r, &RETURNABLES);
}

bool serve_queryables(const struct call *c, struct reply *r, struct fault *f)
{
    (void)f;
    return answer(c, r, &QUERYABLES);
}

bool serve_sortables(const struct call *c, struct reply *r, struct fault *f)
{
    (void)f;
    return answer(c, r, &SORTABLES);
}
