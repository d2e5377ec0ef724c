/* serve_item: OGC API - Features, Part 1: items of a collection and one item, as GeoJSON and as pages. Which
 * items, serve_select.c tells. */
#include "mapd/html.h"
#include "mapd/json_write.h"
#include "mapd/say.h"
#include "mapd/select.h"

#include <string.h>

enum { LINKS = 8 };

/* --- links --- */

static const char *items_url(const struct call *c, uint64_t offset, const char *f)
{
    const char *query = query_again(c);
    const char *url = arena_format(
        c->arena, "%s?f=%s%s", collection_url(c, c->value[PARAMETER_COLLECTION].layer, "/items"), f, query);
    return offset ? arena_format(c->arena, "%s&offset=%llu", url, (unsigned long long)offset) : url;
}

static const char *after_url(const struct call *c, const char *url, struct slice id)
{
    struct buf out = {0};
    html_url(&out, id);
    const char *whole = arena_format(c->arena, "%s&after=%.*s", url, (int)out.n, out.p ? out.p : "");
    buf_release(&out);
    return whole;
}

/* This page once more. */
static const char *same_url(const struct call *c, const char *f)
{
    const struct value *after = &c->value[PARAMETER_AFTER];
    const char *url = items_url(c, (uint64_t)c->value[PARAMETER_OFFSET].integer, f);
    return after->given ? after_url(c, url, after->text) : url;
}

static const char *next_url(const struct call *c, const struct result *page, const char *f)
{
    uint32_t last = page->rows[page->returned - 1];
    return after_url(c, items_url(c, 0, f), snapshot_text(&page->l->columns[0], last));
}

static int page_links(const struct call *c, const struct result *page, struct link *links)
{
    bool html = c->format == FORMAT_HTML;
    const char *mine = html ? "text/html" : format_type(FORMAT_GEOJSON), *f = html ? "html" : "json";
    const struct layer *layer = c->value[PARAMETER_COLLECTION].layer;
    int n = 0;
    links[n++] = (struct link){"self", mine, same_url(c, f), NULL};
    links[n++] = (struct link){"alternate", html ? format_type(FORMAT_GEOJSON) : "text/html",
                               same_url(c, html ? "json" : "html"),
                               say(html ? SAY_THIS_AS_JSON : SAY_THIS_AS_HTML, false)};
    links[n++] = (struct link){"collection", html ? "text/html" : "application/json",
                               collection_url(c, layer, html ? "?f=html" : "?f=json"), layer->title_vi};
    if (page->offset)
        links[n++] = (struct link){
            "prev", mine, items_url(c, page->offset > page->limit ? page->offset - page->limit : 0, f),
            say(SAY_PREVIOUS, false)};
    if (page->offset + page->returned < page->matched && page->returned)
        links[n++] = (struct link){"next", mine, next_url(c, page, f), say(SAY_NEXT, false)};
    links[0].title = "self";
    return n;
}

static const char *item_url(const struct call *c, const struct snapshot_layer *l, uint32_t row, const char *f)
{
    struct buf id = {0};
    html_url(&id, snapshot_text(&l->columns[0], row));
    buf_char(&id, '\0');
    const char *rest = arena_format(c->arena, "/items/%s?f=%s", id.p, f);
    buf_release(&id);
    return collection_url(c, l->layer, rest);
}

/* --- JSON --- */

static void items_json(const struct call *c, struct buf *out, const struct snapshot_layer *l,
                       const struct result *page)
{
    struct link links[LINKS];
    char now[21];
    clock_utc_iso(now);
    struct json j = {.out = out};
    json_open(&j, '{');
    json_field(&j, "type", "FeatureCollection");
    json_field(&j, "timeStamp", now);
    json_field_int(&j, "numberMatched", (int64_t)page->matched);
    json_field_int(&j, "numberReturned", page->returned);
    links_json(&j, links, page_links(c, page, links));
    json_key(&j, "features");
    buf_text(out, "[\n");
    for (uint32_t i = 0; i < page->returned; i++) {
        if (i)
            buf_text(out, ",\n");
        geojson_write(out, &(struct geojson_row){l, page->rows[i], page->crs, page->shown});
    }
    buf_text(out, "\n]}\n");
}

/* --- HTML --- */

