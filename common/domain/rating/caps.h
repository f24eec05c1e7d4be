/* domain/rating/caps.h: caps[] of a program (domain.md 4.2, 5.0 R8). No scope crosses partner roots. */
#ifndef DOMAIN_RATING_CAPS_H
#define DOMAIN_RATING_CAPS_H

#include "domain/rating/award.h"

/* Quantity caps cut q before the entitlement is computed: CAP_REACHED. */
void caps_limit_qty(struct rating *r, struct award *a);

/* Amount and percent_of_purchases caps, in listed order, lower X: CAP_REACHED with what it cut. */
void caps_limit_amount(struct rating *r, struct award *a);

/* Lowers X to `left_minor` with that reason, as a cap does. `limit` and `scope` explain it. */
void caps_lower(struct rating *r, struct award *a, enum reason_code code, struct rational left, struct slice limit,
                struct slice scope);

/* Charges what was paid to every cap that applies and notes it in a->kept; balances before and after go to the
 * workings. */
void caps_charge(struct rating *r, struct award *a);

/* Gives back what a reversal restores, in the period once charged, in proportion `minor` and `qty` of what was
 * charged. */
void caps_restore(struct rating *r, const struct line_program *kept, int64_t minor, int64_t qty_milli);

/* The same of a claim that a volume counted: of what its units from..to of those accepted were charged no more than was
 * taken back of money. A `to` below `from`, with `taken` below nothing, charges them again. */
void caps_restore_units(struct rating *r, const struct line_program *kept, int64_t from_milli, int64_t to_milli,
                        int64_t taken_minor);

/* How much more is used under the caps that were charged than they allow: after what a return gave back is given again.
 * `a` is the award that does so. */
struct excess caps_passed(struct rating *r, struct award *a, const struct line_program *kept);

#endif
