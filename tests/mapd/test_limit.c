/* Who asks, and how often he may: addresses as text, proxies whose word counts, measures that leak. */
#include "mapd/serve.h"

#include <check.h>
#include <string.h>

static struct address at(const char *text)
{
    struct address a = {{0}};
    ck_assert_msg(address_read(slice_of(text), &a), "%s", text);
    return a;
}

static bool same(struct address a, const char *text)
{
    struct address b = at(text);
    return memcmp(&a, &b, sizeof a) == 0;
}

START_TEST(addresses_are_read)
{
    static const char *const BAD[] = {"",          "1.2.3", "1.2.3.4.5", "unknown",  "_hidden",
                                      "999.1.1.1", "[::1",  "::g",       "1.2.3.4 x"};
    struct address a;
    ck_assert(same(at("192.0.2.1"), "::ffff:192.0.2.1"));
    ck_assert(same(at("192.0.2.1:8080"), "192.0.2.1"));
    ck_assert(same(at("[2001:db8::1]:443"), "2001:db8::1"));
    ck_assert(same(at(" 2001:db8::1 "), "2001:db8::1"));
    for (size_t i = 0; i < COUNT_OF(BAD); i++)
        ck_assert_msg(!address_read(slice_of(BAD[i]), &a), "%s", BAD[i]);
    a = at("127.3.2.1");
    ck_assert(address_is_loopback(&a));
    a = at("::1");
    ck_assert(address_is_loopback(&a));
    a = at("128.0.0.1");
    ck_assert(!address_is_loopback(&a));
}
END_TEST

static struct address caller(const char *trusted, const char *peer, const char *forwarded)
{
    struct proxies p;
    struct fault f = {0};
    struct request r = {.peer = at(peer), .forwarded_for = slice_of(forwarded)};
    ck_assert_msg(proxies_read(&p, trusted, &f), "%s", f.text);
    return proxies_caller(&p, &r);
}

START_TEST(only_a_proxy_of_ours_speaks_for_others)
{
    ck_assert(same(caller(NULL, "198.51.100.7", "192.0.2.1"), "198.51.100.7"));
    ck_assert(same(caller(NULL, "127.0.0.1", "192.0.2.1"), "192.0.2.1"));
    ck_assert(same(caller(NULL, "127.0.0.1", NULL), "127.0.0.1"));
    ck_assert(same(caller(NULL, "::1", "10.9.9.9, 192.0.2.1"),
                   "192.0.2.1")); /* what the client wrote itself is not believed */
    ck_assert(same(caller("10.0.0.0/8", "10.1.2.3", "192.0.2.1, 10.4.4.4"), "192.0.2.1"));
    ck_assert(same(caller("10.0.0.0/8", "11.1.2.3", "192.0.2.1"), "11.1.2.3"));
    ck_assert(same(caller("2001:db8::/33", "2001:db8:7fff::1", "192.0.2.1"), "192.0.2.1"));
    ck_assert(same(caller("2001:db8::/33", "2001:db8:8000::1", "192.0.2.1"), "2001:db8:8000::1"));
    ck_assert(same(caller(NULL, "127.0.0.1", "192.0.2.1, garbage"), "127.0.0.1"));
    ck_assert(same(caller(NULL, "127.0.0.1", ",,,"), "127.0.0.1"));
}
END_TEST

START_TEST(odd_proxies_are_named)
{
    static const char *const BAD[] = {"x",         "10.0.0.0/33", "10.0.0.0/-1", "2001:db8::/129",
                                      "10.0.0.0/", "a/8"};
    struct proxies p;
    for (size_t i = 0; i < COUNT_OF(BAD); i++) {
        struct fault f = {0};
        ck_assert_msg(!proxies_read(&p, BAD[i], &f) && f.code == FAULT_USAGE, "%s", BAD[i]);
    }
}
END_TEST

