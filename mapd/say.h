/* say: every sentence the server's pages speak, Vietnamese first (strings.def). Private to mapd/. */
#ifndef MAPD_SAY_H
#define MAPD_SAY_H

#include "layers/kit.h"

enum say_id {
#define SAY(id, vi, en) SAY_##id,
#define WORD(set, value, vi, en)
#include "mapd/strings.def"
#undef SAY
#undef WORD
    SAY_COUNT
};

const char *say(enum say_id id, bool english);
/* The words for a value of an enumeration: say_word("status", "ceased"). Gives the value itself when it is
 * not in the table, so that a new value is seen and not lost. */
struct slice say_word(const char *set, struct slice value, bool english);
/* Value number i of a set; false behind the last. */
bool say_value(const char *set, int i, struct slice *value);

#endif
