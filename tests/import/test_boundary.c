/* The outline of a ward: one area, or the one that carries the ward's code; anything else is said. */
#include "import/import.h"

#include <check.h>
#include <string.h>
#include <unistd.h>

#define AREA(properties)                                                                                     \
    "{\"type\":\"Feature\",\"properties\":{" properties                                                      \
    "},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":"                                                  \
    "[[[108.2,16.0],[108.21,16.0],[108.21,16.01],[108.2,16.0]]]}}"
#define POINT                                                                                                \
    "{\"type\":\"Feature\",\"properties\":{},\"geometry\":{\"type\":\"Point\",\"coordinates\":[108.2,16.0]}" \
    "}"
#define FILE_OF(features) "{\"type\":\"FeatureCollection\",\"features\":[" features "]}"

static const char FILE_NAME[] = "test_boundary.geojson";

static bool read_outline(const char *json, struct buf *wkb, struct fault *f)
{
    *f = (struct fault){0};
    ck_assert(file_write(FILE_NAME, slice_of(json), f));
    bool ok = import_boundary(FILE_NAME, "99001", wkb, f);
    unlink(FILE_NAME);
    return ok;
}

START_TEST(one_area_needs_no_attributes)
{
    struct buf wkb = {0};
    struct fault f;
    ck_assert_msg(read_outline(FILE_OF(AREA("")), &wkb, &f), "%s", f.text);
    ck_assert_uint_gt(wkb.n, 4 * 16);
    buf_release(&wkb);
}
END_TEST

START_TEST(of_several_the_one_with_the_code_is_taken)
{
    struct buf wkb = {0};
    struct fault f;
    ck_assert(read_outline(FILE_OF(AREA("\"ma\":\"1\"") "," AREA("\"ma\":\"99001\"")), &wkb, &f));
    ck_assert(!read_outline(FILE_OF(AREA("\"ma\":\"1\"") "," AREA("\"ma\":\"2\"")), &wkb, &f));
    ck_assert_ptr_nonnull(strstr(f.text, "99001"));
    buf_release(&wkb);
}
END_TEST

START_TEST(a_file_without_an_area_is_a_fault)
{
    struct buf wkb = {0};
    struct fault f;
    ck_assert(!read_outline(FILE_OF(POINT), &wkb, &f));
    ck_assert_ptr_nonnull(strstr(f.text, "polygon"));
    buf_release(&wkb);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("boundary");
    TCase *tests = tcase_create("boundary");
    tcase_add_test(tests, one_area_needs_no_attributes);
    tcase_add_test(tests, of_several_the_one_with_the_code_is_taken);
    tcase_add_test(tests, a_file_without_an_area_is_a_fault);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
