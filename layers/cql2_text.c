/* cql2_text: the parser of CQL2 text, one function for each rule of the grammar, from the loosest operator
 * to the tightest. Between the lexer and the tree; whether names exist and types fit is cql2_check's to say.
 * Law: every rule returns its node or NULL after a fault, and leaves the lexer behind what it has read. */
#include "layers/cql2_lex.h"
#include "layers/text.h"

static struct cql2 *parse_or(struct lexer *x);
static struct cql2 *parse_sum(struct lexer *x);

static struct cql2 *node_at(struct lexer *x, enum cql2_op op, size_t at)
{
    struct cql2 *node = cql2_leaf(x->source->arena, op);
    node->at = (uint32_t)at;
    return node;
}

/* Adds a child that may be NULL after a fault; false then, or when the tree is too deep. */
static bool add(struct lexer *x, struct cql2 *node, struct cql2 *kid)
{
    if (!kid)
        return false;
    cql2_add_kid(x->source->arena, node, kid);
    return node->depth <= CQL2_DEPTH_MAX ||
           cql2_refuse_at(x->source, kid->at, "lồng quá %d tầng", CQL2_DEPTH_MAX);
}

static bool enter(struct lexer *x)
{
    return ++x->depth <= CQL2_DEPTH_MAX ||
           cql2_refuse_at(x->source, x->now.at, "lồng quá %d tầng", CQL2_DEPTH_MAX);
}

static struct cql2 *binary(struct lexer *x, enum cql2_op op, struct cql2 *left, struct cql2 *right)
{
    struct cql2 *node = node_at(x, op, left->at);
    return add(x, node, left) && add(x, node, right) ? node : NULL;
}

/* --- arguments in parentheses --- */

/* "(" a, b, … ")" into the children of `node`, at least `least` of them. */
static bool parse_list(struct lexer *x, struct cql2 *node, int least)
{
    if (!lexer_expect(x, "("))
        return false;
    if (least == 0 && lexer_is_sign(x, ")"))
        return lexer_next(x);
    while (add(x, node, parse_or(x))) {
        if (lexer_is_sign(x, ")"))
            return lexer_next(x);
        if (!lexer_expect(x, ","))
            return false;
    }
    return false;
}

/* An argument of A_…: "(" begins a list even when it holds one value. */
static struct cql2 *parse_array(struct lexer *x)
{
    if (!lexer_is_sign(x, "("))
        return parse_or(x);
    struct cql2 *list = node_at(x, CQL2_LIST, x->now.at);
    return parse_list(x, list, 0) ? list : NULL;
}

static struct cql2 *parse_array_call(struct lexer *x, struct cql2 *call)
{
    bool good = lexer_expect(x, "(") && add(x, call, parse_array(x)) && lexer_expect(x, ",") &&
                add(x, call, parse_array(x)) && lexer_expect(x, ")");
    return good ? call : NULL;
}

/* CASEI, ACCENTI, S_…, T_…, A_… or the name of a function; `now` is its name. */
static struct cql2 *parse_call(struct lexer *x)
{
    struct cql2 *call = node_at(x, CQL2_FUNCTION, x->now.at);
    enum cql2_op op;
    bool known = cql2_find_op(x->now.text, false, &op) && op >= CQL2_CASEI;
    if (known)
        call->op = op;
    else
        call->text = x->now.text;
    if (!lexer_next(x))
        return NULL;
    if (known && cql2_arguments_of(op) == CQL2_LISTS)
        return parse_array_call(x, call);
    if (!parse_list(x, call, 0))
        return NULL;
    if (known && !cql2_count_fits(op, call->kid_count)) {
        cql2_refuse(x->source, call, "%s nhận %d đối số chứ không phải %d", cql2_word(op, false),
                    cql2_count_fits(op, 1) ? 1 : 2, call->kid_count);
        return NULL;
    }
    return call;
}

/* --- time --- */

