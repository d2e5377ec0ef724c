/* The markets and the stall list of each: one list names its zones in group rows, the other in a column. */
#include "lists.h"
#include "mess.h"

#include <string.h>

#define WIDTH(columns) ((int)(sizeof(columns) / sizeof *(columns)))

static const struct column FIRST[] = {
    {F_COUNT, "STT", NULL},
    {F_REF, "Mã điểm", NULL},
    {F_MARKET, "Mã chợ", NULL},
    {F_STALL_KIND, "Loại", "Vị trí"},
    {F_STALL_NO, "Số sạp", "Vị trí"},
    {F_AREA, "Diện tích", "Vị trí"},
    {F_OWNER, "Tiểu thương", NULL},
    {F_TRADE, "Ngành hàng", NULL},
    {F_STATUS, "Tình trạng", NULL},
    {F_QR, "QR", "Thanh toán"},
    {F_POS, "POS", "Thanh toán"},
    {F_TRANSFER, "Chuyển khoản", "Thanh toán"},
    {F_ACCOUNT, "Tài khoản thanh toán", NULL},
};
static const struct column SECOND[] = {
    {F_COUNT, "TT", NULL},
    {F_OWNER, "HỌ TÊN", NULL},
    {F_MARKET, "Chợ", NULL},
    {F_ZONE, "Khu", NULL},
    {F_STALL_NO, "Số quầy", NULL},
    {F_STALL_KIND, "Loại", NULL},
    {F_TRADE, "Ngành hàng", NULL},
    {F_AREA, "Diện tích (m2)", NULL},
    {F_ACCOUNT, "Tài khoản thanh toán", NULL},
    {F_TRANSFER, "Chuyển khoản", NULL},
    {F_QR, "QR", NULL},
    {F_POS, "POS", NULL},
    {F_STATUS, "Tình trạng", NULL},
};

static const struct layout LAYOUTS[MARKETS] = {
    {.path = "office/quay_sap_cho_mau.xlsx",
     .sheet = "Chợ Mẫu",
     .kind = "stalls",
     .title = "DANH SÁCH QUẦY, SẠP CHỢ MẪU",
     .columns = FIRST,
     .width = WIDTH(FIRST),
     .letterhead = true},
    {.path = "office/quay_sap_cho_hoa_mau.xlsx",
     .sheet = "Sheet1",
     .kind = "stalls",
     .title = "DANH SÁCH TIỂU THƯƠNG CHỢ HÒA MẪU",
     .columns = SECOND,
     .width = WIDTH(SECOND),
     .letterhead = true},
};

/* ---- defects of stall rows ---- */

static bool number_words(struct scene *s)
{
    char text[TEXT];
    const struct stall *t = &s->ward->stall[s->place->stall];
    if (rng_chance(s->rng, 400))
        put(text, TEXT, "Số %d", t->number);
    else if (rng_chance(s->rng, 500) || t->kind == 2)
        put(text, TEXT, "%03d", t->number);
    else
        put(text, TEXT, "%s %d", stall_kind_name(t->kind), t->number);
    cell_text(s->row, F_STALL_NO, text);
    return true;
}

static bool kind_words(struct scene *s)
{
    static const char *const word[4][3] = {{"quay", "QUẦY", "Quầy hàng"},
                                           {"sap", "SẠP", "Sạp hàng"},
                                           {"kiốt", "Kios", "Ki ốt"},
                                           {"lo", "LÔ", "Lô hàng"}};
    cell_text(s->row, F_STALL_KIND, word[s->ward->stall[s->place->stall].kind][rng_below(s->rng, 3)]);
    return true;
}

static bool status_words(struct scene *s)
{
    static const char *const word[] = {"Hoạt động", "đang hoạt động", "Đang bán", "ĐANG KINH DOANH"};
    if (s->place->status != ACTIVE)
        return false;
    cell_text(s->row, F_STATUS, word[rng_below(s->rng, 4)]);
    return true;
}

static bool area_words(struct scene *s)
{
    char text[TEXT];
    put(text, TEXT, "%d,%d m2", 3 + rng_below(s->rng, 3), rng_below(s->rng, 10));
    cell_text(s->row, F_AREA, text);
    text[strcspn(text, " ")] = 0;
    text_swap(text, ",", ".");
    clean_text(s->row, F_AREA, text);
    return true;
}

static bool trader_caps(struct scene *s)
{
    char text[TEXT];
    text_upper(text, s->place->owner);
    cell_text(s->row, F_OWNER, text);
    return true;
}

