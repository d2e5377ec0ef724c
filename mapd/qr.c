/* qr: libqrencode finds the modules; SVG and PNG are written here, by hand, because both are a page of code
 * and an image library would be one more thing to trust. Upper-case addresses stay in QR's alphanumeric mode
 * and need fewer modules. */
#include "mapd/qr.h"

#include <pthread.h>
#include <qrencode.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 1024, KEY_BYTES = 160 };

struct slot {
    char key[KEY_BYTES];
    struct qr qr;
};

/* One place per hash; a newcomer takes the place of whoever was there. */
struct code_cache {
    pthread_mutex_t lock;
    struct slot slots[SLOTS];
};

bool qr_make(const char *text, struct qr *qr)
{
    QRcode *code = text[0] ? QRcode_encodeString(text, 0, QR_ECLEVEL_Q, QR_MODE_8, 1) : NULL;
    if (!code)
        return false;
    bool fits = code->width <= QR_MODULES_MOST;
    *qr = (struct qr){.size = code->width};
    for (int i = 0; fits && i < code->width * code->width; i++)
        if (code->data[i] & 1)
            qr->dark[i / 8] |= (uint8_t)(1 << i % 8);
    QRcode_free(code);
    return fits;
}

bool qr_is_dark(const struct qr *qr, int column, int row)
{
    if (column < 0 || row < 0 || column >= qr->size || row >= qr->size)
        return false;
    int i = row * qr->size + column;
    return qr->dark[i / 8] >> i % 8 & 1;
}

/* --- SVG: one path, one rectangle per run of dark modules --- */

static void row_path(const struct qr *qr, int row, struct buf *out)
{
    for (int from = 0; from < qr->size; from++) {
        int to = from;
        while (qr_is_dark(qr, to, row))
            to++;
        if (to > from)
            buf_format(out, "M%d %dh%dv1h-%dz", from + QR_QUIET_ZONE, row + QR_QUIET_ZONE, to - from,
                       to - from);
        from = to;
    }
}

static void xml_text(struct buf *out, struct slice text)
{
    for (size_t i = 0; i < text.n; i++) {
        if (strchr("<>&\"", text.p[i]))
            buf_format(out, "&#%d;", text.p[i]);
        else
            buf_char(out, text.p[i]);
    }
}

void qr_svg(const struct qr *qr, struct slice title, struct buf *out)
{
    int side = qr->size + 2 * QR_QUIET_ZONE;
    buf_format(out,
               "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" "
               "shape-rendering=\"crispEdges\" role=\"img\"><title>",
               side, side, side * 10, side * 10);
    xml_text(out, title);
    buf_format(out, "</title><path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path d=\"", side, side);
    for (int row = 0; row < qr->size; row++)
        row_path(qr, row, out);
    buf_text(out, "\"/></svg>\n");
}

/* --- PNG: 1 bit grey, one IDAT --- */

static void add_u32(struct buf *out, uint32_t v)
{
    const unsigned char bytes[4] = {(unsigned char)(v >> 24), (unsigned char)(v >> 16),
                                    (unsigned char)(v >> 8), (unsigned char)v};
    buf_add(out, bytes, 4);
}

static void add_chunk(struct buf *out, const char *type, struct slice data)
{
    add_u32(out, (uint32_t)data.n);
    size_t from = out->n;
    buf_add(out, type, 4);
    buf_slice(out, data);
    add_u32(out, crc32_of((struct slice){out->p + from, out->n - from}));
}

/* One line of pixels behind its filter byte; white is 1. */
static void add_line(const struct qr *qr, int row, int scale, struct buf *out)
{
    int pixels = (qr->size + 2 * QR_QUIET_ZONE) * scale;
    buf_char(out, 0);
    for (int x = 0; x < pixels; x += 8) {
        unsigned byte = 0;
        for (int bit = 0; bit < 8; bit++) {
            bool dark = qr_is_dark(qr, (x + bit) / scale - QR_QUIET_ZONE, row);
            byte = byte << 1 | (dark ? 0 : 1);
        }
        buf_char(out, (char)byte);
    }
}

static void add_header(struct buf *out, uint32_t pixels)
{
    struct buf header = {0};
    add_u32(&header, pixels);
    add_u32(&header, pixels);
    buf_add(&header, "\x01\x00\x00\x00\x00", 5); /* 1 bit, grey, deflate, no filter choice, not interlaced */
    add_chunk(out, "IHDR", buf_to_slice(&header));
    buf_release(&header);
}

void qr_png(const struct qr *qr, int pixels_per_module, struct buf *out)
{
    struct buf lines = {0}, packed = {0};
    int side = qr->size + 2 * QR_QUIET_ZONE;
    buf_add(out, "\x89PNG\r\n\x1a\n", 8);
    add_header(out, (uint32_t)(side * pixels_per_module));
    for (int y = 0; y < side * pixels_per_module; y++)
        add_line(qr, y / pixels_per_module - QR_QUIET_ZONE, pixels_per_module, &lines);
    zlib_add(&packed, buf_to_slice(&lines), 9);
    add_chunk(out, "IDAT", buf_to_slice(&packed));
    add_chunk(out, "IEND", (struct slice){0});
    buf_release(&lines);
    buf_release(&packed);
}

/* --- cache --- */

struct code_cache *code_cache_new(void)
{
    struct code_cache *cache = calloc(1, sizeof *cache);
    if (cache)
        pthread_mutex_init(&cache->lock, NULL);
    return cache;
}

void code_cache_free(struct code_cache *cache)
{
    if (!cache)
        return;
    pthread_mutex_destroy(&cache->lock);
    free(cache);
}

bool code_cache_make(struct code_cache *cache, const char *text, struct qr *qr)
{
    size_t n = strlen(text);
    if (n >= KEY_BYTES)
        return qr_make(text, qr);
    struct slot *slot = &cache->slots[crc32_of((struct slice){text, n}) % SLOTS];
    pthread_mutex_lock(&cache->lock);
    bool found = strcmp(slot->key, text) == 0;
    if (found)
        *qr = slot->qr;
    pthread_mutex_unlock(&cache->lock);
    if (found)
        return n > 0;
    if (!qr_make(text, qr))
        return false;
    pthread_mutex_lock(&cache->lock);
    memcpy(slot->key, text, n + 1);
    slot->qr = *qr;
    pthread_mutex_unlock(&cache->lock);
    return true;
}
