/* flow: the river, once. The sample ward's files go in through the real program; out of the real server come
 * GeoJSON, a tile, a QR picture and its page, an indicator; all of it against the truth the generator wrote
 * beside the files.
 *
 * The tests run in order in one process: each stands on what the one before left. */
#include "layers/store_private.h"
#include "tests/support.h"

#include <check.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static struct {
    struct server server;
    const char *program;
    struct {
        char file[64];
        int64_t rows;
    } totals[32];
    int total_count;
} flow;

static json_t *parsed(struct slice text)
{
    json_error_t error;
    json_t *j = json_loadb(text.p, text.n, 0, &error);
    ck_assert_msg(j, "%s at %d of %.*s", error.text, error.position, (int)(text.n < 300 ? text.n : 300),
                  text.p);
    return j;
}

static json_t *get_json(const char *path)
{
    struct answer a;
    http_get(&flow.server, path, "", &a);
    ck_assert_msg(a.status == 200, "%s: %d %.*s", path, a.status, (int)a.body.n, a.body.p);
    json_t *j = parsed(a.body);
    answer_release(&a);
    return j;
}

static const char *text_at(json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static int64_t int_at(json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

/* --- sheets in --- */

static void remember_total(void *context, struct slice *cells, int count)
{
    (void)context;
    ck_assert_int_eq(count, 2);
    snprintf(flow.totals[flow.total_count].file, sizeof flow.totals[0].file, "%.*s", (int)cells[0].n,
             cells[0].p);
    ck_assert(slice_to_int(slice_trim(cells[1]), &flow.totals[flow.total_count].rows));
    flow.total_count++;
}

static int64_t total_of(const char *file)
{
    for (int i = 0; i < flow.total_count; i++)
        if (strcmp(flow.totals[i].file, file) == 0)
            return flow.totals[i].rows;
    return -1; /* a base file: the truth does not count its rows */
}

static void import_line(struct slice line, bool again)
{
    struct slice kind = {0}, file = {0}, options = {0};
    slice_next(&line, '\t', &kind);
    slice_next(&line, '\t', &file);
    slice_next(&line, '\t', &options);
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)file.n, file.p);
    struct buf out = {0};
    int status = run_command(&out, "%s import flow_ward/ward.db flow_ward/%s --as %.*s %.*s --json",
                             flow.program, name, (int)kind.n, kind.p, (int)options.n, options.p);
    json_t *sum = parsed(buf_to_slice(&out));
    int64_t rows = int_at(sum, "rows"), rejected = int_at(sum, "rejected"), review = int_at(sum, "review");
    ck_assert_msg(rows == int_at(sum, "added") + int_at(sum, "updated") + int_at(sum, "unchanged") +
                              rejected + review,
                  "%s: rows do not add up: %.*s", name, (int)out.n, out.p);
    if (total_of(name) >= 0)
        ck_assert_msg(rows == total_of(name), "%s: %lld rows, truth %lld", name, (long long)rows,
                      (long long)total_of(name));
    ck_assert_msg(status == (rejected + review > 0 ? 3 : 0), "%s: exit status %d", name, status);
    if (again)
        ck_assert_msg(int_at(sum, "added") == 0, "%s again: %.*s", name, (int)out.n, out.p);
    json_decref(sum);
    buf_release(&out);
}

static void import_all(bool again)
{
    struct buf manifest = {0};
    struct fault f = {0};
    ck_assert(file_read("flow_ward/manifest.tsv", 1 << 20, &manifest, &f));
    struct slice rest = buf_to_slice(&manifest), line;
    while (slice_next(&rest, '\n', &line))
        if (line.n)
            import_line(line, again);
    buf_release(&manifest);
}

START_TEST(every_row_of_every_file_has_a_verdict)
{
    struct buf out = {0};
    ck_assert_int_eq(run_command(&out,
                                 "rm -rf flow_ward && mkdir flow_ward && %s flow_ward >flow_ward/sample.log",
                                 getenv("MAPD_SAMPLE")),
                     0);
    ck_assert_int_eq(run_command(&out, "%s init flow_ward/ward.db --ward 99001 --name 'Phường Mẫu' --sample",
                                 flow.program),
                     0);
    buf_release(&out);
    read_tsv("flow_ward/truth/totals.tsv", remember_total, NULL);
    import_all(false);
}
END_TEST

START_TEST(the_file_is_whole_and_opens_in_gdal)
{
    struct buf out = {0};
    ck_assert_msg(run_command(&out, "%s check flow_ward/ward.db", flow.program) == 0, "%.*s", (int)out.n,
                  out.p);
    buf_reset(&out);
    ck_assert_int_eq(run_command(&out, "ogrinfo -ro -so flow_ward/ward.db pub_stalls"), 0);
    ck_assert_msg(slice_find(buf_to_slice(&out), SLICE("Geometry: Point")) >= 0, "%.*s", (int)out.n, out.p);
    buf_release(&out);
}
END_TEST

