/* pdf: sheets of labels, and documents. Cairo draws, Pango sets the Vietnamese text; the picture of the code
 * comes from qr.c as modules, so that it is drawn as vectors and prints sharp at any size.
 *
 * Law: lengths in millimetres until the last call; A4 portrait. A look-up code is not a payment code, and
 * says so. */
#include "mapd/pdf.h"

#include "mapd/document.h"
#include "mapd/qr.h"

#include <cairo-pdf.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <stdio.h>
#include <string.h>

static const double POINTS_PER_MM = 72.0 / 25.4, PAGE_WIDTH_MM = 210, PAGE_HEIGHT_MM = 297;
static const double CROP_MARK_MM = 3, CROP_GAP_MM = 1;
/* Modules stand on the dots of a 150 dpi printer (and so of 300, 600, 1200): all of one size, no seams. */
static const double GRID_MM = 25.4 / 150;

/* A code scans from about ten times its width: 30 cm wants 30 mm and more. */
struct form {
    double width_mm, height_mm, code_mm, title_pt;
    int columns, rows;
};

static const struct form FORMS[LABEL_SIZE_COUNT] = {
    [LABEL_SMALL] = {60, 62, 38, 10, 3, 4},
    [LABEL_MEDIUM] = {90, 86, 50.5, 13, 2, 3},
    [LABEL_LARGE] = {180, 132, 88, 22, 1, 2},
};

struct page {
    cairo_t *cairo;
    const struct form *form;
    const struct label_sheet *sheet;
};

static void stroke_line(cairo_t *c, double x1, double y1, double x2, double y2)
{
    cairo_move_to(c, x1, y1);
    cairo_line_to(c, x2, y2);
    cairo_stroke(c);
}

/* Four corners, each with a mark outside the label in both directions. */
static void draw_crop_marks(const struct page *p, double x, double y)
{
    cairo_set_line_width(p->cairo, 0.1);
    for (int corner = 0; corner < 4; corner++) {
        double cx = x + (corner & 1) * p->form->width_mm, cy = y + (corner >> 1) * p->form->height_mm;
        double dx = corner & 1 ? 1 : -1, dy = corner >> 1 ? 1 : -1;
        stroke_line(p->cairo, cx + dx * CROP_GAP_MM, cy, cx + dx * (CROP_GAP_MM + CROP_MARK_MM), cy);
        stroke_line(p->cairo, cx, cy + dy * CROP_GAP_MM, cx, cy + dy * (CROP_GAP_MM + CROP_MARK_MM));
    }
}

static double on_grid(double mm)
{
    return floor(mm / GRID_MM) * GRID_MM;
}

static bool draw_code(const struct page *p, const char *url, double x, double y)
{
    struct qr code;
    if (!qr_make(url, &code))
        return false;
    int modules = code.size + 2 * QR_QUIET_ZONE;
    double module_mm = on_grid(p->form->code_mm / modules), spare_mm = p->form->code_mm - modules * module_mm;
    double left = on_grid(x + spare_mm / 2), top = on_grid(y + spare_mm / 2);
    for (int row = 0; row < code.size; row++)
        for (int column = 0; column < code.size; column++)
            if (qr_is_dark(&code, column, row))
                cairo_rectangle(p->cairo, left + (column + QR_QUIET_ZONE) * module_mm,
                                top + (row + QR_QUIET_ZONE) * module_mm, module_mm, module_mm);
    cairo_fill(p->cairo);
    return true;
}

struct words {
    const char *text, *font; /* "sans bold" */
    double size_pt, y_mm;
    int most_lines;
};

/* Centred text across the label at x; returns the height it took. */
static double draw_words(const struct page *p, double x, struct words w)
{
    const double margin_mm = 3;
    PangoLayout *layout = pango_cairo_create_layout(p->cairo);
    pango_context_set_round_glyph_positions(pango_layout_get_context(layout),
                                            FALSE); /* a unit is a whole millimetre */
    PangoFontDescription *font = pango_font_description_from_string(w.font);
    pango_font_description_set_absolute_size(font,
                                             w.size_pt / POINTS_PER_MM * PANGO_SCALE); /* user space is mm */
    pango_layout_set_font_description(layout, font);
    pango_layout_set_width(layout, (int)((p->form->width_mm - 2 * margin_mm) * PANGO_SCALE));
    pango_layout_set_alignment(layout, PANGO_ALIGN_CENTER);
    pango_layout_set_height(layout, -w.most_lines);
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    pango_layout_set_text(layout, w.text, -1);
    int height;
    pango_layout_get_size(layout, NULL, &height);
    cairo_move_to(p->cairo, x + margin_mm, w.y_mm);
    pango_cairo_show_layout(p->cairo, layout);
    pango_font_description_free(font);
    g_object_unref(layout);
    return (double)height / PANGO_SCALE;
}

