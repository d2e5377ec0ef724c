/* The approved member list, the evidence list, and the numbers that must follow from them. Refused and
 * doubtful rows are extra rows: they never take the place of a row the indicators need. */
#include "lists.h"
#include "mess.h"
#include "pilot.h"

#include <stdlib.h>
#include <string.h>

#define WIDTH(columns) ((int)(sizeof(columns) / sizeof *(columns)))

static const struct column MEMBERS[] = {
    {F_COUNT, "STT", NULL},
    {F_PILOT, "Mã mô hình", NULL},
    {F_PILOT_NAME, "Tên mô hình", NULL},
    {F_PILOT_TYPE, "Loại", NULL},
    {F_DECISION, "Quyết định", NULL},
    {F_REF, "Mã điểm", NULL},
    {F_MARKET, "Mã chợ", NULL},
    {F_ZONE, "Khu", NULL},
    {F_STALL_KIND, "Loại sạp", NULL},
    {F_STALL_NO, "Số sạp", NULL},
    {F_JOINED, "Ngày tham gia", NULL},
    {F_LEFT, "Ngày rời", NULL},
};
static const struct column PAYMENTS[] = {
    {F_REF, "Mã điểm", NULL},         {F_MARKET, "Mã chợ", NULL},   {F_ZONE, "Khu", NULL},
    {F_STALL_KIND, "Loại sạp", NULL}, {F_STALL_NO, "Số sạp", NULL}, {F_CLASS, "Loại minh chứng", NULL},
    {F_METHOD, "Phương thức", NULL},  {F_DATE, "Ngày", NULL},       {F_RESULT, "Kết quả", NULL},
    {F_MINUTES, "Số biên bản", NULL}, {F_OFFICER, "Cán bộ", NULL},  {F_STATE, "Trạng thái", NULL},
};
static const struct layout MEMBER_LAYOUT = {.path = "office/mo_hinh_diem.xlsx",
                                            .sheet = "Mô hình điểm",
                                            .kind = "pilots",
                                            .title = "DANH SÁCH ĐIỂM KINH DOANH THAM GIA MÔ HÌNH ĐIỂM",
                                            .columns = MEMBERS,
                                            .width = WIDTH(MEMBERS),
                                            .letterhead = true};
static const struct layout PAYMENT_LAYOUT = {.path = "office/minh_chung.csv",
                                             .kind = "payments",
                                             .columns = PAYMENTS,
                                             .width = WIDTH(PAYMENTS),
                                             .separator = ';',
                                             .encoding = UTF8,
                                             .sep_line = true};

struct pilots {
    const struct office *office;
    struct pilot_book *book;
    struct sheet *sheet;
    struct rng rng;
};

/* Members of the third model have no number of the office: they are named by market, zone, kind and stall
 * number. */
static void who(const struct pilots *x, struct row *r, const struct place *p)
{
    const struct ward *w = x->office->ward;
    put(r->note.name, sizeof r->note.name, "%s", p->name);
    r->note.best = POSITIONS;
    if (p->ref[0]) {
        cell_text(r, F_REF, p->ref);
        return;
    }
    const struct stall *t = &w->stall[p->stall];
    cell_text(r, F_MARKET, market_code(t->market));
    cell_text(r, F_ZONE, zone_name(t->market, t->zone));
    cell_text(r, F_STALL_KIND, stall_kind_name(t->kind));
    cell_number(r, F_STALL_NO, t->number);
}

static bool as_words(struct pilots *x, struct row *r, enum field f)
{
    static const char *const form[] = {"y-m-d", "d.m.y", "d-m-y"};
    char text[16];
    if (r->cell[f].kind != DATE)
        return false;
    date_text((int)r->cell[f].number, form[rng_below(&x->rng, 3)], text);
    cell_text(r, f, text);
    return true;
}

