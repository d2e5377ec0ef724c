/* The geocoder: one address in, one place out, or the reason why not. The pipeline is
 *
 *   compose → decode → tokens → mask → street → number → place → judge → decide
 *
 * Law: deterministic, read-only, no global state, so any number of threads may ask one geocoder. An automatic
 * answer is given only when nothing stops it (geocode_faults.def); everything else waits for a person, with
 * its candidates. */
#include "import/geocode_private.h"
#include "import/spell.h"

#include "layers/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool geocoder_open(struct geocoder **out, struct store *s, struct fault *f)
{
    struct geocoder *g = calloc(1, sizeof *g);
    if (g == NULL)
        return fault_set(f, FAULT_INTERNAL, "geocoder", "no memory");
    if (!gazetteer_read(&g->gazetteer, s, f)) {
        free(g);
        return false;
    }
    g->lexicon = lexicon_new(g->gazetteer, &g->arena);
    g->streets = street_index_new(g->gazetteer, &g->arena);
    g->places = place_index_new(g->gazetteer, &g->arena);
    g->book = phrase_book_new(&g->arena);
    *out = g;
    return true;
}

void geocoder_close(struct geocoder *g)
{
    if (g == NULL)
        return;
    gazetteer_free(g->gazetteer);
    arena_release(&g->arena);
    free(g);
}

/* --- compose and decode --- */

/* One cell in the encoding it reads best in. */
static void add_decoded(struct buf *out, struct slice cell)
{
    struct buf decoded = {0};
    enum text_encoding e = text_detect(cell);
    if (e == TEXT_UTF8 || !text_decode(cell, e, &decoded)) {
        buf_reset(&decoded);
        text_clean(cell, &decoded);
    }
    buf_slice(out, buf_to_slice(&decoded));
    buf_release(&decoded);
}

/* ", word cell", the word only when the cell lacks it ("15" for "Tổ 15"). */
static void add_part(struct buf *out, const char *separator, const char *word, struct slice cell,
                     const char *const had[])
{
    struct buf fold = {0};
    bool has_word = false;
    text_fold(cell, &fold);
    for (int i = 0; had[i]; i++)
        has_word |= slice_starts(buf_to_slice(&fold), slice_of(had[i]));
    if (fold.n > 0) {
        if (out->n)
            buf_text(out, separator);
        if (!has_word)
            buf_text(out, word);
        add_decoded(out, cell);
    }
    buf_release(&fold);
}

static void compose(const struct geocode_query *q, struct buf *out)
{
    static const char *const NONE[] = {NULL}, *const ALLEYS[] = {"k", "hem", "ngo", "h", NULL};
    static const char *const STREETS[] = {"duong ", "pho ", "d ", NULL}, *const WARDS[] = {"p ", "phuong",
                                                                                           "xa ", "ph ",
                                                                                           NULL};
    static const char *const GROUPS[] = {"to ", "t", "khu", "kp", "thon", "ap ", "khoi", NULL};
    if (q->address.n > 0) {
        add_part(out, ", ", "", q->address, NONE);
    } else {
        add_part(out, " ", q->alley.n ? "số " : "", q->number, NONE);
        add_part(out, " ", "kiệt ", q->alley, ALLEYS);
        add_part(out, " ", "đường ", q->street, STREETS);
    }
    add_part(out, ", ", "tổ ", q->residential_group, GROUPS);
    add_part(out, ", ", "phường ", q->ward.n ? q->ward : q->old_ward, WARDS);
}

/* --- reading --- */

static void read_text(const struct geocoder *g, struct slice text, struct arena *a, struct reading *r)
{
    tokens_read(text, a, &r->tokens);
    r->address = (struct address){.relation_at = -1};
    r->mask = (struct mask){
        .tokens = &r->tokens, .lexicon = g->lexicon, .book = g->book, .arena = a, .out = &r->address};
    street_cover(g->streets, &r->tokens, r->mask.covered);
    address_mask(&r->mask);
    struct street_search search = {g->streets, g->lexicon, &r->tokens};
    street_find(&search, false, &r->matches);
}

