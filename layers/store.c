/* store: the ward file itself. Opens it, brings its schema up to date, keeps its prepared statements, counts
 * its revisions.
 *
 * Law: every change goes through store_begin and store_commit; the commit raises the revision in the same
 * transaction, so a reader never sees one without the other. A public store is read-only and an authorizer
 * lets it touch nothing but the public views (and what SpatiaLite reads to serve them). */
#include "layers/store_private.h"
#include "layers/text.h"
#include "layers/touched.h"

#include <errno.h>
#include <spatialite.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { APPLICATION_ID = 0x6D617064 /* "mapd" */, STATEMENT_SLOTS = 256, BUSY_MS = 15000 };

struct store {
    sqlite3 *db;
    void *spatialite;
    char *path;
    struct key *key;
    struct lookup *lookup;
    struct journal *journal;
    int64_t changes_at_begin;
    struct {
        const char *sql;
        sqlite3_stmt *statement;
    } kept[STATEMENT_SLOTS]; /* open addressing by the address of the constant */
};

sqlite3 *store_handle(struct store *s)
{
    return s->db;
}

struct journal *store_journal(const struct store *s)
{
    return s->journal;
}

void store_set_journal(struct store *s, struct journal *j)
{
    s->journal = j;
}

struct lookup *store_lookup(const struct store *s)
{
    return s->lookup;
}

void store_set_lookup(struct store *s, struct lookup *l)
{
    s->lookup = l;
}

const char *store_path(const struct store *s)
{
    return s->path;
}

/* What SQLite says, in the words of people. */
static enum fault_code fault_of(int code)
{
    static const struct {
        int code;
        enum fault_code fault;
    } KNOWN[] = {{SQLITE_BUSY, FAULT_BUSY},
                 {SQLITE_LOCKED, FAULT_BUSY},
                 {SQLITE_INTERRUPT, FAULT_INTERRUPTED},
                 {SQLITE_NOTADB, FAULT_NOT_A_WARD_FILE},
                 {SQLITE_NOMEM, FAULT_NO_MEMORY},
                 {SQLITE_FULL, FAULT_DISK_FULL},
                 {SQLITE_IOERR, FAULT_DISK_FAILS},
                 {SQLITE_READONLY, FAULT_READ_ONLY},
                 {SQLITE_CANTOPEN, FAULT_READ_ONLY},
                 {SQLITE_CORRUPT, FAULT_DAMAGED}};
    for (size_t i = 0; i < COUNT_OF(KNOWN); i++)
        if ((code & 0xff) == KNOWN[i].code)
            return KNOWN[i].fault;
    return FAULT_DATABASE;
}

static bool database_fault(sqlite3 *db, struct fault *f)
{
    return fault_set(f, fault_of(sqlite3_errcode(db)), NULL, "%s", sqlite3_errmsg(db));
}

/* --- statements --- */

sqlite3_stmt *store_statement(struct store *s, const char *sql, struct fault *f)
{
    size_t slot = ((uintptr_t)sql >> 4) % STATEMENT_SLOTS;
    for (size_t i = 0; i < STATEMENT_SLOTS; i++, slot = (slot + 1) % STATEMENT_SLOTS) {
        if (s->kept[slot].sql == sql) {
            sqlite3_reset(s->kept[slot].statement);
            sqlite3_clear_bindings(s->kept[slot].statement);
            return s->kept[slot].statement;
        }
        if (!s->kept[slot].sql) {
            if (sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &s->kept[slot].statement,
                                   NULL) != SQLITE_OK) {
                database_fault(s->db, f);
                return NULL;
            }
            s->kept[slot].sql = sql;
            return s->kept[slot].statement;
        }
    }
    fault_set(f, FAULT_INTERNAL, "store", "more than %d kept statements", STATEMENT_SLOTS);
    return NULL;
}

bool statement_run(sqlite3_stmt *st, struct fault *f)
{
    if (!st)
        return false;
    int code;
    while ((code = sqlite3_step(st)) == SQLITE_ROW)
        ;
    bool ok = code == SQLITE_DONE || database_fault(sqlite3_db_handle(st), f);
    sqlite3_reset(st);
    return ok;
}

