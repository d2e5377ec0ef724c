/* journal: writes down what every change of a register table replaced, and plays it back. Stands under
 * batch.c: one stretch of entries for each row of a list, sealed beside that row; `mapd undo` replays them
 * from last to first.
 *
 * Law: exact or not at all. An entry holds a mark of the row it left behind; when the row no longer bears
 * that mark, somebody has built on it and nothing is taken back. */
#define SQLITE_ENABLE_PREUPDATE_HOOK
#include "layers/journal.h"

#include <stdlib.h>
#include <string.h>

static const struct journal_table {
    const char *name;
    int key_columns; /* the first columns of a table without rowid; 0: the rowid */
    const char *read, *remove, *restore;
} TABLES[] = {
#define JOURNAL(table, key, read, remove, restore) {#table, key, read, remove, restore},
#include "layers/journal.def"
#undef JOURNAL
};

enum { TABLE_COUNT = COUNT_OF(TABLES), NOT_A_TABLE = -1 };

/* What a new place is made of: its record and those that hang on it alone. All of it is one entry. */
static const struct {
    const char *table, *read, *remove; /* in the order of removal */
} PARTS[] = {
    {"restricted", "SELECT * FROM restricted WHERE owner = 'place' AND owner_id = ?1",
     "DELETE FROM restricted WHERE owner = 'place' AND owner_id = ?1"},
    {"acceptance_listed", "SELECT * FROM acceptance_listed WHERE place_id = ?1",
     "DELETE FROM acceptance_listed WHERE place_id = ?1"},
    {"platform_use", "SELECT * FROM platform_use WHERE place_id = ?1",
     "DELETE FROM platform_use WHERE place_id = ?1"},
    {"establishment", "SELECT * FROM establishment WHERE place_id = ?1",
     "DELETE FROM establishment WHERE place_id = ?1"},
    {"place", "SELECT * FROM place WHERE id = ?1", "DELETE FROM place WHERE id = ?1"},
};

enum { PLACE_PART = COUNT_OF(PARTS) - 1, NOT_A_PART = -1 };

/* Its records, whatever their order: the sum of their marks and their number. */
struct new_place {
    int64_t id; /* 0: none */
    uint64_t marks;
    uint32_t count;
};

struct journal {
    struct store *store;
    struct buf entries;
    struct new_place made; /* stands first among the entries */
    int64_t next_place;    /* 0: not known */
    const char *last_name; /* SQLite gives the same pointer for the same table */
    int last_table, last_part;
};

/* --- values: type, then 8 bytes or length and bytes --- */

static void add_value(struct buf *out, sqlite3_value *v)
{
    int type = sqlite3_value_type(v);
    buf_char(out, (char)type);
    if (type == SQLITE_INTEGER) {
        int64_t i = sqlite3_value_int64(v);
        buf_add(out, &i, sizeof i);
    } else if (type == SQLITE_FLOAT) {
        double d = sqlite3_value_double(v);
        buf_add(out, &d, sizeof d);
    } else if (type == SQLITE_TEXT || type == SQLITE_BLOB) {
        const void *p = sqlite3_value_blob(v); /* of a text too: its bytes without a copy to end it with 0 */
        uint32_t n = (uint32_t)sqlite3_value_bytes(v);
        buf_add(out, &n, sizeof n);
        buf_add(out, p, n);
    }
}

static uint64_t mark_bytes(uint64_t mark, const void *p, size_t n)
{
    const unsigned char *bytes = p;
    uint64_t word; /* FNV-1a in steps of eight bytes: against accidents, not against people */
    for (; n >= sizeof word; bytes += sizeof word, n -= sizeof word) {
        memcpy(&word, bytes, sizeof word);
        mark = (mark ^ word) * 0x100000001b3u;
        mark ^= mark >> 32; /* the high bits of a word would never reach the low ones */
    }
    for (size_t i = 0; i < n; i++)
        mark = (mark ^ bytes[i]) * 0x100000001b3u;
    return mark;
}

