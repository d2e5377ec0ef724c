/* snapshot_column: one column of the read copy while it is filled.
 * Texts are kept once each (dictionary); a row holds the id of its text. The hash slots that find an id again
 * live only until column_finish, so that a published copy carries nothing it does not need for reading. */
#include "layers/snapshot_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *room_for(void *array, size_t count, size_t *room, size_t size)
{
    if (count <= *room)
        return array;
    size_t wanted = *room + *room / 2 + 64;
    *room = wanted > count ? wanted : count;
    return memory_resize(array, *room * size);
}

void *room_trim(void *array, size_t count, size_t size)
{
    return array ? memory_resize(array, count * size) : NULL;
}

uint64_t hash_of(struct slice text)
{
    uint64_t h = 0x9E3779B97F4A7C15u ^ text.n;
    size_t i = 0;
    for (; i + 8 <= text.n; i += 8) {
        uint64_t word;
        memcpy(&word, text.p + i, 8);
        h = (h ^ word) * 0xD6E8FEB86659FD93u;
        h ^= h >> 32;
    }
    for (; i < text.n; i++)
        h = (h ^ (uint8_t)text.p[i]) * 0x100000001B3u;
    h ^= h >> 29;
    return h * 0xBF58476D1CE4E5B9u >> 8;
}

static bool holds_text(enum field_type type)
{
    return type == FIELD_TEXT || type == FIELD_DATE || type == FIELD_TIME;
}

static struct text_slot *slots_new(uint32_t count)
{
    return memory_zeroed(count, sizeof(struct text_slot));
}

/* --- shared texts --- */

struct texts *texts_new(void)
{
    struct texts *t = memory_zeroed(1, sizeof *t);
    atomic_init(&t->owners, 1);
    buf_char(&t->bytes, '\0'); /* so that there are bytes to point at when every text is empty */
    t->at = room_for(NULL, 2, &t->room, sizeof *t->at);
    t->at[0] = t->at[1] = 1; /* id 0 is null and has no bytes */
    return t;
}

void texts_release(struct texts *t)
{
    if (!t || atomic_fetch_sub_explicit(&t->owners, 1, memory_order_acq_rel) != 1)
        return;
    free(t->at);
    free(t->bytes.p);
    free(t);
}

struct slice texts_get(const struct texts *t, uint32_t id)
{
    return (struct slice){t->bytes.p + t->at[id], t->at[id + 1] - t->at[id]};
}

static size_t with_slack(size_t n)
{
    return n + n / 8 + 4096;
}

void texts_trim(struct texts *t, bool grows)
{
    t->room = grows ? with_slack((size_t)t->count + 2) : (size_t)t->count + 2;
    t->at = memory_resize(t->at, t->room * sizeof *t->at);
    t->bytes.cap = grows ? with_slack(t->bytes.n) : t->bytes.n;
    t->bytes.p = memory_resize(t->bytes.p, t->bytes.cap);
}

bool texts_have_room(const struct texts *t, uint32_t count, size_t bytes)
{
    return (size_t)t->count + count + 2 <= t->room && t->bytes.n + bytes < t->bytes.cap;
}

uint32_t texts_add(struct texts *t, struct slice text)
{
    uint32_t id = ++t->count;
    t->at = room_for(t->at, (size_t)id + 2, &t->room, sizeof *t->at);
    buf_slice(&t->bytes, text);
    t->at[id + 1] = (uint32_t)t->bytes.n;
    return id;
}

/* --- the column --- */

void column_start(struct stored_column *c, enum field_type type)
{
    memset(c, 0, sizeof *c);
    c->open.type = type;
    if (!holds_text(type))
        return;
    c->texts = texts_new();
    c->slot_count = 64;
    c->slots = slots_new(c->slot_count);
}

void column_reserve(struct stored_column *c, size_t room)
{
    if (holds_text(c->open.type))
        c->text = memory_resize(c->text, room * sizeof *c->text);
    else if (c->open.type == FIELD_REAL)
        c->real = memory_resize(c->real, room * sizeof *c->real);
    else
        c->integer = memory_resize(c->integer, room * sizeof *c->integer);
}

static void slots_double(struct stored_column *c)
{
    uint32_t wider = c->slot_count * 2;
    struct text_slot *slots = slots_new(wider);
    for (uint32_t i = 0; i < c->slot_count; i++) {
        if (!c->slots[i].id)
            continue;
        uint32_t at = c->slots[i].hash & (wider - 1);
        while (slots[at].id)
            at = (at + 1) & (wider - 1);
        slots[at] = c->slots[i];
    }
    free(c->slots);
    c->slots = slots;
    c->slot_count = wider;
}

void column_add_text(struct stored_column *c, uint32_t row, struct slice text)
{
    c->open.text_count = c->text[row] = texts_add(c->texts, text);
}

