/* indicator: one number. Reads indicators.def, runs the indicator's query, sets the count of its rows against
 * the target of the year.
 *
 * Law: the comparison is 100 * numerator against target * denominator in 64 bits, never a rounded percentage;
 * an empty denominator is na, never a pass. */
#include "layers/indicators/query.h"

#include <string.h>

static const struct definition {
    const char *code, *title, *source, *op_and_target, *query;
} DEFINITIONS[INDICATOR_COUNT] = {
#define INDICATOR(id, code, title_vi, source, op_and_target, query)                                          \
    {code, title_vi, source, op_and_target, query},
#include "layers/indicators/indicators.def"
#undef INDICATOR
};

static const char *const MISSING_TEXTS[INDICATOR_COUNT] = {
#define MISSING(id, sentence) [INDICATOR_##id] = sentence,
#include "layers/indicators/missing.def"
#undef MISSING
};

const char *indicator_code(enum indicator_id id)
{
    return DEFINITIONS[id].code;
}

const char *indicator_query(enum indicator_id id)
{
    return DEFINITIONS[id].query;
}

bool indicator_find(struct slice code, enum indicator_id *id)
{
    for (int i = 0; i < INDICATOR_COUNT; i++)
        if (slice_equal(code, slice_of(DEFINITIONS[i].code))) {
            *id = (enum indicator_id)i;
            return true;
        }
    return false;
}

int64_t indicator_percent_hundredths(int64_t numerator, int64_t denominator)
{
    return (20000 * numerator + denominator) / (2 * denominator);
}

/* The target of the next milestone; after the last one, the last. "ge 2026:60 2028:80" */
static bool target_of(const char *op_and_target, int year, int *target)
{
    struct slice rest = slice_of(op_and_target), word;
    bool found = false;
    while (slice_next(&rest, ' ', &word)) {
        struct slice milestone;
        int64_t at, percent;
        if (!slice_next(&word, ':', &milestone) || !slice_to_int(milestone, &at) ||
            !slice_to_int(word, &percent))
            continue;
        *target = (int)percent;
        found = true;
        if (year <= at)
            break;
    }
    return found;
}

static void judge(struct indicator *out)
{
    out->state = out->denominator ? INDICATOR_OK : INDICATOR_NA;
    if (!out->denominator) {
        out->why = MISSING_TEXTS[out->id];
        return;
    }
    int64_t have = 100 * out->numerator, want = (int64_t)out->target * out->denominator;
    out->met = out->has_target && (out->op[0] == 'g' ? have >= want : have <= want);
}

static void describe(enum indicator_id id, int year, struct indicator *out)
{
    const struct definition *d = &DEFINITIONS[id];
    *out = (struct indicator){.id = id, .code = d->code, .title = d->title, .source = d->source};
    out->op = strncmp(d->op_and_target, "le", 2) == 0 ? "le" : "ge";
    out->has_target = target_of(d->op_and_target, year, &out->target);
    out->is_measured = d->query[0] != 0;
}

/* A dated policy stands above the documents' milestones. */
static bool target_by_policy(struct store *s, const struct basis *b, struct arena *a, struct indicator *out,
                             struct fault *f)
{
    const char *key = arena_format(a, "target.%s", out->code),
               *value = policy_text(s, b->as_of, key, a, NULL);
    int64_t percent;
    if (!value || !value[0])
        return true;
    if (!slice_to_int(slice_of(value), &percent) || percent < 0 || percent > 100)
        return fault_set(f, FAULT_BAD_NUMBER, key, "\"%s\"", value);
    out->has_target = true;
    out->target = (int)percent;
    return true;
}

bool indicator_on_basis(struct store *s, const struct basis *b, struct arena *a, struct indicator *out,
                        struct fault *f)
{
    describe(out->id, b->as_of.year, out);
    if (!target_by_policy(s, b, a, out, f))
        return false;
    if (out->is_measured) {
        struct count count;
        if (!query_count(s, DEFINITIONS[out->id].query, NULL, b, a, &count, f))
            return false;
        out->numerator = count.total.numerator;
        out->denominator = count.total.denominator;
        out->models = count.models;
        out->model_count = count.model_count;
        out->variants = count.variants;
        out->variant_count = count.variant_count;
    }
    judge(out);
    return true;
}

bool indicator_compute(struct store *s, enum indicator_id id, const struct indicator_request *r,
                       struct arena *a, struct indicator *out, struct fault *f)
{
    struct basis b;
    out->id = id;
    return basis_make(s, r, a, &b, f) && indicator_on_basis(s, &b, a, out, f);
}

/* --- rows --- */

struct rows {
    struct arena *arena;
    struct indicator_row *rows;
    uint32_t count, room;
};

static void rows_add(struct rows *list, sqlite3_stmt *st)
{
    if (list->count == list->room) {
        list->room = list->room ? 2 * list->room : 256;
        struct indicator_row *more = ARENA_ARRAY(list->arena, struct indicator_row, list->room);
        if (list->count)
            memcpy(more, list->rows, sizeof *more * list->count);
        list->rows = more;
    }
    list->rows[list->count++] = (struct indicator_row){
        .code = arena_text(list->arena, column_slice(st, ROW_ID)),
        .name = arena_text(list->arena, column_slice(st, ROW_NAME)),
        .model = column_is_null(st, ROW_MODEL) ? NULL : arena_text(list->arena, column_slice(st, ROW_MODEL)),
        .in_denominator = sqlite3_column_int(st, ROW_IN_DENOMINATOR) != 0,
        .in_numerator = sqlite3_column_int(st, ROW_IN_NUMERATOR) != 0,
        .reason = arena_text(list->arena, column_slice(st, ROW_REASON)),
    };
}

bool indicator_rows_on_basis(struct store *s, const struct basis *b, enum indicator_id id, struct arena *a,
                             struct indicator_row **rows, uint32_t *count, struct fault *f)
{
    struct rows list = {.arena = a};
    *rows = NULL;
    *count = 0;
    if (!DEFINITIONS[id].query[0])
        return true;
    sqlite3_stmt *st = query_open(s, DEFINITIONS[id].query, NULL, b, f);
    if (!st)
        return false;
    struct fault stepping = {0};
    while (statement_next(st, &stepping))
        rows_add(&list, st);
    sqlite3_finalize(st);
    if (stepping.code != FAULT_NONE)
        return fault_set(f, stepping.code, stepping.place, "%s", stepping.text);
    *rows = list.rows;
    *count = list.count;
    return true;
}

bool indicator_rows(struct store *s, enum indicator_id id, const struct indicator_request *r, struct arena *a,
                    struct indicator_row **rows, uint32_t *count, struct fault *f)
{
    struct basis b;
    return basis_make(s, r, a, &b, f) && indicator_rows_on_basis(s, &b, id, a, rows, count, f);
}
