/* place_view: everything the office knows of one place, section by section (place_view.def), and the list of
 * what is restricted about it. Reads only. */
#include "layers/store_private.h"

static const struct {
    const char *title, *sql;
    bool is_food;
} SECTIONS[] = {
#define SECTION(title, sql) {title, sql, false},
#define FOOD(title, sql)    {title, sql, true},
#define OFFICE(title, sql)  {title, sql, true},
#include "layers/place_view.def"
#undef SECTION
#undef FOOD
#undef OFFICE
};

enum { ROWS_MOST = 100 };

static void read_section(sqlite3_stmt *st, struct arena *a, struct place_section *out)
{
    out->columns = sqlite3_column_count(st);
    out->heads = ARENA_ARRAY(a, struct slice, (size_t)out->columns);
    for (int i = 0; i < out->columns; i++)
        out->heads[i] = arena_slice(a, slice_of(sqlite3_column_name(st, i)));
    out->cells = ARENA_ARRAY(a, struct slice, (size_t)out->columns * ROWS_MOST);
    while (out->rows < ROWS_MOST && statement_next(st, NULL)) {
        for (int i = 0; i < out->columns; i++)
            out->cells[out->rows * out->columns + i] = arena_slice(a, column_slice(st, i));
        out->rows++;
    }
    sqlite3_reset(st);
}

int place_sections(struct store *s, struct arena *a, int64_t place_id, struct place_section **out)
{
    int count = 0;
    *out = ARENA_ARRAY(a, struct place_section, COUNT_OF(SECTIONS));
    for (size_t i = 0; i < COUNT_OF(SECTIONS); i++) {
        struct place_section *section = &(*out)[count];
        sqlite3_stmt *st = store_statement(s, SECTIONS[i].sql, NULL);
        if (!st)
            continue;
        *section = (struct place_section){.title = SECTIONS[i].title, .is_food = SECTIONS[i].is_food};
        bind_int(st, 1, place_id);
        read_section(st, a, section);
        count += section->rows > 0;
    }
    return count;
}

static bool open_finding(struct store *s, int64_t id, struct buf *text)
{
    sqlite3_stmt *st = store_statement(s, "SELECT text FROM fs_finding WHERE id = ?1", NULL);
    if (!st || !store_key(s))
        return false;
    bind_int(st, 1, id);
    bool opens = statement_next(st, NULL) && key_unseal(store_key(s), column_bytes(st, 0), text);
    sqlite3_reset(st);
    return opens;
}

static void open_item(struct store *s, struct arena *a, struct private_item *item)
{
    struct buf text = {0};
    struct private_value value = {
        .owner = arena_text(a, item->owner), .owner_id = item->owner_id, .field = arena_text(a, item->field)};
    item->is_open = slice_equal(item->owner, SLICE("finding")) ? open_finding(s, item->owner_id, &text)
                                                               : private_get(s, &value, &text);
    item->text = arena_slice(a, buf_to_slice(&text));
    buf_release(&text);
}

int place_private(struct store *s, struct arena *a, int64_t place_id, bool opens, struct private_item **out)
{
    int count = 0;
    sqlite3_stmt *st = store_statement(
        s,
        "SELECT * FROM (SELECT owner, owner_id, field FROM restricted WHERE (owner = 'place' AND owner_id = "
        "?1)"
        " OR (owner = 'trader' AND owner_id IN (SELECT trader_id FROM occupancy WHERE place_id = ?1 AND "
        "valid_to IS NULL))"
        " OR (owner = 'evidence' AND owner_id IN (SELECT id FROM evidence WHERE place_id = ?1))"
        " OR (owner = 'inspection' AND owner_id IN (SELECT id FROM fs_inspection WHERE place_id = ?1))"
        " UNION ALL SELECT 'finding', g.id, g.severity FROM fs_finding g JOIN fs_inspection i ON i.id ="
        " g.inspection_id WHERE i.place_id = ?1)"
        " ORDER BY owner = 'place' DESC, owner = 'trader' DESC, owner, owner_id, field LIMIT ?2",
        NULL);
    *out = ARENA_ARRAY(a, struct private_item, ROWS_MOST + 1);
    if (!st)
        return 0;
    bind_int(st, 1, place_id);
    bind_int(st, 2, ROWS_MOST);
    while (count < ROWS_MOST && statement_next(st, NULL))
        (*out)[count++] = (struct private_item){.owner = arena_slice(a, column_slice(st, 0)),
                                                .owner_id = sqlite3_column_int64(st, 1),
                                                .field = arena_slice(a, column_slice(st, 2))};
    sqlite3_reset(st);
    for (int i = 0; opens && i < count; i++)
        open_item(s, a, &(*out)[i]);
    return count;
}
