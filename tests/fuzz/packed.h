/* What the fuzz targets of spreadsheets share: a good ZIP around parts of the input, so that the fuzzer does
 * not waste its time on checksums, and reading a file to its end. */
#ifndef TESTS_FUZZ_PACKED_H
#define TESTS_FUZZ_PACKED_H

#include "import/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct member {
    const char *name;
    struct slice before, text, after;
    uint32_t at, crc, size;
};

static inline void put(struct buf *out, uint32_t v, int bytes)
{
    for (int i = 0; i < bytes; i++) {
        buf_char(out, (char)(v >> (8 * i) & 0xFF));
    }
}

/* Fields that the local header and the directory share. */
static inline void put_common(struct buf *zip, const struct member *m)
{
    put(zip, 20, 2);
    put(zip, 0, 4);
    put(zip, 0, 4);
    put(zip, m->crc, 4);
    put(zip, m->size, 4);
    put(zip, m->size, 4);
    put(zip, (uint32_t)slice_of(m->name).n, 2);
    put(zip, 0, 2);
}

static inline void put_member(struct buf *zip, struct member *m)
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

static inline void put_directory(struct buf *zip, const struct member *members, uint32_t count)
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

/* Into *zip. */
static inline void pack(struct buf *zip, struct member *members, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        put_member(zip, &members[i]);
    }
    put_directory(zip, members, count);
}

/* Writes the bytes to a file of this name in memory and reads it as a list of the kind; the first sheet with
 * headings, or the one that is named. */
static inline void read_as_file(const char *name, struct slice bytes, enum import_kind kind,
                                const char *sheet)
{
    static struct row row;
    char path[96];
    struct table *t = NULL;
    struct fault f = {0};
    struct buf explanation = {0};
    snprintf(path, sizeof path, "/dev/shm/fuzz_%d_%s", (int)getpid(), name);
    if (!file_write(path, bytes, &f)) {
        abort();
    }
    struct table_request request = {.path = path, .kind = kind, .sheet = sheet};
    if (table_open(&t, &request, &f)) {
        table_explain(t, &explanation);
        for (int rows = 0; rows < 100000 && table_next(t, &row, &f); rows++) {
        }
        table_close(t);
    }
    buf_release(&explanation);
    unlink(path);
}

#endif
