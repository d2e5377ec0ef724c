/* open_data: the catalogue as data, and counts by residential group.
 *
 * Law: a cell below `small_cell` is not told, nor is its complement; when a single group is hidden the next
 * smallest goes with it, or it could be had back by subtraction (domain.md C.8). */

#include "layers/store_private.h"

#include <stdlib.h>
#include <string.h>

static const struct dataset DATASETS[] = {
#define DATASET(id, layer, condition, frequency, vi, en, description, keywords)                              \
    {id, LAYER_##layer, condition, frequency, vi, en, description, keywords},
#include "layers/open_data.def"
#undef DATASET
};

int dataset_count(void)
{
    return (int)COUNT_OF(DATASETS);
}

const struct dataset *dataset_get(int index)
{
    return &DATASETS[index];
}

const struct dataset *dataset_find(struct slice id)
{
    for (size_t i = 0; i < COUNT_OF(DATASETS); i++)
        if (slice_equal(slice_of(DATASETS[i].id), id))
            return &DATASETS[i];
    return NULL;
}

bool dataset_filter(const struct dataset *d, const struct snapshot *s, struct arena *a, struct filter **out,
                    struct fault *f)
{
    *out = NULL;
    if (!d->condition[0])
        return true;
    struct cql2_text what = {.text = slice_of(d->condition), .lang = CQL2_LANG_TEXT};
    struct filter *filter = filter_new(a, layer_get(d->layer));
    if (!filter_add_cql2(filter, &what, f))
        return false;
    filter_bind(filter, snapshot_get(s, d->layer));
    *out = filter;
    return true;
}

void dataset_dates(struct store *s, struct dataset_dates *out)
{
    *out = (struct dataset_dates){"", ""};
    sqlite3_stmt *st =
        store_statement(s,
                        "SELECT date(min(imported_at), '+7 hours'), date(max(imported_at), '+7 hours')"
                        " FROM import_batch WHERE undone_at IS NULL",
                        NULL);
    if (!st || !statement_next(st, NULL))
        return;
    struct slice issued = column_slice(st, 0), modified = column_slice(st, 1);
    if (issued.n == 10 && modified.n == 10) {
        memcpy(out->issued, issued.p, 10);
        memcpy(out->modified, modified.p, 10);
    }
    sqlite3_reset(st);
}

/* --- counts --- */

static bool accepts(const struct snapshot_layer *l, uint32_t row)
{
    static const char *const FIELDS[] = {"accepts_qr", "accepts_card", "accepts_transfer"};
    for (size_t i = 0; i < COUNT_OF(FIELDS); i++)
        if (l->columns[layer_field(l->layer, slice_of(FIELDS[i]))].integer[row] == 1)
            return true;
    return false;
}

static int by_name(const void *left, const void *right)
{
    const struct group_share *a = left, *b = right;
    int order = memcmp(a->group.p, b->group.p, a->group.n < b->group.n ? a->group.n : b->group.n);
    return order ? order : (a->group.n > b->group.n) - (a->group.n < b->group.n);
}

static bool is_small(const struct group_share *g, int64_t least)
{
    int64_t rest = g->places - g->accepting;
    return (g->accepting > 0 && g->accepting < least) || (rest > 0 && rest < least);
}

static void hide(struct group_share *groups, int count, int64_t least)
{
    int hidden = 0;
    struct group_share *next = NULL;
    for (int i = 0; i < count; i++)
        hidden += groups[i].is_hidden = is_small(&groups[i], least);
    for (int i = 0; i < count; i++)
        if (!groups[i].is_hidden && (!next || groups[i].places < next->places))
            next = &groups[i];
    if (hidden == 1 && next)
        next->is_hidden = true;
}

int open_data_groups(const struct snapshot *s, int64_t small_cell, struct arena *a,
                     struct group_share **groups)
{
    const struct snapshot_layer *l = snapshot_get(s, LAYER_ESTABLISHMENTS);
    const struct column *group = &l->columns[layer_field(l->layer, SLICE("residential_group"))];
    const struct column *status = &l->columns[layer_field(l->layer, SLICE("status"))];
    struct group_share *by_id = ARENA_ARRAY(a, struct group_share, (size_t)group->text_count + 1);
    int count = 0;
    for (uint32_t row = 0; row < l->count; row++) {
        struct group_share *g = &by_id[group->text[row]];
        if (!slice_equal(snapshot_text(status, row), SLICE("active")))
            continue;
        g->group = snapshot_text(group, row);
        g->places++;
        g->accepting += accepts(l, row);
    }
    *groups = by_id;
    for (uint32_t id = 0; id <= group->text_count; id++)
        if (by_id[id].places)
            by_id[count++] = by_id[id];
    qsort(by_id, (size_t)count, sizeof *by_id, by_name);
    hide(by_id, count, small_cell);
    return count;
}
