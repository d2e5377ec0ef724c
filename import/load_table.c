/* load_table: the industries (VSIC by version and code) and the base layer of the map. */
#include "import/load.h"
#include "layers/text.h"

#include <stdio.h>
#include <string.h>

/* --- industries --- */

/* Level by the length of the code: a letter, then two to five digits. */
static int level_of(struct slice code)
{
    for (size_t i = 0; i < code.n; i++)
        if (code.p[i] < '0' || code.p[i] > '9')
            return code.n == 1 ? 1 : 0;
    return code.n >= 2 && code.n <= 5 ? (int)code.n : 0;
}

static void read_industry(struct load *l, const struct row *row, struct outcome *out)
{
    struct industry *i = ARENA_NEW(&l->row, struct industry);
    int64_t level = 0;
    l->record = i;
    *i = (struct industry){.version = take_text(l, row, COLUMN_VERSION, out),
                           .code = take_code(l, row, COLUMN_CODE, out),
                           .name = take_text(l, row, COLUMN_NAME, out),
                           .group = take_text(l, row, COLUMN_INDUSTRY_GROUP, out)};
    if (!i->code.n)
        i->code = take_code(l, row, COLUMN_INDUSTRY_CODE, out);
    if (!i->version.n)
        i->version = SLICE("2025");
    i->level = level_of(i->code);
    bool has_level = slice_to_int(take_text(l, row, COLUMN_LEVEL, out), &level);
    if (!i->code.n || !i->name.n)
        reject(out, &(struct problem){.column = i->code.n ? COLUMN_NAME : COLUMN_CODE,
                                      .code = FAULT_VALUE_MISSING});
    else if (!i->level || (has_level && level != i->level))
        reject(out, &(struct problem){.column = COLUMN_CODE,
                                      .code = FAULT_BAD_VALUE,
                                      .value = i->code,
                                      .text = "Mã không đúng độ dài của cấp; có thể đã mất số 0 ở đầu"});
    out->key = slice_of(
        arena_format(&l->row, "%.*s|%.*s", (int)i->version.n, i->version.p, (int)i->code.n, i->code.p));
}

static bool apply_industry(struct load *l, const struct row *row, struct outcome *out, struct fault *f)
{
    bool is_new = false;
    (void)row;
    if (!industry_put(l->store, l->record, &is_new, f))
        return false;
    out->verdict = is_new ? VERDICT_ADDED : VERDICT_UPDATED;
    return true;
}

const struct load_kind LOAD_INDUSTRIES = {
    .entity = "industry", .read = read_industry, .apply = apply_industry};

/* --- base layer --- */

static const char *base_layer(struct slice text)
{
    static const char *const LAYERS[] = {"water", "green", "roads"};
    for (size_t i = 0; i < COUNT_OF(LAYERS); i++)
        if (slice_equal_ignoring_case(text, slice_of(LAYERS[i])))
            return LAYERS[i];
    return NULL;
}

static void read_base(struct load *l, const struct row *row, struct outcome *out)
{
    struct base_feature *b = ARENA_NEW(&l->row, struct base_feature);
    struct slice layer = take_text(l, row, COLUMN_LAYER, out);
    uint8_t hash[HASH_BYTES];
    l->record = b;
    *b = (struct base_feature){.layer = base_layer(layer),
                               .name = take_text(l, row, COLUMN_NAME, out),
                               .class = take_text(l, row, COLUMN_CLASS, out),
                               .key = take_text(l, row, COLUMN_CODE, out),
                               .wkb = row->wkb};
    if (!b->layer)
        reject(out, &(struct problem){.column = COLUMN_LAYER,
                                      .code = layer.n ? FAULT_BAD_VALUE : FAULT_VALUE_MISSING,
                                      .value = layer,
                                      .advice = "Thuộc tính layer là water, green hoặc roads"});
    else if (!b->wkb.n)
        reject(out, &(struct problem){
                        .column = -1, .code = FAULT_BAD_COORDINATE, .advice = "Đối tượng không có hình"});
    if (is_rejected(out))
        return;
    if (!b->key.n) { /* no key of its own: it is what it looks like */
        sha256_of(b->wkb, hash);
        uint64_t head;
        memcpy(&head, hash, sizeof head);
        b->key = slice_of(arena_format(&l->row, "%016llx", (unsigned long long)head));
    }
    out->key = slice_of(arena_format(&l->row, "%s|%.*s", b->layer, (int)b->key.n, b->key.p));
}

static bool apply_base(struct load *l, const struct row *row, struct outcome *out, struct fault *f)
{
    bool is_new = false;
    (void)row;
    if (!base_feature_put(l->store, l->record, &out->entity_id, &is_new, f))
        return false;
    out->verdict = is_new ? VERDICT_ADDED : VERDICT_UPDATED;
    return true;
}

const struct load_kind LOAD_BASE = {.entity = "base_feature", .read = read_base, .apply = apply_base};
