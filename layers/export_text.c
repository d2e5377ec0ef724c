/* export_text: CSV (RFC 4180), GeoJSON and KML, written without anybody's help and a megabyte at a time.
 *
 * Law: the coordinates of GeoJSON and the lon,lat of CSV are longitude or easting first; only the x,y columns
 * of EPSG:5899 follow the Vietnamese habit, x northing and y easting. GeoJSON beyond WGS84 names its system
 * in the member "crs" of the format's first edition, which GDAL and QGIS read. */
#include "layers/export_private.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FLUSH_BYTES = 1 << 20 };

struct sheet {
    struct export_job *job;
    FILE *file;
    struct buf out;
};

static bool flush(struct sheet *s, size_t above)
{
    if (s->out.n <= above)
        return true;
    bool ok = fwrite(s->out.p, 1, s->out.n, s->file) == s->out.n;
    buf_reset(&s->out);
    return ok || fault_set(s->job->fault, FAULT_FILE_WRITE, s->job->request->path, "%s", strerror(errno));
}

static bool sheet_open(struct sheet *s, struct export_job *job)
{
    bool is_stdout = strcmp(job->request->path, "-") == 0;
    *s = (struct sheet){
        .job = job, .file = is_stdout ? fdopen(dup(STDOUT_FILENO), "wb") : fopen(job->request->path, "wb")};
    return s->file || fault_set(job->fault, FAULT_FILE_WRITE, job->request->path, "%s", strerror(errno));
}

static bool sheet_close(struct sheet *s, bool ok)
{
    ok = ok && flush(s, 0);
    buf_release(&s->out);
    if (fclose(s->file) != 0 && ok)
        ok = fault_set(s->job->fault, FAULT_FILE_WRITE, s->job->request->path, "%s", strerror(errno));
    return ok;
}

/* --- CSV --- */

static void csv_value(struct buf *out, const struct column *c, uint32_t row)
{
    switch (c->type) {
    case FIELD_INT:
        if (c->integer[row] != INT_NULL)
            buf_int(out, c->integer[row]);
        break;
    case FIELD_BOOL:
        if (c->integer[row] != INT_NULL)
            buf_text(out, c->integer[row] ? "true" : "false");
        break;
    case FIELD_REAL:
        if (!isnan(c->real[row]))
            buf_real(out, c->real[row], 2);
        break;
    default: buf_csv(out, snapshot_text(c, row));
    }
}

static void csv_position(const struct export_job *job, uint32_t row, struct buf *out)
{
    struct filter_crs crs = {job->crs.projection, job->northing_is_x};
    buf_char(out, ',');
    if (row >= job->rows->located || !geojson_position(out, job->rows->point[row], &crs))
        buf_char(out, ',');
    buf_text(out, "\r\n");
}

static void csv_heading(const struct export_job *job, struct buf *out)
{
    const struct layer *l = job->rows->layer;
    if (job->request->byte_order_mark)
        buf_text(out, "\xEF\xBB\xBF");
    for (int i = 0; i < l->field_count; i++) {
        if (i)
            buf_char(out, ',');
        buf_csv(out, slice_of(l->fields[i].name));
    }
    buf_text(out, job->crs.projection ? ",x,y\r\n" : ",lon,lat\r\n");
}

bool export_csv(struct export_job *job)
{
    struct sheet s;
    if (!sheet_open(&s, job))
        return false;
    bool ok = true;
    csv_heading(job, &s.out);
    for (uint32_t row = 0; ok && row < job->rows->count; row++) {
        if (!export_wants(job, row))
            continue;
        for (int i = 0; i < job->rows->layer->field_count; i++) {
            if (i)
                buf_char(&s.out, ',');
            csv_value(&s.out, &job->rows->columns[i], row);
        }
        csv_position(job, row, &s.out);
        job->count.written++;
        ok = flush(&s, FLUSH_BYTES);
    }
    return sheet_close(&s, ok);
}

/* --- GeoJSON --- */

bool export_geojson(struct export_job *job)
{
    struct sheet s;
    if (!sheet_open(&s, job))
        return false;
    bool ok = true;
    struct geojson_row one = {.l = job->rows, .crs = job->crs.projection ? &job->crs : NULL};
    buf_text(&s.out, "{\"type\":\"FeatureCollection\",");
    if (one.crs)
        buf_format(&s.out,
                   "\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"urn:ogc:def:crs:EPSG::%d\"}},",
                   projection_epsg(job->crs.projection));
    buf_text(&s.out, "\"features\":[\n");
    for (one.row = 0; ok && one.row < job->rows->count; one.row++) {
        if (!export_wants(job, one.row))
            continue;
        if (job->count.written++)
            buf_text(&s.out, ",\n");
        geojson_write(&s.out, &one);
        ok = flush(&s, FLUSH_BYTES);
    }
    buf_text(&s.out, "\n]}\n");
    return sheet_close(&s, ok);
}

/* --- KML --- */

