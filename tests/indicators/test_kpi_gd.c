/* KPI-GD and KPI-K100: the worked examples of domain.md B.3 and E, and the borders of every window. */
#include "tests/indicators/ward_of_numbers.h"

static const struct indicator_share *model(const struct indicator *i, const char *code)
{
    for (int m = 0; m < i->model_count; m++)
        if (strcmp(i->models[m].code, code) == 0)
            return &i->models[m];
    ck_abort_msg("no model %s", code);
    return NULL;
}

START_TEST(nobody_on_a_list_is_na_and_never_a_pass)
{
    struct indicator i = figure(INDICATOR_KPI_GD, "2026-12-31");
    ck_assert_int_eq(i.state, INDICATOR_NA);
    ck_assert(!i.met && i.why && i.denominator == 0);
}
END_TEST

START_TEST(an_exact_sixty_percent_is_met)
{
    run("INSERT INTO shop (id) SELECT i FROM numbers WHERE i <= 40; INSERT INTO member (place) SELECT i FROM "
        "numbers WHERE i <= 40;"
        "INSERT INTO proof (place, class, day) SELECT i, 'E1', '2026-12-01' FROM numbers WHERE i <= 24;"
        "INSERT INTO proof (place, class, day) SELECT i, 'E3', '2026-12-02' FROM numbers WHERE i <= 24;");
    struct indicator i = figure(INDICATOR_KPI_GD, "2026-12-31");
    ck_assert_share(24, 40, i);
    ck_assert(i.met && i.target == 60);
}
END_TEST

START_TEST(what_only_rounds_to_sixty_is_not_met)
{
    run("INSERT INTO shop (id) SELECT i FROM numbers WHERE i <= 178; INSERT INTO member (place) SELECT i "
        "FROM numbers WHERE i <= 178;"
        "INSERT INTO proof (place, class, day) SELECT i, 'E1', '2026-12-01' FROM numbers WHERE i <= 106;"
        "INSERT INTO proof (place, class, day) SELECT i, 'E3', '2026-12-02' FROM numbers WHERE i <= 106;");
    struct indicator i = figure(INDICATOR_KPI_GD, "2026-12-31");
    ck_assert_share(106, 178, i);
    ck_assert(!i.met);
    ck_assert_int_eq(indicator_percent_hundredths(106, 178), 5955);
}
END_TEST

START_TEST(models_are_pooled_and_shown_each)
{
    run("INSERT INTO shop (id) SELECT i FROM numbers WHERE i <= 100;"
        "INSERT INTO member (place, pilot) SELECT i, CASE WHEN i <= 10 THEN 1 ELSE 2 END FROM numbers WHERE "
        "i <= 100;"
        "INSERT INTO proof (place, class, day) SELECT i, 'E1', '2026-12-01' FROM numbers WHERE i <= 55;"
        "INSERT INTO proof (place, class, day) SELECT i, 'E3', '2026-12-02' FROM numbers WHERE i <= 55;");
    struct indicator i = figure(INDICATOR_KPI_GD, "2026-12-31");
    ck_assert_share(55, 100, i);
    ck_assert(!i.met);
    ck_assert_int_eq(i.model_count, 2);
    ck_assert_share(10, 10, *model(&i, "MH1"));
    ck_assert_share(45, 90, *model(&i, "MH2"));
    ck_assert_str_eq(model(&i, "MH2")->name, "Tuyến phố");
    ck_assert_str_eq(model(&i, "MH2")->type, "street");
}
END_TEST

START_TEST(a_transaction_counts_for_ninety_days_and_not_before_joining)
{
    run("INSERT INTO shop (id) VALUES (1), (2), (3), (4), (5), (6);"
        "INSERT INTO member (place, joined) VALUES (1, '2026-01-01'), (2, '2026-01-01'), (3, '2026-01-01'), "
        "(4, '2026-11-15'),"
        " (5, '2026-11-15'), (6, '2026-01-01');"
        "INSERT INTO proof (place, class, day) SELECT i, 'E1', '2026-11-20' FROM numbers WHERE i <= 6;"
        "INSERT INTO proof (place, class, day) VALUES (1, 'E3', '2026-10-02'), (2, 'E3', '2026-10-01'), (3, "
        "'E3', '2027-01-01'),"
        " (4, 'E3', '2026-11-14'), (5, 'E3', '2026-11-15'), (6, 'E3', '2026-12-31');");
    struct indicator i = figure(INDICATOR_KPI_GD, "2026-12-31");
    ck_assert_share(3, 6, i);
    ck_assert(row_of(INDICATOR_KPI_GD, "2026-12-31", "00000000001").in_numerator);
    ck_assert(!row_of(INDICATOR_KPI_GD, "2026-12-31", "00000000002").in_numerator);
    ck_assert(!row_of(INDICATOR_KPI_GD, "2026-12-31", "00000000003").in_numerator);
    struct indicator_row early = row_of(INDICATOR_KPI_GD, "2026-12-31", "00000000004");
    ck_assert(early.in_denominator && !early.in_numerator);
    ck_assert_ptr_nonnull(strstr(early.reason, "trước ngày tham gia"));
    ck_assert(row_of(INDICATOR_KPI_GD, "2026-12-31", "00000000005").in_numerator);
    ck_assert(row_of(INDICATOR_KPI_GD, "2026-12-31", "00000000006").in_numerator);
}
END_TEST

