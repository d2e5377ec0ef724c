/* The population E and the numbers over it, each at its borders. */
#include "tests/indicators/ward_of_numbers.h"

START_TEST(e_is_active_establishments_and_occupied_stalls_each_once)
{
    run("INSERT INTO shop (id, status, valid_from, valid_to) VALUES (1, 'active', NULL, NULL), (2, "
        "'suspended', NULL, NULL),"
        " (3, 'ceased', NULL, NULL), (4, 'active', '2026-07-01', NULL), (5, 'ceased', NULL, '2026-06-30'), "
        "(6, 'active', NULL, '2026-06-30');"
        "INSERT INTO booth (id, status, trader) VALUES (11, 'active', 1), (12, 'vacant', NULL), (13, "
        "'active', NULL);"
        "INSERT INTO booth (id, status, trader, occupied_to) VALUES (14, 'vacant', 2, '2026-06-30');"
        "INSERT INTO shop (id, stall_id) VALUES (7, 11);");
    ck_assert_int_eq(figure(INDICATOR_S1_1B, "2026-06-30").denominator, 5); /* 1 5 6 11 14 */
    ck_assert_int_eq(figure(INDICATOR_S1_1B, "2026-07-01").denominator, 3); /* 1 4 11 */
    ck_assert_ptr_nonnull(
        strstr(row_of(INDICATOR_S1_1B, "2026-07-01", "00000000007").reason, "đã đếm ở quầy/sạp"));
    ck_assert_str_eq(row_of(INDICATOR_S1_1B, "2026-07-01", "00000000013").reason, "quầy/sạp trống");
}
END_TEST

START_TEST(another_ward_is_not_ours)
{
    run("INSERT INTO ward (id, code, name, fold, updated_at) VALUES (50, '99002', 'Phường Khác', 'khac', '');"
        "INSERT INTO shop (id) VALUES (1), (2); UPDATE place SET ward_id = 50 WHERE id = 2;");
    ck_assert_int_eq(figure(INDICATOR_S1_1B, "2026-06-30").denominator, 1);
}
END_TEST

START_TEST(a_trusted_position_lies_inside_the_ward)
{
    run("INSERT INTO shop (id, position) VALUES (1, 'gps'), (2, 'house_number'), (3, 'stall_plan'), (4, "
        "'interpolated'), (5, 'street'),"
        " (6, 'residential_group'), (7, 'area'), (8, 'none');"
        "INSERT INTO shop (id, position, lon) VALUES (9, 'gps', 108.31);");
    struct indicator i = figure(INDICATOR_S1_1B, "2026-12-31");
    ck_assert_share(3, 9, i);
    ck_assert(!i.met);
    ck_assert_ptr_nonnull(
        strstr(row_of(INDICATOR_S1_1B, "2026-12-31", "00000000009").reason, "ngoài ranh giới"));
    run("UPDATE ward SET geom = NULL"); /* nobody drew the ward: the method decides */
    ck_assert_share(4, 9, figure(INDICATOR_S1_1B, "2026-12-31"));
}
END_TEST

START_TEST(core_fields_must_all_be_there)
{
    run("INSERT INTO shop (id) VALUES (1), (2), (3), (4), (5), (6);"
        "UPDATE place SET industry_code = NULL WHERE id = 2; UPDATE establishment SET address = ' ' WHERE "
        "place_id = 3;"
        "UPDATE place SET residential_group_id = NULL WHERE id = 4; UPDATE place SET batch_id = NULL WHERE "
        "id = 5;"
        "UPDATE place SET industry_code = '9999' WHERE id = 6;");
    ck_assert_share(
        2, 6, figure(INDICATOR_S1_1C, "2026-12-31")); /* 6 too: no classification is loaded to judge it by */
    run("INSERT INTO industry (version, code, level, name, group_name) VALUES ('VSIC', '4711', 4, 'Bán lẻ', "
        "'Bán lẻ')");
    ck_assert_share(1, 6, figure(INDICATOR_S1_1C, "2026-12-31"));
    ck_assert_str_eq(row_of(INDICATOR_S1_1C, "2026-12-31", "00000000002").reason, "thiếu mã ngành");
    run("UPDATE import_batch SET source_date = NULL"); /* an undated list counts from the day it came in */
    ck_assert_share(1, 6, figure(INDICATOR_S1_1C, "2026-12-31"));
}
END_TEST

