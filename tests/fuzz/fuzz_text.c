/* Text functions on any bytes: no crash, valid UTF-8 out, and a key that is its own key. */
#include "layers/text.h"

#include <stdlib.h>

static void require(bool what)
{
    if (!what)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice in = {(const char *)data, size};
    struct buf a = {0}, b = {0};
    text_clean(in, &a);
    require(text_is_utf8(buf_to_slice(&a)));
    buf_reset(&a);
    text_fold(in, &a);
    text_fold(buf_to_slice(&a), &b);
    require(slice_equal(buf_to_slice(&a), buf_to_slice(&b)));
    buf_reset(&a);
    text_fold_marks(in, &a);
    require(text_is_utf8(buf_to_slice(&a)));
    enum text_encoding found = text_detect(in);
    for (int e = 0; e < TEXT_ENCODING_COUNT; e++) {
        buf_reset(&a);
        bool decoded = text_decode(in, (enum text_encoding)e, &a);
        require(!decoded || text_is_utf8(buf_to_slice(&a)));
        require(decoded || e != (int)found || found == TEXT_UTF8);
    }
    buf_release(&a);
    buf_release(&b);
    return 0;
}
