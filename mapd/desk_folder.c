/* desk_folder: where uploaded lists lie while they are on the desk: a folder for this program's user alone,
 * gone with the server. Who holds its lock is alive; what a killed server left behind is removed by the next.
 */
#include "mapd/desk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char PREFIX[] = "mapd-desk-";

static const char *temporary(void)
{
    const char *folder = getenv("TMPDIR");
    return folder && folder[0] ? folder : "/tmp";
}

static int open_folder(int at, const char *name)
{
    return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Empties the folder behind `fd`, which is given back; two levels are all there are. */
static void empty(int fd, int levels)
{
    DIR *folder = fdopendir(fd);
    for (struct dirent *e; folder && (e = readdir(folder)) != NULL;) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        int below = levels ? open_folder(dirfd(folder), e->d_name) : -1;
        if (below >= 0)
            empty(below, levels - 1);
        unlinkat(dirfd(folder), e->d_name, below >= 0 ? AT_REMOVEDIR : 0);
    }
    if (folder)
        closedir(folder);
    else
        close(fd);
}

static void remove_if_left(int at, const char *name)
{
    struct stat s;
    int fd = open_folder(at, name);
    if (fd < 0)
        return;
    if (fstat(fd, &s) != 0 || s.st_uid != geteuid() || flock(fd, LOCK_EX | LOCK_NB) != 0) {
        close(fd);
        return;
    }
    empty(fd, 1);
    unlinkat(at, name, AT_REMOVEDIR);
}

void desk_folder_sweep(void)
{
    DIR *folder = opendir(temporary());
    for (struct dirent *e; folder && (e = readdir(folder)) != NULL;)
        if (strncmp(e->d_name, PREFIX, sizeof PREFIX - 1) == 0)
            remove_if_left(dirfd(folder), e->d_name);
    if (folder)
        closedir(folder);
}

bool desk_folder_make(struct desk_folder *d, struct fault *f)
{
    if (d->is_made)
        return true;
    snprintf(d->path, sizeof d->path, "%s/%sXXXXXX", temporary(), PREFIX);
    if (!mkdtemp(d->path))
        return fault_set(f, FAULT_FILE_WRITE, NULL, "%s", strerror(errno));
    d->is_made = true;
    d->lock = open_folder(AT_FDCWD, d->path);
    if (d->lock >= 0)
        flock(d->lock, LOCK_EX | LOCK_NB);
    return true;
}

void desk_folder_drop(struct desk_folder *d)
{
    if (!d->is_made)
        return;
    rmdir(d->path);
    if (d->lock >= 0)
        close(d->lock);
    d->is_made = false;
}
