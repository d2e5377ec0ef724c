/* geocode_place: from street, alleys and number to a point (geocode_place.c). Private to the geocoder. */
#ifndef IMPORT_GEOCODE_PLACE_H
#define IMPORT_GEOCODE_PLACE_H

#include "import/address.h"

struct place_index;

struct place_index *place_index_new(const struct gazetteer *g, struct arena *a);

enum place_grade {
    PLACE_EXACT,   /* the address point */
    PLACE_BETWEEN, /* same side, near neighbours */
    PLACE_NEAR,    /* mouth of the alley, other side, far neighbours */
    PLACE_STREET,
    PLACE_OUTSIDE, /* the number is beyond what the street has; `at` is on the street */
    PLACE_NOWHERE, /* the street has no geometry */
};

struct placed {
    enum place_grade grade;
    struct lonlat at;
    double accuracy_m;
    int known_max;       /* largest known number where grade is OUTSIDE */
    bool is_alley_mouth; /* the alley itself is not known */
    bool is_other_side;
    int64_t source_id; /* of the house, when grade is EXACT */
    bool is_scattered; /* no line, and the houses known are so far apart that the street is no answer */
};

struct place_query {
    uint32_t street;
    const struct address *address;
    int64_t ward_id, group_id; /* 0: not named */
};

void place_find(const struct place_index *p, const struct place_query *q, struct arena *a,
                struct placed *out);
/* Where two streets meet or come nearest; false when they stay more than 40 m apart. */
bool place_crossing(const struct place_index *p, uint32_t a, uint32_t b, struct lonlat *at);
/* A point on an area's surface and the radius that covers it. */
struct lonlat place_area(const struct shape *area, double *radius_m);
double distance_m(struct lonlat a, struct lonlat b);
struct place_near {
    const struct gazetteer_point *point; /* NULL: no house is known */
    double point_m, street_m;            /* infinite when there is none */
    uint32_t street;
};
bool place_nearest(const struct place_index *p, struct lonlat at, struct place_near *out);
/* Metres from the street's line; infinite when it has none. */
double place_street_m(const struct place_index *p, uint32_t street, struct lonlat at);

#endif