static const struct defect STALL_DEFECTS[] = {
    {"stall_number_words", 120, 0, number_words}, {"stall_kind_words", 90, 0, kind_words},
    {"stall_status_words", 60, 0, status_words},  {"area_with_unit", 60, 0, area_words},
    {"trader_all_caps", 50, 0, trader_caps},
};

/* ---- rows ---- */

static void stall_truth(struct row *r, const struct stall *t)
{
    static const char *const kind[] = {"counter", "stand", "kiosk", "lot"};
    char text[16];
    clean_text(r, F_REF, t->market == 0 ? t->ref : "");
    clean_text(r, F_MARKET, market_code(t->market));
    clean_text(r, F_ZONE, zone_name(t->market, t->zone));
    clean_text(r, F_STALL_KIND, kind[t->kind]);
    put(text, sizeof text, "%d", t->number);
    clean_text(r, F_STALL_NO, text);
    put(text, sizeof text, "%.0f", r->cell[F_AREA].number);
    clean_text(r, F_AREA, text);
    clean_text(r, F_STATUS, "vacant");
}

static void stall_cells(struct row *r, const struct stall *t, struct rng *rng)
{
    memset(r, 0, sizeof *r);
    cell_text(r, F_REF, t->market == 0 ? t->ref : "");
    cell_text(r, F_MARKET, t->market == 0 ? market_code(0) : market_name(1));
    cell_text(r, F_ZONE, zone_name(t->market, t->zone));
    cell_text(r, F_STALL_KIND, stall_kind_name(t->kind));
    cell_number(r, F_STALL_NO, t->number);
    cell_number(r, F_AREA, 3 + rng_below(rng, 4));
    r->note.has_place = true;
    r->note.at = plan_to_lonlat(box_middle(t->box));
    r->note.best = AT_STALL_PLAN;
    put(r->note.name, sizeof r->note.name, "%s/%s/%s/%d", market_code(t->market),
        zone_name(t->market, t->zone), stall_kind_name(t->kind), t->number);
    stall_truth(r, t);
}

static void write_stall(struct sheet *sheet, struct scene *s, const struct stall *t)
{
    stall_cells(s->row, t, s->rng);
    if (t->place < 0) {
        cell_text(s->row, F_STATUS, "Trống");
        sheet_row(sheet, s->row);
        return;
    }
    s->place = &s->ward->place[t->place];
    cell_text(s->row, F_OWNER, s->place->owner);
    cell_text(s->row, F_TRADE, TRADES[s->place->trade].word);
    words_fill(s);
    clean_text(s->row, F_OWNER, s->place->owner);
    mess_each_of(s, STALL_DEFECTS, (int)(sizeof STALL_DEFECTS / sizeof *STALL_DEFECTS));
    fields_damage(s);
    s->place->best = AT_STALL_PLAN;
    s->place->pristine = s->row->note.defects[0] == 0;
    sheet_row(sheet, s->row);
}

/* One trader on two neighbouring stalls, written as one row "12-13". */
static bool joins_next(const struct ward *w, int k)
{
    const struct stall *t = &w->stall[k];
    if (t->market != 1 || t->zone != 1 || k % 9 != 4 || k + 1 == w->stalls || t->place < 0)
        return false;
    const struct stall *next = t + 1;
    return next->zone == t->zone && next->kind == t->kind && next->place >= 0;
}

static void write_joined(struct sheet *sheet, struct scene *s, const struct stall *t)
{
    char text[64];
    struct place *first = s->place = &s->ward->place[t->place], *second = &s->ward->place[t[1].place];
    second->status = first->status;
    stall_cells(s->row, t, s->rng);
    put(text, sizeof text, "%d%s%d", t->number, rng_chance(s->rng, 500) ? "-" : " - ", t->number + 1);
    cell_text(s->row, F_STALL_NO, text);
    cell_text(s->row, F_OWNER, first->owner);
    cell_text(s->row, F_TRADE, TRADES[first->trade].word);
    words_fill(s);
    clean_text(s->row, F_OWNER, first->owner);
    s->row->clean[F_AREA].told = false; /* shared by both */
    first->best = second->best = AT_STALL_PLAN;
    first->spoiled = second->spoiled = true;
    /* the row says one thing about both */
    second->flags = first->flags;
    put(second->owner, sizeof second->owner, "%s", first->owner);
    note_defect(s->row, "stall_range");
    sheet_row(sheet, s->row);
}

