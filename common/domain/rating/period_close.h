/* domain/rating/period_close.h: PERIOD_CLOSE of one partner root (domain.md 5.2 PERIOD_CLOSE, 5.3, 8). EARNING tops
 * guarantees up, freezes baselines, ends estimates, converts a fund below its threshold; USAGE ends reservations and
 * expires what is left.
 *
 * One close posts at most RATING_ENTRIES_MAX entries for RATING_AWARDS_MAX accumulators; more is DATA_CONFLICT. */
#ifndef DOMAIN_RATING_PERIOD_CLOSE_H
#define DOMAIN_RATING_PERIOD_CLOSE_H

#include "domain/rating/rating_parts.h"

/* Closes the period that the line names, EARNING or USAGE ; what is wrong becomes a reason. */
void period_close(struct rating *r);

#endif
