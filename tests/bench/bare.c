/* bare: libmicrohttpd answering every request with the bytes of one file and the headers named after it: the
 * floor that serve.py holds the tile cache against. The same engine settings as mapd/http.c: epoll, a pool of
 * as many threads as processors.
 */
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <unistd.h>

enum { BODY_MAX = 1 << 20 };

static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *body, size_t *body_length,
                              void **request)
{
    (void)url, (void)method, (void)version, (void)body, (void)body_length;
    if (!*request) { /* an answer at the first call would close the connection */
        *request = context;
        return MHD_YES;
    }
    return MHD_queue_response(connection, MHD_HTTP_OK, context);
}

int main(int argc, char **argv)
{
    static char body[BODY_MAX];
    FILE *file = argc >= 2 ? fopen(argv[1], "rb") : NULL;
    if (!file)
        return 2;
    size_t n = fread(body, 1, sizeof body, file);
    fclose(file);
    struct MHD_Response *response = MHD_create_response_from_buffer(n, body, MHD_RESPMEM_PERSISTENT);
    for (int i = 2; i + 1 < argc; i += 2)
        MHD_add_response_header(response, argv[i], argv[i + 1]);
    struct sockaddr_in where = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct MHD_Daemon *server = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC, 0, NULL, NULL, answer,
        response, MHD_OPTION_THREAD_POOL_SIZE, 2u, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)32 * 1024,
        MHD_OPTION_CONNECTION_TIMEOUT, 15u, MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&where, MHD_OPTION_END);
    if (!server)
        return 1;
    printf("%u\n", MHD_get_daemon_info(server, MHD_DAEMON_INFO_BIND_PORT)->port);
    fflush(stdout);
    pause();
    return 0;
}