/* A stall that was squeezed in later: it has a number but no place in the plan. */
static void write_unplanned(struct sheet *sheet, struct scene *s, const struct stall *after)
{
    char text[64];
    struct stall t = *after;
    t.ref[0] = 0;
    stall_cells(s->row, &t, s->rng);
    put(text, sizeof text, "%dA", t.number);
    cell_text(s->row, F_STALL_NO, text);
    clean_text(s->row, F_STALL_NO, text);
    clean_text(s->row, F_STATUS, "active");
    name_person(s->rng, text);
    cell_text(s->row, F_OWNER, text);
    clean_text(s->row, F_OWNER, text);
    truth_private(sheet_truth(sheet), "owner", text);
    cell_text(s->row, F_TRADE, "Rau củ");
    cell_text(s->row, F_STATUS, "Đang kinh doanh");
    put_more(s->row->note.name, sizeof s->row->note.name, "A");
    s->row->note.best = AT_AREA;
    note_defect(s->row, "stall_not_in_plan");
    s->ward->unplanned++;
    sheet_row(sheet, s->row);
}

static bool write_list(const struct office *o, int market, struct rng *rng)
{
    struct row row;
    struct scene s = {.rng = rng, .ward = o->ward, .layout = &LAYOUTS[market], .row = &row};
    struct sheet *sheet = sheet_open(&LAYOUTS[market], o->folder, o->truth);
    int zone = -1;
    if (!sheet)
        return false;
    for (int k = 0; k < o->ward->stalls; k++) {
        const struct stall *t = &o->ward->stall[k];
        char text[64];
        if (t->market != market)
            continue;
        put(text, sizeof text, "Khu %s - %s", zone_name(market, t->zone), zone_goods(market, t->zone));
        if (market == 0 && t->zone != zone) {
            if (zone >= 0)
                sheet_group(sheet, "Cộng khu: 60");
            sheet_group(sheet, text);
        }
        zone = t->zone;
        if (joins_next(o->ward, k)) {
            write_joined(sheet, &s, t);
            k++;
            continue;
        }
        write_stall(sheet, &s, t);
        if (k % 80 == 35)
            write_unplanned(sheet, &s, t);
    }
    return sheet_close(sheet);
}

bool list_stalls(const struct office *o)
{
    struct rng rng = rng_fork(o->seed, "stalls");
    return write_list(o, 0, &rng) && write_list(o, 1, &rng);
}

/* ---- markets ---- */

static const struct column MARKET_COLUMNS[] = {
    {F_MARKET, "Mã chợ", NULL},        {F_NAME, "Tên chợ", NULL},
    {F_CLASS, "Hạng", NULL},           {F_ADDRESS, "Địa chỉ", NULL},
    {F_LON, "Kinh độ", NULL},          {F_LAT, "Vĩ độ", NULL},
    {F_PILOT, "Phường quản lý", NULL}, {F_STATE, "Đã triển khai TTKDTM", NULL},
    {F_METHOD, "Chợ 4.0", NULL},       {F_NOTE, "Minh chứng", NULL},
};
static const struct layout MARKET_LAYOUT = {.path = "office/cho.csv",
                                            .kind = "markets",
                                            .columns = MARKET_COLUMNS,
                                            .width = WIDTH(MARKET_COLUMNS),
                                            .separator = ',',
                                            .encoding = UTF8};

bool list_markets(const struct office *o)
{
    static const char *const street[MARKETS] = {"2 Tháng 9", "Lý Tự Trọng"};
    struct sheet *sheet = sheet_open(&MARKET_LAYOUT, o->folder, o->truth);
    if (!sheet)
        return false;
    for (int m = 0; m < MARKETS; m++) {
        struct row r;
        char text[TEXT];
        memset(&r, 0, sizeof r);
        r.note = (struct note){
            .has_place = true, .at = plan_to_lonlat(box_middle(plan_market(m))), .best = AT_GPS};
        put(r.note.name, sizeof r.note.name, "%s", market_name(m));
        put(text, TEXT, "Đường %s, Phường Mẫu", street[m]);
        cell_text(&r, F_MARKET, market_code(m));
        cell_text(&r, F_NAME, market_name(m));
        cell_text(&r, F_CLASS, m == 0 ? "2" : "3");
        cell_text(&r, F_ADDRESS, text);
        cell_number(&r, F_LON, r.note.at.lon);
        cell_number(&r, F_LAT, r.note.at.lat);
        cell_text(&r, F_PILOT, "Có");
        cell_text(&r, F_STATE, m == 0 ? "Có" : "Không");
        cell_text(&r, F_METHOD, m == 0 ? "Có" : "Không");
        cell_text(&r, F_NOTE, m == 0 ? "QĐ 01/QĐ-UBND (dữ liệu mẫu)" : "");
        sheet_row(sheet, &r);
    }
    return sheet_close(sheet);
}
