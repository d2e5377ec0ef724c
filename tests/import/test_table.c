/* Files that are not XLSX, and the rules that hold for all of them. */
#include "reading.h"

static struct reading r;

START_TEST(all_text_csv)
{
    read_file(&r, IMPORT_ESTABLISHMENTS, "all_text.csv");
    ROWS(&r, 2);
    CELL(&r, 0, NAME, "Quán A");
    CELL(&r, 1, PHONE, "0905000002");
    ck_assert_uint_eq(r.rows[1].number, 3);
    reading_release(&r);
}
END_TEST

START_TEST(semicolons_mark_and_line_ends_in_quotes)
{
    read_file(&r, IMPORT_ESTABLISHMENTS, "semicolon.csv");
    ROWS(&r, 1);
    CELL(&r, 0, NAME, "Quán \"Ba\" A");
    CELL(&r, 0, ADDRESS, "1 Lê Lợi Hải Châu");
    reading_release(&r);
}
END_TEST

START_TEST(utf16_with_and_without_mark)
{
    static const char *const files[] = {"utf16.csv", "utf16_big_no_mark.csv"};
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        read_file(&r, IMPORT_ESTABLISHMENTS, files[i]);
        ROWS(&r, 1);
        CELL(&r, 0, ADDRESS, "1 Lê Lợi, Hải Châu");
        reading_release(&r);
    }
}
END_TEST

START_TEST(separator_line_is_no_heading)
{
    read_file(&r, IMPORT_ESTABLISHMENTS, "sep.csv");
    ROWS(&r, 1);
    CELL(&r, 0, ADDRESS, "1, Lê Lợi");
    ck_assert_uint_eq(r.rows[0].number, 3);
    reading_release(&r);
}
END_TEST

START_TEST(a_quote_never_closed_costs_no_row)
{
    read_file(&r, IMPORT_ESTABLISHMENTS, "unclosed_quote.csv");
    ROWS(&r, 3);
    CELL(&r, 2, NAME, "Quán C");
    reading_release(&r);
}
END_TEST

START_TEST(legacy_bytes)
{
    static const char *const files[] = {"cp1258.csv", "tcvn3.csv"};
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        read_file(&r, IMPORT_ESTABLISHMENTS, files[i]);
        ROWS(&r, 4);
        CELL(&r, 0, OWNER, "Nguyễn Thị Tư");
        CELL(&r, 1, ADDRESS, "14 Lê Đình Lý");
        CELL(&r, 3, NAME, "Cà phê Sữa");
        ck_assert_uint_ne(FLAG(&r, 0, NAME) & CELL_DECODED, 0);
        reading_release(&r);
    }
}
END_TEST

START_TEST(mojibake_cell_by_cell)
{
    read_file(&r, IMPORT_ESTABLISHMENTS, "mojibake.csv");
    ROWS(&r, 2);
    CELL(&r, 0, NAME, "Quán ăn Bà Tư");
    CELL(&r, 0, OWNER, "Nguyễn Thị Tư");
    CELL(&r, 0, ADDRESS, "12 Lê Lợi, Hải Châu");
    CELL(&r, 1, NAME, "Quán Huế");
    reading_release(&r);
}
END_TEST

START_TEST(two_heading_rows_without_merges)
{
    read_file(&r, IMPORT_ESTABLISHMENTS, "two_rows.csv");
    ROWS(&r, 2);
    CELL(&r, 0, PHONE, "0905000001");
    reading_release(&r);
}
END_TEST

START_TEST(a_web_page_named_xls)
{
    read_file(&r, IMPORT_ESTABLISHMENTS, "page.xls");
    ROWS(&r, 2);
    CELL(&r, 0, NAME, "Quán A & B Cô Đào");
    CELL(&r, 1, NAME, "Quán C – Trần Phú");
    CELL(&r, 0, QR, "Có");
    CELL(&r, 1, POS, "Có");
    ck_assert(r.rows[1].is_hidden);
    reading_release(&r);
}
END_TEST

START_TEST(ods_keeps_its_headings)
{
    read_file(&r, IMPORT_ESTABLISHMENTS, "list.ods");
    ROWS(&r, 2);
    CELL(&r, 0, NAME, "Quán A");
    ck_assert_uint_eq(r.rows[1].number, 3);
    reading_release(&r);
}
END_TEST

/* First point of a little-endian WKB line (or a point, with `at` 5). */
static struct lonlat first_point(struct slice wkb, size_t at)
{
    struct lonlat p;
    ck_assert_uint_ge(wkb.n, at + 16);
    memcpy(&p.lon, wkb.p + at, 8);
    memcpy(&p.lat, wkb.p + at + 8, 8);
    return p;
}

