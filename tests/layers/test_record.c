/* Rows in and out: places and their codes, private values, stalls by plan and market, evidence, batches. */
#include "layers/journal.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char PATH[] = "test_record.db";
static struct store *store;
static struct arena arena;
static struct fault fault;

static void remove_files(void)
{
    static const char *const ENDS[] = {"", ".key", "-wal", "-shm"};
    for (size_t i = 0; i < COUNT_OF(ENDS); i++) {
        char name[64];
        snprintf(name, sizeof name, "%s%s", PATH, ENDS[i]);
        unlink(name);
    }
}

static void open_store(void)
{
    struct ward_setup setup = {.code = "99001", .name = "Phường Mẫu"};
    remove_files();
    fault = (struct fault){0};
    ck_assert(store_create(PATH, &setup, &fault) && store_open(&store, PATH, STORE_WRITE, &fault));
    ck_assert(store_begin(store, &fault));
}

static void close_store(void)
{
    store_rollback(store);
    store_close(store);
    arena_release(&arena);
    remove_files();
}

static int64_t add_place(const char *ref, bool is_stall)
{
    struct place p = {.ref = slice_of(ref),
                      .is_stall = is_stall,
                      .name = SLICE("Phở Bắc"),
                      .public_name = SLICE("Phở Bắc"),
                      .status = "active"};
    ck_assert_msg(place_put(store, &p, NULL, &fault), "%s", fault.text);
    return p.id;
}

START_TEST(a_place_keeps_its_code_and_is_found_by_ref_and_by_any_spelling_of_the_code)
{
    struct place_known known;
    struct place_position at = {.position = "gps", .at = {108.2205, 16.0421}, .accuracy_m = 15};
    int64_t id = add_place("A-1", false);
    ck_assert(place_read(store, &arena, id, &known));
    ck_assert(code_canonical(slice_of(known.place.code), (char[CODE_LENGTH + 1]){0}));
    char code[CODE_LENGTH + 1], typed[CODE_LENGTH + 2];
    memcpy(code, known.place.code, sizeof code);
    known.place.status = "ceased";
    ck_assert(place_put(store, &known.place, &at, &fault) && place_read(store, &arena, id, &known));
    ck_assert_str_eq(known.place.code, code);
    ck_assert_str_eq(known.place.status, "ceased");
    ck_assert(slice_equal(known.position, SLICE("gps")));
    snprintf(typed, sizeof typed, "%.5s-%s", code, code + 5);
    for (char *c = typed; *c; c++)
        *c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
    ck_assert_int_eq(place_by_code(store, slice_of(typed)), id);
    ck_assert_int_eq(place_by_ref(store, SLICE("A-1")), id);
    ck_assert_int_eq(place_by_ref(store, SLICE("A-2")), 0);
    ck_assert_int_eq(place_by_ref(store, SLICE("")), 0);
}
END_TEST

START_TEST(a_private_value_is_found_by_its_key_and_by_nothing_else)
{
    int64_t ids[4], id = add_place("A-1", false);
    struct private_value v = {.owner = "place",
                              .owner_id = id,
                              .field = "owner_name",
                              .text = SLICE("Lê Thị Bảy"),
                              .key = SLICE("le thi bay")};
    ck_assert(private_put(store, &v, &fault));
    ck_assert_int_eq(private_find(store, &v, ids, 4), 1);
    ck_assert_int_eq(private_compare(store, &v), 1);
    struct private_value other = v;
    other.field = "phone"; /* the same text under another field has another hash */
    ck_assert_int_eq(private_find(store, &other, ids, 4), 0);
    ck_assert_int_eq(private_compare(store, &other), -1);
    other = v;
    other.key = SLICE("le thi");
    ck_assert_int_eq(private_find(store, &other, ids, 4), 0);
    ck_assert_int_eq(private_compare(store, &other), 0);
    struct buf text = {0};
    ck_assert(private_get(store, &v, &text) && slice_equal(buf_to_slice(&text), v.text));
    buf_release(&text);
    v.text = SLICE("");
    ck_assert(private_put(store, &v, &fault));
    ck_assert_int_eq(private_compare(store, &v), -1);
}
END_TEST

