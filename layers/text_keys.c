/* Text typed with the Vietnamese input method switched off: the keys themselves stand in the cell. A word is
 * decoded only when the result is a syllable with a mark; everything else stays as typed. */
#include "layers/text_private.h"

#include <string.h>

enum { WORD_MAX = 12 };

struct typed_word {
    uint32_t letters[WORD_MAX]; /* lower case */
    bool is_upper[WORD_MAX];
    int n;
    enum viet_tone tone;
    bool is_changed, is_bad;
};

static bool is_vowel(uint32_t letter)
{
    uint32_t base;
    enum viet_tone tone;
    return viet_split(letter, &base, &tone);
}

/* Last letter equal to one of `from`; replaced by its partner in `to`. */
static bool change_last(struct typed_word *w, const uint32_t *from, const uint32_t *to, int pairs)
{
    for (int i = w->n; i-- > 0;)
        for (int k = 0; k < pairs; k++)
            if (w->letters[i] == from[k]) {
                w->letters[i] = to[k];
                w->is_changed = true;
                return true;
            }
    return false;
}

/* ơ and ư, both in one for "uo" */
static bool add_horn(struct typed_word *w)
{
    static const uint32_t PLAIN[] = {'o', 'u'}, HORN[] = {0x1A1, 0x1B0};
    bool is_pair = false;
    for (int i = 1; i < w->n; i++)
        is_pair |= w->letters[i - 1] == 'u' && w->letters[i] == 'o' && !(i == 2 && w->letters[0] == 'q');
    bool is_done = change_last(w, PLAIN, HORN, 2);
    return is_done && is_pair ? change_last(w, PLAIN + 1, HORN + 1, 1) : is_done;
}

static bool add_hat(struct typed_word *w, uint32_t only)
{
    static const uint32_t PLAIN[] = {'a', 'e', 'o'}, HAT[] = {0xE2, 0xEA, 0xF4};
    for (int i = 0; i < 3; i++)
        if (only == PLAIN[i])
            return change_last(w, PLAIN + i, HAT + i, 1);
    return only == 0 && change_last(w, PLAIN, HAT, 3);
}

static bool add_breve(struct typed_word *w)
{
    static const uint32_t PLAIN[] = {'a'}, BREVE[] = {0x103};
    return change_last(w, PLAIN, BREVE, 1);
}

static bool add_bar(struct typed_word *w)
{
    static const uint32_t PLAIN[] = {'d'}, BAR[] = {0x111};
    return w->n > 0 && w->letters[0] == 'd' && change_last(w, PLAIN, BAR, 1);
}

static bool has_vowel(const struct typed_word *w)
{
    for (int i = 0; i < w->n; i++)
        if (is_vowel(w->letters[i]))
            return true;
    return false;
}

static bool add_tone(struct typed_word *w, const char *keys, uint32_t key)
{
    const char *at = key < 0x80 && key ? strchr(keys, (int)key) : NULL;
    if (at == NULL || !has_vowel(w))
        return false;
    w->is_bad |= w->tone != TONE_NONE;
    w->tone = (enum viet_tone)(at - keys + 1);
    w->is_changed = true;
    return true;
}

/* Whether the key says something about the letters before it. */
static bool press_telex(struct typed_word *w, uint32_t key)
{
    if (key == 'w')
        return add_horn(w) || add_breve(w);
    if (key == 'd')
        return add_bar(w);
    if ((key == 'a' || key == 'e' || key == 'o') && add_hat(w, key))
        return true;
    return add_tone(w, "sfrxj", key);
}

static bool press_vni(struct typed_word *w, uint32_t key)
{
    switch (key) {
    case '6': return add_hat(w, 0);
    case '7': return add_horn(w);
    case '8': return add_breve(w);
    case '9': return add_bar(w);
    default: return add_tone(w, "12345", key);
    }
}

static void press(struct typed_word *w, uint32_t cp, enum text_keys keys)
{
    uint32_t key = cp_lower(cp);
    if (keys == TEXT_TELEX ? press_telex(w, key) : press_vni(w, key))
        return;
    if (w->n == WORD_MAX || (key >= '0' && key <= '9')) {
        w->is_bad = true;
        return;
    }
    w->is_upper[w->n] = cp != key;
    w->letters[w->n++] = key;
}

/* The tone goes on any vowel first; viet_place_tone then finds its seat. */
static bool finish(struct typed_word *w)
{
    if (w->is_bad || !w->is_changed || w->n > SYLLABLE_MAX)
        return false;
    for (int i = w->n; w->tone != TONE_NONE && i-- > 0;)
        if (is_vowel(w->letters[i])) {
            w->letters[i] = viet_join(w->letters[i], w->tone);
            break;
        }
    if (w->n == 1 && w->letters[0] == 0x111) /* "Đ." */
        return true;
    viet_place_tone(w->letters, w->n);
    return viet_is_syllable(w->letters, w->n);
}

static bool is_key_letter(uint32_t cp, bool is_inside, enum text_keys keys)
{
    return cp_is_letter(cp) || (keys == TEXT_VNI_KEYS && is_inside && cp >= '1' && cp <= '9');
}

/* One word of `in` from `at`; true when it was decoded. */
static bool decode_word(struct slice in, size_t *at, enum text_keys keys, struct buf *out)
{
    struct typed_word w = {0};
    size_t start = *at;
    bool was_lower = false;
    while (*at < in.n) {
        size_t next = *at;
        uint32_t cp = utf8_next(in, &next);
        bool is_upper = cp >= 'A' && cp <= 'Z';
        if (!is_key_letter(cp, *at > start, keys) || (is_upper && was_lower))
            break;
        was_lower = !is_upper;
        w.is_bad |= cp >= 0x80;
        press(&w, cp, keys);
        *at = next;
    }
    if (!finish(&w)) {
        buf_add(out, in.p + start, *at - start);
        return false;
    }
    for (int i = 0; i < w.n; i++)
        utf8_add(out, w.is_upper[i] ? cp_upper(w.letters[i]) : w.letters[i]);
    return w.n > 1;
}

int text_decode_keys(struct slice in, enum text_keys keys, struct buf *out)
{
    int changed = 0;
    for (size_t at = 0; at < in.n;) {
        size_t next = at;
        uint32_t cp = utf8_next(in, &next);
        if (cp_is_letter(cp)) {
            changed += decode_word(in, &at, keys, out);
            continue;
        }
        buf_add(out, in.p + at, next - at);
        at = next;
    }
    return changed;
}
