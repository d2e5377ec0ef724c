/* serve_data: the open-data catalogue: every public layer, how many records it has, where to get it. DCAT as
 * JSON-LD and the same as a page. */
#include "mapd/html.h"
#include "mapd/json_write.h"
#include "mapd/say.h"
#include "mapd/serve.h"

static void distribution_json(struct json *j, const char *type, const char *url)
{
    json_open(j, '{');
    json_field(j, "@type", "dcat:Distribution");
    json_field(j, "dcat:mediaType", type);
    json_key(j, "dcat:downloadURL");
    json_open(j, '{');
    json_field(j, "@id", url);
    json_close(j, '}');
    json_close(j, '}');
}

static void dataset_json(const struct call *c, struct json *j, const struct layer *layer)
{
    json_open(j, '{');
    json_field(j, "@type", "dcat:Dataset");
    json_field(j, "@id", collection_url(c, layer, ""));
    json_field(j, "dct:identifier", layer->name);
    json_field(j, "dct:title", arena_format(c->arena, "%s – %s", layer->title_vi, c->serve->ward_name));
    json_field(j, "dct:description",
               arena_format(c->arena, "%s (%s), %u", layer->title_vi, layer->title_en,
                            snapshot_get(c->snapshot, layer->id)->count));
    json_field(j, "dct:modified", local_day(c));
    json_key(j, "dcat:distribution");
    json_open(j, '[');
    distribution_json(j, format_type(FORMAT_GEOJSON),
                      arena_format(c->arena, "%s/export/%s.geojson", c->base, layer->name));
    distribution_json(j, "text/csv", arena_format(c->arena, "%s/export/%s.csv", c->base, layer->name));
    json_close(j, ']');
    json_close(j, '}');
}

static void catalogue_json(const struct call *c, struct buf *out)
{
    struct json j = {.out = out};
    json_open(&j, '{');
    json_key(&j, "@context");
    json_raw(&j, SLICE("{\"dcat\":\"http://www.w3.org/ns/dcat#\",\"dct\":\"http://purl.org/dc/terms/\"}"));
    json_field(&j, "@type", "dcat:Catalog");
    json_field(&j, "@id", arena_format(c->arena, "%s/data/", c->base));
    json_field(&j, "dct:title",
               arena_format(c->arena, "%s – %s", say(SAY_OPEN_DATA, false), c->serve->ward_name));
    json_field(&j, "dct:publisher", c->serve->ward_name);
    json_field(&j, "dct:language", "vi");
    if (c->serve->is_sample)
        json_field(&j, "dct:description", say(SAY_SAMPLE, false));
    json_key(&j, "dcat:dataset");
    json_open(&j, '[');
    for (int i = 0; i < LAYER_COUNT; i++)
        if (!layer_get((enum layer_id)i)->is_base)
            dataset_json(c, &j, layer_get((enum layer_id)i));
    json_close(&j, ']');
    json_close(&j, '}');
}

static void catalogue_html(const struct call *c, struct reply *r)
{
    struct buf *out = &r->body;
    page_begin(c, r, say(SAY_OPEN_DATA, false));
    html_table_open(out, say(SAY_OPEN_DATA, false));
    buf_text(out, "<thead><tr><th scope=\"col\">Lớp dữ liệu</th><th "
                  "scope=\"col\">Số bản ghi</th>"
                  "<th scope=\"col\">Tải về</th></tr></thead><tbody>");
    for (int i = 0; i < LAYER_COUNT; i++) {
        const struct layer *layer = layer_get((enum layer_id)i);
        if (layer->is_base)
            continue;
        buf_text(out, "<tr><td>");
        html_link(out, slice_of(arena_format(c->arena, "/ogc/collections/%s?f=html", layer->name)),
                  slice_of(layer->title_vi));
        buf_format(out, "</td><td>%u</td><td>", snapshot_get(c->snapshot, layer->id)->count);
        html_link(out, slice_of(arena_format(c->arena, "/export/%s.csv", layer->name)), SLICE("CSV"));
        buf_text(out, " · ");
        html_link(out, slice_of(arena_format(c->arena, "/export/%s.geojson", layer->name)), SLICE("GeoJSON"));
        buf_text(out, "</td></tr>");
    }
    buf_text(out, "</tbody>");
    html_table_close(out);
    buf_text(out, "<p>");
    html_link(out, SLICE("/data/?f=json"), SLICE("DCAT (JSON-LD)"));
    buf_text(out, " · ");
    html_link(out, SLICE("/ogc/?f=html"), slice_of(say(SAY_API_TITLE, false)));
    buf_text(out, "</p><script type=\"application/ld+json\">");
    struct buf json = {0};
    catalogue_json(c, &json);
    html_json(out, buf_to_slice(&json));
    buf_release(&json);
    buf_text(out, "</script>");
    page_end(c, r);
}

bool serve_data(const struct call *c, struct reply *r, struct fault *f)
{
    (void)f;
    if (c->format == FORMAT_HTML)
        catalogue_html(c, r);
    else
        catalogue_json(c, &r->body);
    return true;
}
