/* load_business: a business of any list, read, matched with what is known, and written. Shared by the lists
 * of establishments and of food safety.
 *
 * Law: the same place is found by ref, by personal or tax number, by folded name and address, in this order;
 * anything weaker is a question for a person. Everything that names a person goes sealed into `restricted`
 * and nowhere else. */
#include "import/load_business.h"
#include "layers/text.h"

#include <stdlib.h>
#include <string.h>

struct business_state {
    struct named *wards, *groups;
    int ward_count, group_count;
    struct industry *industries; /* by code */
    struct slice *industry_folds, *group_folds;
    int industry_count;
    int64_t home_ward;
};

bool business_begin(struct load *l, struct fault *f)
{
    (void)f;
    struct business_state *s = ARENA_NEW(&l->whole, struct business_state);
    s->ward_count = ward_list(l->store, &l->whole, &s->wards);
    s->group_count = residential_group_list(l->store, &l->whole, &s->groups);
    s->industry_count = industry_list(l->store, &l->whole, &s->industries);
    s->industry_folds = ARENA_ARRAY(&l->whole, struct slice, (size_t)s->industry_count + 1);
    s->group_folds = ARENA_ARRAY(&l->whole, struct slice, (size_t)s->industry_count + 1);
    for (int i = 0; i < s->industry_count; i++) {
        s->industry_folds[i] = text_fold_in(&l->whole, s->industries[i].name);
        s->group_folds[i] = text_fold_in(&l->whole, s->industries[i].group);
    }
    s->home_ward = ward_home(l->store);
    l->state = s;
    return true;
}

/* --- reading --- */

static bool has_word(struct slice fold, const char *words)
{
    ptrdiff_t at = slice_find(fold, slice_of(words));
    size_t n = strlen(words);
    return at >= 0 && (at == 0 || fold.p[at - 1] == ' ') &&
           ((size_t)at + n == fold.n || fold.p[(size_t)at + n] == ' ');
}

/* The legal form a name gives away; a list that does not say is nearly always one of households. */
static const char *kind_of_name(struct slice fold)
{
    static const char *const WORDS[][2] = {
        {"chi nhanh", "branch"},       {"van phong dai dien", "branch"}, {"dia diem kinh doanh", "branch"},
        {"hop tac xa", "cooperative"}, {"htx", "cooperative"},           {"cong ty", "enterprise"},
        {"cty", "enterprise"},         {"doanh nghiep", "enterprise"},   {"dntn", "enterprise"},
        {"tnhh", "enterprise"},
    };
    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        if (has_word(fold, WORDS[i][0]))
            return WORDS[i][1];
    return "household";
}

static int number_in(struct slice text)
{
    int n = 0;
    bool any = false;
    for (size_t i = 0; i < text.n && n < 100000; i++) {
        if (text.p[i] >= '0' && text.p[i] <= '9') {
            n = n * 10 + text.p[i] - '0';
            any = true;
        } else if (any) {
            break;
        }
    }
    return any ? n : 0;
}

/* "5", "Tổ 5", "TDP số 05": the group of this number, or of this name. */
static void find_group(struct load *l, struct slice text, struct business *b)
{
    const struct business_state *s = l->state;
    struct slice fold = text_fold_in(&l->row, text);
    int number = number_in(fold);
    for (int i = 0; fold.n && i < s->group_count; i++) {
        const struct named *g = &s->groups[i];
        bool same_number = number && number_in(g->fold) == number;
        if (slice_equal(g->fold, fold) ||
            (same_number && (!slice_starts(fold, SLICE("thon")) || slice_starts(g->fold, SLICE("thon"))))) {
            b->group_id = g->id;
            b->group_name = g->name;
            return;
        }
    }
    b->group_name = number ? slice_of(arena_format(&l->row, "Tổ %d", number)) : (struct slice){"", 0};
}

static void read_area(struct load *l, const struct row *row, struct outcome *out, struct business *b)
{
    const struct business_state *s = l->state;
    struct slice group = take_text(l, row, COLUMN_GROUP, out);
    struct slice context = text_fold_in(&l->row, row->group);
    bool is_group_row =
        has_word(context, "to dan pho") || has_word(context, "tdp") || has_word(context, "to");
    if (!group.n &&
        is_group_row) { /* "II. Tổ dân phố 2": from the words on, so that the numeral before is no number */
        ptrdiff_t at = slice_find(context, SLICE("to "));
        at = at < 0 ? slice_find(context, SLICE("tdp")) : at;
        group = at < 0 ? context : (struct slice){context.p + at, context.n - (size_t)at};
    }
    find_group(l, group, b);
    b->query.residential_group = group;
    b->query.ward = take_text(l, row, COLUMN_WARD, out);
    b->query.old_ward = take_text(l, row, COLUMN_OLD_WARD, out);
    struct slice ward = text_fold_in(&l->row, b->query.ward);
    b->ward_id = ward.n ? 0 : s->home_ward;
    for (int i = 0; ward.n && i < s->ward_count; i++)
        if (slice_ends(s->wards[i].fold, ward) || slice_ends(ward, s->wards[i].fold))
            b->ward_id = s->wards[i].id;
}

