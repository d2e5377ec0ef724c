/* command_export: one public layer as a file. */
#include "mapd/mapd.h"

#include <stdio.h>
#include <string.h>

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
    const char *area = args->option[OPTION_AREA];
    struct staff_purpose note = {.who = "cli",
                                 .layer = source->layer->name,
                                 .purpose = purpose && purpose[0] ? purpose : "không nêu (dòng lệnh)",
                                 .part = source->list ? source->list->name
                                         : filter     ? filter
                                         : area       ? area
                                                      : ""};
    if (!source->staff)
        return true;
    bool ok = command_open(&s, args, STORE_WRITE, f) && staff_layer_note(s, &note, f);
    store_close(s);
    return ok;
}

/* CQL2 text, or CQL2 JSON when it begins like an object. */
static bool add_cql2(struct filter *filter, const char *text, struct fault *f)
{
    struct slice trimmed = slice_trim(slice_of(text));
    struct cql2_text what = {.text = trimmed,
                             .lang = slice_starts(trimmed, SLICE("{")) ? CQL2_LANG_JSON : CQL2_LANG_TEXT};
    return filter_add_cql2(filter, &what, f);
}

static bool add_area(struct filter *filter, const struct vantage *vantage, const char *name, struct fault *f)
{
    struct snapshot *s = NULL;
    bool ok = snapshot_at(&s, vantage, LAYER_RESIDENTIAL_GROUPS, f) &&
              filter_add_area(filter, snapshot_get(s, LAYER_RESIDENTIAL_GROUPS), slice_of(name), f);
    snapshot_release(s);
    return ok;
}

/* What was asked for of the layer, all of it at once. */
static bool add_conditions(struct filter *filter, const struct source *source, const struct arguments *args,
                           const struct vantage *vantage, struct fault *f)
{
    const char *cql2 = args->option[OPTION_FILTER], *area = args->option[OPTION_AREA];
    return (!cql2 || add_cql2(filter, cql2, f)) &&
           (!source->list || add_cql2(filter, source->list->condition, f)) &&
           (!area || add_area(filter, vantage, area, f));
}

static bool export_named(const struct source *source, const struct arguments *args,
                         struct export_request *request, struct export_count *count, struct fault *f)
{
    struct arena arena = {0};
    struct snapshot *s = NULL;
    struct vantage vantage = {.path = args->positional[0],
                              .key_path = key_path_of(args),
                              .as_of = args->option[OPTION_AS_OF],
                              .known_at = args->option[OPTION_KNOWN_AT]};
    if (!(source->staff ? staff_layer_at(&s, &vantage, source->staff, f)
                        : snapshot_at(&s, &vantage, source->layer->id, f)))
        return false;
    const struct snapshot_layer *l = snapshot_get(s, source->layer->id);
    struct filter *filter = filter_new(&arena, l->layer);
    bool ok = add_conditions(filter, source, args, &vantage, f);
    if (ok) {
        filter_bind(filter, l);
        request->layer = l;
        request->filter = filter_is_empty(filter) ? NULL : filter;
        ok = export_layer(request, count, f);
    }
    arena_release(&arena);
    snapshot_release(s);
    return ok;
}

/* As it is now, all of it, for everybody. */
static bool is_whole(const struct source *source, const struct arguments *args)
{
    return !source->staff && !args->option[OPTION_AS_OF] && !args->option[OPTION_KNOWN_AT] &&
           !args->option[OPTION_FILTER] && !args->option[OPTION_AREA];
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
