/* load_stall: the stall lists of the markets, and the drawn floor plans. A stall is known by ref, else by
 * market, zone, kind and number; who runs it stands sealed and may change without the place changing. */
#include "import/load.h"
#include "layers/text.h"

#include <stdlib.h>
#include <string.h>

enum { RANGE_MAX = 20, CANDIDATES = 9 };
static const double GPS_ACCURACY_M = 15.0;

/* One row; "12-14" are three stalls of one trader. */
struct stall_row {
    struct slice ref, market_text, zone, goods, status_raw, number_typed;
    const struct market *market;
    struct slice numbers[RANGE_MAX];
    int number_count;
    const char *kind, *status;
    struct occupant occupant;
    double area_m2;
    bool has_position;
    struct lonlat at;
    int accepts[3];
};

/* --- reading --- */

/* "12-14", "12 – 14": first and last of a range that counts up. */
static bool read_range(struct slice text, int *first, int *last)
{
    int64_t from = 0, to = 0;
    static const char *const DASHES[] = {"-", "–", "—"};
    for (size_t i = 0; i < COUNT_OF(DASHES); i++) {
        ptrdiff_t at = slice_find(text, slice_of(DASHES[i]));
        if (at <= 0)
            continue;
        size_t n = strlen(DASHES[i]);
        struct slice left = slice_trim((struct slice){text.p, (size_t)at});
        struct slice right = slice_trim((struct slice){text.p + at + n, text.n - (size_t)at - n});
        if (!slice_to_int(left, &from) || !slice_to_int(right, &to))
            continue;
        *first = (int)from;
        *last = (int)to;
        return from > 0 && to > from && to - from < RANGE_MAX;
    }
    return false;
}

static void read_numbers(struct load *l, const struct row *row, struct outcome *out, struct stall_row *s)
{
    const struct cell *cell = &row->cells[COLUMN_STALL_NUMBER];
    struct fault f = {0};
    int first = 0, last = 0;
    s->number_typed = slice_trim(cell->text);
    if (read_range(s->number_typed, &first, &last)) {
        for (int n = first; n <= last; n++)
            s->numbers[s->number_count++] = slice_of(arena_format(&l->row, "%d", n));
        return;
    }
    enum clean result = clean_stall_number(cell, &l->row, &s->numbers[0], &f);
    if (result == CLEAN_OK)
        s->number_count = 1;
    else
        reject(out, &(struct problem){.column = COLUMN_STALL_NUMBER,
                                      .code = result == CLEAN_EMPTY ? FAULT_VALUE_MISSING
                                              : f.code              ? f.code
                                                                    : FAULT_BAD_VALUE,
                                      .value = cell->text,
                                      .advice = "Ghi số quầy/sạp"});
}

/* The number itself may tell the kind ("Ki-ốt 5"); the usual word is quầy. */
static const char *kind_of_number(struct load *l, struct slice typed)
{
    static const char *const WORDS[][2] = {{"sap", "stand"},  {"ki ot", "kiosk"}, {"kiot", "kiosk"},
                                           {"kios", "kiosk"}, {"lo ", "lot"},     {"cua hang", "shop"}};
    struct slice fold = text_fold_in(&l->row, typed);
    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        if (slice_starts(fold, slice_of(WORDS[i][0])))
            return WORDS[i][1];
    return NULL;
}

/* "II. Khu B" above its stalls stands for the column that is not there. */
static struct slice zone_of_group(struct slice group)
{
    static const char *const WORDS[] = {"Khu", "khu", "KHU", "Dãy", "dãy", "DÃY"};
    for (size_t i = 0; i < COUNT_OF(WORDS); i++) {
        ptrdiff_t at = slice_find(group, slice_of(WORDS[i]));
        if (at >= 0)
            return slice_trim((struct slice){group.p + at, group.n - (size_t)at});
    }
    return (struct slice){"", 0};
}

