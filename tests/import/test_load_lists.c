/* Loading of food safety, pilots, evidence and the gazetteer: documents and their ends, references, states.
 */
#include "load_fixture.h"

static void some_places(void)
{
    import_list(IMPORT_MARKETS, MARKETS);
    import_list(IMPORT_STALLS, STALLS);
    import_list(IMPORT_ESTABLISHMENTS, "Mã cơ sở,Tên cơ sở,Chủ hộ,Địa chỉ,Kinh độ,Vĩ độ\n"
                                       "E1,Phở Bắc,Nguyễn Văn Một,12 Lê Lợi,108.2205,16.0421\n"
                                       "E2,Bún Bò,Trần Thị Hai,14 Lê Lợi,108.2206,16.0421\n");
    COUNTS(2, 0, 0, 0, 0);
}

/* --- food safety --- */

START_TEST(a_certificates_end_is_the_printed_one_else_three_years_on)
{
    some_places();
    import_list(IMPORT_FOOD_SAFETY, "Mã cơ sở,Tên cơ sở,Số giấy chứng nhận,Ngày cấp,Ngày hết hạn\n"
                                    "E1,Phở Bắc,01/ATTP,29/02/2024,\n"
                                    "E2,Bún Bò,02/ATTP,21/11/2023,30/06/2027\n");
    COUNTS(2, 0, 0, 0, 0);
    ck_assert_uint_eq(ward.sum.position[POSITION_GPS], 2);
    ck_assert_str_eq(text_of("SELECT expires_on || expires_source FROM fs_document WHERE number = '01/ATTP'"),
                     "2027-02-28computed");
    ck_assert_str_eq(text_of("SELECT expires_on || expires_source FROM fs_document WHERE number = '02/ATTP'"),
                     "2027-06-30printed");
    ck_assert_int_eq(number("SELECT count(*) FROM place"), 6); /* no new place */
    ck_assert_str_eq(text_of("SELECT group_concat(DISTINCT regime) FROM fs_place"), "certificate");
}
END_TEST

START_TEST(a_printed_end_before_the_issue_is_not_believed)
{
    some_places();
    import_list(IMPORT_FOOD_SAFETY, "Mã cơ sở,Tên cơ sở,Số giấy chứng nhận,Ngày cấp,Ngày hết hạn\nE1,Phở "
                                    "Bắc,01/ATTP,01/02/2024,01/01/2024\n");
    COUNTS(1, 0, 0, 0, 0);
    ck_assert_str_eq(text_of("SELECT expires_on FROM fs_document"), "(null)");
    ck_assert(file_holds("test_load_report.csv", "Ngày hết hạn"));
}
END_TEST

START_TEST(rounds_in_one_cell_are_inspections)
{
    some_places();
    static const char LIST[] =
        "Tên cơ sở,Tên chủ cơ sở,Địa chỉ,Ngày kí cam kết(3 năm),Kiểm tra,Nội dung không đạt\n"
        "Phở Bắc,Nguyễn Văn Một,12 Lê Lợi,05/03/2024,\"Đợt 1:Ngày kiểm tra: 22-03-2019.Kết quả: Đạt.Đợt "
        "2:Ngày kiểm "
        "tra: 05-11-2020.Kết quả: Không đạt.\",\n";
    import_list(IMPORT_FOOD_SAFETY, LIST);
    COUNTS(1, 0, 0, 0, 0);
    ck_assert_int_eq(number("SELECT count(*) FROM place"), 6); /* found by name and address */
    ck_assert_str_eq(
        text_of("SELECT group_concat(round || inspected_on || result) FROM (SELECT * FROM fs_inspection"
                " ORDER BY inspected_on)"),
        "12019-03-22pass,22020-11-05fail");
    ck_assert_str_eq(text_of("SELECT regime FROM fs_place"), "commitment");
    ck_assert_str_eq(text_of("SELECT expires_on FROM fs_document"), "2027-03-05");
    import_list(IMPORT_FOOD_SAFETY, LIST);
    COUNTS(0, 0, 1, 0, 0);
}
END_TEST

