/* domain/rating/operator_lines.h: money lines of operators and the ERP (domain.md 3.2 F A E, 5.3, 6.7): each moves one
 * amount and nothing else. */
#ifndef DOMAIN_RATING_OPERATOR_LINES_H
#define DOMAIN_RATING_OPERATOR_LINES_H

#include "domain/rating/rating_parts.h"

/* FIELD_INVALID with the field and its value; the reason, for whoever knows more. */
struct reason *operator_lines_refuse(struct rating *r, struct slice field, struct slice value);

/* FUND_ADJUSTMENT: grants or withdraws money of a fund; ledger FUND. */
void operator_lines_adjust_fund(struct rating *r);

/* ADJUSTMENT: money to or from a payee, ledger EARNED, in the current period of the program; touches no balance. */
void operator_lines_adjust(struct rating *r);

/* RERATE is not built: better refused than a line that passes and does nothing (domain.md 6.5, second wave). */
void operator_lines_refuse_rerate(struct rating *r);

/* SETTLEMENT: what the ERP says was paid of one payout, in payout currency; ledger SETTLED. */
void operator_lines_settle(struct rating *r);

#endif