static void read_occupant(struct load *l, const struct row *row, struct outcome *out, struct stall_row *s)
{
    struct fault f = {0};
    struct occupant *o = &s->occupant;
    enum column_id name = row->cells[COLUMN_TRADER].text.n ? COLUMN_TRADER : COLUMN_OWNER;
    if (clean_name(&row->cells[name], &l->row, &o->name) != CLEAN_OK)
        o->name = (struct slice){"", 0};
    o->name_fold = text_fold_in(&l->row, o->name);
    if (clean_phone(&row->cells[COLUMN_PHONE], &l->row, &o->phone, &f) == CLEAN_BAD) {
        complain(out, COLUMN_PHONE, &f, cell_text(row, COLUMN_PHONE));
        o->phone = (struct slice){"", 0};
    }
    f = (struct fault){0};
    if (clean_identity(&row->cells[COLUMN_IDENTITY], &l->row, &o->identity, &f) == CLEAN_BAD) {
        complain(out, COLUMN_IDENTITY, &f, cell_text(row, COLUMN_IDENTITY));
        o->identity = (struct slice){"", 0};
    }
    const char *remark = identity_remark(o->identity, l->today);
    if (remark)
        complain_text(out, COLUMN_IDENTITY, FAULT_BAD_VALUE, cell_text(row, COLUMN_IDENTITY), remark);
    o->has_account = take_yes_no(row, COLUMN_ACCOUNT, out);
}

static void read_status(struct load *l, const struct row *row, struct outcome *out, struct stall_row *s)
{
    s->status_raw = take_text(l, row, COLUMN_STATUS, out);
    s->status = take_choice(row, COLUMN_STATUS, clean_status, out);
    if (!s->status || (strcmp(s->status, "active") == 0 && !s->occupant.name.n))
        s->status = s->occupant.name.n ? "active" : "vacant";
    if (strcmp(s->status, "vacant") == 0 || strcmp(s->status, "ceased") == 0)
        s->occupant.name = (struct slice){"", 0}; /* who was there last runs it no more */
}

static void make_key(struct load *l, const struct stall_row *s, struct outcome *out)
{
    struct buf key = {0};
    if (s->ref.n) {
        buf_text(&key, "ref|");
        buf_slice(&key, s->ref);
    } else {
        buf_format(&key, "stall|%lld|", (long long)s->market->id);
        buf_slice(&key, zone_fold_in(&l->row, s->zone));
        buf_format(&key, "|%s|", s->kind ? s->kind : "");
        for (int i = 0; i < s->number_count; i++) {
            buf_slice(&key, s->numbers[i]);
            buf_char(&key, ' ');
        }
    }
    out->key = arena_slice(&l->row, buf_to_slice(&key));
    buf_release(&key);
}

static void read_stall(struct load *l, const struct row *row, struct outcome *out)
{
    static const enum column_id METHODS[3] = {COLUMN_QR, COLUMN_POS, COLUMN_TRANSFER};
    struct stall_row *s = ARENA_NEW(&l->row, struct stall_row);
    l->record = s;
    s->ref = take_code(l, row, COLUMN_REF, out);
    s->market_text = take_text(l, row, COLUMN_MARKET, out);
    s->market = find_market(l, s->market_text);
    if (!s->market) {
        reject(out, &(struct problem){.column = COLUMN_MARKET,
                                      .code = s->market_text.n ? FAULT_BAD_REFERENCE : FAULT_VALUE_MISSING,
                                      .value = s->market_text,
                                      .advice = "Chợ này chưa có; nhập danh sách chợ (markets) trước"});
        return;
    }
    s->zone = take_text(l, row, COLUMN_ZONE, out);
    if (!s->zone.n)
        s->zone = zone_of_group(row->group);
    s->goods = take_text(l, row, COLUMN_GOODS, out);
    s->kind = take_choice(row, COLUMN_STALL_KIND, clean_stall_kind, out);
    read_numbers(l, row, out, s);
    if (!s->kind)
        s->kind = kind_of_number(l, s->number_typed);
    read_occupant(l, row, out, s);
    read_status(l, row, out, s);
    s->area_m2 = take_real(row, COLUMN_AREA_M2, out);
    for (int i = 0; i < 3; i++)
        s->accepts[i] = take_yes_no(row, METHODS[i], out);
    s->has_position = take_position(l, row, &s->at, out);
    if (!is_rejected(out))
        make_key(l, s, out);
}

/* --- writing --- */

static struct stall_key key_of(struct load *l, const struct stall_row *s, int i)
{
    return (struct stall_key){.market_id = s->market->id,
                              .zone_fold = zone_fold_in(&l->row, s->zone),
                              .kind = s->kind,
                              .number_norm = s->numbers[i]};
}