static void xml(struct buf *out, struct slice text)
{
    for (size_t i = 0; i < text.n; i++)
        switch (text.p[i]) {
        case '<': buf_text(out, "&lt;"); break;
        case '>': buf_text(out, "&gt;"); break;
        case '&': buf_text(out, "&amp;"); break;
        case '"': buf_text(out, "&quot;"); break;
        default: buf_char(out, text.p[i]);
        }
}

static void kml_values(struct buf *out, const struct snapshot_layer *rows, uint32_t row)
{
    struct buf value = {0};
    buf_format(out, "<ExtendedData><SchemaData schemaUrl=\"#%s\">", rows->layer->name);
    for (int i = 0; i < rows->layer->field_count; i++) {
        const struct column *c = &rows->columns[i];
        buf_reset(&value);
        if (c->text)
            buf_slice(&value, snapshot_text(c, row));
        else if (c->type == FIELD_BOOL && c->integer[row] != INT_NULL)
            buf_int(&value, c->integer[row]); /* GDAL does not know "true" */
        else
            csv_value(&value, c, row);
        if (!value.n)
            continue;
        buf_format(out, "<SimpleData name=\"%s\">", rows->layer->fields[i].name);
        xml(out, buf_to_slice(&value));
        buf_text(out, "</SimpleData>");
    }
    buf_text(out, "</SchemaData></ExtendedData>");
    buf_release(&value);
}

static void kml_coordinates(struct buf *out, const struct lonlat *points, uint32_t count)
{
    buf_text(out, "<coordinates>");
    for (uint32_t i = 0; i < count; i++) {
        if (i)
            buf_char(out, ' ');
        geojson_position(out, points[i], NULL);
    }
    buf_text(out, "</coordinates>");
}

static void kml_parts(struct buf *out, const struct snapshot_layer *rows, uint32_t row)
{
    bool area = rows->layer->geometry == GEOMETRY_AREA;
    uint32_t count = snapshot_part_count(rows, row);
    buf_text(out, "<MultiGeometry>");
    for (uint32_t i = 0; i < count; i++) {
        struct part part = snapshot_part(rows, row, i);
        const char *border = part.is_hole ? "innerBoundaryIs" : "outerBoundaryIs";
        if (area && !part.is_hole)
            buf_text(out, i ? "</Polygon><Polygon>" : "<Polygon>");
        if (area)
            buf_format(out, "<%s><LinearRing>", border);
        else
            buf_text(out, "<LineString>");
        kml_coordinates(out, part.points, part.count);
        if (area)
            buf_format(out, "</LinearRing></%s>", border);
        else
            buf_text(out, "</LineString>");
    }
    buf_text(out, area && count ? "</Polygon></MultiGeometry>" : "</MultiGeometry>");
}

static void kml_placemark(struct buf *out, const struct snapshot_layer *rows, uint32_t row)
{
    int name = layer_field(rows->layer, SLICE("name"));
    struct slice title = snapshot_text(&rows->columns[name < 0 ? 0 : name], row);
    buf_text(out, "<Placemark><name>");
    xml(out, title.n ? title : snapshot_text(&rows->columns[0], row));
    buf_text(out, "</name>");
    kml_values(out, rows, row);
    if (row < rows->located && rows->layer->geometry == GEOMETRY_POINT) {
        buf_text(out, "<Point>");
        kml_coordinates(out, &rows->point[row], 1);
        buf_text(out, "</Point>");
    } else if (row < rows->located) {
        kml_parts(out, rows, row);
    }
    buf_text(out, "</Placemark>\n");
}

static void kml_schema(struct buf *out, const struct layer *layer)
{
    static const char *const TYPES[] = {
        [FIELD_TEXT] = "string", [FIELD_INT] = "int",     [FIELD_REAL] = "double",
        [FIELD_BOOL] = "bool",   [FIELD_DATE] = "string", [FIELD_TIME] = "string"};
    buf_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<kml xmlns=\"http://www.opengis.net/kml/2.2\">"
                  "<Document><name>");
    xml(out, slice_of(layer->title_vi));
    buf_format(out, "</name>\n<Schema name=\"%s\" id=\"%s\">", layer->name, layer->name);
    for (int i = 0; i < layer->field_count; i++) {
        buf_format(out, "<SimpleField name=\"%s\" type=\"%s\"><displayName>", layer->fields[i].name,
                   TYPES[layer->fields[i].type]);
        xml(out, slice_of(layer->fields[i].title_vi));
        buf_text(out, "</displayName></SimpleField>");
    }
    buf_text(out, "</Schema>\n");
}

bool export_kml(struct export_job *job)
{
    struct sheet s;
    if (!sheet_open(&s, job))
        return false;
    bool ok = true;
    kml_schema(&s.out, job->rows->layer);
    for (uint32_t row = 0; ok && row < job->rows->count; row++) {
        if (!export_wants(job, row))
            continue;
        kml_placemark(&s.out, job->rows, row);
        job->count.written++;
        ok = flush(&s, FLUSH_BYTES);
    }
    buf_text(&s.out, "</Document></kml>\n");
    return sheet_close(&s, ok);
}
