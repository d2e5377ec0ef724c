/* batch_pack: see batch_pack.h. Also answers whether a row of a list was packed by an earlier one.
 *
 * Law: as typed and journal stand sealed; the keys are hashes nobody can turn back without the key. A pack is
 * never changed: a later list that changes a place writes its own row (source_row), which goes before the
 * pack. */
#include "layers/batch_pack.h"

#include <stdlib.h>
#include <string.h>

/* ROWS_MAX stands in place_view.def, merge.c and the view import_verdict too */
enum { ROWS_MAX = 512, KEY_BYTES = 2 * HASH_BYTES };

/* 64 bits of the keyed hashes of identity and content */
struct known {
    uint64_t key, hash;
    int64_t place; /* 0: a free slot */
};

struct pack {
    struct store *store;
    int64_t batch, first_row, first_id;
    uint32_t count, after_count;
    int64_t first_place;
    struct digest *digest;
    const char *kind;
    struct buf keys, plain, sealed;
    struct known *known; /* of earlier lists; open addressing */
    size_t capacity;     /* a power of two, or 0 */
};

static uint64_t head_of(const uint8_t hash[HASH_BYTES])
{
    uint64_t head;
    memcpy(&head, hash, sizeof head);
    return head;
}

/* --- what earlier lists packed --- */

static struct known *slot_of(const struct pack *p, uint64_t key)
{
    size_t i = key & (p->capacity - 1);
    while (p->known[i].place && p->known[i].key != key)
        i = (i + 1) & (p->capacity - 1);
    return &p->known[i];
}

/* A later pack of the same identity (the earlier import was undone by hand) goes before an earlier one. */
static void learn(struct pack *p, struct slice keys, int64_t first_id)
{
    for (size_t i = 0; i + KEY_BYTES <= keys.n; i += KEY_BYTES) {
        struct known k = {.place = first_id + (int64_t)(i / KEY_BYTES)};
        memcpy(&k.key, keys.p + i, sizeof k.key);
        memcpy(&k.hash, keys.p + i + HASH_BYTES, sizeof k.hash);
        *slot_of(p, k.key) = k;
    }
}

static bool read_known(struct pack *p, struct fault *f)
{
    struct fault here = {0};
    int64_t rows =
        store_int(p->store,
                  "SELECT sum(p.row_count) FROM import_pack p JOIN import_batch b ON b.id = p.batch_id"
                  " WHERE b.kind = ?1 AND b.undone_at IS NULL",
                  p->kind, 0);
    if (rows == 0)
        return true;
    for (p->capacity = 1024; p->capacity < (uint64_t)rows * 4 / 3;)
        p->capacity *= 2;
    p->known = memory_zeroed(p->capacity, sizeof *p->known);
    sqlite3_stmt *st =
        store_statement(p->store,
                        "SELECT p.keys, p.first_id FROM import_pack p JOIN import_batch b ON b.id = "
                        "p.batch_id WHERE b.kind = ?1 AND b.undone_at IS NULL ORDER BY p.id",
                        f);
    if (!st)
        return false;
    bind_text(st, 1, p->kind);
    while (statement_next(st, &here))
        learn(p, column_bytes(st, 0), sqlite3_column_int64(st, 1));
    return !here.code || fault_set(f, here.code, here.place, "%s", here.text);
}

struct pack *pack_open(struct store *s, int64_t batch, const char *kind, struct fault *f)
{
    struct pack *p = memory_zeroed(1, sizeof *p);
    *p = (struct pack){.store = s, .batch = batch, .kind = kind, .digest = digest_new()};
    if (read_known(p, f))
        return p;
    pack_close(p);
    return NULL;
}

void pack_close(struct pack *p)
{
    uint8_t ignored[HASH_BYTES];
    if (!p)
        return;
    if (p->digest)
        digest_end(p->digest, ignored);
    buf_release(&p->keys);
    buf_release(&p->plain);
    buf_release(&p->sealed);
    free(p->known);
    free(p);
}

bool pack_has_earlier(const struct pack *p)
{
    return p->capacity != 0;
}

int64_t pack_first_place(const struct pack *p)
{
    return p->first_place;
}

void pack_digest(struct pack *p, uint8_t out[HASH_BYTES])
{
    digest_end(p->digest, out);
    p->digest = NULL;
}

void pack_digest_add(struct digest *d, int64_t first_row, int64_t first_id, struct slice keys,
                     struct slice sealed)
{
    int64_t head[2] = {first_row, first_id};
    digest_add(d, (struct slice){(const char *)head, sizeof head});
    digest_add(d, keys);
    digest_add(d, sealed);
}

/* --- finding --- */

static int64_t place_in(struct slice keys, int64_t index, int64_t first_id, const struct source_row *asked)
{
    const char *at = keys.p + index * KEY_BYTES;
    bool same = index >= 0 && (size_t)(index + 1) * KEY_BYTES <= keys.n &&
                memcmp(at, asked->key, HASH_BYTES) == 0 &&
                memcmp(at + HASH_BYTES, asked->hash, HASH_BYTES) == 0;
    return same ? first_id + index : 0;
}

