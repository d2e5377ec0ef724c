/* The registers of businesses: households (XLSX, as printed for signature), enterprises (CSV of another
 * agency), a field survey (XLSX, address in parts, some coordinates), and three small files in encodings of
 * the past. */
#include "lists.h"
#include "mess.h"

#include <string.h>

#define WIDTH(columns) ((int)(sizeof(columns) / sizeof *(columns)))

static const struct column HOUSEHOLDS[] = {
    {F_COUNT, "STT", NULL},
    {F_REF, "Mã cơ sở", NULL},
    {F_NAME, "Tên cơ sở", NULL},
    {F_OWNER, "Chủ hộ", NULL},
    {F_ID, "Mã số", NULL},
    {F_ADDRESS, "Địa chỉ", NULL},
    {F_PHONE, "Điện thoại", "Liên hệ"},
    {F_TRADE, "Ngành nghề", "Ngành nghề kinh doanh"},
    {F_CODE, "Mã ngành", "Ngành nghề kinh doanh"},
    {F_ISSUED, "Ngày cấp", NULL},
    {F_STATUS, "Tình trạng", NULL},
    {F_QR, "QR", "Thanh toán không dùng tiền mặt"},
    {F_POS, "POS", "Thanh toán không dùng tiền mặt"},
    {F_TRANSFER, "Chuyển khoản", "Thanh toán không dùng tiền mặt"},
    {F_ACCOUNT, "Tài khoản thanh toán", NULL},
    {F_PLATFORM, "Nền tảng số", NULL},
    {F_HOME, "Kinh doanh tại nhà", NULL},
    {F_NOTE, "Ghi chú", NULL},
};
static const struct column ENTERPRISES[] = {
    {F_ID, "MST", NULL},
    {F_REF, "Mã điểm", NULL},
    {F_KIND, "LOẠI HÌNH", NULL},
    {F_NAME, "TÊN CƠ SỞ", NULL},
    {F_OWNER, "Tên chủ cơ sở", NULL},
    {F_ADDRESS, "Địa chỉ", NULL},
    {F_WARD, "Phường", NULL},
    {F_GROUP, "Tổ dân phố", NULL},
    {F_CODE, "Mã ngành", NULL},
    {F_TRADE, "Ngành nghề", NULL},
    {F_STATUS, "Trạng thái", NULL},
    {F_ISSUED, "Ngày cấp", NULL},
    {F_PHONE, "Dien thoai", NULL},
    {F_QR, "QR", NULL},
    {F_POS, "POS", NULL},
    {F_TRANSFER, "Chuyển khoản", NULL},
    {F_PLATFORM, "Nền tảng số", NULL},
    {F_ACCOUNT, "Tài khoản thanh toán", NULL},
    {F_NOTE, "Ghi chú", NULL},
    {F_NOTE, "Ghi chú", NULL},
    {F_NOTE, "", NULL},
};
static const struct column SURVEY[] = {
    {F_COUNT, "TT", NULL},
    {F_REF, "Mã điểm", NULL},
    {F_GROUP, "Tổ dân phố", NULL},
    {F_STREET, "Tên đường", NULL},
    {F_NUMBER, "Số nhà", NULL},
    {F_NOTE, "Người khảo sát", NULL},
    {F_NAME, "Tên  cơ sở", NULL},
    {F_OWNER, "chủ hộ", NULL},
    {F_KIND, "Loại hình", NULL},
    {F_TRADE, "Ngành nghề", NULL},
    {F_STATUS, "Tình trạng", NULL},
    {F_PHONE, "Điện thoại", NULL},
    {F_WARD, "Phường", NULL},
    {F_LON, "Kinh độ", NULL},
    {F_LAT, "Vĩ độ", NULL},
    {F_X, "X", NULL},
    {F_Y, "Y", NULL},
    {F_QR, "QR", NULL},
    {F_POS, "POS", NULL},
    {F_TRANSFER, "Chuyển khoản", NULL},
    {F_PLATFORM, "Nền tảng số", NULL},
    {F_ACCOUNT, "Tài khoản thanh toán", NULL},
};
static const struct column OLD[] = {
    {F_REF, "Mã điểm", NULL},       {F_NAME, "Tên cơ sở", NULL},   {F_OWNER, "Chủ hộ", NULL},
    {F_ADDRESS, "Địa chỉ", NULL},   {F_TRADE, "Ngành nghề", NULL}, {F_PHONE, "Điện thoại", NULL},
    {F_STATUS, "Tình trạng", NULL},
};