/* "7K3M0-Q2P5R-X": groups of five are read over the telephone without mistakes */
static void spaced_code(const char *code, char out[CODE_LENGTH + 3])
{
    snprintf(out, CODE_LENGTH + 3, "%.5s-%.5s-%s", code, code + 5, code + 10);
}

static bool draw_label(const struct page *p, const struct label *label, double x, double y)
{
    const struct form *s = p->form;
    char code[CODE_LENGTH + 3];
    spaced_code(label->code, code);
    double at = y + 2;
    at += draw_words(p, x, (struct words){label->title, "sans bold", s->title_pt, at, 1});
    at += draw_words(p, x, (struct words){label->subtitle, "sans", s->title_pt * 0.7, at, 1});
    if (!draw_code(p, label->url, x + (s->width_mm - s->code_mm) / 2, at))
        return false;
    at += s->code_mm;
    at += draw_words(p, x, (struct words){code, "monospace bold", s->title_pt * 0.8, at, 1});
    at += draw_words(
        p, x, (struct words){"Quét để tra cứu, không phải mã thanh toán", "sans", s->title_pt * 0.6, at, 1});
    struct arena a = {0};
    const char *office =
        p->sheet->is_sample ? arena_format(&a, "%s · dữ liệu mẫu", p->sheet->office) : p->sheet->office;
    draw_words(p, x, (struct words){office, "sans", s->title_pt * 0.55, at, 1});
    arena_release(&a);
    draw_crop_marks(p, x, y);
    return true;
}

/* Labels stand edge to edge in the middle of the page: one cut serves two of them. */
static bool draw_page(const struct page *p, uint32_t first)
{
    const struct form *s = p->form;
    double left = (PAGE_WIDTH_MM - s->columns * s->width_mm) / 2,
           top = (PAGE_HEIGHT_MM - s->rows * s->height_mm) / 2;
    for (int i = 0; i < s->columns * s->rows && first + (uint32_t)i < p->sheet->count; i++)
        if (!draw_label(p, &p->sheet->labels[first + (uint32_t)i], left + i % s->columns * s->width_mm,
                        top + i / s->columns * s->height_mm))
            return false;
    return true;
}

bool pdf_labels(const struct label_sheet *sheet, int *pages, struct fault *f)
{
    struct page page = {.form = &FORMS[sheet->size], .sheet = sheet};
    uint32_t a_page = (uint32_t)(page.form->columns * page.form->rows);
    cairo_surface_t *surface =
        cairo_pdf_surface_create(sheet->path, PAGE_WIDTH_MM * POINTS_PER_MM, PAGE_HEIGHT_MM * POINTS_PER_MM);
    page.cairo = cairo_create(surface);
    cairo_scale(page.cairo, POINTS_PER_MM, POINTS_PER_MM);
    bool ok = true;
    *pages = 0;
    for (uint32_t first = 0; ok && first < sheet->count; first += a_page, ++*pages) {
        ok = draw_page(&page, first) || fault_set(f, FAULT_INTERNAL, "qr", "%s", sheet->labels[first].url);
        cairo_show_page(page.cairo);
    }
    cairo_destroy(page.cairo);
    cairo_surface_finish(surface);
    cairo_status_t status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    return ok && (status == CAIRO_STATUS_SUCCESS ||
                  fault_set(f, FAULT_FILE_WRITE, sheet->path, "%s", cairo_status_to_string(status)));
}

/* --- documents: paragraphs and tables, page after page --- */

static const double MARGIN_MM = 20, FOOT_MM = 15, CELL_MM = 1.2, TEXT_PT = 10, TABLE_PT = 8.5;

