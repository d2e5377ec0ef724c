/* command_export: one public layer as a file. */
#include "mapd/mapd.h"

#include <stdio.h>
#include <string.h>

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

struct source {
    const struct layer *layer;
    const struct staff_layer *staff; /* NULL: the public profile */
    const struct staff_list *list;   /* NULL: none */
};

static bool choose_source(const struct arguments *args, struct source *out, struct fault *f)
{
    struct slice name = slice_of(args->positional[1]);
    const char *list = args->option[OPTION_LIST];
    *out = (struct source){.layer = layer_find(name)};
    if (!out->layer)
        return fault_set(f, FAULT_NOT_FOUND, "LAYER", "không có lớp '%s'", args->positional[1]);
    if (args->option[OPTION_STAFF] || list) {
        out->staff = staff_layer_find(name);
        if (!out->staff)
            return fault_set(f, FAULT_NOT_FOUND, "--staff", "lớp '%s' không có bản nội bộ",
                             args->positional[1]);
        out->layer = &out->staff->layer;
    }
    if (list && (!(out->list = staff_list_find(slice_of(list))) || out->list->layer != out->layer->id))
        return fault_set(f, FAULT_NOT_FOUND, "--list", "không có danh sách '%s' của lớp này", list);
    return true;
}

/* Who reads what is restricted, and what for, stands in the audit before anything is read. */
static bool note_purpose(const struct arguments *args, const struct source *source, struct fault *f)
{
    struct store *s = NULL;
    const char *purpose = args->option[OPTION_PURPOSE], *filter = args->option[OPTION_FILTER];
    struct staff_purpose note = {.who = "cli",
                                 .layer = source->layer->name,
                                 .purpose = purpose && purpose[0] ? purpose : "không nêu (dòng lệnh)",
                                 .part = source->list ? source->list->name
                                         : filter     ? filter
                                                      : ""};
    if (!source->staff)
        return true;
    bool ok = command_open(&s, args, STORE_WRITE, f) && staff_layer_note(s, &note, f);
    store_close(s);
    return ok;
}

static bool add_list(struct arena *a, const struct snapshot_layer *l, const struct staff_list *list,
                     struct filter **filter, struct fault *f)
{
    struct cql2_text what = {.text = slice_of(list->condition), .lang = CQL2_LANG_TEXT};
    if (!*filter)
        *filter = filter_new(a, l->layer);
    if (!filter_add_cql2(*filter, &what, f))
        return false;
    filter_bind(*filter, l);
    return true;
}

static bool export_named(const struct source *source, const struct arguments *args,
                         struct export_request *request, struct export_count *count, struct fault *f)
{
    struct arena arena = {0};
    struct filter *filter = NULL;
    struct snapshot *s = NULL;
    struct vantage vantage = {.path = args->positional[0],
                              .key_path = key_path_of(args),
                              .as_of = args->option[OPTION_AS_OF],
                              .known_at = args->option[OPTION_KNOWN_AT]};
    if (!(source->staff ? staff_layer_at(&s, &vantage, source->staff, f)
                        : snapshot_at(&s, &vantage, source->layer->id, f)))
        return false;
    const struct snapshot_layer *l = snapshot_get(s, source->layer->id);
    bool ok = !args->option[OPTION_FILTER] || read_filter(&arena, l, args->option[OPTION_FILTER], &filter, f);
    ok = ok && (!source->list || add_list(&arena, l, source->list, &filter, f));
    request->layer = l;
    request->filter = filter;
    ok = ok && export_layer(request, count, f);
    arena_release(&arena);
    snapshot_release(s);
    return ok;
}

/* As it is now, all of it, for everybody. */
static bool is_whole(const struct source *source, const struct arguments *args)
{
    return !source->staff && !args->option[OPTION_AS_OF] && !args->option[OPTION_KNOWN_AT] &&
           !args->option[OPTION_FILTER];
}

static bool export_chosen(const struct source *source, const struct arguments *args,
                          struct export_count *count, struct fault *f)
{
    struct export_request request = {
        .path = args->positional[2],
        .crs = args->option[OPTION_CRS],
        .byte_order_mark = args->option[OPTION_BOM] != NULL,
    };
    if (is_whole(source, args) && export_view_can(source->layer, request.path))
        return export_view(args->positional[0], source->layer, &request, count, f);
    return export_named(source, args, &request, count, f);
}

int command_export(const struct arguments *args)
{
    struct fault f = {0};
    struct export_count count = {0};
    struct source source;
    if (!choose_source(args, &source, &f) || !note_purpose(args, &source, &f) ||
        !export_chosen(&source, args, &count, &f))
        return command_failed(&f);
    FILE *say = strcmp(args->positional[2], "-") == 0 ? stderr : stdout;
    fprintf(say, "Đã ghi %llu bản ghi vào %s\n", (unsigned long long)count.written, args->positional[2]);
    if (count.left_out)
        fprintf(say, "Bỏ lại %llu bản ghi chưa có vị trí: định dạng này không giữ được\n",
                (unsigned long long)count.left_out);
    return 0;
}
