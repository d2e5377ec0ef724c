/* picture: a photo as a phone made it, painted anew. A child with no rights decodes it, turns it upright,
 * makes it smaller and writes its pixels as a new JPEG: what else the file carried (place, device, name, a
 * thumbnail of what was cut away, bytes after its end) stays behind. Day and place are read first, for
 * evidence must say where and when it was taken (domain.md B.3).
 *
 * The one place that knows GDAL's raster side; its four drivers here are registered alone. */
#include "import/import.h"
#include "import/sandbox.h"

#include <cpl_vsi.h>
#include <errno.h>
#include <gdal.h>
#include <gdal_frmts.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SIDE_MOST = 20000, PIXELS_MOST = 120000000, BANDS = 3, HEAD_MOST = 160, CHUNK = 1 << 16 };

static const char IN[] = "/vsimem/in", OUT[] = "/vsimem/out.jpg", MAGIC[] = "mapd-picture ";

struct raster {
    uint8_t *rgb; /* pixels one after another */
    int width, height;
};

/* --- in the child: reading --- */

static bool read_all(int fd, struct buf *out)
{
    for (ssize_t n = 1; n != 0 && out->n <= IMAGE_MOST;) {
        buf_reserve(out, CHUNK);
        n = read(fd, out->p + out->n, CHUNK);
        if (n < 0 && errno != EINTR)
            return false;
        out->n += n > 0 ? (size_t)n : 0;
    }
    return out->n <= IMAGE_MOST;
}

static GDALDatasetH open_picture(const struct buf *bytes)
{
    static const char *const DRIVERS[] = {"JPEG", "PNG", "WEBP", NULL};
    GDALRegister_JPEG();
    GDALRegister_PNG();
    GDALRegister_WEBP();
    GDALRegister_MEM();
    VSILFILE *file = VSIFileFromMemBuffer(IN, (GByte *)bytes->p, bytes->n, FALSE);
    if (file)
        VSIFCloseL(file);
    return GDALOpenEx(IN, GDAL_OF_RASTER | GDAL_OF_READONLY, DRIVERS, NULL, NULL);
}

static bool is_reasonable(GDALDatasetH d)
{
    int64_t width = GDALGetRasterXSize(d), height = GDALGetRasterYSize(d);
    return width > 0 && height > 0 && width <= SIDE_MOST && height <= SIDE_MOST &&
           width * height <= PIXELS_MOST;
}

/* A picture of few colours holds their numbers. */
static void paint_palette(GDALColorTableH table, struct raster *r)
{
    int64_t count = (int64_t)r->width * r->height;
    int colours = GDALGetColorEntryCount(table);
    for (int64_t i = 0; i < count; i++) {
        uint8_t *pixel = r->rgb + i * BANDS;
        const GDALColorEntry *c = pixel[0] < colours ? GDALGetColorEntry(table, pixel[0]) : NULL;
        pixel[0] = c ? (uint8_t)c->c1 : 0;
        pixel[1] = c ? (uint8_t)c->c2 : 0;
        pixel[2] = c ? (uint8_t)c->c3 : 0;
    }
}

static bool read_pixels(GDALDatasetH d, struct raster *r)
{
    int width = GDALGetRasterXSize(d), height = GDALGetRasterYSize(d), bands = GDALGetRasterCount(d);
    GDALColorTableH table = GDALGetRasterColorTable(GDALGetRasterBand(d, 1));
    GDALRasterIOExtraArg how;
    INIT_RASTERIO_EXTRA_ARG(how);
    how.eResampleAlg = table ? GRIORA_NearestNeighbour : GRIORA_Average;
    double scale = fmin(1, (double)PICTURE_SIDE / (width > height ? width : height));
    r->width = (int)fmax(1, round(width * scale));
    r->height = (int)fmax(1, round(height * scale));
    r->rgb = calloc((size_t)r->width * (size_t)r->height, BANDS);
    if (!r->rgb)
        return false;
    for (int i = 0; i < BANDS; i++) /* one grey band is all three */
        if (GDALRasterIOEx(GDALGetRasterBand(d, bands >= BANDS ? i + 1 : 1), GF_Read, 0, 0, width, height,
                           r->rgb + i, r->width, r->height, GDT_Byte, BANDS, (GSpacing)r->width * BANDS,
                           &how) != CE_None)
            return false;
    if (table)
        paint_palette(table, r);
    return true;
}

