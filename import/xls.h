/* xls: the parts of our own reader of binary Excel files (Excel 5 to 2003). Private to xls_file.c (the
 * compound file), xls_text.c (records and texts), xls_book.c (what all sheets share) and xls.c (rows).
 * Format: [MS-CFB] and [MS-XLS]. The whole stream is in memory; every offset is checked where it is used. */
#ifndef IMPORT_XLS_H
#define IMPORT_XLS_H

#include "import/style.h"

/* --- xls_file.c: a file system in a file --- */

/* The stream "Workbook" (or "Book" of Excel 5) into `out`; FILE_FORMAT when there is none or the file is cut.
 */
bool xls_file_read(const char *path, struct buf *out, struct fault *f) RESULT_MUST_BE_USED;

/* --- xls_text.c: records and texts --- */

enum xls_record_id {
    XLS_FORMULA = 0x0006,
    XLS_END = 0x000A,
    XLS_DATE_MODE = 0x0022,
    XLS_PASSWORD = 0x002F,
    XLS_FONT = 0x0031,
    XLS_CONTINUE = 0x003C,
    XLS_COLUMNS = 0x007D,
    XLS_SHEET = 0x0085,
    XLS_MANY_RK = 0x00BD,
    XLS_RICH_LABEL = 0x00D6,
    XLS_XF = 0x00E0,
    XLS_MERGES = 0x00E5,
    XLS_STRINGS = 0x00FC,
    XLS_SHARED_LABEL = 0x00FD,
    XLS_NUMBER = 0x0203,
    XLS_LABEL = 0x0204,
    XLS_BOOL_OR_ERROR = 0x0205,
    XLS_STRING = 0x0207,
    XLS_ROW = 0x0208,
    XLS_RK = 0x027E,
    XLS_FORMAT = 0x041E,
    XLS_BEGIN = 0x0809,
};

struct xls_record {
    unsigned id;
    const uint8_t *p;
    size_t n;
    size_t next; /* offset of the record behind it */
};

/* The record at `at`; false behind the last whole one. */
bool xls_record_at(struct slice stream, size_t at, struct xls_record *out);

unsigned xls_u16(const uint8_t *p);
uint32_t xls_u32(const uint8_t *p);
double xls_real(const uint8_t *p);

/* A place inside the data of a record and of those that continue it. */
struct xls_cursor {
    struct slice stream;
    size_t at, end; /* in the stream; end of the record's data */
    bool failed;    /* read past the last one */
};

struct xls_cursor xls_cursor_of(struct slice stream, const struct xls_record *r, size_t skip);
unsigned xls_take_u8(struct xls_cursor *c);
unsigned xls_take_u16(struct xls_cursor *c);

struct xls_book;

struct xls_text {
    struct buf plain; /* UTF-8; of Excel 5 without an old font: the bytes as they are */
    bool was_decoded; /* from an old font, whole or in part */
};

/* The Unicode text at the cursor, whose length is a byte or two; runs in an old font decoded, other text by
 * `font`, the cell's. Appends. */
void xls_take_text(struct xls_cursor *c, const struct xls_book *b, bool is_short, enum font font,
                   struct xls_text *out);
/* The same without making anything of it. */
void xls_skip_text(struct xls_cursor *c);
/* The byte text of Excel 5. */
void xls_take_bytes(struct xls_cursor *c, bool is_short, enum font font, struct xls_text *out);

/* --- xls_book.c: what all sheets share --- */

struct xls_book {
    struct arena memory;
    struct slice stream;
    struct sheet_name *names;
    size_t *sheet_at; /* offset of each sheet's first record */
    uint32_t sheet_count;
    bool is_1904, is_old; /* Excel 5 and 95: byte texts */
    struct style *styles; /* by XF */
    uint32_t style_count;
    enum font *fonts;
    uint32_t font_count;
    struct xls_cursor *strings; /* where each shared text begins */
    uint32_t string_count;
};

bool xls_book_read(struct xls_book *b, struct slice stream, const char *path,
                   struct fault *f) RESULT_MUST_BE_USED;
void xls_book_release(struct xls_book *b);
enum font xls_font(const struct xls_book *b, unsigned index);

#endif
