/* serve_evidence: evidence at the desk: the queue of what waits or is disputed, one place with its items and
 * the form for another, one decision. Who may what stands in layers/evidence.c; a refusal is said in its
 * words. */
#include "mapd/say.h"
#include "mapd/staff.h"

#include <string.h>

enum { SHOWN = 200 };

static struct store *store_of(const struct call *c)
{
    return c->serve->staff->store;
}

/* --- one item --- */

static const char *const *next_states(struct slice state)
{
    static const char *const NONE[] = {NULL}, *const SUBMITTED[] = {"verified", "rejected", NULL},
                             *const DRAFT[] = {"submitted", NULL},
                             *const VERIFIED[] = {"disputed", "withdrawn", NULL},
                             *const DISPUTED[] = {"verified", "rejected", NULL};
    return slice_equal(state, SLICE("submitted"))  ? SUBMITTED
           : slice_equal(state, SLICE("draft"))    ? DRAFT
           : slice_equal(state, SLICE("verified")) ? VERIFIED
           : slice_equal(state, SLICE("disputed")) ? DISPUTED
                                                   : NONE;
}

static const char *step_word(struct slice from, const char *to)
{
    bool disputed = slice_equal(from, SLICE("disputed"));
    if (strcmp(to, "verified") == 0)
        return disputed ? "Giữ nguyên (bác khiếu nại)" : "Xác minh";
    if (strcmp(to, "rejected") == 0)
        return disputed ? "Bác minh chứng (khiếu nại đúng)" : "Bác";
    return strcmp(to, "disputed") == 0 ? "Khiếu nại" : strcmp(to, "withdrawn") == 0 ? "Rút" : "Nộp";
}

static void decision_html(const struct call *c, struct buf *out, const struct evidence_line *e)
{
    const char *const *to = next_states(e->state);
    if (!to[0] || !may(c, ROUTE_EVIDENCE_DECIDE))
        return;
    form_open(c, out, arena_format(c->arena, "/staff/evidence/%.*s/decide", (int)e->code.n, e->code.p));
    buf_format(out,
               "<input type=\"hidden\" name=\"id\" value=\"%lld\"><input name=\"reason\" maxlength=\"300\" "
               "aria-label=\"Lý do\" placeholder=\"Lý do\">",
               (long long)e->id);
    for (int i = 0; to[i]; i++)
        buf_format(out, "<button name=\"to\" value=\"%s\">%s</button> ", to[i], step_word(e->state, to[i]));
    buf_text(out, "</form>");
}

static void cell_html(struct buf *out, struct slice text)
{
    buf_text(out, "<td>");
    html_text(out, text);
    buf_text(out, "</td>");
}

/* What the camera said beside what the item says: a picture from elsewhere, of another day, or of another
 * place too is for the verifier to judge. */
static void picture_html(const struct call *c, struct buf *out, const struct evidence_line *e)
{
    enum { NEAR_M = 50 };
    if (!e->has_picture)
        return;
    if (may(c, ROUTE_EVIDENCE_PICTURE))
        buf_format(out, "<a href=\"/staff/evidence/%.*s/photos/%lld\">Ảnh</a>", (int)e->code.n, e->code.p,
                   (long long)e->id);
    if (e->taken_on.n)
        buf_format(out, " chụp %s", day_text(c, e->taken_on));
    if (e->distance_m >= 0)
        buf_format(out, e->distance_m > NEAR_M ? ", <b>cách điểm %lld m</b>" : ", cách điểm %lld m",
                   (long long)e->distance_m);
    buf_text(out, e->shares_picture ? "<br><b>Cùng ảnh với điểm khác</b><br>" : "<br>");
}

