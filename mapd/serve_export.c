/* serve_export: a whole public layer as one file, or the part of it that was asked for. The file is made by
 * layers/export.c in a folder of its own, read through a mapping, and gone from the disk before the first
 * byte leaves: its length is known, so a browser shows how far the download is. */
#include "mapd/serve.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct mapping {
    void *at;
    size_t size;
};

static void mapping_release(void *holder)
{
    struct mapping *m = holder;
    munmap(m->at, m->size);
    free(m);
}

static bool failed(struct fault *f)
{
    return fault_set(f, errno == ENOMEM ? FAULT_NO_MEMORY : FAULT_FILE_WRITE, "export", "%s",
                     strerror(errno));
}

/* The bytes of the file become the reply's; the file itself may go. */
static bool reply_file(struct reply *r, const char *path, struct fault *f)
{
    struct stat about;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &about) != 0) {
        if (fd >= 0)
            close(fd);
        return failed(f);
    }
    struct mapping *m = malloc(sizeof *m);
    void *at = m ? mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    close(fd);
    if (at == MAP_FAILED) {
        free(m);
        return failed(f);
    }
    *m = (struct mapping){at, (size_t)about.st_size};
    r->shared = (struct slice){at, m->size};
    r->release = mapping_release;
    r->holder = m;
    return true;
}

/* "csv" of "GET /export/{collection}.csv" */
static const char *extension_of(const struct call *c)
{
    const char *path = route_get(c->route)->path;
    return strrchr(path, '}') + 2;
}

static const char *scratch_folder(const struct call *c, struct fault *f)
{
    const char *parent = getenv("TMPDIR");
    char *folder = arena_format(c->arena, "%s/mapd-XXXXXX", parent && parent[0] ? parent : "/tmp");
    if (mkdtemp(folder))
        return folder;
    failed(f);
    return NULL;
}

static const char *crs_of(const struct call *c)
{
    switch ((enum crs_id)c->value[PARAMETER_CRS].integer) {
    case CRS_EPSG_3857: return "EPSG:3857";
    case CRS_EPSG_5899: return "EPSG:5899";
    default: return NULL;
    }
}

bool export_send(const struct call *c, struct export_request *request, const char *extension, struct reply *r,
                 struct fault *f)
{
    const char *name = request->layer->layer->name, *folder = scratch_folder(c, f);
    struct export_count count = {0};
    if (!folder)
        return false;
    request->path = arena_format(c->arena, "%s/%s.%s", folder, name, extension);
    bool ok = export_layer(request, &count, f) && reply_file(r, request->path, f);
    unlink(request->path);
    rmdir(folder);
    if (!ok)
        return false;
    r->type = export_media_type(request->path);
    reply_header(r, "Content-Disposition",
                 arena_format(c->arena, "attachment; filename=\"%s-%s.%s\"", name, local_day(c), extension));
    /* degrees are longitude first in every format, whichever of the two was asked for */
    enum crs_id crs = CRS_CRS84;
    if (request->crs && !crs_find(slice_of(request->crs), &crs))
        crs = CRS_CRS84;
    reply_header(r, "Content-Crs", arena_format(c->arena, "<%s>", crs_uri(crs)));
    reply_header(r, "X-Record-Count", arena_format(c->arena, "%llu", (unsigned long long)count.written));
    return true;
}

static bool export_reply(const struct call *c, const struct snapshot_layer *l, struct reply *r,
                         struct fault *f)
{
    bool marked = c->value[PARAMETER_BOM].given && !c->value[PARAMETER_BOM].integer;
    struct export_request request = {.layer = l, .crs = crs_of(c), .byte_order_mark = marked};
    struct filter *filter = NULL;
    if (!make_filter(c, l, &filter, f))
        return false;
    request.filter = filter;
    return export_send(c, &request, extension_of(c), r, f);
}

bool serve_export(const struct call *c, struct reply *r, struct fault *f)
{
    return export_reply(c, snapshot_get(c->snapshot, c->value[PARAMETER_COLLECTION].layer->id), r, f);
}
