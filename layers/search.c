/* search: as you type, over the index of search_build.c.
 * Every typed word must start some word of the feature, in any order. A hit is worth what its place is worth
 * (first word of a name, name, address, industry), most of all when typed marks agree; near the centre breaks
 * ties. Only when nothing is found is one wrong letter forgiven, in words of five letters and more. Law: no
 * text is touched but that of the few best. */
#include "layers/search_private.h"
#include "layers/text.h"

#include <math.h>
#include <string.h>

enum { WORDS_MAX = 8, BEST_MAX = 64, TYPO_LETTERS = 5 };
enum { VALUE_MARKS = 90, VALUE_WHOLE_WORD = 6, VALUE_NAME_STARTS = 60, VALUE_STEP = 64, VALUE_CODE = 100000 };

static const uint8_t VALUE_OF_RANK[] = {
    [RANK_NAME_FIRST] = 60, [RANK_NAME] = 48, [RANK_ADDRESS] = 24, [RANK_INDUSTRY] = 12};

struct typed {
    struct slice fold, marks;
    bool has_marks;
    uint32_t first, end; /* run of words it starts */
    uint64_t postings;
};

struct question {
    const struct snapshot *snapshot;
    const struct search_index *index;
    const struct search_query *query;
    struct typed words[WORDS_MAX];
    int count;
    struct slice fold; /* the whole question */
    struct arena *arena;
    double metres_east, metres_north; /* of one degree at the centre */
};

/* What is known of a document while the words are looked up one after the other. */
struct state {
    uint8_t passed; /* how many words it has */
    uint8_t value;  /* the best hit of the last of them */
    uint16_t total;
};

/* --- the question --- */

