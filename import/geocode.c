/* geocode: stands in until the geocoder lands; REPLACE THIS FILE WHOLE. It claims nothing: every address
 * waits for a person. */
#include "import/import.h"

#include <stdlib.h>

struct geocoder {
    struct store *store;
};

bool geocoder_open(struct geocoder **out, struct store *s, struct fault *f)
{
    struct geocoder *g = calloc(1, sizeof *g);
    if (!g)
        return fault_set(f, FAULT_INTERNAL, NULL, "%s", "hết bộ nhớ");
    g->store = s;
    *out = g;
    return true;
}

void geocoder_close(struct geocoder *g)
{
    free(g);
}

void geocode(const struct geocoder *g, const struct geocode_query *q, struct arena *a,
             struct geocode_result *r)
{
    (void)g;
    (void)a;
    *r = (struct geocode_result){.position = POSITION_NONE, .status = GEOCODE_NONE};
    if (!q->address.n && !q->street.n)
        return;
    r->status = GEOCODE_REVIEW;
    r->why = SLICE("chưa có bộ tìm địa chỉ");
}

void geocode_explanation_json(const struct geocode_result *r, struct buf *out)
{
    buf_format(out, "{\"status\":\"%s\"}", r->status == GEOCODE_REVIEW ? "review" : "none");
}

void geocode_areas(const struct geocoder *g, struct lonlat at, int64_t *group_id, int64_t *ward_id)
{
    (void)g;
    (void)at;
    *group_id = *ward_id = 0;
}
