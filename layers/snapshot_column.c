/* snapshot_column: one column of the read copy while it is filled.
 * Texts are kept once each (dictionary); a row holds the id of its text. The hash slots that find an id again
 * live only until column_finish, so that a published copy carries nothing it does not need for reading. */
#include "layers/snapshot_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *room_or_die(void *array, size_t bytes)
{
    void *bigger = realloc(array, bytes ? bytes : 1);
    if (!bigger) {
        fputs("mapd: out of memory\n", stderr);
        abort();
    }
    return bigger;
}

void *room_for(void *array, size_t count, size_t *room, size_t size)
{
    if (count <= *room)
        return array;
    size_t wanted = *room + *room / 2 + 64;
    *room = wanted > count ? wanted : count;
    return room_or_die(array, *room * size);
}

void *room_trim(void *array, size_t count, size_t size)
{
    return array ? room_or_die(array, count * size) : NULL;
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
    struct text_slot *slots = calloc(count, sizeof *slots);
    return slots ? slots : room_or_die(NULL, SIZE_MAX / 2); /* dies with the sentence */
}

void column_start(struct stored_column *c, enum field_type type)
{
    memset(c, 0, sizeof *c);
    c->open.type = type;
    if (!holds_text(type))
        return;
    c->text_at = room_for(NULL, 2, &c->text_room, sizeof *c->text_at);
    buf_char(&c->bytes, '\0');         /* so that there are bytes to point at when every text is empty */
    c->text_at[0] = c->text_at[1] = 1; /* id 0 is null and has no bytes */
    c->slot_count = 64;
    c->slots = slots_new(c->slot_count);
}

void column_reserve(struct stored_column *c, size_t room)
{
    if (holds_text(c->open.type))
        c->text = room_or_die(c->text, room * sizeof *c->text);
    else if (c->open.type == FIELD_REAL)
        c->real = room_or_die(c->real, room * sizeof *c->real);
    else
        c->integer = room_or_die(c->integer, room * sizeof *c->integer);
}

static struct slice text_of(const struct stored_column *c, uint32_t id)
{
    return (struct slice){c->bytes.p + c->text_at[id], c->text_at[id + 1] - c->text_at[id]};
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
    uint32_t id = c->text[row] = ++c->open.text_count;
    c->text_at = room_for(c->text_at, id + 2, &c->text_room, sizeof *c->text_at);
    buf_slice(&c->bytes, text);
    c->text_at[id + 1] = (uint32_t)c->bytes.n;
}

void column_set_text(struct stored_column *c, uint32_t row, struct slice text)
{
    uint32_t hash = (uint32_t)hash_of(text), at = hash & (c->slot_count - 1);
    for (; c->slots[at].id; at = (at + 1) & (c->slot_count - 1))
        if (c->slots[at].hash == hash && slice_equal(text_of(c, c->slots[at].id), text)) {
            c->text[row] = c->slots[at].id;
            return;
        }
    column_add_text(c, row, text);
    uint32_t id = c->text[row];
    c->slots[at] = (struct text_slot){hash, id};
    if (id > c->slot_count / 2)
        slots_double(c);
}

void *array_in_order(void *array, const uint32_t *order, size_t count, size_t size)
{
    if (!array)
        return NULL;
    char *from = array, *to = room_or_die(NULL, count * size);
    if (size == 4)
        for (size_t i = 0; i < count; i++)
            ((uint32_t *)(void *)to)[i] = ((const uint32_t *)array)[order[i]];
    else
        for (size_t i = 0; i < count; i++)
            memcpy(to + i * size, from + order[i] * size, size);
    free(array);
    return to;
}

enum { MANY_TEXTS = 4096 };

/* Many texts are laid out in the order the rows now have, so that neighbours on the map are neighbours in
 * memory: a tile of thousands of names then reads on instead of jumping about. */
static void texts_follow_rows(struct stored_column *c, uint32_t count)
{
    uint32_t texts = c->open.text_count, known = 0;
    uint32_t *now = calloc((size_t)texts + 1, sizeof *now);
    uint32_t *at = room_or_die(NULL, ((size_t)texts + 2) * sizeof *at);
    struct buf bytes = {0};
    if (!now)
        now = room_or_die(NULL, SIZE_MAX / 2); /* dies with the sentence */
    buf_reserve(&bytes, c->bytes.n);
    buf_char(&bytes, '\0');
    at[0] = at[1] = 1;
    for (uint32_t row = 0; row < count; row++) {
        uint32_t id = c->text[row];
        if (id == TEXT_NULL)
            continue;
        if (!now[id]) {
            now[id] = ++known;
            buf_slice(&bytes, text_of(c, id));
            at[known + 1] = (uint32_t)bytes.n;
        }
        c->text[row] = now[id];
    }
    free(now);
    free(c->text_at);
    buf_release(&c->bytes);
    c->text_at = at;
    c->bytes = bytes;
    c->open.text_count = known;
}

void column_finish(struct stored_column *c, const uint32_t *order, uint32_t count)
{
    free(c->slots);
    c->slots = NULL;
    c->text = array_in_order(c->text, order, count, sizeof *c->text);
    if (c->text && c->open.text_count > MANY_TEXTS)
        texts_follow_rows(c, count);
    c->integer = array_in_order(c->integer, order, count, sizeof *c->integer);
    c->real = array_in_order(c->real, order, count, sizeof *c->real);
    if (c->text_at)
        c->text_at = room_trim(c->text_at, c->open.text_count + 2, sizeof *c->text_at);
    c->bytes.p = room_trim(c->bytes.p, c->bytes.n, 1);
    c->bytes.cap = c->bytes.n;
    c->open.text = c->text;
    c->open.integer = c->integer;
    c->open.real = c->real;
    c->open.text_at = c->text_at;
    c->open.text_bytes = c->bytes.p;
}

void column_release(struct stored_column *c)
{
    free(c->text);
    free(c->integer);
    free(c->real);
    free(c->text_at);
    free(c->slots);
    free(c->bytes.p);
}
