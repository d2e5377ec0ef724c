/* Invented people, signboards and trades, and the abridged industry table. The industry codes are an honest
 * extract: digits as commonly used in VSIC, names shortened, enough for the sample and not a substitute for
 * the decision. */
#include "text.h"
#include "ward.h"

#include <stdio.h>

static const char *const FAMILY[] = {"Nguyễn", "Trần", "Lê",  "Phạm", "Huỳnh", "Phan", "Vũ",
                                     "Võ",     "Đặng", "Bùi", "Đỗ",   "Hồ",    "Ngô",  "Dương",
                                     "Lý",     "Đoàn", "Mai", "Tạ",   "Thái",  "Châu"};
static const char *const MIDDLE[] = {"Thị",      "Văn",   "Thị Thu",  "Hữu",   "Thị Minh", "Đức",
                                     "Thị Ngọc", "Quang", "Minh",     "Thanh", "Thị Kim",  "Xuân",
                                     "Thị Mỹ",   "Công",  "Thị Bích", "Đình"};
static const char *const GIVEN[] = {"Hương", "Lan",  "Hòa",  "Thúy",  "Thủy",  "Tâm",  "Phúc", "Lộc",
                                    "Dũng",  "Hạnh", "Yến",  "Quỳnh", "Vương", "Đào",  "Sỹ",   "Nghĩa",
                                    "Thịnh", "Trâm", "Vỹ",   "Kiều",  "Loan",  "Tùng", "Bảo",  "Châu",
                                    "Nhân",  "Hiền", "Liễu", "Khánh", "Ánh",   "Oanh"};
static const char *const NICK[] = {
    "Bà Xí",     "Cô Bảy",     "Út Lan",      "Bé Ba",     "Minh Tâm",  "Phúc Lộc", "Hồng Đào",  "Thanh Hòa",
    "Ngọc Thúy", "Quê Nhà",    "Bốn Mùa",     "Sông Mẫu",  "Hoa Sữa",   "Ông Tư",   "Bình Minh", "Hải Âu",
    "Mộc",       "An Khang",   "Đồng Quê",    "Phố Cũ",    "Gia Bảo",   "Thiên Lý", "Dì Năm",    "Cây Bàng",
    "Vạn Phúc",  "Kim Liên",   "Hương Quê",   "Tuổi Thơ",  "Hoàng Yến", "Lá Đỏ",    "Mỹ Duyên",  "Cô Ba",
    "Chị Tám",   "Nhật Quang", "Thảo Nguyên", "Trăng Non", "Ngã Tư",    "Bến Xưa",  "Xứ Quảng",  "Tân Tiến"};

const struct trade TRADES[] = {
    {"Rau củ", "Bán lẻ rau, quả", "4722", 1, COMMITMENT},
    {"Thịt heo", "Bán lẻ thịt", "4722", 1, COMMITMENT},
    {"Cá tươi", "Bán lẻ thủy sản", "4722", 1, COMMITMENT},
    {"Rau mầm", "Trồng rau, đậu các loại", "0118", 1, COMMITMENT},
    {"Tạp hóa", "Bán lẻ tạp hóa", "4711", 2, COMMITMENT},
    {"Gạo", "Bán lẻ lương thực", "4721", 2, COMMITMENT},
    {"Bánh kẹo", "Sản xuất bánh từ bột", "1071", 2, CERTIFICATE},
    {"Giải khát", "Bán lẻ đồ uống", "4723", 2, COMMITMENT},
    {"Quán cơm", "Nhà hàng, quán ăn", "5610", 3, CERTIFICATE},
    {"Bún bò", "Nhà hàng, quán ăn", "5610", 3, COMMITMENT},
    {"Phở", "Nhà hàng, quán ăn", "5610", 3, COMMITMENT},
    {"Mì Quảng", "Nhà hàng, quán ăn", "5610", 3, COMMITMENT},
    {"Nhà hàng hải sản", "Nhà hàng, quán ăn", "5610", 3, CERTIFICATE},
    {"Cà phê", "Dịch vụ phục vụ đồ uống", "5630", 3, COMMITMENT},
    {"Bánh mì", "Dịch vụ ăn uống khác", "5629", 4, COMMITMENT},
    {"Xôi", "Dịch vụ ăn uống khác", "5629", 4, COMMITMENT},
    {"Trà sữa", "Dịch vụ phục vụ đồ uống", "5630", 4, COMMITMENT},
    {"Siêu thị mini", "Bán lẻ khác trong cửa hàng tổng hợp", "4719", 5, CERTIFICATE},
    {"Thời trang", "Bán lẻ hàng may mặc, giày dép", "4771", 6, NO_FOOD},
    {"Giày dép", "Bán lẻ hàng may mặc, giày dép", "4771", 6, NO_FOOD},
    {"Nhà thuốc", "Bán lẻ thuốc, dụng cụ y tế", "4772", 7, NO_FOOD},
    {"Phòng khám", "Hoạt động của các phòng khám", "8620", 7, NO_FOOD},
    {"Trung tâm ngoại ngữ", "Giáo dục khác", "8559", 8, NO_FOOD},
    {"Nhà nghỉ", "Dịch vụ lưu trú ngắn ngày", "5510", 9, NO_FOOD},
    {"Khách sạn", "Dịch vụ lưu trú ngắn ngày", "5510", 9, CERTIFICATE},
    {"Tiệm tóc", "Cắt tóc, làm đầu", "9631", 10, NO_FOOD},
    {"Spa", "Dịch vụ tắm hơi, mát-xa", "9610", 10, NO_FOOD},
    {"Sửa xe máy", "Bảo dưỡng, sửa chữa mô tô, xe máy", "4542", 11, NO_FOOD},
    {"Điện tử", "Sửa chữa thiết bị nghe nhìn", "9521", 11, NO_FOOD},
    {"Vật liệu xây dựng", "Bán lẻ đồ ngũ kim, vật liệu", "4752", 11, NO_FOOD},
    {"Giặt ủi", "Giặt là, làm sạch", "9620", 12, NO_FOOD},
    {"In ấn", "In ấn", "1811", 12, NO_FOOD},
};

