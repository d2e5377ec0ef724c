/* qr: a text as a QR code, as modules, SVG or PNG. Private to mapd/; qr.c alone knows libqrencode.
 * Error correction Q: a quarter of the code may be dirty or torn and it still reads. Quiet zone of 4 modules.
 */
#ifndef MAPD_QR_H
#define MAPD_QR_H

#include "layers/kit.h"

enum { QR_MODULES_MOST = 77, QR_QUIET_ZONE = 4 };

struct qr {
    int size;                                                /* modules a side, without the quiet zone */
    uint8_t dark[QR_MODULES_MOST * QR_MODULES_MOST / 8 + 1]; /* row by row, bit n of byte n / 8 */
};

/* False when the text does not fit (about 250 bytes) or is empty. */
bool qr_make(const char *text, struct qr *qr) RESULT_MUST_BE_USED;
bool qr_is_dark(const struct qr *qr, int column, int row);
void qr_svg(const struct qr *qr, struct slice title, struct buf *out);
void qr_png(const struct qr *qr, int pixels_per_module, struct buf *out);

/* Codes already made, by their text; bounded; any thread. */
struct code_cache;
struct code_cache *code_cache_new(void);
void code_cache_free(struct code_cache *cache);
bool code_cache_make(struct code_cache *cache, const char *text, struct qr *qr) RESULT_MUST_BE_USED;

#endif
