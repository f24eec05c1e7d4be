/* domain/rating/reversal.h: REVERSE (domain.md 6.6): the exact negative of what is live of payouts or lines, with a
 * cause. Goods do not move and a sale stays a sale; of a claim nothing is accepted any more.
 *
 * What only recomputes (PERIOD_CLOSE, FUND_ADJUSTMENT, SETTLEMENT) and what itself took back (returns, REVERSE) is
 * TARGET_UNKNOWN: a person posts an ADJUSTMENT, or cancels the return. */
#ifndef DOMAIN_RATING_REVERSAL_H
#define DOMAIN_RATING_REVERSAL_H

#include "domain/rating/rating_parts.h"

/* Takes back the entries or lines that a REVERSE names (domain.md 6.6), each at most as far as it stands. */
void reversal_reverse(struct rating *r);

#endif
