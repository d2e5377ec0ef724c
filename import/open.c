/* open: which reader a file needs, by its content and not by its suffix.
 *
 * A ".xls" that is a web page, an ".xls" that is an XLSX, a ".csv" that is UTF-16: offices have them all. */
#include "import/sheet.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { HEAD_BYTES = 4096 };

static bool begins_with(struct slice head, const char *bytes, size_t n)
{
    return head.n >= n && memcmp(head.p, bytes, n) == 0;
}

static bool contains(struct slice head, const char *needle)
{
    for (size_t i = 0, n = strlen(needle); i + n <= head.n; i++) {
        if (strncasecmp(head.p + i, needle, n) == 0) {
            return true;
        }
    }
    return false;
}

static bool has_suffix(const char *path, const char *suffix)
{
    size_t n = strlen(path), m = strlen(suffix);
    return n > m && strcasecmp(path + n - m, suffix) == 0;
}

static bool is_html(struct slice head)
{
    return contains(head, "<html") || contains(head, "<table") || contains(head, "<!doctype html");
}

/* Text formats that OGR reads, or that only say so by their suffix. */
static bool is_for_ogr(struct slice head, const char *path)
{
    static const char *const suffixes[] = {".geojson", ".json",   ".kml",  ".gml", ".osm", ".gpx",
                                           ".shp",     ".dbf",    ".gpkg", ".fgb", ".pbf", ".tab",
                                           ".mif",     ".sqlite", ".kmz",  ".zip", ".dxf", ".geojsonl"};
    for (size_t i = 0; i < COUNT_OF(suffixes); i++) {
        if (has_suffix(path, suffixes[i])) {
            return true;
        }
    }
    return begins_with(head, "SQLite format 3", 15);
}

static bool read_head(const char *path, char *bytes, struct slice *head, struct fault *f)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        return fault_set(f, FAULT_FILE_MISSING, path, "%s", strerror(errno));
    }
    size_t n = fread(bytes, 1, HEAD_BYTES, file);
    bool is_bad = ferror(file) != 0;
    fclose(file);
    *head = (struct slice){bytes, n};
    if (is_bad) {
        return fault_set(f, FAULT_FILE_MISSING, path, "không đọc được (có phải thư mục không?)");
    }
    return n > 0 || fault_set(f, FAULT_FILE_FORMAT, path, "tệp rỗng");
}

bool sheet_open(struct sheet **out, const struct table_request *request, struct fault *f)
{
    char bytes[HEAD_BYTES];
    struct slice head = {0};
    if (!read_head(request->path, bytes, &head, f)) {
        return false;
    }
    if (begins_with(head, "PK\x03\x04", 4)) {
        /* ODS says its type in its first, uncompressed member; other ZIPs with an Excel suffix are XLSX. */
        if (contains(head, "mimetypeapplication/vnd.oasis") || has_suffix(request->path, ".ods")) {
            return ods_open(out, request->path, f);
        }
        bool is_other = has_suffix(request->path, ".zip") || has_suffix(request->path, ".kmz");
        return is_other ? ogr_open(out, request, f) : xlsx_open(out, request->path, f);
    }
    if (begins_with(head, "\xD0\xCF\x11\xE0", 4)) {
        return xls_open(out, request->path, f);
    }
    if (is_html(head) && !has_suffix(request->path, ".kml")) {
        return html_open(out, request->path, f);
    }
    return is_for_ogr(head, request->path) ? ogr_open(out, request, f) : csv_open(out, request->path, f);
}
