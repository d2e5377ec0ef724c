/* serve_openapi: the API described from the tables that run it (routes.def, parameters.def, layers.def), so
 * the document cannot promise what the server does not do. OpenAPI 3.0; server URLs: the OGC paths hang below
 * BASE/ogc, as OGC clients expect, the others name BASE themselves. */
#include "mapd/html.h"
#include "mapd/json_write.h"
#include "mapd/mapd.h"
#include "mapd/say.h"
#include "mapd/serve.h"

#include <string.h>

enum { LIMIT_MOST_ITEMS = 10000, LIMIT_MOST_SEARCH = 50 };

/* One operation: a route, or the items route for one collection. */
struct operation {
    enum route_id id;
    const struct route *route;
    const struct layer *layer; /* NULL: {collection} stays a placeholder */
};

/* The names that OGC API - Tiles, table 11, and Features give their operations; of the others, that of the
 * row. */
static const char *operation_id(enum route_id id)
{
    static const char *const ROWS[ROUTE_COUNT] = {
#define ROUTE(id, path, handler, parameters, kind, summary)  #id,
#define STAFF(id, path, handler, parameters, roles, summary) #id,
#include "mapd/routes.def"
#include "mapd/staff.def"
#undef ROUTE
#undef STAFF
    };
    static const char *const KNOWN[ROUTE_COUNT] = {
        [ROUTE_LANDING] = "getLandingPage",
        [ROUTE_CONFORMANCE] = "getConformance",
        [ROUTE_COLLECTIONS] = "getCollectionsList",
        [ROUTE_COLLECTION] = "getCollection",
        [ROUTE_ITEMS] = "getFeatures",
        [ROUTE_ITEM] = "getFeature",
        [ROUTE_TILESETS] = "mapd.collection.vector.getTileSetsList",
        [ROUTE_TILESET] = "mapd.collection.vector.getTileSet",
        [ROUTE_OGC_TILE] = "mapd.collection.vector.getTile",
        [ROUTE_MATRIX_SETS] = "getTileMatrixSetsList",
        [ROUTE_MATRIX_SET] = "getTileMatrixSet",
    };
    return KNOWN[id] ? KNOWN[id] : ROWS[id];
}

/* "vi / en" */
static void both_json(struct json *j, const char *key, const char *vi, const char *en)
{
    struct buf text = {0};
    buf_format(&text, "%s / %s", vi, en);
    json_field_slice(j, key, buf_to_slice(&text));
    buf_release(&text);
}

static struct slice path_of(const struct route *route)
{
    return slice_of(strchr(route->path, ' ') + 1);
}

static bool is_ogc(const struct route *route)
{
    return slice_starts(path_of(route), SLICE("/ogc"));
}

static bool is_listed(enum route_id id)
{
    /* not the application, not the pages of staff, not what residents send from a form */
    return id != ROUTE_HOME && !(route_get(id)->kind & STAFF_ONLY) &&
           slice_starts(slice_of(route_get(id)->path), SLICE("GET "));
}

/* Path below its server, with the collection's name in place of {collection} when there is one. */
static void add_path(struct buf *out, const struct operation *o)
{
    struct slice path = path_of(o->route), hole = SLICE("{collection}");
    if (is_ogc(o->route))
        path = (struct slice){path.p + 4, path.n - 4};
    ptrdiff_t at = o->layer ? slice_find(path, hole) : -1;
    if (path.n == 0)
        path = SLICE("/");
    if (at < 0) {
        buf_slice(out, path);
        return;
    }
    buf_add(out, path.p, (size_t)at);
    buf_text(out, o->layer->name);
    buf_add(out, path.p + at + hole.n, path.n - (size_t)at - hole.n);
}

/* --- parameters --- */

static void choices_json(struct json *j, const char *choices)
{
    struct slice rest = slice_of(choices), one;
    json_open(j, '{');
    json_field(j, "type", "string");
    json_key(j, "enum");
    json_open(j, '[');
    while (slice_next(&rest, ' ', &one))
        json_text(j, one);
    json_close(j, ']');
    json_close(j, '}');
}

