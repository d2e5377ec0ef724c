/* clean: words of a cell as values of ours.
 *
 * Between table.c and load.c, with clean_date.c, clean_number.c and clean_position.c. The words stand in
 * clean.def. Law: a word that is not known is CLEAN_BAD and said; nothing is guessed from half a word. */
#include "import/clean.h"

#include "layers/text.h"

#include <string.h>

enum { WORDS_MAX = 400 }; /* longer text is no word of a list */

enum word_list {
    LIST_YES_NO,
    LIST_KIND,
    LIST_STATUS,
    LIST_STALL_KIND,
    LIST_PILOT_TYPE,
    LIST_EVIDENCE_CLASS,
    LIST_METHOD,
    LIST_EVIDENCE_STATE,
    LIST_RESULT
};

struct word {
    enum word_list list;
    const char *value, *words;
};

static const struct word words[] = {
#define WORD(list, value, words) {LIST_##list, value, words},
#include "import/clean.def"
#undef WORD
};

/* --- the cell itself --- */

enum clean clean_cell(const struct cell *c, struct fault *f)
{
    if (c->kind == CELL_EMPTY) {
        return CLEAN_EMPTY;
    }
    if (c->flags & CELL_NO_RESULT) {
        fault_set(f, FAULT_BAD_VALUE, NULL, "công thức chưa được tính; hãy mở tệp, tính lại rồi lưu");
        return CLEAN_BAD;
    }
    if (c->flags & CELL_TOO_LONG) {
        fault_set(f, FAULT_BAD_VALUE, NULL, "ô chứa nhiều chữ hơn một ô bảng tính chứa được");
        return CLEAN_BAD;
    }
    if (c->kind == CELL_ERROR) {
        fault_set(f, FAULT_BAD_VALUE, NULL, "ô báo lỗi \"%.*s\"", (int)c->text.n, c->text.p);
        return CLEAN_BAD;
    }
    if (c->flags & CELL_LOST_DIGITS) {
        fault_set(f, FAULT_BAD_NUMBER, NULL,
                  "số quá dài, bảng tính đã làm mất các chữ số cuối; hãy nhập lại dạng chữ");
        return CLEAN_BAD;
    }
    return CLEAN_OK;
}

/* Marks people put where there is nothing to say. */
static bool says_nothing(struct slice text)
{
    static const char *const marks[] = {"-",  "--",   "---",   "_",        ".",     "..",    "...",
                                        "/",  "\\",   "?",     "nt",       "n/t",   "#n/a",  "n/a",
                                        "na", "null", "none",  "\"",       "''",    "“",     "”",
                                        "–",  "—",    "x x x", "không có", "ko có", "không", "chưa có"};
    char first = text.n ? text.p[0] : 0;
    first = first >= 'A' && first <= 'Z' ? (char)(first + 32) : first;
    for (size_t i = 0; text.n && text.n <= 12 && i < COUNT_OF(marks); i++) {
        if (marks[i][0] == first && slice_equal_ignoring_case(text, slice_of(marks[i]))) {
            return true;
        }
    }
    return false;
}

enum clean clean_text(const struct cell *c, struct arena *a, struct slice *out)
{
    *out = (struct slice){0};
    if (c->kind == CELL_EMPTY || c->kind == CELL_ERROR || says_nothing(c->text)) {
        return CLEAN_EMPTY;
    }
    *out = arena_slice(a, c->text);
    return CLEAN_OK;
}

enum clean clean_name(const struct cell *c, struct arena *a, struct slice *out)
{
    return clean_text(c, a, out);
}

/* --- words of a list --- */

/* Whether `word` stands in the text as a word. */
static bool holds(struct slice text, struct slice word)
{
    for (size_t i = 0; i + word.n <= text.n; i++) {
        bool begins = i == 0 || text.p[i - 1] == ' ',
             ends = i + word.n == text.n || text.p[i + word.n] == ' ';
        if (begins && ends && memcmp(text.p + i, word.p, word.n) == 0) {
            return true;
        }
    }
    return false;
}

static bool row_says(const struct word *w, struct slice text, bool whole)
{
    enum { SHORTEST = 3 };
    struct slice all = slice_of(w->words), one;
    while (slice_next(&all, '|', &one)) {
        bool is_whole_only = one.p[0] == '=' || one.n < SHORTEST;
        one = one.p[0] == '=' ? (struct slice){one.p + 1, one.n - 1} : one;
        if (whole ? slice_equal(text, one) : !is_whole_only && holds(text, one)) {
            return true;
        }
    }
    return false;
}

/* --- words that were read before --- */

/* A list says the same few words in every row, and what they mean never changes: each thread keeps some. What
 * stays are cells that were understood, in the memory of the thread that read them. */
enum { KEPT_WORDS = 64, KEPT_BYTES = 40 };

struct kept_word {
    enum word_list list;
    uint32_t n;
    char text[KEPT_BYTES];
    const char *value; /* NULL: a free slot */
};

static struct kept_word *kept_slot(enum word_list list, struct slice text)
{
    static _Thread_local struct kept_word kept[KEPT_WORDS];
    uint32_t h = 2166136261u + (uint32_t)list;
    for (size_t i = 0; i < text.n; i++) {
        h = (h ^ (unsigned char)text.p[i]) * 16777619u;
    }
    return &kept[(h >> 16 ^ h) % KEPT_WORDS];
}

static const char *find_kept(enum word_list list, struct slice text)
{
    if (text.n > KEPT_BYTES) {
        return NULL;
    }
    const struct kept_word *k = kept_slot(list, text);
    bool same = k->value && k->list == list && k->n == text.n && memcmp(k->text, text.p, text.n) == 0;
    return same ? k->value : NULL;
}

