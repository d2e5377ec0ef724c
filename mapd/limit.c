/* limit: a table of senders of fixed size. When all places in reach of a hash are taken, the one whose window
 * began first makes room: a flood of addresses forgets, it does not grow. */
#include "mapd/limit.h"

#include "layers/layers.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 4096, REACH = 8 };

struct sender {
    uint64_t who; /* 0: nobody */
    int64_t since_s;
    int count;
};

struct limiter {
    pthread_mutex_t lock;
    char salt[TOKEN_LENGTH + 1];
    int most, window_s;
    struct sender senders[SLOTS];
};

struct limiter *limiter_new(int most, int window_s)
{
    struct limiter *l = calloc(1, sizeof *l);
    if (!l)
        return NULL;
    pthread_mutex_init(&l->lock, NULL);
    token_random(l->salt);
    l->most = most;
    l->window_s = window_s;
    return l;
}

void limiter_free(struct limiter *l)
{
    if (!l)
        return;
    pthread_mutex_destroy(&l->lock);
    free(l);
}

static uint64_t hash_of(const struct limiter *l, struct slice who)
{
    struct buf text = {0};
    uint8_t hash[HASH_BYTES];
    uint64_t number;
    buf_text(&text, l->salt);
    buf_slice(&text, who);
    sha256_of(buf_to_slice(&text), hash);
    buf_release(&text);
    memcpy(&number, hash, sizeof number);
    return number | 1;
}

static struct sender *place_of(struct limiter *l, uint64_t who)
{
    struct sender *oldest = NULL;
    for (size_t i = 0; i < REACH; i++) {
        struct sender *s = &l->senders[(who + i) % SLOTS];
        if (s->who == who)
            return s;
        if (!oldest || s->since_s < oldest->since_s)
            oldest = s;
    }
    *oldest = (struct sender){.who = who};
    return oldest;
}

bool limiter_take(struct limiter *l, struct slice who, int64_t now_s)
{
    uint64_t hash = hash_of(l, who);
    pthread_mutex_lock(&l->lock);
    struct sender *s = place_of(l, hash);
    if (!s->count || now_s - s->since_s >= l->window_s) {
        s->since_s = now_s;
        s->count = 0;
    }
    bool good = s->count < l->most;
    s->count += good;
    pthread_mutex_unlock(&l->lock);
    return good;
}
