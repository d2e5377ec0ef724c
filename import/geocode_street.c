/* Which streets an address may mean. Windows of up to seven tokens are looked up as written; if none stands
 * well (beside the number, behind "đường", at the start of a part), windows at likely places are compared
 * with room for slips, abbreviations and initials. Law: the longest name wins, equal names stay side by side
 * for a person to choose, and a name with an unknown word at its side is not taken for sure ("Lê Đại" beside
 * "Hành"). */
#include "import/geocode_private.h"
#include "import/spell.h"

#include "layers/text.h"

#include <string.h>

enum { WINDOW_MAX = 7, NEAR_MAX = 64 };

/* What a window's place in the text is worth. */
enum {
    PLACE_NUMBER_BEFORE = 40,
    PLACE_NUMBER_AFTER = 12,
    PLACE_STREET_WORD = 30,
    PLACE_PART = 8,
    PLACE_LETTER = 2, /* per letter, to 15 letters */
    PLACE_ADMIN = -25,
    PLACE_BEHIND_RELATION = -30,
    PLACE_EXTENDED = -30,
    PLACE_ABBREVIATED = -16,
    PLACE_INITIALS = -20,
    PLACE_WEAK = -8,
    PLACE_HALF_EDIT = -4,
    PLACE_DOUBTFUL = -6,
    PLACE_LOST_WORD = -12, /* the window begins with what may be the word "đường" */
    PLACE_LOST_OTHER = -8, /* the letters that are left are not the name's */
    PLACE_SPLIT = -4,      /* words joined or split on top of a slip */
    PLACE_TONE = -3,
    PLACE_MARK = -5,
    PLACE_MISSING = -1,
};

struct finder {
    const struct street_search *s;
    const struct tokens *t;
    struct street_matches *out;
    struct buf key;
    int relation_at; /* -1: none */
};

static bool is_free(const struct tokens *t, int i)
{
    return i >= 0 && i < t->count && t->t[i].label == LABEL_FREE;
}

/* Whether a window may go on over token i. */
static bool is_joint(const struct tokens *t, int i)
{
    const struct token *w = &t->t[i];
    if (!is_free(t, i) || w->sign == ',' || w->sign == ':')
        return false;
    return w->sign != '/' || (w->is_number && t->t[i - 1].is_number);
}

/* A number at the edge of the window that is part of a longer one: "1/5", "1A", "136/2". */
static bool is_cut_number(const struct tokens *t, int from, int to)
{
    const struct token *next = to < t->count ? &t->t[to] : NULL;
    if (t->t[from].is_number &&
        (t->t[from].sign == '/' || (from > 0 && !t->t[from].has_blank && !t->t[from].sign)))
        return true;
    if (!t->t[to - 1].is_number || next == NULL)
        return false;
    return next->sign == '/' || (!next->has_blank && !next->sign && !next->is_number);
}

/* --- where a window stands --- */

static bool is_name_of(const struct finder *f, int from, unsigned kinds, int *tokens)
{
    struct name_hit hit;
    bool is_found = lexicon_find(f->s->lexicon, f->t, from, kinds, f->t->has_lost, &hit);
    *tokens = is_found ? hit.tokens : 0;
    return is_found;
}

static const unsigned ADMIN = 1u << NAME_WARD | 1u << NAME_WARD_OLD | 1u << NAME_DISTRICT;

static bool is_extended_right(const struct finder *f, const struct street_match *m, bool has_number_before)
{
    int tokens;
    if (!is_free(f->t, m->to) || f->t->t[m->to].sign == ',' || f->t->t[m->to].sign == '-')
        return false;
    const struct token *next = &f->t->t[m->to];
    if (next->is_number)
        return has_number_before && next->sign == 0; /* "12 Tiên Sơn 25": a street of that family */
    if (address_number_after(f->t, m->to) > m->to)
        return false;
    return !is_name_of(f, m->to, ADMIN, &tokens);
}