static bool instant_of(struct lexer *x, struct cql2 *node)
{
    struct slice text = x->now.text;
    if (x->now.sort != TOKEN_STRING)
        return lexer_refuse(x, "ngày hoặc giờ trong dấu nháy");
    if (node->op == CQL2_DATE && !moment_read_date(text, &node->when))
        return cql2_refuse(x->source, node, "không phải ngày NĂM-THÁNG-NGÀY");
    if (node->op == CQL2_TIMESTAMP && !moment_read_time(text, &node->when))
        return cql2_refuse(x->source, node, "không phải giờ NĂM-THÁNG-NGÀYTgiờ:phút:giâyZ");
    return lexer_next(x);
}

/* DATE('…'), TIMESTAMP('…') */
static struct cql2 *parse_instant(struct lexer *x, enum cql2_op op)
{
    struct cql2 *node = node_at(x, op, x->now.at);
    bool good = lexer_next(x) && lexer_expect(x, "(") && instant_of(x, node) && lexer_expect(x, ")");
    return good ? node : NULL;
}

/* A bound that is no quoted text; a text behind a sign would pass for one. */
static struct cql2 *parse_named_bound(struct lexer *x)
{
    struct cql2 *bound = parse_sum(x);
    if (!bound || bound->op != CQL2_TEXT)
        return bound;
    cql2_refuse(x->source, bound, "không phải đầu mút của một khoảng thời gian");
    return NULL;
}

/* '2026-11-22', '2026-11-22T10:00:00Z', '..', a property, a function */
static struct cql2 *parse_bound(struct lexer *x)
{
    if (x->now.sort != TOKEN_STRING)
        return parse_named_bound(x);
    struct cql2 *node = node_at(x, CQL2_OPEN, x->now.at);
    if (slice_equal(x->now.text, SLICE("..")))
        return lexer_next(x) ? node : NULL;
    node->op = x->now.text.n == 10 ? CQL2_DATE : CQL2_TIMESTAMP;
    return instant_of(x, node) ? node : NULL;
}

static struct cql2 *parse_interval(struct lexer *x)
{
    struct cql2 *node = node_at(x, CQL2_INTERVAL, x->now.at);
    bool good = lexer_next(x) && lexer_expect(x, "(") && add(x, node, parse_bound(x)) &&
                lexer_expect(x, ",") && add(x, node, parse_bound(x)) && lexer_expect(x, ")");
    if (!good)
        return NULL;
    cql2_set_ends(node);
    return node;
}

/* --- values --- */

static struct cql2 *parse_value(struct lexer *x, enum cql2_op op)
{
    struct cql2 *node = node_at(x, op, x->now.at);
    node->text = x->now.text;
    node->number = op == CQL2_TRUTH ? lexer_is_word(x, "TRUE") : x->now.number;
    return lexer_next(x) ? node : NULL;
}

static struct cql2 *parse_shape(struct lexer *x)
{
    struct cql2 *node = node_at(x, CQL2_SHAPE, x->now.at);
    node->figure = wkt_read(x);
    return node->figure ? node : NULL;
}

static bool is_reserved(const struct lexer *x)
{
    static const char *const WORDS[] = {"AND", "OR", "NOT", "LIKE", "BETWEEN", "IN", "IS", "NULL", "DIV"};
    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        if (lexer_is_word(x, WORDS[i]))
            return true;
    return false;
}

static struct cql2 *parse_name(struct lexer *x)
{
    if (lexer_is_word(x, "TRUE") || lexer_is_word(x, "FALSE"))
        return parse_value(x, CQL2_TRUTH);
    if (is_reserved(x)) {
        lexer_refuse(x, "một giá trị hoặc tên trường");
        return NULL;
    }
    if (wkt_is_tag(x))
        return parse_shape(x);
    if (!lexer_before_paren(x))
        return parse_value(x, CQL2_PROPERTY);
    if (lexer_is_word(x, "DATE"))
        return parse_instant(x, CQL2_DATE);
    if (lexer_is_word(x, "TIMESTAMP"))
        return parse_instant(x, CQL2_TIMESTAMP);
    if (lexer_is_word(x, "INTERVAL"))
        return parse_interval(x);
    return parse_call(x);
}

/* "(" x ")" is x itself; "(" x "," y ")" is a list. */
static struct cql2 *parse_parentheses(struct lexer *x)
{
    struct cql2 *list = node_at(x, CQL2_LIST, x->now.at);
    if (!parse_list(x, list, 0))
        return NULL;
    return list->kid_count == 1 ? list->kids[0] : list;
}

