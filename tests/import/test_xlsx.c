/* The XLSX reader against the traps of docs/traps.md, one file each. */
#include "reading.h"

static struct reading r;

START_TEST(two_headings_rows_under_a_letterhead)
{
    read_file(&r, IMPORT_ESTABLISHMENTS, "letterhead.xlsx");
    ROWS(&r, 2);
    CELL(&r, 0, NAME, "Quán Bà Tư");
    CELL(&r, 0, PHONE, "0905000001");
    CELL(&r, 1, DOCUMENT_NUMBER, "02/GCN");
    CELL(&r, 1, ISSUED_ON, "06/06/2024");
    ck_assert_uint_eq(r.rows[0].number, 10);
    ck_assert_int_eq(r.date.year, 2026);
    ck_assert_int_eq(r.date.month, 10);
    ck_assert_int_eq(r.date.day, 31);
    ck_assert_ptr_nonnull(strstr(r.explanation.p, "Liên hệ / Điện thoại"));
    reading_release(&r);
}
END_TEST

START_TEST(groups_totals_and_signatures_are_no_data)
{
    read_file(&r, IMPORT_ESTABLISHMENTS, "groups.xlsx");
    ROWS(&r, 4);
    ck_assert_str_eq(group_at(&r, 0), "Tổ dân phố 1");
    CELL(&r, 1, NAME, "Tổng Kho Miền Trung");
    ck_assert_str_eq(group_at(&r, 2), "II. Tổ dân phố 2 (1 cơ sở)");
    CELL(&r, 3, NAME, "Quán D");
    ck_assert_int_eq(r.date.day, 5);
    ck_assert_int_eq(r.date.month, 11);
    reading_release(&r);
}
END_TEST

START_TEST(merged_cells_fall_down_and_are_marked)
{
    read_file(&r, IMPORT_ESTABLISHMENTS, "merged_body.xlsx");
    ROWS(&r, 4);
    CELL(&r, 0, STREET, "Lê Lợi");
    CELL(&r, 2, STREET, "Lê Lợi");
    CELL(&r, 3, STREET, "Trần Phú");
    ck_assert_uint_eq(FLAG(&r, 0, STREET) & CELL_INHERITED, 0);
    ck_assert_uint_ne(FLAG(&r, 2, STREET) & CELL_INHERITED, 0);
    reading_release(&r);
}
END_TEST

START_TEST(hidden_rows_and_columns_are_marked_hidden_sheets_left)
{
    char path[512];
    read_file(&r, IMPORT_ESTABLISHMENTS, "hidden.xlsx");
    ROWS(&r, 2);
    CELL(&r, 0, NAME, "Quán A");
    ck_assert(!r.rows[0].is_hidden);
    ck_assert(r.rows[1].is_hidden);
    ck_assert_uint_ne(FLAG(&r, 0, PHONE) & CELL_HIDDEN, 0);
    ck_assert_uint_eq(FLAG(&r, 0, NAME) & CELL_HIDDEN, 0);
    ck_assert_ptr_nonnull(strstr(r.explanation.p, "bị ẩn"));
    reading_release(&r);

    snprintf(path, sizeof path, "%s/import/hidden.xlsx", TEST_DATA);
    read_request(&r, &(struct table_request){.path = path, .kind = IMPORT_ESTABLISHMENTS, .sheet = "nhap"});
    ROWS(&r, 1);
    CELL(&r, 0, NAME, "Quán Ẩn");
    reading_release(&r);
    read_request(&r,
                 &(struct table_request){.path = path, .kind = IMPORT_ESTABLISHMENTS, .sheet = "Không có"});
    ck_assert_int_eq(r.fault.code, FAULT_NO_SHEET);
    ck_assert_ptr_nonnull(strstr(r.fault.text, "Danh sách"));
    reading_release(&r);
}
END_TEST

