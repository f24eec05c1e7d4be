/* domain/rating/close_reversal.h: a REVERSE of what the end of a period paid (domain.md 6.6). */
#ifndef DOMAIN_RATING_CLOSE_REVERSAL_H
#define DOMAIN_RATING_CLOSE_REVERSAL_H

#include "domain/rating/rating_parts.h"

/* Whether an entry of a close stands for what it kept under one program: a close pays under the same one for each of
 * its accumulators, and of a fund. */
bool close_reversal_matches(const struct entry_row *entry, struct slice payout_id, const struct line_program *kept);

/* Takes back what the close paid there: a guarantee is promised no more, so that the period pays what its lines earned;
 * what was converted is in the fund again. */
void close_reversal_take_back(struct rating *r, const struct line_row *close, struct slice line_id,
                              struct line_program *kept);

#endif