bool statement_next(sqlite3_stmt *st, struct fault *f)
{
    if (!st)
        return false;
    int code = sqlite3_step(st);
    if (code == SQLITE_ROW)
        return true;
    if (code != SQLITE_DONE)
        database_fault(sqlite3_db_handle(st), f);
    sqlite3_reset(st);
    return false;
}

bool store_run(struct store *s, const char *sql, struct fault *f)
{
    return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK || database_fault(s->db, f);
}

void bind_slice(sqlite3_stmt *st, int index, struct slice text)
{
    sqlite3_bind_text64(st, index, text.p ? text.p : "", text.n, SQLITE_TRANSIENT, SQLITE_UTF8);
}

void bind_slice_or_null(sqlite3_stmt *st, int index, struct slice text)
{
    if (text.n)
        bind_slice(st, index, text);
    else
        sqlite3_bind_null(st, index);
}

void bind_text(sqlite3_stmt *st, int index, const char *text)
{
    if (text)
        bind_slice(st, index, slice_of(text));
    else
        sqlite3_bind_null(st, index);
}

void bind_int(sqlite3_stmt *st, int index, int64_t v)
{
    sqlite3_bind_int64(st, index, v);
}

void bind_id(sqlite3_stmt *st, int index, int64_t id)
{
    if (id)
        sqlite3_bind_int64(st, index, id);
    else
        sqlite3_bind_null(st, index);
}

void bind_real(sqlite3_stmt *st, int index, double v)
{
    sqlite3_bind_double(st, index, v); /* SQLite stores NaN as NULL */
}

void bind_date(sqlite3_stmt *st, int index, struct date d)
{
    char text[11];
    if (!date_is_valid(d)) {
        sqlite3_bind_null(st, index);
        return;
    }
    date_format_iso(d, text);
    bind_text(st, index, text);
}

void bind_bytes(sqlite3_stmt *st, int index, struct slice bytes)
{
    sqlite3_bind_blob64(st, index, bytes.p ? bytes.p : "", bytes.n, SQLITE_TRANSIENT);
}

void bind_borrowed(sqlite3_stmt *st, int index, struct slice text)
{
    sqlite3_bind_text64(st, index, text.p ? text.p : "", text.n, SQLITE_STATIC, SQLITE_UTF8);
}

void bind_borrowed_or_null(sqlite3_stmt *st, int index, struct slice text)
{
    if (text.n)
        bind_borrowed(st, index, text);
}

void bind_borrowed_bytes(sqlite3_stmt *st, int index, struct slice bytes)
{
    sqlite3_bind_blob64(st, index, bytes.p ? bytes.p : "", bytes.n, SQLITE_STATIC);
}

/* SpatiaLite's own blob: 00, little-endian mark, SRID, MBR, 7C, type 1, x, y, FE (gaia-gis "BLOB-Geometry").
 */
void point_blob(const struct lonlat *at, unsigned char blob[POINT_BLOB_BYTES])
{
    const uint32_t srid = 4326, type = 1;
    const double mbr[4] = {at->lon, at->lat, at->lon, at->lat};
    blob[0] = 0x00;
    blob[1] = 0x01;
    memcpy(blob + 2, &srid, 4);
    memcpy(blob + 6, mbr, 32);
    blob[38] = 0x7C;
    memcpy(blob + 39, &type, 4);
    memcpy(blob + 43, mbr, 16);
    blob[59] = 0xFE;
}

void bind_point(sqlite3_stmt *st, int index, const struct lonlat *at)
{
    if (!at) {
        sqlite3_bind_null(st, index);
        return;
    }
    unsigned char blob[POINT_BLOB_BYTES];
    point_blob(at, blob);
    sqlite3_bind_blob(st, index, blob, sizeof blob, SQLITE_TRANSIENT);
}

