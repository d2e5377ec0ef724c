/* geocode*.c: where an address is placed and what is claimed about it, on a ward drawn here:
 *
 *   "Lê Lợi" runs 1 km east along 16.000, odd numbers north, even south, a house every 5 m and side; "Trần
 * Phú" crosses it at 500 m. Houses 21-29 (north) and 60-140 (south) are not known, number 41 is drawn 400 m
 * from its place. Kiệt 45 goes north with houses 1-12, 5-7 unknown; kiệt 87 is not known at all. "Yên Bái"
 * has no house and no line; of "Hàm Nghi" two houses are all that is known. */
#include "tests/import/gazetteer_fixture.h"

static const char PATH[] = "test_geocode.db";
static const double LON_M = 1 / 106960.0, LAT_M = 1 / 110574.0;

static struct geocoder *g;
static struct arena arena;
static struct geocode_result r;

static struct lonlat at_metres(double east, double north)
{
    return (struct lonlat){108.2 + east * LON_M, 16.0 + north * LAT_M};
}

static void add_house(struct store *s, const char *street, const char *chain, int number, struct lonlat at)
{
    char text[16];
    struct fault f = {0};
    snprintf(text, sizeof text, "%d", number);
    sqlite3_stmt *st =
        store_statement(s,
                        "INSERT INTO address_point (street_id, chain, number, updated_at, geom)"
                        " VALUES ((SELECT id FROM street WHERE name = ?4), ?1, ?2, '', ?3)",
                        &f);
    ck_assert_msg(st != NULL, "%s", f.text);
    bind_text(st, 1, chain);
    bind_int(st, 2, number);
    bind_point(st, 3, &at);
    bind_text(st, 4, street);
    ck_assert_msg(statement_run(st, &f), "%s", f.text);
}

static bool is_unknown(int number)
{
    return (number % 2 == 1 && number >= 21 && number <= 29) ||
           (number % 2 == 0 && number >= 60 && number <= 140);
}

static struct lonlat house(int number)
{
    return at_metres(2.5 * number, number % 2 ? 8 : -8);
}

static void add_houses(struct store *s)
{
    for (int number = 1; number <= 400; number++)
        if (number == 41)
            add_house(s, "Lê Lợi", "", number, at_metres(2.5 * number + 400, 8));
        else if (!is_unknown(number))
            add_house(s, "Lê Lợi", "", number, house(number));
    for (int number = 1; number <= 12; number++)
        if (number < 5 || number > 7)
            add_house(s, "Lê Lợi", "45", number, at_metres(112.5 + (number % 2 ? -3 : 3), 15 + 5 * number));
}

#define BOX_WKT(w, s, e, n)                                                                                  \
    "MULTIPOLYGON(((" #w " " #s ", " #e " " #s ", " #e " " #n ", " #w " " #n ", " #w " " #s ")))"

static void add_areas(struct store *s)
{
    FIXTURE_RUN(s, "UPDATE ward SET name = ?1, geom = GeomFromText(?2, 4326), fold = ?3 WHERE is_home", 1,
                "Hòa Cường", BOX_WKT(108.195, 15.995, 108.2075, 16.005));
    FIXTURE_RUN(s,
                "INSERT INTO ward (code, name, geom, updated_at, fold) VALUES ('2', ?1, GeomFromText(?2, "
                "4326), '', ?3)",
                1, "An Hải", BOX_WKT(108.2075, 15.995, 108.22, 16.005));
    FIXTURE_RUN(s,
                "INSERT INTO residential_group (code, name, geom, updated_at, ward_id, number, fold)"
                " VALUES (?1, ?1, GeomFromText(?2, 4326), '', (SELECT id FROM ward WHERE is_home), 8, ?3)",
                1, "Tổ 8", BOX_WKT(108.1995, 15.9995, 108.202, 16.0005));
    FIXTURE_RUN(s,
                "INSERT INTO market (code, name, geom, updated_at, fold) VALUES ('C', ?1, GeomFromText(?2, "
                "4326), '', ?3)",
                1, "Chợ Cồn", "POINT(108.203 16.001)");
    FIXTURE_RUN(s,
                "INSERT INTO stall_plan (market_id, number_norm, geom)"
                " VALUES ((SELECT id FROM market), ?1, GeomFromText(?2, 4326))",
                0, "12", BOX_WKT(108.203, 16.001, 108.20302, 16.00102));
    FIXTURE_RUN(s,
                "INSERT INTO address_memory (key, lon, lat, confirmed_by, confirmed_at)"
                " VALUES (?1, 108.2041, 16.0009, 'an', '2026-01-01')",
                0, "le loi||398A");
}

