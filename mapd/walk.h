/* walk: in which order to go from place to place. Private to mapd/. */
#ifndef MAPD_WALK_H
#define MAPD_WALK_H

#include "layers/layers.h"

/* Metres between two points a few kilometres apart at most. */
double walk_metres(struct lonlat a, struct lonlat b);
/* order[i]: which of the points is the i-th stop. Begins at the westernmost and goes on to the nearest one
 * left. */
void walk_order(const struct lonlat *points, uint32_t count, uint32_t *order);

#endif
