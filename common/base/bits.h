/* base/bits.h: counting bits without the call into libgcc that the builtin becomes, and a logarithm in integers. */
#ifndef BASE_BITS_H
#define BASE_BITS_H

#include <stdint.h>

enum { BITS_LOG_FRACTION = 16 };                    /* of bits_log2 */

/* log2 of a value above 0, in units of 1/65536. By repeated squaring of integers, so that every build agrees. */
static inline int64_t bits_log2(uint64_t value)
{
    unsigned whole = 63u - (unsigned)__builtin_clzll(value);
    uint64_t mantissa = whole >= 31 ? value >> (whole - 31) : value << (31 - whole);      /* 1 … 2 as 2^31 … 2^32 */
    int64_t result = (int64_t)whole << BITS_LOG_FRACTION;
    for (int64_t bit = 1 << (BITS_LOG_FRACTION - 1); bit; bit >>= 1) {
        mantissa = mantissa * mantissa >> 31;
        if (mantissa >> 32) { mantissa >>= 1; result |= bit; }
    }
    return result;
}

/* How many bits are set, summed up in fields of 2, 4 and 8 bits. */
static inline unsigned bits_count(uint32_t bits)
{
    bits -= bits >> 1 & 0x55555555u;
    bits = (bits & 0x33333333u) + (bits >> 2 & 0x33333333u);
    bits = (bits + (bits >> 4)) & 0x0F0F0F0Fu;
    return bits * 0x01010101u >> 24;
}

#endif
