/* compliance/away.h: lines that a correction ended while they waited in classification (domain.md 6.2, 6.3). While that
 * one waits here they wait behind it (FOOTPRINT_OPEN); where it was refused they are on their way back, or there again
 * (FOOTPRINT_AWAY). Their part may be on no file, so they are found by what they said, as classification finds them. */
#ifndef COMPLIANCE_AWAY_H
#define COMPLIANCE_AWAY_H

#include "compliance/judging.h"

/* The one in `state` that a correction means by an invoice, and the sale that a return without a reference may come
 * from. Empty: none. */
struct slice away_by_invoice(struct judging *j, const struct original_ref *ref, enum footprint_state state);
struct slice away_by_customer(struct judging *j, enum footprint_state state);

/* Of a line on its way the correction that ended it, or the one of the line that it went behind. Empty: it is not. */
struct slice away_cause(const struct footprint *f);

/* Stands for a sku where there is none. */
struct slice away_part_as_written(struct judging *j, struct slice part);

/* The line is such a one from now on; j->after says where. */
void away_keep(struct judging *j);

/* A CANCEL ended it there: who cancels it again by its invoice finds that. */
void away_keep_ended(struct judging *j);

/* It was one: it is judged like any other now, or has ended. */
void away_leave(struct judging *j);

#endif
