/* osm: what a feature of an OpenStreetMap extract is for us: a street, an address, water, green or a road of
 * the base layer. Stands between sheet.c, which knows OGR, and table.c. Law: one extract fills three lists,
 * and nothing else in it is read. */
#include "import/osm.h"

#include <stdlib.h>
#include <string.h>

enum { FIELD_LAYER, FIELD_NAME, FIELD_ALIASES, FIELD_NUMBER, FIELD_STREET, FIELD_WARD, FIELD_COUNT };
enum { WAITING_MAX = 4 };

struct osm {
    struct arena memory;
    struct cell rows[WAITING_MAX][FIELD_COUNT];
    struct slice wkb;
    int first, count;
};

struct osm *osm_new(void)
{
    return calloc(1, sizeof(struct osm));
}

void osm_free(struct osm *o)
{
    if (o) {
        arena_release(&o->memory);
        free(o);
    }
}

struct sheet_row osm_names(struct arena *a)
{
    static const char *const names[FIELD_COUNT] = {"layer", "name", "aliases", "number", "street", "ward"};
    struct cell *cells = ARENA_ARRAY(a, struct cell, FIELD_COUNT);
    for (int i = 0; i < FIELD_COUNT; i++) {
        cells[i] = (struct cell){.kind = CELL_TEXT, .text = slice_of(names[i])};
    }
    return (struct sheet_row){.cells = cells, .count = FIELD_COUNT};
}

/* --- tags --- */

/* Value of a tag in OGR's list of the rest: "name"=>"value", quotes inside escaped by a backslash. */
static struct slice find_other(struct slice rest, const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 0; i + n + 6 < rest.n; i++) {
        bool is_name = rest.p[i] == '"' && memcmp(rest.p + i + 1, name, n) == 0 &&
                       memcmp(rest.p + i + 1 + n, "\"=>\"", 4) == 0;
        if (!is_name || (i > 0 && rest.p[i - 1] != ',')) {
            continue;
        }
        size_t from = i + n + 5, to = from;
        while (to < rest.n && rest.p[to] != '"') {
            to += rest.p[to] == '\\' ? 2 : 1;
        }
        return (struct slice){rest.p + from, (to < rest.n ? to : rest.n) - from};
    }
    return (struct slice){0};
}

static struct slice tag(const struct osm_feature *f, const char *name)
{
    struct slice wanted = slice_of(name);
    for (int i = 0; i < f->tag_count; i++) {
        if (slice_equal(f->tags[i].name, wanted)) {
            return f->tags[i].value;
        }
    }
    return find_other(f->other_tags, name);
}

static bool is_one_of(struct slice value, const char *list)
{
    struct slice rest = slice_of(list), one;
    while (value.n > 0 && slice_next(&rest, '|', &one)) {
        if (slice_equal(value, one)) {
            return true;
        }
    }
    return false;
}

/* --- meaning --- */

static bool is_road(const struct osm_feature *f)
{
    return f->shape == OSM_LINE &&
           is_one_of(
               tag(f, "highway"),
               "motorway|trunk|primary|secondary|tertiary|unclassified|residential|living_street|pedestrian|"
               "service|road|motorway_link|trunk_link|primary_link|secondary_link|tertiary_link|footway|path|"
               "track");
}

static bool is_water(const struct osm_feature *f)
{
    return is_one_of(tag(f, "natural"), "water|bay") ||
           is_one_of(tag(f, "waterway"), "river|stream|canal|riverbank|dock") ||
           is_one_of(tag(f, "landuse"), "reservoir|basin");
}

static bool is_green(const struct osm_feature *f)
{
    return f->shape == OSM_AREA &&
           (is_one_of(tag(f, "leisure"), "park|garden|pitch|golf_course|nature_reserve") ||
            is_one_of(tag(f, "landuse"),
                      "grass|forest|meadow|recreation_ground|village_green|orchard|farmland") ||
            is_one_of(tag(f, "natural"), "wood|scrub|grassland|heath"));
}

static bool is_address(const struct osm_feature *f)
{
    return tag(f, "addr:housenumber").n > 0 && tag(f, "addr:street").n > 0;
}

bool osm_wants(struct osm_feature *f)
{
    return is_road(f) || is_water(f) || is_green(f) || is_address(f);
}

/* --- rows --- */

static void put_text(struct osm *o, struct cell *c, struct slice text)
{
    *c = (struct cell){.kind = text.n ? CELL_TEXT : CELL_EMPTY, .text = arena_slice(&o->memory, text)};
}

static struct cell *put_row(struct osm *o, const char *layer)
{
    struct cell *row = o->rows[o->count++];
    memset(row, 0, sizeof o->rows[0]);
    put_text(o, &row[FIELD_LAYER], slice_of(layer));
    return row;
}

static struct slice join_aliases(struct osm *o, const struct osm_feature *f)
{
    static const char *const names[] = {"alt_name", "old_name", "short_name", "name:vi", "ref"};
    struct buf all = {0};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct slice alias = tag(f, names[i]);
        if (alias.n > 0 && !slice_equal(alias, tag(f, "name"))) {
            buf_text(&all, all.n ? ";" : "");
            buf_slice(&all, alias);
        }
    }
    struct slice joined = arena_slice(&o->memory, buf_to_slice(&all));
    buf_release(&all);
    return joined;
}

void osm_put(struct osm *o, const struct osm_feature *f)
{
    struct slice name = tag(f, "name");
    arena_reset(&o->memory);
    o->first = o->count = 0;
    o->wkb = arena_slice(&o->memory, f->wkb);
    if (f->wkb.n == 0) {
        return;
    }
    if (is_road(f) && name.n > 0) {
        struct cell *row = put_row(o, "streets");
        put_text(o, &row[FIELD_NAME], name);
        put_text(o, &row[FIELD_ALIASES], join_aliases(o, f));
    }
    if (is_road(f) || is_water(f) || is_green(f)) {
        struct cell *row = put_row(o, is_road(f) ? "roads" : is_water(f) ? "water" : "green");
        put_text(o, &row[FIELD_NAME], name);
    }
    if (is_address(f)) {
        struct slice ward = tag(f, "addr:suburb");
        struct cell *row = put_row(o, "addresses");
        put_text(o, &row[FIELD_NUMBER], tag(f, "addr:housenumber"));
        put_text(o, &row[FIELD_STREET], tag(f, "addr:street"));
        put_text(o, &row[FIELD_WARD], ward.n ? ward : tag(f, "addr:subdistrict"));
    }
}

bool osm_take(struct osm *o, struct sheet_row *row)
{
    if (o->first == o->count) {
        return false;
    }
    *row = (struct sheet_row){.cells = o->rows[o->first++], .count = FIELD_COUNT, .wkb = o->wkb};
    return true;
}