int trade_count(void)
{
    return (int)(sizeof TRADES / sizeof *TRADES);
}

const char *group_name(int group)
{
    static const char *const names[] = {"",
                                        "Thực phẩm tươi sống",
                                        "Thực phẩm chế biến - tạp hóa",
                                        "Ăn uống tại chỗ",
                                        "Ăn uống mang đi - đường phố",
                                        "Siêu thị - trung tâm thương mại",
                                        "Thời trang - giày dép",
                                        "Thuốc - y tế",
                                        "Giáo dục",
                                        "Lưu trú - du lịch",
                                        "Làm đẹp - sức khỏe",
                                        "Sửa chữa - kỹ thuật - vật liệu",
                                        "Dịch vụ khác - sản xuất"};
    return names[group];
}

#define PICK(r, list) ((list)[rng_below((r), (int)(sizeof(list) / sizeof *(list)))])

void name_person(struct rng *r, char out[64])
{
    const char *family = PICK(r, FAMILY), *middle = PICK(r, MIDDLE), *given = PICK(r, GIVEN);
    put(out, 64, "%s %s %s", family, middle, given);
}

void name_signboard(struct rng *r, int trade, char out[128])
{
    put(out, 128, "%s %s", TRADES[trade].word, PICK(r, NICK));
}

/* ---- industries ---- */

struct industry {
    const char *code;
    int level;
    const char *name;
    int group;
    int editions; /* 1: 2018, 2: 2025, 3: both */
};

