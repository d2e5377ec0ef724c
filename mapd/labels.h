/* labels: which labels stand on a sheet, from the published register. Private to mapd/. */
#ifndef MAPD_LABELS_H
#define MAPD_LABELS_H

#include "mapd/pdf.h"

struct label_order {
    const struct snapshot *snapshot;
    const char *base_url; /* "https://host": what the codes will say for ever */
    const char *ward;     /* its name, or NULL */
    bool is_sample;
    enum label_size size;
    const char *market; /* all its stalls, in the order a clerk walks; or NULL and ... */
    struct slice codes; /* ... one code a line */
};

/* Fills the labels, office and size of the sheet from the arena. NOT_FOUND and BAD_VALUE name the line. */
bool labels_collect(const struct label_order *order, struct arena *a, struct label_sheet *sheet,
                    struct fault *f) RESULT_MUST_BE_USED;
/* "small" "medium" "large"; false when it is none of them. */
bool label_size_find(const char *word, enum label_size *size);

#endif
