/* The read copy: every public row once, found by box, block and id; geometry as RFC 7946 wants it; a new
 * revision published while an old copy is still being read. Answers are compared with a plain look at every
 * row, or with SQL. */
#include "tests/layers/small_ward.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static const char PATH[] = "test_snapshot.db";

static struct store *the_store;
static struct publisher *the_publisher;

static void open_ward(void)
{
    the_store = ward_make(PATH);
    ward_add_establishments(the_store, 3000);
    ward_run(
        the_store,
        "INSERT INTO base_feature (layer, name, class, geom) VALUES ('water', 'Hồ', 'lake', "
        "GeomFromText('POLYGON(("
        "108.190 16.040, 108.190 16.050, 108.200 16.050, 108.200 16.040, 108.190 16.040), (108.194 16.044,"
        " 108.196 16.044, 108.196 16.046, 108.194 16.046, 108.194 16.044))', 4326));"
        "INSERT INTO street (code, name, fold, updated_at, geom) SELECT 'S1', 'Lê Lợi', 'le loi', 'x',"
        " CompressGeometry(GeomFromText('MULTILINESTRING((108.19 16.04, 108.195 16.045, 108.21 16.05),"
        " (108.22 16.06, 108.23 16.06))', 4326))");
    struct fault f = {0};
    ck_assert_msg(publisher_open(&the_publisher, PATH, &f), "%s %s", f.place, f.text);
}

static void close_ward(void)
{
    publisher_close(the_publisher);
    store_close(the_store);
    ward_remove(PATH);
}

static bool inside(struct box b, struct lonlat p)
{
    bool east = b.west <= b.east ? p.lon >= b.west && p.lon <= b.east : p.lon >= b.west || p.lon <= b.east;
    return east && p.lat >= b.south && p.lat <= b.north;
}

START_TEST(every_public_row_is_there_once)
{
    const struct snapshot *s = publisher_get(the_publisher);
    const struct snapshot_layer *l = snapshot_get(s, LAYER_ESTABLISHMENTS);
    ck_assert_uint_eq(l->count, 3000);
    ck_assert_uint_eq(l->located, 2700);
    for (int i = 1; i <= 3000; i++) {
        char code[16];
        snprintf(code, sizeof code, "%010dX", i);
        int64_t row = snapshot_find(l, slice_of(code));
        ck_assert_int_ge(row, 0);
        ck_assert((row < l->located) == (i % 10 != 0));
        ck_assert(slice_equal(snapshot_text(&l->columns[0], (uint32_t)row), slice_of(code)));
        if (row < l->located)
            ck_assert_double_eq_tol(l->point[row].lon, 108.19 + (i * 7919 % 10007) / 500350.0, 1e-12);
    }
    ck_assert_int_eq(snapshot_find(l, SLICE("0000003001X")), -1);
    ck_assert_int_eq(snapshot_revision(s), store_revision(the_store));
    snapshot_release(s);
}
END_TEST

START_TEST(properties_are_ready_in_the_order_of_the_table)
{
    const struct snapshot *s = publisher_get(the_publisher);
    const struct snapshot_layer *l = snapshot_get(s, LAYER_ESTABLISHMENTS);
    struct slice text = snapshot_properties(l, (uint32_t)snapshot_find(l, SLICE("0000000007X")));
    static const char expected[] =
        "{\"code\":\"0000000007X\",\"name\":\"Sửa xe 7\",\"kind\":\"household\",\"status\":\"suspended\","
        "\"industry_code\":null,\"industry\":null,\"group\":\"Ăn uống\",\"address\":\"7 Nguyễn Văn Linh\","
        "\"residential_group\":null,\"ward\":null,\"accepts_qr\":null,\"accepts_card\":null,\"accepts_"
        "transfer\":null,"
        "\"food_safety\":null,\"position\":\"house_number\",\"accuracy_m\":5.25,\"verified_on\":null,"
        "\"updated_at\":\"2026-01-01T00:00:00Z\"}";
    ck_assert_msg(slice_equal(text, SLICE(expected)), "%.*s", (int)text.n, text.p);
    ck_assert_ptr_nonnull(l->valid_from);
    ck_assert(slice_equal(snapshot_text(l->valid_from, 0), SLICE("2026-01-02")));
    snapshot_release(s);
}
END_TEST

