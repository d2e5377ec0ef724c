/* serve_notice: the two forms behind the resident's page: a wrong entry, and a code pasted over. No account
 * and no script. A form counts only when its page was ours and is of today or yesterday, when the browser
 * names no other site as its origin, and when its sender has not sent too many. */
#include "mapd/html.h"
#include "mapd/limit.h"
#include "mapd/resident.h"
#include "mapd/say.h"
#include "mapd/staff.h"

#include <string.h>

enum { FORM_DAYS = 2 };

/* What the page shows again when something was wrong with it. */
struct slip {
    const char *code, *title; /* canonical code, or "none" */
    bool is_tamper;
    struct slice about, text, contact;
    const char *problem;
};

/* The token of a form of `days_ago` days before. */
static void form_token(const struct call *c, const char *code, int days_ago, char out[TOKEN_LENGTH + 1])
{
    int day = date_to_days(date_today()) - days_ago;
    token_derive(slice_of(c->serve->form_secret), arena_format(c->arena, "notice %s %d", code, day), out);
}

static bool is_our_page(const struct call *c, const struct form *form, const char *code)
{
    char token[TOKEN_LENGTH + 1];
    bool known = false;
    for (int day = 0; day < FORM_DAYS; day++) {
        form_token(c, code, day, token);
        known = known || secret_equal(form_get(form, "token"), slice_of(token));
    }
    return known && is_our_origin(c);
}

/* --- the page --- */

static void slip_open(const struct call *c, struct reply *r, const char *title)
{
    struct page page = {.title = title,
                        .ward = c->serve->ward_name,
                        .english = is_english(c),
                        .sample = c->serve->is_sample,
                        .no_index = true,
                        .more_style = staff_style()};
    reply_header(r, "Content-Security-Policy", c->serve->staff->policy);
    html_page_open(&r->body, &page);
    buf_format(&r->body, "<h1>%s</h1>", title);
}

static void slip_close(const struct call *c, struct reply *r, const char *code)
{
    bool en = is_english(c);
    if (strcmp(code, "none") != 0)
        buf_format(&r->body, "<p><a href=\"/c/%s%s\">%s</a></p>", code, en ? "?lang=en" : "",
                   say(SAY_TELL_BACK, en));
    page_end(c, r);
}

static void choices(const struct call *c, struct buf *out, struct slice chosen)
{
    static const char *const ABOUT[] = {"name", "address", "status", "payment", "food", "other"};
    bool en = is_english(c);
    buf_format(out, "<label for=\"f-about\">%s</label><select id=\"f-about\" name=\"about\">",
               say(SAY_TELL_WHAT, en));
    for (size_t i = 0; i < COUNT_OF(ABOUT); i++) {
        struct slice value = slice_of(ABOUT[i]), word = say_word("about", value, en);
        buf_format(out, "<option value=\"%s\"%s>%.*s</option>", ABOUT[i],
                   slice_equal(value, chosen) ? " selected" : "", (int)word.n, word.p);
    }
    buf_text(out, "</select>");
}

static void slip_form(const struct call *c, struct buf *out, const struct slip *slip)
{
    bool en = is_english(c), is_known = strcmp(slip->code, "none") != 0;
    char token[TOKEN_LENGTH + 1];
    form_token(c, slip->code, 0, token);
    buf_format(out,
               "<form method=\"post\" action=\"/notice/%s?about=%s%s\"><input type=\"hidden\" "
               "name=\"token\" value=\"%s\">",
               slip->code, slip->is_tamper ? "tamper" : "wrong", en ? "&amp;lang=en" : "", token);
    if (!slip->is_tamper)
        choices(c, out, slip->about);
    buf_format(out,
               "<label for=\"f-text\">%s</label><textarea id=\"f-text\" name=\"text\" rows=\"4\" "
               "maxlength=\"%d\"%s>",
               say(is_known ? SAY_TELL_TEXT : SAY_TELL_TEXT_NONE, en), NOTICE_TEXT_MOST,
               slip->is_tamper && is_known ? "" : " required");
    html_text(out, slip->text);
    buf_format(out,
               "</textarea><label for=\"f-contact\">%s</label><input id=\"f-contact\" name=\"contact\" "
               "maxlength=\"%d\" autocomplete=\"off\" value=\"",
               say(SAY_TELL_CONTACT, en), NOTICE_CONTACT_MOST);
    html_attr(out, slip->contact);
    /* what only a machine fills in */
    buf_text(out, "\"><p hidden><label for=\"f-website\">Website</label><input id=\"f-website\" "
                  "name=\"website\" tabindex=\"-1\" autocomplete=\"off\"></p>");
    buf_format(out, "<p class=\"quiet\">%s</p><p><button class=\"main\">%s</button></p></form>",
               say(SAY_TELL_PRIVACY, en), say(SAY_TELL_SEND, en));
}

static void slip_page(const struct call *c, struct reply *r, const struct slip *slip)
{
    bool en = is_english(c);
    struct buf *out = &r->body;
    slip_open(c, r, say(slip->is_tamper ? SAY_TELL_TAMPER : SAY_TELL_WRONG, en));
    buf_text(out, "<p><b>");
    html_text(out, slice_of(slip->title));
    buf_text(out, "</b></p>");
    if (slip->problem)
        note_html(out, "stop", slip->problem);
    slip_form(c, out, slip);
    slip_close(c, r, slip->code);
}