static const struct industry INDUSTRIES[] = {
    {"A", 1, "Nông nghiệp, lâm nghiệp và thủy sản", 0, 3},
    {"01", 2, "Nông nghiệp và hoạt động dịch vụ có liên quan", 0, 3},
    {"011", 3, "Trồng cây hàng năm", 0, 3},
    {"0111", 4, "Trồng lúa", 1, 3},
    {"0118", 4, "Trồng rau, đậu các loại và trồng hoa", 1, 3},
    {"C", 1, "Công nghiệp chế biến, chế tạo", 0, 3},
    {"10", 2, "Sản xuất, chế biến thực phẩm", 0, 3},
    {"107", 3, "Sản xuất thực phẩm khác", 0, 3},
    {"1071", 4, "Sản xuất các loại bánh từ bột", 2, 3},
    {"18", 2, "In, sao chép bản ghi các loại", 0, 3},
    {"181", 3, "In ấn và dịch vụ liên quan đến in", 0, 3},
    {"1811", 4, "In ấn", 12, 3},
    {"G", 1, "Bán buôn và bán lẻ", 0, 3},
    {"45", 2, "Bán, sửa chữa ô tô, mô tô, xe máy", 0, 1},
    {"454", 3, "Bán, bảo dưỡng và sửa chữa mô tô, xe máy", 0, 1},
    {"4542", 4, "Bảo dưỡng và sửa chữa mô tô, xe máy", 11, 1},
    {"47", 2, "Bán lẻ", 0, 3},
    {"471", 3, "Bán lẻ tổng hợp", 0, 3},
    {"4711", 4, "Bán lẻ lương thực, thực phẩm, đồ uống chiếm tỷ trọng lớn", 2, 3},
    {"4719", 4, "Bán lẻ tổng hợp khác", 5, 3},
    {"472", 3, "Bán lẻ lương thực, thực phẩm, đồ uống, thuốc lá", 0, 3},
    {"4721", 4, "Bán lẻ lương thực", 2, 3},
    {"4722", 4, "Bán lẻ thực phẩm", 1, 3},
    {"4723", 4, "Bán lẻ đồ uống", 2, 3},
    {"475", 3, "Bán lẻ thiết bị gia đình khác", 0, 3},
    {"4752", 4, "Bán lẻ đồ ngũ kim, sơn, kính và vật liệu", 11, 3},
    {"477", 3, "Bán lẻ hàng hóa khác", 0, 3},
    {"4771", 4, "Bán lẻ hàng may mặc, giày dép, hàng da", 6, 3},
    {"4772", 4, "Bán lẻ thuốc, dụng cụ y tế, mỹ phẩm", 7, 3},
    {"I", 1, "Dịch vụ lưu trú và ăn uống", 0, 3},
    {"55", 2, "Dịch vụ lưu trú", 0, 3},
    {"551", 3, "Dịch vụ lưu trú ngắn ngày", 0, 3},
    {"5510", 4, "Dịch vụ lưu trú ngắn ngày", 9, 3},
    {"56", 2, "Dịch vụ ăn uống", 0, 3},
    {"561", 3, "Nhà hàng và dịch vụ ăn uống phục vụ lưu động", 0, 3},
    {"5610", 4, "Nhà hàng và dịch vụ ăn uống phục vụ lưu động", 3, 3},
    {"562", 3, "Cung cấp dịch vụ ăn uống theo hợp đồng và khác", 0, 3},
    {"5629", 4, "Dịch vụ ăn uống khác", 4, 3},
    {"563", 3, "Dịch vụ phục vụ đồ uống", 0, 3},
    {"5630", 4, "Dịch vụ phục vụ đồ uống", 3, 3},
    {"P", 1, "Giáo dục và đào tạo", 0, 3},
    {"85", 2, "Giáo dục và đào tạo", 0, 3},
    {"855", 3, "Giáo dục khác", 0, 3},
    {"8559", 4, "Giáo dục khác chưa phân vào đâu", 8, 3},
    {"Q", 1, "Y tế và hoạt động trợ giúp xã hội", 0, 3},
    {"86", 2, "Hoạt động y tế", 0, 3},
    {"862", 3, "Phòng khám đa khoa, chuyên khoa và nha khoa", 0, 3},
    {"8620", 4, "Phòng khám đa khoa, chuyên khoa và nha khoa", 7, 3},
    {"S", 1, "Hoạt động dịch vụ khác", 0, 3},
    {"95", 2, "Sửa chữa máy tính, đồ dùng cá nhân và gia đình", 0, 3},
    {"952", 3, "Sửa chữa đồ dùng cá nhân và gia đình", 0, 3},
    {"9521", 4, "Sửa chữa thiết bị nghe nhìn điện tử gia dụng", 11, 3},
    {"953", 3, "Sửa chữa, bảo dưỡng ô tô, mô tô, xe máy", 0, 2},
    {"9532", 4, "Sửa chữa, bảo dưỡng mô tô, xe máy", 11, 2},
    {"96", 2, "Hoạt động dịch vụ phục vụ cá nhân khác", 0, 3},
    {"961", 3, "Dịch vụ tắm hơi, mát-xa", 0, 3},
    {"9610", 4, "Dịch vụ tắm hơi, mát-xa và tăng cường sức khỏe", 10, 3},
    {"962", 3, "Giặt là, làm sạch", 0, 3},
    {"9620", 4, "Giặt là, làm sạch các sản phẩm dệt và lông thú", 12, 3},
    {"963", 3, "Dịch vụ phục vụ cá nhân khác", 0, 3},
    {"9631", 4, "Cắt tóc, làm đầu, gội đầu", 10, 3},
};

static void write_edition(FILE *file, int edition)
{
    for (size_t k = 0; k < sizeof INDUSTRIES / sizeof *INDUSTRIES; k++) {
        const struct industry *i = &INDUSTRIES[k];
        if (i->editions & edition)
            fprintf(file, "%d,%s,%d,\"%s\",%s,trích rút gọn - dữ liệu mẫu\n", edition == 1 ? 2018 : 2025,
                    i->code, i->level, i->name, group_name(i->group));
    }
}

bool industries_write(const char *folder)
{
    char path[512];
    put(path, sizeof path, "%s/base/industries.csv", folder);
    FILE *file = fopen(path, "w");
    if (!file)
        return false;
    fprintf(file, "version,code,level,name,group,source\n");
    write_edition(file, 1);
    write_edition(file, 2);
    return fclose(file) == 0;
}
