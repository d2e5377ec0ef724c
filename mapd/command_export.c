/* command_export: one public layer as a file. */
#include "mapd/mapd.h"

#include <stdio.h>

/* CQL2 text, or CQL2 JSON when it begins like an object. */
static bool read_filter(struct arena *a, const struct snapshot_layer *l, const char *text,
                        struct filter **out, struct fault *f)
{
    struct slice trimmed = slice_trim(slice_of(text));
    struct cql2_text what = {.text = trimmed,
                             .lang = slice_starts(trimmed, SLICE("{")) ? CQL2_LANG_JSON : CQL2_LANG_TEXT};
    *out = filter_new(a, l->layer);
    if (!filter_add_cql2(*out, &what, f))
        return false;
    filter_bind(*out, l);
    return true;
}

static bool export_named(const struct layer *layer, const struct arguments *args, struct export_count *count,
                         struct fault *f)
{
    struct arena arena = {0};
    struct filter *filter = NULL;
    struct snapshot *s = NULL;
    struct vantage vantage = {.path = args->positional[0],
                              .key_path = key_path_of(args),
                              .as_of = args->option[OPTION_AS_OF],
                              .known_at = args->option[OPTION_KNOWN_AT]};
    if (!snapshot_at(&s, &vantage, layer->id, f))
        return false;
    const struct snapshot_layer *l = snapshot_get(s, layer->id);
    bool ok = !args->option[OPTION_FILTER] || read_filter(&arena, l, args->option[OPTION_FILTER], &filter, f);
    struct export_request request = {
        .layer = l,
        .filter = filter,
        .path = args->positional[2],
        .crs = args->option[OPTION_CRS],
        .byte_order_mark = args->option[OPTION_BOM] != NULL,
    };
    ok = ok && export_layer(&request, count, f);
    arena_release(&arena);
    snapshot_release(s);
    return ok;
}

int command_export(const struct arguments *args)
{
    struct fault f = {0};
    struct export_count count = {0};
    const struct layer *layer = layer_find(slice_of(args->positional[1]));
    if (!layer)
        fault_set(&f, FAULT_NOT_FOUND, "LAYER", "không có lớp '%s'", args->positional[1]);
    if (!layer || !export_named(layer, args, &count, &f))
        return command_failed(&f);
    printf("Đã ghi %llu bản ghi vào %s\n", (unsigned long long)count.written, args->positional[2]);
    if (count.left_out)
        printf("Bỏ lại %llu bản ghi chưa có vị trí: định dạng này không giữ được\n",
               (unsigned long long)count.left_out);
    return 0;
}
