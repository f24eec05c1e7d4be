/* claimctl/explain_event.h: lines that ask for no money, in words: goods that move or are counted, a period that ends,
 * money that was settled. */
#ifndef CLAIMCTL_EXPLAIN_EVENT_H
#define CLAIMCTL_EXPLAIN_EVENT_H

#include "domain/dossier.h"

/* Puts what stands after the kind of such a line: " EARNING of VR-26 2026-Q1". Nothing of other kinds. */
void explain_event_put_name(struct text *t, const struct line *l);

/* Puts what it did, with a blank in front and no full stop: " leaves W1 under order TR-1; stock that moves earns
 * nothing". False: it is no such line, or one with entries that tell more; nothing was written. */
bool explain_event_put(struct text *t, const struct dossier *d);

#endif
