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

/* Of a line that a seller's accumulator counted (5.4 P5), by the correction `a`: the cap follows the money. A claim
 * gives back what was taken, whoever of the accumulator was charged it; and no line leaves more charged than is paid
 * there. `done` keeps what it was, for the CANCEL of a return, which charges it again, no more than it gives. */
void caps_restore_counted(struct rating *r, const struct award *a, const struct line_program *kept,
                          struct line_program *done);
void caps_charge_again(struct rating *r, const struct award *a, const struct line_program *kept,
                       const struct line_program *done);

/* How much more is used under the caps that were charged than they allow: after what a return gave back is given again.
 * `a` is the award that does so. */
struct excess caps_passed(struct rating *r, struct award *a, const struct line_program *kept);

#endif
