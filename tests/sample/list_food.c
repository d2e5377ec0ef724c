/* Two food-safety lists: certificates and the last inspection of a place (XLSX), and signed commitments with
 * several rounds of inspection in one cell (CSV). Some rows name the place by the office's number, some only
 * by name and address, some are places no other list knows. */
#include "lists.h"
#include "mess.h"

#include <string.h>

#define WIDTH(columns) ((int)(sizeof(columns) / sizeof *(columns)))

static const struct column CERTIFICATES[] = {
    {F_COUNT, "STT", NULL},
    {F_REF, "Mã số", NULL},
    {F_NAME, "Tên cơ sở", NULL},
    {F_OWNER, "Tên chủ cơ sở", NULL},
    {F_ADDRESS, "Địa chỉ", NULL},
    {F_TRADE, "Nhóm", NULL},
    {F_STATUS, "Trạng thái", NULL},
    {F_CERTIFICATE, "Số cấp", "Giấy chứng nhận ATTP"},
    {F_ISSUED, "Ngày cấp", "Giấy chứng nhận ATTP"},
    {F_EXPIRES, "Ngày hết hạn", "Giấy chứng nhận ATTP"},
    {F_COMMITTED, "Ngày kí cam kết", NULL},
    {F_INSPECTED, "Ngày kiểm tra", "Kiểm tra gần nhất"},
    {F_RESULT, "Kết quả kiểm tra", "Kiểm tra gần nhất"},
    {F_FINDING, "Nội dung không đạt", "Kiểm tra gần nhất"},
    {F_PENALTY, "Xử phạt", "Kiểm tra gần nhất"},
};
static const struct column COMMITMENTS[] = {
    {F_NAME, "Tên cơ sở", NULL},
    {F_REF, "Mã số", NULL},
    {F_GROUP, "Thôn/Tổ", NULL},
    {F_ADDRESS, "Địa chỉ", NULL},
    {F_OWNER, "Tên chủ cơ sở", NULL},
    {F_TRADE, "Loại hình", NULL},
    {F_STATUS, "Trạng thái", NULL},
    {F_COMMITTED, "Ngày kí cam kết(3 năm)", NULL},
    {F_HEALTH, "Ngày khám sức khỏe(1 năm)", NULL},
    {F_TRAINED, "Ngày tập huấn kiến thức(3 năm)", NULL},
    {F_INSPECTED, "Ngày kiểm tra", NULL},
    {F_FINDING, "Nội dung không đạt", NULL},
    {F_PENALTY, "Xử phạt", NULL},
};
static const struct layout LAYOUTS[2] = {
    {.path = "office/attp_giay_chung_nhan.xlsx",
     .sheet = "ATTP",
     .kind = "food-safety",
     .title = "DANH SÁCH CƠ SỞ THỰC PHẨM",
     .columns = CERTIFICATES,
     .width = WIDTH(CERTIFICATES),
     .letterhead = true},
    {.path = "office/attp_cam_ket.csv",
     .kind = "food-safety",
     .columns = COMMITMENTS,
     .width = WIDTH(COMMITMENTS),
     .separator = ',',
     .encoding = UTF8_BOM},
};

struct census {
    int certificate_valid, certificate_expired, commitment, none, by_ref, by_name, new_places;
};
struct food {
    const struct office *office;
    struct rng rng;
    struct sheet *sheet[2];
    struct census census;
    int today, certificates;
};

static void certificate(struct food *f, struct row *r)
{
    char text[64];
    int issued = date_make(2022, 6, 1) + rng_below(&f->rng, date_make(2026, 10, 1) - date_make(2022, 6, 1));
    char day[16];
    date_text(issued, "y", day);
    put(text, sizeof text, "%04d/%s/ATTP-MAU", ++f->certificates, day);
    cell_text(r, F_CERTIFICATE, text);
    cell_date(r, F_ISSUED, issued);
    int last = date_years_later(issued, 3);
    cell_date(r, F_EXPIRES, last);
    clean_text(r, F_CERTIFICATE, text);
    clean_day(r, F_ISSUED, issued);
    clean_day(r, F_EXPIRES, last);
    if (last >= f->today)
        f->census.certificate_valid++;
    else
        f->census.certificate_expired++;
}

