/* sheet: everything OGR reads, as raw rows; the one place in this room that knows GDAL.
 *
 * GIS files and database tables: their field names are the first row, and the geometry goes along as WKB in
 * degrees. Law: only the drivers named here may open a file; a geometry whose coordinate system is not known
 * is a fault, never a guess in metres. */
#include "import/sheet.h"

#include "import/osm.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_string.h>
#include <gdal.h>
#include <math.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>
#include <stdlib.h>
#include <string.h>

struct ogr {
    struct sheet sheet; /* first, so that the two pointers are one */
    const char *path, *crs;
    GDALDatasetH dataset;
    OGRLayerH layer;
    OGRCoordinateTransformationH transform; /* NULL: degrees already */
    bool is_osm, has_sent_names;
    struct arena row_memory;
    struct cell *cells;
    int field_count;
    uint32_t row_number;
    unsigned char *wkb;
    size_t wkb_capacity;
    struct osm *osm;
};

/* --- opening --- */

static const char *const drivers[] = {
    "GPKG", "SQLite", "ESRI Shapefile", "GeoJSON",      "GeoJSONSeq", "TopoJSON", "LIBKML", "KML",
    "OSM",  "GPX",    "FlatGeobuf",     "MapInfo File", "DXF",        NULL};

static void set_options(void)
{
    CPLSetThreadLocalConfigOption("CPL_VSIL_ZIP_ALLOWED_EXTENSIONS", "");
    CPLSetThreadLocalConfigOption("GDAL_DISABLE_READDIR_ON_OPEN", "NO");
    CPLSetThreadLocalConfigOption("OSM_MAX_TMPFILE_SIZE", "200");
    CPLSetThreadLocalConfigOption("OGR_GEOJSON_MAX_OBJ_SIZE", "200");
}

static bool has_suffix(const char *path, const char *suffix)
{
    struct slice text = slice_of(path);
    size_t n = strlen(suffix);
    return text.n > n && slice_equal_ignoring_case((struct slice){text.p + text.n - n, n}, slice_of(suffix));
}

static bool open_dataset(struct ogr *o, struct fault *f)
{
    const char *path = o->path;
    if (has_suffix(path, ".zip")) {
        path = arena_format(&o->sheet.memory, "/vsizip/%s", path);
    }
    GDALAllRegister();
    set_options();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    CPLErrorReset();
    o->dataset = GDALOpenEx(path, GDAL_OF_VECTOR | GDAL_OF_READONLY, drivers, NULL, NULL);
    CPLPopErrorHandler();
    if (!o->dataset) {
        const char *why = CPLGetLastErrorMsg();
        return fault_set(f, FAULT_FILE_FORMAT, o->path, "không nhận ra định dạng của tệp%s%.200s",
                         *why ? ": " : "", why);
    }
    return true;
}

static void list_layers(struct ogr *o)
{
    struct sheet *s = &o->sheet;
    int count = o->is_osm ? 1 : GDALDatasetGetLayerCount(o->dataset);
    s->names = ARENA_ARRAY(&s->memory, struct sheet_name, (size_t)count + 1);
    for (int i = 0; i < count; i++) {
        const char *name = o->is_osm ? "osm" : OGR_L_GetName(GDALDatasetGetLayer(o->dataset, i));
        s->names[i].name = arena_text(&s->memory, slice_of(name));
    }
    s->name_count = (uint32_t)count;
}

/* --- coordinate systems --- */

/* VN-2000 under whatever name a file gives it: parameters of EPSG:5899, or at least the shift of EPSG:6960
 * (rotations in the position-vector sense). Without the shift every point would stand 225 m aside. */
