/* domain/rating/departures.h: units that left a pool for another one, and the lots there that hold them now (domain.md
 * 4.4: a transfer moves lots with cost and date; 5.6: a change of price before it credits the place that had them). */
#ifndef DOMAIN_RATING_DEPARTURES_H
#define DOMAIN_RATING_DEPARTURES_H

#include "domain/rating/lots.h"

/* Units of a lot of a pool. */
struct units_in_lot { struct pool pool; uint32_t lot_no; int64_t qty_milli; };
struct followed { struct units_in_lot *items; unsigned count, max; struct slice origin; };

/* Adds where the units are that left the lot on or behind `date`, as far as they have arrived; through further
 * transfers, up to eight. What came back is a lot of the pool itself. Beyond `max` none are added. */
void departures_follow(struct rating *r, struct pool pool, uint32_t lot_no, int32_t date, struct followed *f);

#endif
