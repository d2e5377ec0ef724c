/* The PMTiles file: header, directories with leaves, and every tile the same as the encoder gives. Read back
 * by a reader written from the specification. */
#include "tests/layers/small_ward.h"
#include "tests/tiles/mvt_reader.h"
#include "tiles/tiles.h"

#include <zlib.h>

static const char PATH[] = "test_pmtiles.db", OUT[] = "test_pmtiles.pmtiles";
static struct store *the_store;
static struct publisher *the_publisher;

static void open_ward(void)
{
    the_store = ward_make(PATH);
    ward_add_establishments(the_store, 4000);
    ward_run(
        the_store,
        "INSERT INTO base_feature (layer, name, class, geom) VALUES ('water', 'Hồ', 'lake', GeomFromText("
        "'POLYGON((108.19 16.04, 108.21 16.04, 108.21 16.06, 108.19 16.06, 108.19 16.04))', 4326))");
    struct fault f = {0};
    ck_assert_msg(publisher_open(&the_publisher, PATH, &f), "%s %s", f.place, f.text);
}

static void close_ward(void)
{
    publisher_close(the_publisher);
    store_close(the_store);
    ward_remove(PATH);
    unlink(OUT);
}

static uint64_t number_at(const char *p, int bytes)
{
    uint64_t v = 0;
    for (int i = bytes - 1; i >= 0; i--)
        v = v << 8 | (uint8_t)p[i];
    return v;
}

static struct slice inflated(struct slice packed, struct arena *a)
{
    size_t room = packed.n * 60 + 1000;
    char *out = arena_alloc(a, room);
    z_stream z = {.next_in = (Bytef *)(uintptr_t)packed.p,
                  .avail_in = (uInt)packed.n,
                  .next_out = (Bytef *)out,
                  .avail_out = (uInt)room};
    ck_assert_int_eq(inflateInit2(&z, 31), Z_OK);
    ck_assert_int_eq(inflate(&z, Z_FINISH), Z_STREAM_END);
    inflateEnd(&z);
    return (struct slice){out, room - z.avail_out};
}

struct archive {
    struct buf file;
    struct arena arena;
    uint64_t tiles, entries;
    uint64_t last_id;
    const struct snapshot *snapshot;
};

/* Zoom and column and row of a tile id, by walking the curve the other way than the writer. */
static struct tile_id tile_of(uint64_t id)
{
    struct tile_id t = {0, 0, 0};
    uint64_t first = 0, n = 1;
    while (id >= first + n) {
        first += n;
        n *= 4;
        t.z++;
    }
    uint64_t at = id - first;
    for (uint32_t s = 1; s < 1u << t.z; s *= 2) {
        uint32_t rx = 1 & (uint32_t)(at / 2), ry = 1 & (uint32_t)(at ^ rx);
        if (ry == 0) {
            if (rx == 1) {
                t.x = s - 1 - t.x;
                t.y = s - 1 - t.y;
            }
            uint32_t swap = t.x;
            t.x = t.y;
            t.y = swap;
        }
        t.x += s * rx;
        t.y += s * ry;
        at /= 4;
    }
    return t;
}

static void check_tile(struct archive *ar, uint64_t id, struct slice packed)
{
    struct buf expected = {0};
    struct arena a = {0};
    for (int i = 0; i < LAYER_COUNT; i++) {
        struct tile_request r = {
            .layer = snapshot_get(ar->snapshot, (enum layer_id)i), .tile = tile_of(id), .clustered = true};
        tile_encode(&r, &a, &expected);
        r.labels = true;
        if (r.layer->layer->geometry == GEOMETRY_AREA)
            tile_encode(&r, &a, &expected);
    }
    ck_assert(slice_equal(inflated(packed, &a), buf_to_slice(&expected)));
    buf_release(&expected);
    arena_release(&a);
    ar->tiles++;
    ck_assert(ar->tiles == 1 || id > ar->last_id);
    ar->last_id = id;
}

