/* self_check: the service asks itself what residents and the dashboard ask, through its own routes, and
 * writes down what came back (domain.md B.1 S1.4, B.2 S2.3 and S2.8). A page that does not name the record it
 * should show is a fault, whatever its status says. */
#include "mapd/html.h"
#include "mapd/service.h"

#include <string.h>

enum { SAMPLE_SIZE = 60, FIRST_FEW = 5 };

/* What one run shares. Items grow in the arena. */
struct run {
    struct serve *serve;
    struct arena *arena;
    struct service_item *items;
    size_t count, room;
};

static void add(struct run *r, const char *name, bool good, const char *note)
{
    if (r->count == r->room) {
        struct service_item *more = ARENA_ARRAY(r->arena, struct service_item, 2 * r->room + 64);
        if (r->count)
            memcpy(more, r->items, sizeof *more * r->count);
        r->items = more;
        r->room = 2 * r->room + 64;
    }
    r->items[r->count++] = (struct service_item){.name = name, .note = note, .is_good = good};
}

static bool write_run(struct run *r, struct store *store, struct service_check check, struct fault *f)
{
    check.items = r->items;
    check.item_count = r->count;
    r->count = 0;
    return service_check_add(store, &check, f);
}

/* Asks and hands the body to `look`; false when the status is another than 200. */
static bool ask(struct run *r, const char *path, const char *query, struct buf *body)
{
    struct arena a = {0};
    struct request request = {.method = METHOD_GET,
                              .path = slice_of(path),
                              .query = slice_of(query),
                              .host = SLICE("localhost"),
                              .arena = &a};
    struct reply reply = {0};
    route_answer(r->serve, &request, &reply);
    buf_reset(body);
    buf_slice(body, reply.shared.n ? reply.shared : buf_to_slice(&reply.body));
    if (reply.release)
        reply.release(reply.holder);
    bool good = reply.status == 200;
    buf_release(&reply.body);
    arena_release(&a);
    return good;
}

static bool holds(const struct buf *body, const char *text)
{
    return text[0] && slice_find(buf_to_slice(body), slice_of(text)) >= 0;
}

static const char *search_query(struct run *r, const char *text, int limit)
{
    struct buf q = {0};
    buf_text(&q, "q=");
    html_url(&q, slice_of(text));
    buf_format(&q, "&limit=%d", limit);
    const char *made = arena_text(r->arena, buf_to_slice(&q));
    buf_release(&q);
    return made;
}

static bool finds(struct run *r, const char *text, const char *expected, int limit)
{
    struct buf body = {0};
    bool good = text[0] && ask(r, "/search", search_query(r, text, limit), &body) && holds(&body, expected);
    buf_release(&body);
    return good;
}

/* --- the acceptance script: six functions --- */

static const struct service_sample *first_with(const struct service_sample *list, int count,
                                               bool (*has)(const struct service_sample *))
{
    for (int i = 0; i < count; i++)
        if (!list[i].has_ceased && has(&list[i]))
            return &list[i];
    return NULL;
}

static bool has_name(const struct service_sample *p)
{
    return p->name[0] != 0;
}
static bool has_address(const struct service_sample *p)
{
    return p->address[0] != 0;
}
static bool has_industry(const struct service_sample *p)
{
    return p->industry[0] != 0;
}
static bool is_stall(const struct service_sample *p)
{
    return p->market[0] && p->number[0];
}
static bool stands(const struct service_sample *p)
{
    return p->has_point;
}
static bool is_any(const struct service_sample *p)
{
    return p->code[0] != 0;
}

static bool in_window(struct run *r, const struct service_sample *p)
{
    static const double HALF = 0.0005; /* degrees, about 50 m */
    const char *path =
        p->type[0] == 's' ? "/ogc/collections/stalls/items" : "/ogc/collections/establishments/items";
    const char *box = arena_format(r->arena, "bbox=%.6f,%.6f,%.6f,%.6f&limit=1000", p->lon - HALF,
                                   p->lat - HALF, p->lon + HALF, p->lat + HALF);
    struct buf body = {0};
    bool good = ask(r, path, box, &body) && holds(&body, p->code);
    buf_release(&body);
    return good;
}

static bool shows_code(struct run *r, const struct service_sample *p)
{
    struct buf body = {0};
    bool good = ask(r, arena_format(r->arena, "/c/%s", p->code), "", &body) && holds(&body, p->code) &&
                ask(r, arena_format(r->arena, "/c/%s.svg", p->code), "", &body);
    buf_release(&body);
    return good;
}

static const char *stall_words(struct run *r, const struct service_sample *p)
{
    return arena_format(r->arena, "%s %s", p->number, p->market);
}

