/* mvt: one layer of a vector tile, version 2.1, written forward: features into one buffer, distinct values
 * into another, put together at the end. Law: a feature costs no allocation, and a text that was met before
 * costs one look into a table of numbers: the read copy's text ids stand for the texts. */
#include "tiles/tiles_private.h"

#include <math.h>
#include <string.h>

enum {
    FEATURE_ROOM = 256,
    SLOTS_AT_FIRST = 256,
    SLOTS_MOST_AT_FIRST = 1 << 15,
    FEW_TEXTS = 512,
    TEXTS_A_FEATURE = 4,  /* so many texts of a column for each feature are still worth an array */
    BYTES_A_FEATURE = 48, /* about what a point and its values take: room from the start, not copied */
    FEATURES_FORESEEN = 1 << 16
};

void mvt_start(struct mvt_layer *m, struct arena *a, const struct layer *layer, uint32_t features)
{
    memset(m, 0, sizeof *m);
    m->arena = a;
    struct tile_attribute of[ATTRIBUTES_MAX];
    m->attribute_count = tile_attributes(layer, of);
    for (int i = 0; i < m->attribute_count; i++)
        m->attributes[i].of = of[i];
    m->features_expected = features < FEATURES_FORESEEN ? features : FEATURES_FORESEEN;
    buf_reserve(&m->features, (size_t)m->features_expected * BYTES_A_FEATURE + FEATURE_ROOM);
    buf_reserve(&m->values, (size_t)m->features_expected * BYTES_A_FEATURE + FEATURE_ROOM);
}

static void slots_start(struct mvt_layer *m)
{
    m->slot_count = SLOTS_AT_FIRST;
    while (m->slot_count < m->features_expected * 2 && m->slot_count < SLOTS_MOST_AT_FIRST)
        m->slot_count *= 2;
    m->slots = ARENA_ARRAY(m->arena, uint64_t, m->slot_count);
}

uint32_t mvt_key(struct mvt_layer *m, const char *key)
{
    for (uint32_t i = 0; i < m->key_count; i++)
        if (m->keys[i] == key || strcmp(m->keys[i], key) == 0)
            return i;
    m->keys[m->key_count] = key;
    return m->key_count++;
}

/* --- values: a key of 40 bits (what kind, which one) leads to an index of 24 --- */

static uint64_t *slot_for(uint64_t *slots, uint32_t count, uint64_t key)
{
    uint32_t at = (uint32_t)(key * 0x9E3779B97F4A7C15u >> 40) & (count - 1);
    while (slots[at] && slots[at] >> 24 != key)
        at = (at + 1) & (count - 1);
    return &slots[at];
}

static void slots_double(struct mvt_layer *m)
{
    uint32_t wider = m->slot_count * 2;
    uint64_t *slots = ARENA_ARRAY(m->arena, uint64_t, wider);
    for (uint32_t i = 0; i < m->slot_count; i++)
        if (m->slots[i])
            *slot_for(slots, wider, m->slots[i] >> 24) = m->slots[i];
    m->slots = slots;
    m->slot_count = wider;
}

/* Index of the value with this key; *is_new when its bytes are still to be written. */
static uint32_t value_index(struct mvt_layer *m, uint64_t key, bool *is_new)
{
    if (!m->slots)
        slots_start(m);
    uint64_t *slot = slot_for(m->slots, m->slot_count, key);
    *is_new = *slot == 0;
    if (!*is_new)
        return (uint32_t)(*slot & 0xFFFFFF) - 1;
    uint32_t index = m->value_count++;
    *slot = key << 24 | (index + 1);
    if (++m->slots_used > m->slot_count / 2)
        slots_double(m);
    return index;
}

static void value_text(struct mvt_layer *m, struct slice text)
{
    if (m->values.cap - m->values.n < text.n + 16)
        buf_reserve(&m->values, text.n + 16);
    char *to = m->values.p + m->values.n;
    *to++ = 0x22; /* field 4 of the layer: a value */
    to = pbf_varint(to, 1 + (text.n < 128 ? 1 : pbf_varint_length(text.n)) + text.n);
    *to++ = 0x0A; /* field 1: a string */
    to = pbf_varint(to, text.n);
    memcpy(to, text.p, text.n);
    m->values.n = (size_t)(to - m->values.p) + text.n;
}

/* Field `tag` of a value with a varint in it. */
static void value_number(struct mvt_layer *m, uint8_t tag, uint64_t v)
{
    buf_reserve(&m->values, 16);
    char *to = m->values.p + m->values.n;
    *to++ = 0x22;
    *to++ = (char)(1 + pbf_varint_length(v));
    *to++ = (char)tag;
    m->values.n = (size_t)(pbf_varint(to, v) - m->values.p);
}