static void collections_json(struct json *j)
{
    json_open(j, '{');
    json_field(j, "type", "string");
    json_key(j, "enum");
    json_open(j, '[');
    for (int i = 0; i < LAYER_COUNT; i++)
        if (!layer_get((enum layer_id)i)->is_base)
            json_text(j, slice_of(layer_get((enum layer_id)i)->name));
    json_close(j, ']');
    json_close(j, '}');
}

static void systems_json(struct json *j)
{
    json_open(j, '{');
    json_field(j, "type", "string");
    json_field(j, "format", "uri");
    json_field(j, "default", crs_uri(CRS_CRS84));
    json_key(j, "enum");
    json_open(j, '[');
    for (int i = 0; i < CRS_COUNT; i++)
        json_text(j, slice_of(crs_uri((enum crs_id)i)));
    json_close(j, ']');
    json_close(j, '}');
}

static void schema_json(struct json *j, const struct parameter *p, enum route_id id)
{
    static const char *const SCHEMAS[VALUE_TYPE_COUNT] = {
        [VALUE_TEXT] = "{\"type\":\"string\"}",
        [VALUE_TILESET] = "{\"type\":\"string\"}",
        [VALUE_TILE] = "{\"type\":\"integer\",\"minimum\":0}",
        [VALUE_OFFSET] = "{\"type\":\"integer\",\"minimum\":0,\"default\":0}",
        [VALUE_BBOX] = "{\"type\":\"array\",\"minItems\":4,\"maxItems\":6,\"items\":{\"type\":\"number\"}}",
        [VALUE_LONGITUDE] = "{\"type\":\"number\",\"minimum\":-180,\"maximum\":180}",
        [VALUE_LATITUDE] = "{\"type\":\"number\",\"minimum\":-90,\"maximum\":90}",
        [VALUE_DATE] = "{\"type\":\"string\",\"format\":\"date\"}",
        [VALUE_INSTANT] = "{\"type\":\"string\",\"format\":\"date-time\"}",
        [VALUE_DATETIME] = "{\"type\":\"string\"}",
        [VALUE_FILTER] = "{\"type\":\"string\",\"maxLength\":16384}",
    };
    json_key(j, "schema");
    if (p->type == VALUE_CRS)
        systems_json(j);
    else if (p->type == VALUE_CHOICE)
        choices_json(j, p->choices);
    else if (p->type == VALUE_COLLECTION)
        collections_json(j);
    else if (p->type == VALUE_LIMIT) {
        json_open(j, '{');
        json_field(j, "type", "integer");
        json_field_int(j, "minimum", 1);
        json_field_int(j, "maximum", id == ROUTE_SEARCH ? LIMIT_MOST_SEARCH : LIMIT_MOST_ITEMS);
        json_field_int(j, "default", 10);
        json_close(j, '}');
    } else
        json_raw(j, slice_of(SCHEMAS[p->type]));
}

static void parameter_json(struct json *j, enum parameter_id p, bool in_path, enum route_id id)
{
    const struct parameter *parameter = parameter_get(p);
    json_open(j, '{');
    json_field(j, "name", parameter->name);
    json_field(j, "in", in_path ? "path" : "query");
    json_field_bool(j, "required", in_path || p == PARAMETER_Q);
    both_json(j, "description", parameter->vi, parameter->en);
    if (!in_path) {
        json_field(j, "style", "form");
        json_field_bool(j, "explode", false);
    }
    schema_json(j, parameter, id);
    json_close(j, '}');
}

static void field_json(struct json *j, const struct field *field)
{
    static const char *const SCHEMAS[] = {"{\"type\":\"string\"}",
                                          "{\"type\":\"integer\"}",
                                          "{\"type\":\"number\"}",
                                          "{\"type\":\"boolean\"}",
                                          "{\"type\":\"string\",\"format\":\"date\"}",
                                          "{\"type\":\"string\",\"format\":\"date-time\"}"};
    json_open(j, '{');
    json_field(j, "name", field->name);
    json_field(j, "in", "query");
    json_field_bool(j, "required", false);
    both_json(j, "description", field->title_vi, field->title_en);
    json_field(j, "style", "form");
    json_field_bool(j, "explode", false);
    json_key(j, "schema");
    json_raw(j, slice_of(SCHEMAS[field->type]));
    json_close(j, '}');
}

