/* service_log: what the service writes down about itself: probes, uses by day, runs of checks. Part of the
 * door layers/layers.h; include that. The indicators S1.4 to S2.8 count it.
 *
 * Law: no personal datum, no address, no name of a place asked for: kinds and counts only. A run of a check
 * moves the revision, because a public figure moves with it; probes and counts show from the next day on. */
#ifndef LAYERS_SERVICE_LOG_H
#define LAYERS_SERVICE_LOG_H

#include "layers/kit.h"

struct store;

enum service_use_kind {
    SERVICE_USE_LOOKUP,
    SERVICE_USE_SEARCH,
    SERVICE_USE_DASHBOARD,
    SERVICE_USE_REPORT,
    SERVICE_USE_EXPORT_FOOD_SAFETY,
    SERVICE_USE_INSPECTION_PLAN,
    SERVICE_USE_COUNT
};

const char *service_use_name(enum service_use_kind kind); /* "lookup" */
/* Adds to the count of the local day. Inside the caller's transaction. */
bool service_use_add(struct store *s, enum service_use_kind kind, int64_t count,
                     struct fault *f) RESULT_MUST_BE_USED;
/* One sample of the service's health, under the local hour. Inside the caller's transaction. */
bool service_probe_add(struct store *s, bool was_well, struct fault *f) RESULT_MUST_BE_USED;

struct service_item {
    const char *name, *note; /* note may be NULL */
    bool is_good;
};

/* kind: "search", "search_sample", "codes", "codes_ceased", "dashboard", "backup", "restore". */
struct service_check {
    const char *kind, *who, *note; /* note: a seed, a count; may be NULL */
    const struct service_item *items;
    size_t item_count;
};

/* Its own transaction. Of runs that look at every code only the last keeps its items. */
bool service_check_add(struct store *s, const struct service_check *check,
                       struct fault *f) RESULT_MUST_BE_USED;
/* Local day of the last run of a kind; false when there is none. */
bool service_check_last(struct store *s, const char *kind, struct date *day);

/* A place drawn for a check, in the order of a seed: the same seed draws the same places. */
struct service_sample {
    const char *code, *type, *name, *address, *residential_group, *industry, *market,
        *number;     /* "" if none */
    double lon, lat; /* degrees */
    bool has_point, has_ceased;
};

/* Up to `most` places; most < 0: all, in the order of their codes. Read from the public views. */
int service_sample_draw(struct store *s, struct arena *a, uint32_t seed, int most,
                        struct service_sample **out, struct fault *f);
/* Codes of the indicators the ward asked for on its dashboard. */
int service_dashboard_codes(struct store *s, struct arena *a, const char ***codes, struct fault *f);

#endif
