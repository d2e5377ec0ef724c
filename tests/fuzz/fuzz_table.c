/* Any bytes as a file of any kind of list: a sentence or rows, in bounded time and memory. The first byte
 * chooses the kind, the second the ending of the file. */
#include "import/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *const ENDINGS[] = {"csv", "xlsx", "txt"};

static void read_all(const char *path, enum import_kind kind)
{
    struct table_request request = {.path = path, .kind = kind};
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
    snprintf(path, sizeof path, "/dev/shm/fuzz_table_%d.%s", (int)getpid(),
             ENDINGS[data[1] % COUNT_OF(ENDINGS)]);
    if (!file_write(path, (struct slice){(const char *)data + 2, size - 2}, &f))
        abort();
    read_all(path, (enum import_kind)(data[0] % IMPORT_KIND_COUNT));
    unlink(path);
    return 0;
}
