/* claimctl/advice.h: what a reason's sentence leaves open, told from the line itself. */
#ifndef CLAIMCTL_ADVICE_H
#define CLAIMCTL_ADVICE_H

#include "domain/dossier.h"

/* Puts a blank and one sentence more: which members name the line that is missing, what was looked for, from when on it
 * may be sent, which rate is awaited. Nothing where the reason says it all. */
void advice_put(struct text *t, const struct dossier *d, const struct reason *r);

#endif
