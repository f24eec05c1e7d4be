/* domain/rounding.h: the only places where an exact value becomes money (domain.md 2.4). */
#ifndef DOMAIN_ROUNDING_H
#define DOMAIN_ROUNDING_H

#include "domain/rational.h"
#include "domain/vocabulary.h"

/* |amounts| and accumulators in minor units (domain.md 2.2). */
#define AMOUNT_MINOR_MAX 1000000000000000
#define QTY_MILLI_MAX    1000000000000
#define PRICE_MICROS_MAX 1000000000000000

/* round(x) = x · 10^exponent / step_minor to an integer by mode, times step_minor. ERR_ARITHMETIC_OVERFLOW when x is
 * bad or the result is outside AMOUNT_MINOR_MAX; *minor is then untouched. */
enum err round_money(struct rational x, unsigned exponent, enum rounding_mode mode, int64_t step_minor,
                     int64_t *minor) MUST_CHECK;

/* num / den to an integer by mode; den > 0. */
__int128 round_quotient(__int128 num, __int128 den, enum rounding_mode mode);

/* Splits a total over 1 to SPLIT_PARTS_MAX weights >= 0 by largest remainder, ties to the lower index (domain.md 2.7).
 * All weights zero: everything to the first. ERR_ARITHMETIC_OVERFLOW when the weights do not add up in 64 bits. */
enum { SPLIT_PARTS_MAX = 64 };
enum err split_total(int64_t total, const int64_t *weights, unsigned count, int64_t *parts) MUST_CHECK;

#endif
