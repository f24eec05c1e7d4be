/* domain/rating/volume_value.h: what a line is worth to a volume block (domain.md 5.2 V1, V2). */
#ifndef DOMAIN_RATING_VOLUME_VALUE_H
#define DOMAIN_RATING_VOLUME_VALUE_H

#include "domain/rating/award.h"

/* Whether the benefit is a share of money; else it is one of units. */
bool volume_value_benefits_by_amount(const struct volume_terms *v);

/* Whether qualifier or benefit asks for an amount: only then is one kept (domain.md 11). */
bool volume_value_is_needed(const struct volume_terms *v);

/* Whether the line's product is among those of the filter; an empty one takes all. */
bool volume_value_counts(const struct rating *r, const struct product_filter *f);

/* The part of a value that is no tax. */
struct rational volume_value_without_tax(const struct volume_terms *v, struct rational value);

/* v of V1 in minor units of the program's currency: rounded once, then net of what higher programs paid; untouched
 * where no amount is needed. False: a price or a cost is missing, and the award says which. */
bool volume_value_measure(struct rating *r, struct award *a, int64_t *value_minor);

/* The step V1 of the workings. */
void volume_value_note(struct rating *r, struct award *a, struct rational value, struct rational higher, int64_t minor);

#endif
