/* number_format: what the number format of a cell makes of its number.
 *
 * Only two questions matter to an importer: is this number a date, and which digits does a person see
 * ("0000000000" on 401234567 reads 0401234567). Colours, thousands and currency change nothing about the
 * value and are left out. */
#include "import/style.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* --- reading a format code: quoted text, escapes and brackets are not format letters --- */

/* Moves *i over one thing of the code; gives its letter, or 0 for a literal. */
static char next_letter(struct slice code, size_t *i)
{
    char c = code.p[*i];
    if (c == '"' || c == '[') {
        const char *end = memchr(code.p + *i + 1, c == '"' ? '"' : ']', code.n - *i - 1);
        bool is_elapsed = c == '[' && *i + 1 < code.n && strchr("hHmMsS", code.p[*i + 1]);
        *i = end ? (size_t)(end - code.p) + 1 : code.n;
        return is_elapsed ? 'h' : 0;
    }
    if (c == '\\' || c == '_' || c == '*') {
        *i += 2;
        return 0;
    }
    (*i)++;
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

enum format_sort format_sort_of(struct slice code)
{
    bool has_year = false, has_day = false, has_month = false, has_time = false;
    if (slice_equal_ignoring_case(code, SLICE("General"))) {
        return FORMAT_GENERAL;
    }
    for (size_t i = 0; i < code.n && code.p[i] != ';';) {
        char c = next_letter(code, &i);
        has_year |= c == 'y' || c == 'e';
        has_day |= c == 'd';
        has_month |= c == 'm';
        has_time |= c == 'h' || c == 's';
        if (c == '0' || c == '#' || c == '?') {
            return has_day || has_year ? FORMAT_DATE : has_time ? FORMAT_TIME : FORMAT_DIGITS;
        }
    }
    if (has_year || (has_day && !has_month)) {
        return FORMAT_DATE;
    }
    if (has_day) {
        return FORMAT_DAY_MONTH;
    }
    if (has_time) {
        return FORMAT_TIME;
    }
    return has_month ? FORMAT_DATE : FORMAT_GENERAL;
}

enum format_sort format_sort_builtin(int id)
{
    if (id == 16) {
        return FORMAT_DAY_MONTH; /* d-mmm */
    }
    if ((id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 58)) {
        return FORMAT_DATE;
    }
    if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47)) {
        return FORMAT_TIME;
    }
    return FORMAT_GENERAL;
}

/* --- digits --- */

enum { PLACES_MAX = 64 };

/* The positive section of a code as a row of places: '0' and '#' for digits, anything else to be printed as
 * it is. False when there is something that is not about digits in a row (a decimal point, a per cent sign,
 * an exponent). */
static bool places_of(struct slice code, char places[PLACES_MAX], size_t *count)
{
    bool is_literal[PLACES_MAX] = {false};
    size_t n = 0;
    for (size_t i = 0; i < code.n && code.p[i] != ';';) {
        size_t at = i;
        char c = next_letter(code, &i);
        bool is_quoted = code.p[at] == '"', is_escaped = code.p[at] == '\\';
        if (c && strchr(".%eE/@", c)) {
            return false;
        }
        for (size_t k = at + 1; is_quoted && k + 1 < i && n < PLACES_MAX; k++) {
            is_literal[n] = true;
            places[n++] = code.p[k];
        }
        char plain = is_escaped && at + 1 < code.n ? code.p[at + 1] : c;
        if (!is_quoted && (is_escaped || c) && c != ',' && n < PLACES_MAX) {
            is_literal[n] = is_escaped || !strchr("0#?", c);
            places[n++] = plain == '?' ? '#' : plain;
        }
    }
    /* A literal digit ("0"#) must not be taken for a place: shown by the high bit. */
    for (size_t k = 0; k < n; k++) {
        places[k] = (char)(is_literal[k] ? places[k] | 0x80 : places[k]);
    }
    *count = n;
    return n > 0;
}

static bool is_place(char c)
{
    return c == '0' || c == '#';
}

/* Whether a '0' place stands left of position k. */
static bool has_zero_before(const char *places, size_t k)
{
    return memchr(places, '0', k) != NULL;
}

bool format_digits(struct slice code, double v, struct buf *out)
{
    char places[PLACES_MAX], digits[32], text[PLACES_MAX + 32];
    size_t count, at = sizeof text, first = 0;
    if (v < 0 || v != floor(v) || v >= 1e15 || !places_of(code, places, &count)) {
        return false;
    }
    int left = snprintf(digits, sizeof digits, "%.0f", v);
    while (first < count && !is_place(places[first])) {
        first++;
    }
    if (first == count) {
        return false;
    }
    for (size_t k = count; k-- > first;) {
        if (!is_place(places[k])) {
            if (left > 0 || has_zero_before(places, k)) {
                text[--at] = (char)(places[k] & 0x7F);
            }
        } else if (left > 0) {
            text[--at] = digits[--left];
        } else if (places[k] == '0') {
            text[--at] = '0';
        }
    }
    while (left > 0) {
        text[--at] = digits[--left];
    }
    for (size_t k = first; k-- > 0;) {
        text[--at] = (char)(places[k] & 0x7F);
    }
    struct slice made = slice_trim((struct slice){text + at, sizeof text - at});
    buf_slice(out, made);
    return made.n > 0;
}
