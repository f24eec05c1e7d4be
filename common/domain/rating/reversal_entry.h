/* domain/rating/reversal_entry.h: the award and the entry that take back what a program did with a line
 * (domain.md 6.1). */
#ifndef DOMAIN_RATING_REVERSAL_ENTRY_H
#define DOMAIN_RATING_REVERSAL_ENTRY_H

#include "domain/rating/award.h"

/* The version that rated the line; NULL when it is no longer on file. */
const struct program *reversal_entry_program(const struct rating *r, const struct line_program *kept);

/* An award that corrects: rates, payee and numbers copied from what the line kept. */
struct award *reversal_entry_begin(struct rating *r, const struct program *p, const struct line_program *kept);

/* Workings of a share P·(R + r)/Q less P·R/Q, and of an amount that is the negative of another. */
void reversal_entry_note_share(struct rating *r, struct award *a, struct slice unit, unsigned exponent,
                               int64_t paid_minor, int64_t paid_milli, int64_t returned_milli, int64_t returning_milli,
                               int64_t amount);
void reversal_entry_note_again(struct rating *r, struct award *a, struct slice unit, int64_t returned_minor);

/* Keeps in the row of the correction what it took back of a line, for its own CANCEL. */
void reversal_entry_remember(struct rating *r, const struct line_program *kept, struct slice line_id,
                             int64_t units_milli, int64_t paid_milli, int64_t minor, int64_t payout_minor);

/* The period of the received date: the program's own where it has periods, else the calendar month. */
struct period reversal_entry_period_now(const struct rating *r, const struct program *p);

/* Posts the negative of an amount in the period of the received date; it names the entry it reverses, and what was
 * remembered last gets its id. Good until the next award_post. */
struct posting *reversal_entry_post(struct rating *r, struct award *a, const struct line_row *line,
                                    const struct line_program *kept, int64_t qty_milli, int64_t minor,
                                    int64_t payout_minor, enum cause cause);

#endif
