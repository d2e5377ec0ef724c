/* judge: which rows of a sheet are data.
 *
 * Between the headings and the end of a sheet stand rows that are no data: "1 2 3" under the headings, "II.
 * Tổ dân phố 2" above its places, totals, the headings again on the next page, the place, date and
 * signatures. Law: in doubt a row is data; it is better reported as a bad row than lost. A row with a number
 * under "STT" is data whatever its words say. */
#include "import/sheet.h"

#include <string.h>

enum { WORDS_MAX = 160 };

/* What a row looks like before its words are read. */
struct outline {
    uint32_t told;    /* cells with something in them, not filled down */
    uint32_t mapped;  /* those under a known heading */
    uint32_t numbers; /* those that are plain numbers */
    const struct cell *first, *longest;
    uint32_t first_column, longest_column;
    bool has_order; /* a number under "STT" */
};

/* --- words --- */

static bool is_number_text(struct slice text)
{
    size_t digits = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] >= '0' && text.p[i] <= '9') {
            digits++;
        } else if (!strchr(".,() ", text.p[i])) {
            return false;
        }
    }
    return digits > 0;
}

static bool is_number_cell(const struct cell *c)
{
    return c->kind == CELL_NUMBER || (c->kind == CELL_TEXT && is_number_text(c->text));
}

static bool starts_with_word(struct slice folded, struct slice word)
{
    return slice_starts(folded, word) && (folded.n == word.n || folded.p[word.n] == ' ');
}

static bool starts_with_one_of(struct slice folded, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (starts_with_word(folded, slice_of(words[i]))) {
            return true;
        }
    }
    return false;
}

/* "I", "IV.", "A)", "b": how groups are numbered. */
static bool is_group_number(struct slice text)
{
    while (text.n > 0 && strchr(".):-/ ", text.p[text.n - 1])) {
        text.n--;
    }
    if (text.n == 1) {
        return (text.p[0] >= 'A' && text.p[0] <= 'Z') || (text.p[0] >= 'a' && text.p[0] <= 'z');
    }
    for (size_t i = 0; i < text.n; i++) {
        if (!strchr("IVXL", text.p[i])) {
            return false;
        }
    }
    return text.n > 0 && text.n < 8;
}

/* --- shape --- */

static void look(const struct judge *j, const struct sheet_row *row, struct outline *s)
{
    const struct mapping *m = j->mapping;
    *s = (struct outline){0};
    for (uint32_t i = 0; i < row->count; i++) {
        const struct cell *c = &row->cells[i];
        if (c->kind == CELL_EMPTY || (c->flags & CELL_INHERITED)) {
            continue;
        }
        bool is_number = is_number_cell(c);
        s->told++;
        s->mapped += i < m->count && m->column[i] >= 0;
        s->numbers += is_number;
        s->has_order |= (int32_t)i == m->order_column && is_number;
        s->first_column = s->first ? s->first_column : i;
        s->first = s->first ? s->first : c;
        if (!s->longest || c->text.n > s->longest->text.n) {
            s->longest = c;
            s->longest_column = i;
        }
    }
}

/* --- one question each --- */

/* "1 2 3 …" or "A B 1 2 …" right under the headings: at least three cells that only count. */
static bool is_column_numbers(const struct judge *j, const struct sheet_row *row, const struct outline *s)
{
    int64_t expected = 0;
    uint32_t counted = 0;
    if (s->told < 3 || !j->is_first) {
        return false;
    }
    for (uint32_t i = 0; i < row->count; i++) {
        struct slice text = row->cells[i].text;
        int64_t v;
        while (text.n > 0 && strchr("([ ", text.p[0])) {
            text = (struct slice){text.p + 1, text.n - 1};
        }
        while (text.n > 0 && strchr(")]. ", text.p[text.n - 1])) {
            text.n--;
        }
        if (text.n == 0 || (text.n == 1 && text.p[0] >= 'A' && text.p[0] <= 'Z' && counted == 0)) {
            continue;
        }
        const char *sum = memchr(text.p, '=', text.n); /* "6=4+5" */
        text.n = sum ? (size_t)(sum - text.p) : text.n;
        if (!slice_to_int(slice_trim(text), &v) || v <= expected || v > expected + 3 ||
            v > (int64_t)row->count + 1) {
            return false;
        }
        expected = v;
        counted++;
    }
    return counted >= 2;
}

/* The headings again, as at the top of a printed page. */
static bool is_heading_again(const struct judge *j, const struct sheet_row *row, const struct outline *s)
{
    uint32_t same = 0;
    for (uint32_t i = 0; i < row->count && i < j->header->count; i++) {
        const struct heading *h = &j->header->headings[i];
        struct slice text = row->cells[i].text;
        for (uint32_t k = 0; k < h->part_count; k++) {
            if (text.n > 0 && slice_equal(text, h->parts[k])) {
                same++;
                break;
            }
        }
    }
    return same >= 2 && same * 2 > s->told;
}

