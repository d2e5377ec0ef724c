/* kit: slices, buffers, dates, numbers as text. */
#include "layers/kit.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static void check_text(struct buf *b, const char *expected)
{
    ck_assert_str_eq((buf_char(b, 0), b->p), expected);
    buf_reset(b);
}

START_TEST(reals_are_short_and_rounded)
{
    struct buf b = {0};
    buf_real(&b, 108.22050001, 7);
    check_text(&b, "108.2205");
    buf_real(&b, -0.5, 2);
    check_text(&b, "-0.5");
    buf_real(&b, 3, 7);
    check_text(&b, "3");
    buf_real(&b, 0.00000004, 7);
    check_text(&b, "0");
    buf_real(&b, 0.0 / 0.0, 2);
    check_text(&b, "null");
    buf_release(&b);
}
END_TEST

START_TEST(json_is_escaped_and_repaired)
{
    struct buf b = {0};
    buf_json(&b, SLICE("a\"b\\\n\x01 \xC4\x91 \xFF"));
    check_text(&b, "\"a\\\"b\\\\\\n\\u0001 \xC4\x91 \xEF\xBF\xBD\"");
    buf_release(&b);
}
END_TEST

START_TEST(csv_is_quoted_only_when_needed)
{
    struct buf b = {0};
    buf_csv(&b, SLICE("quán ăn"));
    check_text(&b, "quán ăn");
    buf_csv(&b, SLICE("a,\"b\""));
    check_text(&b, "\"a,\"\"b\"\"\"");
    buf_release(&b);
}
END_TEST

START_TEST(days_count_forth_and_back)
{
    ck_assert_int_eq(date_to_days((struct date){1970, 1, 1}), 0);
    ck_assert_int_eq(date_to_days((struct date){2026, 11, 22}), 20779);
    for (int32_t day = -800000; day < 800000; day += 37)
        ck_assert_int_eq(date_to_days(date_of_days(day)), day);
    ck_assert(!date_is_valid((struct date){2023, 2, 29}));
    ck_assert(date_is_valid((struct date){2024, 2, 29}));
}
END_TEST

START_TEST(iso_dates_and_nothing_else)
{
    struct date d;
    ck_assert(date_parse_iso(SLICE("2026-11-22"), &d));
    ck_assert(!date_parse_iso(SLICE("2026-02-30"), &d));
    ck_assert(!date_parse_iso(SLICE("22-11-2026"), &d));
    ck_assert(!date_parse_iso(SLICE("2026-11-22 "), &d));
}
END_TEST

START_TEST(numbers_are_whole_or_nothing)
{
    int64_t i;
    double r;
    ck_assert(slice_to_int(SLICE("-9223372036854775808"), &i) && i == INT64_MIN);
    ck_assert(!slice_to_int(SLICE("9223372036854775808"), &i));
    ck_assert(!slice_to_int(SLICE("12a"), &i));
    ck_assert(!slice_to_int(SLICE(""), &i));
    ck_assert(slice_to_real(SLICE("108.25"), &r) && r == 108.25);
    ck_assert(!slice_to_real(SLICE("0x10"), &r));
    ck_assert(!slice_to_real(SLICE("nan"), &r));
}
END_TEST

START_TEST(trim_takes_no_break_spaces)
{
    ck_assert(slice_equal(slice_trim(SLICE(" \t\xC2\xA0 chợ \xC2\xA0\r\n")), SLICE("chợ")));
    ck_assert(slice_equal(slice_trim(SLICE("  ")), SLICE("")));
}
END_TEST

START_TEST(the_first_fault_wins)
{
    struct fault f = {0};
    ck_assert(!fault_set(&f, FAULT_BAD_DATE, "a.xlsx:3:Ngày", "'%s'", "31/02"));
    ck_assert(!fault_set(&f, FAULT_DATABASE, NULL, "%s", "x"));
    ck_assert_int_eq(f.code, FAULT_BAD_DATE);
    struct buf b = {0};
    fault_print(&f, false, &b);
    check_text(&b, "a.xlsx:3:Ngày: Ngày không hợp lệ: '31/02'");
    buf_release(&b);
}
END_TEST

struct named {
    struct buf *out;
    char name;
};

static void say_name(void *what)
{
    struct named *n = what;
    buf_char(n->out, n->name);
}

/* Last in, first out; once only; the memory of the arena is still there. */
START_TEST(arena_gives_back_what_was_deferred)
{
    struct arena a = {0};
    struct buf out = {0};
    for (char name = 'a'; name <= 'c'; name++) {
        struct named *n = ARENA_NEW(&a, struct named);
        *n = (struct named){&out, name};
        arena_defer(&a, say_name, n);
    }
    arena_reset(&a);
    arena_defer(&a, say_name, arena_copy(&a, &(struct named){&out, 'd'}, sizeof(struct named)));
    arena_release(&a);
    arena_release(&a);
    ck_assert(slice_equal(buf_to_slice(&out), SLICE("cbad")));
    buf_release(&out);
}
END_TEST

#ifndef __SANITIZE_ADDRESS__ /* which takes terabytes of addresses for itself */
/* Address space that this process has now, from the kernel. */
static size_t address_space(void)
{
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    ck_assert(file && fscanf(file, "%lu", &pages) == 1);
    fclose(file);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

START_TEST(a_server_ends_its_work_with_what_stood_aside)
{
    enum { ASIDE = 16 << 20, PIECE = 1 << 20, PIECES = 12 };
    char *held[PIECES];
    ck_assert(memory_set_aside(ASIDE) && !memory_is_short());
    struct rlimit unlimited, now = {.rlim_cur = address_space(), .rlim_max = RLIM_INFINITY};
    getrlimit(RLIMIT_AS, &unlimited);
    now.rlim_max = unlimited.rlim_max;
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &now), 0);
    ck_assert_msg(!memory_has(PIECE * 4), "the limit holds");
    ck_assert(memory_is_short());
    for (int i = 0; i < PIECES; i++)
        held[i] = memset(memory_resize(NULL, PIECE), i, PIECE); /* would have ended the process */
    ck_assert(memory_is_short() && !memory_recover());
    setrlimit(RLIMIT_AS, &unlimited);
    for (int i = 0; i < PIECES; i++)
        ck_assert_int_eq(held[i][PIECE - 1], i);
    ck_assert(memory_recover() && !memory_is_short());
    for (int i = 0; i < PIECES; i++)
        free(held[i]);
}
END_TEST
#endif

int main(void)
{
    TCase *cases = tcase_create("kit");
    tcase_add_test(cases, reals_are_short_and_rounded);
    tcase_add_test(cases, json_is_escaped_and_repaired);
    tcase_add_test(cases, csv_is_quoted_only_when_needed);
    tcase_add_test(cases, days_count_forth_and_back);
    tcase_add_test(cases, iso_dates_and_nothing_else);
    tcase_add_test(cases, numbers_are_whole_or_nothing);
    tcase_add_test(cases, trim_takes_no_break_spaces);
    tcase_add_test(cases, the_first_fault_wins);
    tcase_add_test(cases, arena_gives_back_what_was_deferred);
#ifndef __SANITIZE_ADDRESS__
    tcase_add_test(cases, a_server_ends_its_work_with_what_stood_aside);
#endif
    Suite *suite = suite_create("kit");
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
