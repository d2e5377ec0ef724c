/* Masks: what in an address is no street and no house number gets its label before a street is looked for,
 * because "Thành phố" is one letter away from somebody's street. The words stand in address_words.def. Law: a
 * word inside an exactly written street name is never a keyword ("Nguyễn Hữu Cảnh", "Tô Hiệu"): street_cover
 * says which; explicit keywords win over names that follow them. */
#include "import/address_private.h"

#include "layers/text.h"

#include <string.h>

/* --- the phrase book --- */

static const struct {
    const char *phrase;
    enum mask_action action;
    bool is_shy;
} WORDS_TABLE[] = {
#define SHY                        true
#define BOLD                       false
#define WORDS(phrase, action, shy) {phrase, MASK_##action, shy},
#include "import/address_words.def"
#undef WORDS
#undef SHY
#undef BOLD
};

static void split_phrase(struct phrase *p, const char *text, struct arena *a)
{
    struct slice rest = slice_of(text), word;
    while (p->words < PHRASE_WORDS && rest.n > 0) {
        size_t n = 0;
        while (n < rest.n && rest.p[n] != ' ' && rest.p[n] != '/')
            n++;
        word = (struct slice){rest.p, n};
        struct buf marks = {0};
        text_fold_marks(word, &marks);
        p->marks[p->words] = arena_slice(a, buf_to_slice(&marks));
        buf_release(&marks);
        p->fold[p->words++] = slice_of(arena_text(a, text_fold_in(a, word)));
        p->has_slash |= n < rest.n && rest.p[n] == '/';
        n += n < rest.n;
        rest = (struct slice){rest.p + n, rest.n - n};
    }
}

struct phrase_book *phrase_book_new(struct arena *a)
{
    struct phrase_book *book = ARENA_NEW(a, struct phrase_book);
    book->phrases = ARENA_ARRAY(a, struct phrase, COUNT_OF(WORDS_TABLE));
    book->count = (int)COUNT_OF(WORDS_TABLE);
    for (int i = 0; i < book->count; i++) {
        book->phrases[i].action = WORDS_TABLE[i].action;
        book->phrases[i].is_shy = WORDS_TABLE[i].is_shy;
        split_phrase(&book->phrases[i], WORDS_TABLE[i].phrase, a);
    }
    return book;
}

static size_t count_lost(struct slice fold)
{
    size_t n = 0;
    for (size_t i = 0; i < fold.n; i++)
        n += fold.p[i] == '?';
    return n;
}

static bool word_fits(const struct token *t, const struct phrase *p, int i)
{
    if (count_lost(t->fold) > 0)
        return t->fold.n > 1 ? token_is(t, p->fold[i].p) : p->has_slash;
    return slice_equal(t->fold, p->fold[i]) && (!t->has_marks || slice_equal(t->marks, p->marks[i]));
}

static bool starts_part(const struct token *t, int at)
{
    return at == 0 || t->sign == ',' || t->sign == '-' || t->sign == ':';
}

/* More than half of the letters must be left, or any word could be meant; only "T?" is common enough for
 * "tổ". */
static bool is_mostly_lost(const struct tokens *t, int from, int to)
{
    size_t lost = 0, all = 0;
    for (int i = from; i < to && t->has_lost; i++) {
        lost += count_lost(t->t[i].fold);
        all += t->t[i].fold.n;
    }
    return lost > 0 && 2 * lost >= all;
}

static bool is_covered(const struct mask *m, int at, const struct phrase *p)
{
    return m->covered[at] == COVER_NAME || (m->covered[at] == COVER_LETTERS && p->is_shy);
}

