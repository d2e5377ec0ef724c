/* command_export: one public layer as a file. */
#include "mapd/mapd.h"

#include <stdio.h>

static bool export_named(const struct snapshot *s, const struct arguments *args, uint64_t *count,
                         struct fault *f)
{
    const struct layer *layer = layer_find(slice_of(args->positional[1]));
    if (!layer)
        return fault_set(f, FAULT_NOT_FOUND, "LAYER", "không có lớp '%s'", args->positional[1]);
    struct export_request request = {
        .layer = snapshot_get(s, layer->id),
        .path = args->positional[2],
        .crs = args->option[OPTION_CRS],
    };
    return export_layer(&request, count, f);
}

int command_export(const struct arguments *args)
{
    struct fault f = {0};
    struct publisher *p = NULL;
    if (!publisher_open(&p, args->positional[0], &f))
        return command_failed(&f);
    const struct snapshot *s = publisher_get(p);
    uint64_t count = 0;
    bool ok = export_named(s, args, &count, &f);
    snapshot_release(s);
    publisher_close(p);
    if (!ok)
        return command_failed(&f);
    printf("Đã ghi %llu bản ghi vào %s\n", (unsigned long long)count, args->positional[2]);
    return 0;
}