static void value_html(struct buf *out, const struct snapshot_layer *l, int field, uint32_t row)
{
    const struct column *column = &l->columns[field];
    const char *set = word_set(l->layer, l->layer->fields[field].name);
    if (column->type == FIELD_INT && column->integer[row] != INT_NULL)
        buf_int(out, column->integer[row]);
    else if (column->type == FIELD_BOOL && column->integer[row] != INT_NULL)
        buf_text(out, column->integer[row] ? "có" : "không");
    else if (column->type == FIELD_REAL && column->real[row] == column->real[row])
        buf_real(out, column->real[row], 2);
    else if (column->text)
        html_text(out, set ? say_word(set, snapshot_text(column, row), false) : snapshot_text(column, row));
}

/* The id is always there: it is the way to the item. */
static bool is_column(const struct result *page, int field)
{
    return field == 0 || !page->shown || page->shown[field];
}

static void items_table(const struct call *c, struct buf *out, const struct snapshot_layer *l,
                        const struct result *page)
{
    html_table_open(out, l->layer->title_vi);
    buf_text(out, "<thead><tr>");
    for (int i = 0; i < l->layer->field_count; i++)
        if (is_column(page, i))
            buf_format(out, "<th scope=\"col\">%s</th>", l->layer->fields[i].title_vi);
    buf_text(out, "</tr></thead><tbody>");
    for (uint32_t n = 0; n < page->returned; n++) {
        uint32_t row = page->rows[n];
        buf_text(out, "<tr><td>");
        html_link(out, slice_of(item_url(c, l, row, "html")), snapshot_text(&l->columns[0], row));
        buf_text(out, "</td>");
        for (int i = 1; i < l->layer->field_count; i++) {
            if (!is_column(page, i))
                continue;
            buf_text(out, "<td>");
            value_html(out, l, i, row);
            buf_text(out, "</td>");
        }
        buf_text(out, "</tr>");
    }
    buf_text(out, "</tbody>");
    html_table_close(out);
}

static void items_html(const struct call *c, struct reply *r, const struct snapshot_layer *l,
                       const struct result *page)
{
    struct link links[LINKS];
    page_begin(c, r, l->layer->title_vi);
    buf_format(&r->body, "<p>%llu %s", (unsigned long long)page->matched, say(SAY_MATCHED, false));
    if (page->returned)
        buf_format(&r->body, ", %s %llu–%llu", say(SAY_SHOWN, false), (unsigned long long)page->offset + 1,
                   (unsigned long long)page->offset + page->returned);
    buf_text(&r->body, ".</p>");
    int count = page_links(c, page, links);
    buf_text(&r->body, "<nav>");
    for (int i = 1; i < count; i++)
        html_link(&r->body, slice_of(links[i].href), slice_of(links[i].title));
    buf_text(&r->body, "</nav>");
    items_table(c, &r->body, l, page);
    page_end(c, r);
}

bool serve_items(const struct call *c, struct reply *r, struct fault *f)
{
    struct result page;
    if (!select_page(c, &page, f))
        return false;
    content_crs(c, r);
    if (c->format == FORMAT_HTML)
        items_html(c, r, page.l, &page);
    else
        items_json(c, &r->body, page.l, &page);
    return true;
}

/* --- one item --- */

static int item_links(const struct call *c, const struct snapshot_layer *l, uint32_t row, struct link *links)
{
    bool html = c->format == FORMAT_HTML;
    const char *again = query_again(c);
    const struct link as_json = {"", format_type(FORMAT_GEOJSON),
                                 arena_format(c->arena, "%s%s", item_url(c, l, row, "json"), again),
                                 say(SAY_THIS_AS_JSON, false)};
    const struct link as_html = {"", "text/html",
                                 arena_format(c->arena, "%s%s", item_url(c, l, row, "html"), again),
                                 say(SAY_THIS_AS_HTML, false)};
    int n = 0;
    links[n] = html ? as_html : as_json;
    links[n++].rel = "self";
    links[n] = html ? as_json : as_html;
    links[n++].rel = "alternate";
    links[n++] = (struct link){"collection", html ? "text/html" : "application/json",
                               collection_url(c, l->layer, html ? "?f=html" : "?f=json"), l->layer->title_vi};
    if (l->layer->id == LAYER_ESTABLISHMENTS || l->layer->id == LAYER_STALLS ||
        l->layer->id == LAYER_FOOD_SAFETY)
        links[n++] = (struct link){"canonical", "text/html",
                                   arena_format(c->arena, "%s/c/%s", c->base,
                                                arena_text(c->arena, snapshot_text(&l->columns[0], row))),
                                   say(SAY_PAGE_OF_PLACE, false)};
    return n;
}

