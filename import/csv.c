/* csv: delimited text as raw rows.
 *
 * Reads what office programs write: UTF-8 with or without its mark, UTF-16 ("Unicode text"), Windows-1258 and
 * TCVN3; comma, semicolon, tab or bar; a first line "sep=;"; line ends inside quotes. Law: constant memory,
 * cells point into the read buffer, and a quote that is never closed costs no rows (it is then taken as a
 * plain character). */
#include "import/sheet.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 1 << 18, SAMPLE = 1 << 17, QUOTED_MAX = 1 << 16 };

enum width { WIDTH_8, WIDTH_16_LITTLE, WIDTH_16_BIG };

struct csv {
    struct sheet sheet; /* first, so that the two pointers are one */
    FILE *file;
    enum width width;
    char *bytes; /* UTF-8, or bytes of a legacy encoding */
    size_t at, end, capacity;
    unsigned char odd[4]; /* the cut tail of a UTF-16 chunk */
    size_t odd_count;
    bool is_at_end;
    char delimiter;
    uint32_t row_number;
    struct cell *cells;
    uint32_t cell_capacity;
};

/* --- bytes --- */

static size_t put_utf8(char *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3F));
    out[2] = (char)(0x80 | (c >> 6 & 0x3F));
    out[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

static uint32_t unit_at(const struct csv *c, const unsigned char *p)
{
    return c->width == WIDTH_16_LITTLE ? (uint32_t)(p[0] | p[1] << 8) : (uint32_t)(p[1] | p[0] << 8);
}

/* UTF-16 units to UTF-8; what is cut off at the end waits in c->odd. */
static size_t from_utf16(struct csv *c, const unsigned char *in, size_t n, char *out)
{
    size_t used = 0, made = 0;
    while (used + 2 <= n) {
        uint32_t unit = unit_at(c, in + used);
        size_t step = 2;
        if (unit >= 0xD800 && unit < 0xDC00) {
            if (used + 4 > n) {
                break;
            }
            uint32_t low = unit_at(c, in + used + 2);
            bool is_pair = low >= 0xDC00 && low < 0xE000;
            unit = is_pair ? 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00) : 0xFFFD;
            step = is_pair ? 4 : 2;
        } else if (unit >= 0xDC00 && unit < 0xE000) {
            unit = 0xFFFD;
        }
        made += put_utf8(out + made, unit);
        used += step;
    }
    c->odd_count = n - used;
    memmove(c->odd, in + used, c->odd_count);
    return made;
}

static bool make_room(struct csv *c, size_t extra)
{
    if (c->at > 0) {
        memmove(c->bytes, c->bytes + c->at, c->end - c->at);
        c->end -= c->at;
        c->at = 0;
    }
    if (c->end + extra <= c->capacity) {
        return true;
    }
    size_t capacity = (c->end + extra) * 2;
    char *bytes = realloc(c->bytes, capacity);
    if (bytes) {
        c->bytes = bytes;
        c->capacity = capacity;
    }
    return bytes != NULL;
}

/* Reads one chunk more behind the bytes that are not used yet. */
static bool fill(struct csv *c, struct fault *f)
{
    if (!make_room(c, 2 * CHUNK)) {
        return fault_set(f, FAULT_TOO_LARGE, NULL, "hết bộ nhớ khi đọc CSV");
    }
    size_t n;
    if (c->width == WIDTH_8) {
        n = fread(c->bytes + c->end, 1, CHUNK, c->file);
        c->end += n;
    } else {
        unsigned char raw[CHUNK / 4 + 4];
        memcpy(raw, c->odd, c->odd_count);
        n = fread(raw + c->odd_count, 1, CHUNK / 4, c->file);
        c->end += from_utf16(c, raw, n + c->odd_count, c->bytes + c->end);
    }
    c->is_at_end = n == 0;
    if (n == 0 && ferror(c->file)) {
        return fault_set(f, FAULT_FILE_FORMAT, NULL, "đọc tệp bị lỗi: %s", strerror(errno));
    }
    return true;
}

/* --- records --- */

