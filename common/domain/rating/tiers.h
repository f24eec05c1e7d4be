/* domain/rating/tiers.h: what a volume earns (domain.md 5.2 V6), exactly. */
#ifndef DOMAIN_RATING_TIERS_H
#define DOMAIN_RATING_TIERS_H

#include "domain/program.h"
#include "domain/rational.h"

/* One reached tier: y of its rate, and what it pays with its fixed amount. */
struct tier_pay { unsigned tier; struct rational y, amount; };

/* F at qualifier Q and benefit B (currency units, units or percent). `exponent` is that of the program's currency, for
 * fixed amounts. Fills `pays` (TIERS_MAX; may be NULL) in order of the tiers. Bad when a number does not fit. */
struct rational tiers_earned(const struct volume_terms *v, unsigned exponent, struct rational q, struct rational b,
                             struct tier_pay *pays, unsigned *pay_count);

/* y · percent, y · per_unit, or blocks(y / qty) · amount; without a rate 0. */
struct rational tiers_pay(const struct tier *t, struct rational y);

/* Q reaches the tier: Q >= from (FROM) or Q > from (UP_TO). */
bool tiers_reached(const struct volume_terms *v, unsigned tier, struct rational q);

#endif