/* --- the two requests --- */

static bool begin(const struct call *c, struct slip *slip, struct fault *f)
{
    struct subject p = {0};
    bool known = resident_find(c, &p);
    slip->is_tamper = c->value[PARAMETER_ABOUT].integer == 1;
    slip->code = known ? arena_text(c->arena, slice_of(p.code)) : "none";
    slip->title = known ? resident_title(c, &p) : say(SAY_UNKNOWN_TITLE, is_english(c));
    return store_key(c->serve->staff->store) ||
           fault_set(f, FAULT_KEY_MISSING, NULL, "%s", "máy chủ này chưa nhận được phản ánh");
}

bool serve_notice(const struct call *c, struct reply *r, struct fault *f)
{
    struct slip slip = {0};
    if (!begin(c, &slip, f))
        return false;
    slip_page(c, r, &slip);
    return true;
}

static void thanks_page(const struct call *c, struct reply *r, const struct slip *slip,
                        const struct notice *n)
{
    bool en = is_english(c);
    char day[11];
    date_format_iso(n->due_on, day);
    slip_open(c, r, say(SAY_TELL_THANKS, en));
    buf_text(&r->body, "<p class=\"note good\" role=\"status\">");
    const char *due = day_text(c, slice_of(day));
    buf_format(&r->body, say(SAY_TELL_DUE, en), (long long)n->id, due);
    buf_text(&r->body, "</p>");
    if (slip->is_tamper)
        buf_format(&r->body, "<p>%s</p>", say(SAY_TELL_TAMPER_NOTE, en));
    slip_close(c, r, slip->code);
}

/* At most `most` bytes, never through the middle of a character. */
static struct slice cut(struct slice text, size_t most)
{
    if (text.n <= most)
        return text;
    while (most > 0 && ((unsigned char)text.p[most] & 0xc0) == 0x80)
        most--;
    return (struct slice){text.p, most};
}

static enum say_id wrong_with(const struct call *c, const struct form *form, const struct slip *slip)
{
    bool needs_text = !slip->is_tamper || strcmp(slip->code, "none") == 0;
    if (!is_our_page(c, form, slip->code))
        return SAY_TELL_STALE;
    if (needs_text && !slip->text.n)
        return SAY_TELL_EMPTY;
    struct address sender = proxies_caller(&c->serve->proxies, c->request);
    int wait_s;
    return limiter_take(c->serve->limiter, &sender, LIMIT_NOTICE, clock_monotonic_ns(), &wait_s)
               ? SAY_COUNT
               : SAY_TELL_TOO_MANY;
}

static bool keep(const struct call *c, const struct slip *slip, struct notice *n, struct fault *f)
{
    struct staff *staff = c->serve->staff;
    struct address sender = proxies_caller(&c->serve->proxies, c->request);
    bool is_known = strcmp(slip->code, "none") != 0;
    *n = (struct notice){.code = is_known ? slice_of(slip->code) : SLICE(""),
                         .about = slip->is_tamper ? SLICE("tamper") : slip->about,
                         .text = slip->text,
                         .contact = slip->contact,
                         .origin = {(const char *)sender.byte, sizeof sender.byte}};
    pthread_mutex_lock(&staff->lock);
    bool good = notice_put(staff->store, n, f);
    pthread_mutex_unlock(&staff->lock);
    return good;
}

bool serve_notice_do(const struct call *c, struct reply *r, struct fault *f)
{
    enum { BYTES_A_LETTER = 4 };
    struct form form;
    struct slip slip = {0};
    struct notice n;
    struct fault failed = {0};
    if (!begin(c, &slip, f) || !form_read(&form, c->request, f))
        return false;
    slip.about = form_get(&form, "about");
    if (!slip.about.n || slice_equal(say_word("about", slip.about, false), slip.about) ||
        slice_equal(slip.about, SLICE("tamper")))
        slip.about = SLICE("other");
    slip.text = cut(slice_trim(form_get(&form, "text")), NOTICE_TEXT_MOST * BYTES_A_LETTER);
    slip.contact = cut(slice_trim(form_get(&form, "contact")), NOTICE_CONTACT_MOST * BYTES_A_LETTER);
    enum say_id wrong = wrong_with(c, &form, &slip);
    bool is_machine = form_get(&form, "website").n > 0;
    if (wrong == SAY_COUNT && (is_machine || keep(c, &slip, &n, &failed))) {
        if (is_machine) /* told nothing, kept nothing */
            n = (struct notice){.due_on = date_today()};
        thanks_page(c, r, &slip, &n);
        return true;
    }
    r->status = wrong == SAY_TELL_TOO_MANY ? 429 : wrong == SAY_COUNT ? fault_http_status(failed.code) : 400;
    slip.problem = say(wrong == SAY_COUNT ? SAY_TELL_FAILED : wrong, is_english(c));
    slip_page(c, r, &slip);
    return true;
}
