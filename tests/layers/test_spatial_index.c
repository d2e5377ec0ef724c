/* The spatial index of a long list: made at its end, it must hold what the triggers would have put there, and
 * the triggers must be at work again afterwards. */
#include "tests/import/load_fixture.h"

enum { LONG_LIST = 3000 };

/* A list of `rows` establishments; every seventh has no coordinates. */
static void import_long(int first, int rows)
{
    struct buf text = {0};
    buf_text(&text, "Mã điểm,Tên cơ sở,Chủ hộ,Địa chỉ,Kinh độ,Vĩ độ\n");
    for (int i = first; i < first + rows; i++) {
        buf_format(&text, "B%d,Quán số %d,Nguyễn Kín,%d Đường Mẫu %d,", i, i, i, i % 50);
        if (i % 7)
            buf_format(&text, "%.6f,%.6f\n", 108.2 + i % 83 * 0.0001, 16.04 + i % 97 * 0.0001);
        else
            buf_text(&text, ",\n");
    }
    buf_char(&text, 0);
    import_list(IMPORT_ESTABLISHMENTS, text.p);
    buf_release(&text);
}

static void assert_whole(void)
{
    ck_assert_str_eq(text_of("SELECT rtreecheck('idx_place_geom')"), "ok");
    ck_assert_int_eq(number("SELECT CheckSpatialIndex('place', 'geom')"), 1);
    ck_assert_int_eq(number("SELECT count(*) FROM idx_place_geom"),
                     number("SELECT count(*) FROM place WHERE geom IS NOT NULL"));
    ck_assert_int_eq(number("SELECT count(*) FROM place p JOIN idx_place_geom i ON i.pkid = p.id WHERE"
                            " i.xmin <= ST_X(p.geom) AND i.xmax >= ST_X(p.geom) AND i.ymin <= ST_Y(p.geom)"
                            " AND i.ymax >= ST_Y(p.geom)"),
                     number("SELECT count(*) FROM place WHERE geom IS NOT NULL"));
}

START_TEST(a_long_list_is_indexed_whole)
{
    import_long(0, LONG_LIST);
    ck_assert_int_eq(number("SELECT count(*) FROM place"), LONG_LIST);
    ck_assert_int_eq(number("SELECT count(*) FROM idx_place_geom"), LONG_LIST - (LONG_LIST + 6) / 7);
    assert_whole();
    ck_assert_int_eq(number("SELECT count(*) FROM geometry_columns_time WHERE f_table_name = 'place'"
                            " AND last_insert > '2000'"),
                     1);
    ck_assert_int_eq(number("SELECT count(*) FROM restricted WHERE field = 'owner_name'"), LONG_LIST);
    ck_assert(!file_holds(WARD, "Nguyễn Kín") && !file_holds(WARD "-wal", "Nguyễn Kín"));
}
END_TEST

START_TEST(single_changes_after_it_are_indexed_by_the_triggers)
{
    import_long(0, LONG_LIST);
    import_long(LONG_LIST, 20);
    assert_whole();
    ck_assert(store_run(ward.store,
                        "UPDATE place SET geom = MakePoint(108.25, 16.08, 4326) WHERE ref = 'B1';"
                        "UPDATE place SET geom = NULL WHERE ref = 'B2'",
                        &ward.f));
    assert_whole();
    ck_assert_int_eq(number("SELECT count(*) FROM idx_place_geom WHERE xmin > 108.24"), 1);
}
END_TEST

START_TEST(a_second_long_list_keeps_what_the_first_put_there)
{
    import_long(0, LONG_LIST);
    import_long(LONG_LIST, LONG_LIST);
    assert_whole();
    ck_assert_int_eq(number("SELECT count(*) FROM place"), 2 * LONG_LIST);
}
END_TEST

START_TEST(undo_of_a_long_list_empties_the_index)
{
    struct import_summary sum;
    import_long(0, LONG_LIST);
    ck_assert(import_undo(ward.store, ward.sum.batch, "cli", &sum, &ward.f));
    ck_assert_int_eq(number("SELECT count(*) FROM place"), 0);
    ck_assert_int_eq(number("SELECT count(*) FROM idx_place_geom"), 0);
    ck_assert_str_eq(text_of("SELECT rtreecheck('idx_place_geom')"), "ok");
}
END_TEST

/* A row without a guard that fails after its first record: all of it goes, nothing else does. */
START_TEST(a_row_that_only_added_is_taken_out_by_its_journal)
{
    struct batch *b = NULL;
    struct batch_start start = {.kind = "establishments", .file_name = "a.csv", .who = "cli"};
    struct place p = {.name = SLICE("Quán"), .public_name = SLICE("Quán"), .status = "active"};
    struct place_position at = {.position = "gps", .at = {108.2, 16.04}, .accuracy_m = 15};
    ck_assert(store_begin(ward.store, &ward.f) && batch_open(&b, ward.store, &start, &ward.f));
    batch_row_begin(b);
    ck_assert(place_put(ward.store, &p, &at, &ward.f));
    struct private_value owner = {
        .owner = "place", .owner_id = p.id, .field = "owner_name", .text = SLICE("Lê"), .is_new = true};
    ck_assert(private_put(ward.store, &owner, &ward.f));
    ck_assert(batch_row_cancel(b, &ward.f));
    ck_assert_int_eq(number("SELECT count(*) FROM place"), 0);
    ck_assert_int_eq(number("SELECT count(*) FROM restricted"), 0);
    ck_assert_int_eq(number("SELECT count(*) FROM idx_place_geom"), 0);
    struct batch_row row = {.row = 2, .verdict = VERDICT_REJECTED};
    ck_assert(batch_row_end(b, &row, &ward.f));
    batch_close(b);
    ck_assert(store_commit(ward.store, &ward.f));
    ck_assert_int_eq(number("SELECT count(*) FROM import_row WHERE before IS NULL"), 1);
}
END_TEST

/* One that changed what was there and did not ask for the guard is our own mistake: the import ends. */
START_TEST(an_unguarded_change_cannot_be_cancelled)
{
    struct batch *b = NULL;
    struct batch_start start = {.kind = "establishments", .file_name = "a.csv", .who = "cli"};
    import_long(1, 1);
    ck_assert(store_begin(ward.store, &ward.f) && batch_open(&b, ward.store, &start, &ward.f));
    batch_row_begin(b);
    ck_assert(place_release_ref(ward.store, number("SELECT id FROM place"), &ward.f));
    ck_assert(!batch_row_cancel(b, &ward.f));
    ck_assert_int_eq(ward.f.code, FAULT_INTERNAL);
    batch_close(b);
    store_rollback(ward.store);
    ck_assert_str_eq(text_of("SELECT ref FROM place"), "B1");
}
END_TEST

int main(void)
{
    const TTest *const TESTS[] = {
        a_long_list_is_indexed_whole,
        single_changes_after_it_are_indexed_by_the_triggers,
        a_second_long_list_keeps_what_the_first_put_there,
        undo_of_a_long_list_empties_the_index,
        a_row_that_only_added_is_taken_out_by_its_journal,
        an_unguarded_change_cannot_be_cancelled,
    };
    Suite *suite = suite_create("spatial_index");
    TCase *tests = tcase_create("spatial_index");
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
