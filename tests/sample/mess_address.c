/* How clerks write one address: harmless forms first, then the ones that take the place away. */
#include "mess.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool scene_in_parts(const struct scene *s)
{
    return s->place->list == LIST_SURVEY;
}

void scene_verdict(struct scene *s, enum verdict verdict, const char *also)
{
    struct note *n = &s->row->note;
    /* what must be refused is refused, whatever else is wrong with the row */
    if (n->verdict == ADDED || verdict == REJECTED) {
        n->verdict = verdict;
        n->also = also;
    }
    s->place->spoiled = true;
    if (verdict == REJECTED)
        s->place->stored = false;
}

void scene_place(struct scene *s, enum position best)
{
    s->row->note.best = best;
    s->row->note.has_place = best != AT_NONE;
    s->place->spoiled = true;
}

static const struct house *house_of(const struct scene *s)
{
    return &s->ward->house[s->place->house];
}

static const struct street *street_of(const struct scene *s)
{
    return &s->ward->street[house_of(s)->street];
}

/* Outermost first: out[0] kiệt, out[1] hẻm; returns the depth. */
static int chain_of(const struct scene *s, int out[2])
{
    const struct house *h = house_of(s);
    if (h->alley < 0)
        return 0;
    const struct alley *a = &s->ward->alley[h->alley];
    out[0] = a->parent < 0 ? a->number : s->ward->alley[a->parent].number;
    out[1] = a->parent < 0 ? 0 : a->number;
    return a->parent < 0 ? 1 : 2;
}

void address_describe(struct scene *s)
{
    const struct house *h = house_of(s);
    char suffix[2] = {h->suffix, 0};
    int chain[2], depth = chain_of(s, chain);
    s->address = (struct address){.ward = "Phường Mẫu"};
    put(s->address.street, sizeof s->address.street, "%s", street_of(s)->name);
    if (depth == 0)
        put(s->address.number, sizeof s->address.number, "%d%s", h->number, suffix);
    else if (depth == 1)
        put(s->address.number, sizeof s->address.number, "K%d/%d", chain[0], h->number);
    else
        put(s->address.number, sizeof s->address.number, "K%d/H%d/%d", chain[0], chain[1], h->number);
    s->row->note.best = h->best;
    s->row->note.has_place = true;
    s->row->note.at = plan_to_lonlat(h->at);
}

void address_write(struct scene *s)
{
    const struct address *a = &s->address;
    char text[TEXT] = "";
    cell_text(s->row, F_WARD, a->ward);
    cell_text(s->row, F_STREET, a->street);
    cell_text(s->row, F_NUMBER, a->number);
    put(text, TEXT, "%s%s%s%s%s%s%s", a->prefix, a->number, a->number[0] ? " " : "", a->street,
        a->ward[0] ? ", " : "", a->ward, a->suffix);
    cell_text(s->row, F_ADDRESS, a->whole[0] ? a->whole : text);
    /* a plain number typed into Excel is a number */
    if (s->layout->separator == 0 && a->number[0] && strspn(a->number, "0123456789") == strlen(a->number))
        cell_number(s->row, F_NUMBER, strtol(a->number, NULL, 10));
}

/* ---- harmless forms of a number on a street ---- */

static bool plain(const struct scene *s)
{
    return house_of(s)->alley < 0;
}

static bool number_word(struct scene *s)
{
    put(s->address.prefix, sizeof s->address.prefix, "Số ");
    put(s->address.street, sizeof s->address.street, "đường %s", street_of(s)->name);
    return plain(s);
}

static bool street_abbreviated(struct scene *s)
{
    static const char *const form[] = {"Đ. %s", "Đ.%s", "đg %s", "Đ %s"};
    const char *f = form[rng_below(s->rng, 4)];
    put(s->address.street, sizeof s->address.street, "%.*s%s", (int)(strlen(f) - 2), f, street_of(s)->name);
    return true;
}

static bool ward_abbreviated(struct scene *s)
{
    static const char *const form[] = {"P. Mẫu", "P.Mẫu", "P Mẫu", "Ph. Mẫu", "phường mẫu"};
    put(s->address.ward, sizeof s->address.ward, "%s", form[rng_below(s->rng, 5)]);
    return true;
}

static bool old_ward(struct scene *s)
{
    put(s->address.ward, sizeof s->address.ward, "Phường Mẫu %s", house_of(s)->at.u > 800 ? "Đông" : "Tây");
    return true;
}

static bool ward_missing(struct scene *s)
{
    s->address.ward[0] = 0;
    return true;
}

static bool city_tail(struct scene *s)
{
    static const char *const tail[] = {", TP. Đà Nẵng", ", Thành phố Đà Nẵng, Việt Nam", ", Phường Mẫu",
                                       ", tp đà nẵng"};
    put(s->address.suffix, sizeof s->address.suffix, "%s", tail[rng_below(s->rng, 4)]);
    return true;
}

