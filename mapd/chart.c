/* chart: SVG written by hand: a few lines, colours that print, every number also in words beside it. */
#include "mapd/chart.h"

#include "layers/indicators/indicators.h"
#include "mapd/html.h"

static const double WIDTH = 480, HEIGHT = 150, LEFT = 42, RIGHT = 36, TOP = 12, FLOOR = 26;

static double y_of(double percent)
{
    return TOP + (HEIGHT - TOP - FLOOR) * (100 - percent) / 100;
}

static double percent_of(const struct chart_point *p)
{
    return (double)indicator_percent_hundredths(p->numerator, p->denominator) / 100;
}

static double x_of(const struct chart *c, int i)
{
    return c->count < 2 ? (LEFT + WIDTH - RIGHT) / 2 : LEFT + (WIDTH - LEFT - RIGHT) * i / (c->count - 1);
}

static void open_picture(struct buf *out, const char *title)
{
    buf_format(out,
               "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" "
               "height=\"%.0f\" role=\"img\" "
               "font-family=\"sans-serif\" font-size=\"11\"><title>",
               WIDTH, HEIGHT, WIDTH, HEIGHT);
    html_text(out, slice_of(title));
    buf_text(out, "</title>");
    for (int percent = 0; percent <= 100; percent += 50)
        buf_format(
            out,
            "<path d=\"M%.1f %.1fH%.1f\" stroke=\"#bbb\" stroke-width=\"0.5\"/><text x=\"%.1f\" y=\"%.1f\" "
            "text-anchor=\"end\" fill=\"currentColor\">%d %%</text>",
            LEFT, y_of(percent), WIDTH - RIGHT, LEFT - 4, y_of(percent) + 4, percent);
}

static void target_line(struct buf *out, const struct chart *c)
{
    if (c->target >= 0)
        buf_format(
            out,
            "<path d=\"M%.1f %.1fH%.1f\" stroke=\"#b45309\" stroke-width=\"1.5\" stroke-dasharray=\"5 4\"/>",
            LEFT, y_of(c->target), WIDTH - RIGHT);
}

static void label(struct buf *out, double x, double y, const char *text)
{
    buf_format(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\" fill=\"currentColor\">", x, y);
    html_text(out, slice_of(text));
    buf_text(out, "</text>");
}

void chart_line(struct buf *out, const struct chart *c)
{
    bool pen = false;
    open_picture(out, c->title);
    target_line(out, c);
    buf_text(out, "<path fill=\"none\" stroke=\"#1d4ed8\" stroke-width=\"2\" d=\"");
    for (int i = 0; i < c->count; i++) {
        if (c->points[i].denominator)
            buf_format(out, "%s%.1f %.1f", pen ? "L" : "M", x_of(c, i), y_of(percent_of(&c->points[i])));
        pen = c->points[i].denominator != 0;
    }
    buf_text(out, "\"/>");
    for (int i = 0; i < c->count; i++) {
        if (c->points[i].denominator)
            buf_format(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"#1d4ed8\"/>", x_of(c, i),
                       y_of(percent_of(&c->points[i])));
        label(out, x_of(c, i), HEIGHT - 8, c->points[i].label);
    }
    buf_text(out, "</svg>");
}

void chart_bars(struct buf *out, const struct chart *c)
{
    double step = c->count ? (WIDTH - LEFT - RIGHT) / c->count : 0, wide = step * 0.6 < 60 ? step * 0.6 : 60;
    open_picture(out, c->title);
    for (int i = 0; i < c->count; i++) {
        double x = LEFT + step * (i + 0.5);
        if (c->points[i].denominator) {
            double top = y_of(percent_of(&c->points[i]));
            buf_format(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"#1d4ed8\"/>",
                       x - wide / 2, top, wide, y_of(0) - top);
        }
        label(out, x, HEIGHT - 8, c->points[i].label);
    }
    target_line(out, c);
    buf_text(out, "</svg>");
}

static void line_of_text(struct buf *out, int y, int size, const char *colour, const char *text)
{
    buf_format(out, "<text x=\"14\" y=\"%d\" font-size=\"%d\" fill=\"%s\">", y, size, colour);
    html_text(out, slice_of(text));
    buf_text(out, "</text>");
}

void chart_tile(struct buf *out, const struct chart_tile *t)
{
    double share = t->denominator ? (double)t->numerator / (double)t->denominator : 0;
    buf_text(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 420 130\" width=\"420\" "
                  "height=\"130\" role=\"img\" "
                  "font-family=\"sans-serif\"><title>");
    html_text(out, slice_of(t->title));
    buf_text(out, "</title><rect width=\"419\" height=\"129\" x=\"0.5\" y=\"0.5\" rx=\"8\" fill=\"#fff\" "
                  "stroke=\"#999\"/>");
    line_of_text(out, 24, 13, "#333", t->code);
    line_of_text(out, 64, 30, "#111", t->value);
    line_of_text(out, 86, 13, t->is_met ? "#166534" : "#9a3412", t->verdict);
    buf_text(out, "<rect x=\"14\" y=\"98\" width=\"392\" height=\"12\" fill=\"#e5e7eb\"/>");
    buf_format(out, "<rect x=\"14\" y=\"98\" width=\"%.1f\" height=\"12\" fill=\"#1d4ed8\"/>", 392 * share);
    if (t->target_percent >= 0)
        buf_format(out, "<path d=\"M%.1f 94v20\" stroke=\"#b45309\" stroke-width=\"2\"/>",
                   14 + 392 * t->target_percent / 100.0);
    line_of_text(out, 124, 10, "#555", t->target);
    buf_text(out, "</svg>");
}