/* A square of about 2 m, west-south corner given. */
static struct slice square(double lon, double lat)
{
    static char wkb[1 + 4 + 4 + 4 + 5 * 16];
    const double d = 0.00002,
                 ring[5][2] = {{lon, lat}, {lon + d, lat}, {lon + d, lat + d}, {lon, lat + d}, {lon, lat}};
    const uint32_t type = 3, rings = 1, points = 5;
    wkb[0] = 1;
    memcpy(wkb + 1, &type, 4);
    memcpy(wkb + 5, &rings, 4);
    memcpy(wkb + 9, &points, 4);
    memcpy(wkb + 13, ring, sizeof ring);
    return (struct slice){wkb, sizeof wkb};
}

START_TEST(a_stall_stands_on_its_drawing_else_in_its_market)
{
    struct market m = {.code = SLICE("C1"),
                       .name = SLICE("Chợ Mẫu"),
                       .position = "gps",
                       .at = {108.22, 16.04},
                       .accuracy_m = 30,
                       .market_class = -1,
                       .ward_managed = -1,
                       .cashless_deployed = -1,
                       .market_40 = -1};
    struct place_position p;
    ck_assert_msg(market_put(store, &m, &fault), "%s", fault.text);
    struct stall_key key = {
        .market_id = m.id, .zone_fold = SLICE("a"), .kind = "counter", .number_norm = SLICE("12")};
    stall_position(store, &key, &p);
    ck_assert_str_eq(p.position, "area");
    ck_assert(p.accuracy_m >= 100); /* only the market is known, and it says so */
    struct stall_plan plan = {.key = key, .wkb = square(108.221, 16.041)};
    int64_t id;
    bool is_new;
    ck_assert(stall_plan_put(store, &plan, &id, &is_new, &fault) && is_new);
    stall_position(store, &key, &p);
    ck_assert_str_eq(p.position, "stall_plan");
    ck_assert_double_eq_tol(p.at.lon, 108.22101, 0.000001);
    ck_assert(p.accuracy_m < 5);
    struct stall_plan twin = plan;
    twin.key.zone_fold = SLICE("b");
    ck_assert(stall_plan_put(store, &twin, &id, &is_new, &fault) && is_new);
    key.zone_fold = (struct slice){"", 0}; /* two drawings fit: none is chosen */
    stall_position(store, &key, &p);
    ck_assert_str_eq(p.position, "area");
}
END_TEST

START_TEST(zones_are_one_zone_in_all_their_spellings)
{
    ck_assert(slice_equal(zone_fold_in(&arena, SLICE("Khu A")), SLICE("a")));
    ck_assert(slice_equal(zone_fold_in(&arena, SLICE("khu vực A")), SLICE("a")));
    ck_assert(slice_equal(zone_fold_in(&arena, SLICE("KHU A - Thực phẩm")), SLICE("a")));
    ck_assert(slice_equal(zone_fold_in(&arena, SLICE("Ăn uống")), SLICE("an uong")));
}
END_TEST

START_TEST(evidence_moves_only_along_its_way)
{
    static const char *const ALLOWED[][2] = {{"draft", "submitted"},    {"submitted", "verified"},
                                             {"submitted", "rejected"}, {"verified", "disputed"},
                                             {"disputed", "verified"},  {"disputed", "rejected"},
                                             {"verified", "withdrawn"}, {"draft", "draft"}};
    static const char *const FORBIDDEN[][2] = {{"draft", "verified"},     {"verified", "submitted"},
                                               {"rejected", "verified"},  {"withdrawn", "verified"},
                                               {"submitted", "disputed"}, {"verified", "rejected"}};
    for (size_t i = 0; i < COUNT_OF(ALLOWED); i++)
        ck_assert_msg(evidence_may_move(ALLOWED[i][0], ALLOWED[i][1]), "%s %s", ALLOWED[i][0], ALLOWED[i][1]);
    for (size_t i = 0; i < COUNT_OF(FORBIDDEN); i++)
        ck_assert_msg(!evidence_may_move(FORBIDDEN[i][0], FORBIDDEN[i][1]), "%s %s", FORBIDDEN[i][0],
                      FORBIDDEN[i][1]);
}
END_TEST

/* --- the journal --- */

