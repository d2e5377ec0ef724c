/* vfs: a disk that fails on order, under the real program: a library that LD_PRELOAD puts in, and that stands
 * in front of SQLite's own VFS. Test code only; nothing of it is in the program.
 *
 *   MAPD_FAULT=enospc:N   from the N-th write on the disk is full     (writes, truncations, syncs count)
 *   MAPD_FAULT=eio:N      from the N-th on it does not answer
 *   MAPD_FAULT_FILE=PATH  only while that file is there, so that a disk can get well again
 *   MAPD_FAULT_COUNT=PATH how many there were, written at the end */
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct {
    sqlite3_vfs shim, *real;
    sqlite3_io_methods methods;
    int code;
    long from;
    const char *only_while;
    atomic_long count;
} all;

struct file {
    sqlite3_file base;
    sqlite3_file *real; /* behind this struct */
};

static int fails(void)
{
    long n = atomic_fetch_add(&all.count, 1) + 1;
    return all.code && n >= all.from && (!all.only_while || access(all.only_while, F_OK) == 0);
}

#define REAL(f) (((struct file *)(f))->real)

static int on_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
    if (fails())
        return all.code == SQLITE_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    return REAL(f)->pMethods->xWrite(REAL(f), p, n, at);
}

static int on_truncate(sqlite3_file *f, sqlite3_int64 n)
{
    return fails() && all.code != SQLITE_FULL ? SQLITE_IOERR_TRUNCATE
                                              : REAL(f)->pMethods->xTruncate(REAL(f), n);
}

static int on_sync(sqlite3_file *f, int flags)
{
    return fails() ? (all.code == SQLITE_FULL ? SQLITE_FULL : SQLITE_IOERR_FSYNC)
                   : REAL(f)->pMethods->xSync(REAL(f), flags);
}

static int on_close(sqlite3_file *f)
{
    return REAL(f)->pMethods->xClose(REAL(f));
}
static int on_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
    return REAL(f)->pMethods->xRead(REAL(f), p, n, at);
}
static int on_size(sqlite3_file *f, sqlite3_int64 *n)
{
    return REAL(f)->pMethods->xFileSize(REAL(f), n);
}
static int on_lock(sqlite3_file *f, int l)
{
    return REAL(f)->pMethods->xLock(REAL(f), l);
}
static int on_unlock(sqlite3_file *f, int l)
{
    return REAL(f)->pMethods->xUnlock(REAL(f), l);
}
static int on_check(sqlite3_file *f, int *r)
{
    return REAL(f)->pMethods->xCheckReservedLock(REAL(f), r);
}
static int on_control(sqlite3_file *f, int op, void *p)
{
    return REAL(f)->pMethods->xFileControl(REAL(f), op, p);
}
static int on_sector(sqlite3_file *f)
{
    return REAL(f)->pMethods->xSectorSize(REAL(f));
}
static int on_device(sqlite3_file *f)
{
    return REAL(f)->pMethods->xDeviceCharacteristics(REAL(f));
}
static int on_map(sqlite3_file *f, int page, int size, int extend, void volatile **p)
{
    return REAL(f)->pMethods->xShmMap(REAL(f), page, size, extend, p);
}
static int on_shm_lock(sqlite3_file *f, int at, int n, int flags)
{
    return REAL(f)->pMethods->xShmLock(REAL(f), at, n, flags);
}
static void on_barrier(sqlite3_file *f)
{
    REAL(f)->pMethods->xShmBarrier(REAL(f));
}
static int on_unmap(sqlite3_file *f, int remove)
{
    return REAL(f)->pMethods->xShmUnmap(REAL(f), remove);
}

static int on_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *out)
{
    (void)v;
    struct file *file = (struct file *)f;
    file->real = (sqlite3_file *)(file + 1);
    file->base.pMethods = NULL;
    int code = all.real->xOpen(all.real, name, file->real, flags, out);
    if (file->real->pMethods)
        file->base.pMethods = &all.methods;
    return code;
}

static void write_count(void)
{
    const char *path = getenv("MAPD_FAULT_COUNT");
    FILE *out = path ? fopen(path, "w") : NULL;
    if (!out)
        return;
    fprintf(out, "%ld\n", atomic_load(&all.count));
    fclose(out);
}

__attribute__((constructor)) static void begin(void)
{
    const char *order = getenv("MAPD_FAULT"), *colon = order ? strchr(order, ':') : NULL;
    if (!getenv("MAPD_FAULT_COUNT") && !order)
        return;
    all.real = sqlite3_vfs_find(NULL);
    all.shim = *all.real;
    all.shim.zName = "fault";
    all.shim.szOsFile += (int)sizeof(struct file);
    all.shim.xOpen = on_open;
    all.shim.pNext = NULL;
    all.methods =
        (sqlite3_io_methods){2,           on_close,   on_read,  on_write,   on_truncate, on_sync,   on_size,
                             on_lock,     on_unlock,  on_check, on_control, on_sector,   on_device, on_map,
                             on_shm_lock, on_barrier, on_unmap, NULL,       NULL};
    all.code = !order ? 0 : strncmp(order, "enospc", 6) == 0 ? SQLITE_FULL : SQLITE_IOERR;
    all.from = colon ? atol(colon + 1) : 1;
    all.only_while = getenv("MAPD_FAULT_FILE");
    sqlite3_vfs_register(&all.shim, 1);
    atexit(write_count);
}
