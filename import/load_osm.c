/* load_osm: one OpenStreetMap extract fills streets, house numbers and the base layer. Each row is handed to
 * the loader of its layer; house numbers and alleys wait for the second pass, when every street is known. */
#include "import/load.h"

#include <string.h>

struct osm_part {
    const char *layer;
    const struct load_kind *kind;
    void *state;
    bool has_begun;
};

enum { PARTS = 5, STREETS = 0, ADDRESSES = 1 };

struct osm_state {
    struct osm_part parts[PARTS];
};

struct osm_record {
    struct osm_part *part;
    void *record;
};

static bool begin_osm(struct load *l, struct fault *f)
{
    (void)f;
    struct osm_state *s = ARENA_NEW(&l->whole, struct osm_state);
    const struct osm_part parts[PARTS] = {{.layer = "streets", .kind = &LOAD_STREETS},
                                          {.layer = "addresses", .kind = &LOAD_ADDRESSES},
                                          {.layer = "water", .kind = &LOAD_BASE},
                                          {.layer = "green", .kind = &LOAD_BASE},
                                          {.layer = "roads", .kind = &LOAD_BASE}};
    memcpy(s->parts, parts, sizeof parts);
    l->state = s;
    return true;
}

static struct osm_part *part_of(struct osm_state *s, const struct row *row)
{
    for (int i = 0; i < PARTS; i++)
        if (slice_equal(cell_text(row, COLUMN_LAYER), slice_of(s->parts[i].layer)))
            return &s->parts[i];
    return NULL;
}

static bool is_later(struct load *l, const struct row *row)
{
    struct osm_state *s = l->state;
    const struct osm_part *part = part_of(s, row);
    return part == &s->parts[ADDRESSES] ||
           (part == &s->parts[STREETS] && LOAD_STREETS.is_later && LOAD_STREETS.is_later(l, row));
}

/* A part begins with its first row: the house numbers then see every street of this file. */
static bool enter_part(struct load *l, struct osm_part *part)
{
    l->state = part->state;
    if (part->has_begun)
        return true;
    part->has_begun = true;
    bool ok = !part->kind->begin || part->kind->begin(l, NULL);
    part->state = l->state;
    return ok;
}

static void read_osm(struct load *l, const struct row *row, struct outcome *out)
{
    struct osm_state *s = l->state;
    struct osm_record *r = ARENA_NEW(&l->row, struct osm_record);
    r->part = part_of(s, row);
    if (!r->part) {
        reject(out, &(struct problem){.column = COLUMN_LAYER,
                                      .code = FAULT_BAD_VALUE,
                                      .value = cell_text(row, COLUMN_LAYER)});
        return;
    }
    enter_part(l, r->part);
    r->part->kind->read(l, row, out);
    r->record = l->record;
    l->record = r;
    l->state = s;
    if (!is_rejected(out))
        out->key = slice_of(arena_format(&l->row, "%s|%.*s", r->part->layer, (int)out->key.n, out->key.p));
}

/* Several shops of one house bring its number again; the first one stands. */
static bool apply_osm(struct load *l, const struct row *row, struct outcome *out, struct fault *f)
{
    struct osm_state *s = l->state;
    struct osm_record *r = l->record;
    out->entity = r->part->kind->entity;
    if (out->twin_of) {
        out->verdict = VERDICT_UNCHANGED;
        return true;
    }
    l->state = r->part->state;
    l->record = r->record;
    bool ok = r->part->kind->apply(l, row, out, f);
    l->state = s;
    return ok;
}

static bool finish_osm(struct load *l, struct fault *f)
{
    struct osm_state *s = l->state;
    bool ok = true;
    for (int i = 0; ok && i < PARTS; i++) {
        l->state = s->parts[i].state;
        ok = !s->parts[i].has_begun || !s->parts[i].kind->finish || s->parts[i].kind->finish(l, f);
    }
    l->state = s;
    return ok;
}

const struct load_kind LOAD_OSM = {.feeds_gazetteer = true,
                                   .takes_twins = true,
                                   .entity = "street",
                                   .is_later = is_later,
                                   .begin = begin_osm,
                                   .read = read_osm,
                                   .apply = apply_osm,
                                   .finish = finish_osm};
