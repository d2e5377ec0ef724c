/* mapd: the program. Commands of the command line (commands.def) and routes of the server (routes.def) over
 * the other rooms. */
#ifndef MAPD_MAPD_H
#define MAPD_MAPD_H

#include "layers/layers.h"

#define MAPD_VERSION "0.1.0"

/* --- commands --- */

enum option_id {
#define OPTION(id, name, value, help_vi) OPTION_##id,
#include "mapd/options.def"
#undef OPTION
    OPTION_COUNT
};

struct arguments {
    const char *positional[8];
    int count;
    const char *option[OPTION_COUNT]; /* value, "" for a switch that was given, NULL when it was not */
};

/* Exit status as in design.md section 4; results on stdout, complaints on stderr. */
#define COMMAND(name, function, words, options, help_vi) int function(const struct arguments *args);
#include "mapd/commands.def"
#undef COMMAND

/* Prints the fault on stderr and gives its exit status. */
int command_failed(const struct fault *f);
/* --key or MAPD_KEY; NULL: the key beside the file. */
const char *key_path_of(const struct arguments *args);
/* Opens the ward file of positional[0], with --key or MAPD_KEY honoured. */
/* Where the key is: --key, MAPD_KEY, or beside the ward file (in the arena). */
const char *command_key_path(const struct arguments *args, const char *ward, struct arena *a);
bool command_open(struct store **out, const struct arguments *args, enum store_mode mode, struct fault *f);

#endif
