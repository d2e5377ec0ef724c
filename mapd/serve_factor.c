/* serve_factor: the second factor in the browser: the code after the password, pairing an authenticator app,
 * recovery codes, another telephone. The rules stand in layers/second_factor.c.
 *
 * Law: the secret is shown only until its app is paired, recovery codes once. */
#include "layers/text.h"
#include "mapd/qr.h"
#include "mapd/staff.h"

static const char LOCKED[] =
    "Đã nhập sai 5 lần. Tên này tạm khoá 15 phút; mất điện thoại và mã dự phòng thì nhờ người quản trị.";
static const char WRONG[] =
    "Mã không đúng, hoặc đã dùng rồi. Hãy đợi mã tiếp theo trong ứng dụng; giờ của điện thoại phải đúng.";

static struct factor_request request_of(const struct call *c)
{
    return (struct factor_request){&c->visitor->user, slice_trim(form_get(&c->form, "code")), unix_now()};
}

static void code_input(struct buf *out, const char *label)
{
    form_input(out, label, "code", "text",
               "autocomplete=\"one-time-code\" autocapitalize=\"characters\" spellcheck=\"false\" "
               "maxlength=\"30\" required");
}

/* --- after the password --- */

static bool code_page(const struct call *c, struct reply *r, const char *problem)
{
    struct buf *out = &r->body;
    staff_page_open(c, r, "Mã xác thực");
    if (problem)
        note_html(out, "stop", problem);
    form_open(c, out, "/staff/sign-in/code");
    code_input(out, "6 chữ số trong ứng dụng xác thực, hoặc một mã dự phòng");
    form_close(out, "Tiếp tục");
    buf_text(out, "<p class=\"quiet\">Mất điện thoại: dùng một mã dự phòng đã in; hết mã dự phòng thì nhờ "
                  "người quản trị bỏ lớp thứ hai.</p>");
    form_open(c, out, "/staff/sign-out");
    form_close(out, "Thôi, đăng xuất");
    staff_page_close(c, r);
    return true;
}

static bool must_prove(const struct call *c)
{
    return c->visitor->user.has_factor && !c->visitor->user.is_proven;
}

bool staff_sign_in_code(const struct call *c, struct reply *r, struct fault *f)
{
    (void)f;
    if (must_prove(c))
        return code_page(c, r, NULL);
    reply_redirect(r, 303, "/staff");
    return true;
}

bool staff_sign_in_code_do(const struct call *c, struct reply *r, struct fault *f)
{
    struct factor_request request = request_of(c);
    enum sign_in result = SIGN_IN_GOOD;
    char token[TOKEN_LENGTH + 1] = "";
    if (must_prove(c) &&
        !factor_prove(c->serve->staff->store, &request, slice_of(c->visitor->token), &result, token, f))
        return false;
    if (result != SIGN_IN_GOOD) {
        r->status = result == SIGN_IN_LOCKED ? 429 : 401;
        return code_page(c, r, result == SIGN_IN_LOCKED ? LOCKED : WRONG);
    }
    reply_redirect(r, 303, "/staff");
    if (token[0])
        session_set((struct call *)c, r, token);
    return true;
}

/* --- one's own second factor --- */

static void action_open(const struct call *c, struct buf *out, const char *what)
{
    form_open(c, out, "/staff/factor");
    buf_format(out, "<input type=\"hidden\" name=\"do\" value=\"%s\">", what);
}

/* otpauth://totp/WARD:NAME?secret=…&issuer=WARD, which authenticator apps read from a QR code. */
static const char *pairing_url(const struct call *c, struct slice secret)
{
    enum { WARD_MOST = 40 };
    struct buf url = {0};
    struct slice ward = text_fold_in(c->arena, slice_of(c->serve->ward_name));
    ward.n = ward.n < WARD_MOST ? ward.n : WARD_MOST;
    buf_text(&url, "otpauth://totp/");
    html_url(&url, ward);
    buf_char(&url, ':');
    html_url(&url, c->visitor->user.name);
    buf_text(&url, "?secret=");
    buf_slice(&url, secret);
    buf_text(&url, "&issuer=");
    html_url(&url, ward);
    const char *text = arena_text(c->arena, buf_to_slice(&url));
    buf_release(&url);
    return text;
}

