/* test_route: paths against the table, percent escapes, typed parameters, Accept, entity tags. */
#include "mapd/serve.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct arena memory;

static void release(void)
{
    arena_release(&memory);
}

static struct slice S(const char *text) {
    return slice_of(text);
}

/* --- paths --- */

static enum route_id
find(const char *method, const char *path, struct call *c, struct fault *f)
{
    *c = (struct call){.arena = &memory, .route = ROUTE_NONE};
    *f = (struct fault){0};
    return route_match(S(method), S(path), c, f) ? c->route : ROUTE_NONE;
}

static const struct {
    const char *path;
    enum route_id route;
} PATHS[] = {
    {"/", ROUTE_HOME},
    {"/health", ROUTE_HEALTH},
    {"/ogc", ROUTE_LANDING},
    {"/ogc/", ROUTE_LANDING},
    {"/ogc/collections/", ROUTE_COLLECTIONS},
    {"/ogc/collections/food-safety", ROUTE_COLLECTION},
    {"/ogc/collections/food%2Dsafety/items", ROUTE_ITEMS},
    {"/ogc/collections/stalls/items/0MASWJZS08Q", ROUTE_ITEM},
    {"/ogc/collections/stalls/tiles/WebMercatorQuad/14/7430/13111", ROUTE_OGC_TILE},
    {"/tiles/stalls/14/13111/7430.mvt", ROUTE_TILE},
    {"/tiles/wards_label/14/13111/7430.mvt", ROUTE_TILE},
    {"/tiles/stalls.json", ROUTE_TILEJSON},
    {"/c/0MASWJZS08Q", ROUTE_CODE},
    {"/C/0MASWJZS08Q", ROUTE_CODE_UPPER},
    {"/c/0MASWJZS08Q.svg", ROUTE_CODE_SVG},
    {"/c/0MASWJZS08Q.png", ROUTE_CODE_PNG},
    {"/c/anything at all", ROUTE_CODE},
    {"/indicators/S1.1b/rows", ROUTE_INDICATOR_ROWS},
    {"/export/food-safety.csv", ROUTE_EXPORT_CSV},
    {"/nothing", ROUTE_NONE},
    {"/health/more", ROUTE_NONE},
    {"//health", ROUTE_NONE},
    {"/c", ROUTE_NONE},
    {"/c/.svg", ROUTE_CODE},
    {"/ogc/collections/nothing", ROUTE_NONE},
    {"/ogc/collections/water/items", ROUTE_NONE},   /* a base layer has tiles, no items */
    {"/tiles/streets_label/1/1/1.mvt", ROUTE_NONE}, /* labels are for areas */
    {"/tiles/stalls/01/0/0.mvt", ROUTE_NONE},       /* one spelling of a number only */
    {"/tiles/stalls/1/-1/0.mvt", ROUTE_NONE},
    {"/a/..%2f..%2fetc/passwd", ROUTE_NONE},
    {"/%zz", ROUTE_NONE},
    {"/c/%00", ROUTE_NONE},
    {"/c/%ff", ROUTE_NONE},
    {"/1/2/3/4/5/6/7/8/9/10/11/12/13", ROUTE_NONE},
};

START_TEST(paths_find_their_routes)
{
    struct call *c = ARENA_NEW(&memory, struct call);
    struct fault f;
    ck_assert_msg(find("GET", PATHS[_i].path, c, &f) == PATHS[_i].route, "%s", PATHS[_i].path);
}
END_TEST

START_TEST(another_method_is_told_from_another_path)
{
    struct call *c = ARENA_NEW(&memory, struct call);
    struct fault f;
    ck_assert(find("POST", "/health", c, &f) == ROUTE_NONE && f.code == FAULT_NOT_ALLOWED);
    ck_assert(find("POST", "/nothing", c, &f) == ROUTE_NONE && f.code == FAULT_NOT_FOUND);
    ck_assert(find("GET", "/%zz", c, &f) == ROUTE_NONE && f.code == FAULT_BAD_PARAMETER);
}
END_TEST