static void keep_word(enum word_list list, struct slice text, const char *value)
{
    if (text.n == 0 || text.n > KEPT_BYTES) {
        return;
    }
    struct kept_word *k = kept_slot(list, text);
    *k = (struct kept_word){.list = list, .n = (uint32_t)text.n, .value = value};
    memcpy(k->text, text.p, text.n);
}

static const char *find_word(enum word_list list, struct slice text)
{
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < COUNT_OF(words); i++) {
            if (words[i].list == list && row_says(&words[i], text, pass == 0)) {
                return words[i].value;
            }
        }
    }
    return NULL;
}

static struct slice fold_cell(const struct cell *c, struct buf *folded)
{
    struct slice text = c->text;
    text.n = text.n < WORDS_MAX ? text.n : WORDS_MAX;
    text_fold(text, folded);
    return buf_to_slice(folded);
}

static enum clean unknown_word(const struct cell *c, struct fault *f, const char *what)
{
    fault_set(f, FAULT_BAD_VALUE, NULL, "không hiểu %s \"%.*s\"", what,
              (int)(c->text.n < 80 ? c->text.n : 80), c->text.p);
    return CLEAN_BAD;
}

static enum clean clean_word(const struct cell *c, enum word_list list, const char **out, struct fault *f)
{
    static const char *const what[] = {
        "có hay không", "loại hình",       "tình trạng",  "loại quầy sạp",
        "loại mô hình", "loại minh chứng", "phương thức", "trạng thái minh chứng",
        "kết quả"};
    struct buf folded = {0};
    enum clean sound = clean_cell(c, f);
    *out = NULL;
    if (sound != CLEAN_OK) {
        return sound;
    }
    *out = find_kept(list, c->text);
    if (!*out && (*out = find_word(list, fold_cell(c, &folded))) != NULL) {
        keep_word(list, c->text, *out);
    }
    buf_release(&folded);
    if (*out) {
        enum clean verdict = **out ? CLEAN_OK : CLEAN_EMPTY;
        *out = **out ? *out : NULL;
        return verdict;
    }
    return says_nothing(c->text) ? CLEAN_EMPTY : unknown_word(c, f, what[list]);
}

/* "✓", "√", "✔", "☑" and a lone "-" are no letters and would fold away. */
static bool is_tick(struct slice text)
{
    static const char *const ticks[] = {"✓", "✔", "√", "☑", "✅", "+", "●", "•", "*", "û", "ü", "þ"};
    enum { LONGEST = 3 }; /* bytes */
    for (size_t i = 0; text.n <= LONGEST && i < COUNT_OF(ticks); i++) {
        if (slice_equal(text, slice_of(ticks[i]))) {
            return true;
        }
    }
    return false;
}

enum clean clean_yes_no(const struct cell *c, bool *out, struct fault *f)
{
    const char *word;
    if (c->kind == CELL_BOOL) {
        *out = c->number != 0;
        return CLEAN_OK;
    }
    if (c->kind == CELL_TEXT && (is_tick(c->text) || slice_equal(c->text, SLICE("-")))) {
        *out = c->text.p[0] != '-';
        return CLEAN_OK;
    }
    enum clean verdict = clean_word(c, LIST_YES_NO, &word, f);
    *out = verdict == CLEAN_OK && strcmp(word, "yes") == 0;
    return verdict;
}

enum clean clean_platform(const struct cell *c, bool *out, struct fault *f)
{
    struct fault ignored = {0};
    enum clean sound = clean_cell(c, f), verdict = clean_yes_no(c, out, &ignored);
    if (sound == CLEAN_OK && verdict == CLEAN_BAD) {
        *out = true; /* the name of a platform */
        return CLEAN_OK;
    }
    return sound == CLEAN_OK ? verdict : sound;
}

enum clean clean_kind(const struct cell *c, const char **out, struct fault *f)
{
    return clean_word(c, LIST_KIND, out, f);
}

enum clean clean_status(const struct cell *c, const char **out, struct fault *f)
{
    return clean_word(c, LIST_STATUS, out, f);
}

enum clean clean_stall_kind(const struct cell *c, const char **out, struct fault *f)
{
    return clean_word(c, LIST_STALL_KIND, out, f);
}

enum clean clean_pilot_type(const struct cell *c, const char **out, struct fault *f)
{
    return clean_word(c, LIST_PILOT_TYPE, out, f);
}

enum clean clean_evidence_class(const struct cell *c, const char **out, struct fault *f)
{
    return clean_word(c, LIST_EVIDENCE_CLASS, out, f);
}

/* "QR, CK" names two methods; which of them was seen, a person must say. */
static bool names_several(struct slice text, enum word_list list)
{
    int found = 0;
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        struct slice all = slice_of(words[i].words), one;
        bool says = false;
        while (words[i].list == list && !says && slice_next(&all, '|', &one)) {
            says = one.n >= 2 && one.p[0] != '=' && holds(text, one);
        }
        found += says;
    }
    return found > 1;
}

enum clean clean_method(const struct cell *c, const char **out, struct fault *f)
{
    struct buf folded = {0};
    bool several = c->kind == CELL_TEXT && names_several(fold_cell(c, &folded), LIST_METHOD);
    buf_release(&folded);
    if (several) {
        *out = NULL;
        fault_set(f, FAULT_AMBIGUOUS, NULL, "mỗi minh chứng chỉ ghi một phương thức (QR, POS hoặc CK)");
        return CLEAN_BAD;
    }
    return clean_word(c, LIST_METHOD, out, f);
}

enum clean clean_evidence_state(const struct cell *c, const char **out, struct fault *f)
{
    return clean_word(c, LIST_EVIDENCE_STATE, out, f);
}

enum clean clean_result(const struct cell *c, const char **out, struct fault *f)
{
    return clean_word(c, LIST_RESULT, out, f);
}
