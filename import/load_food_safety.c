/* load_food_safety: the food-safety lists in their two shapes, one row a place with its last dates or one row
 * an inspection. A row speaks of a known place by number, certificate or name and address; else it makes a
 * new one.
 *
 * Law: a document's end is the printed one, else counted and marked so; "chưa kiểm tra" is no inspection. */
#include "import/load_business.h"
#include "layers/text.h"

#include <string.h>

enum { ROUNDS_MAX = 8, OLDEST_YEAR = 2000 };

struct food_row {
    struct business business;
    struct fs_place place;
    struct fs_document documents[2];
    int document_count;
    struct fs_inspection inspections[ROUNDS_MAX];
    int inspection_count;
};

/* --- documents --- */

static void read_expiry(struct load *l, const struct row *row, struct outcome *out, struct fs_document *d)
{
    d->expires_on = take_any_date(row, COLUMN_EXPIRES_ON, out);
    if (date_is_valid(d->expires_on) && date_is_valid(d->issued_on) &&
        date_to_days(d->expires_on) < date_to_days(d->issued_on)) {
        complain_text(out, COLUMN_EXPIRES_ON, FAULT_BAD_DATE, cell_text(row, COLUMN_EXPIRES_ON),
                      "Ngày hết hạn trước ngày cấp; không dùng ngày này");
        d->expires_on = (struct date){0};
        return;
    }
    if (date_is_valid(d->expires_on) || !date_is_valid(d->issued_on))
        return;
    int64_t years = policy_number(l->store, "fs.certificate_years", l->today, 3);
    d->expires_on = date_years_later(d->issued_on, (int)years);
    d->is_computed = true;
}

static bool is_international(struct load *l, struct slice number)
{
    static const char *const MARKS[] = {"iso 22000", "haccp", "fssc", "brc", "ifs", "gmp"};
    struct slice fold = text_fold_in(&l->row, number);
    for (size_t i = 0; i < COUNT_OF(MARKS); i++)
        if (slice_find(fold, slice_of(MARKS[i])) >= 0)
            return true;
    return false;
}

static void read_certificate(struct load *l, const struct row *row, struct outcome *out, struct food_row *r)
{
    struct slice number = take_text(l, row, COLUMN_DOCUMENT_NUMBER, out);
    struct fs_document d = {.number = number,
                            .issuer = take_text(l, row, COLUMN_ISSUER, out),
                            .issued_on = take_date(row, COLUMN_ISSUED_ON, out)};
    read_expiry(l, row, out, &d);
    bool is_told = number.n || (date_is_valid(d.expires_on) && !d.is_computed) || date_is_valid(d.issued_on);
    if (!is_told)
        return;
    bool is_other = is_international(l, number);
    d.type = is_other ? "international" : "certificate";
    r->place.regime = is_other ? "exempt_cert_holder" : "certificate";
    r->documents[r->document_count++] = d;
}

static void read_commitment(struct load *l, const struct row *row, struct outcome *out, struct food_row *r)
{
    struct fs_document d = {.type = "commitment", .issued_on = take_date(row, COLUMN_COMMITTED_ON, out)};
    if (!date_is_valid(d.issued_on))
        return;
    d.expires_on =
        date_years_later(d.issued_on, (int)policy_number(l->store, "fs.commitment_years", l->today, 3));
    d.is_computed = true;
    if (!r->place.regime)
        r->place.regime = "commitment";
    r->documents[r->document_count++] = d;
}

/* What the list says in words where it has no document. */
static void read_regime(struct load *l, struct food_row *r)
{
    struct slice words = text_fold_in(&l->row, r->place.status_raw);
    struct slice kind = text_fold_in(&l->row, r->place.business_kind);
    const struct {
        const char *words, *regime;
    } SAID[] = {{"khong thuoc dien", "none_required"}, {"mien", "exempt_other"}, {"cam ket", "commitment"}};
    for (size_t i = 0; !r->place.regime && i < COUNT_OF(SAID); i++)
        if (slice_find(words, slice_of(SAID[i].words)) >= 0 || slice_find(kind, slice_of(SAID[i].words)) >= 0)
            r->place.regime = SAID[i].regime;
}

