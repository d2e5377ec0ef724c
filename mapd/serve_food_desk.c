/* serve_food_desk: what the office works through in food safety: the lists of layers/staff_lists.def as rows,
 * on the map and as a walk with a check-list for each place; results that wait on their way to the public;
 * warnings and authorities.
 *
 * Law: nothing sealed is opened for these pages (staff_layer_read_closed). */
#include "mapd/food.h"
#include "mapd/say.h"
#include "mapd/walk.h"

#include <string.h>

enum { ROWS_SHOWN = 500, STOPS_MOST = 60 };

static struct store *store_of(const struct call *c)
{
    return c->serve->staff->store;
}

/* --- rows of a list --- */

bool food_rows_open(const struct call *c, struct food_rows *out, struct fault *f)
{
    const struct staff_layer *layer = staff_layer_find(SLICE("food-safety"));
    *out = (struct food_rows){0};
    if (!staff_layer_read_closed(&out->snapshot, store_of(c), layer, f))
        return false;
    out->l = snapshot_get(out->snapshot, LAYER_FOOD_SAFETY);
    out->rows = ARENA_ARRAY(c->arena, uint32_t, out->l->count + 1);
    return true;
}

bool food_rows_choose(const struct call *c, struct food_rows *r, const struct staff_list *list,
                      struct fault *f)
{
    struct cql2_text what = {.text = slice_of(list->condition), .lang = CQL2_LANG_TEXT};
    struct filter *filter = filter_new(c->arena, r->l->layer);
    r->count = 0;
    if (!filter_add_cql2(filter, &what, f))
        return false;
    filter_bind(filter, r->l);
    for (uint32_t row = 0; row < r->l->count; row++)
        if (filter_test(filter, row))
            r->rows[r->count++] = row;
    return filter_finish(filter, f);
}

void food_rows_close(struct food_rows *r)
{
    snapshot_release(r->snapshot);
}

struct slice food_rows_text(const struct food_rows *r, uint32_t row, const char *field)
{
    int index = layer_field(r->l->layer, slice_of(field));
    return snapshot_text(&r->l->columns[index], row);
}

/* --- the table of a list --- */

static const struct {
    const char *field, *set;
} COLUMNS[] = {
    {"name", NULL},      {"address", NULL},  {"residential_group", NULL}, {"regime", "regime"},
    {"state", "food"},   {"expires_on", ""}, {"last_inspected_on", ""},   {"last_result", "result"},
    {"recheck_due", ""}, {"health_due", ""}, {"training_due", ""}};

static const char *title_of(const struct food_rows *r, const char *field)
{
    return r->l->layer->fields[layer_field(r->l->layer, slice_of(field))].title_vi;
}

static void cell_html(const struct call *c, struct buf *out, const struct food_rows *r, uint32_t row,
                      size_t k)
{
    struct slice value = food_rows_text(r, row, COLUMNS[k].field), code = food_rows_text(r, row, "code");
    const char *set = COLUMNS[k].set;
    buf_text(out, "<td>");
    if (k == 0)
        html_link(out, slice_of(arena_format(c->arena, "/staff/food/%.*s", (int)code.n, code.p)),
                  value.n ? value : code);
    else if (set && value.n)
        html_text(out, set[0] ? say_word(set, value, false) : slice_of(day_text(c, value)));
    else
        html_text(out, value);
    buf_text(out, "</td>");
}

static void list_html(const struct call *c, struct buf *out, const struct food_rows *r,
                      const struct staff_list *list)
{
    buf_format(out,
               "<h2>%s: %u</h2><p class=\"buttons\"><a href=\"/?staff=1&amp;office=food:%s\">Xem trên bản "
               "đồ</a><a href=\"/staff/food/plan?of=%s\">Lập lượt kiểm tra</a></p>"
               "<p class=\"quiet\">Thành tệp, có dữ liệu riêng: <code>mapd export ward.db food-safety "
               "%s.xlsx --staff --list %s --purpose \"…\"</code></p>",
               list->title, r->count, list->name, list->name, list->name, list->name);
    if (!r->count)
        return;
    html_table_open(out, list->title);
    buf_text(out, "<tr>");
    for (size_t k = 0; k < COUNT_OF(COLUMNS); k++)
        buf_format(out, "<th>%s</th>", title_of(r, COLUMNS[k].field));
    buf_text(out, "</tr>");
    for (uint32_t i = 0; i < r->count && i < ROWS_SHOWN; i++) {
        buf_text(out, "<tr>");
        for (size_t k = 0; k < COUNT_OF(COLUMNS); k++)
            cell_html(c, out, r, r->rows[i], k);
        buf_text(out, "</tr>");
    }
    html_table_close(out);
    if (r->count > ROWS_SHOWN)
        buf_format(out, "<p class=\"quiet\">%d dòng đầu; đủ cả ở tệp xuất.</p>", ROWS_SHOWN);
}

