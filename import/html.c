/* html: a web page named .xls, as raw rows.
 *
 * Old web software "exports to Excel" by writing an HTML table. Read whole (it is small) by a scanner that
 * knows rows, cells, spans and entities and nothing else of HTML. Law: no recursion, bounded size, and
 * whatever is not a cell is not read. */
#include "import/sheet.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { HTML_BYTES_MAX = 256 << 20, SPAN_MAX = 10000 };

struct html {
    struct sheet sheet; /* first, so that the two pointers are one */
    struct buf bytes;
    size_t at;
    uint32_t row_number;
    struct cell *cells;
    uint32_t cell_capacity;
    uint32_t *busy; /* by column: the last row that a cell covers */
    struct arena row_memory;
};

/* --- tags --- */

struct tag {
    struct slice name, body; /* body: everything between the name and ">" */
    bool is_end;
};

/* Moves *at behind the next tag; false at the end. Comments and the insides of script and style are passed
 * over. */
static bool next_tag(struct slice text, size_t *at, struct tag *tag)
{
    const char *open = memchr(text.p + *at, '<', text.n - *at);
    if (!open) {
        return false;
    }
    size_t from = (size_t)(open - text.p) + 1;
    bool is_comment = text.n - from > 3 && memcmp(text.p + from, "!--", 3) == 0;
    struct slice rest = {text.p + from, text.n - from};
    ptrdiff_t close = slice_find(rest, is_comment ? SLICE("-->") : SLICE(">"));
    size_t n = close < 0 ? rest.n : (size_t)close;
    *at = from + n + (close < 0 ? 0 : is_comment ? 3 : 1);
    tag->is_end = n > 0 && rest.p[0] == '/';
    struct slice inside = {rest.p + tag->is_end, n - tag->is_end};
    size_t name = 0;
    while (name < inside.n && !strchr(" \t\r\n/", inside.p[name])) {
        name++;
    }
    tag->name = (struct slice){inside.p, is_comment ? 0 : name};
    tag->body = (struct slice){inside.p + name, inside.n - name};
    return true;
}

static bool is_tag(const struct tag *tag, const char *name)
{
    return slice_equal_ignoring_case(tag->name, slice_of(name));
}

static uint32_t span_of(const struct tag *tag, const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 0; i + n < tag->body.n; i++) {
        if (strncasecmp(tag->body.p + i, name, n) != 0) {
            continue;
        }
        uint32_t v = 0;
        for (size_t k = i + n; k < tag->body.n && v < SPAN_MAX; k++) {
            char c = tag->body.p[k];
            if (c >= '0' && c <= '9') {
                v = v * 10 + (uint32_t)(c - '0');
            } else if (!strchr("= \"'", c)) {
                break;
            }
        }
        return v < 1 ? 1 : v > SPAN_MAX ? SPAN_MAX : v;
    }
    return 1;
}

static bool is_hidden(const struct tag *tag)
{
    return slice_find(tag->body, SLICE("display:none")) >= 0 ||
           slice_find(tag->body, SLICE("display: none")) >= 0;
}

/* --- text --- */

static size_t put_codepoint(struct buf *out, uint32_t c)
{
    char bytes[4];
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    if (n == 1) {
        bytes[0] = (char)c;
    }
    for (size_t k = n; n > 1 && k-- > 1; c >>= 6) {
        bytes[k] = (char)(0x80 | (c & 0x3F));
    }
    if (n > 1) {
        bytes[0] = (char)((0xF0 << (4 - n)) | c);
    }
    buf_add(out, bytes, n);
    return n;
}

