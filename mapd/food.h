/* food: what the pages of the food-safety desk share (serve_food.c, serve_food_desk.c). Private to mapd/. */
#ifndef MAPD_FOOD_H
#define MAPD_FOOD_H

#include "mapd/staff.h"

struct food_page {
    int64_t place_id;              /* 0 at the office's desk */
    const struct food_form *tried; /* the one that was refused: shown open, with what was typed */
    const char *action;
};

/* Every form of the desk that has something to do, each behind its title. */
void food_forms_html(const struct call *c, struct buf *out, enum food_desk desk,
                     const struct food_page *page);
/* The form that was sent, saved; *tried is it, NULL when there is none of that name. */
bool food_form_take(const struct call *c, enum food_desk desk, int64_t place_id,
                    const struct food_form **tried, struct fault *f) RESULT_MUST_BE_USED;

/* serve_food_desk.c: rows of the lists, nothing sealed opened. */
struct food_rows {
    struct snapshot *snapshot;
    const struct snapshot_layer *l;
    uint32_t *rows, count;
};

bool food_rows_open(const struct call *c, struct food_rows *out, struct fault *f) RESULT_MUST_BE_USED;
/* Those of the list, ascending. */
bool food_rows_choose(const struct call *c, struct food_rows *r, const struct staff_list *list,
                      struct fault *f) RESULT_MUST_BE_USED;
void food_rows_close(struct food_rows *r);
struct slice food_rows_text(const struct food_rows *r, uint32_t row, const char *field);
/* serve_food.c: results that wait on their way to the public, warnings, authorities. */
void food_office_html(const struct call *c, struct buf *out);

#endif
