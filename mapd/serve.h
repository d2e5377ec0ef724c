/* serve: what the handlers of the server share. Private to mapd/.
 *
 *   http.c request → route.c (which row of routes.def; parameters read and checked; format chosen; 304) →
 * handler → reply
 *
 * Law: a handler is a plain function from a const call to a reply. It sees one snapshot for its whole life,
 * so an answer belongs to exactly one revision. All memory is the arena's; the reply's body is handed on to
 * http.c. */
#ifndef MAPD_SERVE_H
#define MAPD_SERVE_H

#include "layers/indicators/indicators.h"
#include "layers/layers.h"
#include "mapd/crs.h"
#include "mapd/http.h"
#include "tiles/tiles.h"

#include <pthread.h>

/* --- formats: bits of the fifth column of routes.def --- */

enum format {
    FORMAT_JSON,
    FORMAT_GEOJSON,
    FORMAT_OPENAPI,
    FORMAT_SCHEMA,
    FORMAT_JSONLD,
    FORMAT_HTML,
    FORMAT_MVT,
    FORMAT_SVG,
    FORMAT_PNG,
    FORMAT_CSV,
    FORMAT_METRICS,
    FORMAT_OTHER, /* the handler says what it is */
    FORMAT_COUNT
};

enum route_kind {
#define AS(format) (1 << FORMAT_##format)
    AS_JSON = AS(JSON),
    AS_GEOJSON = AS(GEOJSON),
    AS_OPENAPI = AS(OPENAPI),
    AS_SCHEMA = AS(SCHEMA),
    AS_JSONLD = AS(JSONLD),
    AS_HTML = AS(HTML),
    AS_MVT = AS(MVT),
    AS_SVG = AS(SVG),
    AS_PNG = AS(PNG),
    AS_CSV = AS(CSV),
    AS_METRICS = AS(METRICS),
    AS_OTHER = AS(OTHER),
#undef AS
    LIVE = 1 << 16,       /* never cached, no entity tag */
    SLOW = 1 << 18,       /* may take long: made by the thread for such requests */
    STAFF_ONLY = 1 << 19, /* a row of staff.def */
    PAST = 1 << 20,       /* answers as_of and known_at: the call then has the read copy of that day */
    PAGE = 1 << 17        /* may be shown a minute old, and a day old while the server is away */
};

/* --- who may: the fifth column of staff.def --- */

enum may {
#define ROLE(id, name, vi, en) MAY_##id = 1 << ROLE_##id,
#include "layers/roles.def"
#undef ROLE
    MAY_ALL = (1 << ROLE_COUNT) - 1,
    ANYBODY = 0
};

const char *format_type(enum format format); /* media type */

/* --- parameters.def --- */

enum parameter_id {
#define PARAMETER(id, name, type, choices, vi, en) PARAMETER_##id,
#include "mapd/parameters.def"
#undef PARAMETER
    PARAMETER_COUNT
};

enum value_type {
    VALUE_TEXT,
    VALUE_CHOICE,
    VALUE_COLLECTION, /* a layer with items */
    VALUE_TILESET,    /* any layer, or an area layer with _label behind its name */
    VALUE_TILE,
    VALUE_LIMIT,
    VALUE_OFFSET,
    VALUE_BBOX,
    VALUE_LONGITUDE,
    VALUE_LATITUDE,
    VALUE_DATE,
    VALUE_INSTANT,
    VALUE_DATETIME,
    VALUE_FILTER, /* CQL2, read by the handler: what it means depends on the layer */
    VALUE_CRS,
    VALUE_TYPE_COUNT
};

struct parameter {
    const char *name;
    enum value_type type;
    const char *choices, *vi, *en;
};

struct value {
    bool given;
    struct slice text; /* as typed, decoded */
    int64_t integer;   /* TILE, LIMIT, OFFSET; CHOICE: which one; CRS: enum crs_id */
    double real;
    struct box box;       /* as typed: the corners in the order of the axes */
    struct date from, to; /* DATE: from; DATETIME: local days, no date where the side is open */
    const struct layer *layer;
    bool labels;
};