uint64_t mark_null(uint64_t mark)
{
    int type = SQLITE_NULL;
    return mark_bytes(mark, &type, sizeof type);
}

uint64_t mark_int(uint64_t mark, int64_t v)
{
    int type = SQLITE_INTEGER;
    return mark_bytes(mark_bytes(mark, &type, sizeof type), &v, sizeof v);
}

/* SQLite stores 10.0 as 10 and shows either. */
uint64_t mark_real(uint64_t mark, double v)
{
    int type = SQLITE_FLOAT;
    if (v >= -9e15 && v <= 9e15 && v == (double)(int64_t)v)
        return mark_int(mark, (int64_t)v);
    return mark_bytes(mark_bytes(mark, &type, sizeof type), &v, sizeof v);
}

uint64_t mark_text(uint64_t mark, int type, struct slice text)
{
    return mark_bytes(mark_bytes(mark, &type, sizeof type), text.p, text.n);
}

static uint64_t mark_value(uint64_t mark, sqlite3_value *v)
{
    int type = sqlite3_value_type(v);
    if (type == SQLITE_INTEGER)
        return mark_int(mark, sqlite3_value_int64(v));
    if (type == SQLITE_FLOAT)
        return mark_real(mark, sqlite3_value_double(v));
    if (type == SQLITE_NULL)
        return mark_null(mark);
    const void *p = sqlite3_value_blob(v);
    return mark_text(mark, type, (struct slice){p, (size_t)sqlite3_value_bytes(v)});
}

/* --- listening --- */

static int table_of(struct journal *j, const char *name)
{
    if (name == j->last_name)
        return j->last_table;
    j->last_name = name;
    j->last_table = NOT_A_TABLE;
    j->last_part = NOT_A_PART;
    for (int i = 0; i < TABLE_COUNT; i++)
        if (strcmp(TABLES[i].name, name) == 0)
            j->last_table = i;
    for (int i = 0; i < (int)COUNT_OF(PARTS); i++)
        if (strcmp(PARTS[i].table, name) == 0)
            j->last_part = i;
    return j->last_table;
}

static uint64_t mark_of_new(sqlite3 *db)
{
    uint64_t mark = MARK_START;
    int columns = sqlite3_preupdate_count(db);
    for (int i = 0; i < columns; i++) {
        sqlite3_value *v = NULL;
        if (sqlite3_preupdate_new(db, i, &v) == SQLITE_OK)
            mark = mark_value(mark, v);
    }
    return mark;
}

/* The place the record that comes hangs on alone; 0: none. */
static int64_t place_of_new(const struct journal *j, sqlite3 *db, sqlite3_int64 rowid)
{
    sqlite3_value *v = NULL;
    if (j->last_part == PLACE_PART || TABLES[j->last_table].key_columns == 0)
        return rowid;
    int owner = j->last_part == 0; /* restricted: owner, owner_id, field */
    if (owner && (sqlite3_preupdate_new(db, 0, &v) != SQLITE_OK || sqlite3_value_bytes(v) != 5 ||
                  memcmp(sqlite3_value_blob(v), "place", 5) != 0))
        return 0;
    return sqlite3_preupdate_new(db, owner, &v) == SQLITE_OK ? sqlite3_value_int64(v) : 0;
}

static void write_made(struct journal *j)
{
    char *at = j->entries.p + 1;
    memcpy(at, &j->made.id, sizeof j->made.id);
    memcpy(at + 8, &j->made.marks, sizeof j->made.marks);
    memcpy(at + 16, &j->made.count, sizeof j->made.count);
}

static void begin_new_place(struct journal *j, int64_t id)
{
    enum { ENTRY = 1 + 8 + 8 + 4 };
    if (j->entries.n)
        return;
    j->made = (struct new_place){.id = id};
    buf_add(&j->entries, (char[ENTRY]){'N'}, ENTRY);
}

void journal_add_made(struct journal *j, uint64_t marks, uint32_t records)
{
    j->made.marks += marks;
    j->made.count += records;
    write_made(j);
}

