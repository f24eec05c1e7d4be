/* claimctl/sums.h: money by up to two names and a currency, in order of appearance: as many sums as there are. */
#ifndef CLAIMCTL_SUMS_H
#define CLAIMCTL_SUMS_H

#include "base/arena.h"
#include "base/str.h"

struct sum {
    struct slice name, ledger, currency;            /* of a program and ledger, of a reason, of an incentive, … */
    uint32_t     count;
    __int128     minor;
    struct sum  *next;
};
struct sums { struct sum *first; };

/* The sum under these names, which may be empty, and currency; new: of nothing, with names of its own in the arena. */
struct sum *sums_at(struct arena *a, struct sums *sums, struct slice name, struct slice ledger, struct slice currency);

/* The same of no name: all of one currency. */
struct sum *sums_of_currency(struct arena *a, struct sums *sums, struct slice currency);

/* One more amount of it. */
void sum_add(struct sum *sum, __int128 minor);

/* "1234.50 USD" of minor units; asserts that they fit 64 bits: of thousands of the greatest amounts they do. */
void sum_put_money(struct text *t, __int128 minor, struct slice currency);

#endif