/* Two words that are good syllables once the keys are taken as keys: the input method was off. */
static struct slice without_keys(struct slice text, struct arena *a)
{
    enum { ENOUGH = 2 };
    struct buf typed = {0};
    struct slice result = text;
    for (int keys = TEXT_TELEX; keys <= TEXT_VNI_KEYS && result.p == text.p && !text_has_marks(text);
         keys++) {
        buf_reset(&typed);
        if (text_decode_keys(text, (enum text_keys)keys, &typed) >= ENOUGH)
            result = arena_slice(a, buf_to_slice(&typed));
    }
    buf_release(&typed);
    return result;
}

/* The text as typed; where no street stands in it, the text as the keys would have been with the input method
 * on; where that gives none either, slips and abbreviations. */
static void read_best(const struct geocoder *g, struct slice text, struct arena *a, struct reading *r)
{
    static const enum text_keys KEYS[] = {TEXT_TELEX, TEXT_VNI_KEYS};
    text = without_keys(text, a);
    read_text(g, text, a, r);
    if (street_is_sure(&r->matches))
        return;
    struct reading *other = ARENA_NEW(a, struct reading);
    for (size_t i = 0; i < COUNT_OF(KEYS); i++) {
        struct buf typed = {0};
        int changed = text_decode_keys(text, KEYS[i], &typed);
        struct slice kept = arena_slice(a, buf_to_slice(&typed));
        buf_release(&typed);
        if (changed == 0)
            continue;
        read_text(g, kept, a, other);
        if (!street_is_sure(&other->matches))
            continue;
        *r = *other;
        r->mask.tokens = &r->tokens;
        r->mask.out = &r->address;
        return;
    }
    struct street_search search = {g->streets, g->lexicon, &r->tokens};
    street_find(&search, true, &r->matches);
}

/* --- result --- */

static const char *span_kind(enum token_label label)
{
    static const char *const KINDS[] = {
        [LABEL_FREE] = "unknown", [LABEL_IGNORED] = "ignored", [LABEL_NOTE] = "note",
        [LABEL_GROUP] = "group",  [LABEL_WARD] = "ward",       [LABEL_RELATION] = "note",
        [LABEL_MARKET] = "note",  [LABEL_STREET] = "street",   [LABEL_NUMBER] = "number",
        [LABEL_ALLEY] = "alley"};
    return KINDS[label];
}

static void write_spans(const struct tokens *t, struct geocode_result *r)
{
    for (int i = 0; i < t->count; i++) {
        const char *kind = t->t[i].label == LABEL_FREE ? "ignored" : span_kind(t->t[i].label);
        struct geocode_span *last = r->span_count ? &r->spans[r->span_count - 1] : NULL;
        if (last && strcmp(last->kind, kind) == 0) {
            last->end = t->t[i].end;
        } else if (r->span_count < (int)COUNT_OF(r->spans)) {
            r->spans[r->span_count++] = (struct geocode_span){kind, t->t[i].start, t->t[i].end};
        }
    }
}

static struct slice level_text(const struct level *l, struct arena *a)
{
    return slice_of(arena_format(a, "%d%s", l->number, l->suffix));
}

void geocode_areas(const struct geocoder *g, struct lonlat at, int64_t *group_id, int64_t *ward_id)
{
    *group_id = *ward_id = 0;
    for (uint32_t i = 0; i < g->gazetteer->group_count && *group_id == 0; i++)
        if (shape_holds(&g->gazetteer->groups[i].area, at))
            *group_id = g->gazetteer->groups[i].id;
    for (uint32_t i = 0; i < g->gazetteer->ward_count && *ward_id == 0; i++)
        if (shape_holds(&g->gazetteer->wards[i].area, at))
            *ward_id = g->gazetteer->wards[i].id;
}

static int64_t named_group(const struct geocoder *g, const struct address *a)
{
    int64_t ward = a->ward_id ? a->ward_id : home_ward(g);
    return a->group_id ? a->group_id : lexicon_group(g->lexicon, a->group_number, ward);
}

