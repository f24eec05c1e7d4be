/* domain/rounding.c: exact value to money, once, and the splitting of totals. */
#include "domain/rounding.h"

#include "base/assert.h"

__int128 round_quotient(__int128 num, __int128 den, enum rounding_mode mode)
{
    ASSERT(den > 0);
    __int128 quotient = num / den, rest = num % den;
    __int128 away = num < 0 ? -1 : 1;
    unsigned __int128 distance = rest < 0 ? 0 - (unsigned __int128)rest : (unsigned __int128)rest;
    unsigned __int128 other = (unsigned __int128)den - distance;
    if (rest == 0 || mode == ROUNDING_DOWN) return quotient;
    if (distance != other) return distance > other ? quotient + away : quotient;
    bool up = mode == ROUNDING_HALF_UP || (quotient & 1);
    return up ? quotient + away : quotient;
}

static bool is_narrow(__int128 x, __int128 bound)
{
    return x < bound && x > -bound;
}

/* Most amounts are so small that nothing can overflow on the way to whole steps: two words and one division. */
static bool round_narrow(struct rational x, unsigned exponent, enum rounding_mode mode, int64_t step_minor,
                         int64_t *minor)
{
    static const int64_t powers[EXPONENT_MAX + 1] = { 1, 10, 100, 1000, 10000 };
    static const __int128 num_bound = (__int128)1 << 48, den_bound = (__int128)1 << 40, step_bound = 1 << 20;
    if (!is_narrow(x.num, num_bound) || !is_narrow(x.den, den_bound) || x.den == 0 || step_minor >= step_bound
        || exponent > EXPONENT_MAX)
        return false;
    int64_t num = (int64_t)x.num * powers[exponent], den = (int64_t)x.den * step_minor;
    int64_t quotient = num / den, rest = num % den, distance = rest < 0 ? -rest : rest, other = den - distance;
    bool up = distance == other ? mode == ROUNDING_HALF_UP || (quotient & 1) : distance > other;
    if (rest && mode != ROUNDING_DOWN && up) quotient += num < 0 ? -1 : 1;
    __int128 rounded = (__int128)quotient * step_minor;
    if (rounded > AMOUNT_MINOR_MAX || rounded < -(__int128)AMOUNT_MINOR_MAX) return false;
    *minor = (int64_t)rounded;
    return true;
}

enum err round_money(struct rational x, unsigned exponent, enum rounding_mode mode, int64_t step_minor, int64_t *minor)
{
    ASSERT(step_minor > 0);
    if (round_narrow(x, exponent, mode, step_minor, minor)) return OK;
    struct rational scale = rational_div(rational_of(1), rational_of_minor(1, exponent));
    struct rational steps = rational_div(rational_mul(x, scale), rational_of(step_minor));
    if (rational_is_bad(steps)) return ERR_ARITHMETIC_OVERFLOW;
    __int128 rounded = round_quotient(steps.num, steps.den, mode);
    if (rounded > AMOUNT_MINOR_MAX || rounded < -(__int128)AMOUNT_MINOR_MAX) return ERR_ARITHMETIC_OVERFLOW;
    rounded *= step_minor;
    if (rounded > AMOUNT_MINOR_MAX || rounded < -(__int128)AMOUNT_MINOR_MAX) return ERR_ARITHMETIC_OVERFLOW;
    *minor = (int64_t)rounded;
    return OK;
}

static enum err sum_weights(const int64_t *weights, unsigned count, int64_t *sum)
{
    *sum = 0;
    for (unsigned i = 0; i < count; i++) {
        ASSERT(weights[i] >= 0);
        if (__builtin_add_overflow(*sum, weights[i], sum)) return ERR_ARITHMETIC_OVERFLOW;
    }
    return OK;
}

static unsigned largest_rest(const int64_t *rests, unsigned count)
{
    unsigned best = 0;
    for (unsigned i = 1; i < count; i++)
        if (rests[i] > rests[best]) best = i;
    return best;
}

enum err split_total(int64_t total, const int64_t *weights, unsigned count, int64_t *parts)
{
    ASSERT(count > 0 && count <= SPLIT_PARTS_MAX && total != INT64_MIN);
    int64_t rests[SPLIT_PARTS_MAX], sum, sign = total < 0 ? -1 : 1, left = total * sign;
    TRY(sum_weights(weights, count, &sum));
    for (unsigned i = 0; i < count; i++) {
        __int128 product = (__int128)(total * sign) * weights[i];
        parts[i] = sum ? (int64_t)(product / sum) : 0;
        rests[i] = sum ? (int64_t)(product % sum) : 0;
        left -= parts[i];
    }
    for (; left > 0 && sum; left--) {               /* fewer than there are parts */
        unsigned at = largest_rest(rests, count);
        parts[at]++;
        rests[at] = -1;
    }
    parts[0] += left;                               /* of no weight at all */
    for (unsigned i = 0; i < count; i++) parts[i] *= sign;
    return OK;
}
