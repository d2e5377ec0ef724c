/* rotate: another key. Everything sealed is opened with the old key and sealed with the new one in a single
 * transaction; the key file follows. Who dies in between finds both key files beside the ward file, and the
 * mark in it says which one fits (store.c).
 *
 * Law: nobody else has the file open meanwhile: a server with the old key in its memory would go on sealing
 * with it. What an import wrote down must still be what its entry in the audit says before it is sealed
 * again, and gets an entry with its new hash. */
#include "layers/store_private.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct rotation {
    const struct key *from, *to;
};

/* SQL: reseal(blob). NULL and the empty blob stay; what does not open ends the statement. */
static void reseal(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    const struct rotation *r = sqlite3_user_data(context);
    struct buf plain = {0}, sealed = {0};
    struct slice bytes = {sqlite3_value_blob(values[0]), (size_t)sqlite3_value_bytes(values[0])};
    if (!bytes.n) {
        sqlite3_result_value(context, values[0]);
    } else if (!key_unseal(r->from, bytes, &plain)) {
        sqlite3_result_error(context, "a sealed value does not open with this key", -1);
    } else {
        key_seal(r->to, buf_to_slice(&plain), &sealed);
        sqlite3_result_blob64(context, sealed.p, sealed.n, SQLITE_TRANSIENT);
    }
    if (plain.p)
        explicit_bzero(plain.p, plain.n);
    buf_release(&plain);
    buf_release(&sealed);
}

static const char RESEAL[] =
#define SEALED(table, column)                                                                                \
    "UPDATE " #table " SET " #column " = reseal(" #column ") WHERE length(" #column ") > 0;"
#include "layers/sealed.def"
#undef SEALED
    ;

static bool seal_again(struct store *s, struct rotation *r, struct fault *f)
{
    sqlite3 *db = store_handle(s);
    if (sqlite3_create_function_v2(db, "reseal", 1, SQLITE_UTF8, r, reseal, NULL, NULL, NULL) != SQLITE_OK)
        return fault_set(f, FAULT_DATABASE, NULL, "%s", sqlite3_errmsg(db));
    bool good = store_run(s, RESEAL, f);
    sqlite3_create_function_v2(db, "reseal", 1, SQLITE_UTF8, NULL, NULL, NULL, NULL, NULL);
    return good;
}

/* SQL: opens(blob): whether the old key still opens it. */
static void opens(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    const struct rotation *r = sqlite3_user_data(context);
    struct buf plain = {0};
    struct slice bytes = {sqlite3_value_blob(values[0]), (size_t)sqlite3_value_bytes(values[0])};
    sqlite3_result_int(context, bytes.n && key_unseal(r->from, bytes, &plain));
    if (plain.p)
        explicit_bzero(plain.p, plain.n);
    buf_release(&plain);
}

/* One query over every column of bytes; the names come from our own schema and are quoted. */
static bool write_search(struct store *s, struct buf *sql, struct fault *f)
{
    sqlite3_stmt *st = store_statement(
        s,
        "SELECT ' UNION ALL SELECT ''' || t.name || '.' || c.name || ''' FROM (SELECT 1) WHERE EXISTS"
        " (SELECT 1 FROM \"' || t.name || '\" WHERE typeof(\"' || c.name || '\") = ''blob'' AND opens(\"'"
        " || c.name || '\"))' FROM sqlite_master t JOIN pragma_table_info(t.name) c"
        " WHERE t.type = 'table' AND c.type = 'BLOB' AND t.name NOT LIKE 'idx!_%' ESCAPE '!'",
        f);
    buf_text(sql, "SELECT '' WHERE 0");
    while (statement_next(st, f))
        buf_slice(sql, column_slice(st, 0));
    buf_char(sql, '\0');
    return st != NULL;
}

static bool nothing_is_forgotten(struct store *s, struct rotation *r, struct fault *f)
{
    sqlite3 *db = store_handle(s);
    sqlite3_stmt *st = NULL;
    struct buf sql = {0};
    struct fault here = {0};
    bool good =
        sqlite3_create_function_v2(db, "opens", 1, SQLITE_UTF8, r, opens, NULL, NULL, NULL) == SQLITE_OK &&
        write_search(s, &sql, f) && sqlite3_prepare_v2(db, sql.p, -1, &st, NULL) == SQLITE_OK;
    if (!good)
        fault_set(f, FAULT_DATABASE, NULL, "%s", sqlite3_errmsg(db));
    if (good && statement_next(st, &here))
        good = fault_set(f, FAULT_INTERNAL, "key", "%s còn niêm phong bằng khoá cũ",
                         (const char *)sqlite3_column_text(st, 0));
    if (here.code != FAULT_NONE)
        good = fault_set(f, here.code, here.place, "%s", here.text);
    sqlite3_finalize(st);
    buf_release(&sql);
    return good;
}

static bool imports_are_whole(struct store *s, struct fault *f)
{
    struct buf said = {0};
    uint64_t findings = 0;
    bool good = batch_audit_verify(s, &said, &findings, f) && audit_verify(s, &said, &findings, f);
    if (good && findings)
        good = fault_set(f, FAULT_INCONSISTENT, "audit", "%s",
                         "nhật ký và các lần nhập không khớp; xem `mapd check` trước khi đổi khoá");
    buf_release(&said);
    return good;
}

static bool write_down(struct store *s, const char *mark, struct fault *f)
{
    struct audit_entry entry = {.who = "cli", .action = "key.rotate", .subject = SLICE("key")};
    return batch_audit_sealed(s, f) && store_set_meta(s, "key_mark", mark, f) && audit_append(s, &entry, f);
}

static bool seal_in_one_go(struct store *s, const struct key *to, struct fault *f)
{
    char mark[2 * KEY_MARK_BYTES + 1];
    struct rotation r = {store_key(s), to};
    key_mark(to, mark);
    bool good = store_run(s, "PRAGMA secure_delete = ON", f) && store_begin(s, f) &&
                imports_are_whole(s, f) && seal_again(s, &r, f) && nothing_is_forgotten(s, &r, f) &&
                write_down(s, mark, f) && store_commit_quietly(s, f);
    if (!good)
        store_rollback(s);
    return good;
}

bool key_rotate(struct store *s, const char *path, struct fault *f)
{
    struct arena a = {0};
    struct key *to = NULL;
    const char *fresh = arena_format(&a, "%s.new", path);
    bool good = store_key(s) || fault_set(f, FAULT_KEY_MISSING, path, "%s", "");
    good = good && store_alone(s, f);
    if (good)
        unlink(fresh); /* of a rotation that died before it sealed anything: opening the file has looked */
    good = good && key_renew(path, fresh, f) && key_load(&to, fresh, f) && seal_in_one_go(s, to, f);
    if (!good && to)
        unlink(fresh);
    good = good && key_put_in_place(path, f) && store_use_key(s, path, f);
    key_free(to);
    arena_release(&a);
    return good;
}

/* The old key stays beside it: older backups need it. */
bool key_put_in_place(const char *path, struct fault *f)
{
    struct arena a = {0};
    bool good =
        file_set_aside(path, "until", &a, f) != NULL &&
        (rename(arena_format(&a, "%s.new", path), path) == 0 ||
         fault_set(f, FAULT_FILE_WRITE, path, "%s", "không thay được tệp khoá; tệp .new là khoá mới"));
    arena_release(&a);
    return good;
}
