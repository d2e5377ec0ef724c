/* serve_item: OGC API - Features, Part 1: items of a collection and one item. A page is chosen by counting
 * through the snapshot: bbox narrows by its tree, then filter and datetime are tested row by row, so
 * numberMatched is exact. Features without a geometry match every bbox, features without dates every
 * datetime. */
#include "mapd/html.h"
#include "mapd/json_write.h"
#include "mapd/say.h"
#include "mapd/serve.h"

#include <string.h>

enum { LIMIT_DEFAULT = 10, LIMIT_MOST = 10000, LINKS = 8 };

/* What was asked for, against one layer. */
struct selection {
    const struct snapshot_layer *l;
    struct filter *filter;    /* NULL: all */
    bool has_box, has_shapes; /* has_shapes: bounds are not enough, the geometry itself must meet the box */
    struct box box;
    const uint32_t *within; /* rows the box meets, ascending */
    uint32_t within_count;
    char from[11], to[11]; /* ISO days, "" when open */
};

struct result {
    const uint32_t *rows;
    uint32_t returned;
    uint64_t matched, offset, limit;
    const struct filter_crs *crs; /* of the answer */
};

/* In metres of another system the geometries are tested there; in degrees the tree's answer is refined later.
 */
static bool select_box(const struct call *c, struct selection *s, struct fault *f)
{
    enum crs_id id = (enum crs_id)c->value[PARAMETER_BBOX_CRS].integer;
    const struct filter_crs *crs;
    if (!parameter_box(&c->value[PARAMETER_BBOX], id, &s->box, f) ||
        !crs_lend(c->serve->systems, id, c->arena, &crs, f))
        return false;
    s->has_box = true;
    if (crs && crs->projection) {
        struct projected_box box = {crs->projection, s->box};
        s->within_count = snapshot_within_projected(s->l, &box, c->arena, &s->within);
        return true;
    }
    s->has_shapes = s->l->layer->geometry != GEOMETRY_POINT;
    s->within_count = snapshot_within(s->l, s->box, c->arena, &s->within);
    return true;
}

static bool select_rows(const struct call *c, struct selection *s, struct fault *f)
{
    *s = (struct selection){.l = snapshot_get(c->snapshot, c->value[PARAMETER_COLLECTION].layer->id)};
    const struct value *box = &c->value[PARAMETER_BBOX], *when = &c->value[PARAMETER_DATETIME];
    if (box->given && !select_box(c, s, f))
        return false;
    if (when->from.year)
        date_format_iso(when->from, s->from);
    if (when->to.year)
        date_format_iso(when->to, s->to);
    return make_filter(c, s->l, &s->filter, f);
}

/* An ISO day of a hidden column against the other end; an unknown bound is open. */
static bool ends_before(const struct column *column, uint32_t row, const char *day)
{
    struct slice value = snapshot_text(column, row), other = slice_of(day);
    return value.n == 10 && other.n == 10 && memcmp(value.p, other.p, 10) < 0;
}

static bool begins_after(const struct column *column, uint32_t row, const char *day)
{
    struct slice value = snapshot_text(column, row), other = slice_of(day);
    return value.n == 10 && other.n == 10 && memcmp(value.p, other.p, 10) > 0;
}

static bool is_selected(const struct selection *s, uint32_t row)
{
    if (s->has_box && s->has_shapes && row < s->l->located && !snapshot_meets(s->l, row, s->box))
        return false;
    if (s->filter && !filter_test(s->filter, row))
        return false;
    if (s->from[0] && s->l->valid_to && ends_before(s->l->valid_to, row, s->from))
        return false;
    return !(s->to[0] && s->l->valid_from && begins_after(s->l->valid_from, row, s->to));
}

static bool selects_all(const struct selection *s)
{
    return !s->filter && !s->from[0] && !s->to[0] && !(s->has_box && s->has_shapes);
}

static uint32_t candidate_count(const struct selection *s)
{
    return s->has_box ? s->within_count + (s->l->count - s->l->located) : s->l->count;
}

static uint32_t candidate(const struct selection *s, uint32_t i)
{
    if (!s->has_box)
        return i;
    return i < s->within_count ? s->within[i] : s->l->located + (i - s->within_count);
}