static void set_up(void)
{
    struct store *s = fixture_open(PATH, "Hòa Cường");
    fixture_street(s, "Lê Lợi",
                   "MULTILINESTRING((108.2 16.0, 108.204675 16.0), (108.20935 16.0, 108.204675 16.0))");
    fixture_street(s, "Trần Phú", "MULTILINESTRING((108.204675 15.997, 108.204675 16.003))");
    FIXTURE_RUN(s, "INSERT INTO street (code, name, updated_at, fold) VALUES (?1, ?1, '', ?2)", 1, "Yên Bái");
    FIXTURE_RUN(s,
                "INSERT INTO alley (street_id, chain, geom)"
                " VALUES ((SELECT id FROM street WHERE name = ?1), '45', GeomFromText(?2, 4326))",
                0, "Lê Lợi", "MULTILINESTRING((108.20105 16.0, 108.20105 16.0007))");
    FIXTURE_RUN(s, "INSERT INTO street (code, name, updated_at, fold) VALUES (?1, ?1, '', ?2)", 1,
                "Hàm Nghi");
    fixture_street(s, "Tế Hanh", "MULTILINESTRING((108.203 15.998, 108.204 15.998))");
    add_houses(s);
    add_house(s, "Hàm Nghi", "", 10, at_metres(300, 300));
    add_house(s, "Hàm Nghi", "", 40, at_metres(300, 400));
    add_areas(s);
    g = fixture_finish(s);
}

static void tear_down(void)
{
    geocoder_close(g);
    arena_release(&arena);
    fixture_remove(PATH);
}

static void ask(const char *address)
{
    arena_reset(&arena);
    struct geocode_query q = {.address = slice_of(address)};
    geocode(g, &q, &arena, &r);
}

/* The answer is automatic, of this class, and lies within `limit` metres of `truth`. */
static void expect(const char *address, char class, struct lonlat truth, double limit)
{
    ask(address);
    ck_assert_msg(r.status == GEOCODE_AUTO, "%s: %.*s", address, (int)r.why.n, r.why.p);
    double away = distance_m(r.at, truth);
    ck_assert_msg(r.class == class, "%s: class %c", address, r.class);
    ck_assert_msg(away <= limit, "%s: %.1f m away", address, away);
}

static void expect_review(const char *address, const char *fault)
{
    ask(address);
    ck_assert_msg(r.status == GEOCODE_REVIEW && r.class == 0 && r.position == POSITION_NONE,
                  "%s: status %d class %c", address, r.status, r.class);
    ck_assert_msg(slice_starts(r.fault_group, slice_of(fault)), "%s: %.*s", address, (int)r.fault_group.n,
                  r.fault_group.p);
}

START_TEST(a_known_house_is_exact)
{
    expect("45 Lê Lợi", 'A', house(45), 1);
    expect("Số 2 Lê Lợi, P. Hòa Cường", 'A', house(2), 1);
    ck_assert_int_eq(r.position, POSITION_HOUSE_NUMBER);
    expect("K45/3 Lê Lợi", 'A', at_metres(109.5, 30), 1);
}
END_TEST

START_TEST(an_unknown_house_stands_between_those_of_its_side)
{
    expect("25 Lê Lợi", 'B', house(25), 3);
    ck_assert_int_eq(r.position, POSITION_INTERPOLATED);
    ck_assert(r.accuracy_m >= 8 && r.accuracy_m <= 25);
    expect("45A Lê Lợi", 'B', house(45), 5);
}
END_TEST

START_TEST(a_point_out_of_order_does_not_bend_its_neighbours)
{
    /* 41 stands 400 m off, so 41A lies between 39 and 43 */
    expect("41A Lê Lợi", 'B', at_metres(2.5 * 41, 8), 8);
}
END_TEST

