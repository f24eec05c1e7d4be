/* claimctl/confirm.h: a lot at once is a decision that is typed (surfaces.md 2.8): more items than confirm.items_max,
 * or more money than confirm.amount in its currency. */
#ifndef CLAIMCTL_CONFIRM_H
#define CLAIMCTL_CONFIRM_H

#include "base/str.h"
#include "runtime/setting.h"

#include <stdio.h>

struct confirmation {
    const struct settings *settings;
    const char            *noun;                    /* of what is counted: "letters" */
    uint64_t               items;
    __int128               amount_minor;            /* of what is in the currency of confirm.amount */
    struct slice           currency;
    int64_t                amount_max_minor;
    bool                   yes;                     /* --yes: the question is skipped, no rule is */
};

/* An exit code: EXIT_BAD_SETTING when confirm.amount is no amount. */
int confirm_open(struct confirmation *c, const struct settings *s, const char *noun, bool yes);

/* One more item, and what it is worth; no currency: nothing. */
void confirm_add(struct confirmation *c, int64_t amount_minor, struct slice currency);

/* Asks on stderr for what passes its limit, the number of items or the amount, and reads a line of `answers` each.
 * EXIT_NOT_PERMITTED: it was not typed. */
int confirm_ask(const struct confirmation *c, FILE *answers);

#endif
