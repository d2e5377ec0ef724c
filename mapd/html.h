/* html: writers named by the context they escape for; the name is the rule. Private to mapd/.
 * Constant markup goes through buf_text, everything else through one of these. */
#ifndef MAPD_HTML_H
#define MAPD_HTML_H

#include "layers/kit.h"

/* Between tags. */
void html_text(struct buf *out, struct slice text);
/* Inside a double-quoted attribute. */
void html_attr(struct buf *out, struct slice text);
/* One component of a URL (a path segment, a query name or value), percent-encoded: safe in an attribute too.
 */
void html_url(struct buf *out, struct slice component);
/* JSON inside <script type="application/ld+json">: no byte of it can end the element. */
void html_json(struct buf *out, struct slice json);
/* <a href="…">text</a>; the address is ours or validated, the text is anybody's. */
void html_link(struct buf *out, struct slice href, struct slice text);

/* A table that scrolls by itself on a narrow screen, by keyboard too. The label is ours. */
void html_table_open(struct buf *out, const char *label);
void html_table_close(struct buf *out);

/* The frame of a page that the server writes: head with the one style, header, <main>. */
struct page {
    const char *title;
    const char *ward;        /* office that speaks; may be empty */
    const char *size;        /* "s" "m" "l" "xl": text size of <html> */
    const char *description; /* or NULL */
    bool english, sample, no_index, wide;
    const char *more_style; /* behind the one style, or NULL */
    struct slice bar;       /* markup between header and <main>: links of the signed-in */
};

void html_page_open(struct buf *out, const struct page *page);
/* Ends <main> and the document; `footer` is text. */
void html_page_close(struct buf *out, struct slice footer);
/* The style of all such pages. */
struct slice html_style(void);
/* Their Content-Security-Policy: the one style, and one more if there is one, allowed by hash; scripts not at
 * all, but for the script that reads aloud (by hash), or the map's own files. */
enum page_does { PAGE_ONLY_READS, PAGE_SPEAKS, PAGE_SHOWS_MAP };
void html_policy(struct buf *out, const char *more_style, enum page_does does);
/* <script> that reads the page aloud with the device's own voice, if it has one. */
void html_voice_script(struct buf *out);

#endif
