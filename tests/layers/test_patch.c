/* A read copy made from the one before it answers as one read from the file, byte for byte: after hundreds of
 * random edits through the store and from outside, every row, id, tile and search is compared. And the file
 * itself is asked whether every table behind a public view notes what is touched. */
#include "layers/snapshot_private.h"
#include "layers/touched.h"
#include "tests/layers/small_ward.h"
#include "tiles/tiles.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char PATH[] = "test_patch.db";
enum { PLACES = 6000, STALLS = 400, ROUNDS = 24 };

static struct store *the_store;
static struct publisher *the_publisher;

static void open_ward(void)
{
    the_store = ward_make(PATH);
    ward_add_establishments(the_store, PLACES);
    char sql[2000];
    snprintf(
        sql, sizeof sql,
        "INSERT INTO market (id, code, name, fold, updated_at, geom) VALUES (1, 'C1', 'Chợ Một', 'cho mot', "
        "'x',"
        " MakePoint(108.2, 16.05, 4326)), (2, 'C2', 'Chợ Hai', 'cho hai', 'x', NULL);"
        "INSERT INTO street (code, name, fold, updated_at) VALUES ('S1', 'Nguyễn Văn Linh', 'nguyen van "
        "linh', 'x');"
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
        " INSERT INTO place (id, code, type, name, public_name, name_fold, status, recorded_at, updated_at, "
        "geom)"
        " SELECT 10000 + i, printf('%%010d', 10000 + i) || 'S', 'stall', 'x', 'x', 'x', 'vacant', 'x', 'x',"
        " MakePoint(108.2 + i * 1e-5, 16.05, 4326) FROM n;"
        "INSERT INTO stall (place_id, market_id, kind, number, number_norm, goods) SELECT id, 1 + id %% 2, "
        "'stand',"
        " id, id, 'Vải' FROM place WHERE type = 'stall';"
        "INSERT INTO fs_place (place_id, regime, updated_at) SELECT id, 'certificate', 'x' FROM place WHERE "
        "id %% 9 = 0;"
        "INSERT INTO pilot (id, code, name, type, updated_at) VALUES (1, 'P1', 'Mô hình', 'street', 'x')",
        STALLS);
    ward_run(the_store, sql);
    struct fault f = {0};
    ck_assert_msg(publisher_open(&the_publisher, PATH, &f), "%s %s", f.place, f.text);
}

static void close_ward(void)
{
    publisher_close(the_publisher);
    store_close(the_store);
    ward_remove(PATH);
}

/* --- edits --- */

