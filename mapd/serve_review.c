/* serve_review: one question about where a row stands: the address as it was understood, the candidates, the
 * pin. A decision goes to import/learn.c, which remembers it and places again what it touches. The map beside
 * it and the keys are web/app/review.js; every step is a form or a link without them. */
#include "mapd/review.h"

#include "import/import.h"
#include "import/learn.h"
#include "layers/json.h"
#include "mapd/say.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NEIGHBOURS = 500 };

static struct store *store_of(const struct call *c)
{
    return c->serve->staff->store;
}

/* --- candidates --- */

static struct slice text_of(const struct json *v, const char *key, struct arena *a)
{
    const char *text = json_to_text(json_get(v, key));
    return arena_slice(a, slice_of(text));
}

/* What a kind of position is worth where the geocoder did not say. */
static double usual_accuracy(struct slice position)
{
    static const struct {
        const char *position;
        double metres;
    } USUAL[] = {{"house_number", 20}, {"interpolated", 100}, {"street", 300}, {"residential_group", 500}};
    for (size_t i = 0; i < COUNT_OF(USUAL); i++)
        if (slice_equal(position, slice_of(USUAL[i].position)))
            return USUAL[i].metres;
    return 1000;
}

static bool read_candidate(const struct json *v, struct arena *a, struct candidate *out)
{
    *out = (struct candidate){0};
    if (json_sort_of(v) == JSON_TEXT) {
        out->is_place = true;
        out->code = arena_slice(a, slice_of(json_to_text(v)));
        return true;
    }
    out->street = text_of(v, "street", a);
    out->position = text_of(v, "position", a);
    out->why = text_of(v, "why", a);
    bool scored = json_to_real(json_get(v, "score"), &out->score);
    (void)scored;
    bool measured = json_to_real(json_get(v, "accuracy_m"), &out->accuracy_m) && out->accuracy_m >= 1;
    out->accuracy_m = measured ? out->accuracy_m : usual_accuracy(out->position);
    return json_to_real(json_get(v, "lon"), &out->at.lon) && json_to_real(json_get(v, "lat"), &out->at.lat);
}

int candidates_read(struct slice json, struct arena *a, struct candidate out[CANDIDATES_MOST])
{
    struct json *root = NULL;
    struct fault ignored = {0};
    int count = 0;
    if (!json.n || !json_parse(&root, json, "candidates", &ignored))
        return 0;
    for (size_t i = 0; i < json_size(root) && count < CANDIDATES_MOST; i++)
        count += read_candidate(json_at(root, i), a, &out[count]);
    json_free(root);
    return count;
}

const char *review_url(const struct call *c, int64_t id)
{
    return arena_format(c->arena, "/staff/review/%lld", (long long)id);
}

static void place_html(const struct call *c, struct buf *out, const struct candidate *k)
{
    buf_text(out, "<li>Điểm đã có trong sổ: ");
    html_link(out, slice_of(arena_format(c->arena, "/staff/c/%.*s", (int)k->code.n, k->code.p)), k->code);
    buf_text(out, "</li>");
}

static void position_html(const struct call *c, struct buf *out, const struct review_item *item,
                          const struct candidate *k, int number)
{
    static const double FULL = 100;
    buf_format(out, "<li data-lon=\"%.7f\" data-lat=\"%.7f\" data-accuracy=\"%.0f\">", k->at.lon, k->at.lat,
               k->accuracy_m);
    if (item->place_id && !item->closed_at.n && may(c, ROUTE_STAFF_DECIDE)) {
        form_open(c, out, review_url(c, item->id));
        buf_format(out,
                   "<input type=\"hidden\" name=\"decision\" value=\"accept\"><input type=\"hidden\" "
                   "name=\"candidate\" "
                   "value=\"%d\"><button><kbd>%d</kbd> Chọn vị trí này</button></form>",
                   number - 1, number);
    }
    buf_text(out, "<b>");
    html_text(out, k->street.n ? k->street : SLICE("(không rõ đường)"));
    buf_text(out, "</b><br>");
    html_text(out, say_word("position", k->position, false));
    buf_format(out, ", sai số %.0f m", k->accuracy_m);
    if (k->score < FULL)
        buf_format(out, ", bị trừ %.0f điểm", FULL - k->score);
    if (k->why.n) {
        buf_text(out, "<br><span class=\"quiet\">");
        html_text(out, k->why);
        buf_text(out, "</span>");
    }
    buf_format(out, " <a href=\"/#18/%.5f/%.5f\">%.6f, %.6f</a></li>", k->at.lat, k->at.lon, k->at.lat,
               k->at.lon);
}

