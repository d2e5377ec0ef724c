/* serve_record: one place as its office sees it. What is restricted stands behind a button of its own:
 * pressing it is written into the audit before anything is shown. */
#include "layers/text.h"
#include "mapd/say.h"
#include "mapd/staff.h"

#include <string.h>

/* --- sections --- */

static struct slice head_of(struct slice head, const char **set, struct arena *a)
{
    ptrdiff_t bar = slice_find(head, SLICE("|"));
    *set = bar < 0 ? NULL : arena_text(a, (struct slice){head.p + bar + 1, head.n - (size_t)bar - 1});
    return bar < 0 ? head : (struct slice){head.p, (size_t)bar};
}

static bool is_moment(struct slice text)
{
    return text.n == 20 && text.p[10] == 'T' && text.p[19] == 'Z';
}

static void value_html(const struct call *c, struct buf *out, struct slice value, const char *set)
{
    struct date day;
    if (set && strcmp(set, "code") == 0)
        html_link(out, slice_of(arena_format(c->arena, "/staff/food/%.*s", (int)value.n, value.p)), value);
    else if (set)
        html_text(out, say_word(set, value, false));
    else if (is_moment(value))
        html_text(out, slice_of(moment_text(c, value)));
    else if (date_parse_iso(value, &day))
        html_text(out, slice_of(day_text(c, value)));
    else
        html_text(out, value);
}

static void facts_html(const struct call *c, struct buf *out, const struct place_section *s)
{
    buf_text(out, "<dl>");
    for (int i = 0; i < s->columns; i++) {
        const char *set;
        struct slice head = head_of(s->heads[i], &set, c->arena);
        if (!s->cells[i].n)
            continue;
        buf_text(out, "<div><dt>");
        html_text(out, head);
        buf_text(out, "</dt><dd>");
        value_html(c, out, s->cells[i], set);
        buf_text(out, "</dd></div>");
    }
    buf_text(out, "</dl>");
}

static void rows_html(const struct call *c, struct buf *out, const struct place_section *s)
{
    html_table_open(out, s->title);
    buf_text(out, "<tr>");
    for (int i = 0; i < s->columns; i++) {
        const char *set;
        buf_text(out, "<th>");
        html_text(out, head_of(s->heads[i], &set, c->arena));
        buf_text(out, "</th>");
    }
    buf_text(out, "</tr>");
    for (int k = 0; k < s->rows * s->columns; k++) {
        const char *set;
        head_of(s->heads[k % s->columns], &set, c->arena);
        buf_text(out, k % s->columns ? "<td>" : "<tr><td>");
        value_html(c, out, s->cells[k], s->cells[k].n ? set : NULL);
        buf_text(out, (k + 1) % s->columns ? "</td>" : "</td></tr>");
    }
    html_table_close(out);
}

static void section_html(const struct call *c, struct buf *out, const struct place_section *s)
{
    buf_format(out, "<h2>%s</h2>", s->title);
    if (s->rows == 1)
        facts_html(c, out, s);
    else
        rows_html(c, out, s);
}

void food_sections_html(const struct call *c, struct buf *out, int64_t place_id)
{
    struct place_section *sections;
    int count = place_sections(c->serve->staff->store, c->arena, place_id, &sections);
    for (int i = 0; i < count; i++)
        if (sections[i].is_food)
            section_html(c, out, &sections[i]);
}

/* --- what is restricted --- */

static void private_html(const struct call *c, struct buf *out, const struct private_item *items, int count,
                         bool opened)
{
    buf_text(out, "<h2>Dữ liệu riêng</h2>");
    if (!count) {
        buf_text(out, "<p class=\"quiet\">Không có.</p>");
        return;
    }
    buf_text(out, "<dl>");
    for (int i = 0; i < count; i++) {
        buf_text(out, "<div><dt>");
        html_text(out, say_word("private", items[i].field, false));
        buf_text(out, " <span class=\"quiet\">(");
        html_text(out, say_word("owner", items[i].owner, false));
        buf_text(out, ")</span></dt><dd>");
        if (!c->serve->staff->store || !store_key(c->serve->staff->store))
            buf_text(out, "cần khoá");
        else if (items[i].is_open)
            html_text(out, items[i].text);
        else
            buf_text(out,
                     opened ? "không mở được bằng khoá này" : "<span aria-label=\"đang che\">••••••</span>");
        buf_text(out, "</dd></div>");
    }
    buf_text(out, "</dl>");
}

static void private_button(const struct call *c, struct buf *out, const char *code)
{
    if (!may(c, ROUTE_STAFF_PRIVATE) || !store_key(c->serve->staff->store))
        return;
    form_open(c, out, arena_format(c->arena, "/staff/c/%s/private", code));
    buf_text(out, "<p><button>Xem dữ liệu riêng</button> <span class=\"quiet\">việc xem được ghi lại: ai, "
                  "lúc nào, hồ sơ nào</span>"
                  "</p></form>");
}

