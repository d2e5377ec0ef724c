/* Each indicator at its border: on the target and one below, on the last day and the day after. */
#include "tests/indicators/ward_of_numbers.h"

#include <stdio.h>

/* 100 places; %d of them qualify. */
static const struct {
    enum indicator_id id;
    int target;
    const char *places, *qualify;
} BORDERS[] = {
    {INDICATOR_S1_1B, 90, "INSERT INTO shop (id, position) SELECT i, 'area' FROM numbers WHERE i <= 100",
     "UPDATE place SET position = 'gps' WHERE id <= %d"},
    {INDICATOR_S1_1C, 90, "INSERT INTO shop (id, address) SELECT i, ' ' FROM numbers WHERE i <= 100",
     "UPDATE establishment SET address = '1 Đường A' WHERE place_id <= %d"},
    {INDICATOR_S1_3B, 80,
     "INSERT INTO shop (id) SELECT i FROM numbers WHERE i <= 100; UPDATE place SET verified_on = "
     "'2026-01-01'",
     "UPDATE place SET verified_on = '2026-10-02' WHERE id <= %d"},
    {INDICATOR_KPI_NTS, 50, "INSERT INTO shop (id) SELECT i FROM numbers WHERE i <= 100",
     "INSERT INTO platform_use SELECT i, 'sales', '2026-10-01' FROM numbers WHERE i <= %d"},
    {INDICATOR_KPI_TK, 100, "INSERT INTO shop (id) SELECT i FROM numbers WHERE i <= 100",
     "UPDATE establishment SET has_account = 1 WHERE place_id <= %d"},
    {INDICATOR_KPI_HDDT, 100,
     "INSERT INTO shop (id) SELECT i FROM numbers WHERE i <= 100; UPDATE establishment SET einvoice_in_scope "
     "= 1",
     "UPDATE establishment SET einvoice_connected = 1 WHERE place_id <= %d"},
    {INDICATOR_KPI_K100, 100,
     "INSERT INTO booth (id, trader) SELECT i, i FROM numbers WHERE i <= 100; INSERT INTO member (place) "
     "VALUES (1)",
     "INSERT INTO proof (place, class, day) SELECT i, 'E1', '2026-12-01' FROM numbers WHERE i <= %d"},
    {INDICATOR_KPI_GD, 60,
     "INSERT INTO shop (id) SELECT i FROM numbers WHERE i <= 100; INSERT INTO member (place) SELECT i FROM "
     "numbers WHERE i <= 100; INSERT INTO proof (place, class, day) SELECT i, 'E1', '2026-12-01' FROM "
     "numbers WHERE i <= 100",
     "INSERT INTO proof (place, class, day) SELECT i, 'E3', '2026-12-01' FROM numbers WHERE i <= %d"},
    {INDICATOR_S2_1, 98,
     "INSERT INTO shop (id) SELECT i FROM numbers WHERE i <= 100; INSERT INTO industry (version, code, "
     "level, name) VALUES ('VSIC', '4711', 4, 'x'), ('VSIC', '471', 3, 'x'); UPDATE place SET industry_code "
     "= '471'",
     "UPDATE place SET industry_code = '4711' WHERE id <= %d"},
    {INDICATOR_S2_3A, 90,
     "INSERT INTO shop (id) SELECT i FROM numbers WHERE i <= 100; INSERT INTO image (hash, file, key, "
     "source_hash, bytes, width, height, added_at, added_by) VALUES (x'01', x'', x'', x'', 1, 1, 1, '', '')",
     "INSERT INTO label (code, state, at, by, image) SELECT printf('%%011d', i), 'posted', "
     "'2026-10-01T02:00:00Z', 'a', x'01' FROM numbers WHERE i <= %d"},
};

