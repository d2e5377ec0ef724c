/* watch: what the operator sees. Counters for /metrics and one access line per answer.
 *
 * Law: no personal datum. A line names the route, never what was typed into it: no query, no code, no address
 * of the caller. Lines wait in memory and are written by the tick of `serve`, so no answer ever waits for a
 * log file, and a stderr that nobody reads loses lines instead of stopping the server. */
#include "mapd/keeper.h"
#include "mapd/serve.h"

#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { STATUS_COUNT = 14, BUCKET_COUNT = 9, LINES_LIMIT = 256 * 1024, WRITE_BYTES = 4096 };

static const int STATUSES[STATUS_COUNT] = {200, 204, 301, 304, 400, 403, 404,
                                           405, 406, 413, 414, 429, 500, 503};
static const double BUCKETS_S[BUCKET_COUNT] = {0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 2.5};

struct route_watch {
    _Atomic uint64_t by_status[STATUS_COUNT + 1]; /* the last: any other */
    _Atomic uint64_t by_time[BUCKET_COUNT + 1];
    _Atomic uint64_t total_ns;
};

struct watch {
    struct route_watch route[ROUTE_COUNT + 1];
    _Atomic uint64_t tiles_cached, tiles_made, lines_lost;
    pthread_mutex_t lock;
    struct buf lines;
    time_t second; /* of second_text */
    char second_text[21];
};

struct watch *watch_new(void)
{
    struct watch *w = calloc(1, sizeof *w);
    if (w)
        pthread_mutex_init(&w->lock, NULL);
    return w;
}

void watch_free(struct watch *w)
{
    if (!w)
        return;
    pthread_mutex_destroy(&w->lock);
    buf_release(&w->lines);
    free(w);
}

static int status_index(int status)
{
    for (int i = 0; i < STATUS_COUNT; i++)
        if (STATUSES[i] == status)
            return i;
    return STATUS_COUNT;
}

static int bucket_of(int64_t ns)
{
    int i = 0;
    while (i < BUCKET_COUNT && (double)ns > BUCKETS_S[i] * 1e9)
        i++;
    return i;
}

/* "GET /c/{code}" without the verb. */
static const char *path_of(enum route_id id)
{
    return id == ROUTE_NONE ? "(none)" : strchr(route_get(id)->path, ' ') + 1;
}

/* Written by hand: one for every answer, and printf took longer than many an answer. */
static void write_line(struct buf *out, const char *now, const struct answered *a)
{
    static const char *const VERBS[] = {"GET", "HEAD", "OPTIONS", "POST", "OTHER"};
    buf_text(out, now);
    buf_char(out, ' ');
    buf_text(out, VERBS[a->method]);
    buf_char(out, ' ');
    buf_text(out, path_of(a->route));
    buf_char(out, ' ');
    buf_int(out, a->status);
    buf_char(out, ' ');
    buf_int(out, (int64_t)a->bytes);
    buf_char(out, ' ');
    buf_int(out, a->ns / 1000);
    buf_text(out, "us\n");
}

/* Under the lock: the second of the last line is still that of most. */
static const char *now_text(struct watch *w)
{
    time_t now = time(NULL);
    if (now != w->second) {
        clock_utc_iso(w->second_text);
        w->second = now;
    }
    return w->second_text;
}

static void add_line(struct watch *w, const struct answered *a)
{
    pthread_mutex_lock(&w->lock);
    if (w->lines.n < LINES_LIMIT)
        write_line(&w->lines, now_text(w), a);
    else
        atomic_fetch_add(&w->lines_lost, 1);
    pthread_mutex_unlock(&w->lock);
}

void watch_answered(struct watch *w, const struct answered *a)
{
    struct route_watch *route = &w->route[a->route];
    atomic_fetch_add(&route->by_status[status_index(a->status)], 1);
    atomic_fetch_add(&route->by_time[bucket_of(a->ns)], 1);
    atomic_fetch_add(&route->total_ns, (uint64_t)a->ns);
    add_line(w, a);
}

void watch_tile(struct watch *w, bool was_cached)
{
    atomic_fetch_add(was_cached ? &w->tiles_cached : &w->tiles_made, 1);
}

static bool takes_bytes(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLOUT};
    return poll(&p, 1, 0) == 1 && (p.revents & POLLOUT);
}

void watch_flush(struct watch *w)
{
    struct buf lines = {0};
    pthread_mutex_lock(&w->lock);
    lines = w->lines;
    w->lines = (struct buf){0};
    pthread_mutex_unlock(&w->lock);
    size_t done = 0;
    while (done < lines.n && takes_bytes(STDERR_FILENO)) {
        size_t n = lines.n - done < WRITE_BYTES ? lines.n - done : WRITE_BYTES;
        ssize_t wrote = write(STDERR_FILENO, lines.p + done, n);
        if (wrote <= 0)
            break;
        done += (size_t)wrote;
    }
    buf_release(&lines);
}

