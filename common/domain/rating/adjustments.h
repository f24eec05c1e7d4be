/* domain/rating/adjustments.h: shares that are taken back, and returns (domain.md 6.1, 6.2): nothing is updated in
 * place, everything copied comes from the row of the original, everything accumulated is recomputed. Cancels: cancel.h.
 *
 * Bounds: a return goes back to at most SALES_ASKED_MAX sales (the rest is RETURN_UNMATCHED); what would post more than
 * RATING_ENTRIES_MAX entries is DATA_CONFLICT. */
#ifndef DOMAIN_RATING_ADJUSTMENTS_H
#define DOMAIN_RATING_ADJUSTMENTS_H

#include "domain/rating/rating_parts.h"

/* POS_RETURN, linked or not. */
void adjustments_return(struct rating *r);

/* SHIP_DEBIT_CLAIM with negative quantity: reverses claims only. */
void adjustments_return_claim(struct rating *r);

/* A negative SELL_IN that names its original: lots, purchases, contributions. */
bool adjustments_is_sell_in_return(const struct rating *r);
void adjustments_sell_in_return(struct rating *r);

/* Opens the rows of the originals that a return or CANCEL takes back. */
void adjustments_open(struct rating *r);

/* Takes `units` of a line back under one program, by 6.1 in both currencies: entry, agreement, caps, stacking. `kept`
 * is in the row of that line, which must be open for change. Also what REVERSE does. */
void adjustments_take_back(struct rating *r, const struct line_row *line, struct slice line_id,
                           struct line_program *kept, int64_t units_milli, enum cause cause);

/* Takes back the contribution of `units` of a line to a volume program; the accumulator posts its delta. */
void adjustments_take_back_volume(struct rating *r, const struct line_row *line, struct slice line_id,
                                  struct line_program *kept, int64_t units_milli);

#endif