START_TEST(every_target_is_met_exactly_and_missed_by_one)
{
    for (int above = 0; above < 2; above++) {
        const char *day = BORDERS[_i].id == INDICATOR_S2_1 || BORDERS[_i].id == INDICATOR_S2_3A
                              ? "2028-12-31"
                              : "2026-12-31";
        int count = BORDERS[_i].target - 1 + above;
        if (day[3] == '8')
            run("UPDATE policy SET value = '4000' WHERE key = 'posting.days'");
        run("SAVEPOINT one");
        run(BORDERS[_i].places);
        run(arena_format(&memory, BORDERS[_i].qualify, count));
        struct indicator i = figure(BORDERS[_i].id, day);
        ck_assert_share(count, 100, i);
        ck_assert_int_eq(i.target, BORDERS[_i].target);
        ck_assert_int_eq(i.met, above);
        printf("%s: %d of 100 against %d: %s\n", i.code, count, i.target, i.met ? "met" : "not met");
        run("ROLLBACK TO one; RELEASE one");
    }
}
END_TEST

START_TEST(an_upper_limit_is_met_on_it_and_broken_by_one)
{
    run("INSERT INTO shop (id) SELECT i FROM numbers WHERE i <= 100;"
        "UPDATE establishment SET match_key = x'01' WHERE place_id IN (1, 2);");
    ck_assert(figure(INDICATOR_S1_1D, "2026-12-31").met);
    run("UPDATE establishment SET match_key = x'01' WHERE place_id = 3;");
    struct indicator i = figure(INDICATOR_S1_1D, "2026-12-31");
    ck_assert_share(2, 100, i);
    ck_assert(!i.met);
}
END_TEST

static void notice(int id, const char *received_on, const char *due_on, const char *decided_at)
{
    run(arena_format(&memory,
                     "INSERT INTO notice (id, code, kind, about, received_at, received_on, due_on, state, "
                     "decided_at) VALUES (%d, '', 'wrong', '', '%sT01:00:00Z', '%s', '%s', 'done', %s)",
                     id, received_on, received_on, due_on,
                     decided_at ? arena_format(&memory, "'%s'", decided_at) : "NULL"));
}

START_TEST(five_working_days_end_at_midnight_of_the_fifth)
{
    notice(1, "2026-10-02", "2026-12-31", "2026-10-11T16:59:59Z"); /* came on a Friday: until Sunday 11 */
    notice(2, "2026-10-02", "2026-12-31", "2026-10-11T17:00:00Z"); /* Monday 12 in Đà Nẵng: late */
    notice(3, "2026-10-02", "2026-12-31", NULL);
    ck_assert_share(1, 1, figure(INDICATOR_S1_3C, "2026-10-11"));
    ck_assert_share(1, 3, figure(INDICATOR_S1_3C, "2026-10-12"));
    run("INSERT INTO holiday VALUES ('2026-10-07', 'nghỉ')"); /* one more day for all three */
    ck_assert_share(2, 2, figure(INDICATOR_S1_3C, "2026-10-12"));
    ck_assert_share(2, 3, figure(INDICATOR_S1_3C, "2026-10-13"));
    ck_assert_int_eq(figure(INDICATOR_S1_3C, "2027-01-01").state, INDICATOR_NA); /* of another period */
}
END_TEST

START_TEST(nine_of_ten_changes_in_time_are_enough_and_no_fewer)
{
    for (int i = 1; i <= 10; i++)
        notice(i, "2026-10-02", "2026-12-31", i <= 9 ? "2026-10-05T02:00:00Z" : "2026-10-20T02:00:00Z");
    struct indicator i = figure(INDICATOR_S1_3C, "2026-10-31");
    ck_assert_share(9, 10, i);
    ck_assert(i.met);
    notice(11, "2026-10-02", "2026-12-31", NULL);
    ck_assert(!figure(INDICATOR_S1_3C, "2026-10-31").met);
}
END_TEST

START_TEST(a_notice_answered_on_its_last_day_is_in_time)
{
    notice(1, "2026-10-02", "2026-10-16", "2026-10-16T16:59:59Z");
    notice(2, "2026-10-02", "2026-10-16", "2026-10-16T17:00:00Z");
    notice(3, "2026-10-02", "2026-11-30", NULL); /* not due yet */
    ck_assert_share(1, 2, figure(INDICATOR_S2_5, "2026-10-31"));
    ck_assert_share(1, 3, figure(INDICATOR_S2_5, "2027-01-14")); /* the 90th day after */
    ck_assert_share(0, 1, figure(INDICATOR_S2_5, "2027-01-15")); /* only the one of November */
    ck_assert_int_eq(figure(INDICATOR_S2_5, "2026-10-15").state, INDICATOR_NA);
}
END_TEST

