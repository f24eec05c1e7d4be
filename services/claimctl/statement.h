/* claimctl/statement.h: what a partner was paid, refused and why, what waits and what is left. */
#ifndef CLAIMCTL_STATEMENT_H
#define CLAIMCTL_STATEMENT_H

#include "claimctl/reading.h"

/* Prints the statement of a partner from a finished run; an exit code: EXIT_NOT_FOUND when no line names the
 * partner. */
int statement_print(struct reading *r, struct slice partner_id);

/* The money that each reason of a line cost, in the order of the reasons, in all the line's refused amount: a reason
 * says what it cut, what no reason says belongs to the first. Pure. */
void statement_share_refused(const struct standing *s, int64_t *shares_minor);

#endif
