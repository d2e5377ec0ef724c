/* serve_page: the resident's page behind a QR code. Complete without script, one request, a few kilobytes.
 *
 * Law: honest words, no stars, no ranking, no colour for "not inspected" or "exempt". A look-up code is not a
 * payment code, and the page says so. A code nobody has gives the same neutral page as a malformed one, after
 * the same look-ups. */
#include "mapd/html.h"
#include "mapd/qr.h"
#include "mapd/resident.h"
#include "mapd/say.h"
#include "mapd/speech.h"
#include "mapd/staff.h"

#include <string.h>

enum { RESULT_IS_OLD_DAYS = 365 };

/* --- finding --- */

static bool find_row(const struct call *c, enum layer_id id, struct slice code, struct at *at)
{
    const struct snapshot_layer *layer = snapshot_get(c->snapshot, id);
    int64_t found = snapshot_find(layer, code);
    if (found >= 0)
        *at = (struct at){layer, (uint32_t)found};
    return found >= 0;
}

bool resident_find(const struct call *c, struct subject *p)
{
    bool is_code = code_canonical(c->value[PARAMETER_CODE].text, p->code);
    struct slice moved = snapshot_moved(c->snapshot, is_code ? slice_of(p->code) : SLICE("00000000001"));
    if (moved.n)
        memcpy(p->code, moved.p, CODE_LENGTH);
    struct slice code = is_code ? slice_of(p->code) : SLICE("00000000001");
    bool establishment = find_row(c, LAYER_ESTABLISHMENTS, code, &p->main);
    p->is_stall = find_row(c, LAYER_STALLS, code, &p->main);
    find_row(c, LAYER_FOOD_SAFETY, code, &p->food);
    return is_code && (establishment || p->is_stall);
}

static int field_of(const struct snapshot_layer *l, const char *name)
{
    return layer_field(l->layer, slice_of(name));
}

struct slice resident_text(const struct at *at, const char *name)
{
    int field = field_of(at->l, name);
    return field < 0 ? (struct slice){0} : snapshot_text(&at->l->columns[field], at->row);
}

int resident_flag(const struct at *at, const char *name)
{
    int field = field_of(at->l, name);
    int64_t value = field < 0 ? INT_NULL : at->l->columns[field].integer[at->row];
    return value == INT_NULL ? -1 : value != 0;
}

/* --- small pieces of the page --- */

static void row_html(struct buf *out, const char *label, struct slice value)
{
    if (!value.n)
        return;
    buf_format(out, "<div><dt>%s</dt><dd>", label);
    html_text(out, value);
    buf_text(out, "</dd></div>");
}

static void heading(struct buf *out, const char *text)
{
    buf_format(out, "<h2>%s</h2><dl>", text);
}

static void badge(struct buf *out, const char *tone, struct slice words)
{
    buf_format(out, "<span class=\"state%s%s\">", tone[0] ? " " : "", tone);
    html_text(out, words);
    buf_text(out, "</span>");
}

/* The address of this page with another language or text size. */
static const char *switch_url(const struct call *c, bool english, const char *size)
{
    bool plain = strcmp(size, "m") == 0;
    if (!english && plain)
        return "?";
    return arena_format(c->arena, "?%s%s%s%s", english ? "lang=en" : "", english && !plain ? "&" : "",
                        plain ? "" : "size=", plain ? "" : size);
}

static const char *size_of(const struct call *c, int step)
{
    static const char *const SIZES[] = {"s", "m", "l", "xl"};
    const struct value *size = &c->value[PARAMETER_SIZE];
    int at = (size->given ? (int)size->integer : 1) + step;
    return at >= 0 && at < (int)COUNT_OF(SIZES) ? SIZES[at] : NULL;
}

static void switches(const struct call *c, struct buf *out)
{
    bool en = is_english(c);
    const char *larger = size_of(c, 1), *smaller = size_of(c, -1);
    buf_format(out, "<nav aria-label=\"%s\">", say(SAY_TEXT_SIZE, en));
    if (larger)
        html_link(out, slice_of(switch_url(c, en, larger)), slice_of(say(SAY_LARGER, en)));
    if (smaller)
        html_link(out, slice_of(switch_url(c, en, smaller)), slice_of(say(SAY_SMALLER, en)));
    buf_format(out, "<a lang=\"%s\" href=\"", en ? "vi" : "en");
    html_attr(out, slice_of(switch_url(c, !en, size_of(c, 0))));
    buf_format(out, "\">%s</a></nav>", say(SAY_OTHER_LANGUAGE, en));
}

static void payment_note(const struct call *c, struct buf *out)
{
    bool en = is_english(c);
    buf_format(out, "<p class=\"note\"><strong>%s</strong> %s</p>", say(SAY_NO_PAYMENT, en),
               say(SAY_NO_PAYMENT_MORE, en));
}

