/* search_private: the index that search_build.c and search_patch.c make and search.c reads. Not part of the
 * door.
 *
 * Words are kept with their marks ("bánh") beside their key ("banh") and sorted by key, then marks: all words
 * under a typed prefix are one run, and so are their postings. */
#ifndef LAYERS_SEARCH_PRIVATE_H
#define LAYERS_SEARCH_PRIVATE_H

#include "layers/snapshot_private.h"

enum search_rank { RANK_NAME_FIRST, RANK_NAME, RANK_ADDRESS, RANK_INDUSTRY };
enum { POSTING_RANK_BITS = 2, SEARCH_WORD_MAX = 60 };

/* A line of search.def. */
struct search_source {
    enum layer_id layer;
    const char *field;
    enum search_rank rank;
};

enum {
    SEARCH_SOURCE_COUNT = 0
#define SEARCH(layer, field, rank) +1
#include "layers/search.def"
#undef SEARCH
};
extern const struct search_source SEARCH_SOURCES[SEARCH_SOURCE_COUNT];
const struct column *search_column(const struct snapshot *s, const struct search_source *source);
/* What people would search for in a text of the source. */
struct slice search_text(const struct search_source *source, struct slice text);
/* What the nth word of a text is worth there. */
static inline enum search_rank search_rank_of(const struct search_source *source, uint32_t nth)
{
    return source->rank == RANK_NAME && nth == 0 ? RANK_NAME_FIRST : source->rank;
}

struct word {
    uint32_t fold_at, marks_at; /* in bytes */
    uint8_t fold_length, marks_length;
};

/* A word that many documents have also says for each document what it is worth there: who has few documents
 * in play asks them and not the long list of postings. */
enum { COMMON_MOST = 8, COMMON_SHARE = 8, COMMON_LEAST = 4096 };
struct common_word {
    uint32_t word;
    uint8_t *ranks; /* four bits a document, the low ones first: 0 not there, else the best rank + 1 */
};

struct search_index {
    uint32_t
        first_document[LAYER_COUNT + 1]; /* a document is a row; documents of a layer follow each other */
    uint32_t word_count;
    struct word *words;
    char *bytes;
    size_t byte_count;
    uint32_t *posting_at; /* word_count + 1 */
    uint32_t *postings;   /* document << POSTING_RANK_BITS | rank */
    struct common_word common[COMMON_MOST];
    int common_count;
};

/* Notes the common words; the last step of making an index. */
void search_note_common(struct search_index *index);

static inline struct slice word_fold(const struct search_index *index, uint32_t word)
{
    return (struct slice){index->bytes + index->words[word].fold_at, index->words[word].fold_length};
}

static inline struct slice word_marks(const struct search_index *index, uint32_t word)
{
    return (struct slice){index->bytes + index->words[word].marks_at, index->words[word].marks_length};
}

/* Byte order; a prefix stands before what it starts. */
static inline int slice_order(struct slice a, struct slice b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? __builtin_memcmp(a.p, b.p, n) : 0;
    return order ? order : (a.n > b.n) - (a.n < b.n);
}

#endif
