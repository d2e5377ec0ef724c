/* Who may come to a handler: every staff route with every role, with and without its form's token; forms as
 * browsers send them. */
#include "mapd/staff.h"
#include "tests/layers/small_ward.h"

#include <string.h>

static const char PATH[] = "test_session.db";
static const struct slice SECRET = {"mua thu ha noi 54", 17};

static struct serve serve;
static struct arguments arguments;
static struct arena memory;

static void set_up(void)
{
    struct fault f = {0};
    struct store *s = ward_make(PATH);
    for (int i = 0; i < ROLE_COUNT; i++) {
        struct user user = {
            .name = slice_of(role_name((enum role)i)), .role = (enum role)i, .created_at = unix_now()};
        user.must_change = false;
        ck_assert_msg(user_add(s, &user, SECRET, "cli", &f), "%s", f.text);
    }
    store_close(s);
    arguments = (struct arguments){.positional = {PATH}, .count = 1};
    serve = (struct serve){.ward_name = "Phường Mẫu"};
    ck_assert_msg(staff_open(&serve.staff, &arguments, &f), "%s", f.text);
}

static void tear_down(void)
{
    staff_close(serve.staff);
    arena_release(&memory);
    ward_remove(PATH);
}

/* What came of a request: its status when it was answered here, 0 when it went on to the handler. */
struct
try {
    enum route_id route;
    const char *token, *csrf, *origin;
};

static bool is_post(enum route_id route)
{
    return strncmp(route_get(route)->path, "POST", 4) == 0;
}

static int enter(const struct try *t)
{
    struct request r = {.method = is_post(t->route) ? METHOD_POST : METHOD_GET,
                        .path = SLICE("/staff/x"),
                        .host = SLICE("map.example"),
                        .origin = slice_of(t->origin),
                        .arena = &memory};
    if (t->token)
        r.cookie = slice_of(arena_format(&memory, "a=b; mapd=%s; c=d", t->token));
    if (t->csrf) {
        r.content_type = SLICE("application/x-www-form-urlencoded");
        r.body = slice_of(arena_format(&memory, "x=1&csrf=%s", t->csrf));
    }
    struct call *c = ARENA_NEW(&memory, struct call);
    *c = (struct call){
        .serve = &serve, .request = &r, .arena = &memory, .route = t->route, .base = "https://map.example"};
    struct reply reply = {0};
    struct fault f = {0};
    bool goes_on = session_enter(c, &reply, &f);
    int status = goes_on ? 0 : f.code ? fault_http_status(f.code) : reply.status;
    session_leave(c);
    reply_clear(&reply);
    return status;
}

static void sign_in(enum role role, char token[TOKEN_LENGTH + 1], char csrf[TOKEN_LENGTH + 1])
{
    struct fault f = {0};
    enum sign_in result;
    struct sign_in_request r = {slice_of(role_name(role)), SECRET, unix_now()};
    ck_assert(session_sign_in(serve.staff->store, &r, &result, token, &f) && result == SIGN_IN_GOOD);
    token_derive(slice_of(token), "csrf", csrf);
}

static bool is_staff(enum route_id route)
{
    return route_get(route)->kind & STAFF_ONLY;
}

START_TEST(every_route_with_every_role)
{
    char token[TOKEN_LENGTH + 1], csrf[TOKEN_LENGTH + 1];
    enum role role = (enum role)_i;
    sign_in(role, token, csrf);
    for (int i = 0; i < ROUTE_COUNT; i++) {
        enum route_id route = (enum route_id)i;
        int roles = route_get(route)->roles;
        if (!is_staff(route))
            continue;
        int expected = roles == ANYBODY || roles & 1 << role ? 0 : 403;
        int got = enter(&(struct try){route, token, csrf, NULL});
        ck_assert_msg(got == expected, "%s as %s: %d", route_get(route)->path, role_name(role), got);
    }
}
END_TEST

START_TEST(nobody_without_a_session)
{
    for (int i = 0; i < ROUTE_COUNT; i++) {
        enum route_id route = (enum route_id)i;
        if (!is_staff(route) || route_get(route)->roles == ANYBODY)
            continue;
        ck_assert_int_eq(enter(&(struct try){route, NULL, NULL, NULL}), 401);
        ck_assert_int_eq(
            enter(&(struct try){route, "00000000000000000000000000000000000000000000000000000000000000ff",
                                NULL, NULL}),
            401);
    }
}
END_TEST