struct slice column_slice(sqlite3_stmt *st, int index)
{
    const unsigned char *p = sqlite3_column_text(st, index);
    return (struct slice){p ? (const char *)p : "", (size_t)sqlite3_column_bytes(st, index)};
}

struct slice column_bytes(sqlite3_stmt *st, int index)
{
    const void *p = sqlite3_column_blob(st, index);
    return (struct slice){p ? p : "", (size_t)sqlite3_column_bytes(st, index)};
}

bool column_is_null(sqlite3_stmt *st, int index)
{
    return sqlite3_column_type(st, index) == SQLITE_NULL;
}

bool column_point(sqlite3_stmt *st, int index, struct lonlat *at)
{
    struct slice blob = column_bytes(st, index);
    uint32_t type;
    if (blob.n != POINT_BLOB_BYTES || blob.p[0] != 0 || blob.p[1] != 1)
        return false;
    memcpy(&type, blob.p + 39, 4);
    memcpy(&at->lon, blob.p + 43, 8);
    memcpy(&at->lat, blob.p + 51, 8);
    return type == 1;
}

int64_t store_int(struct store *s, const char *sql, const char *parameter, int64_t otherwise)
{
    sqlite3_stmt *st = store_statement(s, sql, NULL);
    if (!st)
        return otherwise;
    if (parameter)
        bind_text(st, 1, parameter);
    int64_t v = otherwise;
    if (sqlite3_step(st) == SQLITE_ROW && !column_is_null(st, 0))
        v = sqlite3_column_int64(st, 0);
    sqlite3_reset(st);
    return v;
}

/* --- transactions and the revision --- */

bool store_begin(struct store *s, struct fault *f)
{
    if (!statement_run(store_statement(s, "BEGIN IMMEDIATE", f), f))
        return false;
    s->changes_at_begin = sqlite3_total_changes64(s->db);
    return true;
}

bool store_commit(struct store *s, struct fault *f)
{
    if (sqlite3_total_changes64(s->db) != s->changes_at_begin &&
        (!statement_run(store_statement(s, "UPDATE revision SET value = value + 1", f), f) ||
         !touched_prune(s, f)))
        return false;
    return statement_run(store_statement(s, "COMMIT", f), f);
}

bool store_finish(struct store *s, bool good, struct fault *f)
{
    good = good && store_commit_quietly(s, f);
    if (!good)
        store_rollback(s);
    return good;
}

bool store_commit_quietly(struct store *s, struct fault *f)
{
    if (sqlite3_total_changes64(s->db) != s->changes_at_begin &&
        !statement_run(store_statement(s, "UPDATE revision SET quiet = quiet + 1", f), f))
        return false;
    return statement_run(store_statement(s, "COMMIT", f), f);
}

void store_rollback(struct store *s)
{
    if (!sqlite3_get_autocommit(s->db))
        statement_run(store_statement(s, "ROLLBACK", NULL), NULL);
}

int64_t store_revision(struct store *s)
{
    return store_int(s, "SELECT value FROM revision", NULL, -1);
}

int64_t store_quiet_changes(struct store *s)
{
    return store_int(s, "SELECT quiet FROM revision", NULL, -1);
}

void store_sort_in_files(struct store *s, bool in_files)
{
    sqlite3_exec(s->db, in_files ? "PRAGMA temp_store = FILE" : "PRAGMA temp_store = MEMORY", NULL, NULL,
                 NULL);
}

void store_set_patience(struct store *s, int milliseconds)
{
    sqlite3_busy_timeout(s->db, milliseconds);
}

int64_t store_data_version(struct store *s)
{
    return store_int(s, "PRAGMA data_version", NULL, -1);
}

bool store_bump(const char *path, int64_t by, struct fault *f)
{
    sqlite3 *db = NULL;
    char *sql = sqlite3_mprintf("PRAGMA synchronous = NORMAL;"
                                "UPDATE revision SET value = value + %lld, quiet = quiet + 1",
                                (long long)by);
    bool ok = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK &&
              sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
    if (!ok)
        fault_set(f, FAULT_BUSY, path, "%s", db ? sqlite3_errmsg(db) : strerror(ENOMEM));
    sqlite3_free(sql);
    sqlite3_close(db);
    return ok;
}

