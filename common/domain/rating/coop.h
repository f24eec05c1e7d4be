/* domain/rating/coop.h: funds (domain.md 5.3) as volumes feed them. */
#ifndef DOMAIN_RATING_COOP_H
#define DOMAIN_RATING_COOP_H

#include "domain/rating/award.h"

/* Adds to `accrued` of the fund of that program and period. */
void coop_accrue(struct rating *r, struct award *a, const struct program *fund, const struct period *period, int64_t amount_minor);

/* V9: the fund's share of a rebate, on ledger FUND under id and version of the program of coop_split, in its period that holds
 * the program date: from `before` to `fund`, as a result of its own. a->target_minor is t. */
void coop_split(struct rating *r, struct award *a, int64_t fund_minor, int64_t before_minor, int64_t qty_milli, const struct period *posted);

#endif