static void candidates_html(const struct call *c, struct buf *out, const struct review_item *item)
{
    struct candidate *all = ARENA_ARRAY(c->arena, struct candidate, CANDIDATES_MOST);
    int count = candidates_read(item->candidates, c->arena, all);
    if (!count) {
        buf_text(out, "<p class=\"quiet\">Chương trình không có gợi ý nào cho dòng này.</p>");
        return;
    }
    buf_text(out, "<ol class=\"candidates\">");
    for (int i = 0; i < count; i++)
        if (all[i].is_place)
            place_html(c, out, &all[i]);
        else
            position_html(c, out, item, &all[i], i + 1);
    buf_text(out, "</ol>");
}

/* --- the address as it was understood --- */

struct address_part {
    const char *kind, *title;
};

static const struct address_part PARTS[] = {{"number", "số nhà"}, {"alley", "kiệt, hẻm"}, {"street", "đường"},
                                            {"group", "tổ"},      {"ward", "phường"},     {"note", "ghi chú"},
                                            {"ignored", "bỏ qua"}};

static int part_of(const char *kind)
{
    for (size_t i = 0; i < COUNT_OF(PARTS); i++)
        if (strcmp(PARTS[i].kind, kind) == 0)
            return (int)i;
    return -1;
}

static int by_start(const void *a, const void *b)
{
    const struct geocode_span *m = a, *n = b;
    return (m->start > n->start) - (m->start < n->start);
}

static void spans_html(struct buf *out, struct geocode_result *r, bool seen[COUNT_OF(PARTS)])
{
    uint32_t at = 0;
    qsort(r->spans, (size_t)r->span_count, sizeof *r->spans, by_start);
    for (int i = 0; i < r->span_count; i++) {
        const struct geocode_span *s = &r->spans[i];
        int part = part_of(s->kind);
        if (part < 0 || s->start < at || s->end <= s->start || s->end > r->normalised.n)
            continue;
        html_text(out, (struct slice){r->normalised.p + at, s->start - at});
        buf_format(out, "<mark class=\"p-%s\">", s->kind);
        html_text(out, (struct slice){r->normalised.p + s->start, s->end - s->start});
        buf_text(out, "</mark>");
        at = s->end;
        seen[part] = true;
    }
    html_text(out, (struct slice){r->normalised.p + at, r->normalised.n - at});
}

/* Read again with what is known now; the question was asked with what was known then. */
static void address_html(const struct call *c, struct buf *out, const struct review_item *item)
{
    struct geocoder *g;
    struct fault ignored = {0};
    struct geocode_query q = {.address = item->address};
    struct geocode_result r = {0};
    bool seen[COUNT_OF(PARTS)] = {false};
    if (!item->address.n || !geocoder_open(&g, store_of(c), &ignored))
        return;
    geocode(g, &q, c->arena, &r);
    geocoder_close(g);
    buf_text(out, "<p class=\"parts\">");
    spans_html(out, &r, seen);
    buf_text(out, "</p><p class=\"quiet parts\">");
    for (size_t i = 0; i < COUNT_OF(PARTS); i++)
        if (seen[i])
            buf_format(out, "<mark class=\"p-%s\">%s</mark> ", PARTS[i].kind, PARTS[i].title);
    buf_text(out, "</p><p><b>Vì sao:</b> ");
    html_text(out, r.why);
    buf_text(out, "</p>");
}

