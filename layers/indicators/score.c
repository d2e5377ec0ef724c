/* score: points from figures. One function per rule of domain.md B.4 to B.7, and the rows of scoring.def over
 * them.
 *
 * Law: a score is an exact fraction until the last step, where it becomes ten-thousandths of a point, rounded
 * half away from zero. "Dưới X%: Tỷ lệ nhân điểm tối đa" keeps both readings: literal (ratio times maximum)
 * and relative (ratio over threshold times maximum); literal never exceeds relative, and neither the maximum.
 */
#include "layers/indicators/query.h"

#include <string.h>

/* numerator / denominator of hundredths of a point, as ten-thousandths */
static int64_t ten_thousandths(int64_t numerator, int64_t denominator)
{
    return (200 * numerator + denominator) / (2 * denominator);
}

static struct score_value both(int64_t value)
{
    return (struct score_value){true, value, value};
}

static struct score_value score_ratio(const struct score_case *c)
{
    if (c->ratio.denominator == 0)
        return (struct score_value){0};
    return both(ten_thousandths(c->ratio.numerator * c->max, c->ratio.denominator));
}

static struct score_value score_threshold(const struct score_case *c)
{
    int64_t n = c->ratio.numerator, d = c->ratio.denominator;
    if (d == 0)
        return (struct score_value){0};
    if (100 * n >= (int64_t)c->threshold * d)
        return both(100 * (int64_t)c->max);
    return (struct score_value){true, ten_thousandths(n * c->max, d),
                                ten_thousandths(100 * n * c->max, c->threshold * d)};
}

/* Half for the deployment, half in proportion; without a trader only the first half can be told. */
static struct score_value score_deploy_plus_ratio(const struct score_case *c)
{
    int64_t n = c->ratio.numerator, d = c->ratio.denominator;
    if (!c->deployed)
        return both(0);
    return both(d == 0 ? 50 * (int64_t)c->max : ten_thousandths(c->max * (d + n), 2 * d));
}

static struct score_value score_step(const struct score_case *c)
{
    if (c->ratio.denominator == 0)
        return (struct score_value){0};
    bool reached = 100 * c->ratio.numerator >= (int64_t)c->threshold * c->ratio.denominator;
    return both(50 * (int64_t)c->max * (c->deployed + reached));
}

static struct score_value score_bonus(const struct score_case *c)
{
    int64_t points = c->ratio.numerator * c->threshold;
    return both(100 * (points < c->max ? points : c->max));
}

struct score_value score_of(const struct score_case *c)
{
    switch (c->rule) {
    case SCORE_BINARY: return both(c->deployed ? 100 * (int64_t)c->max : 0);
    case SCORE_PROPORTIONAL: return score_ratio(c);
    case SCORE_THRESHOLD: return score_threshold(c);
    case SCORE_DEPLOY_PLUS_RATIO: return score_deploy_plus_ratio(c);
    case SCORE_STEP: return score_step(c);
    case SCORE_COUNT_MIN: return both(c->ratio.numerator >= c->threshold ? 100 * (int64_t)c->max : 0);
    case SCORE_BONUS_CAPPED: return score_bonus(c);
    case SCORE_PENALTY: return both(-100 * c->ratio.numerator * c->threshold);
    }
    return (struct score_value){0};
}

/* --- the rows of scoring.def --- */

static const char *const RULE_NAMES[] = {
    [SCORE_BINARY] = "binary",
    [SCORE_PROPORTIONAL] = "proportional",
    [SCORE_THRESHOLD] = "threshold",
    [SCORE_DEPLOY_PLUS_RATIO] = "deploy_plus_ratio",
    [SCORE_STEP] = "step",
    [SCORE_COUNT_MIN] = "count_min",
    [SCORE_BONUS_CAPPED] = "bonus_capped",
    [SCORE_PENALTY] = "penalty",
};

static const struct score_row {
    const char *sheet, *row;
    int max;
    enum score_rule rule;
    int threshold;
    const char *query_group_title;
} ROWS[] = {
#define SCORE(sheet, row, max, rule, threshold, query) {sheet, row, max, SCORE_##rule, threshold, query},
#include "layers/indicators/scoring.def"
#undef SCORE
};

_Static_assert(COUNT_OF(ROWS) <= INDICATOR_SCORES_MAX, "more rows than a report holds");

struct score_source {
    const char *query, *group, *title; /* query NULL: nobody records it yet */
};

static struct score_source source_of(const struct score_row *row, struct arena *a)
{
    struct slice rest = slice_of(row->query_group_title), query = {0}, group = {0};
    slice_next(&rest, ' ', &query);
    slice_next(&rest, ' ', &group);
    return (struct score_source){
        .query = slice_equal(query, SLICE("-")) ? NULL : arena_text(a, query),
        .group = slice_equal(group, SLICE("-")) ? NULL : arena_text(a, group),
        .title = arena_text(a, rest),
    };
}