/* --- where the rows landed --- */

struct landing {
    struct store *store;
    int placeable, placed_well, claimed, overclaimed;
};

static void check_landing(void *context, struct slice *cells, int count)
{
    static const char SQL[] = "SELECT position, accuracy_m, ST_X(geom), ST_Y(geom) FROM place WHERE ref = ?1";
    struct landing *l = context;
    ck_assert_int_ge(count, 10);
    struct slice kind = cells[3], ref = cells[4], verdict = cells[6];
    double lon, lat;
    bool places = slice_equal(kind, SLICE("establishments")) || slice_equal(kind, SLICE("stalls"));
    if (!places || !ref.n || !slice_equal(verdict, SLICE("added")))
        return;
    struct fault f = {0};
    sqlite3_stmt *st = store_statement(l->store, SQL, &f);
    bind_slice(st, 1, ref);
    if (statement_next(st, &f)) {
        struct slice position = column_slice(st, 0);
        double accuracy_m = sqlite3_column_double(st, 1);
        bool well = !slice_equal(position, SLICE("street")) &&
                    !slice_equal(position, SLICE("residential_group")) &&
                    !slice_equal(position, SLICE("area")) && !slice_equal(position, SLICE("none"));
        l->placeable++;
        l->placed_well += well;
        if (!column_is_null(st, 2) && slice_to_real(cells[7], &lon) && slice_to_real(cells[8], &lat)) {
            double off_m =
                metres_between(lon, lat, sqlite3_column_double(st, 2), sqlite3_column_double(st, 3));
            l->claimed++;
            l->overclaimed += off_m > accuracy_m;
        }
    }
    sqlite3_reset(st);
}

START_TEST(nine_rows_in_ten_land_better_than_their_street_and_none_overclaims)
{
    struct landing l = {0};
    struct fault f = {0};
    ck_assert(store_open(&l.store, "flow_ward/ward.db", STORE_READ, &f));
    read_tsv("flow_ward/truth/rows.tsv", check_landing, &l);
    store_close(l.store);
    printf("flow: %d of %d rows better than street, %d of %d beyond their accuracy\n", l.placed_well,
           l.placeable, l.overclaimed, l.claimed);
    ck_assert_int_gt(l.placeable, 3500);
    ck_assert_int_ge(l.placed_well * 100, l.placeable * 90);
    ck_assert_int_le(l.overclaimed * 100, l.claimed);
}
END_TEST

/* --- out of the server --- */

START_TEST(the_server_starts_and_tells_its_revision)
{
    ck_assert(server_start(&flow.server, "flow_ward/ward.db"));
    json_t *health = get_json("/health");
    ck_assert_str_eq(text_at(health, "status"), "ok");
    ck_assert_int_gt(int_at(health, "revision"), 0);
    json_decref(health);
}
END_TEST

START_TEST(geojson_holds_the_markets_of_the_truth)
{
    json_t *markets = get_json("/ogc/collections/markets/items"), *feature;
    ck_assert_int_eq(int_at(markets, "numberMatched"), total_of("office/cho.csv"));
    size_t i;
    bool found = false;
    json_array_foreach(json_object_get(markets, "features"), i, feature)
    {
        json_t *at = json_object_get(json_object_get(feature, "geometry"), "coordinates");
        if (strcmp(text_at(json_object_get(feature, "properties"), "name"), "Chợ Mẫu") != 0)
            continue;
        found = true;
        ck_assert_double_eq_tol(json_number_value(json_array_get(at, 0)), 108.2211842, 1e-6);
        ck_assert_double_eq_tol(json_number_value(json_array_get(at, 1)), 16.0439173, 1e-6);
    }
    ck_assert(found);
    json_decref(markets);
}
END_TEST

static int64_t matched(const char *path)
{
    json_t *j = get_json(path);
    int64_t n = int_at(j, "numberMatched");
    json_decref(j);
    return n;
}

/* Stalls on the floor plans, and those of the lists that no plan shows. */
static void add_stalls(void *context, struct slice *cells, int count)
{
    int64_t n, *sum = context;
    ck_assert_int_eq(count, 2);
    if (slice_equal(cells[0], SLICE("stalls")) || slice_equal(cells[0], SLICE("class:stalls:area")))
        *sum += slice_to_int(slice_trim(cells[1]), &n) ? n : 0;
}

