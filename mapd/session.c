/* session: who asks, and may he. The one place where the roles of staff.def are enforced: route.c calls it
 * before every handler of a staff route. The cookie is HttpOnly, SameSite=Strict, of the path /staff alone,
 * and Secure under https; a form carries a second token that only the page of the same cookie could show.
 *
 * Law: what is not allowed here does not reach a handler. */
#include "mapd/staff.h"

#include <string.h>
#include <time.h>

static const char COOKIE[] = "mapd";

int64_t unix_now(void)
{
    return (int64_t)time(NULL);
}

const char *who_of(const struct call *c)
{
    return arena_text(c->arena, c->visitor->user.name);
}

bool may(const struct call *c, enum route_id route)
{
    int roles = route_get(route)->roles;
    const struct visitor *v = c->visitor;
    return roles == ANYBODY || (v && v->is_signed_in && roles & 1 << v->user.role);
}

/* --- the cookie --- */

static bool is_token(struct slice text)
{
    for (size_t i = 0; i < text.n; i++)
        if (!text.p[i] || !strchr("0123456789abcdef", text.p[i]))
            return false;
    return text.n == TOKEN_LENGTH;
}

/* Our cookie among "a=b; mapd=…; c=d"; empty when there is none that could be ours. */
static struct slice cookie_of(const struct request *r)
{
    struct slice rest = r->cookie, one;
    while (slice_next(&rest, ';', &one)) {
        one = slice_trim(one);
        size_t n = sizeof COOKIE - 1;
        if (one.n <= n || memcmp(one.p, COOKIE, n) != 0 || one.p[n] != '=')
            continue;
        struct slice value = {one.p + n + 1, one.n - n - 1};
        if (is_token(value))
            return value;
    }
    return (struct slice){"", 0};
}

static void write_cookie(struct call *c, struct reply *r, const char *value, const char *more)
{
    bool is_secure = strncmp(c->base, "https://", 8) == 0;
    reply_header(r, "Set-Cookie",
                 arena_format(c->arena, "%s=%s; Path=/staff; HttpOnly; SameSite=Strict%s%s", COOKIE, value,
                              is_secure ? "; Secure" : "", more));
}

static void take_token(struct visitor *v, struct slice token)
{
    memcpy(v->token, token.p, TOKEN_LENGTH);
    v->token[TOKEN_LENGTH] = '\0';
    token_derive(token, "csrf", v->csrf);
}

void session_set(struct call *c, struct reply *r, const char *token)
{
    take_token(c->visitor, slice_of(token));
    c->visitor->is_new = false;
    write_cookie(c, r, token, "");
}

void session_drop(struct call *c, struct reply *r)
{
    c->visitor->is_signed_in = false;
    c->visitor->is_new = false;
    write_cookie(c, r, "", "; Max-Age=0");
}

/* --- who may upload, asked before the body comes, by other threads --- */

static bool is_known(struct staff *s, struct slice token)
{
    bool known = false;
    pthread_mutex_lock(&s->known_lock);
    for (int i = 0; i < KNOWN_TOKENS; i++)
        known = known || (token.n && secret_equal(slice_of(s->known[i]), token));
    pthread_mutex_unlock(&s->known_lock);
    return known;
}

static void make_known(struct staff *s, const char *token)
{
    if (is_known(s, slice_of(token)))
        return;
    pthread_mutex_lock(&s->known_lock);
    memcpy(s->known[s->next_known++ % KNOWN_TOKENS], token, TOKEN_LENGTH + 1);
    pthread_mutex_unlock(&s->known_lock);
}

size_t session_body_limit(void *context, const struct request *r)
{
    const struct serve *serve = context;
    enum { FORM_BYTES = 4096 };
    bool is_list = slice_equal(r->path, SLICE("/staff/import"));
    bool is_photo = slice_starts(r->path, SLICE("/staff/c/")) &&
                    (slice_ends(r->path, SLICE("/label")) || slice_ends(r->path, SLICE("/photos")));
    bool is_upload = (is_list || is_photo) && r->method == METHOD_POST &&
                     slice_starts(r->content_type, SLICE("multipart/form-data"));
    if (!is_upload || !serve->staff || !is_known(serve->staff, cookie_of(r)))
        return 0;
    return is_list ? UPLOAD_MOST : IMAGE_MOST + FORM_BYTES;
}

/* --- what comes before everything else --- */

/* What the visitor has to do before anything else: the address of its page, and the routes open meanwhile
 * besides signing out. */
struct duty {
    const char *page;
    enum route_id see, act;
};

