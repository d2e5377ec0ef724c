/* plan_grid: the floor plan of a market, or of one of its zones, told as a grid (plan_grid.c). Private to
 * import.
 *
 * The origin is the middle of the first stall, longitude and latitude in degrees. A row runs along `bearing`
 * (degrees from north, clockwise; 90 is east) with `column_m` metres from stall to stall; the next row stands
 * `row_m` metres to its right (of a row to the east: south). */
#ifndef IMPORT_PLAN_GRID_H
#define IMPORT_PLAN_GRID_H

#include "import/load.h"

enum grid_order { GRID_BY_ROW, GRID_BY_COLUMN, GRID_BACK_AND_FORTH };

struct plan_grid {
    struct lonlat origin;
    int rows, columns, first; /* number of the first stall, behind `prefix` */
    double row_m, column_m, bearing;
    struct slice prefix;
    enum grid_order order;
};

/* Whether the row tells a grid. */
bool plan_is_grid(const struct row *row);
/* False with the row rejected. Texts live in the row's arena. */
bool plan_grid_read(struct load *l, const struct row *row, struct plan_grid *g, struct outcome *out);
int plan_grid_count(const struct plan_grid *g);
/* Number of the i-th stall as typed ("A12"), and its rectangle as WKB in EPSG:4326; in the arena. */
struct slice plan_grid_stall(const struct plan_grid *g, int i, struct arena *a);
struct slice plan_grid_wkb(const struct plan_grid *g, int i, struct arena *a);

#endif
