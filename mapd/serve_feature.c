/* serve_feature: OGC API - Features, Part 1: landing page, conformance, collections. The items are
 * serve_item.c's. JSON and HTML of a resource are written from the same list of links, so they cannot differ
 * in them. */
#include "mapd/html.h"
#include "mapd/json_write.h"
#include "mapd/say.h"
#include "mapd/serve.h"

enum { LINKS = 12 };

struct link_list {
    struct link link[LINKS];
    int count;
};

static const char *const CONFORMANCE[] = {
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables-query-parameters",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/features-filter",
    "http://www.opengis.net/spec/ogcapi-common-3/1.0/conf/schemas",
    "http://www.opengis.net/spec/ogcapi-common-3/1.0/conf/advanced-property-roles",
    "http://www.opengis.net/spec/ogcapi-common-3/1.0/conf/returnables-and-receivables",
    "http://www.opengis.net/spec/ogcapi-common-3/1.0/conf/queryables",
    "http://www.opengis.net/spec/ogcapi-common-3/1.0/conf/sortables",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-json",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-cql2",
    "http://www.opengis.net/spec/cql2/1.0/conf/advanced-comparison-operators",
    "http://www.opengis.net/spec/cql2/1.0/conf/case-insensitive-comparison",
    "http://www.opengis.net/spec/cql2/1.0/conf/accent-insensitive-comparison",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions-plus",
    "http://www.opengis.net/spec/cql2/1.0/conf/spatial-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/temporal-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/property-property",
    "http://www.opengis.net/spec/cql2/1.0/conf/arithmetic",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tileset",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tilesets-list",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/geodata-tilesets",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt",
};

static const char *type_of(enum format format)
{
    return format == FORMAT_HTML ? "text/html" : format_type(format);
}

static void add(struct link_list *l, struct link link)
{
    l->link[l->count++] = link;
}

/* self and alternate of a resource that comes as JSON and as HTML */
static void add_self(const struct call *c, struct link_list *l, enum format json, const char *url)
{
    bool html = c->format == FORMAT_HTML;
    const char *as_json = arena_format(c->arena, "%s?f=json", url),
               *as_html = arena_format(c->arena, "%s?f=html", url);
    add(l, (struct link){html ? "alternate" : "self", type_of(json), as_json, say(SAY_THIS_AS_JSON, false)});
    add(l, (struct link){html ? "self" : "alternate", type_of(FORMAT_HTML), as_html,
                         say(SAY_THIS_AS_HTML, false)});
}

static const char *url_of(const struct call *c, const char *path)
{
    return arena_format(c->arena, "%s%s", c->base, path);
}

/* --- landing and conformance --- */

static void landing_links(const struct call *c, struct link_list *l)
{
    add_self(c, l, FORMAT_JSON, url_of(c, "/ogc/"));
    add(l, (struct link){"service-desc", type_of(FORMAT_OPENAPI), url_of(c, "/ogc/api"),
                         say(SAY_API_DOCUMENT, false)});
    add(l, (struct link){"service-doc", type_of(FORMAT_HTML), url_of(c, "/ogc/api?f=html"),
                         say(SAY_API_DOCUMENT, false)});
    add(l, (struct link){"conformance", type_of(FORMAT_JSON), url_of(c, "/ogc/conformance"),
                         say(SAY_CONFORMANCE, false)});
    add(l, (struct link){"http://www.opengis.net/def/rel/ogc/1.0/conformance", type_of(FORMAT_HTML),
                         url_of(c, "/ogc/conformance?f=html"), say(SAY_CONFORMANCE, false)});
    add(l, (struct link){"data", type_of(FORMAT_JSON), url_of(c, "/ogc/collections"),
                         say(SAY_COLLECTIONS, false)});
    add(l, (struct link){"data", type_of(FORMAT_HTML), url_of(c, "/ogc/collections?f=html"),
                         say(SAY_COLLECTIONS, false)});
    add(l, (struct link){"http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes", type_of(FORMAT_JSON),
                         url_of(c, "/ogc/tileMatrixSets"), say(SAY_TILES, false)});
}

bool serve_landing(const struct call *c, struct reply *r, struct fault *f)
{
    (void)f;
    struct link_list links = {.count = 0};
    landing_links(c, &links);
    if (c->format == FORMAT_HTML) {
        page_begin(c, r, say(SAY_API_TITLE, false));
        buf_text(&r->body, "<p>");
        html_text(&r->body, slice_of(say(SAY_API_TEXT, false)));
        buf_text(&r->body, "</p>");
        links_html(&r->body, links.link, links.count);
        page_end(c, r);
        return true;
    }
    struct json j = {.out = &r->body};
    json_open(&j, '{');
    json_field(&j, "title", arena_format(c->arena, "%s – %s", say(SAY_MAP, false), c->serve->ward_name));
    json_field(&j, "description", say(SAY_API_TEXT, false));
    json_field(&j, "attribution",
               arena_format(c->arena, "%s %s", say(SAY_SOURCE_OFFICE, false), office_of(c)));
    links_json(&j, links.link, links.count);
    json_close(&j, '}');
    return true;
}