static bool is_extended_left(const struct finder *f, const struct street_match *m, bool has_number_before)
{
    const struct token *first = &f->t->t[m->from];
    /* "Lý Đ. Thành": a short name behind "Đ." within a longer one */
    bool is_inside = m->has_street_word && m->to - m->from == 1 && f->t->t[m->from - 1].fold.n == 1 &&
                     is_free(f->t, m->from - 2) && !f->t->t[m->from - 1].sign &&
                     !f->t->t[m->from - 2].is_number && !is_street_word(&f->t->t[m->from - 2]);
    if (is_inside && !has_number_before)
        return true;
    if (has_number_before || m->has_street_word || !is_free(f->t, m->from - 1))
        return false;
    return first->sign != ',' && first->sign != '-' && first->sign != ':' && !f->t->t[m->from - 1].is_number;
}

static void judge_place(const struct finder *f, struct street_match *m, size_t letters)
{
    int tokens, word = m->from;
    while (word > 0 && is_free(f->t, word - 1) && is_street_word(&f->t->t[word - 1]))
        word--;
    m->has_street_word = word < m->from;
    bool is_before = address_number_before(f->t, m->from) < m->from;
    bool is_after = !is_before && address_number_after(f->t, m->to) > m->to;
    m->has_number = is_before || is_after;
    m->starts_part = word == 0 || f->t->t[word].sign == ',' || !is_free(f->t, word - 1);
    m->is_extended = is_extended_right(f, m, is_before) || is_extended_left(f, m, is_before);
    m->place += is_before ? PLACE_NUMBER_BEFORE : is_after ? PLACE_NUMBER_AFTER : 0;
    m->place += m->has_street_word ? PLACE_STREET_WORD : 0;
    m->place += m->starts_part ? PLACE_PART : 0;
    m->place += PLACE_LETTER * (letters < 15 ? (int)letters : 15);
    m->place += m->is_extended ? PLACE_EXTENDED : 0;
    bool is_admin =
        !m->has_street_word && is_name_of(f, m->from, ADMIN, &tokens) && tokens == m->to - m->from;
    m->place += is_admin ? PLACE_ADMIN : 0;
    m->place +=
        f->relation_at >= 0 && m->from > f->relation_at && f->relation_at > 1 ? PLACE_BEHIND_RELATION : 0;
    m->place -= m->from / 3;
}

/* --- how a name fits what was typed --- */

static void add_difference(struct marks_difference *sum, struct marks_difference d)
{
    sum->tones += d.tones;
    sum->letters += d.letters;
    sum->missing += d.missing;
}

static void judge_marks(const struct finder *f, struct street_match *m)
{
    const struct street_alias *alias = &f->s->index->aliases[m->alias];
    struct buf typed = {0};
    if (!f->t->has_marks || alias->marks.n == 0)
        return;
    struct marks_difference d = {0, 0, 0, 0};
    struct slice rest = alias->marks, word;
    bool is_by_word = alias->words == m->to - m->from;
    for (int i = m->from; i < m->to; i++) {
        if (!is_by_word || !slice_next(&rest, ' ', &word)) {
            buf_slice(&typed, f->t->t[i].marks);
            continue;
        }
        struct marks_difference one = text_compare_marks(f->t->t[i].marks, word);
        /* "Tô Tấn" is rather another street than "Tô Tân" */
        m->is_doubtful |= one.apart > 0 && street_knows_word(f->s->index, f->t->t[i].marks);
        add_difference(&d, one);
    }
    if (!is_by_word)
        d = text_compare_marks(buf_to_slice(&typed), alias->marks);
    m->tone_differs = d.tones;
    m->mark_differs = d.letters;
    m->place += PLACE_TONE * d.tones + PLACE_MARK * d.letters + PLACE_MISSING * d.missing;
    buf_release(&typed);
}

static struct slice fold_word(struct slice *rest)
{
    struct slice word;
    return slice_next(rest, ' ', &word) ? word : (struct slice){0};
}

static int syllable_limit(size_t letters)
{
    return letters >= 5 ? 4 : 2;
}