static const struct layout LAYOUTS[LISTS] = {
    [LIST_HOUSEHOLDS] = {.path = "office/ho_kinh_doanh.xlsx",
                         .sheet = "Hộ kinh doanh",
                         .kind = "establishments",
                         .title = "DANH SÁCH HỘ KINH DOANH TRÊN ĐỊA BÀN PHƯỜNG",
                         .columns = HOUSEHOLDS,
                         .width = WIDTH(HOUSEHOLDS),
                         .letterhead = true},
    [LIST_ENTERPRISES] = {.path = "office/doanh_nghiep.csv",
                          .kind = "establishments",
                          .columns = ENTERPRISES,
                          .width = WIDTH(ENTERPRISES),
                          .separator = ';',
                          .encoding = UTF8_BOM},
    [LIST_SURVEY] = {.path = "office/khao_sat.xlsx",
                     .sheet = "Khảo sát 2026",
                     .kind = "establishments",
                     .columns = SURVEY,
                     .width = WIDTH(SURVEY),
                     .hidden_column = 6},
    [LIST_TCVN3] = {.path = "office/to_37_tcvn3.xlsx",
                    .sheet = "To 37",
                    .kind = "establishments",
                    .columns = OLD,
                    .width = WIDTH(OLD),
                    .font = ".VnTime"},
    [LIST_CP1258] = {.path = "office/to_35_cp1258.csv",
                     .kind = "establishments",
                     .columns = OLD,
                     .width = WIDTH(OLD),
                     .separator = ',',
                     .encoding = CP1258},
    [LIST_UTF16] = {.path = "office/to_36_utf16.csv",
                    .kind = "establishments",
                    .columns = OLD,
                    .width = WIDTH(OLD),
                    .separator = '\t',
                    .encoding = UTF16},
};

void row_identity(struct row *r, const struct place *p)
{
    cell_text(r, F_REF, p->ref);
    cell_text(r, F_NAME, p->name);
    cell_text(r, F_OWNER, p->owner);
    cell_text(r, F_ID, p->id);
    cell_text(r, F_PHONE, p->phone);
    cell_text(r, F_TRADE, TRADES[p->trade].industry);
    cell_text(r, F_CODE, TRADES[p->trade].code);
    cell_date(r, F_ISSUED, p->issued);
    put(r->note.name, sizeof r->note.name, "%s", p->name);
    clean_text(r, F_REF, p->ref);
    clean_text(r, F_NAME, p->name);
    clean_text(r, F_OWNER, p->owner);
    clean_text(r, F_ID, p->id);
    clean_text(r, F_PHONE, p->phone);
    clean_text(r, F_CODE, TRADES[p->trade].code);
    clean_day(r, F_ISSUED, p->issued);
}

/* A third of the survey was done with a receiver: degrees in one half of those rows, VN-2000 in the other; in
 * Vietnamese files X is the northing. */
static void survey_coordinates(struct scene *s)
{
    double en[2];
    struct lonlat at = s->row->note.at;
    if (!rng_chance(s->rng, 340))
        return;
    s->row->note.best = AT_GPS;
    if (rng_chance(s->rng, 500)) {
        cell_number(s->row, F_LON, at.lon);
        cell_number(s->row, F_LAT, at.lat);
    } else {
        plan_vn2000(at, en);
        cell_number(s->row, F_X, en[1]);
        cell_number(s->row, F_Y, en[0]);
    }
}

/* What the address must read like once its letters are mended; "nt" and "-" are no address. */
static void clean_address(struct row *r)
{
    char text[TEXT];
    const struct cell *number = &r->cell[F_NUMBER], *whole = &r->cell[F_ADDRESS];
    bool is_none = strcmp(whole->text, "nt") == 0 || strcmp(whole->text, "-") == 0;
    clean_text(r, F_ADDRESS, is_none ? "" : whole->text);
    if (number->kind == NUMBER)
        put(text, TEXT, "%.0f %s", number->number, r->cell[F_STREET].text);
    else
        put(text, TEXT, "%s%s%s", number->text, number->text[0] ? " " : "", r->cell[F_STREET].text);
    clean_text(r, F_STREET, text);
}

static void make_row(struct scene *s)
{
    char group[32];
    memset(s->row, 0, sizeof *s->row);
    row_identity(s->row, s->place);
    words_fill(s);
    put(group, sizeof group, "Tổ %d", s->ward->house[s->place->house].group + 1);
    cell_text(s->row, F_GROUP, group);
    address_describe(s);
    address_damage(s);
    address_write(s);
    clean_address(s->row);
    if (s->place->list == LIST_SURVEY && s->row->note.best <= AT_INTERPOLATED)
        survey_coordinates(s);
    letters_damage(s);
    fields_damage(s);
    if (strcmp(s->row->cell[F_ADDRESS].text, "#N/A") == 0)
        s->row->cell[F_ADDRESS].kind = s->layout->separator ? WORDS : FAILED;
    s->place->best = s->row->note.best;
    s->place->pristine = s->row->note.defects[0] == 0;
}

/* The same row twice changes nothing; the same place under another number is for a person to decide. */
static void write_again(struct sheet *sheet, struct scene *s)
{
    struct row *r = s->row;
    if (r->note.verdict != ADDED || r->note.also || s->place->spoiled)
        return;
    if (rng_chance(s->rng, 6)) {
        r->note.verdict = UNCHANGED;
        r->cell[F_COUNT].kind = EMPTY;
        r->note.defects[0] = 0;
        note_defect(r, "duplicate_row");
        sheet_row(sheet, r);
    } else if (rng_chance(s->rng, 5)) {
        char bare[TEXT];
        text_bare(bare, s->place->name);
        cell_text(r, F_NAME, bare);
        put_more(r->cell[F_REF].text, TEXT, "B");
        clean_forget(r);
        r->note.verdict = REVIEW;
        r->cell[F_COUNT].kind = EMPTY;
        r->note.defects[0] = 0;
        note_defect(r, "duplicate_place");
        sheet_row(sheet, r);
    }
}