const char *store_meta(struct store *s, struct arena *a, const char *key)
{
    sqlite3_stmt *st = store_statement(s, "SELECT value FROM meta WHERE key = ?1", NULL);
    if (!st)
        return NULL;
    bind_text(st, 1, key);
    const char *value = sqlite3_step(st) == SQLITE_ROW ? arena_text(a, column_slice(st, 0)) : NULL;
    sqlite3_reset(st);
    return value;
}

bool store_set_meta(struct store *s, const char *key, const char *value, struct fault *f)
{
    sqlite3_stmt *st = store_statement(s, "INSERT OR REPLACE INTO meta VALUES (?1, ?2)", f);
    if (!st)
        return false;
    bind_text(st, 1, key);
    bind_text(st, 2, value);
    return statement_run(st, f);
}

/* --- the schema --- */

static const char MIGRATION_MARK[] = "-- migration ", VIEWS_MARK[] = "\n-- views\n";

/* Where the text of migration `number` begins (behind its mark), or NULL. */
static const char *migration_start(const char *schema, int number)
{
    char mark[40];
    snprintf(mark, sizeof mark, "\n%s%d\n", MIGRATION_MARK, number);
    const char *at = strstr(schema, mark);
    return at ? at + strlen(mark) : NULL;
}

static bool run_part(struct store *s, const char *from, const char *to, struct fault *f)
{
    struct arena a = {0};
    bool ok = store_run(s, arena_text(&a, (struct slice){from, (size_t)(to - from)}), f);
    arena_release(&a);
    return ok;
}

static bool migrate(struct store *s, int from, struct fault *f)
{
    const char *schema = sql_text("schema"), *views = strstr(schema, VIEWS_MARK);
    int number = from;
    for (const char *at; (at = migration_start(schema, number + 1)); number++) {
        const char *next = migration_start(schema, number + 2);
        if (!run_part(s, at, next ? next : views, f))
            return false;
    }
    char pragma[60];
    snprintf(pragma, sizeof pragma, "PRAGMA user_version = %d", number); /* a pragma takes no parameter */
    return number == from || store_run(s, pragma, f);
}

static int schema_version(void)
{
    int number = 0;
    while (migration_start(sql_text("schema"), number + 1))
        number++;
    return number;
}

/* DROP VIEW takes no parameter: the names come from our own schema and are quoted. */
static bool drop_views(struct store *s, struct fault *f)
{
    struct buf sql = {0};
    sqlite3_stmt *st = store_statement(
        s,
        "SELECT 'DROP VIEW \"' || name || '\";' FROM sqlite_master WHERE type = 'view' AND name IN"
        " (SELECT value FROM json_each((SELECT value FROM meta WHERE key = 'views')))",
        f);
    while (statement_next(st, f))
        buf_slice(&sql, column_slice(st, 0));
    buf_char(&sql, '\0');
    bool ok = st && store_run(s, sql.p, f);
    buf_release(&sql);
    return ok;
}

/* Lets QGIS and ogr2ogr find the geometry of the public views. */
static bool register_views(struct store *s, struct fault *f)
{
    if (!store_run(s, "DELETE FROM views_geometry_columns WHERE view_name LIKE 'pub!_%' ESCAPE '!'", f))
        return false;
    static const char SQL[] =
        "INSERT OR REPLACE INTO views_geometry_columns (view_name, view_geometry, view_rowid,"
        " f_table_name, f_geometry_column, read_only) VALUES (?1, 'geom', 'id', ?2, 'geom', 1)";
    static const struct {
        enum layer_id layer;
        const char *table;
    } TABLES[] = {{LAYER_ESTABLISHMENTS, "place"},
                  {LAYER_STALLS, "place"},
                  {LAYER_FOOD_SAFETY, "place"},
                  {LAYER_MARKETS, "market"},
                  {LAYER_STREETS, "street"},
                  {LAYER_WARDS, "ward"},
                  {LAYER_RESIDENTIAL_GROUPS, "residential_group"},
                  {LAYER_WATER, "base_feature"},
                  {LAYER_GREEN, "base_feature"},
                  {LAYER_ROADS, "base_feature"}};
    for (size_t i = 0; i < COUNT_OF(TABLES); i++) {
        sqlite3_stmt *st = store_statement(s, SQL, f);
        if (!st)
            return false;
        bind_text(st, 1, layer_get(TABLES[i].layer)->view);
        bind_text(st, 2, TABLES[i].table);
        if (!statement_run(st, f))
            return false;
    }
    return true;
}

