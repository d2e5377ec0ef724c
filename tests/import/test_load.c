/* Loading: what becomes of each row of establishments and stalls, again and again; undo; what stays
 * unreadable. */
#include "load_fixture.h"

#define HEAD                                                                                                                                 \
    "Mã cơ sở,Tên cơ sở,Chủ hộ,Loại hình,Mã số,Địa chỉ,Ngành nghề,Tình trạng,Điện thoại,Ngày cấp,Kinh " \
    "độ,Vĩ độ,QR\n"

static const char TWO[] =
    HEAD "HKD-1,Phở Bắc,Nguyễn Văn Một,Hộ kinh doanh,048082001234,12 Lê Lợi,Ăn uống,Đang hoạt "
         "động,0905123456,05/06/2024,108.2205,16.0421,Có\n"
         "HKD-2,Tạp hóa Hai,Trần Thị Hai,Hộ kinh doanh,048082001235,lưu động,Tạp hóa,Tạm "
         "ngừng,,,,,Không\n";

START_TEST(rows_are_added_and_the_same_file_again_changes_nothing)
{
    import_list(IMPORT_ESTABLISHMENTS, TWO);
    COUNTS(2, 0, 0, 0, 0);
    ck_assert_uint_eq(ward.sum.position[POSITION_GPS], 1);
    ck_assert_uint_eq(ward.sum.position[POSITION_NONE], 1);
    const char *before = text_of("SELECT group_concat(code || updated_at || coalesce(ref, '')) FROM place");
    char copy[400];
    snprintf(copy, sizeof copy, "%s", before);
    import_list(IMPORT_ESTABLISHMENTS, TWO);
    COUNTS(0, 0, 2, 0, 0);
    ck_assert_uint_eq(ward.sum.position[POSITION_GPS], 1);
    ck_assert_str_eq(text_of("SELECT group_concat(code || updated_at || coalesce(ref, '')) FROM place"),
                     copy);
}
END_TEST

START_TEST(a_corrected_row_updates_and_keeps_its_code)
{
    import_list(IMPORT_ESTABLISHMENTS, TWO);
    char code[20];
    snprintf(code, sizeof code, "%s", text_of("SELECT code FROM place WHERE ref = 'HKD-1'"));
    import_list(IMPORT_ESTABLISHMENTS,
                HEAD "HKD-1,Phở Nam,Nguyễn Văn Một,Hộ kinh doanh,048082001234,12 Lê Lợi,Ăn "
                     "uống,Chấm dứt,0905123456,05/06/2024,108.2205,16.0421,Có\n");
    COUNTS(0, 1, 0, 0, 0);
    ck_assert_str_eq(text_of("SELECT code FROM place WHERE ref = 'HKD-1'"), code);
    ck_assert_str_eq(text_of("SELECT name FROM place WHERE ref = 'HKD-1'"), "Phở Nam");
    ck_assert_str_eq(text_of("SELECT status FROM place WHERE ref = 'HKD-1'"), "ceased");
    ck_assert_int_eq(number("SELECT count(*) FROM place"), 2);
}
END_TEST

START_TEST(a_row_without_a_name_is_rejected_and_reported)
{
    import_list(IMPORT_ESTABLISHMENTS, HEAD "HKD-1,,Nguyễn Văn Một,,,12 Lê Lợi,,,,,108.2205,16.0421,\n");
    COUNTS(0, 0, 0, 1, 0);
    ck_assert_int_eq(number("SELECT count(*) FROM place"), 0);
    ck_assert(file_holds("test_load_report.csv", "bị loại"));
    ck_assert_str_eq(text_of("SELECT verdict FROM import_row"), "rejected");
}
END_TEST

START_TEST(coordinates_far_away_reject_the_row)
{
    import_list(IMPORT_ESTABLISHMENTS,
                "Tên cơ sở,Địa chỉ,X,Y\nQuán A,1 Lê Lợi,523398.84,1774294\nQuán B,2 Lê "
                "Lợi,1774294.5126,550149.4422\n");
    COUNTS(1, 0, 0, 1, 0);
    ck_assert_int_eq(
        number("SELECT count(*) FROM place WHERE position = 'gps' AND abs(ST_X(geom) - 108.2205) < 0.00001"
               " AND abs(ST_Y(geom) - 16.0421) < 0.00001"),
        1);
}
END_TEST

