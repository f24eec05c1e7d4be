/* domain/rational.c: fractions of 128-bit numbers. The common case multiplies and is done; only where a product does
 * not fit is the exact result formed in 256 bits and reduced. */
#include "domain/rational.h"

#include "base/assert.h"

#include <stdint.h>

typedef unsigned __int128 u128;
typedef __int128 i128;

/* A magnitude of 256 bits with a sign: what an operation gives before it is reduced. */
struct wide { u128 high, low; bool negative; };

static u128 magnitude(i128 x)
{
    return x < 0 ? 0 - (u128)x : (u128)x;
}

static struct wide wide_mul(i128 a, i128 b)
{
    u128 x = magnitude(a), y = magnitude(b);
    u128 x0 = (uint64_t)x, x1 = x >> 64, y0 = (uint64_t)y, y1 = y >> 64;
    u128 low = x0 * y0, mid = x1 * y0 + (low >> 64), mid2 = x0 * y1 + (uint64_t)mid;
    return (struct wide){ .high = x1 * y1 + (mid >> 64) + (mid2 >> 64), .low = mid2 << 64 | (uint64_t)low,
                          .negative = (a < 0) != (b < 0) };
}

static int wide_compare_magnitude(struct wide a, struct wide b)
{
    if (a.high != b.high) return a.high < b.high ? -1 : 1;
    return (a.low > b.low) - (a.low < b.low);
}

static bool wide_is_zero(struct wide a)
{
    return a.high == 0 && a.low == 0;
}

/* a + b; sums of two products of 127-bit magnitudes stay far below 256 bits. */
static struct wide wide_add(struct wide a, struct wide b)
{
    struct wide sum = a;
    if (a.negative == b.negative) {
        sum.low = a.low + b.low;
        sum.high = a.high + b.high + (sum.low < a.low);
        return sum;
    }
    if (wide_compare_magnitude(a, b) < 0) return wide_add(b, a);
    sum.low = a.low - b.low;
    sum.high = a.high - b.high - (a.low < b.low);
    return sum;
}

static int wide_compare(struct wide a, struct wide b)
{
    if (wide_is_zero(a) && wide_is_zero(b)) return 0;
    if (a.negative != b.negative) return a.negative ? -1 : 1;
    int order = wide_compare_magnitude(a, b);
    return a.negative ? -order : order;
}

static unsigned bit_of(struct wide a, unsigned at)
{
    return (unsigned)(at >= 128 ? a.high >> (at - 128) : a.low >> at) & 1;
}

/* Remainder by a divisor below 2^127: shifting in one bit at a time never leaves 128 bits. */
static u128 wide_mod(struct wide a, u128 divisor)
{
    u128 rest = 0;
    for (int at = 255; at >= 0; at--) {
        rest = rest << 1 | bit_of(a, (unsigned)at);
        if (rest >= divisor) rest -= divisor;
    }
    return rest;
}

static struct wide wide_div(struct wide a, u128 divisor)
{
    struct wide quotient = { .negative = a.negative };
    u128 rest = 0;
    for (int at = 255; at >= 0; at--) {
        rest = rest << 1 | bit_of(a, (unsigned)at);
        if (rest < divisor) continue;
        rest -= divisor;
        if (at >= 128) quotient.high |= (u128)1 << (at - 128);
        else quotient.low |= (u128)1 << at;
    }
    return quotient;
}

static unsigned trailing_zeros(u128 x)
{
    return (uint64_t)x ? (unsigned)__builtin_ctzll((uint64_t)x) : 64 + (unsigned)__builtin_ctzll((uint64_t)(x >> 64));
}

static u128 gcd(u128 a, u128 b)
{
    if (a == 0 || b == 0) return a | b;
    unsigned shift = trailing_zeros(a | b);
    a >>= trailing_zeros(a);
    while (b) {
        b >>= trailing_zeros(b);
        if (a > b) {
            u128 larger = a;
            a = b;
            b = larger;
        }
        b -= a;
    }
    return a << shift;
}

/* num / den of magnitudes in lowest terms; bad when one of them does not fit. */
static struct rational of_magnitudes(bool negative, u128 num, u128 den)
{
    static const u128 max = ~(u128)0 >> 1;
    if (num > max + negative || den > max) return RATIONAL_BAD;
    return (struct rational){ (i128)(negative ? 0 - num : num), (i128)den };
}

/* Brings x to the denominator `den` when that is a multiple of its own: stored scales are powers of ten, so long sums
 * keep a small denominator without a single reduction. */
static bool extend(struct rational *x, i128 den)
{
    i128 num;
    if (x->den == den) return true;
    if (den > UINT64_MAX || x->den > den || (uint64_t)den % (uint64_t)x->den) return false;
    uint64_t factor = (uint64_t)den / (uint64_t)x->den;
    if (rational_is_word(x->num) && factor <= INT64_MAX) num = rational_times(x->num, (i128)factor);
    else if (__builtin_mul_overflow(x->num, (i128)factor, &num)) return false;
    *x = (struct rational){ num, den };
    return true;
}

