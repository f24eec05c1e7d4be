/* domain/rating/volume_target.h: what an accumulator pays, from its sums (domain.md 5.2 V5 to V7, V10). */
#ifndef DOMAIN_RATING_VOLUME_TARGET_H
#define DOMAIN_RATING_VOLUME_TARGET_H

#include "domain/rating/volume_accumulator.h"

struct volume_target {
    struct rational qualifier, benefit, earned;     /* Q, B, F */
    int64_t         target_minor;                   /* t */
    int64_t         estimated_minor;                /* e of V10; t without an expected volume */
    bool            capped, awaits_baseline;
};

/* t and e of the row; notes V5 to V7 and V10 in the workings when `notes`. */
struct volume_target volume_target_of(struct rating *r, struct award *a, const struct volume_place *place,
                                      const struct volume_row *row, bool notes);

/* The reasons that the new target gives: CAP_REACHED, BELOW_THRESHOLD. */
void volume_target_give_notes(struct rating *r, struct award *a, const struct volume_row *row,
                              const struct volume_target *target);

/* round(F) of a contribution alone (5.8); 0 where no lower program is reduced by it. */
int64_t volume_target_share(struct rating *r, struct award *a, const struct volume_change *change);

/* Whether programs of that incentive post estimates (V10). */
bool volume_target_has_estimates(const struct award *a);

#endif
