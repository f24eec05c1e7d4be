/* claimctl/payout_text.h: payouts in words, and the calculation behind them, from the recorded workings. */
#ifndef CLAIMCTL_PAYOUT_TEXT_H
#define CLAIMCTL_PAYOUT_TEXT_H

#include "claimctl/standing.h"

/* "297.50 USD SD-26" and the ledger where it is not EARNED. */
void payout_put_amount(struct text *t, const struct payout *p);
/* All of a line, apart by blanks; nothing where payout has not rated it (NULL). */
void payout_put_amounts(struct text *t, const struct payout_section *section);

/* The calculation of every program of the line: steps, balances, lots, what each reason cut, and whether the amount
 * comes out again from the record. Nothing for a line that payout has not rated. */
void payout_put_explanation(struct text *t, const struct standing *s);

/* A ship & debit claim as the demo tells it: five lines. `partner_name`: of the profile, else the id. False: not such a
 * claim, or not paid; nothing was written. */
bool payout_put_story(struct text *t, const struct standing *s, struct slice partner_name);

#endif
