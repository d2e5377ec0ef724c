/* service: probes and counts. A probe asks the server's own /health and the ward file; it sees what the
 * machine sees, not the network outside. */
#include "mapd/service.h"

#include "mapd/staff.h"

#include <stdlib.h>

enum { PROBE_MINUTES = 10, CHECK_HOUR = 3, LOCAL_H = 7, HOUR_S = 3600 };

struct service {
    _Atomic int64_t uses[SERVICE_USE_COUNT];
    int64_t slot; /* of ten minutes since 1970: the last that was probed */
};

struct service *service_new(void)
{
    struct service *s = memory_zeroed(1, sizeof *s);
    return s;
}

void service_free(struct service *s)
{
    free(s);
}

void service_used(struct serve *s, enum service_use_kind kind)
{
    if (s->service)
        s->service->uses[kind]++;
}

static bool is_ours(const struct request *r)
{
    for (size_t i = 0; i < sizeof r->peer.byte; i++)
        if (r->peer.byte[i])
            return false;
    return true;
}

void service_answered(struct serve *s, const struct call *c, const struct reply *r)
{
    if (r->status >= 400 || is_ours(c->request))
        return;
    if (c->route == ROUTE_CODE || c->route == ROUTE_CODE_UPPER)
        service_used(s, SERVICE_USE_LOOKUP);
    else if (c->route == ROUTE_SEARCH)
        service_used(s, SERVICE_USE_SEARCH);
}

static bool is_well(struct serve *s)
{
    struct arena a = {0};
    struct request request = {.method = METHOD_GET, .path = SLICE("/health"), .arena = &a};
    struct reply reply = {0};
    route_answer(s, &request, &reply);
    pthread_mutex_lock(&s->staff->lock); /* the connection is of the staff's requests, too */
    bool well = reply.status == 200 && store_revision(s->staff->store) >= 0;
    pthread_mutex_unlock(&s->staff->lock);
    buf_release(&reply.body);
    arena_release(&a);
    return well;
}

/* A day on which nobody asked for anything leaves no line. */
static bool write_uses(struct serve *s, struct fault *f)
{
    for (int i = 0; i < SERVICE_USE_COUNT; i++) {
        int64_t count = s->service->uses[i];
        if (count && !service_use_add(s->staff->store, (enum service_use_kind)i, count, f))
            return false;
        s->service->uses[i] -= count;
    }
    return true;
}

static void write_down(struct serve *s, bool with_probe)
{
    struct fault f = {0};
    struct store *store = s->staff->store;
    bool well = !with_probe || is_well(s);
    pthread_mutex_lock(&s->staff->lock);
    bool good = store_begin(store, &f) && (!with_probe || service_probe_add(store, well, &f)) &&
                write_uses(s, &f) && store_commit_quietly(store, &f);
    if (!good) {
        store_rollback(store);
        log_line(LOG_ERROR, "service log: %s", fault_sentence(f.code, true));
    }
    pthread_mutex_unlock(&s->staff->lock);
}

/* Once a night, and only in a server that has been up through it: a short run leaves no check behind. */
static void check_by_night(struct serve *s, int64_t now)
{
    struct date last, today = date_today();
    struct fault f = {0};
    if ((now / HOUR_S + LOCAL_H) % 24 != CHECK_HOUR)
        return;
    pthread_mutex_lock(&s->staff->lock);
    bool done =
        service_check_last(s->staff->store, "codes", &last) && date_to_days(last) >= date_to_days(today);
    if (!done && !service_check_self(s, s->staff->store, "serve", (uint32_t)now, &f))
        log_line(LOG_ERROR, "service check: %s", fault_sentence(f.code, true));
    pthread_mutex_unlock(&s->staff->lock);
}

void service_tick(struct serve *s, bool last)
{
    int64_t now = unix_now(), slot = now / (60 * PROBE_MINUTES);
    bool probes = slot != s->service->slot && !last;
    if (!probes && !last)
        return;
    bool first = s->service->slot == 0;
    s->service->slot = slot;
    write_down(s, probes);
    if (probes && !first)
        check_by_night(s, now);
}
