/* serve_filter: OGC API - Features, Part 3: the asking itself for items and tiles: fields as parameters, and
 * `filter` in CQL2. Between route.c and the handlers of items and tiles; what may be asked is serve_schema.c,
 * the meaning of a filter is layers/. */
#include "mapd/serve.h"

static bool add_cql2(const struct call *c, struct filter *filter, struct fault *f)
{
    enum crs_id id = (enum crs_id)c->value[PARAMETER_FILTER_CRS].integer;
    const struct filter_crs *crs;
    if (!crs_lend(c->serve->systems, id, c->arena, &crs, f))
        return false;
    struct cql2_text what = {c->value[PARAMETER_FILTER].text,
                             c->value[PARAMETER_FILTER_LANG].integer == 1 ? CQL2_LANG_JSON : CQL2_LANG_TEXT,
                             crs};
    return filter_add_cql2(filter, &what, f);
}

bool make_filter(const struct call *c, const struct snapshot_layer *l, struct filter **out, struct fault *f)
{
    bool has_cql2 = c->value[PARAMETER_FILTER].given, has_area = c->value[PARAMETER_AREA].given;
    *out = NULL;
    if (!c->field_count && !has_cql2 && !has_area)
        return true;
    struct filter *filter = filter_new(c->arena, l->layer);
    for (int i = 0; i < c->field_count; i++)
        if (!filter_add_equal(filter, c->fields[i].name, c->fields[i].value, f))
            return false;
    if (has_cql2 && !add_cql2(c, filter, f))
        return false;
    const struct snapshot_layer *groups = snapshot_get(c->snapshot, LAYER_RESIDENTIAL_GROUPS);
    if (has_area && !filter_add_area(filter, groups, c->value[PARAMETER_AREA].text, f))
        return false;
    filter_bind(filter, l);
    *out = filter;
    return true;
}
