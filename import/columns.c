/* columns: what a heading means.
 *
 * Between header.c, which finds the headings, and table.c. The words stand in columns.def and headings.def;
 * here is only the comparison: whole heading, heading without its brackets, then its first words. Law: a
 * better match wins over an earlier one, and what is not understood is left alone and shown, never guessed
 * from the values. */
#include "import/sheet.h"

#include "layers/json.h"

#include <string.h>

struct words {
    int kind; /* enum import_kind, or -1 for any */
    int column;
    const char *name, *headings; /* name: english, or "" */
};

enum { ANY_KIND = -1 };

#define IMPORT_ANY ANY_KIND

static const struct words special_words[] = {
#define HEADING(kind, column, headings) {IMPORT_##kind, COLUMN_##column, "", headings},
#include "import/headings.def"
#undef HEADING
    {ANY_KIND, COLUMN_ORDER, "no", "stt|tt|so tt|so thu tu|thu tu|sott"},
};

static const struct words general_words[] = {
#define COLUMN(id, name, headings) {ANY_KIND, COLUMN_##id, name, headings},
#include "import/columns.def"
#undef COLUMN
};

const char *column_name(enum column_id id)
{
    return general_words[id].name;
}

/* --- keys: a heading folded, to be compared blank by blank --- */

enum { KEY_BYTES = 128 }; /* longer text is no heading */

struct key_text {
    char folded[KEY_BYTES];
    size_t n;
};

static void key_of(struct slice text, struct key_text *key)
{
    struct buf folded = {0};
    key->n = 0;
    if (text.n <= 2 * KEY_BYTES) {
        text_fold(text, &folded);
    }
    if (folded.n <= KEY_BYTES) {
        memcpy(key->folded, folded.p ? folded.p : "", folded.n);
        key->n = folded.n;
    }
    buf_release(&folded);
}

/* Numbering in front of a heading ("1. Tên cơ sở", "(2) Địa chỉ") says nothing about it. */
static struct slice without_numbering(struct slice text)
{
    size_t i = 0;
    while (i < text.n && strchr("( ", text.p[i])) {
        i++;
    }
    size_t digits = i;
    while (i < text.n && text.p[i] >= '0' && text.p[i] <= '9') {
        i++;
    }
    bool has_mark = i > digits && i < text.n && strchr(".)", text.p[i]);
    return has_mark ? (struct slice){text.p + i + 1, text.n - i - 1} : text;
}

static void without_brackets(struct slice text, struct buf *out)
{
    int depth = 0;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        depth += c == '(' || c == '[';
        if (depth == 0) {
            buf_char(out, c);
        }
        depth -= depth > 0 && (c == ')' || c == ']');
    }
}

/* --- comparing --- */

/* y and i are one letter here ("ký", "kí"), but not alone: "Y" is a coordinate, "I" a Roman one. */
static char plain_letter(char c)
{
    return c == 'y' ? 'i' : c;
}

/* Letters of `words` when the heading begins with them, blanks not counted; 0 when it does not. *is_whole:
 * nothing follows; *is_word_end: a blank follows. */
static size_t compare(const struct key_text *heading, struct slice words, bool *is_whole, bool *is_word_end)
{
    size_t i = 0, letters = 0;
    for (size_t k = 0; k < words.n; k++) {
        if (words.p[k] == ' ') {
            continue;
        }
        i += i < heading->n && heading->folded[i] == ' ';
        bool is_same = i < heading->n &&
                       (heading->folded[i] == words.p[k] ||
                        (heading->n > 1 && plain_letter(heading->folded[i]) == plain_letter(words.p[k])));
        if (!is_same) {
            return 0;
        }
        i++;
        letters++;
    }
    *is_whole = i == heading->n;
    *is_word_end = i < heading->n && heading->folded[i] == ' ';
    return letters;
}

struct best {
    int column;
    size_t length; /* of the longest prefix */
    bool is_exact;
};