START_TEST(minutes_count_for_a_year_and_on_its_last_day)
{
    run("INSERT INTO shop (id) VALUES (1), (2); INSERT INTO member (place) VALUES (1), (2);"
        "INSERT INTO proof (place, class, day) VALUES (1, 'E1', '2025-12-31'), (2, 'E1', '2025-12-30'), (1, "
        "'E3', '2026-12-01'),"
        " (2, 'E3', '2026-12-01');");
    ck_assert_share(1, 2, figure(INDICATOR_KPI_GD, "2026-12-31"));
    ck_assert_share(2, 2, figure(INDICATOR_KPI_GD, "2026-12-30"));
    ck_assert_share(0, 2, figure(INDICATOR_KPI_GD, "2027-01-01"));
}
END_TEST

START_TEST(the_three_policies_side_by_side)
{
    run("INSERT INTO shop (id) VALUES (1), (2), (3), (4); INSERT INTO member (place) VALUES (1), (2), (3), "
        "(4);"
        "INSERT INTO proof (place, class, day) VALUES (1, 'E1', '2026-12-01'), (2, 'E2', '2026-12-01'), (3, "
        "'E1', '2026-12-01'),"
        " (3, 'E2', '2026-12-01');"
        "INSERT INTO proof (place, class, day) SELECT i, 'E3', '2026-12-02' FROM numbers WHERE i <= 3;");
    struct indicator i = figure(INDICATOR_KPI_GD, "2026-12-31");
    ck_assert_share(2, 4, i);
    ck_assert_share(1, 4, *variant(&i, "STRICT"));
    ck_assert_share(2, 4, *variant(&i, "STANDARD"));
    ck_assert_share(3, 4, *variant(&i, "LENIENT"));
    run("UPDATE policy SET value = 'STRICT' WHERE key = 'evidence.policy'");
    ck_assert_share(1, 4, figure(INDICATOR_KPI_GD, "2026-12-31"));
}
END_TEST

START_TEST(a_policy_holds_from_its_day)
{
    run("INSERT INTO shop (id) VALUES (1); INSERT INTO member (place) VALUES (1);"
        "INSERT INTO proof (place, class, day) VALUES (1, 'E1', '2026-06-01'), (1, 'E3', '2026-06-01');"
        "INSERT INTO policy (key, value, valid_from, decision_ref) VALUES ('evidence.e3_days', '10', "
        "'2026-07-01', 'QĐ 1');");
    ck_assert_share(1, 1, figure(INDICATOR_KPI_GD, "2026-06-30"));
    ck_assert_share(0, 1, figure(INDICATOR_KPI_GD, "2026-07-01"));
}
END_TEST

START_TEST(only_verified_and_passed_counts_and_disputes_stand_beside)
{
    run("INSERT INTO shop (id) SELECT i FROM numbers WHERE i <= 7; INSERT INTO member (place) SELECT i FROM "
        "numbers WHERE i <= 7;"
        "INSERT INTO proof (place, class, day, state) VALUES (1, 'E1', '2026-12-01', 'verified'), (2, 'E1', "
        "'2026-12-01', 'disputed'),"
        " (3, 'E1', '2026-12-01', 'submitted'), (4, 'E1', '2026-12-01', 'rejected'), (5, 'E1', '2026-12-01', "
        "'withdrawn'),"
        " (6, 'E1', '2026-12-01', 'draft');"
        "INSERT INTO proof (place, class, day, passed) VALUES (7, 'E1', '2026-12-01', 0);"
        "INSERT INTO proof (place, class, day) SELECT i, 'E3', '2026-12-02' FROM numbers WHERE i <= 7;");
    struct indicator i = figure(INDICATOR_KPI_GD, "2026-12-31");
    ck_assert_share(1, 7, i);
    ck_assert_share(2, 7, *variant(&i, "with_disputed"));
}
END_TEST

