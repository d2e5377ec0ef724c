/* Tokens of an address: words, numbers, and the sign that stands before each. "K45/12Lê" is K, 45, /12, Lê.
 * First station of the address; its law: every token knows its bytes in the cleaned text, so that a clerk can
 * be shown what was read as what. A letter lost to "?" stays in its word as '?'. */
#include "import/address.h"

#include "layers/text.h"

#include <string.h>

/* CLASS_WIDE: letters beyond ASCII, of either case */
enum char_class { CLASS_BLANK, CLASS_SIGN, CLASS_DIGIT, CLASS_LETTER, CLASS_UPPER, CLASS_WIDE, CLASS_LOST };

/* length of the UTF-8 character at p */
static size_t char_length(struct slice text, size_t at)
{
    unsigned char c = (unsigned char)text.p[at];
    size_t n = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    return at + n <= text.n ? n : text.n - at;
}

static bool is_lost_letter(struct slice text, size_t at)
{
    return text.p[at] == '?' || (text.n - at >= 3 && memcmp(text.p + at, "\xEF\xBF\xBD", 3) == 0);
}

/* U+2010..U+2015 and the minus sign */
static bool is_dash(struct slice text, size_t at)
{
    if (text.n - at < 3)
        return text.p[at] == '-';
    unsigned char c = (unsigned char)text.p[at + 2];
    return text.p[at] == '-' || (memcmp(text.p + at, "\xE2\x80", 2) == 0 && c >= 0x90 && c <= 0x95) ||
           memcmp(text.p + at, "\xE2\x88\x92", 3) == 0;
}

static enum char_class class_of(struct slice text, size_t at)
{
    unsigned char c = (unsigned char)text.p[at];
    if (is_lost_letter(text, at))
        return CLASS_LOST;
    if (c == ' ')
        return CLASS_BLANK;
    if (c >= '0' && c <= '9')
        return CLASS_DIGIT;
    if (c >= 'A' && c <= 'Z')
        return CLASS_UPPER;
    if (c >= 'a' && c <= 'z')
        return CLASS_LETTER;
    /* beyond ASCII: quotes, dashes and other marks of U+2000..U+2BFF are signs, Latin letters and all scripts
     * words */
    if (c < 0xC3 || c == 0xE2)
        return CLASS_SIGN;
    return CLASS_WIDE;
}

static char sign_at(struct slice text, size_t at)
{
    char c = text.p[at];
    if (is_dash(text, at))
        return '-';
    if (c == '/' || c == '\\')
        return '/';
    if (strchr(",;()[]|", c))
        return ',';
    if (c == '+' || c == '&')
        return '+';
    return c == ':' || c == '.' ? c : 0;
}

static int sign_strength(char sign)
{
    static const char ORDER[] = ".:+-,/"; /* weakest first */
    const char *at = sign ? strchr(ORDER, sign) : NULL;
    return at ? (int)(at - ORDER) + 1 : 0;
}

/* Whether the token under way ends before the character of class `next`. A capital behind small letters
 * starts a new word: "Lê LợiP. Hòa Cường"; behind one small letter alone it is a slip of two fingers: "hPan".
 */
static bool is_break(enum char_class now, enum char_class next, bool is_slip)
{
    bool is_word_now = now >= CLASS_LETTER, is_word_next = next >= CLASS_LETTER;
    if (is_word_now != is_word_next)
        return true;
    return now == CLASS_LETTER && next == CLASS_UPPER && !is_slip;
}

static int number_value(struct slice digits)
{
    int64_t v;
    return digits.n <= 6 && slice_to_int(digits, &v) ? (int)v : -1;
}

typedef void fold_text(struct slice in, struct buf *out);

