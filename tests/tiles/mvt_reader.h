/* mvt_reader: a small decoder of vector tiles for the tests, written from the specification and sharing
 * nothing with the encoder. It asserts what the specification demands of every tile: commands in their order,
 * no repeated or closing vertex, exteriors positive and holes negative behind them, tags that point at keys
 * and values, ids met once. */
#ifndef TESTS_MVT_READER_H
#define TESTS_MVT_READER_H

#include "layers/kit.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Check tells its parent of every assertion that holds, with a system call; there are millions here. */
#define MUST(condition, what)                                                                                \
    do {                                                                                                     \
        if (!(condition))                                                                                    \
            ck_abort_msg("%s", what);                                                                        \
    } while (0)

enum { READ_TAGS = 64, READ_RINGS = 400, READ_POINTS = 20000 };

struct read_value {
    char text[200];
    int64_t number;
    bool is_text;
};

struct read_ring {
    int first, count;
    int64_t area2; /* rings only; y down */
};

struct read_feature {
    uint64_t id;
    int type, tag_count, ring_count, point_count;
    uint32_t tags[READ_TAGS];
    struct read_ring rings[READ_RINGS];
    int32_t x[READ_POINTS], y[READ_POINTS];
};

struct read_layer {
    char name[80];
    int version, extent, feature_count;
    struct slice features[60000];
    char keys[64][80];
    int key_count;
    struct read_value values[60000];
    int value_count;
};

static inline uint64_t read_varint(struct slice *s)
{
    uint64_t v = 0;
    for (int shift = 0;; shift += 7) {
        MUST(s->n > 0 && shift < 70, "varint runs over the end");
        uint8_t byte = (uint8_t)*s->p++;
        s->n--;
        v |= (uint64_t)(byte & 127) << shift;
        if (byte < 128)
            return v;
    }
}

static inline struct slice read_bytes(struct slice *s)
{
    uint64_t n = read_varint(s);
    MUST(n <= s->n, "a length over the end");
    struct slice part = {s->p, n};
    s->p += n;
    s->n -= n;
    return part;
}

static inline void read_value(struct slice s, struct read_value *v)
{
    memset(v, 0, sizeof *v);
    uint64_t tag = read_varint(&s);
    if (tag == 0x0A) {
        struct slice text = read_bytes(&s);
        v->is_text = true;
        snprintf(v->text, sizeof v->text, "%.*s", (int)text.n, text.p);
    } else if (tag == 0x19) {
        MUST(s.n == 8, "bytes left over");
        return;
    } else {
        MUST(tag == 0x20 || tag == 0x28 || tag == 0x38, "a value of a strange type");
        v->number = (int64_t)read_varint(&s);
    }
    MUST(s.n == 0, "bytes left over");
}

/* The next layer of a tile; false at its end. */
static inline bool read_layer(struct slice *tile, struct read_layer *l)
{
    if (tile->n == 0)
        return false;
    memset(l, 0, offsetof(struct read_layer, features));
    l->key_count = l->value_count = 0;
    MUST(read_varint(tile) == 0x1A, "no layer");
    struct slice s = read_bytes(tile);
    while (s.n > 0) {
        uint64_t tag = read_varint(&s);
        struct slice part;
        switch (tag) {
        case 0x78: l->version = (int)read_varint(&s); break;
        case 0x28: l->extent = (int)read_varint(&s); break;
        case 0x0A:
            part = read_bytes(&s);
            snprintf(l->name, sizeof l->name, "%.*s", (int)part.n, part.p);
            break;
        case 0x12: l->features[l->feature_count++] = read_bytes(&s); break;
        case 0x1A:
            part = read_bytes(&s);
            snprintf(l->keys[l->key_count++], 80, "%.*s", (int)part.n, part.p);
            break;
        case 0x22: read_value(read_bytes(&s), &l->values[l->value_count++]); break;
        default: ck_abort_msg("field %d in a layer", (int)tag);
        }
    }
    MUST(l->version == 2, "not version 2");
    MUST(l->extent == 4096, "not 4096 to a side");
    MUST(l->feature_count > 0, "a layer without features");
    return true;
}

