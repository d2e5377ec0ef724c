/* cache: tiles as they were sent, plain or compressed, kept by (revision, layer, tile, coding) within a bound
 * of bytes. The least recently used go first; tiles of an older revision are never asked for again and so
 * drift out. Law: compression happens outside the lock; bytes live until the last reader lets go, even when
 * the cache forgot them. */
#include "tiles/tiles_private.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { CHAINS = 4096, GZIP_LEVEL = 6, ENTRY_COST = 160 };

struct tile_bytes {
    _Atomic int references;
    size_t length;
    char bytes[];
};

struct name {
    uint64_t where; /* layer, tile and kind in one number */
    int64_t revision;
};

struct entry {
    struct name name;
    struct tile_bytes *bytes;
    struct entry *chain, *newer, *older;
};

struct tile_cache {
    pthread_mutex_t lock;
    size_t limit, used;
    struct entry *chains[CHAINS];
    struct entry *newest, *oldest;
};

static struct name name_of(const struct tile_key *key)
{
    uint64_t where =
        (uint64_t)key->layer << 52 | (uint64_t)key->tile.z << 46 | (uint64_t)key->tile.x << 23 | key->tile.y;
    return (struct name){where << 3 | (uint64_t)key->gzip << 2 | (uint64_t)key->clustered << 1 | key->labels,
                         key->revision};
}

static struct entry **chain_of(struct tile_cache *c, const struct name *name)
{
    uint64_t h = (name->where ^ (uint64_t)name->revision * 0x9E3779B97F4A7C15u) * 0xD6E8FEB86659FD93u;
    return &c->chains[h >> 40 & (CHAINS - 1)];
}

static struct entry *find(struct tile_cache *c, const struct name *name)
{
    struct entry *e = *chain_of(c, name);
    while (e && (e->name.where != name->where || e->name.revision != name->revision))
        e = e->chain;
    return e;
}

static void unlink_age(struct tile_cache *c, struct entry *e)
{
    *(e->newer ? &e->newer->older : &c->newest) = e->older;
    *(e->older ? &e->older->newer : &c->oldest) = e->newer;
}

static void link_newest(struct tile_cache *c, struct entry *e)
{
    e->newer = NULL;
    e->older = c->newest;
    *(c->newest ? &c->newest->newer : &c->oldest) = e;
    c->newest = e;
}

static size_t cost_of(const struct tile_bytes *b)
{
    return b->length + ENTRY_COST;
}

static void forget(struct tile_cache *c, struct entry *e)
{
    struct entry **at = chain_of(c, &e->name);
    while (*at != e)
        at = &(*at)->chain;
    *at = e->chain;
    unlink_age(c, e);
    c->used -= cost_of(e->bytes);
    tile_bytes_release(e->bytes);
    free(e);
}

static struct tile_bytes *bytes_copy(struct slice body)
{
    struct tile_bytes *b = malloc(sizeof *b + body.n);
    if (b) {
        atomic_init(&b->references, 1);
        b->length = body.n;
        if (body.n > 0)
            memcpy(b->bytes, body.p, body.n);
    }
    return b;
}

/* Only the form that was asked for: compressing costs several times the making. */
static struct tile_bytes *bytes_make(struct slice mvt, bool gzip)
{
    if (!gzip || mvt.n == 0)
        return bytes_copy(mvt);
    struct buf packed = {0};
    gzip_add(&packed, mvt, GZIP_LEVEL);
    struct tile_bytes *b = bytes_copy(buf_to_slice(&packed));
    buf_release(&packed);
    return b;
}

static const struct tile_bytes *reference(struct tile_bytes *b)
{
    atomic_fetch_add_explicit(&b->references, 1, memory_order_relaxed);
    return b;
}

struct tile_cache *tile_cache_new(size_t limit_bytes)
{
    struct tile_cache *c = calloc(1, sizeof *c);
    if (c) {
        pthread_mutex_init(&c->lock, NULL);
        c->limit = limit_bytes;
    }
    return c;
}

void tile_cache_free(struct tile_cache *c)
{
    if (!c)
        return;
    while (c->oldest)
        forget(c, c->oldest);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

const struct tile_bytes *tile_cache_get(struct tile_cache *c, const struct tile_key *key)
{
    struct name name = name_of(key);
    pthread_mutex_lock(&c->lock);
    struct entry *e = find(c, &name);
    const struct tile_bytes *b = NULL;
    if (e) {
        unlink_age(c, e);
        link_newest(c, e);
        b = reference(e->bytes);
    }
    pthread_mutex_unlock(&c->lock);
    return b;
}

/* Into the cache unless another thread was faster or it is too big for it; the caller keeps a reference
 * either way. */
static void keep(struct tile_cache *c, const struct name *name, struct tile_bytes *b)
{
    struct entry *e = calloc(1, sizeof *e);
    if (!e)
        return;
    pthread_mutex_lock(&c->lock);
    if (cost_of(b) > c->limit || find(c, name)) {
        free(e);
    } else {
        *e = (struct entry){.name = *name, .bytes = b, .chain = *chain_of(c, name)};
        reference(b);
        *chain_of(c, name) = e;
        link_newest(c, e);
        c->used += cost_of(b);
        while (c->used > c->limit)
            forget(c, c->oldest);
    }
    pthread_mutex_unlock(&c->lock);
}

const struct tile_bytes *tile_cache_put(struct tile_cache *c, const struct tile_key *key, struct slice mvt)
{
    struct name name = name_of(key);
    struct tile_bytes *b = bytes_make(mvt, key->gzip);
    if (b)
        keep(c, &name, b);
    return b;
}

void tile_bytes_release(const struct tile_bytes *b)
{
    struct tile_bytes *mine = (struct tile_bytes *)b;
    if (mine && atomic_fetch_sub_explicit(&mine->references, 1, memory_order_acq_rel) == 1)
        free(mine);
}

struct slice tile_bytes_body(const struct tile_bytes *b)
{
    return (struct slice){b->bytes, b->length};
}
