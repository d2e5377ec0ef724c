/* serve_duplicate: two records that may be one place, side by side, for a person to decide. Nothing of this
 * program ever decides it. */
#include "mapd/review.h"
#include "mapd/say.h"

#include <math.h>
#include <string.h>

static struct store *store_of(const struct call *c)
{
    return c->serve->staff->store;
}

/* --- side by side --- */

static struct slice value_of(const struct call *c, const struct place_pair *pair, struct slice value)
{
    const char *bar = strchr(pair->title, '|');
    if (bar && strcmp(bar, "|day") == 0)
        return slice_of(day_text(c, value));
    return bar && value.n ? say_word(bar + 1, value, false) : value;
}

static void value_html(const struct call *c, struct buf *out, const struct place_pair *pair,
                       struct slice value)
{
    buf_text(out, "<td>");
    html_text(out, value.n ? value_of(c, pair, value) : SLICE("–"));
    buf_text(out, "</td>");
}

static void pair_html(const struct call *c, struct buf *out, const struct place_pair *pair)
{
    static const char *const SAME[] = {"", "giống", "khác"};
    static const char *const CLASS[] = {"quiet", "good", "warn"};
    const char *bar = strchr(pair->title, '|');
    size_t n = bar ? (size_t)(bar - pair->title) : strlen(pair->title);
    buf_format(out, "<tr><th scope=\"row\">%.*s</th>", (int)n, pair->title);
    value_html(c, out, pair, pair->one);
    value_html(c, out, pair, pair->other);
    buf_format(out, "<td class=\"%s\">%s</td></tr>", CLASS[pair->same], SAME[pair->same]);
}

/* Good to a metre in a few kilometres. */
static double metres_between(struct lonlat a, struct lonlat b)
{
    static const double DEGREE_M = 111320, RADIANS = 0.017453292519943295;
    double x = (a.lon - b.lon) * cos(a.lat * RADIANS), y = a.lat - b.lat;
    return DEGREE_M * hypot(x, y);
}

static void distance_html(const struct call *c, struct buf *out, int64_t one, int64_t other)
{
    struct place_position a = {0}, b = {0};
    if (!place_read_point(store_of(c), one, &a) || !place_read_point(store_of(c), other, &b))
        return;
    buf_format(out, "<tr><th scope=\"row\">Cách nhau</th><td colspan=\"2\">%.0f m</td><td></td></tr>",
               metres_between(a.at, b.at));
}

static void compare_html(const struct call *c, struct buf *out, const struct review_item *item, int64_t other)
{
    struct place_pair *pairs;
    int count = place_compare(store_of(c), c->arena, other, item->place_id, &pairs);
    html_table_open(out, "Hai hồ sơ cạnh nhau");
    buf_text(
        out,
        "<tr><th></th><th scope=\"col\">Đã có trong sổ</th><th scope=\"col\">Dòng mới</th><th></th></tr>");
    for (int i = 0; i < count; i++)
        pair_html(c, out, &pairs[i]);
    distance_html(c, out, other, item->place_id);
    html_table_close(out);
    buf_text(out, "<p class=\"quiet\">Chủ hộ, điện thoại, mã số được so mà không mở ra.</p>");
}

/* --- the buttons --- */

struct choice {
    const char *takes, *button, *key, *what;
};

static void merge_button(const struct call *c, struct buf *out, const struct review_item *item,
                         const struct candidate *k, const struct choice *choice)
{
    form_open(c, out, review_url(c, item->id));
    buf_format(
        out,
        "<input type=\"hidden\" name=\"decision\" value=\"merge\"><input type=\"hidden\" name=\"into\" "
        "value=\"%.*s\"><input type=\"hidden\" name=\"takes\" value=\"%s\">",
        (int)k->code.n, k->code.p, choice->takes);
    buf_format(out,
               "<p><button class=\"main\" data-key=\"%s\"><kbd>%s</kbd> %s</button><br><span "
               "class=\"quiet\">%s</span></p></form>",
               choice->key, choice->key, choice->button, choice->what);
}

static void keep_both(const struct call *c, struct buf *out, const struct review_item *item)
{
    form_open(c, out, review_url(c, item->id));
    buf_text(out, "<input type=\"hidden\" name=\"decision\" value=\"both\"><p><button "
                  "data-key=\"k\"><kbd>k</kbd> Hai nơi khác "
                  "nhau, giữ cả hai</button><br><span class=\"quiet\">Câu hỏi được đóng; mỗi nơi giữ mã của "
                  "mình.</span></p></form>");
}

static void buttons_html(const struct call *c, struct buf *out, const struct review_item *item,
                         const struct candidate *k, bool is_only)
{
    static const struct choice CHOICES[] = {
        {"old", "Là một nơi; hồ sơ cũ đúng", "1", "Chỗ nào hồ sơ cũ còn trống thì lấy của dòng mới."},
        {"new", "Là một nơi; dòng mới đúng", "2",
         "Lấy số liệu của dòng mới; chỗ trống thì giữ của hồ sơ cũ."}};
    buf_text(out, "<div class=\"buttons\">");
    for (size_t i = 0; i < COUNT_OF(CHOICES); i++)
        merge_button(c, out, item, k, &CHOICES[i]);
    if (is_only)
        keep_both(c, out, item);
    buf_text(out, "</div>");
}

void duplicate_html(const struct call *c, struct buf *out, const struct review_item *item)
{
    struct candidate *all = ARENA_ARRAY(c->arena, struct candidate, CANDIDATES_MOST);
    int count = candidates_read(item->candidates, c->arena, all);
    bool decides = !item->closed_at.n && may(c, ROUTE_STAFF_DECIDE);
    for (int i = 0; i < count; i++) {
        int64_t other = all[i].is_place ? place_by_code(store_of(c), all[i].code) : 0;
        if (!other || other == item->place_id)
            continue;
        buf_format(out, "<h2>Có phải là một nơi với ");
        html_link(out, slice_of(arena_format(c->arena, "/staff/c/%.*s", (int)all[i].code.n, all[i].code.p)),
                  all[i].code);
        buf_text(out, "?</h2>");
        compare_html(c, out, item, other);
        if (decides)
            buttons_html(c, out, item, &all[i], count == 1);
    }
    if (decides && count != 1)
        keep_both(c, out, item);
    buf_text(
        out,
        "<p>Gộp thì mã của hồ sơ mới (đã in cũng vậy) dẫn về hồ sơ cũ mãi mãi; giấy tờ, lần kiểm tra, minh "
        "chứng được giữ đủ. Quyết định nào cũng rút lại được.</p>");
}

/* --- deciding --- */

static bool keep(const struct call *c, const struct review_item *item, struct fault *f)
{
    struct review_decision d = {.who = who_of(c), .decision = "both"};
    return review_decide(store_of(c), item->id, &d, f);
}

bool duplicate_decide(const struct call *c, struct reply *r, const struct review_item *item, struct fault *f)
{
    struct review_merge m = {.who = who_of(c),
                             .into = form_get(&c->form, "into"),
                             .takes_new = slice_equal(form_get(&c->form, "takes"), SLICE("new"))};
    bool merges = slice_equal(form_get(&c->form, "decision"), SLICE("merge"));
    const char *next = review_after(c, item->id);
    if (!(merges ? review_merge(store_of(c), item->id, &m, f) : keep(c, item, f)))
        return false;
    reply_redirect(r, 303, next);
    return true;
}