static void item_html(const struct call *c, struct buf *out, const struct evidence_line *e, bool with_place)
{
    buf_text(out, "<tr>");
    if (with_place) {
        buf_text(out, "<td>");
        html_link(out, slice_of(arena_format(c->arena, "/staff/evidence/%.*s", (int)e->code.n, e->code.p)),
                  e->name.n ? e->name : e->code);
        buf_text(out, "</td>");
    }
    cell_html(out, e->class);
    cell_html(out, e->method);
    cell_html(out, slice_of(day_text(c, e->happened_on)));
    cell_html(out, e->minutes);
    cell_html(out, slice_of(e->passed ? "đạt" : "không đạt"));
    buf_text(out, "<td>");
    html_text(out, say_word("evidence", e->state, false));
    if (e->decide_by.n) {
        buf_format(out, "<br><span class=\"%s\">hạn quyết định ", e->is_overdue ? "note stop" : "quiet");
        html_text(out, slice_of(day_text(c, e->decide_by)));
        buf_text(out, e->is_overdue ? ", quá hạn</span>" : "</span>");
    }
    buf_text(out, "</td>");
    cell_html(out, e->created_by);
    cell_html(out, e->verified_by);
    buf_text(out, "<td>");
    if (e->moved_at.n) {
        html_text(out, slice_of(moment_text(c, e->moved_at)));
        buf_text(out, " ");
        html_text(out, e->moved_by);
    }
    if (e->reason.n) {
        buf_text(out, "<br>");
        html_text(out, slice_equal(e->reason, SLICE("qr_tamper")) ? SLICE("mã bị dán đè") : e->reason);
    }
    buf_text(out, "</td><td>");
    picture_html(c, out, e);
    decision_html(c, out, e);
    buf_text(out, "</td></tr>");
}

static void items_html(const struct call *c, struct buf *out, const struct evidence_line *lines, int count,
                       bool with_place)
{
    html_table_open(out, "Minh chứng");
    buf_format(
        out,
        "<tr>%s<th>Loại</th><th>Phương thức</th><th>Ngày</th><th>Số biên bản</th><th>Kết quả</th><th>Trạng "
        "thái</th><th>Người đưa</th><th>Người xác minh</th><th>Lần chuyển gần nhất</th><th></th></tr>",
        with_place ? "<th>Điểm</th>" : "");
    for (int i = 0; i < count; i++)
        item_html(c, out, &lines[i], with_place);
    html_table_close(out);
}

/* --- the queue --- */

static bool queue_part(const struct call *c, struct buf *out, const char *title, struct slice state,
                       struct fault *f)
{
    struct evidence_query q = {.code = SLICE(""), .state = state, .limit = SHOWN};
    struct evidence_line *lines;
    int count = evidence_list(store_of(c), c->arena, &q, &lines, f);
    buf_format(out, "<h2>%s: %d%s</h2>", title, count, count == SHOWN ? " mục gần nhất" : "");
    if (count)
        items_html(c, out, lines, count, true);
    return f->code == FAULT_NONE;
}

bool staff_evidence_queue(const struct call *c, struct reply *r, struct fault *f)
{
    struct buf *out = &r->body;
    staff_page_open(c, r, "Minh chứng");
    buf_text(
        out,
        "<p>Chỉ minh chứng đã xác minh, còn hiệu lực mới được tính. Người đưa không tự xác minh; người đã "
        "xác minh không tự quyết khiếu nại. Xem một điểm: mở hồ sơ của điểm rồi chọn Minh chứng.</p>");
    bool ok = queue_part(c, out, "Đang khiếu nại", SLICE("disputed"), f) &&
              queue_part(c, out, "Chờ xác minh", SLICE("submitted"), f);
    staff_page_close(c, r);
    return ok;
}

/* --- one place --- */

static void new_form(const struct call *c, struct buf *out, struct slice code)
{
    if (!may(c, ROUTE_EVIDENCE_BRING))
        return;
    buf_text(out, "<h2>Thêm minh chứng</h2>");
    form_open(c, out, arena_format(c->arena, "/staff/evidence/%.*s", (int)code.n, code.p));
    buf_text(out, "<label for=\"f-class\">Loại</label><select id=\"f-class\" name=\"class\"><option "
                  "value=\"E1\">E1 biên bản kiểm "
                  "tra xác nhận QR/POS</option><option value=\"E2\">E2 ảnh hiện trường</option><option "
                  "value=\"E3\">E3 đối "
                  "soát giao dịch mẫu</option></select><label for=\"f-method\">Phương thức</label><select "
                  "id=\"f-method\" "
                  "name=\"method\"><option>QR</option><option>POS</option><option value=\"CK\">Chuyển "
                  "khoản</option><option "
                  "value=\"\">không ghi</option></select>");
    form_input(out, "Ngày", "day", "date", "required");
    form_input(out, "Số biên bản", "minutes", "text", "maxlength=\"60\"");
    form_input(out, "Ảnh (E2 phải có; tối đa 12 MB, dữ liệu máy ảnh ghi trong tệp được đọc rồi bỏ)", "photo",
               "file", "accept=\"image/jpeg,image/png,image/webp\"");
    buf_text(out, "<label><input type=\"checkbox\" name=\"passed\" value=\"1\" checked> Đạt</label>"
                  "<label><input type=\"checkbox\" name=\"masked\" value=\"1\" required> Tôi đã che mặt "
                  "người, số tài khoản, tên "
                  "người trả tiền; không lưu ảnh chụp toàn màn hình</label>");
    form_close(out, "Thêm, chờ người khác xác minh");
}

