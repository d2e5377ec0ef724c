/* Values and verdicts. */
#include "reading.h"

static struct arena a;

static struct cell text_cell(const char *text)
{
    return (struct cell){.kind = *text ? CELL_TEXT : CELL_EMPTY, .text = slice_of(text)};
}

static struct cell number_cell(double v, const char *text)
{
    return (struct cell){.kind = CELL_NUMBER, .text = slice_of(text), .number = v};
}

/* "2024-06-05", "empty" or "bad". */
static const char *date_of(struct cell c)
{
    static char text[16];
    struct date d;
    struct fault f = {0};
    enum clean verdict = clean_date(&c, &d, &f);
    ck_assert(verdict != CLEAN_BAD || f.code == FAULT_BAD_DATE);
    if (verdict == CLEAN_OK) {
        date_format_iso(d, text);
        return text;
    }
    return verdict == CLEAN_EMPTY ? "empty" : "bad";
}

START_TEST(dates_day_first)
{
    static const struct {
        const char *text, *is;
    } cases[] = {{"05/06/2024", "2024-06-05"},
                 {"5/6/2024", "2024-06-05"},
                 {"5-6-24", "2024-06-05"},
                 {"05.06.2024", "2024-06-05"},
                 {"5/6/98", "1998-06-05"},
                 {"ngày 5 tháng 6 năm 2024", "2024-06-05"},
                 {"2024-06-05", "2024-06-05"},
                 {"2024/06/05", "2024-06-05"},
                 {"2024-06-05 00:00:00", "2024-06-05"},
                 {"2024-06-05T00:00:00", "2024-06-05"},
                 {"20240605", "2024-06-05"},
                 {"45448", "2024-06-05"},
                 {"không thời hạn", "empty"},
                 {"", "empty"},
                 {"-", "empty"},
                 {"12/31/2026", "bad"},
                 {"29/02/2023", "bad"},
                 {"31/02/2024", "bad"},
                 {"29/02/2024", "2024-02-29"},
                 {"06/2024", "bad"},
                 {"hôm qua", "bad"},
                 {"5/6/20245", "bad"}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *got = date_of(text_cell(cases[i].text));
        ck_assert_msg(strcmp(got, cases[i].is) == 0, "\"%s\" is %s, not %s", cases[i].text, got, cases[i].is);
    }
    ck_assert_str_eq(date_of(number_cell(45448, "45448")), "2024-06-05");
    ck_assert_str_eq(date_of(number_cell(2024, "2024")), "bad");
}
END_TEST

static const char *yes_no_of(const char *text)
{
    struct cell c = text_cell(text);
    struct fault f = {0};
    bool value = false;
    enum clean verdict = clean_yes_no(&c, &value, &f);
    return verdict == CLEAN_OK ? (value ? "yes" : "no") : verdict == CLEAN_EMPTY ? "empty" : "bad";
}

START_TEST(yes_and_no_in_twenty_spellings)
{
    static const char *const yes[] = {"x",   "X",   "có", "C",    "1",  "✓",     "CÓ",         "co",
                                      "Yes", "rồi", "c",  "đúng", "đã", "đã có", "có sử dụng", "☑"};
    static const char *const no[] = {"không", "K",     "0", "-",       "Khong",    "no",
                                     "chưa",  "KHÔNG", "k", "chưa có", "Không có", "không sử dụng"};
    for (size_t i = 0; i < COUNT_OF(yes); i++) {
        ck_assert_msg(strcmp(yes_no_of(yes[i]), "yes") == 0, "%s", yes[i]);
    }
    for (size_t i = 0; i < COUNT_OF(no); i++) {
        ck_assert_msg(strcmp(yes_no_of(no[i]), "no") == 0, "%s", no[i]);
    }
    ck_assert_str_eq(yes_no_of(""), "empty");
    ck_assert_str_eq(yes_no_of("đang xem xét"), "bad");
}
END_TEST

