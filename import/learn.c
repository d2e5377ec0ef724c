/* learn: from one decision of staff to what it teaches, and to the rows it touches. Law: as in the header. */
#include "import/learn.h"
#include "import/geocode_private.h"

#include "layers/json.h"
#include "layers/text.h"

#include <math.h>
#include <string.h>

static const double PIN_M = 15;       /* an officer's pin: as a hand-held receiver (domain.md C.9) */
static const double AT_STREET_M = 60; /* a house stands so near to its street */
static const double MOVED_M = 5;      /* less is no better place */
enum { NAME_WORDS_MOST = 7, NAME_LETTERS_LEAST = 4 };

/* One decision under way. */
struct lecture {
    struct store *store;
    struct arena arena;
    struct geocoder *geocoder;
    struct correction *correction;
    const struct learn_question *question;
    struct review_item item;
    struct geocode_result answer; /* of the row's address today */
    int64_t street_id;            /* the street that the decision speaks of; 0: none */
    struct slice chain;
    uint64_t placed;
};

/* --- reading the row --- */

static void ask_again(const struct geocoder *g, const struct unplaced *u, struct arena *a,
                      struct geocode_result *r)
{
    struct geocode_query q = {.address = u->address, .residential_group = u->group, .ward = u->ward};
    geocode(g, &q, a, r);
}

static bool lecture_open(struct lecture *l, struct store *s, const struct learn_question *q, struct fault *f)
{
    *l = (struct lecture){.store = s, .question = q};
    if (!review_read(s, &l->arena, q->review_id, &l->item, f))
        return false;
    if (l->item.closed_at.n)
        return fault_set(f, FAULT_BAD_STATE, NULL, "%s", "câu hỏi này đã có người quyết định");
    if (!l->item.place_id)
        return fault_set(f, FAULT_BAD_STATE, NULL, "%s",
                         "dòng này chưa có điểm kinh doanh nào để đặt vị trí");
    if (!geocoder_open(&l->geocoder, s, f))
        return false;
    struct unplaced row = {.address = l->item.address};
    ask_again(l->geocoder, &row, &l->arena, &l->answer);
    return true;
}

/* The geocoder again, with what was written since. */
static bool lecture_refresh(struct lecture *l, struct fault *f)
{
    geocoder_close(l->geocoder);
    l->geocoder = NULL;
    return geocoder_open(&l->geocoder, l->store, f);
}

static bool lecture_close(struct lecture *l, const char *action, bool ok, struct lesson *out, struct fault *f)
{
    struct correction_note note = {l->question->review_id, l->question->who, action, l->item.code, l->placed};
    *out = (struct lesson){.placed = l->placed};
    if (ok)
        ok = correction_commit(l->correction, &note, &out->id, f);
    else
        correction_cancel(l->correction);
    geocoder_close(l->geocoder);
    arena_release(&l->arena);
    return ok;
}

/* --- what a row teaches --- */

static const struct geocode_candidate *candidate_of_street(const struct lecture *l, int64_t street_id)
{
    for (int i = 0; i < l->answer.candidate_count; i++)
        if (l->answer.candidates[i].street_id == street_id)
            return &l->answer.candidates[i];
    return NULL;
}

static bool street_index_of(const struct geocoder *g, int64_t street_id, uint32_t *index)
{
    for (uint32_t i = 0; i < g->gazetteer->street_count; i++)
        if (g->gazetteer->streets[i].id == street_id) {
            *index = i;
            return true;
        }
    return false;
}

/* The street of the address that the point lies at; when it lies at two of them, none: a corner says nothing.
 */
static int64_t street_of_point(const struct lecture *l, struct lonlat at)
{
    int64_t found = 0;
    for (int i = 0; i < l->answer.candidate_count; i++) {
        uint32_t street;
        if (!street_index_of(l->geocoder, l->answer.candidates[i].street_id, &street) ||
            place_street_m(l->geocoder->places, street, at) > AT_STREET_M)
            continue;
        if (found)
            return 0;
        found = l->answer.candidates[i].street_id;
    }
    return found;
}

static bool has_fault(const struct geocode_candidate *c, const char *code)
{
    return slice_find(c->faults, slice_of(code)) >= 0;
}

/* "gần", "đối diện", lots and longer names ("Lê Lợi nối dài") name no house of the street. */
static bool names_house(const struct lecture *l, const struct geocode_candidate *c)
{
    return l->answer.number.n && !has_fault(c, "extended") && !has_fault(c, "relation") &&
           !has_fault(c, "lot") && !has_fault(c, "number_unclear") && !has_fault(c, "several");
}