/* --- from one question to the next --- */

static int64_t neighbour(const struct call *c, int64_t id)
{
    struct review_item *others;
    struct review_query q = {.like = id, .limit = NEIGHBOURS};
    int count = review_list(store_of(c), c->arena, &q, &others);
    int64_t first = 0;
    for (int i = 0; i < count; i++) {
        if (others[i].id > id)
            return others[i].id;
        if (others[i].id != id && !first)
            first = others[i].id;
    }
    return first;
}

/* The first question of the kind that stands behind this one's in the queue. */
static int64_t next_kind(const struct call *c, const struct review_item *item)
{
    struct review_group *groups;
    int count = review_groups(store_of(c), c->arena, &groups);
    struct slice kind = item->fault_group.n ? item->fault_group : item->reason;
    for (int i = 0; i < count; i++) {
        const struct review_group *g = &groups[i];
        if (slice_equal(g->fault_group.n ? g->fault_group : g->reason, kind))
            return groups[(i + 1) % count].first_id == item->id ? 0 : groups[(i + 1) % count].first_id;
    }
    return count ? groups[0].first_id : 0;
}

static void step_html(const struct call *c, struct buf *out, int64_t id, const char *key, const char *text)
{
    if (id)
        buf_format(out, "<a data-key=\"%s\" href=\"%s\"><kbd>%s</kbd> %s</a>", key, review_url(c, id), key,
                   text);
}

void review_steps(const struct call *c, struct buf *out, const struct review_item *item)
{
    buf_text(out, "<nav aria-label=\"Câu hỏi khác\"><a href=\"/staff/review\">Cả hàng chờ</a>");
    step_html(c, out, neighbour(c, item->id), "n", "Dòng sau cùng loại");
    step_html(c, out, next_kind(c, item), "s", "Để sau, sang loại khác");
    buf_text(out, "</nav>");
}

const char *review_after(const struct call *c, int64_t id)
{
    struct review_item item;
    struct fault ignored = {0};
    int64_t next = neighbour(c, id);
    if (!next && review_read(store_of(c), c->arena, id, &item, &ignored))
        next = next_kind(c, &item);
    return next ? review_url(c, next) : "/staff/review";
}

/* --- one question --- */

static void fact(struct buf *out, const char *title, struct slice text)
{
    if (!text.n)
        return;
    buf_format(out, "<div><dt>%s</dt><dd>", title);
    html_text(out, text);
    buf_text(out, "</dd></div>");
}

static void facts_html(const struct call *c, struct buf *out, const struct review_item *item)
{
    buf_text(out, "<dl>");
    fact(out, "Vướng mắc", item->reason);
    fact(out, "Tên", item->name);
    fact(out, "Địa chỉ như đã ghi", item->address);
    if (item->place_id)
        fact(out, "Vị trí hiện nay", say_word("position", item->position, false));
    fact(out, "Từ tệp",
         slice_of(arena_format(c->arena, "%.*s, dòng %lld (lần nhập %lld)", (int)item->file_name.n,
                               item->file_name.p, (long long)item->row, (long long)item->batch_id)));
    if (item->code.n) {
        buf_text(out, "<div><dt>Hồ sơ</dt><dd>");
        html_link(out, slice_of(arena_format(c->arena, "/staff/c/%.*s", (int)item->code.n, item->code.p)),
                  item->code);
        buf_text(out, "</dd></div>");
    }
    buf_text(out, "</dl>");
}

/* Shown by the page's script; it needs to know where the place stands now. */
static void map_html(const struct call *c, struct buf *out, const struct review_item *item)
{
    struct place_position now;
    buf_text(out, "<div id=\"map\" class=\"map\" tabindex=\"0\" role=\"application\" aria-label=\"Bản đồ các "
                  "gợi ý\" hidden");
    if (item->place_id && place_read_point(store_of(c), item->place_id, &now))
        buf_format(out, " data-lon=\"%.7f\" data-lat=\"%.7f\"", now.at.lon, now.at.lat);
    buf_text(out, "></div>");
}