static void pairing_html(const struct call *c, struct buf *out, struct slice secret)
{
    enum { GROUP = 4 };
    struct qr qr;
    buf_text(out, "<ol><li>Mở ứng dụng xác thực trên điện thoại (FreeOTP, Aegis, Google hay Microsoft "
                  "Authenticator đều được; không cần mạng).</li><li>Quét mã này, hoặc gõ khoá bên dưới.</li>"
                  "<li>Gõ 6 chữ số mà ứng dụng hiện ra.</li></ol><figure class=\"pair\">");
    if (qr_make(pairing_url(c, secret), &qr))
        qr_svg(&qr, SLICE("Mã QR để ghép ứng dụng xác thực"), out);
    buf_text(out, "<figcaption>Khoá: <code class=\"once\">");
    for (size_t i = 0; i < secret.n; i += GROUP) {
        html_text(out, (struct slice){secret.p + i, secret.n - i < GROUP ? secret.n - i : GROUP});
        buf_char(out, ' ');
    }
    buf_text(out, "</code></figcaption></figure>");
    action_open(c, out, "confirm");
    form_input(out, "6 chữ số trong ứng dụng", "code", "text",
               "autocomplete=\"one-time-code\" inputmode=\"numeric\" maxlength=\"10\" required");
    form_close(out, "Ghép");
    action_open(c, out, "start");
    form_close(out, "Làm khoá khác");
}

static void paired_html(const struct call *c, struct buf *out)
{
    buf_format(out, "<p>Đã bật. Còn %d mã dự phòng chưa dùng.</p>",
               factor_codes_left(c->serve->staff->store, &c->visitor->user));
    form_open(c, out, "/staff/factor");
    code_input(out, "Mã trong ứng dụng, hoặc một mã dự phòng");
    buf_text(out, "<p><button name=\"do\" value=\"codes\">Làm mã dự phòng mới</button> "
                  "<button name=\"do\" value=\"leave\">Ghép điện thoại khác</button></p></form>");
}

struct saying {
    const char *class, *text;
};

static void notes_html(const struct call *c, struct buf *out, const struct saying *saying)
{
    if (saying)
        note_html(out, saying->class, saying->text);
    if (has_duty(c->visitor))
        note_html(out, "warn",
                  "Vai trò của bạn phải có lớp xác thực thứ hai. Hãy ghép điện thoại trước khi làm việc.");
    if (!store_key(c->serve->staff->store))
        note_html(out, "warn",
                  "Máy chủ chạy không có khoá: chưa ghép được, mã trong ứng dụng chưa kiểm được.");
    buf_text(out, "<p>Sau mật khẩu, chương trình hỏi thêm 6 chữ số trong điện thoại của bạn: người biết "
                  "mật khẩu mà không có điện thoại không vào được.</p>");
}

static bool factor_page(const struct call *c, struct reply *r, const struct saying *saying, struct fault *f)
{
    struct buf *out = &r->body;
    const struct user *user = &c->visitor->user;
    struct store *s = c->serve->staff->store;
    struct slice secret = {"", 0};
    if (store_key(s) && !factor_secret(s, c->arena, user, &secret, f))
        return false;
    staff_page_open(c, r, "Xác thực hai lớp");
    notes_html(c, out, saying);
    if (user->has_factor) {
        paired_html(c, out);
    } else if (secret.n) {
        pairing_html(c, out, secret);
    } else if (store_key(s)) {
        action_open(c, out, "start");
        form_close(out, "Bắt đầu ghép");
    }
    staff_page_close(c, r);
    return true;
}

bool staff_factor(const struct call *c, struct reply *r, struct fault *f)
{
    return factor_page(c, r, NULL, f);
}

