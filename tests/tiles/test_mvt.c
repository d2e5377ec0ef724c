/* Tiles of lines and areas: random shapes through the whole way from the file to the tile, decoded by a
 * reader of our own that asserts the rules of the specification; areas against the area of what was put in;
 * GDAL's driver agrees. */
#include "tests/layers/small_ward.h"
#include "tests/tiles/mvt_reader.h"
#include "tiles/tiles.h"

#include <math.h>

static const char PATH[] = "test_mvt.db", OUT[] = "test_mvt.mvt";
static struct store *the_store;
static struct publisher *the_publisher;
static const struct snapshot *the_snapshot;
static struct read_layer layer;
static struct read_feature feature;

/* Stars of 3 to 60 corners with a square hole in the middle of some; roads that wander. */
static void add_shapes(struct store *s, int count)
{
    struct fault f = {0};
    struct buf text = {0};
    srand(5);
    ck_assert(store_begin(s, &f));
    sqlite3_stmt *st = store_statement(s,
                                       "INSERT INTO base_feature (layer, name, class, source_key, geom)"
                                       " VALUES (?1, ?2, 'x', ?2, GeomFromText(?3, 4326))",
                                       &f);
    for (int i = 0; i < count; i++) {
        double cx = 108.19 + rand() % 2000 / 1e5, cy = 16.04 + rand() % 2000 / 1e5,
               size = pow(10, -2 - rand() % 250 / 100.0);
        bool is_area = i % 2 == 0;
        int n = 3 + rand() % 58;
        buf_reset(&text);
        buf_text(&text, is_area ? "POLYGON((" : "LINESTRING(");
        double x0 = 0, y0 = 0;
        for (int k = 0; k < n; k++) {
            double r = size * (0.3 + rand() % 700 / 1000.0), angle = 6.283185307179586 * k / n;
            double x = cx + r * cos(angle), y = cy + r * sin(angle);
            buf_format(&text, "%s%.9f %.9f", k ? ", " : "", x, y);
            if (k == 0)
                x0 = x, y0 = y;
        }
        if (is_area)
            buf_format(&text, ", %.9f %.9f)", x0, y0);
        if (is_area && n > 8 && i % 3 == 0)
            buf_format(&text, ", (%.9f %.9f, %.9f %.9f, %.9f %.9f, %.9f %.9f)", cx, cy, cx + size / 9, cy, cx,
                       cy + size / 9, cx, cy);
        buf_text(&text, ")");
        bind_text(st, 1, is_area ? "water" : "roads");
        char name[20];
        snprintf(name, sizeof name, "n%d", i);
        bind_text(st, 2, name);
        bind_slice(st, 3, buf_to_slice(&text));
        ck_assert(statement_run(st, &f));
    }
    ck_assert(store_commit(s, &f));
    buf_release(&text);
}

/* Parks with ragged edges, one beside the other: far more than a tile may weigh. */
static void add_heavy_parks(struct store *s, int count, int corners)
{
    struct fault f = {0};
    struct buf text = {0};
    ck_assert(store_begin(s, &f));
    sqlite3_stmt *st = store_statement(s,
                                       "INSERT INTO base_feature (layer, name, class, source_key, geom)"
                                       " VALUES ('green', ?1, 'x', ?1, GeomFromText(?2, 4326))",
                                       &f);
    for (int i = 0; i < count; i++) {
        double cx = 108.19 + i % 25 * 0.0008, cy = 16.04 + i / 25 * 0.0008;
        buf_reset(&text);
        buf_text(&text, "POLYGON((");
        for (int k = 0; k <= corners; k++) {
            double r = 0.002 + (k % corners * 7919 + i) % 997 / 997.0 * 0.002,
                   angle = 6.283185307179586 * (k % corners) / corners;
            buf_format(&text, "%s%.9f %.9f", k ? ", " : "", cx + r * cos(angle), cy + r * sin(angle));
        }
        buf_text(&text, "))");
        char name[20];
        snprintf(name, sizeof name, "p%d", i);
        bind_text(st, 1, name);
        bind_slice(st, 2, buf_to_slice(&text));
        ck_assert(statement_run(st, &f));
    }
    ck_assert(store_commit(s, &f));
    buf_release(&text);
}

