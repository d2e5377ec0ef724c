/* export_style: the colours a GeoPackage carries along, as QGIS writes them (QML), from the table styles.def.
 * A layer without rows there opens in QGIS's own colours. */
#include "layers/export_private.h"

static const struct style {
    enum layer_id layer;
    const char *field, *value, *shape, *colour;
    bool filled;
    const char *title;
} STYLES[] = {
#define STYLE(layer, field, value, shape, colour, filled, vi)                                                \
    {LAYER_##layer, field, value, shape, colour, filled, vi},
#include "layers/styles.def"
#undef STYLE
};

static void category(struct buf *out, const struct style *s, int number)
{
    buf_format(out, "<category value=\"%s\" symbol=\"%d\" label=\"%s\" render=\"true\" type=\"string\"/>",
               s->value, number, s->title);
}

static void option(struct buf *out, const char *name, const char *value)
{
    buf_format(out, "<Option name=\"%s\" value=\"%s\" type=\"QString\"/>", name, value);
}

static void symbol(struct buf *out, const struct style *s, int number)
{
    struct arena a = {0};
    const char *fill = arena_format(&a, "%s,255", s->filled ? s->colour : "255,255,255");
    const char *edge = arena_format(&a, "%s,255", s->filled ? "255,255,255" : s->colour);
    buf_format(out,
               "<symbol name=\"%d\" type=\"marker\" alpha=\"1\" clip_to_extent=\"1\" force_rhr=\"0\">"
               "<layer class=\"SimpleMarker\" enabled=\"1\" locked=\"0\" pass=\"0\"><Option type=\"Map\">",
               number);
    option(out, "name", s->shape);
    option(out, "color", fill);
    option(out, "outline_color", edge);
    option(out, "outline_width", s->filled ? "0.2" : "0.6");
    option(out, "size", "2.6");
    buf_text(out, "</Option></layer></symbol>");
    arena_release(&a);
}

bool export_style(const struct layer *layer, struct buf *qml)
{
    const char *field = NULL;
    struct buf categories = {0}, symbols = {0};
    int count = 0;
    for (size_t i = 0; i < COUNT_OF(STYLES); i++) {
        if (STYLES[i].layer != layer->id)
            continue;
        field = STYLES[i].field;
        category(&categories, &STYLES[i], count);
        symbol(&symbols, &STYLES[i], count++);
    }
    if (field) {
        buf_format(
            qml,
            "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>"
            "<qgis version=\"3.22\" styleCategories=\"Symbology\">"
            "<renderer-v2 type=\"categorizedSymbol\" attr=\"%s\" forceraster=\"0\" enableorderby=\"0\">"
            "<categories>",
            field);
        buf_slice(qml, buf_to_slice(&categories));
        buf_text(qml, "</categories><symbols>");
        buf_slice(qml, buf_to_slice(&symbols));
        buf_text(qml, "</symbols></renderer-v2></qgis>");
    }
    buf_release(&categories);
    buf_release(&symbols);
    return field != NULL;
}
