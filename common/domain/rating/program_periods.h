/* domain/rating/program_periods.h: the rule by which a program parts time, for rebates, funds and closes alike. */
#ifndef DOMAIN_RATING_PROGRAM_PERIODS_H
#define DOMAIN_RATING_PROGRAM_PERIODS_H

#include "domain/calendar.h"
#include "domain/catalogue.h"

/* How a program cuts time: its volume block's periods, or those of its mdf block where there is none; PROGRAM lasts
 * from the first to the last day of all its versions. */
struct period_rule program_periods(const struct catalogue *c, const struct program *p);

#endif
