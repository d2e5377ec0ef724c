/* Headings: what they mean in each kind of list. */
#include "reading.h"

#include "import/sheet.h"

static const char *meaning(enum import_kind kind, const char *heading)
{
    struct heading_match m = heading_match(kind, slice_of(heading));
    return m.column >= 0                ? column_name((enum column_id)m.column)
           : m.column == COLUMN_ORDER   ? "order"
           : m.column == COLUMN_IGNORED ? "ignored"
                                        : "none";
}

static const struct {
    enum import_kind kind;
    const char *heading, *column;
} cases[] = {
    {IMPORT_ESTABLISHMENTS, "Mã điểm", "ref"},
    {IMPORT_ESTABLISHMENTS, "Mã cơ sở", "ref"},
    {IMPORT_ESTABLISHMENTS, "TÊN CƠ SỞ", "name"},
    {IMPORT_ESTABLISHMENTS, "Têncơsở", "name"},
    {IMPORT_ESTABLISHMENTS, "ten_co_so", "name"},
    {IMPORT_ESTABLISHMENTS, "1. Tên cơ sở (*)", "name"},
    {IMPORT_ESTABLISHMENTS, "Chủ hộ", "owner_name"},
    {IMPORT_ESTABLISHMENTS, "Tên chủ cơ sở", "owner_name"},
    {IMPORT_ESTABLISHMENTS, "Loại hình", "kind"},
    {IMPORT_ESTABLISHMENTS, "Mã số", "tax_code"},
    {IMPORT_FOOD_SAFETY, "Mã số", "ref"},
    {IMPORT_ESTABLISHMENTS, "MST", "tax_code"},
    {IMPORT_ESTABLISHMENTS, "Địa chỉ kinh doanh", "address"},
    {IMPORT_ESTABLISHMENTS, "Địa chỉ nơi kinh doanh (số nhà, đường)", "address"},
    {IMPORT_ESTABLISHMENTS, "Địa chỉ thường trú", "ignored"},
    {IMPORT_ESTABLISHMENTS, "Đ/c", "address"},
    {IMPORT_ESTABLISHMENTS, "Số nhà", "number"},
    {IMPORT_ESTABLISHMENTS, "Tên đường", "street"},
    {IMPORT_STREETS, "Tên đường", "name"},
    {IMPORT_ESTABLISHMENTS, "Tổ dân phố", "residential_group"},
    {IMPORT_RESIDENTIAL_GROUPS, "Tổ dân phố", "name"},
    {IMPORT_ESTABLISHMENTS, "Phường", "ward"},
    {IMPORT_WARDS, "Phường", "name"},
    {IMPORT_ESTABLISHMENTS, "Ngành nghề", "industry"},
    {IMPORT_ESTABLISHMENTS, "Mã ngành", "industry_code"},
    {IMPORT_INDUSTRIES, "Mã ngành", "code"},
    {IMPORT_ESTABLISHMENTS, "Tình trạng", "status"},
    {IMPORT_ESTABLISHMENTS, "Trạng thái", "status"},
    {IMPORT_PAYMENTS, "Trạng thái", "evidence_state"},
    {IMPORT_ESTABLISHMENTS, "Số ĐT", "phone"},
    {IMPORT_ESTABLISHMENTS, "Kinh độ", "lon"},
    {IMPORT_ESTABLISHMENTS, "X", "x"},
    {IMPORT_ESTABLISHMENTS, "Y (m)", "y"},
    {IMPORT_ESTABLISHMENTS, "I", "none"},
    {IMPORT_ESTABLISHMENTS, "QR", "accepts_qr"},
    {IMPORT_ESTABLISHMENTS, "Thẻ", "accepts_card"},
    {IMPORT_ESTABLISHMENTS, "Chuyển khoản", "accepts_transfer"},
    {IMPORT_ESTABLISHMENTS, "Nền tảng số", "platform"},
    {IMPORT_ESTABLISHMENTS, "Kinh doanh tại nhà (Có/Không)", "at_home"},
    {IMPORT_ESTABLISHMENTS, "STT", "order"},
    {IMPORT_ESTABLISHMENTS, "Ghi chú", "ignored"},
    {IMPORT_ESTABLISHMENTS, "Số tài khoản", "ignored"},
    {IMPORT_STALLS, "Tài khoản thanh toán", "has_account"},
    {IMPORT_STALLS, "Chợ", "market"},
    {IMPORT_STALLS, "Mã chợ", "market"},
    {IMPORT_MARKETS, "Mã chợ", "code"},
    {IMPORT_MARKETS, "Tên chợ", "name"},
    {IMPORT_STALLS, "Loại (quầy/sạp/ki-ốt/lô)", "stall_kind"},
    {IMPORT_PILOTS, "Loại (chợ/tuyến phố)", "pilot_type"},
    {IMPORT_PILOTS, "Loại sạp", "stall_kind"},
    {IMPORT_STALLS, "Số quầy", "stall_number"},
    {IMPORT_STALLS, "Họ tên", "trader"},
    {IMPORT_ESTABLISHMENTS, "Họ tên", "owner_name"},
    {IMPORT_STALLS, "kind", "stall_kind"},
    {IMPORT_ESTABLISHMENTS, "kind", "kind"},
    {IMPORT_STALLS, "Diện tích (m2)", "area_m2"},
    {IMPORT_FOOD_SAFETY, "Nhóm", "business_kind"},
    {IMPORT_FOOD_SAFETY, "Loại hình", "business_kind"},
    {IMPORT_FOOD_SAFETY, "Số cấp", "document_number"},
    {IMPORT_FOOD_SAFETY, "Ngày kí cam kết(3 năm)", "committed_on"},
    {IMPORT_FOOD_SAFETY, "Ngày ký cam kết", "committed_on"},
    {IMPORT_FOOD_SAFETY, "Ngày khám sức khỏe(1 năm)", "health_checked_on"},
    {IMPORT_FOOD_SAFETY, "Ngày khám sức khoẻ", "health_checked_on"},
    {IMPORT_FOOD_SAFETY, "Ngày tập huấn kiến thức(3 năm)", "trained_on"},
    {IMPORT_FOOD_SAFETY, "Nội dung không đạt", "findings"},
    {IMPORT_MARKETS, "Đã triển khai TTKDTM (Có/Không)", "cashless_deployed"},
    {IMPORT_MARKETS, "Chợ 4.0", "market_40"},
    {IMPORT_PAYMENTS, "Loại minh chứng", "evidence_class"},
    {IMPORT_PAYMENTS, "Ngày", "happened_on"},
    {IMPORT_PAYMENTS, "Số biên bản", "minutes_number"},
    {IMPORT_ADDRESSES, "alley_chain", "alley_chain"},
    {IMPORT_ADDRESSES, "alley_chai", "alley_chain"},
    {IMPORT_ADDRESSES, "Kiệt hẻm", "alley_chain"},
    {IMPORT_STALL_PLANS, "so_sap", "stall_number"},
    {IMPORT_BASE, "layer", "layer"},
    {IMPORT_ESTABLISHMENTS, "Quán A", "none"},
    {IMPORT_ESTABLISHMENTS, "", "none"},
};