static void read_directory(struct archive *ar, uint64_t at, uint64_t length, int depth)
{
    struct slice s = inflated((struct slice){ar->file.p + at, length}, &ar->arena);
    uint64_t n = read_varint(&s), id = 0, offset = 0;
    uint64_t *ids = ARENA_ARRAY(&ar->arena, uint64_t, n), *runs = ARENA_ARRAY(&ar->arena, uint64_t, n),
             *lengths = ARENA_ARRAY(&ar->arena, uint64_t, n);
    for (uint64_t i = 0; i < n; i++)
        ids[i] = id += read_varint(&s);
    for (uint64_t i = 0; i < n; i++)
        runs[i] = read_varint(&s);
    for (uint64_t i = 0; i < n; i++)
        ck_assert_uint_gt(lengths[i] = read_varint(&s), 0);
    uint64_t data = number_at(ar->file.p + 56, 8), leaves = number_at(ar->file.p + 40, 8);
    for (uint64_t i = 0; i < n; i++) {
        uint64_t v = read_varint(&s);
        offset = v == 0 ? offset + lengths[i - 1] : v - 1;
        if (runs[i] == 0) {
            ck_assert_int_eq(depth, 0);
            read_directory(ar, leaves + offset, lengths[i], 1);
            continue;
        }
        ar->entries++;
        for (uint64_t k = 0; k < runs[i]; k++)
            check_tile(ar, ids[i] + k, (struct slice){ar->file.p + data + offset, lengths[i]});
    }
    ck_assert_uint_eq(s.n, 0);
}

static uint64_t count_tiles(const struct snapshot *snapshot)
{
    const struct snapshot_layer *water = snapshot_get(snapshot, LAYER_WATER);
    uint64_t n = 0;
    for (uint32_t z = PMTILES_MIN_ZOOM; z <= PMTILES_MAX_ZOOM;
         z++) { /* the lake reaches farther than the shops */
        struct world nw = world_of((struct lonlat){water->extent.west, water->extent.north});
        struct world se = world_of((struct lonlat){water->extent.east, water->extent.south});
        for (uint64_t x = (uint64_t)nw.x >> (32 - z); x <= (uint64_t)se.x >> (32 - z); x++)
            for (uint64_t y = (uint64_t)nw.y >> (32 - z); y <= (uint64_t)se.y >> (32 - z); y++)
                n++;
    }
    return n;
}

START_TEST(every_tile_is_there_and_is_the_servers)
{
    struct archive ar = {.snapshot = publisher_get(the_publisher)};
    struct fault f = {0};
    ck_assert_msg(pmtiles_write(ar.snapshot, NULL, 0, OUT, &f), "%s %s", f.place, f.text);
    ck_assert(file_read(OUT, 1 << 28, &ar.file, &f));
    const char *h = ar.file.p;
    ck_assert_int_eq(memcmp(h, "PMTiles\3", 8), 0);
    ck_assert_uint_le(number_at(h + 8, 8) + number_at(h + 16, 8), 16384);
    ck_assert_int_eq(h[97], 2);
    ck_assert_int_eq(h[98], 2);
    ck_assert_int_eq(h[99], 1);
    ck_assert_double_eq_tol((int32_t)number_at(h + 102, 4) / 1e7, 108.19, 1e-6);
    read_directory(&ar, number_at(h + 8, 8), number_at(h + 16, 8), 0);
    ck_assert_uint_eq(ar.tiles, number_at(h + 72, 8));
    ck_assert_uint_eq(ar.entries, number_at(h + 80, 8));
    ck_assert_uint_ge(ar.tiles, count_tiles(ar.snapshot)); /* and a few beside it, for the buffer */
    struct slice meta = inflated((struct slice){h + number_at(h + 24, 8), number_at(h + 32, 8)}, &ar.arena);
    ck_assert_int_ge(slice_find(meta, SLICE("\"id\":\"water_label\"")), 0);
    ck_assert_int_ge(slice_find(meta, SLICE("\"count_suspended\":\"Number\"")), 0);
    snapshot_release(ar.snapshot);
    arena_release(&ar.arena);
    buf_release(&ar.file);
}
END_TEST

START_TEST(a_bad_path_leaves_nothing)
{
    const struct snapshot *s = publisher_get(the_publisher);
    struct fault f = {0};
    ck_assert(!pmtiles_write(s, NULL, 0, "no/such/folder/x.pmtiles", &f));
    ck_assert_int_eq(f.code, FAULT_FILE_WRITE);
    snapshot_release(s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pmtiles");
    TCase *t = tcase_create("all");
    tcase_add_unchecked_fixture(t, open_ward, close_ward);
    tcase_set_timeout(t, 100);
    tcase_add_test(t, every_tile_is_there_and_is_the_servers);
    tcase_add_test(t, a_bad_path_leaves_nothing);
    suite_add_tcase(suite, t);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