static void write_territory(const struct geocoder *g, const struct address *a, struct geocode_result *r)
{
    int64_t group = 0, ward = 0;
    if (r->status == GEOCODE_AUTO)
        geocode_areas(g, r->at, &group, &ward);
    int64_t named = named_group(g, a);
    r->group_id = named ? named : group;
    r->ward_id = ward ? ward : a->ward_id;
    r->ward = lexicon_ward_name(g->lexicon, r->ward_id);
}

static struct slice typed_name(const struct tokens *t, int from, int to, struct arena *a)
{
    struct buf b = {0};
    for (int i = from; i < to; i++) {
        if (b.n)
            buf_char(&b, ' ');
        buf_slice(&b, t->t[i].marks);
    }
    struct slice text = arena_slice(a, buf_to_slice(&b));
    buf_release(&b);
    return text;
}

static struct geocode_candidate candidate_of(const struct geocoder *g, const struct reading *r,
                                             const struct judged *j, struct arena *a)
{
    const struct gazetteer_street *s = &g->gazetteer->streets[j->match.street];
    return (struct geocode_candidate){.street = s->name,
                                      .at = j->placed.at,
                                      .position = j->position,
                                      .accuracy_m = j->placed.accuracy_m,
                                      .score = j->score,
                                      .street_id = s->id,
                                      .faults = fault_codes(j->faults, a),
                                      .why = why_candidate(j, a),
                                      .typed = typed_name(&r->tokens, j->match.from, j->match.to, a)};
}

static void write_number(const struct judged *j, struct arena *a, struct geocode_result *r)
{
    if (j->address.has_number)
        r->number = level_text(&j->address.number, a);
    r->chain = level_chain(j->address.chain, j->address.chain_count, a);
}

static void write_key(const struct geocoder *g, const struct judged *j, struct arena *a,
                      struct geocode_result *r)
{
    struct slice street = g->gazetteer->streets[j->match.street].fold;
    r->key = slice_of(arena_format(a, "%.*s|%.*s|%.*s", (int)street.n, street.p, (int)r->chain.n,
                                   r->chain.p ? r->chain.p : "", (int)r->number.n,
                                   r->number.p ? r->number.p : ""));
}

static int compare_candidates(const void *a, const void *b)
{
    const struct geocode_candidate *x = a, *y = b;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return (x->street_id > y->street_id) - (x->street_id < y->street_id);
}

/* Judges all matches, the best one last so that the reading keeps its labels. */
static void judge_all(const struct geocoder *g, struct reading *reading, struct arena *a,
                      struct geocode_result *r, struct judged *best)
{
    int n = reading->matches.count < GEOCODE_CANDIDATES ? reading->matches.count : GEOCODE_CANDIDATES;
    for (int i = n; i-- > 0;) {
        judge_street(g, reading, i, a, best);
        if (best->class)
            r->candidates[r->candidate_count++] = candidate_of(g, reading, best, a);
    }
    qsort(r->candidates, (size_t)r->candidate_count, sizeof r->candidates[0], compare_candidates);
}

int geocode_parts(const struct geocoder *g, struct slice text, struct arena *a, struct reading *r,
                  struct judged *best)
{
    struct geocode_result unused = {0};
    struct buf clean = {0};
    add_decoded(&clean, text);
    read_best(g, arena_slice(a, buf_to_slice(&clean)), a, r);
    buf_release(&clean);
    if (r->matches.count > 0)
        judge_all(g, r, a, &unused, best);
    else
        address_mask_tail(&r->mask, 0);
    return r->matches.count;
}

static void write_review(struct geocode_result *r, const uint8_t faults[GEO_COUNT], struct slice street,
                         struct arena *a)
{
    enum geofault worst = worst_fault(faults);
    r->status = GEOCODE_REVIEW;
    r->class = 0;
    r->position = POSITION_NONE;
    if (worst != GEO_COUNT)
        r->fault_group = slice_of(
            arena_format(a, "%s:%.*s", geofault_get(worst)->code, (int)street.n, street.p ? street.p : ""));
}

