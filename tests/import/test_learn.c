/* learn.c: what one decision of staff teaches, which rows it touches, and that taking it back is exact.
 *
 * Two streets run east, odd numbers known from 1 to 41 and from 61 to 99 on Lê Lợi, even 10, 12, 14, 18 and
 * 20 on Lê Thanh Nghị. Three shops write "Lê Thanh Nghĩa", one writes a street that no list has, one a ward
 * that is not there, one stands between 41 and 61 by reckoning. */
#include "tests/import/load_fixture.h"

#include "import/learn.h"

static const char SHOPS[] = "Mã cơ sở,Tên cơ sở,Địa chỉ\n"
                            "H1,Quán Một,12 Lê Thanh Nghĩa\n"
                            "H2,Quán Hai,14 Lê Thanh Nghĩa\n"
                            "H3,Quán Ba,16 Lê Thanh Nghĩa\n"
                            "H4,Quán Bốn,5 Mai Xuân Thưởng\n"
                            "H5,Quán Năm,\"47 Lê Lợi, phường Hòa Xuân\"\n"
                            "H6,Quán Sáu,49 Lê Lợi\n";

static void run(const char *sql)
{
    char *text = NULL;
    sqlite3_exec(store_handle(ward.store), sql, NULL, NULL, &text);
    ck_assert_msg(text == NULL, "%s: %s", sql, text);
}

static void set_up(void)
{
    struct buf points = {0};
    open_ward();
    import_list(IMPORT_STREETS, "Tên đường\nLê Lợi\nLê Thanh Nghị\n");
    buf_text(&points, "Đường,Số nhà,Kinh độ,Vĩ độ\n");
    for (int n = 1; n < 100; n += 2)
        if (n <= 41 || n >= 61)
            buf_format(&points, "Lê Lợi,%d,%.7f,16.04005\n", n, 108.22 + n * 0.00003);
    for (int n = 10; n <= 20; n += 2)
        if (n != 16)
            buf_format(&points, "Lê Thanh Nghị,%d,%.7f,16.04995\n", n, 108.22 + n * 0.00003);
    buf_char(&points, 0);
    import_list(IMPORT_ADDRESSES, points.p);
    buf_release(&points);
    run("UPDATE street SET geom = GeomFromText('MULTILINESTRING((108.22 16.04, 108.225 16.04))', 4326)"
        " WHERE name = 'Lê Lợi'");
    run("UPDATE street SET geom = GeomFromText('MULTILINESTRING((108.22 16.05, 108.225 16.05))', 4326)"
        " WHERE name = 'Lê Thanh Nghị'");
    import_list(IMPORT_ESTABLISHMENTS, SHOPS);
}

static int64_t question_of(const char *ref)
{
    return store_int(ward.store,
                     "SELECT r.id FROM review r JOIN place p ON p.id = r.place_id WHERE p.ref = ?1"
                     " AND r.closed_at IS NULL",
                     ref, 0);
}

static const char *position_of(const char *ref)
{
    char sql[120];
    snprintf(sql, sizeof sql, "SELECT position FROM place WHERE ref = '%s'", ref);
    return text_of(sql);
}

static int64_t street_named(const char *name)
{
    return store_int(ward.store, "SELECT id FROM street WHERE name = ?1", name, 0);
}

/* Everything that a decision may write, as one number. */
static uint64_t fingerprint(void)
{
    static const char *const TABLES[] = {
        "SELECT * FROM place ORDER BY id",         "SELECT * FROM establishment ORDER BY place_id",
        "SELECT * FROM review ORDER BY id",        "SELECT * FROM street_alias ORDER BY id",
        "SELECT * FROM address_point ORDER BY id", "SELECT * FROM address_memory ORDER BY key",
        "SELECT * FROM street ORDER BY id"};
    uint64_t sum = 14695981039346656037u;
    for (size_t i = 0; i < COUNT_OF(TABLES); i++) {
        sqlite3_stmt *st = NULL;
        ck_assert_int_eq(sqlite3_prepare_v2(store_handle(ward.store), TABLES[i], -1, &st, NULL), SQLITE_OK);
        while (sqlite3_step(st) == SQLITE_ROW)
            for (int c = 0; c < sqlite3_column_count(st); c++) {
                const unsigned char *p = sqlite3_column_blob(st, c);
                int n = sqlite3_column_bytes(st, c);
                for (int k = 0; k < n; k++)
                    sum = (sum ^ p[k]) * 1099511628211u;
                sum = (sum ^ 0x1FF) * 1099511628211u;
            }
        sqlite3_finalize(st);
    }
    return sum;
}