/* An entity at the start of `text` (behind "&"); gives how many bytes it took, 0 when it is none. */
static size_t put_entity(struct slice text, struct buf *out)
{
    static const struct {
        const char *name;
        uint32_t code;
    } names[] = {
        {"amp;", '&'},
        {"lt;", '<'},
        {"gt;", '>'},
        {"quot;", '"'},
        {"nbsp;", ' '},
        {"apos;", '\''},
        /* the letters of Vietnamese that HTML has names for, and what office programs put between words */
        {"Agrave;", 0xC0},
        {"agrave;", 0xE0},
        {"Aacute;", 0xC1},
        {"aacute;", 0xE1},
        {"Acirc;", 0xC2},
        {"acirc;", 0xE2},
        {"Atilde;", 0xC3},
        {"atilde;", 0xE3},
        {"Egrave;", 0xC8},
        {"egrave;", 0xE8},
        {"Eacute;", 0xC9},
        {"eacute;", 0xE9},
        {"Ecirc;", 0xCA},
        {"ecirc;", 0xEA},
        {"Igrave;", 0xCC},
        {"igrave;", 0xEC},
        {"Iacute;", 0xCD},
        {"iacute;", 0xED},
        {"ETH;", 0xD0},
        {"Ograve;", 0xD2},
        {"ograve;", 0xF2},
        {"Oacute;", 0xD3},
        {"oacute;", 0xF3},
        {"Ocirc;", 0xD4},
        {"ocirc;", 0xF4},
        {"Otilde;", 0xD5},
        {"otilde;", 0xF5},
        {"Ugrave;", 0xD9},
        {"ugrave;", 0xF9},
        {"Uacute;", 0xDA},
        {"uacute;", 0xFA},
        {"Yacute;", 0xDD},
        {"yacute;", 0xFD},
        {"ndash;", 0x2013},
        {"mdash;", 0x2014},
        {"lsquo;", 0x2018},
        {"rsquo;", 0x2019},
        {"ldquo;", 0x201C},
        {"rdquo;", 0x201D},
        {"hellip;", 0x2026},
        {"bull;", 0x2022},
        {"middot;", 0xB7},
        {"ordm;", 0xBA},
        {"deg;", 0xB0},
        {"sup2;", 0xB2},
        {"times;", 0xD7}};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (slice_starts(text, slice_of(names[i].name))) {
            put_codepoint(out, names[i].code);
            return strlen(names[i].name);
        }
    }
    if (text.n < 3 || text.p[0] != '#') {
        return 0;
    }
    bool is_hex = text.p[1] == 'x' || text.p[1] == 'X';
    uint32_t code = 0;
    size_t i = is_hex ? 2 : 1;
    for (; i < text.n && i < 10 && text.p[i] != ';'; i++) {
        char c = text.p[i];
        uint32_t digit = c >= '0' && c <= '9'                  ? (uint32_t)(c - '0')
                         : is_hex && strchr("abcdefABCDEF", c) ? (uint32_t)((c | 32) - 'a' + 10)
                                                               : 99;
        if (digit == 99) {
            return 0;
        }
        code = code * (is_hex ? 16 : 10) + digit;
    }
    bool is_character =
        i < text.n && text.p[i] == ';' && code > 0 && code < 0x110000 && (code < 0xD800 || code > 0xDFFF);
    if (is_character) {
        put_codepoint(out, code);
    }
    return is_character ? i + 1 : 0;
}

static void put_plain(struct slice text, struct buf *out)
{
    for (size_t i = 0; i < text.n;) {
        if (text.p[i] == '&') {
            size_t used = put_entity((struct slice){text.p + i + 1, text.n - i - 1}, out);
            if (used > 0) {
                i += used + 1;
                continue;
            }
        }
        buf_char(out, text.p[i++]);
    }
}

/* --- cells and rows --- */

static struct cell *cell_at(struct html *h, uint32_t column, uint32_t *count)
{
    if (column >= SHEET_COLUMNS_MAX) {
        return NULL;
    }
    if (column >= h->cell_capacity) {
        uint32_t capacity = (column + 1) * 2;
        struct cell *cells = realloc(h->cells, capacity * sizeof *cells);
        uint32_t *busy = cells ? realloc(h->busy, capacity * sizeof *busy) : NULL;
        h->cells = cells ? cells : h->cells;
        if (!busy) {
            return NULL;
        }
        memset(busy + h->cell_capacity, 0, (capacity - h->cell_capacity) * sizeof *busy);
        h->busy = busy;
        h->cell_capacity = capacity;
    }
    while (*count <= column) {
        h->cells[(*count)++] = (struct cell){0};
    }
    return &h->cells[column];
}

/* Text from *at to the end of the cell; *at then stands before the tag that ended it. */
static struct slice read_cell_text(struct html *h, struct slice all)
{
    struct buf text = {0};
    size_t at = h->at;
    struct tag tag;
    for (;;) {
        size_t before = at;
        bool found = next_tag(all, &at, &tag);
        const char *open = found ? memchr(all.p + before, '<', all.n - before) : all.p + all.n;
        put_plain((struct slice){all.p + before, (size_t)(open - all.p) - before}, &text);
        bool is_over =
            !found || is_tag(&tag, "td") || is_tag(&tag, "th") || is_tag(&tag, "tr") || is_tag(&tag, "table");
        if (is_over) {
            h->at = found ? (size_t)(open - all.p) : all.n;
            break;
        }
        buf_text(&text, is_tag(&tag, "br") || is_tag(&tag, "p") || is_tag(&tag, "div") ? " " : "");
    }
    struct slice kept = arena_slice(&h->row_memory, slice_trim(buf_to_slice(&text)));
    buf_release(&text);
    return kept;
}

