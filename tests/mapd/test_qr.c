/* test_qr: modules of a code, its SVG and PNG, the cache. That a camera reads them is tested with zbarimg in
 * serve.py. */
#include "mapd/qr.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct buf out;

static void release(void)
{
    buf_release(&out);
}

/* Finder pattern: 7×7 ring, light ring, 3×3 core. */
static void check_finder(const struct qr *qr, int left, int top)
{
    for (int y = 0; y < 7; y++)
        for (int x = 0; x < 7; x++) {
            int ring = x < y ? x : y, far = x > y ? x : y;
            ring = ring < 6 - far ? ring : 6 - far;
            ck_assert_int_eq(qr_is_dark(qr, left + x, top + y), ring != 1);
        }
}

START_TEST(upper_case_addresses_need_fewer_modules)
{
    struct qr upper, lower;
    ck_assert(qr_make("HTTPS://MAP.VN/C/0MASWJZS08Q", &upper));
    ck_assert(qr_make("https://map.vn/c/0maswjzs08q", &lower));
    ck_assert_int_eq(upper.size, 25);
    ck_assert_int_gt(lower.size, upper.size);
    check_finder(&upper, 0, 0);
    check_finder(&upper, upper.size - 7, 0);
    check_finder(&upper, 0, upper.size - 7);
    ck_assert(!qr_is_dark(&upper, -1, 0) && !qr_is_dark(&upper, 0, upper.size));
}
END_TEST

START_TEST(what_does_not_fit_is_refused)
{
    struct qr qr;
    char long_text[2000];
    memset(long_text, 'a', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    ck_assert(!qr_make(long_text, &qr));
    ck_assert(!qr_make("", &qr));
}
END_TEST

static uint32_t u32(const char *p)
{
    const unsigned char *b = (const unsigned char *)p;
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

START_TEST(png_is_whole)
{
    struct qr qr;
    ck_assert(qr_make("HTTPS://MAP.VN/C/0MASWJZS08Q", &qr));
    qr_png(&qr, 10, &out);
    ck_assert(memcmp(out.p, "\x89PNG\r\n\x1a\n", 8) == 0);
    ck_assert_uint_eq(u32(out.p + 16), 330);
    size_t at = 8, chunks = 0;
    while (at < out.n) {
        uint32_t n = u32(out.p + at);
        ck_assert_uint_le(at + 12 + n, out.n);
        ck_assert_uint_eq(u32(out.p + at + 8 + n), crc32_of((struct slice){out.p + at + 4, n + 4}));
        at += 12 + n;
        chunks++;
    }
    ck_assert_uint_eq(at, out.n);
    ck_assert_uint_eq(chunks, 3);
}
END_TEST

START_TEST(svg_draws_every_dark_module_and_escapes_its_title)
{
    struct qr qr;
    ck_assert(qr_make("HTTPS://MAP.VN/C/0MASWJZS08Q", &qr));
    qr_svg(&qr, slice_of("<&>"), &out);
    buf_char(&out, '\0');
    ck_assert_ptr_nonnull(strstr(out.p, "viewBox=\"0 0 33 33\""));
    ck_assert_ptr_nonnull(strstr(out.p, "<title>&#60;&#38;&#62;</title>"));
    int dark = 0, drawn = 0;
    for (int i = 0; i < qr.size * qr.size; i++)
        dark += qr_is_dark(&qr, i % qr.size, i / qr.size);
    const char *at = strstr(out.p, "<path d=");
    while ((at = strchr(at + 1, 'h')) != NULL) {
        long run = strtol(at + 1, NULL, 10);
        drawn += run > 0 ? (int)run : 0;
    }
    ck_assert_int_eq(drawn, dark);
}
END_TEST

START_TEST(cache_gives_the_same_modules)
{
    struct code_cache *cache = code_cache_new();
    struct qr made, first, again, other;
    ck_assert(qr_make("HTTPS://A/C/1", &made));
    ck_assert(code_cache_make(cache, "HTTPS://A/C/1", &first));
    ck_assert(code_cache_make(cache, "HTTPS://A/C/2", &other));
    ck_assert(code_cache_make(cache, "HTTPS://A/C/1", &again));
    ck_assert(memcmp(&made, &first, sizeof made) == 0 && memcmp(&made, &again, sizeof made) == 0);
    ck_assert(memcmp(&made, &other, sizeof made) != 0);
    ck_assert(!code_cache_make(cache, "", &other));
    code_cache_free(cache);
    code_cache_free(NULL);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("qr");
    TCase *c = tcase_create("qr");
    tcase_add_checked_fixture(c, NULL, release);
    tcase_add_test(c, upper_case_addresses_need_fewer_modules);
    tcase_add_test(c, what_does_not_fit_is_refused);
    tcase_add_test(c, png_is_whole);
    tcase_add_test(c, svg_draws_every_dark_module_and_escapes_its_title);
    tcase_add_test(c, cache_gives_the_same_modules);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
