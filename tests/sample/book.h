/* The office's files and the truth beside them.
 *
 * A list is a `layout` (columns in the office's own order and spelling); a row is one cell for each field,
 * whatever the layout shows of it, plus a note of what must become of it. `sheet_row` writes both, so a row
 * without truth cannot be written. Ownership: sheets are opened and closed by the list that writes them; the
 * truth by main.
 */
#ifndef SAMPLE_BOOK_H
#define SAMPLE_BOOK_H

#include "row.h"

#include <stdio.h>

struct truth;
struct truth *truth_open(const char *folder);
void truth_private(struct truth *t, const char *kind, const char *value);
void truth_public_name(struct truth *t, const char *name);
bool truth_close(struct truth *t, const struct ward *w);
int truth_defects(const struct truth *t, FILE *summary);
struct row_place {
    const char *file, *sheet, *kind;
    int row;
};
void truth_row(struct truth *t, const struct row_place *at, const struct row *r);
void values_row(FILE *values, const struct row_place *at, const struct row *r);
void truth_count(struct truth *t, const char *what, int number);      /* one line of counts.tsv */
void truth_trap(struct truth *t, const char *file, const char *trap); /* one line of files.tsv */

struct column {
    enum field field;
    const char *heading, *over; /* over: the first of two heading rows, or NULL */
};
enum encoding { UTF8, UTF8_BOM, CP1258, UTF16 };
struct layout {
    const char *path, *sheet, *kind, *title;
    const struct column *columns;
    int width;
    char separator;         /* 0: XLSX */
    enum encoding encoding; /* of a CSV */
    bool letterhead;        /* titles above, column numbers below the heading, signatures at the end */
    bool sep_line;          /* CSV begins with sep=; */
    const char *font;       /* of all body cells, or NULL */
    int hidden_column; /* 1-based, 0: none; such a workbook also has a hidden draft sheet and 3,000 empty rows
                        */
};
struct sheet;
struct sheet *sheet_open(const struct layout *layout, const char *folder, struct truth *truth);
void sheet_group(struct sheet *s, const char *text); /* a row that is a heading inside the body */
void sheet_blank(struct sheet *s);
void sheet_row(struct sheet *s, struct row *row);
bool sheet_close(struct sheet *s);
struct truth *sheet_truth(struct sheet *s);

#endif
