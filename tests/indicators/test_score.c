/* Scores: the worked tables of domain.md B.5 to B.7 and the law R1 <= R2 <= max. */
#include "layers/indicators/query.h"

#include <check.h>

static void expect(struct score_case c, int64_t literal, int64_t relative)
{
    struct score_value v = score_of(&c);
    ck_assert(v.has_value);
    ck_assert_int_eq(v.literal, literal);
    ck_assert_int_eq(v.relative, relative);
}

static struct score_case threshold(int max, int percent, int64_t n, int64_t d)
{
    return (struct score_case){.rule = SCORE_THRESHOLD, .max = max, .threshold = percent, .ratio = {n, d}};
}

START_TEST(threshold_rows_of_b6)
{
    expect(threshold(200, 80, 7, 9), 15556, 19444);
    expect(threshold(200, 80, 79, 100), 15800, 19750);
    expect(threshold(200, 80, 80, 100), 20000, 20000);
    expect(threshold(200, 80, 0, 9), 0, 0);
    expect(threshold(100, 80, 7, 9), 7778, 9722);
    expect(threshold(200, 90, 17, 19), 17895, 19883);
    expect(threshold(100, 90, 17, 19), 8947, 9942);
    expect(threshold(100, 90, 18, 20), 10000, 10000);
    expect(threshold(200, 70, 412, 600), 13733, 19619);
    expect(threshold(200, 70, 419, 600), 13967, 19952);
    expect(threshold(200, 70, 420, 600), 20000, 20000);
    expect(threshold(100, 50, 130, 300), 4333, 8667);
    expect(threshold(100, 50, 150, 300), 10000, 10000);
}
END_TEST

START_TEST(an_empty_denominator_has_no_score)
{
    struct score_case empty = threshold(200, 80, 0, 0);
    ck_assert(!score_of(&empty).has_value);
    empty.rule = SCORE_PROPORTIONAL;
    ck_assert(!score_of(&empty).has_value);
    empty.rule = SCORE_STEP;
    ck_assert(!score_of(&empty).has_value);
}
END_TEST

START_TEST(literal_never_exceeds_relative_nor_relative_the_maximum)
{
    for (int percent = 1; percent <= 100; percent += 3)
        for (int64_t d = 1; d <= 60; d++)
            for (int64_t n = 0; n <= d; n++) {
                struct score_case c = threshold(200, percent, n, d);
                struct score_value v = score_of(&c);
                ck_assert_int_le(0, v.literal);
                ck_assert_int_le(v.literal, v.relative);
                ck_assert_int_le(v.relative, 20000);
                c.ratio.numerator++;
                if (n < d) /* one more that qualifies never lowers either reading */
                    ck_assert(score_of(&c).literal >= v.literal && score_of(&c).relative >= v.relative);
            }
}
END_TEST

START_TEST(market_4_0_of_b5)
{
    struct score_case c = {
        .rule = SCORE_DEPLOY_PLUS_RATIO, .max = 100, .deployed = true, .ratio = {126, 180}};
    expect(c, 8500, 8500);
    c.deployed = false;
    c.ratio = (struct tally){50, 50};
    expect(c, 0, 0);
    c.deployed = true;
    c.ratio = (struct tally){0, 0}; /* deployed, nobody to count yet: the first half */
    expect(c, 5000, 5000);
}
END_TEST

START_TEST(step_row_needs_paper_and_half)
{
    struct score_case c = {
        .rule = SCORE_STEP, .max = 100, .threshold = 50, .deployed = true, .ratio = {4999, 10000}};
    expect(c, 5000, 5000);
    c.ratio.numerator = 5000;
    expect(c, 10000, 10000);
    c.deployed = false;
    c.ratio.numerator = 6000;
    expect(c, 5000, 5000);
}
END_TEST

START_TEST(other_rules_of_b7)
{
    expect((struct score_case){.rule = SCORE_BINARY, .max = 200, .deployed = true}, 20000, 20000);
    expect((struct score_case){.rule = SCORE_BINARY, .max = 200}, 0, 0);
    expect((struct score_case){.rule = SCORE_PROPORTIONAL, .max = 100, .ratio = {2, 3}}, 6667, 6667);
    expect((struct score_case){.rule = SCORE_COUNT_MIN, .max = 1000, .threshold = 5, .ratio = {4, 0}}, 0, 0);
    expect((struct score_case){.rule = SCORE_COUNT_MIN, .max = 1000, .threshold = 5, .ratio = {5, 0}}, 100000,
           100000);
    expect((struct score_case){.rule = SCORE_BONUS_CAPPED, .max = 200, .threshold = 50, .ratio = {3, 0}},
           15000, 15000);
    expect((struct score_case){.rule = SCORE_BONUS_CAPPED, .max = 200, .threshold = 50, .ratio = {5, 0}},
           20000, 20000);
    expect((struct score_case){.rule = SCORE_PENALTY, .max = 100, .threshold = 100, .ratio = {1, 0}}, -10000,
           -10000);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("score");
    TCase *tests = tcase_create("score");
    tcase_add_test(tests, threshold_rows_of_b6);
    tcase_add_test(tests, an_empty_denominator_has_no_score);
    tcase_add_test(tests, literal_never_exceeds_relative_nor_relative_the_maximum);
    tcase_add_test(tests, market_4_0_of_b5);
    tcase_add_test(tests, step_row_needs_paper_and_half);
    tcase_add_test(tests, other_rules_of_b7);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
