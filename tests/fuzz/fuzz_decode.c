/* Legacy encodings and keys typed with the input method off, on any bytes: valid UTF-8 out, words that were
 * not changed stay, and what is good Vietnamese already is never decoded again. */
#include "layers/text.h"

#include <stdlib.h>

static void require(bool what)
{
    if (!what)
        abort();
}

/* A cell as the geocoder decodes it, then its keys both ways. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice in = {(const char *)data, size};
    struct buf cell = {0}, typed = {0}, again = {0};
    enum text_encoding e = text_detect(in);
    if (e == TEXT_UTF8 || !text_decode(in, e, &cell)) {
        buf_reset(&cell);
        text_clean(in, &cell);
    }
    require(text_is_utf8(buf_to_slice(&cell)));
    for (int keys = TEXT_TELEX; keys <= TEXT_VNI_KEYS; keys++) {
        buf_reset(&typed);
        int changed = text_decode_keys(buf_to_slice(&cell), (enum text_keys)keys, &typed);
        require(changed >= 0 && text_is_utf8(buf_to_slice(&typed)));
        require(changed > 0 || typed.n <= cell.n + size);
    }
    text_fold(buf_to_slice(&cell), &again);
    for (size_t i = 0; i < again.n; i++)
        require(again.p[i] == ' ' || (unsigned char)again.p[i] >= '0');
    buf_release(&cell);
    buf_release(&typed);
    buf_release(&again);
    return 0;
}