static void check_box(const struct snapshot_layer *l, struct box b)
{
    struct arena a = {0};
    const uint32_t *rows;
    uint32_t n = snapshot_within(l, b, &a, &rows), k = 0;
    for (uint32_t row = 0; row < l->located; row++)
        if (inside(b, l->point[row])) {
            if (k >= n || rows[k] != row)
                ck_abort_msg("row %u is not found", row);
            k++;
        }
    ck_assert_uint_eq(k, n);
    arena_release(&a);
}

START_TEST(a_box_finds_what_a_look_at_every_row_finds)
{
    const struct snapshot *s = publisher_get(the_publisher);
    const struct snapshot_layer *l = snapshot_get(s, LAYER_ESTABLISHMENTS);
    srand(7);
    for (int i = 0; i < 2000; i++) {
        double west = 108.185 + rand() % 3000 / 1e5, south = 16.035 + rand() % 3000 / 1e5,
               size = rand() % 1000 / 5e4;
        check_box(l, (struct box){west, south, west + size, south + size});
        struct lonlat p = l->point[rand() % (int)l->located];
        check_box(l, (struct box){p.lon, p.lat, p.lon, p.lat});
        check_box(l, (struct box){p.lon, p.lat - 0.001, p.lon + 0.002, p.lat});
    }
    check_box(l, (struct box){-180, -90, 180, 90});
    check_box(l, (struct box){179, -90, 108.2, 90});
    check_box(l, (struct box){108.2, 16.05, 108.1, 16.2});
    snapshot_release(s);
}
END_TEST

START_TEST(a_block_is_a_run_of_rows)
{
    const struct snapshot *s = publisher_get(the_publisher);
    const struct snapshot_layer *l = snapshot_get(s, LAYER_ESTABLISHMENTS);
    for (uint32_t z = 0; z <= 22; z++) {
        for (uint32_t row = 0; row < l->located; row += 97) {
            struct world w = l->world[row];
            uint32_t x = z ? w.x >> (32 - z) : 0, y = z ? w.y >> (32 - z) : 0, first, expected = 0;
            uint32_t n = snapshot_block(l, z, x, y, &first);
            for (uint32_t k = 0; k < l->located; k++) {
                bool in = z == 0 || (l->world[k].x >> (32 - z) == x && l->world[k].y >> (32 - z) == y);
                if (in != (k >= first && k < first + n))
                    ck_abort_msg("zoom %u, row %u", z, k);
                expected += in;
            }
            ck_assert_uint_eq(n, expected);
        }
    }
    snapshot_release(s);
}
END_TEST

START_TEST(lines_and_areas_are_decoded)
{
    const struct snapshot *s = publisher_get(the_publisher);
    const struct snapshot_layer *water = snapshot_get(s, LAYER_WATER),
                                *streets = snapshot_get(s, LAYER_STREETS);
    struct buf json = {0};
    geojson_geometry(&json, water, 0);
    static const char polygon[] =
        "{\"type\":\"Polygon\",\"coordinates\":[[[108.19,16.04],[108.2,16.04],[108.2,16.05],[108.19,16.05],["
        "108.19,16.04]],"
        "[[108.194,16.044],[108.194,16.046],[108.196,16.046],[108.196,16.044],[108.194,16.044]]]}";
    ck_assert_msg(slice_equal(buf_to_slice(&json), SLICE(polygon)), "%.*s", (int)json.n, json.p);
    ck_assert(inside((struct box){108.19, 16.04, 108.2, 16.05}, water->point[0]));
    ck_assert(!inside((struct box){108.194, 16.044, 108.196, 16.046}, water->point[0])); /* not in the hole */
    buf_reset(&json);
    geojson_geometry(&json, streets, 0);
    static const char lines[] =
        "{\"type\":\"MultiLineString\",\"coordinates\":[[[108.19,16.04],[108.195,16.045],[108.21,16.05]],"
        "[[108.22,16.06],[108.23,16.06]]]}";
    ck_assert_msg(slice_equal(buf_to_slice(&json), SLICE(lines)), "%.*s", (int)json.n, json.p);
    struct arena a = {0};
    const uint32_t *rows;
    ck_assert_uint_eq(snapshot_within(streets, (struct box){108.225, 16.05, 108.226, 16.07}, &a, &rows), 1);
    ck_assert_uint_eq(snapshot_within(streets, (struct box){108.24, 16.05, 108.25, 16.07}, &a, &rows), 0);
    arena_release(&a);
    buf_release(&json);
    snapshot_release(s);
}
END_TEST

