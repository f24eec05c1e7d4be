/* domain/rating/ship_debit.h: ship and debit (domain.md 5.1, steps S1 to S16). */
#ifndef DOMAIN_RATING_SHIP_DEBIT_H
#define DOMAIN_RATING_SHIP_DEBIT_H

#include "domain/rating/award.h"

/* S1, S2 and the program of the agreement: NULL with reasons on the verdict when it ends there. */
struct award *ship_debit_begin(struct rating *r);

/* A POS_SALE of a program with auto_claim, or one that quotes an agreement with it. */
bool ship_debit_is_triggered(struct rating *r, const struct program *p);

/* S3 to S15. */
void ship_debit_rate(struct rating *r, struct award *a);

/* S16. */
void ship_debit_write(struct rating *r, struct award *a);

/* Gives quantity and money back to the agreement line, even after its expiry (6.1). */
void ship_debit_restore(struct rating *r, const struct line_program *kept, int64_t minor, int64_t qty_milli,
                        enum cause cause);

/* More is consumed than was ever authorised, or paid than the agreement's amount (S10, S14). */
struct excess ship_debit_passed(struct rating *r, const struct program *p, const struct line_row *line,
                                const struct line_program *kept);

#endif
