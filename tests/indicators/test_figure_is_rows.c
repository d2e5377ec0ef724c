/* Properties on random wards: a figure is the count of its rows, nothing above the line that is not below it,
 * and one more place that qualifies never lowers a figure. The seed is fixed: a failure can be seen again. */
#include "tests/indicators/ward_of_numbers.h"

static uint64_t state;

static int pick(int n)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (int)((state >> 33) % (uint64_t)n);
}

static const char *one_of(const char *const *list, int n)
{
    return list[pick(n)];
}

static const char *day_of_2026(void)
{
    static const struct date START = {2025, 6, 1};
    char *text = arena_alloc(&memory, 11);
    date_format_iso(date_of_days(date_to_days(START) + pick(700)), text);
    return text;
}

static void insert(const char *sql, int a, const char *x, const char *y)
{
    struct fault f = {0};
    sqlite3_stmt *st = store_statement(ward, sql, &f);
    ck_assert_msg(st, "%s", f.text);
    bind_int(st, 1, a);
    bind_text(st, 2, x);
    bind_text(st, 3, y);
    must(statement_run(st, &f), &f);
}

enum { SHOPS = 60, BOOTHS = 40 };

static void random_places(void)
{
    static const char *const STATUS[] = {"active", "active", "active", "suspended", "ceased"};
    static const char *const KIND[] = {"household", "household",   "enterprise",
                                       "branch",    "cooperative", "other"};
    static const char *const POSITION[] = {"gps", "house_number", "interpolated", "street", "none"};
    for (int i = 1; i <= SHOPS; i++) {
        insert("INSERT INTO shop (id, status, kind) VALUES (?1, ?2, ?3)", i, one_of(STATUS, 5),
               one_of(KIND, 6));
        insert("UPDATE place SET position = ?2, valid_from = ?3 WHERE id = ?1", i, one_of(POSITION, 5),
               pick(4) ? NULL : day_of_2026());
        insert("UPDATE place SET verified_on = ?2, industry_code = ?3 WHERE id = ?1", i, day_of_2026(),
               pick(3) ? "8610" : NULL);
        if (pick(2))
            insert("INSERT INTO platform_use VALUES (?1, ?2, ?3)", i, "x", day_of_2026());
        insert("UPDATE establishment SET has_account = (?2 = '1'), match_key = ?3 WHERE place_id = ?1", i,
               pick(2) ? "1" : "0", arena_format(&memory, "%d", pick(40)));
    }
    for (int i = 101; i <= 100 + BOOTHS; i++)
        if (pick(5))
            insert("INSERT INTO booth (id, trader, account) VALUES (?1, ?1 % 30, ?2 = '1')", i,
                   pick(2) ? "1" : "0", NULL);
        else
            insert("INSERT INTO booth (id, status) VALUES (?1, 'vacant')", i, NULL, NULL);
    for (int i = 1; i <= 3; i++)
        insert("UPDATE establishment SET stall_place_id = 100 + ?1 WHERE place_id = ?1", i, NULL, NULL);
}

static int any_place(void)
{
    return pick(2) ? 1 + pick(SHOPS) : 101 + pick(BOOTHS);
}

static void random_pilots(void)
{
    static const char *const STATE[] = {"verified", "verified",  "verified",
                                        "disputed", "submitted", "rejected"};
    static const char *const CLASS[] = {"E1", "E2", "E3"};
    for (int i = 0; i < 50; i++) {
        const char *joined = day_of_2026();
        insert(pick(2) ? "INSERT OR IGNORE INTO pilot_member (pilot_id, place_id, joined_on, left_on) VALUES "
                         "(1, ?1, ?2, ?3)"
                       : "INSERT OR IGNORE INTO pilot_member (pilot_id, place_id, joined_on, left_on) VALUES "
                         "(2, ?1, ?2, ?3)",
               any_place(), joined, pick(3) ? NULL : day_of_2026());
    }
    for (int i = 0; i < 300; i++) {
        insert("INSERT INTO proof (place, class, day) VALUES (?1, ?2, ?3)", any_place(), one_of(CLASS, 3),
               day_of_2026());
        insert(
            "UPDATE evidence SET state = ?2 WHERE id = (SELECT max(id) FROM evidence) AND ?1 AND ?3 IS NULL",
            1, one_of(STATE, 6), NULL);
    }
}

