/* xlsx_book: what all sheets of a workbook share: their names and members, the date system, styles, shared
 * strings.
 *
 * Read once when the file is opened. Law: text comes out as a person sees it: all runs of a rich text joined,
 * phonetic runs skipped, runs in an old Vietnamese font decoded. */
#include "import/xlsx.h"

#include <stdlib.h>
#include <string.h>

#define DECODED_BIT ((uint64_t)1 << 63)

enum {
    STRINGS_MAX = 1 << 24,
    STRING_BYTES_MAX = 256 << 20,
    STYLES_MAX = 1 << 17,
    RUN_BYTES_MAX = 1 << 20,
    SHEETS_MAX = 4096
};

/* --- workbook.xml and its relations --- */

struct relation {
    const char *id, *target;
};

struct book_reader {
    struct book *book;
    struct xml_stream *stream;
    struct relation *relations;
    uint32_t relation_count, relation_capacity;
    const char **sheet_relations;
    uint32_t capacity;
};

/* Room for one more in an array of the arena; the old copy stays there until the end, which doubling keeps
 * small. */
static void *grow(struct arena *a, void *old, uint32_t count, uint32_t *capacity, size_t size)
{
    if (count < *capacity) {
        return old;
    }
    *capacity = *capacity ? *capacity * 2 : 16;
    char *grown = arena_alloc(a, (size_t)*capacity * size);
    if (count) {
        memcpy(grown, old, (size_t)count * size);
    }
    return grown;
}

static const char *copy_text(struct arena *a, const char *text)
{
    return arena_text(a, slice_of(text ? text : ""));
}

static void on_relation(void *context, const char *name, const char **atts)
{
    struct book_reader *r = context;
    const char *id = xml_get(atts, "Id"), *target = xml_get(atts, "Target");
    if (strcmp(name, "Relationship") != 0 || !id || !target || r->relation_count >= SHEETS_MAX) {
        return;
    }
    struct arena *a = &r->book->memory;
    r->relations = grow(a, r->relations, r->relation_count, &r->relation_capacity, sizeof *r->relations);
    r->relations[r->relation_count++] = (struct relation){copy_text(a, id), copy_text(a, target)};
}

static void on_workbook(void *context, const char *name, const char **atts)
{
    struct book_reader *r = context;
    struct book *b = r->book;
    if (strcmp(name, "workbookPr") == 0) {
        b->is_1904 = xml_is_true(xml_get(atts, "date1904"));
    } else if (strcmp(name, "sheet") == 0 && b->sheet_count < SHEETS_MAX) {
        const char *state = xml_get(atts, "state"), *relation = NULL;
        for (const char **att = atts; att[0]; att += 2) {
            const char *colon = strchr(att[0], ':');
            relation = colon && strcmp(colon, ":id") == 0 ? att[1] : relation;
        }
        uint32_t capacity = r->capacity;
        b->names = grow(&b->memory, b->names, b->sheet_count, &capacity, sizeof *b->names);
        r->sheet_relations =
            grow(&b->memory, r->sheet_relations, b->sheet_count, &r->capacity, sizeof *r->sheet_relations);
        b->names[b->sheet_count] = (struct sheet_name){copy_text(&b->memory, xml_get(atts, "name")),
                                                       state && strcmp(state, "visible") != 0};
        r->sheet_relations[b->sheet_count++] = copy_text(&b->memory, relation);
    }
}

static const char *member_of(struct book_reader *r, const char *relation)
{
    for (uint32_t i = 0; i < r->relation_count; i++) {
        const char *target = r->relations[i].target;
        if (strcmp(r->relations[i].id, relation) != 0) {
            continue;
        }
        return target[0] == '/' ? target + 1 : arena_format(&r->book->memory, "xl/%s", target);
    }
    return NULL;
}