static bool place_page(const struct call *c, struct reply *r, const char *problem, struct fault *f)
{
    struct evidence_query q = {.code = c->value[PARAMETER_CODE].text, .limit = SHOWN};
    struct evidence_line *lines;
    int count = evidence_list(store_of(c), c->arena, &q, &lines, f);
    struct buf *out = &r->body;
    staff_page_open(c, r, arena_format(c->arena, "Minh chứng của điểm %.*s", (int)q.code.n, q.code.p));
    if (problem)
        note_html(out, "stop", problem);
    buf_text(out, "<p>");
    html_link(out, slice_of(arena_format(c->arena, "/staff/c/%.*s", (int)q.code.n, q.code.p)),
              SLICE("Hồ sơ của điểm"));
    buf_text(out, "</p>");
    if (count)
        items_html(c, out, lines, count, false);
    else
        note_html(out, "", "Chưa có minh chứng nào.");
    new_form(c, out, q.code);
    staff_page_close(c, r);
    return f->code == FAULT_NONE;
}

bool staff_evidence(const struct call *c, struct reply *r, struct fault *f)
{
    return place_page(c, r, NULL, f);
}

/* A refusal shows the page again with its sentence. */
static bool answer(const struct call *c, struct reply *r, bool good, struct fault *here, struct fault *f)
{
    if (!good) {
        r->status = fault_http_status(here->code);
        return place_page(c, r, staff_sentence(c, here), f);
    }
    struct slice code = c->value[PARAMETER_CODE].text;
    reply_redirect(r, 303, arena_format(c->arena, "/staff/evidence/%.*s", (int)code.n, code.p));
    return true;
}

bool staff_evidence_bring(const struct call *c, struct reply *r, struct fault *f)
{
    struct fault here = {0};
    struct evidence_new e = {.code = c->value[PARAMETER_CODE].text,
                             .class = form_get(&c->form, "class"),
                             .method = form_get(&c->form, "method"),
                             .minutes = form_get(&c->form, "minutes"),
                             .passed = form_get(&c->form, "passed").n > 0,
                             .who = who_of(c)};
    int64_t id;
    bool good = form_get(&c->form, "masked").n > 0 ||
                fault_set(&here, FAULT_VALUE_MISSING, "masked", "%s", "cần xác nhận đã che dữ liệu riêng");
    good = good && (date_parse_iso(form_get(&c->form, "day"), &e.happened_on) ||
                    fault_set(&here, FAULT_BAD_DATE, "day", "%s", ""));
    good = good && photo_of_form(c, &e.image, &e.jpeg, &here);
    if (good && !e.image && slice_equal(e.class, SLICE("E2")))
        good = fault_set(&here, FAULT_VALUE_MISSING, "photo", "%s", "minh chứng E2 cần ảnh hiện trường");
    good = good && evidence_bring(store_of(c), &e, &id, &here);
    return answer(c, r, good, &here, f);
}

bool staff_evidence_decide(const struct call *c, struct reply *r, struct fault *f)
{
    struct fault here = {0};
    struct evidence_decision d = {
        .who = who_of(c), .to = form_get(&c->form, "to"), .reason = form_get(&c->form, "reason")};
    bool good =
        slice_to_int(form_get(&c->form, "id"), &d.id) || fault_set(&here, FAULT_NOT_FOUND, "id", "%s", "");
    good = good && evidence_decide(store_of(c), &d, &here);
    return answer(c, r, good, &here, f);
}

bool staff_evidence_picture(const struct call *c, struct reply *r, struct fault *f)
{
    r->type = "image/jpeg";
    return evidence_picture(store_of(c), c->value[PARAMETER_PHOTO].integer, c->value[PARAMETER_CODE].text,
                            who_of(c), &r->body, f);
}
