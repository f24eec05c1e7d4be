/* claimctl/findings.h: what the rules found of a line or case that waits: what a person decides from
 * (screening.md 4.3). */
#ifndef CLAIMCTL_FINDINGS_H
#define CLAIMCTL_FINDINGS_H

#include "domain/dossier.h"
#include "wire/json_text.h"

/* A row a rule that spoke, two blanks in: rule, name, figures, evidence; lines are named as people know them. */
void findings_put_text(struct text *t, const struct judgement *j);

/* "findings": a member of the object at work; left out when no rule spoke. */
void findings_put_member(struct json *to, const struct judgement *j);

#endif
