/* xlsx: the parts of our own XLSX reader. Private to xlsx.c (the ZIP and the XML), xlsx_book.c (workbook,
 * styles, shared strings) and xlsx_sheet.c (rows); ods.c reads its archive and XML through it. Everything is
 * bounded: see the limits. */
#ifndef IMPORT_XLSX_H
#define IMPORT_XLSX_H

#include "import/style.h"

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
/* The whole member through the handler; *at (may be NULL) is the stream while it runs, for xml_fail. */
bool xml_read_whole(struct archive *a, const char *member, const struct xml_handler *handler,
                    struct xml_stream **at, struct fault *f) RESULT_MUST_BE_USED;
/* Value of an attribute, or NULL. */
const char *xml_get(const char **atts, const char *name);
bool xml_is_true(const char *value); /* "1", "true", "on" */

/* --- xlsx_book.c: what all sheets share --- */

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