static bool phrase_fits(const struct phrase *p, const struct mask *m, int at)
{
    const struct tokens *t = m->tokens;
    if (at + p->words > t->count || !word_fits(&t->t[at], p, 0))
        return false;
    for (int i = 0; i < p->words; i++) {
        const struct token *token = &t->t[at + i];
        if (token->label != LABEL_FREE || is_covered(m, at + i, p) || (i > 0 && !word_fits(token, p, i)))
            return false;
        if (i > 0 && (token->sign == ',' || (token->sign == '/') != p->has_slash))
            return false;
    }
    if (p->action != MASK_GROUP && !p->has_slash && is_mostly_lost(t, at, at + p->words))
        return false;
    /* a shy word counts when its marks say so, or at the start of a part; "cho con" behind a stall */
    bool is_certain = t->t[at].has_marks && count_lost(t->t[at].fold) == 0;
    struct name_hit hit;
    if (p->action == MASK_MARKET && at > 0 && t->t[at - 1].label == LABEL_NOTE)
        is_certain |= lexicon_find(m->lexicon, t, at + p->words, 1u << NAME_MARKET, false, &hit);
    return !p->is_shy || is_certain || starts_part(&t->t[at], at);
}

static const struct phrase *phrase_at(const struct mask *m, int at)
{
    const struct phrase *best = NULL;
    const struct token *t = &m->tokens->t[at];
    bool has_lost = memchr(t->fold.p, '?', t->fold.n) != NULL;
    /* "???ng" and "ki?t" are read as the commonest word they may be */
    if (has_lost && t->fold.n > 1 && (is_street_word(t) || token_is(t, "kiet")))
        return NULL;
    for (int i = 0; i < m->book->count; i++) {
        const struct phrase *p = &m->book->phrases[i];
        bool may_fit = p->fold[0].p[0] == m->tokens->t[at].fold.p[0] || m->tokens->t[at].fold.p[0] == '?';
        if (may_fit && (best == NULL || p->words > best->words) && phrase_fits(p, m, at))
            best = p;
    }
    return best;
}

/* --- spans --- */

static void label(struct mask *m, int from, int to, enum token_label what)
{
    for (int i = from; i < to && i < m->tokens->count; i++)
        m->tokens->t[i].label = what;
}

static const struct token *token_at(const struct mask *m, int at)
{
    return at < m->tokens->count ? &m->tokens->t[at] : NULL;
}

static bool is_number_at(const struct mask *m, int at)
{
    const struct token *t = token_at(m, at);
    return t && t->is_number && t->label == LABEL_FREE && t->sign != ',';
}

/* End of a free name from `at` on: no sign but '.', no number, no keyword, no street word, at most `most`
 * words. */
static int name_end(const struct mask *m, int at, int most)
{
    int end = at;
    while (end < m->tokens->count && end < at + most) {
        const struct token *t = &m->tokens->t[end];
        bool is_cut = end > at && (t->sign == ',' || t->sign == '-' || t->sign == '/' || t->sign == ':');
        if (is_cut || t->is_number || t->label != LABEL_FREE || phrase_at(m, end) || is_street_word(t))
            break;
        end++;
    }
    return end;
}

/* End of a label like "12", "A12", "12A", "B-05" that begins at `at`; `at` itself when there is none. */
static int code_end(const struct mask *m, int at)
{
    const struct token *t = token_at(m, at);
    if (t == NULL || t->label != LABEL_FREE || t->sign == ',')
        return at;
    int end = at;
    bool has_number = false;
    while ((t = token_at(m, end)) && t->label == LABEL_FREE && (end == at || !t->has_blank) &&
           t->sign != ',') {
        if (!t->is_number && t->fold.n > 2)
            break;
        has_number |= t->is_number;
        end++;
    }
    return has_number ? end : at;
}

/* --- one function for each action: takes the phrase at [at, after) and gives the end of what it labelled ---
 */

static int mask_group(struct mask *m, int at, int after)
{
    struct name_hit hit;
    if (is_number_at(m, after)) {
        m->out->group_number = m->tokens->t[after].value;
        int end = after + 1;
        const struct token *next = token_at(m, end);
        if (next && !next->has_blank && !next->sign && next->fold.n == 1)
            end++;
        label(m, at, end, LABEL_GROUP);
        return end;
    }
    if (lexicon_find(m->lexicon, m->tokens, after, 1u << NAME_GROUP, true, &hit)) {
        m->out->group_id = hit.id;
        label(m, at, after + hit.tokens, LABEL_GROUP);
        return after + hit.tokens;
    }
    const struct token *t = &m->tokens->t[at];
    bool is_village = slice_equal(t->fold, SLICE("thon")) || slice_equal(t->fold, SLICE("ap"));
    int end = is_village ? name_end(m, after, 3) : after;
    if (end == after)
        return at;
    label(m, at, end, LABEL_NOTE);
    return end;
}

