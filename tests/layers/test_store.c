/* The ward file: made, opened, revised, refused when newer, and closed to the public but for its views. */
#include "layers/store_private.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char PATH[] = "test_store.db";

static void remove_files(void)
{
    static const char *const ENDS[] = {"", ".key", "-wal", "-shm"};
    for (size_t i = 0; i < COUNT_OF(ENDS); i++) {
        char name[64];
        snprintf(name, sizeof name, "%s%s", PATH, ENDS[i]);
        unlink(name);
    }
}

static void make_file(void)
{
    struct fault f = {0};
    remove_files();
    struct ward_setup setup = {.code = "99001", .name = "Phường Mẫu"};
    ck_assert_msg(store_create(PATH, &setup, &f), "%s %s", f.place, f.text);
}

static struct store *open_file(enum store_mode mode)
{
    struct store *s = NULL;
    struct fault f = {0};
    ck_assert_msg(store_open(&s, PATH, mode, &f), "%s %s", f.place, f.text);
    return s;
}

START_TEST(a_commit_raises_the_revision_and_an_empty_one_does_not)
{
    struct store *s = open_file(STORE_WRITE);
    int64_t before = store_revision(s);
    struct fault f = {0};
    ck_assert(store_begin(s, &f) && store_commit(s, &f));
    ck_assert_int_eq(store_revision(s), before);
    ck_assert(store_begin(s, &f) && store_set_meta(s, "x", "1", &f) && store_commit(s, &f));
    ck_assert_int_eq(store_revision(s), before + 1);
    ck_assert(store_begin(s, &f) && store_set_meta(s, "x", "2", &f));
    store_rollback(s);
    ck_assert_int_eq(store_revision(s), before + 1);
    store_close(s);
}
END_TEST

START_TEST(a_second_init_is_refused_and_harms_nothing)
{
    struct fault f = {0};
    struct ward_setup setup = {.code = "1", .name = "x"};
    ck_assert(!store_create(PATH, &setup, &f));
    ck_assert_int_eq(f.code, FAULT_FILE_EXISTS);
    struct store *s = open_file(STORE_WRITE);
    struct arena a = {0};
    ck_assert_str_eq(store_meta(s, &a, "ward_code"), "99001");
    arena_release(&a);
    store_close(s);
}
END_TEST

START_TEST(a_newer_file_is_refused_with_a_sentence)
{
    struct store *s = open_file(STORE_WRITE);
    struct fault f = {0};
    ck_assert(store_run(s, "PRAGMA user_version = 9999", &f));
    store_close(s);
    ck_assert(!store_open(&s, PATH, STORE_WRITE, &f));
    ck_assert_int_eq(f.code, FAULT_NEWER_SCHEMA);
}
END_TEST

START_TEST(a_foreign_file_is_refused)
{
    struct fault f = {0};
    struct store *s;
    ck_assert(file_write(PATH, SLICE("not a database, but long enough to be looked at by somebody"), &f));
    ck_assert(!store_open(&s, PATH, STORE_WRITE, &f));
    ck_assert_int_eq(f.code, FAULT_NOT_A_WARD_FILE);
}
END_TEST

START_TEST(the_public_reads_views_and_nothing_else)
{
    struct store *w = open_file(STORE_WRITE);
    struct fault f = {0};
    ck_assert_msg(
        store_run(w,
                  "INSERT INTO place (id, code, type, name, public_name, name_fold, status, recorded_at, "
                  "updated_at)"
                  " VALUES (1, 'C', 'establishment', 'Hộ Nguyễn Văn A', 'Tạp hoá', 'x', 'active', '', '');"
                  "INSERT INTO establishment (place_id, kind) VALUES (1, 'household')",
                  &f),
        "%s", f.text);
    struct store *p = open_file(STORE_PUBLIC);
    sqlite3_stmt *st = store_statement(p, "SELECT name FROM pub_establishments", &f);
    ck_assert_msg(statement_next(st, &f), "%s", f.text);
    ck_assert(slice_equal(column_slice(st, 0), SLICE("Tạp hoá")));
    static const char *const CLOSED[] = {"SELECT name FROM place",
                                         "SELECT sealed FROM restricted",
                                         "SELECT * FROM evidence",
                                         "SELECT address FROM establishment",
                                         "UPDATE revision SET value = 1",
                                         "CREATE TABLE x (y)",
                                         "SELECT name FROM (SELECT name FROM place)",
                                         "PRAGMA journal_mode = DELETE",
                                         "ATTACH 'other.db' AS other"};
    for (size_t i = 0; i < COUNT_OF(CLOSED); i++) {
        struct fault closed = {0};
        ck_assert_msg(!store_run(p, CLOSED[i], &closed), "%s was allowed", CLOSED[i]);
    }
    store_close(p);
    store_close(w);
}
END_TEST

START_TEST(every_public_view_has_the_columns_of_the_catalogue)
{
    struct store *p = open_file(STORE_PUBLIC);
    for (int i = 0; i < LAYER_COUNT; i++) {
        const struct layer *l = layer_get((enum layer_id)i);
        struct buf sql = {0};
        buf_text(&sql, "SELECT geom");
        for (int k = 0; k < l->field_count; k++)
            buf_format(&sql, ", \"%s\"", l->fields[k].name);
        buf_format(&sql, " FROM %s%c", l->view, 0);
        struct fault f = {0};
        ck_assert_msg(store_run(p, sql.p, &f), "%s: %s", l->name, f.text);
        buf_release(&sql);
    }
    store_close(p);
}
END_TEST

