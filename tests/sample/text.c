/* The changes of text.h. One table of vowels (row: letter with its modifier, column: tone) serves all of
 * them. */
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { ROWS = 24, TONES = 6 }; /* rows 12..23 are the capitals of rows 0..11 */

static const char *const VOWELS[ROWS] = {"aáàảãạ", "ăắằẳẵặ", "âấầẩẫậ", "eéèẻẽẹ", "êếềểễệ", "iíìỉĩị",
                                         "oóòỏõọ", "ôốồổỗộ", "ơớờởỡợ", "uúùủũụ", "ưứừửữự", "yýỳỷỹỵ",
                                         "AÁÀẢÃẠ", "ĂẮẰẲẴẶ", "ÂẤẦẨẪẬ", "EÉÈẺẼẸ", "ÊẾỀỂỄỆ", "IÍÌỈĨỊ",
                                         "OÓÒỎÕỌ", "ÔỐỒỔỖỘ", "ƠỚỜỞỠỢ", "UÚÙỦŨỤ", "ƯỨỪỬỮỰ", "YÝỲỶỸỴ"};
static const char PLAIN[ROWS + 1] = "aaaeeiooouuyAAAEEIOOOUUY";
static const uint32_t TONE_MARK[TONES] = {0, 0x301, 0x300, 0x309, 0x303, 0x323};

struct vowel {
    int row, tone;
};

void put(char *out, size_t size, const char *form, ...)
{
    va_list list;
    va_start(list, form);
    vsnprintf(out, size, form, list);
    va_end(list);
}

void put_more(char *out, size_t size, const char *form, ...)
{
    size_t used = strlen(out);
    va_list list;
    va_start(list, form);
    vsnprintf(out + used, size - used, form, list);
    va_end(list);
}

uint32_t text_next(const char **at)
{
    const unsigned char *c = (const unsigned char *)*at;
    int more = *c >= 0xF0 ? 3 : *c >= 0xE0 ? 2 : *c >= 0xC0 ? 1 : 0;
    uint32_t code = more ? *c & (0x3F >> more) : *c;
    for (int k = 1; k <= more; k++)
        code = code << 6 | (c[k] & 0x3F);
    *at += *c ? more + 1 : 0;
    return code;
}

void text_add(char out[TEXT], uint32_t code)
{
    size_t n = strlen(out);
    if (n + 4 >= TEXT)
        return;
    if (code < 0x80) {
        out[n++] = (char)code;
    } else if (code < 0x800) {
        out[n++] = (char)(0xC0 | code >> 6);
        out[n++] = (char)(0x80 | (code & 0x3F));
    } else {
        out[n++] = (char)(0xE0 | code >> 12);
        out[n++] = (char)(0x80 | (code >> 6 & 0x3F));
        out[n++] = (char)(0x80 | (code & 0x3F));
    }
    out[n] = 0;
}

int text_length(const char *text)
{
    int n = 0;
    while (text_next(&text))
        n++;
    return n;
}

void text_swap(char text[TEXT], const char *old, const char *new)
{
    char tail[TEXT];
    char *at = strstr(text, old);
    if (!at)
        return;
    put(tail, sizeof tail, "%s", at + strlen(old));
    put(at, (size_t)(TEXT - (at - text)), "%s%s", new, tail);
}

static uint32_t letter(int row, int tone)
{
    const char *at = VOWELS[row];
    for (int k = 0; k < tone; k++)
        text_next(&at);
    return text_next(&at);
}

static bool find_vowel(uint32_t code, struct vowel *v)
{
    for (v->row = 0; v->row < ROWS; v->row++)
        for (v->tone = 0; v->tone < TONES; v->tone++)
            if (letter(v->row, v->tone) == code)
                return true;
    return false;
}

static bool is_letter(uint32_t c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z' ? true : c >= 0xC0;
}

/* ---- letters ---- */

static void recase(char out[TEXT], const char *in, bool up)
{
    struct vowel v;
    out[0] = 0;
    for (uint32_t c; (c = text_next(&in));) {
        if (find_vowel(c, &v))
            c = letter(v.row % 12 + (up ? 12 : 0), v.tone);
        else if (c == 0x111 || c == 0x110)
            c = up ? 0x110 : 0x111;
        else if (c < 0x80 && is_letter(c))
            c = up ? c & ~32u : c | 32;
        text_add(out, c);
    }
}

void text_upper(char out[TEXT], const char *in)
{
    recase(out, in, true);
}