static bool teach_house(const struct lecture *l, const struct geocode_candidate *c, struct lonlat at,
                        struct fault *f)
{
    int64_t number = 0, id;
    size_t digits = 0;
    bool is_new;
    while (digits < l->answer.number.n && l->answer.number.p[digits] >= '0' &&
           l->answer.number.p[digits] <= '9')
        digits++;
    if (!names_house(l, c) || !slice_to_int((struct slice){l->answer.number.p, digits}, &number) ||
        number < 1)
        return true;
    struct address_point p = {.street_id = c->street_id,
                              .chain = l->answer.chain.n ? l->answer.chain : SLICE(""),
                              .number = (int)number,
                              .suffix = {l->answer.number.p + digits, l->answer.number.n - digits},
                              .source = SLICE("staff"),
                              .at = at};
    return address_point_put(l->store, &p, &id, &is_new, f);
}

/* Words of a name, not a number and not a lost letter. */
static bool is_name(struct slice typed)
{
    size_t letters = 0, words = typed.n > 0;
    for (size_t i = 0; i < typed.n; i++) {
        letters += typed.p[i] != ' ';
        words += typed.p[i] == ' ';
        if (typed.p[i] == '?')
            return false;
    }
    return letters >= NAME_LETTERS_LEAST && words <= NAME_WORDS_MOST;
}

/* A name, and nobody else's. */
static bool is_learnable(struct lecture *l, struct slice typed, int64_t street_id)
{
    uint32_t street;
    return is_name(typed) && street_index_of(l->geocoder, street_id, &street) &&
           !street_is_taken(l->geocoder->streets, text_fold_in(&l->arena, typed), street);
}

/* A name that was typed otherwise than it is listed. A longer name beside it ("Lê Lợi nối dài") is another.
 */
static bool propose_alias(struct lecture *l, const struct geocode_candidate *c, struct fault *f)
{
    bool is_other = has_fault(c, "typo") || has_fault(c, "doubtful") || has_fault(c, "abbreviated");
    if (!is_other || has_fault(c, "extended") || !is_learnable(l, c->typed, c->street_id))
        return true;
    return alias_vote(l->store, &(struct alias_vote){.street_id = c->street_id, .name = c->typed}, f);
}

/* --- the rows it touches --- */

static bool move_row(struct store *s, const struct geocode_result *r, const struct unplaced *u,
                     struct fault *f)
{
    struct buf explanation = {0};
    geocode_explanation_json(r, &explanation);
    struct replaced to = {.row = *u,
                          .position = {.position = position_name(r->position),
                                       .at = r->at,
                                       .accuracy_m = r->accuracy_m,
                                       .explanation = buf_to_slice(&explanation)},
                          .street_id = r->street_id,
                          .group_id = r->group_id,
                          .ward_id = r->ward_id,
                          .number = r->number,
                          .chain = r->chain};
    bool ok = place_again(s, &to, f);
    buf_release(&explanation);
    return ok;
}

/* A row that stands by reckoning moves only to something better known or elsewhere. */
static bool is_better(const struct geocode_result *r, const struct unplaced *u)
{
    return u->review_id || strcmp(position_name(r->position), u->position.position) != 0 ||
           distance_m(r->at, u->position.at) > MOVED_M || r->accuracy_m < u->position.accuracy_m - 1;
}

static bool is_touched(const struct lecture *l, const struct geocode_result *r)
{
    bool is_street = l->street_id && r->street_id == l->street_id;
    return is_street || (l->answer.key.n && slice_equal(r->key, l->answer.key));
}

/* A row of the same group that still waits, but now for another reason. */
static bool put_question(const struct lecture *l, const struct geocode_result *r, const struct unplaced *u,
                         struct arena *a, struct fault *f)
{
    bool is_same = !u->review_id || r->status != GEOCODE_REVIEW ||
                   !slice_equal(u->fault_group, l->item.fault_group) ||
                   slice_equal(u->fault_group, r->fault_group);
    if (is_same)
        return true;
    struct buf candidates = {0};
    geocode_candidates_json(r, &candidates);
    struct review again = {.reason = r->why,
                           .fault_group = r->fault_group,
                           .candidates = arena_slice(a, buf_to_slice(&candidates))};
    buf_release(&candidates);
    return review_ask_again(l->store, u->review_id, &again, f);
}

static bool place_rows(struct lecture *l, const struct unplaced *rows, int count, struct fault *f)
{
    struct arena a = {0};
    bool ok = true;
    for (int i = 0; ok && i < count; i++) {
        struct geocode_result r;
        arena_reset(&a);
        ask_again(l->geocoder, &rows[i], &a, &r);
        bool moves = rows[i].place_id != l->item.place_id && r.status == GEOCODE_AUTO &&
                     r.position != POSITION_NONE && is_touched(l, &r) && is_better(&r, &rows[i]);
        ok = moves ? move_row(l->store, &r, &rows[i], f) : put_question(l, &r, &rows[i], &a, f);
        l->placed += moves && ok;
    }
    arena_release(&a);
    return ok;
}

