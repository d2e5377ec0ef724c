/* serve_help: the clerk's help page, one chapter after another (help.def), with pictures of the sample ward
 * that stand in the program beside the map's own files. */
#include "mapd/staff.h"

static const struct chapter {
    const char *heading, *picture, *shows, *text;
} CHAPTERS[] = {
#define HELP(heading, picture, shows, text) {heading, picture, shows, text},
#include "mapd/help.def"
#undef HELP
};

static void picture_html(struct buf *out, const struct chapter *chapter)
{
    if (!chapter->picture[0])
        return;
    buf_format(out,
               "<figure><img class=\"help\" loading=\"lazy\" src=\"/a/help-%s.webp\" alt=\"%s\"><figcaption "
               "class=\"quiet\">%s (dữ liệu mẫu)</figcaption></figure>",
               chapter->picture, chapter->shows, chapter->shows);
}

bool staff_help(const struct call *c, struct reply *r, struct fault *f)
{
    (void)f;
    struct buf *out = &r->body;
    staff_page_open(c, r, "Hướng dẫn");
    buf_text(out, "<ul>");
    for (size_t i = 0; i < COUNT_OF(CHAPTERS); i++)
        buf_format(out, "<li><a href=\"#h%zu\">%s</a></li>", i + 1, CHAPTERS[i].heading);
    buf_text(out, "</ul>");
    for (size_t i = 0; i < COUNT_OF(CHAPTERS); i++) {
        buf_format(out, "<h2 id=\"h%zu\">%s</h2>%s", i + 1, CHAPTERS[i].heading, CHAPTERS[i].text);
        picture_html(out, &CHAPTERS[i]);
    }
    staff_page_close(c, r);
    return true;
}