static struct lesson lesson;

#define LEARN(call)   ck_assert_msg((call), "%s %s", fault_sentence(ward.f.code, true), ward.f.text)
#define QUESTION(ref) (&(struct learn_question){.review_id = question_of(ref), .who = "an"})

START_TEST(an_automatic_answer_teaches_nothing)
{
    ck_assert_str_eq(position_of("H6"), "interpolated");
    ck_assert_int_eq(number("SELECT count(*) FROM address_memory"), 0);
    ck_assert_int_eq(number("SELECT count(*) FROM street_alias"), 0);
    ck_assert_int_eq(number("SELECT count(*) FROM address_point"), 46);
    ck_assert_int_eq(number("SELECT count(*) FROM review WHERE closed_at IS NULL"), 5);
    ck_assert(file_holds("test_load_report.csv", "Lê Thanh Nghĩa"));
}
END_TEST

START_TEST(one_name_mends_all_rows_that_write_it_so)
{
    uint64_t before = fingerprint();
    struct arena a = {0};
    struct slice typed = learn_typed_name(ward.store, &a, question_of("H2"));
    ck_assert_msg(slice_equal(typed, SLICE("lê thanh nghĩa")), "%.*s", (int)typed.n, typed.p);
    arena_release(&a);
    ck_assert(question_of("H1") && question_of("H2") && question_of("H3"));
    LEARN(learn_alias(ward.store, QUESTION("H2"), street_named("Lê Thanh Nghị"), &lesson, &ward.f));
    ck_assert_uint_eq(lesson.placed, 3);
    ck_assert_str_eq(position_of("H1"), "house_number");
    ck_assert_str_eq(position_of("H2"), "house_number");
    ck_assert_str_eq(position_of("H3"), "interpolated");
    ck_assert_int_eq(number("SELECT count(*) FROM review WHERE decision = 'placed'"), 3);
    ck_assert_str_eq(position_of("H4"), "none");
    /* the name was typed by somebody: staff see it, the public does not */
    ck_assert_int_eq(number("SELECT count(*) FROM street_alias WHERE kind = 'strong' AND votes = 1"), 1);
    ck_assert_str_eq(text_of("SELECT coalesce(group_concat(aliases), '') FROM pub_streets"), "");
    LEARN(learn_undo(ward.store, lesson.id, "an", &ward.f));
    ck_assert_uint_eq(fingerprint(), before);
    ck_assert(!learn_undo(ward.store, lesson.id, "an", &ward.f));
    ck_assert_int_eq(ward.f.code, FAULT_BAD_STATE);
}
END_TEST

START_TEST(a_pin_is_a_known_house_for_its_neighbours)
{
    uint64_t before = fingerprint();
    double was = (double)number("SELECT accuracy_m FROM place WHERE ref = 'H6'");
    struct lonlat at = {108.22 + 47 * 0.00003, 16.04006};
    LEARN(learn_point(ward.store, QUESTION("H5"), at, &lesson, &ward.f));
    ck_assert_str_eq(position_of("H5"), "gps");
    ck_assert_int_eq(number("SELECT count(*) FROM address_point WHERE number = 47 AND source = 'staff'"), 1);
    ck_assert_int_eq(number("SELECT count(*) FROM address_memory"), 1);
    /* 49 stood between 41 and 61; now between 47 and 61 */
    ck_assert_uint_eq(lesson.placed, 1);
    ck_assert((double)number("SELECT accuracy_m FROM place WHERE ref = 'H6'") < was);
    ck_assert_str_eq(position_of("H1"), "none");
    LEARN(learn_undo(ward.store, lesson.id, "an", &ward.f));
    ck_assert_uint_eq(fingerprint(), before);
}
END_TEST