static bool leading_zero(struct scene *s)
{
    put(s->address.number, sizeof s->address.number, "0%d", house_of(s)->number);
    return plain(s) && house_of(s)->number < 10 && house_of(s)->suffix == 0;
}

static bool suffix_apart(struct scene *s)
{
    put(s->address.number, sizeof s->address.number, "%d %c", house_of(s)->number, house_of(s)->suffix | 32);
    return plain(s) && house_of(s)->suffix;
}

static bool number_range(struct scene *s)
{
    static const char *const join[] = {"-", " - ", "+", ", "};
    int n = house_of(s)->number;
    put(s->address.number, sizeof s->address.number, "%d%s%d", n, join[rng_below(s->rng, 4)], n + 2);
    return plain(s) && house_of(s)->suffix == 0;
}

static bool unit_prefix(struct scene *s)
{
    static const char *const unit[] = {"Tầng 2, ", "Tầng trệt, ", "Lầu 1, ", "ĐC: "};
    put(s->address.prefix, sizeof s->address.prefix, "%s", unit[rng_below(s->rng, 4)]);
    return plain(s);
}

static bool lot_and_number(struct scene *s)
{
    put(s->address.prefix, sizeof s->address.prefix, "Lô %c%d - ", 'A' + rng_below(s->rng, 4),
        1 + rng_below(s->rng, 20));
    return plain(s);
}

static bool phone_in_address(struct scene *s)
{
    put(s->address.suffix, sizeof s->address.suffix, " (ĐT: %s)", s->place->phone);
    return true;
}

static bool number_behind(struct scene *s)
{
    put(s->address.street, sizeof s->address.street, "Đường %s, số %s", street_of(s)->name,
        s->address.number);
    s->address.number[0] = 0;
    return plain(s);
}

static bool line_break(struct scene *s)
{
    put(s->address.suffix, sizeof s->address.suffix, "\n%s", s->address.ward);
    s->address.ward[0] = 0;
    return true;
}

/* The nearest listed house across the street, within sight. */
static const struct house *across(const struct scene *s)
{
    const struct house *h = house_of(s), *best = NULL;
    double nearest = 32;
    for (int k = 0; k < s->ward->houses; k++) {
        const struct house *o = &s->ward->house[k];
        double d = hypot(o->at.u - h->at.u, o->at.v - h->at.v);
        if (o->street == h->street && o->alley < 0 && o->listed && o->number % 2 != h->number % 2 &&
            d < nearest) {
            nearest = d;
            best = o;
        }
    }
    return best;
}

static bool relation(struct scene *s)
{
    static const char *const word[] = {"Đối diện ", "đối diện số ", "Đ/d số ", "ĐD "};
    const struct house *o = plain(s) ? across(s) : NULL;
    if (!o)
        return false;
    put(s->address.prefix, sizeof s->address.prefix, "%s", word[rng_below(s->rng, 4)]);
    put(s->address.number, sizeof s->address.number, "%d%s", o->number, o->suffix ? "A" : "");
    scene_place(s, AT_INTERPOLATED);
    return true;
}

/* ---- street names ---- */

static bool date_street(struct scene *s)
{
    const char *alias = street_of(s)->aliases, *name = street_of(s)->name;
    if (name[0] < '0' || name[0] > '9')
        return false;
    for (int k = rng_below(s->rng, 4); k > 0 && strchr(alias, ';'); k--)
        alias = strchr(alias, ';') + 1;
    put(s->address.street, sizeof s->address.street, "%.*s", (int)strcspn(alias, ";"), alias);
    return plain(s);
}

static bool street_alias(struct scene *s)
{
    const char *alias = street_of(s)->aliases;
    put(s->address.street, sizeof s->address.street, "%.*s", (int)strcspn(alias, ";"), alias);
    return alias[0] && (street_of(s)->name[0] < '0' || street_of(s)->name[0] > '9');
}

