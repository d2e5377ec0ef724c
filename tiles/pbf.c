/* pbf: the little of protocol buffers that a vector tile needs. */
#include "tiles/tiles_private.h"

void pbf_add_varint(struct buf *b, uint64_t v)
{
    buf_reserve(b, PBF_VARINT_MAX);
    b->n = (size_t)(pbf_varint(b->p + b->n, v) - b->p);
}

void pbf_add_bytes(struct buf *b, uint8_t tag, struct slice bytes)
{
    buf_char(b, (char)tag);
    pbf_add_varint(b, bytes.n);
    buf_slice(b, bytes);
}

size_t pbf_varint_length(uint64_t v)
{
    size_t n = 1;
    while (v > 127) {
        v >>= 7;
        n++;
    }
    return n;
}
