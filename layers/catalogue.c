/* The catalogue: layers.def turned into arrays. Nothing is computed here; a new layer or field is a row
 * there. */
#include "layers/layers.h"

#define LAYER_FIELD_NAME_(line) field_of_line_##line
#define LAYER_FIELD_NAME(line)  LAYER_FIELD_NAME_(line)

/* FIRST_x: index of the first field of layer x in FIELDS */
enum field_index {
    FIELD_INDEX_NONE = -1
#define LAYER(id, name, view, geometry, vi, en)   , FIRST_##id, BEFORE_##id = FIRST_##id - 1
#define BASE(id, name, view, geometry, vi, en)    , FIRST_##id, BEFORE_##id = FIRST_##id - 1
#define FIELD(id, name, type, vi, en, short_name) , LAYER_FIELD_NAME(__LINE__)
#include "layers/layers.def"
#undef LAYER
#undef BASE
#undef FIELD
};

/* FIELDS_OF_x: how many fields layer x has (0 + 1 + 1 ...) */
enum field_total {
    FIELDS_OF_NONE = 0
#define LAYER(id, name, view, geometry, vi, en)   , FIELDS_OF_##id = 0
#define BASE(id, name, view, geometry, vi, en)    , FIELDS_OF_##id = 0
#define FIELD(id, name, type, vi, en, short_name) +1
#include "layers/layers.def"
#undef LAYER
#undef BASE
#undef FIELD
};

static const struct field FIELDS[] = {
#define LAYER(id, name, view, geometry, vi, en)
#define BASE(id, name, view, geometry, vi, en)
#define FIELD(id, name, type, vi, en, short_name) {name, FIELD_##type, vi, en, short_name},
#include "layers/layers.def"
#undef LAYER
#undef BASE
#undef FIELD
};

static const struct layer LAYERS[LAYER_COUNT] = {
#define LAYER(id, name, view, geometry, vi, en)                                                              \
    {LAYER_##id, name, view, GEOMETRY_##geometry, false, vi, en, FIELDS + FIRST_##id, FIELDS_OF_##id},
#define BASE(id, name, view, geometry, vi, en)                                                               \
    {LAYER_##id, name, view, GEOMETRY_##geometry, true, vi, en, FIELDS + FIRST_##id, FIELDS_OF_##id},
#define FIELD(id, name, type, vi, en, short_name)
#include "layers/layers.def"
#undef LAYER
#undef BASE
#undef FIELD
};

const struct layer *layer_get(enum layer_id id)
{
    return &LAYERS[id];
}

const struct layer *layer_find(struct slice name)
{
    for (int i = 0; i < LAYER_COUNT; i++)
        if (slice_equal(slice_of(LAYERS[i].name), name))
            return &LAYERS[i];
    return NULL;
}

int layer_field(const struct layer *layer, struct slice name)
{
    for (int i = 0; i < layer->field_count; i++)
        if (slice_equal(slice_of(layer->fields[i].name), name))
            return i;
    return -1;
}