/* schema.org, for search engines: only what the record says. */
static void annotate(struct buf *out, const struct snapshot_layer *l, uint32_t row)
{
    struct buf json = {0};
    struct json j = {.out = &json};
    int name = layer_field(l->layer, SLICE("name")), address = layer_field(l->layer, SLICE("address"));
    json_open(&j, '{');
    json_field(&j, "@context", "https://schema.org");
    json_field(&j, "@type", "Place");
    json_field_slice(&j, "identifier", snapshot_text(&l->columns[0], row));
    if (name >= 0 && snapshot_text(&l->columns[name], row).n)
        json_field_slice(&j, "name", snapshot_text(&l->columns[name], row));
    if (address >= 0 && snapshot_text(&l->columns[address], row).n)
        json_field_slice(&j, "address", snapshot_text(&l->columns[address], row));
    if (row < l->located) {
        json_key(&j, "geo");
        json_open(&j, '{');
        json_field(&j, "@type", "GeoCoordinates");
        json_key(&j, "longitude");
        json_real(&j, l->point[row].lon, 7);
        json_key(&j, "latitude");
        json_real(&j, l->point[row].lat, 7);
        json_close(&j, '}');
    }
    json_close(&j, '}');
    buf_text(out, "<script type=\"application/ld+json\">");
    html_json(out, buf_to_slice(&json));
    buf_text(out, "</script>");
    buf_release(&json);
}

static void item_html(const struct call *c, struct reply *r, const struct geojson_row *item)
{
    const struct snapshot_layer *l = item->l;
    uint32_t row = item->row;
    struct link links[LINKS];
    int name = layer_field(l->layer, SLICE("name"));
    struct slice title = snapshot_text(&l->columns[name > 0 ? name : 0], row);
    page_begin(c, r, title.n ? arena_text(c->arena, title) : l->layer->title_vi);
    buf_text(&r->body, "<dl>");
    for (int i = 0; i < l->layer->field_count; i++) {
        buf_format(&r->body, "<div><dt>%s</dt><dd>", l->layer->fields[i].title_vi);
        value_html(&r->body, l, i, row);
        buf_text(&r->body, "</dd></div>");
    }
    buf_format(&r->body, "<div><dt>%s</dt><dd>", say(SAY_POSITION, false));
    if (row >= l->located || !geojson_position(&r->body, l->point[row], item->crs))
        buf_text(&r->body, say(SAY_NO_POSITION, false));
    else
        buf_format(&r->body, " (%s)", crs_name((enum crs_id)c->value[PARAMETER_CRS].integer));
    buf_text(&r->body, "</dd></div></dl>");
    links_html(&r->body, links, item_links(c, l, row, links));
    annotate(&r->body, l, row);
    page_end(c, r);
}

bool serve_item(const struct call *c, struct reply *r, struct fault *f)
{
    const struct snapshot_layer *l = snapshot_get(c->snapshot, c->value[PARAMETER_COLLECTION].layer->id);
    int64_t row = snapshot_find(l, c->value[PARAMETER_FEATURE].text);
    if (row < 0)
        return fault_set(f, FAULT_NOT_FOUND, "feature", "không có bản ghi này trong lớp %s", l->layer->name);
    enum crs_id crs = (enum crs_id)c->value[PARAMETER_CRS].integer;
    struct geojson_row item = {.l = l, .row = (uint32_t)row};
    if (!crs_lend(c->serve->systems, crs, c->arena, &item.crs, f))
        return false;
    content_crs(c, r);
    if (c->format == FORMAT_HTML) {
        item_html(c, r, &item);
        return true;
    }
    struct link links[LINKS];
    geojson_write(&r->body, &item);
    r->body.n--; /* the closing brace comes after the links */
    struct json j = {.out = &r->body, .comma = true};
    links_json(&j, links, item_links(c, l, (uint32_t)row, links));
    json_close(&j, '}');
    return true;
}
