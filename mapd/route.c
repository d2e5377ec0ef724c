/* route: from a request to a reply, over the table routes.def. Everything that is the same for all routes
 * happens here and nowhere else: decoding, unknown parameters, format, entity tag and 304, compression,
 * security headers.
 *
 * The entity tag is made of (program build, revision, local date, representation): it is known before the
 * handler has done anything, so "not modified" costs nothing, and no answer of an older revision can be taken
 * for a current one. */
#include "mapd/serve.h"
#include "mapd/service.h"

#include "mapd/json_write.h"
#include "mapd/past.h"
#include "mapd/staff.h"

#include <string.h>

static const struct route ROUTES[ROUTE_COUNT] = {
#define ROUTE(id, path, handler, parameters, kind, summary) {path, handler, parameters, kind, 0, summary},
#define STAFF(id, path, handler, parameters, roles, summary)                                                 \
    {path, handler, parameters, AS_HTML | LIVE | SLOW | STAFF_ONLY, roles, summary},
#include "mapd/routes.def"
#include "mapd/staff.def"
#undef ROUTE
#undef STAFF
};

struct segments {
    struct slice part[PATH_SEGMENTS];
    int count;
};

const struct route *route_get(enum route_id id)
{
    return &ROUTES[id];
}

/* --- path against pattern --- */

/* Splits at "/", drops one slash at the end; the parts are decoded. */
static bool split_path(struct slice path, struct arena *a, struct segments *s)
{
    s->count = 0;
    if (path.n && path.p[0] == '/')
        path = (struct slice){path.p + 1, path.n - 1};
    if (path.n && path.p[path.n - 1] == '/')
        path.n--;
    struct slice part;
    while (slice_next(&path, '/', &part)) {
        if (s->count == PATH_SEGMENTS || !url_decode(part, false, a, &part))
            return false;
        s->part[s->count++] = part;
    }
    return true;
}

struct placeholder {
    enum parameter_id id;
    struct slice text;
};

/* "{y}.mvt" against "12.mvt": the part for y. A pattern without braces must be equal. */
static bool segment_fits(struct slice pattern, struct slice part, struct placeholder *found, int *count)
{
    ptrdiff_t open = slice_find(pattern, SLICE("{")), close = slice_find(pattern, SLICE("}"));
    if (open < 0)
        return slice_equal(pattern, part);
    struct slice name = {pattern.p + open + 1, (size_t)(close - open - 1)};
    struct slice tail = {pattern.p + close + 1, pattern.n - (size_t)close - 1};
    if (part.n <= tail.n || !slice_ends(part, tail) || !parameter_find(name, &found[*count].id))
        return false;
    found[(*count)++].text = (struct slice){part.p, part.n - tail.n};
    return true;
}

/* Segment by segment: nearly every pattern is told by its first. */
static bool pattern_fits(struct slice pattern, const struct segments *path, struct placeholder *found,
                         int *count)
{
    struct slice part;
    int at = 0;
    *count = 0;
    pattern = (struct slice){pattern.p + 1, pattern.n - 1};
    while (slice_next(&pattern, '/', &part))
        if (at == path->count || !segment_fits(part, path->part[at++], found, count))
            return false;
    return at == path->count;
}

static bool read_placeholders(struct call *c, const struct placeholder *found, int count, struct fault *f)
{
    for (int i = 0; i < count; i++)
        if (!parameter_read(found[i].id, found[i].text, &c->value[found[i].id], f))
            return false;
    return true;
}

bool route_match(struct slice method, struct slice path, struct call *c, struct fault *f)
{
    struct segments parts;
    struct placeholder found[PATH_SEGMENTS];
    int count;
    bool path_known = false;
    if (!split_path(path, c->arena, &parts))
        return fault_set(f, FAULT_BAD_PARAMETER, "path", "địa chỉ không đọc được");
    for (int i = 0; i < ROUTE_COUNT; i++) {
        struct slice pattern = slice_of(ROUTES[i].path), verb;
        if (!slice_next(&pattern, ' ', &verb) || !pattern_fits(pattern, &parts, found, &count))
            continue;
        path_known = true;
        if (!slice_equal(verb, method))
            continue;
        c->route = (enum route_id)i;
        return read_placeholders(c, found, count, f);
    }
    return fault_set(f, path_known ? FAULT_NOT_ALLOWED : FAULT_NOT_FOUND, NULL, "%s", "");
}

