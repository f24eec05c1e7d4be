/* claimctl/statement_claims.h: what became of each claim number of a partner: what it compares with its own books. */
#ifndef CLAIMCTL_STATEMENT_CLAIMS_H
#define CLAIMCTL_STATEMENT_CLAIMS_H

#include "base/arena.h"
#include "claimctl/directory.h"

/* A claim number in one currency: that of the money which stands on it. */
struct claim_sum {
    struct slice      claim_id, currency;           /* currency empty: no money yet */
    uint32_t          lines;
    __int128          paid_minor, refused_minor, waits_minor;
    struct claim_sum *next;                         /* the same number in another currency */
};

/* A line of a claim as its last submission left it. */
struct claimed_line { struct claim_sum *sum; int64_t refused_minor, waits_minor; };

/* Lists are in the arena, in the order in which things came; directories say where, from 1. */
struct statement_claims {
    struct directory     places;                    /* of `sums` by claim number */
    struct claim_sum   **sums;
    uint32_t             count, capacity;
    struct directory     line_places;               /* of `lines` by what names a line of a claim */
    struct claimed_line *lines;
    uint32_t             line_count, line_capacity;
};

/* Empty; close gives back what the arena does not hold, also of one of zeros. */
void statement_claims_open(struct statement_claims *c);
void statement_claims_close(struct statement_claims *c);

/* The sums of a claim number, which is not empty, in that currency, made when they are new. One without money takes the
 * first currency that comes; without currency it is the first there is. */
struct claim_sum *statement_claims_at(struct statement_claims *c, struct arena *a, struct slice claim_id,
                                      struct slice currency);

/* Counts a line under its sum. A later submission of the same line takes the place of the one before; one that only
 * repeats it changes nothing. */
void statement_claims_count(struct statement_claims *c, struct arena *a, struct slice name, struct claimed_line line,
                            bool repeats);

#endif