/* First word that is not before `prefix`, or not before everything that starts with it. */
static uint32_t words_from(const struct search_index *index, struct slice prefix, bool behind)
{
    uint32_t low = 0, high = index->word_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        struct slice word = word_fold(index, middle);
        if (behind && word.n > prefix.n)
            word.n = prefix.n;
        int order = slice_order(word, prefix);
        if (order < 0 || (behind && order == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void question_read(struct question *q)
{
    struct buf marks = {0};
    text_fold_marks(q->query->text, &marks);
    struct slice rest = arena_slice(q->arena, buf_to_slice(&marks)), word;
    buf_release(&marks);
    q->fold = text_fold_in(q->arena, q->query->text);
    while (q->count < WORDS_MAX && slice_next(&rest, ' ', &word)) {
        if (word.n == 0)
            continue;
        struct typed *t = &q->words[q->count++];
        t->marks = word;
        t->fold = text_fold_in(q->arena, word);
        t->has_marks = !slice_equal(t->marks, t->fold);
        t->first = words_from(q->index, t->fold, false);
        t->end = words_from(q->index, t->fold, true);
        t->postings = q->index->posting_at[t->end] - q->index->posting_at[t->first];
    }
}

/* The rarest first: fewer documents stay in play. */
static void question_sort(struct question *q)
{
    for (int i = 1; i < q->count; i++)
        for (int k = i; k > 0 && q->words[k].postings < q->words[k - 1].postings; k--) {
            struct typed swap = q->words[k];
            q->words[k] = q->words[k - 1];
            q->words[k - 1] = swap;
        }
}

/* --- one word --- */

struct lookup {
    struct state *states;
    uint32_t *found; /* documents that have all words up to this one */
    uint32_t count;
    int at; /* number of the word */
};

/* A document that has all words before this one has it too, or a better hit of it. */
static inline void take_one(struct lookup *look, uint32_t document, uint8_t value)
{
    struct state *s = &look->states[document];
    if (s->passed == look->at) {
        *s = (struct state){(uint8_t)(look->at + 1), value, (uint16_t)(s->total + value)};
        if (look->at == 0)
            look->found[look->count++] = document;
    } else if (s->passed == look->at + 1 && value > s->value) {
        s->total = (uint16_t)(s->total + value - s->value);
        s->value = value;
    }
}

/* What a common word is worth in the documents that are in play. */
static void take_common(struct lookup *look, const struct common_word *c, int bonus)
{
    for (uint32_t i = 0; i < look->count; i++) {
        uint32_t document = look->found[i];
        uint8_t rank = c->ranks[document / 2] >> document % 2 * 4 & 15;
        if (rank)
            take_one(look, document, (uint8_t)(VALUE_OF_RANK[rank - 1] + bonus));
    }
}

static const struct common_word *common_word(const struct search_index *index, uint32_t word)
{
    for (int i = 0; i < index->common_count; i++)
        if (index->common[i].word == word)
            return &index->common[i];
    return NULL;
}

static void take_postings(const struct question *q, struct lookup *look, uint32_t word, int bonus)
{
    const struct search_index *index = q->index;
    const struct common_word *common = look->at > 0 ? common_word(index, word) : NULL;
    uint32_t first = index->posting_at[word], end = index->posting_at[word + 1];
    if (common && look->count < end - first) {
        take_common(look, common, bonus);
        return;
    }
    for (uint32_t i = first; i < end; i++)
        take_one(look, index->postings[i] >> POSTING_RANK_BITS,
                 (uint8_t)(VALUE_OF_RANK[index->postings[i] & ((1 << POSTING_RANK_BITS) - 1)] + bonus));
}

/* Those that have the word too stay in play. */
static void keep_passed(struct lookup *look)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < look->count; i++)
        if (look->states[look->found[i]].passed == look->at + 1)
            look->found[kept++] = look->found[i];
    look->count = kept;
}

static void take_prefix(const struct question *q, const struct typed *t, struct lookup *look)
{
    for (uint32_t word = t->first; word < t->end; word++) {
        int bonus = word_fold(q->index, word).n == t->fold.n ? VALUE_WHOLE_WORD : 0;
        if (t->has_marks && slice_starts(word_marks(q->index, word), t->marks))
            bonus += VALUE_MARKS;
        take_postings(q, look, word, bonus);
    }
}

/* Whether `word` starts with what was typed but for one letter wrong, missing, too many, or two changed
 * places. */
static bool starts_nearly(struct slice word, struct slice typed)
{
    size_t i = 0;
    while (i < typed.n && i < word.n && word.p[i] == typed.p[i])
        i++;
    struct slice w = {word.p + i, word.n - i}, t = {typed.p + i, typed.n - i};
    if (t.n == 0 || (w.n == 0 && t.n == 1))
        return true;
    struct slice w1 = {w.p + 1, w.n ? w.n - 1 : 0}, t1 = {t.p + 1, t.n - 1};
    if (slice_starts(w, t1) || (w.n > 0 && (slice_starts(w1, t1) || slice_starts(w1, t))))
        return true;
    return w.n > 1 && t.n > 1 && w.p[0] == t.p[1] && w.p[1] == t.p[0] &&
           slice_starts((struct slice){w.p + 2, w.n - 2}, (struct slice){t.p + 2, t.n - 2});
}

static void take_nearly(const struct question *q, const struct typed *t, struct lookup *look)
{
    for (uint32_t word = 0; word < q->index->word_count; word++)
        if (starts_nearly(word_fold(q->index, word), t->fold))
            take_postings(q, look, word, 0);
}

/* Documents that have every word; *found in the arena. */
static uint32_t look_up(const struct question *q, bool forgiving, struct state **states, uint32_t **found)
{
    uint32_t documents = q->index->first_document[LAYER_COUNT];
    struct lookup look = {.states = ARENA_ARRAY(q->arena, struct state, documents + 1)};
    uint64_t most = forgiving ? documents : q->words[0].postings;
    look.found = ARENA_ARRAY(q->arena, uint32_t, (most < documents ? most : documents) + 1);
    for (look.at = 0; look.at < q->count; look.at++) {
        const struct typed *t = &q->words[look.at];
        if (forgiving && t->fold.n >= TYPO_LETTERS)
            take_nearly(q, t, &look);
        else
            take_prefix(q, t, &look);
        if (look.at > 0)
            keep_passed(&look);
        if (look.count == 0)
            break;
    }
    *states = look.states;
    *found = look.found;
    return look.count;
}

/* --- the best --- */

/* The layer of a document; that of the one before is tried first. */
static uint32_t layer_of(const struct search_index *index, uint32_t document, uint32_t layer)
{
    if (document < index->first_document[layer])
        layer = 0;
    while (document >= index->first_document[layer + 1])
        layer++;
    return layer;
}

enum { HALF_VALUE_METRES = 500 };

/* Squared metres to the centre; beyond everything when there is none or the row has no position. */
static double distance2(const struct question *q, const struct snapshot_layer *l, uint32_t row)
{
    if (!q->query->has_centre || row >= l->located)
        return INFINITY;
    double dy = (l->point[row].lat - q->query->centre.lat) * q->metres_north;
    double dx = (l->point[row].lon - q->query->centre.lon) * q->metres_east;
    return dx * dx + dy * dy;
}

/* 0 to VALUE_STEP - 1, falling with the distance; half of it at half a kilometre. */
static int nearness(double distance2)
{
    return (int)((VALUE_STEP - 1) / (1 + sqrt(distance2) / HALF_VALUE_METRES));
}

/* Farther than this (squared) a hit is worth less than `least` of nearness. */
static double reach2(int least)
{
    double metres = HALF_VALUE_METRES * ((VALUE_STEP - 1) / (double)least - 1) + 1;
    return metres * metres;
}

static bool is_better(const struct search_hit *a, const struct search_hit *b)
{
    if (a->score != b->score)
        return a->score > b->score;
    return a->layer != b->layer ? a->layer < b->layer : a->row < b->row;
}

static uint32_t best_insert(struct search_hit *best, uint32_t n, const struct search_hit *hit)
{
    if (n == BEST_MAX && !is_better(hit, &best[n - 1]))
        return n;
    uint32_t at = n < BEST_MAX ? n++ : n - 1;
    for (; at > 0 && is_better(hit, &best[at - 1]); at--)
        best[at] = best[at - 1];
    best[at] = *hit;
    return n;
}

/* A name that starts with the whole question as typed comes first. */
static bool name_starts(const struct question *q, const struct search_hit *hit)
{
    const struct snapshot_layer *l = snapshot_get(q->snapshot, hit->layer);
    int field = layer_field(l->layer, hit->layer == LAYER_STALLS ? SLICE("number") : SLICE("name"));
    return field >= 0 &&
           slice_starts(text_fold_in(q->arena, snapshot_text(&l->columns[field], hit->row)), q->fold);
}

/* The best by words and nearness. Most hits of a short word are settled by one comparison of squared
 * distances: `reach` is how near a hit of this worth must be to come in. */
static uint32_t choose_coarse(const struct question *q, const struct state *states, const uint32_t *found,
                              uint32_t count, struct search_hit *best)
{
    uint32_t n = 0, layer = 0;
    int total_of_reach = -1, worst_of_reach = -1;
    double reach = INFINITY;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t document = found[i];
        int total = states[document].total * VALUE_STEP, need = n == BEST_MAX ? best[n - 1].score - total : 0;
        if (need >= VALUE_STEP)
            continue;
        layer = layer_of(q->index, document, layer);
        const struct snapshot_layer *l = snapshot_get(q->snapshot, (enum layer_id)layer);
        struct search_hit hit = {(enum layer_id)layer, document - q->index->first_document[layer], total};
        double d2 = distance2(q, l, hit.row);
        if (total != total_of_reach || total + need != worst_of_reach) {
            reach = need > 0 ? reach2(need) : INFINITY;
            total_of_reach = total;
            worst_of_reach = total + need;
        }
        if (d2 > reach)
            continue;
        hit.score += nearness(d2);
        n = best_insert(best, n, &hit);
    }
    return n;
}

