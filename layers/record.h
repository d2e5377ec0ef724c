/* record: places and markets in and out, one noun a chapter (business.c, market.c, stall.c, trader.c,
 * gazetteer.c); batch.h, proof.h and reference.h follow from it. Part of the door layers/layers.h; include
 * that.
 *
 * Law: a record with id 0 is new and gets its id (and its code) from the put; with an id it replaces what is
 * there. Slices inside a record are borrowed for the call. Text handed out lives in the arena. Enumerations
 * are the constants of design.md section 6 ("household"). All puts stand inside a transaction. */
#ifndef LAYERS_RECORD_H
#define LAYERS_RECORD_H

#include "layers/batch.h"

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

/* whose reference data something is */
struct gazetteer_source {
    int64_t id;
    struct slice name, dated_on, licence;
};

struct gazetteer_street {
    int64_t id;
    struct slice name, fold, ward;
    struct shape line;
    int64_t source_id; /* 0: nobody said */
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
    int64_t source_id;
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
    struct slice key, position; /* "gps", or what was accepted: "house_number", "interpolated", "street" */
    struct lonlat at;
    double accuracy_m;
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
    struct gazetteer_source *sources; /* by id */
    uint32_t ward_count, ward_name_count, group_count, street_count, alias_count, alley_count, point_count;
    uint32_t market_count, stall_count, memory_count, source_count;
};

bool gazetteer_read(struct gazetteer **out, struct store *s, struct fault *f) RESULT_MUST_BE_USED;
void gazetteer_free(struct gazetteer *g);
/* Even-odd over all rings; a point on the border may be in or out. */
bool shape_holds(const struct shape *area, struct lonlat at);

/* --- business.c: places --- */

struct place {
    int64_t id;
    char code[CODE_LENGTH + 1]; /* of a new place: empty, or drawn already */
    bool is_stall;
    struct slice ref, name, public_name;
    struct slice name_fold; /* of `name`; empty: it is folded when the place is written */
    const char *status;
    struct slice status_raw;
    struct date valid_from, valid_to, source_date, verified_on;
    struct slice industry_version, industry_code, industry_group;
    int64_t group_id, ward_id, batch_id;
    bool needs_review;
};

struct place_position {
    const char *position; /* "house_number" ... "none" */
    struct lonlat at;     /* meaningless when position is "none" */
    double accuracy_m;
    struct slice explanation; /* JSON without private text */
};

/* An update with an empty address keeps all that says where it is; NULL, -1 and zero dates keep what is
 * there. */
struct establishment {
    int64_t place_id;
    const char *kind;
    struct slice kind_raw, address, public_address, address_key;
    uint8_t match_key[HASH_BYTES]; /* of folded name and address key: the same business of another list */
    int64_t street_id, stall_place_id;
    struct slice number, chain;
    int at_home, has_account, einvoice_in_scope, einvoice_connected; /* -1 unknown */
    struct date licensed_on;
};

/* What an update must know of the place that is there. */
struct place_known {
    struct place place;
    struct slice position, address, address_key, kind;
    int64_t stall_place_id;
    bool has_establishment;
};

int64_t place_by_ref(struct store *s, struct slice ref);   /* 0: none */
int64_t place_by_code(struct store *s, struct slice code); /* any spelling of a public code */
bool place_read(struct store *s, struct arena *a, int64_t id, struct place_known *out);
/* `at` NULL leaves the position as it is (a new place has none). */
bool place_put(struct store *s, struct place *p, const struct place_position *at,
               struct fault *f) RESULT_MUST_BE_USED;
bool place_set_position(struct store *s, int64_t id, const struct place_position *p,
                        struct fault *f) RESULT_MUST_BE_USED;
bool establishment_put(struct store *s, const struct establishment *e, bool is_new,
                       struct fault *f) RESULT_MUST_BE_USED;
void establishment_match_key(struct store *s, struct slice name_fold, struct slice address_key,
                             uint8_t out[HASH_BYTES]);