/* Where pixel (x, y) of the upright picture stands in the one that was read, by EXIF's orientation 1 to 8. */
static int64_t source_of(const struct raster *r, int orientation, int x, int y)
{
    int across = r->width - 1, down = r->height - 1, sx = x, sy = y;
    if (orientation >= 5) {
        sx = y;
        sy = x;
    }
    if (orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8)
        sx = across - sx;
    if (orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7)
        sy = down - sy;
    return ((int64_t)sy * r->width + sx) * BANDS;
}

static bool turn_upright(struct raster *r, int orientation)
{
    if (orientation < 2 || orientation > 8)
        return true;
    struct raster up = {.width = orientation >= 5 ? r->height : r->width,
                        .height = orientation >= 5 ? r->width : r->height};
    up.rgb = calloc((size_t)up.width * (size_t)up.height, BANDS);
    if (!up.rgb)
        return false;
    for (int y = 0; y < up.height; y++)
        for (int x = 0; x < up.width; x++)
            memcpy(up.rgb + ((int64_t)y * up.width + x) * BANDS, r->rgb + source_of(r, orientation, x, y),
                   BANDS);
    free(r->rgb);
    *r = up;
    return true;
}

/* --- in the child: what the camera wrote --- */

static const char *tag(GDALDatasetH d, const char *name)
{
    const char *text = GDALGetMetadataItem(d, name, NULL);
    return text ? text : "";
}

/* "(16) (3) (12.34)" as degrees; NaN when it is none. */
static double degrees(const char *text, char side)
{
    double part[3] = {0};
    int count = 0;
    for (const char *at = text; count < 3 && (at = strchr(at, '(')) != NULL; count++) {
        char *end;
        part[count] = strtod(++at, &end);
        if (end == at || *end != ')')
            return NAN;
    }
    double value = part[0] + part[1] / 60 + part[2] / 3600;
    return !count ? NAN : side == 'S' || side == 'W' ? -value : value;
}

static void write_head(GDALDatasetH d, const struct raster *r, struct buf *head)
{
    char day[11] = "0000-00-00";
    struct date taken;
    const char *when = tag(d, "EXIF_DateTimeOriginal");
    double lat = degrees(tag(d, "EXIF_GPSLatitude"), tag(d, "EXIF_GPSLatitudeRef")[0]);
    double lon = degrees(tag(d, "EXIF_GPSLongitude"), tag(d, "EXIF_GPSLongitudeRef")[0]);
    if (!when[0])
        when = tag(d, "EXIF_DateTime");
    if (sscanf(when, "%4d:%2d:%2d", &taken.year, &taken.month, &taken.day) == 3 && date_is_valid(taken))
        date_format_iso(taken, day);
    bool has_place = fabs(lat) <= 90 && fabs(lon) <= 180 && (lat != 0 || lon != 0);
    buf_format(head, "%s%d %d %s %d %.7f %.7f\n", MAGIC, r->width, r->height, day, has_place,
               has_place ? lon : 0, has_place ? lat : 0);
}

/* --- in the child: writing --- */