/* Whether a syllable begins with this stop alone: "ta", not "tra" or "tha". */
static bool is_single(struct slice syllable, char stop)
{
    return syllable.n > 0 && syllable.p[0] == stop &&
           !(syllable.n > 1 && (syllable.p[1] == 'h' || syllable.p[1] == 'r'));
}

/* Whether every word typed is one that names are made of: "thanh" is rather itself than "Tế Hanh". */
static bool is_all_words(const struct finder *f, int from, int to)
{
    for (int i = from; i < to; i++)
        if (!street_knows_word(f->s->index, f->t->t[i].marks))
            return false;
    return true;
}

/* What is left of a name whose letters were lost is the name, or the name is only like it. */
static void judge_lost(const struct finder *f, struct street_match *m)
{
    const struct street_alias *alias = &f->s->index->aliases[m->alias];
    struct buf typed = {0};
    for (int i = m->from; i < m->to; i++)
        buf_slice(&typed, f->t->t[i].marks);
    bool has_lost = memchr(typed.p, '?', typed.n) != NULL;
    if (has_lost && alias->marks.n > 0 && !text_fits_lost(buf_to_slice(&typed), alias->marks)) {
        m->place += PLACE_LOST_OTHER;
        m->is_doubtful = true;
    }
    buf_release(&typed);
}

/* Syllable by syllable: false when one of them bears more than a slip. A typed word that is itself a good
 * syllable with another sound is rather another name. */
static bool judge_syllables(const struct finder *f, struct street_match *m)
{
    const struct street_alias *alias = &f->s->index->aliases[m->alias];
    struct slice rest = alias->fold, marks = alias->marks;
    if (f->t->has_lost)
        return true;
    if (m->to - m->from != alias->words) { /* a blank too many or too few is a slip by itself */
        m->is_doubtful |= is_all_words(f, m->from, m->to);
        return m->half_edits <= 2;
    }
    for (int i = m->from; i < m->to; i++) {
        const struct token *w = &f->t->t[i];
        struct slice known = fold_word(&rest), known_marks = fold_word(&marks);
        if (known.n == 0 || slice_equal(w->fold, known))
            continue;
        int cost = spell_cost(w->fold, known, syllable_limit(known.n));
        if (cost == SPELL_FAR)
            return false;
        m->is_doubtful |= cost > 2; /* more than one slip: "chn" is Trịnh, or Trần */
        bool is_stop = (is_single(w->fold, 't') && is_single(known, 'c')) ||
                       (is_single(w->fold, 'c') && is_single(known, 't'));
        if (w->fold.p[0] != known.p[0] &&
            (slice_starts(w->marks, SLICE("đ")) || slice_starts(known_marks, SLICE("đ"))))
            cost += 2;   /* d is heard like gi and v, đ is not */
        cost += is_stop; /* t and c are confused at the end of a syllable only */
        m->is_doubtful |= cost >= (f->t->has_marks ? 2 : 1) && street_knows_word(f->s->index, w->marks);
    }
    return true;
}

static size_t letters_of(struct slice key)
{
    size_t n = 0;
    for (size_t i = 0; i < key.n; i++)
        n += key.p[i] >= 'a' && key.p[i] <= 'z';
    return n;
}

/* Keeps the best STREET_MATCHES, one for each street, best first; equal ones by street, so that the answer
 * never depends on the order of finding. */
static bool is_better(const struct street_match *a, const struct street_match *b)
{
    return a->place != b->place ? a->place > b->place : a->street < b->street;
}

static void keep_match(struct street_matches *out, const struct street_match *m)
{
    int at = 0, n = out->count;
    for (int i = 0; i < n; i++)
        if (out->m[i].street == m->street) {
            if (!is_better(m, &out->m[i]))
                return;
            memmove(&out->m[i], &out->m[i + 1], (size_t)(n - i - 1) * sizeof *m);
            n--;
            break;
        }
    while (at < n && !is_better(m, &out->m[at]))
        at++;
    out->count = n;
    if (at == STREET_MATCHES)
        return;
    n -= n == STREET_MATCHES;
    memmove(&out->m[at + 1], &out->m[at], (size_t)(n - at) * sizeof *m);
    out->m[at] = *m;
    out->count = n + 1;
}

