/* snapshot_moved: codes that were printed for an establishment which later became one business with a stall.
 * The place answers under the stall's code; the old one, on paper already, leads there. Read with the layers,
 * in the same transaction; kept sorted. */
#include "layers/snapshot_private.h"
#include "layers/store_private.h"

#include <stdlib.h>
#include <string.h>

static int compare_codes(const void *a, const void *b)
{
    return memcmp(a, b, CODE_LENGTH); /* the code stands first */
}

bool moved_load(struct moved_codes *m, struct store *s, struct fault *f)
{
    size_t room = 0;
    struct fault here = {0};
    sqlite3_stmt *st = store_statement(s, "SELECT code, moved_to FROM main.pub_moved_codes", f);
    if (!st)
        return false;
    while (statement_next(st, &here)) {
        struct slice code = column_slice(st, 0), to = column_slice(st, 1);
        if (code.n != CODE_LENGTH || to.n != CODE_LENGTH)
            continue;
        m->codes = room_for(m->codes, m->count + 1, &room, sizeof *m->codes);
        memcpy(m->codes[m->count].code, code.p, CODE_LENGTH);
        memcpy(m->codes[m->count++].to, to.p, CODE_LENGTH);
    }
    sqlite3_reset(st);
    if (m->count)
        qsort(m->codes, m->count, sizeof *m->codes, compare_codes);
    return here.code == FAULT_NONE || fault_set(f, here.code, here.place, "%s", here.text);
}

struct slice snapshot_moved(const struct snapshot *s, struct slice code)
{
    const struct moved_codes *m = &s->moved;
    if (code.n != CODE_LENGTH || m->count == 0)
        return (struct slice){0};
    const struct moved_code *found = bsearch(code.p, m->codes, m->count, sizeof *m->codes, compare_codes);
    return found ? (struct slice){found->to, CODE_LENGTH} : (struct slice){0};
}
