/* export: one layer as a file any office program opens, row by row from a read copy: nothing but that copy's
 * fields can come out. GeoJSON and CSV are written by export_text.c, everything else here through OGR. And
 * tables of our own as workbooks. */
#include "layers/export_private.h"
#include "layers/table_book.h"

#include <errno.h>
#include <gdal.h>
#include <math.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum titles { TITLE_NAME, TITLE_SHORT, TITLE_VIETNAMESE };

static const struct format {
    const char *ending, *media_type;
    bool (*write)(struct export_job *job); /* NULL: through OGR */
    const char *driver;
    enum titles titles;
    bool has_geometry; /* else the position stands in two columns */
    bool needs_place;  /* it cannot hold what has no geometry */
    const char *layer_option;
} FORMATS[] = {
    {".geojson", "application/geo+json", export_geojson, NULL, TITLE_NAME, true, false, NULL},
    {".csv", "text/csv", export_csv, NULL, TITLE_NAME, false, false, NULL},
    {"-", "text/csv", export_csv, NULL, TITLE_NAME, false, false, NULL}, /* to stdout */
    {".gpkg", "application/geopackage+sqlite3", NULL, "GPKG", TITLE_NAME, true, false, NULL},
    {".shp.zip", "application/zip", NULL, "ESRI Shapefile", TITLE_SHORT, true, false, "ENCODING=UTF-8"},
    {".shp", "application/octet-stream", NULL, "ESRI Shapefile", TITLE_SHORT, true, false, "ENCODING=UTF-8"},
    {".fgb", "application/flatgeobuf", NULL, "FlatGeobuf", TITLE_NAME, true, true, NULL},
    {".kml", "application/vnd.google-earth.kml+xml", export_kml, NULL, TITLE_NAME, true, false, NULL},
    {".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", NULL, "XLSX",
     TITLE_VIETNAMESE, false, false, NULL},
};

/* One file on its way through OGR. */
struct ogr_job {
    struct export_job *job;
    const struct format *format;
    OGRSpatialReferenceH system;
    struct buf text; /* one value at a time */
};

static const struct format *format_of(const char *path)
{
    for (size_t i = 0; i < COUNT_OF(FORMATS); i++)
        if (slice_ends(slice_of(path), slice_of(FORMATS[i].ending)))
            return &FORMATS[i];
    return NULL;
}

const char *export_media_type(const char *path)
{
    const struct format *format = format_of(path);
    return format ? format->media_type : NULL;
}

/* --- what all formats share --- */

bool export_wants(struct export_job *job, uint32_t row)
{
    return !job->request->filter || filter_test(job->request->filter, row);
}

bool export_project(const struct export_job *job, struct lonlat *p)
{
    struct lonlat at = *p;
    return !job->crs.projection || projection_from_lonlat(job->crs.projection, at, &p->lon, &p->lat);
}

/* --- OGR --- */

static const char *title_of(const struct ogr_job *o, const struct field *field)
{
    switch (o->format->titles) {
    case TITLE_SHORT: return field->short_name;
    case TITLE_VIETNAMESE: return field->title_vi;
    default: return field->name;
    }
}

static bool ogr_add_field(struct ogr_job *o, OGRLayerH layer, const char *name, enum field_type type)
{
    static const OGRFieldType TYPES[] = {
        [FIELD_TEXT] = OFTString,  [FIELD_INT] = OFTInteger64, [FIELD_REAL] = OFTReal,
        [FIELD_BOOL] = OFTInteger, [FIELD_DATE] = OFTDate,     [FIELD_TIME] = OFTString};
    bool words = type == FIELD_BOOL && o->format->titles == TITLE_VIETNAMESE; /* "Có", "Không" for people */
    OGRFieldDefnH field = OGR_Fld_Create(name, words ? OFTString : TYPES[type]);
    if (type == FIELD_BOOL && !words)
        OGR_Fld_SetSubType(field, OFSTBoolean);
    OGRErr code = OGR_L_CreateField(layer, field, TRUE);
    OGR_Fld_Destroy(field);
    return code == OGRERR_NONE ||
           fault_set(o->job->fault, FAULT_FILE_WRITE, o->job->request->path, "%s", CPLGetLastErrorMsg());
}