/* A record of a place that is made in this stretch becomes part of its one entry. */
static bool joins_new_place(struct journal *j, sqlite3 *db, sqlite3_int64 rowid)
{
    if (j->last_part == NOT_A_PART)
        return false;
    if (j->last_part == PLACE_PART) {
        begin_new_place(j, rowid);
        j->next_place = 0;
    }
    if (!j->made.id || place_of_new(j, db, rowid) != j->made.id)
        return false;
    journal_add_made(j, mark_of_new(db), 1);
    return true;
}

static void add_key(struct journal *j, sqlite3 *db, int operation, int table, sqlite3_int64 rowid)
{
    if (!TABLES[table].key_columns)
        buf_add(&j->entries, &rowid, sizeof rowid);
    for (int i = 0; i < TABLES[table].key_columns; i++) {
        sqlite3_value *v = NULL;
        if (operation == SQLITE_INSERT)
            sqlite3_preupdate_new(db, i, &v);
        else
            sqlite3_preupdate_old(db, i, &v);
        add_value(&j->entries, v);
    }
}

/* One entry: operation, table, key; the mark of what comes (insert, update); what was there (update, delete).
 * Of a new place with all that hangs on it: 'N', its id, the sum of the marks, their number. */
static void on_change(void *context, sqlite3 *db, int operation, const char *database, const char *name,
                      sqlite3_int64 rowid, sqlite3_int64 new_rowid)
{
    struct journal *j = context;
    int table = table_of(j, name), columns = sqlite3_preupdate_count(db);
    (void)database;
    (void)new_rowid;
    if (table == NOT_A_TABLE || (operation == SQLITE_INSERT && joins_new_place(j, db, new_rowid)))
        return;
    buf_char(&j->entries, operation == SQLITE_INSERT ? 'I' : operation == SQLITE_UPDATE ? 'U' : 'D');
    buf_char(&j->entries, (char)table);
    add_key(j, db, operation, table, operation == SQLITE_INSERT ? new_rowid : rowid);
    if (operation != SQLITE_DELETE) {
        uint64_t mark = mark_of_new(db);
        buf_add(&j->entries, &mark, sizeof mark);
    }
    if (operation == SQLITE_INSERT)
        return;
    buf_char(&j->entries, (char)columns);
    for (int i = 0; i < columns; i++) {
        sqlite3_value *v = NULL;
        sqlite3_preupdate_old(db, i, &v);
        add_value(&j->entries, v);
    }
}

struct journal *journal_open(struct store *s)
{
    struct journal *j = memory_zeroed(1, sizeof *j);
    j->store = s;
    store_set_journal(s, j);
    journal_resume(j);
    return j;
}

bool journal_pause(struct journal *j, int64_t place, bool begins)
{
    if (begins) {
        begin_new_place(j, place);
        j->next_place = place + 1;
    }
    bool is_made = place && j->made.id == place;
    if (is_made)
        sqlite3_preupdate_hook(store_handle(j->store), NULL, NULL);
    return is_made;
}

void journal_resume(struct journal *j)
{
    sqlite3_preupdate_hook(store_handle(j->store), on_change, j);
}

int64_t journal_next_place(struct journal *j)
{
    if (!j->next_place)
        j->next_place = store_int(j->store, "SELECT max(id) FROM place", NULL, 0) + 1;
    return j->next_place;
}

void journal_close(struct journal *j)
{
    if (!j)
        return;
    sqlite3_preupdate_hook(store_handle(j->store), NULL, NULL);
    store_set_journal(j->store, NULL);
    buf_release(&j->entries);
    free(j);
}

struct slice journal_entries(const struct journal *j)
{
    return buf_to_slice(&j->entries);
}

void journal_reset(struct journal *j)
{
    buf_reset(&j->entries);
    j->made = (struct new_place){0};
    j->last_name = NULL; /* a name may move when the schema is read anew */
}

