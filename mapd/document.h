/* document: a report as paragraphs and tables, written once and shown as a page or as a PDF: what both say is
 * the same by construction. Private to mapd/. */
#ifndef MAPD_DOCUMENT_H
#define MAPD_DOCUMENT_H

#include "layers/kit.h"

enum block_kind {
    BLOCK_TITLE,   /* centred, large */
    BLOCK_HEADING, /* "I. KẾT QUẢ" */
    BLOCK_TEXT,
    BLOCK_BULLET,
    BLOCK_LINES,     /* room to write by hand: `lines` dotted lines */
    BLOCK_TABLE,     /* text: its caption */
    BLOCK_SIGNATURES /* text: left, other: right */
};

enum { TABLE_COLUMNS = 8 };

struct table {
    const char *heads[TABLE_COLUMNS];
    int widths[TABLE_COLUMNS]; /* of 100 */
    bool is_number[TABLE_COLUMNS];
    int columns, rows, room;
    const char **cells; /* row by row */
};

struct block {
    enum block_kind kind;
    const char *text, *other;
    int lines;
    struct table *table;
};

struct document {
    struct arena *arena;
    const char *office, *title;
    bool is_sample;
    struct block *blocks;
    int count, room;
};

struct block *document_add(struct document *d, enum block_kind kind, const char *text);
struct table *document_table(struct document *d, const char *caption, const struct table *form);
/* A row of `columns` cells; NULL is an empty cell. Texts must live as long as the document. */
void table_add(struct document *d, struct table *t, const char *const *cells);

void document_html(const struct document *d, struct buf *out); /* a whole page (document.c) */
/* A4 portrait; *pages is how many (pdf.c). */
bool document_pdf(const struct document *d, const char *path, int *pages,
                  struct fault *f) RESULT_MUST_BE_USED;

#endif