/* "Yên Báy" for "Yên Bái": the key says i for both. */
static bool is_other_letter(const struct tokens *t, const struct street_alias *alias, int from, int to)
{
    size_t at = 0;
    for (int i = from; i < to; i++)
        for (size_t k = 0; !t->t[i].is_number && k < t->t[i].fold.n; k++) {
            while (at < alias->fold.n && (alias->fold.p[at] < 'a' || alias->fold.p[at] > 'z'))
                at++;
            if (at >= alias->fold.n || alias->fold.p[at++] != t->t[i].fold.p[k])
                return true;
        }
    return false;
}

static void take(struct finder *f, uint32_t alias_index, struct street_match m)
{
    const struct street_alias *alias = &f->s->index->aliases[alias_index];
    m.street = alias->street;
    m.alias = alias_index;
    m.half_edits += m.way == WAY_EXACT && is_other_letter(f->t, alias, m.from, m.to);
    judge_place(f, &m, f->key.n);
    m.place += alias->kind == ALIAS_WEAK && m.way == WAY_EXACT ? PLACE_WEAK : 0;
    m.place += PLACE_HALF_EDIT * m.half_edits;
    m.place += f->t->has_lost && is_street_word(&f->t->t[m.from]) ? PLACE_LOST_WORD : 0;
    m.place += m.way == WAY_ABBREVIATED ? PLACE_ABBREVIATED : m.way == WAY_INITIALS ? PLACE_INITIALS : 0;
    judge_marks(f, &m);
    if (f->t->has_lost && m.way != WAY_ABBREVIATED)
        judge_lost(f, &m);
    if (m.way == WAY_FUZZY && !judge_syllables(f, &m))
        return;
    m.place += m.is_doubtful ? PLACE_DOUBTFUL : 0;
    keep_match(f->out, &m);
}

/* --- exact --- */

/* A key knows no blanks, but "số nhà" is not "Sơn Hà": as many words must be the same words. Joined or split
 * they may be. */
static bool words_fit(const struct street_alias *alias, const struct tokens *t, int from, int to)
{
    struct slice rest = alias->fold;
    if (to - from != alias->words || alias->is_initials)
        return true;
    for (int i = from; i < to; i++) {
        struct slice known = {rest.p, 0};
        while (known.n < rest.n && rest.p[known.n] != ' ' && (rest.p[known.n] <= '9') == (rest.p[0] <= '9'))
            known.n++;
        size_t blank = known.n < rest.n && rest.p[known.n] == ' ';
        rest = (struct slice){rest.p + known.n + blank, rest.n - known.n - blank};
        if (!t->t[i].is_number && t->t[i].fold.n != known.n)
            return false;
    }
    return true;
}

static bool is_one_word(const struct tokens *t, int from, int to)
{
    for (int i = from + 1; i < to; i++)
        if ((t->t[i].has_blank && !t->t[i].is_number) || t->t[i].sign) /* "CMT 8" is one */
            return false;
    return true;
}

static bool is_after_word(const struct tokens *t, int from)
{
    return is_free(t, from - 1) && is_street_word(&t->t[from - 1]) && t->t[from].sign != ',' &&
           t->t[from].sign != '/';
}

static bool follows_plain_number(const struct tokens *t, int from)
{
    static const char *const ALLEYS[] = {"kiet", "k", "hem", "h", "ngo", "ngach", "lo"};
    bool is_plain =
        is_free(t, from - 1) && t->t[from - 1].is_number && t->t[from].has_blank && t->t[from].sign == 0;
    for (size_t i = 0; is_plain && from > 1 && i < COUNT_OF(ALLEYS); i++)
        is_plain = !token_is(&t->t[from - 2], ALLEYS[i]);
    is_plain = is_plain && (from == 1 || !is_free(t, from - 2) || t->t[from - 1].sign == ',');
    const struct token *behind = from + 2 < t->count ? &t->t[from + 2] : NULL;
    return is_plain && (behind == NULL || behind->sign || behind->label != LABEL_FREE);
}

