/* lookup: see lookup.h. Open addressing, eight bytes an entry: 32 bits of the hash and the place. What it
 * answers is looked at again in the file, so a chance equality of 32 bits costs a look and nothing else. */
#include "layers/lookup.h"

#include <stdlib.h>
#include <string.h>

struct slot {
    uint32_t tag, place; /* place 0: free */
};

struct lookup {
    struct slot *slots;
    size_t capacity, count; /* capacity is a power of two */
    struct buf indexes;     /* the statements that make them again */
};

static uint64_t word_of(enum lookup_kind kind, const uint8_t hash[HASH_BYTES])
{
    uint64_t word;
    memcpy(&word, hash, sizeof word);
    return kind == LOOKUP_MATCH ? ~word : word;
}

static void put(struct lookup *l, struct slot entry, size_t from)
{
    size_t i = from & (l->capacity - 1);
    while (l->slots[i].place)
        i = (i + 1) & (l->capacity - 1);
    l->slots[i] = entry;
    l->count++;
}

/* An entry's home is told by its tag, so that growing needs no hash. */
static size_t home_of(const struct lookup *l, uint32_t tag)
{
    return (size_t)(tag * UINT64_C(0x9E3779B97F4A7C15) >> 20) & (l->capacity - 1);
}

static void grow(struct lookup *l)
{
    struct lookup bigger = {.capacity = l->capacity ? l->capacity * 2 : 4096, .indexes = l->indexes};
    bigger.slots = memory_zeroed(bigger.capacity, sizeof *bigger.slots);
    for (size_t i = 0; i < l->capacity; i++)
        if (l->slots[i].place)
            put(&bigger, l->slots[i], home_of(&bigger, l->slots[i].tag));
    free(l->slots);
    *l = bigger;
}

static int compare(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

int lookup_find(const struct lookup *l, enum lookup_kind kind, const uint8_t hash[HASH_BYTES],
                int64_t places[LOOKUP_MAX])
{
    uint32_t tag = (uint32_t)(word_of(kind, hash) >> 32);
    int n = 0;
    if (!l || !l->capacity)
        return 0;
    for (size_t i = home_of(l, tag); l->slots[i].place && n < LOOKUP_MAX; i = (i + 1) & (l->capacity - 1))
        if (l->slots[i].tag == tag)
            places[n++] = l->slots[i].place;
    if (n > 1)
        qsort(places, (size_t)n, sizeof *places, compare);
    return n;
}

/* Of very many alike the first are enough: nobody is shown more. */
void lookup_add(struct lookup *l, enum lookup_kind kind, const uint8_t hash[HASH_BYTES], int64_t place)
{
    int64_t places[LOOKUP_MAX];
    if (!l || lookup_find(l, kind, hash, places) == LOOKUP_MAX)
        return;
    if (l->count * 4 >= l->capacity * 3)
        grow(l);
    uint32_t tag = (uint32_t)(word_of(kind, hash) >> 32);
    put(l, (struct slot){tag, (uint32_t)place}, home_of(l, tag));
}

/* --- the indexes --- */

static bool keep_texts(struct store *s, struct lookup *l, struct fault *f)
{
    sqlite3_stmt *st = store_statement(s,
                                       "SELECT sql || ';' FROM sqlite_master WHERE type = 'index' AND name "
                                       "IN ('restricted_hash', 'establishment_match')",
                                       f);
    if (!st)
        return false;
    while (statement_next(st, f))
        buf_slice(&l->indexes, column_slice(st, 0));
    buf_char(&l->indexes, '\0');
    return true;
}

static bool learn(struct store *s, const char *sql, enum lookup_kind kind, struct fault *f)
{
    struct fault here = {0};
    sqlite3_stmt *st = store_statement(s, sql, f);
    if (!st)
        return false;
    while (statement_next(st, &here)) {
        struct slice hash = column_bytes(st, 1);
        if (hash.n == HASH_BYTES)
            lookup_add(store_lookup(s), kind, (const uint8_t *)hash.p, sqlite3_column_int64(st, 0));
    }
    return !here.code || fault_set(f, here.code, here.place, "%s", here.text);
}

bool lookup_open(struct store *s, struct fault *f)
{
    struct lookup *l = memory_zeroed(1, sizeof *l);
    store_set_lookup(s, l);
    return keep_texts(s, l, f) &&
           learn(s,
                 "SELECT owner_id, hash FROM restricted WHERE owner = 'place' AND field = 'identity' ORDER "
                 "BY owner_id",
                 LOOKUP_IDENTITY, f) &&
           learn(
               s,
               "SELECT place_id, match_key FROM establishment WHERE match_key IS NOT NULL ORDER BY place_id",
               LOOKUP_MATCH, f) &&
           store_run(s, "DROP INDEX restricted_hash; DROP INDEX establishment_match", f);
}

bool lookup_done(struct store *s, struct fault *f)
{
    struct lookup *l = store_lookup(s);
    free(l->slots); /* sorting wants the memory */
    l->slots = NULL;
    l->capacity = l->count = 0;
    return store_run(s, l->indexes.p, f);
}

void lookup_close(struct store *s)
{
    struct lookup *l = store_lookup(s);
    if (!l)
        return;
    store_set_lookup(s, NULL);
    buf_release(&l->indexes);
    free(l->slots);
    free(l);
}
