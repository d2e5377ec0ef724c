/* crs: the coordinate systems the server speaks (crs.def), and projections lent to requests. Private to
 * mapd/. */
#ifndef MAPD_CRS_H
#define MAPD_CRS_H

#include "layers/layers.h"

enum crs_id {
#define CRS(id, uri, epsg, north_first, name) CRS_##id,
#include "mapd/crs.def"
#undef CRS
    CRS_COUNT
};

const char *crs_uri(enum crs_id id);
const char *crs_name(enum crs_id id);
/* By its URI; "EPSG:5899" will do for those the file does not keep. */
bool crs_find(struct slice uri, enum crs_id *id);

/* Opened projections between requests: opening one takes milliseconds, and each serves one thread. */
struct crs_pool;
struct crs_pool *crs_pool_new(void);
void crs_pool_free(struct crs_pool *pool);
/* What the file keeps comes as NULL. Lent until the arena is given back. */
bool crs_lend(struct crs_pool *pool, enum crs_id id, struct arena *a, const struct filter_crs **crs,
              struct fault *f) RESULT_MUST_BE_USED;

#endif