START_TEST(each_heading_in_its_list)
{
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *got = meaning(cases[i].kind, cases[i].heading);
        ck_assert_msg(strcmp(got, cases[i].column) == 0, "%s: \"%s\" is %s, not %s",
                      import_kind_name(cases[i].kind), cases[i].heading, got, cases[i].column);
    }
}
END_TEST

/* The same words with the marks of another spelling, in capitals, decomposed. */
START_TEST(english_names_everywhere)
{
    for (int id = 0; id < COLUMN_COUNT; id++) {
        for (int kind = 0; kind < IMPORT_KIND_COUNT; kind++) {
            ck_assert_str_ne(meaning((enum import_kind)kind, column_name((enum column_id)id)), "none");
        }
    }
}
END_TEST

/* Two rows of one table may not claim the same words. */
START_TEST(no_heading_stands_twice)
{
    static const struct {
        const char *name, *headings;
    } table[] = {
#define COLUMN(id, name, headings) {name, headings},
#include "import/columns.def"
#undef COLUMN
    };
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct slice all = slice_of(table[i].headings), one;
        while (slice_next(&all, '|', &one)) {
            for (size_t k = i + 1; k < COUNT_OF(table); k++) {
                struct slice others = slice_of(table[k].headings), other;
                while (slice_next(&others, '|', &other)) {
                    ck_assert_msg(!slice_equal(one, other), "\"%.*s\" under %s and %s", (int)one.n, one.p,
                                  table[i].name, table[k].name);
                }
            }
        }
    }
}
END_TEST

START_TEST(a_name_beside_a_street)
{
    static struct reading r;
    read_text(&r, IMPORT_STREETS, "street,name,alley_chain\nLê Lợi,Kiệt 19 Lê Lợi,19\n");
    ROWS(&r, 1);
    CELL(&r, 0, NAME, "Kiệt 19 Lê Lợi");
    CELL(&r, 0, STREET, "Lê Lợi");
    reading_release(&r);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {each_heading_in_its_list, english_names_everywhere, no_heading_stands_twice,
                                  a_name_beside_a_street};
    return run_cases("columns", tests, COUNT_OF(tests));
}
