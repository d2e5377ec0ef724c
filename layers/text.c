/* Vietnamese text: cleaning, the key of a text, case. First station of everything typed.
 * Law: never fails; what is no UTF-8 becomes U+FFFD. The key is made by a table of base letters (two array
 * look-ups a letter); utf8proc is asked only for what lies outside it: other scripts, loose combining marks
 * that need NFC. */
#include "layers/text_private.h"

#include <string.h>
#include <utf8proc.h>

/* base letter of U+00C0..U+024F and U+1E00..U+1EFF; '.' is none */
static const char BASE_LATIN[] = "aaaaaa.ceeeeiiiidnooooo..uuuuy..aaaaaa.ceeeeiiiidnooooo..uuuuy.y"
                                 "aaaaaaccccccccddddeeeeeeeeeegggggggghh..iiiiiiiii...jjkk.llllll."
                                 "...nnnnnn...oooooo..rrrrrrsssssssstttt..uuuuuuuuuuuuwwyyyzzzzzzs"
                                 "................................oo.............uu..............."
                                 ".............aaiioouuuuuuuuuu.aaaa....ggkkoooo..j...gg..nnaa...."
                                 "aaaaeeeeiiiioooorrrruuuusstt..hh......aaeeooooooooyy............"
                                 "................";
static const char BASE_ADDITIONAL[] = "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmm"
                                      "mmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvv"
                                      "wwwwwwwwwwxxxxyyzzzzzzhtwy.s....aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeee"
                                      "eeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy......";

static int continuation_count(unsigned char lead)
{
    if (lead >= 0xC2 && lead <= 0xDF)
        return 1;
    if (lead >= 0xE0 && lead <= 0xEF)
        return 2;
    return lead >= 0xF0 && lead <= 0xF4 ? 3 : 0;
}

uint32_t utf8_next(struct slice in, size_t *at)
{
    unsigned char lead = (unsigned char)in.p[(*at)++];
    if (lead < 0x80)
        return lead;
    int more = continuation_count(lead);
    if (more == 0 || in.n - *at < (size_t)more)
        return TEXT_BAD;
    uint32_t cp = lead & (0x3Fu >> more);
    for (int i = 0; i < more; i++) {
        unsigned char c = (unsigned char)in.p[*at + (size_t)i];
        if ((c & 0xC0) != 0x80)
            return TEXT_BAD;
        cp = cp << 6 | (c & 0x3Fu);
    }
    bool is_overlong = (more == 2 && cp < 0x800) || (more == 3 && cp < 0x10000);
    if (is_overlong || cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
        return TEXT_BAD;
    *at += (size_t)more;
    return cp;
}

void utf8_add(struct buf *out, uint32_t cp)
{
    char bytes[4];
    if (cp < 0x80) {
        buf_char(out, (char)cp);
        return;
    }
    utf8proc_ssize_t n = utf8proc_encode_char((utf8proc_int32_t)cp, (utf8proc_uint8_t *)bytes);
    buf_add(out, bytes, (size_t)n);
}

uint32_t cp_lower(uint32_t cp)
{
    if (cp < 0x80)
        return cp >= 'A' && cp <= 'Z' ? cp + 32 : cp;
    return (uint32_t)utf8proc_tolower((utf8proc_int32_t)cp);
}

uint32_t cp_upper(uint32_t cp)
{
    if (cp < 0x80)
        return cp >= 'a' && cp <= 'z' ? cp - 32 : cp;
    return (uint32_t)utf8proc_toupper((utf8proc_int32_t)cp);
}

bool cp_is_letter(uint32_t cp)
{
    if (cp < 0x80)
        return (cp | 32) >= 'a' && (cp | 32) <= 'z';
    utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)cp);
    return c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_LO;
}

static bool is_combining(uint32_t cp)
{
    return cp >= 0x300 && cp <= 0x36F;
}

static bool is_blank(uint32_t cp)
{
    if (cp <= 0x20 || cp == 0x7F || cp == 0x85 || cp == 0xA0)
        return true;
    return (cp >= 0x2000 && cp <= 0x200A) || cp == 0x2028 || cp == 0x2029 || cp == 0x202F || cp == 0x205F ||
           cp == 0x3000 || cp == 0x1680;
}

/* soft hyphen, zero-width, direction marks, byte order mark */
static bool is_invisible(uint32_t cp)
{
    return cp == 0xAD || cp == 0x34F || cp == 0x180E || (cp >= 0x200B && cp <= 0x200F) ||
           (cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2060 && cp <= 0x2064) || cp == 0xFEFF;
}

/* Ð and ð are Icelandic letters that old keyboards give for Đ and đ; full-width forms come from East Asian
 * input. */
static uint32_t replaced(uint32_t cp)
{
    if (cp == 0xD0)
        return 0x110;
    if (cp == 0xF0)
        return 0x111;
    return cp >= 0xFF01 && cp <= 0xFF5E ? cp - 0xFEE0 : cp;
}