/* ?1: a place, of all that there are; ?2: a number. */
static const char *const EDITS[] = {
    "UPDATE place SET public_name = CASE ?2 % 3 WHEN 0 THEN 'Quán ' || ?2 WHEN 1 THEN 'Bánh mì 8' ELSE "
    "public_name || 'x' END WHERE id = ?1",
    "UPDATE place SET geom = MakePoint(108.19 + ?2 % 20000 * 1e-6, 16.04 + ?2 % 10007 * 2e-6, 4326) WHERE id "
    "= ?1",
    "UPDATE place SET geom = NULL WHERE id = ?1",
    "UPDATE place SET geom = (SELECT geom FROM place WHERE id = ?2 % 6000 + 1) WHERE id = ?1",
    "UPDATE place SET status = CASE ?2 % 2 WHEN 0 THEN 'active' ELSE 'suspended' END, verified_on = "
    "date('2026-01-01', ?2 % 90 || ' days')"
    " WHERE id = ?1",
    "UPDATE establishment SET public_address = ?2 % 50 || ' Lê Duẩn', at_home = ?2 % 2 WHERE place_id = ?1",
    "UPDATE place SET industry_group = 'Nhóm ' || ?2 % 7, accuracy_m = ?2 % 40 WHERE id = ?1",
    "DELETE FROM place WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM evidence WHERE place_id = ?1) AND NOT "
    "EXISTS"
    " (SELECT 1 FROM pilot_member WHERE place_id = ?1) AND NOT EXISTS (SELECT 1 FROM establishment WHERE "
    "stall_place_id = ?1)",
    "INSERT OR IGNORE INTO place (id, code, type, name, public_name, name_fold, status, recorded_at, "
    "updated_at, geom) VALUES"
    " (20000 + ?2 % 500, printf('%010d', 20000 + ?2 % 500) || 'N', 'establishment', 'x', 'Mới ' || ?2 % 30, "
    "'x', 'active', 'x', 'x',"
    " MakePoint(108.2, 16.05 + ?2 % 100 * 1e-6, 4326))",
    "INSERT OR IGNORE INTO establishment (place_id, kind, public_address) SELECT id, 'enterprise', '1 Bạch "
    "Đằng' FROM place"
    " WHERE id >= 20000",
    "INSERT OR REPLACE INTO acceptance_listed VALUES (?1, 'QR', ?2 % 2, '2026-02-01')",
    "DELETE FROM acceptance_listed WHERE place_id = ?1",
    "INSERT OR IGNORE INTO evidence (place_id, class, method, happened_on, passed, state, created_by, "
    "created_at)"
    " VALUES (?1, 'E1', 'POS', date('2026-01-01', ?2 % 300 || ' days'), 1, 'verified', 'x', 'x')",
    "UPDATE evidence SET state = 'disputed' WHERE place_id = ?1",
    "INSERT OR IGNORE INTO fs_place (place_id, regime, updated_at) VALUES (?1, 'commitment', 'x')",
    "INSERT OR IGNORE INTO fs_document (place_id, type, number, issued_on, expires_on) SELECT place_id, "
    "'commitment', ?2 % 10,"
    " '2025-01-01', date('2026-06-01', ?2 % 400 || ' days') FROM fs_place WHERE place_id = ?1",
    "DELETE FROM fs_place WHERE place_id = ?1",
    "INSERT OR IGNORE INTO fs_inspection (place_id, inspected_on, result) SELECT place_id, '2026-03-04', "
    "'pass' FROM fs_place"
    " WHERE place_id = ?1",
    "UPDATE stall SET goods = 'Hàng ' || ?2 % 9, market_id = 1 + ?2 % 2 WHERE place_id = ?1",
    "UPDATE establishment SET stall_place_id = 10000 + ?2 % 400 + 1 WHERE place_id = ?1 AND EXISTS"
    " (SELECT 1 FROM place WHERE id = 10000 + ?2 % 400 + 1)",
    "INSERT OR IGNORE INTO pilot_member (pilot_id, place_id, joined_on) SELECT 1, id, '2026-01-05' FROM "
    "place WHERE id = ?1",
    "UPDATE market SET updated_at = ?2 WHERE id = 1",
};

/* Those behind which every place may be another: a patch must not be tried. */
static const char *const WIDE[] = {
    "UPDATE market SET name = 'Chợ ' || ?2 WHERE id = 1",
    "UPDATE policy SET value = 100 + ?2 % 200 WHERE key = 'fs.expiring_days' AND ?1 > 0",
};
/* Of streets and the map's face. */
static const char *const FACE[] = {
    "UPDATE street SET name = 'Đường ' || ?2 WHERE ?1 > 0",
    "INSERT INTO base_feature (layer, name, geom) VALUES ('water', 'Hồ ' || ?2, "
    "GeomFromText('POLYGON((108.19 16.04,"
    " 108.19 16.05, 108.2 16.05, 108.2 16.04, 108.19 16.04))', 4326))",
};

static void edit_once(const char *sql)
{
    sqlite3_stmt *st = NULL;
    int64_t place = rand() % 5 ? 1 + rand() % PLACES : 10001 + rand() % STALLS;
    ck_assert_msg(sqlite3_prepare_v2(store_handle(the_store), sql, -1, &st, NULL) == SQLITE_OK, "%s: %s", sql,
                  sqlite3_errmsg(store_handle(the_store)));
    sqlite3_bind_int64(st, 1, place);
    sqlite3_bind_int64(st, 2, rand());
    int code = sqlite3_step(st);
    /* a place that is not there has no row in other tables */
    ck_assert_msg(code == SQLITE_DONE || code == SQLITE_CONSTRAINT, "%s: %s", sql,
                  sqlite3_errmsg(store_handle(the_store)));
    sqlite3_finalize(st);
}