static void value_real(struct mvt_layer *m, double v)
{
    static const char head[] = {0x22, 9, 0x19}; /* field 3: a double */
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    char bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (char)(bits >> 8 * i);
    buf_add(&m->values, head, sizeof head);
    buf_add(&m->values, bytes, sizeof bytes);
}

enum { KIND_INTEGER = 0x80, KIND_BOOL = 0x81 }; /* below: the field of a text */

static uint64_t key_of(uint32_t kind, uint32_t which)
{
    return (uint64_t)kind << 32 | which;
}

uint32_t mvt_value_integer(struct mvt_layer *m, int64_t v)
{
    bool is_new = v < 0 || v > UINT32_MAX;
    uint32_t index = is_new ? m->value_count++ : value_index(m, key_of(KIND_INTEGER, (uint32_t)v), &is_new);
    if (is_new && v >= 0)
        value_number(m, 0x28, (uint64_t)v); /* field 5: unsigned */
    else if (is_new)
        value_number(m, 0x20, (uint64_t)v); /* field 4: signed */
    return index;
}

static uint32_t value_bool(struct mvt_layer *m, bool v)
{
    bool is_new;
    uint32_t index = value_index(m, key_of(KIND_BOOL, v), &is_new);
    if (is_new)
        value_number(m, 0x38, v);
    return index;
}

/* Index of a text: a column of few texts, as the tile goes, has an array from id to index, another a place in
 * the table. */
static uint32_t text_index(struct mvt_layer *m, const struct column *c, int field, uint32_t id, bool *is_new)
{
    if (c->text_count > FEW_TEXTS && c->text_count / TEXTS_A_FEATURE > m->features_expected)
        return value_index(m, key_of((uint32_t)field, id), is_new);
    if (!m->few[field])
        m->few[field] = ARENA_ARRAY(m->arena, uint32_t, c->text_count + 1);
    uint32_t *index = &m->few[field][id];
    *is_new = *index == 0;
    if (*is_new)
        *index = ++m->value_count;
    return *index - 1;
}

static uint32_t value_of_text(struct mvt_layer *m, const struct column *c, int field, uint32_t row)
{
    uint32_t id = c->text[row], at = c->text_at[id];
    bool is_new = true;
    /* field 0 is an id, met once; looking for a twin would be vain */
    uint32_t value = field == 0 ? m->value_count++ : text_index(m, c, field, id, &is_new);
    if (is_new)
        value_text(m, (struct slice){c->text_bytes + at, c->text_at[id + 1] - at});
    return value;
}

static bool value_of_number(struct mvt_layer *m, const struct column *c, uint32_t row, uint32_t *value)
{
    if (c->real) {
        if (isnan(c->real[row]))
            return false;
        *value = m->value_count++;
        value_real(m, c->real[row]);
        return true;
    }
    if (c->integer[row] == INT_NULL)
        return false;
    *value =
        c->type == FIELD_BOOL ? value_bool(m, c->integer[row] != 0) : mvt_value_integer(m, c->integer[row]);
    return true;
}

void mvt_attributes(struct mvt_layer *m, const struct snapshot_layer *l, uint32_t row,
                    struct mvt_feature *feature)
{
    uint32_t *tag = feature->tags;
    for (int i = 0; i < m->attribute_count; i++) {
        struct mvt_attribute *a = &m->attributes[i];
        const struct column *c = &l->columns[a->of.field];
        uint32_t value;
        if (c->text) {
            if (c->text[row] == TEXT_NULL)
                continue;
            value = value_of_text(m, c, a->of.field, row);
        } else if (!value_of_number(m, c, row, &value)) {
            continue;
        }
        if (a->key == 0)
            a->key = mvt_key(m, a->of.key) + 1;
        *tag++ = a->key - 1;
        *tag++ = value;
    }
    feature->tag_count = (uint32_t)(tag - feature->tags);
}

/* --- features --- */

/* Everything of a feature but its geometry. */
static char *write_head(char *to, const struct mvt_feature *feature, enum mvt_type type)
{
    if (feature->id) {
        *to++ = 0x08; /* field 1: id */
        to = pbf_varint(to, feature->id);
    }
    if (feature->tag_count) {
        char tags[PBF_VARINT_MAX * COUNT_OF(feature->tags)];
        char *end = tags;
        for (uint32_t i = 0; i < feature->tag_count; i++)
            end = pbf_varint(end, feature->tags[i]);
        *to++ = 0x12; /* field 2: tags */
        to = pbf_varint(to, (uint64_t)(end - tags));
        memcpy(to, tags, (size_t)(end - tags));
        to += end - tags;
    }
    *to++ = 0x18; /* field 3: type */
    *to++ = (char)type;
    *to++ = 0x22; /* field 4: geometry */
    return to;
}

