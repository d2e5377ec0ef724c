/* small_ward: a ward file made by SQL for the tests of the read copy, search and tiles. Every establishment i
 * stands somewhere in a square around (108.20, 16.05); every tenth has no position. */
#ifndef TESTS_SMALL_WARD_H
#define TESTS_SMALL_WARD_H

#include "layers/store_private.h"

#include <check.h>
#include <stdio.h>
#include <unistd.h>

static inline void ward_remove(const char *path)
{
    static const char *const ENDS[] = {"", ".key", "-wal", "-shm"};
    for (size_t i = 0; i < COUNT_OF(ENDS); i++) {
        char name[200];
        snprintf(name, sizeof name, "%s%s", path, ENDS[i]);
        unlink(name);
    }
}

static inline void ward_run(struct store *s, const char *sql)
{
    struct fault f = {0};
    ck_assert_msg(store_begin(s, &f) && store_run(s, sql, &f) && store_commit(s, &f), "%s %s", f.place,
                  f.text);
}

static inline struct store *ward_make(const char *path)
{
    struct fault f = {0};
    struct store *s = NULL;
    ward_remove(path);
    struct ward_setup setup = {.code = "99001", .name = "Phường Mẫu"};
    ck_assert_msg(store_create(path, &setup, &f), "%s %s", f.place, f.text);
    ck_assert_msg(store_open(&s, path, STORE_WRITE, &f), "%s %s", f.place, f.text);
    return s;
}

/* `count` establishments with ids from 1; codes are eleven characters made from the id, scattered by a fixed
 * rule. */
static inline void ward_add_establishments(struct store *s, int count)
{
    static const char places[] =
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)"
        " INSERT INTO place (id, code, type, name, public_name, name_fold, status, position, accuracy_m, "
        "industry_group,"
        " valid_from, recorded_at, updated_at, geom) SELECT i, printf('%010d', i) || 'X', 'establishment', "
        "'x',"
        " CASE i % 4 WHEN 0 THEN 'Bánh mì ' WHEN 1 THEN 'Cà phê ' WHEN 2 THEN 'Tạp hoá ' ELSE 'Sửa xe ' END "
        "|| i, 'x',"
        " CASE WHEN i % 7 = 0 THEN 'suspended' WHEN i % 5 = 0 THEN 'ceased' ELSE 'active' END,"
        " CASE WHEN i % 10 = 0 THEN 'none' ELSE 'house_number' END, 5.25, 'Ăn uống', '2026-01-02', "
        "'2026-01-01T00:00:00Z',"
        " '2026-01-01T00:00:00Z', CASE WHEN i % 10 <> 0 THEN"
        " MakePoint(108.19 + (i * 7919 % 10007) / 500350.0, 16.04 + (i * 104729 % 10009) / 500450.0, 4326) "
        "END FROM n";
    static const char shops[] =
        "INSERT INTO establishment (place_id, kind, public_address)"
        " SELECT id, 'household', (id % 200) || ' Nguyễn Văn Linh' FROM place p WHERE NOT EXISTS"
        " (SELECT 1 FROM establishment e WHERE e.place_id = p.id)";
    struct fault f = {0};
    ck_assert(store_begin(s, &f));
    sqlite3_stmt *st = store_statement(s, places, &f);
    ck_assert_msg(st, "%s", f.text);
    bind_int(st, 1, count);
    ck_assert_msg(statement_run(st, &f) && store_run(s, shops, &f) && store_commit(s, &f), "%s", f.text);
}

#endif