START_TEST(all_stalls_of_the_lists_are_there)
{
    int64_t stalls = 0; /* a row may name a range of them ("12-14"), so rows are not what is counted */
    read_tsv("flow_ward/truth/counts.tsv", add_stalls, &stalls);
    ck_assert_int_eq(matched("/ogc/collections/stalls/items?limit=1"), stalls);
    ck_assert_int_ge(matched("/ogc/collections/establishments/items?limit=1"), 3500);
    ck_assert_int_ge(matched("/ogc/collections/food-safety/items?limit=1"), 1400);
}
END_TEST

/* Web Mercator tile of a position. */
static void tile_of(double lon, double lat, int z, int *x, int *y)
{
    struct world w = world_of((struct lonlat){lon, lat});
    *x = (int)(w.x >> (32 - z));
    *y = (int)(w.y >> (32 - z));
}

START_TEST(a_tile_read_by_gdal_holds_what_geojson_holds)
{
    int x, y, z = 17;
    tile_of(108.2211842, 16.0439173, z, &x, &y);
    char path[128];
    snprintf(path, sizeof path, "/tiles/stalls/%d/%d/%d.mvt", z, x, y);
    struct answer a;
    struct fault f = {0};
    http_get(&flow.server, path, "", &a);
    ck_assert_int_eq(a.status, 200);
    ck_assert(file_write("flow_ward/tile.mvt", a.body, &f));
    answer_release(&a);
    struct lonlat a1 = lonlat_of((struct world){(uint32_t)x << (32 - z), (uint32_t)y << (32 - z)});
    struct lonlat a2 =
        lonlat_of((struct world){(uint32_t)(x + 1) << (32 - z), (uint32_t)(y + 1) << (32 - z)});
    char items[256];
    snprintf(items, sizeof items, "/ogc/collections/stalls/items?limit=1&bbox=%.9f,%.9f,%.9f,%.9f", a1.lon,
             a2.lat, a2.lon, a1.lat);
    int64_t inside = matched(items);
    ck_assert_int_gt(inside, 50);
    struct buf out = {0};
    char expected[64];
    snprintf(expected, sizeof expected, "Feature Count: %lld", (long long)inside);
    ck_assert_int_eq(run_command(&out, "ogrinfo -ro -so -al MVT:flow_ward/tile.mvt"), 0);
    ck_assert_msg(slice_find(buf_to_slice(&out), slice_of(expected)) >= 0, "%s in %.*s", expected, (int)out.n,
                  out.p);
    buf_release(&out);
}
END_TEST

START_TEST(a_phone_reads_the_code_and_its_page_names_the_stall)
{
    json_t *stalls = get_json("/ogc/collections/stalls/items?market=CHO01&number=12&limit=1");
    json_t *feature = json_array_get(json_object_get(stalls, "features"), 0);
    ck_assert_ptr_nonnull(feature);
    const char *code = text_at(feature, "id");
    char path[128];
    struct answer a;
    struct fault f = {0};
    snprintf(path, sizeof path, "/c/%s.png", code);
    http_get(&flow.server, path, "", &a);
    ck_assert_int_eq(a.status, 200);
    ck_assert(file_write("flow_ward/code.png", a.body, &f));
    answer_release(&a);
    struct buf out = {0};
    ck_assert_int_eq(run_command(&out, "zbarimg --raw -q flow_ward/code.png"), 0);
    struct slice url = slice_trim(buf_to_slice(&out));
    ptrdiff_t at = slice_find(url, SLICE("/C/"));
    ck_assert_msg(at > 0, "%.*s", (int)url.n, url.p);
    struct arena arena = {0};
    http_get(&flow.server, arena_text(&arena, (struct slice){url.p + at, url.n - (size_t)at}), "", &a);
    ck_assert_int_eq(a.status, 200);
    ck_assert_int_ge(slice_find(a.body, SLICE("Chợ Mẫu")), 0);
    ck_assert_int_ge(slice_find(a.body, SLICE("không bao giờ yêu cầu thanh toán")), 0);
    answer_release(&a);
    arena_release(&arena);
    buf_release(&out);
    json_decref(stalls);
}
END_TEST

START_TEST(search_finds_without_diacritics)
{
    json_t *hits = get_json("/search?q=cho+mau&limit=5"), *feature;
    size_t i;
    bool market = false;
    json_array_foreach(json_object_get(hits, "features"), i, feature) market =
        market || strcmp(text_at(json_object_get(feature, "properties"), "collection"), "markets") == 0;
    ck_assert(market);
    json_decref(hits);
}
END_TEST

static json_t *find_code(json_t *list, const char *code)
{
    json_t *item;
    size_t i;
    json_array_foreach(list, i, item) if (strcmp(text_at(item, "code"), code) == 0) return item;
    ck_abort_msg("no %s", code);
    return NULL;
}

