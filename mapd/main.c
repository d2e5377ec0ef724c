/* main: the command line. Reads the tables commands.def and options.def, finds the command, parses its
 * options, runs it. Help is printed from the same tables. The only file that may exit. */
#include "mapd/mapd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct command {
    const char *name;
    int (*run)(const struct arguments *args);
    const char *words;   /* "WARD.db FILE": words in brackets may be missing */
    const char *options; /* "AS SHEET": ids of options.def */
    const char *help;
};

static const struct command COMMANDS[] = {
#define COMMAND(name, function, words, options, help_vi) {name, function, words, options, help_vi},
#include "mapd/commands.def"
#undef COMMAND
};

static const struct {
    const char *id, *name, *value, *help;
} OPTIONS[OPTION_COUNT] = {
#define OPTION(id, name, value, help_vi) {#id, name, value, help_vi},
#include "mapd/options.def"
#undef OPTION
};

/* --- help --- */

static bool command_takes(const struct command *c, int option)
{
    struct slice rest = slice_of(c->options), word;
    while (slice_next(&rest, ' ', &word))
        if (slice_equal(word, slice_of(OPTIONS[option].id)))
            return true;
    return option == OPTION_KEY && c->words[0];
}

static void print_command(FILE *out, const struct command *c)
{
    fprintf(out, "mapd %s %s\n    %s\n", c->name, c->words, c->help);
    for (int i = 0; i < OPTION_COUNT; i++)
        if (command_takes(c, i))
            fprintf(out, "    %s %s  %s\n", OPTIONS[i].name, OPTIONS[i].value, OPTIONS[i].help);
}

static const struct command *command_find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(COMMANDS); i++)
        if (strcmp(COMMANDS[i].name, name) == 0)
            return &COMMANDS[i];
    return NULL;
}

static int print_help(const char *name)
{
    const struct command *c = name ? command_find(name) : NULL;
    if (c) {
        print_command(stdout, c);
        return 0;
    }
    puts("mapd: bản đồ số kinh doanh của phường, trong một tệp dữ liệu\n");
    for (size_t i = 0; i < COUNT_OF(COMMANDS); i++)
        printf("  mapd %-11s %s\n", COMMANDS[i].name, COMMANDS[i].help);
    puts("\n  mapd help LỆNH    cách dùng một lệnh");
    return name ? 2 : 0;
}

/* --- parsing --- */

static int usage(const struct command *c, const char *what, const char *word)
{
    fprintf(stderr, "mapd %s: %s%s%s\n", c->name, what, word[0] ? ": " : "", word);
    print_command(stderr, c);
    return 2;
}

static int option_find(const char *word, size_t n)
{
    for (int i = 0; i < OPTION_COUNT; i++)
        if (strlen(OPTIONS[i].name) == n && strncmp(OPTIONS[i].name, word, n) == 0)
            return i;
    return -1;
}

/* Words a command must have and may have: "[A | B C]" may be missing. */
static void count_words(const char *words, int *least, int *most)
{
    *least = *most = 0;
    bool optional = false;
    struct slice rest = slice_of(words), word;
    while (slice_next(&rest, ' ', &word)) {
        optional = optional || word.p[0] == '[';
        if (word.p[0] == '|')
            continue;
        *most += 1;
        *least += !optional;
    }
}

/* Takes one option with its value ("--as X" or "--as=X"); returns how many words it used, or -1 after a
 * complaint. */
static int take_option(const struct command *c, char **words, int left, struct arguments *args)
{
    const char *equals = strchr(words[0], '=');
    size_t n = equals ? (size_t)(equals - words[0]) : strlen(words[0]);
    int option = option_find(words[0], n);
    if (option < 0 || !command_takes(c, option))
        return usage(c, "không có tuỳ chọn này", words[0]) - 3;
    bool wants = OPTIONS[option].value[0];
    if (!wants || equals) {
        args->option[option] = equals ? equals + 1 : "";
        return wants || !equals ? 1 : usage(c, "tuỳ chọn này không có giá trị", words[0]) - 3;
    }
    /* `geocode --csv IN OUT`: the value is the next word; `--csv` of a command without a value would be a
     * switch */
    if (left < 2)
        return usage(c, "thiếu giá trị của tuỳ chọn", words[0]) - 3;
    args->option[option] = words[1];
    return 2;
}

static int parse(const struct command *c, int count, char **words, struct arguments *args)
{
    bool only_words = false;
    for (int i = 0; i < count;) {
        bool is_option = !only_words && words[i][0] == '-' && words[i][1] == '-';
        if (is_option && !words[i][2]) {
            only_words = true;
            i++;
        } else if (is_option) {
            int used = take_option(c, words + i, count - i, args);
            if (used < 0)
                return 2;
            i += used;
        } else if (args->count == (int)COUNT_OF(args->positional)) {
            return usage(c, "quá nhiều từ", words[i]);
        } else {
            args->positional[args->count++] = words[i++];
        }
    }
    int least, most;
    count_words(c->words, &least, &most);
    if (args->count < least)
        return usage(c, "thiếu", c->words);
    return args->count > most ? usage(c, "quá nhiều từ", args->positional[most]) : 0;
}

int main(int argc, char **argv)
{
    if (argc < 2 || strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0)
        return print_help(argc > 2 ? argv[2] : NULL);
    const struct command *c = command_find(argv[1]);
    if (!c) {
        fprintf(stderr, "mapd: không có lệnh '%s'; xem `mapd help`\n", argv[1]);
        return 2;
    }
    for (int i = 2; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0)
            return print_help(c->name);
    struct arguments args = {0};
    int bad = parse(c, argc - 2, argv + 2, &args);
    return bad ? bad : c->run(&args);
}
