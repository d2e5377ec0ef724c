/* image: pictures by their hash, each in a sealed file beside the ward file. A file's name is the hash of its
 * sealed bytes, so that it can be checked without a key, and copies of several wards can share a folder. */
#include "layers/store_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct slice bytes_of(const uint8_t hash[HASH_BYTES])
{
    return (struct slice){(const char *)hash, HASH_BYTES};
}

/* --- the folder --- */

static const char *folder_of(const char *path, struct arena *a)
{
    const char *slash = strrchr(path, '/');
    int n = slash ? (int)(slash - path) + 1 : 0;
    return arena_format(a, "%.*smapd-files", n, path);
}

static const char *path_of(const char *folder, struct slice file, struct arena *a)
{
    struct buf hex = {0};
    for (size_t i = 0; i < file.n; i++)
        buf_format(&hex, "%02x", (unsigned)(unsigned char)file.p[i]);
    const char *path = arena_format(a, "%s/%.*s", folder, (int)hex.n, hex.p);
    buf_release(&hex);
    return path;
}

static bool make_folder(const char *folder, struct fault *f)
{
    return mkdir(folder, 0700) == 0 || errno == EEXIST ||
           fault_set(f, FAULT_FILE_WRITE, folder, "%s", strerror(errno));
}

static bool sync_folder(const char *folder, struct fault *f)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = fd >= 0 && fsync(fd) == 0;
    int why = errno;
    if (fd >= 0)
        close(fd);
    return good || fault_set(f, FAULT_FILE_WRITE, folder, "%s", strerror(why));
}

/* It appears under its name only when it is whole and on the disk. */
static bool write_once(const char *folder, const char *path, struct slice bytes, struct fault *f)
{
    struct arena a = {0};
    const char *partial = arena_format(&a, "%s.partial", path);
    if (!make_folder(folder, f))
        return false;
    unlink(partial); /* of a process that died */
    int fd = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool good = fd >= 0 && descriptor_write(fd, bytes) && fsync(fd) == 0;
    if (fd >= 0)
        good = close(fd) == 0 && good;
    good =
        (good && rename(partial, path) == 0) || fault_set(f, FAULT_FILE_WRITE, path, "%s", strerror(errno));
    if (!good)
        unlink(partial);
    arena_release(&a);
    return good && sync_folder(folder, f);
}

/* --- keeping --- */

static bool is_kept(struct store *s, struct slice hash)
{
    sqlite3_stmt *st = store_statement(s, "SELECT 1 FROM image WHERE hash = ?1", NULL);
    if (!st)
        return false;
    bind_bytes(st, 1, hash);
    bool is = statement_next(st, NULL);
    sqlite3_reset(st);
    return is;
}

static bool insert_row(struct store *s, const struct image *image, const uint8_t file[HASH_BYTES],
                       struct slice key, const char *who, struct fault *f)
{
    char now[21];
    struct buf sealed = {0};
    sqlite3_stmt *st =
        store_statement(s,
                        "INSERT INTO image (hash, file, key, source_hash, bytes, width, height,"
                        " taken_on, lon, lat, added_at, added_by)"
                        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
                        f);
    if (!st)
        return false;
    clock_utc_iso(now);
    key_seal(store_key(s), key, &sealed);
    bind_bytes(st, 1, bytes_of(image->hash));
    bind_bytes(st, 2, bytes_of(file));
    bind_bytes(st, 3, buf_to_slice(&sealed));
    bind_bytes(st, 4, bytes_of(image->source_hash));
    bind_int(st, 5, image->bytes);
    bind_int(st, 6, image->width);
    bind_int(st, 7, image->height);
    bind_date(st, 8, image->taken_on);
    if (image->has_place) {
        bind_real(st, 9, image->at.lon);
        bind_real(st, 10, image->at.lat);
    }
    bind_text(st, 11, now);
    bind_text(st, 12, who);
    bool good = statement_run(st, f);
    buf_release(&sealed);
    return good;
}

bool image_keep(struct store *s, struct slice jpeg, const char *who, struct image *image, struct fault *f)
{
    uint8_t key[FILE_KEY_BYTES], file[HASH_BYTES];
    struct arena a = {0};
    struct buf sealed = {0};
    if (!store_key(s))
        return fault_set(f, FAULT_KEY_MISSING, NULL, "%s", "");
    sha256_of(jpeg, image->hash);
    image->bytes = (uint32_t)jpeg.n;
    if (is_kept(s, bytes_of(image->hash)))
        return true;
    file_key_new(key);
    file_seal(key, jpeg, &sealed);
    sha256_of(buf_to_slice(&sealed), file);
    const char *folder = folder_of(store_path(s), &a);
    bool good = write_once(folder, path_of(folder, bytes_of(file), &a), buf_to_slice(&sealed), f) &&
                insert_row(s, image, file, bytes_of(key), who, f);
    explicit_bzero(key, sizeof key);
    buf_release(&sealed);
    arena_release(&a);
    return good;
}

