/* A descriptor set of anybody, and bytes as the first message that it has. Two bytes say how long the set is. */
#include "claimctl/descriptor.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena a;
    struct descriptor d;
    if (size < 2) return 0;
    if (!a.base && arena_open(&a, 64 << 20, 64 << 20) != OK) abort();
    arena_reset(&a);
    size_t split = (size_t)data[0] << 8 | data[1];
    struct slice all = slice_of((const char *)data + 2, size - 2), set = slice_head(all, split);
    if (descriptor_read(&a, set, &d) != OK) return 0;
    struct text t = text_in(&a, 1 << 20);
    bool is_put = descriptor_put_json(&t, &a, d.messages, slice_skip(all, set.size));
    if (!is_put && t.size > 0) abort();
    return 0;
}
