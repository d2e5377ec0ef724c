/* cql2_bind: a checked tree meets the columns of one snapshot layer. A condition that looks at one column of
 * few texts (a status, a ward, a day) is answered once for each text and remembered. Before cql2_eval. */
#include "layers/cql2.h"

enum { MEMO_TEXTS_MAX = 1 << 16 };

/* Whether the node looks at one text column and nothing else of the row; *column is it. */
static bool looks_at_one(const struct cql2 *n, const struct snapshot_layer *l, const struct column **column)
{
    if (n->op == CQL2_PROPERTY) {
        if (n->field < 0 || !l->columns[n->field].text)
            return false;
        const struct column *here = &l->columns[n->field];
        bool same = !*column || *column == here;
        *column = here;
        return same;
    }
    for (int i = 0; i < n->kid_count; i++)
        if (!looks_at_one(n->kids[i], l, column))
            return false;
    return true;
}

static void bind(struct arena *a, struct cql2 *n, const struct snapshot_layer *l, bool may_remember)
{
    n->memo = NULL;
    n->column = NULL;
    if (n->op == CQL2_PROPERTY) {
        n->column = n->field < 0 ? NULL : &l->columns[n->field];
        return;
    }
    const struct column *column = NULL;
    if (may_remember && n->type == CQL2_IS_TRUTH && n->op < CQL2_OPERATOR_COUNT &&
        looks_at_one(n, l, &column) && column && column->text_count <= MEMO_TEXTS_MAX) {
        n->column = column;
        n->memo = ARENA_ARRAY(a, uint8_t, column->text_count + 1);
        may_remember = false;
    }
    for (int i = 0; i < n->kid_count; i++)
        bind(a, n->kids[i], l, may_remember);
}

void cql2_bind(struct arena *a, struct cql2 *root, const struct snapshot_layer *l)
{
    bind(a, root, l, true);
}
