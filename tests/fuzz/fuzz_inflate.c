/* fuzz: gzip bodies in pieces; the first byte is the size of a piece. */
#include "intake/inflate.h"

#include "base/assert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool put(void *context, struct slice bytes)
{
    *(uint64_t *)context += bytes.size;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint64_t count = 0;
    struct inflate_sink sink = { &count, put };
    if (size < 2) return 0;
    struct inflate *i = inflate_open(1 << 20, INFLATE_RATIO_MAX, &sink);
    size_t piece = data[0] ? data[0] : 1;
    for (size_t at = 1; at < size; at += piece)
        (void)inflate_feed(i, slice_of((const char *)data + at, size - at < piece ? size - at : piece));
    if (inflate_end(i) == INFLATE_FINE) ASSERT(count == inflate_bytes(i) && count <= 1 << 20);
    inflate_close(i);
    return 0;
}
