/* private: what names or reaches a person. Each value stands once, sealed, with a keyed hash beside it so
 * that an exact value can be looked up without opening anything.
 *
 * Law: nothing of this file ever reaches a public view, a log line or a fault's text. */
#include "layers/fresh.h"
#include "layers/lookup.h"

#include <string.h>

static void hash_of(struct store *s, const struct private_value *v, uint8_t out[HASH_BYTES])
{
    if (v->ready)
        memcpy(out, v->ready->hash, HASH_BYTES);
    else
        key_hash(store_key(s), v->field, v->key.n ? v->key : v->text, out);
}

static void prepare(const struct key *k, const struct private_value *v, struct buf *sealed,
                    struct private_ready *out)
{
    size_t from = sealed->n;
    key_hash(k, v->field, v->key.n ? v->key : v->text, out->hash);
    key_seal(k, v->text, sealed);
    out->sealed = (struct slice){sealed->p + from, sealed->n - from};
}

void private_prepare(const struct key *k, const struct private_value *v, struct arena *a,
                     struct private_ready *out)
{
    struct buf sealed = {0};
    prepare(k, v, &sealed, out);
    out->sealed = arena_slice(a, out->sealed);
    buf_release(&sealed);
}

static bool is_looked_up(const struct private_value *v)
{
    return strcmp(v->field, "identity") == 0 && strcmp(v->owner, "place") == 0;
}

static bool needs_key(struct store *s, struct fault *f)
{
    return store_key(s) || fault_set(f, FAULT_KEY_MISSING, NULL, "%s", "");
}

int private_compare(struct store *s, const struct private_value *v)
{
    uint8_t hash[HASH_BYTES];
    sqlite3_stmt *st = store_statement(
        s, "SELECT hash FROM restricted WHERE owner = ?1 AND owner_id = ?2 AND field = ?3", NULL);
    if (!st || !store_key(s))
        return -1;
    bind_text(st, 1, v->owner);
    bind_int(st, 2, v->owner_id);
    bind_text(st, 3, v->field);
    if (!statement_next(st, NULL))
        return -1;
    hash_of(s, v, hash);
    struct slice there = column_bytes(st, 0);
    int same = there.n == HASH_BYTES && memcmp(there.p, hash, HASH_BYTES) == 0;
    sqlite3_reset(st);
    return same;
}

static bool remove_value(struct store *s, const struct private_value *v, struct fault *f)
{
    sqlite3_stmt *st =
        store_statement(s, "DELETE FROM restricted WHERE owner = ?1 AND owner_id = ?2 AND field = ?3", f);
    if (!st)
        return false;
    bind_text(st, 1, v->owner);
    bind_int(st, 2, v->owner_id);
    bind_text(st, 3, v->field);
    return statement_run(st, f);
}

/* The text under the seal must be the same too: "Hoà" and "Hòa" have one key. */
static bool is_stored(struct store *s, const struct private_value *v)
{
    struct buf there = {0};
    bool same =
        private_compare(s, v) == 1 && private_get(s, v, &there) && slice_equal(buf_to_slice(&there), v->text);
    buf_release(&there);
    return same;
}

bool private_put(struct store *s, const struct private_value *v, struct fault *f)
{
    if (!needs_key(s, f))
        return false;
    if (v->text.n == 0)
        return v->is_new || remove_value(s, v, f);
    if (!v->is_new && is_stored(s, v))
        return true;
    static const char ADD[] =
        "INSERT INTO restricted (owner, owner_id, field, sealed, hash) VALUES (?1, ?2, ?3, ?4, ?5)";
    static const char PUT[] = "INSERT INTO restricted (owner, owner_id, field, sealed, hash)"
                              " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (owner, owner_id, field)"
                              " DO UPDATE SET sealed = excluded.sealed, hash = excluded.hash";
    sqlite3_stmt *st = store_statement(s, v->is_new ? ADD : PUT, f);
    if (!st)
        return false;
    uint8_t hash[HASH_BYTES];
    struct buf sealed = {0};
    hash_of(s, v, hash);
    key_seal(store_key(s), v->text, &sealed);
    bind_borrowed(st, 1, slice_of(v->owner));
    bind_int(st, 2, v->owner_id);
    bind_borrowed(st, 3, slice_of(v->field));
    bind_borrowed_bytes(st, 4, buf_to_slice(&sealed));
    bind_borrowed_bytes(st, 5, (struct slice){(const char *)hash, HASH_BYTES});
    bool ok = statement_run(st, f);
    buf_release(&sealed);
    if (is_looked_up(v))
        lookup_add(store_lookup(s), LOOKUP_IDENTITY, hash, v->owner_id);
    return ok;
}

