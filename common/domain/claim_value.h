/* domain/claim_value.h: C, what the partner asked for on an explicit claim (domain.md 5.0 R7, first sentence). */
#ifndef DOMAIN_CLAIM_VALUE_H
#define DOMAIN_CLAIM_VALUE_H

#include "domain/line.h"
#include "domain/rational.h"

struct claim_value {
    bool            stated;                         /* false: the line names no amount */
    bool            mismatch;                       /* amount and unit · quantity differ by more than one minor unit */
    struct rational exact;                          /* in units of the line's currency, with the sign of the quantity */
};

/* claimed_amount, else claimed_debit_unit · quantity (both per the line's unit of measure); both: the lesser. */
struct claim_value claim_value_of(const struct line *l);

/* The same rounded HALF_UP to minor units of the line's currency; false and 0 when nothing is stated, the kind is no
 * claim or the number does not fit. */
bool claim_value_stated(const struct line *l, int64_t *claimed_minor);

#endif