/* Replaces out from `start` on by its NFC form. */
static void compose(struct buf *out, size_t start)
{
    utf8proc_uint8_t *nfc = NULL;
    utf8proc_ssize_t n =
        utf8proc_map((const utf8proc_uint8_t *)out->p + start, (utf8proc_ssize_t)(out->n - start), &nfc,
                     UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    if (n >= 0) {
        out->n = start;
        buf_add(out, nfc, (size_t)n);
    }
    free(nfc);
}

void text_clean(struct slice in, struct buf *out)
{
    size_t start = out->n;
    bool gap = false, needs_nfc = false;
    buf_reserve(out, in.n + 8);
    for (size_t at = 0; at < in.n;) {
        uint32_t cp = utf8_next(in, &at);
        if (cp >= 0x80)
            cp = replaced(cp);
        if (is_blank(cp)) {
            gap = out->n > start;
            continue;
        }
        if (cp >= 0x80 && is_invisible(cp))
            continue;
        if (gap)
            buf_char(out, ' ');
        gap = false;
        needs_nfc |= is_combining(cp) || (cp >= 0x2100 && cp < 0xE000) || cp >= 0xF900;
        utf8_add(out, cp);
    }
    if (needs_nfc)
        compose(out, start);
}

/* '.' when the table does not know the code point */
static char base_letter(uint32_t cp)
{
    if (cp >= 0xC0 && cp <= 0x24F)
        return BASE_LATIN[cp - 0xC0];
    if (cp >= 0x1E00 && cp <= 0x1EFF)
        return BASE_ADDITIONAL[cp - 0x1E00];
    return '.';
}

/* Other scripts and rare letters: compatibility decomposition, marks dropped, lower case. */
static void fold_rare(uint32_t cp, struct buf *out, bool *gap, size_t start)
{
    utf8proc_int32_t parts[32];
    int boundary = 0;
    utf8proc_ssize_t n = utf8proc_decompose_char(
        (utf8proc_int32_t)cp, parts, 32, UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD, &boundary);
    for (utf8proc_ssize_t i = 0; i < n && i < 32; i++) {
        utf8proc_category_t c = utf8proc_category(parts[i]);
        if (c >= UTF8PROC_CATEGORY_MN && c <= UTF8PROC_CATEGORY_ME)
            continue;
        bool is_kept = cp_is_letter((uint32_t)parts[i]) || c == UTF8PROC_CATEGORY_ND;
        if (is_kept && *gap)
            buf_char(out, ' ');
        *gap = is_kept ? false : out->n > start;
        char base = is_kept && parts[i] >= 0x80 ? base_letter((uint32_t)parts[i]) : '.';
        if (base != '.') /* a small raised eth is taken apart into an eth, and that is a d here */
            buf_char(out, base);
        else if (is_kept)
            utf8_add(out, (uint32_t)parts[i]);
    }
}

void text_fold(struct slice in, struct buf *out)
{
    size_t start = out->n;
    bool gap = false;
    buf_reserve(out, in.n + 8);
    for (size_t at = 0; at < in.n;) {
        uint32_t cp = utf8_next(in, &at);
        char c = '.';
        if (cp < 0x80)
            c = (cp >= '0' && cp <= '9') || cp_is_letter(cp) ? (char)cp_lower(cp) : ' ';
        else if (is_combining(cp) || is_invisible(cp))
            continue;
        else
            c = base_letter(cp);
        if (c == '.') {
            fold_rare(cp, out, &gap, start);
        } else if (c == ' ') {
            gap = out->n > start;
        } else {
            if (gap)
                buf_char(out, ' ');
            gap = false;
            buf_char(out, c);
        }
    }
}

struct slice text_fold_in(struct arena *a, struct slice in)
{
    struct buf b = {0};
    text_fold(in, &b);
    struct slice folded = arena_slice(a, buf_to_slice(&b));
    buf_release(&b);
    return folded;
}

static void flush_word(uint32_t *word, int *n, struct buf *out)
{
    viet_place_tone(word, *n);
    for (int i = 0; i < *n; i++)
        utf8_add(out, word[i]);
    *n = 0;
}

static bool is_digit(uint32_t cp)
{
    return cp >= '0' && cp <= '9';
}

static void fold_marks_clean(struct slice in, struct buf *out)
{
    size_t start = out->n;
    bool gap = false;
    uint32_t word[SYLLABLE_MAX];
    int n = 0;
    for (size_t at = 0; at < in.n;) {
        uint32_t cp = cp_lower(utf8_next(in, &at));
        if (!cp_is_letter(cp) || n == SYLLABLE_MAX)
            flush_word(word, &n, out);
        if (!cp_is_letter(cp) && !is_digit(cp)) {
            gap = out->n > start;
            continue;
        }
        if (gap)
            buf_char(out, ' ');
        gap = false;
        if (is_digit(cp))
            utf8_add(out, cp);
        else
            word[n++] = cp;
    }
    flush_word(word, &n, out);
}

void text_fold_marks(struct slice in, struct buf *out)
{
    struct buf clean = {0};
    text_clean(in, &clean);
    fold_marks_clean(buf_to_slice(&clean), out);
    buf_release(&clean);
}

bool text_has_marks(struct slice in)
{
    for (size_t at = 0; at < in.n;) {
        uint32_t cp = utf8_next(in, &at);
        if (cp >= 0x80 && (is_combining(cp) || base_letter(cp) != '.'))
            return true;
    }
    return false;
}

bool text_is_utf8(struct slice in)
{
    for (size_t at = 0; at < in.n;) {
        size_t before = at;
        if (utf8_next(in, &at) == TEXT_BAD && at - before == 1)
            return false;
    }
    return true;
}

void text_upper(struct slice in, struct buf *out)
{
    for (size_t at = 0; at < in.n;)
        utf8_add(out, cp_upper(utf8_next(in, &at)));
}

void text_lower(struct slice in, struct buf *out)
{
    for (size_t at = 0; at < in.n;)
        utf8_add(out, cp_lower(utf8_next(in, &at)));
}

void text_compose(struct slice in, struct buf *out)
{
    size_t start = out->n;
    bool needs_nfc = false;
    for (size_t at = 0; at < in.n;) {
        uint32_t cp = utf8_next(in, &at);
        needs_nfc |= is_combining(cp) || (cp >= 0x0370 && cp < 0x1E00) || cp >= 0x1F00;
        utf8_add(out, cp);
    }
    if (needs_nfc)
        compose(out, start);
}

/* Case folding that is more than lower case, or a text that is not sure to be NFC. */
static bool folds_to_lower(uint32_t cp)
{
    if (cp < 0x250) /* but for İ, ŉ, ſ, ǰ, ß, µ */
        return cp != 0xB5 && cp != 0xDF && cp != 0x130 && cp != 0x149 && cp != 0x17F && cp != 0x1F0;
    return (cp >= 0x1E00 && cp < 0x1E96) || (cp >= 0x1EA0 && cp < 0x1F00);
}

void text_without_case(struct slice in, struct buf *out)
{
    size_t start = out->n;
    bool simple = true;
    buf_reserve(out, in.n + 8);
    for (size_t at = 0; at < in.n;) {
        unsigned char c = (unsigned char)in.p[at];
        if (c < 0x80) {
            buf_char(out, (char)cp_lower(c));
            at++;
            continue;
        }
        uint32_t cp = utf8_next(in, &at);
        simple = simple && folds_to_lower(cp);
        utf8_add(out, simple ? cp_lower(cp) : cp);
    }
    if (simple)
        return;
    out->n = start;
    for (size_t at = 0; at < in.n;)
        utf8_add(out, utf8_next(in, &at)); /* valid UTF-8 now, whatever it was */
    utf8proc_uint8_t *folded = NULL;
    utf8proc_ssize_t n =
        utf8proc_map((const utf8proc_uint8_t *)out->p + start, (utf8proc_ssize_t)(out->n - start), &folded,
                     UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);
    if (n >= 0) {
        out->n = start;
        buf_add(out, folded, (size_t)n);
    }
    free(folded);
}

/* A letter with a stroke through it has no decomposition. */
static uint32_t without_stroke(uint32_t cp)
{
    static const uint16_t PAIRS[][2] = {{0xD8, 'O'},  {0xF8, 'o'},  {0x126, 'H'}, {0x127, 'h'},
                                        {0x141, 'L'}, {0x142, 'l'}, {0x166, 'T'}, {0x167, 't'},
                                        {0x131, 'i'}, {0x180, 'b'}, {0x19A, 'l'}, {0x1B6, 'z'}};
    for (size_t i = 0; i < COUNT_OF(PAIRS); i++)
        if (PAIRS[i][0] == cp)
            return PAIRS[i][1];
    char base = base_letter(cp);
    if (base == '.')
        return cp;
    return cp_lower(cp) == cp ? (uint32_t)base : (uint32_t)(base - 32);
}

static void add_without_marks(uint32_t cp, struct buf *out)
{
    utf8proc_int32_t parts[32];
    int boundary = 0;
    utf8proc_ssize_t n =
        utf8proc_decompose_char((utf8proc_int32_t)cp, parts, 32, UTF8PROC_DECOMPOSE, &boundary);
    for (utf8proc_ssize_t i = 0; i < n && i < 32; i++) {
        utf8proc_category_t c = utf8proc_category(parts[i]);
        if (c < UTF8PROC_CATEGORY_MN || c > UTF8PROC_CATEGORY_ME)
            utf8_add(out, without_stroke((uint32_t)parts[i]));
    }
}

void text_without_accents(struct slice in, struct buf *out)
{
    size_t start = out->n;
    bool other_script = false;
    buf_reserve(out, in.n + 8);
    for (size_t at = 0; at < in.n;) {
        uint32_t cp = utf8_next(in, &at);
        if (cp < 0x80 || base_letter(cp) != '.')
            utf8_add(out, cp < 0x80 ? cp : without_stroke(cp));
        else if (!is_combining(cp))
            add_without_marks(cp, out);
        other_script |= cp >= 0x370 && (cp < 0x1E00 || cp > 0x1EFF);
    }
    if (other_script)
        compose(out, start);
}
