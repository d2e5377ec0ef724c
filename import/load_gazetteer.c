/* load_gazetteer: finds a street by the name a row gives it. Marks decide where they were typed: "Lê Lợi" is
 * never "Lê Lai", and a name that fits two streets is no answer. */
#include "import/load_gazetteer.h"
#include "layers/text.h"

#include <stdlib.h>
#include <string.h>

struct entry {
    struct slice key; /* folded, or with marks */
    int64_t id;
    struct entry *next;
};

enum { BUCKETS = 4096 };

struct street_book {
    struct entry *exact[BUCKETS], *folded[BUCKETS], *refs[BUCKETS];
    int count;
};

static size_t bucket_of(struct slice key)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < key.n; i++)
        h = (h ^ (unsigned char)key.p[i]) * 16777619u;
    return h % BUCKETS;
}

static void put(struct load *l, struct entry **table, struct slice key, int64_t id)
{
    if (!key.n)
        return;
    struct entry *e = ARENA_NEW(&l->whole, struct entry);
    *e = (struct entry){.key = arena_slice(&l->whole, key), .id = id, .next = table[bucket_of(key)]};
    table[bucket_of(key)] = e;
}

/* 0 none, -1 several. */
static int64_t get(struct entry *const *table, struct slice key)
{
    int64_t id = 0;
    for (const struct entry *e = table[bucket_of(key)]; e; e = e->next)
        if (slice_equal(e->key, key))
            id = id == 0 || id == e->id ? e->id : -1;
    return id;
}

struct slice street_bare_name(struct slice name)
{
    static const char *const HEADS[] = {"Đường ", "đường ", "ĐƯỜNG ", "Duong ", "duong ", "DUONG ",
                                        "Phố ",   "phố ",   "Đ. ",    "đ. ",    "Đ.",     "đ."};
    struct slice text = slice_trim(name);
    for (size_t i = 0; i < COUNT_OF(HEADS); i++)
        if (slice_starts(text, slice_of(HEADS[i])))
            return slice_trim((struct slice){text.p + strlen(HEADS[i]), text.n - strlen(HEADS[i])});
    return text;
}

/* "Pho Luong Van Can", typed without marks, is "Phố Lương Văn Can", if such a street is known: there are also
 * people called Phó. */
static struct slice without_plain_head(struct slice fold)
{
    bool has_head = slice_starts(fold, SLICE("pho ")) &&
                    slice_find((struct slice){fold.p + 4, fold.n - 4}, SLICE(" ")) > 0;
    return has_head ? (struct slice){fold.p + 4, fold.n - 4} : (struct slice){"", 0};
}

static void marks_of(struct slice name, struct buf *out)
{
    buf_reset(out);
    text_fold_marks(name, out);
}

void street_book_add(struct street_book *b, struct load *l, const struct named *street)
{
    struct buf marks = {0};
    struct slice bare = street_bare_name(street->name);
    marks_of(bare, &marks);
    put(l, b->exact, buf_to_slice(&marks), street->id);
    struct slice fold = text_fold_in(&l->whole, bare);
    put(l, b->folded, fold, street->id);
    if (!text_has_marks(bare) && get(b->folded, without_plain_head(fold)) == 0)
        put(l, b->folded, without_plain_head(fold), street->id);
    put(l, b->refs, street->ref, street->id);
    buf_release(&marks);
    b->count++;
}

struct street_book *street_book_open(struct load *l)
{
    struct street_book *b = ARENA_NEW(&l->whole, struct street_book);
    struct named *list;
    int n = street_list(l->store, &l->whole, &list);
    for (int i = 0; i < n; i++)
        street_book_add(b, l, &list[i]);
    n = street_alias_list(l->store, &l->whole, &list);
    for (int i = 0; i < n; i++)
        put(l, b->folded, text_fold_in(&l->whole, street_bare_name(list[i].name)), list[i].id);
    return b;
}

int64_t street_book_find_exact(const struct street_book *b, struct load *l, struct slice name)
{
    struct buf marks = {0};
    (void)l;
    marks_of(street_bare_name(name), &marks);
    int64_t id = get(b->exact, buf_to_slice(&marks));
    buf_release(&marks);
    return id;
}

int64_t street_book_find(const struct street_book *b, struct load *l, struct slice name)
{
    int64_t id = street_book_find_exact(b, l, name);
    struct slice fold = text_fold_in(&l->row, street_bare_name(name));
    if (id == 0)
        id = get(b->folded, fold);
    return id || text_has_marks(name) ? id : get(b->folded, without_plain_head(fold));
}

int64_t street_book_find_ref(const struct street_book *b, struct slice ref)
{
    return ref.n ? get(b->refs, ref) : 0;
}

bool street_book_is_empty(const struct street_book *b)
{
    return b->count == 0;
}

/* --- chains --- */

static bool is_alley_word(struct slice word)
{
    static const char *const WORDS[] = {"kiet", "hem", "ngo", "ngach", "k", "h", "so"};
    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        if (slice_equal(word, slice_of(WORDS[i])))
            return true;
    return false;
}

bool split_alley_name(struct load *l, struct slice name, struct slice *chain, struct slice *street)
{
    static const char *const WORDS[] = {"kiet", "hem", "ngo", "ngach"};
    size_t head = 0, at = 0;
    struct slice rest = name, word, number;
    bool is_alley = true;
    while (is_alley && slice_next(&rest, ' ', &word) && slice_next(&rest, ' ', &number)) {
        struct slice fold = text_fold_in(&l->row, word);
        is_alley = false;
        for (size_t i = 0; i < COUNT_OF(WORDS); i++)
            is_alley |= slice_equal(fold, slice_of(WORDS[i]));
        is_alley &= number.n && number.p[0] >= '0' && number.p[0] <= '9';
        at += word.n + number.n + 2;
        head = is_alley ? at : head;
    }
    if (head == 0 || head >= name.n)
        return false;
    *chain = (struct slice){name.p, head};
    *street = (struct slice){name.p + head, name.n - head};
    return true;
}

/* "k45", "h07a" → "45", "7A". */
static bool add_level(struct slice word, struct buf *out)
{
    if (word.n > 1 && (word.p[0] == 'k' || word.p[0] == 'h'))
        word = (struct slice){word.p + 1, word.n - 1};
    while (word.n > 1 && word.p[0] == '0')
        word = (struct slice){word.p + 1, word.n - 1};
    if (word.p[0] < '0' || word.p[0] > '9')
        return false;
    if (out->n)
        buf_char(out, '/');
    for (size_t i = 0; i < word.n; i++)
        buf_char(out, word.p[i] >= 'a' && word.p[i] <= 'z' ? (char)(word.p[i] - 'a' + 'A') : word.p[i]);
    return true;
}

bool read_chain(struct load *l, struct slice text, struct slice *chain)
{
    struct slice rest = text_fold_in(&l->row, text), word;
    struct buf out = {0};
    bool ok = true;
    while (ok && slice_next(&rest, ' ', &word))
        ok = !word.n || is_alley_word(word) || add_level(word, &out);
    *chain = arena_slice(&l->row, buf_to_slice(&out));
    buf_release(&out);
    return ok;
}
