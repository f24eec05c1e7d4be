/* domain/decimal.h: decimal text (domain.md 2.5). ASCII only: [+-]? ( digits [ '.' digits* ] | '.' digits ). */
#ifndef DOMAIN_DECIMAL_H
#define DOMAIN_DECIMAL_H

#include "base/arena.h"
#include "base/str.h"

/* Digits after the point: of quantities (…_milli), and of prices, rates and percentages (…_micros). */
enum { MILLI_DIGITS = 3, MICRO_DIGITS = 6 };

enum decimal_excess { DECIMAL_EXCESS_REFUSE, DECIMAL_EXCESS_ROUND };

/* value · 10^scale as an integer. Surplus fraction digits (trailing zeros are none): refused with ERR_DECIMAL_TOO_FINE,
 * or rounded HALF_UP and *rounded set. ERR_DECIMAL_MALFORMED for other text, ERR_ARITHMETIC_OVERFLOW outside 64 bits.
 * *rounded may be NULL. On error *value is untouched. */
enum err decimal_parse(struct slice text, unsigned scale, enum decimal_excess excess, int64_t *value,
                       bool *rounded) MUST_CHECK;

/* value / 10^scale without trailing zeros: 1.05, -3, 0. */
void decimal_put(struct text *t, int64_t value, unsigned scale);
/* The same in the arena. */
struct slice decimal_text(struct arena *a, int64_t value, unsigned scale);

/* value / 10^scale with all digits of the scale: money 1234.50. */
void decimal_put_fixed(struct text *t, int64_t value, unsigned scale);

#endif