START_TEST(a_wide_gap_is_only_near)
{
    /* 60..140 even are unknown: the other side knows where such numbers stand */
    expect("100 Lê Lợi", 'C', house(100), 40);
    ck_assert(r.accuracy_m > 50 && r.accuracy_m <= 100);
}
END_TEST

START_TEST(an_alley_is_found_by_its_own_houses_or_by_its_mouth)
{
    expect("K45/6 Lê Lợi", 'B', at_metres(112.5, 45), 8);
    expect("K87/9 Lê Lợi", 'C', house(87), 1);
    ck_assert(r.accuracy_m == 100);
    expect("Kiệt 45 Lê Lợi", 'C', at_metres(112.5, 0), 10);
    expect("K45/3/2 Lê Lợi", 'C', at_metres(109.5, 30), 1);
}
END_TEST

START_TEST(an_unknown_number_never_moves_elsewhere)
{
    expect_review("1203 Lê Lợi", "number_outside");
    ck_assert(slice_find(r.why, SLICE("400")) > 0);
    expect_review("K1203/4 Lê Lợi", "number_outside");
    expect("404 Lê Lợi", 'D', house(400), 15);
}
END_TEST

START_TEST(a_street_without_a_line_is_near_its_houses_or_a_question)
{
    expect("20 Hàm Nghi", 'C', at_metres(300, 333), 2);
    expect("25 Hàm Nghi", 'D', at_metres(300, 350), 2); /* no house of its side is known */
    ck_assert(r.accuracy_m >= 200 && r.accuracy_m < 300);
    expect("60 Hàm Nghi", 'D', at_metres(300, 400), 1); /* two houses say little about the last number */
    ck_assert(r.accuracy_m >= 500);
    expect_review("81 Hàm Nghi", "number_outside");
}
END_TEST

START_TEST(a_number_far_from_every_known_house_of_a_street_without_a_line_waits)
{
    expect("10 Hàm Nghi", 'A', at_metres(300, 300), 1);
    struct fault f = {0};
    struct store *s = NULL;
    geocoder_close(g);
    ck_assert(store_open(&s, PATH, STORE_WRITE, &f) && store_begin(s, &f));
    add_house(s, "Hàm Nghi", "", 300, at_metres(6000, 300));
    g = fixture_finish(s);
    expect_review("170 Hàm Nghi", "scattered");
}
END_TEST

START_TEST(a_good_syllable_is_no_slip_of_two_others)
{
    expect("45 Tế Hnh", 'D', at_metres(374, -221), 60);
    expect_review("45 thanh", "doubtful");
}
END_TEST

START_TEST(opposite_is_not_at_the_house)
{
    expect("Đối diện 45 Lê Lợi", 'C', house(45), 1);
    ck_assert(r.accuracy_m >= 28);
}
END_TEST

START_TEST(without_a_number_it_is_the_street_inside_the_ward)
{
    /* the ward ends at 800 m: the middle of what lies inside is 400 m along */
    expect("Lê Lợi, phường Hòa Cường", 'D', at_metres(401, 0), 10);
    ck_assert_int_eq(r.position, POSITION_STREET);
    ck_assert(r.accuracy_m > 390 && r.accuracy_m < 410);
    expect("Không số, đường Trần Phú", 'D', at_metres(500, 0), 10);
    expect("12 Trần Phú", 'D', at_metres(500, 0), 10);
}
END_TEST

START_TEST(group_ward_and_market_are_areas)
{
    expect("Tổ 8, phường Hòa Cường", 'E', at_metres(80, 0), 60);
    ck_assert_int_eq(r.position, POSITION_RESIDENTIAL_GROUP);
    ck_assert(r.accuracy_m > 100);
    ask("phường Hòa Cường");
    ck_assert(r.class == 'E' && r.position == POSITION_AREA && r.accuracy_m > 500);
    expect("Quầy 12 chợ Cồn", 'A', (struct lonlat){108.20301, 16.00101}, 3);
    ck_assert_int_eq(r.position, POSITION_STALL_PLAN);
    expect("Quầy 77 chợ Cồn", 'C', (struct lonlat){108.203, 16.001}, 1);
    ck_assert_int_eq(r.position, POSITION_AREA);
}
END_TEST