START_TEST(placeholders_arrive_decoded_and_typed)
{
    struct call *c = ARENA_NEW(&memory, struct call);
    struct fault f;
    find("GET", "/tiles/residential-groups_label/14/13111/7430.mvt", c, &f);
    ck_assert(c->value[PARAMETER_TILESET].layer == layer_get(LAYER_RESIDENTIAL_GROUPS));
    ck_assert(c->value[PARAMETER_TILESET].labels);
    ck_assert_int_eq(c->value[PARAMETER_Z].integer, 14);
    ck_assert_int_eq(c->value[PARAMETER_X].integer, 13111);
    ck_assert_int_eq(c->value[PARAMETER_Y].integer, 7430);
    find("GET", "/c/a%20b+c", c, &f); /* a plus is a plus in a path */
    ck_assert(slice_equal(c->value[PARAMETER_CODE].text, SLICE("a b+c")));
}
END_TEST

START_TEST(every_declared_parameter_exists)
{
    for (int i = 0; i < ROUTE_COUNT; i++) {
        struct slice rest = S(route_get((enum route_id)i)->parameters), one;
        enum parameter_id id;
        while (slice_next(&rest, ' ', &one))
            ck_assert_msg(one.p[0] == '*' || parameter_find(one, &id), "%s",
                          route_get((enum route_id)i)->path);
    }
}
END_TEST

/* --- escapes --- */

START_TEST(plus_is_a_blank_in_a_query)
{
    struct slice out;
    ck_assert(url_decode(S("b%C3%A1nh+m%c3%ac"), true, &memory, &out) && slice_equal(out, S("bánh mì")));
    ck_assert(url_decode(S("%2B07:00"), true, &memory, &out) && slice_equal(out, S("+07:00")));
    ck_assert(!url_decode(S("%2"), true, &memory, &out));
    ck_assert(!url_decode(S("%"), true, &memory, &out));
    ck_assert(!url_decode(S("%0a"), true, &memory, &out));
    ck_assert(!url_decode(S("%C3%28"), true, &memory, &out));
}
END_TEST

/* --- values --- */

static const struct {
    enum parameter_id id;
    const char *text;
    bool good;
} VALUES[] = {
    {PARAMETER_LIMIT, "1", true},
    {PARAMETER_LIMIT, "99999999999999999999", true}, /* clamped later, not refused */
    {PARAMETER_LIMIT, "0", false},
    {PARAMETER_LIMIT, "-1", false},
    {PARAMETER_LIMIT, "1.5", false},
    {PARAMETER_LIMIT, "unlimited", false},
    {PARAMETER_LIMIT, "", false},
    {PARAMETER_OFFSET, "0", true},
    {PARAMETER_OFFSET, "-1", false},
    {PARAMETER_BBOX, "108,16,109,17", true},
    {PARAMETER_BBOX, "177,65,-177,70", true},
    {PARAMETER_BBOX, "108.2,16,108.2,16", true},
    {PARAMETER_BBOX, "108,16,0,109,17,100", true},
    {PARAMETER_BBOX, "108,16,100,109,17,0", false},
    {PARAMETER_BBOX, "108,16,109", false},
    {PARAMETER_BBOX, "108,16,109,17,18", false},
    {PARAMETER_BBOX, "108,16,109,17,18,19,20", false},
    {PARAMETER_BBOX, "108,16,109,91", true},
    {PARAMETER_BBOX, "108,17,109,16", true},
    {PARAMETER_BBOX, "108,16,181,17", true},
    {PARAMETER_BBOX, "108,16,109,", false},
    {PARAMETER_BBOX, "nan,16,109,17", false},
    {PARAMETER_BBOX, "a,b,c,d", false},
    {PARAMETER_DATETIME, "2026-02-28T23:59:60Z", true},
    {PARAMETER_DATETIME, "2026-02-28T10:00:00.25+07:00", true},
    {PARAMETER_DATETIME, "../2026-02-28T10:00:00Z", true},
    {PARAMETER_DATETIME, "2026-02-28T10:00:00Z/", true},
    {PARAMETER_DATETIME, "2026-02-28", true},
    {PARAMETER_DATETIME, "2026-02-30T10:00:00Z", false},
    {PARAMETER_DATETIME, "2026-02-28T24:00:00Z", false},
    {PARAMETER_DATETIME, "2026-02-28T10:00:00", false},
    {PARAMETER_DATETIME, "2026-02-28T10:00:00.Z", false},
    {PARAMETER_DATETIME, "2026-03-01T00:00:00Z/2026-02-01T00:00:00Z", false},
    {PARAMETER_DATETIME, "", false},
    {PARAMETER_DATETIME, "now", false},
    {PARAMETER_F, "json", true},
    {PARAMETER_F, "xml", false},
    {PARAMETER_LON, "180", true},
    {PARAMETER_LON, "180.1", false},
    {PARAMETER_LAT, "-90", true},
    {PARAMETER_LAT, "inf", false},
    {PARAMETER_AS_OF, "2026-06-30", true},
    {PARAMETER_AS_OF, "30/06/2026", false},
    {PARAMETER_KNOWN_AT, "2026-06-30T00:00:00Z", true},
    {PARAMETER_KNOWN_AT, "2026-06-30", true},
    {PARAMETER_KNOWN_AT, "30/06/2026", false},
};

