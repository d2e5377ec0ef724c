/* serve_tile: one vector tile, from the cache where it can be. Filtered tiles and those of another day are
 * made each time, and all are when there is no cache. An empty tile is 204, a tile that does not exist 404.
 */
#include "mapd/serve.h"

struct wanted {
    const struct layer *layer;
    const struct snapshot_layer *l;
    struct tile_id tile;
    bool clustered, labels, gzip;
};

/* The path of OGC API - Tiles and the common one name the same three numbers differently. */
static struct tile_id tile_asked(const struct call *c)
{
    bool ogc = c->value[PARAMETER_TILE_MATRIX].given;
    return (struct tile_id){
        .z = (uint32_t)c->value[ogc ? PARAMETER_TILE_MATRIX : PARAMETER_Z].integer,
        .x = (uint32_t)c->value[ogc ? PARAMETER_TILE_COL : PARAMETER_X].integer,
        .y = (uint32_t)c->value[ogc ? PARAMETER_TILE_ROW : PARAMETER_Y].integer,
    };
}

static bool read_wanted(const struct call *c, struct wanted *w, struct fault *f)
{
    const struct value *of =
        &c->value[c->value[PARAMETER_TILESET].given ? PARAMETER_TILESET : PARAMETER_COLLECTION];
    *w = (struct wanted){.layer = of->layer,
                         .l = snapshot_get(c->snapshot, of->layer->id),
                         .tile = tile_asked(c),
                         .labels = of->labels};
    const struct value *cluster = &c->value[PARAMETER_CLUSTER];
    bool off = cluster->given && cluster->integer == 1;
    w->clustered = !off && of->layer->geometry == GEOMETRY_POINT && w->tile.z < TILE_SINGLE_POINTS_FROM;
    return tile_is_valid(w->tile) || fault_set(f, FAULT_NOT_FOUND, NULL, "ô nằm ngoài lưới");
}

static void encode(const struct call *c, const struct wanted *w, const struct filter *filter, struct buf *out)
{
    struct tile_request request = {
        .layer = w->l, .tile = w->tile, .clustered = w->clustered, .labels = w->labels, .filter = filter};
    tile_encode(&request, c->arena, out);
}

static const struct tile_bytes *cached(const struct call *c, const struct wanted *w)
{
    struct tile_key key = {.layer = w->layer->id,
                           .tile = w->tile,
                           .clustered = w->clustered,
                           .labels = w->labels,
                           .gzip = w->gzip,
                           .revision = generation_of(c->snapshot)};
    const struct tile_bytes *bytes = tile_cache_get(c->serve->tiles, &key);
    watch_tile(c->serve->watch, bytes != NULL);
    if (bytes)
        return bytes;
    struct buf mvt = {0};
    encode(c, w, NULL, &mvt);
    bytes = tile_cache_put(c->serve->tiles, &key, buf_to_slice(&mvt));
    buf_release(&mvt);
    return bytes;
}

static void give_back(void *bytes)
{
    tile_bytes_release(bytes);
}

static void reply_bytes(struct reply *r, const struct tile_bytes *bytes, bool gzip)
{
    r->shared = tile_bytes_body(bytes);
    r->release = give_back;
    r->holder = (void *)(uintptr_t)bytes;
    if (gzip && r->shared.n)
        reply_header(r, "Content-Encoding", "gzip");
}

static void finish(struct reply *r, bool is_empty)
{
    reply_header(r, "OATiles-hint", is_empty ? "empty" : "full");
    if (!is_empty)
        return;
    reply_clear(r);
    r->status = 204;
    reply_header(r, "OATiles-hint", "empty");
}

bool serve_tile(const struct call *c, struct reply *r, struct fault *f)
{
    struct wanted w;
    if (!read_wanted(c, &w, f))
        return false;
    struct filter *filter;
    if (!make_filter(c, w.l, &filter, f))
        return false;
    if (filter || !c->serve->tiles || c->value[PARAMETER_AS_OF].given || c->value[PARAMETER_KNOWN_AT].given) {
        encode(c, &w, filter, &r->body);
        finish(r, r->body.n == 0);
        return filter_finish(filter, f);
    }
    w.gzip = accept_coding(c->request->accept_encoding, SLICE("gzip")) > 0;
    reply_bytes(r, cached(c, &w), w.gzip);
    finish(r, r->shared.n == 0);
    return true;
}
