/* Number and alleys: the grammar G1-G11 of Vietnamese house numbers by recursive descent, without regular
 * expressions.
 *
 *   run     := group { [sign] group }          "12 kiệt 45", "kiệt 45 số 12", "H12/7 K338"
 *   group   := element { "/" element }         "K19/H14/29", "45/12"
 *   element := [keyword] number [suffix]       "K45", "số 12A", "478A2", "15 bis"
 *
 * Law: outermost first in the result. Kiệt and ngõ stand on the street, hẻm and ngách inside them, the house
 * last; a path in front of a written ngõ is read from the inside (Hà Nội), every other path from the outside
 * (Đà Nẵng). */
#include "import/address.h"

#include "layers/text.h"

#include <stdio.h>
#include <string.h>

enum element_kind { KIND_BARE, KIND_HOUSE, KIND_KIET, KIND_HEM, KIND_NGO, KIND_NGACH, KIND_LOT };
enum { ELEMENT_MAX = 16, RANGE_MOST = 20 };

struct element {
    enum element_kind kind;
    struct level level;
    int range_to;
    int group;    /* elements joined by "/" share it */
    int from, to; /* tokens, keyword and suffix included */
};

struct run {
    struct tokens *t;
    struct element e[ELEMENT_MAX];
    int count, groups;
    int limit; /* tokens from here on belong to the street */
    bool is_unclear;
    bool is_in_ngo; /* the street itself is called "ngõ Trại Cá" */
};

static bool is_one_of(const struct token *t, const char *const words[], size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (token_is(t, words[i]))
            return true;
    return false;
}

bool is_street_word(const struct token *t)
{
    if (t->is_number)
        return false;
    if (t->has_marks)
        return slice_equal(t->marks, SLICE("đường")) || slice_equal(t->marks, SLICE("đ")) ||
               slice_equal(t->marks, SLICE("phố")) || slice_equal(t->marks, SLICE("đg"));
    static const char *const PLAIN[] = {"duong", "pho", "d", "dg", "dgg", "street", "str", "?"};
    if (memchr(t->fold.p, '?', t->fold.n) && t->fold.n > 1)
        return t->fold.p[0] == '?' &&
               token_is(t, "duong"); /* a d that is left is no đ; "??" may be anybody */
    return is_one_of(t, PLAIN, COUNT_OF(PLAIN)) &&
           (t->fold.n > 1 || t->has_blank || t->sign || t->start == 0);
}

static const struct token *next_of(const struct tokens *t, int i)
{
    return i + 1 < t->count ? &t->t[i + 1] : NULL;
}

/* What kind of number the word at i announces; false when it is no such word. */
static bool keyword_at(const struct tokens *t, int i, enum element_kind *kind)
{
    static const char *const HOUSE[] = {"so", "nha", "sn", "no"};
    const struct token *w = &t->t[i], *next = next_of(t, i);
    bool meets_number = next && next->is_number && next->sign != ',' && next->sign != '/';
    *kind = KIND_BARE;
    if (w->is_number)
        return false;
    if (is_one_of(w, HOUSE, COUNT_OF(HOUSE)) &&
        (!w->has_marks || slice_equal(w->marks, SLICE("số")) || slice_equal(w->marks, SLICE("nhà"))))
        *kind = KIND_HOUSE;
    else if (token_is(w, "kiet") || (token_is(w, "k") && meets_number))
        *kind = KIND_KIET;
    else if (token_is(w, "hem") || (token_is(w, "h") && meets_number))
        *kind = KIND_HEM;
    else if ((token_is(w, "ngo") || token_is(w, "ng")) &&
             (meets_number || slice_equal(w->marks, SLICE("ngõ"))))
        *kind = KIND_NGO;
    else if (token_is(w, "ngach"))
        *kind = KIND_NGACH;
    else if (token_is(w, "lo") && (!w->has_marks || slice_equal(w->marks, SLICE("lô"))))
        *kind = KIND_LOT;
    return *kind != KIND_BARE;
}

static bool is_connector(const struct token *t)
{
    static const char *const WORDS_BETWEEN[] = {"va", "den"};
    return is_one_of(t, WORDS_BETWEEN, COUNT_OF(WORDS_BETWEEN));
}