/* A bare name stands behind "đường", or has letters of its own behind a house number ("51 D3"). A window that
 * begins with the word "đường" is no street called Dương. */
static bool may_stand(const struct finder *f, const struct street_alias *alias, int from)
{
    const struct token *first = &f->t->t[from];
    if (is_street_word(first) && first->has_marks && alias->marks.n > 0 &&
        !slice_starts(alias->marks, first->marks))
        return false;
    if (!alias->is_bare || is_after_word(f->t, from))
        return true;
    if (slice_equal(first->fold, SLICE("so"))) /* "167 Số 2": a house in the street "Số 2" */
        return follows_plain_number(f->t, from);
    bool is_code = !first->is_number && !slice_equal(first->fold, SLICE("k")) &&
                   !slice_equal(first->fold, SLICE("h")) && first->has_blank;
    return is_code && address_number_before(f->t, from) < from;
}

static void exact_at(struct finder *f, int from)
{
    buf_reset(&f->key);
    for (int to = from + 1; to <= f->t->count && to - from <= WINDOW_MAX; to++) {
        if (to - 1 > from && !is_joint(f->t, to - 1))
            return;
        buf_reset(&f->key);
        street_key(f->t, from, to, &f->key);
        if (is_cut_number(f->t, from, to) || (to - from == 1 && is_street_word(&f->t->t[from])))
            continue;
        for (uint32_t i = street_exact(f->s->index, buf_to_slice(&f->key)); i; i = f->s->index->next[i - 1]) {
            struct street_match m = {.from = from, .to = to, .way = WAY_EXACT};
            if (!words_fit(&f->s->index->aliases[i - 1], f->t, from, to) ||
                !may_stand(f, &f->s->index->aliases[i - 1], from))
                continue;
            if (f->s->index->aliases[i - 1].is_initials) {
                if (!is_one_word(f->t, from, to) || f->t->t[from].has_marks || f->key.n < 3)
                    continue;
                m.way = WAY_INITIALS;
            }
            take(f, i - 1, m);
        }
    }
}

/* Where the typist wrote marks they are the name's: "Quát phường" is not "Quát Phương". */
static bool marks_fit(const struct street_alias *alias, const struct tokens *t, int from, int to)
{
    struct slice rest = alias->marks;
    for (int i = from; to - from == alias->words && i < to && alias->marks.n > 0; i++) {
        struct marks_difference d = text_compare_marks(t->t[i].marks, fold_word(&rest));
        if (t->t[i].has_marks && (d.tones > 0 || d.letters > 0))
            return false;
    }
    return true;
}

/* How tokens [from, to) are some street's name; the key is `key`. */
static enum cover cover_of(const struct street_index *s, const struct tokens *t, int from, int to,
                           struct slice key)
{
    enum cover best = COVER_NONE;
    if ((to - from < 2 && key.n < 6) || is_cut_number(t, from, to))
        return COVER_NONE;
    for (uint32_t i = street_exact(s, key); i && best != COVER_NAME; i = s->next[i - 1]) {
        const struct street_alias *alias = &s->aliases[i - 1];
        if (!alias->is_initials && (!alias->is_bare || is_after_word(t, from)) &&
            words_fit(alias, t, from, to))
            best = marks_fit(alias, t, from, to) ? COVER_NAME : COVER_LETTERS;
    }
    return best;
}

void street_cover(const struct street_index *s, const struct tokens *t, enum cover covered[TOKEN_MAX])
{
    struct buf key = {0};
    memset(covered, 0, TOKEN_MAX * sizeof *covered);
    for (int from = 0; from < t->count; from++)
        for (int to = from + 1; to <= t->count && to - from <= WINDOW_MAX; to++) {
            if (to - 1 > from && !is_joint(t, to - 1))
                break;
            buf_reset(&key);
            street_key(t, from, to, &key);
            enum cover cover = cover_of(s, t, from, to, buf_to_slice(&key));
            for (int k = from; k < to; k++)
                covered[k] = cover > covered[k] ? cover : covered[k];
        }
    buf_release(&key);
}

