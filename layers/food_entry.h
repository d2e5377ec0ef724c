/* food_entry: what staff write into the food-safety register by hand (food_entry.def): documents, inspections
 * with their findings and fines, quick tests, warnings, and the way of a result to the public. Part of the
 * door layers/layers.h; include that.
 *
 * Law: a saving about a place is one transaction, one line of its history that can be taken back, one entry
 * of the audit (saving.h); what concerns no place is a change like any other (change.h). Findings, penalties
 * and who inspected are sealed before they are bound. Windows and terms come from the policy table. */
#ifndef LAYERS_FOOD_ENTRY_H
#define LAYERS_FOOD_ENTRY_H

#include "layers/kit.h"

struct store;

/* Whose page a form stands on, and so who may use it (mapd/staff.def). */
enum food_desk { FOOD_PLACE_ENTER, FOOD_PLACE_PUBLISH, FOOD_OFFICE_ENTER, FOOD_OFFICE_PUBLISH };

struct food_form {
    const char *name, *title;
    enum food_desk desk;
};

struct food_choice {
    struct slice value, label;
    bool is_chosen;
};

struct food_input {
    const char *name, *title;
    const char *kind; /* as in food_entry.def, without the "!" */
    bool is_required;
    struct slice now; /* what stands there */
    struct food_choice *choices;
    int choice_count; /* of a PICK */
};

enum { FOOD_INPUTS_MOST = 12, FOOD_TEXT_MOST = 500 };

int food_form_count(void);
const struct food_form *food_form_get(int index);
const struct food_form *food_form_find(struct slice name, enum food_desk desk); /* NULL if there is none */
/* The inputs of a form at this place (0 where the desk is the office's); how many. In the arena. A required
 * PICK without choices means that the form has nothing to do. */
int food_form_read(struct store *s, struct arena *a, const struct food_form *form, int64_t place_id,
                   struct food_input inputs[FOOD_INPUTS_MOST]);

struct food_entry {
    const struct food_form *form;
    int64_t place_id; /* 0 at the office's desks */
    const char *who;
    struct slice values[FOOD_INPUTS_MOST]; /* in the order of the inputs */
};

/* Its own transaction. VALUE_MISSING, BAD_VALUE, BAD_DATE, FUTURE_DATE name the input; BAD_STATE says why it
 * may not be; KEY_MISSING. A place that was not in the food-safety register is so afterwards. */
bool food_entry_save(struct store *s, struct arena *a, const struct food_entry *e,
                     struct fault *f) RESULT_MUST_BE_USED;

/* Of a line of the history: "food.document.issued_on" to its title, and to the set of words of its value
 * (NULL: none). */
bool food_entry_said(struct slice field, struct slice *title, const char **kind);
/* Whether the line tells of a step on the way to the public, which not everybody may take, or take back. */
bool food_entry_publishes(struct slice field);

#endif