START_TEST(values_are_taken_or_refused_by_name)
{
    struct value v;
    struct fault f = {0};
    bool good = parameter_read(VALUES[_i].id, S(VALUES[_i].text), &v, &f);
    ck_assert_msg(good == VALUES[_i].good, "%s=%s", parameter_get(VALUES[_i].id)->name, VALUES[_i].text);
    if (!good)
        ck_assert_str_eq(f.place, parameter_get(VALUES[_i].id)->name);
}
END_TEST

static const struct {
    enum crs_id crs;
    const char *text;
    bool good;
    struct box box;
} BOXES[] = {
    {CRS_CRS84, "108,16,109,17", true, {108, 16, 109, 17}},
    {CRS_CRS84, "108,16,0,109,17,100", true, {108, 16, 109, 17}},
    {CRS_CRS84, "177,65,-177,70", true, {177, 65, -177, 70}},
    {CRS_CRS84, "108,16,109,91", false, {0, 0, 0, 0}},
    {CRS_CRS84, "108,17,109,16", false, {0, 0, 0, 0}},
    {CRS_CRS84, "108,16,181,17", false, {0, 0, 0, 0}},
    {CRS_EPSG_4326, "16,108,17,109", true, {108, 16, 109, 17}},
    {CRS_EPSG_4326, "65,177,70,-177", true, {177, 65, -177, 70}},
    {CRS_EPSG_4326, "108,16,109,17", false, {0, 0, 0, 0}},
    {CRS_EPSG_5899, "550000,1774000,551000,1775000", true, {550000, 1774000, 551000, 1775000}},
    {CRS_EPSG_5899, "551000,1774000,550000,1775000", false, {0, 0, 0, 0}},
    {CRS_EPSG_3857,
     "-20037508,-20037508,20037508,20037508",
     true,
     {-20037508, -20037508, 20037508, 20037508}},
};

START_TEST(a_box_is_read_in_its_own_system)
{
    struct value v;
    struct box box;
    struct fault f = {0};
    ck_assert(parameter_read(PARAMETER_BBOX, S(BOXES[_i].text), &v, &f));
    bool good = parameter_box(&v, BOXES[_i].crs, &box, &f);
    ck_assert_msg(good == BOXES[_i].good, "%s", BOXES[_i].text);
    if (!good)
        ck_assert_str_eq(f.place, "bbox");
    else
        ck_assert_mem_eq(&box, &BOXES[_i].box, sizeof box);
}
END_TEST

START_TEST(a_time_falls_on_its_local_day)
{
    struct value v;
    struct fault f = {0};
    ck_assert(
        parameter_read(PARAMETER_DATETIME, S("2026-06-30T17:00:00Z"), &v, &f)); /* midnight of July 1 here */
    ck_assert_int_eq(v.from.month, 7);
    ck_assert_int_eq(v.from.day, 1);
    ck_assert(parameter_read(PARAMETER_DATETIME, S("2026-07-01T00:00:00+09:00"), &v, &f));
    ck_assert_int_eq(v.from.day, 30);
}
END_TEST

/* --- what the client takes --- */

