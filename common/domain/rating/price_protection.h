/* domain/rating/price_protection.h: stock on hand when a price fell (domain.md 5.6).
 *
 * Bounds: stock at the start of a day is known as far back as the days of a pool are kept (512 from the newest);
 * snapshots: 512 a pool and sku, the oldest leave first. */
#ifndef DOMAIN_RATING_PRICE_PROTECTION_H
#define DOMAIN_RATING_PRICE_PROTECTION_H

#include "domain/rating/award.h"

/* Units on hand of the window times the fall of the price (domain.md 5.6); writes nothing. */
void price_protection_rate(struct rating *r, struct award *a);
/* Credits the lots (K9) and takes the amount out of the sell-in volumes that count net of it. */
void price_protection_write(struct rating *r, struct award *a);
/* A CANCEL: the lot credits end; what was decided at the lower cost stays. */
void price_protection_restore(struct rating *r, const struct line_program *kept, int64_t minor, int64_t qty_milli,
                              enum cause cause);

/* An INVENTORY line: what a location reported; a later one of the same day supersedes. */
void price_protection_report(struct rating *r);
/* Its CANCEL. */
void price_protection_forget(struct rating *r, const struct line_row *original, struct slice line_id);

#endif