START_TEST(empty_rows_are_nothing)
{
    read_file(&r, IMPORT_ESTABLISHMENTS, "empty_rows.xlsx");
    ROWS(&r, 2);
    ck_assert_uint_eq(r.rows[1].number, 4);
    reading_release(&r);
}
END_TEST

START_TEST(number_formats_show_their_zeros)
{
    read_file(&r, IMPORT_ESTABLISHMENTS, "number_formats.xlsx");
    ROWS(&r, 2);
    CELL(&r, 0, IDENTITY, "0401234567");
    CELL(&r, 0, PHONE, "0905123456");
    CELL(&r, 1, IDENTITY, "0401234567-001");
    CELL(&r, 1, PHONE, "905123457");
    reading_release(&r);
}
END_TEST

START_TEST(long_numbers_have_no_exponent)
{
    read_file(&r, IMPORT_ESTABLISHMENTS, "lost_zeros.xlsx");
    ROWS(&r, 4);
    CELL(&r, 0, PHONE, "905123458");
    CELL(&r, 1, IDENTITY, "48082001234");
    ck_assert_uint_ne(FLAG(&r, 2, IDENTITY) & CELL_LOST_DIGITS, 0);
    reading_release(&r);
}
END_TEST

START_TEST(dates_are_days_whatever_their_format)
{
    read_file(&r, IMPORT_ESTABLISHMENTS, "dates.xlsx");
    ROWS(&r, 6);
    ck_assert_int_eq(r.rows[0].cells[COLUMN_NUMBER].kind, CELL_DATE);
    CELL(&r, 0, NUMBER, "3/2");
    ck_assert_int_eq(r.rows[0].cells[COLUMN_ISSUED_ON].kind, CELL_DATE);
    CELL(&r, 0, ISSUED_ON, "15/03/2023");
    CELL(&r, 1, ISSUED_ON, "31/12/2026");
    reading_release(&r);
}
END_TEST

START_TEST(the_1904_system_is_honoured)
{
    struct date d;
    struct fault f = {0};
    read_file(&r, IMPORT_ESTABLISHMENTS, "dates_1904.xlsx");
    ROWS(&r, 2);
    CELL(&r, 0, ISSUED_ON, "15/03/2023");
    ck_assert_int_eq(clean_date(&r.rows[1].cells[COLUMN_ISSUED_ON], &d, &f), CLEAN_OK);
    ck_assert_int_eq(d.year, 2023);
    ck_assert_int_eq(d.month, 3);
    ck_assert_int_eq(d.day, 15);
    reading_release(&r);
}
END_TEST

START_TEST(rich_text_is_whole_and_phonetics_are_left_out)
{
    read_file(&r, IMPORT_ESTABLISHMENTS, "texts.xlsx");
    ROWS(&r, 5);
    CELL(&r, 0, NAME, "Quán Cô Ba");
    CELL(&r, 1, NAME, "Quán Cô Ba");
    CELL(&r, 2, NAME, "東京 Sushi");
    CELL(&r, 3, NAME, "Quán bánh Huế");
    CELL(&r, 4, NAME, "Xuống dòng");
    reading_release(&r);
}
END_TEST

START_TEST(old_fonts_tell_their_encoding)
{
    read_file(&r, IMPORT_ESTABLISHMENTS, "fonts.xlsx");
    ROWS(&r, 4);
    CELL(&r, 0, NAME, "Quán cơm Bà Tư");
    CELL(&r, 0, ADDRESS, "12 Lê Lợi");
    CELL(&r, 1, NAME, "QUẦY THUỐC");
    CELL(&r, 2, NAME, "Quán ăn Hương");
    CELL(&r, 3, NAME, "Quán Hương");
    ck_assert_uint_ne(FLAG(&r, 0, NAME) & CELL_DECODED, 0);
    ck_assert_uint_eq(FLAG(&r, 3, NAME) & CELL_DECODED, 0);
    reading_release(&r);
}
END_TEST

