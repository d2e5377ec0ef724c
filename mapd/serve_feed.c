/* serve_feed: the changes of a public layer for the agency above, by a program's token
 * (docs/feed.openapi.json). */
#include "mapd/staff.h"

enum { FEED_DEFAULT = 500, FEED_MOST = 5000 };

bool staff_feed(const struct call *c, struct reply *r, struct fault *f)
{
    const struct value *limit = &c->value[PARAMETER_LIMIT];
    struct feed_query q = {.snapshot = c->snapshot,
                           .layer = c->value[PARAMETER_COLLECTION].layer->id,
                           .cursor = c->value[PARAMETER_CURSOR].integer,
                           .limit = limit->given
                                        ? (int)(limit->integer > FEED_MOST ? FEED_MOST : limit->integer)
                                        : FEED_DEFAULT};
    struct store *s = c->serve->staff->store;
    const char *agency = store_meta(s, c->arena, "agency_code");
    if (!feed_page(s, &q, agency ? agency : c->serve->ward_code, &r->body, f))
        return false;
    r->type = "application/json";
    return true;
}
