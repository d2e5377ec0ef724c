/* serve_speech: the resident's page for the ear. The same facts in the same words, as sentences; the server
 * has them spoken once for each text and keeps the recording. */
#include "mapd/html.h"
#include "mapd/resident.h"
#include "mapd/say.h"
#include "mapd/speech.h"

static void sentence(struct buf *out, const char *label, struct slice value)
{
    if (value.n)
        buf_format(out, "%s%s%.*s. ", label, label[0] ? ": " : "", (int)value.n, value.p);
}

static void what_it_is(const struct call *c, const struct subject *p, struct buf *out)
{
    bool en = is_english(c);
    const struct at *at = &p->main;
    sentence(out, "", slice_of(resident_title(c, p)));
    sentence(out, "", say_word("status", resident_text(at, "status"), en));
    sentence(out, "", slice_of(say(SAY_NO_PAYMENT, en)));
    if (p->is_stall) {
        sentence(out, say(SAY_GOODS, en), resident_text(at, "goods"));
        return;
    }
    struct slice industry = resident_text(at, "industry");
    sentence(out, say(SAY_INDUSTRY, en), industry.n ? industry : resident_text(at, "group"));
    sentence(out, say(SAY_ADDRESS, en), resident_text(at, "address"));
}

static void how_to_pay(const struct call *c, const struct subject *p, struct buf *out)
{
    static const struct {
        const char *field;
        enum say_id label;
    } METHODS[] = {{"accepts_qr", SAY_ACCEPTS_QR},
                   {"accepts_card", SAY_ACCEPTS_CARD},
                   {"accepts_transfer", SAY_ACCEPTS_TRANSFER}};
    bool en = is_english(c);
    for (size_t i = 0; i < COUNT_OF(METHODS); i++) {
        int accepts = resident_flag(&p->main, METHODS[i].field);
        if (accepts >= 0)
            sentence(out, say(METHODS[i].label, en), slice_of(say(accepts ? SAY_YES : SAY_NO, en)));
    }
}

void resident_speech(const struct call *c, const struct subject *p, struct buf *out)
{
    bool en = is_english(c);
    what_it_is(c, p, out);
    if (slice_equal(resident_text(&p->main, "status"), SLICE("ceased")))
        return;
    how_to_pay(c, p, out);
    if (!p->food.l)
        return;
    sentence(out, say(SAY_FOOD_SAFETY, en), say_word("food", resident_text(&p->food, "state"), en));
    sentence(out, say(SAY_LAST_INSPECTION, en), resident_inspection(c, p));
}

const char *resident_speech_url(const struct call *c, const struct subject *p)
{
    struct buf text = {0};
    resident_speech(c, p, &text);
    uint32_t version = crc32_of(buf_to_slice(&text));
    buf_release(&text);
    return arena_format(c->arena, "/speech/%s.opus?%sv=%08x", p->code, is_english(c) ? "lang=en&" : "",
                        version);
}

bool serve_speech(const struct call *c, struct reply *r, struct fault *f)
{
    struct subject p = {0};
    struct buf text = {0};
    if (!resident_find(c, &p))
        return fault_set(f, FAULT_NOT_FOUND, "code", "%s", say(SAY_UNKNOWN_TITLE, false));
    resident_speech(c, &p, &text);
    bool good = speech_make(c->serve->speech, buf_to_slice(&text), is_english(c), &r->body, f);
    buf_release(&text);
    r->type = "audio/ogg";
    if (good)
        reply_header(r, "Cache-Control", "public, max-age=604800");
    return good;
}
