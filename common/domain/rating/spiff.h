/* domain/rating/spiff.h: what a seller gets for a unit sold (domain.md 5.4). P1, P2 and P4 are judged before: by the
 * roster and the serials of compliance, by the enrolments of classification. */
#ifndef DOMAIN_RATING_SPIFF_H
#define DOMAIN_RATING_SPIFF_H

#include "domain/rating/award.h"

/* REP_ROSTER: the newest row of a rep supersedes the ones before. */
void spiff_receive_roster(struct rating *r);

/* Whether a sale earns it by itself; what a claim or such a sale is worth; the slots, caps and sums of the year that it
 * takes (domain.md 5.4). */
bool spiff_is_triggered(struct rating *r, const struct program *p);
void spiff_rate(struct rating *r, struct award *a);
void spiff_write(struct rating *r, struct award *a);

#endif
