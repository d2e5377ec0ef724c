/* ledger: lines of ledger.def, written and listed. */
#include "layers/ledger.h"

#include "layers/store_private.h"

#include <string.h>

enum { WHO = 9, NOW = 10, LINES_MOST = 100 };

static const struct {
    const char *name, *title, *fields, *change, *list;
} LEDGERS[LEDGER_COUNT] = {
#define LEDGER(id, title, fields, change, list) {#id, title, fields, change, list},
#include "layers/ledger.def"
#undef LEDGER
};

struct ledger ledger_get(enum ledger_id id)
{
    struct ledger l = {.name = LEDGERS[id].name, .title = LEDGERS[id].title};
    struct slice rest = slice_of(LEDGERS[id].fields), field;
    while (l.fields < LEDGER_FIELDS && slice_next(&rest, ';', &field)) {
        ptrdiff_t colon = slice_find(field, SLICE(":"));
        l.labels[l.fields] = (struct slice){field.p, (size_t)colon};
        l.types[l.fields++] = (struct slice){field.p + colon + 1, field.n - (size_t)colon - 1};
    }
    return l;
}

static bool is_hour(struct slice text)
{
    struct date day;
    int64_t hour;
    return text.n == 13 && text.p[10] == 'T' && date_parse_iso((struct slice){text.p, 10}, &day) &&
           slice_to_int((struct slice){text.p + 11, 2}, &hour) && hour >= 0 && hour < 24;
}

static bool check_field(struct slice label, struct slice type, struct slice value, struct fault *f)
{
    struct date day;
    int64_t number;
    struct arena a = {0};
    const char *name = arena_text(&a, label);
    bool ok = true;
    if (!value.n)
        ok = fault_set(f, FAULT_VALUE_MISSING, name, "%s", "");
    else if (slice_equal(type, SLICE("day")) && !date_parse_iso(value, &day))
        ok = fault_set(f, FAULT_BAD_DATE, name, "%.*s", (int)value.n, value.p);
    else if (slice_equal(type, SLICE("hour")) && !is_hour(value))
        ok = fault_set(f, FAULT_BAD_DATE, name, "%.*s; cần dạng 2026-11-22T14", (int)value.n, value.p);
    else if (slice_equal(type, SLICE("number")) && (!slice_to_int(value, &number) || number < 0))
        ok = fault_set(f, FAULT_BAD_NUMBER, name, "%.*s", (int)value.n, value.p);
    arena_release(&a);
    return ok;
}

static bool change(struct store *s, enum ledger_id id, const struct ledger *l, const struct slice *values,
                   const char *who, struct fault *f)
{
    char now[21];
    sqlite3_stmt *st = store_statement(s, LEDGERS[id].change, f);
    if (!st)
        return false;
    clock_utc_iso(now);
    for (int i = 0; i < l->fields; i++)
        bind_slice(st, i + 1, slice_trim(values[i]));
    if (sqlite3_bind_parameter_index(st, "?9"))
        bind_text(st, WHO, who);
    if (sqlite3_bind_parameter_index(st, "?10"))
        bind_text(st, NOW, now);
    if (!statement_run(st, f))
        return false;
    return sqlite3_changes(store_handle(s)) > 0 ||
           fault_set(f, FAULT_NOT_FOUND, l->title, "%.*s", (int)values[0].n, values[0].p);
}

bool ledger_write(struct store *s, enum ledger_id id, const struct slice *values, const char *who,
                  struct fault *f)
{
    struct ledger l = ledger_get(id);
    for (int i = 0; i < l.fields; i++)
        if (!check_field(l.labels[i], l.types[i], slice_trim(values[i]), f))
            return false;
    struct audit_entry entry = {
        .who = who, .action = "ledger.write", .subject = slice_of(l.name), .detail = slice_trim(values[0])};
    bool ok = store_begin(s, f) && change(s, id, &l, values, who, f) && audit_append(s, &entry, f) &&
              store_commit(s, f);
    if (!ok)
        store_rollback(s);
    return ok;
}

int ledger_list(struct store *s, enum ledger_id id, struct arena *a, struct slice **cells, struct fault *f)
{
    struct ledger l = ledger_get(id);
    int count = 0;
    sqlite3_stmt *st = store_statement(s, LEDGERS[id].list, f);
    *cells = ARENA_ARRAY(a, struct slice, (size_t)LINES_MOST * (size_t)l.fields);
    if (!st)
        return 0;
    int columns = sqlite3_column_count(st) < l.fields ? sqlite3_column_count(st) : l.fields;
    while (count < LINES_MOST && statement_next(st, f)) {
        for (int i = 0; i < columns; i++)
            (*cells)[count * l.fields + i] = slice_of(arena_text(a, column_slice(st, i)));
        count++;
    }
    sqlite3_reset(st);
    return count;
}
