/* load_fixture: a fresh ward file and small lists put through import_file. Included by the tests of loading.
 */
#ifndef TESTS_IMPORT_LOAD_FIXTURE_H
#define TESTS_IMPORT_LOAD_FIXTURE_H

#include "import/import.h"
#include "layers/store_private.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WARD "test_load_ward.db"

struct fixture {
    struct store *store;
    struct import_summary sum;
    struct fault f;
    char list[32];
};

static struct fixture ward;

static void remove_ward(void)
{
    static const char *const ENDS[] = {"", ".key", "-wal", "-shm"};
    for (size_t i = 0; i < COUNT_OF(ENDS); i++) {
        char name[64];
        snprintf(name, sizeof name, "%s%s", WARD, ENDS[i]);
        unlink(name);
    }
}

static void open_ward(void)
{
    struct ward_setup setup = {.code = "99001", .name = "Phường Mẫu"};
    remove_ward();
    setenv("MAPD_TODAY", "2026-11-22", 1);
    ward = (struct fixture){0};
    ck_assert_msg(store_create(WARD, &setup, &ward.f), "%s %s", ward.f.place, ward.f.text);
    ck_assert_msg(store_open(&ward.store, WARD, STORE_WRITE, &ward.f), "%s", ward.f.text);
}

static void close_ward(void)
{
    store_close(ward.store);
    unlink(ward.list);
    unlink("test_load_report.csv");
    remove_ward();
}

/* Writes the text as a list and imports it; the summary is in ward.sum, a failure in ward.f. */
static bool try_import(enum import_kind kind, bool dry_run, const char *text)
{
    snprintf(ward.list, sizeof ward.list, "%s", "test_load_list.csv");
    ward.f = (struct fault){0};
    struct import_options o = {.path = ward.list, .kind = kind, .who = "cli", .dry_run = dry_run};
    o.report_path = "test_load_report.csv";
    return file_write(ward.list, slice_of(text), &ward.f) &&
           import_file(ward.store, &o, &ward.sum, NULL, &ward.f);
}

static void import_list(enum import_kind kind, const char *text)
{
    bool ok = try_import(kind, false, text);
    ck_assert_msg(ok, "%s: %s %s", fault_sentence(ward.f.code, true), ward.f.place, ward.f.text);
    ck_assert_uint_eq(ward.sum.rows, ward.sum.added + ward.sum.updated + ward.sum.unchanged +
                                         ward.sum.rejected + ward.sum.review);
}

/* One number by constant SQL. */
static int64_t number(const char *sql)
{
    return store_int(ward.store, sql, NULL, -999);
}

/* One text by constant SQL; valid until the next call. */
static const char *text_of(const char *sql)
{
    static char out[400];
    sqlite3_stmt *st = NULL;
    snprintf(out, sizeof out, "%s", "(no row)");
    ck_assert_int_eq(sqlite3_prepare_v2(store_handle(ward.store), sql, -1, &st, NULL), SQLITE_OK);
    if (sqlite3_step(st) == SQLITE_ROW) {
        const char *p = (const char *)sqlite3_column_text(st, 0);
        snprintf(out, sizeof out, "%s", p ? p : "(null)");
    }
    sqlite3_finalize(st);
    return out;
}

#define COUNTS(a, u, n, r, w)                                                                                \
    do {                                                                                                     \
        ck_assert_msg(ward.sum.added == (a) && ward.sum.updated == (u) && ward.sum.unchanged == (n) &&       \
                          ward.sum.rejected == (r) && ward.sum.review == (w),                                \
                      "added %d updated %d unchanged %d rejected %d review %d", (int)ward.sum.added,         \
                      (int)ward.sum.updated, (int)ward.sum.unchanged, (int)ward.sum.rejected,                \
                      (int)ward.sum.review);                                                                 \
    } while (0)

static bool file_holds(const char *path, const char *text)
{
    struct buf bytes = {0};
    struct fault f = {0};
    bool found =
        file_read(path, 64 << 20, &bytes, &f) && slice_find(buf_to_slice(&bytes), slice_of(text)) >= 0;
    buf_release(&bytes);
    return found;
}

static const char MARKETS[] = "Mã chợ,Tên chợ,Hạng,Kinh độ,Vĩ độ,Phường quản lý\n"
                              "C1,Chợ Mẫu,2,108.2205,16.0421,Có\n"
                              "C2,Chợ Hòa,3,108.2300,16.0500,Có\n";

static const char STALLS[] = "Mã điểm,Mã chợ,Khu,Loại,Số sạp,Tiểu thương,Điện thoại,Ngành hàng,QR\n"
                             "S1,C1,A,Quầy,1,Trần Thị Bốn,0905123456,Rau,Có\n"
                             "S2,C1,A,Sạp,1,Lê Văn Năm,,Thịt,Không\n"
                             "S3,C1,B,Quầy,1,,,,\n"
                             ",C1,B,Quầy,12A,Trần Thị Bốn,0905123456,Rau,Có\n";

#endif
