/* Rows of a long list that only make a place stand packed: they are told one by one again, known again, taken
 * back exactly, and hold the same proof as rows that stand by themselves. */
#include "tests/import/load_fixture.h"

enum { LONG_LIST = 3000, WRONG = 1000 /* a row between that has something to say */ };

static const char TOP[] = "Danh sách ngày 31 tháng 10 năm 2026\n",
                  FOOT[] = ",,,,\"Phường Mẫu, ngày 31 tháng 10 năm 2026\"\n";

static void import_long(const char *above, const char *below, const char *mark)
{
    struct buf text = {0};
    buf_text(&text, above);
    buf_text(&text, "Mã điểm,Tên cơ sở,Chủ hộ,Điện thoại,Địa chỉ,Kinh độ,Vĩ độ,QR\n");
    for (int i = 0; i < LONG_LIST; i++)
        buf_format(&text, "B%d,Quán số %d%s,Nguyễn Kín %d,%s,%d Đường Mẫu %d,%.6f,%.6f,Có\n", i, i,
                   i == LONG_LIST / 2 ? mark : "", i, i == WRONG ? "không rõ" : "0905123456", i, i % 50,
                   108.2 + i % 83 * 0.0001, 16.04 + i % 97 * 0.0001);
    buf_text(&text, below);
    buf_char(&text, 0);
    import_list(IMPORT_ESTABLISHMENTS, text.p);
    buf_release(&text);
}

/* Every record of the register, as one text. */
static void take_register(struct buf *out)
{
    static const char *const ALL[] = {"SELECT * FROM place ORDER BY 1",
                                      "SELECT * FROM establishment ORDER BY 1",
                                      "SELECT * FROM restricted ORDER BY 1, 2, 3",
                                      "SELECT * FROM acceptance_listed ORDER BY 1, 2",
                                      "SELECT * FROM source_row ORDER BY 1, 2",
                                      "SELECT * FROM review ORDER BY 1"};
    for (size_t i = 0; i < COUNT_OF(ALL); i++) {
        sqlite3_stmt *st = store_statement(ward.store, ALL[i], &ward.f);
        while (statement_next(st, &ward.f))
            for (int k = 0; k < sqlite3_column_count(st); k++) {
                buf_slice(out, column_bytes(st, k));
                buf_char(out, '|');
            }
    }
}

static void assert_sound(void)
{
    struct buf out = {0};
    uint64_t findings = 0;
    ck_assert_msg(store_check(ward.store, &out, &findings, &ward.f), "%s", ward.f.text);
    ck_assert_msg(findings == 0, "%.*s", (int)out.n, out.p);
    buf_release(&out);
}

START_TEST(packed_rows_are_told_one_by_one)
{
    import_long("", "", "");
    COUNTS(LONG_LIST, 0, 0, 0, 0);
    ck_assert_int_eq(number("SELECT count(*) FROM import_row"), 1); /* the one with a complaint */
    ck_assert_int_eq(number("SELECT count(*) FROM import_pack WHERE row_count BETWEEN 1 AND 512"),
                     number("SELECT count(*) FROM import_pack"));
    ck_assert_int_eq(number("SELECT count(DISTINCT row) FROM import_verdict WHERE verdict = 'added'"),
                     LONG_LIST);
    ck_assert_int_eq(number("SELECT count(*) FROM import_verdict v JOIN place p ON p.id = v.entity_id"
                            " WHERE p.ref = 'B' || (v.row - 2)"),
                     LONG_LIST);
    ck_assert(!file_holds(WARD, "Nguyễn Kín") && !file_holds(WARD "-wal", "Nguyễn Kín"));
    assert_sound();
}
END_TEST

START_TEST(the_same_list_again_is_unchanged_and_one_row_is_not)
{
    import_long("", "", "");
    import_long("", "", "");
    COUNTS(0, 0, LONG_LIST, 0, 0);
    import_long("", "", " mới");
    COUNTS(0, 1, LONG_LIST - 1, 0, 0);
    import_long("", "", " mới");
    COUNTS(0, 0, LONG_LIST, 0, 0);
    import_long("", "", ""); /* the packed row does not stand for the place any more */
    COUNTS(0, 1, LONG_LIST - 1, 0, 0);
    assert_sound();
}
END_TEST

START_TEST(a_twin_of_a_packed_row_is_found)
{
    struct buf text = {0};
    buf_text(&text, "Mã điểm,Tên cơ sở,Địa chỉ,Kinh độ,Vĩ độ\n");
    for (int i = 0; i < LONG_LIST; i++) /* the last two name rows long packed: one the same, one not */
        buf_format(&text, "B%d,Quán %d,%d Đường Mẫu,108.2,16.04\n", i < LONG_LIST - 2 ? i : LONG_LIST - i,
                   i < LONG_LIST - 1 ? i % (LONG_LIST - 4) : 77, i < LONG_LIST - 2 ? i : LONG_LIST - i);
    buf_char(&text, 0);
    import_list(IMPORT_ESTABLISHMENTS, text.p);
    buf_release(&text);
    COUNTS(LONG_LIST - 2, 0, 1, 0, 1);
    ck_assert_str_eq(text_of("SELECT fault_group FROM review"), "duplicate");
}
END_TEST

