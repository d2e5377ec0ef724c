/* serve_tileset: what tiles there are and where: OGC API - Tiles descriptions, the grid, TileJSON 3.0. */
#include "mapd/json_write.h"
#include "mapd/serve.h"

#define CRS_3857   "http://www.opengis.net/def/crs/EPSG/0/3857"
#define CRS84      "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
#define QUAD       "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
#define WORLD_M    20037508.342789244
#define SCALE_Z0   559082264.0287178
#define CELL_Z0    156543.03392804097
#define SCHEME_REL "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"

enum { TILE_PIXELS = 256 };

static void tileset_head(struct json *j, const struct layer *layer)
{
    json_field(j, "title", layer->title_vi);
    json_field(j, "dataType", "vector");
    json_field(j, "crs", CRS_3857);
    json_field(j, "tileMatrixSetURI", QUAD);
}

static void tile_link(const struct call *c, struct json *j, const struct layer *layer)
{
    json_open(j, '{');
    json_field(j, "rel", "item");
    json_field(j, "type", format_type(FORMAT_MVT));
    json_field(j, "href",
               collection_url(c, layer, "/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}"));
    json_field_bool(j, "templated", true);
    json_close(j, '}');
}

static void plain_link(struct json *j, const char *rel, const char *type, const char *href)
{
    json_open(j, '{');
    json_field(j, "rel", rel);
    json_field(j, "type", type);
    json_field(j, "href", href);
    json_close(j, '}');
}

static const char *grid_url(const struct call *c)
{
    return arena_format(c->arena, "%s/ogc/tileMatrixSets/WebMercatorQuad", c->base);
}

bool serve_tilesets(const struct call *c, struct reply *r, struct fault *f)
{
    (void)f;
    const struct layer *layer = c->value[PARAMETER_COLLECTION].layer;
    struct json j = {.out = &r->body};
    json_open(&j, '{');
    json_key(&j, "links");
    json_open(&j, '[');
    plain_link(&j, "self", format_type(FORMAT_JSON), collection_url(c, layer, "/tiles"));
    json_close(&j, ']');
    json_key(&j, "tilesets");
    json_open(&j, '[');
    json_open(&j, '{');
    tileset_head(&j, layer);
    json_key(&j, "links");
    json_open(&j, '[');
    plain_link(&j, "self", format_type(FORMAT_JSON), collection_url(c, layer, "/tiles/WebMercatorQuad"));
    plain_link(&j, SCHEME_REL, format_type(FORMAT_JSON), grid_url(c));
    tile_link(c, &j, layer);
    json_close(&j, ']');
    json_close(&j, '}');
    json_close(&j, ']');
    json_close(&j, '}');
    return true;
}

static void corner(struct json *j, const char *key, double lon, double lat)
{
    json_key(j, key);
    json_open(j, '[');
    json_real(j, lon, 7);
    json_real(j, lat, 7);
    json_close(j, ']');
}

/* Rows and columns of zoom z that the extent touches. */
static void limit_json(struct json *j, const struct box *extent, int z)
{
    uint32_t shift = 32 - (uint32_t)z;
    struct world nw = world_of((struct lonlat){extent->west, extent->north});
    struct world se = world_of((struct lonlat){extent->east, extent->south});
    json_open(j, '{');
    json_key(j, "tileMatrix");
    buf_format(j->out, "\"%d\"", z);
    j->comma = true;
    json_field_int(j, "minTileRow", (int64_t)((uint64_t)nw.y >> shift));
    json_field_int(j, "maxTileRow", (int64_t)((uint64_t)se.y >> shift));
    json_field_int(j, "minTileCol", (int64_t)((uint64_t)nw.x >> shift));
    json_field_int(j, "maxTileCol", (int64_t)((uint64_t)se.x >> shift));
    json_close(j, '}');
}

static void extent_json(struct json *j, const struct snapshot_layer *l)
{
    json_key(j, "boundingBox");
    json_open(j, '{');
    corner(j, "lowerLeft", l->extent.west, l->extent.south);
    corner(j, "upperRight", l->extent.east, l->extent.north);
    json_field(j, "crs", CRS84);
    json_close(j, '}');
    json_key(j, "tileMatrixSetLimits");
    json_open(j, '[');
    for (int z = 0; z <= TILE_MAX_ZOOM; z++)
        limit_json(j, &l->extent, z);
    json_close(j, ']');
}

