/* geos: how two geometries lie to each other (DE-9IM), by GEOS; the only place that knows it. For cql2.
 *
 * A relation is made once for a filter and asked row by row; it is given back with its arena and serves one
 * thread. Plane geometry in degrees. */
#ifndef LAYERS_GEOS_H
#define LAYERS_GEOS_H

#include "layers/cql2.h"

struct geos_relation;

/* `op` is one of CQL2_S_…; a NULL figure is the geometry of the row. NULL when a figure is no valid geometry:
 * *why says so in words. */
struct geos_relation *geos_relate(struct arena *a, enum cql2_op op, const struct figure *const figure[2],
                                  const char **why);
/* UNKNOWN when the row has no geometry, or a broken one. */
enum cql2_truth geos_test(const struct geos_relation *relation, const struct snapshot_layer *l, uint32_t row);
/* The box that a row's geometry must meet to pass; false when there is none (S_DISJOINT, two geometries of
 * the row, two literals). */
bool geos_reach(const struct geos_relation *relation, struct box *reach);

#endif
