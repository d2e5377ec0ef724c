/* cell: one cell's text, made readable.
 *
 * Stands between the readers, which deliver text as it is in the file, and everything that looks at words.
 * Almost every cell is plain already, so the law here is: look first, copy only what must change. */
#include "import/sheet.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    CELL_BYTES_MAX = 4 * 32767, /* a cell of Excel holds 32,767 characters */
    CELL_BYTES_KEPT = 1000,     /* of a longer one, for the report */
};

/* --- looking --- */

enum look {
    LOOK_PLAIN,   /* nothing to do */
    LOOK_UNTIDY,  /* odd blanks, combining marks, full-width forms */
    LOOK_SUSPECT, /* letters no Vietnamese text has: perhaps a legacy encoding */
    LOOK_BROKEN,  /* no UTF-8 */
};

/* Letters of U+00C0–U+00FF that Vietnamese uses, one bit each. */
static bool is_vietnamese_latin1(unsigned c)
{
    static const char letters[] = "\xC0\xC1\xC2\xC3\xC8\xC9\xCA\xCC\xCD\xD2\xD3\xD4\xD5\xD9\xDA\xDD"
                                  "\xE0\xE1\xE2\xE3\xE8\xE9\xEA\xEC\xED\xF2\xF3\xF4\xF5\xF9\xFA\xFD";
    return memchr(letters, (int)c, sizeof letters - 1) != NULL;
}

/* A letter behind the vowel `before` as only the two-character codes of VNI write it ("Leâ", "Traàn"). */
static bool is_vni_pair(unsigned before, unsigned c)
{
    if (before == 0 || !strchr("aeoAEO", (int)before)) {
        return false;
    }
    return c == 0xE2 || c == 0xC2 || c == 0xEA || c == 0xF9 || c == 0xD9 || (c == 0xF5) || (c == 0xF8);
}

static unsigned two_bytes(const unsigned char *p)
{
    return (unsigned)(p[0] & 0x1F) << 6 | (p[1] & 0x3F);
}

static enum look look_at_latin1(unsigned c, unsigned before)
{
    if (c == 0xA0 || c == 0xAD || c == 0xD0) {
        return c == 0xAD ? LOOK_SUSPECT : LOOK_UNTIDY;
    }
    return is_vietnamese_latin1(c) && !is_vni_pair(before, c) ? LOOK_PLAIN : LOOK_SUSPECT;
}

/* U+0080–U+07FF: the letters with a horn, breve or stroke are plain, combining marks are untidy. */
static enum look look_at_two(unsigned c, unsigned before)
{
    if (c < 0x100) {
        return look_at_latin1(c, before);
    }
    bool known = c == 0x102 || c == 0x103 || c == 0x110 || c == 0x111 || c == 0x128 || c == 0x129 ||
                 c == 0x168 || c == 0x169 || c == 0x1A0 || c == 0x1A1 || c == 0x1AF || c == 0x1B0;
    if (known) {
        return LOOK_PLAIN;
    }
    return c >= 0x300 && c < 0x370 ? LOOK_UNTIDY : LOOK_SUSPECT;
}

static bool is_tail(unsigned char c)
{
    return (c & 0xC0) == 0x80;
}

/* One character at `p` of more than one byte; *size its length. */
static enum look look_at_character(const unsigned char *p, size_t left, unsigned before, size_t *size)
{
    if (p[0] >= 0xC2 && p[0] < 0xE0 && left >= 2 && is_tail(p[1])) {
        *size = 2;
        return look_at_two(two_bytes(p), before);
    }
    if (p[0] >= 0xE0 && p[0] < 0xF0 && left >= 3 && is_tail(p[1]) && is_tail(p[2])) {
        *size = 3;
        /* U+1EA0–U+1EFF: the precomposed letters of Vietnamese. */
        return p[0] == 0xE1 && (p[1] == 0xBA || p[1] == 0xBB) && !(p[1] == 0xBA && p[2] < 0xA0) ? LOOK_PLAIN
                                                                                                : LOOK_UNTIDY;
    }
    if (p[0] >= 0xF0 && p[0] < 0xF5 && left >= 4 && is_tail(p[1]) && is_tail(p[2]) && is_tail(p[3])) {
        *size = 4;
        return LOOK_UNTIDY;
    }
    *size = 1;
    return LOOK_BROKEN;
}

