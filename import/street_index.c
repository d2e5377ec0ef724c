/* Every spelling of every street name by its key: exact by a hash table, near ones by their deletes
 * (SymSpell): two keys at most two edits apart share a text that remains when up to two letters of each are
 * dropped. Digits are hashed apart and so never edited. Built once; read-only afterwards. */
#include "import/geocode_private.h"
#include "import/spell.h"

#include "layers/text.h"

#include <stdlib.h>
#include <string.h>

struct builder {
    const struct gazetteer *g;
    struct arena *arena;
    struct street_index *index;
    uint32_t cap;
};

static uint32_t hash_of(const char *p, size_t n, uint32_t seed)
{
    uint32_t h = 2166136261u ^ seed;
    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)p[i]) * 16777619u;
    h ^= h >> 15;
    h *= 0x2c1b3c6du;
    return h ^ h >> 13;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* --- keys --- */

static void key_word(struct slice word, bool is_after_number, struct buf *out)
{
    if (!is_digit(word.p[0])) {
        size_t start = out->n;
        buf_slice(out, word);
        spell_unify(out->p + start, word.n);
        return;
    }
    while (word.n > 1 && word.p[0] == '0')
        word = (struct slice){word.p + 1, word.n - 1};
    if (is_after_number)
        buf_char(out, '/');
    buf_slice(out, word);
}

void street_key(const struct tokens *t, int from, int to, struct buf *out)
{
    for (int i = from; i < to; i++)
        key_word(t->t[i].fold, i > from && t->t[i - 1].is_number, out);
}

/* A fold splits at blanks, and between letters and digits as the tokens do. */
static bool next_piece(struct slice *rest, struct slice *piece)
{
    while (rest->n > 0 && rest->p[0] == ' ')
        *rest = (struct slice){rest->p + 1, rest->n - 1};
    size_t n = 0;
    while (n < rest->n && rest->p[n] != ' ' && is_digit(rest->p[n]) == is_digit(rest->p[0]))
        n++;
    *piece = (struct slice){rest->p, n};
    *rest = (struct slice){rest->p + n, rest->n - n};
    return n > 0;
}

static int fold_key(struct slice fold, struct buf *out)
{
    struct slice piece;
    bool was_number = false;
    int words = 0;
    while (next_piece(&fold, &piece)) {
        key_word(piece, was_number, out);
        was_number = is_digit(piece.p[0]);
        words++;
    }
    return words;
}

/* --- aliases --- */

/* Short names, numbers and letters of lots say little: "Số 9" is a house in most texts. Dates are not meant.
 */
static bool is_bare_key(struct slice key)
{
    size_t letters = 0;
    bool is_date = false;
    for (size_t i = 0; i < key.n; i++) {
        letters += key.p[i] >= 'a' && key.p[i] <= 'z';
        is_date |= key.p[i] == '/' || (key.p[i] == 't' && i > 0 && is_digit(key.p[i - 1]));
    }
    return letters <= 2 && !is_date;
}

static void add_alias(struct builder *b, struct street_alias alias)
{
    struct buf key = {0};
    if (b->index->count == b->cap)
        return;
    int words = fold_key(alias.fold, &key);
    alias.key = arena_slice(b->arena, buf_to_slice(&key));
    alias.words = alias.is_initials ? 1 : words;
    alias.is_bare = is_bare_key(alias.key);
    for (size_t i = 0; i < key.n; i++)
        alias.has_digit |= is_digit(key.p[i]);
    if (key.n > 0 && key.n <= SPELL_MAX)
        b->index->aliases[b->index->count++] = alias;
    buf_release(&key);
}

/* "Đường Hà Nội" without its first word; "Dương Thưởng" keeps it. */
static size_t prefix_length(const struct street_alias *alias)
{
    if (alias->marks.n > 0 && !slice_starts(alias->marks, SLICE("đường ")) &&
        !slice_starts(alias->marks, SLICE("phố ")))
        return 0;
    if (slice_starts(alias->fold, SLICE("duong ")))
        return 6;
    return slice_starts(alias->fold, SLICE("pho ")) ? 4 : 0;
}