/* "K45/12 Lê Lợi" of cells "45", "12", "Lê Lợi". */
static struct slice join_address(struct load *l, const struct geocode_query *q)
{
    struct buf text = {0};
    if (q->alley.n) {
        bool has_word_before = q->alley.p[0] > '9';
        buf_text(&text, has_word_before ? "" : "K");
        buf_slice(&text, q->alley);
        buf_text(&text, q->number.n ? "/" : "");
    }
    buf_slice(&text, q->number);
    buf_text(&text, text.n && q->street.n ? " " : "");
    buf_slice(&text, q->street);
    struct slice out = arena_slice(&l->row, buf_to_slice(&text));
    buf_release(&text);
    return out;
}

static void read_address(struct load *l, const struct row *row, struct outcome *out, struct business *b)
{
    struct geocode_query *q = &b->query;
    const struct cell *number = &row->cells[COLUMN_NUMBER];
    q->street = take_text(l, row, COLUMN_STREET, out);
    q->alley = take_text(l, row, COLUMN_ALLEY, out);
    if (number->kind == CELL_DATE) {
        b->number_problem = "số nhà bị bảng tính đổi thành ngày";
        complain_text(out, COLUMN_NUMBER, FAULT_BAD_NUMBER, number->text,
                      arena_format(&l->row, "Số nhà bị bảng tính đổi thành ngày; có phải %d/%d?",
                                   number->date.day, number->date.month));
    } else {
        q->number = take_text(l, row, COLUMN_NUMBER, out);
    }
    struct slice whole = take_text(l, row, COLUMN_ADDRESS, out);
    if (q->street.n) {
        b->address = without_contacts(l, join_address(l, q));
    } else {
        q->number = q->alley = (struct slice){"", 0};
        q->address = whole;
        b->address = without_contacts(l, whole);
    }
    b->address_key = address_skeleton(l, b->address.n ? b->address : q->residential_group);
    read_area(l, row, out, b);
}

static int compare_code(const void *key, const void *element)
{
    const struct slice *code = key;
    const struct industry *i = element;
    size_t n = code->n < i->code.n ? code->n : i->code.n;
    int order = memcmp(code->p, i->code.p, n);
    return order ? order : (code->n > i->code.n) - (code->n < i->code.n);
}

/* The entry of a code in the version asked for, else in the newest that has it. */
static const struct industry *find_industry(const struct business_state *s, struct slice code,
                                            struct slice version)
{
    const struct industry *end = s->industries + s->industry_count;
    const struct industry *hit = s->industry_count ? bsearch(&code, s->industries, (size_t)s->industry_count,
                                                             sizeof *s->industries, compare_code)
                                                   : NULL;
    while (hit && hit > s->industries && slice_equal(hit[-1].code, code))
        hit--;
    for (const struct industry *i = hit; i && i < end && slice_equal(i->code, code); i++)
        if (version.n && slice_equal(i->version, version))
            return i;
    return hit;
}

static bool is_digits(struct slice text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] < '0' || text.p[i] > '9')
            return false;
    return text.n > 0;
}

static void read_industry_code(struct load *l, const struct row *row, struct outcome *out, struct business *b)
{
    const struct business_state *s = l->state;
    struct slice code = take_code(l, row, COLUMN_INDUSTRY_CODE, out);
    if (!code.n)
        return;
    struct slice version = take_text(l, row, COLUMN_VERSION, out);
    const struct industry *hit = find_industry(s, code, version);
    if (hit) {
        b->industry_version = hit->version;
        b->industry_code = code;
        b->industry_group = hit->group;
        return;
    }
    struct slice with_zero = slice_of(arena_format(&l->row, "0%.*s", (int)code.n, code.p));
    if (is_digits(code) && find_industry(s, with_zero, version))
        complain_text(
            out, COLUMN_INDUSTRY_CODE, FAULT_BAD_VALUE, code,
            arena_format(&l->row, "Mã ngành mất số 0 ở đầu; có phải %.*s?", (int)with_zero.n, with_zero.p));
    else if (s->industry_count || !is_digits(code) || code.n < 4 || code.n > 5)
        complain_text(out, COLUMN_INDUSTRY_CODE, FAULT_BAD_VALUE, code,
                      "Mã ngành không có trong danh mục VSIC đã nhập");
    else
        b->industry_code = code; /* no list of industries yet: kept as it is */
}

/* The group of an activity in words: the industry of this name, else the longest name that stands in the
 * words. */
