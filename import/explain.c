/* explain: what a file seems to hold, before anything is taken from it; and what else its columns might be.
 * For the screen where a clerk looks at the columns and corrects them. */
#include "import/load.h"

static const char *const CHOICES[IMPORT_KIND_COUNT] = {
#define CHOICES(kind, columns) [IMPORT_##kind] = columns,
#include "import/choices.def"
#undef CHOICES
};

static const char *const TITLES[IMPORT_KIND_COUNT] = {
#define KIND(id, name, title_vi) title_vi,
#include "import/kinds.def"
#undef KIND
};

const char *import_kind_title(enum import_kind kind)
{
    return TITLES[kind];
}

bool import_look(const struct import_options *o, struct arena *a, struct import_view *out, struct fault *f)
{
    struct table *t;
    struct table_request request = {
        .path = o->path, .kind = o->kind, .sheet = o->sheet, .mapping_path = o->mapping_path, .crs = o->crs};
    if (!table_open(&t, &request, f))
        return false;
    *out = (struct import_view){.sheet = arena_slice(a, slice_of(table_sheet(t))),
                                .signature = arena_slice(a, table_signature(t))};
    out->column_count = table_columns(t, a, &out->columns);
    while (table_sheet_at(t, out->sheet_count))
        out->sheet_count++;
    out->sheets = ARENA_ARRAY(a, struct slice, out->sheet_count + 1);
    for (uint32_t i = 0; i < out->sheet_count; i++)
        out->sheets[i] = arena_slice(a, slice_of(table_sheet_at(t, i)));
    table_close(t);
    return true;
}

static const char *title_of(struct slice name)
{
    for (int i = 0; i < COLUMN_COUNT; i++)
        if (slice_equal(name, slice_of(column_name((enum column_id)i))))
            return column_title(i);
    return "";
}

uint32_t import_choices(enum import_kind kind, struct arena *a, struct import_choice **out)
{
    struct slice rest = slice_of(CHOICES[kind]), name;
    uint32_t count = 0;
    *out = ARENA_ARRAY(a, struct import_choice, COLUMN_COUNT + 1);
    while (count < COLUMN_COUNT && slice_next(&rest, ' ', &name))
        (*out)[count++] = (struct import_choice){name, title_of(name)};
    return count;
}
