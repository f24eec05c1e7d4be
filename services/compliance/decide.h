/* compliance/decide.h: the judgement of compliance (screening.md 2). */
#ifndef COMPLIANCE_DECIDE_H
#define COMPLIANCE_DECIDE_H

#include "domain/policy.h"
#include "domain/verdict.h"

/* Fills struct clearance and the rows of what the line leaves behind. `facts` is struct compliance_facts. */
void compliance_decide(const struct dossier *d, const void *facts, const struct policy *policy, struct verdict *v);

/* Opens the rows that most lines need. */
void *compliance_open(const struct dossier *d, const void *facts, const struct policy *policy, struct verdict *v);

#endif
