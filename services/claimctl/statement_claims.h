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

struct statement_claims {
    struct directory   places;                      /* claim number → its place in `sums`, from 1 */
    struct claim_sum **sums;                        /* in the order in which they came; in the arena */
    uint32_t           count, capacity;
};

/* Empty; close gives back what the arena does not hold, also of one of zeros. */
void statement_claims_open(struct statement_claims *c);
void statement_claims_close(struct statement_claims *c);

/* The sums of a claim number, which is not empty, in that currency, made when they are new. One without money takes the
 * first currency that comes; without currency it is the first there is. */
struct claim_sum *statement_claims_at(struct statement_claims *c, struct arena *a, struct slice claim_id,
                                      struct slice currency);

#endif
