/* Periods and their closings, told as a year in an office: two quarters closed, a list that comes late, a
 * dispute overturned, a rule changed in the middle of the year. */
#include "tests/indicators/ward_of_numbers.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static struct period_closing closed;
static struct indicator_report report;

static struct period period_named(const char *name)
{
    struct period p;
    struct fault f = {0};
    must(period_parse(slice_of(name), &p, &f), &f);
    return p;
}

static void close_period(const char *name, const char *reason)
{
    struct fault f = {0};
    struct period_request r = {.period = period_named(name), .who = "test", .reason = reason};
    must(period_close(ward, &r, &memory, &report, &closed, &f), &f);
}

static struct period_figure again(const char *name, int version, const char *code)
{
    struct period_figure figures[INDICATOR_COUNT];
    struct period p = period_named(name);
    struct fault f = {0};
    int count = 0;
    must(period_recount(ward, &p, version, &memory, figures, &count, &f), &f);
    ck_assert_int_eq(count, INDICATOR_COUNT);
    for (int i = 0; i < count; i++)
        if (strcmp(figures[i].code, code) == 0)
            return figures[i];
    ck_abort_msg("no figure %s", code);
    return figures[0];
}

/* The difference to the version before, printed for whoever reads the log of the tests. */
static const char *difference(const char *name, int version)
{
    struct buf out = {0};
    struct period p = period_named(name);
    struct fault f = {0};
    must(period_diff(ward, &p, version, &out, &f), &f);
    const char *text = arena_text(&memory, buf_to_slice(&out));
    buf_release(&out);
    printf("%s\n", text);
    return text;
}

#define ck_assert_says(text, part) ck_assert_msg(strstr(text, part), "not said: %s", part)

/* Times are whole seconds: what is recorded after a closing is recorded in a later one. */
static void later(void)
{
    static const struct timespec SECOND = {1, 50000000};
    nanosleep(&SECOND, NULL);
}

static void six_points_in_a_pilot(void)
{
    run("INSERT INTO shop (id) SELECT i FROM numbers WHERE i <= 6; INSERT INTO member (place) SELECT i FROM "
        "numbers WHERE i <= 6;"
        "INSERT INTO proof (place, class, day) SELECT i, 'E1', '2026-06-01' FROM numbers WHERE i <= 4;"
        "INSERT INTO proof (place, class, day, state) VALUES (5, 'E1', '2026-06-01', 'disputed');"
        "INSERT INTO proof (place, class, day) SELECT i, 'E3', '2026-06-20' FROM numbers WHERE i <= 5;");
}

static const char DECIDE[] =
    "INSERT INTO evidence_event (evidence_id, from_state, to_state, at, by) SELECT id, state, 'disputed', "
    "strftime('%Y-%m-%dT%H:%M:%SZ', 'now'), 'a' FROM evidence WHERE place_id = 4 AND class = 'E1';"
    "INSERT INTO evidence_event (evidence_id, from_state, to_state, at, by) SELECT id, 'disputed', "
    "CASE place_id WHEN 4 THEN 'rejected' ELSE 'verified' END, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'), 'b' "
    "FROM evidence WHERE place_id IN (4, 5) AND class = 'E1';"
    "UPDATE evidence SET state = CASE place_id WHEN 4 THEN 'rejected' ELSE 'verified' END WHERE place_id IN "
    "(4, 5) AND class = 'E1';";

