/* resident: the record behind a public code, as the resident's page, its spoken form and its notices see it.
 * Private to mapd/; serve_page.c has the functions. */
#ifndef MAPD_RESIDENT_H
#define MAPD_RESIDENT_H

#include "mapd/serve.h"

/* One feature. */
struct at {
    const struct snapshot_layer *l; /* NULL: none */
    uint32_t row;
};

/* food is set when the place is in the food-safety register. */
struct subject {
    struct at main, food;
    bool is_stall;
    char code[CODE_LENGTH + 1];
};

/* What stands behind the code of the path. A malformed code is looked up too, as one that nobody can have:
 * the answer takes the same time. */
bool resident_find(const struct call *c, struct subject *p);
struct slice resident_text(const struct at *at, const char *field); /* empty when there is none */
/* -1 not recorded, 0 no, 1 yes. */
int resident_flag(const struct at *at, const char *field);
const char *resident_title(const struct call *c, const struct subject *p); /* "Sạp 12, Khu A – Chợ Mẫu" */
/* "Đạt, 28/06/2026"; older than a year it is called an old result; nothing when nothing may be published. */
struct slice resident_inspection(const struct call *c, const struct subject *p);
/* The page as sentences for an ear (serve_speech.c). */
void resident_speech(const struct call *c, const struct subject *p, struct buf *out);
/* The address of the spoken form; another record, another address. */
const char *resident_speech_url(const struct call *c, const struct subject *p);

#endif
