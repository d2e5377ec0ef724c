/* chart: small pictures of figures as SVG, without script, inside a page or on their own. Private to mapd/.
 */
#ifndef MAPD_CHART_H
#define MAPD_CHART_H

#include "layers/kit.h"

struct chart_point {
    const char *label;              /* "2026-Q2" */
    int64_t numerator, denominator; /* denominator 0: nothing known, a gap */
};

struct chart {
    const char *title; /* read aloud in place of the picture */
    const struct chart_point *points;
    int count, target; /* percent; below 0: none */
};

/* A line over time with the target dashed. */
void chart_line(struct buf *out, const struct chart *c);
/* One bar for each point, side by side. */
void chart_bars(struct buf *out, const struct chart *c);

struct chart_tile {
    const char *code, *title, *value, *target, *verdict; /* texts as shown */
    int64_t numerator, denominator;
    int target_percent; /* below 0: none */
    bool is_met;
};

/* A picture for somebody else's page: complete by itself. */
void chart_tile(struct buf *out, const struct chart_tile *t);

#endif