static bool ogr_add_fields(struct ogr_job *o, OGRLayerH layer)
{
    const struct layer *l = o->job->rows->layer;
    for (int i = 0; i < l->field_count; i++)
        if (!ogr_add_field(o, layer, title_of(o, &l->fields[i]), l->fields[i].type))
            return false;
    if (o->format->has_geometry)
        return true;
    return ogr_add_field(o, layer, o->job->crs.projection ? "X" : "Kinh độ", FIELD_REAL) &&
           ogr_add_field(o, layer, o->job->crs.projection ? "Y" : "Vĩ độ", FIELD_REAL);
}

static void ogr_set_text(struct buf *room, OGRFeatureH feature, int i, struct slice text)
{
    buf_reset(room);
    buf_slice(room, text);
    buf_char(room, '\0');
    OGR_F_SetFieldString(feature, i, room->p);
}

static void ogr_set_value(struct ogr_job *o, OGRFeatureH feature, int i, uint32_t row)
{
    const struct column *c = &o->job->rows->columns[i];
    struct date d;
    switch (c->type) {
    case FIELD_INT:
    case FIELD_BOOL:
        if (c->integer[row] == INT_NULL)
            return;
        if (c->type == FIELD_BOOL && o->format->titles == TITLE_VIETNAMESE)
            OGR_F_SetFieldString(feature, i, c->integer[row] ? "Có" : "Không");
        else
            OGR_F_SetFieldInteger64(feature, i, c->integer[row]);
        return;
    case FIELD_REAL:
        if (!isnan(c->real[row]))
            OGR_F_SetFieldDouble(feature, i, round(c->real[row] * 100) / 100);
        return;
    default:
        if (c->text[row] == TEXT_NULL)
            return;
        if (c->type == FIELD_DATE && date_parse_iso(snapshot_text(c, row), &d))
            OGR_F_SetFieldDateTime(feature, i, d.year, d.month, d.day, 0, 0, 0, 0);
        else
            ogr_set_text(&o->text, feature, i, snapshot_text(c, row));
    }
}

static OGRGeometryH ogr_ring(const struct ogr_job *o, struct part part, OGRwkbGeometryType type)
{
    OGRGeometryH g = OGR_G_CreateGeometry(type);
    OGR_G_SetPointCount(g, (int)part.count);
    for (uint32_t i = 0; i < part.count; i++) {
        struct lonlat p = part.points[i];
        export_project(o->job, &p);
        OGR_G_SetPoint_2D(g, (int)i, p.lon, p.lat);
    }
    return g;
}

/* A multi-line or multi-polygon of the row's parts: a hole belongs to the exterior ring before it. */
static OGRGeometryH ogr_parts(const struct ogr_job *o, uint32_t row)
{
    const struct snapshot_layer *rows = o->job->rows;
    bool area = rows->layer->geometry == GEOMETRY_AREA;
    OGRGeometryH all = OGR_G_CreateGeometry(area ? wkbMultiPolygon : wkbMultiLineString), polygon = NULL;
    uint32_t count = snapshot_part_count(rows, row);
    for (uint32_t i = 0; i < count; i++) {
        struct part part = snapshot_part(rows, row, i);
        OGRGeometryH g = ogr_ring(o, part, area ? wkbLinearRing : wkbLineString);
        if (!area) {
            OGR_G_AddGeometryDirectly(all, g);
            continue;
        }
        if (!part.is_hole || !polygon) {
            polygon = OGR_G_CreateGeometry(wkbPolygon);
            OGR_G_AddGeometryDirectly(polygon, g);
            OGR_G_AddGeometryDirectly(all, polygon);
        } else {
            OGR_G_AddGeometryDirectly(polygon, g);
        }
    }
    return all;
}

