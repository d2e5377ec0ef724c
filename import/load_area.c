/* load_area: wards and residential groups, with their areas when the file has them. */
#include "import/load.h"
#include "layers/text.h"

#include <string.h>

struct area_state {
    struct named *wards, *groups;
    int ward_count, group_count;
};

struct ward_row {
    struct ward ward;
    struct slice aliases;
    struct ward_name former; /* of a list of changes: the ward that was; its name may be empty */
};

struct group_row {
    struct residential_group group;
    struct slice ward_text;
};

static bool begin_areas(struct load *l, struct fault *f)
{
    struct area_state *s = ARENA_NEW(&l->whole, struct area_state);
    (void)f;
    s->ward_count = ward_list(l->store, &l->whole, &s->wards);
    s->group_count = residential_group_list(l->store, &l->whole, &s->groups);
    l->state = s;
    return true;
}

static void missing_name(struct outcome *out, enum column_id column)
{
    reject(out, &(struct problem){.column = column, .code = FAULT_VALUE_MISSING, .advice = "Ghi mã và tên"});
}

/* --- wards --- */

/* "Phường Hòa Hiệp Bắc" without what it is: addresses write that in a dozen ways, or not at all. */
static struct slice bare_unit(struct slice name)
{
    static const char *const UNITS[] = {"Phường ", "Xã ",    "Thị trấn ", "Đặc khu ",
                                        "Quận ",   "Huyện ", "Thị xã ",   "Thành phố "};
    for (size_t i = 0; i < COUNT_OF(UNITS); i++) {
        size_t n = strlen(UNITS[i]);
        if (slice_starts(name, slice_of(UNITS[i])) && name.n > n)
            return (struct slice){name.p + n, name.n - n};
    }
    return name;
}

static void read_former(struct load *l, const struct row *row, struct outcome *out, struct ward_row *r)
{
    struct slice part = text_fold_in(&l->row, take_text(l, row, COLUMN_OLD_PART, out));
    r->former = (struct ward_name){.name = take_text(l, row, COLUMN_OLD_WARD, out),
                                   .old_code = take_code(l, row, COLUMN_OLD_CODE, out),
                                   .district = bare_unit(take_text(l, row, COLUMN_OLD_DISTRICT, out)),
                                   .is_part = slice_starts(part, SLICE("part")) ||
                                              slice_starts(part, SLICE("mot phan"))};
}

/* A ward by its code; a row of a list of changes by the ward that was, too: many became one, and some were
 * divided. */
static struct slice ward_key(struct load *l, const struct ward_row *r)
{
    struct buf key = {0};
    buf_slice(&key, r->ward.code);
    if (r->former.name.n) {
        buf_char(&key, '|');
        buf_slice(&key, r->former.old_code);
        buf_char(&key, '|');
        text_fold(r->former.name, &key);
        buf_char(&key, '|');
        text_fold(r->former.district, &key);
    }
    struct slice kept = arena_slice(&l->row, buf_to_slice(&key));
    buf_release(&key);
    return kept;
}

static void read_ward(struct load *l, const struct row *row, struct outcome *out)
{
    struct ward_row *r = ARENA_NEW(&l->row, struct ward_row);
    l->record = r;
    r->ward = (struct ward){.code = take_code(l, row, COLUMN_CODE, out),
                            .name = take_text(l, row, COLUMN_NAME, out),
                            .wkb = row->wkb,
                            .valid_from = take_any_date(row, COLUMN_VALID_FROM, out),
                            .valid_to = take_any_date(row, COLUMN_VALID_TO, out)};
    r->aliases = take_text(l, row, COLUMN_ALIASES, out);
    read_former(l, row, out, r);
    if (!r->ward.code.n || !r->ward.name.n)
        missing_name(out, r->ward.code.n ? COLUMN_NAME : COLUMN_CODE);
    else
        out->key = ward_key(l, r);
}

/* Each of the names between semicolons. */
static bool put_names(struct load *l, struct ward_name *n, struct slice names, bool *is_new, struct fault *f)
{
    struct slice name;
    while (slice_next(&names, ';', &name)) {
        bool is_added = false;
        n->name = bare_unit(slice_trim(name));
        if (n->name.n && !ward_name_put(l->store, n, &is_added, f))
            return false;
        *is_new |= is_added;
    }
    return true;
}