/* Hours of a day of six good probes each, the last short of `missing`. */
static void probes(const char *first, int days, int missing)
{
    run(arena_format(
        &memory,
        "INSERT INTO service_probe (hour, ok) SELECT date('%s', '+' || d.i || ' days', '-1 day') || 'T' || "
        "printf('%%02d', h.i - 1), CASE WHEN h.i = 24 THEN max(0, 6 - %d) WHEN h.i = 23 THEN min(6, 12 - %d) "
        "ELSE 6 END FROM numbers d, numbers h WHERE d.i <= %d AND h.i <= 24",
        first, missing, missing, days));
}

START_TEST(a_day_counts_from_ninety_five_probes_of_a_hundred)
{
    probes("2026-10-02", 29, 7); /* 137 of 144: 95.1 % */
    struct indicator i = figure(INDICATOR_S1_5A, "2026-10-31");
    ck_assert_share(29, 30, i);
    ck_assert(i.met);
    run("UPDATE service_probe SET ok = ok - 1 WHERE hour = '2026-10-02T00'"); /* 136: 94.4 % */
    i = figure(INDICATOR_S1_5A, "2026-10-31");
    ck_assert_share(28, 30, i);
    ck_assert(!i.met);
    run("DELETE FROM service_probe");
    ck_assert_int_eq(figure(INDICATOR_S1_5A, "2026-10-31").state, INDICATOR_NA);
}
END_TEST

START_TEST(an_hour_in_a_hundred_may_fail_in_ninety_days)
{
    probes("2026-08-03", 90, 0);
    run("UPDATE service_probe SET failed = 1 WHERE hour < '2026-08-03T21'");
    struct indicator i = figure(INDICATOR_S2_6A, "2026-10-31");
    ck_assert_share(2139, 2160, i);
    ck_assert(i.met);
    run("UPDATE service_probe SET failed = 1 WHERE hour = '2026-08-03T21'");
    i = figure(INDICATOR_S2_6A, "2026-10-31");
    ck_assert_share(2138, 2160, i);
    ck_assert(!i.met);
    run("INSERT INTO service_pause (from_hour, to_hour, announced_on, note) VALUES ('2026-08-03T00', "
        "'2026-08-03T12', '2026-08-03', 'x')"); /* said on the very day: not announced */
    ck_assert_int_eq(figure(INDICATOR_S2_6A, "2026-10-31").denominator, 2160);
    run("UPDATE service_pause SET announced_on = '2026-08-02'"); /* twelve hours, of which eight are left out
                                                                  */
    i = figure(INDICATOR_S2_6A, "2026-10-31");
    ck_assert_share(2138, 2152, i);
    ck_assert(i.met);
}
END_TEST

static void checked(const char *kind, const char *at, int items, int good)
{
    run(arena_format(&memory,
                     "INSERT INTO service_check (kind, at, who) VALUES ('%s', '%s', 'test');"
                     "INSERT INTO service_check_item (check_id, item, ok) SELECT max(c.id), n.i, n.i <= %d "
                     "FROM service_check c, numbers n WHERE n.i <= %d GROUP BY n.i",
                     kind, at, good, items));
}

