/* speech: a short text read aloud, as an Opus file. Two programs of their own do it, espeak-ng and opusenc
 * (Debian: espeak-ng, opus-tools); without them there is no speech and nothing else is missing. Private to
 * mapd/. */
#ifndef MAPD_SPEECH_H
#define MAPD_SPEECH_H

#include "layers/kit.h"

struct speech;

/* Looks for both programs in PATH. */
struct speech *speech_new(void);
void speech_free(struct speech *s);
bool speech_works(const struct speech *s); /* NULL is fine: no */
/* Ogg Opus of `text` (at most 4000 bytes) appended to `out`: Central Vietnamese or English voice. A text
 * spoken before comes from memory. Takes tenths of a second otherwise, 10 s at most; one at a time. */
bool speech_make(struct speech *s, struct slice text, bool english, struct buf *out,
                 struct fault *f) RESULT_MUST_BE_USED;

#endif
