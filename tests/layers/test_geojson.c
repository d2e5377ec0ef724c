/* GeoJSON: numbers written shortly and exactly, null geometry, ids, and GDAL reads what we write (where
 * ogrinfo is). */
#include "tests/layers/small_ward.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char PATH[] = "test_geojson.db", OUT[] = "test_geojson.geojson";
static struct store *the_store;
static struct publisher *the_publisher;
static const struct snapshot *the_snapshot;

static void open_ward(void)
{
    the_store = ward_make(PATH);
    ward_add_establishments(the_store, 500);
    ward_run(the_store, "UPDATE place SET public_name = 'A \"b\" \\ ' || char(10) || '<x>' WHERE id = 1;"
                        "UPDATE place SET geom = MakePoint(-0.00000004, -12.5, 4326) WHERE id = 2;"
                        "INSERT INTO residential_group (code, name, fold, updated_at, geom) VALUES ('G1', "
                        "'Tổ 1', 'to 1', 'x',"
                        " GeomFromText('MULTIPOLYGON(((0 0, 0 10, 10 10, 10 0, 0 0), (2 2, 4 2, 4 4, 2 4, 2 "
                        "2)), ((20 0, 30 0, 30 5, 20 0)))', 4326))");
    struct fault f = {0};
    ck_assert_msg(publisher_open(&the_publisher, PATH, &f), "%s %s", f.place, f.text);
    the_snapshot = publisher_get(the_publisher);
}

static void close_ward(void)
{
    snapshot_release(the_snapshot);
    publisher_close(the_publisher);
    store_close(the_store);
    ward_remove(PATH);
    unlink(OUT);
}

static void check_feature(enum layer_id layer, const char *id, const char *expected_start)
{
    const struct snapshot_layer *l = snapshot_get(the_snapshot, layer);
    struct buf out = {0};
    geojson_feature(&out, l, (uint32_t)snapshot_find(l, slice_of(id)));
    ck_assert_msg(slice_starts(buf_to_slice(&out), slice_of(expected_start)), "%.*s", (int)out.n, out.p);
    buf_release(&out);
}

START_TEST(features_are_written_as_the_standard_says)
{
    check_feature(
        LAYER_ESTABLISHMENTS, "0000000001X",
        "{\"type\":\"Feature\",\"id\":\"0000000001X\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[108."
        "2058269,"
        "16.0492697]},\"properties\":{\"code\":\"0000000001X\",\"name\":\"A \\\"b\\\" \\\\ \\n<x>\",");
    check_feature(LAYER_ESTABLISHMENTS, "0000000002X",
                  "{\"type\":\"Feature\",\"id\":\"0000000002X\",\"geometry\":{\"type\":\"Point\","
                  "\"coordinates\":[0,-12.5]}");
    check_feature(LAYER_ESTABLISHMENTS, "0000000010X",
                  "{\"type\":\"Feature\",\"id\":\"0000000010X\",\"geometry\":null,\"properties\":{");
    check_feature(LAYER_RESIDENTIAL_GROUPS, "G1",
                  "{\"type\":\"Feature\",\"id\":\"G1\",\"geometry\":{\"type\":\"MultiPolygon\","
                  "\"coordinates\":[[[[0,0],[10,0],"
                  "[10,10],[0,10],[0,0]],[[2,2],[2,4],[4,4],[4,2],[2,2]]],[[[20,0],[30,0],[30,5],[20,0]]]]},"
                  "\"properties\":{\"code\":\"G1\",\"name\":\"Tổ 1\",\"ward\":null}}");
}
END_TEST

START_TEST(coordinates_come_back_to_a_centimetre)
{
    const struct snapshot_layer *l = snapshot_get(the_snapshot, LAYER_ESTABLISHMENTS);
    struct buf out = {0};
    for (uint32_t row = 0; row < l->located; row++) {
        buf_reset(&out);
        geojson_geometry(&out, l, row);
        buf_char(&out, '\0');
        char *number = strchr(out.p, '[') + 1;
        double lon = strtod(number, &number), lat = strtod(number + 1, &number);
        ck_assert_double_eq_tol(lon, l->point[row].lon, 5.1e-8);
        ck_assert_double_eq_tol(lat, l->point[row].lat, 5.1e-8);
    }
    buf_release(&out);
}
END_TEST

START_TEST(gdal_reads_every_feature)
{
    if (system("command -v ogrinfo > /dev/null") != 0)
        return; /* no GDAL tools here: the other tests stand alone */
    const struct snapshot_layer *l = snapshot_get(the_snapshot, LAYER_ESTABLISHMENTS);
    struct buf out = {0};
    struct fault f = {0};
    buf_text(&out, "{\"type\":\"FeatureCollection\",\"features\":[");
    for (uint32_t row = 0; row < l->count; row++) {
        if (row > 0)
            buf_char(&out, ',');
        geojson_feature(&out, l, row);
    }
    buf_text(&out, "]}");
    ck_assert(file_write(OUT, buf_to_slice(&out), &f));
    buf_release(&out);
    ck_assert_int_eq(
        system(
            "ogrinfo -q -dialect SQLite -sql \"SELECT 'n=' || count(*) || ' g=' || count(geometry) AS t FROM"
            " test_geojson\" test_geojson.geojson | grep -q 'n=500 g=450'"),
        0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("geojson");
    TCase *t = tcase_create("all");
    tcase_add_unchecked_fixture(t, open_ward, close_ward);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, features_are_written_as_the_standard_says);
    tcase_add_test(t, coordinates_come_back_to_a_centimetre);
    tcase_add_test(t, gdal_reads_every_feature);
    suite_add_tcase(suite, t);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