/* By the office's number, else by our code. */
static int64_t place_of_ref(struct load *l, struct slice ref)
{
    int64_t id = place_by_ref(l->store, ref);
    return id || !ref.n ? id : place_by_code(l->store, ref);
}

/* The stall of a row, 0 when it is new; several that fit are a question. */
static int64_t find_stall(struct load *l, const struct stall_row *s, int i, struct outcome *out)
{
    int64_t ids[CANDIDATES], by_ref = i == 0 ? place_of_ref(l, s->ref) : 0;
    struct stall_key key = key_of(l, s, i);
    if (by_ref)
        return by_ref;
    int n = stall_find(l->store, &key, ids, CANDIDATES);
    if (n > 1) {
        complain_text(out, COLUMN_STALL_NUMBER, FAULT_AMBIGUOUS, s->number_typed,
                      "Có nhiều quầy/sạp cùng số này trong chợ; ghi thêm Khu và Loại");
        ask(out, "nhiều quầy/sạp cùng số", "stall_ambiguous", 0);
    }
    for (int k = 0; n > 1 && k < n; k++)
        add_candidate(l, out, ids[k]);
    return n == 1 ? ids[0] : 0;
}

static const char *kind_title(const char *kind)
{
    static const char *const TITLES[][2] = {
        {"counter", "Quầy"}, {"stand", "Sạp"}, {"kiosk", "Ki-ốt"}, {"shop", "Cửa hàng"}, {"lot", "Lô"}};
    for (size_t i = 0; i < COUNT_OF(TITLES); i++)
        if (strcmp(TITLES[i][0], kind) == 0)
            return TITLES[i][1];
    return "Quầy";
}

/* A stall's name never tells who runs it. */
static struct slice stall_name(struct load *l, const struct stall_row *s, const char *kind,
                               struct slice number)
{
    struct slice market = s->market->name;
    bool has_khu = slice_starts(text_fold_in(&l->row, s->zone), SLICE("khu"));
    bool has_cho = slice_starts(s->market->fold, SLICE("cho "));
    return slice_of(arena_format(&l->row, "%s %.*s%s%.*s, %s%.*s", kind_title(kind), (int)number.n, number.p,
                                 s->zone.n ? (has_khu ? ", " : ", khu ") : "", (int)s->zone.n, s->zone.p,
                                 has_cho ? "" : "chợ ", (int)market.n, market.p));
}

/* Typed, drawn, or somewhere in the market; false when an officer's pin stays. */
static bool choose_position(struct load *l, const struct stall_row *s, int i, int64_t id,
                            struct place_position *at)
{
    struct stall_key key = key_of(l, s, i);
    const char *now = id ? place_position_name(l->store, &l->row, id) : "none";
    *at = (struct place_position){.position = "gps", .at = s->at, .accuracy_m = GPS_ACCURACY_M};
    if (!s->has_position && strcmp(now, "gps") == 0)
        return false;
    if (!s->has_position)
        stall_position(l->store, &key, at);
    return true;
}

static bool write_place(struct load *l, const struct stall_row *s, int i, int64_t id, struct place *p,
                        struct outcome *out, struct fault *f)
{
    struct place_known known = {0};
    struct place_position at;
    bool is_new = !id || !place_read(l->store, &l->row, id, &known);
    bool moves = choose_position(l, s, i, id, &at);
    *p = known.place;
    p->is_stall = true;
    p->batch_id = batch_id(l->batch);
    if (i == 0 && s->ref.n && !place_by_code(l->store, s->ref))
        p->ref = s->ref;
    if (is_new || s->kind)
        p->name = p->public_name = stall_name(l, s, s->kind ? s->kind : "counter", s->numbers[i]);
    p->status = s->status;
    p->status_raw = s->status_raw;
    p->needs_review = false;
    if (is_new || !p->ward_id)
        p->ward_id = ward_home(l->store);
    if (date_is_valid(l->listed_on))
        p->source_date = l->listed_on;
    if (i == 0)
        out->position = at.position;
    return place_put(l->store, p, moves ? &at : NULL, f);
}

