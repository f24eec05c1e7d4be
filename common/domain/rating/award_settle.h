/* domain/rating/award_settle.h: from an entitlement to what is paid of it: claim, caps, rounding, payout currency
 * (domain.md 5.0 R7 to R11). The same for every incentive. */
#ifndef DOMAIN_RATING_AWARD_SETTLE_H
#define DOMAIN_RATING_AWARD_SETTLE_H

#include "domain/rating/award.h"

/* C of the line in the program's currency (R7): claimed_amount, else claimed_debit_unit · Q, the lesser of both. */
void award_claim_value(struct rating *r, struct award *a);
/* What R7 says of C itself, unless a *stop* came before it: EXTENSION_MISMATCH, FX_RATE_MISSING. */
void award_ask_claim(struct rating *r, struct award *a);
/* What the line claims for so much of its base quantity, in minor units of the program; 0 where it claims no amount. */
int64_t award_claimed_minor(struct rating *r, const struct award *a, int64_t qty_milli);

/* R7 to R11 on a->entitled and a->qty_milli: claim value, caps, stack limit, rounding, min_debit (0: none), payout
 * currency; ends with the zero rule. `mismatch` is COST_MISMATCH or AMOUNT_MISMATCH. */
void award_settle(struct rating *r, struct award *a, enum reason_code mismatch, int64_t min_debit_minor);

/* R11: a->payout_minor of an exact amount in program currency, with its step; FX_RATE_MISSING. */
void award_convert(struct rating *r, struct award *a, struct rational exact, int64_t program_minor);

#endif
