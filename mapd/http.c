/* http: libmicrohttpd turned into "request in, reply out". Two epoll threads call setup.answer; nobody else
 * sees a socket. Limits stand here: URL and header bytes, body bytes, connections in all and of one address,
 * and the clocks against slow clients: silence (libmicrohttpd's own), headers or a body that drip, an answer
 * that is not taken. All but the first are deadlines in a list of connections which http_tick walks; it shuts
 * the socket down and libmicrohttpd cleans up after it. */
#include "mapd/http.h"

#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    THREADS = 2,
    CONNECTIONS = 800,
    CONNECTIONS_EACH = 200, /* of one address, unless it speaks for many */
    CONNECTION_MEMORY = 32 * 1024,
    URL_BYTES = 8 * 1024,
    BODY_BYTES = 64 * 1024,
    BODY_GIVE_UP = 1024 * 1024, /* so far beyond its limit we do not even read on to say so */
    UPLOADS_AT_ONCE = 4,        /* bodies of more than BODY_BYTES: each in a file without a name */
    LINE_LENGTH = 32,           /* slow requests that may wait in one lane */
    DRAIN_MS = 3000
};

/* One open socket. The list is locked; the deadline is written by the thread that serves the connection. */
struct connection_note {
    struct connection_note *next, *before;
    struct address peer;
    int fd;
    bool was_used; /* it has brought a request before this one */
    _Atomic int64_t deadline_ns;
};

/* One request and its memory. */
struct exchange {
    struct arena arena;
    struct slice target;
    size_t body_bytes, body_limit;
    struct buf body;
    FILE *file; /* of a large body, mapped when it is whole */
    void *map;
    bool headers_seen, is_answered;
    struct MHD_Connection *connection;
    struct exchange *behind; /* in the line */
    struct request request;
    struct reply reply;
};

struct http_server {
    struct http_setup setup;
    struct MHD_Daemon *daemon;
    pthread_mutex_t lock;
    struct connection_note *notes;
    atomic_int uploads; /* large bodies on their way */
    atomic_int running; /* requests between their first line and the end of their answer */
    struct line {
        struct http_server *server;
        pthread_t worker;
        bool works;
        pthread_cond_t moved;
        struct exchange *first, *last;
        int waiting;
    } line[LANE_COUNT]; /* that of LANE_NONE stays empty */
    pthread_mutex_t line_lock;
    bool stopping;
};

static int64_t after_s(int seconds)
{
    return clock_monotonic_ns() + (int64_t)seconds * 1000000000;
}

static struct connection_note *note_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

static void set_deadline(struct MHD_Connection *connection, int seconds)
{
    struct connection_note *note = note_of(connection);
    if (note)
        atomic_store(&note->deadline_ns, after_s(seconds));
}

/* --- connections --- */

static struct address address_of(const struct sockaddr *from)
{
    struct address a = {{[10] = 0xff, [11] = 0xff}};
    if (from && from->sa_family == AF_INET)
        memcpy(a.byte + 12, &((const struct sockaddr_in *)from)->sin_addr, 4);
    else if (from && from->sa_family == AF_INET6)
        memcpy(a.byte, &((const struct sockaddr_in6 *)from)->sin6_addr, sizeof a.byte);
    return a;
}

static struct address peer_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    return address_of(info ? info->client_addr : NULL);
}

/* One address does not take all the places. */
static enum MHD_Result may_connect(void *context, const struct sockaddr *from, socklen_t n)
{
    (void)n;
    struct http_server *s = context;
    struct address peer = address_of(from);
    int count = 0;
    if (s->setup.is_many && s->setup.is_many(s->setup.context, &peer))
        return MHD_YES;
    pthread_mutex_lock(&s->lock);
    for (const struct connection_note *note = s->notes; note; note = note->next)
        count += memcmp(&note->peer, &peer, sizeof peer) == 0;
    pthread_mutex_unlock(&s->lock);
    return count < CONNECTIONS_EACH ? MHD_YES : MHD_NO;
}