START_TEST(undo_takes_packs_back_exactly)
{
    struct buf before = {0}, after = {0};
    import_list(IMPORT_ESTABLISHMENTS, "Mã điểm,Tên cơ sở,Chủ hộ,Địa chỉ,Kinh độ,Vĩ độ\n"
                                       "B7,Quán cũ,Lê Xưa,7 Đường Mẫu 7,108.2,16.04\n");
    take_register(&before);
    import_long("", "", "");
    COUNTS(LONG_LIST - 1, 1, 0, 0, 0);
    ck_assert_msg(import_undo(ward.store, ward.sum.batch, "cli", &ward.sum, &ward.f), "%s", ward.f.text);
    take_register(&after);
    ck_assert(slice_equal(buf_to_slice(&before), buf_to_slice(&after)));
    assert_sound();
    import_long("", "", ""); /* what was undone is not known any more */
    COUNTS(LONG_LIST - 1, 1, 0, 0, 0);
    buf_release(&before);
    buf_release(&after);
}
END_TEST

START_TEST(undo_is_refused_when_a_packed_place_was_built_upon)
{
    import_long("", "", "");
    int64_t batch = ward.sum.batch;
    import_long("", "", " mới");
    ck_assert(!import_undo(ward.store, batch, "cli", &ward.sum, &ward.f));
    ck_assert_int_eq(ward.f.code, FAULT_BUILT_UPON);
    ck_assert_msg(strstr(ward.f.text, "dòng 1502 ← lần nhập 2 dòng 1502"), "%s", ward.f.text);
    ward.f = (struct fault){0};
    ck_assert_msg(import_undo(ward.store, 2, "cli", &ward.sum, &ward.f), "%s", ward.f.text);
    ck_assert_msg(import_undo(ward.store, batch, "cli", &ward.sum, &ward.f), "%s", ward.f.text);
    ck_assert_int_eq(number("SELECT count(*) FROM place"), 0);
}
END_TEST

START_TEST(something_new_on_a_packed_place_is_noticed)
{
    import_long("", "", "");
    ck_assert(store_run(ward.store, "INSERT INTO platform_use VALUES (1501, 'Sàn', '2026-11-01')", &ward.f));
    ck_assert(!import_undo(ward.store, ward.sum.batch, "cli", &ward.sum, &ward.f));
    ck_assert_int_eq(ward.f.code, FAULT_BUILT_UPON);
}
END_TEST

/* The day may stand above the list or only at its foot, behind every row. */
START_TEST(the_day_of_the_list_reaches_packed_rows_and_goes_back)
{
    for (int i = 0; i < 2; i++) {
        import_long(i ? "" : TOP, i ? FOOT : "", "");
        ck_assert_int_eq(number("SELECT count(*) FROM place WHERE source_date = '2026-10-31'"), LONG_LIST);
        ck_assert_int_eq(number("SELECT count(*) FROM acceptance_listed WHERE listed_on = '2026-10-31'"),
                         LONG_LIST);
        assert_sound();
        ck_assert_msg(import_undo(ward.store, ward.sum.batch, "cli", &ward.sum, &ward.f), "%s", ward.f.text);
        ck_assert_int_eq(number("SELECT count(*) FROM place"), 0);
        ck_assert_int_eq(number("SELECT count(*) FROM acceptance_listed"), 0);
    }
}
END_TEST

START_TEST(a_changed_pack_is_noticed)
{
    struct buf out = {0};
    uint64_t findings = 0;
    import_long("", "", "");
    ck_assert(
        store_run(ward.store, "UPDATE import_pack SET first_row = first_row + 1 WHERE id = 2", &ward.f));
    ck_assert(store_check(ward.store, &out, &findings, &ward.f));
    ck_assert_uint_eq(findings, 1);
    buf_release(&out);
}
END_TEST

int main(void)
{
    const TTest *const TESTS[] = {packed_rows_are_told_one_by_one,
                                  the_same_list_again_is_unchanged_and_one_row_is_not,
                                  a_twin_of_a_packed_row_is_found,
                                  undo_takes_packs_back_exactly,
                                  undo_is_refused_when_a_packed_place_was_built_upon,
                                  something_new_on_a_packed_place_is_noticed,
                                  the_day_of_the_list_reaches_packed_rows_and_goes_back,
                                  a_changed_pack_is_noticed};
    Suite *suite = suite_create("pack");
    TCase *tests = tcase_create("pack");
    tcase_add_checked_fixture(tests, open_ward, close_ward);
    tcase_set_timeout(tests, 120);
    for (size_t i = 0; i < COUNT_OF(TESTS); i++)
        tcase_add_test(tests, TESTS[i]);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
