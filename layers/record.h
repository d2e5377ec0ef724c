/* record: rows in and out of the register, one noun a chapter (business.c, market.c, food_safety.c,
 * payment.c, gazetteer.c). Part of the door layers/layers.h; include that. */
#ifndef LAYERS_RECORD_H
#define LAYERS_RECORD_H

/* --- gazetteer.c: what the geocoder asks, read whole into memory --- */

/* Lines and rings as they stand in the file. A ring is closed; the first part of an area is an outer ring, a
 * hole is only told apart by the even-odd rule. */
struct shape {
    struct lonlat *points; /* all parts behind each other */
    uint32_t *ends;        /* end of each part in points */
    uint32_t part_count;   /* 0: no geometry */
    struct box bounds;
};

struct gazetteer_ward {
    int64_t id;
    struct slice code, name, fold;
    bool is_home;
    struct shape area;
};

/* a former name, or a former ward that became (part of) this one */
struct gazetteer_ward_name {
    int64_t ward_id; /* 0: became none of ours */
    struct slice name, fold, district;
};

struct gazetteer_group {
    int64_t id, ward_id;
    struct slice name, fold;
    int number; /* 0: it has a name only */
    struct shape area;
};

struct gazetteer_street {
    int64_t id;
    struct slice name, fold, ward;
    struct shape line;
};

enum alias_kind { ALIAS_STRONG, ALIAS_WEAK, ALIAS_OLD_NAME };

struct gazetteer_alias {
    uint32_t street; /* index into streets */
    struct slice name, fold;
    enum alias_kind kind;
};

struct gazetteer_alley {
    uint32_t street;
    struct slice chain; /* "45", "45/12": outermost first, upper case */
    struct shape line;
};

struct gazetteer_point {
    uint32_t street;
    struct slice chain, suffix;
    int number;
    struct lonlat at;
};

struct gazetteer_market {
    int64_t id;
    struct slice code, name, fold;
    bool has_point;
    struct lonlat at;
};

struct gazetteer_stall {
    int64_t market_id;
    struct slice zone_fold, number_norm;
    struct lonlat at;
};

/* an address text that a member of staff has placed */
struct gazetteer_memory {
    struct slice key;
    struct lonlat at;
};

/* Immutable once read; everything in it lives as long as it does, no store needed. Streets stand by id;
 * aliases, alleys and points by (street, ...), alleys by chain, points by chain, number and suffix; memory by
 * key. */
struct gazetteer {
    struct arena arena;
    struct gazetteer_ward *wards;
    struct gazetteer_ward_name *ward_names;
    struct gazetteer_group *groups;
    struct gazetteer_street *streets;
    struct gazetteer_alias *aliases;
    struct gazetteer_alley *alleys;
    struct gazetteer_point *points;
    struct gazetteer_market *markets;
    struct gazetteer_stall *stalls;
    struct gazetteer_memory *memory;
    uint32_t ward_count, ward_name_count, group_count, street_count, alias_count, alley_count, point_count;
    uint32_t market_count, stall_count, memory_count;
};

bool gazetteer_read(struct gazetteer **out, struct store *s, struct fault *f) RESULT_MUST_BE_USED;
void gazetteer_free(struct gazetteer *g);
/* Even-odd over all rings; a point on the border may be in or out. */
bool shape_holds(const struct shape *area, struct lonlat at);

/* --- business.c: places --- */

/* --- market.c: markets, zones, stalls, traders, pilots --- */

/* --- food_safety.c --- */

/* --- payment.c: evidence --- */

#endif