/* Replaces the views when their text differs from what made the file's. */
static bool refresh_views(struct store *s, struct fault *f)
{
    const char *views = strstr(sql_text("schema"), VIEWS_MARK);
    char mark[40];
    snprintf(mark, sizeof mark, "%08x", crc32_of(slice_of(views)));
    struct arena a = {0};
    const char *have = store_meta(s, &a, "views_mark");
    bool same = have && strcmp(have, mark) == 0;
    arena_release(&a);
    if (same)
        return true;
    return drop_views(s, f) && store_run(s, views, f) && store_set_meta(s, "views_mark", mark, f) &&
           store_run(
               s,
               "INSERT OR REPLACE INTO meta SELECT 'views', json_group_array(name) FROM sqlite_master"
               " WHERE type = 'view' AND (name LIKE 'pub!_%' ESCAPE '!' OR name LIKE '%!_today' ESCAPE '!'"
               " OR name IN ('day_today', 'acceptance_proven', 'fs_governing', 'fs_public_inspection', "
               "'import_verdict'))",
               f) &&
           register_views(s, f);
}

static bool bring_up_to_date(struct store *s, struct fault *f)
{
    int have = (int)store_int(s, "PRAGMA user_version", NULL, -1), know = schema_version();
    if (have > know)
        return fault_set(f, FAULT_NEWER_SCHEMA, s->path, "tệp bản %d, chương trình biết đến bản %d", have,
                         know);
    bool ok = store_begin(s, f) && migrate(s, have, f) && refresh_views(s, f) && store_commit(s, f);
    if (!ok)
        store_rollback(s);
    return ok;
}

/* --- open and close --- */

static bool starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* What a public connection may read: the allow-list views, whose own reads of base tables arrive with the
 * view's name as `source`; and SpatiaLite's and SQLite's own tables. Measured with SpatiaLite 5.0.1. */
static int public_authorizer(void *context, int action, const char *first, const char *second,
                             const char *database, const char *source)
{
    (void)context;
    static const char *const OPEN[] = {
        "pub_",           "idx_",          "SpatialIndex", "spatial_ref_sys", "geometry_columns",
        "views_geometry", "vector_layers", "sqlite_"};
    if (action == SQLITE_SELECT || action == SQLITE_FUNCTION || action == SQLITE_RECURSIVE ||
        action == SQLITE_TRANSACTION)
        return SQLITE_OK;
    if (action == SQLITE_PRAGMA)
        return strcmp(first, "data_version") == 0 ? SQLITE_OK : SQLITE_DENY;
    if ((action == SQLITE_INSERT || action == SQLITE_DELETE) && strcmp(database, "temp") == 0)
        return strcmp(first, "touched_now") == 0 ? SQLITE_OK : SQLITE_DENY;
    if (action != SQLITE_READ)
        return SQLITE_DENY;
    if (source || (second && second[0] == 0) || strcmp(first, "revision") == 0 ||
        strcmp(first, "meta") == 0 || starts_with(first, "touched"))
        return SQLITE_OK;
    for (size_t i = 0; i < COUNT_OF(OPEN); i++)
        if (starts_with(first, OPEN[i]))
            return SQLITE_OK;
    return SQLITE_DENY;
}

void store_guard(struct store *s, bool is_public)
{
    sqlite3_set_authorizer(s->db, is_public ? public_authorizer : NULL, NULL);
}

