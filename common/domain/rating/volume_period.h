/* domain/rating/volume_period.h: the period of a volume program that a date falls into, and the one version of the
 * terms that all its lines use (domain.md 4.2). */
#ifndef DOMAIN_RATING_VOLUME_PERIOD_H
#define DOMAIN_RATING_VOLUME_PERIOD_H

#include "domain/rating/rating_parts.h"

/* The period of a date, and the version of its first day. False: outside the program. */
bool volume_period_on(const struct catalogue *c, struct slice program_id, int32_t date, struct period *period,
                      const struct program **version);

/* The period of that label, by the calendar of the highest version that has it, and the version of its first day. */
bool volume_period_find(const struct catalogue *c, struct slice program_id, struct slice label, struct period *period,
                        const struct program **version);

/* As volume_period_on, for a line of the root now: a period that was closed keeps the version that it was closed
 * with. */
bool volume_period_terms(struct rating *r, struct slice program_id, int32_t date, struct period *period,
                         const struct program **version);

/* Where it stands that the root's period was closed, and with which version. */
struct slice volume_period_close_key(struct rating *r, struct slice program_id, const struct period *period);

#endif
