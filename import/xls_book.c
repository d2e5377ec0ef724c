/* xls_book: what all sheets of a binary Excel file share: names and places of the sheets, the date system,
 * fonts and number formats, and where each shared text begins. The texts themselves are read when a cell asks
 * for them, because the cell's font has a say in what they mean. */
#include "import/xls.h"

#include <string.h>

enum { VERSION_5 = 0x0500, VERSION_8 = 0x0600, SHEETS_MAX = 4096, STYLES_MAX = 1 << 16, FORMATS_MAX = 4096 };

struct number_format {
    unsigned id;
    struct slice code;
};

struct reader {
    struct xls_book *book;
    const char *path;
    struct number_format *formats;
    uint32_t format_count;
};

enum font xls_font(const struct xls_book *b, unsigned index)
{
    index -= index > 4; /* there is no font 4 */
    return index < b->font_count ? b->fonts[index] : FONT_UNICODE;
}

/* A name or code of the book: never in an old font. */
static const char *take_name(struct reader *r, const struct xls_record *record, size_t skip, bool is_short)
{
    struct xls_book *b = r->book;
    struct xls_text text = {0};
    struct xls_cursor c = xls_cursor_of(b->stream, record, skip);
    if (b->is_old) {
        xls_take_bytes(&c, true, FONT_UNICODE, &text);
    } else {
        xls_take_text(&c, b, is_short, FONT_UNICODE, &text);
    }
    struct slice plain = buf_to_slice(&text.plain);
    struct buf decoded = {0};
    if (b->is_old && !text_is_utf8(plain) && text_decode(plain, TEXT_CP1258, &decoded)) {
        plain = buf_to_slice(&decoded);
    }
    const char *name = arena_text(&b->memory, plain);
    buf_release(&text.plain);
    buf_release(&decoded);
    return name;
}

static bool take_sheet(struct reader *r, const struct xls_record *record)
{
    struct xls_book *b = r->book;
    enum { WORKSHEET = 0, VISIBILITY = 3 };
    if (record->n < 8 || record->p[5] != WORKSHEET || b->sheet_count >= SHEETS_MAX) {
        return true; /* charts and macros hold no list */
    }
    b->sheet_at[b->sheet_count] = xls_u32(record->p);
    b->names[b->sheet_count++] =
        (struct sheet_name){take_name(r, record, 6, true), (record->p[4] & VISIBILITY) != 0};
    return true;
}

static void take_format(struct reader *r, const struct xls_record *record)
{
    if (record->n < 4 || r->format_count >= FORMATS_MAX) {
        return;
    }
    const char *code = take_name(r, record, 2, false);
    r->formats[r->format_count++] = (struct number_format){xls_u16(record->p), slice_of(code)};
}

static void take_style(struct reader *r, const struct xls_record *record)
{
    struct xls_book *b = r->book;
    if (record->n < 4 || b->style_count >= STYLES_MAX) {
        return;
    }
    unsigned font = xls_u16(record->p), format = xls_u16(record->p + 2);
    struct style style = {.sort = format_sort_builtin((int)format), .font = xls_font(b, font)};
    for (uint32_t i = 0; i < r->format_count; i++) {
        if (r->formats[i].id == format) {
            style.code = r->formats[i].code;
            style.sort = format_sort_of(style.code);
        }
    }
    b->styles[b->style_count++] = style;
}

static void take_font(struct reader *r, const struct xls_record *record)
{
    struct xls_book *b = r->book;
    if (record->n > 15 && b->font_count < STYLES_MAX) {
        b->fonts[b->font_count++] = font_of(take_name(r, record, 14, true));
    }
}

/* Where each text begins; one that is damaged ends the list, and cells that name a later one say so. */
static void take_strings(struct xls_book *b, const struct xls_record *record)
{
    enum { TEXT_BYTES_MIN = 3 };
    if (record->n < 8 || b->strings) {
        return;
    }
    uint32_t count = xls_u32(record->p + 4);
    size_t most = b->stream.n / TEXT_BYTES_MIN;
    count = count < most ? count : (uint32_t)most;
    b->strings = ARENA_ARRAY(&b->memory, struct xls_cursor, (size_t)count + 1);
    struct xls_cursor c = xls_cursor_of(b->stream, record, 8);
    while (b->string_count < count && !c.failed) {
        b->strings[b->string_count] = c;
        xls_skip_text(&c);
        b->string_count += !c.failed;
    }
}

/* How many records of each sort there are, so that the arrays are made once. */
static void make_room(struct xls_book *b)
{
    struct xls_record record;
    size_t sheets = 1, styles = 1, fonts = 1;
    for (size_t at = 0; xls_record_at(b->stream, at, &record) && record.id != XLS_END; at = record.next) {
        sheets += record.id == XLS_SHEET;
        styles += record.id == XLS_XF;
        fonts += record.id == XLS_FONT;
    }
    b->names = ARENA_ARRAY(&b->memory, struct sheet_name, sheets);
    b->sheet_at = ARENA_ARRAY(&b->memory, size_t, sheets);
    b->styles = ARENA_ARRAY(&b->memory, struct style, styles);
    b->fonts = ARENA_ARRAY(&b->memory, enum font, fonts);
}

static bool take(struct reader *r, const struct xls_record *record, struct fault *f)
{
    struct xls_book *b = r->book;
    switch (record->id) {
    case XLS_PASSWORD:
        return fault_set(f, FAULT_FILE_FORMAT, r->path, "tệp có mật khẩu; hãy lưu lại bản không mật khẩu");
    case XLS_DATE_MODE: b->is_1904 = record->n >= 2 && xls_u16(record->p) == 1; break;
    case XLS_FONT: take_font(r, record); break;
    case XLS_FORMAT: take_format(r, record); break;
    case XLS_XF: take_style(r, record); break;
    case XLS_SHEET: return take_sheet(r, record);
    case XLS_STRINGS: take_strings(b, record); break;
    default: break;
    }
    return true;
}

bool xls_book_read(struct xls_book *b, struct slice stream, const char *path, struct fault *f)
{
    struct xls_record record;
    struct reader r = {.book = b, .path = path};
    b->stream = stream;
    if (!xls_record_at(stream, 0, &record) || record.id != XLS_BEGIN || record.n < 4 ||
        (xls_u16(record.p) != VERSION_8 && xls_u16(record.p) != VERSION_5)) {
        return fault_set(f, FAULT_FILE_FORMAT, path,
                         "tệp Excel quá cũ hoặc bị hỏng; hãy mở rồi lưu lại thành .xlsx");
    }
    b->is_old = xls_u16(record.p) == VERSION_5;
    make_room(b);
    r.formats = ARENA_ARRAY(&b->memory, struct number_format, FORMATS_MAX);
    for (size_t at = record.next; xls_record_at(stream, at, &record) && record.id != XLS_END;
         at = record.next) {
        if (!take(&r, &record, f)) {
            return false;
        }
    }
    return b->sheet_count > 0 || fault_set(f, FAULT_FILE_FORMAT, path, "tệp không có trang tính nào");
}

void xls_book_release(struct xls_book *b)
{
    arena_release(&b->memory);
}