static bool place_touched(struct lecture *l, struct fault *f)
{
    struct unplaced *rows;
    if (!lecture_refresh(l, f))
        return false;
    int count = unplaced_waiting(l->store, &l->arena, &rows);
    if (!place_rows(l, rows, count, f))
        return false;
    if (!l->street_id)
        return true;
    count = unplaced_reckoned(l->store, &l->arena, l->street_id, l->chain, &rows);
    return place_rows(l, rows, count, f);
}

/* --- the decisions --- */

static bool settle(struct lecture *l, const char *decision, struct place_position position, struct fault *f)
{
    struct review_decision d = {.who = l->question->who, .decision = decision, .moves = true};
    geocode_areas(l->geocoder, position.at, &d.group_id, &d.ward_id);
    position.explanation = slice_of(
        arena_format(&l->arena, "{\"decided_by\":\"%s\",\"review\":%lld}", d.who, (long long)l->item.id));
    d.position = position;
    d.address_key = l->item.address.n ? l->answer.key : (struct slice){"", 0};
    return review_apply(l->store, l->item.id, &d, f);
}

/* The house, the name as typed, and the rows that stand better by them. */
static bool teach_place(struct lecture *l, struct lonlat at, struct fault *f)
{
    l->street_id = street_of_point(l, at);
    l->chain = l->answer.chain.n ? l->answer.chain : SLICE("");
    const struct geocode_candidate *c = l->street_id ? candidate_of_street(l, l->street_id) : NULL;
    return (!c || (teach_house(l, c, at, f) && propose_alias(l, c, f))) && place_touched(l, f);
}

static bool teach_point(struct lecture *l, struct lonlat at, struct fault *f)
{
    struct place_position pin = {.position = "gps", .at = at, .accuracy_m = PIN_M};
    return settle(l, "pin", pin, f) && teach_place(l, at, f);
}

static bool teach_pin(struct lecture *l, const struct pin_lesson *p, struct fault *f)
{
    struct unplaced row;
    if (!unplaced_read(l->store, &l->arena, p->place_id, &row))
        return true;
    if (!geocoder_open(&l->geocoder, l->store, f))
        return false;
    l->item = (struct review_item){.place_id = p->place_id, .address = row.address};
    ask_again(l->geocoder, &row, &l->arena, &l->answer);
    struct address_memory m = {
        l->answer.key, p->place_id, p->who, {.position = "gps", .at = p->at, .accuracy_m = PIN_M}};
    return (!m.key.n || address_remember(l->store, &m, f)) && teach_place(l, p->at, f);
}

bool learn_pin(const void *pin_lesson, struct fault *f)
{
    const struct pin_lesson *p = pin_lesson;
    struct lecture l = {.store = p->store};
    bool ok = teach_pin(&l, p, f);
    geocoder_close(l.geocoder);
    arena_release(&l.arena);
    return ok;
}

bool learn_point(struct store *s, const struct learn_question *q, struct lonlat at, struct lesson *out,
                 struct fault *f)
{
    struct lecture l;
    bool ok = lecture_open(&l, s, q, f) && correction_begin(&l.correction, s, f) && teach_point(&l, at, f);
    return lecture_close(&l, "pin", ok, out, f);
}

/* The stored candidate: what the person saw, whatever the geocoder would say today. */
static bool read_candidate(struct lecture *l, int index, struct place_position *out, int64_t *street_id,
                           struct fault *f)
{
    struct json *root = NULL;
    struct fault ignored = {0};
    double street = 0;
    bool ok = index >= 0 && l->item.candidates.n &&
              json_parse(&root, l->item.candidates, "candidates", &ignored) &&
              (size_t)index < json_size(root);
    const struct json *v = ok ? json_at(root, (size_t)index) : NULL;
    const char *position = ok ? json_to_text(json_get(v, "position")) : NULL;
    ok = ok && position && json_to_real(json_get(v, "lon"), &out->at.lon) &&
         json_to_real(json_get(v, "lat"), &out->at.lat) &&
         json_to_real(json_get(v, "accuracy_m"), &out->accuracy_m);
    if (ok) {
        out->position = arena_text(&l->arena, slice_of(position));
        *street_id = json_to_real(json_get(v, "street_id"), &street) ? (int64_t)street : 0;
    }
    json_free(root);
    return ok || fault_set(f, FAULT_BAD_PARAMETER, "candidate", "%s", "gợi ý này không có");
}