START_TEST(a_corner_is_where_two_streets_meet)
{
    expect("Ngã tư Lê Lợi - Trần Phú", 'C', at_metres(500, 0), 10);
}
END_TEST

START_TEST(another_ward_is_a_conflict)
{
    expect_review("45 Lê Lợi, phường An Hải", "ward_conflict");
    expect("398 Lê Lợi, phường An Hải", 'A', house(398), 1);
    expect_review("45 Lê Lợi, phường Hòa Xuân", "ward_unknown");
}
END_TEST

START_TEST(what_cannot_be_decided_waits)
{
    expect_review("45 Nguyễn Huệ", "street_unknown");
    expect_review("45 Lê Lợi Nối Dài", "extended");
    expect_review("12 Yên Bái", "no_geometry");
    expect_review("Lô 30 Lê Lợi", "lot_unknown");
    expect_review("45-12 Lê Lợi", "number_unclear");
    expect_review("nt", "nothing");
    expect_review("45 Lê Lợi, 12 Trần Phú", "several");
    ask("bán hàng rong, lưu động");
    ck_assert_int_eq(r.status, GEOCODE_NONE);
    ck_assert_int_eq(r.candidate_count, 0);
}
END_TEST

START_TEST(a_confirmed_address_stands_first)
{
    expect("398A Lê Lợi", 'A', (struct lonlat){108.2041, 16.0009}, 0.1);
    ck_assert_int_eq(r.position, POSITION_GPS);
}
END_TEST

START_TEST(typed_positions_are_read_in_their_forms)
{
    static const char *const FORMS[] = {"16.0001, 108.2030",
                                        "16,0001; 108,2030",
                                        "Lê Lợi (16.00010,108.20300)",
                                        "https://www.google.com/maps/@16.0001000,108.2030000,17z",
                                        "https://www.google.com/maps?q=16.0001%2C108.2030",
                                        "https://maps.google.com/maps/data=!3d16.0001!4d108.2030",
                                        "16°00'00.36\"N 108°12'10.80\"E",
                                        "16 độ, 16°00.006' 108°12.180'"};
    struct lonlat truth = {108.2030, 16.0001};
    for (size_t i = 0; i < COUNT_OF(FORMS); i++) {
        expect(FORMS[i], 'A', truth, 2);
        ck_assert_int_eq(r.position, POSITION_GPS);
        ck_assert(r.accuracy_m >= 15 && r.accuracy_m <= 20);
    }
    expect("108.2030, 16.0001", 'A', truth, 2);
    ck_assert(slice_find(r.why, SLICE("đảo chỗ")) > 0);
    expect("16.000, 108.203", 'C', truth, 12); /* three decimals: a hundred metres */
    ck_assert(r.accuracy_m > 100);
    ask("12 Lê Lợi, 0905123456");
    ck_assert_int_eq(r.position, POSITION_HOUSE_NUMBER);
}
END_TEST

/* Codes made with the reference implementation: 16.00006 N, 108.20306 E is 7P8C2623+26. */
START_TEST(plus_codes_are_read_whole_and_short)
{
    expect("7P8C2623+26", 'A', (struct lonlat){108.2030625, 16.0000625}, 10);
    expect("2623+26 Đà Nẵng", 'A', (struct lonlat){108.2030625, 16.0000625}, 10);
    expect("số 3, 8C2623+26", 'A', (struct lonlat){108.2030625, 16.0000625}, 10);
    ask("12+14 Lê Lợi"); /* two numbers are no code */
    ck_assert_int_eq(r.position, POSITION_HOUSE_NUMBER);
}
END_TEST

START_TEST(typed_positions_that_cannot_be_believed_wait)
{
    expect_review("16.0678, 108.2208", "position_outside");
    ck_assert_int_eq(r.candidate_count, 1);
    /* 45 is known 600 m away from what was typed */
    expect_review("45 Lê Lợi, 16.0001, 108.2068", "position_apart");
    ck_assert_int_eq(r.candidate_count, 2);
    ck_assert(r.candidates[0].position == POSITION_GPS && r.candidates[1].position == POSITION_HOUSE_NUMBER);
    expect("45 Lê Lợi, 16.0001, 108.2012", 'A', (struct lonlat){108.2012, 16.0001}, 1);
    ck_assert(slice_equal(r.number, SLICE("45")));
}
END_TEST