static void write_requests(const struct watch *w, struct buf *out)
{
    buf_text(out,
             "# HELP mapd_requests_total Answers by route and status.\n# TYPE mapd_requests_total counter\n");
    for (int i = 0; i <= ROUTE_COUNT; i++)
        for (int s = 0; s <= STATUS_COUNT; s++) {
            uint64_t n = atomic_load(&w->route[i].by_status[s]);
            if (n && s < STATUS_COUNT)
                buf_format(out, "mapd_requests_total{route=\"%s\",status=\"%d\"} %llu\n",
                           path_of((enum route_id)i), STATUSES[s], (unsigned long long)n);
            else if (n)
                buf_format(out, "mapd_requests_total{route=\"%s\",status=\"other\"} %llu\n",
                           path_of((enum route_id)i), (unsigned long long)n);
        }
}

static void write_histogram(const struct watch *w, enum route_id id, struct buf *out)
{
    const struct route_watch *route = &w->route[id];
    uint64_t sum = 0;
    for (int b = 0; b <= BUCKET_COUNT; b++)
        sum += atomic_load(&route->by_time[b]);
    if (!sum)
        return;
    sum = 0;
    for (int b = 0; b <= BUCKET_COUNT; b++) {
        sum += atomic_load(&route->by_time[b]);
        buf_format(out, "mapd_request_seconds_bucket{route=\"%s\",le=\"", path_of(id));
        if (b < BUCKET_COUNT)
            buf_real(out, BUCKETS_S[b], 6);
        else
            buf_text(out, "+Inf");
        buf_format(out, "\"} %llu\n", (unsigned long long)sum);
    }
    buf_format(out, "mapd_request_seconds_sum{route=\"%s\"} ", path_of(id));
    buf_real(out, (double)atomic_load(&route->total_ns) / 1e9, 6);
    buf_format(out, "\nmapd_request_seconds_count{route=\"%s\"} %llu\n", path_of(id),
               (unsigned long long)sum);
}

struct number {
    const char *name, *type, *help;
    double value;
};

static void write_number(struct buf *out, struct number n)
{
    buf_format(out, "# HELP %s %s\n# TYPE %s %s\n%s ", n.name, n.help, n.name, n.type, n.name);
    buf_real(out, n.value, 3);
    buf_char(out, '\n');
}

void watch_write(struct watch *w, const struct serve *s, const struct snapshot *snapshot, struct buf *out)
{
    write_requests(w, out);
    buf_text(out,
             "# HELP mapd_request_seconds Time to make an answer.\n# TYPE mapd_request_seconds histogram\n");
    for (int i = 0; i <= ROUTE_COUNT; i++)
        write_histogram(w, (enum route_id)i, out);
    write_number(out, (struct number){"mapd_snapshot_revision", "gauge", "Revision of the file being served.",
                                      (double)snapshot_revision(snapshot)});
    write_number(out, (struct number){"mapd_snapshot_age_seconds", "gauge",
                                      "Time since that revision was published.",
                                      (double)(clock_monotonic_ns() - s->published_ns) / 1e9});
    buf_text(out, "# HELP mapd_features Features published.\n# TYPE mapd_features gauge\n");
    for (int i = 0; i < LAYER_COUNT; i++)
        buf_format(out, "mapd_features{collection=\"%s\"} %u\n", layer_get((enum layer_id)i)->name,
                   snapshot_get(snapshot, (enum layer_id)i)->count);
    write_number(out, (struct number){"mapd_tile_cache_hits_total", "counter", "Tiles taken from memory.",
                                      (double)atomic_load(&w->tiles_cached)});
    write_number(out, (struct number){"mapd_tile_cache_misses_total", "counter", "Tiles that had to be made.",
                                      (double)atomic_load(&w->tiles_made)});
    write_number(out, (struct number){"mapd_access_lines_lost_total", "counter",
                                      "Access lines dropped because nobody read them.",
                                      (double)atomic_load(&w->lines_lost)});
    buf_text(out, "# HELP mapd_rate_limited_total Requests refused because their address asked too often.\n"
                  "# TYPE mapd_rate_limited_total counter\n");
    for (int i = 0; i < LIMIT_COUNT; i++)
        buf_format(out, "mapd_rate_limited_total{limit=\"%s\"} %llu\n", limit_name((enum limit_kind)i),
                   (unsigned long long)limiter_refused(s->limiter, (enum limit_kind)i));
    write_number(out, (struct number){"mapd_backup_age_seconds", "gauge",
                                      "Time since the last good scheduled backup; -1: none since the start.",
                                      (double)keeper_backup_age_s(s->keeper)});
    write_number(out, (struct number){"mapd_backup_failures_total", "counter",
                                      "Scheduled backups that failed since the start.",
                                      (double)keeper_failures(s->keeper)});
    write_number(out, (struct number){"mapd_uptime_seconds", "gauge", "Time since the start.",
                                      (double)(clock_monotonic_ns() - s->started_ns) / 1e9});
}
