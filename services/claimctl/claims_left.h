/* claimctl/claims_left.h: claims that stay paid on a sale that was cancelled, replaced or reported smaller (6.3 of
 * domain.md): nothing takes them back by itself, so that people look at them. */
#ifndef CLAIMCTL_CLAIMS_LEFT_H
#define CLAIMCTL_CLAIMS_LEFT_H

#include "claimctl/directory.h"
#include "claimctl/reading.h"

struct claims_left {
    struct directory lines;                         /* line id → who took its sale back last: a line, counted */
    struct directory reversed;                      /* payout id → the last line that took back of that entry */
    uint32_t         count;                         /* of lines so far */
};

/* Walks all lines. False: they cannot be read, said on stderr. Close it whatever it was. */
bool claims_left_read(struct claims_left *c, struct reading *r) MUST_CHECK;
void claims_left_close(struct claims_left *c);

/* Whether the entry stands on such a claim, and nothing took back of it since. */
bool claims_left_has(const struct claims_left *c, const struct payout *p);

#endif