static struct connection_note *note_add(struct http_server *s, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct connection_note *note = calloc(1, sizeof *note);
    if (!info || !note) {
        free(note);
        return NULL;
    }
    note->fd = info->connect_fd;
    note->peer = peer_of(connection);
    atomic_store(&note->deadline_ns, after_s(s->setup.header_s));
    pthread_mutex_lock(&s->lock);
    note->next = s->notes;
    if (s->notes)
        s->notes->before = note;
    s->notes = note;
    pthread_mutex_unlock(&s->lock);
    return note;
}

static void note_drop(struct http_server *s, struct connection_note *note)
{
    if (!note)
        return;
    pthread_mutex_lock(&s->lock);
    if (note->before)
        note->before->next = note->next;
    else
        s->notes = note->next;
    if (note->next)
        note->next->before = note->before;
    pthread_mutex_unlock(&s->lock);
    free(note);
}

static void on_connection(void *context, struct MHD_Connection *connection, void **note,
                          enum MHD_ConnectionNotificationCode code)
{
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        *note = note_add(context, connection);
    } else {
        note_drop(context, *note);
        *note = NULL;
    }
}

/* The first line of a request is complete: its URL, before anybody unescaped it. */
static void *on_target(void *context, const char *target, struct MHD_Connection *connection)
{
    struct http_server *s = context;
    struct connection_note *note = note_of(connection);
    struct exchange *x = calloc(1, sizeof *x);
    if (!x)
        return NULL;
    if (note && note->was_used) /* it may have waited between two requests for most of its time */
        set_deadline(connection, s->setup.header_s);
    if (note)
        note->was_used = true;
    x->target = arena_slice(&x->arena, slice_of(target));
    atomic_fetch_add(&s->running, 1);
    return x;
}

static void drop_body(struct http_server *s, struct exchange *x)
{
    if (x->map)
        munmap(x->map, x->body_bytes);
    if (x->file) {
        fclose(x->file);
        atomic_fetch_sub(&s->uploads, 1);
    }
    buf_release(&x->body);
}

static void on_completed(void *context, struct MHD_Connection *connection, void **exchange,
                         enum MHD_RequestTerminationCode code)
{
    (void)code;
    struct http_server *s = context;
    struct exchange *x = *exchange;
    *exchange = NULL;
    if (!x)
        return;
    set_deadline(connection, s->setup.header_s);
    reply_clear(&x->reply);
    drop_body(s, x);
    arena_release(&x->arena);
    free(x);
    atomic_fetch_sub(&s->running, 1);
}

static size_t leave_escaped(void *context, struct MHD_Connection *connection, char *text)
{
    (void)context;
    (void)connection;
    return strlen(text);
}

static enum method method_of(const char *name)
{
    static const char *const NAMES[METHOD_OTHER] = {"GET", "HEAD", "OPTIONS", "POST"};
    for (int i = 0; i < METHOD_OTHER; i++)
        if (strcmp(NAMES[i], name) == 0)
            return (enum method)i;
    return METHOD_OTHER;
}

/* "/path?query", also in its absolute form "http://host/path?query". */
static void split_target(struct slice target, struct request *r)
{
    ptrdiff_t scheme = slice_find(target, SLICE("://"));
    if (scheme > 0 && target.p[0] != '/') {
        struct slice rest = {target.p + scheme + 3, target.n - (size_t)scheme - 3};
        ptrdiff_t path = slice_find(rest, SLICE("/"));
        target = path < 0 ? SLICE("/") : (struct slice){rest.p + path, rest.n - (size_t)path};
    }
    ptrdiff_t mark = slice_find(target, SLICE("?"));
    r->path = mark < 0 ? target : (struct slice){target.p, (size_t)mark};
    r->query =
        mark < 0 ? (struct slice){0} : (struct slice){target.p + mark + 1, target.n - (size_t)mark - 1};
}

static struct slice header_of(struct MHD_Connection *connection, const char *name)
{
    return slice_of(MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name));
}