static void path_parameters(struct json *j, const struct operation *o)
{
    struct slice path = path_of(o->route);
    ptrdiff_t open;
    while ((open = slice_find(path, SLICE("{"))) >= 0) {
        ptrdiff_t close = slice_find(path, SLICE("}"));
        enum parameter_id id;
        struct slice name = {path.p + open + 1, (size_t)(close - open - 1)};
        if (parameter_find(name, &id) && !(o->layer && id == PARAMETER_COLLECTION))
            parameter_json(j, id, true, o->id);
        path = (struct slice){path.p + close + 1, path.n - (size_t)close - 1};
    }
}

static void query_parameters(struct json *j, const struct operation *o)
{
    struct slice rest = slice_of(o->route->parameters), name;
    enum parameter_id id;
    while (slice_next(&rest, ' ', &name)) {
        if (parameter_find(name, &id))
            parameter_json(j, id, false, o->id);
        else if (o->layer)
            for (int i = 0; i < o->layer->field_count; i++)
                field_json(j, &o->layer->fields[i]);
        else
            json_raw(j, SLICE("{\"name\":\"fields\",\"in\":\"query\",\"required\":false,\"style\":\"form\","
                              "\"explode\":true,"
                              "\"description\":\"Mỗi trường của lớp là một tham số / every field of the "
                              "collection is a "
                              "parameter\",\"schema\":{\"type\":\"object\",\"additionalProperties\":{"
                              "\"type\":\"string\"}}}"));
    }
}

/* --- responses --- */

static void content_json(struct json *j, int kind)
{
    json_key(j, "content");
    json_open(j, '{');
    for (int i = 0; i < FORMAT_COUNT; i++) {
        if (!(kind & (1 << i)))
            continue;
        json_key(j, format_type((enum format)i));
        bool is_object = i <= FORMAT_JSONLD;
        json_raw(j, is_object ? SLICE("{\"schema\":{\"type\":\"object\"}}")
                              : SLICE("{\"schema\":{\"type\":\"string\",\"format\":\"binary\"}}"));
    }
    json_close(j, '}');
}

static void refer(struct json *j, const char *status, const char *name)
{
    json_key(j, status);
    json_open(j, '{');
    json_key(j, "$ref");
    buf_format(j->out, "\"#/components/responses/%s\"", name);
    j->comma = true;
    json_close(j, '}');
}

static void responses_json(struct json *j, const struct route *route)
{
    int formats = route->kind & ((1 << FORMAT_COUNT) - 1);
    json_key(j, "responses");
    json_open(j, '{');
    json_key(j, "200");
    json_open(j, '{');
    json_field(j, "description", route->summary);
    if (slice_find(slice_of(route->parameters), SLICE("crs")) >= 0) {
        json_key(j, "headers");
        json_raw(j, SLICE("{\"Content-Crs\":{\"description\":\"Hệ toạ độ của câu trả lời, <URI> / coordinate "
                          "system of the answer, <URI>\",\"schema\":{\"type\":\"string\"}}}"));
    }
    content_json(j, formats);
    json_close(j, '}');
    if (formats == AS_MVT)
        refer(j, "204", "Empty");
    if (slice_find(slice_of(route->path), SLICE("{code}")) >= 0)
        refer(j, "301", "Moved");
    if (!(route->kind & LIVE))
        refer(j, "304", "NotModified");
    refer(j, "400", "BadRequest");
    if (slice_find(slice_of(route->path), SLICE("{")) >= 0)
        refer(j, "404", "NotFound");
    if (formats & (formats - 1))
        refer(j, "406", "NotAcceptable");
    refer(j, "500", "ServerError");
    json_close(j, '}');
}

