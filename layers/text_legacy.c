/* Legacy encodings of one cell: Windows-1258, TCVN3 (.VnTime), VNI, UTF-8 read as Windows-1252; and text
 * typed with the input method switched off. A cell is decoded only when its words then read clearly better as
 * Vietnamese syllables. Law: the decision is per cell, since real files mix good and broken cells. */
#include "layers/text_private.h"

#include <string.h>

/* TCVN3 0xA1..0xFE, the lower-case font; capitals are the same codes in another font and cannot be told apart
 */
static const uint16_t TCVN3[] = {
    0x0102, 0x00C2, 0x00CA, 0x00D4, 0x01A0, 0x01AF, 0x0110, 0x0103, 0x00E2, 0x00EA, 0x00F4, 0x01A1,
    0x01B0, 0x0111, 0x1EB0, 0x0300, 0x0309, 0x0303, 0x0301, 0x0323, 0x00E0, 0x1EA3, 0x00E3, 0x00E1,
    0x1EA1, 0x1EB2, 0x1EB1, 0x1EB3, 0x1EB5, 0x1EAF, 0x1EB4, 0x1EAE, 0x1EA6, 0x1EA8, 0x1EAA, 0x1EA4,
    0x1EC0, 0x1EB7, 0x1EA7, 0x1EA9, 0x1EAB, 0x1EA5, 0x1EAD, 0x00E8, 0x1EC2, 0x1EBB, 0x1EBD, 0x00E9,
    0x1EB9, 0x1EC1, 0x1EC3, 0x1EC5, 0x1EBF, 0x1EC7, 0x00EC, 0x1EC9, 0x1EC4, 0x1EBE, 0x1ED2, 0x0129,
    0x00ED, 0x1ECB, 0x00F2, 0x1ED4, 0x1ECF, 0x00F5, 0x00F3, 0x1ECD, 0x1ED3, 0x1ED5, 0x1ED7, 0x1ED1,
    0x1ED9, 0x1EDD, 0x1EDF, 0x1EE1, 0x1EDB, 0x1EE3, 0x00F9, 0x1ED6, 0x1EE7, 0x0169, 0x00FA, 0x1EE5,
    0x1EEB, 0x1EED, 0x1EEF, 0x1EE9, 0x1EF1, 0x1EF3, 0x1EF7, 0x1EF9, 0x00FD, 0x1EF5};

