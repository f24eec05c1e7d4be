/* payout/facts.h: what gather brings to a decision besides state rows. */
#ifndef PAYOUT_FACTS_H
#define PAYOUT_FACTS_H

#include "domain/catalogue.h"
#include "domain/rating/rows.h"

struct payout_facts {
    const struct catalogue    *catalogue;
    instant_ms now_unix_ms; /* the stage's clock: how long a claim waits for its resale report */
    struct agreement_overrides overrides;           /* AGREEMENT: terms that its text sets for itself */
    bool                       overrides_invalid;   /* the text cannot be used with its program */
};

#endif
