/* serve_users: the accounts of the staff, kept by the administrator in the browser: who there is, a new one,
 * another role, a new first password, disabled or not. The rules stand in layers/account.c.
 *
 * Law: a password made here is shown once and must be changed at the first sign-in; nobody changes his own
 * account here, so the last administrator cannot lock himself out. */
#include "mapd/staff.h"

#include <string.h>

/* --- the page --- */

static const char *day_of(const struct call *c, int64_t seconds)
{
    enum { DAY_S = 86400, LOCAL_S = 7 * 3600 };
    char day[11];
    if (seconds <= 0)
        return "chưa lần nào";
    date_format_iso(date_of_days((int32_t)((seconds + LOCAL_S) / DAY_S)), day);
    return day_text(c, slice_of(arena_text(c->arena, slice_of(day))));
}

static void role_select(struct buf *out, int chosen)
{
    buf_text(out, "<select name=\"role\" aria-label=\"Vai trò\">");
    for (int i = 0; i < ROLE_COUNT; i++)
        buf_format(out, "<option value=\"%s\"%s>%s</option>", role_name((enum role)i),
                   i == chosen ? " selected" : "", role_title((enum role)i, false));
    buf_text(out, "</select> ");
}

static void button(struct buf *out, const char *what, const char *text)
{
    buf_format(out, "<button name=\"do\" value=\"%s\">%s</button> ", what, text);
}

static void user_row(const struct call *c, struct buf *out, const struct user *user)
{
    buf_text(out, "<tr><td>");
    html_text(out, user->name);
    buf_format(out, "</td><td>%s</td><td>%s</td><td>", day_of(c, user->last_seen_at),
               user->is_disabled   ? "đã khoá"
               : user->must_change ? "chờ đổi mật khẩu"
               : user->has_factor  ? "đang dùng, hai lớp"
                                   : "đang dùng");
    if (user->id == c->visitor->user.id) {
        buf_format(out, "%s (bạn)</td></tr>", role_title(user->role, false));
        return;
    }
    form_open(c, out, "/staff/users/change");
    buf_text(out, "<input type=\"hidden\" name=\"name\" value=\"");
    html_attr(out, user->name);
    buf_text(out, "\">");
    role_select(out, (int)user->role);
    button(out, "role", "Đổi vai trò");
    button(out, "password", "Mật khẩu mới");
    if (user->has_factor)
        button(out, "unpair", "Bỏ lớp thứ hai");
    button(out, user->is_disabled ? "enable" : "disable", user->is_disabled ? "Mở" : "Khoá");
    buf_text(out, "</form></td></tr>");
}

static void new_user_form(const struct call *c, struct buf *out)
{
    buf_text(out, "<h2>Thêm tài khoản</h2>");
    form_open(c, out, "/staff/users");
    form_input(out, "Tên đăng nhập (chữ thường không dấu, chữ số, dấu chấm)", "name", "text",
               "autocomplete=\"off\" autocapitalize=\"none\" spellcheck=\"false\" maxlength=\"40\" required");
    buf_text(out, "<p>");
    role_select(out, ROLE_ENTRY);
    buf_text(out, "</p>");
    form_close(out, "Thêm");
    buf_text(out,
             "<p class=\"quiet\">Mỗi người một tài khoản. Chương trình đặt mật khẩu đầu tiên và chỉ hiện một "
             "lần; người đó phải đổi khi đăng nhập.</p>");
}

struct saying {
    const char *class, *text;
    const char *password; /* shown once, or NULL */
};

static bool users_page(const struct call *c, struct reply *r, const struct saying *saying)
{
    struct buf *out = &r->body;
    struct user *users;
    int count = user_list(c->serve->staff->store, c->arena, &users);
    staff_page_open(c, r, "Tài khoản cán bộ");
    if (saying)
        note_html(out, saying->class, saying->text);
    if (saying && saying->password)
        buf_format(out, "<p>Mật khẩu đầu tiên, chỉ hiện lần này: <code class=\"once\">%s</code></p>",
                   saying->password);
    buf_format(out, "<p>Tài khoản không dùng %d ngày thì tự khoá. Nhập sai %d lần thì nghỉ 15 phút.</p>",
               (int)UNUSED_DAYS, (int)SIGN_IN_FAILURES);
    html_table_open(out, "Tài khoản");
    buf_text(out, "<tr><th>Tên</th><th>Đăng nhập gần nhất</th><th>Tình trạng</th><th>Vai trò</th></tr>");
    for (int i = 0; i < count; i++)
        user_row(c, out, &users[i]);
    html_table_close(out);
    new_user_form(c, out);
    staff_page_close(c, r);
    return true;
}

