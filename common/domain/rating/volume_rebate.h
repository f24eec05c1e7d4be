/* domain/rating/volume_rebate.h: volume rebates, logistics, and every accrual through a `volume:` block: what a counted
 * line adds and pays (domain.md 5.2, 6.4). Below it: volume_period.h, volume_accumulator.h, volume_target.h and
 * volume_post.h; beside it volume_correction.h. */
#ifndef DOMAIN_RATING_VOLUME_REBATE_H
#define DOMAIN_RATING_VOLUME_REBATE_H

#include "domain/rating/award.h"

/* Whether the line counts; what F(after) - F(before) is (domain.md 5.2); the sums it leaves. */
bool volume_rebate_is_triggered(struct rating *r, const struct program *p);
void volume_rebate_rate(struct rating *r, struct award *a);
void volume_rebate_write(struct rating *r, struct award *a);

/* Opens the accumulator that the program of that date counts the line in. */
void volume_rebate_open(struct rating *r, const struct program *p, int32_t date);

/* Between rate and write: what the line adds to the target of its accumulator, and how much of that is posted now (a
 * claim may ask for less; the next line posts the rest). */
int64_t volume_rebate_delta(const struct award *a);
void volume_rebate_pay(struct award *a, int64_t delta_minor);

#endif