START_TEST(letters_count_only_before_2025_and_never_is_no_inspection)
{
    some_places();
    import_list(IMPORT_FOOD_SAFETY,
                "Mã cơ sở,Tên cơ sở,Ngày kiểm tra,Kết quả kiểm tra\n"
                "E1,Phở Bắc,14/01/2025,B\nE2,Bún Bò,15/01/2025,B\nS1,Rau Bốn,chưa kiểm tra,\n");
    COUNTS(3, 0, 0, 0, 0);
    ck_assert_str_eq(
        text_of("SELECT result || vocabulary FROM fs_inspection WHERE inspected_on = '2025-01-14'"),
        "passABC_2018");
    ck_assert_str_eq(
        text_of("SELECT coalesce(result, 'none') || vocabulary FROM fs_inspection WHERE inspected_on ="
                " '2025-01-15'"),
        "noneDAT_KHONGDAT");
    ck_assert_int_eq(number("SELECT count(*) FROM fs_inspection"), 2);
}
END_TEST

START_TEST(an_unknown_food_place_is_a_new_establishment_and_findings_are_sealed)
{
    import_list(IMPORT_FOOD_SAFETY,
                "Tên cơ sở,Địa chỉ,Kinh độ,Vĩ độ,Ngày kiểm tra,Kết quả,Nội dung không đạt\n"
                "Chè Mới,5 Lê Lợi,108.2205,16.0421,01/10/2026,Không đạt,Bếp bẩn xyzzy\n");
    COUNTS(1, 0, 0, 0, 0);
    ck_assert_int_eq(number("SELECT count(*) FROM establishment"), 1);
    ck_assert_int_eq(
        number("SELECT count(*) FROM restricted WHERE owner = 'inspection' AND field = 'findings'"), 1);
    ck_assert_int_eq(
        sqlite3_wal_checkpoint_v2(store_handle(ward.store), NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL),
        SQLITE_OK);
    ck_assert(!file_holds(WARD, "xyzzy"));
}
END_TEST

/* --- pilots --- */

static const char MEMBERS[] = "Mã mô hình,Tên mô hình,Loại mô hình,Quyết định,Mã điểm,Mã chợ,Khu,Loại sạp,Số "
                              "sạp,Ngày tham gia,Ngày rời\n"
                              "MH1,Chợ số,chợ,12/QĐ,S1,,,,,01/02/2026,\n"
                              "MH1,,,,,C1,A,Sạp,1,01/02/2026,01/06/2026\n"
                              "MH1,,,,,C1,,,1,01/02/2026,\n"      /* three stalls have this number */
                              "MH1,,,,KHONG-CO,,,,,01/02/2026,\n" /* no such place */
                              "MH1,,,,S3,,,,,,\n"                 /* no join date */
                              "MH1,,,,,C1,B,Quầy,12A,03/02/2026,01/01/2026\n"; /* left before it joined */

START_TEST(members_are_found_by_number_or_stall_and_need_a_join_date)
{
    some_places();
    import_list(IMPORT_PILOTS, MEMBERS);
    COUNTS(2, 0, 0, 3, 1);
    ck_assert_int_eq(number("SELECT count(*) FROM pilot_member"), 2);
    ck_assert_int_eq(number("SELECT json_array_length(candidates) FROM review"), 3);
    ck_assert_str_eq(text_of("SELECT name || type || decision FROM pilot"), "Chợ sốmarket12/QĐ");
    ck_assert(file_holds("test_load_report.csv", "establishments"));
    import_list(IMPORT_PILOTS, MEMBERS);
    COUNTS(0, 0, 3, 3, 0);
}
END_TEST

START_TEST(a_leave_date_updates_the_membership)
{
    some_places();
    import_list(IMPORT_PILOTS,
                "Mã mô hình,Tên mô hình,Mã điểm,Ngày tham gia,Ngày rời\nMH1,Chợ số,S1,01/02/2026,\n");
    import_list(
        IMPORT_PILOTS,
        "Mã mô hình,Tên mô hình,Mã điểm,Ngày tham gia,Ngày rời\nMH1,Chợ số,S1,01/02/2026,01/09/2026\n");
    COUNTS(0, 1, 0, 0, 0);
    ck_assert_str_eq(text_of("SELECT joined_on || left_on FROM pilot_member"), "2026-02-012026-09-01");
}
END_TEST

/* --- evidence --- */

#define EVIDENCE "Mã điểm,Loại minh chứng,Phương thức,Ngày,Kết quả,Số biên bản,Cán bộ,Trạng thái\n"

