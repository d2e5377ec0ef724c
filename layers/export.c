/* export: a public layer as a file any office program opens. GeoJSON and CSV are written here, everything
 * else through OGR, row by row from the snapshot: nothing but the public fields can come out.
 *
 * Law: coordinates in files keep the order their readers expect (longitude or easting first); only the CSV
 * and XLSX columns of EPSG:5899 follow the Vietnamese habit, x northing and y easting. */
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

struct format {
    const char *ending;
    const char *driver; /* of OGR; NULL: written here */
    enum titles titles;
    bool has_geometry; /* else the position stands in two columns */
    const char *layer_option;
};

static const struct format FORMATS[] = {
    {".geojson", NULL, TITLE_NAME, true, NULL},
    {".csv", NULL, TITLE_NAME, false, NULL},
    {".gpkg", "GPKG", TITLE_NAME, true, NULL},
    {".shp.zip", "ESRI Shapefile", TITLE_SHORT, true, "ENCODING=UTF-8"},
    {".shp", "ESRI Shapefile", TITLE_SHORT, true, "ENCODING=UTF-8"},
    {".fgb", "FlatGeobuf", TITLE_NAME, true, NULL},
    {".kml", "LIBKML", TITLE_NAME, true, NULL},
    {".xlsx", "XLSX", TITLE_VIETNAMESE, false, NULL},
};

struct job {
    const struct export_request *request;
    const struct format *format;
    const struct snapshot_layer *rows;
    OGRCoordinateTransformationH transform; /* NULL: WGS84 as it is */
    OGRSpatialReferenceH from, to;
    bool is_vn2000; /* EPSG:5899: x is the northing in columns */
    uint64_t count;
    struct fault *fault;
};

static const struct format *format_of(const char *path)
{
    for (size_t i = 0; i < COUNT_OF(FORMATS); i++)
        if (slice_ends(slice_of(path), slice_of(FORMATS[i].ending)))
            return &FORMATS[i];
    return NULL;
}

static bool row_is_wanted(const struct job *job, uint32_t row)
{
    return !job->request->filter || filter_test(job->request->filter, row);
}

/* --- coordinate systems --- */

static OGRSpatialReferenceH reference_of(int epsg)
{
    OGRSpatialReferenceH r = OSRNewSpatialReference(NULL);
    if (OSRImportFromEPSG(r, epsg) != OGRERR_NONE) {
        OSRDestroySpatialReference(r);
        return NULL;
    }
    OSRSetAxisMappingStrategy(r, OAMS_TRADITIONAL_GIS_ORDER); /* longitude or easting first */
    return r;
}

static bool job_set_crs(struct job *job)
{
    const char *crs = job->request->crs;
    int64_t epsg = 4326;
    if (crs && (!slice_starts(slice_of(crs), SLICE("EPSG:")) || !slice_to_int(slice_of(crs + 5), &epsg)))
        return fault_set(job->fault, FAULT_BAD_PARAMETER, "--crs", "'%s'; cần dạng EPSG:5899", crs);
    job->from = reference_of(4326);
    job->to = epsg > 0 && epsg < 1000000 ? reference_of((int)epsg) : NULL;
    job->is_vn2000 = epsg == 5899;
    if (!job->to)
        return fault_set(job->fault, FAULT_BAD_PARAMETER, "--crs", "không biết '%s'", crs);
    if (epsg != 4326 && !(job->transform = OCTNewCoordinateTransformation(job->from, job->to)))
        return fault_set(job->fault, FAULT_BAD_PARAMETER, "--crs", "không chuyển được sang '%s'", crs);
    if (epsg != 4326 && strcmp(job->format->ending, ".kml") == 0)
        return fault_set(job->fault, FAULT_BAD_PARAMETER, "--crs", "%s", "KML chỉ dùng WGS84");
    return true;
}

static struct lonlat project(const struct job *job, struct lonlat p)
{
    if (job->transform)
        OCTTransform(job->transform, 1, &p.lon, &p.lat, NULL);
    return p;
}

/* --- the two formats written here --- */

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

static void csv_position(const struct job *job, uint32_t row, struct buf *out)
{
    if (row >= job->rows->located) {
        buf_text(out, ",,\r\n");
        return;
    }
    struct lonlat p = project(job, job->rows->point[row]);
    int decimals = job->transform ? 3 : 7;
    buf_char(out, ',');
    buf_real(out, job->is_vn2000 ? p.lat : p.lon, decimals);
    buf_char(out, ',');
    buf_real(out, job->is_vn2000 ? p.lon : p.lat, decimals);
    buf_text(out, "\r\n");
}