START_TEST(every_post_needs_the_token_of_its_own_session)
{
    char token[TOKEN_LENGTH + 1], csrf[TOKEN_LENGTH + 1], other[TOKEN_LENGTH + 1], others[TOKEN_LENGTH + 1];
    sign_in(ROLE_ENTRY, token, csrf);
    sign_in(ROLE_ENTRY, other, others);
    for (int i = 0; i < ROUTE_COUNT; i++) {
        enum route_id route = (enum route_id)i;
        if (!is_staff(route) || !is_post(route))
            continue;
        ck_assert_int_eq(enter(&(struct try){route, token, NULL, NULL}), 403);
        ck_assert_int_eq(enter(&(struct try){route, token, others, NULL}), 403);
        ck_assert_int_eq(enter(&(struct try){route, token, csrf, "https://evil.example"}), 403);
        ck_assert_int_eq(enter(&(struct try){route, token, csrf, "null"}), 403);
    }
    ck_assert_int_eq(enter(&(struct try){ROUTE_SIGN_OUT, token, csrf, "https://map.example"}), 0);
}
END_TEST

START_TEST(the_table_keeps_what_must_be_kept)
{
    for (int i = 0; i < ROUTE_COUNT; i++) {
        const struct route *route = route_get((enum route_id)i);
        bool below = strstr(route->path, " /staff") != NULL;
        ck_assert_msg(below == is_staff((enum route_id)i), "%s", route->path);
        if (!below) {
            bool is_known = strncmp(route->path, "GET ", 4) == 0 || i == ROUTE_NOTICE_DO;
            ck_assert_msg(is_known && route->roles == 0, "%s", route->path);
            continue;
        }
        ck_assert((route->kind & LIVE) && (route->kind & SLOW));
        bool before = i == ROUTE_SIGN_IN || i == ROUTE_SIGN_IN_DO;
        ck_assert_msg((route->roles == ANYBODY) == before, "%s", route->path);
    }
    ck_assert(!(route_get(ROUTE_STAFF_PRIVATE)->roles & (MAY_OBSERVER | MAY_ADMIN)));
    ck_assert(!(route_get(ROUTE_STAFF_RECORD)->roles & MAY_OBSERVER));
    ck_assert_int_eq(route_get(ROUTE_AUDIT)->roles, MAY_ADMIN);
}
END_TEST

START_TEST(an_idle_session_is_refused_and_a_first_password_sends_to_its_page)
{
    char token[TOKEN_LENGTH + 1], csrf[TOKEN_LENGTH + 1];
    sign_in(ROLE_ENTRY, token, csrf);
    ward_run(serve.staff->store, "UPDATE user SET must_change = 1 WHERE name = 'entry'");
    ck_assert_int_eq(enter(&(struct try){ROUTE_STAFF_HOME, token, NULL, NULL}), 303);
    ck_assert_int_eq(enter(&(struct try){ROUTE_STAFF_UPLOAD, token, csrf, NULL}), 303);
    ck_assert_int_eq(enter(&(struct try){ROUTE_PASSWORD, token, NULL, NULL}), 0);
    ward_run(serve.staff->store, "UPDATE user SET must_change = 0");
    ck_assert_int_eq(enter(&(struct try){ROUTE_STAFF_HOME, token, NULL, NULL}), 0);
    ward_run(serve.staff->store, "UPDATE session SET seen_at = seen_at - 901");
    ck_assert_int_eq(enter(&(struct try){ROUTE_STAFF_HOME, token, NULL, NULL}), 401);
}
END_TEST

START_TEST(only_who_may_bring_lists_may_send_much)
{
    char token[TOKEN_LENGTH + 1], csrf[TOKEN_LENGTH + 1];
    struct request r = {.method = METHOD_POST,
                        .path = SLICE("/staff/import"),
                        .content_type = SLICE("multipart/form-data; boundary=x"),
                        .arena = &memory};
    ck_assert_uint_eq(session_body_limit(&serve, &r), 0);
    static const enum role BRINGS[] = {ROLE_VERIFIER, ROLE_ENTRY};
    for (size_t i = 0; i < COUNT_OF(BRINGS); i++) {
        sign_in(BRINGS[i], token, csrf);
        r.cookie = slice_of(arena_format(&memory, "mapd=%s", token));
        ck_assert_uint_eq(session_body_limit(&serve, &r), 0); /* nobody has seen it yet */
        enter(&(struct try){ROUTE_STAFF_HOME, token, NULL, NULL});
        ck_assert_uint_eq(session_body_limit(&serve, &r), BRINGS[i] == ROLE_ENTRY ? UPLOAD_MOST : 0);
    }
    r.path = SLICE("/staff/sign-in");
    ck_assert_uint_eq(session_body_limit(&serve, &r), 0);
}
END_TEST

/* --- forms --- */

