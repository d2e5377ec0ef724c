/* serve_operator: /health and /metrics. Both speak of the snapshot that is being served now. */
#include "mapd/json_write.h"
#include "mapd/serve.h"

bool serve_health(const struct call *c, struct reply *r, struct fault *f)
{
    (void)f;
    struct json j = {.out = &r->body};
    json_open(&j, '{');
    json_field(&j, "status", "ok");
    json_field_int(&j, "revision", snapshot_revision(c->snapshot));
    json_field(&j, "ward", c->serve->ward_name);
    json_field_bool(&j, "sample", c->serve->is_sample);
    json_close(&j, '}');
    return true;
}

bool serve_metrics(const struct call *c, struct reply *r, struct fault *f)
{
    (void)f;
    watch_write(c->serve->watch, c->serve, c->snapshot, &r->body);
    return true;
}
