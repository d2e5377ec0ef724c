/* Clusters: counts over all tiles of a zoom add up to the register, by state too; every cluster lies in its
 * own tile; a cell with one point is that point. Checked against a plain count of the rows. */
#include "tests/layers/small_ward.h"
#include "tests/tiles/mvt_reader.h"
#include "tiles/tiles.h"

static const char PATH[] = "test_cluster.db";
static struct store *the_store;
static struct publisher *the_publisher;
static struct read_layer layer;
static struct read_feature feature;

static void open_ward(void)
{
    the_store = ward_make(PATH);
    ward_add_establishments(the_store, 5000);
    struct fault f = {0};
    ck_assert_msg(publisher_open(&the_publisher, PATH, &f), "%s %s", f.place, f.text);
}

static void close_ward(void)
{
    publisher_close(the_publisher);
    store_close(the_store);
    ward_remove(PATH);
}

struct sums {
    int64_t count, active, suspended, ceased;
    int features, most, singles;
};

static int64_t number_of(const char *key)
{
    const struct read_value *v = read_tag(&layer, &feature, key);
    return v ? v->number : 0;
}

static void add_feature(struct sums *s)
{
    ck_assert_int_eq(feature.type, 1);
    ck_assert_int_eq(feature.point_count, 1);
    ck_assert(feature.x[0] >= 0 && feature.x[0] < 4096 && feature.y[0] >= 0 && feature.y[0] < 4096);
    const struct read_value *code = read_tag(&layer, &feature, "code");
    if (!code) {
        ck_assert_int_gt(number_of("count"), 1);
        s->count += number_of("count");
        s->active += number_of("count_active");
        s->suspended += number_of("count_suspended");
        s->ceased += number_of("count_ceased");
        return;
    }
    const char *status = read_tag(&layer, &feature, "status")->text;
    ck_assert(read_tag(&layer, &feature, "name")->is_text && read_tag(&layer, &feature, "kind")->is_text);
    s->count++;
    s->singles++;
    s->active += strcmp(status, "active") == 0;
    s->suspended += strcmp(status, "suspended") == 0;
    s->ceased += strcmp(status, "ceased") == 0;
}

static void add_tile(struct sums *s, const struct tile_request *request)
{
    struct arena a = {0};
    struct buf out = {0};
    tile_encode(request, &a, &out);
    struct slice rest = buf_to_slice(&out);
    while (read_layer(&rest, &layer)) {
        ck_assert_str_eq(layer.name, "establishments");
        s->features += layer.feature_count;
        s->most = layer.feature_count > s->most ? layer.feature_count : s->most;
        for (int i = 0; i < layer.feature_count; i++) {
            read_feature(&layer, i, &feature);
            add_feature(s);
        }
    }
    buf_release(&out);
    arena_release(&a);
}

static struct sums all_tiles(const struct snapshot_layer *l, uint32_t z, bool clustered,
                             const struct filter *filter)
{
    struct sums s = {0};
    struct world nw = world_of((struct lonlat){l->extent.west, l->extent.north});
    struct world se = world_of((struct lonlat){l->extent.east, l->extent.south});
    uint32_t shift = 32 - z;
    for (uint32_t x = (uint32_t)((uint64_t)nw.x >> shift); x <= (uint64_t)se.x >> shift; x++)
        for (uint32_t y = (uint32_t)((uint64_t)nw.y >> shift); y <= (uint64_t)se.y >> shift; y++)
            add_tile(&s, &(struct tile_request){
                             .layer = l, .tile = {z, x, y}, .clustered = clustered, .filter = filter});
    return s;
}