static bool teach_candidate(struct lecture *l, int index, struct fault *f)
{
    struct place_position chosen = {0};
    int64_t street = 0;
    if (!read_candidate(l, index, &chosen, &street, f))
        return false;
    const struct geocode_candidate *c = candidate_of_street(l, street);
    return settle(l, "accept", chosen, f) && (!c || propose_alias(l, c, f)) && place_touched(l, f);
}

bool learn_candidate(struct store *s, const struct learn_question *q, int candidate, struct lesson *out,
                     struct fault *f)
{
    struct lecture l;
    bool ok = lecture_open(&l, s, q, f) && correction_begin(&l.correction, s, f) &&
              teach_candidate(&l, candidate, f);
    return lecture_close(&l, "accept", ok, out, f);
}

/* --- a name for many rows --- */

static bool is_name_fault(struct slice group)
{
    static const char *const CODES[] = {"doubtful:", "street_unknown:"};
    for (size_t i = 0; i < COUNT_OF(CODES); i++)
        if (slice_starts(group, slice_of(CODES[i])))
            return true;
    return false;
}

/* Of a doubtful name the words that were read as it; of an unknown one all words nobody understood. */
static struct slice typed_name(const struct lecture *l)
{
    const struct geocode_result *r = &l->answer;
    if (r->status != GEOCODE_REVIEW || !is_name_fault(r->fault_group))
        return (struct slice){"", 0};
    return r->candidate_count ? r->candidates[0].typed : r->key;
}

static bool teach_alias(struct lecture *l, int64_t street_id, struct fault *f)
{
    struct slice typed = typed_name(l);
    if (!typed.n)
        return fault_set(f, FAULT_BAD_STATE, NULL, "%s", "vướng mắc của dòng này không nằm ở tên đường");
    if (!is_learnable(l, typed, street_id))
        return fault_set(f, FAULT_BAD_STATE, NULL, "%s",
                         "không nhận được tên này: quá ngắn, không rõ chữ, hoặc là tên của đường khác");
    l->street_id = street_id;
    l->answer.key = (struct slice){"", 0}; /* the street's rows, no others */
    l->item.place_id = 0;                  /* this row is one of them */
    struct alias_vote vote = {.street_id = street_id, .name = typed, .is_sure = true};
    struct unplaced *rows;
    if (!alias_vote(l->store, &vote, f) || !lecture_refresh(l, f))
        return false;
    int count = unplaced_waiting(l->store, &l->arena, &rows);
    return place_rows(l, rows, count, f);
}

bool learn_alias(struct store *s, const struct learn_question *q, int64_t street_id, struct lesson *out,
                 struct fault *f)
{
    struct lecture l;
    bool ok =
        lecture_open(&l, s, q, f) && correction_begin(&l.correction, s, f) && teach_alias(&l, street_id, f);
    return lecture_close(&l, "alias", ok, out, f);
}

struct slice learn_typed_name(struct store *s, struct arena *a, int64_t review_id)
{
    struct lecture l;
    struct fault ignored = {0};
    struct slice typed = {"", 0};
    if (lecture_open(&l, s, &(struct learn_question){.review_id = review_id}, &ignored))
        typed = arena_slice(a, typed_name(&l));
    bool is_free = typed.n && is_name(typed) &&
                   !street_is_taken(l.geocoder->streets, text_fold_in(&l.arena, typed), UINT32_MAX);
    geocoder_close(l.geocoder);
    arena_release(&l.arena);
    return is_free ? typed : (struct slice){"", 0};
}

bool learn_undo(struct store *s, int64_t lesson, const char *who, struct fault *f)
{
    return decision_undo(s, lesson, who, f);
}

/* --- the gazetteer grew --- */

bool learn_place_waiting(struct store *s, uint64_t *placed, struct fault *f)
{
    struct arena rows_arena = {0}, a = {0};
    struct unplaced *rows;
    struct geocoder *g = NULL;
    *placed = 0;
    int count = unplaced_waiting(s, &rows_arena, &rows);
    bool ok = count == 0 || geocoder_open(&g, s, f);
    for (int i = 0; ok && i < count; i++) {
        struct geocode_result r;
        arena_reset(&a);
        ask_again(g, &rows[i], &a, &r);
        bool moves = r.status == GEOCODE_AUTO && r.position != POSITION_NONE;
        ok = !moves || move_row(s, &r, &rows[i], f);
        *placed += moves && ok;
    }
    geocoder_close(g);
    arena_release(&a);
    arena_release(&rows_arena);
    return ok;
}