static void spoil(struct row *r, const char *defect, enum verdict verdict)
{
    r->note.verdict = verdict;
    r->cell[F_COUNT].kind = EMPTY;
    r->note.defects[0] = 0;
    note_defect(r, defect);
}

static void unknown_reference(struct pilots *x, struct row *r)
{
    char text[TEXT];
    put(text, TEXT, "KHONG-CO-%02d", rng_below(&x->rng, 100));
    cell_text(r, F_REF, text);
    r->cell[F_MARKET].kind = r->cell[F_ZONE].kind = r->cell[F_STALL_KIND].kind = r->cell[F_STALL_NO].kind =
        EMPTY;
    spoil(r, "reference_unknown", REJECTED);
}

static void unknown_stall(struct row *r)
{
    r->cell[F_REF].kind = EMPTY;
    cell_text(r, F_MARKET, "CHO02");
    cell_text(r, F_ZONE, "Ăn uống");
    cell_text(r, F_STALL_KIND, "Sạp");
    cell_number(r, F_STALL_NO, 999);
    spoil(r, "stall_unknown", REJECTED);
}

/* Number 3 stands in every zone of the market, as a ki-ốt and as a stall. */
static void ambiguous_stall(struct pilots *x, struct row *r)
{
    r->cell[F_REF].kind = r->cell[F_ZONE].kind = r->cell[F_STALL_KIND].kind = EMPTY;
    cell_text(r, F_MARKET, "CHO02");
    cell_number(r, F_STALL_NO, 2 + rng_below(&x->rng, 6));
    spoil(r, "stall_ambiguous", REVIEW);
    r->note.also = "unchanged"; /* the same question twice */
}

/* ---- members ---- */

static void member_cells(const struct pilots *x, struct row *r, const struct member *m)
{
    static const char *const name[] = {"Chợ Mẫu không tiền mặt", "Tuyến phố 2 Tháng 9",
                                       "Khu ăn uống Chợ Hòa Mẫu"};
    static const char *const type[] = {"chợ", "tuyến phố", "chợ"};
    char text[64];
    memset(r, 0, sizeof *r);
    who(x, r, &x->office->ward->place[m->place]);
    put(text, sizeof text, "%d/QĐ-UBND (dữ liệu mẫu)", 11 + m->pilot);
    cell_text(r, F_PILOT, pilot_code(m->pilot));
    cell_text(r, F_PILOT_NAME, name[m->pilot]);
    cell_text(r, F_PILOT_TYPE, type[m->pilot]);
    cell_text(r, F_DECISION, text);
    cell_date(r, F_JOINED, m->joined);
    clean_text(r, F_PILOT, pilot_code(m->pilot));
    clean_day(r, F_JOINED, m->joined);
    clean_day(r, F_LEFT, m->left);
    if (m->left)
        cell_date(r, F_LEFT, m->left);
}

static void extra_member(struct pilots *x, struct row *r, const struct member *m)
{
    int what = rng_below(&x->rng, 30);
    if (what > 4)
        return;
    member_cells(x, r, m);
    if (what == 0) {
        r->cell[F_JOINED].kind = EMPTY;
        spoil(r, "member_without_join_date", REJECTED);
    } else if (what == 1) {
        unknown_reference(x, r);
    } else if (what == 2) {
        unknown_stall(r);
    } else if (what == 3) {
        ambiguous_stall(x, r);
    } else {
        spoil(r, "duplicate_row", UNCHANGED);
    }
    sheet_row(x->sheet, r);
}

static bool write_members(struct pilots *x)
{
    struct row r;
    x->sheet = sheet_open(&MEMBER_LAYOUT, x->office->folder, x->office->truth);
    if (!x->sheet)
        return false;
    for (int k = 0; k < x->book->members; k++) {
        const struct member *m = &x->book->member[k];
        member_cells(x, &r, m);
        if (rng_chance(&x->rng, 80) && as_words(x, &r, F_JOINED))
            note_defect(&r, "date_spelling");
        sheet_row(x->sheet, &r);
        extra_member(x, &r, m);
    }
    return sheet_close(x->sheet);
}