bool staff_users(const struct call *c, struct reply *r, struct fault *f)
{
    (void)f;
    return users_page(c, r, NULL);
}

/* --- changes --- */

/* What the administrator typed was wrong: said above the same page. Other faults go up. */
static bool say_fault(const struct call *c, struct reply *r, const struct fault *here, struct fault *f)
{
    if (here->code != FAULT_BAD_VALUE && here->code != FAULT_DUPLICATE && here->code != FAULT_NOT_FOUND)
        return fault_set(f, here->code, here->place, "%s", here->text);
    r->status = fault_http_status(here->code);
    return users_page(c, r, &(struct saying){"stop", staff_sentence(c, here), NULL});
}

static bool read_role(const struct call *c, enum role *role, struct fault *f)
{
    return role_find(form_get(&c->form, "role"), role) ||
           fault_set(f, FAULT_BAD_VALUE, "vai trò", "hãy chọn một vai trò");
}

bool staff_user_add(const struct call *c, struct reply *r, struct fault *f)
{
    struct user user = {
        .name = slice_trim(form_get(&c->form, "name")), .must_change = true, .created_at = unix_now()};
    struct fault here = {0};
    char *password = arena_alloc(c->arena, FIRST_PASSWORD_LENGTH + 1);
    password_random(password);
    if (!read_role(c, &user.role, &here) ||
        !user_add(c->serve->staff->store, &user, slice_of(password), who_of(c), &here))
        return say_fault(c, r, &here, f);
    return users_page(c, r,
                      &(struct saying){"good",
                                       arena_format(c->arena, "Đã thêm %s.", arena_text(c->arena, user.name)),
                                       password});
}

/* Does what the button says; `password` is filled when there is a new one. */
static bool change(const struct call *c, struct user *user, char *password, struct fault *f)
{
    struct store *s = c->serve->staff->store;
    struct slice what = form_get(&c->form, "do");
    if (slice_equal(what, SLICE("password"))) {
        password_random(password);
        user->must_change = true;
        return user_set_password(s, user, slice_of(password), who_of(c), f);
    }
    if (slice_equal(what, SLICE("unpair")))
        return factor_drop(s, user, who_of(c), f);
    if (slice_equal(what, SLICE("role")) && !read_role(c, &user->role, f))
        return false;
    if (slice_equal(what, SLICE("disable")) || slice_equal(what, SLICE("enable")))
        user->is_disabled = slice_equal(what, SLICE("disable"));
    else if (!slice_equal(what, SLICE("role")))
        return fault_set(f, FAULT_BAD_VALUE, "việc", "không có việc này");
    return user_change(s, user, who_of(c), f);
}

bool staff_user_change(const struct call *c, struct reply *r, struct fault *f)
{
    struct user user;
    struct fault here = {0};
    char *password = arena_alloc(c->arena, FIRST_PASSWORD_LENGTH + 1);
    bool good = user_find(c->serve->staff->store, c->arena, form_get(&c->form, "name"), &user, &here);
    if (good && user.id == c->visitor->user.id)
        good = fault_set(
            &here, FAULT_BAD_VALUE, "tài khoản",
            "không tự đổi tài khoản của mình ở đây; nhờ một người quản trị khác, hoặc dùng `mapd user`");
    if (!good || !change(c, &user, password, &here))
        return say_fault(c, r, &here, f);
    struct saying done = {"good",
                          arena_format(c->arena,
                                       "Đã ghi cho %s; các phiên đang mở của người này đã kết thúc.",
                                       arena_text(c->arena, user.name)),
                          password[0] ? password : NULL};
    return users_page(c, r, &done);
}