/* "Tiên Sơn" inside "Tiên Sơn 1" is not meant. */
static void drop_contained(struct street_matches *out)
{
    int n = 0;
    for (int i = 0; i < out->count; i++) {
        bool is_inside = false;
        for (int k = 0; k < out->count; k++) {
            const struct street_match *a = &out->m[i], *b = &out->m[k];
            bool is_longer = b->to - b->from > a->to - a->from && b->from <= a->from && b->to >= a->to;
            bool is_spelled = b->tone_differs + b->mark_differs <= a->tone_differs + a->mark_differs;
            is_inside |= is_longer && is_spelled && !b->is_extended && b->way == WAY_EXACT;
        }
        if (!is_inside)
            out->m[n++] = out->m[i];
    }
    out->count = n;
}

/* --- near --- */

/* A street may begin behind a number, a street word, a masked part or a sign. */
static bool is_likely_start(const struct finder *f, int from)
{
    const struct token *w = &f->t->t[from];
    if (!is_free(f->t, from) || w->is_number ||
        (is_street_word(w) && w->fold.n > 1 && !memchr(w->fold.p, '?', w->fold.n)))
        return false;
    const struct token *before = from > 0 ? &f->t->t[from - 1] : NULL;
    return before == NULL || w->sign == ',' || w->sign == '-' || w->sign == ':' ||
           before->label != LABEL_FREE || before->is_number || is_street_word(before) ||
           address_number_before(f->t, from) < from;
}

static void near_key(struct finder *f, int from, int to)
{
    uint32_t found[NEAR_MAX];
    struct slice key = buf_to_slice(&f->key);
    int n = street_near(f->s->index, key, found, NEAR_MAX);
    for (int i = 0; i < n; i++) {
        struct slice known = f->s->index->aliases[found[i]].key;
        int cost = spell_cost(key, known, 2 * spell_budget(letters_of(known)));
        struct street_match m = {.from = from, .to = to, .way = WAY_FUZZY, .half_edits = cost};
        bool is_split = f->s->index->aliases[found[i]].words != to - from;
        m.place = is_split ? PLACE_SPLIT : 0;
        if (cost != SPELL_FAR)
            take(f, found[i], m);
    }
}

/* Where letters with marks were lost, a d that is left never was a đ. */
static bool d_fits(const struct finder *f, const struct street_alias *alias, int from, int to)
{
    struct slice marks = alias->marks;
    for (int i = from; marks.n && to - from == alias->words && i < to; i++)
        if (slice_starts(fold_word(&marks), SLICE("đ")) && f->t->t[i].fold.p[0] == 'd' &&
            !slice_starts(f->t->t[i].marks, SLICE("đ")))
            return false;
    return true;
}

/* Letters were lost to '?': the deletes cannot find such a key, so every name is compared. */
static void lost_key(struct finder *f, int from, int to)
{
    struct slice key = buf_to_slice(&f->key);
    size_t letters = letters_of(key);
    if (letters < 3)
        return;
    for (uint32_t i = 0; i < f->s->index->count; i++) {
        const struct street_alias *alias = &f->s->index->aliases[i];
        if (alias->is_initials || alias->is_bare || alias->key.n > key.n || alias->key.n < letters)
            continue;
        int cost = spell_cost(key, alias->key, 0);
        struct street_match m = {.from = from, .to = to, .way = WAY_FUZZY, .half_edits = cost};
        if (cost == 0 && d_fits(f, alias, from, to))
            take(f, i, m);
    }
}

/* One letter, or several without a vowel ("Ng", "Tr"); a lost letter may be any. */
static bool is_short_form(const struct token *t)
{
    if (t->is_number || t->fold.n > 3)
        return false;
    for (size_t i = 0; i < t->fold.n && t->fold.n > 1; i++)
        if (strchr("aeiouy?", t->fold.p[i]))
            return false;
    return true;
}