START_TEST(evidence_without_a_state_is_submitted_and_verified_needs_an_officer)
{
    some_places();
    import_list(IMPORT_PAYMENTS, EVIDENCE "S1,biên bản,QR,01/10/2026,Đạt,BB1,,\n"
                                          "S1,E3,QR,01/10/2026,Đạt,,Lan,đã xác minh\n"
                                          "S2,E1,QR,01/10/2026,Đạt,BB2,,đã xác minh\n"
                                          "S2,E1,QR,23/11/2026,Đạt,BB3,Lan,chờ\n"
                                          "KHONG,E1,QR,01/10/2026,Đạt,BB3,Lan,chờ\n"
                                          "S2,ảnh,POS,01/10/2026,Không đạt,,Lan,đã xác minh\n");
    COUNTS(3, 0, 0, 3, 0);
    ck_assert(!ward.sum.has_positions);
    ck_assert_str_eq(text_of("SELECT state FROM evidence WHERE class = 'E1'"), "submitted");
    ck_assert_str_eq(text_of("SELECT created_by || verified_by FROM evidence WHERE class = 'E3'"),
                     "importLan");
    ck_assert_int_eq(number("SELECT passed FROM evidence WHERE class = 'E2'"), 0);
    ck_assert_int_eq(number("SELECT count(*) FROM acceptance_proven"),
                     1); /* the transaction; a failed photo proves nothing */
}
END_TEST

START_TEST(a_state_moves_only_along_its_way)
{
    static const char SUBMITTED[] = EVIDENCE "S1,E1,QR,01/10/2026,Đạt,BB1,Lan,chờ\n";
    some_places();
    import_list(IMPORT_PAYMENTS, SUBMITTED);
    import_list(IMPORT_PAYMENTS, EVIDENCE "S1,E1,QR,01/10/2026,Đạt,BB1,Lan,khiếu nại\n");
    COUNTS(0, 0, 0, 1, 0); /* only what was verified can be disputed */
    import_list(IMPORT_PAYMENTS, EVIDENCE "S1,E1,QR,01/10/2026,Đạt,BB1,Lan,đã xác minh\n");
    COUNTS(0, 1, 0, 0, 0);
    import_list(IMPORT_PAYMENTS, SUBMITTED);
    COUNTS(0, 0, 0, 1, 0);
    import_list(IMPORT_PAYMENTS, EVIDENCE "S1,E1,QR,01/10/2026,Đạt,BB1,Lan,rút\n");
    COUNTS(0, 1, 0, 0, 0);
    ck_assert_int_eq(number("SELECT count(*) FROM evidence"), 1);
    ck_assert_str_eq(
        text_of("SELECT group_concat(coalesce(from_state, '') || '>' || to_state) FROM evidence_event"),
        ">submitted,submitted>verified,verified>withdrawn");
}
END_TEST

/* --- the gazetteer --- */

START_TEST(house_numbers_stand_on_known_streets)
{
    import_list(IMPORT_STREETS, "Tên đường,Tên khác\nLê Lợi,Lê Lợi cũ;LL\nLê Lai,\n");
    COUNTS(2, 0, 0, 0, 0);
    import_list(IMPORT_ADDRESSES, "Đường,Số nhà,Kiệt hẻm,Kinh độ,Vĩ độ\n"
                                  "Đường Lê Lợi,12,,108.2205,16.0421\n"
                                  "lê lợi,07A,K45/H12,108.2206,16.0421\n"
                                  "LL,K3/5,,108.2207,16.0421\n"
                                  "Không Có,1,,108.2205,16.0421\n"
                                  "Lê Lai,abc,,108.2205,16.0421\n"
                                  "Lê Lai,1,,,\n");
    COUNTS(3, 0, 0, 3, 0);
    ck_assert_str_eq(text_of("SELECT chain || ':' || number || suffix FROM address_point WHERE suffix <> ''"),
                     "45/12:7A");
    ck_assert_str_eq(text_of("SELECT group_concat(chain) FROM (SELECT chain FROM alley ORDER BY chain)"),
                     "3,45,45/12");
    ck_assert_int_eq(number("SELECT count(DISTINCT street_id) FROM address_point"), 1);
}
END_TEST

