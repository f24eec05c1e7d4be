/* claimctl/explain.h: what became of a line, in words (surfaces.md 1, rule 3). */
#ifndef CLAIMCTL_EXPLAIN_H
#define CLAIMCTL_EXPLAIN_H

#include "claimctl/standing.h"

/* "240 × CAB-5 of invoice 70031 line 2": what the line is about. */
void explain_put_subject(struct text *t, const struct dossier *d);

/* One sentence: paid, cut, held or refused, and why. */
void explain_put_line(struct text *t, const struct standing *s);

/* The arguments that a reason's sentence asks for and that stand in the line or the judgement: {due}. */
void explain_put_reason(struct text *t, const struct dossier *d, const struct reason *r);

#endif
