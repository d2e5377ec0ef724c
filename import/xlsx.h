/* xlsx: the parts of our own XLSX reader. Private to xlsx.c (the ZIP and the XML), xlsx_book.c (workbook,
 * styles, shared strings), xlsx_format.c (number formats) and xlsx_sheet.c (rows). Everything is bounded: see
 * the limits. */
#ifndef IMPORT_XLSX_H
#define IMPORT_XLSX_H

#include "import/sheet.h"

/* --- xlsx.c: members of a ZIP as XML events --- */

struct archive;

bool archive_open(struct archive **out, const char *path, struct fault *f) RESULT_MUST_BE_USED;
void archive_close(struct archive *a);
bool archive_has(struct archive *a, const char *member);

/* Names come without their namespace prefix. `atts` is name, value, name, value, …, NULL. */
struct xml_handler {
    void *context;
    void (*start)(void *context, const char *name, const char **atts);
    void (*end)(void *context, const char *name);
    void (*text)(void *context, const char *p, int n);
};

struct xml_stream;

/* One member at a time may be open. */
bool xml_open(struct xml_stream **out, struct archive *a, const char *member,
              const struct xml_handler *handler, struct fault *f) RESULT_MUST_BE_USED;
/* Runs until a handler called xml_pause or the document ends; false at the end or on a fault (then f->code is
 * set). */
bool xml_run(struct xml_stream *x, struct fault *f);
void xml_pause(struct xml_stream *x); /* for handlers: xml_run returns after this event */
void xml_fail(struct xml_stream *x, enum fault_code code,
              const char *text); /* for handlers: xml_run returns with this fault */
void xml_close(struct xml_stream *x);
/* Value of an attribute, or NULL. */
const char *xml_get(const char **atts, const char *name);
bool xml_is_true(const char *value); /* "1", "true", "on" */

/* --- xlsx_format.c: number formats --- */

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

/* --- xlsx_book.c: what all sheets share --- */

enum font { FONT_UNICODE, FONT_TCVN3, FONT_TCVN3_CAPITALS, FONT_VNI };

enum font font_of(const char *name);
/* Text typed in such a font, as Unicode; false when it is Unicode already. */
bool font_decode(enum font font, struct slice text, struct buf *out);

struct style {
    enum format_sort sort;
    struct slice code;
    enum font font;
};

struct book {
    struct arena memory;
    struct sheet_name *names;
    const char **members; /* "xl/worksheets/sheet1.xml" by sheet */
    uint32_t sheet_count;
    bool is_1904;
    struct style *styles;
    uint32_t style_count;
    struct buf strings; /* all shared strings, one behind the other */
    uint64_t
        *string_at; /* string_count + 1 offsets; the top bit of an offset says that its string was decoded */
    uint32_t string_count, string_capacity;
};

bool book_read(struct book *b, struct archive *a, struct fault *f) RESULT_MUST_BE_USED;
void book_release(struct book *b);
bool book_string(const struct book *b, uint64_t index, struct slice *text, bool *was_decoded);

#endif
