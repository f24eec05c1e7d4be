/* domain/rating/reversal.h: REVERSE (domain.md 6.6): the exact negative of what is live of payouts or lines, with a
 * cause. Goods do not move and a sale stays a sale; of a claim nothing is accepted any more.
 *
 * Of a return it gives again what that took back, under a program with serials only where its line is named.
 * FUND_ADJUSTMENT, SETTLEMENT, CANCEL and REVERSE are TARGET_UNKNOWN: the line once more, or another of the other sign,
 * puts them right. */
#ifndef DOMAIN_RATING_REVERSAL_H
#define DOMAIN_RATING_REVERSAL_H

#include "domain/rating/rating_parts.h"

/* Takes back the entries or lines that a REVERSE names (domain.md 6.6), each at most as far as it stands. */
void reversal_reverse(struct rating *r);

#endif