static void inspection(struct food *f, struct row *r, bool rounds)
{
    static const char *const finding[] = {"Chưa có sổ ghi chép nguồn gốc", "Nền bếp ẩm", "Thiếu tủ lưu mẫu"};
    int day = date_make(2025, 2, 1) + rng_below(&f->rng, date_make(2026, 10, 30) - date_make(2025, 2, 1));
    bool passed = rng_chance(&f->rng, 870);
    char first[16], second[16], text[TEXT];
    clean_text(r, F_INSPECTED, "");
    if (rng_chance(&f->rng, 250))
        return;
    date_text(day, "y-m-d", second);
    put(text, TEXT, "%s %s", second, passed ? "pass" : "fail");
    clean_text(r, F_INSPECTED, text);
    cell_date(r, F_INSPECTED, day);
    cell_text(r, F_RESULT, passed ? "Đạt" : "Không đạt");
    if (!passed)
        cell_text(r, F_FINDING, finding[rng_below(&f->rng, 3)]);
    if (!rounds)
        return;
    date_text(day - 300, "d-m-y", first);
    date_text(day, "d-m-y", second);
    put(text, TEXT, "Đợt 1:Ngày kiểm tra: %s.Kết quả: Đạt.", first);
    bool twice = rng_chance(&f->rng, 450);
    if (twice)
        put_more(text, TEXT, " Đợt 2:Ngày kiểm tra: %s.Kết quả: %s.", second, passed ? "Đạt" : "Không đạt");
    cell_text(r, F_INSPECTED, text);
    date_text(day - 300, "y-m-d", first);
    date_text(day, "y-m-d", second);
    put(text, TEXT, "%s pass", first);
    if (twice)
        put_more(text, TEXT, ";%s %s", second, passed ? "pass" : "fail");
    clean_text(r, F_INSPECTED, text);
    note_defect(r, "inspection_rounds_in_cell");
}

static void documents(struct food *f, struct row *r, bool certified)
{
    int signed_on = date_make(2023, 12, 15) + rng_below(&f->rng, 1000);
    r->cell[F_ISSUED].kind = EMPTY;
    r->clean[F_ISSUED].told = false;
    if (certified && rng_chance(&f->rng, 930)) {
        certificate(f, r);
    } else if (!certified && rng_chance(&f->rng, 920)) {
        int healthy_on = f->today - 20 - rng_below(&f->rng, 330);
        int trained_on = signed_on + rng_below(&f->rng, 60);
        cell_date(r, F_COMMITTED, signed_on);
        cell_date(r, F_HEALTH, healthy_on);
        cell_date(r, F_TRAINED, trained_on);
        clean_day(r, F_COMMITTED, signed_on);
        clean_day(r, F_HEALTH, healthy_on);
        clean_day(r, F_TRAINED, trained_on);
        f->census.commitment++;
    } else {
        f->census.none++;
    }
    inspection(f, r, !certified);
}

/* ---- defects ---- */

static bool dates_crossed(struct scene *s)
{
    struct cell *c = s->row->cell;
    if (c[F_CERTIFICATE].kind == EMPTY)
        return false;
    cell_date(s->row, F_EXPIRES, (int)c[F_ISSUED].number - 30);
    s->row->note.also = "review";
    return true;
}

static bool no_expiry(struct scene *s)
{
    if (s->row->cell[F_CERTIFICATE].kind == EMPTY)
        return false;
    cell_text(s->row, F_EXPIRES, rng_chance(s->rng, 500) ? "không thời hạn" : "Không xác định");
    return true;
}

static bool expiry_left_out(struct scene *s)
{
    s->row->cell[F_EXPIRES].kind = EMPTY;
    return s->row->cell[F_CERTIFICATE].kind != EMPTY;
}

