/* serve_style: how the ward is drawn, as a MapLibre style (version 8) over our own tiles: sources are the
 * TileJSON of each tile layer, layers are the rows of style.def. */
#include "mapd/json_write.h"
#include "mapd/say.h"
#include "mapd/serve.h"

#include <string.h>

static const struct drawn {
    const char *tileset, *id, *type;
    int least_zoom;
    const char *filter, *rest;
} DRAWN[] = {
#define DRAWN(tileset, id, type, least_zoom, filter, rest) {tileset, id, type, least_zoom, filter, rest},
#include "mapd/style.def"
#undef DRAWN
};

static bool is_first_of_tileset(size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (strcmp(DRAWN[k].tileset, DRAWN[i].tileset) == 0)
            return false;
    return true;
}

static void sources_json(const struct call *c, struct json *j)
{
    json_key(j, "sources");
    json_open(j, '{');
    for (size_t i = 0; i < COUNT_OF(DRAWN); i++) {
        if (!is_first_of_tileset(i))
            continue;
        json_key(j, DRAWN[i].tileset);
        json_open(j, '{');
        json_field(j, "type", "vector");
        json_field(j, "url", arena_format(c->arena, "%s/tiles/%s.json", c->base, DRAWN[i].tileset));
        json_close(j, '}');
    }
    json_close(j, '}');
}

static void layer_json(struct json *j, const struct drawn *d)
{
    json_open(j, '{');
    json_field(j, "id", d->id);
    json_field(j, "type", d->type);
    json_field(j, "source", d->tileset);
    json_field(j, "source-layer", d->tileset);
    if (d->least_zoom)
        json_field_int(j, "minzoom", d->least_zoom);
    if (d->filter[0]) {
        json_key(j, "filter");
        json_raw(j, slice_of(d->filter));
    }
    buf_char(j->out, ',');
    buf_text(j->out, d->rest);
    json_close(j, '}');
}

static void camera_json(struct json *j, const struct snapshot_layer *wards)
{
    const struct box *b = &wards->extent;
    if (!wards->located)
        return;
    json_key(j, "center");
    json_open(j, '[');
    json_real(j, (b->west + b->east) / 2, 7);
    json_real(j, (b->south + b->north) / 2, 7);
    json_close(j, ']');
    json_field_int(j, "zoom", 14);
}

bool serve_style(const struct call *c, struct reply *r, struct fault *f)
{
    (void)f;
    struct json j = {.out = &r->body};
    json_open(&j, '{');
    json_field_int(&j, "version", 8);
    json_field(&j, "name", arena_format(c->arena, "%s – %s", say(SAY_MAP, false), c->serve->ward_name));
    camera_json(&j, snapshot_get(c->snapshot, LAYER_WARDS));
    sources_json(c, &j);
    json_key(&j, "layers");
    json_open(&j, '[');
    json_raw(&j,
             SLICE("{\"id\":\"page\",\"type\":\"background\",\"paint\":{\"background-color\":\"#e6e7e2\"}}"));
    for (size_t i = 0; i < COUNT_OF(DRAWN); i++)
        layer_json(&j, &DRAWN[i]);
    json_close(&j, ']');
    json_close(&j, '}');
    return true;
}