static void pin_html(const struct call *c, struct buf *out, const struct review_item *item)
{
    buf_text(
        out,
        "<h2>Tự đặt vị trí</h2><p>Đã đến tận nơi hoặc biết chắc: bấm lên bản đồ rồi kéo ghim đỏ tới đúng "
        "cửa, hoặc gõ toạ độ. Chương trình nhớ cho lần sau.</p>");
    form_open(c, out, review_url(c, item->id));
    buf_text(out, "<input type=\"hidden\" name=\"decision\" value=\"pin\"><div class=\"inline\"><div>");
    form_input(out, "Vĩ độ", "lat", "text", "inputmode=\"decimal\" required placeholder=\"16,0678\"");
    buf_text(out, "</div><div>");
    form_input(out, "Kinh độ", "lon", "text", "inputmode=\"decimal\" required placeholder=\"108,2345\"");
    buf_text(out, "</div><button class=\"main\">Đặt ở đây</button></div></form>");
}

static void streets_html(const struct call *c, struct buf *out, const struct review_item *item)
{
    struct named *streets;
    struct candidate *all = ARENA_ARRAY(c->arena, struct candidate, CANDIDATES_MOST);
    int count = street_list(store_of(c), c->arena, &streets);
    struct slice first =
        candidates_read(item->candidates, c->arena, all) ? all[0].street : (struct slice){"", 0};
    buf_text(out,
             "<label for=\"f-street\">là tên khác của đường</label><select id=\"f-street\" name=\"street\" "
             "required><option value=\"\">– chọn –</option>");
    for (int i = 0; i < count; i++) {
        bool is_first = first.n && slice_equal(streets[i].name, first);
        buf_format(out, "<option value=\"%lld\"%s>", (long long)streets[i].id, is_first ? " selected" : "");
        html_text(out, streets[i].name);
        buf_text(out, "</option>");
    }
    buf_text(out, "</select>");
}

/* One decision for every row that writes the street's name as this one does. */
static void alias_html(const struct call *c, struct buf *out, const struct review_item *item)
{
    struct slice typed = learn_typed_name(store_of(c), c->arena, item->id);
    if (!typed.n)
        return;
    buf_text(out, "<h2 id=\"alias\">Một quyết định cho nhiều dòng</h2>");
    form_open(c, out, review_url(c, item->id));
    buf_text(out, "<input type=\"hidden\" name=\"decision\" value=\"alias\"><p>“<b>");
    html_text(out, typed);
    buf_text(out, "</b>”</p>");
    streets_html(c, out, item);
    buf_text(out, "<p><button class=\"main\">Đúng, xếp lại mọi dòng viết như vậy</button><br><span "
                  "class=\"quiet\">Chương "
                  "trình nhớ tên ấy; các dòng đang chờ có tên ấy được đặt vị trí lại. Rút lại được cả "
                  "loạt.</span></p></form>");
}

static void leave_html(const struct call *c, struct buf *out, const struct review_item *item)
{
    buf_text(out, "<h2>Không đổi gì</h2><p>");
    buf_text(out, item->place_id ? "Điểm vẫn ở trong sổ với vị trí như hiện nay; câu hỏi được đóng."
                                 : "Dòng này không được ghi vào sổ; câu hỏi được đóng. Nếu là một nơi khác, "
                                   "hãy ghi thêm mã điểm cho dòng đó "
                                   "trong tệp rồi nhập lại.");
    buf_text(out, "</p>");
    form_open(c, out, review_url(c, item->id));
    buf_text(out, "<input type=\"hidden\" name=\"decision\" value=\"leave\"><p><button>Để nguyên, đóng câu "
                  "hỏi</button></p></form>");
}