static struct MHD_Response *response_of(struct reply *reply)
{
    struct MHD_Response *response;
    if (reply->shared.n && reply->release)
        response = MHD_create_response_from_buffer_with_free_callback_cls(
            reply->shared.n, (void *)(uintptr_t)reply->shared.p, reply->release, reply->holder);
    else if (reply->shared.n)
        response = MHD_create_response_from_buffer(reply->shared.n, (void *)(uintptr_t)reply->shared.p,
                                                   MHD_RESPMEM_PERSISTENT);
    else if (reply->body.n)
        response = MHD_create_response_from_buffer_with_free_callback(reply->body.n, reply->body.p, free);
    else
        response = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    if (reply->shared.n || !reply->body.n)
        buf_release(&reply->body);
    return response;
}

/* --- answers that are kept --- */

struct kept_answer {
    _Atomic int references;
    struct MHD_Response *response;
    int status;
    size_t bytes;
};

void kept_answer_hold(struct kept_answer *a)
{
    atomic_fetch_add_explicit(&a->references, 1, memory_order_relaxed);
}

void kept_answer_drop(struct kept_answer *a)
{
    if (!a || atomic_fetch_sub_explicit(&a->references, 1, memory_order_acq_rel) != 1)
        return;
    MHD_destroy_response(a->response);
    free(a);
}

int kept_answer_status(const struct kept_answer *a)
{
    return a->status;
}

size_t kept_answer_bytes(const struct kept_answer *a)
{
    return a->bytes;
}

/* One more that may hold the response; NULL when there is no memory, and nothing is lost. */
static struct kept_answer *kept_answer_new(const struct reply *reply, struct MHD_Response *response)
{
    struct kept_answer *a = malloc(sizeof *a);
    if (a)
        *a = (struct kept_answer){
            .references = 1, .response = response, .status = reply->status, .bytes = reply->shared.n};
    return a;
}

static enum MHD_Result send_ready(struct MHD_Connection *connection, struct reply *reply)
{
    struct kept_answer *ready = reply->ready;
    enum MHD_Result result = MHD_queue_response(connection, (unsigned)ready->status, ready->response);
    reply->ready = NULL;
    kept_answer_drop(ready);
    return result;
}

static enum MHD_Result queue_reply(struct MHD_Connection *connection, struct reply *reply,
                                   struct kept_answer **kept)
{
    struct MHD_Response *response = response_of(reply);
    if (!response)
        return MHD_NO;
    if (reply->type)
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, reply->type);
    for (int i = 0; i < reply->header_count; i++)
        MHD_add_response_header(response, reply->headers[i].name, reply->headers[i].value);
    enum MHD_Result result = MHD_queue_response(connection, (unsigned)reply->status, response);
    *kept = reply->keep_as ? kept_answer_new(reply, response) : NULL;
    if (!*kept)
        MHD_destroy_response(response);
    reply->body = (struct buf){0}; /* libmicrohttpd's now, as what is shared */
    if (reply->shared.n)
        reply->release = NULL;
    return result;
}

static enum MHD_Result send_reply(struct MHD_Connection *connection, struct reply *reply)
{
    struct kept_answer *kept = NULL;
    enum MHD_Result result =
        reply->ready ? send_ready(connection, reply) : queue_reply(connection, reply, &kept);
    kept_answer_drop(kept);
    return result;
}

/* The same, and the answer is shown to whoever keeps some. */
static enum MHD_Result send_and_keep(struct http_server *s, struct exchange *x)
{
    struct kept_answer *kept = NULL;
    if (x->reply.ready || !x->reply.keep_as || !s->setup.keep)
        return send_reply(x->connection, &x->reply);
    enum MHD_Result result = queue_reply(x->connection, &x->reply, &kept);
    if (kept)
        s->setup.keep(s->setup.context, &x->request, x->reply.keep_as, kept);
    kept_answer_drop(kept);
    return result;
}