/* Rows that one decision about a name would mend are of one group: "le thanh nghi → Lê Thanh Nghị". */
static struct slice name_in_question(const struct reading *reading, const struct judged *j,
                                     struct slice street, struct arena *a)
{
    enum geofault worst = worst_fault(j->faults);
    if (worst != GEO_DOUBTFUL && worst != GEO_AMBIGUOUS)
        return street;
    struct slice typed = typed_name(&reading->tokens, j->match.from, j->match.to, a);
    return worst == GEO_AMBIGUOUS
               ? typed
               : slice_of(arena_format(a, "%.*s → %.*s", (int)typed.n, typed.p, (int)street.n, street.p));
}

static const struct gazetteer_source *source_of(const struct gazetteer *g, const struct judged *j)
{
    int64_t id = j->placed.grade == PLACE_EXACT ? j->placed.source_id : g->streets[j->match.street].source_id;
    for (uint32_t i = 0; id && i < g->source_count; i++)
        if (g->sources[i].id == id)
            return &g->sources[i];
    return NULL;
}

static void decide_street(const struct geocoder *g, struct reading *reading, struct arena *a,
                          struct geocode_result *r)
{
    struct judged best;
    judge_all(g, reading, a, r, &best);
    r->status = GEOCODE_AUTO;
    r->class = best.class;
    r->position = best.position;
    r->at = best.placed.at;
    r->accuracy_m = round(best.placed.accuracy_m * 10) / 10;
    r->score = best.score;
    r->street_id = g->gazetteer->streets[best.match.street].id;
    r->street = g->gazetteer->streets[best.match.street].name;
    r->source = source_of(g->gazetteer, &best);
    write_number(&best, a, r);
    write_key(g, &best, a, r);
    r->chance = geocode_chance(is_blocked(best.faults) ? 'R' : best.class, best.score);
    r->why = why_street(g, &best, a);
    r->basis = why_candidate(&best, a);
    if (is_blocked(best.faults))
        write_review(r, best.faults, name_in_question(reading, &best, r->street, a), a);
    write_territory(g, &best.address, r);
}

/* --- without a street --- */

static const struct shape *area_named(const struct geocoder *g, int64_t group, int64_t ward)
{
    for (uint32_t i = 0; group && i < g->gazetteer->group_count; i++)
        if (g->gazetteer->groups[i].id == group)
            return &g->gazetteer->groups[i].area;
    for (uint32_t i = 0; !group && i < g->gazetteer->ward_count; i++)
        if (g->gazetteer->wards[i].id == ward)
            return &g->gazetteer->wards[i].area;
    return NULL;
}

/* Words and numbers nobody understood: there may be a street among them. */
static bool has_leftovers(const struct tokens *t)
{
    for (int i = 0; i < t->count; i++)
        if (t->t[i].label == LABEL_FREE && (t->t[i].fold.n > 1 || t->t[i].is_number))
            return true;
    return false;
}

static struct slice leftover_words(const struct tokens *t, struct arena *a)
{
    struct buf b = {0};
    for (int i = 0; i < t->count; i++) {
        if (t->t[i].label != LABEL_FREE || t->t[i].is_number || t->t[i].fold.n < 2)
            continue;
        if (b.n)
            buf_char(&b, ' ');
        buf_slice(&b, t->t[i].fold);
    }
    struct slice words = arena_slice(a, buf_to_slice(&b));
    buf_release(&b);
    return words;
}

static bool decide_area(const struct geocoder *g, const struct reading *reading, struct geocode_result *r)
{
    const struct address *address = &reading->address;
    int64_t group = named_group(g, address);
    bool is_other = address->flags & (ADDRESS_WARD_UNKNOWN | ADDRESS_DISTRICT_OTHER | ADDRESS_STALL);
    const struct shape *area = area_named(g, group, address->ward_id);
    if (is_other || area == NULL || area->part_count == 0 || has_leftovers(&reading->tokens))
        return false;
    r->status = GEOCODE_AUTO;
    r->class = 'E';
    r->position = group ? POSITION_RESIDENTIAL_GROUP : POSITION_AREA;
    r->at = place_area(area, &r->accuracy_m);
    r->accuracy_m = round(r->accuracy_m);
    r->score = group ? 90 : 80;
    r->why = group ? SLICE("Không có tên đường, chỉ biết tổ dân phố.")
                   : SLICE("Không có tên đường, chỉ biết phường.");
    return true;
}