/* The pin drawn on the map of a record, not in the queue: it teaches the same, and goes with the saving. */
START_TEST(a_pin_moved_on_the_map_teaches_too)
{
    uint64_t before = fingerprint();
    int64_t place = number("SELECT id FROM place WHERE ref = 'H5'");
    double was = (double)number("SELECT accuracy_m FROM place WHERE ref = 'H6'");
    struct pin_lesson taught = {ward.store, place, "an", {108.22 + 47 * 0.00003, 16.04006}};
    struct place_pin pin = {
        .who = "an",
        .to = {.position = "gps", .at = taught.at, .accuracy_m = 15, .explanation = SLICE("{}")},
        .teach = learn_pin,
        .teach_context = &taught};
    enum edit_result result;
    LEARN(place_edit_move(ward.store, place, &pin, &result, &ward.f));
    ck_assert_int_eq(result, EDIT_SAVED);
    ck_assert_str_eq(position_of("H5"), "gps");
    ck_assert_int_eq(number("SELECT count(*) FROM address_point WHERE number = 47 AND source = 'staff'"), 1);
    ck_assert_int_eq(number("SELECT count(*) FROM address_memory"), 1);
    ck_assert((double)number("SELECT accuracy_m FROM place WHERE ref = 'H6'") < was);
    struct arena a = {0};
    struct edit_line *lines;
    struct slice code =
        slice_of(arena_text(&a, slice_of(text_of("SELECT code FROM place WHERE ref = 'H5'"))));
    ck_assert_int_eq(place_edit_list(ward.store, &a, code, 10, &lines), 1);
    LEARN(place_edit_undo(ward.store, code, lines[0].id, "an", &ward.f));
    ck_assert_uint_eq(fingerprint(), before);
    arena_release(&a);
}
END_TEST

/* A question whose name nobody can learn offers no decision about a name. */
START_TEST(only_a_name_that_can_be_learnt_is_offered)
{
    import_list(IMPORT_ESTABLISHMENTS, "Mã cơ sở,Tên cơ sở,Địa chỉ\nH7,Quán Bảy,5 Xyz\n");
    struct arena a = {0};
    ck_assert(learn_typed_name(ward.store, &a, question_of("H4")).n > 0);
    ck_assert(learn_typed_name(ward.store, &a, question_of("H7")).n == 0);
    arena_release(&a);
}
END_TEST

START_TEST(a_pin_far_from_the_street_says_nothing_of_the_street)
{
    LEARN(learn_point(ward.store, QUESTION("H5"), (struct lonlat){108.23, 16.06}, &lesson, &ward.f));
    ck_assert_int_eq(number("SELECT count(*) FROM address_point WHERE source = 'staff'"), 0);
    ck_assert_int_eq(number("SELECT count(*) FROM address_memory"), 1);
    ck_assert_uint_eq(lesson.placed, 0);
}
END_TEST

START_TEST(a_name_becomes_strong_when_two_rows_agree)
{
    LEARN(learn_candidate(ward.store, QUESTION("H1"), 0, &lesson, &ward.f));
    ck_assert_str_eq(position_of("H1"), "house_number");
    ck_assert_int_eq(number("SELECT count(*) FROM street_alias WHERE kind = 'proposed'"), 1);
    ck_assert_str_eq(position_of("H3"), "none");
    ck_assert_uint_eq(lesson.placed, 0);
    LEARN(learn_candidate(ward.store, QUESTION("H2"), 0, &lesson, &ward.f));
    ck_assert_int_eq(number("SELECT count(*) FROM street_alias WHERE kind = 'strong' AND votes = 2"), 1);
    /* a candidate that was only accepted is no surveyed house */
    ck_assert_int_eq(number("SELECT count(*) FROM address_point WHERE source = 'staff'"), 0);
}
END_TEST

START_TEST(what_was_accepted_is_remembered_for_what_it_is)
{
    LEARN(learn_candidate(ward.store, QUESTION("H3"), 0, &lesson, &ward.f));
    ck_assert_str_eq(position_of("H3"), "interpolated");
    import_list(IMPORT_ESTABLISHMENTS, "Mã cơ sở,Tên cơ sở,Địa chỉ\nH9,Quán Chín,16 Lê Thanh Nghĩa\n");
    COUNTS(1, 0, 0, 0, 0);
    ck_assert_str_eq(position_of("H9"), "interpolated");
    ck_assert_int_eq(number("SELECT count(*) FROM place WHERE ref IN ('H3', 'H9') GROUP BY accuracy_m"), 2);
}
END_TEST