struct paper {
    cairo_t *cairo;
    const struct document *document;
    double y;
    int page;
};

struct setting {
    const char *text;
    double x, width, size_pt;
    bool is_bold, is_centred, is_right;
};

static PangoLayout *set_text(cairo_t *cairo, const struct setting *s)
{
    PangoLayout *layout = pango_cairo_create_layout(cairo);
    pango_context_set_round_glyph_positions(pango_layout_get_context(layout), FALSE);
    PangoFontDescription *font = pango_font_description_from_string(s->is_bold ? "sans bold" : "sans");
    pango_font_description_set_absolute_size(font, s->size_pt / POINTS_PER_MM * PANGO_SCALE);
    pango_layout_set_font_description(layout, font);
    pango_layout_set_width(layout, (int)(s->width * PANGO_SCALE));
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_alignment(layout, s->is_centred ? PANGO_ALIGN_CENTER
                                       : s->is_right ? PANGO_ALIGN_RIGHT
                                                     : PANGO_ALIGN_LEFT);
    pango_layout_set_text(layout, s->text, -1);
    pango_font_description_free(font);
    return layout;
}

static double height_of(PangoLayout *layout)
{
    int height;
    pango_layout_get_size(layout, NULL, &height);
    return (double)height / PANGO_SCALE;
}

static double measure(cairo_t *cairo, const struct setting *s)
{
    PangoLayout *layout = set_text(cairo, s);
    double height = height_of(layout);
    g_object_unref(layout);
    return height;
}

static double draw_at(cairo_t *cairo, const struct setting *s, double y)
{
    PangoLayout *layout = set_text(cairo, s);
    double height = height_of(layout);
    cairo_move_to(cairo, s->x, y);
    pango_cairo_show_layout(cairo, layout);
    g_object_unref(layout);
    return height;
}

static void end_page(struct paper *p)
{
    char number[96];
    snprintf(number, sizeof number, "%strang %d", p->document->is_sample ? "dữ liệu mẫu · " : "", p->page);
    struct setting foot = {.text = number,
                           .x = MARGIN_MM,
                           .width = PAGE_WIDTH_MM - 2 * MARGIN_MM,
                           .size_pt = 8,
                           .is_right = true};
    draw_at(p->cairo, &foot, PAGE_HEIGHT_MM - FOOT_MM + 3);
    cairo_show_page(p->cairo);
    p->page++;
    p->y = MARGIN_MM;
}

static void make_room(struct paper *p, double height)
{
    if (p->y + height > PAGE_HEIGHT_MM - FOOT_MM && p->y > MARGIN_MM)
        end_page(p);
}

static void put_text(struct paper *p, struct setting s, double before)
{
    s.x = s.x > 0 ? s.x : MARGIN_MM;
    s.width = PAGE_WIDTH_MM - MARGIN_MM - s.x;
    double height = measure(p->cairo, &s);
    make_room(p, height + before);
    p->y += before;
    p->y += draw_at(p->cairo, &s, p->y) + 1.2;
}

/* One row: every cell wraps in its column; the row is as high as its highest. */
static void put_row(struct paper *p, const struct table *t, const char *const *cells, bool is_head)
{
    double wide = PAGE_WIDTH_MM - 2 * MARGIN_MM, x = MARGIN_MM, height = 0;
    struct setting cell[TABLE_COLUMNS];
    for (int i = 0; i < t->columns; i++) {
        double width = wide * t->widths[i] / 100;
        cell[i] = (struct setting){.text = cells[i],
                                   .x = x + CELL_MM,
                                   .width = width - 2 * CELL_MM,
                                   .size_pt = TABLE_PT,
                                   .is_bold = is_head,
                                   .is_right = t->is_number[i] && !is_head,
                                   .is_centred = is_head};
        double needs = measure(p->cairo, &cell[i]);
        height = needs > height ? needs : height;
        x += width;
    }
    int page = p->page;
    make_room(p, height + 2 * CELL_MM);
    if (page != p->page && !is_head)
        put_row(p, t, t->heads, true);
    x = MARGIN_MM;
    cairo_set_line_width(p->cairo, 0.15);
    for (int i = 0; i < t->columns; i++) {
        double width = wide * t->widths[i] / 100;
        cairo_rectangle(p->cairo, x, p->y, width, height + 2 * CELL_MM);
        cairo_stroke(p->cairo);
        draw_at(p->cairo, &cell[i], p->y + CELL_MM);
        x += width;
    }
    p->y += height + 2 * CELL_MM;
}