/* A field name of a Shapefile is cut after ten bytes. */
static bool is_cut_name(const struct key_text *heading, struct slice words)
{
    enum { CUT = 10 };
    return heading->n == CUT && words.n > CUT && memcmp(heading->folded, words.p, CUT) == 0;
}

static void try_word(const struct key_text *heading, struct slice words, int column, struct best *best)
{
    enum { SAYS_ENOUGH = 6 };
    bool is_whole, is_word_end;
    size_t n = compare(heading, words, &is_whole, &is_word_end);
    if ((n > 0 && is_whole) || is_cut_name(heading, words)) {
        *best = (struct best){column, SIZE_MAX, true};
    } else if (n >= SAYS_ENOUGH && is_word_end && n > best->length) {
        *best = (struct best){column, n, false};
    }
}

/* English names have "_" where a folded heading has a blank. */
static void try_name(const struct key_text *heading, const char *name, int column, struct best *best)
{
    char words[64];
    struct slice text = {words, strlen(name) < sizeof words ? strlen(name) : 0};
    for (size_t i = 0; i < text.n; i++) {
        words[i] = name[i] == '_' ? ' ' : name[i];
    }
    bool is_whole, is_word_end;
    if ((compare(heading, text, &is_whole, &is_word_end) && is_whole) || is_cut_name(heading, text)) {
        *best = (struct best){column, SIZE_MAX, true};
    }
}

/* --- the words of one kind of list, by their first letter --- */

enum { LETTERS = 128 };

/* Tens of thousands of cells are looked at before the headings are found, nearly all of them no heading. */
struct heading_words {
    struct heading_word {
        struct slice words;
        int column;
        bool is_name, is_general; /* an English name; of the table for all lists */
    } * words;                    /* by letter; of one letter in the order of the tables */
    uint32_t from[LETTERS + 1];
};

static size_t letter_of(char first)
{
    return (unsigned char)plain_letter(first) % LETTERS;
}

struct word_filler {
    struct heading_words *index;
    uint32_t next[LETTERS];
    bool is_counting;
};

static void fill_word(struct word_filler *f, struct heading_word word)
{
    if (!word.words.n) {
        return;
    }
    size_t letter = letter_of(word.words.p[0]);
    if (f->is_counting) {
        f->index->from[letter + 1]++;
    } else {
        f->index->words[f->next[letter]++] = word;
    }
}

static void fill_table(struct word_filler *f, int kind, const struct words *table, size_t count,
                       bool is_general)
{
    for (size_t i = 0; i < count; i++) {
        struct slice rest = slice_of(table[i].headings), one;
        if (table[i].kind != kind && table[i].kind != ANY_KIND) {
            continue;
        }
        fill_word(f, (struct heading_word){slice_of(table[i].name), table[i].column, true, is_general});
        while (slice_next(&rest, '|', &one)) {
            fill_word(f, (struct heading_word){one, table[i].column, false, is_general});
        }
    }
}

struct heading_words *heading_words_make(enum import_kind kind, struct arena *a)
{
    struct word_filler f = {.index = ARENA_NEW(a, struct heading_words)};
    for (int pass = 0; pass < 2; pass++) {
        f.is_counting = pass == 0;
        fill_table(&f, (int)kind, special_words, COUNT_OF(special_words), false);
        fill_table(&f, (int)kind, general_words, COUNT_OF(general_words), true);
        for (int i = 0; f.is_counting && i < LETTERS; i++) {
            f.index->from[i + 1] += f.index->from[i];
            f.next[i] = f.index->from[i];
        }
        if (f.is_counting) {
            f.index->words = ARENA_ARRAY(a, struct heading_word, f.index->from[LETTERS] + 1);
        }
    }
    return f.index;
}

static struct best find(const struct heading_words *index, const struct key_text *heading, bool only_general)
{
    struct best best = {COLUMN_NONE, 0, false};
    if (heading->n == 0) {
        return best;
    }
    size_t letter = letter_of(heading->folded[0]);
    for (uint32_t i = index->from[letter]; i < index->from[letter + 1] && !best.is_exact; i++) {
        const struct heading_word *w = &index->words[i];
        if (only_general && !w->is_general) {
            continue;
        }
        if (w->is_name) {
            try_name(heading, w->words.p, w->column, &best);
        } else {
            try_word(heading, w->words, w->column, &best);
        }
    }
    return best;
}