static const struct duty *duty_of(const struct visitor *v)
{
    static const struct duty CODE = {"/staff/sign-in/code", ROUTE_SIGN_IN_CODE, ROUTE_SIGN_IN_CODE_DO},
                             PASSWORD = {"/staff/password", ROUTE_PASSWORD, ROUTE_PASSWORD_DO},
                             PAIR = {"/staff/factor", ROUTE_FACTOR, ROUTE_FACTOR_DO};
    const struct user *u = &v->user;
    if (!v->is_signed_in || v->is_program)
        return NULL;
    if (u->has_factor && !u->is_proven)
        return &CODE;
    if (u->must_change)
        return &PASSWORD;
    return u->factor_due && unix_now() >= u->factor_due && !u->has_factor ? &PAIR : NULL;
}

bool has_duty(const struct visitor *v)
{
    return duty_of(v) != NULL;
}

static bool is_part_of(const struct duty *duty, enum route_id id)
{
    return id == duty->see || id == duty->act || id == ROUTE_SIGN_OUT;
}

/* --- who it is --- */

static bool find_program(struct call *c, struct visitor *v)
{
    struct slice header = c->request->authorization, bearer = SLICE("Bearer ");
    if (!slice_starts(header, bearer))
        return false;
    struct slice token = slice_trim((struct slice){header.p + bearer.n, header.n - bearer.n});
    v->is_program = true;
    v->is_signed_in =
        is_token(token) && token_find(c->serve->staff->store, c->arena, token, unix_now(), &v->user);
    return true;
}

static void find_visitor(struct call *c)
{
    struct visitor *v = c->visitor;
    struct staff *s = c->serve->staff;
    char fresh[TOKEN_LENGTH + 1];
    if (find_program(c, v))
        return;
    struct slice cookie = cookie_of(c->request);
    if (!cookie.n) {
        token_random(fresh);
        take_token(v, slice_of(fresh));
        v->is_new = true;
        return;
    }
    take_token(v, cookie);
    v->is_signed_in = session_find(s->store, c->arena, cookie, unix_now(), &v->user);
    if (v->is_signed_in && !duty_of(v) && route_get(ROUTE_STAFF_UPLOAD)->roles & 1 << v->user.role)
        make_known(s, v->token);
}

/* --- may he --- */

bool is_our_origin(const struct call *c)
{
    struct slice origin = c->request->origin;
    ptrdiff_t scheme = slice_find(origin, SLICE("://"));
    if (!origin.n || slice_equal(origin, slice_of(c->base)))
        return true;
    if (scheme < 0)
        return false;
    struct slice host = {origin.p + scheme + 3, origin.n - (size_t)scheme - 3};
    return slice_equal_ignoring_case(host, c->request->host);
}

static bool is_our_form(const struct call *c)
{
    return c->visitor->is_program ||
           (is_our_origin(c) && secret_equal(form_get(&c->form, "csrf"), slice_of(c->visitor->csrf)));
}

static bool decide(struct call *c, struct reply *r)
{
    const struct visitor *v = c->visitor;
    const struct duty *duty = duty_of(v);
    if (route_get(c->route)->roles != ANYBODY && !v->is_signed_in)
        staff_refuse(c, r, 401, "Bạn chưa đăng nhập, hoặc phiên làm việc đã hết hạn vì không dùng một lúc.");
    else if (!may(c, c->route))
        staff_refuse(c, r, 403,
                     "Vai trò của bạn không có quyền xem hoặc làm việc này. Cần thì hỏi người quản trị.");
    else if (c->request->method == METHOD_POST && !is_our_form(c))
        staff_refuse(c, r, 403,
                     "Biểu mẫu này không còn hợp lệ (trang mở quá lâu, hoặc gửi từ nơi khác). Hãy mở lại "
                     "trang và làm lại.");
    else if (duty && !is_part_of(duty, c->route) && route_get(c->route)->roles != ANYBODY)
        reply_redirect(r, 303, duty->page);
    else
        return true;
    return false;
}

bool session_enter(struct call *c, struct reply *r, struct fault *f)
{
    struct staff *s = c->serve->staff;
    pthread_mutex_lock(&s->lock);
    c->visitor = ARENA_NEW(c->arena, struct visitor);
    find_visitor(c);
    if (c->request->method == METHOD_POST && !form_read(&c->form, c->request, f))
        return false;
    return decide(c, r);
}

void session_leave(struct call *c)
{
    if (c->visitor)
        pthread_mutex_unlock(&c->serve->staff->lock);
}