bool serve_conformance(const struct call *c, struct reply *r, struct fault *f)
{
    (void)f;
    struct link_list links = {.count = 0};
    add_self(c, &links, FORMAT_JSON, url_of(c, "/ogc/conformance"));
    if (c->format == FORMAT_HTML) {
        page_begin(c, r, say(SAY_CONFORMANCE, false));
        buf_text(&r->body, "<ul>");
        for (size_t i = 0; i < COUNT_OF(CONFORMANCE); i++)
            buf_format(&r->body, "<li>%s</li>", CONFORMANCE[i]);
        buf_text(&r->body, "</ul>");
        links_html(&r->body, links.link, links.count);
        page_end(c, r);
        return true;
    }
    struct json j = {.out = &r->body};
    json_open(&j, '{');
    json_key(&j, "conformsTo");
    json_open(&j, '[');
    for (size_t i = 0; i < COUNT_OF(CONFORMANCE); i++)
        json_text(&j, slice_of(CONFORMANCE[i]));
    json_close(&j, ']');
    links_json(&j, links.link, links.count);
    json_close(&j, '}');
    return true;
}

/* --- collections --- */

static void collection_links(const struct call *c, const struct layer *layer, struct link_list *l)
{
    add_self(c, l, FORMAT_JSON, collection_url(c, layer, ""));
    add(l, (struct link){"items", type_of(FORMAT_GEOJSON), collection_url(c, layer, "/items?f=json"),
                         say(SAY_ITEMS, false)});
    add(l, (struct link){"items", type_of(FORMAT_HTML), collection_url(c, layer, "/items?f=html"),
                         say(SAY_ITEMS, false)});
    add(l, (struct link){"http://www.opengis.net/def/rel/ogc/1.0/schema", type_of(FORMAT_SCHEMA),
                         collection_url(c, layer, "/schema"), say(SAY_SCHEMA, false)});
    add(l, (struct link){"http://www.opengis.net/def/rel/ogc/1.0/queryables", type_of(FORMAT_SCHEMA),
                         collection_url(c, layer, "/queryables"), say(SAY_QUERYABLES, false)});
    add(l, (struct link){"http://www.opengis.net/def/rel/ogc/1.0/sortables", type_of(FORMAT_SCHEMA),
                         collection_url(c, layer, "/sortables"), say(SAY_SORTABLES, false)});
    add(l, (struct link){"http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector", type_of(FORMAT_JSON),
                         collection_url(c, layer, "/tiles"), say(SAY_TILES, false)});
    add(l, (struct link){"related", type_of(FORMAT_HTML), collection_url(c, layer, "/changes?f=html"),
                         say(SAY_CHANGES, false)});
    add(l, (struct link){"enclosure", type_of(FORMAT_GEOJSON),
                         arena_format(c->arena, "%s/export/%s.geojson", c->base, layer->name),
                         arena_format(c->arena, "%s: GeoJSON", say(SAY_DOWNLOAD, false))});
    add(l, (struct link){"enclosure", type_of(FORMAT_CSV),
                         arena_format(c->arena, "%s/export/%s.csv", c->base, layer->name),
                         arena_format(c->arena, "%s: CSV", say(SAY_DOWNLOAD, false))});
}

static void extent_json(struct json *j, const struct snapshot_layer *l)
{
    json_key(j, "extent");
    json_open(j, '{');
    if (l->located) {
        json_key(j, "spatial");
        json_open(j, '{');
        json_key(j, "bbox");
        json_raw(j, SLICE("[["));
        const double edge[4] = {l->extent.west, l->extent.south, l->extent.east, l->extent.north};
        j->comma = false;
        for (int i = 0; i < 4; i++)
            json_real(j, edge[i], 7);
        buf_text(j->out, "]]");
        json_field(j, "crs", crs_uri(CRS_CRS84));
        json_close(j, '}');
    }
    json_key(j, "temporal");
    json_raw(j, SLICE("{\"interval\":[[null,null]]}"));
    json_close(j, '}');
}

static void crs_json(struct json *j)
{
    json_key(j, "crs");
    json_open(j, '[');
    for (int i = 0; i < CRS_COUNT; i++)
        json_text(j, slice_of(crs_uri((enum crs_id)i)));
    json_close(j, ']');
}