static void ogr_set_position(const struct ogr_job *o, OGRFeatureH feature, uint32_t row)
{
    const struct snapshot_layer *rows = o->job->rows;
    if (row >= rows->located)
        return;
    if (o->format->has_geometry && rows->layer->geometry != GEOMETRY_POINT) {
        OGR_F_SetGeometryDirectly(feature, ogr_parts(o, row));
        return;
    }
    struct lonlat p = rows->point[row];
    if (!export_project(o->job, &p))
        return;
    if (o->format->has_geometry) {
        OGRGeometryH point = OGR_G_CreateGeometry(wkbPoint);
        OGR_G_SetPoint_2D(point, 0, p.lon, p.lat);
        OGR_F_SetGeometryDirectly(feature, point);
        return;
    }
    int first = rows->layer->field_count;
    double scale = o->job->crs.projection ? 1e3 : 1e7;
    OGR_F_SetFieldDouble(feature, first, round((o->job->northing_is_x ? p.lat : p.lon) * scale) / scale);
    OGR_F_SetFieldDouble(feature, first + 1, round((o->job->northing_is_x ? p.lon : p.lat) * scale) / scale);
}

static bool ogr_fault(const struct ogr_job *o)
{
    return fault_set(o->job->fault, FAULT_FILE_WRITE, o->job->request->path, "%s", CPLGetLastErrorMsg());
}

static bool ogr_add_rows(struct ogr_job *o, OGRLayerH layer)
{
    const struct snapshot_layer *rows = o->job->rows;
    OGRFeatureDefnH definition = OGR_L_GetLayerDefn(layer);
    for (uint32_t row = 0; row < rows->count; row++) {
        if (!export_wants(o->job, row))
            continue;
        if (row >= rows->located && o->format->needs_place) {
            o->job->count.left_out++;
            continue;
        }
        OGRFeatureH feature = OGR_F_Create(definition);
        for (int i = 0; i < rows->layer->field_count; i++)
            ogr_set_value(o, feature, i, row);
        ogr_set_position(o, feature, row);
        OGRErr code = OGR_L_CreateFeature(layer, feature);
        OGR_F_Destroy(feature);
        if (code != OGRERR_NONE)
            return ogr_fault(o);
        o->job->count.written++;
    }
    return true;
}

static OGRwkbGeometryType ogr_type(const struct ogr_job *o)
{
    if (!o->format->has_geometry)
        return wkbNone;
    switch (o->job->rows->layer->geometry) {
    case GEOMETRY_POINT: return wkbPoint;
    case GEOMETRY_LINE: return wkbMultiLineString;
    default: return wkbMultiPolygon;
    }
}

/* The table from which QGIS takes a GeoPackage layer's style without being asked; the columns are QGIS's. */
static bool ogr_style_table(struct ogr_job *o, GDALDatasetH data, struct slice qml)
{
    const struct layer *l = o->job->rows->layer;
    const struct {
        const char *name;
        struct slice value;
    } TEXTS[] = {{"f_table_catalog", SLICE("")},
                 {"f_table_schema", SLICE("")},
                 {"f_table_name", slice_of(l->name)},
                 {"f_geometry_column", SLICE("geom")},
                 {"styleName", slice_of(l->name)},
                 {"styleQML", qml},
                 {"styleSLD", SLICE("")},
                 {"description", slice_of(l->title_vi)},
                 {"owner", SLICE("")},
                 {"ui", SLICE("")},
                 {"update_time", SLICE("2026-01-01T00:00:00.000Z")}};
    char *options[] = {"ASPATIAL_VARIANT=GPKG_ATTRIBUTES", "FID=id", NULL};
    OGRLayerH table = GDALDatasetCreateLayer(data, "layer_styles", NULL, wkbNone, options);
    bool ok = table != NULL;
    for (size_t i = 0; ok && i < COUNT_OF(TEXTS); i++)
        ok = ogr_add_field(o, table, TEXTS[i].name, FIELD_TEXT);
    if (!ok || !ogr_add_field(o, table, "useAsDefault", FIELD_BOOL))
        return ogr_fault(o);
    OGRFeatureH row = OGR_F_Create(OGR_L_GetLayerDefn(table));
    for (size_t i = 0; i < COUNT_OF(TEXTS); i++)
        ogr_set_text(&o->text, row, (int)i, TEXTS[i].value);
    OGR_F_SetFieldInteger(row, (int)COUNT_OF(TEXTS), 1);
    ok = OGR_L_CreateFeature(table, row) == OGRERR_NONE;
    OGR_F_Destroy(row);
    return ok || ogr_fault(o);
}