static enum MHD_Result refuse(struct MHD_Connection *connection, int status, const char *vi, const char *en)
{
    struct reply reply = {0};
    reply_problem_status(&reply, status, vi, en);
    reply_header(&reply, MHD_HTTP_HEADER_CONNECTION, "close");
    return send_reply(connection, &reply);
}

static void read_request(struct exchange *x, const char *method)
{
    struct MHD_Connection *connection = x->connection;
    x->request = (struct request){
        .method = method_of(method),
        .host = header_of(connection, MHD_HTTP_HEADER_HOST),
        .accept = header_of(connection, MHD_HTTP_HEADER_ACCEPT),
        .accept_encoding = header_of(connection, MHD_HTTP_HEADER_ACCEPT_ENCODING),
        .if_none_match = header_of(connection, MHD_HTTP_HEADER_IF_NONE_MATCH),
        .peer = peer_of(connection),
        .forwarded_proto = header_of(connection, "X-Forwarded-Proto"),
        .forwarded_for = header_of(connection, "X-Forwarded-For"),
        .cookie = header_of(connection, MHD_HTTP_HEADER_COOKIE),
        .authorization = header_of(connection, MHD_HTTP_HEADER_AUTHORIZATION),
        .content_type = header_of(connection, MHD_HTTP_HEADER_CONTENT_TYPE),
        .origin = header_of(connection, MHD_HTTP_HEADER_ORIGIN),
        .arena = &x->arena,
    };
    split_target(x->target, &x->request);
}

/* --- the body --- */

static bool is_upload(const struct exchange *x)
{
    return x->body_limit > BODY_BYTES;
}

static bool open_upload(struct http_server *s, struct exchange *x)
{
    if (atomic_fetch_add(&s->uploads, 1) < UPLOADS_AT_ONCE)
        x->file = tmpfile();
    if (!x->file)
        atomic_fetch_sub(&s->uploads, 1);
    return x->file != NULL;
}

static bool keep_piece(struct exchange *x, const char *bytes, size_t n)
{
    x->body_bytes += n;
    if (x->body_bytes > x->body_limit)
        return x->body_bytes <= x->body_limit + BODY_GIVE_UP;
    if (x->request.method != METHOD_POST)
        return true;
    if (is_upload(x))
        return fwrite(bytes, 1, n, x->file) == n;
    buf_add(&x->body, bytes, n);
    return true;
}

/* The whole body as one piece of memory. */
static bool gather_body(struct exchange *x)
{
    x->request.too_large = x->body_bytes > x->body_limit;
    if (x->request.too_large || !x->body_bytes || x->request.method != METHOD_POST)
        return true;
    if (!is_upload(x)) {
        x->request.body = buf_to_slice(&x->body);
        return true;
    }
    if (fflush(x->file) != 0)
        return false;
    void *map = mmap(NULL, x->body_bytes, PROT_READ, MAP_PRIVATE, fileno(x->file), 0);
    if (map == MAP_FAILED)
        return false;
    x->map = map;
    x->request.body = (struct slice){map, x->body_bytes};
    return true;
}

/* --- the lines of slow requests --- */

static bool stand_in_line(struct line *line, struct exchange *x)
{
    struct http_server *s = line->server;
    pthread_mutex_lock(&s->line_lock);
    bool has_room = line->waiting < LINE_LENGTH && !s->stopping;
    if (has_room) {
        MHD_suspend_connection(x->connection);
        if (line->last)
            line->last->behind = x;
        else
            line->first = x;
        line->last = x;
        line->waiting++;
        pthread_cond_signal(&line->moved);
    }
    pthread_mutex_unlock(&s->line_lock);
    return has_room;
}

/* The first in the line, waiting for one; NULL when the server stops and the line is empty. */
static struct exchange *next_in_line(struct line *line)
{
    struct http_server *s = line->server;
    pthread_mutex_lock(&s->line_lock);
    while (!line->first && !s->stopping)
        pthread_cond_wait(&line->moved, &s->line_lock);
    struct exchange *x = line->first;
    if (x) {
        line->first = x->behind;
        line->last = line->first ? line->last : NULL;
        line->waiting--;
    }
    pthread_mutex_unlock(&s->line_lock);
    return x;
}

