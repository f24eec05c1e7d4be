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

struct rational rational_of(int64_t whole);
struct rational rational_make(int64_t num, int64_t den);        /* den 0: bad; sign may stand below */

struct rational rational_add(struct rational a, struct rational b);
struct rational rational_sub(struct rational a, struct rational b);
struct rational rational_mul(struct rational a, struct rational b);
struct rational rational_div(struct rational a, struct rational b);     /* by zero: bad */
struct rational rational_neg(struct rational a);
struct rational rational_min(struct rational a, struct rational b);
struct rational rational_max(struct rational a, struct rational b);

bool rational_is_bad(struct rational a);
int rational_sign(struct rational a);               /* -1, 0, 1; 0 for bad */
int rational_compare(struct rational a, struct rational b);     /* < 0, 0, > 0; 0 when one is bad */

/* Lowest terms. */
struct rational rational_reduce(struct rational a);

/* Floor to a whole number. ERR_ARITHMETIC_OVERFLOW when bad or outside 64 bits. */
enum err rational_floor(struct rational a, int64_t *whole) MUST_CHECK;

/* The usual readings of stored numbers. */
struct rational rational_of_micros(int64_t micros);     /* currency units, units of a qualifier: / 10^6 */
struct rational rational_of_milli(int64_t milli);       /* quantities: / 10^3 */
struct rational rational_of_percent(int64_t percent_micros);    /* share: / 10^8 */
struct rational rational_of_minor(int64_t minor, unsigned exponent);    /* currency units: / 10^exponent */

#endif
