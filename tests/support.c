#include "tests/support.h"

#include <arpa/inet.h>
#include <check.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

int run_command(struct buf *out, const char *fmt, ...)
{
    char command[4096];
    va_list list;
    va_start(list, fmt);
    vsnprintf(command, sizeof command, fmt, list);
    va_end(list);
    FILE *pipe = popen(command, "r");
    ck_assert_ptr_nonnull(pipe);
    char block[4096];
    for (size_t n; (n = fread(block, 1, sizeof block, pipe)) > 0;)
        buf_add(out, block, n);
    int status = pclose(pipe);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool server_start(struct server *s, const char *ward_path)
{
    int ends[2];
    const char *program = getenv("MAPD_PROGRAM");
    ck_assert_msg(program && pipe(ends) == 0, "MAPD_PROGRAM is not set");
    s->pid = fork();
    if (s->pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        execl(program, program, "serve", ward_path, "--listen", "127.0.0.1:0", (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    char line[256] = "";
    size_t n = 0;
    while (n + 1 < sizeof line && read(ends[0], line + n, 1) == 1 && line[n] != '\n')
        n++;
    close(ends[0]);
    return sscanf(line, "listening on http://127.0.0.1:%d/", &s->port) == 1;
}

int server_stop(struct server *s)
{
    int status = -1;
    kill(s->pid, SIGTERM);
    waitpid(s->pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int connect_to(int port)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct timeval patience = {.tv_sec = 20};
    inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ck_assert_msg(connect(fd, (struct sockaddr *)&to, sizeof to) == 0, "nobody listens on %d", port);
    return fd;
}

void http_get(const struct server *s, const char *path, const char *extra, struct answer *a)
{
    *a = (struct answer){0};
    int fd = connect_to(s->port);
    struct buf request = {0};
    buf_format(&request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\n%s\r\n", path,
               s->port, extra);
    ck_assert_int_eq(write(fd, request.p, request.n), (ssize_t)request.n);
    buf_release(&request);
    char block[16384];
    for (ssize_t n; (n = read(fd, block, sizeof block)) > 0;)
        buf_add(&a->bytes, block, (size_t)n);
    close(fd);
    struct slice all = buf_to_slice(&a->bytes);
    ptrdiff_t end = slice_find(all, SLICE("\r\n\r\n"));
    ck_assert_msg(end > 0 && sscanf(all.p, "HTTP/1.1 %d", &a->status) == 1, "no HTTP answer to %s", path);
    a->headers = (struct slice){all.p, (size_t)end + 2};
    a->body = (struct slice){all.p + end + 4, all.n - (size_t)end - 4};
}

void answer_release(struct answer *a)
{
    buf_release(&a->bytes);
}

enum { MOST_CELLS = 32 };

void read_tsv(const char *path, void (*each)(void *context, struct slice *cells, int count), void *context)
{
    struct buf text = {0};
    struct fault f = {0};
    ck_assert_msg(file_read(path, 64 << 20, &text, &f), "%s: %s", path, f.text);
    struct slice rest = buf_to_slice(&text), line;
    bool first = true;
    while (slice_next(&rest, '\n', &line)) {
        struct slice cells[MOST_CELLS];
        int count = 0;
        for (const char *p = line.p, *end = line.p + line.n; count < MOST_CELLS && p <= end;) {
            const char *tab = memchr(p, '\t', (size_t)(end - p));
            cells[count++] = (struct slice){p, (size_t)((tab ? tab : end) - p)};
            p = tab ? tab + 1 : end + 1;
        }
        if (!first && line.n)
            each(context, cells, count);
        first = false;
    }
    buf_release(&text);
}

double metres_between(double lon1, double lat1, double lon2, double lat2)
{
    const double degree_m = 111195.0, radian = 0.017453292519943295;
    double dx = (lon2 - lon1) * cos((lat1 + lat2) / 2 * radian) * degree_m, dy = (lat2 - lat1) * degree_m;
    return hypot(dx, dy);
}