static void *work(void *context)
{
    struct line *line = context;
    struct http_setup *setup = &line->server->setup;
    struct exchange *x;
    while ((x = next_in_line(line)) != NULL) {
        setup->answer(setup->context, &x->request, &x->reply);
        x->is_answered = true;
        MHD_resume_connection(x->connection);
    }
    return NULL;
}

static bool start_workers(struct http_server *s)
{
    bool good = true;
    for (int i = LANE_NONE + 1; i < LANE_COUNT; i++) {
        struct line *line = &s->line[i];
        line->server = s;
        line->works = pthread_create(&line->worker, NULL, work, line) == 0;
        good = good && line->works;
    }
    return good;
}

static void stop_workers(struct http_server *s)
{
    pthread_mutex_lock(&s->line_lock);
    s->stopping = true;
    for (int i = 0; i < LANE_COUNT; i++)
        pthread_cond_signal(&s->line[i].moved);
    pthread_mutex_unlock(&s->line_lock);
    for (int i = 0; i < LANE_COUNT; i++)
        if (s->line[i].works)
            pthread_join(s->line[i].worker, NULL);
}

static enum MHD_Result answer(struct http_server *s, struct exchange *x)
{
    if (x->is_answered) /* back from the line */
        return send_reply(x->connection, &x->reply);
    if (!gather_body(x))
        return refuse(x->connection, 500, "Không giữ được tệp tải lên", "The upload could not be kept");
    enum lane lane = s->setup.lane ? s->setup.lane(s->setup.context, &x->request) : LANE_NONE;
    if (lane != LANE_NONE) {
        if (stand_in_line(&s->line[lane], x))
            return MHD_YES;
        reply_problem_status(&x->reply, 503, "Máy chủ đang bận; hãy thử lại sau ít giây",
                             "The server is busy; try again in a few seconds");
        reply_header(&x->reply, "Retry-After", "5");
        return send_reply(x->connection, &x->reply);
    }
    s->setup.answer(s->setup.context, &x->request, &x->reply);
    return send_and_keep(s, x);
}

static enum MHD_Result refuse_for_now(struct exchange *x, int wait_s)
{
    struct reply reply = {0};
    reply_problem_status(&reply, 429, fault_sentence(FAULT_TOO_MANY, false),
                         fault_sentence(FAULT_TOO_MANY, true));
    reply_header(&reply, "Retry-After", arena_format(&x->arena, "%d", wait_s));
    reply_header(&reply, "Access-Control-Allow-Origin", "*");
    reply_header(&reply, MHD_HTTP_HEADER_CONNECTION, "close");
    return send_reply(x->connection, &reply);
}

static enum MHD_Result on_headers(struct http_server *s, struct exchange *x, const char *method)
{
    int64_t length = 0;
    struct slice declared = header_of(x->connection, MHD_HTTP_HEADER_CONTENT_LENGTH);
    int wait_s = 1;
    x->headers_seen = true;
    read_request(x, method);
    if (s->setup.admit && !s->setup.admit(s->setup.context, &x->request, &wait_s))
        return refuse_for_now(x, wait_s);
    set_deadline(x->connection, s->setup.body_s);
    size_t limit = s->setup.body_limit ? s->setup.body_limit(s->setup.context, &x->request) : 0;
    x->body_limit = limit > BODY_BYTES ? limit : BODY_BYTES;
    if (x->target.n > URL_BYTES)
        return refuse(x->connection, 414, "Địa chỉ quá dài", "The address is too long");
    if (declared.n && (!slice_to_int(declared, &length) || length < 0 || (uint64_t)length > x->body_limit))
        return refuse(x->connection, 413, "Yêu cầu quá lớn", "The request is too large");
    if (!is_upload(x))
        return MHD_YES;
    set_deadline(x->connection, s->setup.upload_s);
    return open_upload(s, x) ? MHD_YES
                             : refuse(x->connection, 503, "Đang có nhiều tệp tải lên; hãy thử lại",
                                      "Too many uploads at once; try again");
}