START_TEST(counts_add_up_on_every_zoom)
{
    const struct snapshot *snapshot = publisher_get(the_publisher);
    const struct snapshot_layer *l = snapshot_get(snapshot, LAYER_ESTABLISHMENTS);
    struct sums rows = {0};
    for (uint32_t row = 0; row < l->located; row++) {
        struct slice status = snapshot_text(&l->columns[3], row);
        rows.active += slice_equal(status, SLICE("active"));
        rows.suspended += slice_equal(status, SLICE("suspended"));
        rows.ceased += slice_equal(status, SLICE("ceased"));
    }
    ck_assert_int_gt(rows.suspended, 0);
    for (uint32_t z = 0; z <= 18; z++) {
        struct sums s = all_tiles(l, z, true, NULL);
        ck_assert_int_eq(s.count, l->located);
        ck_assert_int_eq(s.active, rows.active);
        ck_assert_int_eq(s.suspended, rows.suspended);
        ck_assert_int_eq(s.ceased, rows.ceased);
        ck_assert(z >= 16 ? s.singles == (int)l->located : s.most <= 500);
        ck_assert(z > 10 || s.features < 64);
    }
    ck_assert_int_eq(all_tiles(l, 10, false, NULL).singles, l->located);
    snapshot_release(snapshot);
}
END_TEST

START_TEST(a_filter_holds_for_clusters_too)
{
    const struct snapshot *snapshot = publisher_get(the_publisher);
    const struct snapshot_layer *l = snapshot_get(snapshot, LAYER_ESTABLISHMENTS);
    struct arena a = {0};
    struct filter *filter = filter_new(&a, l->layer);
    ck_assert(filter_add_equal(filter, SLICE("status"), SLICE("ceased"), NULL));
    filter_bind(filter, l);
    uint32_t wanted = 0;
    for (uint32_t row = 0; row < l->located; row++)
        wanted += filter_test(filter, row);
    for (uint32_t z = 8; z <= 17; z++) {
        struct sums s = all_tiles(l, z, true, filter);
        ck_assert_int_eq(s.count, wanted);
        ck_assert_int_eq(s.ceased, wanted);
        ck_assert_int_eq(s.active, 0);
    }
    arena_release(&a);
    snapshot_release(snapshot);
}
END_TEST

START_TEST(the_cache_gives_what_it_was_given_within_its_bound)
{
    struct tile_cache *c = tile_cache_new(100000);
    char text[5000];
    memset(text, 'x', sizeof text);
    for (uint32_t i = 0; i < 100; i++) {
        struct tile_key key = {.layer = LAYER_STALLS, .tile = {12, i, 7}, .revision = 3};
        ck_assert_ptr_null(tile_cache_get(c, &key));
        text[0] = (char)i;
        tile_bytes_release(tile_cache_put(c, &key, (struct slice){text, sizeof text}));
        const struct tile_bytes *b = tile_cache_get(c, &key);
        ck_assert(slice_equal(tile_bytes_body(b), (struct slice){text, sizeof text}));
        tile_bytes_release(b);
        key.gzip = true; /* an entry of its own */
        ck_assert_ptr_null(tile_cache_get(c, &key));
        b = tile_cache_put(c, &key, (struct slice){text, sizeof text});
        ck_assert_uint_lt(tile_bytes_body(b).n, 200);
        tile_bytes_release(b);
        key.gzip = false;
        key.revision = 4;
        ck_assert_ptr_null(tile_cache_get(c, &key));
        key.revision = 3;
        key.clustered = true;
        ck_assert_ptr_null(tile_cache_get(c, &key));
    }
    struct tile_key first = {.layer = LAYER_STALLS, .tile = {12, 0, 7}, .revision = 3};
    ck_assert_ptr_null(tile_cache_get(c, &first)); /* pushed out */
    struct tile_key last = {.layer = LAYER_STALLS, .tile = {12, 99, 7}, .revision = 3};
    const struct tile_bytes *held = tile_cache_get(c, &last);
    ck_assert_ptr_nonnull(held);
    tile_cache_free(c);
    ck_assert_uint_eq(tile_bytes_body(held).n, sizeof text); /* still ours */
    tile_bytes_release(held);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("cluster");
    TCase *t = tcase_create("all");
    tcase_add_unchecked_fixture(t, open_ward, close_ward);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, counts_add_up_on_every_zoom);
    tcase_add_test(t, a_filter_holds_for_clusters_too);
    tcase_add_test(t, the_cache_gives_what_it_was_given_within_its_bound);
    suite_add_tcase(suite, t);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