START_TEST(a_commit_is_published_and_the_old_copy_stays_readable)
{
    struct fault f = {0};
    const struct snapshot *before = publisher_get(the_publisher);
    ck_assert(publisher_poll(the_publisher, &f));
    const struct snapshot *same = publisher_get(the_publisher);
    ck_assert_ptr_eq(before, same);
    snapshot_release(same);
    ward_run(the_store, "UPDATE place SET public_name = 'Đổi tên' WHERE id = 1");
    ck_assert(publisher_poll(the_publisher, &f));
    const struct snapshot *after = publisher_get(the_publisher);
    ck_assert_int_eq(snapshot_revision(after), snapshot_revision(before) + 1);
    const struct snapshot_layer *l = snapshot_get(before, LAYER_ESTABLISHMENTS);
    ck_assert(slice_equal(snapshot_text(&l->columns[1], (uint32_t)snapshot_find(l, SLICE("0000000001X"))),
                          SLICE("Cà phê 1")));
    l = snapshot_get(after, LAYER_ESTABLISHMENTS);
    ck_assert(slice_equal(snapshot_text(&l->columns[1], (uint32_t)snapshot_find(l, SLICE("0000000001X"))),
                          SLICE("Đổi tên")));
    snapshot_release(before);
    snapshot_release(after);
}
END_TEST

static void edit_from_outside(const char *name)
{
    struct arena a = {0};
    char *sql = arena_format(&a, "UPDATE place SET public_name = '%s' WHERE id = 2", name);
    ck_assert_int_eq(sqlite3_exec(store_handle(the_store), sql, 0, 0, 0), SQLITE_OK);
    arena_release(&a);
}

static int64_t published_revision(void)
{
    struct fault f = {0};
    ck_assert(publisher_poll(the_publisher, &f));
    const struct snapshot *s = publisher_get(the_publisher);
    int64_t revision = snapshot_revision(s);
    snapshot_release(s);
    return revision;
}

START_TEST(an_edit_from_outside_raises_the_revision)
{
    struct fault f = {0};
    int64_t before = store_revision(the_store);
    edit_from_outside("QGIS");
    ck_assert_int_eq(published_revision(), before + 1);
    edit_from_outside("QGIS 2");
    ck_assert_int_eq(published_revision(), before + 2);
    ck_assert_int_eq(store_revision(the_store), before); /* QGIS may still be writing */
    ck_assert(publisher_settle(the_publisher, &f));
    ck_assert_int_eq(store_revision(the_store), before + 2);
    ck_assert_int_eq(published_revision(), before + 2); /* once, not again and again */
}
END_TEST

START_TEST(a_commit_beside_an_edit_from_outside_has_a_revision_of_its_own)
{
    struct fault f = {0};
    int64_t before = store_revision(the_store);
    edit_from_outside("QGIS");
    ck_assert_int_eq(published_revision(), before + 1);
    ck_assert(store_begin(the_store, &f));
    edit_from_outside("ours");
    ck_assert(store_commit(the_store, &f));
    ck_assert_int_eq(published_revision(), before + 2);
    ck_assert(publisher_settle(the_publisher, &f));
    ck_assert_int_eq(published_revision(), before + 2);
}
END_TEST

START_TEST(an_edit_from_outside_beside_a_quiet_commit_is_seen)
{
    struct fault f = {0};
    int64_t before = published_revision();
    edit_from_outside("QGIS");
    ck_assert(store_begin(the_store, &f));
    ck_assert(store_run(the_store, "INSERT INTO sign_in_failure VALUES (x'00', 1, 0, 0)", &f));
    ck_assert(store_commit_quietly(the_store, &f));
    ck_assert_int_eq(published_revision(), before + 1);
}
END_TEST