static void row_button(const struct call *c, struct buf *out, const struct review_item *item)
{
    if (!may(c, ROUTE_STAFF_REVIEW_ROW))
        return;
    form_open(c, out, arena_format(c->arena, "/staff/review/%lld/row", (long long)item->id));
    buf_text(out, "<p><button>Xem cả dòng như trong tệp</button> <span class=\"quiet\">có dữ liệu riêng; "
                  "việc xem được ghi lại</span>"
                  "</p></form>");
}

static void neighbours_html(const struct call *c, struct buf *out, const struct review_item *item)
{
    enum { SHOWN = 30 };
    struct review_item *others;
    struct review_query q = {.like = item->id, .limit = SHOWN};
    int count = review_list(store_of(c), c->arena, &q, &others);
    if (count < 2)
        return;
    buf_text(out, "<h2>Cùng loại vướng mắc</h2><ul>");
    for (int i = 0; i < count; i++) {
        if (others[i].id == item->id)
            continue;
        const struct slice name = others[i].address.n ? others[i].address : others[i].name;
        buf_text(out, "<li>");
        html_link(out, slice_of(review_url(c, others[i].id)),
                  name.n ? name : slice_of(arena_format(c->arena, "dòng %lld", (long long)others[i].row)));
        buf_text(out, "</li>");
    }
    buf_text(out, "</ul>");
}

static void where_html(const struct call *c, struct buf *out, const struct review_item *item)
{
    bool decides = !item->closed_at.n && may(c, ROUTE_STAFF_DECIDE);
    address_html(c, out, item);
    buf_text(out, "<div class=\"beside\"><div><h2>Gợi ý</h2>");
    candidates_html(c, out, item);
    if (decides)
        alias_html(c, out, item);
    if (decides && item->place_id)
        pin_html(c, out, item);
    if (decides)
        leave_html(c, out, item);
    buf_text(out, "</div>");
    map_html(c, out, item);
    buf_text(out, "</div>");
}

static bool is_duplicate(const struct review_item *item)
{
    return item->place_id && slice_equal(item->fault_group, SLICE("duplicate"));
}

static bool item_page(const struct call *c, struct reply *r, const struct review_item *item, struct slice raw)
{
    struct buf *out = &r->body;
    staff_map_page_open(c, r,
                        item->name.n ? arena_text(c->arena, item->name)
                                     : arena_format(c->arena, "Dòng %lld", (long long)item->row));
    review_last(c, out);
    review_steps(c, out, item);
    if (item->closed_at.n)
        note_html(out, "good", "Câu hỏi này đã được quyết định.");
    facts_html(c, out, item);
    if (raw.n) {
        buf_text(out, "<p class=\"note\">");
        html_text(out, raw);
        buf_text(out, "</p>");
    } else {
        row_button(c, out, item);
    }
    if (is_duplicate(item))
        duplicate_html(c, out, item);
    else
        where_html(c, out, item);
    neighbours_html(c, out, item);
    staff_page_close(c, r);
    return true;
}

static bool read_item(const struct call *c, struct review_item *item, struct fault *f)
{
    return review_read(store_of(c), c->arena, c->value[PARAMETER_REVIEW].integer, item, f);
}

bool staff_review(const struct call *c, struct reply *r, struct fault *f)
{
    struct review_item item;
    return read_item(c, &item, f) && item_page(c, r, &item, (struct slice){"", 0});
}

