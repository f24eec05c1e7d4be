/* wire/varint.h: the variable-length integers of protobuf, inline because every field begins with one. */
#ifndef WIRE_VARINT_H
#define WIRE_VARINT_H

#include "base/str.h"

enum { VARINT_BYTES_MAX = 10 };

static inline size_t varint_put(uint8_t *at, uint64_t value)
{
    size_t size = 0;
    for (; value >= 0x80; value >>= 7) at[size++] = (uint8_t)(value | 0x80);
    at[size++] = (uint8_t)value;
    return size;
}

static inline size_t varint_size(uint64_t value)
{
    return (size_t)(9 * (64 - (unsigned)__builtin_clzll(value | 1)) + 64) / 64;
}

/* Takes more than one byte; the last of ten may only carry the highest bit. */
static inline bool varint_take_long(const uint8_t **at, const uint8_t *end, uint64_t *value)
{
    uint64_t sum = 0;
    for (unsigned shift = 0; shift < 64 && *at < end; shift += 7) {
        uint8_t byte = *(*at)++;
        if (shift == 63 && byte > 1) return false;
        sum |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            *value = sum;
            return true;
        }
    }
    return false;
}

/* False when cut or too long; *value is then undefined. */
static inline bool varint_take(const uint8_t **at, const uint8_t *end, uint64_t *value)
{
    *value = 0;
    if (__builtin_expect(*at < end && **at < 0x80, 1)) {
        *value = *(*at)++;
        return true;
    }
    return varint_take_long(at, end, value);
}

/* A length and as many bytes, borrowed. */
static inline bool varint_take_sized(const uint8_t **at, const uint8_t *end, struct slice *value)
{
    uint64_t size;
    if (!varint_take(at, end, &size) || size > (uint64_t)(end - *at)) return false;
    *value = slice_of((const char *)*at, (size_t)size);
    *at += size;
    return true;
}

#endif
