/* The inside of a workbook: the input is cut at each byte 0x1F into the sheet, the styles, the shared strings
 * and the workbook's properties, and packed into a good ZIP, so that the fuzzer does not waste its time on
 * checksums. */
#include "import/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct member {
    const char *name;
    struct slice before, text, after;
    uint32_t at, crc, size;
};

static void put(struct buf *out, uint32_t v, int bytes)
{
    for (int i = 0; i < bytes; i++) {
        buf_char(out, (char)(v >> (8 * i) & 0xFF));
    }
}

/* Fields that the local header and the directory share. */
static void put_common(struct buf *zip, const struct member *m)
{
    put(zip, 20, 2);
    put(zip, 0, 8);
    put(zip, m->crc, 4);
    put(zip, m->size, 4);
    put(zip, m->size, 4);
    put(zip, (uint32_t)slice_of(m->name).n, 2);
    put(zip, 0, 2);
}

static void put_member(struct buf *zip, struct member *m)
{
    struct buf body = {0};
    buf_slice(&body, m->before);
    buf_slice(&body, m->text);
    buf_slice(&body, m->after);
    m->at = (uint32_t)zip->n;
    m->crc = crc32_of(buf_to_slice(&body));
    m->size = (uint32_t)body.n;
    put(zip, 0x04034b50, 4);
    put_common(zip, m);
    buf_text(zip, m->name);
    buf_slice(zip, buf_to_slice(&body));
    buf_release(&body);
}

static void put_directory(struct buf *zip, const struct member *members, uint32_t count)
{
    uint32_t from = (uint32_t)zip->n;
    for (uint32_t i = 0; i < count; i++) {
        put(zip, 0x02014b50, 4);
        put(zip, 20, 2);
        put_common(zip, &members[i]);
        put(zip, 0, 4);
        put(zip, 0, 4);
        put(zip, 0, 2);
        put(zip, members[i].at, 4);
        buf_text(zip, members[i].name);
    }
    uint32_t size = (uint32_t)zip->n - from;
    put(zip, 0x06054b50, 4);
    put(zip, 0, 4);
    put(zip, count, 2);
    put(zip, count, 2);
    put(zip, size, 4);
    put(zip, from, 4);
    put(zip, 0, 2);
}

static void read_all(const char *path)
{
    struct table_request request = {.path = path, .kind = IMPORT_ESTABLISHMENTS};
    struct table *t = NULL;
    struct fault f = {0};
    if (!table_open(&t, &request, &f)) {
        return;
    }
    static struct row row;
    struct buf explanation = {0};
    table_explain(t, &explanation);
    for (int rows = 0; rows < 100000 && table_next(t, &row, &f); rows++) {
    }
    buf_release(&explanation);
    table_close(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice rest = {(const char *)data, size}, part[4] = {{0}};
    for (int i = 0; i < 4 && slice_next(&rest, 0x1F, &part[i]); i++) {
    }
    struct member members[] = {
        {.name = "xl/workbook.xml",
         .before = SLICE("<workbook xmlns:r=\"r\">"),
         .text = part[3],
         .after = SLICE("<sheets><sheet name=\"S\" r:id=\"a\"/></sheets></workbook>")},
        {.name = "xl/_rels/workbook.xml.rels",
         .text = SLICE("<R><Relationship Id=\"a\" Target=\"s.xml\"/></R>")},
        {.name = "xl/s.xml", .before = SLICE("<worksheet>"), .text = part[0], .after = SLICE("</worksheet>")},
        {.name = "xl/styles.xml",
         .before = SLICE("<styleSheet>"),
         .text = part[1],
         .after = SLICE("</styleSheet>")},
        {.name = "xl/sharedStrings.xml", .before = SLICE("<sst>"), .text = part[2], .after = SLICE("</sst>")},
    };
    struct buf zip = {0};
    struct fault f = {0};
    char path[64];
    for (size_t i = 0; i < COUNT_OF(members); i++) {
        put_member(&zip, &members[i]);
    }
    put_directory(&zip, members, COUNT_OF(members));
    snprintf(path, sizeof path, "/dev/shm/fuzz_xlsx_%d.xlsx", (int)getpid());
    if (!file_write(path, buf_to_slice(&zip), &f)) {
        abort();
    }
    read_all(path);
    unlink(path);
    buf_release(&zip);
    return 0;
}