typedef enum clean (*word_function)(const struct cell *c, const char **out, struct fault *f);

static const char *word_of(word_function f, const char *text)
{
    struct cell c = text_cell(text);
    struct fault fault = {0};
    const char *value = NULL;
    enum clean verdict = f(&c, &value, &fault);
    return verdict == CLEAN_OK ? value : verdict == CLEAN_EMPTY ? "empty" : "bad";
}

static const struct {
    word_function f;
    const char *text, *is;
} words[] = {
    {clean_kind, "Hộ kinh doanh", "household"},
    {clean_kind, "HKD", "household"},
    {clean_kind, "hộ cá thể", "household"},
    {clean_kind, "Cty TNHH", "enterprise"},
    {clean_kind, "Công ty cổ phần ABC", "enterprise"},
    {clean_kind, "DN", "enterprise"},
    {clean_kind, "Chi nhánh công ty", "branch"},
    {clean_kind, "CN", "branch"},
    {clean_kind, "HTX", "cooperative"},
    {clean_kind, "household", "household"},
    {clean_kind, "lạ lùng", "bad"},
    {clean_status, "Đang hoạt động", "active"},
    {clean_status, "NNT đang hoạt động", "active"},
    {clean_status, "đang HĐ", "active"},
    {clean_status, "Đang KD", "active"},
    {clean_status, "Tạm ngừng KD có thời hạn", "suspended"},
    {clean_status, "tạm nghỉ bán hàng", "suspended"},
    {clean_status, "TNKD", "suspended"},
    {clean_status, "Đã đóng cửa", "ceased"},
    {clean_status, "Ngừng hoạt động", "ceased"},
    {clean_status, "Không còn hoạt động tại địa chỉ đã đăng ký", "ceased"},
    {clean_status, "Bị thu hồi giấy phép", "ceased"},
    {clean_status, "Chấm dứt hoạt động", "ceased"},
    {clean_status, "Đã nghỉ", "ceased"},
    {clean_status, "Đang làm thủ tục giải thể", "active"},
    {clean_status, "Trống", "vacant"},
    {clean_status, "Đang kinh doanh trong chợ", "active"},
    {clean_stall_kind, "Ki-ốt", "kiosk"},
    {clean_stall_kind, "kiốt", "kiosk"},
    {clean_stall_kind, "Quầy", "counter"},
    {clean_stall_kind, "sap", "stand"},
    {clean_stall_kind, "Lô", "lot"},
    {clean_stall_kind, "cửa hàng", "shop"},
    {clean_pilot_type, "chợ", "market"},
    {clean_pilot_type, "tuyến phố", "street"},
    {clean_evidence_class, "biên bản", "E1"},
    {clean_evidence_class, "Ảnh hiện trường", "E2"},
    {clean_evidence_class, "giao dịch", "E3"},
    {clean_evidence_class, "e3", "E3"},
    {clean_method, "VietQR", "QR"},
    {clean_method, "Chuyển khoản", "CK"},
    {clean_method, "QR, CK", "bad"},
    {clean_evidence_state, "đã xác minh", "verified"},
    {clean_evidence_state, "chưa xác minh", "submitted"},
    {clean_evidence_state, "chờ", "submitted"},
    {clean_evidence_state, "khiếu nại", "disputed"},
    {clean_evidence_state, "bác", "rejected"},
    {clean_evidence_state, "rút", "withdrawn"},
    {clean_evidence_state, "nháp", "draft"},
    {clean_result, "Đạt", "pass"},
    {clean_result, "Không đạt", "fail"},
    {clean_result, "KĐ", "fail"},
    {clean_result, "không vi phạm", "pass"},
    {clean_result, "B", "pass"},
    {clean_result, "C", "fail"},
    {clean_result, "Chưa kiểm tra", "empty"},
    {clean_result, "", "empty"},
};

START_TEST(words_of_lists)
{
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        const char *got = word_of(words[i].f, words[i].text);
        ck_assert_msg(strcmp(got, words[i].is) == 0, "\"%s\" is %s, not %s", words[i].text, got, words[i].is);
    }
}
END_TEST

