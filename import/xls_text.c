/* xls_text: records of a binary Excel stream and the texts in them.
 *
 * A record has at most 8 KB; a longer one goes on in records that continue it, and a text cut between two of
 * them says anew, in one byte, how wide its characters are. Excel 97 and later write Unicode, but text typed
 * in an old Vietnamese font is one byte a letter there too: the font of the run, or of the cell, tells it. */
#include "import/xls.h"

#include <string.h>

enum { HEAD = 4, TEXT_IS_WIDE = 1, TEXT_HAS_PHONETICS = 4, TEXT_IS_RICH = 8, TEXT_UNITS_MAX = 32768 };

unsigned xls_u16(const uint8_t *p)
{
    return p[0] | (unsigned)p[1] << 8;
}

uint32_t xls_u32(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

double xls_real(const uint8_t *p)
{
    uint64_t bits = xls_u32(p) | (uint64_t)xls_u32(p + 4) << 32;
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

bool xls_record_at(struct slice stream, size_t at, struct xls_record *out)
{
    if (at + HEAD > stream.n) {
        return false;
    }
    const uint8_t *p = (const uint8_t *)stream.p + at;
    *out = (struct xls_record){.id = xls_u16(p), .p = p + HEAD, .n = xls_u16(p + 2)};
    out->next = at + HEAD + out->n;
    return out->next <= stream.n;
}

/* --- the cursor --- */

struct xls_cursor xls_cursor_of(struct slice stream, const struct xls_record *r, size_t skip)
{
    size_t from = (size_t)(r->p - (const uint8_t *)stream.p);
    size_t end = from + r->n;
    return (struct xls_cursor){stream, skip < r->n ? from + skip : end, end, false};
}

/* Into the record that continues this one; false when there is none. */
static bool go_on(struct xls_cursor *c)
{
    struct xls_record r;
    if (c->failed || !xls_record_at(c->stream, c->end, &r) || r.id != XLS_CONTINUE) {
        c->failed = true;
        return false;
    }
    c->at = (size_t)(r.p - (const uint8_t *)c->stream.p);
    c->end = c->at + r.n;
    return true;
}

unsigned xls_take_u8(struct xls_cursor *c)
{
    while (c->at == c->end) {
        if (!go_on(c)) {
            return 0;
        }
    }
    return (unsigned char)c->stream.p[c->at++];
}

unsigned xls_take_u16(struct xls_cursor *c)
{
    unsigned low = xls_take_u8(c);
    return low | xls_take_u8(c) << 8;
}

static void skip(struct xls_cursor *c, size_t n)
{
    while (n > 0 && !c->failed) {
        size_t here = c->end - c->at;
        size_t step = n < here ? n : here;
        c->at += step;
        n -= step;
        if (n > 0) {
            go_on(c);
        }
    }
}

/* --- Unicode texts --- */

struct text_head {
    unsigned units, flags, run_count;
    uint32_t phonetic_bytes;
};

static struct text_head take_head(struct xls_cursor *c, bool is_short)
{
    struct text_head h = {.units = is_short ? xls_take_u8(c) : xls_take_u16(c)};
    h.flags = xls_take_u8(c);
    h.run_count = h.flags & TEXT_IS_RICH ? xls_take_u16(c) : 0;
    if (h.flags & TEXT_HAS_PHONETICS) {
        h.phonetic_bytes = xls_take_u16(c);
        h.phonetic_bytes |= (uint32_t)xls_take_u16(c) << 16;
    }
    return h;
}

/* One UTF-16 unit; a text that goes on in the next record says its width again. */
static unsigned take_unit(struct xls_cursor *c, unsigned *flags)
{
    if (c->at == c->end && go_on(c)) {
        *flags = xls_take_u8(c);
    }
    return *flags & TEXT_IS_WIDE ? xls_take_u16(c) : xls_take_u8(c);
}

static void put_unit(unsigned unit, unsigned *high, struct buf *out)
{
    uint32_t c = unit;
    if (unit >= 0xD800 && unit < 0xDC00) {
        *high = unit;
        return;
    }
    if (unit >= 0xDC00 && unit < 0xE000) {
        c = *high ? 0x10000 + ((*high - 0xD800) << 10) + (unit - 0xDC00) : 0xFFFD;
    }
    *high = 0;
    if (c < 0x80) {
        buf_char(out, (char)c);
    } else if (c < 0x800) {
        buf_char(out, (char)(0xC0 | c >> 6));
    } else if (c < 0x10000) {
        buf_char(out, (char)(0xE0 | c >> 12));
        buf_char(out, (char)(0x80 | (c >> 6 & 0x3F)));
    } else {
        buf_char(out, (char)(0xF0 | c >> 18));
        buf_char(out, (char)(0x80 | (c >> 12 & 0x3F)));
        buf_char(out, (char)(0x80 | (c >> 6 & 0x3F)));
    }
    if (c >= 0x80) {
        buf_char(out, (char)(0x80 | (c & 0x3F)));
    }
}

/* A stretch of the text that has one font. */
static void put_stretch(const uint16_t *units, size_t n, enum font font, struct xls_text *out)
{
    struct buf raw = {0};
    unsigned high = 0;
    for (size_t i = 0; i < n; i++) {
        put_unit(units[i], &high, &raw);
    }
    if (font_decode(font, buf_to_slice(&raw), &out->plain)) {
        out->was_decoded = true;
    } else {
        buf_slice(&out->plain, buf_to_slice(&raw));
    }
    buf_release(&raw);
}

void xls_take_text(struct xls_cursor *c, const struct xls_book *b, bool is_short, enum font font,
                   struct xls_text *out)
{
    uint16_t units[TEXT_UNITS_MAX];
    struct text_head h = take_head(c, is_short);
    size_t count = 0, from = 0;
    for (unsigned i = 0; i < h.units && !c->failed; i++) {
        unsigned unit = take_unit(c, &h.flags);
        if (count < TEXT_UNITS_MAX && !c->failed) {
            units[count++] = (uint16_t)unit;
        }
    }
    for (unsigned i = 0; i < h.run_count && !c->failed; i++) {
        size_t at = xls_take_u16(c);
        unsigned index = xls_take_u16(c);
        if (at > from && at <= count) {
            put_stretch(units + from, at - from, font, out);
            from = at;
        }
        font = xls_font(b, index);
    }
    put_stretch(units + from, count - from, font, out);
    skip(c, h.phonetic_bytes);
}

void xls_skip_text(struct xls_cursor *c)
{
    struct text_head h = take_head(c, false);
    for (unsigned left = h.units; left > 0 && !c->failed;) {
        if (c->at == c->end && go_on(c)) {
            h.flags = xls_take_u8(c);
        }
        size_t width = h.flags & TEXT_IS_WIDE ? 2 : 1, fits = (c->end - c->at) / width;
        unsigned step = fits < left ? (unsigned)fits : left;
        c->at += step * width;
        left -= step;
        if (left > 0 && c->at < c->end) {
            c->failed = true; /* half a letter before the end of a record */
        }
    }
    skip(c, (size_t)h.run_count * 4 + h.phonetic_bytes);
}

/* --- byte texts --- */

void xls_take_bytes(struct xls_cursor *c, bool is_short, enum font font, struct xls_text *out)
{
    unsigned n = is_short ? xls_take_u8(c) : xls_take_u16(c), high = 0;
    struct buf bytes = {0}, latin = {0};
    for (unsigned i = 0; i < n; i++) {
        unsigned byte = xls_take_u8(c);
        if (c->failed) {
            break;
        }
        buf_char(&bytes, (char)byte);
        put_unit(byte, &high, &latin);
    }
    if (font_decode(font, buf_to_slice(&latin), &out->plain)) {
        out->was_decoded = true;
    } else {
        buf_slice(&out->plain, buf_to_slice(&bytes));
    }
    buf_release(&bytes);
    buf_release(&latin);
}
