/* Our ODS reader over its fixtures (make_ods.py): what is merged, hidden, formatted, repeated, broken. */
#include "reading.h"

static struct reading r;

START_TEST(merged_cells_fall_down_and_are_marked)
{
    read_file(&r, IMPORT_ESTABLISHMENTS, "office.ods");
    ROWS(&r, 6);
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
    read_file(&r, IMPORT_ESTABLISHMENTS, "office.ods");
    ROWS(&r, 6);
    ck_assert(!r.rows[0].is_hidden);
    ck_assert(r.rows[1].is_hidden);
    ck_assert(r.rows[3].is_hidden); /* left out by a filter */
    ck_assert_uint_ne(FLAG(&r, 0, PHONE) & CELL_HIDDEN, 0);
    ck_assert_uint_eq(FLAG(&r, 0, NAME) & CELL_HIDDEN, 0);
    ck_assert_ptr_nonnull(strstr(r.explanation.p, "bị ẩn"));
    reading_release(&r);

    snprintf(path, sizeof path, "%s/import/office.ods", TEST_DATA);
    read_request(&r, &(struct table_request){.path = path, .kind = IMPORT_ESTABLISHMENTS, .sheet = "nhap"});
    ROWS(&r, 1);
    CELL(&r, 0, NAME, "Quán Ẩn");
    reading_release(&r);
}
END_TEST

START_TEST(values_are_what_a_person_sees)
{
    read_file(&r, IMPORT_ESTABLISHMENTS, "office.ods");
    ROWS(&r, 6);
    CELL(&r, 0, PHONE, "0905123456");     /* as its format shows it */
    CELL(&r, 0, IDENTITY, "48082001234"); /* not as "4.81E+10" */
    CELL(&r, 2, NAME, "Quán C Hai!");     /* without the comment and the phonetic text */
    CELL(&r, 2, NUMBER, "3/2");
    ck_assert_int_eq(r.rows[2].cells[COLUMN_NUMBER].kind, CELL_DATE);
    CELL(&r, 3, NAME, "Quán D"); /* typed in .VnTime */
    ck_assert_uint_ne(FLAG(&r, 3, NAME) & CELL_DECODED, 0);
    reading_release(&r);
}
END_TEST

START_TEST(broken_cells_say_so)
{
    read_file(&r, IMPORT_ESTABLISHMENTS, "office.ods");
    ROWS(&r, 6);
    ck_assert_uint_ne(FLAG(&r, 2, IDENTITY) & CELL_NO_RESULT, 0);
    ck_assert_int_eq(r.rows[2].cells[COLUMN_ADDRESS].kind, CELL_ERROR);
    reading_release(&r);
}
END_TEST

START_TEST(repeated_rows_and_cells_are_rows_and_cells)
{
    read_file(&r, IMPORT_ESTABLISHMENTS, "office.ods");
    ROWS(&r, 6);
    ck_assert_uint_eq(r.rows[4].number, 47);
    ck_assert_uint_eq(r.rows[5].number, 48);
    CELL(&r, 4, NUMBER, "4");
    CELL(&r, 5, NAME, "4");
    CELL(&r, 5, ADDRESS, "Quán Huế"); /* one run of it in .VnTime */
    reading_release(&r);
}
END_TEST

START_TEST(hostile_files_end_with_a_sentence)
{
    static const struct {
        const char *name, *says;
        enum fault_code code;
    } files[] = {{"hostile_bomb.ods", "giải nén", FAULT_FILE_TOO_LARGE},
                 {"hostile_entities.ods", "DOCTYPE", FAULT_FILE_FORMAT},
                 {"hostile_repeated.ods", "lặp lại", FAULT_FILE_TOO_LARGE},
                 {"hostile_rows.ods", "lặp lại", FAULT_FILE_TOO_LARGE},
                 {"hostile_columns.ods", "16384", FAULT_TOO_LARGE},
                 {"hostile_cut.ods", "XML", FAULT_FILE_FORMAT},
                 {"hostile_password.ods", "mật khẩu", FAULT_FILE_FORMAT}};
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        read_file(&r, IMPORT_ESTABLISHMENTS, files[i].name);
        ck_assert_msg(r.fault.code == files[i].code && strstr(r.fault.text, files[i].says), "%s: %d %s",
                      files[i].name, r.fault.code, r.fault.text);
        reading_release(&r);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {merged_cells_fall_down_and_are_marked,
                                  hidden_rows_and_columns_are_marked_hidden_sheets_left,
                                  values_are_what_a_person_sees,
                                  broken_cells_say_so,
                                  repeated_rows_and_cells_are_rows_and_cells,
                                  hostile_files_end_with_a_sentence};
    return run_cases("ods", tests, COUNT_OF(tests));
}