/* --- inspections --- */

static bool is_abc_time(struct load *l, struct date d)
{
    struct date last = policy_day(l->store, "fs.abc_until", l->today);
    return date_is_valid(last) && date_to_days(d) <= date_to_days(last);
}

/* A and B passed under the rules of their time; after them the letter says nothing. */
static void read_result(struct load *l, struct slice text, struct outcome *out, struct fs_inspection *i)
{
    struct cell cell = {.kind = CELL_TEXT, .text = text};
    struct slice fold = text_fold_in(&l->row, text);
    struct slice letter = slice_starts(fold, SLICE("loai ")) ? (struct slice){fold.p + 5, fold.n - 5} : fold;
    const char *result = NULL;
    i->result_raw = arena_slice(&l->row, slice_trim(text));
    if (letter.n == 1 && letter.p[0] >= 'a' && letter.p[0] <= 'c') {
        if (is_abc_time(l, i->inspected_on)) {
            i->is_abc = true;
            i->result = letter.p[0] == 'c' ? "fail" : "pass";
        } else {
            complain_text(out, COLUMN_RESULT, FAULT_BAD_VALUE, text,
                          "Sau ngày fs.abc_until (14/01/2025) chỉ còn Đạt hoặc Không đạt; xếp loại A, B, C "
                          "không dùng nữa");
        }
        return;
    }
    enum clean verdict = clean_result(&cell, &result, NULL);
    if (verdict == CLEAN_OK)
        i->result = result;
    else if (verdict == CLEAN_BAD)
        complain_text(out, COLUMN_RESULT, FAULT_BAD_VALUE, text, "Kết quả kiểm tra là Đạt hoặc Không đạt");
}

static void add_inspection(struct load *l, struct food_row *r, const struct fs_inspection *i,
                           struct outcome *out)
{
    if (date_to_days(i->inspected_on) > date_to_days(l->today)) {
        complain_text(out, COLUMN_INSPECTED_ON, FAULT_FUTURE_DATE, (struct slice){"", 0},
                      "Ngày kiểm tra nằm trong tương lai; không ghi lần kiểm tra này");
        return;
    }
    if (r->inspection_count < ROUNDS_MAX)
        r->inspections[r->inspection_count++] = *i;
}

/* From the first digit on, as far as a date goes. */
static struct slice date_words(struct slice text)
{
    size_t from = 0, to;
    while (from < text.n && (text.p[from] < '0' || text.p[from] > '9'))
        from++;
    for (to = from; to < text.n && strchr("0123456789-/.", text.p[to]); to++)
        ;
    while (to > from && strchr("-/.", text.p[to - 1]))
        to--;
    return (struct slice){text.p + from, to - from};
}

/* Text behind a folded word of the same length in letters: found in the original by its own spelling. */
static struct slice behind(struct slice text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ptrdiff_t at = slice_find(text, slice_of(words[i]));
        if (at >= 0)
            return (struct slice){text.p + at + strlen(words[i]), text.n - (size_t)at - strlen(words[i])};
    }
    return (struct slice){"", 0};
}

/* "1:Ngày kiểm tra: 22-03-2019.Kết quả: Đạt." */
static void read_round(struct load *l, struct food_row *r, struct slice text, struct outcome *out)
{
    static const char *const DAY[] = {"kiểm tra", "Kiểm tra", "kiem tra", "KIỂM TRA", ":"};
    static const char *const RESULT[] = {"Kết quả", "kết quả", "ket qua", "Ket qua", "KẾT QUẢ"};
    struct fs_inspection i = {0};
    struct cell day = {.kind = CELL_TEXT, .text = date_words(behind(text, DAY, COUNT_OF(DAY)))};
    int64_t round = 0;
    struct slice head = date_words(text);
    if (head.n <= 2 && slice_to_int(head, &round))
        i.round = (int)round;
    if (clean_date(&day, &i.inspected_on, NULL) != CLEAN_OK) {
        if (day.text.n)
            complain_text(out, COLUMN_INSPECTED_ON, FAULT_BAD_DATE, day.text,
                          fault_sentence(FAULT_BAD_DATE, false));
        return;
    }
    struct slice result = behind(text, RESULT, COUNT_OF(RESULT));
    while (result.n && strchr(": ", *result.p)) {
        result.p++;
        result.n--;
    }
    ptrdiff_t stop = slice_find(result, SLICE("."));
    if (stop >= 0)
        result.n = (size_t)stop;
    if (result.n)
        read_result(l, result, out, &i);
    add_inspection(l, r, &i, out);
}