static enum limit_kind kind(enum method method, const char *path)
{
    struct request r = {.method = method, .path = slice_of(path)};
    return limit_of(&r);
}

START_TEST(what_is_counted)
{
    ck_assert_int_eq(kind(METHOD_POST, "/staff/sign-in"), LIMIT_SIGN_IN);
    ck_assert_int_eq(kind(METHOD_POST, "/%73taff/sign%2Din"), LIMIT_SIGN_IN);
    ck_assert_int_eq(kind(METHOD_GET, "/staff/sign-in"), LIMIT_NONE);
    ck_assert_int_eq(kind(METHOD_HEAD, "/c/0123456789A"), LIMIT_LOOKUP);
    ck_assert_int_eq(kind(METHOD_GET, "/%63/0123456789A"), LIMIT_LOOKUP);
    ck_assert_int_eq(kind(METHOD_GET, "/tiles/stalls/1/1/1.mvt"), LIMIT_NONE);
    ck_assert_int_eq(kind(METHOD_GET, "/"), LIMIT_NONE);
}
END_TEST

START_TEST(a_measure_fills_and_leaks)
{
    enum { BURST = 10, SECOND = 1000000000 };
    struct limiter *l = limiter_new();
    struct address a = at("192.0.2.1"), b = at("192.0.2.2");
    int wait = 0;
    int64_t now = (int64_t)1000 * SECOND;
    for (int i = 0; i < BURST; i++)
        ck_assert(limiter_take(l, &a, LIMIT_SIGN_IN, now, &wait));
    ck_assert(!limiter_take(l, &a, LIMIT_SIGN_IN, now, &wait));
    ck_assert_int_eq(wait, 7); /* ten a minute: one each six seconds, and the second that has begun */
    ck_assert(limiter_take(l, &a, LIMIT_LOOKUP, now, &wait));
    ck_assert(limiter_take(l, &b, LIMIT_SIGN_IN, now, &wait));
    ck_assert(limiter_take(l, &a, LIMIT_SIGN_IN, now + (int64_t)wait * SECOND, &wait));
    ck_assert(!limiter_take(l, &a, LIMIT_SIGN_IN, now + (int64_t)wait * SECOND, &wait));
    ck_assert_int_eq((int)limiter_refused(l, LIMIT_SIGN_IN), 2);
    limiter_free(l);
}
END_TEST

START_TEST(a_household_of_addresses_is_one)
{
    struct limiter *l = limiter_new();
    int wait, taken = 0;
    for (int i = 0; i < 100; i++) {
        struct address a = at("2001:db8:1:2::1"), next = at("2001:db8:1:3::1");
        a.byte[15] = (uint8_t)i;
        taken += limiter_take(l, &a, LIMIT_SIGN_IN, 1, &wait);
        if (i == 99)
            ck_assert(limiter_take(l, &next, LIMIT_SIGN_IN, 1, &wait));
    }
    ck_assert_int_eq(taken, 10);
    limiter_free(l);
}
END_TEST

START_TEST(a_million_addresses_take_no_more_memory)
{
    struct limiter *l = limiter_new();
    struct address a = at("192.0.2.1");
    int wait, refused = 0;
    for (uint32_t i = 0; i < 1000000; i++) {
        memcpy(a.byte + 12, &i, sizeof i);
        refused += !limiter_take(l, &a, LIMIT_SIGN_IN, 1 + i, &wait);
    }
    ck_assert_int_eq(refused, 0);
    limiter_free(l);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("limit");
    tcase_add_test(cases, addresses_are_read);
    tcase_add_test(cases, only_a_proxy_of_ours_speaks_for_others);
    tcase_add_test(cases, odd_proxies_are_named);
    tcase_add_test(cases, what_is_counted);
    tcase_add_test(cases, a_measure_fills_and_leaks);
    tcase_add_test(cases, a_household_of_addresses_is_one);
    tcase_add_test(cases, a_million_addresses_take_no_more_memory);
    Suite *suite = suite_create("limit");
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
