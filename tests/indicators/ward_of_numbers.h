/* ward_of_numbers: a ward file in which the tests of the indicators write their cases as SQL, each inside a
 * transaction that is rolled back. MARKET 1 "CHO1" and PILOTS 1 "MH1" (market), 2 "MH2" (street) stand ready.
 */
#ifndef TESTS_WARD_OF_NUMBERS_H
#define TESTS_WARD_OF_NUMBERS_H

#include "layers/indicators/query.h"

#include <check.h>
#include <string.h>
#include <unistd.h>

static const char PATH[] = "test_indicators.db";
static struct store *ward;
static struct arena memory;

static inline void must(bool ok, const struct fault *f)
{
    ck_assert_msg(ok, "%s %s %s", fault_name(f->code), f->place, f->text);
}

static inline void run(const char *sql)
{
    struct fault f = {0};
    must(store_run(ward, sql, &f), &f);
}

static inline void remove_files(void)
{
    static const char *const ENDS[] = {"", ".key", "-wal", "-shm"};
    for (size_t i = 0; i < COUNT_OF(ENDS); i++)
        unlink(arena_format(&memory, "%s%s", PATH, ENDS[i]));
}

static const char BASE[] =
    "INSERT INTO import_batch (id, kind, file_name, file_hash, source_date, imported_at, imported_by, added) "
    "VALUES"
    " (1, 'establishments', 'a.csv', x'00', '2026-01-05', '2026-01-10T02:00:00Z', 'cli', 1);"
    "UPDATE ward SET geom = CastToMulti(GeomFromText('POLYGON((108.2 16, 108.3 16, 108.3 16.1, 108.2 16.1, "
    "108.2 16))', 4326))"
    " WHERE is_home = 1;"
    "INSERT INTO residential_group (id, code, ward_id, name, fold, updated_at) VALUES (1, 'T1', (SELECT id "
    "FROM ward WHERE is_home = 1),"
    " 'Tổ 1', 'to 1', '2026-01-10T02:00:00Z');"
    "INSERT INTO market (id, code, name, fold, updated_at) VALUES (1, 'CHO1', 'Chợ Một', 'cho mot', "
    "'2026-01-10T02:00:00Z');"
    "INSERT INTO pilot (id, code, name, type, updated_at) VALUES (1, 'MH1', 'Chợ Một không tiền mặt', "
    "'market', '2026-01-10T02:00:00Z'),"
    " (2, 'MH2', 'Tuyến phố', 'street', '2026-01-10T02:00:00Z');";

/* Cases insert through these: shop(id), booth(id), member(...), proof(...) with what differs, defaults for
 * the rest. */
