/* serve_change: what differs between two days in one collection, as JSON, as a page and as CSV. Both days are
 * read copies of the public views (past.h), so nothing else can come out. */
#include "mapd/html.h"
#include "mapd/json_write.h"
#include "mapd/past.h"
#include "mapd/say.h"
#include "mapd/serve.h"

enum { LINES_MOST = 500 };

struct change_list {
    const struct snapshot *from, *to;
    const struct snapshot_layer *before, *after;
    struct difference *items;
    uint32_t count, of_kind[3];
    const char *from_day, *to_day;
    bool by_knowledge;
};

static bool take_day(const struct call *c, bool by_knowledge, const char *day, const struct snapshot **out,
                     struct fault *f)
{
    struct past_query q = {.revision = snapshot_revision(c->snapshot),
                           .as_of = by_knowledge ? NULL : day,
                           .known_at = by_knowledge ? day : NULL};
    *out = past_get(c->serve->past, &q, f);
    return *out != NULL;
}

static bool read_list(const struct call *c, struct change_list *d, struct fault *f)
{
    const struct value *from = &c->value[PARAMETER_FROM], *to = &c->value[PARAMETER_TO];
    enum layer_id layer = c->value[PARAMETER_COLLECTION].layer->id;
    struct date last = to->given ? to->from : snapshot_date(c->snapshot);
    d->by_knowledge = c->value[PARAMETER_BY].integer == 1;
    d->from_day = arena_text(c->arena, from->text);
    d->to_day = to->given ? arena_text(c->arena, to->text) : local_day(c);
    if (date_to_days(from->from) > date_to_days(last))
        return fault_set(f, FAULT_BAD_PARAMETER, "from", "%s đứng sau %s", d->from_day, d->to_day);
    if (!take_day(c, d->by_knowledge, d->from_day, &d->from, f) ||
        !take_day(c, d->by_knowledge, d->to_day, &d->to, f))
        return false;
    d->before = snapshot_get(d->from, layer);
    d->after = snapshot_get(d->to, layer);
    d->count = snapshot_difference(d->before, d->after, c->arena, &d->items);
    for (uint32_t i = 0; i < d->count; i++)
        d->of_kind[d->items[i].kind]++;
    return true;
}

static void release_list(struct change_list *d)
{
    snapshot_release(d->from);
    snapshot_release(d->to);
}

/* --- JSON --- */

static void value_json(struct json *j, const char *key, const struct snapshot_layer *l, int field,
                       uint32_t row)
{
    struct buf text = {0};
    json_key(j, key);
    if (field == l->layer->field_count)
        geojson_geometry(&text, l, row);
    else
        difference_value(&text, l, field, row);
    if (!text.n)
        json_null(j);
    else if (field == l->layer->field_count)
        json_raw(j, buf_to_slice(&text));
    else
        json_text(j, buf_to_slice(&text));
    buf_release(&text);
}

static void item_json(struct json *j, const struct change_list *d, const struct difference *item)
{
    const struct layer *layer = d->after->layer;
    json_open(j, '{');
    json_field(j, "change", difference_kind_name(item->kind));
    json_field_slice(j, "id", difference_id(d->before, d->after, item));
    if (item->kind == DIFFERENCE_CHANGED) {
        json_key(j, "fields");
        json_open(j, '{');
        for (int i = 0; i <= layer->field_count; i++) {
            if (!(item->fields >> i & 1))
                continue;
            json_key(j, i < layer->field_count ? layer->fields[i].name : "geometry");
            json_open(j, '{');
            value_json(j, "before", d->before, i, item->before);
            value_json(j, "after", d->after, i, item->after);
            json_close(j, '}');
        }
        json_close(j, '}');
    }
    json_close(j, '}');
}

static void list_json(const struct change_list *d, struct buf *out)
{
    struct json j = {.out = out};
    json_open(&j, '{');
    json_field(&j, "collection", d->after->layer->name);
    json_field(&j, "from", d->from_day);
    json_field(&j, "to", d->to_day);
    json_field(&j, "by", d->by_knowledge ? "knowledge" : "validity");
    for (int kind = 0; kind < 3; kind++)
        json_field_int(&j, difference_kind_name((enum difference_kind)kind), d->of_kind[kind]);
    json_key(&j, "changes");
    json_open(&j, '[');
    for (uint32_t i = 0; i < d->count; i++)
        item_json(&j, d, &d->items[i]);
    json_close(&j, ']');
    json_close(&j, '}');
}