static void find_page(const struct call *c, const struct selection *s, struct result *out)
{
    const struct value *limit = &c->value[PARAMETER_LIMIT];
    uint32_t candidates = candidate_count(s);
    out->limit = limit->given ? (uint64_t)limit->integer : LIMIT_DEFAULT;
    if (out->limit > LIMIT_MOST)
        out->limit = LIMIT_MOST;
    out->offset = (uint64_t)c->value[PARAMETER_OFFSET].integer;
    uint32_t *rows = ARENA_ARRAY(c->arena, uint32_t, out->limit < candidates ? out->limit : candidates);
    out->rows = rows;
    uint32_t first = 0;
    if (selects_all(s)) { /* no need to look at the others */
        first = out->offset < candidates ? (uint32_t)out->offset : candidates;
        out->matched = first;
    }
    for (uint32_t i = first; i < candidates; i++) {
        uint32_t row = candidate(s, i);
        if (!is_selected(s, row))
            continue;
        if (out->matched >= out->offset && out->returned < out->limit)
            rows[out->returned++] = row;
        else if (selects_all(s)) {
            out->matched = candidates;
            return;
        }
        out->matched++;
    }
}

static bool asked_crs(const struct call *c, const struct filter_crs **crs, struct fault *f)
{
    return crs_lend(c->serve->systems, (enum crs_id)c->value[PARAMETER_CRS].integer, c->arena, crs, f);
}

/* --- links --- */

static const char *items_url(const struct call *c, uint64_t offset, const char *f)
{
    const char *query = query_again(c);
    const char *url = arena_format(
        c->arena, "%s?f=%s%s", collection_url(c, c->value[PARAMETER_COLLECTION].layer, "/items"), f, query);
    return offset ? arena_format(c->arena, "%s&offset=%llu", url, (unsigned long long)offset) : url;
}

static int page_links(const struct call *c, const struct result *page, struct link *links)
{
    bool html = c->format == FORMAT_HTML;
    const char *mine = html ? "text/html" : format_type(FORMAT_GEOJSON), *f = html ? "html" : "json";
    const struct layer *layer = c->value[PARAMETER_COLLECTION].layer;
    int n = 0;
    links[n++] = (struct link){"self", mine, items_url(c, page->offset, f), NULL};
    links[n++] = (struct link){"alternate", html ? format_type(FORMAT_GEOJSON) : "text/html",
                               items_url(c, page->offset, html ? "json" : "html"),
                               say(html ? SAY_THIS_AS_JSON : SAY_THIS_AS_HTML, false)};
    links[n++] = (struct link){"collection", html ? "text/html" : "application/json",
                               collection_url(c, layer, html ? "?f=html" : "?f=json"), layer->title_vi};
    if (page->offset)
        links[n++] = (struct link){
            "prev", mine, items_url(c, page->offset > page->limit ? page->offset - page->limit : 0, f),
            say(SAY_PREVIOUS, false)};
    if (page->offset + page->returned < page->matched && page->returned)
        links[n++] =
            (struct link){"next", mine, items_url(c, page->offset + page->returned, f), say(SAY_NEXT, false)};
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
        geojson_write(out, &(struct geojson_row){.l = l, .row = page->rows[i], .crs = page->crs});
    }
    buf_text(out, "\n]}\n");
}

/* --- HTML --- */

/* The set of strings.def whose words a field's values are. */
static const char *word_set(const struct layer *layer, const char *field)
{
    static const char *const SETS[][2] = {{"status", "status"},      {"food_safety", "food"},
                                          {"state", "food"},         {"document", "document"},
                                          {"last_result", "result"}, {"position", "position"}};
    for (size_t i = 0; i < COUNT_OF(SETS); i++)
        if (slice_equal(slice_of(field), slice_of(SETS[i][0])))
            return SETS[i][1];
    if (slice_equal(slice_of(field), SLICE("kind")))
        return layer->id == LAYER_STALLS ? "stall" : "kind";
    return NULL;
}

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

static void items_table(const struct call *c, struct buf *out, const struct snapshot_layer *l,
                        const struct result *page)
{
    html_table_open(out, l->layer->title_vi);
    buf_text(out, "<thead><tr>");
    for (int i = 0; i < l->layer->field_count; i++)
        buf_format(out, "<th scope=\"col\">%s</th>", l->layer->fields[i].title_vi);
    buf_text(out, "</tr></thead><tbody>");
    for (uint32_t n = 0; n < page->returned; n++) {
        uint32_t row = page->rows[n];
        buf_text(out, "<tr><td>");
        html_link(out, slice_of(item_url(c, l, row, "html")), snapshot_text(&l->columns[0], row));
        buf_text(out, "</td>");
        for (int i = 1; i < l->layer->field_count; i++) {
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
    struct selection s;
    struct result page = {0};
    if (!select_rows(c, &s, f) || !asked_crs(c, &page.crs, f))
        return false;
    find_page(c, &s, &page);
    if (!filter_finish(s.filter, f))
        return false;
    content_crs(c, r);
    if (c->format == FORMAT_HTML)
        items_html(c, r, s.l, &page);
    else
        items_json(c, &r->body, s.l, &page);
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
    struct geojson_row item = {.l = l, .row = (uint32_t)row};
    if (!asked_crs(c, &item.crs, f))
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