/* --- query --- */

static bool is_field_of_collection(const struct call *c, struct slice name)
{
    const struct layer *l = c->value[PARAMETER_COLLECTION].layer;
    if (!l)
        l = c->value[PARAMETER_TILESET].layer;
    return l && !l->is_base && layer_field(l, name) >= 0;
}

static bool is_declared(const struct route *route, struct slice name)
{
    struct slice rest = slice_of(route->parameters), one;
    while (slice_next(&rest, ' ', &one))
        if (slice_equal(one, name))
            return true;
    return false;
}

static bool takes_fields(const struct route *route)
{
    return slice_ends(slice_of(route->parameters), SLICE("*"));
}

static bool read_pair(struct call *c, struct pair pair, struct fault *f)
{
    const struct route *route = &ROUTES[c->route];
    char *name = arena_text(c->arena, (struct slice){pair.name.p, pair.name.n > 60 ? 60 : pair.name.n});
    for (int i = 0; i < c->query_count; i++)
        if (slice_equal(c->query[i].name, pair.name))
            return fault_set(f, FAULT_BAD_PARAMETER, name, "tham số được viết hai lần");
    c->query[c->query_count++] = pair;
    enum parameter_id id;
    if (is_declared(route, pair.name) && parameter_find(pair.name, &id))
        return parameter_read(id, pair.value, &c->value[id], f);
    if (!takes_fields(route) || !is_field_of_collection(c, pair.name))
        return fault_set(f, FAULT_BAD_PARAMETER, name, "không có tham số này (no such parameter)");
    c->fields[c->field_count++] = pair;
    return true;
}

static bool read_query(struct call *c, struct slice query, struct fault *f)
{
    struct slice one;
    if (slice_equal(slice_of(ROUTES[c->route].parameters), SLICE("**")))
        return true;
    while (slice_next(&query, '&', &one)) {
        struct slice name = one, value = {0};
        ptrdiff_t equals = slice_find(one, SLICE("="));
        if (one.n == 0)
            continue;
        if (equals >= 0) {
            name.n = (size_t)equals;
            value = (struct slice){one.p + equals + 1, one.n - (size_t)equals - 1};
        }
        struct pair pair;
        if (c->query_count == QUERY_PAIRS || !url_decode(name, true, c->arena, &pair.name) ||
            !url_decode(value, true, c->arena, &pair.value))
            return fault_set(f, FAULT_BAD_PARAMETER, "query", "phần sau dấu ? không đọc được");
        if (!read_pair(c, pair, f))
            return false;
    }
    return true;
}

static bool choose_format(struct call *c, struct fault *f)
{
    int formats = ROUTES[c->route].kind & ((1 << FORMAT_COUNT) - 1);
    const struct value *asked = &c->value[PARAMETER_F];
    if (asked->given) {
        int wanted = asked->integer == 1 ? formats & AS_HTML : formats & ~AS_HTML;
        if (!wanted)
            return fault_set(f, FAULT_BAD_PARAMETER, "f", "ở đây không có định dạng này");
        return accept_choose((struct slice){0}, wanted, &c->format);
    }
    bool is_choice = (formats & (formats - 1)) != 0;
    if (accept_choose(is_choice ? c->request->accept : (struct slice){0}, formats, &c->format))
        return true;
    return fault_set(f, FAULT_NOT_ACCEPTABLE, NULL, "%s", "");
}

/* --- where we are --- */

static bool is_host(struct slice host)
{
    for (size_t i = 0; i < host.n; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]_", host.p[i]))
            return false;
    return host.n > 0 && host.n < 260;
}

