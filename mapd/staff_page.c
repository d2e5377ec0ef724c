/* staff_page: the frame of the pages behind the sign-in, their forms, and how a refusal is said. Vietnamese
 * only: they are read by one office. */
#include "mapd/say.h"
#include "mapd/staff.h"

#include <stdlib.h>
#include <string.h>

/* --- the frame --- */

struct bar_link {
    enum route_id route;
    const char *href, *text;
};

/* The work of the day; below it, smaller, what keeps the service in order; both only as far as the role goes.
 */
static const struct bar_link WORK[] = {{ROUTE_STAFF_HOME, "/staff", "Trang chủ"},
                                       {ROUTE_STAFF_HOME, "/?staff=1", "Bản đồ"},
                                       {ROUTE_STAFF_IMPORT, "/staff/import", "Nhập danh sách"},
                                       {ROUTE_STAFF_BATCHES, "/staff/batches", "Các lần nhập"},
                                       {ROUTE_STAFF_REVIEWS, "/staff/review", "Hàng chờ"},
                                       {ROUTE_STAFF_LABELS, "/staff/labels", "Nhãn QR"},
                                       {ROUTE_STAFF_NOTICES, "/staff/notices", "Phản ánh"},
                                       {ROUTE_FOOD, "/staff/food", "ATTP"},
                                       {ROUTE_EVIDENCE_QUEUE, "/staff/evidence", "Minh chứng"}};
static const struct bar_link KEEPING[] = {{ROUTE_STAFF_EXPORT, "/staff/export", "Xuất tệp"},
                                          {ROUTE_SERVICE, "/staff/service", "Sổ vận hành"},
                                          {ROUTE_POLICY, "/staff/policy", "Ngưỡng"},
                                          {ROUTE_USERS, "/staff/users", "Tài khoản"},
                                          {ROUTE_AUDIT, "/staff/audit", "Nhật ký"}};
static const struct bar_link HELP[] = {{ROUTE_STAFF_HELP, "/staff/help", "Hướng dẫn"}};

static bool is_here(const struct call *c, const char *href)
{
    if (strcmp(href, "/staff") == 0)
        return c->route == ROUTE_STAFF_HOME;
    return slice_starts(c->request->path, slice_of(href));
}

static void bar_links(const struct call *c, struct buf *out, const struct bar_link *links, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (may(c, links[i].route))
            buf_format(out, "<a href=\"%s\"%s>%s</a>", links[i].href,
                       is_here(c, links[i].href) ? " aria-current=\"page\"" : "", links[i].text);
}

static void bar_html(const struct call *c, struct buf *out)
{
    const struct visitor *v = c->visitor;
    struct buf keeping = {0};
    if (!v || !v->is_signed_in || has_duty(v))
        return;
    buf_text(out, "<nav class=\"bar\" aria-label=\"Việc của cán bộ\">");
    bar_links(c, out, WORK, COUNT_OF(WORK));
    form_open(c, out, "/staff/sign-out");
    bar_links(c, out, HELP, COUNT_OF(HELP));
    buf_text(out, "<a href=\"/staff/password\">");
    html_text(out, v->user.name);
    buf_text(out, "</a><button>Đăng xuất</button></form>");
    bar_links(c, &keeping, KEEPING, COUNT_OF(KEEPING));
    if (keeping.n) {
        buf_text(out, "<p>");
        buf_slice(out, buf_to_slice(&keeping));
        buf_text(out, "</p>");
    }
    buf_release(&keeping);
    buf_text(out, "</nav>");
}

static void open_page(const struct call *c, struct reply *r, const char *title, const char *policy)
{
    struct buf bar = {0};
    bar_html(c, &bar);
    struct page page = {.title = title,
                        .ward = c->serve->ward_name,
                        .sample = c->serve->is_sample,
                        .no_index = true,
                        .wide = true,
                        .more_style = staff_style(),
                        .bar = buf_to_slice(&bar)};
    reply_header(r, "Content-Security-Policy", policy);
    if (c->visitor && c->visitor->is_new && !c->visitor->is_program)
        session_set((struct call *)c, r, c->visitor->token);
    html_page_open(&r->body, &page);
    buf_text(&r->body, "<h1>");
    html_text(&r->body, slice_of(title));
    buf_text(&r->body, "</h1>");
    buf_release(&bar);
}

void staff_page_open(const struct call *c, struct reply *r, const char *title)
{
    open_page(c, r, title, c->serve->staff->policy);
}