START_TEST(the_leave_date_itself_no_longer_counts)
{
    run("INSERT INTO shop (id) VALUES (1), (2); INSERT INTO member (place, left_on) VALUES (1, "
        "'2026-12-31'), (2, NULL);"
        "INSERT INTO proof (place, class, day) SELECT i, 'E1', '2026-12-01' FROM numbers WHERE i <= 2;"
        "INSERT INTO proof (place, class, day) SELECT i, 'E3', '2026-12-02' FROM numbers WHERE i <= 1;");
    ck_assert_share(1, 2, figure(INDICATOR_KPI_GD, "2026-12-30"));
    struct indicator i = figure(INDICATOR_KPI_GD, "2026-12-31");
    ck_assert_share(0, 1, i);
    ck_assert_share(1, 2, *variant(&i, "with_removed"));
    i = figure(INDICATOR_KPI_GD, "2027-04-01"); /* 91 days later the removal is old news */
    ck_assert_int_eq(variant(&i, "with_removed")->denominator, 1);
    i = figure(INDICATOR_KPI_GD, "2027-03-31");
    ck_assert_int_eq(variant(&i, "with_removed")->denominator, 2);
}
END_TEST

START_TEST(who_comes_back_counts_from_the_last_joining)
{
    run("INSERT INTO shop (id) VALUES (1); INSERT INTO member (place, joined, left_on) VALUES (1, "
        "'2026-01-01', '2026-03-01'),"
        " (1, '2026-06-01', NULL);"
        "INSERT INTO proof (place, class, day) VALUES (1, 'E1', '2026-05-01'), (1, 'E3', '2026-05-31');");
    ck_assert_share(0, 1, figure(INDICATOR_KPI_GD, "2026-06-15"));
    run("INSERT INTO proof (place, class, day) VALUES (1, 'E3', '2026-06-01')");
    ck_assert_share(1, 1, figure(INDICATOR_KPI_GD, "2026-06-15"));
    ck_assert_int_eq(figure(INDICATOR_KPI_GD, "2026-04-01").denominator, 0);
}
END_TEST

START_TEST(points_that_do_not_operate_are_listed_with_a_reason)
{
    run("INSERT INTO shop (id, status) VALUES (1, 'active'), (2, 'suspended'), (3, 'ceased');"
        "INSERT INTO booth (id, status, trader) VALUES (11, 'active', 1), (12, 'vacant', NULL);"
        "INSERT INTO member (place) VALUES (1), (2), (3), (11), (12);");
    ck_assert_int_eq(figure(INDICATOR_KPI_GD, "2026-12-31").denominator, 2);
    ck_assert_str_eq(row_of(INDICATOR_KPI_GD, "2026-12-31", "00000000002").reason, "đang tạm ngừng");
    ck_assert_str_eq(row_of(INDICATOR_KPI_GD, "2026-12-31", "00000000012").reason, "quầy/sạp trống");
    run("UPDATE pilot SET valid_to = '2026-11-30' WHERE id = 1");
    struct indicator i = figure(INDICATOR_KPI_GD, "2026-12-31");
    ck_assert_int_eq(i.denominator, 0);
    ck_assert_int_eq(figure(INDICATOR_KPI_GD, "2026-11-30").denominator, 2);
}
END_TEST

START_TEST(a_stall_and_its_establishment_are_one_point)
{
    run("INSERT INTO booth (id, trader) VALUES (11, 1); INSERT INTO shop (id, stall_id) VALUES (1, 11);"
        "INSERT INTO member (place) VALUES (1), (11);"
        "INSERT INTO proof (place, class, day) VALUES (1, 'E1', '2026-12-01'), (11, 'E3', '2026-12-01');");
    ck_assert_share(1, 1, figure(INDICATOR_KPI_GD, "2026-12-31"));
}
END_TEST

START_TEST(known_at_forgets_what_came_later)
{
    run("INSERT INTO shop (id) VALUES (1); INSERT INTO member (place) VALUES (1);"
        "INSERT INTO proof (place, class, day, created) VALUES (1, 'E1', '2026-06-01', "
        "'2026-06-02T00:00:00Z'),"
        " (1, 'E3', '2026-06-01', '2026-08-01T00:00:00Z');");
    struct indicator_request r = on("2026-06-30");
    ck_assert_share(1, 1, figure_of(INDICATOR_KPI_GD, &r));
    r.known_at = "2026-07-01T00:00:00Z";
    ck_assert_share(0, 1, figure_of(INDICATOR_KPI_GD, &r));
    r.known_at = "2026-01-01T00:00:00Z"; /* before the register itself */
    ck_assert_int_eq(figure_of(INDICATOR_KPI_GD, &r).denominator, 0);
}
END_TEST