static void write_one(struct sheet *sheet, struct scene *s)
{
    make_row(s);
    sheet_row(sheet, s->row);
    write_again(sheet, s);
}

/* In the survey the clerk merged the cell of a street over all its rows. */
static void merge_street(struct scene *s, const char *previous)
{
    struct cell *c = &s->row->cell[F_STREET];
    if (c->kind == WORDS && strcmp(c->text, previous) == 0 && rng_chance(s->rng, 500)) {
        c->kind = MERGED;
        note_defect(s->row, "merged_cell");
    }
}

static void group_heading(struct sheet *sheet, int group)
{
    static const char *const ten[] = {"", "X", "XX", "XXX", "XL", "L", "LX"};
    static const char *const one[] = {"", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"};
    char text[64];
    int n = group + 1;
    put(text, sizeof text, "%s%s. Tổ dân phố %d", ten[n / 10], one[n % 10], n);
    if (group % 10 == 9)
        sheet_blank(sheet);
    sheet_group(sheet, text);
}

static void old_letters(struct row *r)
{
    for (int f = 0; f < FIELDS; f++) {
        char out[TEXT];
        if (r->cell[f].kind != WORDS)
            continue;
        text_tcvn3(out, r->cell[f].text);
        put(r->cell[f].text, TEXT, "%s", out);
    }
}

static void write_row_of(struct sheet *sheet, struct scene *s, char previous[TEXT])
{
    static const char *const legacy[LISTS] = {
        [LIST_TCVN3] = "file_tcvn3", [LIST_CP1258] = "file_cp1258", [LIST_UTF16] = "file_utf16"};
    enum list list = s->place->list;
    if (list == LIST_HOUSEHOLDS || list == LIST_ENTERPRISES) {
        write_one(sheet, s);
        return;
    }
    make_row(s);
    if (list == LIST_SURVEY) {
        merge_street(s, previous);
        put(previous, TEXT, "%s", s->row->cell[F_STREET].text);
        cell_text(s->row, F_NOTE, "Tổ khảo sát mẫu");
    } else {
        note_defect(s->row, legacy[list]);
        if (list == LIST_TCVN3)
            old_letters(s->row);
    }
    sheet_row(sheet, s->row);
}

/* Some traders of the market stand in the register of households too: one business, not two. */
static void write_stall_holders(struct sheet *sheet, struct scene *s)
{
    for (int k = 7; k < s->ward->stalls; k += 21) {
        const struct stall *stall = &s->ward->stall[k];
        if (stall->market != 0 || stall->place < 0)
            continue;
        struct place *p = s->place = &s->ward->place[stall->place];
        char text[TEXT];
        memset(s->row, 0, sizeof *s->row);
        row_identity(s->row, p);
        words_fill(s);
        put(text, TEXT, "%s %d khu %s, %s", stall_kind_name(stall->kind), stall->number,
            zone_name(0, stall->zone), market_name(0));
        cell_text(s->row, F_ADDRESS, text);
        s->row->note.at = plan_to_lonlat(box_middle(stall->box));
        s->row->note.has_place = true;
        s->row->note.best = AT_STALL_PLAN;
        s->row->note.also = "updated";
        clean_forget(s->row); /* the stall's own list says what is true of it */
        note_defect(s->row, "stall_in_register");
        sheet_row(sheet, s->row);
    }
}

static bool write_list(const struct office *o, enum list list, struct rng *rng)
{
    struct row row;
    char previous[TEXT] = "";
    int group = -1;
    struct sheet *sheet = sheet_open(&LAYOUTS[list], o->folder, o->truth);
    if (!sheet)
        return false;
    for (int k = 0; k < o->ward->places; k++) {
        struct place *p = &o->ward->place[k];
        struct scene s = {.rng = rng, .ward = o->ward, .place = p, .layout = &LAYOUTS[list], .row = &row};
        if (p->list != list)
            continue;
        if (list == LIST_HOUSEHOLDS && o->ward->house[p->house].group != group)
            group_heading(sheet, group = o->ward->house[p->house].group);
        write_row_of(sheet, &s, previous);
    }
    if (list == LIST_HOUSEHOLDS) {
        struct scene s = {.rng = rng, .ward = o->ward, .layout = &LAYOUTS[list], .row = &row};
        write_stall_holders(sheet, &s);
    }
    return sheet_close(sheet);
}

bool list_establishments(const struct office *o)
{
    struct rng rng = rng_fork(o->seed, "establishments");
    bool fine = true;
    for (enum list list = LIST_HOUSEHOLDS; list <= LIST_UTF16; list++)
        fine = write_list(o, list, &rng) && fine;
    return fine;
}