void journal_forget(struct journal *j)
{
    journal_reset(j);
    j->next_place = 0;
}

/* --- taking back --- */

struct entry {
    char operation;
    int table;
    struct slice key, old; /* encoded values */
    uint64_t mark;
    int columns;
    struct new_place made;
};

/* The entries are our own sealed writing; a length that does not fit means damage and ends the reading. */
static bool take(struct slice *rest, void *out, size_t n)
{
    if (rest->n < n)
        return false;
    memcpy(out, rest->p, n);
    rest->p += n;
    rest->n -= n;
    return true;
}

static bool skip_values(struct slice *rest, int count)
{
    for (int i = 0; i < count; i++) {
        char type;
        uint32_t n = 0;
        if (!take(rest, &type, 1))
            return false;
        if (type == SQLITE_INTEGER || type == SQLITE_FLOAT)
            n = 8;
        else if (type != SQLITE_NULL && !take(rest, &n, sizeof n))
            return false;
        if (rest->n < n)
            return false;
        rest->p += n;
        rest->n -= n;
    }
    return true;
}

static bool next_entry(struct slice *rest, struct entry *e)
{
    char table, columns;
    if (!take(rest, &e->operation, 1))
        return false;
    if (e->operation == 'N')
        return take(rest, &e->made.id, 8) && take(rest, &e->made.marks, 8) && take(rest, &e->made.count, 4);
    if (!take(rest, &table, 1) || table < 0 || table >= TABLE_COUNT)
        return false;
    e->table = table;
    e->key = *rest;
    int key_columns = TABLES[e->table].key_columns;
    int64_t rowid;
    if (key_columns ? !skip_values(rest, key_columns) : !take(rest, &rowid, sizeof rowid))
        return false;
    e->key.n -= rest->n;
    if (e->operation != 'D' && !take(rest, &e->mark, sizeof e->mark))
        return false;
    if (e->operation == 'I')
        return true;
    if (!take(rest, &columns, 1))
        return false;
    e->columns = columns;
    e->old = *rest;
    if (!skip_values(rest, e->columns))
        return false;
    e->old.n -= rest->n;
    return true;
}

static void bind_values(sqlite3_stmt *st, struct slice values, int count)
{
    for (int i = 1; i <= count; i++) {
        char type;
        int64_t integer;
        double real;
        uint32_t n;
        if (!take(&values, &type, 1) || type == SQLITE_NULL)
            continue;
        if (type == SQLITE_INTEGER && take(&values, &integer, sizeof integer))
            sqlite3_bind_int64(st, i, integer);
        else if (type == SQLITE_FLOAT && take(&values, &real, sizeof real))
            sqlite3_bind_double(st, i, real);
        else if (take(&values, &n, sizeof n)) {
            if (type == SQLITE_TEXT)
                sqlite3_bind_text64(st, i, values.p, n, SQLITE_TRANSIENT, SQLITE_UTF8);
            else
                sqlite3_bind_blob64(st, i, n ? values.p : "", n, SQLITE_TRANSIENT);
            values.p += n;
            values.n -= n;
        }
    }
}

static void bind_key(sqlite3_stmt *st, const struct entry *e)
{
    int64_t rowid;
    struct slice key = e->key;
    if (TABLES[e->table].key_columns)
        bind_values(st, key, TABLES[e->table].key_columns);
    else if (take(&key, &rowid, sizeof rowid))
        sqlite3_bind_int64(st, 1, rowid);
}

static uint64_t mark_of_row(sqlite3_stmt *st)
{
    uint64_t mark = MARK_START;
    for (int i = 0; i < sqlite3_column_count(st); i++)
        mark = mark_value(mark, sqlite3_column_value(st, i));
    return mark;
}