static int take_ward(struct mask *m, int at, int end, const struct name_hit *hit)
{
    m->out->has_ward = true;
    m->out->ward_id = hit->is_several && !hit->is_home ? 0 : hit->id;
    m->out->flags |= hit->edits ? ADDRESS_WARD_TYPO : 0;
    m->out->flags |= hit->kinds >> NAME_WARD & 1 ? 0 : ADDRESS_WARD_OLD;
    if (m->out->ward_id == 0 && !hit->is_several)
        m->out->flags |= ADDRESS_WARD_UNKNOWN;
    label(m, at, end, LABEL_WARD);
    return end;
}

static int mask_ward(struct mask *m, int at, int after, bool is_short)
{
    const unsigned kinds = 1u << NAME_WARD | 1u << NAME_WARD_OLD;
    struct name_hit hit;
    if (is_short && is_number_at(m, after)) { /* "P.301" is a room */
        label(m, at, after + 1, LABEL_NOTE);
        return after + 1;
    }
    if (lexicon_find(m->lexicon, m->tokens, after, kinds, !is_short, &hit))
        return take_ward(m, at, after + hit.tokens, &hit);
    bool follows_number =
        at > 0 && m->tokens->t[at - 1].is_number && m->tokens->t[at - 1].label == LABEL_FREE;
    if (is_short && follows_number)
        return at;
    if (is_short && lexicon_find(m->lexicon, m->tokens, after, kinds, true, &hit))
        return take_ward(m, at, after + hit.tokens, &hit);
    const struct phrase *name = after < m->tokens->count ? phrase_at(m, after) : NULL;
    bool is_town = name && (name->action == MASK_DISTRICT_NAME || name->action == MASK_CITY_NAME);
    int end = is_town ? after + name->words : is_number_at(m, after) ? after + 1 : name_end(m, after, 4);
    if (end == after)
        return at;
    m->out->has_ward = true;
    if (lexicon_has(m->lexicon, NAME_WARD) || lexicon_has(m->lexicon, NAME_WARD_OLD))
        m->out->flags |= ADDRESS_WARD_UNKNOWN;
    label(m, at, end, LABEL_WARD);
    return end;
}

/* "Q. Hoàng Sa" behind a sign or a masked part; "Đinh Q. Quát" is a person. */
static bool is_q_of_district(const struct mask *m, int at)
{
    const struct token *t = &m->tokens->t[at];
    return t->fold.n == 1 && (starts_part(t, at) || m->tokens->t[at - 1].label != LABEL_FREE);
}

static int mask_district(struct mask *m, int at, int after, bool is_known_only)
{
    struct name_hit hit;
    bool knows = lexicon_has(m->lexicon, NAME_DISTRICT);
    if (lexicon_find(m->lexicon, m->tokens, after, 1u << NAME_DISTRICT, !is_known_only, &hit)) {
        m->out->flags |= hit.is_home ? 0 : ADDRESS_DISTRICT_OTHER;
        label(m, at, after + hit.tokens, LABEL_IGNORED);
        return after + hit.tokens;
    }
    const struct phrase *name = after < m->tokens->count ? phrase_at(m, after) : NULL;
    int end = after;
    if (name && (name->action == MASK_DISTRICT_NAME || name->action == MASK_CITY_NAME))
        end = after + name->words;
    else if (is_number_at(m, after))
        end = after + 1;
    else if (!is_known_only && (m->tokens->t[at].has_marks || is_q_of_district(m, at)))
        end = name_end(m, after, 3);
    if (end == after || (is_known_only && is_number_at(m, after)))
        return at;
    m->out->flags |= knows ? ADDRESS_DISTRICT_OTHER : 0;
    label(m, at, end, LABEL_IGNORED);
    return end;
}

static int mask_city(struct mask *m, int at, int after)
{
    const struct phrase *name = after < m->tokens->count ? phrase_at(m, after) : NULL;
    int end = name && name->action == MASK_CITY_NAME ? after + name->words : name_end(m, after, 3);
    label(m, at, end, LABEL_IGNORED);
    return end;
}