static void collection_json(const struct call *c, struct json *j, const struct layer *layer)
{
    struct link_list links = {.count = 0};
    collection_links(c, layer, &links);
    json_open(j, '{');
    json_field(j, "id", layer->name);
    json_field(j, "title", layer->title_vi);
    json_field(j, "description", arena_format(c->arena, "%s (%s)", layer->title_vi, layer->title_en));
    json_field(j, "itemType", "feature");
    extent_json(j, snapshot_get(c->snapshot, layer->id));
    crs_json(j);
    json_field(j, "storageCrs", crs_uri(CRS_CRS84));
    links_json(j, links.link, links.count);
    json_close(j, '}');
}

static void fields_html(struct buf *out, const struct layer *layer)
{
    static const char *const TYPES[] = {"text", "integer", "number", "true/false", "date", "time"};
    html_table_open(out, layer->title_vi);
    buf_text(out, "<thead><tr>");
    for (int i = SAY_FIELD_NAME; i <= SAY_FIELD_TYPE; i++)
        buf_format(out, "<th scope=\"col\">%s</th>", say((enum say_id)i, false));
    buf_text(out, "</tr></thead><tbody>");
    for (int i = 0; i < layer->field_count; i++)
        buf_format(out, "<tr><td><code>%s</code></td><td>%s</td><td>%s</td></tr>", layer->fields[i].name,
                   layer->fields[i].title_vi, TYPES[layer->fields[i].type]);
    buf_text(out, "</tbody>");
    html_table_close(out);
}

static void extent_html(struct buf *out, const struct snapshot_layer *l)
{
    if (!l->located)
        return;
    buf_format(out, "<p class=\"quiet\">%s: ", say(SAY_EXTENT, false));
    const double edge[4] = {l->extent.west, l->extent.south, l->extent.east, l->extent.north};
    for (int i = 0; i < 4; i++) {
        buf_text(out, i ? ", " : "");
        buf_real(out, edge[i], 7);
    }
    buf_text(out, "</p>");
}

static void collection_html(const struct call *c, struct buf *out, const struct layer *layer)
{
    const struct snapshot_layer *l = snapshot_get(c->snapshot, layer->id);
    struct link_list links = {.count = 0};
    collection_links(c, layer, &links);
    buf_format(out, "<p>%s (%s): %u.</p>", layer->title_vi, layer->title_en, l->count);
    extent_html(out, l);
    buf_format(out, "<p class=\"quiet\">%s:</p><ul>", say(SAY_SYSTEMS, false));
    for (int i = 0; i < CRS_COUNT; i++)
        buf_format(out, "<li>%s <code>%s</code></li>", crs_name((enum crs_id)i), crs_uri((enum crs_id)i));
    buf_text(out, "</ul>");
    links_html(out, links.link, links.count);
}

static int items_layers(enum layer_id *ids)
{
    int count = 0;
    for (int i = 0; i < LAYER_COUNT; i++)
        if (!layer_get((enum layer_id)i)->is_base)
            ids[count++] = (enum layer_id)i;
    return count;
}

static void collections_html(const struct call *c, struct reply *r, const struct link_list *links)
{
    enum layer_id ids[LAYER_COUNT];
    int count = items_layers(ids);
    page_begin(c, r, say(SAY_COLLECTIONS, false));
    for (int i = 0; i < count; i++) {
        const struct layer *layer = layer_get(ids[i]);
        buf_text(&r->body, "<h2>");
        html_link(&r->body, slice_of(collection_url(c, layer, "?f=html")), slice_of(layer->title_vi));
        buf_text(&r->body, "</h2>");
        collection_html(c, &r->body, layer);
    }
    links_html(&r->body, links->link, links->count);
    page_end(c, r);
}

bool serve_collections(const struct call *c, struct reply *r, struct fault *f)
{
    (void)f;
    struct link_list links = {.count = 0};
    add_self(c, &links, FORMAT_JSON, url_of(c, "/ogc/collections"));
    if (c->format == FORMAT_HTML) {
        collections_html(c, r, &links);
        return true;
    }
    enum layer_id ids[LAYER_COUNT];
    int count = items_layers(ids);
    struct json j = {.out = &r->body};
    json_open(&j, '{');
    links_json(&j, links.link, links.count);
    crs_json(&j);
    json_key(&j, "collections");
    json_open(&j, '[');
    for (int i = 0; i < count; i++)
        collection_json(c, &j, layer_get(ids[i]));
    json_close(&j, ']');
    json_close(&j, '}');
    return true;
}

bool serve_collection(const struct call *c, struct reply *r, struct fault *f)
{
    (void)f;
    const struct layer *layer = c->value[PARAMETER_COLLECTION].layer;
    if (c->format == FORMAT_HTML) {
        page_begin(c, r, layer->title_vi);
        collection_html(c, &r->body, layer);
        fields_html(&r->body, layer);
        page_end(c, r);
        return true;
    }
    struct json j = {.out = &r->body};
    collection_json(c, &j, layer);
    return true;
}