static bool ogr_add_style(struct ogr_job *o, GDALDatasetH data)
{
    struct buf qml = {0};
    bool ok = strcmp(o->format->driver, "GPKG") != 0 || !export_style(o->job->rows->layer, &qml) ||
              ogr_style_table(o, data, buf_to_slice(&qml));
    buf_release(&qml);
    return ok;
}

static bool ogr_fill(struct ogr_job *o, GDALDatasetH data)
{
    char option[32];
    snprintf(option, sizeof option, "%s", o->format->layer_option ? o->format->layer_option : "");
    char *options[] = {option[0] ? option : NULL, NULL};
    GDALDatasetStartTransaction(data, FALSE);
    OGRLayerH layer =
        GDALDatasetCreateLayer(data, o->job->rows->layer->name, o->system, ogr_type(o), options);
    if (!layer)
        return ogr_fault(o);
    if (!ogr_add_fields(o, layer) || !ogr_add_rows(o, layer) || !ogr_add_style(o, data))
        return false;
    GDALDatasetCommitTransaction(data);
    return true;
}

static bool write_through_ogr(struct ogr_job *o)
{
    const char *path = o->job->request->path;
    GDALAllRegister();
    GDALDriverH driver = GDALGetDriverByName(o->format->driver);
    if (!driver)
        return fault_set(o->job->fault, FAULT_FILE_FORMAT, path, "GDAL thiếu %s", o->format->driver);
    if (access(path, F_OK) == 0)
        GDALDeleteDataset(driver, path);
    GDALDatasetH data = GDALCreate(driver, path, 0, 0, 0, GDT_Unknown, NULL);
    if (!data)
        return ogr_fault(o);
    CPLErrorReset();
    bool ok = ogr_fill(o, data);
    GDALClose(data);
    return ok && (CPLGetLastErrorType() < CE_Failure || ogr_fault(o));
}

static bool ogr_export(struct export_job *job, const struct format *format)
{
    struct ogr_job o = {.job = job, .format = format, .system = OSRNewSpatialReference(NULL)};
    int epsg = job->crs.projection ? projection_epsg(job->crs.projection) : 4326;
    bool ok = OSRImportFromEPSG(o.system, epsg) == OGRERR_NONE ||
              fault_set(job->fault, FAULT_BAD_PARAMETER, "crs", "EPSG:%d", epsg);
    OSRSetAxisMappingStrategy(o.system, OAMS_TRADITIONAL_GIS_ORDER); /* longitude or easting first */
    ok = ok && write_through_ogr(&o);
    OSRDestroySpatialReference(o.system);
    buf_release(&o.text);
    return ok;
}

/* --- the way through --- */

bool export_set_crs(struct export_job *job, struct projection **mine)
{
    const char *crs = job->request->crs;
    if (!crs || strcmp(crs, "EPSG:4326") == 0)
        return true;
    if (slice_ends(slice_of(job->request->path), SLICE(".kml")))
        return fault_set(job->fault, FAULT_BAD_PARAMETER, "crs", "%s", "KML chỉ dùng WGS84");
    if (!projection_open(mine, crs, job->fault))
        return false;
    job->crs.projection = *mine;
    job->northing_is_x = projection_epsg(*mine) == 5899;
    return true;
}

bool export_layer(const struct export_request *request, struct export_count *count, struct fault *f)
{
    struct export_job job = {
        .request = request, .layer = request->layer->layer, .rows = request->layer, .fault = f};
    const struct format *format = format_of(request->path);
    struct projection *projection = NULL;
    if (!format)
        return fault_set(f, FAULT_FILE_FORMAT, request->path, "%s",
                         "đuôi tệp phải là .geojson .gpkg .shp .shp.zip .csv .xlsx .kml hoặc .fgb");
    if (!export_set_crs(&job, &projection))
        return false;
    bool ok = format->write ? format->write(&job) : ogr_export(&job, format);
    projection_close(projection);
    *count = job.count;
    ok = ok && filter_finish(request->filter, f); /* else rows are missing */
    if (!ok)
        remove(request->path); /* no file is better than half of one */
    return ok;
}

