/* cql2_eval: a checked and bound tree against one row, in three-valued logic: what is compared with null is
 * UNKNOWN, and only YES lets a row pass. Last station of a filter.
 * Law: reads columns of the snapshot, allocates nothing but the growing scratch of CASEI and ACCENTI. Numbers
 * are doubles, texts are ordered by their bytes, which is the order of their code points. */
#include "layers/geos.h"
#include "layers/text.h"

#include <math.h>
#include <string.h>

/* --- values; false: null --- */

static bool property_number(const struct cql2 *n, const struct cql2_row *r, double *value)
{
    if (n->column->real) {
        *value = n->column->real[r->row];
        return !isnan(*value);
    }
    *value = (double)n->column->integer[r->row];
    return n->column->integer[r->row] != INT_NULL;
}

static bool calculate(enum cql2_op op, double a, double b, double *value)
{
    switch (op) {
    case CQL2_ADD: *value = a + b; break;
    case CQL2_SUBTRACT: *value = a - b; break;
    case CQL2_MULTIPLY: *value = a * b; break;
    case CQL2_DIVIDE: *value = a / b; break;
    case CQL2_MODULO: *value = fmod(a, b); break;
    case CQL2_WHOLE_DIVIDE: *value = trunc(a / b); break;
    default: *value = pow(a, b);
    }
    return isfinite(*value); /* 1 / 0 is null */
}

bool cql2_number(const struct cql2 *n, const struct cql2_row *r, double *value)
{
    double a, b;
    if (n->op == CQL2_PROPERTY)
        return property_number(n, r, value);
    if (n->op == CQL2_NUMBER || n->op == CQL2_NOTHING) {
        *value = n->number;
        return n->op == CQL2_NUMBER;
    }
    return cql2_number(n->kids[0], r, &a) && cql2_number(n->kids[1], r, &b) && calculate(n->op, a, b, value);
}

bool cql2_string(const struct cql2 *n, const struct cql2_row *r, struct slice *text)
{
    if (n->op == CQL2_PROPERTY) {
        *text = snapshot_text(n->column, r->row);
        return n->column->text[r->row] != TEXT_NULL;
    }
    if (n->op == CQL2_TEXT || n->op == CQL2_NOTHING) {
        *text = n->text;
        return n->op == CQL2_TEXT;
    }
    if (!cql2_string(n->kids[0], r, text))
        return false;
    buf_reset(n->scratch);
    if (n->op == CQL2_CASEI)
        text_without_case(*text, n->scratch);
    else
        text_without_accents(*text, n->scratch);
    *text = buf_to_slice(n->scratch);
    return true;
}

static bool moment_of(const struct cql2 *n, const struct cql2_row *r, struct moment *when)
{
    if (n->op != CQL2_PROPERTY) {
        *when = n->when;
        return true;
    }
    struct slice text = snapshot_text(n->column, r->row);
    return moment_read_date(text, when) || moment_read_time(text, when);
}

static bool period_of(const struct cql2 *n, const struct cql2_row *r, struct period *p)
{
    bool is_interval = n->op == CQL2_INTERVAL;
    const struct cql2 *start = is_interval ? n->kids[0] : n, *end = is_interval ? n->kids[1] : n;
    if (!moment_of(start, r, &p->start) || !moment_of(end, r, &p->end))
        return false;
    return moment_compare(p->start, p->end) <= 0;
}

/* --- comparisons --- */

static int order_texts(struct slice a, struct slice b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int first = n ? memcmp(a.p, b.p, n) : 0;
    return first ? first : (a.n > b.n) - (a.n < b.n);
}

