/* serve_notice_desk: what residents told the office, by deadline, and what staff find out about it. Opening
 * one is reading restricted data, and is written down. */
#include "mapd/say.h"
#include "mapd/staff.h"

static struct store *store_of(const struct call *c)
{
    return c->serve->staff->store;
}

static void word_html(struct buf *out, const char *set, struct slice value)
{
    html_text(out, say_word(set, value, false));
}

static void due_html(const struct call *c, struct buf *out, const struct notice_line *line)
{
    buf_format(out, "%s%s%s", line->is_overdue ? "<strong class=\"stop\">" : "", day_text(c, line->due_on),
               line->is_overdue ? " (quá hạn)</strong>" : "");
}

static void line_html(const struct call *c, struct buf *out, const struct notice_line *line)
{
    buf_format(out, "<tr><td><a href=\"/staff/notices/%lld\">Phiếu %lld</a></td><td>", (long long)line->id,
               (long long)line->id);
    word_html(out, "about", line->about);
    buf_text(out, "</td><td>");
    html_text(out, line->name.n ? line->name : line->code.n ? line->code : SLICE("mã không có trong sổ"));
    buf_format(out, "</td><td>%s</td><td>", moment_text(c, line->received_at));
    due_html(c, out, line);
    buf_text(out, "</td><td>");
    word_html(out, "notice", line->state);
    buf_text(out, "</td></tr>");
}

bool staff_notices(const struct call *c, struct reply *r, struct fault *f)
{
    (void)f;
    enum { SHOWN = 200 };
    struct notice_line *lines;
    struct buf *out = &r->body;
    int count = notice_list(store_of(c), c->arena, SLICE(""), SHOWN, &lines);
    staff_page_open(c, r, "Phản ánh của người dân");
    buf_text(
        out,
        "<p>Người dân báo từ trang tra cứu, không cần tài khoản. Việc gần hạn nhất ở trên. Hạn lấy từ "
        "bảng quy định (<code>notice.days</code>, <code>notice.tamper_days</code>). Thông tin sai: theo "
        "ngày làm việc, không tính thứ Bảy, Chủ nhật và ngày nghỉ lễ đã ghi ở Sổ vận hành; mã bị dán đè: "
        "theo ngày lịch.</p>");
    if (!count)
        note_html(out, "good", "Không có phản ánh nào.");
    if (count) {
        html_table_open(out, "Phản ánh");
        buf_text(out, "<tr><th>Phiếu</th><th>Về</th><th>Nơi</th><th>Nhận lúc</th><th>Hạn</th><th>Trạng "
                      "thái</th></tr>");
        for (int i = 0; i < count; i++)
            line_html(c, out, &lines[i]);
        html_table_close(out);
    }
    staff_page_close(c, r);
    return true;
}

/* --- one of them --- */

static void fact(struct buf *out, const char *label, struct slice text)
{
    if (!text.n)
        return;
    buf_format(out, "<div><dt>%s</dt><dd>", label);
    html_text(out, text);
    buf_text(out, "</dd></div>");
}

static void facts_html(const struct call *c, struct buf *out, const struct notice_line *line)
{
    buf_text(out, "<dl>");
    fact(out, "Về", say_word("about", line->about, false));
    fact(out, "Nơi", line->name);
    fact(out, "Mã tra cứu", line->code);
    fact(out, "Người dân viết", line->text);
    fact(out, "Liên hệ", line->contact);
    fact(out, "Nhận lúc", slice_of(moment_text(c, line->received_at)));
    buf_text(out, "<div><dt>Hạn</dt><dd>");
    due_html(c, out, line);
    buf_text(out, "</dd></div>");
    fact(out, "Trạng thái", say_word("notice", line->state, false));
    fact(out, "Ai kết luận", line->decided_by);
    if (line->decided_at.n)
        fact(out, "Kết luận lúc", slice_of(moment_text(c, line->decided_at)));
    fact(out, "Kết quả", line->answer);
    buf_text(out, "</dl>");
    if (line->code.n)
        buf_format(
            out,
            "<p><a href=\"/staff/c/%.*s\">Mở hồ sơ để sửa</a> · <a href=\"/c/%.*s\">Trang tra cứu</a></p>",
            (int)line->code.n, line->code.p, (int)line->code.n, line->code.p);
}

static void button(struct buf *out, const char *state, const char *words)
{
    buf_format(out, "<button name=\"state\" value=\"%s\">%s</button>", state, words);
}

static void decide_html(const struct call *c, struct buf *out, const struct notice_line *line)
{
    bool is_open = slice_equal(line->state, SLICE("open"));
    bool is_confirmed = slice_equal(line->state, SLICE("confirmed"));
    bool is_tamper = slice_equal(line->kind, SLICE("tamper"));
    if ((!is_open && !is_confirmed) || !may(c, ROUTE_STAFF_NOTICE_DO))
        return;
    buf_text(out, "<h2>Kết luận</h2>");
    if (is_tamper)
        note_html(out, "",
                  is_confirmed
                      ? "Minh chứng nhận thanh toán của nơi này đang tạm ngưng. Kiểm tra lại mã xong thì bấm "
                        "“Đã xử lý”: minh chứng có hiệu lực trở lại (người đã xác minh nó không được tự kết "
                        "luận)."
                      : "Đến tận nơi xem mã. Nếu đúng là bị dán đè, bấm “Đúng”: minh chứng nhận thanh toán "
                        "của nơi này tạm ngưng đến khi kiểm tra lại.");
    form_open(c, out, arena_format(c->arena, "/staff/notices/%lld", (long long)line->id));
    form_input(out, "Đã thấy gì, đã làm gì (không ghi tên người, số điện thoại)", "answer", "text",
               "maxlength=\"300\" autocomplete=\"off\"");
    buf_text(out, "<p class=\"buttons\">");
    if (is_open && is_tamper && line->code.n)
        button(out, "confirmed", "Đúng, mã bị dán đè");
    button(out, "done", "Đã xử lý");
    button(out, "rejected", "Không đúng");
    buf_text(out, "</p></form>");
}

bool staff_notice(const struct call *c, struct reply *r, struct fault *f)
{
    struct notice_line line;
    if (!notice_read(store_of(c), c->arena, c->value[PARAMETER_NOTICE].integer, who_of(c), &line, f))
        return false;
    staff_page_open(c, r, arena_format(c->arena, "Phiếu %lld", (long long)line.id));
    facts_html(c, &r->body, &line);
    decide_html(c, &r->body, &line);
    staff_page_close(c, r);
    return true;
}

bool staff_notice_do(const struct call *c, struct reply *r, struct fault *f)
{
    int64_t id = c->value[PARAMETER_NOTICE].integer;
    struct notice_decision d = {.who = who_of(c),
                                .state = form_get(&c->form, "state"),
                                .answer = slice_trim(form_get(&c->form, "answer"))};
    if (!notice_decide(store_of(c), id, &d, f))
        return false;
    reply_redirect(r, 303, arena_format(c->arena, "/staff/notices/%lld", (long long)id));
    return true;
}
