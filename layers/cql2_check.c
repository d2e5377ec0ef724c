/* cql2_check: do the names exist, do the types fit, are the literals what they claim to be? Constant parts
 * are computed once, here. Between the readers and cql2_bind. Law: after it nothing of the filter can fail.
 * Types are strict, but for one kindness: a text literal beside a date or a time is read as one. */
#include "layers/geos.h"
#include "layers/text.h"

struct checker {
    const struct cql2_source *source;
    const struct cql2_context *context;
};

static bool check(const struct checker *k, struct cql2 *n);

static const char *name_of(enum cql2_type type)
{
    static const char *const NAMES[] = {"?",   "đúng/sai",         "số",   "chữ",      "ngày",
                                        "giờ", "khoảng thời gian", "hình", "danh sách"};
    return NAMES[type];
}

static bool refuse_type(const struct checker *k, const struct cql2 *n, const char *expected)
{
    return cql2_refuse(k->source, n, "cần %s, nhưng đây là %s", expected, name_of(n->type));
}

static bool is_instant(const struct cql2 *n)
{
    return n->type == CQL2_IS_DATE || n->type == CQL2_IS_TIME;
}

/* --- leaves --- */

static bool check_property(const struct checker *k, struct cql2 *n)
{
    static const enum cql2_type TYPES[] = {
        [FIELD_TEXT] = CQL2_IS_TEXT,  [FIELD_INT] = CQL2_IS_NUMBER, [FIELD_REAL] = CQL2_IS_NUMBER,
        [FIELD_BOOL] = CQL2_IS_TRUTH, [FIELD_DATE] = CQL2_IS_DATE,  [FIELD_TIME] = CQL2_IS_TIME};
    n->field = layer_field(k->context->layer, n->text);
    if (n->field >= 0)
        n->type = TYPES[k->context->layer->fields[n->field].type];
    else if (slice_equal(n->text, SLICE("geometry")))
        n->type = CQL2_IS_SHAPE;
    else
        return cql2_refuse(k->source, n, "lớp %s không có trường \"%.*s\"", k->context->layer->name,
                           (int)(n->text.n > 60 ? 0 : n->text.n), n->text.p);
    return true;
}

static bool check_figure(const struct checker *k, struct cql2 *n)
{
    n->type = CQL2_IS_SHAPE;
    return figure_to_wgs84(k->source->arena, n->figure, k->context->crs) ||
           cql2_refuse(k->source, n, "toạ độ nằm ngoài trái đất, hoặc khung có nam lớn hơn bắc");
}

static struct slice composed(struct arena *a, struct slice text)
{
    struct buf out = {0};
    text_compose(text, &out);
    struct slice copy = arena_slice(a, buf_to_slice(&out));
    buf_release(&out);
    return copy;
}

static bool check_leaf(const struct checker *k, struct cql2 *n)
{
    n->is_constant = n->op != CQL2_PROPERTY;
    switch (n->op) {
    case CQL2_NUMBER: n->type = CQL2_IS_NUMBER; return true;
    case CQL2_TRUTH: n->type = CQL2_IS_TRUTH; return true;
    case CQL2_DATE: n->type = CQL2_IS_DATE; return true;
    case CQL2_TIMESTAMP: n->type = CQL2_IS_TIME; return true;
    case CQL2_TEXT:
        n->type = CQL2_IS_TEXT;
        n->text = composed(k->source->arena, n->text);
        return true;
    case CQL2_PROPERTY: return check_property(k, n);
    case CQL2_SHAPE: return check_figure(k, n);
    case CQL2_LIST: n->type = CQL2_IS_LIST; return true;
    case CQL2_FUNCTION:
        return cql2_refuse(k->source, n, "không có hàm \"%.*s\"", (int)(n->text.n > 60 ? 0 : n->text.n),
                           n->text.p);
    default: return cql2_refuse(k->source, n, "\"..\" chỉ dùng trong INTERVAL");
    }
}

/* --- arguments --- */

/* '2026-11-22' beside a date or a time */
static bool read_as_instant(const struct checker *k, struct cql2 *n)
{
    if (n->op != CQL2_TEXT || is_instant(n))
        return true;
    bool is_date = moment_read_date(n->text, &n->when);
    if (!is_date && !moment_read_time(n->text, &n->when))
        return cql2_refuse(k->source, n, "\"%.*s\" không phải ngày hoặc giờ",
                           (int)(n->text.n > 40 ? 0 : n->text.n), n->text.p);
    n->op = is_date ? CQL2_DATE : CQL2_TIMESTAMP;
    n->type = is_date ? CQL2_IS_DATE : CQL2_IS_TIME;
    return true;
}

static bool check_alike(const struct checker *k, struct cql2 *n)
{
    const struct cql2 *first = n->kids[0];
    for (int i = 0; i < n->kid_count; i++)
        if (is_instant(n->kids[i]))
            first = n->kids[i];
    if (first->type > CQL2_IS_TIME)
        return refuse_type(k, first, "số, chữ, ngày, giờ hoặc đúng/sai");
    for (int i = 0; i < n->kid_count; i++) {
        struct cql2 *kid = n->kids[i];
        if (is_instant(first) && !read_as_instant(k, kid))
            return false;
        if (kid->type != first->type && !(is_instant(kid) && is_instant(first)))
            return refuse_type(k, kid, name_of(first->type));
    }
    return true;
}

static bool check_each(const struct checker *k, struct cql2 *n, enum cql2_type type)
{
    for (int i = 0; i < n->kid_count; i++)
        if (n->kids[i]->type != type)
            return refuse_type(k, n->kids[i], name_of(type));
    return true;
}