START_TEST(what_was_built_upon_is_not_taken_back)
{
    LEARN(learn_alias(ward.store, QUESTION("H2"), street_named("Lê Thanh Nghị"), &lesson, &ward.f));
    run("UPDATE place SET accuracy_m = 3 WHERE ref = 'H1'");
    uint64_t before = fingerprint();
    ck_assert(!learn_undo(ward.store, lesson.id, "an", &ward.f));
    ck_assert_int_eq(ward.f.code, FAULT_BUILT_UPON);
    ck_assert_uint_eq(fingerprint(), before);
    ck_assert_int_eq(number("PRAGMA foreign_keys"), 1);
}
END_TEST

START_TEST(a_name_of_another_street_is_never_learnt)
{
    uint64_t before = fingerprint();
    /* a ward that no list has is no matter of names */
    ck_assert(!learn_alias(ward.store, QUESTION("H5"), street_named("Lê Lợi"), &lesson, &ward.f));
    ck_assert_int_eq(ward.f.code, FAULT_BAD_STATE);
    struct learn_question late = *QUESTION("H4");
    import_list(IMPORT_STREETS, "Tên đường\nMai Xuân Thưởng\n");
    uint64_t with_street = fingerprint();
    ck_assert_uint_ne(before, with_street);
    ck_assert(!learn_alias(ward.store, &late, street_named("Lê Lợi"), &lesson, &ward.f));
    ck_assert_uint_eq(fingerprint(), with_street);
}
END_TEST

START_TEST(waiting_rows_find_their_place_when_the_gazetteer_grows)
{
    import_list(IMPORT_STREETS, "Tên đường\nMai Xuân Thưởng\n");
    ck_assert_uint_eq(ward.sum.placed, 0); /* a name without a line places nobody */
    uint64_t before = fingerprint();
    import_list(IMPORT_ADDRESSES, "Đường,Số nhà,Kinh độ,Vĩ độ\nMai Xuân Thưởng,5,108.2211,16.0455\n");
    ck_assert_uint_eq(ward.sum.placed, 1);
    ck_assert_str_eq(position_of("H4"), "house_number");
    ck_assert_int_eq(question_of("H4"), 0);
    ck_assert_str_eq(position_of("H1"), "none");
    struct import_summary undone;
    LEARN(import_undo(ward.store, ward.sum.batch, "an", &undone, &ward.f));
    ck_assert_uint_eq(fingerprint(), before);
}
END_TEST

START_TEST(a_question_is_decided_once)
{
    struct learn_question q = *QUESTION("H1");
    LEARN(learn_candidate(ward.store, &q, 0, &lesson, &ward.f));
    ck_assert(!learn_candidate(ward.store, &q, 0, &lesson, &ward.f));
    ck_assert_int_eq(ward.f.code, FAULT_BAD_STATE);
    ward.f = (struct fault){0};
    ck_assert(!learn_candidate(ward.store, QUESTION("H2"), 99, &lesson, &ward.f));
    ck_assert_int_eq(ward.f.code, FAULT_BAD_PARAMETER);
    struct decision_line *list;
    struct arena a = {0};
    ck_assert_int_eq(decision_list(ward.store, &a, &(struct decision_query){.limit = 10}, &list), 1);
    ck_assert(slice_equal(list[0].who, SLICE("an")) && slice_equal(list[0].action, SLICE("accept")));
    arena_release(&a);
}
END_TEST

int main(void)
{
    const TTest *const TESTS[] = {
        an_automatic_answer_teaches_nothing,
        one_name_mends_all_rows_that_write_it_so,
        a_pin_is_a_known_house_for_its_neighbours,
        a_pin_moved_on_the_map_teaches_too,
        only_a_name_that_can_be_learnt_is_offered,
        a_pin_far_from_the_street_says_nothing_of_the_street,
        a_name_becomes_strong_when_two_rows_agree,
        what_was_accepted_is_remembered_for_what_it_is,
        what_was_built_upon_is_not_taken_back,
        a_name_of_another_street_is_never_learnt,
        waiting_rows_find_their_place_when_the_gazetteer_grows,
        a_question_is_decided_once,
    };
    Suite *suite = suite_create("import/learn");
    TCase *tests = tcase_create("learn");
    tcase_add_checked_fixture(tests, set_up, close_ward);
    tcase_set_timeout(tests, 60);
    for (size_t i = 0; i < COUNT_OF(TESTS); i++)
        tcase_add_test(tests, TESTS[i]);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