static void check_rows(enum indicator_id id, const struct indicator_request *r)
{
    struct indicator i = figure_of(id, r);
    struct indicator_row *rows;
    struct fault f = {0};
    uint32_t count;
    int64_t above = 0, below = 0;
    must(indicator_rows(ward, id, r, &memory, &rows, &count, &f), &f);
    for (uint32_t k = 0; k < count; k++) {
        above += rows[k].in_numerator;
        below += rows[k].in_denominator;
        ck_assert(!rows[k].in_numerator || rows[k].in_denominator);
        ck_assert_msg(rows[k].reason[0], "%s has a row without a reason", i.code);
    }
    ck_assert_msg(above == i.numerator && below == i.denominator, "%s", i.code);
    ck_assert(i.numerator <= i.denominator);
    int64_t model_above = 0, model_below = 0;
    for (int m = 0; m < i.model_count; m++) {
        model_above += i.models[m].numerator;
        model_below += i.models[m].denominator;
    }
    ck_assert(i.model_count == 0 ||
              (model_above == i.numerator && model_below == i.denominator)); /* pooled */
}

START_TEST(a_figure_is_the_count_of_its_rows)
{
    static const char *const DAYS[] = {"2025-12-31", "2026-06-30", "2026-11-22", "2027-03-01"};
    for (int round = 0; round < 8; round++) {
        state = 20261122u + (uint64_t)round;
        run("SAVEPOINT round");
        random_places();
        random_pilots();
        for (size_t d = 0; d < COUNT_OF(DAYS); d++) {
            struct indicator_request r = on(DAYS[d]);
            for (int id = 0; id < INDICATOR_COUNT; id++)
                check_rows((enum indicator_id)id, &r);
            r.known_at = "2026-06-30T16:59:59Z";
            check_rows(INDICATOR_KPI_GD, &r);
        }
        run("ROLLBACK TO round; RELEASE round");
    }
}
END_TEST

static bool is_lower(const struct indicator *after, const struct indicator *before)
{
    return after->numerator * before->denominator < before->numerator * after->denominator;
}

START_TEST(one_more_that_qualifies_never_lowers_a_figure)
{
    static const enum indicator_id IDS[] = {INDICATOR_S1_1B,   INDICATOR_S1_1C,   INDICATOR_S1_3B,
                                            INDICATOR_KPI_GD,  INDICATOR_KPI_NTS, INDICATOR_KPI_TK,
                                            INDICATOR_KPI_K100};
    for (int round = 0; round < 8; round++) {
        struct indicator before[COUNT_OF(IDS)];
        state = 7u + (uint64_t)round;
        run("SAVEPOINT round");
        random_places();
        random_pilots();
        for (size_t k = 0; k < COUNT_OF(IDS); k++)
            before[k] = figure(IDS[k], "2026-11-22");
        run("INSERT INTO booth (id, trader, account) VALUES (300, 300, 1);"
            "UPDATE place SET residential_group_id = 1, industry_code = '4711', verified_on = '2026-11-01' "
            "WHERE id = 300;"
            "INSERT INTO member (place) VALUES (300); INSERT INTO platform_use VALUES (300, 'x', "
            "'2026-11-01');"
            "INSERT INTO proof (place, class, day) VALUES (300, 'E1', '2026-11-01'), (300, 'E2', "
            "'2026-11-01'), (300, 'E3', '2026-11-01');");
        for (size_t k = 0; k < COUNT_OF(IDS); k++) {
            struct indicator after = figure(IDS[k], "2026-11-22");
            ck_assert_int_eq(after.denominator, before[k].denominator + 1);
            ck_assert_int_eq(after.numerator, before[k].numerator + 1);
            ck_assert(before[k].denominator == 0 || !is_lower(&after, &before[k]));
        }
        run("ROLLBACK TO round; RELEASE round");
    }
}
END_TEST

START_TEST(json_says_what_the_figures_say)
{
    struct indicator_request r = on("2026-11-22");
    struct buf out = {0};
    struct fault f = {0};
    state = 1;
    random_places();
    random_pilots();
    must(indicators_json(ward, &r, &out, &f), &f);
    buf_char(&out, '\0');
    struct indicator i = figure_of(INDICATOR_KPI_GD, &r);
    const char *part = arena_format(
        &memory,
        "\"numerator\":%lld,\"denominator\":%lld,\"percent\":%lld.%02lld,\"op\":\"ge\",\"target\":60",
        (long long)i.numerator, (long long)i.denominator,
        (long long)indicator_percent_hundredths(i.numerator, i.denominator) / 100,
        (long long)indicator_percent_hundredths(i.numerator, i.denominator) % 100);
    ck_assert_ptr_nonnull(strstr(out.p, part));
    ck_assert_ptr_nonnull(strstr(out.p, "\"by_model\":[{\"code\":\"MH1\",\"name\":"));
    ck_assert_ptr_nonnull(strstr(out.p, "\"stages\":[\n{\"stage\":1,\"complete\":false"));
    ck_assert_int_eq(store_int(ward, "SELECT json_valid(?1)", out.p, 0), 1);
    buf_release(&out);
}
END_TEST