/* The slot of a text, or the free one where it belongs. */
static struct text_slot *slot_of(const struct stored_column *c, struct slice text, uint32_t hash)
{
    uint32_t at = hash & (c->slot_count - 1);
    for (; c->slots[at].id; at = (at + 1) & (c->slot_count - 1))
        if (c->slots[at].hash == hash && slice_equal(texts_get(c->texts, c->slots[at].id), text))
            break;
    return &c->slots[at];
}

uint32_t column_find_text(const struct stored_column *c, struct slice text)
{
    return slot_of(c, text, (uint32_t)hash_of(text))->id;
}

void column_set_text(struct stored_column *c, uint32_t row, struct slice text)
{
    uint32_t hash = (uint32_t)hash_of(text);
    struct text_slot *slot = slot_of(c, text, hash);
    if (slot->id) {
        c->text[row] = slot->id;
        return;
    }
    column_add_text(c, row, text);
    uint32_t id = c->text[row];
    *slot = (struct text_slot){hash, id};
    if (id > c->slot_count / 2)
        slots_double(c);
}

void *array_in_order(void *array, const uint32_t *order, size_t count, size_t size)
{
    if (!array)
        return NULL;
    char *from = array, *to = memory_resize(NULL, count * size);
    if (size == 4)
        for (size_t i = 0; i < count; i++)
            ((uint32_t *)(void *)to)[i] = ((const uint32_t *)array)[order[i]];
    else
        for (size_t i = 0; i < count; i++)
            memcpy(to + i * size, from + order[i] * size, size);
    free(array);
    return to;
}

/* Many texts are laid out in the order the rows now have, so that neighbours on the map are neighbours in
 * memory: a tile of thousands of names then reads on instead of jumping about. */
static void texts_follow_rows(struct stored_column *c, uint32_t count)
{
    struct texts *before = c->texts, *after = texts_new();
    uint32_t *now = calloc((size_t)before->count + 1, sizeof *now);
    if (!now)
        now = memory_resize(NULL, SIZE_MAX / 2); /* dies with the sentence */
    after->room = with_slack((size_t)before->count + 2);
    after->at = memory_resize(after->at, after->room * sizeof *after->at);
    buf_reserve(&after->bytes, with_slack(before->bytes.n));
    for (uint32_t row = 0; row < count; row++) {
        uint32_t id = c->text[row];
        if (id == TEXT_NULL)
            continue;
        if (!now[id])
            now[id] = texts_add(after, texts_get(before, id));
        c->text[row] = now[id];
    }
    free(now);
    texts_release(before);
    c->texts = after;
}

static int text_order(const void *left, const void *right, void *context)
{
    struct slice a = texts_get(context, *(const uint32_t *)left),
                 b = texts_get(context, *(const uint32_t *)right);
    int order = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);
    return order ? order : (a.n > b.n) - (a.n < b.n);
}

void column_sort_texts(struct stored_column *c, uint32_t count)
{
    struct texts *before = c->texts, *after = texts_new();
    uint32_t *now = memory_resize(NULL, ((size_t)before->count + 1) * 2 * sizeof *now), used = 0;
    uint32_t *sorted = now + before->count + 1;
    memset(now, 0, ((size_t)before->count + 1) * sizeof *now);
    for (uint32_t row = 0; row < count; row++)
        now[c->text[row]] = 1;
    for (uint32_t id = 1; id <= before->count; id++)
        if (now[id])
            sorted[used++] = id;
    qsort_r(sorted, used, sizeof *sorted, text_order, before);
    for (uint32_t i = 0; i < used; i++) {
        struct slice text = texts_get(before, sorted[i]);
        bool is_new = after->count == 0 || !slice_equal(texts_get(after, after->count), text);
        now[sorted[i]] = is_new ? texts_add(after, text) : after->count;
    }
    now[TEXT_NULL] = TEXT_NULL;
    for (uint32_t row = 0; row < count; row++)
        c->text[row] = now[c->text[row]];
    free(now);
    texts_release(before);
    c->texts = after;
}

void column_show(struct stored_column *c)
{
    c->open.text = c->text;
    c->open.integer = c->integer;
    c->open.real = c->real;
    if (!c->texts)
        return;
    c->open.text_count = c->texts->count;
    c->open.text_at = c->texts->at;
    c->open.text_bytes = c->texts->bytes.p;
}

void column_finish(struct stored_column *c, const uint32_t *order, uint32_t count)
{
    free(c->slots);
    c->slots = NULL;
    c->text = array_in_order(c->text, order, count, sizeof *c->text);
    c->integer = array_in_order(c->integer, order, count, sizeof *c->integer);
    c->real = array_in_order(c->real, order, count, sizeof *c->real);
    if (c->texts && c->texts->count > MANY_TEXTS)
        texts_follow_rows(c, count);
    else if (c->texts && c->text)
        column_sort_texts(c, count);
    if (c->texts)
        texts_trim(c->texts, c->texts->count > MANY_TEXTS);
    column_show(c);
}

void column_release(struct stored_column *c)
{
    free(c->text);
    free(c->integer);
    free(c->real);
    free(c->slots);
    texts_release(c->texts);
}
