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

enum { VARINT_WORD_BYTES = sizeof(uint64_t) };

/* Drops the highest bit of each byte of a little-endian word: pairs, then pairs of pairs, close up. */
static inline uint64_t varint_close_up(uint64_t word)
{
    word = (word & 0x007f007f007f007fu) | (word & 0x7f007f007f007f00u) >> 1;
    word = (word & 0x00003fff00003fffu) | (word & 0x3fff00003fff0000u) >> 2;
    return (word & 0x0fffffffu) | (word & 0x0fffffff00000000u) >> 4;
}

/* One of at most eight bytes, where eight can be read: all at once. False leaves everything as it is. */
static inline bool varint_take_word(const uint8_t **at, const uint8_t *end, uint64_t *value)
{
    uint64_t word, stops;
    if (__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__ || end - *at < VARINT_WORD_BYTES) return false;
    memcpy(&word, *at, sizeof word);
    stops = ~word & 0x8080808080808080u;
    if (!stops) return false;
    unsigned bits = (unsigned)__builtin_ctzll(stops) + 1;
    *value = varint_close_up(word & UINT64_MAX >> (64 - bits));
    *at += bits / 8;
    return true;
}

/* Takes more than one byte; the last of ten may only carry the highest bit. */
static inline bool varint_take_long(const uint8_t **at, const uint8_t *end, uint64_t *value)
{
    uint64_t sum = 0;
    if (varint_take_word(at, end, value)) return true;
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
