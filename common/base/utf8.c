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

/* The same for fewer than eight bytes, or for eight of which one is not ASCII. */
static size_t ascii_tail(const char *bytes, size_t count)
{
    size_t size = 0;
    uint32_t four;
    if (count >= sizeof four) {
        memcpy(&four, bytes, sizeof four);
        if (!(four & 0x80808080u)) size = sizeof four;
    }
    while (size < count && !(bytes[size] & 0x80)) size++;
    return size;
}

/* Texts are mostly ASCII, which passes eight bytes at a time. */
static size_t ascii_size(struct slice s)
{
    size_t size = 0;
    for (uint64_t eight; s.size - size >= sizeof eight; size += sizeof eight) {
        memcpy(&eight, s.bytes + size, sizeof eight);
        if (eight & 0x8080808080808080u) break;
    }
    return size + ascii_tail(s.bytes + size, s.size - size);
}

bool utf8_is_valid(struct slice s)
{
    while ((s = slice_skip(s, ascii_size(s))).size) {
        size_t before = s.size;
        if (utf8_next(&s) == UTF8_REPLACEMENT && before - s.size == 1) return false;
    }
    return true;
}