static bool write_jpeg(const struct raster *r, struct slice head)
{
    char *options[] = {(char *)(uintptr_t) "QUALITY=85", NULL};
    GDALDatasetH canvas =
        GDALCreate(GDALGetDriverByName("MEM"), "", r->width, r->height, BANDS, GDT_Byte, NULL);
    bool good = canvas && GDALDatasetRasterIOEx(canvas, GF_Write, 0, 0, r->width, r->height, r->rgb, r->width,
                                                r->height, GDT_Byte, BANDS, NULL, BANDS,
                                                (GSpacing)r->width * BANDS, 1, NULL) == CE_None;
    GDALDatasetH out =
        good ? GDALCreateCopy(GDALGetDriverByName("JPEG"), OUT, canvas, FALSE, options, NULL, NULL) : NULL;
    if (out)
        GDALClose(out);
    if (canvas)
        GDALClose(canvas);
    vsi_l_offset n = 0;
    const GByte *bytes = out ? VSIGetMemFileBuffer(OUT, &n, FALSE) : NULL;
    return bytes && descriptor_write(STDOUT_FILENO, head) &&
           descriptor_write(STDOUT_FILENO, (struct slice){(const char *)bytes, (size_t)n});
}

bool import_picture_in_sandbox(struct fault *f)
{
    struct buf bytes = {0}, head = {0};
    struct raster r = {0};
    GDALDatasetH d = NULL;
    bool good = sandbox_enter(f) && read_all(STDIN_FILENO, &bytes) && (d = open_picture(&bytes)) != NULL &&
                is_reasonable(d) && read_pixels(d, &r) &&
                turn_upright(&r, (int)strtol(tag(d, "EXIF_Orientation"), NULL, 10));
    if (good) {
        write_head(d, &r, &head);
        good = write_jpeg(&r, buf_to_slice(&head));
    }
    if (d)
        GDALClose(d);
    free(r.rgb);
    buf_release(&bytes);
    buf_release(&head);
    return good || fault_set(f, FAULT_BAD_VALUE, "picture", "%s", "");
}

/* --- in the server --- */

static bool read_head(const char *head, struct image *image)
{
    int has_place, end = 0;
    if (strncmp(head, MAGIC, sizeof MAGIC - 1) != 0 ||
        sscanf(head + sizeof MAGIC - 1, "%u %u %4d-%2d-%2d %d %lf %lf%n", &image->width, &image->height,
               &image->taken_on.year, &image->taken_on.month, &image->taken_on.day, &has_place,
               &image->at.lon, &image->at.lat, &end) != 8)
        return false;
    image->has_place = has_place != 0;
    return end > 0;
}

static bool take_answer(int out, struct buf *jpeg, struct image *image)
{
    char head[HEAD_MOST + 1] = {0};
    ssize_t n = pread(out, head, HEAD_MOST, 0);
    char *line = n > 0 ? memchr(head, '\n', (size_t)n) : NULL;
    if (!line)
        return false;
    *line = '\0';
    return read_head(head, image) && lseek(out, line + 1 - head, SEEK_SET) > 0 && read_all(out, jpeg) &&
           jpeg->n;
}

bool import_picture(struct slice bytes, struct buf *jpeg, struct image *image, struct fault *f)
{
    *image = (struct image){0};
    if (bytes.n > IMAGE_MOST)
        return fault_set(f, FAULT_BAD_VALUE, "photo", "%s", "ảnh lớn quá 12 MB");
    int in = memfd_create("picture", MFD_CLOEXEC), out = memfd_create("picture", MFD_CLOEXEC);
    bool ready = in >= 0 && out >= 0 && descriptor_write(in, bytes) && lseek(in, 0, SEEK_SET) == 0;
    bool good = ready && sandbox_run("picture", NULL, in, out) == 0 && take_answer(out, jpeg, image);
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
    if (!ready)
        return fault_set(f, FAULT_INTERNAL, "picture", "%s", strerror(errno));
    sha256_of(bytes, image->source_hash);
    return good ||
           fault_set(f, FAULT_BAD_VALUE, "photo", "%s", "tệp này không phải ảnh JPEG, PNG hay WebP mở được");
}