START_TEST(house_numbers_bring_their_streets_when_the_ward_has_no_list)
{
    import_list(IMPORT_ADDRESSES,
                "street,number,lon,lat\nLê Lợi,12,108.2205,16.0421\nLê Lợi,14,108.2206,16.0421\n");
    COUNTS(2, 0, 0, 0, 0);
    ck_assert_int_eq(number("SELECT count(*) FROM street"), 1);
}
END_TEST

START_TEST(a_list_of_ward_changes_names_what_became_of_each)
{
    static const char list[] = "old_code,old_ward,old_district,old_province,type,new_code,new_ward\n"
                               "99101,Phường Mẫu Bắc,Quận Mẫu,Tỉnh Mẫu,full,99002,Phường Mẫu Mới\n"
                               "99102,Xã Mẫu Liên,Huyện Mẫu,Tỉnh Mẫu,partial,99002,Phường Mẫu Mới\n"
                               "99102,Xã Mẫu Liên,Huyện Mẫu,Tỉnh Mẫu,partial,99003,Phường Mẫu Khác\n";
    import_list(IMPORT_WARDS, list);
    COUNTS(3, 0, 0, 0, 0);
    ck_assert_int_eq(number("SELECT count(*) FROM ward_name WHERE part = 'part' AND old_code = '99102'"), 2);
    ck_assert_str_eq(text_of("SELECT name || '/' || district FROM ward_name WHERE old_code = '99101'"),
                     "Mẫu Bắc/Mẫu");
    import_list(IMPORT_WARDS, list);
    COUNTS(0, 0, 3, 0, 0);
}
END_TEST

START_TEST(a_total_of_a_narrow_list_is_no_street)
{
    import_list(IMPORT_STREETS, "Tên đường,Số hộ\nCộng Hòa,3\nTổng Mẫu,2\nTổng cộng,5\nCộng: 2 tuyến,\n");
    COUNTS(2, 0, 0, 0, 0);
}
END_TEST

START_TEST(a_house_in_an_alley_street_stands_in_the_alley_of_its_street)
{
    import_list(IMPORT_ADDRESSES,
                "street,number,alley_chain,lon,lat\n"
                "Ngõ 292 Đường Kim Giang,2,,108.22,16.04\nNgõ 292 Đường Kim Giang,3,15,108.22,16.041\n"
                "Kim Giang,442,,108.223,16.042\nPho Luong Van Can,45,,108.25,16.04\n"
                "Phố Lương Văn Can,42,,108.25,16.041\n");
    COUNTS(5, 0, 0, 0, 0);
    ck_assert_int_eq(number("SELECT count(*) FROM street"), 2);
    ck_assert_int_eq(number("SELECT count(*) FROM address_point WHERE chain = '292' AND number = 2"), 1);
    ck_assert_int_eq(number("SELECT count(*) FROM address_point WHERE chain = '292/15' AND number = 3"), 1);
}
END_TEST

START_TEST(reference_data_says_whose_it_is)
{
    struct import_options o = {.path = "test_load_list.csv",
                               .kind = IMPORT_STREETS,
                               .who = "cli",
                               .source_name = "Sở Xây dựng",
                               .source_date = "2026-10-01",
                               .licence = "dùng nội bộ"};
    ck_assert(file_write(o.path, slice_of("name\nLê Lợi\n"), &ward.f));
    ck_assert_msg(import_file(ward.store, &o, &ward.sum, NULL, &ward.f), "%s", ward.f.text);
    import_list(IMPORT_ADDRESSES, "street,number,lon,lat\nLê Lợi,12,108.2205,16.0421\n");
    struct geocoder *g;
    struct arena a = {0};
    struct geocode_result r;
    ck_assert(geocoder_open(&g, ward.store, &ward.f));
    geocode(g, &(struct geocode_query){.address = SLICE("12 Lê Lợi")}, &a, &r);
    ck_assert(r.source && slice_equal(r.source->name, SLICE("test_load_list.csv")));
    geocode(g, &(struct geocode_query){.address = SLICE("Lê Lợi")}, &a, &r);
    ck_assert(r.source && slice_equal(r.source->name, SLICE("Sở Xây dựng")) &&
              slice_equal(r.source->dated_on, SLICE("2026-10-01")) &&
              slice_equal(r.source->licence, SLICE("dùng nội bộ")));
    geocoder_close(g);
    arena_release(&a);
    o.source_date = "hôm qua";
    ck_assert(!import_file(ward.store, &o, &ward.sum, NULL, &ward.f));
}
END_TEST