int establishment_by_match_key(struct store *s, const uint8_t key[HASH_BYTES], int64_t *ids, int limit);
/* Gives the office's number of the place free for another one. */
bool place_release_ref(struct store *s, int64_t id, struct fault *f) RESULT_MUST_BE_USED;
/* From now on the two are one business, counted and shown at the stall. */
bool establishment_link(struct store *s, int64_t place_id, int64_t stall_place_id,
                        struct fault *f) RESULT_MUST_BE_USED;
/* The establishment that was linked to this stall; 0: none. */
int64_t establishment_of_stall(struct store *s, int64_t stall_place_id);
/* Its point and accuracy; false when it has none. */
bool place_read_point(struct store *s, int64_t id, struct place_position *out);
/* "house_number"; "none" for a place that is not there. In the arena. */
const char *place_position_name(struct store *s, struct arena *a, int64_t id);

/* --- market.c, stall.c, trader.c --- */

struct market {
    int64_t id, batch_id;
    struct slice code, name, address, evidence_note;
    int market_class, ward_managed, cashless_deployed, market_40; /* -1 unknown */
    const char *position;
    struct lonlat at;
    double accuracy_m;
    struct date source_date;
    struct slice fold; /* read only */
};

int market_list(struct store *s, struct arena *a, struct market **out);
bool market_put(struct store *s, struct market *m, struct fault *f) RESULT_MUST_BE_USED;
bool zone_put(struct store *s, int64_t market_id, struct slice name, int64_t *id,
              struct fault *f) RESULT_MUST_BE_USED;

/* Key of a zone's name: "Khu A" and "a" are one zone. */
struct slice zone_fold_in(struct arena *a, struct slice name);

/* zone_fold empty and kind NULL ask for any. */
struct stall_key {
    int64_t market_id;
    struct slice zone_fold;
    const char *kind;
    struct slice number_norm;
};

struct stall {
    int64_t place_id, market_id, zone_id;
    const char *kind; /* NULL keeps what is there, "counter" for a new one */
    struct slice number, number_norm, goods;
    double area_m2; /* NaN unknown */
};

int stall_find(struct store *s, const struct stall_key *k, int64_t *place_ids, int limit);
bool stall_put(struct store *s, const struct stall *st, struct fault *f) RESULT_MUST_BE_USED;
/* Position by the floor plan, else by the market; "none" when neither is known. */
void stall_position(struct store *s, const struct stall_key *k, struct place_position *out);

struct stall_plan {
    struct stall_key key;
    struct slice wkb;
};

bool stall_plan_put(struct store *s, const struct stall_plan *p, int64_t *id, bool *is_new,
                    struct fault *f) RESULT_MUST_BE_USED;
/* Places all stalls of the market again that stand by plan, by market or nowhere. */
bool stall_place_again(struct store *s, int64_t market_id, struct fault *f) RESULT_MUST_BE_USED;

struct occupant {
    int64_t place_id, market_id, batch_id;
    struct slice name, name_fold, phone, identity; /* an empty name: nobody */
    int has_account;                               /* -1 unknown */
    struct date since;                             /* of a change; all zero unknown */
    struct date today;
};

/* Who runs the stall from now on; the occupancy before ends when it is somebody else. */
bool occupancy_set(struct store *s, const struct occupant *o, struct fault *f) RESULT_MUST_BE_USED;
/* Whether the present occupant has this folded name: 1 yes, 0 no, -1 nobody is there. */
int occupancy_compare(struct store *s, int64_t place_id, struct slice name_fold);

/* --- policy --- */

/* A number of the policy in force on the day. */
int64_t policy_number(struct store *s, const char *key, struct date day, int64_t otherwise);
/* A day of the policy in force on `day`; no date when there is none. */
struct date policy_day(struct store *s, const char *key, struct date day);

#include "layers/proof.h"
#include "layers/reference.h"

#endif
