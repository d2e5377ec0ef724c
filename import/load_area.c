/* load_area: wards and residential groups, with their areas when the file has them. */
#include "import/load.h"
#include "layers/text.h"

struct area_state {
    struct named *wards, *groups;
    int ward_count, group_count;
};

struct ward_row {
    struct ward ward;
    struct slice aliases;
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
    if (!r->ward.code.n || !r->ward.name.n)
        missing_name(out, r->ward.code.n ? COLUMN_NAME : COLUMN_CODE);
    out->key = r->ward.code;
}

static bool apply_ward(struct load *l, const struct row *row, struct outcome *out, struct fault *f)
{
    const struct area_state *s = l->state;
    struct ward_row *r = l->record;
    struct slice rest = r->aliases, name;
    (void)row;
    for (int i = 0; i < s->ward_count; i++)
        if (slice_equal(s->wards[i].ref, r->ward.code))
            r->ward.id = s->wards[i].id;
    out->verdict = r->ward.id ? VERDICT_UPDATED : VERDICT_ADDED;
    if (!ward_put(l->store, &r->ward, f))
        return false;
    while (slice_next(&rest, ';', &name)) {
        name = slice_trim(name);
        if (name.n && !ward_name_put(l->store, r->ward.id, name, f))
            return false;
    }
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
