/* style: fonts that tell an old Vietnamese encoding, and what a number format makes of a number. Shared by
 * our own readers of spreadsheets; number_format.c reads the format codes. */
#include "import/style.h"

#include <math.h>
#include <string.h>

/* --- fonts --- */

enum font font_of(const char *name)
{
    if (!name) {
        return FONT_UNICODE;
    }
    size_t n = strlen(name);
    if (strncmp(name, ".Vn", 3) == 0 || strncmp(name, ".VN", 3) == 0) {
        return n > 4 && name[n - 1] == 'H' ? FONT_TCVN3_CAPITALS : FONT_TCVN3;
    }
    return strncmp(name, "VNI", 3) == 0 ? FONT_VNI : FONT_UNICODE;
}

/* Text in an old font holds no letter past Latin-1, and some letter past ASCII. */
static bool is_one_byte_text(struct slice text)
{
    bool has_high = false;
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (c >= 0xC4) {
            return false;
        }
        has_high |= c >= 0x80;
    }
    return has_high;
}

bool font_decode(enum font font, struct slice text, struct buf *out)
{
    if (font == FONT_UNICODE || !is_one_byte_text(text)) {
        return false;
    }
    struct buf plain = {0};
    bool decoded = text_decode(text, font == FONT_VNI ? TEXT_VNI : TEXT_TCVN3, &plain);
    if (decoded && font == FONT_TCVN3_CAPITALS) {
        text_upper(buf_to_slice(&plain), out);
    } else if (decoded) {
        buf_slice(out, buf_to_slice(&plain));
    }
    /* A run of a rich text ends in the blank before the next one; decoding trims. */
    if (decoded && text.p[text.n - 1] == ' ' && out->n > 0 && out->p[out->n - 1] != ' ') {
        buf_char(out, ' ');
    }
    buf_release(&plain);
    return decoded;
}

/* --- numbers --- */

static struct date date_of_serial(double serial, bool is_1904)
{
    /* Day 60 of the 1900 system is a 29 February that never was. */
    int32_t days = (int32_t)floor(serial);
    if (is_1904) {
        return date_of_days(days - 24107);
    }
    return date_of_days(days - 25569 + (days < 60 ? 1 : 0));
}

static void date_text(struct cell *c, enum format_sort sort, struct arena *a)
{
    bool has_year = sort != FORMAT_DAY_MONTH;
    const char *text = has_year ? arena_format(a, "%02d/%02d/%04d", c->date.day, c->date.month, c->date.year)
                                : arena_format(a, "%d/%d", c->date.day, c->date.month);
    c->kind = CELL_DATE;
    c->text = slice_of(text);
}

void cell_set_number(struct cell *c, double v, const struct style *style, bool is_1904, struct arena *a)
{
    c->kind = CELL_NUMBER;
    c->number = v;
    c->flags |= fabs(v) >= 1e15 ? CELL_LOST_DIGITS : 0;
    bool is_day = v >= 1 && v < 2958466; /* up to the year 9999 */
    enum format_sort sort = style ? style->sort : FORMAT_GENERAL;
    if (is_day) {
        c->date = date_of_serial(v, is_1904);
    }
    if (is_day && (sort == FORMAT_DATE || sort == FORMAT_DAY_MONTH)) {
        date_text(c, sort, a);
        return;
    }
    struct buf text = {0};
    if (sort != FORMAT_DIGITS || !format_digits(style->code, v, &text)) {
        number_text(v, &text);
    }
    c->text = arena_slice(a, buf_to_slice(&text));
    buf_release(&text);
}