static uint32_t choose(const struct question *q, const struct state *states, const uint32_t *found,
                       uint32_t count, struct search_hit *best)
{
    struct search_hit coarse[BEST_MAX];
    uint32_t n = choose_coarse(q, states, found, count, coarse), kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (name_starts(q, &coarse[i]))
            coarse[i].score += VALUE_NAME_STARTS * VALUE_STEP;
        kept = best_insert(best, kept, &coarse[i]);
    }
    return kept;
}

/* Somebody typed the public code itself. */
static uint32_t find_code(const struct question *q, struct search_hit *best)
{
    static const enum layer_id layers[] = {LAYER_ESTABLISHMENTS, LAYER_STALLS};
    char code[CODE_LENGTH + 1];
    if (!code_canonical(slice_trim(q->query->text), code))
        return 0;
    for (size_t i = 0; i < COUNT_OF(layers); i++) {
        int64_t row = snapshot_find(snapshot_get(q->snapshot, layers[i]), slice_of(code));
        if (row >= 0) {
            best[0] = (struct search_hit){layers[i], (uint32_t)row, VALUE_CODE};
            return 1;
        }
    }
    return 0;
}

uint32_t snapshot_search(const struct snapshot *s, const struct search_query *query, struct arena *a,
                         struct search_hit **hits)
{
    struct question q = {.snapshot = s, .index = s->search, .query = query, .arena = a};
    q.metres_north = 111195;
    q.metres_east = q.metres_north * cos(query->centre.lat * 3.14159265358979323846 / 180);
    struct search_hit *best = ARENA_ARRAY(a, struct search_hit, BEST_MAX);
    *hits = best;
    uint32_t n = find_code(&q, best);
    question_read(&q);
    if (n > 0 || q.count == 0)
        return n;
    question_sort(&q);
    struct state *states;
    uint32_t *found;
    uint32_t count = look_up(&q, false, &states, &found);
    if (count == 0)
        count = look_up(&q, true, &states, &found);
    n = choose(&q, states, found, count, best);
    return n < query->limit ? n : query->limit;
}
