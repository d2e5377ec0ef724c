/* What everything else stands on: random numbers, the flat plan of the ward and its bend to the earth, dates.
 */
#ifndef SAMPLE_PLAN_H
#define SAMPLE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GROUPS = 60, PITCH = 120, ORIGIN = 40, LINES_V = 13, LINES_H = 12, MARKETS = 2 };

struct rng {
    uint64_t state;
};
struct point {
    double u, v;
};
struct lonlat {
    double lon, lat;
};
struct box {
    double u0, v0, u1, v1;
};

/* random.c */
struct rng rng_fork(uint64_t seed, const char *part);
uint64_t rng_next(struct rng *r);
int rng_below(struct rng *r, int n);
double rng_real(struct rng *r, double low, double high);
bool rng_chance(struct rng *r, int permille);

/* plan.c */
struct lonlat plan_to_lonlat(struct point p);
struct point plan_along(struct point start, struct point heading, double t_m, double left_m);
struct box plan_ward(void);
struct box plan_block(int i, int j);
struct box plan_group(int group);
int plan_group_of(struct point p);
bool plan_is_open(struct point p); /* lake, park or market: no houses there */
struct box plan_market(int market);
struct point box_middle(struct box b);
/* VN-2000 / TM-3 107-45 (EPSG:5899); out[0] easting, out[1] northing */
void plan_vn2000(struct lonlat at, double out[2]);

/* dates.c: days since 1970-01-01 */
int date_make(int year, int month, int day);
int date_years_later(int day, int years); /* the same day and month; 29 February becomes the 28th */
void date_text(int day, const char *form, char out[16]); /* form: "d/m/y" "y-m-d" "d-m-y" "d.m.y" */

#endif
