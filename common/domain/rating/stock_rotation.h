/* domain/rating/stock_rotation.h: stock that goes back to the vendor against a new order (domain.md 5.7). */
#ifndef DOMAIN_RATING_STOCK_ROTATION_H
#define DOMAIN_RATING_STOCK_ROTATION_H

#include "domain/rating/award.h"

/* What the claim is worth within allowance and offset order (domain.md 5.7); writes nothing. */
void stock_rotation_rate(struct rating *r, struct award *a);
/* Charges the allowance and the offset order, and takes the goods out of the sell-in volumes (5.2). */
void stock_rotation_write(struct rating *r, struct award *a);
void stock_rotation_restore(struct rating *r, const struct line_program *kept, int64_t minor, int64_t qty_milli,
                            enum cause cause);

#endif