static bool counters_html(const struct call *c, struct buf *out, struct food_rows *r,
                          const struct staff_list *chosen, struct fault *f)
{
    buf_text(out, "<ul class=\"counters\">");
    for (int i = 0; i < staff_list_count(); i++) {
        const struct staff_list *list = staff_list_get(i);
        if (list->layer != LAYER_FOOD_SAFETY)
            continue;
        if (!food_rows_choose(c, r, list, f))
            return false;
        buf_format(out, "<li><a href=\"/staff/food?of=%s\"%s><b>%u</b><br>%s</a></li>", list->name,
                   list == chosen ? " aria-current=\"page\"" : "", r->count, list->title);
    }
    buf_text(out, "</ul>");
    return true;
}

/* --- the page --- */

static bool desk_page(const struct call *c, struct reply *r, const struct food_form *tried,
                      const char *problem, struct fault *f)
{
    struct buf *out = &r->body;
    struct food_rows rows;
    struct food_page page = {.tried = tried, .action = "/staff/food"};
    const struct value *of = &c->value[PARAMETER_OF];
    const struct staff_list *chosen = of->given ? staff_list_find(of->text) : NULL;
    if (of->given && !chosen)
        return fault_set(f, FAULT_NOT_FOUND, "of", "%s", "không có danh sách này");
    if (!food_rows_open(c, &rows, f))
        return false;
    staff_page_open(c, r, "An toàn thực phẩm");
    if (problem)
        note_html(out, "stop", problem);
    bool good = counters_html(c, out, &rows, chosen, f) && (!chosen || food_rows_choose(c, &rows, chosen, f));
    if (good && chosen)
        list_html(c, out, &rows, chosen);
    food_rows_close(&rows);
    food_office_html(c, out);
    if (may(c, ROUTE_FOOD_OFFICE))
        food_forms_html(c, out, FOOD_OFFICE_ENTER, &page);
    page.action = "/staff/food/publish";
    if (may(c, ROUTE_FOOD_OFFICE_PUBLISH))
        food_forms_html(c, out, FOOD_OFFICE_PUBLISH, &page);
    staff_page_close(c, r);
    return good;
}

bool staff_food(const struct call *c, struct reply *r, struct fault *f)
{
    return desk_page(c, r, NULL, NULL, f);
}

static bool take_at_office(const struct call *c, struct reply *r, enum food_desk desk, struct fault *f)
{
    const struct food_form *tried;
    struct fault wrong = {0};
    if (food_form_take(c, desk, 0, &tried, &wrong)) {
        reply_redirect(r, 303, "/staff/food");
        return true;
    }
    if (fault_http_status(wrong.code) != 400)
        return fault_set(f, wrong.code, wrong.place, "%s", wrong.text);
    r->status = 400;
    return desk_page(c, r, tried, staff_sentence(c, &wrong), f);
}

bool staff_food_office(const struct call *c, struct reply *r, struct fault *f)
{
    return take_at_office(c, r, FOOD_OFFICE_ENTER, f);
}

bool staff_food_office_publish(const struct call *c, struct reply *r, struct fault *f)
{
    return take_at_office(c, r, FOOD_OFFICE_PUBLISH, f);
}

/* --- a walk with a check-list for each place --- */

