/* pdf: sheets of labels for stalls and shops. Private to mapd/. */
#ifndef MAPD_PDF_H
#define MAPD_PDF_H

#include "layers/layers.h"

enum label_size { LABEL_SMALL, LABEL_MEDIUM, LABEL_LARGE, LABEL_SIZE_COUNT };

struct label {
    const char *title;    /* "Quầy 12, khu A" or the shop's name */
    const char *subtitle; /* "Chợ Mẫu" or the address */
    const char *code;     /* canonical public code */
    const char *url;      /* what the picture holds: upper case */
};

struct label_sheet {
    const char *path;
    const char *office; /* "UBND Phường …" */
    enum label_size size;
    bool is_sample; /* prints "dữ liệu mẫu" on every label */
    const struct label *labels;
    uint32_t count;
};

/* A4 pages with crop marks; *pages is how many. */
bool pdf_labels(const struct label_sheet *sheet, int *pages, struct fault *f) RESULT_MUST_BE_USED;

#endif