/* ---- evidence ---- */

static void evidence_words(struct pilots *x, struct row *r, const struct evidence *e)
{
    static const char *const class[4][3] = {{"", "", ""},
                                            {"E1", "biên bản kiểm tra", "BIÊN BẢN"},
                                            {"E2", "ảnh hiện trường", "Anh"},
                                            {"E3", "giao dịch mẫu", "Giao dich"}};
    static const char *const method[3][2] = {{"Mã QR", "qr"}, {"máy POS", "pos"}, {"chuyển khoản", "C/K"}};
    cell_text(r, F_CLASS, class[e->class][rng_below(&x->rng, 3)]);
    cell_text(r, F_METHOD, method[e->method][rng_below(&x->rng, 2)]);
    if (e->state == VERIFIED)
        cell_text(r, F_STATE, rng_chance(&x->rng, 500) ? "Đã xác minh" : "da xac minh");
    note_defect(r, "evidence_words");
}

static void evidence_truth(struct row *r, const struct evidence *e)
{
    static const char *const class[] = {"", "E1", "E2", "E3"};
    static const char *const method[] = {"QR", "POS", "CK"};
    static const char *const state[STATES] = {"draft",    "submitted", "verified",
                                              "disputed", "rejected",  "withdrawn"};
    clean_text(r, F_CLASS, class[e->class]);
    clean_text(r, F_METHOD, method[e->method]);
    clean_day(r, F_DATE, e->day);
    clean_text(r, F_RESULT, e->passed ? "1" : "0");
    clean_text(r, F_STATE, state[e->state]);
    clean_text(r, F_MINUTES, e->minutes);
}

static void evidence_cells(const struct pilots *x, struct row *r, const struct evidence *e)
{
    static const char *const class[] = {"", "biên bản", "ảnh", "giao dịch"};
    static const char *const method[] = {"QR", "POS", "CK"};
    static const char *const state[STATES] = {"nháp", "chờ", "đã xác minh", "khiếu nại", "bác", "rút"};
    memset(r, 0, sizeof *r);
    who(x, r, &x->office->ward->place[x->book->member[e->member].place]);
    cell_text(r, F_CLASS, class[e->class]);
    cell_text(r, F_METHOD, method[e->method]);
    cell_date(r, F_DATE, e->day);
    cell_text(r, F_RESULT, e->passed ? "Đạt" : "Không đạt");
    cell_text(r, F_MINUTES, e->minutes);
    cell_text(r, F_OFFICER, "Cán Bộ Mẫu");
    cell_text(r, F_STATE, state[e->state]);
    evidence_truth(r, e);
}

static void extra_evidence(struct pilots *x, struct row *r, const struct evidence *e)
{
    int what = rng_below(&x->rng, 60);
    if (what > 5)
        return;
    evidence_cells(x, r, e);
    if (what < 5)
        put_more(r->cell[F_MINUTES].text, TEXT, "/%d", what);
    if (what == 0) {
        cell_date(r, F_DATE, date_make(2027, 3, 15));
        spoil(r, "evidence_in_future", REJECTED);
    } else if (what == 1) {
        cell_text(r, F_STATE, "đã xác minh");
        cell_text(r, F_OFFICER, "");
        spoil(r, "verified_without_officer", REJECTED);
    } else if (what == 2) {
        unknown_reference(x, r);
    } else if (what == 3) {
        unknown_stall(r);
    } else if (what == 4) {
        ambiguous_stall(x, r);
    } else {
        spoil(r, "duplicate_row", UNCHANGED);
    }
    sheet_row(x->sheet, r);
}