void text_lower(char out[TEXT], const char *in)
{
    recase(out, in, false);
}

void text_bare(char out[TEXT], const char *in)
{
    struct vowel v;
    out[0] = 0;
    for (uint32_t c; (c = text_next(&in));) {
        if (find_vowel(c, &v))
            c = (unsigned char)PLAIN[v.row];
        text_add(out, c == 0x111 ? 'd' : c == 0x110 ? 'D' : c);
    }
}

/* Hòa -> Hoà, Thúy -> Thuý: the tone moves to the second vowel of an open oa, oe, uy. */
void text_old_tone(char out[TEXT], const char *in)
{
    uint32_t before = 0;
    out[0] = 0;
    for (uint32_t c; (c = text_next(&in)); before = c) {
        struct vowel a, b;
        const char *ahead = in;
        uint32_t second = text_next(&ahead), third = text_next(&ahead);
        bool pair =
            find_vowel(c, &a) && a.tone > 0 && find_vowel(second, &b) && b.tone == 0 && !is_letter(third);
        bool o = pair && a.row % 12 == 6 && (b.row % 12 == 0 || b.row % 12 == 3);
        bool u = pair && a.row % 12 == 9 && b.row % 12 == 11 && (before | 32) != 'q';
        if (o || u) {
            text_add(out, letter(a.row, 0));
            text_add(out, letter(b.row, a.tone));
            text_next(&in);
        } else {
            text_add(out, c);
        }
    }
}

/* The circumflex, breve or horn of a row as a combining mark, 0 for a plain row. */
static uint32_t modifier(int row)
{
    static const uint32_t mark[12] = {0, 0x306, 0x302, 0, 0x302, 0, 0, 0x302, 0x31B, 0, 0x31B, 0};
    return mark[row % 12];
}

void text_nfd(char out[TEXT], const char *in)
{
    struct vowel v;
    out[0] = 0;
    for (uint32_t c; (c = text_next(&in));) {
        if (!find_vowel(c, &v)) {
            text_add(out, c);
            continue;
        }
        uint32_t mod = modifier(v.row), tone = TONE_MARK[v.tone];
        /* canonical order: horn, then dot below, then the marks above */
        bool dot_first = tone == 0x323 && mod != 0x31B;
        text_add(out, (unsigned char)PLAIN[v.row]);
        if (dot_first)
            text_add(out, tone);
        if (mod)
            text_add(out, mod);
        if (tone && !dot_first)
            text_add(out, tone);
    }
}

void text_w1258(char out[TEXT], const char *in)
{
    struct vowel v;
    out[0] = 0;
    for (uint32_t c; (c = text_next(&in));) {
        bool vowel = find_vowel(c, &v);
        text_add(out, vowel ? letter(v.row, 0) : c);
        if (vowel && v.tone)
            text_add(out, TONE_MARK[v.tone]);
    }
}

/* ---- damage ---- */

void text_mojibake(char out[TEXT], const char *in)
{
    static const uint32_t high[32] = {0x20AC, 0x81,   0x201A, 0x192,  0x201E, 0x2026, 0x2020, 0x2021,
                                      0x2C6,  0x2030, 0x160,  0x2039, 0x152,  0x8D,   0x17D,  0x8F,
                                      0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                      0x2DC,  0x2122, 0x161,  0x203A, 0x153,  0x9D,   0x17E,  0x178};
    out[0] = 0;
    for (const unsigned char *c = (const unsigned char *)in; *c; c++)
        text_add(out, *c >= 0x80 && *c < 0xA0 ? high[*c - 0x80] : *c);
}

void text_question(char out[TEXT], const char *in)
{
    out[0] = 0;
    /* letters of Latin-1 survive a trip through code page 1252; the others become question marks */
    for (uint32_t c; (c = text_next(&in));)
        text_add(out, c > 0xFF ? '?' : c);
}

void text_eth(char out[TEXT], const char *in)
{
    out[0] = 0;
    for (uint32_t c; (c = text_next(&in));)
        text_add(out, c == 0x110 ? 0xD0 : c);
}

void text_nbsp(char out[TEXT], const char *in)
{
    out[0] = 0;
    for (uint32_t c; (c = text_next(&in));)
        text_add(out, c == ' ' ? 0xA0 : c);
}

void text_full_width(char out[TEXT], const char *in)
{
    out[0] = 0;
    for (uint32_t c; (c = text_next(&in));)
        text_add(out, c == ',' ? 0xFF0C : c);
}
