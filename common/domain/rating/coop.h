/* domain/rating/coop.h: the part of a rebate that goes to a fund (domain.md 5.2 V9). */
#ifndef DOMAIN_RATING_COOP_H
#define DOMAIN_RATING_COOP_H

#include "domain/rating/award.h"

/* V9: the fund's share of a rebate, on ledger FUND under id and version of the program of coop_split, in its period
 * that holds the program date: from `before` to `fund`, as a result of its own. a->target_minor is t. */
void coop_split(struct rating *r, struct award *a, int64_t fund_minor, int64_t before_minor, int64_t qty_milli,
                const struct period *posted);

#endif