static struct cql2 *parse_operand(struct lexer *x)
{
    switch (x->now.sort) {
    case TOKEN_NUMBER: return parse_value(x, CQL2_NUMBER);
    case TOKEN_STRING: return parse_value(x, CQL2_TEXT);
    case TOKEN_QUOTED: return parse_value(x, CQL2_PROPERTY);
    case TOKEN_NAME: return parse_name(x);
    case TOKEN_SIGN:
        if (lexer_is_sign(x, "("))
            return parse_parentheses(x);
        break;
    case TOKEN_END: break;
    }
    lexer_refuse(x, "một giá trị hoặc tên trường");
    return NULL;
}

/* --- arithmetic --- */

/* -5 is a number; -x is -1 * x, as in CQL2 JSON. */
static struct cql2 *parse_factor(struct lexer *x)
{
    if (!lexer_is_sign(x, "-") && !lexer_is_sign(x, "+"))
        return parse_operand(x);
    size_t at = x->now.at;
    bool negative = lexer_is_sign(x, "-");
    struct cql2 *operand = lexer_next(x) ? parse_operand(x) : NULL;
    if (!operand || !negative)
        return operand;
    if (operand->op == CQL2_NUMBER) {
        operand->number = -operand->number;
        operand->at = (uint32_t)at;
        return operand;
    }
    struct cql2 *minus_one = node_at(x, CQL2_NUMBER, at);
    minus_one->number = -1;
    return binary(x, CQL2_MULTIPLY, minus_one, operand);
}

static struct cql2 *parse_power(struct lexer *x)
{
    struct cql2 *base = parse_factor(x);
    if (!base || !lexer_is_sign(x, "^"))
        return base;
    struct cql2 *exponent = enter(x) && lexer_next(x) ? parse_power(x) : NULL;
    x->depth--;
    return exponent ? binary(x, CQL2_POWER, base, exponent) : NULL;
}

/* The operator of `ops` that stands here. */
static bool operator_here(const struct lexer *x, enum cql2_op first, enum cql2_op last, enum cql2_op *op)
{
    for (int i = (int)first; i <= (int)last; i++) {
        const char *word = cql2_word((enum cql2_op)i, false);
        if (lexer_is_sign(x, word) || lexer_is_word(x, word)) {
            *op = (enum cql2_op)i;
            return true;
        }
    }
    return false;
}

static struct cql2 *parse_product(struct lexer *x)
{
    struct cql2 *left = parse_power(x);
    enum cql2_op op;
    while (left && operator_here(x, CQL2_MULTIPLY, CQL2_WHOLE_DIVIDE, &op)) {
        struct cql2 *right = lexer_next(x) ? parse_power(x) : NULL;
        left = right ? binary(x, op, left, right) : NULL;
    }
    return left;
}

static struct cql2 *parse_sum(struct lexer *x)
{
    struct cql2 *left = parse_product(x);
    enum cql2_op op;
    while (left && operator_here(x, CQL2_ADD, CQL2_SUBTRACT, &op)) {
        struct cql2 *right = lexer_next(x) ? parse_product(x) : NULL;
        left = right ? binary(x, op, left, right) : NULL;
    }
    return left;
}

/* --- predicates --- */

static struct cql2 *negated(struct lexer *x, struct cql2 *node, bool is_negated)
{
    if (!node || !is_negated)
        return node;
    struct cql2 *outer = node_at(x, CQL2_NOT, node->at);
    return add(x, outer, node) ? outer : NULL;
}

static struct cql2 *parse_between(struct lexer *x, struct cql2 *left)
{
    struct cql2 *node = node_at(x, CQL2_BETWEEN, left->at);
    if (!lexer_next(x) || !add(x, node, left) || !add(x, node, parse_sum(x)))
        return NULL;
    if (!lexer_is_word(x, "AND")) {
        lexer_refuse(x, "AND của BETWEEN");
        return NULL;
    }
    return lexer_next(x) && add(x, node, parse_sum(x)) ? node : NULL;
}