/* Order of two values of one type; false when either is null. */
static bool compare(const struct cql2 *left, const struct cql2 *right, const struct cql2_row *r, int *order)
{
    double a, b;
    struct slice s, t;
    struct moment m, o;
    enum cql2_truth p, q;
    switch (left->type) {
    case CQL2_IS_NUMBER:
        if (!cql2_number(left, r, &a) || !cql2_number(right, r, &b))
            return false;
        *order = (a > b) - (a < b);
        return true;
    case CQL2_IS_TEXT:
        if (!cql2_string(left, r, &s) || !cql2_string(right, r, &t))
            return false;
        *order = order_texts(s, t);
        return true;
    case CQL2_IS_DATE:
    case CQL2_IS_TIME:
        if (!moment_of(left, r, &m) || !moment_of(right, r, &o))
            return false;
        *order = moment_compare(m, o);
        return true;
    default:
        p = cql2_test(left, r);
        q = cql2_test(right, r);
        *order = (p > q) - (p < q);
        return p != CQL2_UNKNOWN && q != CQL2_UNKNOWN;
    }
}

static enum cql2_truth truth(bool yes)
{
    return yes ? CQL2_YES : CQL2_NO;
}

static enum cql2_truth test_comparison(const struct cql2 *n, const struct cql2_row *r)
{
    int order;
    if (!compare(n->kids[0], n->kids[1], r, &order))
        return CQL2_UNKNOWN;
    switch (n->op) {
    case CQL2_EQUAL: return truth(order == 0);
    case CQL2_NOT_EQUAL: return truth(order != 0);
    case CQL2_LESS: return truth(order < 0);
    case CQL2_GREATER: return truth(order > 0);
    case CQL2_LESS_EQUAL: return truth(order <= 0);
    default: return truth(order >= 0);
    }
}

/* x >= low AND x <= high: one side may be NO while the other is UNKNOWN. */
static enum cql2_truth test_between(const struct cql2 *n, const struct cql2_row *r)
{
    int low, high;
    bool has_low = compare(n->kids[0], n->kids[1], r, &low),
         has_high = compare(n->kids[0], n->kids[2], r, &high);
    if ((has_low && low < 0) || (has_high && high > 0))
        return CQL2_NO;
    return has_low && has_high ? CQL2_YES : CQL2_UNKNOWN;
}

static enum cql2_truth test_in(const struct cql2 *n, const struct cql2_row *r)
{
    enum cql2_truth result = CQL2_NO;
    for (int i = 1; i < n->kid_count; i++) {
        int order;
        if (!compare(n->kids[0], n->kids[i], r, &order))
            result = CQL2_UNKNOWN;
        else if (order == 0)
            return CQL2_YES;
    }
    return result;
}

/* --- LIKE --- */

static size_t letter_length(struct slice text, size_t at)
{
    size_t n = 1;
    while (at + n < text.n && ((unsigned char)text.p[at + n] & 0xC0) == 0x80)
        n++;
    return n;
}

/* Goes on by one letter in both where they agree; an escaped letter stands for itself. */
static bool step_like(struct slice text, struct slice pattern, size_t *t, size_t *p)
{
    size_t at = *p;
    if (at >= pattern.n)
        return false;
    size_t length = letter_length(text, *t);
    if (pattern.p[at] == '_') {
        *p = at + 1;
        *t += length;
        return true;
    }
    if (pattern.p[at] == '\\' && at + 1 < pattern.n)
        at++;
    if (letter_length(pattern, at) != length || memcmp(pattern.p + at, text.p + *t, length) != 0)
        return false;
    *p = at + length;
    *t += length;
    return true;
}

/* When it fails behind a %, that % takes one letter more: the last one is enough to try again. */
bool cql2_is_like(struct slice text, struct slice pattern)
{
    size_t t = 0, p = 0, retry_t = 0, retry_p = 0;
    bool can_retry = false;
    while (t < text.n) {
        if (p < pattern.n && pattern.p[p] == '%') {
            can_retry = true;
            retry_p = ++p;
            retry_t = t;
            continue;
        }
        if (step_like(text, pattern, &t, &p))
            continue;
        if (!can_retry)
            return false;
        retry_t += letter_length(text, retry_t);
        t = retry_t;
        p = retry_p;
    }
    while (p < pattern.n && pattern.p[p] == '%')
        p++;
    return p == pattern.n;
}