static bool street_typo(struct scene *s)
{
    static const char *const slip[][2] = {{"Huỳnh Thúc Kháng", "Huỳnh Thúc Khán"},
                                          {"Nguyễn Hữu Thọ", "Nguyễn Hửu Thọ"},
                                          {"Phan Châu Trinh", "Phan Châu Chinh"},
                                          {"Xô Viết Nghệ Tĩnh", "Xô Viết Nghệ Tỉnh"},
                                          {"Dương Đình Nghệ", "Dương Đinh Nghệ"},
                                          {"Trưng Nữ Vương", "Trưng Nử Vương"},
                                          {"Phan Đăng Lưu", "Phan Đăn Lưu"},
                                          {"Lê Thanh Nghị", "Lê Thanh Nghi"},
                                          {"Lê Thánh Tôn", "Lê Thánh Tônn"},
                                          {"Lương Nhữ Hộc", "Lươn Nhữ Hộc"},
                                          {"Ca Văn Thỉnh", "Ca Văn Thĩnh"},
                                          {"Cách Mạng Tháng Tám", "Cách Mạn Tháng Tám"},
                                          {"Nguyễn Sơn", "Nguyển Sơn"},
                                          {"Hoàng Diệu", "Hoàn Diệu"},
                                          {"Lý Nhân Tông", "Lý Nhâng Tông"},
                                          {"Ven Sông Mẫu", "Ven Xông Mẫu"}};
    for (size_t k = 0; k < sizeof slip / sizeof *slip; k++)
        if (strcmp(street_of(s)->name, slip[k][0]) == 0) {
            put(s->address.street, sizeof s->address.street, "%s", slip[k][1]);
            return true;
        }
    return false;
}

/* ---- alleys ---- */

static bool alley_form(struct scene *s, const char *kiet, const char *hem)
{
    int chain[2], depth = chain_of(s, chain), n = house_of(s)->number;
    char text[64] = "";
    const char *form = depth == 1 ? kiet : hem;
    if (depth == 0 || !form)
        return false;
    for (; *form; form++) {
        if (*form == '1')
            put_more(text, sizeof text, "%d", chain[0]);
        else if (*form == '2')
            put_more(text, sizeof text, "%d", chain[1]);
        else if (*form == '3')
            put_more(text, sizeof text, "%d", n);
        else
            put_more(text, sizeof text, "%c", *form);
    }
    put(s->address.number, sizeof s->address.number, "%s", text);
    return true;
}

static bool alley_word_slash(struct scene *s)
{
    return alley_form(s, "Kiệt 1/3", "Kiệt 1/2/3");
}

static bool alley_word_number(struct scene *s)
{
    return alley_form(s, "kiệt 1 số 3", "kiệt 1 hẻm 2 số 3");
}

static bool alley_inner_first(struct scene *s)
{
    return alley_form(s, "3 kiệt 1", "H2/3 K1");
}

static bool alley_plain(struct scene *s)
{
    return alley_form(s, "1/3", "1/2/3");
}

static bool alley_dotted(struct scene *s)
{
    return alley_form(s, "K.1/3", "K.1/H.2/3");
}

static bool alley_commas(struct scene *s)
{
    return alley_form(s, "kiệt 1, nhà số 3, đường", "kiệt 1, hẻm 2, nhà số 3, đường");
}

static bool alley_small(struct scene *s)
{
    return alley_form(s, "k1/3", "k1/h2/3");
}

/* ---- forms that take the place away; what the row says of its group may still be true ---- */

static bool unknown_street(struct scene *s)
{
    static const char *const none[] = {"Trần Vô Danh", "Đặng Hư Cấu", "Quảng Xương Mới", "Kênh Không Tên"};
    put(s->address.street, sizeof s->address.street, "%s", none[rng_below(s->rng, 4)]);
    scene_place(s, AT_GROUP);
    scene_verdict(s, REVIEW, "");
    return true;
}

static bool number_beyond(struct scene *s)
{
    if (!plain(s))
        return false;
    put(s->address.number, sizeof s->address.number, "%d",
        street_of(s)->largest + 400 + 2 * rng_below(s->rng, 99));
    scene_place(s, AT_STREET);
    scene_verdict(s, REVIEW, "added");
    return true;
}

static bool other_ward(struct scene *s)
{
    bool north = rng_chance(s->rng, 500);
    put(s->address.street, sizeof s->address.street, "%s", north ? "Thí Nghiệm 3" : "Minh Họa");
    put(s->address.ward, sizeof s->address.ward, "%s", north ? "Phường Thử Nghiệm" : "Phường Ví Dụ");
    scene_place(s, AT_NONE);
    scene_verdict(s, REVIEW, "");
    s->place->elsewhere = true;
    return true;
}

static bool no_number(struct scene *s)
{
    s->address.number[0] = 0;
    put(s->address.street, sizeof s->address.street, "Đường %s", street_of(s)->name);
    scene_place(s, AT_STREET);
    return true;
}

static bool only_group(struct scene *s)
{
    put(s->address.whole, TEXT, "Tổ %d, Phường Mẫu", house_of(s)->group + 1);
    scene_place(s, AT_GROUP);
    return true;
}

static bool cadastral(struct scene *s)
{
    put(s->address.whole, TEXT, "Thửa đất số %d, tờ bản đồ số %d, Tổ %d", 1 + rng_below(s->rng, 400),
        1 + rng_below(s->rng, 60), house_of(s)->group + 1);
    scene_place(s, AT_GROUP);
    s->row->note.also = "review";
    return true;
}