/* "2 thang 9" is written 2/9 and 2T9; the other way round for a street named "2/9". */
static void add_dates(struct builder *b, const struct street_alias *alias)
{
    struct slice rest = alias->fold, first, middle, last;
    struct street_alias other = *alias;
    if (!next_piece(&rest, &first) || !next_piece(&rest, &middle))
        return;
    bool has_month =
        next_piece(&rest, &last) && rest.n == 0 && is_digit(last.p[0]) && slice_equal(middle, SLICE("thang"));
    bool is_pair = alias->words == 2 && is_digit(middle.p[0]);
    if (!is_digit(first.p[0]) || (!has_month && !is_pair))
        return;
    last = is_pair ? middle : last;
    static const char *const JOINTS[] = {" ", " thang ", " t "};
    for (size_t i = 0; i < COUNT_OF(JOINTS); i++) {
        if (i == (is_pair ? 0 : 1)) /* that is how it stands in the list */
            continue;
        other.fold = slice_of(
            arena_format(b->arena, "%.*s%s%.*s", (int)first.n, first.p, JOINTS[i], (int)last.n, last.p));
        other.marks = (struct slice){0};
        add_alias(b, other);
    }
}

/* "cach mang thang tam" is also "cach mang thang 8" */
static struct slice with_month_digit(struct slice fold, struct arena *a)
{
    static const char *const MONTHS[] = {"mot", "hai", "ba",  "tu",   "nam",
                                         "sau", "bay", "tam", "chin", "muoi"};
    ptrdiff_t at = slice_find(fold, SLICE("thang "));
    if (at < 1)
        return (struct slice){0};
    size_t word = (size_t)at + 6;
    for (size_t i = 0; i < COUNT_OF(MONTHS); i++)
        if (slice_equal((struct slice){fold.p + word, fold.n - word}, slice_of(MONTHS[i])))
            return slice_of(arena_format(a, "%.*s%d", (int)word, fold.p, (int)i + 1));
    return (struct slice){0};
}

static void add_initials(struct builder *b, const struct street_alias *alias)
{
    char initials[16];
    size_t n = 0, words = 0;
    struct slice rest = alias->fold, piece;
    while (next_piece(&rest, &piece) && n + piece.n < sizeof initials) {
        size_t taken = is_digit(piece.p[0]) ? piece.n : 1;
        memcpy(initials + n, piece.p, taken);
        n += taken;
        words++;
    }
    if (words < 3)
        return;
    struct street_alias other = *alias;
    other.fold = arena_slice(b->arena, (struct slice){initials, n});
    other.marks = (struct slice){0};
    other.kind = ALIAS_WEAK;
    other.is_initials = true;
    add_alias(b, other);
}

static void add_name(struct builder *b, uint32_t street, struct slice name, enum alias_kind kind)
{
    struct street_alias alias = {.street = street, .kind = kind, .fold = text_fold_in(b->arena, name)};
    struct buf marks = {0};
    text_fold_marks(name, &marks);
    if (text_has_marks(name))
        alias.marks = arena_slice(b->arena, buf_to_slice(&marks));
    buf_release(&marks);
    uint32_t before = b->index->count;
    add_alias(b, alias);
    if (b->index->count == before)
        return;
    alias = b->index->aliases[before];
    struct street_alias shorter = alias;
    size_t prefix = prefix_length(&alias);
    if (prefix > 0) {
        shorter.fold = (struct slice){alias.fold.p + prefix, alias.fold.n - prefix};
        ptrdiff_t blank = slice_find(alias.marks, SLICE(" "));
        shorter.marks = blank < 0
                            ? (struct slice){0}
                            : (struct slice){alias.marks.p + blank + 1, alias.marks.n - (size_t)blank - 1};
        add_alias(b, shorter);
        alias = shorter;
    }
    add_dates(b, &alias);
    add_initials(b, &alias);
    struct street_alias digit = alias;
    digit.fold = with_month_digit(alias.fold, b->arena);
    digit.marks = (struct slice){0};
    if (digit.fold.n > 0) {
        add_alias(b, digit);
        add_initials(b, &digit);
    }
}

/* --- exact --- */

uint32_t street_exact(const struct street_index *s, struct slice key)
{
    uint32_t at = hash_of(key.p, key.n, 0) & s->exact_mask;
    while (s->exact[at] && !slice_equal(s->aliases[s->exact[at] - 1].key, key))
        at = (at + 1) & s->exact_mask;
    return s->exact[at];
}

bool street_is_taken(const struct street_index *s, struct slice fold, uint32_t street)
{
    struct buf key = {0};
    bool is_taken = false;
    fold_key(fold, &key);
    for (uint32_t i = street_exact(s, buf_to_slice(&key)); i && !is_taken; i = s->next[i - 1])
        is_taken = !s->aliases[i - 1].is_initials && s->aliases[i - 1].street != street;
    buf_release(&key);
    return is_taken;
}