START_TEST(runs_of_checks_at_their_borders)
{
    checked("search_sample", "2026-10-01T02:00:00Z", 49, 49);
    ck_assert_int_eq(figure(INDICATOR_S1_4B, "2026-10-31").state, INDICATOR_NA); /* no sample */
    checked("search_sample", "2026-10-02T02:00:00Z", 60, 57);
    ck_assert(figure(INDICATOR_S1_4B, "2026-10-31").met); /* exactly 95 % */
    checked("search_sample", "2026-10-03T02:00:00Z", 60, 56);
    ck_assert(!figure(INDICATOR_S1_4B, "2026-10-31").met);
    checked("search", "2026-10-03T02:00:00Z", 6, 5);
    ck_assert(!figure(INDICATOR_S1_4A, "2026-10-31").met);
    checked("restore", "2026-08-02T02:00:00Z", 1, 1);
    ck_assert(figure(INDICATOR_S2_6B, "2026-10-31").met); /* the 90th day */
    ck_assert(!figure(INDICATOR_S2_6B, "2026-11-01").met);
    checked("restore", "2026-10-30T02:00:00Z", 1, 0);
    ck_assert(!figure(INDICATOR_S2_6B, "2026-10-31").met); /* the last trial failed */
    checked("backup", "2026-10-30T17:00:00Z", 1, 1);
    ck_assert(figure(INDICATOR_S2_6C, "2026-10-31").met); /* 24 hours before the end of the day */
    ck_assert(!figure(INDICATOR_S2_6C, "2026-11-01").met);
}
END_TEST

START_TEST(uses_belong_to_their_quarter)
{
    run("INSERT INTO service_use (day, kind, count) VALUES ('2026-09-30', 'report', 1), ('2026-10-01', "
        "'dashboard', 1), ('2026-12-31', 'export_food_safety', 2)");
    ck_assert_share(1, 4, figure(INDICATOR_S2_4, "2026-09-30"));
    ck_assert_share(1, 4, figure(INDICATOR_S2_4, "2026-10-01"));
    ck_assert_share(2, 4, figure(INDICATOR_S2_4, "2026-12-31"));
    ck_assert_share(0, 4, figure(INDICATOR_S2_4, "2027-01-01"));
}
END_TEST

START_TEST(a_label_counts_while_it_hangs_and_its_picture_is_young)
{
    run("INSERT INTO shop (id) VALUES (1), (2); INSERT INTO image (hash, file, key, source_hash, bytes, "
        "width, height, added_at, added_by, taken_on) VALUES (x'01', x'', x'', x'', 1, 1, 1, '', '', "
        "'2026-03-01');"
        "INSERT INTO label (code, state, at, by, image) VALUES ('00000000001', 'posted', "
        "'2026-03-05T02:00:00Z', 'a', x'01'), ('00000000002', 'posted', '2026-03-05T02:00:00Z', 'a', NULL)");
    ck_assert_int_eq(figure(INDICATOR_S2_3A, "2026-03-04").denominator, 2); /* recorded, not yet hung */
    ck_assert_share(1, 2, figure(INDICATOR_S2_3A, "2026-03-05"));
    ck_assert_str_eq(row_of(INDICATOR_S2_3A, "2026-03-05", "00000000002").reason, "đã dán nhưng chưa có ảnh");
    ck_assert_share(1, 2, figure(INDICATOR_S2_3A, "2027-03-01"));
    ck_assert_share(0, 2, figure(INDICATOR_S2_3A, "2027-03-02"));
    run("INSERT INTO label (code, state, at, by) VALUES ('00000000001', 'issued', '2026-06-01T02:00:00Z', "
        "'a')"); /* a new sheet is printed: the old label still hangs */
    ck_assert_share(1, 2, figure(INDICATOR_S2_3A, "2026-06-30"));
    run("INSERT INTO label (code, state, at, by) VALUES ('00000000001', 'retired', '2026-07-01T02:00:00Z', "
        "'a')");
    ck_assert_share(0, 2, figure(INDICATOR_S2_3A, "2026-07-01"));
    run("INSERT INTO code_exemption VALUES (2, 'QĐ 3', '2026-07-01', NULL)");
    ck_assert_int_eq(figure(INDICATOR_S2_3A, "2026-07-01").denominator, 1);
}
END_TEST

static const struct indicator_report *report_on(const char *day)
{
    struct indicator_request r = on(day);
    struct indicator_report *report = ARENA_NEW(&memory, struct indicator_report);
    struct fault f = {0};
    must(indicators_report(ward, &r, &memory, report, &f), &f);
    return report;
}