static void check_indicator(void *context, struct slice *cells, int count)
{
    json_t *kpi = context;
    int64_t numerator, denominator;
    ck_assert_int_eq(count, 6);
    if (!slice_equal(cells[0], SLICE("2026-10-31")) || !slice_equal(cells[1], SLICE("KPI-GD")) ||
        !slice_equal(cells[3], SLICE("STANDARD")))
        return;
    ck_assert(slice_to_int(cells[4], &numerator) && slice_to_int(slice_trim(cells[5]), &denominator));
    char model[32];
    snprintf(model, sizeof model, "%.*s", (int)cells[2].n, cells[2].p);
    json_t *share = strcmp(model, "all") == 0 ? kpi : find_code(json_object_get(kpi, "by_model"), model);
    ck_assert_msg(int_at(share, "numerator") == numerator && int_at(share, "denominator") == denominator,
                  "%s: %lld/%lld, truth %lld/%lld", model, (long long)int_at(share, "numerator"),
                  (long long)int_at(share, "denominator"), (long long)numerator, (long long)denominator);
}

START_TEST(the_cashless_share_is_that_of_the_truth)
{
    json_t *report = get_json("/indicators.json?as_of=2026-10-31");
    read_tsv("flow_ward/truth/indicators.tsv", check_indicator,
             find_code(json_object_get(report, "indicators"), "KPI-GD"));
    json_decref(report);
}
END_TEST

/* --- privacy --- */

struct grep {
    struct slice bytes;
    const char *where;
    int looked_for;
};

static void must_not_appear(void *context, struct slice *cells, int count)
{
    struct grep *g = context;
    ck_assert_int_ge(count, 2);
    g->looked_for++;
    ck_assert_msg(slice_find(g->bytes, cells[1]) < 0, "%s tells %.*s", g->where, (int)cells[1].n, cells[1].p);
}

START_TEST(no_private_value_in_any_public_list)
{
    static const char *const PATHS[] = {"/ogc/collections/establishments/items?limit=10000",
                                        "/ogc/collections/stalls/items?limit=10000",
                                        "/ogc/collections/food-safety/items?limit=10000",
                                        "/ogc/collections/pilots/items?limit=10000",
                                        "/ogc/collections/markets/items?limit=10000",
                                        "/search?q=nguyen&limit=50",
                                        "/indicators.json",
                                        "/metrics"};
    for (size_t i = 0; i < COUNT_OF(PATHS); i++) {
        struct answer a;
        http_get(&flow.server, PATHS[i], "", &a);
        ck_assert_msg(a.status == 200, "%s: %d", PATHS[i], a.status);
        struct grep g = {.bytes = buf_to_slice(&a.bytes), .where = PATHS[i]};
        read_tsv("flow_ward/truth/private.tsv", must_not_appear, &g);
        ck_assert_int_gt(g.looked_for, 1000);
        answer_release(&a);
    }
}
END_TEST

START_TEST(the_same_files_again_add_nothing_and_the_server_goes_on)
{
    import_all(true);
    struct answer a;
    http_get(&flow.server, "/health", "", &a);
    ck_assert_int_eq(a.status, 200);
    answer_release(&a);
    ck_assert_int_eq(server_stop(&flow.server), 0);
}
END_TEST

int main(void)
{
    flow.program = getenv("MAPD_PROGRAM");
    TCase *cases = tcase_create("flow");
    tcase_set_timeout(cases, 600);
    tcase_add_test(cases, every_row_of_every_file_has_a_verdict);
    tcase_add_test(cases, the_file_is_whole_and_opens_in_gdal);
    tcase_add_test(cases, nine_rows_in_ten_land_better_than_their_street_and_none_overclaims);
    tcase_add_test(cases, the_server_starts_and_tells_its_revision);
    tcase_add_test(cases, geojson_holds_the_markets_of_the_truth);
    tcase_add_test(cases, all_stalls_of_the_lists_are_there);
    tcase_add_test(cases, a_tile_read_by_gdal_holds_what_geojson_holds);
    tcase_add_test(cases, a_phone_reads_the_code_and_its_page_names_the_stall);
    tcase_add_test(cases, search_finds_without_diacritics);
    tcase_add_test(cases, the_cashless_share_is_that_of_the_truth);
    tcase_add_test(cases, no_private_value_in_any_public_list);
    tcase_add_test(cases, the_same_files_again_add_nothing_and_the_server_goes_on);
    Suite *suite = suite_create("flow");
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_VERBOSE);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    if (failed && flow.server.pid)
        server_stop(&flow.server);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
