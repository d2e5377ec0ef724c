/* small_cell: what the public is not told. The share of a pilot with fewer points than the policy
 * `small_cell` (5) would point at people; a single hidden share could be had back by subtraction, so the next
 * smallest goes with it. Staff and the command line are told everything. */
#include "layers/indicators/query.h"

#include <string.h>

static bool is_small(const struct indicator_share *share, int64_t least)
{
    return share->denominator > 0 && share->denominator < least;
}

static struct indicator_share *smallest_shown(struct indicator_share *shares, int count)
{
    struct indicator_share *found = NULL;
    for (int i = 0; i < count; i++)
        if (!shares[i].is_hidden && shares[i].denominator > 0 &&
            (!found || shares[i].denominator < found->denominator))
            found = &shares[i];
    return found;
}

static void hide_small(struct indicator_share *shares, int count, int64_t least)
{
    int hidden = 0;
    for (int i = 0; i < count; i++)
        hidden += shares[i].is_hidden = is_small(&shares[i], least);
    struct indicator_share *other = hidden == 1 ? smallest_shown(shares, count) : NULL;
    if (other)
        other->is_hidden = true;
}

static int64_t least_cell(struct store *s, struct date day)
{
    return policy_number(s, "small_cell", day, 5);
}

void indicators_hide_small(struct store *s, struct arena *a, struct indicator_report *report)
{
    int64_t least = least_cell(s, report->as_of);
    for (int i = 0; i < INDICATOR_COUNT; i++) {
        struct indicator *one = &report->indicators[i];
        if (!one->model_count)
            continue;
        size_t bytes = sizeof *one->models * (size_t)one->model_count;
        struct indicator_share *models = arena_copy(a, one->models, bytes);
        hide_small(models, one->model_count, least);
        one->models = models;
    }
}

static struct indicator_share *share_of(struct indicator_share *shares, int *count, const char *code)
{
    for (int i = 0; i < *count; i++)
        if (strcmp(shares[i].code, code) == 0)
            return &shares[i];
    shares[*count] = (struct indicator_share){.code = code};
    return &shares[(*count)++];
}

static int count_models(const struct indicator_row *rows, uint32_t count)
{
    int changes = 0; /* rows stand model by model */
    for (uint32_t i = 0; i < count; i++)
        changes +=
            rows[i].model && (i == 0 || !rows[i - 1].model || strcmp(rows[i].model, rows[i - 1].model));
    return changes;
}

void indicator_rows_hide_small(struct store *s, struct arena *a, struct date as_of,
                               struct indicator_row *rows, uint32_t count)
{
    struct indicator_share *shares =
        ARENA_ARRAY(a, struct indicator_share, (size_t)count_models(rows, count) + 1);
    int n = 0;
    for (uint32_t i = 0; i < count; i++)
        if (rows[i].model)
            share_of(shares, &n, rows[i].model)->denominator += rows[i].in_denominator;
    hide_small(shares, n, least_cell(s, as_of));
    for (uint32_t i = 0; i < count; i++)
        rows[i].is_hidden = rows[i].model && share_of(shares, &n, rows[i].model)->is_hidden;
}

const char *indicator_hidden_reason(void)
{
    return "mô hình có quá ít điểm kinh doanh: không công bố";
}
