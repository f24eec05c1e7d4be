/* wire/text_encoding.c: UTF-8 by its own rules, Windows-1252 by its table. */
#include "wire/text_encoding.h"

#include <utf8proc.h>

size_t text_utf8_end(struct slice text)
{
    size_t at = 0;
    while (at < text.size) {
        utf8proc_int32_t code;
        if ((unsigned char)text.bytes[at] < 0x80) {
            at++;
            continue;
        }
        utf8proc_ssize_t size = utf8proc_iterate((const utf8proc_uint8_t *)text.bytes + at,
                                                 (utf8proc_ssize_t)(text.size - at), &code);
        if (size <= 0) break;
        at += (size_t)size;
    }
    return at;
}

/* 0x80 to 0x9F. */
static const uint16_t upper[32] = {
    0x20AC, ' ',    0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, ' ',
    0x017D, ' ',    ' ',    0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
    0x0153, ' ',    0x017E, 0x0178,
};

struct slice text_of_windows(struct arena *a, struct slice text)
{
    struct text t = text_in(a, 3 * text.size + 1);
    for (size_t i = 0; i < text.size; i++) {
        unsigned char byte = (unsigned char)text.bytes[i];
        utf8proc_uint8_t bytes[4];
        utf8proc_ssize_t size = utf8proc_encode_char(byte < 0x80 || byte > 0x9F ? byte : upper[byte - 0x80], bytes);
        text_put(&t, slice_of((const char *)bytes, (size_t)size));
    }
    return text_slice(&t);
}