static bool connect_file(struct store *s, int flags, struct fault *f)
{
    /* heard only before the process' first connection: counting memory takes a lock at every allocation */
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    if (sqlite3_open_v2(s->path, &s->db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        return fault_set(f, FAULT_FILE_MISSING, s->path, "%s",
                         s->db ? sqlite3_errmsg(s->db) : strerror(ENOMEM));
    s->spatialite = spatialite_alloc_connection();
    spatialite_init_ex(s->db, s->spatialite, 0);
    sqlite3_busy_timeout(s->db, BUSY_MS);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 1,
                      NULL); /* SpatiaLite's triggers call its functions */
    return store_run(s, "PRAGMA foreign_keys = ON; PRAGMA cache_size = -32000; PRAGMA temp_store = MEMORY",
                     f) &&
           store_add_functions(s, f) && store_add_calendar(s, f);
}

static struct store *store_new(const char *path)
{
    struct store *s = memory_zeroed(1, sizeof *s);
    char *copy = memory_or_abort(strdup(path));
    s->path = copy;
    return s;
}

void store_close(struct store *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < STATEMENT_SLOTS; i++)
        sqlite3_finalize(s->kept[i].statement);
    sqlite3_close(s->db);
    if (s->spatialite)
        spatialite_cleanup_ex(s->spatialite);
    key_free(s->key);
    free(s->path);
    free(s);
}

static char *key_path_of(const char *path, struct arena *a)
{
    return arena_format(a, "%s.key", path);
}

/* A file that has seen a new key names it. */
static bool key_fits(struct store *s, const struct key *key)
{
    struct arena a = {0};
    char mark[2 * KEY_MARK_BYTES + 1];
    const char *wanted = store_meta(s, &a, "key_mark");
    key_mark(key, mark);
    bool fits = !wanted || strcmp(wanted, mark) == 0;
    arena_release(&a);
    return fits;
}

static bool load_fitting_key(struct store *s, const char *path, struct fault *f)
{
    struct key *key;
    if (!key_load(&key, path, f))
        return false;
    if (!key_fits(s, key)) {
        key_free(key);
        return fault_set(f, FAULT_KEY_MISSING, path, "%s", "khoá này không phải của tệp dữ liệu");
    }
    key_free(s->key);
    s->key = key;
    return true;
}

/* A rotation may have died between the ward file and the key file: then the new one lies beside the old. */
bool store_use_key(struct store *s, const char *path, struct fault *f)
{
    struct arena a = {0};
    struct fault ignored = {0};
    const char *fresh = arena_format(&a, "%s.new", path);
    bool good = access(fresh, R_OK) == 0 && store_meta(s, &a, "key_mark") &&
                load_fitting_key(s, fresh, &ignored) && key_put_in_place(path, &ignored);
    good = good || load_fitting_key(s, path, f);
    arena_release(&a);
    return good;
}

static void load_key_beside(struct store *s)
{
    struct arena a = {0};
    char *path = key_path_of(s->path, &a);
    struct fault said = {0};
    if (access(path, R_OK) == 0 && !store_use_key(s, path, &said))
        log_line(LOG_WARNING, "%s: %s", fault_sentence(said.code, false), said.text);
    arena_release(&a);
}

/* Only who is alone may leave the write-ahead log. */
bool store_alone(struct store *s, struct fault *f)
{
    enum { SHORT_MS = 500 };
    sqlite3_busy_timeout(s->db, SHORT_MS);
    bool alone = false;
    bool may_write = store_run(s, "PRAGMA query_only = OFF", f);
    sqlite3_stmt *st = may_write ? store_statement(s, "PRAGMA journal_mode = DELETE", f) : NULL;
    if (st && sqlite3_step(st) == SQLITE_ROW)
        alone = slice_equal(column_slice(st, 0), SLICE("delete"));
    if (st)
        sqlite3_reset(st);
    sqlite3_busy_timeout(s->db, BUSY_MS);
    return (alone && store_run(s, "PRAGMA locking_mode = EXCLUSIVE", f)) ||
           fault_set(f, FAULT_BUSY, NULL, "%s",
                     "máy chủ hoặc một chương trình khác đang mở tệp; hãy dừng nó trước");
}

