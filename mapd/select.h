/* select: which items were asked for, and which page of them. Private to mapd/; made by serve_select.c for
 * serve_item.c. */
#ifndef MAPD_SELECT_H
#define MAPD_SELECT_H

#include "mapd/serve.h"

enum { LIMIT_DEFAULT = 10, LIMIT_MOST = 10000, SORT_KEYS = 8 };

struct sort_key {
    int field;
    bool descending;
    struct slice *order; /* of a column of texts: by text id, the bytes that are compared */
};

/* One page of the items asked for; all of it lives in the arena of the call. */
struct result {
    const struct snapshot_layer *l;
    const uint32_t *rows;
    uint32_t returned;
    uint64_t matched, offset, limit;
    const struct filter_crs *crs; /* of the answer */
    const bool *shown;            /* per field; NULL: all */
    struct sort_key keys[SORT_KEYS];
    int key_count;
};

/* bbox, datetime, filter, fields, sortby, properties, crs and the place of the page. */
bool select_page(const struct call *c, struct result *page, struct fault *f) RESULT_MUST_BE_USED;

#endif