typedef enum clean (*text_function)(const struct cell *c, struct arena *arena, struct slice *out,
                                    struct fault *f);

static const char *digits_of(text_function f, struct cell c)
{
    struct slice out;
    struct fault fault = {0};
    enum clean verdict = f(&c, &a, &out, &fault);
    return verdict == CLEAN_OK ? arena_text(&a, out) : verdict == CLEAN_EMPTY ? "empty" : "bad";
}

START_TEST(telephone_numbers)
{
    ck_assert_str_eq(digits_of(clean_phone, text_cell("0905 123 456")), "0905123456");
    ck_assert_str_eq(digits_of(clean_phone, text_cell("0905.123.456")), "0905123456");
    ck_assert_str_eq(digits_of(clean_phone, text_cell("+84 905 123 456")), "0905123456");
    ck_assert_str_eq(digits_of(clean_phone, text_cell("84905123456")), "0905123456");
    ck_assert_str_eq(digits_of(clean_phone, text_cell("(0236) 3 123 456")), "02363123456");
    ck_assert_str_eq(digits_of(clean_phone, text_cell("0905123456 / 02363123456")), "0905123456");
    ck_assert_str_eq(digits_of(clean_phone, number_cell(905123456, "905123456")), "0905123456");
    ck_assert_str_eq(digits_of(clean_phone, text_cell("-")), "empty");
    ck_assert_str_eq(digits_of(clean_phone, text_cell("0905")), "bad");
    ck_assert_str_eq(digits_of(clean_phone, text_cell("0905 12x 456")), "bad");
}
END_TEST

static const struct date TODAY = {2026, 11, 22};

START_TEST(identity_numbers)
{
    struct cell lost = number_cell(123456789012344992.0, "123456789012344992");
    lost.flags = CELL_LOST_DIGITS;
    ck_assert_str_eq(digits_of(clean_identity, text_cell("0401234567")), "0401234567");
    ck_assert_str_eq(digits_of(clean_identity, text_cell("0401234567-001")), "0401234567-001");
    ck_assert_str_eq(digits_of(clean_identity, text_cell("'048082001234")), "048082001234");
    ck_assert_str_eq(digits_of(clean_identity, number_cell(401234567, "401234567")), "0401234567");
    ck_assert_str_eq(digits_of(clean_identity, number_cell(48082001234, "48082001234")), "048082001234");
    ck_assert_str_eq(digits_of(clean_identity, text_cell("4.8082001234E10")), "048082001234");
    ck_assert_str_eq(digits_of(clean_identity, text_cell("4.80820E+10")), "bad");
    ck_assert_str_eq(digits_of(clean_identity, lost), "bad");
    ck_assert_str_eq(digits_of(clean_identity, text_cell("100109106")),
                     "0100109106"); /* the check digit fits */
    ck_assert_str_eq(digits_of(clean_identity, text_cell("201 234 567")), "201234567"); /* an old card */
    ck_assert_str_eq(digits_of(clean_identity, text_cell("12345")), "bad");
    ck_assert_str_eq(digits_of(clean_identity, (struct cell){.kind = CELL_ERROR, .text = SLICE("#N/A")}),
                     "bad");
}
END_TEST

START_TEST(a_tax_code_whose_check_digit_does_not_fit_is_remarked)
{
    ck_assert_ptr_null(
        identity_remark(SLICE("0100109106"), TODAY)); /* published by its owner, a state company */
    ck_assert_ptr_null(identity_remark(SLICE("0100109106-001"), TODAY));
    ck_assert_ptr_nonnull(identity_remark(SLICE("0100109107"), TODAY));
    ck_assert_ptr_nonnull(identity_remark(SLICE("0100190106"), TODAY)); /* two digits in the other order */
    ck_assert_ptr_null(identity_remark(SLICE("048082001234"), TODAY));
    ck_assert_ptr_null(identity_remark(SLICE(""), TODAY));
}
END_TEST

