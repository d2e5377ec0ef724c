/* Damage to single cells: numbers that lost their zeros, dates in every form, words for yes and no, broken
 * formulas, rows that must be refused. */
#include "mess.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(list) ((int)(sizeof(list) / sizeof *(list)))

static bool is_xlsx(const struct scene *s)
{
    return s->layout->separator == 0;
}

static bool shows(const struct scene *s, enum field f)
{
    for (int k = 0; k < s->layout->width; k++)
        if (s->layout->columns[k].field == f)
            return true;
    return false;
}

/* A cell that an earlier defect has already changed is left alone: each noted defect can really be seen. */
static bool untouched(const struct scene *s, enum field f, enum cell_kind kind)
{
    return s->row->cell[f].kind == kind;
}

/* ---- words ---- */

const char *words_yes_no(struct rng *r, bool yes, bool freely)
{
    static const char *const y[] = {"x", "X", "có", "C", "1", "✓", "CÓ", "co", "Yes", "rồi", "c"};
    static const char *const n[] = {"không", "K", "0", "-", "Khong", "no", "chưa", "KHÔNG", "k"};
    if (!freely)
        return yes ? "Có" : "Không";
    return yes ? y[rng_below(r, COUNT(y))] : n[rng_below(r, COUNT(n))];
}

static void fill_yes_no(struct scene *s, bool freely)
{
    static const struct {
        enum field field;
        unsigned flag;
    } map[] = {
        {F_QR, HAS_QR},           {F_POS, HAS_POS}, {F_TRANSFER, HAS_TRANSFER}, {F_PLATFORM, HAS_PLATFORM},
        {F_ACCOUNT, HAS_ACCOUNT}, {F_HOME, AT_HOME}};
    for (int k = 0; k < COUNT(map); k++) {
        bool yes = s->place->flags & map[k].flag;
        cell_text(s->row, map[k].field, words_yes_no(s->rng, yes, freely));
        clean_text(s->row, map[k].field, yes ? "1" : "0");
    }
}

void words_fill(struct scene *s)
{
    static const char *const kind[] = {"Doanh nghiệp", "Chi nhánh", "Hộ kinh doanh", "Hợp tác xã"};
    static const char *const status[] = {"Đang hoạt động", "Tạm ngừng", "Chấm dứt hoạt động", "Trống"};
    static const char *const in_market[] = {"Đang kinh doanh", "Tạm nghỉ", "Đã nghỉ", "Trống"};
    static const char *const kind_name[] = {"enterprise", "branch", "household", "cooperative"};
    static const char *const status_name[] = {"active", "suspended", "ceased", "vacant"};
    clean_text(s->row, F_KIND, kind_name[s->place->kind]);
    clean_text(s->row, F_STATUS, status_name[s->place->status]);
    cell_text(s->row, F_KIND, kind[s->place->kind]);
    cell_text(s->row, F_STATUS, (s->place->list == LIST_STALLS ? in_market : status)[s->place->status]);
    fill_yes_no(s, false);
}

static bool yes_no_freely(struct scene *s)
{
    fill_yes_no(s, true);
    return true;
}

static bool kind_word(struct scene *s)
{
    static const char *const firm[] = {"Cty TNHH", "DN", "Công ty cổ phần", "doanh nghiep"};
    static const char *const household[] = {"HKD", "Hộ KD", "hộ cá thể", "Hộ kinh doanh cá thể"};
    enum kind k = s->place->kind;
    const char *word = k == ENTERPRISE  ? firm[rng_below(s->rng, 4)]
                       : k == BRANCH    ? "CN"
                       : k == HOUSEHOLD ? household[rng_below(s->rng, 4)]
                                        : "HTX";
    cell_text(s->row, F_KIND, word);
    return shows(s, F_KIND);
}

static bool status_word(struct scene *s)
{
    static const char *const word[3][5] = {
        {"đang HĐ", "Hoạt động", "NNT đang hoạt động", "dang hoat dong", "Đang KD"},
        {"Tạm ngừng kinh doanh", "tạm nghỉ", "Tạm ngừng KD có thời hạn", "tam ngung", "TNKD"},
        {"Đã đóng cửa", "Ngừng hoạt động", "Không còn hoạt động tại địa chỉ đã đăng ký",
         "Bị thu hồi giấy phép", "Đã giải thể"}};
    if (s->place->status > CEASED)
        return false;
    cell_text(s->row, F_STATUS, word[s->place->status][rng_below(s->rng, 5)]);
    return true;
}

/* ---- numbers that Excel changed ---- */

static bool phone_number(struct scene *s)
{
    if (is_xlsx(s))
        cell_number(s->row, F_PHONE, strtod(s->place->phone, NULL));
    return is_xlsx(s);
}