static void index_exact(struct street_index *s, struct arena *a)
{
    uint32_t size = 64;
    while (size < 2 * s->count)
        size *= 2;
    s->exact = ARENA_ARRAY(a, uint32_t, size);
    s->next = ARENA_ARRAY(a, uint32_t, s->count + 1);
    s->exact_mask = size - 1;
    for (uint32_t i = s->count; i > 0; i--) { /* backwards, so that each chain runs forwards */
        struct slice key = s->aliases[i - 1].key;
        uint32_t at = hash_of(key.p, key.n, 0) & s->exact_mask;
        while (s->exact[at] && !slice_equal(s->aliases[s->exact[at] - 1].key, key))
            at = (at + 1) & s->exact_mask;
        s->next[i - 1] = s->exact[at];
        s->exact[at] = i;
    }
}

/* --- deletes --- */

/* Letters and digits of a key apart; the digits become the seed of every hash. */
static size_t split_key(struct slice key, char letters[SPELL_MAX + 1], uint32_t *seed)
{
    char digits[SPELL_MAX + 1];
    size_t n = 0, d = 0;
    for (size_t i = 0; i < key.n && i < SPELL_MAX; i++) {
        if (key.p[i] >= 'a' && key.p[i] <= 'z')
            letters[n++] = key.p[i];
        else
            digits[d++] = key.p[i];
    }
    *seed = d ? hash_of(digits, d, 7) : 0;
    return n;
}

/* As the ear hears them: tr is ch, x is s, gi and v are d, ng and nh are n. Keys whose letters
 * differ in nothing else share all their deletes; spell_cost then tells what the difference costs. */
static size_t sound_of(const char *in, size_t n, char *out)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        char c = in[i], next = i + 1 < n ? in[i + 1] : 0;
        bool is_tr = c == 't' && next == 'r', is_gi = c == 'g' && next == 'i' && i + 2 < n;
        bool is_n = c == 'n' && (next == 'g' || next == 'h');
        out[k++] = (char)(is_tr ? 'c' : is_gi || c == 'v' ? 'd' : c == 'x' ? 's' : c);
        if (is_tr)
            out[k++] = 'h';
        i += is_tr || is_gi || is_n;
    }
    return k;
}

static bool is_same(const char *letters, size_t n, const char *sound, size_t heard)
{
    return n == heard && memcmp(letters, sound, n) == 0;
}

typedef void visit_delete(void *context, uint32_t hash);

/* All texts that remain when at most `depth` letters are dropped; a dropped position never precedes the last
 * one, so each is visited once per choice of positions. */
static void each_delete(const char *letters, size_t n, int depth, uint32_t seed, visit_delete *visit,
                        void *context)
{
    char left[SPELL_MAX];
    visit(context, hash_of(letters, n, seed));
    for (size_t i = 0; depth > 0 && i < n; i++) {
        memcpy(left, letters, i);
        memcpy(left + i, letters + i + 1, n - i - 1);
        visit(context, hash_of(left, n - 1, seed));
        for (size_t k = i; depth > 1 && k + 1 < n; k++) {
            char twice[SPELL_MAX];
            memcpy(twice, left, k);
            memcpy(twice + k, left + k + 1, n - 1 - k - 1);
            visit(context, hash_of(twice, n - 2, seed));
        }
    }
}

struct collector {
    uint64_t *out; /* NULL: counting */
    uint32_t count, alias;
};

static void collect(void *context, uint32_t hash)
{
    struct collector *c = context;
    if (c->out)
        c->out[c->count] = (uint64_t)hash << 32 | c->alias;
    c->count++;
}

/* A slip of the finger is one edit of the letters, what the ear confuses is none of the sounds: both are
 * kept, because a slip beside a "tr" or "nh" ("Tần" for "Trần", "Bìth" for "Bình") is two edits of the
 * sounds. */
static void collect_all(const struct street_index *s, struct collector *c)
{
    for (uint32_t i = 0; i < s->count; i++) {
        char letters[SPELL_MAX + 1], sound[SPELL_MAX + 1];
        uint32_t seed;
        if (s->aliases[i].is_initials || s->aliases[i].is_bare)
            continue;
        size_t n = split_key(s->aliases[i].key, letters, &seed), heard = sound_of(letters, n, sound);
        c->alias = i;
        if (heard >= 5)
            each_delete(sound, heard, heard >= 9 ? 2 : 1, seed, collect, c);
        if (spell_budget(n) > 0 && !is_same(letters, n, sound, heard))
            each_delete(letters, n, spell_budget(n), seed, collect, c);
    }
}