/* "khu a", "a" and "day a" are the block "A". */
static bool is_block(struct slice zone_fold, struct slice block)
{
    if (zone_fold.n < block.n)
        return false;
    struct slice end = {zone_fold.p + zone_fold.n - block.n, block.n};
    bool is_word = zone_fold.n == block.n || end.p[-1] == ' ';
    return is_word && slice_equal_ignoring_case(end, block);
}

/* The only stall of this number in its market, or in the block that is named; NULL when there are more. */
static const struct gazetteer_stall *stall_named(const struct gazetteer *g, const struct address *a)
{
    const struct gazetteer_stall *found = NULL;
    for (uint32_t i = 0; a->stall.n && i < g->stall_count; i++) {
        const struct gazetteer_stall *s = &g->stalls[i];
        if (s->market_id != a->market_id || !slice_equal(s->number_norm, a->stall) ||
            (a->block.n && s->zone_fold.n && !is_block(s->zone_fold, a->block)))
            continue;
        if (found)
            return NULL;
        found = s;
    }
    return found;
}

static bool decide_market(const struct geocoder *g, const struct reading *reading, struct geocode_result *r)
{
    const struct address *address = &reading->address;
    const struct gazetteer *gz = g->gazetteer;
    const struct gazetteer_stall *stall = stall_named(gz, address);
    if (stall) {
        r->class = 'A';
        r->position = POSITION_STALL_PLAN;
        r->at = stall->at;
        r->accuracy_m = 5;
        r->why = SLICE("Đúng ô trong sơ đồ chợ.");
    }
    for (uint32_t i = 0; r->position != POSITION_STALL_PLAN && i < gz->market_count; i++)
        if (gz->markets[i].id == address->market_id && gz->markets[i].has_point) {
            r->class = 'C';
            r->position = POSITION_AREA;
            r->at = gz->markets[i].at;
            r->accuracy_m = 100;
            r->why = SLICE("Ở trong chợ, chưa có ô này trong sơ đồ.");
        }
    if (r->class == 0)
        return false;
    r->status = GEOCODE_AUTO;
    r->score = r->class == 'A' ? 100 : 90;
    return true;
}

/* What was accepted is claimed again, and no more than that. */
static void recall(const struct gazetteer_memory *m, struct geocode_result *r)
{
    static const struct {
        enum position_kind position;
        char class;
    } KINDS[] = {{POSITION_GPS, 'A'},    {POSITION_HOUSE_NUMBER, 'A'},      {POSITION_STALL_PLAN, 'A'},
                 {POSITION_STREET, 'D'}, {POSITION_RESIDENTIAL_GROUP, 'E'}, {POSITION_AREA, 'E'}};
    r->status = GEOCODE_AUTO;
    r->class = 'C';
    r->position = POSITION_INTERPOLATED;
    for (size_t i = 0; i < COUNT_OF(KINDS); i++)
        if (slice_equal(m->position, slice_of(position_name(KINDS[i].position)))) {
            r->class = KINDS[i].class;
            r->position = KINDS[i].position;
        }
    r->at = m->at;
    r->accuracy_m = m->accuracy_m;
    r->score = 100;
    r->fault_group = (struct slice){0};
    r->why = r->basis = SLICE("Địa chỉ này đã được cán bộ xác nhận trên bản đồ.");
}

