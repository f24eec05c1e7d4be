/* payout/rules.h: the rules of screening.md 9 that speak in the steps of domain.md 5, so that one report covers all. */
#ifndef PAYOUT_RULES_H
#define PAYOUT_RULES_H

#include "domain/verdict.h"

/* Notes each rule of payout as TRUE with the reason it gave, or as evaluated and FALSE; rules that do not apply to the
 * line are neither (screening.md 1.3). */
void rules_note(const struct dossier *d, struct verdict *v);

#endif
