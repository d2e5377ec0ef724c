/* style: what the look of a cell says about its value, in every spreadsheet format we read ourselves. Private
 * to the readers (xlsx_*.c, xls*.c, ods.c). */
#ifndef IMPORT_STYLE_H
#define IMPORT_STYLE_H

#include "import/sheet.h"

/* --- number_format.c: number formats --- */

/* What a number format makes of a number. */
enum format_sort {
    FORMAT_GENERAL,
    FORMAT_DATE,
    FORMAT_DAY_MONTH /* a date without its year */,
    FORMAT_TIME,
    FORMAT_DIGITS
};

enum format_sort format_sort_of(struct slice code);
enum format_sort format_sort_builtin(int id);
/* Writes a whole number under a format like "0000000000" or "0000-000-000"; false when the format is none of
 * that kind. */
bool format_digits(struct slice code, double v, struct buf *out);

/* --- style.c: fonts, and the number in a cell --- */

enum font { FONT_UNICODE, FONT_TCVN3, FONT_TCVN3_CAPITALS, FONT_VNI };

enum font font_of(const char *name);
/* Text typed in such a font, as Unicode; false when it is Unicode already. */
bool font_decode(enum font font, struct slice text, struct buf *out);

struct style {
    enum format_sort sort;
    struct slice code;
    enum font font;
};

/* A number as the sheet shows it: a date, digits with their zeros, or plain. style may be NULL; text in the
 * arena. */
void cell_set_number(struct cell *c, double v, const struct style *style, bool is_1904, struct arena *a);

#endif