static const char TOOLS[] =
    "CREATE TEMP TABLE shop (id, status DEFAULT 'active', kind DEFAULT 'household', valid_from, valid_to, "
    "position DEFAULT 'gps',"
    " lon DEFAULT 108.25, lat DEFAULT 16.05, stall_id, name DEFAULT 'Quán', address DEFAULT '1 Đường A', "
    "recorded DEFAULT '2026-01-10T02:00:00Z');"
    "CREATE TEMP TRIGGER shop_in AFTER INSERT ON shop BEGIN"
    "  INSERT INTO place (id, code, type, name, public_name, name_fold, status, valid_from, valid_to, "
    "position, recorded_at, updated_at, geom,"
    "    batch_id, residential_group_id, industry_version, industry_code, industry_group)"
    "  VALUES (new.id, printf('%011d', new.id), 'establishment', new.name, new.name, lower(new.name), "
    "new.status, new.valid_from,"
    "    new.valid_to, new.position, new.recorded, new.recorded, CASE WHEN new.position <> 'none' THEN "
    "MakePoint(new.lon, new.lat, 4326) END,"
    "    1, 1, 'VSIC', '4711', 'Bán lẻ');"
    "  INSERT INTO establishment (place_id, kind, address, address_key, stall_place_id)"
    "  VALUES (new.id, new.kind, new.address, lower(new.address) || new.id, new.stall_id); END;"
    "CREATE TEMP TABLE booth (id, status DEFAULT 'active', trader, occupied_from, occupied_to, account, "
    "market DEFAULT 1);"
    "CREATE TEMP TRIGGER booth_in AFTER INSERT ON booth BEGIN"
    "  INSERT INTO place (id, code, type, name, public_name, name_fold, status, position, recorded_at, "
    "updated_at, geom, batch_id)"
    "  VALUES (new.id, printf('%011d', new.id), 'stall', 'Sạp', 'Sạp', 'sap', new.status, 'stall_plan', "
    "'2026-01-10T02:00:00Z',"
    "    '2026-01-10T02:00:00Z', MakePoint(108.25, 16.05, 4326), 1);"
    "  INSERT INTO stall (place_id, market_id, kind, number, number_norm) VALUES (new.id, new.market, "
    "'stand', new.id, new.id);"
    "  INSERT OR IGNORE INTO trader (id, market_id, identity) SELECT new.trader, new.market, CAST(new.trader "
    "AS BLOB) WHERE new.trader IS NOT NULL;"
    "  INSERT INTO occupancy (place_id, trader_id, valid_from, valid_to, has_account, batch_id)"
    "  SELECT new.id, new.trader, new.occupied_from, new.occupied_to, new.account, 1 WHERE new.trader IS NOT "
    "NULL; END;"
    "CREATE TEMP TABLE proof (place, class, day, state DEFAULT 'verified', passed DEFAULT 1, created DEFAULT "
    "'2026-01-10T02:00:00Z');"
    "CREATE TEMP TRIGGER proof_in AFTER INSERT ON proof BEGIN"
    "  INSERT INTO evidence (place_id, class, method, happened_on, passed, minutes_number, state, "
    "created_by, created_at)"
    "  VALUES (new.place, new.class, 'QR', new.day, new.passed, (SELECT count(*) FROM evidence), new.state, "
    "'x', new.created); END;"
    "CREATE TEMP TABLE member (place, joined DEFAULT '2026-01-01', left_on, pilot DEFAULT 1);"
    "CREATE TEMP TRIGGER member_in AFTER INSERT ON member BEGIN"
    "  INSERT INTO pilot_member (pilot_id, place_id, joined_on, left_on) VALUES (new.pilot, new.place, "
    "new.joined, new.left_on); END;"
    "CREATE TEMP TABLE numbers AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
    "400) SELECT i FROM n;";

static inline void open_ward(void)
{
    struct fault f = {0};
    struct ward_setup setup = {.code = "99001", .name = "Phường Mẫu"};
    remove_files();
    must(store_create(PATH, &setup, &f), &f);
    must(store_open(&ward, PATH, STORE_WRITE, &f), &f);
    run(BASE);
    run(TOOLS);
}

static inline void close_ward(void)
{
    store_close(ward);
    remove_files();
    arena_release(&memory);
}

static inline void begin_case(void)
{
    run("BEGIN");
}

static inline void end_case(void)
{
    store_rollback(ward);
}

static inline struct indicator_request on(const char *day)
{
    struct indicator_request r = {0};
    ck_assert(date_parse_iso(slice_of(day), &r.as_of));
    return r;
}

static inline struct indicator figure_of(enum indicator_id id, const struct indicator_request *r)
{
    struct indicator out;
    struct fault f = {0};
    must(indicator_compute(ward, id, r, &memory, &out, &f), &f);
    return out;
}

static inline struct indicator figure(enum indicator_id id, const char *day)
{
    struct indicator_request r = on(day);
    return figure_of(id, &r);
}

static inline const struct indicator_share *variant(const struct indicator *i, const char *name)
{
    for (int v = 0; v < i->variant_count; v++)
        if (strcmp(i->variants[v].name, name) == 0)
            return &i->variants[v];
    ck_abort_msg("no variant %s", name);
    return NULL;
}

static inline struct indicator_row row_of(enum indicator_id id, const char *day, const char *code)
{
    struct indicator_request r = on(day);
    struct indicator_row *rows;
    struct fault f = {0};
    uint32_t count;
    must(indicator_rows(ward, id, &r, &memory, &rows, &count, &f), &f);
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(rows[i].code, code) == 0)
            return rows[i];
    ck_abort_msg("no row %s", code);
    return (struct indicator_row){0};
}

#define ck_assert_share(numerator_, denominator_, figure_)                                                   \
    do {                                                                                                     \
        ck_assert_int_eq((figure_).denominator, denominator_);                                               \
        ck_assert_int_eq((figure_).numerator, numerator_);                                                   \
    } while (0)

static inline int run_tests(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}

#endif
