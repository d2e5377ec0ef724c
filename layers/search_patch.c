/* search_patch: the index of words for the next read copy out of that of the copy before it.
 * One walk over the sorted words: their postings get the new numbers of their rows, those of rows that are no
 * more drop out, and the words of rows that came in are put between. A word that nothing has any more goes.
 */
#include "layers/search_private.h"
#include "layers/text.h"

#include <stdlib.h>
#include <string.h>

/* A word of a row that came in. */
struct addition {
    struct slice fold, marks; /* in the arena */
    uint32_t posting;
};

struct walk {
    const struct search_index *before;
    struct search_index *made;
    struct arena arena;
    struct buf additions; /* struct addition, sorted by word */
    uint32_t *moved;      /* per document before: its number now, or ROW_GONE */
    struct buf bytes;     /* of the new index */
    size_t word_room, posting_room, posting_count;
};

static void number_documents(struct walk *w, const struct snapshot *s,
                             const struct layer_moves moves[LAYER_COUNT])
{
    const uint32_t *was = w->before->first_document;
    uint32_t *is = w->made->first_document;
    w->moved = malloc(((size_t)was[LAYER_COUNT] + 1) * sizeof *w->moved);
    for (int i = 0; i < LAYER_COUNT; i++) {
        is[i + 1] = is[i] + s->layers[i]->open.count;
        for (uint32_t row = 0; row < was[i + 1] - was[i]; row++) {
            uint32_t to = moves[i].to ? moves[i].to[row] : row;
            w->moved[was[i] + row] = to == ROW_GONE ? ROW_GONE : is[i] + to;
        }
    }
}

/* --- the words that came in --- */

static void add_words(struct walk *w, const struct search_source *source, struct slice text,
                      uint32_t document)
{
    struct buf folded = {0};
    uint32_t nth = 0;
    text_fold_marks(search_text(source, text), &folded);
    struct slice rest = buf_to_slice(&folded), word;
    while (slice_next(&rest, ' ', &word)) {
        if (word.n == 0)
            continue;
        word.n = word.n < SEARCH_WORD_MAX ? word.n : SEARCH_WORD_MAX;
        struct addition a = {.marks = arena_slice(&w->arena, word), .fold = text_fold_in(&w->arena, word)};
        a.posting = document << POSTING_RANK_BITS | search_rank_of(source, nth++);
        buf_add(&w->additions, &a, sizeof a);
    }
    buf_release(&folded);
}

static int addition_order(const void *left, const void *right)
{
    const struct addition *a = left, *b = right;
    int order = slice_order(a->fold, b->fold);
    return order ? order : slice_order(a->marks, b->marks);
}

static void read_fresh(struct walk *w, const struct snapshot *s, const struct layer_moves moves[LAYER_COUNT])
{
    for (int i = 0; i < SEARCH_SOURCE_COUNT; i++) {
        const struct search_source *source = &SEARCH_SOURCES[i];
        const struct column *column = search_column(s, source);
        const struct layer_moves *m = &moves[source->layer];
        for (uint32_t k = 0; k < m->fresh_count; k++)
            add_words(w, source, snapshot_text(column, m->fresh[k]),
                      w->made->first_document[source->layer] + m->fresh[k]);
    }
    if (w->additions.n)
        qsort(w->additions.p, w->additions.n / sizeof(struct addition), sizeof(struct addition),
              addition_order);
}

/* --- the walk --- */

static uint32_t add_bytes(struct walk *w, struct slice text)
{
    uint32_t at = (uint32_t)w->bytes.n;
    buf_slice(&w->bytes, text);
    return at;
}

/* The word for the postings that were added since the last one; none, no word. */
static void close_word(struct walk *w, struct slice marks, struct slice fold)
{
    struct search_index *made = w->made;
    uint32_t n = made->word_count;
    if (w->posting_count == made->posting_at[n])
        return;
    made->words = room_for(made->words, (size_t)n + 1, &w->word_room, sizeof *made->words);
    made->words[n] = (struct word){.marks_at = add_bytes(w, marks),
                                   .fold_at = add_bytes(w, fold),
                                   .marks_length = (uint8_t)marks.n,
                                   .fold_length = (uint8_t)(fold.n < 255 ? fold.n : 255)};
    made->posting_at[n + 1] = (uint32_t)w->posting_count;
    made->word_count++;
}

static void keep_postings(struct walk *w, uint32_t word)
{
    const struct search_index *before = w->before;
    uint32_t *to = w->made->postings + w->posting_count;
    for (uint32_t i = before->posting_at[word]; i < before->posting_at[word + 1]; i++) {
        uint32_t posting = before->postings[i], document = w->moved[posting >> POSTING_RANK_BITS];
        *to = document << POSTING_RANK_BITS | (posting & ((1 << POSTING_RANK_BITS) - 1));
        to += document != ROW_GONE;
    }
    w->posting_count = (size_t)(to - w->made->postings);
}

static void walk_words(struct walk *w)
{
    const struct search_index *before = w->before;
    const struct addition *next = (const struct addition *)(const void *)w->additions.p;
    const struct addition *end = next + w->additions.n / sizeof *next;
    for (uint32_t word = 0; word < before->word_count || next < end;) {
        struct addition old = {0};
        if (word < before->word_count)
            old = (struct addition){.fold = word_fold(before, word), .marks = word_marks(before, word)};
        int order = word == before->word_count ? 1 : next == end ? -1 : addition_order(&old, next);
        struct addition now = order <= 0 ? old : *next;
        if (order <= 0)
            keep_postings(w, word++);
        for (; order >= 0 && next < end && addition_order(&now, next) == 0; next++)
            w->made->postings[w->posting_count++] = next->posting;
        close_word(w, now.marks, now.fold);
    }
}

struct search_index *search_patch(const struct search_index *before, const struct snapshot *s,
                                  const struct layer_moves moves[LAYER_COUNT])
{
    struct walk w = {.before = before, .made = calloc(1, sizeof *w.made)};
    number_documents(&w, s, moves);
    read_fresh(&w, s, moves);
    size_t additions = w.additions.n / sizeof(struct addition);
    struct search_index *made = w.made;
    made->posting_at = calloc(before->word_count + additions + 2, sizeof *made->posting_at);
    made->postings =
        malloc(((size_t)before->posting_at[before->word_count] + additions + 1) * sizeof *made->postings);
    buf_reserve(&w.bytes, before->byte_count + 1);
    walk_words(&w);
    made->words = room_for(made->words, (size_t)made->word_count + 1, &w.word_room, sizeof *made->words);
    made->bytes = room_trim(w.bytes.p, w.bytes.n, 1);
    made->byte_count = w.bytes.n;
    search_note_common(made);
    free(w.moved);
    buf_release(&w.additions);
    arena_release(&w.arena);
    return made;
}