static bool flush(struct job *job, FILE *file, struct buf *out, size_t above)
{
    if (out->n <= above)
        return true;
    bool ok = fwrite(out->p, 1, out->n, file) == out->n;
    buf_reset(out);
    return ok || fault_set(job->fault, FAULT_FILE_WRITE, job->request->path, "%s", strerror(errno));
}

enum { FLUSH_BYTES = 1 << 20 };

static bool write_csv(struct job *job, FILE *file, struct buf *out)
{
    const struct layer *l = job->rows->layer;
    for (int i = 0; i < l->field_count; i++)
        buf_format(out, "%s%s", i ? "," : "", l->fields[i].name);
    buf_text(out, job->transform ? ",x,y\r\n" : ",lon,lat\r\n");
    for (uint32_t row = 0; row < job->rows->count; row++) {
        if (!row_is_wanted(job, row))
            continue;
        for (int i = 0; i < l->field_count; i++) {
            if (i)
                buf_char(out, ',');
            csv_value(out, &job->rows->columns[i], row);
        }
        csv_position(job, row, out);
        job->count++;
        if (!flush(job, file, out, FLUSH_BYTES))
            return false;
    }
    return true;
}

static bool write_geojson(struct job *job, FILE *file, struct buf *out)
{
    buf_text(out, "{\"type\":\"FeatureCollection\",\"features\":[\n");
    for (uint32_t row = 0; row < job->rows->count; row++) {
        if (!row_is_wanted(job, row))
            continue;
        if (job->count++)
            buf_text(out, ",\n");
        geojson_feature(out, job->rows, row);
        if (!flush(job, file, out, FLUSH_BYTES))
            return false;
    }
    buf_text(out, "\n]}\n");
    return true;
}

static bool write_own(struct job *job)
{
    FILE *file = fopen(job->request->path, "wb");
    if (!file)
        return fault_set(job->fault, FAULT_FILE_WRITE, job->request->path, "%s", strerror(errno));
    struct buf out = {0};
    bool csv = strcmp(job->format->ending, ".csv") == 0;
    bool ok =
        (csv ? write_csv(job, file, &out) : write_geojson(job, file, &out)) && flush(job, file, &out, 0);
    buf_release(&out);
    if (fclose(file) != 0)
        ok = fault_set(job->fault, FAULT_FILE_WRITE, job->request->path, "%s", strerror(errno));
    return ok;
}

/* --- OGR --- */

static const char *title_of(const struct job *job, const struct field *field)
{
    switch (job->format->titles) {
    case TITLE_SHORT: return field->short_name;
    case TITLE_VIETNAMESE: return field->title_vi;
    default: return field->name;
    }
}

static bool ogr_add_field(struct job *job, OGRLayerH layer, const char *name, enum field_type type)
{
    static const OGRFieldType TYPES[] = {
        [FIELD_TEXT] = OFTString,  [FIELD_INT] = OFTInteger64, [FIELD_REAL] = OFTReal,
        [FIELD_BOOL] = OFTInteger, [FIELD_DATE] = OFTDate,     [FIELD_TIME] = OFTString};
    bool words = type == FIELD_BOOL && job->format->titles == TITLE_VIETNAMESE; /* "Có", "Không" for people */
    OGRFieldDefnH field = OGR_Fld_Create(name, words ? OFTString : TYPES[type]);
    if (type == FIELD_BOOL && !words)
        OGR_Fld_SetSubType(field, OFSTBoolean);
    OGRErr code = OGR_L_CreateField(layer, field, TRUE);
    OGR_Fld_Destroy(field);
    return code == OGRERR_NONE ||
           fault_set(job->fault, FAULT_FILE_WRITE, job->request->path, "%s", CPLGetLastErrorMsg());
}

static bool ogr_add_fields(struct job *job, OGRLayerH layer)
{
    const struct layer *l = job->rows->layer;
    for (int i = 0; i < l->field_count; i++)
        if (!ogr_add_field(job, layer, title_of(job, &l->fields[i]), l->fields[i].type))
            return false;
    if (job->format->has_geometry)
        return true;
    return ogr_add_field(job, layer, job->transform ? "X" : "Kinh độ", FIELD_REAL) &&
           ogr_add_field(job, layer, job->transform ? "Y" : "Vĩ độ", FIELD_REAL);
}

static void ogr_set_text(OGRFeatureH feature, int i, struct slice text)
{
    struct arena a = {0};
    OGR_F_SetFieldString(feature, i, arena_text(&a, text));
    arena_release(&a);
}

