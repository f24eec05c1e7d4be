/* claimctl/money_moved.h: what partners get of programs in two runs of one world, side by side. */
#ifndef CLAIMCTL_MONEY_MOVED_H
#define CLAIMCTL_MONEY_MOVED_H

#include "claimctl/output.h"
#include "domain/dossier.h"

struct money_moved { struct arena *arena; struct moved_sum *first; };

/* Adds an entry to its partner, program, ledger and currency; side 0 now, 1 then. */
void money_moved_add(struct money_moved *m, unsigned side, const struct payout *p);

/* Prints the sums that differ, in order; answers how many. rows: without the names of the columns, for totals behind
 * them. */
unsigned money_moved_print(const struct money_moved *m, struct output *out);
unsigned money_moved_print_rows(const struct money_moved *m, struct output *out);

#endif
