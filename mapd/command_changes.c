/* mapd changes: what differs between two days in one public layer, as CSV. */
#include "mapd/mapd.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static bool read_day(const struct arguments *args, const char *day, const struct layer *layer,
                     struct snapshot **out, struct fault *f)
{
    bool known = args->option[OPTION_KNOWN] != NULL;
    struct vantage vantage = {.path = args->positional[0],
                              .key_path = key_path_of(args),
                              .as_of = known ? NULL : day,
                              .known_at = known ? day : NULL};
    return snapshot_at(out, &vantage, layer->id, f);
}

/* Both days, the earlier first. */
static bool read_days(const struct arguments *args, char from[11], char to[11], struct fault *f)
{
    const char *first = args->option[OPTION_FROM], *last = args->option[OPTION_TO];
    struct date a, b = date_today();
    if (!first || !date_parse_iso(slice_of(first), &a))
        return fault_set(f, FAULT_BAD_DATE, "--from", "'%s'", first ? first : "");
    if (last && !date_parse_iso(slice_of(last), &b))
        return fault_set(f, FAULT_BAD_DATE, "--to", "'%s'", last);
    date_format_iso(a, from);
    date_format_iso(b, to);
    return date_to_days(a) <= date_to_days(b) ||
           fault_set(f, FAULT_BAD_PARAMETER, "--from", "%s đứng sau %s", from, to);
}

static bool write_text(const char *path, const struct buf *text, struct fault *f)
{
    FILE *file = strcmp(path, "-") == 0 ? stdout : fopen(path, "wb");
    bool ok = file && fwrite(text->p, 1, text->n, file) == text->n && fflush(file) == 0;
    if (!ok)
        fault_set(f, FAULT_FILE_WRITE, path, "%s", strerror(errno));
    if (file && file != stdout && fclose(file) != 0 && ok)
        ok = fault_set(f, FAULT_FILE_WRITE, path, "%s", strerror(errno));
    return ok;
}

static bool write_changes(const struct arguments *args, const struct snapshot_layer *before,
                          const struct snapshot_layer *after, uint32_t *count, struct fault *f)
{
    struct arena arena = {0};
    struct difference *items;
    struct buf out = {0};
    *count = snapshot_difference(before, after, &arena, &items);
    if (args->option[OPTION_BOM])
        buf_text(&out, "\xEF\xBB\xBF");
    difference_csv(&out, before, after, items, *count);
    bool ok = write_text(args->positional[2], &out, f);
    buf_release(&out);
    arena_release(&arena);
    return ok;
}

int command_changes(const struct arguments *args)
{
    struct fault f = {0};
    struct snapshot *before = NULL, *after = NULL;
    const struct layer *layer = layer_find(slice_of(args->positional[1]));
    char from[11], to[11];
    uint32_t count = 0;
    bool ok = layer || fault_set(&f, FAULT_NOT_FOUND, "LAYER", "không có lớp '%s'", args->positional[1]);
    ok = ok && read_days(args, from, to, &f) && read_day(args, from, layer, &before, &f) &&
         read_day(args, to, layer, &after, &f) &&
         write_changes(args, snapshot_get(before, layer->id), snapshot_get(after, layer->id), &count, &f);
    snapshot_release(before);
    snapshot_release(after);
    if (!ok)
        return command_failed(&f);
    fprintf(strcmp(args->positional[2], "-") == 0 ? stderr : stdout, "%u bản ghi khác nhau giữa %s và %s\n",
            count, from, to);
    return 0;
}