const struct parameter *parameter_get(enum parameter_id id);
bool parameter_find(struct slice name, enum parameter_id *id);
/* The value of one parameter; BAD_PARAMETER or NOT_FOUND names it. */
bool parameter_read(enum parameter_id id, struct slice text, struct value *value,
                    struct fault *f) RESULT_MUST_BE_USED;
/* The box of a BBOX value in the system it was written in, put in order: degrees (west > east crosses the
 * antimeridian), or easting and northing. BAD_PARAMETER when it is none. */
bool parameter_box(const struct value *value, enum crs_id crs, struct box *box,
                   struct fault *f) RESULT_MUST_BE_USED;

/* --- route.c --- */

enum route_id {
#define ROUTE(id, path, handler, parameters, kind, summary)  ROUTE_##id,
#define STAFF(id, path, handler, parameters, roles, summary) ROUTE_##id,
#include "mapd/routes.def"
#include "mapd/staff.def"
#undef ROUTE
#undef STAFF
    ROUTE_COUNT,
    ROUTE_NONE = ROUTE_COUNT
};

struct call;
typedef bool handler_function(const struct call *c, struct reply *r, struct fault *f);

struct route {
    const char *path; /* "GET /ogc" */
    handler_function *handler;
    const char *parameters;
    int kind;
    int roles; /* MAY_ bits: who may; 0: anybody */
    const char *summary;
};

/* name=value of a query, decoded */
struct pair {
    struct slice name, value;
};

enum { QUERY_PAIRS = 40, PATH_SEGMENTS = 12 };

struct serve;
struct visitor;
struct staff;

struct call {
    struct serve *serve;
    const struct request *request;
    const struct snapshot *snapshot;
    struct arena *arena;
    enum route_id route;
    enum format format;
    const char *base; /* "https://host", no slash at its end */
    struct value value[PARAMETER_COUNT];
    struct pair query[QUERY_PAIRS]; /* all of it, in order */
    int query_count;
    struct pair fields[QUERY_PAIRS]; /* those that are fields of the collection */
    int field_count;
    struct visitor *visitor; /* of a staff route (staff.h), else NULL */
    struct form form;        /* of a POST */
};

const struct route *route_get(enum route_id id);
/* The decoded path against the table; false when nothing fits. `allowed` collects the methods of the rows
 * that do. */
bool route_match(struct slice method, struct slice path, struct call *c, struct fault *f);
/* What http_setup asks for; `serve` is a struct serve. route_answer is the whole way from request to reply.
 */
enum lane route_lane(void *serve, const struct request *request);
bool route_admit(void *serve, const struct request *request, int *wait_s);
bool route_is_many(void *serve, const struct address *peer);
void route_answer(void *serve, const struct request *request, struct reply *reply);
void route_keep(void *serve, const struct request *request, int64_t keep_as, struct kept_answer *answer);

/* --- negotiate.c --- */

/* "%41" → "A", strictly: bad escapes, control characters and what is no UTF-8 are refused. */
bool url_decode(struct slice text, bool plus_is_blank, struct arena *a,
                struct slice *out) RESULT_MUST_BE_USED;
/* A value of a form: a person may have typed several lines. */
bool url_decode_typed(struct slice text, struct arena *a, struct slice *out) RESULT_MUST_BE_USED;
/* Whether a path as sent begins with `prefix`, its percent signs read: "/%63/" begins with "/c/". */
bool path_starts(struct slice path, struct slice prefix);
/* The best of `formats` (AS_ bits) for an Accept header; false when none will do. */
bool accept_choose(struct slice accept, int formats, enum format *chosen) RESULT_MUST_BE_USED;
/* Quality 0..1000 of a content coding in an Accept-Encoding header. */
int accept_coding(struct slice accept_encoding, struct slice coding);
bool etag_listed(struct slice if_none_match, struct slice etag);

/* --- ready.c: answers kept whole --- */

struct ready;
struct ready_question {
    struct slice path, query; /* as sent */
    bool gzip;
    int64_t generation;
};
struct ready *ready_new(void);
void ready_free(struct ready *r); /* NULL is fine */
/* A reference to the answer, or NULL. */
struct kept_answer *ready_get(struct ready *r, const struct ready_question *q);
/* Takes a reference of its own. */
void ready_put(struct ready *r, const struct ready_question *q, struct kept_answer *answer);

