/* Vietnamese text: one word in its five spellings must meet (geocoding.md 1.3).
 * Unicode (NFC, case, categories) is utf8proc's; here stand the rules that are Vietnamese.
 * Every function appends to `out` and never fails: bytes that are no UTF-8 become U+FFFD. */
#ifndef LAYERS_TEXT_H
#define LAYERS_TEXT_H

#include "layers/kit.h"

/* NFC, Ð (U+00D0) → Đ, each run of blanks (NBSP, line breaks) → one blank, none at the ends, zero-width
 * characters dropped, full-width forms → ASCII. Case and tone placement stay as typed: this is what people
 * read. */
void text_clean(struct slice in, struct buf *out);
/* The key of a text: text_clean, lower case, tone placement unified, all marks dropped, đ → d, anything but
 * letters and digits → one blank, trimmed. "Hoà-Cường" and "hòa  cường" (NFD) both give "hoa cuong". */
void text_fold(struct slice in, struct buf *out);
/* The same in the arena. */
struct slice text_fold_in(struct arena *a, struct slice in);
/* text_fold but with the marks kept (NFC, new tone placement "hòa"): to tell twins apart that differ in marks
 * only. */
void text_fold_marks(struct slice in, struct buf *out);
/* Whether any letter carries a mark or is a đ: somebody typed diacritics. */
bool text_has_marks(struct slice in);
/* Whether one word could be a Vietnamese syllable (with or without marks, any case); no dictionary. */
bool text_is_syllable(struct slice word);
/* How the marks of two texts with the same letters differ, each in the form of text_fold_marks; blanks and
 * digits are passed over. Nothing is counted where the letters themselves differ. */
struct marks_difference {
    int tones;   /* same letter, another tone */
    int letters; /* another letter: â for ă, d for đ */
    int missing; /* no mark typed where there is one */
    int apart;   /* of the tones: not hỏi for ngã, which the ear confuses, but another word */
};
struct marks_difference text_compare_marks(struct slice typed, struct slice known);
/* Whether `typed`, in which letters were lost to '?' (or U+FFFD), can have been `known`, both in the form of
 * text_fold_marks: only a letter with a mark is ever lost, one '?' for each, and where the text still shows
 * marks the loss was that of Windows-1252, which keeps à á â ã ê and their like. A text of letters and marks
 * apart has one
 * '?' for each mark. Blanks and digits are passed over. */
bool text_fits_lost(struct slice typed, struct slice known);
bool text_is_utf8(struct slice in);
/* Simple upper and lower case of the whole text (Unicode). */
void text_upper(struct slice in, struct buf *out);
void text_lower(struct slice in, struct buf *out);
/* For comparing: NFC; NFC without case (full case folding: "Straße" and "STRASSE" meet); NFC without marks
 * and strokes (đ → d, ø → o), case kept. */
void text_compose(struct slice in, struct buf *out);
void text_without_case(struct slice in, struct buf *out);
void text_without_accents(struct slice in, struct buf *out);

/* For sorting: a key whose bytes compare as a Vietnamese list is ordered (CLDR "vi"): a ă â … d đ …, tones
 * after letters, small before capital. */
void text_order_key(struct slice in, struct buf *out);

/* Legacy encodings of one cell. */
enum text_encoding {
    TEXT_UTF8,
    TEXT_CP1258,   /* bytes */
    TEXT_TCVN3,    /* bytes, or the same bytes read as Latin-1 */
    TEXT_VNI,      /* two-character codes read as Latin-1 */
    TEXT_MOJIBAKE, /* UTF-8 read as Windows-1252 */
    TEXT_ENCODING_COUNT
};
/* Decodes `in`, which claims to be `from`, to UTF-8 NFC; false when some code means nothing there. */
bool text_decode(struct slice in, enum text_encoding from, struct buf *out);
/* The encoding in which the cell reads as Vietnamese, by counting Vietnamese syllables before and after;
 * TEXT_UTF8 unless the gain is clear. */
enum text_encoding text_detect(struct slice in);

/* Text typed with the input method switched off: "Dichj Vongj Haauj" (Telex) or "Le6 Thanh Nghi5" (VNI keys).
 * Words that then are good syllables are written so, the others stay. How many of two letters and more were
 * changed. text_detect never looks for this: only who knows what should stand there can tell. */
enum text_keys { TEXT_TELEX, TEXT_VNI_KEYS };
int text_decode_keys(struct slice in, enum text_keys keys, struct buf *out);

#endif