static bool write_payments(struct pilots *x)
{
    struct row r;
    x->sheet = sheet_open(&PAYMENT_LAYOUT, x->office->folder, x->office->truth);
    if (!x->sheet)
        return false;
    for (int k = 0; k < x->book->evidences; k++) {
        const struct evidence *e = &x->book->evidence[k];
        evidence_cells(x, &r, e);
        if (e->state == SUBMITTED && rng_chance(&x->rng, 500)) {
            cell_text(&r, F_STATE, "");
            note_defect(&r, "state_left_out");
        }
        if (rng_chance(&x->rng, 80))
            evidence_words(x, &r, e);
        if (rng_chance(&x->rng, 60) && as_words(x, &r, F_DATE))
            note_defect(&r, "date_spelling");
        sheet_row(x->sheet, &r);
        extra_evidence(x, &r, e);
    }
    return sheet_close(x->sheet);
}

/* ---- indicators ---- */

struct base_count {
    int registered, stalls, food, proven;
};

/* E of domain.md B.0 at any of our dates: no row says since when a business exists, other than its papers,
 * and those are all older than the first date. */
static struct base_count count_base(const struct ward *w)
{
    struct base_count n = {0, w->unplanned, 0, 0};
    for (int k = 0; k < w->places; k++) {
        const struct place *p = &w->place[k];
        if (!p->stored || p->status != ACTIVE || p->elsewhere)
            continue;
        n.stalls += p->list == LIST_STALLS;
        n.food += p->list == LIST_FOOD;
        n.registered += p->list != LIST_STALLS && p->list != LIST_FOOD;
        n.proven += p->best <= AT_HOUSE;
    }
    return n;
}

static void write_kpi(FILE *file, const struct pilots *x, const char *day_text, int day)
{
    static const char *const policy[] = {"STRICT", "STANDARD", "LENIENT"};
    for (enum policy p = STRICT; p <= LENIENT; p++)
        for (int pilot = -1; pilot < PILOTS; pilot++) {
            struct ratio r = pilot_ratio(x->book, x->office->ward, pilot, day, p);
            fprintf(file, "%s\tKPI-GD\t%s\t%s\t%d\t%d\n", day_text, pilot < 0 ? "all" : pilot_code(pilot),
                    policy[p], r.numerator, r.denominator);
        }
}

static bool write_indicators(const struct pilots *x)
{
    static const int days[][3] = {{2026, 6, 30}, {2026, 10, 31}, {2026, 12, 31}};
    struct base_count n = count_base(x->office->ward);
    char path[512], text[16];
    put(path, sizeof path, "%s/truth/indicators.tsv", x->office->folder);
    FILE *file = fopen(path, "w");
    if (!file)
        return false;
    fprintf(file, "as_of\tcode\tmodel\tvariant\tnumerator\tdenominator\n");
    for (int k = 0; k < 3; k++) {
        int day = date_make(days[k][0], days[k][1], days[k][2]);
        date_text(day, "y-m-d", text);
        write_kpi(file, x, text, day);
        fprintf(file, "%s\tS1.1b\tall\tregisters+stalls+unplanned\t\t%d\n", text, n.registered + n.stalls);
        fprintf(file, "%s\tS1.1b\tall\twith_new_food_places\t%d\t%d\n", text, n.proven,
                n.registered + n.stalls + n.food);
    }
    truth_count(x->office->truth, "E:active_in_registers", n.registered);
    truth_count(x->office->truth, "E:active_occupied_stalls", n.stalls);
    truth_count(x->office->truth, "E:active_new_food_places", n.food);
    return fclose(file) == 0;
}

bool list_pilots(const struct office *o)
{
    struct pilots x = {
        .office = o, .book = calloc(1, sizeof *x.book), .rng = rng_fork(o->seed, "pilot lists")};
    if (!x.book)
        return false;
    pilot_plan(x.book, o->ward, o->seed);
    bool fine = write_members(&x) && write_payments(&x) && write_indicators(&x) && truth_plain(o, x.book);
    free(x.book);
    return fine;
}