static bool leap_day(struct scene *s)
{
    if (s->row->cell[F_CERTIFICATE].kind == EMPTY)
        return false;
    cell_date(s->row, F_ISSUED, date_make(2024, 2, 29));
    clean_day(s->row, F_ISSUED, date_make(2024, 2, 29));
    clean_day(s->row, F_EXPIRES, date_make(2027, 2, 28));
    s->row->cell[F_EXPIRES].kind = EMPTY;
    return true;
}

static bool as_text(struct scene *s, enum field f)
{
    static const char *const form[] = {"d/m/y", "y-m-d", "d.m.y", "d-m-y"};
    struct cell *c = &s->row->cell[f];
    char text[16];
    if (c->kind != DATE)
        return false;
    date_text((int)c->number, form[rng_below(s->rng, 4)], text);
    cell_text(s->row, f, text);
    return true;
}

static bool date_words(struct scene *s)
{
    bool any = as_text(s, F_ISSUED);
    any = as_text(s, F_EXPIRES) || any;
    any = as_text(s, F_COMMITTED) || any;
    return as_text(s, F_INSPECTED) || any;
}

static bool old_class(struct scene *s)
{
    if (s->row->cell[F_INSPECTED].kind != DATE)
        return false;
    cell_text(s->row, F_RESULT, "B");
    s->row->clean[F_INSPECTED].text[strlen("2026-01-01")] = 0; /* a day without a result */
    return true;
}

static bool not_inspected(struct scene *s)
{
    if (s->layout->separator || s->row->cell[F_INSPECTED].kind == WORDS ||
        strcmp(s->row->cell[F_RESULT].text, "B") == 0)
        return false;
    cell_text(s->row, F_INSPECTED, rng_chance(s->rng, 500) ? "chưa kiểm tra" : "01/01/1900");
    cell_text(s->row, F_RESULT, "");
    cell_text(s->row, F_FINDING, "");
    clean_text(s->row, F_INSPECTED, "");
    return true;
}

static bool result_words(struct scene *s)
{
    if (s->row->cell[F_INSPECTED].kind != DATE || strcmp(s->row->cell[F_RESULT].text, "B") == 0)
        return false;
    bool passed = strcmp(s->row->cell[F_RESULT].text, "Đạt") == 0;
    cell_text(s->row, F_RESULT, passed ? "đạt yêu cầu" : "KĐ");
    return true;
}

static bool nameless(struct scene *s)
{
    cell_text(s->row, F_NAME, "");
    cell_text(s->row, F_REF, "");
    s->row->note.verdict = REJECTED;
    s->row->note.has_place = false;
    s->row->note.best = AT_NONE;
    return true;
}

/* At most one of these: each would hide another. */
static const struct defect PAPER_DEFECTS[] = {
    {"certificate_dates_crossed", 40, 0, dates_crossed},
    {"no_expiry_words", 50, 0, no_expiry},
    {"expiry_left_out", 80, 0, expiry_left_out},
    {"certificate_leap_day", 40, 0, leap_day},
};
static const struct defect FOOD_DEFECTS[] = {
    {"old_class_after_2025", 25, 0, old_class}, {"not_inspected_words", 25, 0, not_inspected},
    {"result_words", 50, 0, result_words},      {"date_spelling", 60, 0, date_words},
    {"name_missing", 5, 0, nameless},
};

/* ---- rows ---- */

enum link { BY_REF, BY_NAME, NEW };

static void stall_address(const struct ward *w, const struct place *p, struct row *r)
{
    char text[TEXT];
    const struct stall *t = &w->stall[p->stall];
    put(text, TEXT, "%s %d, khu %s, %s", stall_kind_name(t->kind), t->number, zone_name(t->market, t->zone),
        market_name(t->market));
    cell_text(r, F_ADDRESS, text);
    cell_text(r, F_NAME, p->name);
    r->note.has_place = true;
    r->note.at = plan_to_lonlat(box_middle(t->box));
}