static void open_page(const struct call *c, struct buf *out, const char *title, bool no_index)
{
    struct page page = {.title = title,
                        .ward = c->serve->ward_name,
                        .size = size_of(c, 0),
                        .english = is_english(c),
                        .sample = c->serve->is_sample,
                        .no_index = no_index};
    html_page_open(out, &page);
}

/* Whom to ask, and the two ways of telling; `code` is "none" where the code read is nobody's. A server
 * without its key cannot keep what people tell it, and does not ask. */
static void ask_whom(const struct call *c, struct buf *out, const char *code)
{
    bool en = is_english(c);
    buf_format(out, "<p>%s ", say(SAY_ASK, en));
    html_text(out, slice_of(office_of(c)));
    buf_text(out, ".</p>");
    if (!store_key(c->serve->staff->store))
        return;
    const char *lang = en ? "&amp;lang=en" : "";
    buf_format(out, "<nav aria-label=\"%s\">", say(SAY_TELL, en));
    if (strcmp(code, "none") != 0)
        buf_format(out, "<a href=\"/notice/%s?about=wrong%s\">%s</a>", code, lang, say(SAY_TELL_WRONG, en));
    buf_format(out, "<a href=\"/notice/%s?about=tamper%s\">%s</a></nav>", code, lang,
               say(SAY_TELL_TAMPER, en));
}

/* The phone's own voice is offered by the script when it has one; else the server's, without script. */
static void read_aloud(const struct call *c, struct buf *out, const struct subject *p)
{
    bool en = is_english(c);
    buf_format(out, "<p class=\"aloud\"><button hidden>%s</button>", say(SAY_READ_ALOUD, en));
    if (speech_works(c->serve->speech)) {
        buf_format(out, "<audio controls preload=\"none\" aria-label=\"%s\" src=\"", say(SAY_READ_ALOUD, en));
        html_attr(out, slice_of(resident_speech_url(c, p)));
        buf_text(out, "\"></audio>");
    }
    buf_text(out, "</p>");
}

/* --- sections --- */

const char *resident_title(const struct call *c, const struct subject *p)
{
    struct slice name = resident_text(&p->main, "name");
    if (!p->is_stall)
        return name.n ? arena_text(c->arena, name) : say(SAY_UNNAMED, is_english(c));
    struct slice kind = say_word("stall", resident_text(&p->main, "kind"), is_english(c));
    struct slice number = resident_text(&p->main, "number");
    struct slice market = resident_text(&p->main, "market_name");
    struct slice zone = resident_text(&p->main, "zone");
    return arena_format(c->arena, "%.*s %.*s%s%.*s – %.*s", (int)kind.n, kind.p, (int)number.n, number.p,
                        zone.n ? ", " : "", (int)zone.n, zone.p, (int)market.n, market.p);
}

static void status_html(const struct call *c, struct buf *out, struct slice status)
{
    const char *tone = slice_equal(status, SLICE("active"))   ? "good"
                       : slice_equal(status, SLICE("ceased")) ? "stop"
                                                              : "";
    buf_text(out, "<p>");
    badge(out, tone, say_word("status", status, is_english(c)));
    buf_text(out, "</p>");
}

static void what_and_where(const struct call *c, struct buf *out, const struct subject *p)
{
    bool en = is_english(c);
    const struct at *at = &p->main;
    buf_text(out, "<dl>");
    if (p->is_stall) {
        row_html(out, say(SAY_MARKET, en), resident_text(at, "market_name"));
        row_html(out, say(SAY_ZONE, en), resident_text(at, "zone"));
        row_html(out, say(SAY_STALL_NUMBER, en), resident_text(at, "number"));
        row_html(out, say(SAY_GOODS, en), resident_text(at, "goods"));
    } else {
        row_html(out, say(SAY_KIND, en), say_word("kind", resident_text(at, "kind"), en));
        struct slice industry = resident_text(at, "industry");
        row_html(out, say(SAY_INDUSTRY, en), industry.n ? industry : resident_text(at, "group"));
        row_html(out, say(SAY_ADDRESS, en), resident_text(at, "address"));
        row_html(out, say(SAY_RESIDENTIAL_GROUP, en), resident_text(at, "residential_group"));
    }
    buf_text(out, "</dl>");
}