static bool codes_page(const struct call *c, struct reply *r, recovery_codes codes)
{
    struct buf *out = &r->body;
    staff_page_open(c, r, "Mã dự phòng");
    note_html(out, "good", "Đã ghi. In hoặc chép những mã này và cất nơi khoá được; chúng chỉ hiện lần này.");
    buf_text(out, "<p>Mỗi mã thay cho điện thoại được một lần.</p><ol class=\"codes\">");
    for (int i = 0; i < RECOVERY_CODES; i++)
        buf_format(out, "<li><code>%s</code></li>", codes[i]);
    buf_text(out, "</ol><p><a href=\"/staff\">Đã cất, về trang chủ</a></p>");
    staff_page_close(c, r);
    return true;
}

static bool refused(const struct call *c, struct reply *r, enum sign_in result, struct fault *f)
{
    r->status = result == SIGN_IN_LOCKED ? 429 : 400;
    return factor_page(c, r, &(struct saying){"stop", result == SIGN_IN_LOCKED ? LOCKED : WRONG}, f);
}

static bool confirm(const struct call *c, struct reply *r, struct fault *f)
{
    struct factor_request request = request_of(c);
    recovery_codes codes;
    char token[TOKEN_LENGTH + 1];
    enum sign_in result;
    if (!factor_confirm(c->serve->staff->store, &request, &result, codes, token, f))
        return false;
    if (result != SIGN_IN_GOOD)
        return refused(c, r, result, f);
    c->visitor->user.has_factor = c->visitor->user.is_proven = true;
    session_set((struct call *)c, r, token);
    return codes_page(c, r, codes);
}

static bool new_codes(const struct call *c, struct reply *r, struct fault *f)
{
    struct factor_request request = request_of(c);
    recovery_codes codes;
    enum sign_in result;
    if (!factor_renew_codes(c->serve->staff->store, &request, &result, codes, f))
        return false;
    return result == SIGN_IN_GOOD ? codes_page(c, r, codes) : refused(c, r, result, f);
}

static bool leave(const struct call *c, struct reply *r, struct fault *f)
{
    struct factor_request request = request_of(c);
    enum sign_in result;
    if (!factor_leave(c->serve->staff->store, &request, &result, f))
        return false;
    if (result != SIGN_IN_GOOD)
        return refused(c, r, result, f);
    reply_redirect(r, 303, "/staff/factor");
    return true;
}

static bool start(const struct call *c, struct reply *r, struct fault *f)
{
    if (!factor_begin(c->serve->staff->store, &c->visitor->user, f))
        return false;
    reply_redirect(r, 303, "/staff/factor");
    return true;
}

bool staff_factor_do(const struct call *c, struct reply *r, struct fault *f)
{
    static const struct {
        const char *what;
        handler_function *act;
    } ACTS[] = {{"start", start}, {"confirm", confirm}, {"codes", new_codes}, {"leave", leave}};
    struct slice what = form_get(&c->form, "do");
    if (c->visitor->is_program)
        return fault_set(f, FAULT_FORBIDDEN, NULL, "%s", "thẻ của chương trình không có lớp thứ hai");
    for (size_t i = 0; i < COUNT_OF(ACTS); i++)
        if (slice_equal(what, slice_of(ACTS[i].what)))
            return ACTS[i].act(c, r, f);
    return fault_set(f, FAULT_BAD_VALUE, "việc", "%s", "không có việc này");
}

void factor_reminder(const struct call *c, struct buf *out)
{
    enum { DAY_S = 86400, LOCAL_S = 7 * 3600 };
    const struct user *user = &c->visitor->user;
    char day[11];
    if (!user->factor_due || user->has_factor || c->visitor->is_program)
        return;
    date_format_iso(date_of_days((int32_t)((user->factor_due + LOCAL_S) / DAY_S)), day);
    buf_format(out,
               "<p class=\"note warn\">Vai trò của bạn phải có lớp xác thực thứ hai trước ngày %s. "
               "<a href=\"/staff/factor\">Ghép điện thoại</a></p>",
               day_text(c, slice_of(arena_text(c->arena, slice_of(day)))));
}
