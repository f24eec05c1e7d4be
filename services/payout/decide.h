/* payout/decide.h: the decision of the stage (architecture.md 8). */
#ifndef PAYOUT_DECIDE_H
#define PAYOUT_DECIDE_H

#include "domain/verdict.h"
#include "domain/policy.h"

/* Rates the line (domain/rating/rating.h) and notes the rules that speak in the steps of domain.md 5. */
void payout_decide(const struct dossier *d, const void *facts, const struct policy *policy, struct verdict *v);

/* Opens the rows that rating the line will need. */
void *payout_open(const struct dossier *d, const void *facts, const struct policy *policy, struct verdict *v);

/* A line that waited here ends withdrawn: what it left for others to find goes. */
void payout_withdraw(const struct dossier *d, const struct policy *policy, struct verdict *v);

#endif