static ptrdiff_t next_round(struct slice text)
{
    static const char *const WORDS[] = {"Đợt", "đợt", "ĐỢT", "Dot ", "dot ", "Lần ", "lần "};
    ptrdiff_t first = -1;
    for (size_t i = 0; i < COUNT_OF(WORDS); i++) {
        ptrdiff_t at = slice_find(text, slice_of(WORDS[i]));
        if (at >= 0 && (first < 0 || at < first))
            first = at;
    }
    return first;
}

static bool read_rounds(struct load *l, struct food_row *r, struct slice text, struct outcome *out)
{
    ptrdiff_t at = next_round(text);
    if (at < 0)
        return false;
    while (at >= 0) {
        struct slice rest = {text.p + at + 4, text.n - (size_t)at - 4};
        ptrdiff_t next = next_round(rest);
        read_round(l, r, (struct slice){rest.p, next < 0 ? rest.n : (size_t)next}, out);
        text = rest;
        at = next;
    }
    return true;
}

static bool says_never(struct load *l, struct slice text)
{
    return slice_find(text_fold_in(&l->row, text), SLICE("chua")) >= 0;
}

static void read_inspection(struct load *l, const struct row *row, struct outcome *out, struct food_row *r)
{
    struct slice typed = cell_text(row, COLUMN_INSPECTED_ON), result = cell_text(row, COLUMN_RESULT);
    if (read_rounds(l, r, typed, out) || read_rounds(l, r, result, out))
        return;
    if (says_never(l, typed) || says_never(l, result))
        return;
    struct fs_inspection i = {.inspected_on = take_any_date(row, COLUMN_INSPECTED_ON, out),
                              .findings = take_text(l, row, COLUMN_FINDINGS, out),
                              .penalty = take_text(l, row, COLUMN_PENALTY, out)};
    if (date_is_valid(i.inspected_on) && i.inspected_on.year < OLDEST_YEAR)
        return; /* 01/01/1900: how some programs write "never" */
    if (!date_is_valid(i.inspected_on)) {
        if (slice_trim(result).n)
            complain_text(out, COLUMN_INSPECTED_ON, FAULT_VALUE_MISSING, typed,
                          "Có kết quả kiểm tra nhưng không có ngày; không ghi lần kiểm tra này");
        return;
    }
    if (slice_trim(result).n)
        read_result(l, result, out, &i);
    add_inspection(l, r, &i, out);
}

/* --- the row --- */

static void make_key(struct load *l, const struct row *row, const struct food_row *r, struct outcome *out)
{
    struct buf key = {0};
    business_key(l, &r->business, &key);
    buf_char(&key, '|');
    buf_slice(&key, cell_text(row, COLUMN_INSPECTED_ON));
    buf_char(&key, '|');
    buf_slice(&key, cell_text(row, COLUMN_DOCUMENT_NUMBER));
    out->key = arena_slice(&l->row, buf_to_slice(&key));
    buf_release(&key);
}

/* "Mã số" of a food list may be the office's number or a tax number: digits of the right length are the
 * latter. */
static void sort_number(struct load *l, struct business *b)
{
    struct cell cell = {.kind = CELL_TEXT, .text = b->ref};
    struct slice identity = {"", 0};
    if (!b->ref.n || b->identity.n || place_by_ref(l->store, b->ref) || place_by_code(l->store, b->ref) ||
        clean_identity(&cell, &l->row, &identity, NULL) != CLEAN_OK)
        return;
    b->identity = identity;
    b->ref = (struct slice){"", 0};
}