/* Letters behind a number that belong to it: how many tokens. "A", "a", "A2", "bis", "B bis". */
static int suffix_length(const struct tokens *t, int number)
{
    int i = number + 1, n = 0;
    const struct token *w = i < t->count ? &t->t[i] : NULL;
    if (w == NULL || w->is_number || w->label != LABEL_FREE || w->sign || is_street_word(w))
        return 0;
    enum element_kind kind;
    bool is_bis = token_is(w, "bis") || token_is(w, "ter");
    bool is_glued = !w->has_blank && w->fold.n <= 2 && !keyword_at(t, i, &kind);
    const struct token *next = next_of(t, i);
    bool is_apart = w->has_blank && !w->has_marks && w->fold.n == 1 && strchr("abcefg", w->fold.p[0]) &&
                    (next == NULL || !next->is_number || next->sign || next->has_blank);
    if (!is_bis && !is_glued && !is_apart)
        return 0;
    n = 1;
    if (is_glued && next && next->is_number && !next->has_blank && !next->sign)
        n++;
    else if (!is_bis && next && (token_is(next, "bis") || token_is(next, "ter")))
        n++;
    return n;
}

static void add_suffix(struct level *level, const struct token *t)
{
    size_t had = strlen(level->suffix);
    for (size_t i = 0; i < t->fold.n && had + 1 < SUFFIX_MAX; i++)
        level->suffix[had++] =
            (char)(t->fold.p[i] >= 'a' && t->fold.p[i] <= 'z' ? t->fold.p[i] - 32 : t->fold.p[i]);
    level->suffix[had] = 0;
}

/* A letter glued in front of a number that is no K or H: "A7", "B2" are lots. */
static bool is_lot_letter(const struct tokens *t, int i)
{
    const struct token *next = next_of(t, i);
    return !t->t[i].is_number && t->t[i].fold.n == 1 && next && next->is_number && !next->has_blank &&
           !next->sign && !token_is(&t->t[i], "k") && !token_is(&t->t[i], "h");
}

static bool is_suffix_of_before(const struct tokens *t, int i, int from)
{
    for (int number = i - 1; number >= from && number >= i - 2; number--)
        if (t->t[number].is_number && number + suffix_length(t, number) >= i)
            return true;
    return false;
}

static bool reads_as_number(const struct tokens *t, int i, int from)
{
    enum element_kind kind;
    const struct token *w = &t->t[i];
    if (w->label != LABEL_FREE)
        return false;
    if (w->is_number)
        return w->value >= 0;
    return keyword_at(t, i, &kind) || is_lot_letter(t, i) || is_connector(w) ||
           is_suffix_of_before(t, i, from);
}

static bool has_number_in(const struct tokens *t, int from, int to)
{
    for (int i = from; i < to; i++)
        if (t->t[i].is_number && t->t[i].label == LABEL_FREE)
            return true;
    return false;
}

int address_number_before(const struct tokens *t, int from)
{
    int at = from;
    while (at > 0 && is_street_word(&t->t[at - 1]) && t->t[at - 1].label == LABEL_FREE)
        at--;
    int first = from;
    while (at > 0) {
        enum token_label what = t->t[at - 1].label;
        bool is_skipped =
            what == LABEL_NOTE || what == LABEL_GROUP || what == LABEL_IGNORED || what == LABEL_WARD;
        if (!is_skipped && !reads_as_number(t, at - 1, 0))
            break;
        at--;
        if (!is_skipped)
            first = at;
    }
    while (first < from && is_connector(&t->t[first]))
        first++;
    return has_number_in(t, first, from) ? first : from;
}

int address_number_after(const struct tokens *t, int to)
{
    int at = to;
    while (at < t->count && t->t[at].label == LABEL_FREE && !is_connector(&t->t[at]) &&
           reads_as_number(t, at, to))
        at++;
    return has_number_in(t, to, at) ? at : to;
}

/* Whether number b goes on from the element before it: "45-47", "59, 61", "1+2". */
static bool is_range(const struct element *before, const struct token *b, bool is_connected)
{
    int last = before->range_to ? before->range_to : before->level.number;
    bool is_sign = b->sign == '-' || b->sign == '+' || b->sign == ',' || is_connected;
    bool is_house = before->kind == KIND_BARE || before->kind == KIND_HOUSE;
    return is_sign && is_house && b->value > last && b->value - last <= RANGE_MOST;
}