static bool itinerant(struct scene *s)
{
    static const char *const none[] = {"lưu động", "bán hàng rong", "Lưu động"};
    put(s->address.whole, TEXT, "%s", none[rng_below(s->rng, 3)]);
    scene_place(s, AT_NONE);
    return true;
}

static bool see_above(struct scene *s)
{
    put(s->address.whole, TEXT, "%s", rng_chance(s->rng, 600) ? "nt" : "-");
    scene_place(s, AT_GROUP);
    scene_verdict(s, REVIEW, "added");
    return true;
}

static bool lot_unknown(struct scene *s)
{
    put(s->address.whole, TEXT, "Lô %d B2.%d KDC Tưởng Tượng, Phường Mẫu", 1 + rng_below(s->rng, 40),
        1 + rng_below(s->rng, 9));
    scene_place(s, AT_GROUP);
    scene_verdict(s, REVIEW, "");
    return true;
}

static bool address_failed(struct scene *s)
{
    put(s->address.whole, TEXT, "#N/A");
    scene_place(s, AT_GROUP);
    scene_verdict(s, REVIEW, "added");
    return true;
}

enum {
    PARTS = 1u << LIST_SURVEY,
    LEGACY = 1u << LIST_TCVN3 | 1u << LIST_CP1258 | 1u << LIST_UTF16,
    WHOLE = 1u << LIST_HOUSEHOLDS | 1u << LIST_ENTERPRISES | 1u << LIST_FOOD,
    ALL = PARTS | WHOLE,
    ANY = ALL | LEGACY
};

static const struct defect FORMS[] = {
    {"number_word", 14, WHOLE | LEGACY, number_word},
    {"street_abbreviated", 20, ALL, street_abbreviated},
    {"ward_abbreviated", 20, ALL, ward_abbreviated},
    {"old_ward", 22, ANY, old_ward},
    {"ward_missing", 20, WHOLE, ward_missing},
    {"city_tail", 18, WHOLE | LEGACY, city_tail},
    {"leading_zero", 160, WHOLE, leading_zero},
    {"suffix_apart", 130, WHOLE, suffix_apart},
    {"number_range", 16, WHOLE, number_range},
    {"unit_prefix", 8, WHOLE, unit_prefix},
    {"lot_and_number", 8, WHOLE, lot_and_number},
    {"phone_in_address", 5, WHOLE, phone_in_address},
    {"number_behind_street", 6, WHOLE, number_behind},
    {"line_break", 6, WHOLE, line_break},
    {"opposite_side", 12, WHOLE, relation},
    {"date_street_form", 300, ALL, date_street},
    {"street_alias", 120, ALL, street_alias},
    {"street_typo", 50, ALL, street_typo},
    {"alley_word_slash", 60, ANY, alley_word_slash},
    {"alley_word_number", 60, WHOLE, alley_word_number},
    {"alley_inner_first", 70, WHOLE, alley_inner_first},
    {"alley_plain", 100, ANY, alley_plain},
    {"alley_dotted", 40, ALL, alley_dotted},
    {"alley_commas", 50, WHOLE, alley_commas},
    {"alley_small_letters", 50, ALL, alley_small},
    {"unknown_street", 6, ALL, unknown_street},
    {"number_beyond_street", 7, ALL, number_beyond},
    {"other_ward", 5, ALL, other_ward},
    {"no_number", 7, ALL, no_number},
    {"only_group", 4, WHOLE, only_group},
    {"cadastral", 4, WHOLE, cadastral},
    {"itinerant", 5, WHOLE, itinerant},
    {"see_above", 3, WHOLE, see_above},
    {"lot_unknown", 4, WHOLE, lot_unknown},
    {"error_cell_address", 3, WHOLE, address_failed},
};

static bool applies(const struct scene *s, const struct defect *d)
{
    return d->lists == 0 || d->lists & 1u << s->place->list;
}

/* A form that does not fit leaves scraps in the address, so each trial starts from the clean one. */
void mess_one_of(struct scene *s, const struct defect *table, int n)
{
    struct address clean = s->address;
    for (int tried = 0, k = rng_below(s->rng, n); tried < n; tried++, k = (k + 1) % n) {
        if (!applies(s, &table[k]) || !rng_chance(s->rng, table[k].permille))
            continue;
        if (table[k].apply(s)) {
            note_defect(s->row, table[k].name);
            return;
        }
        s->address = clean;
    }
}

void mess_each_of(struct scene *s, const struct defect *table, int n)
{
    for (int k = 0; k < n; k++)
        if (applies(s, &table[k]) && rng_chance(s->rng, table[k].permille) && table[k].apply(s))
            note_defect(s->row, table[k].name);
}

void address_damage(struct scene *s)
{
    mess_one_of(s, FORMS, (int)(sizeof FORMS / sizeof *FORMS));
}