/* Private: a fault about such a number never repeats it. */
START_TEST(a_personal_identifier_that_nobody_can_have_is_remarked)
{
    ck_assert_ptr_null(identity_remark(SLICE("048301001234"), TODAY)); /* a woman born in 2001 */
    ck_assert_ptr_nonnull(strstr(identity_remark(SLICE("003082001234"), TODAY), "mã tỉnh"));
    ck_assert_ptr_nonnull(strstr(identity_remark(SLICE("048227001234"), TODAY), "tương lai"));
    ck_assert_ptr_nonnull(strstr(identity_remark(SLICE("048582001234"), TODAY), "tương lai"));
    ck_assert_ptr_nonnull(strstr(identity_remark(SLICE("201234567"), TODAY), "CMND"));
}
END_TEST

START_TEST(faults_keep_identity_numbers_to_themselves)
{
    struct cell c = text_cell("04808200123x");
    struct slice out;
    struct fault f = {0};
    ck_assert_int_eq(clean_identity(&c, &a, &out, &f), CLEAN_BAD);
    ck_assert_ptr_null(strstr(f.text, "0480820"));
    c = text_cell("09051234567890");
    f = (struct fault){0};
    ck_assert_int_eq(clean_phone(&c, &a, &out, &f), CLEAN_BAD);
    ck_assert_ptr_null(strstr(f.text, "0905"));
}
END_TEST

START_TEST(stall_numbers)
{
    static const struct {
        const char *text, *is;
    } cases[] = {{"12A", "12A"},  {"Số 12", "12"},    {"lô 5", "5"}, {"Ki-ốt 12", "K12"}, {"KIOT số 3", "K3"},
                 {"K 12", "K12"}, {"A-12", "A12"},    {"012", "12"}, {"12-14", "12-14"},  {"sạp 7b", "7B"},
                 {"B02", "B2"},   {"Ki-ốt K5", "K5"}, {"", "empty"}, {"quầy 10", "10"}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *got = digits_of(clean_stall_number, text_cell(cases[i].text));
        ck_assert_msg(strcmp(got, cases[i].is) == 0, "\"%s\" is %s, not %s", cases[i].text, got, cases[i].is);
    }
}
END_TEST

START_TEST(a_house_number_that_became_a_date)
{
    struct cell c = {.kind = CELL_DATE, .text = SLICE("3/2"), .number = 44960, .date = {2023, 2, 3}};
    struct slice out;
    struct fault f = {0};
    ck_assert_int_eq(clean_house_number(&c, &a, &out, &f), CLEAN_BAD);
    ck_assert_ptr_nonnull(strstr(f.text, "\"3/2\""));
}
END_TEST

START_TEST(decimals)
{
    static const struct {
        const char *text;
        double is;
    } cases[] = {{"3,8 m2", 3.8}, {"3.8", 3.8},           {"1.234,5", 1234.5}, {"1,234.5", 1234.5},
                 {"1 234", 1234}, {"1.774.294", 1774294}, {"5 m²", 5}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct cell c = text_cell(cases[i].text);
        struct fault f = {0};
        double v;
        ck_assert_int_eq(clean_real(&c, &v, &f), CLEAN_OK);
        ck_assert_double_eq(v, cases[i].is);
    }
}
END_TEST

static enum clean position_of(const struct projection *p, const char *first, const char *second,
                              struct lonlat *at, bool *swapped)
{
    struct cell x = text_cell(first), y = text_cell(second);
    const struct cell *const pair[2] = {&x, &y};
    struct fault f = {0};
    return clean_position(p, pair, at, swapped, &f);
}