START_TEST(duplicates_wait_until_somebody_decides)
{
    run("INSERT INTO shop (id) SELECT i FROM numbers WHERE i <= 200;"
        "UPDATE establishment SET match_key = x'01' WHERE place_id IN (1, 2);"
        "INSERT INTO review (place_id, reason, fault_group, opened_at) VALUES (3, 'x', 'duplicate', "
        "'2026-02-01T00:00:00Z');");
    struct indicator i = figure(INDICATOR_S1_1D, "2026-12-31");
    ck_assert_share(2, 200, i);
    ck_assert(i.met && strcmp(i.op, "le") == 0); /* exactly one percent */
    run("UPDATE establishment SET match_key = x'02' WHERE place_id IN (5, 6)");
    ck_assert(!figure(INDICATOR_S1_1D, "2026-12-31").met);
    run("UPDATE review SET closed_at = '2026-03-01T00:00:00Z'");
    ck_assert_share(2, 200, figure(INDICATOR_S1_1D, "2026-12-31"));
    run("UPDATE place SET status = 'ceased' WHERE id = 2"); /* its twin is gone */
    ck_assert_share(1, 199, figure(INDICATOR_S1_1D, "2026-12-31"));
}
END_TEST

START_TEST(required_layers_fill_one_by_one)
{
    ck_assert_share(1, 5, figure(INDICATOR_S1_2, "2026-12-31")); /* the residential groups stand */
    run("INSERT INTO shop (id) VALUES (1); INSERT INTO booth (id, trader) VALUES (11, 1);"
        "INSERT INTO fs_place (place_id, regime, updated_at) VALUES (1, 'commitment', '');"
        "INSERT INTO street (code, name, fold, updated_at) VALUES ('D1', 'Đường A', 'a', '');");
    struct indicator i = figure(INDICATOR_S1_2, "2026-12-31");
    ck_assert_share(5, 5, i);
    ck_assert(i.met);
}
END_TEST

START_TEST(industry_needs_class_and_group_of_the_version_in_force)
{
    run("INSERT INTO shop (id) VALUES (1), (2), (3), (4), (5); UPDATE place SET industry_code = NULL WHERE "
        "id = 2;"
        "UPDATE place SET industry_code = '471' WHERE id = 3; UPDATE place SET industry_group = NULL, "
        "industry_code = '5610' WHERE id = 4;"
        "UPDATE place SET industry_code = '47110' WHERE id = 5;");
    ck_assert_share(0, 5,
                    figure(INDICATOR_S2_1, "2026-12-31")); /* no classification: a number all the same */
    run("INSERT INTO industry (version, code, level, name, group_name) VALUES ('VSIC', '471', 3, 'x', 'x'), "
        "('VSIC', '4711', 4, 'x', 'x'),"
        " ('VSIC', '47110', 5, 'x', 'x'), ('VSIC', '5610', 4, 'x', NULL);");
    ck_assert_share(2, 5, figure(INDICATOR_S2_1, "2026-12-31"));
    run("INSERT INTO policy (key, value, valid_from) VALUES ('industry.version', 'NEW', '2027-01-01')");
    ck_assert_share(2, 5, figure(INDICATOR_S2_1, "2026-12-31"));
    ck_assert_share(0, 5, figure(INDICATOR_S2_1, "2027-01-01"));
}
END_TEST

START_TEST(platforms_age_after_a_year)
{
    run("INSERT INTO shop (id, kind) VALUES (1, 'enterprise'), (2, 'branch'), (3, 'household'), (4, "
        "'cooperative'), (5, 'other'),"
        " (6, 'household'); INSERT INTO booth (id, trader) VALUES (11, 1);"
        "INSERT INTO platform_use VALUES (1, 'sales', '2025-12-31'), (2, 'sales', '2025-12-30'), (3, "
        "'sales', NULL), (4, 'sales', '2026-12-01'),"
        " (6, 'sales', '2026-12-31'), (6, 'payment', '2024-01-01');");
    ck_assert_share(2, 5, figure(INDICATOR_KPI_NTS, "2026-12-31"));
    ck_assert_share(
        3, 5, figure(INDICATOR_KPI_NTS, "2026-12-30")); /* 2 still; 6 too: known_at, not as_of, hides it */
    ck_assert_int_eq(figure(INDICATOR_KPI_NTS, "2026-12-31").target, 50);
}
END_TEST