static void edit_some(int edits, bool from_outside)
{
    struct fault f = {0};
    ck_assert(from_outside ? store_run(the_store, "BEGIN IMMEDIATE", &f) : store_begin(the_store, &f));
    for (int i = 0; i < edits; i++)
        edit_once(EDITS[(size_t)rand() % COUNT_OF(EDITS)]);
    ck_assert_msg(from_outside ? store_run(the_store, "COMMIT", &f) : store_commit(the_store, &f), "%s",
                  f.text);
}

/* --- comparing --- */

/* Check notes every assertion in a pipe; millions of them would be most of the run. */
static void same(bool is_so, const struct snapshot_layer *l, uint32_t row)
{
    if (!is_so)
        ck_abort_msg("%s, row %u", l->layer->name, row);
}

static bool same_cell(const struct column *a, const struct column *b, uint32_t row)
{
    if (!a || !b || a->type != b->type)
        return !a && !b;
    if (a->text)
        return slice_equal(snapshot_text(a, row), snapshot_text(b, row)) &&
               (a->text[row] == TEXT_NULL) == (b->text[row] == TEXT_NULL);
    if (a->real)
        return a->real[row] == b->real[row] || (isnan(a->real[row]) && isnan(b->real[row]));
    return a->integer[row] == b->integer[row];
}

static void same_rows(const struct snapshot_layer *a, const struct snapshot_layer *b)
{
    struct buf one = {0}, other = {0};
    ck_assert_uint_eq(a->count, b->count);
    ck_assert_uint_eq(a->located, b->located);
    ck_assert(memcmp(&a->extent, &b->extent, sizeof a->extent) == 0);
    for (uint32_t row = 0; row < a->count; row++) {
        buf_reset(&one);
        buf_reset(&other);
        geojson_feature(&one, a, row);
        geojson_feature(&other, b, row);
        if (!slice_equal(buf_to_slice(&one), buf_to_slice(&other)))
            ck_abort_msg("%.*s, then %.*s", (int)one.n, one.p, (int)other.n, other.p);
        same(a->number[row] == b->number[row], a, row);
        for (int i = 0; i < a->layer->field_count; i++)
            same(same_cell(&a->columns[i], &b->columns[i], row), a, row);
        same(same_cell(a->valid_from, b->valid_from, row), a, row);
        same(same_cell(a->valid_to, b->valid_to, row), a, row);
        if (!a->layer->is_base)
            same(snapshot_find(a, snapshot_text(&a->columns[0], row)) == row, a, row);
    }
    for (int i = 0; i < a->layer->field_count; i++) { /* few texts: the same ids */
        const struct column *left = &a->columns[i], *right = &b->columns[i];
        if (left->text && left->text_count <= MANY_TEXTS && right->text_count <= MANY_TEXTS)
            ck_assert_uint_eq(left->text_count, right->text_count);
    }
    buf_release(&one);
    buf_release(&other);
}

static void same_tile(const struct snapshot_layer *a, const struct snapshot_layer *b, struct tile_id t,
                      bool clustered, struct arena *arena)
{
    struct buf one = {0}, other = {0};
    arena_reset(arena);
    tile_encode(&(struct tile_request){.layer = a, .tile = t, .clustered = clustered}, arena, &one);
    tile_encode(&(struct tile_request){.layer = b, .tile = t, .clustered = clustered}, arena, &other);
    ck_assert_msg(slice_equal(buf_to_slice(&one), buf_to_slice(&other)), "%s %u/%u/%u", a->layer->name, t.z,
                  t.x, t.y);
    buf_release(&one);
    buf_release(&other);
}

static void same_tiles(const struct snapshot_layer *a, const struct snapshot_layer *b)
{
    struct arena arena = {0};
    for (uint32_t z = 10; z <= 17; z++)
        for (int i = 0; i < 4 && a->located; i++) {
            struct world w = a->world[(uint32_t)rand() % a->located];
            struct tile_id t = {z, w.x >> (32 - z), w.y >> (32 - z)};
            same_tile(a, b, t, true, &arena);
            same_tile(a, b, t, false, &arena);
        }
    arena_release(&arena);
}

