/* load_street: streets and alleys, from a GIS file or as a list of names. A street drawn in several pieces is
 * one street: the pieces are gathered while the file is read and joined at its end. */
#include "import/load_gazetteer.h"
#include "layers/text.h"

#include <stdlib.h>

/* Pieces of one street in this file. */
struct drawing {
    int64_t street_id;
    struct slice name;
    struct slice *parts;
    int count, capacity;
    int rows; /* how often the name stood in the file */
    bool is_changed;
    struct drawing *next;
};

enum { BUCKETS = 1024 };

struct street_state {
    struct street_book *book;
    struct drawing *drawings[BUCKETS];
};

struct street_row {
    struct slice name, ref, aliases, chain, parent;
    bool is_alley;
    struct slice ward;
    struct drawing *drawing;
};

static bool begin_streets(struct load *l, struct fault *f)
{
    struct street_state *s = ARENA_NEW(&l->whole, struct street_state);
    (void)f;
    s->book = street_book_open(l);
    l->state = s;
    return true;
}

/* The drawing of a name; the nth row of one name is the nth piece, which is how a piece is known again. */
static struct drawing *drawing_of(struct load *l, struct slice name)
{
    struct street_state *s = l->state;
    uint32_t h = crc32_of(name) % BUCKETS;
    for (struct drawing *d = s->drawings[h]; d; d = d->next)
        if (slice_equal(d->name, name))
            return d;
    struct drawing *d = ARENA_NEW(&l->whole, struct drawing);
    *d = (struct drawing){.name = arena_slice(&l->whole, name), .next = s->drawings[h]};
    s->drawings[h] = d;
    return d;
}

static void add_part(struct load *l, struct drawing *d, struct slice wkb)
{
    if (!wkb.n)
        return;
    if (d->count == d->capacity) {
        int capacity = d->capacity ? d->capacity * 2 : 4;
        struct slice *more = ARENA_ARRAY(&l->whole, struct slice, (size_t)capacity);
        for (int i = 0; i < d->count; i++)
            more[i] = d->parts[i];
        d->parts = more;
        d->capacity = capacity;
    }
    d->parts[d->count++] = arena_slice(&l->whole, wkb);
}

/* The alley's chain and its street: in columns of their own, or in the name. */
static bool read_alley(struct load *l, const struct row *row, struct street_row *r)
{
    struct slice chain = slice_trim(cell_text(row, COLUMN_ALLEY));
    struct slice name = slice_trim(cell_text(row, COLUMN_NAME));
    r->parent = slice_trim(cell_text(row, COLUMN_STREET));
    if (!chain.n)
        split_alley_name(l, name, &chain, &r->parent);
    return chain.n && r->parent.n && read_chain(l, chain, &r->chain) && r->chain.n;
}

/* An alley hangs on its street, wherever in the file that stands. */
static bool is_alley_row(struct load *l, const struct row *row)
{
    struct street_row r = {0};
    return read_alley(l, row, &r);
}

static void read_street(struct load *l, const struct row *row, struct outcome *out)
{
    struct street_row *r = ARENA_NEW(&l->row, struct street_row);
    struct buf key = {0};
    l->record = r;
    r->is_alley = read_alley(l, row, r);
    r->name = take_text(l, row, COLUMN_NAME, out);
    if (!r->name.n)
        r->name = r->parent;
    r->name = street_bare_name(r->name);
    r->ref = take_text(l, row, COLUMN_CODE, out);
    r->aliases = take_text(l, row, COLUMN_ALIASES, out);
    r->ward = take_text(l, row, COLUMN_WARD, out);
    if (!r->name.n) {
        reject(out, &(struct problem){
                        .column = COLUMN_NAME, .code = FAULT_VALUE_MISSING, .advice = "Ghi tên đường"});
        return;
    }
    text_fold_marks(r->is_alley ? r->parent : r->name, &key);
    buf_char(&key, '|');
    buf_slice(&key, r->chain);
    r->drawing = drawing_of(l, buf_to_slice(&key));
    add_part(l, r->drawing, row->wkb);
    buf_format(&key, "|%d", ++r->drawing->rows);
    out->key = arena_slice(&l->row, buf_to_slice(&key));
    buf_release(&key);
}

static bool set_aliases(struct load *l, const struct street_row *r, int64_t street_id, struct fault *f)
{
    enum { ALIASES_MAX = 64 };
    struct slice names[ALIASES_MAX], rest = r->aliases, name;
    int n = 0;
    if (!r->aliases.n)
        return true;
    while (n < ALIASES_MAX && slice_next(&rest, ';', &name)) {
        name = slice_trim(name);
        if (name.n)
            names[n++] = name;
    }
    return street_set_aliases(l->store, street_id, names, n, f);
}

static bool apply_alley(struct load *l, const struct street_row *r, const struct row *row,
                        struct outcome *out, struct fault *f)
{
    const struct street_state *s = l->state;
    int64_t street = street_book_find(s->book, l, r->parent);
    if (street <= 0) {
        reject(out, &(struct problem){
                        .column = COLUMN_STREET,
                        .code = street ? FAULT_AMBIGUOUS : FAULT_BAD_REFERENCE,
                        .value = r->parent,
                        .advice = "Đường của kiệt này chưa có; nhập danh sách đường (streets) trước"});
        return true;
    }
    out->entity = "alley";
    out->entity_id = street;
    out->verdict = VERDICT_ADDED;
    return alley_put(l->store, street, r->chain, row->wkb, f);
}

static bool apply_street(struct load *l, const struct row *row, struct outcome *out, struct fault *f)
{
    struct street_state *s = l->state;
    struct street_row *r = l->record;
    if (r->is_alley)
        return apply_alley(l, r, row, out, f);
    struct street street = {.name = r->name, .ref = r->ref, .ward = r->ward};
    street.id = street_book_find_ref(s->book, r->ref);
    if (street.id <= 0)
        street.id = street_book_find_exact(s->book, l, r->name);
    if (street.id < 0)
        street.id = 0;
    bool is_new = street.id == 0;
    if (!street_put(l->store, &street, f) || !set_aliases(l, r, street.id, f))
        return false;
    if (is_new) {
        struct named named = {.id = street.id, .name = r->name, .ref = r->ref};
        street_book_add(s->book, l, &named);
    }
    bool is_piece =
        r->drawing->rows > 1 && r->drawing->is_changed; /* another piece of a street of this file */
    out->verdict = is_new || is_piece ? VERDICT_ADDED : VERDICT_UPDATED;
    out->entity_id = street.id;
    r->drawing->street_id = street.id;
    r->drawing->is_changed = true;
    return true;
}

static bool finish_streets(struct load *l, struct fault *f)
{
    const struct street_state *s = l->state;
    for (int i = 0; i < BUCKETS; i++)
        for (const struct drawing *d = s->drawings[i]; d; d = d->next)
            if (d->is_changed && d->count && !street_set_lines(l->store, d->street_id, d->parts, d->count, f))
                return false;
    return true;
}

const struct load_kind LOAD_STREETS = {.feeds_gazetteer = true,
                                       .entity = "street",
                                       .is_later = is_alley_row,
                                       .begin = begin_streets,
                                       .read = read_street,
                                       .apply = apply_street,
                                       .finish = finish_streets};
