/* backup: the ward file copied while it is in use, sealed if wished; and a copy taken back and looked over.
 */
#include "layers/store_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* --- making a copy --- */

static bool sync_file(const char *path, struct fault *f)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool good = fd >= 0 && fsync(fd) == 0;
    int why = errno;
    if (fd >= 0)
        close(fd);
    return good || fault_set(f, FAULT_FILE_WRITE, path, "%s", strerror(why));
}

static bool copy_pages(struct store *s, const char *to, struct fault *f)
{
    sqlite3 *out = NULL;
    bool ok =
        sqlite3_open(to, &out) == SQLITE_OK || fault_set(f, FAULT_FILE_WRITE, to, "%s", sqlite3_errmsg(out));
    if (ok) {
        sqlite3_backup *copy = sqlite3_backup_init(out, "main", store_handle(s), "main");
        int code = copy ? sqlite3_backup_step(copy, -1) : SQLITE_ERROR;
        ok = (copy && sqlite3_backup_finish(copy) == SQLITE_OK && code == SQLITE_DONE) ||
             fault_set(f, FAULT_FILE_WRITE, to, "%s", sqlite3_errmsg(out));
    }
    sqlite3_close(out);
    return ok && sync_file(to, f);
}

/* New files are for their owner alone: a copy holds what the ward file holds. */
static bool make_private(const char *path, struct fault *f)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return fault_set(f, FAULT_FILE_WRITE, path, "%s", strerror(errno));
    close(fd);
    return true;
}

bool store_backup(struct store *s, const char *out_path, bool sealed, struct fault *f)
{
    struct arena a = {0};
    const char *plain = arena_format(&a, "%s.partial", out_path);
    const char *closed = arena_format(&a, "%s.sealing", out_path);
    bool good = access(out_path, F_OK) != 0 || fault_set(f, FAULT_FILE_EXISTS, out_path, "%s", "");
    good = good && (!sealed || store_key(s) || fault_set(f, FAULT_KEY_MISSING, NULL, "%s", ""));
    if (good) { /* of a backup that was killed */
        unlink(plain);
        unlink(closed);
    }
    int missing = 0; /* `check` tells which; a backup without one photo is better than none */
    good = good && make_private(plain, f) && copy_pages(s, plain, f) &&
           image_copy(s, store_path(s), out_path, &missing, f) &&
           (!sealed || key_seal_file(store_key(s), plain, closed, f));
    good = good && (rename(sealed ? closed : plain, out_path) == 0 ||
                    fault_set(f, FAULT_FILE_WRITE, out_path, "%s", strerror(errno)));
    if (sealed || !good)
        unlink(plain);
    if (!good)
        unlink(closed);
    arena_release(&a);
    return good;
}

/* --- what was done --- */

bool backup_note(struct store *s, const struct backup_entry *e, const char *who, struct fault *f)
{
    const char *slash = strrchr(e->path, '/'), *name = slash ? slash + 1 : e->path;
    bool is_backup = strcmp(e->kind, "backup") == 0;
    struct arena a = {0};
    const char *detail =
        arena_format(&a, "{\"good\":%s,\"places\":%llu,\"rows\":%llu}", e->good ? "true" : "false",
                     (unsigned long long)e->places, (unsigned long long)e->rows);
    struct audit_entry entry = {
        .who = who, .action = e->kind, .subject = slice_of(name), .detail = slice_of(detail)};
    struct service_item item = {.name = name, .note = is_backup ? NULL : detail, .is_good = e->good};
    struct service_check check = {
        .kind = is_backup ? "backup" : "restore", .who = who, .items = &item, .item_count = 1};
    bool good = store_begin(s, f) && audit_append(s, &entry, f) && store_commit_quietly(s, f);
    if (!good)
        store_rollback(s);
    good = good && service_check_add(s, &check, f);
    arena_release(&a);
    return good;
}

/* --- taking one back --- */