static void open_ward(void)
{
    the_store = ward_make(PATH);
    add_shapes(the_store, 1600);
    add_heavy_parks(the_store, 900, 160);
    ward_add_establishments(the_store, 2000);
    ward_run(
        the_store,
        "INSERT INTO market (id, code, name, fold, updated_at) VALUES (1, 'C1', 'Chợ Cồn', 'cho con', 'x');"
        "INSERT INTO place (id, code, type, name, public_name, name_fold, status, recorded_at, updated_at, "
        "geom)"
        " VALUES (9001, '0123456789X', 'stall', 'x', 'x', 'x', 'vacant', 'x', 'x', MakePoint(108.3, 16.1, "
        "4326));"
        "INSERT INTO stall (place_id, market_id, kind, number, number_norm) VALUES (9001, 1, 'kiosk', 'A12', "
        "'A12');"
        "INSERT INTO fs_place (place_id, business_kind, regime, updated_at) VALUES (9001, 'Quán ăn', "
        "'certificate', 'x')");
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

static struct tile_id tile_at(uint32_t z, double lon, double lat)
{
    struct world w = world_of((struct lonlat){lon, lat});
    return (struct tile_id){z, (uint32_t)((uint64_t)w.x >> (32 - z)), (uint32_t)((uint64_t)w.y >> (32 - z))};
}

static int encode(enum layer_id id, struct tile_id t, bool labels, struct buf *out)
{
    struct arena a = {0};
    buf_reset(out);
    tile_encode(&(struct tile_request){.layer = snapshot_get(the_snapshot, id), .tile = t, .labels = labels},
                &a, out);
    arena_release(&a);
    struct slice rest = buf_to_slice(out);
    return read_layer(&rest, &layer) ? layer.feature_count : 0;
}

static void check_within_buffer(void)
{
    for (int i = 0; i < feature.point_count; i++)
        MUST(feature.x[i] >= -64 && feature.x[i] <= 4160 && feature.y[i] >= -64 && feature.y[i] <= 4160,
             "outside the buffer");
}

START_TEST(tiles_of_all_zooms_keep_the_rules)
{
    struct buf out = {0};
    int features = 0;
    for (uint32_t z = 0; z <= 22; z++)
        for (int i = 0; i < 25; i++) {
            struct tile_id t = tile_at(z, 108.185 + rand() % 3000 / 1e5, 16.035 + rand() % 3000 / 1e5);
            for (int k = 0; k < 2; k++) {
                int n = encode(k ? LAYER_ROADS : LAYER_WATER, t, false, &out);
                features += n;
                ck_assert(z >= 16 || n <= 500);
                for (int at = 0; at < n; at++) {
                    read_feature(&layer, at, &feature);
                    ck_assert_int_eq(feature.type, k ? 2 : 3);
                    check_within_buffer();
                    ck_assert_ptr_nonnull(read_tag(&layer, &feature, "name"));
                    ck_assert_uint_gt(feature.id, 0);
                }
            }
        }
    ck_assert_int_gt(features, 5000);
    buf_release(&out);
}
END_TEST

/* Below the zoom of single points: at most 500 features and 50 KB packed; the same asked for twice is the
 * same. */
START_TEST(a_heavy_tile_is_lightened)
{
    struct buf out = {0}, again = {0}, packed = {0};
    size_t heaviest = 0;
    int most = 0;
    for (uint32_t z = 9; z < 16; z++)
        for (int i = 0; i < 9; i++) {
            struct tile_id t = tile_at(z, 108.19 + i % 3 * 0.009, 16.04 + i / 3 * 0.012);
            int n = encode(LAYER_GREEN, t, false, &out);
            buf_reset(&packed);
            gzip_add(&packed, buf_to_slice(&out), 1);
            ck_assert_msg(packed.n <= 50000 && n <= 500, "z%u: %zu bytes, %d features", z, packed.n, n);
            heaviest = packed.n > heaviest ? packed.n : heaviest;
            most = n > most ? n : most;
            encode(LAYER_GREEN, t, false, &again);
            ck_assert(slice_equal(buf_to_slice(&out), buf_to_slice(&again)));
        }
    printf("heavy tiles: at most %zu bytes packed, %d features\n", heaviest, most);
    ck_assert_uint_gt(heaviest, 25000); /* not lightened more than need be */
    struct tile_id deep = tile_at(16, 108.2, 16.05);
    ck_assert_int_gt(encode(LAYER_GREEN, deep, false, &out), 10);
    buf_release(&out);
    buf_release(&again);
    buf_release(&packed);
}
END_TEST

/* Area of a row in square tile units of zoom z, from the read copy's own degrees. */
static double area_of_row(const struct snapshot_layer *l, uint32_t row, uint32_t z)
{
    double sum = 0, scale = ldexp(4096, (int)z) / 4294967296.0;
    for (uint32_t i = 0; i < snapshot_part_count(l, row); i++) {
        struct part part = snapshot_part(l, row, i);
        for (uint32_t k = 0; k + 1 < part.count; k++) {
            struct world a = world_of(part.points[k]), b = world_of(part.points[k + 1]),
                         o = world_of(part.points[0]);
            sum += (((double)a.x - o.x) * ((double)b.y - o.y) - ((double)b.x - o.x) * ((double)a.y - o.y)) *
                   scale * scale;
        }
    }
    return fabs(sum) / 2;
}

START_TEST(areas_keep_their_area)
{
    const struct snapshot_layer *l = snapshot_get(the_snapshot, LAYER_WATER);
    struct buf out = {0};
    int compared = 0;
    for (uint32_t row = 0; row < l->count; row += 3) {
        double width = l->bounds[row].east - l->bounds[row].west;
        uint32_t z = (uint32_t)fmin(18, floor(log2(360 / width)) - 1); /* a tile at least twice as wide */
        struct tile_id t = tile_at(z, (l->bounds[row].west + l->bounds[row].east) / 2,
                                   (l->bounds[row].south + l->bounds[row].north) / 2);
        struct box tile = tile_bounds(t);
        if (l->bounds[row].west < tile.west || l->bounds[row].east > tile.east ||
            l->bounds[row].south < tile.south || l->bounds[row].north > tile.north)
            continue;
        int n = encode(LAYER_WATER, t, false, &out);
        for (int at = 0; at < n; at++) {
            read_feature(&layer, at, &feature);
            if (feature.id != l->number[row])
                continue;
            double area = 0;
            for (int i = 0; i < feature.ring_count; i++)
                area += (double)feature.rings[i].area2 / 2;
            double expected = area_of_row(l, row, z);
            ck_assert_msg(fabs(area - expected) < 0.02 * expected + 4 * 4096.0,
                          "row %u z %u: %f, expected %f", row, z, area, expected);
            compared++;
        }
    }
    ck_assert_int_gt(compared, 60);
    buf_release(&out);
}
END_TEST

START_TEST(every_label_is_in_exactly_one_tile)
{
    struct buf out = {0};
    const struct snapshot_layer *l = snapshot_get(the_snapshot, LAYER_WATER);
    for (uint32_t z = 13; z <= 17; z += 4) {
        uint32_t n = 0;
        struct tile_id a = tile_at(z, l->extent.west, l->extent.north),
                       b = tile_at(z, l->extent.east, l->extent.south);
        for (uint32_t x = a.x; x <= b.x; x++)
            for (uint32_t y = a.y; y <= b.y; y++) {
                int in_tile = encode(LAYER_WATER, (struct tile_id){z, x, y}, true, &out);
                if (in_tile > 0)
                    ck_assert_str_eq(layer.name, "water_label");
                n += (uint32_t)in_tile;
            }
        ck_assert_uint_eq(n, l->located);
    }
    ck_assert_int_eq(encode(LAYER_ROADS, tile_at(10, 108.2, 16.05), true, &out), 0);
    buf_release(&out);
}
END_TEST

static void check_tag(const char *key, const char *expected)
{
    const struct read_value *v = read_tag(&layer, &feature, key);
    ck_assert_ptr_nonnull(v);
    ck_assert_str_eq(v->text, expected);
}

START_TEST(a_single_point_carries_what_its_page_needs)
{
    struct buf out = {0};
    for (uint32_t z = 5; z <= 16; z += 11) { /* alone in its cell, it is itself at low zooms too */
        ck_assert_int_eq(encode(LAYER_STALLS, tile_at(z, 108.3, 16.1), false, &out), 1);
        read_feature(&layer, 0, &feature);
        check_tag("code", "0123456789X");
        check_tag("name", "A12");
        check_tag("status", "vacant");
        check_tag("kind", "kiosk");
        ck_assert_int_eq(feature.tag_count, 8);
        ck_assert_int_eq(encode(LAYER_FOOD_SAFETY, tile_at(z, 108.3, 16.1), false, &out), 1);
        read_feature(&layer, 0, &feature);
        check_tag("state", "none");
        check_tag("kind", "Quán ăn");
        ck_assert_uint_eq(feature.id, 1171591994633); /* the ten characters as bits: 0 1 2 ... 9, five each */
    }
    buf_release(&out);
}
END_TEST

START_TEST(nothing_gives_no_bytes)
{
    struct buf out = {0};
    for (int i = 0; i < LAYER_COUNT; i++) {
        encode((enum layer_id)i, tile_at(12, -70, -20), false, &out);
        ck_assert_uint_eq(out.n, 0);
    }
    encode(LAYER_PILOTS, tile_at(12, 108.2, 16.05), false, &out);
    ck_assert_uint_eq(out.n, 0);
    buf_release(&out);
}
END_TEST

static void check_with_gdal(enum layer_id id, uint32_t z, const char *type)
{
    struct buf out = {0};
    struct fault f = {0};
    struct tile_id t = tile_at(z, 108.2, 16.05);
    int n = encode(id, t, false, &out);
    ck_assert_int_gt(n, 0);
    ck_assert(file_write(OUT, buf_to_slice(&out), &f));
    char command[400];
    snprintf(command, sizeof command,
             "ogrinfo -ro -so -al MVT:%s -oo X=%u -oo Y=%u -oo Z=%u 2>&1 > test_mvt.txt; ! grep -qi error "
             "test_mvt.txt && grep -q 'Feature Count: %d$' test_mvt.txt && grep -q '^Layer name: %s' "
             "test_mvt.txt && grep -qE 'Geometry: .*%s' test_mvt.txt",
             OUT, t.x, t.y, t.z, n, layer.name, type);
    ck_assert_msg(system(command) == 0, "%s", command);
    unlink("test_mvt.txt");
    buf_release(&out);
}

START_TEST(gdal_reads_the_same)
{
    if (system("command -v ogrinfo > /dev/null") != 0)
        return; /* no GDAL tools here: the reader above stands alone */
    check_with_gdal(LAYER_WATER, 14, "Polygon");
    check_with_gdal(LAYER_ROADS, 14, "Line String");
    check_with_gdal(LAYER_ESTABLISHMENTS, 16, "Point");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mvt");
    TCase *t = tcase_create("all");
    tcase_add_unchecked_fixture(t, open_ward, close_ward);
    tcase_set_timeout(t, 100);
    tcase_add_test(t, tiles_of_all_zooms_keep_the_rules);
    tcase_add_test(t, a_heavy_tile_is_lightened);
    tcase_add_test(t, areas_keep_their_area);
    tcase_add_test(t, every_label_is_in_exactly_one_tile);
    tcase_add_test(t, a_single_point_carries_what_its_page_needs);
    tcase_add_test(t, nothing_gives_no_bytes);
    tcase_add_test(t, gdal_reads_the_same);
    suite_add_tcase(suite, t);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
