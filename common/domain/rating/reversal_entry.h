/* domain/rating/reversal_entry.h: the award and the entry that take back what a program did with a line
 * (domain.md 6.1). */
#ifndef DOMAIN_RATING_REVERSAL_ENTRY_H
#define DOMAIN_RATING_REVERSAL_ENTRY_H

#include "domain/rating/award.h"

/* The version that rated the line; NULL when it is no longer on file, which is said: nothing goes back by halves. */
const struct program *reversal_entry_program(struct rating *r, const struct line_program *kept);

/* Holds the correction (DATA_CONFLICT): the program of the line has no terms for its date any more. */
void reversal_entry_hold(struct rating *r, const struct line_program *kept);

/* An award that corrects: rates, payee and numbers copied from what the line kept. */
struct award *reversal_entry_begin(struct rating *r, const struct program *p, const struct line_program *kept);

/* A sum of which the part of `returning` units goes back behind that of `returned` others: P·(R + r)/Q, rounded, less
 * what went back before (6.1). That is P·R/Q, rounded, but after the CANCEL of a return, which gave its own part
 * again: the whole takes back exactly P all the same, and nothing is given by a return. */
struct returned_share {
    int64_t  sum_minor, units_milli, returned_milli, returning_milli;   /* P, Q, R, r */
    int64_t  reversed_minor;                                            /* what went back before */
    int64_t  step_minor;
    unsigned exponent;
};
int64_t reversal_entry_share(struct rating *r, const struct program *p, const struct returned_share *s);

/* Workings of a share, and of an amount that is the negative of another. */
void reversal_entry_note_share(struct rating *r, struct award *a, struct slice unit, const struct returned_share *s,
                               int64_t share_minor);
void reversal_entry_note_again(struct rating *r, struct award *a, struct slice unit, int64_t returned_minor);

/* What goes back of a line under one program; negative: is given again. */
struct taken_back { int64_t units_milli, paid_milli, minor, payout_minor; };

/* Keeps in the row of the correction what it took back of a line, for its own CANCEL. */
void reversal_entry_remember(struct rating *r, const struct line_program *kept, struct slice line_id,
                             const struct taken_back *taken);

/* The period of the received date: the program's own where it has periods, else the calendar month. */
struct period reversal_entry_period_now(const struct rating *r, const struct program *p);

/* Posts the negative of an amount in the period of the received date; it names the entry it reverses, and what was
 * remembered last gets its id. Good until the next award_post. */
struct posting *reversal_entry_post(struct rating *r, struct award *a, const struct line_row *line,
                                    const struct line_program *kept, const struct taken_back *taken,
                                    enum cause cause);

#endif
