/* base/utf8.h: UTF-8 one code point at a time. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/str.h"

enum { UTF8_REPLACEMENT = 0xFFFD };

/* Takes the first code point off *rest, which must not be empty. A malformed byte (overlong forms, surrogates and what
 * lies above U+10FFFF included) is taken alone and read as U+FFFD. */
uint32_t utf8_next(struct slice *rest);

/* Puts a text so that people can read it in a record: each malformed byte and each control character becomes `_`. */
void utf8_put_readable(struct text *t, struct slice s);

/* True when no byte is malformed. */
bool utf8_is_valid(struct slice s);

/* 16 bytes folded into 8: a bit is set where it is set in either half. */
static inline uint64_t utf8_any_of_16(const char *bytes)
{
    uint64_t eight[2];
    memcpy(eight, bytes, sizeof eight);
    return eight[0] | eight[1];
}

/* True when every byte is ASCII, as in most texts. Reads 16 bytes at a time; the last 16 may overlap those before. */
static inline bool utf8_is_ascii(struct slice s)
{
    uint64_t high, last;
    uint32_t first_four, last_four;
    if (s.size >= 16) {
        high = utf8_any_of_16(s.bytes + s.size - 16);
        for (size_t at = 0; at + 16 < s.size; at += 16) high |= utf8_any_of_16(s.bytes + at);
        return !(high & 0x8080808080808080u);
    }
    if (s.size >= sizeof high) {
        memcpy(&high, s.bytes, sizeof high);
        memcpy(&last, s.bytes + s.size - sizeof last, sizeof last);
        return !((high | last) & 0x8080808080808080u);
    }
    if (s.size >= sizeof first_four) {
        memcpy(&first_four, s.bytes, sizeof first_four);
        memcpy(&last_four, s.bytes + s.size - sizeof last_four, sizeof last_four);
        return !((first_four | last_four) & 0x80808080u);
    }
    return s.size == 0 || (uint8_t)(s.bytes[0] | s.bytes[s.size / 2] | s.bytes[s.size - 1]) < 0x80;
}

/* Not 0 when one of the eight bytes is no printable ASCII character. Which one cannot be told, since a subtraction
 * borrows from the byte beside it. */
static inline uint64_t utf8_unprintable(uint64_t eight)
{
    static const uint64_t ones = 0x0101010101010101u;
    uint64_t rubout = eight ^ ones * 0x7f;
    return (eight | (eight - ones * ' ') | (rubout - ones)) & ones << 7;
}

/* True when every byte is an ASCII character and not a control character. */
static inline bool utf8_is_printable_ascii(struct slice s)
{
    uint64_t eight, odd = 0;
    size_t at = 0;
    for (; at + sizeof eight <= s.size; at += sizeof eight) {
        memcpy(&eight, s.bytes + at, sizeof eight);
        odd |= utf8_unprintable(eight);
    }
    for (; at < s.size; at++) odd |= (uint8_t)s.bytes[at] < ' ' || (uint8_t)s.bytes[at] >= 0x7f;
    return !odd;
}

#endif