static int64_t find_in_batch(struct pack *p, const struct source_row *asked, uint32_t row)
{
    if (p->count && row >= p->first_row)
        return place_in(buf_to_slice(&p->keys), row - p->first_row, p->first_id, asked);
    sqlite3_stmt *st =
        store_statement(p->store,
                        "SELECT first_row, first_id, keys FROM import_pack WHERE batch_id = ?1 AND"
                        " first_row <= ?2 ORDER BY first_row DESC LIMIT 1",
                        NULL);
    if (!st)
        return 0;
    bind_int(st, 1, p->batch);
    bind_int(st, 2, row);
    int64_t place = 0;
    if (statement_next(st, NULL))
        place = place_in(column_bytes(st, 2), row - sqlite3_column_int64(st, 0), sqlite3_column_int64(st, 1),
                         asked);
    sqlite3_reset(st);
    return place;
}

bool pack_knows(struct pack *p, const struct source_row *asked, uint32_t twin_of, int64_t *place)
{
    *place = twin_of ? find_in_batch(p, asked, twin_of) : 0;
    if (*place || !p->capacity)
        return *place != 0;
    const struct known *k = slot_of(p, head_of(asked->key));
    *place = k->place;
    return k->place && k->hash == head_of(asked->hash);
}

/* --- writing --- */

static void add_part(struct buf *out, struct slice part)
{
    uint32_t n = (uint32_t)part.n;
    buf_add(out, &n, sizeof n);
    buf_slice(out, part);
}

bool pack_flush(struct pack *p, struct fault *f)
{
    if (!p->count)
        return true;
    sqlite3_stmt *st =
        store_statement(p->store,
                        "INSERT INTO import_pack (batch_id, first_row, row_count, first_id, keys, sealed)"
                        " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                        f);
    if (!st)
        return false;
    buf_reset(&p->sealed);
    key_seal(store_key(p->store), buf_to_slice(&p->plain), &p->sealed);
    bind_int(st, 1, p->batch);
    bind_int(st, 2, p->first_row);
    bind_int(st, 3, p->count);
    bind_int(st, 4, p->first_id);
    bind_bytes(st, 5, buf_to_slice(&p->keys));
    bind_bytes(st, 6, buf_to_slice(&p->sealed));
    pack_digest_add(p->digest, p->first_row, p->first_id, buf_to_slice(&p->keys), buf_to_slice(&p->sealed));
    buf_reset(&p->keys);
    buf_reset(&p->plain);
    p->count = 0;
    return statement_run(st, f);
}

bool pack_add_after(struct pack *p, struct slice entries, struct fault *f)
{
    if (!pack_flush(p, f))
        return false;
    p->first_row = PACK_AFTER_ROWS + p->after_count++;
    p->first_id = 0;
    p->count = 1;
    add_part(&p->plain, (struct slice){"", 0});
    add_part(&p->plain, entries);
    return pack_flush(p, f);
}

bool pack_add(struct pack *p, const struct pack_row *row, struct fault *f)
{
    const struct source_row *s = row->source;
    bool follows = s->row == p->first_row + p->count && s->entity_id == p->first_id + p->count;
    if ((!follows || p->count == ROWS_MAX) && !pack_flush(p, f))
        return false;
    if (!p->count) {
        p->first_row = s->row;
        p->first_id = s->entity_id;
    }
    if (!p->first_place || s->entity_id < p->first_place)
        p->first_place = s->entity_id;
    p->count++;
    buf_add(&p->keys, s->key, HASH_BYTES);
    buf_add(&p->keys, s->hash, HASH_BYTES);
    add_part(&p->plain, row->raw);
    add_part(&p->plain, row->entries);
    return true;
}

/* --- reading back --- */

struct unpacked *unpacked_new(void)
{
    struct unpacked *u = memory_zeroed(1, sizeof *u);
    u->entries = memory_zeroed(ROWS_MAX, sizeof *u->entries);
    return u;
}

void unpacked_free(struct unpacked *u)
{
    buf_release(&u->bytes);
    free(u->entries);
    free(u);
}

static bool next_part(struct slice *rest, struct slice *part)
{
    uint32_t n;
    if (rest->n < sizeof n)
        return false;
    memcpy(&n, rest->p, sizeof n);
    if (rest->n - sizeof n < n)
        return false;
    *part = (struct slice){rest->p + sizeof n, n};
    *rest = (struct slice){part->p + n, rest->n - sizeof n - n};
    return true;
}

static bool take_apart(struct unpacked *u)
{
    struct slice rest = buf_to_slice(&u->bytes), raw;
    bool ok = u->count <= ROWS_MAX;
    for (uint32_t i = 0; ok && i < u->count; i++)
        ok = next_part(&rest, &raw) && next_part(&rest, &u->entries[i]);
    return ok && rest.n == 0;
}

bool pack_read_before(struct store *s, int64_t batch, int64_t row, struct unpacked *out, struct fault *f)
{
    sqlite3_stmt *st =
        store_statement(s,
                        "SELECT first_row, first_id, row_count, sealed FROM import_pack WHERE batch_id = "
                        "?1 AND first_row < ?2 ORDER BY first_row DESC LIMIT 1",
                        f);
    if (!st)
        return false;
    bind_int(st, 1, batch);
    bind_int(st, 2, row);
    if (!statement_next(st, f))
        return false;
    out->first_row = sqlite3_column_int64(st, 0);
    out->first_id = sqlite3_column_int64(st, 1);
    out->count = (uint32_t)sqlite3_column_int64(st, 2);
    buf_reset(&out->bytes);
    bool ok = key_unseal(store_key(s), column_bytes(st, 3), &out->bytes) && take_apart(out);
    sqlite3_reset(st);
    return ok || fault_set(f, FAULT_KEY_MISSING, NULL, "%s", "khoá không mở được nhật ký của lần nhập");
}
