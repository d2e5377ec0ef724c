/* search_build: the index of words over the read copy, made when it is published.
 * Every distinct text is taken apart once, what stands between two blanks folded once however often it comes
 * back; then two passes over the rows count and place the postings. What is searched is the table
 * layers/search.def. */
#include "layers/search_private.h"
#include "layers/text.h"

#include <stdlib.h>
#include <string.h>

const struct search_source SEARCH_SOURCES[SEARCH_SOURCE_COUNT] = {
#define SEARCH(layer, field, rank) {LAYER_##layer, field, RANK_##rank},
#include "layers/search.def"
#undef SEARCH
};

enum { SOURCE_COUNT = SEARCH_SOURCE_COUNT };

/* The words of every text of one source: text t has words [at[t], at[t + 1]). */
struct taken {
    uint32_t *at, *words;
    size_t count, room;
};

/* What stands between two blanks, as typed, and the words it folds to (mostly one). */
struct pieces {
    struct stored_column typed; /* ids from 1 */
    struct taken folded;
    size_t room; /* of folded.at */
};

struct builder {
    struct search_index *index;
    const struct snapshot *snapshot;
    struct stored_column dictionary; /* of words with marks; ids run from 1 in the order they were met */
    struct pieces pieces;
    struct taken taken[SOURCE_COUNT];
    uint32_t *place; /* of a dictionary id in the sorted words */
};

/* Stalls say their kind in one of five English words; people search for the Vietnamese one. */
struct slice search_text(const struct search_source *source, struct slice text)
{
    static const char *const kinds[][2] = {
        {"counter", "quầy"}, {"stand", "sạp"}, {"kiosk", "ki ốt kiốt"}, {"shop", "gian hàng"}, {"lot", "lô"}};
    if (source->layer != LAYER_STALLS || strcmp(source->field, "kind") != 0)
        return text;
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (slice_equal(text, slice_of(kinds[i][0])))
            return slice_of(kinds[i][1]);
    return text;
}

const struct column *search_column(const struct snapshot *s, const struct search_source *source)
{
    const struct layer *layer = layer_get(source->layer);
    return &s->layers[source->layer]->open.columns[layer_field(layer, slice_of(source->field))];
}

static void add_word(struct taken *to, uint32_t word)
{
    to->words = room_for(to->words, to->count + 1, &to->room, sizeof *to->words);
    to->words[to->count++] = word;
}

static void piece_fold(struct builder *b, struct slice piece)
{
    struct taken *folded = &b->pieces.folded;
    struct buf marks = {0};
    text_fold_marks(piece, &marks);
    struct slice rest = buf_to_slice(&marks), word;
    while (slice_next(&rest, ' ', &word)) {
        if (word.n == 0)
            continue;
        word.n = word.n < SEARCH_WORD_MAX ? word.n : SEARCH_WORD_MAX;
        column_set_text(&b->dictionary, 0, word);
        add_word(folded, b->dictionary.text[0]);
    }
    buf_release(&marks);
}

/* The id of a piece; one not met before is folded. */
static uint32_t piece_id(struct builder *b, struct slice piece)
{
    struct pieces *p = &b->pieces;
    uint32_t before = p->typed.open.text_count;
    column_set_text(&p->typed, 0, piece);
    uint32_t id = p->typed.text[0];
    if (id == before + 1) {
        p->folded.at = room_for(p->folded.at, (size_t)id + 2, &p->room, sizeof *p->folded.at);
        p->folded.at[id] = (uint32_t)p->folded.count;
        piece_fold(b, piece);
        p->folded.at[id + 1] = (uint32_t)p->folded.count;
    }
    return id;
}

static void take_apart(struct builder *b, int source)
{
    const struct column *column = search_column(b->snapshot, &SEARCH_SOURCES[source]);
    const struct taken *folded = &b->pieces.folded;
    struct taken *taken = &b->taken[source];
    taken->at = calloc((size_t)column->text_count + 2, sizeof *taken->at);
    for (uint32_t id = 1; id <= column->text_count; id++) {
        struct slice text = {column->text_bytes + column->text_at[id],
                             column->text_at[id + 1] - column->text_at[id]};
        struct slice rest = search_text(&SEARCH_SOURCES[source], text), piece;
        while (slice_next(&rest, ' ', &piece)) {
            if (piece.n == 0)
                continue;
            uint32_t known = piece_id(b, piece);
            for (uint32_t k = folded->at[known]; k < folded->at[known + 1]; k++)
                add_word(taken, folded->words[k]);
        }
        taken->at[id + 1] = (uint32_t)taken->count;
    }
}

static int word_order(const void *left, const void *right, void *context)
{
    const struct search_index *index = context;
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    int order = slice_order(word_fold(index, a), word_fold(index, b));
    return order ? order : slice_order(word_marks(index, a), word_marks(index, b));
}