static bool read_form(const char *type, const char *body, struct form *form)
{
    struct fault f = {0};
    struct request *r = ARENA_NEW(&memory, struct request);
    *r = (struct request){.content_type = slice_of(type), .body = slice_of(body), .arena = &memory};
    return form_read(form, r, &f);
}

START_TEST(pairs_are_decoded)
{
    struct form form;
    ck_assert(
        read_form("application/x-www-form-urlencoded", "a=1&t%C3%AAn=Ph%E1%BB%9F+Nam&empty=&flag", &form));
    ck_assert(slice_equal(form_get(&form, "tên"), SLICE("Phở Nam")));
    ck_assert_uint_eq(form_get(&form, "empty").n, 0);
    ck_assert_int_eq(form.count, 4);
    ck_assert(!read_form("application/x-www-form-urlencoded", "a=%zz", &form));
    ck_assert(!read_form("text/plain", "a=1", &form));
    ck_assert(!read_form("application/json", "{}", &form));
}
END_TEST

#define PART(head, body) "--MARK\r\nContent-Disposition: form-data; " head "\r\n\r\n" body "\r\n"

START_TEST(parts_are_told_apart)
{
    struct form form;
    const char *type = "multipart/form-data; boundary=MARK";
    ck_assert(read_form(type,
                        PART("name=\"kind\"", "stalls")
                            PART("name=\"file\"; filename=\"C:\\a \xE1\xBA\xA1.csv\"",
                                 "1,2\r\n--MAR\r\n3\r\n") "--MARK--\r\n",
                        &form));
    ck_assert(slice_equal(form_get(&form, "kind"), SLICE("stalls")));
    const struct form_field *file = form_file(&form, "file");
    ck_assert(file && slice_equal(file->value, SLICE("1,2\r\n--MAR\r\n3\r\n")));
    ck_assert(slice_equal(file->file_name, SLICE("C:\\a \xE1\xBA\xA1.csv")));
    ck_assert_uint_eq(form_get(&form, "file").n, 0); /* a file is no text */
    ck_assert(form_file(&form, "kind") == NULL);
    ck_assert(read_form("multipart/form-data; boundary=\"MARK\"", PART("name=\"a\"", "") "--MARK--", &form));
}
END_TEST

START_TEST(broken_parts_are_refused)
{
    static const char *const BODIES[] = {"x",
                                         "--MARK",
                                         "--MARK\r\n",
                                         "--MARKX",
                                         PART("name=\"a\"", "1"),
                                         PART("filename=\"a\"", "1") "--MARK--",
                                         "--MARK\r\nContent-Disposition: form-data; name=\"a\"\r\n--MARK--",
                                         "--MARK\r\n\r\n\r\n--MARK--"};
    struct form form;
    for (size_t i = 0; i < COUNT_OF(BODIES); i++)
        ck_assert_msg(!read_form("multipart/form-data; boundary=MARK", BODIES[i], &form), "%s", BODIES[i]);
    ck_assert(!read_form("multipart/form-data", PART("name=\"a\"", "1") "--MARK--", &form));
    ck_assert(!read_form("multipart/form-data; boundary=", PART("name=\"a\"", "1") "--MARK--", &form));
}
END_TEST

START_TEST(a_flood_of_fields_is_refused)
{
    struct buf body = {0};
    struct form form;
    for (int i = 0; i < 400; i++)
        buf_format(&body, "a%d=1&", i);
    buf_char(&body, '\0');
    ck_assert(!read_form("application/x-www-form-urlencoded", body.p, &form));
    buf_release(&body);
}
END_TEST

int main(void)
{
    TCase *sessions = tcase_create("sessions"), *forms = tcase_create("forms");
    tcase_set_timeout(sessions, 120);
    tcase_add_checked_fixture(sessions, set_up, tear_down);
    tcase_add_loop_test(sessions, every_route_with_every_role, 0, ROLE_COUNT);
    tcase_add_test(sessions, nobody_without_a_session);
    tcase_add_test(sessions, every_post_needs_the_token_of_its_own_session);
    tcase_add_test(sessions, the_table_keeps_what_must_be_kept);
    tcase_add_test(sessions, an_idle_session_is_refused_and_a_first_password_sends_to_its_page);
    tcase_add_test(sessions, only_who_may_bring_lists_may_send_much);
    tcase_add_test(forms, pairs_are_decoded);
    tcase_add_test(forms, parts_are_told_apart);
    tcase_add_test(forms, broken_parts_are_refused);
    tcase_add_test(forms, a_flood_of_fields_is_refused);
    Suite *suite = suite_create("session");
    suite_add_tcase(suite, sessions);
    suite_add_tcase(suite, forms);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
