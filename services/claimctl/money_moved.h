/* claimctl/money_moved.h: what partners get of programs in two runs of the same lines, side by side. */
#ifndef CLAIMCTL_MONEY_MOVED_H
#define CLAIMCTL_MONEY_MOVED_H

#include "claimctl/output.h"
#include "domain/dossier.h"

struct money_moved { struct arena *arena; struct moved_sum *first; };

/* Adds an entry to its partner, program, ledger and currency; side 0 now, 1 then. */
void money_moved_add(struct money_moved *m, unsigned side, const struct payout *p);

/* Prints the sums that differ, in order; answers how many. rows: without the names of the columns, for totals after
 * them. */
unsigned money_moved_print(const struct money_moved *m, struct output *out);
unsigned money_moved_print_rows(const struct money_moved *m, struct output *out);

/* How a line ended in one run: its outcome, and one number that stands for all its entries, in whatever order. */
struct line_end { uint64_t entries; uint8_t outcome; };
void line_end_add(struct line_end *end, const struct payout *p);

/* Of the lines how many end with another outcome, and of how many the entries are others. */
struct ends_compared { uint32_t lines, otherwise, money; };
void ends_compare(struct ends_compared *c, const struct line_end *now, const struct line_end *then);

/* Says it, with how many sums differ: "198 lines of the run, 2 of them end otherwise, …". */
void ends_say(const struct ends_compared *c, const char *which, unsigned sums);

#endif
