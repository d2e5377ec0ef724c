/* The street table. Names are generic or invented; they repeat the difficulties of real lists: near twins,
 * numbered families with and without the base name, date streets, streets called like a city, spellings that
 * compete. */
#include "ward.h"

#include <string.h>

static const struct street STREETS[] = {
    {.name = "Bình An 1", .aliases = "", .axis = 'V', .line = 0, .from = 0, .to = 6},
    {.name = "Bình An 2", .aliases = "", .axis = 'V', .line = 0, .from = 6, .to = 11},
    {.name = "Bình An 3", .aliases = "", .axis = 'V', .line = 1, .from = 0, .to = 5},
    {.name = "Bình An 4", .aliases = "", .axis = 'V', .line = 1, .from = 5, .to = 11},
    {.name = "Lê Đại", .aliases = "", .axis = 'V', .line = 2, .from = 0, .to = 6},
    {.name = "Lê Đại Hành", .aliases = "", .axis = 'V', .line = 2, .from = 6, .to = 11},
    {.name = "Nguyễn Sơn", .aliases = "", .axis = 'V', .line = 3, .from = 0, .to = 5},
    {.name = "Sơn Hà", .aliases = "", .axis = 'V', .line = 3, .from = 5, .to = 11},
    {.name = "Hóa Sơn 1", .aliases = "", .axis = 'V', .line = 4, .from = 0, .to = 4},
    {.name = "Hóa Sơn 2", .aliases = "", .axis = 'V', .line = 4, .from = 4, .to = 8},
    {.name = "Hóa Sơn 10", .aliases = "", .axis = 'V', .line = 4, .from = 8, .to = 11},
    {.name = "Phan Châu Trinh", .aliases = "Phan Chu Trinh", .axis = 'V', .line = 5, .from = 0, .to = 6},
    {.name = "Huỳnh Thúc Kháng", .aliases = "Hoàng Thúc Kháng", .axis = 'V', .line = 5, .from = 6, .to = 11},
    {.name = "2 Tháng 9", .aliases = "2/9;2-9;2.9;02/09;2T9", .axis = 'V', .line = 6, .from = 0, .to = 11},
    {.name = "Lê Thanh Nghị", .aliases = "", .axis = 'V', .line = 7, .from = 0, .to = 5},
    {.name = "Lê Thánh Tôn", .aliases = "Lê Thánh Tông", .axis = 'V', .line = 7, .from = 5, .to = 11},
    {.name = "Lý Thái Tổ", .aliases = "", .axis = 'V', .line = 8, .from = 0, .to = 6},
    {.name = "Lý Thái Tông", .aliases = "", .axis = 'V', .line = 8, .from = 6, .to = 11, .upward = true},
    {.name = "Lý Nhân Tông", .aliases = "", .axis = 'V', .line = 9, .from = 0, .to = 5},
    {.name = "Lý Tự Trọng", .aliases = "", .axis = 'V', .line = 9, .from = 5, .to = 11},
    {.name = "Tiên Sơn", .aliases = "", .axis = 'V', .line = 10, .from = 0, .to = 4},
    {.name = "Tiên Sơn 1", .aliases = "", .axis = 'V', .line = 10, .from = 4, .to = 8},
    {.name = "Tiên Sơn 11", .aliases = "", .axis = 'V', .line = 10, .from = 8, .to = 11},
    {.name = "Ông Ích Khiêm", .aliases = "", .axis = 'V', .line = 11, .from = 0, .to = 6, .upward = true},
    {.name = "Ông Ích Đường", .aliases = "", .axis = 'V', .line = 11, .from = 6, .to = 11},
    {.name = "Ven Sông Mẫu", .aliases = "Đường Ven Sông", .axis = 'V', .line = 12, .from = 0, .to = 11},
    {.name = "Hải Phòng", .aliases = "", .axis = 'H', .line = 0, .from = 0, .to = 6},
    {.name = "Bình Thuận", .aliases = "", .axis = 'H', .line = 0, .from = 6, .to = 12},
    {.name = "Nguyễn Trác", .aliases = "", .axis = 'H', .line = 1, .from = 0, .to = 5},
    {.name = "Trác Luân", .aliases = "", .axis = 'H', .line = 1, .from = 5, .to = 12},
    {.name = "Ca Văn Thỉnh", .aliases = "Ka Văn Thỉnh", .axis = 'H', .line = 2, .from = 0, .to = 7},
    {.name = "Lương Nhữ Hộc", .aliases = "Lương Nhữ Học", .axis = 'H', .line = 2, .from = 7, .to = 12},
    {.name = "29 Tháng 3", .aliases = "29/3;29-3;29/03;29T3", .axis = 'H', .line = 3, .from = 0, .to = 6},
    {.name = "3 Tháng 2", .aliases = "3/2;3-2;03/02;3T2", .axis = 'H', .line = 3, .from = 6, .to = 12},
    {.name = "Yên Bái", .aliases = "Yên Báy", .axis = 'H', .line = 4, .from = 0, .to = 6, .upward = true},
    {.name = "Đống Đa", .aliases = "", .axis = 'H', .line = 4, .from = 6, .to = 12},
    {.name = "Cách Mạng Tháng Tám",
     .aliases = "CMT8;Cách Mạng Tháng 8;CM Tháng 8",
     .axis = 'H',
     .line = 5,
     .from = 0,
     .to = 12},
    {.name = "Xô Viết Nghệ Tĩnh", .aliases = "XVNT", .axis = 'H', .line = 6, .from = 0, .to = 6},
    {.name = "Nguyễn Hữu Thọ", .aliases = "", .axis = 'H', .line = 6, .from = 6, .to = 12},
    {.name = "Dương Đình Nghệ", .aliases = "D. Đình Nghệ", .axis = 'H', .line = 7, .from = 0, .to = 7},
    {.name = "Trưng Nữ Vương", .aliases = "", .axis = 'H', .line = 7, .from = 7, .to = 12},
    {.name = "Phan Đăng Lưu", .aliases = "", .axis = 'H', .line = 8, .from = 0, .to = 4},
    {.name = "Hòa Mẫu", .aliases = "", .axis = 'H', .line = 8, .from = 4, .to = 8},
    {.name = "Nại Nam", .aliases = "", .axis = 'H', .line = 8, .from = 8, .to = 12},
    {.name = "Nại Nam 2", .aliases = "", .axis = 'H', .line = 9, .from = 0, .to = 6},
    {.name = "Hoàng Diệu", .aliases = "", .axis = 'H', .line = 9, .from = 6, .to = 12, .upward = true},
    {.name = "Núi Thành", .aliases = "", .axis = 'H', .line = 10, .from = 0, .to = 5},
    {.name = "Thúy Vân", .aliases = "", .axis = 'H', .line = 10, .from = 5, .to = 12},
    {.name = "30 Tháng 4", .aliases = "30/4;30-4;30/04;30T4", .axis = 'H', .line = 11, .from = 0, .to = 6},
    {.name = "Tố Hữu", .aliases = "", .axis = 'H', .line = 11, .from = 6, .to = 12},
};

/* Numbers grow from north to south and from east to west, unless the street is an old one. */
static void place_street(struct street *s)
{
    bool vertical = s->axis == 'V';
    int first = s->upward ? s->from : s->to;
    double along = ORIGIN + PITCH * first, across = ORIGIN + PITCH * s->line;
    double sign = s->upward ? 1 : -1;
    s->start = vertical ? (struct point){across, along} : (struct point){along, across};
    s->heading = vertical ? (struct point){0, sign} : (struct point){sign, 0};
    s->length_m = PITCH * (s->to - s->from);
}

void ward_lay_streets(struct ward *w)
{
    w->streets = (int)(sizeof STREETS / sizeof *STREETS);
    memcpy(w->street, STREETS, sizeof STREETS);
    for (int k = 0; k < w->streets; k++)
        place_street(&w->street[k]);
}
