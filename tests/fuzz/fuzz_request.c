/* Requests of any bytes through the whole server but its sockets: path, query and headers of GET, one line
 * each. No crash, one of the statuses the server knows, a body of the type it names, nothing of an error but
 * a problem document. */
#include "layers/store_private.h"
#include "mapd/qr.h"
#include "mapd/serve.h"
#include "mapd/service.h"
#include "mapd/speech.h"
#include "mapd/staff.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void require(bool what)
{
    if (!what)
        abort();
}

/* Three places with fixed codes, one without a position, and a ward. */
static const char SQL[] =
    "INSERT INTO place (id, code, type, name, public_name, name_fold, status, position, recorded_at, "
    "updated_at, geom) VALUES"
    " (1, '0MASWJZS08Q', 'establishment', 'x', 'Bánh mì <Cô> Ba', 'banh mi co ba', 'active', 'gps', "
    "'2026-01-01T00:00:00Z',"
    " '2026-01-01T00:00:00Z', MakePoint(108.2, 16.05, 4326)),"
    " (2, '1M4477ZPRM8', 'establishment', 'x', 'Phở Bắc', 'pho bac', 'ceased', 'none', "
    "'2026-01-01T00:00:00Z',"
    " '2026-01-01T00:00:00Z', NULL);"
    "INSERT INTO establishment (place_id, kind) VALUES (1, 'household'), (2, 'enterprise');"
    "INSERT INTO residential_group (id, code, name, fold, updated_at, geom) VALUES (1, 'T1', 'Tổ 1', 'to 1', "
    "'', "
    " GeomFromText('MULTIPOLYGON(((108 16, 109 16, 109 17, 108 16)))', 4326))";

static struct serve *made(void)
{
    char folder[] = "/tmp/fuzz-request-XXXXXX", path[64];
    struct fault f = {0};
    struct store *s = NULL;
    struct serve *serve = calloc(1, sizeof *serve);
    require(serve && mkdtemp(folder));
    snprintf(path, sizeof path, "%s/ward.db", folder);
    struct ward_setup setup = {.code = "99001", .name = "Phường Mẫu"};
    require(store_create(path, &setup, &f) && store_open(&s, path, STORE_WRITE, &f) && store_begin(s, &f) &&
            store_run(s, SQL, &f) && store_commit(s, &f));
    serve->store = s;
    serve->ward_code = "99001";
    serve->ward_name = "Phường Mẫu";
    serve->fallback_host = "127.0.0.1:8080";
    serve->tiles = tile_cache_new(1 << 20);
    serve->ready = ready_new();
    serve->staff = calloc(1, sizeof *serve->staff);
    serve->service = service_new();
    serve->speech = speech_new();
    serve->limiter = limiter_new();
    require(serve->staff && pthread_mutex_init(&serve->staff->lock, NULL) == 0 &&
            pthread_mutex_init(&serve->staff->known_lock, NULL) == 0);
    serve->staff->store = s;
    serve->codes = code_cache_new();
    serve->systems = crs_pool_new();
    serve->watch = watch_new();
    pthread_mutex_init(&serve->store_lock, NULL);
    require(publisher_open(&serve->publisher, path, &f));
    return serve;
}

static void check_reply(const struct reply *r)
{
    static const int KNOWN[] = {200, 204, 301, 303, 304, 400, 401, 403, 404, 405, 406, 413, 429};
    bool known = false;
    for (size_t i = 0; i < COUNT_OF(KNOWN); i++)
        known = known || r->status == KNOWN[i];
    require(known);
    bool is_bare = r->status == 204 || r->status == 301 || r->status == 303 || r->status == 304;
    require(is_bare == (r->body.n == 0 && r->shared.n == 0));
    /* a problem document, or the page of a person */
    require(r->status != 400 || (r->body.n && (r->body.p[0] == '{' || r->body.p[0] == '<')));
    for (int i = 0; i < r->header_count; i++)
        require(!strpbrk(r->headers[i].value, "\r\n"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct serve *serve;
    if (!serve)
        serve = made();
    struct arena arena = {0};
    struct slice rest = {(const char *)data, size}, target = SLICE("/");
    struct request request = {.method = METHOD_GET, .arena = &arena};
    struct slice *lines[] = {&target, &request.accept, &request.accept_encoding, &request.if_none_match,
                             &request.host};
    for (size_t i = 0; i < COUNT_OF(lines); i++)
        if (!slice_next(&rest, '\n', lines[i]))
            break;
    ptrdiff_t mark = slice_find(target, SLICE("?"));
    request.path = mark < 0 ? target : (struct slice){target.p, (size_t)mark};
    if (mark >= 0)
        request.query = (struct slice){target.p + mark + 1, target.n - (size_t)mark - 1};
    struct reply reply = {0};
    route_answer(serve, &request, &reply);
    check_reply(&reply);
    reply_clear(&reply);
    arena_release(&arena);
    return 0;
}
