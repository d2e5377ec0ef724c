/* The Vietnamese syllable by rule: onset, nucleus, coda, tone. It says whether a word could be Vietnamese (to
 * tell one legacy encoding from another) and where the tone mark belongs. No dictionary: about 30 onsets, 60
 * nuclei, 9 codas. Inside, a letter with a hat is one upper-case ASCII letter: ă A, â B, ê E, ô O, ơ P, ư U,
 * đ D. */
#include "layers/text_private.h"

#include <string.h>

/* letter without tone, then acute, grave, hook, tilde, dot; the last column is the letter's inner name */
static const uint32_t VOWELS[][7] = {
    {'a', 0xE1, 0xE0, 0x1EA3, 0xE3, 0x1EA1, 'a'},
    {0x103, 0x1EAF, 0x1EB1, 0x1EB3, 0x1EB5, 0x1EB7, 'A'},
    {0xE2, 0x1EA5, 0x1EA7, 0x1EA9, 0x1EAB, 0x1EAD, 'B'},
    {'e', 0xE9, 0xE8, 0x1EBB, 0x1EBD, 0x1EB9, 'e'},
    {0xEA, 0x1EBF, 0x1EC1, 0x1EC3, 0x1EC5, 0x1EC7, 'E'},
    {'i', 0xED, 0xEC, 0x1EC9, 0x129, 0x1ECB, 'i'},
    {'o', 0xF3, 0xF2, 0x1ECF, 0xF5, 0x1ECD, 'o'},
    {0xF4, 0x1ED1, 0x1ED3, 0x1ED5, 0x1ED7, 0x1ED9, 'O'},
    {0x1A1, 0x1EDB, 0x1EDD, 0x1EDF, 0x1EE1, 0x1EE3, 'P'},
    {'u', 0xFA, 0xF9, 0x1EE7, 0x169, 0x1EE5, 'u'},
    {0x1B0, 0x1EE9, 0x1EEB, 0x1EED, 0x1EEF, 0x1EF1, 'U'},
    {'y', 0xFD, 0x1EF3, 0x1EF7, 0x1EF9, 0x1EF5, 'y'},
};

static const char *const ONSETS[] = {"ngh", "ch", "gh", "gi", "kh", "ng", "nh", "ph", "qu", "th",
                                     "tr",  "b",  "c",  "d",  "D",  "g",  "h",  "k",  "l",  "m",
                                     "n",   "p",  "r",  "s",  "t",  "v",  "x",  ""};
/* " x " between blanks: nuclei that end a syllable, and those a coda may follow (unmarked typing included) */
static const char OPEN_NUCLEI[] = " a e E i o O P u U y ia ya ua Ua oa oe uE uP uy uya ai ao au ay Bu By eo "
                                  "Eu iu iEu yEu oi Oi Pi ui Ui Uu uOi UPi UPu"
                                  " oai oay oao oeo uBy uyu ieu yeu uoi uou uay ue uo eu ";
static const char CLOSED_NUCLEI[] =
    " a A B e E i o O P u U y iE yE uO UP oa oA oe uB uE uyE oo uy ie ye uo ua uye ue ";
static const char *const CODAS[] = {"ch", "ng", "nh", "c", "m", "n", "p", "t"};

bool viet_split(uint32_t cp, uint32_t *letter, enum viet_tone *tone)
{
    for (size_t i = 0; i < COUNT_OF(VOWELS); i++)
        for (int t = 0; t < 6; t++)
            if (VOWELS[i][t] == cp) {
                *letter = VOWELS[i][0];
                *tone = (enum viet_tone)t;
                return true;
            }
    return false;
}

uint32_t viet_join(uint32_t letter, enum viet_tone tone)
{
    for (size_t i = 0; i < COUNT_OF(VOWELS); i++)
        if (VOWELS[i][0] == letter)
            return VOWELS[i][tone];
    return letter;
}

/* Inner name of a letter, its tone in *tone; 0 when it is no letter of Vietnamese. */
static char inner_name(uint32_t cp, enum viet_tone *tone)
{
    *tone = TONE_NONE;
    if (cp == 0x111)
        return 'D';
    for (size_t i = 0; i < COUNT_OF(VOWELS); i++)
        for (int t = 0; t < 6; t++)
            if (VOWELS[i][t] == cp) {
                *tone = (enum viet_tone)t;
                return (char)VOWELS[i][6];
            }
    return cp >= 'a' && cp <= 'z' ? (char)cp : 0;
}

