/* domain/decimal.c: decimal text in and out, without floating point. */
#include "domain/decimal.h"

#include "base/assert.h"

enum { SCALE_MAX = 18 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Adds a digit below the ones read so far; the value is kept negative, whose range is one larger. */
static enum err shift_in(int64_t *value, int digit)
{
    if (__builtin_mul_overflow(*value, 10, value)) return ERR_ARITHMETIC_OVERFLOW;
    if (__builtin_sub_overflow(*value, digit, value)) return ERR_ARITHMETIC_OVERFLOW;
    return OK;
}

/* Integer part and fraction of s; false when it is not decimal text. */
static bool take_apart(struct slice s, bool *negative, struct slice *whole, struct slice *fraction)
{
    *negative = s.size && s.bytes[0] == '-';
    if (s.size && (s.bytes[0] == '-' || s.bytes[0] == '+')) s = slice_skip(s, 1);
    size_t point = slice_find(s, '.');
    *whole = slice_head(s, point);
    *fraction = slice_skip(s, point + 1);
    for (size_t i = 0; i < whole->size; i++)
        if (!is_digit(whole->bytes[i])) return false;
    for (size_t i = 0; i < fraction->size; i++)
        if (!is_digit(fraction->bytes[i])) return false;
    return whole->size + fraction->size > 0;
}

static enum err shift_in_all(int64_t *value, struct slice whole, struct slice fraction, unsigned scale)
{
    for (size_t i = 0; i < whole.size; i++) TRY(shift_in(value, whole.bytes[i] - '0'));
    for (size_t i = 0; i < scale; i++) TRY(shift_in(value, i < fraction.size ? fraction.bytes[i] - '0' : 0));
    return OK;
}

enum err decimal_parse(struct slice text, unsigned scale, enum decimal_excess excess, int64_t *value, bool *rounded)
{
    bool negative, cut = false;
    struct slice whole, fraction;
    int64_t below_zero = 0;
    ASSERT(scale <= SCALE_MAX);
    if (!take_apart(text, &negative, &whole, &fraction)) return ERR_DECIMAL_MALFORMED;
    while (fraction.size > scale && fraction.bytes[fraction.size - 1] == '0') fraction.size--;
    if (fraction.size > scale) {
        if (excess == DECIMAL_EXCESS_REFUSE) return ERR_DECIMAL_TOO_FINE;
        cut = true;
    }
    TRY(shift_in_all(&below_zero, whole, fraction, scale));
    if (cut && fraction.bytes[scale] >= '5' && __builtin_sub_overflow(below_zero, 1, &below_zero))
        return ERR_ARITHMETIC_OVERFLOW;
    if (!negative && below_zero == INT64_MIN) return ERR_ARITHMETIC_OVERFLOW;
    *value = negative ? below_zero : -below_zero;
    if (rounded) *rounded = cut;
    return OK;
}

static void put(struct text *t, int64_t value, unsigned scale, bool all_digits)
{
    char digits[SCALE_MAX + 24];
    size_t at = sizeof digits, behind = scale;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    ASSERT(scale <= SCALE_MAX);
    for (unsigned i = 0; rest || i <= scale; i++, rest /= 10) digits[--at] = (char)('0' + rest % 10);
    size_t whole = sizeof digits - at - scale;
    while (!all_digits && behind && digits[at + whole + behind - 1] == '0') behind--;
    if (value < 0) text_put_byte(t, '-');
    text_put(t, slice_of(digits + at, whole));
    if (behind == 0) return;
    text_put_byte(t, '.');
    text_put(t, slice_of(digits + at + whole, behind));
}

void decimal_put(struct text *t, int64_t value, unsigned scale)
{
    put(t, value, scale, false);
}

struct slice decimal_text(struct arena *a, int64_t value, unsigned scale)
{
    struct text t = text_in(a, 32);
    decimal_put(&t, value, scale);
    return text_slice(&t);
}

void decimal_put_fixed(struct text *t, int64_t value, unsigned scale)
{
    put(t, value, scale, true);
}