/* ", Thanh Khê," is said of a house there, not of ours. */
static bool is_other_district(const struct mask *m, int at, int after)
{
    const struct token *next = token_at(m, after);
    struct name_hit hit;
    bool is_part = m->tokens->t[at].sign == ',' && (next == NULL || next->sign == ',');
    return is_part && lexicon_has(m->lexicon, NAME_DISTRICT) &&
           !lexicon_find(m->lexicon, m->tokens, at,
                         1u << NAME_DISTRICT | 1u << NAME_WARD | 1u << NAME_WARD_OLD, false, &hit);
}

/* "Hải Châu" without "quận": a district only where no street of that name stands here */
static int mask_name(struct mask *m, int at, int after, bool is_district)
{
    const struct token *before = at > 0 ? &m->tokens->t[at - 1] : NULL;
    bool is_after_number =
        before && before->is_number && before->label == LABEL_FREE && m->tokens->t[at].sign != ',';
    if (is_after_number || (before && is_street_word(before)))
        return at;
    if (is_district && is_other_district(m, at, after))
        m->out->flags |= ADDRESS_DISTRICT_OTHER;
    label(m, at, after, LABEL_IGNORED);
    return after;
}

static int mask_floor(struct mask *m, int at, int after)
{
    static const char *const LEVELS[] = {"tret", "ham", "lung", "mai", "thuong", "g",
                                         "mot",  "hai", "ba",   "tum", "ky"};
    const struct token *next = token_at(m, after);
    int end = code_end(m, after);
    for (size_t i = 0; next && end == after && i < COUNT_OF(LEVELS); i++)
        if (slice_equal(next->fold, slice_of(LEVELS[i])))
            end = after + 1;
    if (end == after)
        return at;
    label(m, at, end, LABEL_NOTE);
    return end;
}

static int mask_unit(struct mask *m, int at, int after)
{
    int end = code_end(m, after);
    if (end == after)
        return at;
    label(m, at, end, LABEL_NOTE);
    return end;
}

static int mask_area(struct mask *m, int at, int after)
{
    int end = name_end(m, after, 6);
    label(m, at, end, LABEL_NOTE);
    return end;
}

static int mask_cadastral(struct mask *m, int at, int after)
{
    int end = code_end(m, after);
    bool is_parcel = slice_starts(m->tokens->t[at].fold, SLICE("thua"));
    for (int i = after; i < end; i++)
        if (m->tokens->t[i].is_number && m->tokens->t[i].value > 0)
            *(is_parcel ? &m->out->parcel : &m->out->sheet) = m->tokens->t[i].value;
    m->out->flags |= ADDRESS_CADASTRAL;
    label(m, at, end, LABEL_NOTE);
    return end;
}

static int mask_phone(struct mask *m, int at, int after)
{
    int end = after;
    size_t digits = 0;
    while (end < m->tokens->count && m->tokens->t[end].is_number &&
           (digits < 9 || m->tokens->t[end].sign != ','))
        digits += m->tokens->t[end++].fold.n;
    if (end > after && digits < 6) /* "ĐT 747" is a road */
        return at;
    label(m, at, end, LABEL_IGNORED);
    return end;
}

static int mask_market(struct mask *m, int at, int after)
{
    struct name_hit hit;
    int end = after;
    if (lexicon_find(m->lexicon, m->tokens, after, 1u << NAME_MARKET, true, &hit)) {
        m->out->market_id = hit.id;
        end = after + hit.tokens;
    } else {
        end = name_end(m, after, 3);
    }
    m->out->flags |= ADDRESS_STALL;
    label(m, at, end, LABEL_MARKET);
    return end;
}

static struct slice code_text(const struct mask *m, int from, int to)
{
    struct buf code = {0}, upper = {0};
    tokens_join(m->tokens, from, to, &code);
    text_upper(buf_to_slice(&code), &upper);
    struct slice text = arena_slice(m->arena, buf_to_slice(&upper));
    buf_release(&code);
    buf_release(&upper);
    return text;
}

static int mask_stall(struct mask *m, int at, int after)
{
    int end = code_end(m, after);
    if (end == after)
        return at;
    m->out->stall = code_text(m, after, end);
    label(m, at, end, LABEL_NOTE);
    return end;
}