static struct heading_match match(const struct heading_words *index, struct slice heading)
{
    struct key_text key;
    struct slice text = without_numbering(slice_trim(heading));
    key_of(text, &key);
    struct best whole = find(index, &key, false);
    if (whole.is_exact) {
        return (struct heading_match){whole.column, MATCH_EXACT};
    }
    struct buf plain = {0};
    struct best bare = whole;
    without_brackets(text, &plain);
    if (plain.n != text.n) {
        key_of(buf_to_slice(&plain), &key);
        bare = find(index, &key, false);
    }
    buf_release(&plain);
    if (bare.is_exact) {
        return (struct heading_match){bare.column, MATCH_EXACT};
    }
    int column = bare.column != COLUMN_NONE ? bare.column : whole.column;
    return (struct heading_match){column, column == COLUMN_NONE ? MATCH_NONE : MATCH_PREFIX};
}

struct heading_match heading_match(enum import_kind kind, struct slice heading)
{
    struct arena a = {0};
    struct heading_match m = match(heading_words_make(kind, &a), heading);
    arena_release(&a);
    return m;
}

struct heading_match heading_match_last(const struct heading_words *words, const struct heading *h)
{
    return match(words, h->parts[h->part_count - 1]);
}

static struct heading_match match_parts(const struct heading_words *words, const struct heading *h)
{
    struct heading_match joined = match(words, h->text);
    if (joined.how >= MATCH_EXACT || h->part_count < 2) {
        return joined;
    }
    return heading_match_last(words, h);
}

bool column_find(enum import_kind kind, struct slice heading, enum column_id *id)
{
    struct heading_match m = heading_match(kind, heading);
    if (m.column < 0) {
        return false;
    }
    *id = (enum column_id)m.column;
    return true;
}

/* --- a mapping file --- */

struct override_row {
    struct key_text heading;
    int column;
};

struct mapping_override {
    struct override_row *rows;
    uint32_t count;
    const char *sheet;
    uint32_t header_row;
};

static bool column_by_name(const char *name, int *column)
{
    for (int i = 0; i < COLUMN_COUNT; i++) {
        if (strcmp(general_words[i].name, name) == 0) {
            *column = i;
            return true;
        }
    }
    return false;
}

struct override_reader {
    struct mapping_override *override;
    struct arena *arena;
    const char *path;
};

static bool read_override_row(void *context, const char *key, const struct json *value, struct fault *f)
{
    struct override_reader *r = context;
    struct override_row *row = &r->override->rows[r->override->count];
    const char *name = json_to_text(value);
    key_of(slice_of(key), &row->heading);
    row->column = COLUMN_IGNORED;
    if (json_sort_of(value) != JSON_NULL_VALUE && (!name || (*name && !column_by_name(name, &row->column)))) {
        return fault_set(f, FAULT_BAD_VALUE, r->path, "không có cột nào tên \"%s\" (cho tiêu đề \"%s\")",
                         name ? name : "?", key);
    }
    r->override->count++;
    return true;
}

static bool read_override(struct override_reader *r, const struct json *root, struct fault *f)
{
    const struct json *columns = json_get(root, "columns");
    const struct json *from = columns ? columns : root;
    size_t size = json_size(from);
    if (json_sort_of(from) != JSON_MEMBERS) {
        return fault_set(f, FAULT_FILE_FORMAT, r->path, "cần một đối tượng JSON {\"tiêu đề\": \"tên cột\"}");
    }
    r->override->rows = ARENA_ARRAY(r->arena, struct override_row, size + 1);
    int64_t header_row = 0;
    const char *sheet = columns ? json_to_text(json_get(root, "sheet")) : NULL;
    if (columns && json_to_int(json_get(root, "header_row"), &header_row) && header_row > 0 &&
        header_row < UINT32_MAX) {
        r->override->header_row = (uint32_t)header_row;
    }
    r->override->sheet = sheet ? arena_text(r->arena, slice_of(sheet)) : NULL;
    return json_each(from, read_override_row, r, f);
}