START_TEST(a_dry_run_writes_nothing)
{
    int64_t before = store_revision(ward.store);
    ck_assert(try_import(IMPORT_ESTABLISHMENTS, true, TWO));
    COUNTS(2, 0, 0, 0, 0);
    ck_assert_int_eq(ward.sum.batch, 0);
    ck_assert_int_eq(store_revision(ward.store), before);
    ck_assert_int_eq(number("SELECT count(*) FROM place"), 0);
    ck_assert_int_eq(number("SELECT count(*) FROM import_batch"), 0);
}
END_TEST

START_TEST(one_number_twice_in_a_file_waits_and_waits_again_as_unchanged)
{
    static const char LIST[] = HEAD "HKD-1,Phở Bắc,,Hộ kinh doanh,,1 Lê Lợi,,,,,108.2205,16.0421,\n"
                                    "HKD-1,Bún Bò,,Hộ kinh doanh,,9 Lê Lợi,,,,,108.2206,16.0421,\n"
                                    "HKD-1,Phở Bắc,,Hộ kinh doanh,,1 Lê Lợi,,,,,108.2205,16.0421,\n";
    import_list(IMPORT_ESTABLISHMENTS, LIST);
    COUNTS(1, 0, 1, 0, 1);
    ck_assert_int_eq(number("SELECT count(*) FROM review WHERE closed_at IS NULL"), 1);
    ck_assert_int_eq(number("SELECT count(*) FROM place WHERE ref = 'HKD-1'"), 1);
    ck_assert_int_eq(number("SELECT count(*) FROM place WHERE needs_review"), 1);
    import_list(IMPORT_ESTABLISHMENTS, LIST);
    COUNTS(0, 0, 3, 0, 0);
}
END_TEST

START_TEST(the_same_place_under_another_number_is_a_question)
{
    import_list(IMPORT_ESTABLISHMENTS, HEAD "HKD-1,Phở Bắc,,,,12 Lê Lợi,,,,,108.2205,16.0421,\n");
    import_list(IMPORT_ESTABLISHMENTS,
                HEAD "HKD-1B,Pho Bac,,,,\"Số 12 đường Lê Lợi, P. Mẫu\",,,,,108.2205,16.0421,\n");
    COUNTS(0, 0, 0, 0, 1);
    ck_assert_int_eq(number("SELECT count(*) FROM place"), 2);
    ck_assert_str_eq(text_of("SELECT fault_group FROM review"), "duplicate");
    ck_assert_int_eq(
        number("SELECT candidates = json_array((SELECT code FROM place WHERE ref = 'HKD-1')) FROM review"),
        1);
}
END_TEST

START_TEST(without_a_number_name_and_address_are_the_place)
{
    import_list(
        IMPORT_ESTABLISHMENTS,
        "Tên cơ sở,Địa chỉ,Tình trạng,Kinh độ,Vĩ độ\nPhở Bắc,12 Lê Lợi,Đang hoạt động,108.2205,16.0421\n");
    import_list(
        IMPORT_ESTABLISHMENTS,
        "Tên cơ sở,Địa chỉ,Tình trạng,Kinh độ,Vĩ độ\nPHỞ BẮC,\"Số 12, Lê Lợi\",Tạm ngừng,108.2205,16.0421\n");
    COUNTS(0, 1, 0, 0, 0);
    ck_assert_int_eq(number("SELECT count(*) FROM place"), 1);
    ck_assert_str_eq(text_of("SELECT status FROM place"), "suspended");
}
END_TEST