/* End of the record that begins at `from` (position of its line end), or `end` when it is not complete. A
 * quote opens only at the start of a field; *unclosed tells that the bytes ended inside quotes. */
static size_t record_end(const struct csv *c, size_t from, bool *unclosed)
{
    const char *p = c->bytes;
    *unclosed = false;
    const char *line = memchr(p + from, '\n', c->end - from);
    size_t stop = line ? (size_t)(line - p) : c->end;
    if (!memchr(p + from, '"', stop - from)) {
        const char *old = line ? NULL : memchr(p + from, '\r', stop - from);
        return old && old + 1 < p + c->end ? (size_t)(old - p) : stop;
    }
    bool is_quoted = false, may_open = true; /* at the start of a field, or behind a quote that just closed */
    size_t opened = from;
    for (size_t i = from; i < c->end; i++) {
        if (is_quoted) {
            is_quoted = p[i] != '"';
            may_open = !is_quoted;
            if (i - opened > QUOTED_MAX) {
                *unclosed = true;
                return c->end;
            }
            continue;
        }
        if (p[i] == '"' && may_open) {
            is_quoted = true;
            opened = i;
        } else if (p[i] == '\n') {
            return i;
        }
        may_open = p[i] == c->delimiter;
    }
    *unclosed = is_quoted;
    return c->end;
}

static bool next_record(struct csv *c, struct slice *record, bool *is_literal, struct fault *f)
{
    for (;;) {
        bool unclosed;
        size_t stop = record_end(c, c->at, &unclosed);
        bool is_hopeless = unclosed && (c->is_at_end || stop - c->at > QUOTED_MAX);
        if (is_hopeless) {
            const char *line = memchr(c->bytes + c->at, '\n', c->end - c->at);
            stop = line ? (size_t)(line - c->bytes) : c->end;
        }
        *is_literal = is_hopeless;
        if (stop < c->end || c->is_at_end) {
            if (c->at >= c->end) {
                return false;
            }
            *record = (struct slice){c->bytes + c->at, stop - c->at};
            c->at = stop < c->end ? stop + 1 : c->end;
            break;
        }
        if (c->end - c->at > SHEET_ROW_BYTES_MAX) {
            return fault_set(f, FAULT_TOO_LARGE, NULL, "dòng %u dài hơn %d MB", c->row_number + 1,
                             SHEET_ROW_BYTES_MAX >> 20);
        }
        if (!fill(c, f)) {
            return false;
        }
    }
    while (record->n > 0 && (record->p[record->n - 1] == '\r' || record->p[record->n - 1] == '\0')) {
        record->n--;
    }
    return true;
}

/* A quoted field from its opening quote: doubled quotes are made single in place. Gives the length of the
 * field in the record, behind its closing quote and up to the delimiter. */
static size_t unquote(char *p, size_t n, char delimiter, struct slice *text)
{
    size_t in = 1, out = 0;
    while (in < n) {
        if (p[in] != '"') {
            p[out++] = p[in++];
        } else if (in + 1 < n && p[in + 1] == '"') {
            p[out++] = '"';
            in += 2;
        } else {
            in++;
            break;
        }
    }
    while (in < n && p[in] != delimiter) {
        p[out++] = p[in++];
    }
    *text = (struct slice){p, out};
    return in;
}

static struct cell *add_cell(struct csv *c, uint32_t count)
{
    if (count == c->cell_capacity) {
        uint32_t capacity = count ? count * 2 : 64;
        struct cell *cells = realloc(c->cells, capacity * sizeof *cells);
        if (!cells) {
            return NULL;
        }
        c->cells = cells;
        c->cell_capacity = capacity;
    }
    struct cell *cell = &c->cells[count];
    *cell = (struct cell){0};
    return cell;
}