START_TEST(a_backup_holds_the_same_and_no_key)
{
    struct store *s = open_file(STORE_READ);
    struct fault f = {0};
    unlink("backup.db");
    ck_assert_msg(store_backup(s, "backup.db", false, &f), "%s", f.text);
    int64_t revision = store_revision(s);
    store_close(s);
    ck_assert(store_open(&s, "backup.db", STORE_WRITE, &f));
    ck_assert_ptr_null(store_key(s));
    ck_assert_int_eq(store_revision(s), revision);
    store_close(s);
    unlink("backup.db");
}
END_TEST

START_TEST(a_check_finds_what_is_broken_and_only_that)
{
    struct store *s = open_file(STORE_WRITE);
    struct fault f = {0};
    struct buf out = {0};
    uint64_t findings;
    ck_assert_msg(store_check(s, &out, &findings, &f), "%s", f.text);
    ck_assert_msg(findings == 0, "%.*s", (int)out.n, out.p);
    ck_assert(store_run(
        s,
        "INSERT INTO place (code, type, name, public_name, name_fold, status, recorded_at, updated_at,"
        " position) VALUES ('ABC', 'establishment', 'x', 'x', 'x', 'active', '', '', 'gps')",
        &f));
    ck_assert(store_check(s, &out, &findings, &f));
    ck_assert_int_eq(findings, 3); /* a bad code, a position without a point, no establishment row */
    buf_release(&out);
    store_close(s);
}
END_TEST

/* --- secrets --- */

START_TEST(codes_check_themselves)
{
    char code[CODE_LENGTH + 1], again[CODE_LENGTH + 1];
    for (int i = 0; i < 2000; i++) {
        code_random(code);
        ck_assert(code_canonical(slice_of(code), again));
        ck_assert_str_eq(code, again);
        char broken[CODE_LENGTH + 1];
        snprintf(broken, sizeof broken, "%s", code);
        int at = i % CODE_LENGTH;
        broken[at] = broken[at] == '7' ? '8' : '7';
        ck_assert_msg(!code_canonical(slice_of(broken), again), "%s as %s", code, broken);
    }
}
END_TEST

START_TEST(codes_are_read_as_people_write_them)
{
    char code[CODE_LENGTH + 1];
    ck_assert(code_canonical(SLICE("00000-00000-0"), code));
    ck_assert_str_eq(code, "00000000000");
    ck_assert(code_canonical(SLICE("ooooo-OOOOO-o"), code));
    ck_assert_str_eq(code, "00000000000");
    ck_assert(!code_canonical(SLICE("0000000000"), code));
    ck_assert(!code_canonical(SLICE("000000000000"), code));
    ck_assert(!code_canonical(SLICE("0000000000U"), code));
    ck_assert(!code_canonical(SLICE(""), code));
}
END_TEST

START_TEST(sealed_text_opens_with_its_key_only)
{
    struct store *s = open_file(STORE_WRITE);
    struct buf sealed = {0}, plain = {0};
    key_seal(store_key(s), SLICE("000123456789"), &sealed);
    ck_assert_int_eq(slice_find(buf_to_slice(&sealed), SLICE("0001")), -1);
    ck_assert(key_unseal(store_key(s), buf_to_slice(&sealed), &plain));
    ck_assert(slice_equal(buf_to_slice(&plain), SLICE("000123456789")));
    sealed.p[sealed.n - 1] ^= 1;
    ck_assert(!key_unseal(store_key(s), buf_to_slice(&sealed), &plain));
    uint8_t a[HASH_BYTES], b[HASH_BYTES];
    key_hash(store_key(s), "phone", SLICE("1"), a);
    key_hash(store_key(s), "tax_code", SLICE("1"), b);
    ck_assert_mem_ne(a, b, HASH_BYTES);
    buf_release(&sealed);
    buf_release(&plain);
    store_close(s);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("store");
    tcase_add_checked_fixture(cases, make_file, remove_files);
    tcase_add_test(cases, a_commit_raises_the_revision_and_an_empty_one_does_not);
    tcase_add_test(cases, a_second_init_is_refused_and_harms_nothing);
    tcase_add_test(cases, a_newer_file_is_refused_with_a_sentence);
    tcase_add_test(cases, a_foreign_file_is_refused);
    tcase_add_test(cases, the_public_reads_views_and_nothing_else);
    tcase_add_test(cases, every_public_view_has_the_columns_of_the_catalogue);
    tcase_add_test(cases, a_backup_holds_the_same_and_no_key);
    tcase_add_test(cases, a_check_finds_what_is_broken_and_only_that);
    tcase_add_test(cases, codes_check_themselves);
    tcase_add_test(cases, codes_are_read_as_people_write_them);
    tcase_add_test(cases, sealed_text_opens_with_its_key_only);
    Suite *suite = suite_create("store");
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