static void read_industry_words(struct load *l, const struct row *row, struct outcome *out,
                                struct business *b)
{
    const struct business_state *s = l->state;
    struct slice words = text_fold_in(&l->row, take_text(l, row, COLUMN_INDUSTRY, out));
    size_t best = 0;
    for (int i = 0; words.n && !b->industry_group.n && i < s->industry_count; i++) {
        if (slice_equal(s->industry_folds[i], words))
            b->industry_group = s->industries[i].group;
        else if (slice_equal(s->group_folds[i], words))
            b->industry_group = s->industries[i].group;
    }
    if (b->industry_group.n)
        return;
    enum { TELLING = 6 }; /* shorter names stand in too many words */
    for (int i = 0; words.n && i < s->industry_count; i++) {
        struct slice name = s->industry_folds[i];
        if (name.n > best && name.n >= TELLING && s->industries[i].group.n && slice_find(words, name) >= 0) {
            best = name.n;
            b->industry_group = s->industries[i].group;
        }
    }
}

static void read_person(struct load *l, const struct row *row, struct outcome *out, struct business *b)
{
    struct fault f = {0};
    struct slice name = {"", 0};
    if (clean_name(&row->cells[COLUMN_OWNER], &l->row, &name) == CLEAN_OK)
        b->owner = name;
    b->owner_fold = text_fold_in(&l->row, b->owner);
    if (clean_phone(&row->cells[COLUMN_PHONE], &l->row, &b->phone, &f) == CLEAN_BAD) {
        complain(out, COLUMN_PHONE, &f, cell_text(row, COLUMN_PHONE));
        b->phone = (struct slice){"", 0};
    }
    f = (struct fault){0};
    if (clean_identity(&row->cells[COLUMN_IDENTITY], &l->row, &b->identity, &f) == CLEAN_BAD) {
        complain(out, COLUMN_IDENTITY, &f, cell_text(row, COLUMN_IDENTITY));
        b->identity = (struct slice){"", 0};
    }
    const char *remark = identity_remark(b->identity, l->today);
    if (remark)
        complain_text(out, COLUMN_IDENTITY, FAULT_BAD_VALUE, cell_text(row, COLUMN_IDENTITY), remark);
}

static void read_money(struct load *l, const struct row *row, struct outcome *out, struct business *b)
{
    static const enum column_id METHODS[3] = {COLUMN_QR, COLUMN_POS, COLUMN_TRANSFER};
    for (int i = 0; i < 3; i++)
        b->accepts[i] = take_yes_no(row, METHODS[i], out);
    b->has_account = take_yes_no(row, COLUMN_ACCOUNT, out);
    b->einvoice_in_scope = take_yes_no(row, COLUMN_EINVOICE_SCOPE, out);
    b->einvoice_connected = take_yes_no(row, COLUMN_EINVOICE, out);
    b->platform = take_text(l, row, COLUMN_PLATFORM, out);
}

static void read_status(struct load *l, const struct row *row, struct outcome *out, struct business *b)
{
    b->status_raw = take_text(l, row, COLUMN_STATUS, out);
    b->status = take_choice(row, COLUMN_STATUS, clean_status, out);
    if (b->status && strcmp(b->status, "vacant") == 0)
        b->status = "suspended"; /* a shop that stands empty */
    b->kind_raw = take_text(l, row, COLUMN_KIND, out);
    b->kind = take_choice(row, COLUMN_KIND, clean_kind, out);
    b->licensed_on = take_date(row, COLUMN_ISSUED_ON, out);
    b->valid_from = take_any_date(row, COLUMN_VALID_FROM, out);
    b->valid_to = take_any_date(row, COLUMN_VALID_TO, out);
    b->at_home = take_yes_no(row, COLUMN_AT_HOME, out);
}

void business_read(struct load *l, const struct row *row, struct outcome *out, struct business *b)
{
    *b = (struct business){0};
    b->ref = take_code(l, row, COLUMN_REF, out);
    if (clean_name(&row->cells[COLUMN_NAME], &l->row, &b->name) != CLEAN_OK)
        b->name = (struct slice){"", 0};
    b->name_fold = text_fold_in(&l->row, b->name);
    read_person(l, row, out, b);
    read_status(l, row, out, b);
    read_address(l, row, out, b);
    b->has_position = take_position(l, row, &b->at, out);
    read_industry_code(l, row, out, b);
    if (!b->industry_group.n)
        read_industry_words(l, row, out, b);
    read_money(l, row, out, b);
    if (!b->kind)
        b->kind = kind_of_name(b->name_fold);
}

void business_key(struct load *l, const struct business *b, struct buf *key)
{
    (void)l;
    if (b->ref.n) {
        buf_text(key, "ref|");
        buf_slice(key, b->ref);
    } else if (b->identity.n) {
        buf_text(key, "id|");
        buf_slice(key, b->identity);
    } else {
        buf_text(key, "name|");
        buf_slice(key, b->name_fold);
        buf_char(key, '|');
        buf_slice(key, b->address_key);
    }
}
