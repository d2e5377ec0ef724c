/* The inside of a binary Excel file. An even first byte: the rest is the stream of records, put into a good
 * compound file so that the fuzzer does not waste its time on tables of sectors. An odd one: the rest is the
 * compound file itself. */
#include "import/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SECTOR = 512, SMALL_BELOW = 4096, ENTRY = 128 };

#define CHAIN_END  0xFFFFFFFEu
#define NO_SECTOR  0xFFFFFFFFu
#define TABLE_MARK 0xFFFFFFFDu

static void put(struct buf *out, uint32_t v, int bytes)
{
    for (int i = 0; i < bytes; i++)
        buf_char(out, (char)(v >> (8 * i) & 0xFF));
}

static void pad(struct buf *out, size_t to)
{
    while (out->n % to)
        buf_char(out, 0);
}

static void put_header(struct buf *out, uint32_t folder, uint32_t table_count)
{
    buf_add(out, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8);
    while (out->n < 30)
        buf_char(out, 0);
    put(out, 9, 2); /* sectors of 512 bytes, small ones of 64 */
    put(out, 6, 2);
    while (out->n < 44)
        buf_char(out, 0);
    put(out, table_count, 4);
    put(out, folder, 4);
    put(out, 0, 4);
    put(out, SMALL_BELOW, 4);
    put(out, CHAIN_END, 4);
    put(out, 0, 4);
    put(out, CHAIN_END, 4);
    put(out, 0, 4);
    for (uint32_t i = 0; i < 109; i++)
        put(out, i < table_count ? folder + 1 + i : NO_SECTOR, 4);
}

static void put_entry(struct buf *out, const char *name, int type, uint32_t first, uint32_t size)
{
    size_t from = out->n;
    for (const char *p = name; *p; p++)
        put(out, (unsigned char)*p, 2);
    while (out->n < from + 66)
        buf_char(out, 0);
    put(out, (uint32_t)type, 1);
    while (out->n < from + 116)
        buf_char(out, 0);
    put(out, first, 4);
    put(out, size, 4);
    pad(out, ENTRY);
}

/* Stream, folder, table of sectors, in this order. */
static void pack(struct slice stream, struct buf *out)
{
    size_t size = stream.n < SMALL_BELOW ? SMALL_BELOW : stream.n;
    uint32_t sectors = (uint32_t)((size + SECTOR - 1) / SECTOR);
    uint32_t table_count = (sectors + 1 + SECTOR / 4 - 1) / (SECTOR / 4 - 1);
    put_header(out, sectors, table_count);
    buf_slice(out, stream);
    while (out->n < SECTOR + (size_t)sectors * SECTOR)
        buf_char(out, 0);
    put_entry(out, "Root Entry", 5, CHAIN_END, 0);
    put_entry(out, "Workbook", 2, 0, (uint32_t)size);
    pad(out, SECTOR);
    for (uint32_t i = 0; i < table_count * (SECTOR / 4); i++)
        put(out,
            i + 1 < sectors                 ? i + 1
            : i <= sectors                  ? CHAIN_END
            : i < sectors + 1 + table_count ? TABLE_MARK
                                            : NO_SECTOR,
            4);
}

static void read_all(const char *path)
{
    struct table_request request = {.path = path, .kind = IMPORT_ESTABLISHMENTS};
    struct table *t = NULL;
    struct fault f = {0};
    if (!table_open(&t, &request, &f))
        return;
    static struct row row;
    struct buf explanation = {0};
    table_explain(t, &explanation);
    for (int rows = 0; rows < 100000 && table_next(t, &row, &f); rows++)
        ;
    buf_release(&explanation);
    table_close(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    char path[64];
    struct fault f = {0};
    struct buf file = {0};
    struct slice rest = {(const char *)data + 1, size - 1};
    if (data[0] & 1)
        buf_slice(&file, rest);
    else
        pack(rest, &file);
    snprintf(path, sizeof path, "/dev/shm/fuzz_xls_%d.xls", (int)getpid());
    if (!file_write(path, buf_to_slice(&file), &f))
        abort();
    read_all(path);
    unlink(path);
    buf_release(&file);
    return 0;
}
