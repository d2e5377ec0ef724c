/* text_order: the order of a Vietnamese list, as telephones and spreadsheets have it (Unicode CLDR, "vi"):
 * a ă â b c d đ e ê …; the tones tell words apart whose letters are the same, then small letters come before
 * capitals. A text becomes a key, and keys are compared byte by byte. */
#include "layers/text_private.h"

#include <string.h>

/* Everything before the letters, then the letters; what is not here stands behind them by its code. */
static const uint32_t ORDER[] = {
    ' ', '_',  '-', ',', ';', ':',  '!',   '?',  '.', '\'', '"', '(',   ')', '[',   ']', '{', '}', '@', '*',
    '/', '\\', '&', '#', '%', '`',  '^',   '+',  '<', '=',  '>', '|',   '~', '$',   '0', '1', '2', '3', '4',
    '5', '6',  '7', '8', '9', 'a',  0x103, 0xE2, 'b', 'c',  'd', 0x111, 'e', 0xEA,  'f', 'g', 'h', 'i', 'j',
    'k', 'l',  'm', 'n', 'o', 0xF4, 0x1A1, 'p',  'q', 'r',  's', 't',   'u', 0x1B0, 'v', 'w', 'x', 'y', 'z'};

enum { FIRST = 2, BEHIND = 0xF0 };

static void add_place(struct buf *out, uint32_t cp)
{
    for (size_t i = 0; i < COUNT_OF(ORDER); i++)
        if (ORDER[i] == cp) {
            buf_char(out, (char)(FIRST + i));
            return;
        }
    buf_char(out, (char)BEHIND);
    utf8_add(out, cp);
}

static char place_of_tone(enum viet_tone tone)
{
    static const char PLACES[] = {[TONE_NONE] = 1,  [TONE_GRAVE] = 2, [TONE_HOOK] = 3,
                                  [TONE_TILDE] = 4, [TONE_ACUTE] = 5, [TONE_DOT] = 6};
    return PLACES[tone];
}

void text_order_key(struct slice in, struct buf *out)
{
    struct buf text = {0}, tones = {0}, cases = {0};
    text_compose(in, &text);
    struct slice composed = buf_to_slice(&text);
    for (size_t at = 0; at < composed.n;) {
        uint32_t cp = utf8_next(composed, &at), lower = cp_lower(cp), letter = lower;
        enum viet_tone tone = TONE_NONE;
        if (!viet_split(lower, &letter, &tone))
            letter = lower;
        add_place(out, letter);
        buf_char(&tones, place_of_tone(tone));
        buf_char(&cases, lower == cp ? 1 : 2);
    }
    buf_char(out, 1); /* less than every place: what goes on stands behind */
    buf_slice(out, buf_to_slice(&tones));
    buf_char(out, '\0');
    buf_slice(out, buf_to_slice(&cases));
    buf_release(&text);
    buf_release(&tones);
    buf_release(&cases);
}