/* libmicrohttpd calls this when the headers are in, for each piece of a body, and once more at the end. */
static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_bytes, void **exchange)
{
    (void)url;
    (void)version;
    struct http_server *s = context;
    struct exchange *x = *exchange;
    if (!x)
        return MHD_NO;
    x->connection = connection;
    if (!x->headers_seen)
        return on_headers(s, x, method);
    if (*upload_bytes) {
        size_t n = *upload_bytes;
        *upload_bytes = 0;
        return keep_piece(x, upload, n) ? MHD_YES : MHD_NO;
    }
    set_deadline(connection, s->setup.response_s);
    return answer(s, x);
}

static struct MHD_Daemon *start_daemon(struct http_server *s)
{
    static const char SUITES[] = "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";
    const struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)s->setup.certificate},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)s->setup.private_key},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)SUITES},
        {MHD_OPTION_END, 0, NULL}};
    const struct MHD_OptionItem plain[] = {{MHD_OPTION_END, 0, NULL}};
    unsigned encrypted = s->setup.certificate ? MHD_USE_TLS : 0;
    return MHD_start_daemon(
        encrypted | MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC, 0, may_connect, s,
        on_request, s, MHD_OPTION_LISTEN_SOCKET, s->setup.listen_fd, MHD_OPTION_THREAD_POOL_SIZE,
        (unsigned)THREADS, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)s->setup.idle_s, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, s, MHD_OPTION_NOTIFY_CONNECTION, on_connection, s,
        MHD_OPTION_URI_LOG_CALLBACK, on_target, s, MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL,
        MHD_OPTION_ARRAY, encrypted ? tls : plain, MHD_OPTION_END);
}

static void free_server(struct http_server *s)
{
    pthread_mutex_destroy(&s->lock);
    pthread_mutex_destroy(&s->line_lock);
    for (int i = 0; i < LANE_COUNT; i++)
        pthread_cond_destroy(&s->line[i].moved);
    free(s);
}

bool http_start(struct http_server **out, const struct http_setup *setup, struct fault *f)
{
    struct http_server *s = calloc(1, sizeof *s);
    if (!s)
        return fault_set(f, FAULT_NO_MEMORY, NULL, "%s", "");
    s->setup = *setup;
    pthread_mutex_init(&s->lock, NULL);
    pthread_mutex_init(&s->line_lock, NULL);
    for (int i = 0; i < LANE_COUNT; i++)
        pthread_cond_init(&s->line[i].moved, NULL);
    s->daemon = start_workers(s) ? start_daemon(s) : NULL;
    if (s->daemon) {
        *out = s;
        return true;
    }
    stop_workers(s);
    free_server(s);
    return fault_set(f, FAULT_NETWORK, setup->certificate ? "--tls-cert, --tls-key" : NULL, "%s",
                     setup->certificate ? "không dùng được chứng thư hoặc khoá (PEM) này"
                                        : "the server does not start");
}

void http_tick(struct http_server *s)
{
    int64_t now = clock_monotonic_ns();
    pthread_mutex_lock(&s->lock);
    for (struct connection_note *note = s->notes; note; note = note->next)
        if (now > atomic_load(&note->deadline_ns))
            shutdown(note->fd, SHUT_RDWR);
    pthread_mutex_unlock(&s->lock);
}

static void wait_until_quiet(struct http_server *s)
{
    for (int ms = 0; ms < DRAIN_MS && atomic_load(&s->running) > 0; ms += 10)
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
}

void http_stop(struct http_server *s)
{
    if (!s)
        return;
    int fd = MHD_quiesce_daemon(s->daemon);
    wait_until_quiet(s);
    stop_workers(s); /* nobody is left suspended */
    MHD_stop_daemon(s->daemon);
    if (fd >= 0)
        close(fd);
    free_server(s);
}