/* --- the page --- */

static void day_input(struct buf *out, const char *name, enum say_id label, const char *day)
{
    buf_format(out, "<label>%s <input type=\"date\" name=\"%s\" required value=\"%s\"></label> ",
               say(label, false), name, day);
}

static void form_html(const struct call *c, const struct change_list *d, struct buf *out)
{
    buf_format(out, "<form class=\"days\" action=\"%s\">",
               collection_url(c, c->value[PARAMETER_COLLECTION].layer, "/changes"));
    buf_text(out, "<input type=\"hidden\" name=\"f\" value=\"html\">");
    day_input(out, "from", SAY_CHANGES_FROM, d->from_day);
    day_input(out, "to", SAY_CHANGES_TO, d->to_day);
    buf_format(out, "<label>%s <select name=\"by\"><option value=\"validity\">%s</option>",
               say(SAY_CHANGES_BY, false), say(SAY_CHANGES_VALIDITY, false));
    buf_format(out, "<option value=\"knowledge\"%s>%s</option></select></label> ",
               d->by_knowledge ? " selected" : "", say(SAY_CHANGES_KNOWLEDGE, false));
    buf_format(out, "<button>%s</button></form>", say(SAY_CHANGES_SHOW, false));
}

/* A value as people read it: the word of a word set, a day as days are written here. */
static void value_html(const struct call *c, struct buf *out, const struct snapshot_layer *l, int field,
                       uint32_t row)
{
    struct buf text = {0};
    const struct field *of = field < l->layer->field_count ? &l->layer->fields[field] : NULL;
    const char *set = of ? word_set(l->layer, of->name) : NULL;
    difference_value(&text, l, field, row);
    struct slice value = buf_to_slice(&text);
    if (of && of->type == FIELD_BOOL && value.n)
        buf_text(out, value.p[0] == 't' ? "có" : "không");
    else if (of && of->type == FIELD_DATE && value.n)
        buf_text(out, day_text(c, value));
    else
        html_text(out, set && value.n ? say_word(set, value, false) : value);
    buf_release(&text);
}

static void line_html(const struct call *c, struct buf *out, const struct change_list *d,
                      const struct difference *item, int field)
{
    static const enum say_id KINDS[] = {SAY_CHANGE_ADDED, SAY_CHANGE_REMOVED, SAY_CHANGE_CHANGED};
    const struct layer *layer = d->after->layer;
    struct slice id = difference_id(d->before, d->after, item);
    int name = layer_field(layer, SLICE("name"));
    bool is_gone = item->kind == DIFFERENCE_REMOVED;
    const struct snapshot_layer *l = is_gone ? d->before : d->after;
    uint32_t row = is_gone ? item->before : item->after;
    buf_format(out, "<tr><td>%s</td><td>", say(KINDS[item->kind], false));
    if (is_gone)
        html_text(out, id);
    else
        html_link(out,
                  slice_of(arena_format(c->arena, "%s/%.*s?f=html", collection_url(c, layer, "/items"),
                                        (int)id.n, id.p)),
                  id);
    buf_text(out, "</td><td>");
    if (name >= 0) {
        html_text(out, snapshot_text(&l->columns[name], row));
        buf_text(out, "</td><td>");
    }
    if (field >= 0) {
        buf_text(out, field < layer->field_count ? layer->fields[field].title_vi : say(SAY_POSITION, false));
        buf_text(out, "</td><td>");
        value_html(c, out, d->before, field, item->before);
        buf_text(out, "</td><td>");
        value_html(c, out, d->after, field, item->after);
    } else {
        buf_text(out, "</td><td></td><td>");
    }
    buf_text(out, "</td></tr>");
}

static uint32_t lines_html(const struct call *c, struct buf *out, const struct change_list *d)
{
    uint32_t lines = 0;
    for (uint32_t i = 0; i < d->count && lines < LINES_MOST; i++) {
        const struct difference *item = &d->items[i];
        if (item->kind != DIFFERENCE_CHANGED) {
            line_html(c, out, d, item, -1);
            lines++;
            continue;
        }
        for (int k = 0; k <= d->after->layer->field_count && lines < LINES_MOST; k++)
            if (item->fields >> k & 1) {
                line_html(c, out, d, item, k);
                lines++;
            }
    }
    return lines;
}

