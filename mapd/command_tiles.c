/* mapd tiles: every tile of the public layers in one PMTiles file, for places where no server runs. */
#include "mapd/mapd.h"
#include "tiles/tiles.h"

/* "A,B" as layers; false with the unknown name. */
static bool read_layers(const char *text, enum layer_id layers[LAYER_COUNT], int *count, struct fault *f)
{
    struct slice rest = slice_of(text), name;
    while (slice_next(&rest, ',', &name)) {
        const struct layer *layer = layer_find(slice_trim(name));
        if (!layer || *count == LAYER_COUNT)
            return fault_set(f, FAULT_BAD_PARAMETER, "--layers", "\"%.*s\"", (int)name.n, name.p);
        layers[(*count)++] = layer->id;
    }
    return *count > 0 || fault_set(f, FAULT_BAD_PARAMETER, "--layers", "\"%s\"", text);
}

/* As it is now, or as it was. */
static bool read_copy(const struct arguments *args, struct snapshot **out, struct fault *f)
{
    struct vantage vantage = {.path = args->positional[0],
                              .key_path = key_path_of(args),
                              .as_of = args->option[OPTION_AS_OF],
                              .known_at = args->option[OPTION_KNOWN_AT]};
    return snapshot_at(out, &vantage, LAYER_COUNT, f);
}

int command_tiles(const struct arguments *args)
{
    enum layer_id layers[LAYER_COUNT];
    int count = 0;
    const char *wanted = args->option[OPTION_LAYERS];
    struct snapshot *s = NULL;
    struct fault f = {0};
    bool ok = (!wanted || read_layers(wanted, layers, &count, &f)) && read_copy(args, &s, &f) &&
              pmtiles_write(s, wanted ? layers : NULL, count, args->positional[1], &f);
    snapshot_release(s);
    return ok ? 0 : command_failed(&f);
}
