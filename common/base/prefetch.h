/* base/prefetch.h: loads bytes that will be read soon into the caches while something else is done. */
#ifndef BASE_PREFETCH_H
#define BASE_PREFETCH_H

#include <stddef.h>

enum { PREFETCH_LINE_BYTES = 64, PREFETCH_BYTES_MAX = 2048 };

/* The first `size` bytes, PREFETCH_BYTES_MAX at most. Without the empty statement gcc takes this for a function without
 * any effect and drops the calls. */
static inline void prefetch(const void *bytes, size_t size)
{
    __asm__ volatile("" : : "r"(bytes));
    for (size_t at = 0; at < size && at < PREFETCH_BYTES_MAX; at += PREFETCH_LINE_BYTES)
        __builtin_prefetch((const char *)bytes + at);
}

#endif