/* Windows-1252 0x80..0x9F */
static const uint16_t CP1252[] = {0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                  0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
                                  0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                  0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

struct pair {
    uint16_t from, to;
};

/* where Windows-1258 differs from Latin-1 */
static const struct pair CP1258[] = {
    {0xC3, 0x102}, {0xCC, 0x300}, {0xD0, 0x110}, {0xD2, 0x309}, {0xD5, 0x1A0}, {0xDD, 0x1AF}, {0xDE, 0x303},
    {0xE3, 0x103}, {0xEC, 0x301}, {0xF0, 0x111}, {0xF2, 0x323}, {0xF5, 0x1A1}, {0xFD, 0x1B0}, {0xFE, 0x20AB}};

/* VNI: one code that is a whole letter */
static const struct pair VNI_LETTERS[] = {
    {0xF1, 0x111},  {0xD1, 0x110},  {0xED, 0xED},  {0xEC, 0xEC},  {0xE6, 0x1EC9}, {0xF3, 0x129},
    {0xF2, 0x1ECB}, {0xEE, 0x1EF5}, {0xCD, 0xCD},  {0xCC, 0xCC},  {0xC6, 0x1EC8}, {0xD3, 0x128},
    {0xD2, 0x1ECA}, {0xCE, 0x1EF4}, {0xF4, 0x1A1}, {0xD4, 0x1A0}, {0xF6, 0x1B0},  {0xD6, 0x1AF}};

/* VNI: the second code of a letter. hat '^' or '(' or none, then the tone */
struct vni_mark {
    uint16_t code;
    char hat;
    enum viet_tone tone;
};

static const struct vni_mark VNI_MARKS[] = {
    {0xF9, 0, TONE_ACUTE},   {0xF8, 0, TONE_GRAVE},   {0xFB, 0, TONE_HOOK},    {0xF5, 0, TONE_TILDE},
    {0xEF, 0, TONE_DOT},     {0xE2, '^', TONE_NONE},  {0xE1, '^', TONE_ACUTE}, {0xE0, '^', TONE_GRAVE},
    {0xE5, '^', TONE_HOOK},  {0xE3, '^', TONE_TILDE}, {0xE4, '^', TONE_DOT},   {0xEA, '(', TONE_NONE},
    {0xE9, '(', TONE_ACUTE}, {0xE8, '(', TONE_GRAVE}, {0xFA, '(', TONE_HOOK},  {0xFC, '(', TONE_TILDE},
    {0xEB, '(', TONE_DOT}};

static uint32_t pair_find(const struct pair *pairs, size_t n, uint32_t from)
{
    for (size_t i = 0; i < n; i++)
        if (pairs[i].from == from)
            return pairs[i].to;
    return 0;
}

/* Next code of a text that is bytes, or those bytes read as Latin-1 and then written as UTF-8. */
static uint32_t next_code(struct slice in, size_t *at, bool is_utf8)
{
    return is_utf8 ? utf8_next(in, at) : (unsigned char)in.p[(*at)++];
}

/* Quotes, dashes and the like come from the word processor and mean the same in each encoding. */
static bool is_plain(uint32_t cp)
{
    return cp < 0x80 || (cp >= 0x2010 && cp <= 0x2026) || cp == 0xA0;
}

static bool decode_tcvn3(struct slice in, bool is_utf8, struct buf *out)
{
    for (size_t at = 0; at < in.n;) {
        uint32_t code = next_code(in, &at, is_utf8);
        if (code >= 0xA1 && code <= 0xFE)
            utf8_add(out, TCVN3[code - 0xA1]);
        else if (is_plain(code))
            utf8_add(out, code);
        else
            return false;
    }
    return true;
}

static bool decode_cp1258(struct slice in, bool is_utf8, struct buf *out)
{
    for (size_t at = 0; at < in.n;) {
        uint32_t code = next_code(in, &at, is_utf8);
        uint32_t to = pair_find(CP1258, COUNT_OF(CP1258), code);
        if (!is_utf8 && code >= 0x80 && code < 0xA0)
            to = CP1252[code - 0x80];
        if (to == 0 && code > 0xFF && !is_plain(code))
            return false;
        utf8_add(out, to ? to : code);
    }
    return true;
}

/* a, e, o with a VNI hat in Unicode, same case; 0 when the letter takes no such hat */
static uint32_t with_hat(uint32_t letter, char hat)
{
    static const uint16_t ROUND[][2] = {{'a', 0xE2}, {'e', 0xEA}, {'o', 0xF4}};
    uint32_t lower = cp_lower(letter), found = 0;
    if (hat == '(')
        found = lower == 'a' ? 0x103 : 0;
    for (size_t i = 0; hat == '^' && i < COUNT_OF(ROUND); i++)
        if (ROUND[i][0] == lower)
            found = ROUND[i][1];
    return found && letter != lower ? cp_upper(found) : found;
}

static uint32_t with_tone(uint32_t letter, enum viet_tone tone)
{
    uint32_t lower = cp_lower(letter), base;
    enum viet_tone had;
    if (!viet_split(lower, &base, &had))
        return 0;
    uint32_t joined = viet_join(base, tone);
    return letter == lower ? joined : cp_upper(joined);
}

/* The VNI letter made of a first code (already a Unicode letter) and a mark code; 0 when they do not go
 * together. */
static uint32_t vni_join(uint32_t letter, uint32_t code)
{
    uint32_t lower = cp_lower(code);
    for (size_t i = 0; i < COUNT_OF(VNI_MARKS); i++) {
        if (VNI_MARKS[i].code != lower)
            continue;
        uint32_t hatted = VNI_MARKS[i].hat ? with_hat(letter, VNI_MARKS[i].hat) : letter;
        return hatted ? with_tone(hatted, VNI_MARKS[i].tone) : 0;
    }
    return 0;
}

static bool decode_vni(struct slice in, bool is_utf8, struct buf *out)
{
    for (size_t at = 0; at < in.n;) {
        uint32_t code = next_code(in, &at, is_utf8);
        uint32_t letter = pair_find(VNI_LETTERS, COUNT_OF(VNI_LETTERS), code);
        if (letter == 0 && !is_plain(code))
            return false;
        letter = letter ? letter : code;
        size_t ahead = at;
        uint32_t joined = ahead < in.n ? vni_join(letter, next_code(in, &ahead, is_utf8)) : 0;
        if (joined)
            at = ahead;
        utf8_add(out, joined ? joined : letter);
    }
    return true;
}

/* The byte that Windows-1252 shows as this code point; -1 for none. */
static int byte_of_1252(uint32_t cp)
{
    if (cp < 0x80 || (cp >= 0xA0 && cp <= 0xFF))
        return (int)cp;
    for (int i = 0; i < 32; i++)
        if (CP1252[i] == cp)
            return 0x80 + i;
    return -1;
}

/* The letter whose UTF-8 bytes stand at `at` as Windows-1252 characters; *end is behind them. TEXT_BAD when
 * there is none. A lost no-break space after Ã is "à": spreadsheets turn it into a blank. */
static uint32_t mojibake_letter(struct slice in, size_t at, size_t *end)
{
    char bytes[4];
    size_t ends[4] = {0}, n = 0;
    while (n < 4 && at < in.n) {
        int byte = byte_of_1252(utf8_next(in, &at));
        if (byte < 0)
            break;
        bytes[n] = (char)byte;
        ends[n++] = at;
    }
    if (n >= 2 && bytes[0] == (char)0xC3 && bytes[1] == ' ')
        bytes[1] = (char)0xA0;
    size_t used = 0;
    uint32_t cp = n > 0 ? utf8_next((struct slice){bytes, n}, &used) : TEXT_BAD;
    if (cp != TEXT_BAD)
        *end = ends[used - 1];
    return cp;
}

/* What reads as UTF-8 when taken back to bytes is decoded, the rest stays: real cells mix both. */
static void decode_mojibake(struct slice in, struct buf *out)
{
    for (size_t at = 0; at < in.n;) {
        size_t end = at;
        uint32_t cp = mojibake_letter(in, at, &end);
        if (cp == TEXT_BAD)
            cp = utf8_next(in, &end);
        utf8_add(out, cp);
        at = end;
    }
}

bool text_decode(struct slice in, enum text_encoding from, struct buf *out)
{
    struct buf raw = {0};
    bool is_utf8 = text_is_utf8(in), ok = from != TEXT_MOJIBAKE || is_utf8;
    if (from == TEXT_TCVN3)
        ok = decode_tcvn3(in, is_utf8, &raw);
    else if (from == TEXT_CP1258)
        ok = decode_cp1258(in, is_utf8, &raw);
    else if (from == TEXT_VNI)
        ok = decode_vni(in, is_utf8, &raw);
    else if (from == TEXT_MOJIBAKE && ok)
        decode_mojibake(in, &raw);
    else
        buf_slice(&raw, in);
    if (ok)
        text_clean(buf_to_slice(&raw), out);
    buf_release(&raw);
    return ok;
}

struct reading {
    int good, bad; /* words with a mark that are and are not Vietnamese */
};

static void count_word(const uint32_t *word, int n, bool is_marked, struct reading *r)
{
    if (n == 0 || !is_marked)
        return;
    bool is_short_street = n == 1 && word[0] == 0x111; /* "Đ." */
    if (is_short_street || (n <= SYLLABLE_MAX && viet_is_syllable(word, n)))
        r->good++;
    else
        r->bad++;
}

/* A word ends at ASCII punctuation, digits, blanks, and at quotes and dashes; any other sign is part of it.
 */
static struct reading read_words(struct slice in)
{
    struct reading r = {0, 0};
    uint32_t word[SYLLABLE_MAX + 1];
    int n = 0;
    bool is_marked = false;
    for (size_t at = 0; at < in.n;) {
        uint32_t cp = cp_lower(utf8_next(in, &at));
        bool is_end =
            cp < 0x80 ? !cp_is_letter(cp) : (cp >= 0x2010 && cp <= 0x2026) || cp == 0xA0 || cp == 0xFEFF;
        if (is_end) {
            count_word(word, n, is_marked, &r);
            n = 0;
            is_marked = false;
            continue;
        }
        is_marked |= cp >= 0x80;
        if (n <= SYLLABLE_MAX)
            word[n++] = cp;
    }
    count_word(word, n, is_marked, &r);
    return r;
}

static bool is_ascii(struct slice in)
{
    for (size_t i = 0; i < in.n; i++)
        if ((unsigned char)in.p[i] >= 0x80)
            return false;
    return true;
}

/* Words may be lost on both sides (a foreign name in the cell), so the gain decides: good words count one,
 * bad ones take one away, and the change must win two. */
enum text_encoding text_detect(struct slice in)
{
    static const enum text_encoding TRIED[] = {TEXT_MOJIBAKE, TEXT_TCVN3, TEXT_VNI, TEXT_CP1258};
    if (is_ascii(in))
        return TEXT_UTF8;
    struct buf b = {0};
    text_clean(in, &b);
    struct reading now = read_words(buf_to_slice(&b));
    enum text_encoding best = TEXT_UTF8;
    int best_score = now.good - now.bad + 1;
    for (size_t i = 0; now.bad > 0 && i < COUNT_OF(TRIED); i++) {
        buf_reset(&b);
        if (!text_decode(in, TRIED[i], &b))
            continue;
        struct reading then = read_words(buf_to_slice(&b));
        int score = then.good - then.bad;
        /* mojibake turns several signs into one plain letter; fewer bad words is gain enough only with a good
         * one */
        if (score > best_score && then.good > now.good) {
            best = TRIED[i];
            best_score = score;
        }
    }
    buf_release(&b);
    return best;
}