static void mend_vn2000(OGRSpatialReferenceH srs)
{
    double shift[7];
    const char *datum = OSRGetAttrValue(srs, "DATUM", 0), *projection = OSRGetAttrValue(srs, "PROJECTION", 0);
    bool is_vn = datum && (strstr(datum, "VN") || strstr(datum, "Vn") || strstr(datum, "Viet"));
    bool is_known = OSRGetAuthorityCode(srs, NULL) != NULL;
    if (is_known || !(is_vn || (datum && strstr(datum, "nknown")))) {
        return;
    }
    double meridian = OSRGetProjParm(srs, "central_meridian", 0, NULL),
           scale = OSRGetProjParm(srs, "scale_factor", 0, NULL);
    bool is_tm3 = projection && strcmp(projection, "Transverse_Mercator") == 0 &&
                  fabs(meridian - 107.75) < 1e-6 && fabs(scale - 0.9999) < 1e-7;
    if (is_tm3) {
        OSRImportFromEPSG(srs, 5899);
    } else if (is_vn && OSRGetTOWGS84(srs, shift, 7) != OGRERR_NONE) {
        OSRSetTOWGS84(srs, -191.90441429, -39.30318279, -111.45032835, 0.00928836, -0.01975479, 0.00427372,
                      0.252906278);
    }
}

static bool is_in_degrees(const OGREnvelope *box)
{
    return box->MinX >= -180 && box->MaxX <= 180 && box->MinY >= -90 && box->MaxY <= 90;
}

static OGRSpatialReferenceH import_crs(const char *crs, struct fault *f)
{
    struct projection *checked; /* the same codes are refused everywhere */
    if (!projection_open(&checked, crs, f)) {
        return NULL;
    }
    OGRSpatialReferenceH srs = OSRNewSpatialReference(NULL);
    OSRImportFromEPSG(srs, projection_epsg(checked));
    projection_close(checked);
    return srs;
}

/* The system of the layer: its own, else the one that was given, else degrees if they can be nothing else. */
static OGRSpatialReferenceH source_crs(struct ogr *o, struct fault *f)
{
    OGRSpatialReferenceH own = OGR_L_GetSpatialRef(o->layer);
    OGREnvelope box;
    bool has_box = OGR_L_GetExtent(o->layer, &box, TRUE) == OGRERR_NONE,
         degrees = !has_box || is_in_degrees(&box);
    bool is_believable = own && (!OSRIsGeographic(own) || degrees);
    if (is_believable) {
        const char *code = OSRGetAuthorityCode(own, NULL);
        if (code && strcmp(code, "6959") == 0) {
            fault_set(f, FAULT_BAD_PARAMETER, o->path,
                      "tệp ghi EPSG:6959 (đã bị huỷ, đảo hai trục); hãy lưu lại bằng EPSG:5899");
            return NULL;
        }
        OGRSpatialReferenceH srs = OSRClone(own);
        mend_vn2000(srs);
        return srs;
    }
    if (o->crs) {
        return import_crs(o->crs, f);
    }
    if (degrees) {
        return import_crs("EPSG:4326", f);
    }
    fault_set(f, FAULT_FILE_FORMAT, o->path,
              "tệp không nói hệ toạ độ (toạ độ quanh %.0f; %.0f); hãy thêm --crs, ví dụ --crs EPSG:5899",
              box.MinX, box.MinY);
    return NULL;
}

static bool prepare_transform(struct ogr *o, struct fault *f)
{
    if (o->transform) {
        OCTDestroyCoordinateTransformation(o->transform);
        o->transform = NULL;
    }
    if (OGR_L_GetGeomType(o->layer) == wkbNone) {
        return true;
    }
    OGRSpatialReferenceH from = source_crs(o, f), to = OSRNewSpatialReference(NULL);
    if (!from) {
        OSRDestroySpatialReference(to);
        return false;
    }
    OSRImportFromEPSG(to, 4326);
    OSRSetAxisMappingStrategy(from, OAMS_TRADITIONAL_GIS_ORDER);
    OSRSetAxisMappingStrategy(to, OAMS_TRADITIONAL_GIS_ORDER);
    bool is_same = OSRIsSame(from, to);
    CPLPushErrorHandler(CPLQuietErrorHandler);
    o->transform = is_same ? NULL : OCTNewCoordinateTransformation(from, to);
    CPLPopErrorHandler();
    OSRRelease(from);
    OSRRelease(to);
    return is_same || o->transform ||
           fault_set(f, FAULT_BAD_PARAMETER, o->path, "không chuyển được hệ toạ độ của tệp sang WGS84");
}