START_TEST(a_grid_is_every_stall_of_its_zone)
{
    import_list(IMPORT_MARKETS, "Mã chợ,Tên chợ,Kinh độ,Vĩ độ\nC1,Chợ Mẫu,108.2200,16.0500\n");
    import_list(IMPORT_STALL_PLANS,
                "Mã chợ,Khu,Loại,Số ô đầu,Số hàng,Số cột,Cách hàng (m),Cách cột (m),Hướng,Cách đánh số,Kinh "
                "độ,Vĩ độ\n"
                "C1,Khu A,sạp,A01,3,10,2.5,2,90,dích dắc,108.2201,16.0501\n"
                "C1,Khu B,sạp,B1,0,10,2.5,2,,,108.2201,16.0501\n"
                "C1,Khu B,sạp,B1,2,10,2.5,,,,108.2201,16.0501\nC1,Khu B,sạp,B1,2,10,2.5,2,,,,\n");
    COUNTS(1, 0, 0, 3, 0);
    ck_assert_int_eq(number("SELECT count(*) FROM stall_plan"), 30);
    struct geocoder *g;
    struct arena a = {0};
    struct geocode_result r;
    ck_assert(geocoder_open(&g, ward.store, &ward.f));
    /* back and forth: A12 is the last but one of the second row, 16 m east and 2.5 m south of the first */
    geocode(g, &(struct geocode_query){.address = SLICE("Sạp A12 khu A, Chợ Mẫu")}, &a, &r);
    ck_assert(r.class == 'A' && r.position == POSITION_STALL_PLAN);
    ck_assert_double_eq_tol(r.at.lon, 108.2201 + 16 / 107000.0, 2e-6);
    ck_assert_double_eq_tol(r.at.lat, 16.0501 - 2.5 / 110600.0, 2e-6);
    geocoder_close(g);
    arena_release(&a);
}
END_TEST

START_TEST(a_position_of_the_list_is_compared_with_its_address)
{
    import_list(IMPORT_ADDRESSES, "street,number,lon,lat\nLê Lợi,12,108.2205,16.0421\n");
    import_list(IMPORT_ESTABLISHMENTS,
                "Mã điểm,Tên cơ sở,Địa chỉ,Kinh độ,Vĩ độ\n"
                "M1,Quán An,12 Lê Lợi,108.2206,16.0421\nM2,Quán Bình,12 Lê Lợi,108.2305,16.0421\n");
    COUNTS(2, 0, 0, 0, 0);
    ck_assert_int_eq(
        number("SELECT count(*) FROM establishment WHERE street_id IS NOT NULL AND number = '12'"), 2);
    ck_assert_int_eq(
        number("SELECT count(*) FROM place WHERE position = 'gps' AND geocode LIKE '%danh sách%'"), 2);
    ck_assert_int_eq(number("SELECT count(*) FROM place WHERE geocode LIKE '%cách xa địa chỉ%'"), 1);
    struct buf report = {0};
    ck_assert(file_read("test_load_report.csv", 1 << 20, &report, &ward.f));
    ck_assert(slice_find(buf_to_slice(&report), SLICE("cách xa địa chỉ")) > 0);
    buf_release(&report);
}
END_TEST

static const char OSM[] = "<?xml version='1.0'?><osm version='0.6'>"
                          "<node id='1' lat='16.0421' lon='108.2205' version='1'/><node id='2' lat='16.0431' "
                          "lon='108.2205' version='1'/>"
                          "<node id='3' lat='16.0426' lon='108.2215' version='1'/>"
                          "<node id='4' lat='16.0425' lon='108.2206' version='1'><tag k='addr:housenumber' "
                          "v='12'/><tag k='addr:street'"
                          " v='Lê Lợi'/></node>"
                          "<node id='5' lat='16.0426' lon='108.2206' version='1'><tag k='addr:housenumber' "
                          "v='12'/><tag k='addr:street'"
                          " v='Đường Lê Lợi'/></node>"
                          "<node id='7' lat='16.0427' lon='108.2210' version='1'><tag k='addr:housenumber' "
                          "v='5'/><tag k='addr:street'"
                          " v='Lê Lạ'/></node>"
                          "<way id='11' version='1'><nd ref='2'/><nd ref='3'/><tag k='highway' "
                          "v='service'/><tag k='name' v='Kiệt 45 Lê"
                          " Lợi'/></way>"
                          "<way id='10' version='1'><nd ref='1'/><nd ref='2'/><tag k='highway' "
                          "v='residential'/><tag k='name' v='Đường Lê"
                          " Lợi'/></way></osm>";

