/* base/bits.h: sets as bits. */
#ifndef BASE_BITS_H
#define BASE_BITS_H

#include <stdint.h>

/* How many bits are set. Written out because the compiler's own becomes a library call where no instruction is promised. */
static inline unsigned bits_count(uint64_t bits)
{
    unsigned count = 0;
    for (; bits; bits &= bits - 1) count++;
    return count;
}

#endif