/* Inner names and the one tone of a word; false with a foreign letter or two tones. */
static bool spell(const uint32_t *letters, int n, char out[SYLLABLE_MAX + 1], enum viet_tone *tone)
{
    *tone = TONE_NONE;
    for (int i = 0; i < n; i++) {
        enum viet_tone here;
        out[i] = inner_name(letters[i], &here);
        if (out[i] == 0 || (here != TONE_NONE && *tone != TONE_NONE))
            return false;
        if (here != TONE_NONE)
            *tone = here;
    }
    out[n] = 0;
    return true;
}

/* Length of the onset. The i of "gì" and "gìn" is the nucleus, that of "già" belongs to the onset. */
static size_t onset_length(const char *word)
{
    for (size_t i = 0; i < COUNT_OF(ONSETS); i++) {
        size_t n = strlen(ONSETS[i]);
        if (strncmp(word, ONSETS[i], n) != 0)
            continue;
        if (n == 2 && word[0] == 'g' && word[1] == 'i' && !strchr("aABeEoOPuU", word[2] ? word[2] : '.'))
            return 1;
        return n;
    }
    return 0;
}

static size_t coda_length(const char *rest)
{
    size_t length = strlen(rest);
    for (size_t i = 0; i < COUNT_OF(CODAS); i++) {
        size_t n = strlen(CODAS[i]);
        if (length > n && strcmp(rest + length - n, CODAS[i]) == 0)
            return n;
    }
    return 0;
}

static bool is_listed(const char *list, const char *nucleus, size_t n)
{
    char padded[SYLLABLE_MAX + 3];
    padded[0] = ' ';
    memcpy(padded + 1, nucleus, n);
    padded[n + 1] = ' ';
    padded[n + 2] = 0;
    return n > 0 && strstr(list, padded) != NULL;
}

bool viet_is_syllable(const uint32_t *letters, int n)
{
    char word[SYLLABLE_MAX + 1];
    enum viet_tone tone;
    if (n < 1 || n > SYLLABLE_MAX || !spell(letters, n, word, &tone))
        return false;
    const char *rest = word + onset_length(word);
    size_t coda = coda_length(rest), nucleus = strlen(rest) - coda;
    if (coda == 0)
        return is_listed(OPEN_NUCLEI, rest, nucleus);
    const char *end = rest + nucleus;
    bool is_stop = *end == 'c' || *end == 'p' || *end == 't';
    if (is_stop && tone != TONE_NONE && tone != TONE_ACUTE && tone != TONE_DOT)
        return false;
    if (strcmp(end, "ng") == 0 && nucleus == 1 && *rest == 'P')
        return false;
    return is_listed(CLOSED_NUCLEI, rest, nucleus);
}

/* Index of the letter that carries the tone, or -1. */
static int tone_seat(const char *word)
{
    size_t first = onset_length(word), end = strlen(word) - coda_length(word + first);
    int seat = -1;
    for (size_t i = first; i < end; i++)
        if (strchr("ABEOPU", word[i]))
            seat = (int)i;
    if (seat >= 0 || end <= first)
        return seat;
    size_t n = end - first;
    bool is_closed = word[end] != 0;
    if (n == 1 || (n == 2 && !is_closed))
        return (int)first;
    return (int)first + 1;
}

void viet_place_tone(uint32_t *letters, int n)
{
    char word[SYLLABLE_MAX + 1];
    enum viet_tone tone;
    if (n < 2 || n > SYLLABLE_MAX || !spell(letters, n, word, &tone) || tone == TONE_NONE)
        return;
    if (!viet_is_syllable(letters, n))
        return;
    int seat = tone_seat(word);
    if (seat < 0)
        return;
    for (int i = 0; i < n; i++) {
        uint32_t letter;
        enum viet_tone here;
        if (viet_split(letters[i], &letter, &here))
            letters[i] = viet_join(letter, i == seat ? tone : TONE_NONE);
    }
}

bool text_is_syllable(struct slice word)
{
    uint32_t letters[SYLLABLE_MAX];
    int n = 0;
    for (size_t at = 0; at < word.n;) {
        if (n == SYLLABLE_MAX)
            return false;
        letters[n++] = cp_lower(utf8_next(word, &at));
    }
    return viet_is_syllable(letters, n);
}

/* Next letter without tone, and its tone; 0 at the end. Blanks and digits are passed over. */
static uint32_t next_letter(struct slice text, size_t *at, enum viet_tone *tone)
{
    *tone = TONE_NONE;
    while (*at < text.n) {
        uint32_t cp = utf8_next(text, at), letter;
        if (cp == ' ' || (cp >= '0' && cp <= '9'))
            continue;
        return viet_split(cp, &letter, tone) ? letter : cp;
    }
    return 0;
}

