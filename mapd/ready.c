/* ready: whole answers, kept for the next who asks for the same tile in the same words. Between http.c, which
 * makes and sends them, and route.c, which then neither reads nor writes a header.
 *
 * Law: an answer is found only under the revision and day it was made of. The table is small and its bodies
 * are bounded together; a newcomer takes the place of whoever has it, and when the bound is reached all go:
 * what is popular comes back with the next request. */
#include "mapd/serve.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS = 1024, BODIES_MOST = 32 * 1024 * 1024 };

struct slot {
    char *words; /* path, a NUL, query */
    size_t length;
    uint64_t hash;
    int64_t generation;
    bool gzip;
    struct kept_answer *answer; /* NULL: free */
};

struct ready {
    pthread_mutex_t lock;
    size_t bytes; /* of all bodies */
    struct slot slots[SLOTS];
};

struct ready *ready_new(void)
{
    struct ready *r = calloc(1, sizeof *r);
    if (r)
        pthread_mutex_init(&r->lock, NULL);
    return r;
}

static void slot_clear(struct ready *r, struct slot *slot)
{
    r->bytes -= slot->answer ? kept_answer_bytes(slot->answer) : 0;
    free(slot->words);
    kept_answer_drop(slot->answer);
    *slot = (struct slot){0};
}

static void clear_all(struct ready *r)
{
    for (int i = 0; i < SLOTS; i++)
        slot_clear(r, &r->slots[i]);
}

void ready_free(struct ready *r)
{
    if (!r)
        return;
    clear_all(r);
    pthread_mutex_destroy(&r->lock);
    free(r);
}

/* FNV-1a over path and query. */
static uint64_t hash_of_question(const struct ready_question *q)
{
    uint64_t h = 0xCBF29CE484222325u ^ q->gzip;
    for (size_t i = 0; i < q->path.n; i++)
        h = (h ^ (uint8_t)q->path.p[i]) * 0x100000001B3u;
    for (size_t i = 0; i < q->query.n; i++)
        h = (h ^ (uint8_t)q->query.p[i]) * 0x100000001B3u;
    return h ^ h >> 32;
}

static bool asks_the_same(const struct slot *slot, uint64_t hash, const struct ready_question *q)
{
    return slot->answer && slot->hash == hash && slot->gzip == q->gzip && slot->generation == q->generation &&
           slot->length == q->path.n + 1 + q->query.n && memcmp(slot->words, q->path.p, q->path.n) == 0 &&
           (q->query.n == 0 || memcmp(slot->words + q->path.n + 1, q->query.p, q->query.n) == 0);
}

struct kept_answer *ready_get(struct ready *r, const struct ready_question *q)
{
    uint64_t hash = hash_of_question(q);
    struct slot *slot = &r->slots[hash % SLOTS];
    struct kept_answer *found = NULL;
    pthread_mutex_lock(&r->lock);
    if (asks_the_same(slot, hash, q))
        kept_answer_hold(found = slot->answer);
    pthread_mutex_unlock(&r->lock);
    return found;
}

void ready_put(struct ready *r, const struct ready_question *q, struct kept_answer *answer)
{
    struct slot made = {.length = q->path.n + 1 + q->query.n,
                        .hash = hash_of_question(q),
                        .generation = q->generation,
                        .gzip = q->gzip,
                        .answer = answer};
    made.words = calloc(1, made.length + 1);
    if (!made.words)
        return;
    memcpy(made.words, q->path.p, q->path.n);
    if (q->query.n)
        memcpy(made.words + q->path.n + 1, q->query.p, q->query.n);
    kept_answer_hold(answer);
    struct slot *slot = &r->slots[made.hash % SLOTS];
    pthread_mutex_lock(&r->lock);
    slot_clear(r, slot);
    if (r->bytes + kept_answer_bytes(answer) > BODIES_MOST)
        clear_all(r);
    *slot = made;
    r->bytes += kept_answer_bytes(answer);
    pthread_mutex_unlock(&r->lock);
}
