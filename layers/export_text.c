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

static bool flush(struct export_sheet *s)
{
    bool ok = fwrite(s->out.p, 1, s->out.n, s->file) == s->out.n;
    buf_reset(&s->out);
    return ok || fault_set(s->job->fault, FAULT_FILE_WRITE, s->job->request->path, "%s", strerror(errno));
}

bool export_sheet_flush(struct export_sheet *s)
{
    return s->out.n < FLUSH_BYTES || flush(s);
}

bool export_sheet_open(struct export_sheet *s, struct export_job *job)
{
    bool is_stdout = strcmp(job->request->path, "-") == 0;
    *s = (struct export_sheet){
        .job = job, .file = is_stdout ? fdopen(dup(STDOUT_FILENO), "wb") : fopen(job->request->path, "wb")};
    return s->file || fault_set(job->fault, FAULT_FILE_WRITE, job->request->path, "%s", strerror(errno));
}

bool export_sheet_close(struct export_sheet *s, bool ok)
{
    ok = ok && (s->out.n == 0 || flush(s));
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

void export_csv_position(struct export_sheet *s, const struct lonlat *at)
{
    struct filter_crs crs = {s->job->crs.projection, s->job->northing_is_x};
    buf_char(&s->out, ',');
    if (!at || !geojson_position(&s->out, *at, &crs))
        buf_char(&s->out, ',');
    buf_text(&s->out, "\r\n");
}

void export_csv_head(struct export_sheet *s)
{
    const struct layer *l = s->job->layer;
    if (s->job->request->byte_order_mark)
        buf_text(&s->out, "\xEF\xBB\xBF");
    for (int i = 0; i < l->field_count; i++) {
        if (i)
            buf_char(&s->out, ',');
        buf_csv(&s->out, slice_of(l->fields[i].name));
    }
    buf_text(&s->out, s->job->crs.projection ? ",x,y\r\n" : ",lon,lat\r\n");
}

bool export_csv(struct export_job *job)
{
    struct export_sheet s;
    if (!export_sheet_open(&s, job))
        return false;
    bool ok = true;
    export_csv_head(&s);
    for (uint32_t row = 0; ok && row < job->rows->count; row++) {
        if (!export_wants(job, row))
            continue;
        for (int i = 0; i < job->rows->layer->field_count; i++) {
            if (i)
                buf_char(&s.out, ',');
            csv_value(&s.out, &job->rows->columns[i], row);
        }
        export_csv_position(&s, row < job->rows->located ? &job->rows->point[row] : NULL);
        job->count.written++;
        ok = export_sheet_flush(&s);
    }
    return export_sheet_close(&s, ok);
}

/* --- GeoJSON --- */

void export_geojson_head(struct export_sheet *s)
{
    const struct projection *projection = s->job->crs.projection;
    buf_text(&s->out, "{\"type\":\"FeatureCollection\",");
    if (projection)
        buf_format(&s->out,
                   "\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"urn:ogc:def:crs:EPSG::%d\"}},",
                   projection_epsg(projection));
    buf_text(&s->out, "\"features\":[\n");
}

bool export_geojson(struct export_job *job)
{
    struct export_sheet s;
    if (!export_sheet_open(&s, job))
        return false;
    bool ok = true;
    struct geojson_row one = {.l = job->rows, .crs = job->crs.projection ? &job->crs : NULL};
    export_geojson_head(&s);
    for (one.row = 0; ok && one.row < job->rows->count; one.row++) {
        if (!export_wants(job, one.row))
            continue;
        if (job->count.written++)
            buf_text(&s.out, ",\n");
        geojson_write(&s.out, &one);
        ok = export_sheet_flush(&s);
    }
    buf_text(&s.out, "\n]}\n");
    return export_sheet_close(&s, ok);
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
    struct export_sheet s;
    if (!export_sheet_open(&s, job))
        return false;
    bool ok = true;
    kml_schema(&s.out, job->rows->layer);
    for (uint32_t row = 0; ok && row < job->rows->count; row++) {
        if (!export_wants(job, row))
            continue;
        kml_placemark(&s.out, job->rows, row);
        job->count.written++;
        ok = export_sheet_flush(&s);
    }
    buf_text(&s.out, "</Document></kml>\n");
    return export_sheet_close(&s, ok);
}
