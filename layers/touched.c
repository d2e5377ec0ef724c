/* touched: see touched.h. */
#include "layers/touched.h"

#include <stdlib.h>
#include <string.h>

enum { NOTE_EVERYTHING = 0 };

int64_t touched_last(struct store *s)
{
    return store_int(s, "SELECT max(id) FROM main.touched", NULL, 0);
}

bool touched_everything(struct store *s, struct fault *f)
{
    return statement_run(store_statement(s, "INSERT INTO touched (place_id) VALUES (0)", f), f);
}

bool touched_prune(struct store *s, struct fault *f)
{
    return statement_run(
        store_statement(s, "DELETE FROM touched WHERE id <= (SELECT max(id) FROM touched) - 65536", f), f);
}

static const char NARROWED[] = "CREATE TEMP TABLE touched_now (id INTEGER PRIMARY KEY);"
#define TOUCHED(table, key)                                                                                  \
    "CREATE TEMP VIEW " #table " AS SELECT m.* FROM touched_now t CROSS JOIN main." #table " m ON m." #key   \
    " = t.id;"
#include "layers/touched.def"
#undef TOUCHED
    ;

/* The views of the file once more, as views of this connection. */
bool touched_prepare(struct store *s, struct fault *f)
{
    static const char make[] = "\nCREATE VIEW ";
    struct slice rest = slice_of(strstr(sql_text("schema"), "\n-- views\n"));
    struct buf sql = {0};
    buf_text(&sql, NARROWED);
    for (ptrdiff_t at; (at = slice_find(rest, SLICE(make))) >= 0;) {
        buf_add(&sql, rest.p, (size_t)at);
        buf_text(&sql, "\nCREATE TEMP VIEW ");
        rest = (struct slice){rest.p + at + sizeof make - 1, rest.n - (size_t)at - sizeof make + 1};
    }
    buf_slice(&sql, rest);
    buf_char(&sql, '\0');
    store_guard(s, false);
    bool ok = store_run(s, sql.p, f);
    store_guard(s, true);
    buf_release(&sql);
    return ok;
}

static int ascending(const void *a, const void *b)
{
    uint32_t l = *(const uint32_t *)a, r = *(const uint32_t *)b;
    return (l > r) - (l < r);
}

/* False when nothing more need be read. */
static bool take_note(struct touched *t, int64_t place, uint32_t most)
{
    if (place < 0)
        t->has_face = true;
    else if (place == NOTE_EVERYTHING || place >= UINT32_MAX || t->count == most)
        t->has_everything = true;
    else
        t->places[t->count++] = (uint32_t)place;
    return !t->has_everything;
}

/* The statement gives each place once. */
static bool read_notes(struct touched *t, struct store *s, int64_t note, uint32_t most, struct fault *f)
{
    struct fault end = {0};
    sqlite3_stmt *st = store_statement(s, "SELECT DISTINCT place_id FROM main.touched WHERE id > ?1", f);
    if (!st)
        return false;
    bind_int(st, 1, note);
    while (statement_next(st, &end) && take_note(t, sqlite3_column_int64(st, 0), most))
        ;
    sqlite3_reset(st);
    qsort(t->places, t->count, sizeof *t->places, ascending);
    return !end.code || fault_set(f, end.code, end.place, "%s", end.text);
}

static bool narrow(const struct touched *t, struct store *s, struct fault *f)
{
    if (!statement_run(store_statement(s, "DELETE FROM temp.touched_now", f), f))
        return false;
    for (uint32_t i = 0; i < t->count; i++) {
        sqlite3_stmt *st = store_statement(s, "INSERT INTO temp.touched_now VALUES (?1)", f);
        if (!st)
            return false;
        bind_int(st, 1, t->places[i]);
        if (!statement_run(st, f))
            return false;
    }
    return true;
}

bool touched_since(struct touched *t, struct store *s, int64_t note, uint32_t most, struct fault *f)
{
    *t = (struct touched){.places = malloc(((size_t)most + 1) * sizeof *t->places)};
    int64_t first = store_int(s, "SELECT min(id) FROM main.touched", NULL, INT64_MAX);
    if (first > note + 1 || touched_last(s) < note) { /* notes that were never seen are gone */
        t->has_everything = true;
        return true;
    }
    return read_notes(t, s, note, most, f) && (t->has_everything || narrow(t, s, f));
}

void touched_release(struct touched *t)
{
    free(t->places);
}

const char *touched_sql(enum layer_id id)
{
    switch (id) {
    case LAYER_ESTABLISHMENTS: return "SELECT * FROM temp.pub_establishments";
    case LAYER_STALLS: return "SELECT * FROM temp.pub_stalls";
    case LAYER_FOOD_SAFETY: return "SELECT * FROM temp.pub_food_safety";
    default: return NULL;
    }
}