START_TEST(accounts_of_households_and_traders)
{
    run("INSERT INTO shop (id, kind) VALUES (1, 'household'), (2, 'household'), (3, 'enterprise'), (4, "
        "'household');"
        "UPDATE establishment SET has_account = (place_id IN (1, 3)) WHERE place_id <> 4;"
        "INSERT INTO booth (id, trader, account) VALUES (11, 1, 1), (12, 2, 0), (13, 3, NULL);"
        "INSERT INTO shop (id, kind, stall_id) VALUES (5, 'enterprise', 12);");
    ck_assert_share(2, 5,
                    figure(INDICATOR_KPI_TK, "2026-12-31")); /* 1 2 4 11 13; stall 12 is an enterprise's */
}
END_TEST

START_TEST(e_invoices_are_na_until_the_tax_list_comes)
{
    run("INSERT INTO shop (id) VALUES (1), (2), (3)");
    struct indicator i = figure(INDICATOR_KPI_HDDT, "2026-12-31");
    ck_assert(i.state == INDICATOR_NA && i.why && !i.met);
    run("UPDATE establishment SET einvoice_in_scope = 1, einvoice_connected = (place_id = 1) WHERE place_id "
        "< 3");
    ck_assert_share(1, 2, figure(INDICATOR_KPI_HDDT, "2026-12-31"));
}
END_TEST

START_TEST(alive_looks_back_thirty_days)
{
    ck_assert_share(1, 1, figure(INDICATOR_S1_5C, "2026-02-09"));
    ck_assert_share(0, 1, figure(INDICATOR_S1_5C, "2026-02-10"));
    ck_assert_int_eq(figure(INDICATOR_S1_5C, "2026-01-09").state, INDICATOR_NA);
}
END_TEST

START_TEST(a_policy_may_set_a_target_from_a_day)
{
    ck_assert_int_eq(figure(INDICATOR_S1_1B, "2026-06-30").target, 90);
    run("INSERT INTO policy (key, value, valid_from, decision_ref) VALUES ('target.S1.1b', '95', "
        "'2026-07-01', 'QĐ 5')");
    ck_assert_int_eq(figure(INDICATOR_S1_1B, "2026-06-30").target, 90);
    ck_assert_int_eq(figure(INDICATOR_S1_1B, "2026-07-01").target, 95);
}
END_TEST

static struct indicator_report *report_on(const char *day)
{
    struct indicator_request r = on(day);
    struct indicator_report *report = ARENA_NEW(&memory, struct indicator_report);
    struct fault f = {0};
    must(indicators_report(ward, &r, &memory, report, &f), &f);
    return report;
}

static bool is_blocked_by(const struct indicator_stage *stage, const char *code)
{
    for (int i = 0; i < stage->blocking_count; i++)
        if (strcmp(stage->blocking[i], code) == 0)
            return true;
    return false;
}

START_TEST(a_stage_needs_every_number_and_a_signature)
{
    struct indicator_report *report = report_on("2026-12-31");
    ck_assert(!report->stages[0].complete && is_blocked_by(&report->stages[0], "S1.1a"));
    ck_assert(is_blocked_by(&report->stages[1], "S1.1a") && is_blocked_by(&report->stages[1], "S2.3a"));
    run("UPDATE policy SET value = '1', decision_ref = 'QĐ 9' WHERE key LIKE 'not_applicable.S1.%'");
    report = report_on("2026-12-31");
    ck_assert_int_eq(report->stages[0].blocking_count, 0);
    ck_assert(!report->stages[0].complete); /* nobody has signed */
    run("UPDATE policy SET value = '1', decision_ref = 'BB 1' WHERE key = 'stage1.accepted'");
    report = report_on("2026-12-31");
    ck_assert(report->stages[0].complete && !report->stages[1].complete);
    run("UPDATE policy SET decision_ref = NULL WHERE key = 'not_applicable.S1.4a'"); /* a waiver without a
                                                                                        decision is none */
    ck_assert(is_blocked_by(&report_on("2026-12-31")->stages[0], "S1.4a"));
}
END_TEST

static const struct indicator_score *score(const struct indicator_report *report, const char *sheet,
                                           const char *row)
{
    for (int i = 0; i < report->score_count; i++)
        if (strcmp(report->scores[i].sheet, sheet) == 0 && strcmp(report->scores[i].row, row) == 0)
            return &report->scores[i];
    ck_abort_msg("no score %s %s", sheet, row);
    return NULL;
}

