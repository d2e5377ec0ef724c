/* document: blocks gathered, and written as a page. */
#include "mapd/document.h"

#include "mapd/html.h"

#include <string.h>

struct block *document_add(struct document *d, enum block_kind kind, const char *text)
{
    if (d->count == d->room) {
        int room = 2 * d->room + 64;
        struct block *more = ARENA_ARRAY(d->arena, struct block, (size_t)room);
        if (d->count)
            memcpy(more, d->blocks, sizeof *more * (size_t)d->count);
        d->blocks = more;
        d->room = room;
    }
    struct block *b = &d->blocks[d->count++];
    *b = (struct block){.kind = kind, .text = text};
    return b;
}

struct table *document_table(struct document *d, const char *caption, const struct table *form)
{
    struct table *t = ARENA_NEW(d->arena, struct table);
    *t = *form;
    document_add(d, BLOCK_TABLE, caption)->table = t;
    return t;
}

void table_add(struct document *d, struct table *t, const char *const *cells)
{
    if (t->rows == t->room) {
        int room = 2 * t->room + 32;
        const char **more = ARENA_ARRAY(d->arena, const char *, (size_t)(room * t->columns));
        if (t->rows)
            memcpy(more, t->cells, sizeof *more * (size_t)(t->rows * t->columns));
        t->cells = more;
        t->room = room;
    }
    for (int i = 0; i < t->columns; i++)
        t->cells[t->rows * t->columns + i] = cells[i] ? cells[i] : "";
    t->rows++;
}

/* --- as a page --- */

static void element(struct buf *out, const char *open, const char *text, const char *close)
{
    buf_text(out, open);
    html_text(out, slice_of(text));
    buf_text(out, close);
}

static void table_html(struct buf *out, const struct table *t, const char *caption)
{
    html_table_open(out, caption);
    element(out, "<caption>", caption, "</caption><thead><tr>");
    for (int i = 0; i < t->columns; i++)
        element(out, t->is_number[i] ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">", t->heads[i],
                "</th>");
    buf_text(out, "</tr></thead><tbody>");
    for (int row = 0; row < t->rows; row++) {
        buf_text(out, "<tr>");
        for (int i = 0; i < t->columns; i++)
            element(out, t->is_number[i] ? "<td class=\"n\">" : "<td>", t->cells[row * t->columns + i],
                    "</td>");
        buf_text(out, "</tr>");
    }
    buf_text(out, "</tbody>");
    html_table_close(out);
}

static void block_html(struct buf *out, const struct block *b)
{
    switch (b->kind) {
    case BLOCK_TITLE: element(out, "<h1>", b->text, "</h1>"); break;
    case BLOCK_HEADING: element(out, "<h2>", b->text, "</h2>"); break;
    case BLOCK_TEXT: element(out, "<p>", b->text, "</p>"); break;
    case BLOCK_BULLET: element(out, "<p>– ", b->text, "</p>"); break;
    case BLOCK_LINES: buf_text(out, "<p class=\"quiet\">(cán bộ ghi)</p>"); break;
    case BLOCK_TABLE: table_html(out, b->table, b->text); break;
    case BLOCK_SIGNATURES:
        element(out, "<p><b>", b->text, "</b>");
        element(out, " · <b>", b->other, "</b></p>");
        break;
    }
}

void document_html(const struct document *d, struct buf *out)
{
    struct page page = {
        .title = d->title, .ward = d->office, .sample = d->is_sample, .no_index = true, .wide = true};
    html_page_open(out, &page);
    for (int i = 0; i < d->count; i++)
        block_html(out, &d->blocks[i]);
    html_page_close(out, slice_of(d->office));
}