static bool read_workbook(struct book *b, struct archive *a, struct fault *f)
{
    struct book_reader r = {.book = b};
    struct xml_handler relations = {&r, on_relation, NULL, NULL}, workbook = {&r, on_workbook, NULL, NULL};
    if (!xml_read_whole(a, "xl/_rels/workbook.xml.rels", &relations, NULL, f) ||
        !xml_read_whole(a, "xl/workbook.xml", &workbook, NULL, f)) {
        return false;
    }
    b->members = ARENA_ARRAY(&b->memory, const char *, b->sheet_count + 1);
    for (uint32_t i = 0; i < b->sheet_count; i++) {
        b->members[i] = member_of(&r, r.sheet_relations[i]);
    }
    return b->sheet_count > 0 ||
           fault_set(f, FAULT_FILE_FORMAT, "xl/workbook.xml", "tệp không có trang tính nào");
}

/* --- styles.xml --- */

struct number_format {
    int id;
    struct slice code;
};

struct style_reader {
    struct book *book;
    struct number_format *formats;
    enum font *fonts;
    uint32_t format_count, format_capacity, font_count, font_capacity, style_capacity;
    bool is_in_fonts, is_in_cell_formats;
};

static int to_int(const char *text)
{
    int64_t v = 0;
    return text && slice_to_int(slice_of(text), &v) && v >= 0 && v < INT32_MAX ? (int)v : 0;
}

static void add_number_format(struct style_reader *r, const char **atts)
{
    const char *code = xml_get(atts, "formatCode");
    struct arena *a = &r->book->memory;
    if (code && r->format_count < STYLES_MAX) {
        r->formats = grow(a, r->formats, r->format_count, &r->format_capacity, sizeof *r->formats);
        r->formats[r->format_count++] =
            (struct number_format){to_int(xml_get(atts, "numFmtId")), arena_slice(a, slice_of(code))};
    }
}

static struct style style_of(const struct style_reader *r, const char **atts)
{
    int format = to_int(xml_get(atts, "numFmtId")), font = to_int(xml_get(atts, "fontId"));
    struct style style = {.sort = format_sort_builtin(format)};
    for (uint32_t i = 0; i < r->format_count; i++) {
        if (r->formats[i].id == format) {
            style.code = r->formats[i].code;
            style.sort = format_sort_of(style.code);
        }
    }
    style.font = (uint32_t)font < r->font_count ? r->fonts[font] : FONT_UNICODE;
    return style;
}

static void on_style(void *context, const char *name, const char **atts)
{
    struct style_reader *r = context;
    struct book *b = r->book;
    if (strcmp(name, "numFmt") == 0) {
        add_number_format(r, atts);
    } else if (strcmp(name, "fonts") == 0) {
        r->is_in_fonts = true;
    } else if (r->is_in_fonts && strcmp(name, "font") == 0 && r->font_count < STYLES_MAX) {
        r->fonts = grow(&b->memory, r->fonts, r->font_count, &r->font_capacity, sizeof *r->fonts);
        r->fonts[r->font_count++] = FONT_UNICODE;
    } else if (r->is_in_fonts && strcmp(name, "name") == 0 && r->font_count > 0) {
        r->fonts[r->font_count - 1] = font_of(xml_get(atts, "val"));
    } else if (strcmp(name, "cellXfs") == 0) {
        r->is_in_cell_formats = true;
    } else if (r->is_in_cell_formats && strcmp(name, "xf") == 0 && b->style_count < STYLES_MAX) {
        b->styles = grow(&b->memory, b->styles, b->style_count, &r->style_capacity, sizeof *b->styles);
        b->styles[b->style_count++] = style_of(r, atts);
    }
}

static void on_style_end(void *context, const char *name)
{
    struct style_reader *r = context;
    if (strcmp(name, "fonts") == 0) {
        r->is_in_fonts = false;
    } else if (strcmp(name, "cellXfs") == 0) {
        r->is_in_cell_formats = false;
    }
}

/* --- sharedStrings.xml --- */

struct string_reader {
    struct book *book;
    struct xml_stream *stream;
    struct buf run;
    enum font font;
    bool is_in_text, is_phonetic, was_decoded;
};