/* Markets on the list say yes or no to being deployed; none that says anything: nothing to score. */
static bool deployment_of(const struct count *count, bool *deployed)
{
    for (int i = 0; i < count->variant_count; i++)
        if (strcmp(count->variants[i].name, "deployed") == 0) {
            *deployed = count->variants[i].numerator > 0;
            return count->variants[i].denominator > 0;
        }
    return true;
}

/* How the special cases of the sheets are taken: dated policies, read once for all rows. */
struct special {
    const char *no_market;
    bool counts_in_part, spares_own_software;
};

/* "Trường hợp địa phương không có quản lý chợ thì tính điểm đặc thù" (S0:599) says no more than that. */
static struct score_value without_market(const struct special *how, struct indicator_score *out)
{
    if (strcmp(how->no_market, "full") == 0 || strcmp(how->no_market, "zero") == 0) {
        out->why = how->no_market[0] == 'f' ? "Không có chợ: tính đủ điểm (score.no_market)."
                                            : "Không có chợ: tính 0 điểm (score.no_market).";
        return both(how->no_market[0] == 'f' ? 100 * (int64_t)out->max : 0);
    }
    out->is_excluded = strcmp(how->no_market, "exclude_and_rescale") == 0;
    out->why =
        out->is_excluded
            ? "Không có chợ: loại tiêu chí, quy đổi tổng điểm của bộ về thang 100 (score.no_market)."
            : "Phường chưa có chợ nào thuộc phạm vi quản lý trong danh sách: điểm đặc thù chưa xác định.";
    return (struct score_value){0};
}

static struct score_value special_or(const struct score_row *row, const struct special *how,
                                     const struct score_case *c, struct indicator_score *out)
{
    int64_t n = c->ratio.numerator;
    if (slice_starts(slice_of(row->query_group_title), SLICE("score_market ")) && !c->ratio.denominator)
        return without_market(how, out);
    if (row->rule == SCORE_COUNT_MIN && how->counts_in_part && n < c->threshold)
        return both(ten_thousandths(n * row->max, c->threshold));
    if (row->rule == SCORE_PENALTY && how->spares_own_software)
        return both(0);
    return score_of(c);
}

static void score_fill(const struct score_row *row, const struct special *how, const struct count *count,
                       struct indicator_score *out)
{
    struct score_case c = {
        .rule = row->rule, .max = row->max, .threshold = row->threshold, .ratio = count->total};
    bool known = deployment_of(count, &c.deployed);
    struct score_value v = known ? special_or(row, how, &c, out) : (struct score_value){0};
    out->numerator = count->total.numerator;
    out->denominator = count->total.denominator;
    out->has_value = v.has_value;
    out->score = v.literal;
    out->score_relative = v.relative;
    if (!v.has_value && !out->why)
        out->why = "Chưa có đối tượng nào của tiêu chí trong dữ liệu.";
    else if (row->rule == SCORE_DEPLOY_PLUS_RATIO && c.deployed && c.ratio.denominator == 0)
        out->why = "Chưa có tiểu thương nào đang kinh doanh tại chợ đã triển khai: chỉ tính phần triển khai.";
}

/* Sheets share their queries: what an earlier row counted is not counted again. */
static const struct count *count_of_earlier(const struct count *counts, int index)
{
    for (int i = 0; i < index; i++)
        if (strcmp(ROWS[i].query_group_title, ROWS[index].query_group_title) == 0)
            return &counts[i];
    return NULL;
}

static bool is_recorded(const struct score_source *source)
{
    return source->query && strcmp(source->query, "recorded") == 0;
}

/* What people counted and wrote down for the year; `deployed` stands where a query has it, among the
 * variants. */
static bool recorded_count(struct store *s, const struct basis *b, const struct score_row *row,
                           struct arena *a, struct count *out, struct fault *f)
{
    sqlite3_stmt *st =
        store_statement(s,
                        "SELECT numerator, denominator, deployed FROM score_input WHERE year = ?1 AND "
                        "sheet = ?2 AND row = ?3",
                        f);
    *out = (struct count){.is_missing = true};
    if (!st)
        return false;
    bind_int(st, 1, b->as_of.year);
    bind_text(st, 2, row->sheet);
    bind_text(st, 3, row->row);
    if (!statement_next(st, f))
        return f->code == FAULT_NONE;
    out->is_missing = false;
    out->total = (struct tally){sqlite3_column_int64(st, 0), sqlite3_column_int64(st, 1)};
    out->variants = ARENA_ARRAY(a, struct indicator_share, 1);
    out->variants[0] = (struct indicator_share){.name = "deployed",
                                                .numerator = sqlite3_column_int(st, 2) != 0,
                                                .denominator = !column_is_null(st, 2)};
    out->variant_count = out->variants[0].denominator ? 1 : 0;
    sqlite3_reset(st);
    return true;
}

