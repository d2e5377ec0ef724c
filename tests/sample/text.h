/* Vietnamese text, clean and damaged. Every change reads UTF-8 and writes UTF-8 of at most TEXT bytes; what
 * was a byte in an old encoding comes out as the Latin-1 letter of the same number, the way old files look in
 * a new program. */
#ifndef SAMPLE_TEXT_H
#define SAMPLE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TEXT = 480 };

/* snprintf that may cut silently: the sizes of the sample are chosen with room to spare */
__attribute__((format(printf, 3, 4))) void put(char *out, size_t size, const char *form, ...);
__attribute__((format(printf, 3, 4))) void put_more(char *out, size_t size, const char *form, ...);

uint32_t text_next(const char **at);                               /* one code point, 0 at the end */
void text_add(char out[TEXT], uint32_t code);                      /* append one code point */
int text_length(const char *text);                                 /* code points */
void text_swap(char text[TEXT], const char *old, const char *new); /* first occurrence */

typedef void text_change(char out[TEXT], const char *in);
text_change text_upper, text_lower, text_bare, text_old_tone, text_nfd, text_w1258;
text_change text_mojibake, text_question, text_tcvn3, text_vni, text_telex, text_eth, text_nbsp,
    text_full_width;

/* one byte of code page 1258 for each letter, combining marks included; 0 where it has none */
unsigned char text_cp1258(uint32_t code);

#endif