/* --- watch.c: what the operator sees --- */

struct watch;
struct watch *watch_new(void);
void watch_free(struct watch *w);
struct answered {
    enum route_id route;
    enum method method;
    int status;
    size_t bytes;
    int64_t ns;
};
void watch_answered(struct watch *w, const struct answered *a);
void watch_write(struct watch *w, const struct serve *s, const struct snapshot *snapshot, struct buf *out);
/* Writes waiting access lines to stderr; drops them when nobody reads. */
void watch_flush(struct watch *w);
void watch_tile(struct watch *w, bool was_cached);

/* --- the server's own state: set up by command_serve.c, then only read --- */

struct serve {
    struct publisher *publisher;
    struct tile_cache *tiles;
    struct ready *ready;                /* ready.c */
    struct code_cache *codes;           /* qr.h */
    struct speech *speech;              /* speech.h */
    char form_secret[TOKEN_LENGTH + 1]; /* of the public forms; another one after every start */
    struct crs_pool *systems;
    struct watch *watch;
    struct limiter *limiter;
    const char *certificate, *private_key; /* PEM, or NULL */
    struct proxies proxies;                /* whose word about the caller is taken */
    struct store *store;                   /* for the numbers, one at a time under the lock */
    pthread_mutex_t store_lock;
    struct past *past;         /* past.h */
    struct staff *staff;       /* staff.h */
    struct service *service;   /* service.h */
    struct keeper *keeper;     /* keeper.h */
    const char *base_url;      /* --base-url without a slash at its end, or NULL */
    const char *fallback_host; /* "127.0.0.1:8080" when a request names none */
    const char *web_dir;       /* --web-dir or NULL */
    const char *ward_code, *ward_name;
    char page_policy[384]; /* Content-Security-Policy of pages with our own style */
    uint32_t build;
    bool is_sample;
    int64_t started_ns;
    _Atomic int64_t published_ns; /* when the current snapshot came; written by the tick */
};

/* --- what several handlers use (serve_common.c) --- */

struct link {
    const char *rel, *type, *href, *title;
};

/* Revision and local day as one number: what belongs to another is out of date. */
int64_t generation_of(const struct snapshot *s);
/* "/a/review-3KJ2.js" of the files of the map application, whose names carry their hash (serve_asset.c); NULL
 * when the program was built without. In the arena. */
const char *asset_path(const struct call *c, const char *stem, const char *end);
const char *office_of(const struct call *c);                  /* "UBND Phường Mẫu" */
const char *day_text(const struct call *c, struct slice iso); /* as people write a day */
const char *local_day(const struct call *c);                  /* "2026-11-22" of the snapshot */
/* Says in which system the coordinates of the answer are. */
void content_crs(const struct call *c, struct reply *r);
const char *collection_url(const struct call *c, const struct layer *l, const char *rest);
/* The asked-for query again without `offset`, `after` and `f`, beginning with "&" when not empty. */
const char *query_again(const struct call *c);
bool is_english(const struct call *c); /* ?lang=en */
/* A browser says where a form came from; false when that is another site (session.c). */
bool is_our_origin(const struct call *c);
/* The set of strings.def whose words the values of a field are, or NULL. */
const char *word_set(const struct layer *layer, const char *field);
/* The rows asked for by fields and `filter`, bound to `l`; *out is NULL when nothing was asked
 * (serve_filter.c). */
bool make_filter(const struct call *c, const struct snapshot_layer *l, struct filter **out, struct fault *f);
/* The layer's file becomes the body, its path being filled in here (serve_export.c). */
struct export_request;
bool export_send(const struct call *c, struct export_request *request, const char *extension, struct reply *r,
                 struct fault *f);
void page_begin(const struct call *c, struct reply *r, const char *title);
void page_end(const struct call *c, struct reply *r);
struct json;
void links_json(struct json *j, const struct link *links, int count);
void links_html(struct buf *out, const struct link *links, int count);

#define ROUTE(id, path, handler, parameters, kind, summary)  handler_function handler;
#define STAFF(id, path, handler, parameters, roles, summary) handler_function handler;
#include "mapd/routes.def"
#include "mapd/staff.def"
#undef ROUTE
#undef STAFF

#endif
