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

#endif
