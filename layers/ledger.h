/* ledger: what keepers write down by hand for the indicators: assignments, documents, postings, holidays
 * (ledger.def). Part of the door layers/layers.h; include that. */
#ifndef LAYERS_LEDGER_H
#define LAYERS_LEDGER_H

#include "layers/kit.h"

struct store;

enum ledger_id {
#define LEDGER(id, title, fields, change, list) LEDGER_##id,
#include "layers/ledger.def"
#undef LEDGER
    LEDGER_COUNT
};

enum { LEDGER_FIELDS = 7 };

struct ledger {
    const char *name, *title; /* name: "POSTING" */
    struct slice labels[LEDGER_FIELDS], types[LEDGER_FIELDS];
    int fields;
};

struct ledger ledger_get(enum ledger_id id);
/* Its own transaction and entry of the audit. BAD_DATE and VALUE_MISSING name the field; NOT_FOUND when the
 * first field names nothing. */
bool ledger_write(struct store *s, enum ledger_id id, const struct slice *values, const char *who,
                  struct fault *f) RESULT_MUST_BE_USED;
/* Lines of at most `fields` cells each, one after another. */
int ledger_list(struct store *s, enum ledger_id id, struct arena *a, struct slice **cells, struct fault *f);

#endif
