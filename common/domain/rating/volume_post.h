/* domain/rating/volume_post.h: the entries that bring an accumulator to its target (domain.md 5.2 V8 to V10). */
#ifndef DOMAIN_RATING_VOLUME_POST_H
#define DOMAIN_RATING_VOLUME_POST_H

#include "domain/rating/volume_target.h"

/* What its entries say beside their amounts. */
struct volume_entry {
    int64_t       qty_milli;
    struct slice  reverses_payout_id;
    struct period posted;
};

/* Posts the differences between the row and its target, the fund's part too, and notes them in the row. */
void volume_post(struct rating *r, struct award *a, struct volume_row *row, const struct volume_target *target,
                 const struct volume_entry *entry);

#endif
