/* crs: the table of coordinate systems, and a few opened projections kept between requests. Stands between
 * the parameters `crs`, `bbox-crs`, `filter-crs` and the handlers. Law: a projection is in one request or in
 * the pool, never in both. */
#include "mapd/crs.h"

#include <pthread.h>
#include <stdlib.h>

enum { IDLE_MOST = 16 };

static const struct {
    const char *uri, *epsg;
    bool north_first;
    const char *name;
} SYSTEMS[CRS_COUNT] = {
#define CRS(id, uri, epsg, north_first, name) {uri, epsg, north_first, name},
#include "mapd/crs.def"
#undef CRS
};

struct idle {
    struct projection *projection[IDLE_MOST];
    int count;
};

struct crs_pool {
    pthread_mutex_t lock;
    struct idle idle[CRS_COUNT];
};

struct loan {
    struct crs_pool *pool;
    enum crs_id id;
    struct projection *projection;
    struct filter_crs crs;
};

const char *crs_uri(enum crs_id id)
{
    return SYSTEMS[id].uri;
}

const char *crs_name(enum crs_id id)
{
    return SYSTEMS[id].name;
}

bool crs_find(struct slice uri, enum crs_id *id)
{
    for (int i = 0; i < CRS_COUNT; i++)
        if (slice_equal(slice_of(SYSTEMS[i].uri), uri) ||
            (SYSTEMS[i].epsg[0] && slice_equal(slice_of(SYSTEMS[i].epsg), uri))) {
            *id = (enum crs_id)i;
            return true;
        }
    return false;
}

struct crs_pool *crs_pool_new(void)
{
    struct crs_pool *pool = calloc(1, sizeof *pool);
    if (pool)
        pthread_mutex_init(&pool->lock, NULL);
    return pool;
}

void crs_pool_free(struct crs_pool *pool)
{
    if (!pool)
        return;
    for (int id = 0; id < CRS_COUNT; id++)
        for (int i = 0; i < pool->idle[id].count; i++)
            projection_close(pool->idle[id].projection[i]);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}

static struct projection *take(struct crs_pool *pool, enum crs_id id)
{
    struct idle *idle = &pool->idle[id];
    pthread_mutex_lock(&pool->lock);
    struct projection *projection = idle->count ? idle->projection[--idle->count] : NULL;
    pthread_mutex_unlock(&pool->lock);
    return projection;
}

static void give_back(void *what)
{
    struct loan *loan = what;
    struct idle *idle = &loan->pool->idle[loan->id];
    pthread_mutex_lock(&loan->pool->lock);
    bool is_kept = idle->count < IDLE_MOST;
    if (is_kept)
        idle->projection[idle->count++] = loan->projection;
    pthread_mutex_unlock(&loan->pool->lock);
    if (!is_kept)
        projection_close(loan->projection);
}

bool crs_lend(struct crs_pool *pool, enum crs_id id, struct arena *a, const struct filter_crs **crs,
              struct fault *f)
{
    *crs = NULL;
    if (id == CRS_CRS84)
        return true;
    struct loan *loan = ARENA_NEW(a, struct loan);
    *loan = (struct loan){.pool = pool, .id = id, .crs.north_first = SYSTEMS[id].north_first};
    *crs = &loan->crs;
    if (!SYSTEMS[id].epsg[0])
        return true;
    loan->projection = take(pool, id);
    if (!loan->projection && !projection_open(&loan->projection, SYSTEMS[id].epsg, f))
        return false;
    loan->crs.projection = loan->projection;
    arena_defer(a, give_back, loan);
    return true;
}