const char *file_set_aside(const char *path, const char *word, struct arena *a, struct fault *f)
{
    enum { NAMES = 100 };
    for (int i = 0; i < NAMES; i++) { /* not even within one second */
        const char *aside = arena_format(a, "%s.%s-%lld", path, word, (long long)time(NULL) + i);
        if (link(path, aside) == 0)
            return aside;
        if (errno != EEXIST)
            break;
    }
    fault_set(f, FAULT_FILE_WRITE, path, "%s", strerror(errno));
    return NULL;
}

static bool copy_bytes(const char *from, const char *to, struct fault *f)
{
    enum { PIECE = 1 << 16 };
    char piece[PIECE];
    FILE *in = fopen(from, "rbe");
    if (!in)
        return fault_set(f, FAULT_FILE_MISSING, from, "%s", strerror(errno));
    int fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool good = fd >= 0;
    for (size_t n; good && (n = fread(piece, 1, sizeof piece, in)) > 0;)
        good = write(fd, piece, n) == (ssize_t)n;
    good = good && !ferror(in) && fsync(fd) == 0;
    int why = errno;
    if (fd >= 0)
        close(fd);
    fclose(in);
    if (!good && fd >= 0)
        unlink(to);
    return good || fault_set(f, FAULT_FILE_WRITE, to, "%s", strerror(why));
}

static bool bring_back(const char *backup, const char *out_path, const char *key_path, struct fault *f)
{
    struct key *key = NULL;
    if (!file_is_sealed(backup))
        return copy_bytes(backup, out_path, f);
    if (!key_path)
        return fault_set(f, FAULT_KEY_MISSING, backup, "%s", "bản sao được niêm phong; cần --key");
    bool good = key_load(&key, key_path, f) && key_unseal_file(key, backup, out_path, f);
    key_free(key);
    return good;
}

/* One value of each kind is opened: the key at hand is the key of this copy. */
static bool opens(struct store *s, struct buf *said, uint64_t *findings, struct fault *f)
{
    struct fault here = {0};
    struct buf plain = {0};
    sqlite3_stmt *st =
        store_statement(s, "SELECT field, sealed, max(owner_id) FROM restricted GROUP BY field", f);
    if (!st)
        return false;
    while (statement_next(st, &here)) {
        struct slice field = column_slice(st, 0);
        buf_reset(&plain);
        if (key_unseal(store_key(s), column_bytes(st, 1), &plain))
            continue;
        buf_format(said, "key: khoá không mở được dữ liệu riêng (%.*s)\n", (int)field.n, field.p);
        *findings += 1;
    }
    if (plain.p)
        explicit_bzero(plain.p, plain.n);
    buf_release(&plain);
    return here.code == FAULT_NONE || fault_set(f, here.code, here.place, "%s", here.text);
}

static bool look_over(struct store *s, struct backup_entry *e, struct buf *said, struct fault *f)
{
    uint64_t findings = 0;
    if (!store_check(s, said, &findings, f) || (store_key(s) && !opens(s, said, &findings, f)))
        return false;
    e->places = (uint64_t)store_int(s, "SELECT count(*) FROM place", NULL, 0);
    e->rows = (uint64_t)store_int(
        s,
        "SELECT (SELECT count(*) FROM import_row) + (SELECT coalesce(sum(row_count), 0) FROM"
        " import_pack WHERE first_id > 0)",
        NULL, 0);
    e->good = findings == 0;
    return true;
}

bool backup_restore(const char *backup, const char *out_path, const char *key_path, struct backup_entry *e,
                    struct buf *said, struct fault *f)
{
    struct store *s = NULL;
    e->path = backup;
    if (!bring_back(backup, out_path, key_path, f))
        return false;
    int missing = 0;
    bool good = store_open(&s, out_path, STORE_WRITE, f) && (!key_path || store_use_key(s, key_path, f)) &&
                look_over(s, e, said, f) && image_copy(s, backup, out_path, &missing, f);
    store_close(s);
    if (missing)
        buf_format(said, "image: %d tệp ảnh không có trong thư mục mapd-files cạnh bản sao\n", missing);
    if (!good)
        unlink(out_path);
    return good;
}
