/* table_book: tables of our own as an XLSX file with several sheets (written by export.c). Sheets follow each
 * other: a sheet is whole before the next one begins. */
#ifndef LAYERS_TABLE_BOOK_H
#define LAYERS_TABLE_BOOK_H

#include "layers/layers.h"

struct table_book_column {
    const char *title;
    enum field_type type; /* FIELD_TEXT, FIELD_INT, FIELD_REAL, FIELD_BOOL ("Có", "Không") */
};

struct table_book_cell {
    bool has_value;
    const char *text;
    int64_t integer; /* of INT and BOOL */
    double real;
};

struct table_book;

/* An existing file is replaced. */
bool table_book_open(struct table_book **out, const char *path, struct fault *f) RESULT_MUST_BE_USED;
/* name: at most 31 characters, none of []:*?/\ */
bool table_book_sheet(struct table_book *w, const char *name, const struct table_book_column *columns,
                      int count, struct fault *f) RESULT_MUST_BE_USED;
/* One cell a column of the sheet begun last. */
bool table_book_row(struct table_book *w, const struct table_book_cell *cells,
                    struct fault *f) RESULT_MUST_BE_USED;
/* Writes the file and frees the table_book, also after a failure: then with keep false, which leaves no file.
 */
bool table_book_close(struct table_book *w, bool keep, struct fault *f) RESULT_MUST_BE_USED;

#endif
