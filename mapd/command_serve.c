/* command_serve: `mapd serve`. Puts the server's state together, opens the port, says so, then ticks four
 * times a second: publish what changed in the file, close connections past their time, write access lines.
 * Ends on SIGTERM or SIGINT after the running answers. */
#include "mapd/html.h"
#include "mapd/keeper.h"
#include "mapd/limit.h"
#include "mapd/mapd.h"
#include "mapd/past.h"
#include "mapd/qr.h"
#include "mapd/serve.h"
#include "mapd/service.h"
#include "mapd/speech.h"
#include "mapd/staff.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
    IDLE_S = 15,
    HEADER_S = 10,
    BODY_S = 60,
    UPLOAD_S = 300,
    RESPONSE_S = 120,
    TILE_CACHE_BYTES = 64 * 1024 * 1024,
    TILE_CACHE_MOST_MB = 65536,
    TICK_MS = 250,
    MEMORY_ASIDE = 24 * 1024 * 1024,
    FILES = 4096
};

#define PROGRAM_LIMIT ((size_t)256 * 1024 * 1024)

/* Different builds make different bytes: the program's own bytes tell them apart. */
static uint32_t build_number(void)
{
    struct buf program = {0};
    struct fault ignored = {0};
    uint32_t number = 0;
    if (file_read("/proc/self/exe", PROGRAM_LIMIT, &program, &ignored))
        number = crc32_of(buf_to_slice(&program));
    buf_release(&program);
    return number;
}

static void set_page_policy(struct serve *s)
{
    struct buf text = {0};
    html_policy(&text, NULL, PAGE_SPEAKS);
    memcpy(s->page_policy, text.p, text.n < sizeof s->page_policy ? text.n : sizeof s->page_policy - 1);
    buf_release(&text);
}

static void raise_file_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= FILES)
        return;
    limit.rlim_cur = limit.rlim_max < FILES ? limit.rlim_max : FILES;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

/* "https://ban-do.example/" without its slash: scheme and host, no path, because pages link from the root. */
static bool set_base_url(struct serve *s, struct arena *a, const char *url, struct fault *f)
{
    if (!url)
        return true;
    struct slice base = slice_of(url);
    ptrdiff_t scheme = slice_find(base, SLICE("://"));
    bool known = slice_starts(base, SLICE("https://")) || slice_starts(base, SLICE("http://"));
    while (base.n && base.p[base.n - 1] == '/')
        base.n--;
    struct slice host = {base.p + scheme + 3,
                         known && base.n > (size_t)scheme + 3 ? base.n - (size_t)scheme - 3 : 0};
    if (!known || !host.n || slice_find(host, SLICE("/")) >= 0 || slice_find(host, SLICE("?")) >= 0)
        return fault_set(f, FAULT_USAGE, "--base-url", "\"%s\" is not https://HOST or http://HOST", url);
    s->base_url = arena_text(a, base);
    return true;
}

/* Both or neither; in the arena, which lives as long as the server. */
static bool read_certificate(struct serve *s, const struct arguments *args, struct arena *a, struct fault *f)
{
    enum { PEM_MOST = 256 * 1024 };
    const char *paths[] = {args->option[OPTION_TLS_CERT], args->option[OPTION_TLS_KEY]};
    const char **texts[] = {&s->certificate, &s->private_key};
    if (!paths[0] != !paths[1])
        return fault_set(f, FAULT_USAGE, "--tls-cert", "%s", "cần cả --tls-cert và --tls-key");
    for (size_t i = 0; paths[0] && i < COUNT_OF(paths); i++) {
        struct buf pem = {0};
        bool good = file_read(paths[i], PEM_MOST, &pem, f);
        *texts[i] = good ? arena_text(a, buf_to_slice(&pem)) : NULL;
        if (pem.p)
            explicit_bzero(pem.p, pem.n);
        buf_release(&pem);
        if (!good)
            return false;
    }
    return true;
}

/* MAPD_TILE_CACHE_MB in the environment: room for tiles; 0: each is made when it is asked for. */
static struct tile_cache *new_tile_cache(void)
{
    int64_t megabytes;
    const char *room = getenv("MAPD_TILE_CACHE_MB");
    if (!room || !slice_to_int(slice_of(room), &megabytes) || megabytes < 0 || megabytes > TILE_CACHE_MOST_MB)
        return tile_cache_new(TILE_CACHE_BYTES);
    return megabytes ? tile_cache_new((size_t)megabytes * 1024 * 1024) : NULL;
}