/* Cuts a record into cells; false when there are too many of them. */
static bool split(struct csv *c, struct slice record, bool is_literal, uint32_t *count)
{
    char *p = c->bytes + (record.p - c->bytes);
    size_t left = record.n;
    *count = 0;
    for (;;) {
        struct cell *cell = *count < SHEET_COLUMNS_MAX ? add_cell(c, *count) : NULL;
        if (!cell) {
            return false;
        }
        size_t used;
        if (left > 0 && p[0] == '"' && !is_literal) {
            used = unquote(p, left, c->delimiter, &cell->text);
        } else {
            const char *stop = left ? memchr(p, c->delimiter, left) : NULL;
            used = stop ? (size_t)(stop - p) : left;
            cell->text = (struct slice){p, used};
        }
        cell->kind = cell->text.n ? CELL_TEXT : CELL_EMPTY;
        (*count)++;
        if (used >= left) {
            return true;
        }
        p += used + 1;
        left -= used + 1;
    }
}

static bool csv_next(struct sheet *s, struct sheet_row *row, struct fault *f)
{
    struct csv *c = (struct csv *)s;
    struct slice record = {0};
    bool is_literal = false;
    if (!next_record(c, &record, &is_literal, f)) {
        return false;
    }
    uint32_t count;
    c->row_number++;
    if (!split(c, record, is_literal, &count)) {
        return fault_set(f, FAULT_TOO_LARGE, NULL, "dòng %u có hơn %d cột", c->row_number, SHEET_COLUMNS_MAX);
    }
    *row = (struct sheet_row){.number = c->row_number, .cells = c->cells, .count = count};
    return true;
}

/* --- what kind of file it is --- */

/* Lines of the sample, line ends inside quotes not counted, in which `delimiter` stands as often as in most
 * lines. */
static uint32_t regular_lines(struct slice sample, char delimiter, uint32_t *usual)
{
    enum { LINES = 100, MOST = 512 };
    uint32_t seen[MOST] = {0}, lines = 0, here = 0;
    bool is_quoted = false;
    for (size_t i = 0; i < sample.n && lines < LINES; i++) {
        char c = sample.p[i];
        is_quoted = is_quoted != (c == '"');
        here += c == delimiter && !is_quoted;
        if (c == '\n' && !is_quoted) {
            seen[here < MOST ? here : MOST - 1]++;
            lines++;
            here = 0;
        }
    }
    seen[here < MOST ? here : MOST - 1]++;
    *usual = 0;
    for (uint32_t n = 1; n < MOST; n++) {
        *usual = seen[n] > seen[*usual] || (*usual == 0 && seen[n]) ? n : *usual;
    }
    return *usual ? seen[*usual] : 0;
}

static char guess_delimiter(struct slice sample)
{
    static const char candidates[] = ",;\t|";
    char best = ',';
    uint32_t best_lines = 0, best_usual = 0;
    for (const char *d = candidates; *d; d++) {
        uint32_t usual, lines = regular_lines(sample, *d, &usual);
        if (lines > best_lines || (lines == best_lines && usual > best_usual)) {
            best = *d;
            best_lines = lines;
            best_usual = usual;
        }
    }
    return best;
}

/* The encoding of bytes that are no UTF-8: what the lines with such bytes read as, taken together. */
static enum text_encoding guess_encoding(struct slice sample)
{
    struct buf odd = {0};
    struct slice line;
    while (odd.n < 8192 && slice_next(&sample, '\n', &line)) {
        if (!text_is_utf8(line) && sample.n > 0) {
            buf_slice(&odd, line);
            buf_char(&odd, ' ');
        }
    }
    enum text_encoding found = odd.n ? text_detect(buf_to_slice(&odd)) : TEXT_CP1258;
    buf_release(&odd);
    return found == TEXT_UTF8 ? TEXT_CP1258 : found;
}

static void take_separator_line(struct csv *c)
{
    struct slice head = {c->bytes + c->at, c->end - c->at};
    if (head.n < 6 || !slice_equal_ignoring_case((struct slice){head.p, 4}, SLICE("sep="))) {
        return;
    }
    size_t i = head.p[4] == '"' ? 5 : 4;
    size_t stop = i + 1;
    while (stop < head.n && head.p[stop] != '\n' && stop < 10) {
        stop++;
    }
    c->delimiter = head.p[i];
    c->at += stop < head.n ? stop + 1 : head.n;
    c->row_number = 1; /* it is a record of the file, if not of the list */
}