static void ogr_set_value(const struct job *job, OGRFeatureH feature, int i, uint32_t row)
{
    const struct column *c = &job->rows->columns[i];
    struct date d;
    switch (c->type) {
    case FIELD_INT:
    case FIELD_BOOL:
        if (c->integer[row] == INT_NULL)
            return;
        if (c->type == FIELD_BOOL && job->format->titles == TITLE_VIETNAMESE)
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
            ogr_set_text(feature, i, snapshot_text(c, row));
    }
}

static OGRGeometryH ogr_ring(const struct job *job, struct part part, OGRwkbGeometryType type)
{
    OGRGeometryH g = OGR_G_CreateGeometry(type);
    OGR_G_SetPointCount(g, (int)part.count);
    for (uint32_t i = 0; i < part.count; i++) {
        struct lonlat p = project(job, part.points[i]);
        OGR_G_SetPoint_2D(g, (int)i, p.lon, p.lat);
    }
    return g;
}

/* A multi-line or multi-polygon of the row's parts: a hole belongs to the exterior ring before it. */
static OGRGeometryH ogr_parts(const struct job *job, uint32_t row)
{
    bool area = job->rows->layer->geometry == GEOMETRY_AREA;
    OGRGeometryH all = OGR_G_CreateGeometry(area ? wkbMultiPolygon : wkbMultiLineString), polygon = NULL;
    uint32_t count = snapshot_part_count(job->rows, row);
    for (uint32_t i = 0; i < count; i++) {
        struct part part = snapshot_part(job->rows, row, i);
        OGRGeometryH g = ogr_ring(job, part, area ? wkbLinearRing : wkbLineString);
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

static void ogr_set_position(const struct job *job, OGRFeatureH feature, uint32_t row)
{
    if (row >= job->rows->located)
        return;
    if (job->format->has_geometry && job->rows->layer->geometry != GEOMETRY_POINT) {
        OGR_F_SetGeometryDirectly(feature, ogr_parts(job, row));
        return;
    }
    struct lonlat p = project(job, job->rows->point[row]);
    if (job->format->has_geometry) {
        OGRGeometryH point = OGR_G_CreateGeometry(wkbPoint);
        OGR_G_SetPoint_2D(point, 0, p.lon, p.lat);
        OGR_F_SetGeometryDirectly(feature, point);
        return;
    }
    int first = job->rows->layer->field_count;
    double scale = job->transform ? 1e3 : 1e7;
    OGR_F_SetFieldDouble(feature, first, round((job->is_vn2000 ? p.lat : p.lon) * scale) / scale);
    OGR_F_SetFieldDouble(feature, first + 1, round((job->is_vn2000 ? p.lon : p.lat) * scale) / scale);
}

static bool ogr_add_rows(struct job *job, OGRLayerH layer)
{
    OGRFeatureDefnH definition = OGR_L_GetLayerDefn(layer);
    for (uint32_t row = 0; row < job->rows->count; row++) {
        if (!row_is_wanted(job, row))
            continue;
        OGRFeatureH feature = OGR_F_Create(definition);
        for (int i = 0; i < job->rows->layer->field_count; i++)
            ogr_set_value(job, feature, i, row);
        ogr_set_position(job, feature, row);
        OGRErr code = OGR_L_CreateFeature(layer, feature);
        OGR_F_Destroy(feature);
        if (code != OGRERR_NONE)
            return fault_set(job->fault, FAULT_FILE_WRITE, job->request->path, "%s", CPLGetLastErrorMsg());
        job->count++;
    }
    return true;
}

static OGRwkbGeometryType ogr_type(const struct job *job)
{
    if (!job->format->has_geometry)
        return wkbNone;
    switch (job->rows->layer->geometry) {
    case GEOMETRY_POINT: return wkbPoint;
    case GEOMETRY_LINE: return wkbMultiLineString;
    default: return wkbMultiPolygon;
    }
}

static bool write_through_ogr(struct job *job)
{
    const char *path = job->request->path;
    GDALAllRegister();
    GDALDriverH driver = GDALGetDriverByName(job->format->driver);
    if (!driver)
        return fault_set(job->fault, FAULT_FILE_FORMAT, path, "GDAL thiếu %s", job->format->driver);
    if (access(path, F_OK) == 0)
        GDALDeleteDataset(driver, path);
    GDALDatasetH data = GDALCreate(driver, path, 0, 0, 0, GDT_Unknown, NULL);
    if (!data)
        return fault_set(job->fault, FAULT_FILE_WRITE, path, "%s", CPLGetLastErrorMsg());
    char option[32];
    snprintf(option, sizeof option, "%s", job->format->layer_option ? job->format->layer_option : "");
    char *options[] = {option[0] ? option : NULL, NULL};
    GDALDatasetStartTransaction(data, FALSE);
    OGRLayerH layer = GDALDatasetCreateLayer(data, job->rows->layer->name, job->to, ogr_type(job), options);
    bool ok = layer || fault_set(job->fault, FAULT_FILE_WRITE, path, "%s", CPLGetLastErrorMsg());
    ok = ok && ogr_add_fields(job, layer) && ogr_add_rows(job, layer);
    if (ok)
        GDALDatasetCommitTransaction(data);
    GDALClose(data);
    return ok;
}

bool export_layer(const struct export_request *request, uint64_t *count, struct fault *f)
{
    struct job job = {
        .request = request, .format = format_of(request->path), .rows = request->layer, .fault = f};
    if (!job.format)
        return fault_set(f, FAULT_FILE_FORMAT, request->path, "%s",
                         "đuôi tệp phải là .geojson .gpkg .shp .shp.zip .csv .xlsx .kml hoặc .fgb");
    bool ok = job_set_crs(&job);
    bool geojson = ok && !job.format->driver && job.format->has_geometry;
    if (geojson && job.transform)
        ok = fault_set(f, FAULT_BAD_PARAMETER, "--crs", "%s", "GeoJSON chỉ dùng WGS84 (RFC 7946)");
    ok = ok && (job.format->driver ? write_through_ogr(&job) : write_own(&job));
    if (job.transform)
        OCTDestroyCoordinateTransformation(job.transform);
    OSRDestroySpatialReference(job.to);
    OSRDestroySpatialReference(job.from);
    *count = job.count;
    if (ok && !filter_finish(request->filter, f)) { /* rows are missing: no file is better than half of one */
        remove(request->path);
        return false;
    }
    return ok;
}

/* --- a workbook of text --- */

struct workbook {
    GDALDatasetH data;
    OGRLayerH layer;
    char *path;
};

bool workbook_open(struct workbook **out, const char *path, const char *sheet, struct fault *f)
{
    GDALAllRegister();
    GDALDriverH driver = GDALGetDriverByName("XLSX");
    struct workbook *w = calloc(1, sizeof *w);
    if (!w)
        abort();
    w->path = strdup(path);
    unlink(path);
    w->data = driver ? GDALCreate(driver, path, 0, 0, 0, GDT_Unknown, NULL) : NULL;
    w->layer = w->data ? GDALDatasetCreateLayer(w->data, sheet, NULL, wkbNone, NULL) : NULL;
    *out = w;
    if (w->layer)
        return true;
    fault_set(f, FAULT_FILE_WRITE, path, "%s", CPLGetLastErrorMsg());
    workbook_close(w, NULL);
    *out = NULL;
    return false;
}

bool workbook_heading(struct workbook *w, struct slice text, struct fault *f)
{
    struct arena a = {0};
    OGRFieldDefnH field = OGR_Fld_Create(arena_text(&a, text), OFTString);
    OGRErr code = OGR_L_CreateField(w->layer, field, TRUE);
    OGR_Fld_Destroy(field);
    arena_release(&a);
    return code == OGRERR_NONE || fault_set(f, FAULT_FILE_WRITE, w->path, "%s", CPLGetLastErrorMsg());
}

bool workbook_row(struct workbook *w, const struct slice *cells, int count, struct fault *f)
{
    OGRFeatureDefnH definition = OGR_L_GetLayerDefn(w->layer);
    OGRFeatureH feature = OGR_F_Create(definition);
    for (int i = 0; i < count && i < OGR_FD_GetFieldCount(definition); i++)
        if (cells[i].n)
            ogr_set_text(feature, i, cells[i]);
    OGRErr code = OGR_L_CreateFeature(w->layer, feature);
    OGR_F_Destroy(feature);
    return code == OGRERR_NONE || fault_set(f, FAULT_FILE_WRITE, w->path, "%s", CPLGetLastErrorMsg());
}

bool workbook_close(struct workbook *w, struct fault *f)
{
    if (!w)
        return true;
    if (w->data)
        GDALClose(w->data);
    bool ok = access(w->path, R_OK) == 0 || fault_set(f, FAULT_FILE_WRITE, w->path, "%s", strerror(errno));
    free(w->path);
    free(w);
    return ok;
}

/* --- tables of our own (table_book.h) --- */

enum { TABLE_BOOK_COLUMNS = 32 };

struct table_book {
    GDALDatasetH data;
    OGRLayerH sheet;
    enum field_type types[TABLE_BOOK_COLUMNS];
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
    w->column_count = count < TABLE_BOOK_COLUMNS ? count : TABLE_BOOK_COLUMNS;
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
    free(w);
    return ok;
}