static bool write_stall(struct load *l, const struct stall_row *s, int i, int64_t id, struct outcome *out,
                        struct fault *f)
{
    static const char *const METHODS[3] = {"QR", "POS", "CK"};
    struct place p;
    struct stall stall = {.market_id = s->market->id,
                          .kind = s->kind,
                          .number = s->number_count > 1 ? s->numbers[i] : s->number_typed,
                          .number_norm = s->numbers[i],
                          .goods = s->goods,
                          .area_m2 = s->number_count > 1 ? s->area_m2 / s->number_count : s->area_m2};
    if (s->zone.n && !zone_put(l->store, s->market->id, s->zone, &stall.zone_id, f))
        return false;
    if (!write_place(l, s, i, id, &p, out, f))
        return false;
    stall.place_id = p.id;
    if (!stall_put(l->store, &stall, f))
        return false;
    struct occupant o = s->occupant;
    o.place_id = p.id;
    o.market_id = s->market->id;
    o.batch_id = p.batch_id;
    o.since = l->listed_on;
    o.today = l->today;
    if (!occupancy_set(l->store, &o, f))
        return false;
    struct date listed_on = date_is_valid(l->listed_on) ? l->listed_on : l->today;
    for (int k = 0; k < 3; k++) {
        struct acceptance a = {p.id, METHODS[k], s->accepts[k] == 1, listed_on};
        if (s->accepts[k] >= 0 && !acceptance_put(l->store, &a, f))
            return false;
    }
    if (i == 0)
        out->entity_id = p.id;
    return true;
}

/* The number of the office stands at another stall than market, zone, kind and number say. */
static bool contradicts_ref(struct load *l, const struct stall_row *s, struct outcome *out)
{
    int64_t ids[2], by_ref = place_of_ref(l, s->ref);
    struct stall_key key = key_of(l, s, 0);
    struct place_known known;
    if (!s->ref.n || stall_find(l->store, &key, ids, 2) != 1 || ids[0] == by_ref)
        return false;
    if (!by_ref && place_read(l->store, &l->row, ids[0], &known) && !known.place.ref.n)
        return false; /* the stall had no number yet */
    complain_text(out, COLUMN_REF, FAULT_DUPLICATE, s->ref, "Quầy/sạp này đã có trong sổ với mã điểm khác");
    ask(out, "mã điểm và số quầy/sạp nói hai điểm khác nhau", "duplicate", 0);
    add_candidate(l, out, ids[0]);
    return true;
}

/* The office's number stands at an establishment of the register. The same holder: one business, which is the
 * stall's from now on; somebody else: a question. */
static bool take_over(struct load *l, const struct stall_row *s, int64_t *establishment, struct outcome *out,
                      struct fault *f)
{
    struct place_known known;
    int64_t by_ref = place_of_ref(l, s->ref);
    *establishment = 0;
    if (!by_ref || !place_read(l->store, &l->row, by_ref, &known) || known.place.is_stall)
        return true;
    struct private_value owner = {.owner = "place",
                                  .owner_id = by_ref,
                                  .field = "owner_name",
                                  .text = s->occupant.name,
                                  .key = s->occupant.name_fold};
    if (s->occupant.name.n && private_compare(l->store, &owner) == 1) {
        *establishment = by_ref;
        return place_release_ref(l->store, by_ref, f);
    }
    complain_text(out, COLUMN_REF, FAULT_DUPLICATE, s->ref,
                  "Mã điểm này đang thuộc một cơ sở của người khác");
    ask(out, "mã điểm thuộc một cơ sở khác", "duplicate", 0);
    add_candidate(l, out, by_ref);
    return true;
}

static bool apply_stall(struct load *l, const struct row *row, struct outcome *out, struct fault *f)
{
    const struct stall_row *s = l->record;
    int64_t ids[RANGE_MAX] = {0}, establishment = 0;
    (void)row;
    if (!take_over(l, s, &establishment, out, f))
        return false;
    if (out->verdict == VERDICT_REVIEW || contradicts_ref(l, s, out))
        return true;
    for (int i = 0; i < s->number_count; i++)
        ids[i] = find_stall(l, s, i, out);
    if (out->verdict == VERDICT_REVIEW)
        return true;
    out->verdict = ids[0] ? VERDICT_UPDATED : VERDICT_ADDED;
    for (int i = 0; i < s->number_count; i++)
        if (!write_stall(l, s, i, ids[i], out, f))
            return false;
    return !establishment || establishment_link(l->store, establishment, out->entity_id, f);
}

const struct load_kind LOAD_STALLS = {
    .has_places = true, .entity = "place", .read = read_stall, .apply = apply_stall};