START_TEST(an_owners_name_is_not_published_and_nothing_private_stands_in_clear)
{
    import_list(
        IMPORT_ESTABLISHMENTS, HEAD
        "HKD-9,Hộ kinh doanh Nguyễn Vương Xuyến,Nguyễn Vương Xuyến,Hộ kinh doanh,048082009876,\"12 Lê Lợi "
        "(0905987654)\",,,0905987654,,108.2205,16.0421,\n");
    COUNTS(1, 0, 0, 0, 0);
    ck_assert_int_eq(
        number("SELECT count(*) FROM pub_establishments WHERE name LIKE '%Xuy%' OR address LIKE '%0905%'"),
        0);
    ck_assert_int_eq(number("SELECT count(*) FROM restricted WHERE owner = 'place'"), 4);
    ck_assert_int_eq(
        number("SELECT count(*) FROM restricted WHERE length(sealed) < 40 OR length(hash) <> 32"), 0);
    struct private_value v = {.owner = "place", .owner_id = 1, .field = "phone"};
    struct buf phone = {0};
    ck_assert(private_get(ward.store, &v, &phone) && slice_equal(buf_to_slice(&phone), SLICE("0905987654")));
    buf_release(&phone);
    ck_assert_int_eq(
        sqlite3_wal_checkpoint_v2(store_handle(ward.store), NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL),
        SQLITE_OK);
    ck_assert(!file_holds(WARD, "0905987654"));
    ck_assert(!file_holds(WARD, "048082009876"));
    ck_assert(!file_holds(WARD, "Xuyến"));
    ck_assert(!file_holds(WARD, "xuyen"));
    ck_assert(file_holds(WARD, "HKD-9")); /* the search itself works */
}
END_TEST

START_TEST(a_later_list_without_owners_does_not_uncover_the_name)
{
    import_list(IMPORT_ESTABLISHMENTS,
                HEAD "HKD-9,Quán Nguyễn Vương Xuyến,Nguyễn Vương Xuyến,Hộ kinh doanh,,1 Lê "
                     "Lợi,,,,,108.2205,16.0421,\n");
    import_list(IMPORT_ESTABLISHMENTS,
                "Mã cơ sở,Tên cơ sở,Địa chỉ,Kinh độ,Vĩ độ\nHKD-9,Quán Nguyễn Vương Xuyến,1 Lê "
                "Lợi,108.2205,16.0421\n");
    COUNTS(0, 1, 0, 0, 0);
    ck_assert_int_eq(number("SELECT count(*) FROM place WHERE public_name LIKE '%Xuy%' OR name LIKE '%Xuy%'"),
                     0);
}
END_TEST

/* --- stalls --- */

START_TEST(stalls_stand_by_market_zone_kind_and_number)
{
    import_list(IMPORT_MARKETS, MARKETS);
    COUNTS(2, 0, 0, 0, 0);
    ck_assert(!ward.sum.has_positions);
    import_list(IMPORT_STALLS, STALLS);
    COUNTS(4, 0, 0, 0, 0);
    ck_assert_uint_eq(ward.sum.position[POSITION_AREA], 4);
    ck_assert_int_eq(number("SELECT count(*) FROM place WHERE status = 'vacant'"), 1);
    ck_assert_int_eq(number("SELECT count(DISTINCT trader_id) FROM occupancy"),
                     2); /* one trader at two stalls */
    import_list(IMPORT_STALLS, STALLS);
    COUNTS(0, 0, 4, 0, 0);
    ck_assert_int_eq(
        number("SELECT count(*) FROM place WHERE name LIKE '%Trần%' OR public_name LIKE '%Trần%'"), 0);
}
END_TEST

START_TEST(a_stall_of_an_unknown_market_is_rejected)
{
    import_list(IMPORT_MARKETS, MARKETS);
    import_list(IMPORT_STALLS, "Mã chợ,Loại,Số sạp,Tiểu thương\nC9,Quầy,1,A B\n");
    COUNTS(0, 0, 0, 1, 0);
    ck_assert(file_holds("test_load_report.csv", "markets"));
}
END_TEST

START_TEST(a_new_trader_ends_the_occupancy_and_the_place_stays)
{
    import_list(IMPORT_MARKETS, MARKETS);
    import_list(IMPORT_STALLS, STALLS);
    import_list(IMPORT_STALLS, "Mã điểm,Mã chợ,Khu,Loại,Số sạp,Tiểu thương\nS2,C1,A,Sạp,1,Phạm Mười\n");
    COUNTS(0, 1, 0, 0, 0);
    ck_assert_int_eq(
        number("SELECT count(*) FROM occupancy o JOIN place p ON p.id = o.place_id WHERE p.ref = 'S2'"), 2);
    ck_assert_int_eq(
        number("SELECT count(*) FROM occupancy o JOIN place p ON p.id = o.place_id WHERE p.ref = 'S2'"
               " AND o.valid_to IS NULL"),
        1);
    ck_assert_int_eq(number("SELECT count(*) FROM place"), 4);
}
END_TEST

