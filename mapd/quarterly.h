/* quarterly: the report of a period as a document. Private to mapd/. */
#ifndef MAPD_QUARTERLY_H
#define MAPD_QUARTERLY_H

#include "layers/indicators/indicators.h"
#include "mapd/document.h"

struct quarterly_words {
    const char *causes, *solutions; /* typed by staff; NULL leaves room to write */
};

/* Fills the document; `p` and its arena must live as long as it does. */
void quarterly_write(struct document *d, const struct period_document *p,
                     const struct quarterly_words *words);

#endif
