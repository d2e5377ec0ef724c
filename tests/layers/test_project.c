/* Coordinate systems against the vectors of the ward's own system. */
#include "layers/layers.h"

#include <check.h>

static const struct {
    double lat, lon, east, north;
} vectors[] = {{16.0421, 108.2205, 550149.4422, 1774294.5126},
               {16.0605, 108.2380, 552017.2215, 1776334.8271},
               {16.0544, 108.2022, 548188.2987, 1775651.1606}};

START_TEST(epsg_5899_to_the_millimetre)
{
    struct projection *p;
    struct fault f = {0};
    ck_assert(projection_open(&p, "EPSG:5899", &f));
    ck_assert_int_eq(projection_epsg(p), 5899);
    ck_assert(!projection_is_degrees(p));
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        double east, north;
        struct lonlat at;
        ck_assert(projection_from_lonlat(p, (struct lonlat){vectors[i].lon, vectors[i].lat}, &east, &north));
        ck_assert_double_eq_tol(east, vectors[i].east, 0.001);
        ck_assert_double_eq_tol(north, vectors[i].north, 0.001);
        ck_assert(projection_to_lonlat(p, vectors[i].east, vectors[i].north, &at));
        ck_assert_double_eq_tol(at.lon, vectors[i].lon, 1e-8);
        ck_assert_double_eq_tol(at.lat, vectors[i].lat, 1e-8);
    }
    struct lonlat at;
    ck_assert(projection_to_lonlat(p, 550000, 1774500, &at));
    ck_assert_double_eq_tol(at.lat, 16.043960126, 1e-8);
    ck_assert_double_eq_tol(at.lon, 108.219107752, 1e-8);
    projection_close(p);
}
END_TEST

START_TEST(axes_are_east_then_north_always)
{
    struct projection *p;
    struct fault f = {0};
    double east, north;
    ck_assert(projection_open(&p, "4326", &f));
    ck_assert(projection_is_degrees(p));
    ck_assert(projection_from_lonlat(p, (struct lonlat){108.2205, 16.0421}, &east, &north));
    ck_assert_double_eq_tol(east, 108.2205, 1e-9);
    projection_close(p);
    ck_assert(projection_open(&p, "EPSG:3857", &f));
    ck_assert(projection_from_lonlat(p, (struct lonlat){108.2205, 16.0421}, &east, &north));
    ck_assert_double_gt(east, 12000000);
    projection_close(p);
}
END_TEST

START_TEST(wrong_codes_are_refused)
{
    static const char *const codes[] = {"EPSG:6959", "EPSG:1", "VN2000", "", "EPSG:30000", "EPSG:999999"};
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        struct projection *p = NULL;
        struct fault f = {0};
        ck_assert_msg(!projection_open(&p, codes[i], &f), "%s", codes[i]);
        ck_assert_int_eq(f.code, FAULT_BAD_PARAMETER);
    }
    projection_close(NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("project");
    TCase *all = tcase_create("all");
    tcase_add_test(all, epsg_5899_to_the_millimetre);
    tcase_add_test(all, axes_are_east_then_north_always);
    tcase_add_test(all, wrong_codes_are_refused);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