static uint32_t plain(uint32_t letter)
{
    if (letter == 0x111)
        return 'd';
    if (letter == 0x103 || letter == 0xE2)
        return 'a';
    if (letter == 0xEA)
        return 'e';
    if (letter == 0xF4 || letter == 0x1A1)
        return 'o';
    return letter == 0x1B0 ? 'u' : letter == 'y' ? 'i' : letter;
}

struct marks_difference text_compare_marks(struct slice typed, struct slice known)
{
    struct marks_difference d = {0, 0, 0, 0};
    size_t i = 0, k = 0;
    for (;;) {
        enum viet_tone tone_a, tone_b;
        uint32_t a = next_letter(typed, &i, &tone_a), b = next_letter(known, &k, &tone_b);
        if (a == 0 || b == 0 || plain(a) != plain(b))
            return d;
        bool is_bare = tone_a == TONE_NONE && plain(a) == (a == 'y' ? 'i' : a);
        bool same_letter = a == b || (plain(a) == 'i' && plain(b) == 'i');
        if (is_bare && (!same_letter || tone_b != TONE_NONE))
            d.missing++;
        else if (!same_letter && (plain(a) != a || tone_a != tone_b))
            d.letters++;
        else if (!same_letter)
            d.missing++;
        else if (tone_a != tone_b) {
            bool is_heard = (tone_a == TONE_HOOK && tone_b == TONE_TILDE) ||
                            (tone_a == TONE_TILDE && tone_b == TONE_HOOK);
            d.tones++;
            d.apart += !is_heard && tone_a != TONE_NONE;
        }
    }
}

static bool is_lost(uint32_t cp)
{
    return cp == '?' || cp == TEXT_BAD;
}

/* Whether Windows-1252 holds this letter with this tone, so that it cannot have been lost on the way through.
 */
static bool is_western(uint32_t letter, enum viet_tone tone)
{
    static const char *const TONES[] = {
        [TONE_NONE] = "\xE2\xEA\xF4", [TONE_ACUTE] = "aeiouy", [TONE_GRAVE] = "aeiou", [TONE_TILDE] = "ao"};
    bool is_listed = (size_t)tone < COUNT_OF(TONES) && TONES[tone] != NULL;
    return is_listed && letter < 0x100 && strchr(TONES[tone], (char)letter) != NULL;
}

/* A letter written as one character: whole or one '?'. */
static bool fits_whole(uint32_t typed, enum viet_tone typed_tone, uint32_t known, enum viet_tone tone,
                       bool shows_marks)
{
    bool has_mark = tone != TONE_NONE || plain(known) != (known == 'y' ? 'i' : known);
    if (is_lost(typed))
        return has_mark && !(shows_marks && is_western(known, tone));
    bool same_letter = typed == known || (plain(typed) == 'i' && plain(known) == 'i');
    return same_letter && typed_tone == tone;
}

static bool fits_composed(struct slice typed, struct slice known, bool shows_marks)
{
    for (size_t i = 0, k = 0;;) {
        enum viet_tone tone_a, tone_b;
        uint32_t a = next_letter(typed, &i, &tone_a), b = next_letter(known, &k, &tone_b);
        if (a == 0 || b == 0)
            return a == b;
        if (!fits_whole(a, tone_a, b, tone_b, shows_marks))
            return false;
    }
}

/* A letter written as its plain form and its marks behind it: each mark is one '?'; đ has no such form. */
static bool fits_decomposed(struct slice typed, struct slice known)
{
    for (size_t i = 0, k = 0;;) {
        enum viet_tone tone_a, tone_b;
        uint32_t a = next_letter(typed, &i, &tone_a), b = next_letter(known, &k, &tone_b);
        if (a == 0 || b == 0)
            return a == b;
        int marks = (b != 0x111 && b != 'y' && plain(b) != b) + (tone_b != TONE_NONE);
        bool is_base = b == 0x111 ? is_lost(a) : plain(a) == plain(b) && tone_a == TONE_NONE;
        for (; is_base && marks > 0; marks--)
            is_base = is_lost(next_letter(typed, &i, &tone_a));
        if (!is_base)
            return false;
    }
}

bool text_fits_lost(struct slice typed, struct slice known)
{
    return fits_composed(typed, known, text_has_marks(typed)) || fits_decomposed(typed, known);
}