/* --- tables of our own (table_book.h) --- */

struct table_book {
    GDALDatasetH data;
    OGRLayerH sheet;
    enum field_type *types; /* of the sheet begun last */
    int column_count;
    char path[1024];
};

static bool table_book_fault(const struct table_book *w, struct fault *f)
{
    return fault_set(f, FAULT_FILE_WRITE, w->path, "%s", CPLGetLastErrorMsg());
}

bool table_book_open(struct table_book **out, const char *path, struct fault *f)
{
    GDALAllRegister();
    GDALDriverH driver = GDALGetDriverByName("XLSX");
    if (!driver)
        return fault_set(f, FAULT_FILE_FORMAT, path, "GDAL thiếu %s", "XLSX");
    struct table_book *w = calloc(1, sizeof *w);
    if (!w || snprintf(w->path, sizeof w->path, "%s", path) >= (int)sizeof w->path) {
        free(w);
        return fault_set(f, FAULT_FILE_WRITE, path, "%s", strerror(ENAMETOOLONG));
    }
    if (access(path, F_OK) == 0)
        unlink(path);
    w->data = GDALCreate(driver, path, 0, 0, 0, GDT_Unknown, NULL);
    if (!w->data) {
        bool bad = table_book_fault(w, f);
        free(w);
        return bad;
    }
    *out = w;
    return true;
}

bool table_book_sheet(struct table_book *w, const char *name, const struct table_book_column *columns,
                      int count, struct fault *f)
{
    static const OGRFieldType TYPES[] = {
        [FIELD_TEXT] = OFTString, [FIELD_INT] = OFTInteger64, [FIELD_REAL] = OFTReal,
        [FIELD_BOOL] = OFTString, [FIELD_DATE] = OFTString,   [FIELD_TIME] = OFTString};
    w->sheet = GDALDatasetCreateLayer(w->data, name, NULL, wkbNone, NULL);
    if (!w->sheet)
        return table_book_fault(w, f);
    enum field_type *types = memory_resize(w->types, (size_t)count * sizeof *types);
    w->types = types;
    w->column_count = count;
    for (int i = 0; i < w->column_count; i++) {
        OGRFieldDefnH field = OGR_Fld_Create(columns[i].title, TYPES[columns[i].type]);
        OGRErr code = OGR_L_CreateField(w->sheet, field, TRUE);
        OGR_Fld_Destroy(field);
        if (code != OGRERR_NONE)
            return table_book_fault(w, f);
        w->types[i] = columns[i].type;
    }
    return true;
}

static void table_book_set(const struct table_book *w, OGRFeatureH row, int i,
                           const struct table_book_cell *cell)
{
    if (!cell->has_value)
        return;
    switch (w->types[i]) {
    case FIELD_INT: OGR_F_SetFieldInteger64(row, i, cell->integer); break;
    case FIELD_REAL: OGR_F_SetFieldDouble(row, i, cell->real); break;
    case FIELD_BOOL: OGR_F_SetFieldString(row, i, cell->integer ? "Có" : "Không"); break;
    default: OGR_F_SetFieldString(row, i, cell->text); break;
    }
}

bool table_book_row(struct table_book *w, const struct table_book_cell *cells, struct fault *f)
{
    OGRFeatureH row = OGR_F_Create(OGR_L_GetLayerDefn(w->sheet));
    for (int i = 0; i < w->column_count; i++)
        table_book_set(w, row, i, &cells[i]);
    OGRErr code = OGR_L_CreateFeature(w->sheet, row);
    OGR_F_Destroy(row);
    return code == OGRERR_NONE || table_book_fault(w, f);
}

bool table_book_close(struct table_book *w, bool keep, struct fault *f)
{
    CPLErrorReset();
    GDALClose(w->data);
    bool ok =
        !keep || (CPLGetLastErrorType() < CE_Failure && access(w->path, F_OK) == 0) || table_book_fault(w, f);
    if (!keep || !ok)
        unlink(w->path);
    free(w->types);
    free(w);
    return ok;
}
