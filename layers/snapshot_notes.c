/* snapshot_notes: what stands beside a food-safety record in public: the place's own words about its result,
 * and warnings in force. Read with the layers, in the same transaction; kept sorted by code. */
#include "layers/snapshot_private.h"
#include "layers/store_private.h"

#include <stdlib.h>
#include <string.h>

static int compare_notes(const void *a, const void *b)
{
    const struct food_note *x = a, *y = b;
    int order = strcmp(x->code, y->code);
    return order ? order : strcmp(y->told_on, x->told_on);
}

static const char *keep(struct arena *a, sqlite3_stmt *st, int column)
{
    return arena_text(a, column_slice(st, column));
}

bool notes_load(struct food_notes *n, struct store *s, struct fault *f)
{
    size_t room = 0;
    struct fault here = {0};
    sqlite3_stmt *st =
        store_statement(s, "SELECT code, kind, level, issuer, told_on, text FROM main.pub_food_notes", f);
    if (!st)
        return false;
    while (statement_next(st, &here)) {
        n->notes = room_for(n->notes, n->count + 1, &room, sizeof *n->notes);
        n->notes[n->count++] = (struct food_note){.code = keep(&n->texts, st, 0),
                                                  .kind = keep(&n->texts, st, 1),
                                                  .level = keep(&n->texts, st, 2),
                                                  .issuer = keep(&n->texts, st, 3),
                                                  .told_on = keep(&n->texts, st, 4),
                                                  .text = keep(&n->texts, st, 5)};
    }
    sqlite3_reset(st);
    if (n->count)
        qsort(n->notes, n->count, sizeof *n->notes, compare_notes);
    return here.code == FAULT_NONE || fault_set(f, here.code, here.place, "%s", here.text);
}

void notes_release(struct food_notes *n)
{
    free(n->notes);
    arena_release(&n->texts);
}

size_t snapshot_food_notes(const struct snapshot *s, const char *code, const struct food_note **first)
{
    const struct food_notes *n = &s->notes;
    size_t from = 0, to;
    while (from < n->count && strcmp(n->notes[from].code, code) < 0)
        from++;
    for (to = from; to < n->count && strcmp(n->notes[to].code, code) == 0; to++)
        ;
    *first = n->notes + from;
    return to - from;
}
