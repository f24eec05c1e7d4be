/* compliance/matches.h: what an unlinked return may come from (domain.md 6.2): the sales of its part to its customer,
 * those that wait here, and of live ones the units that have not come back. */
#ifndef COMPLIANCE_MATCHES_H
#define COMPLIANCE_MATCHES_H

#include "compliance/judging.h"

/* Opens what a sale reads and changes. */
void matches_open(struct judging *j);

/* The sale that waits here and that this return may mean; empty: none. */
struct slice matches_waiting(struct judging *j);

/* Live sales cover this return. */
bool matches_cover(struct judging *j);

/* What returns wait on until a sale under that match is decided, and its news. */
struct slice matches_datum(struct judging *j, const struct hash128 *match);
void matches_wake(struct judging *j, const struct hash128 *match);

void matches_record_sale(struct judging *j, enum outcome outcome);
void matches_record_return(struct judging *j);

/* A sale or return is undone, or waits no more. */
void matches_forget(struct judging *j, struct slice line_id, const struct footprint *of);

#endif
