/* domain/rating/units.h: units that another line of the root stands for, if it lives (domain.md 5.4 P4). Of one that
 * was replaced, or that payout may have refused, compliance cannot know that: it names it, and payout says. */
#ifndef DOMAIN_RATING_UNITS_H
#define DOMAIN_RATING_UNITS_H

#include "domain/rating/award.h"

/* SERIAL_DUPLICATE for the units of lines that live: they are not paid; none left, or an automatic line: REJECT. */
void units_limit(struct rating *r, struct award *a);

#endif