static enum cql2_truth test_like(const struct cql2 *n, const struct cql2_row *r)
{
    struct slice text, pattern;
    if (!cql2_string(n->kids[0], r, &text) || !cql2_string(n->kids[1], r, &pattern))
        return CQL2_UNKNOWN;
    return truth(cql2_is_like(text, pattern));
}

/* --- everything else --- */

static bool is_null(const struct cql2 *n, const struct cql2_row *r)
{
    double number;
    struct slice text;
    struct period period;
    switch (n->type) {
    case CQL2_IS_TRUTH: return cql2_test(n, r) == CQL2_UNKNOWN;
    case CQL2_IS_NUMBER: return !cql2_number(n, r, &number);
    case CQL2_IS_TEXT: return !cql2_string(n, r, &text);
    case CQL2_IS_SHAPE: return n->op == CQL2_PROPERTY && r->row >= r->l->located;
    default: return !period_of(n, r, &period);
    }
}

static enum cql2_truth test_truths(const struct cql2 *n, const struct cql2_row *r)
{
    enum cql2_truth decides = n->op == CQL2_AND ? CQL2_NO : CQL2_YES,
                    result = n->op == CQL2_AND ? CQL2_YES : CQL2_NO;
    if (n->op == CQL2_NOT)
        return (enum cql2_truth)(CQL2_YES - cql2_test(n->kids[0], r));
    for (int i = 0; i < n->kid_count; i++) {
        enum cql2_truth one = cql2_test(n->kids[i], r);
        if (one == decides)
            return one;
        if (one == CQL2_UNKNOWN)
            result = one;
    }
    return result;
}

static enum cql2_truth test_periods(const struct cql2 *n, const struct cql2_row *r)
{
    struct period a, b;
    if (!period_of(n->kids[0], r, &a) || !period_of(n->kids[1], r, &b))
        return CQL2_UNKNOWN;
    return period_test(n->op, &a, &b);
}

static enum cql2_truth test_property(const struct cql2 *n, const struct cql2_row *r)
{
    int64_t value = n->column->integer[r->row];
    return value == INT_NULL ? CQL2_UNKNOWN : truth(value != 0);
}

static enum cql2_truth test_operator(const struct cql2 *n, const struct cql2_row *r)
{
    switch (cql2_arguments_of(n->op)) {
    case CQL2_TRUTHS: return test_truths(n, r);
    case CQL2_PATTERN: return test_like(n, r);
    case CQL2_ANYTHING: return truth(is_null(n->kids[0], r));
    case CQL2_SHAPES: return geos_test(n->relation, r->l, r->row);
    case CQL2_TIMES:
    case CQL2_PERIODS: return test_periods(n, r);
    case CQL2_ALIKE:
        if (n->op == CQL2_BETWEEN)
            return test_between(n, r);
        return n->op == CQL2_IN ? test_in(n, r) : test_comparison(n, r);
    default: return CQL2_UNKNOWN;
    }
}

static enum cql2_truth test(const struct cql2 *n, const struct cql2_row *r)
{
    switch (n->op) {
    case CQL2_TRUTH: return truth(n->number != 0);
    case CQL2_NOTHING: return CQL2_UNKNOWN;
    case CQL2_PROPERTY: return test_property(n, r);
    default: return test_operator(n, r);
    }
}

enum cql2_truth cql2_test(const struct cql2 *n, const struct cql2_row *r)
{
    if (!n->memo)
        return test(n, r);
    uint8_t *known = &n->memo[n->column->text[r->row]];
    if (!*known)
        *known = (uint8_t)(test(n, r) + 1);
    return (enum cql2_truth)(*known - 1);
}
