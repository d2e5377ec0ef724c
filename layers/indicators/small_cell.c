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

/* Layers, functions and days are nobody; places are somebody's. */
static bool is_about_places(const char *code)
{
    static const char *const STARTS[] = {"KPI-", "S1.1", "S1.3b", "S2.1", "S2.3"};
    for (size_t i = 0; i < COUNT_OF(STARTS); i++)
        if (slice_starts(slice_of(code), slice_of(STARTS[i])))
            return true;
    return false;
}

static void hide_one(struct arena *a, struct indicator *one, int64_t least)
{
    one->is_hidden = is_about_places(one->code) && one->denominator > 0 && one->denominator < least;
    if (one->is_hidden)
        one->variant_count = 0;
    if (!one->model_count)
        return;
    size_t bytes = sizeof *one->models * (size_t)one->model_count;
    struct indicator_share *models = arena_copy(a, one->models, bytes);
    hide_small(models, one->model_count, least);
    one->models = models;
}

void indicator_hide_small(struct store *s, struct arena *a, struct date as_of, struct indicator *one)
{
    hide_one(a, one, least_cell(s, as_of));
}

static void hide_score(struct indicator_score *score, int64_t least)
{
    bool is_small =
        score->denominator > 0 && score->denominator < least && strcmp(score->rule, "proportional") != 0;
    if (!is_small)
        return;
    score->is_measured = score->has_value = false; /* a market is no person: the proportional rows stay */
    score->why = indicator_hidden_reason();
}

void indicators_hide_small(struct store *s, struct arena *a, struct indicator_report *report)
{
    int64_t least = least_cell(s, report->as_of);
    for (int i = 0; i < INDICATOR_COUNT; i++)
        hide_one(a, &report->indicators[i], least);
    for (int i = 0; i < report->score_count; i++)
        hide_score(&report->scores[i], least);
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
    int64_t total = 0;
    for (uint32_t i = 0; i < count; i++)
        total += rows[i].in_denominator;
    bool is_place = count && strlen(rows[0].code) == CODE_LENGTH && !strchr(rows[0].code, ' ');
    bool all_hidden = is_place && total > 0 && total < least_cell(s, as_of);
    for (uint32_t i = 0; i < count; i++)
        rows[i].is_hidden = all_hidden || (rows[i].model && share_of(shares, &n, rows[i].model)->is_hidden);
}

const char *indicator_hidden_reason(void)
{
    return "mô hình có quá ít điểm kinh doanh: không công bố";
}