/* A confirmed address stands before everything else. */
static bool decide_memory(const struct geocoder *g, struct geocode_result *r)
{
    uint32_t low = 0, high = g->gazetteer->memory_count;
    const struct gazetteer_memory *memory = g->gazetteer->memory;
    while (low < high && r->key.n > 0) {
        uint32_t middle = low + (high - low) / 2;
        size_t n = memory[middle].key.n < r->key.n ? memory[middle].key.n : r->key.n;
        int order = memcmp(memory[middle].key.p, r->key.p, n);
        if (order == 0 && memory[middle].key.n == r->key.n) {
            recall(&memory[middle], r);
            return true;
        }
        if (order < 0 || (order == 0 && memory[middle].key.n < r->key.n))
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

static void decide_without_street(const struct geocoder *g, struct reading *reading, struct arena *a,
                                  struct geocode_result *r)
{
    uint8_t faults[GEO_COUNT] = {0};
    struct slice words = {0};
    address_mask_tail(&reading->mask, 0);
    if (reading->address.market_id && decide_market(g, reading, r)) {
        write_territory(g, &reading->address, r);
        return;
    }
    if (decide_area(g, reading, r)) {
        write_territory(g, &reading->address, r);
        return;
    }
    words = leftover_words(&reading->tokens, a);
    r->key = words;
    bool is_market = (reading->address.flags & ADDRESS_STALL) && !reading->address.market_id;
    bool is_nothing = (reading->address.flags & ADDRESS_NOTHING) || reading->tokens.count == 0;
    faults[is_nothing ? GEO_NOTHING : is_market ? GEO_MARKET_UNKNOWN : GEO_STREET_UNKNOWN] = 1;
    faults[GEO_WARD_UNKNOWN] = (reading->address.flags & ADDRESS_WARD_UNKNOWN) != 0;
    r->score = judged_score(faults);
    write_review(r, faults, words, a);
    r->why = why_faults("Cần xem lại", faults, a);
    write_territory(g, &reading->address, r);
}

/* For what is typed without its beginning: somewhere in our ward. */
static struct lonlat ward_middle(const struct geocoder *g)
{
    for (uint32_t i = 0; i < g->gazetteer->ward_count; i++) {
        const struct box *b = &g->gazetteer->wards[i].area.bounds;
        if (g->gazetteer->wards[i].is_home && g->gazetteer->wards[i].area.part_count > 0)
            return (struct lonlat){(b->west + b->east) / 2, (b->south + b->north) / 2};
    }
    return g->gazetteer->point_count > 0 ? g->gazetteer->points[0].at : (struct lonlat){108.2, 16.05};
}

static bool is_mobile(const struct reading *reading)
{
    const struct street_match *best = reading->matches.count ? &reading->matches.m[0] : NULL;
    return (reading->address.flags & ADDRESS_MOBILE) &&
           !(best && best->has_number && street_is_sure(&reading->matches));
}

/* In a known market a stall is meant, unless a house number stands beside a street. */
static bool is_in_market(const struct reading *reading)
{
    const struct street_match *best = reading->matches.count ? &reading->matches.m[0] : NULL;
    return reading->address.market_id && !(best && best->has_number && reading->address.stall.n == 0);
}

void geocode(const struct geocoder *g, const struct geocode_query *q, struct arena *a,
             struct geocode_result *r)
{
    struct buf text = {0};
    *r = (struct geocode_result){.position = POSITION_NONE};
    compose(q, &text);
    struct reading *reading = ARENA_NEW(a, struct reading);
    struct typed_position typed;
    bool has_position = address_position(buf_to_slice(&text), ward_middle(g), &typed);
    if (has_position)
        memset(text.p + typed.start, ' ', typed.end - typed.start); /* every span keeps its bytes */
    read_best(g, arena_slice(a, buf_to_slice(&text)), a, reading);
    buf_release(&text);
    if (is_mobile(reading)) {
        r->status = GEOCODE_NONE;
        r->why = SLICE("Kinh doanh lưu động hoặc không có địa điểm, không có vị trí trên bản đồ.");
        write_territory(g, &reading->address, r);
    } else if (reading->matches.count > 0 && !is_in_market(reading)) {
        decide_street(g, reading, a, r);
    } else {
        decide_without_street(g, reading, a, r);
    }
    bool is_settled = r->status == GEOCODE_NONE || decide_memory(g, r);
    if (has_position && !is_settled)
        decide_typed(g, &typed, a, r);
    if (r->basis.n == 0)
        r->basis = r->why;
    r->parcel = reading->address.parcel;
    r->sheet = reading->address.sheet;
    r->normalised = reading->tokens.text;
    write_spans(&reading->tokens, r);
}