static int compare_u64(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void index_deletes(struct street_index *s, struct arena *a)
{
    struct collector c = {0};
    collect_all(s, &c);
    s->deletes = ARENA_ARRAY(a, uint64_t, c.count + 1);
    c = (struct collector){.out = s->deletes};
    collect_all(s, &c);
    s->delete_count = c.count;
    qsort(s->deletes, c.count, sizeof *s->deletes, compare_u64);
    s->delete_start = ARENA_ARRAY(a, uint32_t, 65537);
    uint32_t at = 0;
    for (uint32_t bucket = 0; bucket <= 65536; bucket++) {
        while (at < c.count && (s->deletes[at] >> 48) < bucket)
            at++;
        s->delete_start[bucket] = at;
    }
}

struct near_search {
    const struct street_index *index;
    struct slice key;
    uint32_t *found;
    int count, most;
};

static void meet(void *context, uint32_t hash)
{
    struct near_search *n = context;
    const struct street_index *s = n->index;
    for (uint32_t i = s->delete_start[hash >> 16]; i < s->delete_start[(hash >> 16) + 1]; i++) {
        if ((uint32_t)(s->deletes[i] >> 32) != hash)
            continue;
        uint32_t alias = (uint32_t)s->deletes[i];
        bool is_known = n->count == n->most;
        for (int k = 0; k < n->count && !is_known; k++)
            is_known = n->found[k] == alias;
        if (!is_known && !slice_equal(s->aliases[alias].key, n->key))
            n->found[n->count++] = alias;
    }
}

int street_near(const struct street_index *s, struct slice key, uint32_t *found, int most)
{
    char letters[SPELL_MAX + 1], sound[SPELL_MAX + 1];
    uint32_t seed;
    size_t n = key.n <= SPELL_MAX ? split_key(key, letters, &seed) : 0, heard = sound_of(letters, n, sound);
    int budget = spell_budget(n + 1); /* the name may be a letter longer than what was typed */
    if (budget == 0)
        return 0;
    struct near_search search = {s, key, found, 0, most};
    each_delete(sound, heard, budget, seed, meet, &search);
    if (!is_same(letters, n, sound, heard))
        each_delete(letters, n, budget, seed, meet, &search);
    return search.count;
}

/* --- syllables of names --- */

static const char NAME_WORDS[] =
#include "import/name_words.def"
    ;

static int compare_slices(const void *a, const void *b)
{
    const struct slice *x = a, *y = b;
    int order = memcmp(x->p, y->p, x->n < y->n ? x->n : y->n);
    return order ? order : (x->n > y->n) - (x->n < y->n);
}

static void add_words(struct builder *b, struct slice text)
{
    struct slice word;
    while (slice_next(&text, ' ', &word)) {
        if (word.n == 0)
            continue;
        b->index->words[b->index->word_count++] = word;
        b->index->words[b->index->word_count++] = text_fold_in(b->arena, word);
    }
}

static size_t count_words(struct slice text)
{
    size_t n = 1;
    for (size_t i = 0; i < text.n; i++)
        n += text.p[i] == ' ';
    return n;
}

static void index_words(struct builder *b)
{
    struct slice listed = SLICE(NAME_WORDS);
    size_t most = count_words(listed);
    for (uint32_t i = 0; i < b->index->count; i++)
        most += count_words(b->index->aliases[i].marks);
    b->index->words = ARENA_ARRAY(b->arena, struct slice, 2 * most);
    add_words(b, listed);
    for (uint32_t i = 0; i < b->index->count; i++)
        add_words(b, b->index->aliases[i].marks);
    qsort(b->index->words, b->index->word_count, sizeof *b->index->words, compare_slices);
}

bool street_knows_word(const struct street_index *s, struct slice word)
{
    return bsearch(&word, s->words, s->word_count, sizeof *s->words, compare_slices) != NULL;
}

struct street_index *street_index_new(const struct gazetteer *g, struct arena *a)
{
    struct builder b = {g, a, ARENA_NEW(a, struct street_index),
                        10 * (g->street_count + g->alias_count) + 16};
    b.index->aliases = ARENA_ARRAY(a, struct street_alias, b.cap);
    for (uint32_t i = 0; i < g->street_count; i++)
        add_name(&b, i, g->streets[i].name, ALIAS_STRONG);
    for (uint32_t i = 0; i < g->alias_count; i++)
        add_name(&b, g->aliases[i].street, g->aliases[i].name, g->aliases[i].kind);
    index_exact(b.index, a);
    index_deletes(b.index, a);
    index_words(&b);
    return b.index;
}
