/* domain/rational.h: exact fractions of signed 128-bit numbers (domain.md 2.3).
 *
 * A result that does not fit in lowest terms is *bad*: it stays bad through every later operation and comes out as
 * ERR_ARITHMETIC_OVERFLOW where the value leaves (rounding.h). So expressions read as the page writes them and the one
 * check stands at their end; before a comparison that decides something, ask rational_is_bad. Reduction is lazy; only
 * the values bind. */
#ifndef DOMAIN_RATIONAL_H
#define DOMAIN_RATIONAL_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct rational { __int128 num, den; };             /* den > 0; den = 0: bad */

#define RATIONAL_ZERO ((struct rational){ 0, 1 })
#define RATIONAL_BAD  ((struct rational){ 0, 0 })

/* What most numbers need stands here, inline: parts that are words, whose products fit without a look. */
static inline bool rational_is_bad(struct rational a)
{
    return a.den == 0;
}

static inline struct rational rational_of(int64_t whole)
{
    return (struct rational){ whole, 1 };
}

/* den 0: bad; the sign may stand below. */
static inline struct rational rational_make(int64_t num, int64_t den)
{
    if (den == 0) return RATIONAL_BAD;
    return den < 0 ? (struct rational){ -(__int128)num, -(__int128)den } : (struct rational){ num, den };
}

static inline bool rational_is_word(__int128 x)
{
    return (int64_t)x == x;
}

static inline bool rational_are_words(struct rational a, struct rational b)
{
    return rational_is_word(a.num) && rational_is_word(a.den) && rational_is_word(b.num) && rational_is_word(b.den);
}

static inline __int128 rational_times(__int128 a, __int128 b)
{
    return (__int128)(int64_t)a * (int64_t)b;
}

/* What the inline ones above and below call where a part is beyond 64 bits. */
struct rational rational_add_wide(struct rational a, struct rational b);
struct rational rational_sub_wide(struct rational a, struct rational b);
struct rational rational_mul_wide(struct rational a, struct rational b);
struct rational rational_div_wide(struct rational a, struct rational b);
int rational_compare_wide(struct rational a, struct rational b);

static inline struct rational rational_add(struct rational a, struct rational b)
{
    bool simple = a.den == b.den && rational_is_word(a.num) && rational_is_word(b.num);
    return simple ? (struct rational){ a.num + b.num, a.den } : rational_add_wide(a, b);
}

static inline struct rational rational_sub(struct rational a, struct rational b)
{
    return rational_is_word(b.num) ? rational_add(a, (struct rational){ -b.num, b.den }) : rational_sub_wide(a, b);
}

static inline struct rational rational_neg(struct rational a)
{
    return rational_sub(RATIONAL_ZERO, a);
}

static inline struct rational rational_mul(struct rational a, struct rational b)
{
    if (!rational_are_words(a, b)) return rational_mul_wide(a, b);
    return (struct rational){ rational_times(a.num, b.num), rational_times(a.den, b.den) };     /* 0/0 stays 0/0 */
}

/* By zero: bad. */
static inline struct rational rational_div(struct rational a, struct rational b)
{
    if (rational_is_bad(a) || rational_is_bad(b) || b.num == 0) return RATIONAL_BAD;
    if (!rational_is_word(b.num)) return rational_div_wide(a, b);
    return rational_mul(a, b.num < 0 ? (struct rational){ -b.den, -b.num } : (struct rational){ b.den, b.num });
}

/* -1, 0, 1; 0 for bad. */
static inline int rational_sign(struct rational a)
{
    return rational_is_bad(a) ? 0 : (a.num > 0) - (a.num < 0);
}

/* < 0, 0, > 0; 0 when one is bad. */
static inline int rational_compare(struct rational a, struct rational b)
{
    if (!rational_are_words(a, b)) return rational_compare_wide(a, b);
    __int128 left = rational_times(a.num, b.den), right = rational_times(b.num, a.den);
    return (left > right) - (left < right);
}

/* The smaller, the greater; an overflow stays one. */
struct rational rational_min(struct rational a, struct rational b);
struct rational rational_max(struct rational a, struct rational b);

/* Lowest terms. */
struct rational rational_reduce(struct rational a);

/* Floor to a whole number. ERR_ARITHMETIC_OVERFLOW when bad or outside 64 bits. */
enum err rational_floor(struct rational a, int64_t *whole) MUST_CHECK;

/* The usual readings of stored numbers. Currency units, units of a qualifier: / 10^6. */
static inline struct rational rational_of_micros(int64_t micros)
{
    return (struct rational){ micros, 1000000 };
}

/* Quantities: / 10^3. */
static inline struct rational rational_of_milli(int64_t milli)
{
    return (struct rational){ milli, 1000 };
}

/* A share: / 10^8. */
static inline struct rational rational_of_percent(int64_t percent_micros)
{
    return (struct rational){ percent_micros, 100000000 };
}

enum { EXPONENT_MAX = 4 };                          /* of a currency */
struct rational rational_of_minor(int64_t minor, unsigned exponent);    /* currency units: / 10^exponent */

#endif
