/* base/utf8.c: UTF-8 one code point at a time. */
#include "base/utf8.h"

#include "base/assert.h"

static unsigned size_of_sequence(uint8_t lead)
{
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead <= 0xDF) return 2;
    if (lead >= 0xE0 && lead <= 0xEF) return 3;
    if (lead >= 0xF0 && lead <= 0xF4) return 4;
    return 0;
}

static bool is_scalar(uint32_t point, unsigned size)
{
    static const uint32_t lowest[] = { 0, 0, 0x80, 0x800, 0x10000 };
    return point >= lowest[size] && point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF);
}

uint32_t utf8_next(struct slice *rest)
{
    ASSERT(rest->size > 0);
    const uint8_t *bytes = (const uint8_t *)rest->bytes;
    unsigned size = size_of_sequence(bytes[0]);
    uint32_t point = size <= 1 ? bytes[0] : bytes[0] & (0xFFu >> (size + 1));
    bool whole = size > 0 && size <= rest->size;

    for (unsigned i = 1; whole && i < size; i++) {
        whole = (bytes[i] & 0xC0) == 0x80;
        point = point << 6 | (bytes[i] & 0x3F);
    }
    if (!whole || !is_scalar(point, size)) {
        *rest = slice_skip(*rest, 1);
        return UTF8_REPLACEMENT;
    }
    *rest = slice_skip(*rest, size);
    return point;
}

/* Texts are mostly ASCII, which passes a word at a time; the last word overlaps what was seen. */

static inline uint32_t high_bits_of_four(const char *bytes)
{
    uint32_t four;
    memcpy(&four, bytes, sizeof four);
    return four & 0x80808080u;
}

static inline uint64_t high_bits_of_eight(const char *bytes)
{
    uint64_t eight;
    memcpy(&eight, bytes, sizeof eight);
    return eight & 0x8080808080808080u;
}

static inline bool is_ascii_byte(char c)
{
    return !(c & 0x80);
}

/* Fewer than eight bytes. */
static inline bool is_ascii_short(struct slice s)
{
    if (s.size >= 4) return !(high_bits_of_four(s.bytes) | high_bits_of_four(s.bytes + s.size - 4));
    for (size_t i = 0; i < s.size; i++)
        if (!is_ascii_byte(s.bytes[i])) return false;
    return true;
}

static inline bool is_ascii(struct slice s)
{
    if (s.size < 8) return is_ascii_short(s);
    for (size_t at = 0; at + 8 < s.size; at += 8)
        if (high_bits_of_eight(s.bytes + at)) return false;
    return !high_bits_of_eight(s.bytes + s.size - 8);
}

bool utf8_is_valid(struct slice s)
{
    if (is_ascii(s)) return true;
    while (s.size) {
        if (is_ascii_byte(s.bytes[0])) {
            s = slice_skip(s, 1);
            continue;
        }
        size_t before = s.size;
        if (utf8_next(&s) == UTF8_REPLACEMENT && before - s.size == 1) return false;
    }
    return true;
}