START_TEST(market_row_of_s0)
{
    ck_assert(!score(report_on("2026-12-31"), "S0", "VII.6")
                   ->has_value); /* the one market is not said to be ours */
    run("UPDATE market SET ward_managed = 1, cashless_deployed = 1, evidence_note = 'QĐ 1, ảnh';"
        "INSERT INTO market (id, code, name, fold, ward_managed, cashless_deployed, evidence_note, "
        "updated_at) VALUES"
        " (2, 'CHO2', 'b', 'b', 1, 1, 'ảnh', ''), (3, 'CHO3', 'c', 'c', 1, 1, '', ''), (4, 'CHO4', 'd', 'd', "
        "0, 1, 'ảnh', '');");
    const struct indicator_score *s = score(report_on("2026-12-31"), "S0", "VII.6");
    ck_assert_share(2, 3, *s);
    ck_assert_int_eq(s->score, 6667);
    run("UPDATE policy SET value = '1' WHERE key = 'market.needs_point';"
        "INSERT INTO booth (id, trader, market) VALUES (11, 1, 2); INSERT INTO proof (place, class, day) "
        "VALUES (11, 'E1', '2026-12-01');");
    ck_assert_share(1, 3, *score(report_on("2026-12-31"), "S0", "VII.6"));
}
END_TEST

START_TEST(market_4_0_counts_a_trader_once)
{
    run("UPDATE market SET market_40 = 0; INSERT INTO booth (id, trader, account) SELECT i, i, 1 FROM "
        "numbers WHERE i <= 50;");
    const struct indicator_score *s = score(report_on("2026-12-31"), "S1-xa", "VIII.3.6");
    ck_assert(s->has_value && s->score == 0);
    run("UPDATE market SET market_40 = 1; DELETE FROM occupancy; DELETE FROM stall; DELETE FROM place;"
        "INSERT INTO booth (id, trader, account) SELECT i, (i - 1) % 180 + 1, (i - 1) % 180 < 126 FROM "
        "numbers WHERE i <= 200;");
    s = score(report_on("2026-12-31"), "S1-xa", "VIII.3.6");
    ck_assert_share(126, 180, *s);
    ck_assert_int_eq(s->score, 8500);
    run("UPDATE market SET market_40 = NULL");
    ck_assert(!score(report_on("2026-12-31"), "S1-xa", "VIII.3.6")->has_value);
}
END_TEST

START_TEST(facilities_of_a_group_by_industry)
{
    run("INSERT INTO shop (id) SELECT i FROM numbers WHERE i <= 9; UPDATE place SET industry_code = '8620' "
        "WHERE id <= 9;"
        "INSERT INTO shop (id) VALUES (20); INSERT INTO proof (place, class, day) SELECT i, 'E1', "
        "'2026-12-01' FROM numbers WHERE i <= 7;");
    const struct indicator_report *report = report_on("2026-12-31");
    const struct indicator_score *s = score(report, "S1-xa", "VIII.3.3");
    ck_assert_share(7, 9, *s);
    ck_assert_int_eq(s->score, 15556);
    ck_assert_int_eq(s->score_relative, 19444);
    ck_assert_int_eq(score(report, "S1-huyen", "VIII.3.3")->score, 7778);
    ck_assert(!score(report, "S1-xa", "VIII.3.4")->has_value); /* no school: no score, not zero */
    ck_assert_share(0, 1, *score(report, "S1-xa", "VIII.3.5"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base_numbers");
    TCase *tests = tcase_create("base_numbers");
    tcase_add_unchecked_fixture(tests, open_ward, close_ward);
    tcase_add_checked_fixture(tests, begin_case, end_case);
    tcase_add_test(tests, e_is_active_establishments_and_occupied_stalls_each_once);
    tcase_add_test(tests, another_ward_is_not_ours);
    tcase_add_test(tests, a_trusted_position_lies_inside_the_ward);
    tcase_add_test(tests, core_fields_must_all_be_there);
    tcase_add_test(tests, duplicates_wait_until_somebody_decides);
    tcase_add_test(tests, required_layers_fill_one_by_one);
    tcase_add_test(tests, industry_needs_class_and_group_of_the_version_in_force);
    tcase_add_test(tests, platforms_age_after_a_year);
    tcase_add_test(tests, accounts_of_households_and_traders);
    tcase_add_test(tests, e_invoices_are_na_until_the_tax_list_comes);
    tcase_add_test(tests, alive_looks_back_thirty_days);
    tcase_add_test(tests, a_policy_may_set_a_target_from_a_day);
    tcase_add_test(tests, a_stage_needs_every_number_and_a_signature);
    tcase_add_test(tests, market_row_of_s0);
    tcase_add_test(tests, market_4_0_counts_a_trader_once);
    tcase_add_test(tests, facilities_of_a_group_by_industry);
    suite_add_tcase(suite, tests);
    return run_tests(suite);
}