static int mask_flag(struct mask *m, int at, int after, unsigned flag)
{
    m->out->flags |= flag;
    label(m, at, after, LABEL_NOTE);
    return after;
}

static int mask_relation(struct mask *m, int at, int after, unsigned flag)
{
    m->out->flags |= flag;
    if (m->out->relation_at < 0)
        m->out->relation_at = at;
    label(m, at, after, LABEL_RELATION);
    return after;
}

static int mask_plain(struct mask *m, int at, int after, enum token_label what)
{
    label(m, at, after, what);
    return after;
}

static int apply(struct mask *m, const struct phrase *p, int at)
{
    int after = at + p->words;
    switch (p->action) {
    case MASK_GROUP: return mask_group(m, at, after);
    case MASK_WARD: return mask_ward(m, at, after, false);
    case MASK_WARD_SHORT: return mask_ward(m, at, after, true);
    case MASK_DISTRICT: return mask_district(m, at, after, false);
    case MASK_DISTRICT_KNOWN: return mask_district(m, at, after, true);
    case MASK_CITY: return mask_city(m, at, after);
    case MASK_CITY_NAME: return mask_name(m, at, after, false);
    case MASK_DISTRICT_NAME: return mask_name(m, at, after, true);
    case MASK_FLOOR: return mask_floor(m, at, after);
    case MASK_UNIT: return mask_unit(m, at, after);
    case MASK_BUILDING:
    case MASK_AREA: return mask_area(m, at, after);
    case MASK_CADASTRAL: return mask_cadastral(m, at, after);
    case MASK_PHONE: return mask_phone(m, at, after);
    case MASK_MARKET: return mask_market(m, at, after);
    case MASK_STALL: return mask_stall(m, at, after);
    case MASK_RELATION: return mask_relation(m, at, after, ADDRESS_RELATION);
    case MASK_CROSSING: return mask_relation(m, at, after, ADDRESS_CROSSING);
    case MASK_MOBILE: return mask_flag(m, at, after, ADDRESS_MOBILE);
    case MASK_NO_NUMBER: return mask_flag(m, at, after, ADDRESS_NO_NUMBER);
    case MASK_LABEL: return mask_plain(m, at, after, LABEL_IGNORED);
    case MASK_NOTE: return mask_plain(m, at, after, LABEL_NOTE);
    }
    return at;
}

/* "Đối diện chợ Cồn, 45 X": opposite the market stands number 45 itself. */
static void drop_market_relation(struct mask *m)
{
    const struct tokens *t = m->tokens;
    int i = m->out->relation_at;
    while (i >= 0 && i < t->count && t->t[i].label == LABEL_RELATION)
        i++;
    if (i < 0 || i >= t->count || t->t[i].label != LABEL_MARKET)
        return;
    for (; i < t->count; i++)
        if (t->t[i].label == LABEL_FREE && t->t[i].is_number) {
            m->out->relation_at = -1;
            m->out->flags &= ~(unsigned)ADDRESS_RELATION;
            return;
        }
}

/* Telephone numbers and postal codes: seven digits in one, or groups that together make nine to eleven. */
static void mask_long_numbers(struct mask *m)
{
    struct tokens *t = m->tokens;
    for (int i = 0; i < t->count; i++) {
        size_t digits = 0;
        int end = i;
        while (end < t->count && t->t[end].is_number &&
               (end == i || (t->t[end].sign != ',' && t->t[end].sign != '/')))
            digits += t->t[end++].fold.n;
        bool is_phone =
            end > i && t->t[i].fold.p[0] == '0' && digits >= 9 && digits <= 11 && t->t[i].fold.n >= 3;
        if (is_phone)
            label(m, i, end, LABEL_IGNORED);
        else if (t->t[i].is_number && t->t[i].fold.n > 4)
            label(m, i, i + 1, LABEL_IGNORED);
    }
}

