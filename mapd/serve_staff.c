/* serve_staff: signing in and out, the password, the first page. */
#include "mapd/staff.h"

#include <string.h>

/* --- signing in --- */

static bool sign_in_page(const struct call *c, struct reply *r, const char *problem)
{
    struct buf *out = &r->body;
    staff_page_open(c, r, "Đăng nhập");
    if (problem)
        note_html(out, "stop", problem);
    form_open(c, out, "/staff/sign-in");
    form_input(
        out, "Tên đăng nhập", "name", "text",
        "autocomplete=\"username\" autocapitalize=\"none\" spellcheck=\"false\" maxlength=\"40\" required");
    form_input(out, "Mật khẩu", "password", "password",
               "autocomplete=\"current-password\" maxlength=\"200\" required");
    form_close(out, "Đăng nhập");
    buf_text(
        out,
        "<p class=\"quiet\">Chưa có tài khoản hoặc quên mật khẩu: hỏi người quản trị. Trang này chỉ dành cho "
        "cán bộ; người dân tra cứu bằng mã QR hoặc <a href=\"/\">bản đồ</a>, không cần đăng nhập.</p>");
    staff_page_close(c, r);
    return true;
}

bool staff_sign_in(const struct call *c, struct reply *r, struct fault *f)
{
    (void)f;
    if (c->visitor->is_signed_in) {
        reply_redirect(r, 303, "/staff");
        return true;
    }
    return sign_in_page(c, r, NULL);
}

bool staff_sign_in_do(const struct call *c, struct reply *r, struct fault *f)
{
    struct sign_in_request request = {
        .name = form_get(&c->form, "name"), .password = form_get(&c->form, "password"), .now = unix_now()};
    enum sign_in result;
    char token[TOKEN_LENGTH + 1];
    if (!session_sign_in(c->serve->staff->store, &request, &result, token, f))
        return false;
    if (result == SIGN_IN_GOOD) {
        reply_redirect(r, 303, "/staff");
        session_set((struct call *)c, r, token);
        return true;
    }
    r->status = result == SIGN_IN_LOCKED ? 429 : 401;
    return sign_in_page(
        c, r,
        result == SIGN_IN_LOCKED
            ? "Đã nhập sai 5 lần. Tên này tạm khoá 15 phút; cần ngay thì nhờ người quản trị đặt lại mật khẩu."
            : "Tên đăng nhập hoặc mật khẩu không đúng, hoặc tài khoản đã bị khoá.");
}

bool staff_sign_out(const struct call *c, struct reply *r, struct fault *f)
{
    if (!session_end(c->serve->staff->store, slice_of(c->visitor->token), f))
        return false;
    reply_redirect(r, 303, "/staff/sign-in");
    session_drop((struct call *)c, r);
    return true;
}

/* --- the password --- */

static bool password_page(const struct call *c, struct reply *r, const char *problem)
{
    struct buf *out = &r->body;
    staff_page_open(c, r, "Đổi mật khẩu");
    if (c->visitor->user.must_change)
        note_html(out, "warn", "Mật khẩu này do người khác đặt. Hãy đổi trước khi làm việc.");
    if (problem)
        note_html(out, "stop", problem);
    form_open(c, out, "/staff/password");
    form_input(out, "Mật khẩu hiện tại", "current", "password",
               "autocomplete=\"current-password\" maxlength=\"200\" required");
    form_input(out, "Mật khẩu mới (ít nhất 14 ký tự; một câu dễ nhớ là tốt)", "new", "password",
               "autocomplete=\"new-password\" minlength=\"14\" maxlength=\"200\" required");
    form_input(out, "Gõ lại mật khẩu mới", "again", "password",
               "autocomplete=\"new-password\" minlength=\"14\" maxlength=\"200\" required");
    form_close(out, "Đổi mật khẩu");
    if (!has_duty(c->visitor))
        buf_text(out, "<p><a href=\"/staff/factor\">Xác thực hai lớp bằng điện thoại</a></p>");
    staff_page_close(c, r);
    return true;
}

bool staff_password(const struct call *c, struct reply *r, struct fault *f)
{
    (void)f;
    return password_page(c, r, NULL);
}

/* NULL when the form is right; else what to say. The current password counts as a sign-in: five wrong ones
 * lock. */
static const char *wrong_with_password(const struct call *c, struct fault *f)
{
    struct slice fresh = form_get(&c->form, "new"), current = form_get(&c->form, "current");
    enum sign_in result = SIGN_IN_WRONG;
    char token[TOKEN_LENGTH + 1];
    struct sign_in_request request = {.name = c->visitor->user.name, .password = current, .now = unix_now()};
    if (!secret_equal(fresh, form_get(&c->form, "again")))
        return "Hai lần gõ mật khẩu mới khác nhau.";
    if (secret_equal(fresh, current))
        return "Mật khẩu mới phải khác mật khẩu hiện tại.";
    if (!session_sign_in(c->serve->staff->store, &request, &result, token, f))
        return "";
    return result == SIGN_IN_GOOD     ? NULL
           : result == SIGN_IN_LOCKED ? "Đã nhập sai 5 lần; thử lại sau 15 phút."
                                      : "Mật khẩu hiện tại không đúng.";
}