static void same_search(const struct snapshot *a, const struct snapshot *b)
{
    static const char *const TYPED[] = {
        "b",         "ba",   "bánh", "banh mi 8", "quan",   "quán 1",   "moi", "mới 2",  "ca phe 4", "nguyen",
        "le duan",   "lê d", "cho",  "chợ một",   "sap 10", "hang 3",   "vai", "nhom 5", "phuong",   "duong",
        "bach dang", "bnah", "xxx",  "tap hoa x", "12",     "sua xe 27"};
    struct arena arena = {0};
    for (size_t i = 0; i < COUNT_OF(TYPED); i++) {
        struct search_query q = {
            .text = slice_of(TYPED[i]), .limit = 50, .has_centre = i % 2, .centre = {108.2, 16.05}};
        struct search_hit *one, *other;
        uint32_t n = snapshot_search(a, &q, &arena, &one), m = snapshot_search(b, &q, &arena, &other);
        ck_assert_msg(n == m, "%s: %u hits, then %u", TYPED[i], n, m);
        for (uint32_t k = 0; k < n; k++)
            ck_assert_msg(one[k].layer == other[k].layer && one[k].row == other[k].row &&
                              one[k].score == other[k].score,
                          "%s: hit %u", TYPED[i], k);
    }
    arena_release(&arena);
}

static void same_moved(const struct snapshot *a, const struct snapshot *b)
{
    ck_assert_uint_eq(a->moved.count, b->moved.count);
    ck_assert(a->moved.count == 0 ||
              memcmp(a->moved.codes, b->moved.codes, a->moved.count * sizeof *a->moved.codes) == 0);
}

/* What is published now, against the file read from end to end. */
static uint64_t compare(void)
{
    struct fault f = {0};
    struct snapshot *whole = NULL;
    const struct snapshot *now = publisher_get(the_publisher);
    ck_assert_msg(snapshot_at(&whole, &(struct vantage){.path = PATH}, LAYER_COUNT, &f), "%s", f.text);
    for (int i = 0; i < LAYER_COUNT; i++) {
        same_rows(snapshot_get(now, (enum layer_id)i), snapshot_get(whole, (enum layer_id)i));
        same_tiles(snapshot_get(now, (enum layer_id)i), snapshot_get(whole, (enum layer_id)i));
    }
    same_search(now, whole);
    same_moved(now, whole);
    uint64_t patched = now->patched;
    snapshot_release(now);
    snapshot_release(whole);
    return patched;
}

static void publish(void)
{
    struct fault f = {0};
    ck_assert_msg(publisher_poll(the_publisher, &f), "%s %s", f.place, f.text);
}

START_TEST(a_patched_copy_answers_as_one_read_from_the_file)
{
    srand(20261122);
    int patches = 0;
    uint64_t before = 0;
    for (int round = 0; round < ROUNDS; round++) {
        edit_some(round % 10 == 9 ? 300 : 1 + rand() % 12, round % 3 == 0);
        if (round % 7 == 0) /* two commits, ours and from outside, between two looks */
            edit_some(3, round % 2 == 0);
        if (round % 10 == 8)
            edit_once(WIDE[(size_t)round / 10 % COUNT_OF(WIDE)]);
        if (round % 6 == 5)
            edit_once(FACE[(size_t)round / 6 % COUNT_OF(FACE)]);
        publish();
        uint64_t patched = compare();
        patches += patched > before;
        before = patched;
    }
    printf("%d rounds of random edits, %d of them published as a patch\n", ROUNDS, patches);
    ck_assert_int_ge(patches, ROUNDS / 2);
}
END_TEST

START_TEST(an_old_copy_stays_as_it_was)
{
    const struct snapshot *old = publisher_get(the_publisher);
    struct buf before = {0}, after = {0};
    const struct snapshot_layer *l = snapshot_get(old, LAYER_ESTABLISHMENTS);
    for (uint32_t row = 0; row < l->count; row++)
        geojson_feature(&before, l, row);
    for (int i = 0; i < 5; i++) {
        edit_some(20, false);
        publish();
    }
    for (uint32_t row = 0; row < l->count; row++)
        geojson_feature(&after, l, row);
    ck_assert(slice_equal(buf_to_slice(&before), buf_to_slice(&after)));
    buf_release(&before);
    buf_release(&after);
    snapshot_release(old);
}
END_TEST