static bool phone_form(struct scene *s)
{
    char text[TEXT];
    const char *p = s->place->phone;
    if (!untouched(s, F_PHONE, WORDS))
        return false;
    if (rng_chance(s->rng, 500))
        put(text, sizeof text, "%.4s.%.3s.%.3s", p, p + 4, p + 7);
    else
        put(text, sizeof text, "+84 %.3s %.3s %.3s", p + 1, p + 4, p + 7);
    cell_text(s->row, F_PHONE, text);
    return true;
}

/* 099 is no province's prefix either, and unlike 000 it loses exactly one zero. */
static void give_099(struct scene *s)
{
    memcpy(s->place->id, "099", 3);
    cell_text(s->row, F_ID, s->place->id);
    clean_text(s->row, F_ID, s->place->id);
}

static bool id_number(struct scene *s)
{
    if (!is_xlsx(s) || s->place->kind != HOUSEHOLD)
        return false;
    give_099(s);
    cell_number(s->row, F_ID, strtod(s->place->id, NULL));
    return true;
}

/* A number shown with all its zeros by the format of the cell. */
static bool id_formatted(struct scene *s)
{
    if (!is_xlsx(s) || s->place->kind != HOUSEHOLD || !untouched(s, F_ID, WORDS))
        return false;
    cell_number(s->row, F_ID, strtod(s->place->id, NULL));
    put(s->row->cell[F_ID].text, TEXT, "000000000000");
    return true;
}

static bool id_scientific(struct scene *s)
{
    char text[32];
    if (s->place->kind != HOUSEHOLD || !untouched(s, F_ID, WORDS))
        return false;
    give_099(s);
    put(text, sizeof text, "%.5E", strtod(s->place->id, NULL));
    cell_text(s->row, F_ID, text);
    clean_text(s->row, F_ID, "");
    return true;
}

static bool tax_code_zero(struct scene *s)
{
    if (s->place->kind != ENTERPRISE)
        return false;
    cell_text(s->row, F_ID, s->place->id + 1);
    return true;
}

static bool industry_zero(struct scene *s)
{
    if (TRADES[s->place->trade].code[0] != '0')
        return false;
    cell_number(s->row, F_CODE, 118);
    clean_text(s->row, F_CODE, "");
    s->row->note.also = s->row->note.also ? s->row->note.also : "review";
    return true;
}

static bool industry_unknown(struct scene *s)
{
    if (!untouched(s, F_CODE, WORDS))
        return false;
    cell_text(s->row, F_CODE, "9999");
    clean_text(s->row, F_CODE, "");
    s->row->note.also = s->row->note.also ? s->row->note.also : "review";
    return true;
}

/* ---- dates ---- */

static bool date_written(struct scene *s)
{
    static const char *const form[] = {"d/m/y", "y-m-d", "d.m.y", "d-m-y"};
    char text[16];
    date_text(s->place->issued, form[rng_below(s->rng, 4)], text);
    cell_text(s->row, F_ISSUED, text);
    return true;
}

static bool date_impossible(struct scene *s)
{
    if (!untouched(s, F_ISSUED, DATE))
        return false;
    cell_text(s->row, F_ISSUED, rng_chance(s->rng, 500) ? "31/02/2024" : "29/02/2023");
    clean_text(s->row, F_ISSUED, "");
    return true;
}

/* Số nhà "3/2" typed into Excel becomes the third of February. */
static bool number_as_date(struct scene *s)
{
    const struct house *h = &s->ward->house[s->place->house];
    const struct alley *a = h->alley < 0 ? NULL : &s->ward->alley[h->alley];
    if (!a || a->parent >= 0 || a->number > 28 || h->number > 12)
        return false;
    cell_date(s->row, F_NUMBER, date_make(2026, h->number, a->number));
    s->row->clean[F_STREET].told = false;
    /* coordinates typed by the surveyor win over any address */
    if (s->row->note.best == AT_GPS)
        s->row->note.also = "review";
    else
        scene_verdict(s, REVIEW, "added");
    return true;
}

/* ---- cells and rows ---- */

static bool error_cell(struct scene *s)
{
    static const enum field where[] = {F_PHONE, F_TRADE, F_PLATFORM};
    static const char *const text[] = {"#N/A", "#REF!", "#VALUE!"};
    enum field f = where[rng_below(s->rng, 3)];
    struct cell *c = &s->row->cell[f];
    if (c->kind != WORDS)
        return false;
    clean_text(s->row, f, "");
    if (c == &s->row->cell[F_PLATFORM])
        s->place->flags &= ~(unsigned)HAS_PLATFORM; /* nobody can know it now */
    put(c->text, TEXT, "%s", text[rng_below(s->rng, 3)]);
    c->kind = is_xlsx(s) ? FAILED : WORDS;
    return true;
}

static bool formula_without_value(struct scene *s)
{
    struct cell *c = &s->row->cell[F_TRADE];
    if (!is_xlsx(s) || c->kind != WORDS)
        return false;
    c->kind = FORMULA;
    put(c->text, TEXT, "=VLOOKUP(H%d,'Nganh'!A:B,2,0)", 10 + rng_below(s->rng, 900));
    return true;
}

