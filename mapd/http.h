/* http: the socket side of the server, behind one struct in and one struct out. Private to mapd/.
 * http.c alone knows libmicrohttpd; form.c reads bodies; listen.c opens the port; reply.c fills
 * replies.
 *
 * Law: a request and all it points to live until its answer has left. A reply owns its body until it is
 * handed back to http.c; header values are constant text or lie in the arena of the request. */
#ifndef MAPD_HTTP_H
#define MAPD_HTTP_H

#include "layers/kit.h"
#include "mapd/limit.h"

enum method { METHOD_GET, METHOD_HEAD, METHOD_OPTIONS, METHOD_POST, METHOD_OTHER };

struct request {
    enum method method;
    bool too_large;      /* its body passed the limit and was dropped */
    struct slice path;   /* as sent, percent signs and all; starts with "/" */
    struct slice query;  /* as sent, without the "?" */
    struct address peer; /* the other end of the socket; who asks is for proxies_caller to say */
    struct slice host, accept, accept_encoding, if_none_match, forwarded_proto, forwarded_for;
    struct slice cookie, authorization, content_type, origin;
    struct slice body; /* of a POST, whole; empty while the headers alone are known */
    struct arena *arena;
};

struct header {
    const char *name, *value;
};

enum { REPLY_HEADERS = 16 };

struct reply {
    int status;
    const char *type; /* media type; NULL without a body */
    struct buf body;  /* the reply's own bytes, or ... */
    struct slice
        shared; /* ... bytes of somebody else, which `release(holder)` gives back (NULL: they stay) */
    void (*release)(void *holder);
    void *holder;
    struct header headers[REPLY_HEADERS];
    int header_count;
    struct kept_answer *ready; /* all of it, instead of the above: a reference that goes with the reply */
    int64_t keep_as;           /* not 0: http_setup.keep may have it under this number */
};

/* An answer as it lies ready to be sent, head and body; counted references, any thread. Made by http.c alone;
 * it holds the reply's shared bytes until the last reference has gone. NULL is fine. */
struct kept_answer;
void kept_answer_hold(struct kept_answer *a);
void kept_answer_drop(struct kept_answer *a);
int kept_answer_status(const struct kept_answer *a);
size_t kept_answer_bytes(const struct kept_answer *a); /* of the body */

/* --- reply.c --- */

void reply_header(struct reply *r, const char *name, const char *value);
/* Drops what was written so far: the answer becomes another one. */
void reply_clear(struct reply *r);
/* problem+json (RFC 9457) with a Vietnamese and an English sentence. */
void reply_problem(struct reply *r, const struct fault *f);
void reply_problem_status(struct reply *r, int status, const char *vi, const char *en);
void reply_redirect(struct reply *r, int status, const char *location);
/* Replaces the body by its gzip form and says so in the headers. */
void reply_gzip(struct reply *r);

/* --- listen.c --- */

struct listener {
    int fd;
    char host[128]; /* as given, in brackets when it is an IPv6 address */
    int port;       /* the real one, also when 0 was asked for */
};

/* "ADDR:PORT", "[ADDR]:PORT" or "PORT". */
bool listener_open(struct listener *l, const char *where, struct fault *f) RESULT_MUST_BE_USED;

/* --- form.c: the body of a POST as fields --- */

struct form_field {
    struct slice name, value; /* value: bytes of the file when it is one */
    struct slice file_name;   /* as the browser says it */
    bool is_file;
};

struct form {
    struct form_field *fields;
    int count;
};

/* application/x-www-form-urlencoded or multipart/form-data; BAD_PARAMETER when it is neither. */
bool form_read(struct form *form, const struct request *r, struct fault *f) RESULT_MUST_BE_USED;
struct slice form_get(const struct form *form, const char *name); /* empty when there is none */
const struct form_field *form_file(const struct form *form, const char *name);

/* --- http.c --- */

/* An answer that may take long waits in a line with one thread of its own, so that it never holds up the
 * others; beyond a full line it is told to come again. */
enum lane { LANE_NONE, LANE_STAFF, LANE_NUMBERS, LANE_COUNT };

struct http_setup {
    int listen_fd; /* taken over */
    /* Called by several threads at once. */
    void (*answer)(void *context, const struct request *request, struct reply *reply);
    /* An answer that said keep_as, on its way out. NULL: none is kept. */
    void (*keep)(void *context, const struct request *request, int64_t keep_as, struct kept_answer *answer);
    /* Where the request waits for its answer. */
    enum lane (*lane)(void *context, const struct request *request);
    /* Whether it may be asked now, when the headers are in; else it is told to come again in *wait_s. NULL:
     * always. */
    bool (*admit)(void *context, const struct request *request, int *wait_s);
    /* Whether an address speaks for many people (a proxy of ours) and may hold any number of connections. */
    bool (*is_many)(void *context, const struct address *peer);
    void *context;
    /* How large a body may be, asked when the headers are in; 0: as any other. NULL: none is larger. */
    size_t (*body_limit)(void *context, const struct request *request);
    const char *certificate, *private_key; /* PEM, for TLS 1.2 and 1.3; NULL: without */
    int idle_s;                            /* silence after which a connection is closed */
    int header_s;   /* the headers must be complete by then, however slowly they drip */
    int body_s;     /* then the body */
    int upload_s;   /* a large body has longer */
    int response_s; /* and the answer must be taken by then */
};

struct http_server;
bool http_start(struct http_server **out, const struct http_setup *setup,
                struct fault *f) RESULT_MUST_BE_USED;
/* Closes connections that are past their deadline; to be called about four times a second. */
void http_tick(struct http_server *s);
/* Takes no new connection, lets running answers finish (3 s at most), stops. NULL is fine. */
void http_stop(struct http_server *s);

#endif