static const char *const TAGS[][2] = {
    {"features", "Các lớp dữ liệu: OGC API - Features / collections: OGC API - Features"},
    {"tiles", "Ô bản đồ: OGC API - Tiles, TileJSON, kiểu vẽ / tiles: OGC API - Tiles, TileJSON, style"},
    {"ward", "Tra cứu, tìm kiếm, chỉ tiêu, tải về / look-up, search, indicators, downloads"}};

static const char *tag_of(const struct route *route)
{
    struct slice path = path_of(route);
    if (slice_find(path, SLICE("/tile")) >= 0 || slice_starts(path, SLICE("/styles")))
        return TAGS[1][0];
    return is_ogc(route) ? TAGS[0][0] : TAGS[2][0];
}

static void tags_json(struct json *j)
{
    json_key(j, "tags");
    json_open(j, '[');
    for (size_t i = 0; i < COUNT_OF(TAGS); i++) {
        json_open(j, '{');
        json_field(j, "name", TAGS[i][0]);
        json_field(j, "description", TAGS[i][1]);
        json_close(j, '}');
    }
    json_close(j, ']');
}

/* What the operation gives, and of which collection. */
static const char *description_of(const struct call *c, const struct operation *o)
{
    return o->layer ? arena_format(c->arena, "%s: %s / %s", o->route->summary, o->layer->title_vi,
                                   o->layer->title_en)
                    : o->route->summary;
}

static void operation_json(const struct call *c, struct json *j, const struct operation *o)
{
    struct buf path = {0};
    add_path(&path, o);
    buf_char(&path, '\0');
    json_key(j, path.p);
    buf_release(&path);
    json_open(j, '{');
    if (!is_ogc(o->route)) {
        json_key(j, "servers");
        json_open(j, '[');
        json_open(j, '{');
        json_field(j, "url", c->base);
        json_close(j, '}');
        json_close(j, ']');
    }
    json_key(j, "get");
    json_open(j, '{');
    json_field(j, "summary", o->route->summary);
    json_field(j, "description", description_of(c, o));
    json_key(j, "tags");
    json_open(j, '[');
    json_text(j, slice_of(tag_of(o->route)));
    json_close(j, ']');
    json_field(j, "operationId",
               o->layer ? arena_format(c->arena, "%s.%s", operation_id(o->id), o->layer->name)
                        : operation_id(o->id));
    json_key(j, "parameters");
    json_open(j, '[');
    path_parameters(j, o);
    query_parameters(j, o);
    json_close(j, ']');
    responses_json(j, o->route);
    json_close(j, '}');
    json_close(j, '}');
}

static void component_json(struct json *j, const char *name, const char *description, bool is_problem)
{
    json_key(j, name);
    json_open(j, '{');
    json_field(j, "description", description);
    if (is_problem) {
        json_key(j, "content");
        json_raw(
            j,
            SLICE("{\"application/problem+json\":{\"schema\":{\"$ref\":\"#/components/schemas/Problem\"}}}"));
    }
    json_close(j, '}');
}

static void components_json(struct json *j)
{
    json_key(j, "components");
    json_open(j, '{');
    json_key(j, "schemas");
    json_raw(j, SLICE("{\"Problem\":{\"type\":\"object\",\"properties\":{\"type\":{\"type\":\"string\"},"
                      "\"status\":{\"type\":"
                      "\"integer\"},\"title\":{\"type\":\"string\"},\"title_en\":{\"type\":\"string\"},"
                      "\"detail\":{\"type\":"
                      "\"string\"},\"parameter\":{\"type\":\"string\"}}}}"));
    json_key(j, "responses");
    json_open(j, '{');
    component_json(j, "Empty", "Ô không có gì / the tile is empty", false);
    component_json(j, "Moved", "Mã viết cách khác: chuyển tới địa chỉ chuẩn / code written another way",
                   false);
    component_json(j, "NotModified", "Chưa có gì thay đổi từ ETag đã gửi / nothing changed since the ETag",
                   false);
    component_json(j, "BadRequest", "Tham số lạ hoặc giá trị sai / unknown parameter or bad value", true);
    component_json(j, "NotFound", "Không có / not found", true);
    component_json(j, "NotAcceptable", "Không có định dạng được yêu cầu / no acceptable format", true);
    component_json(j, "ServerError", "Lỗi bên trong / internal error", true);
    json_close(j, '}');
    json_close(j, '}');
}