static void paying(const struct call *c, struct buf *out, const struct at *at)
{
    static const struct {
        const char *field;
        enum say_id label;
    } METHODS[] = {{"accepts_qr", SAY_ACCEPTS_QR},
                   {"accepts_card", SAY_ACCEPTS_CARD},
                   {"accepts_transfer", SAY_ACCEPTS_TRANSFER}};
    bool en = is_english(c);
    heading(out, say(SAY_PAYING, en));
    for (size_t i = 0; i < COUNT_OF(METHODS); i++) {
        int accepts = resident_flag(at, METHODS[i].field);
        enum say_id words = accepts < 0 ? SAY_NOT_RECORDED : accepts ? SAY_YES : SAY_NO;
        row_html(out, say(METHODS[i].label, en), slice_of(say(words, en)));
    }
    buf_format(out, "</dl><p class=\"quiet\">%s</p>", say(SAY_PAYING_NOTE, en));
}

struct slice resident_inspection(const struct call *c, const struct subject *p)
{
    bool en = is_english(c);
    struct slice result = resident_text(&p->food, "last_result");
    struct slice on = resident_text(&p->food, "last_inspected_on");
    struct date day;
    if (slice_equal(result, SLICE("not_inspected")))
        return slice_of(say(SAY_NOT_INSPECTED, en));
    if (!result.n || !date_parse_iso(on, &day))
        return (struct slice){0};
    bool is_old = date_to_days(snapshot_date(c->snapshot)) - date_to_days(day) > RESULT_IS_OLD_DAYS;
    struct slice word = say_word("result", result, en);
    const char *old = is_old ? arena_format(c->arena, " (%s)", say(SAY_OLD_RESULT, en)) : "";
    return slice_of(arena_format(c->arena, "%.*s, %s%s", (int)word.n, word.p, day_text(c, on), old));
}

static const char *food_tone(struct slice state)
{
    static const char *const TONES[][2] = {
        {"valid", "good"}, {"commitment", "good"}, {"expiring", "warn"}, {"expired", "stop"}};
    for (size_t i = 0; i < COUNT_OF(TONES); i++)
        if (slice_equal(state, slice_of(TONES[i][0])))
            return TONES[i][1];
    return "";
}

static void food_note_html(const struct call *c, struct buf *out, const struct food_note *n)
{
    bool en = is_english(c), is_reply = strcmp(n->kind, "reply") == 0;
    struct slice level = say_word("alert", slice_of(n->level), en);
    buf_text(out, "<div class=\"note\"><b>");
    html_text(out, slice_of(say(is_reply ? SAY_REPLY : SAY_WARNING, en)));
    if (!is_reply)
        buf_format(out, " (%.*s)", (int)level.n, level.p);
    buf_text(out, ".</b> ");
    html_text(out, slice_of(n->text));
    buf_text(out, " <span class=\"quiet\">");
    html_text(out, slice_of(n->issuer));
    buf_format(out, "%s%s</span></div>", n->issuer[0] ? ", " : "", day_text(c, slice_of(n->told_on)));
}

static void food_notes(const struct call *c, struct buf *out, const char *code)
{
    const struct food_note *notes;
    size_t count = snapshot_food_notes(c->snapshot, code, &notes);
    for (size_t i = 0; i < count; i++)
        food_note_html(c, out, &notes[i]);
}

static void food_safety(const struct call *c, struct buf *out, const struct subject *p)
{
    if (!p->food.l)
        return;
    bool en = is_english(c);
    const struct at *at = &p->food;
    struct slice state = resident_text(at, "state");
    buf_format(out, "<h2>%s</h2><p>", say(SAY_FOOD_SAFETY, en));
    badge(out, food_tone(state), say_word("food", state, en));
    buf_text(out, "</p><dl>");
    row_html(out, say(SAY_DOCUMENT, en), say_word("document", resident_text(at, "document"), en));
    row_html(out, say(SAY_DOCUMENT_NUMBER, en), resident_text(at, "document_number"));
    row_html(out, say(SAY_ISSUER, en), resident_text(at, "issuer"));
    row_html(out, say(SAY_ISSUED_ON, en), slice_of(day_text(c, resident_text(at, "issued_on"))));
    row_html(out, say(SAY_EXPIRES_ON, en), slice_of(day_text(c, resident_text(at, "expires_on"))));
    row_html(out, say(SAY_LAST_INSPECTION, en), resident_inspection(c, p));
    buf_text(out, "</dl>");
    food_notes(c, out, p->code);
    food_notes(c, out, "");
}

static void record_facts(const struct call *c, struct buf *out, const struct subject *p)
{
    bool en = is_english(c);
    struct slice verified = resident_text(&p->main, "verified_on");
    struct slice updated = resident_text(&p->main, "updated_at");
    buf_text(out, "<dl>");
    if (verified.n)
        row_html(out, say(SAY_VERIFIED_ON, en), slice_of(day_text(c, verified)));
    row_html(out, say(SAY_UPDATED_AT, en), slice_of(day_text(c, updated)));
    buf_format(out, "<div><dt>%s</dt><dd class=\"code\">%s</dd></div></dl>", say(SAY_CODE, en), p->code);
    if (!verified.n && field_of(p->main.l, "verified_on") >= 0)
        buf_format(out, "<p class=\"quiet\">%s.</p>", say(SAY_NOT_VERIFIED, en));
}

