/* domain/rating/entries.h: the postings of a line as payout entries (domain.md 5.0). */
#ifndef DOMAIN_RATING_ENTRIES_H
#define DOMAIN_RATING_ENTRIES_H

#include "domain/rating/rating_parts.h"

/* In the order of the page, numbered by program and version, each with its id, which the rows that take it back
 * remember, and with its row for REVERSE and SETTLEMENT. Postings of no money become none. Opens no row that would have
 * to be fetched. */
void entries_put(struct rating *r, struct payout_section *section);

#endif