START_TEST(a_place_costs_at_most_300_bytes_beyond_its_text)
{
    const struct snapshot *s = publisher_get(the_publisher);
    size_t text, other;
    snapshot_size(s, &text, &other);
    ck_assert_uint_gt(text, 3000 * 300);
    ck_assert_uint_le(other, 3000 * 300);
    ck_assert_uint_gt(other, 3000 * 150);
    snapshot_release(s);
}
END_TEST

static _Atomic bool stop_reading;

static void *read_again_and_again(void *unused)
{
    (void)unused;
    while (!stop_reading) {
        const struct snapshot *s = publisher_get(the_publisher);
        const struct snapshot_layer *l = snapshot_get(s, LAYER_ESTABLISHMENTS);
        ck_assert_uint_eq(l->count, 3000);
        ck_assert_int_ge(snapshot_find(l, SLICE("0000002999X")), 0);
        snapshot_release(s);
    }
    return NULL;
}

START_TEST(readers_and_publisher_do_not_disturb_each_other)
{
    pthread_t readers[3];
    stop_reading = false;
    for (int i = 0; i < 3; i++)
        pthread_create(&readers[i], NULL, read_again_and_again, NULL);
    for (int i = 0; i < 10; i++) {
        struct fault f = {0};
        ward_run(the_store, "UPDATE place SET accuracy_m = accuracy_m + 1 WHERE id < 50");
        ck_assert(publisher_poll(the_publisher, &f));
    }
    stop_reading = true;
    for (int i = 0; i < 3; i++)
        pthread_join(readers[i], NULL);
}
END_TEST

START_TEST(a_filter_chooses_rows)
{
    const struct snapshot *s = publisher_get(the_publisher);
    const struct snapshot_layer *l = snapshot_get(s, LAYER_ESTABLISHMENTS);
    struct arena a = {0};
    struct fault f = {0};
    struct filter *filter = filter_new(&a, l->layer);
    ck_assert(filter_is_empty(filter));
    ck_assert(filter_add_equal(filter, SLICE("status"), SLICE("suspended"), &f));
    ck_assert(filter_add_equal(filter, SLICE("accuracy_m"), SLICE("5.25"), &f));
    filter_bind(filter, l);
    uint32_t n = 0;
    for (uint32_t row = 0; row < l->count; row++)
        n += filter_test(filter, row);
    ck_assert_uint_eq(n, 3000 / 7);
    ck_assert(!filter_add_equal(filter, SLICE("owner"), SLICE("x"), &f));
    ck_assert_int_eq(f.code, FAULT_BAD_PARAMETER);
    ck_assert(!filter_add_equal(filter, SLICE("accepts_qr"), SLICE("maybe"), NULL));
    ck_assert(!filter_add_equal(filter, SLICE("verified_on"), SLICE("2026-13-01"), NULL));
    arena_release(&a);
    snapshot_release(s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("snapshot");
    TCase *once = tcase_create("read");
    tcase_add_unchecked_fixture(once, open_ward, close_ward);
    tcase_set_timeout(once, 60);
    tcase_add_test(once, every_public_row_is_there_once);
    tcase_add_test(once, properties_are_ready_in_the_order_of_the_table);
    tcase_add_test(once, a_box_finds_what_a_look_at_every_row_finds);
    tcase_add_test(once, a_block_is_a_run_of_rows);
    tcase_add_test(once, lines_and_areas_are_decoded);
    tcase_add_test(once, a_filter_chooses_rows);
    tcase_add_test(once, a_place_costs_at_most_300_bytes_beyond_its_text);
    suite_add_tcase(suite, once);
    TCase *change = tcase_create("publish");
    tcase_add_checked_fixture(change, open_ward, close_ward);
    tcase_set_timeout(change, 60);
    tcase_add_test(change, a_commit_is_published_and_the_old_copy_stays_readable);
    tcase_add_test(change, an_edit_from_outside_raises_the_revision);
    tcase_add_test(change, a_commit_beside_an_edit_from_outside_has_a_revision_of_its_own);
    tcase_add_test(change, an_edit_from_outside_beside_a_quiet_commit_is_seen);
    tcase_add_test(change, readers_and_publisher_do_not_disturb_each_other);
    suite_add_tcase(suite, change);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