START_TEST(parts_in_columns_read_like_one_text)
{
    static const struct geocode_query QUERIES[] = {
        {.number = {"45", 2}, .street = {"Lê Lợi", 9}, .ward = {"Hòa Cường", 13}},
        {.number = {"Số 45", 7}, .street = {"đường Lê Lợi", 19}},
        {.address = {"45 Lê Lợi", 12}, .residential_group = {"8", 1}},
    };
    for (size_t i = 0; i < COUNT_OF(QUERIES); i++) {
        geocode(g, &QUERIES[i], &arena, &r);
        ck_assert_int_eq(r.class, 'A');
        ck_assert(slice_equal(r.key, SLICE("le loi||45")));
    }
    struct geocode_query alley = {.number = {"3", 1}, .alley = {"45", 2}, .street = {"Lê Lợi", 9}};
    geocode(g, &alley, &arena, &r);
    ck_assert_int_eq(r.class, 'A');
    ck_assert(slice_equal(r.key, SLICE("le loi|45|3")));
}
END_TEST

START_TEST(the_stored_explanation_holds_no_word_of_the_address)
{
    struct buf out = {0};
    ask("Nhà bà Nguyễn Thị Bích, 45 Lê Lợi");
    geocode_explanation_json(&r, &out);
    struct slice text = buf_to_slice(&out);
    ck_assert(slice_find(text, SLICE("Bích")) < 0 && slice_find(text, SLICE("Lê Lợi")) < 0);
    ck_assert(slice_find(text, SLICE("\"status\":\"auto\"")) > 0 && slice_find(text, SLICE("street_id")) > 0);
    buf_reset(&out);
    geocode_json(&r, &out);
    ck_assert(slice_find(buf_to_slice(&out), SLICE("\"kind\":\"street\"")) > 0);
    buf_release(&out);
}
END_TEST

START_TEST(the_way_back_names_the_nearest_house)
{
    struct buf out = {0};
    geocode_reverse_json(g, at_metres(112, 9), &out);
    ck_assert(slice_find(buf_to_slice(&out), SLICE("\"number\":\"45\"")) > 0);
    ck_assert(slice_find(buf_to_slice(&out), SLICE("Hòa Cường")) > 0);
    buf_release(&out);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("import/geocode");
    TCase *t = tcase_create("geocode");
    tcase_add_unchecked_fixture(t, set_up, tear_down);
    tcase_add_test(t, a_known_house_is_exact);
    tcase_add_test(t, an_unknown_house_stands_between_those_of_its_side);
    tcase_add_test(t, a_point_out_of_order_does_not_bend_its_neighbours);
    tcase_add_test(t, a_wide_gap_is_only_near);
    tcase_add_test(t, an_alley_is_found_by_its_own_houses_or_by_its_mouth);
    tcase_add_test(t, an_unknown_number_never_moves_elsewhere);
    tcase_add_test(t, a_street_without_a_line_is_near_its_houses_or_a_question);
    tcase_add_test(t, a_number_far_from_every_known_house_of_a_street_without_a_line_waits);
    tcase_add_test(t, a_good_syllable_is_no_slip_of_two_others);
    tcase_add_test(t, opposite_is_not_at_the_house);
    tcase_add_test(t, without_a_number_it_is_the_street_inside_the_ward);
    tcase_add_test(t, group_ward_and_market_are_areas);
    tcase_add_test(t, a_corner_is_where_two_streets_meet);
    tcase_add_test(t, another_ward_is_a_conflict);
    tcase_add_test(t, what_cannot_be_decided_waits);
    tcase_add_test(t, a_confirmed_address_stands_first);
    tcase_add_test(t, typed_positions_are_read_in_their_forms);
    tcase_add_test(t, plus_codes_are_read_whole_and_short);
    tcase_add_test(t, typed_positions_that_cannot_be_believed_wait);
    tcase_add_test(t, parts_in_columns_read_like_one_text);
    tcase_add_test(t, the_stored_explanation_holds_no_word_of_the_address);
    tcase_add_test(t, the_way_back_names_the_nearest_house);
    suite_add_tcase(s, t);
    SRunner *runner = srunner_create(s);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