/* The number at token i, announced by `kind`; its keyword began at `from`. Gives the token behind it. */
static int read_element(struct run *r, int i, enum element_kind kind, int from, bool is_connected)
{
    const struct token *t = &r->t->t[i];
    struct element *before = r->count ? &r->e[r->count - 1] : NULL;
    int end = i + 1 + suffix_length(r->t, i);
    if (end > r->limit)
        end = i + 1;
    if (before && kind == KIND_BARE && is_range(before, t, is_connected)) {
        before->range_to = t->value;
        before->to = end;
        return end;
    }
    if (r->count == ELEMENT_MAX)
        return end;
    struct element *e = &r->e[r->count++];
    *e = (struct element){.kind = kind, .level = {.number = t->value}, .from = from, .to = end};
    for (int k = i + 1; k < end; k++)
        add_suffix(&e->level, &r->t->t[k]);
    bool is_alley_dash = before && t->sign == '-' && kind == KIND_BARE &&
                         (before->kind == KIND_KIET || before->kind == KIND_HEM);
    bool is_joined = before && (r->t->t[from].sign == '/' || is_alley_dash);
    if (before && t->sign == '-' && kind == KIND_BARE && !is_alley_dash && before->kind != KIND_LOT)
        r->is_unclear = true;
    r->groups += !is_joined;
    e->group = r->groups;
    return end;
}

static void read_run(struct run *r, int from, int to)
{
    enum element_kind pending = KIND_BARE, kind;
    int start = -1;
    bool is_connected = false;
    r->limit = to;
    for (int i = from; i < to;) {
        const struct token *t = &r->t->t[i];
        start = start < 0 ? i : start;
        if (t->label != LABEL_FREE) {
            start = -1;
            i++;
        } else if (t->is_number) {
            i = read_element(r, i, pending, start, is_connected);
            pending = KIND_BARE;
            start = -1;
            is_connected = false;
        } else {
            is_connected |= is_connector(t);
            if (is_lot_letter(r->t, i) && pending != KIND_LOT)
                pending = KIND_LOT;
            else if (keyword_at(r->t, i, &kind))
                pending = pending == KIND_BARE || kind != KIND_HOUSE ? kind : pending;
            i++;
        }
    }
    r->is_in_ngo |= pending == KIND_NGO || pending == KIND_NGACH;
}

/* --- from elements to levels --- */

static int rank(enum element_kind kind)
{
    if (kind == KIND_KIET || kind == KIND_NGO)
        return 0;
    return kind == KIND_HEM || kind == KIND_NGACH ? 1 : 2;
}

static bool is_alley(enum element_kind kind)
{
    return rank(kind) < 2;
}

static const struct element *group_head(const struct run *r, int group)
{
    for (int i = 0; i < r->count; i++)
        if (r->e[i].group == group)
            return &r->e[i];
    return NULL;
}

static bool has_kind(const struct run *r, enum element_kind kind)
{
    for (int i = 0; i < r->count; i++)
        if (r->e[i].kind == kind)
            return true;
    return false;
}

/* The group that holds the house: said to be one, else the one next to the street. 0 when there is none. */
static int house_group(const struct run *r, bool is_before)
{
    int found = 0, said = 0;
    for (int group = 1; group <= r->groups; group++) {
        enum element_kind kind = group_head(r, group)->kind;
        if (kind == KIND_HOUSE && said == 0)
            said = group;
        if (kind == KIND_BARE && (found == 0 || is_before))
            found = group;
    }
    return said ? said : found;
}

static void push_group(const struct run *r, int group, struct element *out, int *n)
{
    int first = *n;
    for (int i = 0; i < r->count; i++)
        if (r->e[i].group == group)
            out[(*n)++] = r->e[i];
    bool has_ngo = r->is_in_ngo || has_kind(r, KIND_NGO) || has_kind(r, KIND_NGACH);
    bool is_inside_out = !is_alley(out[first].kind) && *n - first > 1 && has_ngo;
    for (int i = first, k = *n - 1; is_inside_out && i < k; i++, k--) {
        struct element swapped = out[i];
        out[i] = out[k];
        out[k] = swapped;
    }
}