void mvt_feature(struct mvt_layer *m, const struct mvt_feature *feature, enum mvt_type type,
                 struct slice geometry)
{
    char head[FEATURE_ROOM * 2];
    char *end = pbf_varint(write_head(head, feature, type), geometry.n);
    size_t head_length = (size_t)(end - head);
    buf_reserve(&m->features, geometry.n + head_length + 16);
    char *to = m->features.p + m->features.n;
    *to++ = 0x12; /* field 2 of the layer: a feature */
    to = pbf_varint(to, head_length + geometry.n);
    memcpy(to, head, head_length);
    memcpy(to + head_length, geometry.p, geometry.n);
    m->features.n = (size_t)(to - m->features.p) + head_length + geometry.n;
    m->feature_count++;
}

enum { FEW_TAGS = 2 * ATTRIBUTES_MAX, SHORT_FEATURE = 127 };

/* A point with few attributes stays under 128 bytes: each length is one byte, filled in behind what it
 * measures. */
static void short_point(struct mvt_layer *m, const struct mvt_feature *feature, struct tilepx p)
{
    _Static_assert(ATTRIBUTES_MAX * (1 + 5) + 11 + 2 + 2 + 2 + 11 <= SHORT_FEATURE,
                   "a length would need two bytes");
    _Static_assert(COUNT_OF(((struct mvt_layer *)0)->keys) <= 128, "a key would need two bytes");
    if (m->features.cap - m->features.n < FEATURE_ROOM)
        buf_reserve(&m->features, FEATURE_ROOM);
    char *start = m->features.p + m->features.n, *to = start + 2;
    *start = 0x12;
    if (feature->id) {
        *to++ = 0x08;
        to = pbf_varint(to, feature->id);
    }
    char *tags = to;
    to += 2;
    for (uint32_t i = 0; i < feature->tag_count; i += 2) {
        *to++ = (char)feature->tags[i]; /* a layer has far fewer than 128 keys */
        to = pbf_short(to, feature->tags[i + 1]);
    }
    if (feature->tag_count) {
        tags[0] = 0x12;
        tags[1] = (char)(to - tags - 2);
    } else {
        to = tags;
    }
    char *rest = to;
    memcpy(rest, "\x18\x01\x22\x00\x09", 5); /* a point; geometry of ? bytes; one MoveTo */
    to = pbf_short(rest + 5, pbf_zigzag(p.x));
    to = pbf_short(to, pbf_zigzag(p.y));
    rest[3] = (char)(to - rest - 4);
    start[1] = (char)(to - start - 2);
    m->features.n = (size_t)(to - m->features.p);
    m->feature_count++;
}

void mvt_point(struct mvt_layer *m, const struct mvt_feature *feature, struct tilepx p)
{
    if (feature->tag_count <= FEW_TAGS) {
        short_point(m, feature, p);
        return;
    }
    char geometry[1 + 2 * PBF_VARINT_MAX];
    char *end = geometry;
    *end++ = 1 << 3 | 1; /* one MoveTo */
    end = pbf_varint(end, pbf_zigzag(p.x));
    end = pbf_varint(end, pbf_zigzag(p.y));
    mvt_feature(m, feature, MVT_POINT, (struct slice){geometry, (size_t)(end - geometry)});
}

void mvt_finish(struct mvt_layer *m, struct slice name, struct buf *out)
{
    if (m->feature_count > 0) {
        struct buf keys = {0};
        for (uint32_t i = 0; i < m->key_count; i++)
            pbf_add_bytes(&keys, 0x1A, slice_of(m->keys[i]));
        static const char version[] = {0x78, 2}, extent[] = {0x28, (char)0x80, 0x20};
        size_t length = sizeof version + 1 + pbf_varint_length(name.n) + name.n + m->features.n + keys.n +
                        m->values.n + sizeof extent;
        buf_reserve(out, length + 16);
        buf_char(out, 0x1A); /* field 3 of the tile: a layer */
        pbf_add_varint(out, length);
        buf_add(out, version, sizeof version);
        pbf_add_bytes(out, 0x0A, name);
        buf_slice(out, buf_to_slice(&m->features));
        buf_slice(out, buf_to_slice(&keys));
        buf_slice(out, buf_to_slice(&m->values));
        buf_add(out, extent, sizeof extent);
        buf_release(&keys);
    }
    buf_release(&m->features);
    buf_release(&m->values);
}
