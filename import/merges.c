/* merges: the merged cells of a sheet, kept while a reader goes through it the first time. */
#include "import/sheet.h"

#include <stdlib.h>

enum { MERGES_MAX = 1 << 20 };

void sheet_note_merge(struct sheet *s, struct merge m)
{
    bool is_one = m.bottom >= m.top && m.right >= m.left && (m.bottom > m.top || m.right > m.left);
    if (!is_one || s->merge_count >= MERGES_MAX) {
        return;
    }
    if (s->merge_count == s->merge_capacity) {
        uint32_t capacity = s->merge_capacity ? s->merge_capacity * 2 : 64;
        struct merge *merges = realloc(s->merges, capacity * sizeof *merges);
        if (!merges) {
            return;
        }
        s->merges = merges;
        s->merge_capacity = capacity;
    }
    s->merges[s->merge_count++] = m;
}

static int by_top(const void *a, const void *b)
{
    const struct merge *m = a, *n = b;
    return m->top != n->top ? (m->top < n->top ? -1 : 1) : (m->left > n->left) - (m->left < n->left);
}

void sheet_sort_merges(struct sheet *s)
{
    if (s->merge_count) {
        qsort(s->merges, s->merge_count, sizeof *s->merges, by_top);
    }
}
