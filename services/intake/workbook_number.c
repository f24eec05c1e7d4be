/* intake/workbook_number.c: the one place where a binary fraction is looked at, because a spreadsheet already made it
 * one. */
#include "intake/workbook_number.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* [-]digits[.digits][E[+-]digits]; `exponent_at`: after the E, 0 without one. */
static bool is_number(struct slice s, bool *is_fraction, size_t *exponent_at)
{
    size_t at = s.size > 0 && s.bytes[0] == '-', digits = 0;
    *is_fraction = false;
    *exponent_at = 0;
    for (; at < s.size && is_digit(s.bytes[at]); at++) digits++;
    if (at < s.size && s.bytes[at] == '.') {
        *is_fraction = true;
        for (at++; at < s.size && is_digit(s.bytes[at]); at++) digits++;
    }
    if (digits == 0) return false;
    if (at == s.size) return true;
    if (s.bytes[at] != 'E' && s.bytes[at] != 'e') return false;
    *exponent_at = ++at;
    if (at < s.size && (s.bytes[at] == '-' || s.bytes[at] == '+')) at++;
    size_t from = at;
    while (at < s.size && is_digit(s.bytes[at])) at++;
    return at > from && at == s.size;
}

/* An exponent without a sign gets one: so that an id that lost digits is told from a part that is called 9E7. */
static struct slice with_sign(struct slice text, size_t exponent_at, char buffer[WORKBOOK_NUMBER_MAX])
{
    bool is_bare = exponent_at > 0 && is_digit(text.bytes[exponent_at]) && text.size + 1 < WORKBOOK_NUMBER_MAX;
    if (!is_bare) return text;
    char *end = slice_write(slice_head(text, exponent_at), buffer);
    *end++ = '+';
    end = slice_write(slice_skip(text, exponent_at), end);
    return slice_of(buffer, (size_t)(end - buffer));
}

struct slice workbook_number_shortest(struct slice text, char buffer[WORKBOOK_NUMBER_MAX])
{
    char digits[WORKBOOK_NUMBER_MAX];
    bool is_fraction;
    size_t exponent_at;
    if (text.size == 0 || text.size >= sizeof digits || !is_number(text, &is_fraction, &exponent_at)) return text;
    if (!is_fraction && exponent_at == 0) return text;
    memcpy(digits, text.bytes, text.size);
    digits[text.size] = 0;
    double value = strtod(digits, NULL);
    if (!isfinite(value) || fabs(value) >= 1e15 || (value != 0 && fabs(value) < 1e-12))
        return with_sign(text, exponent_at, buffer);
    for (int places = 0; places <= 40; places++) {
        int size = snprintf(buffer, WORKBOOK_NUMBER_MAX, "%.*f", places, value);
        if (size > 0 && size < WORKBOOK_NUMBER_MAX && strtod(buffer, NULL) == value)
            return slice_of(buffer, (size_t)size);
    }
    return text;
}
