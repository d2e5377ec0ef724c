/* queue: the register by how well its places are known, and what waits for people as one list. Classes A to E
 * are those of geocoding.md 3.2, told from the position itself, so that a pin and a typed coordinate count as
 * what they are. */
#include "layers/store_private.h"

#include <string.h>

#define CLASS_OF                                                                                             \
    "CASE WHEN p.position IN ('gps', 'stall_plan', 'house_number') THEN 'A'"                                 \
    " WHEN p.position = 'interpolated' AND p.accuracy_m <= 25 THEN 'B' WHEN p.position = 'interpolated' "    \
    "THEN 'C'"                                                                                               \
    " WHEN p.position = 'street' THEN 'D' WHEN p.position IN ('residential_group', 'area') THEN 'E'"         \
    " ELSE '-' END"

void queue_counts(struct store *s, int64_t counts[QUEUE_CLASSES])
{
    memset(counts, 0, QUEUE_CLASSES * sizeof *counts);
    sqlite3_stmt *st =
        store_statement(s,
                        "SELECT " CLASS_OF " AS class, count(*) FROM place p JOIN establishment e"
                        " ON e.place_id = p.id AND e.stall_place_id IS NULL GROUP BY class",
                        NULL);
    while (st && statement_next(st, NULL)) {
        struct slice class = column_slice(st, 0);
        const char *at = class.n == 1 ? strchr(QUEUE_CLASS_LETTERS, class.p[0]) : NULL;
        if (at)
            counts[at - QUEUE_CLASS_LETTERS] = sqlite3_column_int64(st, 1);
    }
}

int queue_places(struct store *s, struct arena *a, const struct queue_query *q, struct queue_place **places)
{
    int count = 0;
    const char class[2] = {q->class, '\0'};
    sqlite3_stmt *st = store_statement(
        s,
        "SELECT p.id, p.code, p.name, e.address, p.position, coalesce(p.accuracy_m, 0) FROM place p"
        " JOIN establishment e ON e.place_id = p.id AND e.stall_place_id IS NULL"
        " WHERE " CLASS_OF " = ?1 AND p.id > ?2 ORDER BY p.id LIMIT ?3",
        NULL);
    *places = ARENA_ARRAY(a, struct queue_place, (size_t)q->limit + 1);
    if (!st)
        return 0;
    bind_text(st, 1, class);
    bind_int(st, 2, q->after);
    bind_int(st, 3, q->limit);
    while (count < q->limit && statement_next(st, NULL)) {
        struct queue_place *p = &(*places)[count++];
        p->id = sqlite3_column_int64(st, 0);
        p->code = arena_slice(a, column_slice(st, 1));
        p->name = arena_slice(a, column_slice(st, 2));
        p->address = arena_slice(a, column_slice(st, 3));
        p->position = arena_slice(a, column_slice(st, 4));
        p->accuracy_m = sqlite3_column_double(st, 5);
    }
    sqlite3_reset(st);
    return count;
}

/* A record whose own name holds its owner's stands in the list under that name, or a corrected list would
 * rename it. */
static struct slice own_name(struct store *s, struct arena *a, int64_t place_id, struct slice otherwise)
{
    struct buf name = {0};
    struct private_value v = {.owner = "place", .owner_id = place_id, .field = "name"};
    struct slice out =
        place_id && private_get(s, &v, &name) ? arena_slice(a, buf_to_slice(&name)) : otherwise;
    buf_release(&name);
    return out;
}

int queue_questions(struct store *s, struct arena *a, struct queue_question **questions)
{
    int64_t open = review_count(s);
    int count = 0;
    sqlite3_stmt *st = store_statement(
        s,
        "SELECT coalesce(r.place_id, 0), coalesce(p.code, ''), coalesce(p.name, ''), coalesce(e.address, ''),"
        " coalesce(g.name, ''), r.reason, coalesce(b.file_name, ''), coalesce(r.row, 0), "
        "coalesce(r.candidates, '')"
        " FROM review r LEFT JOIN place p ON p.id = r.place_id LEFT JOIN establishment e ON e.place_id = p.id"
        " LEFT JOIN residential_group g ON g.id = p.residential_group_id"
        " LEFT JOIN import_batch b ON b.id = r.batch_id WHERE r.closed_at IS NULL"
        " ORDER BY coalesce(nullif(r.fault_group, ''), r.reason), r.id",
        NULL);
    *questions = ARENA_ARRAY(a, struct queue_question, (size_t)open + 1);
    while (st && count < open && statement_next(st, NULL)) {
        struct queue_question *q = &(*questions)[count++];
        struct slice *const texts[] = {&q->code, &q->name, &q->address, &q->group, &q->reason, &q->file_name};
        q->place_id = sqlite3_column_int64(st, 0);
        for (int i = 0; i < (int)COUNT_OF(texts); i++)
            *texts[i] = arena_slice(a, column_slice(st, i + 1));
        q->row = sqlite3_column_int64(st, 7);
        q->candidates = arena_slice(a, column_slice(st, 8));
    }
    if (st)
        sqlite3_reset(st);
    for (int i = 0; i < count; i++)
        (*questions)[i].name = own_name(s, a, (*questions)[i].place_id, (*questions)[i].name);
    return count;
}
