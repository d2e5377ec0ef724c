/* Names of the kinds of lists and of the ways a position is known, from their tables. */
#include "import/import.h"

const char *import_kind_name(enum import_kind kind)
{
    static const char *const NAMES[IMPORT_KIND_COUNT] = {
#define KIND(id, name, title_vi) name,
#include "import/kinds.def"
#undef KIND
    };
    return NAMES[kind];
}

bool import_kind_find(struct slice name, enum import_kind *kind)
{
    for (int i = 0; i < IMPORT_KIND_COUNT; i++) {
        if (!slice_equal(slice_of(import_kind_name((enum import_kind)i)), name))
            continue;
        *kind = (enum import_kind)i;
        return true;
    }
    return false;
}

const char *position_name(enum position_kind p)
{
    static const char *const NAMES[POSITION_COUNT] = {
#define POSITION(id, name, title_vi, title_en) name,
#include "import/positions.def"
#undef POSITION
    };
    return NAMES[p];
}