static const struct {
    const char *accept;
    int formats;
    bool good;
    enum format chosen;
} ACCEPTS[] = {
    {"", AS_JSON | AS_HTML, true, FORMAT_JSON},
    {"*/*", AS_JSON | AS_HTML, true, FORMAT_JSON},
    {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", AS_JSON | AS_HTML, true, FORMAT_HTML},
    {"application/json", AS_GEOJSON | AS_HTML, true, FORMAT_GEOJSON},
    {"application/geo+json", AS_GEOJSON | AS_HTML, true, FORMAT_GEOJSON},
    {"application/vnd.oai.openapi+json;version=3.0", AS_OPENAPI | AS_HTML, true, FORMAT_OPENAPI},
    {"application/*;q=0.1, text/html;q=0.2", AS_JSON | AS_HTML, true, FORMAT_HTML},
    {"text/html;q=0, */*", AS_JSON | AS_HTML, true, FORMAT_JSON},
    {"application/xml", AS_JSON | AS_HTML, false, FORMAT_COUNT},
    {"application/json;q=0", AS_JSON, false, FORMAT_COUNT},
    {"image/png", AS_JSON | AS_HTML, false, FORMAT_COUNT},
};

START_TEST(accept_chooses_the_format)
{
    enum format chosen = FORMAT_COUNT;
    bool good = accept_choose(S(ACCEPTS[_i].accept), ACCEPTS[_i].formats, &chosen);
    ck_assert_msg(good == ACCEPTS[_i].good, "%s", ACCEPTS[_i].accept);
    if (good)
        ck_assert_msg(chosen == ACCEPTS[_i].chosen, "%s", ACCEPTS[_i].accept);
}
END_TEST

START_TEST(codings_are_read_with_their_quality)
{
    ck_assert_int_gt(accept_coding(S("br, gzip;q=0.5"), S("gzip")), 0);
    ck_assert_int_gt(accept_coding(S("*"), S("gzip")), 0);
    ck_assert_int_eq(accept_coding(S("gzip;q=0"), S("gzip")), 0);
    ck_assert_int_eq(accept_coding(S("*, gzip;q=0"), S("gzip")), 0);
    ck_assert_int_eq(accept_coding(S("deflate"), S("gzip")), 0);
    ck_assert_int_eq(accept_coding(S(""), S("gzip")), 0);
}
END_TEST

START_TEST(entity_tags_compare_weakly)
{
    ck_assert(etag_listed(S("\"a\", W/\"b\""), S("\"b\"")));
    ck_assert(etag_listed(S("\"b\""), S("W/\"b\"")));
    ck_assert(etag_listed(S("*"), S("\"b\"")));
    ck_assert(!etag_listed(S("\"bb\""), S("\"b\"")));
    ck_assert(!etag_listed(S(""), S("\"b\"")));
}
END_TEST

START_TEST(what_is_quick_stands_in_no_line)
{
    static const char *const QUICK[] = {"/ogc/collections/establishments/items/0123456789A", "/c/0123456789A",
                                        "/ogc/collections/establishments/items", "/search",
                                        "/tiles/establishments/16/52469/29805.mvt"};
    for (size_t i = 0; i < COUNT_OF(QUICK); i++) {
        struct request request = {.path = slice_of(QUICK[i])};
        ck_assert_msg(route_lane(NULL, &request) == LANE_NONE, "%s", QUICK[i]);
    }
    struct request changes = {.path = SLICE("/ogc/collections/stalls/changes"),
                              .query = SLICE("by=knowledge&from=2026-01-01")};
    ck_assert_int_eq(route_lane(NULL, &changes), LANE_NUMBERS);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("route");
    TCase *c = tcase_create("route");
    tcase_add_checked_fixture(c, NULL, release);
    tcase_add_loop_test(c, paths_find_their_routes, 0, (int)COUNT_OF(PATHS));
    tcase_add_test(c, another_method_is_told_from_another_path);
    tcase_add_test(c, placeholders_arrive_decoded_and_typed);
    tcase_add_test(c, every_declared_parameter_exists);
    tcase_add_test(c, plus_is_a_blank_in_a_query);
    tcase_add_loop_test(c, values_are_taken_or_refused_by_name, 0, (int)COUNT_OF(VALUES));
    tcase_add_loop_test(c, a_box_is_read_in_its_own_system, 0, COUNT_OF(BOXES));
    tcase_add_test(c, a_time_falls_on_its_local_day);
    tcase_add_loop_test(c, accept_chooses_the_format, 0, (int)COUNT_OF(ACCEPTS));
    tcase_add_test(c, codings_are_read_with_their_quality);
    tcase_add_test(c, entity_tags_compare_weakly);
    tcase_add_test(c, what_is_quick_stands_in_no_line);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