/* --- geometry --- */

static bool has_finite_box(OGRGeometryH g)
{
    OGREnvelope box;
    OGR_G_GetEnvelope(g, &box);
    return isfinite(box.MinX) && isfinite(box.MaxX) && isfinite(box.MinY) && isfinite(box.MaxY);
}

static bool write_wkb(struct ogr *o, OGRGeometryH g, struct slice *wkb)
{
    size_t size = OGR_G_WkbSizeEx(g);
    if (size > o->wkb_capacity) {
        unsigned char *grown = realloc(o->wkb, size);
        if (!grown) {
            return false;
        }
        o->wkb = grown;
        o->wkb_capacity = size;
    }
    *wkb = (struct slice){(const char *)o->wkb, size};
    return OGR_G_ExportToIsoWkb(g, wkbNDR, o->wkb) == OGRERR_NONE;
}

/* Flat, without curves, in degrees; an empty or untransformable geometry gives an empty slice. */
static struct slice read_geometry(struct ogr *o, OGRFeatureH feature)
{
    struct slice wkb = {0};
    OGRGeometryH own = OGR_F_GetGeometryRef(feature);
    if (!own || OGR_G_IsEmpty(own)) {
        return wkb;
    }
    OGRGeometryH g =
        OGR_G_HasCurveGeometry(own, FALSE) ? OGR_G_GetLinearGeometry(own, 0, NULL) : OGR_G_Clone(own);
    OGR_G_FlattenTo2D(g);
    CPLPushErrorHandler(CPLQuietErrorHandler);
    bool is_placed = !o->transform || OGR_G_Transform(g, o->transform) == OGRERR_NONE;
    CPLPopErrorHandler();
    if (!is_placed || !has_finite_box(g) || !write_wkb(o, g, &wkb)) {
        wkb = (struct slice){0};
    }
    OGR_G_DestroyGeometry(g);
    return wkb;
}

/* --- cells --- */

static struct slice keep(struct ogr *o, const char *text)
{
    return arena_slice(&o->row_memory, slice_of(text));
}

static void put_date(struct ogr *o, struct cell *c, struct date d)
{
    c->kind = CELL_DATE;
    c->date = d;
    c->number = date_to_days(d) + 25569;
    c->text = slice_of(arena_format(&o->row_memory, "%02d/%02d/%04d", d.day, d.month, d.year));
}

static void read_date(struct ogr *o, OGRFeatureH feature, int i, struct cell *c)
{
    struct date d;
    int hour, minute, second, zone;
    if (OGR_F_GetFieldAsDateTime(feature, i, &d.year, &d.month, &d.day, &hour, &minute, &second, &zone) &&
        date_is_valid(d)) {
        put_date(o, c, d);
        return;
    }
    c->kind = CELL_TEXT;
    c->text = keep(o, OGR_F_GetFieldAsString(feature, i));
}

static void read_number(struct ogr *o, OGRFeatureH feature, int i, struct cell *c)
{
    struct buf text = {0};
    c->kind = CELL_NUMBER;
    c->number = OGR_F_GetFieldAsDouble(feature, i);
    number_text(c->number, &text);
    c->text = arena_slice(&o->row_memory, buf_to_slice(&text));
    buf_release(&text);
}