START_TEST(what_is_learnt_late_makes_the_next_version_and_leaves_the_first)
{
    six_points_in_a_pilot();
    close_period("2026-Q2", NULL);
    ck_assert_int_eq(closed.version, 1);
    ck_assert_int_eq(closed.source_count, 1);
    ck_assert_int_eq(closed.evidence_count, 10);
    ck_assert_share(4, 6, report.indicators[INDICATOR_KPI_GD]);
    const char *known_first = closed.known_at;
    uint8_t hash_first[HASH_BYTES];
    memcpy(hash_first, closed.evidence_hash, HASH_BYTES);

    later(); /* minutes of June handed in late; one dispute overturned, one upheld; point 1 had shut in May */
    run("INSERT INTO proof (place, class, day, created) SELECT 6, value, '2026-06-25', "
        "strftime('%Y-%m-%dT%H:%M:%SZ', 'now') FROM json_each('[\"E1\",\"E3\"]');");
    run(DECIDE);
    struct indicator_request then = on("2026-06-30");
    then.known_at = known_first; /* evidence keeps its history: the register of that day can still be asked */
    ck_assert_share(4, 6, figure_of(INDICATOR_KPI_GD, &then));
    run("UPDATE place SET status = 'ceased', valid_to = '2026-05-31' WHERE id = 1;");

    close_period("2026-Q2", "Biên bản tháng 6 nộp muộn; giải quyết khiếu nại; điểm 1 đã đóng từ tháng 5");
    ck_assert_int_eq(closed.version, 2);
    ck_assert_share(4, 5, report.indicators[INDICATOR_KPI_GD]);
    ck_assert(memcmp(closed.evidence_hash, hash_first, HASH_BYTES) != 0);
    struct period_figure first = again("2026-Q2", 1, "KPI-GD"), second = again("2026-Q2", 2, "KPI-GD");
    ck_assert_share(4, 6, first);
    ck_assert_share(4, 5, second);

    const char *said = difference("2026-Q2", 2);
    ck_assert_says(said, "Lý do: Biên bản tháng 6 nộp muộn");
    ck_assert_says(said, "KPI-GD: 4/6 → 4/5\n");
    ck_assert_says(said,
                   "    00000000001 [MH1]: tính → ngoài mẫu số; không còn hoạt động (đến 2026-05-31)\n");
    ck_assert_says(said, "    00000000004 [MH1]: tính → không tính; thiếu minh chứng chấp nhận");
    ck_assert_says(said, "    00000000005 [MH1]: không tính → tính; có minh chứng");
    ck_assert_says(said, "    00000000006 [MH1]: không tính → tính; có minh chứng");
    ck_assert_says(said, "Minh chứng: 10 → 12 mục");
    ck_assert_ptr_null(strstr(said, "00000000002"));
    ck_assert_ptr_null(strstr(said, "Chính sách"));
}
END_TEST

START_TEST(a_rule_of_july_leaves_june_as_it_was)
{
    six_points_in_a_pilot();
    close_period("2026-Q2", NULL);
    run("INSERT INTO proof (place, class, day) VALUES (2, 'E3', '2026-09-25'), (3, 'E3', '2026-08-01');");
    struct policy shorter = {"evidence.e3_days", "10", "2026-07-01", "QĐ 12", NULL};
    struct fault f = {0};
    must(store_set_policy(ward, &shorter, &f), &f);

    close_period("2026-Q3", NULL);
    ck_assert_share(
        1, 6, report.indicators[INDICATOR_KPI_GD]); /* only the sample of 25 September is young enough */
    ck_assert_int_eq(
        store_int(ward,
                  "SELECT count(*) FROM closing c, json_each(c.policies) WHERE c.period = ?1 AND "
                  "value ->> 'key' = 'evidence.e3_days' AND value ->> 'value' = '10' AND value "
                  "->> 'decision' = 'QĐ 12'",
                  "2026-Q3", 0),
        1);
    close_period("2026-Q2", "soát lại sau khi đổi chính sách");
    ck_assert_share(4, 6, report.indicators[INDICATOR_KPI_GD]);
    const char *same = difference("2026-Q2", 2);
    ck_assert_says(same, "Không có số nào thay đổi.\n");

    struct policy backdated = {"evidence.e3_days", "5", "2026-06-01", "QĐ 15", NULL};
    must(store_set_policy(ward, &backdated, &f), &f);
    close_period("2026-Q2", "QĐ 15 áp dụng từ tháng 6");
    const char *said = difference("2026-Q2", 3);
    ck_assert_says(said, "KPI-GD: 4/6 → 0/6\n");
    ck_assert_says(said, "Chính sách evidence.e3_days: 90 → 5 (QĐ 15)\n");
    for (int version = 1; version <= 2; version++)
        ck_assert_share(4, 6, again("2026-Q2", version, "KPI-GD"));
}
END_TEST

START_TEST(a_source_that_came_later_is_named)
{
    close_period("2026-10", NULL);
    later();
    run("INSERT INTO import_batch (id, kind, file_name, file_hash, imported_at, imported_by, row_count) "
        "VALUES (2, "
        "'payments', 'thang10.csv', x'01', strftime('%Y-%m-%dT%H:%M:%SZ', 'now'), 'cli', 7);");
    close_period("2026-10", "danh sách tháng 10");
    ck_assert_says(difference("2026-10", 2), "Thêm nguồn: payments thang10.csv (lần nhập 2, 7 dòng)");
}
END_TEST

