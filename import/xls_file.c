/* xls_file: the compound file around a binary Excel file: sectors, chained by tables of sectors, with a
 * folder.
 *
 * Bottom of the reader of binary Excel files. Law: a chain longer than the file is a circle and ends the
 * reading; nothing is taken from outside the bytes that were read. */
#include "import/xls.h"

#include <string.h>

enum {
    FILE_BYTES_MAX = 128 << 20, /* 65,536 rows of 50 long cells */
    HEADER = 512,
    ENTRY = 128,
    HEADER_TABLES = 109, /* sectors of the table named in the header itself */
    SMALL_SHIFT = 6,
    CHAIN_END = 0x7FFFFFFF, /* all marks for "no sector" lie above */
};

struct compound {
    struct slice bytes;
    unsigned shift; /* a sector has 1 << shift bytes */
    uint32_t sector_count;
    struct buf table, small_table; /* the next sector of each sector, 4 bytes each */
    struct buf folder, small;      /* small: the stream that holds the small streams */
};

static const uint8_t *at(const struct compound *c, size_t offset)
{
    return (const uint8_t *)c->bytes.p + offset;
}

static bool add_sector(const struct compound *c, uint32_t sector, struct buf *out)
{
    size_t from = HEADER + ((size_t)sector << c->shift), size = (size_t)1 << c->shift;
    if (sector >= c->sector_count || from >= c->bytes.n) {
        return false;
    }
    size_t left = c->bytes.n - from; /* the last sector of a file may be cut short */
    buf_add(out, c->bytes.p + from, left < size ? left : size);
    return true;
}

static uint32_t next_of(const struct buf *table, uint32_t sector)
{
    return (size_t)sector * 4 + 4 <= table->n ? xls_u32((const uint8_t *)table->p + (size_t)sector * 4)
                                              : UINT32_MAX;
}

static bool add_chain(const struct compound *c, uint32_t first, struct buf *out)
{
    uint32_t steps = 0;
    for (uint32_t s = first; s < CHAIN_END; s = next_of(&c->table, s)) {
        if (steps++ > c->sector_count || !add_sector(c, s, out)) {
            return false;
        }
    }
    return true;
}

/* A stream below 4096 bytes stands in sectors of 64 bytes inside another stream. */
static bool add_small_chain(const struct compound *c, uint32_t first, struct buf *out)
{
    size_t size = (size_t)1 << SMALL_SHIFT, steps = 0;
    for (uint32_t s = first; s < CHAIN_END; s = next_of(&c->small_table, s)) {
        size_t from = (size_t)s << SMALL_SHIFT;
        if (steps++ > c->small.n / size || from + size > c->small.n) {
            return false;
        }
        buf_add(out, c->small.p + from, size);
    }
    return true;
}

/* The table's own sectors: the first 109 are named in the header, more of them in a chain of lists. */
static bool read_table(struct compound *c)
{
    uint32_t list = xls_u32(at(c, 68)), steps = 0;
    for (int i = 0; i < HEADER_TABLES; i++) {
        uint32_t sector = xls_u32(at(c, 76 + (size_t)i * 4));
        if (sector < CHAIN_END && !add_sector(c, sector, &c->table)) {
            return false;
        }
    }
    size_t per_list = ((size_t)1 << c->shift) / 4 - 1;
    while (list < CHAIN_END) {
        size_t from = HEADER + ((size_t)list << c->shift);
        if (steps++ > c->sector_count || list >= c->sector_count || from + (per_list + 1) * 4 > c->bytes.n) {
            return false;
        }
        for (size_t i = 0; i < per_list; i++) {
            uint32_t sector = xls_u32(at(c, from + i * 4));
            if (sector < CHAIN_END && !add_sector(c, sector, &c->table)) {
                return false;
            }
        }
        list = xls_u32(at(c, from + per_list * 4));
    }
    return true;
}

static bool is_named(const uint8_t *entry, const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 0; i <= n; i++) {
        if (xls_u16(entry + i * 2) != (unsigned char)name[i]) {
            return false;
        }
    }
    return true;
}

static const uint8_t *find_entry(const struct compound *c, const char *name)
{
    for (size_t i = 0; i + ENTRY <= c->folder.n; i += ENTRY) {
        const uint8_t *entry = (const uint8_t *)c->folder.p + i;
        if (entry[66] == 2 && is_named(entry, name)) {
            return entry;
        }
    }
    return NULL;
}

static bool read_compound(struct compound *c)
{
    c->shift = xls_u16(at(c, 30));
    if ((c->shift != 9 && c->shift != 12) || c->bytes.n <= HEADER) {
        return false;
    }
    c->sector_count = (uint32_t)((c->bytes.n - HEADER + ((size_t)1 << c->shift) - 1) >> c->shift);
    return read_table(c) && add_chain(c, xls_u32(at(c, 48)), &c->folder) && c->folder.n >= ENTRY &&
           add_chain(c, xls_u32(at(c, 60)), &c->small_table);
}

static bool read_stream(struct compound *c, const uint8_t *entry, struct buf *out)
{
    uint32_t first = xls_u32(entry + 116), size = xls_u32(entry + 120), small_below = xls_u32(at(c, 56));
    bool is_small = size < small_below;
    if (is_small && !add_chain(c, xls_u32((const uint8_t *)c->folder.p + 116), &c->small)) {
        return false;
    }
    if (!(is_small ? add_small_chain(c, first, out) : add_chain(c, first, out))) {
        return false;
    }
    out->n = out->n > size ? size : out->n;
    return out->n > 0;
}

static bool read_workbook(struct compound *c, const char *path, struct buf *out, struct fault *f)
{
    if (c->bytes.n < HEADER || !read_compound(c)) {
        return fault_set(f, FAULT_FILE_FORMAT, path, "tệp .xls bị hỏng hoặc chưa tải hết");
    }
    const uint8_t *entry = find_entry(c, "Workbook");
    entry = entry ? entry : find_entry(c, "Book");
    if (!entry && find_entry(c, "EncryptedPackage")) {
        return fault_set(f, FAULT_FILE_FORMAT, path, "tệp có mật khẩu; hãy lưu lại bản không mật khẩu");
    }
    if (!entry) {
        return fault_set(f, FAULT_FILE_FORMAT, path,
                         "tệp này không phải bảng tính Excel (có phải tệp Word?)");
    }
    return read_stream(c, entry, out) ||
           fault_set(f, FAULT_FILE_FORMAT, path, "tệp .xls bị hỏng hoặc chưa tải hết");
}

bool xls_file_read(const char *path, struct buf *out, struct fault *f)
{
    struct buf bytes = {0};
    struct compound c = {0};
    bool done = file_read(path, FILE_BYTES_MAX, &bytes, f);
    c.bytes = buf_to_slice(&bytes);
    done = done && read_workbook(&c, path, out, f);
    buf_release(&bytes);
    buf_release(&c.table);
    buf_release(&c.small_table);
    buf_release(&c.folder);
    buf_release(&c.small);
    return done;
}
