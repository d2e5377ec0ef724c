/* listen: "127.0.0.1:8080" turned into a listening socket, so that a taken port or a wrong address is a
 * sentence before anything else starts, and port 0 is known by its real number. */
#include "mapd/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct where {
    char host[120];
    char port[8];
};

static ptrdiff_t last_colon(struct slice text)
{
    for (size_t i = text.n; i > 0; i--)
        if (text.p[i - 1] == ':')
            return (ptrdiff_t)i - 1;
    return -1;
}

static bool split_where(const char *text, struct where *w, struct fault *f)
{
    struct slice all = slice_of(text), host = SLICE("127.0.0.1"), port = all;
    ptrdiff_t colon = last_colon(all);
    if (colon >= 0) {
        host = (struct slice){all.p, (size_t)colon};
        port = (struct slice){all.p + colon + 1, all.n - (size_t)colon - 1};
    }
    if (host.n >= 2 && host.p[0] == '[' && host.p[host.n - 1] == ']')
        host = (struct slice){host.p + 1, host.n - 2};
    int64_t number;
    if (!slice_to_int(port, &number) || number < 0 || number > 65535 || host.n == 0 ||
        host.n >= sizeof w->host)
        return fault_set(f, FAULT_USAGE, "--listen", "\"%s\" is not ADDRESS:PORT", text);
    memcpy(w->host, host.p, host.n);
    w->host[host.n] = '\0';
    struct buf digits = {0};
    buf_int(&digits, number);
    memcpy(w->port, digits.p, digits.n);
    w->port[digits.n] = '\0';
    buf_release(&digits);
    return true;
}

static int bound_socket(const struct addrinfo *a)
{
    int fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    int on = 1, off = 0;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (a->ai_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (bind(fd, a->ai_addr, a->ai_addrlen) == 0 && listen(fd, 511) == 0)
        return fd;
    int why = errno;
    close(fd);
    errno = why;
    return -1;
}

static int port_of(int fd)
{
    struct sockaddr_storage address;
    socklen_t n = sizeof address;
    if (getsockname(fd, (struct sockaddr *)&address, &n) != 0)
        return 0;
    return ntohs(address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port
                                               : ((struct sockaddr_in *)&address)->sin_port);
}

bool listener_open(struct listener *l, const char *where, struct fault *f)
{
    struct where w;
    if (!split_where(where, &w, f))
        return false;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE}, *found = NULL;
    if (getaddrinfo(w.host, w.port, &hints, &found) != 0)
        return fault_set(f, FAULT_NETWORK, "--listen", "no such address: \"%s\"", w.host);
    l->fd = -1;
    for (const struct addrinfo *a = found; a && l->fd < 0; a = a->ai_next)
        l->fd = bound_socket(a);
    int why = errno;
    freeaddrinfo(found);
    if (l->fd < 0)
        return fault_set(f, FAULT_NETWORK, where, "%s", strerror(why));
    l->port = port_of(l->fd);
    struct buf host = {0};
    buf_format(&host, strchr(w.host, ':') ? "[%s]" : "%s", w.host);
    buf_char(&host, '\0');
    memcpy(l->host, host.p, host.n);
    buf_release(&host);
    return true;
}
