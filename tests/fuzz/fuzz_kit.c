/* Codes, dates, numbers and JSON writing on any bytes. */
#include "layers/layers.h"

#include <stdlib.h>
#include <string.h>

static void require(bool what)
{
    if (!what)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice in = {(const char *)data, size};
    char code[CODE_LENGTH + 1], again[CODE_LENGTH + 1];
    if (code_canonical(in, code)) {
        require(code_canonical(slice_of(code), again));
        require(strcmp(code, again) == 0);
    }
    struct date d;
    int64_t i;
    double r;
    if (date_parse_iso(in, &d))
        require(date_is_valid(d));
    struct buf out = {0};
    if (slice_to_int(in, &i))
        buf_int(&out, i);
    if (slice_to_real(in, &r))
        buf_real(&out, r, (int)(size % 12) - 1);
    buf_json(&out, in);
    buf_csv(&out, in);
    buf_release(&out);
    return 0;
}