/* "Ng. Gia Tự", "D. Đình Nghệ", "Ông Ích Đ.": each word is the name's word or the start of it, one is whole.
 */
static bool is_abbreviation(const struct finder *f, const struct street_alias *alias, int from, int to)
{
    struct slice rest = alias->fold;
    bool is_street = is_street_word(&f->t->t[from]) && !is_short_form(&f->t->t[from + 1]);
    int whole = 0, least = is_street ? 2 : 1; /* "Đ. Đinh" is Đường Đinh … */
    for (int i = from; i < to; i++) {
        struct slice word = f->t->t[i].fold, known = fold_word(&rest);
        bool is_whole = slice_equal(word, known);
        bool is_start = is_short_form(&f->t->t[i]) && (word.p[0] == '?' || slice_starts(known, word));
        if (!is_whole && !is_start)
            return false;
        whole += is_whole && word.n >= 2 && !f->t->t[i].is_number;
    }
    return whole >= least;
}

static void abbreviated(struct finder *f, int from, int to)
{
    bool is_short = false;
    for (int i = from; i < to; i++)
        is_short |= is_short_form(&f->t->t[i]);
    for (uint32_t i = 0; is_short && i < f->s->index->count; i++) {
        const struct street_alias *alias = &f->s->index->aliases[i];
        struct street_match m = {.from = from, .to = to, .way = WAY_ABBREVIATED};
        if (alias->words == to - from && !alias->is_initials && !alias->is_bare &&
            is_abbreviation(f, alias, from, to))
            take(f, i, m);
    }
}

/* A single consonant is an initial; a single vowel has lost its consonant ("ê Lợi"). */
static bool has_initial(const struct tokens *t, int from, int to)
{
    for (int i = from; i < to; i++)
        if (!t->t[i].is_number && t->t[i].fold.n == 1 && !strchr("aeiouy", t->t[i].fold.p[0]))
            return true;
    return false;
}

static void near_at(struct finder *f, int from)
{
    bool has_lost = false;
    for (int to = from + 1; to <= f->t->count && to - from <= WINDOW_MAX; to++) {
        if (to - 1 > from && !is_joint(f->t, to - 1))
            return;
        has_lost |= memchr(f->t->t[to - 1].fold.p, '?', f->t->t[to - 1].fold.n) != NULL;
        buf_reset(&f->key);
        street_key(f->t, from, to, &f->key);
        if (f->key.n > SPELL_MAX || is_cut_number(f->t, from, to))
            continue;
        bool is_slip = !has_initial(f->t, from, to); /* single letters are abbreviations */
        if (is_slip && has_lost)
            lost_key(f, from, to);
        else if (is_slip)
            near_key(f, from, to);
        if (to - from >= 2)
            abbreviated(f, from, to);
    }
}

/* A name as written that stands where a street stands needs no second look. */
bool street_is_sure(const struct street_matches *out)
{
    const struct street_match *best = &out->m[0];
    return out->count > 0 && best->way == WAY_EXACT && !best->is_extended && best->mark_differs == 0 &&
           best->tone_differs == 0 && (best->has_number || best->has_street_word || best->starts_part);
}

void street_find(const struct street_search *search, bool is_fuzzy, struct street_matches *out)
{
    struct finder f = {.s = search, .t = search->tokens, .out = out, .relation_at = -1};
    out->count = 0;
    for (int i = f.t->count; i-- > 0;)
        if (f.t->t[i].label == LABEL_RELATION)
            f.relation_at = i;
    for (int from = 0; from < f.t->count; from++)
        if (is_free(f.t, from))
            exact_at(&f, from);
    drop_contained(out);
    for (int from = 0; is_fuzzy && !street_is_sure(out) && from < f.t->count; from++)
        if (is_likely_start(&f, from))
            near_at(&f, from);
    buf_release(&f.key);
}