START_TEST(a_register_row_of_a_stalls_holder_is_one_business_with_it)
{
    import_list(IMPORT_MARKETS, MARKETS);
    import_list(IMPORT_STALLS, STALLS);
    import_list(IMPORT_ESTABLISHMENTS,
                "Tên cơ sở,Chủ hộ,Địa chỉ\nRau Bốn,Trần Thị Bốn,\"Quầy 12A khu B, Chợ Mẫu\"\n"
                "Thịt Khác,Người Khác,\"Sạp 1 khu A, Chợ Mẫu\"\n");
    ck_assert_uint_eq(ward.sum.rows, 2);
    ck_assert_int_eq(number("SELECT count(*) FROM establishment WHERE stall_place_id IS NOT NULL"), 1);
    ck_assert_int_eq(number("SELECT s.number_norm = '12A' FROM establishment e JOIN stall s ON s.place_id ="
                            " e.stall_place_id"),
                     1);
    ck_assert_int_eq(number("SELECT count(*) FROM pub_establishments"), 1);
}
END_TEST

START_TEST(a_stall_list_after_the_register_makes_one_business_of_both)
{
    import_list(IMPORT_MARKETS, MARKETS);
    import_list(IMPORT_ESTABLISHMENTS,
                "Mã cơ sở,Tên cơ sở,Chủ hộ,Kinh độ,Vĩ độ\nS1,Rau Bốn,Trần Thị Bốn,108.2205,16.0421\n"
                "S2,Khác,Người Khác,108.2205,16.0421\n");
    import_list(IMPORT_STALLS, STALLS);
    COUNTS(3, 0, 0, 0, 1); /* S2 belongs to somebody else's establishment */
    ck_assert_str_eq(text_of("SELECT p.ref FROM establishment e JOIN place p ON p.id = e.stall_place_id"),
                     "S1");
    ck_assert_int_eq(number("SELECT count(*) FROM pub_establishments"), 1);
}
END_TEST

START_TEST(a_public_code_names_the_place_and_does_not_become_its_number)
{
    import_list(IMPORT_ESTABLISHMENTS, TWO);
    char list[400];
    snprintf(list, sizeof list, "Mã điểm,Tên cơ sở,Kinh độ,Vĩ độ\n%s,Phở Đổi Tên,108.2205,16.0421\n",
             text_of("SELECT code FROM place WHERE ref = 'HKD-1'"));
    import_list(IMPORT_ESTABLISHMENTS, list);
    COUNTS(0, 1, 0, 0, 0);
    ck_assert_str_eq(text_of("SELECT name FROM place WHERE ref = 'HKD-1'"), "Phở Đổi Tên");
}
END_TEST

START_TEST(a_range_of_numbers_is_several_stalls)
{
    import_list(IMPORT_MARKETS, MARKETS);
    import_list(IMPORT_STALLS, "Mã chợ,Loại,Số sạp,Tiểu thương\nC1,Quầy,12-14,A B\n");
    COUNTS(1, 0, 0, 0, 0);
    ck_assert_int_eq(number("SELECT count(*) FROM stall"), 3);
    ck_assert_int_eq(number("SELECT count(DISTINCT trader_id) FROM occupancy"), 1);
}
END_TEST

/* --- undo --- */

static const char EVERYTHING[] =
    "SELECT hex(group_concat(t, '|')) FROM (SELECT group_concat(quote(id) || quote(code) || quote(ref) || "
    "quote(name) ||"
    " quote(status) || quote(position) || quote(updated_at) || quote(batch_id) || quote(hex(geom))) AS t "
    "FROM place"
    " UNION ALL SELECT group_concat(quote(place_id) || quote(field_hash)) FROM (SELECT owner_id AS place_id,"
    " hex(hash) || field AS field_hash FROM restricted ORDER BY owner, owner_id, field)"
    " UNION ALL SELECT group_concat(quote(hex(key)) || quote(hex(hash))) FROM source_row"
    " UNION ALL SELECT group_concat(quote(place_id) || method || accepts || listed_on) FROM "
    "acceptance_listed)";