static void on_string_start(void *context, const char *name, const char **atts)
{
    struct string_reader *r = context;
    if (strcmp(name, "si") == 0) {
        r->was_decoded = false;
        r->font = FONT_UNICODE;
    } else if (strcmp(name, "r") == 0) {
        r->font = FONT_UNICODE;
    } else if (strcmp(name, "rFont") == 0) {
        r->font = font_of(xml_get(atts, "val"));
    } else if (strcmp(name, "rPh") == 0) {
        r->is_phonetic = true;
    } else if (strcmp(name, "t") == 0) {
        r->is_in_text = !r->is_phonetic;
        buf_reset(&r->run);
    }
}

static void on_string_text(void *context, const char *p, int n)
{
    struct string_reader *r = context;
    if (r->is_in_text && r->run.n + (size_t)n > RUN_BYTES_MAX) {
        xml_fail(r->stream, FAULT_FILE_TOO_LARGE, "một ô chứa quá nhiều chữ");
    } else if (r->is_in_text) {
        buf_add(&r->run, p, (size_t)n);
    }
}

static void end_run(struct string_reader *r)
{
    struct book *b = r->book;
    if (font_decode(r->font, buf_to_slice(&r->run), &b->strings)) {
        r->was_decoded = true;
    } else {
        buf_slice(&b->strings, buf_to_slice(&r->run));
    }
    r->is_in_text = false;
    if (b->strings.n > STRING_BYTES_MAX) {
        xml_fail(r->stream, FAULT_FILE_TOO_LARGE, "bảng chữ dùng chung quá lớn");
    }
}

static void end_string(struct string_reader *r)
{
    struct book *b = r->book;
    if (b->string_count + 2 > b->string_capacity) {
        uint32_t capacity = b->string_capacity ? b->string_capacity * 2 : 1024;
        uint64_t *at = capacity <= STRINGS_MAX ? realloc(b->string_at, capacity * sizeof *at) : NULL;
        if (!at) {
            xml_fail(r->stream, FAULT_FILE_TOO_LARGE, "bảng chữ dùng chung có quá nhiều mục");
            return;
        }
        b->string_at = at;
        b->string_capacity = capacity;
        at[0] = b->string_count ? at[0] : 0;
    }
    b->string_at[b->string_count] |= r->was_decoded ? DECODED_BIT : 0;
    b->string_at[++b->string_count] = b->strings.n;
}

static void on_string_end(void *context, const char *name)
{
    struct string_reader *r = context;
    if (strcmp(name, "t") == 0 && r->is_in_text) {
        end_run(r);
    } else if (strcmp(name, "rPh") == 0) {
        r->is_phonetic = false;
    } else if (strcmp(name, "si") == 0) {
        end_string(r);
    }
}

static bool read_strings(struct book *b, struct archive *a, struct fault *f)
{
    struct string_reader r = {.book = b};
    struct xml_handler handler = {&r, on_string_start, on_string_end, on_string_text};
    bool done = xml_read_whole(a, "xl/sharedStrings.xml", &handler, &r.stream, f);
    buf_release(&r.run);
    return done;
}

/* --- the book --- */

bool book_read(struct book *b, struct archive *a, struct fault *f)
{
    struct style_reader styles = {.book = b};
    struct xml_handler on_styles = {&styles, on_style, on_style_end, NULL};
    if (!read_workbook(b, a, f)) {
        return false;
    }
    if (archive_has(a, "xl/styles.xml") && !xml_read_whole(a, "xl/styles.xml", &on_styles, NULL, f)) {
        return false;
    }
    return !archive_has(a, "xl/sharedStrings.xml") || read_strings(b, a, f);
}

void book_release(struct book *b)
{
    arena_release(&b->memory);
    buf_release(&b->strings);
    free(b->string_at);
}

bool book_string(const struct book *b, uint64_t index, struct slice *text, bool *was_decoded)
{
    if (index >= b->string_count) {
        return false;
    }
    uint64_t from = b->string_at[index] & ~DECODED_BIT, to = b->string_at[index + 1] & ~DECODED_BIT;
    *text = (struct slice){b->strings.p + from, to - from};
    *was_decoded = (b->string_at[index] & DECODED_BIT) != 0;
    return true;
}