static bool find_base(struct call *c, struct fault *f)
{
    const struct request *r = c->request;
    bool secure =
        c->serve->certificate || (proxies_hold(&c->serve->proxies, &r->peer) &&
                                  slice_equal_ignoring_case(slice_trim(r->forwarded_proto), SLICE("https")));
    if (r->host.n && !is_host(r->host))
        return fault_set(f, FAULT_BAD_PARAMETER, "Host", "tên máy chủ không hợp lệ");
    const char *host = r->host.n ? arena_text(c->arena, r->host) : c->serve->fallback_host;
    c->base = c->serve->base_url ? c->serve->base_url
                                 : arena_format(c->arena, "%s://%s", secure ? "https" : "http", host);
    return true;
}

/* --- the reply's headers --- */

static bool is_compressible(enum format format)
{
    return format != FORMAT_PNG && format != FORMAT_OTHER;
}

static bool wants_gzip(const struct call *c)
{
    return !c->visitor && is_compressible(c->format) &&
           accept_coding(c->request->accept_encoding, SLICE("gzip")) > 0;
}

/* Weak where the body holds the time of its making (numberMatched pages carry timeStamp). */
static const char *etag_of(const struct call *c)
{
    return arena_format(c->arena, "%s\"%08x-%lld-%s-%x%s\"", c->format == FORMAT_GEOJSON ? "W/" : "",
                        c->serve->build, (long long)snapshot_revision(c->snapshot), local_day(c),
                        (unsigned)c->format, wants_gzip(c) ? "z" : "");
}

static void add_caching(const struct call *c, struct reply *r)
{
    int kind = ROUTES[c->route].kind;
    if (kind & LIVE) {
        reply_header(r, "Cache-Control", "no-store");
        return;
    }
    if (c->format == FORMAT_OTHER)
        return;
    reply_header(r, "Cache-Control",
                 kind & PAGE ? "public, max-age=60, stale-if-error=86400" : "public, no-cache");
    reply_header(r, "ETag", etag_of(c));
    reply_header(r, "Vary", "Accept, Accept-Encoding");
}

/* Known or not: what stands under /staff is nobody else's. */
static bool is_staff(const struct call *c)
{
    return (c->route != ROUTE_NONE && ROUTES[c->route].kind & STAFF_ONLY) ||
           slice_starts(c->request->path, SLICE("/staff"));
}

static void add_security(const struct call *c, struct reply *r)
{
    reply_header(r, "X-Content-Type-Options", "nosniff");
    reply_header(r, "Referrer-Policy", "same-origin");
    if (c->serve->certificate)
        reply_header(r, "Strict-Transport-Security", "max-age=31536000");
    if (is_staff(c)) {
        reply_header(r, "Cache-Control", "no-store");
    } else {
        reply_header(r, "Access-Control-Allow-Origin", "*");
        reply_header(r, "Access-Control-Expose-Headers", "Content-Crs, ETag");
    }
    if (r->status == 304) /* a browser would lay this header over that of the page it kept, styles and all */
        return;
    for (int i = 0; i < r->header_count; i++)
        if (strcmp(r->headers[i].name, "Content-Security-Policy") == 0)
            return;
    bool is_page = r->type && strncmp(r->type, "text/html", 9) == 0;
    reply_header(r, "Content-Security-Policy",
                 is_page ? c->serve->page_policy : "default-src 'none'; frame-ancestors 'none'");
}

static void allow(struct reply *r)
{
    reply_header(r, "Allow", "GET, HEAD, OPTIONS");
}

static void preflight(struct reply *r)
{
    r->status = 204;
    reply_header(r, "Access-Control-Allow-Methods", "GET, HEAD, OPTIONS");
    reply_header(r, "Access-Control-Allow-Headers", "Accept, If-None-Match");
    reply_header(r, "Access-Control-Max-Age", "86400");
}

/* --- the way --- */

