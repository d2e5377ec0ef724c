/* serve_common: small things that several handlers say in the same words. */
#include "mapd/html.h"
#include "mapd/json_write.h"
#include "mapd/say.h"
#include "mapd/serve.h"

const char *local_day(const struct call *c)
{
    char day[11];
    date_format_iso(snapshot_date(c->snapshot), day);
    return arena_text(c->arena, slice_of(day));
}

/* States also move at midnight, so the local day is part of it. */
int64_t generation_of(const struct snapshot *s)
{
    return snapshot_revision(s) * 100000 + date_to_days(snapshot_date(s)) % 100000;
}

void content_crs(const struct call *c, struct reply *r)
{
    const char *uri = crs_uri((enum crs_id)c->value[PARAMETER_CRS].integer);
    reply_header(r, "Content-Crs", arena_format(c->arena, "<%s>", uri));
}

const char *collection_url(const struct call *c, const struct layer *l, const char *rest)
{
    return arena_format(c->arena, "%s/ogc/collections/%s%s", c->base, l->name, rest);
}

const char *query_again(const struct call *c)
{
    struct buf out = {0};
    for (int i = 0; i < c->query_count; i++) {
        struct slice name = c->query[i].name;
        if (slice_equal(name, SLICE("offset")) || slice_equal(name, SLICE("after")) ||
            slice_equal(name, SLICE("f")))
            continue;
        buf_char(&out, '&');
        html_url(&out, name);
        buf_char(&out, '=');
        html_url(&out, c->query[i].value);
    }
    const char *text = arena_text(c->arena, buf_to_slice(&out));
    buf_release(&out);
    return text;
}

const char *office_of(const struct call *c)
{
    bool en = is_english(c);
    const char *ward = c->serve->ward_name;
    return ward[0] ? arena_format(c->arena, "%s %s", say(SAY_THE_OFFICE, en), ward)
                   : say(SAY_THE_OFFICE_UNNAMED, en);
}

/* "2026-06-28" as people here write it: 28/06/2026. English keeps the ISO form. */
const char *day_text(const struct call *c, struct slice iso)
{
    if (iso.n < 10 || is_english(c))
        return arena_text(c->arena, (struct slice){iso.p, iso.n < 10 ? iso.n : 10});
    return arena_format(c->arena, "%.2s/%.2s/%.4s", iso.p + 8, iso.p + 5, iso.p);
}

bool is_english(const struct call *c)
{
    return c->value[PARAMETER_LANG].integer == 1;
}

const char *word_set(const struct layer *layer, const char *field)
{
    static const char *const SETS[][2] = {
        {"status", "status"},      {"food_safety", "food"},  {"state", "food"},   {"document", "document"},
        {"last_result", "result"}, {"position", "position"}, {"regime", "regime"}};
    for (size_t i = 0; i < COUNT_OF(SETS); i++)
        if (slice_equal(slice_of(field), slice_of(SETS[i][0])))
            return SETS[i][1];
    if (slice_equal(slice_of(field), SLICE("kind")))
        return layer->id == LAYER_STALLS ? "stall" : "kind";
    return NULL;
}

void page_begin(const struct call *c, struct reply *r, const char *title)
{
    struct page page = {.title = title,
                        .ward = c->serve->ward_name,
                        .sample = c->serve->is_sample,
                        .english = is_english(c),
                        .wide = true};
    html_page_open(&r->body, &page);
    buf_text(&r->body, "<h1>");
    html_text(&r->body, slice_of(title));
    buf_text(&r->body, "</h1>");
}

void page_end(const struct call *c, struct reply *r)
{
    bool en = is_english(c);
    const char *footer = arena_format(c->arena, "%s %s. %s %s.", say(SAY_SOURCE_OFFICE, en), office_of(c),
                                      say(SAY_DATA_OF_DAY, en), day_text(c, slice_of(local_day(c))));
    html_page_close(&r->body, slice_of(footer));
}

void links_json(struct json *j, const struct link *links, int count)
{
    json_key(j, "links");
    json_open(j, '[');
    for (int i = 0; i < count; i++) {
        json_open(j, '{');
        json_field(j, "rel", links[i].rel);
        json_field(j, "type", links[i].type);
        json_field(j, "href", links[i].href);
        if (links[i].title)
            json_field(j, "title", links[i].title);
        json_close(j, '}');
    }
    json_close(j, ']');
}

void links_html(struct buf *out, const struct link *links, int count)
{
    buf_text(out, "<ul>");
    for (int i = 0; i < count; i++) {
        buf_text(out, "<li>");
        html_link(out, slice_of(links[i].href), slice_of(links[i].title ? links[i].title : links[i].href));
        buf_text(out, " <span class=\"quiet\">");
        html_text(out, slice_of(links[i].rel));
        buf_text(out, " · ");
        html_text(out, slice_of(links[i].type));
        buf_text(out, "</span></li>");
    }
    buf_text(out, "</ul>");
}