/* MH1 of 3 points, MH2 of 6 and a third of 9: the public is told the third only. */
static void three_models(void)
{
    run("INSERT INTO pilot (id, code, name, type, updated_at) VALUES (3, 'MH3', 'Tuyến phố 3', 'street', "
        "'2026-01-10T02:00:00Z'); INSERT INTO shop (id) SELECT i FROM numbers WHERE i <= 18;"
        "INSERT INTO member (place, pilot) SELECT i, CASE WHEN i <= 3 THEN 1 WHEN i <= 9 THEN 2 ELSE 3 END "
        "FROM "
        "numbers WHERE i <= 18;");
}

START_TEST(a_small_model_is_hidden_from_the_public_and_cannot_be_had_by_subtraction)
{
    struct indicator_request r = on("2026-11-22");
    struct indicator_report *report = ARENA_NEW(&memory, struct indicator_report);
    struct buf out = {0};
    struct fault f = {0};
    three_models();
    must(indicators_report(ward, &r, &memory, report, &f), &f);
    indicators_report_json(report, &out);
    buf_char(&out, '\0');
    ck_assert_ptr_nonnull(strstr(out.p, "\"type\":\"market\",\"numerator\":0,\"denominator\":3,"));
    buf_reset(&out);
    indicators_hide_small(ward, &memory, report);
    indicators_report_json(report, &out);
    buf_char(&out, '\0');
    const struct indicator *i = &report->indicators[INDICATOR_KPI_GD];
    ck_assert_int_eq(i->model_count, 3);
    ck_assert(i->models[0].is_hidden && i->models[1].is_hidden && !i->models[2].is_hidden);
    ck_assert_ptr_nonnull(
        strstr(out.p, "\"numerator\":null,\"denominator\":null,\"percent\":null,\"why\":\"m"));
    ck_assert_ptr_null(strstr(out.p, "\"denominator\":3,"));
    ck_assert_ptr_nonnull(strstr(out.p, "\"numerator\":0,\"denominator\":9,"));
    buf_release(&out);
}
END_TEST

START_TEST(rows_of_a_small_model_are_hidden_with_it)
{
    struct indicator_request r = on("2026-11-22");
    struct indicator_row *rows;
    struct fault f = {0};
    uint32_t count;
    int hidden = 0;
    three_models();
    must(indicator_rows(ward, INDICATOR_KPI_GD, &r, &memory, &rows, &count, &f), &f);
    indicator_rows_hide_small(ward, &memory, r.as_of, rows, count);
    for (uint32_t i = 0; i < count; i++) {
        ck_assert_int_eq(rows[i].is_hidden, strcmp(rows[i].model, "MH3") != 0);
        hidden += rows[i].is_hidden;
    }
    ck_assert_int_eq(hidden, 9);
    run("UPDATE policy SET value = '2' WHERE key = 'small_cell'");
    indicator_rows_hide_small(ward, &memory, r.as_of, rows, count);
    for (uint32_t i = 0; i < count; i++)
        ck_assert(!rows[i].is_hidden);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("figure_is_rows");
    TCase *tests = tcase_create("figure_is_rows");
    tcase_set_timeout(tests, 60);
    tcase_add_unchecked_fixture(tests, open_ward, close_ward);
    tcase_add_checked_fixture(tests, begin_case, end_case);
    tcase_add_test(tests, a_figure_is_the_count_of_its_rows);
    tcase_add_test(tests, one_more_that_qualifies_never_lowers_a_figure);
    tcase_add_test(tests, json_says_what_the_figures_say);
    tcase_add_test(tests, a_small_model_is_hidden_from_the_public_and_cannot_be_had_by_subtraction);
    tcase_add_test(tests, rows_of_a_small_model_are_hidden_with_it);
    suite_add_tcase(suite, tests);
    return run_tests(suite);
}
