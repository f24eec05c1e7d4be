/* domain/rating/day_outs.h: units of lots that left a pool on one day, in the order in which they did, and to which lot
 * each belongs now (domain.md 4.4, 5.6 K9: a later credit takes the last units of a lot for a part of its own).
 *
 * A day is parted into at most DAY_OUTS_PLACED pieces. Of a busier one, and of one that an earlier version of the rows
 * wrote, only how many units of each lot left is known: all of them stay with the lot that they left. */
#ifndef DOMAIN_RATING_DAY_OUTS_H
#define DOMAIN_RATING_DAY_OUTS_H

#include "domain/rating/rating_parts.h"

enum { DAY_OUTS_PLACED = lot_out_LIST_MAX };

/* Units of a lot leave; answers the place of the first. */
int64_t day_outs_leave(struct rating *r, struct stock_day_row *day, uint32_t lot_no, int64_t qty_milli);

/* Those units of the lot came back, or another pool counts them: they left no lot of this one. */
void day_outs_forget(struct rating *r, struct stock_day_row *day, uint32_t lot_no, int64_t place_milli,
                     int64_t qty_milli);

/* How many of the units [place, place + qty) belong to one lot from `place` on; *lot_no becomes that lot, and stays as
 * it is for units that nobody has out. */
int64_t day_outs_run(const struct stock_day_row *day, int64_t place_milli, int64_t qty_milli, uint32_t *lot_no);

/* The last `qty` units of the lot belong to its part from now on; answers how many more there would have to be. */
int64_t day_outs_part(struct rating *r, struct stock_day_row *day, uint32_t lot_no, uint32_t part_no,
                      int64_t qty_milli);

#endif