static bool read_cell(struct html *h, struct slice all, const struct tag *tag, uint32_t *count,
                      bool is_first_reading)
{
    uint32_t column = *count, wide = span_of(tag, "colspan"), high = span_of(tag, "rowspan");
    while (column < h->cell_capacity && h->busy[column] >= h->row_number) {
        column++;
    }
    struct slice text = read_cell_text(h, all);
    if (!cell_at(h, column + wide - 1, count)) {
        return false;
    }
    h->cells[column] = (struct cell){
        .kind = text.n ? CELL_TEXT : CELL_EMPTY, .text = text, .flags = is_hidden(tag) ? CELL_HIDDEN : 0};
    for (uint32_t c = column; c < column + wide; c++) {
        h->busy[c] = h->row_number + high - 1;
    }
    if (is_first_reading) {
        sheet_note_merge(&h->sheet,
                         (struct merge){h->row_number, column, h->row_number + high - 1, column + wide - 1});
    }
    return true;
}

/* Next <tr> with its cells; false at the end or when the row is too wide. */
static bool read_row(struct html *h, struct sheet_row *row, bool is_first_reading, struct fault *f)
{
    struct slice all = buf_to_slice(&h->bytes);
    struct tag tag;
    uint32_t count = 0;
    do {
        if (!next_tag(all, &h->at, &tag)) {
            return false;
        }
    } while (!is_tag(&tag, "tr") || tag.is_end);
    h->row_number++;
    *row = (struct sheet_row){.number = h->row_number, .is_hidden = is_hidden(&tag)};
    for (;;) {
        size_t before = h->at;
        if (!next_tag(all, &h->at, &tag)) {
            break;
        }
        if (is_tag(&tag, "tr") || is_tag(&tag, "table")) {
            h->at = tag.is_end ? h->at : before;
            break;
        }
        bool is_cell = !tag.is_end && (is_tag(&tag, "td") || is_tag(&tag, "th"));
        if (is_cell && !read_cell(h, all, &tag, &count, is_first_reading)) {
            return fault_set(f, FAULT_TOO_LARGE, NULL, "dòng %u có hơn %d cột", h->row_number,
                             SHEET_COLUMNS_MAX);
        }
    }
    row->cells = h->cells;
    row->count = count;
    return true;
}

static bool html_next(struct sheet *s, struct sheet_row *row, struct fault *f)
{
    struct html *h = (struct html *)s;
    arena_reset(&h->row_memory);
    return read_row(h, row, false, f);
}

static void rewind_html(struct html *h)
{
    h->at = 0;
    h->row_number = 0;
    if (h->busy) {
        memset(h->busy, 0, h->cell_capacity * sizeof *h->busy);
    }
}

static bool html_select(struct sheet *s, uint32_t index, struct fault *f)
{
    struct html *h = (struct html *)s;
    struct sheet_row row;
    struct fault local = {0};
    (void)index;
    rewind_html(h);
    s->merge_count = 0;
    while (read_row(h, &row, true, &local)) {
        arena_reset(&h->row_memory);
    }
    s->row_estimate = h->row_number;
    rewind_html(h);
    return local.code == FAULT_NONE || fault_set(f, local.code, local.place, "%s", local.text);
}

static void html_close(struct sheet *s)
{
    struct html *h = (struct html *)s;
    buf_release(&h->bytes);
    arena_release(&h->row_memory);
    arena_release(&s->memory);
    free(h->cells);
    free(h->busy);
    free(s->merges);
    free(h);
}

bool html_open(struct sheet **out, const char *path, struct fault *f)
{
    static const struct sheet_reader reader = {html_select, html_next, html_close};
    struct html *h = calloc(1, sizeof *h);
    if (!h) {
        return fault_set(f, FAULT_INTERNAL, path, "hết bộ nhớ");
    }
    h->sheet.reader = &reader;
    h->sheet.format = "HTML";
    h->sheet.fallback = TEXT_CP1258;
    h->sheet.names = ARENA_ARRAY(&h->sheet.memory, struct sheet_name, 1);
    h->sheet.names[0].name = "";
    h->sheet.name_count = 1;
    if (!file_read(path, HTML_BYTES_MAX, &h->bytes, f)) {
        html_close(&h->sheet);
        return false;
    }
    *out = &h->sheet;
    return true;
}