static void route_json(const struct call *c, struct json *j, enum route_id id)
{
    struct operation o = {.id = id, .route = route_get(id)};
    if (id != ROUTE_ITEMS) {
        operation_json(c, j, &o);
        return;
    }
    for (int i = 0; i < LAYER_COUNT; i++) {
        o.layer = layer_get((enum layer_id)i);
        if (!o.layer->is_base)
            operation_json(c, j, &o);
    }
}

static void info_json(const struct call *c, struct json *j)
{
    json_key(j, "info");
    json_open(j, '{');
    json_field(j, "title", say(SAY_API_TITLE, false));
    json_field(j, "version", MAPD_VERSION);
    json_field(j, "description",
               "Dữ liệu công khai của phường. Trong phần sau dấu ? của địa chỉ, dấu + nghĩa là khoảng trắng; "
               "múi giờ viết %2B07:00. / "
               "Public data of the ward. In a query a + is a blank, so a time zone is written %2B07:00.");
    json_key(j, "contact");
    json_open(j, '{');
    json_field(j, "name", office_of(c));
    json_field(j, "url", arena_format(c->arena, "%s/data/", c->base));
    json_close(j, '}');
    json_close(j, '}');
}

static void document_json(const struct call *c, struct buf *out)
{
    struct json j = {.out = out};
    json_open(&j, '{');
    json_field(&j, "openapi", "3.0.3");
    info_json(c, &j);
    tags_json(&j);
    json_key(&j, "servers");
    json_open(&j, '[');
    json_open(&j, '{');
    json_field(&j, "url", arena_format(c->arena, "%s/ogc", c->base));
    json_close(&j, '}');
    json_close(&j, ']');
    json_key(&j, "paths");
    json_open(&j, '{');
    for (int i = 0; i < ROUTE_COUNT; i++)
        if (is_listed((enum route_id)i))
            route_json(c, &j, (enum route_id)i);
    json_close(&j, '}');
    components_json(&j);
    json_close(&j, '}');
}

/* --- the same for people --- */

static void route_html(struct buf *out, const struct route *route)
{
    struct slice rest = slice_of(route->parameters), name;
    buf_text(out, "<h2><code>");
    html_text(out, slice_of(route->path));
    buf_text(out, "</code></h2><p>");
    html_text(out, slice_of(route->summary));
    buf_text(out, "</p>");
    if (!rest.n)
        return;
    buf_text(out, "<dl>");
    while (slice_next(&rest, ' ', &name)) {
        enum parameter_id id;
        bool known = parameter_find(name, &id);
        buf_text(out, "<div><dt><code>");
        html_text(out, known ? name : SLICE("trường = giá trị"));
        buf_text(out, "</code></dt><dd>");
        html_text(out, known ? slice_of(parameter_get(id)->vi) : SLICE("Mỗi trường của lớp là một tham số"));
        buf_text(out, "</dd></div>");
    }
    buf_text(out, "</dl>");
}

bool serve_api(const struct call *c, struct reply *r, struct fault *f)
{
    (void)f;
    if (c->format != FORMAT_HTML) {
        document_json(c, &r->body);
        return true;
    }
    page_begin(c, r, say(SAY_API_DOCUMENT, false));
    buf_text(&r->body, "<p>");
    html_link(&r->body, SLICE("/ogc/api?f=json"), SLICE("OpenAPI 3.0 (JSON)"));
    buf_text(&r->body, "</p>");
    for (int i = 0; i < ROUTE_COUNT; i++)
        if (is_listed((enum route_id)i))
            route_html(&r->body, route_get((enum route_id)i));
    page_end(c, r);
    return true;
}
