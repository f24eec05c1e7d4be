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

bool utf8_is_valid(struct slice s)
{
    if (utf8_is_ascii(s)) return true;
    while (s.size) {
        if ((uint8_t)s.bytes[0] < 0x80) {
            s = slice_skip(s, 1);
            continue;
        }
        size_t before = s.size;
        if (utf8_next(&s) == UTF8_REPLACEMENT && before - s.size == 1) return false;
    }
    return true;
}

void utf8_put_readable(struct text *t, struct slice s)
{
    while (s.size) {
        struct slice before = s;
        uint32_t point = utf8_next(&s);
        struct slice taken = slice_head(before, before.size - s.size);
        bool is_malformed = point == UTF8_REPLACEMENT && taken.size == 1;
        bool is_control = point < 0x20 || (point >= 0x7f && point <= 0x9f);
        if (is_malformed || is_control) text_put_byte(t, '_');
        else text_put(t, taken);
    }
}
