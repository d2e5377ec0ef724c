/* labels: the places of a sheet of labels, one market in the order a clerk walks it, or codes as listed. */
#include "mapd/labels.h"

#include "layers/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct list {
    struct arena *arena;
    const struct snapshot *snapshot;
    const char *base_url;
    struct label *labels;
    uint32_t count, room;
};

static const char *field_text(struct list *l, const struct snapshot_layer *layer, const char *field,
                              uint32_t row)
{
    int i = layer_field(layer->layer, slice_of(field));
    return i < 0 ? "" : arena_text(l->arena, snapshot_text(&layer->columns[i], row));
}

static const char *stall_kind_word(const char *kind)
{
    static const char *const WORDS[][2] = {
        {"counter", "Quầy"}, {"stand", "Sạp"}, {"kiosk", "Ki-ốt"}, {"shop", "Cửa hàng"}, {"lot", "Lô"}};
    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        if (strcmp(WORDS[i][0], kind) == 0)
            return WORDS[i][1];
    return "";
}

/* The URL in upper case keeps the picture at 25 modules: QR's alphanumeric mode. */
static const char *label_url(struct list *l, const char *code)
{
    char *url = arena_format(l->arena, "%s/C/%s", l->base_url, code);
    for (char *p = url; *p; p++)
        if (*p >= 'a' && *p <= 'z')
            *p = (char)(*p - 32);
    return url;
}

static void add_label(struct list *l, struct label label)
{
    if (l->count == l->room) {
        uint32_t room = l->room ? l->room * 2 : 64;
        struct label *more = ARENA_ARRAY(l->arena, struct label, room);
        if (l->count)
            memcpy(more, l->labels, sizeof *more * l->count);
        l->labels = more;
        l->room = room;
    }
    label.url = label_url(l, label.code);
    l->labels[l->count++] = label;
}

/* "Khu C" and "C" both read as "khu C" behind the number. */
static const char *zone_words(struct list *l, const char *zone)
{
    if (!zone[0])
        return "";
    struct slice fold = text_fold_in(l->arena, slice_of(zone));
    bool says_so = slice_starts(fold, SLICE("khu "));
    return arena_format(l->arena, ", %s%s", says_so ? "" : "khu ", zone);
}

static void add_stall(struct list *l, const struct snapshot_layer *stalls, uint32_t row)
{
    const char *kind = stall_kind_word(field_text(l, stalls, "kind", row));
    const char *zone = zone_words(l, field_text(l, stalls, "zone", row));
    add_label(
        l, (struct label){
               .title = arena_format(l->arena, "%s %s%s", kind, field_text(l, stalls, "number", row), zone),
               .subtitle = field_text(l, stalls, "market_name", row),
               .code = field_text(l, stalls, "code", row),
           });
}

static void add_shop(struct list *l, const struct snapshot_layer *shops, uint32_t row)
{
    add_label(l, (struct label){
                     .title = field_text(l, shops, "name", row),
                     .subtitle = field_text(l, shops, "address", row),
                     .code = field_text(l, shops, "code", row),
                 });
}

/* Labels come off the sheet in the order a clerk walks: zone, kind, number. */
struct walk {
    const char *zone, *kind, *number;
    uint32_t row;
};

static int walk_order(const void *left, const void *right)
{
    const struct walk *a = left, *b = right;
    int by_zone = strcmp(a->zone, b->zone), by_kind = strcmp(a->kind, b->kind);
    if (by_zone || by_kind)
        return by_zone ? by_zone : by_kind;
    long x = strtol(a->number, NULL, 10), y = strtol(b->number, NULL, 10);
    return x != y ? (x > y) - (x < y) : strcmp(a->number, b->number);
}

static bool add_market(struct list *l, const char *market, struct fault *f)
{
    const struct snapshot_layer *stalls = snapshot_get(l->snapshot, LAYER_STALLS);
    struct walk *walk = ARENA_ARRAY(l->arena, struct walk, stalls->count + 1);
    const struct column *markets = &stalls->columns[layer_field(stalls->layer, SLICE("market"))];
    uint32_t count = 0;
    for (uint32_t row = 0; row < stalls->count; row++)
        if (slice_equal(snapshot_text(markets, row), slice_of(market)))
            walk[count++] =
                (struct walk){field_text(l, stalls, "zone", row), field_text(l, stalls, "kind", row),
                              field_text(l, stalls, "number", row), row};
    qsort(walk, count, sizeof *walk, walk_order);
    for (uint32_t i = 0; i < count; i++)
        add_stall(l, stalls, walk[i].row);
    return count > 0 || fault_set(f, FAULT_NOT_FOUND, "--market", "không có quầy nào của chợ '%s'", market);
}

static bool add_code(struct list *l, struct slice line, int number, struct fault *f)
{
    char code[CODE_LENGTH + 1], place[32];
    snprintf(place, sizeof place, "--codes:%d", number);
    if (!code_canonical(line, code))
        return fault_set(f, FAULT_BAD_VALUE, place, "'%.*s'", (int)line.n, line.p);
    const struct snapshot_layer *stalls = snapshot_get(l->snapshot, LAYER_STALLS);
    const struct snapshot_layer *shops = snapshot_get(l->snapshot, LAYER_ESTABLISHMENTS);
    int64_t row = snapshot_find(stalls, slice_of(code));
    if (row >= 0) {
        add_stall(l, stalls, (uint32_t)row);
        return true;
    }
    row = snapshot_find(shops, slice_of(code));
    if (row < 0)
        return fault_set(f, FAULT_NOT_FOUND, place, "'%s'", code);
    add_shop(l, shops, (uint32_t)row);
    return true;
}

static bool add_codes(struct list *l, struct slice rest, struct fault *f)
{
    struct slice line;
    bool ok = true;
    for (int number = 1; ok && slice_next(&rest, '\n', &line); number++) {
        line = slice_trim(line);
        ok = line.n == 0 || add_code(l, line, number, f);
    }
    return ok;
}

bool label_size_find(const char *word, enum label_size *size)
{
    static const char *const WORDS[LABEL_SIZE_COUNT] = {"small", "medium", "large"};
    for (int i = 0; i < LABEL_SIZE_COUNT; i++) {
        *size = (enum label_size)i;
        if (strcmp(WORDS[i], word) == 0)
            return true;
    }
    return false;
}

bool labels_collect(const struct label_order *order, struct arena *a, struct label_sheet *sheet,
                    struct fault *f)
{
    struct list l = {.arena = a, .snapshot = order->snapshot, .base_url = order->base_url};
    if (!(order->market ? add_market(&l, order->market, f) : add_codes(&l, order->codes, f)))
        return false;
    sheet->office = arena_format(a, "UBND %s", order->ward ? order->ward : "phường");
    sheet->size = order->size;
    sheet->is_sample = order->is_sample;
    sheet->labels = l.labels;
    sheet->count = l.count;
    return true;
}
