/* domain/rating/purchases.h: net SELL_IN of a root by day (domain.md 4.4, 11 on 5.2): each line rounded to minor units
 * of its own currency, HALF_UP, in the month of its invoice date. */
#ifndef DOMAIN_RATING_PURCHASES_H
#define DOMAIN_RATING_PURCHASES_H

#include "domain/rating/award.h"

/* An exact value of a SELL_IN line in its own currency to minor units; sets r->overflow. */
int64_t purchases_round(struct rating *r, struct rational value, struct slice currency);

/* What so many units that came back take off a purchase (6.1). */
int64_t purchases_part(struct rating *r, const struct line_row *original, int64_t returned_milli);

/* Adds to the month of `date`; sets r->overflow beyond purchase_day_LIST_MAX day and currency pairs of a month. */
void purchases_add(struct rating *r, int32_t date, struct slice currency, int64_t amount_minor);

/* Net purchases of [from, to] in the program's currency, each day at the rate of that day; FX_RATE_MISSING on the
 * award. At most the first 120 months are asked; a line received after those sets r->overflow. */
struct rational purchases_net(struct rating *r, struct award *a, int32_t from, int32_t to);

#endif