static void table_html(const struct call *c, struct buf *out, const struct change_list *d, const char *title)
{
    const struct layer *layer = d->after->layer;
    int name = layer_field(layer, SLICE("name"));
    const char *heads[] = {say(SAY_CHANGE_WHAT, false),
                           layer->fields[0].title_vi,
                           name < 0 ? NULL : layer->fields[name].title_vi,
                           say(SAY_CHANGE_FIELD, false),
                           say(SAY_CHANGE_BEFORE, false),
                           say(SAY_CHANGE_AFTER, false)};
    html_table_open(out, title);
    buf_text(out, "<thead><tr>");
    for (size_t i = 0; i < COUNT_OF(heads); i++)
        if (heads[i])
            buf_format(out, "<th scope=\"col\">%s</th>", heads[i]);
    buf_text(out, "</tr></thead><tbody>");
    uint32_t lines = lines_html(c, out, d);
    buf_text(out, "</tbody>");
    html_table_close(out);
    if (lines == LINES_MOST)
        buf_format(out, "<p>%s</p>", arena_format(c->arena, say(SAY_CHANGES_MOST, false), LINES_MOST));
}

static void list_html(const struct call *c, struct reply *r, const struct change_list *d)
{
    const struct layer *layer = c->value[PARAMETER_COLLECTION].layer;
    const char *title = arena_format(c->arena, "%s: %s", layer->title_vi, say(SAY_CHANGES, false));
    page_begin(c, r, title);
    form_html(c, d, &r->body);
    if (d->after) {
        const char *query = arena_format(c->arena, "?from=%s&amp;to=%s&amp;by=%s", d->from_day, d->to_day,
                                         d->by_knowledge ? "knowledge" : "validity");
        buf_format(&r->body, "<p>%s</p>",
                   d->count ? arena_format(c->arena, say(SAY_CHANGES_COUNT, false), d->of_kind[0],
                                           d->of_kind[1], d->of_kind[2])
                            : say(SAY_CHANGES_NONE, false));
        if (d->count)
            table_html(c, &r->body, d, title);
        buf_format(&r->body, "<nav><a href=\"%s%s\">CSV</a> <a href=\"%s%s&amp;f=json\">JSON</a></nav>",
                   collection_url(c, layer, "/changes.csv"), query, collection_url(c, layer, "/changes"),
                   query);
    }
    page_end(c, r);
}

/* --- the way --- */

/* A month back until today, for a form that nobody has filled in yet. */
static void offer_month(const struct call *c, struct change_list *d)
{
    char day[11];
    date_format_iso(date_of_days(date_to_days(snapshot_date(c->snapshot)) - 30), day);
    d->from_day = arena_text(c->arena, slice_of(day));
    d->to_day = local_day(c);
}

static void write_list(const struct call *c, struct reply *r, const struct change_list *d)
{
    if (c->format == FORMAT_HTML) {
        list_html(c, r, d);
    } else if (c->format == FORMAT_CSV) {
        if (c->value[PARAMETER_BOM].given && !c->value[PARAMETER_BOM].integer)
            buf_text(&r->body, "\xEF\xBB\xBF");
        difference_csv(&r->body, d->before, d->after, d->items, d->count);
        reply_header(r, "Content-Disposition",
                     arena_format(c->arena, "attachment; filename=\"%s-%s-%s.csv\"", d->after->layer->name,
                                  d->from_day, d->to_day));
    } else {
        list_json(d, &r->body);
    }
}

bool serve_changes(const struct call *c, struct reply *r, struct fault *f)
{
    struct change_list d = {0};
    bool is_asked = c->value[PARAMETER_FROM].given;
    if (!is_asked && c->format != FORMAT_HTML)
        return fault_set(f, FAULT_BAD_PARAMETER, "from", "%s", "thiếu ngày đầu");
    if (!is_asked)
        offer_month(c, &d);
    bool ok = !is_asked || read_list(c, &d, f);
    if (ok)
        write_list(c, r, &d);
    release_list(&d);
    return ok;
}