/* Whether the place is still what it was made of, no more and no less. */
static bool is_new_place_untouched(struct store *s, const struct new_place *made, struct fault *f)
{
    struct new_place now = {.id = made->id};
    for (size_t i = 0; i < COUNT_OF(PARTS); i++) {
        sqlite3_stmt *st = store_statement(s, PARTS[i].read, f);
        if (!st)
            return false;
        bind_int(st, 1, made->id);
        for (; statement_next(st, f); now.count++)
            now.marks += mark_of_row(st);
    }
    return now.count == made->count && now.marks == made->marks;
}

static bool remove_new_place(struct store *s, int64_t id, struct fault *f)
{
    bool ok = true;
    for (size_t i = 0; ok && i < COUNT_OF(PARTS); i++) {
        sqlite3_stmt *st = store_statement(s, PARTS[i].remove, f);
        ok = st != NULL;
        if (ok) {
            bind_int(st, 1, id);
            ok = statement_run(st, f);
        }
    }
    return ok;
}

/* Whether the row is still as the entry left it. */
static bool is_untouched(struct store *s, const struct entry *e, struct fault *f)
{
    if (e->operation == 'N')
        return is_new_place_untouched(s, &e->made, f);
    sqlite3_stmt *st = store_statement(s, TABLES[e->table].read, f);
    if (!st)
        return false;
    bind_key(st, e);
    bool there = statement_next(st, f);
    if (!there)
        return e->operation == 'D';
    uint64_t mark = mark_of_row(st);
    sqlite3_reset(st);
    return e->operation != 'D' && mark == e->mark;
}

static bool take_back_entry(struct store *s, const struct entry *e, struct fault *f)
{
    if (e->operation == 'N')
        return remove_new_place(s, e->made.id, f);
    const struct journal_table *t = &TABLES[e->table];
    sqlite3_stmt *st = store_statement(s, e->operation == 'I' ? t->remove : t->restore, f);
    if (!st)
        return false;
    if (e->operation == 'I') {
        bind_key(st, e);
    } else {
        if (sqlite3_bind_parameter_count(st) != e->columns)
            return fault_set(f, FAULT_INTERNAL, t->name, "%s",
                             "bảng đã đổi cấu trúc từ khi nhập; không thể rút lại chính xác");
        bind_values(st, e->old, e->columns);
    }
    return statement_run(st, f);
}

bool journal_take_back(struct store *s, struct slice entries, bool *conflict, struct fault *f)
{
    struct buf list = {0}; /* of struct entry */
    struct slice rest = entries;
    struct entry e = {0};
    while (rest.n && next_entry(&rest, &e))
        buf_add(&list, &e, sizeof e);
    bool ok = rest.n == 0 || fault_set(f, FAULT_DATABASE, NULL, "%s", "nhật ký của lần nhập bị hỏng");
    for (size_t n = list.n / sizeof e; ok && n > 0; n--) {
        memcpy(&e, list.p + (n - 1) * sizeof e, sizeof e);
        if (!is_untouched(s, &e, f)) {
            *conflict = true;
            ok = false;
        } else {
            ok = take_back_entry(s, &e, f);
        }
    }
    buf_release(&list);
    return ok;
}

/* Records of a row that failed are nobody's yet, so their marks need not be looked at; the last entry may
 * even be of a record that was never stored. */
bool journal_take_out(struct journal *j, struct fault *f)
{
    struct buf entries = j->entries; /* taking out is itself listened to */
    struct buf list = {0};           /* of struct entry */
    struct slice rest = buf_to_slice(&entries);
    struct entry e = {0};
    bool ok = true;
    j->entries = (struct buf){0};
    while (ok && rest.n && (ok = next_entry(&rest, &e) && (e.operation == 'I' || e.operation == 'N')))
        buf_add(&list, &e, sizeof e);
    if (!ok)
        fault_set(f, FAULT_INTERNAL, "journal", "%s", "a row without a guard changed what was there");
    for (size_t n = list.n / sizeof e; ok && n > 0; n--) {
        memcpy(&e, list.p + (n - 1) * sizeof e, sizeof e);
        ok = take_back_entry(j->store, &e, f);
    }
    buf_release(&list);
    buf_release(&entries);
    journal_forget(j);
    return ok;
}
