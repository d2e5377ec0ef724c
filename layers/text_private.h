/* Code points and Vietnamese letters, shared by the text_*.c files; nobody else
 * includes this. */
#ifndef LAYERS_TEXT_PRIVATE_H
#define LAYERS_TEXT_PRIVATE_H

#include "layers/text.h"

enum { TEXT_BAD = 0xFFFD, SYLLABLE_MAX = 8 };

enum viet_tone { TONE_NONE, TONE_ACUTE, TONE_GRAVE, TONE_HOOK, TONE_TILDE, TONE_DOT };

/* Code point at in[*at], which is moved behind it; TEXT_BAD for one byte that is no UTF-8. *at < in.n. */
uint32_t utf8_next(struct slice in, size_t *at);
void utf8_add(struct buf *out, uint32_t cp);
uint32_t cp_lower(uint32_t cp);
uint32_t cp_upper(uint32_t cp);
bool cp_is_letter(uint32_t cp);

/* A lower-case vowel as its letter without tone ("ế" → "ê") and its tone; false when it is no Vietnamese
 * vowel. */
bool viet_split(uint32_t cp, uint32_t *letter, enum viet_tone *tone);
/* The vowel with the tone; `letter` itself when it is none. */
uint32_t viet_join(uint32_t letter, enum viet_tone tone);
/* Whether lower-case NFC letters make a syllable that Vietnamese could have; unmarked typing counts too. */
bool viet_is_syllable(const uint32_t *letters, int n);
/* Moves the tone of a lower-case word to where the new spelling has it ("hoà" → "hòa"); other words stay. */
void viet_place_tone(uint32_t *letters, int n);

#endif