static void stop_html(const struct call *c, struct buf *out, const struct food_rows *r, uint32_t row,
                      const struct lonlat *before)
{
    static const char *const ASKED[] = {"Giấy chứng nhận, bản cam kết còn hạn, treo tại cơ sở",
                                        "Khám sức khoẻ, tập huấn của người chế biến",
                                        "Nước sạch, nền bếp, thùng rác, cống thoát",
                                        "Tủ lưu mẫu, sổ kiểm thực ba bước, nguồn gốc nguyên liệu",
                                        "Bảo quản sống chín riêng, che đậy, nhiệt độ tủ",
                                        "Xét nghiệm nhanh: hàn the, formol, khác"};
    struct slice code = food_rows_text(r, row, "code");
    buf_text(out, "<li class=\"sheet\"><b>");
    html_text(out, food_rows_text(r, row, "name"));
    buf_text(out, "</b>, ");
    html_text(out, food_rows_text(r, row, "address"));
    if (before && row < r->l->located)
        buf_format(out, " <span class=\"quiet\">cách chỗ trước %.0f m</span>",
                   walk_metres(*before, r->l->point[row]));
    buf_text(out, "<br>");
    html_text(out, say_word("food", food_rows_text(r, row, "state"), false));
    struct slice last = food_rows_text(r, row, "last_inspected_on");
    buf_format(out, "; kiểm tra gần nhất: %s", last.n ? day_text(c, last) : "chưa có");
    buf_text(out, "<ul>");
    for (size_t i = 0; i < COUNT_OF(ASKED); i++)
        buf_format(out, "<li>☐ đạt ☐ không: %s</li>", ASKED[i]);
    buf_format(out,
               "<li>Ghi thêm: ……………………………………………………</li><li>Đại diện cơ sở ký, đoàn kiểm tra "
               "ký: ……………………</li></ul><p class=\"buttons\"><a href=\"/staff/food/%.*s#inspection\">Ghi kết "
               "quả</a></p></li>",
               (int)code.n, code.p);
}

/* Places without a position come last: they are asked for on the way. */
static uint32_t order_stops(const struct call *c, struct food_rows *r)
{
    uint32_t count = r->count < STOPS_MOST ? r->count : STOPS_MOST, located = 0;
    struct lonlat *points = ARENA_ARRAY(c->arena, struct lonlat, count + 1);
    uint32_t *order = ARENA_ARRAY(c->arena, uint32_t, count + 1);
    uint32_t *stops = ARENA_ARRAY(c->arena, uint32_t, count + 1);
    while (located < count && r->rows[located] < r->l->located) {
        points[located] = r->l->point[r->rows[located]];
        located++;
    }
    walk_order(points, located, order);
    for (uint32_t i = 0; i < count; i++)
        stops[i] = r->rows[i < located ? order[i] : i];
    r->rows = stops;
    return count;
}

bool staff_food_plan(const struct call *c, struct reply *r, struct fault *f)
{
    struct buf *out = &r->body;
    struct food_rows rows;
    const struct staff_list *list = staff_list_find(c->value[PARAMETER_OF].text);
    if (!list || list->layer != LAYER_FOOD_SAFETY)
        return fault_set(f, FAULT_NOT_FOUND, "of", "%s", "không có danh sách này");
    if (!food_rows_open(c, &rows, f))
        return false;
    bool good = food_rows_choose(c, &rows, list, f);
    uint32_t all = rows.count, count = good ? order_stops(c, &rows) : 0;
    staff_page_open(c, r, arena_format(c->arena, "Lượt kiểm tra: %s", list->title));
    buf_format(
        out,
        "<p>%u cơ sở trong danh sách, %u chỗ trong lượt này, đi từ chỗ gần đến chỗ gần. In trang này (mỗi "
        "cơ sở một phiếu), kiểm tra xong bấm “Ghi kết quả”: lần kiểm tra vào hồ sơ, cơ sở ra khỏi danh "
        "sách và lượt sau gồm những cơ sở còn lại.</p><ol class=\"walk\">",
        all, count);
    for (uint32_t i = 0; i < count; i++)
        stop_html(c, out, &rows, rows.rows[i], i ? &rows.l->point[rows.rows[i - 1]] : NULL);
    buf_text(out, "</ol>");
    food_rows_close(&rows);
    staff_page_close(c, r);
    return good;
}