/* The row as typed is restricted: reading it is written down before it is shown. */
bool staff_review_row(const struct call *c, struct reply *r, struct fault *f)
{
    struct review_item item;
    struct buf raw = {0};
    struct store *s = store_of(c);
    if (!read_item(c, &item, f))
        return false;
    if (!store_key(s))
        return fault_set(f, FAULT_KEY_MISSING, NULL, "%s", "cần khoá");
    struct audit_entry entry = {.who = who_of(c),
                                .action = "private.read",
                                .subject =
                                    slice_of(arena_format(c->arena, "batch %lld row %lld",
                                                          (long long)item.batch_id, (long long)item.row)),
                                .detail = SLICE("{\"fields\":[\"row\"]}")};
    bool good = store_begin(s, f) && audit_append(s, &entry, f) && store_commit_quietly(s, f);
    if (!good) {
        store_rollback(s);
        return false;
    }
    bool there = review_row(s, &item, &raw);
    struct slice text = there ? arena_slice(c->arena, buf_to_slice(&raw)) : SLICE("(dòng gốc không mở được)");
    for (size_t i = 0; there && i < text.n; i++)
        if (text.p[i] == '\t')
            ((char *)(uintptr_t)text.p)[i] = '|';
    buf_release(&raw);
    return item_page(c, r, &item, text);
}

/* --- deciding --- */

/* "16,0678" or "16.0678" */
static bool read_degrees(struct slice typed, double least, double most, double *out)
{
    char text[24];
    typed = slice_trim(typed);
    if (!typed.n || typed.n >= sizeof text)
        return false;
    for (size_t i = 0; i < typed.n; i++)
        text[i] = typed.p[i] == ',' ? '.' : typed.p[i];
    return slice_to_real((struct slice){text, typed.n}, out) && isfinite(*out) && *out >= least &&
           *out <= most;
}

static bool take_pin(const struct call *c, struct lonlat *at, struct fault *f)
{
    /* Viet Nam: a pair typed in the wrong order is not in it */
    return (read_degrees(form_get(&c->form, "lat"), 8, 24, &at->lat) &&
            read_degrees(form_get(&c->form, "lon"), 102, 110, &at->lon)) ||
           fault_set(f, FAULT_BAD_COORDINATE, NULL, "%s", "vĩ độ từ 8 đến 24, kinh độ từ 102 đến 110 (độ)");
}

static bool take_number(const struct call *c, const char *name, int64_t *number, struct fault *f)
{
    return (slice_to_int(form_get(&c->form, name), number) && *number >= 0 && *number < INT32_MAX) ||
           fault_set(f, FAULT_BAD_PARAMETER, NULL, "%s", "gợi ý này không có");
}

/* What was decided teaches the geocoder, and rows that it touches are placed again (import/learn.h). */
static bool learn(const struct call *c, const struct review_item *item, struct slice decision,
                  struct fault *f)
{
    struct learn_question q = {.review_id = item->id, .who = who_of(c)};
    struct review_decision leave = {.who = who_of(c), .decision = "leave"};
    struct lesson lesson;
    struct lonlat at;
    int64_t number;
    if (slice_equal(decision, SLICE("pin")))
        return take_pin(c, &at, f) && learn_point(store_of(c), &q, at, &lesson, f);
    if (slice_equal(decision, SLICE("accept")))
        return take_number(c, "candidate", &number, f) &&
               learn_candidate(store_of(c), &q, (int)number, &lesson, f);
    if (slice_equal(decision, SLICE("alias")))
        return take_number(c, "street", &number, f) && learn_alias(store_of(c), &q, number, &lesson, f);
    if (slice_equal(decision, SLICE("leave")))
        return review_decide(store_of(c), item->id, &leave, f);
    return fault_set(f, FAULT_BAD_PARAMETER, NULL, "%s", "quyết định này không có");
}

bool staff_decide(const struct call *c, struct reply *r, struct fault *f)
{
    struct review_item item;
    struct slice decision = form_get(&c->form, "decision");
    if (!read_item(c, &item, f))
        return false;
    if (slice_equal(decision, SLICE("merge")) || slice_equal(decision, SLICE("both")))
        return duplicate_decide(c, r, &item, f);
    bool is_many = slice_equal(decision, SLICE("alias"));
    const char *next = is_many ? "/staff/review" : review_after(c, item.id);
    if (!learn(c, &item, decision, f))
        return false;
    reply_redirect(r, 303, next);
    return true;
}
