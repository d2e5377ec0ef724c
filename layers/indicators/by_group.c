/* by_group: the rows of an indicator, counted for each residential group: for the map. A stall lies in the
 * group of its market. Rows that the public may not see are left out, and so is a group with too few. */
#include "layers/indicators/indicators.h"
#include "layers/store_private.h"

#include <stdlib.h>
#include <string.h>

struct home {
    const char *code; /* of the place */
    int group;        /* index into the shares */
};

struct homes {
    struct home *of; /* by code */
    size_t count;
    struct indicator_share *groups;
    int group_count;
};

static int group_index(struct homes *h, struct arena *a, sqlite3_stmt *st)
{
    struct slice code = column_slice(st, 1);
    for (int i = h->group_count - 1; i >= 0; i--)
        if (slice_equal(slice_of(h->groups[i].code), code))
            return i;
    h->groups[h->group_count] =
        (struct indicator_share){.code = arena_text(a, code), .name = arena_text(a, column_slice(st, 2))};
    return h->group_count++;
}

static int by_code(const void *left, const void *right)
{
    return strcmp(((const struct home *)left)->code, ((const struct home *)right)->code);
}

static bool read_homes(struct store *s, struct arena *a, struct homes *h, struct fault *f)
{
    sqlite3_stmt *st = store_statement(
        s,
        "WITH market_group AS MATERIALIZED (SELECT m.id AS market_id, min(g.id) AS group_id FROM market m"
        " JOIN residential_group g ON coalesce(point_in_area(g.geom, m.geom), ST_Intersects(g.geom, m.geom)) "
        "= 1 GROUP BY m.id)"
        " SELECT p.code, g.code, g.name FROM place p LEFT JOIN stall s ON s.place_id = p.id"
        " LEFT JOIN market_group k ON k.market_id = s.market_id"
        " JOIN residential_group g ON g.id = coalesce(p.residential_group_id, k.group_id) ORDER BY g.id",
        f);
    if (!st)
        return false;
    size_t places = (size_t)store_int(s, "SELECT count(*) FROM place", NULL, 0);
    size_t groups = (size_t)store_int(s, "SELECT count(*) FROM residential_group", NULL, 0);
    h->of = ARENA_ARRAY(a, struct home, places + 1);
    h->groups = ARENA_ARRAY(a, struct indicator_share, groups + 1);
    while (h->count < places && statement_next(st, f)) {
        int group = group_index(h, a, st);
        h->of[h->count++] = (struct home){arena_text(a, column_slice(st, 0)), group};
    }
    sqlite3_reset(st);
    qsort(h->of, h->count, sizeof *h->of, by_code);
    return true;
}

bool indicator_by_group(struct store *s, struct arena *a, struct date as_of, const struct indicator_row *rows,
                        uint32_t count, struct indicator_share **groups, int *group_count, struct fault *f)
{
    enum { SMALL = 5 };
    struct homes h = {0};
    if (!read_homes(s, a, &h, f))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        struct home wanted = {.code = rows[i].code}, *at;
        at = rows[i].is_hidden || !rows[i].in_denominator
                 ? NULL
                 : bsearch(&wanted, h.of, h.count, sizeof wanted, by_code);
        if (!at)
            continue;
        h.groups[at->group].denominator++;
        h.groups[at->group].numerator += rows[i].in_numerator;
    }
    int64_t small = policy_number(s, "small_cell", as_of, SMALL);
    for (int i = 0; i < h.group_count; i++)
        h.groups[i].is_hidden = h.groups[i].denominator < small;
    *groups = h.groups;
    *group_count = h.group_count;
    return true;
}
