/* publish: how long after a commit the new read copy stands, what it weighs and what its making took.
 * publish WARD.db ROUNDS: opens a publisher, then makes ROUNDS commits that each change one place, and polls
 * after each. Prints milliseconds (wall and processor, all threads), bytes a place, and the peak of memory
 * while two copies stood beside each other. The file is changed: give it one of its own. */
#include "layers/snapshot_private.h"
#include "layers/store_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

static void require(bool what, const struct fault *f)
{
    if (what)
        return;
    fprintf(stderr, "publish: %s %s\n", f->place, f->text);
    exit(1);
}

static double processor_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double wall_ms(void)
{
    return (double)clock_monotonic_ns() / 1e6;
}

static double memory_mb(const char *line)
{
    char text[256];
    double kb = 0;
    FILE *f = fopen("/proc/self/status", "r");
    while (f && fgets(text, sizeof text, f)) {
        struct slice one = slice_of(text);
        if (slice_starts(one, slice_of(line)))
            kb = strtod(text + slice_of(line).n, NULL);
    }
    if (f)
        fclose(f);
    return kb / 1024;
}

static int ascending(const void *a, const void *b)
{
    double l = *(const double *)a, r = *(const double *)b;
    return (l > r) - (l < r);
}

static void change_one(struct store *writer, int round)
{
    struct fault f = {0};
    char sql[200];
    snprintf(sql, sizeof sql, "UPDATE place SET public_name = 'Quán đổi tên %d' WHERE id = %d", round,
             1 + round);
    require(store_begin(writer, &f) && store_run(writer, sql, &f) && store_commit(writer, &f), &f);
}

static void report_size(struct publisher *p)
{
    const struct snapshot *s = publisher_get(p);
    size_t text, other, places = 0;
    snapshot_size(s, &text, &other);
    for (int i = 0; i < LAYER_COUNT; i++)
        places += snapshot_get(s, (enum layer_id)i)->count;
    printf("features %zu, property text %.1f MB, beyond it %.1f MB, %.0f bytes a feature\n", places,
           (double)text / 1e6, (double)other / 1e6, places ? (double)other / (double)places : 0);
    snapshot_release(s);
}

int main(int argc, char **argv)
{
    struct fault f = {0};
    struct publisher *p = NULL;
    struct store *writer = NULL;
    int rounds = argc > 2 ? atoi(argv[2]) : 5;
    if (argc < 2 || rounds < 1 || rounds > 100)
        return 2;
    double wall = wall_ms(), processor = processor_ms();
    require(publisher_open(&p, argv[1], &f), &f);
    printf("first: %.0f ms wall, %.0f ms processor, peak %.0f MB, then %.0f MB\n", wall_ms() - wall,
           processor_ms() - processor, memory_mb("VmHWM:"), memory_mb("VmRSS:"));
    report_size(p);
    require(store_open(&writer, argv[1], STORE_WRITE, &f), &f);
    double walls[100], processors[100];
    for (int i = 0; i < rounds; i++) {
        change_one(writer, i);
        wall = wall_ms(), processor = processor_ms();
        require(publisher_poll(p, &f), &f);
        walls[i] = wall_ms() - wall;
        processors[i] = processor_ms() - processor;
    }
    qsort(walls, (size_t)rounds, sizeof *walls, ascending);
    qsort(processors, (size_t)rounds, sizeof *processors, ascending);
    printf("after a commit: %.1f ms wall, %.1f ms processor (medians of %d), peak %.0f MB\n",
           walls[rounds / 2], processors[rounds / 2], rounds, memory_mb("VmHWM:"));
    store_close(writer);
    publisher_close(p);
    return 0;
}
