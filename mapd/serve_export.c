/* serve_export: a whole public layer as one file, from the snapshot: GeoJSON, and CSV with English names and
 * lon,lat. */
#include "mapd/serve.h"

static const struct snapshot_layer *wanted(const struct call *c)
{
    return snapshot_get(c->snapshot, c->value[PARAMETER_COLLECTION].layer->id);
}

static void as_download(const struct call *c, struct reply *r, const char *extension)
{
    reply_header(r, "Content-Disposition",
                 arena_format(c->arena, "attachment; filename=\"%s-%s.%s\"", wanted(c)->layer->name,
                              local_day(c), extension));
}

bool serve_export_geojson(const struct call *c, struct reply *r, struct fault *f)
{
    (void)f;
    const struct snapshot_layer *l = wanted(c);
    buf_text(&r->body, "{\"type\":\"FeatureCollection\",\"features\":[\n");
    for (uint32_t row = 0; row < l->count; row++) {
        if (row)
            buf_text(&r->body, ",\n");
        geojson_feature(&r->body, l, row);
    }
    buf_text(&r->body, "\n]}\n");
    as_download(c, r, "geojson");
    return true;
}

static void cell_csv(struct buf *out, const struct column *column, uint32_t row)
{
    if (column->type == FIELD_INT || column->type == FIELD_BOOL) {
        int64_t v = column->integer[row];
        if (v != INT_NULL && column->type == FIELD_BOOL)
            buf_text(out, v ? "true" : "false");
        else if (v != INT_NULL)
            buf_int(out, v);
    } else if (column->type == FIELD_REAL) {
        if (column->real[row] == column->real[row])
            buf_real(out, column->real[row], 7);
    } else {
        buf_csv(out, snapshot_text(column, row));
    }
}

static void row_csv(struct buf *out, const struct snapshot_layer *l, uint32_t row)
{
    for (int i = 0; i < l->layer->field_count; i++) {
        cell_csv(out, &l->columns[i], row);
        buf_char(out, ',');
    }
    if (row < l->located) {
        buf_real(out, l->point[row].lon, 7);
        buf_char(out, ',');
        buf_real(out, l->point[row].lat, 7);
    } else {
        buf_char(out, ',');
    }
    buf_text(out, "\r\n");
}

/* With a byte order mark: spreadsheet programs take it as the sign of UTF-8. */
bool serve_export_csv(const struct call *c, struct reply *r, struct fault *f)
{
    (void)f;
    const struct snapshot_layer *l = wanted(c);
    buf_text(&r->body, "\xEF\xBB\xBF");
    for (int i = 0; i < l->layer->field_count; i++) {
        buf_text(&r->body, l->layer->fields[i].name);
        buf_char(&r->body, ',');
    }
    buf_text(&r->body, "lon,lat\r\n");
    for (uint32_t row = 0; row < l->count; row++)
        row_csv(&r->body, l, row);
    as_download(c, r, "csv");
    return true;
}
