/* claimctl/statement.h: what a partner was paid, refused and why, what waits and what is left. */
#ifndef CLAIMCTL_STATEMENT_H
#define CLAIMCTL_STATEMENT_H

#include "claimctl/reading.h"

/* From which instant on, and until before which one, lines were received and entries decided; 0: open. */
struct statement_period { instant_ms since_unix_ms, until_unix_ms; };

/* Reads --since, --until or --month 2026-04, each may be empty. False: said on stderr. */
bool statement_period_read(struct slice since, struct slice until, struct slice month, instant_ms now_unix_ms,
                           struct statement_period *period) MUST_CHECK;

/* Prints the statement of a partner from a finished run; an exit code: EXIT_NOT_FOUND when no line names the partner.
 * What waits and what is left is told as it stands, whatever the period. `with_claims`: each claim number, too. */
int statement_print(struct reading *r, struct slice partner_id, struct statement_period period, bool with_claims);

/* The money that each reason of a line cost, in the order of the reasons, in all the line's refused amount: a reason
 * says what it cut, what no reason says belongs to the first. Pure. */
void statement_share_refused(const struct standing *s, int64_t *shares_minor);

#endif