static bool is_total(struct slice folded)
{
    static const char *const words[] = {"tong cong",      "tong so",          "cong trang",
                                        "cong mang sang", "tong hop chung",   "danh sach nay co",
                                        "danh sach co",   "danh sach gom",    "tong toan phuong",
                                        "grand total",    "cong chuyen trang"};
    static const char *const alone[] = {"tong", "cong", "total", "cong cong", "tong cong"};
    for (size_t i = 0; i < COUNT_OF(alone); i++) {
        if (slice_equal(folded, slice_of(alone[i]))) {
            return true;
        }
    }
    return starts_with_one_of(folded, words, COUNT_OF(words));
}

static bool is_signature(struct slice folded)
{
    static const char *const words[] = {
        "nguoi lap",          "nguoi lap bieu", "nguoi lap bang", "chu tich",
        "pho chu tich",       "kt chu tich",    "tm uy ban",      "tm ubnd",
        "uy ban nhan dan",    "thu truong",     "truong phong",   "tl chu tich",
        "pho truong phong",   "ke toan truong", "noi nhan",       "ky ten",
        "ky ghi ro",          "ky va ghi ro",   "da ky",          "xac nhan cua",
        "truong ban quan ly", "cong chuc",      "can bo lap",     "nguoi kiem tra",
        "dai dien ubnd",      "to truong"};
    return starts_with_one_of(folded, words, COUNT_OF(words));
}

/* Words that name a part of the ward or of a market. */
static bool is_group_word(struct slice folded)
{
    static const char *const words[] = {"to dan pho",  "tdp",  "to",        "khu pho",  "khu vuc",  "khu",
                                        "thon",        "khoi", "khoi pho",  "dia ban",  "phuong",   "duong",
                                        "tuyen duong", "cho",  "nhom",      "nganh",    "linh vuc", "day",
                                        "phan",        "muc",  "loai hinh", "danh sach"};
    return starts_with_one_of(folded, words, COUNT_OF(words));
}

/* Kinds of list whose rows are places, so that a lone "Tổ dân phố 2" under the name cannot be one of them. */
static bool lists_places(enum import_kind kind)
{
    return kind == IMPORT_ESTABLISHMENTS || kind == IMPORT_STALLS || kind == IMPORT_FOOD_SAFETY ||
           kind == IMPORT_PILOTS || kind == IMPORT_PAYMENTS;
}

static bool is_mapped(const struct judge *j, uint32_t column)
{
    return column < j->mapping->count && j->mapping->column[column] >= 0;
}

/* A lone text, perhaps with a count that stands under no heading of ours. */
static bool is_lone_text(const struct judge *j, const struct outline *s)
{
    uint32_t mapped_beside = s->mapped - is_mapped(j, s->longest_column);
    return s->told == 1 || (s->told == 2 && s->numbers == 1 && mapped_beside == 0);
}

static bool is_group(const struct judge *j, const struct outline *s, struct slice folded)
{
    if (s->has_order || s->longest->kind != CELL_TEXT || is_number_text(s->longest->text) ||
        j->known_columns < 3) {
        return false;
    }
    bool is_numbered = s->first != s->longest && s->first->kind == CELL_TEXT &&
                       !is_mapped(j, s->first_column) && is_group_number(s->first->text);
    if (is_numbered && s->told - s->numbers == 2 && s->told <= 3) {
        return true;
    }
    if (!is_lone_text(j, s)) {
        return false;
    }
    if ((s->longest->flags & CELL_WIDE) || (int32_t)s->longest_column == j->mapping->order_column) {
        return true;
    }
    struct slice rest = s->longest->text, number;
    bool has_number = slice_next(&rest, ' ', &number) && rest.n > 0 && is_group_number(number);
    bool has_words = has_number || is_group_word(folded);
    return is_mapped(j, s->longest_column) ? has_words && lists_places(j->kind)
                                           : has_words || s->longest_column == 0;
}

static bool is_place_and_date(struct slice folded)
{
    ptrdiff_t day = slice_find(folded, SLICE("ngay")), month = slice_find(folded, SLICE("thang")),
              year = slice_find(folded, SLICE("nam 20"));
    return day >= 0 && month > day && year > month;
}

/* In a list of one known column only the words of a total alone, or with a count, tell it from a name: "Tổng
 * cộng", "Cộng: 12 hộ". */