/* Folds each word and sorts them; `place` then leads from the dictionary to the sorted words. */
static void sort_words(struct builder *b)
{
    const struct stored_column *d = &b->dictionary;
    struct search_index *index = b->index;
    uint32_t n = index->word_count = d->open.text_count;
    struct buf bytes = {0};
    struct word *unsorted = calloc((size_t)n + 1, sizeof *unsorted);
    uint32_t *order = malloc(((size_t)n + 1) * sizeof *order);
    for (uint32_t i = 0; i < n; i++) {
        struct slice marks = texts_get(d->texts, i + 1);
        size_t marks_at = bytes.n, fold_at = bytes.n + marks.n;
        buf_slice(&bytes, marks);
        text_fold(marks, &bytes);
        size_t length = bytes.n - fold_at;
        unsorted[i] = (struct word){(uint32_t)fold_at, (uint32_t)marks_at,
                                    (uint8_t)(length < 255 ? length : 255), (uint8_t)marks.n};
        order[i] = i;
    }
    index->bytes = room_trim(bytes.p, bytes.n, 1);
    index->byte_count = bytes.n;
    index->words = unsorted;
    qsort_r(order, n, sizeof *order, word_order, index);
    struct word *sorted = calloc((size_t)n + 1, sizeof *sorted);
    b->place = calloc((size_t)n + 1, sizeof *b->place);
    for (uint32_t i = 0; i < n; i++) {
        sorted[i] = unsorted[order[i]];
        b->place[order[i] + 1] = i;
    }
    free(unsorted);
    free(order);
    index->words = sorted;
}

/* One pass over all rows: counts the postings of each word into `at`, or places them from there. */
static void pass(struct builder *b, uint32_t *at, bool counting)
{
    for (int i = 0; i < SOURCE_COUNT; i++) {
        const struct search_source *source = &SEARCH_SOURCES[i];
        const struct column *column = search_column(b->snapshot, source);
        const struct taken *taken = &b->taken[i];
        uint32_t rows = b->snapshot->layers[source->layer]->open.count;
        uint32_t first = b->index->first_document[source->layer];
        for (uint32_t row = 0; row < rows; row++) {
            uint32_t text = column->text[row];
            for (uint32_t k = taken->at[text]; k < taken->at[text + 1]; k++) {
                enum search_rank rank = search_rank_of(source, k - taken->at[text]);
                uint32_t *slot = &at[b->place[taken->words[k]]];
                if (!counting)
                    b->index->postings[*slot] = (first + row) << POSTING_RANK_BITS | rank;
                ++*slot;
            }
        }
    }
}

static void place_postings(struct builder *b)
{
    struct search_index *index = b->index;
    uint32_t n = index->word_count;
    uint32_t *next = calloc((size_t)n + 1, sizeof *next);
    index->posting_at = calloc((size_t)n + 2, sizeof *index->posting_at);
    pass(b, index->posting_at + 1, true);
    for (uint32_t i = 0; i < n; i++)
        index->posting_at[i + 1] += index->posting_at[i];
    memcpy(next, index->posting_at, n * sizeof *next);
    index->postings = malloc(((size_t)index->posting_at[n] + 1) * sizeof *index->postings);
    pass(b, next, false);
    free(next);
}

static void note_one(struct search_index *index, uint32_t word)
{
    uint32_t documents = index->first_document[LAYER_COUNT];
    struct common_word *c = &index->common[index->common_count++];
    *c = (struct common_word){word, calloc((size_t)documents / 2 + 1, 1)};
    for (uint32_t i = index->posting_at[word]; i < index->posting_at[word + 1]; i++) {
        uint32_t document = index->postings[i] >> POSTING_RANK_BITS, shift = document % 2 * 4;
        uint8_t *ranks = &c->ranks[document / 2], was = *ranks >> shift & 15;
        uint8_t rank = (uint8_t)((index->postings[i] & ((1 << POSTING_RANK_BITS) - 1)) + 1);
        if (was == 0 || rank < was)
            *ranks = (uint8_t)((*ranks & ~(15 << shift)) | rank << shift);
    }
}

void search_note_common(struct search_index *index)
{
    uint32_t documents = index->first_document[LAYER_COUNT];
    for (uint32_t word = 0; word < index->word_count && index->common_count < COMMON_MOST; word++) {
        uint32_t postings = index->posting_at[word + 1] - index->posting_at[word];
        if (postings >= COMMON_LEAST && postings >= documents / COMMON_SHARE)
            note_one(index, word);
    }
}

struct search_index *search_build(const struct snapshot *s)
{
    struct builder b = {.index = calloc(1, sizeof *b.index), .snapshot = s};
    column_start(&b.dictionary, FIELD_TEXT);
    column_reserve(&b.dictionary, 1);
    column_start(&b.pieces.typed, FIELD_TEXT);
    column_reserve(&b.pieces.typed, 1);
    for (int i = 0; i < LAYER_COUNT; i++)
        b.index->first_document[i + 1] = b.index->first_document[i] + s->layers[i]->open.count;
    for (int i = 0; i < SOURCE_COUNT; i++)
        take_apart(&b, i);
    column_release(&b.pieces.typed);
    free(b.pieces.folded.at);
    free(b.pieces.folded.words);
    sort_words(&b);
    place_postings(&b);
    for (int i = 0; i < SOURCE_COUNT; i++) {
        free(b.taken[i].at);
        free(b.taken[i].words);
    }
    column_release(&b.dictionary);
    free(b.place);
    search_note_common(b.index);
    return b.index;
}

void search_free(struct search_index *index)
{
    if (!index)
        return;
    for (int i = 0; i < index->common_count; i++)
        free(index->common[i].ranks);
    free(index->words);
    free(index->bytes);
    free(index->posting_at);
    free(index->postings);
    free(index);
}

size_t search_size(const struct search_index *index)
{
    size_t postings = index->posting_at[index->word_count];
    return sizeof *index + (index->word_count + 1) * (sizeof *index->words + sizeof *index->posting_at) +
           index->byte_count + postings * sizeof *index->postings +
           (size_t)index->common_count * (index->first_document[LAYER_COUNT] / 2 + 1);
}
