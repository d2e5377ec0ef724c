/* support: what tests of the whole program need: running it, asking it over HTTP, reading tables of truth. */
#ifndef TESTS_SUPPORT_H
#define TESTS_SUPPORT_H

#include "layers/kit.h"

#include <sys/types.h>

/* Runs a shell command with a working directory of "."; its stdout goes to `out`. Returns the exit status, or
 * -1. */
int run_command(struct buf *out, const char *fmt, ...) PRINTF_LIKE(2, 3);

struct server {
    pid_t pid;
    int port;
};

/* Starts `mapd serve` on a free port of 127.0.0.1 and waits for its first line. */
bool server_start(struct server *s, const char *ward_path);
/* SIGTERM; returns the exit status. */
int server_stop(struct server *s);

struct answer {
    int status;
    struct buf bytes;           /* everything that came */
    struct slice headers, body; /* parts of it */
};

/* One GET (HTTP/1.1, Connection: close); `extra` are header lines ending in CRLF, or "". */
void http_get(const struct server *s, const char *path, const char *extra, struct answer *a);
void answer_release(struct answer *a);

/* Calls `each` with the tab-separated cells of every line but the first. */
void read_tsv(const char *path, void (*each)(void *context, struct slice *cells, int count), void *context);

double metres_between(double lon1, double lat1, double lon2,
                      double lat2); /* on a sphere; fine below a few km */

#endif