START_TEST(positions)
{
    static const struct {
        const char *first, *second;
        enum clean verdict;
        bool swapped;
    } cases[] = {{"108.2205", "16.0421", CLEAN_OK, false},
                 {"16.0421", "108.2205", CLEAN_OK, true},
                 {"108,2205", "16,0421", CLEAN_OK, false},
                 {"108°13'13.800\"E", "16°02'31.560\"N", CLEAN_OK, false},
                 {"108 13 13.8", "16 2 31.56", CLEAN_OK, false},
                 {"1774294.5126", "550149.4422", CLEAN_OK, false},
                 {"550149.4422", "1774294.5126", CLEAN_OK, true},
                 {"1.774.294,5126", "550.149,4422", CLEAN_OK, false},
                 {"523398.84", "1774294", CLEAN_BAD, false},
                 {"0", "0", CLEAN_EMPTY, false},
                 {"", "", CLEAN_EMPTY, false},
                 {"108.22", "", CLEAN_BAD, false},
                 {"48.85", "2.35", CLEAN_BAD, false},
                 {"đâu đó", "16.04", CLEAN_BAD, false}};
    struct projection *p;
    struct fault f = {0};
    ck_assert(projection_open(&p, "EPSG:5899", &f));
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct lonlat at;
        bool swapped;
        enum clean verdict = position_of(p, cases[i].first, cases[i].second, &at, &swapped);
        ck_assert_msg(verdict == cases[i].verdict, "%s %s: %d", cases[i].first, cases[i].second, verdict);
        if (verdict == CLEAN_OK) {
            ck_assert_int_eq(swapped, cases[i].swapped);
            ck_assert_double_eq_tol(at.lon, 108.2205, 1e-7);
            ck_assert_double_eq_tol(at.lat, 16.0421, 1e-7);
        }
    }
    projection_close(p);
}
END_TEST

START_TEST(coordinates_in_one_cell)
{
    static const char *const texts[] = {"16.0421, 108.2205", "108.2205 16.0421", "16.0421;108.2205",
                                        "16,0421; 108,2205", "16°02'31.56\"N 108°13'13.8\"E"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct cell c = text_cell(texts[i]);
        struct lonlat at;
        struct fault f = {0};
        ck_assert_msg(clean_coordinates(NULL, &c, &at, &f) == CLEAN_OK, "%s", texts[i]);
        ck_assert_double_eq_tol(at.lon, 108.2205, 1e-7);
        ck_assert_double_eq_tol(at.lat, 16.0421, 1e-7);
    }
}
END_TEST

START_TEST(nothing_is_nothing)
{
    static const char *const nothing[] = {"-", "nt", "--", "N/A", "không có", "…"};
    struct slice out;
    for (size_t i = 0; i + 1 < COUNT_OF(nothing); i++) {
        struct cell c = text_cell(nothing[i]);
        ck_assert_int_eq(clean_text(&c, &a, &out), CLEAN_EMPTY);
    }
    struct cell c = text_cell("NHÀ HÀNG");
    ck_assert_int_eq(clean_name(&c, &a, &out), CLEAN_OK);
    ck_assert_str_eq(arena_text(&a, out), "NHÀ HÀNG");
    bool used = false;
    struct fault f = {0};
    c = text_cell("Shopee, GrabFood");
    ck_assert_int_eq(clean_platform(&c, &used, &f), CLEAN_OK);
    ck_assert(used);
}
END_TEST

int main(void)
{
    setenv("MAPD_TODAY", "2026-11-22", 1);
    const TTest *const tests[] = {dates_day_first,
                                  yes_and_no_in_twenty_spellings,
                                  words_of_lists,
                                  telephone_numbers,
                                  identity_numbers,
                                  a_tax_code_whose_check_digit_does_not_fit_is_remarked,
                                  a_personal_identifier_that_nobody_can_have_is_remarked,
                                  faults_keep_identity_numbers_to_themselves,
                                  stall_numbers,
                                  a_house_number_that_became_a_date,
                                  decimals,
                                  positions,
                                  coordinates_in_one_cell,
                                  nothing_is_nothing};
    int failed = run_cases("clean", tests, COUNT_OF(tests));
    arena_release(&a);
    return failed;
}
