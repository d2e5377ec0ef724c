/* reference: the gazetteer and the base layer, filled (reference.c). Reading them whole is gazetteer.c's.
 * Part of the door layers/layers.h; include that. Geometry is ISO WKB in EPSG:4326; an empty one keeps what
 * is there. */
#ifndef LAYERS_REFERENCE_H
#define LAYERS_REFERENCE_H

/* What is there of a named thing: enough to find a row's own. */
struct named {
    int64_t id;
    struct slice name, fold, ref; /* ref: the code the office's list gives it; wards: the official code */
};

int street_list(struct store *s, struct arena *a, struct named **out);
int street_alias_list(struct store *s, struct arena *a, struct named **out); /* id is the street's */
int ward_list(struct store *s, struct arena *a, struct named **out);
int residential_group_list(struct store *s, struct arena *a, struct named **out);

/* --- source.c: whose the reference data is --- */

struct data_source {
    int64_t id;
    struct slice name, dated_on, licence;         /* empty: nobody said */
    int64_t streets, houses, areas, stalls, base; /* of source_list: how much rests on it */
};

/* The source of this name, date and licence, made when there is none; its id. */
bool source_put(struct store *s, struct data_source *source, struct fault *f) RESULT_MUST_BE_USED;
/* What a row made comes from this source; other entities than reference data are left alone. */
bool source_mark(struct store *s, const char *entity, int64_t entity_id, int64_t source_id,
                 struct fault *f) RESULT_MUST_BE_USED;
int source_list(struct store *s, struct arena *a, struct data_source **out);

struct street {
    int64_t id;
    struct slice name, ref, ward;
};

bool street_put(struct store *s, struct street *st, struct fault *f) RESULT_MUST_BE_USED;
/* Replaces the centre line by these parts (LINESTRING or MULTILINESTRING each). */
bool street_set_lines(struct store *s, int64_t street_id, const struct slice *wkb, int count,
                      struct fault *f) RESULT_MUST_BE_USED;
/* Makes the strong aliases exactly these names. */
bool street_set_aliases(struct store *s, int64_t street_id, const struct slice *names, int count,
                        struct fault *f) RESULT_MUST_BE_USED;
/* The chain and every chain it hangs on; `wkb` may be empty. */
bool alley_put(struct store *s, int64_t street_id, struct slice chain, struct slice wkb,
               struct fault *f) RESULT_MUST_BE_USED;

struct address_point {
    int64_t street_id;
    struct slice chain; /* "45/12", empty on the street itself */
    int number;
    struct slice suffix, source;
    struct lonlat at;
};

bool address_point_put(struct store *s, const struct address_point *p, int64_t *id, bool *is_new,
                       struct fault *f) RESULT_MUST_BE_USED;

struct ward {
    int64_t id;
    struct slice code, name, wkb;
    struct date valid_from, valid_to;
};

bool ward_put(struct store *s, struct ward *w, struct fault *f) RESULT_MUST_BE_USED;
/* A name the ward had before, or a former ward that became (part of) it; what is not known is empty. */
struct ward_name {
    int64_t ward_id;
    struct slice name, old_code, district;
    bool is_part; /* only a part of the former ward came to this one */
};

bool ward_name_put(struct store *s, const struct ward_name *n, bool *is_new,
                   struct fault *f) RESULT_MUST_BE_USED;
int64_t ward_home(struct store *s);
int64_t ward_find(struct store *s, struct slice code); /* by the official code; 0: there is none */

struct residential_group {
    int64_t id, ward_id;
    struct slice name, ref, wkb;
    int number; /* 0: the name has none */
};

bool residential_group_put(struct store *s, struct residential_group *g, struct fault *f) RESULT_MUST_BE_USED;

struct industry {
    struct slice version, code, name, group;
    int level;
};

bool industry_put(struct store *s, const struct industry *i, bool *is_new,
                  struct fault *f) RESULT_MUST_BE_USED;
/* All industries, by code, the newest version of a code first. */
int industry_list(struct store *s, struct arena *a, struct industry **out);

struct base_feature {
    const char *layer; /* water green roads */
    struct slice name, class, key, wkb;
};

bool base_feature_put(struct store *s, const struct base_feature *b, int64_t *id, bool *is_new,
                      struct fault *f) RESULT_MUST_BE_USED;

#endif
