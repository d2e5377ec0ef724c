/* memory: malloc that does not fail, and what a server does when it would: some memory stands aside from the
 * start, is given back when there is no more, and the work under way is ended with it while new work is
 * refused (memory_is_short). See kit.h. The one file that ends the process for want of memory. */
#include "layers/kit.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static _Atomic(void *) aside;
static _Atomic size_t aside_bytes; /* 0: this program is no server */
static atomic_bool is_short;

bool memory_set_aside(size_t bytes)
{
    void *reserve = malloc(bytes);
    if (!reserve)
        return false;
    atomic_store(&aside_bytes, bytes);
    free(atomic_exchange(&aside, reserve));
    atomic_store(&is_short, false);
    return true;
}

bool memory_is_short(void)
{
    return atomic_load(&is_short);
}

bool memory_recover(void)
{
    return !memory_is_short() || memory_set_aside(atomic_load(&aside_bytes));
}

bool memory_has(size_t bytes)
{
    void *p = malloc(bytes);
    free(p);
    if (!p && atomic_load(&aside_bytes))
        atomic_store(&is_short, true);
    return p != NULL;
}

/* Whether it is worth asking again: the reserve has just been given back, or requests under way may end and
 * give theirs. */
static bool wait_for_some(int tried)
{
    enum { TRIES = 200 };
    const struct timespec pause = {.tv_nsec = 10 * 1000000L};
    if (!atomic_load(&aside_bytes) || tried >= TRIES)
        return false;
    atomic_store(&is_short, true);
    void *reserve = atomic_exchange(&aside, NULL);
    if (!reserve)
        nanosleep(&pause, NULL);
    free(reserve);
    return true;
}

void *memory_or_abort(void *p)
{
    if (p)
        return p;
    fputs("mapd: hết bộ nhớ; dữ liệu đã lưu không bị ảnh hưởng (out of memory)\n", stderr);
    abort();
}

void *memory_zeroed(size_t count, size_t size)
{
    void *p = calloc(count, size);
    for (int tried = 0; !p && wait_for_some(tried); tried++)
        p = calloc(count, size);
    return memory_or_abort(p);
}

void *memory_resize(void *old, size_t bytes)
{
    bytes = bytes ? bytes : 1;
    void *p = realloc(old, bytes);
    for (int tried = 0; !p && wait_for_some(tried); tried++)
        p = realloc(old, bytes);
    return memory_or_abort(p);
}