START_TEST(metres_become_degrees)
{
    read_file(&r, IMPORT_STREETS, "street_5899.geojson");
    ROWS(&r, 1);
    CELL(&r, 0, NAME, "Lê Lợi");
    CELL(&r, 0, CODE, "D01");
    CELL(&r, 0, ALIASES, "Le Loi;Đường 1");
    struct lonlat p = first_point(r.rows[0].wkb, 9);
    ck_assert_double_eq_tol(p.lon, 108.2205, 2e-8);
    ck_assert_double_eq_tol(p.lat, 16.0421, 2e-8);
    reading_release(&r);
}
END_TEST

START_TEST(a_shapefile_that_hides_its_shift)
{
    read_file(&r, IMPORT_MARKETS, "markets_shp.zip");
    ROWS(&r, 1);
    CELL(&r, 0, NAME, "Chợ Cồn");
    CELL(&r, 0, CODE, "CHO01");
    struct lonlat p = first_point(r.rows[0].wkb, 5);
    ck_assert_double_eq_tol(p.lon, 108.2205, 2e-8);
    ck_assert_double_eq_tol(p.lat, 16.0421, 2e-8);
    reading_release(&r);
}
END_TEST

START_TEST(metres_of_no_system_are_not_guessed)
{
    char path[512];
    read_file(&r, IMPORT_STREETS, "street_metres.geojson");
    ck_assert_int_eq(r.fault.code, FAULT_FILE_FORMAT);
    reading_release(&r);
    snprintf(path, sizeof path, "%s/import/street_metres.geojson", TEST_DATA);
    read_request(&r, &(struct table_request){.path = path, .kind = IMPORT_STREETS, .crs = "EPSG:5899"});
    ROWS(&r, 1);
    ck_assert_double_eq_tol(first_point(r.rows[0].wkb, 9).lon, 108.2205, 2e-8);
    reading_release(&r);
    read_request(&r, &(struct table_request){.path = path, .kind = IMPORT_STREETS, .crs = "EPSG:6959"});
    ck_assert_int_eq(r.fault.code, FAULT_BAD_PARAMETER);
    reading_release(&r);
    read_file(&r, IMPORT_STREETS, "street_6959.geojson");
    ck_assert_int_eq(r.fault.code, FAULT_BAD_PARAMETER);
    reading_release(&r);
}
END_TEST

START_TEST(a_stall_plan_with_underscores)
{
    read_file(&r, IMPORT_STALL_PLANS, "stall_plan.geojson");
    ROWS(&r, 1);
    CELL(&r, 0, MARKET, "CHO01");
    CELL(&r, 0, ZONE, "A");
    CELL(&r, 0, STALL_KIND, "Ki-ốt");
    CELL(&r, 0, STALL_NUMBER, "K-05");
    ck_assert_uint_eq(r.rows[0].wkb.n, 13 + 4 * 16); /* flat, though the file has heights */
    reading_release(&r);
}
END_TEST

START_TEST(one_osm_extract_fills_three_lists)
{
    read_file(&r, IMPORT_OSM, "extract.osm");
    ROWS(&r, 4);
    CELL(&r, 0, LAYER, "addresses");
    CELL(&r, 0, NUMBER, "12");
    CELL(&r, 0, STREET, "Lê Lợi");
    CELL(&r, 1, LAYER, "streets");
    CELL(&r, 1, ALIASES, "Le Loi");
    CELL(&r, 2, LAYER, "roads");
    CELL(&r, 3, LAYER, "water");
    reading_release(&r);
}
END_TEST

START_TEST(a_row_of_a_million_columns_ends_with_a_sentence)
{
    struct buf wide = {0};
    buf_text(&wide, "Tên cơ sở,Địa chỉ\nQuán A,1 Lê Lợi\n");
    for (int i = 0; i < 1000000; i++) {
        buf_char(&wide, ',');
    }
    buf_char(&wide, '\0');
    read_text(&r, IMPORT_ESTABLISHMENTS, wide.p);
    ck_assert_int_eq(r.fault.code, FAULT_TOO_LARGE);
    buf_release(&wide);
    reading_release(&r);
}
END_TEST