const struct key *store_key(const struct store *s)
{
    return s->key;
}

static bool check_is_ours(struct store *s, struct fault *f)
{
    if (store_int(s, "PRAGMA application_id", NULL, -1) == APPLICATION_ID)
        return true;
    return fault_set(f, FAULT_NOT_A_WARD_FILE, s->path, "%s",
                     sqlite3_errcode(s->db) == SQLITE_NOTADB ? sqlite3_errmsg(s->db) : "");
}

bool store_open(struct store **out, const char *path, enum store_mode mode, struct fault *f)
{
    if (access(path, F_OK) != 0)
        return fault_set(f, FAULT_FILE_MISSING, path, "%s", strerror(errno));
    struct store *s = store_new(path);
    int flags = mode == STORE_PUBLIC ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    bool ok = connect_file(s, flags, f) && check_is_ours(s, f);
    if (ok && mode == STORE_WRITE)
        ok =
            store_run(s, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL", f) && bring_up_to_date(s, f);
    if (ok && mode == STORE_READ)
        ok = store_run(s, "PRAGMA query_only = ON", f);
    if (ok && mode != STORE_PUBLIC)
        load_key_beside(s);
    if (ok && mode == STORE_PUBLIC)
        store_guard(s, true);
    if (!ok) {
        store_close(s);
        return false;
    }
    *out = s;
    return true;
}

bool store_is_free(const char *path, struct fault *f)
{
    struct store *s = NULL;
    struct fault broken = {0};
    if (!store_open(&s, path, STORE_READ, &broken))
        return broken.code != FAULT_BUSY || fault_set(f, FAULT_BUSY, path, "%s", broken.text);
    struct fault said = {0};
    bool is_free = store_alone(s, &said) || fault_set(f, FAULT_BUSY, path, "%s", said.text);
    store_close(s);
    return is_free;
}

/* --- making a file --- */

/* The ward itself, without an outline until one is imported. */
static bool insert_home_ward(struct store *s, const struct ward_setup *setup, struct fault *f)
{
    struct buf fold = {0};
    text_fold(slice_of(setup->name), &fold);
    sqlite3_stmt *st = store_statement(s,
                                       "INSERT INTO ward (code, name, fold, is_home, updated_at)"
                                       " VALUES (?1, ?2, ?3, 1, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))",
                                       f);
    bool ok = st;
    if (ok) {
        bind_text(st, 1, setup->code);
        bind_text(st, 2, setup->name);
        bind_slice(st, 3, buf_to_slice(&fold));
        ok = statement_run(st, f);
    }
    buf_release(&fold);
    return ok;
}

static bool fill_new_file(struct store *s, const struct ward_setup *setup, struct fault *f)
{
    return store_run(s,
                     "PRAGMA page_size = 4096; PRAGMA application_id = 1835102308; PRAGMA journal_mode = WAL",
                     f) &&
           store_run(s, "SELECT InitSpatialMetadata(1)", f) && bring_up_to_date(s, f) && store_begin(s, f) &&
           insert_home_ward(s, setup, f) && store_set_meta(s, "ward_code", setup->code, f) &&
           store_set_meta(s, "ward_name", setup->name, f) && store_commit(s, f);
}

bool store_create(const char *path, const struct ward_setup *setup, struct fault *f)
{
    struct arena a = {0};
    const char *key_path = setup->key_path ? setup->key_path : key_path_of(path, &a);
    struct store *s = NULL;
    bool ok = access(path, F_OK) != 0 || fault_set(f, FAULT_FILE_EXISTS, path, "%s", "");
    ok = ok && key_create(key_path, f);
    if (ok) {
        s = store_new(path);
        ok = connect_file(s, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, f) && fill_new_file(s, setup, f);
        if (!ok) {
            unlink(path);
            unlink(key_path);
        }
    }
    store_close(s);
    arena_release(&a);
    return ok;
}
