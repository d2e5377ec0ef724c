/* limit: how often one address may ask for what costs, and who the address is when a reverse proxy stands in
 * between. Private to mapd/.
 *
 * Law: an address lives in memory only, as the key of a counter; it is never written down. A caller on this
 * machine itself, without a proxy's word about somebody else, is not limited: it is the operator. */
#ifndef MAPD_LIMIT_H
#define MAPD_LIMIT_H

#include "layers/kit.h"

struct request;

/* IPv6, or IPv4 in its mapped form ::ffff:a.b.c.d. All zero: not known. */
struct address {
    uint8_t byte[16];
};

/* "192.0.2.1", "2001:db8::1", "[2001:db8::1]:443", "192.0.2.1:443". */
bool address_read(struct slice text, struct address *a) RESULT_MUST_BE_USED;
bool address_is_loopback(const struct address *a);

enum { PROXIES_MOST = 16 };

struct proxies {
    struct {
        struct address address;
        int bits; /* of the 128 that must be equal */
    } one[PROXIES_MOST];
    int count;
};

/* "10.0.0.5,2001:db8::/32"; NULL: only this machine, which is always among them. USAGE names what is wrong.
 */
bool proxies_read(struct proxies *p, const char *list, struct fault *f) RESULT_MUST_BE_USED;
bool proxies_hold(const struct proxies *p, const struct address *a);
/* Who asks: the peer, or, when it is a proxy of ours, the last one in X-Forwarded-For that is none. */
struct address proxies_caller(const struct proxies *p, const struct request *r);

/* --- rates (limits.def) --- */

enum limit_kind {
#define LIMIT(id, method, prefix, burst, per_minute) LIMIT_##id,
#include "mapd/limits.def"
#undef LIMIT
    LIMIT_COUNT,
    LIMIT_NONE = LIMIT_COUNT
};

struct limiter;
struct limiter *limiter_new(void);
void limiter_free(struct limiter *l);
/* Which rate a request falls under. */
enum limit_kind limit_of(const struct request *r);
/* Takes one from the address's measure; false when it is empty, with the seconds until there is one again.
 * IPv6 addresses of one /64 share a measure: a household has so many of them. */
bool limiter_take(struct limiter *l, const struct address *a, enum limit_kind kind, int64_t now_ns,
                  int *wait_s);
const char *limit_name(enum limit_kind kind);
/* How many requests were refused since the start. */
uint64_t limiter_refused(const struct limiter *l, enum limit_kind kind);

#endif