static void read_cell(struct ogr *o, OGRFeatureH feature, int i, struct cell *c)
{
    OGRFieldDefnH field = OGR_F_GetFieldDefnRef(feature, i);
    *c = (struct cell){0};
    if (!OGR_F_IsFieldSetAndNotNull(feature, i)) {
        return;
    }
    switch (OGR_Fld_GetType(field)) {
    case OFTInteger:
        read_number(o, feature, i, c);
        if (OGR_Fld_GetSubType(field) == OFSTBoolean) {
            c->kind = CELL_BOOL;
            c->text = c->number != 0 ? SLICE("TRUE") : SLICE("FALSE");
        }
        break;
    case OFTInteger64:
    case OFTReal: read_number(o, feature, i, c); break;
    case OFTDate:
    case OFTDateTime: read_date(o, feature, i, c); break;
    default:
        c->kind = CELL_TEXT;
        c->text = keep(o, OGR_F_GetFieldAsString(feature, i));
        break;
    }
}

/* --- rows --- */

static void send_names(struct ogr *o, struct sheet_row *row)
{
    OGRFeatureDefnH definition = OGR_L_GetLayerDefn(o->layer);
    for (int i = 0; i < o->field_count; i++) {
        const char *name = OGR_Fld_GetNameRef(OGR_FD_GetFieldDefn(definition, i));
        o->cells[i] = (struct cell){.kind = CELL_TEXT, .text = keep(o, name)};
    }
    *row = (struct sheet_row){.cells = o->cells, .count = (uint32_t)o->field_count};
    o->has_sent_names = true;
}

static bool ended(const struct ogr *o, struct fault *f)
{
    if (CPLGetLastErrorType() >= CE_Failure) {
        return fault_set(f, FAULT_FILE_FORMAT, o->path, "tệp hỏng sau dòng %u: %.200s", o->row_number,
                         CPLGetLastErrorMsg());
    }
    return false;
}

static bool ogr_next(struct sheet *s, struct sheet_row *row, struct fault *f)
{
    struct ogr *o = (struct ogr *)s;
    arena_reset(&o->row_memory);
    if (s->has_field_names && !o->has_sent_names) {
        send_names(o, row);
        return true;
    }
    CPLPushErrorHandler(CPLQuietErrorHandler);
    CPLErrorReset();
    OGRFeatureH feature = OGR_L_GetNextFeature(o->layer);
    CPLPopErrorHandler();
    if (!feature) {
        return ended(o, f);
    }
    for (int i = 0; i < o->field_count; i++) {
        read_cell(o, feature, i, &o->cells[i]);
    }
    *row =
        (struct sheet_row){.number = ++o->row_number, .cells = o->cells, .count = (uint32_t)o->field_count};
    row->wkb = read_geometry(o, feature);
    OGR_F_Destroy(feature);
    return true;
}

static bool ogr_select(struct sheet *s, uint32_t index, struct fault *f)
{
    struct ogr *o = (struct ogr *)s;
    o->layer = GDALDatasetGetLayer(o->dataset, (int)index);
    OGR_L_ResetReading(o->layer);
    o->field_count = OGR_FD_GetFieldCount(OGR_L_GetLayerDefn(o->layer));
    if (o->field_count > SHEET_COLUMNS_MAX) {
        return fault_set(f, FAULT_TOO_LARGE, o->path, "có hơn %d cột", SHEET_COLUMNS_MAX);
    }
    free(o->cells);
    o->cells = calloc((size_t)o->field_count + 1, sizeof *o->cells);
    GIntBig count = OGR_L_GetFeatureCount(o->layer, FALSE);
    s->row_estimate = count > 0 ? (uint64_t)count : 0;
    s->has_field_names = true;
    o->has_sent_names = false;
    o->row_number = 0;
    return (o->cells || fault_set(f, FAULT_INTERNAL, o->path, "hết bộ nhớ")) && prepare_transform(o, f);
}

static void ogr_close(struct sheet *s)
{
    struct ogr *o = (struct ogr *)s;
    if (o->transform) {
        OCTDestroyCoordinateTransformation(o->transform);
    }
    if (o->dataset) {
        GDALClose(o->dataset);
    }
    osm_free(o->osm);
    arena_release(&o->row_memory);
    arena_release(&s->memory);
    free(o->cells);
    free(o->wkb);
    free(o);
}

