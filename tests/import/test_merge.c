/* Two records that a person finds to be one place: what the other takes over, that the code that goes leads
 * there for ever, that a list never asks again, and the way back. */
#include "load_fixture.h"

#include "layers/journal.h"

#define HEAD                                                                                                                                      \
    "Mã điểm,Tên cơ sở,Chủ hộ,Loại hình,Mã số thuế,Địa chỉ,Nhóm ngành,Tình trạng,Điện thoại,Ngày cấp,Kinh " \
    "độ,Vĩ độ,QR\n"
#define OLD                                                                                                  \
    HEAD "HKD-1,Phở Bắc,Nguyễn Thị Bắc,,,12 Lê Lợi,,Đang hoạt "                              \
         "động,0905000001,05/06/2024,108.2205,16.0421,\n"
#define NEW                                                                                                  \
    HEAD "HKD-9,Pho Bac,,,048082001234,\"Số 12 Lê Lợi, P. Mẫu\",,Tạm "                              \
         "ngừng,0905000009,,108.2206,16.0422,Có\n"

static const char *const TABLES[] = {
#define JOURNAL(table, key, read, remove, restore) #table,
#include "layers/journal.def"
#undef JOURNAL
};

/* Every value of every journaled table, as one text. */
static void dump(struct buf *out)
{
    buf_reset(out);
    for (size_t i = 0; i < COUNT_OF(TABLES); i++) {
        char sql[80];
        sqlite3_stmt *st = NULL;
        snprintf(sql, sizeof sql, "SELECT * FROM %s ORDER BY 1, 2, 3", TABLES[i]);
        ck_assert_int_eq(sqlite3_prepare_v2(store_handle(ward.store), sql, -1, &st, NULL), SQLITE_OK);
        buf_format(out, "\n== %s", TABLES[i]);
        while (sqlite3_step(st) == SQLITE_ROW)
            for (int k = 0; k < sqlite3_column_count(st); k++) {
                struct slice bytes = column_bytes(st, k);
                buf_format(out, "|%d:", (int)bytes.n);
                buf_slice(out, bytes);
            }
        sqlite3_finalize(st);
    }
}

static int64_t open_question(void)
{
    return number("SELECT id FROM review WHERE closed_at IS NULL AND fault_group = 'duplicate'");
}

static void ask(void)
{
    import_list(IMPORT_ESTABLISHMENTS, OLD);
    import_list(IMPORT_ESTABLISHMENTS, NEW);
    COUNTS(0, 0, 0, 0, 1);
    ck_assert(file_holds("test_load_report.csv",
                         "Có thể trùng với cơ sở đã có trong sổ: \"\"Phở Bắc\"\", mã điểm "
                         "HKD-1, mã tra cứu "));
}

static bool merge(bool takes_new)
{
    char into[32];
    snprintf(into, sizeof into, "%s", text_of("SELECT code FROM place WHERE ref = 'HKD-1'"));
    struct review_merge m = {.who = "thu", .into = slice_of(into), .takes_new = takes_new};
    ward.f = (struct fault){0};
    return review_merge(ward.store, open_question(), &m, &ward.f);
}

START_TEST(the_old_record_stays_and_learns_what_it_lacked)
{
    ask();
    char gone[32];
    snprintf(gone, sizeof gone, "%s", text_of("SELECT code FROM place WHERE ref = 'HKD-9'"));
    ck_assert_msg(merge(false), "%s", ward.f.text);
    ck_assert_int_eq(number("SELECT count(*) FROM place"), 1);
    ck_assert_str_eq(text_of("SELECT ref || '|' || name || '|' || status || '|' || needs_review FROM place"),
                     "HKD-1|Phở Bắc|active|0");
    ck_assert_int_eq(number("SELECT count(*) FROM restricted WHERE field = 'identity'"), 1);
    ck_assert_int_eq(number("SELECT accepts FROM acceptance_listed WHERE method = 'QR'"), 1);
    ck_assert_str_eq(text_of("SELECT code FROM pub_moved_codes"), gone);
    ck_assert_int_eq(place_by_code(ward.store, slice_of(gone)), number("SELECT id FROM place"));
    ck_assert_int_eq(place_by_ref(ward.store, SLICE("HKD-9")), number("SELECT id FROM place"));
    ck_assert_int_eq(number("SELECT count(*) FROM review WHERE closed_at IS NULL"), 0);
    ck_assert_str_eq(text_of("SELECT action || ' ' || who FROM audit ORDER BY id DESC LIMIT 1"),
                     "review.merge thu");
}
END_TEST