static bool count_row_of(struct store *s, const struct basis *b, struct arena *a, struct count *counts,
                         int index, struct fault *f)
{
    struct score_source source = source_of(&ROWS[index], a);
    if (is_recorded(&source))
        return recorded_count(s, b, &ROWS[index], a, &counts[index], f);
    const struct count *earlier = count_of_earlier(counts, index);
    if (earlier || !source.query) {
        counts[index] = earlier ? *earlier : (struct count){0};
        return true;
    }
    return query_count(s, source.query, source.group, b, a, &counts[index], f);
}

static struct indicator_score score_describe(const struct score_row *row, struct arena *a)
{
    struct score_source source = source_of(row, a);
    return (struct indicator_score){
        .sheet = row->sheet,
        .row = row->row,
        .title = source.title,
        .max = row->max,
        .rule = RULE_NAMES[row->rule],
        .is_measured = source.query != NULL,
        .why = source.query ? NULL : "Cần ghi số liệu và minh chứng của tiêu chí này.",
    };
}

static bool read_appraisal(struct store *s, const struct basis *b, struct arena *a,
                           struct indicator_score *out, struct fault *f)
{
    sqlite3_stmt *st = store_statement(
        s, "SELECT appraised, granted FROM score_appraisal WHERE year = ?1 AND sheet = ?2 AND row = ?3", f);
    if (!st)
        return false;
    bind_int(st, 1, b->as_of.year);
    bind_text(st, 2, out->sheet);
    bind_text(st, 3, out->row);
    if (!statement_next(st, f))
        return f->code == FAULT_NONE;
    out->appraised = arena_text(a, column_slice(st, 0));
    out->granted = arena_text(a, column_slice(st, 1));
    sqlite3_reset(st);
    return true;
}

static bool special_read(struct store *s, const struct basis *b, struct arena *a, struct special *out,
                         struct fault *f)
{
    static const char *const KNOWN[] = {"undetermined", "exclude_and_rescale", "full", "zero"};
    const char *value = policy_text(s, b->as_of, "score.no_market", a, NULL);
    *out = (struct special){.no_market = value ? value : KNOWN[0],
                            .counts_in_part = policy_number(s, "score.partial_count", b->as_of, 0) != 0,
                            .spares_own_software = policy_number(s, "score.own_software", b->as_of, 1) == 0};
    for (size_t i = 0; i < COUNT_OF(KNOWN); i++)
        if (strcmp(out->no_market, KNOWN[i]) == 0)
            return true;
    return fault_set(f, FAULT_BAD_VALUE, "score.no_market", "\"%s\"", value);
}

struct indicator_sheet score_sheet(const struct indicator_report *report, const char *sheet)
{
    enum { SCALE = 10000 }; /* hundredths of the 100 points a sheet has */
    struct indicator_sheet sum = {.sheet = sheet};
    for (int i = 0; i < report->score_count; i++) {
        const struct indicator_score *one = &report->scores[i];
        if (strcmp(one->sheet, sheet) != 0)
            continue;
        sum.excluded += one->is_excluded ? one->max : 0;
        if (!one->has_value)
            continue;
        sum.max += strcmp(one->rule, RULE_NAMES[SCORE_PENALTY]) != 0 ? one->max : 0;
        sum.score += one->score;
        sum.score_relative += one->score_relative;
    }
    sum.rescaled = (2 * sum.score * SCALE + SCALE - sum.excluded) / (2 * (SCALE - sum.excluded));
    return sum;
}

bool scores_compute(struct store *s, const struct basis *b, struct arena *a, struct indicator_report *out,
                    struct fault *f)
{
    struct count counts[COUNT_OF(ROWS)] = {0};
    struct special how;
    if (!special_read(s, b, a, &how, f))
        return false;
    out->score_count = COUNT_OF(ROWS);
    for (int i = 0; i < out->score_count; i++) {
        out->scores[i] = score_describe(&ROWS[i], a);
        if (!count_row_of(s, b, a, counts, i, f))
            return false;
        out->scores[i].is_measured = out->scores[i].is_measured && !counts[i].is_missing;
        if (counts[i].is_missing)
            out->scores[i].why = "Cần ghi số liệu và minh chứng của tiêu chí này.";
        if (out->scores[i].is_measured)
            score_fill(&ROWS[i], &how, &counts[i], &out->scores[i]);
        if (!read_appraisal(s, b, a, &out->scores[i], f))
            return false;
    }
    return true;
}