/* --- the page --- */

bool staff_find_place(const struct call *c, char code[CODE_LENGTH + 1], int64_t *id, struct fault *f)
{
    if (code_canonical(c->value[PARAMETER_CODE].text, code)) {
        *id = place_by_code(c->serve->staff->store, slice_of(code));
        if (*id)
            return true;
    }
    return fault_set(f, FAULT_NOT_FOUND, NULL, "%s", "không có hồ sơ nào mang mã này");
}

static void links_html_of(const struct call *c, struct buf *out, const char *code)
{
    buf_text(out, "<p class=\"buttons\">");
    if (may(c, ROUTE_STAFF_EDIT))
        buf_format(out, "<a href=\"/staff/c/%s/edit\">Sửa hồ sơ, đặt lại vị trí</a>", code);
    if (may(c, ROUTE_EVIDENCE))
        buf_format(out, "<a href=\"/staff/evidence/%s\">Minh chứng</a>", code);
    if (may(c, ROUTE_FOOD_PLACE))
        buf_format(out, "<a href=\"/staff/food/%s\">An toàn thực phẩm</a>", code);
    buf_format(out,
               "<a href=\"/?staff=1&amp;id=%s\">Xem trên bản đồ</a><a href=\"/c/%s\">Trang tra cứu công "
               "khai</a></p>",
               code, code);
}

static bool record_page(const struct call *c, struct reply *r, bool opens, struct fault *f)
{
    char code[CODE_LENGTH + 1];
    int64_t id;
    struct store *s = c->serve->staff->store;
    struct place_section *sections;
    struct private_item *items;
    struct place_known known;
    if (!staff_find_place(c, code, &id, f))
        return false;
    struct buf *out = &r->body;
    int count = place_sections(s, c->arena, id, &sections);
    int restricted = place_private(s, c->arena, id, opens, &items);
    bool named = place_read(s, c->arena, id, &known) && known.place.name.n;
    staff_page_open(c, r, named ? arena_text(c->arena, known.place.name) : code);
    links_html_of(c, out, code);
    for (int i = 0; i < count; i++) {
        section_html(c, out, &sections[i]);
        if (i == 0) {
            private_html(c, out, items, restricted, opens);
            if (!opens && restricted)
                private_button(c, out, code);
        }
    }
    photos_html(c, out, code);
    labels_html(c, out, code);
    edits_html(c, out, code);
    staff_page_close(c, r);
    return true;
}

bool staff_record(const struct call *c, struct reply *r, struct fault *f)
{
    return record_page(c, r, false, f);
}

/* Which fields are about to be read; never a value. */
static const char *fields_json(const struct call *c, int64_t id)
{
    struct private_item *items;
    struct buf json = {0};
    int count = place_private(c->serve->staff->store, c->arena, id, false, &items);
    buf_text(&json, "{\"fields\":[");
    for (int i = 0; i < count; i++) {
        buf_text(&json, i ? ",\"" : "\"");
        buf_slice(&json, items[i].owner);
        buf_char(&json, '.');
        buf_slice(&json, items[i].field);
        buf_char(&json, '"');
    }
    buf_text(&json, "]}");
    const char *text = arena_text(c->arena, buf_to_slice(&json));
    buf_release(&json);
    return text;
}

bool staff_private(const struct call *c, struct reply *r, struct fault *f)
{
    char code[CODE_LENGTH + 1];
    int64_t id;
    struct store *s = c->serve->staff->store;
    if (!staff_find_place(c, code, &id, f))
        return false;
    if (!store_key(s))
        return record_page(c, r, false, f);
    struct audit_entry entry = {.who = who_of(c),
                                .action = "private.read",
                                .subject = slice_of(arena_format(c->arena, "place %s", code)),
                                .detail = slice_of(fields_json(c, id))};
    if (store_begin(s, f) && audit_append(s, &entry, f) && store_commit_quietly(s, f))
        return record_page(c, r, true, f);
    store_rollback(s);
    return false;
}

/* The search of the first page: a code or the office's own number, typed into a form and never into an
 * address. */
bool staff_find(const struct call *c, struct reply *r, struct fault *f)
{
    char code[CODE_LENGTH + 1];
    struct slice typed = slice_trim(form_get(&c->form, "what"));
    struct store *s = c->serve->staff->store;
    struct place_known known;
    int64_t id = code_canonical(typed, code) ? place_by_code(s, slice_of(code)) : 0;
    struct buf ref = {0}; /* the office's own numbers stand in upper case */
    text_upper(typed, &ref);
    if (!id)
        id = place_by_ref(s, buf_to_slice(&ref));
    buf_release(&ref);
    if (!id || !place_read(s, c->arena, id, &known))
        return fault_set(f, FAULT_NOT_FOUND, NULL, "%s",
                         "không có hồ sơ nào mang mã tra cứu hay mã điểm này");
    reply_redirect(r, 303, arena_format(c->arena, "/staff/c/%s", known.place.code));
    return true;
}