static void run_handler(struct call *c, struct reply *r, struct fault *f)
{
    bool caches = !(ROUTES[c->route].kind & LIVE) && c->format != FORMAT_OTHER;
    if (caches && c->request->if_none_match.n &&
        etag_listed(c->request->if_none_match, slice_of(etag_of(c)))) {
        r->status = 304;
        add_caching(c, r);
        return;
    }
    r->status = 200;
    r->type = format_type(c->format);
    if (!ROUTES[c->route].handler(c, r, f))
        return;
    if (r->status == 200 || r->status == 204)
        add_caching(c, r);
    bool packed = false;
    for (int i = 0; i < r->header_count; i++)
        packed = packed || strcmp(r->headers[i].name, "Content-Encoding") == 0;
    if (!packed && (r->body.n || r->shared.n) && wants_gzip(c))
        reply_gzip(r);
}

/* The read copy of another day in place of today's. */
static bool choose_day(struct call *c, struct fault *f)
{
    const struct value *as_of = &c->value[PARAMETER_AS_OF], *known_at = &c->value[PARAMETER_KNOWN_AT];
    if (!(ROUTES[c->route].kind & PAST) || (!as_of->given && !known_at->given))
        return true;
    struct past_query q = {.revision = snapshot_revision(c->snapshot),
                           .as_of = as_of->given ? arena_text(c->arena, as_of->text) : NULL,
                           .known_at = known_at->given ? arena_text(c->arena, known_at->text) : NULL};
    const struct snapshot *past = past_get(c->serve->past, &q, f);
    if (!past)
        return false;
    snapshot_release(c->snapshot);
    c->snapshot = past;
    return true;
}

/* A stranger's arithmetic over every row. A name that hides behind percent signs is taken for one. */
static bool asks_for_work(struct slice query)
{
    struct slice one;
    while (slice_next(&query, '&', &one)) {
        ptrdiff_t equals = slice_find(one, SLICE("="));
        struct slice name = {one.p, equals < 0 ? one.n : (size_t)equals};
        if (slice_equal(name, SLICE("filter")) || slice_equal(name, SLICE("sortby")) ||
            slice_equal(name, SLICE("as_of")) || slice_equal(name, SLICE("known_at")) ||
            slice_equal(name, SLICE("from")) || slice_equal(name, SLICE("area")) ||
            slice_find(name, SLICE("%")) >= 0)
            return true;
    }
    return false;
}

static void answer(struct call *c, struct reply *r, struct fault *f)
{
    static const char *const VERBS[] = {"GET", "GET", "GET", "POST", "?"};
    enum method method = c->request->method;
    if (c->request->too_large) {
        fault_set(f, FAULT_TOO_LARGE, NULL, "%s", "");
        return;
    }
    if (!find_base(c, f) || !route_match(slice_of(VERBS[method]), c->request->path, c, f))
        return;
    if (method == METHOD_OPTIONS) {
        preflight(r);
        return;
    }
    if (memory_is_short() && (ROUTES[c->route].kind & SLOW || asks_for_work(c->request->query))) {
        fault_set(f, FAULT_NO_MEMORY, NULL, "%s", "");
        return;
    }
    if (!read_query(c, c->request->query, f) || !choose_format(c, f) || !choose_day(c, f))
        return;
    if (!(ROUTES[c->route].kind & STAFF_ONLY))
        run_handler(c, r, f);
    else if (session_enter(c, r, f))
        run_handler(c, r, f);
}

/* By what stands before the first placeholder: enough to choose a thread. */
enum lane route_lane(void *context, const struct request *request)
{
    (void)context;
    if (asks_for_work(request->query))
        return LANE_NUMBERS;
    for (int i = 0; i < ROUTE_COUNT; i++) {
        struct slice path = slice_of(ROUTES[i].path), verb;
        if (!(ROUTES[i].kind & SLOW) || !slice_next(&path, ' ', &verb))
            continue;
        ptrdiff_t open = slice_find(path, SLICE("{"));
        if (path_starts(request->path, open < 0 ? path : (struct slice){path.p, (size_t)open}))
            return ROUTES[i].kind & STAFF_ONLY ? LANE_STAFF : LANE_NUMBERS;
    }
    return LANE_NONE;
}