START_TEST(known_at_reads_the_state_evidence_had_then)
{
    run("INSERT INTO shop (id) VALUES (1); INSERT INTO member (place) VALUES (1);"
        "INSERT INTO proof (place, class, day, state) VALUES (1, 'E1', '2026-06-01', 'rejected'), (1, 'E3', "
        "'2026-06-01', 'verified');"
        "INSERT INTO evidence_event (evidence_id, to_state, at, by) SELECT id, 'verified', "
        "'2026-06-10T00:00:00Z', 'a' FROM evidence"
        " WHERE class = 'E1';"
        "INSERT INTO evidence_event (evidence_id, to_state, at, by) SELECT id, 'rejected', "
        "'2026-09-10T00:00:00Z', 'b' FROM evidence"
        " WHERE class = 'E1';");
    struct indicator_request r = on("2026-06-30");
    ck_assert_share(0, 1, figure_of(INDICATOR_KPI_GD, &r));
    r.known_at = "2026-07-01T00:00:00Z";
    ck_assert_share(1, 1, figure_of(INDICATOR_KPI_GD, &r));
}
END_TEST

START_TEST(k100_counts_every_operating_stall_of_the_market)
{
    run("INSERT INTO market (id, code, name, fold, updated_at) VALUES (2, 'CHO2', 'Chợ Hai', 'cho hai', '');"
        "INSERT INTO booth (id, trader) SELECT i, i FROM numbers WHERE i <= 10;"
        "INSERT INTO booth (id, status) VALUES (21, 'vacant'); INSERT INTO booth (id, trader, market) VALUES "
        "(31, 31, 2);"
        "INSERT INTO member (place) VALUES (1);"
        "INSERT INTO proof (place, class, day) VALUES (1, 'E1', '2026-12-01'), (2, 'E1', '2026-12-01'), (3, "
        "'E2', '2026-12-01'),"
        " (31, 'E1', '2026-12-01');");
    struct indicator i = figure(INDICATOR_KPI_K100, "2026-12-31");
    ck_assert_share(2, 10, i);
    ck_assert_share(3, 10, *variant(&i, "LENIENT"));
    ck_assert_share(0, 10, *variant(&i, "STRICT"));
    ck_assert_share(2, 10, *model(&i, "MH1"));
    ck_assert_int_eq(i.target, 100);
}
END_TEST

START_TEST(targets_are_those_of_the_next_milestone)
{
    static const struct {
        const char *day;
        int target;
    } CASES[] = {{"2025-06-30", 60}, {"2026-12-31", 60},  {"2027-01-01", 80},
                 {"2028-12-31", 80}, {"2029-01-01", 100}, {"2031-01-01", 100}};
    for (size_t i = 0; i < COUNT_OF(CASES); i++)
        ck_assert_int_eq(figure(INDICATOR_KPI_GD, CASES[i].day).target, CASES[i].target);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kpi_gd");
    TCase *tests = tcase_create("kpi_gd");
    tcase_add_unchecked_fixture(tests, open_ward, close_ward);
    tcase_add_checked_fixture(tests, begin_case, end_case);
    tcase_add_test(tests, nobody_on_a_list_is_na_and_never_a_pass);
    tcase_add_test(tests, an_exact_sixty_percent_is_met);
    tcase_add_test(tests, what_only_rounds_to_sixty_is_not_met);
    tcase_add_test(tests, models_are_pooled_and_shown_each);
    tcase_add_test(tests, a_transaction_counts_for_ninety_days_and_not_before_joining);
    tcase_add_test(tests, minutes_count_for_a_year_and_on_its_last_day);
    tcase_add_test(tests, the_three_policies_side_by_side);
    tcase_add_test(tests, a_policy_holds_from_its_day);
    tcase_add_test(tests, only_verified_and_passed_counts_and_disputes_stand_beside);
    tcase_add_test(tests, the_leave_date_itself_no_longer_counts);
    tcase_add_test(tests, who_comes_back_counts_from_the_last_joining);
    tcase_add_test(tests, points_that_do_not_operate_are_listed_with_a_reason);
    tcase_add_test(tests, a_stall_and_its_establishment_are_one_point);
    tcase_add_test(tests, known_at_forgets_what_came_later);
    tcase_add_test(tests, known_at_reads_the_state_evidence_had_then);
    tcase_add_test(tests, k100_counts_every_operating_stall_of_the_market);
    tcase_add_test(tests, targets_are_those_of_the_next_milestone);
    suite_add_tcase(suite, tests);
    return run_tests(suite);
}