static bool is_nothing(const struct tokens *t)
{
    static const char *const WORDS_OF_NOTHING[] = {
        "nt",   "nhutren", "na",          "khong", "khongco", "chuaco",      "chuaro",
        "null", "khongro", "chuaxacdinh", "x",     "ref",     "chuacapnhat", "none"};
    struct buf all = {0};
    tokens_join(t, 0, t->count, &all);
    bool is_found = all.n == 0;
    for (size_t i = 0; i < COUNT_OF(WORDS_OF_NOTHING); i++)
        is_found |= slice_equal(buf_to_slice(&all), slice_of(WORDS_OF_NOTHING[i]));
    buf_release(&all);
    return is_found;
}

static bool is_lot_word(const struct mask *m, int i)
{
    const struct token *t = &m->tokens->t[i];
    return t->label == LABEL_FREE && !m->covered[i] &&
           (slice_equal(t->fold, SLICE("lo")) || slice_equal(t->fold, SLICE("day")) ||
            slice_equal(t->fold, SLICE("khu")));
}

/* "Lô B", "dãy C2" beside a stall: a part of the market. The end of it, `at` when it is none. */
static int mask_block(struct mask *m, int at)
{
    const struct token *name = token_at(m, at + 1);
    int end = code_end(m, at + 1);
    if (end == at + 1 && name && name->label == LABEL_FREE && name->fold.n == 1 && !name->sign)
        end++;
    if (end == at + 1)
        return at;
    m->out->block = code_text(m, at + 1, end);
    label(m, at, end, LABEL_NOTE);
    return end;
}

/* In a market, "Lô 51 - 52 Đ15A chợ Cồn" is one stall: everything from the lot word up to the market. */
static void mask_market_lots(struct mask *m)
{
    struct tokens *t = m->tokens;
    int market = 0;
    while (market < t->count && t->t[market].label != LABEL_MARKET)
        market++;
    if (market > 0 && t->t[market - 1].label == LABEL_RELATION) /* "gần chợ" */
        return;
    for (int i = 0; market < t->count && i < market; i++) {
        if (!is_lot_word(m, i))
            continue;
        if (m->out->stall.n || code_end(m, i + 1) == i + 1) {
            mask_block(m, i);
            continue;
        }
        mask_stall(m, i, i + 1);
        for (int k = i; k < market; k++)
            if (t->t[k].label == LABEL_FREE && !m->covered[k])
                t->t[k].label = LABEL_NOTE;
    }
}

void address_mask(struct mask *m)
{
    struct tokens *t = m->tokens;
    m->out->relation_at = -1;
    if (is_nothing(t)) {
        m->out->flags |= ADDRESS_NOTHING;
        return;
    }
    mask_long_numbers(m);
    for (int i = 0; i < t->count;) {
        const struct phrase *p = t->t[i].label == LABEL_FREE ? phrase_at(m, i) : NULL;
        int end = p ? apply(m, p, i) : i;
        i = end > i ? end : i + 1;
    }
    mask_market_lots(m);
    drop_market_relation(m);
}

/* Behind the street: wards and districts that stand there without their keyword. */
static int bare_name(struct mask *m, int at)
{
    const unsigned kinds = 1u << NAME_WARD | 1u << NAME_WARD_OLD | 1u << NAME_DISTRICT;
    struct name_hit hit;
    if (!lexicon_find(m->lexicon, m->tokens, at, kinds, true, &hit))
        return at;
    int end = at + hit.tokens;
    bool is_ward = hit.kinds & (1u << NAME_WARD | 1u << NAME_WARD_OLD);
    if (is_ward && !m->out->has_ward)
        return take_ward(m, at, end, &hit);
    label(m, at, end, LABEL_IGNORED);
    return end;
}

void address_mask_tail(struct mask *m, int from)
{
    struct tokens *t = m->tokens;
    for (int i = from; i < t->count;) {
        int end = t->t[i].label == LABEL_FREE && !t->t[i].is_number ? bare_name(m, i) : i;
        i = end > i ? end : i + 1;
    }
    /* what stands behind "gần" says where, not which */
    if (from > 0 && m->out->relation_at >= from)
        for (int i = m->out->relation_at; i < t->count && (i == m->out->relation_at || t->t[i].sign != ',');
             i++)
            if (t->t[i].label == LABEL_FREE)
                t->t[i].label = LABEL_NOTE;
}