START_TEST(a_ward_without_a_market_is_scored_as_its_policy_says)
{
    static const struct {
        const char *value;
        bool has_value;
        int64_t score;
    } WAYS[] = {{"undetermined", false, 0},
                {"zero", true, 0},
                {"full", true, 10000},
                {"exclude_and_rescale", false, 0}};
    for (size_t i = 0; i < COUNT_OF(WAYS); i++) {
        run(arena_format(&memory, "UPDATE policy SET value = '%s' WHERE key = 'score.no_market'",
                         WAYS[i].value));
        const struct indicator_report *report = report_on("2026-12-31");
        ck_assert_str_eq(report->scores[0].row, "VII.6");
        ck_assert_int_eq(report->scores[0].has_value, WAYS[i].has_value);
        ck_assert_int_eq(report->scores[0].score, WAYS[i].score);
        ck_assert_ptr_nonnull(report->scores[0].why);
        printf("%s: %s\n", WAYS[i].value, report->scores[0].why);
    }
    run("UPDATE policy SET value = '0' WHERE key = 'score.own_software'; INSERT INTO score_input VALUES "
        "(2026, 'S0', 'VIII.1.4', NULL, 3, 0, 'CV 1', 'a', '')");
    const struct indicator_report *report = report_on("2026-12-31");
    struct indicator_sheet s = score_sheet(report, "S0");
    ck_assert_int_eq(s.excluded, 100);
    ck_assert_int_eq(s.score, 15000);    /* three uses of new technology, 0.5 each */
    ck_assert_int_eq(s.rescaled, 15152); /* 1.5 * 100 / 99 */
    run("UPDATE policy SET value = 'perhaps' WHERE key = 'score.no_market'");
    struct indicator_request r = on("2026-12-31");
    struct fault f = {0};
    ck_assert(!indicators_report(ward, &r, &memory, ARENA_NEW(&memory, struct indicator_report), &f));
    ck_assert_int_eq(f.code, FAULT_BAD_VALUE);
}
END_TEST

START_TEST(special_cases_are_policies)
{
    run("INSERT INTO score_input VALUES (2026, 'S2', '6.2', NULL, 4, 0, 'CV 1', 'a', '')");
    ck_assert_int_eq(score_sheet(report_on("2026-12-31"), "S2").score, 0);
    run("UPDATE policy SET value = '1' WHERE key = 'score.partial_count'");
    ck_assert_int_eq(score_sheet(report_on("2026-12-31"), "S2").score, 80000);  /* 4 of 5 tables, 10 points */
    ck_assert_int_eq(score_sheet(report_on("2026-12-31"), "S0").score, -10000); /* nothing since January */
    run("UPDATE policy SET value = '0' WHERE key = 'score.own_software'");
    ck_assert_int_eq(score_sheet(report_on("2026-12-31"), "S0").score, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("limits_of_indicators");
    TCase *tests = tcase_create("limits_of_indicators");
    tcase_set_timeout(tests, 60);
    tcase_add_unchecked_fixture(tests, open_ward, close_ward);
    tcase_add_checked_fixture(tests, begin_case, end_case);
    tcase_add_loop_test(tests, every_target_is_met_exactly_and_missed_by_one, 0, (int)COUNT_OF(BORDERS));
    tcase_add_test(tests, an_upper_limit_is_met_on_it_and_broken_by_one);
    tcase_add_test(tests, five_working_days_end_at_midnight_of_the_fifth);
    tcase_add_test(tests, nine_of_ten_changes_in_time_are_enough_and_no_fewer);
    tcase_add_test(tests, a_notice_answered_on_its_last_day_is_in_time);
    tcase_add_test(tests, a_day_counts_from_ninety_five_probes_of_a_hundred);
    tcase_add_test(tests, an_hour_in_a_hundred_may_fail_in_ninety_days);
    tcase_add_test(tests, runs_of_checks_at_their_borders);
    tcase_add_test(tests, uses_belong_to_their_quarter);
    tcase_add_test(tests, a_label_counts_while_it_hangs_and_its_picture_is_young);
    tcase_add_test(tests, a_ward_without_a_market_is_scored_as_its_policy_says);
    tcase_add_test(tests, special_cases_are_policies);
    suite_add_tcase(suite, tests);
    return run_tests(suite);
}
