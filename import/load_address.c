/* load_address: known house numbers with their points. A street that no list names is refused, unless the
 * ward has no list of streets at all: then the house numbers bring their streets along. */
#include "import/load_gazetteer.h"
#include "layers/text.h"

#include <string.h>

struct address_state {
    struct street_book *book;
    bool makes_streets;
};

struct address_row {
    struct slice street, alley; /* the alley that the street's name begins with */
    struct address_point point;
};

static bool begin_addresses(struct load *l, struct fault *f)
{
    struct address_state *s = ARENA_NEW(&l->whole, struct address_state);
    (void)f;
    s->book = street_book_open(l);
    s->makes_streets = street_book_is_empty(s->book);
    l->state = s;
    return true;
}

/* "45", "07A", "45 bis", "45-47": number and suffix in capitals. */
static bool read_number(struct slice fold, struct load *l, struct address_point *p)
{
    size_t i = 0;
    int number = 0;
    while (i < fold.n && fold.p[i] >= '0' && fold.p[i] <= '9' && number < 100000)
        number = number * 10 + fold.p[i++] - '0';
    if (i == 0 || number == 0 || number >= 100000)
        return false;
    while (i < fold.n && fold.p[i] == ' ')
        i++;
    p->number = number;
    if (i < fold.n && fold.p[i] >= '0' && fold.p[i] <= '9') { /* a range: its first number */
        p->suffix = (struct slice){"", 0};
        return true;
    }
    struct buf suffix = {0};
    for (; i < fold.n && fold.p[i] != ' '; i++)
        buf_char(&suffix, fold.p[i] >= 'a' && fold.p[i] <= 'z' ? (char)(fold.p[i] - 'a' + 'A') : fold.p[i]);
    p->suffix = arena_slice(&l->row, buf_to_slice(&suffix));
    buf_release(&suffix);
    return i == fold.n;
}

/* "K45/12" under "Số nhà": what stands before the last stroke is the alley. */
static void split_number(struct slice *number, struct slice *alley)
{
    for (size_t i = number->n; !alley->n && i > 0; i--)
        if (number->p[i - 1] == '/') {
            *alley = (struct slice){number->p, i - 1};
            *number = (struct slice){number->p + i, number->n - i};
            return;
        }
}

/* The house's chain from outside: what the street's name says ("Ngõ 292 Kim Giang"), then its column. */
static bool read_chains(struct load *l, struct slice outer, struct slice inner, struct slice *chain)
{
    struct slice first, second;
    if (!read_chain(l, outer, &first) || !read_chain(l, inner, &second))
        return false;
    bool is_both = first.n > 0 && second.n > 0;
    *chain =
        is_both ? slice_of(arena_format(&l->row, "%.*s/%.*s", (int)first.n, first.p, (int)second.n, second.p))
        : first.n ? first
                  : second;
    return true;
}

static void read_house(struct load *l, const struct row *row, struct outcome *out, struct address_row *r)
{
    struct slice number = {"", 0}, alley = take_text(l, row, COLUMN_ALLEY, out);
    struct fault f = {0};
    enum clean result = clean_house_number(&row->cells[COLUMN_NUMBER], &l->row, &number, &f);
    if (result == CLEAN_OK)
        split_number(&number, &alley);
    if (result != CLEAN_OK || !read_number(text_fold_in(&l->row, number), l, &r->point))
        reject(out, &(struct problem){.column = COLUMN_NUMBER,
                                      .code = result == CLEAN_EMPTY ? FAULT_VALUE_MISSING : FAULT_BAD_NUMBER,
                                      .value = cell_text(row, COLUMN_NUMBER),
                                      .advice = "Ghi số nhà, ví dụ 45, 45A"});
    else if (!read_chains(l, r->alley, alley, &r->point.chain))
        reject(out, &(struct problem){.column = COLUMN_ALLEY,
                                      .code = FAULT_BAD_VALUE,
                                      .value = alley,
                                      .advice = "Ghi kiệt từ ngoài vào, ví dụ 45/12"});
}

static void read_address(struct load *l, const struct row *row, struct outcome *out)
{
    struct address_row *r = ARENA_NEW(&l->row, struct address_row);
    struct buf key = {0};
    l->record = r;
    r->street = slice_trim(take_text(l, row, COLUMN_STREET, out));
    split_alley_name(l, r->street, &r->alley, &r->street);
    r->street = street_bare_name(r->street);
    r->point.source = take_text(l, row, COLUMN_SOURCE, out);
    read_house(l, row, out, r);
    if (!is_rejected(out) && !take_position(l, row, &r->point.at, out) && !is_rejected(out))
        reject(out, &(struct problem){
                        .column = COLUMN_LON, .code = FAULT_VALUE_MISSING, .advice = "Ghi kinh độ và vĩ độ"});
    if (!r->street.n && !is_rejected(out))
        reject(out, &(struct problem){
                        .column = COLUMN_STREET, .code = FAULT_VALUE_MISSING, .advice = "Ghi tên đường"});
    if (is_rejected(out))
        return;
    text_fold_marks(r->street, &key);
    buf_char(&key, '|');
    buf_slice(&key, r->point.chain);
    buf_format(&key, "|%d", r->point.number);
    buf_slice(&key, r->point.suffix);
    out->key = arena_slice(&l->row, buf_to_slice(&key));
    buf_release(&key);
}

static bool find_street(struct load *l, struct address_row *r, struct outcome *out, struct fault *f)
{
    struct address_state *s = l->state;
    r->point.street_id = street_book_find(s->book, l, r->street);
    if (r->point.street_id > 0)
        return true;
    if (s->makes_streets && r->point.street_id == 0) {
        struct street street = {.name = r->street};
        if (!street_put(l->store, &street, f))
            return false;
        struct named named = {.id = street.id, .name = r->street};
        street_book_add(s->book, l, &named);
        r->point.street_id = street.id;
        return true;
    }
    reject(out, &(struct problem){.column = COLUMN_STREET,
                                  .code = r->point.street_id ? FAULT_AMBIGUOUS : FAULT_BAD_REFERENCE,
                                  .value = r->street,
                                  .advice = r->point.street_id
                                                ? "Nhiều đường cùng tên này; ghi đủ dấu"
                                                : "Đường này chưa có; nhập danh sách đường (streets) trước"});
    return true;
}

static bool apply_address(struct load *l, const struct row *row, struct outcome *out, struct fault *f)
{
    struct address_row *r = l->record;
    bool is_new = false;
    (void)row;
    if (!find_street(l, r, out, f))
        return false;
    if (is_rejected(out))
        return true;
    if (r->point.chain.n &&
        !alley_put(l->store, r->point.street_id, r->point.chain, (struct slice){"", 0}, f))
        return false;
    if (!address_point_put(l->store, &r->point, &out->entity_id, &is_new, f))
        return false;
    out->verdict = is_new ? VERDICT_ADDED : VERDICT_UPDATED;
    return true;
}

const struct load_kind LOAD_ADDRESSES = {.feeds_gazetteer = true,
                                         .entity = "address_point",
                                         .begin = begin_addresses,
                                         .read = read_address,
                                         .apply = apply_address};
