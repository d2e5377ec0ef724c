/* past: a few read copies of other days. Making one costs a copy of the file (layers/history.c), so the last
 * ones stay, each for as long as the file has the revision it was made from. Law: the lock is held while a
 * copy is made: whoever asks for the same day waits for it instead of making it twice. */
#include "mapd/past.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAST_KEPT = 3, WHEN_BYTES = 24 };

struct kept {
    struct snapshot *snapshot;
    int64_t revision, used;
    char as_of[WHEN_BYTES], known_at[WHEN_BYTES];
};

struct past {
    pthread_mutex_t lock;
    const char *path, *key_path;
    struct kept kept[PAST_KEPT];
    int64_t clock;
};

struct past *past_new(const char *path, const char *key_path)
{
    struct past *p = memory_zeroed(1, sizeof *p);
    pthread_mutex_init(&p->lock, NULL);
    p->path = path;
    p->key_path = key_path;
    return p;
}

void past_free(struct past *p)
{
    if (!p)
        return;
    for (int i = 0; i < PAST_KEPT; i++)
        snapshot_release(p->kept[i].snapshot);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

static bool is_same(const struct kept *k, const struct past_query *q)
{
    return k->snapshot && k->revision == q->revision && strcmp(k->as_of, q->as_of ? q->as_of : "") == 0 &&
           strcmp(k->known_at, q->known_at ? q->known_at : "") == 0;
}

static struct kept *find(struct past *p, const struct past_query *q)
{
    for (int i = 0; i < PAST_KEPT; i++)
        if (is_same(&p->kept[i], q))
            return &p->kept[i];
    return NULL;
}

/* Into the place of the one that was asked for longest ago. */
static struct kept *make(struct past *p, const struct past_query *q, struct fault *f)
{
    struct kept *oldest = &p->kept[0];
    for (int i = 1; i < PAST_KEPT; i++)
        if (p->kept[i].used < oldest->used)
            oldest = &p->kept[i];
    struct snapshot *made = NULL;
    struct vantage from = {p->path, p->key_path, q->as_of, q->known_at};
    if (!snapshot_at(&made, &from, LAYER_COUNT, f))
        return NULL;
    snapshot_release(oldest->snapshot);
    *oldest = (struct kept){.snapshot = made, .revision = q->revision};
    snprintf(oldest->as_of, WHEN_BYTES, "%s", q->as_of ? q->as_of : "");
    snprintf(oldest->known_at, WHEN_BYTES, "%s", q->known_at ? q->known_at : "");
    return oldest;
}

const struct snapshot *past_get(struct past *p, const struct past_query *q, struct fault *f)
{
    pthread_mutex_lock(&p->lock);
    struct kept *k = find(p, q);
    if (!k)
        k = make(p, q, f);
    if (k) {
        k->used = ++p->clock;
        snapshot_keep(k->snapshot);
    }
    pthread_mutex_unlock(&p->lock);
    return k ? k->snapshot : NULL;
}
