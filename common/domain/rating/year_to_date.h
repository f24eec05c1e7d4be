/* domain/rating/year_to_date.h: what a payee was paid in a year of payment, by the tax table of its country
 * (domain.md 5.4 P7, 10). Kept in the currency of the table; without a table in the currency of the payout, and nothing
 * is reported. */
#ifndef DOMAIN_RATING_YEAR_TO_DATE_H
#define DOMAIN_RATING_YEAR_TO_DATE_H

#include "domain/rating/award.h"

/* What P7 found for an amount, from rate to write. */
struct year_to_date {
    uint32_t     year;                              /* of payable_on */
    struct slice currency;
    int64_t      before_minor, amount_minor;
    int64_t      threshold_minor;
    bool         has_threshold;
};

/* Adds a->payout_minor to what the payee has in the year of the payment: TAX_REPORTABLE, then TAX_FORM_MISSING without
 * a form. `hold` is the outcome of the latter: HOLD, on an automatic line REJECT, which skips the program. */
struct year_to_date *year_to_date_judge(struct rating *r, struct award *a, struct slice country, bool form_on_file,
                                        enum outcome hold);

/* Writes it, and into a->kept what a reversal needs. After award_keep. */
void year_to_date_charge(struct rating *r, struct award *a, const struct year_to_date *y);

/* The same for a contribution to a volume: a correction posted `payout` (negative: less) of its accumulator. */
void year_to_date_correct(struct rating *r, const struct program *p, const struct line_program *kept,
                          int64_t payout_minor);

/* Gives back, in the year once charged, what was charged for the part of the payout that was reversed just now. */
void year_to_date_restore(struct rating *r, const struct line_program *kept, int64_t payout_minor);

#endif
