/* Binary Excel files (trap 23), written by another program: tests/import/make_xls.py. */
#include "reading.h"

static struct reading r;

START_TEST(a_clerks_file_of_2009)
{
    read_file(&r, IMPORT_ESTABLISHMENTS, "clerk_2009.xls");
    ROWS(&r, 65);
    ck_assert_int_eq(r.date.year, 2009);
    ck_assert_uint_eq(r.rows[0].number, 5);
    CELL(&r, 0, NAME, "Quán Bà Tư");
    CELL(&r, 0, PHONE, "905000001"); /* the zero is put back by the cleaner */
    CELL(&r, 0, ISSUED_ON, "05/06/2009");
    CELL(&r, 0, IDENTITY, "0401234567");
    ck_assert_ptr_nonnull(strstr(r.explanation.p, "Tệp XLS, trang \"Danh sách 2009\", tiêu đề ở dòng 4"));
    ck_assert_ptr_nonnull(strstr(r.explanation.p, "Trang \"Nháp\" (bị ẩn)"));
    reading_release(&r);
}
END_TEST

START_TEST(formulas_have_their_results)
{
    read_file(&r, IMPORT_ESTABLISHMENTS, "clerk_2009.xls");
    CELL(&r, 1, NAME, "Quán Cô Ba");
    CELL(&r, 1, PHONE, "905000002");
    CELL(&r, 1, ISSUED_ON, "06/06/2009");
    ck_assert_int_eq(r.rows[1].cells[COLUMN_IDENTITY].kind, CELL_ERROR);
    reading_release(&r);
}
END_TEST

START_TEST(merged_cells_fall_hidden_rows_and_columns_are_marked)
{
    read_file(&r, IMPORT_ESTABLISHMENTS, "clerk_2009.xls");
    CELL(&r, 0, ADDRESS, "12 Lê Lợi");
    CELL(&r, 2, ADDRESS, "12 Lê Lợi");
    ck_assert_uint_eq(FLAG(&r, 0, ADDRESS) & CELL_INHERITED, 0);
    ck_assert_uint_ne(FLAG(&r, 2, ADDRESS) & CELL_INHERITED, 0);
    ck_assert(!r.rows[2].is_hidden);
    ck_assert(r.rows[3].is_hidden);
    ck_assert_uint_ne(FLAG(&r, 3, NAME) & CELL_HIDDEN, 0);
    reading_release(&r);
}
END_TEST

START_TEST(fonts_tell_tcvn3_in_cells_and_in_runs)
{
    read_file(&r, IMPORT_ESTABLISHMENTS, "clerk_2009.xls");
    CELL(&r, 2, NAME, "Quán cơm Bà Tư");
    ck_assert_uint_ne(FLAG(&r, 2, NAME) & CELL_DECODED, 0);
    CELL(&r, 3, NAME, "Quán bánh Huế");
    CELL(&r, 3, ADDRESS, "14 Lê Lợi");
    CELL(&r, 4, NAME, "Quán Hương");
    CELL(&r, 4, PHONE, "TRUE");
    reading_release(&r);
}
END_TEST

/* 60 notes of 500 letters: their texts go on over many records, cut anywhere. */
START_TEST(long_texts_are_whole_across_records)
{
    read_file(&r, IMPORT_ESTABLISHMENTS, "clerk_2009.xls");
    for (uint32_t i = 5; i < READING_ROWS; i++) {
        char name[40], address[40], note[40];
        snprintf(name, sizeof name, "Quán số %u", i - 5);
        snprintf(address, sizeof address, "%u Lê Lợi", 15 + i);
        snprintf(note, sizeof note, "Ghi chú dài %u: ", i - 5);
        ck_assert_str_eq(text_at(&r, i, COLUMN_NAME), name);
        ck_assert_str_eq(text_at(&r, i, COLUMN_ADDRESS), address);
        struct slice raw = r.rows[i].raw;
        ck_assert_int_ge(slice_find(raw, slice_of(note)), 0);
        ck_assert(slice_ends(raw, SLICE("đã kiểm tra,")));
    }
    reading_release(&r);
}
END_TEST

START_TEST(the_1904_system_and_formulas_never_computed)
{
    read_file(&r, IMPORT_ESTABLISHMENTS, "clerk_1904.xls");
    ROWS(&r, 2);
    CELL(&r, 0, ISSUED_ON, "15/03/2023");
    ck_assert_uint_ne(FLAG(&r, 1, NAME) & CELL_NO_RESULT, 0);
    CELL(&r, 1, ADDRESS, "3 Lê Lợi");
    reading_release(&r);
}
END_TEST

START_TEST(excel_5_writes_bytes)
{
    read_file(&r, IMPORT_ESTABLISHMENTS, "excel_5.xls");
    ROWS(&r, 2);
    CELL(&r, 0, NAME, "Quán cơm Bà Tư");
    CELL(&r, 0, ADDRESS, "12 Lê Lợi");
    CELL(&r, 0, IDENTITY, "0401234567");
    CELL(&r, 1, NAME, "Quán Trà");
    CELL(&r, 1, ADDRESS, "14 Hoà Bình");
    CELL(&r, 1, IDENTITY, "401234568");
    ck_assert_ptr_nonnull(strstr(r.explanation.p, "trang \"Danh sách\""));
    reading_release(&r);
}
END_TEST

START_TEST(a_password_is_said)
{
    read_file(&r, IMPORT_ESTABLISHMENTS, "hostile_password.xls");
    ck_assert_int_eq(r.fault.code, FAULT_FILE_FORMAT);
    ck_assert_ptr_nonnull(strstr(r.fault.text, "mật khẩu"));
    reading_release(&r);
}
END_TEST

/* A file cut anywhere is refused or gives rows of the part that is whole; it never says that it is complete.
 */
START_TEST(a_file_cut_anywhere_is_refused)
{
    char path[512];
    struct buf whole = {0};
    struct fault f = {0};
    snprintf(path, sizeof path, "%s/import/clerk_2009.xls", TEST_DATA);
    ck_assert(file_read(path, 1 << 20, &whole, &f));
    for (size_t n = 600; n < whole.n - 4096; n += 1511) {
        const char *cut = file_of(whole.p, n);
        read_request(&r, &(struct table_request){.path = cut, .kind = IMPORT_ESTABLISHMENTS});
        ck_assert_msg(r.fault.code != FAULT_NONE, "cut at %zu", n);
        reading_release(&r);
        unlink(cut);
    }
    buf_release(&whole);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_clerks_file_of_2009,
                                  formulas_have_their_results,
                                  merged_cells_fall_hidden_rows_and_columns_are_marked,
                                  fonts_tell_tcvn3_in_cells_and_in_runs,
                                  long_texts_are_whole_across_records,
                                  the_1904_system_and_formulas_never_computed,
                                  excel_5_writes_bytes,
                                  a_password_is_said,
                                  a_file_cut_anywhere_is_refused};
    return run_cases("xls", tests, COUNT_OF(tests));
}