static bool check_functions(struct run *r, struct store *store, const struct service_sample *list, int count,
                            const struct service_check *check, struct fault *f)
{
    enum { MOST = 50 };
    const struct service_sample *p;
    p = first_with(list, count, has_name);
    add(r, "theo tên", p && finds(r, p->name, p->code, MOST), p ? p->code : "không có bản ghi để thử");
    p = first_with(list, count, has_address);
    add(r, "theo địa chỉ, tổ dân phố", p && finds(r, p->address, p->code, MOST),
        p ? p->code : "không có bản ghi để thử");
    p = first_with(list, count, has_industry);
    add(r, "theo ngành nghề", p && finds(r, p->industry, "\"collection\":\"", MOST),
        p ? p->code : "không có bản ghi để thử");
    p = first_with(list, count, is_stall);
    add(r, "theo chợ và quầy, sạp", p && finds(r, stall_words(r, p), p->code, MOST),
        p ? p->code : "không có bản ghi để thử");
    p = first_with(list, count, stands);
    add(r, "theo khung bản đồ", p && in_window(r, p), p ? p->code : "không có bản ghi để thử");
    p = first_with(list, count, is_any);
    add(r, "theo mã, QR", p && shows_code(r, p), p ? p->code : "không có bản ghi để thử");
    struct service_check one = *check;
    one.kind = "search";
    return write_run(r, store, one, f);
}

/* --- a sample of questions: is the right record among the first five? --- */

static bool check_sample(struct run *r, struct store *store, const struct service_sample *list, int count,
                         const struct service_check *check, struct fault *f)
{
    for (int i = 0; i < count && (int)r->count < SAMPLE_SIZE; i++) {
        const struct service_sample *p = &list[i];
        if (p->has_ceased || !(is_stall(p) || has_name(p)))
            continue;
        const char *text = is_stall(p)      ? stall_words(r, p)
                           : has_address(p) ? arena_format(r->arena, "%s %s", p->name, p->address)
                                            : p->name;
        add(r, p->code, finds(r, text, p->code, FIRST_FEW), NULL);
    }
    struct service_check one = *check;
    one.kind = "search_sample";
    return write_run(r, store, one, f);
}

/* --- every code --- */

static bool check_codes(struct run *r, struct store *store, bool ceased, const struct service_sample *list,
                        int count, const struct service_check *check, struct fault *f)
{
    struct buf body = {0};
    for (int i = 0; i < count; i++) {
        const struct service_sample *p = &list[i];
        if (p->has_ceased != ceased)
            continue;
        bool good = ask(r, arena_format(r->arena, "/c/%s", p->code), "", &body) && holds(&body, p->code) &&
                    (!ceased || holds(&body, "ngừng"));
        add(r, p->code, good, NULL);
    }
    buf_release(&body);
    struct service_check one = *check;
    one.kind = ceased ? "codes_ceased" : "codes";
    one.note = arena_format(r->arena, "%zu mã", r->count);
    return write_run(r, store, one, f);
}

/* --- what the dashboard asked for --- */

static bool check_dashboard(struct run *r, struct store *store, const struct service_check *check,
                            struct fault *f)
{
    const char **codes = NULL;
    int count = service_dashboard_codes(store, r->arena, &codes, f);
    struct buf body = {0};
    if (!count)
        return f->code == FAULT_NONE;
    bool answered = ask(r, "/indicators.json", "", &body);
    for (int i = 0; i < count; i++)
        add(r, codes[i], answered && holds(&body, arena_format(r->arena, "\"code\":\"%s\"", codes[i])), NULL);
    buf_release(&body);
    struct service_check one = *check;
    one.kind = "dashboard";
    return write_run(r, store, one, f);
}

bool service_check_self(struct serve *s, struct store *store, const char *who, uint32_t seed, struct fault *f)
{
    struct arena a = {0};
    struct run r = {.serve = s, .arena = &a};
    struct service_sample *drawn = NULL, *all = NULL;
    struct service_check check = {.who = who, .note = arena_format(&a, "seed %u", seed)};
    int count = service_sample_draw(store, &a, seed ? seed : 1, 10 * SAMPLE_SIZE, &drawn, f);
    int total = service_sample_draw(store, &a, 0, -1, &all, f);
    bool ok = f->code == FAULT_NONE && check_functions(&r, store, drawn, count, &check, f) &&
              check_sample(&r, store, drawn, count, &check, f) &&
              check_codes(&r, store, false, all, total, &check, f) &&
              check_codes(&r, store, true, all, total, &check, f) && check_dashboard(&r, store, &check, f);
    arena_release(&a);
    return ok;
}