START_TEST(the_journal_plays_back_inserts_updates_and_deletes)
{
    int64_t kept = add_place("KEPT", false), gone = add_place("GONE", false);
    struct place_known known;
    struct journal *j = journal_open(store);
    int64_t added = add_place("NEW", false);
    ck_assert(place_read(store, &arena, kept, &known));
    known.place.name = SLICE("Khác");
    ck_assert(place_put(store, &known.place,
                        &(struct place_position){.position = "gps", .at = {108, 16}, .accuracy_m = 10},
                        &fault));
    ck_assert(place_put(store, &known.place, &(struct place_position){.position = "none"},
                        &fault)); /* twice one row */
    ck_assert(store_run(store, "DELETE FROM place WHERE ref = 'GONE'", &fault));
    bool conflict = false;
    struct buf entries = {0};
    buf_slice(&entries, journal_entries(j));
    journal_close(j);
    ck_assert_msg(journal_take_back(store, buf_to_slice(&entries), &conflict, &fault), "%s", fault.text);
    ck_assert(!conflict);
    ck_assert(!place_read(store, &arena, added, &known));
    ck_assert(place_read(store, &arena, gone, &known) && slice_equal(known.place.ref, SLICE("GONE")));
    ck_assert(place_read(store, &arena, kept, &known) && slice_equal(known.place.name, SLICE("Phở Bắc")));
    buf_release(&entries);
}
END_TEST

START_TEST(the_journal_refuses_when_a_row_was_changed_since)
{
    struct journal *j = journal_open(store);
    add_place("NEW", false);
    struct buf entries = {0};
    buf_slice(&entries, journal_entries(j));
    journal_close(j);
    ck_assert(store_run(store, "UPDATE place SET verified_on = '2026-11-22' WHERE ref = 'NEW'", &fault));
    bool conflict = false;
    ck_assert(!journal_take_back(store, buf_to_slice(&entries), &conflict, &fault));
    ck_assert(conflict);
    ck_assert_int_eq(place_by_ref(store, SLICE("NEW")) != 0, 1);
    buf_release(&entries);
}
END_TEST

static int marks_of(const char *restore)
{
    int marks = 0;
    for (const char *c = restore; *c; c++)
        marks += *c == '?';
    return marks;
}

/* Tables with places, batches or geometry are the register; each is written down with as many columns as it
 * has. */
START_TEST(the_journal_knows_every_register_table)
{
    static const struct {
        const char *name, *restore;
    } KNOWN[] = {
#define JOURNAL(table, key, read, remove, restore) {#table, restore},
#include "layers/journal.def"
#undef JOURNAL
    };
    sqlite3_stmt *st = store_statement(
        store,
        "SELECT t.name, count(*), sum(c.name IN ('place_id', 'batch_id', 'geom')) FROM sqlite_master t, "
        "pragma_table_info(t.name) c"
        " WHERE t.type = 'table' AND t.name NOT IN ('import_row', 'import_pack', 'touched') GROUP BY t.name",
        &fault);
    size_t found = 0;
    while (statement_next(st, &fault)) {
        struct slice name = column_slice(st, 0);
        int columns = sqlite3_column_int(st, 1), marks = -1;
        bool is_register = sqlite3_column_int(st, 2) > 0;
        for (size_t i = 0; i < COUNT_OF(KNOWN); i++)
            if (slice_equal(name, slice_of(KNOWN[i].name)))
                marks = marks_of(KNOWN[i].restore);
        ck_assert_msg(marks < 0 ? !is_register : marks == columns, "%.*s: %d columns, %d written down",
                      (int)name.n, name.p, columns, marks);
        found += marks >= 0;
    }
    ck_assert_uint_eq(found, COUNT_OF(KNOWN));
}
END_TEST

int main(void)
{
    const TTest *const TESTS[] = {
        a_place_keeps_its_code_and_is_found_by_ref_and_by_any_spelling_of_the_code,
        a_private_value_is_found_by_its_key_and_by_nothing_else,
        a_stall_stands_on_its_drawing_else_in_its_market,
        zones_are_one_zone_in_all_their_spellings,
        evidence_moves_only_along_its_way,
        the_journal_plays_back_inserts_updates_and_deletes,
        the_journal_refuses_when_a_row_was_changed_since,
        the_journal_knows_every_register_table,
    };
    Suite *suite = suite_create("record");
    TCase *tests = tcase_create("record");
    tcase_add_checked_fixture(tests, open_store, close_store);
    for (size_t i = 0; i < COUNT_OF(TESTS); i++)
        tcase_add_test(tests, TESTS[i]);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