static void food_address(struct food *f, struct scene *s, enum link link)
{
    char group[32];
    if (s->place->stall >= 0) {
        stall_address(s->ward, s->place, s->row);
        s->row->note.best = AT_STALL_PLAN;
        return;
    }
    put(group, sizeof group, "Tổ %d", f->office->ward->house[s->place->house].group + 1);
    cell_text(s->row, F_GROUP, group);
    address_describe(s);
    if (link == NEW)
        address_damage(s);
    else
        s->row->note.best = s->place->best;
    address_write(s);
}

static void food_row(struct food *f, struct place *p, enum link link)
{
    struct row row;
    bool certified = TRADES[p->trade].regime == CERTIFICATE;
    int which = certified || rng_chance(&f->rng, 300) ? 0 : 1;
    struct scene s = {
        .rng = &f->rng, .ward = f->office->ward, .place = p, .layout = &LAYOUTS[which], .row = &row};
    memset(&row, 0, sizeof row);
    row_identity(&row, p);
    words_fill(&s);
    if (link != NEW) /* whose name and state other lists tell */
        clean_forget(&row);
    if (link != BY_REF)
        cell_text(&row, F_REF, "");
    row.clean[F_REF].told = false;
    cell_text(&row, F_TRADE, TRADES[p->trade].word);
    food_address(f, &s, link);
    documents(f, &row, certified);
    mess_one_of(&s, PAPER_DEFECTS, (int)(sizeof PAPER_DEFECTS / sizeof *PAPER_DEFECTS));
    mess_each_of(&s, FOOD_DEFECTS, (int)(sizeof FOOD_DEFECTS / sizeof *FOOD_DEFECTS));
    if (row.note.verdict == REJECTED && link == NEW)
        p->stored = false;
    sheet_row(f->sheet[which], &row);
    f->census.by_ref += link == BY_REF;
    f->census.by_name += link == BY_NAME;
    f->census.new_places += link == NEW;
}

/* 55 % of the food places of the registers stand in the food lists too; without a number only where the
 * register's row is spotless, because name and address must then suffice. */
static void maybe_row(struct food *f, struct place *p)
{
    bool registered = p->list == LIST_HOUSEHOLDS || p->list == LIST_ENTERPRISES || p->list == LIST_SURVEY;
    bool market = p->list == LIST_STALLS && p->ref[0];
    if (TRADES[p->trade].regime == NO_FOOD || (p->status == CEASED && p->list != LIST_FOOD))
        return;
    if (p->list == LIST_FOOD)
        food_row(f, p, NEW);
    else if (registered && p->pristine && p->list != LIST_SURVEY && rng_chance(&f->rng, 300))
        food_row(f, p, BY_NAME);
    else if ((registered || market) && !p->spoiled && rng_chance(&f->rng, 560))
        food_row(f, p, BY_REF);
}

static void report(const struct food *f)
{
    const struct census *c = &f->census;
    struct truth *t = f->office->truth;
    truth_count(t, "food:rows_by_ref", c->by_ref);
    truth_count(t, "food:rows_by_name_and_address", c->by_name);
    truth_count(t, "food:rows_new_places", c->new_places);
    truth_count(t, "food:commitment_rows", c->commitment);
    truth_count(t, "food:rows_without_document", c->none);
    truth_count(t, "food:certificates_valid_2026-11-22_before_defects", c->certificate_valid);
    truth_count(t, "food:certificates_expired_2026-11-22_before_defects", c->certificate_expired);
}

bool list_food(const struct office *o)
{
    struct food f = {.office = o, .rng = rng_fork(o->seed, "food"), .today = date_make(2026, 11, 22)};
    f.sheet[0] = sheet_open(&LAYOUTS[0], o->folder, o->truth);
    f.sheet[1] = sheet_open(&LAYOUTS[1], o->folder, o->truth);
    if (!f.sheet[0] || !f.sheet[1])
        return false;
    for (int k = 0; k < o->ward->places; k++)
        maybe_row(&f, &o->ward->place[k]);
    report(&f);
    bool first = sheet_close(f.sheet[0]);
    return sheet_close(f.sheet[1]) && first;
}