static struct cql2 *parse_in(struct lexer *x, struct cql2 *left)
{
    struct cql2 *node = node_at(x, CQL2_IN, left->at);
    return lexer_next(x) && add(x, node, left) && parse_list(x, node, 1) ? node : NULL;
}

static struct cql2 *parse_like(struct lexer *x, struct cql2 *left)
{
    struct cql2 *pattern = lexer_next(x) ? parse_operand(x) : NULL;
    return pattern ? binary(x, CQL2_LIKE, left, pattern) : NULL;
}

/* IS [NOT] NULL */
static struct cql2 *parse_is(struct lexer *x, struct cql2 *left)
{
    if (!lexer_next(x))
        return NULL;
    bool is_negated = lexer_is_word(x, "NOT");
    if (is_negated && !lexer_next(x))
        return NULL;
    if (!lexer_is_word(x, "NULL")) {
        lexer_refuse(x, "NULL");
        return NULL;
    }
    struct cql2 *node = node_at(x, CQL2_IS_NULL, left->at);
    return lexer_next(x) && add(x, node, left) ? negated(x, node, is_negated) : NULL;
}

static struct cql2 *parse_predicate(struct lexer *x)
{
    struct cql2 *left = parse_sum(x);
    enum cql2_op op;
    if (!left)
        return NULL;
    if (operator_here(x, CQL2_EQUAL, CQL2_GREATER_EQUAL, &op)) {
        struct cql2 *right = lexer_next(x) ? parse_sum(x) : NULL;
        return right ? binary(x, op, left, right) : NULL;
    }
    if (lexer_is_word(x, "IS"))
        return parse_is(x, left);
    bool is_negated = lexer_is_word(x, "NOT");
    if (is_negated && !lexer_next(x))
        return NULL;
    if (lexer_is_word(x, "LIKE"))
        return negated(x, parse_like(x, left), is_negated);
    if (lexer_is_word(x, "BETWEEN"))
        return negated(x, parse_between(x, left), is_negated);
    if (lexer_is_word(x, "IN"))
        return negated(x, parse_in(x, left), is_negated);
    if (is_negated) {
        lexer_refuse(x, "LIKE, BETWEEN hoặc IN");
        return NULL;
    }
    return left;
}

static struct cql2 *parse_not(struct lexer *x)
{
    if (!lexer_is_word(x, "NOT"))
        return parse_predicate(x);
    size_t at = x->now.at;
    struct cql2 *inner = enter(x) && lexer_next(x) ? parse_not(x) : NULL;
    x->depth--;
    struct cql2 *node = negated(x, inner, true);
    if (node)
        node->at = (uint32_t)at;
    return node;
}

/* a AND b AND c becomes one node of three, as people write it in CQL2 JSON. */
static struct cql2 *parse_chain(struct lexer *x, enum cql2_op op, struct cql2 *(*part)(struct lexer *))
{
    struct cql2 *first = part(x);
    if (!first || !lexer_is_word(x, cql2_word(op, false)))
        return first;
    struct cql2 *node = node_at(x, op, first->at);
    if (!add(x, node, first))
        return NULL;
    while (lexer_is_word(x, cql2_word(op, false)))
        if (!lexer_next(x) || !add(x, node, part(x)))
            return NULL;
    return node;
}

static struct cql2 *parse_and(struct lexer *x)
{
    return parse_chain(x, CQL2_AND, parse_not);
}

static struct cql2 *parse_or(struct lexer *x)
{
    if (!enter(x))
        return NULL;
    struct cql2 *node = parse_chain(x, CQL2_OR, parse_and);
    x->depth--;
    return node;
}

struct cql2 *cql2_read_text(const struct cql2_source *s)
{
    struct lexer x = {.source = s};
    if (!text_is_utf8(s->text)) {
        fault_set(s->f, FAULT_BAD_PARAMETER, "filter", "không phải UTF-8");
        return NULL;
    }
    struct cql2 *root = lexer_next(&x) ? parse_or(&x) : NULL;
    if (root && x.now.sort != TOKEN_END) {
        lexer_refuse(&x, "AND, OR hoặc hết bộ lọc");
        return NULL;
    }
    return root;
}