static bool is_bare_total(struct slice folded)
{
    static const char *const words[] = {"tong cong", "tong so", "tong", "cong"};
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        struct slice word = slice_of(words[i]);
        if (starts_with_word(folded, word)) {
            struct slice rest = slice_trim((struct slice){folded.p + word.n, folded.n - word.n});
            return rest.n == 0 || (rest.p[0] >= '0' && rest.p[0] <= '9');
        }
    }
    return false;
}

/* Ends of lists: totals, place and date, signatures. */
static enum row_sort judge_end(struct judge *j, const struct outline *s, struct slice folded,
                               struct slice first)
{
    if (is_bare_total(folded) || is_bare_total(first)) {
        return ROW_TOTAL;
    }
    if (j->known_columns < 2) {
        return ROW_DATA;
    }
    if (is_total(folded) || is_total(first)) {
        return ROW_TOTAL;
    }
    if (is_signature(folded) || is_signature(first) || (s->told <= 2 && is_place_and_date(folded))) {
        j->is_after_signature = true;
    }
    return j->is_after_signature && s->mapped < 3 ? ROW_SIGNATURE : ROW_DATA;
}

enum row_sort judge_row(struct judge *j, const struct sheet_row *row, struct arena *a, struct slice *group)
{
    struct outline s;
    look(j, row, &s);
    if (s.told == 0) {
        return ROW_BLANK;
    }
    if (is_column_numbers(j, row, &s)) {
        return ROW_NUMBERS;
    }
    j->is_first = false;
    if (row->wkb.n > 0 || j->is_database) {
        return ROW_DATA;
    }
    if (is_heading_again(j, row, &s)) {
        return ROW_HEADING;
    }
    /* Rows full of values are data; most rows end here, before any word is looked at. */
    uint32_t few = j->known_columns > 6 ? 3 : 2;
    if (s.has_order || (s.told - s.numbers > few && s.mapped > 2)) {
        j->is_after_signature = false;
        return ROW_DATA;
    }
    struct slice folded = text_fold_in(a, s.longest->text), first = text_fold_in(a, s.first->text);
    enum row_sort end = judge_end(j, &s, folded, first);
    if (end != ROW_DATA) {
        return end;
    }
    if (is_group(j, &s, folded)) {
        *group = s.longest->text;
        return ROW_GROUP;
    }
    /* A remark outside the columns we know, beside no order number, is no row of the list. */
    return s.mapped == 0 ? ROW_BLANK : ROW_DATA;
}

/* --- dates written out --- */

static bool take_word(struct slice *rest, const char *word)
{
    struct slice w = slice_of(word);
    if (!starts_with_word(*rest, w)) {
        return false;
    }
    *rest = (struct slice){rest->p + w.n, rest->n - w.n};
    if (rest->n > 0) {
        *rest = (struct slice){rest->p + 1, rest->n - 1};
    }
    return true;
}

static bool take_int(struct slice *rest, int *value)
{
    struct slice word;
    int64_t v;
    if (!slice_next(rest, ' ', &word) || !slice_to_int(word, &v) || v < 0 || v > 9999) {
        return false;
    }
    *value = (int)v;
    return true;
}

/* "31 thang 10 nam 2026" or "31 10 2026" (the slashes are blanks after folding). */
static bool take_date(struct slice rest, struct date *d)
{
    if (!take_int(&rest, &d->day)) {
        return false;
    }
    (void)take_word(&rest, "thang");
    if (!take_int(&rest, &d->month)) {
        return false;
    }
    (void)take_word(&rest, "nam");
    return take_int(&rest, &d->year) && d->year > 1990 && date_is_valid(*d);
}

bool source_date_of(struct slice line, struct arena *a, struct date *out, int *weight)
{
    if (line.n < 8 || line.n > 600) {
        return false;
    }
    struct slice folded = text_fold_in(a, line);
    ptrdiff_t at = slice_find(folded, SLICE("ngay "));
    bool is_state = slice_find(folded, SLICE("tinh den")) >= 0 ||
                    slice_find(folded, SLICE("cap nhat")) >= 0 ||
                    slice_find(folded, SLICE("so lieu den")) >= 0;
    if (at < 0 && is_state) {
        at = slice_find(folded, SLICE("den ")) - 1;
    }
    struct slice rest =
        at < 0 ? (struct slice){0} : (struct slice){folded.p + at + 5, folded.n - (size_t)at - 5};
    struct date d = {0};
    if (at < 0 || !take_date(rest, &d)) {
        return false;
    }
    bool is_other = slice_find(folded, SLICE("kem theo")) >= 0 ||
                    slice_find(folded, SLICE("quyet dinh")) >= 0 ||
                    slice_find(folded, SLICE("cong van")) >= 0 || slice_find(folded, SLICE("ke hoach")) >= 0;
    *out = d;
    *weight = is_state ? 3 : is_other ? 1 : 2;
    return true;
}
