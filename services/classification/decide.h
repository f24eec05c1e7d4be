/* classification/decide.h: who asks, in which role, under which programs (architecture.md 8). Pure. */
#ifndef CLASSIFICATION_DECIDE_H
#define CLASSIFICATION_DECIDE_H

#include "domain/policy.h"
#include "domain/verdict.h"

/* Fills struct classification. `facts` is a struct classification_facts. */
void classification_decide(const struct dossier *d, const void *facts, const struct policy *policy, struct verdict *v);

/* Opens the rows that most lines need. */
void *classification_open(const struct dossier *d, const void *facts, const struct policy *policy, struct verdict *v);

/* A waiting line was withdrawn: nothing finds it as an original any more. */
void classification_withdraw(const struct dossier *d, const struct policy *policy, struct verdict *v);

#endif