/* a + b, a - b. Of both in lowest terms only a factor that the denominators share can be one of sum and denominator. */
static struct rational sum_wide(struct rational a, struct rational b, bool subtract)
{
    u128 den;
    a = rational_reduce(a);
    b = rational_reduce(b);
    u128 shared = gcd(magnitude(a.den), magnitude(b.den));
    struct wide left = wide_mul(a.num, b.den / (i128)shared), right = wide_mul(b.num, a.den / (i128)shared);
    right.negative ^= subtract;
    struct wide num = wide_add(left, right);
    if (wide_is_zero(num)) return RATIONAL_ZERO;
    u128 common = gcd(wide_mod(num, shared), shared);
    num = wide_div(num, common);
    if (num.high || __builtin_mul_overflow(magnitude(a.den) / shared, magnitude(b.den) / common, &den))
        return RATIONAL_BAD;
    return of_magnitudes(num.negative, num.low, den);
}

struct rational rational_add_wide(struct rational a, struct rational b)
{
    i128 left, right, num, den;
    if (rational_is_bad(a) || rational_is_bad(b)) return RATIONAL_BAD;
    bool same = a.den < b.den ? extend(&a, b.den) : extend(&b, a.den);
    if (same && !__builtin_add_overflow(a.num, b.num, &num)) return (struct rational){ num, a.den };
    bool overflow = __builtin_mul_overflow(a.num, b.den, &left) || __builtin_mul_overflow(b.num, a.den, &right)
        || __builtin_add_overflow(left, right, &num) || __builtin_mul_overflow(a.den, b.den, &den);
    return overflow ? sum_wide(a, b, false) : (struct rational){ num, den };
}

struct rational rational_sub_wide(struct rational a, struct rational b)
{
    if (rational_is_bad(a) || rational_is_bad(b)) return RATIONAL_BAD;
    i128 num;
    if (!__builtin_sub_overflow((i128)0, b.num, &num)) return rational_add(a, (struct rational){ num, b.den });
    return sum_wide(a, b, true);
}

/* a times num / den, both in lowest terms: with what stands crosswise cancelled the product is in lowest terms, too. */
static struct rational product_wide(struct rational a, u128 num, u128 den, bool negative)
{
    u128 left = gcd(magnitude(a.num), den), right = gcd(num, magnitude(a.den));
    bool overflow = __builtin_mul_overflow(magnitude(a.num) / left, num / right, &num)
        || __builtin_mul_overflow(magnitude(a.den) / right, den / left, &den);
    return overflow ? RATIONAL_BAD : of_magnitudes((a.num < 0) != negative, num, den);
}

struct rational rational_mul_wide(struct rational a, struct rational b)
{
    i128 num, den;
    if (rational_is_bad(a) || rational_is_bad(b)) return RATIONAL_BAD;
    if (!__builtin_mul_overflow(a.num, b.num, &num) && !__builtin_mul_overflow(a.den, b.den, &den))
        return (struct rational){ num, den };
    b = rational_reduce(b);
    return product_wide(rational_reduce(a), magnitude(b.num), magnitude(b.den), b.num < 0);
}

struct rational rational_div_wide(struct rational a, struct rational b)
{
    b = rational_reduce(b);
    return product_wide(rational_reduce(a), magnitude(b.den), magnitude(b.num), b.num < 0);
}

int rational_compare_wide(struct rational a, struct rational b)
{
    i128 left, right;
    if (rational_is_bad(a) || rational_is_bad(b)) return 0;
    if (a.den == b.den) return (a.num > b.num) - (a.num < b.num);
    if (!__builtin_mul_overflow(a.num, b.den, &left) && !__builtin_mul_overflow(b.num, a.den, &right))
        return (left > right) - (left < right);
    return wide_compare(wide_mul(a.num, b.den), wide_mul(b.num, a.den));
}

struct rational rational_min(struct rational a, struct rational b)
{
    if (rational_is_bad(a) || rational_is_bad(b)) return RATIONAL_BAD;
    return rational_compare(a, b) <= 0 ? a : b;
}

struct rational rational_max(struct rational a, struct rational b)
{
    if (rational_is_bad(a) || rational_is_bad(b)) return RATIONAL_BAD;
    return rational_compare(a, b) >= 0 ? a : b;
}

struct rational rational_reduce(struct rational a)
{
    if (rational_is_bad(a)) return a;
    if (a.num == 0) return RATIONAL_ZERO;
    i128 common = (i128)gcd(magnitude(a.num), magnitude(a.den));
    return (struct rational){ a.num / common, a.den / common };
}

enum err rational_floor(struct rational a, int64_t *whole)
{
    if (rational_is_bad(a)) return ERR_ARITHMETIC_OVERFLOW;
    i128 quotient = a.num / a.den - (a.num % a.den < 0);
    if (quotient > INT64_MAX || quotient < INT64_MIN) return ERR_ARITHMETIC_OVERFLOW;
    *whole = (int64_t)quotient;
    return OK;
}

struct rational rational_of_minor(int64_t minor, unsigned exponent)
{
    static const int64_t powers[EXPONENT_MAX + 1] = { 1, 10, 100, 1000, 10000 };
    ASSERT(exponent <= EXPONENT_MAX);
    return (struct rational){ minor, powers[exponent] };
}
