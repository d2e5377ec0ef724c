/* A small ward file for the tests of the geocoder, filled row by row. Included once by each of them. */
#ifndef TESTS_IMPORT_GAZETTEER_FIXTURE_H
#define TESTS_IMPORT_GAZETTEER_FIXTURE_H

#include "import/geocode_private.h"
#include "layers/store_private.h"
#include "layers/text.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void fixture_remove(const char *path)
{
    static const char *const ENDS[] = {"", ".key", "-wal", "-shm"};
    for (size_t i = 0; i < COUNT_OF(ENDS); i++) {
        char name[64];
        snprintf(name, sizeof name, "%s%s", path, ENDS[i]);
        unlink(name);
    }
}

static struct store *fixture_open(const char *path, const char *ward_name)
{
    struct fault f = {0};
    struct store *s = NULL;
    fixture_remove(path);
    struct ward_setup setup = {.code = "99001", .name = ward_name};
    ck_assert_msg(store_create(path, &setup, &f), "%s", f.text);
    ck_assert_msg(store_open(&s, path, STORE_WRITE, &f), "%s", f.text);
    ck_assert_msg(store_begin(s, &f), "%s", f.text);
    return s;
}

/* Runs constant SQL with text parameters ?1 ?2 ... and, where `fold` is not 0, the fold of that parameter as
 * the last one. */
static void fixture_run(struct store *s, const char *sql, const char *const texts[], int fold)
{
    struct fault f = {0};
    struct buf b = {0};
    int n = 0;
    sqlite3_stmt *st = store_statement(s, sql, &f);
    ck_assert_msg(st != NULL, "%s", f.text);
    for (; texts[n]; n++)
        bind_text(st, n + 1, texts[n]);
    if (fold) {
        text_fold(slice_of(texts[fold - 1]), &b);
        bind_slice(st, n + 1, buf_to_slice(&b));
    }
    ck_assert_msg(statement_run(st, &f), "%s: %s", sql, f.text);
    buf_release(&b);
}

#define FIXTURE_RUN(s, sql, fold, ...) fixture_run(s, sql, (const char *const[]){__VA_ARGS__, NULL}, fold)

static void fixture_street(struct store *s, const char *name, const char *wkt)
{
    FIXTURE_RUN(s,
                "INSERT INTO street (code, name, geom, updated_at, fold)"
                " VALUES (?1, ?1, GeomFromText(?2, 4326), '', ?3)",
                1, name, wkt);
}

static struct geocoder *fixture_finish(struct store *s)
{
    struct fault f = {0};
    struct geocoder *g = NULL;
    ck_assert_msg(store_commit(s, &f), "%s", f.text);
    ck_assert_msg(geocoder_open(&g, s, &f), "%s", f.text);
    store_close(s);
    return g;
}

#endif