/* "Unicode text" without its mark: every second byte of Latin letters and delimiters is zero. */
static enum width guess_width(const unsigned char *p, size_t n)
{
    size_t even = 0, odd = 0;
    for (size_t i = 0; i + 1 < n; i += 2) {
        even += p[i] == 0;
        odd += p[i + 1] == 0;
    }
    if (n >= 16 && odd > n / 8 && even * 8 < odd) {
        return WIDTH_16_LITTLE;
    }
    return n >= 16 && even > n / 8 && odd * 8 < even ? WIDTH_16_BIG : WIDTH_8;
}

static bool take_mark(struct csv *c, struct fault *f)
{
    unsigned char head[256];
    size_t n = fread(head, 1, sizeof head, c->file), mark = 0;
    if (n >= 3 && memcmp(head, "\xEF\xBB\xBF", 3) == 0) {
        mark = 3;
    } else if (n >= 2 && (memcmp(head, "\xFF\xFE", 2) == 0 || memcmp(head, "\xFE\xFF", 2) == 0)) {
        mark = 2;
        c->width = head[0] == 0xFF ? WIDTH_16_LITTLE : WIDTH_16_BIG;
    } else {
        c->width = guess_width(head, n);
    }
    if (fseek(c->file, (long)mark, SEEK_SET) != 0) {
        return fault_set(f, FAULT_FILE_FORMAT, NULL, "không đọc lại được từ đầu tệp");
    }
    return true;
}

static uint64_t estimate_rows(const struct csv *c, struct slice sample)
{
    long here = ftell(c->file);
    if (here <= 0 || fseek(c->file, 0, SEEK_END) != 0) {
        return 0;
    }
    long size = ftell(c->file);
    uint64_t lines = 0;
    for (size_t i = 0; i < sample.n; i++) {
        lines += sample.p[i] == '\n';
    }
    if (fseek(c->file, here, SEEK_SET) != 0 || size < 0) {
        return 0;
    }
    return here >= size ? lines : lines * (uint64_t)size / (uint64_t)here;
}

static bool csv_select(struct sheet *s, uint32_t index, struct fault *f)
{
    struct csv *c = (struct csv *)s;
    (void)index;
    c->at = c->end = c->odd_count = c->row_number = 0;
    c->is_at_end = false;
    rewind(c->file);
    if (!take_mark(c, f)) {
        return false;
    }
    while (c->end < SAMPLE && !c->is_at_end) {
        if (!fill(c, f)) {
            return false;
        }
    }
    struct slice sample = {c->bytes, c->end};
    s->row_estimate = estimate_rows(c, sample);
    sample.n = sample.n > SAMPLE ? SAMPLE : sample.n;
    s->fallback = guess_encoding(sample);
    c->delimiter = guess_delimiter(sample);
    take_separator_line(c);
    return true;
}

static void csv_close(struct sheet *s)
{
    struct csv *c = (struct csv *)s;
    fclose(c->file);
    free(c->bytes);
    free(c->cells);
    arena_release(&s->memory);
    free(c);
}

bool csv_open(struct sheet **out, const char *path, struct fault *f)
{
    static const struct sheet_reader reader = {csv_select, csv_next, csv_close};
    FILE *file = fopen(path, "rb");
    if (!file) {
        return fault_set(f, FAULT_FILE_MISSING, path, "%s", strerror(errno));
    }
    struct csv *c = calloc(1, sizeof *c);
    if (!c) {
        fclose(file);
        return fault_set(f, FAULT_INTERNAL, path, "hết bộ nhớ");
    }
    c->file = file;
    c->sheet.reader = &reader;
    c->sheet.format = "CSV";
    c->sheet.names = ARENA_ARRAY(&c->sheet.memory, struct sheet_name, 1);
    c->sheet.names[0].name = "";
    c->sheet.name_count = 1;
    *out = &c->sheet;
    return true;
}
