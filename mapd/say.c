/* say: look-ups in strings.def. */
#include "mapd/say.h"

#include <string.h>

struct sentence {
    const char *vi, *en;
};

struct word {
    const char *set, *value, *vi, *en;
};

static const struct sentence SENTENCES[SAY_COUNT] = {
#define SAY(id, vi, en) {vi, en},
#define WORD(set, value, vi, en)
#include "mapd/strings.def"
#undef SAY
#undef WORD
};

static const struct word WORDS[] = {
#define SAY(id, vi, en)
#define WORD(set, value, vi, en) {set, value, vi, en},
#include "mapd/strings.def"
#undef SAY
#undef WORD
};

const char *say(enum say_id id, bool english)
{
    return english ? SENTENCES[id].en : SENTENCES[id].vi;
}

struct slice say_word(const char *set, struct slice value, bool english)
{
    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        if (strcmp(WORDS[i].set, set) == 0 && slice_equal(slice_of(WORDS[i].value), value))
            return slice_of(english ? WORDS[i].en : WORDS[i].vi);
    return value;
}

bool say_value(const char *set, int i, struct slice *value)
{
    for (size_t w = 0; w < COUNT_OF(WORDS); w++)
        if (strcmp(WORDS[w].set, set) == 0 && i-- == 0) {
            *value = slice_of(WORDS[w].value);
            return true;
        }
    return false;
}