/* House numbers stand before their streets in such a file, and an alley before the street it hangs on. */
START_TEST(an_osm_extract_fills_streets_alleys_numbers_and_roads)
{
    struct import_options o = {.path = "test_load_list.osm", .kind = IMPORT_OSM, .who = "cli"};
    for (int again = 0; again < 2; again++) {
        ck_assert(file_write(o.path, slice_of(OSM), &ward.f));
        ck_assert_msg(import_file(ward.store, &o, &ward.sum, NULL, &ward.f), "%s %s", ward.f.place,
                      ward.f.text);
        if (again)
            COUNTS(0, 0, 6, 1, 0);
        else
            COUNTS(5, 0, 1, 1, 0); /* the shop of the same house is nothing new; Lê Lạ is no street */
    }
    unlink(o.path);
    ck_assert_str_eq(text_of("SELECT group_concat(name) FROM street WHERE geom IS NOT NULL"), "Lê Lợi");
    ck_assert_str_eq(text_of("SELECT chain FROM alley WHERE geom IS NOT NULL"), "45");
    ck_assert_int_eq(number("SELECT count(*) FROM address_point"), 1);
    ck_assert_int_eq(number("SELECT count(*) FROM base_feature WHERE layer = 'roads'"), 2);
}
END_TEST

START_TEST(an_industry_code_without_its_zero_is_told_and_not_mended)
{
    import_list(IMPORT_INDUSTRIES,
                "version,code,level,name,group\n2025,0111,4,Trồng lúa,Sản xuất\n2025,5610,4,Nhà hàng,Ăn uống "
                "tại chỗ\n2025,111,4,Sai,x\n");
    COUNTS(2, 0, 0, 1, 0);
    import_list(IMPORT_ESTABLISHMENTS,
                "Tên cơ sở,Mã ngành,Ngành nghề,Kinh độ,Vĩ độ\nA,111,,108.2205,16.0421\nB,5610,,108.2205,"
                "16.0421\nC,,nhà hàng,108.2205,16.0421\n");
    COUNTS(3, 0, 0, 0, 0);
    ck_assert_str_eq(text_of("SELECT industry_code FROM place WHERE name = 'A'"), "(null)");
    ck_assert_str_eq(text_of("SELECT industry_code || industry_group FROM place WHERE name = 'B'"),
                     "5610Ăn uống tại chỗ");
    ck_assert_str_eq(text_of("SELECT industry_group FROM place WHERE name = 'C'"), "Ăn uống tại chỗ");
    ck_assert(file_holds("test_load_report.csv", "0111"));
}
END_TEST

int main(void)
{
    const TTest *const TESTS[] = {
        a_certificates_end_is_the_printed_one_else_three_years_on,
        a_printed_end_before_the_issue_is_not_believed,
        rounds_in_one_cell_are_inspections,
        letters_count_only_before_2025_and_never_is_no_inspection,
        an_unknown_food_place_is_a_new_establishment_and_findings_are_sealed,
        members_are_found_by_number_or_stall_and_need_a_join_date,
        a_leave_date_updates_the_membership,
        evidence_without_a_state_is_submitted_and_verified_needs_an_officer,
        a_state_moves_only_along_its_way,
        house_numbers_stand_on_known_streets,
        house_numbers_bring_their_streets_when_the_ward_has_no_list,
        a_list_of_ward_changes_names_what_became_of_each,
        a_total_of_a_narrow_list_is_no_street,
        a_house_in_an_alley_street_stands_in_the_alley_of_its_street,
        reference_data_says_whose_it_is,
        a_grid_is_every_stall_of_its_zone,
        a_position_of_the_list_is_compared_with_its_address,
        an_osm_extract_fills_streets_alleys_numbers_and_roads,
        an_industry_code_without_its_zero_is_told_and_not_mended,
    };
    Suite *suite = suite_create("load_lists");
    TCase *tests = tcase_create("load_lists");
    tcase_add_checked_fixture(tests, open_ward, close_ward);
    for (size_t i = 0; i < COUNT_OF(TESTS); i++)
        tcase_add_test(tests, TESTS[i]);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