void staff_map_page_open(const struct call *c, struct reply *r, const char *title)
{
    const char *style = asset_path(c, "review-style", ".css"), *script = asset_path(c, "review", ".js");
    open_page(c, r, title, c->serve->staff->map_policy);
    if (style && script)
        buf_format(&r->body,
                   "<link rel=\"stylesheet\" href=\"%s\"><script type=\"module\" src=\"%s\"></script>", style,
                   script);
}

void staff_page_close(const struct call *c, struct reply *r)
{
    html_page_close(
        &r->body,
        slice_of(arena_format(c->arena, "%s. Dành cho cán bộ; mọi thay đổi được ghi lại.", office_of(c))));
}

/* --- refusals --- */

void staff_refuse(struct call *c, struct reply *r, int status, const char *text)
{
    reply_clear(r);
    r->status = status;
    r->type = format_type(FORMAT_HTML);
    staff_page_open(c, r,
                    status == 401   ? "Cần đăng nhập"
                    : status == 403 ? "Không được phép"
                                    : "Chưa làm được");
    note_html(&r->body, "stop", text);
    bool signed_in = c->visitor && c->visitor->is_signed_in;
    buf_text(&r->body, signed_in ? "<p><a href=\"/staff\">Về trang chủ</a></p>"
                                 : "<p><a href=\"/staff/sign-in\">Đăng nhập</a></p>");
    staff_page_close(c, r);
}

/* Folders of this machine are nobody's business: of a path only the file's name is shown. */
const char *staff_sentence(const struct call *c, const struct fault *f)
{
    struct buf text = {0};
    const char *slash = strrchr(f->place, '/');
    buf_text(&text, fault_sentence(f->code, false));
    if (f->place[0] && f->code != FAULT_DATABASE && f->code != FAULT_INTERNAL)
        buf_format(&text, " (%s)", slash ? slash + 1 : f->place);
    if (f->text[0])
        buf_format(&text, ": %s", f->text);
    const char *sentence = arena_text(c->arena, buf_to_slice(&text));
    buf_release(&text);
    return sentence;
}

void staff_problem(struct call *c, struct reply *r, const struct fault *f)
{
    staff_refuse(c, r, fault_http_status(f->code), staff_sentence(c, f));
}

/* --- forms --- */

void form_open(const struct call *c, struct buf *out, const char *action)
{
    bool is_upload = strcmp(action, "/staff/import") == 0 || slice_ends(slice_of(action), SLICE("/label")) ||
                     slice_ends(slice_of(action), SLICE("/photos")) ||
                     (slice_starts(slice_of(action), SLICE("/staff/evidence/")) &&
                      !slice_ends(slice_of(action), SLICE("/decide")));
    buf_text(out, "<form method=\"post\" action=\"");
    html_attr(out, slice_of(action));
    buf_text(out, is_upload ? "\" enctype=\"multipart/form-data\">" : "\">");
    buf_format(out, "<input type=\"hidden\" name=\"csrf\" value=\"%s\">", c->visitor->csrf);
}

void form_close(struct buf *out, const char *button)
{
    buf_text(out, "<p><button class=\"main\">");
    html_text(out, slice_of(button));
    buf_text(out, "</button></p></form>");
}

void form_input(struct buf *out, const char *label, const char *name, const char *type, const char *more)
{
    buf_format(out, "<label for=\"f-%s\">", name);
    html_text(out, slice_of(label));
    buf_format(out, "</label><input id=\"f-%s\" name=\"%s\" type=\"%s\" %s>", name, name, type, more);
}

void note_html(struct buf *out, const char *class, const char *text)
{
    buf_format(out, "<p class=\"note %s\"%s>", class, class[0] ? " role=\"status\"" : "");
    html_text(out, slice_of(text));
    buf_text(out, "</p>");
}

/* --- small words --- */

const char *moment_text(const struct call *c, struct slice utc)
{
    enum { LOCAL_H = 7, DAY_H = 24 };
    struct date day;
    int64_t hour;
    if (utc.n < 16 || !date_parse_iso((struct slice){utc.p, 10}, &day) ||
        !slice_to_int((struct slice){utc.p + 11, 2}, &hour))
        return arena_text(c->arena, utc);
    hour += LOCAL_H;
    day = date_of_days(date_to_days(day) + (int32_t)(hour / DAY_H));
    return arena_format(c->arena, "%02d/%02d/%04d %02d:%.2s", day.day, day.month, day.year,
                        (int)(hour % DAY_H), utc.p + 14);
}
