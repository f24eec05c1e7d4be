/* domain/rating/volume_correction.h: accumulators that change by what is no counted line: returns, cancels, and what
 * leaves a sell-in base (domain.md 5.2, 6.1, 6.4). */
#ifndef DOMAIN_RATING_VOLUME_CORRECTION_H
#define DOMAIN_RATING_VOLUME_CORRECTION_H

#include "domain/rating/award.h"

/* Opens the accumulator that a correction of what the line counted changes. */
void volume_correction_open(struct rating *r, const struct line_program *kept);

/* The own date of a return where the program counts returns by it (6.4): its program date, else that of its shipment or
 * invoice; 0: the line is none, or counts in the period of its original. */
int32_t volume_correction_date(const struct rating *r, const struct program *p);

/* A return that a CANCEL takes back: its row, and what it did with one of the lines that it went back to. Each part
 * goes to the period of its own sale. */
struct undone_return { const struct line_row *line; const struct line_program *done; };

/* Takes back (or adds) a contribution that a line made, at once: V4 to V10 with the period's version and the exchange
 * rate that the line kept. Reasons and workings go to a fresh award marked as a correction; posted in the period of the
 * received date. Under a seller's volume it gives `most_minor` at most. `undone`: NULL none. Answers the award; NULL,
 * and DATA_CONFLICT, when the program has no terms for that date any more. */
struct award *volume_correction_of(struct rating *r, const struct line_program *kept, int64_t value_minor,
                                   int64_t qty_milli, int64_t most_minor, const struct undone_return *undone);

/* What leaves a sell-in base beside its claim (5.2): `qty` units (0: a credit without units, which only programs with
 * net_of_price_protection count) worth the sum of `values`. Every candidate that counts purchases posts its delta as a
 * correction, in the period of `date`. */
struct volume_value { struct slice currency; struct rational amount; };
void volume_correction_leave(struct rating *r, int32_t date, const struct volume_value *values, unsigned value_count,
                             int64_t qty_milli);

#endif
