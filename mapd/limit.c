/* limit: a leaking measure for each address and kind, in a table of fixed size: a stranger with many
 * addresses makes it forget, not grow. Stands before routing: http.c asks when the headers are in. */
#include "mapd/limit.h"

#include "mapd/serve.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* --- addresses --- */

static const uint8_t MAPPED[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static bool is_mapped(const struct address *a)
{
    return memcmp(a->byte, MAPPED, sizeof MAPPED) == 0;
}

bool address_is_loopback(const struct address *a)
{
    static const struct address V6 = {{[15] = 1}};
    return is_mapped(a) ? a->byte[12] == 127 : memcmp(a, &V6, sizeof V6) == 0;
}

/* Without port and brackets. */
static struct slice bare(struct slice text)
{
    text = slice_trim(text);
    ptrdiff_t close = slice_find(text, SLICE("]")), colon = slice_find(text, SLICE(":"));
    if (text.n && text.p[0] == '[' && close > 0)
        return (struct slice){text.p + 1, (size_t)close - 1};
    struct slice behind =
        colon < 0 ? (struct slice){0} : (struct slice){text.p + colon + 1, text.n - (size_t)colon - 1};
    if (colon > 0 && slice_find(behind, SLICE(":")) < 0)
        text.n = (size_t)colon;
    return text;
}

bool address_read(struct slice text, struct address *a)
{
    char copy[INET6_ADDRSTRLEN];
    text = bare(text);
    if (text.n >= sizeof copy)
        return false;
    memcpy(copy, text.p ? text.p : "", text.n);
    copy[text.n] = '\0';
    memcpy(a->byte, MAPPED, sizeof MAPPED);
    return inet_pton(AF_INET, copy, a->byte + sizeof MAPPED) == 1 || inet_pton(AF_INET6, copy, a->byte) == 1;
}

/* --- proxies --- */

static bool add_proxy(struct proxies *p, struct slice text, struct fault *f)
{
    enum { BITS = 128, V4_OFFSET = 96 };
    int64_t bits = -1;
    ptrdiff_t slash = slice_find(text, SLICE("/"));
    struct slice host = slash < 0 ? text : (struct slice){text.p, (size_t)slash};
    struct address *a = &p->one[p->count].address;
    if (p->count == PROXIES_MOST || !address_read(host, a) ||
        (slash >= 0 &&
         (!slice_to_int((struct slice){text.p + slash + 1, text.n - (size_t)slash - 1}, &bits) || bits < 0)))
        return fault_set(f, FAULT_USAGE, "--trusted-proxy", "\"%.*s\"", (int)text.n, text.p);
    if (bits >= 0 && is_mapped(a))
        bits += V4_OFFSET;
    if (bits > BITS)
        return fault_set(f, FAULT_USAGE, "--trusted-proxy", "\"%.*s\"", (int)text.n, text.p);
    p->one[p->count++].bits = bits < 0 ? BITS : (int)bits;
    return true;
}

bool proxies_read(struct proxies *p, const char *list, struct fault *f)
{
    struct slice rest = slice_of(list), one;
    *p = (struct proxies){0};
    while (slice_next(&rest, ',', &one))
        if (slice_trim(one).n && !add_proxy(p, slice_trim(one), f))
            return false;
    return true;
}

static bool same_bits(const struct address *a, const struct address *b, int bits)
{
    int whole = bits / 8, rest = bits % 8;
    return memcmp(a->byte, b->byte, (size_t)whole) == 0 &&
           (!rest || (a->byte[whole] ^ b->byte[whole]) >> (8 - rest) == 0);
}

bool proxies_hold(const struct proxies *p, const struct address *a)
{
    for (int i = 0; i < p->count; i++)
        if (same_bits(&p->one[i].address, a, p->one[i].bits))
            return true;
    return address_is_loopback(a);
}

struct address proxies_caller(const struct proxies *p, const struct request *r)
{
    struct address caller = r->peer, before;
    struct slice rest = r->forwarded_for;
    while (rest.n && proxies_hold(p, &caller)) {
        size_t start = rest.n;
        while (start > 0 && rest.p[start - 1] != ',')
            start--;
        if (!address_read((struct slice){rest.p + start, rest.n - start}, &before))
            break;
        caller = before;
        rest.n = start ? start - 1 : 0;
    }
    return caller;
}

/* --- rates --- */

static const struct {
    const char *name;
    enum method method;
    const char *prefix;
    double burst, per_minute;
} LIMITS[LIMIT_COUNT] = {
#define LIMIT(id, method, prefix, burst, per_minute) {#id, method, prefix, burst, per_minute},
#include "mapd/limits.def"
#undef LIMIT
};

enum { SETS = 1024, WAYS = 8 };

struct measure {
    struct address address;
    int64_t seen_ns;           /* 0: free */
    double taken[LIMIT_COUNT]; /* leaks at the rate of its kind */
};

struct limiter {
    pthread_mutex_t lock;
    uint64_t seed; /* so that nobody can aim at one set */
    struct measure measure[SETS][WAYS];
    _Atomic uint64_t refused[LIMIT_COUNT];
};

struct limiter *limiter_new(void)
{
    struct limiter *l = calloc(1, sizeof *l);
    if (!l)
        return NULL;
    pthread_mutex_init(&l->lock, NULL);
    if (getrandom(&l->seed, sizeof l->seed, 0) != sizeof l->seed)
        l->seed = (uint64_t)clock_monotonic_ns();
    return l;
}

void limiter_free(struct limiter *l)
{
    if (!l)
        return;
    pthread_mutex_destroy(&l->lock);
    free(l);
}

const char *limit_name(enum limit_kind kind)
{
    return LIMITS[kind].name;
}

uint64_t limiter_refused(const struct limiter *l, enum limit_kind kind)
{
    return atomic_load(&l->refused[kind]);
}

enum limit_kind limit_of(const struct request *r)
{
    enum method method = r->method == METHOD_HEAD ? METHOD_GET : r->method;
    for (int i = 0; i < LIMIT_COUNT; i++)
        if (method != METHOD_OTHER && LIMITS[i].method == method &&
            path_starts(r->path, slice_of(LIMITS[i].prefix)))
            return (enum limit_kind)i;
    return LIMIT_NONE;
}

static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

/* The address's own measure, or the one of its set that was used longest ago, emptied. */
static struct measure *measure_of(struct limiter *l, const struct address *a, int64_t now_ns)
{
    uint64_t halves[2];
    memcpy(halves, a->byte, sizeof halves);
    struct measure *set = l->measure[mix(mix(halves[0] ^ l->seed) ^ halves[1]) % SETS], *oldest = set;
    for (int i = 0; i < WAYS; i++) {
        if (set[i].seen_ns && memcmp(&set[i].address, a, sizeof *a) == 0)
            return &set[i];
        if (set[i].seen_ns < oldest->seen_ns)
            oldest = &set[i];
    }
    *oldest = (struct measure){.address = *a, .seen_ns = now_ns};
    return oldest;
}

static void leak(struct measure *m, int64_t now_ns)
{
    double minutes = (double)(now_ns - m->seen_ns) / 60e9;
    for (int i = 0; i < LIMIT_COUNT; i++) {
        m->taken[i] -= minutes * LIMITS[i].per_minute;
        if (m->taken[i] < 0)
            m->taken[i] = 0;
    }
    m->seen_ns = now_ns;
}

bool limiter_take(struct limiter *l, const struct address *a, enum limit_kind kind, int64_t now_ns,
                  int *wait_s)
{
    struct address key = *a;
    if (!is_mapped(a))
        memset(key.byte + 8, 0, 8);
    pthread_mutex_lock(&l->lock);
    struct measure *m = measure_of(l, &key, now_ns);
    leak(m, now_ns);
    bool has_room = m->taken[kind] + 1 <= LIMITS[kind].burst;
    if (has_room)
        m->taken[kind] += 1;
    else
        *wait_s = 1 + (int)((m->taken[kind] + 1 - LIMITS[kind].burst) * 60 / LIMITS[kind].per_minute);
    pthread_mutex_unlock(&l->lock);
    if (!has_room)
        atomic_fetch_add(&l->refused[kind], 1);
    return has_room;
}
