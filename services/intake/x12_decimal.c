/* intake/x12_decimal.c: product and quotient of two decimal texts. */
#include "intake/x12_decimal.h"

#include "intake/x12_limits.h"

enum { DIGITS_MAX = 36, QUOTIENT_SCALE = 12 };

struct parts { __int128 digits; unsigned digit_count, scale; bool is_negative; };

static bool read_parts(struct slice s, struct parts *p)
{
    *p = (struct parts){ 0 };
    if (!x12_is_decimal(s)) return false;
    bool is_fraction = false;
    for (size_t i = 0; i < s.size; i++) {
        char c = s.bytes[i];
        if (c == '-') { p->is_negative = true; continue; }
        if (c == '.') { is_fraction = true; continue; }
        if (p->digits > 0 || c != '0') p->digit_count++;
        if (p->digit_count > DIGITS_MAX) return false;
        p->digits = p->digits * 10 + (c - '0');
        p->scale += is_fraction;
    }
    return true;
}

static struct slice write_parts(struct arena *arena, __int128 digits, unsigned scale, bool is_negative)
{
    char buffer[DIGITS_MAX * 2 + 8];
    size_t at = sizeof buffer;
    for (unsigned k = 0; digits > 0 || k <= scale; k++) {
        if (k == scale && scale > 0) buffer[--at] = '.';
        buffer[--at] = (char)('0' + (int)(digits % 10));
        digits /= 10;
    }
    if (is_negative) buffer[--at] = '-';
    return slice_copy(arena, slice_of(buffer + at, sizeof buffer - at));
}

struct slice x12_decimal_multiply(struct arena *arena, struct slice a, struct slice b)
{
    struct parts x, y;
    if (!read_parts(a, &x) || !read_parts(b, &y)) return a;
    if (x.digit_count + y.digit_count > DIGITS_MAX || x.scale + y.scale > DIGITS_MAX) return a;
    return write_parts(arena, x.digits * y.digits, x.scale + y.scale, x.is_negative != y.is_negative);
}

struct slice x12_decimal_divide(struct arena *arena, struct slice a, struct slice b)
{
    struct parts x, y;
    if (!read_parts(a, &x) || !read_parts(b, &y) || y.digits == 0) return (struct slice){ 0 };
    int shift = QUOTIENT_SCALE + (int)y.scale - (int)x.scale;
    if (shift < 0 || (int)x.digit_count + shift > DIGITS_MAX) return (struct slice){ 0 };
    while (shift-- > 0) x.digits *= 10;
    return write_parts(arena, x.digits / y.digits, QUOTIENT_SCALE, x.is_negative != y.is_negative);
}