/* --- OpenStreetMap: points, lines and areas mixed, their meaning in tags --- */

static void read_tags(OGRFeatureH feature, struct osm_feature *to)
{
    int count = OGR_F_GetFieldCount(feature);
    to->tag_count = 0;
    for (int i = 0; i < count && to->tag_count < OSM_TAGS_MAX; i++) {
        const char *name = OGR_Fld_GetNameRef(OGR_F_GetFieldDefnRef(feature, i));
        if (!OGR_F_IsFieldSetAndNotNull(feature, i)) {
            continue;
        }
        struct slice value = slice_of(OGR_F_GetFieldAsString(feature, i));
        if (strcmp(name, "other_tags") == 0) {
            to->other_tags = value;
        } else {
            to->tags[to->tag_count++] = (struct osm_tag){slice_of(name), value};
        }
    }
}

static enum osm_shape shape_of(OGRFeatureH feature)
{
    OGRGeometryH g = OGR_F_GetGeometryRef(feature);
    OGRwkbGeometryType type = g ? wkbFlatten(OGR_G_GetGeometryType(g)) : wkbUnknown;
    return type == wkbPoint                                      ? OSM_POINT
           : type == wkbLineString || type == wkbMultiLineString ? OSM_LINE
                                                                 : OSM_AREA;
}

static bool osm_next(struct sheet *s, struct sheet_row *row, struct fault *f)
{
    struct ogr *o = (struct ogr *)s;
    arena_reset(&o->row_memory);
    if (!o->has_sent_names) {
        o->has_sent_names = true;
        *row = osm_names(&o->row_memory);
        return true;
    }
    for (;;) {
        if (osm_take(o->osm, row)) {
            row->number = ++o->row_number;
            return true;
        }
        CPLPushErrorHandler(CPLQuietErrorHandler);
        CPLErrorReset();
        OGRFeatureH feature = GDALDatasetGetNextFeature(o->dataset, NULL, NULL, NULL, NULL);
        CPLPopErrorHandler();
        if (!feature) {
            return ended(o, f);
        }
        struct osm_feature found = {.shape = shape_of(feature)};
        read_tags(feature, &found);
        if (osm_wants(&found)) {
            found.wkb = read_geometry(o, feature);
            osm_put(o->osm, &found);
        }
        OGR_F_Destroy(feature);
    }
}

static bool osm_select(struct sheet *s, uint32_t index, struct fault *f)
{
    struct ogr *o = (struct ogr *)s;
    (void)index;
    (void)f;
    GDALDatasetResetReading(o->dataset);
    s->has_field_names = true;
    o->has_sent_names = false;
    o->row_number = 0;
    return true;
}

bool ogr_open(struct sheet **out, const struct table_request *request, struct fault *f)
{
    static const struct sheet_reader reader = {ogr_select, ogr_next, ogr_close},
                                     osm = {osm_select, osm_next, ogr_close};
    struct ogr *o = calloc(1, sizeof *o);
    if (!o) {
        return fault_set(f, FAULT_INTERNAL, request->path, "hết bộ nhớ");
    }
    o->path = request->path;
    o->crs = request->crs;
    o->sheet.fallback = TEXT_CP1258;
    if (!open_dataset(o, f)) {
        ogr_close(&o->sheet);
        return false;
    }
    const char *driver = GDALGetDriverShortName(GDALGetDatasetDriver(o->dataset));
    o->is_osm = strcmp(driver, "OSM") == 0;
    o->osm = o->is_osm ? osm_new() : NULL;
    o->sheet.reader = o->is_osm ? &osm : &reader;
    o->sheet.format = arena_text(&o->sheet.memory, slice_of(driver));
    list_layers(o);
    *out = &o->sheet;
    return true;
}