static bool apply_ward(struct load *l, const struct row *row, struct outcome *out, struct fault *f)
{
    struct ward_row *r = l->record;
    struct slice former = r->former.name;
    bool is_new = false;
    (void)row;
    r->ward.id = ward_find(l->store, r->ward.code);
    bool is_known = r->ward.id != 0;
    /* a list of changes says what became of the wards before; it knows nothing new about one that is there */
    if (!(is_known && former.n) && !ward_put(l->store, &r->ward, f))
        return false;
    struct ward_name alias = {.ward_id = r->ward.id};
    r->former.ward_id = r->ward.id;
    if (!put_names(l, &alias, r->aliases, &is_new, f) || !put_names(l, &r->former, former, &is_new, f))
        return false;
    out->verdict = !is_known || (former.n && is_new) ? VERDICT_ADDED : VERDICT_UPDATED;
    out->entity_id = r->ward.id;
    return true;
}

const struct load_kind LOAD_WARDS = {
    .feeds_gazetteer = true, .entity = "ward", .begin = begin_areas, .read = read_ward, .apply = apply_ward};

/* --- residential groups --- */

static int number_of(struct slice fold)
{
    int n = 0;
    for (size_t i = 0; i < fold.n && n < 100000; i++)
        if (fold.p[i] >= '0' && fold.p[i] <= '9')
            n = n * 10 + fold.p[i] - '0';
        else if (n)
            break;
    return n;
}

static void read_group(struct load *l, const struct row *row, struct outcome *out)
{
    struct group_row *r = ARENA_NEW(&l->row, struct group_row);
    struct buf key = {0};
    l->record = r;
    struct slice name = take_text(l, row, COLUMN_NAME, out);
    if (!name.n)
        name = take_text(l, row, COLUMN_GROUP, out);
    int64_t bare = 0;
    if (slice_to_int(name, &bare)) /* the column holds the numbers alone */
        name = slice_of(arena_format(&l->row, "Tổ dân phố %lld", (long long)bare));
    r->group = (struct residential_group){.name = name,
                                          .ref = take_text(l, row, COLUMN_CODE, out),
                                          .wkb = row->wkb,
                                          .number = number_of(text_fold_in(&l->row, name))};
    r->ward_text = take_text(l, row, COLUMN_WARD, out);
    if (!name.n)
        missing_name(out, COLUMN_NAME);
    text_fold(r->ward_text, &key);
    buf_char(&key, '|');
    buf_slice(&key, text_fold_in(&l->row, r->group.ref.n ? r->group.ref : name));
    out->key = arena_slice(&l->row, buf_to_slice(&key));
    buf_release(&key);
}

/* Wards by code or name; the file's own ward when the row names none. */
static bool find_ward(struct load *l, struct group_row *r, struct outcome *out)
{
    const struct area_state *s = l->state;
    struct slice fold = text_fold_in(&l->row, r->ward_text);
    if (!fold.n) {
        r->group.ward_id = ward_home(l->store);
        return true;
    }
    for (int i = 0; i < s->ward_count; i++)
        if (slice_equal_ignoring_case(s->wards[i].ref, r->ward_text) || slice_ends(s->wards[i].fold, fold) ||
            slice_ends(fold, s->wards[i].fold))
            r->group.ward_id = s->wards[i].id;
    if (!r->group.ward_id)
        reject(out, &(struct problem){.column = COLUMN_WARD,
                                      .code = FAULT_BAD_REFERENCE,
                                      .value = r->ward_text,
                                      .advice = "Phường này chưa có; nhập danh sách phường (wards) trước"});
    return r->group.ward_id != 0;
}

static bool apply_group(struct load *l, const struct row *row, struct outcome *out, struct fault *f)
{
    const struct area_state *s = l->state;
    struct group_row *r = l->record;
    (void)row;
    if (!find_ward(l, r, out))
        return true;
    struct slice fold = text_fold_in(&l->row, r->group.name);
    for (int i = 0; i < s->group_count && !r->group.id; i++)
        if ((r->group.ref.n && slice_equal(s->groups[i].ref, r->group.ref)) ||
            slice_equal(s->groups[i].fold, fold))
            r->group.id = s->groups[i].id;
    out->verdict = r->group.id ? VERDICT_UPDATED : VERDICT_ADDED;
    if (!residential_group_put(l->store, &r->group, f))
        return false;
    out->entity_id = r->group.id;
    return true;
}

const struct load_kind LOAD_RESIDENTIAL_GROUPS = {.feeds_gazetteer = true,
                                                  .entity = "residential_group",
                                                  .begin = begin_areas,
                                                  .read = read_group,
                                                  .apply = apply_group};