static bool check_pattern(const struct checker *k, struct cql2 *n)
{
    if (!check_each(k, n, CQL2_IS_TEXT))
        return false;
    return n->kids[1]->is_constant ||
           cql2_refuse(k->source, n->kids[1], "mẫu của LIKE phải là chữ trong dấu nháy");
}

static bool check_times(const struct checker *k, struct cql2 *n)
{
    for (int i = 0; i < 2; i++) {
        struct cql2 *kid = n->kids[i];
        if (!read_as_instant(k, kid))
            return false;
        if (!is_instant(kid) && kid->type != CQL2_IS_INTERVAL)
            return refuse_type(k, kid, "ngày, giờ hoặc INTERVAL");
    }
    return true;
}

static bool check_shapes(const struct checker *k, struct cql2 *n)
{
    if (!check_each(k, n, CQL2_IS_SHAPE))
        return false;
    const char *why;
    const struct figure *figure[2] = {n->kids[0]->figure, n->kids[1]->figure};
    n->relation = geos_relate(k->source->arena, n->op, figure, &why);
    return n->relation || cql2_refuse(k->source, n, "%s", why);
}

static void give_back_buf(void *what)
{
    buf_release(what);
}

static bool check_texts(const struct checker *k, struct cql2 *n)
{
    n->scratch = ARENA_NEW(k->source->arena, struct buf);
    arena_defer(k->source->arena, give_back_buf, n->scratch);
    return check_each(k, n, CQL2_IS_TEXT);
}

static bool check_arguments(const struct checker *k, struct cql2 *n)
{
    switch (cql2_arguments_of(n->op)) {
    case CQL2_TRUTHS: return check_each(k, n, CQL2_IS_TRUTH);
    case CQL2_NUMBERS: return check_each(k, n, CQL2_IS_NUMBER);
    case CQL2_TEXTS: return check_texts(k, n);
    case CQL2_ALIKE: return check_alike(k, n);
    case CQL2_PATTERN: return check_pattern(k, n);
    case CQL2_SHAPES: return check_shapes(k, n);
    case CQL2_TIMES: return check_times(k, n);
    case CQL2_PERIODS: return check_each(k, n, CQL2_IS_INTERVAL);
    case CQL2_LISTS:
        return cql2_refuse(k->source, n, "không có trường danh sách để dùng %s", cql2_word(n->op, false));
    case CQL2_ANYTHING: break;
    }
    return n->kids[0]->type != CQL2_IS_LIST || refuse_type(k, n->kids[0], "một giá trị");
}

/* The ends of an interval; ".." is no value elsewhere, so it is not asked for its type. */
static bool check_interval(const struct checker *k, struct cql2 *n)
{
    n->type = CQL2_IS_INTERVAL;
    n->is_constant = true;
    for (int i = 0; i < 2; i++) {
        struct cql2 *kid = n->kids[i];
        if (kid->op == CQL2_OPEN)
            continue;
        if (!check(k, kid))
            return false;
        if (!is_instant(kid))
            return refuse_type(k, kid, "ngày hoặc giờ");
        n->is_constant = n->is_constant && kid->is_constant;
    }
    if (n->is_constant && moment_compare(n->kids[0]->when, n->kids[1]->when) > 0)
        return cql2_refuse(k->source, n, "khoảng thời gian kết thúc trước khi bắt đầu");
    return true;
}

/* --- constants --- */

static enum cql2_type result_of(enum cql2_op op)
{
    if (cql2_arguments_of(op) == CQL2_NUMBERS)
        return CQL2_IS_NUMBER;
    return cql2_arguments_of(op) == CQL2_TEXTS ? CQL2_IS_TEXT : CQL2_IS_TRUTH;
}

/* An operator over constants becomes the constant it gives; null becomes NOTHING of its type. */
static void fold(const struct checker *k, struct cql2 *n)
{
    static const struct cql2_row NOWHERE = {0};
    double number = 0;
    struct slice text = {0};
    enum cql2_truth truth = CQL2_UNKNOWN;
    bool is_null = false;
    switch (n->type) {
    case CQL2_IS_NUMBER: is_null = !cql2_number(n, &NOWHERE, &number); break;
    case CQL2_IS_TEXT: is_null = !cql2_string(n, &NOWHERE, &text); break;
    default:
        truth = cql2_test(n, &NOWHERE);
        is_null = truth == CQL2_UNKNOWN;
        number = truth == CQL2_YES;
    }
    static const enum cql2_op LITERAL[] = {
        [CQL2_IS_TRUTH] = CQL2_TRUTH, [CQL2_IS_NUMBER] = CQL2_NUMBER, [CQL2_IS_TEXT] = CQL2_TEXT};
    n->op = is_null ? CQL2_NOTHING : LITERAL[n->type];
    n->number = number;
    n->text = arena_slice(k->source->arena, text);
    n->kid_count = 0;
}

static bool check_operator(const struct checker *k, struct cql2 *n)
{
    n->is_constant = true;
    for (int i = 0; i < n->kid_count; i++) {
        if (!check(k, n->kids[i]))
            return false;
        n->is_constant = n->is_constant && n->kids[i]->is_constant;
    }
    n->type = result_of(n->op);
    if (!check_arguments(k, n))
        return false;
    if (n->is_constant)
        fold(k, n);
    return true;
}

static bool check(const struct checker *k, struct cql2 *n)
{
    if (n->op == CQL2_INTERVAL)
        return check_interval(k, n);
    return n->op < CQL2_OPERATOR_COUNT ? check_operator(k, n) : check_leaf(k, n);
}

bool cql2_check(const struct cql2_source *s, const struct cql2_context *context, struct cql2 *root)
{
    struct checker k = {s, context};
    if (!check(&k, root))
        return false;
    return root->type == CQL2_IS_TRUTH || refuse_type(&k, root, "một điều kiện");
}
