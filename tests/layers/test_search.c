/* Search as a resident types: without marks, with them, with one wrong letter, words in any order, the start
 * of a word. Completeness is checked against a plain look through all names. */
#include "layers/text.h"
#include "tests/layers/small_ward.h"

#include <string.h>

static const char PATH[] = "test_search.db";
static struct store *the_store;
static struct publisher *the_publisher;
static const struct snapshot *the_snapshot;
static struct arena the_arena;

static void open_ward(void)
{
    the_store = ward_make(PATH);
    ward_add_establishments(the_store, 3000);
    ward_run(
        the_store,
        "UPDATE place SET public_name = 'Bánh mì Bà Lan' WHERE id = 11; UPDATE place SET public_name = 'Bành "
        "Mị' WHERE id = 12;"
        "UPDATE place SET public_name = 'Quán Lan', industry_group = 'Bánh mì' WHERE id = 13;"
        "UPDATE place SET public_name = 'Hồng Phượng' WHERE id = 14; UPDATE place SET public_name = 'Đồng hồ "
        "Thịnh' WHERE id = 15;"
        "UPDATE establishment SET public_address = 'K45/12 Trần Cao Vân' WHERE place_id = 16;"
        "UPDATE place SET public_name = 'Phở Bắc', geom = MakePoint(108.19, 16.04, 4326) WHERE id = 17;"
        "UPDATE place SET public_name = 'Phở Bắc', geom = MakePoint(108.21, 16.06, 4326) WHERE id = 18;"
        "UPDATE place SET code = '0123456789Z' WHERE id = 19;"
        "INSERT INTO market (id, code, name, fold, updated_at) VALUES (1, 'C1', 'Chợ Cồn', 'cho con', 'x');"
        "INSERT INTO place (id, code, type, name, public_name, name_fold, status, recorded_at, updated_at)"
        " VALUES (9001, 'STALL00001X', 'stall', 'x', 'x', 'x', 'active', 'x', 'x');"
        "INSERT INTO stall (place_id, market_id, kind, number, number_norm, goods) VALUES (9001, 1, 'stand', "
        "'A12', 'A12', 'Vải')");
    struct fault f = {0};
    ck_assert_msg(publisher_open(&the_publisher, PATH, &f), "%s %s", f.place, f.text);
    the_snapshot = publisher_get(the_publisher);
}

static void close_ward(void)
{
    snapshot_release(the_snapshot);
    publisher_close(the_publisher);
    store_close(the_store);
    arena_release(&the_arena);
    ward_remove(PATH);
}

static uint32_t search(const char *text, uint32_t limit, struct search_hit **hits)
{
    return snapshot_search(the_snapshot, &(struct search_query){.text = slice_of(text), .limit = limit},
                           &the_arena, hits);
}

static struct slice field_of(const struct search_hit *hit, const char *field)
{
    const struct snapshot_layer *l = snapshot_get(the_snapshot, hit->layer);
    return snapshot_text(&l->columns[layer_field(l->layer, slice_of(field))], hit->row);
}

static void check_first(const char *text, const char *field, const char *expected)
{
    struct search_hit *hits;
    ck_assert_msg(search(text, 10, &hits) > 0, "\"%s\" finds nothing", text);
    struct slice found = field_of(&hits[0], field);
    ck_assert_msg(slice_equal(found, slice_of(expected)), "\"%s\" finds %.*s first", text, (int)found.n,
                  found.p);
}

START_TEST(marks_count_when_they_are_typed)
{
    struct search_hit *hits;
    check_first("bành", "name", "Bành Mị");
    check_first("Bánh mì bà", "name", "Bánh mì Bà Lan");
    check_first("banh mi ba lan", "name", "Bánh mì Bà Lan");
    check_first("HONG PHUONG", "name", "Hồng Phượng");
    check_first("dong ho", "name", "Đồng hồ Thịnh");
    check_first("đồng h", "name", "Đồng hồ Thịnh");
    ck_assert_uint_gt(search("banh mi", 50, &hits), 10);
}
END_TEST

START_TEST(a_name_goes_before_an_address_before_an_industry)
{
    check_first("lan banh", "name", "Bánh mì Bà Lan"); /* any order; both in the name beat name and group */
    check_first("12 tran cao", "address", "K45/12 Trần Cao Vân");
    check_first("chợ cồn", "name", "Chợ Cồn");
    check_first("sap a12", "number", "A12");
    check_first("vai cho con", "number", "A12");
    check_first("quan lan banh", "name", "Quán Lan");
}
END_TEST

START_TEST(one_letter_is_forgiven_only_when_nothing_else_is_found)
{
    struct search_hit *hits;
    check_first("thinhh", "name", "Đồng hồ Thịnh");
    check_first("thimh", "name", "Đồng hồ Thịnh");
    check_first("htinh", "name", "Đồng hồ Thịnh");
    check_first("dong thynh", "name", "Đồng hồ Thịnh");
    ck_assert_uint_eq(search("phxxng", 10, &hits), 0);
    ck_assert_uint_eq(search("lann", 10, &hits), 0); /* too short to guess */
    ck_assert_uint_eq(search("", 10, &hits), 0);
    ck_assert_uint_eq(search("?!", 10, &hits), 0);
}
END_TEST

START_TEST(near_the_centre_comes_first)
{
    struct search_hit *hits;
    struct search_query q = {
        .text = SLICE("pho bac"), .limit = 2, .has_centre = true, .centre = {108.19, 16.04}};
    for (int i = 0; i < 2; i++) {
        ck_assert_uint_eq(snapshot_search(the_snapshot, &q, &the_arena, &hits), 2);
        const struct snapshot_layer *l = snapshot_get(the_snapshot, hits[0].layer);
        ck_assert_double_eq_tol(l->point[hits[0].row].lon, q.centre.lon, 1e-9);
        q.centre = (struct lonlat){108.21, 16.06};
    }
}
END_TEST

START_TEST(every_name_is_found_by_the_start_of_its_words)
{
    const struct snapshot_layer *l = snapshot_get(the_snapshot, LAYER_ESTABLISHMENTS);
    for (uint32_t row = 0; row < l->count; row += 37) {
        struct slice name = snapshot_text(&l->columns[1], row), fold = text_fold_in(&the_arena, name);
        struct search_hit *hits;
        uint32_t n = snapshot_search(the_snapshot, &(struct search_query){.text = fold, .limit = 50},
                                     &the_arena, &hits);
        bool found = false;
        for (uint32_t i = 0; i < n; i++) {
            found |= hits[i].layer == LAYER_ESTABLISHMENTS && hits[i].row == row;
            ck_assert(i == 0 || hits[i].score <= hits[i - 1].score);
        }
        ck_assert_msg(found, "%.*s", (int)name.n, name.p);
    }
}
END_TEST

START_TEST(the_limit_holds)
{
    struct search_hit *hits;
    ck_assert_uint_eq(search("ca phe", 7, &hits), 7);
    ck_assert_uint_eq(search("n", 50, &hits), 50);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("search");
    TCase *t = tcase_create("all");
    tcase_add_unchecked_fixture(t, open_ward, close_ward);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, marks_count_when_they_are_typed);
    tcase_add_test(t, a_name_goes_before_an_address_before_an_industry);
    tcase_add_test(t, one_letter_is_forgiven_only_when_nothing_else_is_found);
    tcase_add_test(t, near_the_centre_comes_first);
    tcase_add_test(t, every_name_is_found_by_the_start_of_its_words);
    tcase_add_test(t, the_limit_holds);
    suite_add_tcase(suite, t);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