/* The fold of a word in which letters are lost: each stands as '?'. */
static void fold_lost(struct slice word, fold_text *fold, struct buf *out)
{
    size_t start = 0;
    for (size_t at = 0; at <= word.n;) {
        bool is_lost = at < word.n && is_lost_letter(word, at);
        if (!is_lost && at < word.n) {
            at += char_length(word, at);
            continue;
        }
        fold((struct slice){word.p + start, at - start}, out);
        if (is_lost)
            buf_char(out, '?');
        at += at < word.n ? char_length(word, at) : 1;
        start = at;
    }
}

struct scanner {
    struct tokens *out;
    struct arena *arena;
    struct buf scratch;
    char sign;
    bool has_blank;
};

static void add_token(struct scanner *s, size_t start, size_t end, bool is_lost)
{
    struct tokens *out = s->out;
    struct slice raw = {out->text.p + start, end - start};
    if (out->count == TOKEN_MAX) {
        out->is_cut = true;
        return;
    }
    struct token *t = &out->t[out->count];
    memset(t, 0, sizeof *t);
    buf_reset(&s->scratch);
    if (is_lost)
        fold_lost(raw, text_fold, &s->scratch);
    else
        text_fold(raw, &s->scratch);
    size_t folded = s->scratch.n;
    if (folded == 0)
        return;
    t->is_number = raw.p[0] >= '0' && raw.p[0] <= '9';
    t->has_marks = !t->is_number && text_has_marks(raw);
    if (t->has_marks && is_lost)
        fold_lost(raw, text_fold_marks, &s->scratch);
    else if (t->has_marks)
        text_fold_marks(raw, &s->scratch);
    struct slice kept = arena_slice(s->arena, buf_to_slice(&s->scratch));
    t->fold = (struct slice){kept.p, folded};
    t->marks = t->has_marks ? (struct slice){kept.p + folded, kept.n - folded} : t->fold;
    t->value = t->is_number ? number_value(raw) : -1;
    t->start = (uint32_t)start;
    t->end = (uint32_t)end;
    t->sign = s->sign;
    t->has_blank = s->has_blank;
    out->has_marks |= t->has_marks;
    out->has_lost |= is_lost;
    out->count++;
    s->sign = 0;
    s->has_blank = false;
}

static size_t scan_token(struct scanner *s, size_t start)
{
    struct slice text = s->out->text;
    enum char_class now = class_of(text, start);
    bool is_lost = now == CLASS_LOST;
    bool is_slip = now == CLASS_LETTER && strchr("kpqfd", text.p[start]) == NULL; /* "k45", "pHòa" */
    size_t at = start + char_length(text, start);
    while (at < text.n) {
        enum char_class next = class_of(text, at);
        if (next <= CLASS_SIGN || is_break(now, next, is_slip && at == start + 1))
            break;
        is_lost |= next == CLASS_LOST;
        now = next;
        at += char_length(text, at);
    }
    add_token(s, start, at, is_lost);
    return at;
}

void tokens_read(struct slice cleaned, struct arena *a, struct tokens *out)
{
    struct scanner s = {.out = out, .arena = a};
    out->text = cleaned;
    out->count = 0;
    out->has_marks = out->has_lost = out->is_cut = false;
    for (size_t at = 0; at < cleaned.n;) {
        enum char_class c = class_of(cleaned, at);
        if (c > CLASS_SIGN) {
            at = scan_token(&s, at);
            continue;
        }
        char sign = c == CLASS_SIGN ? sign_at(cleaned, at) : 0;
        if (sign_strength(sign) > sign_strength(s.sign))
            s.sign = sign;
        s.has_blank |= c == CLASS_BLANK;
        at += char_length(cleaned, at);
    }
    buf_release(&s.scratch);
}

bool token_is(const struct token *t, const char *fold)
{
    for (size_t i = 0; i < t->fold.n; i++)
        if (fold[i] == 0 || (t->fold.p[i] != fold[i] && (t->fold.p[i] != '?' || t->fold.n == 1)))
            return false;
    return fold[t->fold.n] == 0;
}

void tokens_join(const struct tokens *t, int from, int to, struct buf *out)
{
    for (int i = from; i < to; i++)
        buf_slice(out, t->t[i].fold);
}