static void put_table(struct paper *p, const struct block *b)
{
    const struct table *t = b->table;
    make_room(p, 25);
    put_text(p, (struct setting){.text = b->text, .size_pt = TABLE_PT + 0.5, .is_bold = true}, 2);
    put_row(p, t, t->heads, true);
    for (int row = 0; row < t->rows; row++)
        put_row(p, t, (const char *const *)t->cells + row * t->columns, false);
    p->y += 2;
}

static void put_lines(struct paper *p, int lines)
{
    static const double DOTS[] = {0.2, 0.8};
    for (int i = 0; i < lines; i++) {
        make_room(p, 8);
        p->y += 8;
        cairo_save(p->cairo);
        cairo_set_line_width(p->cairo, 0.2);
        cairo_set_dash(p->cairo, DOTS, 2, 0);
        stroke_line(p->cairo, MARGIN_MM, p->y, PAGE_WIDTH_MM - MARGIN_MM, p->y);
        cairo_restore(p->cairo);
    }
    p->y += 3;
}

static void put_signatures(struct paper *p, const struct block *b)
{
    double half = (PAGE_WIDTH_MM - 2 * MARGIN_MM) / 2;
    struct setting left = {.text = b->text,
                           .x = MARGIN_MM,
                           .width = half,
                           .size_pt = TEXT_PT,
                           .is_bold = true,
                           .is_centred = true};
    struct setting right = left;
    right.text = b->other;
    right.x = MARGIN_MM + half;
    make_room(p, 45);
    p->y += 8;
    draw_at(p->cairo, &left, p->y);
    draw_at(p->cairo, &right, p->y);
    p->y += 40;
}

static void put_block(struct paper *p, const struct block *b)
{
    switch (b->kind) {
    case BLOCK_TITLE:
        put_text(p, (struct setting){.text = b->text, .size_pt = 14, .is_bold = true, .is_centred = true}, 4);
        break;
    case BLOCK_HEADING:
        make_room(p, 20);
        put_text(p, (struct setting){.text = b->text, .size_pt = 11.5, .is_bold = true}, 4);
        break;
    case BLOCK_TEXT: put_text(p, (struct setting){.text = b->text, .size_pt = TEXT_PT}, 0.5); break;
    case BLOCK_BULLET: {
        struct setting dash = {.text = "–", .x = MARGIN_MM + 2, .width = 5, .size_pt = TEXT_PT};
        make_room(p, 10);
        draw_at(p->cairo, &dash, p->y);
        put_text(p, (struct setting){.text = b->text, .x = MARGIN_MM + 7, .size_pt = TEXT_PT}, 0);
        break;
    }
    case BLOCK_LINES: put_lines(p, b->lines); break;
    case BLOCK_TABLE: put_table(p, b); break;
    case BLOCK_SIGNATURES: put_signatures(p, b); break;
    }
}

bool document_pdf(const struct document *d, const char *path, int *pages, struct fault *f)
{
    cairo_surface_t *surface =
        cairo_pdf_surface_create(path, PAGE_WIDTH_MM * POINTS_PER_MM, PAGE_HEIGHT_MM * POINTS_PER_MM);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, d->title);
    struct paper p = {.cairo = cairo_create(surface), .document = d, .y = MARGIN_MM, .page = 1};
    cairo_scale(p.cairo, POINTS_PER_MM, POINTS_PER_MM);
    put_text(&p, (struct setting){.text = d->office, .size_pt = TEXT_PT, .is_bold = true}, 0);
    for (int i = 0; i < d->count; i++)
        put_block(&p, &d->blocks[i]);
    *pages = p.page;
    end_page(&p);
    cairo_destroy(p.cairo);
    cairo_surface_finish(surface);
    cairo_status_t status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    return status == CAIRO_STATUS_SUCCESS ||
           fault_set(f, FAULT_FILE_WRITE, path, "%s", cairo_status_to_string(status));
}