/* --- reading --- */

/* Name of the file and its key, in the arena; empty when there is no such picture. */
static void find_row(struct store *s, struct arena *a, struct slice hash, struct slice *file,
                     struct slice *key)
{
    sqlite3_stmt *st = store_statement(s, "SELECT file, key FROM image WHERE hash = ?1", NULL);
    *file = *key = (struct slice){0};
    if (!st)
        return;
    bind_bytes(st, 1, hash);
    if (statement_next(st, NULL)) {
        *file = arena_slice(a, column_bytes(st, 0));
        *key = arena_slice(a, column_bytes(st, 1));
    }
    sqlite3_reset(st);
}

/* The sealed bytes, when they are those of the name. */
static bool read_file(const char *path, struct slice file, struct buf *sealed)
{
    uint8_t hash[HASH_BYTES];
    struct fault gone = {0};
    if (!file_read(path, IMAGE_MOST, sealed, &gone))
        return false;
    sha256_of(buf_to_slice(sealed), hash);
    return slice_equal(bytes_of(hash), file);
}

static bool open_file(const char *path, struct slice file, struct slice key, struct buf *jpeg,
                      struct fault *f)
{
    struct buf sealed = {0};
    bool good = read_file(path, file, &sealed) && file_unseal(key, buf_to_slice(&sealed), jpeg);
    buf_release(&sealed);
    return good || fault_set(f, FAULT_FILE_MISSING, "image", "%s", "tệp ảnh không còn, hoặc đã bị sửa");
}

bool image_read(struct store *s, struct slice hash, struct buf *jpeg, struct fault *f)
{
    struct arena a = {0};
    struct buf key = {0};
    struct slice file, sealed_key;
    find_row(s, &a, hash, &file, &sealed_key);
    bool good = file.n || fault_set(f, FAULT_NOT_FOUND, NULL, "%s", "không có ảnh này");
    good = good && ((store_key(s) && key_unseal(store_key(s), sealed_key, &key)) ||
                    fault_set(f, FAULT_KEY_MISSING, NULL, "%s", "khoá không mở được ảnh này"));
    good =
        good && open_file(path_of(folder_of(store_path(s), &a), file, &a), file, buf_to_slice(&key), jpeg, f);
    if (key.p)
        explicit_bzero(key.p, key.n);
    buf_release(&key);
    arena_release(&a);
    return good;
}

bool image_drop(struct store *s, struct slice hash, struct fault *f)
{
    struct arena a = {0};
    struct slice file, key;
    find_row(s, &a, hash, &file, &key);
    sqlite3_stmt *st = store_statement(s, "DELETE FROM image WHERE hash = ?1", f);
    if (st)
        bind_bytes(st, 1, hash);
    bool good = st && statement_run(st, f);
    if (good && file.n)
        unlink(path_of(folder_of(store_path(s), &a), file, &a));
    arena_release(&a);
    return good;
}

/* --- backups --- */

static bool copy_file(const char *from, const char *folder, const char *to, struct fault *f)
{
    struct buf bytes = {0};
    bool good = file_read(from, IMAGE_MOST, &bytes, f) && write_once(folder, to, buf_to_slice(&bytes), f);
    buf_release(&bytes);
    return good;
}

bool image_copy(struct store *s, const char *from, const char *to, int *missing, struct fault *f)
{
    struct arena a = {0};
    struct fault here = {0};
    const char *source = folder_of(from, &a), *target = folder_of(to, &a);
    sqlite3_stmt *st = store_statement(s, "SELECT file FROM image", f);
    bool good = st != NULL;
    *missing = 0;
    while (good && statement_next(st, &here)) {
        struct slice file = column_bytes(st, 0);
        const char *path = path_of(source, file, &a), *copy = path_of(target, file, &a);
        if (access(copy, F_OK) == 0)
            continue;
        if (access(path, F_OK) == 0)
            good = copy_file(path, target, copy, f);
        else
            ++*missing;
    }
    if (st)
        sqlite3_reset(st);
    arena_release(&a);
    return good && (here.code == FAULT_NONE || fault_set(f, here.code, here.place, "%s", here.text));
}

bool image_check(struct store *s, struct buf *out, uint64_t *findings, struct fault *f)
{
    struct arena a = {0};
    struct fault here = {0};
    const char *folder = folder_of(store_path(s), &a);
    sqlite3_stmt *st = store_statement(s, "SELECT file FROM image", f);
    while (st && statement_next(st, &here)) {
        struct buf sealed = {0};
        const char *path = path_of(folder, column_bytes(st, 0), &a);
        if (!read_file(path, column_bytes(st, 0), &sealed)) {
            buf_format(out, "image: tệp ảnh không còn, hoặc đã bị sửa: %s\n", path + strlen(folder) + 1);
            *findings += 1;
        }
        buf_release(&sealed);
    }
    arena_release(&a);
    return st && (here.code == FAULT_NONE || fault_set(f, here.code, here.place, "%s", here.text));
}