START_TEST(the_new_row_may_be_right)
{
    ask();
    ck_assert_msg(merge(true), "%s", ward.f.text);
    ck_assert_str_eq(text_of("SELECT ref || '|' || status FROM place"), "HKD-1|suspended");
    struct buf phone = {0};
    struct private_value v = {.owner = "place", .owner_id = number("SELECT id FROM place"), .field = "phone"};
    ck_assert(private_get(ward.store, &v, &phone));
    ck_assert(slice_equal(buf_to_slice(&phone), SLICE("0905000009")));
    buf_release(&phone);
    /* the record that knows its owner says the name: the other could not know what to hide */
    ck_assert_str_eq(text_of("SELECT name FROM place"), "Phở Bắc");
}
END_TEST

START_TEST(neither_list_asks_again)
{
    ask();
    ck_assert(merge(false));
    import_list(IMPORT_ESTABLISHMENTS, NEW);
    COUNTS(0, 0, 1, 0, 0);
    import_list(IMPORT_ESTABLISHMENTS, OLD);
    COUNTS(0, 0, 1, 0, 0);
    import_list(IMPORT_ESTABLISHMENTS, HEAD "HKD-9,Pho Bac,,,,12 Lê Lợi,,Chấm dứt,,,108.2206,16.0422,\n");
    COUNTS(0, 1, 0, 0, 0);
    ck_assert_str_eq(text_of("SELECT count(*) || ref || status FROM place"), "1HKD-1ceased");
}
END_TEST

START_TEST(a_merge_is_taken_back_exactly)
{
    ask();
    import_list(IMPORT_FOOD_SAFETY, "Mã điểm,Tên cơ sở,Ngày kiểm tra,Kết quả\nHKD-9,Pho Bac,05/06/2026,Đạt\n"
                                    "HKD-1,Phở Bắc,05/06/2026,Đạt\nHKD-1,Phở Bắc,05/06/2025,Không đạt\n");
    struct buf before = {0}, after = {0};
    dump(&before);
    for (int takes_new = 0; takes_new < 2; takes_new++) {
        ck_assert_msg(merge(takes_new == 1), "%s", ward.f.text);
        ck_assert_int_eq(number("SELECT count(*) FROM fs_place"), 1);
        ck_assert_int_eq(number("SELECT count(*) FROM fs_inspection"), 2);
        ck_assert_int_eq(number("SELECT count(*) FROM pragma_foreign_key_check"), 0);
        int64_t decision = number("SELECT max(id) FROM decision");
        ck_assert_msg(decision_undo(ward.store, decision, "an", &ward.f), "%s", ward.f.text);
        dump(&after);
        ck_assert(slice_equal(buf_to_slice(&before), buf_to_slice(&after)));
        ck_assert(!decision_undo(ward.store, decision, "an", &ward.f));
        ck_assert_int_eq(ward.f.code, FAULT_BAD_STATE);
        ward.f = (struct fault){0};
    }
    ck_assert_int_eq(number("SELECT CheckSpatialIndex('place', 'geom')"), 1);
    ck_assert_int_eq(number("PRAGMA foreign_keys"), 1);
    buf_release(&before);
    buf_release(&after);
}
END_TEST