/* --- the two pages --- */

static void known_page(const struct call *c, struct reply *r, const struct subject *p)
{
    struct buf *out = &r->body;
    const char *title = resident_title(c, p);
    struct slice status = resident_text(&p->main, "status");
    bool ceased = slice_equal(status, SLICE("ceased"));
    open_page(c, out, title, ceased);
    switches(c, out);
    buf_text(out, "<h1>");
    html_text(out, slice_of(title));
    buf_text(out, "</h1>");
    status_html(c, out, status);
    read_aloud(c, out, p);
    if (ceased)
        buf_format(out, "<p>%s</p>", say(SAY_CEASED_NOTE, is_english(c)));
    payment_note(c, out);
    what_and_where(c, out, p);
    if (!ceased) {
        paying(c, out, &p->main);
        food_safety(c, out, p);
    }
    record_facts(c, out, p);
    ask_whom(c, out, p->code);
    html_voice_script(out);
    page_end(c, r);
}

static void neutral_page(const struct call *c, struct reply *r)
{
    struct buf *out = &r->body;
    bool en = is_english(c);
    open_page(c, out, say(SAY_UNKNOWN_TITLE, en), true);
    switches(c, out);
    buf_format(out, "<h1>%s</h1><p>%s</p>", say(SAY_UNKNOWN_TITLE, en), say(SAY_UNKNOWN_TEXT, en));
    payment_note(c, out);
    buf_text(out, "<ul>");
    for (int i = SAY_UNKNOWN_DO_1; i <= SAY_UNKNOWN_DO_3; i++)
        buf_format(out, "<li>%s</li>", say((enum say_id)i, en));
    buf_text(out, "</ul>");
    ask_whom(c, out, "none");
    page_end(c, r);
}

/* A code typed another way, or printed before its place moved, is sent to its one address; false when it
 * stands there already. */
static bool redirect(const struct call *c, struct reply *r, const struct subject *p, const char *extension)
{
    if (slice_equal(c->value[PARAMETER_CODE].text, slice_of(p->code)))
        return false;
    const char *query = query_again(c);
    reply_redirect(r, 301,
                   arena_format(c->arena, "/c/%s%s%s%s", p->code, extension, query[0] ? "?" : "",
                                query[0] ? query + 1 : ""));
    return true;
}

bool serve_page(const struct call *c, struct reply *r, struct fault *f)
{
    (void)f;
    struct subject p = {0};
    bool known = resident_find(c, &p);
    if (known && redirect(c, r, &p, ""))
        return true;
    if (known) {
        known_page(c, r, &p);
        return true;
    }
    r->status = 404;
    neutral_page(c, r);
    return true;
}

/* --- the code itself --- */

/* Scheme and host in upper case (alphanumeric mode), a path of the base as it is. */
static const char *code_url(const struct call *c, const char *code)
{
    char *url = arena_format(c->arena, "%s/C/%s", c->base, code);
    int slashes = 0;
    for (char *at = url; *at && slashes < 3; at++) {
        slashes += *at == '/';
        if (*at >= 'a' && *at <= 'z')
            *at = (char)(*at - 'a' + 'A');
    }
    return url;
}

struct picture {
    const char *extension;
    void (*draw)(const struct qr *qr, struct buf *out);
};

static bool serve_picture(const struct call *c, struct reply *r, const struct picture *picture,
                          struct fault *f)
{
    struct subject p = {0};
    struct qr qr;
    if (!resident_find(c, &p))
        return fault_set(f, FAULT_NOT_FOUND, "code", "%s", say(SAY_UNKNOWN_TITLE, false));
    if (redirect(c, r, &p, picture->extension))
        return true;
    if (!code_cache_make(c->serve->codes, code_url(c, p.code), &qr))
        return fault_set(f, FAULT_BAD_PARAMETER, "Host", "địa chỉ quá dài cho mã QR");
    picture->draw(&qr, &r->body);
    return true;
}

static void draw_svg(const struct qr *qr, struct buf *out)
{
    qr_svg(qr, slice_of(say(SAY_LOOKUP, false)), out);
}

static void draw_png(const struct qr *qr, struct buf *out)
{
    enum { PIXELS = 10 };
    qr_png(qr, PIXELS, out);
}

bool serve_code_svg(const struct call *c, struct reply *r, struct fault *f)
{
    return serve_picture(c, r, &(struct picture){".svg", draw_svg}, f);
}

bool serve_code_png(const struct call *c, struct reply *r, struct fault *f)
{
    return serve_picture(c, r, &(struct picture){".png", draw_png}, f);
}