static bool open_serve(struct serve *s, const struct arguments *args, struct arena *a, struct fault *f)
{
    if (!set_base_url(s, a, args->option[OPTION_BASE_URL], f) || !read_certificate(s, args, a, f) ||
        !proxies_read(&s->proxies, args->option[OPTION_TRUSTED_PROXY], f) ||
        !command_open(&s->store, args, STORE_READ, f))
        return false;
    s->web_dir = args->option[OPTION_WEB_DIR];
    s->ward_code = or_empty(store_meta(s->store, a, "ward_code"));
    s->ward_name = or_empty(store_meta(s->store, a, "ward_name"));
    s->is_sample = store_meta(s->store, a, "sample") != NULL;
    s->build = build_number();
    s->started_ns = clock_monotonic_ns();
    set_page_policy(s);
    pthread_mutex_init(&s->store_lock, NULL);
    s->tiles = new_tile_cache();
    s->ready = ready_new();
    s->codes = code_cache_new();
    s->speech = speech_new();
    token_random(s->form_secret);
    s->systems = crs_pool_new();
    s->watch = watch_new();
    s->limiter = limiter_new();
    s->service = service_new();
    s->past = past_new(args->positional[0], key_path_of(args));
    if (!staff_open(&s->staff, args, f) || !publisher_open(&s->publisher, args->positional[0], f))
        return false;
    s->published_ns = clock_monotonic_ns();
    return keeper_open(&s->keeper, args, f);
}

static void close_serve(struct serve *s)
{
    keeper_close(s->keeper);
    staff_close(s->staff);
    publisher_close(s->publisher);
    ready_free(s->ready);
    tile_cache_free(s->tiles);
    code_cache_free(s->codes);
    speech_free(s->speech);
    crs_pool_free(s->systems);
    watch_free(s->watch);
    limiter_free(s->limiter);
    service_free(s->service);
    past_free(s->past);
    if (s->store)
        pthread_mutex_destroy(&s->store_lock);
    store_close(s->store);
}

static int64_t current_revision(struct serve *s)
{
    const struct snapshot *snapshot = publisher_get(s->publisher);
    int64_t revision = snapshot_revision(snapshot);
    snapshot_release(snapshot);
    return revision;
}

/* A rebuild that fails leaves the old copy in service; said once per second at most, not four times. */
static void publish(struct serve *s, int tick)
{
    struct fault f = {0};
    int64_t before = current_revision(s);
    if (!publisher_poll(s->publisher, &f) && tick % 4 == 0)
        log_line(LOG_ERROR, "publish: %s", fault_sentence(f.code, true));
    if (current_revision(s) != before)
        s->published_ns = clock_monotonic_ns();
}

/* Said once when it begins, and once when it is over. */
static void watch_memory(void)
{
    static bool was_short;
    bool now = !memory_recover();
    if (now != was_short)
        log_line(now ? LOG_ERROR : LOG_INFO,
                 now ? "memory is short: heavy requests are refused" : "memory is enough again");
    was_short = now;
}

static void run_until_told(struct serve *s, struct http_server *server, const sigset_t *signals)
{
    const struct timespec tick = {.tv_nsec = TICK_MS * 1000000L};
    for (int n = 0;; n++) {
        int signal = sigtimedwait(signals, NULL, &tick);
        if (signal == SIGTERM || signal == SIGINT)
            return;
        watch_memory();
        publish(s, n);
        http_tick(server);
        service_tick(s, false);
        watch_flush(s->watch);
    }
}

/* Before the first thread is made: a signal finds any thread that does not block it. A write to a closed
 * socket then says EPIPE instead. */
static void block_signals(sigset_t *signals)
{
    sigemptyset(signals);
    sigaddset(signals, SIGTERM);
    sigaddset(signals, SIGINT);
    sigaddset(signals, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, signals, NULL);
}

struct place_to_listen {
    const char *where;
    const sigset_t *signals;
};

static bool serve_until_told(struct serve *s, const struct place_to_listen *at, struct arena *a,
                             struct fault *f)
{
    struct listener listener;
    struct http_server *server = NULL;
    if (!listener_open(&listener, at->where, f))
        return false;
    s->fallback_host = arena_format(a, "%s:%d", listener.host, listener.port);
    raise_file_limit();
    struct http_setup setup = {.listen_fd = listener.fd,
                               .answer = route_answer,
                               .keep = route_keep,
                               .lane = route_lane,
                               .admit = route_admit,
                               .is_many = route_is_many,
                               .body_limit = session_body_limit,
                               .context = s,
                               .certificate = s->certificate,
                               .private_key = s->private_key,
                               .idle_s = IDLE_S,
                               .header_s = HEADER_S,
                               .body_s = BODY_S,
                               .upload_s = UPLOAD_S,
                               .response_s = RESPONSE_S};
    if (!http_start(&server, &setup, f)) {
        close(listener.fd);
        return false;
    }
    if (!memory_set_aside(MEMORY_ASIDE))
        log_line(LOG_WARNING, "no memory to set aside");
    printf("listening on %s://%s:%d/\n", s->certificate ? "https" : "http", listener.host, listener.port);
    fflush(stdout);
    run_until_told(s, server, at->signals);
    http_stop(server);
    service_tick(s, true);
    watch_flush(s->watch);
    return true;
}

int command_serve(const struct arguments *args)
{
    struct serve serve = {0};
    struct arena arena = {0};
    struct fault f = {0};
    sigset_t signals;
    struct place_to_listen at = {args->option[OPTION_LISTEN], &signals};
    if (!at.where)
        at.where = "127.0.0.1:8080";
    block_signals(&signals);
    bool good = open_serve(&serve, args, &arena, &f) && serve_until_told(&serve, &at, &arena, &f);
    close_serve(&serve);
    arena_release(&arena);
    return good ? 0 : command_failed(&f);
}