bool staff_password_do(const struct call *c, struct reply *r, struct fault *f)
{
    struct store *s = c->serve->staff->store;
    struct user user = c->visitor->user;
    struct fault here = {0};
    char token[TOKEN_LENGTH + 1];
    if (c->visitor->is_program)
        return fault_set(f, FAULT_FORBIDDEN, NULL, "%s", "thẻ của chương trình không có mật khẩu");
    const char *problem = wrong_with_password(c, f);
    if (f->code)
        return false;
    user.must_change = false;
    if (!problem && !user_set_password(s, &user, form_get(&c->form, "new"), who_of(c), &here)) {
        if (here.code != FAULT_BAD_VALUE)
            return fault_set(f, here.code, here.place, "%s", here.text);
        problem = arena_format(c->arena, "Mật khẩu mới chưa được: %s.", here.text);
    }
    if (problem) {
        r->status = 400;
        return password_page(c, r, problem);
    }
    if (!session_renew(s, user.id, unix_now(), token, f))
        return false;
    reply_redirect(r, 303, "/staff");
    session_set((struct call *)c, r, token);
    return true;
}

/* --- the first page --- */

static void reviews_card(const struct call *c, struct buf *out)
{
    if (may(c, ROUTE_STAFF_REVIEWS))
        buf_format(
            out, "<li><b>%lld</b>dòng chờ người quyết định<br><a href=\"/staff/review\">Mở hàng chờ</a></li>",
            (long long)review_count(c->serve->staff->store));
}

static void notices_card(const struct call *c, struct buf *out)
{
    if (may(c, ROUTE_STAFF_NOTICES))
        buf_format(out,
                   "<li><b>%lld</b>phản ánh của người dân<br><a href=\"/staff/notices\">Mở phản ánh</a></li>",
                   (long long)notice_count(c->serve->staff->store));
}

static void batches_card(const struct call *c, struct buf *out)
{
    enum { SHOWN = 3 };
    struct batch_line *lines;
    if (!may(c, ROUTE_STAFF_BATCHES))
        return;
    int count = batch_list(c->serve->staff->store, c->arena, 0, SHOWN, &lines);
    buf_text(out, count ? "<li>Lần nhập gần nhất<ul>" : "<li>Chưa có lần nhập nào");
    for (int i = 0; i < count; i++) {
        buf_text(out, "<li>");
        html_text(out, lines[i].file_name);
        buf_format(out, "<br><span class=\"quiet\">%s, %llu dòng%s</span></li>",
                   moment_text(c, lines[i].imported_at), (unsigned long long)lines[i].counts.rows,
                   lines[i].undone_at.n ? ", đã rút lại" : "");
    }
    buf_text(out, count ? "</ul><a href=\"/staff/batches\">Tất cả</a></li>" : "</li>");
}

static void find_card(const struct call *c, struct buf *out)
{
    if (!may(c, ROUTE_STAFF_FIND))
        return;
    buf_text(out, "<li>");
    form_open(c, out, "/staff/find");
    form_input(out, "Mở hồ sơ theo mã", "what", "text",
               "required maxlength=\"40\" placeholder=\"mã tra cứu hoặc mã điểm\"");
    buf_text(out, "<p><button>Mở</button></p></form></li>");
}

/* What anybody on the staff may see: counts of the published register, no names. */
static void counts_card(const struct call *c, struct buf *out)
{
    const struct snapshot *s = c->snapshot;
    buf_format(out,
               "<li><b>%u</b>cơ sở<b>%u</b>quầy, sạp đang công khai<br><a href=\"/\">Bản đồ</a> · "
               "<a href=\"/indicators\">Chỉ tiêu</a></li>",
               snapshot_get(s, LAYER_ESTABLISHMENTS)->count, snapshot_get(s, LAYER_STALLS)->count);
}

bool staff_home(const struct call *c, struct reply *r, struct fault *f)
{
    (void)f;
    struct buf *out = &r->body;
    staff_page_open(c, r, "Việc của cán bộ");
    buf_text(out, "<p>Xin chào <b>");
    html_text(out, c->visitor->user.name);
    buf_text(out, "</b>, ");
    html_text(out, slice_of(role_title(c->visitor->user.role, false)));
    buf_text(out, ".</p>");
    factor_reminder(c, out);
    if (!store_key(c->serve->staff->store))
        note_html(out, "warn",
                  "Máy chủ chạy không có khoá: dữ liệu riêng không xem được, danh sách không nhập được.");
    buf_text(out, "<ul class=\"cards\">");
    reviews_card(c, out);
    notices_card(c, out);
    batches_card(c, out);
    find_card(c, out);
    counts_card(c, out);
    buf_text(out, "</ul>");
    staff_page_close(c, r);
    return true;
}