static enum look look_at(struct slice text)
{
    enum look worst = LOOK_PLAIN;
    const unsigned char *p = (const unsigned char *)text.p;
    unsigned before = 0;
    for (size_t i = 0; i < text.n;) {
        size_t size = 1;
        enum look here = LOOK_PLAIN;
        if (p[i] >= 0x80) {
            here = look_at_character(p + i, text.n - i, before, &size);
        } else if (p[i] < ' ' || (p[i] == ' ' && before == ' ') || p[i] == 0x7F) {
            here = LOOK_UNTIDY;
        }
        worst = here > worst ? here : worst;
        before = p[i] < 0x80 ? p[i] : 0;
        i += size;
    }
    return worst;
}

/* --- changing --- */

static struct slice take(struct buf *b, struct arena *a)
{
    struct slice s = arena_slice(a, buf_to_slice(b));
    buf_release(b);
    return s;
}

static bool decode(struct cell *c, struct arena *a, enum text_encoding from)
{
    struct buf out = {0};
    if (from == TEXT_UTF8 || !text_decode(c->text, from, &out)) {
        buf_release(&out);
        return false;
    }
    c->text = take(&out, a);
    c->flags |= CELL_DECODED;
    return true;
}

/* Bytes that are no UTF-8 take the encoding of their file, which was found from many lines; one short cell
 * says too little by itself. */
static void decode_if_better(struct cell *c, struct arena *a, enum look look, enum text_encoding fallback)
{
    if (look != LOOK_BROKEN || !decode(c, a, fallback)) {
        (void)decode(c, a, text_detect(c->text));
    }
}

bool text_is_cell_error(struct slice text)
{
    static const char *const words[] = {"#N/A",   "#REF!", "#VALUE!", "#DIV/0!", "#NAME?",
                                        "#NULL!", "#NUM!", "#SPILL!", "#CALC!"};
    if (text.n == 7 && slice_starts(text, SLICE("Err:5"))) { /* LibreOffice */
        return true;
    }
    for (size_t i = 0; text.n > 3 && text.p[0] == '#' && i < COUNT_OF(words); i++) {
        if (slice_equal_ignoring_case(text, slice_of(words[i]))) {
            return true;
        }
    }
    return false;
}

void number_text(double v, struct buf *out)
{
    if (v == floor(v) && fabs(v) < 1e18) {
        buf_format(out, "%.0f", v);
        return;
    }
    char text[40];
    int n = snprintf(text, sizeof text, "%.15g", v);
    if (n > 0 && !memchr(text, 'e', (size_t)n)) {
        buf_add(out, text, (size_t)n);
        return;
    }
    buf_real(out, v, 15);
}

void cell_tidy(struct cell *c, struct arena *a, enum text_encoding fallback)
{
    if (c->kind == CELL_EMPTY) {
        return;
    }
    if (c->text.n > CELL_BYTES_MAX) {
        c->kind = CELL_ERROR;
        c->flags |= CELL_TOO_LONG;
        c->text.n = CELL_BYTES_KEPT;
    }
    struct slice whole = c->text;
    c->text = slice_trim(whole);
    enum look look = look_at(c->text);
    if (look >= LOOK_SUSPECT) {
        c->text = whole; /* a blank at the end may be half of a broken letter: "Sơn HÃ\u00A0" */
        decode_if_better(c, a, look, fallback);
    }
    if (look != LOOK_PLAIN) {
        struct buf out = {0};
        text_clean(c->text, &out);
        c->text = slice_trim(take(&out, a));
    }
    if (c->text.n == 0 && !(c->flags & CELL_NO_RESULT)) {
        c->kind = CELL_EMPTY;
    } else if (c->kind == CELL_TEXT && text_is_cell_error(c->text)) {
        c->kind = CELL_ERROR;
    }
}
