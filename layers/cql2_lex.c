/* cql2_lex: CQL2 text cut into names, strings, numbers and signs. First station of a filter in text form.
 * Law: the source is valid UTF-8 (its reader has looked), so every byte of 0x80 and above is part of a name.
 */
#include "layers/cql2_lex.h"

#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool starts_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' ||
           (unsigned char)c >= 0x80;
}

static bool continues_name(char c)
{
    return starts_name(c) || is_digit(c) || c == '.';
}

static size_t skip_blanks(struct slice text, size_t at)
{
    while (at < text.n && is_blank(text.p[at]))
        at++;
    return at;
}

static struct slice cut(const struct lexer *x, size_t from)
{
    return (struct slice){x->source->text.p + from, x->at - from};
}

static void take_name(struct lexer *x)
{
    struct slice text = x->source->text;
    while (x->at < text.n && continues_name(text.p[x->at]))
        x->at++;
    x->now.sort = TOKEN_NAME;
    x->now.text = cut(x, x->now.at);
}

static bool take_quoted(struct lexer *x)
{
    struct slice text = x->source->text;
    size_t from = ++x->at;
    while (x->at < text.n && text.p[x->at] != '"')
        x->at++;
    if (x->at == text.n)
        return cql2_refuse_at(x->source, x->now.at, "tên trong ngoặc kép không có dấu đóng");
    x->now.sort = TOKEN_QUOTED;
    x->now.text = cut(x, from);
    x->at++;
    return true;
}

/* The character behind a backslash, or 0 when the pair means itself: then LIKE may want to see it. */
static char unescaped(char c)
{
    static const char from[] = "'abtnvfr", to[] = "'\a\b\t\n\v\f\r";
    const char *at = c ? strchr(from, c) : NULL;
    return at ? to[at - from] : 0;
}

/* 'it''s', 'it\'s'. */
static bool take_string(struct lexer *x)
{
    struct slice text = x->source->text;
    char *out = arena_alloc(x->source->arena, text.n - x->at + 1);
    size_t n = 0;
    for (x->at++; x->at < text.n; x->at++) {
        char c = text.p[x->at], next = x->at + 1 < text.n ? text.p[x->at + 1] : 0;
        if (c == '\'' && next != '\'') {
            x->at++;
            x->now.sort = TOKEN_STRING;
            x->now.text = (struct slice){out, n};
            return true;
        }
        bool is_pair = c == '\'' || (c == '\\' && next);
        char plain = c == '\'' ? '\'' : unescaped(next);
        if (!is_pair || !plain)
            out[n++] = c;
        if (is_pair) {
            out[n++] = plain ? plain : next;
            x->at++;
        }
    }
    return cql2_refuse_at(x->source, x->now.at, "chuỗi không có dấu nháy đóng");
}

static void skip_digits(struct lexer *x)
{
    while (x->at < x->source->text.n && is_digit(x->source->text.p[x->at]))
        x->at++;
}

static bool take_number(struct lexer *x)
{
    struct slice text = x->source->text;
    skip_digits(x);
    if (x->at < text.n && text.p[x->at] == '.') {
        x->at++;
        skip_digits(x);
    }
    if (x->at < text.n && (text.p[x->at] | 32) == 'e') {
        x->at++;
        if (x->at < text.n && (text.p[x->at] == '+' || text.p[x->at] == '-'))
            x->at++;
        skip_digits(x);
    }
    x->now.sort = TOKEN_NUMBER;
    x->now.text = cut(x, x->now.at);
    if (x->at < text.n && starts_name(text.p[x->at]))
        return cql2_refuse_at(x->source, x->now.at, "tên không được bắt đầu bằng chữ số");
    return slice_to_real(x->now.text, &x->now.number) ||
           cql2_refuse_at(x->source, x->now.at, "không phải số: \"%.*s\"", (int)(x->now.text.n % 64),
                          x->now.text.p);
}

static bool take_sign(struct lexer *x)
{
    struct slice text = x->source->text;
    char c = text.p[x->at++], next = x->at < text.n ? text.p[x->at] : 0;
    if (!strchr("()=<>+-*/%^,", c) || !c)
        return cql2_refuse_at(x->source, x->now.at, "ký tự không dùng được ở đây");
    if ((c == '<' && (next == '=' || next == '>')) || (c == '>' && next == '='))
        x->at++;
    x->now.sort = TOKEN_SIGN;
    x->now.text = cut(x, x->now.at);
    return true;
}

bool lexer_next(struct lexer *x)
{
    struct slice text = x->source->text;
    x->at = skip_blanks(text, x->at);
    x->now = (struct token){.sort = TOKEN_END, .at = x->at};
    if (x->at == text.n)
        return true;
    char c = text.p[x->at], next = x->at + 1 < text.n ? text.p[x->at + 1] : 0;
    if (starts_name(c)) {
        take_name(x);
        return true;
    }
    if (c == '"')
        return take_quoted(x);
    if (c == '\'')
        return take_string(x);
    if (is_digit(c) || (c == '.' && is_digit(next)))
        return take_number(x);
    return take_sign(x);
}

bool lexer_is_sign(const struct lexer *x, const char *sign)
{
    return x->now.sort == TOKEN_SIGN && slice_equal(x->now.text, slice_of(sign));
}

bool lexer_is_word(const struct lexer *x, const char *word)
{
    return x->now.sort == TOKEN_NAME && slice_equal_ignoring_case(x->now.text, slice_of(word));
}

bool lexer_before_paren(const struct lexer *x)
{
    struct slice text = x->source->text;
    size_t at = skip_blanks(text, x->at);
    return at < text.n && text.p[at] == '(';
}

bool lexer_refuse(const struct lexer *x, const char *expected)
{
    if (x->now.sort == TOKEN_END)
        return cql2_refuse_at(x->source, x->now.at, "cần %s, nhưng bộ lọc đã hết", expected);
    size_t n = x->now.text.n > 40 ? 0 : x->now.text.n; /* a long text is not cut inside a letter */
    return cql2_refuse_at(x->source, x->now.at, "cần %s, nhưng gặp \"%.*s\"", expected, (int)n,
                          x->now.text.p);
}

bool lexer_expect(struct lexer *x, const char *sign)
{
    if (!lexer_is_sign(x, sign)) {
        char expected[8] = {'"', sign[0], '"', 0};
        return lexer_refuse(x, expected);
    }
    return lexer_next(x);
}