bool serve_tileset(const struct call *c, struct reply *r, struct fault *f)
{
    (void)f;
    const struct layer *layer = c->value[PARAMETER_COLLECTION].layer;
    const struct snapshot_layer *l = snapshot_get(c->snapshot, layer->id);
    struct json j = {.out = &r->body};
    json_open(&j, '{');
    tileset_head(&j, layer);
    if (l->located)
        extent_json(&j, l);
    json_key(&j, "layers");
    json_open(&j, '[');
    json_open(&j, '{');
    json_field(&j, "id", layer->name);
    json_field(&j, "dataType", "vector");
    json_field_int(&j, "geometryDimension", layer->geometry);
    json_close(&j, '}');
    json_close(&j, ']');
    json_key(&j, "links");
    json_open(&j, '[');
    plain_link(&j, "self", format_type(FORMAT_JSON), collection_url(c, layer, "/tiles/WebMercatorQuad"));
    plain_link(&j, SCHEME_REL, format_type(FORMAT_JSON), grid_url(c));
    plain_link(&j, "http://www.opengis.net/def/rel/ogc/1.0/geodata", format_type(FORMAT_JSON),
               collection_url(c, layer, ""));
    tile_link(c, &j, layer);
    json_close(&j, ']');
    json_close(&j, '}');
    return true;
}

bool serve_matrix_sets(const struct call *c, struct reply *r, struct fault *f)
{
    (void)f;
    struct json j = {.out = &r->body};
    json_open(&j, '{');
    json_key(&j, "tileMatrixSets");
    json_open(&j, '[');
    json_open(&j, '{');
    json_field(&j, "id", "WebMercatorQuad");
    json_field(&j, "title", "Google Maps Compatible for the World");
    json_field(&j, "uri", QUAD);
    json_key(&j, "links");
    json_open(&j, '[');
    plain_link(&j, "self", format_type(FORMAT_JSON), grid_url(c));
    json_close(&j, ']');
    json_close(&j, '}');
    json_close(&j, ']');
    json_close(&j, '}');
    return true;
}

static void matrix_json(struct json *j, int z)
{
    double across = (double)(1u << z);
    json_open(j, '{');
    json_key(j, "id");
    buf_format(j->out, "\"%d\"", z);
    j->comma = true;
    json_key(j, "scaleDenominator");
    json_real(j, SCALE_Z0 / across, 10);
    json_key(j, "cellSize");
    json_real(j, CELL_Z0 / across, 12);
    corner(j, "pointOfOrigin", -WORLD_M, WORLD_M);
    json_field_int(j, "tileWidth", TILE_PIXELS);
    json_field_int(j, "tileHeight", TILE_PIXELS);
    json_field_int(j, "matrixWidth", 1 << z);
    json_field_int(j, "matrixHeight", 1 << z);
    json_close(j, '}');
}

bool serve_matrix_set(const struct call *c, struct reply *r, struct fault *f)
{
    (void)c;
    (void)f;
    struct json j = {.out = &r->body};
    json_open(&j, '{');
    json_field(&j, "id", "WebMercatorQuad");
    json_field(&j, "title", "Google Maps Compatible for the World");
    json_field(&j, "uri", QUAD);
    json_field(&j, "crs", CRS_3857);
    json_field(&j, "wellKnownScaleSet", "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible");
    json_key(&j, "tileMatrices");
    json_open(&j, '[');
    for (int z = 0; z <= TILE_MAX_ZOOM; z++)
        matrix_json(&j, z);
    json_close(&j, ']');
    json_close(&j, '}');
    return true;
}

/* --- TileJSON 3.0 --- */

static void vector_layer_json(struct json *j, const struct snapshot_layer *l, bool labels)
{
    json_key(j, "vector_layers");
    json_open(j, '[');
    tile_describe(j->out, l, labels);
    json_close(j, ']');
}

static void bounds_json(struct json *j, const struct box *b)
{
    const double edge[4] = {b->west, b->south, b->east, b->north};
    json_key(j, "bounds");
    json_open(j, '[');
    for (int i = 0; i < 4; i++)
        json_real(j, edge[i], 7);
    json_close(j, ']');
    json_key(j, "center");
    json_open(j, '[');
    json_real(j, (b->west + b->east) / 2, 7);
    json_real(j, (b->south + b->north) / 2, 7);
    json_int(j, 14);
    json_close(j, ']');
}

bool serve_tilejson(const struct call *c, struct reply *r, struct fault *f)
{
    (void)f;
    const struct value *of = &c->value[PARAMETER_TILESET];
    const struct snapshot_layer *l = snapshot_get(c->snapshot, of->layer->id);
    struct json j = {.out = &r->body};
    json_open(&j, '{');
    json_field(&j, "tilejson", "3.0.0");
    json_field(&j, "name", of->layer->title_vi);
    json_field(&j, "version", arena_format(c->arena, "1.0.%lld", (long long)snapshot_revision(c->snapshot)));
    json_field(&j, "scheme", "xyz");
    json_key(&j, "tiles");
    json_open(&j, '[');
    json_text(&j, slice_of(arena_format(c->arena, "%s/tiles/%s%s/{z}/{x}/{y}.mvt", c->base, of->layer->name,
                                        of->labels ? "_label" : "")));
    json_close(&j, ']');
    json_field_int(&j, "minzoom", 0);
    json_field_int(&j, "maxzoom", TILE_MAX_ZOOM);
    if (l->located)
        bounds_json(&j, &l->extent);
    vector_layer_json(&j, l, of->labels);
    json_close(&j, '}');
    return true;
}
