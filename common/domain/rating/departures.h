/* domain/rating/departures.h: units that left a pool for another one, and the lots there that hold them now (domain.md
 * 4.4: a transfer moves lots with cost and date; 5.6: a change of price before it credits the place that had them). */
#ifndef DOMAIN_RATING_DEPARTURES_H
#define DOMAIN_RATING_DEPARTURES_H

#include "domain/rating/lots.h"

/* Units of a lot of a pool. */
struct units_in_lot { struct pool pool; uint32_t lot_no; int64_t qty_milli; };
struct followed { struct units_in_lot *items; unsigned count, max; struct slice origin; };

/* Units of a lot leave for another pool of the root under an order, or come back before they arrived: the last that
 * left first. Of more than a row has room for the oldest are forgotten. */
void departures_note(struct rating *r, struct pool pool, const struct move *m, int64_t qty_milli,
                     struct slice order_no);
void departures_forget(struct rating *r, struct pool pool, const struct move *m, int64_t qty_milli,
                       struct slice order_no);
const struct departures_row *departures_read(struct rating *r, struct pool pool);

/* Adds where the units are that left the lot on or after `date`, as far as they have arrived; through further
 * transfers, up to eight. What came back is a lot of the pool itself. Beyond `max` r->overflow is set. */
void departures_follow(struct rating *r, struct pool pool, uint32_t lot_no, int32_t date, struct followed *f);

#endif
