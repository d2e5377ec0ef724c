/* Random numbers that are the same on every machine: splitmix64, one stream for each part of the sample, so
 * that adding a draw to one part does not move the others. */
#include "ward.h"

uint64_t rng_next(struct rng *r)
{
    uint64_t z = (r->state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

struct rng rng_fork(uint64_t seed, const char *part)
{
    struct rng r = {seed * 0x9E3779B97F4A7C15u + 1469598103934665603u};
    for (const char *c = part; *c; c++)
        r.state = (r.state ^ (unsigned char)*c) * 1099511628211u;
    rng_next(&r);
    return r;
}

int rng_below(struct rng *r, int n)
{
    return (int)((rng_next(r) >> 33) % (uint64_t)n);
}

double rng_real(struct rng *r, double low, double high)
{
    return low + (high - low) * (double)(rng_next(r) >> 11) / 9007199254740992.0;
}

bool rng_chance(struct rng *r, int permille)
{
    return rng_below(r, 1000) < permille;
}