/* Elements from the outside in; what is left out stays unread. */
static int arrange(const struct run *r, bool is_before, struct element *out)
{
    int n = 0, house = house_group(r, is_before);
    for (int level = 0; level < 2; level++)
        for (int group = 1; group <= r->groups; group++)
            if (rank(group_head(r, group)->kind) == level)
                push_group(r, group, out, &n);
    if (house)
        push_group(r, house, out, &n);
    return n;
}

static void label_element(struct tokens *t, const struct element *e, enum token_label what)
{
    for (int i = e->from; i < e->to; i++)
        if (t->t[i].label == LABEL_FREE)
            t->t[i].label = what;
}

static void write_levels(struct tokens *t, const struct element *e, int n, struct address *out)
{
    bool has_house = n > 0 && !is_alley(e[n - 1].kind);
    int alleys = has_house ? n - 1 : n;
    out->chain_count = 0;
    for (int i = 0; i < alleys && i < LEVEL_MAX; i++) {
        out->chain[out->chain_count++] = e[i].level;
        label_element(t, &e[i], LABEL_ALLEY);
    }
    out->has_number = has_house;
    if (!has_house)
        return;
    out->number = e[n - 1].level;
    out->range_to = e[n - 1].range_to;
    label_element(t, &e[n - 1], LABEL_NUMBER);
}

/* "Lô A7", "L1004A": the letters and digits without the word before them. */
static size_t add_lot(const struct tokens *t, const struct element *e, char out[LOT_MAX])
{
    enum element_kind kind;
    size_t n = 0;
    for (int i = e->from; i < e->to; i++) {
        const struct token *w = &t->t[i];
        for (size_t k = 0; (w->is_number || !keyword_at(t, i, &kind)) && k < w->fold.n && n + 1 < LOT_MAX;
             k++)
            out[n++] = (char)(w->fold.p[k] >= 'a' && w->fold.p[k] <= 'z' ? w->fold.p[k] - 32 : w->fold.p[k]);
    }
    out[n] = 0;
    return n;
}

/* "Lô A7 - 478 X": lot and house; "Lô A29 - 30 X": two lots and no house. */
static void write_lot(struct run *r, struct address *out)
{
    for (int i = 0; i < r->count; i++) {
        if (r->e[i].kind != KIND_LOT)
            continue;
        out->flags |= ADDRESS_LOT;
        size_t n = add_lot(r->t, &r->e[i], out->lot);
        label_element(r->t, &r->e[i], LABEL_NOTE);
        int step = out->has_number ? out->number.number - r->e[i].level.number : 0;
        if (step > 0 && step <= 3 && r->count > i + 1 && r->t->t[r->e[i + 1].from].sign == '-') {
            snprintf(out->lot + n, LOT_MAX - n, "-%d", out->number.number);
            out->has_number = false;
        }
    }
}

static int count_kind(const struct run *r, enum element_kind kind)
{
    int n = 0;
    for (int group = 1; group <= r->groups; group++)
        n += group_head(r, group)->kind == kind;
    return n;
}

void address_number(struct tokens *t, int from, int to, struct address *out)
{
    struct run r = {.t = t};
    struct element ordered[ELEMENT_MAX];
    int first = address_number_before(t, from), end = address_number_after(t, to);
    bool is_before = first < from;
    read_run(&r, first, from);
    bool lacks_house = is_before && house_group(&r, true) == 0;
    enum element_kind kind = KIND_BARE;
    bool is_announced = end > to && (t->t[to].sign || (keyword_at(t, to, &kind) && kind == KIND_HOUSE));
    if (!is_before || (lacks_house && is_announced))
        read_run(&r, to, end);
    r.is_unclear |=
        (!is_before && count_kind(&r, KIND_BARE) > 1) ||
        (count_kind(&r, KIND_HOUSE) > 0 && count_kind(&r, KIND_HOUSE) + count_kind(&r, KIND_BARE) > 1);
    write_levels(t, ordered, arrange(&r, is_before, ordered), out);
    write_lot(&r, out);
    out->flags |= r.is_unclear ? ADDRESS_NUMBER_UNCLEAR : 0;
}

struct slice level_chain(const struct level *levels, int count, struct arena *a)
{
    struct buf b = {0};
    for (int i = 0; i < count; i++) {
        if (i)
            buf_char(&b, '/');
        buf_int(&b, levels[i].number);
        buf_text(&b, levels[i].suffix);
    }
    struct slice chain = arena_slice(a, buf_to_slice(&b));
    buf_release(&b);
    return chain;
}