START_TEST(later_work_stands_in_the_way_and_says_so)
{
    ask();
    int64_t second = ward.sum.batch;
    ck_assert(merge(false));
    import_list(IMPORT_ESTABLISHMENTS, HEAD "HKD-1,Phở Bắc,,,,12 Lê Lợi,,Chấm dứt,,,108.2206,16.0422,\n");
    int64_t third = ward.sum.batch, decision = number("SELECT max(id) FROM decision");
    ck_assert(!decision_undo(ward.store, decision, "an", &ward.f));
    ck_assert_int_eq(ward.f.code, FAULT_BUILT_UPON);
    ward.f = (struct fault){0};
    ck_assert(!import_undo(ward.store, second, "an", &ward.sum, &ward.f));
    ck_assert_int_eq(ward.f.code, FAULT_BUILT_UPON);
    ck_assert_ptr_nonnull(strstr(ward.f.text, "← quyết định 1"));
    ward.f = (struct fault){0};
    ck_assert_msg(import_undo(ward.store, third, "an", &ward.sum, &ward.f), "%s", ward.f.text);
    ck_assert_msg(decision_undo(ward.store, decision, "an", &ward.f), "%s", ward.f.text);
    ck_assert_msg(import_undo(ward.store, second, "an", &ward.sum, &ward.f), "%s", ward.f.text);
    ck_assert_str_eq(text_of("SELECT count(*) || ref FROM place"), "1HKD-1");
}
END_TEST

START_TEST(the_two_records_side_by_side)
{
    struct arena a = {0};
    struct place_pair *pairs;
    ask();
    int n = place_compare(ward.store, &a, number("SELECT id FROM place WHERE ref = 'HKD-1'"),
                          number("SELECT id FROM place WHERE ref = 'HKD-9'"), &pairs);
    int seen = 0;
    for (int i = 0; i < n; i++) {
        if (strcmp(pairs[i].title, "Tên") == 0)
            seen += pairs[i].same == SAME_YES && slice_equal(pairs[i].other, SLICE("Pho Bac"));
        if (strcmp(pairs[i].title, "Mã điểm") == 0)
            seen += pairs[i].same == SAME_NO;
        if (strcmp(pairs[i].title, "Chủ hộ") == 0)
            seen += pairs[i].same == SAME_UNKNOWN && pairs[i].is_restricted && pairs[i].other.n == 0;
        if (strcmp(pairs[i].title, "Điện thoại") == 0) /* compared, not opened */
            seen += pairs[i].same == SAME_NO && slice_equal(pairs[i].one, SLICE("có ghi"));
    }
    ck_assert_int_eq(seen, 4);
    arena_release(&a);
}
END_TEST

START_TEST(without_a_question_nothing_is_merged)
{
    ask();
    int64_t question = open_question();
    ck_assert(merge(false));
    struct review_merge m = {.who = "thu", .into = SLICE("0000000000X")};
    ck_assert(!review_merge(ward.store, question, &m, &ward.f));
    ward.f = (struct fault){0};
    ck_assert_int_eq(number("SELECT count(*) FROM decision"), 1);
}
END_TEST

/* A table that learns to point at places must be thought of in merge.c, or a merge would drop its rows. */
START_TEST(a_merge_knows_every_table_that_points_at_places)
{
    ck_assert_str_eq(
        text_of("SELECT group_concat(name || '.' || \"from\") FROM (SELECT m.name, k.\"from\" FROM "
                "sqlite_master m,"
                " pragma_foreign_key_list(m.name) k WHERE m.type = 'table' AND k.\"table\" IN ('place', "
                "'fs_place')"
                " ORDER BY m.name, k.\"from\")"),
        "acceptance_listed.place_id,code_exemption.place_id,"
        "establishment.place_id,establishment.stall_place_id,evidence.place_id,"
        "fs_alert.place_id,fs_document.place_id,fs_inspection.place_id,fs_place.place_id,fs_test.place_id,"
        "occupancy.place_id,pilot_member.place_"
        "id,"
        "platform_use.place_id,retired_place.place_id,stall.place_id");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {the_old_record_stays_and_learns_what_it_lacked,
                                  the_new_row_may_be_right,
                                  neither_list_asks_again,
                                  a_merge_is_taken_back_exactly,
                                  later_work_stands_in_the_way_and_says_so,
                                  the_two_records_side_by_side,
                                  without_a_question_nothing_is_merged,
                                  a_merge_knows_every_table_that_points_at_places};
    Suite *suite = suite_create("merge");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, open_ward, close_ward);
    tcase_set_timeout(all, 120);
    for (size_t i = 0; i < COUNT_OF(tests); i++)
        tcase_add_test(all, tests[i]);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