bool mapping_override_read(struct mapping_override **out, struct slice text, const char *place,
                           struct arena *a, struct fault *f)
{
    struct json *root;
    if (!json_parse(&root, text, place, f)) {
        return false;
    }
    struct override_reader r = {ARENA_NEW(a, struct mapping_override), a, place};
    bool done = read_override(&r, root, f);
    json_free(root);
    *out = r.override;
    return done;
}

const char *mapping_override_sheet(const struct mapping_override *o)
{
    return o ? o->sheet : NULL;
}

uint32_t mapping_override_header_row(const struct mapping_override *o)
{
    return o ? o->header_row : 0;
}

/* --- settling all columns --- */

static bool is_same_heading(const struct key_text *a, const struct key_text *b)
{
    return a->n == b->n && memcmp(a->folded, b->folded, a->n) == 0;
}

struct heading_match heading_match_with(const struct mapping_override *o, const struct heading_words *words,
                                        const struct heading *h)
{
    struct key_text key;
    key_of(h->text, &key);
    for (uint32_t i = 0; o && i < o->count; i++) {
        if (is_same_heading(&o->rows[i].heading, &key)) {
            return (struct heading_match){o->rows[i].column, MATCH_MAPPED};
        }
    }
    return match_parts(words, h);
}

/* What the heading means in lists in general; COLUMN_NONE when nothing, or not for certain. */
static int general_meaning(const struct heading_words *words, const struct heading *h)
{
    struct key_text key;
    key_of(h->parts[h->part_count - 1], &key);
    struct best best = find(words, &key, true);
    return best.is_exact ? best.column : COLUMN_NONE;
}

/* The column that lost its meaning to another keeps the general one, if that is free ("street" beside "name"
 * in a list of streets); else it is shown, not read. */
static void demote(const struct header *h, const struct heading_words *words, struct mapping *m, uint32_t i)
{
    int general = general_meaning(words, &h->headings[i]);
    m->column[i] = COLUMN_NONE;
    if (general >= 0 && m->sheet_column[general] < 0) {
        m->column[i] = general;
        m->sheet_column[general] = (int32_t)i;
    }
}

static void settle(const struct header *h, const struct heading_words *words, struct mapping *m, uint32_t i,
                   struct heading_match found)
{
    m->column[i] = found.column;
    m->how[i] = found.how;
    if (found.column == COLUMN_ORDER && m->order_column < 0) {
        m->order_column = (int32_t)i;
    }
    if (found.column < 0) {
        return;
    }
    int32_t before = m->sheet_column[found.column];
    bool is_truer = before >= 0 && m->how[before] == found.how && found.how == MATCH_EXACT &&
                    general_meaning(words, &h->headings[i]) == found.column &&
                    general_meaning(words, &h->headings[before]) != found.column;
    if (before >= 0 && m->how[before] >= found.how && !is_truer) {
        demote(h, words, m, i);
        return;
    }
    m->sheet_column[found.column] = (int32_t)i;
    if (before >= 0) {
        demote(h, words, m, (uint32_t)before);
    }
}

void mapping_make(const struct header *h, enum import_kind kind, const struct mapping_override *o,
                  struct arena *a, struct mapping *m)
{
    m->count = h->count;
    m->column = ARENA_ARRAY(a, int, h->count + 1);
    m->how = ARENA_ARRAY(a, enum match, h->count + 1);
    m->order_column = -1;
    for (int i = 0; i < COLUMN_COUNT; i++) {
        m->sheet_column[i] = -1;
    }
    const struct heading_words *words = heading_words_make(kind, a);
    for (uint32_t i = 0; i < h->count; i++) {
        m->column[i] = COLUMN_NONE;
        if (h->headings[i].part_count > 0) {
            settle(h, words, m, i, heading_match_with(o, words, &h->headings[i]));
        }
    }
}
