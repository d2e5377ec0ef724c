/* html: escaping by context, and the frame around every page the server itself writes. The style is constant,
 * so its hash can stand in the Content-Security-Policy and the pages need no second request. */
#include "mapd/html.h"

#include "mapd/say.h"

static void escape(struct buf *out, struct slice text)
{
    size_t from = 0;
    for (size_t i = 0; i < text.n; i++) {
        const char *as = NULL;
        switch (text.p[i]) {
        case '&': as = "&amp;"; break;
        case '<': as = "&lt;"; break;
        case '>': as = "&gt;"; break;
        case '"': as = "&quot;"; break;
        case '\'': as = "&#39;"; break;
        default: continue;
        }
        buf_add(out, text.p + from, i - from);
        buf_text(out, as);
        from = i + 1;
    }
    buf_add(out, text.p + from, text.n - from);
}

void html_text(struct buf *out, struct slice text)
{
    escape(out, text);
}

void html_attr(struct buf *out, struct slice text)
{
    escape(out, text);
}

static bool is_plain_in_url(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~' || c == ',';
}

void html_url(struct buf *out, struct slice component)
{
    for (size_t i = 0; i < component.n; i++) {
        if (is_plain_in_url(component.p[i]))
            buf_char(out, component.p[i]);
        else
            buf_format(out, "%%%02X", (unsigned char)component.p[i]);
    }
}

void html_json(struct buf *out, struct slice json)
{
    for (size_t i = 0; i < json.n; i++) {
        if (json.p[i] == '<' || json.p[i] == '>' || json.p[i] == '&')
            buf_format(out, "\\u%04x", (unsigned char)json.p[i]);
        else
            buf_char(out, json.p[i]);
    }
}

void html_link(struct buf *out, struct slice href, struct slice text)
{
    buf_text(out, "<a href=\"");
    html_attr(out, href);
    buf_text(out, "\">");
    html_text(out, text);
    buf_text(out, "</a>");
}

void html_table_open(struct buf *out, const char *label)
{
    buf_text(out, "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"");
    html_attr(out, slice_of(label));
    buf_text(out, "\"><table>");
}

void html_table_close(struct buf *out)
{
    buf_text(out, "</table></div>");
}

void html_page_open(struct buf *out, const struct page *page)
{
    buf_text(out, "<!doctype html><html lang=\"");
    buf_text(out, page->english ? "en" : "vi");
    buf_text(out, "\" class=\"");
    html_attr(out, slice_of(page->size ? page->size : "m"));
    buf_text(out, page->wide ? " wide" : "");
    buf_text(out, "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
                  "content=\"width=device-width,initial-scale=1\">"
                  "<meta name=\"color-scheme\" content=\"light dark\"><link rel=\"icon\" href=\"data:,\">");
    if (page->no_index)
        buf_text(out, "<meta name=\"robots\" content=\"noindex\">");
    if (page->description) {
        buf_text(out, "<meta name=\"description\" content=\"");
        html_attr(out, slice_of(page->description));
        buf_text(out, "\">");
    }
    buf_text(out, "<title>");
    html_text(out, slice_of(page->title));
    buf_text(out, "</title><style>");
    buf_slice(out, html_style());
    if (page->more_style) {
        buf_text(out, "</style><style>");
        buf_text(out, page->more_style);
    }
    buf_text(out, "</style></head><body><header><a href=\"/\">");
    html_text(out, slice_of(page->ward && page->ward[0] ? page->ward : say(SAY_MAP, page->english)));
    buf_text(out, "</a>");
    if (page->sample) {
        buf_text(out, "<strong class=\"sample\">");
        html_text(out, slice_of(say(SAY_SAMPLE, page->english)));
        buf_text(out, "</strong>");
    }
    buf_text(out, "</header>");
    buf_slice(out, page->bar);
    buf_text(out, "<main>");
}

void html_page_close(struct buf *out, struct slice footer)
{
    buf_text(out, "</main><footer>");
    html_text(out, footer);
    buf_text(out, "</footer></body></html>\n");
}