START_TEST(a_file_without_headings_says_what_it_needs)
{
    read_text(&r, IMPORT_ESTABLISHMENTS, "xin chào\n1;2;3\n");
    ck_assert_int_eq(r.fault.code, FAULT_NO_HEADER);
    reading_release(&r);
    read_request(&r, &(struct table_request){.path = "/nowhere/x.csv", .kind = IMPORT_STREETS});
    ck_assert_int_eq(r.fault.code, FAULT_FILE_MISSING);
    reading_release(&r);
}
END_TEST

START_TEST(a_list_of_one_column)
{
    read_text(&r, IMPORT_STREETS, "Tên đường\nĐường 2 Tháng 9\nLê Lợi\nPhố Đi Bộ\n");
    ROWS(&r, 3);
    CELL(&r, 0, NAME, "Đường 2 Tháng 9");
    reading_release(&r);
}
END_TEST

/* A street with nothing beside it is a row of a list of streets, not a group of anything. */
START_TEST(bare_rows_of_reference_lists_are_data)
{
    read_text(&r, IMPORT_STREETS, "Tên,Mã,Tên khác\nĐường số 5,,\nTổ 3,D2,\n");
    ROWS(&r, 2);
    reading_release(&r);
    read_text(&r, IMPORT_ADDRESSES,
              "Đường,Số nhà,Kinh độ,Vĩ độ\nĐường 2/9,12,108.22,16.04\nLê Lợi,14,108.221,16.041\n");
    ROWS(&r, 2);
    CELL(&r, 0, STREET, "Đường 2/9");
    reading_release(&r);
}
END_TEST

START_TEST(stalls_with_letters_are_no_groups)
{
    read_text(&r, IMPORT_STALLS, "Mã chợ,Khu,Số sạp,Tiểu thương\nCHO01,A,1,Lê A\n,C,K12,\nCHO01,I,2,\n");
    ROWS(&r, 3);
    CELL(&r, 1, STALL_NUMBER, "K12");
    reading_release(&r);
}
END_TEST

START_TEST(raw_is_the_row_as_typed)
{
    read_text(&r, IMPORT_ESTABLISHMENTS, "Tên cơ sở,Lạ,Địa chỉ\nQuán A,giữ lại,1 Lê Lợi\n");
    ROWS(&r, 1);
    ck_assert_str_eq(arena_text(&r.memory, r.rows[0].raw), "Quán A\tgiữ lại\t1 Lê Lợi");
    reading_release(&r);
}
END_TEST

START_TEST(a_mapping_overrides_the_headings)
{
    const char *path =
        file_of("Cột lạ;Chỗ;X\nQuán A;1 Lê Lợi;bỏ\n", strlen("Cột lạ;Chỗ;X\nQuán A;1 Lê Lợi;bỏ\n"));
    struct slice mapping =
        slice_of("{\"columns\": {\"cột lạ\": \"name\", \"Chỗ\": \"address\", \"X\": null}}");
    read_request(
        &r, &(struct table_request){.path = path, .kind = IMPORT_ESTABLISHMENTS, .mapping_json = mapping});
    ROWS(&r, 1);
    CELL(&r, 0, NAME, "Quán A");
    CELL(&r, 0, ADDRESS, "1 Lê Lợi");
    CELL(&r, 0, X, "");
    reading_release(&r);
    read_request(&r, &(struct table_request){.path = path,
                                             .kind = IMPORT_ESTABLISHMENTS,
                                             .mapping_json = slice_of("{\"Chỗ\": \"nowhere\"}")});
    ck_assert_int_eq(r.fault.code, FAULT_BAD_VALUE);
    reading_release(&r);
    unlink(path);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {all_text_csv,
                                  semicolons_mark_and_line_ends_in_quotes,
                                  utf16_with_and_without_mark,
                                  separator_line_is_no_heading,
                                  a_quote_never_closed_costs_no_row,
                                  legacy_bytes,
                                  mojibake_cell_by_cell,
                                  two_heading_rows_without_merges,
                                  a_web_page_named_xls,
                                  ods_keeps_its_headings,
                                  metres_become_degrees,
                                  a_shapefile_that_hides_its_shift,
                                  metres_of_no_system_are_not_guessed,
                                  a_stall_plan_with_underscores,
                                  one_osm_extract_fills_three_lists,
                                  a_row_of_a_million_columns_ends_with_a_sentence,
                                  a_file_without_headings_says_what_it_needs,
                                  a_list_of_one_column,
                                  bare_rows_of_reference_lists_are_data,
                                  stalls_with_letters_are_no_groups,
                                  raw_is_the_row_as_typed,
                                  a_mapping_overrides_the_headings};
    return run_cases("table", tests, COUNT_OF(tests));
}