static inline int32_t unzigzag(uint64_t v)
{
    return (int32_t)(v >> 1) ^ -(int32_t)(v & 1);
}

static inline void read_geometry(struct slice s, struct read_feature *f)
{
    int32_t x = 0, y = 0;
    while (s.n > 0) {
        uint64_t command = read_varint(&s);
        struct read_ring *r = &f->rings[f->ring_count];
        MUST(f->ring_count < READ_RINGS, "more rings than the test has room for");
        MUST(f->type == 1 || command == 9, "more than one MoveTo");
        MUST((command & 7) == 1, "no MoveTo");
        uint64_t n = command >> 3, lines = 0;
        MUST(n > 0, "a command of none");
        r->first = f->point_count;
        if (f->type != 1) {
            x += unzigzag(read_varint(&s)), y += unzigzag(read_varint(&s));
            f->x[f->point_count] = x, f->y[f->point_count++] = y;
            uint64_t next = read_varint(&s);
            MUST((next & 7) == 2, "no LineTo");
            n = lines = next >> 3;
            MUST(lines >= (f->type == 2 ? 1u : 2u), "too few lines");
        }
        for (uint64_t i = 0; i < n; i++) {
            int32_t dx = unzigzag(read_varint(&s)), dy = unzigzag(read_varint(&s));
            MUST(f->type == 1 || dx != 0 || dy != 0, "a LineTo that goes nowhere");
            x += dx, y += dy;
            MUST(f->point_count < READ_POINTS, "more points than the test has room for");
            f->x[f->point_count] = x, f->y[f->point_count++] = y;
        }
        r->count = f->point_count - r->first;
        if (f->type == 3)
            MUST(read_varint(&s) == 15, "no ClosePath");
        f->ring_count++;
    }
}

static inline void check_rings(struct read_feature *f)
{
    for (int i = 0; i < f->ring_count; i++) {
        struct read_ring *r = &f->rings[i];
        for (int k = 0; k < r->count; k++) {
            int a = r->first + k, b = r->first + (k + 1) % r->count;
            r->area2 += (int64_t)f->x[a] * f->y[b] - (int64_t)f->x[b] * f->y[a];
        }
        int last = r->first + r->count - 1;
        ck_assert_msg(f->x[r->first] != f->x[last] || f->y[r->first] != f->y[last],
                      "the first vertex is repeated");
        MUST(r->area2 != 0, "a ring without area");
        MUST(i > 0 || r->area2 > 0, "the first ring is a hole");
    }
}

static inline void read_feature(const struct read_layer *l, int at, struct read_feature *f)
{
    struct slice s = l->features[at], geometry = {0}, tags;
    memset(f, 0, offsetof(struct read_feature, x));
    while (s.n > 0) {
        uint64_t tag = read_varint(&s);
        switch (tag) {
        case 0x08: f->id = read_varint(&s); break;
        case 0x12:
            for (tags = read_bytes(&s); tags.n > 0;)
                f->tags[f->tag_count++] = (uint32_t)read_varint(&tags);
            break;
        case 0x18: f->type = (int)read_varint(&s); break;
        case 0x22: geometry = read_bytes(&s); break;
        default: ck_abort_msg("field %d in a feature", (int)tag);
        }
    }
    MUST(f->tag_count % 2 == 0, "a key without a value");
    for (int i = 0; i < f->tag_count; i += 2) {
        MUST((int)f->tags[i] < l->key_count, "no such key");
        MUST((int)f->tags[i + 1] < l->value_count, "no such value");
    }
    MUST(f->type >= 1 && f->type <= 3 && geometry.n > 0, "no type or no geometry");
    read_geometry(geometry, f);
    if (f->type == 3)
        check_rings(f);
}

static inline const struct read_value *read_tag(const struct read_layer *l, const struct read_feature *f,
                                                const char *key)
{
    for (int i = 0; i < f->tag_count; i += 2)
        if (strcmp(l->keys[f->tags[i]], key) == 0)
            return &l->values[f->tags[i + 1]];
    return NULL;
}

#endif
