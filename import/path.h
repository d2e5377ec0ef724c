/* path: a street as one line measured in metres. Private to the geocoder. Metres are those of a plane laid
 * through the ward; over a few kilometres the error stays under a metre. */
#ifndef IMPORT_PATH_H
#define IMPORT_PATH_H

#include "layers/layers.h"

struct plane {
    struct lonlat origin;
    double metres_per_lon, metres_per_lat;
};

struct metres {
    double x, y;
};

struct path {
    struct metres *points;
    double *at;     /* metres from the start, per point */
    uint32_t count; /* 0: no line */
};

struct foot {
    double at;     /* metres along the path */
    double offset; /* metres to the left of it, negative to the right */
};

struct plane plane_at(struct lonlat origin);
struct metres plane_to_metres(const struct plane *p, struct lonlat at);
struct lonlat plane_to_lonlat(const struct plane *p, struct metres at);
double metres_between(struct metres a, struct metres b);

/* The parts of a line put end to end as they meet; parts that join nowhere (a second carriageway) are left
 * out. */
struct path path_join(const struct plane *p, const struct shape *line, struct arena *a);
double path_length(const struct path *path);
/* Point `at` metres along, `offset` metres to the left; clamped to the ends. */
struct metres path_locate(const struct path *path, double at, double offset);
struct foot path_foot(const struct path *path, struct metres from);

#endif