START_TEST(another_version_needs_a_reason_and_a_running_period_is_provisional)
{
    struct fault f = {0};
    struct period_request r = {.period = period_named("2026"), .who = "test"};
    close_period("2026", NULL);
    ck_assert(closed.is_provisional);
    ck_assert(!period_close(ward, &r, &memory, &report, &closed, &f));
    ck_assert_int_eq(f.code, FAULT_USAGE);
    ck_assert_int_eq(store_int(ward, "SELECT count(*) FROM closing WHERE period = ?1", "2026", 0), 1);
    close_period("2026-10", NULL);
    ck_assert(!closed.is_provisional);
}
END_TEST

START_TEST(a_closing_never_changes_and_a_forged_one_is_found)
{
    struct fault f = {0};
    struct period p = period_named("2026-Q2");
    struct period_figure figures[INDICATOR_COUNT];
    int count;
    six_points_in_a_pilot();
    close_period("2026-Q2", NULL);
    ck_assert(!store_run(ward, "UPDATE closing_figure SET numerator = 6 WHERE code = 'KPI-GD'", &f));
    ck_assert(!store_run(ward, "DELETE FROM closing", &f));
    run("DROP TRIGGER closing_figure_keeps; UPDATE closing_figure SET numerator = 6 WHERE code = 'KPI-GD';");
    f = (struct fault){0};
    ck_assert(!period_recount(ward, &p, 1, &memory, figures, &count, &f));
    ck_assert_int_eq(f.code, FAULT_INCONSISTENT);
    ck_assert_str_eq(f.place, "KPI-GD");
    f = (struct fault){0};
    ck_assert(!period_recount(ward, &p, 2, &memory, figures, &count, &f));
    ck_assert_int_eq(f.code, FAULT_NOT_FOUND);
}
END_TEST

START_TEST(names_of_periods)
{
    static const struct {
        const char *name;
        struct date first, last;
    } GOOD[] = {{"2026-10", {2026, 10, 1}, {2026, 10, 31}}, {"2026-12", {2026, 12, 1}, {2026, 12, 31}},
                {"2024-02", {2024, 2, 1}, {2024, 2, 29}},   {"2026-Q1", {2026, 1, 1}, {2026, 3, 31}},
                {"2026-Q4", {2026, 10, 1}, {2026, 12, 31}}, {"2026-H1", {2026, 1, 1}, {2026, 6, 30}},
                {"2026-H2", {2026, 7, 1}, {2026, 12, 31}},  {"2026", {2026, 1, 1}, {2026, 12, 31}}};
    static const char *const BAD[] = {"",        "26",      "2026-",    "2026-Q",  "2026-Q0",
                                      "2026-Q5", "2026-H3", "2026-00",  "2026-13", "2026-1",
                                      "2026-+1", "2026-QQ", "2026-010", "x026",    "+026",
                                      "2026Q1x", "2026-q1", "2026 10",  "0000"};
    for (size_t i = 0; i < COUNT_OF(GOOD); i++) {
        struct period p = period_named(GOOD[i].name);
        ck_assert_int_eq(date_to_days(p.first), date_to_days(GOOD[i].first));
        ck_assert_int_eq(date_to_days(p.last), date_to_days(GOOD[i].last));
        ck_assert_str_eq(p.name, GOOD[i].name);
    }
    for (size_t i = 0; i < COUNT_OF(BAD); i++) {
        struct period p;
        struct fault f = {0};
        ck_assert_msg(!period_parse(slice_of(BAD[i]), &p, &f), "%s", BAD[i]);
        ck_assert_int_eq(f.code, FAULT_BAD_PARAMETER);
    }
}
END_TEST

int main(void)
{
    setenv("MAPD_TODAY", "2026-11-22", 1);
    Suite *suite = suite_create("period");
    TCase *tests = tcase_create("period");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, open_ward, close_ward);
    tcase_add_test(tests, what_is_learnt_late_makes_the_next_version_and_leaves_the_first);
    tcase_add_test(tests, a_rule_of_july_leaves_june_as_it_was);
    tcase_add_test(tests, a_source_that_came_later_is_named);
    tcase_add_test(tests, another_version_needs_a_reason_and_a_running_period_is_provisional);
    tcase_add_test(tests, a_closing_never_changes_and_a_forged_one_is_found);
    tcase_add_test(tests, names_of_periods);
    suite_add_tcase(suite, tests);
    return run_tests(suite);
}
