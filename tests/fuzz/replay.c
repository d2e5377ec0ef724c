/* The corpus of one fuzz target through a plain build of it: replay TARGET_CORPUS_FOLDER SECONDS. After the
 * corpus, inputs made of it by cutting, doubling and changing bytes until the time is over: no guidance, but
 * every build and sanitizer can do it. */
#include "layers/kit.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INPUTS_MOST = 20000, BYTES_MOST = 65536 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* what a target makes before its first input, where it makes anything */
__attribute__((weak)) int LLVMFuzzerInitialize(int *argc, char ***argv);

static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static void change(struct buf *b, uint32_t *state)
{
    for (uint32_t k = 1 + next_random(state) % 4; k > 0 && b->n; k--) {
        size_t at = next_random(state) % b->n, span = 1 + next_random(state) % 16;
        span = span < b->n - at ? span : b->n - at;
        switch (next_random(state) % 4) {
        case 0: b->p[at] = (char)next_random(state); break;
        case 1: b->n = at; break;
        case 2: memmove(b->p + at, b->p + b->n - span, span); break;
        default: memset(b->p + at, (int)(next_random(state) % 3) * 0x7F, span); break;
        }
    }
}

static int read_corpus(const char *folder, struct buf *inputs)
{
    DIR *dir = opendir(folder);
    int count = 0;
    for (struct dirent *entry; dir && count < INPUTS_MOST && (entry = readdir(dir));) {
        char path[1024];
        struct fault ignored = {0};
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] != '.' && file_read(path, BYTES_MOST * 16, &inputs[count], &ignored))
            count++;
    }
    if (dir)
        closedir(dir);
    return count;
}

int main(int argc, char **argv)
{
    enum { NS = 1000000000 };
    if (argc != 3)
        return 2;
    struct buf *inputs = calloc(INPUTS_MOST, sizeof *inputs), made = {0};
    int count = inputs ? read_corpus(argv[1], inputs) : 0;
    uint32_t state = 2463534242u;
    uint64_t runs = 0;
    if (!count) {
        fprintf(stderr, "no corpus in %s\n", argv[1]);
        return 1;
    }
    if (LLVMFuzzerInitialize)
        LLVMFuzzerInitialize(&argc, &argv);
    for (int i = 0; i < count; i++)
        LLVMFuzzerTestOneInput((const uint8_t *)inputs[i].p, inputs[i].n);
    for (int64_t end = clock_monotonic_ns() + (int64_t)atol(argv[2]) * NS; clock_monotonic_ns() < end;
         runs++) {
        buf_reset(&made);
        buf_slice(&made, buf_to_slice(&inputs[next_random(&state) % (uint32_t)count]));
        change(&made, &state);
        LLVMFuzzerTestOneInput((const uint8_t *)made.p, made.n);
    }
    printf("%d inputs of the corpus, %llu made of them\n", count, (unsigned long long)runs);
    for (int i = 0; i < count; i++)
        buf_release(&inputs[i]);
    free(inputs);
    buf_release(&made);
    return 0;
}