START_TEST(undo_takes_a_batch_back_exactly)
{
    import_list(IMPORT_ESTABLISHMENTS, TWO);
    struct buf before = {0};
    sqlite3_stmt *st = NULL;
    ck_assert_int_eq(sqlite3_prepare_v2(store_handle(ward.store), EVERYTHING, -1, &st, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(st), SQLITE_ROW);
    buf_slice(&before, column_slice(st, 0));
    sqlite3_reset(st);
    import_list(IMPORT_ESTABLISHMENTS,
                HEAD "HKD-1,Phở Nam,Nguyễn Khác,Hộ kinh doanh,048082001234,14 Lê Lợi,Ăn uống,Chấm "
                     "dứt,0905000000,05/06/2024,108.2207,16.0421,Không\nHKD-3,Quán Ba,,,,3 Lê "
                     "Lợi,,,,,108.2205,16.0422,\n");
    COUNTS(1, 1, 0, 0, 0);
    int64_t batch = ward.sum.batch;
    ck_assert_msg(import_undo(ward.store, batch, "cli", &ward.sum, &ward.f), "%s", ward.f.text);
    ck_assert_int_eq(sqlite3_step(st), SQLITE_ROW);
    ck_assert(slice_equal(column_slice(st, 0), buf_to_slice(&before)));
    sqlite3_finalize(st);
    ck_assert_int_eq(number("SELECT CheckSpatialIndex('place', 'geom')"), 1);
    ck_assert(!import_undo(ward.store, batch, "cli", &ward.sum, &ward.f));
    ck_assert_int_eq(ward.f.code, FAULT_NOT_FOUND);
    buf_release(&before);
}
END_TEST

START_TEST(undo_goes_past_later_batches_that_touched_other_rows)
{
    import_list(IMPORT_ESTABLISHMENTS, TWO);
    int64_t first = ward.sum.batch;
    import_list(IMPORT_ESTABLISHMENTS, HEAD "HKD-3,Quán Ba,,,,3 Lê Lợi,,,,,108.2205,16.0422,\n");
    ck_assert_msg(import_undo(ward.store, first, "cli", &ward.sum, &ward.f), "%s", ward.f.text);
    ck_assert_str_eq(text_of("SELECT group_concat(ref) FROM place"), "HKD-3");
}
END_TEST

START_TEST(undo_is_refused_when_later_batches_built_on_the_rows)
{
    import_list(IMPORT_MARKETS, MARKETS);
    int64_t markets = ward.sum.batch;
    import_list(IMPORT_STALLS, STALLS);
    int64_t stalls = ward.sum.batch;
    import_list(IMPORT_STALLS, "Mã điểm,Mã chợ,Khu,Loại,Số sạp,Tiểu thương\nS2,C1,A,Sạp,1,Phạm Mười\n");
    ck_assert(!import_undo(ward.store, stalls, "cli", &ward.sum, &ward.f));
    ck_assert_int_eq(ward.f.code, FAULT_BUILT_UPON);
    ck_assert_ptr_nonnull(strstr(ward.f.text, "dòng 3"));
    ward.f = (struct fault){0};
    ck_assert(!import_undo(ward.store, markets, "cli", &ward.sum, &ward.f)); /* its stalls stand on it */
    ck_assert_int_eq(number("SELECT count(*) FROM stall"), 4);
    ck_assert_int_eq(number("PRAGMA foreign_keys"), 1);
}
END_TEST

START_TEST(a_mapping_that_worked_is_remembered_for_the_same_headings)
{
    static const char LIST[] = "Bảng tên,Địa chỉ,Điện thoại\nQuán A,1 Lê Lợi,0905123456\n";
    struct buf said = {0};
    struct import_options o = {.path = "test_load_mapped.csv", .kind = IMPORT_ESTABLISHMENTS, .who = "cli"};
    ck_assert(file_write(o.path, slice_of(LIST), &ward.f));
    ck_assert(
        file_write("test_load_mapping.json", SLICE("{\"columns\": {\"Bảng tên\": \"name\"}}"), &ward.f));
    ck_assert(import_file(ward.store, &o, &ward.sum, NULL, &ward.f));
    COUNTS(0, 0, 0, 1, 0);
    o.mapping_path = "test_load_mapping.json";
    ward.f = (struct fault){0};
    ck_assert(import_file(ward.store, &o, &ward.sum, NULL, &ward.f));
    COUNTS(0, 0, 0, 0, 1); /* no street is known here */
    o.mapping_path = NULL;
    ck_assert_msg(import_file(ward.store, &o, &ward.sum, &said, &ward.f), "%s", ward.f.text);
    COUNTS(0, 0, 1, 0, 0);
    ck_assert(slice_find(buf_to_slice(&said), SLICE("đã nhớ")) >= 0);
    buf_release(&said);
    unlink("test_load_mapping.json");
    unlink(o.path);
}
END_TEST

START_TEST(headings_of_which_no_word_is_known_are_remembered_too)
{
    struct import_options o = {.path = "test_load_mapped.csv", .kind = IMPORT_ESTABLISHMENTS, .who = "cli"};
    ck_assert(file_write(o.path, SLICE("Cột A,Cột B\nQuán A,1 Lê Lợi\n"), &ward.f));
    ck_assert(file_write("test_load_mapping.json",
                         SLICE("{\"columns\": {\"Cột A\": \"name\", \"Cột B\": \"address\"}}"), &ward.f));
    ck_assert(!import_file(ward.store, &o, &ward.sum, NULL, &ward.f));
    ck_assert_int_eq(ward.f.code, FAULT_NO_HEADER);
    o.mapping_path = "test_load_mapping.json";
    ward.f = (struct fault){0};
    ck_assert(import_file(ward.store, &o, &ward.sum, NULL, &ward.f));
    o.mapping_path = NULL;
    ck_assert_msg(import_file(ward.store, &o, &ward.sum, NULL, &ward.f), "%s", ward.f.text);
    COUNTS(0, 0, 1, 0, 0);
    ck_assert(file_write(o.path, SLICE("Cột A,Cột C\nQuán A,1 Lê Lợi\n"), &ward.f));
    ck_assert(!import_file(ward.store, &o, &ward.sum, NULL, &ward.f)); /* other headings */
    unlink("test_load_mapping.json");
    unlink(o.path);
}
END_TEST

int main(void)
{
    const TTest *const TESTS[] = {
        headings_of_which_no_word_is_known_are_remembered_too,
        rows_are_added_and_the_same_file_again_changes_nothing,
        a_corrected_row_updates_and_keeps_its_code,
        a_row_without_a_name_is_rejected_and_reported,
        coordinates_far_away_reject_the_row,
        a_dry_run_writes_nothing,
        one_number_twice_in_a_file_waits_and_waits_again_as_unchanged,
        the_same_place_under_another_number_is_a_question,
        without_a_number_name_and_address_are_the_place,
        an_owners_name_is_not_published_and_nothing_private_stands_in_clear,
        a_later_list_without_owners_does_not_uncover_the_name,
        stalls_stand_by_market_zone_kind_and_number,
        a_stall_of_an_unknown_market_is_rejected,
        a_new_trader_ends_the_occupancy_and_the_place_stays,
        a_register_row_of_a_stalls_holder_is_one_business_with_it,
        a_stall_list_after_the_register_makes_one_business_of_both,
        a_public_code_names_the_place_and_does_not_become_its_number,
        a_range_of_numbers_is_several_stalls,
        undo_takes_a_batch_back_exactly,
        undo_goes_past_later_batches_that_touched_other_rows,
        undo_is_refused_when_later_batches_built_on_the_rows,
        a_mapping_that_worked_is_remembered_for_the_same_headings,
    };
    Suite *suite = suite_create("load");
    TCase *tests = tcase_create("load");
    tcase_add_checked_fixture(tests, open_ward, close_ward);
    for (size_t i = 0; i < COUNT_OF(TESTS); i++)
        tcase_add_test(tests, TESTS[i]);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