static bool write_new(struct store *s, const struct private_value *values,
                      const struct private_ready *const *ready, int count, struct fault *f)
{
    static const char *const ADD[PRIVATE_NEW_MAX] = {
        "INSERT INTO restricted VALUES (?, ?, ?, ?, ?)",
        "INSERT INTO restricted VALUES (?, ?, ?, ?, ?), (?, ?, ?, ?, ?)",
        "INSERT INTO restricted VALUES (?, ?, ?, ?, ?), (?, ?, ?, ?, ?), (?, ?, ?, ?, ?)",
        "INSERT INTO restricted VALUES (?, ?, ?, ?, ?), (?, ?, ?, ?, ?), (?, ?, ?, ?, ?), (?, ?, ?, ?, ?)"};
    struct fresh r;
    if (!fresh_begin(&r, s, values[0].owner_id, ADD[count - 1], f))
        return false;
    for (int i = 0; i < count; i++) {
        fresh_text(&r, slice_of(values[i].owner));
        fresh_int(&r, values[i].owner_id);
        fresh_text(&r, slice_of(values[i].field));
        fresh_bytes(&r, ready[i]->sealed);
        fresh_bytes(&r, (struct slice){(const char *)ready[i]->hash, HASH_BYTES});
        fresh_end_record(&r);
    }
    return fresh_run(&r, f);
}

bool private_put_new(struct store *s, const struct private_value *values, int count, struct fault *f)
{
    struct private_value told[PRIVATE_NEW_MAX];
    struct private_ready made[PRIVATE_NEW_MAX];
    const struct private_ready *ready[PRIVATE_NEW_MAX];
    struct buf seals[PRIVATE_NEW_MAX] = {{0}};
    int n = 0;
    if (!needs_key(s, f))
        return false;
    for (int i = 0; i < count && n < PRIVATE_NEW_MAX; i++) {
        if (!values[i].text.n)
            continue;
        if (!values[i].ready)
            prepare(store_key(s), &values[i], &seals[n], &made[n]);
        ready[n] = values[i].ready ? values[i].ready : &made[n];
        told[n++] = values[i];
    }
    bool ok = n == 0 || write_new(s, told, ready, n, f);
    for (int i = 0; i < n; i++) {
        if (is_looked_up(&told[i]))
            lookup_add(store_lookup(s), LOOKUP_IDENTITY, ready[i]->hash, told[i].owner_id);
        buf_release(&seals[i]);
    }
    return ok;
}

/* While a long list comes in there is no index. */
static int find_in_memory(struct store *s, const struct private_value *v, int64_t *ids, int limit)
{
    int64_t places[LOOKUP_MAX];
    uint8_t hash[HASH_BYTES];
    hash_of(s, v, hash);
    int count = lookup_find(store_lookup(s), LOOKUP_IDENTITY, hash, places), n = 0;
    for (int i = 0; i < count && n < limit; i++) {
        struct private_value here = *v;
        here.owner_id = places[i];
        if ((n == 0 || ids[n - 1] != places[i]) && private_compare(s, &here) == 1)
            ids[n++] = places[i];
    }
    return n;
}

int private_find(struct store *s, const struct private_value *v, int64_t *ids, int limit)
{
    if (store_lookup(s) && is_looked_up(v))
        return find_in_memory(s, v, ids, limit);
    uint8_t hash[HASH_BYTES];
    sqlite3_stmt *st =
        store_statement(s,
                        "SELECT owner_id FROM restricted WHERE field = ?2 AND hash = ?3 AND owner = ?1"
                        " ORDER BY owner_id LIMIT ?4",
                        NULL);
    if (!st || !store_key(s))
        return 0;
    hash_of(s, v, hash);
    bind_text(st, 1, v->owner);
    bind_text(st, 2, v->field);
    bind_bytes(st, 3, (struct slice){(const char *)hash, HASH_BYTES});
    bind_int(st, 4, limit);
    int n = 0;
    while (n < limit && statement_next(st, NULL))
        ids[n++] = sqlite3_column_int64(st, 0);
    sqlite3_reset(st);
    return n;
}

bool private_get(struct store *s, const struct private_value *v, struct buf *out)
{
    sqlite3_stmt *st = store_statement(
        s, "SELECT sealed FROM restricted WHERE owner = ?1 AND owner_id = ?2 AND field = ?3", NULL);
    if (!st || !store_key(s))
        return false;
    bind_text(st, 1, v->owner);
    bind_int(st, 2, v->owner_id);
    bind_text(st, 3, v->field);
    bool ok = statement_next(st, NULL) && key_unseal(store_key(s), column_bytes(st, 0), out);
    sqlite3_reset(st);
    return ok;
}