bool route_admit(void *context, const struct request *request, int *wait_s)
{
    struct serve *s = context;
    enum limit_kind kind = limit_of(request);
    if (kind == LIMIT_NONE)
        return true;
    struct address caller = proxies_caller(&s->proxies, request);
    return address_is_loopback(&caller) ||
           limiter_take(s->limiter, &caller, kind, clock_monotonic_ns(), wait_s);
}

bool route_is_many(void *context, const struct address *peer)
{
    const struct serve *s = context;
    return proxies_hold(&s->proxies, peer);
}

/* --- answers kept whole: tiles, asked for in the same words --- */

enum { KEPT_BYTES_MOST = 256 * 1024 };

static bool may_be_ready(const struct request *r)
{
    return r->method == METHOD_GET && !r->if_none_match.n && slice_starts(r->path, SLICE("/tiles/"));
}

static struct ready_question question_of(const struct request *r, int64_t generation)
{
    return (struct ready_question){r->path, r->query, accept_coding(r->accept_encoding, SLICE("gzip")) > 0,
                                   generation};
}

static bool answer_ready(struct serve *serve, const struct request *request, struct reply *reply)
{
    if (!may_be_ready(request))
        return false;
    const struct snapshot *snapshot = publisher_get(serve->publisher);
    struct ready_question question = question_of(request, generation_of(snapshot));
    snapshot_release(snapshot);
    reply->ready = ready_get(serve->ready, &question);
    if (reply->ready)
        watch_tile(serve->watch, true);
    return reply->ready != NULL;
}

void route_keep(void *context, const struct request *request, int64_t keep_as, struct kept_answer *answer)
{
    struct serve *serve = context;
    struct ready_question question = question_of(request, keep_as);
    ready_put(serve->ready, &question, answer);
}

static void answer_anew(struct serve *serve, const struct request *request, struct reply *reply,
                        struct answered *done)
{
    int64_t began = clock_monotonic_ns();
    struct call *c = ARENA_NEW(request->arena, struct call);
    *c = (struct call){.serve = serve, .request = request, .arena = request->arena, .route = ROUTE_NONE};
    c->snapshot = publisher_get(serve->publisher);
    struct fault f = {0};
    answer(c, reply, &f);
    if (f.code != FAULT_NONE && is_staff(c))
        staff_problem(c, reply, &f);
    else if (f.code != FAULT_NONE)
        reply_problem(reply, &f);
    if (c->visitor && c->visitor->is_signed_in) /* how long a page took is for those who work with it, and
                                                   tells a stranger nothing */
        reply_header(reply, "Server-Timing",
                     arena_format(c->arena, "app;dur=%.1f", (double)(clock_monotonic_ns() - began) / 1e6));
    session_leave(c);
    if (reply->status == 405 || request->method == METHOD_OPTIONS)
        allow(reply);
    add_security(c, reply);
    service_answered(serve, c, reply);
    bool is_tile = c->route == ROUTE_TILE && reply->status == 200 && reply->shared.n;
    if (is_tile && may_be_ready(request) && reply->shared.n <= KEPT_BYTES_MOST)
        reply->keep_as = generation_of(c->snapshot);
    done->route = c->route;
    done->status = reply->status;
    done->bytes = reply->shared.n ? reply->shared.n : reply->body.n;
    snapshot_release(c->snapshot);
}

void route_answer(void *context, const struct request *request, struct reply *reply)
{
    struct serve *serve = context;
    int64_t began = clock_monotonic_ns();
    struct answered done = {.route = ROUTE_TILE, .method = request->method};
    if (answer_ready(serve, request, reply)) {
        done.status = kept_answer_status(reply->ready);
        done.bytes = kept_answer_bytes(reply->ready);
    } else {
        answer_anew(serve, request, reply, &done);
    }
    done.ns = clock_monotonic_ns() - began;
    watch_answered(serve->watch, &done);
}