static void read_food(struct load *l, const struct row *row, struct outcome *out)
{
    struct food_row *r = ARENA_NEW(&l->row, struct food_row);
    l->record = r;
    business_read(l, row, out, &r->business);
    r->business.licensed_on = (struct date){0}; /* "Ngày cấp" of this list is the certificate's */
    sort_number(l, &r->business);
    r->place.business_kind = take_text(l, row, COLUMN_BUSINESS_KIND, out);
    r->place.status_raw = take_text(l, row, COLUMN_STATUS, out);
    r->place.health_checked_on = take_date(row, COLUMN_HEALTH_CHECKED_ON, out);
    r->place.trained_on = take_date(row, COLUMN_TRAINED_ON, out);
    read_certificate(l, row, out, r);
    read_commitment(l, row, out, r);
    read_regime(l, r);
    read_inspection(l, row, out, r);
    if (!r->business.name.n && !r->business.ref.n) {
        reject(out, &(struct problem){.column = COLUMN_NAME,
                                      .code = FAULT_VALUE_MISSING,
                                      .advice = "Ghi mã điểm hoặc tên cơ sở và địa chỉ"});
        return;
    }
    make_key(l, row, r, out);
}

/* --- writing --- */

/* The place the row speaks of; 0 when it makes a new one. A row linked to a stall speaks of the stall. */
static int64_t find_known(struct load *l, const struct food_row *r, struct matches *m)
{
    struct place_known known;
    business_match(l, &r->business, m);
    if (m->kind == MATCH_SAME)
        return m->stall ? m->stall : m->id[0];
    if (m->kind == MATCH_STALL)
        return m->id[0];
    if (r->business.ref.n && m->kind == MATCH_WEAK && m->count == 1 &&
        place_read(l->store, &l->row, m->id[0], &known) && slice_equal(known.place.ref, r->business.ref))
        return m->id[0]; /* the office's own number of the stall, whoever runs it now */
    for (int i = 0; i < r->document_count; i++) {
        int64_t id = fs_place_of_number(l->store, r->documents[i].number);
        if (id)
            return id;
    }
    return m->kind == MATCH_WEAK ? 0 : stall_of_address(l, r->business.address);
}

static bool write_food(struct load *l, struct food_row *r, bool *is_new, struct fault *f)
{
    int64_t place_id = r->place.place_id, batch = batch_id(l->batch);
    r->place.batch_id = batch;
    if (!fs_place_put(l->store, &r->place, is_new, f))
        return false;
    for (int i = 0; i < r->document_count; i++) {
        r->documents[i].place_id = place_id;
        r->documents[i].batch_id = batch;
        if (!fs_document_put(l->store, &r->documents[i], f))
            return false;
    }
    for (int i = 0; i < r->inspection_count; i++) {
        r->inspections[i].place_id = place_id;
        r->inspections[i].batch_id = batch;
        if (!fs_inspection_put(l->store, &r->inspections[i], f))
            return false;
    }
    return true;
}

static bool apply_food(struct load *l, const struct row *row, struct outcome *out, struct fault *f)
{
    struct food_row *r = l->record;
    struct matches m;
    bool is_new = false;
    uint32_t twin_of = out->twin_of;
    int64_t known = find_known(l, r, &m);
    if (!known && !r->business.name.n) {
        reject(out, &(struct problem){.column = COLUMN_REF,
                                      .code = FAULT_BAD_REFERENCE,
                                      .value = r->business.ref,
                                      .advice =
                                          "Mã này chưa có và dòng không có tên; nhập danh sách cơ sở trước"});
        return true;
    }
    if (known) {
        r->place.place_id = known;
        out->entity_id = known;
        out->position = place_position_name(l->store, &l->row, known);
        if (!write_food(l, r, &is_new, f))
            return false;
        out->verdict = is_new ? VERDICT_ADDED : VERDICT_UPDATED;
        return true;
    }
    out->twin_of = 0;
    bool ok = business_write(l, row, &r->business, &m, out, f);
    out->twin_of = twin_of;
    r->place.place_id = out->entity_id;
    return ok && write_food(l, r, &is_new, f);
}

const struct load_kind LOAD_FOOD_SAFETY = {.has_places = true,
                                           .needs_geocoder = true,
                                           .takes_twins = true,
                                           .entity = "place",
                                           .begin = business_begin,
                                           .read = read_food,
                                           .apply = apply_food};