START_TEST(broken_cells_say_so)
{
    struct fault f = {0};
    struct arena a = {0};
    struct slice phone;
    read_file(&r, IMPORT_ESTABLISHMENTS, "broken_cells.xlsx");
    ROWS(&r, 3);
    ck_assert_uint_ne(FLAG(&r, 0, PHONE) & CELL_NO_RESULT, 0);
    ck_assert_int_eq(clean_phone(&r.rows[0].cells[COLUMN_PHONE], &a, &phone, &f), CLEAN_BAD);
    ck_assert_ptr_nonnull(strstr(f.text, "công thức"));
    CELL(&r, 1, NAME, "Quán B");
    ck_assert_int_eq(r.rows[1].cells[COLUMN_PHONE].kind, CELL_ERROR);
    ck_assert_int_eq(r.rows[2].cells[COLUMN_ADDRESS].kind, CELL_ERROR);
    arena_release(&a);
    reading_release(&r);
}
END_TEST

START_TEST(the_first_of_two_equal_headings_is_taken)
{
    read_file(&r, IMPORT_ESTABLISHMENTS, "duplicate_headings.xlsx");
    ROWS(&r, 1);
    CELL(&r, 0, NAME, "Quán A");
    CELL(&r, 0, PHONE, "0905000001");
    ck_assert_ptr_nonnull(strstr(r.explanation.p, "trùng ý"));
    reading_release(&r);
}
END_TEST

START_TEST(hostile_files_end_with_a_sentence)
{
    static const struct {
        const char *name;
        enum fault_code code;
    } files[] = {{"hostile_entities.xlsx", FAULT_FILE_FORMAT},
                 {"hostile_bomb.xlsx", FAULT_FILE_TOO_LARGE},
                 {"hostile_columns.xlsx", FAULT_TOO_LARGE},
                 {"hostile_cut.xlsx", FAULT_FILE_FORMAT}};
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        read_file(&r, IMPORT_ESTABLISHMENTS, files[i].name);
        ck_assert_int_eq(r.fault.code, files[i].code);
        ck_assert_uint_gt(strlen(r.fault.text), 10);
        reading_release(&r);
    }
}
END_TEST

START_TEST(a_sheet_that_declares_the_whole_grid_is_small)
{
    read_file(&r, IMPORT_ESTABLISHMENTS, "hostile_declared.xlsx");
    ROWS(&r, 1);
    reading_release(&r);
}
END_TEST

/* Every prefix of a good file is a damaged file: none may crash, all must say something. */
START_TEST(a_file_cut_anywhere_is_refused)
{
    struct buf whole = {0};
    struct fault f = {0};
    char path[512];
    snprintf(path, sizeof path, "%s/import/texts.xlsx", TEST_DATA);
    ck_assert(file_read(path, 1 << 20, &whole, &f));
    for (size_t n = 4; n + 22 < whole.n; n += 7) {
        const char *cut = file_of(whole.p, n);
        read_request(&r, &(struct table_request){.path = cut, .kind = IMPORT_ESTABLISHMENTS});
        ck_assert_int_ne(r.fault.code, FAULT_NONE);
        reading_release(&r);
        unlink(cut);
    }
    buf_release(&whole);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {two_headings_rows_under_a_letterhead,
                                  groups_totals_and_signatures_are_no_data,
                                  merged_cells_fall_down_and_are_marked,
                                  hidden_rows_and_columns_are_marked_hidden_sheets_left,
                                  empty_rows_are_nothing,
                                  number_formats_show_their_zeros,
                                  long_numbers_have_no_exponent,
                                  dates_are_days_whatever_their_format,
                                  the_1904_system_is_honoured,
                                  rich_text_is_whole_and_phonetics_are_left_out,
                                  old_fonts_tell_their_encoding,
                                  broken_cells_say_so,
                                  the_first_of_two_equal_headings_is_taken,
                                  hostile_files_end_with_a_sentence,
                                  a_sheet_that_declares_the_whole_grid_is_small,
                                  a_file_cut_anywhere_is_refused};
    return run_cases("xlsx", tests, COUNT_OF(tests));
}