static bool hidden_row(struct scene *s)
{
    s->row->hidden = is_xlsx(s);
    return is_xlsx(s);
}

static bool name_missing(struct scene *s)
{
    cell_text(s->row, F_NAME, "");
    scene_verdict(s, REJECTED, "");
    return true;
}

/* ---- coordinates typed by the surveyor ---- */

static bool has_xy(const struct scene *s)
{
    return s->row->cell[F_X].kind != EMPTY;
}

static bool has_degrees(const struct scene *s)
{
    return s->row->cell[F_LON].kind != EMPTY;
}

static bool xy_swapped(struct scene *s)
{
    struct cell x = s->row->cell[F_X];
    if (!has_xy(s))
        return false;
    s->row->cell[F_X] = s->row->cell[F_Y];
    s->row->cell[F_Y] = x;
    return true;
}

static void one_coordinate(struct scene *s, enum field f, const char *form)
{
    char text[TEXT];
    double x = s->row->cell[f].number;
    int degree = (int)x, minute = (int)((x - degree) * 60);
    if (form) {
        put(text, sizeof text, "%d°%02d'%06.3f\"%s", degree, minute, ((x - degree) * 60 - minute) * 60, form);
    } else {
        put(text, sizeof text, "%.6f", x);
        text_swap(text, ".", ",");
    }
    cell_text(s->row, f, text);
}

static bool degrees_comma(struct scene *s)
{
    if (!has_degrees(s))
        return false;
    one_coordinate(s, F_LON, NULL);
    one_coordinate(s, F_LAT, NULL);
    return true;
}

static bool degrees_dms(struct scene *s)
{
    if (!has_degrees(s) || s->row->cell[F_LON].kind != NUMBER)
        return false;
    one_coordinate(s, F_LON, "E");
    one_coordinate(s, F_LAT, "N");
    return true;
}

static bool degrees_swapped(struct scene *s)
{
    struct cell x = s->row->cell[F_LON];
    if (!has_degrees(s) || x.kind != NUMBER)
        return false;
    s->row->cell[F_LON] = s->row->cell[F_LAT];
    s->row->cell[F_LAT] = x;
    s->row->note.also = "review|rejected";
    s->place->spoiled = true;
    return true;
}

static bool xy_outside(struct scene *s)
{
    if (!has_xy(s))
        return false;
    cell_number(s->row, F_Y, 523398.84);
    scene_verdict(s, REJECTED, "");
    scene_place(s, AT_NONE);
    return true;
}

enum {
    HOUSEHOLDS = 1u << LIST_HOUSEHOLDS,
    FIRMS = 1u << LIST_ENTERPRISES,
    SURVEY = 1u << LIST_SURVEY,
    LISTED = HOUSEHOLDS | FIRMS | SURVEY,
    STALLS = 1u << LIST_STALLS
};

/* Order matters: a coordinate must be swapped before it is turned into text. */
static const struct defect FIELDS_TABLE[] = {
    {"yes_no_spelling", 90, LISTED | STALLS, yes_no_freely},
    {"kind_synonym", 60, FIRMS | SURVEY, kind_word},
    {"status_synonym", 70, LISTED, status_word},
    {"phone_as_number", 90, LISTED, phone_number},
    {"phone_spelling", 30, LISTED, phone_form},
    {"id_as_number", 40, HOUSEHOLDS, id_number},
    {"id_number_format", 15, HOUSEHOLDS, id_formatted},
    {"id_scientific_text", 8, HOUSEHOLDS, id_scientific},
    {"tax_code_zero_lost", 40, FIRMS, tax_code_zero},
    {"industry_zero_lost", 200, HOUSEHOLDS, industry_zero},
    {"industry_unknown", 5, HOUSEHOLDS | FIRMS, industry_unknown},
    {"date_spelling", 60, LISTED, date_written},
    {"date_impossible", 4, LISTED, date_impossible},
    {"error_cell", 5, HOUSEHOLDS, error_cell},
    {"formula_without_value", 6, HOUSEHOLDS, formula_without_value},
    {"hidden_row", 6, HOUSEHOLDS | SURVEY, hidden_row},
    {"name_missing", 5, LISTED, name_missing},
    {"number_as_date", 700, SURVEY, number_as_date},
    {"coordinates_swapped_xy", 160, SURVEY, xy_swapped},
    {"coordinates_outside", 90, SURVEY, xy_outside},
    {"coordinates_swapped_degrees", 70, SURVEY, degrees_swapped},
    {"coordinates_comma", 120, SURVEY, degrees_comma},
    {"coordinates_dms", 130, SURVEY, degrees_dms},
};

void fields_damage(struct scene *s)
{
    mess_each_of(s, FIELDS_TABLE, COUNT(FIELDS_TABLE));
}