/* A list with triggers off, and notes that were dropped before they were seen. */
START_TEST(what_was_not_noted_is_read_whole)
{
    struct fault f = {0};
    ward_run(the_store, "UPDATE place SET public_name = 'Đổi tên' WHERE id = 1");
    publish();
    ck_assert_uint_eq(compare(), 1);
    ck_assert(store_begin(the_store, &f));
    sqlite3_db_config(store_handle(the_store), SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    ck_assert(touched_everything(the_store, &f));
    ck_assert_msg(store_run(the_store, "UPDATE place SET public_name = 'Không dấu vết' WHERE id % 3 = 0", &f),
                  "%s", f.text);
    sqlite3_db_config(store_handle(the_store), SQLITE_DBCONFIG_ENABLE_TRIGGER, 1, NULL);
    ck_assert(store_commit(the_store, &f));
    publish();
    ck_assert_uint_eq(compare(), 0);
    edit_some(5, false);
    ward_run(the_store, "DELETE FROM touched WHERE id < (SELECT max(id) FROM touched)");
    publish();
    ck_assert_uint_eq(compare(), 0);
}
END_TEST

/* --- the tables --- */

struct tables {
    char *names[64];
    int count;
};

static int note_table(void *context, int action, const char *first, const char *second, const char *database,
                      const char *source)
{
    (void)second, (void)database, (void)source;
    struct tables *t = context;
    if (action != SQLITE_READ)
        return SQLITE_OK;
    for (int i = 0; i < t->count; i++)
        if (strcmp(t->names[i], first) == 0)
            return SQLITE_OK;
    ck_assert_int_lt(t->count, (int)COUNT_OF(t->names));
    t->names[t->count++] = strdup(first);
    return SQLITE_OK;
}

static int triggers_of(const char *table)
{
    return (int)store_int(the_store,
                          "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?1"
                          " AND name LIKE 'touched!_%' ESCAPE '!' AND sql LIKE '%INTO touched%'",
                          table, 0);
}

/* Each table behind a public view notes its changes, or shows only in what is read anew each time. */
START_TEST(every_table_behind_a_public_view_notes_its_changes)
{
    static const char *const ANEW[] = {"occupancy", "pilot_member", "pilot", "retired_place"};
    struct tables t = {0};
    sqlite3 *db = store_handle(the_store);
    sqlite3_set_authorizer(db, note_table, &t);
    for (int i = 0; i < LAYER_COUNT; i++) {
        sqlite3_stmt *st = NULL;
        ck_assert(sqlite3_prepare_v2(db, layer_select((enum layer_id)i), -1, &st, NULL) == SQLITE_OK);
        sqlite3_finalize(st);
    }
    sqlite3_set_authorizer(db, NULL, NULL);
    int noted = 0;
    for (int i = 0; i < t.count; i++) {
        bool is_table = store_int(the_store, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?1",
                                  t.names[i], 0);
        bool is_anew = false;
        for (size_t k = 0; k < COUNT_OF(ANEW); k++)
            is_anew = is_anew || strcmp(ANEW[k], t.names[i]) == 0;
        if (is_table && !is_anew) {
            ck_assert_msg(triggers_of(t.names[i]) >= 2, "table %s has no triggers that note what is touched",
                          t.names[i]);
            noted++;
        }
        free(t.names[i]);
    }
    printf("%d tables behind the public views note their changes\n", noted);
    ck_assert_int_ge(noted, 14);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("patch");
    TCase *c = tcase_create("patch");
    tcase_add_checked_fixture(c, open_ward, close_ward);
    tcase_set_timeout(c, 120);
    tcase_add_test(c, a_patched_copy_answers_as_one_read_from_the_file);
    tcase_add_test(c, an_old_copy_stays_as_it_was);
    tcase_add_test(c, what_was_not_noted_is_read_whole);
    tcase_add_test(c, every_table_behind_a_public_view_notes_its_changes);
    suite_add_tcase(suite, c);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
